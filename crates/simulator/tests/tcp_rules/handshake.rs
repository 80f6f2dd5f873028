//! Opening (RFC 9293 sections 3.5 and 3.10.7.2 to 3.10.7.4).

use std::net::SocketAddr;

use protocol::time::SimTime;
use simulator::stack::{
    Cause, CloseReason, DropReason, RetransmitCause, SocketError, StackEvent, State, StateCause, TcpConfig,
    Verdict,
};

use super::script::*;

fn default() -> TcpConfig {
    TcpConfig::default()
}

#[test]
fn active_open() {
    let mut s = Script::connecting(default());
    assert_eq!(s.state(), State::SynSent);
    s.says(SYN_ACK, 0, 1, b"");
    s.expect(ACK, 1, 1, 0, Cause::HandshakeAck);
    assert_eq!(s.state(), State::Established);
    assert!(s.saw(&StackEvent::Connected(s.h())));
    assert_eq!(s.stack.poll_timeout(), None);
    s.quiet();
}

#[test]
fn passive_open() {
    let mut s = Script::new(default());
    s.local_port = 554;
    s.stack.tcp_listen(554).unwrap();
    s.says(SYN, 0, 0, b"");
    let syn_ack = s.expect(SYN_ACK, 0, 1, 0, Cause::AcceptSyn);
    assert_eq!(syn_ack.header.options.mss, Some(1460));
    assert_eq!(syn_ack.header.window, 65_535);
    assert!(!s.events.iter().any(|event| matches!(event, StackEvent::Accepted { .. })));
    s.says(ACK, 1, 1, b"");
    let handle = s.stack.tcp_connections().next().unwrap();
    let remote = SocketAddr::from((THEIRS, 40_000));
    assert!(s.saw(&StackEvent::Accepted { port: 554, handle, remote }));
    let changes: Vec<_> = s
        .events
        .iter()
        .filter_map(|event| match event {
            StackEvent::TcpState { from, to, because, .. } => Some((*from, *to, *because)),
            _ => None,
        })
        .collect();
    assert_eq!(
        changes,
        [
            (State::Listen, State::SynReceived, StateCause::SynForListener),
            (State::SynReceived, State::Established, StateCause::AckOfSyn),
        ]
    );
    s.quiet();
}

#[test]
fn data_may_come_with_the_last_ack_of_the_handshake() {
    let mut s = Script::new(default());
    s.local_port = 554;
    s.stack.tcp_listen(554).unwrap();
    s.says(SYN, 0, 0, b"");
    s.expect(SYN_ACK, 0, 1, 0, Cause::AcceptSyn);
    let handle = s.stack.tcp_connections().next().unwrap();
    let verdict = s.says(ACK, 1, 1, b"OPTIONS");
    assert_eq!(verdict, Verdict::Tcp { handle, delivered: 0..7 });
    assert_eq!(s.stack.tcp_delivered(handle), 7);
}

#[test]
fn segments_are_as_long_as_the_peer_takes() {
    for (mss, expected) in [(Some(1460), 1460), (Some(9000), 1460), (Some(1000), 1000), (None, 536)] {
        let mut s = Script::accepted_with(default(), 65_535, mss);
        assert_eq!(s.info().mss, expected);
        s.send(3000);
        assert_eq!(s.said().unwrap().payload.len(), expected);
    }
    let mut s = Script::accepted_with(default(), 65_535, Some(0));
    assert_eq!(s.info().mss, 1, "a peer that says 0 gets single octets");
    s.send(2);
    assert_eq!(s.said().unwrap().payload.len(), 1);
}

#[test]
fn our_own_limit_is_told_and_kept() {
    let mut s = Script::connecting(TcpConfig { mss: Some(500), ..default() });
    s.now += 5 * SEC; // The SYN is said again, and still has its option.
    s.stack.handle_timeout(s.now);
    assert_eq!(s.said().unwrap().header.options.mss, Some(500));
    s.says(SYN_ACK, 0, 1, b"");
    assert_eq!(s.info().mss, 500);
}

#[test]
fn both_open_at_once() {
    // RFC 9293 figure 8.
    let mut s = Script::connecting(default());
    s.says(SYN, 0, 0, b"");
    assert_eq!(s.state(), State::SynReceived);
    s.expect(SYN_ACK, 0, 1, 0, Cause::AcceptSyn);
    s.says(SYN_ACK, 0, 1, b"");
    assert_eq!(s.state(), State::Established);
    assert!(s.saw(&StackEvent::Connected(s.h())));
    s.quiet();
}

#[test]
fn a_lost_syn_is_said_again_until_we_give_up() {
    let mut s = Script::connecting(default());
    let mut waits = Vec::new();
    for attempt in 1.. {
        waits.push(s.next_timer().as_secs());
        if s.state() == State::Closed {
            break;
        }
        let rto = SEC * waits[waits.len() - 1] as u32;
        let cause = RetransmitCause::RtoExpired { rto, attempt };
        s.expect(SYN, 0, 0, 0, Cause::Retransmit(cause));
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60], "doubled up to a minute, 3 minutes in all");
    assert!(s.saw(&StackEvent::Closed { handle: s.h(), why: CloseReason::TimedOut }));
    s.quiet();
}

#[test]
fn after_a_lost_syn_data_begins_carefully() {
    let mut s = Script::connecting(default());
    s.next_timer();
    s.said().unwrap();
    s.says(SYN_ACK, 0, 1, b"");
    s.expect(ACK, 1, 1, 0, Cause::HandshakeAck);
    // RFC 5681 section 3.1: one segment; RFC 6298 rule 5.7: 3 s; Karn: no measurement.
    let info = s.info();
    assert_eq!((info.cwnd, info.rto, info.srtt), (1460, 3 * SEC, None));
}

#[test]
fn the_handshake_measures_the_round_trip() {
    let mut s = Script::connecting(default());
    s.now += 30 * MS;
    s.says(SYN_ACK, 0, 1, b"");
    assert_eq!((s.info().srtt, s.info().rttvar), (Some(30 * MS), Some(15 * MS)));
}

#[test]
fn a_lost_syn_ack_is_said_again_by_timer_and_on_request() {
    let mut s = Script::new(default());
    s.local_port = 554;
    s.stack.tcp_listen(554).unwrap();
    s.says(SYN, 0, 0, b"");
    s.expect(SYN_ACK, 0, 1, 0, Cause::AcceptSyn);
    s.next_timer();
    let cause = RetransmitCause::RtoExpired { rto: SEC, attempt: 1 };
    s.expect(SYN_ACK, 0, 1, 0, Cause::Retransmit(cause));
    s.says(SYN, 0, 0, b"");
    s.expect(SYN_ACK, 0, 1, 0, Cause::Retransmit(RetransmitCause::DuplicateSyn));
    s.says(ACK, 1, 1, b"");
    let handle = s.stack.tcp_connections().next().unwrap();
    assert_eq!(s.stack.tcp_info(handle).unwrap().state, State::Established);
}

#[test]
fn a_lost_handshake_ack_is_said_again() {
    let mut s = Script::connecting(default());
    s.says(SYN_ACK, 0, 1, b"");
    s.expect(ACK, 1, 1, 0, Cause::HandshakeAck);
    s.says(SYN_ACK, 0, 1, b"");
    assert_eq!(s.said().map(|said| (said.seq, said.ack, said.payload.len())), Some((1, 1, 0)));
    assert_eq!(s.state(), State::Established);
}

#[test]
fn nobody_listens() {
    let mut s = Script::new(default());
    s.local_port = 81;
    let verdict = s.says(SYN, 0, 0, b"");
    assert_eq!(verdict, Verdict::Dropped(DropReason::TcpPortClosed(81)));
    let said = s.said().unwrap();
    assert_eq!((said.header.flags, said.header.seq, said.ack), (RST_ACK, 0, 1));
    assert_eq!(said.cause, Cause::RefusedPort);
    // An acknowledgement for nothing is reset at its own number.
    s.iss = 0;
    s.says(ACK, 5, 77, b"");
    let said = s.said().unwrap();
    assert_eq!((said.header.flags, said.header.seq), (RST, 77));
    // A reset is never answered.
    s.says(RST, 5, 0, b"");
    s.quiet();
}

#[test]
fn a_listener_takes_only_syns() {
    let mut s = Script::new(default());
    s.local_port = 554;
    s.stack.tcp_listen(554).unwrap();
    s.says(ACK, 5, 77, b"");
    let said = s.said().unwrap();
    assert_eq!((said.header.flags, said.header.seq), (RST, 77));
    s.says(RST, 5, 0, b"");
    s.says(NONE, 5, 0, b"data");
    s.quiet();
    assert_eq!(s.stack.tcp_connections().count(), 0);
}

#[test]
fn a_refused_connection_ends() {
    let mut s = Script::connecting(default());
    // A reset that does not know our SYN is not believed.
    s.says(RST, 0, 0, b"");
    s.says(RST_ACK, 0, 99, b"");
    assert_eq!(s.state(), State::SynSent);
    s.says(RST_ACK, 0, 1, b"");
    assert!(s.saw(&StackEvent::Closed { handle: s.h(), why: CloseReason::Refused }));
    assert_eq!(s.stack.poll_timeout(), None);
    s.quiet();
}

#[test]
fn an_answer_to_another_syn_is_reset() {
    let mut s = Script::connecting(default());
    s.says(SYN_ACK, 0, 99, b"");
    let said = s.said().unwrap();
    assert_eq!((said.header.flags, said.seq), (RST, 99));
    assert_eq!(s.state(), State::SynSent);
    s.says(ACK, 0, 1, b"");
    s.quiet();
    assert_eq!(s.state(), State::SynSent, "an ACK without SYN opens nothing");
}

#[test]
fn a_wrong_ack_of_our_syn_ack_is_reset() {
    let mut s = Script::new(default());
    s.local_port = 554;
    s.stack.tcp_listen(554).unwrap();
    s.says(SYN, 0, 0, b"");
    s.expect(SYN_ACK, 0, 1, 0, Cause::AcceptSyn);
    s.says(ACK, 1, 2, b"");
    let said = s.said().unwrap();
    assert_eq!((said.header.flags, said.seq), (RST, 2));
    s.says(ACK, 1, 1, b"");
    assert_eq!(s.stack.tcp_connections().count(), 1);
}

#[test]
fn the_backlog_bounds_half_open_connections() {
    let mut s = Script::new(TcpConfig { backlog: 2, ..default() });
    s.local_port = 554;
    s.stack.tcp_listen(554).unwrap();
    for port in [1, 2] {
        s.remote_port = port;
        s.says(SYN, 0, 0, b"");
        s.expect(SYN_ACK, 0, 1, 0, Cause::AcceptSyn);
    }
    s.remote_port = 3;
    assert_eq!(s.says(SYN, 0, 0, b""), Verdict::Dropped(DropReason::BacklogFull(554)));
    s.quiet();
    // One of them gives up: its place is free again, and the application never knew of it.
    s.remote_port = 2;
    s.events.clear();
    s.says(RST, 1, 0, b"");
    assert!(!s.events.iter().any(|event| matches!(event, StackEvent::Closed { .. })));
    s.remote_port = 3;
    s.says(SYN, 0, 0, b"");
    s.expect(SYN_ACK, 0, 1, 0, Cause::AcceptSyn);
    // The last one stands: a place is free once more.
    s.says(ACK, 1, 1, b"");
    s.remote_port = 4;
    s.says(SYN, 0, 0, b"");
    s.expect(SYN_ACK, 0, 1, 0, Cause::AcceptSyn);
}

#[test]
fn the_host_has_a_limit_of_connections() {
    let mut s = Script::accepted(TcpConfig { max_connections: 1, ..default() });
    s.remote_port = 40_001;
    assert_eq!(s.says(SYN, 0, 0, b""), Verdict::Dropped(DropReason::TooManyConnections));
    let to = SocketAddr::from((THEIRS, 80));
    assert_eq!(s.stack.tcp_connect(s.now, to, None), Err(SocketError::Full(1)));
}

#[test]
fn ports_are_given_once_for_each_peer() {
    let mut s = Script::new(default());
    let to = SocketAddr::from((THEIRS, 80));
    let first = s.stack.tcp_connect(s.now, to, Some(5000)).unwrap();
    assert_eq!(s.stack.tcp_connect(s.now, to, Some(5000)), Err(SocketError::PortTaken(5000)));
    assert_eq!(s.stack.tcp_connect(s.now, to, Some(0)), Err(SocketError::PortTaken(0)));
    let other = SocketAddr::from((THEIRS, 81));
    assert!(s.stack.tcp_connect(s.now, other, Some(5000)).is_ok());
    let a = s.stack.tcp_connect(s.now, to, None).unwrap();
    let b = s.stack.tcp_connect(s.now, to, None).unwrap();
    let port = |handle| s.stack.tcp_endpoints(handle).unwrap().0.port();
    assert!(port(a) >= 49_152 && port(b) >= 49_152 && port(a) != port(b) && first != a);
    let outside = SocketAddr::new("192.0.2.1".parse().unwrap(), 80);
    assert_eq!(s.stack.tcp_connect(s.now, outside, None), Err(SocketError::NoRoute(outside.ip())));
    assert_eq!(s.stack.tcp_listen(554), Ok(()));
    assert_eq!(s.stack.tcp_listen(554), Err(SocketError::PortTaken(554)));
}

#[test]
fn closing_before_the_answer_takes_the_syn_back() {
    let mut s = Script::connecting(default());
    s.close();
    assert!(s.saw(&StackEvent::Closed { handle: s.h(), why: CloseReason::Aborted }));
    s.quiet();
    s.says(SYN_ACK, 0, 1, b"");
    let said = s.said().unwrap();
    assert_eq!((said.header.flags, said.seq), (RST, 1), "the late answer finds nobody");
}

#[test]
fn closing_while_the_syn_ack_is_out_waits_for_its_ack() {
    let mut s = Script::connecting(default());
    s.says(SYN, 0, 0, b"");
    s.expect(SYN_ACK, 0, 1, 0, Cause::AcceptSyn);
    s.close();
    s.quiet();
    s.says(ACK, 1, 1, b"");
    s.expect(FIN_ACK, 1, 1, 0, Cause::Close);
    assert_eq!(s.state(), State::FinWait1);
}

#[test]
fn octets_queued_before_the_connection_stands_go_with_it() {
    let mut s = Script::connecting(default());
    s.send(10);
    s.quiet();
    s.says(SYN_ACK, 0, 1, b"");
    s.expect(PSH_ACK, 1, 1, 10, Cause::Data);
    s.quiet();
}

#[test]
fn first_numbers_differ_by_time_and_pair_and_repeat_with_the_seed() {
    let iss = |now, port| {
        let mut s = Script::at(now, default());
        let to = SocketAddr::from((THEIRS, 80));
        s.stack.tcp_connect(now, to, Some(port)).unwrap();
        s.said().unwrap().header.seq
    };
    let zero = SimTime::ZERO;
    assert_eq!(iss(zero, 5000), iss(zero, 5000));
    assert_ne!(iss(zero, 5000), iss(zero, 5001));
    // The clock of RFC 9293 section 3.4.1: one each 4 microseconds.
    let later = iss(SimTime::from_millis(4), 5000);
    assert_eq!(later.wrapping_sub(iss(zero, 5000)), 1000);
}
