//! What is due, and when.

use crate::time::SimTime;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Outdated entries beside as many that hold before they are cleared away.
const SLACK: usize = 64;

/// At most one moment per key; the earliest is found at once.
#[derive(Clone, Debug)]
pub(super) struct Agenda<K: Ord + Clone> {
    /// Moments, also some that no longer hold; the earliest holds.
    by_time: BinaryHeap<Reverse<(SimTime, K)>>,
    times: BTreeMap<K, SimTime>,
}

impl<K: Ord + Clone> Agenda<K> {
    pub fn new() -> Self {
        Agenda { by_time: BinaryHeap::new(), times: BTreeMap::new() }
    }

    /// Gives `key` this moment instead of the one it had; `None` takes it off.
    pub fn set(&mut self, key: K, at: Option<SimTime>) {
        let before = match at {
            Some(at) => self.times.insert(key.clone(), at),
            None => self.times.remove(&key),
        };
        if before == at {
            return;
        }
        if let Some(at) = at {
            self.by_time.push(Reverse((at, key)));
        }
        let holds = |Reverse((at, key)): &Reverse<(SimTime, K)>| self.times.get(key) == Some(at);
        if self.by_time.len() > 2 * self.times.len() + SLACK {
            self.by_time.retain(holds);
        }
        while self.by_time.peek().is_some_and(|first| !holds(first)) {
            self.by_time.pop();
        }
    }

    /// The earliest moment.
    pub fn first(&self) -> Option<SimTime> {
        self.by_time.peek().map(|Reverse((at, _))| *at)
    }

    /// The key whose moment is the earliest, if it has come.
    pub fn due(&self, now: SimTime) -> Option<K> {
        self.by_time.peek().filter(|Reverse((at, _))| *at <= now).map(|Reverse((_, key))| key.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_comes_first_and_keys_move() {
        let mut agenda = Agenda::new();
        agenda.set('a', Some(SimTime::from_secs(2)));
        agenda.set('b', Some(SimTime::from_secs(1)));
        assert_eq!(agenda.first(), Some(SimTime::from_secs(1)));
        assert_eq!(agenda.due(SimTime::ZERO), None);
        agenda.set('b', Some(SimTime::from_secs(3)));
        assert_eq!(agenda.due(SimTime::from_secs(9)), Some('a'));
        agenda.set('a', None);
        agenda.set('b', None);
        assert_eq!(agenda.first(), None);
    }

    proptest::proptest! {
        #[test]
        fn it_is_a_sorted_list_of_what_holds(
            calls in proptest::collection::vec((0..40u8, proptest::option::of(0..50u64)), 0..600),
        ) {
            let mut agenda = Agenda::new();
            let mut plain = BTreeMap::new();
            for (key, at) in calls {
                let at = at.map(SimTime::from_secs);
                agenda.set(key, at);
                match at {
                    Some(at) => plain.insert(key, at),
                    None => plain.remove(&key),
                };
                let first = plain.iter().map(|(key, at)| (*at, *key)).min();
                proptest::prop_assert_eq!(agenda.first(), first.map(|(at, _)| at));
                proptest::prop_assert_eq!(agenda.due(SimTime::NEVER), first.map(|(_, key)| key));
                proptest::prop_assert!(agenda.by_time.len() <= 2 * plain.len() + SLACK);
            }
        }
    }
}
