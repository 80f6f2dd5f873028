//! The simulated network: hosts with their own TCP/IP, links, switches, routers, and the tape.
#![deny(missing_docs)]

pub mod stack;
