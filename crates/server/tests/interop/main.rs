//! Programs that nobody here wrote, against the program: they read what it serves and publish
//! what it relays, over UDP and over TCP. What counts is which pictures they decoded, read
//! from the numbers in them, and not how they ended.
//!
//! | module | what it tries |
//! |---|---|
//! | [`peers`] | where each program is found, and how it is run |
//! | [`numbered`] | the numbers survive what peers do to pictures |
//! | [`ffmpeg`] | ffmpeg and ffprobe reading: Debian's, and the newest |
//! | [`gstreamer`] | GStreamer's rtspsrc reading, pausing, seeking |
//! | [`mpv`] | mpv reading |
//! | [`curl`] | curl, and libcurl over a whole session |
//! | [`aiortsp`] | aiortsp (Python) reading |
//! | [`retina`] | Retina (Rust) reading |
//! | [`publishing`] | ffmpeg and GStreamer publishing, others reading |
//! | [`credentials`] | all of them with a name and a password, right and wrong |
//! | [`recorded`] | what clients send that cannot be run here, replayed |
//! | [`watching`] | real players as the page sees them |
//! | [`packets`] | pictures from RTP packets, for peers that do not decode |
//!
//! `docs/interop.md` has a row for each peer; `cargo xtask peers` prints their versions.

mod aiortsp;
#[path = "../common/mod.rs"]
mod common;

mod credentials;
mod curl;
mod ffmpeg;
mod gstreamer;
mod mpv;
mod numbered;
mod packets;
mod peers;
mod publishing;
mod recorded;
mod retina;
mod watching;
