//! The variables of TCP connections.

use super::{between, nanos, span};
use crate::wire::{Id, TcpRow};
use protocol::time::SimTime;
use simulator::Tape;
use simulator::stack::{CongestionAlgorithm, CongestionPhase};
use simulator::tape::TcpRecord;
use std::collections::BTreeMap;

/// The rows of `[from, to)`, and before them for each end the one in force at `from`.
pub fn segment(tape: &Tape, from: SimTime, to: SimTime) -> Vec<TcpRow> {
    let first = tape.tcp().partition_point(|r| r.at < from);
    let mut before = BTreeMap::new();
    for (number, record) in super::numbered(tape.tcp(), 0).take_while(|(number, _)| *number < first) {
        before.insert((record.node, record.connection), (number, record));
    }
    let mut in_force: Vec<_> = before.into_values().collect();
    in_force.sort_by_key(|(number, _)| *number);
    let in_force = in_force.into_iter().map(|(_, record)| row(record));
    in_force.chain(between(tape.tcp(), from, to, |r| r.at).map(row)).collect()
}

/// A record's row.
pub fn row(record: &TcpRecord) -> TcpRow {
    let TcpRecord { at, node, connection, info } = record;
    let octets = |octets: usize| u32::try_from(octets).unwrap_or(u32::MAX);
    // Stream places are longer than sequence numbers: the recovery point lies a distance
    // from the oldest octet that is not acknowledged.
    let place = |seq: u32| Id(info.acknowledged + u64::from(seq.wrapping_sub(info.snd_una)));
    TcpRow {
        at: nanos(*at),
        node: node.0,
        connection: connection.0,
        congestion: match info.congestion {
            CongestionAlgorithm::NewReno => "newreno".into(),
            CongestionAlgorithm::Cubic => "cubic".into(),
        },
        phase: match info.phase {
            CongestionPhase::SlowStart => "slowStart".into(),
            CongestionPhase::CongestionAvoidance => "avoidance".into(),
            CongestionPhase::FastRecovery => "recovery".into(),
        },
        cwnd: octets(info.cwnd),
        ssthresh: (info.ssthresh != usize::MAX).then(|| octets(info.ssthresh)),
        srtt: info.srtt.map(span),
        rttvar: info.rttvar.map(span),
        rto: span(info.rto),
        snd_wnd: octets(info.snd_wnd),
        rcv_wnd: octets(info.rcv_wnd),
        in_flight: octets(info.in_flight),
        pipe: octets(info.pipe),
        sacked: octets(info.sacked),
        unsent: octets(info.unsent),
        out_of_order: octets(info.out_of_order),
        duplicate_acks: info.duplicate_acks,
        recovery_point: info.recovery_point.map(place),
        mss: octets(info.mss),
        retransmissions: u32::try_from(info.retransmissions).unwrap_or(u32::MAX),
        sack: info.sack,
        timestamps: info.timestamps,
        snd_scale: info.snd_scale,
        rcv_scale: info.rcv_scale,
    }
}
