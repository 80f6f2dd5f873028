//! What is due, and when.

use crate::time::SimTime;
use std::collections::{BTreeMap, BTreeSet};

/// At most one moment per key; the earliest is found at once.
#[derive(Clone, Debug)]
pub(super) struct Agenda<K: Ord + Clone> {
    by_time: BTreeSet<(SimTime, K)>,
    times: BTreeMap<K, SimTime>,
}

impl<K: Ord + Clone> Agenda<K> {
    pub fn new() -> Self {
        Agenda { by_time: BTreeSet::new(), times: BTreeMap::new() }
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
        if let Some(before) = before {
            self.by_time.remove(&(before, key.clone()));
        }
        if let Some(at) = at {
            self.by_time.insert((at, key));
        }
    }

    /// The earliest moment.
    pub fn first(&self) -> Option<SimTime> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// The key whose moment is the earliest, if it has come.
    pub fn due(&self, now: SimTime) -> Option<K> {
        self.by_time.first().filter(|(at, _)| *at <= now).map(|(_, key)| key.clone())
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
}
