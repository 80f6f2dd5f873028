//! ARP and neighbour discovery on a router's networks.

use super::forward::addressed;
use super::{Done, Handled, Router, Send, Sent, Waiting};
use crate::stack::neighbour::{Action, Learned};
use crate::stack::{Carried, Cause, Transmit};
use crate::tape::Outcome;
use protocol::time::SimTime;
use protocol::wire::{MacAddr, arp, ethernet, icmpv6, ipv6, ndp};
use std::net::{IpAddr, Ipv6Addr};

impl Router {
    /// Whether a port's card lets frames for this group of cards in.
    pub(super) fn listens_to(&self, port: usize, card: MacAddr) -> bool {
        card.is_multicast()
            && self.ports[port].interface.v6_groups().any(|group| ipv6::multicast_mac(group) == card)
    }

    /// Does what the neighbour cache of a port wants done, and passes on what it tells.
    pub(super) fn run_neighbours(&mut self, now: SimTime, at: usize, done: &mut Done) {
        while let Some(action) = self.ports[at].neighbours.poll_action(now) {
            let link = self.ports[at].link;
            match action {
                Action::Ask { ip, attempt, card } => {
                    if let Some(transmit) = self.question(at, ip, attempt, card) {
                        done.sends.push(Send { link, transmit: Sent::Own(transmit) });
                    }
                }
                Action::GiveUp { ip, lost } => {
                    done.lost.push((ip, lost.len()));
                    for waiting in lost {
                        if let Waiting::Forward { frame, .. } = waiting {
                            let mut handled = Handled { outcome: None, done: std::mem::take(done) };
                            self.report_silence(now, &frame, &mut handled);
                            *done = handled.done;
                        }
                    }
                }
                Action::Changed(line) => done.neighbours.push((link, line)),
            }
        }
    }

    fn question(&self, at: usize, ip: IpAddr, attempt: u8, card: Option<MacAddr>) -> Option<Transmit> {
        let interface = self.ports[at].interface;
        let cause = Cause::Resolve { for_ip: ip, attempt };
        match ip {
            IpAddr::V4(target_ip) => {
                let message = arp::Message {
                    operation: arp::Operation::Request,
                    sender_mac: interface.mac,
                    sender_ip: interface.v4?.ip,
                    target_mac: MacAddr::zero(),
                    target_ip,
                };
                let frame = arp_frame(card.unwrap_or_else(MacAddr::broadcast), &message);
                Some(Transmit { frame, carried: Carried::Arp { request: true, target: target_ip }, cause })
            }
            IpAddr::V6(target) => {
                let group = ipv6::solicited_node(target);
                let (to, card) = card.map_or((group, ipv6::multicast_mac(group)), |card| (target, card));
                let options = ndp::Options { source_mac: Some(interface.mac), ..Default::default() };
                let message = ndp::Message::NeighbourSolicitation { target, options };
                let from = interface.v6?.ip;
                Some(discovery_frame((interface.mac, card), (from, to), message, cause))
            }
        }
    }

    pub(super) fn receive_arp(&mut self, now: SimTime, at: usize, payload: &[u8]) -> Handled {
        let Ok(message) = arp::parse(payload) else { return Handled::dropped("malformed") };
        let port = &mut self.ports[at];
        let (link, mac) = (port.link, port.interface.mac);
        let for_us = port.interface.has(message.target_ip.into());
        let sender = message.sender_ip;
        // A probe has no sender address (RFC 5227 section 2.1.1).
        let usable = !sender.is_unspecified() && !sender.is_multicast() && message.sender_mac.is_unicast();
        let mut handled = Handled::outcome(Outcome::Accepted { layer: 2 });
        let mut released = None;
        if usable && !port.interface.has(sender.into()) {
            released = Some(port.neighbours.learn(now, sender.into(), message.sender_mac, for_us));
            self.run_neighbours(now, at, &mut handled.done);
        }
        if for_us && message.operation == arp::Operation::Request {
            let reply = arp::Message {
                operation: arp::Operation::Reply,
                sender_mac: mac,
                sender_ip: message.target_ip,
                target_mac: message.sender_mac,
                target_ip: sender,
            };
            let frame = arp_frame(message.sender_mac, &reply);
            let carried = Carried::Arp { request: false, target: sender };
            let transmit = Transmit { frame, carried, cause: Cause::ArpReply };
            handled.done.sends.push(Send { link, transmit: Sent::Own(transmit) });
        }
        if let Some(learned) = released {
            self.release(at, message.sender_mac, learned, &mut handled.done);
        }
        handled
    }

    fn release(&mut self, at: usize, card: MacAddr, learned: Learned<Waiting>, done: &mut Done) {
        let (link, own) = (self.ports[at].link, self.ports[at].interface.mac);
        for waiting in learned.released {
            done.sends.push(Send { link, transmit: addressed(waiting, card, own) });
        }
    }

    pub(super) fn receive_discovery(
        &mut self,
        now: SimTime,
        at: usize,
        (from, to): (Ipv6Addr, Ipv6Addr),
        hop_limit: u8,
        message: &ndp::Message,
    ) -> Handled {
        // RFC 4861 section 7.1: what has passed a router is no neighbour's.
        if hop_limit != ndp::HOP_LIMIT {
            return Handled::dropped("badDiscovery");
        }
        let mut handled = Handled::outcome(Outcome::Accepted { layer: 3 });
        let port = &mut self.ports[at];
        let own = |ip: Ipv6Addr| port.interface.has(ip.into());
        let (link, mac) = (port.link, port.interface.mac);
        match *message {
            ndp::Message::NeighbourAdvertisement { solicited, overrides, target, options, .. } => {
                if solicited && to.is_multicast() {
                    return Handled::dropped("badDiscovery");
                }
                let told = options.target_mac.filter(MacAddr::is_unicast);
                let learned = port.neighbours.advertised(now, target.into(), told, (solicited, overrides));
                if let Some(card) = port.neighbours.lookup(target.into()) {
                    self.release(at, card, learned, &mut handled.done);
                }
            }
            ndp::Message::NeighbourSolicitation { options, .. }
            | ndp::Message::RouterSolicitation { options }
            | ndp::Message::RouterAdvertisement { options, .. } => {
                let told = options.source_mac.filter(MacAddr::is_unicast);
                let target = message.target().filter(|target| own(*target));
                // A solicitation teaches only whom it asks (RFC 4861 section 7.2.3).
                let is_ours = target.is_some() || message.kind() != 135;
                if let Some(card) = told.filter(|_| is_ours && !from.is_unspecified() && !own(from)) {
                    let learned = port.neighbours.hear(now, from.into(), card);
                    self.release(at, card, learned, &mut handled.done);
                }
                if let Some(target) = target {
                    let (whom, card) = if from.is_unspecified() {
                        (ipv6::ALL_NODES, Some(ipv6::multicast_mac(ipv6::ALL_NODES)))
                    } else {
                        (from, told.or_else(|| self.ports[at].neighbours.lookup(from.into())))
                    };
                    let answer = ndp::Message::NeighbourAdvertisement {
                        router: true,
                        solicited: !from.is_unspecified(),
                        overrides: true,
                        target,
                        options: ndp::Options { target_mac: Some(mac), ..Default::default() },
                    };
                    if let Some(card) = card {
                        let transmit =
                            discovery_frame((mac, card), (target, whom), answer, Cause::NeighbourAnswer);
                        handled.done.sends.push(Send { link, transmit: Sent::Own(transmit) });
                    }
                }
            }
        }
        self.run_neighbours(now, at, &mut handled.done);
        handled
    }
}

fn arp_frame(to: MacAddr, message: &arp::Message) -> Vec<u8> {
    let mut frame = ethernet::begin(to, message.sender_mac, ethernet::ARP, arp::LENGTH);
    arp::write(&mut frame, message);
    ethernet::seal(&mut frame);
    frame
}

fn discovery_frame(
    (own, card): (MacAddr, MacAddr),
    (from, to): (Ipv6Addr, Ipv6Addr),
    message: ndp::Message,
    cause: Cause,
) -> Transmit {
    let (header, body) = icmpv6::discovery(from, to, message);
    let mut frame = ethernet::begin(card, own, ethernet::IPV6, ipv6::HEADER + body.len());
    ipv6::write(&mut frame, &header, body.len());
    frame.extend_from_slice(&body);
    ethernet::seal(&mut frame);
    let carried = Carried::Discovery { kind: body[0], target: message.target() };
    Transmit { frame, carried, cause }
}
