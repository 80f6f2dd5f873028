//! What has come from the peer: in order for the application, and out of order.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};

/// Runs of octets that may wait for a gap before them; more are not kept, and the peer
/// sends them again.
pub const MAX_RUNS: usize = 256;

/// The peer's byte stream, counted from its first octet.
#[derive(Clone, Debug, Default)]
pub(in crate::stack) struct RecvBuffer {
    /// In order, not yet read.
    ready: BytesMut,
    /// Stream offset after the last octet in order.
    delivered: u64,
    /// Out of order: runs apart from each other and beyond `delivered`, by stream offset.
    runs: BTreeMap<u64, Vec<u8>>,
    limit: usize,
}

impl RecvBuffer {
    pub fn new(limit: usize) -> Self {
        RecvBuffer { limit: limit.max(1), ..Self::default() }
    }

    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How many octets have come in order so far.
    pub fn delivered(&self) -> u64 {
        self.delivered
    }

    pub fn readable(&self) -> usize {
        self.ready.len()
    }

    /// Octets beyond `delivered` for which there is room.
    pub fn room(&self) -> usize {
        self.limit.saturating_sub(self.ready.len())
    }

    pub fn out_of_order(&self) -> usize {
        self.runs.values().map(Vec::len).sum()
    }

    pub fn has_gap(&self) -> bool {
        !self.runs.is_empty()
    }

    pub fn read(&mut self, max: usize) -> Bytes {
        self.ready.split_to(max.min(self.ready.len())).freeze()
    }

    /// Takes in octets that begin at a stream offset, as far as there is room, and says how
    /// many are in order because of them.
    pub fn insert(&mut self, offset: u64, octets: &[u8]) -> usize {
        let before = self.delivered;
        let end_of_room = self.delivered + self.room() as u64;
        let fits = end_of_room.saturating_sub(offset).min(octets.len() as u64) as usize;
        let octets = &octets[..fits];
        if offset > self.delivered {
            self.keep(offset, octets);
            return 0;
        }
        let known = (self.delivered - offset).min(fits as u64) as usize;
        self.append(&octets[known..]);
        while let Some(entry) = self.runs.first_entry() {
            let start = *entry.key();
            if start > self.delivered {
                break;
            }
            let run = entry.remove();
            let known = ((self.delivered - start) as usize).min(run.len());
            self.append(&run[known..]);
        }
        (self.delivered - before) as usize
    }

    fn append(&mut self, octets: &[u8]) {
        self.ready.extend_from_slice(octets);
        self.delivered += octets.len() as u64;
    }

    /// Keeps octets beyond a gap, merged with the runs that they touch. Where both have an
    /// octet, the one that came first stays.
    fn keep(&mut self, mut start: u64, mut octets: &[u8]) {
        // The run before: cut what it has, and grow it when the new octets touch it.
        if let Some((&run_start, run)) = self.runs.range_mut(..=start).next_back() {
            let run_end = run_start + run.len() as u64;
            if run_end >= start {
                let known = ((run_end - start) as usize).min(octets.len());
                start += known as u64;
                octets = &octets[known..];
            }
        }
        while !octets.is_empty() {
            // Up to the next run, or to the end.
            let next = self.runs.range(start..).next().map(|(&at, run)| (at, at + run.len() as u64));
            let gap = next.map_or(octets.len(), |(at, _)| ((at - start) as usize).min(octets.len()));
            if gap > 0 && !self.put(start, &octets[..gap]) {
                return;
            }
            let known = next.map_or(gap, |(_, end)| ((end - start) as usize).min(octets.len()));
            start += known as u64;
            octets = &octets[known..];
        }
    }

    /// Puts octets where nothing is: behind the run that they touch, or as a new one.
    fn put(&mut self, start: u64, octets: &[u8]) -> bool {
        if let Some((&run_start, run)) = self.runs.range_mut(..start).next_back()
            && run_start + run.len() as u64 == start
        {
            run.extend_from_slice(octets);
            return true;
        }
        if self.runs.len() >= MAX_RUNS {
            return false;
        }
        self.runs.insert(start, octets.to_vec());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_gap_holds_octets_back_until_it_is_filled() {
        let mut buffer = RecvBuffer::new(100);
        assert_eq!(buffer.insert(3, b"defg"), 0);
        assert_eq!(buffer.insert(9, b"jk"), 0);
        assert_eq!((buffer.out_of_order(), buffer.readable()), (6, 0));
        assert_eq!(buffer.insert(0, b"abc"), 7);
        assert_eq!(buffer.insert(5, b"fghi"), 4, "what is known already is skipped");
        assert!(!buffer.has_gap());
        assert_eq!(buffer.delivered(), 11);
        assert_eq!(buffer.read(4).as_ref(), b"abcd");
        assert_eq!(buffer.read(100).as_ref(), b"efghijk");
        assert_eq!(buffer.insert(2, b"old"), 0);
    }

    #[test]
    fn what_does_not_fit_is_cut() {
        let mut buffer = RecvBuffer::new(5);
        assert_eq!(buffer.insert(0, b"abc"), 3);
        assert_eq!(buffer.insert(4, b"efg"), 0);
        assert_eq!(buffer.out_of_order(), 1, "only one octet lies within the room");
        assert_eq!(buffer.insert(3, b"d"), 2);
        assert_eq!(buffer.room(), 0);
        assert_eq!(buffer.insert(5, b"f"), 0);
        assert_eq!(buffer.insert(50, b"x"), 0);
        buffer.read(1);
        assert_eq!(buffer.insert(5, b"f"), 1);
    }

    #[test]
    fn runs_are_bounded() {
        let mut buffer = RecvBuffer::new(10_000);
        for n in 0..MAX_RUNS as u64 + 10 {
            buffer.insert(1 + n * 2, b"x");
        }
        assert_eq!(buffer.out_of_order(), MAX_RUNS);
        assert_eq!(buffer.insert(1 + MAX_RUNS as u64 * 2 - 1, b"yy"), 0);
        assert_eq!(buffer.out_of_order(), MAX_RUNS + 2, "an octet that touches a run is kept");
    }

    proptest! {
        #[test]
        fn any_order_gives_the_stream(
            length in 1usize..300,
            pieces in proptest::collection::vec((any::<proptest::sample::Index>(), 1usize..60), 0..60),
        ) {
            let stream: Vec<u8> = (0..length).map(|n| (n * 7) as u8).collect();
            let mut buffer = RecvBuffer::new(1000);
            let mut total = 0;
            let cut = |(index, size): &(proptest::sample::Index, usize)| {
                let start = index.index(length);
                start..(start + size).min(length)
            };
            for range in pieces.iter().map(cut).chain(std::iter::once(0..length)) {
                total += buffer.insert(range.start as u64, &stream[range.clone()]);
                let apart = buffer.runs.iter().zip(buffer.runs.iter().skip(1));
                for ((start, run), (next, _)) in apart {
                    prop_assert!(start + run.len() as u64 <= *next);
                }
                prop_assert!(buffer.runs.keys().all(|&start| start > buffer.delivered));
            }
            prop_assert_eq!(total, length);
            let read = buffer.read(usize::MAX);
            prop_assert_eq!(read.as_ref(), &stream[..]);
            prop_assert!(!buffer.has_gap());
        }
    }
}
