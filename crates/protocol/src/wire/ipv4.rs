//! The Internet protocol, version 4 (RFC 791).

use std::net::Ipv4Addr;

use pnet_packet::ip::IpNextHeaderProtocol;
use pnet_packet::ipv4::{Ipv4Packet, MutableIpv4Packet};

use super::error::need;
use super::{WireError, checksum};

/// Octets of a header without options.
pub const HEADER: usize = 20;
/// The longest packet that the total length can state.
pub const MAX_PACKET: usize = 65_535;
/// Fragment offsets count in units of this many octets (RFC 791 section 3.1).
pub const FRAGMENT_UNIT: usize = 8;

/// The most octets of options.
pub const MAX_OPTIONS: usize = 40;

/// Protocol number of ICMP.
pub const ICMP: u8 = 1;
/// Protocol number of IGMP.
pub const IGMP: u8 = 2;
/// Protocol number of TCP.
pub const TCP: u8 = 6;
/// Protocol number of UDP.
pub const UDP: u8 = 17;

/// The Router Alert option (RFC 2113): "routers, look into this packet, though it is not for
/// you". Its value 0 means every router.
pub const ROUTER_ALERT: [u8; 4] = [0x94, 4, 0, 0];

const DONT_FRAGMENT: u8 = 0b010;
const MORE_FRAGMENTS: u8 = 0b001;

/// What a header says beyond lengths and checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Who sent it.
    pub source: Ipv4Addr,
    /// Whom it shall reach.
    pub destination: Ipv4Addr,
    /// What the payload is: [`ICMP`], [`IGMP`], [`TCP`], [`UDP`] or another.
    pub protocol: u8,
    /// How many more routers may pass it on.
    pub ttl: u8,
    /// Differentiated services and ECN, as one octet (RFC 2474, RFC 3168).
    pub traffic_class: u8,
    /// Which fragments belong together (RFC 6864).
    pub identification: u16,
    /// Routers may not fragment it.
    pub dont_fragment: bool,
    /// Fragments follow this one.
    pub more_fragments: bool,
    /// Where the payload begins in the whole, in octets: a multiple of 8, at most 65,528.
    pub fragment_offset: usize,
}

impl Header {
    /// Whether the packet is only a part of one.
    #[must_use]
    pub fn is_fragment(&self) -> bool {
        self.more_fragments || self.fragment_offset != 0
    }
}

/// A packet that has been read and whose header checksum fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The header.
    pub header: Header,
    /// The options' octets, usually none.
    pub options: &'a [u8],
    /// The payload, without the link's padding.
    pub payload: &'a [u8],
    /// Header and payload together, as an ICMP error quotes them.
    pub whole: &'a [u8],
}

/// Reads a packet; octets beyond its total length are padding.
///
/// # Errors
/// [`WireError`] for short octets, a version other than 4, impossible lengths and a wrong
/// header checksum (RFC 1122 section 3.2.1.2: discarded silently).
pub fn parse(octets: &[u8]) -> Result<Packet<'_>, WireError> {
    const LAYER: &str = "IPv4";
    need(LAYER, octets, 0, HEADER)?;
    let packet = Ipv4Packet::new(octets).expect("a header's length was checked");
    let bad = |field, offset, value| Err(WireError::BadValue { layer: LAYER, field, offset, value });
    if packet.get_version() != 4 {
        return bad("version", 0, u32::from(packet.get_version()));
    }
    let header_length = usize::from(packet.get_header_length()) * 4;
    if header_length < HEADER {
        return bad("header length", 0, header_length as u32);
    }
    need(LAYER, octets, 0, header_length)?;
    let total = usize::from(packet.get_total_length());
    if total < header_length {
        return bad("total length", 2, total as u32);
    }
    need(LAYER, octets, 0, total)?;
    if checksum::of(&octets[..header_length]) != 0 {
        let computed = header_checksum(&octets[..header_length]);
        return Err(WireError::BadChecksum {
            layer: LAYER,
            offset: 10,
            found: packet.get_checksum(),
            computed,
        });
    }
    let flags = packet.get_flags();
    let header = Header {
        source: packet.get_source(),
        destination: packet.get_destination(),
        protocol: packet.get_next_level_protocol().0,
        ttl: packet.get_ttl(),
        traffic_class: packet.get_dscp() << 2 | packet.get_ecn(),
        identification: packet.get_identification(),
        dont_fragment: flags & DONT_FRAGMENT != 0,
        more_fragments: flags & MORE_FRAGMENTS != 0,
        fragment_offset: usize::from(packet.get_fragment_offset()) * FRAGMENT_UNIT,
    };
    Ok(Packet {
        header,
        options: &octets[HEADER..header_length],
        payload: &octets[header_length..total],
        whole: &octets[..total],
    })
}

/// Appends a header without options for a payload of `payload` octets, which the caller
/// appends after it. Lengths above 65,515 are cut to what the field can state.
pub fn write(out: &mut Vec<u8>, header: &Header, payload: usize) {
    write_with_options(out, header, &[], payload);
}

/// The same with `options`, at most 40 octets (RFC 791 section 3.1: the header has at most 15
/// words); more are left out. They are filled up to whole words with zeros, which end them.
pub fn write_with_options(out: &mut Vec<u8>, header: &Header, options: &[u8], payload: usize) {
    let options = &options[..options.len().min(MAX_OPTIONS)];
    let length = HEADER + options.len().next_multiple_of(4);
    let start = out.len();
    out.resize(start + length, 0);
    out[start + HEADER..][..options.len()].copy_from_slice(options);
    let mut packet = MutableIpv4Packet::new(&mut out[start..]).expect("the room was just made");
    packet.set_version(4);
    packet.set_header_length((length / 4) as u8);
    packet.set_dscp(header.traffic_class >> 2);
    packet.set_ecn(header.traffic_class & 0b11);
    packet.set_total_length(u16::try_from(length + payload).unwrap_or(u16::MAX));
    packet.set_identification(header.identification);
    let mut flags = 0;
    if header.dont_fragment {
        flags |= DONT_FRAGMENT;
    }
    if header.more_fragments {
        flags |= MORE_FRAGMENTS;
    }
    packet.set_flags(flags);
    packet.set_fragment_offset((header.fragment_offset / FRAGMENT_UNIT) as u16);
    packet.set_ttl(header.ttl);
    packet.set_next_level_protocol(IpNextHeaderProtocol(header.protocol));
    packet.set_source(header.source);
    packet.set_destination(header.destination);
    let sum = checksum::of(&out[start..]);
    out[start + 10..start + 12].copy_from_slice(&sum.to_be_bytes());
}

/// Counts the TTL of a packet down by one and mends its checksum, as a router does (RFC
/// 1812 section 5.3.1, RFC 1624 for the checksum). Answers what is left: at `Some(0)` the
/// router must discard it; `None` when these are not a header's octets or the TTL was 0.
pub fn decrement_ttl(packet: &mut [u8]) -> Option<u8> {
    if packet.len() < HEADER {
        return None;
    }
    let left = packet[8].checked_sub(1)?;
    let old_word = u16::from_be_bytes([packet[8], packet[9]]);
    packet[8] = left;
    let new_word = u16::from_be_bytes([packet[8], packet[9]]);
    let old_sum = u16::from_be_bytes([packet[10], packet[11]]);
    // HC' = ~(~HC + ~m + m') (RFC 1624 equation 3).
    let mut sum = u32::from(!old_sum) + u32::from(!old_word) + u32::from(new_word);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    packet[10..12].copy_from_slice(&(!(sum as u16)).to_be_bytes());
    Some(left)
}

fn header_checksum(header: &[u8]) -> u16 {
    checksum::Checksum::new().with(&header[..10]).finish_with(&header[12..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            source: Ipv4Addr::new(10, 0, 0, 1),
            destination: Ipv4Addr::new(10, 0, 1, 2),
            protocol: UDP,
            ttl: 64,
            traffic_class: 0,
            identification: 7,
            dont_fragment: true,
            more_fragments: false,
            fragment_offset: 0,
        }
    }

    #[test]
    fn what_is_written_is_read_without_padding() {
        let mut octets = Vec::new();
        write(&mut octets, &header(), 3);
        octets.extend_from_slice(b"abcPADDING");
        let packet = parse(&octets).unwrap();
        assert_eq!(packet.header, header());
        assert_eq!(packet.payload, b"abc");
        assert!(packet.options.is_empty());
        assert_eq!(packet.whole.len(), 23);
    }

    #[test]
    fn options_stand_behind_the_header() {
        let mut octets = Vec::new();
        write_with_options(&mut octets, &header(), &ROUTER_ALERT, 2);
        octets.extend(b"ab");
        let packet = parse(&octets).unwrap();
        assert_eq!((packet.options, packet.payload), (&ROUTER_ALERT[..], &b"ab"[..]));
        let mut odd = Vec::new();
        write_with_options(&mut odd, &header(), &[1; 50], 0);
        assert_eq!(parse(&odd).unwrap().options, [1; MAX_OPTIONS]);
        odd.clear();
        write_with_options(&mut odd, &header(), &[1; 5], 0);
        assert_eq!(parse(&odd).unwrap().options, [1, 1, 1, 1, 1, 0, 0, 0]);
    }

    #[test]
    fn fragments_carry_their_offset_in_octets() {
        let fragment =
            Header { dont_fragment: false, more_fragments: true, fragment_offset: 1480, ..header() };
        let mut octets = Vec::new();
        write(&mut octets, &fragment, 0);
        assert_eq!(u16::from_be_bytes([octets[6], octets[7]]), 0x2000 | 185);
        let read = parse(&octets).unwrap().header;
        assert_eq!(read, fragment);
        assert!(read.is_fragment());
    }

    #[test]
    fn ttl_counts_down_and_the_checksum_stays_right() {
        let mut octets = Vec::new();
        write(&mut octets, &header(), 0);
        for left in (0..64).rev() {
            assert_eq!(decrement_ttl(&mut octets), Some(left));
            assert_eq!(parse(&octets).unwrap().header.ttl, left);
        }
        assert_eq!(decrement_ttl(&mut octets), None);
        assert_eq!(decrement_ttl(&mut [0x45; 19]), None);
    }

    #[test]
    fn faults_are_placed() {
        let mut octets = Vec::new();
        write(&mut octets, &header(), 0);
        let good = u16::from_be_bytes([octets[10], octets[11]]);
        let mut wrong = octets.clone();
        wrong[10] ^= 0xff;
        let found = good ^ 0xff00;
        let fault = WireError::BadChecksum { layer: "IPv4", offset: 10, found, computed: good };
        assert_eq!(parse(&wrong), Err(fault));
        let mut version = octets.clone();
        version[0] = 0x65;
        assert!(matches!(parse(&version), Err(WireError::BadValue { field: "version", value: 6, .. })));
        let mut short = octets.clone();
        short[0] = 0x44;
        assert!(matches!(parse(&short), Err(WireError::BadValue { field: "header length", .. })));
        let mut total = octets.clone();
        total[3] = 19;
        assert!(matches!(parse(&total), Err(WireError::BadValue { field: "total length", .. })));
        total[3] = 21;
        assert!(matches!(parse(&total), Err(WireError::Truncated { needed: 21, have: 20, .. })));
        assert!(matches!(parse(&octets[..19]), Err(WireError::Truncated { .. })));
    }
}
