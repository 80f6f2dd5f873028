//! What a server is told before it starts.

use super::Access;
use super::MulticastConfig;
use crate::time::Epoch;
use std::time::Duration;

/// Settings of a [`Server`](super::Server).
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// The `Server` header (RFC 2326 section 12.36).
    pub server_name: String,
    /// Gives simulated time its `Date` header and NTP timestamps.
    pub epoch: Epoch,
    /// A session without a sign of life for so long ends (RFC 2326 section 12.37: 60 s).
    pub session_timeout: Duration,
    /// The UDP port from which RTP of all sessions is sent; RTCP uses the next one.
    pub rtp_port: u16,
    /// What the end of a TCP connection does to sessions over UDP.
    pub close_policy: ClosePolicy,
    /// Whether requests in the dialect of the well-known student project (relative URL,
    /// `RTP/UDP`) are served, each violation noted; otherwise they are answered 400 or 461.
    pub lab_dialect: bool,
    /// How multicast is served; `None`: not at all, and it is answered 461.
    pub multicast: Option<MulticastConfig>,
    /// The largest RTP packet, in octets.
    pub max_packet: usize,
    /// Who may read and who may publish.
    pub access: Access,
    /// Random octets that nobody else knows, from which session identifiers and nonces are
    /// made. Without them both come from the server's dice: the same seed gives the same ones,
    /// and who knows it can guess them.
    pub secret: Option<[u8; 32]>,
    /// What one peer, and all together, may take.
    pub limits: Limits,
}

impl Default for ServerConfig {
    fn default() -> Self {
        ServerConfig {
            server_name: concat!("Layercast/", env!("CARGO_PKG_VERSION")).to_owned(),
            epoch: Epoch::FIXED,
            session_timeout: Duration::from_secs(60),
            rtp_port: 5004,
            close_policy: ClosePolicy::default(),
            lab_dialect: false,
            multicast: None,
            max_packet: 1388,
            access: Access::default(),
            secret: None,
            limits: Limits::default(),
        }
    }
}

/// What the end of a TCP connection does to sessions over UDP that were set up on it.
/// Interleaved sessions always end with their connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClosePolicy {
    /// They live on until their timeout (RFC 2326 sections 1.1 and 10.7); a publisher's that
    /// sends nothing any more, until [`PUBLISHER_GRACE`](super::PUBLISHER_GRACE).
    #[default]
    KeepUntilTimeout,
    /// They end with it, as most servers do in practice.
    EndSessions,
}

/// Upper bounds; every one of them has a clear answer when it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time; the next is not accepted.
    pub connections: usize,
    /// Sessions of one connection; the next SETUP is answered 503.
    pub sessions_per_connection: usize,
    /// Sessions in total; the next SETUP is answered 503.
    pub sessions: usize,
    /// Octets of responses that wait for a peer who does not read; above it the
    /// connection is aborted.
    pub waiting_responses: usize,
    /// Octets of `$` frames that wait for a slow peer; above it whole pictures are dropped.
    pub waiting_frames: usize,
    /// Multicast groups at a time, at most
    /// [`MAX_MULTICAST_GROUPS`](super::MAX_MULTICAST_GROUPS); a SETUP that needs one more is
    /// answered 461, unless it offers another transport.
    pub multicast_groups: usize,
    /// Streams that are published, or announced, at a time; the next ANNOUNCE is answered 503.
    pub published_streams: usize,
    /// Tracks of a published stream; an ANNOUNCE of more is answered 413.
    pub tracks_per_stream: usize,
    /// How long a new connection may take to its first whole request.
    pub first_request: Duration,
    /// How long a message may take from its first octet to its last.
    pub whole_message: Duration,
    /// How long a connection without a session may stay silent after its last request.
    pub idle_connection: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 256,
            sessions_per_connection: 16,
            sessions: 512,
            waiting_responses: 64 * 1024,
            waiting_frames: 256 * 1024,
            multicast_groups: 16,
            published_streams: 16,
            tracks_per_stream: 8,
            first_request: Duration::from_secs(30),
            whole_message: Duration::from_secs(10),
            idle_connection: Duration::from_secs(120),
        }
    }
}
