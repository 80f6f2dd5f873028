//! Streams that one client publishes and others read.

use super::rig::{CONN, Out, PEER, Rig};
use crate::message::What;
use crate::rtp::RtpHeader;
use crate::rtp::rtcp::{self, Compound, RtcpPacket, SenderReport, SourceDescription};
use crate::rtsp::headers::RtpInfo;
use crate::rtsp::message::Response;
use crate::rtsp::sdp::Sdp;
use crate::rtsp::server::{MAX_SDP, MAX_SOURCES, PUBLISHER_GRACE};
use crate::rtsp::{ClosePolicy, ConnId, EndReason, ServerConfig, ServerEvent, State};
use crate::time::NtpTime;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

const READER: ConnId = ConnId(70);
const READER_IP: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 9));
const SDP: &str = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 10.1.2.3\r\nt=0 0\r\n\
    m=video 4000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\n\
    a=control:streamid=0\r\n\
    m=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\na=control:streamid=1\r\n";

fn announce_on(rig: &mut Rig, conn: ConnId, path: &str, sdp: &str) -> Response {
    let before = rig.out.responses.len();
    let head = format!("ANNOUNCE rtsp://h/{path} RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\n");
    rig.send_on(conn, format!("{head}Content-Length: {}\r\n\r\n{sdp}", sdp.len()).as_bytes());
    rig.out.responses[before].1.clone()
}

fn session_of(answer: &Response) -> String {
    assert_eq!(answer.status.0, 200, "{answer:?}");
    answer.headers.get("Session").unwrap().split(';').next().unwrap().to_owned()
}

/// A rig in which /live is recorded from the first connection, and a second one is open.
fn live(is_tcp: bool, change: impl FnOnce(&mut ServerConfig)) -> (Rig, String) {
    let mut rig = Rig::connected(change);
    rig.server.connected(rig.now, READER, READER_IP).unwrap();
    assert_eq!(announce_on(&mut rig, CONN, "live", SDP).status.0, 200);
    let mut session = String::new();
    for track in 0..2 {
        let transport = match is_tcp {
            true => format!("RTP/AVP/TCP;unicast;interleaved={}-{};mode=record", 2 * track, 2 * track + 1),
            false => {
                format!(
                    "RTP/AVP/UDP;unicast;client_port={}-{};mode=record",
                    4000 + 2 * track,
                    4001 + 2 * track
                )
            }
        };
        let known = if session.is_empty() { String::new() } else { format!("Session: {session}\n") };
        let answer = rig.ask(&format!(
            "SETUP rtsp://h/live/streamid={track} RTSP/1.0\nCSeq: 2\n{known}Transport: {transport}\n"
        ));
        session = session_of(&answer);
    }
    let answer =
        rig.ask(&format!("RECORD rtsp://h/live RTSP/1.0\nCSeq: 4\nSession: {session}\nRange: npt=0.000-\n"));
    assert_eq!(answer.status.0, 200, "{answer:?}");
    (rig, session)
}

/// Sets both tracks up for the reader and plays them.
fn read(rig: &mut Rig, is_tcp: bool) -> String {
    let mut session = String::new();
    for track in 0..2 {
        let transport = match is_tcp {
            true => format!("RTP/AVP/TCP;unicast;interleaved={}-{}", 2 * track, 2 * track + 1),
            false => format!("RTP/AVP;unicast;client_port={}-{}", 6000 + 2 * track, 6001 + 2 * track),
        };
        let known = if session.is_empty() { String::new() } else { format!("Session: {session}\n") };
        let text =
            format!("SETUP rtsp://h/live/trackID={track} RTSP/1.0\nCSeq: 1\n{known}Transport: {transport}\n");
        session = session_of(&rig.ask_on(READER, &text));
    }
    let answer = rig.ask_on(
        READER,
        &format!("PLAY rtsp://h/live/ RTSP/1.0\nCSeq: 3\nSession: {session}\nRange: npt=0.000-\n"),
    );
    assert_eq!((answer.status.0, answer.headers.get("Range")), (200, Some("npt=now-")));
    let info = RtpInfo::read(answer.headers.get("RTP-Info").unwrap());
    let urls: Vec<&str> = info.iter().map(|entry| entry.url.as_str()).collect();
    assert_eq!(urls, ["rtsp://h/live/trackID=0", "rtsp://h/live/trackID=1"]);
    assert!(info.iter().all(|entry| entry.rtptime.is_none()), "the publisher's clock is its own");
    session
}

fn rtp(ssrc: u32, sequence: u16, timestamp: u32, payload: usize) -> Vec<u8> {
    let header = RtpHeader { marker: true, payload_type: 96, sequence, timestamp, ssrc };
    let mut packet = header.to_bytes().to_vec();
    packet.extend((0..payload).map(|octet| octet as u8));
    packet
}

fn report(ssrc: u32) -> Vec<u8> {
    let report = SenderReport { ssrc, ..SenderReport::default() };
    let packets = vec![
        RtcpPacket::SenderReport(report),
        RtcpPacket::SourceDescription(SourceDescription::cname(ssrc, "camera")),
    ];
    Compound { packets }.to_bytes().to_vec()
}

fn framed(channel: u8, packet: &[u8]) -> Vec<u8> {
    let mut frame = vec![b'$', channel];
    frame.extend((packet.len() as u16).to_be_bytes());
    frame.extend(packet);
    frame
}

fn datagram(rig: &mut Rig, to: u16, from_port: u16, bytes: &[u8]) {
    rig.server.receive_datagram(rig.now, to, SocketAddr::new(PEER, from_port), bytes);
    rig.drain();
}

#[test]
fn rtp_info_of_what_is_live_names_the_next_packet_of_a_track_with_one_source() {
    let (mut rig, _) = live(false, |_| ());
    for sequence in [65_534, 65_535] {
        datagram(&mut rig, 6970, 4000, &rtp(7, sequence, 90_000, 10));
    }
    for source in [8, 9] {
        datagram(&mut rig, 6970, 4002, &rtp(source, 100, 0, 10));
    }
    let session = read(&mut rig, false);
    let play = |rig: &mut Rig| {
        rig.ask_on(READER, &format!("PLAY rtsp://h/live/ RTSP/1.0\nCSeq: 4\nSession: {session}\n"))
    };
    assert_eq!(play(&mut rig).headers.get("RTP-Info"), None, "it flows already");
    let pause = format!("PAUSE rtsp://h/live/ RTSP/1.0\nCSeq: 5\nSession: {session}\n");
    assert_eq!(rig.ask_on(READER, &pause).status.0, 200);
    let info = RtpInfo::read(play(&mut rig).headers.get("RTP-Info").unwrap());
    let numbers: Vec<_> = info.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, [Some(0), None], "the numbers turn over, and of two sources none is the next");
}

#[test]
fn what_is_published_over_udp_is_read_octet_by_octet() {
    let (mut rig, _) = live(false, |_| ());
    let described = rig.ask_on(READER, "DESCRIBE rtsp://h/live RTSP/1.0\nCSeq: 1\n");
    assert_eq!(described.headers.get("Content-Base"), Some("rtsp://h/live/"));
    let sdp = Sdp::read(&described.body).unwrap();
    assert_eq!(sdp.connection.as_deref(), Some("IN IP4 0.0.0.0"));
    let controls: Vec<_> = sdp.media.iter().map(|media| media.control.as_deref().unwrap()).collect();
    assert_eq!(controls, ["trackID=0", "trackID=1"]);
    assert_eq!(sdp.media[0].first_map().unwrap().encoding, "H264");
    assert_eq!((sdp.media[0].port, &sdp.media[0].fmtp[..]), (0, &["96 packetization-mode=1".to_owned()][..]));

    read(&mut rig, false);
    rig.out = Out::default();
    let (video, audio) = (rtp(0x11, 5, 900, 1200), rtp(0x22, 9, 480, 80));
    datagram(&mut rig, 6970, 4000, &video);
    datagram(&mut rig, 6970, 4002, &audio);
    datagram(&mut rig, 6971, 4001, &report(0x11));
    let got: Vec<(u16, u16, &[u8])> =
        rig.out.datagrams.iter().map(|(from, to, data)| (*from, to.port(), &data.bytes[..])).collect();
    assert_eq!(got, [(6970, 6000, &video[..]), (6970, 6002, &audio[..]), (6971, 6001, &report(0x11)[..])]);
    assert!(rig.out.datagrams.iter().all(|(_, to, _)| to.ip() == READER_IP));
    let What::Rtp(summary) = &rig.out.datagrams[0].2.what else { panic!("RTP") };
    assert_eq!((summary.ssrc, summary.sequence, summary.payload_type), (0x11, 5, 96));

    // The publisher's router gives it another port: its source is known.
    rig.out = Out::default();
    datagram(&mut rig, 6970, 31000, &rtp(0x11, 6, 1800, 10));
    assert_eq!(rig.out.datagrams.len(), 1);
    // A stranger's source is not, and neither is what is no RTP.
    datagram(&mut rig, 6970, 31000, &rtp(0x33, 6, 1800, 10));
    datagram(&mut rig, 6970, 4000, b"hello");
    assert_eq!(rig.out.datagrams.len(), 1);
}

#[test]
fn what_is_published_over_tcp_is_read_over_tcp() {
    let (mut rig, _) = live(true, |_| ());
    read(&mut rig, true);
    rig.out = Out::default();
    let packet = rtp(0x11, 5, 900, 20_000);
    rig.send(&framed(0, &packet));
    rig.send(&framed(1, &report(0x11)));
    let got: Vec<_> =
        rig.out.frames.iter().map(|(conn, channel, data)| (*conn, *channel, &data.bytes[..])).collect();
    assert_eq!(got, [(READER, 0, &packet[..]), (READER, 1, &report(0x11)[..])]);
}

#[test]
fn a_publisher_without_a_connection_must_go_on_sending() {
    let (mut rig, _) = live(false, |_| ());
    read(&mut rig, false);
    rig.server.disconnected(rig.now, CONN);
    rig.drain();
    for sequence in 5..8 {
        rig.wait(PUBLISHER_GRACE - Duration::from_secs(1));
        rig.out = Out::default();
        datagram(&mut rig, 6970, 4000, &rtp(0x11, sequence, 900, 10));
        assert_eq!(rig.out.datagrams.len(), 1, "its packets are still passed on");
    }
    rig.wait(PUBLISHER_GRACE + Duration::from_secs(1));
    let told = rig
        .out
        .events
        .iter()
        .any(|event| matches!(event, ServerEvent::Unpublished { reason: EndReason::Timeout, .. }));
    assert!(told, "{:?}", rig.out.events);
    assert!(
        rig.out
            .datagrams
            .iter()
            .any(|(_, _, data)| matches!(&data.what, What::Rtcp { types } if types.contains(&203))),
        "BYE"
    );
}

#[test]
fn readers_get_bye_and_later_ones_404() {
    for how in ["TEARDOWN", "close", "timeout"] {
        let (mut rig, session) = live(false, |config| config.close_policy = ClosePolicy::EndSessions);
        let reader = read(&mut rig, false);
        datagram(&mut rig, 6970, 4000, &rtp(0x11, 5, 900, 10));
        datagram(&mut rig, 6971, 4001, &report(0x11));
        rig.out = Out::default();
        match how {
            "TEARDOWN" => {
                let text = format!("TEARDOWN rtsp://h/live RTSP/1.0\nCSeq: 9\nSession: {session}\n");
                assert_eq!(rig.ask(&text).status.0, 200);
            }
            "close" => {
                rig.server.disconnected(rig.now, CONN);
                rig.drain();
            }
            _ => {
                for _ in 0..61 {
                    rig.wait(Duration::from_secs(1));
                    let alive = "GET_PARAMETER rtsp://h/live RTSP/1.0\nCSeq: 9\n";
                    rig.ask_on(READER, &format!("{alive}Session: {reader}\n"));
                }
            }
        }
        let byes: Vec<_> = rig
            .out
            .datagrams
            .iter()
            .filter(|(_, to, _)| to.ip() == READER_IP)
            .filter(|(_, _, data)| matches!(&data.what, What::Rtcp { types } if types.contains(&rtcp::BYE)))
            .collect();
        assert_eq!(byes.len(), 1, "{how}: the audio source was never heard");
        assert_eq!(byes[0].1, SocketAddr::new(READER_IP, 6001));
        let compound = rtcp::parse(&byes[0].2.bytes).unwrap();
        assert!(compound.starts_with_report());
        assert!(compound.packets.iter().any(|p| matches!(p, RtcpPacket::Bye(bye) if bye.sources == [0x11])));
        let ended = rig.out.events.iter().find_map(|event| match event {
            ServerEvent::Unpublished { path, reason } => Some((path.as_str(), *reason)),
            _ => None,
        });
        let reason = match how {
            "TEARDOWN" => EndReason::Teardown,
            "close" => EndReason::ConnectionClosed,
            _ => EndReason::Timeout,
        };
        assert_eq!(ended, Some(("live", reason)), "{how}");
        assert_eq!(rig.ask_on(READER, "DESCRIBE rtsp://h/live RTSP/1.0\nCSeq: 9\n").status.0, 404);
        let within = |method: &str| format!("{method} rtsp://h/live/ RTSP/1.0\nCSeq: 9\nSession: {reader}\n");
        assert_eq!(rig.ask_on(READER, &within("PLAY")).status.0, 404);
        assert_eq!(rig.ask_on(READER, &within("TEARDOWN")).status.0, 200);
    }
}

#[test]
fn media_keeps_the_publishers_session_alive() {
    let (mut rig, _) = live(false, |_| ());
    for second in 0..100 {
        datagram(&mut rig, 6970, 4000, &rtp(0x11, second, 900, 10));
        rig.wait(Duration::from_secs(1));
    }
    assert_eq!(rig.ended(), []);
    assert_eq!(rig.state(), Some(State::Recording));
}

/// RFC 2326 sections 1.1 and 10.7, as with readers.
#[test]
fn a_publisher_over_udp_outlives_its_connection_as_the_policy_says() {
    let (mut rig, _) = live(false, |_| ());
    read(&mut rig, false);
    rig.server.disconnected(rig.now, CONN);
    rig.drain();
    for second in 0..90 {
        datagram(&mut rig, 6970, 4000, &rtp(0x11, second, 900, 10));
        rig.server.receive_datagram(rig.now, 6971, SocketAddr::new(READER_IP, 6001), &report(0x99));
        rig.wait(Duration::from_secs(1));
    }
    assert_eq!((rig.ended(), rig.state()), (vec![], Some(State::Recording)));
    let to_reader = rig.out.datagrams.iter().filter(|(_, to, _)| to.port() == 6000).count();
    assert_eq!(to_reader, 90, "readers notice nothing");
    // What it stops to send is missed after the session's timeout.
    rig.wait(Duration::from_secs(61));
    assert!(rig.ended().contains(&EndReason::Timeout));
    assert_eq!(announce_on(&mut rig, READER, "live", SDP).status.0, 200, "its name is free");

    let (mut rig, _) = live(true, |_| ());
    rig.server.disconnected(rig.now, CONN);
    rig.drain();
    assert_eq!(rig.ended(), [EndReason::ConnectionClosed], "its media came on that connection");
}

/// RFC 3550 section 6.4.2.
#[test]
fn a_publisher_is_told_how_its_packets_arrive() {
    for is_tcp in [false, true] {
        let (mut rig, session) = live(is_tcp, |_| ());
        let send = |rig: &mut Rig, is_rtcp: bool, bytes: &[u8]| match is_tcp {
            true => drop(rig.send(&framed(u8::from(is_rtcp), bytes))),
            false => datagram(rig, 6970 + u16::from(is_rtcp), 4000 + u16::from(is_rtcp), bytes),
        };
        send(&mut rig, false, &rtp(0x11, 1, 0, 10));
        let sender_report =
            SenderReport { ssrc: 0x11, ntp: NtpTime(0x1234_5678_9abc_def0), ..Default::default() };
        let packets = vec![
            RtcpPacket::SenderReport(sender_report),
            RtcpPacket::SourceDescription(SourceDescription::cname(0x11, "camera")),
        ];
        send(&mut rig, true, &Compound { packets }.to_bytes());
        for sequence in [2, 3, 4, 6, 7, 8, 9] {
            send(&mut rig, false, &rtp(0x11, sequence, u32::from(sequence) * 3000, 10));
        }
        rig.out = Out::default();
        rig.wait(Duration::from_secs(8));
        let told = |rig: &Rig| -> Vec<Compound> {
            let datagrams = rig
                .out
                .datagrams
                .iter()
                .filter(|(from, to, _)| (*from, *to) == (6971, SocketAddr::new(PEER, 4001)));
            let frames = rig.out.frames.iter().filter(|(conn, channel, _)| (*conn, *channel) == (CONN, 1));
            let bytes = datagrams.map(|(.., data)| &data.bytes).chain(frames.map(|(.., data)| &data.bytes));
            bytes.map(|bytes| rtcp::parse(bytes).unwrap()).collect()
        };
        let reports = told(&rig);
        let RtcpPacket::ReceiverReport(report) = &reports[0].packets[0] else { panic!("{reports:?}") };
        let [block] = &report.blocks[..] else { panic!("{report:?}") };
        assert_eq!((block.ssrc, block.cumulative_lost, block.highest_sequence & 0xffff), (0x11, 1, 9));
        assert_eq!(block.fraction_lost, (256u32 / 9) as u8);
        assert_eq!(block.last_sender_report, 0x5678_9abc);
        let delay = f64::from(block.delay_since_last) / 65_536.0;
        assert!((1.0..8.0).contains(&delay), "{delay} s since the sender's report");
        assert_eq!(reports[0].types(), [rtcp::RR, rtcp::SDES]);
        // Another source for the other track, and goodbye at the end.
        assert_ne!(report.ssrc, 0x11);
        rig.out = Out::default();
        rig.ask(&format!("TEARDOWN rtsp://h/live RTSP/1.0\nCSeq: 9\nSession: {session}\n"));
        let last = told(&rig);
        assert_eq!(last[0].types(), [rtcp::RR, rtcp::SDES, rtcp::BYE]);
        assert!(matches!(&last[0].packets[2], RtcpPacket::Bye(bye) if bye.sources == [report.ssrc]));
        rig.wait(Duration::from_secs(20));
        assert_eq!(told(&rig).len(), 1, "nothing comes behind the goodbye");
    }
    // Who has said nothing leaves without a word.
    let (mut rig, session) = live(false, |_| ());
    rig.ask(&format!("TEARDOWN rtsp://h/live RTSP/1.0\nCSeq: 9\nSession: {session}\n"));
    assert!(rig.out.datagrams.is_empty());
}

#[test]
fn the_states_of_a_publisher_allow_what_they_should() {
    let (mut rig, session) = live(true, |_| ());
    let mut ask = |method: &str, more: &str| {
        let text = format!("{method} rtsp://h/live RTSP/1.0\nCSeq: 9\nSession: {session}\n{more}");
        let answer = rig.ask(&text);
        (answer.status.0, answer.headers.get("Allow").unwrap_or_default().to_owned())
    };
    let (status, allow) = ask("PLAY", "");
    assert_eq!(status, 455);
    assert!(allow.contains("RECORD") && allow.contains("PAUSE") && !allow.contains("PLAY"), "{allow}");
    assert_eq!(ask("SETUP", "Transport: RTP/AVP/TCP;unicast;mode=record\n").0, 455);
    assert_eq!(ask("ANNOUNCE", "").0, 455);
    assert_eq!(ask("RECORD", "").0, 200, "again, as a sign of life");
    assert_eq!(ask("RECORD", "Range: clock=19961108T143720.25Z-\n").0, 501);
    assert_eq!(ask("PAUSE", "").0, 200);
    assert_eq!(ask("PAUSE", "").0, 455);
    assert_eq!(ask("RECORD", "").0, 200);
    assert_eq!(ask("TEARDOWN", "").0, 200);
    assert_eq!(ask("RECORD", "").0, 454);
}

#[test]
fn a_reader_cannot_seek_or_record_and_can_pause() {
    let (mut rig, _) = live(true, |_| ());
    let session = read(&mut rig, true);
    let mut ask = |method: &str, more: &str| {
        let text = format!("{method} rtsp://h/live/ RTSP/1.0\nCSeq: 9\nSession: {session}\n{more}");
        rig.ask_on(READER, &text).status.0
    };
    assert_eq!(ask("PLAY", "Range: npt=10-\n"), 456);
    assert_eq!(ask("PLAY", "Range: npt=now-\n"), 200);
    assert_eq!(ask("RECORD", ""), 405);
    assert_eq!(ask("PAUSE", ""), 200);
    rig.out = Out::default();
    rig.send(&framed(0, &rtp(0x11, 1, 1, 10)));
    assert!(rig.out.frames.is_empty(), "paused");
}

#[test]
fn a_name_belongs_to_one_publisher() {
    let (mut rig, _) = live(true, |_| ());
    assert_eq!(announce_on(&mut rig, READER, "live", SDP).status.0, 403);
    let text =
        "SETUP rtsp://h/live/streamid=0 RTSP/1.0\nCSeq: 2\nTransport: RTP/AVP/TCP;unicast;mode=record\n";
    assert_eq!(rig.ask_on(READER, text).status.0, 403);
    // It is free again when its publisher is gone.
    rig.server.disconnected(rig.now, CONN);
    rig.drain();
    assert_eq!(announce_on(&mut rig, READER, "live", SDP).status.0, 200);
}

#[test]
fn nobody_takes_the_urls_of_another_stream() {
    let (mut rig, _) = live(true, |_| ());
    let track = |control: &str| format!("v=0\r\nm=video 0 RTP/AVP 96\r\na=control:{control}\r\n");
    for (path, control, status) in [
        ("live/streamid=0", "streamid=0", 403),
        ("evil", "rtsp://h/live", 403),
        ("evil", "/live/streamid=1", 403),
        ("evil", "/live/trackID=1", 403),
        ("evil", "/live?x", 403),
        ("liv", "/live", 403),
        ("live2", "streamid=0", 200),
        ("live/part", "streamid=0", 200),
        // It names a track as a stream is named that somebody else has.
        ("live2/more", "/live2/part/1", 403),
        ("l", "/live/part/streamid=0", 403),
    ] {
        assert_eq!(announce_on(&mut rig, READER, path, &track(control)).status.0, status, "{path} {control}");
        let described = rig.ask_on(READER, "DESCRIBE rtsp://h/live RTSP/1.0\nCSeq: 2\n");
        assert_eq!(described.status.0, 200, "{path} {control}");
    }
    read(&mut rig, true);
}

#[test]
fn the_number_of_streams_and_the_size_of_descriptions_are_bounded() {
    let mut rig = Rig::connected(|config| config.limits.published_streams = 2);
    assert_eq!(announce_on(&mut rig, CONN, "a", SDP).status.0, 200);
    assert_eq!(announce_on(&mut rig, CONN, "b", SDP).status.0, 200);
    assert_eq!(announce_on(&mut rig, CONN, "c", SDP).status.0, 503);
    let long = format!("{SDP}a=x:{}\r\n", "x".repeat(MAX_SDP));
    assert_eq!(announce_on(&mut rig, CONN, "b", &long).status.0, 413);
    // What was announced and never set up goes with its connection.
    rig.server.disconnected(rig.now, CONN);
    rig.server.connected(rig.now, READER, READER_IP).unwrap();
    assert_eq!(announce_on(&mut rig, READER, "c", SDP).status.0, 200);
}

#[test]
fn sources_are_bounded_and_all_of_them_leave() {
    let (mut rig, session) = live(true, |_| ());
    read(&mut rig, true);
    for ssrc in 1..=2 * MAX_SOURCES as u32 {
        rig.send(&framed(0, &rtp(ssrc, 1, 1, 10)));
    }
    rig.out = Out::default();
    rig.ask(&format!("TEARDOWN rtsp://h/live RTSP/1.0\nCSeq: 9\nSession: {session}\n"));
    let bye = rtcp::parse(&rig.out.frames[0].2.bytes).unwrap();
    let left = bye.packets.iter().find_map(|packet| match packet {
        RtcpPacket::Bye(bye) => Some(bye.sources.len()),
        _ => None,
    });
    assert_eq!(left, Some(MAX_SOURCES));
}

#[test]
fn a_slow_reader_misses_packets_and_the_publisher_notices_nothing() {
    let (mut rig, _) = live(true, |config| config.limits.waiting_frames = 10_000);
    read(&mut rig, true);
    rig.out = Out::default();
    rig.server.set_writable(READER, 0);
    for picture in 0..20u16 {
        for part in 0..4 {
            rig.send(&framed(0, &rtp(0x11, picture * 4 + part, u32::from(picture), 1000)));
        }
    }
    assert!(rig.out.frames.is_empty());
    let dropped = rig.out.events.iter().filter(|event| matches!(event, ServerEvent::RelayDropped { .. }));
    assert!(dropped.count() >= 17);
    rig.server.set_writable(READER, 1_000_000);
    rig.drain();
    let octets: usize = rig.out.frames.iter().map(|(_, _, data)| data.bytes.len() + 4).sum();
    assert!(octets <= 10_000, "{octets}");
    // Whole pictures, and it goes on at once when there is room.
    assert_eq!(rig.out.frames.len() % 4, 0);
    rig.send(&framed(0, &rtp(0x11, 99, 99, 10)));
    assert_eq!(rig.out.frames.len() % 4, 1);
}
