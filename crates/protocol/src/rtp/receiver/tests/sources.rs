//! Sources, sequences and reports.

use super::*;

#[test]
fn another_source_must_prove_itself() {
    let mut receiver = receiver();
    receiver.receive_rtp(MS(0), &single(1, 1, 0), 0);
    receiver.receive_rtp(MS(1), &single(2, 500, 0), 1);
    receiver.receive_rtp(MS(40), &single(1, 2, 3_600), 2);
    assert_eq!(receiver.stats(MS(40)).ssrc, Some(1));
    receiver.receive_rtp(MS(41), &single(3, 7, 0), 3);
    let refused = ReceiverError::UnknownSource { ssrc: 2 };
    assert!(events(&mut receiver).contains(&ReceiverEvent::Malformed { tag: 1, error: refused }));
    // Two in sequence take over, and the first of them is not lost.
    receiver.receive_rtp(MS(50), &single(3, 8, 3_600), 4);
    receiver.handle_timeout(MS(500));
    let events = events(&mut receiver);
    assert!(events.contains(&ReceiverEvent::SourceChanged { from: Some(1), to: 3 }));
    let shown: Vec<_> = pictures(&events).iter().map(|p| (p.ssrc, p.timestamp, p.complete)).collect();
    assert_eq!(shown, [(1, 0, true), (1, 3_600, true), (3, 0, true), (3, 3_600, true)]);
}

#[test]
fn after_a_goodbye_the_next_source_is_taken_at_once() {
    let mut receiver = receiver();
    receiver.receive_rtp(MS(0), &single(1, 1, 0), 0);
    let bye = |ssrc| {
        let report = RtcpPacket::ReceiverReport(ReceiverReport { ssrc, blocks: vec![] });
        Compound { packets: vec![report, RtcpPacket::Bye(Bye { sources: vec![ssrc], reason: None })] }
            .to_bytes()
    };
    receiver.receive_rtcp(MS(10), &bye(9), 1);
    receiver.receive_rtcp(MS(10), &bye(1), 1);
    receiver.receive_rtcp(MS(11), &bye(1), 1);
    receiver.receive_rtp(MS(20), &single(2, 9, 77), 2);
    let events = events(&mut receiver);
    assert_eq!(events.iter().filter(|e| **e == ReceiverEvent::Bye { ssrc: 1 }).count(), 1);
    assert!(!events.contains(&ReceiverEvent::Bye { ssrc: 9 }));
    assert_eq!(
        events.last(),
        Some(&ReceiverEvent::Rebased { timestamp: 77, shown_at: MS(80), reason: RebaseReason::Start })
    );
    assert_eq!(receiver.stats(MS(20)).ssrc, Some(2));
}

#[test]
fn a_sequence_that_begins_anew_needs_two_packets() {
    let mut receiver = receiver();
    for n in 0..3u16 {
        receiver.receive_rtp(MS(40 * u64::from(n)), &single(1, n, 3_600 * u32::from(n)), n.into());
    }
    receiver.receive_rtp(MS(120), &single(1, 30_000, 10_800), 3);
    assert_eq!(receiver.stats(MS(120)).received, 3);
    receiver.receive_rtp(MS(160), &single(1, 30_001, 14_400), 4);
    receiver.handle_timeout(MS(900));
    let events = events(&mut receiver);
    assert_eq!(pictures(&events).len(), 5);
    assert!(pictures(&events).iter().all(|p| p.complete));
    assert_eq!((receiver.stats(MS(900)).received, receiver.stats(MS(900)).lost), (2, 0));
}

#[test]
fn reports_carry_what_was_counted() {
    let (packets, rtcp) = transcript(200);
    let mut receiver = receiver();
    let mut reports = Vec::new();
    let (first_sr, _) = rtcp[0].clone();
    let mut sent_at = MS(0);
    for (n, (at, bytes)) in packets.iter().enumerate() {
        let at = *at + ms(10);
        while let Some(due) = receiver.poll_timeout().filter(|&due| due <= at) {
            receiver.handle_timeout(due);
            while let Some(out) = receiver.poll_transmit(due) {
                assert_eq!(out.what, What::Rtcp { types: vec![201, 202] });
                sent_at = due;
                reports.push(out.bytes);
            }
        }
        // One packet in ten is lost.
        if n % 10 != 9 {
            receiver.receive_rtp(at, bytes, n);
        }
        if n == 0 {
            receiver.receive_rtcp(first_sr + ms(10), &rtcp[0].1, 0);
        }
        while receiver.poll_event().is_some() {}
        if reports.len() == 1 {
            break;
        }
    }
    // The first within half of the minimum interval (section 6.2).
    assert!((1.0..3.2).contains(&sent_at.as_secs_f64()), "{sent_at}");
    let parsed: Vec<_> = rtcp_types::Compound::parse(&reports[0]).unwrap().map(Result::unwrap).collect();
    let rtcp_types::Packet::Rr(rr) = &parsed[0] else { panic!("RR first") };
    let block = rr.report_blocks().next().unwrap();
    assert_eq!((rr.ssrc(), block.ssrc()), (0xbbbb, 0xaaaa));
    // A tenth of 256.
    assert!((24..=26).contains(&block.fraction_lost()), "{}", block.fraction_lost());
    let stats = receiver.stats(sent_at);
    assert!(stats.lost.abs_diff(i64::from(block.cumulative_lost())) <= 1);
    assert_eq!(block.last_sender_report_timestamp(), Epoch::FIXED.ntp(first_sr).middle());
    let delay = Duration::from_nanos(
        (u64::from(block.delay_since_last_sender_report_timestamp()) * 1_000_000_000) >> 16,
    );
    assert!(delay.abs_diff(sent_at.since(first_sr + ms(10))) < Duration::from_micros(20));
    assert!(block.extended_sequence_number() >> 16 <= 1);
    let rtcp_types::Packet::Sdes(sdes) = &parsed[1] else { panic!("SDES second") };
    let name = sdes.chunks().next().unwrap().items().next().unwrap().value().to_vec();
    assert_eq!(name, b"client@layercast");
}

#[test]
fn who_never_reported_says_no_goodbye() {
    let mut receiver = receiver();
    receiver.receive_rtp(MS(0), &single(1, 1, 0), 0);
    assert_eq!(receiver.bye(MS(100)), None);
    receiver.receive_rtp(MS(200), &single(1, 2, 18_000), 0);
    let due = receiver.schedule.as_ref().unwrap().due();
    let mut at = due;
    while !receiver.report_due {
        receiver.handle_timeout(at);
        at = receiver.schedule.as_ref().unwrap().due().min(at + ms(5_000));
    }
    assert!(receiver.poll_transmit(at).is_some());
    let bye = receiver.bye(at).unwrap();
    assert_eq!(bye.what, What::Rtcp { types: vec![201, 202, 203] });
    assert_eq!(receiver.bye(at), None);
    assert_eq!(receiver.poll_timeout(), None);
}
