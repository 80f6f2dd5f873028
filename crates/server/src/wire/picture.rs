//! A picture as a binary message.

use super::Id;
use bytes::{BufMut, Bytes, BytesMut};
use protocol::rtp::jpeg::Rect;

/// How many missing rectangles a message names at most; more are left out.
pub const MAX_MISSING: usize = 1024;

/// Octets before the rectangles.
const HEADER: usize = 18;

/// Writes a picture for the page, all numbers little endian: 4 octets run, 4 octets client node,
/// 8 octets picture id, 2 octets number of rectangles that never came, for each left, top, width and
/// height in pixels as 2 octets, then the JPEG.
pub fn picture_message(run: u32, client: u32, picture: Id, missing: &[Rect], jpeg: &[u8]) -> Bytes {
    let missing = &missing[..missing.len().min(MAX_MISSING)];
    let mut out = BytesMut::with_capacity(HEADER + 8 * missing.len() + jpeg.len());
    out.put_u32_le(run);
    out.put_u32_le(client);
    out.put_u64_le(picture.0);
    out.put_u16_le(missing.len() as u16);
    for rect in missing {
        for side in [rect.left, rect.top, rect.width, rect.height] {
            out.put_u16_le(side);
        }
    }
    out.put_slice(jpeg);
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_rectangles_and_jpeg_stand_in_this_order() {
        let rect = Rect { left: 1, top: 2, width: 0x0304, height: 5 };
        let message = picture_message(9, 7, Id(0x0102), &[rect], &[0xff, 0xd8]);
        assert_eq!(
            message.as_ref(),
            [9, 0, 0, 0, 7, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 2, 0, 4, 3, 5, 0, 0xff, 0xd8]
        );
    }

    #[test]
    fn too_many_rectangles_are_left_out() {
        let rect = Rect { left: 0, top: 0, width: 8, height: 8 };
        let message = picture_message(0, 0, Id(0), &[rect; MAX_MISSING + 1], b"x");
        assert_eq!(message.len(), HEADER + 8 * MAX_MISSING + 1);
        assert_eq!(message[HEADER - 2..HEADER], (MAX_MISSING as u16).to_le_bytes());
    }
}
