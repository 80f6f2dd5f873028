//! One session, and the tracks that were set up in it.

use super::{ConnId, SessionId};
use crate::media::Clip;
use crate::rtp::Sender;
use crate::rtsp::State;
use crate::time::SimTime;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// One session.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub id: SessionId,
    /// The connection that it was made on.
    pub conn: ConnId,
    pub peer: IpAddr,
    /// The clip's name.
    pub name: String,
    pub clip: Arc<dyn Clip>,
    /// The lasting name of its source, the same for all tracks (RFC 3550 section 6.5.1).
    pub cname: String,
    /// The last sign of life.
    pub alive: SimTime,
    pub state: State,
    /// Where a PLAY without Range goes on.
    pub position: Duration,
    /// Whether it is Ready because its range came to the end, which the client may not know.
    pub ended_by_itself: bool,
    /// How loud the client wants it, 0 to [`MAX_VOLUME`](super::MAX_VOLUME).
    pub volume: u8,
    /// The tracks, by their number in the clip.
    pub streams: BTreeMap<usize, Stream>,
}

/// One track of a session.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub sender: Sender,
    pub path: Path,
    /// Its URL as the client wrote it in SETUP; RTP-Info repeats it.
    pub url: String,
    pub ssrc: u32,
    pub playing: bool,
    /// Whether anything was ever sent.
    pub has_played: bool,
    /// The picture that is being dropped as a whole.
    pub dropping: Option<u32>,
    /// How many pictures were dropped.
    pub dropped: u64,
}

/// Where a track's packets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Path {
    Udp { rtp: SocketAddr, rtcp: SocketAddr },
    Tcp { conn: ConnId, rtp: u8, rtcp: u8 },
}

impl Session {
    /// The state that follows from what the tracks do (RFC 2326 appendix A.2).
    pub fn state_of_streams(&self) -> State {
        if self.streams.values().any(|stream| stream.playing) {
            State::Playing
        } else if self.streams.is_empty() {
            State::Init
        } else {
            State::Ready
        }
    }

    /// Whether a track of it is carried by this connection.
    pub fn is_interleaved_in(&self, conn: ConnId) -> bool {
        self.streams.values().any(|stream| matches!(stream.path, Path::Tcp { conn: of, .. } if of == conn))
    }
}
