//! Streams that clients publish here, and the names of all that can be read.

use super::ConnId;
use super::connection::StreamKey;
use crate::media::Catalogue;
use crate::rtsp::sdp::{Media, Sdp};
use crate::rtsp::url::{Url, content_base, percent_decode, resolve};
use crate::time::SimTime;
use std::collections::{BTreeMap, BTreeSet};

/// The longest description that is taken from a publisher, in octets.
pub const MAX_SDP: usize = 16 * 1024;

/// The longest path under which a stream can be published, in octets.
pub const MAX_STREAM_NAME: usize = 128;

/// One announced stream (RFC 2326 section 10.3).
#[derive(Clone, Debug)]
pub(super) struct Publication {
    pub name: String,
    /// When it was announced.
    pub announced: SimTime,
    /// The connection on which it was announced.
    pub conn: ConnId,
    /// The session that records it, once there is one.
    pub session: Option<u64>,
    /// Whether RECORD has come, so that others can read it.
    pub live: bool,
    pub tracks: Vec<PublishedTrack>,
    /// The tracks of other sessions that read it.
    pub readers: BTreeSet<StreamKey>,
}

/// One announced track.
#[derive(Clone, Debug)]
pub(super) struct PublishedTrack {
    pub media: Media,
    /// What its publisher's URL for it says behind the host, where it has one.
    pub locator: Option<String>,
}

impl Publication {
    /// What `sdp`, announced at `uri`, describes.
    pub fn new(name: &str, conn: ConnId, announced: SimTime, uri: &str, sdp: Sdp) -> Publication {
        let base = content_base(uri);
        let track = |media: Media| PublishedTrack {
            locator: media
                .control
                .as_deref()
                .filter(|control| !matches!(control.trim(), "" | "*"))
                .and_then(|control| locator(&resolve(&base, control))),
            media,
        };
        let tracks = sdp.media.into_iter().map(track).collect();
        Publication {
            name: name.to_owned(),
            announced,
            conn,
            session: None,
            live: false,
            tracks,
            readers: BTreeSet::new(),
        }
    }

    /// What its publisher calls its tracks.
    pub fn locators(&self) -> impl Iterator<Item = &str> {
        self.tracks.iter().filter_map(|track| track.locator.as_deref())
    }

    /// Whether a track of it lies in the presentation `name`, and not in a part of it that is
    /// its own: of two names that fit, the longer one counts.
    pub fn reaches(&self, name: &str) -> bool {
        let own_is_longer = |locator: &str| lies_in(locator, &self.name) && self.name.len() >= name.len();
        self.locators().any(|locator| lies_in(locator, name) && !own_is_longer(locator))
    }

    /// The encodings of its tracks, such as "H264".
    pub fn encodings(&self) -> Vec<String> {
        let name = |track: &PublishedTrack| {
            track.media.first_map().map_or_else(|| track.media.kind.clone(), |map| map.encoding)
        };
        self.tracks.iter().map(name).collect()
    }
}

/// Whether `locator` is the presentation `name`, or a path or query in it.
fn lies_in(locator: &str, name: &str) -> bool {
    locator.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

/// What stands behind the host in a URL: path and query, readable and without outer slashes.
fn locator(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    let query = url.query.map(|query| format!("?{query}")).unwrap_or_default();
    Some(percent_decode(&format!("{}{query}", url.path))?.trim_matches('/').to_owned())
}

/// All that a URL can name.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub catalogue: &'a Catalogue,
    pub publications: &'a BTreeMap<String, Publication>,
    /// The presentation of the session that the request names, and its number of tracks: it
    /// may be gone already.
    pub session: Option<(&'a str, usize)>,
}

impl Names<'_> {
    /// How many tracks the presentation with this name has.
    pub fn tracks(&self, name: &str) -> Option<usize> {
        if let Some(clip) = self.catalogue.get(name) {
            return Some(clip.tracks().len());
        }
        let published = self.publications.get(name).map(|publication| publication.tracks.len());
        published.or_else(|| self.session.filter(|(known, _)| *known == name).map(|(_, tracks)| tracks))
    }

    /// The track of a published stream that its publisher calls by this URL.
    pub fn by_publisher(&self, uri: &str) -> Option<(&str, usize)> {
        if self.publications.is_empty() {
            return None;
        }
        let wanted = locator(uri)?;
        self.publications.values().find_map(|publication| {
            let is_it = |track: &PublishedTrack| track.locator.as_deref() == Some(wanted.as_str());
            publication.tracks.iter().position(is_it).map(|track| (publication.name.as_str(), track))
        })
    }
}
