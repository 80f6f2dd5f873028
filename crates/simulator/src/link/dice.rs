//! The chance of a lane: each setting throws dice of its own, once for each frame.

use super::weather::{Loss, Weather};
use protocol::random::Dice;
use std::time::Duration;

/// What the dice say of one frame.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Throw {
    /// Lost by random loss, or in which kind of time in bursty loss.
    pub(super) lost: Option<Lost>,
    /// What jitter adds to its delay.
    pub(super) jitter: Duration,
    /// It is held back.
    pub(super) reordered: bool,
    /// It is sent twice.
    pub(super) duplicated: bool,
    /// The bits that are turned over, from 0, in order.
    pub(super) flipped: Vec<u32>,
}

/// By which setting a frame is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    Randomly,
    InBurst,
}

/// The dice of one lane.
#[derive(Clone, Debug)]
pub(super) struct LaneDice {
    loss: Dice,
    /// Whether a bad time begins or ends.
    state: Dice,
    burst: Dice,
    jitter: Dice,
    reorder: Dice,
    duplicate: Dice,
    bits: Dice,
    /// Bursty loss is in its bad state.
    bad: bool,
    /// Throws of each in calm weather, which mean nothing and are made up for when it changes.
    owed: u64,
}

impl LaneDice {
    /// Dice that belong to `name` in the run with this `seed`.
    pub(super) fn new(seed: u64, name: &str) -> Self {
        let dice = |what: &str| Dice::new(seed, &format!("{name}{what}"));
        LaneDice {
            loss: dice(""),
            state: dice(" state"),
            burst: dice(" burst"),
            jitter: dice(" jitter"),
            reorder: dice(" reorder"),
            duplicate: dice(" duplicate"),
            bits: dice(" bits"),
            bad: false,
            owed: 0,
        }
    }

    /// Throws every one of the dice once for a frame of `octets`.
    pub(super) fn throw(&mut self, weather: &Weather, octets: usize) -> Throw {
        if weather.leaves_nothing_to_chance() {
            self.bad = false;
            self.owed += 1;
            return Throw::CALM;
        }
        self.make_up();
        let (loss, state, burst) = (self.loss.unit(), self.state.unit(), self.burst.unit());
        let lost = match &weather.loss {
            Loss::Random(p) => {
                self.bad = false;
                (loss < p.get()).then_some(Lost::Randomly)
            }
            Loss::Bursty(model) => {
                let change = if self.bad { model.r } else { model.p };
                self.bad ^= state < change.get();
                let p = if self.bad { model.loss_bad } else { model.loss_good };
                let kind = if self.bad { Lost::InBurst } else { Lost::Randomly };
                (burst < p.get()).then_some(kind)
            }
        };
        // One throw gives the frame its own row of numbers, however many bits are turned over.
        let bits = self.bits.u64();
        Throw {
            lost,
            jitter: exponential(weather.jitter, self.jitter.unit()),
            reordered: self.reorder.unit() < weather.reorder.p.get(),
            duplicated: self.duplicate.unit() < weather.duplicate.get(),
            flipped: flipped(weather.bit_errors.get(), octets, bits),
        }
    }
}

impl LaneDice {
    /// Throws what is owed.
    fn make_up(&mut self) {
        let owed = std::mem::take(&mut self.owed);
        if owed > 0 {
            let Self { loss, state, burst, jitter, reorder, duplicate, bits, .. } = self;
            for dice in [loss, state, burst, jitter, reorder, duplicate, bits] {
                dice.skip(owed);
            }
        }
    }
}

impl Throw {
    /// Nothing happens.
    const CALM: Throw = Throw {
        lost: None,
        jitter: Duration::ZERO,
        reordered: false,
        duplicated: false,
        flipped: Vec::new(),
    };
}

/// An exponentially distributed time with this mean; `unit` is uniform in [0, 1).
fn exponential(mean: Duration, unit: f64) -> Duration {
    if mean.is_zero() {
        return Duration::ZERO;
    }
    // 1 - unit has 53 bits and is never 0, so this is at most 37 means.
    let factor = -libm::log(1.0 - unit);
    Duration::from_nanos((mean.as_nanos() as f64 * factor) as u64)
}

/// The bits of a frame that are turned over, each with probability `p`: the distance from one
/// to the next is geometrically distributed.
fn flipped(p: f64, octets: usize, seed: u64) -> Vec<u32> {
    if p <= 0.0 {
        return Vec::new();
    }
    let mut dice = Dice::new(seed, "bits of one frame");
    let (bits, whole) = (octets as f64 * 8.0, libm::log(1.0 - p));
    let (mut flipped, mut next) = (Vec::new(), 0.0);
    loop {
        next += libm::floor(libm::log(1.0 - dice.unit()) / whole);
        if next >= bits {
            return flipped;
        }
        flipped.push(next as u32);
        next += 1.0;
    }
}
