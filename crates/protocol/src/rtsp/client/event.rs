//! What a client tells its caller.

use super::ClientTransport;
use crate::rtsp::headers::{Range, RtpInfo};
use crate::rtsp::sdp::Sdp;
use crate::rtsp::{Method, State};
use bytes::Bytes;
use std::net::Ipv4Addr;
use std::time::Duration;

/// What has happened in a client.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientEvent {
    /// A response has come.
    Response {
        /// The method of the request that it answers.
        method: Method,
        /// The request's CSeq.
        cseq: u32,
        /// The status code.
        status: u16,
        /// The reason phrase as the server wrote it; may be empty.
        reason: String,
        /// The time from sending the request to reading the response's last octet.
        round_trip: Duration,
        /// Where the response begins in the octets received, from 0.
        offset: u64,
        /// How many octets it has.
        len: usize,
    },
    /// The server asks for a proof of the password (401), and the same request goes out once
    /// more with one.
    LoggingIn {
        /// Whether the password itself is sent (Basic), which everybody on the way can read.
        is_open: bool,
    },
    /// The session has changed its state (RFC 2326 appendix A.1).
    StateChanged {
        /// The state before.
        from: State,
        /// The state now.
        to: State,
    },
    /// The description has come.
    Described(Sdp),
    /// A track's transport is agreed on.
    TransportSet {
        /// The track's number in the description, from 0.
        track: usize,
        /// Where its packets come from and go.
        path: MediaPath,
        /// The synchronisation source that the server has promised, if it did.
        ssrc: Option<u32>,
    },
    /// The server refused a transport (461); the same track is now asked for over another.
    FallingBack {
        /// The track's number in the description, from 0.
        track: usize,
        /// What is asked for now.
        to: ClientTransport,
    },
    /// Media flows.
    Playing {
        /// The first packet of each track, where the server has said so.
        rtp_info: Vec<RtpInfo>,
        /// What the server delivers, where it has said so.
        range: Option<Range>,
    },
    /// Media may be sent (RFC 2326 section 10.11).
    Recording,
    /// The server, or the answer to a request, sends the client elsewhere (RFC 2326 sections
    /// 10.10 and 11.2). Nothing has been done yet but to answer: what to do is to end the
    /// session and to ask there.
    Redirected(Redirection),
    /// The server has told or taken values (RFC 2326 sections 10.8 and 10.9).
    Parameters {
        /// Names and values.
        values: Vec<(String, String)>,
    },
    /// A whole `$` frame has come (RFC 2326 section 10.12).
    Interleaved {
        /// Its channel.
        channel: u8,
        /// The packet in it.
        bytes: Bytes,
        /// Where its `$` stands in the octets received, from 0.
        offset: u64,
    },
    /// The server has not kept to the letter of a standard.
    Deviation {
        /// The rule, such as "RFC 2326 7.1".
        rule: &'static str,
        /// What was found, in one sentence.
        text: String,
        /// Where in the octets received, from 0.
        offset: u64,
    },
    /// A request was not carried out, or the session is lost.
    Failed {
        /// The method, when it was a request that failed.
        method: Option<Method>,
        /// Why, in one sentence.
        reason: String,
    },
}

/// Where to go instead.
#[derive(Clone, Debug, PartialEq)]
pub struct Redirection {
    /// What to ask for.
    pub url: String,
    /// The proxy to connect to instead of the URL's host (RFC 2326 section 11.2: 305).
    pub proxy: Option<String>,
    /// When it takes effect, in the time of what is being played; at once where it is `None`.
    pub range: Option<Range>,
    /// The URLs that have led there without any media, the last one asked for included: what
    /// to put into [`ClientConfig::visited`](super::ClientConfig::visited).
    pub visited: Vec<String>,
}

/// Where a track's packets come from and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaPath {
    /// UDP.
    Udp {
        /// This client's RTP port.
        rtp: u16,
        /// This client's RTCP port.
        rtcp: u16,
        /// The server's RTP and RTCP ports, where it has named them.
        server: Option<(u16, u16)>,
    },
    /// UDP to a multicast group.
    Multicast {
        /// The group, to be joined before PLAY.
        group: Ipv4Addr,
        /// The group's port of RTP.
        rtp: u16,
        /// The group's port of RTCP, to which reports are sent, too.
        rtcp: u16,
        /// Time to live of what is sent to the group.
        ttl: u8,
    },
    /// Interleaved channels of the RTSP connection.
    Tcp {
        /// The channel of RTP.
        rtp: u8,
        /// The channel of RTCP.
        rtcp: u8,
    },
}
