//! Packets out of the senders, RTCP into them.

use super::connection::StreamKey;
use super::session::{Feed, Path, Relay};
use super::{Limits, Server, ServerEvent, ServerOutput};
use crate::message::{Outgoing, What};
use crate::rtp::SenderEvent;
use crate::rtp::rtcp::{self, ReportBlock, RtcpPacket};
use crate::rtsp::interleave::{Passage, framed};
use crate::rtsp::reader::{FRAME_HEADER, MAX_FRAME};
use crate::time::SimTime;
use std::net::SocketAddr;
use std::time::Duration;

/// How long a sender is left alone that says it is due but has nothing.
pub(super) const IDLE_SENDER: Duration = Duration::from_millis(1);

impl Server {
    /// Lets one sender that is due do one thing; `false` when none is due.
    pub(super) fn poll_senders(&mut self, now: SimTime) -> bool {
        let Some(key) = self.senders.due(now) else { return false };
        if self.poll_group(now, key) {
            return true;
        }
        let stream = self.sessions.get_mut(&key.0).and_then(|session| session.streams.get_mut(&key.1));
        let Some(stream) = stream else {
            self.senders.set(key, None);
            return true;
        };
        let Some(sender) = stream.sender() else {
            if !self.poll_report(now, key) {
                self.senders.set(key, None);
            }
            return true;
        };
        let packet = sender.poll_transmit(now);
        let has_events = sender.has_events();
        let next = sender.poll_timeout();
        let next = if packet.is_some() { next } else { next.map(|at| at.max(now + IDLE_SENDER)) };
        self.senders.set(key, next);
        if let Some(packet) = packet {
            self.route(key, packet);
        }
        if has_events {
            self.sender_events(key);
        }
        true
    }

    /// What a sender has to tell.
    fn sender_events(&mut self, key: StreamKey) {
        let Some(session) = self.sessions.get_mut(&key.0) else { return };
        let Some(stream) = session.streams.get_mut(&key.1) else { return };
        let mut ended = None;
        while let Some(event) = stream.sender().and_then(|sender| sender.poll_event()) {
            match event {
                SenderEvent::RangeEnded { at } => ended = Some(at),
                // The clip is over: the next PLAY without Range begins anew.
                SenderEvent::Ended => ended = Some(Duration::ZERO),
                SenderEvent::ReceiverLeft { .. } => {}
            }
        }
        if let Some(at) = ended {
            self.track_ended(key, at);
        }
    }

    /// Sends a packet on its track's way.
    pub(super) fn route(&mut self, key: StreamKey, packet: Outgoing) {
        let stream = self.sessions.get_mut(&key.0).and_then(|session| session.streams.get_mut(&key.1));
        let Some(stream) = stream else { return };
        let is_rtcp = matches!(packet.what, What::Rtcp { .. });
        if let (Feed::Relay(relay), What::Rtp(summary), Path::Tcp { conn, .. }) =
            (&mut stream.feed, &packet.what, stream.path)
        {
            let Some(connection) = self.connections.get(&conn) else { return };
            let octets = packet.bytes.len() + FRAME_HEADER;
            if relay.is_dropped(summary.timestamp, connection.waiting_frames() + octets, &self.config.limits)
            {
                if relay.begins_to_drop(summary.timestamp) {
                    stream.dropped += 1;
                    let total = stream.dropped;
                    self.tell_relay_dropped(key, total);
                }
                return;
            }
        }
        if let (Feed::Relay(relay), What::Rtp(_)) = (&mut stream.feed, &packet.what) {
            relay.packets = relay.packets.wrapping_add(1);
        }
        match stream.path {
            Path::Udp { rtp, rtcp } => {
                let port = self.config.rtp_port;
                let (from_port, to) = if is_rtcp { (port.wrapping_add(1), rtcp) } else { (port, rtp) };
                self.outputs.push_back(ServerOutput::Datagram { from_port, to, data: packet });
            }
            Path::Tcp { conn, rtp, rtcp } => {
                let Some(connection) = self.connections.get_mut(&conn) else { return };
                if connection.closing_since.is_some() || packet.bytes.len() > MAX_FRAME {
                    return;
                }
                let max_packet = self.config.max_packet.max(packet.bytes.len());
                let (waiting, limit) = (connection.waiting_frames(), self.config.limits.waiting_frames);
                match stream.gate.check(&packet.what, waiting, max_packet, limit) {
                    Passage::Send => {}
                    Passage::Drop => return,
                    Passage::DropPicture { picture, total } => return self.tell_dropped(key, picture, total),
                }
                let channel = if is_rtcp { rtcp } else { rtp };
                let data = Outgoing { bytes: framed(channel, &packet.bytes), what: packet.what };
                connection.send(data, true, &mut self.outputs);
            }
            Path::Group { number } => self.send_to_group(number, key.1, packet),
        }
    }

    fn tell_relay_dropped(&mut self, key: StreamKey, total: u64) {
        if let Some(session) = self.sessions.get(&key.0) {
            let session = session.id.clone();
            self.event(ServerEvent::RelayDropped { session, track: key.1, total });
        }
    }

    fn tell_dropped(&mut self, key: StreamKey, picture: u32, total: u64) {
        if let Some(session) = self.sessions.get(&key.0) {
            let session = session.id.clone();
            self.event(ServerEvent::PictureDropped { session, track: key.1, picture, total });
        }
    }

    /// RTCP over UDP: whose it is follows from where it comes from or, when the client's
    /// router has changed its port, from the source that it reports on.
    pub(super) fn rtcp_datagram(&mut self, now: SimTime, from: SocketAddr, bytes: &[u8]) {
        if let Some(key) = self.udp_peers.get(&from).copied() {
            return self.rtcp(now, key, bytes);
        }
        let blocks = report_blocks(bytes);
        let found = self.sessions.iter().filter(|(_, session)| session.peer == from.ip()).find_map(
            |(number, session)| {
                let track = session.streams.iter().find(|(_, stream)| {
                    matches!(stream.path, Path::Udp { .. } | Path::Group { .. })
                        && blocks.iter().any(|block| Some(block.ssrc) == stream.ssrc)
                });
                track.map(|(track, _)| (*number, *track))
            },
        );
        let Some(key) = found else { return };
        let stream = self.sessions.get(&key.0).and_then(|session| session.streams.get(&key.1));
        match stream.map(|stream| stream.path) {
            // A member may report to the server alone (RFC 3550 section 2.1 sends to all).
            Some(Path::Group { number }) => self.group_rtcp(now, (number, key.1), from.ip(), bytes),
            _ => self.rtcp(now, key, bytes),
        }
    }

    /// RTCP for a track. Only what can be read is a sign of life.
    pub(super) fn rtcp(&mut self, now: SimTime, key: StreamKey, bytes: &[u8]) {
        let stream = self.sessions.get_mut(&key.0).and_then(|session| session.streams.get_mut(&key.1));
        let Some(stream) = stream else { return };
        match &mut stream.feed {
            Feed::Clip(sender) => {
                sender.receive_rtcp(now, bytes);
                self.senders.set(key, sender.poll_timeout());
            }
            Feed::Shared(shared) => {
                let blocks = report_blocks(bytes);
                let own = blocks.iter().find(|block| Some(block.ssrc) == stream.ssrc);
                shared.last_report = own.copied().or(shared.last_report);
            }
            // A reader's reports are about the publisher's source, whatever it is.
            Feed::Relay(relay) => {
                let report = report_blocks(bytes).first().copied();
                relay.last_report = report.or(relay.last_report);
                stream.ssrc = report.map(|block| block.ssrc).or(stream.ssrc);
            }
            Feed::Incoming(_) => return,
        }
        if rtcp::parse(bytes).is_err() {
            return;
        }
        let ssrc = stream.ssrc;
        self.mark_alive(now, key.0);
        let Some(session) = self.sessions.get(&key.0) else { return };
        let round_trip =
            session.streams.get(&key.1).and_then(|stream| self.stats_of(key.1, stream).round_trip);
        let id = session.id.clone();
        for block in report_blocks(bytes).into_iter().filter(|block| Some(block.ssrc) == ssrc) {
            self.event(ServerEvent::Report {
                session: id.clone(),
                track: key.1,
                fraction_lost: block.fraction_lost,
                lost: block.cumulative_lost,
                jitter: block.jitter,
                round_trip,
            });
        }
    }
}

impl Relay {
    /// Whether a packet is left out for a slow reader, with `waiting` octets in its queue
    /// then. What has a new timestamp is begun with at most half of the limit in the queue, so
    /// that it can mostly be finished; what does not fit at all takes the rest of its
    /// timestamp with it.
    fn is_dropped(&mut self, timestamp: u32, waiting: usize, limits: &Limits) -> bool {
        if self.dropping == Some(timestamp) {
            return true;
        }
        let is_new = self.timestamp != Some(timestamp);
        let room = if is_new { limits.waiting_frames / 2 } else { limits.waiting_frames };
        if waiting > room {
            return true;
        }
        self.timestamp = Some(timestamp);
        self.dropping = None;
        false
    }

    /// Takes note that this timestamp is being left out; `false` when that is known.
    fn begins_to_drop(&mut self, timestamp: u32) -> bool {
        self.dropping.replace(timestamp) != Some(timestamp)
    }
}

/// The report blocks of a compound packet; none when it cannot be read.
fn report_blocks(bytes: &[u8]) -> Vec<ReportBlock> {
    let packets = rtcp::parse(bytes).map(|compound| compound.packets).unwrap_or_default();
    packets
        .into_iter()
        .flat_map(|packet| match packet {
            RtcpPacket::SenderReport(report) => report.blocks,
            RtcpPacket::ReceiverReport(report) => report.blocks,
            _ => Vec::new(),
        })
        .collect()
}
