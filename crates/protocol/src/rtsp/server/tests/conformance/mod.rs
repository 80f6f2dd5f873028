//! One table: what is sent, and what must be answered.
//!
//! Each case is run with its octets whole, one by one and in threes; the answers must be
//! the same.

mod cases;

use super::rig::{Out, Rig};
use crate::rtsp::ServerEvent;
use cases::Given::*;
use cases::Then::*;
use cases::{Case, Given};

fn prepare(given: Given) -> (Rig, String) {
    let mut rig = Rig::connected(|config| config.lab_dialect = given == Lab);
    let session = match given {
        Nothing | Lab => String::new(),
        Ready | Playing => rig.setup_udp(),
        Interleaved => rig.setup_tcp(),
    };
    if matches!(given, Playing | Interleaved) {
        assert_eq!(rig.play(&session, "").status.0, 200);
    }
    rig.out = Out::default();
    (rig, session)
}

/// Runs a case, its octets in pieces of `step`.
fn run(case: &Case, step: usize) -> (Rig, String) {
    let (mut rig, session) = prepare(case.1);
    let octets = cases::octets(case.2, &session);
    for piece in octets.chunks(step) {
        rig.send(piece);
    }
    (rig, session)
}

#[test]
fn every_case_is_answered_as_the_table_says() {
    for case in cases::all() {
        let (name, _, _, answers, notes, then) = case;
        let (rig, session) = run(case, usize::MAX);
        let found = &rig.out.responses;
        assert_eq!(found.len(), answers.len(), "{name}: {found:?}");
        for ((_, response), expected) in found.iter().zip(*answers) {
            let header = |name: &str| response.headers.get(name).map(str::to_owned);
            // The test's clock stands still but for what the server itself waits for.
            cases::check(name, expected, (&session, 0.1), response.status.0, header);
        }
        let rules: Vec<&str> = rig
            .out
            .events
            .iter()
            .filter_map(|event| match event {
                ServerEvent::Deviation { rule, .. } => Some(*rule),
                _ => None,
            })
            .collect();
        for note in *notes {
            assert!(rules.contains(note), "{name}: {note} is not among {rules:?}");
        }
        if notes.is_empty() && answers.iter().all(|answer| answer.starts_with('2')) {
            let rules: Vec<_> = rules.iter().filter(|rule| **rule != "RFC 2326 12.17").collect();
            assert!(rules.is_empty(), "{name}: nothing is odd about it, but {rules:?}");
        }
        assert_eq!(!rig.out.closed.is_empty(), *then == Closed, "{name}");
        assert!(rig.out.closed.iter().all(|(_, abort)| !abort), "{name}: no answer is lost");
    }
}

#[test]
fn the_answers_do_not_depend_on_how_the_octets_are_cut() {
    for case in cases::all() {
        let (whole, _) = run(case, usize::MAX);
        for step in [1, 3] {
            let (cut, _) = run(case, step);
            assert_eq!(cut.out.responses, whole.out.responses, "{}", case.0);
            assert_eq!(cut.out.closed, whole.out.closed, "{}", case.0);
        }
    }
}

#[test]
fn the_cases_have_names_of_their_own() {
    let mut names: Vec<&str> = cases::all().map(|case| case.0).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(all >= 200, "{all}");
}

#[test]
fn rtsp_types_reads_every_answer() {
    for case in cases::all() {
        let (rig, _) = run(case, usize::MAX);
        for (_, response) in &rig.out.responses {
            let octets = response.write();
            let (_, used) = rtsp_types::Message::<Vec<u8>>::parse(&octets).expect(case.0);
            assert_eq!(used, octets.len(), "{}", case.0);
        }
    }
}
