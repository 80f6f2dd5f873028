//! Any octets, and recorded conversations with any damage.

use crate::frames::{Conversation, groups, lower_layers, over_tcp, over_udp};
use crate::invariants::check;
use proptest::prelude::*;
use protocol::dissect::{Dissector, Fcs, specs};

/// Dissects a conversation and checks every frame.
fn run(frames: &[Vec<u8>], fcs: Fcs) {
    let mut dissector = Dissector::new();
    for (index, frame) in frames.iter().enumerate() {
        let dissection = dissector.dissect(frame, Conversation::at(index), fcs);
        check(frame, &dissection);
    }
}

#[test]
fn conversations_keep_the_rules_with_and_without_fcs() {
    for conversation in [lower_layers(), groups(), over_udp(), over_tcp()] {
        run(&conversation.frames, Fcs::Present);
        let bare: Vec<_> =
            conversation.frames.iter().map(|frame| frame[..frame.len() - 4].to_vec()).collect();
        run(&bare, Fcs::Absent);
        for len in 0..conversation.frames[0].len() {
            let cut: Vec<_> =
                conversation.frames.iter().map(|frame| frame[..len.min(frame.len())].to_vec()).collect();
            run(&cut, Fcs::Absent);
        }
    }
}

#[test]
fn every_row_of_the_tables_is_well_formed() {
    let mut rows = 0;
    for spec in specs() {
        rows += 1;
        assert!(spec.short.chars().count() <= 12, "{}: {} fits the strip", spec.label, spec.short);
        assert!(!spec.label.is_empty() && !spec.short.is_empty(), "{spec:?}");
        assert!(spec.name.is_none_or(|name| name.contains('.')), "{spec:?}");
        let known = spec.rfc.starts_with("RFC ")
            || spec.rfc.starts_with("ITU-T ")
            || spec.rfc.starts_with("IEEE 802.3 ")
            || spec.rfc.starts_with("IEEE 802.1Q ")
            // The registry of link types at tcpdump.org.
            || spec.rfc.starts_with("LINKTYPE_")
            // What never became an RFC.
            || spec.rfc.starts_with("draft-")
            || spec.label == "Data";
        assert!(known, "{}: {:?} names its source", spec.label, spec.rfc);
    }
    assert!(rows > 250, "{rows} rows");
}

/// Damage: which frame, where in it, with what.
fn damage() -> impl Strategy<Value = Vec<(usize, usize, u8)>> {
    proptest::collection::vec((any::<usize>(), any::<usize>(), any::<u8>()), 1..12)
}

fn damaged(conversation: &Conversation, damage: &[(usize, usize, u8)]) -> Vec<Vec<u8>> {
    let mut frames = conversation.frames.clone();
    for (frame, at, value) in damage {
        let count = frames.len();
        let frame = &mut frames[frame % count];
        let len = frame.len();
        frame[at % len] = *value;
    }
    frames
}

proptest! {

    #[test]
    fn any_octets(frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 1..4)) {
        run(&frames, Fcs::Present);
        run(&frames, Fcs::Absent);
    }

    #[test]
    fn any_octets_in_a_datagram(payload in proptest::collection::vec(any::<u8>(), 0..200), rtp in any::<bool>()) {
        let mut frames = over_udp().frames;
        let port = if rtp { 49_154 } else { 49_155 };
        frames.push(crate::frames::udp((crate::frames::SERVER, 7), (crate::frames::CLIENT, port), &payload));
        run(&frames, Fcs::Present);
    }

    #[test]
    fn any_octets_in_the_stream(payloads in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..100), 1..6)) {
        let mut conversation = over_tcp();
        for payload in payloads {
            conversation.send(crate::frames::Side::Client, &payload);
        }
        run(&conversation.frames, Fcs::Present);
    }

    #[test]
    fn any_damage(damage in damage(), which in 0..4usize) {
        let conversation = [lower_layers, groups, over_udp, over_tcp][which]();
        run(&damaged(&conversation, &damage), Fcs::Present);
    }

    #[test]
    fn any_order(seed in any::<u64>(), which in 0..4usize) {
        let conversation = [lower_layers, groups, over_udp, over_tcp][which]();
        let mut frames = conversation.frames;
        let mut state = seed;
        for index in (1..frames.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            frames.swap(index, (state >> 33) as usize % (index + 1));
        }
        run(&frames, Fcs::Present);
    }
}

#[test]
fn a_frame_that_completes_thousands_of_messages_shows_a_bounded_number() {
    use crate::frames::Side;
    use protocol::dissect::{NoteKind, limits::MAX_LAYERS};

    let mut conversation = over_tcp();
    let before = conversation.frames.len();
    // An empty `$` frame takes four octets. The first segment is held back.
    let held = conversation.segment(Side::Server, b"$\0\0\0", |_| ());
    conversation.advance(Side::Server, 4);
    for _ in 0..10 {
        conversation.send(Side::Server, &b"$\0\0\0".repeat(300));
    }
    conversation.push(held);
    let mut dissector = Dissector::new();
    for (index, frame) in conversation.frames.iter().enumerate() {
        let dissection = dissector.dissect(frame, Conversation::at(index), Fcs::Present);
        check(frame, &dissection);
        assert!(dissection.layers.len() <= MAX_LAYERS + 8);
        let limited = dissection.notes.iter().any(|note| note.kind == NoteKind::Limit);
        assert_eq!(limited, index == before + 10, "frame {index}");
    }
}
