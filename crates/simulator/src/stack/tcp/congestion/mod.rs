//! Congestion control: slow start, congestion avoidance, fast retransmit and fast recovery
//! (RFC 5681), as NewReno does them (RFC 6582), with limited transmit (RFC 3042).

use super::seq::Seq;
use super::{CongestionPhase, RetransmitCause};

/// Duplicate acknowledgements that mean a loss (RFC 5681 section 3.2).
pub const DUPLICATE_ACK_THRESHOLD: u32 = 3;

/// The congestion window and what moves it. All sizes are octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack) struct Congestion {
    smss: usize,
    cwnd: usize,
    ssthresh: usize,
    /// Octets acknowledged since `cwnd` last grew, in congestion avoidance.
    credit: usize,
    duplicate_acks: u32,
    /// The sequence number that ends fast recovery (RFC 6582 section 3.2), while in it.
    recovery: Option<Recovery>,
    /// SND.MAX when the last loss was noticed: "recover" of RFC 6582.
    recover: Seq,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Recovery {
    /// No partial acknowledgement has come yet: the first one restarts the timer.
    first_partial: bool,
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
    pub fn new(smss: usize, iss: Seq) -> Self {
        Congestion {
            smss,
            cwnd: initial_window(smss),
            ssthresh: usize::MAX, // Section 3.1: arbitrarily high
            credit: 0,
            duplicate_acks: 0,
            recovery: None,
            recover: iss,
        }
    }

    /// The handshake has told the segment size; `syn_lost`: SYN or SYN-ACK had to be sent
    /// again, and the window begins with one segment (RFC 5681 section 3.1).
    pub fn begin(&mut self, smss: usize, syn_lost: bool) {
        self.smss = smss;
        self.cwnd = if syn_lost { smss } else { initial_window(smss) };
    }

    pub fn cwnd(&self) -> usize {
        self.cwnd
    }

    pub fn ssthresh(&self) -> usize {
        self.ssthresh
    }

    /// What ends fast recovery, while in it.
    pub fn recovery_point(&self) -> Option<Seq> {
        self.recovery.map(|_| self.recover)
    }

    pub fn duplicate_acks(&self) -> u32 {
        self.duplicate_acks
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

    /// How much may be in flight: `cwnd`, and a segment more for each of the first two
    /// duplicate acknowledgements (RFC 3042).
    pub fn window(&self) -> usize {
        let limited = if self.recovery.is_none() { self.duplicate_acks.min(2) as usize } else { 0 };
        self.cwnd + limited * self.smss
    }

    /// `acked` octets were acknowledged for the first time, up to `una`; `flight` octets
    /// had been in flight before, and `left` are now.
    pub fn acked(&mut self, acked: usize, una: Seq, flight: usize, left: usize) -> Reaction {
        self.duplicate_acks = 0;
        let Some(recovery) = self.recovery.as_mut() else {
            self.grow(acked, flight);
            return Reaction { resend: None, restart_timer: true };
        };
        if self.recover.up_to(una) {
            // RFC 6582 section 3.2 step 3, full acknowledgement, the careful choice (1).
            self.recovery = None;
            self.cwnd = self.ssthresh.min(left.max(self.smss) + self.smss);
            self.credit = 0;
            return Reaction { resend: None, restart_timer: true };
        }
        // Partial acknowledgement: deflate, and send the next hole.
        let restart_timer = std::mem::replace(&mut recovery.first_partial, false);
        self.cwnd = self.cwnd.saturating_sub(acked);
        if acked >= self.smss {
            self.cwnd += self.smss;
        }
        self.cwnd = self.cwnd.max(self.smss);
        Reaction { resend: Some(RetransmitCause::PartialAck), restart_timer }
    }

    /// A duplicate acknowledgement for `una` came while `flight` octets were in flight, the
    /// last of them before `max`.
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
        self.ssthresh = (flight / 2).max(2 * self.smss); // RFC 5681 equation 4
        self.recover = max;
        self.recovery = Some(Recovery { first_partial: true });
        self.cwnd = self.ssthresh + DUPLICATE_ACK_THRESHOLD as usize * self.smss;
        Some(RetransmitCause::ThirdDuplicateAck)
    }

    /// The retransmission timer expired while `flight` octets were in flight; `again`: it
    /// had expired for the same octets before.
    pub fn timeout(&mut self, max: Seq, flight: usize, again: bool) {
        if !again {
            self.ssthresh = (flight / 2).max(2 * self.smss); // RFC 5681 equation 4
        }
        self.cwnd = self.smss; // The loss window of section 3.1
        self.credit = 0;
        self.duplicate_acks = 0;
        self.recovery = None;
        self.recover = max; // RFC 6582 section 3.2 step 4
    }

    /// Sending resumes after a pause longer than the RTO (RFC 5681 section 4.1).
    pub fn restart_after_idle(&mut self) {
        self.cwnd = self.cwnd.min(initial_window(self.smss));
    }

    fn grow(&mut self, acked: usize, flight: usize) {
        // A window that was not used proves nothing (RFC 7661 section 4.2).
        if flight.saturating_add(self.smss) < self.cwnd {
            return;
        }
        if self.cwnd < self.ssthresh {
            self.cwnd += acked.min(self.smss); // RFC 5681 equation 2
            return;
        }
        // One segment each time a whole window was acknowledged (section 3.1).
        self.credit += acked;
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

#[cfg(test)]
mod tests {
    use super::*;

    const MSS: usize = 1000;

    fn started() -> Congestion {
        let mut congestion = Congestion::new(MSS, Seq(0));
        congestion.begin(MSS, false);
        congestion
    }

    #[test]
    fn the_initial_window_depends_on_the_segment_size() {
        assert_eq!(initial_window(536), 4 * 536);
        assert_eq!(initial_window(1095), 4 * 1095);
        assert_eq!(initial_window(1460), 3 * 1460);
        assert_eq!(initial_window(4000), 2 * 4000);
        let mut lost = started();
        lost.begin(MSS, true);
        assert_eq!(lost.cwnd(), MSS);
    }

    #[test]
    fn slow_start_adds_a_segment_for_each_ack() {
        let mut congestion = started();
        assert_eq!(congestion.phase(), CongestionPhase::SlowStart);
        congestion.acked(MSS, Seq(1001), 4 * MSS, 3 * MSS);
        assert_eq!(congestion.cwnd(), 5 * MSS);
        congestion.acked(3 * MSS, Seq(4001), 5 * MSS, 2 * MSS);
        assert_eq!(congestion.cwnd(), 6 * MSS, "never more than one segment for one ACK");
        congestion.acked(100, Seq(4101), 6 * MSS, 5 * MSS);
        assert_eq!(congestion.cwnd(), 6 * MSS + 100);
    }

    #[test]
    fn a_window_that_is_not_used_does_not_grow() {
        let mut congestion = started();
        congestion.acked(200, Seq(201), 200, 0);
        assert_eq!(congestion.cwnd(), 4 * MSS);
    }

    #[test]
    fn avoidance_adds_a_segment_for_each_window() {
        let mut congestion = started();
        congestion.timeout(Seq(8001), 8 * MSS, false);
        assert_eq!((congestion.cwnd(), congestion.ssthresh()), (MSS, 4 * MSS));
        for n in 1..=3 {
            congestion.acked(MSS, Seq(n * 1000 + 1), congestion.cwnd(), 0);
        }
        assert_eq!(congestion.phase(), CongestionPhase::CongestionAvoidance);
        for n in 4..=6 {
            congestion.acked(MSS, Seq(n * 1000 + 1), 4 * MSS, 0);
            assert_eq!(congestion.cwnd(), 4 * MSS);
        }
        congestion.acked(MSS, Seq(7001), 4 * MSS, 0);
        assert_eq!(congestion.cwnd(), 5 * MSS);
    }

    #[test]
    fn a_second_timeout_for_the_same_octets_keeps_ssthresh() {
        let mut congestion = started();
        congestion.timeout(Seq(8001), 8 * MSS, false);
        congestion.timeout(Seq(8001), MSS, true);
        assert_eq!(congestion.ssthresh(), 4 * MSS);
    }

    #[test]
    fn fast_recovery_from_the_third_duplicate_to_the_full_ack() {
        let mut congestion = started();
        let (una, max) = (Seq(1001), Seq(11_001));
        assert_eq!(congestion.duplicate(una, max, 10 * MSS), None);
        assert_eq!(congestion.window(), 5 * MSS, "limited transmit");
        assert_eq!(congestion.duplicate(una, max, 10 * MSS), None);
        let third = congestion.duplicate(una, max, 10 * MSS);
        assert_eq!(third, Some(RetransmitCause::ThirdDuplicateAck));
        assert_eq!((congestion.ssthresh(), congestion.cwnd()), (5 * MSS, 8 * MSS));
        assert_eq!(congestion.phase(), CongestionPhase::FastRecovery);
        assert_eq!(congestion.duplicate(una, max, 10 * MSS), None);
        assert_eq!(congestion.cwnd(), 9 * MSS);
        // Partial acknowledgements: the first restarts the timer, later ones do not.
        let partial = Some(RetransmitCause::PartialAck);
        let reaction = congestion.acked(2 * MSS, Seq(3001), 10 * MSS, 8 * MSS);
        assert_eq!(reaction, Reaction { resend: partial, restart_timer: true });
        assert_eq!(congestion.cwnd(), 8 * MSS);
        let reaction = congestion.acked(MSS, Seq(4001), 8 * MSS, 7 * MSS);
        assert_eq!(reaction, Reaction { resend: partial, restart_timer: false });
        let reaction = congestion.acked(7 * MSS, max, 7 * MSS, 0);
        assert_eq!(reaction, Reaction { resend: None, restart_timer: true });
        assert_eq!(congestion.cwnd(), 2 * MSS, "what is in flight plus a segment, no burst");
    }

    #[test]
    fn duplicates_of_one_window_do_not_count_twice() {
        let mut congestion = started();
        congestion.timeout(Seq(8001), 8 * MSS, false);
        for _ in 0..5 {
            assert_eq!(congestion.duplicate(Seq(5001), Seq(8001), 3 * MSS), None);
        }
        congestion.acked(4 * MSS, Seq(9001), 4 * MSS, 0);
        assert_eq!(congestion.duplicate(Seq(9001), Seq(20_001), 4 * MSS), None);
        assert_eq!(congestion.duplicate(Seq(9001), Seq(20_001), 4 * MSS), None);
        assert!(congestion.duplicate(Seq(9001), Seq(20_001), 4 * MSS).is_some());
    }

    #[test]
    fn idle_time_takes_the_window_back() {
        let mut congestion = started();
        for n in 1..20 {
            congestion.acked(MSS, Seq(n * 1000 + 1), congestion.cwnd(), 0);
        }
        congestion.restart_after_idle();
        assert_eq!(congestion.cwnd(), 4 * MSS);
    }
}
