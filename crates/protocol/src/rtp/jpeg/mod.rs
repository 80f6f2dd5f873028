//! JPEG over RTP (RFC 2435).
//!
//! | file | what it holds |
//! |---|---|
//! | [`probe`](probe()) | whether a JPEG can be carried, and what a sender must know of it |
//! | [`header`] | the headers between RTP header and scan data |
//! | [`Packetizer`] | a picture to packets, cut at restart markers |
//! | [`Depacketizer`], [`rebuild`] | packets to a picture, whole or with its holes named |
//! | [`Form`], [`is_whole_file`] | the student project's form: one packet, one file |
//! | [`tables`] | quantisation and Huffman tables that both sides know |
//! | [`JpegError`] | what can be wrong, where, and by which section |

mod assemble;
mod entropy;
mod error;
pub mod header;
mod packetize;
mod probe;
mod rebuild;
#[cfg(test)]
pub(crate) mod samples;
pub mod tables;
#[cfg(test)]
mod tests;
mod whole;

pub use error::JpegError;
pub use packetize::{Cut, MIN_PACKET, Packetizer};
pub use probe::{JpegInfo, MAX_SIDE, Sampling, probe};
pub use rebuild::{Depacketizer, MAX_PACKETS_PER_PICTURE, Rebuilt, Rect, rebuild};
pub use whole::{Form, MAX_WHOLE, is_whole_file};
