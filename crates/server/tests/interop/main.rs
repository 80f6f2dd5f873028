//! Programs that nobody here wrote, against the program: they read what it serves and publish
//! what it relays, over UDP and over TCP. What counts is which pictures they decoded, read
//! from the numbers in them, and not how they ended.
//!
//! | module | peer |
//! |---|---|
//! | [`peers`] | where each program is found, and which version it is |
//! | [`numbered`] | the numbers survive what peers do to pictures |
//! | [`ffmpeg`] | ffmpeg, Debian's and the newest, reading |
//!
//! `docs/interop.md` has a row for each peer.

#[path = "../common/mod.rs"]
mod common;
mod ffmpeg;
mod numbered;
mod peers;
