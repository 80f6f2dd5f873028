//! How the world's time follows the wall's.

use crate::wire::Pace;
use protocol::time::SimTime;
use std::time::{Duration, Instant};

/// The slowest rate, simulated seconds per second.
pub const MIN_RATE: f64 = 0.001;

/// Beats per second, slowest and fastest.
pub const BEATS: std::ops::RangeInclusive<f64> = 0.2..=10.0;

/// A world that is this far behind its pace has slipped: it goes on from where it is, and
/// the page says by how much. It never skips.
pub const SLIP: Duration = Duration::from_millis(200);

/// Maps wall time to simulated time.
#[derive(Debug)]
pub struct Pacer {
    pace: Pace,
    /// At this moment of the wall clock ...
    wall: Instant,
    /// ... it was this moment in the world.
    world: SimTime,
    slip: Duration,
}

/// What the pace wants now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Due {
    /// Nothing until somebody gives an order.
    Nothing,
    /// The world should have come this far.
    Until(SimTime),
    /// One event.
    Beat,
}

impl Pacer {
    /// Real time from now on.
    pub fn new(now: Instant, world: SimTime) -> Self {
        Pacer { pace: Pace::Rate { rate: 1.0 }, wall: now, world, slip: Duration::ZERO }
    }

    /// What lies between making it and `now` does not count.
    pub fn begin(&mut self, now: Instant) {
        self.wall = now;
    }

    /// The pace in force.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// Whether the world runs in real time.
    pub fn is_real_time(&self) -> bool {
        self.pace == Pace::Rate { rate: 1.0 }
    }

    /// By how much the world lags behind, since the pace was last set.
    pub fn slip(&self) -> Duration {
        self.slip
    }

    /// Sets another pace.
    ///
    /// # Errors
    /// A sentence when the pace is out of range.
    pub fn set(&mut self, pace: Pace, now: Instant, world: SimTime) -> Result<(), String> {
        match pace {
            Pace::Rate { rate } if !(MIN_RATE..=1.0).contains(&rate) => {
                return Err(format!("The rate must lie between {MIN_RATE} and 1."));
            }
            Pace::Beats { per_second } if !BEATS.contains(&per_second) => {
                return Err(format!("Beats must come {} to {} times a second.", BEATS.start(), BEATS.end()));
            }
            _ => {}
        }
        *self = Pacer { pace, wall: now, world, slip: Duration::ZERO };
        Ok(())
    }

    /// What is due at `now`. A beat that was due is counted as taken.
    pub fn due(&mut self, now: Instant) -> Due {
        match self.pace {
            Pace::Frozen => Due::Nothing,
            Pace::Rate { rate } => {
                Due::Until(self.world + now.saturating_duration_since(self.wall).mul_f64(rate))
            }
            Pace::Beats { per_second } => {
                let period = Duration::from_secs_f64(1.0 / per_second);
                if now.saturating_duration_since(self.wall) < period {
                    return Due::Nothing;
                }
                // Beats that were missed are not made up for: each is meant to be seen.
                self.wall = now;
                Due::Beat
            }
        }
    }

    /// When the world's moment `at`, or the next beat, is due on the wall clock.
    pub fn when(&self, at: Option<SimTime>) -> Option<Instant> {
        match self.pace {
            Pace::Frozen => None,
            Pace::Rate { rate } => {
                let ahead = at?.since(self.world).as_secs_f64() / rate;
                Duration::try_from_secs_f64(ahead).ok().and_then(|ahead| self.wall.checked_add(ahead))
            }
            Pace::Beats { per_second } => Some(self.wall + Duration::from_secs_f64(1.0 / per_second)),
        }
    }

    /// Tells how far the world really came in its time; a world too far behind has slipped.
    pub fn reached(&mut self, world: SimTime, now: Instant) {
        if let Due::Until(target) = self.due_without_beat(now) {
            let behind = target.since(world);
            if behind > SLIP {
                self.slip += behind;
                self.wall = now;
                self.world = world;
            }
        }
    }

    fn due_without_beat(&mut self, now: Instant) -> Due {
        if matches!(self.pace, Pace::Rate { .. }) { self.due(now) } else { Due::Nothing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn time_runs_at_its_rate() {
        let begin = Instant::now();
        let mut pacer = Pacer::new(begin, SimTime::from_secs(5));
        assert_eq!(pacer.due(begin + 40 * MS), Due::Until(SimTime::from_millis(5040)));
        pacer.set(Pace::Rate { rate: 0.01 }, begin, SimTime::from_secs(5)).unwrap();
        assert_eq!(pacer.due(begin + 1000 * MS), Due::Until(SimTime::from_millis(5010)));
        assert_eq!(pacer.when(Some(SimTime::from_millis(5010))), Some(begin + 1000 * MS));
        pacer.set(Pace::Frozen, begin, SimTime::from_secs(5)).unwrap();
        assert_eq!(pacer.due(begin + 1000 * MS), Due::Nothing);
        assert_eq!(pacer.when(Some(SimTime::from_secs(6))), None);
    }

    #[test]
    fn beats_come_one_by_one() {
        let begin = Instant::now();
        let mut pacer = Pacer::new(begin, SimTime::ZERO);
        pacer.set(Pace::Beats { per_second: 2.0 }, begin, SimTime::ZERO).unwrap();
        assert_eq!(pacer.due(begin + 499 * MS), Due::Nothing);
        assert_eq!(pacer.due(begin + 1700 * MS), Due::Beat);
        assert_eq!(pacer.due(begin + 1701 * MS), Due::Nothing);
    }

    #[test]
    fn too_slow_a_machine_slips_and_never_skips() {
        let begin = Instant::now();
        let mut pacer = Pacer::new(begin, SimTime::ZERO);
        pacer.reached(SimTime::from_millis(900), begin + 1000 * MS);
        assert_eq!(pacer.slip(), Duration::ZERO);
        pacer.reached(SimTime::from_millis(500), begin + 1000 * MS);
        assert_eq!(pacer.slip(), 500 * MS);
        assert_eq!(pacer.due(begin + 1010 * MS), Due::Until(SimTime::from_millis(510)));
    }

    #[test]
    fn senseless_paces_are_refused() {
        let begin = Instant::now();
        let mut pacer = Pacer::new(begin, SimTime::ZERO);
        for rate in [0.0, -1.0, 1.1, f64::NAN, f64::INFINITY] {
            assert!(pacer.set(Pace::Rate { rate }, begin, SimTime::ZERO).is_err(), "{rate}");
            assert!(pacer.set(Pace::Beats { per_second: rate * 20.0 }, begin, SimTime::ZERO).is_err());
        }
        assert!(pacer.is_real_time());
    }
}
