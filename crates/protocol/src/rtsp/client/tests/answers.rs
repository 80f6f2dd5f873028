//! What the server's answers do.

use super::*;
use crate::rtsp::headers::{NptTime, Range};

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
    assert!(rig.events.contains(&ClientEvent::FallingBack { track: 0, to: ClientTransport::Tcp }));
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
    let mut rig = Rig::described(|config| config.fall_back = false);
    rig.ask(ClientRequest::Setup { track: 0 });
    rig.answer("461", "CSeq: 2", "");
    assert_eq!(rig.failures(), ["461 Unsupported transport"]);
    assert_eq!(rig.sent(), None);
}

#[test]
fn multicast_takes_the_group_of_the_answer_and_falls_back_to_udp_and_then_tcp() {
    let mut rig = Rig::described(|config| config.transport = ClientTransport::Multicast { rtp_port: 50_000 });
    let setup = rig.ask(ClientRequest::Setup { track: 0 });
    assert!(setup.contains("Transport: RTP/AVP/UDP;multicast\r\n"), "{setup}");
    let transport = "Transport: RTP/AVP/UDP;multicast;destination=239.255.0.1;port=5004-5005;ttl=16";
    rig.answer("200 OK", &format!("CSeq: 2\nSession: 1\n{transport}"), "");
    let path = MediaPath::Multicast { group: [239, 255, 0, 1].into(), rtp: 5004, rtcp: 5005, ttl: 16 };
    assert_eq!(rig.client.tracks().collect::<Vec<_>>(), [(0, path)]);
    rig.ask(ClientRequest::Setup { track: 1 });
    rig.answer("461 No", "CSeq: 3", "");
    assert!(rig.sent().is_some_and(|udp| udp.contains("RTP/AVP/UDP;unicast;client_port=50002-50003")));
    rig.answer("461 No", "CSeq: 4", "");
    assert!(rig.sent().is_some_and(|tcp| tcp.contains("RTP/AVP/TCP;unicast;interleaved=2-3")));
    let to = |to| ClientEvent::FallingBack { track: 1, to };
    assert!(rig.events.contains(&to(ClientTransport::Udp { rtp_port: 50_000 })));
    assert!(rig.events.contains(&to(ClientTransport::Tcp)));
    for wrong in ["destination=10.0.0.1;port=5004-5005", "destination=239.255.0.1", "port=5004-5005"] {
        let mut rig = Rig::described(|config| config.transport = ClientTransport::Multicast { rtp_port: 2 });
        rig.ask(ClientRequest::Setup { track: 0 });
        rig.answer("200 OK", &format!("CSeq: 2\nSession: 1\nTransport: RTP/AVP;multicast;{wrong}"), "");
        assert_eq!(rig.failures(), ["the answer names no group and ports"], "{wrong}");
    }
}
