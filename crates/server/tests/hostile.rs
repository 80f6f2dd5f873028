//! RTSP clients that mean no good: each costs a bounded amount, is gone after a stated time,
//! and leaves the others in peace.

mod common;

use common::{Layercast, PATIENCE};
use layercast::gateway::{LAST_PLACES, MAX_PLAYERS, MAX_REFUSALS};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

fn connect(server: &Layercast) -> TcpStream {
    let stream = TcpStream::connect(server.rtsp).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    stream.set_write_timeout(Some(PATIENCE)).expect("a socket");
    stream
}

/// Sends OPTIONS and reads the answer's first line.
fn options(stream: &mut TcpStream) -> String {
    stream.write_all(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n").expect("the request can be sent");
    let mut answer = Vec::new();
    let mut octet = [0];
    while !answer.ends_with(b"\r\n\r\n") {
        match stream.read(&mut octet) {
            Ok(1) => answer.push(octet[0]),
            end => panic!("{end:?} after {:?}", String::from_utf8_lossy(&answer)),
        }
    }
    let answer = String::from_utf8(answer).expect("an answer is text");
    assert!(answer.contains("CSeq: 1\r\n"), "{answer}");
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn an_orderly_client_is_answered() {
    let server = Layercast::start(&[]);
    let mut stream = connect(&server);
    assert_eq!(options(&mut stream), "RTSP/1.0 200 OK");
    // Its FIN crosses to the simulated server and back.
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(stream.read(&mut [0; 16]).expect("an orderly end"), 0);
}

#[test]
fn a_header_without_end_is_refused_and_costs_little() {
    let mut server = Layercast::start(&[]);
    let before = server.memory();
    let mut stream = connect(&server);
    stream.write_all(b"OPTIONS * RTSP/1.0\r\nX: ").unwrap();
    let (flood, mut sent) = ([b'x'; 64 * 1024], 0usize);
    // A gigabyte is meant; the server is expected to end this long before.
    while sent < 1 << 30 {
        match stream.write(&flood) {
            Ok(octets) => sent += octets,
            Err(_) => break,
        }
    }
    assert!(sent < 64 << 20, "{sent} octets of a header were taken");
    if let (Some(before), Some(after)) = (before, server.memory()) {
        assert!(after < before + (64 << 20), "memory grew from {before} to {after}");
    }
    assert!(server.is_alive());
    assert_eq!(options(&mut connect(&server)), "RTSP/1.0 200 OK");
}

#[test]
fn noise_is_survived() {
    let mut server = Layercast::start(&[]);
    for noise in [
        &b"\x00\xff\x17\x80"[..],
        b"$\x00\xff\xff",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"$\x00\x00\x00$\x09\x00\x01x",
    ] {
        let mut stream = connect(&server);
        for _ in 0..200 {
            if stream.write_all(noise).is_err() {
                break;
            }
        }
    }
    assert!(server.is_alive());
    assert_eq!(options(&mut connect(&server)), "RTSP/1.0 200 OK");
}

#[test]
fn one_too_many_is_told_so_and_places_become_free() {
    let server = Layercast::start(&[]);
    let mut guests = hall(&server);
    assert_eq!(options(&mut connect(&server)), "RTSP/1.0 503 Service Unavailable");
    // Far more, without a word: each is told so, and nobody else suffers.
    let crowd: Vec<_> = (0..3 * MAX_REFUSALS).map(|_| connect(&server)).collect();
    assert_eq!(options(&mut guests[0]), "RTSP/1.0 200 OK");
    for mut one in crowd {
        let mut answer = String::new();
        one.read_to_string(&mut answer).expect("an answer and an orderly end");
        assert!(answer.starts_with("RTSP/1.0 503") && answer.contains("Retry-After"), "{answer:?}");
    }
    // One vanishes without a word: its place is free.
    drop(guests.pop());
    let begin = Instant::now();
    loop {
        let mut stream = connect(&server);
        stream.write_all(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n").unwrap();
        let mut answer = [0; 12];
        if stream.read_exact(&mut answer).is_ok() && &answer == b"RTSP/1.0 200" {
            break;
        }
        assert!(begin.elapsed() < PATIENCE, "no place becomes free");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// As many players as one address may have, each with an answer.
fn hall(server: &Layercast) -> Vec<TcpStream> {
    let mut guests: Vec<_> = (0..MAX_PLAYERS - LAST_PLACES).map(|_| connect(server)).collect();
    for guest in &mut guests {
        assert_eq!(options(guest), "RTSP/1.0 200 OK");
    }
    guests
}

#[test]
fn who_connects_without_a_word_keeps_nobody_out() {
    let server = Layercast::start(&[]);
    let mut first = connect(&server);
    assert_eq!(options(&mut first), "RTSP/1.0 200 OK");
    let mut silent = Vec::new();
    for number in 0..2 * (MAX_PLAYERS + MAX_REFUSALS) {
        let mut stream = connect(&server);
        // The half of a request is no word, either.
        if number % 2 == 0 {
            stream.write_all(b"OPTIONS * RTSP/1.0\r\nCSeq: 1").ok();
        }
        silent.push(stream);
    }
    assert_eq!(options(&mut connect(&server)), "RTSP/1.0 200 OK");
    assert_eq!(options(&mut first), "RTSP/1.0 200 OK", "who has spoken stays");
}

/// All of 127.0.0.0/8 is this machine, on Linux without further ado.
#[cfg(target_os = "linux")]
#[test]
fn one_address_leaves_room_for_others() {
    let server = Layercast::start(&[]);
    let guests = hall(&server);
    assert_eq!(options(&mut connect(&server)), "RTSP/1.0 503 Service Unavailable");
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 2], 0)).into()).unwrap();
    socket.connect(&server.rtsp.into()).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(options(&mut socket.into()), "RTSP/1.0 200 OK");
    drop(guests);
}

/// A player that stops reading holds up nobody but itself, and not much of the server.
#[test]
fn a_player_that_does_not_read_costs_little() {
    let mut server = Layercast::start(&[]);
    let mut stream = connect(&server);
    let url = server.demo();
    let request = |text: String, stream: &mut TcpStream| {
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = vec![0; 4096];
        let octets = stream.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..octets]).into_owned()
    };
    let setup = format!(
        "SETUP {url}/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n"
    );
    let answer = request(setup, &mut stream);
    assert!(answer.starts_with("RTSP/1.0 200"), "{answer}");
    let session = answer.lines().find_map(|line| line.strip_prefix("Session: ")).expect("a session");
    let session = session.split(';').next().unwrap().to_owned();
    let play = request(format!("PLAY {url}/ RTSP/1.0\r\nCSeq: 2\r\nSession: {session}\r\n\r\n"), &mut stream);
    assert!(play.starts_with("RTSP/1.0 200"), "{play}");
    let before = server.memory();
    std::thread::sleep(Duration::from_secs(4));
    if let (Some(before), Some(after)) = (before, server.memory()) {
        assert!(after < before + (64 << 20), "memory grew from {before} to {after}");
    }
    assert!(server.is_alive());
    assert_eq!(options(&mut connect(&server)), "RTSP/1.0 200 OK");
}
