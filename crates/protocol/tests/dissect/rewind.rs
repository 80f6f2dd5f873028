//! Frames dissected long after they passed.

use crate::frames::{Conversation, over_tcp, over_udp};
use protocol::dissect::{Backlog, Dissection, Dissector, Fcs};

/// What a dissection shows, without what was remarked on the way.
fn shown(dissection: &Dissection) -> Vec<String> {
    let layers = dissection.layers.iter();
    layers.map(|layer| format!("{} {} {} {:?}", layer.name, layer.title, layer.summary, layer.bits)).collect()
}

/// The sequence number and length of the data of a frame from `from_port`.
fn stream_range(frame: &[u8], from_port: u16) -> Option<(u32, u32)> {
    let number =
        |at: usize, len: usize| frame[at..at + len].iter().fold(0u32, |n, octet| n << 8 | u32::from(*octet));
    let tcp = frame.len() > 54 && number(12, 2) == 0x0800 && frame[23] == 6;
    let data = tcp.then(|| number(16, 2) - 20 - (u32::from(frame[46]) >> 4) * 4)?;
    (number(34, 2) as u16 == from_port).then(|| (number(38, 4), data))
}

#[test]
fn an_old_frame_shows_what_it_showed() {
    for conversation in [over_udp(), over_tcp()] {
        let mut live = Dissector::new();
        let mut first = Vec::new();
        for (index, frame) in conversation.frames.iter().enumerate() {
            first.push(live.dissect(frame, Conversation::at(index), Fcs::Present));
        }
        let mut needed = 0;
        for (index, frame) in conversation.frames.iter().enumerate() {
            let (mut copy, backlog) = live.rewound_for(frame, Fcs::Present);
            if let Some(Backlog::Segments { from, sequence, .. }) = backlog {
                needed += 1;
                for (earlier, frame) in conversation.frames[..index].iter().enumerate() {
                    let Some((start, len)) = stream_range(frame, from.port()) else { continue };
                    if (start.wrapping_add(len).wrapping_sub(sequence) as i32) > 0 {
                        copy.dissect(frame, Conversation::at(earlier), Fcs::Present);
                    }
                }
            }
            let again = copy.dissect(frame, Conversation::at(index), Fcs::Present);
            assert_eq!(shown(&again), shown(&first[index]), "frame {index}");
        }
        assert!(needed > 0, "some message was cut");
    }
}

#[test]
fn a_repeated_segment_shows_its_messages_again() {
    let conversation = over_tcp();
    let mut dissector = Dissector::new();
    for (index, frame) in conversation.frames.iter().enumerate() {
        let first = dissector.dissect(frame, Conversation::at(index), Fcs::Present);
        if first.buffers.is_empty() {
            let again = dissector.dissect(frame, Conversation::at(index), Fcs::Present);
            let names = |dissection: &Dissection| -> Vec<_> {
                dissection.layers.iter().map(|layer| layer.name).collect()
            };
            assert_eq!(names(&again), names(&first), "frame {index}");
        }
    }
}
