//! Losses: RFC 6298, RFC 5681, RFC 6582, RFC 3042.

use simulator::stack::{
    Cause, CloseReason, CongestionPhase, RetransmitCause, StackEvent, State, StateCause, TcpConfig,
};

use super::script::*;

const MSS: u32 = 1460;

/// A connection with `segments` full segments in flight, all of them sent at once.
fn in_flight(segments: u32) -> Script {
    let mut s = Script::accepted(TcpConfig { send_buffer: 200_000, ..TcpConfig::default() });
    s.send(100_000);
    s.all_said();
    while (s.info().in_flight as u32) < segments * MSS {
        // Each acknowledged segment lets two out: slow start.
        s.now += 2 * MS;
        let acked = una(&s) + MSS;
        s.says(ACK, 1, acked, b"");
        s.all_said();
    }
    s
}

fn una(s: &Script) -> u32 {
    s.info().snd_una.wrapping_sub(s.iss)
}

fn max(s: &Script) -> u32 {
    una(s) + s.info().in_flight as u32
}

#[test]
fn the_timer_sends_the_oldest_segment_again_and_backs_off() {
    let mut s = Script::accepted(TcpConfig::default());
    s.send(3000);
    s.all_said();
    for (attempt, rto) in [(1, 1), (2, 2), (3, 4), (4, 8)] {
        assert_eq!(s.next_timer().as_secs(), rto);
        let cause = RetransmitCause::RtoExpired { rto: SEC * rto as u32, attempt };
        s.expect(ACK, 1, 1, 1460, Cause::Retransmit(cause));
        s.quiet();
        assert_eq!(s.info().cwnd, 1460, "the loss window");
        assert_eq!(s.info().ssthresh, 2 * 1460);
    }
    // What was behind follows as slow start allows: these, too, were sent before.
    s.says(ACK, 1, 1461, b"");
    s.expect(ACK, 1461, 1, 1460, Cause::Retransmit(RetransmitCause::AfterRto));
    s.expect(PSH_ACK, 2921, 1, 80, Cause::Retransmit(RetransmitCause::AfterRto));
    assert_eq!(s.info().retransmissions, 6);
    // Karn: nothing of this was measured but the handshake, and the backoff stays.
    assert_eq!(s.info().rto, 16 * SEC);
    s.says(ACK, 1, 3001, b"");
    assert_eq!(s.stack.poll_timeout(), None, "rule 5.2: all acknowledged, no timer");
    s.send(100);
    s.all_said();
    s.now += 20 * MS;
    s.says(ACK, 1, 3101, b"");
    assert_eq!(s.info().rto, SEC, "a measurement ends the backoff");
}

#[test]
fn an_ack_of_what_arrived_after_all_skips_the_rest() {
    let mut s = Script::accepted(TcpConfig::default());
    s.send(4000);
    s.all_said();
    s.next_timer();
    assert_eq!(s.all_said().len(), 1);
    s.says(ACK, 1, 4001, b"");
    s.quiet();
    assert_eq!((s.info().in_flight, s.info().unsent), (0, 0));
}

#[test]
fn the_least_timeout_is_a_setting() {
    let config = TcpConfig { min_rto: 200 * MS, ..TcpConfig::default() };
    let mut s = Script::new(config);
    s.connect();
    s.now += 10 * MS;
    s.says(SYN_ACK, 0, 1, b"");
    s.all_said();
    s.send(100);
    s.all_said();
    assert_eq!(s.next_timer(), 200 * MS);
}

#[test]
fn we_give_up_in_the_end() {
    let mut s = Script::accepted(TcpConfig::default());
    s.send(100);
    s.all_said();
    let began = s.now;
    while s.state() != State::Closed {
        s.next_timer();
        s.all_said();
    }
    assert!(s.now.since(began) >= 100 * SEC && s.now.since(began) < 200 * SEC);
    assert!(s.saw(&StackEvent::Closed { handle: s.h(), why: CloseReason::TimedOut }));
    assert!(s.events.iter().any(|event| {
        matches!(event, StackEvent::TcpState { to: State::Closed, because: StateCause::GaveUp, .. })
    }));
}

#[test]
fn the_third_duplicate_ack_sends_again_at_once() {
    let mut s = in_flight(10);
    let (una, end) = (una(&s), max(&s));
    let flight = s.info().in_flight;
    // RFC 3042: the first two let a new segment out each.
    for n in 0..2 {
        s.says(ACK, 1, una, b"");
        s.expect(ACK, end + n * MSS, 1, 1460, Cause::LimitedTransmit);
        s.quiet();
    }
    s.says(ACK, 1, una, b"");
    let third = Cause::Retransmit(RetransmitCause::ThirdDuplicateAck);
    s.expect(ACK, una, 1, 1460, third);
    let info = s.info();
    assert_eq!(info.phase, CongestionPhase::FastRecovery);
    assert_eq!(info.ssthresh, flight / 2, "what limited transmit let out does not count");
    assert_eq!(info.cwnd, info.ssthresh + 3 * 1460);
    s.quiet();
    // Later duplicates send no old segment again; in time they let new ones out.
    let mut fresh = 0;
    for _ in 0..8 {
        s.says(ACK, 1, una, b"");
        fresh += s.count(Cause::CongestionWindowOpened);
    }
    assert!(fresh > 0);
    assert_eq!(s.count(third), 0);
    // The full acknowledgement ends it, without a burst.
    let end = max(&s);
    s.says(ACK, 1, end, b"");
    let info = s.info();
    assert_eq!(info.phase, CongestionPhase::SlowStart);
    assert_eq!(info.cwnd, 2 * 1460);
    assert_eq!(s.all_said().len(), 2);
}

#[test]
fn a_partial_ack_sends_the_next_hole() {
    let mut s = in_flight(10);
    let una = una(&s);
    for _ in 0..3 {
        s.says(ACK, 1, una, b"");
    }
    s.all_said();
    s.now += 10 * MS;
    s.says(ACK, 1, una + 3 * MSS, b"");
    let cause = Cause::Retransmit(RetransmitCause::PartialAck);
    s.expect(ACK, una + 3 * MSS, 1, 1460, cause);
    s.all_said();
    let first = s.info().rto_at;
    assert_eq!(first, Some(s.now + SEC), "the first partial ACK restarts the timer");
    s.now += 10 * MS;
    s.says(ACK, 1, una + 5 * MSS, b"");
    s.expect(ACK, una + 5 * MSS, 1, 1460, cause);
    assert_eq!(s.info().rto_at, first, "the second does not");
}

#[test]
fn duplicates_after_a_timeout_do_not_start_fast_retransmit() {
    let mut s = in_flight(10);
    let una = una(&s);
    s.next_timer();
    s.all_said();
    for _ in 0..5 {
        s.says(ACK, 1, una, b"");
        assert_eq!(s.count(Cause::Retransmit(RetransmitCause::ThirdDuplicateAck)), 0);
    }
}

#[test]
fn what_is_no_duplicate_does_not_count() {
    let mut s = in_flight(10);
    let una = una(&s);
    for n in 0..4 {
        // Data, or another window: RFC 5681 section 2, conditions (b) and (e).
        s.says(ACK, 1 + n, una, b"x");
        s.window -= 1;
        s.says(ACK, 2 + n, una, b"");
    }
    assert_eq!(s.info().duplicate_acks, 0);
    let mut idle = Script::accepted(TcpConfig::default());
    for _ in 0..4 {
        idle.says(ACK, 1, 1, b"");
    }
    assert_eq!(idle.info().duplicate_acks, 0, "nothing is outstanding: condition (a)");
}

#[test]
fn after_a_long_pause_sending_begins_slowly_again() {
    let mut s = in_flight(20);
    assert!(s.info().cwnd > 10 * 1460);
    let end = max(&s);
    s.says(ACK, 1, end, b"");
    loop {
        s.all_said();
        if s.info().in_flight == 0 {
            break;
        }
        let end = max(&s);
        s.says(ACK, 1, end, b"");
    }
    s.now += 5 * SEC;
    s.send(20_000);
    assert_eq!(s.all_said().len(), 3);
}

#[test]
fn a_segment_lost_twice_waits_for_the_timer() {
    let mut s = in_flight(10);
    let una = una(&s);
    for _ in 0..3 {
        s.says(ACK, 1, una, b"");
    }
    s.all_said();
    s.next_timer();
    let cause = RetransmitCause::RtoExpired { rto: SEC, attempt: 1 };
    s.expect(ACK, una, 1, 1460, Cause::Retransmit(cause));
    assert_eq!(s.info().phase, CongestionPhase::SlowStart);
    s.quiet();
}

#[test]
fn one_segment_of_a_flight_is_measured() {
    let mut s = Script::accepted(TcpConfig::default());
    s.send(4380);
    assert_eq!(s.all_said().len(), 3);
    // The first of the flight comes back after 10 ms and counts; the others, after 50 ms, do not.
    s.now += 10 * MS;
    s.says(ACK, 1, 1461, b"");
    let first = s.info().srtt;
    s.now += 40 * MS;
    s.says(ACK, 1, 4381, b"");
    assert_eq!(s.info().srtt, first);
    // The next flight counts again.
    s.send(100);
    s.all_said();
    s.now += 50 * MS;
    s.says(ACK, 1, 4481, b"");
    assert!(s.info().srtt > first);
}
