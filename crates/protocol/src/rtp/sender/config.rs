//! What a sender is made of, and what it tells.

use crate::media::Clip;
use crate::random::Dice;
use crate::rtp::jpeg::Form;
use crate::rtp::rtcp::ReportBlock;
use crate::time::Epoch;
use std::sync::Arc;
use std::time::Duration;

/// Largest RTP packet by default, in octets: with UDP and IPv4 headers 1416, so that no usual
/// tunnel has to fragment it.
pub const DEFAULT_MAX_PACKET: usize = 1388;

/// Smallest value of [`SenderConfig::max_packet`]; a smaller one is raised to it. RTP, JPEG,
/// restart and quantisation headers take 156 octets of a picture's first packet.
pub const MIN_MAX_PACKET: usize = 256;

/// Largest value of [`SenderConfig::max_packet`]; a larger one is held to it: what a UDP
/// datagram over IPv4 can carry.
pub const MAX_MAX_PACKET: usize = 65_507;

/// The static payload type of JPEG (RFC 3551 table 5).
pub const PAYLOAD_TYPE_JPEG: u8 = 26;

/// What one [`Sender`](super::Sender) sends, and under which names.
#[derive(Clone, Debug)]
pub struct SenderConfig {
    /// The clip.
    pub clip: Arc<dyn Clip>,
    /// Which of its tracks.
    pub track: usize,
    /// Synchronisation source: random (RFC 3550 section 8.1).
    pub ssrc: u32,
    /// Payload type, 0 to 127; [`PAYLOAD_TYPE_JPEG`] for JPEG.
    pub payload_type: u8,
    /// Sequence number of the first packet: random (section 5.1).
    pub first_sequence: u16,
    /// RTP timestamp at the first PLAY: random (section 5.1).
    pub first_timestamp: u32,
    /// The sender's lasting name (section 6.5.1).
    pub cname: String,
    /// How pictures travel. As whole files they are one packet each, whatever
    /// [`max_packet`](Self::max_packet) says, and there is no RTCP.
    pub form: Form,
    /// Largest RTP packet in octets, [`MIN_MAX_PACKET`] to [`MAX_MAX_PACKET`].
    pub max_packet: usize,
    /// Wall-clock time of the world's beginning, for NTP timestamps.
    pub epoch: Epoch,
    /// For the RTCP timing, and for a new source after BYE.
    pub dice: Dice,
}

/// Where a PLAY begins: the values of RTP-Info and Range (RFC 2326 sections 12.33, 12.29).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayInfo {
    /// Sequence number of the first packet.
    pub sequence: u16,
    /// RTP timestamp of the first packet, which stands for [`from`](Self::from).
    pub rtptime: u32,
    /// The source; it changes when a PLAY follows a BYE.
    pub ssrc: u32,
    /// Normal play time of the first picture.
    pub from: Duration,
    /// Normal play time at which the sender stops: what was asked for, at most the clip's end.
    pub until: Duration,
}

/// What a sender has to tell beside its packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SenderEvent {
    /// The range that was asked for has been sent, and the clip goes on after it.
    RangeEnded {
        /// Normal play time reached.
        at: Duration,
    },
    /// The clip's end or, backwards, its beginning was reached; BYE is handed out with it.
    Ended,
    /// The receiver said BYE.
    ReceiverLeft {
        /// The receiver.
        ssrc: u32,
    },
}

/// A sender's counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SenderStats {
    /// RTP packets handed out under the current source; wraps, as in a sender report.
    pub packets: u32,
    /// Payload octets in them; wraps.
    pub octets: u32,
    /// Pictures of which all packets were handed out.
    pub pictures: u64,
    /// Pictures that could not be packetised and were left out.
    pub skipped: u64,
    /// RTCP compounds handed out.
    pub rtcp_packets: u64,
    /// RTCP datagrams received that could not be read.
    pub malformed_rtcp: u64,
    /// The last report about this source.
    pub last_report: Option<ReportBlock>,
    /// Round trip, from the last report (RFC 3550 section 6.4.1).
    pub round_trip: Option<Duration>,
}

/// Ranges that wait behind the one that is playing.
pub const MAX_QUEUED: usize = 16;

/// Events that wait to be taken; at the limit the oldest goes.
pub const MAX_EVENTS: usize = 64;
