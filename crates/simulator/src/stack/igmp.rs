//! Which multicast groups a host is in, and how it tells the routers (RFC 2236, RFC 1112).
//!
//! A group is in one of the three states of RFC 2236 section 6: not in the table
//! (non-member), with a time at which to report (delaying member), without one (idle member).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use protocol::random::Dice;
use protocol::time::SimTime;
use protocol::wire::igmp::{self, ALL_SYSTEMS, Message};
use protocol::wire::{MacAddr, ethernet, ipv4};

use super::net::{Cut, Net, Pending};
use super::transmit::{Carried, Cause};
use super::{MAX_GROUPS, SocketError, StackEvent};

/// Within this time the first report of a membership is repeated, in case it was lost (RFC
/// 2236 section 8.10).
pub const UNSOLICITED_REPORT_INTERVAL: Duration = Duration::from_secs(10);
/// How long a query of version 1 keeps a host with the messages of version 1 (section 8.11).
pub const V1_ROUTER_PRESENT: Duration = Duration::from_secs(400);
/// How long members may wait after a query of version 1 (section 4).
const V1_MAX_RESPONSE: Duration = Duration::from_secs(10);

/// The groups of one host.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    members: BTreeMap<Ipv4Addr, Member>,
    /// A router of version 1 was heard, and is believed to be there until then.
    v1_until: Option<SimTime>,
    dice: Dice,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    /// How often the group was joined and not left.
    users: u32,
    /// When to report, while a report is awaited.
    due: Option<SimTime>,
    /// Why that report is sent.
    cause: Cause,
    /// Whether this host was the last to report: only then it says that it leaves.
    reported_last: bool,
}

impl Groups {
    pub fn new(dice: Dice) -> Self {
        Groups { members: BTreeMap::new(), v1_until: None, dice }
    }

    /// Whether packets for this group are taken. Every host is in that of all hosts.
    pub fn contains(&self, group: Ipv4Addr) -> bool {
        group == ALL_SYSTEMS || self.members.contains_key(&group)
    }

    /// Whether the card lets frames for this hardware address through: it compares 23 bits
    /// only, so that 32 groups share one (RFC 1112 section 6.4).
    pub fn listens_to(&self, card: MacAddr) -> bool {
        let groups = self.members.keys().copied().chain([ALL_SYSTEMS]);
        groups.map(ethernet::multicast).any(|own| own == card)
    }

    /// The groups that were joined.
    pub fn joined(&self) -> impl Iterator<Item = Ipv4Addr> + '_ {
        self.members.keys().copied()
    }

    /// Joins: reports at once, and once more within [`UNSOLICITED_REPORT_INTERVAL`].
    pub fn join(&mut self, net: &mut Net, now: SimTime, group: Ipv4Addr) -> Result<(), SocketError> {
        if !group.is_multicast() {
            return Err(SocketError::NoRoute(group.into()));
        }
        if let Some(member) = self.members.get_mut(&group) {
            member.users = member.users.saturating_add(1);
            return Ok(());
        }
        if self.members.len() >= MAX_GROUPS {
            return Err(SocketError::Full(MAX_GROUPS));
        }
        net.events.push_back(StackEvent::Group { group, member: true });
        let cause = Cause::GroupJoined;
        let mut member = Member { users: 1, due: None, cause, reported_last: false };
        // Nobody reports the group of all hosts (RFC 2236 section 6).
        if group != ALL_SYSTEMS {
            self.report(net, now, group, cause);
            member.due = Some(now + self.random(UNSOLICITED_REPORT_INTERVAL));
            member.reported_last = true;
        }
        self.members.insert(group, member);
        Ok(())
    }

    /// Leaves, when everybody who joined has; says so if this host reported last.
    pub fn leave(&mut self, net: &mut Net, now: SimTime, group: Ipv4Addr) {
        let Some(member) = self.members.get_mut(&group) else { return };
        member.users -= 1;
        if member.users > 0 {
            return;
        }
        let reported_last = member.reported_last;
        self.members.remove(&group);
        net.events.push_back(StackEvent::Group { group, member: false });
        // Version 1 has no such message (section 6).
        if reported_last && !self.is_v1(now) {
            send(net, now, &Message::Leave { group }, Cause::GroupLeft);
        }
    }

    /// Takes in a message that came from this host.
    pub fn receive(&mut self, net: &mut Net, now: SimTime, from: Ipv4Addr, message: &Message) {
        match *message {
            Message::Query { group, max_response } => {
                let mut most = max_response;
                if most.is_zero() {
                    self.v1_until = Some(now + V1_ROUTER_PRESENT);
                    most = V1_MAX_RESPONSE;
                }
                self.queried(now, group, most);
            }
            Message::Report { group, .. } => {
                // Somebody else has said it: there is no need to (section 3).
                if let Some(member) = self.members.get_mut(&group)
                    && member.due.take().is_some()
                {
                    member.reported_last = false;
                    net.events.push_back(StackEvent::ReportSuppressed { group, by: from });
                }
            }
            Message::Leave { .. } | Message::Other { .. } => {}
        }
    }

    /// A router asks: a report is due within `most`, unless one is due earlier (section 3).
    fn queried(&mut self, now: SimTime, asked: Option<Ipv4Addr>, most: Duration) {
        let Groups { members, dice, .. } = self;
        let meant = members
            .iter_mut()
            .filter(|(group, _)| **group != ALL_SYSTEMS && asked.is_none_or(|asked| asked == **group));
        for (_, member) in meant {
            if member.due.is_none_or(|due| due > now + most) {
                member.due = Some(now + most.mul_f64(dice.unit()));
                member.cause = Cause::GroupQueried;
            }
        }
    }

    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.members.values().filter_map(|member| member.due).min()
    }

    /// Sends the reports that are due.
    pub fn handle_timeout(&mut self, net: &mut Net, now: SimTime) {
        let due = |member: &Member| member.due.is_some_and(|at| at <= now);
        let groups: Vec<(Ipv4Addr, Cause)> =
            self.members.iter().filter(|(_, member)| due(member)).map(|(g, m)| (*g, m.cause)).collect();
        for (group, cause) in groups {
            self.report(net, now, group, cause);
            if let Some(member) = self.members.get_mut(&group) {
                member.due = None;
                member.reported_last = true;
            }
        }
    }

    fn report(&self, net: &mut Net, now: SimTime, group: Ipv4Addr, cause: Cause) {
        send(net, now, &Message::Report { group, v1: self.is_v1(now) }, cause);
    }

    fn is_v1(&self, now: SimTime) -> bool {
        self.v1_until.is_some_and(|until| now < until)
    }

    /// A time in (0, `most`].
    fn random(&mut self, most: Duration) -> Duration {
        most.mul_f64(1.0 - self.dice.unit())
    }
}

/// Sends a message. With a full outbox it is as if it were lost: the next query asks again.
fn send(net: &mut Net, now: SimTime, message: &Message, cause: Cause) {
    if net.check_room(1).is_err() {
        return;
    }
    let to = message.destination();
    let mut frame = net.begin_v4(to, ipv4::IGMP, igmp::LENGTH, Cut::Never, igmp::TTL, &ipv4::ROUTER_ALERT);
    igmp::write(&mut frame, message);
    let carried = Carried::Igmp { kind: message.kind(), group: message.group() };
    // A group always has a way out.
    let _ = net.dispatch(now, to.into(), Pending { frame, carried, cause });
}
