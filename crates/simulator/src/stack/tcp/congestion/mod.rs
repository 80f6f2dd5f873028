//! Congestion control: slow start, congestion avoidance, fast retransmit and fast recovery
//! (RFC 5681), with limited transmit (RFC 3042). How losses are recovered depends on the
//! peer: with SACK as RFC 6675 says, else as NewReno (RFC 6582). How the window grows and
//! shrinks depends on the algorithm: RFC 5681 or [`cubic`].

mod cubic;
#[cfg(test)]
mod tests;

use std::time::Duration;

use protocol::time::SimTime;

use self::cubic::Cubic;
use super::seq::Seq;
use super::{CongestionAlgorithm, CongestionPhase, RetransmitCause, WindowGrowth};

/// Duplicate acknowledgements that mean a loss (RFC 5681 section 3.2).
pub const DUPLICATE_ACK_THRESHOLD: u32 = 3;

/// The congestion window and what moves it. All sizes are octets.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::stack) struct Congestion {
    smss: usize,
    cwnd: usize,
    ssthresh: usize,
    /// Octets acknowledged since `cwnd` last grew, in congestion avoidance.
    credit: usize,
    /// What counts in congestion avoidance.
    growth: WindowGrowth,
    /// What moves the window in congestion avoidance, unless RFC 5681 does.
    cubic: Option<Cubic>,
    duplicate_acks: u32,
    /// Octets that the first duplicate acknowledgements let out; they are not part of
    /// FlightSize (RFC 5681 section 3.2 step 2).
    limited: usize,
    recovery: Option<Recovery>,
    /// SND.MAX when the last loss was noticed: "recover" of RFC 6582, RecoveryPoint of RFC
    /// 6675.
    recover: Seq,
    /// The timer expired, and `recover` is not yet acknowledged.
    after_timeout: bool,
}

/// How losses are being recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stack) enum Recovery {
    /// RFC 6582: by partial acknowledgements.
    NewReno {
        /// No partial acknowledgement has come yet: the first one restarts the timer.
        first_partial: bool,
    },
    /// RFC 6675: by the scoreboard.
    Sack,
}

/// Octets that were acknowledged for the first time.
#[derive(Clone, Copy, Debug)]
pub(in crate::stack) struct Acked {
    pub now: SimTime,
    pub octets: usize,
    /// SND.UNA after them.
    pub una: Seq,
    /// What had been in flight before, and what is now.
    pub flight: usize,
    pub left: usize,
    /// The round-trip time, as far as it is known.
    pub srtt: Option<Duration>,
}

/// What an acknowledgement asks of the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stack) struct Reaction {
    /// Send the segment at SND.UNA again, for this reason.
    pub resend: Option<RetransmitCause>,
    /// Restart the retransmission timer.
    pub restart_timer: bool,
}

impl Congestion {
    pub fn new(algorithm: CongestionAlgorithm, smss: usize, iss: Seq) -> Self {
        Congestion {
            smss,
            cwnd: initial_window(smss),
            ssthresh: usize::MAX, // Section 3.1: arbitrarily high
            credit: 0,
            growth: WindowGrowth::Octets,
            cubic: (algorithm == CongestionAlgorithm::Cubic).then(Cubic::default),
            duplicate_acks: 0,
            limited: 0,
            recovery: None,
            recover: iss,
            after_timeout: false,
        }
    }

    /// The same with what counts in congestion avoidance.
    pub fn growing_by(self, growth: WindowGrowth) -> Self {
        Congestion { growth, ..self }
    }

    /// The handshake has told the segment size; `syn_lost`: SYN or SYN-ACK had to be sent
    /// again, and the window begins with one segment (RFC 5681 section 3.1).
    pub fn begin(&mut self, smss: usize, syn_lost: bool) {
        self.smss = smss;
        self.cwnd = if syn_lost { smss } else { initial_window(smss) };
    }

    /// The way carries only smaller segments. The window stays, in octets (RFC 1191 section
    /// 6.5: it was no congestion); what was in flight goes again, outside of any recovery.
    pub fn segments_shrink(&mut self, smss: usize) {
        self.smss = smss;
        if self.recovery.take().is_some() {
            self.cwnd = self.ssthresh;
        }
        self.cwnd = self.cwnd.max(smss);
        self.duplicate_acks = 0;
    }

    pub fn algorithm(&self) -> CongestionAlgorithm {
        if self.cubic.is_some() { CongestionAlgorithm::Cubic } else { CongestionAlgorithm::NewReno }
    }

    pub fn cwnd(&self) -> usize {
        self.cwnd
    }

    pub fn ssthresh(&self) -> usize {
        self.ssthresh
    }

    pub fn duplicate_acks(&self) -> u32 {
        self.duplicate_acks
    }

    /// The recovery that goes on.
    pub fn recovery(&self) -> Option<Recovery> {
        self.recovery
    }

    /// What ends recovery, also after a timeout, while in it.
    pub fn recovery_point(&self) -> Option<Seq> {
        (self.recovery.is_some() || self.after_timeout).then_some(self.recover)
    }

    /// The timer expired, and what was in flight then is not yet acknowledged.
    pub fn after_timeout(&self) -> bool {
        self.after_timeout
    }

    pub fn phase(&self) -> CongestionPhase {
        if self.recovery.is_some() {
            CongestionPhase::FastRecovery
        } else if self.cwnd < self.ssthresh {
            CongestionPhase::SlowStart
        } else {
            CongestionPhase::CongestionAvoidance
        }
    }

    /// Whether new segments leave because of the first duplicate acknowledgements (RFC 3042).
    pub fn is_limited(&self) -> bool {
        self.recovery.is_none() && self.duplicate_acks > 0
    }

    /// How much may be in flight without SACK: `cwnd`, and a segment more for each of the
    /// first two duplicate acknowledgements (RFC 3042). With SACK these shrink the pipe.
    pub fn window(&self) -> usize {
        let limited = if self.recovery.is_none() { self.duplicate_acks.min(2) as usize } else { 0 };
        self.cwnd + limited * self.smss
    }

    /// A segment left because of a duplicate acknowledgement.
    pub fn sent_limited(&mut self, octets: usize) {
        self.limited += octets;
    }

    /// Something was acknowledged for the first time.
    pub fn acked(&mut self, acked: &Acked) -> Reaction {
        let restart = Reaction { resend: None, restart_timer: true };
        self.duplicate_acks = 0;
        self.limited = 0;
        let over = self.recover.up_to(acked.una);
        self.after_timeout &= !over;
        match self.recovery.as_mut() {
            None => self.grow(acked),
            Some(Recovery::Sack) => {
                // RFC 6675 section 5: the window is ssthresh all along.
                if over {
                    self.recovery = None;
                }
            }
            Some(Recovery::NewReno { .. }) if over => {
                // RFC 6582 section 3.2 step 3, full acknowledgement, the careful choice (1).
                self.recovery = None;
                self.cwnd = self.ssthresh.min(acked.left.max(self.smss) + self.smss);
                self.credit = 0;
            }
            Some(Recovery::NewReno { first_partial }) => {
                // Partial acknowledgement: deflate, and send the next hole.
                let restart_timer = std::mem::replace(first_partial, false);
                self.cwnd = self.cwnd.saturating_sub(acked.octets);
                if acked.octets >= self.smss {
                    self.cwnd += self.smss;
                }
                self.cwnd = self.cwnd.max(self.smss);
                return Reaction { resend: Some(RetransmitCause::PartialAck), restart_timer };
            }
        }
        restart
    }

    /// A duplicate acknowledgement for `una` came while `flight` octets were in flight, the
    /// last of them before `max`. The peer has no SACK.
    pub fn duplicate(&mut self, una: Seq, max: Seq, flight: usize) -> Option<RetransmitCause> {
        self.duplicate_acks += 1;
        if self.recovery.is_some() {
            self.cwnd += self.smss; // RFC 5681 section 3.2 step 4
            return None;
        }
        // RFC 6582 section 3.2 step 1: not again for the losses of one window.
        if self.duplicate_acks != DUPLICATE_ACK_THRESHOLD || !una.after(self.recover) {
            return None;
        }
        self.enter(Recovery::NewReno { first_partial: true }, max, flight);
        self.cwnd = self.ssthresh + DUPLICATE_ACK_THRESHOLD as usize * self.smss;
        Some(RetransmitCause::ThirdDuplicateAck)
    }

    /// The same with SACK: an acknowledgement told of octets that were not known (RFC 6675
    /// section 5); `lost`: by the scoreboard the octet at `una` is lost.
    pub fn duplicate_sack(
        &mut self,
        una: Seq,
        max: Seq,
        flight: usize,
        lost: bool,
    ) -> Option<RetransmitCause> {
        if self.recovery.is_some() {
            return None;
        }
        self.duplicate_acks += 1;
        let third = self.duplicate_acks >= DUPLICATE_ACK_THRESHOLD;
        // Section 5.1: after a timeout no recovery begins before RecoveryPoint is acknowledged.
        if !(third || lost) || !self.recover.up_to(una) {
            return None;
        }
        self.enter(Recovery::Sack, max, flight);
        self.cwnd = self.ssthresh;
        Some(if third { RetransmitCause::ThirdDuplicateAck } else { RetransmitCause::LostBySack })
    }

    fn enter(&mut self, recovery: Recovery, max: Seq, flight: usize) {
        self.reduce(flight.saturating_sub(self.limited));
        self.limited = 0;
        self.recover = max;
        self.recovery = Some(recovery);
    }

    /// The retransmission timer expired while `flight` octets were in flight; `again`: it
    /// had expired for the same octets before.
    pub fn timeout(&mut self, max: Seq, flight: usize, again: bool) {
        if !again {
            self.reduce(flight.saturating_sub(self.limited));
        }
        if let Some(cubic) = &mut self.cubic {
            cubic.timeout();
        }
        self.cwnd = self.smss; // The loss window of section 3.1
        self.credit = 0;
        self.duplicate_acks = 0;
        self.limited = 0;
        self.recovery = None;
        self.recover = max; // RFC 6582 section 3.2 step 4
        self.after_timeout = true;
    }

    /// Sending resumes after a pause longer than the RTO (RFC 5681 section 4.1).
    pub fn restart_after_idle(&mut self) {
        self.cwnd = self.cwnd.min(initial_window(self.smss));
        if let Some(cubic) = &mut self.cubic {
            cubic.pause();
        }
    }

    /// A loss: ssthresh follows from what was in flight.
    fn reduce(&mut self, flight: usize) {
        let least = 2 * self.smss;
        self.credit = 0;
        self.ssthresh = match &mut self.cubic {
            Some(cubic) => cubic.reduce(self.cwnd, flight).max(least),
            None => (flight / 2).max(least), // RFC 5681 equation 4
        };
    }

    fn grow(&mut self, acked: &Acked) {
        // A window that was not used proves nothing (RFC 7661 section 4.2).
        if acked.flight.saturating_add(self.smss) < self.cwnd {
            if let Some(cubic) = &mut self.cubic {
                cubic.pause();
            }
            return;
        }
        if self.cwnd < self.ssthresh {
            self.cwnd += acked.octets.min(self.smss); // RFC 5681 equation 2
            return;
        }
        if let Some(cubic) = &mut self.cubic {
            self.cwnd += cubic.grow(acked, self.cwnd, self.smss);
            return;
        }
        if self.growth == WindowGrowth::Acks {
            // RFC 5681 equation 3; "if the above formula yields 0, the result SHOULD be rounded up".
            self.cwnd += (self.smss * self.smss / self.cwnd).max(1);
            return;
        }
        // One segment each time a whole window was acknowledged (section 3.1).
        self.credit += acked.octets;
        if self.credit >= self.cwnd {
            self.credit -= self.cwnd;
            self.cwnd += self.smss;
        }
    }
}

/// IW of RFC 5681 section 3.1.
fn initial_window(smss: usize) -> usize {
    match smss {
        2191.. => 2 * smss,
        1096.. => 3 * smss,
        _ => 4 * smss,
    }
}
