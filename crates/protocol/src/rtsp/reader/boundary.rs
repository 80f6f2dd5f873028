//! Finding lines, and the empty line that ends a header section.

use std::ops::Range;

/// Finds the lines of a header section; may be continued when more octets have come.
///
/// Lines end in CR LF, LF or CR (RFC 2326 section 4). A CR needs a look at the next octet,
/// with one exception, made so that a peer which sends CR alone is not left waiting: an
/// empty line after a line that ended in CR alone is over with its own CR.
#[derive(Clone, Debug, Default)]
pub(super) struct Boundary {
    /// The lines found, the empty one included.
    pub lines: Vec<Line>,
    /// Where the search goes on.
    pos: usize,
    /// Where the line begins that is being read.
    line_start: usize,
    /// Whether the line before ended in CR alone.
    bare_cr: bool,
}

/// A line, as ranges into the item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Without its end.
    pub text: Range<usize>,
    /// Behind its end.
    pub end: usize,
}

impl Boundary {
    /// Goes on over `input`, which begins with the octets of the calls before. Returns
    /// whether the empty line has been found.
    pub fn advance(&mut self, input: &[u8]) -> bool {
        if self.ended() {
            return true;
        }
        while let Some(line) = self.next_line(input) {
            let empty = line.text.is_empty();
            self.lines.push(line);
            if empty {
                return true;
            }
        }
        false
    }

    fn next_line(&mut self, input: &[u8]) -> Option<Line> {
        let rest = &input[self.pos..];
        let Some(at) = rest.iter().position(|octet| matches!(octet, b'\r' | b'\n')) else {
            self.pos = input.len();
            return None;
        };
        let at = self.pos + at;
        self.pos = at;
        let decided_alone = at == self.line_start && self.bare_cr;
        let len = match (input[at], input.get(at + 1)) {
            (b'\n', _) => 1,
            (_, Some(b'\n')) if !decided_alone => 2,
            (_, Some(_)) => 1,
            (_, None) if decided_alone => 1,
            (_, None) => return None,
        };
        let line = Line { text: self.line_start..at, end: at + len };
        self.bare_cr = len == 1 && input[at] == b'\r';
        self.line_start = line.end;
        self.pos = line.end;
        Some(line)
    }

    /// Whether the empty line has been found.
    pub fn ended(&self) -> bool {
        self.lines.last().is_some_and(|line| line.text.is_empty())
    }

    /// Where the last line that has been found ends.
    pub fn end(&self) -> usize {
        self.line_start
    }
}
