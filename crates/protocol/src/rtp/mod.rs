//! RTP, RTCP, payload formats, sender and receiver (RFC 3550, RFC 2435).
//!
//! | module | what it holds |
//! |---|---|
//! | [`packet`] | the RTP header |
//! | [`rtcp`] | reports, source descriptions, goodbyes, and when to send them |
//! | [`jpeg`] | the payload format of JPEG |
//! | [`sender`] | one track of a clip, packetised and paced |
//! | [`receiver`] | accounting, jitter, playout buffer |

mod clock;
pub mod jpeg;
pub mod packet;
pub mod receiver;
pub mod rtcp;
pub mod sender;

pub use packet::{RtpError, RtpHeader, RtpPacket};
pub use receiver::{PictureOut, Receiver, ReceiverConfig, ReceiverError, ReceiverEvent, ReceiverStats, Slot};
pub use sender::{PlayInfo, PlayRange, Scale, Sender, SenderConfig, SenderEvent, SenderStats, Speed};
