//! The built-in player plays from real servers: programs that nobody here wrote, a second
//! Layercast, and servers that mean no good.
//!
//! What is checked is which pictures the player showed, by the numbers in them, as the room's
//! WebSocket gives them.

#[path = "../common/mod.rs"]
mod common;

mod hostile;
mod leading;
mod orders;
mod servers;
mod watch;
