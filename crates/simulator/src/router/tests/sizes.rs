//! Packets that are too long for the next link, and hosts that do not answer.

use super::*;

const TO: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 2);

/// A router whose far link carries 576 octets, and which knows both hosts.
fn narrow() -> Router {
    let mut router = router();
    router.set_mtu(LinkId(1), 576);
    router.receive(SimTime::ZERO, LinkId(0), FrameId(1), &arp_reply(FROM, NEAR));
    router.receive(SimTime::ZERO, LinkId(1), FrameId(2), &arp_reply(TO, FAR));
    // Nobody had asked: the cards are known from ARP that was meant for the router.
    assert_eq!(router.neighbours().count(), 2);
    router
}

/// A UDP packet of 1,420 octets with a Router Alert and a record of timestamps, which is not
/// copied.
fn long_packet(dont_fragment: bool) -> Vec<u8> {
    let header = ipv4::Header {
        source: FROM,
        destination: TO,
        protocol: ipv4::UDP,
        ttl: 64,
        traffic_class: 0,
        identification: 7,
        dont_fragment,
        more_fragments: false,
        fragment_offset: 0,
    };
    let options = [&ipv4::ROUTER_ALERT[..], &[68, 4, 5, 0]].concat();
    let mut frame = ethernet::begin(NEAR.mac, HOST, ethernet::IPV4, 1420);
    ipv4::write_with_options(&mut frame, &header, &options, 1392);
    frame.extend((0..1392).map(|n| n as u8));
    ethernet::seal(&mut frame);
    frame
}

#[test]
fn what_is_too_long_is_cut_unless_that_is_forbidden() {
    let mut router = narrow();
    let handled = router.receive(SimTime::ZERO, LinkId(0), FrameId(5), &long_packet(false));
    assert_eq!(handled.outcome, None);
    let mut whole = Vec::new();
    let mut lengths = Vec::new();
    for send in &handled.done.sends {
        let Sent::Forwarded { parent: FrameId(5), frame, ttl: 64 } = &send.transmit else {
            panic!("a part: {send:?}")
        };
        assert!(ethernet::fcs_ok(frame));
        let packet = ipv4::parse(&frame[ethernet::HEADER..frame.len() - ethernet::FCS]).unwrap();
        assert_eq!((packet.header.fragment_offset, packet.header.ttl), (whole.len(), 63));
        assert_eq!(packet.header.more_fragments, whole.len() + packet.payload.len() < 1392);
        let options = if whole.is_empty() { 8 } else { 4 };
        assert_eq!((packet.options.len(), &packet.options[..4]), (options, &ipv4::ROUTER_ALERT[..]));
        whole.extend_from_slice(packet.payload);
        lengths.push(packet.whole.len());
    }
    assert_eq!(whole, (0..1392).map(|n| n as u8).collect::<Vec<_>>());
    assert!(lengths.len() == 3 && lengths.iter().all(|length| *length <= 576), "{lengths:?}");

    let refused = router.receive(SimTime::ZERO, LinkId(0), FrameId(6), &long_packet(true));
    assert_eq!(refused.outcome, Some(Outcome::Dropped { reason: "tooBig" }));
    let [Send { link: LinkId(0), transmit: Sent::Own(error) }] = &refused.done.sends[..] else {
        panic!("an error to the sender: {refused:?}")
    };
    assert_eq!(error.cause, Cause::PacketTooBig);
    let packet = ipv4::parse(&error.frame[ethernet::HEADER..error.frame.len() - ethernet::FCS]).unwrap();
    let message = icmp::parse(packet.payload).unwrap();
    let code = icmp::unreachable::FRAGMENTATION_NEEDED;
    assert!(matches!(message, icmp::Message::Unreachable { code: c, mtu: 576, .. } if c == code));
}

#[test]
fn who_sends_to_a_silent_host_is_told_so() {
    let mut router = router();
    router.receive(SimTime::ZERO, LinkId(0), FrameId(1), &arp_reply(FROM, NEAR));
    let silent = Ipv4Addr::new(10, 0, 2, 77);
    let handled = router.receive(SimTime::ZERO, LinkId(0), FrameId(5), &packet(silent, 9));
    assert_eq!(handled.outcome, Some(Outcome::AwaitingArp));
    let mut told = Vec::new();
    for second in 1..=3 {
        let done = router.handle_timeout(SimTime::from_secs(second));
        told.extend(done.sends.into_iter().filter(|send| send.link == LinkId(0)));
    }
    let [Send { transmit: Sent::Own(error), .. }] = &told[..] else { panic!("one error: {told:?}") };
    assert_eq!(error.cause, Cause::HostUnreachable);
    assert_eq!(error.carried, Carried::Icmp { kind: 3, code: 1, to: FROM.into(), echo: None });
}

#[test]
fn what_is_for_all_hosts_of_a_network_goes_no_further_and_nobody_is_told() {
    let mut router = narrow();
    let all = packet(Ipv4Addr::new(10, 0, 2, 255), 9);
    let handled = router.receive(SimTime::ZERO, LinkId(0), FrameId(5), &all);
    assert_eq!(handled.outcome, Some(Outcome::Dropped { reason: "directedBroadcast" }));
    assert!(handled.done.sends.is_empty());
}

#[test]
fn errors_come_in_bursts_and_no_faster() {
    let mut router = narrow();
    let sent: usize = (0..100)
        .map(|n| router.receive(SimTime::ZERO, LinkId(0), FrameId(n), &packet(TO, 1)).done.sends.len())
        .sum();
    assert_eq!(sent, crate::stack::ERROR_BURST as usize);
}
