use super::*;
use crate::ids::LinkId;
use protocol::wire::{MacAddr, icmp, tcp, udp};

const CONFIG: NatConfig = NatConfig { inside: LinkId(0), outside: LinkId(1), preserve_ports: false };
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 1);
const CLIENT: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(192, 168, 1, 2), 25_000);
const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 2, 2), 6970);

fn frame(protocol: u8, from: SocketAddrV4, to: SocketAddrV4, body: &[u8]) -> Vec<u8> {
    let header = ipv4::Header {
        source: *from.ip(),
        destination: *to.ip(),
        protocol,
        ttl: 64,
        traffic_class: 0,
        identification: 7,
        dont_fragment: true,
        more_fragments: false,
        fragment_offset: 0,
    };
    let card = MacAddr(2, 0, 0, 0, 0, 1);
    let mut frame = ethernet::begin(card, card, ethernet::IPV4, 100);
    ipv4::write(&mut frame, &header, body.len());
    frame.extend_from_slice(body);
    ethernet::seal(&mut frame);
    frame
}

fn datagram(from: SocketAddrV4, to: SocketAddrV4) -> Vec<u8> {
    let mut body = Vec::new();
    udp::write(&mut body, from, to, b"media");
    frame(ipv4::UDP, from, to, &body)
}

/// Source and destination of a datagram, all checksums being right.
fn ends(frame: &[u8]) -> (SocketAddrV4, SocketAddrV4) {
    assert!(ethernet::fcs_ok(frame));
    let packet = ipv4::parse(&frame[IP..frame.len() - ethernet::FCS]).unwrap();
    let (source, destination) = (packet.header.source, packet.header.destination);
    let read = udp::parse(packet.payload, source, destination).unwrap();
    (SocketAddrV4::new(source, read.source), SocketAddrV4::new(destination, read.destination))
}

fn nat() -> Nat {
    Nat::new(CONFIG, OUTSIDE)
}

#[test]
fn what_goes_out_opens_the_way_back_for_its_receiver_alone() {
    let mut nat = nat();
    let start = SimTime::from_secs(1);
    let answer = |to_port| datagram(SERVER, SocketAddrV4::new(OUTSIDE, to_port));
    assert_eq!(nat.inbound(start, &answer(25_000)), Inbound::Refused("noMapping"));
    let mut out = datagram(CLIENT, SERVER);
    nat.outbound(start, &mut out).unwrap();
    let outside = SocketAddrV4::new(OUTSIDE, FIRST_PORT);
    assert_eq!(ends(&out), (outside, SERVER));
    let opened = NatChange { protocol: ipv4::UDP, inside: CLIENT, outside, open: true };
    assert_eq!(nat.take_changes(), [opened]);
    let Inbound::To(back) = nat.inbound(start, &answer(FIRST_PORT)) else { panic!("let in") };
    assert_eq!(ends(&back), (SERVER, CLIENT));
    let stranger = SocketAddrV4::new(Ipv4Addr::new(10, 0, 2, 9), 6970);
    let refused = nat.inbound(start, &datagram(stranger, SocketAddrV4::new(OUTSIDE, FIRST_PORT)));
    assert_eq!(refused, Inbound::Refused("natFiltered"));
    // The same port inside is the same port outside, whoever is written to (RFC 4787 REQ-1).
    let mut other = datagram(CLIENT, stranger);
    nat.outbound(start, &mut other).unwrap();
    assert_eq!(ends(&other), (outside, stranger));
    assert!(nat.take_changes().is_empty());
    // What comes in does not keep it alive (REQ-6).
    assert_eq!(nat.poll_timeout(), Some(start + UDP_TIMEOUT));
    nat.handle_timeout(start + UDP_TIMEOUT);
    assert_eq!(nat.take_changes(), [NatChange { open: false, ..opened }]);
    assert_eq!(nat.inbound(start, &answer(FIRST_PORT)), Inbound::Refused("noMapping"));
}

#[test]
fn a_preserved_port_keeps_its_number_while_that_is_free() {
    let mut nat = Nat::new(NatConfig { preserve_ports: true, ..CONFIG }, OUTSIDE);
    let second = SocketAddrV4::new(Ipv4Addr::new(192, 168, 1, 3), 25_000);
    for (from, port) in [(CLIENT, 25_000), (second, FIRST_PORT)] {
        let mut out = datagram(from, SERVER);
        nat.outbound(SimTime::ZERO, &mut out).unwrap();
        assert_eq!(ends(&out).0.port(), port);
    }
}

#[test]
fn connections_and_echoes_are_translated_too() {
    let mut nat = nat();
    let segment = |from: SocketAddrV4, to: SocketAddrV4, flags| {
        let header =
            tcp::Header { source: from.port(), destination: to.port(), flags, ..tcp::Header::default() };
        let mut body = Vec::new();
        tcp::write(&mut body, *from.ip(), *to.ip(), &header, (b"octets", b""));
        frame(ipv4::TCP, from, to, &body)
    };
    let mut out = segment(CLIENT, SERVER, tcp::TcpFlags::SYN);
    nat.outbound(SimTime::ZERO, &mut out).unwrap();
    let packet = ipv4::parse(&out[IP..out.len() - ethernet::FCS]).unwrap();
    let read = tcp::parse(packet.payload, OUTSIDE, *SERVER.ip()).unwrap();
    assert_eq!((packet.header.source, read.header.source), (OUTSIDE, FIRST_PORT));
    assert_eq!(nat.poll_timeout(), Some(SimTime::ZERO + TCP_TRANSITORY_TIMEOUT));
    let back = segment(SERVER, SocketAddrV4::new(OUTSIDE, FIRST_PORT), tcp::TcpFlags::ACK);
    assert!(matches!(nat.inbound(SimTime::ZERO, &back), Inbound::To(_)));
    assert_eq!(nat.poll_timeout(), Some(SimTime::ZERO + TCP_TIMEOUT));

    let mut body = Vec::new();
    icmp::write(&mut body, &icmp::Message::EchoRequest { identifier: 9, sequence: 1, data: b"x" });
    let mut echo = frame(ipv4::ICMP, CLIENT, SERVER, &body);
    nat.outbound(SimTime::ZERO, &mut echo).unwrap();
    let packet = ipv4::parse(&echo[IP..echo.len() - ethernet::FCS]).unwrap();
    let message = icmp::parse(packet.payload).unwrap();
    assert!(matches!(message, icmp::Message::EchoRequest { identifier: 40_001, .. }));
    let asked = frame(ipv4::ICMP, SERVER, SocketAddrV4::new(OUTSIDE, 0), &body);
    assert_eq!(nat.inbound(SimTime::ZERO, &asked), Inbound::Own, "the router answers itself");
}

#[test]
fn errors_reach_who_sent_the_packet_that_they_quote() {
    let mut nat = nat();
    let mut out = datagram(CLIENT, SERVER);
    nat.outbound(SimTime::ZERO, &mut out).unwrap();
    let error = |from, to, about: &[u8]| {
        let quote = &about[IP..about.len() - ethernet::FCS];
        let message = icmp::Message::Unreachable { code: icmp::unreachable::PORT, mtu: 0, quote };
        let mut body = Vec::new();
        icmp::write(&mut body, &message);
        frame(ipv4::ICMP, from, to, &body)
    };
    /// The packet quoted by the error in a frame.
    fn quoted_ends(frame: &[u8], to: Ipv4Addr) -> (SocketAddrV4, SocketAddrV4) {
        let packet = ipv4::parse(&frame[IP..frame.len() - ethernet::FCS]).unwrap();
        assert_eq!(packet.header.destination, to);
        let Ok(icmp::Message::Unreachable { quote, .. }) = icmp::parse(packet.payload) else {
            panic!("{packet:?}")
        };
        let inner = ipv4::parse(quote).unwrap();
        let (source, destination) = (inner.header.source, inner.header.destination);
        let read = udp::parse(inner.payload, source, destination).unwrap();
        (SocketAddrV4::new(source, read.source), SocketAddrV4::new(destination, read.destination))
    }
    let refused = error(SERVER, SocketAddrV4::new(OUTSIDE, 0), &out);
    let Inbound::To(inside) = nat.inbound(SimTime::ZERO, &refused) else { panic!("let in") };
    assert_eq!(quoted_ends(&inside, *CLIENT.ip()), (CLIENT, SERVER));
    // And the other way round: a host inside refuses what it was sent.
    let outside = SocketAddrV4::new(OUTSIDE, FIRST_PORT);
    let Inbound::To(came) = nat.inbound(SimTime::ZERO, &datagram(SERVER, outside)) else { panic!("let in") };
    let mut answer = error(CLIENT, SERVER, &came);
    nat.outbound(SimTime::ZERO, &mut answer).unwrap();
    assert_eq!(quoted_ends(&answer, *SERVER.ip()), (SERVER, outside));
}

#[test]
fn fragments_and_what_has_no_ports_stay_inside_and_the_table_is_bounded() {
    let mut nat = nat();
    let mut part = datagram(CLIENT, SERVER);
    part[IP + 6] = 0x20;
    assert_eq!(nat.outbound(SimTime::ZERO, &mut part), Err("natFragment"));
    let mut other = frame(47, CLIENT, SERVER, &[0; 20]);
    assert_eq!(nat.outbound(SimTime::ZERO, &mut other), Err("natProtocol"));
    for n in 0..MAX_MAPPINGS as u16 {
        let mut out = datagram(SocketAddrV4::new(*CLIENT.ip(), 1000 + n), SERVER);
        nat.outbound(SimTime::ZERO, &mut out).unwrap();
    }
    let mut one_more = datagram(SocketAddrV4::new(*CLIENT.ip(), 999), SERVER);
    assert_eq!(nat.outbound(SimTime::ZERO, &mut one_more), Err("natFull"));
}
