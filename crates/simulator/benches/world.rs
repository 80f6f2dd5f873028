//! How much faster than real time a world runs, with its whole tape kept.
//!
//! `cargo bench -p simulator` (or `cargo xtask bench`). Seconds depend on the machine; the
//! ratio of simulated to real time is the figure. `docs/performance.md` says what was seen.
#![allow(clippy::disallowed_types)] // A stopwatch needs a clock; the world under it has none.

use protocol::media::Catalogue;
use protocol::time::SimTime;
use simulator::fork::{Fork, Moments};
use simulator::{Scenario, World, WorldOptions};
use std::sync::Arc;
use std::time::{Duration, Instant};

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
            "{name:20} {:7.0} times real time ({:.0} to {:.0}); {frames} hops, {:.1} MB of tape",
            ratios[ROUNDS / 2],
            ratios[0],
            ratios[ROUNDS - 1],
            octets as f64 / 1e6
        );
    }
    forks(&catalogue);
}

/// What forks cost in a run of ten minutes: to keep a moment, and to simulate from the last one
/// that was kept.
fn forks(catalogue: &Arc<Catalogue>) {
    let scenario = Scenario::builtin("classroom").expect("its own name");
    let options = WorldOptions { history: Duration::from_secs(600), ..WorldOptions::default() };
    let mut world = World::new(&scenario, catalogue.clone(), options).expect("a built-in scenario");
    let (mut moments, mut longest, mut all) = (Moments::new(&world), Duration::ZERO, Duration::ZERO);
    for second in 1..=600 {
        world.run_until(SimTime::from_secs(second));
        let begin = Instant::now();
        moments.keep(&world);
        longest = longest.max(begin.elapsed());
        all += begin.elapsed();
    }
    println!(
        "{} moments of ten minutes kept in {:.1} ms each, {:.1} ms at most; {:.1} MB of tape",
        moments.count(),
        all.as_secs_f64() * 1e3 / moments.count() as f64,
        longest.as_secs_f64() * 1e3,
        world.tape().octets() as f64 / 1e6
    );
    for seconds in [599, 300] {
        let begin = Instant::now();
        let at = SimTime::from_secs(seconds);
        let mut fork = Fork::begin(&moments, &world, at, None).expect("the moment is kept");
        let began = begin.elapsed();
        fork.advance(world.inputs(), world.now()).expect("no inputs are lost");
        assert_eq!(fork.compare(world.tape(), world.now()), None, "the same run");
        println!(
            "fork at {seconds} s: begins in {:.1} ms, is at 600 s after {:.2} s",
            began.as_secs_f64() * 1e3,
            begin.elapsed().as_secs_f64()
        );
    }
}
