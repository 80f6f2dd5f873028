//! What goes out, and what the state allows.

use super::*;

#[test]
fn requests_are_written_as_the_rfc_says() {
    let mut rig = Rig::new(|config| config.user_agent = "T".into());
    assert_eq!(
        rig.ask(ClientRequest::Describe),
        "DESCRIBE rtsp://h:8554/demo RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: T\r\nAccept: application/sdp\r\n\r\n",
        "user and password stay at home"
    );
    rig.answer("200 OK", "CSeq: 1\nContent-Base: rtsp://h:8554/demo/", SDP);
    assert_eq!(
        rig.ask(ClientRequest::Setup { track: 0 }),
        "SETUP rtsp://h:8554/demo/trackID=0 RTSP/1.0\r\nCSeq: 2\r\nUser-Agent: T\r\n\
         Transport: RTP/AVP/UDP;unicast;client_port=49152-49153\r\n\r\n"
    );
    rig.answer(
        "200 OK",
        "CSeq: 2\nSession: 9;timeout=30\nTransport: RTP/AVP;unicast;client_port=49152-49153",
        "",
    );
    assert_eq!(
        rig.ask(ClientRequest::Setup { track: 1 }),
        "SETUP rtsp://other/cam/b RTSP/1.0\r\nCSeq: 3\r\nUser-Agent: T\r\nSession: 9\r\n\
         Transport: RTP/AVP/UDP;unicast;client_port=49154-49155\r\n\r\n",
        "an absolute control is taken as it is, the timeout is not repeated"
    );
    rig.answer("200 OK", "CSeq: 3\nSession: 9\nTransport: RTP/AVP;unicast;client_port=49154-49155", "");
    let play =
        ClientRequest::Play { from: Some(Duration::from_secs(2)), until: Some(Duration::from_millis(5500)) };
    assert_eq!(
        rig.ask(play),
        "PLAY rtsp://h:8554/demo/ RTSP/1.0\r\nCSeq: 4\r\nUser-Agent: T\r\nSession: 9\r\nRange: npt=2.000-5.500\r\n\r\n"
    );
    rig.answer("200 OK", "CSeq: 4", "");
    assert!(rig.ask(ClientRequest::Pause).starts_with("PAUSE rtsp://h:8554/demo/ RTSP/1.0\r\nCSeq: 5\r\n"));
    rig.answer("200 OK", "CSeq: 5", "");
    assert!(
        !rig.ask(ClientRequest::Play { from: None, until: None }).contains("Range"),
        "on where it was paused"
    );
    rig.answer("200 OK", "CSeq: 6", "");
    assert!(
        rig.ask(ClientRequest::Teardown).starts_with("TEARDOWN rtsp://h:8554/demo/ RTSP/1.0\r\nCSeq: 7\r\n")
    );
    rig.answer("200 OK", "CSeq: 7", "");
    assert_eq!((rig.client.state(), rig.client.session()), (State::Init, None));
    assert!(rig.failures().is_empty());
}

#[test]
fn the_state_says_what_is_allowed_and_why_not() {
    let mut rig = Rig::new(|_| ());
    let allowed = rig.client.allowed();
    assert!(allowed.options.is_ok() && allowed.describe.is_ok() && allowed.get_parameter.is_ok());
    for no in [&allowed.setup, &allowed.play, &allowed.pause, &allowed.teardown] {
        assert!(no.as_ref().unwrap_err().0.ends_with('.'));
    }
    rig.ask(ClientRequest::Options);
    assert!(rig.client.allowed().describe.is_err(), "one at a time");
    rig.answer("200 OK", "CSeq: 1\nPublic: DESCRIBE, SETUP", "");
    assert!(rig.client.allowed().get_parameter.is_err(), "the server does not offer it");

    let rig = Rig::ready();
    let allowed = rig.client.allowed();
    assert!(
        allowed.play.is_ok() && allowed.teardown.is_ok() && allowed.setup.is_ok() && allowed.pause.is_err()
    );
    let mut rig = Rig::playing();
    let allowed = rig.client.allowed();
    assert!(allowed.pause.is_ok() && allowed.teardown.is_ok() && allowed.setup.is_err());
    rig.ask(ClientRequest::Pause);
    assert!(rig.client.allowed().teardown.is_ok(), "to leave is possible at any time");
    rig.ask(ClientRequest::Teardown);
    assert!(rig.client.allowed().teardown.is_err(), "but once");

    let mut client = Client::new(ClientConfig::new("movie.Mjpeg"), Dice::new(1, "c"));
    client.connected(SimTime::ZERO);
    assert!(client.request(SimTime::ZERO, ClientRequest::Options).is_err());
    let mut client = Client::new(ClientConfig::new("rtsp://h/a"), Dice::new(1, "c"));
    assert!(client.request(SimTime::ZERO, ClientRequest::Options).is_err(), "not connected");
}
