//! Packets for one host: the route, TTL or hop limit, and what is too long for the next link
//! (RFC 1812 section 5.2, RFC 8200 sections 3 and 4.5).

use super::errors::Problem;
use super::nat::Inbound;
use super::{Done, Handled, Router, Send, Sent, Waiting};
use crate::ids::FrameId;
use crate::stack::is_error_message;
use crate::stack::neighbour::Resolved;
use crate::tape::Outcome;
use protocol::time::SimTime;
use protocol::wire::{MacAddr, ethernet, icmp, icmpv6, ipv4, ipv6};
use std::net::IpAddr;

/// A packet on its way through, whichever IP it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passing<'a> {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub protocol: u8,
    /// TTL or hop limit.
    pub ttl: u8,
    pub payload: &'a [u8],
    pub whole: &'a [u8],
    /// Header options, of IPv4.
    options: &'a [u8],
    /// The header, where the packet may be cut on its way: of IPv4 without DF.
    may_cut: Option<ipv4::Header>,
    /// It is a fragment, but not the first.
    later: bool,
}

impl<'a> From<&ipv4::Packet<'a>> for Passing<'a> {
    fn from(packet: &ipv4::Packet<'a>) -> Self {
        let header = packet.header;
        Passing {
            source: header.source.into(),
            destination: header.destination.into(),
            protocol: header.protocol,
            ttl: header.ttl,
            payload: packet.payload,
            whole: packet.whole,
            options: packet.options,
            may_cut: (!header.dont_fragment).then_some(header),
            later: header.fragment_offset != 0,
        }
    }
}

impl<'a> From<&ipv6::Packet<'a>> for Passing<'a> {
    fn from(packet: &ipv6::Packet<'a>) -> Self {
        Passing {
            source: packet.header.source.into(),
            destination: packet.header.destination.into(),
            protocol: packet.upper,
            ttl: packet.header.hop_limit,
            payload: packet.payload,
            whole: packet.whole,
            options: &[],
            may_cut: None,
            later: packet.fragment.is_some_and(|part| part.offset != 0),
        }
    }
}

impl Passing<'_> {
    /// Whether nobody may be told what became of it: an ICMP error, a later fragment, and what
    /// goes to or claims to come from a group or nobody (RFC 1122 section 3.2.2, RFC 4443
    /// section 2.4 (e)).
    pub fn is_beyond_complaint(&self) -> bool {
        let no_host = |ip: IpAddr| {
            ip.is_multicast() || ip.is_unspecified() || ip.is_loopback() || ip == IpAddr::from([255; 4])
        };
        self.later
            || is_error_message(self.protocol, self.payload)
            || no_host(self.source)
            || self.destination.is_multicast()
    }
}

impl Router {
    pub(super) fn receive_ip(
        &mut self,
        now: SimTime,
        port: usize,
        id: FrameId,
        frame: &[u8],
        packet: &Passing<'_>,
    ) -> Handled {
        if let IpAddr::V6(to) = packet.destination
            && to.is_multicast()
        {
            // Only neighbours speak to these groups; others are not passed on.
            let listens = self.ports[port].interface.v6_groups().any(|group| group == to);
            return if listens { self.receive_own(now, port, packet) } else { Handled::dropped("noMembers") };
        }
        if self.ports.iter().any(|p| p.interface.has(packet.destination)) {
            return match self.translated_in(now, port, frame, packet) {
                Inbound::Own => self.receive_own(now, port, packet),
                Inbound::Refused(reason) => Handled::dropped(reason),
                Inbound::To(new) => {
                    let mut handled = match ipv4::parse(&new[ethernet::HEADER..new.len() - ethernet::FCS]) {
                        Ok(packet) => self.forward(now, port, id, &new, &(&packet).into()),
                        Err(_) => Handled::dropped("malformed"),
                    };
                    self.tell_nat(&mut handled);
                    handled
                }
            };
        }
        let mut handled = self.forward(now, port, id, frame, packet);
        self.tell_nat(&mut handled);
        handled
    }

    /// What becomes of a packet for one of the router's own addresses, where it translates.
    fn translated_in(&mut self, now: SimTime, port: usize, frame: &[u8], packet: &Passing<'_>) -> Inbound {
        let link = self.ports[port].link;
        match &mut self.nat {
            Some(nat) if nat.config.outside == link && packet.destination.is_ipv4() => {
                nat.inbound(now, frame)
            }
            _ => Inbound::Own,
        }
    }

    fn tell_nat(&mut self, handled: &mut Handled) {
        if let Some(nat) = &mut self.nat {
            handled.done.nat.append(&mut nat.take_changes());
        }
    }

    /// Passes a packet on that is for somebody else.
    fn forward(
        &mut self,
        now: SimTime,
        port: usize,
        id: FrameId,
        frame: &[u8],
        packet: &Passing<'_>,
    ) -> Handled {
        let link_local = |ip: IpAddr| matches!(ip, IpAddr::V6(ip) if ipv6::is_link_local(ip));
        if link_local(packet.source) || link_local(packet.destination) {
            // RFC 4291 section 2.5.6: such packets stay on their link.
            return Handled::dropped("linkLocal");
        }
        if packet.ttl <= 1 {
            return self.report(now, port, packet, Problem::TimeExceeded);
        }
        let Some(out) = self.route(packet.destination) else {
            return self.report(now, port, packet, Problem::NoRoute);
        };
        if let (IpAddr::V4(to), Some(network)) = (packet.destination, self.ports[out].interface.v4)
            && network.is_broadcast(to)
        {
            // RFC 2644: nobody from elsewhere speaks to all hosts of a network.
            return Handled::dropped("directedBroadcast");
        }
        let mtu = self.ports[out].mtu;
        if packet.whole.len() > mtu {
            return match packet.may_cut {
                Some(header) => self.forward_parts(now, out, id, packet, (header, mtu)),
                None => self.report(now, port, packet, Problem::TooBig { mtu }),
            };
        }
        let mut copy = self.octets.keep(frame);
        let body = copy.len() - ethernet::FCS;
        match packet.destination {
            IpAddr::V4(_) => ipv4::decrement_ttl(&mut copy[ethernet::HEADER..body]),
            IpAddr::V6(_) => ipv6::decrement_hop_limit(&mut copy[ethernet::HEADER..body]),
        };
        let ways = (self.ports[port].link, self.ports[out].link);
        if let Some(nat) = &mut self.nat
            && ways == (nat.config.inside, nat.config.outside)
            && packet.destination.is_ipv4()
            && let Err(reason) = nat.outbound(now, &mut copy)
        {
            return Handled::dropped(reason);
        }
        let waiting = Waiting::Forward { parent: id, frame: copy, ttl: packet.ttl };
        let mut handled = Handled { outcome: None, done: Done::default() };
        self.send_to(now, out, packet.destination, waiting, &mut handled);
        handled
    }

    /// Cuts a packet into fragments that the next link carries (RFC 791 section 3.2).
    fn forward_parts(
        &mut self,
        now: SimTime,
        out: usize,
        id: FrameId,
        packet: &Passing<'_>,
        (header, mtu): (ipv4::Header, usize),
    ) -> Handled {
        let mut handled = Handled { outcome: None, done: Done::default() };
        let copied = copied_options(packet.options);
        let room = |options: usize| {
            let header = ipv4::HEADER + options.next_multiple_of(4);
            (mtu.saturating_sub(header) / ipv4::FRAGMENT_UNIT * ipv4::FRAGMENT_UNIT).max(ipv4::FRAGMENT_UNIT)
        };
        let own = self.ports[out].interface.mac;
        let mut at = 0;
        while at < packet.payload.len() {
            let options = if at == 0 { packet.options } else { &copied[..] };
            let end = (at + room(options.len())).min(packet.payload.len());
            let part = &packet.payload[at..end];
            let cut = ipv4::Header {
                ttl: header.ttl.saturating_sub(1),
                fragment_offset: header.fragment_offset + at,
                more_fragments: header.more_fragments || end < packet.payload.len(),
                ..header
            };
            let length = ipv4::HEADER + options.len() + part.len();
            let mut frame = ethernet::begin(MacAddr::zero(), own, ethernet::IPV4, length);
            ipv4::write_with_options(&mut frame, &cut, options, part.len());
            frame.extend_from_slice(part);
            ethernet::seal(&mut frame);
            let frame = self.octets.keep(&frame);
            let waiting = Waiting::Forward { parent: id, frame, ttl: packet.ttl };
            self.send_to(now, out, packet.destination, waiting, &mut handled);
            at = end;
        }
        handled
    }

    /// Lets a packet out of a port, at once or after its next hop's hardware address is known.
    pub(super) fn send_to(
        &mut self,
        now: SimTime,
        out: usize,
        next_hop: IpAddr,
        waiting: Waiting,
        handled: &mut Handled,
    ) {
        let port = &mut self.ports[out];
        let (link, own) = (port.link, port.interface.mac);
        match port.neighbours.resolve(now, next_hop, waiting) {
            Resolved::Known(mac, waiting) => {
                handled.done.sends.push(Send { link, transmit: addressed(waiting, mac, own) });
            }
            Resolved::Waiting { pushed_out } => {
                handled.outcome.get_or_insert(Outcome::AwaitingArp);
                if pushed_out.is_some() {
                    handled.done.lost.push((next_hop, 1));
                }
            }
        }
        self.run_neighbours(now, out, &mut handled.done);
    }

    /// A packet for the router itself: it answers echoes and neighbours, and has no ports.
    fn receive_own(&mut self, now: SimTime, port: usize, packet: &Passing<'_>) -> Handled {
        let (from, own) = (packet.source, packet.destination);
        let reply = match (packet.protocol, from, own) {
            (ipv4::ICMP, IpAddr::V4(_), _) => match icmp::parse(packet.payload) {
                Ok(icmp::Message::EchoRequest { identifier, sequence, data }) => {
                    let mut body = Vec::new();
                    icmp::write(&mut body, &icmp::Message::EchoReply { identifier, sequence, data });
                    Some(body)
                }
                Ok(_) => None,
                Err(_) => return Handled::dropped("badChecksum"),
            },
            (ipv6::ICMPV6, IpAddr::V6(six), IpAddr::V6(to)) => match icmpv6::parse(packet.payload, six, to) {
                Ok(icmpv6::Message::Discovery(message)) => {
                    return self.receive_discovery(now, port, (six, to), packet.ttl, &message);
                }
                Ok(icmpv6::Message::EchoRequest { identifier, sequence, data }) if !to.is_multicast() => {
                    let mut body = Vec::new();
                    let reply = icmpv6::Message::EchoReply { identifier, sequence, data };
                    icmpv6::write(&mut body, to, six, &reply);
                    Some(body)
                }
                Ok(_) => None,
                Err(_) => return Handled::dropped("badChecksum"),
            },
            (ipv4::UDP, ..) => return self.report(now, port, packet, Problem::PortClosed),
            _ => return Handled::dropped("portClosed"),
        };
        let mut handled = Handled::outcome(Outcome::Accepted { layer: 3 });
        if let Some(body) = reply {
            self.send_icmp(now, (own, from), &body, crate::stack::Cause::EchoReply, &mut handled);
        }
        handled
    }
}

/// The frame with its new hardware addresses and FCS.
pub(super) fn addressed(waiting: Waiting, destination: MacAddr, source: MacAddr) -> Sent {
    let finish = |frame: &mut [u8]| {
        ethernet::readdress(frame, destination, source);
        ethernet::reseal(frame);
    };
    match waiting {
        Waiting::Forward { parent, mut frame, ttl } => {
            finish(&mut frame);
            Sent::Forwarded { parent, frame, ttl }
        }
        Waiting::Own(mut transmit) => {
            finish(&mut transmit.frame);
            Sent::Own(*transmit)
        }
    }
}

/// The options that every fragment has: those with the copied flag (RFC 791 section 3.1).
fn copied_options(options: &[u8]) -> Vec<u8> {
    let mut copied = Vec::new();
    let mut at = 0;
    while let Some(kind) = options.get(at).copied().filter(|kind| *kind != 0) {
        let length = if kind == 1 { 1 } else { options.get(at + 1).map_or(0, |length| usize::from(*length)) };
        let Some(option) = options.get(at..at + length).filter(|option| !option.is_empty()) else { break };
        if kind & 0x80 != 0 {
            copied.extend_from_slice(option);
        }
        at += length;
    }
    copied
}
