//! The table of the RTSP engine over real connections, and what only sockets can show: which
//! packets come, when they stop, and how long a session lives.
//!
//! Everything is read as octets, by a reader that is written here and knows nothing of ours.

#[path = "../../protocol/src/rtsp/server/tests/conformance/cases/mod.rs"]
mod cases;
mod common;
#[path = "conformance/raw.rs"]
mod raw;

use cases::{Case, Given, Then};
use common::{Layercast, PATIENCE, temporary};
use raw::{Answer, Item, Wire};
use std::io::Write;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

/// How long silence must last before it counts as such.
const SILENCE: Duration = Duration::from_millis(1500);

/// The program with the table's clips, and the port pair of its RTP.
fn start(arguments: &[&str]) -> (Layercast, u16) {
    let folder = temporary("conformance");
    std::fs::create_dir_all(&folder).expect("a folder for clips");
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../media/demo.mjpeg");
    for name in ["other.mjpeg", "movie.Mjpeg"] {
        std::fs::copy(demo, folder.join(name)).expect("the demo can be copied");
    }
    let folder = folder.to_str().expect("a readable name").to_owned();
    let server = Layercast::start(&[&["--media", &folder][..], arguments].concat());
    let mut wire = Wire::open(&server);
    let text = "SETUP rtsp://h/demo RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=40000-40001";
    let transport = wire.ask(text).header("Transport").expect("a transport");
    let port = transport.split("server_port=").nth(1).and_then(|rest| rest.split('-').next());
    (server, port.and_then(|port| port.parse().ok()).expect("the server's port"))
}

/// What is before a case's octets; gives the connection and the session.
fn prepare(server: &Layercast, given: Given) -> (Wire, String) {
    let mut wire = Wire::open(server);
    let udp = "RTP/AVP/UDP;unicast;client_port=5004-5005";
    let session = match given {
        Given::Nothing | Given::Lab => String::new(),
        Given::Ready | Given::Playing => wire.setup("rtsp://h/demo/trackID=0", udp),
        Given::Interleaved => wire.setup("rtsp://h/demo/trackID=0", "RTP/AVP/TCP;unicast;interleaved=0-1"),
    };
    if matches!(given, Given::Playing | Given::Interleaved) {
        let play = wire.ask(&format!("PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {session}"));
        assert_eq!(play.status, 200);
    }
    (wire, session)
}

/// Cases that need what the program cannot be started with: a clip of two tracks, or the
/// address of a client inside the simulation.
fn is_elsewhere(case: &Case) -> bool {
    case.2.contains("/two")
        || case.2.contains("destination=10.0.0.2")
        // One who says nothing else is known to be heard by the answer to what follows alone.
        || (case.3.is_empty() && case.5 == Then::Open)
}

/// Between two pictures of the demo.
const PICTURE: Duration = Duration::from_millis(40);

fn run(server: &Layercast, port: u16, case: &Case, number: usize, step: usize) {
    let (name, given, _, answers, _, then) = case;
    let begun = Instant::now();
    let (mut wire, session) = prepare(server, *given);
    // A stream published over UDP outlives its connection, and keeps its name.
    let text = case.2.replace("rtsp://h/live", &format!("rtsp://h/live-{number}"));
    for piece in cases::octets(&text, &session).chunks(step) {
        // The server may close before all is written.
        if wire.stream.write_all(piece).is_err() {
            break;
        }
    }
    for expected in *answers {
        let expected = expected.replace("6970-6971", &format!("{port}-{}", port + 1));
        let answer = wire.answer();
        // A stream stands before the next picture.
        let played = (begun.elapsed() + PICTURE).as_secs_f64();
        cases::check(name, &expected, (&session, played), answer.status, |field| answer.header(field));
    }
    match then {
        Then::Closed => loop {
            match wire.next() {
                Some(Item::Frame(..)) => {}
                Some(Item::End) => break,
                other => panic!("{name}: {other:?} instead of the end"),
            }
        },
        Then::Open => {
            wire.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 4711\r\n\r\n");
            let answer = wire.answer();
            let what = (answer.status, answer.header("CSeq"));
            assert_eq!(what, (200, Some("4711".to_owned())), "{name}: no answer too many, none too few");
        }
    }
}

#[test]
fn every_case_of_the_table_is_answered_over_a_real_connection() {
    let (server, port) = start(&[]);
    let (lab, lab_port) = start(&["--lab-dialect"]);
    let mut count = 0;
    for case in cases::all().filter(|case| !is_elsewhere(case)) {
        count += 1;
        match case.1 {
            Given::Lab => run(&lab, lab_port, case, count, usize::MAX),
            _ => run(&server, port, case, count, usize::MAX),
        }
    }
    assert!(count > 180, "{count} cases were run");
}

#[test]
fn every_case_is_answered_alike_octet_by_octet() {
    let (server, port) = start(&[]);
    let is_here = |case: &&Case| !is_elsewhere(case) && case.1 != Given::Lab && !case.2.contains("{long}");
    for (number, case) in cases::all().filter(is_here).enumerate() {
        run(&server, port, case, number, 1);
    }
}

/// A pair of UDP ports of the test's own.
fn ports() -> (UdpSocket, UdpSocket) {
    for _ in 0..100 {
        let rtp = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let port = rtp.local_addr().expect("an address").port();
        if port.is_multiple_of(2)
            && let Ok(rtcp) = UdpSocket::bind(("127.0.0.1", port + 1))
        {
            rtp.set_read_timeout(Some(PATIENCE)).expect("a socket");
            rtcp.set_read_timeout(Some(PATIENCE)).expect("a socket");
            return (rtp, rtcp);
        }
    }
    panic!("no pair of UDP ports is free");
}

fn transport(rtp: &UdpSocket) -> String {
    let port = rtp.local_addr().expect("an address").port();
    format!("RTP/AVP/UDP;unicast;client_port={port}-{}", port + 1)
}

/// Sequence number, timestamp and source of an RTP packet.
fn rtp(packet: &[u8]) -> (u16, u32, u32) {
    assert!(packet.len() > 12 && packet[0] >> 6 == 2 && packet[1] & 0x7f == 26, "RTP/JPEG: {packet:02x?}");
    let word = |at: usize| u32::from_be_bytes(packet[at..at + 4].try_into().expect("four octets"));
    (u16::from_be_bytes([packet[2], packet[3]]), word(4), word(8))
}

fn receive(socket: &UdpSocket) -> Vec<u8> {
    let mut buffer = [0; 2048];
    let (octets, _) = socket.recv_from(&mut buffer).expect("a packet comes");
    buffer[..octets].to_vec()
}

/// Waits until nothing has come for [`SILENCE`]; gives what came before.
fn until_silence(socket: &UdpSocket) -> Vec<Vec<u8>> {
    socket.set_read_timeout(Some(SILENCE)).expect("a socket");
    let (begin, mut packets, mut buffer) = (Instant::now(), Vec::new(), [0; 2048]);
    while let Ok((octets, _)) = socket.recv_from(&mut buffer) {
        packets.push(buffer[..octets].to_vec());
        assert!(begin.elapsed() < PATIENCE, "it does not stop");
    }
    socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
    packets
}

/// `seq` and `rtptime` of RTP-Info, for each track.
fn rtp_info(answer: &Answer) -> Vec<(u16, u32)> {
    let value = answer.header("RTP-Info").expect("RTP-Info");
    let number = |entry: &str, name: &str| -> Option<u32> {
        entry.split(';').find_map(|part| part.strip_prefix(name)?.parse().ok())
    };
    let both = |entry: &str| {
        let seq = number(entry, "seq=").and_then(|seq| u16::try_from(seq).ok()).expect("seq");
        (seq, number(entry, "rtptime=").expect("rtptime"))
    };
    value.split(',').map(both).collect()
}

#[test]
fn over_udp_the_first_packet_is_the_promised_one_and_pause_stops_them() {
    let (server, port) = start(&[]);
    let (media, reports) = ports();
    let mut wire = Wire::open(&server);
    let setup = wire
        .ask(&format!("SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: {}", transport(&media)));
    let session = setup.session();
    let ssrc = setup.header("Transport").and_then(|t| t.split("ssrc=").nth(1).map(|s| s[..8].to_owned()));
    let ssrc = u32::from_str_radix(&ssrc.expect("ssrc"), 16).expect("hexadecimal digits");
    let ask = |wire: &mut Wire, method: &str, more: &str| {
        wire.ask(&format!("{method} rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {session}{more}"))
    };
    let play = ask(&mut wire, "PLAY", "\nRange: npt=5-");
    assert_eq!(play.header("Range").as_deref(), Some("npt=5.000-24.000"));
    let mut buffer = [0; 2048];
    let (octets, from) = media.recv_from(&mut buffer).expect("a packet comes");
    assert_eq!(from.port(), port, "from the port that SETUP named");
    let first = rtp(&buffer[..octets]);
    assert_eq!((first.0, first.1, first.2), (rtp_info(&play)[0].0, rtp_info(&play)[0].1, ssrc));
    let (octets, from) = reports.recv_from(&mut buffer).expect("a report comes");
    assert_eq!((from.port(), buffer[1], octets % 4), (port + 1, 200, 0), "a sender report");

    let pause = ask(&mut wire, "PAUSE", "");
    let at = pause.header("Range").expect("where it paused");
    let rest = until_silence(&media);
    let last = rest.iter().map(|packet| rtp(packet).0).next_back().unwrap_or(first.0);
    let play = ask(&mut wire, "PLAY", "");
    assert!(play.header("Range").expect("Range").starts_with(&at), "it goes on where it stopped");
    let next = rtp(&receive(&media));
    assert_eq!((next.0, next.1, next.2), (rtp_info(&play)[0].0, rtp_info(&play)[0].1, ssrc));
    assert_eq!(next.0, last.wrapping_add(1), "no number is left out over the pause");
    assert_eq!(ask(&mut wire, "TEARDOWN", "").status, 200);
    until_silence(&media);
    let goodbye = std::iter::from_fn(|| {
        reports.set_read_timeout(Some(SILENCE)).ok()?;
        reports.recv_from(&mut buffer).ok().map(|(octets, _)| buffer[..octets].to_vec())
    })
    .last();
    let goodbye = goodbye.expect("a last report");
    assert!(goodbye.windows(2).any(|pair| pair == [0x81, 203]), "BYE: {goodbye:02x?}");
    assert_eq!(ask(&mut wire, "PLAY", "").status, 454);
}

#[test]
fn interleaved_the_first_frame_is_the_promised_one_and_follows_the_answer() {
    let (server, _) = start(&[]);
    let mut wire = Wire::open(&server);
    let session = wire.setup("rtsp://h/demo/trackID=0", "RTP/AVP/TCP;unicast;interleaved=4-5");
    wire.send(format!("PLAY rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {session}\r\n\r\n").as_bytes());
    let Some(Item::Answer(play)) = wire.next() else { panic!("no frame comes before the answer") };
    let mut channels = std::collections::BTreeMap::new();
    while channels.len() < 2 {
        match wire.next() {
            Some(Item::Frame(channel, data)) => {
                channels.entry(channel).or_insert(data);
            }
            other => panic!("{other:?}"),
        }
    }
    let first = rtp(&channels[&4]);
    assert_eq!((first.0, first.1), rtp_info(&play)[0]);
    assert_eq!(channels[&5][1], 200, "a sender report on the other channel");
    wire.send(format!("PAUSE rtsp://h/demo/ RTSP/1.0\r\nCSeq: 3\r\nSession: {session}\r\n\r\n").as_bytes());
    assert_eq!(wire.answer().status, 200);
    wire.stream.set_read_timeout(Some(SILENCE)).expect("a socket");
    let begin = Instant::now();
    while let Some(item) = wire.next() {
        assert!(matches!(item, Item::Frame(..)), "{item:?}");
        assert!(begin.elapsed() < PATIENCE, "frames do not stop");
    }
}

/// Two tracks, published by one connection and read by another: together and alone.
#[test]
fn one_track_of_two_is_ended_and_the_other_goes_on() {
    let (server, _) = start(&[]);
    let sdp = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\n\
               m=video 0 RTP/AVP 26\r\na=control:streamid=1\r\n";
    let mut publisher = Wire::open(&server);
    let head = "ANNOUNCE rtsp://h/pair RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\n";
    publisher.send(format!("{head}Content-Length: {}\r\n\r\n{sdp}", sdp.len()).as_bytes());
    assert_eq!(publisher.answer().status, 200);
    let mut own = String::new();
    for track in 0..2 {
        let known = if own.is_empty() { String::new() } else { format!("\nSession: {own}") };
        let (rtp, rtcp) = (2 * track, 2 * track + 1);
        own = publisher
            .ask(&format!(
                "SETUP rtsp://h/pair/streamid={track} RTSP/1.0\nCSeq: 2{known}\n\
                 Transport: RTP/AVP/TCP;unicast;interleaved={rtp}-{rtcp};mode=record"
            ))
            .session();
    }
    let record = publisher.ask(&format!("RECORD rtsp://h/pair RTSP/1.0\nCSeq: 3\nSession: {own}"));
    assert_eq!(record.status, 200);

    let mut reader = Wire::open(&server);
    let described = reader.ask("DESCRIBE rtsp://h/pair RTSP/1.0\nCSeq: 1");
    let text = String::from_utf8(described.body).expect("an SDP is text");
    assert_eq!(text.matches("m=video").count(), 2, "{text}");
    let tcp = "RTP/AVP/TCP;unicast;interleaved";
    let session = reader.setup("rtsp://h/pair/trackID=0", &format!("{tcp}=0-1"));
    let second =
        format!("SETUP rtsp://h/pair/trackID=1 RTSP/1.0\nCSeq: 2\nSession: {session}\nTransport: {tcp}=2-3");
    assert_eq!(reader.ask(&second).session(), session, "one session for both");
    let ask = |reader: &mut Wire, method: &str, path: &str| {
        reader.ask(&format!("{method} rtsp://h/{path} RTSP/1.0\nCSeq: 3\nSession: {session}"))
    };
    assert_eq!(ask(&mut reader, "PLAY", "pair/").status, 200);
    let mut packet = vec![0x80, 26, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7];
    packet.extend([0; 20]);
    let mut send_both = |number: u8| {
        for channel in [0u8, 2] {
            packet[3] = number;
            let mut frame = vec![b'$', channel, 0, packet.len() as u8];
            frame.extend(&packet);
            publisher.send(&frame);
        }
    };
    send_both(1);
    let mut heard = [false; 2];
    while heard != [true; 2] {
        match reader.next() {
            Some(Item::Frame(channel @ (0 | 2), _)) => heard[usize::from(channel / 2)] = true,
            Some(Item::Frame(..)) => {}
            other => panic!("{other:?}"),
        }
    }
    let ended = ask(&mut reader, "TEARDOWN", "pair/trackID=0");
    assert_eq!((ended.status, ended.header("Session").is_some()), (200, true), "the session stays");
    send_both(2);
    loop {
        match reader.next() {
            Some(Item::Frame(0, data)) => panic!("the ended track goes on: {data:02x?}"),
            Some(Item::Frame(2, data)) if data[3] == 2 => break,
            Some(Item::Frame(..)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(ask(&mut reader, "TEARDOWN", "pair/").status, 200);
    assert_eq!(ask(&mut reader, "PLAY", "pair/").status, 454);
}

#[test]
fn a_stream_over_udp_outlives_its_connection_or_not() {
    for (options, stays) in [(&["--session-timeout", "10s"][..], true), (&["--end-with-connection"], false)] {
        let (server, _) = start(options);
        let (media, _reports) = ports();
        let mut publisher = Wire::open(&server);
        let sdp = "v=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\n";
        let head = "ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\n";
        publisher.send(format!("{head}Content-Length: {}\r\n\r\n{sdp}", sdp.len()).as_bytes());
        assert_eq!(publisher.answer().status, 200);
        let session =
            publisher.setup("rtsp://h/live/streamid=0", &format!("{};mode=record", transport(&media)));
        let record = publisher.ask(&format!("RECORD rtsp://h/live RTSP/1.0\nCSeq: 3\nSession: {session}"));
        assert_eq!(record.status, 200);
        drop(publisher);
        let begin = Instant::now();
        let mut reader = Wire::open(&server);
        if stays {
            // The end of the connection crosses the simulated network, and changes nothing.
            std::thread::sleep(Duration::from_millis(500));
            assert_eq!(reader.ask("DESCRIBE rtsp://h/live RTSP/1.0\nCSeq: 1").status, 200);
        }
        while reader.ask("DESCRIBE rtsp://h/live RTSP/1.0\nCSeq: 2").status != 404 {
            // Long before the session's timeout of a minute, where it does not stay.
            assert!(begin.elapsed() < PATIENCE / 2, "the stream does not end");
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

#[test]
fn packets_over_udp_outlive_their_connection_or_not() {
    for (options, stays) in [(&[][..], true), (&["--end-with-connection"], false)] {
        let (server, _) = start(options);
        let (media, _reports) = ports();
        let mut wire = Wire::open(&server);
        let session = wire.setup("rtsp://h/demo/trackID=0", &transport(&media));
        let play = format!("PLAY rtsp://h/demo RTSP/1.0\nCSeq: 2\nSession: {session}");
        assert_eq!(wire.ask(&play).status, 200);
        receive(&media);
        drop(wire);
        let mut other = Wire::open(&server);
        if stays {
            // The end of the connection has crossed the simulated network by then.
            std::thread::sleep(Duration::from_millis(500));
            media.set_nonblocking(true).expect("a socket");
            while media.recv(&mut [0; 2048]).is_ok() {}
            media.set_nonblocking(false).expect("a socket");
            receive(&media);
            let end = format!("TEARDOWN rtsp://h/demo RTSP/1.0\nCSeq: 1\nSession: {session}");
            assert_eq!(other.ask(&end).status, 200, "another connection speaks for it");
        }
        until_silence(&media);
        let again = format!("PLAY rtsp://h/demo RTSP/1.0\nCSeq: 2\nSession: {session}");
        assert_eq!(other.ask(&again).status, 454);
    }
}

#[test]
fn a_session_lives_as_long_as_its_client_gives_signs_of_life() {
    let (server, _) = start(&["--session-timeout", "3s"]);
    let (media, _reports) = ports();
    let mut wire = Wire::open(&server);
    let setup = wire
        .ask(&format!("SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: {}", transport(&media)));
    let session = setup.session();
    assert!(setup.header("Session").expect("a session").ends_with(";timeout=3"));
    // More often than needed, since this machine may be slow.
    for method in ["OPTIONS", "GET_PARAMETER", "SET_PARAMETER"].repeat(3) {
        std::thread::sleep(Duration::from_millis(700));
        let answer = wire.ask(&format!("{method} rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {session}"));
        assert_eq!(answer.status, 200, "{method}: six seconds of life in all");
    }
    let begin = Instant::now();
    let play = format!("PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {session}");
    assert_eq!(wire.ask(&play).status, 200);
    // Nobody says anything: media stops, and the session is gone.
    let packets = until_silence(&media);
    assert!(!packets.is_empty() && begin.elapsed() > Duration::from_secs(2));
    let gone = wire.ask(&format!("OPTIONS * RTSP/1.0\nCSeq: 4\nSession: {session}"));
    assert_eq!(gone.status, 454);
}

#[test]
fn a_flood_of_requests_is_answered_in_order() {
    let (server, _) = start(&[]);
    let mut wire = Wire::open(&server);
    let flood: String =
        (1..=300).map(|cseq| format!("OPTIONS rtsp://h/demo RTSP/1.0\r\nCSeq: {cseq}\r\n\r\n")).collect();
    wire.send(flood.as_bytes());
    for cseq in 1..=300 {
        let answer = wire.answer();
        assert_eq!((answer.status, answer.header("CSeq")), (200, Some(cseq.to_string())));
    }
}
