//! Servers of all kinds as a table: what one answers, and what the client makes of it.

use super::*;

const TWO: &str = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\na=control:a\r\n\
    m=video 0 RTP/AVP 26\r\na=control:v\r\n";

/// A DESCRIBE answer: its headers, the control of its only track and of the session, and the
/// URLs of the SETUP and PLAY that follow.
const CONTROLS: &[(&str, &str, &str, &str, &str)] = &[
    ("Content-Base: rtsp://h/a/", "t1", "*", "rtsp://h/a/t1", "rtsp://h/a/"),
    ("Content-Base: rtsp://h/a", "t1", "*", "rtsp://h/a/t1", "rtsp://h/a"),
    ("content-base:rtsp://h/a/", "t1", "*", "rtsp://h/a/t1", "rtsp://h/a/"),
    ("Content-Base: rtsp://h/a?u=1&c=0", "t1", "*", "rtsp://h/a?u=1&c=0/t1", "rtsp://h/a?u=1&c=0"),
    ("Content-Base: rtsp://h/a?u=1/", "t1", "*", "rtsp://h/a?u=1/t1", "rtsp://h/a?u=1/"),
    ("Content-Location: rtsp://h/b/", "t1", "*", "rtsp://h/b/t1", "rtsp://h/b/"),
    ("Content-Base: rtsp://h/a/\nContent-Location: rtsp://h/b/", "t1", "*", "rtsp://h/a/t1", "rtsp://h/a/"),
    ("Content-Base: /a/", "t1", "*", "rtsp://h:8554/demo/t1", "rtsp://h:8554/demo"),
    ("X: y", "t1", "*", "rtsp://h:8554/demo/t1", "rtsp://h:8554/demo"),
    ("X: y", "*", "*", "rtsp://h:8554/demo", "rtsp://h:8554/demo"),
    ("X: y", "/demo/t1", "*", "rtsp://h:8554/demo/t1", "rtsp://h:8554/demo"),
    ("X: y", "rtsp://h:8554/demo/t1", "*", "rtsp://h:8554/demo/t1", "rtsp://h:8554/demo"),
    ("X: y", "rtsp://h/other", "rtsp://h/all", "rtsp://h/other", "rtsp://h/all"),
    ("Content-Base: rtsp://h/a/", "?ctype=video", "*", "rtsp://h/a?ctype=video", "rtsp://h/a/"),
    ("Content-Base: rtsp://h/a/", "trackID=1;x=y", "", "rtsp://h/a/trackID=1;x=y", "rtsp://h/a/"),
];

#[test]
fn controls_are_found_whatever_the_server_writes() {
    for (headers, control, aggregate, setup, play) in CONTROLS {
        let sdp = format!(
            "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\na=control:{aggregate}\r\n\
             m=video 0 RTP/AVP 26\r\na=control:{control}\r\n"
        );
        let mut rig = Rig::new(|_| ());
        rig.ask(ClientRequest::Describe);
        rig.answer("200 OK", &format!("CSeq: 1\n{headers}"), &sdp);
        let sent = rig.ask(ClientRequest::Setup { track: 0 });
        assert!(sent.starts_with(&format!("SETUP {setup} RTSP/1.0\r\n")), "{headers}, {control}: {sent}");
        rig.answer("200 OK", "CSeq: 2\nSession: 1\nTransport: RTP/AVP;server_port=1-2", "");
        let sent = rig.ask(ClientRequest::Play { from: None, until: None });
        assert!(sent.starts_with(&format!("PLAY {play} RTSP/1.0\r\n")), "{headers}, {aggregate}: {sent}");
    }
}

/// A Session header, the identifier that the client repeats, and how many seconds later its
/// sign of life has come.
const SESSIONS: &[(&str, &str, u64)] = &[
    ("Session: 1", "1", 30),
    ("Session:1", "1", 30),
    ("session:   a-b_c.d$e  ", "a-b_c.d$e", 30),
    ("Session: 1;timeout=20", "1", 10),
    ("Session: 1 ; timeout=20", "1", 10),
    ("Session: 1; Timeout=20", "1", 10),
    ("Session: 1;timeout=", "1", 30),
    ("Session: 1;timeout=soon", "1", 30),
    ("Session: 1;timeout=0", "1", 1),
    ("Session: 1;x=y;timeout=20", "1", 10),
];

#[test]
fn sessions_are_kept_whatever_the_server_writes() {
    for (header, id, seconds) in SESSIONS {
        let mut rig = Rig::described(|_| ());
        rig.ask(ClientRequest::Setup { track: 0 });
        rig.answer("200 OK", &format!("CSeq: 2\n{header}\nTransport: RTP/AVP;server_port=1-2"), "");
        assert_eq!(rig.client.session(), Some(*id), "{header}");
        let due = rig.client.poll_timeout().expect("a sign of life is due").since(rig.now);
        assert!(due <= Duration::from_secs(*seconds), "{header}: {due:?}");
        assert!(due >= Duration::from_secs(*seconds).mul_f64(0.89), "{header}: {due:?}");
        let sent = rig.ask(ClientRequest::Play { from: None, until: None });
        assert!(sent.contains(&format!("\r\nSession: {id}\r\n")), "{header}: {sent}");
    }
}

/// What follows a request in Ready: the answer, the state then, and the failure.
const ANSWERS: &[(ClientRequest, &str, &str, State, &str)] = &[
    (PLAY, "200 OK", "CSeq: 3", State::Playing, ""),
    (PLAY, "200", "CSeq: 3", State::Playing, ""),
    (PLAY, "200 OK", "CSeq: 3\nRTP-Info: ", State::Playing, ""),
    (PLAY, "200 OK", "CSeq: 3\nRTP-Info: seq=x;;url=,,", State::Playing, ""),
    (PLAY, "200 OK", "CSeq: 3\nRTP-Info: url=rtsp://h/wrong;seq=99999;rtptime=-1", State::Playing, ""),
    (PLAY, "200 OK", "CSeq: 3\nRange: npt=x-", State::Playing, ""),
    (PLAY, "250 Low on Storage Space", "CSeq: 3", State::Playing, ""),
    (
        PLAY,
        "455 Method Not Valid in This State",
        "CSeq: 3",
        State::Ready,
        "455 Method Not Valid in This State",
    ),
    (PLAY, "457", "CSeq: 3", State::Ready, "457 Invalid Range"),
    (PLAY, "500 Oh", "CSeq: 3", State::Ready, "500 Oh"),
    (PLAY, "454 Session Not Found", "CSeq: 3", State::Init, "454 Session Not Found"),
    (PLAY, "777 Lucky", "CSeq: 3", State::Ready, "777 Lucky"),
    (ClientRequest::Teardown, "200 OK", "CSeq: 3", State::Init, ""),
    (ClientRequest::Teardown, "454 Session Not Found", "CSeq: 3", State::Init, "454 Session Not Found"),
    (ClientRequest::Teardown, "500 Oh", "CSeq: 3", State::Init, "500 Oh"),
    (ClientRequest::Options, "501 Not Implemented", "CSeq: 3", State::Ready, "501 Not Implemented"),
];

const PLAY: ClientRequest = ClientRequest::Play { from: None, until: None };

#[test]
fn answers_do_what_the_table_says() {
    for (request, status, lines, state, failure) in ANSWERS {
        let mut rig = Rig::ready();
        rig.ask(request.clone());
        rig.answer(status, lines, "");
        assert_eq!(rig.client.state(), *state, "{request:?}: {status}, {lines}");
        let failures: Vec<&str> = Some(*failure).into_iter().filter(|text| !text.is_empty()).collect();
        assert_eq!(rig.failures(), failures, "{request:?}: {status}, {lines}");
    }
}

#[test]
fn what_is_no_description_is_a_failure_that_says_why() {
    for (lines, body, reason) in [
        (
            "Content-Type: text/html",
            "<html>",
            "the description is of the type text/html, not application/sdp",
        ),
        ("Content-Type: application/sdp", "", "the description has no media"),
        ("X: y", "hello", "the description has no media"),
        (
            "Content-Type: application/sdp",
            "v=0\r\nm=video\r\n",
            "the media line at octet 5 cannot be read (RFC 8866 5.14)",
        ),
    ] {
        let mut rig = Rig::new(|_| ());
        rig.ask(ClientRequest::Describe);
        rig.answer("200 OK", &format!("CSeq: 1\n{lines}"), body);
        assert_eq!(rig.failures(), [reason]);
        assert!(rig.client.allowed().setup.is_err());
    }
    for kind in ["application/sdp; charset=utf-8", "APPLICATION/SDP"] {
        let mut rig = Rig::new(|_| ());
        rig.ask(ClientRequest::Describe);
        rig.answer("200 OK", &format!("CSeq: 1\nContent-Type: {kind}"), SDP);
        assert!(rig.failures().is_empty() && rig.client.allowed().setup.is_ok(), "{kind}");
    }
}

#[test]
fn one_track_of_several_can_be_played_alone() {
    let mut rig = Rig::new(|config| config.transport = ClientTransport::Tcp);
    rig.ask(ClientRequest::Describe);
    rig.answer("200 OK", "CSeq: 1\nContent-Base: rtsp://h/x/", TWO);
    let setup = rig.ask(ClientRequest::Setup { track: 1 });
    assert!(setup.starts_with("SETUP rtsp://h/x/v ") && setup.contains("interleaved=2-3"), "{setup}");
    // The server's channels count, not those that were asked for.
    rig.answer("200 OK", "CSeq: 2\nSession: 1\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1", "");
    assert_eq!(rig.client.tracks().collect::<Vec<_>>(), [(1, MediaPath::Tcp { rtp: 0, rtcp: 1 })]);
    assert!(rig.client.allowed().play.is_ok());
}

#[test]
fn answers_may_come_in_any_order_late_twice_and_in_pieces() {
    // A sign of life and a PAUSE are under way together.
    let mut rig = Rig::playing();
    rig.wait(Duration::from_secs(16));
    rig.sent().expect("the sign of life");
    rig.ask(ClientRequest::Pause);
    rig.answer("200 OK", "CSeq: 5", "");
    assert_eq!(rig.client.state(), State::Ready);
    rig.answer("200 OK", "CSeq: 4", "");
    rig.answer("200 OK", "CSeq: 5", "");
    assert!(rig.failures().is_empty(), "one that comes twice is passed over");
    // Octet by octet, with a preliminary answer in front and empty lines between.
    let mut rig = Rig::ready();
    rig.ask(PLAY);
    let octets = "\r\n\r\nRTSP/1.0 100 Continue\r\nCSeq: 3\r\n\r\nRTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n";
    for octet in octets.bytes() {
        rig.receive([octet]);
    }
    assert_eq!(rig.client.state(), State::Playing);
    // Too late: the failure was told, and the answer is one to nothing.
    let mut rig = Rig::ready();
    rig.ask(PLAY);
    rig.wait(Duration::from_secs(11));
    rig.answer("200 OK", "CSeq: 3", "");
    assert_eq!((rig.client.state(), rig.failures().len()), (State::Ready, 1));
}

#[test]
fn a_server_may_close_instead_of_answering_teardown() {
    let mut rig = Rig::playing();
    rig.ask(ClientRequest::Teardown);
    rig.client.disconnected(rig.now);
    rig.receive("");
    assert_eq!((rig.client.state(), rig.failures().len()), (State::Init, 0));
}

#[test]
fn an_answer_over_another_transport_than_asked_for() {
    // TCP where UDP was asked for is followed, the other way is of no use.
    let mut rig = Rig::described(|_| ());
    rig.ask(ClientRequest::Setup { track: 0 });
    rig.answer("200 OK", "CSeq: 2\nSession: 1\nTransport: RTP/AVP/TCP;unicast;interleaved=8-9", "");
    assert_eq!(rig.client.tracks().collect::<Vec<_>>(), [(0, MediaPath::Tcp { rtp: 8, rtcp: 9 })]);
    let mut rig = Rig::described(|config| config.transport = ClientTransport::Tcp);
    rig.ask(ClientRequest::Setup { track: 0 });
    rig.answer("200 OK", "CSeq: 2\nSession: 1\nTransport: RTP/AVP;unicast;server_port=1-2", "");
    assert_eq!(rig.failures(), ["the server offers UDP where it was not asked for"]);
}
