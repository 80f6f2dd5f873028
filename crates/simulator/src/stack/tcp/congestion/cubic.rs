//! CUBIC (RFC 9438): in congestion avoidance the window follows a cubic of the time since
//! the last loss, flat where the last loss was, and never slower than Reno would.

use std::time::Duration;

use protocol::time::SimTime;

use super::Acked;

/// C of section 5: how steep the cubic is, in segments a second cubed.
const C: f64 = 0.4;
/// The multiplicative decrease factor of section 4.6.
const BETA: f64 = 0.7;
/// The additive increase of the Reno-friendly region that makes up for [`BETA`]: section
/// 4.3.
const ALPHA: f64 = 3.0 * (1.0 - BETA) / (1.0 + BETA);

/// The variables of section 4.1. Windows are octets.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cubic {
    /// W_max: the window before the last loss, where the cubic is flat.
    w_max: f64,
    /// cwnd_prior: the window at the last loss.
    prior: f64,
    /// The stage of congestion avoidance that goes on.
    epoch: Option<Epoch>,
    /// A part of an octet that the window has yet to grow.
    rest: f64,
    /// The last loss was told by the timer.
    after_timeout: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Epoch {
    /// t: how long the window has been in use in this stage.
    elapsed: Duration,
    /// When it was last looked at, unless the window was not in use since.
    at: Option<SimTime>,
    /// K, in seconds: when the cubic reaches W_max.
    k: f64,
    /// The plateau of this stage.
    w_max: f64,
    /// W_est: the window that Reno would have.
    w_est: f64,
}

impl Cubic {
    /// A loss: remembers the window, and answers ssthresh (sections 4.6 and 4.7).
    pub(super) fn reduce(&mut self, cwnd: usize, flight: usize) -> usize {
        let window = cwnd as f64;
        // Fast convergence: a flow that had to give way before gives way further.
        self.w_max = if window < self.w_max { window * (1.0 + BETA) / 2.0 } else { window };
        self.prior = window;
        self.epoch = None;
        self.after_timeout = false;
        (flight as f64 * BETA) as usize
    }

    /// The loss was told by the timer (section 4.8).
    pub(super) fn timeout(&mut self) {
        self.epoch = None;
        self.after_timeout = true;
    }

    /// The window is not in use: the cubic's time stands still (section 5.8).
    pub(super) fn pause(&mut self) {
        if let Some(epoch) = &mut self.epoch {
            epoch.at = None;
        }
    }

    /// How much the window grows in congestion avoidance (sections 4.2 to 4.5).
    pub(super) fn grow(&mut self, acked: &Acked, cwnd: usize, smss: usize) -> usize {
        let (window, segment) = (cwnd as f64, smss as f64);
        let (w_max, after_timeout) = (self.w_max, self.after_timeout);
        let epoch = self.epoch.get_or_insert_with(|| {
            // After a timeout, or slow start without a loss: K is 0.
            let w_max = if after_timeout { window } else { w_max.max(window) };
            let k = libm::cbrt((w_max - window) / segment / C);
            Epoch { elapsed: Duration::ZERO, at: None, k, w_max, w_est: window }
        });
        epoch.elapsed += epoch.at.map_or(Duration::ZERO, |at| acked.now.since(at));
        epoch.at = Some(acked.now);
        let cubic = |t: f64| {
            let from_k = t - epoch.k;
            C * from_k * from_k * from_k * segment + epoch.w_max
        };
        let t = epoch.elapsed.as_secs_f64();
        let alpha = if epoch.w_est < self.prior { ALPHA } else { 1.0 };
        let octets = acked.octets as f64;
        let w_est = epoch.w_est + alpha * segment * octets / window;
        let target = cubic(t + acked.srtt.unwrap_or_default().as_secs_f64()).clamp(window, 1.5 * window);
        let wanted = match cubic(t) < w_est {
            true => w_est.max(window),
            false => window + (target - window) / window * octets,
        };
        epoch.w_est = w_est;
        self.rest += wanted - window;
        let whole = self.rest as usize;
        self.rest -= whole as f64;
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;

    const MSS: usize = 1000;
    const RTT: Duration = Duration::from_millis(100);

    /// CUBIC after a loss with a window of `segments`; grows for a time, an acknowledgement
    /// for each segment, and answers the window after each round trip.
    fn windows(segments: usize, rounds: usize) -> Vec<usize> {
        let mut congestion = Congestion::new(CongestionAlgorithm::Cubic, MSS, Seq(0));
        congestion.begin(MSS, false);
        (congestion.cwnd, congestion.ssthresh) = (segments * MSS, segments * MSS);
        congestion.duplicate_acks = 2;
        let flight = segments * MSS;
        congestion.duplicate_sack(Seq(1), Seq(flight as u32), flight, true);
        assert_eq!((congestion.cwnd, congestion.ssthresh), (flight * 7 / 10, flight * 7 / 10));
        let mut una = Seq(flight as u32);
        let mut now = SimTime::from_secs(1);
        congestion.acked(&Acked { now, octets: flight, una, flight, left: 0, srtt: Some(RTT) });
        let mut seen = Vec::new();
        for _ in 0..rounds {
            let window = congestion.cwnd;
            for _ in 0..window / MSS {
                now += RTT / (window / MSS) as u32;
                una = una + MSS;
                let flight = congestion.cwnd;
                let left = flight - MSS;
                congestion.acked(&Acked { now, octets: MSS, una, flight, left, srtt: Some(RTT) });
            }
            seen.push(congestion.cwnd / MSS);
        }
        seen
    }

    #[test]
    fn the_window_returns_to_the_last_loss_in_k_seconds_and_then_probes() {
        // 300 segments: K = cbrt(300 * 0.3 / 0.4) = 6.08 s.
        let seen = windows(300, 120);
        assert!((290..=300).contains(&seen[59]), "{seen:?}");
        let steps: Vec<isize> = seen.windows(2).map(|pair| pair[1] as isize - pair[0] as isize).collect();
        assert!(steps[0] == 4 && steps[58] <= 1, "concave: {steps:?}");
        assert!(steps[118] >= 4, "then convex: {steps:?}");
        // W_cubic(12) = 0.4 * (12 - 6.08)^3 + 300
        assert!((375..=395).contains(&seen[119]), "{seen:?}");
    }

    #[test]
    fn a_small_window_grows_as_reno_would() {
        // 10 segments at 100 ms: the cubic is slower than Reno's line.
        let seen = windows(10, 20);
        let reno = 7.0 + 0.53 * 5.7 + (20.0 - 5.7);
        assert!((seen[19] as f64 - reno).abs() < 2.5, "{seen:?}");
    }

    #[test]
    fn a_loss_before_the_last_plateau_makes_room_for_others() {
        let mut cubic = super::Cubic::default();
        assert_eq!(cubic.reduce(100_000, 100_000), 70_000);
        assert_eq!(cubic.w_max as usize, 100_000);
        cubic.reduce(80_000, 80_000);
        assert_eq!(cubic.w_max as usize, 68_000, "80,000 * (1 + 0.7) / 2");
    }

    #[test]
    fn time_without_use_does_not_count() {
        let mut cubic = super::Cubic::default();
        cubic.reduce(100_000, 100_000);
        let mut now = SimTime::from_secs(1);
        let acked = |now| Acked { now, octets: MSS, una: Seq(1), flight: 70_000, left: 0, srtt: None };
        cubic.grow(&acked(now), 70_000, MSS);
        cubic.pause();
        now += Duration::from_secs(60);
        cubic.grow(&acked(now), 70_000, MSS);
        now += Duration::from_millis(10);
        cubic.grow(&acked(now), 70_000, MSS);
        assert_eq!(cubic.epoch.as_ref().map(|epoch| epoch.elapsed), Some(Duration::from_millis(10)));
    }

    #[test]
    fn after_a_timeout_the_plateau_is_where_avoidance_began() {
        let mut cubic = super::Cubic::default();
        cubic.reduce(100_000, 100_000);
        cubic.timeout();
        let now = SimTime::from_secs(1);
        cubic.grow(
            &Acked { now, octets: MSS, una: Seq(1), flight: 70_000, left: 0, srtt: None },
            70_000,
            MSS,
        );
        let epoch = cubic.epoch.as_ref().expect("it has just begun");
        assert_eq!((epoch.k, epoch.w_max as usize), (0.0, 70_000));
    }
}
