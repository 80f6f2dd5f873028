//! Octets to lines and tokens, without a loss.

use std::ops::Range;

/// The most deviations that are recorded for one description; further ones are not.
pub const MAX_DEVIATIONS: usize = 32;

/// A description, taken apart. All ranges count from its first octet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// Its pieces, in order, without a gap: put together they are the input.
    pub tokens: Vec<SdpToken>,
    /// Its lines, in order.
    pub lines: Vec<SdpLine>,
    /// Where it does not keep to the letter of a standard; at most [`MAX_DEVIATIONS`].
    pub deviations: Vec<SdpDeviation>,
}

/// A piece of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdpToken {
    /// The octets.
    pub range: Range<usize>,
    /// What they are.
    pub kind: SdpKind,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SdpKind {
    /// The letter that a line begins with.
    Type,
    /// The sign behind it.
    Equals,
    /// A word of a line that has several: `o=`, `c=`, `t=`, `m=`, `a=rtpmap:`, ...
    Word,
    /// Space between words.
    Space,
    /// A line's value without a finer structure.
    Text,
    /// An attribute's name.
    AttributeName,
    /// The colon behind an attribute's name.
    Colon,
    /// The end of a line.
    LineEnd,
    /// Octets that fit nothing.
    Junk,
}

/// A line of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdpLine {
    /// The letter that it begins with; `None` for a line that has none.
    pub letter: Option<u8>,
    /// The whole line, its end included.
    pub line: Range<usize>,
    /// The name of an attribute (`a=` lines only).
    pub attribute: Option<Range<usize>>,
    /// The value; of an attribute what stands behind the colon.
    pub value: Range<usize>,
    /// Its tokens, as indices into [`Parsed::tokens`].
    pub tokens: Range<usize>,
    /// The number of the `m=` section that it belongs to, from 0; `None` before the first.
    pub media: Option<usize>,
}

impl SdpLine {
    /// The value as text; octets that are not UTF-8 become the replacement character.
    pub fn text<'a>(&self, input: &'a [u8]) -> std::borrow::Cow<'a, str> {
        String::from_utf8_lossy(&input[self.value.clone()])
    }

    /// Whether it is the attribute of this name.
    pub fn is_attribute(&self, input: &[u8], name: &str) -> bool {
        self.attribute.as_ref().is_some_and(|range| &input[range.clone()] == name.as_bytes())
    }
}

/// A departure from the letter of a standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdpDeviation {
    /// Where.
    pub range: Range<usize>,
    /// Which.
    pub what: SdpOddity,
}

/// The departures that the reader knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SdpOddity {
    /// A line ends in LF or CR alone, or does not end.
    LineEnd,
    /// A line does not begin with a letter and `=`.
    BadLine,
    /// The first line is not `v=0`.
    NoVersion,
    /// White space around the `=`.
    SpaceAroundEquals,
}

impl SdpOddity {
    /// The rule, such as "RFC 8866 5".
    pub fn rule(self) -> &'static str {
        match self {
            SdpOddity::NoVersion => "RFC 8866 5.1",
            _ => "RFC 8866 5",
        }
    }

    /// What was found, in one sentence.
    pub fn text(self) -> &'static str {
        match self {
            SdpOddity::LineEnd => "A line of the description does not end in CR LF.",
            SdpOddity::BadLine => "A line of the description does not begin with a letter and \"=\".",
            SdpOddity::NoVersion => "The description does not begin with v=0.",
            SdpOddity::SpaceAroundEquals => "White space stands beside the \"=\" of a description's line.",
        }
    }
}

/// Takes a description apart. Never panics, never fails.
pub fn tokens(input: &[u8]) -> Parsed {
    let mut parsed = Parsed { tokens: Vec::new(), lines: Vec::new(), deviations: Vec::new() };
    let mut media = None;
    let mut at = 0;
    while at < input.len() {
        let rest = &input[at..];
        let len = rest.iter().position(|octet| matches!(octet, b'\r' | b'\n')).unwrap_or(rest.len());
        let text = at..at + len;
        let end = match rest[len..] {
            [b'\r', b'\n', ..] => text.end + 2,
            [_, ..] => text.end + 1,
            [] => text.end,
        };
        parsed.line(input, text, end, &mut media);
        at = end;
    }
    let first = parsed.lines.first();
    if let Some(first) = first
        && (first.letter != Some(b'v') || &input[first.value.clone()] != b"0")
    {
        let range = first.line.clone();
        parsed.note(range, SdpOddity::NoVersion);
    }
    parsed
}

impl Parsed {
    fn note(&mut self, range: Range<usize>, what: SdpOddity) {
        if self.deviations.len() < MAX_DEVIATIONS {
            self.deviations.push(SdpDeviation { range, what });
        }
    }

    fn push(&mut self, range: Range<usize>, kind: SdpKind) {
        if !range.is_empty() {
            self.tokens.push(SdpToken { range, kind });
        }
    }

    fn line(&mut self, input: &[u8], text: Range<usize>, end: usize, media: &mut Option<usize>) {
        let first_token = self.tokens.len();
        let mut line = SdpLine {
            letter: None,
            line: text.start..end,
            attribute: None,
            value: text.clone(),
            tokens: first_token..first_token,
            media: *media,
        };
        match &input[text.clone()] {
            [letter, b'=', ..] if letter.is_ascii_alphabetic() => {
                line.letter = Some(*letter);
                let equals = text.start + 1;
                self.push(text.start..equals, SdpKind::Type);
                self.push(equals..equals + 1, SdpKind::Equals);
                line.value = equals + 1..text.end;
                if input[line.value.clone()].first() == Some(&b' ') && *letter != b's' {
                    self.note(line.value.start..line.value.start + 1, SdpOddity::SpaceAroundEquals);
                }
                if *letter == b'm' {
                    *media = Some(media.map_or(0, |number| number + 1));
                    line.media = *media;
                }
                self.value(input, &mut line, *letter);
            }
            [] => {}
            _ => {
                self.push(text.clone(), SdpKind::Junk);
                self.note(text.clone(), SdpOddity::BadLine);
            }
        }
        self.push(text.end..end, SdpKind::LineEnd);
        if &input[text.end..end] != b"\r\n" {
            let known = self.deviations.iter().any(|deviation| deviation.what == SdpOddity::LineEnd);
            if !known {
                self.note(text.start..end, SdpOddity::LineEnd);
            }
        }
        line.tokens = first_token..self.tokens.len();
        self.lines.push(line);
    }

    fn value(&mut self, input: &[u8], line: &mut SdpLine, letter: u8) {
        let mut words = matches!(letter, b'o' | b'c' | b't' | b'm' | b'b' | b'r');
        if letter == b'a' {
            let value = line.value.clone();
            let colon = input[value.clone()].iter().position(|octet| *octet == b':');
            let name = value.start..colon.map_or(value.end, |at| value.start + at);
            self.push(name.clone(), SdpKind::AttributeName);
            words = matches!(&input[name.clone()], b"rtpmap" | b"fmtp" | b"framesize");
            line.value = name.end..value.end;
            if colon.is_some() {
                self.push(name.end..name.end + 1, SdpKind::Colon);
                line.value.start += 1;
            }
            line.attribute = Some(name);
        }
        if !words {
            return self.push(line.value.clone(), SdpKind::Text);
        }
        let mut at = line.value.start;
        while at < line.value.end {
            let space = input[at] == b' ';
            let rest = &input[at..line.value.end];
            let len = rest.iter().position(|octet| (*octet == b' ') != space).unwrap_or(rest.len());
            self.push(at..at + len, if space { SdpKind::Space } else { SdpKind::Word });
            at += len;
        }
    }
}
