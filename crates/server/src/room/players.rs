//! Real players in the world: octets and datagrams, both ways, with backpressure.

use crate::gateway::{CREDIT, Datagrams, Lane, PlayerLink, ToPlayer};
use bytes::{Buf, Bytes};
use simulator::{GatewayEvent, GatewayId, World};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Places in a connection's queue that octets leave free for the few words that end it.
const RESERVE: usize = 8;

/// A datagram tells the connection that its player lives only when its queue is this empty.
const ROOM_FOR_LIFE: usize = 32;

#[derive(Debug)]
struct Player {
    address: SocketAddr,
    link: PlayerLink,
    /// Octets that its socket may still be given.
    credit: usize,
    /// Octets read from it that the world has not taken.
    pending: Bytes,
    /// It has closed its half.
    closing: bool,
    /// There may be something to take for it.
    readable: bool,
    /// The simulated server has closed its half.
    server_closed: bool,
    /// It was told so.
    finished: bool,
}

/// All real players that are connected.
#[derive(Debug)]
pub struct Players {
    players: BTreeMap<GatewayId, Player>,
    datagrams: Datagrams,
}

impl Players {
    /// Nobody yet; datagrams go out by `datagrams`.
    pub fn new(datagrams: Datagrams) -> Self {
        Players { players: BTreeMap::new(), datagrams }
    }

    /// Whether nobody is connected.
    pub fn is_empty(&self) -> bool {
        self.players.is_empty()
    }

    /// How many are connected.
    pub fn len(&self) -> usize {
        self.players.len()
    }

    /// Somebody connects; `None` when the world has no place.
    pub fn connect(&mut self, world: &mut World, address: SocketAddr, link: PlayerLink) -> Option<GatewayId> {
        let id = world.gateway_connect(address.to_string()).ok()?;
        let player = Player {
            address,
            link,
            credit: CREDIT,
            pending: Bytes::new(),
            closing: false,
            readable: false,
            server_closed: false,
            finished: false,
        };
        self.players.insert(id, player);
        Some(id)
    }

    /// A player sent octets.
    pub fn said(&mut self, world: &mut World, id: GatewayId, bytes: Bytes) {
        if let Some(player) = self.players.get_mut(&id) {
            player.pending = bytes;
            player.write(world, id);
        }
    }

    /// A player's socket took octets.
    pub fn accepted(&mut self, id: GatewayId, octets: usize) {
        if let Some(player) = self.players.get_mut(&id) {
            player.credit = (player.credit + octets).min(CREDIT);
            player.readable = true;
        }
    }

    /// A player closed its half.
    pub fn closed(&mut self, world: &mut World, id: GatewayId) {
        if let Some(player) = self.players.get_mut(&id) {
            player.closing = true;
            if player.pending.is_empty() {
                world.gateway_close(id);
            }
        }
        self.part(world, id);
    }

    /// A player is gone without a word.
    pub fn lost(&mut self, world: &mut World, id: GatewayId) {
        if self.players.remove(&id).is_some() {
            world.gateway_abort(id);
        }
    }

    /// A real datagram: it belongs to the player at that address who named that port in SETUP.
    /// Others are dropped; nobody in the simulation asked for them.
    pub fn datagram(&mut self, world: &mut World, lane: Lane, from: SocketAddr, bytes: Bytes) {
        let owner = self
            .players
            .iter()
            .filter(|(_, player)| player.address.ip() == from.ip())
            .find(|(id, _)| world.gateway_has_port(**id, from.port()));
        if let Some((id, player)) = owner {
            world.gateway_datagram(*id, from.port(), self.datagrams.port_of(lane), bytes);
            if player.link.capacity() > ROOM_FOR_LIFE {
                player.link.try_send(ToPlayer::Alive).ok();
            }
        }
    }

    /// Carries out of the world what it has for real players.
    pub fn pump(&mut self, world: &mut World) {
        if self.players.is_empty() {
            return;
        }
        while let Some((id, event)) = world.poll_gateway() {
            let Some(player) = self.players.get_mut(&id) else { continue };
            match event {
                GatewayEvent::Readable => player.readable = true,
                GatewayEvent::Writable => player.write(world, id),
                GatewayEvent::Closed => {
                    player.server_closed = true;
                    player.readable = true;
                }
                GatewayEvent::Reset => {
                    player.link.try_send(ToPlayer::Reset).ok();
                    self.players.remove(&id);
                    world.gateway_abort(id);
                }
                GatewayEvent::Datagram { from_port, to_port, bytes } => {
                    if let Some(lane) = self.datagrams.lane(from_port) {
                        self.datagrams.send(lane, SocketAddr::new(player.address.ip(), to_port), &bytes);
                    }
                }
            }
        }
        let ready: Vec<_> =
            self.players.iter().filter(|(_, player)| player.readable).map(|(id, _)| *id).collect();
        for id in ready {
            if let Some(player) = self.players.get_mut(&id) {
                player.read(world, id);
            }
            self.part(world, id);
        }
    }

    /// Lets go of a player when both sides have closed.
    fn part(&mut self, world: &mut World, id: GatewayId) {
        if self.players.get(&id).is_some_and(|player| player.closing && player.finished) {
            self.players.remove(&id);
            world.gateway_leave(id);
        }
    }
}

impl Player {
    /// Gives the world what it takes of the octets that wait.
    fn write(&mut self, world: &mut World, id: GatewayId) {
        if self.pending.is_empty() {
            return;
        }
        let taken = world.gateway_write(id, &self.pending);
        self.pending.advance(taken);
        if self.pending.is_empty() {
            if self.closing {
                world.gateway_close(id);
            } else {
                self.link.try_send(ToPlayer::ReadOn).ok();
            }
        }
    }

    /// Takes from the world what the player's socket may be given.
    fn read(&mut self, world: &mut World, id: GatewayId) {
        while self.credit > 0 && self.link.capacity() > RESERVE {
            let bytes = world.gateway_take(id, self.credit);
            if bytes.is_empty() {
                self.readable = false;
                if self.server_closed && !self.finished {
                    self.finished = true;
                    self.link.try_send(ToPlayer::Finish).ok();
                }
                return;
            }
            self.credit = self.credit.saturating_sub(bytes.len());
            self.link.try_send(ToPlayer::Bytes(bytes)).ok();
        }
        // Goes on when the socket has taken some of it.
        self.readable = false;
    }
}
