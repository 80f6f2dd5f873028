//! A host's part in neighbour discovery (RFC 4861 section 7.2).

use std::net::{IpAddr, Ipv6Addr};

use protocol::time::SimTime;
use protocol::wire::{MacAddr, ipv6, ndp};

use super::icmp::send_discovery;
use super::net::Net;
use super::packet::IpPacket;
use super::transmit::Cause;

/// The groups in which a host with this address and this card listens for questions.
pub(super) fn groups(address: Ipv6Addr, mac: MacAddr) -> [Ipv6Addr; 3] {
    [ipv6::ALL_NODES, ipv6::solicited_node(address), ipv6::solicited_node(ipv6::link_local(mac))]
}

impl Net {
    /// The IPv6 groups that this host is in.
    pub fn v6_groups(&self) -> impl Iterator<Item = Ipv6Addr> {
        let mac = self.config.mac;
        self.config.v6.into_iter().flat_map(move |network| groups(network.ip, mac))
    }

    /// Takes in a message: whether it was answered, and whether it taught something; `None`
    /// when it is not valid (sections 6.1 and 7.1): it came from beyond a router, or contradicts
    /// itself.
    pub fn receive_discovery(
        &mut self,
        now: SimTime,
        packet: &IpPacket<'_>,
        message: &ndp::Message,
    ) -> Option<(bool, bool)> {
        let (IpAddr::V6(from), IpAddr::V6(to)) = (packet.source, packet.destination) else { return None };
        if packet.ttl != ndp::HOP_LIMIT {
            return None;
        }
        let heard = match *message {
            ndp::Message::NeighbourSolicitation { target, options } => {
                return self.solicited(now, (from, to), target, options);
            }
            ndp::Message::NeighbourAdvertisement { solicited, overrides, target, options, .. } => {
                if solicited && to.is_multicast() {
                    return None;
                }
                let card = options.target_mac.filter(MacAddr::is_unicast);
                let lesson = self.neighbours.advertised(now, target.into(), card, (solicited, overrides));
                let card = self.neighbours.lookup(target.into());
                card.is_some_and(|card| self.release(card, lesson))
            }
            ndp::Message::RouterSolicitation { options }
            | ndp::Message::RouterAdvertisement { options, .. } => {
                match options.source_mac.filter(MacAddr::is_unicast) {
                    Some(card) if !from.is_unspecified() && !self.is_own(from.into()) => {
                        let lesson = self.neighbours.hear(now, from.into(), card);
                        self.release(card, lesson)
                    }
                    _ => false,
                }
            }
        };
        self.run_neighbours(now);
        Some((false, heard))
    }

    fn solicited(
        &mut self,
        now: SimTime,
        (from, to): (Ipv6Addr, Ipv6Addr),
        target: Ipv6Addr,
        options: ndp::Options,
    ) -> Option<(bool, bool)> {
        // Who has no address yet asks whether another has it (RFC 4862 section 5.4.3).
        let is_probe = from.is_unspecified();
        if is_probe && (options.source_mac.is_some() || !to.is_multicast()) {
            return None;
        }
        if !self.is_own(target.into()) || self.is_own(from.into()) {
            return Some((false, false));
        }
        let mut heard = false;
        if let Some(card) = options.source_mac.filter(MacAddr::is_unicast) {
            let lesson = self.neighbours.hear(now, from.into(), card);
            heard = self.release(card, lesson);
            self.run_neighbours(now);
        }
        let (whom, card) = if is_probe {
            (ipv6::ALL_NODES, Some(ipv6::multicast_mac(ipv6::ALL_NODES)))
        } else {
            (from, options.source_mac.or_else(|| self.neighbours.lookup(from.into())))
        };
        let Some(card) = card.filter(|_| self.check_room(1).is_ok()) else { return Some((false, heard)) };
        let options = ndp::Options { target_mac: Some(self.config.mac), ..Default::default() };
        let answer = ndp::Message::NeighbourAdvertisement {
            router: false,
            solicited: !is_probe,
            overrides: true,
            target,
            options,
        };
        send_discovery(self, (target, whom), card, answer, Cause::NeighbourAnswer);
        Some((true, heard))
    }
}
