//! Session descriptions (RFC 8866) as RTSP uses them (RFC 2326 appendix C).
//!
//! [`tokens`] takes a description apart without losing an octet; [`Sdp::read`] makes sense
//! of the same lines, and [`Sdp::write`] writes them canonically.

mod clip;
mod description;
mod reader;

#[cfg(test)]
mod tests;

pub use description::{Media, RtpMap, Sdp, SdpError, static_map};
pub use reader::{MAX_DEVIATIONS, Parsed, SdpDeviation, SdpKind, SdpLine, SdpOddity, SdpToken, tokens};
