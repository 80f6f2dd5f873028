//! What has come from the peer: in order for the application, and out of order.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use bytes::{Bytes, BytesMut};

/// Runs of octets that may wait for a gap before them; more are not kept, and the peer
/// sends them again.
pub const MAX_RUNS: usize = 256;
/// Runs whose order of coming is remembered: as many as one segment can tell of.
const MAX_RECENT: usize = 4;

/// The peer's byte stream, counted from its first octet.
#[derive(Clone, Debug, Default)]
pub(in crate::stack) struct RecvBuffer {
    /// In order, not yet read.
    ready: BytesMut,
    /// Stream offset after the last octet in order.
    delivered: u64,
    /// Out of order: runs apart from each other and beyond `delivered`, by stream offset.
    runs: BTreeMap<u64, Vec<u8>>,
    /// An octet of each of the last runs that grew, the last first.
    recent: VecDeque<u64>,
    /// What came twice and was not yet told (RFC 2883).
    duplicate: Option<Range<u64>>,
    limit: usize,
}

impl RecvBuffer {
    pub fn new(limit: usize) -> Self {
        RecvBuffer { limit: limit.max(1), ..Self::default() }
    }

    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Takes no more than this from now on; what has come stays.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit.max(1);
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

    /// The blocks of a SACK option: first what came twice, then the run that grew last, then
    /// those before it, then others (RFC 2018 section 4, RFC 2883 section 4).
    pub fn blocks(&self) -> impl Iterator<Item = Option<Range<u64>>> + use<> {
        let mut blocks = [const { None }; MAX_RECENT];
        if self.duplicate.is_none() && self.runs.is_empty() {
            return blocks.into_iter();
        }
        let mut count = 0;
        let mut add = |block: Range<u64>| {
            if count < MAX_RECENT && !blocks.contains(&Some(block.clone())) {
                blocks[count] = Some(block);
                count += 1;
            }
        };
        if let Some(duplicate) = &self.duplicate {
            add(duplicate.clone());
        }
        let recent = self.recent.iter().filter_map(|place| self.run_at(*place));
        let all = self.runs.iter().map(|(start, run)| *start..start + run.len() as u64);
        recent.chain(all.take(MAX_RECENT)).for_each(&mut add);
        blocks.into_iter()
    }

    /// The block of what came twice was told.
    pub fn duplicate_told(&mut self) {
        self.duplicate = None;
    }

    /// These octets came again; only what is certain to have come before counts.
    pub fn came_twice(&mut self, octets: Range<u64>) {
        if octets.start < octets.end {
            self.duplicate = Some(octets);
        }
    }

    fn run_at(&self, place: u64) -> Option<Range<u64>> {
        let (start, run) = self.runs.range(..=place).next_back()?;
        let end = start + run.len() as u64;
        (place < end).then_some(*start..end)
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
            if let Some(run) = self.run_at(offset) {
                self.came_twice(offset..run.end.min(offset + fits as u64));
            }
            self.keep(offset, octets);
            self.recent.retain(|place| *place != offset);
            self.recent.push_front(offset);
            self.recent.truncate(MAX_RECENT);
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

    #[test]
    fn blocks_tell_what_came_twice_then_what_came_last() {
        let told = |buffer: &RecvBuffer| buffer.blocks().flatten().collect::<Vec<_>>();
        let mut buffer = RecvBuffer::new(1000);
        assert_eq!(told(&buffer), []);
        for start in [10, 30, 50, 70, 90] {
            buffer.insert(start, &[0; 10]);
        }
        assert_eq!(told(&buffer), [90..100, 70..80, 50..60, 30..40]);
        buffer.insert(20, &[0; 5]);
        assert_eq!(told(&buffer), [10..25, 90..100, 70..80, 50..60]);
        buffer.insert(72, &[0; 4]);
        assert_eq!(told(&buffer), [72..76, 70..80, 10..25, 90..100]);
        buffer.duplicate_told();
        buffer.insert(0, &[0; 10]);
        assert_eq!(told(&buffer), [70..80, 90..100, 30..40, 50..60], "those that are in order are gone");
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
