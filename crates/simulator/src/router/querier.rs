//! Who is in which group on one of a router's networks (RFC 2236 sections 3, 4, 7 and 8).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use protocol::time::SimTime;
use protocol::wire::igmp::Message;

/// Groups with members on one network; a report of one more is passed over.
pub const MAX_MEMBERSHIPS: usize = 256;
/// How many lost messages a membership survives (RFC 2236 section 8.1).
pub const ROBUSTNESS: u32 = 2;
/// Between general queries (section 8.2).
pub const QUERY_INTERVAL: Duration = Duration::from_secs(125);
/// How long members may wait before they answer a general query (section 8.3).
pub const QUERY_RESPONSE_INTERVAL: Duration = Duration::from_secs(10);
/// How long a group has members after the last report of it (section 8.4).
pub const GROUP_MEMBERSHIP_INTERVAL: Duration = Duration::from_secs(2 * 125 + 10);
/// How long another querier is believed to be there after its last query (section 8.5).
pub const OTHER_QUERIER_PRESENT: Duration = Duration::from_secs(2 * 125 + 5);
/// Between the first general queries (section 8.6).
pub const STARTUP_QUERY_INTERVAL: Duration = Duration::from_millis(125_000 / 4);
/// How long members may wait before they answer the query about a group that somebody has
/// left, and the time between those queries (section 8.8).
pub const LAST_MEMBER_INTERVAL: Duration = Duration::from_secs(1);
/// How often that is asked before the group is taken to be empty (section 8.9).
pub const LAST_MEMBER_COUNT: u32 = ROBUSTNESS;

/// One network's memberships, and the querier's timers.
#[derive(Clone, Debug)]
pub(super) struct Querier {
    own: Ipv4Addr,
    /// Another router asks here, and is believed to be there until then.
    other_until: Option<SimTime>,
    next_query: SimTime,
    /// General queries left of those at the start.
    startup_left: u32,
    members: BTreeMap<Ipv4Addr, Membership>,
}

#[derive(Clone, Copy, Debug)]
struct Membership {
    until: SimTime,
    /// A member speaks version 1, and cannot say that it leaves: until then nobody is asked.
    v1_until: Option<SimTime>,
    /// Somebody has left: when to ask the next time, and how often still.
    asking: Option<(SimTime, u32)>,
}

/// What is to be done, or has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Send a query about this group, or all.
    Ask { group: Option<Ipv4Addr> },
    /// The group has members from now on, or no more.
    Changed { group: Ipv4Addr, member: bool },
    /// A report was passed over, since the table is full.
    Full { group: Ipv4Addr },
}

impl Querier {
    /// The querier of the network on which the router has the address `own`. Its first query
    /// is due at once.
    pub fn new(now: SimTime, own: Ipv4Addr) -> Self {
        Querier {
            own,
            other_until: None,
            next_query: now,
            startup_left: ROBUSTNESS,
            members: BTreeMap::new(),
        }
    }

    /// Whether a packet for the group goes to this network.
    pub fn has_members(&self, group: Ipv4Addr) -> bool {
        self.members.contains_key(&group)
    }

    /// The groups that have members.
    pub fn groups(&self) -> impl Iterator<Item = Ipv4Addr> + '_ {
        self.members.keys().copied()
    }

    /// Takes in a message from a host or router of this network.
    pub fn receive(&mut self, now: SimTime, from: Ipv4Addr, message: &Message) -> Option<Action> {
        match *message {
            Message::Report { group, v1 } => self.reported(now, group, v1),
            Message::Leave { group } => self.left(now, group),
            Message::Query { group, max_response } => {
                // The router with the lowest address asks (section 3).
                if from < self.own {
                    self.other_until = Some(now + OTHER_QUERIER_PRESENT);
                    self.startup_left = 0;
                    if let Some(group) = group {
                        self.other_asks(now, group, max_response);
                    }
                }
                None
            }
            Message::Other { .. } => None,
        }
    }

    fn reported(&mut self, now: SimTime, group: Ipv4Addr, v1: bool) -> Option<Action> {
        let until = now + GROUP_MEMBERSHIP_INTERVAL;
        let v1_until = v1.then_some(until);
        if let Some(membership) = self.members.get_mut(&group) {
            *membership = Membership { until, v1_until: v1_until.or(membership.v1_until), asking: None };
            return None;
        }
        if self.members.len() >= MAX_MEMBERSHIPS {
            return Some(Action::Full { group });
        }
        self.members.insert(group, Membership { until, v1_until, asking: None });
        Some(Action::Changed { group, member: true })
    }

    fn left(&mut self, now: SimTime, group: Ipv4Addr) -> Option<Action> {
        if self.is_quiet(now) {
            return None;
        }
        let membership = self.members.get_mut(&group)?;
        if membership.asking.is_some() || membership.v1_until.is_some_and(|until| now < until) {
            return None;
        }
        membership.until = now + LAST_MEMBER_INTERVAL * LAST_MEMBER_COUNT;
        membership.asking = Some((now + LAST_MEMBER_INTERVAL, LAST_MEMBER_COUNT - 1));
        Some(Action::Ask { group: Some(group) })
    }

    /// The querier asks whether a group still has members: this router believes no answer as
    /// soon as that one (section 7).
    fn other_asks(&mut self, now: SimTime, group: Ipv4Addr, max_response: Duration) {
        if let Some(membership) = self.members.get_mut(&group) {
            membership.until = membership.until.min(now + max_response * LAST_MEMBER_COUNT);
        }
    }

    /// Whether another router asks here.
    fn is_quiet(&self, now: SimTime) -> bool {
        self.other_until.is_some_and(|until| now < until)
    }

    /// When [`poll_action`](Self::poll_action) has something.
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let query = self.other_until.unwrap_or(SimTime::ZERO).max(self.next_query);
        let members = self.members.values();
        let moments = members.map(|m| m.asking.map_or(m.until, |(at, _)| at.min(m.until)));
        moments.chain([query]).min()
    }

    /// The next thing that is due; call until `None`.
    pub fn poll_action(&mut self, now: SimTime) -> Option<Action> {
        if !self.is_quiet(now) && self.next_query <= now {
            self.startup_left = self.startup_left.saturating_sub(1);
            self.next_query =
                now + if self.startup_left > 0 { STARTUP_QUERY_INTERVAL } else { QUERY_INTERVAL };
            return Some(Action::Ask { group: None });
        }
        let over = self.members.iter().find(|(_, m)| m.until <= now).map(|(group, _)| *group);
        if let Some(group) = over {
            self.members.remove(&group);
            return Some(Action::Changed { group, member: false });
        }
        let quiet = self.is_quiet(now);
        for (group, membership) in &mut self.members {
            if let Some((at, left)) = membership.asking.filter(|(at, _)| *at <= now) {
                membership.asking = (left > 1).then_some((at + LAST_MEMBER_INTERVAL, left - 1));
                if left > 0 && !quiet {
                    return Some(Action::Ask { group: Some(*group) });
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 1);
    const HOST: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 2);
    const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 0, 1);
    const NOW: SimTime = SimTime::from_secs(1);
    const REPORT: Message = Message::Report { group: GROUP, v1: false };
    const LEAVE: Message = Message::Leave { group: GROUP };

    /// All actions up to `until`, with their times.
    fn run(querier: &mut Querier, until: SimTime) -> Vec<(SimTime, Action)> {
        let mut done = Vec::new();
        while let Some(at) = querier.poll_timeout().filter(|at| *at <= until) {
            while let Some(action) = querier.poll_action(at) {
                done.push((at, action));
            }
        }
        done
    }

    fn quiet() -> Querier {
        let mut querier = Querier::new(SimTime::ZERO, OWN);
        run(&mut querier, SimTime::from_secs(40));
        querier
    }

    #[test]
    fn it_asks_twice_at_the_start_and_then_every_interval() {
        let mut querier = Querier::new(SimTime::ZERO, OWN);
        let asked = run(&mut querier, SimTime::from_secs(300));
        let times: Vec<u64> = asked.iter().map(|(at, _)| at.as_nanos() / 1_000_000).collect();
        assert_eq!(times, [0, 31_250, 156_250, 281_250]);
        assert!(asked.iter().all(|(_, action)| *action == Action::Ask { group: None }));
    }

    #[test]
    fn a_membership_ends_without_reports_after_its_interval() {
        let mut querier = quiet();
        let at = SimTime::from_secs(40);
        let joined = querier.receive(at, HOST, &REPORT);
        assert_eq!(joined, Some(Action::Changed { group: GROUP, member: true }));
        assert_eq!(querier.receive(at, HOST, &REPORT), None, "known already");
        let over = Action::Changed { group: GROUP, member: false };
        let done = run(&mut querier, SimTime::from_secs(400));
        let end = done.iter().find(|(_, action)| *action == over).unwrap().0;
        assert_eq!(end, at + GROUP_MEMBERSHIP_INTERVAL);
        assert!(!querier.has_members(GROUP));
    }

    #[test]
    fn after_a_leave_it_asks_twice_and_then_the_group_is_empty() {
        let mut querier = quiet();
        let at = SimTime::from_secs(40);
        querier.receive(at, HOST, &REPORT);
        let ask = Action::Ask { group: Some(GROUP) };
        assert_eq!(querier.receive(at, HOST, &LEAVE), Some(ask));
        assert_eq!(querier.receive(at, HOST, &LEAVE), None, "it asks already");
        let done = run(&mut querier, at + Duration::from_secs(10));
        let over = Action::Changed { group: GROUP, member: false };
        let second = Duration::from_secs(1);
        assert_eq!(done, [(at + second, ask), (at + second * 2, over)]);
        assert_eq!(querier.receive(at, HOST, &LEAVE), None, "nobody was in it");
    }

    #[test]
    fn another_member_keeps_the_group() {
        let mut querier = quiet();
        let at = SimTime::from_secs(40);
        querier.receive(at, HOST, &REPORT);
        querier.receive(at, HOST, &LEAVE);
        querier.receive(at + Duration::from_millis(500), HOST, &REPORT);
        assert_eq!(run(&mut querier, at + Duration::from_secs(100)), []);
        assert!(querier.has_members(GROUP));
    }

    #[test]
    fn a_member_of_version_1_keeps_the_group_from_being_asked_about() {
        let mut querier = quiet();
        let at = SimTime::from_secs(40);
        querier.receive(at, HOST, &Message::Report { group: GROUP, v1: true });
        querier.receive(at, HOST, &REPORT);
        assert_eq!(querier.receive(at, HOST, &LEAVE), None);
        assert!(querier.has_members(GROUP));
    }

    #[test]
    fn the_lower_address_asks_and_the_other_takes_over_when_it_falls_silent() {
        let mut querier = Querier::new(NOW, OWN);
        let lower = Ipv4Addr::new(10, 0, 1, 0);
        let query = Message::Query { group: None, max_response: QUERY_RESPONSE_INTERVAL };
        querier.receive(NOW, HOST, &query);
        assert_eq!(querier.poll_timeout(), Some(NOW), "a higher address changes nothing");
        querier.receive(NOW, lower, &query);
        querier.receive(NOW, HOST, &REPORT);
        assert_eq!(querier.receive(NOW, HOST, &LEAVE), None, "the querier asks, not this one");
        let about = Message::Query { group: Some(GROUP), max_response: LAST_MEMBER_INTERVAL };
        querier.receive(NOW, lower, &about);
        let done = run(&mut querier, NOW + Duration::from_secs(300));
        let over = (NOW + Duration::from_secs(2), Action::Changed { group: GROUP, member: false });
        let takes_over = (NOW + OTHER_QUERIER_PRESENT, Action::Ask { group: None });
        assert_eq!(done, [over, takes_over]);
    }

    #[test]
    fn the_table_is_bounded() {
        let mut querier = quiet();
        for n in 0..=MAX_MEMBERSHIPS as u32 {
            let group = Ipv4Addr::from(0xef00_0000 + n);
            let action = querier.receive(NOW, HOST, &Message::Report { group, v1: false });
            let full = Some(Action::Full { group });
            assert_eq!(action == full, n == MAX_MEMBERSHIPS as u32);
        }
        assert_eq!(querier.groups().count(), MAX_MEMBERSHIPS);
    }
}
