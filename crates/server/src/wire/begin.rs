//! The room begins another run in place of the original.

use super::ForkProgress;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A network that a run can begin with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ScenarioCard {
    /// Its name, as `begin` takes it.
    pub name: String,
    /// Its title in words.
    pub title: String,
}

/// A run that is to take the original's place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NextRun {
    /// The number that it has, and keeps.
    pub run: u32,
    /// The lesson that it is made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lesson: Option<String>,
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's title in words.
    pub title: String,
    /// The seed, as decimal digits.
    pub seed: String,
    /// How far it is. It is gone from here when it has taken the original's place; one that
    /// `failed` stays until the next one begins, or `cancelBegin`.
    pub progress: ForkProgress,
}
