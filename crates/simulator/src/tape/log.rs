//! An append-only list that forgets its oldest entries but keeps their numbers, and of which a
//! copy costs next to nothing.

use std::collections::VecDeque;
use std::sync::Arc;

/// Entries in a chunk, which copies of a list share.
const CHUNK: usize = 256;

/// Entries numbered from 0 in the order in which they came; the oldest can be let go, the
/// numbers of the others stay.
///
/// A clone shares all full chunks with its original, so that a run and its forks keep their
/// common past once. What was let go is freed chunk by chunk.
#[derive(Clone, Debug)]
pub struct Log<T> {
    /// The oldest entry that is still kept.
    first: u64,
    /// The number of the first entry of the first chunk, or of the tail when there is none.
    base: u64,
    /// Full chunks.
    chunks: VecDeque<Arc<Vec<T>>>,
    /// Fewer than [`CHUNK`] entries behind them.
    tail: Vec<T>,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Log { first: 0, base: 0, chunks: VecDeque::new(), tail: Vec::new() }
    }
}

impl<T> Log<T> {
    /// The number of the oldest entry still kept; equal to [`Log::end`] when there is none.
    pub fn start(&self) -> u64 {
        self.first
    }

    /// The number that the next entry will get.
    pub fn end(&self) -> u64 {
        self.base + (self.chunks.len() * CHUNK + self.tail.len()) as u64
    }

    /// Entry `number`; `None` when it was let go or is not there yet.
    pub fn get(&self, number: u64) -> Option<&T> {
        if number < self.first {
            return None;
        }
        let place = usize::try_from(number - self.base).ok()?;
        match self.chunks.get(place / CHUNK) {
            Some(chunk) => chunk.get(place % CHUNK),
            None => self.tail.get(place - self.chunks.len() * CHUNK),
        }
    }

    /// All entries from `number` on that are still kept, in order.
    pub fn since(&self, number: u64) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        let count = (self.end() - number.clamp(self.first, self.end())) as usize;
        let end = self.chunks.len() * CHUNK + self.tail.len();
        (end - count..end).map(|place| match self.chunks.get(place / CHUNK) {
            Some(chunk) => &chunk[place % CHUNK],
            None => &self.tail[place - self.chunks.len() * CHUNK],
        })
    }

    /// All entries still kept, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.since(self.first)
    }

    /// The number of the first entry for which `before` is false; entries must be ordered by it.
    pub fn partition_point(&self, mut before: impl FnMut(&T) -> bool) -> u64 {
        let (mut low, mut high) = (self.first, self.end());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle) {
                Some(entry) if before(entry) => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }

    pub(crate) fn push(&mut self, entry: T) -> u64 {
        let number = self.end();
        if self.tail.is_empty() && !self.chunks.is_empty() {
            self.tail.reserve_exact(CHUNK);
        }
        self.tail.push(entry);
        if self.tail.len() == CHUNK {
            self.chunks.push_back(Arc::new(std::mem::take(&mut self.tail)));
        }
        number
    }

    /// Lets go of the oldest entries as long as they are `old`.
    pub(crate) fn pop_while(&mut self, mut old: impl FnMut(&T) -> bool, mut gone: impl FnMut(&T)) {
        loop {
            let chunk = self.chunks.front().map_or(&self.tail, |chunk| chunk);
            let kept = chunk.get((self.first - self.base) as usize..).unwrap_or_default();
            let count = kept.iter().take_while(|entry| old(entry)).inspect(|entry| gone(entry)).count();
            self.first += count as u64;
            if count < kept.len() {
                return;
            }
            self.base = self.first;
            if self.chunks.pop_front().is_none() {
                self.tail.clear();
                return;
            }
        }
    }
}

impl<T> From<Vec<T>> for Log<T> {
    /// All of these, the first as number 0.
    fn from(entries: Vec<T>) -> Self {
        let mut log = Log::default();
        for entry in entries {
            log.push(entry);
        }
        log
    }
}

impl<T: Clone> Log<T> {
    /// Entry `number`, to be changed; a chunk that a copy shares is copied for it.
    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        if number < self.first {
            return None;
        }
        let place = usize::try_from(number - self.base).ok()?;
        let full = self.chunks.len() * CHUNK;
        match self.chunks.get_mut(place / CHUNK) {
            Some(chunk) => Arc::make_mut(chunk).get_mut(place % CHUNK),
            None => self.tail.get_mut(place - full),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_share_what_they_have_in_common() {
        let entry = Arc::new(());
        let log = Log::from(vec![entry.clone(); 10 * CHUNK + 1]);
        assert_eq!((log.start(), log.end()), (0, 10 * CHUNK as u64 + 1));
        let copies = [log.clone(), log.clone()];
        assert_eq!(Arc::strong_count(&entry), 1 + log.iter().len() + copies.len(), "but for the tail");
    }

    #[test]
    fn numbers_stay_when_the_oldest_go() {
        let mut log = Log::default();
        for i in 0..5 {
            assert_eq!(log.push(i), i as u64);
        }
        let mut gone = Vec::new();
        log.pop_while(|e| *e < 2, |e| gone.push(*e));
        assert_eq!(gone, [0, 1]);
        assert_eq!((log.start(), log.end()), (2, 5));
        assert_eq!(log.get(1), None);
        assert_eq!(log.get(2), Some(&2));
        assert_eq!(log.since(4).copied().collect::<Vec<_>>(), [4]);
        assert_eq!(log.since(0).copied().collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(log.since(9).count(), 0);
        assert_eq!(log.partition_point(|e| *e < 4), 4);
    }

    #[test]
    fn it_behaves_as_a_plain_list_across_chunks() {
        let mut log = Log::default();
        let mut plain = VecDeque::new();
        for i in 0..5 * CHUNK as u64 + 7 {
            log.push(i);
            plain.push_back(i);
            if i % 3 == 0 {
                let cut = i / 2;
                log.pop_while(|e| *e < cut, |e| assert_eq!(Some(*e), plain.pop_front()));
            }
            assert_eq!((log.start(), log.end()), (plain[0], i + 1));
            let middle = (plain[0] + i) / 2;
            assert_eq!(log.get(middle), Some(&middle));
            assert_eq!(log.partition_point(|e| *e < middle), middle);
        }
        assert!(log.iter().eq(plain.iter()));
        assert!(log.iter().rev().eq(plain.iter().rev()));
        assert_eq!(log.since(log.end() - 3).len(), 3);
        log.pop_while(|_| true, |_| ());
        assert_eq!((log.start(), log.iter().count()), (log.end(), 0));
        let next = log.end();
        assert_eq!(log.push(9), next);
        assert_eq!((log.get(next), log.get(next + 1)), (Some(&9), None));
    }

    #[test]
    fn copies_share_what_is_full_and_go_their_own_ways() {
        let mut log = Log::default();
        for i in 0..3 * CHUNK as u64 {
            log.push(i);
        }
        let mut copy = log.clone();
        assert!(Arc::ptr_eq(&log.chunks[0], &copy.chunks[0]));
        *copy.get_mut(5).expect("kept") = 99;
        assert_eq!((log.get(5), copy.get(5)), (Some(&5), Some(&99)));
        assert!(!Arc::ptr_eq(&log.chunks[0], &copy.chunks[0]));
        assert!(Arc::ptr_eq(&log.chunks[1], &copy.chunks[1]));
        copy.pop_while(|e| *e != CHUNK as u64 + 1, |_| ());
        log.push(7);
        copy.push(8);
        assert_eq!((log.get(3 * CHUNK as u64), copy.get(3 * CHUNK as u64)), (Some(&7), Some(&8)));
        assert_eq!(log.get(0), Some(&0), "the copy let go of it, the original did not");
    }
}
