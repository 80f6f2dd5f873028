//! One frame, read by tshark too.

use super::{Id, OnCable};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What came of asking tshark about a frame.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FrameCheck {
    /// The frame.
    pub frame: Id,
    /// As it arrived over this cable; absent: as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub on: Option<OnCable>,
    /// What came of it.
    pub answer: CheckAnswer,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum CheckAnswer {
    /// There is no such program on this machine.
    Missing {
        /// What was sought: `tshark`, or what `--tshark` names.
        program: String,
    },
    /// It has read the frame.
    Compared {
        /// The program and its version: `TShark 4.0.17`.
        checker: String,
        /// How many earlier frames it was given first, because they say how to read this one.
        given: u32,
        /// The frame's layers, in their order.
        layers: Vec<LayerCheck>,
    },
}

/// One layer of ours beside theirs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LayerCheck {
    /// Wireshark's name of the protocol, as in the frame's `detail`.
    pub name: String,
    /// How many fields both name, whether they agree or not.
    pub compared: u32,
    /// Names of fields that only we read here, each once.
    pub unread: Vec<String>,
    /// Where the two differ; at most twenty.
    pub differences: Vec<FieldDifference>,
}

/// A field that the two read in different ways.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldDifference {
    /// Its name: `ip.ttl`.
    pub name: String,
    /// In what they differ.
    pub what: Unlike,
    /// What we say: a value, `byte 22, 1 long`, or how often it is there.
    pub ours: String,
    /// What they say.
    pub theirs: String,
}

/// In what two readings of a field differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Unlike {
    /// How often it is there.
    Count,
    /// Where it lies, or how long it is.
    Place,
    /// What it says.
    Value,
}
