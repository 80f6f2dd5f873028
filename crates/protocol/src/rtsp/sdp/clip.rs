//! The description of a clip's tracks.

use super::{Media, RtpMap};
use crate::media::{Codec, Track};
use crate::rtp::sender::PAYLOAD_TYPE_JPEG;

impl Media {
    /// The section of a clip's track whose `a=control:` is `control`; SETUP decides its port.
    pub fn of(track: &Track, control: String) -> Media {
        let (kind, encoding, payload_type) = match track.codec {
            Codec::Jpeg { .. } => ("video", "JPEG", PAYLOAD_TYPE_JPEG),
        };
        let seconds = track.interval.as_secs_f64();
        Media {
            kind: kind.to_owned(),
            port: 0,
            protocol: "RTP/AVP".to_owned(),
            formats: vec![payload_type.to_string()],
            control: Some(control),
            rtpmap: vec![RtpMap {
                payload_type,
                encoding: encoding.to_owned(),
                clock_rate: track.clock_rate,
                parameters: None,
            }],
            fmtp: Vec::new(),
            // Three decimals name every usual rate: 23.976, 29.97.
            framerate: (seconds > 0.0).then(|| (1000.0 / seconds).round() / 1000.0),
        }
    }
}
