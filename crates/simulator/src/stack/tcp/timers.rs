//! The four timers of a connection: retransmission (RFC 6298 section 5), persist (RFC 9293
//! section 3.8.6.1), delayed acknowledgement and TIME-WAIT.

use std::time::Duration;

use protocol::time::SimTime;

use super::super::CloseReason;
use super::super::transmit::{AckCause, Cause};
use super::connection::{Connection, Context};
use super::rtt::RttEstimator;
use super::{RetransmitCause, Seq, State, StateCause};

/// When each timer expires, and what they must remember.
#[derive(Clone, Debug, Default)]
pub(in crate::stack) struct Timers {
    pub retransmit: Option<SimTime>,
    pub persist: Option<SimTime>,
    pub time_wait: Option<SimTime>,
    /// The segment being timed: the sequence number after it, and when it left.
    pub timed: Option<(Seq, SimTime)>,
    /// Karn's rule has stopped the timing, and nothing was measured since.
    pub ambiguous: bool,
    /// How often the retransmission timer has expired in a row.
    pub attempts: u32,
    /// Since when nothing new was acknowledged, while something is outstanding.
    pub outstanding_since: SimTime,
    /// The next segment at SND.NXT repeats an old one, for this reason.
    pub again: Option<RetransmitCause>,
    /// SYN or SYN-ACK had to be sent again.
    pub syn_lost: bool,
    /// When data was last sent.
    pub last_sent: SimTime,
    /// Probes sent into the closed window so far.
    pub probes: u32,
    /// A probe is to be sent now.
    pub probe_due: bool,
    /// Since when probes are not answered.
    pub unanswered_since: Option<SimTime>,
    /// The sequence number that the last probe carried; it does not count as sent.
    pub probed: Option<Seq>,
}

impl Timers {
    /// Something new is acknowledged.
    ///
    /// A segment that was sent once is timed to the nanosecond. What Karn's rule forbids to
    /// time is measured by the peer's echo of a timestamp (RFC 7323 section 4), so that a
    /// backoff ends sooner.
    pub fn acknowledged(&mut self, now: SimTime, ack: Seq, echoed: Option<Duration>, rtt: &mut RttEstimator) {
        match (self.timed, echoed) {
            (Some((after, sent)), _) if after.up_to(ack) => {
                rtt.measured(now.since(sent));
                self.timed = None;
                self.ambiguous = false;
            }
            (None, Some(round_trip)) if self.ambiguous => {
                rtt.measured(round_trip);
                self.ambiguous = false;
            }
            _ => {}
        }
        self.attempts = 0;
        self.again = None;
        self.outstanding_since = now;
        if self.probed.is_some_and(|probed| probed.before(ack)) {
            self.probed = None;
        }
    }

    /// The next segment at SND.NXT repeats an old one.
    pub fn retransmitting(&mut self, cause: RetransmitCause) {
        self.again = Some(cause);
        self.stop_timing();
    }

    /// Karn's rule: what is sent twice is not timed (RFC 6298 section 3).
    pub fn stop_timing(&mut self) {
        self.timed = None;
        self.ambiguous = true;
    }

    /// The peer's window is not closed (any more).
    pub fn window_opened(&mut self) {
        self.persist = None;
        self.probes = 0;
        self.probe_due = false;
    }
}

impl Connection {
    /// When the earliest timer expires.
    pub fn next_timeout(&self) -> Option<SimTime> {
        let timers = [self.timers.retransmit, self.timers.persist, self.timers.time_wait, self.acks.delayed];
        timers.into_iter().flatten().min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, cx: &mut Context<'_>) {
        let now = cx.now;
        let due = |timer: Option<SimTime>| timer.is_some_and(|at| at <= now);
        if due(self.timers.time_wait) {
            self.end(cx, CloseReason::Finished, StateCause::TimeWaitOver);
            return;
        }
        if due(self.acks.delayed) {
            self.acks.delayed = None;
            self.acks.now(Cause::Ack(AckCause::Delayed));
        }
        if due(self.timers.persist) {
            self.persist_expired(cx);
        }
        if due(self.timers.retransmit) {
            self.rto_expired(cx);
        }
    }

    fn rto_expired(&mut self, cx: &mut Context<'_>) {
        self.timers.retransmit = None;
        let in_handshake = matches!(self.state, State::SynSent | State::SynReceived);
        // Section 3.8.3: R2.
        let limit = if in_handshake { self.config.give_up_syn } else { self.config.give_up };
        if cx.now.since(self.timers.outstanding_since) >= limit {
            self.give_up(cx);
            return;
        }
        if !in_handshake && self.snd.wnd == 0 {
            // The peer closed its window over what is in flight: probing goes on instead.
            self.snd.nxt = self.snd.una;
            self.timers.timed = None;
            self.timers.unanswered_since.get_or_insert(self.timers.outstanding_since);
            self.timers.probe_due = true;
            return;
        }
        let rto = self.rtt.rto();
        let again = self.timers.attempts > 0;
        self.timers.attempts += 1;
        self.timers.retransmitting(RetransmitCause::RtoExpired { rto, attempt: self.timers.attempts });
        self.timers.syn_lost |= in_handshake;
        let flight = self.snd.max.beyond(self.snd.una);
        self.congestion.timeout(self.snd.max, flight, again);
        // What the peer has told stays, unless it seems to have thrown it away: the oldest
        // octet is among it, or it has not helped (RFC 2018 section 8, RFC 6675 section 5.1).
        let una = self.offset_of(self.snd.una);
        if again || self.scoreboard.run_at(una).is_some() {
            self.scoreboard.clear();
        }
        self.scoreboard.high_rxt = 0;
        self.scoreboard.rescue_rxt = None;
        self.resend = None;
        self.rtt.back_off(); // RFC 6298 rule 5.5
        self.snd.nxt = self.snd.una; // Rule 5.4: the earliest segment again
        self.timers.retransmit = Some(cx.now + self.rtt.rto()); // Rule 5.6
    }

    fn persist_expired(&mut self, cx: &mut Context<'_>) {
        self.timers.persist = None;
        let unanswered = self.timers.unanswered_since.map_or(Duration::ZERO, |since| cx.now.since(since));
        if unanswered >= self.config.give_up {
            self.give_up(cx);
        } else {
            self.timers.probe_due = true;
        }
    }

    /// R2: if the network has said why, so do we.
    fn give_up(&mut self, cx: &mut Context<'_>) {
        let why = self.unreachable.map_or(CloseReason::TimedOut, CloseReason::Unreachable);
        self.end(cx, why, StateCause::GaveUp);
    }

    /// Starts the persist timer: after one RTO, then twice as long each time (section
    /// 3.8.6.1), up to the greatest RTO.
    pub(super) fn start_persist(&mut self, now: SimTime) {
        let wait = self.rtt.rto().saturating_mul(1u32.checked_shl(self.timers.probes).unwrap_or(u32::MAX));
        self.timers.persist = Some(now + wait.min(self.config.max_rto));
        self.timers.retransmit = None;
    }

    /// Enters TIME-WAIT: only its own timer runs there.
    pub(super) fn enter_time_wait(&mut self, cx: &mut Context<'_>, because: StateCause) {
        self.enter(cx, State::TimeWait, because);
        self.timers = Timers { syn_lost: self.timers.syn_lost, ..Timers::default() };
        self.resend = None;
        self.start_time_wait(cx);
    }

    /// Twice the maximum segment lifetime from now.
    pub(super) fn start_time_wait(&mut self, cx: &mut Context<'_>) {
        self.timers.time_wait = Some(cx.now + self.config.msl.saturating_mul(2));
    }
}
