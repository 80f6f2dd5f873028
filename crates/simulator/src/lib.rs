//! A deterministic network of hosts, switches and routers, and the tape of all that
//! happened in it.
//!
//! | module | what it holds |
//! |---|---|
//! | [`scenario`] | which devices there are and how they are cabled |
//! | [`stack`] | one host's TCP/IP |
//! | [`link`] | a cable and its weather: queue, rate, delay, loss, damage |
//! | [`switch`], [`router`] | what passes frames and packets on |
//! | [`world`] | all of these under one clock, with the applications on the hosts |
//! | [`script`] | what is ordered in a run, and when |
//! | [`fork`] | the same run up to a moment, and another future |
//! | [`capture`] | pcapng files of cables |
//! | [`foreign`] | captures of other networks as runs |
//! | [`find`] | searching a tape for events, and asking it for values |
//! | [`tape`] | the record of every message, frame, hop and change |
//!
//! Invariant: the same scenario, seed and inputs give the same bytes, always. Nothing here
//! knows a clock, a thread, a socket or an unordered map.
#![deny(missing_docs)]

mod app;
pub mod capture;
pub mod find;
pub mod foreign;
pub mod fork;
pub mod ids;
pub mod link;
mod octets;
mod peek;
pub mod router;
pub mod scenario;
pub mod script;
pub mod stack;
pub mod switch;
pub mod tape;
pub mod world;

pub use app::{
    GatewayEvent, MAX_CALLS, MAX_GATEWAY_PORTS, MAX_SHADOWS, MAX_WAITING_DATAGRAMS, SOURCE_FAREWELL,
    UDP_PATIENCE,
};
pub use ids::{ConnectionId, Direction, FrameId, GatewayId, LinkId, MessageId, NodeId, PictureId, SourceId};
pub use scenario::Scenario;
pub use tape::Tape;
pub use world::{World, WorldOptions};
