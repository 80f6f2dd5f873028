//! A full lecture hall: a hundred clients over UDP at once, among them some that misbehave.

mod common;
#[path = "../benches/clients/viewers.rs"]
mod viewers;

use common::Layercast;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use viewers::Viewers;

const CLIENTS: usize = 100;

/// A client that sets up and plays over its connection, and reads nothing any more.
fn deaf(server: SocketAddr) -> TcpStream {
    let mut socket = TcpStream::connect(server).expect("the server listens");
    let url = format!("rtsp://{server}/demo");
    let mut answers = BufReader::new(socket.try_clone().expect("a second handle"));
    write!(
        socket,
        "SETUP {url}/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n"
    )
    .expect("it is read");
    let mut session = String::new();
    loop {
        let mut line = String::new();
        answers.read_line(&mut line).expect("an answer");
        if let Some(value) = line.strip_prefix("Session: ") {
            session = value.split(';').next().unwrap_or_default().trim().to_owned();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    assert!(!session.is_empty(), "SETUP makes a session");
    write!(socket, "PLAY {url} RTSP/1.0\r\nCSeq: 2\r\nSession: {session}\r\n\r\n").expect("it is read");
    socket
}

/// Every client gets every packet, though others do not read, and one connection after the
/// other breaks. On a busy machine the clients' own sockets may overflow; nothing else may be
/// lost.
#[tokio::test]
async fn a_hundred_clients_play_and_the_slow_and_the_dead_disturb_nobody() {
    let server = Layercast::start(&["--scenario", "lecture-hall"]);
    let at = server.rtsp;
    let viewers = Viewers::connect(at, "/demo", CLIENTS).await.expect("all can play");
    let others = tokio::task::spawn_blocking(move || {
        let slow: Vec<TcpStream> = (0..8).map(|_| deaf(at)).collect();
        // These end with octets unread, which resets them.
        for dead in (0..8).map(|_| deaf(at)) {
            std::thread::sleep(Duration::from_millis(100));
            drop(dead);
        }
        slow
    });
    viewers.count(Duration::from_secs(4), || {}).await;
    let slow = others.await.expect("the others have come");
    let seen = viewers.leave().await.expect("all can leave");
    assert_eq!(seen.len(), CLIENTS);
    for client in &seen {
        assert!(client.packets > 0, "{client:?}");
        assert!(client.missing <= client.dropped, "{client:?}");
    }
    drop(slow);
}
