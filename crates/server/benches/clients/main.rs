//! What a client costs: many of them play the demo over UDP, each server in its turn.
//!
//! `cargo bench -p server --bench clients [-- CLIENTS SECONDS ROUNDS]`, Linux only. The
//! server is alone on the first core, the clients are on the second; the same pictures come
//! from both servers, in packets of the same largest size. A round that delivers less than 99 %,
//! or slower than real time, is void. Judge by the ratio: the
//! two servers take turns, so that a noisy machine disturbs both.
#![allow(clippy::disallowed_types, reason = "a stopwatch needs a clock")]

mod subject;
mod viewers;

use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use subject::Subject;
use viewers::{Seen, Viewers};

/// The least share of packets that must come for a round to count.
const DELIVERED: f64 = 0.99;

/// The least pace of any client's media against the clock for a round to count: a server that
/// lags sends less than it should, and costs less.
const REAL_TIME: f64 = 0.98;

/// How long all clients play before the measured time begins: until the tape holds its whole
/// history, and lets go as much as it takes.
const SETTLE: Duration = Duration::from_secs(12);

/// How often the demo is repeated in the long clip: two minutes.
const ROUNDS_OF_DEMO: usize = 5;

struct Plan {
    clients: usize,
    time: Duration,
    rounds: usize,
}

/// What a server needs.
#[derive(Clone, Copy)]
struct Cost {
    /// Processor time a client, percent of one core.
    client: f64,
    /// Processor time a packet, microseconds.
    packet: f64,
}

/// One round's figures.
struct Round {
    cost: Cost,
    delivered: f64,
    missing: u64,
    /// RTP packets a second to each client, and octets of each.
    packets: (f64, f64),
    /// How fast media time went against the clock; 1 is real time.
    pace: (f64, f64),
    megabits: f64,
    memory: f64,
}

fn main() -> Result<()> {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let plan = Plan {
        clients: numbers.first().copied().unwrap_or(100),
        time: Duration::from_secs(numbers.get(1).copied().unwrap_or(20) as u64),
        rounds: numbers.get(2).copied().unwrap_or(5),
    };
    // All threads of this process are still to come, so that they are pinned, too.
    let own = std::process::id().to_string();
    Command::new("taskset").args(["-cp", "1", &own]).output().context("taskset is needed (util-linux)")?;
    let folder = film()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("{} clients over UDP, {} s a round", plan.clients, plan.time.as_secs());
    let (mut own, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        for (name, costs) in [("layercast", &mut own), ("gst-rtsp-server", &mut peer)] {
            let subject =
                if name == "layercast" { Subject::layercast(&folder) } else { Subject::gstreamer(&folder) };
            let round = match subject.and_then(|subject| runtime.block_on(round(&subject, &plan))) {
                Ok(round) => round,
                Err(error) => {
                    println!("{name:16} failed: {error:#}");
                    continue;
                }
            };
            let is_void = round.delivered < DELIVERED || round.pace.0 < REAL_TIME;
            let void = if is_void { " (void)" } else { "" };
            println!(
                "{name:16} {:.3} % of a core a client; {:.2} us a packet, {:.0} a second of {:.0} octets; {:.2} % delivered, {} missing; media at {:.3} to {:.3} of real time; {:.0} Mbit/s, {:.0} MB{void}",
                round.cost.client,
                round.cost.packet,
                round.packets.0,
                round.packets.1,
                100.0 * round.delivered,
                round.missing,
                round.pace.0,
                round.pace.1,
                round.megabits,
                round.memory,
            );
            if !is_void {
                costs.push(round.cost);
            }
        }
    }
    let tell = |unit: &str, figure: fn(&Cost) -> f64| {
        let of = |costs: &[Cost]| median(&mut costs.iter().map(figure).collect::<Vec<_>>());
        if let (Some(own), Some(peer)) = (of(&own), of(&peer)) {
            let ratio = own / peer;
            println!("median: layercast {own:.3} {unit}, gst-rtsp-server {peer:.3}, ratio {ratio:.2}");
        }
    };
    tell("% of a core a client", |cost| cost.client);
    tell("us a packet", |cost| cost.packet);
    Ok(())
}

async fn round(subject: &Subject, plan: &Plan) -> Result<Round> {
    let viewers = Viewers::connect(subject.at, subject.path, plan.clients).await?;
    tokio::time::sleep(SETTLE).await;
    let mut used = Vec::new();
    let took = viewers.count(plan.time, || used.extend(subject.processor())).await;
    let memory = subject.memory()? as f64 / 1e6;
    let seen = viewers.leave().await?;
    let [begin, end] = used[..] else { anyhow::bail!("the server's processor time is not known") };
    let sum = |figure: fn(&Seen) -> u64| seen.iter().map(figure).sum::<u64>();
    let (packets, missing) = (sum(|seen| seen.packets), sum(|seen| seen.missing));
    let used = (end - begin).as_secs_f64();
    let paces = || seen.iter().map(|seen| seen.media / took.as_secs_f64());
    Ok(Round {
        cost: Cost {
            client: 100.0 * used / took.as_secs_f64() / plan.clients as f64,
            packet: 1e6 * used / (packets as f64).max(1.0),
        },
        delivered: packets as f64 / ((packets + missing) as f64).max(1.0),
        missing,
        packets: (
            packets as f64 / took.as_secs_f64() / plan.clients as f64,
            sum(|seen| seen.octets) as f64 / (packets as f64).max(1.0),
        ),
        pace: (paces().fold(f64::INFINITY, f64::min), paces().fold(0.0, f64::max)),
        megabits: sum(|seen| seen.octets) as f64 * 8.0 / 1e6 / took.as_secs_f64(),
        memory,
    })
}

/// The demo, repeated, as an AVI file that both servers read.
fn film() -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients");
    std::fs::create_dir_all(&folder)?;
    let clip = protocol::media::demo();
    let mut whole = Vec::new();
    for number in 0..clip.tracks()[0].samples {
        whole.extend_from_slice(&clip.sample(0, number).context("a picture of the demo")?.bytes);
    }
    let pictures = folder.with_extension("mjpeg");
    std::fs::write(&pictures, whole.repeat(ROUNDS_OF_DEMO))?;
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-framerate", "25", "-f", "mjpeg", "-i"])
        .arg(&pictures)
        .args(["-c", "copy", "-r", "25"])
        .arg(folder.join("long.avi"))
        .status()
        .context("ffmpeg is needed")?;
    ensure!(made.success(), "ffmpeg made no film");
    Ok(folder)
}

fn median(figures: &mut [f64]) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}
