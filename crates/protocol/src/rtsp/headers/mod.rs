//! Header fields with a structure.

use std::time::Duration;

/// A Range header (RFC 2326 section 12.29).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Range {
    /// Normal play time (section 3.6).
    Npt {
        /// Where it begins; `None` where it is left open (`-20`).
        start: Option<NptTime>,
        /// Where it ends; `None` for the end.
        end: Option<Duration>,
    },
    /// SMPTE, clock or an unknown unit, as written.
    Other {
        /// What stands before the equals sign.
        unit: String,
        /// What stands after it.
        value: String,
    },
}

/// A normal play time (RFC 2326 section 3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NptTime {
    /// `now`: the live edge.
    Now,
    /// Since the start of the presentation.
    At(Duration),
}

/// One entry of an RTP-Info header (RFC 2326 section 12.33).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtpInfo {
    /// The track's URL.
    pub url: String,
    /// The first packet's sequence number.
    pub seq: Option<u16>,
    /// The RTP timestamp that corresponds to the range's start.
    pub rtptime: Option<u32>,
}
