//! What a receiver is made of, and what it tells.

use crate::random::Dice;
use crate::rtp::jpeg::{Form, JpegError};
use crate::rtp::packet::RtpError;
use crate::rtp::rtcp::RtcpError;
use crate::time::{Epoch, SimTime};
use std::time::Duration;
use thiserror::Error;

/// How long after its first packet a picture is shown, by default.
pub const DEFAULT_PLAYOUT_DELAY: Duration = Duration::from_millis(60);

/// The longest playout delay: pictures that wait so long fit into the buffer's bounds.
pub const MAX_PLAYOUT_DELAY: Duration = Duration::from_secs(2);

/// What one [`Receiver`](super::Receiver) listens for, and under which names.
#[derive(Clone, Debug)]
pub struct ReceiverConfig {
    /// Ticks per second of the RTP clock, at least 1: 90,000 for JPEG.
    pub clock_rate: u32,
    /// The payload type that is taken; packets with another are refused.
    pub payload_type: u8,
    /// How pictures travel.
    pub form: Form,
    /// The receiver's lasting name (RFC 3550 section 6.5.1).
    pub cname: String,
    /// The receiver's own synchronisation source.
    pub ssrc: u32,
    /// From a picture's first arrival to its showing, at the base: [`DEFAULT_PLAYOUT_DELAY`].
    pub playout_delay: Duration,
    /// Wall-clock time of the world's beginning.
    pub epoch: Epoch,
    /// For the RTCP timing.
    pub dice: Dice,
}

/// What a receiver has to tell. `T` is the tag that the caller gave the packet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReceiverEvent<T> {
    /// A picture's time has come, complete or not.
    Picture(PictureOut<T>),
    /// Packets were lost that belong to no picture that came: whole pictures may be missing.
    Gap {
        /// Sequence number of the first.
        first_sequence: u16,
        /// How many.
        count: u16,
    },
    /// A packet came after its picture's time.
    Late {
        /// Its sequence number.
        sequence: u16,
        /// Its tag.
        tag: T,
        /// By how much.
        by: Duration,
    },
    /// A packet came that had come before.
    Duplicate {
        /// Its sequence number.
        sequence: u16,
        /// Its tag.
        tag: T,
    },
    /// The source said BYE.
    Bye {
        /// The source.
        ssrc: u32,
    },
    /// Packets of another source are taken from now on.
    SourceChanged {
        /// The source before, if any.
        from: Option<u32>,
        /// The source now.
        to: u32,
    },
    /// The playout times begin anew with this timestamp.
    Rebased {
        /// The timestamp.
        timestamp: u32,
        /// When it is shown.
        shown_at: SimTime,
        /// Why.
        reason: RebaseReason,
    },
    /// A packet was refused.
    Malformed {
        /// Its tag.
        tag: T,
        /// Why.
        error: ReceiverError,
    },
}

/// Why playout times begin anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RebaseReason {
    /// The first packet of a source, or of a PLAY.
    Start,
    /// The timestamps jumped.
    Jump,
    /// Every picture came too late for [`LATE_BEFORE_REBASE`](super::LATE_BEFORE_REBASE).
    AlwaysLate,
}

/// Why a packet was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReceiverError {
    /// No RTP packet.
    #[error("RTP: {0}")]
    Rtp(#[from] RtpError),
    /// No RTCP compound.
    #[error("RTCP: {0}")]
    Rtcp(#[from] RtcpError),
    /// No RTP/JPEG payload; offsets count from the payload's start.
    #[error("RTP/JPEG: {0}")]
    Jpeg(#[from] JpegError),
    /// No JPEG file where each packet holds one.
    #[error("the payload does not begin as a JPEG file does")]
    NoFile,
    /// Another payload type than agreed.
    #[error("payload type {got}, expected {expected}")]
    PayloadType {
        /// The packet's.
        got: u8,
        /// The agreed one.
        expected: u8,
    },
    /// The packet's source is not (yet) the one that is listened to.
    #[error("unknown source {ssrc:#010x} (RFC 3550 appendix A.1: on probation)")]
    UnknownSource {
        /// The packet's source.
        ssrc: u32,
    },
    /// A jump of the sequence number that one more packet must confirm (appendix A.1).
    #[error("sequence number {sequence} is far from the last; waiting for the next to confirm it")]
    Jump {
        /// The sequence number.
        sequence: u16,
    },
    /// A packet out of order whose timestamp is far from all that is shown.
    #[error("timestamp {timestamp} is far from all that is shown")]
    Timestamp {
        /// The timestamp.
        timestamp: u32,
    },
    /// A limit of the playout buffer is reached.
    #[error("the playout buffer holds its limit of {limit} {what}")]
    Full {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}

/// A picture at its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureOut<T> {
    /// When it is shown.
    pub shown_at: SimTime,
    /// Its RTP timestamp.
    pub timestamp: u32,
    /// Its source.
    pub ssrc: u32,
    /// Sequence number of its first packet, known or inferred; `None` when neither the packet
    /// nor the one before it came.
    pub first_sequence: Option<u16>,
    /// Its packets in the order of their sequence numbers, with the gaps between.
    pub slots: Vec<Slot<T>>,
    /// Whether its last packet (marker) came or the next picture's first did, so that no
    /// unknown packet can be missing behind the slots.
    pub end_known: bool,
    /// Whether every packet came.
    pub complete: bool,
    /// Whether at least a part can be decoded: the quantisation tables and some restart
    /// interval or the picture's beginning came.
    pub decodable: bool,
    /// When the first of its packets came.
    pub first_packet_at: SimTime,
    /// When the last of its packets came.
    pub last_packet_at: SimTime,
}

/// The place of one packet in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot<T> {
    /// It came.
    Received {
        /// Its sequence number.
        sequence: u16,
        /// Its tag.
        tag: T,
        /// When.
        at: SimTime,
    },
    /// It did not come in time.
    Missing {
        /// Its sequence number.
        sequence: u16,
    },
}

/// A receiver's counts, for its current source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiverStats {
    /// The source, once there is one.
    pub ssrc: Option<u32>,
    /// Packets received, late ones and duplicates included (RFC 3550 appendix A.3).
    pub received: u64,
    /// Packets expected: from the first to the highest sequence number (appendix A.3).
    pub expected: u64,
    /// Expected less received; negative when duplicates outnumber losses (appendix A.3).
    pub lost: i64,
    /// Interarrival jitter in ticks (appendix A.8).
    pub jitter: u32,
    /// The same as a span of time.
    pub jitter_time: Duration,
    /// Cycles in the upper half, highest sequence number in the lower (appendix A.1).
    pub highest_sequence: u32,
    /// Packets that had come before.
    pub duplicates: u64,
    /// Packets that came after their picture's time.
    pub late: u64,
    /// Packets that came after one with a higher sequence number.
    pub reordered: u64,
    /// Packets refused.
    pub malformed: u64,
    /// Payload octets received.
    pub octets: u64,
    /// Pictures shown complete.
    pub pictures_complete: u64,
    /// Pictures whose time came while packets were missing.
    pub pictures_damaged: u64,
    /// Pictures waiting for their time.
    pub buffered_pictures: usize,
    /// Packets in them.
    pub buffered_packets: usize,
    /// From now to the last waiting picture's time.
    pub buffer_depth: Duration,
    /// The middle of the NTP timestamp of the source's last report.
    pub last_sender_report: Option<u32>,
    /// Events that were dropped because nobody took them.
    pub events_dropped: u64,
}
