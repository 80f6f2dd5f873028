//! The user datagram protocol (RFC 768).

use std::net::{IpAddr, SocketAddr};

use pnet_packet::udp::{MutableUdpPacket, UdpPacket};

use super::checksum::Checksum;
use super::error::need;
use super::{WireError, ipv4};

/// Octets of the header.
pub const HEADER: usize = 8;
/// The most octets of payload that one datagram carries over IPv4.
pub const MAX_PAYLOAD: usize = ipv4::MAX_PACKET - ipv4::HEADER - HEADER;

/// A datagram that has been read and whose checksum fits or is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// The sender's port; 0 when it expects no answer.
    pub source: u16,
    /// The receiver's port.
    pub destination: u16,
    /// Whether the sender computed a checksum.
    pub has_checksum: bool,
    /// The payload.
    pub payload: &'a [u8],
}

/// Reads a datagram that came `from` this address `to` that one.
///
/// # Errors
/// [`WireError`] for short octets, an impossible length and a wrong checksum.
pub fn parse(
    octets: &[u8],
    from: impl Into<IpAddr>,
    to: impl Into<IpAddr>,
) -> Result<Datagram<'_>, WireError> {
    const LAYER: &str = "UDP";
    need(LAYER, octets, 0, HEADER)?;
    let packet = UdpPacket::new(octets).expect("a header's length was checked");
    let length = usize::from(packet.get_length());
    if length < HEADER {
        return Err(WireError::BadValue { layer: LAYER, field: "length", offset: 4, value: length as u32 });
    }
    need(LAYER, octets, 0, length)?;
    let found = packet.get_checksum();
    let (from, to) = (from.into(), to.into());
    let pseudo = Checksum::new().with_pseudo_header(from, to, ipv4::UDP, length);
    // RFC 8200 section 8.1: over IPv6 a datagram always has one.
    if (found != 0 || from.is_ipv6()) && pseudo.with(&octets[..length]).finish() != 0 {
        let computed = as_sent(pseudo.with(&octets[..6]).finish_with(&octets[8..length]));
        return Err(WireError::BadChecksum { layer: LAYER, offset: 6, found, computed });
    }
    Ok(Datagram {
        source: packet.get_source(),
        destination: packet.get_destination(),
        has_checksum: found != 0,
        payload: &octets[HEADER..length],
    })
}

/// Appends a datagram with its checksum. The payload is at most [`MAX_PAYLOAD`] octets;
/// the caller has seen to that.
pub fn write(out: &mut Vec<u8>, from: impl Into<SocketAddr>, to: impl Into<SocketAddr>, payload: &[u8]) {
    let (from, to) = (from.into(), to.into());
    let start = out.len();
    let length = HEADER + payload.len();
    out.resize(start + HEADER, 0);
    let mut packet = MutableUdpPacket::new(&mut out[start..]).expect("the room was just made");
    packet.set_source(from.port());
    packet.set_destination(to.port());
    packet.set_length(u16::try_from(length).unwrap_or(u16::MAX));
    out.extend_from_slice(payload);
    let sum =
        Checksum::new().with_pseudo_header(from.ip(), to.ip(), ipv4::UDP, length).finish_with(&out[start..]);
    out[start + 6..start + 8].copy_from_slice(&as_sent(sum).to_be_bytes());
}

/// A computed checksum of zero is sent as all ones, since zero means "none" (RFC 768).
fn as_sent(sum: u16) -> u16 {
    if sum == 0 { 0xffff } else { sum }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, SocketAddrV4};

    const A: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 1), 5000);
    const B: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), 5004);

    fn read(octets: &[u8]) -> Result<Datagram<'_>, WireError> {
        parse(octets, *A.ip(), *B.ip())
    }

    #[test]
    fn what_is_written_is_read() {
        for payload in [&b""[..], b"a", b"odd", b"picture of a cat"] {
            let mut octets = Vec::new();
            write(&mut octets, A, B, payload);
            octets.extend_from_slice(b"padding");
            let datagram = read(&octets).unwrap();
            assert_eq!((datagram.source, datagram.destination), (5000, 5004));
            assert!(datagram.has_checksum);
            assert_eq!(datagram.payload, payload);
        }
    }

    #[test]
    fn a_sum_of_zero_is_sent_as_ones() {
        // Choose the payload so that the whole sums to zero.
        let mut octets = Vec::new();
        write(&mut octets, A, B, &[0, 0]);
        let sum = u16::from_be_bytes([octets[6], octets[7]]);
        octets.clear();
        write(&mut octets, A, B, &sum.to_be_bytes());
        assert_eq!(&octets[6..8], &[0xff, 0xff]);
        assert!(read(&octets).is_ok());
    }

    #[test]
    fn no_checksum_is_accepted_and_a_wrong_one_is_not() {
        let mut octets = Vec::new();
        write(&mut octets, A, B, b"abc");
        let computed = u16::from_be_bytes([octets[6], octets[7]]);
        octets[10] ^= 0x40;
        assert!(matches!(read(&octets), Err(WireError::BadChecksum { offset: 6, .. })));
        octets[10] ^= 0x40;
        octets[6] ^= 1;
        let found = computed ^ 0x0100;
        assert_eq!(read(&octets), Err(WireError::BadChecksum { layer: "UDP", offset: 6, found, computed }));
        octets[6..8].fill(0);
        assert!(!read(&octets).unwrap().has_checksum);
    }

    #[test]
    fn lengths_are_checked() {
        let mut octets = Vec::new();
        write(&mut octets, A, B, b"abc");
        assert!(matches!(read(&octets[..7]), Err(WireError::Truncated { .. })));
        assert!(matches!(read(&octets[..10]), Err(WireError::Truncated { needed: 11, have: 10, .. })));
        octets[5] = 7;
        assert!(matches!(read(&octets), Err(WireError::BadValue { field: "length", .. })));
    }
}
