//! Echoes and errors, over IPv4 (RFC 792, RFC 1122 section 3.2.2) and IPv6 (RFC 4443).

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use protocol::time::SimTime;
use protocol::wire::{icmp, icmpv6, ipv4, ipv6, ndp};

use super::net::{Cut, Net, Pending};
use super::packet::IpPacket;
use super::tcp::Fault;
use super::transmit::{Carried, Cause};
use super::{DEFAULT_TTL, SocketError, StackEvent};

/// Echo requests whose sending time is remembered; older ones get no round-trip time.
pub const MAX_PINGS: usize = 16;
/// Errors that one device sends in a row before it waits (RFC 1812 section 4.3.2.8, RFC 4443
/// section 2.4 (f): a token bucket).
pub const ERROR_BURST: u32 = 10;
/// How long it takes until it may send one more.
pub const ERROR_INTERVAL: Duration = Duration::from_millis(100);

/// How many errors a device may send now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ErrorBudget {
    tokens: u32,
    /// When the last token was added.
    since: SimTime,
}

impl Default for ErrorBudget {
    fn default() -> Self {
        ErrorBudget { tokens: ERROR_BURST, since: SimTime::ZERO }
    }
}

impl ErrorBudget {
    /// Takes one, if there is one.
    pub(crate) fn take(&mut self, now: SimTime) -> bool {
        let added = now.since(self.since).as_nanos() / ERROR_INTERVAL.as_nanos();
        if added >= u128::from(ERROR_BURST - self.tokens) {
            (self.tokens, self.since) = (ERROR_BURST, now);
        } else {
            self.tokens += added as u32;
            self.since += ERROR_INTERVAL * added as u32;
        }
        let may = self.tokens > 0;
        self.tokens = self.tokens.saturating_sub(1);
        may
    }
}

/// The echo requests that are out.
#[derive(Clone, Debug, Default)]
pub(super) struct Pings(VecDeque<(IpAddr, u16, u16, SimTime)>);

/// A message of either family.
enum Either<'a> {
    Four(icmp::Message<'a>),
    Six(icmpv6::Message<'a>),
}

/// Sends an echo request.
///
/// # Errors
/// As [`Stack::ping`](super::Stack::ping).
pub(super) fn ping(
    net: &mut Net,
    pings: &mut Pings,
    now: SimTime,
    to: IpAddr,
    (identifier, sequence): (u16, u16),
    data: &[u8],
) -> Result<(), SocketError> {
    let header = if to.is_ipv4() { ipv4::HEADER } else { ipv6::HEADER };
    let limit = net.config.mtu.saturating_sub(header + icmp::HEADER);
    if data.len() > limit {
        return Err(SocketError::TooLarge { length: data.len(), limit });
    }
    net.check_route(to)?;
    net.check_room(1)?;
    pings.0.truncate(MAX_PINGS - 1);
    pings.0.push_front((to, identifier, sequence, now));
    let message = match to {
        IpAddr::V4(_) => Either::Four(icmp::Message::EchoRequest { identifier, sequence, data }),
        IpAddr::V6(_) => Either::Six(icmpv6::Message::EchoRequest { identifier, sequence, data }),
    };
    send(net, now, to, &message, Cause::Echo)
}

/// Takes in a message that came in `packet`, which was sent to this host alone when `unicast`.
pub(super) fn receive(
    net: &mut Net,
    pings: &mut Pings,
    now: SimTime,
    packet: &IpPacket<'_>,
    message: &icmp::Message<'_>,
    unicast: bool,
) -> (u8, u8) {
    let from = packet.source;
    match *message {
        icmp::Message::EchoRequest { identifier, sequence, data } => {
            // RFC 1122 section 3.2.2.6: a request to a group may be left unanswered.
            if unicast && net.check_room(1).is_ok() {
                let reply = Either::Four(icmp::Message::EchoReply { identifier, sequence, data });
                // No way back means no answer.
                let _ = send(net, now, from, &reply, Cause::EchoReply);
            }
            (8, 0)
        }
        icmp::Message::EchoReply { identifier, sequence, data } => {
            echo_came(net, pings, now, from, (identifier, sequence), data.len());
            (0, 0)
        }
        icmp::Message::Unreachable { code, mtu, quote } => {
            if let Some((destination, ports)) = read_quote(quote) {
                if code == icmp::unreachable::FRAGMENTATION_NEEDED {
                    let quoted = quote.get(2..4).map_or(0, |l| u16::from_be_bytes([l[0], l[1]]));
                    net.learn_path_mtu(now, destination, u32::from(mtu), usize::from(quoted));
                }
                let mtu = u32::from(mtu);
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

/// The same for a message over IPv6 that is none of neighbour discovery.
pub(super) fn receive_v6(
    net: &mut Net,
    pings: &mut Pings,
    now: SimTime,
    packet: &IpPacket<'_>,
    message: &icmpv6::Message<'_>,
    unicast: bool,
) {
    let from = packet.source;
    match *message {
        icmpv6::Message::EchoRequest { identifier, sequence, data } => {
            if unicast && net.check_room(1).is_ok() {
                let reply = Either::Six(icmpv6::Message::EchoReply { identifier, sequence, data });
                // No way back means no answer.
                let _ = send(net, now, from, &reply, Cause::EchoReply);
            }
        }
        icmpv6::Message::EchoReply { identifier, sequence, data } => {
            echo_came(net, pings, now, from, (identifier, sequence), data.len());
        }
        icmpv6::Message::Unreachable { code, quote } => {
            if let Some((destination, ports)) = read_quote(quote) {
                net.events.push_back(StackEvent::Unreachable { from, code, mtu: 0, destination, ports });
            }
        }
        icmpv6::Message::PacketTooBig { mtu, quote } => {
            if let Some((destination, ports)) = read_quote(quote) {
                net.learn_path_mtu(now, destination, mtu, usize::MAX);
                net.events.push_back(StackEvent::PacketTooBig { from, mtu, destination, ports });
            }
        }
        icmpv6::Message::TimeExceeded { code, quote } => {
            if let Some((destination, _)) = read_quote(quote) {
                net.events.push_back(StackEvent::TimeExceeded { from, code, destination });
            }
        }
        icmpv6::Message::ParameterProblem { .. }
        | icmpv6::Message::Discovery(_)
        | icmpv6::Message::Other { .. } => {}
    }
}

fn echo_came(
    net: &mut Net,
    pings: &mut Pings,
    now: SimTime,
    from: IpAddr,
    (identifier, sequence): (u16, u16),
    octets: usize,
) {
    let ours = |ping: &(IpAddr, u16, u16, SimTime)| (ping.0, ping.1, ping.2) == (from, identifier, sequence);
    let sent = pings.0.iter().position(ours).and_then(|at| pings.0.remove(at));
    let round_trip = sent.map(|(.., at)| now.since(at));
    net.events.push_back(StackEvent::EchoReply { from, identifier, sequence, octets, round_trip });
}

/// Whether an error may be sent about a packet: never about an ICMP error, a later
/// fragment, or what was sent to or claims to come from a group (RFC 1122 section 3.2.2, RFC
/// 4443 section 2.4 (e)).
pub(super) fn may_complain(net: &Net, packet: &IpPacket<'_>, unicast: bool) -> bool {
    let source = packet.source;
    let later = packet.part.is_some_and(|part| part.offset != 0);
    unicast
        && !is_error(packet)
        && !later
        && !net.is_broadcast(source)
        && !source.is_multicast()
        && !source.is_unspecified()
}

/// Whether a packet carries an ICMP error, or an ICMP message that nobody knows.
pub(crate) fn is_error_message(protocol: u8, payload: &[u8]) -> bool {
    match protocol {
        ipv4::ICMP => !matches!(payload.first(), Some(0 | 8 | 13..=18)),
        ipv6::ICMPV6 => payload.first().is_none_or(|kind| *kind < 128),
        _ => false,
    }
}

fn is_error(packet: &IpPacket<'_>) -> bool {
    is_error_message(packet.protocol, packet.payload)
}

/// Tells the sender of the packet that begins with `quote` why it was not delivered.
pub(super) fn complain(net: &mut Net, now: SimTime, to: IpAddr, quote: &[u8], cause: Cause) {
    if net.check_room(1).is_err() || !net.errors.take(now) {
        return;
    }
    let message = match to {
        IpAddr::V4(_) => {
            let quote = &quote[..quote.len().min(icmp::MAX_QUOTE)];
            Either::Four(match cause {
                Cause::ReassemblyTimeout => {
                    icmp::Message::TimeExceeded { code: icmp::time_exceeded::REASSEMBLY, quote }
                }
                Cause::ProtocolUnreachable => {
                    icmp::Message::Unreachable { code: icmp::unreachable::PROTOCOL, mtu: 0, quote }
                }
                _ => icmp::Message::Unreachable { code: icmp::unreachable::PORT, mtu: 0, quote },
            })
        }
        IpAddr::V6(_) => {
            let quote = &quote[..quote.len().min(icmpv6::MAX_QUOTE)];
            Either::Six(match cause {
                Cause::ReassemblyTimeout => {
                    icmpv6::Message::TimeExceeded { code: icmpv6::time_exceeded::REASSEMBLY, quote }
                }
                Cause::ProtocolUnreachable => icmpv6::Message::ParameterProblem {
                    code: icmpv6::parameter_problem::NEXT_HEADER,
                    // The first header's own field: extension headers are not counted here.
                    pointer: 6,
                    quote,
                },
                _ => icmpv6::Message::Unreachable { code: icmpv6::unreachable::PORT, quote },
            })
        }
    };
    // No way back means no answer.
    let _ = send(net, now, to, &message, cause);
}

fn send(
    net: &mut Net,
    now: SimTime,
    to: IpAddr,
    message: &Either<'_>,
    cause: Cause,
) -> Result<(), SocketError> {
    let mut body = Vec::new();
    let (protocol, echo) = match (message, to) {
        (Either::Four(message), _) => {
            icmp::write(&mut body, message);
            (ipv4::ICMP, matches!(body[0], 0 | 8))
        }
        (Either::Six(message), IpAddr::V6(to)) => {
            let IpAddr::V6(from) = net.local_for(to.into())? else {
                return Err(SocketError::NoRoute(to.into()));
            };
            icmpv6::write(&mut body, from, to, message);
            (ipv6::ICMPV6, matches!(body[0], 128 | 129))
        }
        (Either::Six(_), IpAddr::V4(_)) => return Err(SocketError::NoRoute(to)),
    };
    let mut frame = net.begin(to, protocol, body.len(), Cut::Allowed);
    frame.extend_from_slice(&body);
    let pair = |at: usize| u16::from_be_bytes([body[at], body[at + 1]]);
    let echo = echo.then(|| (pair(4), pair(6)));
    let carried = Carried::Icmp { kind: body[0], code: body[1], to, echo };
    net.dispatch(now, to, Pending { frame, carried, cause })
}

/// Sends a message of neighbour discovery to a card that is known already.
pub(super) fn send_discovery(
    net: &mut Net,
    (from, to): (Ipv6Addr, Ipv6Addr),
    card: protocol::wire::MacAddr,
    message: ndp::Message,
    cause: Cause,
) {
    let (header, body) = icmpv6::discovery(from, to, message);
    let mut frame = net.begin_v6(&header, body.len());
    frame.extend_from_slice(&body);
    let carried = Carried::Discovery { kind: body[0], target: message.target() };
    net.emit(card, Pending { frame, carried, cause });
}

/// What "destination unreachable" with this code means for TCP: protocol and port are hard
/// errors (RFC 1122 section 4.2.3.9); none when the packet was too long.
pub(super) fn fault(code: u8) -> Option<Fault> {
    let hard = matches!(code, icmp::unreachable::PROTOCOL | icmp::unreachable::PORT);
    (code != icmp::unreachable::FRAGMENTATION_NEEDED).then_some(Fault::Unreachable { code, hard })
}

/// The protocol of a quoted packet, our port and the other's.
type Ports = (u8, u16, u16);

/// What an error says of our packet: its destination; protocol and ports if they were
/// quoted. The quote is cut off, so that it cannot be read as a whole packet.
fn read_quote(quote: &[u8]) -> Option<(IpAddr, Option<Ports>)> {
    let (destination, protocol, transport): (IpAddr, u8, _) = match quote.first()? >> 4 {
        4 => {
            let header: &[u8; ipv4::HEADER] = quote.first_chunk()?;
            let destination = Ipv4Addr::new(header[16], header[17], header[18], header[19]);
            (destination.into(), header[9], quote.get(usize::from(header[0] & 0x0f) * 4..))
        }
        6 => {
            let header: &[u8; ipv6::HEADER] = quote.first_chunk()?;
            let destination: [u8; 16] = header[24..].try_into().ok()?;
            (Ipv6Addr::from(destination).into(), header[6], quote.get(ipv6::HEADER..))
        }
        _ => return None,
    };
    let ports = transport
        .and_then(|octets| octets.first_chunk::<4>())
        .map(|&[a, b, c, d]| (protocol, u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])));
    Some((destination, ports))
}

/// The TTL of what is sent to `to` unless something else is asked for.
pub(super) const fn usual_ttl(is_group: bool) -> u8 {
    // RFC 1112 section 6.1: to a group no farther than this network, unless told otherwise.
    if is_group { 1 } else { DEFAULT_TTL }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_sent_in_bursts_and_then_one_by_one() {
        let mut budget = ErrorBudget::default();
        let start = SimTime::from_secs(5);
        let sent = (0..100).filter(|_| budget.take(start)).count();
        assert_eq!(sent, ERROR_BURST as usize);
        assert!(!budget.take(start + ERROR_INTERVAL - Duration::from_nanos(1)));
        assert!(budget.take(start + ERROR_INTERVAL) && !budget.take(start + ERROR_INTERVAL));
        let later = start + Duration::from_secs(3600);
        assert_eq!((0..100).filter(|_| budget.take(later)).count(), ERROR_BURST as usize);
    }

    #[test]
    fn a_quote_of_either_family_tells_where_the_packet_should_have_gone() {
        let mut four = vec![0x45; 24];
        four[9] = 17;
        four[16..24].copy_from_slice(&[10, 0, 0, 2, 0x1b, 0x3a, 0x61, 0xa8]);
        let expected = (IpAddr::from([10, 0, 0, 2]), Some((17, 6970, 25_000)));
        assert_eq!(read_quote(&four), Some(expected));
        let mut six = vec![0x60; 44];
        six[6] = 6;
        six[24..44].copy_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 80, 0, 1]);
        assert_eq!(read_quote(&six), Some((Ipv6Addr::LOCALHOST.into(), Some((6, 80, 1)))));
        assert_eq!(read_quote(&six[..39]), None);
        assert_eq!(read_quote(&[0x50; 60]), None);
    }
}
