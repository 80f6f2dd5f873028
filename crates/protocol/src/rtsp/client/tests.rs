//! The client engine against servers of all kinds, played from text.

use super::*;
use crate::rtsp::headers::{NptTime, Range};
use proptest::prelude::*;

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=demo\r\nt=0 0\r\na=control:*\r\n\
    m=video 0 RTP/AVP 26\r\na=control:trackID=0\r\nm=video 0 RTP/AVP 26\r\na=control:rtsp://other/cam/b\r\n";

struct Rig {
    client: Client,
    now: SimTime,
    events: Vec<ClientEvent>,
}

impl Rig {
    fn new(change: impl FnOnce(&mut ClientConfig)) -> Rig {
        let mut config = ClientConfig::new("rtsp://u:p@h:8554/demo");
        change(&mut config);
        let mut client = Client::new(config, Dice::new(1, "client"));
        client.connected(SimTime::ZERO);
        Rig { client, now: SimTime::from_secs(1), events: Vec::new() }
    }

    fn ask(&mut self, request: ClientRequest) -> String {
        self.client.request(self.now, request).unwrap();
        self.sent().expect("a request goes out")
    }

    fn sent(&mut self) -> Option<String> {
        self.client.poll_transmit().map(|data| String::from_utf8(data.bytes.to_vec()).unwrap())
    }

    fn receive(&mut self, octets: impl AsRef<[u8]>) {
        self.now += Duration::from_millis(10);
        self.client.receive(self.now, octets.as_ref());
        while let Some(event) = self.client.poll_event() {
            self.events.push(event);
        }
    }

    /// An answer with these header lines (between `\n`) and this body.
    fn answer(&mut self, status: &str, lines: &str, body: &str) {
        let mut text = format!("RTSP/1.0 {status}\r\n");
        for line in lines.lines() {
            text += &format!("{line}\r\n");
        }
        if !body.is_empty() {
            text += &format!("Content-Length: {}\r\n", body.len());
        }
        self.receive(text + "\r\n" + body);
    }

    fn described(change: impl FnOnce(&mut ClientConfig)) -> Rig {
        let mut rig = Rig::new(change);
        rig.ask(ClientRequest::Describe);
        rig.answer("200 OK", "CSeq: 1\nContent-Base: rtsp://h:8554/demo/", SDP);
        rig
    }

    fn ready() -> Rig {
        let mut rig = Rig::described(|_| ());
        rig.ask(ClientRequest::Setup { track: 0 });
        let lines = "CSeq: 2\nSession: 12345678;timeout=30\n\
            Transport: RTP/AVP/UDP;unicast;client_port=49152-49153;server_port=6970-6971;ssrc=0000002A";
        rig.answer("200 OK", lines, "");
        assert_eq!(rig.client.state(), State::Ready);
        rig
    }

    fn playing() -> Rig {
        let mut rig = Rig::ready();
        rig.ask(ClientRequest::Play { from: None, until: None });
        rig.answer("200 OK", "CSeq: 3\nSession: 12345678", "");
        assert_eq!(rig.client.state(), State::Playing);
        rig
    }

    fn failures(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|event| match event {
                ClientEvent::Failed { reason, .. } => Some(reason.as_str()),
                _ => None,
            })
            .collect()
    }

    fn wait(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(at) = self.client.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.client.handle_timeout(self.now);
            while let Some(event) = self.client.poll_event() {
                self.events.push(event);
            }
            if self.client.poll_timeout().is_some_and(|next| next <= self.now) {
                panic!("a deadline that has been handled must move");
            }
        }
        self.now = end;
    }
}

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

#[test]
fn the_answer_to_setup_counts() {
    let cases = [
        (
            "RTP/AVP/UDP;unicast;client_port=49152-49153;server_port=9000-9001;ssrc=2A",
            MediaPath::Udp { rtp: 49152, rtcp: 49153, server: Some((9000, 9001)) },
            Some(0x2a),
        ),
        (
            "RTP/AVP;unicast;server_port=9000",
            MediaPath::Udp { rtp: 49152, rtcp: 49153, server: Some((9000, 9001)) },
            None,
        ),
        ("RTP/AVP;unicast", MediaPath::Udp { rtp: 49152, rtcp: 49153, server: None }, None),
        ("RTP/AVP/TCP;unicast;interleaved=4-5", MediaPath::Tcp { rtp: 4, rtcp: 5 }, None),
        ("rtp/avp/tcp;interleaved=6", MediaPath::Tcp { rtp: 6, rtcp: 7 }, None),
    ];
    for (transport, path, ssrc) in cases {
        let mut rig = Rig::described(|_| ());
        rig.ask(ClientRequest::Setup { track: 0 });
        rig.answer("200 OK", &format!("CSeq: 2\nSession: 1\nTransport: {transport}"), "");
        assert!(rig.events.contains(&ClientEvent::TransportSet { track: 0, path, ssrc }), "{transport}");
        assert_eq!(rig.client.tracks().collect::<Vec<_>>(), [(0, path)]);
    }
    for (lines, reason) in [
        ("CSeq: 2\nTransport: RTP/AVP", "the answer names no session"),
        ("CSeq: 2\nSession: a b\nTransport: RTP/AVP", "\"a b\" is no session identifier (RFC 2326 3.4)"),
        ("CSeq: 2\nSession: 1\nTransport: x", "\"x\" is no transport (RFC 2326 12.39)"),
    ] {
        let mut rig = Rig::described(|_| ());
        rig.ask(ClientRequest::Setup { track: 0 });
        rig.answer("200 OK", lines, "");
        assert_eq!(rig.failures(), [reason]);
        assert_eq!(rig.client.state(), State::Init);
    }
}

#[test]
fn odd_servers_are_survived() {
    let mut rig = Rig::new(|_| ());
    rig.ask(ClientRequest::Describe);
    // Lower-case names, no reason phrase, LF alone, no Content-Base.
    rig.receive(format!("RTSP/1.0 200\ncseq: 1\ncontent-length: {}\n\n{SDP}", SDP.len()));
    assert!(rig.events.iter().any(|event| matches!(event, ClientEvent::Described(_))));
    assert!(rig.ask(ClientRequest::Setup { track: 0 }).starts_with("SETUP rtsp://h:8554/demo/trackID=0 "));
    rig.receive(
        "RTSP/1.0 200 \nsession:  77 ;timeout=45\ntransport: RTP/AVP;unicast;client_port=1-2\ncseq: 2\n\n",
    );
    assert_eq!(rig.client.session(), Some("77"));
    // No CSeq: it is the oldest request's.
    rig.ask(ClientRequest::Play { from: None, until: None });
    rig.receive("RTSP/1.0 200 OK\r\nRTP-Info: url=x;seq=7\r\nRange: npt=now-\r\n\r\n");
    let range = Range::Npt { start: Some(NptTime::Now), end: None };
    assert!(rig.events.iter().any(|event| {
        matches!(event, ClientEvent::Playing { rtp_info, range: Some(r) } if rtp_info[0].seq == Some(7) && *r == range)
    }));
    // An answer to nothing.
    rig.answer("200 OK", "CSeq: 99", "");
    let rules: Vec<&str> = rig
        .events
        .iter()
        .filter_map(|event| match event {
            ClientEvent::Deviation { rule, .. } => Some(*rule),
            _ => None,
        })
        .collect();
    assert_eq!(rules, ["RFC 2326 7.1", "RFC 2326 4", "RFC 2326 12.17", "RFC 2326 12.17"]);
    assert!(rig.failures().is_empty());
    assert_eq!(rig.client.state(), State::Playing);
}

#[test]
fn a_content_base_that_is_none_is_passed_over() {
    for (base, uri) in [
        ("Content-Base: demo/", "rtsp://h:8554/demo/trackID=0"),
        ("Content-Base: rtsp://h:8554/x", "rtsp://h:8554/x/trackID=0"),
        ("Content-Location: rtsp://h/y/", "rtsp://h/y/trackID=0"),
        ("X: y", "rtsp://h:8554/demo/trackID=0"),
    ] {
        let mut rig = Rig::new(|_| ());
        rig.ask(ClientRequest::Describe);
        rig.answer("200 OK", &format!("CSeq: 1\n{base}"), SDP);
        assert!(rig.ask(ClientRequest::Setup { track: 0 }).starts_with(&format!("SETUP {uri} ")), "{base}");
    }
}

#[test]
fn udp_that_is_refused_becomes_tcp_and_can_be_seen() {
    let mut rig = Rig::described(|_| ());
    rig.ask(ClientRequest::Setup { track: 0 });
    rig.answer("461 Unsupported transport", "CSeq: 2", "");
    assert!(rig.events.contains(&ClientEvent::FallingBackToTcp { track: 0 }));
    let again = rig.sent().unwrap();
    assert!(
        again.contains("CSeq: 3\r\n") && again.contains("Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n")
    );
    rig.answer("200 OK", "CSeq: 3\nSession: 1\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1", "");
    assert!(rig.ask(ClientRequest::Setup { track: 1 }).contains("RTP/AVP/TCP;unicast;interleaved=2-3"));
    assert!(rig.failures().is_empty());
    // Refused again, or not allowed to fall back: a failure.
    rig.answer("461 No", "CSeq: 4", "");
    assert_eq!(rig.failures(), ["461 No"]);
    let mut rig = Rig::described(|config| config.fall_back_to_tcp = false);
    rig.ask(ClientRequest::Setup { track: 0 });
    rig.answer("461", "CSeq: 2", "");
    assert_eq!(rig.failures(), ["461 Unsupported transport"]);
    assert_eq!(rig.sent(), None);
}

#[test]
fn signs_of_life_go_out_before_half_of_the_timeout() {
    for (public, method) in [("PLAY, GET_PARAMETER", "GET_PARAMETER"), ("PLAY", "OPTIONS"), ("", "OPTIONS")] {
        let mut rig = Rig::new(|_| ());
        rig.ask(ClientRequest::Options);
        let lines = if public.is_empty() { "CSeq: 1".into() } else { format!("CSeq: 1\nPublic: {public}") };
        rig.answer("200 OK", &lines, "");
        rig.ask(ClientRequest::Describe);
        rig.answer("200 OK", "CSeq: 2", SDP);
        rig.ask(ClientRequest::Setup { track: 0 });
        rig.answer(
            "200 OK",
            "CSeq: 3\nSession: 5;timeout=30\nTransport: RTP/AVP;client_port=49152-49153",
            "",
        );
        let mut last = rig.now;
        for cseq in 4..8 {
            rig.wait(rig.client.poll_timeout().unwrap().since(rig.now));
            let sent = rig.sent().unwrap();
            assert!(sent.starts_with(method) && sent.contains("Session: 5\r\n"), "{sent}");
            let gap = rig.now.since(last).as_secs_f64();
            assert!((13.0..=15.1).contains(&gap), "{gap}");
            last = rig.now;
            assert!(rig.client.allowed().play.is_ok(), "nobody waits for its answer");
            rig.answer("200 OK", &format!("CSeq: {cseq}"), "");
        }
        assert!(rig.failures().is_empty());
    }
}

#[test]
fn a_server_that_offers_get_parameter_and_refuses_it_gets_options() {
    let mut rig = Rig::playing();
    rig.client.public = Some(vec![Method::GetParameter]);
    rig.wait(Duration::from_secs(16));
    assert!(rig.sent().unwrap().starts_with("GET_PARAMETER"));
    rig.answer("501 Not Implemented", "CSeq: 4", "");
    rig.wait(Duration::from_secs(16));
    assert!(rig.sent().unwrap().starts_with("OPTIONS"));
    assert_eq!(rig.client.state(), State::Playing);
}

#[test]
fn a_lost_session_is_noticed() {
    let mut rig = Rig::playing();
    rig.wait(Duration::from_secs(16));
    rig.sent().unwrap();
    rig.answer("454 Session Not Found", "CSeq: 4", "");
    assert_eq!((rig.client.state(), rig.client.session()), (State::Init, None));
    assert_eq!(rig.failures(), ["454 Session Not Found"]);
    assert_eq!(rig.client.poll_timeout(), None);

    let mut rig = Rig::playing();
    rig.client.disconnected(rig.now);
    rig.receive("");
    assert_eq!(rig.client.state(), State::Init);
    assert_eq!(rig.failures(), ["the server has closed the connection"]);
    rig.client.connected(rig.now);
    assert!(rig.ask(ClientRequest::Options).contains("CSeq: 1\r\n"), "the next connection begins anew");
}

#[test]
fn an_answer_that_does_not_come_is_noticed() {
    let mut rig = Rig::new(|_| ());
    rig.ask(ClientRequest::Describe);
    rig.wait(Duration::from_millis(9_999));
    assert!(rig.failures().is_empty());
    rig.wait(Duration::from_millis(2));
    assert_eq!(rig.failures(), ["no answer within 10 s"]);
    assert!(rig.client.allowed().describe.is_ok());
    let mut rig = Rig::playing();
    rig.ask(ClientRequest::Teardown);
    rig.wait(Duration::from_secs(11));
    assert_eq!(rig.client.state(), State::Init, "who leaves is gone");
}

#[test]
fn frames_carry_their_place_in_the_stream() {
    let mut rig = Rig::playing();
    let before: u64 = rig.client.reader.offset();
    rig.receive(b"$\x00\x00\x03abcRTSP/1.0 200 OK\r\nCSeq: 77\r\n\r\n$\x01\x00\x00");
    let frames: Vec<_> = rig
        .events
        .iter()
        .filter_map(|event| match event {
            ClientEvent::Interleaved { channel, bytes, offset } => {
                Some((*channel, &bytes[..], offset - before))
            }
            _ => None,
        })
        .collect();
    assert_eq!(frames, [(0, &b"abc"[..], 0), (1, &b""[..], 7 + 29)]);
    rig.client.send_interleaved(1, b"rr", What::Rtcp { types: vec![201] });
    assert_eq!(&rig.client.poll_transmit().unwrap().bytes[..], b"$\x01\x00\x02rr");
    for _ in 0..1000 {
        rig.client.send_interleaved(1, b"rr", What::Rtcp { types: vec![201] });
    }
    assert_eq!(std::iter::from_fn(|| rig.client.poll_transmit()).count(), MAX_WAITING);
}

#[test]
fn after_the_end_play_begins_anew() {
    let mut rig = Rig::playing();
    rig.client.track_ended(rig.now, 0);
    assert_eq!(rig.client.state(), State::Ready);
    let play = rig.ask(ClientRequest::Play { from: None, until: None });
    assert!(play.contains("Range: npt=0.000-\r\n"), "{play}");
    rig.answer("200 OK", "CSeq: 4", "");
    assert_eq!(rig.client.state(), State::Playing);
}

#[test]
fn a_server_that_asks_is_answered() {
    let mut rig = Rig::playing();
    rig.receive("OPTIONS * RTSP/1.0\r\nCSeq: 8\r\n\r\nANNOUNCE * RTSP/1.0\r\nCSeq: 9\r\n\r\n");
    assert!(rig.sent().unwrap().starts_with("RTSP/1.0 200 OK\r\nCSeq: 8\r\nSession: 12345678\r\nPublic: "));
    assert!(rig.sent().unwrap().starts_with("RTSP/1.0 501 Not Implemented\r\nCSeq: 9\r\n"));
    for _ in 0..1000 {
        rig.receive("OPTIONS * RTSP/1.0\r\nCSeq: 8\r\n\r\n");
    }
    assert_eq!(std::iter::from_fn(|| rig.sent()).count(), MAX_WAITING);
}

#[test]
fn what_cannot_be_read_is_a_failure() {
    let mut rig = Rig::playing();
    rig.receive("hello\r\n");
    assert_eq!(
        rig.failures(),
        ["the server's octets cannot be read: neither a request line nor a status line"]
    );
    let mut rig = Rig::new(|_| ());
    rig.ask(ClientRequest::Describe);
    rig.answer("200 OK", "CSeq: 1", "hello");
    assert_eq!(rig.failures(), ["the description has no media"]);
    assert!(rig.client.allowed().setup.is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_octets_leave_the_client_standing(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..100), 0..10)) {
        let mut rig = Rig::playing();
        for piece in pieces {
            rig.receive(&piece);
        }
        prop_assert_eq!(rig.client.state(), State::Playing);
    }

    #[test]
    fn answers_of_all_shapes_are_survived(
        answers in proptest::collection::vec(
            ("(200|454|461|301|100|999|000)", "(CSeq: [1-9]|cseq:|X: y)",
             "(Session: 1;timeout=0|Session:|X: y|Session: 2;timeout=99999999999999999999)",
             "(Transport: RTP/AVP/TCP|Transport: RTP/AVP;client_port=0|Transport: ,|X: y)"),
            0..20),
    ) {
        let mut rig = Rig::described(|_| ());
        for (index, (status, cseq, session, transport)) in answers.into_iter().enumerate() {
            let request = [
                ClientRequest::Options, ClientRequest::Describe, ClientRequest::Setup { track: 0 },
                ClientRequest::Play { from: None, until: None }, ClientRequest::Pause, ClientRequest::GetParameter,
            ][index % 6];
            let _ = rig.client.request(rig.now, request);
            rig.answer(&status, &format!("{cseq}\n{session}\n{transport}"), "");
            rig.wait(Duration::from_secs(3));
        }
    }
}
