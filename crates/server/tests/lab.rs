//! The student project's client, unchanged, against the program: over real sockets, in every
//! shape that its versions have.

mod common;

use common::{Layercast, PATIENCE, listen_to};
use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Pictures that a session waits for.
const PICTURES: usize = 12;

/// What a version of the client writes: SETUP with `{p}` for its port, PLAY, PAUSE, TEARDOWN
/// with `{s}` for the session.
const VERSIONS: [[&str; 4]; 3] = [
    ["SETUP movie.Mjpeg\n 1 \n RTSP/1.0 RTP/UDP {p}", "PLAY \n 2", "PAUSE \n 3", "TEARDOWN \n 4"],
    [
        "SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= {p}",
        "PLAY movie.Mjpeg RTSP/1.0\nCSeq: 2\nSession: {s}",
        "PAUSE movie.Mjpeg RTSP/1.0\nCSeq: 3\nSession: {s}",
        "TEARDOWN movie.Mjpeg RTSP/1.0\nCSeq: 4\nSession: {s}",
    ],
    // The one in Java ends each line, and reads three lines of each answer.
    [
        "SETUP movie.Mjpeg RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/UDP; client_port= {p}\r\n",
        "PLAY movie.Mjpeg RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\n",
        "PAUSE movie.Mjpeg RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\n",
        "TEARDOWN movie.Mjpeg RTSP/1.0\r\nCSeq: 4\r\nSession: {s}\r\n",
    ],
];

/// Three lines, by which alone the clients know an answer: status, CSeq, session.
fn answer(stream: &mut TcpStream) -> (u16, u32, i32) {
    let mut text = String::new();
    while text.matches('\n').count() < 3 {
        let mut buffer = [0; 1024];
        let count = stream.read(&mut buffer).expect("an answer comes");
        assert!(count > 0, "the connection stays: {text:?}");
        text.push_str(std::str::from_utf8(&buffer[..count]).expect("text"));
    }
    assert_eq!(text.matches('\n').count(), 3, "nothing is left for the next answer: {text:?}");
    let lines: Vec<&str> = text.split('\n').collect();
    let word = |line: usize| lines[line].split(' ').nth(1).expect("a second word").trim();
    let number = "a number";
    (word(0).parse().expect(number), word(1).parse().expect(number), word(2).parse().expect(number))
}

#[test]
fn every_version_of_the_client_gets_the_clips_own_files() {
    let server = Layercast::start(&["--lab-dialect"]);
    let clip = protocol::media::demo();
    for requests in VERSIONS {
        let media = UdpSocket::bind("127.0.0.1:0").expect("a port");
        media.set_read_timeout(Some(PATIENCE)).expect("a limit");
        let port = media.local_addr().expect("its address").port();
        let mut stream = TcpStream::connect(server.rtsp).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        let mut session = 0;
        for (place, request) in requests.iter().enumerate() {
            let text = request.replace("{p}", &port.to_string()).replace("{s}", &session.to_string());
            stream.write_all(text.as_bytes()).expect("it is taken");
            let (status, cseq, named) = answer(&mut stream);
            assert_eq!((status, cseq as usize), (200, place + 1), "{text:?}");
            assert!(place == 0 || named == session, "{text:?}");
            session = named;
            if place == 1 {
                let mut buffer = vec![0; 65_536];
                let mut last = 0;
                for _ in 0..PICTURES {
                    let count = media.recv(&mut buffer).expect("a picture comes");
                    let packet = &buffer[..count];
                    assert_eq!((packet[0], packet[1] & 0x7f), (0x80, 26), "RTP, version 2, JPEG");
                    let number = u16::from_be_bytes([packet[2], packet[3]]);
                    assert!(number > last, "the client shows what is later than what it showed");
                    last = number;
                    let sent = clip.sample(0, usize::from(number) - 1).expect("a picture of the clip");
                    assert!(packet[12..] == sent.bytes, "picture {number}");
                }
            }
        }
    }
}

#[test]
fn without_the_option_the_client_is_answered_400() {
    let server = Layercast::start(&[]);
    let mut stream = TcpStream::connect(server.rtsp).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
    stream.write_all(b"SETUP movie.Mjpeg\n 1 \n RTSP/1.0 RTP/UDP 3000").expect("it is taken");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("it answers and closes");
    assert!(text.starts_with("RTSP/1.0 400 "), "{text:?}");
}

#[test]
fn a_client_in_the_projects_own_language_is_served() {
    let here = Command::new("python3").arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).status();
    if here.is_err() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "python3 is missing");
        eprintln!("skipped: python3 is not installed");
        return;
    }
    let server = Layercast::start(&["--lab-dialect"]);
    let port = server.rtsp.port().to_string();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/lab_client.py");
    let clip = concat!(env!("CARGO_MANIFEST_DIR"), "/../../media/demo.mjpeg");
    let (text, success) = listen_to("python3", &[script, &port, clip], Duration::from_secs(60));
    assert!(success && text.contains("12 pictures"), "{text}");
}
