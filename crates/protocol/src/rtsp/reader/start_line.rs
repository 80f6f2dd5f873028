//! Request lines and status lines.

use super::{ItemKind, Kind, Oddity, Parsed, Token};
use std::ops::Range;

/// Takes the first line apart into `parsed`; `false` when it is neither a request line nor
/// a status line, and then nothing is added.
pub(super) fn read(input: &[u8], line: Range<usize>, parsed: &mut Parsed) -> bool {
    let text = &input[line.clone()];
    match text.get(..5) {
        Some(name) if name.eq_ignore_ascii_case(b"RTSP/") => status_line(text, line.start, parsed),
        _ => request_line(text, line.start, parsed),
    }
}

/// `RTSP/1.0 200 OK` (RFC 2326 section 7.1).
fn status_line(text: &[u8], base: usize, parsed: &mut Parsed) -> bool {
    let mut words = Words { text, at: 0 };
    let version = words.word();
    let gap = words.space();
    let code = words.word();
    if gap.is_empty()
        || !is_version(&text[version.clone()])
        || code.len() != 3
        // The first digit is the class of the answer, and there is no class 0.
        || text[code.start] == b'0'
        || !is_digits(&text[code.clone()])
    {
        return false;
    }
    let gap2 = words.space();
    let reason = words.at..text.len();
    parsed.kind = ItemKind::Response;
    note_version(&text[version.clone()], base, parsed);
    note_gap(text, &gap, base, parsed);
    if reason.is_empty() {
        parsed.note(base + code.start..base + text.len(), Oddity::NoReason);
    }
    push(parsed, base, version, Kind::Version);
    push(parsed, base, gap, Kind::Space);
    push(parsed, base, code, Kind::StatusCode);
    push(parsed, base, gap2, Kind::Space);
    push(parsed, base, reason, Kind::Reason);
    true
}

/// `PLAY rtsp://host/path RTSP/1.0` (RFC 2326 section 6.1). The URI is whatever stands
/// between the first and the last space, so that one with spaces in it can be answered.
fn request_line(text: &[u8], base: usize, parsed: &mut Parsed) -> bool {
    let mut words = Words { text, at: 0 };
    let method = words.word();
    let gap = words.space();
    let end = text.iter().rposition(|octet| !is_space(*octet)).map_or(0, |at| at + 1);
    let version_start = text[..end].iter().rposition(|octet| is_space(*octet)).map_or(0, |at| at + 1);
    if method.is_empty()
        || !text[method.clone()].iter().all(|octet| is_token(*octet))
        || version_start <= gap.end
    {
        return false;
    }
    let uri_end = text[..version_start].iter().rposition(|octet| !is_space(*octet)).map_or(0, |at| at + 1);
    if uri_end <= gap.end || !is_version(&text[version_start..end]) {
        return false;
    }
    let uri = gap.end..uri_end;
    parsed.kind = ItemKind::Request;
    note_gap(text, &gap, base, parsed);
    let octets = &text[uri.clone()];
    let at = base + uri.start..base + uri.end;
    if octets != b"*" && !octets.windows(3).any(|three| three == b"://") {
        parsed.note(at.clone(), Oddity::RelativeUri);
    }
    if !octets.iter().all(|octet| is_uri(*octet)) {
        parsed.note(at, Oddity::UriCharacters);
    }
    let gap2 = uri_end..version_start;
    note_gap(text, &gap2, base, parsed);
    note_version(&text[version_start..end], base + version_start, parsed);
    push(parsed, base, method, Kind::Method);
    push(parsed, base, gap, Kind::Space);
    push(parsed, base, uri, Kind::RequestUri);
    push(parsed, base, gap2, Kind::Space);
    push(parsed, base, version_start..end, Kind::Version);
    push(parsed, base, end..text.len(), Kind::Space);
    true
}

fn push(parsed: &mut Parsed, base: usize, range: Range<usize>, kind: Kind) {
    if !range.is_empty() {
        parsed.tokens.push(Token { range: base + range.start..base + range.end, kind });
    }
}

fn note_gap(text: &[u8], gap: &Range<usize>, base: usize, parsed: &mut Parsed) {
    if &text[gap.clone()] != b" " {
        parsed.note(base + gap.start..base + gap.end, Oddity::StartLineSpace);
    }
}

fn note_version(version: &[u8], at: usize, parsed: &mut Parsed) {
    if version.iter().any(u8::is_ascii_lowercase) {
        parsed.note(at..at + version.len(), Oddity::VersionCase);
    }
}

struct Words<'a> {
    text: &'a [u8],
    at: usize,
}

impl Words<'_> {
    fn run(&mut self, take: impl Fn(u8) -> bool) -> Range<usize> {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|octet| take(*octet)) {
            self.at += 1;
        }
        start..self.at
    }

    fn word(&mut self) -> Range<usize> {
        self.run(|octet| !is_space(octet))
    }

    fn space(&mut self) -> Range<usize> {
        self.run(is_space)
    }
}

pub(super) fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// A character of a token (RFC 2068 section 2.2): visible ASCII but no separator.
pub(super) fn is_token(octet: u8) -> bool {
    octet.is_ascii_graphic()
        && !matches!(
            octet,
            b'(' | b')'
                | b'<'
                | b'>'
                | b'@'
                | b','
                | b';'
                | b':'
                | b'\\'
                | b'"'
                | b'/'
                | b'['
                | b']'
                | b'?'
                | b'='
                | b'{'
                | b'}'
        )
}

/// A character that a URI may have (RFC 3986 section 2).
fn is_uri(octet: u8) -> bool {
    octet.is_ascii_graphic()
        && !matches!(octet, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
}

fn is_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// `NAME/digits.digits`, for any name: another protocol's or version's request is still
/// one, and is answered 505.
fn is_version(text: &[u8]) -> bool {
    let mut halves = text.splitn(2, |octet| *octet == b'/');
    let name = halves.next().unwrap_or_default();
    let Some(number) = halves.next() else { return false };
    let mut parts = number.splitn(2, |octet| *octet == b'.');
    let major = parts.next().unwrap_or_default();
    let minor = parts.next().unwrap_or_default();
    !name.is_empty() && name.iter().all(u8::is_ascii_alphabetic) && is_digits(major) && is_digits(minor)
}
