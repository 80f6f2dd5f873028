//! SETUP (RFC 2326 section 10.4).

use super::dispatch::{Answer, Asked, not_valid_in};
use super::session::{Path, Session, Stream};
use super::target::Target;
use super::transport::{Choice, ChoiceKind, Circumstances, choose};
use super::{Server, ServerEvent, SessionId};
use crate::media::{Clip, Codec};
use crate::random::Dice;
use crate::rtp::sender::PAYLOAD_TYPE_JPEG;
use crate::rtp::{Sender, SenderConfig};
use crate::rtsp::headers::{SessionHeader, TransportList};
use crate::rtsp::message::Response;
use crate::rtsp::{State, Status};
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
        let (name, track, clip) = self.track_to_set_up(asked)?;
        let Some(connection) = self.connections.get(&asked.conn) else {
            return Err(Response::new(Status::INTERNAL_ERROR));
        };
        let peer = connection.peer;
        if let Some(session) = asked.session.and_then(|number| self.sessions.get(&number)) {
            if session.name != name {
                return Err(Response::new(Status::AGGREGATE_NOT_ALLOWED)
                    .because("the session is of another presentation"));
            }
            if session.state == State::Playing {
                return Err(not_valid_in(State::Playing));
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
        let Some(offers) = asked.request.headers.joined("Transport") else {
            return Err(Response::new(Status::BAD_REQUEST).because("Transport is missing, RFC 2326 12.39"));
        };
        let own = asked.session.map(|number| (number, track));
        let is_taken =
            |channel: u8| connection.channels.get(&channel).is_some_and(|(key, _)| Some(*key) != own);
        let around = Circumstances { peer, lab_dialect: self.config.lab_dialect, is_taken: &is_taken };
        let choice = choose(&TransportList::read(&offers), &around)
            .map_err(|reason| Response::new(Status::UNSUPPORTED_TRANSPORT).because(reason))?;

        for (rule, text) in &choice.remarks {
            self.remark(asked.conn, asked.offset, rule, text);
        }
        let number = asked.session.unwrap_or_else(|| self.create_session(asked, &name, &clip));
        Ok(self.set_up_track(asked, number, track, &choice))
    }

    /// Which track of which clip the URL names. The URL of a whole clip will do when the
    /// clip has one track only.
    fn track_to_set_up(&self, asked: &Asked<'_>) -> Result<(String, usize, Arc<dyn Clip>), Response> {
        let not_found = || Response::new(Status::NOT_FOUND);
        let Target::Clip { name, track } = &asked.target else { return Err(not_found()) };
        let clip = self.catalogue.get(name).ok_or_else(not_found)?;
        let track = match (track, clip.tracks().len()) {
            (Some(track), _) => *track,
            (None, 1) => 0,
            (None, _) => return Err(Response::new(Status::AGGREGATE_NOT_ALLOWED)),
        };
        Ok((name.clone(), track, Arc::clone(clip)))
    }

    fn create_session(&mut self, asked: &Asked<'_>, name: &str, clip: &Arc<dyn Clip>) -> u64 {
        let id = loop {
            // Twenty digits hold 64 random bits: they cannot be guessed (RFC 2326 section
            // 16), and clients that take the identifier for a number can read them.
            let id = SessionId(format!("{:020}", self.dice.u64()).into());
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
            clip: Arc::clone(clip),
            cname: format!("{:016x}@layercast", self.dice.u64()),
            alive: asked.now,
            state: State::Init,
            position: Duration::ZERO,
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

    /// Agrees on the transport of one track, in place of one that was agreed on before.
    fn set_up_track(&mut self, asked: &Asked<'_>, number: u64, track: usize, choice: &Choice) -> Answer {
        let key = (number, track);
        self.release_path(key);
        let ssrc = self.dice.u32();
        let first_sequence = self.dice.u16();
        let first_timestamp = self.dice.u32();
        let dice = Dice::new(self.dice.u64(), "sender");
        let session = self.sessions.get_mut(&number).expect("the session was found or made for this request");
        let path = match choice.kind {
            ChoiceKind::Udp { rtp, rtcp } => {
                let [rtp, rtcp] = [rtp, rtcp].map(|port| SocketAddr::new(session.peer, port));
                self.udp_peers.insert(rtcp, key);
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
        let payload_type = match session.clip.tracks()[track].codec {
            Codec::Jpeg { .. } => PAYLOAD_TYPE_JPEG,
        };
        let sender = Sender::new(SenderConfig {
            clip: Arc::clone(&session.clip),
            track,
            ssrc,
            payload_type,
            first_sequence,
            first_timestamp,
            cname: session.cname.clone(),
            max_packet: self.config.max_packet,
            epoch: self.config.epoch,
            dice,
        });
        let stream = Stream {
            sender,
            path,
            url: asked.request.uri.clone(),
            ssrc,
            playing: false,
            has_played: false,
            dropping: None,
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
}
