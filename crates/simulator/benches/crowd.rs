//! What a packet to a real client costs in the world alone, without the system's part.
//!
//! `cargo bench -p simulator --bench crowd [-- CLIENTS SECONDS HISTORY]`: so many clients play
//! the demo over UDP in the scenario `lecture-hall`, each packet crosses four cables, two switches
//! and a router, and all of it is kept on the tape. `cargo bench -p server --bench clients` tells
//! the whole cost, beside another server; this one has no clock in it but the stopwatch, so that
//! tools that count instructions give the same figure on a busy machine.
#![allow(clippy::disallowed_types)] // A stopwatch needs a clock; the world under it has none.

use protocol::media::Catalogue;
use protocol::time::SimTime;
use simulator::{GatewayEvent, GatewayId, Scenario, World, WorldOptions};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the world's datagrams are taken, as the server does.
const TICK: Duration = Duration::from_millis(1);

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse().ok());
    let mut number = |default| numbers.next().unwrap_or(default);
    let (clients, seconds, history): (u32, u64, u64) = (number(100) as u32, number(8), number(4));
    let scenario = Scenario::builtin("lecture-hall").expect("its own name");
    let options =
        WorldOptions { gateways: clients, history: Duration::from_secs(history), ..WorldOptions::default() };
    let mut world =
        World::new(&scenario, Arc::new(Catalogue::with_demo()), options).expect("a built-in scenario");
    for client in 0..clients {
        play(&mut world, 40_000 + 2 * client as u16);
    }
    // Until the tape lets go of as much as it takes.
    take(&mut world, Duration::from_secs(history));
    let (begin, hops) = (Instant::now(), world.tape().hops().end());
    let packets = take(&mut world, Duration::from_secs(seconds));
    let took = begin.elapsed().as_secs_f64();
    println!(
        "{clients} clients, {seconds} s: {packets} datagrams, {:.2} us each; {} hops, {:.0} a second; {:.1} MB of tape",
        took * 1e6 / packets as f64,
        world.tape().hops().end() - hops,
        (world.tape().hops().end() - hops) as f64 / took,
        world.tape().octets() as f64 / 1e6
    );
}

/// A client connects, and plays to `port` over UDP.
fn play(world: &mut World, port: u16) {
    let id = world.gateway_connect(format!("127.0.0.1:{port}")).expect("there is room");
    take(world, Duration::from_millis(20));
    let url = "rtsp://127.0.0.1:8554/demo";
    let transport = format!("Transport: RTP/AVP;unicast;client_port={port}-{}\r\n", port + 1);
    let set_up = ask(world, id, &format!("SETUP {url}/trackID=0 RTSP/1.0\r\nCSeq: 1\r\n{transport}\r\n"));
    let session = set_up.lines().find_map(|line| line.strip_prefix("Session: ")).expect("a session");
    let session = session.split(';').next().unwrap_or_default();
    let played = ask(world, id, &format!("PLAY {url} RTSP/1.0\r\nCSeq: 2\r\nSession: {session}\r\n\r\n"));
    assert!(played.starts_with("RTSP/1.0 200"), "{played}");
}

/// Sends a request and gives back what the server answers.
fn ask(world: &mut World, id: GatewayId, request: &str) -> String {
    assert_eq!(world.gateway_write(id, request.as_bytes()), request.len());
    take(world, Duration::from_millis(20));
    String::from_utf8_lossy(&world.gateway_take(id, 4096)).into_owned()
}

/// Lets the world run, and counts the datagrams that it has for clients.
fn take(world: &mut World, time: Duration) -> u64 {
    let (end, mut datagrams): (SimTime, u64) = (world.now() + time, 0);
    while world.now() < end {
        world.run_until(world.now() + TICK);
        while let Some((_, event)) = world.poll_gateway() {
            datagrams += u64::from(matches!(event, GatewayEvent::Datagram { .. }));
        }
    }
    datagrams
}
