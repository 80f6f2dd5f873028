//! Scenarios that are made to show one thing: that they show it, and how strongly.

mod common;

use common::*;
use protocol::time::SimTime;
use simulator::link::Fate;
use simulator::tape::{Change, PictureRecord};
use simulator::{LinkId, Scenario, Tape, World, WorldOptions};
use std::time::Duration;

fn holes(tape: &Tape) -> usize {
    tape.pictures().iter().filter(|picture| !picture.complete).count()
}

fn lost(tape: &Tape) -> usize {
    tape.hops().iter().filter(|hop| matches!(hop.fate, Some(Fate::Lost))).count()
}

/// The longest time between two pictures on the screen.
fn longest_wait(tape: &Tape) -> Duration {
    let pictures: Vec<&PictureRecord> = tape.pictures().iter().collect();
    pictures.windows(2).map(|pair| pair[1].at.since(pair[0].at)).max().expect("pictures were shown")
}

#[test]
fn with_jitter_nothing_is_lost_and_a_longer_wait_saves_all() {
    let short = run("classroom-jitter", 10);
    let counts = short.tape().pictures().iter().next_back().expect("pictures were shown").stats;
    assert_eq!((lost(short.tape()), counts.lost), (0, 0));
    assert!(counts.late > 50 && holes(short.tape()) > 10, "{counts:?}");

    let text = include_str!("../scenarios/classroom-jitter.toml");
    let long = text.replace("playout_delay = \"20 ms\"", "playout_delay = \"60 ms\"");
    assert_ne!(text, long);
    let long = Scenario::parse(&long, "long.toml").expect("it can be read");
    let mut long = World::new(&long, catalogue(), WorldOptions::default()).expect("a world");
    long.run_until(SimTime::from_secs(10));
    let counts = long.tape().pictures().iter().next_back().expect("pictures were shown").stats;
    assert_eq!((counts.late, holes(long.tape())), (0, 0));
}

#[test]
fn over_tcp_the_same_cable_stops_the_film_and_over_udp_it_never_does() {
    let (tcp, udp) = (run("classroom-tcp-loss", 6), run("classroom-loss", 6));
    assert!(lost(tcp.tape()) > 10 && lost(udp.tape()) > 10);
    assert_eq!(longest_wait(udp.tape()), Duration::from_millis(40));
    assert!(longest_wait(tcp.tape()) > Duration::from_secs(1));
    assert!(holes(tcp.tape()) < holes(udp.tape()), "{} {}", holes(tcp.tape()), holes(udp.tape()));
}

#[test]
fn one_lost_fragment_takes_its_whole_picture() {
    let world = run("classroom-fragments", 10);
    let tape = world.tape();
    // Both runs lose about as many frames; here no picture has a hole, since it is not there at all.
    assert_eq!(holes(tape), 0);
    let shown: Vec<u32> = tape.pictures().iter().filter_map(|picture| picture.number).collect();
    let gone = shown.windows(2).map(|pair| pair[1] - pair[0] - 1).sum::<u32>() as usize;
    assert!(gone > 10 && gone <= lost(tape), "{gone} pictures, {} frames", lost(tape));
}

#[test]
fn a_quiet_neighbours_cable_carries_one_broadcast() {
    let world = run("classroom-two", 4);
    let on = |name: &str, until: u64| {
        let link = world.links().iter().position(|link| link.name == name).expect("it has that cable");
        let hops = world.tape().hops().iter().filter(move |hop| hop.link == LinkId(link as u32));
        hops.filter(|hop| hop.start < SimTime::from_secs(until)).count()
    };
    assert_eq!(on("client-2", 2), 1);
    assert!(on("client", 2) > 500 && on("client-2", 4) > 500);
}

#[test]
fn a_short_timeout_is_told_and_keeps_a_living_session() {
    let world = run("classroom-keepalive", 25);
    let tape = world.tape();
    let words = conversation(tape);
    assert_eq!(words.iter().filter(|word| *word == "GET_PARAMETER").count(), 5, "{words:?}");
    let told = (0..tape.messages().end()).any(|number| {
        let octets = tape.message_bytes(simulator::MessageId(number)).unwrap_or_default();
        String::from_utf8_lossy(&octets).contains(";timeout=10\r\n")
    });
    assert!(told, "the answer to SETUP tells the timeout");
    let ended = tape.states().iter().filter(|state| match &state.change {
        Change::Note { text } => text.contains("sign of life"),
        _ => false,
    });
    assert_eq!(ended.count(), 0);
}

#[test]
fn what_is_said_on_the_command_line_is_more_than_the_scenario() {
    let options = WorldOptions { session_timeout: Some(Duration::from_secs(30)), ..WorldOptions::default() };
    let mut world = world_with("classroom-keepalive", options);
    world.run_until(SimTime::from_secs(9));
    assert!(!conversation(world.tape()).iter().any(|word| word == "GET_PARAMETER"));
}
