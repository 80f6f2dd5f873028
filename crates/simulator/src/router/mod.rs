//! A router (RFC 1812): layers 1 to 3. It takes a packet out of its frame, lowers TTL, and
//! puts it into a new frame on another network; what the packet carries stays untouched.
//!
//! | file | what it does |
//! |---|---|
//! | this one | packets for one host, ARP, ICMP errors |
//! | `groups` | packets for multicast groups |
//! | `querier` | who is in which group on one network |

mod groups;
mod querier;
#[cfg(test)]
mod tests;

pub use querier::{
    GROUP_MEMBERSHIP_INTERVAL, LAST_MEMBER_COUNT, LAST_MEMBER_INTERVAL, MAX_MEMBERSHIPS,
    OTHER_QUERIER_PRESENT, QUERY_INTERVAL, QUERY_RESPONSE_INTERVAL, ROBUSTNESS, STARTUP_QUERY_INTERVAL,
};

use crate::ids::{FrameId, LinkId};
use crate::scenario::InterfaceSpec;
use crate::stack::arp::{Action, Resolved, Resolver};
use crate::stack::{Carried, Cause, Transmit};
use crate::tape::Outcome;
use pnet_base::MacAddr;
use protocol::time::SimTime;
use protocol::wire::{arp, ethernet, icmp, ipv4};
use querier::Querier;
use std::net::Ipv4Addr;

/// The length of an IPv4 header without options.
const IP_HEADER: usize = ipv4::HEADER;

/// One of a router's interfaces.
#[derive(Clone, Debug)]
struct Port {
    link: LinkId,
    interface: InterfaceSpec,
    /// The longest IP packet that its cable carries, octets.
    mtu: usize,
    resolver: Resolver<Waiting>,
    /// Its memberships, where the router passes multicast on.
    querier: Option<Querier>,
}

/// A packet that waits for a hardware address: in a frame whose addresses and FCS are still
/// the old ones.
#[derive(Clone, Debug)]
enum Waiting {
    Forward { parent: FrameId, frame: Vec<u8>, ttl: u8 },
    Own(Box<Transmit>),
}

/// A router.
#[derive(Clone, Debug)]
pub struct Router {
    ports: Vec<Port>,
    next_identification: u16,
}

/// A frame that a router sends.
#[derive(Clone, Debug)]
pub struct Send {
    /// The cable.
    pub link: LinkId,
    /// The frame, sealed.
    pub transmit: Sent,
}

/// What a router sends.
#[derive(Clone, Debug)]
pub enum Sent {
    /// A packet that it received, in a new frame.
    Forwarded {
        /// The frame that it came in.
        parent: FrameId,
        /// The new frame.
        frame: Vec<u8>,
        /// TTL as it came.
        ttl: u8,
    },
    /// A frame of its own: ARP, ICMP.
    Own(Transmit),
}

/// What a router has learnt, or not, of a multicast group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupChange {
    /// A network has members from now on, or no more.
    Members {
        /// Its cable.
        link: LinkId,
        /// The group.
        group: Ipv4Addr,
        /// True when there are members.
        member: bool,
    },
    /// A report was passed over, since there are [`MAX_MEMBERSHIPS`] on its network.
    TableFull {
        /// The group.
        group: Ipv4Addr,
    },
}

/// What has happened because of the time.
#[derive(Clone, Debug, Default)]
pub struct TimedOut {
    /// What is sent, in order.
    pub sends: Vec<Send>,
    /// How many packets were lost because nobody answered for which address.
    pub lost: Vec<(Ipv4Addr, usize)>,
    /// Groups whose members have come or gone.
    pub groups: Vec<GroupChange>,
}

/// What became of a frame.
#[derive(Clone, Debug)]
pub struct Handled {
    /// What the tape says of it; `None` when it was forwarded, and the new frames say so.
    pub outcome: Option<Outcome>,
    /// What is sent because of it, in order.
    pub sends: Vec<Send>,
    /// Addresses that the router learnt.
    pub learned: Option<(Ipv4Addr, MacAddr)>,
    /// Groups whose members have come or gone.
    pub groups: Vec<GroupChange>,
}

impl Handled {
    fn outcome(outcome: Outcome) -> Self {
        Handled { outcome: Some(outcome), sends: Vec::new(), learned: None, groups: Vec::new() }
    }

    fn dropped(reason: &'static str) -> Self {
        Self::outcome(Outcome::Dropped { reason })
    }
}

impl Router {
    /// A router with one interface on each of these cables. With `multicast` it asks on each
    /// who is in which group, and passes packets for groups on; else its cards let none in.
    pub fn new(ports: impl IntoIterator<Item = (LinkId, InterfaceSpec)>, multicast: bool) -> Self {
        let ports = ports
            .into_iter()
            .map(|(link, interface)| {
                let querier = multicast.then(|| Querier::new(SimTime::ZERO, interface.ip));
                Port { link, interface, mtu: ethernet::MAX_PAYLOAD, resolver: Resolver::new(), querier }
            })
            .collect();
        Router { ports, next_identification: 1 }
    }

    /// The cable carries IP packets of at most this many octets from now on.
    pub fn set_mtu(&mut self, link: LinkId, mtu: usize) {
        if let Some(port) = self.ports.iter_mut().find(|port| port.link == link) {
            port.mtu = mtu;
        }
    }

    /// The longest IP packet that a cable carries, octets; `None` for one that is not the router's.
    pub fn mtu(&self, link: LinkId) -> Option<usize> {
        self.ports.iter().find(|port| port.link == link).map(|port| port.mtu)
    }

    /// The hardware addresses that it knows.
    pub fn arp_table(&self, now: SimTime) -> Vec<(Ipv4Addr, MacAddr)> {
        use crate::stack::arp::CacheLine;
        self.ports
            .iter()
            .flat_map(|p| p.resolver.lines(now))
            .filter_map(|(ip, line)| match line {
                CacheLine::Known { mac, .. } => Some((ip, mac)),
                CacheLine::Asking { .. } => None,
            })
            .collect()
    }

    /// A frame came in by `link`.
    pub fn receive(&mut self, now: SimTime, link: LinkId, id: FrameId, frame: &[u8]) -> Handled {
        let Some(port) = self.ports.iter().position(|p| p.link == link) else {
            return Handled::outcome(Outcome::NotForMe);
        };
        if !ethernet::fcs_ok(frame) {
            return Handled::dropped("badFcs");
        }
        let Ok(parsed) = ethernet::parse(frame) else { return Handled::dropped("malformed") };
        let own = self.ports[port].interface.mac;
        if parsed.ethertype == ethernet::IPV4
            && self.ports[port].querier.is_some()
            && ethernet::is_ipv4_group(parsed.destination)
        {
            return self.receive_group(now, port, id, frame);
        }
        if parsed.destination != own && !parsed.destination.is_broadcast() {
            return Handled::outcome(Outcome::NotForMe);
        }
        match parsed.ethertype {
            ethernet::ARP => self.receive_arp(now, port, parsed.payload),
            ethernet::IPV4 if parsed.destination == own => {
                self.receive_ip(now, port, id, frame, parsed.payload)
            }
            ethernet::IPV4 => Handled::outcome(Outcome::NotForMe),
            _ => Handled::dropped("unknownEtherType"),
        }
    }

    /// When [`Router::handle_timeout`] is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let queries = self.ports.iter().filter_map(|p| p.querier.as_ref()?.poll_timeout());
        self.ports.iter().filter_map(|p| p.resolver.poll_timeout()).chain(queries).min()
    }

    /// Repeats ARP requests, gives up on those that nobody answered, and asks who is in which
    /// group.
    pub fn handle_timeout(&mut self, now: SimTime) -> TimedOut {
        let mut done = TimedOut::default();
        for port in 0..self.ports.len() {
            self.act(now, port, &mut done.sends, &mut done.lost);
        }
        self.run_queriers(now, &mut done);
        done
    }

    fn act(&mut self, now: SimTime, port: usize, sends: &mut Vec<Send>, lost: &mut Vec<(Ipv4Addr, usize)>) {
        let port = &mut self.ports[port];
        while let Some(action) = port.resolver.poll_action(now) {
            match action {
                Action::Ask { ip, attempt } => {
                    let message = arp::Message {
                        operation: arp::Operation::Request,
                        sender_mac: port.interface.mac,
                        sender_ip: port.interface.ip,
                        target_mac: MacAddr::zero(),
                        target_ip: ip,
                    };
                    let frame = arp_frame(MacAddr::broadcast(), &message);
                    let carried = Carried::Arp { request: true, target: ip };
                    let transmit = Transmit { frame, carried, cause: Cause::Resolve { for_ip: ip, attempt } };
                    sends.push(Send { link: port.link, transmit: Sent::Own(transmit) });
                }
                Action::GiveUp { ip, lost: waited } => lost.push((ip, waited.len())),
            }
        }
    }

    fn receive_arp(&mut self, now: SimTime, port: usize, payload: &[u8]) -> Handled {
        let Ok(message) = arp::parse(payload) else { return Handled::dropped("malformed") };
        let port = &mut self.ports[port];
        let for_us = message.target_ip == port.interface.ip;
        let learned = port.resolver.learn(now, message.sender_ip, message.sender_mac, for_us);
        let mut handled = Handled::outcome(Outcome::Accepted { layer: 2 });
        if learned.changed {
            handled.learned = Some((message.sender_ip, message.sender_mac));
        }
        if for_us && message.operation == arp::Operation::Request {
            let reply = arp::Message {
                operation: arp::Operation::Reply,
                sender_mac: port.interface.mac,
                sender_ip: port.interface.ip,
                target_mac: message.sender_mac,
                target_ip: message.sender_ip,
            };
            let frame = arp_frame(message.sender_mac, &reply);
            let carried = Carried::Arp { request: false, target: message.sender_ip };
            let transmit = Transmit { frame, carried, cause: Cause::ArpReply };
            handled.sends.push(Send { link: port.link, transmit: Sent::Own(transmit) });
        }
        let (link, mac) = (port.link, port.interface.mac);
        for waiting in learned.released {
            handled.sends.push(Send { link, transmit: addressed(waiting, message.sender_mac, mac) });
        }
        handled
    }

    fn receive_ip(
        &mut self,
        now: SimTime,
        port: usize,
        id: FrameId,
        frame: &[u8],
        payload: &[u8],
    ) -> Handled {
        let packet = match ipv4::parse(payload) {
            Ok(packet) => packet,
            Err(protocol::wire::WireError::BadChecksum { .. }) => return Handled::dropped("badChecksum"),
            Err(_) => return Handled::dropped("malformed"),
        };
        let header = packet.header;
        if self.ports.iter().any(|p| p.interface.ip == header.destination) {
            return self.receive_own(now, port, &packet);
        }
        if header.ttl <= 1 {
            let error = icmp::Message::TimeExceeded {
                code: icmp::time_exceeded::IN_TRANSIT,
                quote: quote(packet.whole),
            };
            return self.report(now, port, &packet, &error, "ttl");
        }
        let Some(out) = self.ports.iter().position(|p| p.interface.reaches(header.destination)) else {
            let error = icmp::Message::Unreachable {
                code: icmp::unreachable::NETWORK,
                mtu: 0,
                quote: quote(packet.whole),
            };
            return self.report(now, port, &packet, &error, "noRoute");
        };
        let mut copy = frame.to_vec();
        let body = copy.len() - ethernet::FCS;
        ipv4::decrement_ttl(&mut copy[ethernet::HEADER..body]);
        let waiting = Waiting::Forward { parent: id, frame: copy, ttl: header.ttl };
        self.send_to(now, out, header.destination, waiting)
    }

    /// Lets a packet out of a port, at once or after ARP.
    fn send_to(&mut self, now: SimTime, out: usize, next_hop: Ipv4Addr, waiting: Waiting) -> Handled {
        let port = &mut self.ports[out];
        let own = port.interface.mac;
        match port.resolver.resolve(now, next_hop, waiting) {
            Resolved::Known(mac, waiting) => {
                let send = Send { link: port.link, transmit: addressed(waiting, mac, own) };
                Handled { outcome: None, sends: vec![send], learned: None, groups: Vec::new() }
            }
            Resolved::Waiting { .. } => {
                let mut handled = Handled::outcome(Outcome::AwaitingArp);
                self.act(now, out, &mut handled.sends, &mut Vec::new());
                handled
            }
        }
    }

    /// A packet for the router itself: it answers echoes, and has no ports.
    fn receive_own(&mut self, now: SimTime, port: usize, packet: &ipv4::Packet<'_>) -> Handled {
        if packet.header.protocol != ipv4::ICMP {
            return Handled::dropped("portClosed");
        }
        match icmp::parse(packet.payload) {
            Ok(icmp::Message::EchoRequest { identifier, sequence, data }) => {
                let reply = icmp::Message::EchoReply { identifier, sequence, data };
                let (to, from) = (packet.header.source, packet.header.destination);
                let mut handled = self.send_icmp(now, port, from, to, &reply, Cause::EchoReply);
                handled.outcome = Some(Outcome::Accepted { layer: 3 });
                handled
            }
            Ok(_) => Handled::outcome(Outcome::Accepted { layer: 3 }),
            Err(_) => Handled::dropped("badChecksum"),
        }
    }

    /// Tells the sender why its packet went no further, unless that would be wrong: no errors
    /// about errors, fragments but the first, or groups (RFC 1122 section 3.2.2).
    fn report(
        &mut self,
        now: SimTime,
        port: usize,
        packet: &ipv4::Packet<'_>,
        error: &icmp::Message<'_>,
        reason: &'static str,
    ) -> Handled {
        let header = packet.header;
        let about_error = header.protocol == ipv4::ICMP
            && !matches!(
                icmp::parse(packet.payload),
                Ok(icmp::Message::EchoRequest { .. } | icmp::Message::EchoReply { .. })
            );
        if about_error
            || header.fragment_offset != 0
            || header.source.is_multicast()
            || header.destination.is_multicast()
        {
            return Handled::dropped(reason);
        }
        let from = self.ports[port].interface.ip;
        let cause = if reason == "ttl" { Cause::TimeExceeded } else { Cause::NetworkUnreachable };
        let mut handled = self.send_icmp(now, port, from, header.source, error, cause);
        handled.outcome = Some(Outcome::Dropped { reason });
        handled
    }

    /// The header of a packet of the router's own.
    fn header(&mut self, source: Ipv4Addr, destination: Ipv4Addr, protocol: u8) -> ipv4::Header {
        let identification = self.next_identification;
        self.next_identification = identification.wrapping_add(1);
        ipv4::Header {
            source,
            destination,
            protocol,
            ttl: 64,
            traffic_class: 0,
            identification,
            dont_fragment: false,
            more_fragments: false,
            fragment_offset: 0,
        }
    }

    fn send_icmp(
        &mut self,
        now: SimTime,
        port: usize,
        from: Ipv4Addr,
        to: Ipv4Addr,
        message: &icmp::Message<'_>,
        cause: Cause,
    ) -> Handled {
        let mut body = Vec::new();
        icmp::write(&mut body, message);
        let header = self.header(from, to, ipv4::ICMP);
        let own = self.ports[port].interface.mac;
        let mut frame = ethernet::begin(MacAddr::zero(), own, ethernet::IPV4, IP_HEADER + body.len());
        ipv4::write(&mut frame, &header, body.len());
        frame.extend_from_slice(&body);
        ethernet::seal(&mut frame);
        let carried = Carried::Icmp { kind: body[0], code: body[1], to, echo: None };
        let Some(out) = self.ports.iter().position(|p| p.interface.reaches(to)) else {
            return Handled::dropped("noRoute");
        };
        self.send_to(now, out, to, Waiting::Own(Box::new(Transmit { frame, carried, cause })))
    }
}

/// The frame with its new hardware addresses and FCS.
fn addressed(waiting: Waiting, destination: MacAddr, source: MacAddr) -> Sent {
    let finish = |frame: &mut Vec<u8>| {
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

fn arp_frame(to: MacAddr, message: &arp::Message) -> Vec<u8> {
    let mut frame = ethernet::begin(to, message.sender_mac, ethernet::ARP, arp::LENGTH);
    arp::write(&mut frame, message);
    ethernet::seal(&mut frame);
    frame
}

/// The part of a packet that an error quotes.
fn quote(packet: &[u8]) -> &[u8] {
    &packet[..packet.len().min(icmp::MAX_QUOTE)]
}
