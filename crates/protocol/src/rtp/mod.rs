//! RTP, RTCP, payload formats, sender and receiver (RFC 3550, RFC 2435).

pub mod jpeg;
