//! Whose card has which address: the ARP cache and its resolver (RFC 826, RFC 1122
//! section 2.3.2).
//!
//! A [`Resolver`] knows nothing of frames. It keeps what waits for an address as values of
//! any type, says when a request is due, and hands back what waited when the answer comes,
//! or when none came.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::Ipv4Addr;
use std::time::Duration;

use protocol::time::SimTime;
use protocol::wire::MacAddr;

/// Packets that may wait for one address; a newer one pushes the oldest out (RFC 1122
/// section 2.3.2.2 asks that at least the latest be kept).
pub const MAX_WAITING: usize = 64;
/// Addresses in one cache, known and asked for; a new one pushes out the known one that is
/// nearest to its end.
pub const MAX_ENTRIES: usize = 1024;
/// Time between requests for one address (RFC 1122 section 2.3.2.1: at most one a second).
pub const REQUEST_INTERVAL: Duration = Duration::from_secs(1);
/// Requests before an address is given up.
pub const MAX_REQUESTS: u8 = 3;
/// How long an answer is believed (RFC 1122 section 2.3.2.1 wants a limit, and names none).
pub const LIFETIME: Duration = Duration::from_secs(20 * 60);

/// The cache, and what waits for answers.
#[derive(Clone, Debug)]
pub struct Resolver<P> {
    entries: BTreeMap<Ipv4Addr, Entry<P>>,
    /// The entries being asked for, by the time of their next request.
    asking: BTreeSet<(SimTime, Ipv4Addr)>,
}

#[derive(Clone, Debug)]
enum Entry<P> {
    Known { mac: MacAddr, until: SimTime },
    Asking { attempts: u8, next: SimTime, waiting: VecDeque<P> },
}

/// What became of a packet given to [`Resolver::resolve`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved<P> {
    /// The address is known: send it there.
    Known(MacAddr, P),
    /// It waits. `pushed_out` had waited longest, and there was no more room.
    Waiting {
        /// What will never be sent.
        pushed_out: Option<P>,
    },
}

/// What an ARP message taught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned<P> {
    /// The cache has changed: a new address, or another card for a known one.
    pub changed: bool,
    /// What had waited for it, oldest first.
    pub released: VecDeque<P>,
}

/// What a resolver wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action<P> {
    /// Broadcast a request.
    Ask {
        /// For whom.
        ip: Ipv4Addr,
        /// Which request, from 1.
        attempt: u8,
    },
    /// Nobody answered.
    GiveUp {
        /// Whose address it was.
        ip: Ipv4Addr,
        /// What waited for it, oldest first.
        lost: VecDeque<P>,
    },
}

/// One line of the cache, to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheLine {
    /// The address is known.
    Known {
        /// The card.
        mac: MacAddr,
        /// Until when it is believed.
        until: SimTime,
    },
    /// It is being asked for.
    Asking {
        /// Requests sent so far.
        attempts: u8,
        /// Packets that wait.
        waiting: usize,
    },
}

impl<P> Default for Resolver<P> {
    fn default() -> Self {
        Resolver { entries: BTreeMap::new(), asking: BTreeSet::new() }
    }
}

impl<P> Resolver<P> {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// The card of `ip`, when it is known and still believed.
    pub fn lookup(&self, now: SimTime, ip: Ipv4Addr) -> Option<MacAddr> {
        match self.entries.get(&ip) {
            Some(Entry::Known { mac, until }) if now < *until => Some(*mac),
            _ => None,
        }
    }

    /// Finds the card for a packet, or lets it wait and has the address asked for.
    pub fn resolve(&mut self, now: SimTime, ip: Ipv4Addr, packet: P) -> Resolved<P> {
        if let Some(mac) = self.lookup(now, ip) {
            return Resolved::Known(mac, packet);
        }
        if let Some(Entry::Asking { waiting, .. }) = self.entries.get_mut(&ip) {
            let pushed_out = if waiting.len() >= MAX_WAITING { waiting.pop_front() } else { None };
            waiting.push_back(packet);
            return Resolved::Waiting { pushed_out };
        }
        if !self.entries.contains_key(&ip) && !self.make_room() {
            return Resolved::Waiting { pushed_out: Some(packet) };
        }
        self.asking.insert((now, ip));
        let waiting = VecDeque::from([packet]);
        self.entries.insert(ip, Entry::Asking { attempts: 0, next: now, waiting });
        Resolved::Waiting { pushed_out: None }
    }

    /// Takes in what an ARP message says of its sender. A known or awaited address is
    /// brought up to date; a new one is kept only when `for_us`, that is, when the message
    /// was meant for this host (RFC 826, "Merge_flag").
    pub fn learn(&mut self, now: SimTime, ip: Ipv4Addr, mac: MacAddr, for_us: bool) -> Learned<P> {
        let mut learned = Learned { changed: false, released: VecDeque::new() };
        let until = now + LIFETIME;
        match self.entries.get_mut(&ip) {
            Some(Entry::Known { mac: known, until: end }) => {
                learned.changed = *known != mac || *end <= now;
                (*known, *end) = (mac, until);
                return learned;
            }
            Some(Entry::Asking { next, waiting, .. }) => {
                self.asking.remove(&(*next, ip));
                learned.released = std::mem::take(waiting);
            }
            None if !for_us => return learned,
            None => {}
        }
        if !self.entries.contains_key(&ip) && !self.make_room() {
            return learned;
        }
        learned.changed = true;
        self.entries.insert(ip, Entry::Known { mac, until });
        learned
    }

    /// When [`poll_action`](Self::poll_action) will have something to do.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.asking.first().map(|(at, _)| *at)
    }

    /// What is to be done now; call it until it answers `None`.
    #[must_use]
    pub fn poll_action(&mut self, now: SimTime) -> Option<Action<P>> {
        let (at, ip) = *self.asking.first()?;
        if at > now {
            return None;
        }
        self.asking.remove(&(at, ip));
        if let Some(Entry::Asking { attempts, next, .. }) = self.entries.get_mut(&ip)
            && *attempts < MAX_REQUESTS
        {
            *attempts += 1;
            *next = now + REQUEST_INTERVAL;
            self.asking.insert((*next, ip));
            return Some(Action::Ask { ip, attempt: *attempts });
        }
        let lost = match self.entries.remove(&ip) {
            Some(Entry::Asking { waiting, .. }) => waiting,
            _ => VecDeque::new(),
        };
        Some(Action::GiveUp { ip, lost })
    }

    /// The cache as it stands, by address; lines past their end are left out.
    pub fn lines(&self, now: SimTime) -> impl Iterator<Item = (Ipv4Addr, CacheLine)> + '_ {
        self.entries.iter().filter_map(move |(ip, entry)| match entry {
            Entry::Known { until, .. } if *until <= now => None,
            Entry::Known { mac, until } => Some((*ip, CacheLine::Known { mac: *mac, until: *until })),
            Entry::Asking { attempts, waiting, .. } => {
                Some((*ip, CacheLine::Asking { attempts: *attempts, waiting: waiting.len() }))
            }
        })
    }

    /// Makes room for one more entry; `false` when all are being asked for.
    fn make_room(&mut self) -> bool {
        if self.entries.len() < MAX_ENTRIES {
            return true;
        }
        let oldest = self
            .entries
            .iter()
            .filter_map(|(ip, entry)| match entry {
                Entry::Known { until, .. } => Some((*until, *ip)),
                Entry::Asking { .. } => None,
            })
            .min();
        match oldest {
            Some((_, ip)) => self.entries.remove(&ip).is_some(),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
    const MAC: MacAddr = MacAddr(2, 0, 0, 0, 0, 2);

    fn secs(secs: u64) -> SimTime {
        SimTime::from_secs(secs)
    }

    #[test]
    fn asks_once_a_second_and_gives_up_after_three() {
        let mut resolver = Resolver::new();
        assert_eq!(resolver.resolve(secs(5), HOST, 1), Resolved::Waiting { pushed_out: None });
        assert_eq!(resolver.resolve(secs(5), HOST, 2), Resolved::Waiting { pushed_out: None });
        for attempt in 1..=3u8 {
            let now = secs(4 + u64::from(attempt));
            assert_eq!(resolver.poll_timeout(), Some(now));
            assert_eq!(resolver.poll_action(now), Some(Action::Ask { ip: HOST, attempt }));
            assert_eq!(resolver.poll_action(now), None);
        }
        let lost = VecDeque::from([1, 2]);
        assert_eq!(resolver.poll_action(secs(8)), Some(Action::GiveUp { ip: HOST, lost }));
        assert_eq!(resolver.poll_timeout(), None);
        assert_eq!(resolver.lines(secs(8)).count(), 0);
    }

    #[test]
    fn an_answer_releases_what_waited_and_is_believed_for_a_while() {
        let mut resolver = Resolver::new();
        let _ = resolver.resolve(secs(0), HOST, 1);
        let _ = resolver.poll_action(secs(0));
        let learned = resolver.learn(secs(0), HOST, MAC, true);
        assert_eq!(learned, Learned { changed: true, released: VecDeque::from([1]) });
        assert_eq!(resolver.poll_timeout(), None);
        assert_eq!(resolver.resolve(secs(1), HOST, 3), Resolved::Known(MAC, 3));
        assert!(!resolver.learn(secs(1), HOST, MAC, false).changed);
        let end = secs(1) + LIFETIME;
        assert_eq!(resolver.lookup(end - Duration::from_nanos(1), HOST), Some(MAC));
        assert_eq!(resolver.lookup(end, HOST), None);
        assert_eq!(resolver.resolve(end, HOST, 4), Resolved::Waiting { pushed_out: None });
        assert_eq!(resolver.poll_action(end), Some(Action::Ask { ip: HOST, attempt: 1 }));
    }

    #[test]
    fn what_others_say_to_others_is_not_kept_but_updates() {
        let mut resolver = Resolver::<()>::new();
        assert!(!resolver.learn(secs(0), HOST, MAC, false).changed);
        assert_eq!(resolver.lookup(secs(0), HOST), None);
        assert!(resolver.learn(secs(0), HOST, MAC, true).changed);
        let other = MacAddr(2, 0, 0, 0, 0, 9);
        assert!(resolver.learn(secs(0), HOST, other, false).changed);
        assert_eq!(resolver.lookup(secs(0), HOST), Some(other));
    }

    #[test]
    fn the_oldest_is_pushed_out_at_the_limits() {
        let mut resolver = Resolver::new();
        for packet in 0..MAX_WAITING {
            assert_eq!(resolver.resolve(secs(0), HOST, packet), Resolved::Waiting { pushed_out: None });
        }
        let pushed_out = Some(0);
        assert_eq!(resolver.resolve(secs(0), HOST, 999), Resolved::Waiting { pushed_out });

        let address = |n: usize| Ipv4Addr::from(0x0b00_0000 + n as u32);
        for n in 0..MAX_ENTRIES {
            resolver.learn(SimTime::from_millis(n as u64), address(n), MAC, true);
        }
        assert_eq!(resolver.lookup(secs(2), address(0)), None, "pushed out by the last one");
        assert_eq!(resolver.lookup(secs(2), address(1)), Some(MAC));
        for n in 0..MAX_ENTRIES {
            let _ = resolver.resolve(secs(2) + LIFETIME, address(n), n);
        }
        let pushed_out = Some(7);
        let all_asking = resolver.resolve(secs(2) + LIFETIME, address(5000), 7);
        assert_eq!(all_asking, Resolved::Waiting { pushed_out });
    }
}
