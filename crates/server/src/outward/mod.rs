//! Real servers that the built-in player plays from.
//!
//! | file | what it does |
//! |---|---|
//! | `address` | which URLs and addresses may be opened, and what is shown of them |
//! | `dial` | the name is resolved once, ports are reserved, a first connection is made |
//!
//! A simulated host stands for each real server. The player connects to it; each of its
//! connections is carried by a real one, with the same flow control as a real player's, and the
//! datagrams of its sessions cross one by one, on the very ports that its SETUP names.

mod address;
mod dial;

pub use address::{MAX_URL, Refused, Target};
pub use dial::{CONNECT_TIME, Opened, RESOLVE_TIME, connect, open};

use std::time::Duration;

/// A real server's connection that carries nothing for this long is given up; sessions over UDP
/// may be silent between two signs of life, and datagrams count as words.
pub const SILENCE: Duration = Duration::from_secs(3600);
