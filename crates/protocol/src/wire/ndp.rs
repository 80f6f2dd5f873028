//! Neighbour discovery for IPv6 (RFC 4861): the messages and their options.

use std::net::Ipv6Addr;

use super::error::need;
use super::{MacAddr, WireError};

/// Hop limit of every message: one that has passed a router is no neighbour's (RFC 4861
/// section 3.1).
pub const HOP_LIMIT: u8 = 255;
/// Options of one message that are read; those after them are passed over.
pub const MAX_OPTIONS: usize = 16;

/// A prefix that a router tells of (RFC 4861 section 4.6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// The prefix; what stands behind its length does not count.
    pub prefix: Ipv6Addr,
    /// Its length, 0 to 128 bits.
    pub length: u8,
    /// Its addresses are on this link (L).
    pub on_link: bool,
    /// Hosts may form addresses from it (A).
    pub autonomous: bool,
    /// How long it holds for L, in seconds; all ones for ever.
    pub valid: u32,
    /// How long formed addresses are preferred, in seconds.
    pub preferred: u32,
}

/// What the options say; each kind that is known once, the last of several counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Hardware address of the sender (type 1).
    pub source_mac: Option<MacAddr>,
    /// Hardware address of the target (type 2).
    pub target_mac: Option<MacAddr>,
    /// A prefix (type 3).
    pub prefix: Option<Prefix>,
    /// What the link carries, in octets (type 5).
    pub mtu: Option<u32>,
}

/// A message of neighbour discovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Type 133: which routers are there?
    RouterSolicitation {
        /// Its options: `source_mac`.
        options: Options,
    },
    /// Type 134: I am a router.
    RouterAdvertisement {
        /// The hop limit to use; 0 for "not said".
        hop_limit: u8,
        /// Addresses come by DHCPv6 (M).
        managed: bool,
        /// Other settings come by DHCPv6 (O).
        other: bool,
        /// How long it is a default router, in seconds; 0 for "I am none".
        lifetime: u16,
        /// How long a neighbour that was heard counts as reachable, in milliseconds; 0 for
        /// "not said".
        reachable: u32,
        /// Time between solicitations, in milliseconds; 0 for "not said".
        retransmit: u32,
        /// Its options: `source_mac`, `mtu`, `prefix`.
        options: Options,
    },
    /// Type 135: who has this address?
    NeighbourSolicitation {
        /// The address.
        target: Ipv6Addr,
        /// Its options: `source_mac`, unless the sender has no address yet.
        options: Options,
    },
    /// Type 136: I have this address.
    NeighbourAdvertisement {
        /// The sender is a router (R).
        router: bool,
        /// It answers a solicitation (S).
        solicited: bool,
        /// It replaces what is known (O).
        overrides: bool,
        /// The address.
        target: Ipv6Addr,
        /// Its options: `target_mac`.
        options: Options,
    },
}

impl Message {
    /// Its ICMPv6 type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Message::RouterSolicitation { .. } => 133,
            Message::RouterAdvertisement { .. } => 134,
            Message::NeighbourSolicitation { .. } => 135,
            Message::NeighbourAdvertisement { .. } => 136,
        }
    }

    /// The address that it asks for or tells of.
    #[must_use]
    pub const fn target(&self) -> Option<Ipv6Addr> {
        match self {
            Message::NeighbourSolicitation { target, .. }
            | Message::NeighbourAdvertisement { target, .. } => Some(*target),
            _ => None,
        }
    }
}

/// Reads a message of types 133 to 136, type, code and checksum included. The checksum is the
/// business of [`super::icmpv6::parse`], the hop limit that of the host.
///
/// # Errors
/// [`WireError`] for short octets, another type, a code other than 0, a target that is a
/// group, and an option of length 0 (RFC 4861 sections 6.1 and 7.1).
pub fn parse(octets: &[u8]) -> Result<Message, WireError> {
    const LAYER: &str = "neighbour discovery";
    need(LAYER, octets, 0, 8)?;
    let bad = |field, offset, value| Err(WireError::BadValue { layer: LAYER, field, offset, value });
    if octets[1] != 0 {
        return bad("code", 1, u32::from(octets[1]));
    }
    let word = |at: usize| u32::from_be_bytes([octets[at], octets[at + 1], octets[at + 2], octets[at + 3]]);
    Ok(match octets[0] {
        133 => Message::RouterSolicitation { options: options(octets, 8)? },
        134 => {
            need(LAYER, octets, 0, 16)?;
            Message::RouterAdvertisement {
                hop_limit: octets[4],
                managed: octets[5] & 0x80 != 0,
                other: octets[5] & 0x40 != 0,
                lifetime: u16::from_be_bytes([octets[6], octets[7]]),
                reachable: word(8),
                retransmit: word(12),
                options: options(octets, 16)?,
            }
        }
        kind @ (135 | 136) => {
            need(LAYER, octets, 0, 24)?;
            let target: [u8; 16] = octets[8..24].try_into().expect("sixteen octets");
            let target = Ipv6Addr::from(target);
            if target.is_multicast() {
                return bad("target", 8, u32::from(octets[8]));
            }
            let options = options(octets, 24)?;
            if kind == 135 {
                Message::NeighbourSolicitation { target, options }
            } else {
                Message::NeighbourAdvertisement {
                    router: octets[4] & 0x80 != 0,
                    solicited: octets[4] & 0x40 != 0,
                    overrides: octets[4] & 0x20 != 0,
                    target,
                    options,
                }
            }
        }
        other => return bad("type", 0, u32::from(other)),
    })
}

fn options(octets: &[u8], mut at: usize) -> Result<Options, WireError> {
    const LAYER: &str = "neighbour discovery";
    let mut found = Options::default();
    for _ in 0..MAX_OPTIONS {
        if at >= octets.len() {
            break;
        }
        need(LAYER, octets, at, 2)?;
        let length = 8 * usize::from(octets[at + 1]);
        if length == 0 {
            return Err(WireError::BadValue {
                layer: LAYER,
                field: "option length",
                offset: at + 1,
                value: 0,
            });
        }
        need(LAYER, octets, at, length)?;
        let option = &octets[at..at + length];
        let word =
            |at: usize| u32::from_be_bytes([option[at], option[at + 1], option[at + 2], option[at + 3]]);
        let card = || MacAddr(option[2], option[3], option[4], option[5], option[6], option[7]);
        match (option[0], length) {
            (1, 8) => found.source_mac = Some(card()),
            (2, 8) => found.target_mac = Some(card()),
            (3, 32) => {
                let prefix: [u8; 16] = option[16..].try_into().expect("sixteen octets");
                found.prefix = Some(Prefix {
                    prefix: prefix.into(),
                    length: option[2].min(128),
                    on_link: option[3] & 0x80 != 0,
                    autonomous: option[3] & 0x40 != 0,
                    valid: word(4),
                    preferred: word(8),
                });
            }
            (5, 8) => found.mtu = Some(word(4)),
            _ => {}
        }
        at += length;
    }
    Ok(found)
}

/// Appends what follows type, code and checksum.
pub(super) fn write_body(out: &mut Vec<u8>, message: &Message) {
    let options = match message {
        Message::RouterSolicitation { options } => {
            out.extend_from_slice(&[0; 4]);
            options
        }
        Message::RouterAdvertisement {
            hop_limit,
            managed,
            other,
            lifetime,
            reachable,
            retransmit,
            options,
        } => {
            out.extend_from_slice(&[*hop_limit, u8::from(*managed) << 7 | u8::from(*other) << 6]);
            out.extend_from_slice(&lifetime.to_be_bytes());
            out.extend_from_slice(&reachable.to_be_bytes());
            out.extend_from_slice(&retransmit.to_be_bytes());
            options
        }
        Message::NeighbourSolicitation { target, options } => {
            out.extend_from_slice(&[0; 4]);
            out.extend_from_slice(&target.octets());
            options
        }
        Message::NeighbourAdvertisement { router, solicited, overrides, target, options } => {
            let flags = u8::from(*router) << 7 | u8::from(*solicited) << 6 | u8::from(*overrides) << 5;
            out.extend_from_slice(&[flags, 0, 0, 0]);
            out.extend_from_slice(&target.octets());
            options
        }
    };
    for (kind, mac) in [(1, options.source_mac), (2, options.target_mac)] {
        if let Some(mac) = mac {
            out.extend_from_slice(&[kind, 1]);
            out.extend_from_slice(&mac.octets());
        }
    }
    if let Some(mtu) = options.mtu {
        out.extend_from_slice(&[5, 1, 0, 0]);
        out.extend_from_slice(&mtu.to_be_bytes());
    }
    if let Some(prefix) = options.prefix {
        let flags = u8::from(prefix.on_link) << 7 | u8::from(prefix.autonomous) << 6;
        out.extend_from_slice(&[3, 4, prefix.length.min(128), flags]);
        out.extend_from_slice(&prefix.valid.to_be_bytes());
        out.extend_from_slice(&prefix.preferred.to_be_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&prefix.prefix.octets());
    }
}

#[cfg(test)]
mod tests {
    use super::super::icmpv6;
    use super::*;

    const A: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 2);
    const MAC: MacAddr = MacAddr(2, 0, 0, 0, 0, 0xc1);

    fn octets(message: Message) -> Vec<u8> {
        let mut octets = Vec::new();
        icmpv6::write(&mut octets, A, A, &icmpv6::Message::Discovery(message));
        octets
    }

    #[test]
    fn what_is_written_is_read() {
        let source = Options { source_mac: Some(MAC), ..Options::default() };
        let target = Options { target_mac: Some(MAC), ..Options::default() };
        let prefix = Prefix {
            prefix: Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 0),
            length: 64,
            on_link: true,
            autonomous: false,
            valid: 86_400,
            preferred: 14_400,
        };
        for message in [
            Message::RouterSolicitation { options: source },
            Message::RouterAdvertisement {
                hop_limit: 64,
                managed: false,
                other: true,
                lifetime: 1800,
                reachable: 30_000,
                retransmit: 1000,
                options: Options { mtu: Some(1500), prefix: Some(prefix), ..source },
            },
            Message::NeighbourSolicitation { target: A, options: source },
            Message::NeighbourAdvertisement {
                router: true,
                solicited: true,
                overrides: false,
                target: A,
                options: target,
            },
        ] {
            assert_eq!(parse(&octets(message)), Ok(message));
        }
    }

    #[test]
    fn odd_messages_are_refused_and_odd_options_passed_over() {
        let question = Message::NeighbourSolicitation { target: A, options: Options::default() };
        let good = octets(question);
        let mut odd = good.clone();
        odd.extend([14, 1, 1, 2, 3, 4, 5, 6]);
        assert_eq!(parse(&odd), Ok(question), "a nonce is nothing to us");
        odd[25] = 0;
        assert!(matches!(parse(&odd), Err(WireError::BadValue { field: "option length", offset: 25, .. })));
        odd[25] = 2;
        assert!(matches!(parse(&odd), Err(WireError::Truncated { offset: 24, needed: 16, have: 8, .. })));
        let mut group = good.clone();
        group[8] = 0xff;
        assert!(matches!(parse(&group), Err(WireError::BadValue { field: "target", .. })));
        let mut code = good.clone();
        code[1] = 1;
        assert!(matches!(parse(&code), Err(WireError::BadValue { field: "code", .. })));
        assert!(matches!(parse(&good[..23]), Err(WireError::Truncated { .. })));
    }
}
