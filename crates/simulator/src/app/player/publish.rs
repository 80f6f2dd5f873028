//! What the player sends, when it publishes a clip: a camera's part.

use super::PlayerApp;
use crate::app::HostIo;
use protocol::media::Clip;
use protocol::message::{Outgoing, What};
use protocol::random::Dice;
use protocol::rtp::jpeg::Form;
use protocol::rtp::sender::{DEFAULT_MAX_PACKET, PAYLOAD_TYPE_JPEG};
use protocol::rtp::{Sender, SenderConfig, SenderEvent};
use protocol::rtsp::ClientRequest;
use protocol::rtsp::client::MediaPath;
use protocol::rtsp::interleave::{Passage, PictureGate};
use protocol::rtsp::sdp::{Media, Sdp};
use protocol::rtsp::url::percent_encode;
use protocol::time::SimTime;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Octets of pictures that may wait in front of the connection's buffer, as at the server.
const MAX_WAITING_MEDIA: usize = 256 * 1024;

/// How long a sender is left alone that says it is due but has nothing.
const IDLE_SENDER: Duration = Duration::from_millis(1);

/// The longest name under which something is published.
const MAX_NAME: usize = 128;

#[derive(Clone, Debug)]
pub(super) struct Publisher {
    url: String,
    clip: Arc<dyn Clip>,
    /// One for each track that RECORD has started.
    senders: BTreeMap<usize, Track>,
}

#[derive(Clone, Debug)]
struct Track {
    sender: Sender,
    gate: PictureGate,
    idle_until: SimTime,
}

impl Publisher {
    /// The URL under which others find it.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn poll_timeout(&self) -> Option<SimTime> {
        let due = |track: &Track| track.sender.poll_timeout().map(|at| at.max(track.idle_until));
        self.senders.values().filter_map(due).min()
    }

    pub(super) fn receive_rtcp(&mut self, now: SimTime, track: usize, bytes: &[u8]) {
        if let Some(track) = self.senders.get_mut(&track) {
            track.sender.receive_rtcp(now, bytes);
        }
    }
}

impl PlayerApp {
    /// Publishes the clip under a name: the first request of a person who does it step by step.
    pub(crate) fn announce(&mut self, io: &mut HostIo<'_>, name: Option<&str>) -> Result<(), String> {
        if let Err(reason) = self.allowed().announce {
            return Err(reason.to_string());
        }
        let name = name.map_or_else(|| self.own_name(), str::to_owned);
        let announce =
            self.prepare(&name)?.into_iter().find(|step| matches!(step, ClientRequest::Announce { .. }));
        let asked = announce.map_or(Ok(()), |announce| self.request(io, announce));
        if asked.is_err() {
            self.publisher = None;
        }
        asked
    }

    /// A name that is this host's own.
    fn own_name(&self) -> String {
        self.config.publish.clone().unwrap_or_else(|| "live".to_owned())
    }

    /// Gets ready to publish, and answers the way there.
    pub(super) fn prepare(&mut self, name: &str) -> Result<VecDeque<ClientRequest>, String> {
        let name = name.trim().trim_matches('/');
        if name.is_empty() || name.len() > MAX_NAME || name.contains(char::is_control) {
            return Err(format!(
                "A name of 1 to {MAX_NAME} characters is needed to publish under, such as live."
            ));
        }
        let Some(clip) = self.config.catalogue.get(&self.config.clip) else {
            return Err(format!("There is no clip {} to publish.", self.config.clip));
        };
        if let Some(publisher) =
            self.config.publisher.as_ref().filter(|_| self.config.server.ip() == self.config.home)
        {
            self.client.log_in_as(publisher.clone());
        }
        let url = format!("{}/{}", self.place(), percent_encode(name));
        let tracks = clip.tracks().len();
        let identifier = self.config.epoch.ntp(SimTime::ZERO).0 >> 32;
        let control = |track: usize| format!("streamid={track}");
        let sdp = Sdp {
            origin: format!("- {identifier} 1 IN IP4 0.0.0.0"),
            name: name.to_owned(),
            connection: Some("IN IP4 0.0.0.0".to_owned()),
            tool: Some(concat!("Layercast/", env!("CARGO_PKG_VERSION")).to_owned()),
            control: Some("*".to_owned()),
            duration: None,
            media: clip.tracks().iter().enumerate().map(|(n, track)| Media::of(track, control(n))).collect(),
        };
        self.publisher =
            Some(Publisher { url: url.clone(), clip: Arc::clone(clip), senders: BTreeMap::new() });
        let mut steps =
            VecDeque::from([ClientRequest::Options, ClientRequest::Announce { url, sdp: Box::new(sdp) }]);
        steps.extend((0..tracks).map(|track| ClientRequest::Setup { track }));
        steps.push_back(ClientRequest::Record);
        Ok(steps)
    }

    /// The server takes what is sent from now on.
    pub(super) fn record(&mut self, io: &mut HostIo<'_>) {
        let Some(publisher) = &mut self.publisher else { return };
        for track in self.paths.keys().copied() {
            let clip = &publisher.clip;
            let entry = publisher.senders.entry(track).or_insert_with(|| {
                let mut dice = Dice::new(self.config.dice.u64(), "sender");
                Track {
                    sender: Sender::new(SenderConfig {
                        clip: Arc::clone(clip),
                        track,
                        ssrc: dice.u32(),
                        payload_type: PAYLOAD_TYPE_JPEG,
                        first_sequence: dice.u16(),
                        first_timestamp: dice.u32(),
                        cname: self.config.cname.clone(),
                        max_packet: DEFAULT_MAX_PACKET,
                        form: Form::Rfc2435,
                        epoch: self.config.epoch,
                        dice,
                    }),
                    gate: PictureGate::default(),
                    idle_until: SimTime::ZERO,
                }
            });
            let from = entry.sender.position(io.now);
            entry.sender.play(io.now, from, Some(until(&**clip)));
        }
    }

    /// PAUSE was answered.
    pub(super) fn stop_sending(&mut self, io: &mut HostIo<'_>) {
        for track in self.publisher.iter_mut().flat_map(|publisher| publisher.senders.values_mut()) {
            track.sender.pause(io.now);
        }
    }

    /// Its sources leave (RFC 3550 section 6.3.7).
    pub(super) fn say_bye(&mut self, io: &mut HostIo<'_>) {
        let Some(mut publisher) = self.publisher.take() else { return };
        for (number, track) in &mut publisher.senders {
            if let Some(bye) = track.sender.bye(io.now) {
                self.send_packet(io, *number, bye);
            }
        }
        self.publisher = Some(publisher);
    }

    /// Sends what is due. A camera never comes to an end: behind the last picture it goes on
    /// with the first, without a gap in its sequence numbers and times.
    pub(super) fn send_media(&mut self, io: &mut HostIo<'_>) {
        let Some(mut publisher) = self.publisher.take() else { return };
        for (number, track) in &mut publisher.senders {
            while track.sender.poll_timeout().is_some_and(|at| at.max(track.idle_until) <= io.now) {
                let packet = track.sender.poll_transmit(io.now);
                while let Some(event) = track.sender.poll_event() {
                    if let SenderEvent::RangeEnded { .. } = event {
                        track.sender.play(io.now, Duration::ZERO, Some(until(&*publisher.clip)));
                    }
                }
                let Some(packet) = packet else {
                    track.idle_until = io.now + IDLE_SENDER;
                    break;
                };
                let waiting = self.outbox.len();
                match track.gate.check(&packet.what, waiting, DEFAULT_MAX_PACKET, MAX_WAITING_MEDIA) {
                    Passage::Send => self.send_packet(io, *number, packet),
                    Passage::Drop => {}
                    Passage::DropPicture { picture, total } => io.note(format!(
                        "Picture {picture} was not sent, since the server reads its connection too slowly; {total} so far."
                    )),
                }
            }
        }
        self.publisher = Some(publisher);
    }

    fn send_packet(&mut self, io: &mut HostIo<'_>, track: usize, packet: Outgoing) {
        let is_rtcp = matches!(packet.what, What::Rtcp { .. });
        match self.paths.get(&track) {
            Some(MediaPath::Udp { server: Some((to_rtp, to_rtcp)), .. }) => {
                let Some((rtp, rtcp)) = self.sockets.get(&track) else { return };
                let (socket, port) = if is_rtcp { (rtcp, to_rtcp) } else { (rtp, to_rtp) };
                io.send_datagram(*socket, SocketAddr::from((self.config.server.ip(), *port)), packet);
            }
            Some(MediaPath::Tcp { rtp, rtcp }) => {
                let channel = if is_rtcp { *rtcp } else { *rtp };
                self.client.send_interleaved(channel, &packet.bytes, packet.what);
                self.send_requests(io);
            }
            _ => {}
        }
    }
}

/// Just before the clip's end, so that a sender comes to the end of a range and not of its clip.
fn until(clip: &dyn Clip) -> Duration {
    clip.duration().saturating_sub(Duration::from_nanos(1))
}
