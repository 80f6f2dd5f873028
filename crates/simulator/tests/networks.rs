//! Whole worlds on other networks: over IPv6, with VLANs, behind a router that translates
//! addresses.

mod common;

use common::*;
use protocol::rtsp::ClientRequest;
use protocol::time::SimTime;
use simulator::link::{LinkDirection, Weather};
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
    world.run_until(SimTime::from_secs(2));
    world.open(CLIENT, "rtsp://[2001:db8:2::2]/demo").expect("a host of this network");
    world.run_until(SimTime::from_secs(5));
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
    let late = world.tape().pictures().iter().filter(|p| p.at > SimTime::from_secs(3));
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
    // Whoever plays, the trunk has its tag once on the way, and the other network never sees it.
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
        [FrameCause::Tagged { vlan: 10 }, FrameCause::Untagged { vlan: 10 }, FrameCause::Routed,]
    );
    insta::assert_snapshot!(story(&world, 12));
}

#[test]
fn what_a_switch_no_longer_sees_it_forgets_and_the_tape_says_so() {
    let mut world = world("classroom");
    world.run_until(SimTime::from_secs(3));
    // Nobody plays any more: the last frames are those of the neighbour caches.
    world.request(CLIENT, ClientRequest::Teardown).expect("it plays");
    world.run_until(SimTime::from_secs(800));
    let forgotten =
        world.tape().states().iter().filter(|state| {
            matches!(state.change, Change::Mac { link: None, .. }) && state.node == NodeId(1)
        });
    assert_eq!(forgotten.count(), 2, "client and router");
}

#[test]
fn a_packet_that_does_not_fit_is_told_of_and_what_follows_fits() {
    use protocol::wire::{ethernet, icmp, ipv4};
    use simulator::stack::Cause;
    use simulator::tape::{MessageTransport, Outcome};
    const NARROW: usize = 1000;
    let (udp, tcp) = (CLIENT, NodeId(1));
    let world = run("classroom-mtu", 8);
    let tape = world.tape();
    let node =
        |name: &str| NodeId(world.nodes().iter().position(|n| n.name == name).expect("it is there") as u32);
    let (router, server) = (node("R1"), node("Server"));
    let narrow = world.link_named("sw1-r1").expect("the scenario has one");
    for hop in tape.hops().iter().filter(|hop| hop.link == narrow) {
        let length = tape.frames().get(hop.frame.0).expect("it is kept").length as usize;
        assert!(hop.fate.is_none() && length <= ethernet::HEADER + NARROW + ethernet::FCS, "{hop:?}");
    }
    // What R1 could not pass on, it told the server.
    let refused: Vec<_> = tape
        .receipts()
        .iter()
        .filter(|receipt| receipt.outcome == Outcome::Dropped { reason: "tooBig" })
        .collect();
    assert!(refused.iter().all(|receipt| receipt.node == router));
    let told: Vec<_> = (0..tape.frames().end())
        .filter(|number| {
            let frame = tape.frames().get(*number).expect("it is kept");
            matches!(frame.cause, FrameCause::Stack { cause: Cause::PacketTooBig, .. })
        })
        .collect();
    assert!(!refused.is_empty() && refused.len() == told.len(), "{} and {}", refused.len(), told.len());
    for number in told {
        let bytes = tape.frame_bytes(simulator::FrameId(number)).expect("it is kept");
        let packet = ipv4::parse(&bytes[ethernet::HEADER..bytes.len() - ethernet::FCS]).expect("a packet");
        let message = icmp::parse(packet.payload).expect("a message");
        let code = icmp::unreachable::FRAGMENTATION_NEEDED;
        assert!(
            matches!(message, icmp::Message::Unreachable { code: c, mtu: 1000, .. } if c == code),
            "{message:?}"
        );
    }
    // Each way is learnt once: a few packets were on their way meanwhile.
    let learnt = |to: &str| {
        let words = format!("Packets to {to} have at most 1000 octets from now on.");
        tape.states()
            .iter()
            .filter(|s| s.node == server && s.change == Change::Note { text: words.clone() })
            .count()
    };
    assert_eq!((learnt("10.0.1.2"), learnt("10.0.1.3")), (1, 1));
    // Datagrams are as long as before, and come in parts.
    let parts = |at: SimTime| {
        tape.frames().iter().filter(move |f| f.node == server && f.at > at && f.parent.is_none())
    };
    let fragments = parts(SimTime::from_secs(4)).filter(|f| matches!(f.carried, Carried::Udp { .. }));
    assert!(fragments.count() > 1_000);
    let long = tape.messages().iter().filter(|m| {
        m.client == Some(udp)
            && m.length as usize > NARROW
            && matches!(m.transport, MessageTransport::Udp { .. })
    });
    assert!(long.count() > 500);
    // Segments are shorter; nobody cuts them.
    let mut longest = 0;
    for frame in parts(SimTime::from_secs(4)).filter(|f| matches!(f.carried, Carried::Tcp { .. })) {
        longest = longest.max(frame.length as usize);
    }
    assert_eq!(longest, ethernet::HEADER + NARROW + ethernet::FCS);
    // UDP has lost what did not fit, TCP has sent it again: after that everybody sees everything.
    for client in [udp, tcp] {
        let pictures: Vec<_> = tape.pictures().iter().filter(|picture| picture.client == client).collect();
        let late = pictures.iter().filter(|picture| picture.at > SimTime::from_secs(4));
        assert!(pictures.len() > 100 && late.clone().count() > 70, "{client:?}: {} pictures", pictures.len());
        assert!(late.clone().all(|picture| picture.complete), "{client:?}");
        let whole = pictures.iter().filter(|picture| picture.complete).count();
        assert_eq!(whole == pictures.len(), client == tcp, "{client:?}: {whole} of {}", pictures.len());
    }
}

#[test]
fn a_client_that_has_closed_its_ports_says_so_by_icmp() {
    use protocol::wire::{ethernet, icmp, ipv4};
    use simulator::stack::Cause;
    let mut world = world("classroom");
    let (server, cable) = (NodeId(4), world.link_named("client").expect("the scenario has one"));
    let up = world.weather(cable, LinkDirection::Forward).expect("it has weather").clone();
    // Nothing from the client gets out: its TEARDOWN is not answered, and it goes without.
    world.run_until(SimTime::from_millis(2_500));
    let down = Weather { down: true, ..up.clone() };
    world.set_weather(cable, LinkDirection::Forward, down).expect("weather can be so");
    world.request(CLIENT, ClientRequest::Teardown).expect("it plays");
    world.run_until(SimTime::from_millis(13_000));
    world.set_weather(cable, LinkDirection::Forward, up).expect("as it was");
    world.run_until(SimTime::from_millis(15_000));
    let tape = world.tape();
    let unreachable: Vec<_> = (0..tape.frames().end())
        .filter(|number| {
            let frame = tape.frames().get(*number).expect("it is kept");
            matches!(frame.cause, FrameCause::Stack { cause: Cause::PortUnreachable, .. })
        })
        .collect();
    assert!(!unreachable.is_empty(), "the client says so");
    for number in &unreachable {
        let bytes = tape.frame_bytes(simulator::FrameId(*number)).expect("it is kept");
        let packet = ipv4::parse(&bytes[ethernet::HEADER..bytes.len() - ethernet::FCS]).expect("a packet");
        let message = icmp::parse(packet.payload).expect("a message");
        let code = icmp::unreachable::PORT;
        let icmp::Message::Unreachable { code: c, quote, .. } = &message else { panic!("{message:?}") };
        let to = u16::from_be_bytes([quote[ipv4::HEADER + 2], quote[ipv4::HEADER + 3]]);
        assert!(*c == code && (49_152..).contains(&to), "{message:?}");
    }
    // It crosses the whole network, and the server notes it and goes on.
    let crossed = |number: u64| {
        let mut at = number;
        while let Some(child) = (at..tape.frames().end())
            .find(|n| tape.frames().get(*n).expect("it is kept").parent == Some(simulator::FrameId(at)))
        {
            at = child;
        }
        tape.receipts().iter().any(|r| r.frame.0 == at && r.node == server)
    };
    assert!(crossed(*unreachable.last().expect("there are some")));
    let noted = tape.states().iter().filter(|state| {
        state.node == server
            && matches!(&state.change, Change::Note { text } if text.contains("nobody has the port"))
    });
    assert!(noted.count() > 0);
    let after = tape.messages().iter().filter(|m| m.from == server && m.at > SimTime::from_secs(14)).count();
    assert!(after > 100, "the server sends on: {after} messages");
}

#[test]
fn vlans_that_cannot_be_are_refused_with_a_reason() {
    let good = include_str!("../scenarios/classroom-vlan.toml");
    for (from, to, has_line, says) in [
        ("vlan = [10, 20]", "vlan = [10, 4095]", true, "4095"),
        ("vlan = 20\n\n# A list", "vlan = [20]\n\n# A list", true, "know no tags"),
        ("vlan = 20\n\n# A list", "\n# A list", false, "no vlan"),
        ("switch = \"SW1\"\nvlan = 20\n", "switch = \"SW1\"\n", false, "[gateway] has a vlan"),
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
    world.run_until(SimTime::from_secs(4));
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

    world.run_until(SimTime::from_secs(10));
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
    world.run_until(SimTime::from_secs(10));
    assert_eq!(world.clients()[0].transport, Some("udp"));
    assert_eq!(dropped(&world), Default::default());
    let pictures: Vec<_> = world.tape().pictures().iter().collect();
    assert!(pictures.len() >= 240 && pictures.iter().all(|picture| picture.complete), "{}", pictures.len());
    // Where they do not, the server's packets go to another port than the one that is open.
    let mut world = nat_world("counted", "true");
    world.run_until(SimTime::from_secs(4));
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
