//! ANNOUNCE and RECORD.

use super::*;
use crate::rtsp::sdp::Media;

fn camera() -> ClientRequest {
    let sdp = Sdp::read(
        b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=cam\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\n\
          m=audio 0 RTP/AVP 0\r\na=control:streamid=1\r\n",
    );
    ClientRequest::Announce { url: "rtsp://u:p@h:8554/live".into(), sdp: Box::new(sdp.unwrap()) }
}

const SERVER_PORTS: &str = "Session: 5\nTransport: RTP/AVP/UDP;unicast;client_port=49152-49153;server_port=6970-6971;mode=\"RECORD\"";

fn announced() -> Rig {
    let mut rig = Rig::new(|_| ());
    rig.ask(camera());
    rig.answer("200 OK", "CSeq: 1", "");
    rig
}

fn recording() -> Rig {
    let mut rig = announced();
    rig.ask(ClientRequest::Setup { track: 0 });
    rig.answer("200 OK", &format!("CSeq: 2\n{SERVER_PORTS}"), "");
    rig.ask(ClientRequest::Record);
    rig.answer("200 OK", "CSeq: 3", "");
    rig
}

#[test]
fn a_camera_announces_sets_up_and_records() {
    let mut rig = Rig::new(|_| ());
    assert!(rig.client.allowed().announce.is_ok() && rig.client.allowed().record.is_err());
    let announce = rig.ask(camera());
    assert!(announce.starts_with("ANNOUNCE rtsp://h:8554/live RTSP/1.0\r\n"), "{announce}");
    assert!(announce.contains("Content-Type: application/sdp\r\n") && announce.contains("streamid=1"));
    assert!(!rig.client.publishes(), "the answer has not come");
    rig.answer("200 OK", "CSeq: 1", "");
    assert!(rig.client.publishes());
    for (track, answer) in
        [(0, SERVER_PORTS), (1, "Session: 5\nTransport: RTP/AVP;unicast;server_port=6972-6973")]
    {
        let setup = rig.ask(ClientRequest::Setup { track });
        assert!(setup.starts_with(&format!("SETUP rtsp://h:8554/live/streamid={track} ")), "{setup}");
        assert!(setup.contains(";mode=record"), "{setup}");
        rig.answer("200 OK", &format!("CSeq: {}\n{answer}", track + 2), "");
    }
    assert!(rig.client.allowed().play.is_err() && rig.client.allowed().describe.is_err());
    let record = rig.ask(ClientRequest::Record);
    assert!(record.starts_with("RECORD rtsp://h:8554/live RTSP/1.0\r\n"), "{record}");
    rig.answer("200 OK", "CSeq: 4", "");
    assert_eq!(rig.client.state(), State::Recording);
    assert!(rig.events.contains(&ClientEvent::Recording));
    assert!(rig.client.allowed().record.is_err() && rig.client.allowed().setup.is_err());
    rig.ask(ClientRequest::Pause);
    rig.answer("200 OK", "CSeq: 5", "");
    assert_eq!(rig.client.state(), State::Ready);
    rig.ask(ClientRequest::Record);
    rig.answer("200 OK", "CSeq: 6", "");
    rig.ask(ClientRequest::Teardown);
    rig.answer("200 OK", "CSeq: 7", "");
    assert_eq!((rig.client.state(), rig.client.publishes()), (State::Init, false));
    assert!(rig.failures().is_empty());
}

#[test]
fn over_tcp_too_also_after_a_refusal() {
    let mut rig = announced();
    rig.ask(ClientRequest::Setup { track: 0 });
    rig.answer("461 Unsupported transport", "CSeq: 2", "");
    let again = rig.sent().unwrap();
    assert!(again.contains("Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n"), "{again}");
    rig.answer("200 OK", "CSeq: 3\nSession: 5\nTransport: RTP/AVP/TCP;interleaved=4-5;mode=record", "");
    assert_eq!(rig.client.tracks().collect::<Vec<_>>(), [(0, MediaPath::Tcp { rtp: 4, rtcp: 5 })]);
}

#[test]
fn what_cannot_be_published_is_refused_with_the_reason() {
    let announce = |url: &str, media: Vec<Media>| ClientRequest::Announce {
        url: url.to_owned(),
        sdp: Box::new(Sdp { media, ..Sdp::default() }),
    };
    let mut rig = Rig::new(|_| ());
    for wrong in [announce("live", vec![Media::default()]), announce("rtsp://h/live", Vec::new())] {
        assert!(rig.client.request(rig.now, wrong).is_err());
    }
    rig.ask(ClientRequest::Options);
    rig.answer("200 OK", "CSeq: 1\nPublic: DESCRIBE, SETUP, PLAY", "");
    assert_eq!(
        rig.client.check(&camera()).unwrap_err().0,
        "The server has not named ANNOUNCE among its methods."
    );
    let rig = Rig::playing();
    assert_eq!(
        rig.client.check(&camera()).unwrap_err().0,
        "There is a session already: TEARDOWN comes first."
    );
    assert!(rig.client.check(&ClientRequest::Record).is_err());
}

#[test]
fn a_server_that_takes_nothing_is_noticed() {
    let mut rig = Rig::new(|_| ());
    rig.ask(camera());
    rig.answer("403 Forbidden", "CSeq: 1", "");
    assert_eq!(rig.failures(), ["403 Forbidden"]);
    assert!(!rig.client.publishes());
    // Without its ports nothing can be sent to it.
    let mut rig = announced();
    rig.ask(ClientRequest::Setup { track: 0 });
    rig.answer("200 OK", "CSeq: 2\nSession: 5\nTransport: RTP/AVP;unicast", "");
    assert_eq!(rig.failures(), ["the answer names no port to send to"]);
    let mut rig = recording();
    rig.client.disconnected(rig.now);
    rig.receive("");
    assert_eq!((rig.client.state(), rig.client.publishes()), (State::Init, false));
}

#[test]
fn a_session_that_records_is_kept_alive() {
    let mut rig = recording();
    rig.wait(Duration::from_secs(31));
    assert!(rig.sent().unwrap().starts_with("OPTIONS "));
}
