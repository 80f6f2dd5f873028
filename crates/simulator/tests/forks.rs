//! Forks: the same inputs give the same run again, and a change begins where it was made.

mod common;

use bytes::Bytes;
use common::*;
use protocol::media::Catalogue;
use protocol::random::Dice;
use protocol::rtsp::ClientRequest;
use protocol::time::SimTime;
use simulator::fork::{CannotFork, Fork, ForkChange, MOMENT_SPACING, Moments, Trace};
use simulator::link::{Fate, Fault, FaultKind, FaultTrigger, LinkDirection, PRESETS};
use simulator::scenario::{LinkSpec, NodeKind, NodeSpec};
use simulator::tape::{HopRecord, MessageRecord};
use simulator::world::{Input, MAX_INPUT_OCTETS};
use simulator::{FrameId, GatewayEvent, GatewayId, LinkId, MessageId, NodeId, Scenario, World, WorldOptions};
use std::collections::BTreeMap;
use std::time::Duration;

const CLIENT: NodeId = NodeId(0);

/// A number from 0 to `end`, without that.
fn below(dice: &mut Dice, end: u64) -> u64 {
    dice.u64() % end
}

fn pass(world: &mut World, moments: &mut Moments, millis: u64) {
    world.run_until(world.now() + Duration::from_millis(millis));
    moments.keep(world);
}

/// What a person at the remote may do; most of it is refused at most times, which is part of it.
fn order(world: &mut World, dice: &mut Dice) {
    let client = world.clients()[below(dice, world.clients().len() as u64) as usize].node;
    let link = LinkId(below(dice, world.links().len() as u64) as u32);
    let direction = LinkDirection::BOTH[below(dice, 2) as usize];
    let done = match below(dice, 10) {
        0 => world.request(client, ClientRequest::Pause),
        1 | 2 => world.request(client, ClientRequest::Play { from: None, until: None }),
        3 => world.request(client, ClientRequest::GetParameter { names: Vec::new() }),
        4 => world.open(client, "/demo"),
        5 => world.announce(client, Some("mine")),
        6 => {
            let preset = &PRESETS[below(dice, PRESETS.len() as u64) as usize];
            world.set_weather(link, direction, preset.down.clone())
        }
        7 | 8 => {
            let on = if below(dice, 2) == 0 { FaultTrigger::Next } else { FaultTrigger::NextMarker };
            let what = [
                FaultKind::Drop,
                FaultKind::Corrupt { bit: below(dice, 12_000) as u32 },
                FaultKind::Delay { by: Duration::from_millis(below(dice, 300)) },
                FaultKind::Duplicate,
            ][below(dice, 4) as usize];
            world.order_fault(link, direction, Fault { on, what })
        }
        9 => world.set_playout_delay(client, Duration::from_millis(below(dice, 500))),
        _ => world.redirect(None, "/demo").map(|_| ()),
    };
    drop(done);
}

#[test]
fn every_scenario_with_orders_is_the_same_again_from_every_moment() {
    for name in Scenario::names() {
        let mut dice = Dice::new(3, name);
        let mut world = world(name);
        let mut moments = Moments::new(&world);
        while world.now() < SimTime::ZERO + MOMENT_SPACING + Duration::from_secs(3) {
            pass(&mut world, &mut moments, 1 + below(&mut dice, 700));
            order(&mut world, &mut dice);
        }
        pass(&mut world, &mut moments, 500);
        assert_eq!(moments.count(), 2, "{name}");
        assert!(world.inputs().entries().end() > 10, "{name}");
        forks_are_the_same(name, &moments, &world);
    }
}

/// A client as real ones are: it sends in pieces, takes in pieces, reports, and pauses in between.
struct Raw {
    id: GatewayId,
    to_say: Vec<u8>,
    readable: bool,
    heard: Vec<u8>,
    datagrams: u32,
}

impl Raw {
    fn connect(world: &mut World) -> Self {
        let id = world.gateway_connect("192.0.2.1:5000".to_owned()).expect("there is room");
        Raw { id, to_say: Vec::new(), readable: false, heard: Vec::new(), datagrams: 0 }
    }

    fn told(&mut self, world: &mut World, event: &GatewayEvent) {
        match event {
            GatewayEvent::Readable => self.readable = true,
            GatewayEvent::Datagram { to_port: 40_000, .. } => {
                self.datagrams += 1;
                if self.datagrams.is_multiple_of(200) {
                    let report = [0x80, 201, 0, 1, 0, 0, 0, 9];
                    world.gateway_datagram(self.id, 40_001, 6971, Bytes::copy_from_slice(&report));
                }
            }
            _ => {}
        }
    }

    fn turn(&mut self, world: &mut World, dice: &mut Dice) {
        if !self.to_say.is_empty() {
            let part = 1 + below(dice, self.to_say.len() as u64) as usize;
            let taken = world.gateway_write(self.id, &self.to_say[..part]);
            self.to_say.drain(..taken);
        }
        if self.readable && below(dice, 3) > 0 {
            let bytes = world.gateway_take(self.id, 1 + below(dice, 3000) as usize);
            self.readable = !bytes.is_empty();
            self.heard.extend_from_slice(&bytes);
        }
    }

    fn say(&mut self, method: &str, headers: &str) {
        let cseq = self.heard.len() + self.to_say.len() + 1;
        let track = if method == "SETUP" { "/trackID=0" } else { "" };
        let text = format!("{method} rtsp://h/demo{track} RTSP/1.0\r\nCSeq: {cseq}\r\n{headers}\r\n");
        self.to_say.extend_from_slice(text.as_bytes());
    }

    fn session(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.heard);
        let line = text.lines().find_map(|line| line.strip_prefix("Session:"))?;
        Some(format!("Session: {}\r\n", line.split(';').next().unwrap_or_default().trim()))
    }
}

fn live(world: &mut World, moments: &mut Moments, raws: &mut [Raw], dice: &mut Dice, millis: u64) {
    let end = world.now() + Duration::from_millis(millis);
    while world.now() < end {
        pass(world, moments, 1 + below(dice, 20));
        while let Some((id, event)) = world.poll_gateway() {
            raws.iter_mut().filter(|raw| raw.id == id).for_each(|raw| raw.told(world, &event));
        }
        raws.iter_mut().for_each(|raw| raw.turn(world, dice));
    }
}

#[test]
fn real_clients_and_how_they_read_are_the_same_again() {
    let mut dice = Dice::new(5, "raw clients");
    let mut world = world("classroom-loss");
    let mut moments = Moments::new(&world);
    let mut raws = [Raw::connect(&mut world), Raw::connect(&mut world)];
    let transports = ["RTP/AVP;unicast;client_port=40000-40001", "RTP/AVP/TCP;unicast;interleaved=0-1"];
    for (raw, transport) in raws.iter_mut().zip(transports) {
        raw.say("OPTIONS", "User-Agent: Raw\r\n");
        raw.say("DESCRIBE", "");
        raw.say("SETUP", &format!("Transport: {transport}\r\n"));
    }
    live(&mut world, &mut moments, &mut raws, &mut dice, 1500);
    for raw in &mut raws {
        let session = raw.session().expect("an answer to SETUP");
        raw.say("PLAY", &session);
    }
    live(&mut world, &mut moments, &mut raws, &mut dice, 6000);
    assert!(raws[0].datagrams > 1000, "{}: more than wait at a time", raws[0].datagrams);
    assert!(raws[1].heard.len() > 50_000, "{}", raws[1].heard.len());
    // One closes in good order, the other vanishes; a third one gets the host of the first.
    world.gateway_close(raws[0].id);
    live(&mut world, &mut moments, &mut raws, &mut dice, 500);
    world.gateway_leave(raws[0].id);
    world.gateway_abort(raws[1].id);
    let mut third = [Raw::connect(&mut world)];
    live(&mut world, &mut moments, &mut third, &mut dice, 3000);
    assert!(moments.count() > 1);
    forks_are_the_same("real clients", &moments, &world);
}

/// Requests of the lab's dialect have no end: it is a pause that ends them.
#[test]
fn a_real_client_of_the_lab_is_the_same_again() {
    let mut dice = Dice::new(9, "lab client");
    let mut world = world("classroom-lab");
    let mut moments = Moments::new(&world);
    let mut raw = [Raw::connect(&mut world)];
    for (cseq, method) in [(1, "SETUP"), (2, "PLAY"), (3, "PAUSE"), (4, "TEARDOWN")] {
        let last = match raw[0].session() {
            Some(session) => session.trim_end().to_owned(),
            None => "Transport: RTP/UDP; client_port= 40000".to_owned(),
        };
        let request = format!("{method} movie.Mjpeg RTSP/1.0\nCSeq: {cseq}\n{last}");
        raw[0].to_say.extend_from_slice(request.as_bytes());
        live(&mut world, &mut moments, &mut raw, &mut dice, 1500);
    }
    let said = conversation(world.tape());
    assert!(said.iter().filter(|word| *word == "TEARDOWN").count() == 1, "{said:?}");
    assert!(raw[0].datagrams > 10, "{}", raw[0].datagrams);
    forks_are_the_same("the lab", &moments, &world);
}

#[test]
fn one_more_order_is_the_first_difference() {
    let mut world = world("classroom");
    let mut moments = Moments::new(&world);
    for _ in 0..15 {
        pass(&mut world, &mut moments, 1000);
    }
    let at = SimTime::from_millis(12_345);
    let pause = Input::Request { client: CLIENT, request: Box::new(ClientRequest::Pause) };
    let mut fork = Fork::begin(&moments, &world, at, Some(&ForkChange::Inputs(vec![pause]))).unwrap();
    assert_eq!((fork.at(), fork.began()), (at, SimTime::from_secs(10)));
    fork.advance(world.inputs(), at - Duration::from_nanos(1)).unwrap();
    assert_eq!(fork.compare(world.tape(), world.now()), None, "until then they are the same");
    fork.advance(world.inputs(), world.now()).unwrap();
    let first = fork.compare(world.tape(), world.now()).expect("PAUSE makes a difference");
    assert_eq!(first.at, at);
    let Some(Trace::Message(MessageId(sent))) = first.fork else { panic!("{first:?}") };
    let said = fork.world().tape().messages().get(sent).and_then(rtsp_word);
    assert_eq!(said.as_deref(), Some("PAUSE"));
    assert!(fork.world().tape().pictures().end() < world.tape().pictures().end());
    // Both go on side by side, and the finding stays.
    pass(&mut world, &mut moments, 1000);
    fork.advance(world.inputs(), world.now()).unwrap();
    assert_eq!(fork.compare(world.tape(), world.now()), Some(first));
    assert!(fork.own_octets() > 0 && fork.own_octets() < fork.world().tape().octets());
}

#[test]
fn a_real_client_of_a_fork_says_what_it_said_and_hears_nobody() {
    let mut dice = Dice::new(6, "raw client");
    let mut world = world("classroom");
    let mut moments = Moments::new(&world);
    let mut raw = [Raw::connect(&mut world)];
    raw[0].say("DESCRIBE", "");
    raw[0].say("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
    live(&mut world, &mut moments, &mut raw, &mut dice, 1000);
    let session = raw[0].session().expect("an answer to SETUP");
    raw[0].say("PLAY", &session);
    live(&mut world, &mut moments, &mut raw, &mut dice, 2000);
    let pause = Input::Request { client: CLIENT, request: Box::new(ClientRequest::Pause) };
    let at = SimTime::from_millis(1500);
    let mut fork = Fork::begin(&moments, &world, at, Some(&ForkChange::Inputs(vec![pause]))).unwrap();
    raw[0].say("TEARDOWN", &session);
    live(&mut world, &mut moments, &mut raw, &mut dice, 1000);
    fork.advance(world.inputs(), world.now()).unwrap();
    let said = |world: &World| {
        let host = world.gateway_node(raw[0].id);
        let of_host = |message: &&MessageRecord| Some(message.from) == host;
        world.tape().messages().iter().filter(of_host).filter_map(rtsp_word).collect::<Vec<_>>()
    };
    assert_eq!(said(fork.world()), ["DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]);
    assert_eq!(said(fork.world()), said(&world));
    assert_eq!(fork.replayed(), [world.gateway_node(raw[0].id).unwrap()]);
}

/// Hops of a frame over a cable.
fn hops(world: &World, frame: FrameId, link: LinkId) -> Vec<HopRecord> {
    let is_it = |hop: &&HopRecord| hop.frame == frame && hop.link == link;
    world.tape().hops().iter().filter(is_it).cloned().collect()
}

#[test]
fn a_frame_that_fares_differently_is_the_first_difference_wherever_it_is() {
    for name in ["classroom", "classroom-tcp", "classroom-loss"] {
        let mut dice = Dice::new(8, name);
        let mut world = world(name);
        let mut moments = Moments::new(&world);
        for _ in 0..12 {
            pass(&mut world, &mut moments, 1000);
        }
        let whats = [
            FaultKind::Drop,
            FaultKind::Corrupt { bit: 500 },
            FaultKind::Delay { by: Duration::from_millis(30) },
            FaultKind::Duplicate,
        ];
        for what in whats.into_iter().cycle().take(12) {
            let whole: Vec<_> = world.tape().hops().iter().filter(|hop| hop.fate.is_none()).collect();
            let hop = whole[below(&mut dice, whole.len() as u64 * 9 / 10) as usize];
            let change = ForkChange::Fault { frame: hop.frame, link: hop.link, what };
            // The moment that a person says is that of the frame.
            let mut fork = Fork::begin(&moments, &world, SimTime::ZERO, Some(&change)).unwrap();
            assert_eq!(fork.at(), hop.queued, "{name}, {what:?}");
            fork.advance(world.inputs(), world.now()).unwrap();
            let first = fork.compare(world.tape(), world.now()).expect("a difference");
            let trace = Some(Trace::Hop(hop.frame, hop.link));
            assert_eq!((first.at, first.parent, first.fork), (hop.queued, trace, trace), "{name}, {what:?}");
            let changed = hops(fork.world(), hop.frame, hop.link);
            let is_so = match what {
                FaultKind::Drop => changed[0].fate == Some(Fate::Ordered),
                FaultKind::Corrupt { .. } => {
                    changed[0].mishap.as_ref().is_some_and(|mishap| mishap.flipped == [500])
                }
                FaultKind::Delay { by } => changed[0].arrive == hop.arrive + by,
                FaultKind::Duplicate => changed.len() == 2,
            };
            assert!(is_so, "{name}, {what:?}: {changed:?}");
        }
    }
}

#[test]
fn other_weather_is_the_first_difference_and_makes_more() {
    let mut world = world("classroom");
    let mut moments = Moments::new(&world);
    for _ in 0..6 {
        pass(&mut world, &mut moments, 1000);
    }
    let (link, at) = (LinkId(0), SimTime::from_secs(3));
    let wifi = PRESETS.last().expect("some weather").down.clone();
    let weather = |direction| Input::Weather { link, direction, weather: Box::new(wifi.clone()) };
    let change = ForkChange::Inputs(LinkDirection::BOTH.map(weather).to_vec());
    let mut fork = Fork::begin(&moments, &world, at, Some(&change)).unwrap();
    fork.advance(world.inputs(), world.now()).unwrap();
    let first = fork.compare(world.tape(), world.now()).expect("a difference");
    assert_eq!(first.at, at);
    assert!(matches!(first.fork, Some(Trace::State(_))), "{first:?}");
    assert_eq!(fork.world().weather(link, LinkDirection::Backward), Some(&wifi));
    assert_ne!(world.weather(link, LinkDirection::Backward), Some(&wifi));
    let arrivals = |world: &World| {
        let late = |hop: &&HopRecord| hop.link == link && hop.queued > at;
        world.tape().hops().iter().filter(late).map(|hop| hop.arrive).collect::<Vec<_>>()
    };
    assert_ne!(arrivals(fork.world()), arrivals(&world));
}

#[test]
fn what_cannot_be_forked_is_said() {
    let options = WorldOptions { history: Duration::from_secs(15), ..WorldOptions::default() };
    let mut world = world_with("classroom", options);
    let mut moments = Moments::new(&world);
    let begin = |moments: &Moments, world: &World, seconds| {
        Fork::begin(moments, world, SimTime::from_secs(seconds), None).map(|fork| fork.began())
    };
    assert_eq!(begin(&moments, &world, 1), Err(CannotFork::NotYet));
    for _ in 0..40 {
        pass(&mut world, &mut moments, 1000);
    }
    assert!(
        matches!(begin(&moments, &world, 20), Err(CannotFork::Gone { from }) if from > SimTime::from_secs(20))
    );
    assert_eq!(begin(&moments, &world, 29), Ok(SimTime::from_secs(20)));
    assert!(moments.count() <= 3, "{}", moments.count());
    let frame = FrameId(world.tape().frames().end());
    let nothing = ForkChange::Fault { frame, link: LinkId(0), what: FaultKind::Drop };
    let begun = Fork::begin(&moments, &world, SimTime::from_secs(35), Some(&nothing));
    assert_eq!(begun.map(|fork| fork.at()), Err(CannotFork::NoSuchHop));
    let nonsense = Input::Open { client: NodeId(99), url: "/demo".to_owned() };
    let at = SimTime::from_secs(35);
    let mut fork = Fork::begin(&moments, &world, at, Some(&ForkChange::Inputs(vec![nonsense]))).unwrap();
    assert!(matches!(fork.advance(world.inputs(), world.now()), Err(CannotFork::Refused(_))));
}

#[test]
fn after_too_many_inputs_only_what_came_late_can_be_forked() {
    let mut world = world("classroom");
    let mut moments = Moments::new(&world);
    let mut raw = Raw::connect(&mut world);
    let flood = Bytes::from(vec![0; 1400]);
    for _ in 0..35 {
        pass(&mut world, &mut moments, 1000);
        for _ in 0..2000 {
            world.gateway_datagram(raw.id, 40_001, 6971, flood.clone());
        }
        raw.say("OPTIONS", "");
        raw.turn(&mut world, &mut Dice::new(1, "raw client"));
    }
    assert!(world.inputs().octets() <= MAX_INPUT_OCTETS);
    let kept_from = world.inputs().kept_from();
    assert!(kept_from > SimTime::ZERO, "some were let go");
    let Err(CannotFork::Gone { from }) = Fork::begin(&moments, &world, SimTime::from_millis(1), None) else {
        panic!("what came then is not known any more");
    };
    assert!(from >= kept_from, "{from} {kept_from}");
    let mut fork = Fork::begin(&moments, &world, from, None).expect("from then on it is");
    fork.advance(world.inputs(), world.now()).unwrap();
    assert_eq!(fork.compare(world.tape(), world.now()), None);
    assert_eq!(fingerprint(fork.world()), fingerprint(&world));
}

#[test]
fn tapes_let_go_of_their_oldest_together() {
    let mut world = world("classroom");
    let mut moments = Moments::new(&world);
    for _ in 0..12 {
        pass(&mut world, &mut moments, 1000);
    }
    let mut fork = Fork::begin(&moments, &world, SimTime::from_secs(2), None).unwrap();
    fork.advance(world.inputs(), world.now()).unwrap();
    let (own, whole) = (fork.own_octets(), world.tape().octets());
    assert!(own > whole * 7 / 10 && own < whole, "{own} of {whole}: ten seconds of twelve");
    // What the fork takes the original must do without.
    let bound = whole + own / 2;
    world.limit_tape(bound - own);
    pass(&mut world, &mut moments, 200);
    let oldest = world.tape().oldest();
    assert!(oldest > SimTime::from_secs(4), "{oldest}");
    fork.forget_before(oldest);
    fork.advance(world.inputs(), world.now()).unwrap();
    assert!(fork.world().tape().octets() < whole * 2 / 3);
    assert!(world.tape().octets() + fork.own_octets() <= bound);
    assert!(fork.world().tape().frames().iter().all(|frame| frame.at >= oldest));
    // The number of each stays.
    assert_eq!(fork.world().tape().frames().end(), world.tape().frames().end());
}

/// The frames of each device, with their times and octets.
fn said_by(world: &World) -> BTreeMap<NodeId, Vec<(SimTime, Bytes)>> {
    let tape = world.tape();
    let mut said = BTreeMap::<_, Vec<_>>::new();
    for (number, frame) in (0..).zip(tape.frames().iter()) {
        let bytes = tape.frame_bytes(FrameId(number)).expect("kept");
        said.entry(frame.node).or_default().push((frame.at, bytes));
    }
    said
}

#[test]
fn an_idle_host_more_changes_no_other_hosts_octets() {
    for name in Scenario::names() {
        let scenario = Scenario::builtin(name).expect("its own name");
        let mut with_idle = scenario.clone();
        let place = scenario.nodes.iter().position(|n| n.kind == NodeKind::Client).expect("a client");
        let client = &scenario.nodes[place];
        let link = scenario.links.iter().find(|l| l.ends.0 == place || l.ends.1 == place).expect("a link");
        let switch = if link.ends.0 == place { link.ends.1 } else { link.ends.0 };
        assert_eq!(scenario.nodes[switch].kind, NodeKind::Switch, "{name}");
        let mut idle = NodeSpec { name: "Idle".to_owned(), ..client.clone() };
        idle.part.start = Duration::from_secs(3600);
        let interface = idle.interface.as_mut().expect("a client has an address");
        interface.mac.5 = 0xee;
        if let Some(v4) = &mut interface.v4 {
            let [a, b, c, _] = v4.ip.octets();
            v4.ip = [a, b, c, 250].into();
        }
        if let Some(v6) = &mut interface.v6 {
            v6.ip = (v6.ip.to_bits() & !0xffff | 0xee).into();
        }
        let ends = (with_idle.nodes.len(), switch);
        with_idle.links.push(LinkSpec { name: "idle".to_owned(), ends, ..link.clone() });
        with_idle.nodes.push(idle);
        let run = |scenario: &Scenario| {
            let catalogue: std::sync::Arc<Catalogue> = catalogue();
            let mut world = World::new(scenario, catalogue, WorldOptions::default()).expect("a world");
            world.run_until(SimTime::from_secs(3));
            said_by(&world)
        };
        let (without, with) = (run(&scenario), run(&with_idle));
        assert!(without.len() > 2, "{name}");
        for (node, frames) in &without {
            assert_eq!(Some(frames), with.get(node), "{name}: device {node}");
        }
    }
}
