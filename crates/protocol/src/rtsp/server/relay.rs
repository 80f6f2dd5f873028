//! What publishers send goes on to those who read it, octet by octet.

use super::Server;
use super::ServerEvent;
use super::connection::StreamKey;
use super::session::Feed;
use crate::message::{Outgoing, RtpSummary, What};
use crate::rtp::RtpPacket;
use crate::rtp::rtcp::{
    self, Bye, Compound, ReceiverReport, RtcpPacket, SdesChunk, SdesItem, SourceDescription,
};
use crate::time::SimTime;
use bytes::Bytes;
use std::net::SocketAddr;

/// The most sources of one published track that are told apart.
pub const MAX_SOURCES: usize = 8;

/// The largest RTP or RTCP packet that is relayed: what a UDP datagram over IPv4 can hold.
pub const MAX_RELAYED: usize = 65_507;

impl Server {
    /// A datagram from a publisher; `false` when it is from none. Whose it is follows from
    /// where it comes from or, when the publisher's router has changed its port, from its
    /// source.
    pub(super) fn published_datagram(
        &mut self,
        now: SimTime,
        from: SocketAddr,
        is_rtcp: bool,
        bytes: &[u8],
    ) -> bool {
        let known = self.udp_publishers.get(&from).filter(|(_, rtcp)| *rtcp == is_rtcp).map(|(key, _)| *key);
        let Some(key) = known.or_else(|| self.publisher_by_source(from, is_rtcp, bytes)) else {
            return false;
        };
        self.published(now, key, is_rtcp, &Bytes::copy_from_slice(bytes));
        true
    }

    fn publisher_by_source(&self, from: SocketAddr, is_rtcp: bool, bytes: &[u8]) -> Option<StreamKey> {
        let at = if is_rtcp { 4 } else { 8 };
        let source = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?);
        self.publications.values().find_map(|publication| {
            let number = publication.session?;
            let session = self.sessions.get(&number).filter(|session| session.peer == from.ip())?;
            let has_it = |feed: &Feed| matches!(feed, Feed::Incoming(own) if own.sources.contains(&source));
            session.streams.iter().find(|(_, stream)| has_it(&stream.feed)).map(|(track, _)| (number, *track))
        })
    }

    /// A packet of a published track.
    pub(super) fn published(&mut self, now: SimTime, key: StreamKey, is_rtcp: bool, bytes: &Bytes) {
        let Some(session) = self.sessions.get_mut(&key.0) else { return };
        let Some(stream) = session.streams.get_mut(&key.1) else { return };
        let clock_rate = stream.clock_rate;
        let Feed::Incoming(incoming) = &mut stream.feed else { return };
        if !stream.playing || bytes.len() > MAX_RELAYED {
            return;
        }
        let what = if is_rtcp {
            let Ok(compound) = rtcp::parse(bytes) else { return };
            incoming.learn_name(&compound);
            incoming.hear(now, &compound);
            What::Rtcp { types: compound.types() }
        } else {
            let Ok(packet) = RtpPacket::parse(bytes) else { return };
            if incoming.sources.len() < MAX_SOURCES {
                incoming.sources.insert(packet.header.ssrc);
            }
            incoming.packets += 1;
            incoming.count(now, &packet.header, clock_rate);
            What::Rtp(RtpSummary {
                sequence: packet.header.sequence,
                timestamp: packet.header.timestamp,
                ssrc: packet.header.ssrc,
                marker: packet.header.marker,
                payload_type: packet.header.payload_type,
                picture: None,
            })
        };
        // Media is a sign of life; the agenda is looked at when the old moment has come.
        session.alive = now;
        self.relay(&self.readers_of(key), &Outgoing { bytes: bytes.clone(), what });
    }

    /// The tracks of other sessions to which a published track goes now.
    fn readers_of(&self, key: StreamKey) -> Vec<StreamKey> {
        let name = self.sessions.get(&key.0).map(|session| &session.name);
        let Some(publication) = name.and_then(|name| self.publications.get(name)) else { return Vec::new() };
        let is_reading = |reader: &&StreamKey| {
            let stream = self.sessions.get(&reader.0).and_then(|session| session.streams.get(&reader.1));
            reader.1 == key.1 && stream.is_some_and(|stream| stream.playing)
        };
        publication.readers.iter().filter(is_reading).copied().collect()
    }

    /// A published track is over: its readers are told (RFC 3550 section 6.6).
    pub(super) fn say_bye_to_readers(&mut self, key: StreamKey) {
        let stream = self.sessions.get(&key.0).and_then(|session| session.streams.get(&key.1));
        let Some(Feed::Incoming(incoming)) = stream.map(|stream| &stream.feed) else { return };
        let bye = incoming.bye();
        let readers = self.readers_of(key);
        if let Some(bye) = &bye {
            self.relay(&readers, bye);
        }
        for reader in readers {
            let Some(session) = self.sessions.get_mut(&reader.0) else { continue };
            if let Some(stream) = session.streams.get_mut(&reader.1) {
                stream.playing = false;
            }
            session.ended_by_itself = true;
            let session = session.id.clone();
            self.event(ServerEvent::TrackEnded { session, track: reader.1 });
            self.update_state(reader.0);
        }
    }
}

impl super::session::Incoming {
    /// Keeps the name that the publisher gives its source.
    fn learn_name(&mut self, compound: &Compound) {
        let names = compound.packets.iter().filter_map(|packet| match packet {
            RtcpPacket::SourceDescription(description) => Some(&description.chunks),
            _ => None,
        });
        let mut items = names.flatten().flat_map(|chunk| &chunk.items);
        if let Some(item) = items.rfind(|item| item.kind == rtcp::CNAME) {
            self.cname = item.text.clone();
        }
    }

    /// The compound that says for the publisher that its sources leave; `None` when none was
    /// heard.
    fn bye(&self) -> Option<Outgoing> {
        let sources: Vec<u32> = self.sources.iter().copied().collect();
        let ssrc = *sources.first()?;
        let item = SdesItem { kind: rtcp::CNAME, text: self.cname.clone() };
        let chunks = vec![SdesChunk { ssrc, items: vec![item] }];
        let compound = Compound {
            packets: vec![
                RtcpPacket::ReceiverReport(ReceiverReport { ssrc, blocks: Vec::new() }),
                RtcpPacket::SourceDescription(SourceDescription { chunks }),
                RtcpPacket::Bye(Bye { sources, reason: None }),
            ],
        };
        Some(Outgoing { bytes: compound.to_bytes(), what: What::Rtcp { types: compound.types() } })
    }
}
