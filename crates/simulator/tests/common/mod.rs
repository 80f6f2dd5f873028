//! What the tests of whole worlds share.
#![allow(dead_code)] // Each test file uses its part.

use protocol::media::Catalogue;
use protocol::message::What;
use protocol::time::SimTime;
use simulator::tape::{FrameCause, MessageRecord, Outcome};
use simulator::{Scenario, Tape, World, WorldOptions};
use std::sync::{Arc, OnceLock};

/// The demo clip, as the server offers it.
pub fn catalogue() -> Arc<Catalogue> {
    static CLIP: OnceLock<Arc<Catalogue>> = OnceLock::new();
    CLIP.get_or_init(|| Arc::new(Catalogue::with_demo())).clone()
}

pub fn world(scenario: &str) -> World {
    world_with(scenario, WorldOptions::default())
}

pub fn world_with(scenario: &str, options: WorldOptions) -> World {
    World::new(&Scenario::builtin(scenario).expect("a built-in scenario"), catalogue(), options)
        .expect("a world")
}

pub fn run(scenario: &str, seconds: u64) -> World {
    let mut world = world(scenario);
    world.run_until(SimTime::from_secs(seconds));
    world
}

/// Requests and responses as a list: `OPTIONS`, `200`, `DESCRIBE`, ...
pub fn conversation(tape: &Tape) -> Vec<String> {
    tape.messages().iter().filter_map(rtsp_word).collect()
}

pub fn rtsp_word(message: &MessageRecord) -> Option<String> {
    match &message.what {
        What::Request { method, .. } => Some(method.clone()),
        What::Response { status, .. } => Some(status.to_string()),
        _ => None,
    }
}

/// Frames that were lost, dropped or sent twice: none on a good day.
pub fn troubles(tape: &Tape) -> Vec<String> {
    let lost = tape.hops().iter().filter(|h| h.fate.is_some()).map(|h| format!("{h:?}"));
    let dropped = tape
        .receipts()
        .iter()
        .filter(|r| matches!(r.outcome, Outcome::Dropped { .. }))
        .map(|r| format!("{r:?}"));
    let repeated = tape
        .frames()
        .iter()
        .filter(|f| {
            matches!(&f.cause, FrameCause::Stack { cause: simulator::stack::Cause::Retransmit(_), .. })
        })
        .map(|f| format!("{f:?}"));
    lost.chain(dropped).chain(repeated).collect()
}

/// A number that stands for all that is on the tape, octets included (FNV-1a).
pub fn fingerprint(world: &World) -> u64 {
    let tape = world.tape();
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for number in tape.frames().start()..tape.frames().end() {
        add(&tape.frame_bytes(simulator::FrameId(number)).expect("kept"));
    }
    for hop in tape.hops().iter() {
        add(format!("{hop:?}").as_bytes());
    }
    for receipt in tape.receipts().iter() {
        add(format!("{receipt:?}").as_bytes());
    }
    for message in tape.messages().iter() {
        add(format!("{:?} {:?} {:?}", message.at, message.what, message.cause).as_bytes());
    }
    for state in tape.states().iter() {
        add(format!("{state:?}").as_bytes());
    }
    for record in tape.tcp().iter() {
        add(format!("{record:?}").as_bytes());
    }
    for delivery in tape.deliveries().iter() {
        add(format!("{delivery:?}").as_bytes());
    }
    for picture in tape.pictures().iter() {
        add(format!("{picture:?}").as_bytes());
    }
    hash
}

/// Forks `world` at moments all over its time without a change: each fork is the same.
pub fn forks_are_the_same(name: &str, moments: &simulator::fork::Moments, world: &World) {
    let whole = fingerprint(world);
    for part in [0u32, 13, 47, 78, 100] {
        let at = moments.first() + world.now().since(moments.first()) / 100 * part;
        let mut fork = simulator::fork::Fork::begin(moments, world, at, None).expect("it can be forked");
        assert!(fork.began() <= at, "{name}");
        // Some of the way, and the rest: where it pauses makes no difference.
        let middle = fork.began().max(at);
        fork.advance(world.inputs(), middle).expect("nothing was let go");
        fork.advance(world.inputs(), world.now()).expect("nothing was let go");
        assert_eq!(fork.compare(world.tape(), world.now()), None, "{name}, fork at {at}");
        assert_eq!(fingerprint(fork.world()), whole, "{name}, fork at {at}");
    }
}
