//! Real clients' ways into the world: one simulated host for each real TCP connection. What is
//! the same for connections to real servers stands here, too.

use super::{Device, Input, NodeInfo, World, build};
use crate::app::{App, Carrier, GatewayApp, GatewayEvent, HostIo, MAX_SHADOWS};
use crate::ids::{GatewayId, NodeId};
use crate::scenario::NodeKind;
use crate::stack::TcpHandle;
use bytes::Bytes;
use protocol::time::SimTime;
use std::net::Ipv4Addr;
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
    /// Whether its connection stands. Without it the host stays as long as the client has a
    /// session at the server: over UDP that goes on (RFC 2326 section 1.1). Who is in a group
    /// leaves it with its connection.
    connected: bool,
}

/// Where the octets of a real connection enter the world.
#[derive(Clone, Copy, Debug)]
struct Way {
    node: NodeId,
    /// The connection, on a host that stands for a real server.
    call: Option<TcpHandle>,
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
        self.enter();
        let id = self.next_way();
        self.came(Input::Connect { id, label: label.clone() });
        let app = self.gateway_app(label);
        let node = if (self.gateways.len() as u32) < limit {
            let number = self.gateways.len() as u32;
            let node = build::gateway(self, &spec, number, app).ok_or(full)?;
            self.gateways.push(GatewaySlot { id, node, joined: self.now, left: None, connected: true });
            node
        } else {
            self.make_room();
            // The host whose client left first is free again.
            let slot =
                self.gateways.iter_mut().filter(|s| s.left.is_some()).min_by_key(|s| s.left).ok_or(full)?;
            (slot.id, slot.joined, slot.left, slot.connected) = (id, self.now, None, true);
            let node = slot.node;
            self.recorder.forget_facts(node);
            self.set_app(node, app);
            node
        };
        self.with_app(node, |app, io| {
            if let App::Gateway(gateway) = app {
                gateway.start(io);
            }
        });
        Ok(id)
    }

    /// What runs on the host of the next real client.
    fn gateway_app(&self, label: String) -> App {
        let shadows = self.devices.iter().filter(
            |device| matches!(device, Device::Host(host) if matches!(&host.app, App::Gateway(app) if app.has_pictures())),
        );
        let has_pictures = shadows.count() < MAX_SHADOWS;
        let (server, lab_dialect, multicast) = (self.server, self.lab_dialect, self.options.multicast);
        App::Gateway(Box::new(GatewayApp::new(server, label, lab_dialect, multicast, has_pictures)))
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

    /// Where no host is free, the client gives its one up that has had it longest of those
    /// without a connection.
    fn make_room(&mut self) {
        if self.gateways.iter().all(|slot| slot.left.is_none()) {
            let unconnected = self.gateways.iter().filter(|slot| !slot.connected);
            if let Some(id) = unconnected.min_by_key(|slot| slot.joined).map(|slot| slot.id) {
                self.free_way(id);
            }
        }
    }

    /// How many real clients are connected.
    pub fn gateways_connected(&self) -> u32 {
        self.gateways.iter().filter(|s| s.left.is_none() && s.connected).count() as u32
    }

    /// Whether a real client has its host: it is connected, or has a session that goes on
    /// without a connection.
    pub fn has_gateway(&self, id: GatewayId) -> bool {
        self.gateways.iter().any(|slot| slot.id == id && slot.left.is_none())
    }

    /// How many real clients have given their hosts back so far.
    pub fn gateways_left(&self) -> u64 {
        self.gateways_left
    }

    /// These clients have no session any more: without a connection their hosts are free.
    pub(super) fn gateways_without_session(&mut self, clients: &[NodeId]) {
        let free =
            |slot: &&GatewaySlot| slot.left.is_none() && !slot.connected && clients.contains(&slot.node);
        let free: Vec<_> = self.gateways.iter().filter(free).map(|slot| slot.id).collect();
        for id in free {
            self.free_way(id);
        }
    }

    /// Octets from a real peer. Answers how many the simulated connection took; the rest
    /// must be offered again after [`GatewayEvent::Writable`].
    pub fn gateway_write(&mut self, id: GatewayId, bytes: &[u8]) -> usize {
        self.enter();
        let Some(way) = self.way(id) else { return 0 };
        let taken = self.with_app(way.node, |app, io| match (app, way.call) {
            (App::Gateway(gateway), None) => gateway.write(io, bytes),
            (App::Source(source), Some(call)) => source.write(io, call, bytes),
            _ => 0,
        });
        let taken = taken.unwrap_or(0);
        self.came(Input::Write { id, bytes: Bytes::copy_from_slice(&bytes[..taken]) });
        taken
    }

    /// Octets for a real peer, at most `max`. Taking them opens the simulated window, so
    /// take only what the real connection accepts.
    pub fn gateway_take(&mut self, id: GatewayId, max: usize) -> Bytes {
        self.enter();
        let Some(way) = self.way(id) else { return Bytes::new() };
        let taken = self.with_app(way.node, |app, io| match (app, way.call) {
            (App::Gateway(gateway), None) => gateway.take(io, max),
            (App::Source(source), Some(call)) => {
                source.call(call).map(|carrier| carrier.take(io, max)).unwrap_or_default()
            }
            _ => Bytes::new(),
        });
        let taken = taken.unwrap_or_default();
        // To have found nothing changes nothing.
        if !taken.is_empty() {
            self.came(Input::Take { id, max });
        }
        taken
    }

    /// A real client's datagram from its port `from_port` to the server's port `to_port`.
    pub fn gateway_datagram(&mut self, id: GatewayId, from_port: u16, to_port: u16, bytes: Bytes) {
        self.enter();
        let Some(way) = self.way(id) else { return };
        self.came(Input::Datagram { id, from_port, to_port, bytes: bytes.clone() });
        self.with_app(way.node, |app, io| {
            if let App::Gateway(gateway) = app {
                gateway.datagram(io, from_port, to_port, bytes);
            }
        });
    }

    /// A real client's datagram to a multicast group that it is in.
    pub fn gateway_group_datagram(&mut self, id: GatewayId, group: Ipv4Addr, port: u16, bytes: Bytes) {
        self.enter();
        let Some(way) = self.way(id) else { return };
        self.came(Input::GroupDatagram { id, group, port, bytes: bytes.clone() });
        self.with_app(way.node, |app, io| {
            if let App::Gateway(gateway) = app {
                gateway.group_datagram(io, group, port, bytes);
            }
        });
    }

    /// Whether this is the one of all real clients in a group whose datagrams go out for real:
    /// the first. So each goes out once, as on the other networks.
    pub fn gateway_carries(&self, id: GatewayId, group: Ipv4Addr) -> bool {
        let is_in = |node: NodeId| match self.devices.get(node.0 as usize) {
            Some(Device::Host(host)) => matches!(&host.app, App::Gateway(app) if app.is_in(group)),
            _ => false,
        };
        let first = self.gateways.iter().filter(|s| s.left.is_none() && is_in(s.node)).map(|s| s.id).min();
        first == Some(id)
    }

    /// A real peer closed its half of the connection (FIN).
    pub fn gateway_close(&mut self, id: GatewayId) {
        self.enter();
        self.came(Input::Close { id });
        self.with_carrier(id, |carrier, io| carrier.close(io));
    }

    /// A real connection was reset, or its peer vanished (RST). A client's host is free again
    /// once the client has no session any more.
    pub fn gateway_abort(&mut self, id: GatewayId) {
        self.enter();
        self.came(Input::Abort { id });
        self.with_carrier(id, |carrier, io| carrier.abort(io));
        self.end_way(id);
    }

    /// Both halves of a real connection are closed. A client's host is free again once the
    /// client has no session any more.
    pub fn gateway_leave(&mut self, id: GatewayId) {
        self.enter();
        self.came(Input::Leave { id });
        self.end_way(id);
    }

    fn end_way(&mut self, id: GatewayId) {
        let Some(way) = self.way(id) else { return };
        let has_session = |device: &Device| match device {
            Device::Host(host) => matches!(&host.app, App::Server(app) if app.has_session_of(way.node)),
            _ => false,
        };
        // Of a group another client's host takes over, and the group goes on.
        let is_in_group = match self.devices.get(way.node.0 as usize) {
            Some(Device::Host(host)) => matches!(&host.app, App::Gateway(app) if app.is_in_some_group()),
            _ => false,
        };
        if way.call.is_none() && !is_in_group && self.devices.iter().any(has_session) {
            if let Some(slot) = self.gateways.iter_mut().find(|slot| slot.id == id) {
                slot.connected = false;
            }
            self.with_app(way.node, |app, _| {
                if let App::Gateway(gateway) = app {
                    gateway.show_nothing();
                }
            });
            return;
        }
        self.free_way(id);
    }

    fn free_way(&mut self, id: GatewayId) {
        let Some(way) = self.way(id) else { return };
        self.with_app(way.node, |app, io| match (app, way.call) {
            (App::Gateway(gateway), _) => gateway.leave(io),
            (App::Source(source), Some(call)) => source.end(io, call, false),
            _ => {}
        });
        self.calls.remove(&id);
        let now = self.now;
        if let Some(slot) = self.gateways.iter_mut().find(|s| s.id == id) {
            slot.left.get_or_insert(now);
            slot.connected = false;
            self.gateways_left += 1;
        }
    }

    /// What there is for real peers.
    pub fn poll_gateway(&mut self) -> Option<(GatewayId, GatewayEvent)> {
        let event = self.poll_unheard();
        if event.is_none() {
            self.gateways_drained();
        }
        event
    }

    /// The same where nobody is outside: that it was taken counts for nothing.
    pub(crate) fn poll_unheard(&mut self) -> Option<(GatewayId, GatewayEvent)> {
        while let Some(node) = self.gateways_ready.front().copied() {
            if let Some(Device::Host(host)) = self.devices.get_mut(node.0 as usize)
                && let App::Gateway(gateway) = &mut host.app
                && let Some(event) = gateway.poll_event()
                // Hosts are made in the order of their numbers, and each keeps its place.
                && let Ok(place) = self.gateways.binary_search_by_key(&node, |slot| slot.node)
                && let Some(slot) = self.gateways.get(place).filter(|slot| slot.left.is_none())
            {
                return Some((slot.id, event));
            }
            self.gateways_ready.pop_front();
        }
        for (id, (node, call)) in &self.calls {
            if let Some(Device::Host(host)) = self.devices.get_mut(node.0 as usize)
                && let App::Source(source) = &mut host.app
                && let Some(event) = source.call(*call).and_then(Carrier::poll_event)
            {
                return Some((*id, event));
            }
        }
        None
    }

    /// Notes which real clients have taken all their datagrams, where that is worth it.
    pub(crate) fn gateways_drained(&mut self) {
        let is_drained = |slot: &GatewaySlot| match self.devices.get(slot.node.0 as usize) {
            Some(Device::Host(host)) => matches!(&host.app, App::Gateway(app) if app.is_drained()),
            _ => false,
        };
        let drained: Vec<_> = self.gateways.iter().filter(|s| is_drained(s)).map(|s| s.node).collect();
        for node in drained {
            self.enter();
            self.came(Input::Drained { node });
            self.gateway_drained(node);
        }
    }

    /// A real client has taken all its datagrams.
    pub(super) fn gateway_drained(&mut self, node: NodeId) {
        if let Some(Device::Host(host)) = self.devices.get_mut(node.0 as usize)
            && let App::Gateway(gateway) = &mut host.app
        {
            gateway.drained();
        }
    }

    /// The hosts that stand, or stood, for real clients and servers.
    pub(crate) fn outside_nodes(&self) -> Vec<NodeId> {
        let is_outside = |node: &NodeInfo| matches!(node.kind, NodeKind::Gateway | NodeKind::Source);
        let nodes = (0..).zip(&self.nodes).filter(|(_, node)| is_outside(node));
        nodes.map(|(place, _)| NodeId(place)).collect()
    }

    /// A number for a real connection, never used before.
    pub(super) fn next_way(&mut self) -> GatewayId {
        let id = GatewayId(self.next_gateway);
        self.next_gateway += 1;
        id
    }

    fn way(&self, id: GatewayId) -> Option<Way> {
        if let Some((node, call)) = self.calls.get(&id) {
            return Some(Way { node: *node, call: Some(*call) });
        }
        let slot = self.gateways.iter().find(|s| s.id == id && s.left.is_none())?;
        Some(Way { node: slot.node, call: None })
    }

    fn with_carrier<R>(
        &mut self,
        id: GatewayId,
        act: impl FnOnce(&mut Carrier, &mut HostIo<'_>) -> R,
    ) -> Option<R> {
        let way = self.way(id)?;
        self.with_app(way.node, |app, io| {
            let carrier = match (app, way.call) {
                (App::Gateway(gateway), None) => Some(&mut gateway.carrier),
                (App::Source(source), Some(call)) => source.call(call),
                _ => None,
            };
            carrier.map(|carrier| act(carrier, io))
        })
        .flatten()
    }

    /// A host gets a new application; what the old one had open must have been given back.
    pub(super) fn set_app(&mut self, node: NodeId, app: App) {
        if let Some(Device::Host(host)) = self.devices.get_mut(node.0 as usize) {
            host.app = app;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Scenario, WorldOptions};
    use protocol::media::Catalogue;
    use std::sync::Arc;
    use std::time::Duration;

    fn pass(world: &mut World, millis: u64) -> Vec<GatewayEvent> {
        world.run_until(world.now() + Duration::from_millis(millis));
        std::iter::from_fn(|| world.poll_gateway()).map(|(_, event)| event).collect()
    }

    #[test]
    fn nothing_is_kept_of_connections_that_ended_by_a_reset() {
        let scenario = Scenario::builtin("classroom").expect("a built-in scenario");
        let catalogue = Arc::new(Catalogue::with_demo());
        let mut world = World::new(&scenario, catalogue, WorldOptions::default()).expect("a world");
        pass(&mut world, 1_000);
        let before = world.recorder.known();
        let requests = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n".repeat(2_000);
        for round in 0..12 {
            let id = world.gateway_connect("guest".to_owned()).expect("there is room");
            assert!(pass(&mut world, 200).contains(&GatewayEvent::Writable));
            if round % 2 == 0 {
                // The client vanishes.
                world.gateway_write(id, b"OPTIONS");
                pass(&mut world, 10);
            } else {
                // It reads no answer, so that the server resets it.
                let mut rest = requests.as_bytes();
                let mut events = Vec::new();
                while !events.contains(&GatewayEvent::Reset) && world.now() < SimTime::from_secs(600) {
                    rest = &rest[world.gateway_write(id, rest)..];
                    events = pass(&mut world, 50);
                }
                assert!(events.contains(&GatewayEvent::Reset), "round {round}");
            }
            world.gateway_abort(id);
            pass(&mut world, 1_000);
            assert_eq!(world.recorder.known(), before, "round {round}");
        }
    }
}
