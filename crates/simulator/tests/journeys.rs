//! The built-in player goes elsewhere: by order, or because the server says so.

mod common;

use common::*;
use protocol::message::What;
use protocol::rtsp::ClientRequest;
use protocol::time::SimTime;
use simulator::tape::Change;
use simulator::{NodeId, World, WorldOptions};
use std::time::Duration;

const CLIENT: NodeId = NodeId(0);
const SWITCH: NodeId = NodeId(1);

fn notes(world: &World) -> Vec<String> {
    let note = |change: &Change| match change {
        Change::Note { text } => Some(text.clone()),
        _ => None,
    };
    world.tape().states().iter().filter_map(|state| note(&state.change)).collect()
}

fn client(world: &World) -> simulator::world::ClientView {
    world.clients().remove(0)
}

fn on(world: &mut World, seconds: f64) {
    world.run_until(world.now() + Duration::from_secs_f64(seconds));
}

fn pictures(world: &World) -> u64 {
    world.tape().pictures().end()
}

#[test]
fn another_path_is_played_after_the_session_has_ended() {
    for scenario in ["classroom", "classroom-tcp"] {
        let mut world = run(scenario, 2);
        world.open(CLIENT, "/demo?again").unwrap();
        let shown = pictures(&world);
        on(&mut world, 2.0);
        let said = conversation(world.tape());
        let whole = ["OPTIONS", "200", "DESCRIBE", "200", "SETUP", "200", "PLAY", "200"];
        let once = said.iter().filter(|word| *word == "TEARDOWN").count();
        assert_eq!(once, 1, "{said:?}");
        assert_eq!(said[said.len() - 8..], whole.map(str::to_owned), "{scenario}");
        assert_eq!(client(&world).url.as_deref(), Some("rtsp://10.0.2.2:8554/demo?again"));
        assert!(pictures(&world) > shown + 30, "{scenario}");
    }
}

#[test]
fn a_simulated_address_is_connected_to() {
    let mut world = run("classroom", 1);
    world.open(CLIENT, "rtsp://user:secret@10.0.2.2/demo").unwrap();
    let shown = pictures(&world);
    on(&mut world, 2.0);
    assert!(pictures(&world) > shown + 30, "the film goes on from port 554");
    let view = client(&world);
    assert_eq!((view.state, view.url.as_deref()), ("Playing", Some("rtsp://10.0.2.2/demo")));
    assert_eq!(notes(&world), Vec::<String>::new());
}

#[test]
fn what_cannot_be_played_is_refused_or_noted() {
    let mut world = run("classroom", 1);
    for (url, says) in [
        ("demo", "does not begin with rtsp://"),
        ("http://10.0.2.2/demo", "does not begin with rtsp://"),
        ("rtsps://10.0.2.2/demo", "not spoken here"),
        ("rtsp://camera.example/demo", "no name service"),
        ("rtsp://192.0.2.1/demo", "No host of this network"),
        ("/de mo", "no spaces"),
        (&format!("/{}", "x".repeat(2000)), "at most 1024"),
    ] {
        let refused = world.open(CLIENT, url).unwrap_err().to_string();
        assert!(refused.contains(says), "{url}: {refused}");
    }
    assert!(world.open(SWITCH, "/demo").is_err());
    assert_eq!(client(&world).state, "Playing", "nothing has happened");
    // What is not there is found out by asking.
    world.open(CLIENT, "/nothing").unwrap();
    on(&mut world, 1.0);
    assert!(notes(&world).iter().any(|note| note.contains("DESCRIBE failed: 404")), "{:?}", notes(&world));
    // A host where nobody listens refuses the connection.
    world.open(CLIENT, "rtsp://10.0.2.2:99/demo").unwrap();
    on(&mut world, 1.0);
    assert!(notes(&world).iter().any(|note| note.contains("the server refused it")), "{:?}", notes(&world));
    world.open(CLIENT, "/demo").unwrap();
    on(&mut world, 1.0);
    assert_eq!(client(&world).state, "Playing");
}

#[test]
fn many_orders_at_once_end_at_the_last() {
    let mut world = run("classroom", 1);
    for path in ["/a", "/b", "/c", "/demo"] {
        world.open(CLIENT, path).unwrap();
    }
    on(&mut world, 2.0);
    assert_eq!(client(&world).state, "Playing");
    let said = conversation(world.tape());
    assert_eq!(said.iter().filter(|word| *word == "TEARDOWN").count(), 1, "{said:?}");
}

#[test]
fn a_camera_publishes_and_another_host_watches() {
    let mut world = run("classroom-publish", 10);
    let tape = world.tape();
    assert_eq!(troubles(tape), Vec::<String>::new());
    let [viewer, camera] = &world.clients()[..] else { panic!("two clients") };
    assert_eq!((viewer.state, camera.state), ("Playing", "Recording"));
    assert_eq!(camera.url.as_deref(), Some("rtsp://10.0.2.2:8554/live"));
    let said: Vec<String> =
        tape.messages().iter().filter(|m| m.from == camera.node).filter_map(rtsp_word).collect();
    assert_eq!(said, ["OPTIONS", "ANNOUNCE", "SETUP", "RECORD"]);
    let shown: Vec<_> = tape.pictures().iter().collect();
    assert!((215..=226).contains(&shown.len()), "{} pictures in 9 s", shown.len());
    assert!(shown.iter().all(|picture| picture.complete && picture.client == viewer.node));

    // The camera stops, goes on, and leaves.
    let (viewer, camera) = (viewer.node, camera.node);
    world.request(camera, ClientRequest::Pause).unwrap();
    on(&mut world, 1.0);
    let shown = pictures(&world);
    on(&mut world, 1.0);
    assert_eq!(pictures(&world), shown, "nothing comes while it pauses");
    world.request(camera, ClientRequest::Record).unwrap();
    on(&mut world, 2.0);
    assert!(pictures(&world) > shown + 40);
    world.request(camera, ClientRequest::Teardown).unwrap();
    on(&mut world, 1.0);
    let media = |node, word| {
        let is_it = |change: &Change| matches!(change, Change::Media { client, state } if *client == node && *state == word);
        world.tape().states().iter().any(|state| is_it(&state.change))
    };
    assert!(media(camera, "recording") && media(camera, "torn down"));
    assert!(media(viewer, "ended"), "the viewer has heard BYE");
    assert!(world.clients().iter().all(|client| client.state != "Recording"));
}

#[test]
fn a_film_that_is_published_begins_anew_at_its_end_without_a_break() {
    let world = run("classroom-publish", 30);
    let tape = world.tape();
    assert_eq!(troubles(tape), Vec::<String>::new());
    let shown: Vec<_> = tape.pictures().iter().collect();
    assert!(shown.iter().all(|picture| picture.complete));
    let camera = world.clients()[1].node;
    let sent = tape.messages().iter().filter(|message| message.from == camera);
    let sent: Vec<_> = sent
        .filter_map(|message| match &message.what {
            What::Rtp(rtp) => Some((rtp.sequence, rtp.picture.map(|part| part.picture))),
            _ => None,
        })
        .collect();
    assert!(sent.windows(2).all(|pair| pair[1].0 == pair[0].0.wrapping_add(1)));
    let again = sent.windows(2).any(|pair| (pair[0].1, pair[1].1) == (Some(599), Some(0)));
    assert!(again, "behind the last picture comes the first");
    for pair in shown.windows(2) {
        let gap = pair[1].at.since(pair[0].at);
        assert!(gap.abs_diff(Duration::from_millis(40)) < Duration::from_millis(1), "{gap:?}");
    }
}

#[test]
fn a_player_becomes_a_camera_step_by_step() {
    for scenario in ["classroom", "classroom-tcp"] {
        let mut world = run(scenario, 1);
        assert!(world.announce(CLIENT, Some("mine")).is_err(), "it plays");
        world.request(CLIENT, ClientRequest::Teardown).unwrap();
        on(&mut world, 1.0);
        for name in ["", "/", "a\nb", &"x".repeat(200)] {
            assert!(world.announce(CLIENT, Some(name)).is_err(), "{name:?}");
        }
        world.announce(CLIENT, Some("/mine")).unwrap();
        on(&mut world, 0.5);
        for request in [ClientRequest::Setup { track: 0 }, ClientRequest::Record] {
            world.request(CLIENT, request).unwrap();
            on(&mut world, 0.5);
        }
        let view = client(&world);
        assert_eq!((view.state, view.url.as_deref()), ("Recording", Some("rtsp://10.0.2.2:8554/mine")));
        let sent = world.tape().messages().end();
        on(&mut world, 1.0);
        assert!(world.tape().messages().end() > sent + 100, "{scenario}: it sends");
        let refused = world.request(CLIENT, ClientRequest::Play { from: None, until: None }).unwrap_err();
        assert!(refused.to_string().contains("RECORD"), "{refused}");
        world.request(CLIENT, ClientRequest::Teardown).unwrap();
        on(&mut world, 1.0);
        world.open(CLIENT, "/demo").unwrap();
        on(&mut world, 1.0);
        assert_eq!(client(&world).state, "Playing");
    }
}

#[test]
fn the_same_orders_give_the_same_bytes() {
    let run = || {
        let mut world = run("classroom-publish", 3);
        world.open(CLIENT, "/demo").unwrap();
        on(&mut world, 1.0);
        world.open(CLIENT, "/live").unwrap();
        world.run_until(SimTime::from_secs(6));
        fingerprint(&world)
    };
    assert_eq!(run(), run());
}

#[test]
fn who_is_redirected_goes_on_where_it_was() {
    let mut world = run("classroom", 4);
    assert_eq!(world.redirect(Some(CLIENT), "rtsp://10.0.2.2:554/demo").unwrap(), 1);
    on(&mut world, 3.0);
    let said = conversation(world.tape());
    let from = said.iter().position(|word| word == "REDIRECT").expect("the server says it");
    let expected = ["REDIRECT", "200", "TEARDOWN", "200", "OPTIONS", "200", "DESCRIBE", "200"];
    assert_eq!(said[from..from + 8], expected.map(str::to_owned));
    let view = client(&world);
    assert_eq!((view.state, view.url.as_deref()), ("Playing", Some("rtsp://10.0.2.2:554/demo")));
    let numbers: Vec<u32> = world.tape().pictures().iter().filter_map(|picture| picture.number).collect();
    let jump = numbers.windows(2).map(|pair| i64::from(pair[1]) - i64::from(pair[0])).max();
    assert!(numbers.windows(2).all(|pair| pair[1] > pair[0]), "it does not begin anew");
    assert!(jump.is_some_and(|jump| jump <= 10), "nothing is left out but for its way: {jump:?}");
    // Again and again, also back: who has seen something is in no circle.
    for to in ["/demo", "rtsp://10.0.2.2:554/demo", "/demo"] {
        world.redirect(None, to).unwrap();
        on(&mut world, 2.0);
        assert_eq!(client(&world).state, "Playing", "{to}");
    }
    // Where there is nobody, it says so.
    world.redirect(None, "rtsp://192.0.2.7/demo").unwrap();
    on(&mut world, 2.0);
    assert_eq!(client(&world).state, "Init");
    assert!(
        notes(&world)
            .iter()
            .any(|note| note.contains("packet to 192.0.2.7, port 554, could not be delivered")),
        "{:?}",
        notes(&world)
    );
}

#[test]
fn the_built_in_clients_know_the_names_that_the_server_asks_for() {
    let mut options = WorldOptions::default();
    options.access.readers = vec!["student:secret".parse().unwrap()];
    options.access.publishers = vec!["camera:secret too".parse().unwrap()];
    let mut world = world_with("classroom-publish", options);
    world.run_until(SimTime::from_secs(5));
    assert_eq!(
        world.clients().iter().map(|client| client.state).collect::<Vec<_>>(),
        ["Playing", "Recording"]
    );
    let said = conversation(world.tape());
    assert!(said.iter().filter(|word| *word == "401").count() >= 2, "{said:?}");
    assert!(world.tape().pictures().end() > 80);
    assert!(!notes(&world).iter().any(|note| note.contains("secret")), "{:?}", notes(&world));
}
