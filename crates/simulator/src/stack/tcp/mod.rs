//! The transmission control protocol (RFC 9293).

mod info;
mod state;

pub use info::{CongestionPhase, TcpInfo};
pub use state::{State, StateCause};
