//! Taking one item apart.

use super::boundary::{Boundary, Line};
use super::start_line::{self, is_space, is_token};
use super::{
    FRAME_HEADER, Fault, Header, ItemKind, Kind, MAX_BODY, MAX_HEADER, Oddity, Parsed, Token, value,
};
use std::ops::Range;

/// Takes the item at the front of `input` apart. Never panics, never fails.
///
/// The answer for empty input is an incomplete [`ItemKind::Blank`] without tokens.
pub fn tokens(input: &[u8]) -> Parsed {
    match input.first() {
        None | Some(b'\r' | b'\n') => blank(input),
        Some(b'$') => frame(input),
        Some(_) => message(input),
    }
}

/// An item without anything in it.
pub(super) fn empty(kind: ItemKind) -> Parsed {
    Parsed {
        kind,
        len: 0,
        complete: true,
        tokens: Vec::new(),
        headers: Vec::new(),
        body: 0..0,
        deviations: Vec::new(),
        fault: None,
    }
}

fn blank(input: &[u8]) -> Parsed {
    let mut parsed = empty(ItemKind::Blank);
    (parsed.len, parsed.complete) = match input {
        [] => (0, false),
        [b'\r'] => (1, false),
        [b'\r', b'\n', ..] => (2, true),
        _ => (1, true),
    };
    if parsed.len > 0 {
        parsed.tokens.push(Token { range: 0..parsed.len, kind: Kind::Blank });
        parsed.note(0..parsed.len, Oddity::LeadingBlank);
    }
    parsed.body = parsed.len..parsed.len;
    parsed
}

/// `$`, channel, length, data (RFC 2326 section 10.12).
fn frame(input: &[u8]) -> Parsed {
    let mut parsed = empty(ItemKind::Frame);
    let length = match input {
        [_, _, high, low, ..] => Some(usize::from(u16::from_be_bytes([*high, *low]))),
        _ => None,
    };
    let whole = length.map(|length| FRAME_HEADER + length);
    parsed.complete = whole.is_some_and(|whole| whole <= input.len());
    parsed.len = whole.unwrap_or(input.len()).min(input.len());
    let parts = [(0..1, Kind::Dollar), (1..2, Kind::Channel), (2..FRAME_HEADER, Kind::FrameLength)];
    for (range, kind) in parts.into_iter().chain([(FRAME_HEADER..parsed.len, Kind::FrameData)]) {
        let range = range.start..range.end.min(parsed.len);
        if !range.is_empty() {
            parsed.tokens.push(Token { range, kind });
        }
    }
    parsed.body = parsed.len.min(FRAME_HEADER)..parsed.len;
    parsed
}

fn message(input: &[u8]) -> Parsed {
    let section = &input[..input.len().min(MAX_HEADER)];
    let mut boundary = Boundary::default();
    let ended = boundary.advance(section);
    let mut parsed = empty(ItemKind::Garbage);
    parsed.complete = ended;
    if !ended {
        // What is left is a line without an end, as yet or for ever.
        if boundary.end() < section.len() {
            boundary.lines.push(Line { text: boundary.end()..section.len(), end: section.len() });
        }
        parsed.len = section.len();
        if input.len() >= MAX_HEADER {
            parsed.complete = true;
            parsed.fault = Some(Fault::HeaderTooLong);
        }
    } else {
        parsed.len = boundary.end();
    }
    let lines = &boundary.lines;
    if !header_section(input, lines, &mut parsed) {
        return garbage(&lines[0], parsed);
    }
    parsed.body = parsed.len..parsed.len;
    if ended && parsed.fault.is_none() {
        body(input, &mut parsed);
    }
    if !parsed.complete {
        // A line that is still coming may look odd and turn out well.
        parsed.deviations.clear();
    }
    parsed
}

/// Takes a header section apart, line by line; `false` when its first line begins no message,
/// and then nothing is added.
pub(super) fn header_section(input: &[u8], lines: &[Line], parsed: &mut Parsed) -> bool {
    let Some(first) = lines.first() else { return false };
    if !start_line::read(input, first.text.clone(), parsed) {
        return false;
    }
    let mut ends = Ends::default();
    ends.push(input, first, Kind::LineEnd, parsed);
    let mut at = 1;
    while at < lines.len() {
        if lines[at].text.is_empty() {
            ends.push(input, &lines[at], Kind::HeaderEnd, parsed);
            at += 1;
            continue;
        }
        let more = lines[at + 1..].iter().take_while(|line| continues(input, line)).count();
        header(input, &lines[at..=at + more], &mut ends, parsed);
        at += more + 1;
    }
    true
}

/// A line that begins no message: only this line is taken, once it is whole.
fn garbage(line: &Line, mut parsed: Parsed) -> Parsed {
    let whole = line.end > line.text.end;
    parsed.len = line.end;
    parsed.complete = whole || parsed.fault.is_some();
    if whole {
        parsed.fault = Some(Fault::BadStartLine);
    }
    parsed.tokens.push(Token { range: line.text.clone(), kind: Kind::Junk });
    if whole {
        parsed.tokens.push(Token { range: line.text.end..line.end, kind: Kind::LineEnd });
    }
    parsed.body = parsed.len..parsed.len;
    parsed
}

/// A line that begins with white space goes on with the header before (RFC 2068 section 4.2).
fn continues(input: &[u8], line: &Line) -> bool {
    input[line.text.clone()].first().is_some_and(|octet| is_space(*octet))
}

/// One header field over one line or several.
fn header(input: &[u8], lines: &[Line], ends: &mut Ends, parsed: &mut Parsed) {
    let first = &lines[0];
    let last = &lines[lines.len() - 1];
    let text = &input[first.text.clone()];
    let name_end = text.iter().position(|octet| !is_token(*octet)).unwrap_or(text.len());
    let colon = name_end + text[name_end..].iter().position(|octet| !is_space(*octet)).unwrap_or(0);
    if name_end == 0 || text.get(colon) != Some(&b':') {
        for line in lines {
            if !line.text.is_empty() {
                parsed.tokens.push(Token { range: line.text.clone(), kind: Kind::Junk });
            }
            ends.push(input, line, Kind::LineEnd, parsed);
        }
        parsed.note(first.text.start..last.text.end, Oddity::BadHeaderLine);
        return;
    }
    let base = first.text.start;
    let token_start = parsed.tokens.len();
    let name = base..base + name_end;
    let colon = base + colon;
    parsed.tokens.push(Token { range: name.clone(), kind: Kind::HeaderName });
    if colon > name.end {
        parsed.tokens.push(Token { range: name.end..colon, kind: Kind::Space });
        parsed.note(name.end..colon, Oddity::SpaceBeforeColon);
    }
    parsed.tokens.push(Token { range: colon..colon + 1, kind: Kind::Colon });

    let folds = folds(input, lines);
    let value = trimmed(input, colon + 1..last.text.end);
    // White space around the value may hold folds of its own.
    space(colon + 1..value.start, &folds, &mut parsed.tokens);
    let inner: Vec<_> =
        folds.iter().filter(|fold| fold.start >= value.start && fold.end <= value.end).cloned().collect();
    value::read(input, &input[name.clone()], value.clone(), &inner, &mut parsed.tokens);
    space(value.end..last.text.end, &folds, &mut parsed.tokens);
    if let Some(fold) = folds.first() {
        parsed.note(fold.clone(), Oddity::Folded);
    }
    for line in &lines[..lines.len() - 1] {
        ends.check(input, line, parsed);
    }
    ends.push(input, last, Kind::LineEnd, parsed);
    if std::str::from_utf8(&input[value.clone()]).is_err() {
        parsed.note(value.clone(), Oddity::NotUtf8);
    }
    let tokens = token_start..parsed.tokens.len();
    parsed.headers.push(Header { name, value, line: base..last.end, tokens });
}

/// From the end of one line's text to the first octet of the next that is no white space.
fn folds(input: &[u8], lines: &[Line]) -> Vec<Range<usize>> {
    lines
        .windows(2)
        .map(|pair| {
            let text = &input[pair[1].text.clone()];
            let space = text.iter().position(|octet| !is_space(*octet)).unwrap_or(text.len());
            pair[0].text.end..pair[1].text.start + space
        })
        .collect()
}

/// `range` without white space and line ends around it.
fn trimmed(input: &[u8], range: Range<usize>) -> Range<usize> {
    let is_gap = |octet: &u8| is_space(*octet) || matches!(octet, b'\r' | b'\n');
    let text = &input[range.clone()];
    let Some(first) = text.iter().position(|octet| !is_gap(octet)) else { return range.end..range.end };
    let last = text.iter().rposition(|octet| !is_gap(octet)).map_or(text.len(), |at| at + 1);
    range.start + first..range.start + last
}

/// The white space of `range`, with the folds in it as tokens of their own.
fn space(range: Range<usize>, folds: &[Range<usize>], tokens: &mut Vec<Token>) {
    let mut at = range.start;
    for fold in folds.iter().filter(|fold| fold.start >= range.start && fold.start < range.end) {
        if fold.start > at {
            tokens.push(Token { range: at..fold.start, kind: Kind::Space });
        }
        at = fold.end.min(range.end);
        tokens.push(Token { range: fold.start..at, kind: Kind::Fold });
    }
    if range.end > at {
        tokens.push(Token { range: at..range.end, kind: Kind::Space });
    }
}

/// Content-Length and what it says (RFC 2326 section 12.14). Without it there is no body
/// (section 4.4): a connection is not closed to end one.
fn body(input: &[u8], parsed: &mut Parsed) {
    let mut length: Option<usize> = None;
    let mut repeated = None;
    for header in &parsed.headers {
        if !header.name(input).eq_ignore_ascii_case(b"Content-Length") {
            continue;
        }
        let text = header.text(input);
        let digits = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
        // More digits than a number can hold are a length over the limit.
        let number = digits.then(|| text.parse().unwrap_or(usize::MAX));
        match (number, length) {
            (None, _) => parsed.fault = Some(Fault::BadContentLength),
            (Some(number), Some(before)) if number != before => parsed.fault = Some(Fault::BadContentLength),
            (Some(_), Some(_)) => repeated = Some(header.line.clone()),
            (Some(number), None) => length = Some(number),
        }
    }
    if let Some(line) = repeated {
        parsed.note(line, Oddity::RepeatedContentLength);
    }
    let length = length.unwrap_or(0);
    if parsed.fault.is_none() && length > MAX_BODY {
        parsed.fault = Some(Fault::BodyTooLong);
    }
    if parsed.fault.is_some() || length == 0 {
        return;
    }
    let start = parsed.len;
    let end = (start + length).min(input.len());
    parsed.complete = start + length <= input.len();
    parsed.body = start..end;
    parsed.len = end;
    if end > start {
        parsed.tokens.push(Token { range: start..end, kind: Kind::Body });
    }
}

/// Notes the first line end of each unusual kind.
#[derive(Default)]
pub(super) struct Ends {
    lf: bool,
    cr: bool,
}

impl Ends {
    fn push(&mut self, input: &[u8], line: &Line, kind: Kind, parsed: &mut Parsed) {
        if line.end > line.text.end {
            parsed.tokens.push(Token { range: line.text.end..line.end, kind });
            self.check(input, line, parsed);
        }
    }

    pub(super) fn check(&mut self, input: &[u8], line: &Line, parsed: &mut Parsed) {
        let range = line.text.end..line.end;
        match &input[range.clone()] {
            b"\n" if !self.lf => {
                self.lf = true;
                parsed.note(range, Oddity::BareLf);
            }
            b"\r" if !self.cr => {
                self.cr = true;
                parsed.note(range, Oddity::BareCr);
            }
            _ => {}
        }
    }
}
