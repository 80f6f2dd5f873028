//! Runs that are simulated ahead: whole, the same each time, within bounds, and only as long as
//! they are wanted.

use super::super::legs::{self, Ahead};
use super::making::Making;
use super::*;
use crate::room::{Doors, Key, Room};
use protocol::media::Catalogue;
use simulator::WorldOptions;
use simulator::script::Script;
use std::time::Duration;

fn setting() -> Setting {
    Setting {
        first: Scenario::builtin("classroom").unwrap(),
        scenarios: Vec::new(),
        lessons: Arc::default(),
        catalogue: Arc::new(Catalogue::with_demo()),
        options: WorldOptions {
            history: Duration::from_secs(5),
            secret: Some([7; 32]),
            ..WorldOptions::default()
        },
        repeatable: true,
        lab_dialect: false,
        rtsp_url: "rtsp://127.0.0.1:8554/".to_owned(),
        tshark: None,
    }
}

fn wanted(seconds: u64) -> Wanted {
    Wanted { plan: plan(seconds), lesson: None }
}

fn plan(seconds: u64) -> RunPlan {
    let scenario = Scenario::builtin("classroom-loss").unwrap();
    let text = "[[order]]\nat = \"2s\"\nrequest = \"PAUSE\"\n[[order]]\nat = \"3s\"\nrequest = \"PLAY\"";
    let script = Script::parse(text, "script", &scenario).unwrap();
    RunPlan { script, length: Duration::from_secs(seconds), ..RunPlan::new(scenario, 11) }
}

fn room() -> (Room, Doors) {
    Room::new(Key::Implicit)
}

#[test]
fn a_run_is_there_as_a_whole_whatever_the_history_and_can_be_forked_everywhere() {
    let (room, _doors) = room();
    let once = make(4, &wanted(25), &setting(), (&room, &AtomicBool::new(false))).unwrap().unwrap();
    let tape = once.world.tape();
    assert_eq!((once.world.now(), tape.oldest()), (SimTime::from_secs(25), SimTime::ZERO));
    assert_eq!((once.number(), &*once.run.seed, once.world.inputs().entries().end()), (4, "11", 2));
    assert_eq!(once.moments.first(), SimTime::ZERO);
    assert!(once.moments.count() >= 3, "{}", once.moments.count());
    // Pages get the whole of it, and then only what is new.
    assert!(once.told.overview.cells().len() >= 250);

    let again = make(5, &wanted(25), &setting(), (&room, &AtomicBool::new(false))).unwrap().unwrap();
    assert_ne!(once.run.id, again.run.id);
    let other = again.world.tape();
    assert_eq!(tape.frames().end(), other.frames().end());
    for frame in (0..tape.frames().end()).map(simulator::FrameId) {
        assert_eq!(tape.frame_bytes(frame), other.frame_bytes(frame), "{frame:?}");
    }
}

#[test]
fn its_progress_is_told_and_nobody_makes_what_is_not_wanted() {
    let (room, mut doors) = room();
    let mut making = Making::begin(4, &plan(25), &setting()).unwrap();
    making.advance(SimTime::from_secs(1)).unwrap();
    making.tell(&room);
    let Ok(Inbound::NextReached(reached)) = doors.inbox.try_recv() else { panic!("nothing was told") };
    assert_eq!((reached.run, reached.at), (4, SimTime::from_secs(1)));
    assert!(reached.octets > 100_000, "{}", reached.octets);

    assert!(make(4, &wanted(25), &setting(), (&room, &AtomicBool::new(true))).is_none());
    drop(doors);
    assert!(make(4, &wanted(25), &setting(), (&room, &AtomicBool::new(false))).is_none());
}

#[test]
fn what_cannot_be_made_says_why() {
    let (room, _doors) = room();
    let mut bad = wanted(25);
    let text = "[[order]]\nat = \"2s\"\nrequest = \"RECORD\"";
    bad.plan.script = Script::parse(text, "script", &bad.plan.scenario).unwrap();
    let reason = make(4, &bad, &setting(), (&room, &AtomicBool::new(false))).unwrap().unwrap_err();
    assert!(reason.starts_with("At 2 s the script's order RECORD was refused: "), "{reason}");

    let mut making = Making::begin(4, &plan(25), &setting()).unwrap();
    making.scripted.limit_tape(4 << 20);
    let reason = legs::simulate(&mut making, SimTime::from_secs(25), (&room, &AtomicBool::new(false)));
    let reason = reason.unwrap().unwrap_err();
    assert!(reason.contains("more memory") && reason.contains("shorter"), "{reason}");
    assert!(making.now() < SimTime::from_secs(25));
}

#[test]
fn who_is_connected_is_named_in_a_short_sentence() {
    let names = |count: usize| (1..=count).map(|number| format!("P{number}")).collect::<Vec<_>>();
    for (count, says) in [
        (0, "somebody is connected"),
        (1, "P1 is connected"),
        (2, "P1 and P2 are connected"),
        (5, "P1, P2, P3, P4 and P5 are connected"),
        (100, "P1, P2, P3, P4, P5 and 95 more are connected"),
    ] {
        assert_eq!(connected(&names(count)), says);
    }
}
