//! Ethernet II frames with their frame check sequence (IEEE 802.3 clause 3).

use pnet_base::MacAddr;
use pnet_packet::ethernet::{EtherType, EtherTypes, EthernetPacket, MutableEthernetPacket};

use super::WireError;
use super::error::need;

/// Octets of destination, source and EtherType.
pub const HEADER: usize = 14;
/// Octets of the frame check sequence.
pub const FCS: usize = 4;
/// The shortest frame, FCS included; shorter ones are padded (IEEE 802.3 clause 4.2.3.3).
pub const MIN_FRAME: usize = 64;
/// Octet times that a frame occupies the line beyond its own octets: preamble and start
/// frame delimiter 8, inter-packet gap 12.
pub const PREAMBLE_AND_GAP: usize = 20;
/// The most payload that a standard frame carries.
pub const MAX_PAYLOAD: usize = 1500;

/// EtherType of IPv4.
pub const IPV4: u16 = EtherTypes::Ipv4.0;
/// EtherType of IPv6.
pub const IPV6: u16 = EtherTypes::Ipv6.0;
/// EtherType of a VLAN tag of customers (IEEE 802.1Q table 9-1).
pub const VLAN: u16 = EtherTypes::Vlan.0;
/// EtherType of ARP.
pub const ARP: u16 = EtherTypes::Arp.0;

/// A frame that has been read. The payload still has its padding, since only the layer
/// above knows its own length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Who shall receive it.
    pub destination: MacAddr,
    /// Who sent it.
    pub source: MacAddr,
    /// What the payload is.
    pub ethertype: u16,
    /// The payload with padding, without FCS.
    pub payload: &'a [u8],
}

/// Reads the header of a frame that ends with its FCS. The FCS is not checked: see [`fcs_ok`].
///
/// # Errors
/// [`WireError::Truncated`] when the frame has fewer than 18 octets.
pub fn parse(frame: &[u8]) -> Result<Frame<'_>, WireError> {
    need("Ethernet", frame, 0, HEADER + FCS)?;
    let body = &frame[..frame.len() - FCS];
    let packet = EthernetPacket::new(body).expect("a header's length was checked");
    Ok(Frame {
        destination: packet.get_destination(),
        source: packet.get_source(),
        ethertype: packet.get_ethertype().0,
        payload: &body[HEADER..],
    })
}

/// Begins a frame: a buffer with its header, and room for `payload` octets, padding and FCS.
pub fn begin(destination: MacAddr, source: MacAddr, ethertype: u16, payload: usize) -> Vec<u8> {
    begin_in(Vec::new(), destination, source, ethertype, payload)
}

/// The same in a buffer of the caller's, whose contents are lost.
pub fn begin_in(
    mut frame: Vec<u8>,
    destination: MacAddr,
    source: MacAddr,
    ethertype: u16,
    payload: usize,
) -> Vec<u8> {
    frame.clear();
    frame.reserve((HEADER + payload + FCS).max(MIN_FRAME));
    frame.resize(HEADER, 0);
    let mut packet = MutableEthernetPacket::new(&mut frame).expect("a header's room was just made");
    packet.set_destination(destination);
    packet.set_source(source);
    packet.set_ethertype(EtherType(ethertype));
    frame
}

/// Writes other addresses into a frame that has not been sealed, as a router does at each hop.
///
/// # Panics
/// Never for a frame from [`begin`]; shorter ones are left as they are.
pub fn readdress(frame: &mut [u8], destination: MacAddr, source: MacAddr) {
    if let Some(mut packet) = MutableEthernetPacket::new(frame) {
        packet.set_destination(destination);
        packet.set_source(source);
    }
}

/// Pads a frame to [`MIN_FRAME`] and appends its FCS.
pub fn seal(frame: &mut Vec<u8>) {
    if frame.len() < MIN_FRAME - FCS {
        frame.resize(MIN_FRAME - FCS, 0);
    }
    let fcs = fcs(frame);
    frame.extend_from_slice(&fcs.to_le_bytes());
}

/// Writes the FCS of a sealed frame anew, after a change inside it. Frames too short to
/// have one are left as they are.
pub fn reseal(frame: &mut [u8]) {
    if let Some(end) = frame.len().checked_sub(FCS) {
        let fcs = fcs(&frame[..end]);
        frame[end..].copy_from_slice(&fcs.to_le_bytes());
    }
}

/// The CRC-32 of a frame's octets without FCS (IEEE 802.3 clause 3.2.9).
#[must_use]
pub fn fcs(octets: &[u8]) -> u32 {
    crc32fast::hash(octets)
}

/// The FCS that a frame carries in its last four octets, least significant octet first,
/// as on the line; `None` when it has fewer.
#[must_use]
pub fn received_fcs(frame: &[u8]) -> Option<u32> {
    frame.last_chunk::<FCS>().map(|octets| u32::from_le_bytes(*octets))
}

/// Whether a frame's FCS fits its octets.
#[must_use]
pub fn fcs_ok(frame: &[u8]) -> bool {
    match received_fcs(frame) {
        Some(received) => fcs(&frame[..frame.len() - FCS]) == received,
        None => false,
    }
}

/// The group address of an IPv4 multicast address: 01:00:5e and its low 23 bits (RFC 1112
/// section 6.4).
#[must_use]
pub fn multicast(group: std::net::Ipv4Addr) -> MacAddr {
    let [_, b, c, d] = group.octets();
    MacAddr::new(0x01, 0x00, 0x5e, b & 0x7f, c, d)
}

/// Whether this is the hardware address of IPv4 groups.
#[must_use]
pub fn is_ipv4_group(address: MacAddr) -> bool {
    (address.0, address.1, address.2) == (0x01, 0x00, 0x5e) && address.3 & 0x80 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: MacAddr = MacAddr(2, 0, 0, 0, 0, 1);
    const B: MacAddr = MacAddr(2, 0, 0, 0, 0, 2);

    #[test]
    fn short_frames_are_padded_and_sealed() {
        let mut frame = begin(B, A, IPV4, 3);
        frame.extend_from_slice(b"abc");
        seal(&mut frame);
        assert_eq!(frame.len(), MIN_FRAME);
        assert!(fcs_ok(&frame));
        let read = parse(&frame).unwrap();
        assert_eq!((read.destination, read.source, read.ethertype), (B, A, IPV4));
        assert_eq!(&read.payload[..4], b"abc\0");
        assert_eq!(read.payload.len(), 46);
        frame[20] ^= 1;
        assert!(!fcs_ok(&frame));
        reseal(&mut frame);
        assert!(fcs_ok(&frame));
    }

    #[test]
    fn the_residue_of_a_good_frame_is_constant() {
        // A CRC-32 over octets and their FCS always leaves 0x2144df1c: the FCS stands least
        // significant octet first.
        let mut frame = begin(B, A, ARP, 46);
        seal(&mut frame);
        assert_eq!(crc32fast::hash(&frame), 0x2144_df1c);
    }

    #[test]
    fn too_short_is_said() {
        assert_eq!(
            parse(&[0; 17]),
            Err(WireError::Truncated { layer: "Ethernet", offset: 0, needed: 18, have: 17 })
        );
        assert!(!fcs_ok(&[1, 2, 3]));
        reseal(&mut [1, 2, 3]);
    }

    #[test]
    fn multicast_keeps_23_bits() {
        assert_eq!(multicast("239.255.1.2".parse().unwrap()), MacAddr(1, 0, 0x5e, 0x7f, 1, 2));
        assert!(is_ipv4_group(MacAddr(1, 0, 0x5e, 0x7f, 1, 2)));
        assert!(!is_ipv4_group(MacAddr(1, 0, 0x5e, 0x80, 1, 2)) && !is_ipv4_group(MacAddr::broadcast()));
    }
}
