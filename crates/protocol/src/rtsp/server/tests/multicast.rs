//! One group for all who play the same (RFC 2326 section 12.39).

use super::rig::{CONN, Rig};
use crate::message::{Outgoing, What};
use crate::rtp::RtpPacket;
use crate::rtp::rtcp::{self, Compound, ReceiverReport, ReportBlock, RtcpPacket};
use crate::rtsp::headers::{RtpInfo, TransportList};
use crate::rtsp::message::Response;
use crate::rtsp::server::*;
use std::net::Ipv4Addr;

const OTHER: ConnId = ConnId(2);
const OTHER_PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 3));
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 0, 1);
const RTP: SocketAddr = SocketAddr::new(IpAddr::V4(GROUP), 5004);
const RTCP: SocketAddr = SocketAddr::new(IpAddr::V4(GROUP), 5005);

/// Two peers and a server that offers multicast.
fn rig(change: impl FnOnce(&mut ServerConfig)) -> Rig {
    let mut rig = Rig::connected(|config| {
        config.multicast = Some(MulticastConfig::default());
        change(config);
    });
    rig.server.connected(rig.now, OTHER, OTHER_PEER).unwrap();
    rig
}

fn setup(rig: &mut Rig, conn: ConnId, path: &str, transport: &str) -> Response {
    rig.ask_on(conn, &format!("SETUP rtsp://h/{path} RTSP/1.0\nCSeq: 1\nTransport: {transport}\n"))
}

/// A session that has set up the demo over multicast.
fn member(rig: &mut Rig, conn: ConnId) -> String {
    let answer = setup(rig, conn, "demo/trackID=0", "RTP/AVP;multicast");
    assert_eq!(answer.status.0, 200, "{answer:?}");
    answer.headers.get("Session").unwrap().split(';').next().unwrap().to_owned()
}

fn ask(rig: &mut Rig, conn: ConnId, method: &str, session: &str, more: &str) -> Response {
    rig.ask_on(conn, &format!("{method} rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {session}\n{more}"))
}

fn transport(answer: &Response) -> String {
    answer.headers.get("Transport").unwrap().to_owned()
}

fn info(answer: &Response) -> RtpInfo {
    RtpInfo::read(answer.headers.get("RTP-Info").unwrap()).remove(0)
}

/// The datagrams since the last call.
fn taken(rig: &mut Rig) -> Vec<(u16, SocketAddr, Outgoing)> {
    std::mem::take(&mut rig.out.datagrams)
}

fn is_bye(data: &Outgoing) -> bool {
    matches!(&data.what, What::Rtcp { types } if types.contains(&203))
}

fn report(ssrc: u32) -> Vec<u8> {
    let block = ReportBlock { ssrc, fraction_lost: 64, cumulative_lost: 3, ..ReportBlock::default() };
    let report = ReceiverReport { ssrc: 77, blocks: vec![block] };
    let description = rtcp::SourceDescription::cname(77, "viewer");
    let packets = vec![RtcpPacket::ReceiverReport(report), RtcpPacket::SourceDescription(description)];
    Compound { packets }.to_bytes().to_vec()
}

#[test]
fn the_answer_names_the_servers_group_whatever_is_proposed() {
    for offer in [
        "RTP/AVP;multicast",
        "RTP/AVP;multicast;destination=224.2.0.1;port=3456-3457;ttl=127",
        "RTP/SAVP;multicast,RTP/AVP;multicast,RTP/AVP;unicast;client_port=2-3",
    ] {
        let mut rig = rig(|_| ());
        let answer = setup(&mut rig, CONN, "demo", offer);
        let text = transport(&answer);
        let wanted = "RTP/AVP;multicast;destination=239.255.0.1;port=5004-5005;ttl=16;ssrc=";
        assert!(text.starts_with(wanted), "{text}");
        assert_eq!(rig.out.groups, [(GROUP, 5005, Some(16))]);
        let noted = rig.out.events.iter().any(|e| matches!(e, ServerEvent::Deviation { .. }));
        assert_eq!(noted, offer.contains("224."), "{offer}");
    }
}

#[test]
fn each_presentation_and_each_track_has_a_place_of_its_own() {
    let mut rig = rig(|_| ());
    let mut places = Vec::new();
    for path in ["demo", "other", "two/trackID=0"] {
        let text = transport(&setup(&mut rig, CONN, path, "RTP/AVP;multicast"));
        let entry = TransportList::read(&text).0.remove(0).unwrap();
        places.push((entry.destination.unwrap(), entry.port.unwrap().0));
    }
    let place = |n: &str, port| (n.to_owned(), port);
    assert_eq!(places, [place("239.255.0.1", 5004), place("239.255.0.2", 5020), place("239.255.0.3", 5036)]);
    let two = transport(&setup(&mut rig, OTHER, "two/trackID=1", "RTP/AVP;multicast"));
    assert!(two.contains("destination=239.255.0.3;port=5038-5039"), "{two}");
}

#[test]
fn each_packet_is_sent_once_and_the_second_joins_what_runs() {
    let mut rig = rig(|_| ());
    let (first, second) = (member(&mut rig, CONN), member(&mut rig, OTHER));
    let started = ask(&mut rig, CONN, "PLAY", &first, "Range: npt=2-\n");
    assert_eq!(started.headers.get("Range"), Some("npt=2.000-24.000"), "{started:?}");
    rig.wait(Duration::from_secs(1));
    let alone = taken(&mut rig);
    let joined = ask(&mut rig, OTHER, "PLAY", &second, "Range: npt=9-\nScale: 2\n");
    assert_eq!(joined.headers.get("Range"), Some("npt=3.000-24.000"), "it is told where the group is");
    assert_eq!(joined.headers.get("Scale"), Some("1"), "and its pace");
    rig.wait(Duration::from_secs(1));
    let together = taken(&mut rig);
    assert!(alone.iter().chain(&together).all(|(from, to, data)| match data.what {
        What::Rtp(_) => (*from, *to) == (6970, RTP),
        _ => (*from, *to) == (6971, RTCP),
    }));
    let rtp = |all: &[(u16, SocketAddr, Outgoing)]| -> Vec<u16> {
        let packets = all.iter().filter(|(_, to, _)| *to == RTP);
        packets.map(|(_, _, data)| RtpPacket::parse(&data.bytes).unwrap().header.sequence).collect()
    };
    let (alone, together) = (rtp(&alone), rtp(&together));
    assert!(alone.len().abs_diff(together.len()) < alone.len() / 2, "no more with two than with one");
    assert_eq!(info(&joined).seq, together.first().copied());
    assert_eq!(alone.first().copied(), info(&started).seq);
    let views = rig.server.sessions(rig.now);
    assert_eq!(views[0].tracks, views[1].tracks, "one sender, one place");
    assert_eq!((views[0].state, views[1].state), (State::Playing, State::Playing));
}

#[test]
fn who_leaves_does_not_stop_the_others_and_the_last_does() {
    for method in ["PAUSE", "TEARDOWN"] {
        let mut rig = rig(|_| ());
        let (first, second) = (member(&mut rig, CONN), member(&mut rig, OTHER));
        ask(&mut rig, CONN, "PLAY", &first, "");
        ask(&mut rig, OTHER, "PLAY", &second, "");
        rig.wait(Duration::from_secs(1));
        assert_eq!(ask(&mut rig, CONN, method, &first, "").status.0, 200);
        taken(&mut rig);
        rig.wait(Duration::from_secs(1));
        let still = taken(&mut rig);
        assert!(still.iter().filter(|(_, to, _)| *to == RTP).count() > 25, "{method}");
        assert!(!still.iter().any(|(.., data)| is_bye(data)));
        ask(&mut rig, OTHER, method, &second, "");
        rig.wait(Duration::from_millis(100));
        taken(&mut rig);
        rig.wait(Duration::from_secs(2));
        assert!(taken(&mut rig).iter().all(|(_, to, _)| *to == RTCP), "{method}: no media any more");
    }
}

#[test]
fn a_pause_of_all_keeps_the_place_and_the_group() {
    let mut rig = rig(|_| ());
    let session = member(&mut rig, CONN);
    ask(&mut rig, CONN, "PLAY", &session, "");
    rig.wait(Duration::from_millis(1001));
    let paused = ask(&mut rig, CONN, "PAUSE", &session, "");
    assert_eq!(paused.headers.get("Range"), Some("npt=1.040-"));
    let at_point = ask(&mut rig, CONN, "PLAY", &session, "");
    assert_eq!(at_point.headers.get("Range"), Some("npt=1.040-24.000"));
    assert_eq!(ask(&mut rig, CONN, "PAUSE", &session, "Range: npt=5\n").status.0, 456);
    assert_eq!(rig.out.groups.len(), 1, "opened once, and not closed");
}

#[test]
fn the_last_one_closes_the_group_with_bye_and_its_place_is_free_again() {
    let mut rig = rig(|_| ());
    let (first, second) = (member(&mut rig, CONN), member(&mut rig, OTHER));
    ask(&mut rig, CONN, "PLAY", &first, "");
    rig.wait(Duration::from_millis(500));
    ask(&mut rig, CONN, "TEARDOWN", &first, "");
    assert_eq!(rig.out.groups.len(), 1);
    ask(&mut rig, OTHER, "TEARDOWN", &second, "");
    let byes = taken(&mut rig).into_iter().filter(|(_, to, data)| *to == RTCP && is_bye(data)).count();
    assert_eq!((byes, rig.out.groups.last()), (1, Some(&(GROUP, 5005, None))));
    let again = setup(&mut rig, OTHER, "other", "RTP/AVP;multicast");
    assert!(transport(&again).contains("destination=239.255.0.1;"));
    assert!(rig.server.poll_timeout().is_some());
}

#[test]
fn the_end_of_the_clip_is_everybodys_and_a_play_begins_anew() {
    let mut rig = rig(|_| ());
    let (first, second) = (member(&mut rig, CONN), member(&mut rig, OTHER));
    ask(&mut rig, CONN, "PLAY", &first, "Range: npt=23-\n");
    ask(&mut rig, OTHER, "PLAY", &second, "");
    rig.wait(Duration::from_secs(2));
    let ended = rig.out.events.iter().filter(|e| matches!(e, ServerEvent::TrackEnded { .. })).count();
    assert_eq!(ended, 2);
    assert_eq!(taken(&mut rig).iter().filter(|(.., data)| is_bye(data)).count(), 1);
    let views = rig.server.sessions(rig.now);
    assert!(views.iter().all(|view| view.state == State::Ready));
    let again = ask(&mut rig, OTHER, "PLAY", &second, "");
    assert_eq!(again.headers.get("Range"), Some("npt=0.000-24.000"));
    rig.wait(Duration::from_millis(20));
    let packet = taken(&mut rig).into_iter().find(|(_, to, _)| *to == RTP).unwrap().2;
    assert_eq!(info(&again).seq, Some(RtpPacket::parse(&packet.bytes).unwrap().header.sequence));
}

#[test]
fn reports_to_the_group_or_to_the_server_are_taken_for_the_peer_that_sent_them() {
    let mut rig = rig(|_| ());
    let (first, second) = (member(&mut rig, CONN), member(&mut rig, OTHER));
    ask(&mut rig, CONN, "PLAY", &first, "");
    ask(&mut rig, OTHER, "PLAY", &second, "");
    rig.wait(Duration::from_millis(500));
    let ssrc = rig.out.events.iter().find_map(|event| match event {
        ServerEvent::TrackSetUp { ssrc, .. } => *ssrc,
        _ => None,
    });
    let ssrc = ssrc.expect("the group has one source");
    let told = |rig: &Rig| -> Vec<String> {
        let session = |event: &ServerEvent| match event {
            ServerEvent::Report { session, lost: 3, .. } => Some(session.to_string()),
            _ => None,
        };
        rig.out.events.iter().filter_map(session).collect()
    };
    let from = SocketAddr::new(OTHER_PEER, 5005);
    rig.server.receive_datagram(rig.now, 5005, from, &report(ssrc));
    rig.drain();
    assert_eq!(told(&rig), std::slice::from_ref(&second));
    rig.server.receive_datagram(rig.now, 6971, from, &report(ssrc));
    rig.drain();
    assert_eq!(told(&rig), [second.clone(), second.clone()]);
    // The one who reports lives, the silent one does not; the group goes on for the first.
    for _ in 0..8 {
        rig.wait(Duration::from_secs(10));
        rig.server.receive_datagram(rig.now, 5005, from, &report(ssrc));
    }
    assert_eq!(rig.ended(), [EndReason::Timeout]);
    assert_eq!(rig.server.sessions(rig.now)[0].id.to_string(), second);
}

#[test]
fn what_is_not_to_be_had_is_refused_with_the_reason_or_something_else_is_taken() {
    let refused = |rig: &mut Rig, because: &str| {
        let answer = setup(rig, CONN, "demo", "RTP/AVP;multicast");
        assert_eq!((answer.status.0, answer.reason.contains(because)), (461, true), "{answer:?}");
        let mixed = setup(rig, CONN, "demo", "RTP/AVP;multicast,RTP/AVP;unicast;client_port=5000-5001");
        assert!(transport(&mixed).contains("unicast"));
    };
    let mut off = Rig::connected(|_| ());
    refused(&mut off, "not switched on");
    let mut told = rig(|_| ());
    told.server.refuse_multicast(CONN, "not for you");
    refused(&mut told, "not for you");
    assert_eq!(setup(&mut told, OTHER, "demo", "RTP/AVP;multicast").status.0, 200);
    let mut full = rig(|config| config.limits.multicast_groups = 1);
    setup(&mut full, OTHER, "other", "RTP/AVP;multicast");
    refused(&mut full, "all 1 multicast groups are in use");
    assert_eq!(setup(&mut full, CONN, "other", "RTP/AVP;multicast").status.0, 200, "one more member");
}

#[test]
fn another_setup_of_the_track_leaves_the_group() {
    let mut rig = rig(|_| ());
    let session = member(&mut rig, CONN);
    let changed = rig.ask_on(
        CONN,
        &format!(
            "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 2\nSession: {session}\nTransport: RTP/AVP;unicast;client_port=5000-5001\n"
        ),
    );
    assert_eq!(changed.status.0, 200);
    assert_eq!(rig.out.groups, [(GROUP, 5005, Some(16)), (GROUP, 5005, None)]);
    ask(&mut rig, CONN, "PLAY", &session, "");
    rig.wait(Duration::from_millis(200));
    assert!(taken(&mut rig).iter().all(|(_, to, _)| to.ip() != IpAddr::V4(GROUP)));
}

#[test]
fn a_published_stream_goes_to_its_group_once() {
    let mut rig = rig(|_| ());
    let sdp = "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n";
    let announce = format!(
        "ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
        sdp.len()
    );
    rig.send(announce.as_bytes());
    let published =
        setup(&mut rig, CONN, "live/trackID=0", "RTP/AVP/TCP;unicast;interleaved=0-1;mode=record");
    let publisher = published.headers.get("Session").unwrap().split(';').next().unwrap().to_owned();
    rig.ask(&format!("RECORD rtsp://h/live RTSP/1.0\nCSeq: 3\nSession: {publisher}\n"));
    let by_group = setup(&mut rig, CONN, "live/trackID=0", "RTP/AVP;multicast;mode=record");
    assert_ne!(by_group.status.0, 200, "publishing is unicast");
    let third = ConnId(3);
    rig.server.connected(rig.now, third, OTHER_PEER).unwrap();
    for conn in [OTHER, third] {
        let answer = setup(&mut rig, conn, "live/trackID=0", "RTP/AVP;multicast");
        assert!(transport(&answer).contains("destination=239.255.0.1;port=5004-5005"));
        let session = answer.headers.get("Session").unwrap().split(';').next().unwrap().to_owned();
        let play = format!("PLAY rtsp://h/live/ RTSP/1.0\nCSeq: 2\nSession: {session}\n");
        assert_eq!(rig.ask_on(conn, &play).status.0, 200);
    }
    let packet = [&[0x80, 96, 0, 7, 0, 0, 0, 1, 0, 0, 0, 9][..], b"media"].concat();
    rig.send(&[&[b'$', 0, 0, packet.len() as u8][..], &packet].concat());
    let sent = taken(&mut rig);
    assert_eq!(sent.len(), 1, "once for both readers");
    assert_eq!((sent[0].1, &sent[0].2.bytes[..]), (RTP, &packet[..]));
    rig.ask(&format!("TEARDOWN rtsp://h/live RTSP/1.0\nCSeq: 4\nSession: {publisher}\n"));
    assert_eq!(taken(&mut rig).iter().filter(|(_, to, data)| *to == RTCP && is_bye(data)).count(), 1);
}
