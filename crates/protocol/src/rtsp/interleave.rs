//! Packets in the RTSP connection (RFC 2326 section 10.12): their frames, and what is left out
//! when the peer reads too slowly.

use super::reader::FRAME_HEADER;
use crate::message::{RtpSummary, What};
use bytes::Bytes;

/// A packet in its `$` frame. It has at most [`MAX_FRAME`](super::reader::MAX_FRAME) octets.
pub fn framed(channel: u8, packet: &[u8]) -> Bytes {
    let mut frame = Vec::with_capacity(FRAME_HEADER + packet.len());
    frame.extend_from_slice(&[b'$', channel]);
    frame.extend_from_slice(&(packet.len() as u16).to_be_bytes());
    frame.extend_from_slice(packet);
    frame.into()
}

/// Lets whole pictures of one track through, or none of their packets: a picture is begun only
/// when nothing waits, or when all of it fits behind what waits. So at most the limit or one
/// picture waits.
#[derive(Clone, Debug, Default)]
pub struct PictureGate {
    /// The picture that is being left out.
    dropping: Option<u32>,
    dropped: u64,
}

/// What a [`PictureGate`] says of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// It is to be sent.
    Send,
    /// It belongs to a picture that is left out.
    Drop,
    /// It is the first of a picture that is left out.
    DropPicture {
        /// The picture's number in its clip, from 0.
        picture: u32,
        /// How many have been left out so far, this one included.
        total: u64,
    },
}

impl PictureGate {
    /// What to do with a packet, with `waiting` octets in front of it, of which there may be
    /// `limit`; packets have at most `max_packet` octets. What is no part of a picture passes.
    pub fn check(&mut self, what: &What, waiting: usize, max_packet: usize, limit: usize) -> Passage {
        let What::Rtp(RtpSummary { picture: Some(part), .. }) = what else { return Passage::Send };
        if part.index == 0 {
            let octets = usize::from(part.of) * (max_packet + FRAME_HEADER);
            let fits = waiting == 0 || waiting + octets <= limit;
            self.dropping = (!fits).then_some(part.picture);
            if !fits {
                self.dropped += 1;
                return Passage::DropPicture { picture: part.picture, total: self.dropped };
            }
        }
        if self.dropping == Some(part.picture) { Passage::Drop } else { Passage::Send }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Fragment;

    fn part(picture: u32, index: u16) -> What {
        What::Rtp(RtpSummary {
            sequence: 0,
            timestamp: 0,
            ssrc: 0,
            marker: false,
            payload_type: 26,
            picture: Some(Fragment { picture, index, of: 3 }),
        })
    }

    #[test]
    fn a_picture_goes_whole_or_not_at_all() {
        let mut gate = PictureGate::default();
        let mut check = |what: &What, waiting| gate.check(what, waiting, 96, 1000);
        // Larger than the limit or not: what finds nothing in its way is begun, and finished.
        assert_eq!(check(&part(0, 0), 0), Passage::Send);
        assert_eq!(check(&part(0, 1), 5000), Passage::Send);
        assert_eq!(check(&part(1, 0), 700), Passage::Send);
        assert_eq!(check(&part(2, 0), 701), Passage::DropPicture { picture: 2, total: 1 });
        assert_eq!(check(&part(2, 1), 0), Passage::Drop);
        assert_eq!(check(&What::Rtcp { types: vec![200] }, 5000), Passage::Send);
        assert_eq!(check(&part(2, 2), 0), Passage::Drop);
        assert_eq!(check(&part(3, 0), 5000), Passage::DropPicture { picture: 3, total: 2 });
        assert_eq!(check(&part(4, 0), 0), Passage::Send);
    }

    #[test]
    fn a_frame_has_its_channel_and_length() {
        assert_eq!(&framed(5, b"abc")[..], b"$\x05\x00\x03abc");
    }
}
