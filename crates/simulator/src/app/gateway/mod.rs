//! Hosts that stand for real peers: their application octets are the peer's own, their TCP/IP
//! is simulated.
//!
//! | file | what it does |
//! |---|---|
//! | `client` | stands for a real client, and connects to the simulated server |
//! | `source` | stands for a real server, and accepts the built-in player |
//! | `carrier` | one simulated connection that carries a real peer's octets |
//! | `groups` | which multicast groups a real client is in |
//! | `ports` | the UDP ports on which a real peer's datagrams enter and leave |
//! | `shadow` | a real client's pictures, put together from what it gets |
//! | `naming` | what a message is, by its own octets |

mod carrier;
mod client;
mod groups;
pub(crate) mod naming;
mod ports;
mod shadow;
mod source;

pub(crate) use carrier::Carrier;
pub(crate) use client::GatewayApp;
pub use client::MAX_WAITING_DATAGRAMS;
pub use ports::MAX_GATEWAY_PORTS;
pub use shadow::MAX_SHADOWS;
pub use source::{MAX_CALLS, SOURCE_FAREWELL};
pub(crate) use source::{SourceApp, SourceAppEvent};

use bytes::Bytes;
use std::net::Ipv4Addr;

/// What a gateway has for its real peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewayEvent {
    /// Octets can be taken from the stream.
    Readable,
    /// The simulated connection takes octets (again).
    Writable,
    /// A datagram for the real peer; only of a gateway that stands for a client.
    Datagram {
        /// The sender's port.
        from_port: u16,
        /// The real peer's port.
        to_port: u16,
        /// Its octets.
        bytes: Bytes,
    },
    /// The client is in a multicast group now: real datagrams to this port of the group are
    /// its reports.
    GroupJoined {
        /// The group.
        group: Ipv4Addr,
        /// The port of RTCP.
        rtcp_port: u16,
    },
    /// It is in the group no more.
    GroupLeft {
        /// The group.
        group: Ipv4Addr,
        /// The port of RTCP.
        rtcp_port: u16,
    },
    /// A datagram for a group that the client is in.
    Group {
        /// The group.
        group: Ipv4Addr,
        /// The server's port.
        from_port: u16,
        /// The group's port.
        to_port: u16,
        /// Its octets.
        bytes: Bytes,
    },
    /// The real client has sent its first whole request.
    Heard,
    /// The simulated peer closed its half: after what can still be taken, there is no more.
    Closed,
    /// The simulated connection was reset or given up.
    Reset,
}
