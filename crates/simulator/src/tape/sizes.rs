//! How many octets of a frame each layer has put there.

use crate::peek::{self, Net, Packet};
use protocol::wire::{ipv4, udp};

/// Octets of one frame by layer; their sum is the frame's length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Ethernet's header, tags, padding and FCS, and all that is neither IP.
    pub link: u32,
    /// IP's header, and whole packets of protocols that carry no application's octets.
    pub network: u32,
    /// The header of TCP or UDP.
    pub transport: u32,
    /// All above.
    pub application: u32,
}

/// Divides a frame of `length` octets, of which `bytes` may be a part. What cannot be read belongs to
/// the layer that could be read last.
pub fn sizes(bytes: &[u8], length: u32) -> Sizes {
    let sizes = packet(bytes).map(|packet| read(bytes, &packet)).unwrap_or_default();
    let network = sizes.network.min(length);
    let transport = sizes.transport.min(length - network);
    let application = sizes.application.min(length - network - transport);
    Sizes { link: length - network - transport - application, network, transport, application }
}

/// Octets of the network header (with extension headers) and of the transport header; `None` where
/// a frame carries neither UDP nor TCP. The second is 0 in all fragments but the first.
pub(super) fn headers(bytes: &[u8]) -> Option<(u16, u16)> {
    let packet = packet(bytes).filter(|packet| matches!(packet.protocol, ipv4::TCP | ipv4::UDP))?;
    let Sizes { network, transport, .. } = read(bytes, &packet);
    Some((u16::try_from(network).ok()?, u16::try_from(transport).ok()?))
}

fn packet(bytes: &[u8]) -> Option<Packet> {
    match peek::frame(bytes)?.net {
        Net::Ip(packet) => Some(packet),
        Net::Arp { .. } | Net::Other => None,
    }
}

/// Lengths as the headers say them; the link's is not looked at.
fn read(bytes: &[u8], packet: &Packet) -> Sizes {
    let octets = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let header = packet.payload.start - packet.start;
    // Only the first fragment has the header of the datagram.
    let later = packet.fragment.is_some_and(|fragment| fragment.offset > 0);
    let transport = match packet.protocol {
        ipv4::TCP | ipv4::UDP if later => 0,
        ipv4::TCP => bytes.get(packet.payload.start + 12).map_or(0, |offset| usize::from(offset >> 4) * 4),
        ipv4::UDP => udp::HEADER,
        _ => return Sizes { network: octets(header + packet.length), ..Sizes::default() },
    };
    let transport = transport.min(packet.length);
    Sizes {
        link: 0,
        network: octets(header),
        transport: octets(transport),
        application: octets(packet.length - transport),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_is_divided_among_its_layers() {
        let mut frame = vec![0; 12];
        frame.extend([0x08, 0x00]);
        frame.extend([0x45, 0, 0, 128]);
        frame.extend([0; 5]);
        frame.push(ipv4::UDP);
        frame.resize(14 + 128 + 4, 0);
        let all = sizes(&frame, 146);
        assert_eq!(all, Sizes { link: 18, network: 20, transport: 8, application: 100 });
        // A later fragment has no header of UDP.
        frame[14 + 7] = 1;
        assert_eq!(sizes(&frame, 146), Sizes { link: 18, network: 20, transport: 0, application: 108 });
    }

    #[test]
    fn padding_and_addresses_belong_to_the_link() {
        let mut arp = vec![0; 12];
        arp.extend([0x08, 0x06]);
        arp.resize(64, 0);
        assert_eq!(sizes(&arp, 64), Sizes { link: 64, ..Sizes::default() });
        let mut ack = vec![0; 12];
        ack.extend([0x08, 0x00, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, ipv4::TCP]);
        ack.resize(14 + 20 + 12, 0);
        ack.push(0x50);
        ack.resize(64, 0);
        assert_eq!(sizes(&ack, 64), Sizes { link: 24, network: 20, transport: 20, application: 0 });
    }

    #[test]
    fn spoilt_frames_keep_their_length() {
        let mut frame = [0xff; 90];
        for (kind, cut) in
            [(0x0800u16, 90), (0x86dd, 90), (0x8100, 90), (0x0800, 20), (0x86dd, 30), (0x0800, 3)]
        {
            frame[12..14].copy_from_slice(&kind.to_be_bytes());
            let all = sizes(&frame[..cut], 90);
            assert_eq!(all.link + all.network + all.transport + all.application, 90);
        }
    }
}
