//! Echoes and errors (RFC 792, RFC 1122 section 3.2.2).

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use protocol::time::SimTime;
use protocol::wire::{icmp, ipv4};

use super::net::{Cut, Net, Pending};
use super::transmit::{Carried, Cause};
use super::{SocketError, StackEvent};

/// Echo requests whose sending time is remembered; older ones get no round-trip time.
pub const MAX_PINGS: usize = 16;

/// The echo requests that are out.
#[derive(Clone, Debug, Default)]
pub(super) struct Pings(VecDeque<(Ipv4Addr, u16, u16, SimTime)>);

/// Sends an echo request.
///
/// # Errors
/// As [`Stack::ping`](super::Stack::ping).
pub(super) fn ping(
    net: &mut Net,
    pings: &mut Pings,
    now: SimTime,
    to: Ipv4Addr,
    (identifier, sequence): (u16, u16),
    data: &[u8],
) -> Result<(), SocketError> {
    let limit = net.config.mtu.saturating_sub(ipv4::HEADER + icmp::HEADER);
    if data.len() > limit {
        return Err(SocketError::TooLarge { length: data.len(), limit });
    }
    net.check_route(to)?;
    net.check_room(1)?;
    pings.0.truncate(MAX_PINGS - 1);
    pings.0.push_front((to, identifier, sequence, now));
    send(net, now, to, &icmp::Message::EchoRequest { identifier, sequence, data }, Cause::Echo)
}

/// Takes in a message that came in `packet`, which was sent to this host alone when `unicast`.
pub(super) fn receive(
    net: &mut Net,
    pings: &mut Pings,
    now: SimTime,
    packet: &ipv4::Packet<'_>,
    message: &icmp::Message<'_>,
    unicast: bool,
) -> (u8, u8) {
    let from = packet.header.source;
    match *message {
        icmp::Message::EchoRequest { identifier, sequence, data } => {
            // RFC 1122 section 3.2.2.6: a request to a group may be left unanswered.
            if unicast && net.check_room(1).is_ok() {
                let reply = icmp::Message::EchoReply { identifier, sequence, data };
                // No way back means no answer.
                let _ = send(net, now, from, &reply, Cause::EchoReply);
            }
            (8, 0)
        }
        icmp::Message::EchoReply { identifier, sequence, data } => {
            let ours = |ping: &(Ipv4Addr, u16, u16, SimTime)| {
                (ping.0, ping.1, ping.2) == (from, identifier, sequence)
            };
            let sent = pings.0.iter().position(ours).and_then(|at| pings.0.remove(at));
            net.events.push_back(StackEvent::EchoReply {
                from,
                identifier,
                sequence,
                octets: data.len(),
                round_trip: sent.map(|(.., at)| now.since(at)),
            });
            (0, 0)
        }
        icmp::Message::Unreachable { code, mtu, quote } => {
            if let Some((destination, ports)) = read_quote(quote) {
                net.events.push_back(StackEvent::Unreachable { from, code, mtu, destination, ports });
            }
            (3, code)
        }
        icmp::Message::TimeExceeded { code, quote } => {
            if let Some((destination, _)) = read_quote(quote) {
                net.events.push_back(StackEvent::TimeExceeded { from, code, destination });
            }
            (11, code)
        }
        icmp::Message::Other { kind, code, .. } => (kind, code),
    }
}

/// Whether an error may be sent about a packet: never about an ICMP error, a later
/// fragment, or what was sent to or claims to come from a group (RFC 1122 section 3.2.2).
pub(super) fn may_complain(net: &Net, packet: &ipv4::Packet<'_>, unicast: bool) -> bool {
    let header = &packet.header;
    let is_error = header.protocol == ipv4::ICMP && !matches!(packet.payload.first(), Some(0 | 8 | 13..=18));
    let source = header.source;
    unicast && !is_error && header.fragment_offset == 0 && !net.is_broadcast(source) && !source.is_multicast()
}

/// Tells the sender of the packet that begins with `quote` why it was not delivered.
pub(super) fn complain(net: &mut Net, now: SimTime, to: Ipv4Addr, quote: &[u8], cause: Cause) {
    let quote = &quote[..quote.len().min(icmp::MAX_QUOTE)];
    let message = match cause {
        Cause::ReassemblyTimeout => {
            icmp::Message::TimeExceeded { code: icmp::time_exceeded::REASSEMBLY, quote }
        }
        Cause::ProtocolUnreachable => {
            icmp::Message::Unreachable { code: icmp::unreachable::PROTOCOL, mtu: 0, quote }
        }
        _ => icmp::Message::Unreachable { code: icmp::unreachable::PORT, mtu: 0, quote },
    };
    if net.check_room(1).is_ok() {
        // No way back means no answer.
        let _ = send(net, now, to, &message, cause);
    }
}

fn send(
    net: &mut Net,
    now: SimTime,
    to: Ipv4Addr,
    message: &icmp::Message<'_>,
    cause: Cause,
) -> Result<(), SocketError> {
    let (kind, code, length, echo) = match *message {
        icmp::Message::EchoRequest { identifier, sequence, data } => {
            (8, 0, data.len(), Some((identifier, sequence)))
        }
        icmp::Message::EchoReply { identifier, sequence, data } => {
            (0, 0, data.len(), Some((identifier, sequence)))
        }
        icmp::Message::Unreachable { code, quote, .. } => (3, code, quote.len(), None),
        icmp::Message::TimeExceeded { code, quote } => (11, code, quote.len(), None),
        icmp::Message::Other { kind, code, rest } => (kind, code, rest.len(), None),
    };
    let mut frame = net.begin(to, ipv4::ICMP, icmp::HEADER + length, Cut::Allowed);
    icmp::write(&mut frame, message);
    let carried = Carried::Icmp { kind, code, to, echo };
    net.dispatch(now, to, Pending { frame, carried, cause })
}

/// The protocol of a quoted packet, our port and the other's.
type Ports = (u8, u16, u16);

/// What an error says of our packet: its destination; protocol and ports if they were
/// quoted. The quote is cut off, so that it cannot be read as a whole packet.
fn read_quote(quote: &[u8]) -> Option<(Ipv4Addr, Option<Ports>)> {
    let header: &[u8; ipv4::HEADER] = quote.first_chunk()?;
    let destination = Ipv4Addr::new(header[16], header[17], header[18], header[19]);
    let transport = quote.get(usize::from(header[0] & 0x0f) * 4..);
    let ports = transport
        .and_then(|octets| octets.first_chunk::<4>())
        .map(|&[a, b, c, d]| (header[9], u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])));
    Some((destination, ports))
}
