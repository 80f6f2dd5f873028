//! A router (RFC 1812): layers 1 to 3. It takes a packet out of its frame, lowers TTL or hop
//! limit, and puts it into a new frame on another network; what the packet carries stays
//! untouched.
//!
//! | file | what it does |
//! |---|---|
//! | this one | its ports, what comes in, what is due |
//! | `forward` | packets for one host, and packets that are too long for the next link |
//! | `errors` | what it tells the senders of packets that go no further (ICMP, ICMPv6) |
//! | `neighbours` | ARP and neighbour discovery on its networks |
//! | `nat` | addresses and ports that are other ones outside |
//! | `groups` | packets for multicast groups |
//! | `querier` | who is in which group on one network |

mod errors;
mod forward;
mod groups;
mod nat;
mod neighbours;
mod querier;
#[cfg(test)]
mod tests;

pub use nat::{
    FIRST_PORT as FIRST_NAT_PORT, ICMP_TIMEOUT as NAT_ICMP_TIMEOUT, LAST_PORT as LAST_NAT_PORT, MAX_MAPPINGS,
    MAX_PEERS, NatChange, NatConfig, TCP_TIMEOUT as NAT_TCP_TIMEOUT, TCP_TRANSITORY_TIMEOUT,
    UDP_TIMEOUT as NAT_UDP_TIMEOUT,
};
pub use querier::{
    GROUP_MEMBERSHIP_INTERVAL, LAST_MEMBER_COUNT, LAST_MEMBER_INTERVAL, MAX_MEMBERSHIPS,
    OTHER_QUERIER_PRESENT, QUERY_INTERVAL, QUERY_RESPONSE_INTERVAL, ROBUSTNESS, STARTUP_QUERY_INTERVAL,
};

use crate::ids::{FrameId, LinkId};
use crate::octets::Octets;
use crate::scenario::InterfaceSpec;
use crate::stack::neighbour::{Cache, Line};
use crate::stack::{ErrorBudget, NeighbourTimes, Transmit};
use crate::tape::Outcome;
use bytes::BytesMut;
use nat::Nat;
use protocol::time::SimTime;
use protocol::wire::{ethernet, ipv4, ipv6};
use querier::Querier;
use std::net::{IpAddr, Ipv4Addr};

/// One of a router's interfaces.
#[derive(Clone, Debug)]
struct Port {
    link: LinkId,
    interface: InterfaceSpec,
    /// The longest IP packet that its cable carries, octets.
    mtu: usize,
    neighbours: Cache<Waiting>,
    /// Its memberships, where the router passes multicast on.
    querier: Option<Querier>,
}

/// A packet that waits for a hardware address: in a frame whose addresses and FCS are still
/// the old ones.
#[derive(Clone, Debug)]
enum Waiting {
    Forward { parent: FrameId, frame: BytesMut, ttl: u8 },
    Own(Box<Transmit>),
}

/// A router.
#[derive(Clone, Debug)]
pub struct Router {
    ports: Vec<Port>,
    /// Where the frames that it passes on have their octets.
    octets: Octets,
    next_identification: u16,
    errors: ErrorBudget,
    nat: Option<Nat>,
}

/// A frame that a router sends.
#[derive(Clone, Debug)]
pub struct Send {
    /// The cable.
    pub link: LinkId,
    /// The frame, sealed.
    pub transmit: Sent,
}

/// What a router sends.
#[derive(Clone, Debug)]
pub enum Sent {
    /// A packet that it received, or a part of it, in a new frame.
    Forwarded {
        /// The frame that it came in.
        parent: FrameId,
        /// The new frame.
        frame: BytesMut,
        /// TTL or hop limit as it came.
        ttl: u8,
    },
    /// A frame of its own: ARP, ICMP, neighbour discovery.
    Own(Transmit),
}

/// What a router has learnt, or not, of a multicast group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupChange {
    /// A network has members from now on, or no more.
    Members {
        /// Its cable.
        link: LinkId,
        /// The group.
        group: Ipv4Addr,
        /// True when there are members.
        member: bool,
    },
    /// A report was passed over, since there are [`MAX_MEMBERSHIPS`] on its network.
    TableFull {
        /// The group.
        group: Ipv4Addr,
    },
}

/// What a router does and tells.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// What is sent, in order.
    pub sends: Vec<Send>,
    /// Lines of the neighbour caches that are new, changed or gone, by cable.
    pub neighbours: Vec<(LinkId, Line)>,
    /// How many packets were lost because nobody answered for which address.
    pub lost: Vec<(IpAddr, usize)>,
    /// Groups whose members have come or gone.
    pub groups: Vec<GroupChange>,
    /// Mappings of addresses that have come or gone.
    pub nat: Vec<NatChange>,
}

/// What became of a frame.
#[derive(Clone, Debug)]
pub struct Handled {
    /// What the tape says of it; `None` when it was forwarded, and the new frames say so.
    pub outcome: Option<Outcome>,
    /// What else is done because of it.
    pub done: Done,
}

impl Handled {
    fn outcome(outcome: Outcome) -> Self {
        Handled { outcome: Some(outcome), done: Done::default() }
    }

    fn dropped(reason: &'static str) -> Self {
        Self::outcome(Outcome::Dropped { reason })
    }
}

impl Router {
    /// A router with one interface on each of these cables. With `multicast` it asks on each
    /// who is in which group, and passes packets for groups on; else its cards let none in.
    pub fn new(ports: impl IntoIterator<Item = (LinkId, InterfaceSpec)>, multicast: bool) -> Self {
        let port = |(link, interface): (LinkId, InterfaceSpec)| Port {
            link,
            interface,
            mtu: ethernet::MAX_PAYLOAD,
            neighbours: Cache::new(NeighbourTimes::ARP, NeighbourTimes::DISCOVERY),
            querier: interface
                .v4
                .filter(|_| multicast)
                .map(|network| Querier::new(SimTime::ZERO, network.ip)),
        };
        Router {
            ports: ports.into_iter().map(port).collect(),
            octets: Octets::for_passing(),
            next_identification: 1,
            errors: ErrorBudget::default(),
            nat: None,
        }
    }

    /// Translates addresses from now on. Without an IPv4 address outside nothing is translated.
    pub fn set_nat(&mut self, config: NatConfig) {
        let port = self.ports.iter().find(|port| port.link == config.outside);
        let address = port.and_then(|port| port.interface.v4);
        self.nat = address.map(|network| Nat::new(config, network.ip));
    }

    /// Whether packets leave it with other addresses than they came with.
    pub fn translates(&self) -> bool {
        self.nat.is_some()
    }

    /// The cable carries IP packets of at most this many octets from now on.
    pub fn set_mtu(&mut self, link: LinkId, mtu: usize) {
        if let Some(port) = self.ports.iter_mut().find(|port| port.link == link) {
            port.mtu = mtu;
        }
    }

    /// The longest IP packet that a cable carries, octets; `None` for one that is not the router's.
    pub fn mtu(&self, link: LinkId) -> Option<usize> {
        self.ports.iter().find(|port| port.link == link).map(|port| port.mtu)
    }

    /// The hardware addresses that it knows or asks for, by cable.
    pub fn neighbours(&self) -> impl Iterator<Item = (LinkId, Line)> + '_ {
        self.ports.iter().flat_map(|port| port.neighbours.lines().map(|line| (port.link, line)))
    }

    /// A frame came in by `link`.
    pub fn receive(&mut self, now: SimTime, link: LinkId, id: FrameId, frame: &[u8]) -> Handled {
        if self.ports.iter().any(|p| p.link == link) && !ethernet::fcs_ok(frame) {
            return Handled::dropped("badFcs");
        }
        self.receive_intact(now, link, id, frame)
    }

    /// The same for a frame of which it is known that its FCS fits.
    pub fn receive_intact(&mut self, now: SimTime, link: LinkId, id: FrameId, frame: &[u8]) -> Handled {
        let Some(port) = self.ports.iter().position(|p| p.link == link) else {
            return Handled::outcome(Outcome::NotForMe);
        };
        let Ok(parsed) = ethernet::parse(frame) else { return Handled::dropped("malformed") };
        let own = self.ports[port].interface.mac;
        if parsed.ethertype == ethernet::IPV4
            && self.ports[port].querier.is_some()
            && ethernet::is_ipv4_group(parsed.destination)
        {
            return self.receive_group(now, port, id, frame);
        }
        let in_group = || self.listens_to(port, parsed.destination);
        if parsed.destination != own && !parsed.destination.is_broadcast() && !in_group() {
            return Handled::outcome(Outcome::NotForMe);
        }
        let (has_v4, has_v6) =
            (self.ports[port].interface.v4.is_some(), self.ports[port].interface.v6.is_some());
        let unreadable = |error| match error {
            protocol::wire::WireError::BadChecksum { .. } => Handled::dropped("badChecksum"),
            _ => Handled::dropped("malformed"),
        };
        match parsed.ethertype {
            ethernet::ARP if has_v4 => self.receive_arp(now, port, parsed.payload),
            ethernet::IPV4 if has_v4 && parsed.destination == own => match ipv4::parse(parsed.payload) {
                Ok(packet) => self.receive_ip(now, port, id, frame, &(&packet).into()),
                Err(error) => unreadable(error),
            },
            ethernet::IPV4 if has_v4 => Handled::outcome(Outcome::NotForMe),
            ethernet::IPV6 if has_v6 => match ipv6::parse(parsed.payload) {
                Ok(packet) if parsed.destination == own || packet.header.destination.is_multicast() => {
                    self.receive_ip(now, port, id, frame, &(&packet).into())
                }
                Ok(_) => Handled::outcome(Outcome::NotForMe),
                Err(error) => unreadable(error),
            },
            _ => Handled::dropped("unknownEtherType"),
        }
    }

    /// When [`Router::handle_timeout`] is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let queries = self.ports.iter().filter_map(|p| p.querier.as_ref()?.poll_timeout());
        let nat = self.nat.as_ref().and_then(Nat::poll_timeout);
        self.ports.iter().filter_map(|p| p.neighbours.poll_timeout()).chain(queries).chain(nat).min()
    }

    /// Asks for hardware addresses again, gives up on those that nobody answered for, lets what
    /// is known grow old, and asks who is in which group.
    pub fn handle_timeout(&mut self, now: SimTime) -> Done {
        let mut done = Done::default();
        for port in 0..self.ports.len() {
            self.run_neighbours(now, port, &mut done);
        }
        self.run_queriers(now, &mut done);
        if let Some(nat) = &mut self.nat {
            nat.handle_timeout(now);
            done.nat = nat.take_changes();
        }
        done
    }

    /// The port by which an address is reached.
    fn route(&self, to: IpAddr) -> Option<usize> {
        self.ports.iter().position(|port| port.interface.reaches(to))
    }

    /// The next packet's identification.
    fn identification(&mut self) -> u16 {
        let identification = self.next_identification;
        self.next_identification = identification.wrapping_add(1);
        identification
    }

    /// The header of a packet of the router's own.
    fn header(&mut self, source: Ipv4Addr, destination: Ipv4Addr, protocol: u8) -> ipv4::Header {
        let identification = self.identification();
        ipv4::Header {
            source,
            destination,
            protocol,
            ttl: 64,
            traffic_class: 0,
            identification,
            dont_fragment: false,
            more_fragments: false,
            fragment_offset: 0,
        }
    }
}
