//! A whole JPEG file as the payload of one RTP packet: the form of the well-known student
//! project, beside RFC 2435's.
//!
//! There is no payload header: the datagram holds the picture's file from SOI to EOI, however
//! long, and IPv4 cuts it into fragments. One lost fragment loses the picture.

use super::{JpegError, Rebuilt, probe};
use crate::rtp::packet::HEADER;
use bytes::Bytes;

/// How pictures travel in RTP packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// Cut into packets with headers of their own (RFC 2435).
    #[default]
    Rfc2435,
    /// One packet with the whole file.
    WholeFile,
}

/// The longest file that fits into one packet: a UDP datagram over IPv4 holds 65,507 octets
/// (RFC 768, RFC 791), of which the RTP header takes twelve.
pub const MAX_WHOLE: usize = 65_507 - HEADER;

/// Whether a payload is a JPEG file. No payload of RFC 2435 begins so: it would lie more than
/// 14 million octets into its picture.
pub fn is_whole_file(payload: &[u8]) -> bool {
    payload.starts_with(&[0xff, 0xd8, 0xff])
}

/// The picture of such a payload.
///
/// # Errors
/// When it is no JPEG that could be shown.
pub(super) fn rebuild(payload: &[u8]) -> Result<Rebuilt, JpegError> {
    let info = probe(payload)?;
    Ok(Rebuilt {
        jpeg: Bytes::copy_from_slice(payload),
        missing: Vec::new(),
        width: info.width,
        height: info.height,
    })
}
