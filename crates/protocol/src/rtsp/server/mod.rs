//! The server engine: all connections and sessions of one RTSP server.
//!
//! | file | what it does |
//! |---|---|
//! | `config`, `output` | what goes in, what comes out |
//! | `agenda` | what is due when |
//! | `connection`, `session` | what is kept of each |
//! | `dispatch` | an item read from a connection becomes an answer |
//! | `target` | what a request's URL names |
//! | `describe`, `setup`, `play`, `parameters` | the methods |
//! | `publication`, `publish`, `relay` | streams that clients publish: what is known of them, ANNOUNCE and RECORD, their packets |
//! | `redirect` | the server sends clients elsewhere, and takes their answers |
//! | `lab` | the student project's dialect |
//! | `access` | who may read and who may publish |
//! | `reports` | what publishers are told of how their packets arrive |
//! | `multicast` | groups: one sender for all who listen |
//! | `transport` | which offered transport is taken |
//! | `media` | packets out of the senders, RTCP into them |
//! | `lifecycle` | connections and sessions end |

mod access;
mod agenda;
mod config;
mod connection;
mod date;
mod describe;
mod dispatch;
mod lab;
mod lifecycle;
mod media;
mod multicast;
mod output;
mod parameters;
mod play;
mod publication;
mod publish;
mod redirect;
mod relay;
mod reports;
mod session;
mod setup;
mod target;
mod transport;

#[cfg(test)]
mod tests;

pub use access::{Access, FreePublishing, MAX_USERS, MAX_WRONG_PROOFS, NONCE_LIFETIME};
pub use config::{ClosePolicy, Limits, ServerConfig};
pub use dispatch::MAX_URI;
pub use lab::LAB_PAUSE;
pub use lifecycle::PUBLISHER_GRACE;
pub use multicast::{MAX_GROUP_TRACKS, MAX_MULTICAST_GROUPS, MulticastConfig};
pub use output::{EndReason, ServerEvent, ServerOutput};
pub use parameters::{MAX_PARAMETERS, MAX_VOLUME};
pub use play::MAX_WAIT;
pub use publication::{MAX_SDP, MAX_STREAM_NAME};
pub use redirect::{MAX_ASKED, MAX_LOCATION, REDIRECT_PATIENCE, RedirectAnswer, RedirectError, RedirectWhom};
pub use relay::{MAX_RELAYED, MAX_SOURCES};

use crate::media::Catalogue;
use crate::random::Dice;
use crate::rtp::SenderStats;
use crate::rtsp::State;
use crate::time::SimTime;
use access::Nonces;
use agenda::Agenda;
use connection::{Connection, StreamKey};
use multicast::Group;
use publication::Publication;
use session::Session;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// The caller's name for a connection; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

/// A session identifier (RFC 2326 section 3.4): random digits that cannot be guessed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub Arc<str>);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The server has as many connections as it takes ([`Limits::connections`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{limit} connections are open, and no more are taken")]
pub struct TooManyConnections {
    /// The limit.
    pub limit: usize,
}

/// What can be seen of a session.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// Its identifier.
    pub id: SessionId,
    /// The connection that it was made on.
    pub conn: ConnId,
    /// Whose it is.
    pub peer: IpAddr,
    /// The name of the clip or published stream.
    pub path: String,
    /// Its state.
    pub state: State,
    /// Its tracks: the number in the clip, where it has played to, and what was sent.
    pub tracks: Vec<(usize, Duration, SenderStats)>,
}

/// What a moment on the agenda is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deadline {
    Connection(ConnId),
    /// The client owes an answer.
    Answers(ConnId),
    Session(u64),
}

/// One engine for all connections and sessions of one RTSP server.
///
/// Drive contract: after every call that takes `now`, and whenever [`poll_timeout`] has
/// come, call [`handle_timeout`] if it has, then [`poll_output`] until it gives `None`.
/// Time must not go back.
///
/// [`poll_timeout`]: Server::poll_timeout
/// [`handle_timeout`]: Server::handle_timeout
/// [`poll_output`]: Server::poll_output
#[derive(Clone, Debug)]
pub struct Server {
    config: ServerConfig,
    catalogue: Arc<Catalogue>,
    dice: Dice,
    nonces: Nonces,
    connections: BTreeMap<ConnId, Connection>,
    /// By a number that is never used twice.
    sessions: BTreeMap<u64, Session>,
    numbers: BTreeMap<SessionId, u64>,
    next_number: u64,
    /// The client's RTCP addresses of tracks over UDP.
    udp_peers: BTreeMap<SocketAddr, StreamKey>,
    /// The addresses of publishers over UDP: which track, and whether it is its RTCP.
    udp_publishers: BTreeMap<SocketAddr, (StreamKey, bool)>,
    /// Streams that clients publish or are about to, by name.
    publications: BTreeMap<String, Publication>,
    /// Multicast groups, by numbers that no session has.
    groups: BTreeMap<u64, Group>,
    deadlines: Agenda<Deadline>,
    senders: Agenda<StreamKey>,
    outputs: VecDeque<ServerOutput>,
}

impl Server {
    /// A server without connections.
    pub fn new(config: ServerConfig, catalogue: Arc<Catalogue>, dice: Dice) -> Self {
        Server {
            nonces: Nonces::new(config.secret, &dice),
            config,
            catalogue,
            dice,
            connections: BTreeMap::new(),
            sessions: BTreeMap::new(),
            numbers: BTreeMap::new(),
            next_number: 0,
            udp_peers: BTreeMap::new(),
            udp_publishers: BTreeMap::new(),
            publications: BTreeMap::new(),
            groups: BTreeMap::new(),
            deadlines: Agenda::new(),
            senders: Agenda::new(),
            outputs: VecDeque::new(),
        }
    }

    /// A peer has connected.
    ///
    /// # Errors
    /// When there are as many connections as the limit says. The caller then closes this one.
    pub fn connected(&mut self, now: SimTime, conn: ConnId, peer: IpAddr) -> Result<(), TooManyConnections> {
        let limit = self.config.limits.connections;
        if self.connections.len() >= limit {
            return Err(TooManyConnections { limit });
        }
        self.connections.insert(conn, Connection::new(conn, peer, now, self.config.lab_dialect));
        self.watch_connection(conn);
        Ok(())
    }

    /// Under which address a connection's client knows itself, where that is not the one it is
    /// seen under: as its destination (RFC 2326 section 12.39) both are meant. A connection that
    /// is not known is passed over.
    pub fn known_to_itself_as(&mut self, conn: ConnId, address: IpAddr) {
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.own_address = Some(address);
        }
    }

    /// The next octets of a connection, cut anywhere. Octets of a connection that is not
    /// known, or that the engine is closing, are dropped.
    pub fn receive(&mut self, now: SimTime, conn: ConnId, bytes: &[u8]) {
        self.read(now, conn, bytes);
    }

    /// A connection has ended, by FIN or RST of the peer, or is lost. One that is not known
    /// is passed over.
    pub fn disconnected(&mut self, now: SimTime, conn: ConnId) {
        self.forget_connection(now, conn);
    }

    /// A UDP datagram has come in on the RTP or RTCP port, or on the RTCP port of a group.
    pub fn receive_datagram(&mut self, now: SimTime, local_port: u16, from: SocketAddr, bytes: &[u8]) {
        if let Some(key) = self.group_by_port(local_port) {
            return self.group_rtcp(now, key, from.ip(), bytes);
        }
        let is_rtcp = local_port == self.config.rtp_port.wrapping_add(1);
        if self.published_datagram(now, from, is_rtcp, bytes) {
            return;
        }
        // What else comes to the RTP port opens the way through the client's router; there
        // is nothing in it for the server.
        if is_rtcp {
            self.rtcp_datagram(now, from, bytes);
        }
    }

    /// How many octets the caller can still queue for a connection. Until it is called for
    /// a connection, the room is taken as unlimited. The engine counts down with each
    /// [`ServerOutput::Stream`] that it hands out, and keeps what does not fit: responses
    /// up to [`Limits::waiting_responses`], then it aborts the connection; pictures up to
    /// [`Limits::waiting_frames`], then it drops whole ones.
    pub fn set_writable(&mut self, conn: ConnId, room: usize) {
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.set_room(room, &mut self.outputs);
            self.close_if_flushed(conn);
        }
    }

    /// When [`handle_timeout`](Server::handle_timeout) or
    /// [`poll_output`](Server::poll_output) has something to do next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        match (self.deadlines.first(), self.senders.first()) {
            (Some(deadline), Some(sender)) => Some(deadline.min(sender)),
            (deadline, sender) => deadline.or(sender),
        }
    }

    /// Lets time pass: sessions and connections that have been silent for too long end.
    pub fn handle_timeout(&mut self, now: SimTime) {
        while let Some(deadline) = self.deadlines.due(now) {
            self.deadlines.set(deadline, None);
            match deadline {
                Deadline::Connection(conn) => self.connection_due(now, conn),
                Deadline::Answers(conn) => self.answers_due(now, conn),
                Deadline::Session(number) => self.session_due(now, number),
            }
        }
    }

    /// The next thing to do.
    #[must_use]
    pub fn poll_output(&mut self, now: SimTime) -> Option<ServerOutput> {
        loop {
            if let Some(output) = self.outputs.pop_front() {
                return Some(output);
            }
            if !self.poll_senders(now) {
                return None;
            }
        }
    }

    /// The sessions there are, in the order in which they were made.
    pub fn sessions(&self, now: SimTime) -> Vec<SessionView> {
        let view = |session: &Session| SessionView {
            id: session.id.clone(),
            conn: session.conn,
            peer: session.peer,
            path: session.name.clone(),
            state: session.state,
            tracks: session
                .streams
                .iter()
                .map(|(track, stream)| {
                    (*track, self.position_of(now, *track, stream), self.stats_of(*track, stream))
                })
                .collect(),
        };
        self.sessions.values().map(view).collect()
    }

    fn event(&mut self, event: ServerEvent) {
        self.outputs.push_back(ServerOutput::Event(event));
    }
}
