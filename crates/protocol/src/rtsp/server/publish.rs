//! ANNOUNCE and RECORD (RFC 2326 sections 10.3 and 10.11): streams that clients publish.

use super::dispatch::{Answer, Asked, methods, not_valid_in, readable};
use super::publication::{MAX_SDP, MAX_STREAM_NAME, Publication};
use super::session::Source;
use super::target::{Target, without_track};
use super::{ConnId, EndReason, Server, ServerEvent};
use crate::rtsp::headers::Range;
use crate::rtsp::message::Response;
use crate::rtsp::sdp::{Media, Sdp, SdpOddity, tokens};
use crate::rtsp::url::{Url, percent_decode};
use crate::rtsp::{State, Status};

impl Server {
    pub(super) fn announce(&mut self, asked: &Asked<'_>) -> Answer {
        let response = self.try_announce(asked).unwrap_or_else(|response| response);
        Answer { response, session: asked.session.and_then(|number| self.session_header(number)) }
    }

    fn try_announce(&mut self, asked: &Asked<'_>) -> Result<Response, Response> {
        let request = asked.request;
        let (name, base) = stream_name(&request.uri)?;
        if name.is_empty() || self.catalogue.get(&name).is_some() {
            // The resource is known, and not one to write (section 11.3: Allow).
            return Err(Response::new(Status::METHOD_NOT_ALLOWED).header("Allow", methods(&readable())));
        }
        if let Some(session) = asked.session.and_then(|number| self.sessions.get(&number)) {
            // A description that has been set up is not changed any more.
            return Err(not_valid_in(session.state, session.is_publisher()));
        }
        let kind = request.headers.get("Content-Type").unwrap_or_default();
        if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/sdp") {
            return Err(Response::new(Status::UNSUPPORTED_MEDIA_TYPE).because("application/sdp"));
        }
        if request.body.len() > MAX_SDP {
            let because = format!("a description of at most {MAX_SDP} octets");
            return Err(Response::new(Status::ENTITY_TOO_LARGE).because(because));
        }
        let sdp = Sdp::read(&request.body)
            .map_err(|error| Response::new(Status::BAD_REQUEST).because(error.to_string()))?;
        check_description(&request.body, &sdp)
            .map_err(|because| Response::new(Status::BAD_REQUEST).because(because))?;
        let limits = self.config.limits;
        if sdp.media.len() > limits.tracks_per_stream {
            let because = format!("{} tracks per stream", limits.tracks_per_stream);
            return Err(Response::new(Status::ENTITY_TOO_LARGE).because(because));
        }
        match self.publications.get(&name) {
            // The publisher thought better of it before SETUP.
            Some(before) if before.conn == asked.conn && before.session.is_none() => {}
            // Section 10.3 would let it change the description; readers have been told the old
            // one, and nobody could tell which packets are of which.
            Some(before) if before.conn == asked.conn => {
                let number = before.session.and_then(|number| self.sessions.get(&number));
                return Err(not_valid_in(number.map_or(State::Ready, |session| session.state), true));
            }
            Some(_) => return Err(Response::new(Status::FORBIDDEN).because("somebody publishes this stream")),
            None if self.publications.len() >= limits.published_streams => {
                let because = format!("{} published streams", limits.published_streams);
                return Err(Response::new(Status::SERVICE_UNAVAILABLE).because(because));
            }
            None => {}
        }
        let publication = Publication::new(&name, asked.conn, asked.now, &base, sdp);
        self.check_names(&publication)?;
        self.publications.insert(name, publication);
        Ok(Response::new(Status::OK))
    }

    /// No stream takes what is another's: neither does it lie where a track of another stream
    /// is, nor do its tracks lie in a clip or in another stream.
    fn check_names(&self, publication: &Publication) -> Result<(), Response> {
        let others = || self.publications.values().filter(|other| other.name != publication.name);
        let clips = self.catalogue.iter().map(|(name, _)| name);
        let takes =
            clips.chain(others().map(|other| other.name.as_str())).any(|name| publication.reaches(name));
        let is_same =
            |other: &Publication| other.locators().any(|l| publication.locators().any(|own| own == l));
        if takes || others().any(|other| other.reaches(&publication.name) || is_same(other)) {
            let because = "a URL of the stream or of its tracks is another's";
            return Err(Response::new(Status::FORBIDDEN).because(because));
        }
        Ok(())
    }

    pub(super) fn record(&mut self, asked: &Asked<'_>) -> Answer {
        self.in_session(asked, |server, number| server.try_record(asked, number))
    }

    fn try_record(&mut self, asked: &Asked<'_>, number: u64) -> Result<Response, Response> {
        let tracks = self.tracks(asked, number)?;
        let session = self.sessions.get_mut(&number).ok_or(Response::new(Status::SESSION_NOT_FOUND))?;
        if !session.is_publisher() {
            return Err(Response::new(Status::METHOD_NOT_ALLOWED).header("Allow", methods(&readable())));
        }
        match asked.request.headers.get("Range").map(str::parse) {
            // What comes is live; where the publisher's own clock begins changes nothing.
            None | Some(Ok(Range::Npt { .. })) => {}
            Some(Ok(Range::Other { unit, .. })) => {
                let because = format!("Range in {unit}; npt is served");
                return Err(Response::new(Status::NOT_IMPLEMENTED).because(because));
            }
            Some(Err(error)) => return Err(Response::new(Status::BAD_REQUEST).because(error.to_string())),
        }
        for track in &tracks {
            if let Some(stream) = session.streams.get_mut(track) {
                stream.playing = true;
            }
        }
        let (id, conn, peer) = (session.id.clone(), session.conn, session.peer);
        if let Some(publication) = self.publications.get_mut(&session.name)
            && !publication.live
        {
            publication.live = true;
            let (path, encodings) = (publication.name.clone(), publication.encodings());
            self.event(ServerEvent::Published { session: id, conn, peer, path, encodings });
        }
        for track in tracks {
            self.begin_reports(asked.now, (number, track));
        }
        self.update_state(number);
        Ok(Response::new(Status::OK))
    }

    /// Forgets the stream that a session published. Its readers have been told.
    pub(super) fn end_publication(&mut self, number: u64, reason: EndReason) {
        let Some(session) = self.sessions.get(&number).filter(|session| session.is_publisher()) else {
            return;
        };
        let name = session.name.clone();
        if let Some(publication) = self.publications.remove(&name)
            && publication.live
        {
            self.event(ServerEvent::Unpublished { path: name, reason });
        }
    }

    /// Forgets what was announced on a connection and never set up.
    pub(super) fn drop_announcements(&mut self, conn: ConnId) {
        self.publications.retain(|_, publication| publication.conn != conn || publication.session.is_some());
    }

    /// Whether the client of this connection has announced what the target names, and does not
    /// record it yet: its SETUP is for that, whatever it says. Without `mode=record` it means
    /// PLAY (section 12.39), which is no transport for a recording.
    pub(super) fn has_announced(&self, asked: &Asked<'_>) -> bool {
        let Target::Presentation { name, .. } = &asked.target else { return false };
        self.publications
            .get(name)
            .is_some_and(|publication| publication.conn == asked.conn && !publication.live)
    }

    /// The published stream that the target names, for a SETUP with `mode=record`.
    pub(super) fn to_publish(&self, asked: &Asked<'_>) -> Result<(String, usize, Source), Response> {
        let Target::Presentation { name, track } = &asked.target else {
            return Err(Response::new(Status::NOT_FOUND).because("nothing was announced there"));
        };
        let publication = self
            .publications
            .get(name)
            .ok_or_else(|| Response::new(Status::NOT_FOUND).because("nothing was announced there"))?;
        let is_own = match publication.session {
            Some(session) => asked.session == Some(session),
            None => publication.conn == asked.conn,
        };
        if !is_own {
            return Err(Response::new(Status::FORBIDDEN).because("somebody else announced this stream"));
        }
        if asked
            .session
            .and_then(|number| self.sessions.get(&number))
            .is_some_and(|s| s.state == State::Recording)
        {
            return Err(not_valid_in(State::Recording, true));
        }
        let track = match (track, publication.tracks.len()) {
            (Some(track), _) => *track,
            (None, 1) => 0,
            (None, _) => return Err(Response::new(Status::AGGREGATE_NOT_ALLOWED)),
        };
        Ok((name.clone(), track, Source::Publisher))
    }
}

/// What readers of a published stream rely on in its description: that it is one of version 0
/// (RFC 8866 section 5.1), and that tracks in RTP name payload types (section 5.14, RFC 3550
/// section 5.1).
fn check_description(body: &[u8], sdp: &Sdp) -> Result<(), &'static str> {
    if tokens(body).deviations.iter().any(|deviation| deviation.what == SdpOddity::NoVersion) {
        return Err("the description does not begin with v=0, RFC 8866 5.1");
    }
    let is_payload_type = |format: &String| format.parse().is_ok_and(|number: u8| number < 128);
    let is_rtp = |media: &&Media| media.protocol.starts_with("RTP/");
    if sdp.media.iter().filter(is_rtp).any(|m| m.formats.is_empty() || !m.formats.iter().all(is_payload_type))
    {
        return Err("a media line names no payload types from 0 to 127, RFC 8866 5.14");
    }
    Ok(())
}

/// The name of the stream that `uri` means, and its URL without a track.
fn stream_name(uri: &str) -> Result<(String, String), Response> {
    let wrong = |because: &str| Response::new(Status::BAD_REQUEST).because(because);
    let base = without_track(uri);
    let url = Url::parse(base).map_err(|error| wrong(&error.to_string()))?;
    let name = percent_decode(url.path.trim_matches('/')).ok_or_else(|| wrong("the path is not UTF-8"))?;
    if name.len() > MAX_STREAM_NAME {
        return Err(wrong(&format!("a path of at most {MAX_STREAM_NAME} octets")));
    }
    if name.chars().any(char::is_control) {
        return Err(wrong("the path has control characters"));
    }
    Ok((name, url.without_user().to_string()))
}
