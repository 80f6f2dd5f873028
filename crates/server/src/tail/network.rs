//! The network that a server told of: names, addresses, and which card a frame is for.

use crate::wire::{Interface, Link, Node, NodeKind, Topology};
use std::collections::BTreeSet;

/// Nodes and cables by their numbers.
#[derive(Clone, Debug, Default)]
pub struct Network {
    fixed: Topology,
    added: Topology,
}

impl Network {
    /// The fixed part, and what was added for real clients.
    pub fn new(fixed: Topology, added: Topology) -> Self {
        Network { fixed, added }
    }

    /// Hosts of real clients came or left.
    pub fn set_added(&mut self, added: Topology) {
        self.added = added;
    }

    fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.fixed.nodes.iter().chain(&self.added.nodes)
    }

    /// A device.
    pub fn node(&self, id: u32) -> Option<&Node> {
        self.nodes().find(|node| node.id == id)
    }

    /// A cable.
    pub fn link(&self, id: u32) -> Option<&Link> {
        self.fixed.links.iter().chain(&self.added.links).find(|link| link.id == id)
    }

    /// A device's name.
    pub fn name(&self, node: u32) -> &str {
        self.node(node).map_or("?", |node| &node.name)
    }

    /// A cable's name.
    pub fn link_name(&self, link: u32) -> &str {
        self.link(link).map_or("?", |link| &link.name)
    }

    /// The device at the other end of a cable.
    pub fn other_end(&self, link: u32, node: u32) -> Option<u32> {
        let link = self.link(link)?;
        Some(if link.a == node { link.b } else { link.a })
    }

    /// A device's card on a cable.
    pub fn card(&self, node: u32, link: u32) -> Option<&Interface> {
        self.node(node)?.interfaces.iter().find(|card| card.link == link)
    }

    /// A host's address.
    pub fn ip(&self, node: u32) -> Option<&str> {
        self.node(node)?.interfaces.iter().find_map(|card| card.ip.as_deref())
    }

    /// The card to which a device addresses a frame for `ip` that leaves by `link`: the one
    /// with this address where it is on this network, otherwise the network's router.
    pub fn next_card(&self, from: u32, link: u32, ip: &str) -> Option<&Interface> {
        let cards = self.cards_near(from, link);
        let owner = cards.iter().find(|(_, card)| card.ip.as_deref() == Some(ip));
        let router = || cards.iter().find(|(node, _)| node.kind == NodeKind::Router);
        owner.or_else(router).map(|(_, card)| *card)
    }

    /// The cards that a frame from `from` over `link` can reach without a router.
    fn cards_near(&self, from: u32, link: u32) -> Vec<(&Node, &Interface)> {
        let (mut cards, mut seen, mut next) = (Vec::new(), BTreeSet::from([link]), vec![(from, link)]);
        while let Some((node, link)) = next.pop() {
            let Some(end) = self.other_end(link, node).and_then(|end| self.node(end)) else { continue };
            if end.kind == NodeKind::Switch {
                let others = end.interfaces.iter().map(|card| card.link);
                next.extend(others.filter(|link| seen.insert(*link)).map(|link| (end.id, link)));
            } else if let Some(card) = self.card(end.id, link) {
                cards.push((end, card));
            }
        }
        cards
    }
}
