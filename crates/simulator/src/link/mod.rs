//! Cables, and their weather.
//!
//! | file | what it holds |
//! |---|---|
//! | `weather` | what one direction of a cable does to frames, and what it may be set to |
//! | `preset` | named weather with its figures and where they come from |
//! | `dice` | the chance in it: each setting throws dice of its own |
//! | `fault` | what a person orders to happen to a coming frame |
//! | `lane` | one direction of a cable at work |
//!
//! Every frame that is offered to a lane makes each of its dice fall once, whatever becomes of
//! it and whatever the weather is. So a setting that is changed shifts nobody else's chance.

mod dice;
mod fault;
mod lane;
mod preset;
mod weather;

#[cfg(test)]
mod tests;

pub use fault::{Fault, FaultKind, FaultTrigger, MAX_FAULT_DELAY, MAX_FAULTS, MAX_FRAME_BITS};
pub use lane::{Crossing, Fate, Lane, Mishap, Offered, Passage};
pub use preset::{PRESETS, Preset};
pub use weather::{
    BITS_PER_SECOND, BitRate, DEFAULT_QUEUE, GilbertElliott, Loss, MAX_BIT_ERRORS, MAX_DELAY, MAX_JITTER,
    MAX_REORDER, MTU, Probability, QUEUE, Reorder, Weather, WeatherError,
};

/// One of the two directions of a cable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkDirection {
    /// From its first end to its second.
    Forward,
    /// From its second end to its first.
    Backward,
}

impl LinkDirection {
    /// Both, in the order of [`LinkDirection::index`].
    pub const BOTH: [LinkDirection; 2] = [LinkDirection::Forward, LinkDirection::Backward];

    /// 0 or 1, for arrays of two.
    pub fn index(self) -> usize {
        self as usize
    }

    /// `forward` or `backward`.
    pub fn name(self) -> &'static str {
        match self {
            LinkDirection::Forward => "forward",
            LinkDirection::Backward => "backward",
        }
    }
}
