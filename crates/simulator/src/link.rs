//! One direction of a cable: a queue, a rate, a delay and dice.

use protocol::random::Dice;
use protocol::time::SimTime;
use protocol::wire::ethernet::PREAMBLE_AND_GAP;
use std::collections::VecDeque;
use std::time::Duration;

/// How a cable behaves, the same in both directions.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkConfig {
    /// Bits per second, 1,000 to 100,000,000,000.
    pub rate: BitRate,
    /// Propagation delay.
    pub delay: Duration,
    /// How many octets may wait in the sending port's queue; a frame that does not fit is
    /// dropped (tail drop).
    pub queue: usize,
    /// Probability that a frame is lost on the cable, 0 to 1.
    pub loss: Probability,
}

/// Bits per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BitRate(pub u64);

impl BitRate {
    /// The time that `octets` take at this rate, rounded up to a nanosecond.
    pub fn time(self, octets: usize) -> Duration {
        let bits = octets as u128 * 8;
        let nanos = (bits * 1_000_000_000).div_ceil(u128::from(self.0.max(1)));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// A probability, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Probability(f64);

impl Probability {
    /// It never happens.
    pub const NEVER: Probability = Probability(0.0);

    /// `None` unless `value` lies between 0 and 1.
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Probability(value))
    }

    /// The number, 0 to 1.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// One direction of a cable.
#[derive(Clone, Debug)]
pub struct Lane {
    config: LinkConfig,
    dice: Dice,
    /// When the sending port has sent all that it accepted so far.
    busy_until: SimTime,
    /// Frames that wait for the port: when each begins to be sent, and its octets.
    waiting: VecDeque<(SimTime, usize)>,
    waiting_octets: usize,
}

/// The way of one frame over a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// When its first bit is sent.
    pub start: SimTime,
    /// When its last bit is sent.
    pub end: SimTime,
    /// When its last bit arrives, or would.
    pub arrive: SimTime,
    /// What becomes of it, unless it arrives whole.
    pub fate: Option<Fate>,
}

/// Why a frame does not arrive whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The sending port's queue was full: it never entered the cable.
    QueueFull {
        /// The queue's limit, octets.
        limit: usize,
    },
    /// Lost on the cable by the link's loss setting.
    Lost,
}

impl Lane {
    /// An idle lane that throws its own `dice`.
    pub fn new(config: LinkConfig, dice: Dice) -> Self {
        Lane { config, dice, busy_until: SimTime::ZERO, waiting: VecDeque::new(), waiting_octets: 0 }
    }

    /// Sends a frame of `octets` (with FCS) that enters the port's queue at `queued`.
    /// Calls come in the order of `queued`.
    pub fn send(&mut self, queued: SimTime, octets: usize) -> Crossing {
        while let Some(&(start, size)) = self.waiting.front()
            && start <= queued
        {
            self.waiting.pop_front();
            self.waiting_octets -= size;
        }
        // One throw for each frame offered, whatever becomes of it, so that a fuller queue
        // does not shift the dice of later frames.
        let lost = self.dice.unit() < self.config.loss.get();
        let start = self.busy_until.max(queued);
        if start > queued && self.waiting_octets + octets > self.config.queue {
            let fate = Some(Fate::QueueFull { limit: self.config.queue });
            return Crossing { start: queued, end: queued, arrive: queued, fate };
        }
        if start > queued {
            self.waiting.push_back((start, octets));
            self.waiting_octets += octets;
        }
        let end = start + self.config.rate.time(octets);
        // Preamble and gap keep the port busy but carry no bit of the frame (IEEE 802.3 4.4.2).
        self.busy_until = end + self.config.rate.time(PREAMBLE_AND_GAP);
        Crossing { start, end, arrive: end + self.config.delay, fate: lost.then_some(Fate::Lost) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(queue: usize, loss: f64) -> Lane {
        let config = LinkConfig {
            rate: BitRate(100_000_000),
            delay: Duration::from_millis(1),
            queue,
            loss: Probability::new(loss).unwrap(),
        };
        Lane::new(config, Dice::new(7, "lane"))
    }

    #[test]
    fn a_frame_takes_its_bits_and_the_delay() {
        let crossing = lane(10_000, 0.0).send(SimTime::from_micros(5), 1250);
        assert_eq!(crossing.start, SimTime::from_micros(5));
        assert_eq!(crossing.end, SimTime::from_micros(105));
        assert_eq!(crossing.arrive, SimTime::from_micros(1105));
        assert_eq!(crossing.fate, None);
    }

    #[test]
    fn the_second_frame_waits_for_the_first_and_its_gap() {
        let mut lane = lane(10_000, 0.0);
        let first = lane.send(SimTime::ZERO, 1250);
        let second = lane.send(SimTime::ZERO, 1250);
        // Preamble, start delimiter and inter-frame gap are 20 octets: 1.6 us at 100 Mbit/s.
        assert_eq!(second.start, first.end + Duration::from_nanos(1600));
    }

    #[test]
    fn a_full_queue_drops_and_an_emptied_one_takes_again() {
        let mut lane = lane(2500, 0.0);
        for _ in 0..3 {
            assert_eq!(lane.send(SimTime::ZERO, 1250).fate, None);
        }
        assert_eq!(lane.send(SimTime::ZERO, 1250).fate, Some(Fate::QueueFull { limit: 2500 }));
        assert_eq!(lane.send(SimTime::from_millis(1), 1250).fate, None);
    }

    #[test]
    fn loss_follows_its_probability_and_its_seed() {
        let count = |mut lane: Lane| {
            (0..10_000).filter(|i| lane.send(SimTime::from_millis(*i), 100).fate == Some(Fate::Lost)).count()
        };
        let lost = count(lane(10_000, 0.1));
        assert!((900..1100).contains(&lost), "{lost} of 10,000 lost at 10 %");
        assert_eq!(lost, count(lane(10_000, 0.1)));
        assert_eq!(count(lane(10_000, 0.0)), 0);
    }
}
