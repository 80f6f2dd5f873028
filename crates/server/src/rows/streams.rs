//! What rows need to know of others: which messages have octets in a TCP segment, and who
//! is real.

use crate::wire::Id;
use simulator::tape;
use simulator::{ConnectionId, Direction, NodeId, Tape};
use std::ops::Range;

/// The messages of every TCP stream on the tape, and who is real.
#[derive(Debug)]
pub struct Streams {
    places: tape::Streams,
    /// Nodes from this one on stand for real clients.
    first_real: u32,
}

impl Streams {
    /// Nothing seen yet; nodes from `first_real` on stand for real clients.
    pub fn new(first_real: u32) -> Self {
        Streams { places: tape::Streams::default(), first_real }
    }

    /// Whether a node stands for a real client.
    pub fn is_real(&self, node: NodeId) -> bool {
        node.0 >= self.first_real
    }

    /// Takes in what the tape has got since the last time, and forgets what it has let go.
    pub fn follow(&mut self, tape: &Tape) {
        self.places.follow(tape);
    }

    /// The places of messages alone.
    pub fn places(&self) -> &tape::Streams {
        &self.places
    }

    /// The first message of a connection that is still known, of either end.
    pub fn first(&self, connection: ConnectionId) -> Option<Id> {
        let first = |direction| self.places.messages(connection, direction, &(0..u64::MAX)).next();
        let ends = [Direction::FromOpener, Direction::FromAcceptor];
        ends.into_iter().filter_map(first).min().map(|message| Id(message.0))
    }

    /// The messages with octets in `range` of a stream.
    pub fn messages(&self, connection: ConnectionId, direction: Direction, range: &Range<u64>) -> Vec<Id> {
        self.places.messages(connection, direction, range).map(|message| Id(message.0)).collect()
    }
}
