//! Where two tapes first differ.

use crate::ids::{ConnectionId, FrameId, LinkId, MessageId, NodeId, PictureId};
use crate::tape::{
    DeliveryRecord, FrameRecord, HopRecord, Log, MessageRecord, PictureRecord, ReceiptRecord, StateRecord,
    Tape, TcpRecord,
};
use protocol::time::SimTime;
use std::time::Duration;

/// Records are written when something is decided, and some tell of a moment a little later:
/// what is so much older than now must be on both tapes.
const SETTLED: Duration = Duration::from_millis(50);

/// One record of a tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// A frame on a cable.
    Hop(FrameId, LinkId),
    /// A frame that was made.
    Frame(FrameId),
    /// What a device did with a frame.
    Receipt(FrameId, NodeId),
    /// A message that was sent.
    Message(MessageId),
    /// A message that was delivered.
    Delivery(MessageId, NodeId),
    /// A change of state.
    State(NodeId),
    /// TCP's variables at one end of a connection: congestion window, threshold, round trip, timeout,
    /// windows.
    Tcp(NodeId, ConnectionId),
    /// A picture that was shown.
    Picture(PictureId, NodeId),
}

/// Where two tapes first differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// When.
    pub at: SimTime,
    /// What the parent's tape has there, if anything.
    pub parent: Option<Trace>,
    /// What the fork's tape has there, if anything.
    pub fork: Option<Trace>,
}

/// Compares two tapes as they grow, each record once.
#[derive(Debug)]
pub(super) struct Comparison {
    messages: u64,
    frames: u64,
    hops: u64,
    receipts: u64,
    deliveries: u64,
    states: u64,
    tcp: u64,
    pictures: u64,
    first: Option<Difference>,
}

impl Comparison {
    /// All that is on `tape` is on both.
    pub(super) fn from(tape: &Tape) -> Self {
        Comparison {
            messages: tape.messages().end(),
            frames: tape.frames().end(),
            hops: tape.hops().end(),
            receipts: tape.receipts().end(),
            deliveries: tape.deliveries().end(),
            states: tape.states().end(),
            tcp: tape.tcp().end(),
            pictures: tape.pictures().end(),
            first: None,
        }
    }

    pub(super) fn first(&self) -> Option<Difference> {
        self.first
    }

    /// Compares what has come since the last time, and answers the first difference once there
    /// is one.
    pub(super) fn go_on(
        &mut self,
        (parent, parent_now): (&Tape, SimTime),
        (fork, fork_now): (&Tape, SimTime),
    ) -> Option<Difference> {
        if self.first.is_some() {
            return self.first;
        }
        let nows = (parent_now, fork_now);
        // Of what differs at the same moment, what comes first here is the cause of the rest.
        let found = [
            differs(&mut self.states, parent.states(), fork.states(), nows),
            differs(&mut self.messages, parent.messages(), fork.messages(), nows),
            differs(&mut self.frames, parent.frames(), fork.frames(), nows),
            differs(&mut self.hops, parent.hops(), fork.hops(), nows),
            differs(&mut self.receipts, parent.receipts(), fork.receipts(), nows),
            differs(&mut self.tcp, parent.tcp(), fork.tcp(), nows),
            differs(&mut self.deliveries, parent.deliveries(), fork.deliveries(), nows),
            differs(&mut self.pictures, parent.pictures(), fork.pictures(), nows),
        ];
        self.first = found.into_iter().flatten().min_by_key(|difference| difference.at);
        self.first
    }
}

/// Goes on in one kind of records to the first that is not the same on both.
fn differs<T: Compared>(
    place: &mut u64,
    parent: &Log<T>,
    fork: &Log<T>,
    (parent_now, fork_now): (SimTime, SimTime),
) -> Option<Difference> {
    // What was let go before it was looked at is taken to be the same.
    *place = (*place).max(parent.start()).max(fork.start());
    loop {
        let found = (parent.get(*place), fork.get(*place));
        let traces = (found.0.map(|r| r.trace(*place)), found.1.map(|r| r.trace(*place)));
        let at = match found {
            (None, None) => return None,
            (Some(a), Some(b)) if a.same(b) => {
                *place += 1;
                continue;
            }
            (Some(a), Some(b)) => a.at().min(b.at()),
            (Some(a), None) if a.at() + SETTLED < fork_now => a.at(),
            (None, Some(b)) if b.at() + SETTLED < parent_now => b.at(),
            // It may still come.
            _ => return None,
        };
        return Some(Difference { at, parent: traces.0, fork: traces.1 });
    }
}

/// A kind of records that can be compared.
trait Compared {
    fn at(&self) -> SimTime;
    fn trace(&self, number: u64) -> Trace;
    fn same(&self, other: &Self) -> bool;
}

impl Compared for HopRecord {
    fn at(&self) -> SimTime {
        self.queued
    }

    fn trace(&self, _: u64) -> Trace {
        Trace::Hop(self.frame, self.link)
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Compared for FrameRecord {
    fn at(&self) -> SimTime {
        self.at
    }

    fn trace(&self, number: u64) -> Trace {
        Trace::Frame(FrameId(number))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Compared for ReceiptRecord {
    fn at(&self) -> SimTime {
        self.at
    }

    fn trace(&self, _: u64) -> Trace {
        Trace::Receipt(self.frame, self.node)
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Compared for MessageRecord {
    fn at(&self) -> SimTime {
        self.at
    }

    fn trace(&self, number: u64) -> Trace {
        Trace::Message(MessageId(number))
    }

    /// Its octets are compared in the frames that carry them: where they are kept changes.
    fn same(&self, other: &Self) -> bool {
        let facts = |r: &Self| (r.at, r.from, r.to, r.client, r.length, r.cause);
        facts(self) == facts(other) && self.transport == other.transport && self.what == other.what
    }
}

impl Compared for DeliveryRecord {
    fn at(&self) -> SimTime {
        self.at
    }

    fn trace(&self, _: u64) -> Trace {
        Trace::Delivery(self.message, self.node)
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Compared for StateRecord {
    fn at(&self) -> SimTime {
        self.at
    }

    fn trace(&self, _: u64) -> Trace {
        Trace::State(self.node)
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Compared for TcpRecord {
    fn at(&self) -> SimTime {
        self.at
    }

    fn trace(&self, _: u64) -> Trace {
        Trace::Tcp(self.node, self.connection)
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Compared for PictureRecord {
    fn at(&self) -> SimTime {
        self.at
    }

    fn trace(&self, number: u64) -> Trace {
        Trace::Picture(PictureId(number), self.client)
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Scenario, World, WorldOptions};
    use protocol::media::Catalogue;
    use std::sync::Arc;

    #[test]
    fn tcps_variables_are_compared() {
        let scenario = Scenario::builtin("classroom").expect("a built-in scenario");
        let mut world = World::new(&scenario, Arc::new(Catalogue::with_demo()), WorldOptions::default())
            .expect("a world");
        world.run_until(SimTime::from_secs(1));
        let record = world.tape().tcp().iter().next_back().expect("a connection").clone();
        let empty = Tape::new(Duration::from_secs(60));
        let (now, later) = (record.at + SETTLED * 2, SimTime::from_secs(9));
        for change in [
            |record: &mut TcpRecord| record.info.cwnd += 1,
            |record: &mut TcpRecord| record.info.ssthresh -= 1,
            |record: &mut TcpRecord| record.info.srtt = Some(Duration::from_secs(3)),
            |record: &mut TcpRecord| record.info.rto += Duration::from_nanos(1),
            |record: &mut TcpRecord| record.info.snd_wnd += 1,
            |record: &mut TcpRecord| record.info.rcv_wnd += 1,
        ] {
            let (mut parent, mut fork) = (empty.clone(), empty.clone());
            let mut comparison = Comparison::from(&empty);
            parent.push_tcp(record.clone());
            fork.push_tcp(record.clone());
            assert_eq!(comparison.go_on((&parent, now), (&fork, now)), None);
            let mut other = TcpRecord { at: later, ..record.clone() };
            parent.push_tcp(other.clone());
            change(&mut other);
            fork.push_tcp(other);
            let trace = Some(Trace::Tcp(record.node, record.connection));
            let first = Difference { at: later, parent: trace, fork: trace };
            assert_eq!(comparison.go_on((&parent, later), (&fork, later)), Some(first));
        }
    }
}
