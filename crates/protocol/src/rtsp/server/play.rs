//! PLAY, PAUSE and TEARDOWN (RFC 2326 sections 10.5 to 10.7).

use super::dispatch::{Answer, Asked, not_valid_in};
use super::session::Source;
use super::target::Target;
use super::{EndReason, Server};
use crate::rtsp::headers::{NptTime, Range, RtpInfo, write_rtp_info};
use crate::rtsp::message::Response;
use crate::rtsp::{State, Status};
use std::sync::Arc;
use std::time::Duration;

impl Server {
    pub(super) fn play(&mut self, asked: &Asked<'_>) -> Answer {
        self.in_session(asked, |server, number| server.try_play(asked, number))
    }

    pub(super) fn pause(&mut self, asked: &Asked<'_>) -> Answer {
        self.in_session(asked, |server, number| server.try_pause(asked, number))
    }

    pub(super) fn teardown(&mut self, asked: &Asked<'_>) -> Answer {
        self.in_session(asked, |server, number| server.try_teardown(asked, number))
    }

    /// Carries out what needs a session; without one the answer is 454.
    pub(super) fn in_session(
        &mut self,
        asked: &Asked<'_>,
        what: impl FnOnce(&mut Server, u64) -> Result<Response, Response>,
    ) -> Answer {
        let Some(number) = asked.session else {
            return Response::new(Status::SESSION_NOT_FOUND).because("Session is missing").into();
        };
        let response = what(self, number).unwrap_or_else(|response| response);
        Answer { response, session: self.session_header(number) }
    }

    /// The tracks of the session that the URL names: all, or one.
    pub(super) fn tracks(&self, asked: &Asked<'_>, number: u64) -> Result<Vec<usize>, Response> {
        let Some(session) = self.sessions.get(&number) else {
            return Err(Response::new(Status::SESSION_NOT_FOUND));
        };
        let Target::Presentation { name, track } = &asked.target else {
            return Err(Response::new(Status::NOT_FOUND));
        };
        if *name != session.name {
            return Err(
                Response::new(Status::SESSION_NOT_FOUND).because("the session is of another presentation")
            );
        }
        match track {
            None => Ok(session.streams.keys().copied().collect()),
            Some(track) if session.streams.contains_key(track) => Ok(vec![*track]),
            Some(_) => Err(not_valid_in(State::Init, session.is_publisher())),
        }
    }

    fn try_play(&mut self, asked: &Asked<'_>, number: u64) -> Result<Response, Response> {
        let tracks = self.tracks(asked, number)?;
        let session = self.sessions.get_mut(&number).ok_or(Response::new(Status::SESSION_NOT_FOUND))?;
        let clip = match &session.source {
            Source::Clip(clip) => Arc::clone(clip),
            Source::Relay(publisher) => {
                let publisher = *publisher;
                return self.play_live(asked, number, publisher, &tracks);
            }
            Source::Publisher => return Err(not_valid_in(session.state, true)),
        };
        let duration = clip.duration();
        let range = read_range(asked)?;
        let playing = tracks.iter().all(|track| session.streams[track].playing);
        if range.is_none() && playing {
            // A sign of life (section 10.5). RTP-Info speaks of a first packet, and there is none.
            return Ok(Response::new(Status::OK));
        }
        let (start, end) = range.unwrap_or((None, None));
        let from = start.unwrap_or(session.position);
        if from >= duration || end.is_some_and(|end| end <= from) {
            let whole = Range::npt(Duration::ZERO, Some(duration));
            return Err(Response::new(Status::INVALID_RANGE).because(format!("there is {whole}")));
        }
        let mut info = Vec::new();
        let mut delivered: Option<(Duration, Duration)> = None;
        for track in tracks {
            let Some(stream) = session.streams.get_mut(&track) else { continue };
            let was_playing = stream.playing;
            let Some(sender) = stream.sender() else { continue };
            if was_playing {
                sender.pause(asked.now);
            }
            let play = sender.play(asked.now, from, end);
            stream.ssrc = Some(play.ssrc);
            stream.playing = true;
            stream.has_played = true;
            info.push(RtpInfo {
                url: stream.url.clone(),
                seq: Some(play.sequence),
                rtptime: Some(play.rtptime),
            });
            delivered = Some(delivered.map_or((play.from, play.until), |(from, until)| {
                (from.min(play.from), until.max(play.until))
            }));
            self.senders.set((number, track), stream.due());
        }
        session.position = from;
        session.ended_by_itself = false;
        self.update_state(number);
        let (from, until) = delivered.unwrap_or((from, duration));
        Ok(Response::new(Status::OK)
            .header("Range", Range::npt(from, Some(until)).to_string())
            .header("RTP-Info", write_rtp_info(&info)))
    }

    /// PLAY of a published stream: from now on, since the past is not kept. RTP-Info is left
    /// out: which packet will be the first is the publisher's affair.
    fn play_live(
        &mut self,
        asked: &Asked<'_>,
        number: u64,
        publisher: u64,
        tracks: &[usize],
    ) -> Result<Response, Response> {
        let session = self.sessions.get_mut(&number).ok_or(Response::new(Status::SESSION_NOT_FOUND))?;
        let publication = self.publications.get(&session.name);
        if publication.is_none_or(|publication| publication.session != Some(publisher)) {
            return Err(Response::new(Status::NOT_FOUND).because("the stream is not published any more"));
        }
        let (start, end) = read_range(asked)?.unwrap_or((None, None));
        if start.is_some_and(|start| !start.is_zero()) || end.is_some() {
            return Err(Response::new(Status::INVALID_RANGE).because("there is npt=now-"));
        }
        for track in tracks {
            if let Some(stream) = session.streams.get_mut(track) {
                stream.playing = true;
            }
        }
        session.ended_by_itself = false;
        self.update_state(number);
        let range = Range::Npt { start: Some(NptTime::Now), end: None };
        Ok(Response::new(Status::OK).header("Range", range.to_string()))
    }

    fn try_pause(&mut self, asked: &Asked<'_>, number: u64) -> Result<Response, Response> {
        let tracks = self.tracks(asked, number)?;
        // A point at which to pause (section 10.6) is not kept: the stream stops at once,
        // and the answer says where. But a unit that is not known is an error.
        read_range(asked)?;
        let session = self.sessions.get_mut(&number).ok_or(Response::new(Status::SESSION_NOT_FOUND))?;
        if !tracks.iter().any(|track| session.streams[track].playing) && !session.ended_by_itself {
            return Err(not_valid_in(session.state, session.is_publisher()));
        }
        let mut stopped: Option<Duration> = None;
        for track in tracks {
            let Some(stream) = session.streams.get_mut(&track).filter(|stream| stream.playing) else {
                continue;
            };
            stream.playing = false;
            let Some(sender) = stream.sender() else { continue };
            let at = sender.pause(asked.now);
            stopped = Some(stopped.map_or(at, |before| before.min(at)));
            self.senders.set((number, track), stream.due());
        }
        session.position = stopped.unwrap_or(session.position);
        let position = session.position;
        let is_clip = matches!(session.source, Source::Clip(_));
        self.update_state(number);
        if !is_clip {
            // What is live goes on without the client; there is no place to come back to.
            return Ok(Response::new(Status::OK));
        }
        Ok(Response::new(Status::OK).header("Range", Range::npt(position, None).to_string()))
    }

    fn try_teardown(&mut self, asked: &Asked<'_>, number: u64) -> Result<Response, Response> {
        let tracks = self.tracks(asked, number)?;
        let all = self.sessions.get(&number).map_or(0, |session| session.streams.len());
        if tracks.len() == all {
            self.end_session(asked.now, number, EndReason::Teardown);
        } else {
            for track in tracks {
                self.end_track(asked.now, (number, track));
            }
            self.update_state(number);
        }
        Ok(Response::new(Status::OK))
    }
}

/// Start and end of the request's Range; `None` where it has none.
type Asks = Option<(Option<Duration>, Option<Duration>)>;

fn read_range(asked: &Asked<'_>) -> Result<Asks, Response> {
    let Some(value) = asked.request.headers.get("Range") else { return Ok(None) };
    match value.parse() {
        Ok(Range::Npt { start, end }) => {
            let start = match start {
                Some(NptTime::At(time)) => Some(time),
                // A clip has no live edge: it goes on where it is.
                Some(NptTime::Now) | None => None,
            };
            Ok(Some((start, end)))
        }
        // RFC 2326 section 12.29: a unit that is not understood is answered 501.
        Ok(Range::Other { unit, .. }) => {
            Err(Response::new(Status::NOT_IMPLEMENTED).because(format!("Range in {unit}; npt is served")))
        }
        Err(error) => Err(Response::new(Status::BAD_REQUEST).because(error.to_string())),
    }
}
