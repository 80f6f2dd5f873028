//! REDIRECT (RFC 2326 section 10.10): the one request that this server sends.

use super::target::without_track;
use super::{ConnId, Deadline, Server, ServerEvent, SessionId};
use crate::message::{Outgoing, What};
use crate::rtsp::headers::Range;
use crate::rtsp::message::{Request, Response};
use crate::rtsp::reader::Item;
use crate::rtsp::url::{Url, UrlError, percent_decode, percent_encode};
use crate::rtsp::{Method, State, Status};
use crate::time::SimTime;
use std::time::Duration;

/// The longest address to which a client is sent, in octets.
pub const MAX_LOCATION: usize = 1024;

/// How long a client may take to answer a REDIRECT.
pub const REDIRECT_PATIENCE: Duration = Duration::from_secs(10);

/// How many requests of the server may wait for an answer on one connection.
pub const MAX_ASKED: usize = 16;

/// Whom a REDIRECT is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectWhom {
    /// One session, whatever its state.
    Session(SessionId),
    /// All sessions that play the clip or published stream with this name.
    Path(String),
    /// All sessions that play.
    Playing,
}

/// What a client has made of a REDIRECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectAnswer {
    /// It was answered with this status; with 2xx the client will follow.
    Status(Status),
    /// No answer came within [`REDIRECT_PATIENCE`].
    Silence,
}

/// Why nobody was sent away.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    /// The address is too long.
    #[error("an address of at most {MAX_LOCATION} octets is possible")]
    TooLong,
    /// The address has characters that a header cannot carry.
    #[error("an address has no spaces and no control characters")]
    Characters,
    /// The address is neither a path nor an RTSP URL.
    #[error("the address is neither a path such as /demo nor an RTSP URL: {0}")]
    Url(#[from] UrlError),
    /// There is no such clip or stream on this server.
    #[error("there is no /{0} on this server")]
    NothingThere(String),
    /// No session is meant: none plays, or the one that was named is over.
    #[error("nobody is playing there")]
    Nobody,
    /// The connections of all sessions that are meant have ended.
    #[error("the client has closed its connection, so that nothing can be said to it")]
    Unreachable,
    /// Too many requests wait for an answer.
    #[error("the client has not answered the {MAX_ASKED} requests before")]
    Unanswered,
}

/// A request of the server that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    /// The number of the session that was redirected.
    pub session: u64,
    /// Until when it waits.
    pub until: SimTime,
}

impl Server {
    /// Sends REDIRECT to sessions on the connections on which they were made, and answers
    /// how many it was sent to. `to` is a path on this server (`/demo`), which is put behind
    /// the host and port by which each client knows the server, or an RTSP URL. `range` says
    /// when it shall take effect; at once where there is none.
    ///
    /// The session stays until the client ends it, as the RFC asks of it, or until its
    /// timeout. What the client makes of it is told by [`ServerEvent::RedirectAnswered`].
    ///
    /// # Errors
    /// When `to` cannot be, or nobody could be told.
    pub fn redirect(
        &mut self,
        now: SimTime,
        whom: &RedirectWhom,
        to: &str,
        range: Option<&Range>,
    ) -> Result<usize, RedirectError> {
        self.check_location(to)?;
        let numbers: Vec<u64> = match whom {
            RedirectWhom::Session(id) => self.numbers.get(id).copied().into_iter().collect(),
            RedirectWhom::Path(name) => self.playing(|session| session == name),
            RedirectWhom::Playing => self.playing(|_| true),
        };
        if numbers.is_empty() {
            return Err(RedirectError::Nobody);
        }
        let mut told = 0;
        let mut failed = RedirectError::Unreachable;
        for number in numbers {
            match self.send_redirect(now, number, to, range) {
                Ok(()) => told += 1,
                Err(error) => failed = error,
            }
        }
        if told == 0 { Err(failed) } else { Ok(told) }
    }

    fn playing(&self, is_meant: impl Fn(&str) -> bool) -> Vec<u64> {
        let plays = |session: &super::Session| session.state == State::Playing && is_meant(&session.name);
        self.sessions.iter().filter(|(_, session)| plays(session)).map(|(number, _)| *number).collect()
    }

    fn check_location(&self, to: &str) -> Result<(), RedirectError> {
        if to.len() > MAX_LOCATION {
            return Err(RedirectError::TooLong);
        }
        if to.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(RedirectError::Characters);
        }
        let Some(path) = to.strip_prefix('/') else {
            return Url::parse(to).map(|_| ()).map_err(RedirectError::Url);
        };
        let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
        let name = percent_decode(path).unwrap_or_default();
        let is_live = self.publications.get(&name).is_some_and(|publication| publication.live);
        let is_there = self.catalogue.get(&name).is_some() || is_live;
        if is_there { Ok(()) } else { Err(RedirectError::NothingThere(name)) }
    }

    fn send_redirect(
        &mut self,
        now: SimTime,
        number: u64,
        to: &str,
        range: Option<&Range>,
    ) -> Result<(), RedirectError> {
        let session = self.sessions.get(&number).ok_or(RedirectError::Nobody)?;
        let (id, conn) = (session.id.clone(), session.conn);
        let url = session.streams.values().next().map(|stream| without_track(&stream.url).to_owned());
        let url = url.ok_or(RedirectError::Nobody)?;
        let location = location(&url, to);
        // What stands before the @ is the client's secret.
        let url = Url::parse(&url).map_or(url, |url| url.without_user().to_string());
        let connection = self.connections.get_mut(&conn).filter(|c| c.closing_since.is_none());
        let connection = connection.ok_or(RedirectError::Unreachable)?;
        if connection.asking.len() >= MAX_ASKED {
            return Err(RedirectError::Unanswered);
        }
        connection.own_cseq = connection.own_cseq.wrapping_add(1);
        let cseq = connection.own_cseq;
        connection.asking.insert(cseq, Asking { session: number, until: now + REDIRECT_PATIENCE });
        let mut request = Request::new(Method::Redirect, url)
            .header("CSeq", cseq.to_string())
            .header("Session", id.to_string())
            .header("Location", location.clone());
        if let Some(range) = range {
            request.headers.push("Range", range.to_string());
        }
        request.headers.push("Server", self.config.server_name.clone());
        let what = What::Request { method: Method::Redirect.to_string(), cseq: Some(cseq) };
        self.event(ServerEvent::Redirected { session: id, conn, location });
        self.send_message(now, conn, Outgoing { bytes: request.write(), what });
        self.watch_answers(conn);
        Ok(())
    }

    /// A response has come; it belongs to the request with its CSeq.
    pub(super) fn response(&mut self, conn: ConnId, item: &Item) {
        let response = Response::read(item);
        let cseq = response.as_ref().and_then(|response| response.headers.get("CSeq")?.parse().ok());
        let connection = self.connections.get_mut(&conn);
        let asking = connection.and_then(|connection| connection.asking.remove(&cseq?));
        let (Some(response), Some(asking)) = (response, asking) else {
            return self.remark(conn, item.offset, "RFC 2326 7", "A response came, but nothing was asked.");
        };
        // Preliminary answers (section 11: 100 Continue) leave the question open.
        if response.status.0 < 200 {
            if let (Some(connection), Some(cseq)) = (self.connections.get_mut(&conn), cseq) {
                connection.asking.insert(cseq, asking);
            }
            return;
        }
        self.redirect_answered(asking.session, RedirectAnswer::Status(response.status));
        self.watch_answers(conn);
    }

    /// The answer to a request is overdue.
    pub(super) fn answers_due(&mut self, now: SimTime, conn: ConnId) {
        let Some(connection) = self.connections.get_mut(&conn) else { return };
        let is_late = |asking: &Asking| asking.until <= now;
        let late: Vec<u64> = connection.asking.values().filter(|a| is_late(a)).map(|a| a.session).collect();
        connection.asking.retain(|_, asking| !is_late(asking));
        for session in late {
            self.redirect_answered(session, RedirectAnswer::Silence);
        }
        self.watch_answers(conn);
    }

    /// A session that is over has gone where it was sent: an answer that comes later, or
    /// never, is no news any more.
    fn redirect_answered(&mut self, number: u64, answer: RedirectAnswer) {
        if let Some(session) = self.sessions.get(&number) {
            let session = session.id.clone();
            self.event(ServerEvent::RedirectAnswered { session, answer });
        }
    }

    fn watch_answers(&mut self, conn: ConnId) {
        let first = self.connections.get(&conn).and_then(|c| c.asking.values().map(|a| a.until).min());
        self.deadlines.set(Deadline::Answers(conn), first);
    }
}

/// The address to write into Location: `to` itself or, where it is a path, that path on the
/// server of `url`.
fn location(url: &str, to: &str) -> String {
    if !to.starts_with('/') {
        return to.to_owned();
    }
    let to = percent_encode_rest(to);
    match Url::parse(url) {
        Ok(url) => format!("{}{to}", Url { path: String::new(), query: None, ..url.without_user() }),
        // The student project writes no host: there, a path is all that it can use.
        Err(_) => to,
    }
}

/// `to` with what a URL cannot hold encoded, and what is encoded already left alone.
fn percent_encode_rest(to: &str) -> String {
    let (path, query) = to.split_once('?').map_or((to, None), |(path, query)| (path, Some(query)));
    let path = match percent_decode(path) {
        Some(decoded) => percent_encode(&decoded),
        None => percent_encode(path),
    };
    query.map_or(path.clone(), |query| format!("{path}?{query}"))
}
