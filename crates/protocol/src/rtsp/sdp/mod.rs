//! Session descriptions (RFC 8866) as RTSP uses them (RFC 2326 appendix C).

use std::time::Duration;

/// A session description.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sdp {
    /// `s=`: the session's name.
    pub name: String,
    /// `a=control:` of the session (RFC 2326 appendix C.1.1).
    pub control: Option<String>,
    /// `a=range:` of the session, its end in normal play time (appendix C.1.5).
    pub duration: Option<Duration>,
    /// `m=` sections, in order.
    pub media: Vec<Media>,
}

/// One `m=` section.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Media {
    /// `video`, `audio`, ...
    pub kind: String,
    /// The port; 0 when SETUP decides (RFC 2326 appendix C.1.2).
    pub port: u16,
    /// `RTP/AVP`
    pub protocol: String,
    /// The payload types.
    pub formats: Vec<String>,
    /// `a=control:` of the track.
    pub control: Option<String>,
    /// `a=rtpmap:` lines (RFC 8866 section 6.6).
    pub rtpmap: Vec<RtpMap>,
    /// `a=framerate:` (RFC 8866 section 6.13).
    pub framerate: Option<f64>,
}

/// What a payload type is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtpMap {
    /// The payload type, 0 to 127.
    pub payload_type: u8,
    /// The encoding's name.
    pub encoding: String,
    /// The RTP clock, in ticks per second.
    pub clock_rate: u32,
    /// What stands after the clock rate: for audio, the number of channels.
    pub parameters: Option<String>,
}
