//! What the player receives.

use super::{BYE_PATIENCE, PlayerApp, REPLAY_AFTER};
use crate::app::HostIo;
use crate::app::shown::picture_record;
use crate::ids::MessageId;
use crate::tape::Change;
use protocol::random::Dice;
use protocol::rtp::jpeg::Form;
use protocol::rtp::receiver::MAX_PLAYOUT_DELAY;
use protocol::rtp::{Receiver, ReceiverConfig, ReceiverEvent};
use protocol::rtsp::State;
use protocol::rtsp::client::MediaPath;
use protocol::rtsp::sdp::RtpMap;
use std::net::SocketAddr;
use std::time::Duration;

impl PlayerApp {
    /// Gets ready for the packets of a track.
    pub(super) fn receive(&mut self, map: &RtpMap) {
        let mut dice = Dice::new(self.config.dice.u64(), "receiver");
        self.receiver = Some(Receiver::new(ReceiverConfig {
            clock_rate: map.clock_rate,
            payload_type: map.payload_type,
            form: if self.config.lab_dialect { Form::WholeFile } else { Form::Rfc2435 },
            cname: self.config.cname.clone(),
            ssrc: dice.u32(),
            playout_delay: self.config.playout_delay,
            epoch: self.config.epoch,
            dice,
        }));
    }

    /// A packet of a track. What this host publishes is reported on by RTCP.
    pub(super) fn packet(
        &mut self,
        io: &mut HostIo<'_>,
        track: usize,
        is_rtcp: bool,
        bytes: &[u8],
        tag: Option<MessageId>,
    ) {
        if !is_rtcp {
            self.silence_due = None;
        }
        if let Some(publisher) = &mut self.publisher {
            if is_rtcp {
                publisher.receive_rtcp(io.now, track, bytes);
            }
            return;
        }
        if let (Some(receiver), Some(tag), true) = (&mut self.receiver, tag, track == self.track) {
            if is_rtcp {
                receiver.receive_rtcp(io.now, bytes, tag);
            } else {
                receiver.receive_rtp(io.now, bytes, tag);
                self.bye_due = self.has_end.then(|| io.now + BYE_PATIENCE);
                if self.config.lab_dialect {
                    // No BYE tells the clip's end: silence does.
                    self.replay_at = Some(io.now + REPLAY_AFTER);
                }
            }
        }
    }

    /// Shows pictures so long after their first packet, from now on.
    pub(crate) fn set_playout_delay(&mut self, io: &mut HostIo<'_>, delay: Duration) -> Result<(), String> {
        if delay > MAX_PLAYOUT_DELAY {
            let most = MAX_PLAYOUT_DELAY.as_millis();
            return Err(format!("A picture can wait for at most {most} ms before it is shown."));
        }
        if delay != self.config.playout_delay {
            self.config.playout_delay = delay;
            let milliseconds = delay.as_micros() as f64 / 1000.0;
            io.note(format!(
                "The player shows each picture {milliseconds} ms after its first packet from now on."
            ));
            if let Some(receiver) = &mut self.receiver {
                receiver.set_playout_delay(io.now, delay);
            }
        }
        Ok(())
    }

    pub(super) fn receiver_events(&mut self, io: &mut HostIo<'_>) {
        let Some(receiver) = &mut self.receiver else { return };
        while let Some(event) = receiver.poll_event() {
            match event {
                ReceiverEvent::Picture(picture) => {
                    let record = picture_record(io, receiver, self.config.playout_delay, picture);
                    io.recorder.tape.push_picture(record);
                }
                ReceiverEvent::Bye { .. } => {
                    self.bye_due = None;
                    self.client.track_ended(io.now, self.track);
                    self.replay_at = Some(io.now + REPLAY_AFTER);
                    io.state(Change::Media { client: io.node, state: "ended" });
                }
                ReceiverEvent::Malformed { error, .. } => {
                    io.note(format!("The player could not read a packet: {error}."));
                }
                _ => {}
            }
        }
    }

    /// Nothing has come for long. While the session stands still nothing is missing.
    pub(super) fn miss_bye(&mut self, io: &mut HostIo<'_>) {
        self.bye_due = None;
        if self.client.state() != State::Playing {
            return;
        }
        io.note(format!(
            "Nothing has come for {} s: the player takes the clip for ended, and its BYE for lost.",
            BYE_PATIENCE.as_secs()
        ));
        self.client.track_ended(io.now, self.track);
        self.replay_at = Some(io.now + REPLAY_AFTER);
        io.state(Change::Media { client: io.node, state: "ended" });
    }

    pub(super) fn send_reports(&mut self, io: &mut HostIo<'_>) {
        let track = self.track;
        let (Some(receiver), Some(path)) = (&mut self.receiver, self.paths.get(&track).copied()) else {
            return;
        };
        while let Some(data) = receiver.poll_transmit(io.now) {
            match path {
                MediaPath::Udp { server, .. } => {
                    if let (Some((_, rtcp)), Some((_, to))) = (self.sockets.get(&track), server) {
                        io.send_datagram(*rtcp, SocketAddr::from((self.config.server.ip(), to)), data);
                    }
                }
                MediaPath::Multicast { group, rtcp: to, .. } => {
                    if let Some((_, rtcp)) = self.sockets.get(&track) {
                        io.send_datagram(*rtcp, SocketAddr::from((group, to)), data);
                    }
                }
                MediaPath::Tcp { rtcp, .. } => self.client.send_interleaved(rtcp, &data.bytes, data.what),
            }
        }
    }
}
