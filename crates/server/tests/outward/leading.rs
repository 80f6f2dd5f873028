//! Servers that lead elsewhere, or whose media does not come: what the player does, and what
//! it says.

use crate::common::{Layercast, PATIENCE, Page};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;

/// One request, as its text; `None` at the end of the connection.
fn request(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut octet = [0];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut octet) {
            Ok(1) => request.push(octet[0]),
            _ => return None,
        }
    }
    Some(String::from_utf8_lossy(&request).into_owned())
}

/// A header's value in a request.
fn header<'a>(request: &'a str, name: &str) -> &'a str {
    let lines = request.lines().filter_map(|line| line.split_once(": "));
    lines.into_iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}

/// A server that answers by `answer`: the lines between the status line's code and the body's
/// length, and the body. What it was asked is told, connection after connection.
fn scripted(
    answer: impl Fn(SocketAddr, &str, &str) -> (String, String) + Send + 'static,
) -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            stream.set_read_timeout(Some(PATIENCE)).ok();
            while let Some(request) = request(&mut stream) {
                let method = request.split(' ').next().unwrap_or_default().to_owned();
                let (head, body) = answer(address, &method, &request);
                let cseq = header(&request, "CSeq").to_owned();
                if tell.send(request).is_err() {
                    return;
                }
                let text = format!(
                    "RTSP/1.0 {head}\r\nCSeq: {cseq}\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                );
                if stream.write_all(text.as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    (address, told)
}

const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:track\r\n";

async fn opens(page: &mut Page, address: SocketAddr) {
    let url = format!("rtsp://{address}/camera");
    let outcome = page.order(5, json!({"kind": "open", "client": 0, "url": url})).await;
    assert_eq!(outcome["kind"], "done", "{outcome}");
}

/// Waits until the tape has a note with these words.
async fn is_told(page: &mut Page, words: &str) {
    let holds = |text: &Value| {
        let mut states = text["rows"]["states"].as_array().into_iter().flatten();
        states.any(|state| state["change"].to_string().contains(words))
    };
    page.until(holds).await;
}

#[tokio::test]
async fn nobody_is_led_to_another_host() {
    let layercast = Layercast::start(&[]);
    let mut page = layercast.open().await;
    page.until_type("hello").await;
    // By its description.
    let (address, told) = scripted(|_, method, _| match method {
        "DESCRIBE" => ("200 OK\r\nContent-Base: rtsp://169.254.169.254/latest/".into(), SDP.into()),
        _ => ("200 OK".into(), String::new()),
    });
    opens(&mut page, address).await;
    is_told(&mut page, "leads to another host").await;
    // By a redirection.
    let (other, others) = scripted(|_, _, _| ("200 OK".into(), String::new()));
    let (address, _told) = scripted(move |_, method, _| match method {
        "DESCRIBE" => (format!("302 Found\r\nLocation: rtsp://{other}/camera"), String::new()),
        _ => ("200 OK".into(), String::new()),
    });
    opens(&mut page, address).await;
    is_told(&mut page, "open that URL to go there").await;
    let asked: Vec<String> =
        told.try_iter().map(|r| r.split(' ').next().unwrap_or_default().into()).collect();
    assert_eq!(asked, ["OPTIONS", "DESCRIBE"], "nothing more was asked of the first");
    assert!(others.try_recv().is_err(), "nobody went to the other");
}

#[tokio::test]
async fn a_redirection_to_the_same_server_is_followed() {
    let layercast = Layercast::start(&[]);
    let mut page = layercast.open().await;
    page.until_type("hello").await;
    let (address, told) = scripted(|address, method, request| match method {
        "DESCRIBE" if request.contains("/camera ") => {
            (format!("302 Found\r\nLocation: rtsp://{address}/moved"), String::new())
        }
        "DESCRIBE" => ("200 OK".into(), SDP.into()),
        _ => ("200 OK".into(), String::new()),
    });
    opens(&mut page, address).await;
    let wanted = format!("DESCRIBE rtsp://{address}/moved ");
    let wait = move || {
        while let Ok(request) = told.recv_timeout(PATIENCE) {
            if request.starts_with(&wanted) {
                return true;
            }
        }
        false
    };
    assert!(tokio::task::spawn_blocking(wait).await.expect("a thread"), "the other path is asked for");
}

/// UDP that gives nothing, as behind a firewall: the player asks for TCP by itself.
#[tokio::test]
async fn when_udp_gives_nothing_the_player_asks_for_tcp() {
    let layercast = Layercast::start(&[]);
    let mut page = layercast.open().await;
    page.until_type("hello").await;
    let (address, told) = scripted(|_, method, request| match method {
        "DESCRIBE" => ("200 OK".into(), SDP.into()),
        "SETUP" if header(request, "Transport").contains("interleaved=0-1") => {
            ("200 OK\r\nSession: 2\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1".into(), String::new())
        }
        "SETUP" => {
            let offer = header(request, "Transport");
            (format!("200 OK\r\nSession: 1\r\nTransport: {offer};server_port=9-10"), String::new())
        }
        _ => ("200 OK\r\nSession: 1".into(), String::new()),
    });
    opens(&mut page, address).await;
    is_told(&mut page, "the player asks for TCP").await;
    let wait = move || {
        let mut transports = Vec::new();
        while transports.len() < 2
            && let Ok(request) = told.recv_timeout(PATIENCE)
        {
            if request.starts_with("SETUP ") {
                transports.push(header(&request, "Transport").to_owned());
            }
        }
        transports
    };
    let transports = tokio::task::spawn_blocking(wait).await.expect("a thread");
    assert!(
        transports[0].contains("client_port=") && transports[1].contains("RTP/AVP/TCP"),
        "{transports:?}"
    );
}
