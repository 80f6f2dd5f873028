//! How connections and sessions live and end.

use super::connection::StreamKey;
use super::session::{Feed, Path, Session};
use super::{ClosePolicy, ConnId, Deadline, EndReason, Server, ServerEvent, ServerOutput};
use crate::rtsp::Status;
use crate::rtsp::message::Response;
use crate::time::SimTime;
use std::time::Duration;

/// How long a publisher over UDP whose connection has ended may send nothing: a stream that
/// has neither is over, and its readers shall not wait for the whole timeout to learn it.
pub const PUBLISHER_GRACE: Duration = Duration::from_secs(10);

impl Server {
    /// Puts the moment on the agenda at which a silent connection is looked at.
    pub(super) fn watch_connection(&mut self, conn: ConnId) {
        let connection = self.connections.get(&conn);
        let at = connection.and_then(|connection| connection.deadline(&self.config.limits));
        self.deadlines.set(Deadline::Connection(conn), at);
    }

    /// A connection's moment has come.
    pub(super) fn connection_due(&mut self, now: SimTime, conn: ConnId) {
        let Some(connection) = self.connections.get(&conn) else { return };
        if connection.deadline(&self.config.limits).is_none_or(|at| at > now) {
            return self.watch_connection(conn);
        }
        if connection.closing_since.is_some() {
            return self.abort(now, conn);
        }
        if connection.lab_due.is_some_and(|at| at <= now) {
            return self.settle(now, conn);
        }
        let limit = self.config.limits.whole_message;
        if connection.message_since.is_some_and(|since| since + limit <= now) {
            let response = Response::new(Status::REQUEST_TIMEOUT)
                .because(format!("a message must be whole within {} s", limit.as_secs()))
                .header("Connection", "close");
            let response = self.signed(now, response);
            self.respond(now, conn, response, None, None);
        }
        self.close(now, conn);
    }

    /// Ends a connection once all that waits for it is handed out.
    pub(super) fn close(&mut self, now: SimTime, conn: ConnId) {
        let Some(connection) = self.connections.get_mut(&conn) else { return };
        connection.closing_since.get_or_insert(now);
        self.watch_connection(conn);
        self.end_sessions_of(now, conn);
        self.close_if_flushed(conn);
    }

    /// The second half of [`close`](Self::close).
    pub(super) fn close_if_flushed(&mut self, conn: ConnId) {
        let done = |c: &super::Connection| c.closing_since.is_some() && c.is_flushed();
        if self.connections.get(&conn).is_some_and(done) {
            self.remove_connection(conn);
            self.outputs.push_back(ServerOutput::Close { conn, abort: false });
        }
    }

    /// Ends a connection at once; what waits for it is lost.
    pub(super) fn abort(&mut self, now: SimTime, conn: ConnId) {
        self.forget_connection(now, conn);
        self.outputs.push_back(ServerOutput::Close { conn, abort: true });
    }

    /// The connection is over.
    pub(super) fn forget_connection(&mut self, now: SimTime, conn: ConnId) {
        if self.connections.contains_key(&conn) {
            self.end_sessions_of(now, conn);
            self.remove_connection(conn);
            self.watch_orphans(conn);
        }
    }

    /// Publishers that have lost their connection must at least go on sending.
    fn watch_orphans(&mut self, conn: ConnId) {
        let orphans =
            self.sessions.iter().filter(|(_, session)| session.conn == conn && session.is_publisher());
        let due: Vec<(u64, SimTime)> =
            orphans.map(|(number, session)| (*number, session.alive + self.patience(session))).collect();
        for (number, at) in due {
            self.deadlines.set(Deadline::Session(number), Some(at));
        }
    }

    /// How long a session may go without a sign of life.
    fn patience(&self, session: &Session) -> Duration {
        let is_orphan = session.is_publisher() && !self.connections.contains_key(&session.conn);
        let timeout = self.config.session_timeout;
        if is_orphan { timeout.min(PUBLISHER_GRACE) } else { timeout }
    }

    fn remove_connection(&mut self, conn: ConnId) {
        self.connections.remove(&conn);
        self.deadlines.set(Deadline::Connection(conn), None);
        self.deadlines.set(Deadline::Answers(conn), None);
    }

    /// Sessions that are carried by the connection end with it; others as the policy says.
    fn end_sessions_of(&mut self, now: SimTime, conn: ConnId) {
        let ends_all = self.config.close_policy == ClosePolicy::EndSessions;
        let doomed: Vec<u64> = self
            .sessions
            .iter()
            .filter(|(_, session)| {
                // A client of the lab never gives a sign of life.
                let ends = ends_all || session.is_lab;
                session.is_interleaved_in(conn) || (ends && session.conn == conn)
            })
            .map(|(number, _)| *number)
            .collect();
        for number in doomed {
            self.end_session(now, number, EndReason::ConnectionClosed);
        }
        self.drop_announcements(conn);
    }

    /// A sign of life of a session.
    pub(super) fn mark_alive(&mut self, now: SimTime, number: u64) {
        if let Some(session) = self.sessions.get_mut(&number) {
            session.alive = now;
            // The lab's clients give no sign of life but their connection.
            let until = (!session.is_lab).then_some(now + self.config.session_timeout);
            self.deadlines.set(Deadline::Session(number), until);
        }
    }

    /// A session's moment has come.
    pub(super) fn session_due(&mut self, now: SimTime, number: u64) {
        let Some(session) = self.sessions.get(&number) else { return };
        let until = session.alive + self.patience(session);
        if until > now {
            return self.deadlines.set(Deadline::Session(number), Some(until));
        }
        self.end_session(now, number, EndReason::Timeout);
    }

    /// Brings a session's state up to date with its tracks.
    pub(super) fn update_state(&mut self, number: u64) {
        let Some(session) = self.sessions.get_mut(&number) else { return };
        let (from, to) = (session.state, session.state_of_streams());
        session.state = to;
        let id = session.id.clone();
        if from != to {
            self.event(ServerEvent::StateChanged { session: id, from, to });
        }
    }

    /// Ends a session: BYE on every track that has sent anything.
    pub(super) fn end_session(&mut self, now: SimTime, number: u64, reason: EndReason) {
        let Some(session) = self.sessions.get(&number) else { return };
        let id = session.id.clone();
        let conn = session.conn;
        let tracks: Vec<usize> = session.streams.keys().copied().collect();
        for track in tracks {
            self.end_track(now, (number, track));
        }
        self.update_state(number);
        self.end_publication(number, reason);
        self.sessions.remove(&number);
        self.numbers.remove(&id);
        self.deadlines.set(Deadline::Session(number), None);
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.sessions.remove(&number);
            // From now on its silence counts.
            connection.heard = connection.heard.max(now);
            self.watch_connection(conn);
        }
        self.event(ServerEvent::SessionEnded { session: id, reason });
    }

    /// Ends one track of a session.
    pub(super) fn end_track(&mut self, now: SimTime, key: StreamKey) {
        self.say_bye_to_readers(key);
        self.leave_publisher(now, key);
        let session = self.sessions.get_mut(&key.0);
        if let Some(session) = session
            && let Some(stream) = session.streams.get_mut(&key.1)
        {
            let bye = if stream.has_played { stream.sender().and_then(|s| s.bye(now)) } else { None };
            if matches!(stream.feed, Feed::Relay(_))
                && let Some(publication) = self.publications.get_mut(&session.name)
            {
                publication.readers.remove(&key);
            }
            if let Some(bye) = bye {
                self.route(key, bye);
            }
        }
        self.release_path(now, key);
        if let Some(session) = self.sessions.get_mut(&key.0) {
            session.streams.remove(&key.1);
        }
    }

    /// Takes a track off its ports, channels or group, and off the agenda.
    pub(super) fn release_path(&mut self, now: SimTime, key: StreamKey) {
        self.senders.set(key, None);
        let stream = self.sessions.get(&key.0).and_then(|session| session.streams.get(&key.1));
        match stream.map(|stream| stream.path) {
            Some(Path::Udp { rtp, rtcp }) => {
                if self.udp_peers.get(&rtcp) == Some(&key) {
                    self.udp_peers.remove(&rtcp);
                }
                for address in [rtp, rtcp] {
                    if self.udp_publishers.get(&address).is_some_and(|(of, _)| *of == key) {
                        self.udp_publishers.remove(&address);
                    }
                }
            }
            Some(Path::Tcp { conn, .. }) => {
                if let Some(connection) = self.connections.get_mut(&conn) {
                    connection.channels.retain(|_, (of, _)| *of != key);
                }
            }
            Some(Path::Group { number }) => self.leave_group(now, number, key),
            None => {}
        }
    }
}
