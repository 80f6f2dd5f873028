//! A deterministic network of hosts, switches and routers, and the tape of all that
//! happened in it.
//!
//! | module | what it holds |
//! |---|---|
//! | [`scenario`] | which devices there are and how they are cabled |
//! | [`stack`] | one host's TCP/IP |
//! | [`link`] | a cable: queue, rate, delay, loss |
//! | [`tape`] | the record of every message, frame, hop and change |
//!
//! Invariant: the same scenario, seed and inputs give the same bytes, always. Nothing here
//! knows a clock, a thread, a socket or an unordered map.
#![deny(missing_docs)]

pub mod ids;
pub mod link;
pub mod scenario;
pub mod stack;
pub mod tape;

pub use ids::{ConnectionId, Direction, FrameId, GatewayId, LinkId, MessageId, NodeId, PictureId};
pub use scenario::Scenario;
pub use tape::Tape;
