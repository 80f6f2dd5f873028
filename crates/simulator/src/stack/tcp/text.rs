//! The last steps of SEGMENT ARRIVES: data, FIN, and when to acknowledge them (RFC 9293
//! sections 3.8.6.3 and 3.10.7.4, RFC 5681 section 4.2).

use std::ops::Range;
use std::time::Duration;

use protocol::time::SimTime;
use protocol::wire::tcp::TcpFlags;

use super::super::StackEvent;
use super::super::transmit::{AckCause, Cause};
use super::arrives::Arriving;
use super::connection::{Connection, Context};
use super::{Seq, State, StateCause};

/// Which acknowledgement is owed.
#[derive(Clone, Debug, Default)]
pub(in crate::stack) struct AckSchedule {
    /// One is to be sent at once.
    pub due: Option<Cause>,
    /// One may be put off until then.
    pub delayed: Option<SimTime>,
    /// Octets in order since the last acknowledgement.
    pub owed: usize,
    /// The largest segment so far: what "full-sized" means for this peer.
    pub largest: usize,
    /// When a segment without data was last answered.
    pub last_reply: Option<SimTime>,
}

impl AckSchedule {
    /// An acknowledgement is to be sent at once. The first cause stays, since it would have
    /// been sent in any case; a FIN says more.
    pub fn now(&mut self, cause: Cause) {
        if self.due.is_none() || cause == Cause::Ack(AckCause::Fin) {
            self.due = Some(cause);
        }
    }

    /// A segment with an acknowledgement leaves.
    pub fn sent(&mut self) {
        self.due = None;
        self.delayed = None;
        self.owed = 0;
    }
}

impl Connection {
    /// Takes data and FIN of a segment in, and says which octets of the peer's stream are
    /// in order because of it.
    pub(super) fn take_text(&mut self, cx: &mut Context<'_>, segment: &Arriving<'_>) -> Range<u64> {
        let before = self.rx.delivered();
        // Seventh step: in other states "this should not occur, since a FIN has been received".
        if !self.state.can_receive() {
            return before..before;
        }
        if !segment.payload.is_empty() {
            self.take_data(cx, segment);
        }
        if segment.has(TcpFlags::FIN) {
            // A FIN takes no room in the buffer: it is kept also at the window's very edge.
            let fin = segment.seq + segment.payload.len();
            let limit = self.rcv.edge.max(self.rcv.nxt);
            if self.rcv.nxt.up_to(fin) && fin.up_to(limit) {
                self.rcv.fin = Some(fin);
            }
        }
        if self.rcv.fin == Some(self.rcv.nxt) {
            self.take_fin(cx);
        }
        before..self.rx.delivered()
    }

    fn take_data(&mut self, cx: &mut Context<'_>, segment: &Arriving<'_>) {
        let known = self.rcv.nxt.beyond(segment.seq).min(segment.payload.len());
        let fresh = &segment.payload[known..];
        self.acks.largest = self.acks.largest.max(segment.payload.len());
        self.told_twice(segment.seq, known);
        if fresh.is_empty() {
            self.acks.now(Cause::Ack(AckCause::Duplicate));
            return;
        }
        let gap = (segment.seq + known).beyond(self.rcv.nxt);
        let had_gap = self.rx.has_gap();
        let taken = self.rx.insert(self.rx.delivered() + gap as u64, fresh);
        self.rcv.nxt = self.rcv.nxt + taken;
        if taken > 0 {
            cx.events.push_back(StackEvent::Readable(self.handle));
        }
        // RFC 5681 section 4.2: at once below and above a gap.
        if gap > 0 {
            self.acks.now(Cause::Ack(AckCause::OutOfOrder));
        } else if taken == 0 {
            self.acks.now(Cause::Ack(AckCause::Unacceptable));
        } else if had_gap {
            self.acks.now(Cause::Ack(AckCause::GapFilled));
        } else {
            self.owe(cx.now, taken);
        }
    }

    /// So many octets from `seq` on had come before: they are told once (RFC 2883 section 4).
    pub(super) fn told_twice(&mut self, seq: Seq, octets: usize) {
        let back = self.rcv.nxt.beyond(seq) as u64;
        let delivered = self.rx.delivered();
        // What lies before the stream, or behind a FIN, is not told of.
        if self.agreed.sack && self.state.can_receive() && back <= delivered {
            let start = delivered - back;
            self.rx.came_twice(start..start + octets as u64);
        }
    }

    /// Octets came in order and may be acknowledged later (section 3.8.6.3).
    fn owe(&mut self, now: SimTime, octets: usize) {
        self.acks.owed += octets;
        let full = self.acks.largest.min(self.rmss);
        if self.config.delayed_ack == Duration::ZERO {
            self.acks.now(Cause::Ack(AckCause::Immediate));
        } else if self.acks.owed >= 2 * full {
            self.acks.now(Cause::Ack(AckCause::EverySecondSegment));
        } else if self.acks.delayed.is_none() {
            self.acks.delayed = Some(now + self.config.delayed_ack);
        }
    }

    /// Eighth step: all before the FIN is here.
    fn take_fin(&mut self, cx: &mut Context<'_>) {
        self.rcv.nxt = self.rcv.nxt + 1;
        self.acks.now(Cause::Ack(AckCause::Fin));
        cx.events.push_back(StackEvent::PeerClosed(self.handle));
        match self.state {
            State::Established => self.enter(cx, State::CloseWait, StateCause::FinReceived),
            // Were our FIN acknowledged, the fifth step had moved us to FIN-WAIT-2.
            State::FinWait1 => self.enter(cx, State::Closing, StateCause::FinReceived),
            State::FinWait2 => self.enter_time_wait(cx, StateCause::FinReceived),
            _ => {}
        }
    }

    /// The window to tell the peer. Its edge moves only by a worthwhile step (section
    /// 3.8.6.2.2: the receiver's silly window avoidance), and never back.
    pub(super) fn advertise(&mut self) -> u16 {
        let edge = self.rcv.nxt + self.rx.room();
        if edge.beyond(self.rcv.edge) >= self.worthwhile_step() {
            self.rcv.edge = edge;
        }
        let window = self.rcv.edge.beyond(self.rcv.nxt) >> self.agreed.rcv_shift;
        u16::try_from(window).unwrap_or(u16::MAX)
    }

    fn worthwhile_step(&self) -> usize {
        (self.rx.limit() / 2).min(self.rmss).max(1)
    }

    /// The application has read. The peer is told at once when the window it knows is
    /// nearly used up and would grow by two segments or half the buffer; otherwise the next
    /// segment tells it.
    pub(super) fn room_was_made(&mut self) {
        let known = self.rcv.edge.beyond(self.rcv.nxt);
        let gain = (self.rcv.nxt + self.rx.room()).beyond(self.rcv.edge.max(self.rcv.nxt));
        let large = (2 * self.rmss).min(self.rx.limit() / 2).max(1);
        if self.state.can_receive() && known < large && gain >= large {
            self.acks.now(Cause::Ack(AckCause::WindowUpdate));
        }
    }
}
