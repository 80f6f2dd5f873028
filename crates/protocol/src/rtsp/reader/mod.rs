//! Octets to tokens, without a loss; and the incremental reader of a connection.
//!
//! A connection carries a row of *items*: requests, responses, `$` frames, and blank lines
//! between them. [`tokens`] takes the item at the front of some octets apart and never
//! fails: [`Parsed::len`] says how many octets the item has, the tokens cover exactly
//! these, and what does not fit is [`Kind::Junk`]. To read several items, call it again
//! with the rest. An item whose end is not there yet gives [`Parsed::complete`] `false`
//! and takes all octets; it is taken apart as far as it goes.
//!
//! [`Reader`] does the same over octets that come in pieces, and keeps the limits.
//!
//! | file | what it does |
//! |---|---|
//! | `boundary` | finds lines and the end of the header section, resumably |
//! | `start_line` | request lines and status lines |
//! | `value` | the inside of header fields |
//! | `scan` | puts these together |
//! | `lab` | the student project's dialect, where it is asked for |
//! | `incremental` | [`Reader`] |

mod boundary;
mod incremental;
mod lab;
mod scan;
mod start_line;
mod token;
mod value;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_lab;

pub use incremental::{Item, Reader};
pub use lab::{MAX_LAB, lab_tokens};
pub use scan::tokens;
pub use token::{Kind, Token};

use std::borrow::Cow;
use std::ops::Range;

/// The most octets from a message's first to the end of its empty line.
pub const MAX_HEADER: usize = 16 * 1024;
/// The most octets of a body.
pub const MAX_BODY: usize = 64 * 1024;
/// The most octets of a `$` frame's data: its length field has 16 bits (RFC 2326 section 10.12).
pub const MAX_FRAME: usize = 65_535;
/// The octets before a `$` frame's data: `$`, channel, length (RFC 2326 section 10.12).
pub const FRAME_HEADER: usize = 4;
/// The most deviations that are recorded for one item; further ones are not.
pub const MAX_DEVIATIONS: usize = 32;

/// One item, taken apart. All ranges count from the item's first octet.
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
    /// Its body, or a frame's data; empty where there is none.
    pub body: Range<usize>,
    /// Where it does not keep to the letter of a standard; at most [`MAX_DEVIATIONS`], and
    /// none while it is incomplete.
    pub deviations: Vec<Deviation>,
    /// What makes it impossible to find its end, or to make sense of it. What comes after
    /// such an item cannot be trusted to begin a message.
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
    /// Which.
    pub what: Oddity,
}

/// The departures that the reader knows. Each is read all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// A line ends in LF alone.
    BareLf,
    /// A line ends in CR alone.
    BareCr,
    /// An empty line before a message.
    LeadingBlank,
    /// More than one space, or a tab, in the start line.
    StartLineSpace,
    /// The version is not written in capital letters.
    VersionCase,
    /// The request URI is neither absolute nor `*`.
    RelativeUri,
    /// The request URI has characters that a URI cannot have.
    UriCharacters,
    /// The status line has no reason phrase.
    NoReason,
    /// White space between a header's name and its colon.
    SpaceBeforeColon,
    /// A header line without a colon, or with characters that a name cannot have.
    BadHeaderLine,
    /// A header's value goes on in the next line.
    Folded,
    /// A header is not UTF-8.
    NotUtf8,
    /// Content-Length stands there more than once.
    RepeatedContentLength,
    /// The request line has no version (lab dialect).
    NoVersion,
    /// The version stands in a line of its own (lab dialect).
    VersionApart,
    /// The request line names no URL (lab dialect).
    NoUri,
    /// The request's number stands alone in a line (lab dialect).
    BareCSeq,
    /// The transport stands behind the version (lab dialect).
    BareTransport,
    /// No empty line ends the header section (lab dialect).
    NoEmptyLine,
}

impl Oddity {
    /// The rule, such as "RFC 2326 6.1".
    pub fn rule(self) -> &'static str {
        match self {
            Oddity::BareLf | Oddity::BareCr | Oddity::NotUtf8 => "RFC 2326 4",
            Oddity::LeadingBlank => "RFC 2326 4.1",
            Oddity::StartLineSpace | Oddity::RelativeUri => "RFC 2326 6.1",
            Oddity::VersionCase => "RFC 2326 3.1",
            Oddity::UriCharacters => "RFC 3986 2",
            Oddity::NoReason => "RFC 2326 7.1",
            Oddity::SpaceBeforeColon | Oddity::BadHeaderLine | Oddity::Folded => "RFC 2068 4.2",
            Oddity::RepeatedContentLength => "RFC 2326 12.14",
            Oddity::NoVersion | Oddity::VersionApart | Oddity::NoUri => "RFC 2326 6.1",
            Oddity::BareCSeq => "RFC 2326 12.17",
            Oddity::BareTransport => "RFC 2326 12.39",
            Oddity::NoEmptyLine => "RFC 2326 4",
        }
    }

    /// What was found, in one sentence.
    pub fn text(self) -> &'static str {
        match self {
            Oddity::BareLf => "A line ends in LF alone; senders use CR LF.",
            Oddity::BareCr => "A line ends in CR alone; senders use CR LF.",
            Oddity::LeadingBlank => "An empty line stands where a message should begin; it is skipped.",
            Oddity::StartLineSpace => "The parts of the start line are apart by more than one space.",
            Oddity::VersionCase => "The protocol's name is not written in capital letters.",
            Oddity::RelativeUri => "The request names a relative URL; it should be absolute, or \"*\".",
            Oddity::UriCharacters => "The URL has characters that must be percent-encoded.",
            Oddity::NoReason => "The status line has no reason phrase.",
            Oddity::SpaceBeforeColon => "White space stands between a header's name and its colon.",
            Oddity::BadHeaderLine => "A header line has no name and colon.",
            Oddity::Folded => "A header is folded over several lines; this is allowed but out of use.",
            Oddity::NotUtf8 => "A header is not written in UTF-8.",
            Oddity::RepeatedContentLength => "Content-Length stands there more than once.",
            Oddity::NoVersion => "The request line ends without a version; it must end in RTSP/1.0.",
            Oddity::VersionApart => "The version stands in a line of its own; it ends the request line.",
            Oddity::NoUri => "The request line names no URL; what the session plays is meant.",
            Oddity::BareCSeq => "The request's number stands without the name of its header, CSeq.",
            Oddity::BareTransport => {
                "Transport and port stand behind the version; they belong into a Transport header."
            }
            Oddity::NoEmptyLine => {
                "No empty line ends the message; only its shape and the pause behind it tell its end."
            }
        }
    }

    /// What other implementations do with it, where that is known; empty where not.
    pub fn others(self) -> &'static str {
        match self {
            Oddity::BareLf => "gst-rtsp-server accepts it; live555 does not answer.",
            Oddity::LeadingBlank => "live555 accepts it; gst-rtsp-server hangs on the last one.",
            Oddity::RelativeUri => "gst-rtsp-server answers 400; live555 does not answer.",
            _ => "",
        }
    }
}

/// Why an item cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The header section does not end within [`MAX_HEADER`].
    #[error("header section over {MAX_HEADER} octets")]
    HeaderTooLong,
    /// The body would be longer than [`MAX_BODY`].
    #[error("body over {MAX_BODY} octets")]
    BodyTooLong,
    /// Content-Length is no number, or there are several that differ.
    #[error("Content-Length is not one number")]
    BadContentLength,
    /// The line is neither a request line nor a status line.
    #[error("neither a request line nor a status line")]
    BadStartLine,
}

impl Deviation {
    /// The rule, such as "RFC 2326 6.1".
    pub fn rule(&self) -> &'static str {
        self.what.rule()
    }

    /// What was found, in one sentence.
    pub fn text(&self) -> &'static str {
        self.what.text()
    }
}

impl Parsed {
    /// The octets of the first token of this kind, as text; `None` where there is none or
    /// it is not UTF-8. `input` is what was given to [`tokens`].
    fn first<'a>(&self, input: &'a [u8], kind: Kind) -> Option<&'a str> {
        let token = self.tokens.iter().find(|token| token.kind == kind)?;
        std::str::from_utf8(input.get(token.range.clone())?).ok()
    }

    /// The method of a request.
    pub fn method<'a>(&self, input: &'a [u8]) -> Option<&'a str> {
        self.first(input, Kind::Method)
    }

    /// The request URI, when it is UTF-8.
    pub fn uri<'a>(&self, input: &'a [u8]) -> Option<&'a str> {
        self.first(input, Kind::RequestUri)
    }

    /// The protocol and version, such as `RTSP/1.0`.
    pub fn version<'a>(&self, input: &'a [u8]) -> Option<&'a str> {
        self.first(input, Kind::Version)
    }

    /// The status code of a response, 100 to 999.
    pub fn status(&self, input: &[u8]) -> Option<u16> {
        self.first(input, Kind::StatusCode)?.parse().ok()
    }

    /// The reason phrase of a response, when it has one that is UTF-8.
    pub fn reason<'a>(&self, input: &'a [u8]) -> Option<&'a str> {
        self.first(input, Kind::Reason)
    }

    /// The values of the headers with this name (case does not matter), in order, unfolded.
    pub fn values<'a>(&'a self, input: &'a [u8], name: &'a str) -> impl Iterator<Item = Cow<'a, str>> + 'a {
        let bare = self.bare(input).filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        self.headers
            .iter()
            .filter(move |header| header.name(input).eq_ignore_ascii_case(name.as_bytes()))
            .map(move |header| header.text(input))
            .chain(bare.map(|(_, value)| Cow::Owned(value)))
    }

    /// What stands in a message of the lab's dialect without its header's name: the name that
    /// belongs to it, and the value as that header would have it.
    pub fn bare<'a>(&'a self, input: &'a [u8]) -> impl Iterator<Item = (&'static str, String)> + 'a {
        self.tokens.iter().filter_map(move |token| {
            let text = || String::from_utf8_lossy(&input[token.range.clone()]);
            match token.kind {
                Kind::BareCSeq => Some(("CSeq", text().into_owned())),
                Kind::BarePort => Some(("Transport", format!("RTP/UDP;client_port={}", text()))),
                _ => None,
            }
        })
    }

    /// The value of the first header with this name.
    pub fn value<'a>(&'a self, input: &'a [u8], name: &'a str) -> Option<Cow<'a, str>> {
        self.values(input, name).next()
    }

    /// The channel and data of a whole `$` frame.
    pub fn frame(&self, input: &[u8]) -> Option<(u8, Range<usize>)> {
        (self.kind == ItemKind::Frame && self.complete).then(|| (input[1], self.body.clone()))
    }

    /// Records a deviation, up to the limit.
    fn note(&mut self, range: Range<usize>, what: Oddity) {
        if self.deviations.len() < MAX_DEVIATIONS {
            self.deviations.push(Deviation { range, what });
        }
    }
}

impl Header {
    /// The name's octets.
    pub fn name<'a>(&self, input: &'a [u8]) -> &'a [u8] {
        &input[self.name.clone()]
    }

    /// The value as text: folds become one space, octets that are not UTF-8 the
    /// replacement character.
    pub fn text<'a>(&self, input: &'a [u8]) -> Cow<'a, str> {
        let raw = String::from_utf8_lossy(&input[self.value.clone()]);
        if !raw.contains(['\r', '\n']) {
            return raw;
        }
        let mut parts = raw.split(['\r', '\n']).map(str::trim).filter(|part| !part.is_empty());
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            text.push(' ');
            text.push_str(part);
        }
        Cow::Owned(text)
    }
}
