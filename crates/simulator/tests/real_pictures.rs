//! The pictures of real clients, put together from what they get.

mod common;

use common::*;
use simulator::tape::PictureRecord;
use simulator::{GatewayId, MAX_SHADOWS, NodeId, World, WorldOptions};
use std::time::Duration;

const URL: &str = "rtsp://127.0.0.1:8554/demo";

/// Lets time pass, and takes as a real client takes it: at once.
fn pass(world: &mut World, id: GatewayId, millis: u64) -> Vec<u8> {
    let mut taken = Vec::new();
    for _ in 0..millis.div_ceil(10) {
        let until = world.now() + Duration::from_millis(10);
        world.run_until(until);
        while world.poll_gateway().is_some() {}
        taken.extend_from_slice(&world.gateway_take(id, 1 << 20));
    }
    taken
}

fn ask(world: &mut World, id: GatewayId, request: &str) -> String {
    let request = request.replace('\n', "\r\n");
    assert_eq!(world.gateway_write(id, request.as_bytes()), request.len());
    String::from_utf8_lossy(&pass(world, id, 200)).into_owned()
}

/// Connects and plays over `transport`.
fn plays(world: &mut World, transport: &str) -> (GatewayId, NodeId) {
    let id = world.gateway_connect("real".to_owned()).expect("there is room");
    pass(world, id, 100);
    ask(world, id, &format!("DESCRIBE {URL} RTSP/1.0\nCSeq: 1\n\n"));
    let setup =
        ask(world, id, &format!("SETUP {URL}/trackID=0 RTSP/1.0\nCSeq: 2\nTransport: {transport}\n\n"));
    let session =
        setup.split("Session: ").nth(1).and_then(|rest| rest.split([';', '\r']).next()).expect("a session");
    ask(world, id, &format!("PLAY {URL} RTSP/1.0\nCSeq: 3\nSession: {session}\n\n"));
    (id, world.gateway_node(id).expect("it is connected"))
}

fn pictures(world: &World, node: NodeId) -> Vec<PictureRecord> {
    world.tape().pictures().iter().filter(|picture| picture.client == node).cloned().collect()
}

#[test]
fn what_a_real_client_gets_is_shown_as_pictures_over_udp_and_tcp() {
    for transport in ["RTP/AVP;unicast;client_port=40000-40001", "RTP/AVP/TCP;unicast;interleaved=0-1"] {
        let mut world = world("classroom");
        let (id, node) = plays(&mut world, transport);
        pass(&mut world, id, 2000);
        let shown = pictures(&world, node);
        assert!(shown.len() >= 45, "{transport}: {} pictures in two seconds", shown.len());
        assert!(shown.iter().all(|picture| picture.complete), "{transport}");
        let numbers: Vec<u32> = shown.iter().filter_map(|picture| picture.number).collect();
        assert_eq!(numbers, (0..shown.len() as u32).collect::<Vec<_>>(), "{transport}: from the first on");
        world.gateway_abort(id);
        let before = pictures(&world, node).len();
        let until = world.now() + Duration::from_secs(1);
        world.run_until(until);
        assert_eq!(pictures(&world, node).len(), before, "{transport}: who is gone is shown nothing");
    }
}

#[test]
fn a_real_clients_lost_packet_leaves_its_hole() {
    let mut world = world("classroom-loss");
    let (id, node) = plays(&mut world, "RTP/AVP;unicast;client_port=40000-40001");
    pass(&mut world, id, 10_000);
    let shown = pictures(&world, node);
    let damaged: Vec<_> = shown.iter().filter(|picture| !picture.complete).collect();
    assert!(!damaged.is_empty(), "one frame in a hundred is lost");
    assert!(damaged.len() < shown.len() / 2);
    assert!(damaged.iter().all(|p| p.slots.iter().any(|(_, message)| message.is_none()) || !p.decodable));
}

#[test]
fn the_number_of_real_clients_with_pictures_is_bounded_and_one_that_leaves_makes_room() {
    let options = WorldOptions { gateways: MAX_SHADOWS as u32 + 2, ..WorldOptions::default() };
    let mut world = world_with("lecture-hall", options);
    let udp = |n: usize| format!("RTP/AVP;unicast;client_port={}-{}", 40_000 + 2 * n, 40_001 + 2 * n);
    let all: Vec<_> = (0..=MAX_SHADOWS).map(|n| plays(&mut world, &udp(n))).collect();
    let (last, node) = all[MAX_SHADOWS];
    pass(&mut world, last, 500);
    assert!(!pictures(&world, all[0].1).is_empty());
    assert!(pictures(&world, node).is_empty(), "one more than the limit");
    world.gateway_abort(all[0].0);
    let (id, node) = plays(&mut world, &udp(MAX_SHADOWS + 1));
    pass(&mut world, id, 500);
    assert!(!pictures(&world, node).is_empty(), "there is room again");
}
