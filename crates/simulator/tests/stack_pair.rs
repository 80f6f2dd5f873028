//! Two of our stacks with each other, in fair and in foul weather.

mod pair;

use std::time::Duration;

use pair::{Pair, Transfer, Weather, octets};
use protocol::time::SimTime;
use simulator::stack::{CloseReason, StackEvent, Verdict};

/// Sends both ways at once, closes both ways, and answers the time it took.
fn exchange(pair: &mut Pair, up: usize, down: usize) -> Duration {
    let (client, server) = pair.connect();
    let began = pair.now;
    let mut ends = [Transfer::new(client, octets(up)), Transfer::new(server, octets(down))];
    let all_gone = pair.run(SimTime::from_secs(3600), |pair| {
        for (end, host) in ends.iter_mut().zip(&mut pair.hosts) {
            end.work(pair.now, host);
        }
        let closed = |side: usize| {
            pair.events[side]
                .iter()
                .any(|event| matches!(event, StackEvent::Closed { why: CloseReason::Finished, .. }))
        };
        closed(0) && closed(1)
    });
    assert!(all_gone, "not closed at {}", pair.now);
    assert!(ends[0].got == octets(down), "what came down differs");
    assert!(ends[1].got == octets(up), "what went up differs");
    pair.now.since(began)
}

#[test]
fn a_calm_line_needs_no_retransmission() {
    let mut pair = Pair::new(Weather::CALM, 1);
    exchange(&mut pair, 1_000_000, 1_000_000);
    let retransmitted = |cause: &_| matches!(cause, simulator::stack::Cause::Retransmit(_));
    assert_eq!(pair.count(0, retransmitted) + pair.count(1, retransmitted), 0);
    assert!(!pair.verdicts.iter().any(|(.., verdict)| matches!(verdict, Verdict::Dropped(_))));
}

#[test]
fn every_weather_delivers_the_same_octets() {
    let jitter = Weather { jitter: Duration::from_millis(3), ..Weather::CALM };
    let foul = Weather { loss: 0.03, duplication: 0.02, corruption: 0.02, ..jitter };
    for (weather, length) in [
        (Weather::lossy(0.01), 400_000),
        (Weather::lossy(0.05), 150_000),
        (Weather::lossy(0.2), 30_000),
        (jitter, 400_000),
        (foul, 150_000),
    ] {
        for seed in 0..4 {
            let mut pair = Pair::new(weather, seed);
            let took = exchange(&mut pair, length, length / 2);
            println!("{weather:?} seed {seed}: {length} octets in {took:?}");
        }
    }
}
