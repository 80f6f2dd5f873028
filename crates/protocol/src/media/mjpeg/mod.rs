//! Motion JPEG: pictures one after the other, each a whole JPEG.
//!
//! Two forms, told apart by the first octet, have nothing but the pictures:
//!
//! | form | what stands in the file |
//! |---|---|
//! | [`Form::Plain`] | the JPEGs, nothing else: each ends with its own EOI marker |
//! | [`Form::Lab`] | before each JPEG its length in octets, as five ASCII digits (`movie.Mjpeg`) |
//!
//! Neither says how fast the pictures follow one another. Two containers hold the same
//! pictures and say it:
//!
//! | form | what stands in the file |
//! |---|---|
//! | [`Form::Avi`] | RIFF chunks, the video's among those of other streams |
//! | [`Form::Mp4`] | MP4 or QuickTime: octets, and tables that say where each picture lies |
//!
//! Octets of value 0 after a picture
//! are fill; anything else there is a fault. Every picture is probed for what RFC 2435 can
//! carry, so that nothing is ever sent that a receiver would show as garbage.

mod avi;
mod contained;
mod mp4;
mod reader;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_contained;

use super::{Clip, ClipError, Codec, FrameRate, MAX_FILE, Sample, Track};
use crate::rtp::jpeg::JpegInfo;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;

/// The longest picture, in octets. The fragment offset of RFC 2435 section 3.1.2 would allow
/// 16 MiB; the lab format's five digits end at 99,999.
pub const MAX_PICTURE: usize = 4 << 20;

/// The most pictures of a clip: over two hours at 25 a second.
pub const MAX_PICTURES: usize = 200_000;

/// Ticks of the RTP clock a second (RFC 2435 section 3).
pub const CLOCK_RATE: u32 = 90_000;

/// How the pictures stand in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JPEG after the other.
    Plain,
    /// Five ASCII digits of length before each JPEG.
    Lab,
    /// An AVI file with a Motion JPEG stream.
    Avi,
    /// An MP4 or QuickTime file with a Motion JPEG track.
    Mp4,
}

impl Form {
    /// The form that a file's first octets stand for.
    fn of(bytes: &[u8]) -> Result<Self, ClipError> {
        match bytes {
            [] | [0xff] => Err(ClipError::NoPicture { offset: bytes.len() }),
            [0xff, 0xd8, ..] => Ok(Self::Plain),
            [b'0'..=b'9', ..] => Ok(Self::Lab),
            _ if avi::is_avi(bytes) => Ok(Self::Avi),
            _ if mp4::is_mp4(bytes) => Ok(Self::Mp4),
            _ => Err(ClipError::NotMotionJpeg { looks_like: looks_like(bytes) }),
        }
    }
}

/// What a file that is not Motion JPEG seems to be.
fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'R', b'I', b'F', b'F', ..] => Some("a RIFF file, but not AVI"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some("a Matroska or WebM file"),
        [0x89, b'P', b'N', b'G', ..] => Some("a PNG picture"),
        [b'G', b'I', b'F', b'8', ..] => Some("a GIF picture"),
        [b'-', b'-', ..] | [b'\r', b'\n', b'-', b'-', ..] => Some("MJPEG over HTTP (multipart)"),
        _ => None,
    }
}

/// Where a picture lies in the file.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: usize,
    end: usize,
}

/// A Motion JPEG file in memory, every picture checked.
pub struct MotionJpeg {
    bytes: Bytes,
    form: Form,
    rate: FrameRate,
    tracks: [Track; 1],
    places: Vec<Place>,
    pictures: Vec<Arc<JpegInfo>>,
    notes: Vec<String>,
}

impl MotionJpeg {
    /// Reads a file; [`open`](super::open) says how. A container's own rate goes before `rate`.
    ///
    /// # Errors
    /// As [`open`](super::open).
    pub fn read(name: &str, bytes: Bytes, rate: FrameRate) -> Result<Self, ClipError> {
        if bytes.len() > MAX_FILE {
            return Err(ClipError::FileTooLarge { size: bytes.len() });
        }
        let form = Form::of(&bytes)?;
        let (found, rate) = match form {
            Form::Plain | Form::Lab => (reader::read(name, &bytes, form)?, rate),
            Form::Avi => contained::check(name, &bytes, avi::read(&bytes)?)?,
            Form::Mp4 => contained::check(name, &bytes, mp4::read(name, &bytes)?)?,
        };
        let (width, height) = found.size;
        let tracks = [Track {
            codec: Codec::Jpeg { width, height },
            clock_rate: CLOCK_RATE,
            samples: found.places.len(),
            interval: rate.time_of(1),
        }];
        let (places, pictures, notes) = (found.places, found.pictures, found.notes);
        Ok(Self { bytes, form, rate, tracks, places, pictures, notes })
    }

    /// The form of the file.
    pub fn form(&self) -> Form {
        self.form
    }
}

impl std::fmt::Debug for MotionJpeg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MotionJpeg")
            .field("form", &self.form)
            .field("track", &self.tracks[0])
            .field("octets", &self.bytes.len())
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}

impl Clip for MotionJpeg {
    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    fn duration(&self) -> Duration {
        self.rate.time_of(self.places.len())
    }

    fn sample(&self, track: usize, index: usize) -> Option<Sample> {
        let place = self.places.get(index).filter(|_| track == 0)?;
        let bytes = self.bytes.slice(place.start..place.end);
        Some(Sample { index, time: self.rate.time_of(index), bytes })
    }

    fn jpeg(&self, track: usize, index: usize) -> Option<Arc<JpegInfo>> {
        self.pictures.get(index).filter(|_| track == 0).cloned()
    }

    fn seek(&self, track: usize, at: Duration) -> usize {
        let samples = if track == 0 { self.places.len() } else { 0 };
        self.rate.index_at(at).min(samples)
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}
