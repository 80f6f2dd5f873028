//! When a member may send its next RTCP packet (RFC 3550 section 6.3, appendix A.7).

use crate::random::Dice;
use crate::time::SimTime;
use std::time::Duration;

/// The least mean time between a member's RTCP packets (RFC 3550 section 6.2).
pub const MIN_INTERVAL: Duration = Duration::from_secs(5);

/// The longest mean time: a session of almost no bandwidth still reports.
pub const MAX_INTERVAL: Duration = Duration::from_secs(60);

/// Octets that IPv4 and UDP add to each RTCP packet; they count (section 6.2).
pub const OVERHEAD: usize = 28;

/// Share of the session's bandwidth that RTCP may take (section 6.2).
const RTCP_SHARE: f64 = 0.05;
/// Members of a unicast session. One of the two sends, which is more than a quarter, so that
/// both share the RTCP bandwidth alike (section 6.3.1).
const MEMBERS: f64 = 2.0;
/// e - 3/2, which makes up for what timer reconsideration shortens (section 6.3.1).
const COMPENSATION: f64 = std::f64::consts::E - 1.5;
/// The likely size of the first compound: report, one block, CNAME (section 6.3.2).
const LIKELY_SIZE: f64 = 100.0;

/// One member's RTCP timer in a unicast session.
///
/// [`due`](Self::due) is when to ask; then [`expired`](Self::expired) says whether to send now
/// or that the time was reconsidered and lies later.
#[derive(Clone, Debug)]
pub struct Schedule {
    dice: Dice,
    /// RTCP bandwidth of the session in octets per second.
    bandwidth: f64,
    average_size: f64,
    initial: bool,
    last: SimTime,
    next: SimTime,
}

impl Schedule {
    /// A timer that is started at `now`, for a session of `session_bits` bits per second.
    /// The first interval is half as long (section 6.2).
    pub fn new(now: SimTime, session_bits: u64, dice: Dice) -> Self {
        let bandwidth = session_bits as f64 / 8.0 * RTCP_SHARE;
        let mut schedule =
            Self { dice, bandwidth, average_size: LIKELY_SIZE, initial: true, last: now, next: now };
        schedule.next = now + schedule.draw();
        schedule
    }

    /// When the timer expires next.
    pub fn due(&self) -> SimTime {
        self.next
    }

    /// Counts a compound of `octets`, sent or received, into the average (section 6.3.3).
    pub fn count(&mut self, octets: usize) {
        let size = (octets + OVERHEAD) as f64;
        self.average_size += (size - self.average_size) / 16.0;
    }

    /// The timer has expired at `now`: whether a packet is to be sent. When the interval,
    /// drawn anew, ends later, it is not, and [`due`](Self::due) says when to ask again
    /// (timer reconsideration, section 6.3.6). After `true` the next interval runs from `now`.
    #[must_use]
    pub fn expired(&mut self, now: SimTime) -> bool {
        let again = self.last + self.draw();
        if again > now {
            self.next = again;
            return false;
        }
        self.sent(now);
        true
    }

    /// A packet was sent at `now`: the next interval runs from here.
    pub fn sent(&mut self, now: SimTime) {
        self.last = now;
        self.initial = false;
        self.next = now + self.draw();
    }

    /// `rtcp_interval` of appendix A.7.
    fn draw(&mut self) -> Duration {
        let minimum = MIN_INTERVAL.as_secs_f64() / if self.initial { 2.0 } else { 1.0 };
        let fair = if self.bandwidth > 0.0 { self.average_size * MEMBERS / self.bandwidth } else { minimum };
        let mean = fair.clamp(minimum, MAX_INTERVAL.as_secs_f64());
        Duration::from_secs_f64(mean * (self.dice.unit() + 0.5) / COMPENSATION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_random_around_the_minimum() {
        let mut schedule = Schedule::new(SimTime::ZERO, 5_000_000, Dice::new(7, "rtcp"));
        // Half of 5 s, times 0.5 to 1.5, over e - 3/2.
        let first = schedule.due().as_secs_f64();
        assert!((1.02..3.08).contains(&first), "{first}");
        let mut sent = Vec::new();
        while sent.len() < 400 {
            let now = schedule.due();
            if schedule.expired(now) {
                schedule.count(80);
                sent.push(now.as_secs_f64());
            }
        }
        let spans: Vec<f64> = sent.windows(2).map(|w| w[1] - w[0]).collect();
        assert!(spans.iter().all(|s| (2.05..6.16).contains(s)));
        // Reconsideration makes up for the compensation: the mean is the 5 s aimed at.
        let mean = spans.iter().sum::<f64>() / spans.len() as f64;
        assert!((4.6..5.1).contains(&mean), "{mean}");
    }

    #[test]
    fn little_bandwidth_stretches_the_interval_up_to_a_bound() {
        let gap = |bits| {
            let mut schedule = Schedule::new(SimTime::ZERO, bits, Dice::new(7, "rtcp"));
            schedule.sent(SimTime::ZERO);
            schedule.due().as_secs_f64()
        };
        // 1600 bit/s leave 10 octets/s: 100 octets of two members take 20 s.
        assert!((8.2..24.7).contains(&gap(1_600)));
        assert!(gap(1) <= 60.0 * 1.5 / COMPENSATION);
        assert!(gap(0) > 2.0);
    }
}
