//! RTCP packets (RFC 3550 section 6): compound packets read and written.
//!
//! | file | what it holds |
//! |---|---|
//! | [`parse`], [`Compound`] | reading and writing |
//! | [`Schedule`] | when a member may send (section 6.3, appendix A.7) |

mod read;
mod schedule;
#[cfg(test)]
mod tests;
mod write;

pub use read::{RtcpError, parse};
pub use schedule::{MAX_INTERVAL, MIN_INTERVAL, Schedule};

use bytes::Bytes;

/// Packet type of a sender report (RFC 3550 section 12.1).
pub const SR: u8 = 200;
/// Packet type of a receiver report.
pub const RR: u8 = 201;
/// Packet type of a source description.
pub const SDES: u8 = 202;
/// Packet type of a goodbye.
pub const BYE: u8 = 203;
/// Packet type of application-defined packets.
pub const APP: u8 = 204;
/// SDES item that names the source for good (RFC 3550 section 6.5.1).
pub const CNAME: u8 = 1;

/// Report blocks, SDES chunks or BYE sources in one packet: the count has five bits.
pub const MAX_COUNT: usize = 31;

/// A compound packet: what one datagram carries (RFC 3550 section 6.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compound {
    /// Its packets, in order.
    pub packets: Vec<RtcpPacket>,
}

/// One packet of a compound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RtcpPacket {
    /// SR, section 6.4.1.
    SenderReport(SenderReport),
    /// RR, section 6.4.2.
    ReceiverReport(ReceiverReport),
    /// SDES, section 6.5.
    SourceDescription(SourceDescription),
    /// BYE, section 6.6.
    Bye(Bye),
    /// Any other type, kept as it came.
    Other {
        /// The packet type.
        packet_type: u8,
        /// The five bits after the padding bit.
        count: u8,
        /// What follows the four octets of the header, without padding.
        body: Bytes,
    },
}

/// What a sender says of its stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SenderReport {
    /// The sender.
    pub ssrc: u32,
    /// The moment of the report, as a 64-bit NTP timestamp.
    pub ntp: crate::time::NtpTime,
    /// The same moment on the RTP clock.
    pub rtp_timestamp: u32,
    /// RTP packets sent since the start; wraps.
    pub packets: u32,
    /// Payload octets sent since the start; wraps.
    pub octets: u32,
    /// What it receives from others, at most [`MAX_COUNT`].
    pub blocks: Vec<ReportBlock>,
}

/// What a receiver that does not send reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiverReport {
    /// The receiver.
    pub ssrc: u32,
    /// One block per source heard, at most [`MAX_COUNT`].
    pub blocks: Vec<ReportBlock>,
}

/// The reception of one source (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReportBlock {
    /// The source.
    pub ssrc: u32,
    /// Packets lost since the last report, in 256ths of those expected.
    pub fraction_lost: u8,
    /// Packets lost in all: 24 bits with sign, -8,388,608 to 8,388,607.
    pub cumulative_lost: i32,
    /// Cycles of the sequence number in the upper, the highest received in the lower half.
    pub highest_sequence: u32,
    /// Interarrival jitter in ticks of the payload's clock.
    pub jitter: u32,
    /// The middle 32 bits of the last sender report's NTP time; 0 before any.
    pub last_sender_report: u32,
    /// Time since that report came, in 1/65536 s; 0 before any.
    pub delay_since_last: u32,
}

/// Who the sources are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceDescription {
    /// One chunk per source, at most [`MAX_COUNT`].
    pub chunks: Vec<SdesChunk>,
}

impl SourceDescription {
    /// The description that every member sends: one source and its CNAME, which is held to
    /// 255 octets.
    pub fn cname(ssrc: u32, cname: &str) -> Self {
        let text = &cname.as_bytes()[..cname.len().min(255)];
        let item = SdesItem { kind: CNAME, text: Bytes::copy_from_slice(text) };
        Self { chunks: vec![SdesChunk { ssrc, items: vec![item] }] }
    }
}

/// The items of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SdesChunk {
    /// The source.
    pub ssrc: u32,
    /// Its items.
    pub items: Vec<SdesItem>,
}

/// One SDES item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdesItem {
    /// Its type: 1 CNAME, 2 NAME, ... 8 PRIV; never 0.
    pub kind: u8,
    /// Its text, meant to be UTF-8, at most 255 octets.
    pub text: Bytes,
}

/// Sources that leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bye {
    /// The sources, at most [`MAX_COUNT`].
    pub sources: Vec<u32>,
    /// Why, at most 255 octets.
    pub reason: Option<Bytes>,
}

impl RtcpPacket {
    /// The packet type: 200 SR, 201 RR, 202 SDES, 203 BYE, others as they came.
    pub fn packet_type(&self) -> u8 {
        match self {
            Self::SenderReport(_) => SR,
            Self::ReceiverReport(_) => RR,
            Self::SourceDescription(_) => SDES,
            Self::Bye(_) => BYE,
            Self::Other { packet_type, .. } => *packet_type,
        }
    }

    /// The report blocks of a sender or receiver report.
    pub fn blocks(&self) -> &[ReportBlock] {
        match self {
            Self::SenderReport(report) => &report.blocks,
            Self::ReceiverReport(report) => &report.blocks,
            _ => &[],
        }
    }
}

impl Compound {
    /// The packet types, in order.
    pub fn types(&self) -> Vec<u8> {
        self.packets.iter().map(RtcpPacket::packet_type).collect()
    }

    /// Whether it begins with a report, as section 6.1 asks; others are the reduced-size
    /// packets of RFC 5506.
    pub fn starts_with_report(&self) -> bool {
        matches!(self.packets.first(), Some(RtcpPacket::SenderReport(_) | RtcpPacket::ReceiverReport(_)))
    }
}
