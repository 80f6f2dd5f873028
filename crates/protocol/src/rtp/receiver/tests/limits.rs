//! What a hostile sender can cost.

use super::*;

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
