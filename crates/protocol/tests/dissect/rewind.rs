//! Frames dissected long after they passed.

use crate::frames::{Conversation, lower_layers, over_tcp, over_udp};
use protocol::dissect::{Dissection, Dissector, Fcs};

/// What a dissection shows, without what was remarked on the way.
fn shown(dissection: &Dissection) -> Vec<String> {
    let layers = dissection.layers.iter();
    layers.map(|layer| format!("{} {} {} {:?}", layer.name, layer.title, layer.summary, layer.bits)).collect()
}

#[test]
fn an_old_frame_shows_what_it_showed() {
    for conversation in [lower_layers(), over_udp(), over_tcp()] {
        let mut live = Dissector::new();
        let mut first = Vec::new();
        for (index, frame) in conversation.frames.iter().enumerate() {
            first.push(live.dissect(frame, Conversation::at(index), Fcs::Present));
        }
        let mut needed = 0;
        for (index, frame) in conversation.frames.iter().enumerate() {
            let (mut copy, backlog) = live.rewound_for(frame, Fcs::Present);
            if let Some(backlog) = backlog {
                needed += 1;
                for (earlier, frame) in conversation.frames[..index].iter().enumerate() {
                    if backlog.wants(frame, Fcs::Present) {
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
