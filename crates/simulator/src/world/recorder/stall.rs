//! Head-of-line blocking: a TCP stream of which something has come that cannot be handed up,
//! because something before it is missing; and which lost frame is to blame.

use super::Recorder;
use crate::ids::{ConnectionId, Direction, FrameId, LinkId, NodeId};
use crate::stack::TcpHandle;
use crate::tape::{Carried, Change};
use protocol::time::SimTime;
use std::ops::Range;

/// Stretches of one stream that are remembered while they wait for something before them; more
/// are not, and the stall behind them is told when its next octets come.
const MAX_HELD: usize = 256;

/// Hops among which the loss of a frame is sought; a frame that was sent longer ago is taken to
/// be late.
const MAX_SEARCH: usize = 100_000;

/// One stream, as far as it has come to its receiver.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrived {
    /// The place up to which it was handed up.
    upto: u64,
    /// What has come beyond that, in order, and not overlapping.
    held: Vec<Range<u64>>,
    /// When the present stall began.
    since: Option<SimTime>,
}

impl Arrived {
    /// Takes in a segment's places; false when they change nothing.
    fn hold(&mut self, places: &Range<u64>) -> bool {
        if places.end <= self.upto || places.start <= self.upto || self.held.len() >= MAX_HELD {
            return false;
        }
        let mut joined = places.clone();
        self.held.retain(|held| {
            let apart = held.end < joined.start || joined.end < held.start;
            if !apart {
                joined = joined.start.min(held.start)..joined.end.max(held.end);
            }
            apart
        });
        let place = self.held.partition_point(|held| held.start < joined.start);
        self.held.insert(place, joined);
        true
    }

    /// What is missing before the first that has come.
    fn missing(&self) -> Option<Range<u64>> {
        self.held.first().map(|held| self.upto..held.start)
    }
}

impl Recorder {
    /// A segment came to a host, which could hand up these places of the peer's stream.
    pub(crate) fn segment_came(
        &mut self,
        at: SimTime,
        node: NodeId,
        handle: TcpHandle,
        frame: FrameId,
        handed_up: &Range<u64>,
    ) {
        let Some((connection, own)) = self.connection_of(node, handle) else { return };
        let direction = own.reverse();
        let Some(Carried::Tcp { stream: places, .. }) =
            self.tape.frames().get(frame.0).map(|record| &record.carried)
        else {
            return;
        };
        let places = places.clone();
        let Some(known) = self.connections.get_mut(&connection) else { return };
        let arrived = &mut known.streams[direction.index()].arrived;
        let before = arrived.missing();
        if !handed_up.is_empty() {
            arrived.upto = arrived.upto.max(handed_up.end);
            let upto = arrived.upto;
            arrived.held.retain(|held| held.end > upto);
        }
        if !places.is_empty() {
            arrived.hold(&places);
        }
        let missing = arrived.missing();
        if missing.as_ref().map(|gap| gap.start) == before.as_ref().map(|gap| gap.start) {
            return;
        }
        let since = std::mem::replace(&mut arrived.since, missing.as_ref().map(|_| at));
        if let Some(since) = since {
            let octets = handed_up.end.saturating_sub(handed_up.start);
            let over = Change::StallOver { connection, direction, frame, since, octets };
            self.state(at, node, over);
        }
        if let Some(missing) = missing {
            let sent = self.sent_in(connection, direction, missing.start);
            let lost = sent.and_then(|sent| self.loss_of(sent));
            self.state(at, node, Change::Stall { connection, direction, missing, sent, lost });
        }
    }

    /// The frame in which a place of a stream was sent first.
    fn sent_in(&self, connection: ConnectionId, direction: Direction, place: u64) -> Option<FrameId> {
        let sent = &self.connections.get(&connection)?.streams[direction.index()].sent;
        sent.iter().find(|(range, _)| range.contains(&place)).map(|(_, frame)| *frame)
    }

    /// Where a frame, or a router's copy of it, was lost or damaged: the frame there and the
    /// cable.
    fn loss_of(&self, sent: FrameId) -> Option<(FrameId, LinkId)> {
        let since = self.tape.frames().get(sent.0)?.at;
        let hops = self.tape.hops();
        let first = hops.partition_point(|hop| hop.queued < since);
        let spoilt = hops.since(first).take(MAX_SEARCH).filter(|hop| {
            let damaged = hop.mishap.as_ref().is_some_and(|mishap| !mishap.flipped.is_empty());
            hop.fate.is_some() || damaged
        });
        let mut of_it = spoilt.filter(|hop| self.root(hop.frame) == sent);
        of_it.next().map(|hop| (hop.frame, hop.link))
    }

    /// The frame that a host made, from which routers made this one.
    fn root(&self, mut frame: FrameId) -> FrameId {
        while let Some(parent) = self.tape.frames().get(frame.0).and_then(|record| record.parent) {
            frame = parent;
        }
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_kept_in_order_and_joined() {
        let mut arrived = Arrived { upto: 100, ..Arrived::default() };
        assert!(!arrived.hold(&(50..100)) && !arrived.hold(&(100..200)));
        for places in [300..400, 500..600, 400..500, 200..250] {
            assert!(arrived.hold(&places));
        }
        assert_eq!(arrived.held, [200..250, 300..600]);
        assert_eq!(arrived.missing(), Some(100..200));
    }

    #[test]
    fn only_so_many_stretches_are_remembered() {
        let mut arrived = Arrived::default();
        for n in 0..MAX_HELD as u64 {
            assert!(arrived.hold(&(10 * n + 1..10 * n + 2)));
        }
        assert!(!arrived.hold(&(1_000_000..1_000_001)));
        assert_eq!(arrived.held.len(), MAX_HELD);
    }
}
