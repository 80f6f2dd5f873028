//! The world: a virtual clock, a queue of tasks, devices and cables.
//!
//! # Driving it
//! [`World::step`] handles the next task, [`World::run_until`] all up to a moment. Between
//! these, requests and the octets of real clients may be given to it; they act at
//! [`World::now`] and are kept as [`Input`]s. Nothing happens by itself.
//!
//! # Time in a device
//! Each layer of a device takes the scenario's `layer_delay` (d), so that where a message is
//! depends on one time alone. A message handed down at `t` is a segment or datagram at
//! `t + d`, a packet at `t + 2d`, a frame at `t + 3d`, and enters the card's queue at
//! `t + 4d`. A frame whose last bit arrives at `t` has been checked by layer 2 at `t + d`,
//! layer 3 at `t + 2d`, layer 4 at `t + 3d`, and is handed to the application at `t + 4d`.

mod build;
mod gateways;
mod host;
mod inputs;
mod orders;
mod ports;
mod queue;
mod recorder;
mod sources;
mod switching;
mod variables;
mod view;
mod weather;

pub use gateways::{GatewaysFull, MAX_GATEWAYS};
pub use inputs::{Input, InputLog, MAX_INPUT_OCTETS, Recorded};
pub use orders::MAX_URL;
pub(crate) use recorder::Recorder;
pub use sources::{MAX_SOURCES, SourceEvent, SourceSpec, SourceView};
pub use variables::{ROW_INTERVAL, ROWS_AT_ONCE};
pub use view::{ClientRequestView, ClientView};

use crate::app::App;
use crate::ids::{FrameId, LinkId, NodeId};
use crate::link::Lane;
use crate::router::{GroupChange, Router, Sent};
use crate::scenario::{GatewaySpec, InterfaceSpec, NodeKind, Scenario};
use crate::stack::{Stack, TcpConfig};
use crate::switch::{PortVlan, Switch};
use crate::tape::{Change, Outcome, ReceiptRecord, Tape};
use bytes::Bytes;
use gateways::GatewaySlot;
use host::Host;
use protocol::media::Catalogue;
use protocol::rtsp::{Access, ClosePolicy};
use protocol::time::{Epoch, SimTime};
use queue::{Queue, Task};
use sources::{Calls, SourceSlot};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// Layers below the application, for which a message or frame takes `layer_delay` each: in a
/// host from layer 4 to the card and back up to the application.
const LAYERS_DOWN: u32 = 3;
const LAYERS_UP: u32 = 4;

/// What makes a run the run that it is, beside its scenario.
#[derive(Clone, Debug)]
pub struct WorldOptions {
    /// The seed of all dice.
    pub seed: u64,
    /// The wall-clock time of the beginning.
    pub epoch: Epoch,
    /// How far back the tape reaches.
    pub history: Duration,
    /// The server's RTP port; RTCP is the next one. With real clients, the pair that is really bound.
    pub rtp_port: u16,
    /// How many real clients there may be at a time.
    pub gateways: u32,
    /// Whether real clients get multicast: then the server offers it and the routers pass it on,
    /// whatever the scenario says.
    pub multicast: bool,
    /// How long a session lives without a sign of life; `None`: as the scenario says, or else as
    /// RTSP has it, 60 s.
    pub session_timeout: Option<Duration>,
    /// What the end of a connection does to sessions over UDP.
    pub close_policy: ClosePolicy,
    /// Random octets for what must not be guessed; `None`: the seed tells all.
    pub secret: Option<[u8; 32]>,
    /// Who may read and publish. The addresses of the built-in players are added to those
    /// that may publish without a name.
    pub access: Access,
}

impl Default for WorldOptions {
    fn default() -> Self {
        WorldOptions {
            seed: 1,
            epoch: Epoch::FIXED,
            history: Duration::from_secs(600),
            rtp_port: 6970,
            gateways: 32,
            multicast: false,
            session_timeout: None,
            close_policy: ClosePolicy::default(),
            secret: None,
            access: Access::default(),
        }
    }
}

/// Why there can be no such world.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WorldError {
    /// The scenario has no server.
    #[error("the scenario has no server")]
    NoServer,
    /// A host has no address or no cable.
    #[error("host '{0}' has no address or no link")]
    NoAddress(String),
    /// The server's ports cannot be had.
    #[error("the server's ports cannot be had: {0}")]
    Ports(String),
}

/// A request that was not carried out, and why, for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// A device as others see it.
#[derive(Clone, Debug)]
pub struct NodeInfo {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// Its cables, in the order of its ports, each with the address there, if it has one.
    pub interfaces: Vec<(LinkId, Option<InterfaceSpec>)>,
    /// The VLANs of a switch's ports, where it knows some.
    pub vlans: BTreeMap<LinkId, PortVlan>,
}

/// A cable as others see it.
#[derive(Clone, Debug)]
pub struct LinkInfo {
    /// Its name.
    pub name: String,
    /// What it joins.
    pub ends: (NodeId, NodeId),
}

#[derive(Clone, Debug)]
enum Device {
    Host(Box<Host>),
    /// With the time of its timer in the queue.
    Switch(Switch, Option<SimTime>),
    /// With the time of its timer in the queue.
    Router(Router, Option<SimTime>),
}

/// The simulated network. A clone is the same world at the same moment; both share the tape as
/// it is so far.
#[derive(Clone, Debug)]
pub struct World {
    now: SimTime,
    queue: Queue,
    recorder: Recorder,
    inputs: InputLog,
    nodes: Vec<NodeInfo>,
    links: Vec<LinkInfo>,
    lanes: Vec<[Lane; 2]>,
    devices: Vec<Device>,
    gateways: Vec<GatewaySlot>,
    gateways_left: u64,
    /// Hosts of real clients for whom something waits; each at most once.
    gateways_ready: VecDeque<NodeId>,
    gateway_spec: Option<GatewaySpec>,
    /// How the TCP of hosts works that come later.
    tcp: TcpConfig,
    /// Whether gateways read the student project's dialect, too.
    lab_dialect: bool,
    next_gateway: u32,
    sources: Vec<SourceSlot>,
    source_spec: Option<GatewaySpec>,
    next_source: u32,
    calls: Calls,
    server: SocketAddr,
    options: WorldOptions,
    layer_delay: Duration,
}

impl World {
    /// A world in which the players are about to send their first request.
    ///
    /// # Errors
    /// [`WorldError`], none of which a scenario from [`Scenario::parse`] causes unless the
    /// RTP port is one of RTSP's.
    pub fn new(
        scenario: &Scenario,
        catalogue: Arc<Catalogue>,
        options: WorldOptions,
    ) -> Result<World, WorldError> {
        let mut world = build::world(scenario, catalogue, options)?;
        for place in 0..world.devices.len() {
            let node = NodeId(place as u32);
            world.with_app(node, |app, io| {
                if let App::Player(player) = app {
                    player.start(io);
                }
            });
            world.arm(node);
        }
        Ok(world)
    }

    /// Simulated time: all that is due before it has happened.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// The time of the next task; `None` when nothing will ever happen again.
    pub fn next_event_at(&self) -> Option<SimTime> {
        self.queue.next_at()
    }

    /// Handles the next task, and answers its time.
    pub fn step(&mut self) -> Option<SimTime> {
        let (at, task) = self.queue.pop()?;
        debug_assert!(at >= self.now, "time never goes back");
        self.now = at;
        match task {
            Task::Handle { node, link, frame, bytes, intact, arrive } => {
                self.handle(node, link, frame, (bytes, intact), arrive)
            }
            Task::Timer { node } => self.timer(node),
        }
        self.recorder.tape.trim(at);
        Some(at)
    }

    /// Handles all tasks up to and including `until`, and lets the time be `until`.
    pub fn run_until(&mut self, until: SimTime) {
        while self.queue.next_at().is_some_and(|at| at <= until) {
            self.step();
        }
        self.now = self.now.max(until);
    }

    /// What has happened.
    pub fn tape(&self) -> &Tape {
        &self.recorder.tape
    }

    /// From now on the tape takes at most `octets`, or [`MAX_TAPE_OCTETS`] if that is less.
    pub fn limit_tape(&mut self, octets: usize) {
        self.recorder.tape.set_limit(octets);
    }

    /// Lets go of what the tape has from before `cut`.
    pub(crate) fn forget_before(&mut self, cut: SimTime) {
        self.recorder.tape.forget_before(cut);
    }

    /// The devices; a [`NodeId`] is a place in this list.
    pub fn nodes(&self) -> &[NodeInfo] {
        &self.nodes
    }

    /// The cables; a [`LinkId`] is a place in this list.
    pub fn links(&self) -> &[LinkInfo] {
        &self.links
    }

    /// The link with this name.
    pub fn link_named(&self, name: &str) -> Option<LinkId> {
        self.links.iter().position(|l| l.name == name).map(|i| LinkId(i as u32))
    }

    /// The cable of the first built-in player.
    pub fn client_link(&self) -> Option<LinkId> {
        let node = self.nodes.iter().find(|n| n.kind == NodeKind::Client)?;
        node.interfaces.first().map(|(link, _)| *link)
    }

    /// How long one layer of a device takes.
    pub fn layer_delay(&self) -> Duration {
        self.layer_delay
    }

    /// What makes this run the run that it is.
    pub fn options(&self) -> &WorldOptions {
        &self.options
    }

    /// A host's stack, to read its tables and connections; `None` for a switch or router.
    pub fn stack(&self, node: NodeId) -> Option<&Stack> {
        match self.devices.get(node.0 as usize)? {
            Device::Host(host) => Some(&host.stack),
            _ => None,
        }
    }

    /// Acts on a host's application, and sends what comes of it.
    fn with_app<R>(
        &mut self,
        node: NodeId,
        act: impl FnOnce(&mut App, &mut crate::app::HostIo<'_>) -> R,
    ) -> Option<R> {
        let Some(Device::Host(host)) = self.devices.get_mut(node.0 as usize) else { return None };
        let (result, frames) = host.with_app(self.now, &mut self.recorder, act);
        self.send_from_host(node, frames);
        self.arm(node);
        Some(result)
    }

    /// A frame has come: its octets, and whether all of them are as they were sent.
    fn handle(
        &mut self,
        node: NodeId,
        link: LinkId,
        frame: FrameId,
        (bytes, intact): (Bytes, bool),
        arrive: SimTime,
    ) {
        match &mut self.devices[node.0 as usize] {
            Device::Host(host) => {
                let frames = host.receive(self.now, arrive, frame, (&bytes, intact), &mut self.recorder);
                self.send_from_host(node, frames);
                self.arm(node);
            }
            Device::Switch(..) => self.switch(node, link, frame, (bytes, intact), arrive),
            Device::Router(router, _) => {
                let handled = match intact {
                    true => router.receive_intact(self.now, link, frame, &bytes),
                    false => router.receive(self.now, link, frame, &bytes),
                };
                let mut outcome = handled.outcome;
                let next = FrameId(self.recorder.tape.frames().end());
                if let (None, Some(Sent::Forwarded { ttl, .. })) =
                    (&outcome, handled.done.sends.first().map(|s| &s.transmit))
                {
                    outcome = Some(Outcome::Routed { frame: next, ttl: *ttl });
                }
                if let Some(outcome) = outcome {
                    self.recorder.tape.push_receipt(ReceiptRecord {
                        frame,
                        node,
                        arrive,
                        at: self.now,
                        outcome,
                    });
                }
                self.router_done(node, handled.done);
                self.arm(node);
            }
        }
    }

    fn timer(&mut self, node: NodeId) {
        let now = self.now;
        match &mut self.devices[node.0 as usize] {
            Device::Host(host) => {
                if host.timer != Some(now) {
                    return;
                }
                host.timer = None;
                if host.poll_timeout().is_some_and(|at| at <= now) {
                    let frames = host.handle_timeout(now, &mut self.recorder);
                    self.send_from_host(node, frames);
                }
            }
            Device::Router(router, timer) => {
                if *timer != Some(now) {
                    return;
                }
                *timer = None;
                let done = router.handle_timeout(now);
                self.router_done(node, done);
            }
            Device::Switch(switch, timer) => {
                if *timer != Some(now) {
                    return;
                }
                *timer = None;
                for (vlan, mac) in switch.handle_timeout(now) {
                    self.recorder.state(now, node, Change::Mac { mac, link: None, vlan });
                }
            }
        }
        self.arm(node);
    }

    /// Puts the device's next timer into the queue, unless an earlier one is there.
    fn arm(&mut self, node: NodeId) {
        let (due, timer) = match &mut self.devices[node.0 as usize] {
            Device::Host(host) => {
                if let App::Server(server) = &mut host.app {
                    let free = server.take_without_session();
                    if !free.is_empty() {
                        self.gateways_without_session(&free);
                        return self.arm(node);
                    }
                }
                let Device::Host(host) = &mut self.devices[node.0 as usize] else { return };
                if let App::Gateway(gateway) = &mut host.app
                    && gateway.becomes_ready()
                {
                    self.gateways_ready.push_back(node);
                }
                (host.poll_timeout(), &mut host.timer)
            }
            Device::Router(router, timer) => (router.poll_timeout(), timer),
            Device::Switch(switch, timer) => (switch.poll_timeout(), timer),
        };
        let Some(due) = due.filter(|at| *at < SimTime::NEVER) else { return };
        let due = due.max(self.now);
        if timer.is_none_or(|at| due < at) {
            *timer = Some(due);
            self.queue.push(due, Task::Timer { node });
        }
    }
    /// Writes down what a router tells, and sends what it has to send.
    fn router_done(&mut self, node: NodeId, done: crate::router::Done) {
        let now = self.now;
        for (link, line) in done.neighbours {
            self.recorder.state(now, node, Change::Neighbour { link, line });
        }
        for change in done.groups {
            self.recorder.state(now, node, group_change(change));
        }
        for change in done.nat {
            self.recorder.translated(now, node, change);
        }
        for (ip, packets) in done.lost.into_iter().filter(|(_, packets)| *packets > 0) {
            let text = format!("Nobody answered for {ip}; {packets} packets that waited are lost.");
            self.recorder.state(now, node, Change::Note { text });
        }
        self.send_from_router(node, done.sends);
    }
}

/// What a router has learnt of a group, for the tape.
fn group_change(change: GroupChange) -> Change {
    match change {
        GroupChange::Members { link, group, member } => Change::Group { group, link: Some(link), member },
        GroupChange::TableFull { group } => Change::Note {
            text: format!("A report of the group {group} was passed over: the table of groups is full."),
        },
    }
}
