//! Scale, Speed, queued ranges, pause points and starts in the future.

use super::tests::{MS, Record, ms, run, sender};
use super::*;
use crate::random::Dice;
use crate::rtp::jpeg::rebuild;
use crate::rtp::jpeg::samples;
use crate::rtp::receiver::{DEFAULT_PLAYOUT_DELAY, Receiver, ReceiverConfig, ReceiverEvent, Slot};
use crate::rtp::rtcp::RtcpPacket;
use proptest::prelude::*;

fn range(from: u64, until: Option<u64>, scale: &str, speed: &str) -> PlayRange {
    PlayRange {
        from: ms(from),
        until: until.map(ms),
        scale: scale.parse().unwrap(),
        speed: speed.parse().unwrap(),
    }
}

/// The pictures of a record: number, when its first packet left (ms after `start`), its RTP
/// timestamp less the first picture's.
fn pictures(record: &Record, start: u64) -> Vec<(u32, u64, u32)> {
    let base = record.rtp.first().map_or(0, |(_, _, summary)| summary.timestamp);
    record
        .rtp
        .iter()
        .filter(|(_, _, summary)| summary.picture.is_some_and(|part| part.index == 0))
        .map(|(at, _, summary)| {
            let number = summary.picture.map_or(0, |part| part.picture);
            let after = at.since(MS(start)).as_micros() as u64;
            assert_eq!(after % 1000, 0, "whole milliseconds here");
            (number, after / 1000, summary.timestamp.wrapping_sub(base))
        })
        .collect()
}

fn played(order: &PlayRange) -> (Vec<(u32, u64, u32)>, Record, Sender) {
    let mut sender = sender();
    let info = sender.play_range(MS(1_000), MS(1_000), order);
    let mut record = Record::default();
    run(&mut sender, MS(9_000), &mut record);
    let first = &record.rtp[0].2;
    assert_eq!((first.sequence, first.timestamp), (info.sequence, info.rtptime), "RTP-Info is exact");
    (pictures(&record, 1_000), record, sender)
}

/// RFC 2326 section 12.34 and appendix B: at about the same rate, other pictures; RTP time goes
/// on with the wall's.
#[test]
fn scale_chooses_pictures_and_leaves_the_clock_alone() {
    let cases: [(PlayRange, &[u32], u64, u64); 7] = [
        (range(0, None, "2", "1"), &[0, 2, 4, 6, 8], 40, 200),
        (range(0, None, "3", "1"), &[0, 3, 6, 9], 40, 133),
        (range(80, Some(200), "0.5", "1"), &[2, 3, 4], 80, 240),
        (range(400, None, "-1", "1"), &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0], 40, 400),
        (range(360, None, "-3", "1"), &[9, 6, 3, 0], 40, 160),
        (range(210, Some(80), "-0.5", "1"), &[5, 4, 3], 80, 240),
        (range(0, None, "16", "1"), &[0], 40, 25),
    ];
    for (order, numbers, spacing, ends) in cases {
        let (shown, record, sender) = played(&order);
        let expected: Vec<_> = numbers
            .iter()
            .zip(0..)
            .map(|(number, place)| (*number, place * spacing, (place * spacing * 90) as u32))
            .collect();
        assert_eq!(shown, expected, "{order:?}");
        let (at, _, last) = record.rtcp.last().unwrap();
        let is_over = order.until.is_none();
        if is_over {
            assert_eq!(at.since(MS(1_000)).as_millis() as u64, ends, "{order:?}");
            assert!(matches!(last.packets.last(), Some(RtcpPacket::Bye(_))), "nothing more can come");
            assert_eq!(record.events, [SenderEvent::Ended]);
        } else {
            assert_eq!(record.events, [SenderEvent::RangeEnded { at: order.until.unwrap() }]);
        }
        assert!(!sender.is_playing());
    }
}

/// The pictures that a receiver shows, each found again in the clip, and when.
fn shown(record: &Record) -> Vec<(usize, Duration)> {
    let mut receiver = Receiver::new(ReceiverConfig {
        clock_rate: 90_000,
        payload_type: PAYLOAD_TYPE_JPEG,
        form: crate::rtp::jpeg::Form::Rfc2435,
        cname: "client@layercast".to_owned(),
        ssrc: 0xbbbb,
        playout_delay: DEFAULT_PLAYOUT_DELAY,
        epoch: crate::time::Epoch::FIXED,
        dice: Dice::new(3, "receiver"),
    });
    for (tag, (at, bytes, _)) in record.rtp.iter().enumerate() {
        receiver.receive_rtp(*at, bytes, tag);
    }
    while let Some(at) = receiver.poll_timeout().filter(|at| *at < MS(5_000)) {
        receiver.handle_timeout(at);
        while receiver.poll_transmit(at).is_some() {}
    }
    let clip = super::tests::clip();
    let originals: Vec<_> =
        (0..10).map(|n| samples::decode(&clip.sample(0, n).expect("ten pictures").bytes)).collect();
    let mut pictures = Vec::new();
    while let Some(event) = receiver.poll_event() {
        let ReceiverEvent::Picture(picture) = event else { continue };
        assert!(picture.complete);
        let packets = picture.slots.iter().map(|slot| match slot {
            Slot::Received { tag, .. } => &record.rtp[*tag].1[..],
            Slot::Missing { .. } => panic!("nothing was lost"),
        });
        let decoded = samples::decode(&rebuild(packets).unwrap().jpeg);
        let number = originals.iter().position(|original| *original == decoded);
        pictures.push((number.expect("a picture of the clip"), picture.shown_at.since(MS(1_000))));
    }
    pictures
}

#[test]
fn a_receiver_shows_the_right_pictures_at_the_right_times() {
    for (order, numbers, spacing) in [
        (range(0, None, "1", "1"), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9][..], 40),
        (range(0, None, "2", "1"), &[0, 2, 4, 6, 8], 40),
        (range(0, Some(120), "0.5", "1"), &[0, 1, 2], 80),
        (range(400, None, "-1", "1"), &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0], 40),
        (range(400, None, "-2", "1"), &[9, 7, 5, 3, 1], 40),
        // Delivered faster, and shown at the pace of the recording.
        (range(0, Some(200), "1", "2"), &[0, 1, 2, 3, 4], 40),
    ] {
        let (_, record, _) = played(&order);
        let found = shown(&record);
        let begin = found[0].1;
        let expected: Vec<_> =
            numbers.iter().zip(0..).map(|(number, place)| (*number, begin + ms(place * spacing))).collect();
        assert_eq!(found, expected, "{order:?}");
    }
}

/// Section 12.35: sooner on the wire, with the timestamps of the recording; and they never go
/// back, whatever is played next.
#[test]
fn speed_changes_the_delivery_and_not_the_timestamps() {
    let (shown, _, mut sender) = played(&range(0, Some(200), "1", "2"));
    assert_eq!(shown, [(0, 0, 0), (1, 20, 3600), (2, 40, 7200), (3, 60, 10_800), (4, 80, 14_400)]);
    // 200 ms were delivered in 100; the clock stays ahead by as much.
    let info = sender.play(MS(1_100), ms(200), Some(ms(240)));
    assert_eq!(info.rtptime.wrapping_sub(0xffff_f000), 18_000);
    let (slow, _, mut sender) = played(&range(0, Some(80), "1", "0.5"));
    assert_eq!(slow, [(0, 0, 0), (1, 80, 3600)]);
    let info = sender.play(MS(1_260), ms(200), None);
    assert_eq!(info.rtptime.wrapping_sub(0xffff_f000), 16_200, "100 ms later, and 80 behind the wall");
}

/// Section 10.5.
#[test]
fn ranges_queue_and_follow_each_other_without_a_gap() {
    let mut sender = sender();
    assert_eq!(sender.queue(&PlayRange::new(ms(0), None)), None, "nothing is playing");
    sender.play(MS(1_000), ms(0), Some(ms(120)));
    assert_eq!(sender.queue(&PlayRange::new(ms(190), Some(ms(280)))), Some((ms(200), ms(280))));
    assert_eq!(sender.queue(&range(160, None, "-2", "1")), Some((ms(160), ms(0))));
    assert_eq!(sender.end_of_queue(), Some(ms(0)));
    let mut record = Record::default();
    run(&mut sender, MS(3_000), &mut record);
    let shown = pictures(&record, 1_000);
    let expected: Vec<_> = [0, 1, 2, 5, 6, 4, 2, 0]
        .into_iter()
        .zip(0..)
        .map(|(number, place)| (number, place * 40, (place * 3600) as u32))
        .collect();
    assert_eq!(shown, expected);
    let numbers: Vec<u16> = record.rtp.iter().map(|(_, _, summary)| summary.sequence).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1)));
    assert_eq!(record.events, [SenderEvent::Ended], "the ends between are nobody's business");
}

#[test]
fn the_queue_is_bounded_and_a_seek_or_pause_empties_it() {
    let mut sender = sender();
    sender.play(MS(0), ms(0), Some(ms(40)));
    for _ in 0..MAX_QUEUED {
        assert!(sender.queue(&PlayRange::new(ms(80), Some(ms(120)))).is_some());
    }
    assert_eq!(sender.queue(&PlayRange::new(ms(80), Some(ms(120)))), None);
    sender.play(MS(1), ms(0), Some(ms(40)));
    assert_eq!(sender.end_of_queue(), Some(ms(40)));
    assert!(sender.queue(&PlayRange::new(ms(80), None)).is_some());
    assert_eq!(sender.pause(MS(2)), ms(0), "nothing was sent yet");
    assert_eq!(sender.end_of_queue(), None);
}

/// Section 10.6.
#[test]
fn a_pause_point_ends_the_range_before_its_picture() {
    for (order, point, numbers) in [
        (range(0, None, "1", "1"), 80, &[0, 1][..]),
        (range(0, None, "1", "1"), 90, &[0, 1, 2]),
        (range(400, None, "-1", "1"), 280, &[9, 8]),
        (range(0, Some(200), "1", "1"), 200, &[0, 1, 2, 3, 4]),
    ] {
        let mut sender = sender();
        sender.play_range(MS(1_000), MS(1_000), &order);
        assert!(sender.pause_at(MS(1_010), ms(point)), "{order:?}");
        let mut record = Record::default();
        run(&mut sender, MS(3_000), &mut record);
        let shown: Vec<u32> = pictures(&record, 1_000).into_iter().map(|(number, ..)| number).collect();
        assert_eq!(shown, numbers, "{order:?} {point}");
        assert_eq!(record.events, [SenderEvent::RangeEnded { at: ms(point) }]);
        assert_eq!(sender.pause(MS(3_000)), ms(point), "and there it goes on");
    }
    // In a range that is queued: what comes behind it is forgotten.
    let mut sender = sender();
    sender.play(MS(1_000), ms(0), Some(ms(80)));
    sender.queue(&PlayRange::new(ms(200), Some(ms(280))));
    sender.queue(&PlayRange::new(ms(320), None));
    assert!(!sender.pause_at(MS(1_050), ms(40)), "past");
    assert!(!sender.pause_at(MS(1_050), ms(300)), "in no range");
    assert!(sender.pause_at(MS(1_050), ms(240)));
    let mut record = Record::default();
    run(&mut sender, MS(3_000), &mut record);
    let shown: Vec<u32> = pictures(&record, 1_000).into_iter().map(|(number, ..)| number).collect();
    assert_eq!(shown, [0, 1, 5]);
    assert!(!sender.pause_at(MS(3_000), ms(300)), "nothing plays");
}

/// Section 12.29: the `time` of a Range.
#[test]
fn a_start_in_the_future_is_waited_for() {
    let mut sender = sender();
    let info = sender.play_range(MS(1_000), MS(1_500), &PlayRange::new(ms(80), None));
    assert_eq!(info.rtptime.wrapping_sub(0xffff_f000), 45_000);
    assert_eq!(sender.position(MS(1_400)), ms(80));
    let mut record = Record::default();
    run(&mut sender, MS(1_499), &mut record);
    assert!(record.rtp.is_empty());
    run(&mut sender, MS(1_500), &mut record);
    let (at, _, summary) = &record.rtp[0];
    assert_eq!((*at, summary.sequence, summary.timestamp), (MS(1_500), info.sequence, info.rtptime));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is asked for: RTP-Info is exact, numbers are consecutive, time never goes back.
    #[test]
    fn any_orders_keep_the_stream_sound(
        orders in proptest::collection::vec(
            (0u64..450, proptest::option::of(0u64..450), "-?(0[.]3|1|2[.]7)", "(0[.]5|1|3)", 0u64..300, 0u8..5),
            1..12),
    ) {
        let mut sender = sender();
        let mut now = MS(1_000);
        let mut sent: Vec<RtpSummary> = Vec::new();
        for (from, until, scale, speed, wait, what) in orders {
            let mut promised: Option<PlayInfo> = None;
            match what {
                0 => drop(sender.pause(now)),
                1 => drop(sender.queue(&range(from, until, &scale, &speed))),
                2 => drop(sender.pause_at(now, ms(from))),
                _ => {
                    let info = sender.play_range(now, now, &range(from, until, &scale, &speed));
                    // A range may have no picture; then nothing is promised.
                    let span = info.from.min(info.until)..=info.from.max(info.until);
                    let has_picture = (0..10).any(|n| span.contains(&ms(40 * n)));
                    promised = Some(info).filter(|info| has_picture && info.from != info.until);
                }
            }
            now += ms(wait);
            let mut record = Record::default();
            run(&mut sender, now, &mut record);
            for (_, _, summary) in record.rtp {
                if let Some(last) = sent.last().filter(|last| last.ssrc == summary.ssrc) {
                    prop_assert_eq!(summary.sequence, last.sequence.wrapping_add(1));
                    prop_assert!((summary.timestamp.wrapping_sub(last.timestamp) as i32) >= 0);
                }
                if let Some(info) = promised.filter(|info| info.sequence == summary.sequence) {
                    prop_assert_eq!((info.rtptime, info.ssrc), (summary.timestamp, summary.ssrc));
                    promised = None;
                }
                sent.push(summary);
            }
        }
    }
}
