//! Whose card has which address: the neighbour cache, filled by ARP (RFC 826, RFC 1122
//! section 2.3.2) and by neighbour discovery (RFC 4861 section 7).
//!
//! A [`Cache`] knows nothing of frames. It keeps what waits for an address as values of any
//! type, says when a question is due, and hands back what waited when the answer comes, or
//! when none came. The states are those of RFC 4861 section 7.3.2; an ARP cache goes through
//! the same ones, as in Linux, which is one of the ways of RFC 1122 section 2.3.2.1 to flush
//! what is out of date: the unicast poll.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use protocol::time::SimTime;
use protocol::wire::MacAddr;

/// Packets that may wait for one address; a newer one pushes the oldest out (RFC 1122
/// section 2.3.2.2 asks that at least the latest be kept).
pub const MAX_WAITING: usize = 64;
/// Addresses in one cache, known and asked for; a new one pushes out the known one that is
/// nearest to its end.
pub const MAX_ENTRIES: usize = 1024;

/// How long what is known holds, and how it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeighbourTimes {
    /// How long an answer is believed without question (ReachableTime); `Duration::MAX`: for
    /// ever.
    pub reachable: Duration,
    /// How long what is no longer believed is still used before it is asked for
    /// (DELAY_FIRST_PROBE_TIME).
    pub delay_first_probe: Duration,
    /// Time between questions for one address (RetransTimer; RFC 1122 section 2.3.2.1: at
    /// most one a second).
    pub retransmit: Duration,
    /// Questions to all before an unknown address is given up (MAX_MULTICAST_SOLICIT).
    pub multicast_requests: u8,
    /// Questions to its card before a known address is given up (MAX_UNICAST_SOLICIT).
    pub unicast_requests: u8,
    /// How long an entry that nobody uses is kept.
    pub unused: Duration,
}

impl NeighbourTimes {
    /// Of ARP: a minute (RFC 1122 section 2.3.2.1 (1)), and then a poll.
    pub const ARP: NeighbourTimes =
        NeighbourTimes { reachable: Duration::from_secs(60), ..NeighbourTimes::DISCOVERY };
    /// Of neighbour discovery (RFC 4861 section 10).
    pub const DISCOVERY: NeighbourTimes = NeighbourTimes {
        reachable: Duration::from_secs(30),
        delay_first_probe: Duration::from_secs(5),
        retransmit: Duration::from_secs(1),
        multicast_requests: 3,
        unicast_requests: 3,
        unused: Duration::from_secs(20 * 60),
    };
}

/// The state of an entry (RFC 4861 section 7.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeighbourState {
    /// It is asked for, and nobody has answered yet.
    Incomplete,
    /// It was confirmed not long ago.
    Reachable,
    /// It was, long ago; nobody has used it since.
    Stale,
    /// It is used again, and will be asked for unless something confirms it.
    Delay,
    /// Its card is asked whether it is still there.
    Probe,
}

impl NeighbourState {
    /// Its name for people and programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            NeighbourState::Incomplete => "incomplete",
            NeighbourState::Reachable => "reachable",
            NeighbourState::Stale => "stale",
            NeighbourState::Delay => "delay",
            NeighbourState::Probe => "probe",
        }
    }
}

/// The cache, and what waits for answers.
#[derive(Clone, Debug)]
pub struct Cache<P> {
    arp: NeighbourTimes,
    discovery: NeighbourTimes,
    entries: BTreeMap<IpAddr, Entry<P>>,
    /// The entries by the time at which something is due for them.
    due: BTreeSet<(SimTime, IpAddr)>,
    /// Changes that nobody has polled yet.
    told: VecDeque<Line>,
}

#[derive(Clone, Debug)]
struct Entry<P> {
    state: NeighbourState,
    /// Unspecified while incomplete.
    mac: Option<MacAddr>,
    attempts: u8,
    due: SimTime,
    waiting: VecDeque<P>,
}

/// What became of a packet given to [`Cache::resolve`].
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

/// What a message taught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned<P> {
    /// A new address, or another card for a known one.
    pub changed: bool,
    /// What had waited for it, oldest first.
    pub released: VecDeque<P>,
}

/// What a cache wants done, or has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action<P> {
    /// Ask for an address.
    Ask {
        /// Whose.
        ip: IpAddr,
        /// Which question, from 1.
        attempt: u8,
        /// The card to ask, when it is only confirmed; else all are asked.
        card: Option<MacAddr>,
    },
    /// Nobody answered: the entry is gone.
    GiveUp {
        /// Whose address it was.
        ip: IpAddr,
        /// What waited for it, oldest first.
        lost: VecDeque<P>,
    },
    /// A line of the cache is new, has changed or is gone.
    Changed(Line),
}

/// One line of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The address.
    pub ip: IpAddr,
    /// Its card, once known.
    pub mac: Option<MacAddr>,
    /// Its state; `None` when the line is gone.
    pub state: Option<NeighbourState>,
}

impl<P> Cache<P> {
    /// An empty cache with the times of IPv4 and of IPv6 neighbours.
    pub fn new(arp: NeighbourTimes, discovery: NeighbourTimes) -> Self {
        Cache { arp, discovery, entries: BTreeMap::new(), due: BTreeSet::new(), told: VecDeque::new() }
    }

    fn times(&self, ip: IpAddr) -> NeighbourTimes {
        if ip.is_ipv4() { self.arp } else { self.discovery }
    }

    /// The card of `ip`, when it is known.
    pub fn lookup(&self, ip: IpAddr) -> Option<MacAddr> {
        self.entries.get(&ip)?.mac
    }

    /// Finds the card for a packet, or lets it wait and has the address asked for. Poll the
    /// actions afterwards.
    pub fn resolve(&mut self, now: SimTime, ip: IpAddr, packet: P) -> Resolved<P> {
        match self.entries.get_mut(&ip) {
            Some(Entry { mac: Some(mac), state, .. }) => {
                let mac = *mac;
                if *state == NeighbourState::Stale {
                    self.enter(now, ip, NeighbourState::Delay);
                }
                return Resolved::Known(mac, packet);
            }
            Some(Entry { waiting, .. }) => {
                let pushed_out = if waiting.len() >= MAX_WAITING { waiting.pop_front() } else { None };
                waiting.push_back(packet);
                return Resolved::Waiting { pushed_out };
            }
            None => {}
        }
        if !self.make_room() {
            return Resolved::Waiting { pushed_out: Some(packet) };
        }
        let waiting = VecDeque::from([packet]);
        let state = NeighbourState::Incomplete;
        self.entries.insert(ip, Entry { state, mac: None, attempts: 0, due: now, waiting });
        self.enter(now, ip, state);
        Resolved::Waiting { pushed_out: None }
    }

    /// Takes in what an ARP message says of its sender. A known or awaited address is
    /// brought up to date; a new one is kept only when `for_us`, that is, when the message
    /// was meant for this host (RFC 826, "Merge_flag").
    pub fn learn(&mut self, now: SimTime, ip: IpAddr, mac: MacAddr, for_us: bool) -> Learned<P> {
        if !self.entries.contains_key(&ip) && !for_us {
            return Learned { changed: false, released: VecDeque::new() };
        }
        self.put(now, ip, mac, NeighbourState::Reachable)
    }

    /// Takes in the hardware address that the sender of a solicitation or router message
    /// names: it is not confirmed that it can be reached (RFC 4861 section 7.2.3).
    pub fn hear(&mut self, now: SimTime, ip: IpAddr, mac: MacAddr) -> Learned<P> {
        if self.lookup(ip) == Some(mac) {
            return Learned { changed: false, released: VecDeque::new() };
        }
        self.put(now, ip, mac, NeighbourState::Stale)
    }

    /// Takes in a neighbour advertisement (RFC 4861 section 7.2.5), with its flags S
    /// (`solicited`) and O (`overrides`).
    pub fn advertised(
        &mut self,
        now: SimTime,
        ip: IpAddr,
        mac: Option<MacAddr>,
        (solicited, overrides): (bool, bool),
    ) -> Learned<P> {
        use NeighbourState::{Reachable, Stale};
        let nothing = Learned { changed: false, released: VecDeque::new() };
        let Some(entry) = self.entries.get(&ip) else { return nothing };
        let Some(known) = entry.mac else {
            // What was asked for; without the address it is of no use.
            let state = if solicited { Reachable } else { Stale };
            return mac.map_or(nothing, |mac| self.put(now, ip, mac, state));
        };
        let told = mac.unwrap_or(known);
        if told != known && !overrides {
            if entry.state == Reachable {
                self.enter(now, ip, Stale);
            }
            return nothing;
        }
        match (solicited, told != known) {
            (true, _) => self.put(now, ip, told, Reachable),
            (false, true) => self.put(now, ip, told, Stale),
            (false, false) => nothing,
        }
    }

    /// When [`poll_action`](Self::poll_action) will have something to do.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.due.first().map(|(at, _)| *at)
    }

    /// What is to be done or told now; call it until it answers `None`.
    #[must_use]
    pub fn poll_action(&mut self, now: SimTime) -> Option<Action<P>> {
        loop {
            if let Some(line) = self.told.pop_front() {
                return Some(Action::Changed(line));
            }
            let (_, ip) = *self.due.first().filter(|(at, _)| *at <= now)?;
            let times = self.times(ip);
            let entry = self.entries.get_mut(&ip)?;
            let most = if entry.mac.is_some() { times.unicast_requests } else { times.multicast_requests };
            match entry.state {
                NeighbourState::Reachable => self.enter(now, ip, NeighbourState::Stale),
                NeighbourState::Delay => self.enter(now, ip, NeighbourState::Probe),
                NeighbourState::Incomplete | NeighbourState::Probe if entry.attempts < most => {
                    entry.attempts += 1;
                    let (attempt, card) = (entry.attempts, entry.mac);
                    self.set_due(ip, now + times.retransmit);
                    return Some(Action::Ask { ip, attempt, card });
                }
                NeighbourState::Stale => drop(self.remove(ip)),
                NeighbourState::Incomplete | NeighbourState::Probe => {
                    let lost = self.remove(ip);
                    return Some(Action::GiveUp { ip, lost });
                }
            }
        }
    }

    /// The cache as it stands, by address.
    pub fn lines(&self) -> impl Iterator<Item = Line> + '_ {
        self.entries.iter().map(|(ip, entry)| Line { ip: *ip, mac: entry.mac, state: Some(entry.state) })
    }

    fn put(&mut self, now: SimTime, ip: IpAddr, mac: MacAddr, state: NeighbourState) -> Learned<P> {
        let mut learned = Learned { changed: false, released: VecDeque::new() };
        if !self.entries.contains_key(&ip) {
            if !self.make_room() {
                return learned;
            }
            let entry = Entry { state, mac: None, attempts: 0, due: now, waiting: VecDeque::new() };
            self.entries.insert(ip, entry);
        }
        if let Some(entry) = self.entries.get_mut(&ip) {
            learned.changed = entry.mac != Some(mac);
            learned.released = std::mem::take(&mut entry.waiting);
            let same = !learned.changed && entry.state == state;
            entry.mac = Some(mac);
            if same {
                let until = now + self.times(ip).reachable;
                self.set_due(ip, until);
            } else {
                self.enter(now, ip, state);
            }
        }
        learned
    }

    /// Puts an entry into a state, and tells.
    fn enter(&mut self, now: SimTime, ip: IpAddr, state: NeighbourState) {
        let times = self.times(ip);
        let Some(entry) = self.entries.get_mut(&ip) else { return };
        entry.state = state;
        entry.attempts = 0;
        self.told.push_back(Line { ip, mac: entry.mac, state: Some(state) });
        let due = match state {
            NeighbourState::Incomplete | NeighbourState::Probe => now,
            NeighbourState::Reachable => now + times.reachable,
            NeighbourState::Stale => now + times.unused,
            NeighbourState::Delay => now + times.delay_first_probe,
        };
        self.set_due(ip, due);
    }

    fn set_due(&mut self, ip: IpAddr, due: SimTime) {
        if let Some(entry) = self.entries.get_mut(&ip) {
            self.due.remove(&(entry.due, ip));
            entry.due = due;
            if due < SimTime::NEVER {
                self.due.insert((due, ip));
            }
        }
    }

    fn remove(&mut self, ip: IpAddr) -> VecDeque<P> {
        let Some(entry) = self.entries.remove(&ip) else { return VecDeque::new() };
        self.due.remove(&(entry.due, ip));
        self.told.push_back(Line { ip, mac: entry.mac, state: None });
        entry.waiting
    }

    /// Makes room for one more entry; `false` when all are being asked for.
    fn make_room(&mut self) -> bool {
        if self.entries.len() < MAX_ENTRIES {
            return true;
        }
        let known = |(_, ip): &&(SimTime, IpAddr)| self.entries.get(ip).is_some_and(|e| e.mac.is_some());
        match self.due.iter().find(known).copied() {
            Some((_, ip)) => {
                self.remove(ip);
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests;
