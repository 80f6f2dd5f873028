//! One session, and the tracks that were set up in it.

use super::reports::Reporter;
use super::{ConnId, Server, SessionId};
use crate::media::Clip;
use crate::rtp::receiver::Account;
use crate::rtp::rtcp::ReportBlock;
use crate::rtp::{Scale, Sender, SenderStats};
use crate::rtsp::State;
use crate::rtsp::interleave::PictureGate;
use crate::time::SimTime;
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};
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
    pub source: Source,
    /// Whether it was set up in the lab's dialect.
    pub is_lab: bool,
    /// The lasting name of its source, the same for all tracks (RFC 3550 section 6.5.1).
    pub cname: String,
    /// The last sign of life.
    pub alive: SimTime,
    pub state: State,
    /// Where a PLAY without Range goes on.
    pub position: Duration,
    /// Which way and how fast it plays, or played last.
    pub scale: Scale,
    /// Whether the client has named the end of the last range that it asked for.
    pub is_bounded: bool,
    /// That end.
    pub until: Option<Duration>,
    /// Whether it is Ready because its range came to the end, which the client may not know.
    pub ended_by_itself: bool,
    /// How loud the client wants it, 0 to [`MAX_VOLUME`](super::MAX_VOLUME).
    pub volume: u8,
    /// The tracks, by their number in the clip.
    pub streams: BTreeMap<usize, Stream>,
}

/// What a session is about.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// It plays a clip.
    Clip(Arc<dyn Clip>),
    /// It reads the stream that the session with this number publishes.
    Relay(u64),
    /// It publishes a stream.
    Publisher,
}

/// Where a track's packets come from.
#[derive(Clone, Debug)]
pub(super) enum Feed {
    /// They are made from a clip.
    Clip(Box<Sender>),
    /// They are made from a clip for all members of a group.
    Shared(Shared),
    /// They are a publisher's.
    Relay(Relay),
    /// The client sends them.
    Incoming(Incoming),
}

/// What is known of a member of a group.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    pub last_report: Option<ReportBlock>,
}

/// What is known of a track that is relayed to a reader.
#[derive(Clone, Debug, Default)]
pub(super) struct Relay {
    /// RTP packets sent; wraps.
    pub packets: u32,
    /// The timestamp of which the rest is not sent, since the reader is too slow.
    pub dropping: Option<u32>,
    /// The timestamp of the last packet that was sent.
    pub timestamp: Option<u32>,
    pub last_report: Option<ReportBlock>,
}

/// What is known of a track that a publisher sends.
#[derive(Clone, Debug, Default)]
pub(super) struct Incoming {
    /// Its synchronisation sources, as far as they were heard.
    pub sources: BTreeSet<u32>,
    /// The publisher's lasting name; empty before it has said one.
    pub cname: Bytes,
    /// RTP packets received.
    pub packets: u64,
    /// How the packets of each source arrive.
    pub accounts: BTreeMap<u32, Account>,
    /// Who tells the publisher; while it records.
    pub reporter: Option<Reporter>,
}

/// One track of a session.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub feed: Feed,
    /// Ticks of its RTP clock per second, where that is known; otherwise 0.
    pub clock_rate: u32,
    pub path: Path,
    /// Its URL as the client wrote it in SETUP; RTP-Info repeats it.
    pub url: String,
    /// The source of what is sent, as far as it is known.
    pub ssrc: Option<u32>,
    /// Whether media flows, from the server or, in a publisher's session, to it.
    pub playing: bool,
    /// Whether anything was ever sent.
    pub has_played: bool,
    /// What of a clip goes over TCP to a peer that reads too slowly.
    pub gate: PictureGate,
    /// How often the rest of a relayed timestamp was left out.
    pub dropped: u64,
}

/// Where a track's packets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Path {
    Udp {
        rtp: SocketAddr,
        rtcp: SocketAddr,
    },
    Tcp {
        conn: ConnId,
        rtp: u8,
        rtcp: u8,
    },
    /// To the multicast group with this number.
    Group {
        number: u64,
    },
}

impl Session {
    /// The state that follows from what the tracks do (RFC 2326 appendix A.2).
    pub fn state_of_streams(&self) -> State {
        if self.streams.values().any(|stream| stream.playing) {
            if self.is_publisher() { State::Recording } else { State::Playing }
        } else if self.streams.is_empty() {
            State::Init
        } else {
            State::Ready
        }
    }

    pub fn is_publisher(&self) -> bool {
        matches!(self.source, Source::Publisher)
    }

    /// Whether a track of it is carried by this connection.
    pub fn is_interleaved_in(&self, conn: ConnId) -> bool {
        self.streams.values().any(|stream| matches!(stream.path, Path::Tcp { conn: of, .. } if of == conn))
    }
}

impl Stream {
    /// The maker of its packets, where they are made from a clip.
    pub fn sender(&mut self) -> Option<&mut Sender> {
        match &mut self.feed {
            Feed::Clip(sender) => Some(sender),
            Feed::Shared(_) | Feed::Relay(_) | Feed::Incoming(_) => None,
        }
    }

    /// When it has something to send by itself: media, or reports.
    pub fn due(&self) -> Option<SimTime> {
        match &self.feed {
            Feed::Clip(sender) => sender.poll_timeout(),
            Feed::Incoming(incoming) => incoming.due(),
            Feed::Shared(_) | Feed::Relay(_) => None,
        }
    }

    /// Where all that is playing and queued will have ended.
    pub fn end_of_queue(&self) -> Option<Duration> {
        match &self.feed {
            Feed::Clip(sender) => sender.end_of_queue(),
            Feed::Shared(_) | Feed::Relay(_) | Feed::Incoming(_) => None,
        }
    }

    /// Where it is in its clip; the beginning for what is live.
    pub fn position(&self, now: SimTime) -> Duration {
        match &self.feed {
            Feed::Clip(sender) => sender.position(now),
            Feed::Shared(_) | Feed::Relay(_) | Feed::Incoming(_) => Duration::ZERO,
        }
    }
}

impl Server {
    /// The sender of a track of a clip, its own or its group's.
    fn sender_behind<'a>(&'a self, track: usize, stream: &'a Stream) -> Option<&'a Sender> {
        match (&stream.feed, stream.path) {
            (Feed::Clip(sender), _) => Some(sender),
            (Feed::Shared(_), Path::Group { number }) => self.shared_sender(number, track),
            _ => None,
        }
    }

    /// Where a track is in its clip; the beginning for what is live.
    pub(super) fn position_of(&self, now: SimTime, track: usize, stream: &Stream) -> Duration {
        self.sender_behind(track, stream).map_or(Duration::ZERO, |sender| sender.position(now))
    }

    /// What was sent of a track, and how it arrived.
    pub(super) fn stats_of(&self, track: usize, stream: &Stream) -> SenderStats {
        let sent = self.sender_behind(track, stream).map(Sender::stats).unwrap_or_default();
        match &stream.feed {
            Feed::Clip(_) => sent,
            // Others' reports are about the same packets, but not about this client.
            Feed::Shared(shared) => SenderStats { last_report: shared.last_report, ..sent },
            Feed::Relay(relay) => {
                SenderStats { packets: relay.packets, last_report: relay.last_report, ..sent }
            }
            Feed::Incoming(_) => sent,
        }
    }
}
