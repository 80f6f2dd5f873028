//! REDIRECT: the server sends its clients elsewhere.

use super::rig::{CONN, Out, PEER, Rig};
use crate::rtsp::headers::Range;
use crate::rtsp::server::{
    MAX_ASKED, MAX_LOCATION, REDIRECT_PATIENCE, RedirectAnswer, RedirectError, RedirectWhom,
};
use crate::rtsp::{ConnId, EndReason, ServerEvent, SessionId, State, Status};
use std::time::Duration;

fn answers(rig: &Rig) -> Vec<RedirectAnswer> {
    let answer = |event: &ServerEvent| match event {
        ServerEvent::RedirectAnswered { answer, .. } => Some(*answer),
        _ => None,
    };
    rig.out.events.iter().filter_map(answer).collect()
}

fn redirect(rig: &mut Rig, whom: &RedirectWhom, to: &str) -> Result<usize, RedirectError> {
    let sent = rig.server.redirect(rig.now, whom, to, None);
    rig.drain();
    sent
}

/// A rig in which the demo plays over UDP, and its session.
fn playing() -> (Rig, String) {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    rig.play(&session, "");
    rig.out = Out::default();
    (rig, session)
}

#[test]
fn a_client_is_sent_elsewhere_and_says_that_it_goes() {
    let (mut rig, session) = playing();
    let id = SessionId(session.as_str().into());
    assert_eq!(redirect(&mut rig, &RedirectWhom::Session(id.clone()), "/other"), Ok(1));
    let (conn, request) = rig.out.requests.remove(0);
    assert_eq!((conn, request.method.as_str(), request.uri.as_str()), (CONN, "REDIRECT", "rtsp://h/demo"));
    let header = |name: &str| request.headers.get(name);
    assert_eq!(header("Location"), Some("rtsp://h/other"));
    assert_eq!(header("Session"), Some(session.as_str()));
    assert_eq!((header("CSeq"), header("Range")), (Some("1"), None));
    assert!(rig.out.events.contains(&ServerEvent::Redirected {
        session: id.clone(),
        conn: CONN,
        location: "rtsp://h/other".to_owned()
    }));

    // The session goes on until the client ends it.
    rig.send(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
    assert_eq!(answers(&rig), [RedirectAnswer::Status(Status::OK)]);
    assert_eq!(rig.state(), Some(State::Playing));
    rig.ask(&format!("TEARDOWN rtsp://h/demo RTSP/1.0\nCSeq: 3\nSession: {session}\n"));
    assert_eq!(rig.ended(), [EndReason::Teardown]);
    // The same answer again belongs to nothing.
    rig.send(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
    assert!(rig.out.events.iter().any(|e| matches!(e, ServerEvent::Deviation { rule: "RFC 2326 7", .. })));
    assert_eq!(redirect(&mut rig, &RedirectWhom::Session(id), "/other"), Err(RedirectError::Nobody));
}

#[test]
fn one_who_does_not_follow_is_told_of_and_keeps_its_session() {
    for (answer, told) in [
        ("RTSP/1.0 501 Not Implemented\r\nCSeq: 1\r\n\r\n", RedirectAnswer::Status(Status::NOT_IMPLEMENTED)),
        ("RTSP/1.0 405 Nein\r\ncseq: 1\r\n\r\n", RedirectAnswer::Status(Status::METHOD_NOT_ALLOWED)),
        // Preliminary, then silence.
        ("RTSP/1.0 100 Continue\r\nCSeq: 1\r\n\r\n", RedirectAnswer::Silence),
        ("RTSP/1.0 200 OK\r\nCSeq: 77\r\n\r\n", RedirectAnswer::Silence),
        ("", RedirectAnswer::Silence),
    ] {
        let (mut rig, _) = playing();
        assert_eq!(redirect(&mut rig, &RedirectWhom::Playing, "rtsp://elsewhere:8554/a"), Ok(1));
        assert_eq!(rig.out.requests[0].1.headers.get("Location"), Some("rtsp://elsewhere:8554/a"));
        rig.send(answer.as_bytes());
        rig.wait(REDIRECT_PATIENCE - Duration::from_millis(1));
        assert_eq!(answers(&rig).is_empty(), told == RedirectAnswer::Silence, "{answer}");
        rig.wait(Duration::from_millis(1));
        assert_eq!(answers(&rig), [told], "{answer}");
        rig.wait(Duration::from_secs(5));
        assert_eq!((answers(&rig).len(), rig.state()), (1, Some(State::Playing)));
        assert!(rig.out.closed.is_empty());
    }
}

#[test]
fn all_who_play_a_clip_are_sent_each_by_the_address_that_it_knows() {
    let mut rig = Rig::connected(|_| ());
    rig.server.connected(rig.now, ConnId(2), PEER).unwrap();
    rig.server.connected(rig.now, ConnId(3), PEER).unwrap();
    let mut start = |conn: ConnId, url: &str, play: bool| {
        let setup = format!("SETUP {url}/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/TCP;unicast\n");
        let answer = rig.ask_on(conn, &setup);
        let session = answer.headers.get("Session").unwrap().split(';').next().unwrap().to_owned();
        if play {
            rig.ask_on(conn, &format!("PLAY {url}/ RTSP/1.0\nCSeq: 2\nSession: {session}\n"));
        }
    };
    start(CONN, "rtsp://h/demo", true);
    start(ConnId(2), "rtsp://u:p@10.0.0.9:8554/demo?x=1", true);
    start(ConnId(3), "rtsp://h/demo", false);
    start(ConnId(3), "rtsp://h/other", true);
    rig.out = Out::default();
    assert_eq!(redirect(&mut rig, &RedirectWhom::Path("demo".to_owned()), "/two"), Ok(2));
    let sent: Vec<_> = rig
        .out
        .requests
        .iter()
        .map(|(conn, request)| (conn.0, request.headers.get("Location").unwrap()))
        .collect();
    assert_eq!(sent, [(1, "rtsp://h/two"), (2, "rtsp://10.0.0.9:8554/two")]);
    assert_eq!(rig.out.requests[1].1.uri, "rtsp://10.0.0.9:8554/demo?x=1", "no password goes on the wire");
    assert_eq!(redirect(&mut rig, &RedirectWhom::Playing, "/two"), Ok(3));
    assert_eq!(
        redirect(&mut rig, &RedirectWhom::Path("two".to_owned()), "/demo"),
        Err(RedirectError::Nobody)
    );
}

#[test]
fn a_range_says_when_it_takes_effect() {
    let (mut rig, _) = playing();
    let range: Range = "npt=10-".parse().unwrap();
    rig.server.redirect(rig.now, &RedirectWhom::Playing, "/other", Some(&range)).unwrap();
    rig.drain();
    assert_eq!(rig.out.requests[0].1.headers.get("Range"), Some("npt=10.000-"));
}

#[test]
fn a_bad_address_is_refused_in_words_and_nothing_is_sent() {
    let (mut rig, _) = playing();
    let long = format!("rtsp://h/{}", "a".repeat(MAX_LOCATION));
    for (to, says) in [
        ("", "neither a path"),
        ("demo", "neither a path"),
        ("http://h/demo", "neither a path"),
        ("rtsp://", "no host"),
        ("rtsp://h:0/demo", "port"),
        ("/nothing", "no /nothing on this server"),
        ("/", "no / on this server"),
        ("/other\r\nSession: 1", "no spaces and no control characters"),
        ("/my film", "no spaces"),
        (&long, "at most 1024 octets"),
    ] {
        let error = redirect(&mut rig, &RedirectWhom::Playing, to).unwrap_err();
        assert!(error.to_string().contains(says), "{to}: {error}");
    }
    assert!(rig.out.requests.is_empty());
}

#[test]
fn nothing_is_kept_of_those_who_do_not_answer_or_are_gone() {
    let (mut rig, session) = playing();
    for _ in 0..MAX_ASKED {
        assert_eq!(redirect(&mut rig, &RedirectWhom::Playing, "/other"), Ok(1));
    }
    assert_eq!(redirect(&mut rig, &RedirectWhom::Playing, "/other"), Err(RedirectError::Unanswered));
    let cseqs: Vec<_> =
        rig.out.requests.iter().map(|(_, request)| request.headers.get("CSeq").unwrap().to_owned()).collect();
    assert_eq!((cseqs[0].as_str(), cseqs[MAX_ASKED - 1].as_str()), ("1", "16"));
    rig.wait(REDIRECT_PATIENCE);
    assert_eq!(answers(&rig), [RedirectAnswer::Silence; MAX_ASKED]);
    assert_eq!(redirect(&mut rig, &RedirectWhom::Playing, "/other"), Ok(1));
    // Its session over UDP lives on without the connection, but nothing can be said to it.
    rig.server.disconnected(rig.now, CONN);
    rig.drain();
    assert_eq!(redirect(&mut rig, &RedirectWhom::Playing, "/other"), Err(RedirectError::Unreachable));
    assert_eq!(rig.state(), Some(State::Playing), "{session}");
    rig.wait(Duration::from_secs(70));
    assert_eq!(rig.server.poll_timeout(), None, "nothing is left");
    assert_eq!(answers(&rig).len(), MAX_ASKED);
}
