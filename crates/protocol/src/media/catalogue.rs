//! The clips of a server, by name.

use super::Clip;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The clips that a server offers, by path without the leading slash (`demo`, `movie.Mjpeg`).
/// A clip may have several names.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    clips: BTreeMap<String, Arc<dyn Clip>>,
}

/// How [`Catalogue::offer`] went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// The names that the clip got.
    pub names: Vec<String>,
    /// The names that were another clip's.
    pub taken: Vec<String>,
}

impl Catalogue {
    /// The name under which [`demo`](super::demo()) is served.
    pub const DEMO: &'static str = "demo";

    /// An empty catalogue.
    pub fn new() -> Self {
        Self::default()
    }

    /// A catalogue with the project's own clip under [`Catalogue::DEMO`].
    pub fn with_demo() -> Self {
        let mut catalogue = Self::new();
        catalogue.insert(Self::DEMO, super::demo());
        catalogue
    }

    /// Offers `clip` under `name`; a clip that had the name gives it up and is returned.
    pub fn insert(&mut self, name: impl Into<String>, clip: Arc<dyn Clip>) -> Option<Arc<dyn Clip>> {
        self.clips.insert(name.into(), clip)
    }

    /// Offers the clip of a file under the file's name, with and without its extension, as far
    /// as these names are free: an earlier clip keeps its names, so that `demo` is always the
    /// project's own.
    pub fn offer(&mut self, file_name: &str, clip: &Arc<dyn Clip>) -> Offered {
        let stem = file_name.rsplit_once('.').map(|(stem, _)| stem);
        let mut offered = Offered::default();
        for name in [Some(file_name), stem].into_iter().flatten().filter(|name| !name.is_empty()) {
            if self.clips.contains_key(name) {
                offered.taken.push(name.to_owned());
            } else {
                self.clips.insert(name.to_owned(), Arc::clone(clip));
                offered.names.push(name.to_owned());
            }
        }
        offered
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{FrameRate, open};
    use crate::rtp::jpeg::samples;
    use bytes::Bytes;

    fn clip(pictures: usize) -> Arc<dyn Clip> {
        let file = samples::yuv420(16, 16, 0).repeat(pictures);
        open("test", Bytes::from(file), FrameRate::DEFAULT).unwrap()
    }

    #[test]
    fn a_file_has_its_name_with_and_without_extension() {
        let mut catalogue = Catalogue::new();
        assert_eq!(catalogue.offer("movie.Mjpeg", &clip(1)).names, ["movie.Mjpeg", "movie"]);
        assert_eq!(catalogue.offer("bare", &clip(1)).names, ["bare"]);
        assert_eq!(catalogue.offer(".hidden", &clip(1)).names, [".hidden"]);
        assert_eq!(catalogue.offer("a.b.mjpeg", &clip(1)).names, ["a.b.mjpeg", "a.b"]);
        assert!(catalogue.get("movie").is_some() && catalogue.get("Movie").is_none());
        let names: Vec<_> = catalogue.iter().map(|(name, _)| name).collect();
        assert_eq!(names, [".hidden", "a.b", "a.b.mjpeg", "bare", "movie", "movie.Mjpeg"]);
    }

    #[test]
    fn a_taken_name_stays_with_its_clip() {
        let mut catalogue = Catalogue::with_demo();
        let offered = catalogue.offer("demo.mjpeg", &clip(2));
        assert_eq!((offered.names, offered.taken), (vec!["demo.mjpeg".into()], vec!["demo".into()]));
        assert_eq!(catalogue.get("demo").unwrap().tracks()[0].samples, 600);
        assert_eq!(catalogue.get("demo.mjpeg").unwrap().tracks()[0].samples, 2);
        assert!(catalogue.offer("demo", &clip(3)).names.is_empty());
    }

    #[test]
    fn inserting_replaces() {
        let mut catalogue = Catalogue::new();
        assert!(catalogue.insert("x", clip(1)).is_none());
        let before = catalogue.insert("x", clip(2)).unwrap();
        assert_eq!((before.tracks()[0].samples, catalogue.get("x").unwrap().tracks()[0].samples), (1, 2));
    }
}
