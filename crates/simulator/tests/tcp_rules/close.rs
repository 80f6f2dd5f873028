//! Closing (RFC 9293 sections 3.6 and 3.10.4).

use simulator::stack::tcp::MAX_REMAINS;
use simulator::stack::{
    AckCause, Cause, CloseReason, RetransmitCause, StackEvent, State, StateCause, TcpConfig, Verdict,
};

use super::script::*;

fn accepted() -> Script {
    Script::accepted(TcpConfig::default())
}

#[test]
fn we_close_first() {
    let mut s = accepted();
    s.close();
    s.expect(FIN_ACK, 1, 1, 0, Cause::Close);
    assert_eq!(s.state(), State::FinWait1);
    s.says(ACK, 1, 2, b"");
    assert_eq!(s.state(), State::FinWait2);
    // The peer may still send.
    s.says(PSH_ACK, 1, 2, b"more");
    assert_eq!(s.read(10), b"more");
    s.says(FIN_ACK, 5, 2, b"");
    assert_eq!(s.state(), State::TimeWait);
    s.expect(ACK, 2, 6, 0, Cause::Ack(AckCause::Fin));
    assert!(s.saw(&StackEvent::PeerClosed(s.h())));
    assert!(!s.events.iter().any(|event| matches!(event, StackEvent::Closed { .. })));
    // Twice the maximum segment lifetime; a FIN said again starts it anew.
    s.wait(50 * SEC);
    s.says(FIN_ACK, 5, 2, b"");
    s.expect(ACK, 2, 6, 0, Cause::Ack(AckCause::Duplicate));
    assert_eq!(s.next_timer(), 60 * SEC);
    assert_eq!(s.state(), State::Closed);
    assert!(s.saw(&StackEvent::Closed { handle: s.h(), why: CloseReason::Finished }));
    s.quiet();
}

#[test]
fn the_peer_closes_first() {
    let mut s = accepted();
    let verdict = s.says(FIN_PSH_ACK, 1, 1, b"last words");
    assert_eq!(verdict, Verdict::Tcp { handle: s.h(), delivered: 0..10 });
    assert_eq!(s.state(), State::CloseWait);
    s.expect(ACK, 1, 12, 0, Cause::Ack(AckCause::Fin));
    assert_eq!(s.read(100), b"last words");
    // We may still send.
    s.send(100);
    s.expect(PSH_ACK, 1, 12, 100, Cause::Data);
    s.close();
    assert_eq!(s.state(), State::LastAck);
    s.expect(FIN_ACK, 101, 12, 0, Cause::Close);
    s.says(ACK, 12, 101, b"");
    assert_eq!(s.state(), State::LastAck);
    s.says(ACK, 12, 102, b"");
    assert_eq!(s.state(), State::Closed);
    assert!(s.saw(&StackEvent::Closed { handle: s.h(), why: CloseReason::Finished }));
    assert_eq!(s.stack.poll_timeout(), None);
}

/// Section 3.10.7.4: in LAST-ACK a RST ends the connection and is no news to the user, unless
/// octets before our FIN are not acknowledged either.
#[test]
fn a_peer_that_has_forgotten_the_connection_ends_it_in_last_ack() {
    for (acknowledged, why) in [(101, CloseReason::Finished), (1, CloseReason::Reset)] {
        let mut s = accepted();
        s.says(FIN_ACK, 1, 1, b"");
        s.expect(ACK, 1, 2, 0, Cause::Ack(AckCause::Fin));
        s.send(100);
        s.expect(PSH_ACK, 1, 2, 100, Cause::Data);
        s.close();
        s.expect(FIN_ACK, 101, 2, 0, Cause::Close);
        s.says(ACK, 2, acknowledged, b"");
        assert_eq!(s.state(), State::LastAck);
        s.says(RST, 2, 0, b"");
        assert_eq!(s.state(), State::Closed);
        assert!(s.saw(&StackEvent::Closed { handle: s.h(), why }), "{why:?}");
    }
}

#[test]
fn both_close_at_once() {
    let mut s = accepted();
    s.close();
    s.expect(FIN_ACK, 1, 1, 0, Cause::Close);
    s.says(FIN_ACK, 1, 1, b"");
    assert_eq!(s.state(), State::Closing);
    s.expect(ACK, 2, 2, 0, Cause::Ack(AckCause::Fin));
    s.says(ACK, 2, 2, b"");
    assert_eq!(s.state(), State::TimeWait);
    assert!(s.events.iter().any(|event| {
        matches!(event, StackEvent::TcpState { to: State::TimeWait, because: StateCause::AckOfFin, .. })
    }));
}

#[test]
fn one_segment_acknowledges_our_fin_and_brings_the_peers() {
    let mut s = accepted();
    s.close();
    s.all_said();
    s.says(FIN_ACK, 1, 2, b"");
    assert_eq!(s.state(), State::TimeWait);
    s.expect(ACK, 2, 2, 0, Cause::Ack(AckCause::Fin));
}

#[test]
fn fin_follows_all_data_and_rides_on_the_last() {
    let mut s = accepted();
    s.send(6000);
    s.close();
    for n in 0..3 {
        s.expect(ACK, 1 + n * 1460, 1, 1460, Cause::Data);
    }
    s.quiet();
    s.says(ACK, 1, 4381, b"");
    s.expect(ACK, 4381, 1, 1460, Cause::CongestionWindowOpened);
    s.expect(FIN_PSH_ACK, 5841, 1, 160, Cause::CongestionWindowOpened);
    s.quiet();
    s.says(ACK, 1, 6002, b"");
    assert_eq!(s.state(), State::FinWait2);
}

#[test]
fn a_lost_fin_is_said_again() {
    let mut s = accepted();
    s.send(100);
    s.all_said();
    s.close();
    s.expect(FIN_ACK, 101, 1, 0, Cause::Close);
    s.says(ACK, 1, 101, b"");
    s.next_timer();
    let cause = RetransmitCause::RtoExpired { rto: SEC, attempt: 1 };
    s.expect(FIN_ACK, 101, 1, 0, Cause::Retransmit(cause));
    s.says(ACK, 1, 102, b"");
    assert_eq!(s.state(), State::FinWait2);
    assert_eq!(s.stack.poll_timeout(), None);
}

#[test]
fn data_and_fin_lost_together_come_again_together() {
    let mut s = accepted();
    s.send(100);
    s.close();
    s.expect(FIN_PSH_ACK, 1, 1, 100, Cause::Data);
    s.next_timer();
    let cause = RetransmitCause::RtoExpired { rto: SEC, attempt: 1 };
    s.expect(FIN_PSH_ACK, 1, 1, 100, Cause::Retransmit(cause));
}

#[test]
fn a_fin_behind_a_gap_waits_for_it() {
    let mut s = accepted();
    s.says(FIN_ACK, 101, 1, &[2; 50]);
    s.expect(ACK, 1, 1, 0, Cause::Ack(AckCause::OutOfOrder));
    assert_eq!(s.state(), State::Established);
    s.says(ACK, 1, 1, &[1; 100]);
    assert_eq!(s.state(), State::CloseWait);
    s.expect(ACK, 1, 152, 0, Cause::Ack(AckCause::Fin));
    assert_eq!(s.stack.tcp_delivered(s.h()), 150);
}

#[test]
fn a_fin_passes_a_full_window() {
    let mut s = Script::accepted(TcpConfig { recv_buffer: 100, ..TcpConfig::default() });
    s.says(FIN_ACK, 1, 1, &[1; 100]);
    assert_eq!(s.state(), State::CloseWait);
    assert_eq!(s.read(1000).len(), 100);
}

#[test]
fn what_comes_after_the_peers_fin_is_not_delivered() {
    let mut s = accepted();
    s.says(FIN_ACK, 1, 1, b"end");
    s.all_said();
    s.says(ACK, 5, 1, b"ghost");
    assert_eq!(s.stack.tcp_delivered(s.h()), 3);
}

#[test]
fn a_new_syn_takes_the_ports_over_in_time_wait() {
    let mut s = accepted();
    s.close();
    s.all_said();
    s.says(FIN_ACK, 1, 2, b"");
    s.all_said();
    assert_eq!(s.state(), State::TimeWait);
    let (old, old_end) = (s.h(), s.iss.wrapping_add(2));
    // An old SYN does not.
    s.says(SYN, 0, 0, b"");
    s.all_said();
    assert_eq!(s.state(), State::TimeWait);
    s.irs = s.irs.wrapping_add(100_000);
    s.accept();
    assert_ne!(s.h(), old);
    assert!(s.iss.wrapping_sub(old_end) < 1 << 31, "our numbers lie beyond the old ones");
    assert_eq!(s.stack.tcp_connections().count(), 1);
}

#[test]
fn unread_octets_outlive_the_connection() {
    let mut s = accepted();
    let mut handles = Vec::new();
    for _ in 0..=MAX_REMAINS {
        s.says(FIN_ACK, 1, 1, b"last words");
        s.close();
        s.all_said();
        s.says(ACK, 12, 2, b"");
        assert_eq!(s.state(), State::Closed);
        handles.push(s.h());
        s.remote_port += 1;
        s.accept();
    }
    let first = s.stack.tcp_recv(s.now, handles[0], 100);
    assert_eq!(first, Err(simulator::stack::SocketError::NoSocket), "pushed out by the last one");
    let h = handles[1];
    assert_eq!((s.stack.tcp_recv_len(h), s.stack.tcp_delivered(h)), (10, 10));
    assert_eq!(s.stack.tcp_recv(s.now, h, 4).unwrap().as_ref(), b"last");
    assert_eq!(s.stack.tcp_recv(s.now, h, 100).unwrap().as_ref(), b" words");
    assert_eq!(s.stack.tcp_recv(s.now, h, 1), Err(simulator::stack::SocketError::NoSocket));
}
