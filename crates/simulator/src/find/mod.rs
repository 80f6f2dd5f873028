//! Finding events of a run by what they are, and asking a run for values: "the third packet with
//! the marker bit at R1", "how many packets did this picture need?"
//!
//! `docs/lessons.md` tells the language. A [`Query`] is read once, with the names of the network
//! that it is about ([`Places`]); a [`Finder`] looks for it on a tape, in the order of time or
//! against it. [`Expression`]s ask for values.
//!
//! | file | what it holds |
//! |---|---|
//! | `token`, `parse`, `filter`, `expression` | the language |
//! | `names` | what can be asked of an event, and what it is called |
//! | `places` | devices, cables and addresses of a network |
//! | `event` | what can be found, and its order in time |
//! | `scan` | a tape's events in the order of their times |
//! | `subject` | one event with all that it is about |
//! | `facts`, `fields` | its values: of the tape, and of its octets |
//! | `finder`, `evaluate` | the search, and the values |
//!
//! # Cost
//! A frame is taken apart only when everything that the tape knows by itself already fits
//! (`hints`), so that a search over minutes of traffic reads few octets.

mod evaluate;
mod event;
mod expression;
mod facts;
mod fields;
mod filter;
mod finder;
mod hints;
mod names;
mod parse;
mod places;
mod scan;
mod subject;
#[cfg(test)]
mod tests;
mod token;

pub use evaluate::{Here, Unanswered};
pub use event::{Event, Kind};
pub use expression::Expression;
pub use facts::cause_word;
pub use finder::{Context, Finder, From, Run};
pub use names::{is_field, unknown as unknown_field};
pub use parse::Query;
pub use places::Places;

use std::fmt;
use thiserror::Error;

/// The most characters that a query or expression may have.
pub const MAX_TEXT: usize = 1_000;

/// How deep parentheses, `not` and functions may lie in each other.
pub const MAX_DEPTH: usize = 16;

/// The most kinds of events that one query or expression may name.
pub const MAX_PATTERNS: usize = 24;

/// The most that an ordinal may count.
pub const MAX_ORDINAL: u32 = 1_000_000;

/// Why a query or expression cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("column {column}: {reason}")]
pub struct QueryError {
    /// The character where it goes wrong, from 1.
    pub column: usize,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// A value that a run gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// Words.
    Text(String),
}

impl Value {
    /// Whether this is what `written` says: the same number, with at most three decimals, or the
    /// same words.
    pub fn is(&self, written: &str) -> bool {
        let written = written.trim();
        self.to_string() == written
            || matches!((self, token::number(written)), (Value::Number(own), Some(other))
                if Value::Number(other).to_string() == Value::Number(*own).to_string())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => f.write_str(text),
            Value::Number(number) => {
                let text = format!("{number:.3}");
                let text =
                    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
                f.write_str(if text == "-0" { "0" } else { text })
            }
        }
    }
}
