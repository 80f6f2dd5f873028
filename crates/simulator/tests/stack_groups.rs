//! How a host joins, reports and leaves multicast groups (RFC 2236 section 6).

mod pair;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use pair::{A, B, config};
use protocol::random::Dice;
use protocol::time::SimTime;
use protocol::wire::igmp::{self, ALL_ROUTERS, ALL_SYSTEMS, Message};
use protocol::wire::{ethernet, ipv4};
use simulator::stack::{
    Carried, Cause, DropReason, SocketError, Stack, StackEvent, Transmit, UNSOLICITED_REPORT_INTERVAL,
    V1_ROUTER_PRESENT, Verdict,
};

const NOW: SimTime = SimTime::from_secs(1);
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 0, 1);
const REPORT: Message = Message::Report { group: GROUP, v1: false };

fn host(side: usize, seed: u64) -> Stack {
    Stack::new(config(side), Dice::new(seed, "host"))
}

fn sent(stack: &mut Stack, now: SimTime) -> Vec<Transmit> {
    std::iter::from_fn(|| stack.poll_transmit(now)).collect()
}

/// The IGMP message in a frame, after checking what every one has.
fn message(transmit: &Transmit) -> Message {
    let frame = ethernet::parse(&transmit.frame).expect("a whole frame");
    let packet = ipv4::parse(frame.payload).expect("a whole packet");
    let message = igmp::parse(packet.payload).expect("a whole message");
    assert_eq!((packet.header.ttl, packet.options), (1, &ipv4::ROUTER_ALERT[..]));
    assert_eq!(packet.header.destination, message.destination());
    assert_eq!(frame.destination, ethernet::multicast(message.destination()));
    let carried = Carried::Igmp { kind: message.kind(), group: message.group() };
    assert_eq!(transmit.carried, carried);
    message
}

/// A message from the other host or the router.
fn from_b(message: &Message) -> Vec<u8> {
    igmp::frame(config(1).mac, B, 1, message)
}

/// A host that has joined and repeated its report; and when.
fn idle_member(seed: u64) -> (Stack, SimTime) {
    let mut host = host(0, seed);
    host.join_group(NOW, GROUP).expect("there is room");
    let again = host.poll_timeout().expect("it reports once more");
    host.handle_timeout(again);
    assert_eq!(sent(&mut host, again).len(), 2);
    while host.poll_event().is_some() {}
    (host, again)
}

#[test]
fn a_join_is_reported_at_once_and_once_more() {
    let mut times = Vec::new();
    for seed in 1..=20 {
        let mut host = host(0, seed);
        host.join_group(NOW, GROUP).unwrap();
        assert_eq!(host.poll_event(), Some(StackEvent::Group { group: GROUP, member: true }));
        let first = sent(&mut host, NOW);
        assert_eq!((first.len(), message(&first[0]), first[0].cause), (1, REPORT, Cause::GroupJoined));
        let again = host.poll_timeout().unwrap();
        assert!(again > NOW && again <= NOW + UNSOLICITED_REPORT_INTERVAL);
        host.handle_timeout(again);
        let second = sent(&mut host, again);
        assert_eq!((second.len(), message(&second[0])), (1, REPORT));
        assert_eq!(host.poll_timeout(), None);
        assert_eq!(host.groups().collect::<Vec<_>>(), [GROUP]);
        times.push(again);
    }
    times.sort();
    times.dedup();
    assert!(times.len() > 15, "each host waits a time of its own");
}

#[test]
fn a_query_is_answered_within_its_time() {
    for about in [None, Some(GROUP)] {
        let (mut host, now) = idle_member(1);
        let max_response = Duration::from_secs(10);
        let verdict = host.receive(now, &from_b(&Message::Query { group: about, max_response }));
        assert_eq!(verdict, Verdict::Igmp { kind: 0x11 });
        assert!(sent(&mut host, now).is_empty(), "not at once");
        let due = host.poll_timeout().unwrap();
        assert!(due >= now && due < now + max_response);
        // A shorter time in a second query counts, a longer one does not.
        let second = Duration::from_secs(1);
        host.receive(now, &from_b(&Message::Query { group: about, max_response: second }));
        let sooner = host.poll_timeout().unwrap();
        assert!(sooner <= due && sooner <= now + second);
        host.receive(now, &from_b(&Message::Query { group: about, max_response }));
        assert_eq!(host.poll_timeout(), Some(sooner));
        host.handle_timeout(sooner);
        let answer = sent(&mut host, sooner);
        assert_eq!((answer.len(), message(&answer[0]), answer[0].cause), (1, REPORT, Cause::GroupQueried));
    }
    let (mut host, now) = idle_member(1);
    let other = Ipv4Addr::new(239, 255, 0, 2);
    let about_other = Message::Query { group: Some(other), max_response: Duration::from_secs(1) };
    assert_eq!(host.receive(now, &from_b(&about_other)), Verdict::NotForUs);
    assert_eq!(host.poll_timeout(), None);
}

#[test]
fn who_hears_another_report_keeps_quiet_and_leaves_without_a_word() {
    let (mut host, now) = idle_member(1);
    let query = Message::Query { group: None, max_response: Duration::from_secs(10) };
    host.receive(now, &from_b(&query));
    assert_eq!(host.receive(now, &from_b(&REPORT)), Verdict::Igmp { kind: 0x16 });
    assert_eq!(host.poll_event(), Some(StackEvent::ReportSuppressed { group: GROUP, by: B }));
    assert_eq!(host.poll_timeout(), None);
    host.leave_group(now, GROUP);
    assert!(sent(&mut host, now).is_empty());
}

#[test]
fn who_reported_last_says_that_it_leaves() {
    let (mut host, now) = idle_member(1);
    host.join_group(now, GROUP).unwrap();
    host.leave_group(now, GROUP);
    assert!(sent(&mut host, now).is_empty(), "one of two users is still there");
    host.leave_group(now, GROUP);
    let leave = sent(&mut host, now);
    assert_eq!((leave.len(), leave[0].cause), (1, Cause::GroupLeft));
    assert_eq!(message(&leave[0]), Message::Leave { group: GROUP });
    assert_eq!(message(&leave[0]).destination(), ALL_ROUTERS);
    assert_eq!(host.poll_event(), Some(StackEvent::Group { group: GROUP, member: false }));
    host.leave_group(now, GROUP);
    assert!(sent(&mut host, now).is_empty(), "nothing is left to leave");
}

#[test]
fn a_router_of_version_1_is_answered_in_its_way() {
    let (mut host, now) = idle_member(1);
    host.receive(now, &from_b(&Message::Query { group: None, max_response: Duration::ZERO }));
    let due = host.poll_timeout().unwrap();
    assert!(due < now + Duration::from_secs(10));
    host.handle_timeout(due);
    assert_eq!(message(&sent(&mut host, due)[0]), Message::Report { group: GROUP, v1: true });
    host.leave_group(due, GROUP);
    assert!(sent(&mut host, due).is_empty(), "version 1 has no leave message");
    let later = now + V1_ROUTER_PRESENT;
    host.join_group(later, GROUP).unwrap();
    assert_eq!(message(&sent(&mut host, later)[0]), REPORT);
}

#[test]
fn the_group_of_all_hosts_is_never_reported() {
    let mut host = host(0, 1);
    host.join_group(NOW, ALL_SYSTEMS).unwrap();
    let query = Message::Query { group: None, max_response: Duration::from_secs(1) };
    assert_eq!(host.receive(NOW, &from_b(&query)), Verdict::Igmp { kind: 0x11 });
    assert_eq!((host.poll_timeout(), sent(&mut host, NOW).len()), (None, 0));
    host.leave_group(NOW, ALL_SYSTEMS);
    assert!(sent(&mut host, NOW).is_empty());
    // Those who are in no group take the query too, and have nothing to say.
    let mut alone = self::host(0, 1);
    assert_eq!(alone.receive(NOW, &from_b(&query)), Verdict::Igmp { kind: 0x11 });
    assert_eq!(alone.poll_timeout(), None);
}

#[test]
fn ttl_is_the_sockets_and_no_address_is_resolved() {
    let mut host = host(0, 1);
    let socket = host.udp_bind(5000).unwrap();
    let to = SocketAddr::from((GROUP, 5004));
    let ttl = |host: &mut Stack, payload: usize| {
        host.udp_send(NOW, socket, to, Bytes::from(vec![0; payload]), 0).unwrap();
        let frames = sent(host, NOW);
        assert!(frames.iter().all(|f| matches!(f.carried, Carried::Udp { .. })), "no ARP");
        let ttl = |f: &Transmit| ipv4::parse(ethernet::parse(&f.frame).unwrap().payload).unwrap().header.ttl;
        frames.iter().map(ttl).collect::<Vec<_>>()
    };
    assert_eq!(ttl(&mut host, 10), [1]);
    host.udp_set_group_ttl(socket, 16).unwrap();
    assert_eq!(ttl(&mut host, 10), [16]);
    assert_eq!(ttl(&mut host, 2000), [16, 16], "fragments too");
    host.udp_close(socket);
    assert_eq!(host.udp_set_group_ttl(socket, 16), Err(SocketError::NoSocket));
}

#[test]
fn groups_that_share_a_card_are_told_apart_by_their_address() {
    let (mut a, mut b) = (host(0, 1), host(1, 2));
    let same_card = Ipv4Addr::new(239, 127, 0, 1);
    assert_eq!(ethernet::multicast(same_card), ethernet::multicast(GROUP));
    let socket = a.udp_bind(5000).unwrap();
    b.udp_bind(5004).unwrap();
    b.join_group(NOW, GROUP).unwrap();
    a.udp_send(NOW, socket, SocketAddr::from((same_card, 5004)), Bytes::from_static(b"x"), 0).unwrap();
    let frame = sent(&mut a, NOW).remove(0).frame;
    let reason = DropReason::NotOurAddress(same_card.into());
    assert_eq!(b.receive(NOW, &frame), Verdict::Dropped(reason));
    assert_ne!(A, B);
}
