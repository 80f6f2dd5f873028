use super::*;

const MSS: usize = 1000;

fn acked(congestion: &mut Congestion, octets: usize, una: Seq, flight: usize, left: usize) -> Reaction {
    congestion.acked(&Acked { now: SimTime::ZERO, octets, una, flight, left, srtt: None })
}

fn started() -> Congestion {
    let mut congestion = Congestion::new(CongestionAlgorithm::NewReno, MSS, Seq(0));
    congestion.begin(MSS, false);
    congestion
}

#[test]
fn the_initial_window_depends_on_the_segment_size() {
    assert_eq!(initial_window(536), 4 * 536);
    assert_eq!(initial_window(1095), 4 * 1095);
    assert_eq!(initial_window(1460), 3 * 1460);
    assert_eq!(initial_window(4000), 2 * 4000);
    let mut lost = started();
    lost.begin(MSS, true);
    assert_eq!(lost.cwnd(), MSS);
}

#[test]
fn slow_start_adds_a_segment_for_each_ack() {
    let mut congestion = started();
    assert_eq!(congestion.phase(), CongestionPhase::SlowStart);
    acked(&mut congestion, MSS, Seq(1001), 4 * MSS, 3 * MSS);
    assert_eq!(congestion.cwnd(), 5 * MSS);
    acked(&mut congestion, 3 * MSS, Seq(4001), 5 * MSS, 2 * MSS);
    assert_eq!(congestion.cwnd(), 6 * MSS, "never more than one segment for one ACK");
    acked(&mut congestion, 100, Seq(4101), 6 * MSS, 5 * MSS);
    assert_eq!(congestion.cwnd(), 6 * MSS + 100);
}

#[test]
fn a_window_that_is_not_used_does_not_grow() {
    let mut congestion = started();
    acked(&mut congestion, 200, Seq(201), 200, 0);
    assert_eq!(congestion.cwnd(), 4 * MSS);
}

#[test]
fn avoidance_may_count_acknowledgements_instead() {
    let mut congestion = started().growing_by(WindowGrowth::Acks);
    congestion.timeout(Seq(8001), 8 * MSS, false);
    for n in 1..=3 {
        let flight = congestion.cwnd();
        acked(&mut congestion, MSS, Seq(n * 1000 + 1), flight, 0);
    }
    assert_eq!((congestion.phase(), congestion.cwnd()), (CongestionPhase::CongestionAvoidance, 4 * MSS));
    // Two segments or one: each acknowledgement counts alike (RFC 5681 equation 3).
    acked(&mut congestion, 2 * MSS, Seq(5001), 4 * MSS, 0);
    assert_eq!(congestion.cwnd(), 4 * MSS + MSS / 4);
    acked(&mut congestion, MSS, Seq(6001), 4 * MSS, 0);
    assert_eq!(congestion.cwnd(), 4 * MSS + MSS / 4 + MSS * MSS / 4250);
}

#[test]
fn avoidance_adds_a_segment_for_each_window() {
    let mut congestion = started();
    congestion.timeout(Seq(8001), 8 * MSS, false);
    assert_eq!((congestion.cwnd(), congestion.ssthresh()), (MSS, 4 * MSS));
    for n in 1..=3 {
        let flight = congestion.cwnd();
        acked(&mut congestion, MSS, Seq(n * 1000 + 1), flight, 0);
    }
    assert_eq!(congestion.phase(), CongestionPhase::CongestionAvoidance);
    for n in 4..=6 {
        acked(&mut congestion, MSS, Seq(n * 1000 + 1), 4 * MSS, 0);
        assert_eq!(congestion.cwnd(), 4 * MSS);
    }
    acked(&mut congestion, MSS, Seq(7001), 4 * MSS, 0);
    assert_eq!(congestion.cwnd(), 5 * MSS);
}

#[test]
fn a_second_timeout_for_the_same_octets_keeps_ssthresh() {
    let mut congestion = started();
    congestion.timeout(Seq(8001), 8 * MSS, false);
    congestion.timeout(Seq(8001), MSS, true);
    assert_eq!(congestion.ssthresh(), 4 * MSS);
}

#[test]
fn fast_recovery_from_the_third_duplicate_to_the_full_ack() {
    let mut congestion = started();
    let (una, max) = (Seq(1001), Seq(11_001));
    assert_eq!(congestion.duplicate(una, max, 10 * MSS), None);
    assert_eq!(congestion.window(), 5 * MSS, "limited transmit");
    assert_eq!(congestion.duplicate(una, max, 10 * MSS), None);
    let third = congestion.duplicate(una, max, 10 * MSS);
    assert_eq!(third, Some(RetransmitCause::ThirdDuplicateAck));
    assert_eq!((congestion.ssthresh(), congestion.cwnd()), (5 * MSS, 8 * MSS));
    assert_eq!(congestion.phase(), CongestionPhase::FastRecovery);
    assert_eq!(congestion.duplicate(una, max, 10 * MSS), None);
    assert_eq!(congestion.cwnd(), 9 * MSS);
    // Partial acknowledgements: the first restarts the timer, later ones do not.
    let partial = Some(RetransmitCause::PartialAck);
    let reaction = acked(&mut congestion, 2 * MSS, Seq(3001), 10 * MSS, 8 * MSS);
    assert_eq!(reaction, Reaction { resend: partial, restart_timer: true });
    assert_eq!(congestion.cwnd(), 8 * MSS);
    let reaction = acked(&mut congestion, MSS, Seq(4001), 8 * MSS, 7 * MSS);
    assert_eq!(reaction, Reaction { resend: partial, restart_timer: false });
    let reaction = acked(&mut congestion, 7 * MSS, max, 7 * MSS, 0);
    assert_eq!(reaction, Reaction { resend: None, restart_timer: true });
    assert_eq!(congestion.cwnd(), 2 * MSS, "what is in flight plus a segment, no burst");
}

#[test]
fn duplicates_of_one_window_do_not_count_twice() {
    let mut congestion = started();
    congestion.timeout(Seq(8001), 8 * MSS, false);
    for _ in 0..5 {
        assert_eq!(congestion.duplicate(Seq(5001), Seq(8001), 3 * MSS), None);
    }
    acked(&mut congestion, 4 * MSS, Seq(9001), 4 * MSS, 0);
    assert_eq!(congestion.duplicate(Seq(9001), Seq(20_001), 4 * MSS), None);
    assert_eq!(congestion.duplicate(Seq(9001), Seq(20_001), 4 * MSS), None);
    assert!(congestion.duplicate(Seq(9001), Seq(20_001), 4 * MSS).is_some());
}

#[test]
fn idle_time_takes_the_window_back() {
    let mut congestion = started();
    for n in 1..20 {
        let flight = congestion.cwnd();
        acked(&mut congestion, MSS, Seq(n * 1000 + 1), flight, 0);
    }
    congestion.restart_after_idle();
    assert_eq!(congestion.cwnd(), 4 * MSS);
}

#[test]
fn octets_of_limited_transmit_are_no_part_of_the_flight() {
    let mut congestion = started();
    let (una, max) = (Seq(1001), Seq(11_001));
    congestion.duplicate_sack(una, max, 10 * MSS, false);
    assert!(congestion.is_limited());
    congestion.sent_limited(MSS);
    congestion.duplicate_sack(una, max, 11 * MSS, false);
    congestion.sent_limited(MSS);
    let third = congestion.duplicate_sack(una, max, 12 * MSS, false);
    assert_eq!(third, Some(RetransmitCause::ThirdDuplicateAck));
    assert_eq!((congestion.cwnd(), congestion.ssthresh()), (5 * MSS, 5 * MSS));
    assert_eq!(congestion.recovery(), Some(Recovery::Sack));
    assert_eq!(congestion.duplicate_sack(una, max, 12 * MSS, true), None);
    acked(&mut congestion, MSS, Seq(2001), 12 * MSS, 11 * MSS);
    assert_eq!(congestion.cwnd(), 5 * MSS, "in recovery the window stays");
    acked(&mut congestion, 9 * MSS, max, 11 * MSS, 2 * MSS);
    assert_eq!((congestion.recovery(), congestion.recovery_point()), (None, None));
}

#[test]
fn what_is_lost_by_sack_need_not_wait_for_the_third_duplicate() {
    let mut congestion = started();
    let lost = congestion.duplicate_sack(Seq(1001), Seq(11_001), 10 * MSS, true);
    assert_eq!(lost, Some(RetransmitCause::LostBySack));
    congestion.timeout(Seq(11_001), 10 * MSS, false);
    assert_eq!(congestion.duplicate_sack(Seq(5001), Seq(11_001), 6 * MSS, true), None, "section 5.1");
    assert_eq!(congestion.recovery_point(), Some(Seq(11_001)));
    acked(&mut congestion, 6 * MSS, Seq(11_001), 6 * MSS, 0);
    assert!(!congestion.after_timeout());
    assert!(congestion.duplicate_sack(Seq(11_001), Seq(20_001), 9 * MSS, true).is_some());
}
