//! Whole worlds on other networks: over IPv6, with VLANs, behind a router that translates
//! addresses.

mod common;

use common::*;
use simulator::stack::NeighbourState;
use simulator::tape::{Carried, Change, FrameCause};
use simulator::{NodeId, Scenario, World};
use std::fmt::Write as _;

const CLIENT: NodeId = NodeId(0);

/// What every scenario shows on a good day: pictures, all whole, and nothing lost, dropped or
/// repeated.
fn is_a_good_day(world: &World, seconds: usize) {
    let tape = world.tape();
    assert_eq!(troubles(tape), Vec::<String>::new());
    let pictures: Vec<_> = tape.pictures().iter().filter(|picture| picture.client == CLIENT).collect();
    assert!(pictures.len() >= 24 * seconds, "{} pictures in {seconds} s", pictures.len());
    assert!(pictures.iter().all(|picture| picture.complete && picture.decodable));
}

/// The first frames that devices made, and the changes of tables, one a line: what a change of
/// the network's behaviour would change.
fn story(world: &World, frames: usize) -> String {
    let tape = world.tape();
    let name = |node: NodeId| world.nodes()[node.0 as usize].name.clone();
    let link = |link: simulator::LinkId| world.links()[link.0 as usize].name.clone();
    let mut lines = Vec::new();
    for frame in tape.frames().iter().take(frames) {
        let what = match &frame.carried {
            Carried::Arp { request: true, target } => format!("ARP who has {target}"),
            Carried::Arp { request: false, target } => format!("ARP answer to {target}"),
            Carried::Discovery { icmp_type, target } => format!("ND {icmp_type} {target:?}"),
            Carried::Icmp { icmp_type, code, v6 } => format!("ICMP {icmp_type}/{code} v6={v6}"),
            Carried::Igmp { igmp_type, group } => format!("IGMP {igmp_type} {group}"),
            Carried::Udp { src, dst, .. } => format!("UDP {src} to {dst}"),
            Carried::Tcp { src, dst, flags, .. } => format!("TCP {src} to {dst}, flags {flags:#04x}"),
            Carried::Other => "other".to_owned(),
        };
        let why = match &frame.cause {
            FrameCause::Stack { cause, .. } => format!("{cause:?}"),
            other => format!("{other:?}"),
        };
        lines.push((frame.at, format!("{} sends {what}, {} octets: {why}", name(frame.node), frame.length)));
    }
    let until = lines.last().map(|(at, _)| *at);
    for state in tape.states().iter().take_while(|state| Some(state.at) <= until) {
        let what = match &state.change {
            Change::Neighbour { link: at, line } => {
                let mac = line.mac.map_or("nobody yet".to_owned(), |mac| mac.to_string());
                let state = line.state.map_or("gone", NeighbourState::name);
                format!("neighbour {} on {} is {mac}: {state}", line.ip, link(*at))
            }
            Change::Mac { mac, link: at, vlan } => {
                format!("{mac} is on {:?}, VLAN {vlan:?}", at.map(link))
            }
            Change::Nat { protocol, inside, outside, open } => {
                format!("protocol {protocol}: {inside} is {outside} outside: {open}")
            }
            _ => continue,
        };
        lines.push((state.at, format!("{}: {what}", name(state.node))));
    }
    lines.sort_by_key(|(at, _)| *at);
    let mut text = String::new();
    for (at, line) in lines {
        writeln!(text, "{:>9.3} ms  {line}", at.as_nanos() as f64 / 1e6).expect("a string takes all");
    }
    text
}

#[test]
fn the_classroom_over_ipv6_plays_as_over_ipv4() {
    let world = run("classroom-ipv6", 5);
    is_a_good_day(&world, 5);
    let tape = world.tape();
    assert!(!tape.frames().iter().any(|frame| matches!(frame.carried, Carried::Arp { .. })));
    let octets = |wanted: &str| {
        let found = tape.messages().iter().position(|message| rtsp_word(message).as_deref() == Some(wanted));
        let number = simulator::MessageId(found.expect("it was said") as u64);
        String::from_utf8_lossy(&tape.message_bytes(number).expect("it is kept")).into_owned()
    };
    assert!(octets("DESCRIBE").starts_with("DESCRIBE rtsp://[2001:db8:2::2]:8554/demo RTSP/1.0\r\n"));
    let described = tape.messages().iter().enumerate().find_map(|(number, message)| {
        let is_answer = matches!(&message.what,
            protocol::message::What::Response { method: Some(method), .. } if method == "DESCRIBE");
        is_answer.then(|| tape.message_bytes(simulator::MessageId(number as u64)))?
    });
    let described = String::from_utf8_lossy(&described.expect("an answer")).into_owned();
    assert!(described.contains("c=IN IP6 ::\r\n"), "{described}");
    insta::assert_snapshot!(story(&world, 14));
}

#[test]
fn neighbours_over_ipv6_are_asked_again_after_a_while() {
    let world = run("classroom-ipv6", 60);
    let states: Vec<NeighbourState> = world
        .tape()
        .states()
        .iter()
        .filter(|state| state.node == CLIENT)
        .filter_map(|state| match &state.change {
            Change::Neighbour { line, .. } if line.ip.to_string() == "2001:db8:1::1" => line.state,
            _ => None,
        })
        .collect();
    use NeighbourState::{Delay, Incomplete, Probe, Reachable, Stale};
    assert_eq!(states[..6], [Incomplete, Reachable, Stale, Delay, Probe, Reachable]);
    assert_eq!(troubles(world.tape()), Vec::<String>::new());
}

#[test]
fn a_host_with_both_families_answers_in_each() {
    let both = include_str!("../scenarios/classroom.toml")
        .replace("ip = \"10.0.1.2/24\"", "ip = [\"10.0.1.2/24\", \"2001:db8:1::2/64\"]")
        .replace(
            "gateway = \"10.0.1.1\"\n\n[[node]]",
            "gateway = [\"10.0.1.1\", \"2001:db8:1::1\"]\n\n[[node]]",
        )
        .replace("ip = \"10.0.1.1/24\"", "ip = [\"10.0.1.1/24\", \"2001:db8:1::1/64\"]")
        .replace("ip = \"10.0.2.1/24\"", "ip = [\"10.0.2.1/24\", \"2001:db8:2::1/64\"]")
        .replace(
            "ip = \"10.0.2.2/24\"\ngateway = \"10.0.2.1\"",
            "ip = [\"10.0.2.2/24\", \"2001:db8:2::2/64\"]\ngateway = [\"10.0.2.1\", \"fe80::ff:fe00:201\"]",
        );
    let scenario = Scenario::parse(&both, "both.toml").expect("it can be read");
    let mut world = World::new(&scenario, catalogue(), Default::default()).expect("a world");
    world.run_until(protocol::time::SimTime::from_secs(2));
    world.open(CLIENT, "rtsp://[2001:db8:2::2]/demo").expect("a host of this network");
    world.run_until(protocol::time::SimTime::from_secs(5));
    assert_eq!(troubles(world.tape()), Vec::<String>::new());
    let families = [true, false].map(|v4| {
        let found = world.tape().frames().iter().filter(|frame| match frame.carried {
            Carried::Arp { .. } => v4,
            Carried::Discovery { .. } => !v4,
            _ => false,
        });
        found.count()
    });
    assert!(families[0] >= 4 && families[1] >= 4, "{families:?}");
    let late = world.tape().pictures().iter().filter(|p| p.at > protocol::time::SimTime::from_secs(3));
    assert!(late.count() >= 40, "it plays on over IPv6");
}

#[test]
fn frames_have_a_tag_on_the_trunk_and_nowhere_else() {
    use protocol::wire::{ethernet, vlan};
    let world = run("classroom-vlan", 5);
    is_a_good_day(&world, 5);
    let tape = world.tape();
    let trunk = world.link_named("trunk").expect("the scenario has one");
    let mut seen = std::collections::BTreeSet::new();
    for hop in tape.hops().iter() {
        let bytes = tape.frame_bytes(hop.frame).expect("it is kept");
        assert!(ethernet::fcs_ok(&bytes));
        let record = tape.frames().get(hop.frame.0).expect("it is kept");
        assert_eq!(record.length as usize, bytes.len());
        let tag = vlan::read(&bytes).expect("it can be read");
        assert_eq!(tag.is_some(), hop.link == trunk, "{hop:?}");
        seen.extend(tag.map(|tag| tag.id));
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [10, 20]);
    // A request crosses the trunk twice, in each of the networks once.
    let mut causes = Vec::new();
    let mut at = tape.frames().iter().position(|frame| {
        frame.parent.is_none() && matches!(frame.carried, Carried::Tcp { dst: 8554, flags: 0x02, .. })
    });
    while let Some(place) = at {
        causes.push(tape.frames().get(place as u64).expect("it is kept").cause.clone());
        let is_child =
            |frame: &simulator::tape::FrameRecord| frame.parent == Some(simulator::FrameId(place as u64));
        at = tape.frames().iter().position(is_child);
    }
    assert_eq!(
        causes[1..],
        [
            FrameCause::Tagged { vlan: 10 },
            FrameCause::Untagged { vlan: 10 },
            FrameCause::Routed,
            FrameCause::Tagged { vlan: 20 },
            FrameCause::Untagged { vlan: 20 },
        ]
    );
    insta::assert_snapshot!(story(&world, 12));
}

#[test]
fn what_a_switch_no_longer_sees_it_forgets_and_the_tape_says_so() {
    let mut world = world("classroom");
    world.run_until(protocol::time::SimTime::from_secs(3));
    // Nobody plays any more: the last frames are those of the neighbour caches.
    world.request(CLIENT, protocol::rtsp::ClientRequest::Teardown).expect("it plays");
    world.run_until(protocol::time::SimTime::from_secs(800));
    let forgotten =
        world.tape().states().iter().filter(|state| {
            matches!(state.change, Change::Mac { link: None, .. }) && state.node == NodeId(1)
        });
    assert_eq!(forgotten.count(), 2, "client and router");
}

#[test]
fn vlans_that_cannot_be_are_refused_with_a_reason() {
    let good = include_str!("../scenarios/classroom-vlan.toml");
    for (from, to, has_line, says) in [
        ("vlan = [10, 20]", "vlan = [10, 4095]", true, "4095"),
        ("vlan = 20\n\n# A list", "vlan = [20]\n\n# A list", true, "know no tags"),
        ("vlan = 20\n\n# A list", "\n# A list", false, "no vlan"),
        ("switch = \"SW1\"\nvlan = 10\n", "switch = \"SW1\"\n", false, "[gateway] has a vlan"),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let error = Scenario::parse(&text, "x.toml").expect_err(to);
        assert!(error.to_string().contains(says), "{to}: {error}");
        assert_eq!(error.line.is_some(), has_line, "{to}: {error}");
    }
}

/// What R1 drops, by reason.
fn dropped(world: &World) -> std::collections::BTreeMap<&'static str, usize> {
    let mut reasons = std::collections::BTreeMap::new();
    for receipt in world.tape().receipts().iter() {
        if let simulator::tape::Outcome::Dropped { reason } = receipt.outcome {
            assert_eq!(receipt.node, NodeId(2), "{receipt:?}");
            *reasons.entry(reason).or_default() += 1;
        }
    }
    reasons
}

fn nat_world(ports: &str, punch: &str) -> World {
    let text = include_str!("../scenarios/classroom-nat.toml")
        .replace("ports = \"counted\" }", &format!("ports = \"{ports}\" }}"))
        .replace("punch = false", &format!("punch = {punch}"));
    let scenario = Scenario::parse(&text, "classroom-nat.toml").expect("it can be read");
    World::new(&scenario, catalogue(), Default::default()).expect("a world")
}

#[test]
fn behind_a_nat_media_finds_no_way_in_until_the_player_asks_for_tcp() {
    let mut world = nat_world("counted", "false");
    world.run_until(protocol::time::SimTime::from_secs(4));
    assert_eq!(world.clients()[0].state, "Playing", "PLAY is accepted");
    assert_eq!(world.tape().pictures().iter().count(), 0, "and nothing comes");
    let reasons = dropped(&world);
    assert_eq!(reasons.keys().copied().collect::<Vec<_>>(), ["noMapping"]);
    assert!(reasons["noMapping"] > 100, "{reasons:?}");
    // What finds no way is the player's all the same.
    let rtp =
        |message: &&simulator::tape::MessageRecord| matches!(message.what, protocol::message::What::Rtp(_));
    assert!(world.tape().messages().iter().filter(rtp).all(|message| message.client == Some(CLIENT)));
    insta::assert_snapshot!(story(&world, 16));

    world.run_until(protocol::time::SimTime::from_secs(10));
    assert_eq!(world.clients()[0].transport, Some("tcp"));
    let pictures: Vec<_> = world.tape().pictures().iter().collect();
    assert!(pictures.len() > 80 && pictures.iter().all(|picture| picture.complete), "{}", pictures.len());
    let notes = world.tape().states().iter().any(
        |state| matches!(&state.change, Change::Note { text } if text.contains("No media came over UDP")),
    );
    assert!(notes, "the tape says why");
    // Each message reached the other application through the translation.
    let requests = world.tape().messages().iter().enumerate().filter(|(_, m)| rtsp_word(m).is_some());
    for (number, message) in requests {
        let id = simulator::MessageId(number as u64);
        assert!(world.tape().deliveries().iter().any(|delivery| delivery.message == id), "{message:?}");
    }
}

#[test]
fn first_packets_of_the_player_open_the_way_where_ports_keep_their_numbers() {
    let mut world = nat_world("preserved", "true");
    world.run_until(protocol::time::SimTime::from_secs(10));
    assert_eq!(world.clients()[0].transport, Some("udp"));
    assert_eq!(dropped(&world), Default::default());
    let pictures: Vec<_> = world.tape().pictures().iter().collect();
    assert!(pictures.len() >= 240 && pictures.iter().all(|picture| picture.complete), "{}", pictures.len());
    // Where they do not, the server's packets go to another port than the one that is open.
    let mut world = nat_world("counted", "true");
    world.run_until(protocol::time::SimTime::from_secs(4));
    assert!(dropped(&world)["noMapping"] > 100);
}

#[test]
fn nat_that_cannot_be_is_refused_with_its_line() {
    let good = include_str!("../scenarios/classroom-nat.toml");
    for (from, to, says) in [
        ("inside = \"sw1-r1\"", "inside = \"lan\"", "'lan'"),
        ("inside = \"sw1-r1\"", "inside = \"r1-sw2\"", "two links"),
        ("ports = \"counted\" }", "ports = \"many\" }", "many"),
    ] {
        let error = Scenario::parse(&good.replacen(from, to, 1), "x.toml").expect_err(to);
        assert!(error.to_string().contains(says) && error.line.is_some(), "{to}: {error}");
    }
}
