//! Who comes in the middle of a picture gets a part of it, of which there may be nothing to
//! show: the page is told so, and does not wait for it.

mod common;

use common::{Heard, Layercast, PATIENCE};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Sends a request and reads its answer, which has no body.
fn ask(publisher: &mut TcpStream, request: &str) -> String {
    publisher.write_all(request.replace('\n', "\r\n").as_bytes()).expect("the server takes it");
    let (mut answer, mut octet) = (Vec::new(), [0]);
    while !answer.ends_with(b"\r\n\r\n") {
        publisher.read_exact(&mut octet).expect("an answer comes");
        answer.push(octet[0]);
    }
    let answer = String::from_utf8(answer).expect("an answer is text");
    assert!(answer.starts_with("RTSP/1.0 200"), "{answer}");
    answer
}

/// The last packet of a picture, whose quantisation tables came in its first one: RTP in a `$`
/// frame of channel 0 (RFC 2326 section 10.12, RFC 3550 section 5.1, RFC 2435 section 3.1).
fn last_packet(number: u16) -> Vec<u8> {
    let mut rtp = vec![0x80, 0x80 | 26];
    rtp.extend(number.to_be_bytes());
    rtp.extend((u32::from(number) * 3600).to_be_bytes());
    rtp.extend([0, 0, 0, 7]);
    // Offset 1,000 of a picture of 320x240 in type 1, Q 255.
    rtp.extend([0, 0, 0x03, 0xe8, 1, 255, 40, 30]);
    rtp.extend([0x55; 100]);
    let mut frame = vec![b'$', 0];
    frame.extend((rtp.len() as u16).to_be_bytes());
    frame.extend(rtp);
    frame
}

#[tokio::test]
async fn a_picture_without_its_beginning_cannot_be_shown_and_the_page_is_told_so() {
    let server = Layercast::start(&[]);
    let mut publisher = TcpStream::connect(server.rtsp).unwrap();
    publisher.set_read_timeout(Some(PATIENCE)).unwrap();
    let url = server.url("/live");
    let sdp = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=part\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:t0\r\n";
    let length = sdp.len();
    let announce = format!(
        "ANNOUNCE {url} RTSP/1.0\nCSeq: 1\nContent-Type: application/sdp\nContent-Length: {length}\n\n{sdp}"
    );
    ask(&mut publisher, &announce.replace("\r\n", "\n"));
    let transport = "RTP/AVP/TCP;unicast;interleaved=0-1;mode=record";
    let answer =
        ask(&mut publisher, &format!("SETUP {url}/t0 RTSP/1.0\nCSeq: 2\nTransport: {transport}\n\n"));
    let session = answer.lines().find_map(|line| line.strip_prefix("Session: ")).expect("a session");
    let session = session.split(';').next().unwrap_or_default().to_owned();
    ask(&mut publisher, &format!("RECORD {url} RTSP/1.0\nCSeq: 3\nSession: {session}\n\n"));

    let mut page = server.open().await;
    let hello = page.until_type("hello").await;
    let player = hello["room"]["clients"][0]["node"].clone();
    let opened = page.order(1, json!({"kind": "open", "client": player, "url": "/live"})).await;
    assert_eq!(opened["kind"], "done", "{opened}");
    let sending = std::thread::spawn(move || {
        for number in 0.. {
            if publisher.write_all(&last_packet(number)).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(40));
        }
    });
    // The demo was played before: its pictures are whole.
    let begin = Instant::now();
    let part = loop {
        assert!(begin.elapsed() < PATIENCE, "no picture came in part");
        let Heard::Text(text) = page.next().await else { continue };
        let rows = text["rows"]["pictures"].as_array().into_iter().flatten();
        let mut parts = rows.filter(|picture| picture["complete"] == false);
        if let Some(part) = parts.next() {
            break part["id"].as_u64().expect("a number");
        }
    };
    let why = page.picture(2, part).await.expect_err("nothing of it can be decoded");
    assert!(why.contains("Nothing of this picture can be shown"), "{why}");
    drop(server);
    sending.join().expect("the publisher ends with the server");
}
