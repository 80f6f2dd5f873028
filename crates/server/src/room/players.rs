//! Real players in the world: who they are, and their datagrams.

use super::ways::Ways;
use crate::gateway::{Datagrams, Lane, PeerLink};
use bytes::Bytes;
use simulator::{GatewayEvent, GatewayId, World};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// All real players that are connected.
#[derive(Debug)]
pub struct Players {
    addresses: BTreeMap<GatewayId, SocketAddr>,
    datagrams: Datagrams,
}

impl Players {
    /// Nobody yet; datagrams go out by `datagrams`.
    pub fn new(datagrams: Datagrams) -> Self {
        Players { addresses: BTreeMap::new(), datagrams }
    }

    /// How many are connected.
    pub fn len(&self) -> usize {
        self.addresses.len()
    }

    /// Somebody connects; `None` when the world has no place.
    pub fn connect(
        &mut self,
        world: &mut World,
        ways: &mut Ways,
        address: SocketAddr,
        link: PeerLink,
    ) -> Option<GatewayId> {
        let id = world.gateway_connect(address.to_string()).ok()?;
        self.addresses.insert(id, address);
        ways.open(id, link);
        Some(id)
    }

    /// Forgets those whose connections are over.
    pub fn keep(&mut self, ways: &Ways) {
        self.addresses.retain(|id, _| ways.has(*id));
    }

    /// A real datagram: it belongs to the player at that address who named that port in SETUP.
    /// Others are dropped; nobody in the simulation asked for them.
    pub fn datagram(
        &mut self,
        world: &mut World,
        ways: &Ways,
        (lane, from): (Lane, SocketAddr),
        bytes: Bytes,
    ) {
        let owner = self
            .addresses
            .iter()
            .filter(|(_, address)| address.ip() == from.ip())
            .find(|(id, _)| world.gateway_has_port(**id, from.port()));
        if let Some((id, _)) = owner {
            world.gateway_datagram(*id, from.port(), self.datagrams.port_of(lane), bytes);
            ways.alive(*id);
        }
    }

    /// What the world has for a player: a datagram goes out.
    pub fn told(&self, id: GatewayId, event: &GatewayEvent) {
        if let GatewayEvent::Datagram { from_port, to_port, bytes } = event
            && let (Some(lane), Some(address)) = (self.datagrams.lane(*from_port), self.addresses.get(&id))
        {
            self.datagrams.send(lane, SocketAddr::new(address.ip(), *to_port), bytes);
        }
    }
}
