//! RTSP 1.0 (RFC 2326) and SDP (RFC 8866): one lossless reader, a server and a client engine.
//!
//! | module | what it holds |
//! |---|---|
//! | [`reader`] | octets to tokens with ranges, and the incremental reader of a connection |
//! | [`message`] | requests and responses as values, and their canonical writing |
//! | [`headers`] | the header fields that have a structure: Transport, Range, Session, RTP-Info |
//! | [`interleave`] | packets in the RTSP connection |
//! | [`sdp`] | session descriptions, read and written |
//! | [`url`] | RTSP URLs, `Content-Base` and `a=control` |
//! | [`auth`] | who is asking: Basic and Digest, for both ends |
//! | [`server`] | one engine for all connections and sessions of a server |
//! | [`client`] | one session towards one URL |
//!
//! Invariant: the engines and the dissector read with the same [`reader`], so that what is
//! shown is what was acted on.

pub mod auth;
pub mod client;
pub mod headers;
pub mod interleave;
pub mod message;
pub mod method;
pub mod reader;
pub mod sdp;
pub mod server;
pub mod status;
pub mod url;

#[cfg(test)]
mod tests;

pub use client::{
    AllowedRequests, Client, ClientConfig, ClientEvent, ClientRequest, ClientTransport, NotAllowed,
};
pub use method::Method;
pub use server::{
    Access, ClosePolicy, ConnId, EndReason, FreePublishing, LAB_PAUSE, Limits, MulticastConfig,
    RedirectAnswer, RedirectError, RedirectWhom, Server, ServerConfig, ServerEvent, ServerOutput, SessionId,
    TooManyConnections,
};
pub use status::Status;

/// The states of a session (RFC 2326 appendix A).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// No transport has been agreed on.
    #[default]
    Init,
    /// At least one track is set up; nothing flows.
    Ready,
    /// Media flows from the server.
    Playing,
    /// Media flows to the server.
    Recording,
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            State::Init => "Init",
            State::Ready => "Ready",
            State::Playing => "Playing",
            State::Recording => "Recording",
        })
    }
}
