//! What a socket call may refuse.

use std::net::IpAddr;

use thiserror::Error;

use super::tcp::State;

/// Why a socket call was refused. Nothing was sent or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SocketError {
    /// The port is taken, or 0.
    #[error("port {0} cannot be had")]
    PortTaken(u16),
    /// All ephemeral ports towards that peer are taken.
    #[error("no ephemeral port is left")]
    NoPortLeft,
    /// The handle's socket does not exist (any more).
    #[error("no such socket")]
    NoSocket,
    /// The address lies outside the network and there is no router, or it cannot be sent to.
    #[error("no route to {0}")]
    NoRoute(IpAddr),
    /// The datagram is longer than `limit` octets of payload.
    #[error("{length} octets are more than the {limit} that a datagram carries")]
    TooLarge {
        /// Octets of payload given.
        length: usize,
        /// The most that can be sent.
        limit: usize,
    },
    /// The queue of frames to send, or of sockets, is full: its limit.
    #[error("full: the limit is {0}")]
    Full(usize),
    /// The connection's state does not allow it: "connection closing" and the like of RFC
    /// 9293 section 3.10.
    #[error("the connection is {0}")]
    WrongState(State),
}
