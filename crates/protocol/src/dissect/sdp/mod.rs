//! Session descriptions (RFC 8866), as DESCRIBE and ANNOUNCE bring them.
//!
//! | file | what it does |
//! |---|---|
//! | `table` | the rows |
//! | `fmtp` | the settings of a format, H.264's parameter sets among them |

mod fmtp;
mod table;

use super::build::{Fields, Place};
use super::conversation::media::Format;
use super::model::{NoteKind, Raw, Spec};
use super::text;
use super::walk::{Kind, Walk, Words};
use crate::rtsp::sdp::{self, RtpMap, SdpKind, SdpLine, SdpOddity, SdpToken};
use table::*;

/// Every row of the table.
pub(super) static TABLE: &[&Spec] = table::TABLE;

const KIND: Kind = Kind { name: "sdp", osi: 7, rfc: "RFC 8866" };

/// What a description says of payload types (`a=rtpmap`, RFC 8866 6.6).
pub(super) fn formats(octets: &[u8]) -> Vec<(u8, Format)> {
    let parsed = sdp::tokens(octets);
    let maps = parsed.lines.iter().filter(|line| line.is_attribute(octets, "rtpmap"));
    maps.filter_map(|line| {
        let map = RtpMap::read(&line.text(octets))?;
        let encoding = map.encoding.to_ascii_uppercase();
        Some((map.payload_type, Format { encoding, clock_rate: map.clock_rate }))
    })
    .collect()
}

/// Dissects one description, as the engines' own reader takes it apart.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>) {
    let octets = place.octets();
    let parsed = sdp::tokens(octets);
    let mut fields = Fields::new(place, parsed.lines.len());
    let mut media = Vec::new();
    for line in &parsed.lines {
        let tokens = parsed.tokens.get(line.tokens.clone()).unwrap_or(&[]);
        let ends = tokens.iter().find(|token| token.kind == SdpKind::LineEnd);
        let end = ends.map_or(line.line.end, |token| token.range.start);
        let Some(letter) = line.letter else {
            if end > line.line.start {
                fields.text(&INVALID, line.line.start, end - line.line.start);
            }
            continue;
        };
        if letter == b'm' {
            media.push(text::readable(&octets[line.value.clone()]));
        }
        one_line(&mut fields, place, line, letter, end, tokens);
    }
    let summary = if media.is_empty() { "no media".into() } else { media.join("; ") };
    walk.layer(&KIND, place, Words::new("SDP description", place.len(), summary), fields.done());
    for deviation in &parsed.deviations {
        let bits = place.part(deviation.range.start, deviation.range.end);
        let kind = match deviation.what {
            SdpOddity::BadLine => NoteKind::Malformed,
            _ => NoteKind::Deviation,
        };
        walk.note(kind, bits, format!("{} ({})", deviation.what.text(), deviation.what.rule()));
    }
}

/// Adds one line of the form `letter=value`.
fn one_line(
    fields: &mut Fields<'_>,
    place: Place<'_>,
    line: &SdpLine,
    letter: u8,
    end: usize,
    tokens: &[SdpToken],
) {
    let in_media = line.media.is_some();
    let spec = match (letter, in_media) {
        (b'v', _) => &VERSION,
        (b'o', _) => &OWNER,
        (b's', _) => &NAME,
        (b'i', false) => &INFO,
        (b'i', true) => &TITLE,
        (b'u', _) => &URI,
        (b'e', _) => &EMAIL,
        (b'p', _) => &PHONE,
        (b'c', _) => &CONNECTION,
        (b'b', _) => &BANDWIDTH,
        (b't', _) => &TIME,
        (b'r', _) => &REPEAT,
        (b'z', _) => &ZONE,
        (b'k', _) => &KEY,
        (b'a', false) => &SESSION_ATTRIBUTE,
        (b'a', true) => &MEDIA_ATTRIBUTE,
        (b'm', _) => &MEDIA,
        _ => &UNKNOWN,
    };
    let mut inner = Fields::new(place, 4);
    let from = line.line.start + 2;
    match letter {
        b'o' => words(
            &mut inner,
            tokens,
            &[&OWNER_USER, &OWNER_SESSION, &OWNER_VERSION, &OWNER_NET, &OWNER_KIND, &OWNER_ADDRESS],
        ),
        b'c' => {
            if let Some(rest) = words_and_rest(&mut inner, tokens, &[&CONNECTION_NET, &CONNECTION_KIND]) {
                connection_address(&mut inner, rest, end);
            }
        }
        b't' => {
            if let Some(rest) = words_and_rest(&mut inner, tokens, &[&TIME_START]) {
                word(&mut inner, &TIME_STOP, rest, end - rest);
            }
        }
        b'm' => media_line(&mut inner, tokens),
        b'b' => halves(&mut inner, from, end, &BANDWIDTH_KIND, &BANDWIDTH_VALUE),
        b'a' if !in_media => {
            halves(&mut inner, from, end, &SESSION_ATTRIBUTE_NAME, &SESSION_ATTRIBUTE_VALUE);
        }
        b'a' => media_attribute(&mut inner, line, end, tokens),
        _ => {}
    }
    let value = text::readable(place.part(from, end).octets());
    let bits = place.span(line.line.start, end - line.line.start);
    fields.push(spec, bits, Raw::Octets, value, inner.done());
}

/// The words of a line, one for each row; the last row takes all that remain, one by one. A
/// number keeps its value.
fn words(inner: &mut Fields<'_>, tokens: &[SdpToken], specs: &[&'static Spec]) {
    let words = tokens.iter().filter(|token| token.kind == SdpKind::Word);
    for (index, token) in words.enumerate() {
        word(inner, specs[index.min(specs.len() - 1)], token.range.start, token.range.len());
    }
}

/// The words of a line, one for each row; answers where what follows begins: the next word.
fn words_and_rest(inner: &mut Fields<'_>, tokens: &[SdpToken], specs: &[&'static Spec]) -> Option<usize> {
    let mut words = tokens.iter().filter(|token| token.kind == SdpKind::Word);
    for (spec, token) in specs.iter().zip(words.by_ref()) {
        word(inner, spec, token.range.start, token.range.len());
    }
    words.next().map(|token| token.range.start)
}

/// An address from `at` to `end`; of a group perhaps with a time to live, and with how many groups
/// there are (RFC 8866 5.7).
fn connection_address(inner: &mut Fields<'_>, mut at: usize, end: usize) {
    let octets = inner.place().octets();
    for spec in [&CONNECTION_ADDRESS, &CONNECTION_TTL, &CONNECTION_COUNT] {
        let slash = octets[at..end].iter().position(|octet| *octet == b'/');
        let len = match slash {
            Some(len) if !std::ptr::eq(spec, &CONNECTION_COUNT) => len,
            _ => end - at,
        };
        if len > 0 {
            word(inner, spec, at, len);
        }
        at = (at + len + 1).min(end);
    }
}

/// Kind, port, protocol and formats of a track; the port may have a count (RFC 8866 5.14).
fn media_line(inner: &mut Fields<'_>, tokens: &[SdpToken]) {
    let octets = inner.place().octets();
    let mut words =
        tokens.iter().filter(|token| token.kind == SdpKind::Word).map(|token| token.range.clone());
    if let Some(kind) = words.next() {
        word(inner, &MEDIA_KIND, kind.start, kind.len());
    }
    if let Some(port) = words.next() {
        let slash = octets[port.clone()].iter().position(|octet| *octet == b'/');
        let end = slash.map_or(port.end, |at| port.start + at);
        word(inner, &MEDIA_PORT, port.start, end - port.start);
        if end + 1 < port.end {
            word(inner, &MEDIA_PORT_COUNT, end + 1, port.end - end - 1);
        }
    }
    let mut formats = &MEDIA_FORMAT;
    if let Some(protocol) = words.next() {
        if octets[protocol.clone()].starts_with(b"RTP/") {
            formats = &RTP_FORMAT;
        }
        word(inner, &MEDIA_PROTOCOL, protocol.start, protocol.len());
    }
    for format in words {
        word(inner, formats, format.start, format.len());
    }
}

/// One word: a number when it is one.
fn word(inner: &mut Fields<'_>, spec: &'static Spec, at: usize, len: usize) {
    let place = inner.place();
    let value = text::readable(place.part(at, at + len).octets());
    let raw = value.parse().map_or(Raw::Octets, Raw::Number);
    inner.push(spec, place.span(at, len), raw, value, Vec::new());
}

/// What stands before and behind the first colon. Without one there is nothing to take apart.
fn halves(inner: &mut Fields<'_>, from: usize, end: usize, name: &'static Spec, value: &'static Spec) {
    halves_at(inner, from, end, name, value, false);
}

/// The same; of a value of a track's attribute the blanks before it are left out.
fn halves_at(
    inner: &mut Fields<'_>,
    from: usize,
    end: usize,
    name: &'static Spec,
    value: &'static Spec,
    trimmed: bool,
) {
    let octets = inner.place().octets();
    let Some(colon) = octets[from..end].iter().position(|octet| *octet == b':').map(|at| from + at) else {
        return;
    };
    word(inner, name, from, colon - from);
    let mut at = colon + 1;
    while trimmed && at < end && matches!(octets[at], b' ' | b'\t') {
        at += 1;
    }
    if at < end {
        word(inner, value, at, end - at);
    }
}

/// An attribute of a track; `rtpmap` and `fmtp` are taken apart further.
fn media_attribute(inner: &mut Fields<'_>, line: &SdpLine, end: usize, tokens: &[SdpToken]) {
    let octets = inner.place().octets();
    let name = line.attribute.clone().unwrap_or(line.value.start..line.value.start);
    let mut words = tokens.iter().filter(|token| token.kind == SdpKind::Word);
    let (map, settings) = (line.is_attribute(octets, "rtpmap"), line.is_attribute(octets, "fmtp"));
    let number = if map || settings { words.next() } else { None };
    let Some(number) = number else {
        halves_at(inner, name.start, end, &MEDIA_ATTRIBUTE_NAME, &MEDIA_ATTRIBUTE_VALUE, true);
        return;
    };
    word(inner, &MEDIA_ATTRIBUTE_NAME, name.start, name.len());
    let alone = words.clone().next().is_none();
    let format = if alone { &LONE_FORMAT } else { &MEDIA_FORMAT };
    word(inner, format, number.range.start, number.range.len());
    if settings {
        fmtp::settings(inner, number.range.end, end);
        return;
    }
    // encoding "/" clock ["/" parameters]
    let mut at = if alone { end } else { number.range.end + 1 };
    for spec in [&MIME_TYPE, &CLOCK] {
        let len = octets[at..end].iter().position(|octet| *octet == b'/').unwrap_or(end - at);
        if len > 0 {
            word(inner, spec, at, len);
        }
        at = (at + len + 1).min(end);
    }
}
