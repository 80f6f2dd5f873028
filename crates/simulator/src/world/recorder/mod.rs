//! Writes the tape, and keeps the threads of lineage: which octets of a TCP stream belong
//! to which message, and which frame carried them.

mod stall;

use crate::ids::{ConnectionId, Direction, FrameId, MessageId, NodeId};
use crate::octets::Octets;
use crate::router::NatChange;
use crate::scenario::InterfaceSpec;
use crate::stack::{self, Cause, TcpHandle, Transmit};
use crate::tape::{
    Carried, Change, DeliveryRecord, FrameBytes, FrameCause, FrameRecord, MessageBytes, MessageRecord,
    MessageTransport, StateRecord, Tape,
};
use bytes::Bytes;
use protocol::message::{Outgoing, What};
use protocol::time::SimTime;
use protocol::wire::{ethernet, ipv4, ipv6, udp};
use stall::Arrived;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::time::Duration;

/// Messages that one frame has delivered whose places in their stream are remembered, so that
/// what an engine reads of them can be named; the oldest goes first. The next frame that delivers
/// something ends it: applications read at once.
const MAX_RECENT: usize = 4096;

/// Places for which an empty list of a stream keeps room; a burst's room is given back.
const LASTING_ROOM: usize = 64;

/// Requests of one connection that may still be answered; the oldest goes first.
const MAX_REQUESTS: usize = 64;

/// Where a datagram's payload begins in its host's frame: behind an IP header without options
/// and the UDP header.
fn udp_payload_at(to: IpAddr) -> usize {
    let header = if to.is_ipv4() { ipv4::HEADER } else { ipv6::HEADER };
    ethernet::HEADER + header + udp::HEADER
}

#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    pub(crate) tape: Tape,
    /// Where the frames of the tape have their octets.
    octets: Octets,
    by_ends: BTreeMap<(SocketAddr, SocketAddr), ConnectionId>,
    by_handle: BTreeMap<(NodeId, TcpHandle), (ConnectionId, Direction)>,
    connections: BTreeMap<ConnectionId, Connection>,
    /// Ends that are gone, until their last frames are on the tape.
    gone: Vec<(NodeId, TcpHandle)>,
    next_connection: u32,
    node_of: BTreeMap<IpAddr, NodeId>,
    /// Who is behind an address and port outside of a router that translates, by protocol.
    translated: BTreeMap<(u8, SocketAddr), SocketAddr>,
    clients: BTreeSet<NodeId>,
    /// Hosts that stand for real clients.
    gateways: BTreeSet<NodeId>,
    facts: BTreeMap<NodeId, ClientFacts>,
}

/// What the server knows of a client.
#[derive(Clone, Debug)]
pub(crate) struct ClientFacts {
    pub(crate) state: &'static str,
    pub(crate) transport: Option<&'static str>,
    pub(crate) url: Option<String>,
    /// The address that a real client has outside.
    pub(crate) outside: Option<IpAddr>,
}

const NO_FACTS: ClientFacts = ClientFacts { state: "Init", transport: None, url: None, outside: None };

#[derive(Clone, Debug)]
struct Connection {
    ends: (SocketAddr, SocketAddr),
    open_ends: u8,
    streams: [Stream; 2],
}

#[derive(Clone, Debug, Default)]
struct Stream {
    /// Octets that the application has handed over so far.
    written: u64,
    /// Messages that the other end does not have whole yet.
    pending: VecDeque<Placed>,
    /// Messages that it has, in the order of their places.
    recent: VecDeque<Placed>,
    /// Frames whose octets may have to be repeated.
    sent: VecDeque<(Range<u64>, FrameId)>,
    /// Requests, by CSeq.
    requests: VecDeque<(u32, MessageId)>,
    /// What has come of it.
    arrived: Arrived,
}

#[derive(Clone, Copy, Debug)]
struct Placed {
    start: u64,
    end: u64,
    message: MessageId,
}

impl Recorder {
    pub(crate) fn new(history: Duration) -> Self {
        Recorder {
            tape: Tape::new(history),
            octets: Octets::default(),
            by_ends: BTreeMap::new(),
            by_handle: BTreeMap::new(),
            connections: BTreeMap::new(),
            gone: Vec::new(),
            next_connection: 1,
            node_of: BTreeMap::new(),
            translated: BTreeMap::new(),
            clients: BTreeSet::new(),
            gateways: BTreeSet::new(),
            facts: BTreeMap::new(),
        }
    }

    pub(crate) fn facts(&self, client: NodeId) -> &ClientFacts {
        self.facts.get(&client).unwrap_or(&NO_FACTS)
    }

    pub(crate) fn facts_mut(&mut self, client: NodeId) -> &mut ClientFacts {
        self.facts.entry(client).or_insert(NO_FACTS)
    }

    pub(crate) fn forget_facts(&mut self, client: NodeId) {
        self.facts.remove(&client);
    }

    /// Makes a host known, so that messages can name it.
    pub(crate) fn add_host(&mut self, node: NodeId, interface: &InterfaceSpec, client: bool) {
        self.node_of.extend(interface.addresses().map(|(ip, _)| (ip, node)));
        if client {
            self.clients.insert(node);
        }
    }

    /// Says that a host stands for a real client.
    pub(crate) fn mark_gateway(&mut self, node: NodeId) {
        self.gateways.insert(node);
    }

    /// Whether the host with this address stands for a real client.
    pub(crate) fn is_gateway(&self, ip: IpAddr) -> bool {
        self.node_of(ip).is_some_and(|node| self.gateways.contains(&node))
    }

    pub(crate) fn node_of(&self, ip: IpAddr) -> Option<NodeId> {
        self.node_of.get(&ip).copied()
    }

    /// A router that translates addresses has made a mapping, or let one go.
    pub(crate) fn translated(&mut self, at: SimTime, node: NodeId, change: NatChange) {
        let NatChange { protocol, inside, outside, open } = change;
        let (inside, outside) = (SocketAddr::from(inside), SocketAddr::from(outside));
        if open {
            self.translated.insert((protocol, outside), inside);
        } else {
            self.translated.remove(&(protocol, outside));
        }
        self.state(at, node, Change::Nat { protocol, inside, outside, open });
    }

    /// Whom an address and port stand for: somebody behind a router that translates, or itself.
    fn behind(&self, protocol: u8, outside: SocketAddr) -> SocketAddr {
        self.translated.get(&(protocol, outside)).copied().unwrap_or(outside)
    }

    /// The one host behind an address of a router that translates, when there is only one.
    pub(crate) fn someone_behind(&self, outside: IpAddr) -> Option<NodeId> {
        let own = self.translated.iter().filter(|((_, own), _)| own.ip() == outside);
        let mut hosts = own.filter_map(|(_, inside)| self.node_of(inside.ip()));
        let first = hosts.next()?;
        hosts.all(|host| host == first).then_some(first)
    }

    /// The host that has opened a connection which `node` has accepted.
    pub(crate) fn opener_of(&self, node: NodeId, handle: TcpHandle) -> Option<NodeId> {
        let (id, _) = self.connection_of(node, handle)?;
        self.node_of(self.connections.get(&id)?.ends.0.ip())
    }

    fn client_of(&self, from: NodeId, to: Option<NodeId>) -> Option<NodeId> {
        [Some(from), to].into_iter().flatten().find(|n| self.clients.contains(n))
    }

    pub(crate) fn state(&mut self, at: SimTime, node: NodeId, change: Change) {
        if let Change::Session { client, state } = &change {
            self.facts_mut(*client).state = state;
        }
        self.tape.push_state(StateRecord { at, node, change });
    }

    /// The number of the next message.
    pub(crate) fn next_message(&self) -> MessageId {
        MessageId(self.tape.messages().end())
    }

    /// A datagram is handed to the transport.
    pub(crate) fn datagram(
        &mut self,
        at: SimTime,
        from: NodeId,
        src: u16,
        to: SocketAddr,
        data: Outgoing,
    ) -> MessageId {
        let receiver = self.node_of(self.behind(ipv4::UDP, to).ip());
        self.tape.push_message(MessageRecord {
            at,
            from,
            to: receiver,
            client: self.client_of(from, receiver.or_else(|| self.someone_behind(to.ip()))),
            transport: MessageTransport::Udp { src, dst: to.port() },
            what: data.what,
            length: data.bytes.len() as u32,
            cause: None,
            bytes: MessageBytes::Own(data.bytes),
        })
    }

    /// A datagram's message reached the other application.
    pub(crate) fn delivered(&mut self, at: SimTime, node: NodeId, message: MessageId, frame: FrameId) {
        self.tape.push_delivery(DeliveryRecord { message, node, at, frame: Some(frame) });
    }

    /// The connection of a host's handle, which the host has just opened or accepted.
    pub(crate) fn connection(
        &mut self,
        node: NodeId,
        handle: TcpHandle,
        ends: (SocketAddr, SocketAddr),
    ) -> (ConnectionId, Direction) {
        if let Some(known) = self.by_handle.get(&(node, handle)) {
            return *known;
        }
        let (local, remote) = (ends.0, self.behind(ipv4::TCP, ends.1));
        let known = if let Some(id) = self.by_ends.get(&(remote, local)) {
            (*id, Direction::FromAcceptor)
        } else {
            let id = ConnectionId(self.next_connection);
            self.next_connection += 1;
            // A reused pair of ports begins a new connection; the old one keeps its number.
            self.by_ends.insert((local, remote), id);
            self.connections
                .insert(id, Connection { ends: (local, remote), open_ends: 0, streams: Default::default() });
            (id, Direction::FromOpener)
        };
        if let Some(connection) = self.connections.get_mut(&known.0) {
            connection.open_ends += 1;
        }
        self.by_handle.insert((node, handle), known);
        known
    }

    pub(crate) fn connection_of(&self, node: NodeId, handle: TcpHandle) -> Option<(ConnectionId, Direction)> {
        self.by_handle.get(&(node, handle)).copied()
    }

    /// A host's end of a connection is gone. Frames that it has still sent, such as its RST, are
    /// on their way to the tape: it is forgotten by [`Recorder::forget_gone`].
    pub(crate) fn end_gone(&mut self, node: NodeId, handle: TcpHandle) {
        self.gone.push((node, handle));
    }

    /// All frames of the ends that are gone are on the tape: forgets these ends, and each
    /// connection that has none any more.
    pub(crate) fn forget_gone(&mut self) {
        while let Some(end) = self.gone.pop() {
            let Some((id, _)) = self.by_handle.remove(&end) else { continue };
            let Some(connection) = self.connections.get_mut(&id) else { continue };
            connection.open_ends = connection.open_ends.saturating_sub(1);
            if connection.open_ends == 0 {
                let ends = connection.ends;
                self.connections.remove(&id);
                if self.by_ends.get(&ends) == Some(&id) {
                    self.by_ends.remove(&ends);
                }
            }
        }
    }

    /// How many connections are known, and how many of their ends.
    #[cfg(test)]
    pub(crate) fn known(&self) -> (usize, usize) {
        (self.connections.len(), self.by_handle.len())
    }

    /// A message is handed to a connection, behind all that was handed to it before.
    /// `None` when the connection is not known.
    pub(crate) fn stream_message(
        &mut self,
        at: SimTime,
        from: NodeId,
        handle: TcpHandle,
        bytes: Bytes,
        what: What,
    ) -> Option<MessageId> {
        let (id, direction) = self.connection_of(from, handle)?;
        let connection = self.connections.get(&id)?;
        let (opener, acceptor) = connection.ends;
        let (local, remote) = match direction {
            Direction::FromOpener => (opener, acceptor),
            Direction::FromAcceptor => (acceptor, opener),
        };
        let to = self.node_of(remote.ip());
        let cause = match &what {
            What::Response { cseq: Some(cseq), .. } => connection.streams[direction.reverse().index()]
                .requests
                .iter()
                .rev()
                .find(|(c, _)| c == cseq)
                .map(|(_, message)| *message),
            _ => None,
        };
        // Octets alone do not say what a response answers; the request does.
        let what = match (what, cause.and_then(|MessageId(request)| self.tape.messages().get(request))) {
            (
                What::Response { status, reason, method: None, cseq },
                Some(MessageRecord { what: What::Request { method, .. }, .. }),
            ) => What::Response { status, reason, method: Some(method.clone()), cseq },
            (what, _) => what,
        };
        let start = connection.streams[direction.index()].written;
        let end = start + bytes.len() as u64;
        let request = match &what {
            What::Request { cseq, .. } => *cseq,
            _ => None,
        };
        let message = self.tape.push_message(MessageRecord {
            at,
            from,
            to,
            client: self.client_of(from, to),
            transport: MessageTransport::Tcp {
                connection: id,
                direction,
                range: start..end,
                src: local.port(),
                dst: remote.port(),
            },
            what,
            length: bytes.len() as u32,
            cause,
            bytes: MessageBytes::Own(bytes),
        });
        let stream = &mut self.connections.get_mut(&id)?.streams[direction.index()];
        stream.written = end;
        stream.pending.push_back(Placed { start, end, message });
        if let Some(cseq) = request {
            stream.requests.push_back((cseq, message));
            if stream.requests.len() > MAX_REQUESTS {
                stream.requests.pop_front();
            }
        }
        Some(message)
    }

    /// The peer's stream has come in order up to `upto`: which messages are whole now?
    pub(crate) fn stream_delivered(
        &mut self,
        at: SimTime,
        node: NodeId,
        handle: TcpHandle,
        upto: u64,
        frame: FrameId,
    ) {
        let Some((id, direction)) = self.connection_of(node, handle) else { return };
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let stream = &mut connection.streams[direction.reverse().index()];
        stream.recent.clear();
        while stream.sent.front().is_some_and(|(range, _)| range.end <= upto) {
            stream.sent.pop_front();
        }
        while let Some(placed) = stream.pending.front().copied()
            && placed.end <= upto
        {
            stream.pending.pop_front();
            stream.recent.push_back(placed);
            if stream.recent.len() > MAX_RECENT {
                stream.recent.pop_front();
            }
            self.tape.push_delivery(DeliveryRecord { message: placed.message, node, at, frame: Some(frame) });
        }
        give_back(&mut stream.recent);
        give_back(&mut stream.pending);
        give_back(&mut stream.sent);
    }

    /// The message that begins at `offset` in the stream that came in on `handle`.
    pub(crate) fn message_at(&self, node: NodeId, handle: TcpHandle, offset: u64) -> Option<MessageId> {
        let (id, direction) = self.connection_of(node, handle)?;
        let recent = &self.connections.get(&id)?.streams[direction.reverse().index()].recent;
        let place = recent.partition_point(|p| p.start < offset);
        recent.get(place).filter(|p| p.start == offset).map(|p| p.message)
    }

    /// The messages that the frame in hand has delivered on `handle`, each with its place in the
    /// stream that came in.
    pub(crate) fn brought(
        &self,
        node: NodeId,
        handle: TcpHandle,
    ) -> impl Iterator<Item = (u64, MessageId)> + '_ {
        let stream = self.connection_of(node, handle).and_then(|(id, direction)| {
            Some(&self.connections.get(&id)?.streams[direction.reverse().index()])
        });
        stream
            .into_iter()
            .flat_map(|stream| stream.recent.iter().map(|placed| (placed.start, placed.message)))
    }

    /// Whether a frame carries an RTP packet with the marker bit, or a part of one.
    pub(crate) fn carries_marker(&self, frame: FrameId) -> bool {
        let marked = |message: MessageId| {
            let what = self.tape.messages().get(message.0).map(|record| &record.what);
            matches!(what, Some(What::Rtp(packet)) if packet.marker)
        };
        match self.tape.frames().get(frame.0).map(|record| &record.carried) {
            Some(Carried::Udp { message: Some(message), .. }) => marked(*message),
            Some(Carried::Tcp { connection: Some(id), direction, stream, .. }) => {
                let Some(connection) = self.connections.get(id) else { return false };
                let Stream { pending, recent, .. } = &connection.streams[direction.index()];
                let behind = recent.iter().rev().take_while(|placed| placed.end > stream.start);
                let ahead = pending.iter().take_while(|placed| placed.start < stream.end);
                let touches = |placed: &&Placed| placed.start < stream.end && placed.end > stream.start;
                behind.chain(ahead).filter(touches).any(|placed| marked(placed.message))
            }
            _ => false,
        }
    }

    /// A host or router made a frame: notes what it carries and repeats.
    /// With it comes back the buffer in which it was made.
    pub(crate) fn frame(
        &mut self,
        at: SimTime,
        node: NodeId,
        transmit: Transmit,
    ) -> (FrameId, Bytes, Vec<u8>) {
        let Transmit { frame, carried, cause } = transmit;
        let bytes = self.octets.keep(&frame).freeze();
        let next = FrameId(self.tape.frames().end());
        let mut repeats = None;
        let carried = match carried {
            stack::Carried::Arp { request, target } => Carried::Arp { request, target },
            stack::Carried::Icmp { kind, code, to, .. } => {
                Carried::Icmp { icmp_type: kind, code, v6: to.is_ipv6() }
            }
            stack::Carried::Discovery { kind, target } => Carried::Discovery { icmp_type: kind, target },
            stack::Carried::Igmp { kind, group } => Carried::Igmp { igmp_type: kind, group },
            stack::Carried::Udp { tag, src, dst, fragment } => {
                let message = MessageId(tag);
                let length = self.tape.messages().get(tag).map(|m| m.length as usize);
                if let (None, Some(length)) = (&fragment, length) {
                    let at = udp_payload_at(dst.ip());
                    self.tape.message_lies_in(message, next, at..at + length);
                }
                Carried::Udp { message: length.map(|_| message), src, dst: dst.port() }
            }
            stack::Carried::Tcp { handle, local, remote, flags, stream, .. } => {
                // One that is forgotten, since a frame waited for ARP for longer than it lived, is
                // not made known anew: nobody would tell of its end.
                let known = handle.and_then(|h| self.connection_of(node, h));
                if let Some((id, direction)) = known
                    && !stream.is_empty()
                    && let Some(connection) = self.connections.get_mut(&id)
                {
                    let sent = &mut connection.streams[direction.index()].sent;
                    if let Cause::Retransmit(_) | Cause::ZeroWindowProbe { .. } = cause {
                        repeats =
                            sent.iter().find(|(range, _)| range.contains(&stream.start)).map(|(_, f)| *f);
                    } else {
                        sent.push_back((stream.clone(), next));
                    }
                }
                let direction = known.map_or(Direction::FromAcceptor, |(_, d)| d);
                Carried::Tcp {
                    connection: known.map(|(id, _)| id),
                    direction,
                    flags: flags.0,
                    stream,
                    src: local.port(),
                    dst: remote.port(),
                }
            }
        };
        let id = self.tape.push_frame(FrameRecord {
            at,
            node,
            parent: None,
            length: bytes.len() as u32,
            carried,
            cause: FrameCause::Stack { cause, repeats },
            bytes: FrameBytes::Whole(bytes.clone()),
        });
        debug_assert_eq!(id, next);
        (id, bytes, frame)
    }
}

/// Gives back a burst's room, once the list is empty.
fn give_back<T>(list: &mut VecDeque<T>) {
    if list.is_empty() && list.capacity() > LASTING_ROOM {
        *list = VecDeque::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODES: [NodeId; 2] = [NodeId(0), NodeId(1)];
    const HANDLE: TcpHandle = TcpHandle(1);

    fn ends(port: u16) -> (SocketAddr, SocketAddr) {
        let at = |last, port| SocketAddr::from(([10, 0, 0, last], port));
        (at(1, port), at(2, 554))
    }

    /// A recorder that knows a connection's two ends.
    fn connected(port: u16) -> Recorder {
        let mut recorder = Recorder::new(Duration::from_secs(60));
        let (local, remote) = ends(port);
        recorder.connection(NODES[0], HANDLE, (local, remote));
        recorder.connection(NODES[1], HANDLE, (remote, local));
        recorder
    }

    #[test]
    fn a_reset_belongs_to_its_connection_and_the_connection_is_forgotten() {
        let mut recorder = connected(1);
        let (local, remote) = ends(1);
        recorder.end_gone(NODES[1], HANDLE);
        let carried = stack::Carried::Tcp {
            handle: Some(HANDLE),
            local: remote,
            remote: local,
            flags: protocol::wire::tcp::TcpFlags::RST,
            stream: 0..0,
            seq: 0,
            ack: 0,
            window: 0,
        };
        let reset = |carried: &stack::Carried| Transmit {
            frame: vec![0; 64],
            carried: carried.clone(),
            cause: Cause::Abort,
        };
        let (frame, ..) = recorder.frame(SimTime::ZERO, NODES[1], reset(&carried));
        let connection = match &recorder.tape.frames().get(frame.0).unwrap().carried {
            Carried::Tcp { connection, .. } => *connection,
            other => panic!("{other:?}"),
        };
        assert_eq!(connection, Some(ConnectionId(1)));
        recorder.forget_gone();
        recorder.end_gone(NODES[0], HANDLE);
        recorder.forget_gone();
        assert!(recorder.connections.is_empty() && recorder.by_handle.is_empty());
        assert!(recorder.by_ends.is_empty());
        // A frame that comes later still makes nothing known.
        recorder.frame(SimTime::ZERO, NODES[1], reset(&carried));
        assert!(recorder.connections.is_empty() && recorder.by_handle.is_empty());
    }

    #[test]
    fn a_burst_of_messages_leaves_nothing_behind() {
        let mut recorder = connected(1);
        for _ in 0..3 * MAX_RECENT {
            let bytes = Bytes::from_static(b"x");
            recorder.stream_message(SimTime::ZERO, NODES[0], HANDLE, bytes, What::Unknown);
        }
        let upto = 2 * MAX_RECENT as u64;
        recorder.stream_delivered(SimTime::ZERO, NODES[1], HANDLE, upto, FrameId(0));
        let stream = |recorder: &Recorder| recorder.connections[&ConnectionId(1)].streams[0].clone();
        assert_eq!(stream(&recorder).recent.len(), MAX_RECENT);
        assert_eq!(recorder.message_at(NODES[1], HANDLE, upto - 1), Some(MessageId(upto - 1)));
        recorder.stream_delivered(SimTime::ZERO, NODES[1], HANDLE, 3 * MAX_RECENT as u64, FrameId(1));
        assert_eq!(recorder.message_at(NODES[1], HANDLE, upto - 1), None, "it was read long ago");
        recorder.stream_delivered(SimTime::ZERO, NODES[1], HANDLE, 3 * MAX_RECENT as u64, FrameId(2));
        let quiet = stream(&recorder);
        for room in [quiet.pending.capacity(), quiet.recent.capacity(), quiet.sent.capacity()] {
            assert!(room <= LASTING_ROOM, "{room}");
        }
    }
}
