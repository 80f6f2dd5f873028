//! Writing compound packets.

use super::{Bye, Compound, MAX_COUNT, ReportBlock, RtcpPacket, SdesChunk};
use crate::rtp::packet::VERSION;
use bytes::Bytes;

impl Compound {
    /// The octets of the datagram. Counts beyond [`MAX_COUNT`] and texts beyond 255 octets are
    /// cut to what the fields can say.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = Vec::with_capacity(128);
        for packet in &self.packets {
            packet.write(&mut out);
        }
        out.into()
    }
}

impl RtcpPacket {
    fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend([0, self.packet_type(), 0, 0]);
        let count = match self {
            Self::SenderReport(report) => {
                put(out, report.ssrc);
                out.extend(report.ntp.0.to_be_bytes());
                put(out, report.rtp_timestamp);
                put(out, report.packets);
                put(out, report.octets);
                write_blocks(out, &report.blocks)
            }
            Self::ReceiverReport(report) => {
                put(out, report.ssrc);
                write_blocks(out, &report.blocks)
            }
            Self::SourceDescription(sdes) => {
                let chunks = &sdes.chunks[..sdes.chunks.len().min(MAX_COUNT)];
                chunks.iter().for_each(|chunk| write_chunk(out, chunk));
                chunks.len()
            }
            Self::Bye(bye) => write_bye(out, bye),
            Self::Other { count, body, .. } => {
                out.extend_from_slice(body);
                usize::from(*count)
            }
        };
        while !(out.len() - start).is_multiple_of(4) {
            out.push(0);
        }
        out[start] = VERSION << 6 | count as u8 & 0x1f;
        // The length in 32-bit words minus one (section 6.4.1).
        let words = u16::try_from((out.len() - start) / 4 - 1).unwrap_or(u16::MAX);
        out[start + 2..start + 4].copy_from_slice(&words.to_be_bytes());
    }
}

fn put(out: &mut Vec<u8>, word: u32) {
    out.extend(word.to_be_bytes());
}

fn write_blocks(out: &mut Vec<u8>, blocks: &[ReportBlock]) -> usize {
    let blocks = &blocks[..blocks.len().min(MAX_COUNT)];
    for block in blocks {
        put(out, block.ssrc);
        let lost = block.cumulative_lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0xff_ffff;
        put(out, u32::from(block.fraction_lost) << 24 | lost);
        put(out, block.highest_sequence);
        put(out, block.jitter);
        put(out, block.last_sender_report);
        put(out, block.delay_since_last);
    }
    blocks.len()
}

/// A chunk: source, items, at least one null octet, filled to 32 bits (section 6.5).
fn write_chunk(out: &mut Vec<u8>, chunk: &SdesChunk) {
    let start = out.len();
    put(out, chunk.ssrc);
    for item in &chunk.items {
        let text = &item.text[..item.text.len().min(255)];
        out.extend([item.kind, text.len() as u8]);
        out.extend_from_slice(text);
    }
    out.push(0);
    while !(out.len() - start).is_multiple_of(4) {
        out.push(0);
    }
}

fn write_bye(out: &mut Vec<u8>, bye: &Bye) -> usize {
    let sources = &bye.sources[..bye.sources.len().min(MAX_COUNT)];
    sources.iter().for_each(|&ssrc| put(out, ssrc));
    if let Some(reason) = &bye.reason {
        let reason = &reason[..reason.len().min(255)];
        out.push(reason.len() as u8);
        out.extend_from_slice(reason);
    }
    sources.len()
}
