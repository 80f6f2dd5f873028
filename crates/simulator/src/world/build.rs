//! From a scenario to devices and cables.

use super::host::Host;
use super::inputs::{InputLog, MAX_INPUT_OCTETS};
use super::{Device, LinkInfo, NodeInfo, Recorder, World, WorldError, WorldOptions};
use crate::app::{App, PlayerApp, PlayerConfig, ServerApp};
use crate::ids::{LinkId, NodeId};
use crate::link::{Lane, LinkDirection, Weather};
use crate::router::Router;
use crate::scenario::{GatewaySpec, InterfaceSpec, LinkSpec, NodeKind, NodeSpec, Scenario};
use crate::stack::address::counted;
use crate::stack::{Stack, StackConfig, TcpConfig};
use crate::switch::{PortVlan, Switch};
use pnet_base::MacAddr;
use protocol::media::Catalogue;
use protocol::random::Dice;
use protocol::rtsp::{Access, FreePublishing, MulticastConfig, ServerConfig};
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The port on which the built-in player and the gateways reach the server: Wireshark
/// knows it as RTSP's, and real clients use it too.
pub(super) const RTSP_PORT: u16 = 8554;

/// A world at rest at time zero, its players about to begin.
pub(super) fn world(
    scenario: &Scenario,
    catalogue: Arc<Catalogue>,
    options: WorldOptions,
) -> Result<World, WorldError> {
    let mut recorder = Recorder::new(options.history);
    let multicast = scenario.multicast || options.multicast;
    let mut links = Vec::new();
    let mut lanes = Vec::new();
    for spec in &scenario.links {
        let ends = (NodeId(spec.ends.0 as u32), NodeId(spec.ends.1 as u32));
        lanes.push(lanes_of(&spec.name, &spec.weather, options.seed));
        links.push(LinkInfo { name: spec.name.clone(), ends });
    }
    let server = scenario
        .nodes
        .iter()
        .find_map(|n| n.interface.filter(|_| n.kind == NodeKind::Server)?.ip())
        .ok_or(WorldError::NoServer)?;
    let server = SocketAddr::new(server, RTSP_PORT);
    let mut nodes = Vec::new();
    let mut devices = Vec::new();
    for (place, spec) in scenario.nodes.iter().enumerate() {
        let cables = cables(scenario, place);
        let info = node_info(spec, &cables);
        let node = NodeId(place as u32);
        let device = match spec.kind {
            NodeKind::Switch => {
                let mut switch = Switch::new();
                for (link, vlan) in &info.vlans {
                    switch.set_vlan(*link, vlan.clone());
                }
                Device::Switch(switch, None)
            }
            NodeKind::Router => {
                let ports = cables.iter().filter_map(|(link, cable)| Some((*link, cable.router?)));
                let mut router = Router::new(ports, multicast);
                if let Some(nat) = spec.nat {
                    router.set_nat(nat);
                }
                Device::Router(router, None)
            }
            NodeKind::Others => return Err(WorldError::NoAddress(spec.name.clone())),
            NodeKind::Client | NodeKind::Server | NodeKind::Gateway | NodeKind::Source => {
                let interface = spec.interface.ok_or_else(|| WorldError::NoAddress(spec.name.clone()))?;
                let (link, _) = cables.first().ok_or_else(|| WorldError::NoAddress(spec.name.clone()))?;
                let gateways =
                    spec.gateway.map(IpAddr::from).into_iter().chain(spec.gateway6.map(IpAddr::from));
                let mut stack = stack(&spec.name, interface, gateways, &spec.tcp, options.seed);
                recorder.add_host(node, &interface, spec.kind == NodeKind::Client);
                let app = if spec.kind == NodeKind::Server {
                    let config = ServerConfig {
                        epoch: options.epoch,
                        rtp_port: options.rtp_port,
                        lab_dialect: scenario.lab_dialect,
                        multicast: multicast.then(MulticastConfig::default),
                        session_timeout: options
                            .session_timeout
                            .or(scenario.session_timeout)
                            .unwrap_or(ServerConfig::default().session_timeout),
                        close_policy: options.close_policy,
                        secret: options.secret,
                        access: access(scenario, options.access.clone()),
                        ..ServerConfig::default()
                    };
                    let dice = Dice::new(options.seed, "rtsp server");
                    App::Server(Box::new(
                        ServerApp::new(config, catalogue.clone(), dice, &mut stack, options.multicast)
                            .map_err(|e| WorldError::Ports(e.to_string()))?,
                    ))
                } else {
                    App::Player(Box::new(PlayerApp::new(PlayerConfig {
                        server,
                        url: format!("rtsp://{server}/{}", scenario.player.path),
                        home: server.ip(),
                        reader: options.access.readers.first().cloned(),
                        publisher: options.access.publishers.first().cloned(),
                        transport: spec.part.transport.unwrap_or(scenario.player.transport),
                        punch: scenario.player.punch,
                        falls_back: scenario.nodes.iter().any(|node| node.nat.is_some()),
                        lab_dialect: scenario.player.lab_dialect,
                        playout_delay: scenario.player.playout_delay,
                        catalogue: catalogue.clone(),
                        clip: spec.part.clip.clone().unwrap_or_else(|| Catalogue::DEMO.to_owned()),
                        publish: spec.part.publish.clone(),
                        start: protocol::time::SimTime::ZERO + spec.part.start,
                        cname: interface
                            .ip()
                            .map_or_else(|| "player".to_owned(), |ip| format!("player@{ip}")),
                        epoch: options.epoch,
                        dice: Dice::new(options.seed, &format!("player {}", spec.name)),
                    })))
                };
                Device::Host(Box::new(Host {
                    node,
                    link: *link,
                    stack,
                    app,
                    timer: None,
                    variables: Default::default(),
                }))
            }
        };
        nodes.push(info);
        devices.push(device);
    }
    let mut world = World {
        now: protocol::time::SimTime::ZERO,
        queue: Default::default(),
        recorder,
        inputs: InputLog::new(MAX_INPUT_OCTETS),
        nodes,
        links,
        lanes,
        devices,
        gateways: Vec::new(),
        gateways_left: 0,
        gateways_ready: VecDeque::new(),
        tcp: scenario.tcp.clone(),
        gateway_spec: scenario.gateway.clone(),
        lab_dialect: scenario.lab_dialect,
        next_gateway: 0,
        sources: Vec::new(),
        source_spec: scenario.source.clone(),
        next_source: 0,
        calls: Default::default(),
        server,
        options,
        layer_delay: scenario.layer_delay,
    };
    (0..world.links.len()).for_each(|place| world.tell_mtu(LinkId(place as u32)));
    Ok(world)
}

/// The built-in players are no strangers: they may publish where others need a name.
fn access(scenario: &Scenario, mut access: Access) -> Access {
    if let FreePublishing::Only(addresses) = &mut access.free_publishing {
        let players = scenario.nodes.iter().filter(|node| node.kind == NodeKind::Client);
        addresses.extend(players.filter_map(|node| node.interface?.ip()));
    }
    access
}

fn cables(scenario: &Scenario, place: usize) -> Vec<(LinkId, &LinkSpec)> {
    scenario
        .links
        .iter()
        .enumerate()
        .filter(|(_, l)| l.ends.0 == place || l.ends.1 == place)
        .map(|(i, l)| (LinkId(i as u32), l))
        .collect()
}

fn node_info(spec: &NodeSpec, cables: &[(LinkId, &LinkSpec)]) -> NodeInfo {
    let interfaces = cables
        .iter()
        .map(|(link, cable)| {
            (*link, spec.interface.or(cable.router.filter(|_| spec.kind == NodeKind::Router)))
        })
        .collect();
    let vlans = cables.iter().filter(|_| spec.kind == NodeKind::Switch);
    let vlans = vlans.filter_map(|(link, cable)| Some((*link, cable.vlan.clone()?))).collect();
    NodeInfo { name: spec.name.clone(), kind: spec.kind, interfaces, vlans }
}

fn lanes_of(name: &str, weather: &[Weather; 2], seed: u64) -> [Lane; 2] {
    LinkDirection::BOTH.map(|direction| {
        let way = match direction {
            LinkDirection::Forward => "there",
            LinkDirection::Backward => "back",
        };
        Lane::new(weather[direction.index()].clone(), seed, &format!("link {name} {way}"))
    })
}

fn stack(
    name: &str,
    interface: InterfaceSpec,
    gateways: impl IntoIterator<Item = IpAddr>,
    tcp: &TcpConfig,
    seed: u64,
) -> Stack {
    let mut config = StackConfig {
        v4: interface.v4,
        v6: interface.v6,
        tcp: tcp.clone(),
        ..StackConfig::without_address(name, interface.mac)
    };
    for gateway in gateways {
        match gateway {
            IpAddr::V4(gateway) => config.gateway = Some(gateway),
            IpAddr::V6(gateway) => config.gateway6 = Some(gateway),
        }
    }
    Stack::new(config, Dice::new(seed, &format!("stack {name}")))
}

/// Host and cable for the `number`-th real client, from 0.
pub(super) fn gateway(world: &mut World, spec: &GatewaySpec, number: u32, app: App) -> Option<NodeId> {
    let mac = MacAddr::new(0x02, 0, 0, 1, (number >> 8) as u8, number as u8);
    outside(world, spec, number, Outside { name: "Guest", kind: NodeKind::Gateway, mac, app })
}

/// Host and cable for the `number`-th real server, from 0.
pub(super) fn source(world: &mut World, spec: &GatewaySpec, number: u32, app: App) -> Option<NodeId> {
    let mac = MacAddr::new(0x02, 0, 0, 2, 0xf0, number as u8);
    outside(world, spec, number, Outside { name: "Source", kind: NodeKind::Source, mac, app })
}

/// A host for somebody outside.
struct Outside {
    /// What stands before its number in its name.
    name: &'static str,
    kind: NodeKind,
    mac: MacAddr,
    app: App,
}

fn outside(world: &mut World, spec: &GatewaySpec, number: u32, host: Outside) -> Option<NodeId> {
    let Outside { name, kind, mac, app } = host;
    let interface = InterfaceSpec::new(mac, counted(spec.first, number)?, spec.prefix);
    let cable = format!("{}-{}", name.to_ascii_lowercase(), number + 1);
    let name = format!("{name} {}", number + 1);
    let node = NodeId(world.nodes.len() as u32);
    let link = LinkId(world.links.len() as u32);
    let switch = NodeId(spec.switch as u32);
    world.lanes.push(lanes_of(&cable, &spec.weather, world.options.seed));
    world.links.push(LinkInfo { name: cable, ends: (node, switch) });
    world.nodes[spec.switch].interfaces.push((link, None));
    if let (Some(id), Some(Device::Switch(device, _))) = (spec.vlan, world.devices.get_mut(spec.switch)) {
        device.set_vlan(link, PortVlan::Access(id));
        world.nodes[spec.switch].vlans.insert(link, PortVlan::Access(id));
    }
    world.recorder.add_host(node, &interface, kind == NodeKind::Gateway);
    if kind == NodeKind::Gateway {
        world.recorder.mark_gateway(node);
    }
    let stack = stack(&name, interface, [spec.gateway], &world.tcp, world.options.seed);
    let interfaces = vec![(link, Some(interface))];
    world.nodes.push(NodeInfo { name, kind, interfaces, vlans: Default::default() });
    world.devices.push(Device::Host(Box::new(Host {
        node,
        link,
        stack,
        app,
        timer: None,
        variables: Default::default(),
    })));
    world.tell_mtu(link);
    Some(node)
}
