//! Datagrams, and the receivers that put pictures together from what was captured.

use super::super::draft::Full;
use super::super::paths::Found;
use super::super::{Captured, naming};
use super::{Builder, id};
use crate::app::record_of;
use crate::ids::{MessageId, NodeId};
use crate::tape::{Carried, Change, MessageBytes, MessageRecord, MessageTransport, Outcome, Seen};
use bytes::Bytes;
use protocol::message::What;
use protocol::random::Dice;
use protocol::rtp::jpeg::Form;
use protocol::rtp::{Receiver, ReceiverConfig, ReceiverEvent};
use protocol::rtsp::sdp::RtpMap;
use protocol::time::{Epoch, SimTime};
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

/// A client's receiver: the same as a built-in player's, fed with what was captured.
#[derive(Debug)]
pub struct Listener {
    form: Form,
    playout_delay: Duration,
    receiver: Option<Receiver<MessageId>>,
}

impl Listener {
    pub fn new(lab: bool, playout_delay: Duration) -> Self {
        let form = if lab { Form::WholeFile } else { Form::Rfc2435 };
        Listener { form, playout_delay, receiver: None }
    }

    /// Gets ready for the packets of a track.
    pub fn start(&mut self, map: &RtpMap) {
        self.receiver = Some(Receiver::new(ReceiverConfig {
            clock_rate: map.clock_rate,
            payload_type: map.payload_type,
            form: self.form,
            cname: String::new(),
            ssrc: 0,
            playout_delay: self.playout_delay,
            epoch: Epoch::FIXED,
            // Its reports, for whose times these are, go nowhere.
            dice: Dice::new(0, "capture"),
        }));
    }

    /// Another PLAY: the next picture sets the times anew.
    pub fn restart(&mut self) {
        if let Some(receiver) = &mut self.receiver {
            receiver.restart_playout();
        }
    }
}

impl Builder {
    /// A datagram whose payload lies in its frame at `place`, or came in fragments; answers
    /// whether it is shown.
    pub(super) fn datagram(
        &mut self,
        at: SimTime,
        captured: &Captured,
        (from, to): (SocketAddr, SocketAddr),
        payload: &Bytes,
        length: usize,
        place: Option<Range<usize>>,
    ) -> Result<bool, Full> {
        let (src, dst) = (from.port(), to.port());
        let Some(found) = self.paths.find(from, to) else {
            if !self.stage.is_between(from.ip(), to.ip()) {
                return Ok(false);
            }
            return self.plain(
                at,
                captured,
                (from.ip(), to.ip()),
                Carried::Udp { message: None, src, dst },
                4,
            );
        };
        let Some(path) = self.paths.get(found.path) else { return Ok(false) };
        let (client, source) = (path.client, path.source);
        let own = (self.stage.client(client), self.stage.server());
        let sender = match (found.multicast, found.to_client) {
            (true, _) if Some(from.ip()) == source => own.1,
            // Who is in a group sends its reports to all.
            (true, _) => self.stage.node_or_others(from.ip()),
            (false, true) => own.1,
            (false, false) => own.0,
        };
        let listeners = self.listeners_of(&found, to, sender);
        let accepted = Outcome::Accepted { layer: 4 };
        let mut ways = Vec::new();
        for listener in &listeners {
            let node = self.stage.client(*listener);
            ways.push((self.stage.link(sender, node), node, accepted.clone()));
        }
        if sender != own.1 {
            ways.push((self.stage.link(sender, own.1), own.1, accepted));
        }
        let frame = self.draft.frames.len() as u64;
        let message = self.draft.message(MessageRecord {
            at: self.draft.handed_down(at),
            from: sender,
            to: (!found.multicast).then_some(if found.to_client { own.0 } else { own.1 }),
            client: (!found.multicast).then_some(own.0),
            transport: MessageTransport::Udp { src, dst },
            what: naming::packet(payload),
            length: length as u32,
            cause: None,
            bytes: match place {
                Some(range) => MessageBytes::InFrame { frame: id(frame), range },
                None => MessageBytes::Own(payload.clone()),
            },
        })?;
        let carried = Carried::Udp { message: Some(MessageId(message as u64)), src, dst };
        self.push(at, captured, sender, carried, Seen::Frame, &ways)?;
        for (_, node, _) in &ways {
            self.draft.delivery(message, *node, at, frame)?;
        }
        // A packet that the capture cut is not what its receiver had.
        if payload.len() == length {
            let now = self.draft.handed_up(at);
            for client in listeners {
                let track = self.track_of(&found, to, client);
                self.packet_for(client, (track, found.rtcp), now, payload, message)?;
            }
        }
        Ok(true)
    }

    /// The clients that a datagram of `sender` is for.
    fn listeners_of(&self, found: &Found, to: SocketAddr, sender: NodeId) -> Vec<usize> {
        if !found.multicast {
            let path = self.paths.get(found.path).filter(|_| found.to_client);
            return path.map(|path| path.client).into_iter().collect();
        }
        let members = self.paths.members(to).filter_map(|number| Some(self.paths.get(number)?.client));
        members.filter(|client| self.stage.client(*client) != sender).collect()
    }

    fn track_of(&self, found: &Found, to: SocketAddr, client: usize) -> usize {
        let mut members = self.paths.members(to).filter_map(|number| self.paths.get(number));
        let own = members.find(|path| path.client == client).filter(|_| found.multicast);
        own.or_else(|| self.paths.get(found.path)).map_or(0, |path| path.track)
    }

    /// A packet reached a client's application.
    pub(super) fn packet_for(
        &mut self,
        client: usize,
        (track, is_rtcp): (usize, bool),
        now: SimTime,
        bytes: &[u8],
        message: usize,
    ) -> Result<(), Full> {
        let what = self.draft.messages.get(message).map(|record| record.what.clone());
        let is_rtcp = is_rtcp || matches!(what, Some(What::Rtcp { .. }));
        if let (false, Some(What::Rtp(rtp))) = (is_rtcp, what) {
            let learnt = self.sessions[client].guess(track, rtp.payload_type);
            self.learn(client, now, learnt.into_iter().collect(), message)?;
        }
        if self.sessions[client].shown() != Some(track) {
            return Ok(());
        }
        let tag = MessageId(message as u64);
        if let Some(receiver) = &mut self.listeners[client].receiver {
            if is_rtcp {
                receiver.receive_rtcp(now, bytes, tag);
            } else {
                receiver.receive_rtp(now, bytes, tag);
            }
        }
        self.hear(client, now)
    }

    /// Shows what is due up to `until`.
    pub(super) fn listen(&mut self, until: SimTime) -> Result<(), Full> {
        for client in 0..self.listeners.len() {
            while let Some(receiver) = &mut self.listeners[client].receiver
                && let Some(due) = receiver.poll_timeout().filter(|due| *due <= until)
            {
                receiver.handle_timeout(due);
                // Its own reports were not captured; those of the real client were, perhaps.
                while receiver.poll_transmit(due).is_some() {}
                self.hear(client, due)?;
            }
        }
        Ok(())
    }

    /// Another session begins: what still waits of the last one is shown at its times.
    pub(super) fn drain(&mut self, client: usize, now: SimTime) -> Result<(), Full> {
        if let Some(receiver) = &mut self.listeners[client].receiver {
            receiver.handle_timeout(SimTime::NEVER);
        }
        self.hear(client, now)
    }

    fn hear(&mut self, client: usize, now: SimTime) -> Result<(), Full> {
        let node = self.stage.client(client);
        let delay = self.listeners[client].playout_delay;
        while let Some(receiver) = &mut self.listeners[client].receiver
            && let Some(event) = receiver.poll_event()
        {
            match event {
                ReceiverEvent::Picture(picture) => {
                    let record = record_of(node, &receiver.stats(now), delay, &picture);
                    self.draft.picture(record)?;
                }
                ReceiverEvent::Bye { .. } => {
                    self.draft.state(now, node, Change::Media { client: node, state: "ended" })?;
                }
                ReceiverEvent::Malformed { error, .. } => {
                    self.note(now, node, format!("A packet cannot be read: {error}."))?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}
