//! Captures that nobody made in earnest: whatever is in a file, it makes a sound tape or a clear
//! refusal, within bounds.

use super::*;
use crate::tape::{Carried, MAX_TAPE_OCTETS, MessageTransport};
use crate::{FrameId, MessageId, PictureId};
use protocol::random::Dice;

/// Files that are tried of each kind.
const TRIES: usize = 60;

/// Everything on the tape names only what is on it, and has its octets.
fn check(foreign: &Foreign) {
    let tape = foreign.tape();
    let (messages, frames) = (tape.messages().end(), tape.frames().end());
    let (nodes, links) = (foreign.nodes().len() as u32, foreign.links().len() as u32);
    let mut before = SimTime::ZERO;
    for (number, record) in tape.messages().iter().enumerate() {
        assert!(record.at >= before, "messages are in the order of their times");
        before = record.at;
        assert!(record.from.0 < nodes && record.to.is_none_or(|to| to.0 < nodes));
        assert!(record.cause.is_none_or(|cause| cause.0 < messages));
        let octets = tape.message_bytes(MessageId(number as u64)).unwrap();
        assert!(octets.len() <= record.length as usize);
        if let MessageTransport::Tcp { range, .. } = &record.transport {
            assert_eq!(range.end - range.start, u64::from(record.length));
        }
    }
    let mut before = SimTime::ZERO;
    for (number, record) in tape.frames().iter().enumerate() {
        assert!(record.at >= before && record.node.0 < nodes);
        before = record.at;
        assert!(tape.frame_bytes(FrameId(number as u64)).is_some());
        match &record.carried {
            Carried::Udp { message: Some(message), .. } => assert!(message.0 < messages),
            Carried::Tcp { stream, .. } => assert!(stream.start <= stream.end),
            _ => {}
        }
    }
    for hop in tape.hops().iter() {
        assert!(hop.frame.0 < frames && hop.link.0 < links && hop.arrive >= hop.start);
    }
    for delivery in tape.deliveries().iter() {
        assert!(delivery.message.0 < messages && delivery.frame.is_none_or(|frame| frame.0 < frames));
    }
    for (number, picture) in tape.pictures().iter().enumerate() {
        assert!(picture.slots.iter().all(|(_, message)| message.is_none_or(|message| message.0 < messages)));
        let packets = tape.picture_packets(PictureId(number as u64)).unwrap();
        // Whatever it is, rebuilding it ends.
        let _ = protocol::rtp::jpeg::rebuild(packets.iter().map(|packet| &packet[..]));
    }
    assert!(tape.octets() <= MAX_TAPE_OCTETS);
}

fn spoil(frames: &mut Vec<Captured>, dice: &mut Dice) {
    let below = |dice: &mut Dice, bound: usize| (dice.u64() % bound.max(1) as u64) as usize;
    for _ in 0..1 + below(dice, 40) {
        let at = below(dice, frames.len());
        let other = below(dice, frames.len());
        let mut octets = frames[at].bytes.to_vec();
        let place = below(dice, octets.len().min(120));
        match below(dice, 10) {
            0 => drop(frames.remove(at)),
            1 => frames.insert(at, frames[other].clone()),
            2 => frames.swap(at, other),
            3 => frames[at].unix_nanos = dice.u64(),
            4 => frames[at].original = dice.u32(),
            5 => frames[at].bytes = frames[at].bytes.slice(..place),
            6 => frames[at].fcs = !frames[at].fcs,
            7 => {
                octets[place] ^= 1 << below(dice, 8);
                frames[at].bytes = octets.into();
            }
            8 => {
                octets[place] = dice.u16() as u8;
                frames[at].bytes = octets.into();
            }
            _ => {
                octets.extend((0..place).map(|_| dice.u16() as u8));
                frames[at].bytes = octets.into();
            }
        }
        // What has an FCS that does not fit is passed over; most shall be read.
        if let Some(frame) = frames.get_mut(at).filter(|_| below(dice, 8) > 0) {
            frame.fcs = false;
        }
        if frames.is_empty() {
            return;
        }
    }
}

fn try_all(name: &str, scenario: &str, millis: u64) {
    let (_, frames) = captured(&Scenario::builtin(scenario).unwrap(), None, millis);
    let mut dice = Dice::new(7, name);
    let mut refused = 0;
    for _ in 0..TRIES {
        let mut frames = frames.clone();
        spoil(&mut frames, &mut dice);
        match Foreign::open(name, frames, Vec::new()) {
            Ok(mut foreign) => {
                foreign.run_until(foreign.end());
                check(&foreign);
            }
            Err(error) => {
                refused += 1;
                assert!(!error.to_string().is_empty());
            }
        }
    }
    assert!(refused < TRIES / 2, "{refused} of {TRIES} were refused");
}

#[test]
fn spoilt_captures_over_udp() {
    try_all("udp", "classroom", 400);
}

#[test]
fn spoilt_captures_over_tcp() {
    try_all("tcp", "classroom-tcp", 400);
}

#[test]
fn spoilt_captures_of_the_student_project() {
    try_all("lab", "classroom-lab", 400);
}

#[test]
fn spoilt_captures_with_a_group() {
    try_all("group", "classroom-multicast", 400);
}

/// One octet after the other, a whole stream: no reading from the start each time.
#[test]
fn a_stream_that_comes_octet_by_octet_is_read_in_bounded_time() {
    let (_, frames) = captured(&Scenario::builtin("classroom-tcp").unwrap(), None, 200);
    let mut small = Vec::new();
    for frame in frames {
        if frame.bytes[23] != 6 || frame.bytes.len() <= 90 {
            small.push(frame);
            continue;
        }
        // Ethernet, IPv4 without options, TCP with its own.
        let header = 34 + usize::from(frame.bytes[46] >> 4) * 4;
        let (head, data) = (frame.bytes.slice(..header), frame.bytes.slice(header..frame.bytes.len() - 4));
        let seq = u32::from_be_bytes([head[38], head[39], head[40], head[41]]);
        for (place, octet) in data.iter().enumerate() {
            let mut bytes = head.to_vec();
            bytes[16..18].copy_from_slice(&(header as u16 - 14 + 1).to_be_bytes());
            bytes[38..42].copy_from_slice(&seq.wrapping_add(place as u32).to_be_bytes());
            bytes.push(*octet);
            let original = bytes.len() as u32;
            small.push(Captured { fcs: false, original, bytes: bytes.into(), ..frame });
        }
    }
    assert!(small.len() > 50_000, "{}", small.len());
    let foreign = played(small);
    assert!(foreign.tape().pictures().end() > 1, "{} pictures", foreign.tape().pictures().end());
}
