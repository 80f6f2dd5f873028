//! Captures as runs.

mod hostile;
mod made;
mod own;

use super::{Captured, Foreign, MAX_OCTETS};
use crate::capture::{Capture, Scope};
use crate::tape::Change;
use crate::{LinkId, Scenario, World, WorldOptions};
use bytes::Bytes;
use pcap_file::pcapng::{Block, PcapNgReader};
use protocol::media::Catalogue;
use protocol::rtp::receiver::DEFAULT_PLAYOUT_DELAY;
use protocol::time::SimTime;
use std::sync::{Arc, OnceLock};

/// The demo clip, as the server offers it.
fn catalogue() -> Arc<Catalogue> {
    static CLIP: OnceLock<Arc<Catalogue>> = OnceLock::new();
    CLIP.get_or_init(|| Arc::new(Catalogue::with_demo())).clone()
}

/// A scenario's run, and what an analyser on a cable of it captured.
fn captured(scenario: &Scenario, link: Option<&str>, millis: u64) -> (World, Vec<Captured>) {
    let mut world = World::new(scenario, catalogue(), WorldOptions::default()).unwrap();
    let link: LinkId = link.map_or(world.client_link(), |name| world.link_named(name)).unwrap();
    let capture = Capture::new(&world, Scope::Link(link), Vec::new()).unwrap();
    world.run_until(SimTime::from_millis(millis));
    let (file, _) = capture.finish(&world).unwrap();
    (world, frames(&file))
}

/// The frames of a file of our own.
fn frames(file: &[u8]) -> Vec<Captured> {
    let mut reader = PcapNgReader::new(file).unwrap();
    let mut frames = Vec::new();
    while let Some(block) = reader.next_block() {
        if let Block::EnhancedPacket(packet) = block.unwrap() {
            frames.push(Captured {
                unix_nanos: packet.timestamp.as_nanos() as u64,
                original: packet.original_len,
                fcs: true,
                bytes: Bytes::from(packet.data.into_owned()),
            });
        }
    }
    frames
}

/// A run of these frames, at its end.
fn played(frames: Vec<Captured>) -> Foreign {
    // As the built-in player does it, so that the two can be compared.
    let as_player = (MAX_OCTETS, DEFAULT_PLAYOUT_DELAY);
    let mut foreign = Foreign::open_within("test", frames, Vec::new(), as_player).unwrap();
    foreign.run_until(foreign.end());
    assert_eq!(foreign.next_event_at(), None);
    foreign
}

fn notes(foreign: &Foreign) -> Vec<String> {
    let note = |change: &Change| match change {
        Change::Note { text } => Some(text.clone()),
        _ => None,
    };
    foreign.tape().states().iter().filter_map(|state| note(&state.change)).collect()
}
