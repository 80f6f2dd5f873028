//! What a host does below and beside TCP: card, ARP, IPv4, ICMP, UDP, and its limits.

mod pair;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use pair::{A, B, Pair, Weather, config, octets};
use proptest::prelude::*;
use protocol::random::Dice;
use protocol::time::SimTime;
use protocol::wire::{MacAddr, ethernet, icmp, ipv4, tcp, udp};
use simulator::stack::neighbour::{Line, MAX_WAITING};
use simulator::stack::{
    Carried, Cause, DropReason, IpFragment, MAX_EVENTS, MAX_GROUPS, MAX_OUTBOX, MAX_UDP_SOCKETS,
    NeighbourState, REASSEMBLY_TIMEOUT, SocketError, Stack, StackConfig, StackEvent, TcpConfig, Transmit,
    Verdict,
};

const NOW: SimTime = SimTime::from_secs(1);

fn host(side: usize) -> Stack {
    Stack::new(config(side), Dice::new(1, "host"))
}

/// Both hosts, each knowing the other's card.
fn acquainted() -> (Stack, Stack) {
    let (mut a, mut b) = (host(0), host(1));
    a.ping(NOW, B, 0, 0, b"").expect("as the test has set it up");
    for _ in 0..2 {
        deliver(&mut a, &mut b);
        deliver(&mut b, &mut a);
    }
    while a.poll_event().is_some() || b.poll_event().is_some() {}
    (a, b)
}

/// Gives all that one host sends to the other, and answers the last verdict.
fn deliver(from: &mut Stack, to: &mut Stack) -> Option<Verdict> {
    std::iter::from_fn(|| from.poll_transmit(NOW)).map(|t| to.receive(NOW, &t.frame)).last()
}

fn sent(stack: &mut Stack) -> Vec<Transmit> {
    std::iter::from_fn(|| stack.poll_transmit(NOW)).collect()
}

fn packet(header: ipv4::Header, payload: &[u8]) -> Vec<u8> {
    let mut frame = ethernet::begin(config(0).mac, config(1).mac, ethernet::IPV4, 20 + payload.len());
    ipv4::write(&mut frame, &header, payload.len());
    frame.extend_from_slice(payload);
    ethernet::seal(&mut frame);
    frame
}

const FROM_B: ipv4::Header = ipv4::Header {
    source: B,
    destination: A,
    protocol: ipv4::UDP,
    ttl: 64,
    traffic_class: 0,
    identification: 9,
    dont_fragment: false,
    more_fragments: false,
    fragment_offset: 0,
};

/// The next event that is none of the neighbour cache.
fn event(stack: &mut Stack) -> Option<StackEvent> {
    std::iter::from_fn(|| stack.poll_event()).find(|event| !matches!(event, StackEvent::Neighbour(_)))
}

#[test]
fn the_first_datagram_waits_for_arp() {
    let (mut a, mut b) = (host(0), host(1));
    let socket = a.udp_bind(5000).unwrap();
    let theirs = b.udp_bind(5004).unwrap();
    let to = SocketAddr::from((B, 5004));
    a.udp_send(NOW, socket, to, Bytes::from_static(b"hello"), 42).unwrap();
    let request = sent(&mut a);
    assert_eq!(request.len(), 1);
    assert_eq!(request[0].carried, Carried::Arp { request: true, target: B });
    assert_eq!(request[0].cause, Cause::Resolve { for_ip: B.into(), attempt: 1 });
    assert_eq!(request[0].frame.len(), 64);
    let line = |mac, state| Line { ip: B.into(), mac, state: Some(state) };
    let asked = line(None, NeighbourState::Incomplete);
    assert_eq!(a.neighbours().collect::<Vec<_>>(), [asked]);
    let verdict = b.receive(NOW, &request[0].frame);
    assert_eq!(verdict, Verdict::Arp { answered: true, learned: true });
    let reply = sent(&mut b);
    assert_eq!(
        (&reply[0].carried, reply[0].cause),
        (&Carried::Arp { request: false, target: A }, Cause::ArpReply)
    );
    a.receive(NOW, &reply[0].frame);
    assert_eq!(a.poll_event(), Some(StackEvent::Neighbour(asked)));
    let known = line(Some(config(1).mac), NeighbourState::Reachable);
    assert_eq!(a.poll_event(), Some(StackEvent::Neighbour(known)));
    let datagram = sent(&mut a);
    let carried = Carried::Udp { tag: 42, src: 5000, dst: to, fragment: None };
    assert_eq!((&datagram[0].carried, datagram[0].cause), (&carried, Cause::Application));
    assert_eq!(b.receive(NOW, &datagram[0].frame), Verdict::Udp { handle: theirs });
    let from = SocketAddr::from((A, 5000));
    let events: Vec<_> = std::iter::from_fn(|| b.poll_event()).collect();
    let payload = Bytes::from_static(b"hello");
    assert!(events.contains(&StackEvent::Datagram { handle: theirs, from, payload }));
}

#[test]
fn nobody_answers_arp() {
    let mut a = host(0);
    let socket = a.udp_bind(5000).unwrap();
    for tag in 0..=MAX_WAITING as u64 {
        a.udp_send(NOW, socket, SocketAddr::from((B, 1)), Bytes::new(), tag).unwrap();
    }
    let carried = |tag| Carried::Udp { tag, src: 5000, dst: SocketAddr::from((B, 1)), fragment: None };
    assert_eq!(event(&mut a), Some(StackEvent::NeighbourQueueFull { ip: B.into(), lost: carried(0) }));
    for attempt in 1..=3 {
        let requests = sent(&mut a);
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].cause, Cause::Resolve { for_ip: B.into(), attempt });
        let next = NOW + Duration::from_secs(u64::from(attempt));
        assert_eq!(a.poll_timeout(), Some(next));
        a.handle_timeout(next);
    }
    let lost: Vec<_> = (1..=MAX_WAITING as u64).map(carried).collect();
    assert_eq!(event(&mut a), Some(StackEvent::NeighbourFailed { ip: B.into(), lost }));
    assert_eq!(a.poll_timeout(), None);
}

#[test]
fn what_is_outside_goes_to_the_router() {
    let router = Ipv4Addr::new(10, 0, 0, 254);
    let outside = SocketAddr::new("192.0.2.9".parse().unwrap(), 9);
    let mut without = host(0);
    let socket = without.udp_bind(5000).unwrap();
    let refused = without.udp_send(NOW, socket, outside, Bytes::new(), 0);
    assert_eq!(refused, Err(SocketError::NoRoute(outside.ip())));
    let mut a = Stack::new(StackConfig { gateway: Some(router), ..config(0) }, Dice::new(1, "a"));
    let socket = a.udp_bind(5000).unwrap();
    a.udp_send(NOW, socket, outside, Bytes::new(), 0).unwrap();
    assert_eq!(sent(&mut a)[0].cause, Cause::Resolve { for_ip: router.into(), attempt: 1 });
    for nowhere in ["0.0.0.0", "127.0.0.1", "10.0.0.1", "255.1.2.3"] {
        let to: Ipv4Addr = nowhere.parse().unwrap();
        let refused = a.udp_send(NOW, socket, SocketAddr::from((to, 9)), Bytes::new(), 0);
        assert_eq!(refused, Err(SocketError::NoRoute(to.into())));
    }
}

#[test]
fn groups_have_their_own_cards() {
    let (mut a, mut b) = (host(0), host(1));
    let group = Ipv4Addr::new(239, 1, 2, 3);
    let socket = a.udp_bind(5000).unwrap();
    let theirs = b.udp_bind(5004).unwrap();
    let send = |a: &mut Stack, to| {
        a.udp_send(NOW, socket, SocketAddr::from((to, 5004)), Bytes::from_static(b"all"), 0).unwrap();
        sent(a).remove(0).frame
    };
    let frame = send(&mut a, group);
    assert_eq!(ethernet::parse(&frame).unwrap().destination, MacAddr(1, 0, 0x5e, 1, 2, 3));
    assert_eq!(b.receive(NOW, &frame), Verdict::NotForUs);
    b.join_group(NOW, group).unwrap();
    assert_eq!(b.receive(NOW, &frame), Verdict::Udp { handle: theirs });
    b.leave_group(NOW, group);
    assert_eq!(b.receive(NOW, &frame), Verdict::NotForUs);
    assert_eq!(b.join_group(NOW, A), Err(SocketError::NoRoute(A.into())));
    for n in 0..MAX_GROUPS as u8 {
        b.join_group(NOW, Ipv4Addr::new(239, 9, 9, n)).unwrap();
    }
    assert_eq!(b.join_group(NOW, group), Err(SocketError::Full(MAX_GROUPS)));
    for broadcast in [Ipv4Addr::BROADCAST, Ipv4Addr::new(10, 0, 0, 255)] {
        let frame = send(&mut a, broadcast);
        assert!(ethernet::parse(&frame).unwrap().destination.is_broadcast());
        assert_eq!(b.receive(NOW, &frame), Verdict::Udp { handle: theirs });
    }
}

#[test]
fn long_datagrams_travel_in_fragments_and_need_all_of_them() {
    let (mut a, mut b) = acquainted();
    let socket = a.udp_bind(5000).unwrap();
    let theirs = b.udp_bind(5004).unwrap();
    let to = SocketAddr::from((B, 5004));
    let payload = Bytes::from(octets(4000));
    a.udp_send(NOW, socket, to, payload.clone(), 7).unwrap();
    let frames = sent(&mut a);
    let parts: Vec<_> = frames
        .iter()
        .map(|t| match &t.carried {
            Carried::Udp { tag: 7, fragment: Some(IpFragment { range, last, .. }), .. } => {
                (range.clone(), *last)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(parts, [(0..1480, false), (1480..2960, false), (2960..4008, true)]);
    assert!(frames.iter().all(|t| t.frame.len() <= 1518));
    assert_eq!(b.receive(NOW, &frames[2].frame), Verdict::FragmentKept);
    assert_eq!(b.receive(NOW, &frames[0].frame), Verdict::FragmentKept);
    assert_eq!(b.receive(NOW, &frames[1].frame), Verdict::Udp { handle: theirs });
    let from = SocketAddr::from((A, 5000));
    assert_eq!(b.poll_event(), Some(StackEvent::Datagram { handle: theirs, from, payload: payload.clone() }));
    // One part is lost: after a minute the sender is told (RFC 792, code 1).
    a.udp_send(NOW, socket, to, payload, 8).unwrap();
    let frames = sent(&mut a);
    b.receive(NOW, &frames[0].frame);
    b.receive(NOW, &frames[2].frame);
    assert_eq!(b.poll_timeout(), Some(NOW + REASSEMBLY_TIMEOUT));
    b.handle_timeout(NOW + REASSEMBLY_TIMEOUT);
    assert!(matches!(event(&mut b), Some(StackEvent::ReassemblyTimeout { from, .. }) if from == A));
    let complaint = sent(&mut b).remove(0);
    assert_eq!(complaint.cause, Cause::ReassemblyTimeout);
    assert_eq!(a.receive(NOW, &complaint.frame), Verdict::Icmp { kind: 11, code: 1 });
    assert_eq!(
        event(&mut a),
        Some(StackEvent::TimeExceeded { from: B.into(), code: 1, destination: B.into() })
    );
    // A longer datagram than IP can carry.
    let limit = udp::MAX_PAYLOAD;
    let refused = a.udp_send(NOW, socket, to, Bytes::from(vec![0; limit + 1]), 9);
    assert_eq!(refused, Err(SocketError::TooLarge { length: limit + 1, limit }));
    a.udp_send(NOW, socket, to, Bytes::from(vec![0; limit]), 9).unwrap();
    assert_eq!(deliver(&mut a, &mut b), Some(Verdict::Udp { handle: theirs }));
}

#[test]
fn packets_carry_ttl_df_and_a_counted_identification() {
    let (mut a, _) = acquainted();
    let socket = a.udp_bind(5000).unwrap();
    let mut last = None;
    for _ in 0..3 {
        a.udp_send(NOW, socket, SocketAddr::from((B, 9)), Bytes::new(), 0).unwrap();
        let frame = sent(&mut a).remove(0).frame;
        let header = ipv4::parse(ethernet::parse(&frame).unwrap().payload).unwrap().header;
        assert_eq!((header.ttl, header.dont_fragment), (64, true));
        if let Some(last) = last {
            assert_eq!(header.identification, u16::wrapping_add(last, 1));
        }
        last = Some(header.identification);
    }
}

#[test]
fn the_card_ignores_what_is_damaged_or_for_others() {
    let mut a = host(0);
    a.udp_bind(5004).unwrap();
    let mut payload = Vec::new();
    udp::write(&mut payload, SocketAddr::from((B, 1)), SocketAddr::from((A, 5004)), b"data");
    let good = packet(FROM_B, &payload);
    assert!(matches!(a.receive(NOW, &good), Verdict::Udp { .. }));
    let mut damaged = good.clone();
    damaged[40] ^= 4;
    assert!(matches!(a.receive(NOW, &damaged), Verdict::BadFcs { .. }));
    let mut other_card = good.clone();
    other_card[5] ^= 8;
    ethernet::reseal(&mut other_card);
    assert_eq!(a.receive(NOW, &other_card), Verdict::NotForUs);
    // The FCS fits, but a router's memory flipped a bit: the checksums above find it.
    for (at, reason) in [(15, "IPv4"), (35, "UDP")] {
        let mut flipped = good.clone();
        flipped[at] ^= 1;
        ethernet::reseal(&mut flipped);
        match a.receive(NOW, &flipped) {
            Verdict::Dropped(DropReason::Malformed(error)) => assert!(error.to_string().starts_with(reason)),
            other => panic!("{other:?}"),
        }
    }
    let to_other = ipv4::Header { destination: Ipv4Addr::new(10, 0, 0, 7), ..FROM_B };
    let reason = DropReason::NotOurAddress(to_other.destination.into());
    assert_eq!(a.receive(NOW, &packet(to_other, &payload)), Verdict::Dropped(reason));
    for source in ["239.1.1.1", "255.255.255.255", "10.0.0.255", "127.0.0.1", "10.0.0.1"] {
        let source = source.parse().unwrap();
        let forged = packet(ipv4::Header { source, ..FROM_B }, &payload);
        assert_eq!(a.receive(NOW, &forged), Verdict::Dropped(DropReason::BadSource(source.into())));
    }
    let mut strange = good.clone();
    strange[12..14].copy_from_slice(&[0x86, 0xdd]);
    ethernet::reseal(&mut strange);
    assert_eq!(a.receive(NOW, &strange), Verdict::Dropped(DropReason::UnknownEtherType(0x86dd)));
    assert!(matches!(a.receive(NOW, &[0; 10]), Verdict::Dropped(DropReason::Malformed(_))));
    assert!(sent(&mut a).is_empty());
}

#[test]
fn closed_ports_and_unknown_protocols_are_told_but_never_to_groups() {
    let (mut a, mut b) = acquainted();
    let mut payload = Vec::new();
    udp::write(&mut payload, SocketAddr::from((B, 1)), SocketAddr::from((A, 9)), b"data");
    let verdict = a.receive(NOW, &packet(FROM_B, &payload));
    assert_eq!(verdict, Verdict::Dropped(DropReason::UdpPortClosed(9)));
    let told = sent(&mut a).remove(0);
    assert_eq!(told.cause, Cause::PortUnreachable);
    assert_eq!(told.carried, Carried::Icmp { kind: 3, code: 3, to: B.into(), echo: None });
    assert_eq!(b.receive(NOW, &told.frame), Verdict::Icmp { kind: 3, code: 3 });
    let ports = Some((17, 1, 9));
    assert_eq!(
        b.poll_event(),
        Some(StackEvent::Unreachable { from: A.into(), code: 3, mtu: 0, destination: A.into(), ports })
    );

    let strange = ipv4::Header { protocol: 132, ..FROM_B };
    assert_eq!(a.receive(NOW, &packet(strange, b"sctp")), Verdict::Dropped(DropReason::UnknownProtocol(132)));
    assert_eq!(sent(&mut a).remove(0).cause, Cause::ProtocolUnreachable);

    let to_all = ipv4::Header { destination: Ipv4Addr::new(10, 0, 0, 255), ..FROM_B };
    let mut payload = Vec::new();
    udp::write(&mut payload, SocketAddr::from((B, 1)), SocketAddr::from((to_all.destination, 9)), b"data");
    assert_eq!(a.receive(NOW, &packet(to_all, &payload)), Verdict::Dropped(DropReason::UdpPortClosed(9)));
    assert!(sent(&mut a).is_empty());
    // Nor does TCP speak to groups.
    let verdict = a.receive(NOW, &packet(ipv4::Header { protocol: ipv4::TCP, ..to_all }, &[0; 20]));
    assert_eq!(verdict, Verdict::Dropped(DropReason::NotOurAddress(to_all.destination.into())));
}

#[test]
fn a_ping_tells_its_round_trip_and_its_limit() {
    let mut pair = Pair::new(Weather { delay: Duration::from_millis(5), ..Weather::CALM }, 1);
    pair.hosts[0].ping(pair.now, B, 3, 4, &[1; 56]).unwrap();
    pair.run(SimTime::from_secs(1), |_| false);
    // ARP took one round, the echo the other; the time runs from the call.
    let round_trip = Some(Duration::from_millis(20));
    let reply = StackEvent::EchoReply { from: B.into(), identifier: 3, sequence: 4, octets: 56, round_trip };
    assert!(pair.events[0].contains(&reply), "{:?}", pair.events[0]);
    let refused = pair.hosts[0].ping(pair.now, B, 1, 1, &[0; 1473]);
    assert_eq!(refused, Err(SocketError::TooLarge { length: 1473, limit: 1472 }));
}

#[test]
fn udp_ports_are_bounded_and_belong_to_one() {
    let mut a = host(0);
    let first = a.udp_bind(7).unwrap();
    assert_eq!(first.port(), 7);
    assert_eq!(a.udp_bind(7), Err(SocketError::PortTaken(7)));
    assert_eq!(a.udp_bind(0), Err(SocketError::PortTaken(0)));
    a.udp_close(first);
    let second = a.udp_bind(7).unwrap();
    let stale = a.udp_send(NOW, first, SocketAddr::from((B, 1)), Bytes::new(), 0);
    assert_eq!(stale, Err(SocketError::NoSocket));
    a.udp_close(first);
    assert!(a.udp_send(NOW, second, SocketAddr::from((B, 1)), Bytes::new(), 0).is_ok());
    for port in 1000..999 + MAX_UDP_SOCKETS as u16 {
        a.udp_bind(port).unwrap();
    }
    assert_eq!(a.udp_bind(9), Err(SocketError::Full(MAX_UDP_SOCKETS)));
}

#[test]
fn queues_are_bounded() {
    let (mut a, _) = acquainted();
    let socket = a.udp_bind(5000).unwrap();
    let to = SocketAddr::from((B, 9));
    for _ in 0..MAX_OUTBOX {
        a.udp_send(NOW, socket, to, Bytes::new(), 0).unwrap();
    }
    assert_eq!(a.udp_send(NOW, socket, to, Bytes::new(), 0), Err(SocketError::Full(MAX_OUTBOX)));
    assert_eq!(a.ping(NOW, B, 0, 0, b""), Err(SocketError::Full(MAX_OUTBOX)));
    let mut echo = Vec::new();
    icmp::write(&mut echo, &icmp::Message::EchoRequest { identifier: 1, sequence: 1, data: b"" });
    a.receive(NOW, &packet(ipv4::Header { protocol: ipv4::ICMP, ..FROM_B }, &echo));
    assert_eq!(sent(&mut a).len(), MAX_OUTBOX, "the echo finds no room, and is left out");

    let mut payload = Vec::new();
    udp::write(&mut payload, SocketAddr::from((B, 1)), SocketAddr::from((A, 5000)), b"");
    let frame = packet(FROM_B, &payload);
    for _ in 0..MAX_EVENTS {
        assert!(matches!(a.receive(NOW, &frame), Verdict::Udp { .. }));
    }
    assert_eq!(a.receive(NOW, &frame), Verdict::Dropped(DropReason::QueueFull));
    assert!(a.poll_event().is_some());
    assert!(matches!(a.receive(NOW, &frame), Verdict::Udp { .. }));
}

#[test]
fn the_same_seed_gives_the_same_frames() {
    let run = |seed| {
        let mut pair = Pair::new(Weather::lossy(0.05), seed);
        let (client, _) = pair.connect();
        pair.hosts[0].tcp_send(pair.now, client, &octets(60_000)).unwrap();
        pair.run(SimTime::from_secs(30), |_| false);
        pair.sent
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

/// A host with everything open, so that octets find their way deep.
fn open_host() -> Stack {
    let mut config = config(0);
    config.tcp = TcpConfig { max_connections: 8, ..TcpConfig::default() };
    let mut a = Stack::new(config, Dice::new(1, "open"));
    a.udp_bind(5004).expect("as the test has set it up");
    a.tcp_listen(554).expect("as the test has set it up");
    a.tcp_connect(NOW, SocketAddr::from((B, 80)), Some(5000)).expect("as the test has set it up");
    a
}

/// Drives a host to the end of what it wants to do within two minutes.
fn settle(stack: &mut Stack) {
    let mut now = NOW;
    for _ in 0..200 {
        while stack.poll_transmit(now).is_some() {}
        while stack.poll_event().is_some() {}
        match stack.poll_timeout() {
            Some(at) if at <= NOW + Duration::from_secs(120) => {
                now = now.max(at);
                stack.handle_timeout(now);
            }
            _ => return,
        }
    }
    panic!("timers never come to rest");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_octets_are_survived(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..8)) {
        let mut a = open_host();
        for frame in &frames {
            let _ = a.receive(NOW, frame);
            // The same octets as a frame of our own, as a packet, and as each protocol.
            let mut framed = ethernet::begin(config(0).mac, config(1).mac, ethernet::IPV4, frame.len());
            framed.extend_from_slice(frame);
            ethernet::seal(&mut framed);
            let _ = a.receive(NOW, &framed);
            framed[12..14].copy_from_slice(&ethernet::ARP.to_be_bytes());
            ethernet::reseal(&mut framed);
            let _ = a.receive(NOW, &framed);
            for protocol in [ipv4::ICMP, ipv4::IGMP, ipv4::TCP, ipv4::UDP, 99] {
                let more = frame.first().is_some_and(|octet| octet & 1 == 1);
                let fragment_offset = frame.get(1).map_or(0, |octet| usize::from(*octet) / 64 * 8);
                let header = ipv4::Header { protocol, more_fragments: more, fragment_offset, ..FROM_B };
                let _ = a.receive(NOW, &packet(header, frame));
            }
        }
        settle(&mut a);
    }

    #[test]
    fn any_segments_are_survived(
        segments in prop::collection::vec(
            (any::<u8>(), -3i32..2000, -3i32..2000, any::<u16>(), 0usize..600, any::<bool>(), 0u8..6),
            1..60,
        ),
    ) {
        let mut a = open_host();
        let mut handles: Vec<_> = a.tcp_connections().collect();
        let mut now = NOW;
        for (flags, seq, ack, window, length, active, action) in segments {
            let iss = handles
                .iter()
                .filter_map(|&handle| Some((a.tcp_endpoints(handle)?, a.tcp_info(handle)?)))
                .find(|((local, _), _)| (local.port() == 5000) == active)
                .map_or(0, |(_, info)| info.snd_una);
            let header = tcp::Header {
                source: if active { 80 } else { 40_000 },
                destination: if active { 5000 } else { 554 },
                seq: (seq + 1000) as u32,
                ack: iss.wrapping_add(ack as u32),
                flags: tcp::TcpFlags(flags),
                window,
                ..tcp::Header::default()
            };
            let mut octets = Vec::new();
            tcp::write(&mut octets, B, A, &header, (&vec![flags; length], b""));
            let frame = packet(ipv4::Header { protocol: ipv4::TCP, ..FROM_B }, &octets);
            let _ = a.receive(now, &frame);
            handles = a.tcp_connections().collect();
            if let Some(&handle) = handles.first() {
                match action {
                    0 => drop(a.tcp_send(now, handle, &[9; 3000])),
                    1 => drop(a.tcp_recv(now, handle, 300)),
                    2 => drop(a.tcp_close(now, handle)),
                    3 if seq == 7 => drop(a.tcp_abort(now, handle)),
                    4 => {
                        now += Duration::from_millis(700);
                        a.handle_timeout(now);
                    }
                    _ => {}
                }
            }
            while a.poll_transmit(now).is_some() {}
            for &handle in &handles {
                if let Some(info) = a.tcp_info(handle) {
                    prop_assert!(info.cwnd >= 1 && info.readable <= 65_535 && info.out_of_order <= 65_535);
                    prop_assert!(info.in_flight <= 65_536 + 2);
                }
            }
        }
        while a.poll_event().is_some() {}
    }
}
