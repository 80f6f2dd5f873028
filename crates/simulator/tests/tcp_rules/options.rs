//! Options: RFC 2018, RFC 2883, RFC 6675, RFC 7323; and ICMP errors: RFC 1191, RFC 5927.

use std::net::Ipv4Addr;

use protocol::wire::icmp::{self, unreachable};
use protocol::wire::tcp::{Header, Options};
use simulator::stack::PATH_MTU_LIFETIME;
use simulator::stack::{
    AckCause, Cause, CloseReason, CongestionPhase, DropReason, RetransmitCause, StackEvent, State,
    StateCause, TcpConfig, Verdict,
};

use super::script::*;

const MSS: u32 = 1448;

/// A connection on which the peer has all options, its timestamp clock at 1000, its windows
/// shifted by 2; `segments` full segments are in flight.
fn modern(segments: usize) -> Script {
    let mut s = Script::new(TcpConfig { send_buffer: 400_000, ..TcpConfig::default() });
    s.options = Options {
        window_scale: Some(2),
        sack_permitted: true,
        timestamps: Some((1000, 0)),
        ..Options::default()
    };
    s.accept();
    s.send(200_000);
    s.all_said();
    while s.info().in_flight < segments * MSS as usize {
        let una = una(&s);
        s.now += 2 * MS;
        s.says(ACK, 1, una + MSS, b"");
        s.all_said();
    }
    s
}

fn una(s: &Script) -> u32 {
    s.info().snd_una.wrapping_sub(s.iss)
}

/// The peer acknowledges `ack` and has these blocks, too.
fn sacks(s: &mut Script, ack: u32, blocks: &[(u32, u32)]) {
    let iss = s.iss;
    for (place, block) in s.options.sack.iter_mut().zip(blocks) {
        *place = Some((iss.wrapping_add(block.0), iss.wrapping_add(block.1)));
    }
    s.says(ACK, 1, ack, b"");
    s.options.sack = [None; 4];
}

fn again(cause: RetransmitCause) -> Cause {
    Cause::Retransmit(cause)
}

#[test]
fn a_syn_offers_what_is_set_and_an_answer_what_both_have() {
    let mut s = Script::new(TcpConfig::default());
    let syn = s.connect_said();
    let offered = syn.header.options;
    assert_eq!((offered.mss, offered.window_scale, offered.sack_permitted), (Some(1460), Some(3), true));
    assert_eq!(offered.timestamps.map(|(_, echo)| echo), Some(0));
    // The peer has none of it: from now on neither have we.
    s.says(SYN_ACK, 0, 1, b"");
    let said = s.said().expect("the last part of the handshake");
    assert_eq!(said.header.options, Options::default());
    assert_eq!(s.info().mss, 1460);

    let plain = TcpConfig { sack: false, timestamps: false, window_scale: false, ..TcpConfig::default() };
    let said = Script::new(plain).connect_said();
    assert_eq!(said.header.options, Options { mss: Some(1460), ..Options::default() });
}

#[test]
fn windows_are_scaled_but_for_those_of_syns() {
    let mut s = modern(0);
    let info = s.info();
    assert_eq!((info.snd_scale, info.rcv_scale), (2, 3));
    assert_eq!((info.snd_wnd, info.mss), (65_535 << 2, MSS as usize));
    s.says(ACK, 1, 1 + MSS, &[7; 100]);
    let said = s.all_said().pop().expect("data");
    assert_eq!(usize::from(said.header.window) << 3, (262_144 - 100) >> 3 << 3);
}

#[test]
fn timestamps_are_echoed_and_measured() {
    let mut s = modern(0);
    s.options.timestamps = Some((1500, 0));
    s.now += 10 * MS;
    s.says(ACK, 1, una(&s), b"hello");
    // A later segment that leaves a gap does not change what is echoed (RFC 7323 section 4.3).
    s.options.timestamps = Some((1600, 0));
    s.says(ACK, 106, una(&s), b"gap");
    let said = s.all_said().pop().expect("an acknowledgement");
    assert_eq!(said.header.options.timestamps.map(|(_, echo)| echo), Some(1500));
    assert_eq!(said.cause, Cause::Ack(AckCause::OutOfOrder));
    let block = said.header.options.sack[0].expect("the gap is told");
    assert_eq!((block.0.wrapping_sub(s.irs), block.1.wrapping_sub(s.irs)), (106, 109));
}

#[test]
fn what_was_sent_twice_is_measured_by_its_timestamp() {
    let mut s = modern(0);
    let first = una(&s);
    s.next_timer();
    let said = s.all_said().remove(0);
    assert_eq!((said.seq, s.info().rto), (first, 2 * SEC));
    let value = said.header.options.timestamps.expect("agreed on").0;
    s.now += 30 * MS;
    s.options.timestamps = Some((2000, value));
    s.says(ACK, 1, first + MSS, b"");
    assert_eq!(s.info().rto, SEC, "the backoff ends");
}

#[test]
fn old_segments_and_those_without_timestamps_are_dropped() {
    let mut s = modern(0);
    s.options.timestamps = Some((2000, 0));
    s.says(ACK, 1, una(&s), b"abc");
    s.all_said();
    s.options.timestamps = Some((1999, 0));
    let verdict = s.says(ACK, 4, una(&s), b"old");
    assert_eq!(verdict, Verdict::Dropped(DropReason::OldTimestamp(s.h())));
    assert_eq!(s.said().map(|said| said.cause), Some(Cause::Ack(AckCause::Unacceptable)));
    s.options.timestamps = None;
    let verdict = s.says(ACK, 4, una(&s), b"bare");
    assert_eq!(verdict, Verdict::Dropped(DropReason::NoTimestamp(s.h())));
    s.quiet();
    // An RST needs none (RFC 7323 section 5.2).
    s.says(RST, 4, 0, b"");
    assert_eq!(s.state(), State::Closed);
}

#[test]
fn what_comes_twice_is_told_once() {
    let mut s = modern(0);
    s.says(ACK, 1, una(&s), &[1; 50]);
    s.all_said();
    s.says(ACK, 1, una(&s), &[1; 50]);
    let said = s.said().expect("an acknowledgement");
    let block = said.header.options.sack[0].expect("RFC 2883");
    assert_eq!((block.0.wrapping_sub(s.irs), block.1.wrapping_sub(s.irs)), (1, 51));
    s.says(ACK, 51, una(&s), &[2; 50]);
    s.next_timer();
    assert!(s.all_said().iter().all(|said| said.header.options.sack == [None; 4]));
}

#[test]
fn holes_are_filled_by_the_rules_of_next_seg() {
    let mut s = modern(12);
    let (una, end) = (una(&s), una(&s) + s.info().in_flight as u32);
    let flight = s.info().in_flight;
    let at = |n: u32| una + n * MSS;
    // Segments 0, 2 and 4 are lost. Two reports let new segments out (RFC 3042).
    sacks(&mut s, una, &[(at(1), at(2))]);
    s.expect(ACK, end, 1, MSS as usize, Cause::LimitedTransmit);
    s.quiet();
    sacks(&mut s, una, &[(at(3), at(4)), (at(1), at(2))]);
    s.expect(ACK, end + MSS, 1, MSS as usize, Cause::LimitedTransmit);
    s.quiet();
    sacks(&mut s, una, &[(at(5), at(6)), (at(3), at(4)), (at(1), at(2))]);
    s.expect(ACK, una, 1, MSS as usize, again(RetransmitCause::ThirdDuplicateAck));
    let info = s.info();
    assert_eq!(
        (info.phase, info.cwnd, info.ssthresh),
        (CongestionPhase::FastRecovery, flight / 2, flight / 2)
    );
    assert_eq!(info.sacked, 3 * MSS as usize);
    assert_eq!(info.recovery_point, Some(s.iss.wrapping_add(end + 2 * MSS)));
    // Lost and sent again: one segment; neither lost nor there: 2, 4, 6 to 13.
    assert_eq!(info.pipe, 11 * MSS as usize);
    s.quiet();
    // More is reported: the pipe shrinks below the window, and the holes follow.
    sacks(&mut s, una, &[(at(5), at(12)), (at(3), at(4)), (at(1), at(2))]);
    s.expect(ACK, at(2), 1, MSS as usize, again(RetransmitCause::SackHole { rule: 1 }));
    s.expect(ACK, at(4), 1, MSS as usize, again(RetransmitCause::SackHole { rule: 1 }));
    s.expect(ACK, end + 2 * MSS, 1, MSS as usize, Cause::RecoveryData);
    s.quiet();
    // The end of recovery.
    sacks(&mut s, end + 2 * MSS, &[]);
    let info = s.info();
    assert_eq!((info.phase, info.recovery_point), (CongestionPhase::CongestionAvoidance, None));
    assert_eq!(info.cwnd, flight / 2);
}

#[test]
fn the_end_of_a_flight_is_rescued_once() {
    let mut s = modern(0);
    while s.info().unsent > 0 {
        let next = una(&s) + MSS;
        s.says(ACK, 1, next, b"");
        s.all_said();
    }
    let (una, flight) = (una(&s), s.info().in_flight as u32);
    assert!(flight > 6 * MSS, "{flight}");
    // The first is lost, and so are the last two; nothing new is there to send.
    for n in 1..=3 {
        sacks(&mut s, una, &[(una + MSS, una + (1 + n) * MSS)]);
    }
    let said = s.all_said();
    assert_eq!(said[0].cause, again(RetransmitCause::ThirdDuplicateAck));
    let upto = flight / MSS - 2;
    sacks(&mut s, una + upto * MSS, &[]);
    let said = s.all_said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0].cause, again(RetransmitCause::Rescue));
    assert_eq!(said[0].seq + said[0].payload.len() as u32, una + flight);
    s.quiet();
}

#[test]
fn after_a_timeout_what_the_peer_has_is_passed_over() {
    let mut s = modern(6);
    let una = una(&s);
    let at = |n: u32| una + n * MSS;
    sacks(&mut s, una, &[(at(2), at(4))]);
    s.all_said();
    s.next_timer();
    let cause = RetransmitCause::RtoExpired { rto: SEC, attempt: 1 };
    s.expect(ACK, una, 1, MSS as usize, again(cause));
    s.says(ACK, 1, at(1), b"");
    s.expect(ACK, at(1), 1, MSS as usize, again(RetransmitCause::AfterRto));
    s.expect(ACK, at(4), 1, MSS as usize, again(RetransmitCause::AfterRto));
    s.quiet();
    // A second timeout: it has not helped, so nothing is believed any more (RFC 2018 section 8).
    s.next_timer();
    s.all_said();
    s.next_timer();
    s.all_said();
    assert_eq!(s.info().sacked, 0);
}

/// A router says that our segment from `seq` on could not be delivered.
fn icmp(s: &mut Script, code: u8, mtu: u16, seq: u32, length: u16) -> Verdict {
    let header = Header {
        source: s.local_port,
        destination: s.remote_port,
        seq: s.iss.wrapping_add(seq),
        ..Header::default()
    };
    let quote = quote(&header, length);
    let mut message = Vec::new();
    icmp::write(&mut message, &icmp::Message::Unreachable { code, mtu, quote: &quote });
    s.gets(Ipv4Addr::new(10, 0, 0, 9), protocol::wire::ipv4::ICMP, &message)
}

fn quote(header: &Header, length: u16) -> Vec<u8> {
    let mut packet = vec![0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0];
    packet[2..4].copy_from_slice(&length.to_be_bytes());
    packet.extend_from_slice(&OURS.octets());
    packet.extend_from_slice(&THEIRS.octets());
    for port in [header.source, header.destination] {
        packet.extend_from_slice(&port.to_be_bytes());
    }
    packet.extend_from_slice(&header.seq.to_be_bytes());
    packet
}

#[test]
fn a_router_makes_segments_shorter_and_the_long_ones_go_again() {
    let mut s = modern(4);
    let (una, cwnd, flight) = (una(&s), s.info().cwnd, s.info().in_flight);
    // Old and foreign errors change nothing (RFC 5927 section 4.1).
    icmp(&mut s, unreachable::FRAGMENTATION_NEEDED, 600, una - 1, 1500);
    icmp(&mut s, unreachable::FRAGMENTATION_NEEDED, 600, una + flight as u32, 1500);
    icmp(&mut s, unreachable::FRAGMENTATION_NEEDED, 1500, una, 1500);
    assert_eq!(s.info().mss, MSS as usize);
    s.quiet();
    icmp(&mut s, unreachable::FRAGMENTATION_NEEDED, 1000, una, 1500);
    let info = s.info();
    assert_eq!((info.mss, info.cwnd), (1000 - 52, cwnd), "it was no congestion");
    let said = s.all_said();
    assert!(said.len() > 4 && said.iter().all(|said| said.payload.len() <= 948), "{}", said.len());
    let sent_before = said.iter().take_while(|said| said.seq < una + flight as u32);
    assert!(sent_before.clone().all(|said| said.cause == again(RetransmitCause::PathMtu)));
    assert_eq!((said[0].seq, sent_before.count()), (una, cwnd.min(flight) / 948));
    // Errors about the other long segments come, too.
    icmp(&mut s, unreachable::FRAGMENTATION_NEEDED, 1000, una + MSS, 1500);
    s.quiet();
    // The next connection to the same host knows the way; later it is tried anew.
    let mut later = s.stack.clone();
    let to: std::net::SocketAddr = "10.0.0.2:80".parse().unwrap();
    let handle = later.tcp_connect(s.now, to, None).unwrap();
    assert_eq!(later.tcp_info(handle).unwrap().mss, 1000 - 40);
    let handle = later.tcp_connect(s.now + PATH_MTU_LIFETIME, to, None).unwrap();
    assert_eq!(later.tcp_info(handle).unwrap().mss, 1460);
}

#[test]
fn without_path_mtu_discovery_routers_may_cut() {
    let mut s = Script::new(TcpConfig { path_mtu_discovery: false, ..TcpConfig::default() });
    s.connect_said();
    assert!(!s.dont_fragment);
    let mut s = Script::new(TcpConfig::default());
    s.connect_said();
    assert!(s.dont_fragment);
}

#[test]
fn a_hard_error_ends_a_handshake_and_a_soft_one_is_kept() {
    let mut s = Script::connecting(TcpConfig::default());
    icmp(&mut s, unreachable::HOST, 0, 0, 60);
    assert_eq!((s.state(), s.info().unreachable), (State::SynSent, Some(1)));
    icmp(&mut s, unreachable::PORT, 0, 0, 60);
    assert_eq!(s.state(), State::Closed);
    assert!(s.saw(&StackEvent::Closed { handle: s.h(), why: CloseReason::Unreachable(3) }));
    assert!(
        s.events
            .iter()
            .any(|event| { matches!(event, StackEvent::TcpState { because: StateCause::Unreachable, .. }) })
    );

    // What stands is kept, until we had to wait for too long.
    let mut s = modern(2);
    let una = una(&s);
    icmp(&mut s, unreachable::PORT, 0, una, 1500);
    assert_eq!((s.state(), s.info().unreachable), (State::Established, Some(3)));
    while s.state() != State::Closed {
        s.next_timer();
        s.all_said();
    }
    assert!(s.saw(&StackEvent::Closed { handle: s.h(), why: CloseReason::Unreachable(3) }));
}
