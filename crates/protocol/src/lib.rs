//! RTSP, RTP, media files and wire formats without any I/O.
//!
//! Everything here is *sans-IO*: a machine takes bytes and the time in, and hands
//! bytes, timers and events out. No socket, clock, thread or global is touched, so the
//! same engine serves a simulated client, a real player and a test, and a run can be
//! repeated to the last bit.
//!
//! | module | what it holds |
//! |---|---|
//! | [`time`] | simulated time, wall-clock epoch, NTP time |
//! | [`random`] | named, seeded streams of dice |
//! | [`message`] | what a run of application bytes *is*: the thread that lineage hangs on |
//! | [`media`] | clips behind one trait, and the readers of their files |
//! | [`rtsp`] | RTSP and SDP: lossless reader, server engine, client engine |
//! | [`rtp`] | RTP, RTCP, payload formats, sender and receiver |
//! | [`wire`] | Ethernet, ARP, IPv4, ICMP, UDP, TCP: built and read |
//! | [`capture`] | pcapng and pcap files of anybody's making, read packet by packet |
//! | [`dissect`] | octets to layers and fields, each with its meaning |
#![deny(missing_docs)]

pub mod capture;
pub mod dissect;
pub mod media;
pub mod message;
pub mod random;
pub mod rtp;
pub mod rtsp;
pub mod time;
pub mod wire;
