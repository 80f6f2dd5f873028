//! How many frames are dissected in a second: `cargo bench -p protocol --bench dissect`.
#![allow(clippy::disallowed_types, clippy::disallowed_methods)] // A stopwatch needs a clock.

#[path = "../tests/dissect/frames.rs"]
#[allow(dead_code)]
mod frames;

use frames::Conversation;
use protocol::dissect::{Dissector, Fcs};
use std::hint::black_box;

/// How often each conversation is dissected.
const ROUNDS: usize = 2_000;

fn main() {
    for (name, conversation) in
        [("lower layers", frames::lower_layers()), ("UDP", frames::over_udp()), ("TCP", frames::over_tcp())]
    {
        let begin = std::time::Instant::now();
        let mut fields = 0;
        for _ in 0..ROUNDS {
            let mut dissector = Dissector::new();
            for (index, frame) in conversation.frames.iter().enumerate() {
                let dissection = dissector.dissect(black_box(frame), Conversation::at(index), Fcs::Present);
                fields += black_box(&dissection).layers.iter().map(|layer| layer.fields.len()).sum::<usize>();
            }
        }
        let seconds = begin.elapsed().as_secs_f64();
        let frames = ROUNDS * conversation.frames.len();
        println!(
            "{name}: {frames} frames in {seconds:.3} s, {:.0} frames/s, {fields} top fields",
            frames as f64 / seconds
        );
    }
}
