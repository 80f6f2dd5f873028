//! When pictures are shown.

use super::*;

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

#[test]
fn a_longer_delay_holds_pictures_and_a_shorter_one_shows_them_at_once() {
    let mut receiver = receiver();
    let mut all = Vec::new();
    for n in 0..20u64 {
        let at = MS(40 * n);
        receiver.handle_timeout(at);
        receiver.receive_rtp(at, &single(1, n as u16, 3_600 * n as u32), n as usize);
        // The pictures of 160 and 200 ms wait when the delay grows; at 480 ms it shrinks.
        if n == 5 {
            receiver.set_playout_delay(at, ms(200));
        } else if n == 12 {
            receiver.set_playout_delay(at, ms(20));
        }
        all.extend(events(&mut receiver));
    }
    receiver.handle_timeout(MS(2_000));
    all.extend(events(&mut receiver));
    let shown: Vec<SimTime> = pictures(&all).iter().map(|p| p.shown_at).collect();
    let before = (0..4).map(|n| MS(60 + 40 * n));
    let held = (4..8).map(|n| MS(200 + 40 * n));
    // What was to be shown by 480 ms was shown by then; the rest is due, and no earlier than now.
    let at_once = (8..12).map(|_| MS(480));
    let after = (12..20).map(|n| MS(20 + 40 * n));
    assert_eq!(shown, before.chain(held).chain(at_once).chain(after).collect::<Vec<_>>());
    assert!(
        !all.iter()
            .any(|e| matches!(e, ReceiverEvent::Rebased { reason, .. } if *reason != RebaseReason::Start))
    );
}

#[test]
fn a_delay_is_at_most_what_the_buffer_can_hold() {
    let mut receiver = receiver();
    receiver.set_playout_delay(MS(0), Duration::from_secs(60));
    receiver.receive_rtp(MS(0), &single(1, 0, 0), 0);
    receiver.handle_timeout(MS(5_000));
    let shown: Vec<_> = pictures(&events(&mut receiver)).iter().map(|p| p.shown_at).collect();
    assert_eq!(shown, [SimTime::ZERO + MAX_PLAYOUT_DELAY]);
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
