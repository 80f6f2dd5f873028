//! From TOML to a checked [`Scenario`].

use super::addresses::{Address, Networks, Routers};
use super::nat::{NatEntry, nat};
use super::tcp::TcpEntry;
use super::units::{self, Span, from_text};
use super::vlans::{Vlan, Vlans, check_switches, check_vlan};
use super::weather::{NamedPreset, WeatherEntry, both_ways, with_weather};
use super::*;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    #[serde(default = "default_layer_delay")]
    layer_delay: Span,
    #[serde(default)]
    multicast: bool,
    #[serde(default)]
    lab_dialect: bool,
    session_timeout: Option<SessionTimeout>,
    node: Vec<NodeEntry>,
    link: Vec<toml::Spanned<LinkEntry>>,
    #[serde(default)]
    tcp: TcpEntry,
    player: PlayerEntry,
    gateway: Option<GatewayEntry>,
    source: Option<GatewayEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeEntry {
    name: String,
    kind: KindEntry,
    mac: Option<Mac>,
    ip: Option<Networks>,
    gateway: Option<Routers>,
    publish: Option<String>,
    clip: Option<String>,
    start: Option<Span>,
    transport: Option<TransportEntry>,
    tcp: Option<TcpEntry>,
    nat: Option<toml::Spanned<NatEntry>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KindEntry {
    Client,
    Server,
    Switch,
    Router,
}

with_weather! {
    struct LinkEntry {
        name: String,
        ends: toml::Spanned<(String, String)>,
        preset: Option<NamedPreset>,
        forward: Option<WeatherEntry>,
        backward: Option<WeatherEntry>,
        mac: Option<Mac>,
        ip: Option<Networks>,
        vlan: Option<Vlans>,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlayerEntry {
    path: String,
    transport: TransportEntry,
    #[serde(default)]
    dialect: DialectEntry,
    #[serde(default)]
    punch: bool,
    #[serde(default = "default_playout_delay")]
    playout_delay: Span,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TransportEntry {
    Udp,
    Tcp,
    Multicast,
}

impl From<TransportEntry> for PlayerTransport {
    fn from(entry: TransportEntry) -> Self {
        match entry {
            TransportEntry::Udp => PlayerTransport::Udp,
            TransportEntry::Tcp => PlayerTransport::Tcp,
            TransportEntry::Multicast => PlayerTransport::Multicast,
        }
    }
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DialectEntry {
    #[default]
    Rtsp,
    Lab,
}

with_weather! {
    struct GatewayEntry {
        switch: String,
        vlan: Option<Vlan>,
        network: Address,
        gateway: IpAddr,
        preset: Option<NamedPreset>,
        forward: Option<WeatherEntry>,
        backward: Option<WeatherEntry>,
    }
}

fn default_layer_delay() -> Span {
    Span(Duration::from_micros(10))
}

fn default_playout_delay() -> Span {
    Span(Duration::from_millis(60))
}

from_text!(SessionTimeout(Duration), session_timeout);
/// RFC 2326 section 12.37 tells it in whole seconds; below two there is no time for a sign of life.
fn session_timeout(text: &str) -> Result<Duration, String> {
    let wrong =
        "a session's timeout is \"2 s\" to \"10 s\", in whole seconds; --session-timeout sets longer ones";
    let span = units::duration(text).map_err(|_| format!("'{text}': {wrong}"))?;
    let fits = span >= Duration::from_secs(2) && span.subsec_nanos() == 0;
    if fits { Ok(span) } else { Err(format!("'{text}': {wrong}")) }
}

from_text!(Mac(MacAddr), mac);
fn mac(text: &str) -> Result<MacAddr, String> {
    let mac: MacAddr = text.parse().map_err(|_| {
        format!("'{text}' is no hardware address: write six octets as in \"02:00:00:00:00:c1\"")
    })?;
    // The lowest bit of the first octet marks a group (IEEE 802.3 3.2.3).
    if mac.0 & 1 == 1 || mac.is_zero() {
        return Err(format!(
            "'{text}' is a group's or nobody's address: a device needs a unicast one, its first octet even"
        ));
    }
    Ok(mac)
}

pub(super) fn scenario(text: &str, file: &str) -> Result<Scenario, ScenarioError> {
    let line_of = |offset: usize| text.get(..offset).map(|before| before.matches('\n').count() + 1);
    let fail = |line: Option<usize>, reason: String| ScenarioError { file: file.to_owned(), line, reason };
    let parsed: File = toml::from_str(text)
        .map_err(|e| fail(e.span().and_then(|s| line_of(s.start)), e.message().to_owned()))?;
    let anywhere = |reason: String| fail(None, reason);

    if parsed.node.len() > MAX_NODES {
        return Err(anywhere(format!(
            "{} devices are more than the {MAX_NODES} that fit",
            parsed.node.len()
        )));
    }
    let mut places = BTreeMap::new();
    let tcp = parsed.tcp.over(&TcpConfig::default());
    let mut nodes = Vec::new();
    let mut nats = Vec::new();
    for (place, mut node) in parsed.node.into_iter().enumerate() {
        nats.extend(node.nat.take().map(|entry| (place, entry)));
        if places.insert(node.name.clone(), place).is_some() {
            return Err(anywhere(format!("two devices are named '{}': names must differ", node.name)));
        }
        nodes.push(self::node(node, &tcp).map_err(anywhere)?);
    }

    let mut links: Vec<LinkSpec> = Vec::new();
    for entry in parsed.link {
        let line = line_of(entry.get_ref().ends.span().start);
        let mut entry = entry.into_inner();
        let own = entry.take_weather();
        let fail = |reason: String| fail(line, reason);
        let (a, b) = entry.ends.into_inner();
        let place = |name: &str| {
            places.get(name).copied().ok_or_else(|| {
                fail(format!("link '{}' ends at '{name}', but no device has that name", entry.name))
            })
        };
        let ends = (place(&a)?, place(&b)?);
        if links.iter().any(|l| l.name == entry.name) {
            return Err(fail(format!("two links are named '{}': names must differ", entry.name)));
        }
        let routers = [ends.0, ends.1].iter().filter(|n| nodes[**n].kind == NodeKind::Router).count();
        let router = match (routers, entry.mac, entry.ip) {
            (0, None, None) => None,
            (1, Some(mac), Some(ip)) => Some(InterfaceSpec { mac: mac.0, v4: ip.v4, v6: ip.v6 }),
            (1, _, _) => {
                return Err(fail(format!(
                    "link '{}' ends at a router, which needs a mac and an ip there",
                    entry.name
                )));
            }
            (0, _, _) => {
                return Err(fail(format!(
                    "link '{}' ends at no router, so it has no mac and no ip of its own",
                    entry.name
                )));
            }
            _ => {
                return Err(fail(format!(
                    "link '{}' joins two routers; put a switch between them",
                    entry.name
                )));
            }
        };
        let weather = both_ways(entry.preset, own, entry.forward, entry.backward)
            .map_err(|reason| fail(format!("link '{}' {reason}", entry.name)))?;
        let vlan = entry.vlan.map(|vlan| vlan.0);
        let kinds = [ends.0, ends.1].map(|end| nodes[end].kind);
        check_vlan(&entry.name, vlan.as_ref(), kinds).map_err(&fail)?;
        links.push(LinkSpec { name: entry.name, ends, weather, router, vlan });
    }

    for (place, entry) in nats {
        let line = line_of(entry.span().start);
        let found = nat(&entry.into_inner(), place, &nodes[place], &links);
        nodes[place].nat = Some(found.map_err(|reason| fail(line, reason))?);
    }

    let outside = |table: &str, entry: Option<GatewayEntry>| -> Result<Option<GatewaySpec>, ScenarioError> {
        let Some(mut entry) = entry else { return Ok(None) };
        let switch =
            places.get(&entry.switch).copied().filter(|n| nodes[*n].kind == NodeKind::Switch).ok_or_else(
                || anywhere(format!("[{table}] switch = '{}': no switch has that name", entry.switch)),
            )?;
        let own = entry.take_weather();
        let weather = both_ways(entry.preset, own, entry.forward, entry.backward)
            .map_err(|reason| anywhere(format!("[{table}] {reason}")))?;
        let (first, prefix) = entry.network.0;
        if first.is_ipv4() != entry.gateway.is_ipv4() {
            return Err(anywhere(format!(
                "[{table}] network and gateway are of one family: {first} and {} are not",
                entry.gateway
            )));
        }
        let vlan = entry.vlan.map(|vlan| vlan.0);
        let at_switch = links.iter().find(|link| link.ends.0 == switch || link.ends.1 == switch);
        if at_switch.is_some_and(|link| link.vlan.is_some()) != vlan.is_some() {
            return Err(anywhere(format!(
                "[{table}] has a vlan when and only when the links of its switch '{}' have one",
                entry.switch
            )));
        }
        Ok(Some(GatewaySpec { switch, first, prefix, vlan, gateway: entry.gateway, weather }))
    };
    let (gateway, source) = (outside("gateway", parsed.gateway)?, outside("source", parsed.source)?);
    let scenario = Scenario {
        name: file.rsplit(['/', '\\']).next().unwrap_or(file).trim_end_matches(".toml").to_owned(),
        title: parsed.title,
        layer_delay: parsed.layer_delay.0,
        multicast: parsed.multicast,
        nodes,
        links,
        tcp,
        lab_dialect: parsed.lab_dialect,
        session_timeout: parsed.session_timeout.map(|timeout| timeout.0),
        player: PlayerSpec {
            lab_dialect: parsed.player.dialect == DialectEntry::Lab,
            path: parsed.player.path.trim_start_matches('/').to_owned(),
            transport: parsed.player.transport.into(),
            punch: parsed.player.punch,
            playout_delay: parsed.player.playout_delay.0,
        },
        gateway,
        source,
    };
    check(&scenario).map_err(anywhere)?;
    Ok(scenario)
}

fn node(entry: NodeEntry, tcp: &TcpConfig) -> Result<NodeSpec, String> {
    let NodeEntry { name, kind, mac, ip, gateway, publish, clip, start, transport, tcp: own, nat: _ } = entry;
    let kind = match kind {
        KindEntry::Client => NodeKind::Client,
        KindEntry::Server => NodeKind::Server,
        KindEntry::Switch => NodeKind::Switch,
        KindEntry::Router => NodeKind::Router,
    };
    let interface = match (kind, mac, ip) {
        (NodeKind::Client | NodeKind::Server, Some(mac), Some(ip)) => {
            Some(InterfaceSpec { mac: mac.0, v4: ip.v4, v6: ip.v6 })
        }
        (NodeKind::Client | NodeKind::Server, ..) => {
            return Err(format!("host '{name}' needs a mac and an ip"));
        }
        (_, None, None) => None,
        _ => return Err(format!("'{name}' is no host: its addresses, if any, stand beside its links")),
    };
    let gateway = gateway.unwrap_or_default();
    let ways = gateway.v4.map(IpAddr::from).into_iter().chain(gateway.v6.map(IpAddr::from));
    for (interface, way) in interface.iter().flat_map(|i| ways.clone().map(move |way| (i, way))) {
        let link_local = matches!(way, IpAddr::V6(ip) if protocol::wire::ipv6::is_link_local(ip));
        if interface.reaches(way) || (link_local && interface.v6.is_some()) {
            continue;
        }
        let own: Vec<_> = interface.addresses().map(|(ip, prefix)| format!("{ip}/{prefix}")).collect();
        return Err(format!(
            "host '{name}' cannot reach its gateway {way}: it lies in another network than {}",
            own.join(" and ")
        ));
    }
    if kind != NodeKind::Client
        && (publish.is_some() || clip.is_some() || start.is_some() || transport.is_some())
    {
        return Err(format!("'{name}' is no client: publish, clip, start and transport are a client's"));
    }
    if interface.is_none() && own.is_some() {
        return Err(format!("'{name}' is no host: tcp is a host's"));
    }
    let tcp = own.map_or_else(|| tcp.clone(), |own| own.over(tcp));
    let without_slash = |path: String| path.trim_matches('/').to_owned();
    let part = ClientPart {
        publish: publish.map(without_slash),
        clip: clip.map(without_slash),
        start: start.map(|start| start.0).unwrap_or_default(),
        transport: transport.map(Into::into),
    };
    Ok(NodeSpec { name, kind, interface, gateway: gateway.v4, gateway6: gateway.v6, nat: None, part, tcp })
}

/// What only the whole can show: one server, every host on one cable, addresses used once,
/// and no ring of switches, in which a broadcast would circle for ever.
fn check(scenario: &Scenario) -> Result<(), String> {
    let of_kind = |kind| scenario.nodes.iter().filter(move |n| n.kind == kind).count();
    if of_kind(NodeKind::Server) != 1 {
        return Err(format!("there must be one server, and there are {}", of_kind(NodeKind::Server)));
    }
    if of_kind(NodeKind::Client) == 0 {
        return Err("there must be a client".to_owned());
    }
    if scenario.player.lab_dialect && !scenario.lab_dialect {
        return Err("[player] dialect = \"lab\" needs lab_dialect = true before the first [[node]], or nobody understands the player".to_owned());
    }
    if scenario.player.lab_dialect && scenario.player.transport != PlayerTransport::Udp {
        return Err("[player] dialect = \"lab\" knows transport = \"udp\" only".to_owned());
    }
    for (place, node) in scenario.nodes.iter().enumerate() {
        let cables = scenario.links.iter().filter(|l| l.ends.0 == place || l.ends.1 == place).count();
        let host = node.interface.is_some();
        if host && cables != 1 {
            return Err(format!("host '{}' has {cables} links; it needs one", node.name));
        }
        if !host && cables == 0 {
            return Err(format!("'{}' has no link", node.name));
        }
    }
    let mut seen = BTreeMap::new();
    let interfaces = scenario
        .nodes
        .iter()
        .filter_map(|n| n.interface.map(|i| (i, &n.name)))
        .chain(scenario.links.iter().filter_map(|l| l.router.map(|i| (i, &l.name))));
    for (interface, name) in interfaces {
        let addresses = interface.addresses().map(|(ip, _)| ip.to_string());
        for address in addresses.chain([interface.mac.to_string()]) {
            if let Some(other) = seen.insert(address.clone(), name.clone()) {
                return Err(format!("'{other}' and '{name}' have the same address {address}"));
            }
        }
    }
    check_switches(scenario)?;
    // Union of the two ends of each link: a link within one group closes a ring. Routers end
    // networks: nothing circles through them.
    let mut group: Vec<usize> = (0..scenario.nodes.len()).collect();
    for link in scenario.links.iter().filter(|link| link.router.is_none()) {
        let (a, b) = (group[link.ends.0], group[link.ends.1]);
        if a == b {
            return Err(format!(
                "link '{}' closes a ring; there is no spanning tree protocol here",
                link.name
            ));
        }
        group.iter_mut().filter(|g| **g == b).for_each(|g| *g = a);
    }
    Ok(())
}
