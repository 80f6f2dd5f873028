//! SETUP (RFC 2326 section 10.4).

use super::dispatch::{Answer, Asked, not_valid_in};
use super::session::{Feed, Incoming, Path, Relay, Session, Shared, Source, Stream};
use super::target::Target;
use super::transport::{Choice, ChoiceKind, Circumstances, choose};
use super::{Server, ServerEvent, SessionId};
use crate::media::{Clip, Codec};
use crate::random::Dice;
use crate::rtp::jpeg::Form;
use crate::rtp::packet::HEADER;
use crate::rtp::sender::PAYLOAD_TYPE_JPEG;
use crate::rtp::{Scale, Sender, SenderConfig};
use crate::rtsp::headers::{SessionHeader, TransportList};
use crate::rtsp::message::Response;
use crate::rtsp::{State, Status};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

impl Server {
    pub(super) fn setup(&mut self, asked: &Asked<'_>) -> Answer {
        match self.try_setup(asked) {
            Ok(answer) => answer,
            Err(response) => {
                let session = asked.session.and_then(|number| self.session_header(number));
                Answer { response, session }
            }
        }
    }

    fn try_setup(&mut self, asked: &Asked<'_>) -> Result<Answer, Response> {
        let Some(offers) = asked.request.headers.joined("Transport") else {
            return Err(Response::new(Status::BAD_REQUEST).because("Transport is missing, RFC 2326 12.39"));
        };
        let offers = TransportList::read_offers(&offers);
        if asked.request.headers.get("Conference").is_some() {
            // Section 11.3.2; there are none here.
            return Err(Response::new(Status::CONFERENCE_NOT_FOUND));
        }
        let max_packet = self.max_packet(asked)?;
        let publishes = self.is_for_recording(&asked.target, &offers) || self.has_announced(asked);
        let (name, track, source) =
            if publishes { self.to_publish(asked)? } else { self.track_to_set_up(asked)? };
        if asked.is_lab {
            self.check_lab(asked, &source, track)?;
        }
        let Some(connection) = self.connections.get(&asked.conn) else {
            return Err(Response::new(Status::INTERNAL_ERROR));
        };
        let peer = connection.peer;
        let own_address = connection.own_address;
        if let Some(session) = asked.session.and_then(|number| self.sessions.get(&number)) {
            if session.name != name {
                return Err(Response::new(Status::AGGREGATE_NOT_ALLOWED)
                    .because("the session is of another presentation"));
            }
            let is_other = session.is_publisher() != matches!(source, Source::Publisher);
            if is_other || matches!(session.state, State::Playing | State::Recording) {
                return Err(not_valid_in(session.state, session.is_publisher()));
            }
        } else if connection.sessions.len() >= self.config.limits.sessions_per_connection {
            let limit = self.config.limits.sessions_per_connection;
            return Err(Response::new(Status::SERVICE_UNAVAILABLE)
                .because(format!("{limit} sessions per connection")));
        } else if self.sessions.len() >= self.config.limits.sessions {
            let limit = self.config.limits.sessions;
            return Err(
                Response::new(Status::SERVICE_UNAVAILABLE).because(format!("{limit} sessions in total"))
            );
        }
        let own = asked.session.map(|number| (number, track));
        let is_taken =
            |channel: u8| connection.channels.get(&channel).is_some_and(|(key, _)| Some(*key) != own);
        let around = Circumstances {
            multicast: self.group_plan(asked.conn, &name, track, &source),
            peer,
            own_address,
            lab_dialect: self.config.lab_dialect,
            mode: if matches!(source, Source::Publisher) { "RECORD" } else { "PLAY" },
            is_taken: &is_taken,
        };
        let choice = choose(&offers, &around)
            .map_err(|reason| Response::new(Status::UNSUPPORTED_TRANSPORT).because(reason))?;

        for (rule, text) in &choice.remarks {
            self.remark(asked.conn, asked.offset, rule, text);
        }
        let number = asked.session.unwrap_or_else(|| self.create_session(asked, &name, source));
        Ok(self.set_up_track(asked, number, track, &choice, max_packet))
    }

    /// The largest RTP packet: what the client asks for with Blocksize, the RTP header not
    /// counted (section 12.7), and no more than is usual here. The sender does not go below
    /// what the headers of a picture need.
    fn max_packet(&self, asked: &Asked<'_>) -> Result<usize, Response> {
        let Some(value) = asked.request.headers.get("Blocksize") else { return Ok(self.config.max_packet) };
        let is_number = !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_digit());
        if !is_number || value.bytes().all(|octet| octet == b'0') {
            let because = "Blocksize is no positive number, RFC 2326 12.7";
            return Err(Response::new(Status::INVALID_PARAMETER).because(because));
        }
        let octets = value.parse().unwrap_or(usize::MAX);
        Ok(self.config.max_packet.min(octets.saturating_add(HEADER)))
    }

    /// Whether the client wants to send. On a clip it cannot, and the transport is refused.
    pub(super) fn is_for_recording(&self, target: &Target, offers: &TransportList) -> bool {
        let is_clip = match target {
            Target::Presentation { name, .. } => self.catalogue.get(name).is_some(),
            _ => false,
        };
        !is_clip && offers.0.iter().flatten().any(|offer| offer.is_for("RECORD"))
    }

    /// Which track of which clip or published stream the URL names. The URL of a whole one
    /// will do when it has one track only.
    fn track_to_set_up(&self, asked: &Asked<'_>) -> Result<(String, usize, Source), Response> {
        let not_found = || Response::new(Status::NOT_FOUND);
        let Target::Presentation { name, track } = &asked.target else { return Err(not_found()) };
        let (source, tracks) = match self.catalogue.get(name) {
            Some(clip) => (Source::Clip(Arc::clone(clip)), clip.tracks().len()),
            None => {
                let publication = self.publications.get(name).filter(|publication| publication.live);
                let publication = publication.ok_or_else(not_found)?;
                let publisher = publication.session.ok_or_else(not_found)?;
                (Source::Relay(publisher), publication.tracks.len())
            }
        };
        let track = match (track, tracks) {
            (Some(track), _) => *track,
            (None, 1) => 0,
            (None, _) => return Err(Response::new(Status::AGGREGATE_NOT_ALLOWED)),
        };
        Ok((name.clone(), track, source))
    }

    fn create_session(&mut self, asked: &Asked<'_>, name: &str, source: Source) -> u64 {
        let id = loop {
            // Twenty digits hold 64 random bits: they cannot be guessed (RFC 2326 section
            // 16), and clients that take the identifier for a number can read them.
            let id = if asked.is_lab {
                self.lab_session_id()
            } else {
                SessionId(format!("{:020}", self.random_number()).into())
            };
            if !self.numbers.contains_key(&id) {
                break id;
            }
        };
        let number = self.next_number;
        self.next_number += 1;
        let peer = self.connections.get_mut(&asked.conn).map(|connection| {
            connection.sessions.insert(number);
            connection.peer
        });
        let peer = peer.expect("the request came on this connection");
        let session = Session {
            id: id.clone(),
            conn: asked.conn,
            peer,
            name: name.to_owned(),
            source,
            is_lab: asked.is_lab,
            cname: format!("{:016x}@layercast", self.dice.u64()),
            alive: asked.now,
            state: State::Init,
            position: Duration::ZERO,
            scale: Scale::NORMAL,
            is_bounded: false,
            until: None,
            ended_by_itself: false,
            volume: super::MAX_VOLUME,
            streams: BTreeMap::new(),
        };
        self.sessions.insert(number, session);
        self.numbers.insert(id.clone(), number);
        self.event(ServerEvent::SessionCreated {
            session: id,
            conn: asked.conn,
            peer,
            path: name.to_owned(),
        });
        self.mark_alive(asked.now, number);
        number
    }

    /// A number that cannot be guessed, as far as there is a secret.
    fn random_number(&mut self) -> u64 {
        let thrown = self.dice.u64();
        let Some(secret) = self.config.secret else { return thrown };
        let sum = Sha256::new().chain_update(secret).chain_update(thrown.to_be_bytes()).finalize();
        sum[..8].iter().fold(0, |number, octet| number << 8 | u64::from(*octet))
    }

    /// Agrees on the transport of one track, in place of one that was agreed on before.
    fn set_up_track(
        &mut self,
        asked: &Asked<'_>,
        number: u64,
        track: usize,
        choice: &Choice,
        max_packet: usize,
    ) -> Answer {
        let key = (number, track);
        self.release_path(asked.now, key);
        let (feed, clock_rate, ssrc) = self.feed(number, track, choice, max_packet);
        let mut ssrc = ssrc;
        let mut joined = 0;
        if let ChoiceKind::Multicast(plan) = choice.kind {
            let (group, source) = self.join_group(key, plan);
            joined = group;
            ssrc = ssrc.or(source);
        }
        let session = self.sessions.get_mut(&number).expect("the session was found or made for this request");
        let path = match choice.kind {
            ChoiceKind::Multicast(_) => Path::Group { number: joined },
            ChoiceKind::Udp { rtp, rtcp } => {
                let [rtp, rtcp] = [rtp, rtcp].map(|port| SocketAddr::new(session.peer, port));
                if session.is_publisher() {
                    self.udp_publishers.insert(rtp, (key, false));
                    self.udp_publishers.insert(rtcp, (key, true));
                } else {
                    self.udp_peers.insert(rtcp, key);
                }
                Path::Udp { rtp, rtcp }
            }
            ChoiceKind::Tcp { rtp, rtcp } => {
                if let Some(connection) = self.connections.get_mut(&asked.conn) {
                    connection.channels.insert(rtp, (key, false));
                    connection.channels.insert(rtcp, (key, true));
                }
                Path::Tcp { conn: asked.conn, rtp, rtcp }
            }
        };
        match session.source {
            Source::Clip(_) => {}
            Source::Publisher => {
                if let Some(publication) = self.publications.get_mut(&session.name) {
                    publication.session = Some(number);
                }
            }
            Source::Relay(_) => {
                if let Some(publication) = self.publications.get_mut(&session.name) {
                    publication.readers.insert(key);
                }
            }
        }
        let stream = Stream {
            feed,
            clock_rate,
            path,
            url: asked.request.uri.clone(),
            ssrc,
            playing: false,
            has_played: false,
            gate: Default::default(),
            dropped: 0,
        };
        session.streams.insert(track, stream);
        let id = session.id.clone();
        let transport = choice.answer(self.config.rtp_port, ssrc).to_string();
        self.event(ServerEvent::TrackSetUp {
            session: id.clone(),
            track,
            transport: transport.clone(),
            ssrc,
        });
        self.update_state(number);
        // The student project's client reads the whole value as a number.
        let timeout = (!asked.is_lab).then_some(self.config.session_timeout);
        Answer {
            response: Response::new(Status::OK).header("Transport", transport),
            session: Some(SessionHeader { id: id.to_string(), timeout }),
        }
    }

    /// Where a track's packets come from, its clock and, where it is known, its source.
    fn feed(
        &mut self,
        number: u64,
        track: usize,
        choice: &Choice,
        max_packet: usize,
    ) -> (Feed, u32, Option<u32>) {
        let session = self.sessions.get(&number).expect("the session was found or made for this request");
        let clock_rate = |name: &str| {
            let track = self.publications.get(name).and_then(|publication| publication.tracks.get(track));
            track.and_then(|track| track.media.first_map()).map_or(0, |map| map.clock_rate)
        };
        match &session.source {
            Source::Clip(clip) if matches!(choice.kind, ChoiceKind::Multicast(_)) => {
                (Feed::Shared(Shared::default()), clip.tracks()[track].clock_rate, None)
            }
            Source::Clip(clip) => {
                let (clip, cname, is_lab) = (Arc::clone(clip), session.cname.clone(), session.is_lab);
                let sender = self.sender_of(&clip, track, cname, max_packet, is_lab);
                let ssrc = sender.ssrc();
                (Feed::Clip(Box::new(sender)), clip.tracks()[track].clock_rate, Some(ssrc))
            }
            Source::Relay(publisher) => {
                let stream = self.sessions.get(publisher).and_then(|session| session.streams.get(&track));
                let ssrc = stream.and_then(|stream| match &stream.feed {
                    // With several it is not known which one goes on.
                    Feed::Incoming(incoming) if incoming.sources.len() == 1 => {
                        incoming.sources.first().copied()
                    }
                    _ => None,
                });
                (Feed::Relay(Relay::default()), clock_rate(&session.name), ssrc)
            }
            Source::Publisher => {
                let sources = choice.offer.ssrc.into_iter().collect();
                let incoming = Incoming { sources, ..Incoming::default() };
                (Feed::Incoming(incoming), clock_rate(&session.name), choice.offer.ssrc)
            }
        }
    }

    /// A sender of a clip's track, with numbers of its own.
    pub(super) fn sender_of(
        &mut self,
        clip: &Arc<dyn Clip>,
        track: usize,
        cname: String,
        max_packet: usize,
        is_lab: bool,
    ) -> Sender {
        let ssrc = self.dice.u32();
        // The lab's clients take it for the picture's number, and show no picture 0.
        let first_sequence = if is_lab { 1 } else { self.dice.u16() };
        let form = if is_lab { Form::WholeFile } else { Form::Rfc2435 };
        let first_timestamp = self.dice.u32();
        let dice = Dice::new(self.dice.u64(), "sender");
        let payload_type = match clip.tracks()[track].codec {
            Codec::Jpeg { .. } => PAYLOAD_TYPE_JPEG,
        };
        Sender::new(SenderConfig {
            clip: Arc::clone(clip),
            track,
            ssrc,
            payload_type,
            form,
            first_sequence,
            first_timestamp,
            cname,
            max_packet,
            epoch: self.config.epoch,
            dice,
        })
    }
}
