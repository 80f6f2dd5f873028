//! `layercast tail`: a running server's packet flow as text and as JSON.

mod common;

use common::{Layercast, run};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use tokio_tungstenite::tungstenite::Message;

/// What `tail` prints of a server within some seconds.
fn told(server: &Layercast, arguments: &[&str]) -> String {
    let address = format!("ws://{}/ws", server.page);
    let output = run(&[&["tail", &address], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Blocks are parted by empty lines.
fn block<'a>(text: &'a str, wanted: &[&str]) -> &'a str {
    let found = text.split("\n\n").find(|block| wanted.iter().all(|part| block.contains(part)));
    found.unwrap_or_else(|| panic!("no block with {wanted:?} in: {}", &text[..text.len().min(4000)]))
}

#[test]
fn a_packet_is_told_through_all_its_layers() {
    let server = Layercast::start(&[]);
    let text = told(&server, &["--for", "3s"]);
    assert!(text.starts_with("Classroom: two networks and a router; seed 1; clips: demo"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours but on a terminal");
    let rtp = block(&text, &["  RTP  Server → Client  ", "is whole"]);
    let in_order = [
        "▼ 7 RTP       picture ",
        "▼ 4 UDP       ",
        "the application sent it",
        "▼ 3 IP        10.0.2.2 → 10.0.1.2",
        "▼ 2 Ethernet  02:00:00:00:00:5e → 02:00:00:00:02:01",
        "– 1 server    Server → SW2  +",
        "SW2       passes it on to r1-sw2 by its table",
        "– 1 r1-sw2    SW2 → R1",
        "R1        routes it, TTL 64 → 63, as frame ",
        "▼ 2 Ethernet  02:00:00:00:01:01 → 02:00:00:00:00:c1",
        "– 1 sw1-r1    R1 → SW1",
        "– 1 client    SW1 → Client",
        "▲   Client    takes it up to layer 4",
        "is whole",
    ];
    let mut rest = rtp;
    for part in in_order {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part} in its place in: {rtp}"));
        rest = &rest[at + part.len()..];
    }
    assert!(text.contains("shows picture"), "pictures are told");
}

#[test]
fn losses_and_repetitions_have_their_causes() {
    let server = Layercast::start(&["--scenario", "classroom-loss"]);
    let text = told(&server, &["--for", "4s"]);
    block(&text, &["✗ 1 ", "lost on the cable"]);
}

#[test]
fn json_has_one_row_a_line_and_every_number_is_explained() {
    let server = Layercast::start(&[]);
    let text = told(&server, &["--json", "--for", "2s"]);
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows[0]["row"], "hello");
    assert_eq!(rows[0]["topology"]["nodes"][4]["name"], "Server");
    let of = |kind: &str| rows.iter().filter(|row| row["row"] == kind).collect::<Vec<_>>();
    for kind in ["message", "frame", "hop", "receipt", "delivery", "picture"] {
        assert!(of(kind).len() > 10, "{kind}: {}", of(kind).len());
    }
    let numbers: Vec<_> = of("frame").iter().map(|row| row["id"].as_u64().unwrap()).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "no frame is left out");
}

#[test]
fn nobody_there_is_one_clear_line() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let refused = |arguments: &[&str], says: &str| {
        let output = run(arguments);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.trim_end().lines().count() == 1 && text.contains(says), "{says} in: {text}");
    };
    refused(&["tail", &address], "nothing answers there");
    let server = Layercast::start(&[]);
    let elsewhere = format!("ws://{}/elsewhere", server.page);
    refused(&["tail", &elsewhere], "not a WebSocket");
    let rtsp = format!("ws://{}/ws", server.rtsp);
    refused(&["tail", &rtsp], "no WebSocket of Layercast");
    assert_eq!(run(&["tail", "wss://127.0.0.1:1/ws"]).status.code(), Some(2));
}

#[test]
fn a_reader_that_leaves_and_a_server_that_ends_are_no_errors() {
    let mut server = Layercast::start(&[]);
    let tail = |out: Stdio| {
        let address = server.page.to_string();
        Command::new(common::PROGRAM).args(["tail", &address]).stdout(out).spawn().expect("it starts")
    };
    let mut left = tail(Stdio::piped());
    let mut line = String::new();
    BufReader::new(left.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(left.wait().unwrap().success(), "as with `| head`");
    #[cfg(unix)]
    {
        let mut ended = tail(Stdio::piped());
        let mut out = BufReader::new(ended.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let interrupt = Command::new("kill").args(["-INT", &server.id().to_string()]).status();
        assert!(interrupt.unwrap().success() && server.wait().success());
        let told: Vec<String> = out.lines().map_while(Result::ok).collect();
        assert!(ended.wait().unwrap().success());
        assert!(told.iter().rev().take(3).any(|line| line == "Layercast has ended."), "{told:?}");
    }
    #[cfg(not(unix))]
    drop(server.is_alive());
}

/// A server of the test's own, which says what it likes.
#[tokio::test]
async fn a_slow_reader_is_told_what_is_missing_and_goes_on() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let tail = tokio::task::spawn_blocking(move || run(&["tail", &address, "--json"]));
    let empty = json!({"messages": [], "frames": [], "hops": [], "receipts": [], "deliveries": [],
        "states": [], "tcp": [], "pictures": []});
    let hello = |batch: u32| {
        json!({"type": "hello", "version": layercast::wire::VERSION, "holdsKey": true, "history": 1, "batch": batch,
            "now": 0, "oldest": 0, "rows": empty, "overview": [], "presets": [], "scenarios": [],
            "ranges": {"rate": [1.0, 2.0], "delay": 1, "jitter": 1, "queue": [1, 2], "later": 1, "bitErrors": 0.1, "mtu": [1, 2]},
             "topology": {"nodes": [], "links": []},
            "run": {"number": 0, "id": "x", "scenario": "x", "title": "x", "seed": "1", "epochMs": 0.0, "rtspUrl": "x", "clips": []},
            "room": {"now": 0, "pace": {"kind": "frozen"}, "realClients": 0, "slip": 0, "viewers": 1,
                "clients": [], "sources": [], "original": 0, "forks": [], "added": {"nodes": [], "links": []}}})
    };
    let batch = |number: u32, text: &str| {
        let mut rows = empty.clone();
        rows["states"] = json!([{"at": 1, "node": 0, "change": {"kind": "note", "text": text}}]);
        json!({"type": "batch", "run": 0, "number": number, "now": 1, "oldest": 0, "rows": rows})
    };
    let say = |value: Value| Message::text(value.to_string());
    // The first connection lags, misses a batch, asks again, and then breaks.
    let (stream, _) = listener.accept().await.unwrap();
    let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
    for message in
        [hello(7), batch(8, "a"), json!({"type": "lagged", "missed": 5}), hello(14), batch(15, "b")]
    {
        socket.send(say(message)).await.unwrap();
    }
    socket.send(say(batch(17, "lost"))).await.unwrap();
    let asked = socket.next().await.unwrap().unwrap();
    assert_eq!(asked.to_text().unwrap(), r#"{"type":"resync"}"#);
    socket.send(say(batch(18, "before the hello"))).await.unwrap();
    socket.send(say(hello(18))).await.unwrap();
    socket.send(say(batch(19, "c"))).await.unwrap();
    drop(socket);
    // It comes again.
    let (stream, _) = listener.accept().await.unwrap();
    let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
    socket.send(say(hello(1))).await.unwrap();
    socket.send(say(batch(2, "d"))).await.unwrap();
    let close = tokio_tungstenite::tungstenite::protocol::CloseFrame { code: 1001.into(), reason: "".into() };
    socket.close(Some(close)).await.unwrap();
    while socket.next().await.is_some_and(|message| message.is_ok()) {}
    let output = tail.await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Vec<String> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|row| match row["row"].as_str().unwrap() {
            "state" => row["change"]["text"].as_str().unwrap().to_owned(),
            "gap" => format!("gap {}", row["missed"]),
            other => other.to_owned(),
        })
        .collect();
    let wanted = ["hello", "a", "gap 5", "hello", "b", "gap null", "hello", "c", "hello", "d"];
    assert_eq!(told, wanted);
}
