//! Real servers in the world: one simulated host stands for each, and the built-in player plays
//! from it.

use super::{Device, Input, Refused, World, build};
use crate::app::{App, OpenTarget, Outside, SourceApp, SourceAppEvent};
use crate::ids::{GatewayId, NodeId, SourceId};
use crate::stack::TcpHandle;
use crate::tape::SourceState;
use bytes::Bytes;
use protocol::time::SimTime;
use std::net::SocketAddr;

/// The most real servers that hosts stand for at a time: those that are played and those whose
/// connections are being closed.
pub const MAX_SOURCES: u32 = 8;

/// A real server that the built-in player shall play from.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceSpec {
    /// Its host's name, for people.
    pub name: String,
    /// The URL for the player's requests, with user and password where there are some.
    pub url: String,
    /// The same without user and password: for the tape and for people.
    pub shown_url: String,
    /// The port on which it listens.
    pub port: u16,
    /// Other names of its host, such as its address: what it says of these is of itself.
    pub other_names: Vec<String>,
    /// The UDP port that is reserved for its RTP outside; RTCP's is the next one. The player
    /// uses the same numbers, so that its requests name ports that are there.
    pub rtp_port: u16,
}

/// Without the password.
impl std::fmt::Debug for SourceSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let SourceSpec { name, shown_url, port, rtp_port, .. } = self;
        write!(f, "SourceSpec({name}, {shown_url}, port {port}, RTP {rtp_port})")
    }
}

/// What a real server's host has to tell, beside the octets of its connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceEvent {
    /// The player has opened a connection: connect to the real server, and carry its octets
    /// under this number.
    Called(GatewayId),
    /// A datagram for the real server.
    Datagram {
        /// The player's port, which is also the one that is reserved outside.
        from_port: u16,
        /// The real server's port.
        to_port: u16,
        /// Its octets.
        bytes: Bytes,
    },
    /// The player plays something else, and all connections are closed: what was reserved for
    /// the server is free.
    Left,
}

/// A host that stands, or stood, for a real server.
#[derive(Clone, Debug)]
pub(super) struct SourceSlot {
    id: SourceId,
    node: NodeId,
    client: NodeId,
    spec: SourceSpec,
    opened: SimTime,
    left: Option<SimTime>,
}

/// A real server, as people see it.
#[derive(Clone, Debug)]
pub struct SourceView {
    /// Its host.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// Its URL, without user and password.
    pub url: String,
    /// Who plays from it.
    pub client: NodeId,
    /// How things stand with it.
    pub state: SourceState,
    /// When a host began to stand for it.
    pub opened: SimTime,
    /// When it ceased to.
    pub left: Option<SimTime>,
}

impl World {
    /// Lets a built-in player play from a real server: a host that stands for it is plugged in,
    /// and the player leaves what it plays and opens `spec.url` there.
    ///
    /// # Errors
    /// [`Refused`] when `client` is no built-in player, the scenario has no place for real
    /// servers, or hosts stand for [`MAX_SOURCES`] of them.
    pub fn source_open(&mut self, client: NodeId, spec: SourceSpec) -> Result<SourceId, Refused> {
        self.enter();
        let id = SourceId(self.next_source);
        self.came(Input::SourceOpen { id, client, spec: Box::new(spec.clone()) });
        let device = self.devices.get(client.0 as usize);
        if !matches!(device, Some(Device::Host(host)) if matches!(host.app, App::Player(_))) {
            return Err(Refused("Only the built-in player plays from a real server.".to_owned()));
        }
        let place = self.source_spec.clone().ok_or_else(|| {
            Refused("This scenario has no [source]: it has no place for a real server.".to_owned())
        })?;
        self.leave_sources(client);
        let full = || Refused(format!("Hosts stand for {MAX_SOURCES} real servers already."));
        let app = App::Source(Box::new(SourceApp::new(spec.port, spec.shown_url.clone())));
        let slot = SourceSlot { id, node: client, client, spec, opened: self.now, left: None };
        let node = if (self.sources.len() as u32) < MAX_SOURCES {
            let number = self.sources.len() as u32;
            let node = build::source(self, &place, number, app).ok_or_else(full)?;
            self.sources.push(SourceSlot { node, ..slot });
            node
        } else {
            // The host whose server was left first is free again.
            let free = self.sources.iter_mut().filter(|s| s.left.is_some()).min_by_key(|s| s.left);
            let free = free.ok_or_else(full)?;
            let node = free.node;
            *free = SourceSlot { node, ..slot };
            self.set_app(node, app);
            node
        };
        self.next_source += 1;
        self.with_source(id, |source, io| source.start(io));
        let spec = self.sources.iter().find(|s| s.id == id).map(|s| s.spec.clone());
        let address = self.nodes[node.0 as usize].interfaces.first().and_then(|(_, interface)| *interface);
        if let (Some(spec), Some(ip)) = (spec, address.and_then(|address| address.ip())) {
            let server = SocketAddr::new(ip, spec.port);
            let outside = Outside { rtp_port: spec.rtp_port, other_names: spec.other_names, over_tcp: false };
            let target = OpenTarget { outside: Some(outside), ..OpenTarget::new(server, spec.url) };
            self.with_app(client, |app, io| {
                if let App::Player(player) = app {
                    player.open(io, target);
                }
            });
        }
        Ok(id)
    }

    /// The player plays something else: its connections to real servers end.
    pub fn source_leave(&mut self, client: NodeId) {
        self.enter();
        self.came(Input::SourceLeave { client });
        self.leave_sources(client);
    }

    pub(super) fn leave_sources(&mut self, client: NodeId) {
        let played: Vec<SourceId> =
            self.sources.iter().filter(|s| s.client == client && s.left.is_none()).map(|s| s.id).collect();
        for id in played {
            self.with_source(id, |source, io| source.leave(io));
        }
    }

    /// The real connection behind a simulated one stands.
    pub fn source_connected(&mut self, id: SourceId) {
        self.enter();
        self.came(Input::SourceConnected { id });
        self.with_source(id, |source, io| source.connected(io));
    }

    /// No real connection could be made for `call`: the simulated one is reset, and `why`, one
    /// sentence, says so on the tape.
    pub fn source_failed(&mut self, id: SourceId, call: GatewayId, why: String) {
        self.enter();
        self.came(Input::SourceFailed { id, call, why: why.clone() });
        if let Some((_, handle)) = self.calls.remove(&call) {
            self.with_source(id, |source, io| source.failed(io, handle, why));
        }
    }

    /// A real server's datagram from its port `from_port` to the reserved port `to_port`. It is
    /// dropped unless an answer to SETUP named its port.
    pub fn source_datagram(&mut self, id: SourceId, from_port: u16, to_port: u16, bytes: Bytes) {
        self.enter();
        self.came(Input::SourceDatagram { id, from_port, to_port, bytes: bytes.clone() });
        self.with_source(id, |source, io| source.datagram(io, from_port, to_port, bytes));
    }

    /// What the hosts of real servers have to tell.
    pub fn poll_source(&mut self) -> Option<(SourceId, SourceEvent)> {
        if !self.sources.is_empty() {
            self.enter();
        }
        for place in 0..self.sources.len() {
            let SourceSlot { id, node, left, .. } = self.sources[place];
            if left.is_some() {
                continue;
            }
            let Some(event) = self.source_app(node).and_then(SourceApp::poll_event) else { continue };
            let event = self.heard(place, event);
            let way = match &event {
                SourceEvent::Called(way) => Some(*way),
                _ => None,
            };
            self.came(Input::SourceHeard { id, way });
            return Some((id, event));
        }
        None
    }

    /// Hears in a fork what was heard of a real server's host in another run: `way` when that
    /// was a call, which got this number.
    pub(super) fn source_heard(&mut self, id: SourceId, way: Option<GatewayId>) {
        let Some(place) = self.sources.iter().position(|s| s.id == id && s.left.is_none()) else { return };
        let node = self.sources[place].node;
        while let Some(event) = self.source_app(node).and_then(SourceApp::poll_event) {
            let is_call = matches!(event, SourceAppEvent::Called(_));
            if let Some(way) = way.filter(|_| is_call) {
                self.next_gateway = way.0;
            }
            self.heard(place, event);
            // Where the run has become another one, the call may come after other events.
            if is_call || way.is_none() {
                return;
            }
        }
    }

    /// What a real server's host tells is known outside: a call gets a number.
    fn heard(&mut self, place: usize, event: SourceAppEvent) -> SourceEvent {
        let node = self.sources[place].node;
        match event {
            SourceAppEvent::Called(call) => {
                let way = self.next_way();
                self.calls.insert(way, (node, call));
                SourceEvent::Called(way)
            }
            SourceAppEvent::Datagram { from_port, to_port, bytes } => {
                SourceEvent::Datagram { from_port, to_port, bytes }
            }
            SourceAppEvent::Left => {
                self.sources[place].left = Some(self.now);
                self.calls.retain(|_, (host, _)| *host != node);
                SourceEvent::Left
            }
        }
    }

    /// The real servers that hosts stand for, or stood for last.
    pub fn sources(&self) -> Vec<SourceView> {
        let view = |slot: &SourceSlot| SourceView {
            node: slot.node,
            name: slot.spec.name.clone(),
            url: slot.spec.shown_url.clone(),
            client: slot.client,
            state: match self.devices.get(slot.node.0 as usize) {
                Some(Device::Host(host)) => match &host.app {
                    App::Source(source) => source.state().clone(),
                    _ => SourceState::Left,
                },
                _ => SourceState::Left,
            },
            opened: slot.opened,
            left: slot.left,
        };
        self.sources.iter().map(view).collect()
    }

    fn source_app(&mut self, node: NodeId) -> Option<&mut SourceApp> {
        match self.devices.get_mut(node.0 as usize)? {
            Device::Host(host) => match &mut host.app {
                App::Source(source) => Some(source),
                _ => None,
            },
            _ => None,
        }
    }

    fn with_source<R>(
        &mut self,
        id: SourceId,
        act: impl FnOnce(&mut SourceApp, &mut crate::app::HostIo<'_>) -> R,
    ) -> Option<R> {
        let node = self.sources.iter().find(|s| s.id == id && s.left.is_none())?.node;
        self.with_app(node, |app, io| match app {
            App::Source(source) => Some(act(source, io)),
            _ => None,
        })
        .flatten()
    }
}

/// The real connections to real servers: on which host, and which simulated connection.
pub(super) type Calls = std::collections::BTreeMap<GatewayId, (NodeId, TcpHandle)>;
