//! The RTSP server on its host.

use super::{HostIo, Outbox};
use crate::ids::NodeId;
use crate::stack::{SocketError, Stack, StackEvent, TcpHandle, UdpHandle};
use crate::tape::Change;
use protocol::media::Catalogue;
use protocol::random::Dice;
use protocol::rtsp::{
    ConnId, EndReason, RedirectAnswer, RedirectError, RedirectWhom, Server, ServerConfig, ServerEvent,
    ServerOutput, SessionId, State,
};
use protocol::time::SimTime;
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;

/// The ports on which the server listens inside the simulation: RTSP's own (RFC 2326
/// section 3.2) and the usual one for servers without privileges.
pub(crate) const RTSP_PORTS: [u16; 2] = [554, 8554];

#[derive(Clone, Debug)]
pub(crate) struct ServerApp {
    engine: Server,
    rtp_port: u16,
    rtp: UdpHandle,
    rtcp: UdpHandle,
    connections: BTreeMap<TcpHandle, Connection>,
    /// Connections to close once their outbox is empty.
    closing: BTreeSet<TcpHandle>,
    sessions: BTreeMap<SessionId, NodeId>,
    /// Clients whose last session has ended, until they are asked for.
    without_session: Vec<NodeId>,
    /// The RTCP ports of multicast groups.
    groups: BTreeMap<(Ipv4Addr, u16), Option<UdpHandle>>,
    /// Whether real clients get multicast.
    real_multicast: bool,
}

#[derive(Clone, Debug, Default)]
struct Connection {
    outbox: Outbox,
}

impl ServerApp {
    pub(crate) fn new(
        config: ServerConfig,
        catalogue: Arc<Catalogue>,
        dice: Dice,
        stack: &mut Stack,
        real_multicast: bool,
    ) -> Result<Self, SocketError> {
        for port in RTSP_PORTS {
            stack.tcp_listen(port)?;
        }
        let rtp_port = config.rtp_port;
        Ok(ServerApp {
            rtp_port,
            rtp: stack.udp_bind(rtp_port)?,
            rtcp: stack.udp_bind(rtp_port + 1)?,
            engine: Server::new(config, catalogue, dice),
            connections: BTreeMap::new(),
            closing: BTreeSet::new(),
            sessions: BTreeMap::new(),
            without_session: Vec::new(),
            groups: BTreeMap::new(),
            real_multicast,
        })
    }

    /// Whether a client has a session, its connection standing or not.
    pub(crate) fn has_session_of(&self, client: NodeId) -> bool {
        self.sessions.values().any(|node| *node == client)
    }

    /// The clients whose last session has ended since this was asked last.
    pub(crate) fn take_without_session(&mut self) -> Vec<NodeId> {
        std::mem::take(&mut self.without_session)
    }

    pub(crate) fn handle_event(&mut self, io: &mut HostIo<'_>, event: StackEvent) {
        match event {
            StackEvent::Accepted { handle, remote, .. } => {
                match self.engine.connected(io.now, ConnId(handle.0), remote.ip()) {
                    Ok(()) => {
                        self.connections.insert(handle, Connection::default());
                        let opener = io.recorder.opener_of(io.node, handle);
                        if let Some(outside) = opener.and_then(|node| io.recorder.facts(node).outside) {
                            self.engine.known_to_itself_as(ConnId(handle.0), outside);
                        }
                        if !self.real_multicast && io.recorder.is_gateway(remote.ip()) {
                            self.engine.refuse_multicast(
                                ConnId(handle.0),
                                "multicast stays inside the simulation unless it is switched on",
                            );
                        }
                        self.tell_room(io, handle);
                    }
                    Err(full) => {
                        io.note(format!("A connection from {remote} was refused: {full}."));
                        // It is gone already when this fails, which is what we want.
                        let _ = io.stack.tcp_abort(io.now, handle);
                    }
                }
            }
            StackEvent::Readable(handle) => loop {
                let bytes = io.read(handle);
                if bytes.is_empty() {
                    break;
                }
                self.engine.receive(io.now, ConnId(handle.0), &bytes);
            },
            StackEvent::Writable(handle) => {
                if let Some(connection) = self.connections.get_mut(&handle) {
                    let _ = connection.outbox.flush(io, handle);
                    self.tell_room(io, handle);
                }
            }
            StackEvent::PeerClosed(handle) => {
                self.engine.disconnected(io.now, ConnId(handle.0));
                if self.connections.contains_key(&handle) {
                    self.closing.insert(handle);
                }
            }
            StackEvent::Closed { handle, .. } if self.connections.remove(&handle).is_some() => {
                self.closing.remove(&handle);
                self.engine.disconnected(io.now, ConnId(handle.0));
            }
            StackEvent::Datagram { handle, from, payload } => {
                self.engine.receive_datagram(io.now, handle.port(), from, &payload);
            }
            _ => {}
        }
    }

    /// Sends a client, or all that play, elsewhere; answers how many sessions were told.
    pub(crate) fn redirect(
        &mut self,
        now: SimTime,
        client: Option<NodeId>,
        to: &str,
    ) -> Result<usize, RedirectError> {
        let Some(client) = client else {
            return self.engine.redirect(now, &RedirectWhom::Playing, to, None);
        };
        let sessions = self.sessions.iter().filter(|(_, node)| **node == client);
        let sessions: Vec<SessionId> = sessions.map(|(session, _)| session.clone()).collect();
        let (mut told, mut failed) = (0, RedirectError::Nobody);
        for session in sessions {
            match self.engine.redirect(now, &RedirectWhom::Session(session), to, None) {
                Ok(count) => told += count,
                Err(error) => failed = error,
            }
        }
        if told == 0 { Err(failed) } else { Ok(told) }
    }

    pub(crate) fn poll_timeout(&self) -> Option<SimTime> {
        self.engine.poll_timeout()
    }

    pub(crate) fn handle_timeout(&mut self, io: &mut HostIo<'_>) {
        if self.engine.poll_timeout().is_some_and(|at| at <= io.now) {
            self.engine.handle_timeout(io.now);
        }
    }

    pub(crate) fn flush(&mut self, io: &mut HostIo<'_>) {
        while let Some(output) = self.engine.poll_output(io.now) {
            self.output(io, output);
        }
        let is_done = |handle: &TcpHandle| {
            self.connections.get(handle).is_none_or(|connection| connection.outbox.is_empty())
        };
        let done: Vec<TcpHandle> = self.closing.iter().copied().filter(is_done).collect();
        for handle in done {
            self.closing.remove(&handle);
            self.connections.remove(&handle);
            // Already closed by the other side's reset: nothing is left to close.
            let _ = io.stack.tcp_close(io.now, handle);
        }
    }

    /// Tells the engine how much it may still send on a connection, and asks to be told when
    /// that grows.
    fn tell_room(&mut self, io: &mut HostIo<'_>, handle: TcpHandle) {
        if let Some(connection) = self.connections.get(&handle) {
            let room = io.stack.tcp_send_room(handle).saturating_sub(connection.outbox.len());
            self.engine.set_writable(ConnId(handle.0), room);
            io.stack.tcp_tell_room(handle);
        }
    }

    fn output(&mut self, io: &mut HostIo<'_>, output: ServerOutput) {
        match output {
            ServerOutput::Stream { conn, data } => {
                let handle = TcpHandle(conn.0);
                if let Some(connection) = self.connections.get_mut(&handle) {
                    connection.outbox.send(io, handle, data);
                    self.tell_room(io, handle);
                }
            }
            ServerOutput::Datagram { from_port, to, data } => {
                let from = if from_port == self.rtp_port { self.rtp } else { self.rtcp };
                io.send_datagram(from, to, data);
            }
            ServerOutput::JoinGroup { group, rtcp_port, ttl } => self.join_group(io, group, rtcp_port, ttl),
            ServerOutput::LeaveGroup { group, rtcp_port } => {
                if let Some(socket) = self.groups.remove(&(group, rtcp_port)) {
                    io.stack.leave_group(io.now, group);
                    if let Some(socket) = socket {
                        io.stack.udp_close(socket);
                    }
                }
            }
            ServerOutput::Close { conn, abort } => {
                let handle = TcpHandle(conn.0);
                if abort {
                    self.connections.remove(&handle);
                    self.closing.remove(&handle);
                    // Already gone: nothing is left to reset.
                    let _ = io.stack.tcp_abort(io.now, handle);
                } else if self.connections.contains_key(&handle) {
                    self.closing.insert(handle);
                }
            }
            ServerOutput::Event(event) => self.event(io, event),
        }
    }

    /// Takes the reports of those who listen to a group, and lets what is sent to it pass
    /// routers.
    fn join_group(&mut self, io: &mut HostIo<'_>, group: Ipv4Addr, rtcp_port: u16, ttl: u8) {
        if !io.join_group(group) {
            return;
        }
        let socket = match io.stack.udp_bind(rtcp_port) {
            Ok(socket) => Some(socket),
            Err(error) => {
                io.note(format!("The server gets no reports from the group {group}: {error}."));
                None
            }
        };
        for own in [self.rtp, self.rtcp] {
            // They are open as long as the server runs.
            let _ = io.stack.udp_set_group_ttl(own, ttl);
        }
        self.groups.insert((group, rtcp_port), socket);
    }

    /// The state of a built-in player is told by itself; that of a real client is known
    /// only here.
    fn event(&mut self, io: &mut HostIo<'_>, event: ServerEvent) {
        match event {
            ServerEvent::SessionCreated { session, conn, peer, path } => {
                let node = io.recorder.node_of(peer).or_else(|| {
                    // Behind a router that translates, the connection alone tells.
                    io.recorder.opener_of(io.node, TcpHandle(conn.0))
                });
                if let Some(node) = node {
                    self.sessions.insert(session, node);
                    io.recorder.facts_mut(node).url = Some(format!("/{path}"));
                }
            }
            ServerEvent::TrackSetUp { session, transport, .. } => {
                if let Some(node) = self.sessions.get(&session) {
                    let name = if transport.contains("RTP/AVP/TCP") {
                        "tcp"
                    } else if transport.contains(";multicast") {
                        "multicast"
                    } else {
                        "udp"
                    };
                    io.recorder.facts_mut(*node).transport = Some(name);
                }
            }
            ServerEvent::StateChanged { session, to, .. } => {
                if let Some(client) = self.sessions.get(&session) {
                    io.state(Change::Session { client: *client, state: state_name(to) });
                }
            }
            ServerEvent::SessionEnded { session, reason } => {
                if let Some(client) = self.sessions.remove(&session) {
                    io.state(Change::Session { client, state: state_name(State::Init) });
                    if !self.has_session_of(client) {
                        self.without_session.push(client);
                    }
                    let why = match reason {
                        EndReason::Teardown => return,
                        EndReason::Timeout => "it gave no sign of life for the session's timeout",
                        EndReason::ConnectionClosed => "its connection ended",
                    };
                    io.note(format!("The server ended session {session}: {why}."));
                }
            }
            ServerEvent::Published { session, path, encodings, .. } => {
                io.note(format!("Session {session} publishes /{path}: {}.", encodings.join(", ")));
            }
            ServerEvent::Unpublished { path, reason } => {
                let why = match reason {
                    EndReason::Teardown => "its publisher ended it",
                    EndReason::Timeout => "its publisher gave no sign of life for the session's timeout",
                    EndReason::ConnectionClosed => "its publisher's connection ended",
                };
                io.note(format!("The stream /{path} is over: {why}."));
            }
            ServerEvent::RelayDropped { total, .. } => io.note(format!(
                "Packets of a published stream were not sent, since the client reads its connection too slowly; {total} times so far."
            )),
            ServerEvent::RedirectAnswered { session, answer } => io.note(match answer {
                RedirectAnswer::Status(status) if status.is_success() => {
                    format!("Session {session} answered REDIRECT with {status}: its client says that it follows.")
                }
                RedirectAnswer::Status(status) => format!(
                    "Session {session} answered REDIRECT with {status}: its client does not follow, and plays on."
                ),
                RedirectAnswer::Silence => {
                    format!("Session {session} did not answer REDIRECT: its client does not follow.")
                }
            }),
            ServerEvent::ParameterSet { session, name, value } => {
                io.note(format!("Session {session} set {name} to {value}."));
            }
            ServerEvent::Deviation { rule, text, .. } => io.note(format!("{text} ({rule})")),
            ServerEvent::PictureDropped { picture, total, .. } => io.note(format!(
                "Picture {picture} was not sent, since the client reads its connection too slowly; {total} so far."
            )),
            _ => {}
        }
    }
}

pub(super) fn state_name(state: State) -> &'static str {
    match state {
        State::Init => "Init",
        State::Ready => "Ready",
        State::Playing => "Playing",
        State::Recording => "Recording",
    }
}
