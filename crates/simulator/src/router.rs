//! A router (RFC 1812): layers 1 to 3. It takes a packet out of its frame, lowers TTL, and
//! puts it into a new frame on another network; what the packet carries stays untouched.

use crate::ids::{FrameId, LinkId};
use crate::scenario::InterfaceSpec;
use crate::stack::arp::{Action, Resolved, Resolver};
use crate::stack::{Carried, Cause, Transmit};
use crate::tape::Outcome;
use pnet_base::MacAddr;
use protocol::time::SimTime;
use protocol::wire::{arp, ethernet, icmp, ipv4};
use std::net::Ipv4Addr;

/// The length of an IPv4 header without options.
const IP_HEADER: usize = ipv4::HEADER;

/// One of a router's interfaces.
#[derive(Clone, Debug)]
struct Port {
    link: LinkId,
    interface: InterfaceSpec,
    resolver: Resolver<Waiting>,
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

/// What became of a frame.
#[derive(Clone, Debug)]
pub struct Handled {
    /// What the tape says of it; `None` when it was forwarded, and the new frame says so.
    pub outcome: Option<Outcome>,
    /// What is sent because of it, in order.
    pub sends: Vec<Send>,
    /// Addresses that the router learnt.
    pub learned: Option<(Ipv4Addr, MacAddr)>,
}

impl Handled {
    fn outcome(outcome: Outcome) -> Self {
        Handled { outcome: Some(outcome), sends: Vec::new(), learned: None }
    }

    fn dropped(reason: &'static str) -> Self {
        Self::outcome(Outcome::Dropped { reason })
    }
}

impl Router {
    /// A router with one interface on each of these cables.
    pub fn new(ports: impl IntoIterator<Item = (LinkId, InterfaceSpec)>) -> Self {
        let ports = ports
            .into_iter()
            .map(|(link, interface)| Port { link, interface, resolver: Resolver::new() })
            .collect();
        Router { ports, next_identification: 1 }
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
        self.ports.iter().filter_map(|p| p.resolver.poll_timeout()).min()
    }

    /// Repeats ARP requests, and gives up on those that nobody answered; answers what is
    /// sent and how many packets were lost for which address.
    pub fn handle_timeout(&mut self, now: SimTime) -> (Vec<Send>, Vec<(Ipv4Addr, usize)>) {
        let mut sends = Vec::new();
        let mut lost = Vec::new();
        for port in 0..self.ports.len() {
            self.act(now, port, &mut sends, &mut lost);
        }
        (sends, lost)
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
                Handled { outcome: None, sends: vec![send], learned: None }
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
        let header = ipv4::Header {
            source: from,
            destination: to,
            protocol: ipv4::ICMP,
            ttl: 64,
            traffic_class: 0,
            identification: self.next_identification,
            dont_fragment: false,
            more_fragments: false,
            fragment_offset: 0,
        };
        self.next_identification = self.next_identification.wrapping_add(1);
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

#[cfg(test)]
mod tests {
    use super::*;

    const NEAR: InterfaceSpec =
        InterfaceSpec { mac: MacAddr(2, 0, 0, 0, 1, 1), ip: Ipv4Addr::new(10, 0, 1, 1), prefix: 24 };
    const FAR: InterfaceSpec =
        InterfaceSpec { mac: MacAddr(2, 0, 0, 0, 2, 1), ip: Ipv4Addr::new(10, 0, 2, 1), prefix: 24 };
    const HOST: MacAddr = MacAddr(2, 0, 0, 0, 0, 9);
    const FROM: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 2);

    fn router() -> Router {
        Router::new([(LinkId(0), NEAR), (LinkId(1), FAR)])
    }

    fn packet(to: Ipv4Addr, ttl: u8) -> Vec<u8> {
        let header = ipv4::Header {
            source: FROM,
            destination: to,
            protocol: ipv4::UDP,
            ttl,
            traffic_class: 0,
            identification: 7,
            dont_fragment: true,
            more_fragments: false,
            fragment_offset: 0,
        };
        let mut frame = ethernet::begin(NEAR.mac, HOST, ethernet::IPV4, 120);
        ipv4::write(&mut frame, &header, 100);
        frame.extend([0x5a; 100]);
        ethernet::seal(&mut frame);
        frame
    }

    fn arp_reply(ip: Ipv4Addr, to: InterfaceSpec) -> Vec<u8> {
        arp_frame(
            to.mac,
            &arp::Message {
                operation: arp::Operation::Reply,
                sender_mac: HOST,
                sender_ip: ip,
                target_mac: to.mac,
                target_ip: to.ip,
            },
        )
    }

    #[test]
    fn a_packet_waits_for_arp_and_then_leaves_with_ttl_and_addresses_changed_and_the_rest_untouched() {
        let mut router = router();
        let to = Ipv4Addr::new(10, 0, 2, 2);
        let frame = packet(to, 64);
        let first = router.receive(SimTime::ZERO, LinkId(0), FrameId(5), &frame);
        assert_eq!(first.outcome, Some(Outcome::AwaitingArp));
        let [Send { link: LinkId(1), transmit: Sent::Own(request) }] = &first.sends[..] else {
            panic!("an ARP request on the far side: {first:?}")
        };
        assert_eq!(request.carried, Carried::Arp { request: true, target: to });
        let answered = router.receive(SimTime::ZERO, LinkId(1), FrameId(6), &arp_reply(to, FAR));
        assert_eq!(answered.learned, Some((to, HOST)));
        let [Send { link: LinkId(1), transmit: Sent::Forwarded { parent: FrameId(5), frame: new, ttl: 64 } }] =
            &answered.sends[..]
        else {
            panic!("the packet that waited: {answered:?}")
        };
        assert!(ethernet::fcs_ok(new));
        let parsed = ethernet::parse(new).unwrap();
        assert_eq!((parsed.destination, parsed.source), (HOST, FAR.mac));
        assert_eq!(ipv4::parse(parsed.payload).unwrap().header.ttl, 63);
        assert_eq!(new[ethernet::HEADER + 12..new.len() - 4], frame[ethernet::HEADER + 12..frame.len() - 4]);
    }

    #[test]
    fn it_says_when_a_packet_ran_out_of_hops_or_has_no_route() {
        for (to, ttl, reason, kind) in
            [(Ipv4Addr::new(10, 0, 2, 2), 1, "ttl", 11), (Ipv4Addr::new(10, 9, 9, 9), 9, "noRoute", 3)]
        {
            let mut router = router();
            router.receive(SimTime::ZERO, LinkId(0), FrameId(1), &arp_reply(FROM, NEAR));
            let handled = router.receive(SimTime::ZERO, LinkId(0), FrameId(2), &packet(to, ttl));
            assert_eq!(handled.outcome, Some(Outcome::Dropped { reason }));
            let [Send { link: LinkId(0), transmit: Sent::Own(error) }] = &handled.sends[..] else {
                panic!("an ICMP error to the sender: {handled:?}")
            };
            assert!(matches!(error.carried, Carried::Icmp { kind: k, to: FROM, .. } if k == kind));
            let parsed = ethernet::parse(&error.frame).unwrap();
            assert_eq!(parsed.destination, HOST);
            assert!(icmp::parse(ipv4::parse(parsed.payload).unwrap().payload).is_ok());
        }
    }

    #[test]
    fn it_answers_arp_for_itself_and_ignores_others() {
        let mut router = router();
        let ask = |ip| {
            arp_frame(
                MacAddr::broadcast(),
                &arp::Message {
                    operation: arp::Operation::Request,
                    sender_mac: HOST,
                    sender_ip: FROM,
                    target_mac: MacAddr::zero(),
                    target_ip: ip,
                },
            )
        };
        let answer = router.receive(SimTime::ZERO, LinkId(0), FrameId(1), &ask(NEAR.ip));
        assert!(matches!(
            &answer.sends[..],
            [Send { transmit: Sent::Own(Transmit { cause: Cause::ArpReply, .. }), .. }]
        ));
        assert!(router.receive(SimTime::ZERO, LinkId(0), FrameId(2), &ask(FAR.ip)).sends.is_empty());
        let mut other = packet(FAR.ip, 9);
        ethernet::readdress(&mut other, HOST, HOST);
        ethernet::reseal(&mut other);
        let ignored = router.receive(SimTime::ZERO, LinkId(0), FrameId(3), &other);
        assert_eq!(ignored.outcome, Some(Outcome::NotForMe));
    }

    #[test]
    fn an_address_that_nobody_has_is_given_up() {
        let mut router = router();
        router.receive(SimTime::ZERO, LinkId(0), FrameId(1), &packet(Ipv4Addr::new(10, 0, 2, 77), 9));
        let mut asked = 0;
        let mut lost = Vec::new();
        while let Some(at) = router.poll_timeout() {
            let (sends, gone) = router.handle_timeout(at);
            asked += sends.len();
            lost.extend(gone);
        }
        assert_eq!(asked, 2, "two more requests after the first");
        assert_eq!(lost, [(Ipv4Addr::new(10, 0, 2, 77), 1)]);
    }
}
