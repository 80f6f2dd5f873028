//! Clips behind one trait, and the readers of their files.
//!
//! A [`Clip`] is a set of tracks of timed samples. Motion JPEG is the first codec; the
//! trait leaves room for others.

use bytes::Bytes;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

/// A recorded presentation: tracks of timed samples, all in memory, never changing.
pub trait Clip: Debug + Send + Sync {
    /// The tracks, at least one.
    fn tracks(&self) -> &[Track];
    /// How long the clip plays.
    fn duration(&self) -> Duration;
    /// The sample `index` of track `track`; `None` past the end.
    fn sample(&self, track: usize, index: usize) -> Option<Sample>;
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

/// The clips that a server offers, by path without the leading slash (`demo`, `movie.Mjpeg`).
/// A clip may have several names.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    clips: BTreeMap<String, Arc<dyn Clip>>,
}

impl Catalogue {
    /// An empty catalogue.
    pub fn new() -> Self {
        Self::default()
    }

    /// Offers `clip` under `name`; a clip that had the name gives it up and is returned.
    pub fn insert(&mut self, name: impl Into<String>, clip: Arc<dyn Clip>) -> Option<Arc<dyn Clip>> {
        self.clips.insert(name.into(), clip)
    }

    /// The clip under `name`, if there is one.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Clip>> {
        self.clips.get(name)
    }

    /// All names and clips, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<dyn Clip>)> {
        self.clips.iter().map(|(name, clip)| (name.as_str(), clip))
    }
}
