//! How much faster than real time a world runs, with its whole tape kept.
//!
//! `cargo bench -p simulator` (or `cargo xtask bench`). Seconds depend on the machine; the
//! ratio of simulated to real time is the figure. `docs/performance.md` says what was seen.
#![allow(clippy::disallowed_types)] // A stopwatch needs a clock; the world under it has none.

use protocol::media::Catalogue;
use protocol::time::SimTime;
use simulator::{Scenario, World, WorldOptions};
use std::sync::Arc;
use std::time::Instant;

/// Simulated seconds of one round.
const SECONDS: u64 = 60;
const ROUNDS: usize = 5;

fn main() {
    let catalogue = Arc::new(Catalogue::with_demo());
    println!("{SECONDS} simulated seconds, the whole tape kept, {ROUNDS} rounds; median of the rounds");
    for name in Scenario::names() {
        let scenario = Scenario::builtin(name).expect("its own name");
        let mut ratios: Vec<f64> = Vec::new();
        let mut frames = 0;
        let mut octets = 0;
        for _ in 0..ROUNDS {
            let mut world = World::new(&scenario, catalogue.clone(), WorldOptions::default())
                .expect("a built-in scenario");
            let begin = Instant::now();
            world.run_until(SimTime::from_secs(SECONDS));
            ratios.push(SECONDS as f64 / begin.elapsed().as_secs_f64());
            frames = world.tape().hops().end();
            octets = world.tape().octets();
        }
        ratios.sort_by(f64::total_cmp);
        println!(
            "{name:16} {:7.0} times real time ({:.0} to {:.0}); {frames} hops, {:.1} MB of tape",
            ratios[ROUNDS / 2],
            ratios[0],
            ratios[ROUNDS - 1],
            octets as f64 / 1e6
        );
    }
}
