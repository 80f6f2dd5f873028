//! Sorts a picture's fragments and finds the restart intervals that came.

use super::header::{PayloadHeader, UNALIGNED};
use std::ops::Range;

/// One packet of a picture.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// Its RTP/JPEG headers.
    pub header: PayloadHeader,
    /// Its scan data.
    pub data: &'a [u8],
    /// The RTP marker: the picture's last packet.
    pub marker: bool,
}

/// A picture's scan as far as it came.
#[derive(Clone, Debug)]
pub struct Assembly {
    /// What came, joined in the order of the offsets.
    scan: Vec<u8>,
    /// Whether all of it came.
    whole: bool,
    /// The restart intervals that came, by position: where in `scan`, and whether to the end.
    intervals: Vec<Option<(Range<usize>, bool)>>,
}

impl Assembly {
    /// Sorts the parts of a picture of `count` restart intervals.
    pub fn new(mut parts: Vec<Part<'_>>, count: usize) -> Self {
        parts.sort_by_key(|part| part.header.offset);
        let octets = parts.iter().map(|part| part.data.len()).sum();
        let mut assembly =
            Self { scan: Vec::with_capacity(octets), whole: true, intervals: vec![None; count] };
        // The offset up to which everything came without a gap.
        let mut expected = 0;
        // The chunk that is being joined: its first interval's position and where it begins.
        let mut chunk: Option<(usize, usize)> = None;
        let mut ended = false;
        for part in &parts {
            let start = part.header.offset as usize;
            let end = start + part.data.len();
            if end <= expected && start < expected {
                continue;
            }
            let gap = start > expected;
            if gap {
                assembly.close(chunk.take(), false);
                assembly.whole = false;
            }
            // Where parts overlap, as a faulty sender's may, what came first stays.
            let data = &part.data[expected.saturating_sub(start).min(part.data.len())..];
            match part.header.restart {
                Some(restart) if restart.count != UNALIGNED => {
                    if restart.first {
                        assembly.close(chunk.take(), false);
                        chunk = Some((usize::from(restart.count), assembly.scan.len()));
                    }
                    assembly.scan.extend_from_slice(data);
                    if restart.last {
                        assembly.close(chunk.take(), true);
                    }
                }
                // Without aligned restart intervals only the beginning can be decoded.
                _ if start == 0 => {
                    chunk = Some((0, assembly.scan.len()));
                    assembly.scan.extend_from_slice(data);
                }
                _ => assembly.scan.extend_from_slice(data),
            }
            expected = end;
            ended = part.marker;
        }
        assembly.whole &= ended;
        let whole = assembly.whole;
        assembly.close(chunk, whole);
        if assembly.scan.ends_with(&[0xff, 0xd9]) {
            assembly.scan.truncate(assembly.scan.len() - 2);
        }
        assembly
    }

    /// Octets of scan that came.
    pub fn octets(&self) -> usize {
        self.scan.len()
    }

    /// The whole scan without an EOI marker, when all of it came.
    pub fn whole(&self) -> Option<&[u8]> {
        self.whole.then_some(&self.scan[..])
    }

    /// The restart interval at position `n` without its marker, as far as it came, and whether
    /// to its end.
    pub fn interval(&self, n: usize) -> Option<(&[u8], bool)> {
        let (range, complete) = self.intervals.get(n)?.clone()?;
        // The range may reach into an EOI marker that was taken off.
        Some((&self.scan[range.start.min(self.scan.len())..range.end.min(self.scan.len())], complete))
    }

    /// Ends a chunk where `scan` ends now: notes its restart intervals. `complete` says whether
    /// the chunk came to its end.
    fn close(&mut self, chunk: Option<(usize, usize)>, complete: bool) {
        let Some((mut position, mut start)) = chunk else {
            return;
        };
        let mut at = start;
        while at + 1 < self.scan.len() {
            if self.scan[at] == 0xff && matches!(self.scan[at + 1], 0xd0..=0xd7) {
                // A marker before any data ends the chunk before this one.
                if at > start {
                    self.note(position, start..at, true);
                    position += 1;
                }
                start = at + 2;
                at += 1;
            }
            at += 1;
        }
        if start < self.scan.len() {
            self.note(position, start..self.scan.len(), complete);
        }
    }

    fn note(&mut self, position: usize, range: Range<usize>, complete: bool) {
        if let Some(slot) = self.intervals.get_mut(position) {
            *slot = Some((range, complete));
        }
    }
}
