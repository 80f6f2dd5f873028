//! Real TCP connections into the world and out of it: octets, both ways, with backpressure.

use crate::gateway::{CREDIT, PeerLink, ToPeer};
use bytes::{Buf, Bytes};
use simulator::{GatewayEvent, GatewayId, World};
use std::collections::BTreeMap;

/// Places in a connection's queue that octets leave free for the few words that end it.
const RESERVE: usize = 8;

/// A datagram tells the connection that its peer lives only when its queue is this empty.
const ROOM_FOR_LIFE: usize = 32;

/// One real connection.
#[derive(Debug)]
struct Way {
    link: PeerLink,
    /// Octets that its socket may still be given.
    credit: usize,
    /// Octets read from it that the world has not taken.
    pending: Bytes,
    /// The real peer has closed its half.
    closing: bool,
    /// There may be something to take for it.
    readable: bool,
    /// The simulated peer has closed its half.
    far_closed: bool,
    /// It was told so.
    finished: bool,
}

/// All real connections, whoever opened them.
#[derive(Debug, Default)]
pub struct Ways {
    ways: BTreeMap<GatewayId, Way>,
}

impl Ways {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ways.is_empty()
    }

    /// It is over; false when there was none.
    fn end(&mut self, id: GatewayId) -> bool {
        self.ways.remove(&id).is_some()
    }

    /// A real connection stands, or is about to.
    pub fn open(&mut self, id: GatewayId, link: PeerLink) {
        let way = Way {
            link,
            credit: CREDIT,
            pending: Bytes::new(),
            closing: false,
            readable: false,
            far_closed: false,
            finished: false,
        };
        self.ways.insert(id, way);
    }

    /// Ends all of them, as a server does that is started anew.
    pub fn cut_off(&mut self) {
        for way in std::mem::take(&mut self.ways).into_values() {
            // With a full queue the connection ends when it finds that nobody writes there.
            way.link.try_send(ToPeer::Reset).ok();
        }
    }

    /// Whether this one still is.
    pub fn has(&self, id: GatewayId) -> bool {
        self.ways.contains_key(&id)
    }

    /// A real peer sent octets.
    pub fn said(&mut self, world: &mut World, id: GatewayId, bytes: Bytes) {
        if let Some(way) = self.ways.get_mut(&id) {
            way.pending = bytes;
            way.write(world, id);
        }
    }

    /// A real peer's socket took octets.
    pub fn accepted(&mut self, id: GatewayId, octets: usize) {
        if let Some(way) = self.ways.get_mut(&id) {
            way.credit = (way.credit + octets).min(CREDIT);
            way.readable = true;
        }
    }

    /// A real peer closed its half.
    pub fn closed(&mut self, world: &mut World, id: GatewayId) {
        if let Some(way) = self.ways.get_mut(&id) {
            way.closing = true;
            if way.pending.is_empty() {
                world.gateway_close(id);
            }
        }
        self.part(world, id);
    }

    /// A real peer is gone without a word.
    pub fn lost(&mut self, world: &mut World, id: GatewayId) {
        if self.end(id) {
            world.gateway_abort(id);
        }
    }

    /// It never came to be.
    pub fn forget(&mut self, id: GatewayId) {
        self.end(id);
    }

    /// A datagram of the real peer has come: it lives.
    pub fn alive(&self, id: GatewayId) {
        if let Some(way) = self.ways.get(&id)
            && way.link.capacity() > ROOM_FOR_LIFE
        {
            way.link.try_send(ToPeer::Alive).ok();
        }
    }

    /// What the world tells of a connection.
    pub fn told(&mut self, world: &mut World, id: GatewayId, event: &GatewayEvent) {
        if let GatewayEvent::Datagram { .. } = event {
            // The most frequent by far, and not of the connection.
            return;
        }
        let Some(way) = self.ways.get_mut(&id) else { return };
        match event {
            GatewayEvent::Readable => way.readable = true,
            GatewayEvent::Writable => way.write(world, id),
            GatewayEvent::Closed => {
                way.far_closed = true;
                way.readable = true;
            }
            GatewayEvent::Reset => {
                way.link.try_send(ToPeer::Reset).ok();
                self.end(id);
                world.gateway_abort(id);
            }
            GatewayEvent::Heard => drop(way.link.try_send(ToPeer::Heard)),
            // Datagrams go another way.
            GatewayEvent::Datagram { .. }
            | GatewayEvent::Group { .. }
            | GatewayEvent::GroupJoined { .. }
            | GatewayEvent::GroupLeft { .. } => {}
        }
    }

    /// Carries out of the world what it has for real peers.
    pub fn carry(&mut self, world: &mut World) {
        let ready: Vec<_> = self.ways.iter().filter(|(_, way)| way.readable).map(|(id, _)| *id).collect();
        for id in ready {
            if let Some(way) = self.ways.get_mut(&id) {
                way.read(world, id);
            }
            self.part(world, id);
        }
    }

    /// Lets go of a connection that both sides have closed.
    fn part(&mut self, world: &mut World, id: GatewayId) {
        if self.ways.get(&id).is_some_and(|way| way.closing && way.finished) {
            self.end(id);
            world.gateway_leave(id);
        }
    }
}

impl Way {
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
                self.link.try_send(ToPeer::ReadOn).ok();
            }
        }
    }

    /// Takes from the world what the peer's socket may be given.
    fn read(&mut self, world: &mut World, id: GatewayId) {
        while self.credit > 0 && self.link.capacity() > RESERVE {
            let bytes = world.gateway_take(id, self.credit);
            if bytes.is_empty() {
                self.readable = false;
                if self.far_closed && !self.finished {
                    self.finished = true;
                    self.link.try_send(ToPeer::Finish).ok();
                }
                return;
            }
            self.credit = self.credit.saturating_sub(bytes.len());
            self.link.try_send(ToPeer::Bytes(bytes)).ok();
        }
        // Goes on when the socket has taken some of it.
        self.readable = false;
    }
}
