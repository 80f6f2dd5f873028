//! What becomes of IPv6 packets at a router.

use super::*;
use protocol::wire::{icmpv6, ipv6, ndp};
use std::net::Ipv6Addr;

const FROM: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 2);
const TO: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 2, 0, 0, 0, 0, 2);
const NEAR_SIX: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 1);
const FAR_SIX: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 2, 0, 0, 0, 0, 1);

fn six_router() -> Router {
    let port = |mac, ip| InterfaceSpec { mac, v4: None, v6: Some(Network::new(ip, 64)) };
    Router::new([(LinkId(0), port(NEAR.mac, NEAR_SIX)), (LinkId(1), port(FAR.mac, FAR_SIX))], false)
}

fn six_frame(to: (MacAddr, Ipv6Addr), from: Ipv6Addr, next_header: u8, hops: u8, body: &[u8]) -> Vec<u8> {
    let header = ipv6::Header {
        source: from,
        destination: to.1,
        next_header,
        hop_limit: hops,
        traffic_class: 0,
        flow_label: 0,
    };
    let mut frame = ethernet::begin(to.0, HOST, ethernet::IPV6, ipv6::HEADER + body.len());
    ipv6::write(&mut frame, &header, body.len());
    frame.extend_from_slice(body);
    ethernet::seal(&mut frame);
    frame
}

fn message(to: (MacAddr, Ipv6Addr), from: Ipv6Addr, hops: u8, message: &icmpv6::Message<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    icmpv6::write(&mut body, from, to.1, message);
    six_frame(to, from, ipv6::ICMPV6, hops, &body)
}

/// The ICMPv6 message in a frame.
fn told(frame: &[u8]) -> (ipv6::Header, (u8, u8)) {
    let packet = ipv6::parse(&frame[ethernet::HEADER..frame.len() - ethernet::FCS]).unwrap();
    let header = packet.header;
    (header, icmpv6::parse(packet.payload, header.source, header.destination).unwrap().kind())
}

/// Lets the router learn the sender by the solicitation that hosts begin with.
fn introduce(router: &mut Router) -> Handled {
    let group = ipv6::solicited_node(NEAR_SIX);
    let options = ndp::Options { source_mac: Some(HOST), ..Default::default() };
    let ask = ndp::Message::NeighbourSolicitation { target: NEAR_SIX, options };
    let to = (ipv6::multicast_mac(group), group);
    let frame = message(to, FROM, 255, &icmpv6::Message::Discovery(ask));
    router.receive(SimTime::ZERO, LinkId(0), FrameId(1), &frame)
}

#[test]
fn it_answers_solicitations_and_hears_who_asks() {
    let mut router = six_router();
    let handled = introduce(&mut router);
    let [Send { link: LinkId(0), transmit: Sent::Own(answer) }] = &handled.done.sends[..] else {
        panic!("an advertisement: {handled:?}")
    };
    assert_eq!(answer.cause, Cause::NeighbourAnswer);
    assert_eq!(answer.carried, Carried::Discovery { kind: 136, target: Some(NEAR_SIX) });
    assert_eq!(told(&answer.frame).0.hop_limit, 255);
    let heard = Line { ip: FROM.into(), mac: Some(HOST), state: Some(NeighbourState::Stale) };
    assert_eq!(handled.done.neighbours, [(LinkId(0), heard)]);
    let forged = message(
        (NEAR.mac, NEAR_SIX),
        FROM,
        254,
        &icmpv6::Message::Discovery(ndp::Message::NeighbourSolicitation {
            target: NEAR_SIX,
            options: ndp::Options::default(),
        }),
    );
    let refused = router.receive(SimTime::ZERO, LinkId(0), FrameId(2), &forged);
    assert_eq!(refused.outcome, Some(Outcome::Dropped { reason: "badDiscovery" }));
}

#[test]
fn a_packet_waits_for_discovery_and_leaves_with_one_hop_less() {
    let mut router = six_router();
    let frame = six_frame((NEAR.mac, TO), FROM, 17, 64, &[0x5a; 100]);
    let first = router.receive(SimTime::ZERO, LinkId(0), FrameId(5), &frame);
    assert_eq!(first.outcome, Some(Outcome::AwaitingArp));
    let [Send { link: LinkId(1), transmit: Sent::Own(ask) }] = &first.done.sends[..] else {
        panic!("a solicitation on the far side: {first:?}")
    };
    assert_eq!(ask.carried, Carried::Discovery { kind: 135, target: Some(TO) });
    let parsed = ethernet::parse(&ask.frame).unwrap();
    assert_eq!(parsed.destination, MacAddr(0x33, 0x33, 0xff, 0, 0, 2));
    let answer = ndp::Message::NeighbourAdvertisement {
        router: false,
        solicited: true,
        overrides: true,
        target: TO,
        options: ndp::Options { target_mac: Some(HOST), ..Default::default() },
    };
    let answer = message((FAR.mac, FAR_SIX), TO, 255, &icmpv6::Message::Discovery(answer));
    let released = router.receive(SimTime::ZERO, LinkId(1), FrameId(6), &answer);
    let [Send { link: LinkId(1), transmit: Sent::Forwarded { parent: FrameId(5), frame: new, ttl: 64 } }] =
        &released.done.sends[..]
    else {
        panic!("the packet that waited: {released:?}")
    };
    assert!(ethernet::fcs_ok(new));
    let packet = ipv6::parse(&new[ethernet::HEADER..new.len() - ethernet::FCS]).unwrap();
    assert_eq!((packet.header.hop_limit, packet.payload), (63, &[0x5a; 100][..]));
}

#[test]
fn senders_are_told_why_their_packets_go_no_further() {
    let mut router = six_router();
    introduce(&mut router);
    router.set_mtu(LinkId(1), 1280);
    let nowhere = Ipv6Addr::new(0x2001, 0xdb8, 9, 0, 0, 0, 0, 9);
    for (to, hops, length, reason, kind) in [
        (TO, 1, 100, "ttl", (3, 0)),
        (nowhere, 9, 100, "noRoute", (1, 0)),
        (TO, 9, 1300, "tooBig", (2, 0)),
        (NEAR_SIX, 9, 100, "portClosed", (1, 4)),
    ] {
        let frame = six_frame((NEAR.mac, to), FROM, 17, hops, &vec![0x5a; length]);
        let handled = router.receive(SimTime::ZERO, LinkId(0), FrameId(5), &frame);
        assert_eq!(handled.outcome, Some(Outcome::Dropped { reason }));
        let [Send { link: LinkId(0), transmit: Sent::Own(error) }] = &handled.done.sends[..] else {
            panic!("{reason}: an error to the sender: {handled:?}")
        };
        let (header, found) = told(&error.frame);
        assert_eq!((header.source, header.destination, found), (NEAR_SIX, FROM, kind), "{reason}");
    }
    let local = six_frame((NEAR.mac, TO), ipv6::link_local(HOST), 17, 9, &[0; 100]);
    let handled = router.receive(SimTime::ZERO, LinkId(0), FrameId(6), &local);
    assert_eq!(handled.outcome, Some(Outcome::Dropped { reason: "linkLocal" }));
}
