//! SEGMENT ARRIVES (RFC 9293 section 3.10.7), with the guards of RFC 5961.

use std::ops::Range;
use std::time::Duration;

use protocol::wire::tcp::{Options, TcpFlags};

use super::super::transmit::{AckCause, Cause};
use super::super::{CloseReason, DropReason, StackEvent};
use super::connection::{Connection, Context};
use super::{RetransmitCause, Seq, State, StateCause};

/// The least time between two answers to segments without data that lie outside the
/// window: two ends that disagree must not answer each other for ever.
pub(super) const REPLY_INTERVAL: Duration = Duration::from_millis(500);

/// A segment as this connection sees it.
#[derive(Clone, Copy, Debug)]
pub(in crate::stack) struct Arriving<'a> {
    pub seq: Seq,
    pub ack: Seq,
    pub flags: TcpFlags,
    /// As it stands in the header, until the connection has scaled it.
    pub window: usize,
    pub options: Options,
    pub payload: &'a [u8],
}

impl Arriving<'_> {
    pub fn has(&self, flag: TcpFlags) -> bool {
        self.flags.has(flag)
    }

    /// SEG.LEN: octets of data, and one for SYN and FIN each.
    pub fn length(&self) -> usize {
        self.payload.len() + usize::from(self.has(TcpFlags::SYN)) + usize::from(self.has(TcpFlags::FIN))
    }
}

/// What became of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack) enum Arrival {
    /// It was taken; these octets of the peer's stream are in order because of it.
    Taken(Range<u64>),
    /// It was dropped.
    Dropped(DropReason),
    /// It was dropped, and its sender gets an RST with this sequence number.
    Reset(Seq),
}

impl Connection {
    /// A segment for this connection arrives.
    pub fn arrive(&mut self, cx: &mut Context<'_>, segment: &Arriving<'_>) -> Arrival {
        match self.state {
            State::Closed | State::Listen => Arrival::Dropped(DropReason::Unexpected(self.handle)),
            State::SynSent => self.arrive_in_syn_sent(cx, segment),
            _ => self.arrive_otherwise(cx, segment),
        }
    }

    fn nothing_delivered(&self) -> Arrival {
        Arrival::Taken(self.rx.delivered()..self.rx.delivered())
    }

    /// Section 3.10.7.3.
    fn arrive_in_syn_sent(&mut self, cx: &mut Context<'_>, segment: &Arriving<'_>) -> Arrival {
        let has_ack = segment.has(TcpFlags::ACK);
        let acks_syn = has_ack && segment.ack.after(self.snd.iss) && segment.ack.up_to(self.snd.max);
        // First, the ACK bit.
        if has_ack && !acks_syn {
            return if segment.has(TcpFlags::RST) {
                Arrival::Dropped(DropReason::BadAck(self.handle))
            } else {
                Arrival::Reset(segment.ack)
            };
        }
        // Second, the RST bit. Only one that acknowledges our SYN is believed.
        if segment.has(TcpFlags::RST) {
            if !acks_syn {
                return Arrival::Dropped(DropReason::Unexpected(self.handle));
            }
            self.end(cx, CloseReason::Refused, StateCause::ResetReceived);
            return self.nothing_delivered();
        }
        // Fourth, the SYN bit.
        if !segment.has(TcpFlags::SYN) {
            return Arrival::Dropped(DropReason::Unexpected(self.handle));
        }
        self.synchronize(cx.now, segment);
        if !acks_syn {
            // Both open at once (figure 8): our SYN goes out again, now with an ACK.
            self.snd.nxt = self.snd.iss;
            self.take_window(segment.seq, self.snd.iss, segment.window);
            self.enter(cx, State::SynReceived, StateCause::SimultaneousOpen);
            return self.nothing_delivered();
        }
        self.acks.now(Cause::HandshakeAck);
        self.syn_acknowledged(cx, segment, StateCause::SynAck);
        let without_syn = Arriving { seq: segment.seq + 1, ..*segment };
        Arrival::Taken(self.take_text(cx, &without_syn))
    }

    /// Our SYN is acknowledged: the connection stands.
    fn syn_acknowledged(&mut self, cx: &mut Context<'_>, segment: &Arriving<'_>, because: StateCause) {
        self.snd.una = segment.ack;
        self.snd.nxt = self.snd.nxt.max(self.snd.una);
        let syn_lost = self.timers.syn_lost;
        let echoed = self.echoed_round_trip(cx.now, segment);
        self.timers.acknowledged(cx.now, segment.ack, echoed, &mut self.rtt);
        self.timers.retransmit = None;
        self.congestion.begin(self.smss, syn_lost);
        if syn_lost {
            self.rtt.syn_was_lost();
        }
        self.take_window(segment.seq, segment.ack, segment.window);
        self.enter(cx, State::Established, because);
        self.announced = true;
        cx.events.push_back(match self.listener {
            Some(port) => StackEvent::Accepted { port, handle: self.handle, remote: self.remote },
            None => StackEvent::Connected(self.handle),
        });
        if self.closing {
            self.close_our_half(cx);
        }
    }

    /// Section 3.10.7.4: all other states.
    fn arrive_otherwise(&mut self, cx: &mut Context<'_>, segment: &Arriving<'_>) -> Arrival {
        let mut segment = *segment;
        if self.state == State::SynReceived && segment.has(TcpFlags::SYN) && segment.seq == self.rcv.irs {
            if !segment.has(TcpFlags::ACK) {
                // The peer did not get our SYN-ACK.
                self.snd.nxt = self.snd.iss;
                self.timers.retransmitting(RetransmitCause::DuplicateSyn);
                return self.nothing_delivered();
            }
            // Figure 8, line 7: the SYN is known already, its ACK is new.
            segment.seq = segment.seq + 1;
            segment.flags = TcpFlags(segment.flags.0 & !TcpFlags::SYN.0);
        } else if !segment.has(TcpFlags::SYN) {
            segment.window <<= self.agreed.snd_shift; // RFC 7323 section 2.2
        }
        // RFC 7323 sections 3.2 and 5.3 R1, before all else.
        if self.lacks_timestamps(&segment) {
            return Arrival::Dropped(DropReason::NoTimestamp(self.handle));
        }
        if self.is_stale(cx.now, &segment) {
            let known = segment.payload.len().min(self.rcv.nxt.beyond(segment.seq));
            self.told_twice(segment.seq, known);
            self.reply(cx, &segment, Cause::Ack(AckCause::Unacceptable));
            return Arrival::Dropped(DropReason::OldTimestamp(self.handle));
        }
        // First, the sequence number.
        if !self.is_acceptable(&segment) {
            return self.answer_unacceptable(cx, &segment);
        }
        self.renew_timestamp(cx.now, &segment);
        // Second, the RST bit (RFC 5961 section 3.2: only the exact number resets).
        if segment.has(TcpFlags::RST) {
            if segment.seq != self.rcv.nxt {
                return self.challenge(cx, &segment);
            }
            let why = match self.state {
                State::SynReceived => CloseReason::Refused,
                State::TimeWait => CloseReason::Finished,
                // Both sides have closed, and only the ACK of our FIN is missing: the peer had
                // it and has forgotten the connection. "Enter the CLOSED state", nothing more.
                State::Closing | State::LastAck if self.snd.max.beyond(self.snd.una) <= 1 => {
                    CloseReason::Finished
                }
                _ => CloseReason::Reset,
            };
            self.end(cx, why, StateCause::ResetReceived);
            return self.nothing_delivered();
        }
        // Fourth, the SYN bit (RFC 5961 section 4.2: never believed, always answered).
        if segment.has(TcpFlags::SYN) {
            return self.challenge(cx, &segment);
        }
        // Fifth, the ACK field.
        if !segment.has(TcpFlags::ACK) {
            return Arrival::Dropped(DropReason::Unexpected(self.handle));
        }
        if self.state == State::SynReceived {
            if !segment.ack.after(self.snd.una) || segment.ack.after(self.snd.max) {
                return Arrival::Reset(segment.ack);
            }
            self.syn_acknowledged(cx, &segment, StateCause::AckOfSyn);
        } else if !self.take_ack(cx, &segment) {
            self.reply(cx, &segment, Cause::Ack(AckCause::Challenge));
            return Arrival::Dropped(DropReason::BadAck(self.handle));
        }
        if self.state == State::Closed {
            return self.nothing_delivered();
        }
        // Seventh, the segment text; eighth, the FIN bit.
        Arrival::Taken(self.take_text(cx, &segment))
    }

    /// Table 6 of section 3.10.7.4. Two allowances: with a closed window the segment that
    /// we wait for is let in for its ACK (its text is cut), and an empty segment may lie
    /// on the window's edge, where a peer stands that has filled it.
    fn is_acceptable(&self, segment: &Arriving<'_>) -> bool {
        let (first, after) = (self.rcv.nxt, self.rcv.nxt.max(self.rcv.edge));
        let within = |seq: Seq| first.up_to(seq) && seq.before(after);
        match segment.length() {
            0 => first.up_to(segment.seq) && segment.seq.up_to(after),
            length => segment.seq == first || within(segment.seq) || within(segment.seq + (length - 1)),
        }
    }

    fn answer_unacceptable(&mut self, cx: &mut Context<'_>, segment: &Arriving<'_>) -> Arrival {
        let dropped = Arrival::Dropped(DropReason::OutsideWindow(self.handle));
        if segment.has(TcpFlags::RST) {
            return dropped;
        }
        let old = (segment.seq + segment.length()).up_to(self.rcv.nxt);
        if old {
            self.told_twice(segment.seq, segment.payload.len());
        }
        if self.state == State::TimeWait && segment.has(TcpFlags::FIN) && old {
            // "Acknowledge it, and restart the 2 MSL timeout."
            self.start_time_wait(cx);
        }
        let cause = match segment.has(TcpFlags::SYN) && segment.seq != self.rcv.irs {
            true => AckCause::Challenge,
            false if old && segment.length() > 0 => AckCause::Duplicate,
            false => AckCause::Unacceptable,
        };
        self.reply(cx, segment, Cause::Ack(cause));
        dropped
    }

    fn challenge(&mut self, cx: &mut Context<'_>, segment: &Arriving<'_>) -> Arrival {
        self.reply(cx, segment, Cause::Ack(AckCause::Challenge));
        Arrival::Dropped(DropReason::Challenged(self.handle))
    }

    /// Has an acknowledgement sent, for segments without data not too often.
    fn reply(&mut self, cx: &mut Context<'_>, segment: &Arriving<'_>, cause: Cause) {
        if segment.payload.is_empty() && !segment.has(TcpFlags::FIN) {
            let too_soon = |at| cx.now.since(at) < REPLY_INTERVAL;
            if self.acks.last_reply.is_some_and(too_soon) {
                return;
            }
            self.acks.last_reply = Some(cx.now);
        }
        self.acks.now(cause);
    }
}
