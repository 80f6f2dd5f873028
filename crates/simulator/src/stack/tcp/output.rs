//! Which segment to send next (RFC 9293 sections 3.7 and 3.8).

use std::ops::Range;

use protocol::time::SimTime;
use protocol::wire::tcp::{Header, TcpFlags};

use super::super::transmit::Cause;
use super::congestion::Recovery;
use super::connection::{Connection, Hold};
use super::{RetransmitCause, Seq, State};

/// A segment to be sent: everything but the octets, which stay in the send buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack) struct Plan {
    pub header: Header,
    /// Which octets of our stream.
    pub stream: Range<u64>,
    pub cause: Cause,
}

impl Connection {
    /// The next segment to send now, if any.
    pub fn poll_transmit(&mut self, now: SimTime) -> Option<Plan> {
        match self.state {
            State::Closed | State::Listen => None,
            State::SynSent | State::SynReceived if self.snd.nxt == self.snd.iss => Some(self.plan_syn(now)),
            State::SynSent => None,
            state if state.can_transmit() => self
                .plan_resend(now)
                .or_else(|| self.plan_probe(now))
                .or_else(|| self.plan_recovery(now))
                .or_else(|| self.plan_data(now))
                .or_else(|| self.plan_ack(now)),
            _ => self.plan_ack(now),
        }
    }

    /// Our SYN, for the first time or again.
    fn plan_syn(&mut self, now: SimTime) -> Plan {
        let passive = self.state == State::SynReceived;
        let first = if passive { Cause::AcceptSyn } else { Cause::Connect };
        let cause = self.timers.again.take().map_or(first, Cause::Retransmit);
        self.retransmissions += u64::from(matches!(cause, Cause::Retransmit(_)));
        if self.snd.max == self.snd.iss {
            self.timers.timed = Some((self.snd.iss + 1, now));
            self.timers.outstanding_since = now;
        }
        let flags = if passive { TcpFlags::SYN.with(TcpFlags::ACK) } else { TcpFlags::SYN };
        let plan = self.plan(now, self.snd.iss, 0, flags, cause);
        self.snd.nxt = self.snd.iss + 1;
        self.snd.max = self.snd.max.max(self.snd.nxt);
        self.timers.retransmit.get_or_insert(now + self.rtt.rto());
        plan
    }

    /// One octet, or the FIN, into a closed window (section 3.8.6.1). It does not move
    /// SND.NXT: unless the peer takes it, it was never sent.
    fn plan_probe(&mut self, now: SimTime) -> Option<Plan> {
        if !std::mem::take(&mut self.timers.probe_due) {
            return None;
        }
        if self.snd.wnd > 0 {
            // The window is open but silly: what fits goes now (section 3.8.6.2.1, the
            // override timeout).
            return self.plan_new(now, true);
        }
        let length = usize::from(self.tx.end() > self.tx.start());
        let fin = length == 0 && self.closing;
        if length == 0 && !fin {
            return None;
        }
        self.timers.probes = self.timers.probes.saturating_add(1);
        self.start_persist(now);
        self.timers.unanswered_since.get_or_insert(now);
        let (seq, attempt) = (self.snd.una, self.timers.probes);
        if !self.snd.max.after(seq) {
            self.timers.probed = Some(seq);
            self.snd.max = seq + 1;
        }
        Some(self.plan_stream(now, seq, length, fin, Cause::ZeroWindowProbe { attempt }))
    }

    fn plan_data(&mut self, now: SimTime) -> Option<Plan> {
        // In recovery with SACK, RFC 6675 alone says what is sent.
        match self.congestion.recovery() {
            Some(Recovery::Sack) => None,
            _ => self.plan_new(now, false),
        }
    }

    /// Data or FIN at SND.NXT, as far as both windows allow.
    pub(super) fn plan_new(&mut self, now: SimTime, override_silly: bool) -> Option<Plan> {
        self.skip_sacked();
        let seq = self.snd.nxt;
        if self.fin_seq().is_some_and(|fin| seq.after(fin)) {
            return None; // All is sent, FIN included.
        }
        let flight = self.flight();
        if flight == 0 && self.snd.max == self.snd.una && now.since(self.timers.last_sent) > self.rtt.rto() {
            self.congestion.restart_after_idle();
        }
        let again = seq.before(self.snd.max) && self.timers.probed != Some(seq);
        let waiting = (self.tx.end() - self.offset_of(seq)) as usize;
        let offered = self.snd.wnd.saturating_sub(flight);
        let pipe = self.pipe();
        let allowed = match self.agreed.sack {
            true => self.congestion.cwnd().saturating_sub(pipe),
            false => self.congestion.window().saturating_sub(flight),
        };
        let room = self.segment_room().min(if again { self.until_sacked(seq) } else { usize::MAX });
        let length = waiting.min(offered.min(allowed)).min(room);
        let fin = self.fin_seq() == Some(seq + length) && offered > length;
        let worthwhile =
            override_silly || (again && pipe == 0) || self.is_worthwhile(length, room, waiting, flight);
        if !(fin || length > 0 && worthwhile) {
            let enough = waiting.min(room);
            self.held = match () {
                () if enough == 0 => None,
                () if offered < enough => Some(Hold::Window),
                () if allowed < enough => Some(Hold::Congestion),
                () => None,
            };
            if flight == 0 && (waiting > 0 || self.closing) && self.timers.persist.is_none() {
                self.start_persist(now);
            }
            return None;
        }
        let cause = self.new_cause(again, length, flight, override_silly);
        let plan = self.plan_stream(now, seq, length, fin, cause);
        if again {
            self.retransmissions += 1;
        } else {
            self.timers.probed = None;
            if cause == Cause::LimitedTransmit {
                self.congestion.sent_limited(length);
            }
            if self.timers.timed.is_none() && self.congestion.recovery().is_none() {
                self.timers.timed = Some((seq + length + usize::from(fin), now));
            }
        }
        if self.snd.max == self.snd.una {
            self.timers.outstanding_since = now;
        }
        self.snd.nxt = seq + length + usize::from(fin);
        self.snd.max = self.snd.max.max(self.snd.nxt);
        self.timers.last_sent = now;
        self.timers.persist = None;
        self.timers.retransmit.get_or_insert(now + self.rtt.rto()); // RFC 6298 rule 5.1
        Some(plan)
    }

    /// Why a segment at SND.NXT goes now; `again`: it was sent before.
    fn new_cause(&mut self, again: bool, length: usize, flight: usize, override_silly: bool) -> Cause {
        let first = self.timers.again.take();
        if again {
            let too_long = self.too_long.is_some_and(|end| self.snd.nxt.before(end));
            let later = if too_long { RetransmitCause::PathMtu } else { RetransmitCause::AfterRto };
            return Cause::Retransmit(first.unwrap_or(later));
        }
        let beyond = flight + length > self.congestion.cwnd();
        match self.held.filter(|_| !override_silly) {
            _ if length == 0 => Cause::Close,
            _ if self.congestion.recovery() == Some(Recovery::Sack) => Cause::RecoveryData,
            _ if self.congestion.is_limited() && beyond => Cause::LimitedTransmit,
            Some(Hold::Window) => Cause::WindowOpened,
            Some(Hold::Congestion) => Cause::CongestionWindowOpened,
            None => Cause::Data,
        }
    }

    /// What the peer has told by SACK is not sent again after a timeout.
    fn skip_sacked(&mut self) {
        while self.snd.nxt.before(self.snd.max) {
            let place = self.offset_of(self.snd.nxt);
            let Some(run) = self.scoreboard.run_at(place) else { break };
            self.snd.nxt = self.snd.nxt + (run.end - place) as usize;
        }
    }

    /// The octets from `seq` to the next that the peer has told by SACK.
    fn until_sacked(&self, seq: Seq) -> usize {
        let place = self.offset_of(seq);
        self.scoreboard.next_run(place).map_or(usize::MAX, |run| (run - place) as usize)
    }

    /// The sender's silly window avoidance (section 3.8.6.2.1) and Nagle (section 3.7.4):
    /// a full segment, or all there is, or half the largest window that the peer ever had.
    fn is_worthwhile(&self, length: usize, room: usize, waiting: usize, flight: usize) -> bool {
        length == room
            || (length == waiting && (!self.config.nagle || flight == 0))
            || length >= (self.snd.max_wnd / 2).max(1)
    }

    /// An acknowledgement on its own.
    fn plan_ack(&mut self, now: SimTime) -> Option<Plan> {
        let cause = self.acks.due?;
        // SND.NXT may have gone back, and what lies before SND.MAX may look old to the peer;
        // while its window is closed, what lies behind SND.NXT looks too new.
        let seq = if self.snd.wnd == 0 { self.snd.nxt } else { self.snd.max };
        Some(self.plan(now, seq, 0, TcpFlags::ACK, cause))
    }

    /// A segment with data, FIN or both.
    pub(super) fn plan_stream(
        &mut self,
        now: SimTime,
        seq: Seq,
        length: usize,
        fin: bool,
        cause: Cause,
    ) -> Plan {
        let mut flags = TcpFlags::ACK;
        if fin {
            flags = flags.with(TcpFlags::FIN);
        }
        // PSH on what empties the buffer (section 3.9.1.2, MAY-17).
        if length > 0 && self.offset_of(seq) + length as u64 == self.tx.end() {
            flags = flags.with(TcpFlags::PSH);
        }
        self.plan(now, seq, length, flags, cause)
    }

    fn plan(&mut self, now: SimTime, seq: Seq, length: usize, flags: TcpFlags, cause: Cause) -> Plan {
        let is_syn = flags.has(TcpFlags::SYN);
        let has_ack = flags.has(TcpFlags::ACK);
        let start = if is_syn { 0 } else { self.offset_of(seq).min(self.tx.end()) };
        // The window of a SYN is never scaled (RFC 7323 section 2.2).
        let window =
            if is_syn { u16::try_from(self.rx.limit()).unwrap_or(u16::MAX) } else { self.advertise() };
        let options = self.options(now, flags);
        if has_ack {
            self.acks.sent();
        }
        Plan {
            header: Header {
                source: self.local.port(),
                destination: self.remote.port(),
                seq: seq.0,
                ack: if has_ack { self.rcv.nxt.0 } else { 0 },
                flags,
                window,
                urgent: 0,
                options,
            },
            stream: start..start + length as u64,
            cause,
        }
    }

    /// The octets of a plan, in two runs.
    pub fn octets(&self, stream: &Range<u64>) -> (&[u8], &[u8]) {
        self.tx.slices(stream)
    }

    /// An RST that ends the connection (ABORT, section 3.10.5); `None` in states where the
    /// peer knows nothing of it or has already finished.
    pub fn plan_reset(&mut self, now: SimTime) -> Option<Plan> {
        match self.state {
            State::SynReceived
            | State::Established
            | State::FinWait1
            | State::FinWait2
            | State::CloseWait
            | State::Closing
            | State::LastAck => {
                let flags = TcpFlags::RST.with(TcpFlags::ACK);
                Some(self.plan(now, self.snd.max, 0, flags, Cause::Abort))
            }
            _ => None,
        }
    }
}
