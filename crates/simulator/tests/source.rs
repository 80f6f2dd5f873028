//! A real server behind a host of the world: here another server engine, fed by hand.

mod common;

use bytes::Bytes;
use common::*;
use protocol::message::What;
use protocol::random::Dice;
use protocol::rtsp::{ClientRequest, ConnId, Server, ServerConfig, ServerOutput};
use protocol::time::SimTime;
use simulator::tape::{Change, SourceState};
use simulator::world::{MAX_SOURCES, SourceEvent, SourceSpec};
use simulator::{GatewayEvent, GatewayId, MAX_GATEWAY_PORTS, NodeId, SOURCE_FAREWELL, SourceId, World};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// The engine's RTP port.
const RTP: u16 = 5004;
/// What is reserved for the player outside.
const RESERVED: u16 = 50_002;
/// Where the player seems to be.
const PEER: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn spec(url: &str) -> SourceSpec {
    SourceSpec {
        name: "camera.example".to_owned(),
        url: url.replace("://", "://user:secret@"),
        shown_url: url.to_owned(),
        port: 5554,
        other_names: Vec::new(),
        rtp_port: RESERVED,
    }
}

/// A world whose player has left what it played.
fn at_rest(scenario: &str) -> World {
    let mut world = run(scenario, 1);
    let node = client(&world);
    world.request(node, ClientRequest::Teardown).expect("it plays");
    world.run_until(SimTime::from_secs(2));
    world
}

fn client(world: &World) -> NodeId {
    world.clients().first().expect("a player").node
}

/// The real world: a server engine, and what carries octets between it and the simulated one.
struct Outside {
    server: Server,
    source: SourceId,
    /// Octets that the world has not taken yet, and whether a FIN follows them.
    calls: BTreeMap<GatewayId, (Vec<u8>, bool)>,
    /// What is told of connections, in order.
    told: Vec<GatewayEvent>,
    left: bool,
    /// The server's datagrams that crossed.
    datagrams: usize,
}

impl Outside {
    fn open(world: &mut World, url: &str) -> Self {
        let config = ServerConfig { rtp_port: RTP, ..ServerConfig::default() };
        let node = client(world);
        Outside {
            server: Server::new(config, catalogue(), Dice::new(7, "outside")),
            source: world.source_open(node, spec(url)).expect("there is a place"),
            calls: BTreeMap::new(),
            told: Vec::new(),
            left: false,
            datagrams: 0,
        }
    }

    fn conn(id: GatewayId) -> ConnId {
        ConnId(u64::from(id.0))
    }

    fn pass(&mut self, world: &mut World, time: Duration) {
        let end = world.now() + time;
        while world.now() < end {
            let next = world.now() + Duration::from_millis(1);
            world.run_until(next);
            self.turn(world);
        }
    }

    fn turn(&mut self, world: &mut World) {
        let now = world.now();
        while let Some((source, event)) = world.poll_source() {
            assert_eq!(source, self.source);
            match event {
                SourceEvent::Called(id) => {
                    self.server.connected(now, Self::conn(id), PEER).expect("few connections");
                    self.calls.insert(id, (Vec::new(), false));
                    world.source_connected(source);
                }
                SourceEvent::Datagram { from_port, to_port, bytes } => {
                    assert!((RESERVED..=RESERVED + 1).contains(&from_port), "{from_port}");
                    self.server.receive_datagram(now, to_port, SocketAddr::new(PEER, from_port), &bytes);
                }
                SourceEvent::Left => self.left = true,
            }
        }
        while let Some((id, event)) = world.poll_gateway() {
            self.told.push(event.clone());
            match event {
                GatewayEvent::Readable => loop {
                    let bytes = world.gateway_take(id, 4096);
                    if bytes.is_empty() {
                        break;
                    }
                    self.server.receive(now, Self::conn(id), &bytes);
                },
                GatewayEvent::Closed => {
                    self.server.disconnected(now, Self::conn(id));
                    self.calls.entry(id).or_default().1 = true;
                }
                GatewayEvent::Reset => {
                    self.server.disconnected(now, Self::conn(id));
                    self.calls.remove(&id);
                    world.gateway_abort(id);
                }
                _ => {}
            }
        }
        if self.server.poll_timeout().is_some_and(|at| at <= now) {
            self.server.handle_timeout(now);
        }
        while let Some(output) = self.server.poll_output(now) {
            match output {
                ServerOutput::Stream { conn, data } => {
                    let call = self.calls.iter_mut().find(|(id, _)| Self::conn(**id) == conn);
                    if let Some((_, (waiting, _))) = call {
                        waiting.extend_from_slice(&data.bytes);
                    }
                }
                ServerOutput::Datagram { from_port, to, data } => {
                    self.datagrams += 1;
                    world.source_datagram(self.source, from_port, to.port(), data.bytes);
                }
                _ => {}
            }
        }
        self.calls.retain(|id, (waiting, ends)| {
            let taken = world.gateway_write(*id, waiting);
            waiting.drain(..taken);
            let over = waiting.is_empty() && *ends;
            if over {
                world.gateway_close(*id);
                world.gateway_leave(*id);
            }
            !over
        });
    }
}

fn methods_to(world: &World, node: NodeId) -> Vec<String> {
    let requests = world.tape().messages().iter().filter(|m| m.to == Some(node));
    requests
        .filter_map(|m| match &m.what {
            What::Request { method, .. } => Some(method.clone()),
            _ => None,
        })
        .collect()
}

fn states(world: &World, node: NodeId) -> Vec<SourceState> {
    let changes = world.tape().states().iter().filter(|s| s.node == node);
    changes
        .filter_map(|s| match &s.change {
            Change::Source { state, .. } => Some(state.clone()),
            _ => None,
        })
        .collect()
}

fn plays(scenario: &str, transport: &'static str) {
    let mut world = at_rest(scenario);
    let moments = simulator::fork::Moments::new(&world);
    let mut outside = Outside::open(&mut world, "rtsp://camera.example:5554/demo");
    outside.pass(&mut world, Duration::from_secs(3));
    let view = world.sources().into_iter().next().expect("a host stands for it");
    assert_eq!((view.name.as_str(), &view.state), ("camera.example", &SourceState::Connected));
    assert_eq!(methods_to(&world, view.node), ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]);
    let player = world.clients().into_iter().next().expect("a player");
    assert_eq!((player.state, player.transport), ("Playing", Some(transport)));
    assert_eq!(outside.datagrams > 0, transport == "udp");
    // The last second's pictures are whole, and their packets came from the real server's host.
    let recent = world.now() - Duration::from_secs(1);
    let pictures: Vec<_> = world.tape().pictures().iter().filter(|p| p.at > recent).collect();
    assert!((20..=27).contains(&pictures.len()), "{}", pictures.len());
    for picture in pictures {
        assert!(picture.complete && picture.decodable);
        for (_, message) in &picture.slots {
            let message = message.expect("no packet is missing");
            assert_eq!(world.tape().messages().get(message.0).expect("kept").from, view.node);
        }
    }
    // A response knows its method by the request that it answers.
    let answered = world.tape().messages().iter().any(|m| {
        m.from == view.node
            && matches!(&m.what, What::Response { method: Some(method), .. } if method == "PLAY")
    });
    assert!(answered);
    assert_eq!(troubles(world.tape()), Vec::<String>::new());
    forks_are_the_same(scenario, &moments, &world);
}

#[test]
fn the_player_plays_from_a_real_server_over_udp() {
    plays("classroom", "udp");
}

#[test]
fn the_player_plays_from_a_real_server_over_tcp() {
    plays("classroom-tcp", "tcp");
}

#[test]
fn password_and_user_are_nowhere_on_the_tape_but_in_requests() {
    let mut world = at_rest("classroom");
    let mut outside = Outside::open(&mut world, "rtsp://camera.example:5554/demo");
    outside.pass(&mut world, Duration::from_secs(1));
    for state in world.tape().states().iter() {
        assert!(!format!("{state:?}").contains("secret"), "{state:?}");
    }
    assert!(!format!("{:?} {:?}", world.clients(), world.sources()).contains("secret"));
    assert!(!format!("{:?}", spec("rtsp://h/")).contains("secret"));
}

#[test]
fn a_server_that_is_not_there_resets_the_connection_and_says_why() {
    let mut world = at_rest("classroom");
    let node = client(&world);
    let source = world.source_open(node, spec("rtsp://camera.example:5554/demo")).unwrap();
    let mut called = None;
    while called.is_none() {
        world.step();
        if let Some((_, SourceEvent::Called(id))) = world.poll_source() {
            called = Some(id);
        }
    }
    let why = "Nobody listens there.".to_owned();
    world.source_failed(source, called.unwrap(), why.clone());
    let until = world.now() + Duration::from_secs(2);
    world.run_until(until);
    let host = world.sources()[0].node;
    let told = states(&world, host);
    assert_eq!(told, [SourceState::Open, SourceState::Failed { why }, SourceState::Closed]);
    assert_eq!(world.clients()[0].state, "Init");
    assert_eq!(world.gateway_write(called.unwrap(), b"x"), 0, "the way is closed");
}

#[test]
fn a_server_that_is_left_has_its_time_to_close_and_hosts_are_used_again() {
    let mut world = at_rest("classroom");
    for round in 0..=MAX_SOURCES {
        let mut outside = Outside::open(&mut world, "rtsp://camera.example:5554/demo");
        outside.pass(&mut world, Duration::from_secs(1));
        assert_eq!(world.clients()[0].state, "Playing", "round {round}");
        let node = client(&world);
        world.source_leave(node);
        assert!(!outside.left, "its connection still stands");
        outside.pass(&mut world, SOURCE_FAREWELL + Duration::from_millis(100));
        assert!(outside.left, "round {round}");
        assert!(world.sources().iter().all(|s| s.left.is_some()));
    }
    assert_eq!(world.sources().len(), MAX_SOURCES as usize);
}

#[test]
fn there_is_a_limit() {
    let mut world = at_rest("classroom");
    let node = client(&world);
    for _ in 0..MAX_SOURCES {
        world.source_open(node, spec("rtsp://camera.example:5554/demo")).unwrap();
    }
    // None of the hosts has been told to be free: nobody has polled them.
    let refused = world.source_open(node, spec("rtsp://camera.example:5554/demo")).unwrap_err();
    assert!(refused.to_string().contains(&MAX_SOURCES.to_string()), "{refused}");
}

#[test]
fn datagrams_from_ports_that_no_answer_named_are_dropped() {
    let mut world = at_rest("classroom");
    let mut outside = Outside::open(&mut world, "rtsp://camera.example:5554/demo");
    outside.pass(&mut world, Duration::from_secs(1));
    let host = world.sources()[0].node;
    let before = world.tape().messages().iter().filter(|m| m.from == host).count();
    for port in 1000..1000 + 4 * MAX_GATEWAY_PORTS as u16 {
        world.source_datagram(outside.source, port, RESERVED, Bytes::from_static(b"noise"));
    }
    assert_eq!(world.tape().messages().iter().filter(|m| m.from == host).count(), before);
    world.source_datagram(outside.source, RTP, RESERVED, Bytes::from_static(b"noise"));
    assert_eq!(world.tape().messages().iter().filter(|m| m.from == host).count(), before + 1);
    let until = world.now() + Duration::from_millis(100);
    world.run_until(until);
    assert_eq!(troubles(world.tape()), Vec::<String>::new());
}

#[test]
fn a_scenario_without_a_place_for_them_says_so() {
    let text = include_str!("../scenarios/classroom.toml");
    let end = text.find("[source]").expect("the classroom has a place");
    let scenario = simulator::Scenario::parse(&text[..end], "x.toml").unwrap();
    let mut world = World::new(&scenario, catalogue(), Default::default()).unwrap();
    let node = client(&world);
    let refused = world.source_open(node, spec("rtsp://h/")).unwrap_err();
    assert!(refused.to_string().contains("[source]"), "{refused}");
    let mut world = common::world("classroom");
    assert!(world.source_open(NodeId(1), spec("rtsp://h/")).is_err(), "a switch plays nothing");
    world.run_until(SimTime::from_secs(1));
}

/// Opens a server that says nothing by itself, and answers the call to it.
fn silent(world: &mut World) -> (SourceId, GatewayId) {
    let node = client(world);
    let source = world.source_open(node, spec("rtsp://camera.example:5554/demo")).expect("a place");
    loop {
        world.step();
        if let Some((_, SourceEvent::Called(call))) = world.poll_source() {
            world.source_connected(source);
            return (source, call);
        }
    }
}

fn events_of(world: &mut World, call: GatewayId, time: Duration) -> Vec<GatewayEvent> {
    let until = world.now() + time;
    world.run_until(until);
    let mut events = Vec::new();
    while let Some((id, event)) = world.poll_gateway() {
        assert_eq!(id, call);
        events.push(event);
    }
    events
}

#[test]
fn the_players_octets_come_out_and_wait_to_be_taken() {
    let mut world = at_rest("classroom");
    let (_, call) = silent(&mut world);
    let events = events_of(&mut world, call, Duration::from_millis(100));
    assert_eq!(events, [GatewayEvent::Writable, GatewayEvent::Readable]);
    let request = world.gateway_take(call, 7);
    assert_eq!(request, "OPTIONS", "no more than asked for");
    let rest = world.gateway_take(call, 4096);
    assert!(rest.starts_with(b" rtsp://camera.example:5554/demo RTSP/1.0\r\n"), "{rest:?}");
    assert!(world.gateway_take(call, 4096).is_empty());
}

#[test]
fn octets_are_taken_from_a_real_server_only_as_the_simulated_connection_takes_them() {
    let mut world = at_rest("classroom");
    let (_, call) = silent(&mut world);
    events_of(&mut world, call, Duration::from_millis(100));
    // Frames of a channel that nobody has set up: the player reads them, and they are nothing to it.
    let frame = [b"$\x04\x03\xe8".as_slice(), &[0; 1000]].concat();
    let stream = frame.repeat(2000);
    let mut sent = 0;
    let begin = world.now();
    while sent < stream.len() {
        let taken = world.gateway_write(call, &stream[sent..]);
        assert!(taken < 1 << 20, "{taken} octets were taken at once");
        sent += taken;
        let events = events_of(&mut world, call, Duration::from_millis(1));
        assert!(!events.contains(&GatewayEvent::Reset));
    }
    // 2 MB over a cable of 100 Mbit/s.
    let took = world.now().since(begin);
    assert!(took > Duration::from_millis(100), "{took:?}");
    assert_eq!(troubles(world.tape()), Vec::<String>::new());
}

#[test]
fn ends_cross_as_they_are() {
    // FIN from the real server: the player closes, too.
    let mut world = at_rest("classroom");
    let (_, call) = silent(&mut world);
    events_of(&mut world, call, Duration::from_millis(100));
    world.gateway_close(call);
    let events = events_of(&mut world, call, Duration::from_secs(1));
    assert!(events.contains(&GatewayEvent::Closed), "{events:?}");
    world.gateway_leave(call);
    assert_eq!(world.sources()[0].state, SourceState::Closed);
    // RST from the real server: the player's connection is reset.
    let mut world = at_rest("classroom");
    let (_, call) = silent(&mut world);
    events_of(&mut world, call, Duration::from_millis(100));
    world.gateway_abort(call);
    let until = world.now() + Duration::from_secs(1);
    world.run_until(until);
    assert_eq!(world.sources()[0].state, SourceState::Closed);
    let reset = world.tape().frames().iter().any(
        |frame| matches!(&frame.carried, simulator::tape::Carried::Tcp { flags, .. } if flags & 0x04 != 0),
    );
    assert!(reset, "an RST crosses the network");
}
