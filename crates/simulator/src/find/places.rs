//! The devices and cables that a query may name.

use crate::ids::{LinkId, NodeId};
use crate::scenario::{InterfaceSpec, Scenario};
use crate::world::{LinkInfo, NodeInfo};
use std::net::IpAddr;

/// The names of a network, and whose an address is.
#[derive(Clone, Debug, Default)]
pub struct Places {
    nodes: Vec<(String, Vec<InterfaceSpec>)>,
    /// With the two devices at the ends.
    links: Vec<(String, (NodeId, NodeId))>,
}

impl Places {
    /// Those of a run.
    pub fn of(nodes: &[NodeInfo], links: &[LinkInfo]) -> Places {
        let interfaces = |node: &NodeInfo| node.interfaces.iter().filter_map(|(_, own)| *own).collect();
        Places {
            nodes: nodes.iter().map(|node| (node.name.clone(), interfaces(node))).collect(),
            links: links.iter().map(|link| (link.name.clone(), link.ends)).collect(),
        }
    }

    /// The names of a scenario, before there is a run of it: enough to read a query.
    pub fn of_scenario(scenario: &Scenario) -> Places {
        let node = |place: usize| NodeId(place as u32);
        Places {
            nodes: scenario
                .nodes
                .iter()
                .map(|node| (node.name.clone(), node.interface.into_iter().collect()))
                .collect(),
            links: scenario
                .links
                .iter()
                .map(|link| (link.name.clone(), (node(link.ends.0), node(link.ends.1))))
                .collect(),
        }
    }

    /// The device with this name; small and capital letters are one where that is clear.
    pub fn node(&self, name: &str) -> Option<NodeId> {
        named(self.nodes.iter().map(|(own, _)| &**own), name).map(|place| NodeId(place as u32))
    }

    /// The cable with this name.
    pub fn link(&self, name: &str) -> Option<LinkId> {
        named(self.links.iter().map(|(own, _)| &**own), name).map(|place| LinkId(place as u32))
    }

    /// A device's name.
    pub fn node_name(&self, node: NodeId) -> Option<&str> {
        self.nodes.get(node.0 as usize).map(|(name, _)| &**name)
    }

    /// All devices' names.
    pub fn node_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.nodes.iter().map(|(name, _)| &**name)
    }

    /// All cables' names.
    pub fn link_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.links.iter().map(|(name, _)| &**name)
    }

    /// The device at the other end of a cable.
    pub fn other_end(&self, link: LinkId, from: NodeId) -> Option<NodeId> {
        let (_, (a, b)) = self.links.get(link.0 as usize)?;
        Some(if *a == from { *b } else { *a })
    }

    /// Whether a cable is crossed from its first end to its second.
    pub(super) fn is_forward(&self, link: LinkId, from: NodeId) -> bool {
        self.links.get(link.0 as usize).is_some_and(|(_, (a, _))| *a == from)
    }

    /// Whose an address is.
    pub(super) fn owner(&self, ip: IpAddr) -> Option<NodeId> {
        let owns = |interfaces: &[InterfaceSpec]| interfaces.iter().any(|own| own.has(ip));
        self.nodes.iter().position(|(_, interfaces)| owns(interfaces)).map(|place| NodeId(place as u32))
    }
}

fn named<'a>(names: impl Iterator<Item = &'a str> + Clone, name: &str) -> Option<usize> {
    let exact = names.clone().position(|own| own == name);
    exact.or_else(|| {
        let mut alike = names.enumerate().filter(|(_, own)| own.eq_ignore_ascii_case(name));
        let (place, _) = alike.next()?;
        alike.next().is_none().then_some(place)
    })
}
