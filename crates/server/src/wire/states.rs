//! Changes of state, as the page gets them.

use super::{FaultOn, FaultWhat, Id, LinkDirection, Nanos, Weather};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A change of state.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StateRow {
    /// When.
    pub at: Nanos,
    /// Where.
    pub node: u32,
    /// What.
    pub change: StateKind,
}

/// What changed.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum StateKind {
    /// An RTSP client's state: `Init`, `Ready`, `Playing`; a real client's as the server sees it.
    Rtsp {
        /// The client (a node).
        client: u32,
        /// The new state.
        state: String,
    },
    /// The state of a built-in player's session at the server.
    Session {
        /// The client (a node).
        client: u32,
        /// The new state.
        state: String,
    },
    /// A TCP connection's state at this end (RFC 9293 section 3.3.2): `SYN-SENT`, `ESTABLISHED`, ...
    Tcp {
        /// The connection.
        connection: u32,
        /// The new state.
        state: String,
    },
    /// A line of a neighbour cache: of ARP for an IPv4 address, of neighbour discovery for an
    /// IPv6 address. The last one of a node, link and address holds.
    Neighbour {
        /// The link of the interface.
        link: u32,
        /// The neighbour's address.
        ip: String,
        /// Its hardware address; `null` as long as it is not known.
        mac: Option<String>,
        /// RFC 4861 section 7.3.2: `incomplete`, `reachable`, `stale`, `delay`, `probe`; `gone`
        /// when the line is there no more.
        state: String,
    },
    /// A line of a switch's table. The last one of a node, VLAN and address holds.
    Mac {
        /// The hardware address.
        mac: String,
        /// The link where it was seen; `null` when it is forgotten.
        link: Option<u32>,
        /// The VLAN; `null` in a switch without VLANs.
        vlan: Option<u16>,
    },
    /// A line of the table of a router that translates addresses (NAT).
    Nat {
        /// The IP protocol: 6 TCP, 17 UDP, 1 ICMP, where ports are echo identifiers.
        protocol: u8,
        /// The host inside with its port, `10.0.1.2:25000`.
        inside: String,
        /// As whom those outside see it, `10.0.2.1:40000`.
        outside: String,
        /// True when the line is there from now on, false when it is there no more.
        open: bool,
    },
    /// A host joined or left a multicast group, or a router heard that a network has members
    /// or no more.
    Group {
        /// The group.
        group: String,
        /// At a router the network's link; `null` at a host.
        link: Option<u32>,
        /// True when it joined, or has members.
        member: bool,
    },
    /// A media stream begins or ends at a player.
    Media {
        /// The client (a node).
        client: u32,
        /// `playing`, `recording`, `paused`, `ended`, `torn down`.
        state: String,
    },
    /// A parameter of a built-in client's session has this value: the server has told it
    /// (GET_PARAMETER) or taken it (SET_PARAMETER).
    Parameter {
        /// The client (a node).
        client: u32,
        /// Its name, such as `volume`.
        name: String,
        /// Its value.
        value: String,
    },
    /// A real client came or left.
    Client {
        /// Its host.
        client: u32,
        /// True when it came.
        joined: bool,
        /// Its User-Agent or address.
        name: String,
    },
    /// How things stand with the real server for which this host stands.
    Source {
        /// The server's URL, without user and password.
        url: String,
        /// `open`: a host stands for it; `connected`: a real connection stands; `failed`: none
        /// could be made; `closed`: the last one is over; `left`: the player plays something else.
        state: String,
        /// `failed`: why, in a sentence.
        reason: Option<String>,
    },
    /// One direction of a link behaves in another way from now on; the node sends there.
    Weather {
        /// The link.
        link: u32,
        /// Which way.
        direction: LinkDirection,
        /// How it behaved before.
        before: Box<Weather>,
        /// How it behaves now.
        weather: Box<Weather>,
    },
    /// A person ordered something to happen to a coming frame; its hop tells when it has.
    Fault {
        /// The link.
        link: u32,
        /// Which way.
        direction: LinkDirection,
        /// To which frame.
        on: FaultOn,
        /// What happens.
        what: FaultWhat,
    },
    /// TCP: octets have come to this host and wait, because others before them are missing
    /// (head-of-line blocking).
    Stall {
        /// The connection.
        connection: u32,
        /// The first missing octet's place in the stream to this host.
        start: Id,
        /// The place behind the last missing one.
        end: Id,
        /// The frame in which they were sent first, where still known.
        sent: Option<Id>,
        /// The frame that was lost: the same or a router's copy of it. `null` when it is only late.
        lost: Option<Id>,
        /// The link on which it was lost.
        link: Option<u32>,
    },
    /// TCP: the missing octets came, and what had waited behind them was handed up.
    #[serde(rename_all = "camelCase")]
    StallOver {
        /// The connection.
        connection: u32,
        /// The frame that brought them.
        frame: Id,
        /// When the stall began.
        since: Nanos,
        /// How many octets were handed up at once.
        octets: u32,
    },
    /// Something that a student may ask about: an engine's note on odd input, a refused request.
    Note {
        /// The text.
        text: String,
    },
}

/// The variables of one end of a TCP connection. They hold until the next row of the same
/// node and connection. Sizes are octets.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TcpRow {
    /// From when on.
    pub at: Nanos,
    /// The host.
    pub node: u32,
    /// The connection.
    pub connection: u32,
    /// Congestion control: `newreno` or `cubic`.
    pub congestion: String,
    /// Which part of it moves `cwnd`: `slowStart`, `avoidance`, `recovery`.
    pub phase: String,
    /// Congestion window.
    pub cwnd: u32,
    /// Slow start threshold; none before the first loss.
    pub ssthresh: Option<u32>,
    /// Smoothed round-trip time (RFC 6298), once measured.
    pub srtt: Option<Nanos>,
    /// Its variation, once measured.
    pub rttvar: Option<Nanos>,
    /// Retransmission timeout, backoff included.
    pub rto: Nanos,
    /// The window that the peer offers, scaled.
    pub snd_wnd: u32,
    /// The window that this end last offered, scaled.
    pub rcv_wnd: u32,
    /// Sent and not acknowledged.
    pub in_flight: u32,
    /// Thought to be in the network: with SACK the pipe of RFC 6675.
    pub pipe: u32,
    /// Sent, not acknowledged, and told by SACK.
    pub sacked: u32,
    /// Given by the application and not yet sent.
    pub unsent: u32,
    /// Come out of order, waiting for the gap before them.
    pub out_of_order: u32,
    /// Duplicate acknowledgements in a row.
    pub duplicate_acks: u32,
    /// The place in this end's stream whose acknowledgement ends the recovery from losses;
    /// none outside of it.
    pub recovery_point: Option<Id>,
    /// The largest segment to send.
    pub mss: u32,
    /// Segments sent again so far.
    pub retransmissions: u32,
    /// Selective acknowledgements are agreed on.
    pub sack: bool,
    /// Timestamps are agreed on.
    pub timestamps: bool,
    /// The peer's windows are shifted by so many bits.
    pub snd_scale: u8,
    /// This end's windows are shifted by so many bits.
    pub rcv_scale: u8,
}
