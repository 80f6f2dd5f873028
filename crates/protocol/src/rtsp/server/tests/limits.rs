//! What one peer, and all together, may take; and any octets at all.

use super::rig::{CONN, PEER, Rig, crlf};
use crate::rtsp::{ConnId, ServerEvent, TooManyConnections};
use proptest::prelude::*;
use std::time::Duration;

#[test]
fn a_connection_that_says_nothing_is_closed() {
    let mut rig = Rig::connected(|_| ());
    rig.wait(Duration::from_millis(29_999));
    assert!(rig.out.closed.is_empty());
    rig.wait(Duration::from_millis(1));
    assert_eq!(rig.out.closed, [(CONN, false)]);
    assert_eq!(rig.server.poll_timeout(), None);
    // What still comes on it is dropped.
    rig.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n");
    assert!(rig.out.responses.is_empty());
}

#[test]
fn blank_lines_and_frames_are_not_a_request() {
    let mut rig = Rig::connected(|_| ());
    for _ in 0..31 {
        rig.send(b"\r\n$\0\0\0");
        rig.wait(Duration::from_secs(1));
    }
    assert_eq!(rig.out.closed, [(CONN, false)]);
}

#[test]
fn a_message_that_does_not_become_whole_is_answered_408() {
    let begins: [&[u8]; 4] = [
        b"O",
        b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n",
        b"OPTIONS * RTSP/1.0\r\nContent-Length: 9\r\n\r\nabc",
        b"$\0\0\x09abc",
    ];
    for begin in begins {
        let mut rig = Rig::connected(|_| ());
        rig.send(begin);
        rig.wait(Duration::from_millis(9_999));
        assert!(rig.out.closed.is_empty());
        rig.wait(Duration::from_millis(1));
        assert_eq!(rig.out.responses[0].1.status.0, 408);
        assert_eq!(rig.out.closed, [(CONN, false)]);
    }
    // One octet now and then does not help.
    let mut rig = Rig::connected(|_| ());
    for _ in 0..11 {
        rig.send(b"O");
        rig.wait(Duration::from_secs(1));
    }
    assert_eq!(rig.out.closed, [(CONN, false)]);
}

#[test]
fn a_connection_without_a_session_may_not_idle_for_ever() {
    let mut rig = Rig::connected(|_| ());
    rig.ask("OPTIONS * RTSP/1.0\nCSeq: 1\n");
    rig.wait(Duration::from_secs(119));
    rig.ask("OPTIONS * RTSP/1.0\nCSeq: 2\n");
    rig.wait(Duration::from_millis(119_999));
    assert!(rig.out.closed.is_empty());
    rig.wait(Duration::from_millis(1));
    assert_eq!(rig.out.closed, [(CONN, false)]);
    // With a session it lives as long as this, and a while longer.
    let mut rig = Rig::connected(|_| ());
    rig.setup_udp();
    rig.wait(Duration::from_secs(179));
    assert!(rig.out.closed.is_empty());
    rig.wait(Duration::from_secs(1));
    assert_eq!(rig.out.closed, [(CONN, false)]);
}

#[test]
fn a_header_without_end_is_answered_and_costs_no_more_than_its_limit() {
    let mut rig = Rig::connected(|_| ());
    rig.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nX: ");
    for _ in 0..1000 {
        rig.send(&[b'a'; 10_000]);
    }
    let answer = &rig.out.responses[0].1;
    assert_eq!(answer.status.0, 400);
    assert!(answer.reason.contains("16384 octets"), "{}", answer.reason);
    assert_eq!(answer.headers.get("CSeq"), Some("1"));
    assert_eq!(rig.out.closed, [(CONN, false)]);
}

#[test]
fn connections_have_a_limit() {
    let mut rig = Rig::new(|config| config.limits.connections = 2);
    assert_eq!(rig.server.connected(rig.now, ConnId(1), PEER), Ok(()));
    assert_eq!(rig.server.connected(rig.now, ConnId(2), PEER), Ok(()));
    assert_eq!(rig.server.connected(rig.now, ConnId(3), PEER), Err(TooManyConnections { limit: 2 }));
    rig.server.disconnected(rig.now, ConnId(1));
    assert_eq!(rig.server.connected(rig.now, ConnId(4), PEER), Ok(()));
}

#[test]
fn sessions_have_limits() {
    let setup = "SETUP rtsp://h/demo RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/TCP;unicast\n";
    let mut rig = Rig::connected(|config| config.limits.sessions_per_connection = 3);
    let answers: Vec<u16> = (0..4).map(|_| rig.ask(setup).status.0).collect();
    assert_eq!(answers, [200, 200, 200, 503]);

    let mut rig = Rig::connected(|config| config.limits.sessions = 2);
    rig.server.connected(rig.now, ConnId(2), PEER).unwrap();
    assert_eq!(rig.ask(setup).status.0, 200);
    assert_eq!(rig.ask_on(ConnId(2), setup).status.0, 200);
    assert_eq!(rig.ask_on(ConnId(2), setup).status.0, 503);
    rig.server.disconnected(rig.now, CONN);
    assert_eq!(rig.ask_on(ConnId(2), setup).status.0, 200, "there is room again");
}

#[test]
fn a_peer_who_asks_and_does_not_read_is_aborted() {
    let mut rig = Rig::connected(|_| ());
    rig.server.set_writable(CONN, 1000);
    let ask = crlf("OPTIONS * RTSP/1.0\nCSeq: 1\n").repeat(1000);
    rig.send(&ask);
    assert_eq!(rig.out.closed, [(CONN, true)]);
    let octets: usize = rig.out.responses.iter().map(|(_, response)| response.write().len()).sum();
    assert!(octets <= 1000, "no more than there was room for");
}

#[test]
fn an_answer_that_waits_is_given_before_the_connection_closes() {
    let mut rig = Rig::connected(|_| ());
    rig.server.set_writable(CONN, 0);
    rig.send(b"garbage\r\n");
    assert!(rig.out.closed.is_empty() && rig.out.responses.is_empty());
    rig.server.set_writable(CONN, 5000);
    rig.drain();
    assert_eq!(rig.out.responses[0].1.status.0, 400);
    assert_eq!(rig.out.closed, [(CONN, false)]);
    // One who never reads is not waited for.
    let mut rig = Rig::connected(|_| ());
    rig.server.set_writable(CONN, 0);
    rig.send(b"garbage\r\n");
    rig.wait(Duration::from_secs(10));
    assert_eq!(rig.out.closed, [(CONN, true)]);
}

#[test]
fn each_oddity_is_told_once_in_a_connection() {
    let mut rig = Rig::connected(|_| ());
    for _ in 0..50 {
        rig.send(b"OPTIONS * RTSP/1.0\nCSeq: 1\n\n$\x05\0\0");
    }
    let told = rig.out.events.iter().filter(|event| matches!(event, ServerEvent::Deviation { .. })).count();
    assert_eq!(told, 3, "LF, CSeq, a frame on no channel");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_octets_leave_the_server_standing(
        pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..20),
    ) {
        let mut rig = Rig::connected(|_| ());
        for piece in pieces {
            rig.send(&piece);
        }
        rig.wait(Duration::from_secs(40));
        prop_assert_eq!(rig.out.closed.len(), 1);
        prop_assert_eq!(rig.server.poll_timeout(), None);
    }

    #[test]
    fn requests_of_all_shapes_are_answered_once(
        requests in proptest::collection::vec(
            ("(OPTIONS|DESCRIBE|SETUP|PLAY|PAUSE|TEARDOWN|GET_PARAMETER|ANNOUNCE|X)",
             "(\\*|rtsp://h/demo|rtsp://h/demo/trackID=0|rtsp://h/two/trackID=1|rtsp://h/|demo|rtsp://)",
             "(RTP/AVP;unicast;client_port=5004-5005|RTP/AVP/TCP;unicast|RTP/AVP/TCP;interleaved=0-1|x|)",
             "(npt=0-|npt=3-5|npt=99-|npt=-|clock=1-|)",
             any::<bool>()),
            1..12),
    ) {
        let mut rig = Rig::connected(|_| ());
        let mut session = String::new();
        for (cseq, (method, uri, transport, range, with)) in requests.iter().enumerate() {
            let mut text = format!("{method} {uri} RTSP/1.0\nCSeq: {cseq}\nTransport: {transport}\n");
            if !range.is_empty() {
                text += &format!("Range: {range}\n");
            }
            if *with && !session.is_empty() {
                text += &format!("Session: {session}\n");
            }
            let answer = rig.ask(&text);
            let cseq = cseq.to_string();
            prop_assert_eq!(answer.headers.get("CSeq"), Some(cseq.as_str()));
            if let Some(value) = answer.headers.get("Session") {
                session = value.split(';').next().unwrap_or_default().to_owned();
            }
            rig.wait(Duration::from_millis(30));
        }
        prop_assert!(rig.out.closed.is_empty());
        rig.wait(Duration::from_secs(300));
        prop_assert_eq!(rig.server.poll_timeout(), None, "all of it ends");
        prop_assert!(rig.server.sessions(rig.now).is_empty());
    }
}
