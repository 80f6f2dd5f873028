//! A router's way with multicast: it hears who is in which group, and passes packets on only
//! where somebody is (RFC 1112 section 5, RFC 2236).

use super::querier::{Action, LAST_MEMBER_INTERVAL, QUERY_RESPONSE_INTERVAL};
use super::{Done, GroupChange, Handled, Router, Send, Sent};
use crate::ids::FrameId;
use crate::stack::{Carried, Cause, Transmit};
use crate::tape::Outcome;
use protocol::time::SimTime;
use protocol::wire::{ethernet, igmp, ipv4};
use std::net::Ipv4Addr;

impl Router {
    /// The groups that have members, by cable.
    pub fn groups(&self) -> Vec<(crate::ids::LinkId, Ipv4Addr)> {
        let ports = self.ports.iter();
        ports.flat_map(|p| p.querier.iter().flat_map(|q| q.groups()).map(|group| (p.link, group))).collect()
    }

    /// A packet for a group has come in.
    pub(super) fn receive_group(&mut self, now: SimTime, port: usize, id: FrameId, frame: &[u8]) -> Handled {
        let packet = match ipv4::parse(&frame[ethernet::HEADER..frame.len() - ethernet::FCS]) {
            Ok(packet) => packet,
            Err(protocol::wire::WireError::BadChecksum { .. }) => return Handled::dropped("badChecksum"),
            Err(_) => return Handled::dropped("malformed"),
        };
        let header = packet.header;
        if header.protocol == ipv4::IGMP {
            return self.receive_igmp(now, port, header.source, packet.payload);
        }
        let group = header.destination;
        if !group.is_multicast() {
            return Handled::outcome(Outcome::NotForMe);
        }
        // RFC 5771 section 4: these stay on their network, whatever their TTL.
        if group.octets()[..3] == [224, 0, 0] {
            return Handled::dropped("localGroup");
        }
        // Only what comes from where its source is goes on: else copies would go in rings.
        if !self.ports[port].interface.reaches(header.source.into()) {
            return Handled::dropped("wrongSide");
        }
        if header.ttl <= 1 {
            return Handled::dropped("ttl");
        }
        let sends: Vec<Send> = self
            .ports
            .iter()
            .enumerate()
            .filter(|(out, p)| *out != port && p.querier.as_ref().is_some_and(|q| q.has_members(group)))
            .map(|(_, out)| {
                let mut copy = self.octets.keep(frame);
                let body = copy.len() - ethernet::FCS;
                ipv4::decrement_ttl(&mut copy[ethernet::HEADER..body]);
                ethernet::readdress(&mut copy, ethernet::multicast(group), out.interface.mac);
                ethernet::reseal(&mut copy);
                let transmit = Sent::Forwarded { parent: id, frame: copy, ttl: header.ttl };
                Send { link: out.link, transmit }
            })
            .collect();
        if sends.is_empty() {
            return Handled::dropped("noMembers");
        }
        Handled { outcome: None, done: Done { sends, ..Done::default() } }
    }

    fn receive_igmp(&mut self, now: SimTime, port: usize, from: Ipv4Addr, payload: &[u8]) -> Handled {
        let Ok(message) = igmp::parse(payload) else { return Handled::dropped("malformed") };
        // RFC 2236 section 10: a message from elsewhere is forged.
        if !self.ports[port].interface.reaches(from.into()) {
            return Handled::dropped("badSource");
        }
        let mut handled = Handled::outcome(Outcome::Accepted { layer: 3 });
        let querier = self.ports[port].querier.as_mut();
        if let Some(action) = querier.and_then(|q| q.receive(now, from, &message)) {
            self.group_action(port, action, &mut handled.done);
        }
        handled
    }

    /// Does what the queriers have due.
    pub(super) fn run_queriers(&mut self, now: SimTime, done: &mut Done) {
        for port in 0..self.ports.len() {
            while let Some(action) = self.ports[port].querier.as_mut().and_then(|q| q.poll_action(now)) {
                self.group_action(port, action, done);
            }
        }
    }

    fn group_action(&mut self, port: usize, action: Action, done: &mut Done) {
        let link = self.ports[port].link;
        match action {
            Action::Ask { group } => done.sends.extend(self.query(port, group)),
            Action::Changed { group, member } => {
                done.groups.push(GroupChange::Members { link, group, member });
            }
            Action::Full { group } => done.groups.push(GroupChange::TableFull { group }),
        }
    }

    /// A query, about one group or all.
    fn query(&mut self, port: usize, group: Option<Ipv4Addr>) -> Option<Send> {
        let (max_response, cause) = match group {
            None => (QUERY_RESPONSE_INTERVAL, Cause::MembershipQuery),
            Some(_) => (LAST_MEMBER_INTERVAL, Cause::LastMemberQuery),
        };
        let message = igmp::Message::Query { group, max_response };
        let (link, interface) = (self.ports[port].link, self.ports[port].interface);
        let from = interface.v4?.ip;
        let frame = igmp::frame(interface.mac, from, self.identification(), &message);
        let carried = Carried::Igmp { kind: message.kind(), group: message.group() };
        Some(Send { link, transmit: Sent::Own(Transmit { frame, carried, cause }) })
    }
}
