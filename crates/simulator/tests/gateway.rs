//! Real clients' octets in the world.

mod common;

use bytes::Bytes;
use common::*;
use protocol::message::What;
use protocol::time::SimTime;
use simulator::tape::Change;
use simulator::world::GatewaysFull;
use simulator::{GatewayEvent, GatewayId, World, WorldOptions};
use std::time::Duration;

fn pass(world: &mut World, millis: u64) -> Vec<GatewayEvent> {
    let until = world.now() + Duration::from_millis(millis);
    world.run_until(until);
    let mut events = Vec::new();
    while let Some((_, event)) = world.poll_gateway() {
        events.push(event);
    }
    events
}

/// Sends a request and gives back what the server answered.
fn ask(world: &mut World, id: GatewayId, request: &str) -> String {
    assert_eq!(world.gateway_write(id, request.as_bytes()), request.len());
    pass(world, 200);
    let mut answer = Vec::new();
    loop {
        let part = world.gateway_take(id, 4096);
        if part.is_empty() {
            return String::from_utf8_lossy(&answer).into_owned();
        }
        answer.extend_from_slice(&part);
    }
}

fn connect(world: &mut World) -> GatewayId {
    let id = world.gateway_connect("127.0.0.1:5000".to_owned()).expect("there is room");
    let events = pass(world, 100);
    assert!(events.contains(&GatewayEvent::Writable), "{events:?}");
    id
}

fn session_of(answer: &str) -> String {
    let line = answer.lines().find(|l| l.starts_with("Session:")).expect("a session");
    line["Session:".len()..].split(';').next().unwrap_or_default().trim().to_owned()
}

#[test]
fn a_real_clients_session_crosses_the_network_beside_the_players() {
    let mut world = run("classroom", 1);
    let moments = simulator::fork::Moments::new(&world);
    let id = connect(&mut world);
    let url = "rtsp://127.0.0.1:8554/demo";
    let options =
        ask(&mut world, id, &format!("OPTIONS {url} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Tester\r\n\r\n"));
    assert!(options.starts_with("RTSP/1.0 200"), "{options}");
    let described = ask(&mut world, id, &format!("DESCRIBE {url} RTSP/1.0\r\nCSeq: 2\r\n\r\n"));
    assert!(described.contains("m=video"), "{described}");
    assert!(!described.contains("10.0."), "no address of the simulation leaves it: {described}");
    let setup = ask(
        &mut world,
        id,
        &format!(
            "SETUP {url}/trackID=0 RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP;unicast;client_port=40000-40001\r\n\r\n"
        ),
    );
    assert!(setup.contains("server_port=6970-6971"), "{setup}");
    let session = session_of(&setup);
    let play = ask(&mut world, id, &format!("PLAY {url} RTSP/1.0\r\nCSeq: 4\r\nSession: {session}\r\n\r\n"));
    assert!(play.starts_with("RTSP/1.0 200"), "{play}");
    let events = pass(&mut world, 1000);
    let rtp = events
        .iter()
        .filter(|e| matches!(e, GatewayEvent::Datagram { from_port: 6970, to_port: 40000, .. }))
        .count();
    assert!(rtp > 200, "{rtp} RTP packets in a second");
    let node = world.gateway_node(id).unwrap();
    let view = world.clients().into_iter().find(|c| c.node == node).unwrap();
    assert_eq!((view.name.as_str(), view.state, view.transport), ("Tester", "Playing", Some("udp")));
    let methods: Vec<_> = world
        .tape()
        .messages()
        .iter()
        .filter(|m| m.from == node)
        .filter_map(|m| match &m.what {
            What::Request { method, .. } => Some(method.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(methods, ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]);
    let teardown = format!("TEARDOWN {url} RTSP/1.0\r\nCSeq: 5\r\nSession: {session}\r\n\r\n");
    assert!(ask(&mut world, id, &teardown).starts_with("RTSP/1.0 200"));
    world.gateway_close(id);
    let events = pass(&mut world, 500);
    assert!(events.contains(&GatewayEvent::Closed), "{:?}", events.last());
    world.gateway_leave(id);
    assert_eq!(world.gateways_connected(), 0);
    assert!(world.clients().iter().any(|c| c.node == node && c.left.is_some()));
    assert_eq!(troubles(world.tape()), Vec::<String>::new());
    forks_are_the_same("a real client", &moments, &world);
}

#[test]
fn a_client_that_vanishes_frees_its_host_and_the_limit_holds() {
    let options = WorldOptions { gateways: 2, ..WorldOptions::default() };
    let mut world = world_with("classroom", options);
    let moments = simulator::fork::Moments::new(&world);
    let first = connect(&mut world);
    let second = connect(&mut world);
    assert_eq!(world.gateway_connect("third".to_owned()), Err(GatewaysFull::Limit { limit: 2 }));
    let host = world.gateway_node(first).unwrap();
    world.gateway_abort(first);
    let third = connect(&mut world);
    assert_eq!(world.gateway_node(third), Some(host), "the freed host is used again");
    assert_ne!(third, first);
    assert_eq!(world.gateway_write(first, b"x"), 0, "the old way is closed");
    assert_eq!(world.gateways_connected(), 2);
    let left = world
        .tape()
        .states()
        .iter()
        .any(|s| matches!(&s.change, Change::Client { joined: false, client, .. } if *client == host));
    assert!(left);
    let _ = second;
    forks_are_the_same("a real client", &moments, &world);
}

#[test]
fn a_client_without_a_connection_keeps_its_host_as_long_as_its_session() {
    let options = WorldOptions { gateways: 2, ..WorldOptions::default() };
    let mut world = world_with("classroom", options);
    let moments = simulator::fork::Moments::new(&world);
    let url = "rtsp://127.0.0.1/demo";
    let play = |world: &mut World| {
        let id = connect(world);
        let setup = format!(
            "SETUP {url}/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP;unicast;client_port=40000-40001\r\n\r\n"
        );
        let session = session_of(&ask(world, id, &setup));
        let play = format!("PLAY {url} RTSP/1.0\r\nCSeq: 2\r\nSession: {session}\r\n\r\n");
        assert!(ask(world, id, &play).starts_with("RTSP/1.0 200"));
        (id, session)
    };
    let brings_media = |events: Vec<GatewayEvent>| {
        events.iter().any(|event| matches!(event, GatewayEvent::Datagram { from_port: 6970, .. }))
    };
    let (first, session) = play(&mut world);
    world.gateway_abort(first);
    pass(&mut world, 1000);
    assert!(brings_media(pass(&mut world, 1000)), "RTP goes on");
    assert!(world.has_gateway(first) && world.gateway_has_port(first, 40_000));
    assert_eq!((world.gateways_connected(), world.gateways_left()), (0, 0));
    assert_eq!(world.gateway_write(first, b"x"), 0, "its connection is over");
    // Another connection ends the session, and with it the host is free.
    let second = connect(&mut world);
    let teardown = format!("TEARDOWN {url} RTSP/1.0\r\nCSeq: 1\r\nSession: {session}\r\n\r\n");
    assert!(ask(&mut world, second, &teardown).starts_with("RTSP/1.0 200"));
    assert!(!world.has_gateway(first));
    assert_eq!((world.gateways_connected(), world.gateways_left()), (1, 1));
    // Who is not connected gives way to who connects.
    let (third, _) = play(&mut world);
    world.gateway_abort(third);
    let host = world.gateway_node(third);
    pass(&mut world, 500);
    assert!(world.has_gateway(third));
    let fourth = connect(&mut world);
    assert!(!world.has_gateway(third));
    assert_eq!(world.gateway_node(fourth), host);
    assert!(!brings_media(pass(&mut world, 500)), "what comes for the one before is not for it");
    // A session that nobody keeps alive ends.
    world.gateway_abort(second);
    let (fifth, _) = play(&mut world);
    world.gateway_abort(fifth);
    pass(&mut world, 55_000);
    assert!(world.has_gateway(fifth));
    pass(&mut world, 10_000);
    assert!(!world.has_gateway(fifth));
    forks_are_the_same("a client without a connection", &moments, &world);
}

#[test]
fn octets_that_make_no_sense_are_carried_and_answered() {
    let mut world = world("classroom");
    let moments = simulator::fork::Moments::new(&world);
    let id = connect(&mut world);
    let answer = ask(&mut world, id, "what is this?\r\n\r\n");
    assert!(answer.starts_with("RTSP/1.0 400"), "{answer}");
    assert!(
        world
            .tape()
            .messages()
            .iter()
            .any(|m| m.what == What::Unknown || matches!(m.what, What::Request { .. }))
    );
    forks_are_the_same("a real client", &moments, &world);
}

#[test]
fn a_reader_that_takes_nothing_closes_the_window_and_costs_a_bounded_amount() {
    let mut world = world("classroom");
    let moments = simulator::fork::Moments::new(&world);
    let id = connect(&mut world);
    let url = "rtsp://127.0.0.1/demo";
    ask(&mut world, id, &format!("DESCRIBE {url} RTSP/1.0\r\nCSeq: 1\r\n\r\n"));
    let setup = ask(
        &mut world,
        id,
        &format!(
            "SETUP {url}/trackID=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
        ),
    );
    let session = session_of(&setup);
    let play = format!("PLAY {url} RTSP/1.0\r\nCSeq: 3\r\nSession: {session}\r\n\r\n");
    assert_eq!(world.gateway_write(id, play.as_bytes()), play.len());
    world.run_until(SimTime::from_secs(20));
    let mut taken = 0;
    let mut stream: Vec<u8> = Vec::new();
    loop {
        let part: Bytes = world.gateway_take(id, 1 << 20);
        if part.is_empty() {
            break;
        }
        taken += part.len();
        stream.extend_from_slice(&part);
        let until = world.now() + Duration::from_millis(1);
        world.run_until(until);
        if taken > 4 << 20 {
            break;
        }
    }
    assert!(taken > 60_000, "what fitted into the buffers came: {taken}");
    // Never part of a `$` frame: the stream can be read from its start to its end.
    let mut at = stream.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    while at + 4 <= stream.len() {
        assert_eq!(stream[at], b'$', "at octet {at}");
        at += 4 + usize::from(u16::from_be_bytes([stream[at + 2], stream[at + 3]]));
    }
    forks_are_the_same("a real client", &moments, &world);
}

#[test]
fn a_real_client_is_redirected_by_the_address_that_it_knows() {
    let mut world = run("classroom", 1);
    let moments = simulator::fork::Moments::new(&world);
    let id = connect(&mut world);
    let node = world.gateway_node(id).unwrap();
    let url = "rtsp://127.0.0.1:8554/demo";
    assert!(world.redirect(Some(node), "/demo").is_err(), "it has no session");
    let setup =
        format!("SETUP {url}/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;unicast\r\n\r\n");
    let session = session_of(&ask(&mut world, id, &setup));
    let refused = world.redirect(Some(node), "/nothing").unwrap_err();
    assert_eq!(refused.to_string(), "There is no /nothing on this server.");
    assert_eq!(world.redirect(Some(node), "/demo"), Ok(1));
    let request = ask(&mut world, id, "");
    assert!(request.starts_with("REDIRECT rtsp://127.0.0.1:8554/demo RTSP/1.0\r\nCSeq: 1\r\n"), "{request}");
    assert!(request.contains("\r\nLocation: rtsp://127.0.0.1:8554/demo\r\n"), "{request}");
    assert!(request.contains(&format!("\r\nSession: {session}\r\n")), "{request}");
    ask(&mut world, id, "RTSP/1.0 501 Not Implemented\r\nCSeq: 1\r\n\r\n");
    let notes: Vec<_> = world
        .tape()
        .states()
        .iter()
        .filter_map(|state| match &state.change {
            Change::Note { text } => Some(text.clone()),
            _ => None,
        })
        .collect();
    assert!(notes.iter().any(|note| note.contains("does not follow")), "{notes:?}");
    assert_eq!(world.redirect(None, "/demo"), Ok(1), "the built-in player plays");
    forks_are_the_same("a real client", &moments, &world);
}
