//! What rows need to know of others: which messages have octets in a TCP segment, and who
//! is real.

use crate::wire::Id;
use simulator::tape::MessageTransport;
use simulator::{ConnectionId, Direction, NodeId, Tape};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

/// Octets of a stream and the message that they belong to, in the order of the stream.
type Places = VecDeque<(Range<u64>, u64)>;

/// The messages of every TCP stream on the tape, by their places.
#[derive(Debug)]
pub struct Streams {
    /// Of each stream, where messages lie, in the order of the stream.
    places: BTreeMap<(ConnectionId, Direction), Places>,
    /// The first message not yet seen.
    next: u64,
    /// Nodes from this one on stand for real clients.
    first_real: u32,
}

impl Streams {
    /// Nothing seen yet; nodes from `first_real` on stand for real clients.
    pub fn new(first_real: u32) -> Self {
        Streams { places: BTreeMap::new(), next: 0, first_real }
    }

    /// Whether a node stands for a real client.
    pub fn is_real(&self, node: NodeId) -> bool {
        node.0 >= self.first_real
    }

    /// Takes in what the tape has got since the last time, and forgets what it has let go.
    pub fn follow(&mut self, tape: &Tape) {
        let oldest = tape.messages().start();
        for (number, record) in super::numbered(tape.messages(), self.next) {
            if let MessageTransport::Tcp { connection, direction, range, .. } = &record.transport {
                let stream = self.places.entry((*connection, *direction)).or_default();
                stream.push_back((range.clone(), number));
            }
        }
        self.next = tape.messages().end();
        self.places.retain(|_, stream| {
            while stream.front().is_some_and(|(_, number)| *number < oldest) {
                stream.pop_front();
            }
            !stream.is_empty()
        });
    }

    /// The messages with octets in `range` of a stream.
    pub fn messages(&self, connection: ConnectionId, direction: Direction, range: &Range<u64>) -> Vec<Id> {
        let Some(stream) = self.places.get(&(connection, direction)).filter(|_| !range.is_empty()) else {
            return Vec::new();
        };
        let first = stream.partition_point(|(place, _)| place.end <= range.start);
        stream
            .range(first..)
            .take_while(|(place, _)| place.start < range.end)
            .map(|(_, number)| Id(*number))
            .collect()
    }
}
