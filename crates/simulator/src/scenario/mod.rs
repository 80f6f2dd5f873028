//! Scenarios: which devices there are, how they are cabled, and who plays what.
//!
//! A scenario is a TOML file; those that come with Layercast lie in
//! `crates/simulator/scenarios`. Reading one checks everything that can be checked without
//! running it, and an error names file, line and what to do.

mod addresses;
mod nat;
mod read;
mod tcp;
pub(crate) mod units;
mod vlans;
pub(crate) mod weather;

use crate::link::Weather;
use crate::router::NatConfig;
use crate::stack::{Network, TcpConfig};
use crate::switch::PortVlan;
use pnet_base::MacAddr;
use protocol::wire::ipv6;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;
use thiserror::Error;

/// The most devices that a scenario may have.
pub const MAX_NODES: usize = 64;

/// The network and its players, before the first event.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Short name: the file's name without `.toml`.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// How long one layer of a device takes to handle a frame.
    pub layer_delay: Duration,
    /// Whether the server offers multicast and the routers pass it on.
    pub multicast: bool,
    /// The devices; links and the gateway name them by their place.
    pub nodes: Vec<NodeSpec>,
    /// The cables.
    pub links: Vec<LinkSpec>,
    /// How the hosts' TCP works, unless a host has its own settings.
    pub tcp: TcpConfig,
    /// Whether the server serves the student project's dialect, too.
    pub lab_dialect: bool,
    /// How long a session lives without a sign of life, where the world's options do not say it:
    /// whole seconds, 2 to 10.
    pub session_timeout: Option<Duration>,
    /// What the built-in players do; one for each client.
    pub player: PlayerSpec,
    /// Where real clients from outside are plugged in; none may come when absent.
    pub gateway: Option<GatewaySpec>,
    /// Where hosts that stand for real servers are plugged in; there can be none when absent.
    pub source: Option<GatewaySpec>,
}

/// A device.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeSpec {
    /// Its name, unique in the scenario.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// A host's only interface; a router's lie beside its links, a switch has none.
    pub interface: Option<InterfaceSpec>,
    /// A host's way to other networks.
    pub gateway: Option<Ipv4Addr>,
    /// The same over IPv6.
    pub gateway6: Option<Ipv6Addr>,
    /// What a router translates, links by their place.
    pub nat: Option<NatConfig>,
    /// What a client does other than the rest.
    pub part: ClientPart,
    /// How a host's TCP works.
    pub tcp: TcpConfig,
}

/// What one client does other than the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientPart {
    /// The name under which it publishes a clip, without the leading slash; it plays when
    /// absent.
    pub publish: Option<String>,
    /// The clip that it publishes, by its name at the server; the demo clip when absent.
    pub clip: Option<String>,
    /// When it begins.
    pub start: Duration,
    /// How its media travel; as [`PlayerSpec::transport`] says when absent.
    pub transport: Option<PlayerTransport>,
}

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A host with the built-in player.
    Client,
    /// A host that stands for a real client.
    Gateway,
    /// A host that stands for a real server.
    Source,
    /// The host with the RTSP server.
    Server,
    /// A learning switch.
    Switch,
    /// A router.
    Router,
    /// Everybody in a capture who takes no part in its RTSP; in no scenario.
    Others,
}

/// A hardware address and one or two network addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterfaceSpec {
    /// The hardware address, a unicast one.
    pub mac: MacAddr,
    /// The IPv4 address, its prefix of 1 to 30 bits.
    pub v4: Option<Network<Ipv4Addr>>,
    /// The IPv6 address, its prefix of 1 to 127 bits; beside it there is always the link-local
    /// one.
    pub v6: Option<Network<Ipv6Addr>>,
}

impl InterfaceSpec {
    /// An interface with one address.
    pub fn new(mac: MacAddr, ip: impl Into<IpAddr>, prefix: u8) -> Self {
        match ip.into() {
            IpAddr::V4(ip) => InterfaceSpec { mac, v4: Some(Network::new(ip, prefix)), v6: None },
            IpAddr::V6(ip) => InterfaceSpec { mac, v4: None, v6: Some(Network::new(ip, prefix)) },
        }
    }

    /// The address by which others call it: the IPv4 one, where there are both.
    pub fn ip(&self) -> Option<IpAddr> {
        self.v4.map(|network| network.ip.into()).or(self.v6.map(|network| network.ip.into()))
    }

    /// Its addresses with the lengths of their prefixes, the link-local one last.
    pub fn addresses(&self) -> impl Iterator<Item = (IpAddr, u8)> + use<> {
        let v4 = self.v4.map(|network| (network.ip.into(), network.prefix));
        let v6 = self.v6.map(|network| (network.ip.into(), network.prefix));
        let link_local = self.v6.map(|_| (ipv6::link_local(self.mac).into(), 64));
        [v4, v6, link_local].into_iter().flatten()
    }

    /// Whether `ip` is one of its addresses.
    pub fn has(&self, ip: IpAddr) -> bool {
        self.addresses().any(|(own, _)| own == ip)
    }

    /// Its address of the family of `other`.
    pub fn of_family(&self, other: IpAddr) -> Option<IpAddr> {
        self.addresses().map(|(own, _)| own).find(|own| own.is_ipv4() == other.is_ipv4())
    }

    /// Whether `ip` lies in one of this interface's networks, that of link-local addresses left
    /// out: every interface has it.
    pub fn reaches(&self, ip: IpAddr) -> bool {
        match ip {
            IpAddr::V4(ip) => self.v4.is_some_and(|network| network.contains(ip)),
            IpAddr::V6(ip) => self.v6.is_some_and(|network| network.contains(ip)),
        }
    }

    /// The IPv6 groups in which a router listens on this interface.
    pub fn v6_groups(&self) -> impl Iterator<Item = Ipv6Addr> + use<> {
        let own = self.v6.map(|network| ipv6::solicited_node(network.ip));
        let link_local = self.v6.map(|_| ipv6::solicited_node(ipv6::link_local(self.mac)));
        let all = self.v6.map(|_| [ipv6::ALL_NODES, ipv6::ALL_ROUTERS]);
        own.into_iter().chain(link_local).chain(all.into_iter().flatten())
    }
}

/// A cable.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkSpec {
    /// Its name, unique in the scenario.
    pub name: String,
    /// The devices at its ends, as places in [`Scenario::nodes`].
    pub ends: (usize, usize),
    /// How it behaves at the beginning, by [`crate::link::LinkDirection::index`].
    pub weather: [Weather; 2],
    /// The address of the router at one of its ends, if there is one.
    pub router: Option<InterfaceSpec>,
    /// The VLANs of its ends at switches that know some.
    pub vlan: Option<PortVlan>,
}

/// How a built-in player's media travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayerTransport {
    /// Over UDP to its own ports.
    Udp,
    /// Inside the RTSP connection.
    Tcp,
    /// Over UDP to a multicast group; where that is refused, over UDP, and then over TCP.
    Multicast,
}

/// What the built-in player does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayerSpec {
    /// The clip's path on the server, without the leading slash.
    pub path: String,
    /// True for requests and pictures in the student project's dialect.
    pub lab_dialect: bool,
    /// How its media travel.
    pub transport: PlayerTransport,
    /// Whether it sends empty packets from its media ports to the server's first, which opens
    /// the way through a router that lets in only answers.
    pub punch: bool,
    /// How long a packet may be under way before its picture is shown.
    pub playout_delay: Duration,
}

/// Where real clients, or hosts that stand for real servers, are plugged in.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewaySpec {
    /// The switch, as a place in [`Scenario::nodes`].
    pub switch: usize,
    /// The first one's address; the next ones count up.
    pub first: IpAddr,
    /// Length of the network prefix.
    pub prefix: u8,
    /// The VLAN of their ports at a switch that knows some.
    pub vlan: Option<u16>,
    /// Their way to other networks.
    pub gateway: IpAddr,
    /// Their cables, whose first end is the host; by [`crate::link::LinkDirection::index`].
    pub weather: [Weather; 2],
}

/// Why a scenario cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}{}: {reason}", line.map(|l| format!(", line {l}")).unwrap_or_default())]
pub struct ScenarioError {
    /// The file's name.
    pub file: String,
    /// The line, from 1, where the reason lies in one place.
    pub line: Option<usize>,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// The scenarios that come with Layercast, by name.
const BUILT_IN: &[(&str, &str)] = &[
    ("classroom", include_str!("../../scenarios/classroom.toml")),
    ("classroom-loss", include_str!("../../scenarios/classroom-loss.toml")),
    ("classroom-wifi", include_str!("../../scenarios/classroom-wifi.toml")),
    ("classroom-storm", include_str!("../../scenarios/classroom-storm.toml")),
    ("classroom-publish", include_str!("../../scenarios/classroom-publish.toml")),
    ("classroom-multicast", include_str!("../../scenarios/classroom-multicast.toml")),
    ("classroom-tcp", include_str!("../../scenarios/classroom-tcp.toml")),
    ("classroom-tcp-loss", include_str!("../../scenarios/classroom-tcp-loss.toml")),
    ("classroom-jitter", include_str!("../../scenarios/classroom-jitter.toml")),
    ("classroom-two", include_str!("../../scenarios/classroom-two.toml")),
    ("classroom-keepalive", include_str!("../../scenarios/classroom-keepalive.toml")),
    ("classroom-ipv6", include_str!("../../scenarios/classroom-ipv6.toml")),
    ("classroom-vlan", include_str!("../../scenarios/classroom-vlan.toml")),
    ("classroom-mtu", include_str!("../../scenarios/classroom-mtu.toml")),
    ("classroom-nat", include_str!("../../scenarios/classroom-nat.toml")),
    ("lecture-hall", include_str!("../../scenarios/lecture-hall.toml")),
    ("classroom-lab", include_str!("../../scenarios/classroom-lab.toml")),
    ("classroom-fragments", include_str!("../../scenarios/classroom-fragments.toml")),
];

impl Scenario {
    /// The names of the scenarios that come with Layercast; the first is the default.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// A scenario that comes with Layercast.
    pub fn builtin(name: &str) -> Option<Scenario> {
        let (name, text) = BUILT_IN.iter().find(|(n, _)| *n == name)?;
        Some(Scenario::parse(text, &format!("{name}.toml")).expect("a test reads every built-in scenario"))
    }

    /// Reads a scenario from `text`; `file` names it in errors and gives it its name.
    ///
    /// # Errors
    /// The first thing found wrong, with its line where it has one.
    pub fn parse(text: &str, file: &str) -> Result<Scenario, ScenarioError> {
        read::scenario(text, file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{BitRate, Loss, Preset};

    #[test]
    fn every_built_in_scenario_can_be_read() {
        for name in Scenario::names() {
            let scenario = Scenario::builtin(name).unwrap();
            assert_eq!(scenario.name, name);
            assert!(scenario.nodes.iter().any(|n| n.kind == NodeKind::Client), "{name}");
            assert!(scenario.nodes.iter().any(|n| n.kind == NodeKind::Server), "{name}");
        }
        assert!(Scenario::builtin("nowhere").is_none());
    }

    #[test]
    fn a_link_has_its_presets_weather_its_own_and_each_directions() {
        let text = include_str!("../../scenarios/classroom-storm.toml");
        let storm = Scenario::parse(text, "storm.toml").unwrap();
        let preset = Preset::named("cafe-wifi").unwrap();
        assert_eq!(storm.links[0].weather, [preset.up.clone(), preset.down.clone()]);
        let [there, back] = &storm.links[1].weather;
        assert_eq!((there.rate, there.mtu), (BitRate(100_000_000), 1500));
        assert_eq!((back.rate, back.queue, back.mtu), (BitRate(3_000_000), 6_000, 1500));
        assert_eq!(back.delay, there.delay);
        // Own keys lie over the preset's, in both directions.
        let text = text
            .replace("preset = \"cafe-wifi\"", "preset = \"dsl\"\nloss = { p = 0.1, r = 0.5, bad = 0.25 }");
        let storm = Scenario::parse(&text, "storm.toml").unwrap();
        for weather in &storm.links[0].weather {
            let Loss::Bursty(model) = weather.loss else { panic!("{weather:?}") };
            assert_eq!((model.p.get(), model.loss_good.get(), model.loss_bad.get()), (0.1, 0.0, 0.25));
            assert_eq!(weather.delay, Duration::from_millis(25));
        }
    }

    /// The classroom with one piece of text changed, and what the error must say.
    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        const CLIENT: &str = "ends = [\"Client\", \"SW1\"]";
        let good = include_str!("../../scenarios/classroom.toml");
        for (from, to, has_line, says) in [
            ("kind = \"switch\"", "kind = \"swich\"", true, "swich"),
            ("rate = \"100 Mbit/s\"", "rate = \"100 Mb\"", true, "Mbit/s"),
            ("delay = \"1 ms\"", "delay = \"1 minute\"", true, "ms"),
            ("ends = [\"Client\", \"SW1\"]", "ends = [\"Client\", \"SW9\"]", true, "SW9"),
            ("10.0.1.2/24", "10.0.1.2", true, "10.0.1.2/24"),
            ("02:00:00:00:00:c1", "03:00:00:00:00:c1", true, "unicast"),
            ("transport = \"udp\"", "transport = \"sctp\"", true, "udp"),
            ("gateway = \"10.0.2.1\"", "gateway = \"10.0.9.1\"", false, "10.0.9.1"),
            ("transport = \"udp\"", "transport = \"udp\"\ndialect = \"lab\"", false, "lab_dialect = true"),
            ("name = \"SW2\"", "name = \"SW1\"", false, "SW1"),
            ("[player]", "colour = 1\n[player]", true, "colour"),
            ("delay = \"1 ms\"", "preset = \"pigeon\"", true, "cafe-wifi"),
            ("rate = \"100 Mbit/s\"", "loss = 1.5", true, "between 0 and 1"),
            ("rate = \"100 Mbit/s\"", "loss = { p = 0.1 }", true, "missing field `r`"),
            ("delay = \"1 ms\"", "duplicate = -1\ndelay = \"1 ms\"", true, "between 0 and 1"),
            (
                "ends = [\"Client\", \"SW1\"]\nrate = \"100 Mbit/s\"",
                CLIENT,
                true,
                "a rate and a delay, or a preset",
            ),
            (CLIENT, "ends = [\"Client\", \"SW1\"]\nmtu = 60", true, "between 68 and 1500"),
            ("name = \"SW1\"", "name = \"SW1\"\npublish = \"live\"", false, "publish"),
            ("layer_delay = \"10 us\"", "session_timeout = \"11 s\"", true, "--session-timeout"),
            ("layer_delay = \"10 us\"", "session_timeout = \"1 s\"", true, "\"2 s\" to \"10 s\""),
            ("layer_delay = \"10 us\"", "session_timeout = \"2500 ms\"", true, "whole seconds"),
        ] {
            let text = good.replacen(from, to, 1);
            assert_ne!(text, good, "{from}");
            let error = Scenario::parse(&text, "x.toml").expect_err(to);
            assert!(error.to_string().contains(says), "{to}: {error}");
            let line = good[..good.find(from).unwrap()].matches('\n').count() + 1;
            assert_eq!(error.line, has_line.then_some(line), "{to}: {error}");
        }
    }
}
