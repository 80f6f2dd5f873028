//! What earlier frames taught: everything a [`Dissector`](super::Dissector) remembers.
//!
//! | module | what it remembers |
//! |---|---|
//! | [`fragments`] | IPv4 fragments whose packet is not whole |
//! | [`streams`] | TCP streams: which byte comes next, and messages not whole |
//! | [`media`] | which ports and channels carry RTP and RTCP, and what payload types mean |

pub mod fragments;
pub mod media;
pub mod streams;

use std::collections::BTreeSet;

/// The TCP ports on which RTSP is expected at first (RFC 2326 9.2, and its usual alternative).
pub const RTSP_PORTS: [u16; 2] = [554, 8554];
/// How many TCP ports RTSP can be expected on.
pub const MAX_RTSP_PORTS: usize = 16;

/// All of it.
#[derive(Clone, Debug)]
pub(super) struct Conversation {
    /// Incomplete packets.
    pub fragments: fragments::Fragments,
    /// TCP streams that carry RTSP.
    pub streams: streams::Streams,
    /// Ports, channels, payload types.
    pub media: media::Media,
    /// The TCP ports on which RTSP is expected.
    rtsp_ports: BTreeSet<u16>,
}

impl Default for Conversation {
    fn default() -> Self {
        Conversation {
            fragments: fragments::Fragments::default(),
            streams: streams::Streams::default(),
            media: media::Media::default(),
            rtsp_ports: RTSP_PORTS.into(),
        }
    }
}

impl Conversation {
    /// One that was told the same ports, and has seen nothing.
    pub fn as_new(&self) -> Self {
        Conversation { rtsp_ports: self.rtsp_ports.clone(), ..Self::default() }
    }

    /// Whether a TCP connection between these ports carries RTSP.
    pub fn is_rtsp(&self, one: u16, other: u16) -> bool {
        self.rtsp_ports.contains(&one) || self.rtsp_ports.contains(&other)
    }

    /// The ports on which RTSP is expected.
    pub fn rtsp_ports(&self) -> impl Iterator<Item = u16> + '_ {
        self.rtsp_ports.iter().copied()
    }

    /// Expects RTSP on one more port; `false` when there are [`MAX_RTSP_PORTS`] already.
    pub fn expect_rtsp(&mut self, port: u16) -> bool {
        let room = self.rtsp_ports.len() < MAX_RTSP_PORTS || self.rtsp_ports.contains(&port);
        if room {
            self.rtsp_ports.insert(port);
        }
        room
    }
}
