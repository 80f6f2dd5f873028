//! What the application has given and the peer has not yet acknowledged.

use std::collections::VecDeque;
use std::ops::Range;

/// A run of the byte stream, counted from its first octet. It keeps everything from the
/// oldest unacknowledged octet on: this is the retransmission queue, too.
#[derive(Clone, Debug, Default)]
pub(in crate::stack) struct SendBuffer {
    octets: VecDeque<u8>,
    /// Stream offset of the first octet kept.
    start: u64,
    limit: usize,
}

impl SendBuffer {
    pub fn new(limit: usize) -> Self {
        SendBuffer { octets: VecDeque::new(), start: 0, limit: limit.max(1) }
    }

    /// Stream offset of the oldest octet kept: all before it are acknowledged.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Stream offset after the last octet given.
    pub fn end(&self) -> u64 {
        self.start + self.octets.len() as u64
    }

    pub fn room(&self) -> usize {
        self.limit.saturating_sub(self.octets.len())
    }

    /// Takes as many octets as there is room for, and says how many.
    pub fn push(&mut self, octets: &[u8]) -> usize {
        let taken = octets.len().min(self.room());
        self.octets.extend(&octets[..taken]);
        taken
    }

    /// Forgets everything before the stream offset `upto`.
    pub fn acknowledged(&mut self, upto: u64) {
        let count = usize::try_from(upto.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let count = count.min(self.octets.len());
        self.octets.drain(..count);
        self.start += count as u64;
    }

    /// The octets of a range, in two runs since the buffer is a ring; what is not there is
    /// left out.
    pub fn slices(&self, range: &Range<u64>) -> (&[u8], &[u8]) {
        let place = |offset: u64| (offset.saturating_sub(self.start) as usize).min(self.octets.len());
        let (from, to) = (place(range.start), place(range.end.max(range.start)));
        let (front, back) = self.octets.as_slices();
        let cut = front.len();
        (&front[from.min(cut)..to.min(cut)], &back[from.saturating_sub(cut)..to.saturating_sub(cut)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_what_fits_and_forgets_what_is_acknowledged() {
        let mut buffer = SendBuffer::new(8);
        assert_eq!(buffer.push(b"abcdef"), 6);
        buffer.acknowledged(4);
        assert_eq!((buffer.start(), buffer.end(), buffer.room()), (4, 6, 6));
        assert_eq!(buffer.push(b"ghijklmn"), 6);
        assert_eq!(buffer.push(b"x"), 0, "full at its limit");
        let (front, back) = buffer.slices(&(5..11));
        assert_eq!([front, back].concat(), b"fghijk");
        let (front, back) = buffer.slices(&(0..100));
        assert_eq!([front, back].concat(), b"efghijkl");
        buffer.acknowledged(100);
        assert_eq!((buffer.start(), buffer.end()), (12, 12));
        buffer.acknowledged(3);
        assert_eq!(buffer.start(), 12);
    }
}
