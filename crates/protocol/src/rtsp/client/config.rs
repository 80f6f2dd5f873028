//! What a client is told before it starts, and what it can be asked to do.

use crate::rtsp::Method;
use crate::rtsp::auth::Credentials;
use crate::rtsp::sdp::Sdp;
use std::time::Duration;

/// Settings of a [`Client`](super::Client).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientConfig {
    /// The presentation's URL, `rtsp://host[:port]/path`.
    pub url: String,
    /// The `User-Agent` header (RFC 2326 section 12.41).
    pub user_agent: String,
    /// How media shall travel.
    pub transport: ClientTransport,
    /// Whether a 461 to a SETUP over multicast is followed by one over UDP, and that by one over
    /// TCP.
    pub fall_back: bool,
    /// Whether to write the student project's dialect instead of RTSP. It knows UDP, SETUP,
    /// PLAY, PAUSE and TEARDOWN only.
    pub lab_dialect: bool,
    /// How long to wait for a response.
    pub response_timeout: Duration,
    /// With it, only URLs of [`ClientConfig::url`]'s host are used, and those of these other
    /// names of it: a description that leads to another host is refused. Without it, the
    /// server may name any.
    pub only_host: Option<Vec<String>>,
    /// Whether there is one pair of UDP ports only: every track is offered `rtp_port`, and one
    /// shall be set up at a time.
    pub one_pair: bool,
    /// Name and password for a server that asks for them; those in the URL go before. They are
    /// sent to nobody who does not ask, and stand in no event.
    pub credentials: Option<Credentials>,
    /// The URLs that led to this one by redirection, oldest first: [`Redirection::visited`](super::Redirection::visited).
    pub visited: Vec<String>,
}

impl ClientConfig {
    /// The usual settings for `url`: UDP from port 49152, falling back to TCP.
    pub fn new(url: impl Into<String>) -> Self {
        ClientConfig {
            url: url.into(),
            user_agent: concat!("Layercast/", env!("CARGO_PKG_VERSION")).to_owned(),
            transport: ClientTransport::Udp { rtp_port: 49152 },
            fall_back: true,
            lab_dialect: false,
            response_timeout: Duration::from_secs(10),
            only_host: None,
            one_pair: false,
            credentials: None,
            visited: Vec::new(),
        }
    }
}

/// How media shall travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientTransport {
    /// `RTP/AVP/UDP`; track n receives on `rtp_port + 2n` (but see [`ClientConfig::one_pair`]),
    /// and its RTCP on the next port.
    Udp {
        /// The first track's RTP port.
        rtp_port: u16,
    },
    /// `RTP/AVP/UDP;multicast`: the group, its ports and time to live are the server's to name.
    Multicast {
        /// The first track's RTP port, should the server refuse.
        rtp_port: u16,
    },
    /// `RTP/AVP/TCP`: interleaved in the RTSP connection (RFC 2326 section 10.12).
    Tcp,
}

/// A request that a client can be asked to send.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientRequest {
    /// OPTIONS
    Options,
    /// DESCRIBE
    Describe,
    /// SETUP of one track.
    Setup {
        /// The track's number in the description, from 0.
        track: usize,
    },
    /// PLAY of all tracks that are set up.
    Play {
        /// Where to start; `None` leaves it to the server: the start, or where it was paused.
        from: Option<Duration>,
        /// Where to stop; `None` for the end.
        until: Option<Duration>,
    },
    /// PAUSE
    Pause,
    /// TEARDOWN
    Teardown,
    /// ANNOUNCE (RFC 2326 section 10.3): from now on this client publishes.
    Announce {
        /// The URL under which others shall find it, without user and password.
        url: String,
        /// What will be sent; tracks are set up by their number in it.
        sdp: Box<Sdp>,
    },
    /// RECORD (RFC 2326 section 10.11) of all tracks that are set up.
    Record,
    /// GET_PARAMETER (RFC 2326 section 10.8).
    GetParameter {
        /// What is asked for; without any it is a sign of life.
        names: Vec<String>,
    },
    /// SET_PARAMETER (RFC 2326 section 10.9).
    SetParameter {
        /// Names and values.
        parameters: Vec<(String, String)>,
    },
}

impl ClientRequest {
    /// Its method.
    pub fn method(&self) -> Method {
        match self {
            ClientRequest::Options => Method::Options,
            ClientRequest::Describe => Method::Describe,
            ClientRequest::Setup { .. } => Method::Setup,
            ClientRequest::Play { .. } => Method::Play,
            ClientRequest::Pause => Method::Pause,
            ClientRequest::Teardown => Method::Teardown,
            ClientRequest::Announce { .. } => Method::Announce,
            ClientRequest::Record => Method::Record,
            ClientRequest::GetParameter { .. } => Method::GetParameter,
            ClientRequest::SetParameter { .. } => Method::SetParameter,
        }
    }
}

/// A request that the state does not allow, and why, for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAllowed(pub &'static str);

/// Which requests the state allows now; where one is not, the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedRequests {
    /// OPTIONS
    pub options: Result<(), NotAllowed>,
    /// DESCRIBE
    pub describe: Result<(), NotAllowed>,
    /// SETUP (of some track)
    pub setup: Result<(), NotAllowed>,
    /// PLAY
    pub play: Result<(), NotAllowed>,
    /// PAUSE
    pub pause: Result<(), NotAllowed>,
    /// TEARDOWN
    pub teardown: Result<(), NotAllowed>,
    /// GET_PARAMETER
    pub get_parameter: Result<(), NotAllowed>,
    /// SET_PARAMETER
    pub set_parameter: Result<(), NotAllowed>,
    /// ANNOUNCE
    pub announce: Result<(), NotAllowed>,
    /// RECORD
    pub record: Result<(), NotAllowed>,
}

impl AllowedRequests {
    /// All of them with their methods, in the order in which a remote shows them.
    pub fn by_method(&self) -> [(Method, &Result<(), NotAllowed>); 10] {
        [
            (Method::Options, &self.options),
            (Method::Describe, &self.describe),
            (Method::Setup, &self.setup),
            (Method::Play, &self.play),
            (Method::Pause, &self.pause),
            (Method::Teardown, &self.teardown),
            (Method::GetParameter, &self.get_parameter),
            (Method::SetParameter, &self.set_parameter),
            (Method::Announce, &self.announce),
            (Method::Record, &self.record),
        ]
    }

    /// Whether a request may be sent.
    ///
    /// # Errors
    /// The reason why not.
    pub fn check(&self, request: &ClientRequest) -> Result<(), NotAllowed> {
        let method = request.method();
        let found = self.by_method().into_iter().find(|(known, _)| *known == method);
        found.map_or(Ok(()), |(_, allowed)| allowed.clone())
    }
}
