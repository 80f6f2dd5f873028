//! The retransmission timeout (RFC 6298).

use std::time::Duration;

use super::super::TcpConfig;

/// The clock granularity G of RFC 6298 section 2. Simulated time is finer; this keeps RTO
/// off SRTT when every round takes exactly as long.
pub const CLOCK_GRANULARITY: Duration = Duration::from_millis(1);
/// RTO with which data begins when the SYN had to be sent again (RFC 6298 rule 5.7).
pub const RTO_AFTER_LOST_SYN: Duration = Duration::from_secs(3);

/// Estimates the round-trip time, and from it the timeout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack) struct RttEstimator {
    srtt: Option<Duration>,
    rttvar: Duration,
    rto: Duration,
    min: Duration,
    max: Duration,
}

impl RttEstimator {
    pub fn new(config: &TcpConfig) -> Self {
        RttEstimator {
            srtt: None,
            rttvar: Duration::ZERO,
            rto: config.initial_rto, // Rule 2.1
            min: config.min_rto,
            max: config.max_rto.max(config.min_rto),
        }
    }

    /// Takes in a measurement. The caller has kept Karn's rule: no segment that was sent
    /// twice is measured (RFC 6298 section 3).
    pub fn measured(&mut self, round_trip: Duration) {
        let srtt = match self.srtt {
            // Rule 2.2
            None => {
                self.rttvar = round_trip / 2;
                round_trip
            }
            // Rule 2.3: RTTVAR with the old SRTT first; beta is 1/4, alpha 1/8.
            Some(srtt) => {
                let off = srtt.abs_diff(round_trip);
                self.rttvar = self.rttvar * 3 / 4 + off / 4;
                srtt * 7 / 8 + round_trip / 8
            }
        };
        self.srtt = Some(srtt);
        let rto = srtt + (self.rttvar * 4).max(CLOCK_GRANULARITY);
        self.rto = rto.clamp(self.min, self.max); // Rules 2.4 and 2.5
    }

    /// The timer expired: "back off" (rule 5.5).
    pub fn back_off(&mut self) {
        self.rto = (self.rto * 2).min(self.max);
    }

    /// Data begins after a SYN that had to be sent again (rule 5.7).
    pub fn syn_was_lost(&mut self) {
        self.rto = RTO_AFTER_LOST_SYN.clamp(self.min, self.max);
    }

    pub fn rto(&self) -> Duration {
        self.rto
    }

    pub fn srtt(&self) -> Option<Duration> {
        self.srtt
    }

    pub fn rttvar(&self) -> Option<Duration> {
        self.srtt.map(|_| self.rttvar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn estimator(min_rto: Duration) -> RttEstimator {
        RttEstimator::new(&TcpConfig { min_rto, ..TcpConfig::default() })
    }

    #[test]
    fn the_rules_of_section_2() {
        let mut rtt = estimator(MS);
        assert_eq!(rtt.rto(), Duration::from_secs(1));
        rtt.measured(100 * MS);
        assert_eq!((rtt.srtt(), rtt.rttvar()), (Some(100 * MS), Some(50 * MS)));
        assert_eq!(rtt.rto(), 300 * MS);
        rtt.measured(180 * MS);
        // RTTVAR = 3/4 * 50 + 1/4 * 80 = 57.5; SRTT = 7/8 * 100 + 1/8 * 180 = 110.
        assert_eq!(rtt.srtt(), Some(110 * MS));
        assert_eq!(rtt.rttvar(), Some(Duration::from_micros(57_500)));
        assert_eq!(rtt.rto(), 340 * MS);
    }

    #[test]
    fn rto_has_a_floor_and_a_ceiling() {
        let mut rtt = estimator(Duration::from_secs(1));
        rtt.measured(MS);
        assert_eq!(rtt.rto(), Duration::from_secs(1));
        for _ in 0..10 {
            rtt.back_off();
        }
        assert_eq!(rtt.rto(), Duration::from_secs(60));
        rtt.measured(MS);
        assert_eq!(rtt.rto(), Duration::from_secs(1), "a measurement ends the backoff");
        rtt.syn_was_lost();
        assert_eq!(rtt.rto(), RTO_AFTER_LOST_SYN);
    }

    #[test]
    fn an_even_round_keeps_the_granularity() {
        let mut rtt = estimator(Duration::ZERO);
        for _ in 0..200 {
            rtt.measured(10 * MS);
        }
        assert_eq!(rtt.rto(), 11 * MS);
    }
}
