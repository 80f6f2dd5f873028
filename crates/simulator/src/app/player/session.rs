//! What the player's engine tells.

use super::PlayerApp;
use crate::app::HostIo;
use crate::app::server::state_name;
use crate::tape::Change;
use protocol::rtsp::client::MediaPath;
use protocol::rtsp::headers::{NptTime, Range};
use protocol::rtsp::sdp::{Media, RtpMap, Sdp};
use protocol::rtsp::{ClientEvent, ClientRequest, ClientTransport, Method, State};
use protocol::time::SimTime;
use std::time::Duration;

/// Where the presentation is, as far as the player knows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PlayClock {
    /// Where the last PLAY was to begin.
    asked: Option<Duration>,
    /// Normal play time when it last began or stopped; `None` for what is live.
    at: Option<Duration>,
    /// Since when it plays.
    since: Option<SimTime>,
}

impl PlayClock {
    /// A PLAY goes out.
    pub(super) fn asked(&mut self, from: Option<Duration>) {
        self.asked = from;
    }

    /// It was answered, with this Range.
    fn plays(&mut self, now: SimTime, range: Option<Range>) {
        let stopped = self.position(now);
        self.at = match range {
            Some(Range::Npt { start: Some(NptTime::At(at)), .. }) => Some(at),
            Some(_) => None,
            None => Some(self.asked.or(stopped).unwrap_or_default()),
        };
        self.since = Some(now);
    }

    fn stops(&mut self, now: SimTime) {
        self.at = self.position(now);
        self.since = None;
    }

    /// Normal play time at `now`; `None` before the first PLAY, and for what is live.
    pub(super) fn position(&self, now: SimTime) -> Option<Duration> {
        self.at.map(|at| at + self.since.map_or(Duration::ZERO, |since| now.since(since)))
    }
}

impl PlayerApp {
    pub(super) fn engine_events(&mut self, io: &mut HostIo<'_>) {
        while let Some(event) = self.client.poll_event() {
            self.engine_event(io, event);
        }
    }

    fn engine_event(&mut self, io: &mut HostIo<'_>, event: ClientEvent) {
        let client = io.node;
        match event {
            ClientEvent::StateChanged { to, .. } => io.state(Change::Rtsp { client, state: state_name(to) }),
            ClientEvent::Response { method, status, .. } => self.response(io, method, status),
            ClientEvent::Described(sdp) => self.described(io, &sdp),
            ClientEvent::TransportSet { track, path, .. } => {
                self.transport_set(io, track, path);
                self.punch(io, track);
            }
            ClientEvent::Playing { range, .. } => {
                self.has_end = matches!(range, Some(Range::Npt { end: Some(_), .. }));
                self.clock.plays(io.now, range);
                self.await_media(io.now);
                io.state(Change::Media { client, state: "playing" });
            }
            ClientEvent::Recording => {
                self.record(io);
                io.state(Change::Media { client, state: "recording" });
            }
            ClientEvent::Redirected(to) => self.redirected(io, to),
            ClientEvent::Interleaved { channel, bytes, offset } => {
                let tag = self.connection.and_then(|h| io.recorder.message_at(io.node, h, offset));
                let found = self.paths.iter().find_map(|(track, path)| match path {
                    MediaPath::Tcp { rtp, .. } if *rtp == channel => Some((*track, false)),
                    MediaPath::Tcp { rtcp, .. } if *rtcp == channel => Some((*track, true)),
                    _ => None,
                });
                if let Some((track, is_rtcp)) = found {
                    self.packet(io, track, is_rtcp, &bytes, tag);
                }
            }
            ClientEvent::LoggingIn { is_open } => io.note(if is_open {
                "The server asks who is there, by Basic: the password can be read in the request.".to_owned()
            } else {
                "The server asks who is there, by Digest: the player proves that it knows the password."
                    .to_owned()
            }),
            ClientEvent::Deviation { rule, text, .. } => io.note(format!("{text} ({rule})")),
            ClientEvent::FallingBack { to, .. } => io.note(falling_back(to).to_owned()),
            ClientEvent::Parameters { values } => {
                for (name, value) in values {
                    io.state(Change::Parameter { client, name, value });
                }
            }
            ClientEvent::Failed { method, reason } => self.failed(io, method, &reason),
        }
    }

    fn failed(&mut self, io: &mut HostIo<'_>, method: Option<Method>, reason: &str) {
        self.script.clear();
        let what = method.as_ref().map_or_else(|| "The session".to_owned(), |m| format!("{m}"));
        io.note(format!("{what} failed: {reason}"));
        // Who leaves is gone, whatever the server says.
        if method == Some(Method::Teardown) {
            self.hang_up(io);
            self.end_session(io);
            self.go(io);
        }
    }

    fn response(&mut self, io: &mut HostIo<'_>, method: Method, status: u16) {
        // What follows a refusal is told by itself: another try, another place, or a failure.
        if !(200..300).contains(&status) {
            return;
        }
        match method {
            Method::Pause => {
                self.clock.stops(io.now);
                self.stop_sending(io);
                io.state(Change::Media { client: io.node, state: "paused" });
            }
            Method::Teardown => {
                self.hang_up(io);
                self.end_session(io);
                return self.go(io);
            }
            Method::Options if self.serves_nothing() => {
                self.script.clear();
                let text = "This server describes nothing that could be played (its methods are without \
                            DESCRIBE); a stream can be published there with ANNOUNCE.";
                io.note(text.to_owned());
            }
            // Its description decides on what follows.
            Method::Describe => return,
            _ => {}
        }
        self.next_step(io);
    }

    /// Chooses what to play: the first track that can be shown.
    fn described(&mut self, io: &mut HostIo<'_>, sdp: &Sdp) {
        self.track = sdp.media.iter().position(is_jpeg).unwrap_or(0);
        let encoding =
            |media: &Media| media.first_map().map_or_else(|| media.kind.clone(), |map| map.encoding);
        let hidden: Vec<String> = sdp.media.iter().filter(|media| !is_jpeg(media)).map(encoding).collect();
        if !hidden.is_empty() {
            let rest = if hidden.len() == sdp.media.len() {
                "its packets come, but no picture is shown"
            } else {
                "the first track of JPEG is played"
            };
            io.note(format!("This player shows JPEG, not {}: {rest}.", hidden.join(", ")));
        }
        for step in &mut self.script {
            match step {
                ClientRequest::Setup { track } => *track = self.track,
                // What is live, or shorter, is played from where it is.
                ClientRequest::Play { from, .. } => {
                    *from = from.filter(|from| sdp.duration.is_some_and(|end| *from < end));
                }
                _ => {}
            }
        }
        self.next_step(io);
    }

    /// The track that SETUP is about: the one to play, or the first to send that is not set up.
    pub(super) fn track_to_set_up(&self) -> usize {
        let tracks = if self.client.publishes() {
            self.client.description().map_or(1, |sdp| sdp.media.len())
        } else {
            0
        };
        (0..tracks).find(|track| !self.paths.contains_key(track)).unwrap_or(self.track)
    }

    fn transport_set(&mut self, io: &mut HostIo<'_>, track: usize, path: MediaPath) {
        if let MediaPath::Multicast { group, rtp, rtcp, ttl } = path {
            self.join_group(io, track, (group, ttl), (rtp, rtcp));
        }
        self.paths.insert(track, path);
        if self.config.lab_dialect {
            // There is no description: it is what RFC 3551 says of the static type.
            let encoding = "JPEG".to_owned();
            return self.receive(&RtpMap {
                payload_type: 26,
                encoding,
                clock_rate: 90_000,
                parameters: None,
            });
        }
        let media = self.client.description().and_then(|sdp| sdp.media.get(track));
        if !self.client.publishes()
            && let Some(map) = media.filter(|media| is_jpeg(media)).and_then(Media::first_map)
        {
            self.receive(&map);
        }
    }

    pub(super) fn end_session(&mut self, io: &mut HostIo<'_>) {
        self.unbind(io);
        // The engine is about to be replaced: what it still has to say of its state is kept.
        while let Some(event) = self.client.poll_event() {
            if let ClientEvent::StateChanged { to, .. } = event {
                io.state(Change::Rtsp { client: io.node, state: state_name(to) });
            }
        }
        if self.client.state() != State::Init {
            io.state(Change::Rtsp { client: io.node, state: state_name(State::Init) });
        }
        io.state(Change::Media { client: io.node, state: "torn down" });
        self.renew();
    }
}

/// Whether a track can be shown.
fn is_jpeg(media: &Media) -> bool {
    media.first_map().is_some_and(|map| map.encoding.eq_ignore_ascii_case("JPEG"))
}

/// Why the player asks once more, in words.
fn falling_back(to: ClientTransport) -> &'static str {
    match to {
        ClientTransport::Tcp => "The server refused UDP, so the player asks for TCP.",
        ClientTransport::Udp { .. } | ClientTransport::Multicast { .. } => {
            "The server refused multicast, so the player asks for UDP."
        }
    }
}
