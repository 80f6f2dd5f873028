//! Recorded answers, sentences included: what a reader of the page sees.

use crate::frames::{CLIENT, Conversation, SERVER, groups, lower_layers, over_tcp, over_udp, rtp, udp};
use protocol::dissect::{Dissection, Dissector, Fcs, Field};
use std::fmt::Write;

fn field(text: &mut String, field: &Field, depth: usize) {
    let indent = "  ".repeat(depth);
    let bits = field.bits;
    let name = field.name.unwrap_or("-");
    let line = format!(
        "{indent}{} [{}] {name} @{}+{}: {}",
        field.label, field.short, bits.start, bits.len, field.value
    );
    writeln!(text, "{line}\n{indent}  \"{}\" ({})", field.meaning(), field.rfc)
        .expect("a string takes everything");
    for child in &field.children {
        self::field(text, child, depth + 1);
    }
}

fn written(dissection: &Dissection) -> String {
    let mut text = String::new();
    for layer in &dissection.layers {
        let end = layer.bits.end() / 8;
        let head = format!(
            "{} (layer {}, {:?} {}..{end})",
            layer.name,
            layer.osi,
            layer.source,
            layer.bits.start / 8
        );
        writeln!(text, "{head} {} | {}", layer.title, layer.summary).expect("a string takes everything");
        for field in &layer.fields {
            self::field(&mut text, field, 1);
        }
    }
    for note in &dissection.notes {
        let about = dissection.layers.get(note.layer).map_or("nothing", |layer| layer.name);
        writeln!(text, "note {:?} on {about}: {}", note.kind, note.text).expect("a string takes everything");
    }
    text
}

/// The answer for frame `wanted`, counted from 1, of a conversation.
fn answer(conversation: &Conversation, wanted: usize) -> String {
    let mut dissector = Dissector::new();
    let frames = conversation.frames[..wanted].iter().enumerate();
    let last =
        frames.map(|(index, frame)| dissector.dissect(frame, Conversation::at(index), Fcs::Present)).last();
    written(&last.expect("frames count from 1"))
}

#[test]
fn lower_layers_read_like_this() {
    let all = lower_layers();
    insta::assert_snapshot!("arp_request", answer(&all, 1));
    insta::assert_snapshot!("echo_request", answer(&all, 3));
    insta::assert_snapshot!("time_exceeded", answer(&all, 5));
    insta::assert_snapshot!("options_of_ipv4", answer(&all, 9));
    insta::assert_snapshot!("last_fragment", answer(&all, 12));
    insta::assert_snapshot!("wrong_checksums", answer(&all, 15));
}

#[test]
fn groups_read_like_this() {
    let all = groups();
    insta::assert_snapshot!("membership_query", answer(&all, 1));
    insta::assert_snapshot!("membership_report", answer(&all, 2));
    insta::assert_snapshot!("leave_group", answer(&all, 4));
}

#[test]
fn a_session_over_udp_reads_like_this() {
    let all = over_udp();
    insta::assert_snapshot!("syn", answer(&all, 1));
    insta::assert_snapshot!("description_put_together", answer(&all, 8));
    insta::assert_snapshot!("setup_agreed", answer(&all, 10));
    insta::assert_snapshot!("play_agreed", answer(&all, 12));
    insta::assert_snapshot!("sender_report", answer(&all, 13));
    insta::assert_snapshot!("first_piece_of_a_picture", answer(&all, 14));
    insta::assert_snapshot!("receiver_report_and_goodbye", answer(&all, 17));
}

#[test]
fn a_session_in_its_connection_reads_like_this() {
    let all = over_tcp();
    insta::assert_snapshot!("setup_interleaved", answer(&all, 9));
    insta::assert_snapshot!("segment_that_ends_a_piece_and_begins_another", answer(&all, 12));
}

/// What ffmpeg publishes when it copies pictures that have restart intervals.
#[test]
fn restart_markers_that_the_type_denies_are_remarked_on() {
    let notes = |kind: u8, scan: &[u8]| {
        let mut all = over_udp();
        // As far as the answer to PLAY.
        all.frames.truncate(12);
        let head =
            [&[0, 0, 0, 0, kind, 80, 80, 45][..], &[0, 4, 0xff, 0xff][..if kind < 64 { 0 } else { 4 }]];
        let payload = [&head.concat(), scan].concat();
        all.push(udp((SERVER, 6_970), (CLIENT, 49_154), &rtp(true, 4_711, &payload)));
        let text = answer(&all, 13);
        assert!(text.contains("JPEG"), "{text}");
        text.lines().filter(|line| line.starts_with("note")).map(str::to_owned).collect::<Vec<_>>()
    };
    let told = notes(1, &[1, 2, 0xff, 0xd0, 3]);
    assert!(matches!(&told[..], [note] if note.contains("RFC 2435 3.1.7")), "{told:?}");
    assert_eq!(notes(65, &[1, 2, 0xff, 0xd0, 3]), [""; 0], "announced");
    assert_eq!(notes(1, &[1, 2, 0xff, 0, 0xd0, 0xff]), [""; 0], "no marker");
}
