//! Real clients' ways into the world: one simulated host for each real TCP connection.

use super::{Device, World, build};
use crate::app::{App, GatewayApp, GatewayEvent, HostIo};
use crate::ids::{GatewayId, NodeId};
use bytes::Bytes;
use protocol::time::SimTime;
use thiserror::Error;

/// The most real clients that a world can be told to take.
pub const MAX_GATEWAYS: u32 = 200;

/// No more real clients are taken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum GatewaysFull {
    /// As many are connected as may be.
    #[error("{limit} real clients are connected, and no more are taken")]
    Limit {
        /// How many that is.
        limit: u32,
    },
    /// The scenario has no place for real clients.
    #[error("this scenario has no [gateway]: real clients cannot take part")]
    NoPlace,
}

/// A host that stands, or stood, for a real client.
#[derive(Clone, Debug)]
pub(super) struct GatewaySlot {
    pub(super) id: GatewayId,
    pub(super) node: NodeId,
    pub(super) joined: SimTime,
    pub(super) left: Option<SimTime>,
}

impl World {
    /// A real client has connected: it gets a host of its own, which connects to the
    /// simulated server. `label` names it until it has said its User-Agent.
    ///
    /// # Errors
    /// [`GatewaysFull`].
    pub fn gateway_connect(&mut self, label: String) -> Result<GatewayId, GatewaysFull> {
        let spec = self.gateway_spec.clone().ok_or(GatewaysFull::NoPlace)?;
        let limit = self.options.gateways.min(MAX_GATEWAYS);
        let full = GatewaysFull::Limit { limit };
        let id = GatewayId(self.gateways.iter().map(|s| s.id.0 + 1).max().unwrap_or(0));
        let node = if (self.gateways.len() as u32) < limit {
            let number = self.gateways.len() as u32;
            let node = build::gateway(self, &spec, number, label).ok_or(full)?;
            self.gateways.push(GatewaySlot { id, node, joined: self.now, left: None });
            node
        } else {
            // The host whose client left first is free again.
            let slot =
                self.gateways.iter_mut().filter(|s| s.left.is_some()).min_by_key(|s| s.left).ok_or(full)?;
            (slot.id, slot.joined, slot.left) = (id, self.now, None);
            let node = slot.node;
            let (server, lab_dialect) = (self.server, self.lab_dialect);
            self.recorder.forget_facts(node);
            if let Some(Device::Host(host)) = self.devices.get_mut(node.0 as usize) {
                host.app = App::Gateway(Box::new(GatewayApp::new(server, label, lab_dialect)));
            }
            node
        };
        self.with_app(node, |app, io| {
            if let App::Gateway(gateway) = app {
                gateway.start(io);
            }
        });
        Ok(id)
    }

    /// The host of a real client.
    pub fn gateway_node(&self, id: GatewayId) -> Option<NodeId> {
        self.gateways.iter().find(|s| s.id == id).map(|s| s.node)
    }

    /// Whether a real client waits for datagrams on this port: it named it in SETUP, or has
    /// sent from it.
    pub fn gateway_has_port(&self, id: GatewayId, port: u16) -> bool {
        let node = self.gateways.iter().find(|s| s.id == id && s.left.is_none()).map(|s| s.node);
        let device = node.and_then(|node| self.devices.get(node.0 as usize));
        matches!(device, Some(Device::Host(host)) if matches!(&host.app, App::Gateway(app) if app.has_port(port)))
    }

    /// How many real clients are connected.
    pub fn gateways_connected(&self) -> u32 {
        self.gateways.iter().filter(|s| s.left.is_none()).count() as u32
    }

    /// Octets from a real client. Answers how many the simulated connection took; the rest
    /// must be offered again after [`GatewayEvent::Writable`].
    pub fn gateway_write(&mut self, id: GatewayId, bytes: &[u8]) -> usize {
        self.with_gateway(id, |gateway, io| gateway.write(io, bytes)).unwrap_or(0)
    }

    /// Octets for a real client, at most `max`. Taking them opens the simulated window, so
    /// take only what the real connection accepts.
    pub fn gateway_take(&mut self, id: GatewayId, max: usize) -> Bytes {
        self.with_gateway(id, |gateway, io| gateway.take(io, max)).unwrap_or_default()
    }

    /// A real client's datagram from its port `from_port` to the server's port `to_port`.
    pub fn gateway_datagram(&mut self, id: GatewayId, from_port: u16, to_port: u16, bytes: Bytes) {
        self.with_gateway(id, |gateway, io| gateway.datagram(io, from_port, to_port, bytes));
    }

    /// A real client closed its half of the connection (FIN).
    pub fn gateway_close(&mut self, id: GatewayId) {
        self.with_gateway(id, |gateway, io| gateway.close(io));
    }

    /// A real client's connection was reset, or it vanished (RST). Its host is free again.
    pub fn gateway_abort(&mut self, id: GatewayId) {
        self.with_gateway(id, |gateway, io| gateway.abort(io));
        self.left(id);
    }

    /// Both halves of a real client's connection are closed. Its host is free again.
    pub fn gateway_leave(&mut self, id: GatewayId) {
        self.with_gateway(id, |gateway, io| gateway.leave(io));
        self.left(id);
    }

    /// What the gateways have for their real clients.
    pub fn poll_gateway(&mut self) -> Option<(GatewayId, GatewayEvent)> {
        while let Some(node) = self.gateways_ready.front().copied() {
            if let Some(Device::Host(host)) = self.devices.get_mut(node.0 as usize)
                && let App::Gateway(gateway) = &mut host.app
                && let Some(event) = gateway.poll_event()
                && let Some(slot) = self.gateways.iter().find(|s| s.node == node && s.left.is_none())
            {
                return Some((slot.id, event));
            }
            self.gateways_ready.pop_front();
        }
        None
    }

    fn left(&mut self, id: GatewayId) {
        let now = self.now;
        if let Some(slot) = self.gateways.iter_mut().find(|s| s.id == id) {
            slot.left.get_or_insert(now);
        }
    }

    fn with_gateway<R>(
        &mut self,
        id: GatewayId,
        act: impl FnOnce(&mut GatewayApp, &mut HostIo<'_>) -> R,
    ) -> Option<R> {
        let node = self.gateways.iter().find(|s| s.id == id && s.left.is_none())?.node;
        self.with_app(node, |app, io| match app {
            App::Gateway(gateway) => Some(act(gateway, io)),
            _ => None,
        })
        .flatten()
    }
}
