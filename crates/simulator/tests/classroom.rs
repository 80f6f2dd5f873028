//! Whole worlds: the classroom on a good day, on a bad day, and over TCP.

mod common;

use common::*;
use protocol::message::What;
use protocol::rtp::jpeg;
use protocol::rtsp::ClientRequest;
use protocol::time::SimTime;
use simulator::link::Fate;
use simulator::stack::Cause;
use simulator::tape::{Carried, Change, FrameCause, MAX_TAPE_OCTETS};
use simulator::{FrameId, MessageId, NodeId, PictureId, Scenario, World, WorldOptions};
use std::time::Duration;

const CLIENT: NodeId = NodeId(0);
const SERVER: NodeId = NodeId(4);

#[test]
fn on_a_good_day_every_picture_comes_whole_and_nothing_is_lost_or_repeated() {
    let world = run("classroom", 10);
    let tape = world.tape();
    assert_eq!(troubles(tape), Vec::<String>::new());
    assert_eq!(
        conversation(tape)[..8],
        ["OPTIONS", "200", "DESCRIBE", "200", "SETUP", "200", "PLAY", "200"].map(str::to_owned)
    );
    let pictures: Vec<_> = tape.pictures().iter().collect();
    assert!((240..=250).contains(&pictures.len()), "{} pictures in 10 s", pictures.len());
    for (expected, picture) in pictures.iter().enumerate() {
        assert!(picture.complete && picture.decodable, "{picture:?}");
        assert_eq!(picture.number, Some(expected as u32));
        assert_eq!(picture.client, CLIENT);
    }
    // Pictures are shown at their own pace, not at the network's.
    for pair in pictures.windows(2) {
        let gap = pair[1].at.since(pair[0].at);
        assert!(gap.abs_diff(Duration::from_millis(40)) < Duration::from_millis(1), "{gap:?}");
    }
    // The answer to PLAY leaves before the first packet that it promises.
    let left = |wanted: &dyn Fn(&What) -> bool| {
        let number = tape.messages().iter().position(|m| wanted(&m.what)).expect("sent") as u64;
        tape.deliveries().iter().find(|d| d.message == MessageId(number)).expect("delivered").at
    };
    let answer = left(&|what| matches!(what, What::Response { method: Some(m), .. } if m == "PLAY"));
    let first_packet = left(&|what| matches!(what, What::Rtp(_)));
    assert!(answer < first_packet, "{answer} {first_packet}");
    let rtcp = |from| {
        tape.messages().iter().filter(|m| m.from == from && matches!(m.what, What::Rtcp { .. })).count()
    };
    assert!(rtcp(SERVER) >= 1, "sender reports");
    assert!(rtcp(CLIENT) >= 1, "receiver reports");
}

#[test]
fn a_picture_shown_is_the_picture_sent() {
    let world = run("classroom", 3);
    let tape = world.tape();
    let catalogue = catalogue();
    let clip = catalogue.get("demo").unwrap();
    for number in tape.pictures().start()..tape.pictures().end() {
        let record = tape.pictures().get(number).unwrap();
        let packets = tape.picture_packets(PictureId(number)).unwrap();
        let rebuilt = jpeg::rebuild(packets.iter().map(|p| &p[..])).unwrap();
        assert!(rebuilt.is_complete());
        let sent = clip.sample(0, record.number.unwrap() as usize).unwrap().bytes;
        // Headers may be written anew; the entropy-coded data is the same to the last bit.
        assert!(scan(&rebuilt.jpeg) == scan(&sent), "picture {:?}", record.number);
    }
}

/// What follows the header of the (only) scan.
fn scan(jpeg: &[u8]) -> &[u8] {
    let start = jpeg.windows(2).position(|w| w == [0xff, 0xda]).expect("as the test has set it up") + 2;
    &jpeg[start + usize::from(u16::from_be_bytes([jpeg[start], jpeg[start + 1]]))..]
}

#[test]
fn the_first_frames_are_those_of_every_textbook() {
    let mut world = world("classroom");
    world.run_until(SimTime::from_millis(30));
    let tape = world.tape();
    let own: Vec<String> = tape
        .frames()
        .iter()
        .filter(|f| f.parent.is_none() && f.node == CLIENT)
        .take(4)
        .map(|f| match &f.carried {
            Carried::Arp { request: true, target } => format!("who has {target}"),
            Carried::Tcp { flags, stream, .. } => {
                format!("flags {flags:#04x}, {} octets", stream.end - stream.start)
            }
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        own[..3],
        ["who has 10.0.1.1", "flags 0x02, 0 octets", "flags 0x10, 0 octets"].map(str::to_owned)
    );
    assert!(own[3].starts_with("flags 0x18"), "{own:?}");
    let syn = tape.frames().iter().find_map(|f| match f.carried {
        Carried::Tcp { flags: 0x02, src, .. } => Some(src),
        _ => None,
    });
    assert_eq!(syn, Some(49_152));
    // ARP on the other network too, by the router and by the server.
    let asked: Vec<_> = tape
        .frames()
        .iter()
        .filter_map(|f| match &f.carried {
            Carried::Arp { request: true, target } => Some((f.node, target.to_string())),
            _ => None,
        })
        .collect();
    assert!(asked.contains(&(NodeId(2), "10.0.2.2".to_owned())), "{asked:?}");
}

#[test]
fn every_message_leads_to_its_frames_and_every_frame_to_its_message() {
    let world = run("classroom", 2);
    let tape = world.tape();
    let delivered: Vec<MessageId> = tape.deliveries().iter().map(|d| d.message).collect();
    for number in tape.messages().start()..tape.messages().end() {
        let id = MessageId(number);
        let message = tape.messages().get(number).unwrap();
        let bytes = tape.message_bytes(id).expect("kept");
        assert_eq!(bytes.len(), message.length as usize);
        let frames: Vec<FrameId> = (tape.frames().start()..tape.frames().end())
            .map(FrameId)
            .filter(|f| matches!(&tape.frames().get(f.0).unwrap().carried, Carried::Udp { message: Some(m), .. } if *m == id))
            .collect();
        if matches!(message.transport, simulator::tape::MessageTransport::Udp { .. }) {
            assert!(!frames.is_empty(), "{message:?} is in a frame");
            for frame in frames {
                let frame = tape.frame_bytes(frame).unwrap();
                assert!(frame.windows(bytes.len()).any(|w| w == bytes), "its octets are in the frame");
            }
        }
        // What was sent at least 100 ms before the end has arrived, once.
        if message.at + Duration::from_millis(100) < world.now() {
            assert_eq!(delivered.iter().filter(|d| **d == id).count(), 1, "{message:?}");
        }
    }
    let answered = tape.messages().iter().filter(|m| matches!(m.what, What::Response { .. }));
    for response in answered {
        let request = tape.messages().get(response.cause.expect("a response answers").0).unwrap();
        assert!(matches!(request.what, What::Request { .. }));
    }
}

/// With this seed the datagram with the BYE of some round is lost: the player must not wait for
/// ever.
#[test]
fn a_lost_bye_does_not_end_the_show() {
    let world = run("classroom-loss", 260);
    let tape = world.tape();
    let noted =
        |change: &Change| matches!(change, Change::Note { text } if text.contains("its BYE for lost"));
    assert!(tape.states().iter().any(|state| noted(&state.change)), "a BYE was lost");
    let last = tape.pictures().iter().next_back().expect("pictures");
    assert!(last.at > SimTime::from_secs(250), "the last picture was shown at {}", last.at);
}

#[test]
fn loss_breaks_pictures_over_udp_and_each_hole_has_its_lost_frame() {
    let world = run("classroom-loss", 10);
    let tape = world.tape();
    let broken: Vec<_> = tape.pictures().iter().filter(|p| !p.complete).collect();
    assert!(!broken.is_empty(), "1 % of 2,750 packets");
    let lost_sequences: Vec<u16> = tape
        .hops()
        .iter()
        .filter(|h| h.fate == Some(Fate::Lost))
        .filter_map(|h| match &tape.frames().get(h.frame.0)?.carried {
            Carried::Udp { message: Some(m), .. } => match &tape.messages().get(m.0)?.what {
                What::Rtp(rtp) => Some(rtp.sequence),
                _ => None,
            },
            _ => None,
        })
        .collect();
    for picture in broken {
        for (sequence, message) in &picture.slots {
            if message.is_none() {
                assert!(lost_sequences.contains(sequence), "packet {sequence} was lost on a cable");
            }
        }
    }
}

#[test]
fn over_tcp_the_same_loss_delays_and_nothing_is_missing() {
    let mut text = include_str!("../scenarios/classroom-loss.toml").replace("\"udp\"", "\"tcp\"");
    text = text.replace("loss = 0.01", "loss = 0.002");
    let scenario = Scenario::parse(&text, "loss-tcp.toml").unwrap();
    let mut world = World::new(&scenario, catalogue(), WorldOptions::default()).unwrap();
    world.run_until(SimTime::from_secs(10));
    let tape = world.tape();
    let repeated = tape
        .frames()
        .iter()
        .filter(|f| matches!(&f.cause, FrameCause::Stack { cause: Cause::Retransmit(_), .. }))
        .count();
    assert!(repeated > 0, "something was lost and sent again");
    let delivered: Vec<MessageId> = tape.deliveries().iter().map(|d| d.message).collect();
    for number in tape.messages().start()..tape.messages().end() {
        let message = tape.messages().get(number).unwrap();
        if message.at + Duration::from_secs(5) < world.now() {
            assert!(delivered.contains(&MessageId(number)), "{message:?} came in the end");
        }
    }
}

#[test]
fn rtp_inside_the_rtsp_connection_shows_the_same_pictures() {
    let world = run("classroom-tcp", 5);
    let tape = world.tape();
    assert_eq!(troubles(tape), Vec::<String>::new());
    assert!(tape.pictures().iter().count() > 115, "{}", tape.pictures().iter().count());
    for number in tape.pictures().start()..tape.pictures().end() {
        assert!(tape.pictures().get(number).unwrap().complete);
        let packets = tape.picture_packets(PictureId(number)).unwrap();
        assert!(jpeg::rebuild(packets.iter().map(|p| &p[..])).unwrap().is_complete());
    }
}

#[test]
fn the_remote_pauses_plays_on_and_ends_the_session() {
    let mut world = run("classroom", 2);
    let shown = |world: &World| world.tape().pictures().end();
    let playing = world.request(CLIENT, ClientRequest::Setup { track: 0 });
    assert!(playing.is_err(), "SETUP makes no sense while playing");
    world.request(CLIENT, ClientRequest::Pause).unwrap();
    world.run_until(SimTime::from_secs(3));
    let paused_at = shown(&world);
    assert_eq!(world.clients()[0].state, "Ready");
    world.run_until(SimTime::from_secs(4));
    assert_eq!(shown(&world), paused_at, "no picture while paused");
    world.request(CLIENT, ClientRequest::Play { from: None, until: None }).unwrap();
    world.run_until(SimTime::from_secs(6));
    assert!(shown(&world) > paused_at + 40, "it plays on");
    let numbers: Vec<u32> = world.tape().pictures().iter().filter_map(|p| p.number).collect();
    let skipped = numbers.windows(2).map(|w| w[1].abs_diff(w[0])).max().unwrap();
    assert!(skipped <= 3, "it plays on where it was: {numbers:?}");
    world.request(CLIENT, ClientRequest::Teardown).unwrap();
    world.run_until(SimTime::from_secs(7));
    assert_eq!(world.clients()[0].state, "Init");
    let closed = world
        .tape()
        .states()
        .iter()
        .any(|s| matches!(&s.change, Change::Tcp { state: "TIME-WAIT", .. }) && s.node == CLIENT);
    assert!(closed, "FIN, ACK, FIN, ACK");
    let after = shown(&world);
    world.run_until(SimTime::from_secs(8));
    assert_eq!(shown(&world), after);
    for request in [
        ClientRequest::Options,
        ClientRequest::Describe,
        ClientRequest::Setup { track: 0 },
        ClientRequest::Play { from: None, until: None },
    ] {
        world.request(CLIENT, request).unwrap();
        let until = world.now() + Duration::from_millis(200);
        world.run_until(until);
    }
    let until = world.now() + Duration::from_secs(2);
    world.run_until(until);
    assert!(shown(&world) > after + 40, "a second session plays");
    assert_eq!(troubles(world.tape()), Vec::<String>::new());
}

#[test]
fn at_the_clips_end_the_player_asks_for_it_again() {
    let world = run("classroom", 32);
    let plays = conversation(world.tape()).iter().filter(|w| *w == "PLAY").count();
    assert_eq!(plays, 2, "the clip lasts 24 s");
    let last = world.tape().pictures().iter().last().unwrap();
    assert!(last.complete && last.number.unwrap() > 50, "{last:?}");
    assert_eq!(troubles(world.tape()), Vec::<String>::new());
}

#[test]
fn the_same_seed_gives_the_same_world_and_another_seed_another() {
    for name in Scenario::names() {
        assert_eq!(fingerprint(&run(name, 3)), fingerprint(&run(name, 3)), "{name}");
    }
    let mut other = world_with("classroom", WorldOptions { seed: 2, ..WorldOptions::default() });
    other.run_until(SimTime::from_secs(3));
    assert_ne!(fingerprint(&run("classroom", 3)), fingerprint(&other));
}

/// The lesson of ten minutes is kept whole: the tape's limit counts what it costs from above.
#[test]
fn ten_minutes_of_the_demo_find_room() {
    let options = WorldOptions { history: Duration::from_secs(700), ..WorldOptions::default() };
    let mut world = world_with("classroom", options);
    world.run_until(SimTime::from_secs(60));
    let minute = world.tape().octets();
    assert!(10 * minute < MAX_TAPE_OCTETS, "{minute} octets a minute");
}

#[test]
fn a_short_history_lets_go_of_the_oldest_and_holds_its_size() {
    let options = WorldOptions { history: Duration::from_secs(2), ..WorldOptions::default() };
    let mut world = world_with("classroom", options);
    world.run_until(SimTime::from_secs(5));
    let at_five = world.tape().octets();
    world.run_until(SimTime::from_secs(12));
    let at_twelve = world.tape().octets();
    assert!(at_twelve < at_five * 11 / 10, "{at_five} octets grew to {at_twelve}");
    assert!(world.tape().oldest() >= SimTime::from_millis(9_900));
    let oldest = world.tape().hops().iter().next().unwrap();
    assert!(oldest.queued + Duration::from_millis(100) >= world.tape().oldest());
    assert!(world.tape().pictures().iter().all(|p| p.complete), "pictures do not suffer");
}
