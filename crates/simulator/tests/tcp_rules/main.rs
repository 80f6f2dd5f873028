//! The rules of TCP, one packet script each: a hand-made peer says segments, and the stack
//! must answer with exactly these.

mod close;
mod data;
mod handshake;
mod loss;
mod options;
mod reset;
mod script;
mod window;
