//! The host: where the layers meet.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use bytes::Bytes;
use protocol::random::Dice;
use protocol::time::SimTime;
use protocol::wire::tcp::TcpFlags;
use protocol::wire::{
    ethernet, icmp as wire_icmp, icmpv6, igmp as wire_igmp, ipv4, ipv6, tcp as wire_tcp, udp as wire_udp,
};

use super::icmp::{self, Pings};
use super::igmp::Groups;
use super::neighbour::Line;
use super::net::{Cut, Net, Pending};
use super::packet::IpPacket;
use super::reassembly::{Outcome, Reassembler};
use super::tcp::{Fault, Plan, Quoted, Table};
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
        self.tcp.set_mtu(mtu);
    }

    /// The neighbour cache as it stands, by address.
    pub fn neighbours(&self) -> impl Iterator<Item = Line> + '_ {
        self.net.neighbours.lines()
    }

    /// The longest packet that goes to `to` at `now`, in octets: what the link carries, or less
    /// where a router has said so (RFC 1191, RFC 8201).
    pub fn path_mtu(&self, now: SimTime, to: IpAddr) -> usize {
        self.net.path_mtu(now, to)
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
        to: impl Into<SocketAddr>,
        payload: impl AsRef<[u8]>,
        tag: u64,
    ) -> Result<(), SocketError> {
        self.udp.send(&mut self.net, now, handle, to.into(), payload.as_ref(), tag)
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
        to: impl Into<IpAddr>,
        identifier: u16,
        sequence: u16,
        data: &[u8],
    ) -> Result<(), SocketError> {
        icmp::ping(&mut self.net, &mut self.pings, now, to.into(), (identifier, sequence), data)
    }

    /// Takes a frame with its FCS off the card, and says what became of it.
    pub fn receive(&mut self, now: SimTime, frame: &[u8]) -> Verdict {
        self.receive_frame(now, frame, None)
    }

    /// The same for a frame of which it is known that its FCS fits; what comes out of it shares
    /// its octets.
    pub fn receive_intact(&mut self, now: SimTime, frame: &Bytes) -> Verdict {
        self.receive_frame(now, frame, Some(frame))
    }

    fn receive_frame(&mut self, now: SimTime, frame: &[u8], intact: Option<&Bytes>) -> Verdict {
        let read = match ethernet::parse(frame) {
            Ok(read) => read,
            Err(error) => return Verdict::Dropped(DropReason::Malformed(error)),
        };
        let to = read.destination;
        let in_v6_group = || self.net.v6_groups().map(ipv6::multicast_mac).any(|group| group == to);
        let in_group = || to.is_multicast() && (self.groups.listens_to(to) || in_v6_group());
        if to != self.net.config.mac && !to.is_broadcast() && !in_group() {
            return Verdict::NotForUs;
        }
        if intact.is_none() {
            let computed = ethernet::fcs(&frame[..frame.len() - ethernet::FCS]);
            match ethernet::received_fcs(frame) {
                Some(received) if received != computed => return Verdict::BadFcs { received, computed },
                _ => {}
            }
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
            ethernet::IPV4 if self.net.config.v4.is_some() => match ipv4::parse(read.payload) {
                Ok(packet) => {
                    let packet = IpPacket { frame: intact, ..(&packet).into() };
                    self.receive_packet(now, &packet, to == self.net.config.mac)
                }
                Err(error) => Verdict::Dropped(DropReason::Malformed(error)),
            },
            ethernet::IPV6 if self.net.config.v6.is_some() => match ipv6::parse(read.payload) {
                Ok(packet) => {
                    let packet = IpPacket { frame: intact, ..(&packet).into() };
                    self.receive_packet(now, &packet, to == self.net.config.mac)
                }
                Err(error) => Verdict::Dropped(DropReason::Malformed(error)),
            },
            other => Verdict::Dropped(DropReason::UnknownEtherType(other)),
        }
    }

    fn is_in_group(&self, ip: IpAddr) -> bool {
        match ip {
            IpAddr::V4(group) => self.groups.contains(group),
            IpAddr::V6(group) => self.net.v6_groups().any(|own| own == group),
        }
    }

    fn receive_packet(&mut self, now: SimTime, packet: &IpPacket<'_>, own_card: bool) -> Verdict {
        let (source, to) = (packet.source, packet.destination);
        let own = self.net.is_own(to);
        if !own && !self.net.is_broadcast(to) && !self.is_in_group(to) {
            return Verdict::Dropped(DropReason::NotOurAddress(to));
        }
        // RFC 1122 section 3.2.1.3, RFC 4291 section 2.7: no group, and nobody but us, can be
        // the source.
        let forged = source.is_multicast()
            || self.net.is_broadcast(source)
            || source.is_loopback()
            || self.net.is_own(source);
        if forged {
            return Verdict::Dropped(DropReason::BadSource(source));
        }
        let unicast = own && own_card;
        let Some(part) = packet.part else { return self.receive_payload(now, packet, unicast) };
        match self.reassembler.insert(now, packet, part) {
            Outcome::Kept => Verdict::FragmentKept,
            Outcome::Refused => Verdict::Dropped(DropReason::Reassembly),
            Outcome::Whole(payload, first) => {
                let whole = IpPacket { payload: &payload, whole: &first, part: None, frame: None, ..*packet };
                self.receive_payload(now, &whole, unicast)
            }
        }
    }

    fn receive_payload(&mut self, now: SimTime, packet: &IpPacket<'_>, unicast: bool) -> Verdict {
        let malformed = |error| Verdict::Dropped(DropReason::Malformed(error));
        let (source, to) = (packet.source, packet.destination);
        match (packet.protocol, source, to) {
            (ipv4::UDP, ..) => match wire_udp::parse(packet.payload, source, to) {
                Ok(datagram) => self.receive_datagram(now, packet, &datagram, unicast),
                Err(error) => malformed(error),
            },
            // RFC 9293 section 3.9.2.2: TCP never speaks to groups.
            (ipv4::TCP, ..) if !unicast => Verdict::Dropped(DropReason::NotOurAddress(to)),
            (ipv4::TCP, ..) => match wire_tcp::parse(packet.payload, source, to) {
                Ok(segment) => self.receive_segment(now, (source, to), &segment),
                Err(error) => malformed(error),
            },
            (ipv4::ICMP, IpAddr::V4(_), _) => match wire_icmp::parse(packet.payload) {
                Ok(wire_icmp::Message::Unreachable { code, quote, .. })
                    if self.is_no_segment_of_ours(quote) =>
                {
                    Verdict::Icmp { kind: 3, code }
                }
                Ok(message) => {
                    let (kind, code) =
                        icmp::receive(&mut self.net, &mut self.pings, now, packet, &message, unicast);
                    if let wire_icmp::Message::Unreachable { code, quote, .. } = message {
                        self.tell_tcp(now, icmp::fault(code), quote);
                    }
                    Verdict::Icmp { kind, code }
                }
                Err(error) => malformed(error),
            },
            (ipv4::IGMP, IpAddr::V4(from), _) => match wire_igmp::parse(packet.payload) {
                Ok(message) => {
                    self.groups.receive(&mut self.net, now, from, &message);
                    Verdict::Igmp { kind: message.kind() }
                }
                Err(error) => malformed(error),
            },
            (ipv6::ICMPV6, IpAddr::V6(from), IpAddr::V6(own)) => {
                match icmpv6::parse(packet.payload, from, own) {
                    Ok(message) => self.receive_icmpv6(now, packet, &message, unicast),
                    Err(error) => malformed(error),
                }
            }
            (ipv6::NO_NEXT_HEADER, IpAddr::V6(_), _) => {
                Verdict::Dropped(DropReason::UnknownProtocol(ipv6::NO_NEXT_HEADER))
            }
            (other, ..) => {
                self.complain(now, packet, unicast, Cause::ProtocolUnreachable);
                Verdict::Dropped(DropReason::UnknownProtocol(other))
            }
        }
    }

    fn receive_icmpv6(
        &mut self,
        now: SimTime,
        packet: &IpPacket<'_>,
        message: &icmpv6::Message<'_>,
        unicast: bool,
    ) -> Verdict {
        if let icmpv6::Message::Discovery(message) = message {
            return match self.net.receive_discovery(now, packet, message) {
                Some((answered, learned)) => Verdict::Discovery { answered, learned },
                None => Verdict::Dropped(DropReason::BadDiscovery),
            };
        }
        let forged = match *message {
            icmpv6::Message::Unreachable { quote, .. } | icmpv6::Message::PacketTooBig { quote, .. } => {
                self.is_no_segment_of_ours(quote)
            }
            _ => false,
        };
        if forged {
            let (kind, code) = message.kind();
            return Verdict::Icmp { kind, code };
        }
        icmp::receive_v6(&mut self.net, &mut self.pings, now, packet, message, unicast);
        match *message {
            icmpv6::Message::Unreachable { code, quote } => {
                let hard = code == icmpv6::unreachable::PORT;
                self.tell_tcp(now, Some(Fault::Unreachable { code, hard }), quote);
            }
            icmpv6::Message::PacketTooBig { quote, .. } => self.tell_tcp(now, None, quote),
            _ => {}
        }
        let (kind, code) = message.kind();
        Verdict::Icmp { kind, code }
    }

    /// Whether an error quotes a TCP segment that is not under way: nobody who saw a segment of
    /// ours said that, and it is passed over (RFC 5927 section 4.1).
    fn is_no_segment_of_ours(&self, quote: &[u8]) -> bool {
        Quoted::read(quote).is_some_and(|quoted| self.tcp.find(&quoted).is_none())
    }

    /// An ICMP error quotes a packet of ours: if it is TCP's, its connection hears of it.
    /// Without a fault the packet was too big, and what is known of its way counts.
    fn tell_tcp(&mut self, now: SimTime, fault: Option<Fault>, quote: &[u8]) {
        if let Some(quoted) = Quoted::read(quote) {
            let mtu = self.net.path_mtu(now, quoted.remote.ip());
            let fault = fault.unwrap_or(Fault::TooBig { mtu });
            self.tcp.take_fault(now, &mut self.net.events, fault, &quoted);
        }
    }

    fn receive_datagram(
        &mut self,
        now: SimTime,
        packet: &IpPacket<'_>,
        datagram: &wire_udp::Datagram<'_>,
        unicast: bool,
    ) -> Verdict {
        let Some(handle) = self.udp.at(datagram.destination) else {
            self.complain(now, packet, unicast, Cause::PortUnreachable);
            return Verdict::Dropped(DropReason::UdpPortClosed(datagram.destination));
        };
        let from = SocketAddr::new(packet.source, datagram.source);
        let payload = match packet.frame {
            Some(frame) => frame.slice_ref(datagram.payload),
            None => Bytes::copy_from_slice(datagram.payload),
        };
        self.net.events.push_back(StackEvent::Datagram { handle, from, payload });
        Verdict::Udp { handle }
    }

    fn complain(&mut self, now: SimTime, packet: &IpPacket<'_>, unicast: bool, cause: Cause) {
        if icmp::may_complain(&self.net, packet, unicast) {
            icmp::complain(&mut self.net, now, packet.source, packet.whole, cause);
        }
    }

    fn receive_segment(
        &mut self,
        now: SimTime,
        ends: (IpAddr, IpAddr),
        segment: &wire_tcp::Segment<'_>,
    ) -> Verdict {
        let received = self.tcp.receive(now, &mut self.net.events, ends, segment);
        if let (Verdict::Tcp { handle, .. }, true) =
            (&received.verdict, segment.header.flags.has(TcpFlags::SYN))
        {
            self.tcp.fit(*handle, self.net.path_mtu(now, ends.0));
        }
        if let Some(header) = received.reset
            && self.net.check_room(1).is_ok()
        {
            let local = SocketAddr::new(ends.1, header.source);
            let remote = SocketAddr::new(ends.0, header.destination);
            self.send_segment(now, None, (local, remote), Plan::reset(header));
        }
        received.verdict
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let timeouts = [
            self.tcp.poll_timeout(),
            self.net.neighbours.poll_timeout(),
            self.reassembler.poll_timeout(),
            self.groups.poll_timeout(),
        ];
        timeouts.into_iter().flatten().min()
    }

    /// Does what is due. Earlier calls do nothing.
    pub fn handle_timeout(&mut self, now: SimTime) {
        self.tcp.handle_timeout(now, &mut self.net.events);
        self.net.run_neighbours(now);
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
                let ends = self.tcp.get(handle).map(|connection| (connection.local, connection.remote));
                if let Some(ends) = ends {
                    self.send_segment(now, Some(handle), ends, plan);
                }
            } else {
                self.net.run_neighbours(now);
                if self.net.outbox.is_empty() {
                    return None;
                }
            }
        }
    }

    /// Takes back the buffer of a [`Transmit`] that is no longer needed, for a later one.
    pub fn give_back(&mut self, frame: Vec<u8>) {
        self.net.give_back(frame);
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
        (local, remote): (SocketAddr, SocketAddr),
        plan: Plan,
    ) {
        let Plan { header, stream, cause } = plan;
        let octets = handle
            .and_then(|handle| self.tcp.get(handle))
            .map_or((&[][..], &[][..]), |connection| connection.octets(&stream));
        let length = wire_tcp::HEADER + header.options.length() + octets.0.len() + octets.1.len();
        // RFC 1191 section 3: who looks for the MTU of the way forbids routers to cut.
        let cut = if self.net.config.tcp.path_mtu_discovery { Cut::Never } else { Cut::Allowed };
        let mut frame = self.net.begin(remote.ip(), ipv4::TCP, length, cut);
        wire_tcp::write(&mut frame, local.ip(), remote.ip(), &header, octets);
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
        let _ = self.net.dispatch(now, remote.ip(), Pending { frame, carried, cause });
    }
}
