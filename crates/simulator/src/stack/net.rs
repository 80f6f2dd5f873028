//! The way out: IP header, next hop, hardware address, card (RFC 1122 section 3.3.1).

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use protocol::time::SimTime;
use protocol::wire::{MacAddr, arp, ethernet, ipv4};

use super::arp::{Action, Resolved, Resolver};
use super::transmit::{Carried, Cause, Transmit};
use super::{DEFAULT_TTL, MAX_OUTBOX, SocketError, StackConfig, StackEvent};

/// What the layers above share: settings, ARP cache, frames and events to be polled.
#[derive(Clone, Debug)]
pub(super) struct Net {
    pub config: StackConfig,
    pub resolver: Resolver<Pending>,
    pub outbox: VecDeque<Transmit>,
    pub events: VecDeque<StackEvent>,
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
    Host(Ipv4Addr),
}

/// How a packet may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Not at all: DF is set.
    Never,
    /// It is whole, but routers may cut it.
    Allowed,
    /// It is a fragment.
    Fragment { identification: u16, offset: usize, more: bool },
}

impl Net {
    pub fn new(config: StackConfig, identification: u16) -> Self {
        Net {
            config,
            resolver: Resolver::new(),
            outbox: VecDeque::new(),
            events: VecDeque::new(),
            identification,
        }
    }

    /// Whether `ip` is the broadcast address of all networks or of ours.
    pub fn is_broadcast(&self, ip: Ipv4Addr) -> bool {
        let mask = self.config.mask();
        ip.is_broadcast()
            || (self.config.prefix_len < 31
                && u32::from(ip) & mask == u32::from(self.config.ip) & mask
                && u32::from(ip) | mask == u32::MAX)
    }

    fn next_hop(&self, to: Ipv4Addr) -> Result<NextHop, SocketError> {
        if self.is_broadcast(to) {
            return Ok(NextHop::Card(MacAddr::broadcast()));
        }
        if to.is_multicast() {
            return Ok(NextHop::Card(ethernet::multicast(to)));
        }
        if to.is_unspecified() || to.is_loopback() || to == self.config.ip || to.octets()[0] >= 240 {
            return Err(SocketError::NoRoute(to));
        }
        let mask = self.config.mask();
        if u32::from(to) & mask == u32::from(self.config.ip) & mask {
            return Ok(NextHop::Host(to));
        }
        self.config.gateway.map(NextHop::Host).ok_or(SocketError::NoRoute(to))
    }

    /// Whether a packet to this address has a way out.
    ///
    /// # Errors
    /// [`SocketError::NoRoute`].
    pub fn check_route(&self, to: Ipv4Addr) -> Result<(), SocketError> {
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

    /// A new identification: a counter, as RFC 791 section 3.2 suggests.
    pub fn identify(&mut self) -> u16 {
        self.identification = self.identification.wrapping_add(1);
        self.identification
    }

    /// Begins a frame with the IP header of a packet with `payload` octets of payload.
    pub fn begin(&mut self, to: Ipv4Addr, protocol: u8, payload: usize, cut: Cut) -> Vec<u8> {
        // RFC 1112 section 6.1: to a group no farther than this network, unless told otherwise.
        let ttl = if to.is_multicast() { 1 } else { DEFAULT_TTL };
        self.begin_with(to, protocol, payload, cut, ttl, &[])
    }

    /// The same with a time to live and options of the caller's.
    pub fn begin_with(
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
        let mut frame = ethernet::begin(MacAddr::zero(), self.config.mac, ethernet::IPV4, room);
        let header = ipv4::Header {
            source: self.config.ip,
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
    pub fn dispatch(&mut self, now: SimTime, to: Ipv4Addr, pending: Pending) -> Result<(), SocketError> {
        match self.next_hop(to)? {
            NextHop::Card(mac) => self.emit(mac, pending),
            NextHop::Host(ip) => match self.resolver.resolve(now, ip, pending) {
                Resolved::Known(mac, pending) => self.emit(mac, pending),
                Resolved::Waiting { pushed_out: None } => {}
                Resolved::Waiting { pushed_out: Some(lost) } => {
                    self.events.push_back(StackEvent::ArpQueueFull { ip, lost: lost.carried });
                }
            },
        }
        Ok(())
    }

    /// Completes a frame and puts it into the outbox.
    fn emit(&mut self, to: MacAddr, pending: Pending) {
        let Pending { mut frame, carried, cause } = pending;
        ethernet::readdress(&mut frame, to, self.config.mac);
        ethernet::seal(&mut frame);
        self.outbox.push_back(Transmit { frame, carried, cause });
    }

    /// Does what the resolver wants done now.
    pub fn run_resolver(&mut self, now: SimTime) {
        while let Some(action) = self.resolver.poll_action(now) {
            match action {
                Action::Ask { ip, attempt } => {
                    let question = arp::Message {
                        operation: arp::Operation::Request,
                        sender_mac: self.config.mac,
                        sender_ip: self.config.ip,
                        target_mac: MacAddr::zero(),
                        target_ip: ip,
                    };
                    self.send_arp(MacAddr::broadcast(), &question, Cause::Resolve { for_ip: ip, attempt });
                }
                Action::GiveUp { ip, lost } => {
                    let lost = lost.into_iter().map(|pending| pending.carried).collect();
                    self.events.push_back(StackEvent::ArpFailed { ip, lost });
                }
            }
        }
    }

    /// Takes in an ARP message: whether it was answered, and whether it taught something.
    pub fn receive_arp(&mut self, now: SimTime, message: &arp::Message) -> (bool, bool) {
        let sender = message.sender_ip;
        let for_us = message.target_ip == self.config.ip;
        // A probe has no sender address (RFC 5227 section 2.1.1); ours from elsewhere is a conflict.
        let usable = !sender.is_unspecified() && !sender.is_multicast() && sender != self.config.ip;
        let mut learned = false;
        if usable && message.sender_mac.is_unicast() && !self.is_broadcast(sender) {
            let lesson = self.resolver.learn(now, sender, message.sender_mac, for_us);
            learned = lesson.changed;
            if learned {
                let event = StackEvent::ArpLearned { ip: sender, mac: message.sender_mac };
                self.events.push_back(event);
            }
            for pending in lesson.released {
                self.emit(message.sender_mac, pending);
            }
        }
        let answered = for_us && message.operation == arp::Operation::Request && self.check_room(1).is_ok();
        if answered {
            let answer = arp::Message {
                operation: arp::Operation::Reply,
                sender_mac: self.config.mac,
                sender_ip: self.config.ip,
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
