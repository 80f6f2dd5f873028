//! Servers that mean no good, or break: each costs a bounded amount, is told of in words, and
//! leaves the player fit for the next one.

use crate::common::{Layercast, PATIENCE, Page, pictures};
use crate::watch::pictures_of;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// The most octets that a server may get rid of before it is cut off.
const ENOUGH: usize = 64 << 20;

/// How much memory a flood may cost.
const MEMORY: u64 = 96 << 20;

/// Listens for one connection and treats it in this way.
fn server(treat: impl FnOnce(TcpStream) + Send + 'static) -> (SocketAddr, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("somebody connects");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        treat(stream);
    });
    (address, thread)
}

/// Reads one request; what it asks for is of no interest.
fn request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    let mut octet = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut octet).is_ok_and(|octets| octets == 1) {
        request.push(octet[0]);
    }
}

/// Sends until nobody takes it any more.
fn flood(stream: &mut TcpStream, octets: &[u8]) {
    let mut sent = 0;
    while sent < ENOUGH {
        match stream.write(octets) {
            Ok(0) | Err(_) => return,
            Ok(octets) => sent += octets,
        }
    }
    panic!("{ENOUGH} octets were taken");
}

async fn opens(page: &mut Page, address: SocketAddr) {
    let url = format!("rtsp://{address}/numbers");
    let outcome = page.order(5, json!({"kind": "open", "client": 0, "url": url})).await;
    assert_eq!(outcome["kind"], "done", "{outcome}");
}

/// Waits until the tape has a note with these words.
async fn is_told(page: &mut Page, words: &str) {
    let holds = |text: &Value| {
        let states = text["rows"]["states"].as_array().into_iter().flatten();
        states.into_iter().any(|state| state["change"].to_string().contains(words))
    };
    page.until(holds).await;
}

/// The player is well: it plays from a good server.
async fn plays_on(page: &mut Page) {
    let folder = pictures::folder();
    let good = Layercast::start(&["--media", folder.to_str().expect("a path in UTF-8")]);
    let url = format!("rtsp://{}{}", good.rtsp, pictures::PATH);
    let outcome = page.order(6, json!({"kind": "open", "client": 0, "url": url})).await;
    assert_eq!(outcome["kind"], "done", "{outcome}");
    let room = page.ask_room().await;
    pictures_of(page, room, "a good server").await;
}

/// One server after the other, each of which floods the player with what cannot be read.
#[tokio::test]
async fn floods_are_cut_off() {
    let mut layercast = Layercast::start(&[]);
    let mut page = layercast.open().await;
    page.until_type("hello").await;
    let before = layercast.memory();
    let noise: Vec<u8> = (0..=255).cycle().take(64 * 1024).collect();
    let line = vec![b'x'; 64 * 1024];
    let floods: [(&[u8], &[u8]); 4] = [
        (b"", &noise),
        (b"RTSP/1.0 200 OK\r\nX: ", &line),
        (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 99999999999\r\n\r\n", &line),
        (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 1000000\r\n\r\n", &noise),
    ];
    for (head, body) in floods {
        let (head, body) = (head.to_owned(), body.to_owned());
        let (address, thread) = server(move |mut stream| {
            request(&mut stream);
            stream.write_all(&head).ok();
            flood(&mut stream, &body);
        });
        opens(&mut page, address).await;
        is_told(&mut page, "cannot be read").await;
        tokio::task::spawn_blocking(|| thread.join()).await.expect("a thread").expect("it is cut off");
    }
    if let (Some(before), Some(after)) = (before, layercast.memory()) {
        assert!(after < before + MEMORY, "memory grew from {before} to {after}");
    }
    assert!(layercast.is_alive());
    plays_on(&mut page).await;
}

#[tokio::test]
async fn a_server_that_says_nothing_or_leaves_is_told_of() {
    let layercast = Layercast::start(&[]);
    let mut page = layercast.open().await;
    page.until_type("hello").await;
    // Closes at once; closes in the middle of an answer; resets.
    let (address, thread) = server(drop);
    opens(&mut page, address).await;
    is_told(&mut page, "\"closed\"").await;
    thread.join().expect("it has ended");
    let (address, thread) = server(|mut stream| {
        request(&mut stream);
        stream.write_all(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPub").ok();
    });
    opens(&mut page, address).await;
    is_told(&mut page, "\"closed\"").await;
    thread.join().expect("it has ended");
    // Never answers, and never leaves.
    let (address, thread) = server(|mut stream| {
        let begin = Instant::now();
        while stream.read(&mut [0; 512]).is_ok_and(|octets| octets > 0) && begin.elapsed() < PATIENCE {}
    });
    opens(&mut page, address).await;
    is_told(&mut page, "no answer within 10 s").await;
    plays_on(&mut page).await;
    tokio::task::spawn_blocking(|| thread.join()).await.expect("a thread").expect("its connection ends");
}

#[tokio::test]
async fn a_server_that_is_gone_at_the_second_connection_is_told_of() {
    let layercast = Layercast::start(&[]);
    let mut page = layercast.open().await;
    page.until_type("hello").await;
    let (address, thread) = server(drop);
    opens(&mut page, address).await;
    is_told(&mut page, "\"closed\"").await;
    thread.join().expect("nobody listens any more");
    let options = json!({"kind": "request", "client": 0, "method": "OPTIONS"});
    let begin = Instant::now();
    while page.order(1, options.clone()).await["kind"] != "done" {
        assert!(begin.elapsed() < PATIENCE, "the player asks again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    is_told(&mut page, "could not be connected to").await;
}
