//! What a run of application bytes is.
//!
//! An engine that hands bytes out says what they are; the simulator keeps that beside the
//! segments, packets, frames and hops that carry them, so that a picture can be followed
//! to its bits and a bit back to its picture.

use bytes::Bytes;

/// Bytes for the transport, and what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The bytes, whole: one RTSP message, one RTP or RTCP packet, or one of these in its
    /// `$` frame (RFC 2326 section 10.12).
    pub bytes: Bytes,
    /// What they are.
    pub what: What,
}

/// What an application message is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// An RTSP request.
    Request {
        /// The method, in the canonical writing of RFC 2326 section 10.
        method: String,
        /// The request's CSeq, when it has a readable one.
        cseq: Option<u32>,
    },
    /// An RTSP response.
    Response {
        /// The status code, 100 to 599.
        status: u16,
        /// The reason phrase.
        reason: String,
        /// The method of the request that it answers, where known.
        method: Option<String>,
        /// The CSeq that it repeats, when it has a readable one.
        cseq: Option<u32>,
    },
    /// An RTP packet.
    Rtp(RtpSummary),
    /// A compound RTCP packet.
    Rtcp {
        /// The packet types in it, in order: 200 SR, 201 RR, 202 SDES, 203 BYE (RFC 3550 section 12.1).
        types: Vec<u8>,
    },
    /// Bytes that no reader could make sense of; they are carried all the same.
    Unknown,
}

/// The parts of an RTP packet by which it is known outside the RTP engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RtpSummary {
    /// Sequence number (RFC 3550 section 5.1).
    pub sequence: u16,
    /// RTP timestamp, in ticks of the payload's clock.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
    /// The marker bit; for RTP/JPEG the last packet of a picture (RFC 2435 section 3).
    pub marker: bool,
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Where the payload comes from, when the sender is ours.
    pub picture: Option<Fragment>,
}

/// Which part of which picture a packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fragment {
    /// The picture's number in its clip, from 0.
    pub picture: u32,
    /// This packet's number in the picture, from 0.
    pub index: u16,
    /// How many packets the picture needs.
    pub of: u16,
}
