//! What flows after PLAY: over UDP, over TCP, to a slow reader; and RTCP back.

use super::rig::{CONN, PEER, Rig};
use crate::message::What;
use crate::rtp::RtpPacket;
use crate::rtp::rtcp::{self, Compound, ReceiverReport, ReportBlock, RtcpPacket};
use crate::rtsp::headers::RtpInfo;
use crate::rtsp::message::Response;
use crate::rtsp::{ServerEvent, State};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

fn info(response: &Response) -> RtpInfo {
    RtpInfo::read(response.headers.get("RTP-Info").unwrap()).remove(0)
}

fn ssrc_of_setup(rig: &Rig) -> u32 {
    let transport = rig.out.events.iter().find_map(|event| match event {
        ServerEvent::TrackSetUp { transport, ssrc, .. } => {
            Some((transport.clone(), ssrc.expect("known at once")))
        }
        _ => None,
    });
    let (transport, ssrc) = transport.unwrap();
    assert!(transport.contains(&format!("ssrc={ssrc:08X}")));
    ssrc
}

fn report(ssrc: u32) -> Vec<u8> {
    let block =
        ReportBlock { ssrc, fraction_lost: 64, cumulative_lost: 3, jitter: 9, ..ReportBlock::default() };
    let report = ReceiverReport { ssrc: 77, blocks: vec![block] };
    let description = rtcp::SourceDescription::cname(77, "viewer");
    let packets = vec![RtcpPacket::ReceiverReport(report), RtcpPacket::SourceDescription(description)];
    Compound { packets }.to_bytes().to_vec()
}

#[test]
fn rtp_info_tells_the_first_packet_exactly() {
    for range in ["", "npt=0.000-", "npt=7.3-", "npt=23.96-"] {
        let mut rig = Rig::connected(|_| ());
        let session = rig.setup_udp();
        let ssrc = ssrc_of_setup(&rig);
        let answer = rig.play(&session, range);
        let info = info(&answer);
        rig.wait(Duration::from_millis(20));
        let first = rig.out.datagrams.iter().find(|(_, _, data)| matches!(data.what, What::Rtp(_))).unwrap();
        let packet = RtpPacket::parse(&first.2.bytes).unwrap();
        assert_eq!(Some(packet.header.sequence), info.seq);
        assert_eq!(Some(packet.header.timestamp), info.rtptime);
        assert_eq!(packet.header.ssrc, ssrc);
        assert_eq!(info.url, "rtsp://h/demo/trackID=0");
    }
}

#[test]
fn rtp_info_is_exact_after_a_seek_in_mid_picture() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    rig.play(&session, "");
    rig.wait(Duration::from_millis(403));
    rig.out = Default::default();
    let answer = rig.play(&session, "npt=10-");
    let info = info(&answer);
    rig.wait(Duration::from_millis(30));
    let first = rig.out.datagrams.iter().find_map(|(_, _, data)| match data.what {
        What::Rtp(rtp) if rtp.picture.is_some_and(|part| part.picture == 250) => Some(rtp),
        _ => None,
    });
    let first = first.expect("picture 250 is at 10 s");
    assert_eq!((Some(first.sequence), Some(first.timestamp)), (info.seq, info.rtptime));
}

#[test]
fn udp_goes_from_the_port_pair_to_the_clients() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup("RTP/AVP;unicast;client_port=40000-40001");
    assert!(rig.out.datagrams.is_empty(), "nothing flows before PLAY");
    rig.play(&session, "");
    rig.wait(Duration::from_secs(1));
    assert!(rig.out.datagrams.len() > 25);
    for (from, to, data) in &rig.out.datagrams {
        let wanted = match data.what {
            What::Rtp(_) => (6970, SocketAddr::new(PEER, 40000)),
            _ => (6971, SocketAddr::new(PEER, 40001)),
        };
        assert_eq!((*from, *to), wanted);
        assert!(data.bytes.len() <= 1388);
    }
    let first = rig.out.order.iter().skip(1).position(|what| *what != "response");
    assert_eq!(first, Some(1), "the answer to PLAY comes before the first packet");
    assert_eq!(rig.state(), Some(State::Playing));
}

#[test]
fn interleaved_frames_come_after_the_answer_on_their_channels() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup("RTP/AVP/TCP;unicast;interleaved=7-8");
    rig.play(&session, "");
    rig.wait(Duration::from_secs(1));
    assert_eq!(rig.out.order[..2], ["response", "response"]);
    assert!(rig.out.frames.len() > 25);
    for (conn, channel, data) in &rig.out.frames {
        let wanted = if matches!(data.what, What::Rtp(_)) { 7 } else { 8 };
        assert_eq!((*conn, *channel), (CONN, wanted));
    }
    assert!(rig.out.datagrams.is_empty());
}

#[test]
fn a_receiver_report_is_told_whichever_way_it_comes() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    let ssrc = ssrc_of_setup(&rig);
    rig.play(&session, "");
    rig.wait(Duration::from_millis(100));
    let reports = |rig: &Rig| {
        let is_report = |event: &&ServerEvent| {
            matches!(event, ServerEvent::Report { fraction_lost: 64, lost: 3, jitter: 9, .. })
        };
        rig.out.events.iter().filter(is_report).count()
    };
    let known = SocketAddr::new(PEER, 5005);
    rig.server.receive_datagram(rig.now, 6971, known, &report(ssrc));
    rig.drain();
    assert_eq!(reports(&rig), 1);
    // A router between has changed the port.
    rig.server.receive_datagram(rig.now, 6971, SocketAddr::new(PEER, 61234), &report(ssrc));
    rig.drain();
    assert_eq!(reports(&rig), 2);
    // Somebody else, another source, the wrong port, nonsense.
    let stranger = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(9, 9, 9, 9)), 5005);
    rig.server.receive_datagram(rig.now, 6971, stranger, &report(ssrc));
    rig.server.receive_datagram(rig.now, 6971, known, &report(ssrc ^ 1));
    rig.server.receive_datagram(rig.now, 6970, known, &report(ssrc));
    rig.server.receive_datagram(rig.now, 6971, known, b"nonsense");
    rig.drain();
    assert_eq!(reports(&rig), 2);

    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_tcp();
    let ssrc = ssrc_of_setup(&rig);
    rig.play(&session, "");
    let packet = report(ssrc);
    let mut frame = vec![b'$', 1, 0, packet.len() as u8];
    frame.extend_from_slice(&packet);
    rig.send(&frame);
    assert_eq!(reports(&rig), 1);
}

#[test]
fn the_clip_ends_with_bye_and_can_be_played_anew() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    let before = ssrc_of_setup(&rig);
    rig.play(&session, "npt=23.5-");
    rig.wait(Duration::from_secs(1));
    assert_eq!(rig.state(), Some(State::Ready));
    assert!(rig.out.events.iter().any(|event| matches!(event, ServerEvent::TrackEnded { track: 0, .. })));
    let is_bye = |what: &What| matches!(what, What::Rtcp { types } if types.contains(&rtcp::BYE));
    assert!(is_bye(&rig.out.datagrams.last().unwrap().2.what), "BYE is the last");
    // The client may not know yet that it is over.
    let pause = rig.ask(&format!("PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {session}\n"));
    assert_eq!(pause.status.0, 200);

    rig.out = Default::default();
    let again = rig.play(&session, "");
    assert_eq!(again.headers.get("Range"), Some("npt=0.000-24.000"), "it begins anew");
    rig.wait(Duration::from_millis(100));
    let first = rig.out.datagrams.iter().find_map(|(_, _, data)| match data.what {
        What::Rtp(rtp) => Some(rtp),
        _ => None,
    });
    let first = first.unwrap();
    assert_eq!(Some(first.sequence), info(&again).seq);
    assert_ne!(first.ssrc, before, "a source that has said BYE does not come back");
}

#[test]
fn a_range_ends_without_bye_and_the_next_play_goes_on() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    rig.play(&session, "npt=2-3");
    rig.wait(Duration::from_secs(2));
    let rtp = |rig: &Rig| {
        rig.out
            .datagrams
            .iter()
            .filter_map(|(_, _, data)| match data.what {
                What::Rtp(rtp) => rtp.picture.map(|part| part.picture),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    let pictures = rtp(&rig);
    assert_eq!((pictures.first(), pictures.last()), (Some(&50), Some(&74)));
    assert_eq!(rig.state(), Some(State::Ready));
    let next = rig.play(&session, "");
    assert_eq!(next.headers.get("Range"), Some("npt=3.000-24.000"));
}

#[test]
fn pause_stops_and_play_goes_on_there() {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    rig.play(&session, "");
    rig.wait(Duration::from_millis(1990));
    let pause = rig.ask(&format!("PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {session}\n"));
    assert_eq!(pause.headers.get("Range"), Some("npt=2.000-"));
    assert_eq!(rig.state(), Some(State::Ready));
    rig.wait(Duration::from_millis(50));
    rig.out = Default::default();
    rig.wait(Duration::from_secs(20));
    let is_rtp = |what: &What| matches!(what, What::Rtp(_));
    assert!(!rig.out.datagrams.iter().any(|(_, _, data)| is_rtp(&data.what)), "nothing flows while paused");
    let play = rig.play(&session, "");
    assert_eq!(play.headers.get("Range"), Some("npt=2.000-24.000"));
}

#[test]
fn tracks_that_were_set_up_together_are_controlled_together() {
    let mut rig = Rig::connected(|_| ());
    let first = rig.ask(
        "SETUP rtsp://h/two/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005\n",
    );
    let session = first.headers.get("Session").unwrap().split(';').next().unwrap().to_owned();
    let second = rig.ask(&format!("SETUP rtsp://h/two/trackID=1 RTSP/1.0\nCSeq: 2\nSession: {session}\nTransport: RTP/AVP;unicast;client_port=5006-5007\n"));
    assert_eq!(second.status.0, 200);
    let send = |rig: &mut Rig, method: &str, track: &str| {
        rig.ask(&format!("{method} rtsp://h/two{track} RTSP/1.0\nCSeq: 3\nSession: {session}\n"))
    };
    let both = send(&mut rig, "PLAY", "/");
    let entries = RtpInfo::read(both.headers.get("RTP-Info").unwrap());
    let urls: Vec<_> = entries.iter().map(|entry| entry.url.as_str()).collect();
    assert_eq!(urls, ["rtsp://h/two/trackID=0", "rtsp://h/two/trackID=1"]);
    rig.wait(Duration::from_millis(100));
    for port in [5004, 5006] {
        assert!(rig.out.datagrams.iter().any(|(_, to, _)| to.port() == port));
    }
    for method in ["PLAY", "PAUSE"] {
        assert_eq!(send(&mut rig, method, "/trackID=1").status.0, 460, "{method}");
    }
    assert_eq!(rig.state(), Some(State::Playing), "nothing has changed");
    let left = send(&mut rig, "TEARDOWN", "/trackID=0");
    assert_eq!((left.status.0, left.headers.get("Session")), (200, Some(session.as_str())));
    assert_eq!(rig.state(), Some(State::Playing), "the other one still plays");
    assert_eq!(send(&mut rig, "PLAY", "/trackID=0").status.0, 455, "it is not set up any more");
    assert_eq!(send(&mut rig, "PAUSE", "/trackID=1").status.0, 200, "it is the only one now");
    assert_eq!(rig.state(), Some(State::Ready));
    assert_eq!(send(&mut rig, "TEARDOWN", "/trackID=1").status.0, 200);
    assert_eq!(rig.state(), None);
}

#[test]
fn a_slow_reader_misses_whole_pictures_and_gets_every_answer() {
    let mut rig = Rig::connected(|config| config.limits.waiting_frames = 64 * 1024);
    let session = rig.setup_tcp();
    rig.play(&session, "");
    rig.server.set_writable(CONN, 3000);
    rig.wait(Duration::from_secs(3));
    let frames = rig.out.frames.len();
    assert!(frames > 0 && frames < 10, "what fitted: {frames}");
    let dropped = rig
        .out
        .events
        .iter()
        .filter_map(|event| match event {
            ServerEvent::PictureDropped { total, .. } => Some(*total),
            _ => None,
        })
        .collect::<Vec<_>>();
    assert!(dropped.len() > 50, "{dropped:?}");
    assert!(dropped.iter().copied().eq(1..=dropped.len() as u64), "each is counted");
    // An answer waits its turn behind the frames; nothing is lost when the peer reads again.
    rig.send(b"GET_PARAMETER rtsp://h/demo RTSP/1.0\r\nCSeq: 9\r\n\r\n");
    assert_eq!(rig.out.responses.len(), 2);
    rig.server.set_writable(CONN, 1 << 20);
    rig.drain();
    assert_eq!(rig.out.responses.len(), 3);
    rig.wait(Duration::from_secs(1));
    let mut parts = Vec::new();
    for (_, _, data) in &rig.out.frames {
        if let What::Rtp(rtp) = data.what {
            parts.push(rtp.picture.unwrap());
        }
    }
    let mut at = 0;
    while at < parts.len() {
        let (picture, of) = (parts[at].picture, usize::from(parts[at].of));
        // The last one may still be under way.
        let end = (at + of).min(parts.len());
        assert!(
            parts[at..end]
                .iter()
                .enumerate()
                .all(|(index, part)| { (part.picture, usize::from(part.index)) == (picture, index) })
        );
        at = end;
    }
}

#[test]
fn the_packet_size_is_kept_whatever_the_setting() {
    let mut rig = Rig::connected(|config| config.max_packet = 500);
    let session = rig.setup_udp();
    rig.play(&session, "");
    rig.wait(Duration::from_millis(200));
    assert!(rig.out.datagrams.iter().all(|(_, _, data)| data.bytes.len() <= 500));
}

#[test]
fn a_description_is_of_the_urls_family() {
    for (host, address) in [("h", "IN IP4 0.0.0.0"), ("[::1]:8554", "IN IP6 ::")] {
        let mut rig = Rig::connected(|_| ());
        let answer = rig.ask(&format!("DESCRIBE rtsp://{host}/demo RTSP/1.0\nCSeq: 1\n"));
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(text.contains(&format!("c={address}\r\n")), "{text}");
        let origin = text.lines().find(|line| line.starts_with("o=")).unwrap();
        assert!(origin.ends_with(address), "{origin}");
    }
}
