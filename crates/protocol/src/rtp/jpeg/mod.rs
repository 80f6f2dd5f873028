//! JPEG over RTP (RFC 2435).
//!
//! | file | what it holds |
//! |---|---|
//! | [`probe`](probe()) | whether a JPEG can be carried, and what a sender must know of it |
//! | [`tables`] | quantisation and Huffman tables that both sides know |
//! | [`JpegError`] | what can be wrong, where, and by which section |

mod error;
mod probe;
mod rebuild;
#[cfg(test)]
pub(crate) mod samples;
pub mod tables;

pub use error::JpegError;
pub use probe::{JpegInfo, MAX_SIDE, Sampling, probe};
pub use rebuild::{Depacketizer, Rebuilt, Rect, rebuild};
