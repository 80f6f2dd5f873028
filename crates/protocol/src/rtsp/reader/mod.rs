//! Octets to tokens, without a loss; and the incremental reader of a connection.
//!
//! A connection carries a row of *items*: requests, responses, `$` frames, and blank lines
//! between them. [`tokens`] takes the item at the front of some octets apart and never
//! fails: [`Parsed::len`] says how many octets the item has, the tokens cover exactly
//! these, and what does not fit is [`Kind::Junk`]. To read several items, call it again
//! with the rest. An item whose end is not there yet gives [`Parsed::complete`] `false`
//! and takes all octets.
//!
//! [`Reader`] does the same over octets that come in pieces, and keeps the limits.

mod token;

pub use token::{Kind, Token};

use std::ops::Range;

/// The most octets from a message's first to the end of its empty line.
pub const MAX_HEADER: usize = 16 * 1024;
/// The most octets of a body.
pub const MAX_BODY: usize = 64 * 1024;
/// The most octets of a `$` frame's data: its length field has 16 bits (RFC 2326 section 10.12).
pub const MAX_FRAME: usize = 65_535;

/// One item, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// What it is.
    pub kind: ItemKind,
    /// How many octets of the input belong to it.
    pub len: usize,
    /// Whether its end has been seen. If not, it takes all of the input.
    pub complete: bool,
    /// Its pieces, in order, without a gap.
    pub tokens: Vec<Token>,
    /// Its header fields, in order.
    pub headers: Vec<Header>,
    /// Its body; empty where there is none.
    pub body: Range<usize>,
    /// Where it does not keep to the letter of a standard.
    pub deviations: Vec<Deviation>,
    /// What makes it impossible to find its end, or to make sense of it.
    pub fault: Option<Fault>,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A line end outside of a message.
    Blank,
    /// A request.
    Request,
    /// A response.
    Response,
    /// A binary frame (RFC 2326 section 10.12).
    Frame,
    /// A line that begins no message.
    Garbage,
}

/// A header field: where its parts are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The name as written.
    pub name: Range<usize>,
    /// The value as written, without white space around it, folds included.
    pub value: Range<usize>,
    /// The whole line or lines, line end included.
    pub line: Range<usize>,
    /// Its tokens, as indices into [`Parsed::tokens`].
    pub tokens: Range<usize>,
}

/// A departure from the letter of a standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// Where, counted from the start of the item.
    pub range: Range<usize>,
    /// The rule, such as "RFC 2326 4.1".
    pub rule: &'static str,
    /// What was found, in one sentence.
    pub text: String,
}

/// Why an item cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The header section does not end within [`MAX_HEADER`].
    #[error("header section over {MAX_HEADER} octets")]
    HeaderTooLong,
}

/// Takes the item at the front of `input` apart. Never panics, never fails.
///
/// The answer for empty input is an incomplete [`ItemKind::Blank`] without tokens.
pub fn tokens(input: &[u8]) -> Parsed {
    // Not yet: the scanner is being written; until then everything is one piece of junk.
    Parsed {
        kind: ItemKind::Garbage,
        len: input.len(),
        complete: false,
        tokens: vec![Token { range: 0..input.len(), kind: Kind::Junk }],
        headers: Vec::new(),
        body: input.len()..input.len(),
        deviations: Vec::new(),
        fault: None,
    }
}
