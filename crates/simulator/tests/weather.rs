//! Weather in whole worlds: what it does to frames, what the tape says of it, and what players
//! make of it.

mod common;

use common::*;
use protocol::dissect::{Dissector, Fcs};
use protocol::message::What;
use protocol::time::SimTime;
use protocol::wire::ethernet;
use simulator::link::*;
use simulator::tape::{Carried, Change, HopRecord, Outcome};
use simulator::{FrameId, LinkId, NodeId, Scenario, World, WorldOptions};
use std::time::Duration;

const CLIENT: NodeId = NodeId(0);
/// The cables of the classroom, from the client to the server.
const CLIENT_CABLE: LinkId = LinkId(0);
const R1_SW2: LinkId = LinkId(2);

fn with_transport(scenario: &str, transport: simulator::scenario::PlayerTransport) -> World {
    let mut scenario = Scenario::builtin(scenario).expect("a built-in scenario");
    scenario.player.transport = transport;
    World::new(&scenario, catalogue(), WorldOptions::default()).expect("a world")
}

fn changed(world: &World, link: LinkId, direction: LinkDirection, change: impl Fn(&mut Weather)) -> Weather {
    let mut weather = world.weather(link, direction).expect("a link").clone();
    change(&mut weather);
    weather
}

fn set(world: &mut World, link: LinkId, direction: LinkDirection, change: impl Fn(&mut Weather)) {
    let weather = changed(world, link, direction, change);
    world.set_weather(link, direction, weather).expect("possible weather");
}

fn order(world: &mut World, link: LinkId, on: FaultTrigger, what: FaultKind) {
    world.order_fault(link, LinkDirection::Backward, Fault { on, what }).expect("a possible order");
}

/// Hops to the client's side over this cable.
fn towards_client(world: &World, link: LinkId) -> Vec<HopRecord> {
    let from = world.links()[link.0 as usize].ends.1;
    world.tape().hops().iter().filter(|hop| hop.link == link && hop.from == from).cloned().collect()
}

fn marker(world: &World, frame: FrameId) -> bool {
    let tape = world.tape();
    match &tape.frames().get(frame.0).expect("kept").carried {
        Carried::Udp { message: Some(message), .. } => {
            matches!(tape.messages().get(message.0).expect("kept").what, What::Rtp(rtp) if rtp.marker)
        }
        _ => false,
    }
}

#[test]
fn damaged_frames_are_dropped_by_the_next_device_and_the_tape_has_their_bits() {
    let mut world = run("classroom", 2);
    // The next device is a host, a router and a switch in turn.
    for link in [0, 1, 2].map(LinkId) {
        order(&mut world, link, FaultTrigger::Next, FaultKind::Corrupt { bit: 8 * 42 + 3 });
    }
    world.run_until(SimTime::from_secs(3));
    let tape = world.tape();
    for (link, receiver) in [(LinkId(0), 0), (LinkId(1), 1), (LinkId(2), 2)] {
        let hop = towards_client(&world, link).into_iter().find(|hop| hop.mishap.is_some()).expect("damaged");
        let mishap = hop.mishap.as_ref().unwrap();
        assert_eq!((hop.fate, &mishap.flipped[..]), (None, &[8 * 42 + 3][..]));
        assert_eq!(mishap.ordered, Some(FaultKind::Corrupt { bit: 8 * 42 + 3 }));
        let receipt = tape.receipts().iter().find(|r| r.frame == hop.frame && r.node == NodeId(receiver));
        assert_eq!(receipt.unwrap().outcome, Outcome::Dropped { reason: "badFcs" });
        let (sent, came) = (tape.frame_bytes(hop.frame).unwrap(), tape.hop_bytes(&hop).unwrap());
        assert!(ethernet::fcs_ok(&sent) && !ethernet::fcs_ok(&came));
        assert_eq!(sent[42] ^ came[42], 0b0001_0000, "bits are counted from the highest");
        // Nothing of it went further.
        assert!(tape.deliveries().iter().all(|delivery| delivery.frame != Some(hop.frame)));
        // What a page dissects is what came over this cable.
        let dissection = Dissector::default().dissect(&came, hop.arrive, Fcs::Present);
        let summary = format!("{:?}", dissection.layers[0]);
        assert!(summary.contains("eth.fcs"), "{summary}");
    }
}

#[test]
fn the_next_marker_packet_is_dropped_and_its_picture_lacks_its_end() {
    for link in [CLIENT_CABLE, R1_SW2] {
        let mut world = run("classroom", 2);
        order(&mut world, link, FaultTrigger::NextMarker, FaultKind::Drop);
        world.run_until(SimTime::from_secs(4));
        let lost: Vec<_> = world.tape().hops().iter().filter(|hop| hop.fate.is_some()).collect();
        assert_eq!(lost.len(), 1);
        assert_eq!((lost[0].link, lost[0].fate), (link, Some(Fate::Ordered)));
        assert!(marker(&world, lost[0].frame));
        let broken: Vec<_> = world.tape().pictures().iter().filter(|picture| !picture.complete).collect();
        assert_eq!(broken.len(), 1);
        assert_eq!(broken[0].slots.last().unwrap().1, None, "the last packet never came");
        let orders = world.tape().states().iter().filter(|s| matches!(s.change, Change::Fault { .. }));
        assert_eq!(orders.count(), 1);
    }
}

#[test]
fn over_tcp_the_same_order_stalls_the_stream_and_the_tape_says_why() {
    let mut world = with_transport("classroom", simulator::scenario::PlayerTransport::Tcp);
    world.run_until(SimTime::from_secs(2));
    order(&mut world, R1_SW2, FaultTrigger::NextMarker, FaultKind::Drop);
    world.run_until(SimTime::from_secs(6));
    let tape = world.tape();
    let lost: Vec<_> = tape.hops().iter().filter(|hop| hop.fate.is_some()).collect();
    assert_eq!((lost.len(), lost[0].fate, lost[0].link), (1, Some(Fate::Ordered), R1_SW2));
    let stalls: Vec<_> = tape.states().iter().filter(|s| matches!(s.change, Change::Stall { .. })).collect();
    assert_eq!(stalls.len(), 1);
    assert_eq!(stalls[0].node, CLIENT);
    let Change::Stall { connection, missing, sent, lost: blamed, .. } = &stalls[0].change else { panic!() };
    assert_eq!(*blamed, Some((lost[0].frame, R1_SW2)));
    let Carried::Tcp { stream, .. } = &tape.frames().get(sent.unwrap().0).unwrap().carried else { panic!() };
    assert_eq!(stream, missing, "just the lost segment is missing");
    let over = tape.states().iter().find_map(|s| match &s.change {
        Change::StallOver { connection: c, frame, since, octets, .. } if c == connection => {
            Some((s.at, *frame, *since, *octets))
        }
        _ => None,
    });
    let (at, frame, since, octets) = over.expect("it goes on");
    assert_eq!(since, stalls[0].at);
    assert!(at > since && octets > missing.end - missing.start, "what waited comes at once");
    let Carried::Tcp { stream, .. } = &tape.frames().get(frame.0).unwrap().carried else { panic!() };
    assert_eq!(stream.start, missing.start, "the frame that filled the gap");
    // Nothing is missing in any picture.
    assert!(
        tape.pictures().iter().all(|p| p.slots.iter().all(|(_, message)| message.is_some()) || !p.complete)
    );
}

#[test]
fn a_frame_ordered_by_its_number_fares_so_when_it_enters_the_cable() {
    let first = run("classroom", 3);
    let wanted = towards_client(&first, R1_SW2)[300].frame;
    let mut world = run("classroom", 1);
    order(&mut world, R1_SW2, FaultTrigger::Frame(wanted), FaultKind::Duplicate);
    world.run_until(SimTime::from_secs(3));
    let hops: Vec<_> = towards_client(&world, R1_SW2).into_iter().filter(|hop| hop.frame == wanted).collect();
    assert_eq!(hops.len(), 2);
    assert!(hops[1].mishap.as_ref().unwrap().copy && hops[1].arrive > hops[0].arrive);
    // The router made a frame of each, and the message came twice.
    let copies = world.tape().frames().iter().filter(|frame| frame.parent == Some(wanted)).count();
    assert_eq!(copies, 2);
    let Carried::Udp { message, .. } = &world.tape().frames().get(wanted.0).unwrap().carried else {
        panic!()
    };
    let came = world.tape().deliveries().iter().filter(|d| Some(d.message) == *message).count();
    assert_eq!(came, 2);
}

#[test]
fn weather_changes_for_what_enters_later_and_the_tape_knows_both() {
    let mut world = run("classroom", 2);
    let before = world.weather(R1_SW2, LinkDirection::Backward).unwrap().clone();
    let under_way: Vec<_> = towards_client(&world, R1_SW2);
    set(&mut world, R1_SW2, LinkDirection::Backward, |weather| weather.down = true);
    let at = world.now();
    world.run_until(SimTime::from_secs(4));
    set(&mut world, R1_SW2, LinkDirection::Backward, |weather| weather.down = false);
    world.run_until(SimTime::from_secs(6));
    let hops = towards_client(&world, R1_SW2);
    assert_eq!(hops[..under_way.len()], under_way, "frames under way keep their fate");
    for hop in &hops[under_way.len()..] {
        let down = hop.queued < SimTime::from_secs(4);
        // What had left its host's layers before the change may enter the port after it.
        assert_eq!(hop.fate == Some(Fate::LinkDown), down, "{hop:?}");
    }
    let changes: Vec<_> = world
        .tape()
        .states()
        .iter()
        .filter_map(|state| match &state.change {
            Change::Weather { link, direction, weather } => {
                Some((state.at, *link, *direction, weather.clone()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(changes.len(), 2);
    assert_eq!((changes[0].0, changes[0].1, changes[0].2), (at, R1_SW2, LinkDirection::Backward));
    assert_eq!(changes[0].3.0, before);
    assert_eq!(changes[0].3.1, changes[1].3.0);
    assert_eq!(changes[1].3.1, before);
    // The same weather again is no change.
    set(&mut world, R1_SW2, LinkDirection::Backward, |_| {});
    assert_eq!(
        world.tape().states().iter().filter(|s| matches!(s.change, Change::Weather { .. })).count(),
        2
    );
}

#[test]
fn what_cannot_be_is_refused_in_a_sentence() {
    let mut world = run("classroom", 1);
    let weather = changed(&world, R1_SW2, LinkDirection::Forward, |weather| weather.mtu = 20);
    let refused = world.set_weather(R1_SW2, LinkDirection::Forward, weather.clone()).unwrap_err();
    assert_eq!(refused.0, "An MTU of 20 octets is not possible: it lies between 68 and 1500.");
    let fair = changed(&world, R1_SW2, LinkDirection::Forward, |_| {});
    assert!(world.set_weather(LinkId(99), LinkDirection::Forward, fair).is_err());
    let far = Fault { on: FaultTrigger::Next, what: FaultKind::Corrupt { bit: 20_000 } };
    assert!(world.order_fault(R1_SW2, LinkDirection::Forward, far).is_err());
    assert!(world.order_fault(LinkId(99), LinkDirection::Forward, far).is_err());
}

#[test]
fn interfaces_know_the_mtu_of_their_cables_and_hosts_keep_to_it() {
    let mut world = run("classroom", 1);
    let server = LinkId(3);
    set(&mut world, server, LinkDirection::Backward, |weather| weather.mtu = 1000);
    world.run_until(SimTime::from_secs(3));
    assert_eq!(world.stack(NodeId(4)).unwrap().config().mtu, 1000);
    let after: Vec<_> = towards_client(&world, server)
        .into_iter()
        .filter(|hop| hop.queued > SimTime::from_millis(1100))
        .collect();
    assert!(after.len() > 100);
    let longest = after.iter().map(|hop| world.tape().frames().get(hop.frame.0).unwrap().length).max();
    assert!(longest <= Some(14 + 1000 + 4), "{longest:?}");
    assert!(after.iter().all(|hop| hop.fate.is_none()), "the server sends fragments");
    assert!(world.tape().pictures().iter().all(|picture| picture.complete));
}

#[test]
fn bad_weather_gives_the_same_run_twice_and_another_for_another_seed() {
    for scenario in ["classroom-wifi", "classroom-storm"] {
        let one = fingerprint(&run(scenario, 4));
        assert_eq!(one, fingerprint(&run(scenario, 4)), "{scenario}");
        let other = WorldOptions { seed: 2, ..WorldOptions::default() };
        let mut world = world_with(scenario, other);
        world.run_until(SimTime::from_secs(4));
        assert_ne!(one, fingerprint(&world), "{scenario}");
    }
}

#[test]
fn the_storm_shows_every_kind_of_weather() {
    let world = run("classroom-storm", 30);
    let hops: Vec<_> = world.tape().hops().iter().collect();
    let fate = |wanted: fn(Fate) -> bool| hops.iter().filter(|hop| hop.fate.is_some_and(wanted)).count();
    let mishap = |wanted: fn(&Mishap) -> bool| {
        hops.iter().filter(|hop| hop.mishap.as_deref().is_some_and(wanted)).count()
    };
    assert!(fate(|fate| fate == Fate::Lost) > 10, "random loss");
    assert!(fate(|fate| fate == Fate::LostInBurst) > 10, "bursty loss");
    assert!(fate(|fate| matches!(fate, Fate::QueueFull { .. })) > 10, "tail drop");
    assert!(mishap(|mishap| mishap.late.is_some()) > 3, "reordering");
    assert!(mishap(|mishap| mishap.copy) > 3, "duplicates");
    assert!(mishap(|mishap| !mishap.flipped.is_empty()) > 10, "bit errors");
    let fragments =
        world.tape().frames().iter().filter(|frame| frame.node == NodeId(4) && frame.length > 1218);
    assert_eq!(fragments.count(), 0, "no packet leaves the server that is longer than its cable carries");
    let jitter = towards_client(&world, CLIENT_CABLE);
    let delays: std::collections::BTreeSet<Duration> =
        jitter.iter().map(|hop| hop.arrive.since(hop.end)).collect();
    assert!(delays.len() > 1000, "jitter");
    let shown = world.tape().pictures().iter().count();
    assert!(shown > 300, "the player goes on: {shown} pictures in 30 s");
}
