//! Real players in the world: who they are, and their datagrams.

use super::ways::Ways;
use crate::gateway::{Datagrams, Departing, Groups, Lane, MAX_DEPARTING, PeerLink};
use bytes::Bytes;
use simulator::{GatewayEvent, GatewayId, World};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// From so many players on, datagrams to one of them may share a buffer. A capture on this
/// machine's own loopback shows such a buffer as one packet, so that few players, whose captures
/// are looked at, get each by itself.
const MANY: usize = 32;

/// All real players that are connected.
#[derive(Debug)]
pub struct Players {
    addresses: BTreeMap<GatewayId, SocketAddr>,
    datagrams: Datagrams,
    /// Datagrams that are to be sent, at most [`MAX_DEPARTING`].
    departing: Vec<Departing>,
    /// Where they get multicast.
    groups: Option<Groups>,
    /// The groups that they are in, each with its RTCP port.
    joined: BTreeSet<(GatewayId, Ipv4Addr, u16)>,
    /// How many had left the world when those who are gone were last forgotten.
    left: u64,
}

impl Players {
    /// Nobody yet; datagrams go out by `datagrams`.
    pub fn new(datagrams: Datagrams) -> Self {
        Players {
            addresses: BTreeMap::new(),
            datagrams,
            departing: Vec::new(),
            groups: None,
            joined: BTreeSet::new(),
            left: 0,
        }
    }

    /// From now on they get multicast through `groups`.
    pub fn offer_groups(&mut self, groups: Groups) {
        self.groups = Some(groups);
    }

    /// How many there are: who has a session over UDP stays without a connection, too.
    pub fn len(&self) -> usize {
        self.addresses.len()
    }

    /// How many have a connection.
    pub fn connected(&self, ways: &Ways) -> usize {
        self.addresses.keys().filter(|id| ways.has(**id)).count()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty()
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

    /// Forgets those who have left the world.
    pub fn keep(&mut self, world: &World) {
        if std::mem::replace(&mut self.left, world.gateways_left()) == world.gateways_left() {
            return;
        }
        self.addresses.retain(|id, _| world.has_gateway(*id));
        let gone: Vec<_> = self.joined.iter().filter(|(id, ..)| !world.has_gateway(*id)).copied().collect();
        for joined in gone {
            self.leave(joined);
        }
    }

    /// Forgets everybody: their world is not shown any more.
    pub fn forget_all(&mut self) {
        self.addresses.clear();
        self.departing.clear();
        self.left = 0;
        for joined in std::mem::take(&mut self.joined) {
            if let Some(groups) = &mut self.groups {
                groups.leave(joined.1, joined.2);
            }
        }
    }

    fn leave(&mut self, joined: (GatewayId, Ipv4Addr, u16)) {
        if let (true, Some(groups)) = (self.joined.remove(&joined), &mut self.groups) {
            groups.leave(joined.1, joined.2);
        }
    }

    /// A real datagram to a port of a group: it belongs to the player at that address who is in
    /// the group; of several to the first.
    pub fn group_datagram(
        &mut self,
        world: &mut World,
        ways: &Ways,
        (group, port): (Ipv4Addr, u16),
        from: SocketAddr,
        bytes: Bytes,
    ) {
        let is_from = |id: &GatewayId| self.addresses.get(id).is_some_and(|own| own.ip() == from.ip());
        let owner = self.joined.iter().find(|(id, own, at)| (*own, *at) == (group, port) && is_from(id));
        if let Some((id, ..)) = owner {
            world.gateway_group_datagram(*id, group, port, bytes);
            ways.alive(*id);
        }
    }

    /// A real datagram: it belongs to the player at that address who named that port in SETUP,
    /// of several to the last who connected. Others are dropped; nobody in the simulation asked
    /// for them.
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
            .rev()
            .filter(|(_, address)| address.ip() == from.ip())
            .find(|(id, _)| world.gateway_has_port(**id, from.port()));
        if let Some((id, _)) = owner {
            world.gateway_datagram(*id, from.port(), self.datagrams.port_of(lane), bytes);
            ways.alive(*id);
        }
    }

    /// What the world has for a player: a datagram goes out with the next
    /// [`Players::send`], for a group once.
    pub fn told(&mut self, world: &World, id: GatewayId, event: GatewayEvent) {
        match event {
            GatewayEvent::Datagram { from_port, to_port, bytes } => {
                let lane = self.datagrams.lane(from_port);
                if let (Some(lane), Some(address)) = (lane, self.addresses.get(&id)) {
                    self.depart(lane, SocketAddr::new(address.ip(), to_port), bytes);
                }
            }
            GatewayEvent::Group { group, from_port, to_port, bytes } => {
                let lane = self.datagrams.lane(from_port);
                if let Some(lane) = lane.filter(|_| world.gateway_carries(id, group)) {
                    self.depart(lane, SocketAddr::new(IpAddr::V4(group), to_port), bytes);
                }
            }
            GatewayEvent::GroupJoined { group, rtcp_port } => {
                if let (true, Some(groups)) = (self.joined.insert((id, group, rtcp_port)), &mut self.groups) {
                    groups.join(group, rtcp_port);
                }
            }
            GatewayEvent::GroupLeft { group, rtcp_port } => self.leave((id, group, rtcp_port)),
            _ => {}
        }
    }

    fn depart(&mut self, lane: Lane, to: SocketAddr, bytes: Bytes) {
        self.departing.push(Departing { lane, to, bytes });
        if self.departing.len() >= MAX_DEPARTING {
            self.send();
        }
    }

    /// Sends the datagrams that the world had for players.
    pub fn send(&mut self) {
        let many = self.len() >= MANY;
        self.datagrams.send_all(&mut self.departing, many);
    }
}
