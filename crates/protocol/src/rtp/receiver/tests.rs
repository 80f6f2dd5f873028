use super::*;
use crate::media::{Clip, FrameRate, open};
use crate::rtp::jpeg::{rebuild, samples};
use crate::rtp::sender::{DEFAULT_MAX_PACKET, Sender, SenderConfig};
use crate::time::Epoch;
use bytes::Bytes;
use jpeg_encoder::SamplingFactor;
use proptest::prelude::*;
use std::sync::Arc;

/// Pictures of 40 ms and several packets each.
fn clip(pictures: u8) -> Arc<dyn Clip> {
    let file: Vec<u8> = (0..pictures)
        .flat_map(|n| samples::picture(64, 48, SamplingFactor::R_4_2_0, 2, 60 + n % 30))
        .collect();
    open("test.mjpeg", Bytes::from(file), FrameRate::DEFAULT).unwrap()
}

fn sender(pictures: u8) -> Sender {
    Sender::new(SenderConfig {
        clip: clip(pictures),
        track: 0,
        ssrc: 0xaaaa,
        payload_type: 26,
        first_sequence: 0xfff0,
        first_timestamp: 0xffff_fff0,
        cname: "server".to_owned(),
        max_packet: 300,
        epoch: Epoch::FIXED,
        dice: Dice::new(3, "sender"),
    })
}

fn receiver() -> Receiver<usize> {
    Receiver::new(ReceiverConfig {
        clock_rate: 90_000,
        payload_type: 26,
        cname: "client@layercast".to_owned(),
        ssrc: 0xbbbb,
        playout_delay: DEFAULT_PLAYOUT_DELAY,
        epoch: Epoch::FIXED,
        dice: Dice::new(3, "receiver"),
    })
}

const MS: fn(u64) -> SimTime = SimTime::from_millis;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// All that a sender hands out, with the times.
fn transcript(pictures: u8) -> (Vec<(SimTime, Bytes)>, Vec<(SimTime, Bytes)>) {
    let mut sender = sender(pictures);
    let _ = sender.play(MS(100), ms(0), None);
    let (mut rtp, mut rtcp) = (Vec::new(), Vec::new());
    while let Some(now) = sender.poll_timeout() {
        while let Some(out) = sender.poll_transmit(now) {
            match out.what {
                What::Rtp(_) => rtp.push((now, out.bytes)),
                _ => rtcp.push((now, out.bytes)),
            }
        }
    }
    (rtp, rtcp)
}

/// Packets to a receiver by time, timeouts between; tags are indices into `packets`.
fn drive(receiver: &mut Receiver<usize>, packets: &[(SimTime, Bytes)]) -> Vec<ReceiverEvent<usize>> {
    let mut events = Vec::new();
    let mut order: Vec<usize> = (0..packets.len()).collect();
    order.sort_by_key(|&n| packets[n].0);
    for n in order {
        let (at, bytes) = &packets[n];
        expire(receiver, *at, &mut events);
        receiver.receive_rtp(*at, bytes, n);
        events.extend(std::iter::from_fn(|| receiver.poll_event()));
    }
    let end = receiver.playout.depth().2.unwrap_or_default();
    expire(receiver, end, &mut events);
    events
}

fn expire(receiver: &mut Receiver<usize>, until: SimTime, events: &mut Vec<ReceiverEvent<usize>>) {
    while let Some(at) = receiver.poll_timeout().filter(|&at| at <= until) {
        receiver.handle_timeout(at);
        while receiver.poll_transmit(at).is_some() {}
        events.extend(std::iter::from_fn(|| receiver.poll_event()));
    }
}

fn pictures(events: &[ReceiverEvent<usize>]) -> Vec<&PictureOut<usize>> {
    events
        .iter()
        .filter_map(|event| match event {
            ReceiverEvent::Picture(picture) => Some(picture),
            _ => None,
        })
        .collect()
}

fn sequence(slot: &Slot<usize>) -> u16 {
    match *slot {
        Slot::Received { sequence, .. } | Slot::Missing { sequence } => sequence,
    }
}

fn missing(picture: &PictureOut<usize>) -> Vec<u16> {
    picture
        .slots
        .iter()
        .filter_map(|slot| match *slot {
            Slot::Missing { sequence } => Some(sequence),
            Slot::Received { .. } => None,
        })
        .collect()
}

/// Sequence number, timestamp and marker of a packet.
fn header(bytes: &[u8]) -> (u16, u32, bool) {
    let header = RtpPacket::parse(bytes).unwrap().header;
    (header.sequence, header.timestamp, header.marker)
}

#[test]
fn on_a_perfect_way_every_picture_is_whole_and_in_time() {
    let (packets, _) = transcript(20);
    let mut receiver = receiver();
    let events = drive(&mut receiver, &packets);
    let shown = pictures(&events);
    // One rebase at the start, one source, and nothing but pictures.
    assert_eq!(events.len(), 22);
    assert_eq!(events[0], ReceiverEvent::SourceChanged { from: None, to: 0xaaaa });
    assert!(matches!(events[1], ReceiverEvent::Rebased { reason: RebaseReason::Start, .. }));
    let mut expected = 0xfff0u16;
    for (n, picture) in shown.iter().enumerate() {
        assert_eq!(picture.shown_at, MS(160) + ms(40) * n as u32);
        assert!(picture.complete && picture.decodable && picture.end_known);
        assert_eq!(picture.first_sequence, Some(expected));
        assert_eq!(picture.timestamp, 0xffff_fff0_u32.wrapping_add(3_600 * n as u32));
        assert_eq!(picture.first_packet_at, MS(100) + ms(40) * n as u32);
        assert!(picture.last_packet_at < picture.first_packet_at + ms(10));
        for slot in &picture.slots {
            assert_eq!(sequence(slot), expected);
            expected = expected.wrapping_add(1);
        }
    }
    let stats = receiver.stats(MS(2_000));
    assert_eq!((stats.received, stats.expected, stats.lost), (packets.len() as u64, packets.len() as u64, 0));
    assert_eq!((stats.duplicates, stats.late, stats.reordered, stats.malformed), (0, 0, 0, 0));
    assert_eq!((stats.pictures_complete, stats.pictures_damaged), (20, 0));
    assert_eq!((stats.buffered_pictures, stats.buffered_packets, stats.buffer_depth), (0, 0, ms(0)));
}

#[test]
fn tags_lead_back_to_the_packets() {
    let (packets, _) = transcript(5);
    let events = drive(&mut receiver(), &packets);
    for (n, picture) in pictures(&events).iter().enumerate() {
        let bytes = picture.slots.iter().map(|slot| match slot {
            Slot::Received { tag, .. } => &packets[*tag].1[..],
            Slot::Missing { .. } => panic!("nothing was lost"),
        });
        let rebuilt = rebuild(bytes).unwrap();
        let original = clip(5).sample(0, n).unwrap();
        assert_eq!(samples::decode(&rebuilt.jpeg), samples::decode(&original.bytes));
    }
}

#[test]
fn the_loss_of_any_one_packet_is_laid_to_its_picture() {
    let (packets, _) = transcript(6);
    for lost in 1..packets.len() {
        let (number, timestamp, marker) = header(&packets[lost].1);
        let mut left = packets.clone();
        left.remove(lost);
        let mut receiver = receiver();
        let events = drive(&mut receiver, &left);
        let last = lost + 1 == packets.len();
        for picture in pictures(&events) {
            let own = picture.timestamp == timestamp;
            assert_eq!(picture.complete, !own, "{number} lost");
            assert_eq!(missing(picture), if own && !last { vec![number] } else { vec![] });
            assert_eq!(picture.end_known, !(own && last));
            // Without the first packet there are no quantisation tables.
            let first = picture.first_sequence == Some(number);
            assert_eq!(picture.decodable, !(own && first));
            if own {
                let bytes = picture.slots.iter().filter_map(|slot| match slot {
                    Slot::Received { tag, .. } => Some(&left[*tag].1[..]),
                    Slot::Missing { .. } => None,
                });
                assert_eq!(rebuild(bytes).is_ok(), picture.decodable);
            }
        }
        assert!(
            !events.iter().any(|e| matches!(e, ReceiverEvent::Gap { .. })),
            "{number} lost, marker {marker}"
        );
        assert_eq!(receiver.stats(MS(900)).lost, i64::from(!last));
    }
}

#[test]
fn a_loss_across_two_pictures_is_shared_by_the_octets() {
    let (packets, _) = transcript(4);
    let end = packets.iter().position(|(_, b)| header(b).2).unwrap();
    let (_, second, _) = header(&packets[end + 1].1);
    // The last two of the first picture and the first of the second.
    let left: Vec<_> = packets
        .iter()
        .enumerate()
        .filter(|(n, _)| !(end - 1..=end + 1).contains(n))
        .map(|(_, p)| p.clone())
        .collect();
    let events = drive(&mut receiver(), &left);
    let shown = pictures(&events);
    assert_eq!(missing(shown[0]).len(), 2);
    assert_eq!(shown[1].timestamp, second);
    assert_eq!(missing(shown[1]), [header(&packets[end + 1].1).0]);
}

#[test]
fn a_picture_lost_whole_is_a_gap() {
    let (packets, _) = transcript(6);
    let third = 0xffff_fff0_u32.wrapping_add(2 * 3_600);
    let (lost, left): (Vec<_>, Vec<_>) = packets.into_iter().partition(|(_, b)| header(b).1 == third);
    let mut receiver = receiver();
    let events = drive(&mut receiver, &left);
    assert_eq!(pictures(&events).len(), 5);
    assert!(pictures(&events).iter().all(|p| p.complete));
    let gap = ReceiverEvent::Gap { first_sequence: header(&lost[0].1).0, count: lost.len() as u16 };
    assert_eq!(events.iter().filter(|e| **e == gap).count(), 1);
    assert_eq!(receiver.stats(MS(900)).lost, lost.len() as i64);
}

#[test]
fn reordering_and_duplicates_do_no_harm() {
    let (mut packets, _) = transcript(8);
    // Every third packet takes 5 ms longer, every fourth comes twice.
    for n in (0..packets.len()).step_by(3) {
        packets[n].0 += ms(5);
    }
    let again: Vec<_> = packets.iter().step_by(4).map(|(at, b)| (*at + ms(1), b.clone())).collect();
    let twice = again.len();
    packets.extend(again);
    let mut receiver = receiver();
    let events = drive(&mut receiver, &packets);
    assert_eq!(pictures(&events).len(), 8);
    assert!(pictures(&events).iter().all(|p| p.complete));
    let stats = receiver.stats(MS(900));
    assert_eq!(stats.duplicates as usize, twice);
    assert_eq!(events.iter().filter(|e| matches!(e, ReceiverEvent::Duplicate { .. })).count(), twice);
    assert!(stats.reordered > 0);
    assert_eq!(stats.lost, -(twice as i64), "duplicates count as received (appendix A.3)");
}

#[test]
fn who_comes_after_its_time_is_late() {
    let (mut packets, _) = transcript(4);
    packets[1].0 = MS(160) + Duration::from_micros(250);
    let mut receiver = receiver();
    let events = drive(&mut receiver, &packets);
    let shown = pictures(&events);
    let number = header(&packets[1].1).0;
    assert_eq!(missing(shown[0]), [number]);
    assert!(!shown[0].complete && shown[0].decodable && shown[1].complete);
    let late = ReceiverEvent::Late { sequence: number, tag: 1, by: Duration::from_micros(250) };
    assert!(events.contains(&late));
    assert_eq!((receiver.stats(MS(300)).late, receiver.stats(MS(300)).lost), (1, 0));
    // On the very moment it is in time, if it comes before the timeout is handled.
    let (mut packets, _) = transcript(4);
    packets[1].0 = MS(160);
    let mut receiver = self::receiver();
    for (n, (at, bytes)) in packets.iter().take(3).enumerate() {
        receiver.receive_rtp((*at).max(MS(100)), bytes, n);
    }
    assert_eq!(receiver.stats(MS(160)).late, 0);
}

#[test]
fn a_packet_of_a_picture_already_shown_is_late_even_without_a_timeout() {
    let (packets, _) = transcript(4);
    let mut receiver = receiver();
    receiver.receive_rtp(MS(100), &packets[0].1, 0);
    receiver.receive_rtp(MS(101), &packets[1].1, 1);
    // Nobody called handle_timeout in between.
    receiver.receive_rtp(MS(200), &packets[2].1, 2);
    let events: Vec<_> = std::iter::from_fn(|| receiver.poll_event()).collect();
    assert_eq!(pictures(&events).len(), 1);
    assert!(matches!(events.last(), Some(ReceiverEvent::Late { tag: 2, by, .. }) if *by == ms(40)));
}

#[test]
fn a_pause_and_a_seek_keep_the_base() {
    let mut sender = sender(30);
    let _ = sender.play(MS(0), ms(0), Some(ms(200)));
    let mut packets = Vec::new();
    let collect = |sender: &mut Sender, packets: &mut Vec<_>, until| {
        while let Some(at) = sender.poll_timeout().filter(|&at| at <= until) {
            while let Some(out) = sender.poll_transmit(at) {
                if matches!(out.what, What::Rtp(_)) {
                    packets.push((at, out.bytes));
                }
            }
        }
    };
    collect(&mut sender, &mut packets, MS(700));
    let _ = sender.play(MS(700), ms(800), Some(ms(960)));
    collect(&mut sender, &mut packets, MS(1_500));
    let events = drive(&mut receiver(), &packets);
    let shown: Vec<SimTime> = pictures(&events).iter().map(|p| p.shown_at).collect();
    let expected: Vec<SimTime> =
        (0..5).map(|n| MS(60 + 40 * n)).chain((0..4).map(|n| MS(760 + 40 * n))).collect();
    assert_eq!(shown, expected);
    assert!(pictures(&events).iter().all(|p| p.complete));
    assert_eq!(events.iter().filter(|e| matches!(e, ReceiverEvent::Rebased { .. })).count(), 1);
}

/// A packet of one octet of scan: all of its picture.
fn single(ssrc: u32, sequence: u16, timestamp: u32) -> Vec<u8> {
    let header = crate::rtp::RtpHeader { marker: true, payload_type: 26, sequence, timestamp, ssrc };
    let mut bytes = header.to_bytes().to_vec();
    bytes.extend([0, 0, 0, 0, 1, 50, 1, 1, 0]);
    bytes
}

fn events(receiver: &mut Receiver<usize>) -> Vec<ReceiverEvent<usize>> {
    std::iter::from_fn(|| receiver.poll_event()).collect()
}

fn rebases(events: &[ReceiverEvent<usize>]) -> Vec<RebaseReason> {
    events
        .iter()
        .filter_map(|event| match event {
            ReceiverEvent::Rebased { reason, .. } => Some(*reason),
            _ => None,
        })
        .collect()
}

#[test]
fn a_jump_of_the_timestamps_moves_the_base() {
    let mut receiver = receiver();
    receiver.receive_rtp(MS(0), &single(1, 10, 1_000_000), 0);
    receiver.receive_rtp(MS(40), &single(1, 11, 1_003_600), 1);
    // Back by ten seconds, as a server does that starts its clock anew at a seek.
    receiver.receive_rtp(MS(80), &single(1, 12, 100_000), 2);
    // Ahead by a minute.
    receiver.receive_rtp(MS(120), &single(1, 13, 100_000 + 60 * 90_000), 3);
    receiver.handle_timeout(MS(500));
    let events = events(&mut receiver);
    assert_eq!(rebases(&events), [RebaseReason::Start, RebaseReason::Jump, RebaseReason::Jump]);
    let shown: Vec<_> = pictures(&events).iter().map(|p| p.shown_at).collect();
    assert_eq!(shown, [MS(60), MS(100), MS(140), MS(180)]);
}

#[test]
fn who_is_always_late_gets_a_new_base() {
    let mut receiver = receiver();
    let mut all = Vec::new();
    for n in 0..60u64 {
        // From the fifth picture on the way takes 200 ms longer.
        let at = MS(40 * n + if n < 5 { 0 } else { 200 });
        receiver.handle_timeout(at);
        receiver.receive_rtp(at, &single(1, n as u16, 3_600 * n as u32), n as usize);
        all.extend(events(&mut receiver));
    }
    receiver.handle_timeout(MS(9_000));
    all.extend(events(&mut receiver));
    assert_eq!(rebases(&all), [RebaseReason::Start, RebaseReason::AlwaysLate]);
    let late = all.iter().filter(|e| matches!(e, ReceiverEvent::Late { .. })).count();
    assert_eq!(late, 25, "one second of pictures");
    assert_eq!(pictures(&all).len(), 60 - late);
}

#[test]
fn a_stall_is_no_reason_to_move_the_base() {
    let mut receiver = receiver();
    let mut all = Vec::new();
    for n in 0..60u64 {
        // What is sent from 0.4 to 1.6 s comes at 1.6 s in one burst.
        let sent = 40 * n;
        let at = MS(if (400..1_600).contains(&sent) { 1_600 } else { sent });
        receiver.handle_timeout(at);
        receiver.receive_rtp(at, &single(1, n as u16, 3_600 * n as u32), n as usize);
        all.extend(events(&mut receiver));
    }
    assert_eq!(rebases(&all), [RebaseReason::Start]);
    let late = all.iter().filter(|e| matches!(e, ReceiverEvent::Late { .. })).count();
    assert_eq!(late, 29, "all but the one that is due at 1.62 s");
}

#[test]
fn restart_playout_sets_the_base_with_the_next_picture() {
    let mut receiver = receiver();
    receiver.receive_rtp(MS(0), &single(1, 1, 0), 0);
    receiver.restart_playout();
    receiver.receive_rtp(MS(50), &single(1, 2, 3_600), 1);
    receiver.handle_timeout(MS(200));
    let events = events(&mut receiver);
    let shown: Vec<_> = pictures(&events).iter().map(|p| p.shown_at).collect();
    assert_eq!(shown, [MS(60), MS(110)]);
}

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
        u64::from(block.delay_since_last_sender_report_timestamp()) * 1_000_000_000 >> 16,
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

#[test]
fn malformed_packets_are_told_with_their_place() {
    let mut receiver = receiver();
    receiver.receive_rtp(MS(0), &[0x80; 5], 0);
    let mut wrong = single(1, 1, 0);
    wrong[1] = 96;
    receiver.receive_rtp(MS(0), &wrong, 1);
    receiver.receive_rtp(MS(0), &single(1, 1, 0)[..15], 2);
    receiver.receive_rtcp(MS(0), &[0x80, 200, 0, 9], 3);
    let errors: Vec<String> = events(&mut receiver)
        .into_iter()
        .map(|event| match event {
            ReceiverEvent::Malformed { error, tag } => format!("{tag}: {error}"),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        errors,
        [
            "0: RTP: offset 5: the packet is cut short in its header",
            "1: payload type 96, expected 26",
            "2: RTP/JPEG: offset 3: the main JPEG header is cut short",
            "3: RTCP: offset 0: the packet is cut short",
        ]
    );
    assert_eq!(receiver.stats(MS(0)).malformed, 4);
    assert_eq!(receiver.poll_timeout(), None);
}

#[test]
fn pictures_that_wait_are_limited() {
    let mut receiver = receiver();
    let full = (0..=MAX_PICTURES_HELD as u16).rev();
    for n in full.clone() {
        receiver.receive_rtp(MS(0), &single(1, 1_000 - n, 10 * u32::from(1_000 - n)), 0);
    }
    let limit = MAX_PICTURES_HELD;
    let refused = ReceiverEvent::Malformed { tag: 0, error: ReceiverError::Full { what: "pictures", limit } };
    assert_eq!(events(&mut receiver).last(), Some(&refused));
    assert_eq!(receiver.stats(MS(0)).buffered_pictures, limit);
    receiver.handle_timeout(MS(2_000));
    assert_eq!(receiver.stats(MS(2_000)).buffered_pictures, 0);
    assert_eq!(full.count(), limit + 1);
}

#[test]
fn packets_that_wait_are_limited() {
    let mut receiver = receiver();
    for n in 0..=MAX_PACKETS_HELD {
        // Two pictures, so that neither spans too many numbers.
        let timestamp = if n < MAX_PACKETS_HELD / 2 { 0 } else { 90 };
        receiver.receive_rtp(MS(0), &single(1, n as u16, timestamp), n);
    }
    let limit = MAX_PACKETS_HELD;
    let error = ReceiverError::Full { what: "packets", limit };
    assert_eq!(events(&mut receiver).last(), Some(&ReceiverEvent::Malformed { tag: limit, error }));
}

#[test]
fn a_picture_spans_a_limited_run_of_numbers() {
    let mut receiver = receiver();
    receiver.receive_rtp(MS(0), &single(1, 0, 0), 0);
    receiver.receive_rtp(MS(0), &single(1, 1, 0), 0);
    for n in 1..10u16 {
        receiver.receive_rtp(MS(0), &single(1, n * (MAX_DROPOUT - 1), 0), usize::from(n));
    }
    receiver.handle_timeout(MS(60));
    let events = events(&mut receiver);
    assert!(pictures(&events)[0].slots.len() <= MAX_SPAN);
    let limit = MAX_SPAN;
    let error = ReceiverError::Full { what: "sequence numbers of one picture", limit };
    assert!(events.contains(&ReceiverEvent::Malformed { tag: 9, error }));
}

#[test]
fn events_that_nobody_takes_are_limited() {
    let mut receiver = receiver();
    for n in 0..MAX_EVENTS + 7 {
        receiver.receive_rtp(MS(0), &[], n);
    }
    assert_eq!(receiver.stats(MS(0)).events_dropped, 7);
    assert!(matches!(receiver.poll_event(), Some(ReceiverEvent::Malformed { tag: 7, .. })));
}

#[test]
fn the_default_packet_fits_ethernet() {
    // RTP, UDP and IPv4 headers in 1500 octets.
    const { assert!(DEFAULT_MAX_PACKET + 8 + 20 <= 1_500) };
}

proptest! {
    #[test]
    fn any_bytes_are_survived(chunks in proptest::collection::vec(
        (proptest::collection::vec(any::<u8>(), 0..60), 0u64..200, any::<bool>()), 0..40)) {
        let mut receiver = receiver();
        let mut now = MS(0);
        for (n, (bytes, later, rtcp)) in chunks.into_iter().enumerate() {
            now += ms(later);
            if rtcp { receiver.receive_rtcp(now, &bytes, n) } else { receiver.receive_rtp(now, &bytes, n) }
            receiver.handle_timeout(now);
            while receiver.poll_transmit(now).is_some() {}
        }
    }

    #[test]
    fn any_numbers_give_consistent_accounts(packets in proptest::collection::vec(
        (any::<u16>(), 0u32..20_000, 0u8..3, any::<bool>(), 0u64..80, 0u8..4), 1..80)) {
        let mut receiver = receiver();
        let mut now = MS(1_000);
        let mut seen = 0;
        let mut last_shown = SimTime::ZERO;
        for (n, (sequence, timestamp, ssrc, marker, later, kind)) in packets.iter().enumerate() {
            now += ms(*later);
            // Mostly neighbours, sometimes anything.
            let sequence = if *kind == 0 { *sequence } else { n as u16 + u16::from(*kind) };
            let timestamp = if *kind == 1 { timestamp.wrapping_mul(300_007) } else { *timestamp };
            let mut bytes = single(u32::from(*ssrc / 2), sequence, timestamp);
            bytes[1] = bytes[1] & 0x7f | u8::from(*marker) << 7;
            bytes[15] = u8::from(*marker) * 9;
            receiver.receive_rtp(now, &bytes, n);
            receiver.handle_timeout(now);
            for event in events(&mut receiver) {
                if let ReceiverEvent::Picture(picture) = event {
                    prop_assert!(picture.shown_at >= last_shown && picture.shown_at <= now);
                    last_shown = picture.shown_at;
                    prop_assert!(picture.slots.len() <= 3 * MAX_SPAN);
                    prop_assert!(picture.slots.windows(2).all(|w| sequence_after(&w[0], &w[1])));
                    prop_assert_eq!(picture.complete && picture.slots.is_empty(), false);
                    seen += picture.slots.iter().filter(|s| matches!(s, Slot::Received { .. })).count();
                }
            }
        }
        let stats = receiver.stats(now);
        prop_assert!(seen + stats.buffered_packets <= packets.len());
        prop_assert_eq!(stats.lost, stats.expected as i64 - stats.received as i64);
    }
}

fn sequence_after(a: &Slot<usize>, b: &Slot<usize>) -> bool {
    sequence(b) == sequence(a).wrapping_add(1)
}
