//! How much a bulk transfer over one link brings at several losses: our NewReno and CUBIC,
//! the formula of Mathis et al., and ns-3 on the same link where it is there.
//!
//! `cargo bench -p simulator --bench goodput [-- speed]`; with `speed` only how many frames a
//! second both simulate. ns-3 is found by the variable `NS3`: a folder
//! with `include/ns3` and `lib64` or `lib`, such as the one in the wheel `ns3` of PyPI.
//! `docs/performance.md` says what was seen, and `docs/network-tcp.md` explains it.
#![allow(clippy::disallowed_types)] // A stopwatch needs a clock; the hosts have none.

#[path = "../tests/pair/mod.rs"]
mod pair;

use pair::{Pair, Weather, config};
use protocol::media::Catalogue;
use protocol::time::SimTime;
use simulator::stack::{CongestionAlgorithm, StackEvent, WindowGrowth};
use simulator::{Scenario, World, WorldOptions};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const RATE: u64 = 10_000_000;
const DELAY: Duration = Duration::from_millis(20);
/// Full frames that the queue of a port holds.
const QUEUE: usize = 60;
const SECONDS: u64 = 60;
const SEEDS: u64 = 3;
const LOSSES: [f64; 6] = [0.0, 0.001, 0.005, 0.01, 0.02, 0.05];
/// Octets of data in a full segment beside timestamps.
const MSS: f64 = 1448.0;
/// Simulated seconds of the transfer whose speed is measured.
const BULK_SECONDS: u64 = 10;
/// How often both are measured, one after the other.
const SPEED_ROUNDS: usize = 3;

/// What is set alike in ours and in ns-3.
#[derive(Clone, Copy)]
struct Row {
    title: &'static str,
    algorithm: CongestionAlgorithm,
    /// What lets NewReno's window grow, here.
    growth: WindowGrowth,
    /// Which congestion control of ns-3's it is compared with.
    theirs: &'static str,
    /// Every segment is acknowledged at once; else every second one, or after 40 ms.
    each: bool,
}

/// What is compared: each time both count alike. ns-3's `TcpNewReno` counts acknowledgements, its
/// `TcpLinuxReno` the segments that they acknowledge, as we count octets unless told otherwise;
/// where every segment is acknowledged this is the same. The last row but one is what each does
/// under the name NewReno.
const ROWS: [Row; 5] = [
    Row {
        title: "NewReno that counts acknowledgements; ns-3: TcpNewReno",
        algorithm: CongestionAlgorithm::NewReno,
        growth: WindowGrowth::Acks,
        theirs: "newreno",
        each: false,
    },
    Row {
        title: "NewReno that counts octets; ns-3: TcpLinuxReno, which counts segments",
        algorithm: CongestionAlgorithm::NewReno,
        growth: WindowGrowth::Octets,
        theirs: "linuxreno",
        each: false,
    },
    Row {
        title: "NewReno that counts octets, every segment acknowledged; ns-3: TcpNewReno",
        algorithm: CongestionAlgorithm::NewReno,
        growth: WindowGrowth::Octets,
        theirs: "newreno",
        each: true,
    },
    Row {
        title: "NewReno that counts octets; ns-3: TcpNewReno, which counts acknowledgements",
        algorithm: CongestionAlgorithm::NewReno,
        growth: WindowGrowth::Octets,
        theirs: "newreno",
        each: false,
    },
    Row {
        title: "CUBIC; ns-3: TcpCubic",
        algorithm: CongestionAlgorithm::Cubic,
        growth: WindowGrowth::Octets,
        theirs: "cubic",
        each: false,
    },
];

/// A server, and a switch where a client from outside is plugged in.
const BULK: &str = r#"
title = "A bulk transfer"
[[node]]
name = "Idle"
kind = "client"
mac = "02:00:00:00:00:c1"
ip = "10.0.0.2/24"
start = "10 s"
[[node]]
name = "SW"
kind = "switch"
[[node]]
name = "Server"
kind = "server"
mac = "02:00:00:00:00:5e"
ip = "10.0.0.3/24"
[[link]]
name = "idle"
ends = ["Idle", "SW"]
rate = "100 Mbit/s"
delay = "1 ms"
[[link]]
name = "server"
ends = ["SW", "Server"]
rate = "100 Mbit/s"
delay = "1 ms"
[player]
path = "demo"
transport = "udp"
[gateway]
switch = "SW"
network = "10.0.0.100/24"
gateway = "10.0.0.1"
rate = "100 Mbit/s"
delay = "1 ms"
"#;

fn main() {
    let ns3 = Ns3::build();
    if !std::env::args().any(|word| word == "speed") {
        goodput(ns3.as_ref());
    }
    for _ in 0..SPEED_ROUNDS {
        speed(ns3.as_ref());
    }
}

fn goodput(ns3: Option<&Ns3>) {
    let link = Link { rate: RATE, delay: DELAY, seconds: SECONDS };
    for min_rto in [Duration::from_secs(1), Duration::from_millis(200)] {
        println!(
            "\n{} Mbit/s, {DELAY:?} each way, {SECONDS} s, least RTO {min_rto:?}: kbit/s of data, mean of {SEEDS} seeds",
            RATE / 1_000_000
        );
        for row in ROWS {
            println!("\n{}\nloss %     ours    ns-3   ratio   Mathis", row.title);
            for loss in LOSSES {
                let mean = |run: &dyn Fn(u64) -> f64| (0..SEEDS).map(run).sum::<f64>() / SEEDS as f64;
                let ours = mean(&|seed| ours(row, loss, min_rto, seed));
                let theirs = ns3.map_or("      -       -".into(), |ns3| {
                    let theirs = mean(&|seed| ns3.run(link, row, loss, min_rto, seed, false).0);
                    format!("{theirs:7.0} {:7.2}", ours / theirs)
                });
                println!("{:6.1} {ours:8.0} {theirs} {:8.0}", loss * 100.0, mathis(loss));
            }
        }
    }
}

/// Simulated frames a second with the whole tape kept, beside ns-3 writing pcap files, both on
/// cables of 100 Mbit/s: a client outside sends octets to the server as fast as TCP takes
/// them. Each frame counts once for each cable, as in ns-3.
fn speed(ns3: Option<&Ns3>) {
    let scenario = Scenario::parse(BULK, "bulk.toml").expect("it is sound");
    let catalogue = Arc::new(Catalogue::with_demo());
    let mut world = World::new(&scenario, catalogue, WorldOptions::default()).expect("it is sound");
    let id = world.gateway_connect("bulk".to_owned()).expect("there is room");
    // Interleaved data on a channel of nobody (RFC 2326 section 10.12): octets without end.
    let mut block = vec![0x55; 4 + 65_535];
    block[..4].copy_from_slice(&[b'$', 255, 0xff, 0xff]);
    let mut sent = 0;
    let begin = Instant::now();
    while world.now() < SimTime::from_secs(BULK_SECONDS) {
        loop {
            let rest = &block[sent % block.len()..];
            let taken = world.gateway_write(id, rest);
            sent += taken;
            if taken < rest.len() {
                break;
            }
        }
        let until = world.now() + Duration::from_millis(1);
        world.run_until(until);
        while world.poll_gateway().is_some() {}
    }
    let took = begin.elapsed().as_secs_f64();
    let hops = world.tape().hops().end() as f64;
    let ours = hops / took;
    println!(
        "\nworld, whole tape kept: {ours:.0} frames a second ({hops} frames, {:.1} Mbit/s, {:.0} MB of tape)",
        sent as f64 * 8.0 / BULK_SECONDS as f64 / 1e6,
        world.tape().octets() as f64 / 1e6
    );
    if let Some(ns3) = ns3 {
        let link = Link { rate: 100_000_000, delay: Duration::from_millis(1), seconds: BULK_SECONDS };
        let (_, frames, took) = ns3.run(link, ROWS[3], 0.0, Duration::from_secs(1), 0, true);
        let theirs = frames / took;
        println!("ns-3 with pcap: {theirs:.0} frames a second ({frames} frames); ratio {:.1}", ours / theirs);
    }
}

/// The bandwidth of Mathis, Semke, Mahdavi and Ott (1997) for a window that grows by a segment
/// in each round trip (C = sqrt(3/2)), as far as the link carries it; kbit/s.
fn mathis(loss: f64) -> f64 {
    let frame = 1518.0 + 20.0;
    let most = RATE as f64 * MSS / frame;
    let round_trip = 2.0 * DELAY.as_secs_f64() + frame * 8.0 / RATE as f64;
    let window = if loss > 0.0 { (1.5 / loss).sqrt() } else { f64::INFINITY };
    (MSS * 8.0 / round_trip * window).min(most) / 1000.0
}

/// Data that arrived, in kbit/s.
fn ours(row: Row, loss: f64, min_rto: Duration, seed: u64) -> f64 {
    let weather = Weather { delay: DELAY, rate: Some((RATE, QUEUE)), ..Weather::lossy(loss) };
    let mut configs = [config(0), config(1)];
    for config in &mut configs {
        config.tcp.congestion = row.algorithm;
        config.tcp.growth = row.growth;
        config.tcp.min_rto = min_rto;
        if row.each {
            config.tcp.delayed_ack = Duration::ZERO;
        }
        (config.tcp.send_buffer, config.tcp.recv_buffer) = (4 << 20, 4 << 20);
    }
    let mut pair = Pair::with_configs(configs, weather, seed);
    pair.hosts[1].tcp_listen(554).expect("nobody else listens");
    let to = std::net::SocketAddrV4::new(pair::B, 554);
    let client = pair.hosts[0].tcp_connect(pair.now, to, None).expect("there is a route");
    let octets = vec![0x55; 64 << 10];
    let (mut server, mut arrived) = (None, 0);
    pair.run(SimTime::from_secs(SECONDS), |pair| {
        let now = pair.now;
        while pair.hosts[0].tcp_send(now, client, &octets).expect("it stands") == octets.len() {}
        for event in pair.events[1].drain(..) {
            if let StackEvent::Accepted { handle, .. } = event {
                server = Some(handle);
            }
        }
        if let Some(server) = server {
            arrived += pair.hosts[1].tcp_recv(now, server, usize::MAX).expect("it stands").len();
        }
        false
    });
    arrived as f64 * 8.0 / SECONDS as f64 / 1000.0
}

/// The one link of an ns-3 run.
#[derive(Clone, Copy)]
struct Link {
    rate: u64,
    delay: Duration,
    seconds: u64,
}

/// `ns3/bulk.cc`, compiled.
struct Ns3(PathBuf);

impl Ns3 {
    fn build() -> Option<Ns3> {
        let Some(home) = std::env::var_os("NS3").map(PathBuf::from) else {
            println!("NS3 is not set: without ns-3 (see the head of benches/goodput.rs)");
            return None;
        };
        let libraries =
            ["lib64", "lib"].map(|name| home.join(name)).into_iter().find(|path| path.is_dir())?;
        let names: Vec<String> = std::fs::read_dir(&libraries)
            .ok()?
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let module = name.strip_prefix("libns3.")?.strip_suffix(".so")?.to_owned();
                let needed =
                    ["core", "network", "internet", "point-to-point", "applications", "traffic-control"];
                needed
                    .iter()
                    .any(|needed| module.split_once('-').is_some_and(|(_, m)| m == *needed))
                    .then(|| format!("-lns3.{module}"))
            })
            .collect();
        let program = std::env::temp_dir().join(format!("layercast-ns3-bulk-{}", std::process::id()));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/ns3/bulk.cc");
        println!("compiling {} with ns-3 in {}", source.display(), home.display());
        let built = Command::new("c++")
            .args(["-std=c++20", "-O2", "-I"])
            .arg(home.join("include"))
            .arg("-o")
            .arg(&program)
            .arg(source)
            .arg("-L")
            .arg(&libraries)
            .arg(format!("-Wl,-rpath,{}", libraries.display()))
            .args(names)
            .status();
        match built {
            Ok(status) if status.success() => Some(Ns3(program)),
            other => {
                println!("ns-3 cannot be used: the compiler says {other:?}");
                None
            }
        }
    }

    /// Data that arrived, in kbit/s, frames sent, and seconds that it took.
    fn run(
        &self,
        link: Link,
        row: Row,
        loss: f64,
        min_rto: Duration,
        seed: u64,
        pcap: bool,
    ) -> (f64, f64, f64) {
        let captures = std::env::temp_dir().join(format!("layercast-ns3-{}", std::process::id()));
        let prefix = if pcap { captures.display().to_string() } else { "-".to_owned() };
        let acks = if row.each { 1 } else { 2 };
        let out = Command::new(&self.0)
            .args([
                row.theirs,
                &loss.to_string(),
                &link.seconds.to_string(),
                &seed.to_string(),
                &link.rate.to_string(),
            ])
            .args([
                &link.delay.as_millis().to_string(),
                &(QUEUE * 1502).to_string(),
                &min_rto.as_millis().to_string(),
                &acks.to_string(),
            ])
            .arg(prefix)
            .output()
            .expect("it was just built");
        let text = String::from_utf8_lossy(&out.stdout);
        let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        for node in 0..2 {
            let _ = std::fs::remove_file(format!("{}-{node}-0.pcap", captures.display()));
        }
        assert_eq!(numbers.len(), 3, "ns-3 says: {text} {}", String::from_utf8_lossy(&out.stderr));
        (numbers[0] * 8.0 / link.seconds as f64 / 1000.0, numbers[1], numbers[2])
    }
}

impl Drop for Ns3 {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0); // A temporary file; the system clears the rest.
    }
}
