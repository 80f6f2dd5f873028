//! What is known of a capture that is shown as a run.

use super::Nanos;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A capture of another network. Of each frame it knows one moment: the times in hosts' layers and
/// on the cable are drawn. Links of such a run have the rate and delay 0, which are not known.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Capture {
    /// The file's name.
    pub file: String,
    /// Frames in it.
    pub frames: f64,
    /// Those of them that are shown.
    pub shown: f64,
    /// From the beginning to the last thing that happens.
    pub duration: Nanos,
    /// Whether frames end with their FCS: mostly captures have none.
    pub fcs: CapturedFcs,
    /// What a viewer should know (left out, cut, missing), a sentence each.
    pub notes: Vec<String>,
}

/// Whether the frames of a capture end with their FCS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CapturedFcs {
    /// All do.
    Present,
    /// None does.
    Absent,
    /// Some do.
    Mixed,
}

/// The capture that a room shows beside its simulated run.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenCapture {
    /// The number of its run, to be watched.
    pub run: u32,
    /// The file's name.
    pub file: String,
    /// The moment of the last thing that happens.
    pub end: Nanos,
}
