//! The Internet protocol, version 6 (RFC 8200), and its addresses (RFC 4291).

use std::net::Ipv6Addr;

use pnet_packet::ip::IpNextHeaderProtocol;
use pnet_packet::ipv6::{Ipv6Packet, MutableIpv6Packet};

use super::error::need;
use super::{MacAddr, WireError};

/// Octets of the header.
pub const HEADER: usize = 40;
/// Octets of a fragment header (RFC 8200 section 4.5).
pub const FRAGMENT_HEADER: usize = 8;
/// Every link carries packets of so many octets (RFC 8200 section 5).
pub const MIN_MTU: usize = 1280;
/// Fragment offsets count in units of this many octets.
pub const FRAGMENT_UNIT: usize = 8;
/// Extension headers of one packet that are walked; a packet with more is refused.
pub const MAX_EXTENSIONS: usize = 8;

/// Next header: hop-by-hop options.
pub const HOP_BY_HOP: u8 = 0;
/// Next header: routing.
pub const ROUTING: u8 = 43;
/// Next header: fragment.
pub const FRAGMENT: u8 = 44;
/// Next header: ICMPv6 (RFC 4443).
pub const ICMPV6: u8 = 58;
/// Next header: none follows.
pub const NO_NEXT_HEADER: u8 = 59;
/// Next header: destination options.
pub const DESTINATION_OPTIONS: u8 = 60;

/// The group of all nodes on a link (RFC 4291 section 2.7.1).
pub const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
/// The group of all routers on a link.
pub const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);

/// What a header says beyond the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Who sent it.
    pub source: Ipv6Addr,
    /// Whom it shall reach.
    pub destination: Ipv6Addr,
    /// What follows the header: [`ICMPV6`], [`FRAGMENT`], TCP, UDP or another.
    pub next_header: u8,
    /// How many more routers may pass it on.
    pub hop_limit: u8,
    /// Differentiated services and ECN, as one octet (RFC 2474, RFC 3168).
    pub traffic_class: u8,
    /// The flow that it belongs to, 20 bits; 0 for none (RFC 6437).
    pub flow_label: u32,
}

/// What a fragment header says (RFC 8200 section 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// What the whole payload is.
    pub next_header: u8,
    /// Where this part begins in it, in octets: a multiple of 8, at most 65,528.
    pub offset: usize,
    /// Parts follow this one.
    pub more: bool,
    /// Which parts belong together.
    pub identification: u32,
}

/// A packet that has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The header.
    pub header: Header,
    /// The fragment header, in a packet that is only a part of one.
    pub fragment: Option<Fragment>,
    /// What the payload is: the next header of the last extension header that was walked.
    pub upper: u8,
    /// What follows the extension headers, without the link's padding.
    pub payload: &'a [u8],
    /// Header and all that follows it, as an ICMP error quotes them.
    pub whole: &'a [u8],
}

/// Reads a packet and walks its extension headers; octets beyond its length are padding.
///
/// # Errors
/// [`WireError`] for short octets, a version other than 6, more than [`MAX_EXTENSIONS`]
/// extension headers and those that run beyond the packet.
pub fn parse(octets: &[u8]) -> Result<Packet<'_>, WireError> {
    const LAYER: &str = "IPv6";
    need(LAYER, octets, 0, HEADER)?;
    let packet = Ipv6Packet::new(octets).expect("a header's length was checked");
    let bad = |field, offset, value| Err(WireError::BadValue { layer: LAYER, field, offset, value });
    if packet.get_version() != 6 {
        return bad("version", 0, u32::from(packet.get_version()));
    }
    let total = HEADER + usize::from(packet.get_payload_length());
    need(LAYER, octets, 0, total)?;
    let whole = &octets[..total];
    let header = Header {
        source: packet.get_source(),
        destination: packet.get_destination(),
        next_header: packet.get_next_header().0,
        hop_limit: packet.get_hop_limit(),
        traffic_class: packet.get_traffic_class(),
        flow_label: packet.get_flow_label(),
    };
    let (mut upper, mut at, mut fragment) = (header.next_header, HEADER, None);
    let mut walked = 0;
    // What follows the header of a fragment is a part of something.
    while matches!(upper, HOP_BY_HOP | ROUTING | FRAGMENT | DESTINATION_OPTIONS)
        && fragment.is_none_or(|part: Fragment| part.offset == 0 && !part.more)
    {
        walked += 1;
        if walked > MAX_EXTENSIONS {
            return bad("number of extension headers", at, walked as u32);
        }
        need(LAYER, whole, at, 8)?;
        let extension = &whole[at..];
        let (next, length) = if upper == FRAGMENT {
            let place = u16::from_be_bytes([extension[2], extension[3]]);
            fragment = Some(Fragment {
                next_header: extension[0],
                offset: usize::from(place & 0xfff8),
                more: place & 1 != 0,
                identification: u32::from_be_bytes([extension[4], extension[5], extension[6], extension[7]]),
            });
            (extension[0], FRAGMENT_HEADER)
        } else {
            (extension[0], 8 + 8 * usize::from(extension[1]))
        };
        need(LAYER, whole, at, length)?;
        (upper, at) = (next, at + length);
    }
    Ok(Packet { header, fragment, upper, payload: &whole[at..], whole })
}

/// Appends a header for `payload` octets, extension headers among them, which the caller
/// appends after it. Lengths above 65,535 are cut to what the field can state.
pub fn write(out: &mut Vec<u8>, header: &Header, payload: usize) {
    let start = out.len();
    out.resize(start + HEADER, 0);
    let mut packet = MutableIpv6Packet::new(&mut out[start..]).expect("the room was just made");
    packet.set_version(6);
    packet.set_traffic_class(header.traffic_class);
    packet.set_flow_label(header.flow_label & 0xf_ffff);
    packet.set_payload_length(u16::try_from(payload).unwrap_or(u16::MAX));
    packet.set_next_header(IpNextHeaderProtocol(header.next_header));
    packet.set_hop_limit(header.hop_limit);
    packet.set_source(header.source);
    packet.set_destination(header.destination);
}

/// Appends a fragment header; its part of the payload follows.
pub fn write_fragment(out: &mut Vec<u8>, fragment: &Fragment) {
    let place = (fragment.offset as u16 & 0xfff8) | u16::from(fragment.more);
    out.extend_from_slice(&[fragment.next_header, 0]);
    out.extend_from_slice(&place.to_be_bytes());
    out.extend_from_slice(&fragment.identification.to_be_bytes());
}

/// Counts the hop limit of a packet down by one, as a router does (RFC 8200 section 3), and
/// answers what is left; `None` when these are not a header's octets or it was 0.
pub fn decrement_hop_limit(packet: &mut [u8]) -> Option<u8> {
    if packet.len() < HEADER {
        return None;
    }
    packet[7] = packet[7].checked_sub(1)?;
    Some(packet[7])
}

/// The link-local address that a card forms from its hardware address: fe80::/64 and the
/// modified EUI-64 (RFC 4291 section 2.5.1, RFC 2464 sections 4 and 5).
#[must_use]
pub fn link_local(mac: MacAddr) -> Ipv6Addr {
    let word = |high: u8, low: u8| u16::from_be_bytes([high, low]);
    let MacAddr(a, b, c, d, e, f) = mac;
    Ipv6Addr::new(0xfe80, 0, 0, 0, word(a ^ 0x02, b), word(c, 0xff), word(0xfe, d), word(e, f))
}

/// Whether an address holds on its link only (RFC 4291 section 2.5.6).
#[must_use]
pub fn is_link_local(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xffc0 == 0xfe80
}

/// The group in which a host listens for questions about one of its addresses:
/// ff02::1:ff00:0/104 and the address's last 24 bits (RFC 4291 section 2.7.1).
#[must_use]
pub fn solicited_node(address: Ipv6Addr) -> Ipv6Addr {
    let [.., high, low] = address.segments();
    Ipv6Addr::new(0xff02, 0, 0, 0, 0, 1, 0xff00 | (high & 0xff), low)
}

/// The group address of an IPv6 multicast address: 33:33 and its last 32 bits (RFC 2464
/// section 7).
#[must_use]
pub fn multicast_mac(group: Ipv6Addr) -> MacAddr {
    let [.., c, d, e, f] = group.octets();
    MacAddr(0x33, 0x33, c, d, e, f)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(next_header: u8) -> Header {
        Header {
            source: "2001:db8:1::2".parse().expect("an address"),
            destination: "2001:db8:2::2".parse().expect("an address"),
            next_header,
            hop_limit: 64,
            traffic_class: 0x2e << 2,
            flow_label: 0xa_bcde,
        }
    }

    #[test]
    fn what_is_written_is_read_without_padding() {
        let mut octets = Vec::new();
        write(&mut octets, &header(17), 3);
        octets.extend_from_slice(b"abcPADDING");
        let packet = parse(&octets).unwrap();
        assert_eq!((packet.header, packet.upper, packet.fragment), (header(17), 17, None));
        assert_eq!((packet.payload, packet.whole.len()), (&b"abc"[..], 43));
        for left in (0..64).rev() {
            assert_eq!(decrement_hop_limit(&mut octets), Some(left));
        }
        assert_eq!(decrement_hop_limit(&mut octets), None);
    }

    #[test]
    fn extension_headers_are_walked_up_to_the_middle_of_a_payload() {
        let part = Fragment { next_header: DESTINATION_OPTIONS, offset: 0, more: false, identification: 7 };
        let mut octets = Vec::new();
        write(&mut octets, &header(HOP_BY_HOP), 8 + 8 + 16 + 2);
        octets.extend([FRAGMENT, 0, 5, 2, 0, 0, 1, 0]);
        write_fragment(&mut octets, &part);
        octets.extend([17, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, b'a', b'b']);
        let packet = parse(&octets).unwrap();
        assert_eq!((packet.upper, packet.fragment, packet.payload), (17, Some(part), &b"ab"[..]));

        let later = Fragment { offset: 1448, ..part };
        let mut octets = Vec::new();
        write(&mut octets, &header(FRAGMENT), 8 + 3);
        write_fragment(&mut octets, &later);
        octets.extend(b"abc");
        let packet = parse(&octets).unwrap();
        assert_eq!((packet.fragment, packet.payload), (Some(later), &b"abc"[..]));
        assert_eq!(packet.upper, DESTINATION_OPTIONS, "not walked: it is no header here");
    }

    #[test]
    fn faults_are_placed() {
        let mut octets = Vec::new();
        write(&mut octets, &header(ROUTING), 8);
        octets.extend([17, 1, 0, 0, 0, 0, 0, 0]);
        assert!(matches!(parse(&octets), Err(WireError::Truncated { offset: 40, needed: 16, have: 8, .. })));
        octets[0] = 0x45;
        assert!(matches!(parse(&octets), Err(WireError::BadValue { field: "version", value: 4, .. })));
        assert!(matches!(parse(&octets[..39]), Err(WireError::Truncated { .. })));
        let mut many = Vec::new();
        write(&mut many, &header(DESTINATION_OPTIONS), 8 * 9);
        for _ in 0..9 {
            many.extend([DESTINATION_OPTIONS, 0, 1, 4, 0, 0, 0, 0]);
        }
        assert!(matches!(parse(&many), Err(WireError::BadValue { value: 9, .. })));
    }

    #[test]
    fn addresses_of_links_and_groups() {
        let mac = MacAddr(0x02, 0, 0, 0, 0, 0xc1);
        assert_eq!(link_local(mac).to_string(), "fe80::ff:fe00:c1");
        assert!(is_link_local(link_local(mac)) && !is_link_local(ALL_NODES));
        let address: Ipv6Addr = "4037::1:800:200e:8c6c".parse().unwrap();
        assert_eq!(solicited_node(address).to_string(), "ff02::1:ff0e:8c6c", "RFC 4291 section 2.7.1");
        assert_eq!(multicast_mac(solicited_node(address)), MacAddr(0x33, 0x33, 0xff, 0x0e, 0x8c, 0x6c));
    }
}
