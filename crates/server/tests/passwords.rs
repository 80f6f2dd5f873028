//! Names and passwords as the command line gives them, and what is asked of whom; that real players and
//! publishers cope is shown in `interop/credentials.rs`.

mod common;

use common::{Layercast, PATIENCE, run, temporary};
use std::io::{Read, Write};
use std::net::TcpStream;

fn guarded() -> Layercast {
    Layercast::start(&[
        "--read-user",
        "otto:other",
        "--read-user",
        "anna:se cret",
        "--publish-user",
        "paul:press",
    ])
}

/// The status of one request, sent with these further header lines.
fn status(server: &Layercast, request: &str, headers: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.rtsp).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let text = format!("{request} RTSP/1.0\r\nCSeq: 1\r\n{headers}\r\n");
    stream.write_all(text.as_bytes()).expect("the request can be sent");
    let (mut answer, mut buffer) = (Vec::new(), [0; 1024]);
    while !answer.windows(4).any(|window| window == b"\r\n\r\n") {
        let octets = stream.read(&mut buffer).expect("an answer comes");
        assert_ne!(octets, 0, "the connection stays open");
        answer.extend_from_slice(&buffer[..octets]);
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    (answer[9..12].parse().expect("a status"), answer)
}

#[test]
fn a_challenge_offers_what_clients_know_and_the_connection_stays() {
    let server = guarded();
    let (refused, text) = status(&server, "DESCRIBE rtsp://h/demo", "");
    assert_eq!(refused, 401);
    let offers: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("WWW-Authenticate: ")).collect();
    assert_eq!(offers.len(), 3, "{text}");
    assert!(offers[0].starts_with("Digest realm=\"Layercast\", nonce=\"") && offers[0].contains("SHA-256"));
    assert!(offers[1].starts_with("Digest realm=\"Layercast\", nonce=\"") && offers[1].contains("=MD5"));
    assert!(offers[2].starts_with("Basic realm=\"Layercast\""));
    assert_eq!(status(&server, "OPTIONS rtsp://h/demo", "").0, 200);
}

#[test]
fn off_loopback_nobody_publishes_without_a_name() {
    let announce = "ANNOUNCE rtsp://h/live";
    let sdp = "Content-Type: application/sdp\r\n";
    // Bound to all addresses, and spoken to on loopback alone.
    let server = Layercast::start(&["--rtsp", "0.0.0.0:0"]);
    assert_eq!(status(&server, announce, sdp).0, 403);
    assert_eq!(status(&server, "DESCRIBE rtsp://h/demo", "").0, 200);
    let server = Layercast::start(&["--rtsp", "0.0.0.0:0", "--publish-user", "paul:press"]);
    assert_eq!(status(&server, announce, sdp).0, 401);
    let server = Layercast::start(&[]);
    assert_eq!(status(&server, announce, sdp).0, 400, "on loopback it is only the description that lacks");
}

#[test]
fn passwords_come_from_a_file_and_are_not_repeated() {
    let file = temporary("users");
    std::fs::write(&file, "read anna:se cret\npublish paul:press\n").unwrap();
    let server = Layercast::start(&["--users", file.to_str().unwrap(), "--realm", "Room 7"]);
    let (refused, text) = status(&server, "DESCRIBE rtsp://h/demo", "");
    assert!(refused == 401 && text.contains("realm=\"Room 7\""), "{text}");
    assert_eq!(status(&server, "DESCRIBE rtsp://h/demo", "Authorization: Basic YW5uYTpzZSBjcmV0\r\n").0, 200);
    std::fs::write(&file, "read anna:se cret\nread otto\n").unwrap();
    let output = run(&["serve", "--users", file.to_str().unwrap()]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("line 2") && !text.contains("otto") && !text.contains("se cret"), "{text}");
}
