//! What a request's URL names.

use super::publication::Names;
use crate::rtsp::url::{Url, percent_decode};

/// What begins the last segment of a track's URL; the track's number follows.
pub(super) const TRACK: &str = "trackID=";

/// What a request's URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// `*`, or the server without a path.
    Server,
    /// A clip or a published stream, or one of its tracks.
    Presentation {
        /// Its name.
        name: String,
        /// The track's number, where the URL names one that exists.
        track: Option<usize>,
    },
    /// Nothing that is here.
    Unknown,
    /// The text is no absolute URL.
    NoUrl(&'static str),
}

/// Finds what `uri` names. `relative` says whether a relative one is taken for a path.
///
/// Clients write a clip's URL with and without the closing slash, and put the track's
/// segment before or behind a query.
pub(super) fn find(uri: &str, names: &Names<'_>, relative: bool) -> Target {
    if uri == "*" {
        return Target::Server;
    }
    let (path, query) = match Url::parse(uri) {
        Ok(url) => (url.path, url.query.unwrap_or_default()),
        Err(_) if relative && !uri.contains("://") => match uri.split_once('?') {
            Some((path, query)) => (path.to_owned(), query.to_owned()),
            None => (uri.to_owned(), String::new()),
        },
        Err(_) if !uri.contains("://") => return Target::NoUrl("the URL must be absolute"),
        Err(_) => return Target::NoUrl("the URL cannot be read"),
    };
    let Some(path) = percent_decode(path.trim_matches('/')) else { return Target::Unknown };
    let behind_query = query.trim_end_matches('/').rsplit_once('/').and_then(|(_, last)| track_number(last));
    if path.is_empty() {
        return Target::Server;
    }
    if let Some((name, track)) = names.by_publisher(uri) {
        return Target::Presentation { name: name.to_owned(), track: Some(track) };
    }
    let (name, track) = if names.tracks(&path).is_some() {
        (path.as_str(), behind_query)
    } else {
        match path.rsplit_once('/').map(|(name, last)| (name.trim_end_matches('/'), track_number(last))) {
            Some((name, Some(track))) => (name, Some(track)),
            _ => return Target::Unknown,
        }
    };
    match names.tracks(name) {
        Some(tracks) if track.is_none_or(|track| track < tracks) => {
            Target::Presentation { name: name.to_owned(), track }
        }
        _ => Target::Unknown,
    }
}

fn track_number(segment: &str) -> Option<usize> {
    let digits = segment.strip_prefix(TRACK)?;
    digits.bytes().all(|octet| octet.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// The URL of the whole clip: without a track's segment and without a closing slash.
pub(super) fn without_track(uri: &str) -> &str {
    let uri = uri.trim_end_matches('/');
    match uri.rsplit_once('/') {
        Some((clip, last)) if track_number(last).is_some() => clip,
        _ => uri,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Catalogue;
    use std::collections::BTreeMap;

    #[test]
    fn urls_name_clips_and_tracks() {
        let mut catalogue = Catalogue::with_demo();
        let demo = catalogue.get("demo").unwrap().clone();
        catalogue.insert("my film.mjpeg", demo.clone());
        catalogue.insert("a/b", demo);
        let publications = BTreeMap::new();
        let names = Names { catalogue: &catalogue, publications: &publications, session: None };
        let clip = |name: &str, track| Target::Presentation { name: name.to_owned(), track };
        let cases = [
            ("*", Target::Server),
            ("rtsp://h", Target::Server),
            ("rtsp://h:8554/", Target::Server),
            ("rtsp://h/demo", clip("demo", None)),
            ("rtsp://h/demo/", clip("demo", None)),
            ("RTSP://h//demo//", clip("demo", None)),
            ("rtsp://h/demo/trackID=0", clip("demo", Some(0))),
            ("rtsp://h/demo/trackID=0/", clip("demo", Some(0))),
            ("rtsp://h/demo?a=b", clip("demo", None)),
            ("rtsp://h/demo?a=b/", clip("demo", None)),
            ("rtsp://h/demo?a=b/trackID=0", clip("demo", Some(0))),
            ("rtsp://h/demo/trackID=0?a=b", clip("demo", Some(0))),
            ("rtsp://h/demo/?a=b", clip("demo", None)),
            ("rtsp://h/my%20film.mjpeg", clip("my film.mjpeg", None)),
            ("rtsp://h/my film.mjpeg/trackID=0", clip("my film.mjpeg", Some(0))),
            ("rtsp://h/a/b/trackID=0", clip("a/b", Some(0))),
            ("rtsp://h/demo/trackID=1", Target::Unknown),
            ("rtsp://h/demo/trackID=", Target::Unknown),
            ("rtsp://h/demo/trackID=x", Target::Unknown),
            ("rtsp://h/demo/trackID=99999999999999999999999", Target::Unknown),
            ("rtsp://h/other", Target::Unknown),
            ("rtsp://h/Demo", Target::Unknown),
            ("rtsp://h/%ff", Target::Unknown),
            ("demo", Target::NoUrl("the URL must be absolute")),
            ("http://h/demo", Target::NoUrl("the URL cannot be read")),
            ("rtsp:///demo", Target::NoUrl("the URL cannot be read")),
        ];
        for (uri, target) in cases {
            assert_eq!(find(uri, &names, false), target, "{uri}");
        }
        assert_eq!(find("demo", &names, true), clip("demo", None));
        assert_eq!(find("http://h/demo", &names, true), Target::NoUrl("the URL cannot be read"));
    }

    #[test]
    fn a_tracks_segment_is_taken_off() {
        assert_eq!(without_track("rtsp://h/demo/trackID=0"), "rtsp://h/demo");
        assert_eq!(without_track("rtsp://h/demo/"), "rtsp://h/demo");
        assert_eq!(without_track("rtsp://h/demo?x=1/trackID=0"), "rtsp://h/demo?x=1");
        assert_eq!(without_track("rtsp://h/demo"), "rtsp://h/demo");
    }
}
