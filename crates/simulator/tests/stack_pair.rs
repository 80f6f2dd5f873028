//! Two of our stacks with each other, in fair and in foul weather.

mod pair;

use std::time::Duration;

use pair::{Pair, Transfer, Weather, config, octets};
use proptest::prelude::*;
use protocol::time::SimTime;
use simulator::stack::{
    Cause, CloseReason, CongestionAlgorithm, RetransmitCause, StackEvent, TcpConfig, TcpInfo, Verdict,
};

/// Sends both ways at once, closes both ways, and answers the time it took.
fn exchange(pair: &mut Pair, up: usize, down: usize) -> Duration {
    let (client, server) = pair.connect();
    finish(pair, &mut [Transfer::new(client, octets(up)), Transfer::new(server, octets(down))])
}

/// Runs both ends until both connections are gone.
fn finish(pair: &mut Pair, ends: &mut [Transfer; 2]) -> Duration {
    finish_with(pair, ends, |_, _| {})
}

/// The same, looking at both ends at each moment.
fn finish_with(pair: &mut Pair, ends: &mut [Transfer; 2], look: impl Fn(usize, &TcpInfo)) -> Duration {
    let began = pair.now;
    let all_gone = pair.run(SimTime::from_secs(7200), |pair| {
        for (end, host) in ends.iter_mut().zip(&mut pair.hosts) {
            end.work(pair.now, host);
        }
        for (side, (end, host)) in ends.iter().zip(&pair.hosts).enumerate() {
            if let Some(info) = host.tcp_info(end.handle) {
                look(side, &info);
            }
        }
        pair.wake = ends.iter().zip(&pair.hosts).filter_map(|(end, host)| end.wakes_at(host)).min();
        let closed = |side: usize| {
            pair.events[side].iter().any(|event| match event {
                StackEvent::Closed { why, .. } => {
                    assert_eq!(*why, CloseReason::Finished);
                    true
                }
                _ => false,
            })
        };
        let unread = ends.iter().zip(&pair.hosts).any(|(end, host)| host.tcp_recv_len(end.handle) > 0);
        closed(0) && closed(1) && !unread
    });
    let [a, b] = &ends;
    let infos = [pair.hosts[0].tcp_info(a.handle), pair.hosts[1].tcp_info(b.handle)];
    assert!(all_gone, "not closed at {}: {infos:#?}", pair.now);
    assert!(a.got == b.to_send, "what came down differs: {} of {}", a.got.len(), b.to_send.len());
    assert!(b.got == a.to_send, "what went up differs: {} of {}", b.got.len(), a.to_send.len());
    pair.now.since(began)
}

#[test]
fn a_calm_line_needs_no_retransmission() {
    let mut pair = Pair::new(Weather::CALM, 1);
    exchange(&mut pair, 1_000_000, 1_000_000);
    let retransmitted = |cause: &_| matches!(cause, Cause::Retransmit(_));
    assert_eq!(pair.count(0, retransmitted) + pair.count(1, retransmitted), 0);
    assert!(!pair.verdicts.iter().any(|(.., verdict)| matches!(verdict, Verdict::Dropped(_))));
}

#[test]
fn every_weather_delivers_the_same_octets() {
    let jitter = Weather { jitter: Duration::from_millis(3), ..Weather::CALM };
    let bursty = Weather { bursts: Some((0.01, 0.4)), ..Weather::CALM };
    let foul = Weather { loss: 0.03, duplication: 0.02, corruption: 0.02, ..jitter };
    for (weather, length) in [
        (Weather::lossy(0.01), 400_000),
        (Weather::lossy(0.05), 150_000),
        (Weather::lossy(0.2), 30_000),
        (jitter, 400_000),
        (bursty, 300_000),
        (foul, 150_000),
    ] {
        for seed in 0..4 {
            // However bad the luck, it ends: nobody gives up early.
            let mut configs = [config(0), config(1)];
            for config in &mut configs {
                (config.tcp.give_up, config.tcp.msl) = (Duration::from_secs(3000), Duration::from_secs(600));
            }
            let mut pair = Pair::with_configs(configs, weather, seed);
            let took = exchange(&mut pair, length, length / 2);
            println!("{weather:?} seed {seed}: {length} octets in {took:?}");
        }
    }
}

/// A narrow line whose queue overflows: what congestion control is for. The table holds
/// how well the line is used, so that a change of algorithm shows.
#[test]
fn a_narrow_line_is_well_used() {
    let mut table = String::from("Mbit/s  delay  queue  used  dropped  rto  fast  holes\n");
    for (mbits, delay, queue) in [(2, 10, 20), (10, 5, 10), (10, 5, 50), (10, 20, 30), (5, 50, 40)] {
        let weather = Weather {
            delay: Duration::from_millis(delay),
            rate: Some((mbits * 1_000_000, queue)),
            ..Weather::CALM
        };
        let mut pair = Pair::new(weather, 1);
        let (client, server) = pair.connect();
        let length = 4_000_000;
        let mut ends = [Transfer::new(client, octets(length)), Transfer::new(server, Vec::new())];
        let began = pair.now;
        let done = pair.run(SimTime::from_secs(600), |pair| {
            for (end, host) in ends.iter_mut().zip(&mut pair.hosts) {
                end.work(pair.now, host);
            }
            ends[1].got.len() == length
        });
        assert!(done && ends[1].got == octets(length));
        let best = length as f64 * 8.0 / (mbits * 1_000_000) as f64;
        let used = best / pair.now.since(began).as_secs_f64();
        let again = |wanted: fn(&RetransmitCause) -> bool| {
            pair.count(0, |cause| matches!(cause, Cause::Retransmit(why) if wanted(why)))
        };
        let rto = again(|why| matches!(why, RetransmitCause::RtoExpired { .. }));
        let fast = again(|why| matches!(why, RetransmitCause::ThirdDuplicateAck));
        let holes = again(|why| {
            matches!(
                why,
                RetransmitCause::PartialAck | RetransmitCause::SackHole { .. } | RetransmitCause::Rescue
            )
        });
        let dropped = pair.line.dropped;
        table += &format!(
            "{mbits:6}  {delay:5}  {queue:5}  {:3.0}%  {dropped:7}  {rto:3}  {fast:4}  {holes:5}\n",
            used * 100.0
        );
    }
    insta::assert_snapshot!(table);
}

/// Settings of one host, and how its application behaves.
fn any_host() -> impl Strategy<Value = (TcpConfig, usize, u64)> {
    let sizes = (100u16..=1460, 300usize..200_000, 500usize..50_000, 50usize..3000);
    let options = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (sizes, 0u64..300, any::<bool>(), any::<bool>(), 0u64..30, options).prop_map(
        |((mss, recv_buffer, send_buffer, chunk), delayed_ack, nagle, patient, pause, options)| {
            let (sack, timestamps, window_scale, cubic) = options;
            let config = TcpConfig {
                mss: Some(mss),
                recv_buffer,
                send_buffer,
                delayed_ack: Duration::from_millis(delayed_ack),
                nagle,
                sack,
                timestamps,
                window_scale,
                congestion: if cubic { CongestionAlgorithm::Cubic } else { CongestionAlgorithm::NewReno },
                min_rto: Duration::from_millis(if patient { 1000 } else { 200 }),
                give_up: Duration::from_secs(3000),
                give_up_syn: Duration::from_secs(3000),
                // The RFC's two minutes: a FIN that is lost again and again must still find
                // its peer in TIME-WAIT, or it is answered with RST.
                msl: Duration::from_secs(120),
                ..TcpConfig::default()
            };
            (config, chunk, pause)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 30, ..ProptestConfig::default() })]

    /// Small and large buffers and segments, fast and slow readers, any weather: the same
    /// octets arrive, and both sides close.
    #[test]
    fn any_two_hosts_exchange_the_same_octets(
        (a, a_chunk, a_pause) in any_host(),
        (b, b_chunk, b_pause) in any_host(),
        (up, down) in (0usize..30_000, 0usize..30_000),
        (delay, jitter) in (0u64..30, 0u64..20),
        (loss, duplication, corruption) in (0.0..0.15, 0.0..0.1, 0.0..0.1),
        bursts in proptest::option::of((0.001..0.01, 0.5..0.9)),
        seed in any::<u64>(),
    ) {
        let weather = Weather {
            delay: Duration::from_millis(delay),
            jitter: Duration::from_millis(jitter),
            loss,
            bursts,
            duplication,
            corruption,
            rate: None,
        };
        let mut configs = [config(0), config(1)];
        (configs[0].tcp, configs[1].tcp) = (a.clone(), b.clone());
        let mut pair = Pair::with_configs(configs, weather, seed);
        let (client, server) = pair.connect();
        let mut ends = [Transfer::new(client, octets(up)), Transfer::new(server, octets(down))];
        (ends[0].chunk, ends[0].pause) = (a_chunk, Duration::from_millis(a_pause));
        (ends[1].chunk, ends[1].pause) = (b_chunk, Duration::from_millis(b_pause));
        let limits = [a.min_rto, b.min_rto];
        finish_with(&mut pair, &mut ends, |side, info| {
            assert!(info.rto >= limits[side], "RTO below its least: {info:?}");
            assert!(info.cwnd >= info.mss, "a window of less than a segment: {info:?}");
            assert!(info.pipe <= 2 * info.in_flight, "{info:?}");
        });
    }
}

/// With every setting of options and congestion control: the same octets, nothing sent twice
/// on a perfect line, and two runs alike to the frame.
#[test]
fn every_setting_keeps_to_the_rules_in_calm_and_in_loss() {
    let mut filled = 0;
    for bits in 0..16u8 {
        let tcp = TcpConfig {
            sack: bits & 1 != 0,
            timestamps: bits & 2 != 0,
            window_scale: bits & 4 != 0,
            congestion: if bits & 8 != 0 { CongestionAlgorithm::Cubic } else { CongestionAlgorithm::NewReno },
            ..TcpConfig::default()
        };
        let run = |weather| {
            let mut configs = [config(0), config(1)];
            configs.iter_mut().for_each(|config| config.tcp = tcp.clone());
            let mut pair = Pair::with_configs(configs, weather, 7);
            exchange(&mut pair, 300_000, 100_000);
            pair
        };
        let calm = run(Weather::CALM);
        let retransmitted = |cause: &_| matches!(cause, Cause::Retransmit(_));
        assert_eq!(calm.count(0, retransmitted) + calm.count(1, retransmitted), 0, "{tcp:?}");
        let (once, again) = (run(Weather::lossy(0.03)), run(Weather::lossy(0.03)));
        assert!(once.sent == again.sent, "{tcp:?}");
        let holes = |cause: &_| {
            matches!(cause, Cause::Retransmit(RetransmitCause::SackHole { .. } | RetransmitCause::Rescue))
        };
        let holes = once.count(0, holes) + once.count(1, holes);
        assert!(tcp.sack || holes == 0, "{tcp:?}");
        filled += holes;
    }
    assert!(filled > 0, "SACK was never needed");
}
