//! The host that stands for a real server.

use super::super::HostIo;
use super::carrier::Carrier;
use super::client::MAX_WAITING_DATAGRAMS;
use super::naming;
use super::ports::Ports;
use crate::stack::{StackEvent, TcpHandle};
use crate::tape::{Change, SourceState};
use bytes::Bytes;
use protocol::rtsp::headers::TransportList;
use protocol::rtsp::reader::{Item, ItemKind};
use protocol::time::SimTime;
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Connections that the built-in player can have to one real server at a time: the one in use
/// and those that are being closed. One more is reset.
pub const MAX_CALLS: usize = 4;

/// How long the connections to a real server that is left may take to close; then they are reset.
pub const SOURCE_FAREWELL: Duration = Duration::from_secs(5);

/// What a host that stands for a real server has to tell, beside the octets of its connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SourceAppEvent {
    /// The player has opened a connection.
    Called(TcpHandle),
    /// A datagram for the real server.
    Datagram { from_port: u16, to_port: u16, bytes: Bytes },
    /// All connections of a server that was left are closed.
    Left,
}

#[derive(Clone, Debug)]
pub(crate) struct SourceApp {
    port: u16,
    url: String,
    calls: BTreeMap<TcpHandle, Carrier>,
    server: RealServer,
    events: VecDeque<SourceAppEvent>,
    /// Datagrams among the events.
    datagrams: usize,
    stay: Stay,
    state: SourceState,
}

/// The ports from which the real server sends, as its answers to SETUP name them.
#[derive(Clone, Debug, Default)]
struct RealServer {
    ports: Ports,
    /// An answer named none: any port may be its own.
    any_port: bool,
    /// Where its datagrams go.
    player: Option<IpAddr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stay {
    Open,
    /// The player plays something else; what still stands is reset then.
    Leaving(SimTime),
    Left,
}

impl SourceApp {
    /// `port` is the real server's, `url` its address without user and password.
    pub(crate) fn new(port: u16, url: String) -> Self {
        SourceApp {
            port,
            url,
            calls: BTreeMap::new(),
            server: RealServer::default(),
            events: VecDeque::new(),
            datagrams: 0,
            stay: Stay::Open,
            state: SourceState::Open,
        }
    }

    /// How things stand with the real server.
    pub(crate) fn state(&self) -> &SourceState {
        &self.state
    }

    pub(crate) fn start(&mut self, io: &mut HostIo<'_>) {
        match io.stack.tcp_listen(self.port) {
            Ok(()) => self.tell(io, SourceState::Open),
            Err(error) => io.note(format!("The port {} cannot be listened on: {error}.", self.port)),
        }
    }

    fn tell(&mut self, io: &mut HostIo<'_>, state: SourceState) {
        self.state = state.clone();
        io.state(Change::Source { url: self.url.clone(), state });
    }

    pub(crate) fn poll_event(&mut self) -> Option<SourceAppEvent> {
        let event = self.events.pop_front();
        if let Some(SourceAppEvent::Datagram { .. }) = event {
            self.datagrams -= 1;
        }
        event
    }

    pub(crate) fn call(&mut self, handle: TcpHandle) -> Option<&mut Carrier> {
        self.calls.get_mut(&handle)
    }

    /// Octets from the real server; answers how many the simulated connection took.
    pub(crate) fn write(&mut self, io: &mut HostIo<'_>, handle: TcpHandle, bytes: &[u8]) -> usize {
        let Some(carrier) = self.calls.get_mut(&handle) else { return 0 };
        carrier.write(io, bytes, |io, item| self.server.learn(io, item))
    }

    /// A datagram from the real server's port `from_port` to the player's `to_port`. It is
    /// dropped when no answer to SETUP named its port.
    pub(crate) fn datagram(&mut self, io: &mut HostIo<'_>, from_port: u16, to_port: u16, bytes: Bytes) {
        let Some(player) = self.server.player else { return };
        if !self.server.any_port && !self.server.ports.has(from_port) {
            return;
        }
        if let Some(socket) = self.server.bind(io, from_port) {
            io.send_datagram(socket, SocketAddr::from((player, to_port)), naming::datagram(bytes));
        }
    }

    /// The real connection behind a simulated one stands.
    pub(crate) fn connected(&mut self, io: &mut HostIo<'_>) {
        self.tell(io, SourceState::Connected);
    }

    /// The real server could not be reached, for the reason in `why`: the simulated connection
    /// is reset.
    pub(crate) fn failed(&mut self, io: &mut HostIo<'_>, handle: TcpHandle, why: String) {
        self.tell(io, SourceState::Failed { why });
        self.end(io, handle, true);
    }

    /// A connection is over on both sides, or has to be.
    pub(crate) fn end(&mut self, io: &mut HostIo<'_>, handle: TcpHandle, abort: bool) {
        let Some(mut carrier) = self.calls.remove(&handle) else { return };
        if abort {
            carrier.abort(io);
        }
        if self.calls.is_empty() && self.stay == Stay::Open {
            self.tell(io, SourceState::Closed);
        }
        self.part(io);
    }

    /// The player plays something else: no new connection is taken, and those that stand have
    /// [`SOURCE_FAREWELL`] to close.
    pub(crate) fn leave(&mut self, io: &mut HostIo<'_>) {
        if self.stay == Stay::Open {
            io.stack.tcp_unlisten(self.port);
            self.stay = Stay::Leaving(io.now + SOURCE_FAREWELL);
            self.part(io);
        }
    }

    fn part(&mut self, io: &mut HostIo<'_>) {
        if matches!(self.stay, Stay::Leaving(_)) && self.calls.is_empty() {
            self.stay = Stay::Left;
            self.server.ports.close(io);
            self.tell(io, SourceState::Left);
            self.events.push_back(SourceAppEvent::Left);
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<SimTime> {
        match self.stay {
            Stay::Leaving(until) => Some(until),
            Stay::Open | Stay::Left => None,
        }
    }

    pub(crate) fn handle_timeout(&mut self, io: &mut HostIo<'_>) {
        if self.poll_timeout().is_some_and(|at| at <= io.now) {
            while let Some((handle, _)) = self.calls.first_key_value() {
                let handle = *handle;
                self.end(io, handle, true);
            }
        }
    }

    pub(crate) fn handle_event(&mut self, io: &mut HostIo<'_>, event: StackEvent) {
        match event {
            StackEvent::Accepted { handle, remote, .. } => {
                if self.stay == Stay::Open && self.calls.len() < MAX_CALLS {
                    self.calls.insert(handle, Carrier::accepted(handle));
                    self.server.player = Some(remote.ip());
                    self.events.push_back(SourceAppEvent::Called(handle));
                } else {
                    io.note(format!("A connection from {remote} was refused: {MAX_CALLS} are open."));
                    // It is gone already when this fails, which is what we want.
                    let _ = io.stack.tcp_abort(io.now, handle);
                }
            }
            StackEvent::Datagram { handle, from, payload } => {
                if self.datagrams < MAX_WAITING_DATAGRAMS && self.server.player == Some(from.ip()) {
                    self.datagrams += 1;
                    self.events.push_back(SourceAppEvent::Datagram {
                        from_port: from.port(),
                        to_port: handle.port(),
                        bytes: payload,
                    });
                }
            }
            event => self.calls.values_mut().for_each(|carrier| carrier.handle_event(&event)),
        }
    }
}

impl RealServer {
    /// Learns from the answers to SETUP from where media will come.
    fn learn(&mut self, io: &mut HostIo<'_>, item: &Item) {
        let is_success = item.parsed.status(&item.bytes).is_some_and(|status| (200..300).contains(&status));
        if item.parsed.kind != ItemKind::Response || !is_success {
            return;
        }
        let Some(value) = item.value("Transport") else { return };
        for transport in TransportList::read(&value).0.into_iter().flatten() {
            match transport.server_port {
                Some((rtp, rtcp)) => {
                    // RTCP is one port above RTP where it is not named (RFC 3550 section 11).
                    let rtcp = rtcp.or_else(|| rtp.checked_add(1));
                    for port in [Some(rtp), rtcp].into_iter().flatten() {
                        self.bind(io, port);
                    }
                }
                None => self.any_port |= transport.client_port.is_some(),
            }
        }
    }

    /// The socket that stands for the server's `port`. A new session's ports take the place of
    /// the oldest ones.
    fn bind(&mut self, io: &mut HostIo<'_>, port: u16) -> Option<crate::stack::UdpHandle> {
        if self.ports.is_full() && !self.ports.has(port) {
            self.ports.forget_oldest(io);
        }
        self.ports.bind(io, port)
    }
}
