//! The host that stands for a real client: its application octets are the client's own, its
//! TCP/IP is simulated.

use super::{HostIo, READ_CHUNK};
use crate::stack::{CloseReason, StackEvent, TcpHandle, UdpHandle};
use crate::tape::Change;
use bytes::Bytes;
use protocol::message::{Outgoing, RtpSummary, What};
use protocol::rtp::{RtpPacket, rtcp};
use protocol::rtsp::LAB_PAUSE;
use protocol::rtsp::headers::TransportList;
use protocol::rtsp::reader::{Item, ItemKind, Reader};
use protocol::time::SimTime;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddrV4;

/// UDP ports that one real client can have: eight tracks' pairs.
pub const MAX_GATEWAY_PORTS: usize = 16;

/// Datagrams that wait to be taken for the real client; at the bound the newest is dropped,
/// as a socket's buffer would.
pub const MAX_WAITING_DATAGRAMS: usize = 1024;

/// What a gateway has for its real client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewayEvent {
    /// Octets can be taken from the stream.
    Readable,
    /// The simulated connection takes octets (again).
    Writable,
    /// A datagram for the client.
    Datagram {
        /// The server's port.
        from_port: u16,
        /// The client's port.
        to_port: u16,
        /// Its octets.
        bytes: Bytes,
    },
    /// The server closed its half: after what can still be taken, there is no more.
    Closed,
    /// The simulated connection was reset or given up.
    Reset,
}

#[derive(Debug)]
pub(crate) struct GatewayApp {
    server: SocketAddrV4,
    connection: Option<TcpHandle>,
    connected: bool,
    reader: Reader,
    /// When what waits in the reader is taken for a whole request of the lab's dialect.
    lab_due: Option<SimTime>,
    /// Octets of the stream of which no whole message has come yet.
    unnamed: Vec<u8>,
    sockets: BTreeMap<u16, UdpHandle>,
    events: VecDeque<GatewayEvent>,
    /// Whether it is known that there are events.
    is_ready: bool,
    datagrams: usize,
    name: String,
    named: bool,
    pub(crate) gone: bool,
}

impl GatewayApp {
    pub(crate) fn new(server: SocketAddrV4, name: String, lab_dialect: bool) -> Self {
        GatewayApp {
            server,
            connection: None,
            connected: false,
            reader: if lab_dialect { Reader::with_lab_dialect() } else { Reader::new() },
            lab_due: None,
            unnamed: Vec::new(),
            sockets: BTreeMap::new(),
            events: VecDeque::new(),
            is_ready: false,
            datagrams: 0,
            name,
            named: false,
            gone: false,
        }
    }

    /// The User-Agent, once it has said one; before that its address.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn has_port(&self, port: u16) -> bool {
        self.sockets.contains_key(&port)
    }

    pub(crate) fn start(&mut self, io: &mut HostIo<'_>) {
        match io.stack.tcp_connect(io.now, self.server, None) {
            Ok(handle) => {
                self.connection = Some(handle);
                if let Some(ends) = io.stack.tcp_endpoints(handle) {
                    io.recorder.connection(io.node, handle, ends);
                }
            }
            Err(error) => {
                io.note(format!("{} could not be connected to the simulated server: {error}.", self.name));
                self.events.push_back(GatewayEvent::Reset);
            }
        }
        io.state(Change::Client { client: io.node, joined: true, name: self.name.clone() });
    }

    /// Whether something has begun to wait for the real client since all was taken.
    pub(crate) fn becomes_ready(&mut self) -> bool {
        !self.events.is_empty() && !std::mem::replace(&mut self.is_ready, true)
    }

    pub(crate) fn poll_event(&mut self) -> Option<GatewayEvent> {
        let event = self.events.pop_front();
        self.is_ready = event.is_some();
        if let Some(GatewayEvent::Datagram { .. }) = event {
            self.datagrams -= 1;
        }
        event
    }

    /// Octets from the real client; answers how many the simulated connection took.
    pub(crate) fn write(&mut self, io: &mut HostIo<'_>, bytes: &[u8]) -> usize {
        let Some(handle) = self.connection.filter(|_| self.connected) else { return 0 };
        let taken = io.stack.tcp_send(io.now, handle, bytes).unwrap_or(0);
        let bytes = &bytes[..taken];
        self.unnamed.extend_from_slice(bytes);
        if self.reader.is_broken() {
            self.name_unknown(io, handle);
            return taken;
        }
        self.reader.push(bytes);
        while let Some(item) = self.reader.next() {
            self.name_item(io, handle, item);
        }
        self.lab_due = self.reader.is_open().then_some(io.now + LAB_PAUSE);
        if self.reader.is_broken() {
            self.name_unknown(io, handle);
        }
        taken
    }

    /// A whole item of the client's stream: learns from it, and writes it on the tape.
    fn name_item(&mut self, io: &mut HostIo<'_>, handle: TcpHandle, item: Item) {
        self.learn(io, &item);
        let rest = self.unnamed.split_off(item.bytes.len().min(self.unnamed.len()));
        self.unnamed = rest;
        let what = what_is(&item);
        io.recorder.stream_message(io.now, io.node, handle, item.bytes, what);
    }

    /// When a request without an end of its own is whole, as the server will see it, too.
    pub(crate) fn poll_timeout(&self) -> Option<SimTime> {
        self.lab_due
    }

    pub(crate) fn handle_timeout(&mut self, io: &mut HostIo<'_>) {
        if self.lab_due.is_none_or(|at| at > io.now) {
            return;
        }
        self.lab_due = None;
        if let (Some(handle), Some(item)) = (self.connection, self.reader.settle()) {
            self.name_item(io, handle, item);
        }
    }

    /// After a fault nobody knows where messages begin: what comes is carried and shown as
    /// unknown octets.
    fn name_unknown(&mut self, io: &mut HostIo<'_>, handle: TcpHandle) {
        if !self.unnamed.is_empty() {
            let bytes = Bytes::from(std::mem::take(&mut self.unnamed));
            io.recorder.stream_message(io.now, io.node, handle, bytes, What::Unknown);
        }
    }

    /// Learns the client's name and the ports on which it waits for media.
    fn learn(&mut self, io: &mut HostIo<'_>, item: &Item) {
        if item.parsed.kind != ItemKind::Request {
            return;
        }
        if !self.named
            && let Some(agent) = item.value("User-Agent")
        {
            self.named = true;
            self.name = agent.chars().filter(|c| !c.is_control()).take(64).collect();
            io.state(Change::Client { client: io.node, joined: true, name: self.name.clone() });
        }
        if item.parsed.method(&item.bytes) != Some("SETUP") {
            return;
        }
        let Some(value) = item.value("Transport") else { return };
        for (rtp, rtcp) in TransportList::read(&value).0.iter().flatten().filter_map(|t| t.client_port) {
            self.bind(io, rtp);
            // RTCP is one port above RTP where it is not named (RFC 3550 section 11).
            if let Some(rtcp) = rtcp.or_else(|| rtp.checked_add(1)) {
                self.bind(io, rtcp);
            }
        }
    }

    fn bind(&mut self, io: &mut HostIo<'_>, port: u16) -> Option<UdpHandle> {
        if let Some(socket) = self.sockets.get(&port) {
            return Some(*socket);
        }
        if self.sockets.len() >= MAX_GATEWAY_PORTS {
            io.note(format!(
                "{} asked for more than {MAX_GATEWAY_PORTS} UDP ports; port {port} stays closed.",
                self.name
            ));
            return None;
        }
        let socket = io.stack.udp_bind(port).ok()?;
        self.sockets.insert(port, socket);
        Some(socket)
    }

    /// A datagram from the real client to the server.
    pub(crate) fn datagram(&mut self, io: &mut HostIo<'_>, from_port: u16, to_port: u16, bytes: Bytes) {
        if let Some(socket) = self.bind(io, from_port) {
            let what = packet(&bytes);
            let to = SocketAddrV4::new(*self.server.ip(), to_port);
            io.send_datagram(socket, to, Outgoing { bytes, what });
        }
    }

    /// Octets for the real client. Taking them opens the simulated window.
    pub(crate) fn take(&mut self, io: &mut HostIo<'_>, max: usize) -> Bytes {
        self.connection
            .and_then(|handle| io.stack.tcp_recv(io.now, handle, max.min(READ_CHUNK)).ok())
            .unwrap_or_default()
    }

    /// The real client closed its half.
    pub(crate) fn close(&mut self, io: &mut HostIo<'_>) {
        if let Some(handle) = self.connection {
            // Already gone: nothing is left to close.
            let _ = io.stack.tcp_close(io.now, handle);
        }
    }

    /// The real client vanished or reset its connection.
    pub(crate) fn abort(&mut self, io: &mut HostIo<'_>) {
        if let Some(handle) = self.connection.take() {
            // Already gone: nothing is left to reset.
            let _ = io.stack.tcp_abort(io.now, handle);
        }
        self.leave(io);
    }

    /// The real client's connection is over: give back what it had, and say so.
    pub(crate) fn leave(&mut self, io: &mut HostIo<'_>) {
        for (_, socket) in std::mem::take(&mut self.sockets) {
            io.stack.udp_close(socket);
        }
        if !self.gone {
            self.gone = true;
            io.state(Change::Client { client: io.node, joined: false, name: self.name.clone() });
        }
    }

    pub(crate) fn handle_event(&mut self, io: &mut HostIo<'_>, event: StackEvent) {
        match event {
            StackEvent::Connected(handle) if self.connection == Some(handle) => {
                self.connected = true;
                self.events.push_back(GatewayEvent::Writable);
            }
            StackEvent::Readable(handle)
                if self.connection == Some(handle) && self.events.back() != Some(&GatewayEvent::Readable) =>
            {
                self.events.push_back(GatewayEvent::Readable);
            }
            StackEvent::Writable(handle) if self.connection == Some(handle) => {
                self.events.push_back(GatewayEvent::Writable);
            }
            StackEvent::PeerClosed(handle) if self.connection == Some(handle) => {
                self.events.push_back(GatewayEvent::Closed);
            }
            StackEvent::Closed { handle, why } if self.connection == Some(handle) => {
                self.connection = None;
                let end =
                    if why == CloseReason::Finished { GatewayEvent::Closed } else { GatewayEvent::Reset };
                self.events.push_back(end);
            }
            StackEvent::Datagram { handle, from, payload } => {
                if self.datagrams < MAX_WAITING_DATAGRAMS {
                    self.datagrams += 1;
                    self.events.push_back(GatewayEvent::Datagram {
                        from_port: from.port(),
                        to_port: handle.port(),
                        bytes: payload,
                    });
                } else {
                    io.note(format!(
                        "{} does not take its datagrams fast enough; one was dropped.",
                        self.name
                    ));
                }
            }
            _ => {}
        }
    }

    pub(crate) fn flush(&mut self, _io: &mut HostIo<'_>) {}
}

/// What an item of a client's stream is.
fn what_is(item: &Item) -> What {
    let cseq = || item.value("CSeq").and_then(|v| v.trim().parse().ok());
    match item.parsed.kind {
        ItemKind::Request => What::Request {
            method: item.parsed.method(&item.bytes).unwrap_or_default().to_owned(),
            cseq: cseq(),
        },
        ItemKind::Response => What::Response {
            status: item.parsed.status(&item.bytes).unwrap_or_default(),
            reason: item.parsed.reason(&item.bytes).unwrap_or_default().to_owned(),
            method: None,
            cseq: cseq(),
        },
        ItemKind::Frame => item.frame().map_or(What::Unknown, |(_, data)| packet(&data)),
        ItemKind::Blank | ItemKind::Garbage => What::Unknown,
    }
}

/// What a datagram or the data of a `$` frame is, by its own octets: RTCP's packet types lie
/// where RTP has marker and payload type (RFC 5761 section 4).
fn packet(bytes: &[u8]) -> What {
    match bytes {
        [first, kind, ..] if first >> 6 == 2 && (192..=223).contains(kind) => {
            What::Rtcp { types: rtcp::parse(bytes).map(|c| c.types()).unwrap_or_default() }
        }
        _ => RtpPacket::parse(bytes).map_or(What::Unknown, |packet| {
            What::Rtp(RtpSummary {
                sequence: packet.header.sequence,
                timestamp: packet.header.timestamp,
                ssrc: packet.header.ssrc,
                marker: packet.header.marker,
                payload_type: packet.header.payload_type,
                picture: None,
            })
        }),
    }
}
