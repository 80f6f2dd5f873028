//! Reading compound packets.

use super::{
    BYE, Bye, Compound, RR, ReceiverReport, ReportBlock, RtcpPacket, SDES, SR, SdesChunk, SdesItem,
    SenderReport, SourceDescription,
};
use crate::rtp::packet::VERSION;
use crate::time::NtpTime;
use bytes::Bytes;
use thiserror::Error;

/// Why bytes are no RTCP compound packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RtcpError {
    /// The bytes end inside a packet, or are none at all.
    #[error("offset {offset}: the packet is cut short")]
    Short {
        /// Where the packet that is not whole begins.
        offset: usize,
    },
    /// Not version 2.
    #[error("offset {offset}: version {version}; RTCP is version 2 (RFC 3550 section 6.4.1)")]
    Version {
        /// Where the packet begins.
        offset: usize,
        /// The version found, 0 to 3.
        version: u8,
    },
    /// The padding is impossible, or not in the last packet (RFC 3550 section 6.4.1).
    #[error("offset {offset}: impossible padding")]
    Padding {
        /// Where the packet begins.
        offset: usize,
    },
    /// The packet is too short for what it announces.
    #[error("offset {offset}: broken {packet} packet")]
    Broken {
        /// Where the packet begins.
        offset: usize,
        /// Which packet.
        packet: &'static str,
    },
}

/// Reads all packets of one datagram. A reader that insists on section 6.1 asks
/// [`Compound::starts_with_report`] too.
///
/// # Errors
/// When any packet is cut short, of another version or contradicts its own length: the checks
/// of RFC 3550 appendix A.2.
pub fn parse(bytes: &[u8]) -> Result<Compound, RtcpError> {
    let mut packets = Vec::new();
    let mut offset = 0;
    while offset < bytes.len() || packets.is_empty() {
        let rest = &bytes[offset..];
        let short = RtcpError::Short { offset };
        let head = rest.first_chunk::<4>().ok_or(short)?;
        if head[0] >> 6 != VERSION {
            return Err(RtcpError::Version { offset, version: head[0] >> 6 });
        }
        let length = 4 * (1 + usize::from(u16::from_be_bytes([head[2], head[3]])));
        let whole = rest.get(..length).ok_or(short)?;
        let mut body = &whole[4..];
        if head[0] & 0x20 != 0 {
            let count = usize::from(whole[length - 1]);
            // Padding is there for encryption in whole words, and only at the compound's end.
            if count == 0 || count % 4 != 0 || count > body.len() || rest.len() != length {
                return Err(RtcpError::Padding { offset });
            }
            body = &body[..body.len() - count];
        }
        packets.push(packet(head[1], head[0] & 0x1f, body, offset)?);
        offset += length;
    }
    Ok(Compound { packets })
}

fn packet(packet_type: u8, count: u8, body: &[u8], offset: usize) -> Result<RtcpPacket, RtcpError> {
    let broken = |packet| RtcpError::Broken { offset, packet };
    Ok(match packet_type {
        SR => RtcpPacket::SenderReport(sender_report(count, body).ok_or(broken("SR"))?),
        RR => {
            let (ssrc, rest) = split_word(body).ok_or(broken("RR"))?;
            let blocks = blocks(count, rest).ok_or(broken("RR"))?;
            RtcpPacket::ReceiverReport(ReceiverReport { ssrc, blocks })
        }
        SDES => RtcpPacket::SourceDescription(description(count, body).ok_or(broken("SDES"))?),
        BYE => RtcpPacket::Bye(bye(count, body).ok_or(broken("BYE"))?),
        _ => RtcpPacket::Other { packet_type, count, body: Bytes::copy_from_slice(body) },
    })
}

fn split_word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*word), rest))
}

fn sender_report(count: u8, body: &[u8]) -> Option<SenderReport> {
    let (ssrc, rest) = split_word(body)?;
    let (ntp, rest) = rest.split_first_chunk::<8>()?;
    let (rtp_timestamp, rest) = split_word(rest)?;
    let (packets, rest) = split_word(rest)?;
    let (octets, rest) = split_word(rest)?;
    let ntp = NtpTime(u64::from_be_bytes(*ntp));
    Some(SenderReport { ssrc, ntp, rtp_timestamp, packets, octets, blocks: blocks(count, rest)? })
}

/// The report blocks; what follows them is a profile's extension (section 6.4.3) and skipped.
fn blocks(count: u8, body: &[u8]) -> Option<Vec<ReportBlock>> {
    let bytes = body.get(..24 * usize::from(count))?;
    let block = |b: &[u8]| {
        let word = |at: usize| u32::from_be_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]]);
        ReportBlock {
            ssrc: word(0),
            fraction_lost: b[4],
            // Shifted up and back down so that the sign of the 24 bits is kept.
            cumulative_lost: (word(4) << 8) as i32 >> 8,
            highest_sequence: word(8),
            jitter: word(12),
            last_sender_report: word(16),
            delay_since_last: word(20),
        }
    };
    Some(bytes.chunks_exact(24).map(block).collect())
}

fn description(count: u8, body: &[u8]) -> Option<SourceDescription> {
    let mut chunks = Vec::with_capacity(usize::from(count));
    let mut rest = body;
    for _ in 0..count {
        let (ssrc, mut items_rest) = split_word(rest)?;
        let mut items = Vec::new();
        let mut used = 4;
        loop {
            let (&kind, after) = items_rest.split_first()?;
            used += 1;
            if kind == 0 {
                break;
            }
            let (&length, after) = after.split_first()?;
            let text = after.get(..usize::from(length))?;
            items.push(SdesItem { kind, text: Bytes::copy_from_slice(text) });
            used += 1 + text.len();
            items_rest = &after[text.len()..];
        }
        rest = rest.get(used.next_multiple_of(4)..)?;
        chunks.push(SdesChunk { ssrc, items });
    }
    Some(SourceDescription { chunks })
}

fn bye(count: u8, body: &[u8]) -> Option<Bye> {
    let (sources, rest) = body.split_at_checked(4 * usize::from(count))?;
    let sources = sources.chunks_exact(4).map(|c| u32::from_be_bytes([c[0], c[1], c[2], c[3]])).collect();
    let reason = match rest.split_first() {
        Some((&length, text)) => Some(Bytes::copy_from_slice(text.get(..usize::from(length))?)),
        None => None,
    };
    Some(Bye { sources, reason })
}
