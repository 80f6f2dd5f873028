//! An append-only list that forgets its oldest entries but keeps their numbers.

use std::collections::VecDeque;

/// Entries numbered from 0 in the order in which they came; the oldest can be let go, the
/// numbers of the others stay.
#[derive(Clone, Debug)]
pub struct Log<T> {
    first: u64,
    entries: VecDeque<T>,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Log { first: 0, entries: VecDeque::new() }
    }
}

impl<T> Log<T> {
    /// The number of the oldest entry still kept; equal to [`Log::end`] when there is none.
    pub fn start(&self) -> u64 {
        self.first
    }

    /// The number that the next entry will get.
    pub fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    /// Entry `number`; `None` when it was let go or is not there yet.
    pub fn get(&self, number: u64) -> Option<&T> {
        self.entries.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        self.entries.get_mut(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// All entries from `number` on that are still kept, in order.
    pub fn since(&self, number: u64) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        let skip = number.saturating_sub(self.first).min(self.entries.len() as u64) as usize;
        self.entries.range(skip..)
    }

    /// All entries still kept, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.entries.iter()
    }

    /// The number of the first entry for which `before` is false; entries must be ordered by it.
    pub fn partition_point(&self, before: impl FnMut(&T) -> bool) -> u64 {
        self.first + self.entries.partition_point(before) as u64
    }

    pub(crate) fn push(&mut self, entry: T) -> u64 {
        let number = self.end();
        self.entries.push_back(entry);
        number
    }

    pub(crate) fn pop_while(&mut self, mut old: impl FnMut(&T) -> bool, mut gone: impl FnMut(T)) {
        while self.entries.front().is_some_and(&mut old) {
            if let Some(entry) = self.entries.pop_front() {
                self.first += 1;
                gone(entry);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_when_the_oldest_go() {
        let mut log = Log::default();
        for i in 0..5 {
            assert_eq!(log.push(i), i as u64);
        }
        let mut gone = Vec::new();
        log.pop_while(|e| *e < 2, |e| gone.push(e));
        assert_eq!(gone, [0, 1]);
        assert_eq!((log.start(), log.end()), (2, 5));
        assert_eq!(log.get(1), None);
        assert_eq!(log.get(2), Some(&2));
        assert_eq!(log.since(4).copied().collect::<Vec<_>>(), [4]);
        assert_eq!(log.since(0).copied().collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(log.since(9).count(), 0);
        assert_eq!(log.partition_point(|e| *e < 4), 4);
    }
}
