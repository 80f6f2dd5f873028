//! One host's TCP/IP over one virtual card.
//!
//! # Driving it
//! A [`Stack`] has no clock, thread or socket. After every call that takes `now`, call
//! [`poll_transmit`](Stack::poll_transmit) until it answers `None` and give the frames to
//! the card, and [`poll_event`](Stack::poll_event) until it answers `None`; then ask
//! [`poll_timeout`](Stack::poll_timeout) when to call
//! [`handle_timeout`](Stack::handle_timeout) next. `now` never goes back.
#![deny(missing_docs)]

pub mod address;
mod config;
mod discovery;
mod error;
mod event;
mod host;
mod icmp;
mod igmp;
pub mod neighbour;
mod net;
mod packet;
mod path_mtu;
mod reassembly;
pub mod tcp;
mod tcp_calls;
mod transmit;
mod udp;

pub use address::Network;
pub use config::*;
pub use error::SocketError;
pub use event::{CloseReason, DropReason, StackEvent, Verdict};
pub use host::Stack;
pub use icmp::{ERROR_BURST, ERROR_INTERVAL, MAX_PINGS};
pub(crate) use icmp::{ErrorBudget, is_error_message};
pub use igmp::{UNSOLICITED_REPORT_INTERVAL, V1_ROUTER_PRESENT};
pub use neighbour::{NeighbourState, NeighbourTimes};
pub(crate) use packet::{IpPacket, Part};
pub use path_mtu::{MAX_PATHS, MIN_PATH_MTU, PATH_MTU_LIFETIME};
pub use reassembly::{MAX_PARTIAL, TIMEOUT as REASSEMBLY_TIMEOUT};
pub(crate) use reassembly::{Outcome as Reassembled, Reassembler};
pub use tcp::{CongestionAlgorithm, CongestionPhase, State, StateCause, TcpInfo, WindowGrowth};
pub use transmit::{AckCause, Carried, Cause, IpFragment, RetransmitCause, Transmit};

/// A UDP socket of one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UdpHandle {
    pub(crate) port: u16,
    pub(crate) serial: u32,
}

impl UdpHandle {
    /// The port that it is bound to.
    #[must_use]
    pub const fn port(self) -> u16 {
        self.port
    }
}

/// A TCP connection of one host. Handles are never given twice; the numbers count up from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TcpHandle(pub u64);
