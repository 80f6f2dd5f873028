//! Which messages have octets in a TCP segment.

use super::{Carried, FrameRecord, MessageTransport, Tape};
use crate::ids::{ConnectionId, Direction, MessageId};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

/// Octets of a stream and the message that they belong to, in the order of the stream.
type Places = VecDeque<(Range<u64>, u64)>;

/// The messages of every TCP stream on a tape, by their places.
#[derive(Clone, Debug, Default)]
pub struct Streams {
    /// Of each stream, where messages lie, in the order of the stream.
    places: BTreeMap<(ConnectionId, Direction), Places>,
    /// The first message not yet seen.
    next: u64,
}

impl Streams {
    /// Takes in what the tape has got since the last time, and forgets what it has let go.
    pub fn follow(&mut self, tape: &Tape) {
        let oldest = tape.messages().start();
        let first = self.next.max(oldest);
        for (number, record) in (first..).zip(tape.messages().since(first)) {
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
    pub fn messages(
        &self,
        connection: ConnectionId,
        direction: Direction,
        range: &Range<u64>,
    ) -> impl Iterator<Item = MessageId> {
        let range = range.clone();
        let stream = self.places.get(&(connection, direction)).filter(|_| !range.is_empty());
        let first = stream.map_or(0, |stream| stream.partition_point(|(place, _)| place.end <= range.start));
        stream
            .into_iter()
            .flat_map(move |stream| stream.range(first..))
            .take_while(move |(place, _)| place.start < range.end)
            .map(|(_, number)| MessageId(*number))
    }

    /// The messages with octets in a frame.
    pub fn carried(&self, frame: &FrameRecord) -> Vec<MessageId> {
        match &frame.carried {
            Carried::Udp { message: Some(message), .. } => vec![*message],
            Carried::Tcp { connection: Some(connection), direction, stream, .. } => {
                self.messages(*connection, *direction, stream).collect()
            }
            _ => Vec::new(),
        }
    }
}
