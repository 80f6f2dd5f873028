//! What a server hands out.

use super::{ConnId, RedirectAnswer, SessionId};
use crate::message::Outgoing;
use crate::rtsp::{Method, State};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// One thing for the caller to do, or to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerOutput {
    /// Queue these bytes on a connection: one whole response, request or `$` frame.
    Stream {
        /// The connection.
        conn: ConnId,
        /// The bytes and what they are.
        data: Outgoing,
    },
    /// Send a UDP datagram.
    Datagram {
        /// The server's port, RTP or RTCP.
        from_port: u16,
        /// The receiver.
        to: SocketAddr,
        /// The bytes and what they are.
        data: Outgoing,
    },
    /// Take what is sent to this port of a multicast group, until [`LeaveGroup`]; send to the
    /// group with this time to live.
    ///
    /// [`LeaveGroup`]: ServerOutput::LeaveGroup
    JoinGroup {
        /// The group.
        group: Ipv4Addr,
        /// The port.
        rtcp_port: u16,
        /// 1 to 255.
        ttl: u8,
    },
    /// Nothing is sent to this group and port any more.
    LeaveGroup {
        /// The group.
        group: Ipv4Addr,
        /// The port.
        rtcp_port: u16,
    },
    /// End a connection; nothing more comes for it.
    Close {
        /// The connection.
        conn: ConnId,
        /// `true`: with a reset, and what is queued is lost; `false`: after what is queued.
        abort: bool,
    },
    /// Something worth showing has happened.
    Event(ServerEvent),
}

/// What has happened in a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerEvent {
    /// A whole request was read; its answer follows.
    Request {
        /// On which connection.
        conn: ConnId,
        /// The method.
        method: Method,
        /// The request URI as it was written.
        uri: String,
        /// Where the request begins in the octets received on this connection, from 0.
        offset: u64,
        /// How many octets it has.
        len: usize,
    },
    /// A SETUP has created a session.
    SessionCreated {
        /// Its identifier.
        session: SessionId,
        /// On which connection.
        conn: ConnId,
        /// Who asked.
        peer: IpAddr,
        /// The name of the clip or published stream.
        path: String,
    },
    /// A client publishes a stream; from now on others can read it.
    Published {
        /// The publisher's session.
        session: SessionId,
        /// On which connection.
        conn: ConnId,
        /// Who publishes.
        peer: IpAddr,
        /// The stream's name.
        path: String,
        /// The encodings of its tracks, such as "H264".
        encodings: Vec<String>,
    },
    /// A published stream is over; its readers have been told.
    Unpublished {
        /// The stream's name.
        path: String,
        /// Why.
        reason: EndReason,
    },
    /// A track's transport is agreed on.
    TrackSetUp {
        /// The session.
        session: SessionId,
        /// The track's number in the clip, from 0.
        track: usize,
        /// The Transport header of the answer.
        transport: String,
        /// The synchronisation source of its packets, where it is known.
        ssrc: Option<u32>,
    },
    /// A session has changed its state (RFC 2326 appendix A.2).
    StateChanged {
        /// The session.
        session: SessionId,
        /// The state before.
        from: State,
        /// The state now.
        to: State,
    },
    /// A track has come to the end of what was asked for.
    TrackEnded {
        /// The session.
        session: SessionId,
        /// The track's number in the clip, from 0.
        track: usize,
    },
    /// A receiver report has come.
    Report {
        /// The session.
        session: SessionId,
        /// The track's number in the clip, from 0.
        track: usize,
        /// The receiver's view of loss since its last report, in 1/256.
        fraction_lost: u8,
        /// Packets lost since the beginning.
        lost: i32,
        /// Interarrival jitter, in ticks of the RTP clock.
        jitter: u32,
        /// The round trip, once it can be known.
        round_trip: Option<Duration>,
    },
    /// A picture was not sent at all, because the peer reads its connection too slowly.
    PictureDropped {
        /// The session.
        session: SessionId,
        /// The track's number in the clip, from 0.
        track: usize,
        /// The picture's number in the clip, from 0.
        picture: u32,
        /// How many have been dropped for this track so far, this one included.
        total: u64,
    },
    /// Packets of a published stream were not sent to a reader, because it reads its
    /// connection too slowly: the rest of all that has one timestamp.
    RelayDropped {
        /// The reader's session.
        session: SessionId,
        /// The track's number in the stream, from 0.
        track: usize,
        /// How often this has happened to this track so far.
        total: u64,
    },
    /// A client was told to go elsewhere.
    Redirected {
        /// The session.
        session: SessionId,
        /// On which connection.
        conn: ConnId,
        /// Where to, as it stands in Location.
        location: String,
    },
    /// What a client has made of being told to go elsewhere.
    RedirectAnswered {
        /// The session.
        session: SessionId,
        /// What came of it.
        answer: RedirectAnswer,
    },
    /// A client has set a parameter of its session.
    ParameterSet {
        /// The session.
        session: SessionId,
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// A session is over.
    SessionEnded {
        /// The session.
        session: SessionId,
        /// Why.
        reason: EndReason,
    },
    /// A peer has not kept to the letter of a standard; it was served all the same, or
    /// answered with an error, as the response says.
    Deviation {
        /// On which connection.
        conn: ConnId,
        /// The rule, such as "RFC 2326 4.1".
        rule: &'static str,
        /// What was found, in one sentence.
        text: String,
        /// Where in the octets received on this connection, from 0.
        offset: u64,
    },
}

/// Why a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The client asked for it.
    Teardown,
    /// No sign of life for the session's timeout.
    Timeout,
    /// The connection that carried its media, or its policy, has ended it.
    ConnectionClosed,
}
