//! The host: where the layers meet.

use std::net::{Ipv4Addr, SocketAddrV4};

use bytes::Bytes;
use protocol::random::Dice;
use protocol::time::SimTime;
use protocol::wire::{
    ethernet, icmp as wire_icmp, igmp as wire_igmp, ipv4, tcp as wire_tcp, udp as wire_udp,
};

use super::arp::CacheLine;
use super::icmp::{self, Pings};
use super::igmp::Groups;
use super::net::{Cut, Net, Pending};
use super::reassembly::{Outcome, Reassembler};
use super::tcp::{Plan, Table};
use super::transmit::{Carried, Cause};
use super::udp::UdpSockets;
use super::{
    DropReason, MAX_EVENTS, SocketError, StackConfig, StackEvent, TcpHandle, Transmit, UdpHandle, Verdict,
};

/// One host's TCP/IP over one virtual card. See the [module](super) for how to drive it.
#[derive(Clone, Debug)]
pub struct Stack {
    pub(super) net: Net,
    pub(super) tcp: Table,
    udp: UdpSockets,
    groups: Groups,
    pings: Pings,
    reassembler: Reassembler,
}

impl Stack {
    /// A host without sockets. The dice give sequence numbers, ports and identifications
    /// their beginnings.
    pub fn new(config: StackConfig, mut dice: Dice) -> Self {
        Stack {
            tcp: Table::new(&config, &mut dice),
            net: Net::new(config, dice.u16()),
            udp: UdpSockets::default(),
            pings: Pings::default(),
            reassembler: Reassembler::default(),
            groups: Groups::new(dice),
        }
    }

    /// The settings it was made with.
    pub fn config(&self) -> &StackConfig {
        &self.net.config
    }

    /// The link carries IP packets of at most this many octets from now on (see
    /// [`StackConfig::mtu`]).
    pub fn set_mtu(&mut self, mtu: usize) {
        self.net.config.mtu = mtu;
    }

    /// The ARP cache as it stands, by address.
    pub fn arp_cache(&self, now: SimTime) -> impl Iterator<Item = (Ipv4Addr, CacheLine)> + '_ {
        self.net.resolver.lines(now)
    }

    /// Takes a UDP port.
    ///
    /// # Errors
    /// [`SocketError::PortTaken`], [`SocketError::Full`].
    pub fn udp_bind(&mut self, port: u16) -> Result<UdpHandle, SocketError> {
        self.udp.bind(port)
    }

    /// Gives a UDP port back; unknown handles are ignored.
    pub fn udp_close(&mut self, handle: UdpHandle) {
        self.udp.close(handle);
    }

    /// Sends a datagram, in fragments when it is longer than the MTU; `tag` comes back in
    /// each [`Carried::Udp`].
    ///
    /// # Errors
    /// [`SocketError::NoSocket`], [`SocketError::NoRoute`], [`SocketError::TooLarge`] above
    /// 65,507 octets, [`SocketError::Full`].
    pub fn udp_send(
        &mut self,
        now: SimTime,
        handle: UdpHandle,
        to: SocketAddrV4,
        payload: Bytes,
        tag: u64,
    ) -> Result<(), SocketError> {
        self.udp.send(&mut self.net, now, handle, to, &payload, tag)
    }

    /// Lets what this socket sends to groups pass `ttl - 1` routers; at first none (RFC 1112
    /// section 6.1).
    ///
    /// # Errors
    /// [`SocketError::NoSocket`].
    pub fn udp_set_group_ttl(&mut self, handle: UdpHandle, ttl: u8) -> Result<(), SocketError> {
        self.udp.set_group_ttl(handle, ttl)
    }

    /// Takes packets for a multicast group too, and tells the routers so. A group may be
    /// joined several times, and is then left when it was left as often. What a host itself
    /// sends to a group it does not get.
    ///
    /// # Errors
    /// [`SocketError::NoRoute`] when it is no multicast address, [`SocketError::Full`] when
    /// the host is in [`MAX_GROUPS`](super::MAX_GROUPS).
    pub fn join_group(&mut self, now: SimTime, group: Ipv4Addr) -> Result<(), SocketError> {
        self.groups.join(&mut self.net, now, group)
    }

    /// Takes no more packets for a group, and tells the routers if need be. A group that the
    /// host is not in is passed over.
    pub fn leave_group(&mut self, now: SimTime, group: Ipv4Addr) {
        self.groups.leave(&mut self.net, now, group);
    }

    /// The multicast groups that the host is in, that of all hosts left out.
    pub fn groups(&self) -> impl Iterator<Item = Ipv4Addr> + '_ {
        self.groups.joined()
    }

    /// Asks for an echo; [`StackEvent::EchoReply`] may follow.
    ///
    /// # Errors
    /// [`SocketError::NoRoute`], [`SocketError::TooLarge`], [`SocketError::Full`].
    pub fn ping(
        &mut self,
        now: SimTime,
        to: Ipv4Addr,
        identifier: u16,
        sequence: u16,
        data: &[u8],
    ) -> Result<(), SocketError> {
        icmp::ping(&mut self.net, &mut self.pings, now, to, (identifier, sequence), data)
    }

    /// Takes a frame with its FCS off the card, and says what became of it.
    pub fn receive(&mut self, now: SimTime, frame: &[u8]) -> Verdict {
        let read = match ethernet::parse(frame) {
            Ok(read) => read,
            Err(error) => return Verdict::Dropped(DropReason::Malformed(error)),
        };
        let to = read.destination;
        let in_group = || to.is_multicast() && self.groups.listens_to(to);
        if to != self.net.config.mac && !to.is_broadcast() && !in_group() {
            return Verdict::NotForUs;
        }
        let computed = ethernet::fcs(&frame[..frame.len() - ethernet::FCS]);
        match ethernet::received_fcs(frame) {
            Some(received) if received != computed => return Verdict::BadFcs { received, computed },
            _ => {}
        }
        if self.net.events.len() >= MAX_EVENTS {
            return Verdict::Dropped(DropReason::QueueFull);
        }
        match read.ethertype {
            ethernet::ARP => match protocol::wire::arp::parse(read.payload) {
                Ok(message) => {
                    let (answered, learned) = self.net.receive_arp(now, &message);
                    Verdict::Arp { answered, learned }
                }
                Err(error) => Verdict::Dropped(DropReason::Malformed(error)),
            },
            ethernet::IPV4 => match ipv4::parse(read.payload) {
                Ok(packet) => self.receive_packet(now, &packet, to == self.net.config.mac),
                Err(error) => Verdict::Dropped(DropReason::Malformed(error)),
            },
            other => Verdict::Dropped(DropReason::UnknownEtherType(other)),
        }
    }

    fn receive_packet(&mut self, now: SimTime, packet: &ipv4::Packet<'_>, own_card: bool) -> Verdict {
        let (source, to) = (packet.header.source, packet.header.destination);
        let own = to == self.net.config.ip;
        if !own && !self.net.is_broadcast(to) && !self.groups.contains(to) {
            return Verdict::Dropped(DropReason::NotOurAddress(to));
        }
        // RFC 1122 section 3.2.1.3: no group, and nobody but us, can be the source.
        let forged = source.is_multicast()
            || self.net.is_broadcast(source)
            || source.is_loopback()
            || source == self.net.config.ip;
        if forged {
            return Verdict::Dropped(DropReason::BadSource(source));
        }
        let unicast = own && own_card;
        if !packet.header.is_fragment() {
            return self.receive_payload(now, packet, unicast);
        }
        match self.reassembler.insert(now, packet) {
            Outcome::Kept => Verdict::FragmentKept,
            Outcome::Refused => Verdict::Dropped(DropReason::Reassembly),
            Outcome::Whole(payload) => {
                let header = ipv4::Header { more_fragments: false, fragment_offset: 0, ..packet.header };
                let whole = ipv4::Packet { header, payload: &payload, ..*packet };
                self.receive_payload(now, &whole, unicast)
            }
        }
    }

    fn receive_payload(&mut self, now: SimTime, packet: &ipv4::Packet<'_>, unicast: bool) -> Verdict {
        let header = &packet.header;
        match header.protocol {
            ipv4::UDP => match wire_udp::parse(packet.payload, header.source, header.destination) {
                Ok(datagram) => self.receive_datagram(now, packet, &datagram, unicast),
                Err(error) => Verdict::Dropped(DropReason::Malformed(error)),
            },
            // RFC 9293 section 3.9.2.2: TCP never speaks to groups.
            ipv4::TCP if !unicast => Verdict::Dropped(DropReason::NotOurAddress(header.destination)),
            ipv4::TCP => match wire_tcp::parse(packet.payload, header.source, header.destination) {
                Ok(segment) => self.receive_segment(now, header.source, &segment),
                Err(error) => Verdict::Dropped(DropReason::Malformed(error)),
            },
            ipv4::ICMP => match wire_icmp::parse(packet.payload) {
                Ok(message) => {
                    let (kind, code) =
                        icmp::receive(&mut self.net, &mut self.pings, now, packet, &message, unicast);
                    Verdict::Icmp { kind, code }
                }
                Err(error) => Verdict::Dropped(DropReason::Malformed(error)),
            },
            ipv4::IGMP => match wire_igmp::parse(packet.payload) {
                Ok(message) => {
                    self.groups.receive(&mut self.net, now, header.source, &message);
                    Verdict::Igmp { kind: message.kind() }
                }
                Err(error) => Verdict::Dropped(DropReason::Malformed(error)),
            },
            other => {
                self.complain(now, packet, unicast, Cause::ProtocolUnreachable);
                Verdict::Dropped(DropReason::UnknownProtocol(other))
            }
        }
    }

    fn receive_datagram(
        &mut self,
        now: SimTime,
        packet: &ipv4::Packet<'_>,
        datagram: &wire_udp::Datagram<'_>,
        unicast: bool,
    ) -> Verdict {
        let Some(handle) = self.udp.at(datagram.destination) else {
            self.complain(now, packet, unicast, Cause::PortUnreachable);
            return Verdict::Dropped(DropReason::UdpPortClosed(datagram.destination));
        };
        let from = SocketAddrV4::new(packet.header.source, datagram.source);
        let payload = Bytes::copy_from_slice(datagram.payload);
        self.net.events.push_back(StackEvent::Datagram { handle, from, payload });
        Verdict::Udp { handle }
    }

    fn complain(&mut self, now: SimTime, packet: &ipv4::Packet<'_>, unicast: bool, cause: Cause) {
        if icmp::may_complain(&self.net, packet, unicast) {
            icmp::complain(&mut self.net, now, packet.header.source, packet.whole, cause);
        }
    }

    fn receive_segment(&mut self, now: SimTime, from: Ipv4Addr, segment: &wire_tcp::Segment<'_>) -> Verdict {
        let received = self.tcp.receive(now, &mut self.net.events, from, segment);
        if let Some(header) = received.reset
            && self.net.check_room(1).is_ok()
        {
            let remote = SocketAddrV4::new(from, header.destination);
            self.send_segment(now, None, remote, Plan::reset(header));
        }
        received.verdict
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let timeouts = [
            self.tcp.poll_timeout(),
            self.net.resolver.poll_timeout(),
            self.reassembler.poll_timeout(),
            self.groups.poll_timeout(),
        ];
        timeouts.into_iter().flatten().min()
    }

    /// Does what is due. Earlier calls do nothing.
    pub fn handle_timeout(&mut self, now: SimTime) {
        self.tcp.handle_timeout(now, &mut self.net.events);
        self.net.run_resolver(now);
        self.groups.handle_timeout(&mut self.net, now);
        while let Some(expired) = self.reassembler.poll_expired(now) {
            let (from, identification) = (expired.from, expired.identification);
            self.net.events.push_back(StackEvent::ReassemblyTimeout { from, identification });
            if let Some(quote) = expired.quote {
                icmp::complain(&mut self.net, now, from, &quote, Cause::ReassemblyTimeout);
            }
        }
    }

    /// The next frame to send.
    #[must_use]
    pub fn poll_transmit(&mut self, now: SimTime) -> Option<Transmit> {
        loop {
            if let Some(transmit) = self.net.outbox.pop_front() {
                return Some(transmit);
            }
            if let Some((handle, plan)) = self.tcp.poll_transmit(now) {
                if let Some(remote) = self.tcp.get(handle).map(|connection| connection.remote) {
                    self.send_segment(now, Some(handle), remote, plan);
                }
            } else {
                self.net.run_resolver(now);
                if self.net.outbox.is_empty() {
                    return None;
                }
            }
        }
    }

    /// The next thing that happened.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<StackEvent> {
        self.net.events.pop_front()
    }

    /// Puts a segment into its frame.
    pub(super) fn send_segment(
        &mut self,
        now: SimTime,
        handle: Option<TcpHandle>,
        remote: SocketAddrV4,
        plan: Plan,
    ) {
        let Plan { header, stream, cause } = plan;
        let local = SocketAddrV4::new(self.net.config.ip, header.source);
        let octets = handle
            .and_then(|handle| self.tcp.get(handle))
            .map_or((&[][..], &[][..]), |connection| connection.octets(&stream));
        let options = if header.options.mss.is_some() { 4 } else { 0 };
        let length = wire_tcp::HEADER + options + octets.0.len() + octets.1.len();
        let mut frame = self.net.begin(*remote.ip(), ipv4::TCP, length, Cut::Never);
        wire_tcp::write(&mut frame, *local.ip(), *remote.ip(), &header, octets);
        let carried = Carried::Tcp {
            handle,
            local,
            remote,
            flags: header.flags,
            stream,
            seq: header.seq,
            ack: header.ack,
            window: header.window,
        };
        // A route was there when the connection began; an RST without a way back is not missed.
        let _ = self.net.dispatch(now, *remote.ip(), Pending { frame, carried, cause });
    }
}
