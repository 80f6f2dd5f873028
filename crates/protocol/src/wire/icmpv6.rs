//! The Internet control message protocol for IPv6 (RFC 4443).
//!
//! Neighbour discovery, whose messages are of this protocol, is in [`super::ndp`].

use std::net::Ipv6Addr;

use super::checksum::Checksum;
use super::error::need;
use super::{WireError, ipv6, ndp};

/// Octets of type, code, checksum and the four that follow in every message kept here.
pub const HEADER: usize = 8;
/// The most octets of a faulty packet that an error quotes, so that the whole error stays
/// within the least MTU (RFC 4443 section 2.4 (c)).
pub const MAX_QUOTE: usize = ipv6::MIN_MTU - ipv6::HEADER - HEADER;

/// Codes of Destination Unreachable (RFC 4443 section 3.1).
pub mod unreachable {
    /// There is no route.
    pub const NO_ROUTE: u8 = 0;
    /// It is forbidden.
    pub const PROHIBITED: u8 = 1;
    /// The host did not answer.
    pub const ADDRESS: u8 = 3;
    /// Nobody has the port.
    pub const PORT: u8 = 4;
}

/// Codes of Time Exceeded (RFC 4443 section 3.3).
pub mod time_exceeded {
    /// The hop limit ran out.
    pub const HOP_LIMIT: u8 = 0;
    /// Fragments did not all come in time.
    pub const REASSEMBLY: u8 = 1;
}

/// Codes of Parameter Problem (RFC 4443 section 3.4).
pub mod parameter_problem {
    /// A next header that the host does not know.
    pub const NEXT_HEADER: u8 = 1;
}

/// A message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// Type 1: a packet could not be delivered.
    Unreachable {
        /// Why: see [`unreachable`].
        code: u8,
        /// The packet, or its beginning.
        quote: &'a [u8],
    },
    /// Type 2: a packet is longer than the next link carries.
    PacketTooBig {
        /// What that link carries, in octets.
        mtu: u32,
        /// The packet, or its beginning.
        quote: &'a [u8],
    },
    /// Type 3: a packet was discarded because of its age.
    TimeExceeded {
        /// Why: see [`time_exceeded`].
        code: u8,
        /// The packet, or its beginning.
        quote: &'a [u8],
    },
    /// Type 4: a header could not be processed.
    ParameterProblem {
        /// Why: see [`parameter_problem`].
        code: u8,
        /// Where in the packet, in octets.
        pointer: u32,
        /// The packet, or its beginning.
        quote: &'a [u8],
    },
    /// Type 128: asks for an echo.
    EchoRequest {
        /// Who asks.
        identifier: u16,
        /// Which request.
        sequence: u16,
        /// What shall come back.
        data: &'a [u8],
    },
    /// Type 129: the echo.
    EchoReply {
        /// As in the request.
        identifier: u16,
        /// As in the request.
        sequence: u16,
        /// As in the request.
        data: &'a [u8],
    },
    /// Types 133 to 136: neighbour discovery.
    Discovery(ndp::Message),
    /// Any other.
    Other {
        /// Its type.
        kind: u8,
        /// Its code.
        code: u8,
        /// All octets after type, code and checksum.
        rest: &'a [u8],
    },
}

impl Message<'_> {
    /// Its type and code.
    #[must_use]
    pub fn kind(&self) -> (u8, u8) {
        match self {
            Message::Unreachable { code, .. } => (1, *code),
            Message::PacketTooBig { .. } => (2, 0),
            Message::TimeExceeded { code, .. } => (3, *code),
            Message::ParameterProblem { code, .. } => (4, *code),
            Message::EchoRequest { .. } => (128, 0),
            Message::EchoReply { .. } => (129, 0),
            Message::Discovery(message) => (message.kind(), 0),
            Message::Other { kind, code, .. } => (*kind, *code),
        }
    }
}

/// Reads a message, which takes all the octets, that came `from` this address `to` that one.
///
/// # Errors
/// [`WireError`] below eight octets, for a wrong checksum, and for neighbour discovery that
/// cannot be read.
pub fn parse(octets: &[u8], from: Ipv6Addr, to: Ipv6Addr) -> Result<Message<'_>, WireError> {
    const LAYER: &str = "ICMPv6";
    need(LAYER, octets, 0, HEADER)?;
    let pseudo = Checksum::new().with_pseudo_header(from, to, ipv6::ICMPV6, octets.len());
    if pseudo.with(octets).finish() != 0 {
        let found = u16::from_be_bytes([octets[2], octets[3]]);
        let computed = pseudo.with(&octets[..2]).finish_with(&octets[4..]);
        return Err(WireError::BadChecksum { layer: LAYER, offset: 2, found, computed });
    }
    let (kind, code, body) = (octets[0], octets[1], &octets[HEADER..]);
    let word = u32::from_be_bytes([octets[4], octets[5], octets[6], octets[7]]);
    let (identifier, sequence) = ((word >> 16) as u16, word as u16);
    Ok(match kind {
        1 => Message::Unreachable { code, quote: body },
        2 => Message::PacketTooBig { mtu: word, quote: body },
        3 => Message::TimeExceeded { code, quote: body },
        4 => Message::ParameterProblem { code, pointer: word, quote: body },
        128 => Message::EchoRequest { identifier, sequence, data: body },
        129 => Message::EchoReply { identifier, sequence, data: body },
        133..=136 => Message::Discovery(ndp::parse(octets)?),
        _ => Message::Other { kind, code, rest: &octets[4..] },
    })
}

/// A message of neighbour discovery and the header of its packet, whose hop limit tells that no
/// router has passed it on (RFC 4861 section 7.1).
pub fn discovery(from: Ipv6Addr, to: Ipv6Addr, message: ndp::Message) -> (ipv6::Header, Vec<u8>) {
    let mut body = Vec::new();
    write(&mut body, from, to, &Message::Discovery(message));
    let header = ipv6::Header {
        source: from,
        destination: to,
        next_header: ipv6::ICMPV6,
        hop_limit: ndp::HOP_LIMIT,
        traffic_class: 0,
        flow_label: 0,
    };
    (header, body)
}

/// Appends a message with its checksum.
pub fn write(out: &mut Vec<u8>, from: Ipv6Addr, to: Ipv6Addr, message: &Message<'_>) {
    let start = out.len();
    let (kind, code) = message.kind();
    out.extend_from_slice(&[kind, code, 0, 0]);
    let echo = |identifier: u16, sequence: u16| u32::from(identifier) << 16 | u32::from(sequence);
    let (word, body) = match *message {
        Message::Unreachable { quote, .. } | Message::TimeExceeded { quote, .. } => (Some(0), quote),
        Message::PacketTooBig { mtu, quote } => (Some(mtu), quote),
        Message::ParameterProblem { pointer, quote, .. } => (Some(pointer), quote),
        Message::EchoRequest { identifier, sequence, data }
        | Message::EchoReply { identifier, sequence, data } => (Some(echo(identifier, sequence)), data),
        Message::Discovery(ref message) => {
            ndp::write_body(out, message);
            (None, &[][..])
        }
        Message::Other { rest, .. } => (None, rest),
    };
    if let Some(word) = word {
        out.extend_from_slice(&word.to_be_bytes());
    }
    out.extend_from_slice(body);
    let length = out.len() - start;
    let sum = Checksum::new().with_pseudo_header(from, to, ipv6::ICMPV6, length).finish_with(&out[start..]);
    out[start + 2..start + 4].copy_from_slice(&sum.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 2);
    const B: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 2, 0, 0, 0, 0, 2);

    #[test]
    fn what_is_written_is_read() {
        let messages = [
            Message::Unreachable { code: unreachable::PORT, quote: b"quoted" },
            Message::PacketTooBig { mtu: 1400, quote: b"quoted" },
            Message::TimeExceeded { code: time_exceeded::HOP_LIMIT, quote: b"" },
            Message::ParameterProblem { code: 1, pointer: 40, quote: b"q" },
            Message::EchoRequest { identifier: 1, sequence: 2, data: b"abc" },
            Message::EchoReply { identifier: 0xffff, sequence: 2, data: b"" },
            Message::Other { kind: 143, code: 0, rest: &[0, 0, 0, 1, 5] },
        ];
        for message in messages {
            let mut octets = Vec::new();
            write(&mut octets, A, B, &message);
            assert_eq!(parse(&octets, A, B), Ok(message));
            assert_eq!(parse(&octets, B, A), Ok(message), "the pseudo-header is a sum");
            octets[0] ^= 0x40;
            assert!(matches!(parse(&octets, A, B), Err(WireError::BadChecksum { offset: 2, .. })));
        }
        assert!(matches!(parse(&[128, 0, 0, 0], A, B), Err(WireError::Truncated { have: 4, .. })));
    }
}
