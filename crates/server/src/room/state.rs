//! How the room is: pace, clients, and the hosts that were added for real ones.

use super::keeper::Keeper;
use super::next::Next;
use super::shown::Shown;
use crate::rows::{nanos, source_state, span, weather};
use crate::wire::{
    Client, Interface, Link, Node, NodeKind, PortVlan, RequestMethod, RequestState, RoomState, Source,
    Topology,
};
use protocol::rtsp::Method;
use simulator::link::LinkDirection;
use simulator::world::{ClientView, LinkInfo, NodeInfo, SourceView};
use simulator::{LinkId, World, scenario};
use std::net::IpAddr;
use std::time::Duration;

/// Changes of the slip below this are not worth a message.
const SLIP_STEP: u64 = 100_000_000;

/// Whether two states are the same but for their clocks, and a slip that is not worth a message.
pub fn is_as_told(told: &RoomState, state: &mut RoomState) -> bool {
    let (now, slip) = (state.now, state.slip);
    state.now = told.now;
    if state.slip.0 / SLIP_STEP == told.slip.0 / SLIP_STEP {
        state.slip = told.slip;
    }
    let same = state == told;
    (state.now, state.slip) = (now, slip);
    same
}

impl Keeper {
    /// How the room is now.
    pub(super) fn room_state(&self) -> RoomState {
        RoomState {
            now: nanos(self.original.world.now()),
            pace: self.pacer.pace(),
            real_clients: self.players.connected(&self.ways) as u32,
            slip: span(self.pacer.slip()),
            viewers: self.viewers.len() as u32,
            clients: clients(&self.original.world),
            sources: self.original.world.sources().into_iter().map(source).collect(),
            original: self.original.number(),
            next: self.next.as_ref().map(Next::card),
            forks: self.forks.states(self.original.number()),
            capture: self.open_capture_state(),
            added: self.part(
                Shown::World(&self.original.world),
                self.original.fixed.0..self.original.world.nodes().len(),
                self.original.fixed.1..self.original.world.links().len(),
            ),
        }
    }

    /// The network of the scenario, with the weather as it is in a run.
    pub(super) fn topology(&self, run: Shown<'_>) -> Topology {
        match run {
            Shown::World(_) => self.part(run, 0..self.original.fixed.0, 0..self.original.fixed.1),
            Shown::Capture(_) => self.part(run, 0..run.nodes().len(), 0..run.links().len()),
        }
    }

    fn part(&self, run: Shown<'_>, nodes: std::ops::Range<usize>, links: std::ops::Range<usize>) -> Topology {
        let shown = |link: &LinkId| links.contains(&(link.0 as usize));
        Topology {
            nodes: nodes.map(|place| node((place, &run.nodes()[place]), run.layer_delay(), shown)).collect(),
            links: links.clone().map(|place| link(run, place, &run.links()[place])).collect(),
        }
    }
}

/// The VLANs of a switch's port.
fn port_vlan(vlan: &simulator::switch::PortVlan) -> PortVlan {
    match vlan {
        simulator::switch::PortVlan::Access(id) => PortVlan::Access { id: *id },
        simulator::switch::PortVlan::Trunk(ids) => PortVlan::Trunk { ids: ids.clone() },
    }
}

/// The length of a prefix, unless it is the whole address: then it is not known.
fn known_prefix((ip, prefix): (IpAddr, u8)) -> Option<u8> {
    let whole = if ip.is_ipv4() { 32 } else { 128 };
    (prefix < whole).then_some(prefix)
}

/// An address with the length of its prefix, where that is known.
fn written(address: (IpAddr, u8)) -> String {
    let ip = address.0;
    known_prefix(address).map_or_else(|| ip.to_string(), |prefix| format!("{ip}/{prefix}"))
}

fn node((place, info): (usize, &NodeInfo), layer_delay: Duration, shown: impl Fn(&LinkId) -> bool) -> Node {
    Node {
        id: place as u32,
        name: info.name.clone(),
        kind: match info.kind {
            scenario::NodeKind::Client => NodeKind::Client,
            scenario::NodeKind::Gateway => NodeKind::Gateway,
            scenario::NodeKind::Source => NodeKind::Source,
            scenario::NodeKind::Server => NodeKind::Server,
            scenario::NodeKind::Switch => NodeKind::Switch,
            scenario::NodeKind::Router => NodeKind::Router,
            scenario::NodeKind::Others => NodeKind::Others,
        },
        interfaces: info
            .interfaces
            .iter()
            .filter(|(link, _)| shown(link))
            .map(|(link, address)| Interface {
                link: link.0,
                mac: address.map(|address| address.mac.to_string()),
                ip: address.and_then(|address| address.ip()).map(|ip| ip.to_string()),
                prefix: address.and_then(|address| address.addresses().next()).and_then(known_prefix),
                addresses: address.iter().flat_map(|address| address.addresses()).map(written).collect(),
                vlan: info.vlans.get(link).map(port_vlan),
            })
            .collect(),
        layer_delay: span(layer_delay),
    }
}

fn link(run: Shown<'_>, place: usize, info: &LinkInfo) -> Link {
    let now = |direction| {
        let weather = run.weather(LinkId(place as u32), direction);
        weather::weather(&weather.expect("every link has weather"))
    };
    Link {
        id: place as u32,
        name: info.name.clone(),
        a: info.ends.0.0,
        b: info.ends.1.0,
        forward: now(LinkDirection::Forward),
        backward: now(LinkDirection::Backward),
    }
}

/// Every client of a run.
pub fn clients(world: &World) -> Vec<Client> {
    views(world.clients())
}

/// Clients as the page is told of them.
pub fn views(clients: Vec<ClientView>) -> Vec<Client> {
    clients.into_iter().map(client).collect()
}

fn client(view: ClientView) -> Client {
    Client {
        node: view.node.0,
        name: view.name,
        real: view.real,
        state: view.state.into(),
        transport: view.transport.map(Into::into),
        url: view.url,
        joined: nanos(view.joined),
        left: view.left.map(nanos),
        requests: view
            .requests
            .into_iter()
            .filter_map(|request| {
                Some(RequestState { method: method(&request.method)?, refused: request.refused })
            })
            .collect(),
    }
}

fn source(view: SourceView) -> Source {
    let (state, reason) = source_state(&view.state);
    Source {
        node: view.node.0,
        name: view.name,
        url: view.url,
        client: view.client.0,
        state,
        reason,
        opened: nanos(view.opened),
        left: view.left.map(nanos),
    }
}

/// The remote's name of a request; `None` for those that it does not have.
fn method(method: &Method) -> Option<RequestMethod> {
    match method {
        Method::Options => Some(RequestMethod::Options),
        Method::Describe => Some(RequestMethod::Describe),
        Method::Setup => Some(RequestMethod::Setup),
        Method::Play => Some(RequestMethod::Play),
        Method::Pause => Some(RequestMethod::Pause),
        Method::Teardown => Some(RequestMethod::Teardown),
        Method::Announce => Some(RequestMethod::Announce),
        Method::Record => Some(RequestMethod::Record),
        Method::GetParameter => Some(RequestMethod::GetParameter),
        Method::SetParameter => Some(RequestMethod::SetParameter),
        Method::Redirect | Method::Extension(_) => None,
    }
}
