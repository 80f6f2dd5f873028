//! The student project's dialect in a whole world: malformed requests are served, and each
//! picture is one datagram that IPv4 cuts into fragments.

mod common;

use common::*;
use protocol::dissect::{Dissector, Fcs};
use protocol::message::What;
use protocol::rtp::jpeg;
use protocol::rtsp::ClientRequest;
use protocol::time::SimTime;
use simulator::tape::{Carried, Change};
use simulator::{FrameId, MessageId, NodeId, PictureId, Scenario, World, WorldOptions};
use std::collections::BTreeMap;

const CLIENT: NodeId = NodeId(0);
const ROUTER: NodeId = NodeId(2);
const SERVER: NodeId = NodeId(4);

/// The server's frames by message, those of routers left out.
fn frames_of_packets(world: &World) -> BTreeMap<MessageId, Vec<FrameId>> {
    let mut frames: BTreeMap<MessageId, Vec<FrameId>> = BTreeMap::new();
    for (number, frame) in (world.tape().frames().start()..).zip(world.tape().frames().iter()) {
        if let Carried::Udp { message: Some(message), .. } = frame.carried
            && frame.node == SERVER
        {
            frames.entry(message).or_default().push(FrameId(number));
        }
    }
    frames
}

#[test]
fn every_picture_crosses_the_network_in_fragments_and_is_the_file_sent() {
    let world = run("classroom-lab", 3);
    let tape = world.tape();
    assert_eq!(troubles(tape), Vec::<String>::new());
    assert_eq!(conversation(tape), ["SETUP", "200", "PLAY", "200"].map(str::to_owned));
    let requests: Vec<_> = (0..)
        .map_while(|number| Some((tape.messages().get(number)?, tape.message_bytes(MessageId(number))?)))
        .filter(|(message, _)| matches!(message.what, What::Request { .. }))
        .map(|(_, bytes)| String::from_utf8(bytes.to_vec()).expect("text"))
        .collect();
    assert_eq!(requests, ["SETUP movie.Mjpeg\n 1 \n RTSP/1.0 RTP/UDP 49152", "PLAY \n 2"]);

    let catalogue = catalogue();
    let clip = catalogue.get("demo").expect("it is offered");
    let pictures: Vec<_> = tape.pictures().iter().collect();
    assert!(pictures.len() >= 70, "{}", pictures.len());
    for (number, picture) in pictures.iter().enumerate() {
        assert!(picture.complete && picture.decodable && picture.slots.len() == 1, "{picture:?}");
        assert_eq!(picture.slots[0].0, number as u16 + 1, "numbers begin with 1");
        let packets = tape.picture_packets(PictureId(number as u64)).expect("they are kept");
        let rebuilt = jpeg::rebuild(packets.iter().map(|packet| &packet[..])).expect("a picture");
        assert!(rebuilt.jpeg == clip.sample(0, number).expect("it was sent").bytes, "picture {number}");
    }
    let frames = frames_of_packets(&world);
    for (message, frames) in &frames {
        let length = tape.messages().get(message.0).expect("it is kept").length as usize;
        // 1480 octets of each frame are the packet's (RFC 791 section 3.2), UDP's header included.
        assert_eq!(frames.len(), (length + 8).div_ceil(1480), "{message:?} of {length} octets");
    }
    assert!(frames.values().map(Vec::len).max() >= Some(9), "the demo's pictures are long");
    let rtcp = tape.messages().iter().filter(|message| matches!(message.what, What::Rtcp { .. })).count();
    assert_eq!(rtcp, 0, "the dialect has none");
    let notes: Vec<_> = tape
        .states()
        .iter()
        .filter_map(|state| match &state.change {
            Change::Note { text } if state.node == SERVER => Some(text.clone()),
            _ => None,
        })
        .collect();
    for rule in ["(RFC 2326 4)", "(RFC 2326 6.1)", "(RFC 2326 12.17)", "(RFC 2326 12.39)", "(RFC 2435 3.1)"] {
        assert!(notes.iter().any(|note| note.ends_with(rule)), "{rule}: {notes:#?}");
    }
}

#[test]
fn the_dissection_shows_requests_fragments_and_the_file() {
    let world = run("classroom-lab", 1);
    let tape = world.tape();
    let mut dissector = Dissector::new();
    let (mut fragments, mut files, mut numbers, mut answers) = (0, 0, Vec::new(), 0);
    for number in tape.frames().start()..tape.frames().end() {
        let record = tape.frames().get(number).expect("it is kept");
        // The frames of one cable: those that the client makes, and the router's copies for it.
        let bytes = tape.frame_bytes(FrameId(number)).expect("it is kept");
        let is_for_client = record.node == ROUTER && bytes.starts_with(&[2, 0, 0, 0, 0, 0xc1]);
        if record.node != CLIENT && !is_for_client {
            continue;
        }
        let seen = dissector.dissect(&bytes, record.at, Fcs::Present);
        let names: Vec<_> = seen.layers.iter().map(|layer| layer.name).collect();
        let field = |label: &str| {
            let fields = seen.layers.iter().flat_map(|layer| &layer.fields);
            fields.into_iter().find(|field| field.spec.label == label).map(|field| field.value.to_string())
        };
        if names.contains(&"rtsp") {
            numbers.extend(field("Number"));
            answers += u32::from(field("Status line").is_some());
        }
        if names.contains(&"image-jfif") {
            files += 1;
            assert_eq!(seen.buffers.len(), 1, "it is whole in a buffer only: {names:?}");
            assert!(names.contains(&"rtp"), "{names:?}");
        } else if record.length > 1400 {
            fragments += 1;
        }
    }
    assert_eq!((numbers, answers), (vec!["1".to_owned(), "2".to_owned()], 2));
    assert!(files > 10 && fragments > 8 * files, "{files} files, {fragments} fragments");
}

#[test]
fn one_lost_fragment_loses_its_picture_and_no_other() {
    let text = include_str!("../scenarios/classroom-lab.toml")
        .replace("ends = [\"R1\", \"SW2\"]", "ends = [\"R1\", \"SW2\"]\nloss = 0.01");
    let scenario = Scenario::parse(&text, "lab-loss.toml").expect("a scenario");
    let mut world = World::new(&scenario, catalogue(), WorldOptions::default()).expect("a world");
    world.run_until(SimTime::from_secs(6));
    let tape = world.tape();
    let shown: Vec<u16> =
        tape.pictures().iter().flat_map(|picture| &picture.slots).map(|slot| slot.0).collect();
    let delivered = tape.deliveries().iter().filter(|delivery| {
        let message = tape.messages().get(delivery.message.0).expect("it is kept");
        matches!(message.what, What::Rtp(_)) && delivery.node == CLIENT
    });
    let delivered = delivered.count();
    let sent = frames_of_packets(&world).len();
    assert!(delivered < sent && sent - delivered < sent / 2, "{delivered} of {sent}");
    assert!(tape.pictures().iter().all(|picture| picture.complete), "what came is whole");
    // What waits for its time is not shown yet.
    assert!(shown.len() <= delivered && shown.len() + 5 >= delivered, "{} of {delivered}", shown.len());
}

#[test]
fn the_player_pauses_goes_on_and_leaves_in_the_dialect() {
    let mut world = world("classroom-lab");
    let mut until = 1;
    world.run_until(SimTime::from_secs(until));
    for (request, answers) in [
        (ClientRequest::Pause, 6),
        (ClientRequest::Play { from: None, until: None }, 8),
        (ClientRequest::Teardown, 10),
    ] {
        let asked = world.request(CLIENT, request.clone());
        assert!(asked.is_ok(), "{request:?}: {asked:?}");
        until += 3;
        world.run_until(SimTime::from_secs(until));
        let conversation = conversation(world.tape());
        assert_eq!(conversation.len(), answers, "{conversation:?}");
        assert!(conversation.iter().skip(1).step_by(2).all(|status| status == "200"), "{conversation:?}");
    }
    assert!(world.request(CLIENT, ClientRequest::Describe).is_err(), "the dialect has no such request");
    // A new session may begin.
    assert!(world.request(CLIENT, ClientRequest::Setup { track: 0 }).is_ok());
    world.run_until(SimTime::from_secs(until + 1));
    assert_eq!(conversation(world.tape()).last().map(String::as_str), Some("200"));
}

#[test]
fn after_the_clips_end_it_plays_again() {
    let world = run("classroom-lab", 28);
    let plays = conversation(world.tape()).iter().filter(|word| *word == "PLAY").count();
    assert_eq!(plays, 2);
    let numbers: Vec<_> = world.tape().pictures().iter().map(|picture| picture.slots[0].0).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "its numbers go on");
    assert!(numbers.len() > 600, "{}", numbers.len());
}

#[test]
fn the_same_seed_gives_the_same_octets() {
    assert_eq!(fingerprint(&run("classroom-lab", 2)), fingerprint(&run("classroom-lab", 2)));
}
