//! What a minute of the demo becomes over each preset and each transport: the table of
//! `docs/weather.md`.

mod common;

use common::*;
use protocol::message::What;
use protocol::time::SimTime;
use simulator::link::{LinkDirection, Preset, Probability};
use simulator::scenario::PlayerTransport;
use simulator::stack::CongestionAlgorithm;
use simulator::tape::{Change, FrameCause, Outcome};
use simulator::{MessageId, NodeId, Scenario, World, WorldOptions};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/weather.md");
/// What stands around a table, by its name.
const BEGIN: &str = "<!-- begin of NAME -->\n";
const END: &str = "<!-- end of NAME -->\n";

/// What came of one run, all of it from the tape.
#[derive(Debug)]
struct Delivery {
    /// RTP packets that the server handed to its transport.
    sent: usize,
    /// Those that reached the player's application, each counted once.
    came: usize,
    /// Their octets, RTP header included.
    octets: usize,
    /// Frames that were lost or dropped on the way, RTP or not.
    frames_lost: usize,
    /// Packets that came after their picture was due.
    late: u32,
    /// Pictures of which at least one packet was sent.
    pictures: usize,
    whole: usize,
    damaged: usize,
    /// TCP: stalls, how long they lasted together, and the longest.
    stalls: usize,
    stalled: Duration,
    longest: Duration,
    /// TCP: segments that were sent again.
    repeated: usize,
}

fn minute(preset: Option<&Preset>, transport: PlayerTransport) -> Delivery {
    delivery(&a_minute_of(&classroom(preset, transport)))
}

/// The classroom with a preset on the client's cable.
fn classroom(preset: Option<&Preset>, transport: PlayerTransport) -> Scenario {
    let mut scenario = Scenario::builtin("classroom").expect("built in");
    scenario.player.transport = transport;
    if let Some(preset) = preset {
        let cable = scenario.links.iter_mut().find(|link| link.name == "client").expect("the client's cable");
        cable.weather = LinkDirection::BOTH.map(|direction| preset.weather(direction).clone());
    }
    scenario
}

fn a_minute_of(scenario: &Scenario) -> World {
    let mut world = World::new(scenario, catalogue(), WorldOptions::default()).expect("a world");
    world.run_until(SimTime::ZERO + MINUTE);
    world
}

fn delivery(world: &World) -> Delivery {
    let tape = world.tape();
    let rtp: BTreeMap<MessageId, _> = (tape.messages().start()..)
        .zip(tape.messages().iter())
        .filter_map(|(number, message)| match &message.what {
            What::Rtp(rtp) => Some((MessageId(number), (message.length as usize, rtp.timestamp))),
            _ => None,
        })
        .collect();
    let came: BTreeSet<MessageId> =
        tape.deliveries().iter().map(|d| d.message).filter(|message| rtp.contains_key(message)).collect();
    let pictures: BTreeSet<u32> = rtp.values().map(|(_, timestamp)| *timestamp).collect();
    let over: Vec<Duration> = tape
        .states()
        .iter()
        .filter_map(|state| match state.change {
            Change::StallOver { since, .. } => Some(state.at.since(since)),
            _ => None,
        })
        .collect();
    let repeats = |cause: &FrameCause| {
        matches!(cause, FrameCause::Stack { cause: simulator::stack::Cause::Retransmit(_), .. })
    };
    let dropped = tape.receipts().iter().filter(|r| matches!(r.outcome, Outcome::Dropped { .. }));
    Delivery {
        sent: rtp.len(),
        came: came.len(),
        octets: came.iter().map(|message| rtp[message].0).sum(),
        frames_lost: tape.hops().iter().filter(|hop| hop.fate.is_some()).count() + dropped.count(),
        late: tape.pictures().iter().next_back().map_or(0, |picture| picture.stats.late),
        pictures: pictures.len(),
        whole: tape.pictures().iter().filter(|picture| picture.complete).count(),
        damaged: tape.pictures().iter().filter(|picture| !picture.complete && picture.decodable).count(),
        stalls: over.len(),
        stalled: over.iter().sum(),
        longest: over.iter().max().copied().unwrap_or_default(),
        repeated: tape.frames().iter().filter(|f| f.parent.is_none() && repeats(&f.cause)).count(),
    }
}

fn row(name: &str, transport: &str, d: &Delivery) -> String {
    let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    let tcp = if transport == "TCP" {
        format!(
            "{} | {:.2} s | {:.0} ms | {}",
            d.stalls,
            d.stalled.as_secs_f64(),
            d.longest.as_secs_f64() * 1e3,
            d.repeated
        )
    } else {
        "– | – | – | –".to_owned()
    };
    format!(
        "| {name} | {transport} | {:.2} | {} | {:.2} % | {} | {} | {:.1} % | {} | {} |\n",
        d.octets as f64 * 8.0 / MINUTE.as_secs_f64() / 1e6,
        d.frames_lost,
        100.0 - percent(d.came, d.sent),
        d.late,
        d.pictures,
        percent(d.whole, d.pictures),
        d.damaged,
        tcp,
    )
}

#[test]
fn the_table_of_presets_is_what_a_minute_gives() {
    let mut table = String::from(
        "| client's cable | RTP over | Mbit/s | frames lost | RTP lost | RTP late | pictures | whole | damaged \
         | stalls | together | longest | sent again |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    let presets = std::iter::once(None).chain(simulator::link::PRESETS.iter().map(Some));
    for preset in presets {
        let name = preset.map_or("as in `classroom`", |preset| preset.title);
        for (transport, word) in [(PlayerTransport::Udp, "UDP"), (PlayerTransport::Tcp, "TCP")] {
            let d = minute(preset, transport);
            check(preset, transport, &d);
            table += &row(name, word, &d);
        }
    }
    keep("the table", &table);
}

/// Compares a table of the docs with what was just made, or writes it.
fn keep(name: &str, table: &str) {
    println!("{table}");
    let [begin, end] = [BEGIN, END].map(|mark| mark.replace("NAME", name));
    let text = std::fs::read_to_string(FILE).unwrap_or_default().replace("\r\n", "\n");
    let (before, rest) = text.split_once(&begin).expect("docs/weather.md has the table's beginning");
    let (old, after) = rest.split_once(&end).expect("docs/weather.md has the table's end");
    if old != table && std::env::var_os("UPDATE").is_some() {
        std::fs::write(Path::new(FILE), format!("{before}{begin}{table}{end}{after}"))
            .expect("docs/weather.md can be written");
    } else {
        assert_eq!(
            old, table,
            "the table in docs/weather.md is not what a minute gives now; mend it with: \
             UPDATE=1 cargo test -p simulator --test presets -- --test-threads 1"
        );
    }
}

#[test]
fn what_bounds_tcp_over_a_satellite_is_shown_by_taking_it_away() {
    let satellite =
        simulator::link::PRESETS.iter().find(|preset| preset.name == "satellite").expect("there is one");
    let mut table = String::from(
        "| over a satellite | Mbit/s | pictures | frames lost | sent again | largest window |\n|---|--:|--:|--:|--:|--:|\n",
    );
    let mut brought = Vec::new();
    for (name, errors, congestion, buffer) in [
        ("as the preset is", true, CongestionAlgorithm::NewReno, None),
        ("a send buffer of 1 MB", true, CongestionAlgorithm::NewReno, Some(1 << 20)),
        ("CUBIC", true, CongestionAlgorithm::Cubic, None),
        ("no bit errors", false, CongestionAlgorithm::NewReno, None),
        ("no bit errors, and a send buffer of 1 MB", false, CongestionAlgorithm::NewReno, Some(1 << 20)),
        ("CUBIC, and a send buffer of 1 MB", true, CongestionAlgorithm::Cubic, Some(1 << 20)),
    ] {
        let mut scenario = classroom(Some(satellite), PlayerTransport::Tcp);
        for link in scenario.links.iter_mut().filter(|_| !errors) {
            link.weather.iter_mut().for_each(|weather| weather.bit_errors = Probability::NEVER);
        }
        for node in &mut scenario.nodes {
            node.tcp.congestion = congestion;
            node.tcp.send_buffer = buffer.unwrap_or(node.tcp.send_buffer);
        }
        let world = a_minute_of(&scenario);
        let d = delivery(&world);
        let server = NodeId(4);
        let window = world
            .tape()
            .tcp()
            .iter()
            .filter(|record| record.node == server)
            .map(|record| record.info.cwnd)
            .max();
        let mbits = d.octets as f64 * 8.0 / MINUTE.as_secs_f64() / 1e6;
        table += &format!(
            "| {name} | {mbits:.2} | {} | {} | {} | {} kB |\n",
            d.pictures,
            d.frames_lost,
            d.repeated,
            window.unwrap_or_default() / 1000,
        );
        brought.push(mbits);
    }
    keep("the satellite", &table);
}

/// What must be so whatever the figures are.
fn check(preset: Option<&Preset>, transport: PlayerTransport, d: &Delivery) {
    let name = preset.map_or("good", |preset| preset.name);
    // The last packets are still under way.
    let under_way = 400;
    if transport == PlayerTransport::Tcp {
        assert!(d.came + under_way >= d.sent, "{name}: TCP brings all that was sent: {d:?}");
        assert!(d.damaged == 0 || d.late > 0, "{name}: over TCP only what is late is missing: {d:?}");
    } else {
        assert!(d.pictures > 1_300, "{name}: the server keeps its pace: {d:?}");
        let lost = d.sent.saturating_sub(d.came);
        assert!(lost <= d.frames_lost + under_way, "{name}: each lost packet has its lost frame: {d:?}");
    }
    let loses = preset.is_some_and(|preset| {
        let weather = &preset.down;
        weather.bit_errors > Probability::NEVER
            || weather.loss != simulator::link::Loss::Random(Probability::NEVER)
    });
    assert_eq!(loses, d.frames_lost > 0, "{name}: {d:?}");
}
