//! A whole world with multicast: what is sent once, who gets it, and when it stops.

mod common;

use common::*;
use protocol::message::What;
use protocol::rtsp::ClientRequest;
use protocol::time::SimTime;
use simulator::tape::{Carried, Change};
use simulator::{GatewayEvent, NodeId, Scenario, World, WorldOptions};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 0, 1);
const CLIENTS: [NodeId; 2] = [NodeId(0), NodeId(1)];

/// How many frames with RTP each cable carried, each way counted together, from `since` on.
fn rtp_frames(world: &World, since: SimTime) -> BTreeMap<String, usize> {
    let tape = world.tape();
    let is_rtp = |frame: u64| match tape.frames().get(frame).map(|f| &f.carried) {
        Some(Carried::Udp { message: Some(message), .. }) => {
            tape.messages().get(message.0).is_some_and(|m| matches!(m.what, What::Rtp(_)))
        }
        _ => false,
    };
    let mut counts = BTreeMap::new();
    for hop in tape.hops().iter().filter(|hop| hop.queued >= since && is_rtp(hop.frame.0)) {
        *counts.entry(world.links()[hop.link.0 as usize].name.clone()).or_insert(0) += 1;
    }
    counts
}

/// Who was in the group or had members in it, and no more: node, cable, member.
fn changes(world: &World) -> Vec<(String, Option<String>, bool)> {
    let name = |node: NodeId| world.nodes()[node.0 as usize].name.clone();
    let cable = |link: simulator::LinkId| world.links()[link.0 as usize].name.clone();
    let states = world.tape().states().iter();
    states
        .filter_map(|state| match &state.change {
            Change::Group { group: GROUP, link, member } => {
                Some((name(state.node), link.map(cable), *member))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn each_packet_crosses_each_cable_once_and_both_players_show_every_picture() {
    let world = run("classroom-multicast", 8);
    assert_eq!(troubles(world.tape()), Vec::<String>::new());
    let counts = rtp_frames(&world, SimTime::ZERO);
    let sent = counts["server"];
    assert!(sent > 500, "{counts:?}");
    // Those at the end of the time are still under way.
    for (cable, count) in &counts {
        assert!(sent.abs_diff(*count) < 20, "{cable}: {counts:?}");
    }
    assert_eq!(counts.len(), 5, "the server's cable, two between, and one to each player");
    for client in CLIENTS {
        let shown: Vec<_> = world.tape().pictures().iter().filter(|p| p.client == client).collect();
        assert!(shown.len() > 80, "{} pictures", shown.len());
        assert!(shown.iter().skip(1).all(|picture| picture.complete));
        let lost = shown.last().map(|picture| picture.stats.lost);
        assert_eq!(lost, Some(0));
    }
    let delivered = |node: NodeId| world.tape().deliveries().iter().filter(|d| d.node == node).count();
    assert!(CLIENTS.iter().all(|client| delivered(*client) > 500), "a delivery for each host");
    let joined: Vec<_> = changes(&world).into_iter().filter(|(_, link, _)| link.is_some()).collect();
    let on = |cable: &str| ("R1".to_owned(), Some(cable.to_owned()), true);
    assert_eq!(joined, [on("r1-sw2"), on("sw1-r1")], "the server's network for the reports");
    assert!(world.clients().iter().all(|client| client.transport == Some("multicast")));
}

#[test]
fn the_router_stops_passing_on_when_the_last_player_has_left() {
    let mut world = run("classroom-multicast", 5);
    world.request(CLIENTS[0], ClientRequest::Teardown).expect("it plays");
    world.run_until(SimTime::from_secs(7));
    let before = rtp_frames(&world, SimTime::from_secs(6));
    assert!(before["client-2"] > 100, "the other plays on: {before:?}");
    world.request(CLIENTS[1], ClientRequest::Teardown).expect("it plays");
    world.run_until(SimTime::from_secs(11));
    assert_eq!(rtp_frames(&world, SimTime::from_millis(7200)), BTreeMap::new());
    let gone = ("R1".to_owned(), Some("sw1-r1".to_owned()), false);
    assert!(changes(&world).contains(&gone), "{:?}", changes(&world));
}

#[test]
fn where_multicast_is_off_the_players_fall_back_to_udp() {
    let text = include_str!("../scenarios/classroom-multicast.toml").replace("multicast = true", "");
    let scenario = Scenario::parse(&text, "off.toml").expect("a scenario");
    let mut world = World::new(&scenario, catalogue(), WorldOptions::default()).expect("a world");
    world.run_until(SimTime::from_secs(5));
    assert!(conversation(world.tape()).contains(&"461".to_owned()));
    assert!(world.clients().iter().all(|client| client.transport == Some("udp")));
    assert!(world.tape().pictures().iter().any(|picture| picture.complete));
    let igmp = world.tape().frames().iter().any(|f| matches!(f.carried, Carried::Igmp { .. }));
    assert!(!igmp, "routers do not ask");
}

#[test]
fn the_same_seed_gives_the_same_frames() {
    let bytes = |world: &World| {
        let frames = 0..world.tape().frames().end();
        frames.filter_map(|n| world.tape().frame_bytes(simulator::FrameId(n))).collect::<Vec<_>>()
    };
    assert!(bytes(&run("classroom-multicast", 2)) == bytes(&run("classroom-multicast", 2)));
}

/// What has happened at real clients' hosts after so long.
fn pass(world: &mut World, span: Duration) -> Vec<(simulator::GatewayId, GatewayEvent)> {
    let until = world.now() + span;
    world.run_until(until);
    std::iter::from_fn(|| world.poll_gateway()).collect()
}

/// A real client that has asked for multicast and, where it got it, for PLAY; the first answer.
fn real_client(world: &mut World) -> (simulator::GatewayId, String) {
    let id = world.gateway_connect("127.0.0.1:5000".to_owned()).expect("there is room");
    pass(world, Duration::from_millis(100));
    let ask = |world: &mut World, text: String| {
        world.gateway_write(id, text.as_bytes());
        pass(world, Duration::from_millis(100));
        String::from_utf8_lossy(&world.gateway_take(id, 4096)).into_owned()
    };
    let url = "rtsp://127.0.0.1:8554/demo";
    let setup = format!("SETUP {url} RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP;multicast\r\n\r\n");
    let answer = ask(world, setup);
    if let Some(line) = answer.lines().find_map(|line| line.strip_prefix("Session: ")) {
        let session = line.split(';').next().unwrap_or_default();
        ask(world, format!("PLAY {url} RTSP/1.0\r\nCSeq: 2\r\nSession: {session}\r\n\r\n"));
    }
    (id, answer)
}

#[test]
fn real_clients_get_a_group_once_and_only_where_it_is_switched_on() {
    let (_, refused) = real_client(&mut world("classroom-multicast"));
    assert!(refused.starts_with("RTSP/1.0 461 ") && refused.contains("switched on"), "{refused}");

    let options = WorldOptions { multicast: true, ..WorldOptions::default() };
    let mut world = world_with("classroom", options);
    let moments = simulator::fork::Moments::new(&world);
    let (first, answer) = real_client(&mut world);
    assert!(answer.contains("destination=239.255.0.1;port=5004-5005;ttl=16"), "{answer}");
    let (second, _) = real_client(&mut world);
    assert!(world.gateway_carries(first, GROUP) && !world.gateway_carries(second, GROUP));
    let events = pass(&mut world, Duration::from_secs(1));
    for id in [first, second] {
        let media =
            |event: &GatewayEvent| matches!(event, GatewayEvent::Group { group: GROUP, to_port: 5004, .. });
        assert!(events.iter().filter(|(of, event)| *of == id && media(event)).count() > 100);
    }
    world.gateway_abort(first);
    assert!(world.gateway_carries(second, GROUP), "the next one takes over");
    world.gateway_group_datagram(second, GROUP, 5005, bytes::Bytes::from_static(b"\x80\xc9\0\x01\0\0\0\x07"));
    pass(&mut world, Duration::from_millis(100));
    let report = world
        .tape()
        .messages()
        .iter()
        .rev()
        .find(|m| matches!(&m.what, What::Rtcp { types } if types[..] == [201]));
    let report = report.expect("it is on the tape");
    assert_eq!(report.to, None, "it went to the group");
    forks_are_the_same("groups", &moments, &world);
}
