//! The RTP packet (RFC 3550 section 5.1).

use std::ops::Range;
use thiserror::Error;

/// Octets of an RTP header without contributing sources and extension.
pub const HEADER: usize = 12;

/// The version that every RTP and RTCP packet carries (RFC 3550 section 5.1).
pub const VERSION: u8 = 2;

/// Why bytes are no RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RtpError {
    /// The bytes end inside the named part.
    #[error("offset {offset}: the packet is cut short in its {part}")]
    Short {
        /// Where the bytes end.
        offset: usize,
        /// Which part is not whole.
        part: &'static str,
    },
    /// Not version 2.
    #[error("offset 0: version {version}; RTP is version 2 (RFC 3550 section 5.1)")]
    Version {
        /// The version found, 0 to 3.
        version: u8,
    },
    /// The padding count is zero or reaches into the header.
    #[error("offset {offset}: a padding count of {count} with {payload} octets after the header")]
    Padding {
        /// Where the count stands: the last octet.
        offset: usize,
        /// The count.
        count: u8,
        /// Octets between header and end.
        payload: usize,
    },
}

/// The fields of an RTP header that a sender of one source decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RtpHeader {
    /// The marker bit; its meaning is the payload format's.
    pub marker: bool,
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp in ticks of the payload's clock.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
}

impl RtpHeader {
    /// The twelve octets: version 2, no padding, no extension, no contributing sources.
    pub fn to_bytes(self) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        out[0] = VERSION << 6;
        out[1] = u8::from(self.marker) << 7 | self.payload_type & 0x7f;
        out[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        out[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        out[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        out
    }
}

/// A header extension (RFC 3550 section 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    /// The 16 bits that the profile defines.
    pub profile: u16,
    /// What follows the length: whole 32-bit words.
    pub data: &'a [u8],
}

/// An RTP packet as received: a checked view of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtpPacket<'a> {
    /// The fixed header's fields.
    pub header: RtpHeader,
    /// Contributing sources, at most 15.
    pub csrc: Vec<u32>,
    /// The header extension, when the X bit is set.
    pub extension: Option<Extension<'a>>,
    /// The payload without padding.
    pub payload: &'a [u8],
    /// Where the payload lies in the packet.
    pub payload_range: Range<usize>,
    /// Octets of padding at the end, its count included.
    pub padding: u8,
}

impl<'a> RtpPacket<'a> {
    /// Reads one packet, which is the whole of `bytes`.
    ///
    /// # Errors
    /// When the bytes are too short for what the header announces, of another version, or
    /// their padding is impossible; each names the offset.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RtpError> {
        let short = |part| RtpError::Short { offset: bytes.len(), part };
        let Some(fixed) = bytes.first_chunk::<HEADER>() else {
            return Err(short("header"));
        };
        if fixed[0] >> 6 != VERSION {
            return Err(RtpError::Version { version: fixed[0] >> 6 });
        }
        let word = |at: usize| u32::from_be_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
        let header = RtpHeader {
            marker: fixed[1] & 0x80 != 0,
            payload_type: fixed[1] & 0x7f,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: word(4),
            ssrc: word(8),
        };
        let mut at = HEADER + 4 * usize::from(fixed[0] & 0x0f);
        let sources = bytes.get(HEADER..at).ok_or(short("contributing sources"))?;
        let csrc = sources.chunks_exact(4).map(|c| u32::from_be_bytes([c[0], c[1], c[2], c[3]])).collect();
        let mut extension = None;
        if fixed[0] & 0x10 != 0 {
            let head = bytes.get(at..at + 4).ok_or(short("header extension"))?;
            let length = 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
            let data = bytes.get(at + 4..at + 4 + length).ok_or(short("header extension"))?;
            extension = Some(Extension { profile: u16::from_be_bytes([head[0], head[1]]), data });
            at += 4 + length;
        }
        let mut end = bytes.len();
        let mut padding = 0;
        if fixed[0] & 0x20 != 0 {
            padding = bytes[end - 1];
            if padding == 0 || usize::from(padding) > end - at {
                return Err(RtpError::Padding { offset: end - 1, count: padding, payload: end - at });
            }
            end -= usize::from(padding);
        }
        Ok(RtpPacket { header, csrc, extension, payload: &bytes[at..end], payload_range: at..end, padding })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASE: RtpHeader = RtpHeader {
        marker: true,
        payload_type: 26,
        sequence: 0xfffe,
        timestamp: 0x0102_0304,
        ssrc: 0xdead_beef,
    };

    #[test]
    fn a_header_is_written_as_figure_1_draws_it() {
        let bytes = BASE.to_bytes();
        assert_eq!(bytes, [0x80, 0x9a, 0xff, 0xfe, 1, 2, 3, 4, 0xde, 0xad, 0xbe, 0xef]);
        let packet = RtpPacket::parse(&bytes).unwrap();
        assert_eq!(packet.header, BASE);
        assert_eq!(packet.payload_range, 12..12);
    }

    #[test]
    fn sources_extension_and_padding_are_skipped() {
        let mut bytes = BASE.to_bytes().to_vec();
        bytes[0] |= 0x20 | 0x10 | 2;
        bytes.extend([0, 0, 0, 1, 0, 0, 0, 2]);
        bytes.extend([0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
        bytes.extend(b"payload");
        bytes.extend([0, 0, 3]);
        let packet = RtpPacket::parse(&bytes).unwrap();
        assert_eq!(packet.csrc, [1, 2]);
        assert_eq!(packet.extension, Some(Extension { profile: 0xbede, data: &[9; 4] }));
        assert_eq!((packet.payload, packet.padding), (&b"payload"[..], 3));
        assert_eq!(&bytes[packet.payload_range], b"payload");
    }

    #[test]
    fn faults_name_their_offset() {
        let mut bytes = BASE.to_bytes();
        assert_eq!(RtpPacket::parse(&bytes[..11]), Err(RtpError::Short { offset: 11, part: "header" }));
        bytes[0] = 0x40;
        assert_eq!(RtpPacket::parse(&bytes), Err(RtpError::Version { version: 1 }));
        bytes[0] = 0x81;
        assert!(matches!(RtpPacket::parse(&bytes), Err(RtpError::Short { offset: 12, .. })));
        bytes[0] = 0xa0;
        assert!(matches!(RtpPacket::parse(&bytes), Err(RtpError::Padding { offset: 11, count: 0xef, .. })));
    }

    proptest! {
        #[test]
        fn agrees_with_rtp_types(bytes in proptest::collection::vec(any::<u8>(), 0..80), fit: bool) {
            let mut bytes = bytes;
            if fit && !bytes.is_empty() {
                bytes[0] = 0x80 | bytes[0] & 0x31;
            }
            let theirs = rtp_types::RtpPacket::parse(&bytes);
            match (RtpPacket::parse(&bytes), theirs) {
                (Ok(ours), Ok(theirs)) => {
                    prop_assert_eq!(ours.header.sequence, theirs.sequence_number());
                    prop_assert_eq!(ours.header.timestamp, theirs.timestamp());
                    prop_assert_eq!(ours.header.ssrc, theirs.ssrc());
                    prop_assert_eq!(ours.header.marker, theirs.marker_bit());
                    prop_assert_eq!(ours.header.payload_type, theirs.payload_type());
                    prop_assert_eq!(ours.payload, theirs.payload());
                    prop_assert_eq!(ours.csrc, theirs.csrc().collect::<Vec<_>>());
                    prop_assert_eq!(ours.extension.map(|e| (e.profile, e.data)), theirs.extension());
                }
                (Err(_), Err(_)) => {}
                (ours, theirs) => prop_assert!(false, "{:?} against {:?}", ours, theirs),
            }
        }
    }
}
