//! A capture of our own run, opened as anybody's, tells what the run's tape tells of that cable.

use super::*;
use crate::ids::NodeId;
use crate::tape::{MessageRecord, Outcome, Tape};
use protocol::message::What;
use std::time::Duration;

/// What is last on its way when a run is cut off may be on one tape and not on the other.
const TAIL: usize = 12;

/// What a message is by its own octets.
fn seen(record: &MessageRecord) -> (What, u32) {
    let mut what = record.what.clone();
    if let What::Rtp(rtp) = &mut what {
        rtp.picture = None;
    }
    (what, record.length)
}

/// What a client sent, and what it was sent and got.
fn messages(tape: &Tape, client: NodeId) -> [Vec<(What, u32)>; 2] {
    let sent = tape.messages().iter().filter(|record| record.from == client).map(seen).collect();
    let got = tape
        .deliveries()
        .iter()
        .filter(|delivery| delivery.node == client)
        .filter_map(|delivery| tape.messages().get(delivery.message.0).map(seen))
        .collect();
    [sent, got]
}

/// Timestamp, sequence numbers with what came, complete, decodable, and when it was shown.
type Picture = (u32, Vec<(u16, bool)>, bool, bool, SimTime);

fn pictures(tape: &Tape, client: NodeId) -> Vec<Picture> {
    tape.pictures()
        .iter()
        .filter(|picture| picture.client == client)
        .map(|picture| {
            let slots = picture.slots.iter().map(|(number, message)| (*number, message.is_some())).collect();
            (picture.timestamp, slots, picture.complete, picture.decodable, picture.at)
        })
        .collect()
}

/// Compares; answers how many messages, pictures and lost packets there were.
fn compare(name: &str, scenario: &Scenario, millis: u64) -> (usize, usize, usize) {
    let (world, frames) = captured(scenario, None, millis);
    let first = frames[0].unix_nanos;
    let foreign = played(frames);
    let client = NodeId(0);
    let (ours, theirs) = (world.tape(), foreign.tape());
    for (ours, theirs) in messages(ours, client).iter().zip(&messages(theirs, client)) {
        let count = ours.len().min(theirs.len());
        assert!(ours.len().abs_diff(theirs.len()) <= TAIL, "{name}: {} and {}", ours.len(), theirs.len());
        for (place, pair) in ours.iter().zip(theirs).enumerate() {
            assert_eq!(pair.0, pair.1, "{name}, message {place} of {count}");
        }
    }
    let (ours, theirs) = (pictures(ours, client), pictures(theirs, client));
    assert!(ours.len().abs_diff(theirs.len()) <= 6, "{name}: {} and {} pictures", ours.len(), theirs.len());
    let origin = Duration::from_nanos(first - world.options().epoch.unix_nanos(SimTime::ZERO));
    let mut lost = 0;
    let count = ours.len().min(theirs.len());
    for (place, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
        // At the cut what came last is missing on one side.
        if place + 6 < count {
            assert_eq!(
                (ours.0, &ours.1, ours.2, ours.3),
                (theirs.0, &theirs.1, theirs.2, theirs.3),
                "{name} {place}"
            );
            let theirs = theirs.4 + origin - super::super::BEFORE;
            let apart = ours.4.since(theirs).max(theirs.since(ours.4));
            assert!(apart < Duration::from_micros(200), "{name} {place}: {} {theirs}", ours.4);
            lost += ours.1.iter().filter(|(_, came)| !came).count();
        }
    }
    (theirs.len(), messages(foreign.tape(), client)[1].len(), lost)
}

#[test]
fn every_scenario_s_capture_tells_what_its_tape_tells() {
    for name in Scenario::names() {
        let mut scenario = Scenario::builtin(name).unwrap();
        // No capture tells that its player waited less than others do.
        let waits = &mut scenario.player.playout_delay;
        *waits = (*waits).max(Duration::from_millis(60));
        let (pictures, messages, lost) = compare(name, &scenario, 6_000);
        let plays = name != "classroom-publish";
        assert!(!plays || pictures > 10, "{name}: {pictures} pictures");
        assert!(!plays || messages > 100, "{name}: {messages} messages");
        assert!(name != "classroom" || lost == 0, "{lost} packets lost on a good day");
        assert!(name != "classroom-loss" || lost > 0);
    }
}

#[test]
fn tcp_that_repeats_is_put_together_and_its_repetitions_are_named() {
    let text = include_str!("../../../scenarios/classroom-loss.toml").replace("\"udp\"", "\"tcp\"");
    let scenario = Scenario::parse(&text, "loss-tcp.toml").unwrap();
    compare("loss-tcp", &scenario, 6_000);
    let (_, frames) = captured(&scenario, Some("server"), 6_000);
    let foreign = played(frames);
    use crate::tape::{FrameCause, Seen};
    let count = |wanted: fn(&Seen) -> bool| {
        let seen = foreign.tape().frames().iter().filter_map(|frame| match &frame.cause {
            FrameCause::Captured { seen } => Some(*seen),
            _ => None,
        });
        seen.filter(wanted).count()
    };
    assert!(count(|seen| matches!(seen, Seen::Repeats { first: Some(_) })) > 3, "retransmissions");
    assert!(count(|seen| matches!(seen, Seen::DuplicateAck)) > 3, "duplicate acknowledgements");
    assert_eq!(notes(&foreign), Vec::<String>::new());
}

#[test]
fn at_the_server_all_clients_have_their_places() {
    let scenario = Scenario::builtin("classroom-multicast").unwrap();
    let (world, frames) = captured(&scenario, Some("server"), 5_000);
    let foreign = played(frames);
    let players = |views: Vec<crate::world::ClientView>| {
        views.into_iter().map(|view| (view.state, view.transport, view.url)).collect::<Vec<_>>()
    };
    assert_eq!(players(foreign.clients()), players(world.clients()));
    let count = world.clients().len();
    assert!(count > 1);
    for client in 0..count as u32 {
        let shown = pictures(foreign.tape(), NodeId(client)).len();
        assert!(shown > 20, "client {client}: {shown} pictures");
    }
    let wrong = foreign.tape().receipts().iter().find(|r| matches!(r.outcome, Outcome::Dropped { .. }));
    assert!(wrong.is_none(), "{wrong:?}");
}

#[test]
fn the_same_file_makes_the_same_tape_and_time_tells_it_piece_by_piece() {
    let (_, frames) = captured(&Scenario::builtin("classroom").unwrap(), None, 1_500);
    let whole = played(frames.clone());
    let as_player = (MAX_OCTETS, DEFAULT_PLAYOUT_DELAY);
    let mut pieces = Foreign::open_within("test", frames, Vec::new(), as_player).unwrap();
    while let Some(at) = pieces.next_event_at() {
        assert!(at >= pieces.now());
        pieces.run_until(at);
        assert_eq!(pieces.now(), at);
    }
    let words = |foreign: &Foreign| {
        let tape = foreign.tape();
        let mut words = Vec::new();
        words.extend(tape.messages().iter().map(|record| format!("{record:?}")));
        words.extend(tape.frames().iter().map(|record| format!("{record:?}")));
        words.extend(tape.states().iter().map(|record| format!("{record:?}")));
        words.extend(tape.pictures().iter().map(|record| format!("{record:?}")));
        words
    };
    assert!(words(&whole) == words(&pieces));
    assert!(pieces.tape().octets() < crate::tape::MAX_TAPE_OCTETS);
}
