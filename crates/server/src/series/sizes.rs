//! How many octets of a frame each layer has put there.

use protocol::wire::{ethernet, ipv4, ipv6};

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

/// Reads the lengths of a frame's headers; `length` is the frame's own, of which `bytes` may be a
/// part. What cannot be read belongs to the layer that could be read last.
pub fn of(bytes: &[u8], length: u32) -> Sizes {
    let sizes = read(bytes).unwrap_or_default();
    let network = sizes.network.min(length);
    let transport = sizes.transport.min(length - network);
    let application = sizes.application.min(length - network - transport);
    Sizes { link: length - network - transport - application, network, transport, application }
}

/// Lengths as the headers say them; the link's is not looked at.
fn read(bytes: &[u8]) -> Option<Sizes> {
    let mut at = 12;
    let mut kind = word(bytes, at)?;
    while kind == ethernet::VLAN {
        at += 4;
        kind = word(bytes, at)?;
    }
    let packet = bytes.get(at + 2..)?;
    let (header, total, protocol, first) = match kind {
        ethernet::IPV4 => {
            let header = usize::from(packet.first()? & 0x0f) * 4;
            let fragment = word(packet, 6)?;
            (header, usize::from(word(packet, 2)?), *packet.get(9)?, fragment & 0x1fff == 0)
        }
        ethernet::IPV6 => {
            let (header, protocol, first) = extensions(packet)?;
            (header, ipv6::HEADER + usize::from(word(packet, 4)?), protocol, first)
        }
        _ => return None,
    };
    let inside = total.checked_sub(header)?;
    let octets = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let all = |network: usize| Sizes { network: octets(network), ..Sizes::default() };
    let transport = match protocol {
        // Only the first fragment has the header of the datagram.
        ipv4::TCP | ipv4::UDP if !first => 0,
        ipv4::TCP => usize::from(packet.get(header + 12)? >> 4) * 4,
        ipv4::UDP => 8,
        _ => return Some(all(total)),
    };
    let transport = transport.min(inside);
    Some(Sizes {
        link: 0,
        network: octets(header),
        transport: octets(transport),
        application: octets(inside - transport),
    })
}

/// The length of IPv6's headers, the protocol behind them, and whether its beginning is here.
fn extensions(packet: &[u8]) -> Option<(usize, u8, bool)> {
    const FRAGMENT: u8 = 44;
    let (mut length, mut next, mut first) = (ipv6::HEADER, *packet.get(6)?, true);
    // RFC 8200 section 4: hop-by-hop, routing, fragment, destination options.
    for _ in 0..ipv6::MAX_EXTENSIONS {
        let size = match next {
            FRAGMENT => {
                first = word(packet, length + 2)? >> 3 == 0;
                8
            }
            0 | 43 | 60 => 8 + 8 * usize::from(*packet.get(length + 1)?),
            _ => break,
        };
        next = *packet.get(length)?;
        length += size;
    }
    Some((length, next, first))
}

fn word(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*octets.get(at)?, *octets.get(at + 1)?]))
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
        let sizes = of(&frame, 146);
        assert_eq!(sizes, Sizes { link: 18, network: 20, transport: 8, application: 100 });
        // A later fragment has no header of UDP.
        frame[14 + 7] = 1;
        assert_eq!(of(&frame, 146), Sizes { link: 18, network: 20, transport: 0, application: 108 });
    }

    #[test]
    fn padding_and_addresses_belong_to_the_link() {
        let mut arp = vec![0; 12];
        arp.extend([0x08, 0x06]);
        arp.resize(64, 0);
        assert_eq!(of(&arp, 64), Sizes { link: 64, ..Sizes::default() });
        let mut ack = vec![0; 12];
        ack.extend([0x08, 0x00, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, ipv4::TCP]);
        ack.resize(14 + 20 + 12, 0);
        ack.push(0x50);
        ack.resize(64, 0);
        assert_eq!(of(&ack, 64), Sizes { link: 24, network: 20, transport: 20, application: 0 });
    }

    #[test]
    fn spoilt_frames_keep_their_length() {
        let mut frame = [0xff; 90];
        for (kind, cut) in
            [(0x0800u16, 90), (0x86dd, 90), (0x8100, 90), (0x0800, 20), (0x86dd, 30), (0x0800, 3)]
        {
            frame[12..14].copy_from_slice(&kind.to_be_bytes());
            let sizes = of(&frame[..cut], 90);
            assert_eq!(sizes.link + sizes.network + sizes.transport + sizes.application, 90);
        }
    }
}
