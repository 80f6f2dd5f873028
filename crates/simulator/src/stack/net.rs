//! The way out: IP header, next hop, hardware address, card (RFC 1122 section 3.3.1, RFC 4861
//! section 5.2).

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr};

use protocol::time::SimTime;
use protocol::wire::{MacAddr, arp, ethernet, ipv4, ipv6, ndp};

use super::icmp::{ErrorBudget, send_discovery, usual_ttl};
use super::neighbour::{Action, Cache, Learned, Resolved};
use super::path_mtu::Paths;
use super::transmit::{Carried, Cause, Transmit};
use super::{MAX_OUTBOX, SocketError, StackConfig, StackEvent};

/// What the layers above share: settings, neighbours, frames and events to be polled.
#[derive(Clone, Debug)]
pub(super) struct Net {
    pub config: StackConfig,
    pub neighbours: Cache<Pending>,
    pub outbox: VecDeque<Transmit>,
    pub events: VecDeque<StackEvent>,
    pub errors: ErrorBudget,
    /// The buffer of a frame that was sent, for the next.
    spare: Vec<u8>,
    paths: Paths,
    identification: u16,
}

/// A frame that is complete but for its destination and FCS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    pub frame: Vec<u8>,
    pub carried: Carried,
    pub cause: Cause,
}

/// Where a packet goes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NextHop {
    /// To this card or group of cards.
    Card(MacAddr),
    /// To whichever card has this address.
    Host(IpAddr),
}

/// How a packet may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Not at all: DF is set. Over IPv6 no router cuts anything.
    Never,
    /// It is whole, but routers may cut it.
    Allowed,
    /// It is a fragment.
    Fragment { identification: u16, offset: usize, more: bool },
}

impl Net {
    pub fn new(config: StackConfig, identification: u16) -> Self {
        Net {
            neighbours: Cache::new(config.arp, config.discovery),
            config,
            outbox: VecDeque::new(),
            events: VecDeque::new(),
            errors: ErrorBudget::default(),
            spare: Vec::new(),
            paths: Paths::default(),
            identification,
        }
    }

    /// Whether `ip` is the broadcast address of all networks or of ours.
    pub fn is_broadcast(&self, ip: IpAddr) -> bool {
        match ip {
            IpAddr::V4(ip) => {
                ip.is_broadcast() || self.config.v4.is_some_and(|network| network.is_broadcast(ip))
            }
            IpAddr::V6(_) => false,
        }
    }

    /// Whether `ip` is our own.
    pub fn is_own(&self, ip: IpAddr) -> bool {
        match ip {
            IpAddr::V4(ip) => self.config.v4.is_some_and(|network| network.ip == ip),
            IpAddr::V6(ip) => self
                .config
                .v6
                .is_some_and(|network| network.ip == ip || ipv6::link_local(self.config.mac) == ip),
        }
    }

    /// Our address for packets to `to` (RFC 6724, as far as one address and the link-local one
    /// give a choice).
    ///
    /// # Errors
    /// [`SocketError::NoRoute`] without an address of its family.
    pub fn local_for(&self, to: IpAddr) -> Result<IpAddr, SocketError> {
        let local = match to {
            IpAddr::V4(_) => self.config.v4.map(|network| network.ip.into()),
            IpAddr::V6(to) if ipv6::is_link_local(to) => {
                self.config.v6.map(|_| ipv6::link_local(self.config.mac).into())
            }
            IpAddr::V6(_) => self.config.v6.map(|network| network.ip.into()),
        };
        local.ok_or(SocketError::NoRoute(to))
    }

    fn next_hop(&self, to: IpAddr) -> Result<NextHop, SocketError> {
        let no_route = SocketError::NoRoute(to);
        self.local_for(to)?;
        if self.is_broadcast(to) {
            return Ok(NextHop::Card(MacAddr::broadcast()));
        }
        if to.is_unspecified() || to.is_loopback() || self.is_own(to) {
            return Err(no_route);
        }
        let (on_link, gateway) = match to {
            IpAddr::V4(group) if group.is_multicast() => {
                return Ok(NextHop::Card(ethernet::multicast(group)));
            }
            IpAddr::V6(group) if group.is_multicast() => {
                return Ok(NextHop::Card(ipv6::multicast_mac(group)));
            }
            IpAddr::V4(to) if to.octets()[0] >= 240 => return Err(no_route),
            IpAddr::V4(to) => (
                self.config.v4.is_some_and(|network| network.contains(to)),
                self.config.gateway.map(IpAddr::from),
            ),
            IpAddr::V6(to) => (
                ipv6::is_link_local(to) || self.config.v6.is_some_and(|network| network.contains(to)),
                self.config.gateway6.map(IpAddr::from),
            ),
        };
        if on_link { Ok(NextHop::Host(to)) } else { gateway.map(NextHop::Host).ok_or(no_route) }
    }

    /// Whether a packet to this address has a way out.
    ///
    /// # Errors
    /// [`SocketError::NoRoute`].
    pub fn check_route(&self, to: IpAddr) -> Result<(), SocketError> {
        self.next_hop(to).map(|_| ())
    }

    /// Whether `frames` more find room in the outbox.
    ///
    /// # Errors
    /// [`SocketError::Full`].
    pub fn check_room(&self, frames: usize) -> Result<(), SocketError> {
        if self.outbox.len() + frames > MAX_OUTBOX {
            return Err(SocketError::Full(MAX_OUTBOX));
        }
        Ok(())
    }

    /// The longest packet that goes to `to`, in octets: what the link carries, or less where a
    /// router has said so.
    pub fn path_mtu(&self, now: SimTime, to: IpAddr) -> usize {
        self.paths.get(now, to).map_or(self.config.mtu, |mtu| mtu.min(self.config.mtu))
    }

    /// A router says that a packet of `length` octets to `to` was too long, and what the next
    /// link carries.
    pub fn learn_path_mtu(&mut self, now: SimTime, to: IpAddr, mtu: u32, length: usize) {
        let current = self.path_mtu(now, to);
        let told = self.paths.learn(now, to, mtu as usize, (length, current));
        if let Some(mtu) = told {
            self.events.push_back(StackEvent::PathMtu { destination: to, mtu });
        }
    }

    /// A new identification: a counter, as RFC 791 section 3.2 suggests.
    pub fn identify(&mut self) -> u16 {
        self.identification = self.identification.wrapping_add(1);
        self.identification
    }

    /// Takes back the buffer of a frame that was sent.
    pub fn give_back(&mut self, frame: Vec<u8>) {
        self.spare = frame;
    }

    /// Begins a frame with the IP header of a packet with `payload` octets of payload.
    pub fn begin(&mut self, to: IpAddr, protocol: u8, payload: usize, cut: Cut) -> Vec<u8> {
        self.begin_with(to, protocol, payload, cut, usual_ttl(to.is_multicast()))
    }

    /// The same with a time to live of the caller's. Without an address of the family of `to`
    /// the source is unspecified; no such packet has a route.
    pub fn begin_with(&mut self, to: IpAddr, protocol: u8, payload: usize, cut: Cut, ttl: u8) -> Vec<u8> {
        match (to, self.local_for(to)) {
            (IpAddr::V4(to), _) => self.begin_v4(to, protocol, payload, cut, ttl, &[]),
            (IpAddr::V6(to), local) => {
                let source = match local {
                    Ok(IpAddr::V6(source)) => source,
                    _ => std::net::Ipv6Addr::UNSPECIFIED,
                };
                let mut header = ipv6::Header {
                    source,
                    destination: to,
                    next_header: protocol,
                    hop_limit: ttl,
                    traffic_class: 0,
                    flow_label: 0,
                };
                let Cut::Fragment { identification, offset, more } = cut else {
                    return self.begin_v6(&header, payload);
                };
                header.next_header = ipv6::FRAGMENT;
                let mut frame = self.begin_v6(&header, ipv6::FRAGMENT_HEADER + payload);
                let identification = u32::from(identification);
                let part = ipv6::Fragment { next_header: protocol, offset, more, identification };
                ipv6::write_fragment(&mut frame, &part);
                frame
            }
        }
    }

    /// Begins a frame with this header of a packet.
    pub fn begin_v6(&self, header: &ipv6::Header, payload: usize) -> Vec<u8> {
        let room = ipv6::HEADER + payload;
        let mut frame = ethernet::begin(MacAddr::zero(), self.config.mac, ethernet::IPV6, room);
        ipv6::write(&mut frame, header, payload);
        frame
    }

    /// Begins a frame with the header of an IPv4 packet with these options.
    pub fn begin_v4(
        &mut self,
        to: Ipv4Addr,
        protocol: u8,
        payload: usize,
        cut: Cut,
        ttl: u8,
        options: &[u8],
    ) -> Vec<u8> {
        let (identification, fragment_offset, more_fragments) = match cut {
            Cut::Never | Cut::Allowed => (self.identify(), 0, false),
            Cut::Fragment { identification, offset, more } => (identification, offset, more),
        };
        let room = ipv4::HEADER + options.len() + payload;
        let (spare, own) = (std::mem::take(&mut self.spare), self.config.mac);
        let mut frame = ethernet::begin_in(spare, MacAddr::zero(), own, ethernet::IPV4, room);
        let header = ipv4::Header {
            source: self.config.v4.map_or(Ipv4Addr::UNSPECIFIED, |network| network.ip),
            destination: to,
            protocol,
            ttl,
            traffic_class: 0,
            identification,
            dont_fragment: cut == Cut::Never,
            more_fragments,
            fragment_offset,
        };
        ipv4::write_with_options(&mut frame, &header, options, payload);
        frame
    }

    /// Sends a packet begun with [`begin`](Self::begin), or lets it wait for its next
    /// hop's hardware address.
    ///
    /// # Errors
    /// [`SocketError::NoRoute`].
    pub fn dispatch(&mut self, now: SimTime, to: IpAddr, pending: Pending) -> Result<(), SocketError> {
        match self.next_hop(to)? {
            NextHop::Card(mac) => self.emit(mac, pending),
            NextHop::Host(ip) => match self.neighbours.resolve(now, ip, pending) {
                Resolved::Known(mac, pending) => self.emit(mac, pending),
                Resolved::Waiting { pushed_out: None } => {}
                Resolved::Waiting { pushed_out: Some(lost) } => {
                    self.events.push_back(StackEvent::NeighbourQueueFull { ip, lost: lost.carried });
                }
            },
        }
        Ok(())
    }

    /// Completes a frame and puts it into the outbox.
    pub fn emit(&mut self, to: MacAddr, pending: Pending) {
        let Pending { mut frame, carried, cause } = pending;
        ethernet::readdress(&mut frame, to, self.config.mac);
        ethernet::seal(&mut frame);
        self.outbox.push_back(Transmit { frame, carried, cause });
    }

    /// Does what the neighbour cache wants done now, and passes on what it tells.
    pub fn run_neighbours(&mut self, now: SimTime) {
        while let Some(action) = self.neighbours.poll_action(now) {
            match action {
                Action::Ask { ip, attempt, card } => self.ask(ip, attempt, card),
                Action::GiveUp { ip, lost } => {
                    let lost = lost.into_iter().map(|pending| pending.carried).collect();
                    self.events.push_back(StackEvent::NeighbourFailed { ip, lost });
                }
                Action::Changed(line) => self.events.push_back(StackEvent::Neighbour(line)),
            }
        }
    }

    fn ask(&mut self, ip: IpAddr, attempt: u8, card: Option<MacAddr>) {
        let cause = Cause::Resolve { for_ip: ip, attempt };
        match ip {
            IpAddr::V4(target_ip) => {
                let question = arp::Message {
                    operation: arp::Operation::Request,
                    sender_mac: self.config.mac,
                    sender_ip: self.config.v4.map_or(Ipv4Addr::UNSPECIFIED, |network| network.ip),
                    target_mac: MacAddr::zero(),
                    target_ip,
                };
                self.send_arp(card.unwrap_or_else(MacAddr::broadcast), &question, cause);
            }
            IpAddr::V6(target) => {
                let Ok(IpAddr::V6(from)) = self.local_for(ip) else { return };
                let group = ipv6::solicited_node(target);
                let (to, card) = match card {
                    Some(card) => (target, card),
                    None => (group, ipv6::multicast_mac(group)),
                };
                let options = ndp::Options { source_mac: Some(self.config.mac), ..Default::default() };
                let question = ndp::Message::NeighbourSolicitation { target, options };
                send_discovery(self, (from, to), card, question, cause);
            }
        }
    }

    /// Sends what had waited for a card.
    pub fn release(&mut self, card: MacAddr, learned: Learned<Pending>) -> bool {
        for pending in learned.released {
            self.emit(card, pending);
        }
        learned.changed
    }

    /// Takes in an ARP message: whether it was answered, and whether it taught something.
    pub fn receive_arp(&mut self, now: SimTime, message: &arp::Message) -> (bool, bool) {
        let Some(own) = self.config.v4.map(|network| network.ip) else { return (false, false) };
        let sender = message.sender_ip;
        let for_us = message.target_ip == own;
        // A probe has no sender address (RFC 5227 section 2.1.1); ours from elsewhere is a conflict.
        let usable = !sender.is_unspecified() && !sender.is_multicast() && sender != own;
        let mut learned = false;
        if usable && message.sender_mac.is_unicast() && !self.is_broadcast(sender.into()) {
            let lesson = self.neighbours.learn(now, sender.into(), message.sender_mac, for_us);
            learned = self.release(message.sender_mac, lesson);
            self.run_neighbours(now);
        }
        let answered = for_us && message.operation == arp::Operation::Request && self.check_room(1).is_ok();
        if answered {
            let answer = arp::Message {
                operation: arp::Operation::Reply,
                sender_mac: self.config.mac,
                sender_ip: own,
                target_mac: message.sender_mac,
                target_ip: sender,
            };
            self.send_arp(message.sender_mac, &answer, Cause::ArpReply);
        }
        (answered, learned)
    }

    fn send_arp(&mut self, to: MacAddr, message: &arp::Message, cause: Cause) {
        let mut frame = ethernet::begin(to, self.config.mac, ethernet::ARP, arp::LENGTH);
        arp::write(&mut frame, message);
        let request = message.operation == arp::Operation::Request;
        let carried = Carried::Arp { request, target: message.target_ip };
        self.emit(to, Pending { frame, carried, cause });
    }
}
