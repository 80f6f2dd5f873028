//! Scripts: what people would order while a run is made, each at its time.
//!
//! A script makes a run repeatable that somebody has a hand in: its orders enter the world as
//! any other [`Input`](crate::world::Input), at simulated times, so that scenario, seed and
//! script give the same bytes, and forks get them, too. `docs/scripts.md` tells how one is
//! written.

mod entry;
mod request;
mod scripted;

pub use entry::{ScriptEntry, moment};
pub use request::request;
pub use scripted::{NotDone, Scripted};

use crate::scenario::{Scenario, ScenarioError};
use crate::world::Recorded;
use protocol::time::SimTime;
use serde::Deserialize;
use std::time::Duration;
use thiserror::Error;
use toml::Spanned;

/// The most orders that a script may have.
pub const MAX_ORDERS: usize = 200;

/// The longest that a run may be simulated ahead; no order comes later.
pub const MAX_LENGTH: Duration = Duration::from_secs(300);

/// All that makes a run beside the options of the world: the same plan gives the same bytes.
#[derive(Clone, Debug)]
pub struct RunPlan {
    /// The network and its players.
    pub scenario: Scenario,
    /// The seed of all dice.
    pub seed: u64,
    /// What is ordered, and when.
    pub script: Script,
    /// How much of it is simulated ahead, at most [`MAX_LENGTH`].
    pub length: Duration,
}

impl RunPlan {
    /// A run in which nobody orders anything and nothing is simulated ahead.
    pub fn new(scenario: Scenario, seed: u64) -> Self {
        RunPlan { scenario, seed, script: Script::default(), length: Duration::ZERO }
    }
}

/// Orders with their times, for one scenario.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// In the order of their times; those of one moment as they were written.
    orders: Vec<Order>,
}

/// One order: what enters the world, and how it is called when it is refused.
#[derive(Clone, Debug)]
struct Order {
    words: String,
    inputs: Vec<Recorded>,
}

impl Order {
    fn at(&self) -> SimTime {
        self.inputs.first().map_or(SimTime::ZERO, |first| first.at)
    }
}

/// Why a list of orders is no script for a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct BadOrder {
    /// The octet of the text at which the order begins; `None` when it is about all of them.
    pub at: Option<usize>,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl Script {
    /// A script of these orders, which name clients and links of `scenario`.
    ///
    /// # Errors
    /// The first order that cannot be.
    pub fn new(entries: Vec<Spanned<ScriptEntry>>, scenario: &Scenario) -> Result<Script, BadOrder> {
        if entries.len() > MAX_ORDERS {
            let reason = format!("{} orders are more than the {MAX_ORDERS} that fit", entries.len());
            return Err(BadOrder { at: None, reason });
        }
        let mut entries: Vec<_> =
            entries.into_iter().map(|entry| (entry.span().start, entry.into_inner())).collect();
        // Weather changes what an earlier order of this link has left.
        entries.sort_by_key(|(_, entry)| entry.at());
        let mut reader = entry::Reader::new(scenario);
        let mut orders = Vec::new();
        for (at, entry) in entries {
            orders.push(reader.order(entry).map_err(|reason| BadOrder { at: Some(at), reason })?);
        }
        Ok(Script { orders })
    }

    /// Reads a file of orders, each in a table of its own (`[[order]]`); `file` names it in errors.
    ///
    /// # Errors
    /// The first thing found wrong, with its line where it has one.
    pub fn parse(text: &str, file: &str, scenario: &Scenario) -> Result<Script, ScenarioError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            #[serde(default)]
            order: Vec<Spanned<ScriptEntry>>,
        }
        let line_of = |offset: usize| text.get(..offset).map(|before| before.matches('\n').count() + 1);
        let fail = |at: Option<usize>, reason: String| ScenarioError {
            file: file.to_owned(),
            line: at.and_then(line_of),
            reason,
        };
        let parsed: File = toml::from_str(text)
            .map_err(|error| fail(error.span().map(|span| span.start), error.message().to_owned()))?;
        Script::new(parsed.order, scenario).map_err(|bad| fail(bad.at, bad.reason))
    }

    /// Whether nothing is ordered.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// When the last order comes.
    pub fn end(&self) -> SimTime {
        self.orders.last().map_or(SimTime::ZERO, Order::at)
    }
}

#[cfg(test)]
mod tests;
