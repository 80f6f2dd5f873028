//! The server engine: all connections and sessions of one RTSP server.

mod config;
mod output;

pub use config::{ClosePolicy, Limits, ServerConfig};
pub use output::{EndReason, ServerEvent, ServerOutput};

use crate::media::Catalogue;
use crate::random::Dice;
use crate::time::SimTime;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

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

/// One engine for all connections and sessions of one RTSP server.
///
/// Drive contract: after every call that takes `now`, and whenever [`poll_timeout`] has
/// come, call [`handle_timeout`] if it has, then [`poll_output`] until it gives `None`.
///
/// [`poll_timeout`]: Server::poll_timeout
/// [`handle_timeout`]: Server::handle_timeout
/// [`poll_output`]: Server::poll_output
#[derive(Clone, Debug)]
pub struct Server {
    config: ServerConfig,
    catalogue: Arc<Catalogue>,
    dice: Dice,
}

impl Server {
    /// A server without connections.
    pub fn new(config: ServerConfig, catalogue: Arc<Catalogue>, dice: Dice) -> Self {
        Server { config, catalogue, dice }
    }

    /// A peer has connected.
    pub fn connected(
        &mut self,
        _now: SimTime,
        _conn: ConnId,
        _peer: IpAddr,
    ) -> Result<(), TooManyConnections> {
        // Not yet: the engine is being written.
        let _ = (&self.config, &self.catalogue, &mut self.dice);
        Ok(())
    }

    /// The next octets of a connection, cut anywhere.
    pub fn receive(&mut self, _now: SimTime, _conn: ConnId, _bytes: &[u8]) {}

    /// A connection has ended, by FIN or RST of the peer, or is lost.
    pub fn disconnected(&mut self, _now: SimTime, _conn: ConnId) {}

    /// A UDP datagram has come in on the RTP or RTCP port.
    pub fn receive_datagram(&mut self, _now: SimTime, _local_port: u16, _from: SocketAddr, _bytes: &[u8]) {}

    /// How many octets the caller can still queue for a connection. Until it is called for
    /// a connection, the room is taken as unlimited. The engine counts down with each
    /// [`ServerOutput::Stream`] that it hands out.
    pub fn set_writable(&mut self, _conn: ConnId, _room: usize) {}

    /// When [`handle_timeout`](Server::handle_timeout) or
    /// [`poll_output`](Server::poll_output) has something to do next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        None
    }

    /// Lets time pass: sessions and connections that have been silent for too long end.
    pub fn handle_timeout(&mut self, _now: SimTime) {}

    /// The next thing to do.
    #[must_use]
    pub fn poll_output(&mut self, _now: SimTime) -> Option<ServerOutput> {
        None
    }
}
