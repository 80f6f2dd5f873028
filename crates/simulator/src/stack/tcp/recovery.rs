//! What is sent again in fast recovery: the segment at SND.UNA, and with SACK what NextSeg
//! chooses (RFC 6675 section 5).

use std::ops::Range;

use protocol::time::SimTime;

use super::super::transmit::Cause;
use super::RetransmitCause;
use super::congestion::Recovery;
use super::connection::Connection;
use super::output::Plan;
use super::scoreboard::NextSeg;

impl Connection {
    /// The segment at SND.UNA again, while SND.NXT stays (RFC 5681 section 3.2).
    pub(super) fn plan_resend(&mut self, now: SimTime) -> Option<Plan> {
        let cause = self.resend.take()?;
        let una = self.offset_of(self.snd.una);
        let hole = una..self.scoreboard.next_run(una).unwrap_or(u64::MAX);
        let (plan, end) = self.plan_again(now, hole, cause)?;
        // RFC 6675 section 5 step 4.3.
        self.scoreboard.high_rxt = end;
        self.scoreboard.rescue_rxt = Some(end);
        Some(plan)
    }

    /// RFC 6675 section 5 step C: while a segment's worth is missing in the pipe.
    pub(super) fn plan_recovery(&mut self, now: SimTime) -> Option<Plan> {
        let in_recovery = self.congestion.recovery() == Some(Recovery::Sack);
        if !in_recovery || self.congestion.cwnd().saturating_sub(self.pipe()) < self.smss {
            return None;
        }
        // Where rule 2 comes to nothing, as the peer's window is too small, the others follow.
        for unsent in [true, false] {
            let (una, high_data) = (self.offset_of(self.snd.una), self.offset_of(self.snd.max));
            match self.scoreboard.next_seg(una, high_data, self.smss, unsent)? {
                NextSeg::Unsent => {
                    if let Some(plan) = self.plan_new(now, false) {
                        return Some(plan);
                    }
                }
                NextSeg::Hole { octets, rule } => {
                    let (plan, end) = self.plan_again(now, octets, RetransmitCause::SackHole { rule })?;
                    self.scoreboard.high_rxt = end;
                    return Some(plan);
                }
                NextSeg::Rescue(octets) => {
                    let (plan, _) = self.plan_again(now, octets, RetransmitCause::Rescue)?;
                    let point = self.congestion.recovery_point().unwrap_or(self.snd.max);
                    self.scoreboard.rescue_rxt = Some(self.offset_of(point));
                    return Some(plan);
                }
            }
        }
        None
    }

    /// A segment from the beginning of these octets, all of which were sent before; and the
    /// place after it.
    fn plan_again(
        &mut self,
        now: SimTime,
        octets: Range<u64>,
        cause: RetransmitCause,
    ) -> Option<(Plan, u64)> {
        let sent = octets.end.min(self.offset_of(self.snd.max));
        let end = sent.min(self.tx.end()).min(octets.start + self.segment_room() as u64);
        let length = end.checked_sub(octets.start)? as usize;
        let fin = self.closing && end == self.tx.end() && sent > end;
        if length == 0 && !fin {
            return None;
        }
        self.retransmissions += 1;
        self.timers.retransmit.get_or_insert(now + self.rtt.rto());
        let seq = self.seq_of(octets.start);
        let plan = self.plan_stream(now, seq, length, fin, Cause::Retransmit(cause));
        Some((plan, end + u64::from(fin)))
    }
}
