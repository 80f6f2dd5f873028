//! What one direction of a cable does to frames.

use std::ops::RangeInclusive;
use std::time::Duration;
use thiserror::Error;

/// The rates that a cable may have: 1 kbit/s to 100 Gbit/s.
pub const BITS_PER_SECOND: RangeInclusive<u64> = 1_000..=100_000_000_000;

/// The longest propagation delay.
pub const MAX_DELAY: Duration = Duration::from_secs(10);

/// The greatest mean of the jitter.
pub const MAX_JITTER: Duration = Duration::from_secs(1);

/// The most by which a reordered frame may come later.
pub const MAX_REORDER: Duration = Duration::from_secs(10);

/// The limits that a port's queue may have, octets: from one full frame to 1 GB.
pub const QUEUE: RangeInclusive<usize> = 1_518..=1_000_000_000;

/// The queue of a port unless somebody says otherwise: 256 KiB, as in a small switch.
pub const DEFAULT_QUEUE: usize = 256 * 1024;

/// The longest IP packets that a cable may carry, octets: from what every host must take
/// (RFC 791 section 3.2) to a full Ethernet frame's.
pub const MTU: RangeInclusive<usize> = 68..=protocol::wire::ethernet::MAX_PAYLOAD;

/// The greatest probability that a bit is turned over: one in a hundred.
pub const MAX_BIT_ERRORS: f64 = 0.01;

/// How one direction of a cable behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weather {
    /// Bits per second, [`BITS_PER_SECOND`].
    pub rate: BitRate,
    /// Propagation delay, at most [`MAX_DELAY`]: nothing arrives sooner.
    pub delay: Duration,
    /// What is added to the delay by chance: exponentially distributed, as the waiting time in
    /// a random queue is, with this mean, at most [`MAX_JITTER`]. A frame that is held up holds
    /// up those behind it: jitter alone never changes their order.
    pub jitter: Duration,
    /// How many octets may wait in the sending port's queue, [`QUEUE`]; a frame that does not
    /// fit is dropped (tail drop).
    pub queue: usize,
    /// How frames are lost on the cable.
    pub loss: Loss,
    /// How frames come behind those that were sent after them.
    pub reorder: Reorder,
    /// Probability that a frame is sent twice; the copy has dice of its own.
    pub duplicate: Probability,
    /// Probability for each bit that it arrives turned over, at most [`MAX_BIT_ERRORS`].
    pub bit_errors: Probability,
    /// The longest IP packet that it carries, octets, [`MTU`].
    pub mtu: usize,
    /// True when it carries nothing at all.
    pub down: bool,
}

impl Weather {
    /// A cable that only takes its time.
    pub const fn fair(rate: BitRate, delay: Duration) -> Self {
        Weather {
            rate,
            delay,
            jitter: Duration::ZERO,
            queue: DEFAULT_QUEUE,
            loss: Loss::Random(Probability::NEVER),
            reorder: Reorder { p: Probability::NEVER, by: Duration::ZERO },
            duplicate: Probability::NEVER,
            bit_errors: Probability::NEVER,
            mtu: *MTU.end(),
            down: false,
        }
    }

    /// Whether no dice can change anything.
    pub(super) fn leaves_nothing_to_chance(&self) -> bool {
        let Weather { jitter, loss, reorder, duplicate, bit_errors, .. } = self;
        let odds = [reorder.p, *duplicate, *bit_errors];
        *loss == Loss::Random(Probability::NEVER)
            && odds.into_iter().all(|p| p == Probability::NEVER)
            && jitter.is_zero()
    }

    /// Whether all figures lie within their ranges.
    ///
    /// # Errors
    /// The first that does not, with its range.
    pub fn check(&self) -> Result<(), WeatherError> {
        if !BITS_PER_SECOND.contains(&self.rate.0) {
            return Err(WeatherError::Rate(self.rate.0));
        }
        if self.delay > MAX_DELAY {
            return Err(WeatherError::Delay(self.delay));
        }
        if self.jitter > MAX_JITTER {
            return Err(WeatherError::Jitter(self.jitter));
        }
        if !QUEUE.contains(&self.queue) {
            return Err(WeatherError::Queue(self.queue));
        }
        if self.reorder.by > MAX_REORDER {
            return Err(WeatherError::Reorder(self.reorder.by));
        }
        if self.bit_errors.get() > MAX_BIT_ERRORS {
            return Err(WeatherError::BitErrors(self.bit_errors.get()));
        }
        if !MTU.contains(&self.mtu) {
            return Err(WeatherError::Mtu(self.mtu));
        }
        Ok(())
    }
}

/// Why weather cannot be. Each sentence names the range.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum WeatherError {
    /// The rate.
    #[error("a rate of {0} bit/s is not possible: it lies between 1 kbit/s and 100 Gbit/s")]
    Rate(u64),
    /// The delay.
    #[error("a delay of {0:?} is not possible: it is at most {MAX_DELAY:?}")]
    Delay(Duration),
    /// The jitter.
    #[error("a jitter of {0:?} is not possible: its mean is at most {MAX_JITTER:?}")]
    Jitter(Duration),
    /// The queue.
    #[error("a queue of {0} octets is not possible: it holds {min} to {max}", min = QUEUE.start(), max = QUEUE.end())]
    Queue(usize),
    /// How much later.
    #[error("reordering by {0:?} is not possible: a frame comes at most {MAX_REORDER:?} later")]
    Reorder(Duration),
    /// The probability of a bit error.
    #[error("{0} bit errors per bit are not possible: they lie between 0 and {MAX_BIT_ERRORS}")]
    BitErrors(f64),
    /// The MTU.
    #[error("an MTU of {0} octets is not possible: it lies between {min} and {max}", min = MTU.start(), max = MTU.end())]
    Mtu(usize),
    /// A probability.
    #[error("{0} is no probability: it lies between 0 and 1")]
    Probability(f64),
}

/// Bits per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BitRate(pub u64);

impl BitRate {
    /// The time that `octets` take at this rate, rounded up to a nanosecond.
    pub fn time(self, octets: usize) -> Duration {
        // No frame is so long that this overflows.
        let nanos = (octets as u64 * 8).saturating_mul(1_000_000_000);
        Duration::from_nanos(nanos.div_ceil(self.0.max(1)))
    }
}

/// A probability, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Probability(f64);

// It is always a number.
impl Eq for Probability {}

impl Probability {
    /// It never happens.
    pub const NEVER: Probability = Probability(0.0);

    /// It always happens.
    pub const ALWAYS: Probability = Probability(1.0);

    /// For figures in constants: one that is no probability does not compile.
    pub(super) const fn of(value: f64) -> Self {
        assert!(0.0 <= value && value <= 1.0, "a probability lies between 0 and 1");
        Probability(value)
    }

    /// `None` unless `value` lies between 0 and 1.
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Probability(value))
    }

    /// The number, 0 to 1.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// How frames are lost on a cable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Each with the same probability, whatever became of the others.
    Random(Probability),
    /// In bursts.
    Bursty(GilbertElliott),
}

/// Bursty loss (E. N. Gilbert 1960, E. O. Elliott 1963): the cable is in a good or a bad state,
/// and each frame may change it before it crosses. A bad time lasts 1/`r` frames in the mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GilbertElliott {
    /// Probability that a frame finds the good state turned bad.
    pub p: Probability,
    /// Probability that a frame finds the bad state turned good.
    pub r: Probability,
    /// Probability that a frame is lost in the good state.
    pub loss_good: Probability,
    /// Probability that a frame is lost in the bad state.
    pub loss_bad: Probability,
}

impl GilbertElliott {
    /// The share of frames that are lost in the long run, 0 to 1.
    pub fn mean_loss(&self) -> f64 {
        let changes = self.p.get() + self.r.get();
        // A state that never changes is the good one, in which a lane begins.
        let bad = if changes > 0.0 { self.p.get() / changes } else { 0.0 };
        bad * self.loss_bad.get() + (1.0 - bad) * self.loss_good.get()
    }
}

/// How frames come behind those that were sent after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reorder {
    /// Probability that a frame is held back; the others do not wait for it.
    pub p: Probability,
    /// By how much later it comes, at most [`MAX_REORDER`].
    pub by: Duration,
}
