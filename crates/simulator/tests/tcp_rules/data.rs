//! Data and when it is acknowledged (RFC 9293 sections 3.7 and 3.8.6.3, RFC 5681 section 4.2).

use protocol::time::SimTime;
use simulator::stack::{AckCause, Cause, SocketError, StackEvent, State, TcpConfig, Verdict};

use super::script::*;

fn accepted() -> Script {
    Script::accepted(TcpConfig::default())
}

#[test]
fn a_single_segment_is_acknowledged_late() {
    let mut s = accepted();
    let verdict = s.says(PSH_ACK, 1, 1, b"hello");
    assert_eq!(verdict, Verdict::Tcp { handle: s.h(), delivered: 0..5 });
    assert!(s.saw(&StackEvent::Readable(s.h())));
    assert_eq!(s.read(100), b"hello");
    s.wait(39 * MS);
    s.quiet();
    assert_eq!(s.next_timer(), MS);
    s.expect(ACK, 1, 6, 0, Cause::Ack(AckCause::Delayed));
    s.quiet();
}

#[test]
fn every_second_full_segment_is_acknowledged_at_once() {
    let mut s = accepted();
    for n in 0..6u32 {
        s.says(ACK, 1 + n * 1460, 1, &[7; 1460]);
        if n % 2 == 1 {
            let ack = 1 + (n + 1) * 1460;
            s.expect(ACK, 1, ack, 0, Cause::Ack(AckCause::EverySecondSegment));
        }
        s.quiet();
    }
    assert_eq!(s.stack.tcp_delivered(s.h()), 6 * 1460);
}

#[test]
fn without_delay_every_segment_is_acknowledged() {
    let mut s =
        Script::accepted(TcpConfig { delayed_ack: std::time::Duration::ZERO, ..TcpConfig::default() });
    s.says(PSH_ACK, 1, 1, b"hello");
    s.expect(ACK, 1, 6, 0, Cause::Ack(AckCause::Immediate));
}

#[test]
fn an_answer_carries_the_acknowledgement() {
    let mut s = accepted();
    s.says(PSH_ACK, 1, 1, b"request");
    s.send(20);
    s.expect(PSH_ACK, 1, 8, 20, Cause::Data);
    s.quiet();
    s.says(ACK, 8, 21, b"");
    assert_eq!(s.stack.poll_timeout(), None, "neither an ACK nor a retransmission is owed");
}

#[test]
fn a_gap_is_told_at_once_and_so_is_its_end() {
    let mut s = accepted();
    let (h, base) = (s.h(), 1u32);
    let verdict = s.says(ACK, base + 100, 1, &[2; 100]);
    assert_eq!(verdict, Verdict::Tcp { handle: h, delivered: 0..0 });
    s.expect(ACK, 1, 1, 0, Cause::Ack(AckCause::OutOfOrder));
    s.says(ACK, base + 300, 1, &[4; 100]);
    s.expect(ACK, 1, 1, 0, Cause::Ack(AckCause::OutOfOrder));
    assert_eq!((s.info().out_of_order, s.info().readable), (200, 0));
    let verdict = s.says(ACK, base, 1, &[1; 100]);
    assert_eq!(verdict, Verdict::Tcp { handle: h, delivered: 0..200 });
    s.expect(ACK, 1, base + 200, 0, Cause::Ack(AckCause::GapFilled));
    let verdict = s.says(ACK, base + 200, 1, &[3; 100]);
    assert_eq!(verdict, Verdict::Tcp { handle: h, delivered: 200..400 });
    s.expect(ACK, 1, base + 400, 0, Cause::Ack(AckCause::GapFilled));
    assert_eq!(s.read(1000), [[1; 100], [2; 100], [3; 100], [4; 100]].concat());
}

#[test]
fn what_came_before_is_acknowledged_at_once_and_not_delivered_again() {
    let mut s = accepted();
    s.says(PSH_ACK, 1, 1, b"hello");
    s.next_timer();
    s.expect(ACK, 1, 6, 0, Cause::Ack(AckCause::Delayed));
    s.says(PSH_ACK, 1, 1, b"hello");
    s.expect(ACK, 1, 6, 0, Cause::Ack(AckCause::Duplicate));
    // Partly old, partly new.
    let verdict = s.says(PSH_ACK, 3, 1, b"llo again");
    assert_eq!(verdict, Verdict::Tcp { handle: s.h(), delivered: 5..11 });
    assert_eq!(s.read(100), b"hello again");
}

#[test]
fn data_is_cut_into_segments_and_the_last_is_pushed() {
    let mut s = accepted();
    s.send(3000);
    s.expect(ACK, 1, 1, 1460, Cause::Data);
    s.expect(ACK, 1461, 1, 1460, Cause::Data);
    let last = s.expect(PSH_ACK, 2921, 1, 80, Cause::Data);
    assert_eq!(last.stream, 2920..3000);
    s.quiet();
}

#[test]
fn the_congestion_window_begins_with_three_segments() {
    let mut s = accepted();
    s.send(10_000);
    for n in 0..3 {
        s.expect(ACK, 1 + n * 1460, 1, 1460, Cause::Data);
    }
    s.quiet();
    // Each ACK of a full segment lets two more out.
    s.says(ACK, 1, 1461, b"");
    s.expect(ACK, 4381, 1, 1460, Cause::CongestionWindowOpened);
    s.expect(ACK, 5841, 1, 1460, Cause::CongestionWindowOpened);
    s.quiet();
    assert_eq!(s.info().cwnd, 4 * 1460);
}

#[test]
fn nagle_holds_small_segments_back_only_when_asked() {
    let mut s = accepted();
    s.send(10);
    s.expect(PSH_ACK, 1, 1, 10, Cause::Data);
    s.send(10);
    s.expect(PSH_ACK, 11, 1, 10, Cause::Data);

    let mut s = Script::accepted(TcpConfig { nagle: true, ..TcpConfig::default() });
    s.send(10);
    s.expect(PSH_ACK, 1, 1, 10, Cause::Data);
    s.send(10);
    s.send(10);
    s.quiet();
    s.says(ACK, 1, 11, b"");
    s.expect(PSH_ACK, 11, 1, 20, Cause::Data);
}

#[test]
fn the_send_buffer_is_bounded_and_tells_of_room() {
    let mut s = Script::accepted(TcpConfig { send_buffer: 4000, ..TcpConfig::default() });
    let h = s.h();
    assert_eq!(s.stack.tcp_send(s.now, h, &[1; 5000]), Ok(4000));
    assert_eq!(s.stack.tcp_send(s.now, h, &[1; 5000]), Ok(0));
    assert_eq!((s.stack.tcp_send_room(h), s.stack.tcp_queued(h)), (0, 4000));
    assert_eq!(s.all_said().len(), 3);
    s.says(ACK, 1, 501, b"");
    assert!(!s.saw(&StackEvent::Writable(h)), "half a segment is not worth waking up for");
    s.says(ACK, 1, 1461, b"");
    assert!(s.saw(&StackEvent::Writable(h)));
    assert_eq!(s.stack.tcp_send_room(h), 1460);
}

#[test]
fn numbers_wrap_in_both_directions() {
    // Our numbers follow a clock: begin 2000 octets before the wrap.
    let mut probe = Script::connecting(TcpConfig::default());
    let first = probe.iss;
    let ticks = 0u32.wrapping_sub(2000).wrapping_sub(first);
    probe.now = SimTime::ZERO;
    let mut s = Script::at(SimTime::from_micros(u64::from(ticks) * 4), TcpConfig::default());
    s.irs = 0u32.wrapping_sub(1000);
    s.connect();
    assert_eq!(s.iss, 0u32.wrapping_sub(2000));
    s.says(SYN_ACK, 0, 1, b"");
    s.expect(ACK, 1, 1, 0, Cause::HandshakeAck);
    s.send(4000);
    s.expect(ACK, 1, 1, 1460, Cause::Data);
    let wrapping = s.expect(ACK, 1461, 1, 1460, Cause::Data);
    assert!(wrapping.header.seq > wrapping.header.seq.wrapping_add(1460));
    s.expect(PSH_ACK, 2921, 1, 1080, Cause::Data);
    s.says(ACK, 1, 4001, b"");
    assert_eq!((s.info().in_flight, s.info().acknowledged), (0, 4000));
    s.says(ACK, 1001, 4001, &[2; 1000]);
    s.expect(ACK, 4001, 1, 0, Cause::Ack(AckCause::OutOfOrder));
    s.says(ACK, 1, 4001, &[1; 1000]);
    s.expect(ACK, 4001, 2001, 0, Cause::Ack(AckCause::GapFilled));
    assert_eq!(s.read(3000), [[1; 1000], [2; 1000]].concat());
}

#[test]
fn a_segment_without_ack_has_no_place() {
    let mut s = accepted();
    let verdict = s.says(NONE, 1, 0, b"data");
    assert!(matches!(verdict, Verdict::Dropped(simulator::stack::DropReason::Unexpected(_))));
    assert_eq!(s.stack.tcp_delivered(s.h()), 0);
    s.quiet();
}

#[test]
fn calls_on_what_is_gone_are_refused() {
    let mut s = accepted();
    let h = s.h();
    s.close();
    assert_eq!(s.stack.tcp_send(s.now, h, b"x"), Err(SocketError::WrongState(State::FinWait1)));
    assert_eq!(s.stack.tcp_close(s.now, h), Err(SocketError::WrongState(State::FinWait1)));
    s.stack.tcp_abort(s.now, h).unwrap();
    assert_eq!(s.stack.tcp_send(s.now, h, b"x"), Err(SocketError::NoSocket));
    assert_eq!(s.stack.tcp_recv(s.now, h, 10), Err(SocketError::NoSocket));
    assert_eq!(s.stack.tcp_close(s.now, h), Err(SocketError::NoSocket));
    assert_eq!(s.stack.tcp_abort(s.now, h), Err(SocketError::NoSocket));
    assert_eq!((s.stack.tcp_info(h), s.stack.tcp_endpoints(h)), (None, None));
    assert_eq!((s.stack.tcp_send_room(h), s.stack.tcp_recv_len(h)), (0, 0));
}

#[test]
fn a_kept_moment_goes_its_own_way() {
    let mut s = accepted();
    s.send(100);
    let mut fork = s.stack.clone();
    s.expect(PSH_ACK, 1, 1, 100, Cause::Data);
    let from_fork = fork.poll_transmit(s.now).unwrap();
    assert_eq!(from_fork.cause, Cause::Data);
    s.says(ACK, 1, 101, b"");
    assert_eq!(s.info().in_flight, 0);
    assert_eq!(fork.tcp_info(s.h()).unwrap().in_flight, 100);
}
