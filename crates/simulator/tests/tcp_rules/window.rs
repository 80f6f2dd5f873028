//! Windows (RFC 9293 section 3.8.6): closed, opened, silly.

use simulator::stack::{AckCause, Cause, CloseReason, DropReason, StackEvent, State, TcpConfig, Verdict};

use super::script::*;

fn accepted() -> Script {
    Script::accepted(TcpConfig::default())
}

#[test]
fn we_send_no_more_than_the_peer_takes() {
    let mut s = Script::accepted_with(TcpConfig::default(), 2000, Some(1460));
    s.send(5000);
    s.expect(ACK, 1, 1, 1460, Cause::Data);
    s.quiet();
    s.says(ACK, 1, 1461, b"");
    s.expect(ACK, 1461, 1, 1460, Cause::WindowOpened);
    s.quiet();
}

#[test]
fn a_closed_window_is_probed_ever_more_rarely() {
    let mut s = accepted();
    s.send(1000);
    s.all_said();
    s.window = 0;
    s.says(ACK, 1, 1001, b"");
    s.send(3000);
    s.quiet();
    for (attempt, wait) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60)] {
        assert_eq!(s.next_timer().as_secs(), wait);
        s.expect(ACK, 1001, 1, 1, Cause::ZeroWindowProbe { attempt });
        s.quiet();
        // The peer lives, but takes nothing: this can go on for ever (RFC 1122 section 4.2.2.17).
        s.says(ACK, 1, 1001, b"");
        s.quiet();
    }
    assert_eq!(s.state(), State::Established);
    s.window = 65_535;
    s.says(ACK, 1, 1001, b"");
    s.expect(ACK, 1001, 1, 1460, Cause::WindowOpened);
    s.expect(ACK, 2461, 1, 1460, Cause::WindowOpened);
    s.expect(PSH_ACK, 3921, 1, 80, Cause::WindowOpened);
    s.quiet();
    assert_eq!(s.info().retransmissions, 0);
}

#[test]
fn a_probe_that_is_taken_moves_the_stream_on() {
    let mut s = accepted();
    s.window = 0;
    s.says(ACK, 1, 1, b"");
    s.send(3000);
    s.quiet();
    s.next_timer();
    s.expect(ACK, 1, 1, 1, Cause::ZeroWindowProbe { attempt: 1 });
    s.says(ACK, 1, 2, b"");
    s.quiet();
    s.next_timer();
    s.expect(ACK, 2, 1, 1, Cause::ZeroWindowProbe { attempt: 2 });
    s.window = 65_535;
    s.says(ACK, 1, 3, b"");
    let said = s.expect(ACK, 3, 1, 1460, Cause::WindowOpened);
    assert_eq!(said.payload[0], 2);
}

#[test]
fn probes_without_any_answer_are_given_up() {
    let mut s = accepted();
    s.window = 0;
    s.says(ACK, 1, 1, b"");
    s.send(10);
    s.quiet();
    let began = s.now;
    while s.state() != State::Closed {
        s.next_timer();
        s.all_said();
    }
    assert!(s.now.since(began) >= 100 * SEC && s.now.since(began) < 250 * SEC);
    assert!(s.saw(&StackEvent::Closed { handle: s.h(), why: CloseReason::TimedOut }));
}

#[test]
fn a_window_closed_over_what_is_in_flight_is_probed() {
    let mut s = accepted();
    s.send(4000);
    s.all_said();
    s.window = 0;
    s.says(ACK, 1, 1461, b""); // The rest was lost, and the window is gone.
    s.quiet();
    s.next_timer();
    s.expect(ACK, 1461, 1, 1, Cause::ZeroWindowProbe { attempt: 1 });
    s.window = 65_535;
    s.says(ACK, 1, 1461, b"");
    let said = s.said().unwrap();
    assert_eq!((said.seq, said.payload.len()), (1461, 1460));
}

#[test]
fn a_fin_probes_too() {
    let mut s = accepted();
    s.window = 0;
    s.says(ACK, 1, 1, b"");
    s.close();
    s.quiet();
    s.next_timer();
    s.expect(FIN_ACK, 1, 1, 0, Cause::ZeroWindowProbe { attempt: 1 });
    s.says(ACK, 1, 2, b"");
    assert_eq!(s.state(), State::FinWait2);
    s.quiet();
}

#[test]
fn silly_windows_are_left_alone_for_a_while() {
    let mut s = accepted();
    s.window = 100;
    s.says(ACK, 1, 1, b"");
    s.send(3000);
    s.quiet();
    // The override timer sends what fits.
    assert_eq!(s.next_timer(), SEC);
    s.expect(ACK, 1, 1, 100, Cause::Data);
    s.quiet();
    // Half the largest window that the peer ever had would be worth it, too.
    let mut small = Script::accepted_with(TcpConfig::default(), 1000, Some(1460));
    small.send(3000);
    small.expect(ACK, 1, 1, 1000, Cause::Data);
    small.quiet();
    small.window = 500;
    small.says(ACK, 1, 1001, b"");
    small.expect(ACK, 1001, 1, 500, Cause::WindowOpened);
}

#[test]
fn our_window_closes_and_tells_when_it_opens() {
    let mut s = Script::accepted(TcpConfig { recv_buffer: 4000, ..TcpConfig::default() });
    for n in 0..2 {
        s.says(ACK, 1 + n * 1460, 1, &[n as u8; 1460]);
    }
    let said = s.expect(ACK, 1, 2921, 0, Cause::Ack(AckCause::EverySecondSegment));
    assert_eq!(said.header.window, 1080);
    s.says(ACK, 2921, 1, &[2; 1080]);
    s.next_timer();
    let said = s.expect(ACK, 1, 4001, 0, Cause::Ack(AckCause::Delayed));
    assert_eq!(said.header.window, 0);
    // A probe finds it closed, and its ACK counts all the same.
    s.send(10);
    s.all_said();
    let verdict = s.says(ACK, 4001, 11, b"x");
    assert_eq!(verdict, Verdict::Tcp { handle: s.h(), delivered: 4000..4000 });
    assert_eq!(s.info().in_flight, 0);
    let said = s.expect(ACK, 11, 4001, 0, Cause::Ack(AckCause::Unacceptable));
    assert_eq!(said.header.window, 0);
    // A little room is not told (silly window avoidance), enough is.
    s.read(1000);
    s.quiet();
    assert_eq!(s.info().rcv_wnd, 0);
    s.read(1000);
    let said = s.expect(ACK, 11, 4001, 0, Cause::Ack(AckCause::WindowUpdate));
    assert_eq!(said.header.window, 2000);
}

#[test]
fn what_lies_beyond_our_window_is_cut_or_dropped() {
    let mut s = Script::accepted(TcpConfig { recv_buffer: 1000, ..TcpConfig::default() });
    let verdict = s.says(ACK, 1, 1, &[1; 1460]);
    assert_eq!(verdict, Verdict::Tcp { handle: s.h(), delivered: 0..1000 });
    s.all_said();
    let outside = Verdict::Dropped(DropReason::OutsideWindow(s.h()));
    assert_eq!(s.says(ACK, 1461, 1, &[2; 100]), outside);
    s.expect(ACK, 1, 1001, 0, Cause::Ack(AckCause::Unacceptable));
    assert_eq!(s.read(9000), [1; 1000]);
}

#[test]
fn an_old_segment_cannot_shrink_the_window() {
    let mut s = accepted();
    s.says(ACK, 1, 1, b"abc");
    s.window = 10;
    s.says(ACK, 1, 1, b"abc"); // Old: its window does not count (SND.WL1).
    assert_eq!(s.info().snd_wnd, 65_535);
    s.says(ACK, 4, 1, b"");
    assert_eq!(s.info().snd_wnd, 10);
}

#[test]
fn both_windows_closed_still_let_acks_through() {
    let mut s = Script::accepted(TcpConfig { recv_buffer: 1000, ..TcpConfig::default() });
    s.says(ACK, 1, 1, &[1; 1000]);
    s.all_said();
    s.send(500);
    s.all_said();
    s.window = 0;
    s.says(ACK, 1001, 501, b"y");
    assert_eq!((s.info().in_flight, s.info().snd_wnd), (0, 0));
    s.all_said();
    s.send(10);
    s.quiet();
    s.next_timer();
    s.expect(ACK, 501, 1001, 1, Cause::ZeroWindowProbe { attempt: 1 });
}
