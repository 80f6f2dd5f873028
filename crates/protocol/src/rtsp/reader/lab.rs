//! The dialect of the well-known student project, read only where it is asked for.
//!
//! Its clients never send the empty line that ends a header section, so that nothing says
//! where a request ends but its shape and the pause behind it. Two shapes are known:
//!
//! ```text
//! SETUP movie.Mjpeg\n 1 \n RTSP/1.0 RTP/UDP 3000          PLAY \n 2
//! SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 3000
//! ```
//!
//! Its servers answer with three lines, and no empty line either.

use super::boundary::{Boundary, Line};
use super::scan::{self, Ends};
use super::start_line::is_space;
use super::{ItemKind, Kind, Oddity, Parsed, Token};
use std::ops::Range;

/// The most octets that a message in the lab's dialect has; what is longer is read as RTSP is.
pub const MAX_LAB: usize = 2048;

/// The methods that its clients use.
const METHODS: [&[u8]; 6] = [b"SETUP", b"PLAY", b"PAUSE", b"TEARDOWN", b"DESCRIBE", b"OPTIONS"];

/// The message in the lab's dialect that stands at the front of `input`, if it is whole once
/// nothing more comes: for who reads what was sent together, such as a segment's data.
pub fn lab_tokens(input: &[u8]) -> Option<Parsed> {
    match find(input) {
        Found::Whole { parsed, .. } => Some(parsed),
        Found::No | Found::Partial => None,
    }
}

/// What stands at the front of some octets.
pub(super) enum Found {
    /// No message in the dialect.
    No,
    /// The beginning of one.
    Partial,
    /// A whole one. While it is open, it may turn out to go on: its last number may have
    /// more digits, or one more line may come.
    Whole { parsed: Parsed, is_open: bool },
}

/// Looks for a message in the dialect at the front of `input`.
pub(super) fn find(input: &[u8]) -> Found {
    if input.len() > MAX_LAB {
        return Found::No;
    }
    if input.starts_with(b"RTSP/") {
        return answer(input);
    }
    let Some(method) = method(input) else { return Found::No };
    let line_end = input.iter().position(|octet| matches!(octet, b'\r' | b'\n'));
    let Some(line_end) = line_end else { return Found::Partial };
    let rest = &input[method..line_end];
    let last = rest.split(|octet| is_space(*octet)).rfind(|word| !word.is_empty()).unwrap_or(&[]);
    if last.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"RTSP/")) {
        long(input, rest)
    } else {
        Short { input, at: 0, parsed: scan::empty(ItemKind::Request) }.read(method)
    }
}

/// The length of the method at the front, if it is one that the clients use and white space or
/// a line end follows.
fn method(input: &[u8]) -> Option<usize> {
    let method = METHODS.iter().find(|method| input.starts_with(method))?;
    let next = input.get(method.len())?;
    (is_space(*next) || matches!(next, b'\r' | b'\n')).then_some(method.len())
}

/// How many octets the line end at the front has.
fn line_end(input: &[u8]) -> usize {
    match input {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

fn run(input: &[u8], take: impl Fn(u8) -> bool) -> usize {
    input.iter().position(|octet| !take(*octet)).unwrap_or(input.len())
}

/// The shape with names and values; the request line's rest is `target`.
fn long(input: &[u8], target: &[u8]) -> Found {
    let uri = target.split(|octet| is_space(*octet)).find(|word| !word.is_empty()).unwrap_or(&[]);
    if uri == b"*" || uri.windows(3).any(|three| three == b"://") {
        return Found::No;
    }
    let mut boundary = Boundary::default();
    if boundary.advance(input) {
        // It has its empty line.
        return Found::No;
    }
    if boundary.end() < input.len() {
        boundary.lines.push(Line { text: boundary.end()..input.len(), end: input.len() });
    }
    let mut lines = boundary.lines;
    let mut is_open = true;
    for place in 1..lines.len() {
        let text = lines[place].text.clone();
        let line = &input[text.clone()];
        if method(&input[text.start..]).is_some() {
            lines.truncate(place);
            is_open = false;
            break;
        }
        // A number with the next request behind it.
        let glued = (1..line.len())
            .find(|at| line[at - 1].is_ascii_digit() && method(&input[text.start + at..]).is_some());
        if let Some(at) = glued {
            lines[place] = Line { text: text.start..text.start + at, end: text.start + at };
            lines.truncate(place + 1);
            is_open = false;
            break;
        }
    }
    let end = lines.last().map_or(0, |line| line.end);
    let mut parsed = scan::empty(ItemKind::Request);
    parsed.len = end;
    parsed.body = end..end;
    if !scan::header_section(&input[..end], &lines, &mut parsed) {
        return Found::No;
    }
    let ends_in_digit = |name: &str| {
        parsed
            .value(input, name)
            .is_some_and(|value| value.trim_end().ends_with(|c: char| c.is_ascii_digit()))
    };
    let needed = match parsed.method(input) {
        Some("SETUP") => "Transport",
        Some("DESCRIBE" | "OPTIONS") => "CSeq",
        _ => "Session",
    };
    if !ends_in_digit("CSeq") || !ends_in_digit(needed) {
        return if is_open { Found::Partial } else { Found::No };
    }
    let last = lines.last().map_or(0..0, |line| line.text.clone());
    parsed.note(last, Oddity::NoEmptyLine);
    Found::Whole { parsed, is_open }
}

/// `RTSP/1.0 200 OK`, `CSeq: 1`, `Session: 123456`: three lines, each with its end.
fn answer(input: &[u8]) -> Found {
    let mut boundary = Boundary::default();
    if boundary.advance(input) || boundary.lines.len() != 3 {
        let more = boundary.lines.get(3).is_some_and(|line| input[line.text.clone()].starts_with(b"RTSP/"));
        if !more {
            return Found::No;
        }
        boundary.lines.truncate(3);
    }
    let end = boundary.lines.last().map_or(0, |line| line.end);
    if end < input.len() && !input[end..].starts_with(b"RTSP/") {
        return Found::No;
    }
    let mut parsed = scan::empty(ItemKind::Response);
    parsed.len = end;
    parsed.body = end..end;
    let is_whole = scan::header_section(&input[..end], &boundary.lines, &mut parsed)
        && parsed.headers.len() == 2
        && parsed.value(input, "CSeq").is_some()
        && parsed.value(input, "Session").is_some();
    if !is_whole {
        return Found::No;
    }
    parsed.note(boundary.lines[2].text.clone(), Oddity::NoEmptyLine);
    Found::Whole { parsed, is_open: false }
}

/// The shape of bare lines, being read.
struct Short<'a> {
    input: &'a [u8],
    at: usize,
    parsed: Parsed,
}

impl Short<'_> {
    fn read(mut self, method: usize) -> Found {
        self.push(method, Kind::Method);
        self.space();
        let name = run(self.rest(), |octet| !matches!(octet, b'\r' | b'\n'));
        let name = self.rest()[..name].iter().rposition(|octet| !is_space(*octet)).map_or(0, |last| last + 1);
        let line = 0..self.at + name;
        if name == 0 {
            self.parsed.note(line.clone(), Oddity::NoUri);
        } else {
            self.parsed.note(self.at..self.at + name, Oddity::RelativeUri);
        }
        self.parsed.note(line, Oddity::NoVersion);
        self.push(name, Kind::RequestUri);
        self.space();
        if !self.end_of_line() {
            return Found::Partial;
        }
        match self.number() {
            None => return if self.rest().is_empty() { Found::Partial } else { Found::No },
            Some(range) => self.parsed.note(range, Oddity::BareCSeq),
        }
        self.space();
        let is_setup = &self.input[..method] == b"SETUP";
        let before = self.at;
        let had_line = self.end_of_line();
        if had_line && self.transport_line(is_setup) {
            return self.whole();
        }
        match (is_setup, self.rest().is_empty()) {
            (true, true) => Found::Partial,
            (true, false) if had_line && is_beginning(self.rest()) => Found::Partial,
            (true, false) => Found::No,
            // White space that begins the next line is not its own.
            (false, _) => {
                self.at = self.at.max(before);
                self.whole()
            }
        }
    }

    /// `RTSP/1.0 RTP/UDP 3000`; when it is not there nothing is taken.
    fn transport_line(&mut self, is_setup: bool) -> bool {
        let (start, tokens) = (self.at, self.parsed.tokens.len());
        let deviations = self.parsed.deviations.len();
        let found = self.try_transport_line(is_setup);
        if !found {
            self.at = start;
            self.parsed.tokens.truncate(tokens);
            self.parsed.deviations.truncate(deviations);
        }
        found
    }

    fn try_transport_line(&mut self, is_setup: bool) -> bool {
        self.space();
        let version = run(self.rest(), |octet| !is_space(octet) && !matches!(octet, b'\r' | b'\n'));
        if !self.rest()[..version].starts_with(b"RTSP/1.") {
            return false;
        }
        self.parsed.note(self.at..self.at + version, Oddity::VersionApart);
        self.push(version, Kind::Version);
        self.space();
        if !is_setup {
            self.end_of_line();
            return true;
        }
        if !self.rest().starts_with(b"RTP/UDP") {
            return false;
        }
        let from = self.at;
        self.push(7, Kind::Element);
        self.space();
        let digits = run(self.rest(), |octet| octet.is_ascii_digit());
        if digits == 0 {
            return false;
        }
        self.push(digits, Kind::BarePort);
        self.parsed.note(from..self.at, Oddity::BareTransport);
        self.space();
        self.end_of_line();
        true
    }

    fn whole(mut self) -> Found {
        // With a line end behind the port nothing can follow; a number alone may go on.
        let is_open = self.rest().is_empty() || is_beginning(self.rest());
        let last = self.parsed.tokens.last().map_or(0..0, |token| token.range.clone());
        self.parsed.note(last, Oddity::NoEmptyLine);
        self.parsed.len = self.at;
        self.parsed.body = self.at..self.at;
        Found::Whole { parsed: self.parsed, is_open }
    }

    fn rest(&self) -> &[u8] {
        &self.input[self.at..]
    }

    fn push(&mut self, len: usize, kind: Kind) {
        if len > 0 {
            self.parsed.tokens.push(Token { range: self.at..self.at + len, kind });
            self.at += len;
        }
    }

    fn space(&mut self) {
        self.push(run(self.rest(), is_space), Kind::Space);
    }

    fn end_of_line(&mut self) -> bool {
        let len = line_end(self.rest());
        if len > 0 {
            let line = Line { text: self.at..self.at, end: self.at + len };
            Ends::default().check(self.input, &line, &mut self.parsed);
        }
        self.push(len, Kind::LineEnd);
        len > 0
    }

    /// `1`, or `Seq: 1`; answers where the number is.
    fn number(&mut self) -> Option<Range<usize>> {
        self.space();
        let name = run(self.rest(), |octet| octet.is_ascii_alphabetic());
        if name > 0 {
            let word = self.rest()[..name].to_ascii_lowercase();
            let is_known = [&b"cseq"[..], b"seq"].iter().any(|known| known.starts_with(&word));
            match self.rest().get(name) {
                Some(b':') if is_known => {}
                Some(_) => return None,
                None if !is_known => return None,
                // The rest of the name is still to come.
                None => {}
            }
            self.push(name, Kind::HeaderName);
            if self.rest().is_empty() {
                return None;
            }
            self.push(1, Kind::Colon);
            self.space();
        }
        let digits = run(self.rest(), |octet| octet.is_ascii_digit());
        let range = self.at..self.at + digits;
        self.push(digits, Kind::BareCSeq);
        (digits > 0).then_some(range)
    }
}

/// Whether a line with version and transport may have begun here.
fn is_beginning(rest: &[u8]) -> bool {
    let rest = &rest[run(rest, is_space)..];
    let line = b"RTSP/1.0";
    rest.len() <= line.len() && line.starts_with(rest)
        || rest.starts_with(line) && !rest.iter().any(|octet| matches!(octet, b'\r' | b'\n'))
}
