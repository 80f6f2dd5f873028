//! The variables of TCP connections on the tape: at any past moment they can be read, and
//! their rows are bounded.

mod common;

use simulator::stack::{CongestionAlgorithm, CongestionPhase};
use simulator::tape::TcpRecord;
use simulator::world::{ROW_INTERVAL, ROWS_AT_ONCE};
use simulator::{ConnectionId, NodeId, Scenario, World, WorldOptions};
use std::collections::BTreeMap;
use std::time::Duration;

const SECONDS: u64 = 20;

/// Runs a scenario with a line changed; answers the rows of each end.
fn rows(from: &str, to: &str) -> BTreeMap<(NodeId, ConnectionId), Vec<TcpRecord>> {
    let text = include_str!("../scenarios/classroom-tcp.toml");
    assert!(text.contains(from), "{from}");
    let scenario = Scenario::parse(&text.replacen(from, to, 1), "x.toml").expect("it is sound");
    let mut world = World::new(&scenario, common::catalogue(), WorldOptions::default()).expect("a world");
    world.run_until(protocol::time::SimTime::from_secs(SECONDS));
    let mut ends = BTreeMap::<_, Vec<_>>::new();
    for record in world.tape().tcp().iter() {
        ends.entry((record.node, record.connection)).or_default().push(record.clone());
    }
    ends
}

#[test]
fn each_end_tells_its_variables_within_its_allowance() {
    let ends = rows("[player]", "[player]");
    assert_eq!(ends.len(), 2, "client and server");
    for rows in ends.values() {
        let first = &rows[0].info;
        assert_eq!(
            (first.congestion, first.phase),
            (CongestionAlgorithm::NewReno, CongestionPhase::SlowStart)
        );
        let last = &rows[rows.len() - 1];
        assert!(last.info.sack && last.info.timestamps && last.info.srtt.is_some());
        assert_eq!((last.info.mss, last.info.rto), (1448, Duration::from_secs(1)));
        assert!(last.at.as_secs_f64() > SECONDS as f64 - 1.0, "told to the end: {}", last.at);
        let turn = |row: &TcpRecord| (row.info.phase, row.info.ssthresh, row.info.recovery_point);
        let turns = rows.windows(2).filter(|pair| turn(&pair[0]) != turn(&pair[1])).count();
        let allowance = ROWS_AT_ONCE + (SECONDS * 1000 / ROW_INTERVAL.as_millis() as u64) as u32;
        assert!(rows.len() - turns <= allowance as usize + 1, "{} rows, {turns} turns", rows.len());
        assert!(rows.windows(2).all(|pair| pair[0].at <= pair[1].at && pair[0].info != pair[1].info));
        for row in rows {
            assert!(row.info.cwnd >= row.info.mss && row.info.rto >= Duration::from_secs(1));
        }
    }
}

#[test]
fn the_scenarios_settings_are_those_of_its_hosts() {
    let ends = rows("[player]", "[tcp]\ncongestion = \"cubic\"\ntimestamps = false\n[player]");
    for rows in ends.values() {
        let last = &rows[rows.len() - 1].info;
        assert_eq!((last.congestion, last.timestamps, last.mss), (CongestionAlgorithm::Cubic, false, 1460));
    }
}

#[test]
fn losses_are_told_at_once() {
    let ends = rows("rate = \"100 Mbit/s\"", "rate = \"100 Mbit/s\"\nloss = 0.02");
    let recoveries = |rows: &Vec<TcpRecord>| {
        rows.iter().filter(|row| row.info.phase == CongestionPhase::FastRecovery).count()
    };
    assert!(ends.values().map(recoveries).sum::<usize>() > 3);
    for row in ends.values().flatten().filter(|row| row.info.phase == CongestionPhase::FastRecovery) {
        assert!(row.info.recovery_point.is_some() && row.info.ssthresh < usize::MAX);
    }
}
