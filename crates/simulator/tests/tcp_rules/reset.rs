//! RST and forged segments (RFC 9293 section 3.10.7.4, RFC 5961).

use simulator::stack::{AckCause, Cause, CloseReason, DropReason, StackEvent, State, TcpConfig, Verdict};

use super::script::*;

fn accepted() -> Script {
    Script::accepted(TcpConfig::default())
}

#[test]
fn an_exact_reset_ends_the_connection() {
    let mut s = accepted();
    s.send(100);
    s.all_said();
    s.says(RST, 1, 0, b"");
    assert_eq!(s.state(), State::Closed);
    assert!(s.saw(&StackEvent::Closed { handle: s.h(), why: CloseReason::Reset }));
    assert_eq!(s.stack.poll_timeout(), None);
    s.quiet();
}

#[test]
fn a_reset_elsewhere_in_the_window_is_challenged() {
    let mut s = accepted();
    let verdict = s.says(RST, 500, 0, b"");
    assert_eq!(verdict, Verdict::Dropped(DropReason::Challenged(s.h())));
    s.expect(ACK, 1, 1, 0, Cause::Ack(AckCause::Challenge));
    assert_eq!(s.state(), State::Established);
    // Whoever really has no connection answers the challenge exactly.
    s.says(RST, 1, 0, b"");
    assert_eq!(s.state(), State::Closed);
}

#[test]
fn a_reset_outside_the_window_is_dropped() {
    let mut s = accepted();
    let verdict = s.says(RST, 70_000, 0, b"");
    assert_eq!(verdict, Verdict::Dropped(DropReason::OutsideWindow(s.h())));
    s.quiet();
    assert_eq!(s.state(), State::Established);
}

#[test]
fn a_syn_on_a_standing_connection_is_challenged() {
    let mut s = accepted();
    let verdict = s.says(SYN, 100, 0, b"");
    assert_eq!(verdict, Verdict::Dropped(DropReason::Challenged(s.h())));
    s.expect(ACK, 1, 1, 0, Cause::Ack(AckCause::Challenge));
    s.now += SEC;
    s.says(SYN, 90_000, 0, b"");
    s.expect(ACK, 1, 1, 0, Cause::Ack(AckCause::Challenge));
    assert_eq!(s.state(), State::Established);
}

#[test]
fn an_ack_of_what_was_never_sent_is_challenged() {
    let mut s = accepted();
    s.send(10);
    s.all_said();
    let verdict = s.says(ACK, 1, 12, b"forged");
    assert_eq!(verdict, Verdict::Dropped(DropReason::BadAck(s.h())));
    s.expect(ACK, 11, 1, 0, Cause::Ack(AckCause::Challenge));
    assert_eq!(s.stack.tcp_delivered(s.h()), 0);
    // RFC 5961 section 5: neither may it lie further back than a window.
    let verdict = s.says(ACK, 1, 0u32.wrapping_sub(70_000), b"forged");
    assert_eq!(verdict, Verdict::Dropped(DropReason::BadAck(s.h())));
    // An old one is only ignored, and its data taken.
    s.says(ACK, 1, 11, b"");
    s.all_said();
    s.says(ACK, 1, 5, b"late");
    assert_eq!(s.stack.tcp_delivered(s.h()), 4);
}

#[test]
fn empty_segments_outside_the_window_are_not_answered_for_ever() {
    let mut s = accepted();
    let mut answers = 0;
    for _ in 0..50 {
        s.now += 10 * MS;
        s.says(ACK, 200_000, 1, b"");
        answers += s.all_said().len();
    }
    assert_eq!(answers, 1, "one each 500 ms");
    s.now += 500 * MS;
    s.says(ACK, 200_000, 1, b"");
    s.expect(ACK, 1, 1, 0, Cause::Ack(AckCause::Unacceptable));
}

#[test]
fn aborting_resets_the_peer() {
    let mut s = accepted();
    s.send(100);
    s.all_said();
    s.stack.tcp_abort(s.now, s.h()).unwrap();
    s.expect(RST_ACK, 101, 1, 0, Cause::Abort);
    s.quiet();
    assert!(s.saw(&StackEvent::Closed { handle: s.h(), why: CloseReason::Aborted }));
    // What still comes finds nobody.
    s.says(ACK, 1, 101, b"late");
    let said = s.said().unwrap();
    assert_eq!((said.header.flags, said.seq, said.cause), (RST, 101, Cause::RefusedPort));
}

#[test]
fn aborting_an_unanswered_syn_says_nothing() {
    let mut s = Script::connecting(TcpConfig::default());
    s.stack.tcp_abort(s.now, s.h()).unwrap();
    s.quiet();
    assert!(s.saw(&StackEvent::Closed { handle: s.h(), why: CloseReason::Aborted }));
}

#[test]
fn a_reset_ends_every_later_state() {
    for (close_first, peer_fin, why) in [
        (true, false, CloseReason::Reset),   // FIN-WAIT-2
        (false, true, CloseReason::Reset),   // CLOSE-WAIT
        (true, true, CloseReason::Finished), // TIME-WAIT
    ] {
        let mut s = accepted();
        let mut seq = 1;
        if close_first {
            s.close();
            s.all_said();
            s.says(ACK, 1, 2, b"");
        }
        if peer_fin {
            s.says(FIN_ACK, 1, 1 + u32::from(close_first), b"");
            seq = 2;
        }
        s.all_said();
        s.says(RST, seq, 0, b"");
        assert_eq!(s.state(), State::Closed);
        assert!(s.saw(&StackEvent::Closed { handle: s.h(), why }));
    }
}
