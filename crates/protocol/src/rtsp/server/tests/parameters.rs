//! What GET_PARAMETER says and SET_PARAMETER keeps.

use super::rig::{CONN, Rig};
use crate::rtp::rtcp::{Compound, ReceiverReport, ReportBlock, RtcpPacket, SourceDescription};
use crate::rtsp::ServerEvent;
use crate::rtsp::message::Response;
use crate::rtsp::server::MAX_PARAMETERS;
use std::collections::BTreeMap;
use std::time::Duration;

fn ask(rig: &mut Rig, method: &str, session: &str, body: &str) -> Response {
    let before = rig.out.responses.len();
    let length = body.len();
    rig.send_on(
        CONN,
        format!(
            "{method} rtsp://h/demo/ RTSP/1.0\r\nCSeq: 9\r\nSession: {session}\r\n\
             Content-Type: text/parameters\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .as_bytes(),
    );
    assert_eq!(rig.out.responses.len(), before + 1);
    rig.out.responses[before].1.clone()
}

fn values(rig: &mut Rig, session: &str) -> BTreeMap<String, f64> {
    let names = "position\r\npackets_sent\r\npackets_lost\r\njitter\r\nscale\r\nvolume\r\n";
    let answer = ask(rig, "GET_PARAMETER", session, names);
    assert_eq!(answer.status.0, 200, "{answer:?}");
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let value = |line: &str| {
        let (name, value) = line.split_once(": ").expect("name and value");
        (name.to_owned(), value.parse().expect("a number"))
    };
    text.lines().map(value).collect()
}

#[test]
fn parameters_say_what_the_session_does() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    let before = values(&mut rig, &session);
    assert_eq!((before["position"], before["packets_sent"], before["scale"]), (0.0, 0.0, 1.0));
    rig.play(&session, "npt=2-");
    rig.wait(Duration::from_secs(2));
    let sent = rig.out.datagrams.iter().filter(|(port, _, _)| *port == 6970).count();
    let after = values(&mut rig, &session);
    assert!((3.9..=4.1).contains(&after["position"]), "{after:?}");
    assert_eq!(after["packets_sent"], sent as f64);
    assert_eq!((after["packets_lost"], after["jitter"]), (0.0, 0.0), "nobody has reported yet");

    let rtp = &rig.out.datagrams.iter().find(|(port, _, _)| *port == 6970).unwrap().2.bytes;
    let ssrc = u32::from_be_bytes(rtp[8..12].try_into().unwrap());
    let block = ReportBlock { ssrc, cumulative_lost: 7, jitter: 900, ..ReportBlock::default() };
    let report = Compound {
        packets: vec![
            RtcpPacket::ReceiverReport(ReceiverReport { ssrc: 1, blocks: vec![block] }),
            RtcpPacket::SourceDescription(SourceDescription::cname(1, "reader")),
        ],
    };
    rig.server.receive_datagram(rig.now, 6971, "10.0.0.2:5005".parse().unwrap(), &report.to_bytes());
    rig.drain();
    let reported = values(&mut rig, &session);
    assert_eq!((reported["packets_lost"], reported["jitter"]), (7.0, 0.01));
}

#[test]
fn the_volume_is_kept_and_all_or_nothing_is_set() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    assert_eq!(values(&mut rig, &session)["volume"], 100.0);
    assert_eq!(ask(&mut rig, "SET_PARAMETER", &session, "Volume: 40\r\n").status.0, 200);
    assert_eq!(values(&mut rig, &session)["volume"], 40.0);
    let refused = ask(&mut rig, "SET_PARAMETER", &session, "volume: 5\r\nfoo: 1\r\nbar: 2\r\n");
    assert_eq!((refused.status.0, &refused.body[..]), (451, &b"foo\r\nbar\r\n"[..]));
    let refused = ask(&mut rig, "SET_PARAMETER", &session, "volume: 5\r\njitter: 1\r\n");
    assert_eq!((refused.status.0, &refused.body[..]), (458, &b"jitter\r\n"[..]));
    assert_eq!(values(&mut rig, &session)["volume"], 40.0);
    let set = |event: &&ServerEvent| matches!(event, ServerEvent::ParameterSet { .. });
    assert_eq!(rig.out.events.iter().filter(set).count(), 1);
}

#[test]
fn a_request_has_a_bounded_number_of_parameters() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    let full = "volume\r\n".repeat(MAX_PARAMETERS);
    assert_eq!(ask(&mut rig, "GET_PARAMETER", &session, &full).status.0, 200);
    let over = full + "volume\r\n";
    assert_eq!(ask(&mut rig, "GET_PARAMETER", &session, &over).status.0, 413);
}
