//! The inside of header fields.

use super::start_line::is_space;
use super::{Kind, Token};
use std::ops::Range;

/// How a header's value is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// One text.
    Text,
    /// Words and parameters, apart by `;` and `,`.
    List,
    /// The same, where the value of `url` may hold `;`, `,` and `=` of its own.
    RtpInfo,
}

fn style(name: &[u8]) -> Style {
    const LISTS: [&str; 9] = [
        "Transport",
        "Session",
        "Range",
        "Public",
        "Allow",
        "Require",
        "Proxy-Require",
        "Unsupported",
        "Accept",
    ];
    if name.eq_ignore_ascii_case(b"RTP-Info") {
        Style::RtpInfo
    } else if LISTS.iter().any(|list| name.eq_ignore_ascii_case(list.as_bytes())) {
        Style::List
    } else {
        Style::Text
    }
}

/// Takes the value of the header `name` apart. `value` has no white space around it;
/// `folds` are the ranges in it where a line ends and the next begins, in order.
pub(super) fn read(
    input: &[u8],
    name: &[u8],
    value: Range<usize>,
    folds: &[Range<usize>],
    tokens: &mut Vec<Token>,
) {
    let mut scan = Scan { input, end: value.end, at: value.start, folds, style: style(name), tokens };
    while scan.at < scan.end {
        scan.step();
    }
}

struct Scan<'a> {
    input: &'a [u8],
    end: usize,
    at: usize,
    folds: &'a [Range<usize>],
    style: Style,
    tokens: &'a mut Vec<Token>,
}

impl Scan<'_> {
    fn push(&mut self, end: usize, kind: Kind) {
        if end > self.at {
            self.tokens.push(Token { range: self.at..end, kind });
            self.at = end;
        }
    }

    /// Where the run of text that begins here must end at the latest.
    fn line_end(&self) -> usize {
        self.folds.first().map_or(self.end, |fold| fold.start)
    }

    fn step(&mut self) {
        if let Some(fold) = self.folds.first()
            && fold.start == self.at
        {
            let end = fold.end;
            self.folds = &self.folds[1..];
            self.push(end, Kind::Fold);
            return;
        }
        let stop = self.line_end();
        let run = |from: usize, take: &dyn Fn(u8) -> bool| {
            self.input[from..stop].iter().position(|octet| !take(*octet)).map_or(stop, |len| from + len)
        };
        if self.style == Style::Text {
            self.push(stop, Kind::Text);
            return;
        }
        let first = self.input[self.at];
        if is_space(first) {
            let end = run(self.at, &is_space);
            self.push(end, Kind::Space);
        } else if matches!(first, b';' | b',') {
            self.push(self.at + 1, Kind::Separator);
        } else if first == b'=' {
            self.push(self.at + 1, Kind::Equals);
        } else {
            let after_equals = self.last_mark() == Some(Kind::Equals);
            let end = if first == b'"' {
                self.quoted(stop)
            } else if after_equals && self.style == Style::RtpInfo && self.names_url() {
                self.url_end(stop)
            } else if after_equals {
                run(self.at, &|octet| !is_space(octet) && !matches!(octet, b';' | b','))
            } else {
                run(self.at, &|octet| !is_space(octet) && !matches!(octet, b';' | b',' | b'='))
            };
            let names = run(end, &is_space) < stop && self.input[run(end, &is_space)] == b'=';
            let kind = match (after_equals, names) {
                (true, _) => Kind::ParameterValue,
                (false, true) => Kind::ParameterName,
                (false, false) => Kind::Element,
            };
            self.push(end, kind);
        }
    }

    /// The last token that is no white space.
    fn last_mark(&self) -> Option<Kind> {
        self.tokens
            .iter()
            .rev()
            .map(|token| token.kind)
            .find(|kind| !matches!(kind, Kind::Space | Kind::Fold))
    }

    /// Whether the parameter whose value comes now is `url`.
    fn names_url(&self) -> bool {
        let name = self.tokens.iter().rev().find(|token| token.kind == Kind::ParameterName);
        name.is_some_and(|token| self.input[token.range.clone()].eq_ignore_ascii_case(b"url"))
    }

    /// The end of the string in quotation marks that begins here.
    fn quoted(&self, stop: usize) -> usize {
        let inside = self.at + 1;
        self.input[inside..stop].iter().position(|octet| *octet == b'"').map_or(stop, |len| inside + len + 1)
    }

    /// A URL in RTP-Info goes on until a parameter of RTP-Info, or the next entry, begins.
    fn url_end(&self, stop: usize) -> usize {
        let text = &self.input[..stop];
        (self.at..stop)
            .find(|at| {
                let rest = &text[*at..];
                let begins =
                    |what: &[u8]| rest.len() >= what.len() && rest[..what.len()].eq_ignore_ascii_case(what);
                is_space(rest[0])
                    || begins(b";seq=")
                    || begins(b";rtptime=")
                    || begins(b";ssrc=")
                    || begins(b",url=")
                    || (rest[0] == b',' && rest.get(1).is_some_and(|octet| is_space(*octet)))
            })
            .unwrap_or(stop)
    }
}
