//! What becomes of packets at a router.

use super::*;
use crate::stack::{Carried, Cause, NeighbourState, Network};
use protocol::wire::{MacAddr, arp, icmp, igmp};

mod sizes;
mod v6;

const NEAR: InterfaceSpec = InterfaceSpec {
    mac: MacAddr(2, 0, 0, 0, 1, 1),
    v4: Some(Network::new(Ipv4Addr::new(10, 0, 1, 1), 24)),
    v6: None,
};
const FAR: InterfaceSpec = InterfaceSpec {
    mac: MacAddr(2, 0, 0, 0, 2, 1),
    v4: Some(Network::new(Ipv4Addr::new(10, 0, 2, 1), 24)),
    v6: None,
};
const HOST: MacAddr = MacAddr(2, 0, 0, 0, 0, 9);
const FROM: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 2);

fn own(interface: InterfaceSpec) -> Ipv4Addr {
    interface.v4.expect("these have one").ip
}

fn arp_frame(to: MacAddr, message: &arp::Message) -> Vec<u8> {
    let mut frame = ethernet::begin(to, message.sender_mac, ethernet::ARP, arp::LENGTH);
    arp::write(&mut frame, message);
    ethernet::seal(&mut frame);
    frame
}

fn router() -> Router {
    Router::new([(LinkId(0), NEAR), (LinkId(1), FAR)], false)
}

fn packet(to: Ipv4Addr, ttl: u8) -> Vec<u8> {
    let header = ipv4::Header {
        source: FROM,
        destination: to,
        protocol: ipv4::UDP,
        ttl,
        traffic_class: 0,
        identification: 7,
        dont_fragment: true,
        more_fragments: false,
        fragment_offset: 0,
    };
    let mut frame = ethernet::begin(NEAR.mac, HOST, ethernet::IPV4, 120);
    ipv4::write(&mut frame, &header, 100);
    frame.extend([0x5a; 100]);
    ethernet::seal(&mut frame);
    frame
}

fn arp_reply(ip: Ipv4Addr, to: InterfaceSpec) -> Vec<u8> {
    arp_frame(
        to.mac,
        &arp::Message {
            operation: arp::Operation::Reply,
            sender_mac: HOST,
            sender_ip: ip,
            target_mac: to.mac,
            target_ip: own(to),
        },
    )
}

/// A line that has just been learnt.
fn known(ip: Ipv4Addr) -> Line {
    Line { ip: ip.into(), mac: Some(HOST), state: Some(NeighbourState::Reachable) }
}

#[test]
fn a_packet_waits_for_arp_and_then_leaves_with_ttl_and_addresses_changed_and_the_rest_untouched() {
    let mut router = router();
    let to = Ipv4Addr::new(10, 0, 2, 2);
    let frame = packet(to, 64);
    let first = router.receive(SimTime::ZERO, LinkId(0), FrameId(5), &frame);
    assert_eq!(first.outcome, Some(Outcome::AwaitingArp));
    let [Send { link: LinkId(1), transmit: Sent::Own(request) }] = &first.done.sends[..] else {
        panic!("an ARP request on the far side: {first:?}")
    };
    assert_eq!(request.carried, Carried::Arp { request: true, target: to });
    let answered = router.receive(SimTime::ZERO, LinkId(1), FrameId(6), &arp_reply(to, FAR));
    assert_eq!(answered.done.neighbours, [(LinkId(1), known(to))]);
    let [Send { link: LinkId(1), transmit: Sent::Forwarded { parent: FrameId(5), frame: new, ttl: 64 } }] =
        &answered.done.sends[..]
    else {
        panic!("the packet that waited: {answered:?}")
    };
    assert!(ethernet::fcs_ok(new));
    let parsed = ethernet::parse(new).unwrap();
    assert_eq!((parsed.destination, parsed.source), (HOST, FAR.mac));
    assert_eq!(ipv4::parse(parsed.payload).unwrap().header.ttl, 63);
    assert_eq!(new[ethernet::HEADER + 12..new.len() - 4], frame[ethernet::HEADER + 12..frame.len() - 4]);
}

#[test]
fn it_says_when_a_packet_ran_out_of_hops_or_has_no_route() {
    for (to, ttl, reason, kind) in
        [(Ipv4Addr::new(10, 0, 2, 2), 1, "ttl", 11), (Ipv4Addr::new(10, 9, 9, 9), 9, "noRoute", 3)]
    {
        let mut router = router();
        router.receive(SimTime::ZERO, LinkId(0), FrameId(1), &arp_reply(FROM, NEAR));
        let handled = router.receive(SimTime::ZERO, LinkId(0), FrameId(2), &packet(to, ttl));
        assert_eq!(handled.outcome, Some(Outcome::Dropped { reason }));
        let [Send { link: LinkId(0), transmit: Sent::Own(error) }] = &handled.done.sends[..] else {
            panic!("an ICMP error to the sender: {handled:?}")
        };
        assert!(matches!(error.carried, Carried::Icmp { kind: k, to, .. } if k == kind && to == FROM));
        let parsed = ethernet::parse(&error.frame).unwrap();
        assert_eq!(parsed.destination, HOST);
        assert!(icmp::parse(ipv4::parse(parsed.payload).unwrap().payload).is_ok());
    }
}

#[test]
fn it_answers_arp_for_itself_and_ignores_others() {
    let mut router = router();
    let ask = |ip| {
        arp_frame(
            MacAddr::broadcast(),
            &arp::Message {
                operation: arp::Operation::Request,
                sender_mac: HOST,
                sender_ip: FROM,
                target_mac: MacAddr::zero(),
                target_ip: ip,
            },
        )
    };
    let answer = router.receive(SimTime::ZERO, LinkId(0), FrameId(1), &ask(own(NEAR)));
    assert!(matches!(
        &answer.done.sends[..],
        [Send { transmit: Sent::Own(Transmit { cause: Cause::ArpReply, .. }), .. }]
    ));
    assert!(router.receive(SimTime::ZERO, LinkId(0), FrameId(2), &ask(own(FAR))).done.sends.is_empty());
    let mut other = packet(own(FAR), 9);
    ethernet::readdress(&mut other, HOST, HOST);
    ethernet::reseal(&mut other);
    let ignored = router.receive(SimTime::ZERO, LinkId(0), FrameId(3), &other);
    assert_eq!(ignored.outcome, Some(Outcome::NotForMe));
}

#[test]
fn an_address_that_nobody_has_is_given_up() {
    let mut router = router();
    router.receive(SimTime::ZERO, LinkId(0), FrameId(1), &packet(Ipv4Addr::new(10, 0, 2, 77), 9));
    let mut asked = 0;
    let mut lost = Vec::new();
    while let Some(at) = router.poll_timeout() {
        let done = router.handle_timeout(at);
        asked += done.sends.iter().filter(|send| send.link == LinkId(1)).count();
        lost.extend(done.lost);
    }
    assert_eq!(asked, 2, "two more requests after the first");
    let answer = (IpAddr::from(FROM), 1);
    assert_eq!(lost, [(Ipv4Addr::new(10, 0, 2, 77).into(), 1), answer], "and nobody answers for the sender");
}

const THIRD: InterfaceSpec = InterfaceSpec {
    mac: MacAddr(2, 0, 0, 0, 3, 1),
    v4: Some(Network::new(Ipv4Addr::new(10, 0, 3, 1), 24)),
    v6: None,
};
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 0, 1);

/// A router of three networks that passes multicast on, its first queries sent.
fn multicast_router() -> Router {
    let mut router = Router::new([(LinkId(0), NEAR), (LinkId(1), FAR), (LinkId(2), THIRD)], true);
    let done = router.handle_timeout(SimTime::ZERO);
    assert_eq!(done.sends.len(), 3);
    router
}

fn to_group(group: Ipv4Addr, ttl: u8) -> Vec<u8> {
    let mut frame = packet(group, ttl);
    ethernet::readdress(&mut frame, ethernet::multicast(group), HOST);
    ethernet::reseal(&mut frame);
    frame
}

fn report(router: &mut Router, link: LinkId, from: Ipv4Addr) -> Handled {
    let frame = igmp::frame(HOST, from, 1, &igmp::Message::Report { group: GROUP, v1: false });
    router.receive(SimTime::ZERO, link, FrameId(9), &frame)
}

#[test]
fn its_queries_are_those_of_rfc_2236() {
    let mut router = Router::new([(LinkId(0), NEAR), (LinkId(1), FAR)], true);
    assert_eq!(router.poll_timeout(), Some(SimTime::ZERO));
    let done = router.handle_timeout(SimTime::ZERO);
    let [near, far] = &done.sends[..] else { panic!("one query on each network: {done:?}") };
    assert_eq!((near.link, far.link), (LinkId(0), LinkId(1)));
    let Sent::Own(query) = &near.transmit else { panic!("{near:?}") };
    assert_eq!(query.cause, Cause::MembershipQuery);
    let frame = ethernet::parse(&query.frame).unwrap();
    assert_eq!((frame.destination, frame.source), (MacAddr(1, 0, 0x5e, 0, 0, 1), NEAR.mac));
    let packet = ipv4::parse(frame.payload).unwrap();
    assert_eq!((packet.header.ttl, packet.options), (1, &ipv4::ROUTER_ALERT[..]));
    assert_eq!((packet.header.source, packet.header.destination), (own(NEAR), igmp::ALL_SYSTEMS));
    let asks = igmp::Message::Query { group: None, max_response: QUERY_RESPONSE_INTERVAL };
    assert_eq!(igmp::parse(packet.payload), Ok(asks));
}

#[test]
fn a_packet_goes_to_the_networks_with_members_and_not_back() {
    let mut router = multicast_router();
    let alone = router.receive(SimTime::ZERO, LinkId(0), FrameId(1), &to_group(GROUP, 16));
    assert_eq!(alone.outcome, Some(Outcome::Dropped { reason: "noMembers" }));
    let joined = report(&mut router, LinkId(1), Ipv4Addr::new(10, 0, 2, 2));
    assert_eq!(joined.outcome, Some(Outcome::Accepted { layer: 3 }));
    assert_eq!(joined.done.groups, [GroupChange::Members { link: LinkId(1), group: GROUP, member: true }]);
    report(&mut router, LinkId(0), FROM);
    let frame = to_group(GROUP, 16);
    let one = router.receive(SimTime::ZERO, LinkId(0), FrameId(2), &frame);
    let [Send { link: LinkId(1), transmit: Sent::Forwarded { parent: FrameId(2), frame: new, ttl: 16 } }] =
        &one.done.sends[..]
    else {
        panic!("one copy, and none back: {one:?}")
    };
    assert!(ethernet::fcs_ok(new) && one.outcome.is_none());
    let parsed = ethernet::parse(new).unwrap();
    assert_eq!((parsed.destination, parsed.source), (ethernet::multicast(GROUP), FAR.mac));
    assert_eq!(ipv4::parse(parsed.payload).unwrap().header.ttl, 15);
    assert_eq!(new[ethernet::HEADER + 12..new.len() - 4], frame[ethernet::HEADER + 12..frame.len() - 4]);
    report(&mut router, LinkId(2), Ipv4Addr::new(10, 0, 3, 2));
    let two = router.receive(SimTime::ZERO, LinkId(0), FrameId(3), &frame);
    assert_eq!(two.done.sends.iter().map(|s| s.link).collect::<Vec<_>>(), [LinkId(1), LinkId(2)]);
    assert_eq!(router.groups(), [(LinkId(0), GROUP), (LinkId(1), GROUP), (LinkId(2), GROUP)]);
}

#[test]
fn what_is_not_passed_on_has_a_reason() {
    let mut router = multicast_router();
    report(&mut router, LinkId(1), Ipv4Addr::new(10, 0, 2, 2));
    let mut outcome = |link, frame: &[u8]| router.receive(SimTime::ZERO, link, FrameId(1), frame);
    let dropped = |reason| Some(Outcome::Dropped { reason });
    assert_eq!(outcome(LinkId(0), &to_group(GROUP, 1)).outcome, dropped("ttl"));
    assert!(outcome(LinkId(0), &to_group(GROUP, 1)).done.sends.is_empty(), "no ICMP error about a group");
    assert_eq!(outcome(LinkId(2), &to_group(GROUP, 16)).outcome, dropped("wrongSide"));
    let local = to_group(Ipv4Addr::new(224, 0, 0, 251), 16);
    assert_eq!(outcome(LinkId(0), &local).outcome, dropped("localGroup"));
    let forged =
        igmp::frame(HOST, Ipv4Addr::new(192, 0, 2, 1), 1, &igmp::Message::Report { group: GROUP, v1: false });
    assert_eq!(outcome(LinkId(0), &forged).outcome, dropped("badSource"));
    let mut broken = igmp::frame(HOST, FROM, 1, &igmp::Message::Leave { group: GROUP });
    broken[ethernet::HEADER + 24] ^= 1;
    ethernet::reseal(&mut broken);
    assert_eq!(outcome(LinkId(0), &broken).outcome, dropped("malformed"));
    let without = Router::new([(LinkId(0), NEAR), (LinkId(1), FAR)], false).receive(
        SimTime::ZERO,
        LinkId(0),
        FrameId(1),
        &to_group(GROUP, 16),
    );
    assert_eq!(without.outcome, Some(Outcome::NotForMe), "its card lets no group in");
}

#[test]
fn after_a_leave_it_asks_about_the_group_and_stops_passing_on() {
    let mut router = multicast_router();
    let host = Ipv4Addr::new(10, 0, 2, 2);
    report(&mut router, LinkId(1), host);
    let leave = igmp::frame(HOST, host, 1, &igmp::Message::Leave { group: GROUP });
    let left = router.receive(SimTime::ZERO, LinkId(1), FrameId(1), &leave);
    let [Send { link: LinkId(1), transmit: Sent::Own(query) }] = &left.done.sends[..] else {
        panic!("a query about the group: {left:?}")
    };
    assert_eq!(query.cause, Cause::LastMemberQuery);
    let mut changes = Vec::new();
    for second in 1..=2 {
        changes.extend(router.handle_timeout(SimTime::from_secs(second)).groups);
    }
    assert_eq!(changes, [GroupChange::Members { link: LinkId(1), group: GROUP, member: false }]);
    let after = router.receive(SimTime::from_secs(2), LinkId(0), FrameId(2), &to_group(GROUP, 16));
    assert_eq!(after.outcome, Some(Outcome::Dropped { reason: "noMembers" }));
}
