//! From the frames of a capture to everything that the tape tells of them, in one pass in the
//! order of time.
//!
//! | file | what it does |
//! |---|---|
//! | [`Builder`] | each frame: whose it is, what it carries |
//! | `stream` | TCP: streams, RTSP messages, packets in `$` frames |
//! | `media` | datagrams, receivers, pictures |
//! | `stage` | nodes and links |

mod media;
mod stage;
mod stream;

use super::draft::{Draft, Full};
use super::paths::Paths;
use super::play::{Fact, Foreign, MAX_NOTES};
use super::session::{Learnt, Session};
use super::who::Who;
use super::{Captured, Facts, counted};
use crate::ids::{FrameId, NodeId};
use crate::peek::{self, Net, Packet};
use crate::stack::{IpPacket, Part, Reassembled, Reassembler};
use crate::tape::{Carried, Change, FrameBytes, FrameCause, FrameRecord, MAX_TAPE_OCTETS, Outcome, Seen};
use bytes::Bytes;
use media::Listener;
use protocol::dissect::Fcs;
use protocol::rtsp::State;
use protocol::time::{Epoch, SimTime};
use protocol::wire::ipv4;
use stage::Stage;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use stream::Connection;

/// How long after the last frame pictures may still be shown.
const AFTERMATH: Duration = Duration::from_secs(2);

/// The shortest and longest time that a layer's work is drawn with.
const LAYER: std::ops::RangeInclusive<u64> = 100..=10_000;

/// Fragments of packets that are not whole, by addresses, protocol and identification.
type Waiting = BTreeMap<(IpAddr, IpAddr, u8, u32), Vec<u64>>;

/// Frames remembered of incomplete packets; beyond it they are forgotten, oldest addresses first.
const MAX_WAITING: usize = 4_096;

pub(super) struct Builder {
    pub draft: Draft,
    who: Who,
    stage: Stage,
    sessions: Vec<Session>,
    listeners: Vec<Listener>,
    paths: Paths,
    connections: BTreeMap<super::who::Pair, Connection>,
    next_connection: u32,
    reassembler: Reassembler,
    waiting: Waiting,
    facts: Vec<(SimTime, usize, Fact)>,
    notes: usize,
    counts: Counts,
}

/// What the whole capture is said to lack.
#[derive(Debug, Default)]
struct Counts {
    shown: usize,
    others: usize,
    cut: usize,
    gaps: usize,
    missing: u64,
    passed_over: u64,
}

/// How long a layer's work takes as drawn: so little that no answer begins before what it answers
/// has arrived. From one frame to the answering one it takes nine times that (a cable, four layers
/// up, four down).
pub(super) fn layer(turnaround: Option<u64>) -> Duration {
    let nanos = turnaround.map_or(*LAYER.end(), |gap| gap / 10);
    Duration::from_nanos(nanos.clamp(*LAYER.start(), *LAYER.end()))
}

impl Builder {
    pub fn new(who: Who, limit: usize, playout_delay: Duration) -> Self {
        let stage = Stage::new(&who);
        let clients = who.clients.len();
        let lab = |client: usize| who.connections.values().any(|(of, lab)| *of == client && *lab);
        Builder {
            draft: Draft::new(layer(who.turnaround), limit.min(MAX_TAPE_OCTETS)),
            sessions: (0..clients).map(|client| Session::new(client, lab(client))).collect(),
            listeners: (0..clients).map(|client| Listener::new(lab(client), playout_delay)).collect(),
            stage,
            who,
            paths: Paths::default(),
            connections: BTreeMap::new(),
            next_connection: 1,
            reassembler: Reassembler::default(),
            waiting: BTreeMap::new(),
            facts: Vec::new(),
            notes: 0,
            counts: Counts::default(),
        }
    }

    /// Reads all frames, or as many as the tape has room for, and makes the run of them; `None`
    /// where no message was found.
    pub fn run(mut self, frames: &[(SimTime, Captured)], mut facts: Facts, epoch: Epoch) -> Option<Foreign> {
        let mut last = SimTime::ZERO;
        let mut full = None;
        for (number, (at, frame)) in frames.iter().enumerate() {
            last = *at;
            if self.frame(*at, frame).is_err() {
                full = Some((number, *at));
                break;
            }
        }
        // What still waits is little; where the tape is full it is left out.
        let _ = self.finish(last);
        if let Some((number, at)) = full {
            facts.notes.push(format!(
                "The tape is full: of {} frames the first {number} are shown, {:.1} s.",
                frames.len(),
                at.as_secs_f64()
            ));
        }
        self.tell(&mut facts);
        facts.shown = self.counts.shown as u64;
        (!self.draft.messages.is_empty()).then(|| Foreign::new(self, facts, epoch))
    }

    fn finish(&mut self, last: SimTime) -> Result<(), Full> {
        self.finish_streams(last)?;
        self.listen(last + AFTERMATH)
    }

    /// One frame of the capture.
    fn frame(&mut self, at: SimTime, captured: &Captured) -> Result<(), Full> {
        self.listen(self.draft.handed_up(at))?;
        let octets = peek::without_fcs(&captured.bytes, captured.fcs);
        let Some(peek) = peek::frame(&octets) else {
            self.counts.others += 1;
            return Ok(());
        };
        let is_shown = match &peek.net {
            _ if captured.is_damaged() => self.damaged(at, captured, &peek.net)?,
            Net::Arp { request, sender, target } => {
                let carried = Carried::Arp { request: *request, target: *target };
                self.plain(at, captured, ((*sender).into(), (*target).into()), carried, 2)?
            }
            Net::Ip(packet) => self.packet(at, captured, &octets, packet)?,
            Net::Other => false,
        };
        if is_shown {
            if let Net::Ip(Packet { from: ip, .. }) = &peek.net {
                self.stage.seen(*ip, peek.source);
            }
            self.counts.shown += 1;
            self.counts.cut += usize::from((captured.bytes.len() as u64) < u64::from(captured.original));
        } else {
            self.counts.others += 1;
        }
        Ok(())
    }

    /// An IP packet; answers whether it is shown.
    fn packet(
        &mut self,
        at: SimTime,
        captured: &Captured,
        octets: &Bytes,
        packet: &Packet,
    ) -> Result<bool, Full> {
        if packet.fragment.is_some() {
            return self.fragment(at, captured, octets, packet);
        }
        let start = packet.payload.start;
        let payload = octets.slice(packet.payload.clone());
        let ends = (packet.from, packet.to);
        match peek::carried(packet.protocol, &payload, packet.length) {
            peek::Carried::Tcp(segment) => {
                let data = payload.slice(segment.payload.clone());
                self.segment((at, start + segment.payload.start), captured, ends, &segment, data)
            }
            peek::Carried::Udp { src, dst, payload: range, length } => {
                let ends = (SocketAddr::new(packet.from, src), SocketAddr::new(packet.to, dst));
                let place = start + range.start..start + range.end;
                self.datagram(at, captured, ends, &payload.slice(range), length, Some(place))
            }
            peek::Carried::Icmp { icmp_type, code } => {
                let v6 = packet.from.is_ipv6();
                self.plain(at, captured, ends, Carried::Icmp { icmp_type, code, v6 }, 3)
            }
            peek::Carried::Igmp { igmp_type, group } => {
                self.plain(at, captured, ends, Carried::Igmp { igmp_type, group }, 3)
            }
            peek::Carried::Discovery { icmp_type, target } => {
                self.plain(at, captured, ends, Carried::Discovery { icmp_type, target }, 3)
            }
            peek::Carried::Other => Ok(false),
        }
    }

    /// A part of a packet: its frame is shown, and with the last part the datagram is read.
    fn fragment(
        &mut self,
        at: SimTime,
        captured: &Captured,
        octets: &Bytes,
        packet: &Packet,
    ) -> Result<bool, Full> {
        let Some(fragment) = packet.fragment else { return Ok(false) };
        if packet.protocol != ipv4::UDP || packet.payload.len() < packet.length {
            return self.plain(at, captured, (packet.from, packet.to), Carried::Other, 3);
        }
        let part = Part { identification: fragment.id, offset: fragment.offset, more: fragment.more };
        let piece = IpPacket {
            source: packet.from,
            destination: packet.to,
            protocol: packet.protocol,
            ttl: 0,
            payload: &octets[packet.payload.clone()],
            whole: &[],
            part: Some(part),
            frame: None,
        };
        let outcome = self.reassembler.insert(at, &piece, part);
        let frame = self.draft.frames.len() as u64;
        let key = (packet.from, packet.to, packet.protocol, fragment.id);
        let Reassembled::Whole(datagram, _) = outcome else {
            let shown = self.plain(at, captured, (packet.from, packet.to), Carried::Other, 3)?;
            if shown {
                if self.waiting.len() >= MAX_WAITING {
                    self.waiting.clear();
                }
                let frames = self.waiting.entry(key).or_default();
                // A packet has not more parts than this, so that older ones are of one before it.
                if frames.len() * ipv4::FRAGMENT_UNIT >= ipv4::MAX_PACKET {
                    frames.clear();
                }
                frames.push(frame);
            }
            return Ok(shown);
        };
        let earlier = self.waiting.remove(&key).unwrap_or_default();
        let datagram = Bytes::from(datagram);
        let peek::Carried::Udp { src, dst, payload, length } =
            peek::carried(packet.protocol, &datagram, datagram.len())
        else {
            return self.plain(at, captured, (packet.from, packet.to), Carried::Other, 3);
        };
        let ends = (SocketAddr::new(packet.from, src), SocketAddr::new(packet.to, dst));
        let shown = self.datagram(at, captured, ends, &datagram.slice(payload), length, None)?;
        if let Some(carried) = self.draft.frames.get(frame as usize).map(|frame| frame.carried.clone()) {
            for part in earlier {
                if let Some(record) = self.draft.frames.get_mut(part as usize) {
                    record.carried = carried.clone();
                }
            }
        }
        Ok(shown)
    }

    /// A frame whose FCS tells that its octets are not those that were sent: nobody takes it.
    fn damaged(&mut self, at: SimTime, captured: &Captured, net: &Net) -> Result<bool, Full> {
        let Net::Ip(packet) = net else { return Ok(false) };
        let Some((node, mut ways)) = self.stage.between(packet.from, packet.to, 2) else { return Ok(false) };
        ways.iter_mut().for_each(|way| way.2 = Outcome::Dropped { reason: "badFcs" });
        self.push(at, captured, node, Carried::Other, Seen::Frame, &ways)?;
        Ok(true)
    }

    /// A frame without a message, between hosts of which one takes part; answers whether there is
    /// one.
    fn plain(
        &mut self,
        at: SimTime,
        captured: &Captured,
        (from, to): (IpAddr, IpAddr),
        carried: Carried,
        layer: u8,
    ) -> Result<bool, Full> {
        let Some((node, ways)) = self.stage.between(from, to, layer) else { return Ok(false) };
        self.push(at, captured, node, carried, Seen::Frame, &ways)?;
        Ok(true)
    }

    /// Writes a frame down.
    fn push(
        &mut self,
        at: SimTime,
        captured: &Captured,
        node: NodeId,
        carried: Carried,
        seen: Seen,
        ways: &[(crate::ids::LinkId, NodeId, Outcome)],
    ) -> Result<(), Full> {
        let fcs = if captured.fcs { Fcs::Present } else { Fcs::Absent };
        let record = FrameRecord {
            at,
            node,
            parent: None,
            length: captured.original,
            carried,
            cause: FrameCause::Captured { seen },
            bytes: FrameBytes::Captured { bytes: captured.bytes.clone(), fcs },
        };
        self.draft.frame(at, record, ways)
    }

    /// What an RTSP message taught, when the client or the server had it.
    fn learn(&mut self, client: usize, at: SimTime, learnt: Vec<Learnt>, message: usize) -> Result<(), Full> {
        let node = self.stage.client(client);
        for one in learnt {
            match one {
                Learnt::Answers(request, method) => self.answers(message, request, &method),
                Learnt::State(state) => {
                    let state = state_name(state);
                    self.draft.state(at, node, Change::Rtsp { client: node, state })?;
                    self.facts.push((at, client, Fact::State(state)));
                }
                Learnt::Media(state) => self.draft.state(at, node, Change::Media { client: node, state })?,
                Learnt::Path(path) => self.paths.add(path),
                Learnt::Transport(word) => self.facts.push((at, client, Fact::Transport(word))),
                Learnt::Show { map, .. } => {
                    self.drain(client, at)?;
                    self.listeners[client].start(&map);
                }
                Learnt::Restart => self.listeners[client].restart(),
                Learnt::Url(url) => self.facts.push((at, client, Fact::Url(url))),
                Learnt::Name(name) => self.facts.push((at, client, Fact::Name(name))),
                Learnt::Note(text) => self.note(at, node, text)?,
            }
        }
        Ok(())
    }

    fn note(&mut self, at: SimTime, node: NodeId, text: String) -> Result<(), Full> {
        if self.notes >= MAX_NOTES {
            return Ok(());
        }
        self.notes += 1;
        self.draft.state(at, node, Change::Note { text })
    }

    /// What is to be known of the whole capture, in words.
    fn tell(&self, facts: &mut Facts) {
        let Counts { others, cut, gaps, missing, passed_over, .. } = self.counts;
        let mut say = |text: String| facts.notes.push(text);
        if others > 0 {
            say(format!("Left out: {} of other conversations in the file.", counted(others as u64, "frame")));
        }
        if cut > 0 {
            say(format!(
                "Cut: {}, of which the capture kept only the first octets; packets in them cannot be put \
                 together. Capture whole frames (tcpdump -s 0).",
                counted(cut as u64, "frame")
            ));
        }
        if gaps > 0 {
            say(format!(
                "Missing: {} of RTSP connections, in {}; reading goes on behind each where a message begins.",
                counted(missing, "octet"),
                counted(gaps as u64, "place")
            ));
        }
        if passed_over > 0 {
            say(format!(
                "Passed over: {} of RTSP connections, since it cannot be known which message they belong to.",
                counted(passed_over, "octet")
            ));
        }
        if !self.who.others.is_empty() {
            let others: Vec<_> = self.who.others.iter().take(4).map(IpAddr::to_string).collect();
            say(format!(
                "The file also has RTSP with {}; shown is the first server, {}.",
                others.join(", "),
                self.who.server
            ));
        }
        if !self.who.left_out.is_empty() {
            say(format!("More than {} clients: the further ones are left out.", super::MAX_CLIENTS));
        }
    }

    /// The run's parts, once everything has been read.
    pub fn into_parts(self) -> super::play::Parts {
        let (layer_delay, octets) = (layer(self.who.turnaround), self.draft.octets());
        let (nodes, links) = self.stage.into_parts();
        let clients = self.who.clients.iter().map(|client| client.first).collect();
        super::play::Parts {
            script: self.draft.finish(),
            nodes,
            links,
            clients,
            ports: self.who.ports,
            facts: self.facts,
            layer_delay,
            octets,
        }
    }
}

fn state_name(state: State) -> &'static str {
    match state {
        State::Init => "Init",
        State::Ready => "Ready",
        State::Playing => "Playing",
        State::Recording => "Recording",
    }
}

/// A frame's number as an identifier.
fn id(frame: u64) -> FrameId {
    FrameId(frame)
}
