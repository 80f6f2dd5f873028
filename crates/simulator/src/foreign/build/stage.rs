//! Nodes and links of a capture.
//!
//! A capture is taken at one place, and does not say what lies between that and the hosts. So
//! each client is shown with one cable to the server, on which the frames between the two passed
//! the capture; who else appears is gathered in one node.

use super::super::who::Who;
use crate::ids::{LinkId, NodeId};
use crate::scenario::{InterfaceSpec, NodeKind};
use crate::tape::Outcome;
use crate::world::{LinkInfo, NodeInfo};
use pnet_base::MacAddr;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What stands where a prefix's length is not known: the address alone.
const HOST_PREFIX: u8 = 32;
const HOST_PREFIX_V6: u8 = 128;

pub struct Stage {
    server: IpAddr,
    /// Clients' addresses; their nodes come first, then the server's.
    clients: Vec<IpAddr>,
    others: Option<NodeId>,
    links: BTreeMap<(NodeId, NodeId), LinkId>,
    /// Hardware addresses by which hosts were seen.
    macs: BTreeMap<IpAddr, MacAddr>,
}

/// Over which cable, to whom, and what becomes of it there.
pub type Ways = Vec<(LinkId, NodeId, Outcome)>;

impl Stage {
    pub fn new(who: &Who) -> Self {
        let mut stage = Stage {
            server: who.server,
            clients: who.clients.iter().map(|client| client.ip).collect(),
            others: None,
            links: BTreeMap::new(),
            macs: BTreeMap::new(),
        };
        for client in 0..stage.clients.len() {
            stage.link(stage.client(client), stage.server());
        }
        stage
    }

    pub fn client(&self, client: usize) -> NodeId {
        NodeId(client as u32)
    }

    pub fn server(&self) -> NodeId {
        NodeId(self.clients.len() as u32)
    }

    /// The node of everybody else.
    pub fn others(&mut self) -> NodeId {
        *self.others.get_or_insert(NodeId(self.clients.len() as u32 + 1))
    }

    /// The cable between two nodes.
    pub fn link(&mut self, one: NodeId, other: NodeId) -> LinkId {
        let next = LinkId(self.links.len() as u32);
        *self.links.entry((one.min(other), one.max(other))).or_insert(next)
    }

    /// A frame from this address came with this hardware address.
    pub fn seen(&mut self, ip: IpAddr, mac: MacAddr) {
        if ip == self.server || self.clients.contains(&ip) {
            self.macs.entry(ip).or_insert(mac);
        }
    }

    /// Where client and server have one address, only ports tell them apart.
    fn node(&self, ip: IpAddr) -> Option<NodeId> {
        let client = self.clients.iter().position(|client| *client == ip);
        match client {
            Some(_) if ip == self.server => None,
            Some(client) => Some(self.client(client)),
            None => (ip == self.server).then(|| self.server()),
        }
    }

    /// The node of an address, everybody else's if it is nobody's.
    pub fn node_or_others(&mut self, ip: IpAddr) -> NodeId {
        self.node(ip).unwrap_or_else(|| self.others())
    }

    /// Whether both are the server's and a client's address, and these differ.
    pub fn is_between(&self, from: IpAddr, to: IpAddr) -> bool {
        let ends = (self.node(from), self.node(to));
        ends.0.is_some() && ends.1.is_some() && from != to
    }

    /// The ways of a frame between two addresses of which one takes part; `None` when none does.
    pub fn between(&mut self, from: IpAddr, to: IpAddr, layer: u8) -> Option<(NodeId, Ways)> {
        let (known, other) = (self.node(from), self.node(to));
        if known.is_none() && other.is_none() || known == other {
            return None;
        }
        let node = self.node_or_others(from);
        let accepted = Outcome::Accepted { layer };
        // A question to all goes to the other end of the sender's cable, which may not be meant.
        let (receiver, outcome) = match other {
            Some(other) => (other, accepted),
            None if node == self.server() && !self.clients.is_empty() => (self.client(0), Outcome::NotForMe),
            None if to.is_multicast() || layer == 2 => (self.server(), Outcome::NotForMe),
            None => (self.others(), accepted),
        };
        let link = self.link(node, receiver);
        Some((node, vec![(link, receiver, outcome)]))
    }

    pub fn into_parts(self) -> (Vec<NodeInfo>, Vec<LinkInfo>) {
        let node = |name: String, kind, ip: Option<IpAddr>| {
            let prefix = |ip: IpAddr| if ip.is_ipv4() { HOST_PREFIX } else { HOST_PREFIX_V6 };
            let interface = ip.and_then(|ip| Some(InterfaceSpec::new(*self.macs.get(&ip)?, ip, prefix(ip))));
            (NodeInfo { name, kind, interfaces: Vec::new(), vlans: Default::default() }, interface)
        };
        let mut nodes = Vec::new();
        for (number, ip) in self.clients.iter().enumerate() {
            let name = if number == 0 { "Client".to_owned() } else { format!("Client {}", number + 1) };
            nodes.push(node(name, NodeKind::Client, Some(*ip)));
        }
        nodes.push(node("Server".to_owned(), NodeKind::Server, Some(self.server)));
        if self.others.is_some() {
            nodes.push(node("Other hosts".to_owned(), NodeKind::Others, None));
        }
        let mut links: Vec<_> = self.links.into_iter().collect();
        links.sort_by_key(|(_, link)| *link);
        let mut cables = Vec::new();
        for ((one, other), link) in links {
            for end in [one, other] {
                if let Some((info, interface)) = nodes.get_mut(end.0 as usize) {
                    info.interfaces.push((link, *interface));
                }
            }
            let name = if link.0 == 0 { "capture".to_owned() } else { format!("capture-{}", link.0 + 1) };
            cables.push(LinkInfo { name, ends: (one, other) });
        }
        (nodes.into_iter().map(|(info, _)| info).collect(), cables)
    }
}
