//! What a frame is, read from its octets alone and whatever its checksums say: addresses, ports,
//! numbers, and where its payload lies.
//!
//! Stacks drop what has a wrong checksum; here it is read all the same. A capture taken where a
//! frame is sent holds it before the card has written the checksums, and may hold it before the
//! card has cut it into frames of the network's size (then the total length can be 0).

use bytes::Bytes;
use pnet_base::MacAddr;
use protocol::wire::tcp::TcpFlags;
use protocol::wire::{ethernet, ipv4, tcp, udp};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// VLAN tags that may stand one in the other before a frame's payload (IEEE 802.1Q, 802.1ad).
pub const MAX_TAGS: usize = 2;
/// Extension headers of IPv6 that are passed over before the transport's (RFC 8200 section 4).
pub const MAX_EXTENSIONS: usize = 8;

const IPV6: u16 = 0x86dd;
const TAGS: [u16; 2] = [0x8100, 0x88a8];
const IPV6_HEADER: usize = 40;
const FRAGMENT_HEADER: u8 = 44;
const ICMPV6: u8 = 58;
/// Hop-by-hop options, routing, destination options.
const EXTENSIONS: [u8; 3] = [0, 43, 60];

/// A frame's addresses and what it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek {
    pub source: MacAddr,
    pub net: Net,
}

/// What stands behind the Ethernet header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Net {
    Arp { request: bool, sender: Ipv4Addr, target: Ipv4Addr },
    Ip(Packet),
    Other,
}

/// An IP packet, or a fragment of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub from: IpAddr,
    pub to: IpAddr,
    pub protocol: u8,
    pub fragment: Option<Fragment>,
    /// Where it begins in the frame.
    pub start: usize,
    /// Its payload's octets in the frame, as far as they were captured.
    pub payload: Range<usize>,
    /// The payload's length by the header.
    pub length: usize,
}

/// Which part of a packet a fragment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    pub id: u32,
    pub offset: usize,
    pub more: bool,
}

/// What an IP packet carries. Payloads are cut where the capture was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    Udp {
        src: u16,
        dst: u16,
        payload: Range<usize>,
        length: usize,
    },
    Tcp(Segment),
    Icmp {
        icmp_type: u8,
        code: u8,
    },
    Igmp {
        igmp_type: u8,
        group: Ipv4Addr,
    },
    /// Neighbour discovery (RFC 4861 section 4).
    Discovery {
        icmp_type: u8,
        target: Option<Ipv6Addr>,
    },
    Other,
}

/// A TCP segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub src: u16,
    pub dst: u16,
    pub seq: u32,
    pub ack: u32,
    pub flags: TcpFlags,
    pub window: u16,
    pub payload: Range<usize>,
    /// Octets of data by the headers.
    pub length: usize,
}

fn number(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(octets.get(at..at + 2)?.try_into().ok()?))
}

fn long(octets: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(octets.get(at..at + 4)?.try_into().ok()?))
}

fn v4(octets: &[u8], at: usize) -> Option<Ipv4Addr> {
    long(octets, at).map(Ipv4Addr::from)
}

/// Reads a frame without its FCS; `None` when it is too short for its own headers.
pub fn frame(octets: &[u8]) -> Option<Peek> {
    let source: [u8; 6] = octets.get(6..12)?.try_into().ok()?;
    let mut at = ethernet::HEADER;
    let mut kind = number(octets, at - 2)?;
    for _ in 0..MAX_TAGS {
        if TAGS.contains(&kind) {
            kind = number(octets, at + 2)?;
            at += 4;
        }
    }
    let net = match kind {
        ethernet::ARP => arp(octets.get(at..)?).unwrap_or(Net::Other),
        ethernet::IPV4 => packet4(octets, at).map_or(Net::Other, Net::Ip),
        IPV6 => packet6(octets, at).map_or(Net::Other, Net::Ip),
        _ => Net::Other,
    };
    Some(Peek { source: MacAddr::from(source), net })
}

fn arp(octets: &[u8]) -> Option<Net> {
    let request = match number(octets, 6)? {
        1 => true,
        2 => false,
        _ => return None,
    };
    Some(Net::Arp { request, sender: v4(octets, 14)?, target: v4(octets, 24)? })
}

fn packet4(octets: &[u8], at: usize) -> Option<Packet> {
    let ip = octets.get(at..)?;
    let header = usize::from(*ip.first()? & 0x0f) * 4;
    if ip[0] >> 4 != 4 || header < ipv4::HEADER || ip.len() < header {
        return None;
    }
    // A card that cuts segments itself is handed packets whose length may not fit the field.
    let total = match usize::from(number(ip, 2)?) {
        0 => ip.len(),
        total => total,
    };
    let length = total.checked_sub(header)?;
    let piece = number(ip, 6)?;
    let (more, offset) = (piece & 0x2000 != 0, usize::from(piece & 0x1fff) * ipv4::FRAGMENT_UNIT);
    let start = at + header;
    Some(Packet {
        from: v4(ip, 12)?.into(),
        to: v4(ip, 16)?.into(),
        protocol: ip[9],
        fragment: (more || offset > 0).then_some(Fragment { id: number(ip, 4)?.into(), offset, more }),
        start: at,
        payload: start..octets.len().min(start + length),
        length,
    })
}

fn packet6(octets: &[u8], at: usize) -> Option<Packet> {
    let ip = octets.get(at..)?;
    if ip.len() < IPV6_HEADER || ip[0] >> 4 != 6 {
        return None;
    }
    let address = |at: usize| -> Option<IpAddr> {
        let octets: [u8; 16] = ip.get(at..at + 16)?.try_into().ok()?;
        Some(Ipv6Addr::from(octets).into())
    };
    let mut length = match usize::from(number(ip, 4)?) {
        0 => ip.len() - IPV6_HEADER,
        length => length,
    };
    let (mut start, mut protocol) = (at + IPV6_HEADER, ip[6]);
    for _ in 0..MAX_EXTENSIONS {
        if !EXTENSIONS.contains(&protocol) {
            break;
        }
        let octets = 8 + 8 * usize::from(*octets.get(start + 1)?);
        protocol = *ip.get(start - at)?;
        start += octets;
        length = length.checked_sub(octets)?;
    }
    let mut fragment = None;
    if protocol == FRAGMENT_HEADER {
        let header = octets.get(start..start + 8)?;
        let place = number(header, 2)?;
        let (offset, more) = (usize::from(place & !7), place & 1 != 0);
        // One part that is all there is (RFC 6946) needs no others.
        fragment = (more || offset > 0).then_some(Fragment { id: long(header, 4)?, offset, more });
        protocol = header[0];
        start += header.len();
        length = length.checked_sub(header.len())?;
    }
    if start > octets.len() {
        return None;
    }
    let payload = start..octets.len().min(start + length);
    Some(Packet { from: address(8)?, to: address(24)?, protocol, fragment, start: at, payload, length })
}

/// Reads what a packet carries, whose payload is `octets` and `length` octets long by its header.
pub fn carried(protocol: u8, octets: &[u8], length: usize) -> Carried {
    match protocol {
        ipv4::UDP => datagram(octets, length),
        ipv4::TCP => segment(octets, length).map(Carried::Tcp),
        ipv4::ICMP => {
            octets.first_chunk().map(|[icmp_type, code]| Carried::Icmp { icmp_type: *icmp_type, code: *code })
        }
        ICMPV6 => octets.first_chunk().map(|[icmp_type, code]| match icmp_type {
            133..=136 => {
                let target = octets.get(8..24).filter(|_| *icmp_type >= 135);
                let target = target.and_then(|target| <[u8; 16]>::try_from(target).ok()).map(Ipv6Addr::from);
                Carried::Discovery { icmp_type: *icmp_type, target }
            }
            _ => Carried::Icmp { icmp_type: *icmp_type, code: *code },
        }),
        ipv4::IGMP => {
            octets.first().and_then(|kind| Some(Carried::Igmp { igmp_type: *kind, group: v4(octets, 4)? }))
        }
        _ => None,
    }
    .unwrap_or(Carried::Other)
}

fn datagram(octets: &[u8], length: usize) -> Option<Carried> {
    let stated = usize::from(number(octets, 4)?);
    let length = if stated == 0 { length } else { stated.min(length) }.checked_sub(udp::HEADER)?;
    let payload = udp::HEADER..octets.len().min(udp::HEADER + length);
    (payload.start <= payload.end).then_some(())?;
    Some(Carried::Udp { src: number(octets, 0)?, dst: number(octets, 2)?, payload, length })
}

fn segment(octets: &[u8], length: usize) -> Option<Segment> {
    let header = usize::from(*octets.get(12)? >> 4) * 4;
    if header < tcp::HEADER || header > length {
        return None;
    }
    let length = length - header;
    let payload = header.min(octets.len())..octets.len().min(header + length);
    Some(Segment {
        src: number(octets, 0)?,
        dst: number(octets, 2)?,
        seq: long(octets, 4)?,
        ack: long(octets, 8)?,
        flags: TcpFlags(*octets.get(13)?),
        window: number(octets, 14)?,
        payload,
        length,
    })
}

/// The octets of a frame before its FCS.
pub fn without_fcs(bytes: &Bytes, has_fcs: bool) -> Bytes {
    if has_fcs { bytes.slice(..bytes.len().saturating_sub(ethernet::FCS)) } else { bytes.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(total: u16, flags: u16, rest: &[u8]) -> Vec<u8> {
        let mut frame = vec![0; 12];
        frame.extend([0x08, 0x00, 0x45, 0]);
        frame.extend(total.to_be_bytes());
        frame.extend([0, 7]);
        frame.extend(flags.to_be_bytes());
        frame.extend([64, ipv4::UDP, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        frame.extend(rest);
        frame
    }

    const UDP: [u8; 12] = [0x13, 0x8c, 0x13, 0x8e, 0, 12, 0xbe, 0xef, 1, 2, 3, 4];

    fn packet(frame: &[u8]) -> Packet {
        match super::frame(frame).unwrap().net {
            Net::Ip(packet) => packet,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn padding_tags_and_a_length_of_zero() {
        let mut padded = ip(32, 0, &UDP);
        padded.extend([0; 14]);
        let read = packet(&padded);
        assert_eq!((read.payload.clone(), read.length), (34..46, 12));
        let inner = carried(read.protocol, &padded[read.payload], read.length);
        assert_eq!(inner, Carried::Udp { src: 5004, dst: 5006, payload: 8..12, length: 4 });

        let mut tagged = padded.clone();
        tagged.splice(12..12, [0x81, 0, 0, 7]);
        assert_eq!(packet(&tagged).payload, 38..50);

        assert_eq!(packet(&ip(0, 0, &UDP)).length, 12);
    }

    #[test]
    fn what_was_cut_keeps_its_length() {
        let cut = ip(1028, 0, &UDP);
        let read = packet(&cut);
        assert_eq!((read.payload.len(), read.length), (12, 1008));
        let mut long = UDP;
        long[4..6].copy_from_slice(&1008u16.to_be_bytes());
        let inner = carried(ipv4::UDP, &long, 1008);
        assert_eq!(inner, Carried::Udp { src: 5004, dst: 5006, payload: 8..12, length: 1000 });
        assert_eq!(packet(&ip(32, 0x2001, &UDP)).fragment, Some(Fragment { id: 7, offset: 8, more: true }));
    }

    #[test]
    fn short_or_odd_octets_are_no_packet() {
        for end in 0..46 {
            let frame = ip(32, 0, &UDP);
            if let Some(Peek { net: Net::Ip(packet), .. }) = super::frame(&frame[..end]) {
                let payload = &frame[..end][packet.payload.clone()];
                carried(packet.protocol, payload, packet.length);
            }
        }
        assert_eq!(super::frame(&[0; 13]), None);
    }
}
