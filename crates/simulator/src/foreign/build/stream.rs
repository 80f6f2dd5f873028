//! TCP connections that carry RTSP.

use super::super::draft::Full;
use super::super::half::{At, Half, Run, Told};
use super::super::handshake::{End, Handshake};
use super::super::talk::{Read, Talk};
use super::super::who::Pair;
use super::super::{Captured, naming};
use super::{Builder, id};
use crate::ids::{ConnectionId, Direction, NodeId};
use crate::peek::Segment;
use crate::tape::{Carried, Change, MessageBytes, MessageRecord, MessageTransport, Outcome, Seen};
use bytes::Bytes;
use protocol::message::What;
use protocol::rtsp::Method;
use protocol::rtsp::reader::ItemKind;
use protocol::time::SimTime;
use protocol::wire::tcp::TcpFlags;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

/// A connection: from the client, from the server.
#[derive(Debug)]
pub struct Connection {
    id: ConnectionId,
    client: usize,
    lab: bool,
    halves: [Half; 2],
    talks: [Option<Talk>; 2],
    handshake: Handshake,
}

impl Connection {
    fn new(id: ConnectionId, client: usize, lab: bool) -> Self {
        Connection {
            id,
            client,
            lab,
            halves: Default::default(),
            talks: [None, None],
            handshake: Handshake::default(),
        }
    }
}

const DIRECTIONS: [Direction; 2] = [Direction::FromOpener, Direction::FromAcceptor];

impl Builder {
    /// A TCP segment whose data lies in its frame from `place` on; answers whether it is shown.
    pub(super) fn segment(
        &mut self,
        (at, place): (SimTime, usize),
        captured: &Captured,
        (from, to): (IpAddr, IpAddr),
        segment: &Segment,
        data: Bytes,
    ) -> Result<bool, Full> {
        let (from, to) = (SocketAddr::new(from, segment.src), SocketAddr::new(to, segment.dst));
        let known = [(from, to), (to, from)].into_iter().find(|pair| self.who.connections.contains_key(pair));
        let Some(pair) = known else { return Ok(false) };
        let way = usize::from(pair.0 != from);
        let mut connection = self.connection(pair, segment, way);
        let nodes = [self.stage.client(connection.client), self.stage.server()];
        let (sender, receiver) = (nodes[way], nodes[1 - way]);

        let mut runs = Vec::new();
        let mut told = Told::New;
        let by = At { frame: self.draft.frames.len() as u64, at, data: place as u32 };
        if !segment.flags.has(TcpFlags::SYN) {
            told = connection.halves[way].segment(segment, &data, by, &mut runs);
        }
        let mut freed = Vec::new();
        if segment.flags.has(TcpFlags::ACK) {
            connection.halves[1 - way].acknowledged(segment.ack, at, &mut freed);
        }
        let carried = Carried::Tcp {
            connection: Some(connection.id),
            direction: DIRECTIONS[way],
            flags: segment.flags.0,
            stream: connection.halves[way].range(segment),
            src: segment.src,
            dst: segment.dst,
        };
        let seen = match told {
            Told::New => Seen::Frame,
            Told::Repeats(first) => Seen::Repeats { first: first.map(id) },
            Told::Early => Seen::Early,
            Told::DuplicateAck => Seen::DuplicateAck,
            Told::KeepAlive => Seen::KeepAlive,
        };
        let link = self.stage.link(sender, receiver);
        let ways = [(link, receiver, Outcome::Accepted { layer: 4 })];
        self.push(at, captured, sender, carried, seen, &ways)?;
        self.handshake(at, &mut connection, way, segment, nodes)?;

        let mut items = Vec::new();
        if !data.is_empty()
            && let Some(talk) = &mut connection.talks[1 - way]
        {
            talk.settle(&mut items);
        }
        for read in items {
            self.item(pair, &mut connection, 1 - way, read, by)?;
        }
        self.read(pair, &mut connection, way, runs, at)?;
        self.read(pair, &mut connection, 1 - way, freed, at)?;
        self.connections.insert(pair, connection);
        Ok(true)
    }

    /// The connection of a segment, taken out; a SYN of another than the known begins a new one.
    fn connection(&mut self, pair: Pair, segment: &Segment, way: usize) -> Connection {
        let (client, lab) = self.who.connections.get(&pair).copied().unwrap_or((0, false));
        let mut known = self.connections.remove(&pair);
        let is_syn = segment.flags.has(TcpFlags::SYN);
        if is_syn
            && let Some(connection) = &mut known
            && !connection.halves[way].syn(segment.seq)
        {
            known = None;
        }
        known.unwrap_or_else(|| {
            let mut connection = Connection::new(ConnectionId(self.next_connection), client, lab);
            self.next_connection += 1;
            self.sessions[client].connection();
            if is_syn {
                connection.halves[way].syn(segment.seq);
            }
            connection
        })
    }

    fn handshake(
        &mut self,
        at: SimTime,
        connection: &mut Connection,
        way: usize,
        segment: &Segment,
        nodes: [NodeId; 2],
    ) -> Result<(), Full> {
        let acks_fin = segment.flags.has(TcpFlags::ACK) && connection.halves[1 - way].fin_acked(segment.ack);
        if segment.flags.has(TcpFlags::FIN) {
            connection.halves[way].finishes(segment);
        }
        for (end, state) in connection.handshake.segment(way, segment.flags, acks_fin) {
            let change = Change::Tcp { connection: connection.id, state };
            let (node, when) = match end {
                End::Sender => (nodes[way], self.draft.handed_down(at)),
                End::Receiver => (nodes[1 - way], self.draft.handed_up(at)),
            };
            self.draft.state(when, node, change)?;
        }
        Ok(())
    }

    /// Reads what has come in order.
    fn read(
        &mut self,
        pair: Pair,
        connection: &mut Connection,
        way: usize,
        runs: Vec<Run>,
        at: SimTime,
    ) -> Result<(), Full> {
        for run in runs {
            let midway = !connection.halves[way].is_whole();
            let lab = connection.lab;
            let talk = connection.talks[way].get_or_insert_with(|| Talk::new(lab, midway));
            let mut items = Vec::new();
            let (skipped, by) = match run {
                Run::Octets { start, octets, by } => (talk.push(start, &octets, &mut items), by),
                Run::Gap(gap) => {
                    self.counts.gaps += 1;
                    self.counts.missing += gap.end - gap.start;
                    let node = [self.stage.server(), self.stage.client(connection.client)][way];
                    let skipped = talk.gap();
                    let text = format!(
                        "The capture lacks {} octets of this connection; reading goes on where the next message \
                         begins.",
                        gap.end - gap.start
                    );
                    self.note(at, node, text)?;
                    (skipped, At { frame: 0, at, data: 0 })
                }
            };
            self.counts.passed_over += skipped.0;
            for read in items {
                self.item(pair, connection, way, read, by)?;
            }
        }
        Ok(())
    }

    /// A whole item of one direction, which frame `by` completed.
    fn item(
        &mut self,
        pair: Pair,
        connection: &mut Connection,
        way: usize,
        (range, item): Read,
        by: At,
    ) -> Result<(), Full> {
        if item.parsed.kind == ItemKind::Blank {
            return Ok(());
        }
        let client = connection.client;
        let nodes = [self.stage.client(client), self.stage.server()];
        let (from, to) = (nodes[way], nodes[1 - way]);
        let first = connection.halves[way].carrier(range.start).map_or(by, |(first, _)| first);
        let ends = if way == 0 { pair } else { (pair.1, pair.0) };
        let message = self.draft.message(MessageRecord {
            at: self.draft.handed_down(first.at),
            from,
            to: Some(to),
            client: Some(nodes[0]),
            transport: MessageTransport::Tcp {
                connection: connection.id,
                direction: DIRECTIONS[way],
                range: range.clone(),
                src: ends.0.port(),
                dst: ends.1.port(),
            },
            what: naming::item(&item),
            length: (range.end - range.start) as u32,
            cause: None,
            bytes: self.place(&connection.halves[way], &range, &item.bytes),
        })?;
        self.draft.delivery(message, to, by.at, by.frame)?;
        let now = self.draft.handed_up(by.at);
        if let Some((channel, packet)) = item.frame() {
            let (track, is_rtcp) = self.sessions[client].channel(channel);
            // What goes to the server is not shown.
            return if way == 1 {
                self.packet_for(client, (track, is_rtcp), now, &packet, message)
            } else {
                Ok(())
            };
        }
        let learnt = self.sessions[client].message(&item, way == 0, message, (pair.0.ip(), pair.1.ip()));
        self.learn(client, now, learnt, message)
    }

    /// Where a message's octets are: in its frame, where one has them all.
    fn place(&self, half: &Half, range: &Range<u64>, octets: &Bytes) -> MessageBytes {
        let own = || MessageBytes::Own(octets.clone());
        let Some((at, carried)) = half.carrier(range.start) else { return own() };
        let Some(frame) = self.draft.frames.get(at.frame as usize) else { return own() };
        let start = at.data as usize + (range.start - carried.start) as usize;
        let end = start + octets.len();
        // A segment sent again with other octets is not what was read.
        if range.end <= carried.end
            && frame.bytes.here().and_then(|bytes| bytes.get(start..end)) == Some(&octets[..])
        {
            return MessageBytes::InFrame { frame: id(at.frame), range: start..end };
        }
        own()
    }

    /// A response's request is found.
    pub(super) fn answers(&mut self, message: usize, request: usize, method: &Method) {
        if let Some(record) = self.draft.messages.get_mut(message) {
            record.cause = Some(crate::ids::MessageId(request as u64));
            if let What::Response { method: unknown @ None, .. } = &mut record.what {
                *unknown = Some(method.as_str().to_owned());
            }
        }
    }

    /// The capture ends: what waits behind gaps is read.
    pub(super) fn finish_streams(&mut self, at: SimTime) -> Result<(), Full> {
        for (pair, mut connection) in std::mem::take(&mut self.connections) {
            for way in [0, 1] {
                let mut runs = Vec::new();
                connection.halves[way].finish(&mut runs);
                self.read(pair, &mut connection, way, runs, at)?;
                let mut items = Vec::new();
                if let Some(talk) = &mut connection.talks[way] {
                    talk.settle(&mut items);
                }
                let by = At { frame: (self.draft.frames.len() as u64).saturating_sub(1), at, data: 0 };
                for read in items {
                    self.item(pair, &mut connection, way, read, by)?;
                }
            }
        }
        Ok(())
    }
}
