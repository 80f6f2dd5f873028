//! The weather on links, and what can be ordered to happen to frames.

use super::{Id, Nanos};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How one direction of a link behaves. [`WeatherRanges`] tells what can be set.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Weather {
    /// Bits per second.
    pub rate: f64,
    /// Propagation delay.
    pub delay: Nanos,
    /// What is added to the delay by chance: its mean; exponentially distributed. It never
    /// changes the order of frames.
    pub jitter: Nanos,
    /// How many octets may wait in the sending port's queue; a frame that does not fit is dropped.
    pub queue: u32,
    /// How frames are lost on the cable.
    pub loss: Loss,
    /// How frames come behind those that were sent after them.
    pub reorder: Reorder,
    /// Probability that a frame is sent twice.
    pub duplicate: f64,
    /// Probability for each bit that it arrives turned over.
    pub bit_errors: f64,
    /// The longest IP packet, octets.
    pub mtu: u32,
    /// True when nothing is carried at all.
    pub down: bool,
}

/// How frames are lost on a cable.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum Loss {
    /// Each with the same probability.
    Random {
        /// The probability.
        p: f64,
    },
    /// In bursts, by the model of Gilbert and Elliott; a bad time lasts 1/r frames in the mean.
    #[serde(rename_all = "camelCase")]
    Bursty {
        /// Probability that a frame finds the good state turned bad.
        p: f64,
        /// Probability that a frame finds the bad state turned good.
        r: f64,
        /// Probability of loss in the good state.
        loss_good: f64,
        /// Probability of loss in the bad state.
        loss_bad: f64,
    },
}

/// How frames come behind those that were sent after them.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reorder {
    /// Probability that a frame is held back; the others do not wait for it.
    pub p: f64,
    /// By how much later it comes.
    pub by: Nanos,
}

/// What weather and faults can be set to; probabilities lie between 0 and 1.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WeatherRanges {
    /// Bits per second, least and most.
    pub rate: (f64, f64),
    /// The longest delay.
    pub delay: Nanos,
    /// The greatest jitter.
    pub jitter: Nanos,
    /// Octets of a queue, least and most.
    pub queue: (u32, u32),
    /// The most by which a reordered or delayed frame comes later.
    pub later: Nanos,
    /// The greatest probability of a bit error.
    pub bit_errors: f64,
    /// Octets of the longest IP packet, least and most.
    pub mtu: (u32, u32),
}

/// Weather with a name.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Preset {
    /// Its name in scenarios and on the command line: `dsl`.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// For `forward`: from the link's end `a`, where the subscriber is.
    pub up: Weather,
    /// For `backward`: to the link's end `a`.
    pub down: Weather,
    /// Where its figures come from.
    pub source: String,
}

/// One direction of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LinkDirection {
    /// From `a` to `b`.
    Forward,
    /// From `b` to `a`.
    Backward,
}

/// One direction of a link, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LinkDirections {
    /// From `a` to `b`.
    Forward,
    /// From `b` to `a`.
    Backward,
    /// Both, alike.
    Both,
}

/// On which coming frame of a link's direction an order acts, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum FaultOn {
    /// The next one that enters the cable.
    Next,
    /// The next one with an RTP packet that has the marker bit, or with a part of one.
    NextMarker,
    /// The frame with this number, when it enters the cable. Only in rows of forks: numbers of
    /// frames to come are not known otherwise.
    Frame {
        /// The frame.
        frame: Id,
    },
}

/// What is ordered to happen to a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum FaultWhat {
    /// It is lost on the cable.
    Drop,
    /// This bit arrives turned over, counted from 0 as `bits` of fields are, below 12,144; in a
    /// shorter frame its last bit.
    Corrupt {
        /// Which bit.
        bit: u32,
    },
    /// It comes later, and the others do not wait for it.
    Delay {
        /// By how much.
        by: Nanos,
    },
    /// It is sent twice.
    Duplicate,
}
