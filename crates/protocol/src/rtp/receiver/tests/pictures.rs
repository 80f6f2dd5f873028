//! Which packets make which picture.

use super::*;

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
