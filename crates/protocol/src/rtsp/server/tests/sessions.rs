//! How sessions live, and what ends them.

use super::rig::{CONN, PEER, Rig};
use crate::message::What;
use crate::rtp::rtcp;
use crate::rtsp::{ClosePolicy, ConnId, EndReason, ServerEvent, State};
use std::collections::BTreeSet;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn the_states_are_told_as_they_change() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    rig.play(&session, "");
    rig.ask(&format!("PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {session}\n"));
    rig.play(&session, "");
    rig.ask(&format!("TEARDOWN rtsp://h/demo/ RTSP/1.0\nCSeq: 4\nSession: {session}\n"));
    let changes: Vec<_> = rig
        .out
        .events
        .iter()
        .filter_map(|event| match event {
            ServerEvent::StateChanged { from, to, .. } => Some((*from, *to)),
            _ => None,
        })
        .collect();
    assert_eq!(
        changes,
        [
            (State::Init, State::Ready),
            (State::Ready, State::Playing),
            (State::Playing, State::Ready),
            (State::Ready, State::Playing),
            (State::Playing, State::Init),
        ]
    );
    assert_eq!(rig.ended(), [EndReason::Teardown]);
}

#[test]
fn a_session_without_a_sign_of_life_ends_with_bye() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    rig.play(&session, "npt=0-");
    rig.wait(MINUTE - Duration::from_millis(1));
    assert_eq!(rig.ended(), []);
    rig.wait(Duration::from_millis(2));
    assert_eq!(rig.ended(), [EndReason::Timeout]);
    let byes = rig
        .out
        .datagrams
        .iter()
        .filter(|(_, _, data)| matches!(&data.what, What::Rtcp { types } if types.contains(&rtcp::BYE)));
    assert_eq!(byes.count(), 1);
    let gone = rig.play(&session, "");
    assert_eq!(gone.status.0, 454);
}

#[test]
fn every_request_with_the_session_is_a_sign_of_life() {
    for method in ["GET_PARAMETER", "OPTIONS", "PLAY", "DESCRIBE", "SET_PARAMETER"] {
        let mut rig = Rig::connected(|_| ());
        let session = rig.setup_udp();
        for _ in 0..5 {
            rig.wait(Duration::from_secs(50));
            rig.ask(&format!("{method} rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {session}\n"));
        }
        assert_eq!(rig.ended(), [], "{method}");
        rig.wait(Duration::from_secs(61));
        assert_eq!(rig.ended(), [EndReason::Timeout], "{method}");
    }
}

#[test]
fn a_report_over_udp_is_a_sign_of_life_and_nonsense_is_not() {
    for (octets, survives) in [(&b"\x80\xc9\x00\x01\x00\x00\x00\x4d"[..], true), (b"nonsense", false)] {
        let mut rig = Rig::connected(|_| ());
        let session = rig.setup_udp();
        rig.play(&session, "");
        for _ in 0..3 {
            rig.wait(Duration::from_secs(40));
            rig.server.receive_datagram(rig.now, 6971, std::net::SocketAddr::new(PEER, 5005), octets);
            rig.drain();
        }
        assert_eq!(rig.ended().is_empty(), survives);
    }
}

#[test]
fn identifiers_are_long_and_all_different() {
    let mut rig = Rig::connected(|config| config.limits.sessions_per_connection = 100);
    let ids: BTreeSet<String> = (0..100).map(|_| rig.setup_udp()).collect();
    assert_eq!(ids.len(), 100);
    assert!(ids.iter().all(|id| id.len() == 20 && id.bytes().all(|octet| octet.is_ascii_digit())));
}

#[test]
fn with_a_secret_the_seed_does_not_tell_identifiers() {
    let first = |secret: Option<[u8; 32]>| Rig::connected(|config| config.secret = secret).setup_udp();
    assert_eq!(first(Some([7; 32])), first(Some([7; 32])), "the same inputs, the same octets");
    let all = BTreeSet::from([first(None), first(Some([7; 32])), first(Some([8; 32]))]);
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|id| id.len() == 20));
}

#[test]
fn an_interleaved_session_ends_with_its_connection() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_tcp();
    rig.play(&session, "");
    rig.server.disconnected(rig.now, CONN);
    rig.drain();
    assert_eq!(rig.ended(), [EndReason::ConnectionClosed]);
    rig.out = Default::default();
    rig.wait(MINUTE);
    assert!(rig.out.frames.is_empty() && rig.out.closed.is_empty());
    assert_eq!(rig.server.poll_timeout(), None, "nothing is left");
}

#[test]
fn a_session_over_udp_outlives_its_connection_unless_the_policy_ends_it() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    rig.play(&session, "");
    rig.server.disconnected(rig.now, CONN);
    rig.drain();
    assert_eq!(rig.ended(), []);
    rig.wait(Duration::from_secs(1));
    assert!(rig.out.datagrams.len() > 25, "it plays on");
    // From another connection it can be controlled (RFC 2326 section 1.1).
    rig.server.connected(rig.now, ConnId(2), PEER).unwrap();
    let teardown = format!("TEARDOWN rtsp://h/demo/ RTSP/1.0\nCSeq: 1\nSession: {session}\n");
    assert_eq!(rig.ask_on(ConnId(2), &teardown).status.0, 200);

    let mut rig = Rig::connected(|config| config.close_policy = ClosePolicy::EndSessions);
    let session = rig.setup_udp();
    rig.play(&session, "");
    rig.wait(Duration::from_millis(100));
    rig.server.disconnected(rig.now, CONN);
    rig.drain();
    assert_eq!(rig.ended(), [EndReason::ConnectionClosed]);
    let last = rig.out.datagrams.last().unwrap();
    assert!(matches!(&last.2.what, What::Rtcp { types } if types.contains(&rtcp::BYE)));
}

#[test]
fn teardown_says_bye_before_it_answers() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_tcp();
    rig.play(&session, "");
    rig.wait(Duration::from_millis(100));
    rig.out = Default::default();
    rig.ask(&format!("TEARDOWN rtsp://h/demo/ RTSP/1.0\nCSeq: 4\nSession: {session}\n"));
    assert_eq!(rig.out.order, ["frame", "response"]);
    rig.wait(Duration::from_secs(1));
    assert_eq!(rig.out.order, ["frame", "response"], "nothing follows");
}

#[test]
fn ports_of_a_session_that_is_gone_belong_to_the_next() {
    let mut rig = Rig::connected(|_| ());
    let first = rig.setup_udp();
    let second = rig.setup_udp();
    rig.ask(&format!("TEARDOWN rtsp://h/demo/ RTSP/1.0\nCSeq: 4\nSession: {first}\n"));
    rig.play(&second, "");
    let report = b"\x80\xc9\x00\x01\x00\x00\x00\x4d";
    for _ in 0..3 {
        rig.wait(Duration::from_secs(40));
        rig.server.receive_datagram(rig.now, 6971, std::net::SocketAddr::new(PEER, 5005), report);
        rig.drain();
    }
    assert_eq!(rig.ended(), [EndReason::Teardown], "the report keeps the second alive");
}

#[test]
fn the_same_seed_and_octets_give_the_same_octets() {
    let run = || {
        let mut rig = Rig::connected(|_| ());
        let session = rig.setup_tcp();
        rig.play(&session, "npt=3-");
        rig.wait(Duration::from_secs(2));
        (rig.out.frames, rig.out.responses)
    };
    assert_eq!(run(), run());
}

#[test]
fn two_sessions_begin_with_numbers_of_their_own() {
    let mut rig = Rig::connected(|_| ());
    let mut first = || {
        let session = rig.setup_udp();
        rig.out = Default::default();
        rig.play(&session, "");
        rig.wait(Duration::from_millis(5));
        let packet = rig.out.datagrams.iter().find_map(|(_, _, data)| match data.what {
            What::Rtp(rtp) => Some(rtp),
            _ => None,
        });
        rig.ask(&format!("TEARDOWN rtsp://h/demo/ RTSP/1.0\nCSeq: 4\nSession: {session}\n"));
        packet.unwrap()
    };
    let (one, two) = (first(), first());
    assert_ne!(one.ssrc, two.ssrc);
    assert_ne!(one.sequence, two.sequence);
    assert_ne!(one.timestamp, two.timestamp);
}
