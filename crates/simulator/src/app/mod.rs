//! Applications: adapters from a protocol engine to their host's sockets.
//!
//! An application is told what its host's stack has to tell, and may use the stack and the
//! tape through [`HostIo`]. It has no other way to the world, so that one way is how every
//! message enters the network.

mod gateway;
mod player;
mod server;
mod shown;

pub(crate) use gateway::{Carrier, GatewayApp, SourceApp, SourceAppEvent, naming};
pub use gateway::{
    GatewayEvent, MAX_CALLS, MAX_GATEWAY_PORTS, MAX_SHADOWS, MAX_WAITING_DATAGRAMS, SOURCE_FAREWELL,
};
pub use player::UDP_PATIENCE;
pub(crate) use player::{OpenTarget, Outside, PlayerApp, PlayerConfig, address};
pub(crate) use server::ServerApp;
pub(crate) use shown::record_of;

use crate::ids::{MessageId, NodeId};
use crate::stack::{SocketError, Stack, StackEvent, TcpHandle, Transmit, UdpHandle};
use crate::tape::Change;
use crate::world::Recorder;
use bytes::Bytes;
use protocol::message::Outgoing;
use protocol::time::SimTime;
use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};

/// Octets that an application takes from a connection in one go.
pub(crate) const READ_CHUNK: usize = 64 * 1024;

/// What runs on a host.
#[derive(Clone, Debug)]
pub(crate) enum App {
    Server(Box<ServerApp>),
    Player(Box<PlayerApp>),
    Gateway(Box<GatewayApp>),
    Source(Box<SourceApp>),
}

impl App {
    pub(crate) fn handle_event(&mut self, io: &mut HostIo<'_>, event: StackEvent) {
        match self {
            App::Server(app) => app.handle_event(io, event),
            App::Player(app) => app.handle_event(io, event),
            App::Gateway(app) => app.handle_event(io, event),
            App::Source(app) => app.handle_event(io, event),
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<SimTime> {
        match self {
            App::Server(app) => app.poll_timeout(),
            App::Player(app) => app.poll_timeout(),
            App::Gateway(app) => app.poll_timeout(),
            App::Source(app) => app.poll_timeout(),
        }
    }

    pub(crate) fn handle_timeout(&mut self, io: &mut HostIo<'_>) {
        match self {
            App::Server(app) => app.handle_timeout(io),
            App::Player(app) => app.handle_timeout(io),
            App::Gateway(app) => app.handle_timeout(io),
            App::Source(app) => app.handle_timeout(io),
        }
    }

    /// Hands to the sockets what the engine has ready.
    pub(crate) fn flush(&mut self, io: &mut HostIo<'_>) {
        match self {
            App::Server(app) => app.flush(io),
            App::Player(app) => app.flush(io),
            App::Gateway(_) | App::Source(_) => {}
        }
    }
}

/// What an application may use: its host's sockets, and the tape.
pub(crate) struct HostIo<'a> {
    pub(crate) now: SimTime,
    pub(crate) node: NodeId,
    pub(crate) stack: &'a mut Stack,
    pub(crate) recorder: &'a mut Recorder,
    /// The message whose last octet the frame in hand has brought, for a datagram.
    pub(crate) datagram: Option<MessageId>,
    /// Frames that leave the host now, in this order.
    pub(crate) frames: &'a mut Vec<Transmit>,
}

impl HostIo<'_> {
    /// Takes from the stack what it has ready to send, so that what an application says first
    /// also leaves first, whatever transport carries it.
    pub(crate) fn transmit(&mut self) {
        while let Some(transmit) = self.stack.poll_transmit(self.now) {
            self.frames.push(transmit);
        }
    }

    /// Sends a datagram and writes its message on the tape.
    pub(crate) fn send_datagram(&mut self, from: UdpHandle, to: SocketAddr, data: Outgoing) {
        let message = self.recorder.next_message();
        let sent = self.stack.udp_send(self.now, from, to, &data.bytes, message.0);
        self.recorder.datagram(self.now, self.node, from.port(), to, data);
        if let Err(error) = sent {
            self.note(format!("A datagram to {to} was not sent: {error}."));
        }
    }

    /// Joins a multicast group; what cannot be is noted.
    pub(crate) fn join_group(&mut self, group: Ipv4Addr) -> bool {
        let joined = self.stack.join_group(self.now, group);
        if let Err(error) = joined {
            self.note(format!("The group {group} cannot be joined: {error}."));
        }
        joined.is_ok()
    }

    pub(crate) fn note(&mut self, text: String) {
        self.state(Change::Note { text });
    }

    pub(crate) fn state(&mut self, change: Change) {
        self.recorder.state(self.now, self.node, change);
    }

    /// All that can be read from a connection now, at most [`READ_CHUNK`]; empty when there
    /// is nothing.
    pub(crate) fn read(&mut self, handle: TcpHandle) -> Bytes {
        self.stack.tcp_recv(self.now, handle, READ_CHUNK).unwrap_or_default()
    }
}

/// What an application has for a connection and the connection's buffer had no room for.
///
/// Bounded by the engine that fills it: it is told how much room there is, and keeps or
/// drops by its own rules what does not fit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outbox {
    waiting: VecDeque<Bytes>,
    octets: usize,
}

impl Outbox {
    /// Octets that wait.
    pub(crate) fn len(&self) -> usize {
        self.octets
    }

    /// Writes a message on the tape and hands it to the connection, or lets it wait behind
    /// those that wait already.
    pub(crate) fn send(&mut self, io: &mut HostIo<'_>, handle: TcpHandle, data: Outgoing) {
        io.recorder.stream_message(io.now, io.node, handle, data.bytes.clone(), data.what);
        self.octets += data.bytes.len();
        self.waiting.push_back(data.bytes);
        // A connection that is gone says so by an event; what waits for it goes with it.
        let _ = self.flush(io, handle);
    }

    /// Hands on what finds room now.
    pub(crate) fn flush(&mut self, io: &mut HostIo<'_>, handle: TcpHandle) -> Result<(), SocketError> {
        while let Some(bytes) = self.waiting.front_mut() {
            let taken = io.stack.tcp_send(io.now, handle, bytes)?;
            self.octets -= taken;
            if taken < bytes.len() {
                let _ = bytes.split_to(taken);
                break;
            }
            self.waiting.pop_front();
        }
        io.transmit();
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}
