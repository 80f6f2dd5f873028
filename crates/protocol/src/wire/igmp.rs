//! The Internet group management protocol, version 2 (RFC 2236), with version 1's report
//! (RFC 1112 appendix I).
//!
//! Every message travels with TTL 1 and the Router Alert option, and is addressed as
//! [`Message::destination`] says (RFC 2236 sections 2 and 9).

use std::net::Ipv4Addr;
use std::time::Duration;

use super::error::need;
use super::{MacAddr, WireError, checksum, ethernet, ipv4};

/// Octets of a message.
pub const LENGTH: usize = 8;
/// TTL of every message (RFC 2236 section 2).
pub const TTL: u8 = 1;
/// All hosts of a network that take multicast: general queries go there.
pub const ALL_SYSTEMS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 1);
/// All routers of a network: who leaves a group says so there.
pub const ALL_ROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 2);

const QUERY: u8 = 0x11;
const V1_REPORT: u8 = 0x12;
const V2_REPORT: u8 = 0x16;
const LEAVE: u8 = 0x17;

/// The unit of the maximum response time (section 2.2).
const TENTH: Duration = Duration::from_millis(100);

/// A message (RFC 2236 section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// "Who is in a group?" (type 0x11)
    Query {
        /// The group that is asked about; `None` for all (a general query).
        group: Option<Ipv4Addr>,
        /// How long members may wait before they answer: 0 to 25.5 s in tenths; zero is how
        /// a version 1 router asks, and means 10 s.
        max_response: Duration,
    },
    /// "I am in this group." (type 0x16, or 0x12 in version 1)
    Report {
        /// The group.
        group: Ipv4Addr,
        /// Whether the message is that of version 1.
        v1: bool,
    },
    /// "I leave this group." (type 0x17)
    Leave {
        /// The group.
        group: Ipv4Addr,
    },
    /// Any other message; hosts and routers pass over it (section 2.1).
    Other {
        /// Its type.
        kind: u8,
    },
}

impl Message {
    /// Where the message is sent to (section 9).
    #[must_use]
    pub fn destination(&self) -> Ipv4Addr {
        match *self {
            Message::Query { group: Some(group), .. } | Message::Report { group, .. } => group,
            Message::Query { group: None, .. } | Message::Other { .. } => ALL_SYSTEMS,
            Message::Leave { .. } => ALL_ROUTERS,
        }
    }

    /// The type's number.
    #[must_use]
    pub fn kind(&self) -> u8 {
        match *self {
            Message::Query { .. } => QUERY,
            Message::Report { v1: true, .. } => V1_REPORT,
            Message::Report { v1: false, .. } => V2_REPORT,
            Message::Leave { .. } => LEAVE,
            Message::Other { kind } => kind,
        }
    }

    /// The group that the message is about; unspecified where it is about none.
    #[must_use]
    pub fn group(&self) -> Ipv4Addr {
        match *self {
            Message::Query { group, .. } => group.unwrap_or(Ipv4Addr::UNSPECIFIED),
            Message::Report { group, .. } | Message::Leave { group } => group,
            Message::Other { .. } => Ipv4Addr::UNSPECIFIED,
        }
    }
}

/// Reads a message; what lies behind its eight octets counts for the checksum alone
/// (section 2.5).
///
/// # Errors
/// [`WireError`] below eight octets, for a wrong checksum, and for a group that is none.
pub fn parse(octets: &[u8]) -> Result<Message, WireError> {
    const LAYER: &str = "IGMP";
    need(LAYER, octets, 0, LENGTH)?;
    if checksum::of(octets) != 0 {
        return Err(WireError::BadChecksum {
            layer: LAYER,
            offset: 2,
            found: u16::from_be_bytes([octets[2], octets[3]]),
            computed: checksum::Checksum::new().with(&octets[..2]).finish_with(&octets[4..]),
        });
    }
    let group = Ipv4Addr::new(octets[4], octets[5], octets[6], octets[7]);
    let named = |message: Message| {
        let value = u32::from(group);
        let wrong = WireError::BadValue { layer: LAYER, field: "group address", offset: 4, value };
        if group.is_multicast() { Ok(message) } else { Err(wrong) }
    };
    match octets[0] {
        QUERY => {
            let max_response = TENTH * u32::from(octets[1]);
            if group.is_unspecified() {
                Ok(Message::Query { group: None, max_response })
            } else {
                named(Message::Query { group: Some(group), max_response })
            }
        }
        V1_REPORT => named(Message::Report { group, v1: true }),
        V2_REPORT => named(Message::Report { group, v1: false }),
        LEAVE => named(Message::Leave { group }),
        kind => Ok(Message::Other { kind }),
    }
}

/// Appends a message with its checksum. A response time above 25.5 s is written as that.
pub fn write(out: &mut Vec<u8>, message: &Message) {
    let start = out.len();
    let tenths = match *message {
        Message::Query { max_response, .. } => max_response.as_millis() / TENTH.as_millis(),
        _ => 0,
    };
    out.extend([message.kind(), u8::try_from(tenths).unwrap_or(u8::MAX), 0, 0]);
    out.extend(message.group().octets());
    let sum = checksum::of(&out[start..]);
    out[start + 2..start + 4].copy_from_slice(&sum.to_be_bytes());
}

/// A whole Ethernet frame with a message of the host at `mac` and `from`: TTL 1 and the Router Alert
/// option, as RFC 2236 section 2 wants them.
pub fn frame(mac: MacAddr, from: Ipv4Addr, identification: u16, message: &Message) -> Vec<u8> {
    let to = message.destination();
    let header = ipv4::Header {
        source: from,
        destination: to,
        protocol: ipv4::IGMP,
        ttl: TTL,
        traffic_class: 0,
        identification,
        dont_fragment: false,
        more_fragments: false,
        fragment_offset: 0,
    };
    let length = ipv4::HEADER + ipv4::ROUTER_ALERT.len() + LENGTH;
    let mut frame = ethernet::begin(ethernet::multicast(to), mac, ethernet::IPV4, length);
    ipv4::write_with_options(&mut frame, &header, &ipv4::ROUTER_ALERT, LENGTH);
    write(&mut frame, message);
    ethernet::seal(&mut frame);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 0, 1);

    #[test]
    fn what_is_written_is_read() {
        let ten = Duration::from_secs(10);
        let messages = [
            (Message::Query { group: None, max_response: ten }, ALL_SYSTEMS),
            (Message::Query { group: Some(GROUP), max_response: TENTH * 255 }, GROUP),
            (Message::Query { group: None, max_response: Duration::ZERO }, ALL_SYSTEMS),
            (Message::Report { group: GROUP, v1: false }, GROUP),
            (Message::Report { group: GROUP, v1: true }, GROUP),
            (Message::Leave { group: GROUP }, ALL_ROUTERS),
        ];
        for (message, to) in messages {
            let mut octets = Vec::new();
            write(&mut octets, &message);
            assert_eq!(parse(&octets), Ok(message));
            assert_eq!((octets.len(), message.destination()), (LENGTH, to));
            octets[7] ^= 1;
            assert!(matches!(parse(&octets), Err(WireError::BadChecksum { offset: 2, .. })));
        }
    }

    #[test]
    fn a_general_query_stands_as_section_2_says() {
        let mut octets = Vec::new();
        write(&mut octets, &Message::Query { group: None, max_response: Duration::from_secs(10) });
        assert_eq!(octets, [0x11, 100, 0xee, 0x9b, 0, 0, 0, 0]);
        let mut long = Vec::new();
        write(&mut long, &Message::Query { group: None, max_response: Duration::from_secs(60) });
        assert_eq!(long[1], 255);
    }

    #[test]
    fn faults_are_placed_and_the_unknown_is_passed_over() {
        assert!(matches!(parse(&[0x16; 7]), Err(WireError::Truncated { needed: 8, have: 7, .. })));
        let mut no_group = Vec::new();
        write(&mut no_group, &Message::Report { group: Ipv4Addr::new(10, 0, 0, 1), v1: false });
        assert!(matches!(parse(&no_group), Err(WireError::BadValue { field: "group address", .. })));
        let mut other = vec![0x22, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 239, 255, 0, 1];
        let sum = checksum::of(&other);
        other[2..4].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(parse(&other), Ok(Message::Other { kind: 0x22 }));
    }
}
