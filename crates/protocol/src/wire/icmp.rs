//! The Internet control message protocol (RFC 792).

use pnet_packet::icmp::echo_reply::MutableEchoReplyPacket;
use pnet_packet::icmp::echo_request::EchoRequestPacket;
use pnet_packet::icmp::{IcmpCode, IcmpPacket, IcmpType, IcmpTypes};

use super::error::need;
use super::{WireError, checksum};

/// Octets of the header of every message kept here.
pub const HEADER: usize = 8;
/// The most octets of a faulty packet that an error quotes, so that the whole message
/// stays within 576 octets (RFC 1812 section 4.3.2.3).
pub const MAX_QUOTE: usize = 576 - 20 - HEADER;

/// Codes of [`Message::Unreachable`] (RFC 792, RFC 1122 section 3.2.2.1).
pub mod unreachable {
    /// No route to the network.
    pub const NETWORK: u8 = 0;
    /// The host does not answer.
    pub const HOST: u8 = 1;
    /// The host does not know the transport protocol.
    pub const PROTOCOL: u8 = 2;
    /// Nobody listens on the port.
    pub const PORT: u8 = 3;
    /// The packet is too big for the next link and must not be fragmented.
    pub const FRAGMENTATION_NEEDED: u8 = 4;
}

/// Codes of [`Message::TimeExceeded`].
pub mod time_exceeded {
    /// The TTL reached zero on the way.
    pub const IN_TRANSIT: u8 = 0;
    /// Fragments of a packet did not all come in time.
    pub const REASSEMBLY: u8 = 1;
}

/// A message. `quote` is the beginning of the packet that an error speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// "Please send this back" (type 8).
    EchoRequest {
        /// Which program asks.
        identifier: u16,
        /// Which of its questions.
        sequence: u16,
        /// What shall come back.
        data: &'a [u8],
    },
    /// What came back (type 0).
    EchoReply {
        /// As in the request.
        identifier: u16,
        /// As in the request.
        sequence: u16,
        /// As in the request.
        data: &'a [u8],
    },
    /// A packet could not be delivered (type 3).
    Unreachable {
        /// Why: see [`unreachable`].
        code: u8,
        /// The next link's MTU in octets, with code 4 (RFC 1191 section 4), else 0.
        mtu: u16,
        /// Header and first octets of that packet.
        quote: &'a [u8],
    },
    /// A packet ran out of time (type 11).
    TimeExceeded {
        /// Where: see [`time_exceeded`].
        code: u8,
        /// Header and first octets of that packet.
        quote: &'a [u8],
    },
    /// Any other message.
    Other {
        /// Its type.
        kind: u8,
        /// Its code.
        code: u8,
        /// All octets after type, code and checksum.
        rest: &'a [u8],
    },
}

/// Reads a message, which takes all the octets.
///
/// # Errors
/// [`WireError`] below eight octets and for a wrong checksum.
pub fn parse(octets: &[u8]) -> Result<Message<'_>, WireError> {
    const LAYER: &str = "ICMP";
    need(LAYER, octets, 0, HEADER)?;
    let packet = IcmpPacket::new(octets).expect("a header's length was checked");
    if checksum::of(octets) != 0 {
        return Err(WireError::BadChecksum {
            layer: LAYER,
            offset: 2,
            found: packet.get_checksum(),
            computed: checksum::Checksum::new().with(&octets[..2]).finish_with(&octets[4..]),
        });
    }
    let code = packet.get_icmp_code().0;
    let body = &octets[HEADER..];
    Ok(match packet.get_icmp_type() {
        kind @ (IcmpTypes::EchoRequest | IcmpTypes::EchoReply) => {
            let echo = EchoRequestPacket::new(octets).expect("a header's length was checked");
            let (identifier, sequence) = (echo.get_identifier(), echo.get_sequence_number());
            if kind == IcmpTypes::EchoRequest {
                Message::EchoRequest { identifier, sequence, data: body }
            } else {
                Message::EchoReply { identifier, sequence, data: body }
            }
        }
        IcmpTypes::DestinationUnreachable => {
            Message::Unreachable { code, mtu: u16::from_be_bytes([octets[6], octets[7]]), quote: body }
        }
        IcmpTypes::TimeExceeded => Message::TimeExceeded { code, quote: body },
        IcmpType(kind) => Message::Other { kind, code, rest: &octets[4..] },
    })
}

/// Appends a message with its checksum.
pub fn write(out: &mut Vec<u8>, message: &Message<'_>) {
    let start = out.len();
    let (kind, code, rest, body) = match *message {
        Message::EchoRequest { identifier, sequence, data } => {
            (IcmpTypes::EchoRequest.0, 0, Some((identifier, sequence)), data)
        }
        Message::EchoReply { identifier, sequence, data } => {
            (IcmpTypes::EchoReply.0, 0, Some((identifier, sequence)), data)
        }
        Message::Unreachable { code, mtu, quote } => {
            (IcmpTypes::DestinationUnreachable.0, code, Some((0, mtu)), quote)
        }
        Message::TimeExceeded { code, quote } => (IcmpTypes::TimeExceeded.0, code, Some((0, 0)), quote),
        Message::Other { kind, code, rest } => (kind, code, None, rest),
    };
    out.resize(start + if rest.is_some() { HEADER } else { 4 }, 0);
    if let Some((high, low)) = rest {
        let mut packet = MutableEchoReplyPacket::new(&mut out[start..]).expect("the room was just made");
        packet.set_icmp_type(IcmpType(kind));
        packet.set_icmp_code(IcmpCode(code));
        packet.set_identifier(high);
        packet.set_sequence_number(low);
    } else {
        out[start..start + 2].copy_from_slice(&[kind, code]);
    }
    out.extend_from_slice(body);
    let sum = checksum::of(&out[start..]);
    out[start + 2..start + 4].copy_from_slice(&sum.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let messages = [
            Message::EchoRequest { identifier: 1, sequence: 2, data: b"abc" },
            Message::EchoReply { identifier: 0xffff, sequence: 2, data: b"" },
            Message::Unreachable { code: unreachable::PORT, mtu: 0, quote: b"quoted" },
            Message::Unreachable { code: unreachable::FRAGMENTATION_NEEDED, mtu: 1400, quote: b"q" },
            Message::TimeExceeded { code: time_exceeded::IN_TRANSIT, quote: b"quoted" },
            Message::Other { kind: 13, code: 0, rest: &[1, 2, 3, 4, 5] },
        ];
        for message in messages {
            let mut octets = Vec::new();
            write(&mut octets, &message);
            assert_eq!(parse(&octets), Ok(message));
            octets[0] ^= 1;
            assert!(matches!(parse(&octets), Err(WireError::BadChecksum { offset: 2, .. })));
        }
    }

    #[test]
    fn short_octets_are_refused() {
        assert!(matches!(parse(&[8, 0, 0, 0]), Err(WireError::Truncated { have: 4, .. })));
    }
}
