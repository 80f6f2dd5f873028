//! What a router tells the senders of packets that go no further (RFC 792, RFC 1812 section
//! 4.3; RFC 4443).

use super::forward::Passing;
use super::{Handled, Router, Waiting};
use crate::stack::{Carried, Cause, Transmit};
use crate::tape::Outcome;
use protocol::time::SimTime;
use protocol::wire::{MacAddr, ethernet, icmp, icmpv6, ipv4, ipv6};
use std::net::IpAddr;

/// Why a packet goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// TTL or hop limit has run out.
    TimeExceeded,
    /// There is no way to its network.
    NoRoute,
    /// Nobody on its network answers for its address.
    HostSilent,
    /// It is longer than the next link carries, and may not be cut.
    TooBig { mtu: usize },
    /// It is for the router itself, which has no such port.
    PortClosed,
}

impl Problem {
    /// The word for it on the tape.
    fn reason(self) -> &'static str {
        match self {
            Problem::TimeExceeded => "ttl",
            Problem::NoRoute => "noRoute",
            Problem::HostSilent => "hostSilent",
            Problem::TooBig { .. } => "tooBig",
            Problem::PortClosed => "portClosed",
        }
    }

    fn cause(self) -> Cause {
        match self {
            Problem::TimeExceeded => Cause::TimeExceeded,
            Problem::NoRoute => Cause::NetworkUnreachable,
            Problem::HostSilent => Cause::HostUnreachable,
            Problem::TooBig { .. } => Cause::PacketTooBig,
            Problem::PortClosed => Cause::PortUnreachable,
        }
    }

    fn message(self, packet: &[u8]) -> icmp::Message<'_> {
        let quote = &packet[..packet.len().min(icmp::MAX_QUOTE)];
        let (code, mtu) = match self {
            Problem::TimeExceeded => {
                return icmp::Message::TimeExceeded { code: icmp::time_exceeded::IN_TRANSIT, quote };
            }
            Problem::NoRoute => (icmp::unreachable::NETWORK, 0),
            Problem::HostSilent => (icmp::unreachable::HOST, 0),
            Problem::TooBig { mtu } => {
                (icmp::unreachable::FRAGMENTATION_NEEDED, u16::try_from(mtu).unwrap_or(u16::MAX))
            }
            Problem::PortClosed => (icmp::unreachable::PORT, 0),
        };
        icmp::Message::Unreachable { code, mtu, quote }
    }

    fn message_v6(self, packet: &[u8]) -> icmpv6::Message<'_> {
        let quote = &packet[..packet.len().min(icmpv6::MAX_QUOTE)];
        let code = match self {
            Problem::TimeExceeded => {
                return icmpv6::Message::TimeExceeded { code: icmpv6::time_exceeded::HOP_LIMIT, quote };
            }
            Problem::TooBig { mtu } => {
                return icmpv6::Message::PacketTooBig { mtu: u32::try_from(mtu).unwrap_or(u32::MAX), quote };
            }
            Problem::NoRoute => icmpv6::unreachable::NO_ROUTE,
            Problem::HostSilent => icmpv6::unreachable::ADDRESS,
            Problem::PortClosed => icmpv6::unreachable::PORT,
        };
        icmpv6::Message::Unreachable { code, quote }
    }
}

impl Router {
    /// Drops a packet that came in by `port`, and tells its sender why, unless that would be
    /// wrong or has been done too often.
    pub(super) fn report(
        &mut self,
        now: SimTime,
        port: usize,
        packet: &Passing<'_>,
        problem: Problem,
    ) -> Handled {
        let mut handled = Handled::dropped(problem.reason());
        let from = self.ports[port].interface.of_family(packet.source);
        let (Some(from), false) = (from, packet.is_beyond_complaint()) else { return handled };
        if !self.errors.take(now) {
            return handled;
        }
        let mut body = Vec::new();
        match (from, packet.source) {
            (IpAddr::V6(from), IpAddr::V6(to)) => {
                icmpv6::write(&mut body, from, to, &problem.message_v6(packet.whole));
            }
            _ => icmp::write(&mut body, &problem.message(packet.whole)),
        }
        self.send_icmp(now, (from, packet.source), &body, problem.cause(), &mut handled);
        // Whether the message itself waits for ARP is another matter.
        handled.outcome = Some(Outcome::Dropped { reason: problem.reason() });
        handled
    }

    /// Nobody answered for the next hop of packets that have waited for it: their senders are
    /// told (RFC 1812 section 5.2.7.1).
    pub(super) fn report_silence(&mut self, now: SimTime, frame: &[u8], handled: &mut Handled) {
        let Ok(read) = ethernet::parse(frame) else { return };
        let (four, six) = (ipv4::parse(read.payload), ipv6::parse(read.payload));
        let passing = match (read.ethertype, &four, &six) {
            (ethernet::IPV4, Ok(packet), _) => Passing::from(packet),
            (ethernet::IPV6, _, Ok(packet)) => Passing::from(packet),
            _ => return,
        };
        let Some(port) = self.route(passing.source) else { return };
        let mut told = self.report(now, port, &passing, Problem::HostSilent);
        handled.done.sends.append(&mut told.done.sends);
        handled.done.neighbours.append(&mut told.done.neighbours);
    }

    /// Sends an ICMP message of the router's own.
    pub(super) fn send_icmp(
        &mut self,
        now: SimTime,
        (from, to): (IpAddr, IpAddr),
        body: &[u8],
        cause: Cause,
        handled: &mut Handled,
    ) {
        let out = match to {
            // A link-local address is on the link where its owner was heard.
            IpAddr::V6(six) if ipv6::is_link_local(six) => {
                self.ports.iter().position(|port| port.neighbours.lookup(to).is_some())
            }
            _ => self.route(to),
        };
        let Some(out) = out else {
            handled.outcome = Some(Outcome::Dropped { reason: "noRoute" });
            return;
        };
        let own = self.ports[out].interface.mac;
        let mut frame = match (from, to) {
            (IpAddr::V6(from), IpAddr::V6(to)) => {
                let header = ipv6::Header {
                    source: from,
                    destination: to,
                    next_header: ipv6::ICMPV6,
                    hop_limit: 64,
                    traffic_class: 0,
                    flow_label: 0,
                };
                let room = ipv6::HEADER + body.len();
                let mut frame = ethernet::begin(MacAddr::zero(), own, ethernet::IPV6, room);
                ipv6::write(&mut frame, &header, body.len());
                frame
            }
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                let header = self.header(from, to, ipv4::ICMP);
                let room = ipv4::HEADER + body.len();
                let mut frame = ethernet::begin(MacAddr::zero(), own, ethernet::IPV4, room);
                ipv4::write(&mut frame, &header, body.len());
                frame
            }
            // Both are of one family: the source is the router's address for that destination.
            _ => return,
        };
        frame.extend_from_slice(body);
        ethernet::seal(&mut frame);
        let carried = Carried::Icmp { kind: body[0], code: body[1], to, echo: None };
        let waiting = Waiting::Own(Box::new(Transmit { frame, carried, cause }));
        self.send_to(now, out, to, waiting, handled);
    }
}
