//! Two hosts on one Ethernet, over IPv6.

use bytes::Bytes;
use protocol::random::Dice;
use protocol::time::SimTime;
use protocol::wire::{MacAddr, ethernet, icmpv6, ipv6, ndp};
use simulator::stack::{
    Carried, Cause, DropReason, NeighbourState, Stack, StackConfig, StackEvent, Transmit, Verdict,
};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

const NOW: SimTime = SimTime::ZERO;
const A: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 1);
const B: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 2);

fn card(number: u8) -> MacAddr {
    MacAddr(2, 0, 0, 0, 0, number)
}

fn host(number: u8, ip: Ipv6Addr) -> Stack {
    let name = format!("host {number}");
    Stack::new(StackConfig::new(name.clone(), card(number), ip, 64), Dice::new(1, &name))
}

fn sent(stack: &mut Stack) -> Vec<Transmit> {
    std::iter::from_fn(|| stack.poll_transmit(NOW)).collect()
}

/// Carries frames to and fro until nobody has any; answers what became of those to each.
fn talk(a: &mut Stack, b: &mut Stack) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    loop {
        let (there, back) = (sent(a), sent(b));
        if there.is_empty() && back.is_empty() {
            return verdicts;
        }
        verdicts.extend(there.iter().map(|transmit| b.receive(NOW, &transmit.frame)));
        verdicts.extend(back.iter().map(|transmit| a.receive(NOW, &transmit.frame)));
    }
}

fn events(stack: &mut Stack) -> Vec<StackEvent> {
    let all = std::iter::from_fn(|| stack.poll_event());
    all.filter(|event| !matches!(event, StackEvent::Neighbour(_))).collect()
}

#[test]
fn the_first_datagram_waits_for_neighbour_discovery() {
    let (mut a, mut b) = (host(1, A), host(2, B));
    let (ours, theirs) = (a.udp_bind(5000).unwrap(), b.udp_bind(5004).unwrap());
    a.udp_send(NOW, ours, (B, 5004), Bytes::from_static(b"hello"), 42).unwrap();
    let [ask] = &sent(&mut a)[..] else { panic!("one solicitation") };
    assert_eq!(ask.cause, Cause::Resolve { for_ip: B.into(), attempt: 1 });
    assert_eq!(ask.carried, Carried::Discovery { kind: 135, target: Some(B) });
    assert_eq!(b.receive(NOW, &ask.frame), Verdict::Discovery { answered: true, learned: true });
    assert_eq!(b.neighbours().next().unwrap().state, Some(NeighbourState::Stale), "heard, not confirmed");
    let verdicts = talk(&mut a, &mut b);
    assert_eq!(verdicts.last(), Some(&Verdict::Udp { handle: theirs }));
    assert_eq!(a.neighbours().next().unwrap().state, Some(NeighbourState::Reachable));
    let from = SocketAddr::from((A, 5000));
    let payload = Bytes::from_static(b"hello");
    assert_eq!(events(&mut b), [StackEvent::Datagram { handle: theirs, from, payload }]);
    let third = host(3, Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 3)).receive(NOW, &ask.frame);
    assert_eq!(third, Verdict::NotForUs, "its card is in another solicited-node group");
}

#[test]
fn long_datagrams_travel_in_fragments() {
    let (mut a, mut b) = (host(1, A), host(2, B));
    let (ours, theirs) = (a.udp_bind(5000).unwrap(), b.udp_bind(5004).unwrap());
    let payload: Bytes = (0..4000u32).map(|n| n as u8).collect();
    a.udp_send(NOW, ours, (B, 5004), payload.clone(), 1).unwrap();
    let verdicts = talk(&mut a, &mut b);
    let kept = verdicts.iter().filter(|verdict| **verdict == Verdict::FragmentKept).count();
    assert_eq!((kept, verdicts.last()), (2, Some(&Verdict::Udp { handle: theirs })));
    let from = SocketAddr::from((A, 5000));
    assert_eq!(events(&mut b), [StackEvent::Datagram { handle: theirs, from, payload }]);
}

#[test]
fn closed_ports_are_told() {
    let (mut a, mut b) = (host(1, A), host(2, B));
    let ours = a.udp_bind(5000).unwrap();
    a.udp_send(NOW, ours, (B, 9), Bytes::from_static(b"x"), 1).unwrap();
    talk(&mut a, &mut b);
    let (from, destination) = (IpAddr::from(B), IpAddr::from(B));
    let ports = Some((17, 5000, 9));
    assert_eq!(events(&mut a), [StackEvent::Unreachable { from, code: 4, mtu: 0, destination, ports }]);
}

#[test]
fn echoes_come_back() {
    let (mut a, mut b) = (host(1, A), host(2, B));
    for to in [B, ipv6::link_local(card(2))] {
        a.ping(NOW, to, 3, 4, &[7; 56]).unwrap();
        talk(&mut a, &mut b);
        let back = events(&mut a);
        assert!(
            matches!(back[..], [StackEvent::EchoReply { from, octets: 56, .. }] if from == to),
            "{back:?}"
        );
    }
}

#[test]
fn connections_stand_over_ipv6() {
    let (mut a, mut b) = (host(1, A), host(2, B));
    b.tcp_listen(554).unwrap();
    let handle = a.tcp_connect(NOW, (B, 554), None).unwrap();
    talk(&mut a, &mut b);
    a.tcp_send(NOW, handle, &[1; 3000]).unwrap();
    talk(&mut a, &mut b);
    let accepted = events(&mut b).into_iter().find_map(|event| match event {
        StackEvent::Accepted { handle, remote, .. } => Some((handle, remote.ip())),
        _ => None,
    });
    let (theirs, remote) = accepted.expect("it was accepted");
    assert_eq!((remote, b.tcp_recv_len(theirs)), (A.into(), 3000));
    let (local, _) = a.tcp_endpoints(handle).unwrap();
    assert_eq!(local.ip(), A);
}

#[test]
fn what_has_passed_a_router_is_no_neighbours() {
    let mut b = host(2, B);
    let options = ndp::Options { source_mac: Some(card(1)), ..Default::default() };
    let ask = ndp::Message::NeighbourSolicitation { target: B, options };
    for (hop_limit, verdict) in [
        (254, Verdict::Dropped(DropReason::BadDiscovery)),
        (255, Verdict::Discovery { answered: true, learned: true }),
    ] {
        let header = ipv6::Header {
            source: A,
            destination: B,
            next_header: ipv6::ICMPV6,
            hop_limit,
            traffic_class: 0,
            flow_label: 0,
        };
        let mut body = Vec::new();
        icmpv6::write(&mut body, A, B, &icmpv6::Message::Discovery(ask));
        let mut frame = ethernet::begin(card(2), card(1), ethernet::IPV6, 100);
        ipv6::write(&mut frame, &header, body.len());
        frame.extend_from_slice(&body);
        ethernet::seal(&mut frame);
        assert_eq!(b.receive(NOW, &frame), verdict);
    }
}
