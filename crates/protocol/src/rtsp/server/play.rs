//! PLAY, PAUSE and TEARDOWN (RFC 2326 sections 10.5 to 10.7).

use super::dispatch::{Answer, Asked, not_valid_in};
use super::session::{Feed, Session, Source, Stream};
use super::target::Target;
use super::{EndReason, Server};
use crate::rtp::sender::{MAX_QUEUED, PaceError, PlayRange, Scale, Speed};
use crate::rtsp::headers::{HeaderError, NptTime, Range, RtpInfo, pause_point, range_time, write_rtp_info};
use crate::rtsp::message::Response;
use crate::rtsp::{Method, State, Status};
use crate::time::{Epoch, SimTime};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How far in the future the `time` of a Range may lie (RFC 2326 section 12.29).
pub const MAX_WAIT: Duration = Duration::from_secs(3600);

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
            // Tracks that were set up together play together (section 11.3.10, and the example
            // of section 14.2); one of them alone can only leave.
            Some(track) if session.streams.contains_key(track) => {
                match session.streams.len() > 1 && asked.request.method != Method::Teardown {
                    true => Err(Response::new(Status::ONLY_AGGREGATE_ALLOWED)),
                    false => Ok(vec![*track]),
                }
            }
            Some(_) => Err(not_valid_in(State::Init, session.is_publisher())),
        }
    }

    /// RFC 2326 section 10.5. A PLAY with a Range queues behind a range whose end the client
    /// has named, as that section wants it; behind one that is open it goes there at once, as
    /// RFC 7826 section 13.4.4 has it, since nobody would wait for the end of the clip.
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
        if self.is_in_group(number, &tracks) {
            return self.play_group(asked, number, &tracks, &clip);
        }
        let session = self.sessions.get_mut(&number).ok_or(Response::new(Status::SESSION_NOT_FOUND))?;
        let range = read_range(asked)?;
        let (scale, speed) = read_pace(asked)?;
        let playing = tracks.iter().all(|track| session.streams[track].playing);
        if range.is_none() && scale.is_none() && speed.is_none() && playing {
            // A sign of life (section 10.5). RTP-Info speaks of a first packet, and there is none.
            return Ok(Response::new(Status::OK));
        }
        let queues = playing && range.is_some() && session.is_bounded;
        let (start, end) = range.unwrap_or((None, None));
        let first = tracks.first().and_then(|track| session.streams.get(track));
        let goes_on = match first {
            Some(stream) if queues => stream.end_of_queue(),
            Some(stream) if playing => Some(stream.position(asked.now)),
            _ => None,
        };
        // A new pace in mid range does not forget where the range ends.
        let end = match range {
            None if playing && session.is_bounded => session.until,
            _ => end,
        };
        let order = PlayRange {
            from: start.or(goes_on).unwrap_or(session.position),
            until: end,
            scale: scale.unwrap_or(Scale::NORMAL),
            speed: speed.unwrap_or(Speed::NORMAL),
        };
        check_order(&order, clip.duration())?;
        let at = start_time(asked, self.config.epoch)?;
        let response = match queues {
            true => queue(session, &tracks, &order)?,
            false => {
                let response = play_now(session, asked.now, at, &tracks, &order);
                for track in &tracks {
                    let due = session.streams.get(track).and_then(Stream::due);
                    self.senders.set((number, *track), due);
                }
                response
            }
        };
        session.is_bounded = end.is_some();
        session.until = end;
        session.scale = order.scale;
        session.ended_by_itself = false;
        self.update_state(number);
        Ok(with_pace(response, scale, speed))
    }

    /// PLAY of a published stream: from now on, since the past is not kept. RTP-Info names the
    /// packet that comes next, where one source is heard; which time it will have is the
    /// publisher's affair, so that `rtptime` is left out.
    fn play_live(
        &mut self,
        asked: &Asked<'_>,
        number: u64,
        publisher: u64,
        tracks: &[usize],
    ) -> Result<Response, Response> {
        let next = self.next_published(publisher);
        let session = self.sessions.get_mut(&number).ok_or(Response::new(Status::SESSION_NOT_FOUND))?;
        let publication = self.publications.get(&session.name);
        if publication.is_none_or(|publication| publication.session != Some(publisher)) {
            return Err(Response::new(Status::NOT_FOUND).because("the stream is not published any more"));
        }
        let (start, end) = read_range(asked)?.unwrap_or((None, None));
        if start.is_some_and(|start| !start.is_zero()) || end.is_some() {
            // Section 11.3.6: this is for a Range where one cannot seek.
            let because = "what is live cannot be sought in; there is npt=now-";
            return Err(Response::new(Status::HEADER_NOT_VALID).because(because));
        }
        // What is live goes by as fast as it goes by.
        let (scale, speed) = read_pace(asked)?;
        let (scale, speed) = (scale.map(|_| Scale::NORMAL), speed.map(|_| Speed::NORMAL));
        let mut info = Vec::new();
        for track in tracks {
            if let Some(stream) = session.streams.get_mut(track) {
                // Of what flows already there is no first packet to come.
                if !std::mem::replace(&mut stream.playing, true) {
                    let seq = next.get(track).copied();
                    info.push(RtpInfo { url: stream.url.clone(), seq, rtptime: None });
                }
            }
        }
        session.ended_by_itself = false;
        self.update_state(number);
        let range = Range::Npt { start: Some(NptTime::Now), end: None };
        let mut response = Response::new(Status::OK).header("Range", range.to_string());
        if !info.is_empty() {
            response = response.header("RTP-Info", write_rtp_info(&info));
        }
        Ok(with_pace(response, scale, speed))
    }

    /// The sequence numbers that come next of the tracks of which one source alone is heard.
    fn next_published(&self, publisher: u64) -> BTreeMap<usize, u16> {
        let streams = self.sessions.get(&publisher).map(|session| &session.streams);
        let next = |(track, stream): (&usize, &Stream)| match &stream.feed {
            Feed::Incoming(incoming) if incoming.accounts.len() == 1 => {
                Some((*track, incoming.accounts.values().next()?.next_sequence()))
            }
            _ => None,
        };
        streams.into_iter().flatten().filter_map(next).collect()
    }

    fn try_pause(&mut self, asked: &Asked<'_>, number: u64) -> Result<Response, Response> {
        let tracks = self.tracks(asked, number)?;
        let point = read_point(asked)?;
        let session = self.sessions.get_mut(&number).ok_or(Response::new(Status::SESSION_NOT_FOUND))?;
        if !tracks.iter().any(|track| session.streams[track].playing) && !session.ended_by_itself {
            return Err(not_valid_in(session.state, session.is_publisher()));
        }
        if matches!(session.source, Source::Clip(_)) && self.is_in_group(number, &tracks) {
            return self.pause_group(asked, number, &tracks, point);
        }
        let session = self.sessions.get_mut(&number).ok_or(Response::new(Status::SESSION_NOT_FOUND))?;
        if let Some(point) = point {
            return self.pause_at(asked, number, &tracks, point);
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

    /// PAUSE with a point at which the stream is to stop (RFC 2326 section 10.6): until then it
    /// plays on.
    fn pause_at(
        &mut self,
        asked: &Asked<'_>,
        number: u64,
        tracks: &[usize],
        point: Duration,
    ) -> Result<Response, Response> {
        let session = self.sessions.get_mut(&number).ok_or(Response::new(Status::SESSION_NOT_FOUND))?;
        if !matches!(session.source, Source::Clip(_)) {
            let because = "what is live has no points at which to pause";
            return Err(Response::new(Status::HEADER_NOT_VALID).because(because));
        }
        let mut will_pause = false;
        for track in tracks {
            let Some(stream) = session.streams.get_mut(track).filter(|stream| stream.playing) else {
                continue;
            };
            if let Some(sender) = stream.sender() {
                will_pause |= sender.pause_at(asked.now, point);
            }
            self.senders.set((number, *track), stream.due());
        }
        if !will_pause {
            let because = "the point is past, or in no range that is to be played";
            return Err(Response::new(Status::INVALID_RANGE).because(because));
        }
        session.is_bounded = true;
        session.until = Some(point);
        Ok(Response::new(Status::OK).header("Range", Range::npt(point, None).to_string()))
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
pub(super) type Asks = Option<(Option<Duration>, Option<Duration>)>;

pub(super) fn read_range(asked: &Asked<'_>) -> Result<Asks, Response> {
    let Some(value) = asked.request.headers.get("Range") else { return Ok(None) };
    if value.contains(',') {
        // Section 12.29 lets a client name several, to be played one after the other.
        return Err(Response::new(Status::NOT_IMPLEMENTED).because("one range in a request is served"));
    }
    match npt(value.parse())? {
        (Some(NptTime::At(time)), end) => Ok(Some((Some(time), end))),
        // A clip has no live edge: it goes on where it is.
        (Some(NptTime::Now) | None, end) => Ok(Some((None, end))),
    }
}

/// The point at which a PAUSE is to take effect; `None` for at once.
fn read_point(asked: &Asked<'_>) -> Result<Option<Duration>, Response> {
    let Some(value) = asked.request.headers.get("Range") else { return Ok(None) };
    match npt(pause_point(value))? {
        (Some(NptTime::At(time)), _) => Ok(Some(time)),
        (Some(NptTime::Now), _) => Ok(None),
        (None, end) => Ok(end),
    }
}

/// The normal play times of a range, or why it cannot be served.
fn npt(range: Result<Range, HeaderError>) -> Result<(Option<NptTime>, Option<Duration>), Response> {
    match range {
        Ok(Range::Npt { start, end }) => Ok((start, end)),
        // RFC 2326 section 12.29: a unit that is not understood is answered 501.
        Ok(Range::Other { unit, .. }) => {
            Err(Response::new(Status::NOT_IMPLEMENTED).because(format!("Range in {unit}; npt is served")))
        }
        Err(error) => Err(Response::new(Status::BAD_REQUEST).because(error.to_string())),
    }
}

/// Scale and Speed, as far as they are asked for, held to what is served.
pub(super) fn read_pace(asked: &Asked<'_>) -> Result<(Option<Scale>, Option<Speed>), Response> {
    let headers = &asked.request.headers;
    let wrong = |error: PaceError| Response::new(Status::BAD_REQUEST).because(error.to_string());
    let scale = headers.get("Scale").map(str::parse).transpose().map_err(wrong)?;
    let speed = headers.get("Speed").map(str::parse).transpose().map_err(wrong)?;
    Ok((scale, speed))
}

/// The answer says what was taken (sections 12.34 and 12.35).
pub(super) fn with_pace(response: Response, scale: Option<Scale>, speed: Option<Speed>) -> Response {
    let response = match scale {
        Some(scale) => response.header("Scale", scale.to_string()),
        None => response,
    };
    match speed {
        Some(speed) => response.header("Speed", speed.to_string()),
        None => response,
    }
}

/// When to begin: at the `time` of the Range (section 12.29), or at once where that is past.
fn start_time(asked: &Asked<'_>, epoch: Epoch) -> Result<SimTime, Response> {
    let time = match asked.request.headers.get("Range").map(range_time) {
        None | Some(Ok(None)) => return Ok(asked.now),
        Some(Ok(Some(time))) => time,
        Some(Err(error)) => return Err(Response::new(Status::BAD_REQUEST).because(error.to_string())),
    };
    let wait = Duration::from_nanos(time.saturating_sub(epoch.unix_nanos(asked.now)));
    if wait > MAX_WAIT {
        let because = format!("the time is more than {} s away", MAX_WAIT.as_secs());
        return Err(Response::new(Status::INVALID_RANGE).because(because));
    }
    Ok(asked.now + wait)
}

/// Whether there is anything to play in that direction.
pub(super) fn check_order(order: &PlayRange, duration: Duration) -> Result<(), Response> {
    let is_empty = if order.scale.is_reverse() {
        order.from.is_zero() || order.from > duration || order.until.is_some_and(|end| end >= order.from)
    } else {
        order.from >= duration || order.until.is_some_and(|end| end <= order.from)
    };
    if !is_empty {
        return Ok(());
    }
    let whole = Range::npt(Duration::ZERO, Some(duration));
    let because = match order.scale.is_reverse() {
        true => format!("there is {whole}, and backwards the end comes before the beginning"),
        false => format!("there is {whole}"),
    };
    Err(Response::new(Status::INVALID_RANGE).because(because))
}

/// Plays from `at` on, which is `now` or later.
fn play_now(
    session: &mut Session,
    now: SimTime,
    at: SimTime,
    tracks: &[usize],
    order: &PlayRange,
) -> Response {
    let mut info = Vec::new();
    let mut delivered = None;
    for track in tracks {
        let Some(stream) = session.streams.get_mut(track) else { continue };
        let Some(sender) = stream.sender() else { continue };
        let play = sender.play_range(now, at, order);
        stream.ssrc = Some(play.ssrc);
        stream.playing = true;
        stream.has_played = true;
        info.push(RtpInfo { url: stream.url.clone(), seq: Some(play.sequence), rtptime: Some(play.rtptime) });
        delivered = Some(widest(delivered, (play.from, play.until)));
    }
    session.position = order.from;
    delivers(delivered).header("RTP-Info", write_rtp_info(&info))
}

/// Plays behind what is playing. Which packet will be the first is not known yet, so that
/// RTP-Info is left out.
fn queue(session: &mut Session, tracks: &[usize], order: &PlayRange) -> Result<Response, Response> {
    let mut delivered = None;
    for track in tracks {
        let Some(sender) = session.streams.get_mut(track).and_then(Stream::sender) else { continue };
        let Some(range) = sender.queue(order) else {
            let because = format!("{MAX_QUEUED} requests to play wait already");
            return Err(Response::new(Status::SERVICE_UNAVAILABLE).because(because));
        };
        delivered = Some(widest(delivered, range));
    }
    Ok(delivers(delivered))
}

/// What all tracks together deliver, from the first beginning to the last end, whichever way
/// they go.
pub(super) fn widest(
    before: Option<(Duration, Duration)>,
    range: (Duration, Duration),
) -> (Duration, Duration) {
    let Some((from, until)) = before else { return range };
    if range.0 > range.1 {
        (from.max(range.0), until.min(range.1))
    } else {
        (from.min(range.0), until.max(range.1))
    }
}

pub(super) fn delivers(range: Option<(Duration, Duration)>) -> Response {
    let response = Response::new(Status::OK);
    match range {
        Some((from, until)) => response.header("Range", Range::npt(from, Some(until)).to_string()),
        None => response,
    }
}
