//! Clips behind one trait, and the readers of their files.
//!
//! A [`Clip`] is a set of tracks of timed samples. Motion JPEG is the first codec; the
//! trait leaves room for others.
//!
//! | name | what it is |
//! |---|---|
//! | [`open`] | a file's bytes to a clip, its form found from its content |
//! | [`demo`] | the clip that is always there |
//! | [`Catalogue`] | clips by the names under which they are served |
//! | [`mjpeg`] | Motion JPEG: the lab format, plain concatenated pictures, AVI and MP4 |
//! | [`ClipError`] | why a file is refused: picture, byte offset, section, and what helps |

mod catalogue;
mod error;
pub mod mjpeg;
mod rate;

pub use catalogue::{Catalogue, Offered};
pub use error::ClipError;
pub use rate::FrameRate;

use crate::rtp::jpeg::JpegInfo;
use bytes::Bytes;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

/// The largest file that is opened, in octets: clips are kept in memory.
pub const MAX_FILE: usize = 512 << 20;

/// Opens a file: finds its form from its content, checks every picture.
///
/// `name` is the file's name, for messages only. `rate` is how fast its pictures follow one
/// another, where the file does not say it. The samples are slices of `bytes`: nothing is
/// copied.
///
/// A file that is cut short gives a clip of its whole pictures, with a note
/// ([`Clip::notes`]) that says where it ends.
///
/// # Errors
/// Every other fault, and a file without one whole picture: see [`ClipError`].
pub fn open(name: &str, bytes: Bytes, rate: FrameRate) -> Result<Arc<dyn Clip>, ClipError> {
    Ok(Arc::new(mjpeg::MotionJpeg::read(name, bytes, rate)?))
}

/// The project's own clip, part of the program: `media/demo.mjpeg`, 24 s, 25 pictures a
/// second.
pub fn demo() -> Arc<dyn Clip> {
    static FILE: &[u8] = include_bytes!("../../../../media/demo.mjpeg");
    open("demo.mjpeg", Bytes::from_static(FILE), FrameRate::DEFAULT)
        .expect("a test opens the committed clip and finds it whole")
}

/// A recorded presentation: tracks of timed samples, all in memory, never changing.
pub trait Clip: Debug + Send + Sync {
    /// The tracks, at least one.
    fn tracks(&self) -> &[Track];
    /// How long the clip plays.
    fn duration(&self) -> Duration;
    /// The sample `index` of track `track`; `None` past the end.
    fn sample(&self, track: usize, index: usize) -> Option<Sample>;
    /// What RTP must know of the picture `index` of track `track`, where the clip keeps it; a
    /// sender reads the sample's headers itself when it does not.
    fn jpeg(&self, track: usize, index: usize) -> Option<Arc<JpegInfo>> {
        let _ = (track, index);
        None
    }
    /// The first sample of `track` whose time is `at` or later; the track's number of samples
    /// when there is none.
    fn seek(&self, track: usize, at: Duration) -> usize;
    /// What a reader must know of this clip ("cut short at byte 1,234,567; played up to there").
    fn notes(&self) -> &[String];
}

/// One track of a clip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// How the samples are encoded.
    pub codec: Codec,
    /// Ticks per second of the RTP clock (90,000 for JPEG, RFC 2435 section 3).
    pub clock_rate: u32,
    /// How many samples there are.
    pub samples: usize,
    /// How long one sample lasts.
    pub interval: Duration,
}

/// How a track's samples are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Codec {
    /// Baseline JPEG pictures of one size, each checked to be what RFC 2435 can carry.
    Jpeg {
        /// Width in pixels, 8 to 2040.
        width: u16,
        /// Height in pixels, 8 to 2040.
        height: u16,
    },
}

/// One sample of a track: for video, a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its number in the track, from 0.
    pub index: usize,
    /// When it is shown, from the start of the clip.
    pub time: Duration,
    /// The encoded bytes.
    pub bytes: Bytes,
}
