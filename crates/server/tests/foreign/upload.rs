//! A capture that a page hands in: by the holder of the key, from the server's own page, one at a
//! time.

use super::{Layercast, kept};
use crate::common::{PATIENCE, Page};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// Sends a file as a page does; answers status and body.
fn send(server: &Layercast, headers: &str, file: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(server.page).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let head = format!(
        "POST /capture?name=film.pcapng HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
        server.page,
        file.len()
    );
    stream.write_all(head.as_bytes()).expect("the head can be sent");
    // Who is refused need not be listened to.
    stream.write_all(file).ok();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    (status, body)
}

#[tokio::test]
async fn a_page_hands_a_capture_in_and_all_pages_see_it() {
    // Only who is bound to more than loopback has a key.
    let server = Layercast::start_at("0.0.0.0:0", &[]);
    let key = server.key.clone().expect("a key");
    let mut watcher = Page::open(server.page, "", &[]).await.expect("anybody may watch");
    assert!(watcher.until_type("hello").await["run"]["capture"].is_null());
    let file = std::fs::read(kept("ffmpeg-udp.pcapng")).expect("the file");

    let (status, body) = send(&server, "", &file);
    assert_eq!((status, body.contains("holds the room's key")), (403, true), "{body}");
    let (status, _) = send(&server, "X-Layercast-Key: 0123\r\n", &file);
    assert_eq!(status, 403);
    let right = format!("X-Layercast-Key: {key}\r\n");
    let (status, _) = send(&server, &format!("{right}Origin: http://elsewhere.example\r\n"), &file);
    assert_eq!(status, 403);
    let (status, body) = send(&server, &right, b"no capture at all");
    assert_eq!(status, 422);
    assert!(body.starts_with("This file cannot be shown: "), "{body}");

    let (status, body) = send(&server, &right, &file);
    assert_eq!(status, 200, "{body}");
    let run = serde_json::from_str::<Value>(&body).expect("JSON")["run"].clone();
    let hello = watcher.until(|message| message["type"] == "hello").await;
    assert_eq!(hello["run"]["number"], run);
    assert_eq!(hello["run"]["capture"]["file"], "film.pcapng");

    // Another one takes its place.
    let (status, body) = send(&server, &right, &file);
    assert_eq!(status, 200, "{body}");
    let hello = watcher.until(|message| message["run"]["capture"].is_object()).await;
    assert_ne!(hello["run"]["number"], run);
}
