//! Signs of life, frames, the end, and any octets at all.

use super::*;
use proptest::prelude::*;

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
                ClientRequest::Play { from: None, until: None }, ClientRequest::Pause, ClientRequest::GetParameter { names: Vec::new() },
            ][index % 6].clone();
            let _ = rig.client.request(rig.now, request);
            rig.answer(&status, &format!("{cseq}\n{session}\n{transport}"), "");
            rig.wait(Duration::from_secs(3));
        }
    }
}
