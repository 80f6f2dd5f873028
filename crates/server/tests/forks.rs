//! Forks of a room's run, as pages see them.

mod common;

use common::{Heard, Layercast, Page};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SECOND: u64 = 1_000_000_000;

/// Stops the world once it has come so far; answers where it stands.
async fn stop_at(page: &mut Page, at: u64) -> u64 {
    page.until(|text| text["type"] == "batch" && text["now"].as_u64() > Some(at)).await;
    assert_eq!(page.order(90, json!({"kind": "pace", "pace": {"kind": "frozen"}})).await["kind"], "done");
    page.say(json!({"type": "resync"}).to_string()).await;
    page.until_type("hello").await["now"].as_u64().expect("a moment")
}

async fn rows(page: &mut Page, run: u32, from: u64, to: u64) -> Value {
    let get = json!({"kind": "segment", "from": from, "to": to});
    page.say(json!({"type": "get", "id": 91, "run": run, "get": get}).to_string()).await;
    page.until(|text| text["type"] == "segment" && text["id"] == 91).await["rows"].clone()
}

async fn picture(page: &mut Page, run: u32, picture: u64) -> Vec<u8> {
    let get = json!({"kind": "picture", "picture": picture});
    page.say(json!({"type": "get", "id": 92, "run": run, "get": get}).to_string()).await;
    loop {
        match page.next().await {
            Heard::Picture(bytes)
                if bytes[..4] == run.to_le_bytes() && bytes[8..16] == picture.to_le_bytes() =>
            {
                return bytes;
            }
            Heard::Closed(code) => panic!("the server closed ({code:?})"),
            Heard::Text(text) => assert!(text["id"] != 92, "{text}"),
            Heard::Picture(_) => {}
        }
    }
}

/// Makes a fork and waits until it can be watched; answers its number and state.
async fn fork(page: &mut Page, at: u64, change: Value) -> (u32, Value) {
    let outcome = page.order(93, json!({"kind": "fork", "at": at, "change": change})).await;
    let run = outcome["run"].as_u64().unwrap_or_else(|| panic!("{outcome}")) as u32;
    page.say(json!({"type": "watch", "client": 0, "run": 0, "beside": run}).to_string()).await;
    let hello = page.until(|text| text["type"] == "hello" && text["run"]["number"] == run).await;
    let state = state_of(&hello["room"], run).expect("the room knows it");
    (run, state)
}

fn state_of(room: &Value, run: u32) -> Option<Value> {
    room["forks"].as_array()?.iter().find(|fork| fork["run"] == run).cloned()
}

fn list<'a>(rows: &'a Value, kind: &str) -> &'a Vec<Value> {
    rows[kind].as_array().expect("a list of rows")
}

/// An RTP packet in the middle of a picture: its frame on the first link, the moment at which it
/// enters that, and the picture.
fn packet_on_the_way(rows: &Value) -> (u64, u64, u64) {
    let shown = &list(rows, "pictures")[2];
    let slots = list(shown, "slots");
    let message = &slots[slots.len() / 2]["message"];
    let carries = |frame: &Value| frame["carried"]["message"] == *message;
    let frames: Vec<_> = list(rows, "frames").iter().filter(|f| carries(f)).map(|f| &f["id"]).collect();
    let hop = list(rows, "hops").iter().find(|hop| hop["link"] == 0 && frames.contains(&&hop["frame"]));
    let hop = hop.expect("it crosses the client's link");
    let number = |value: &Value| value.as_u64().expect("a number");
    (number(&hop["frame"]), number(&hop["queued"]), number(&shown["id"]))
}

#[tokio::test]
async fn a_dropped_packet_damages_the_forks_picture_and_not_the_originals() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    let now = stop_at(&mut page, 4 * SECOND).await;
    let from = now.saturating_sub(9 * SECOND);
    let original = rows(&mut page, 0, from, now).await;
    let (frame, queued, shown) = packet_on_the_way(&original);
    let change = json!({"kind": "fault", "frame": frame, "link": 0, "what": {"kind": "drop"}});
    let (run, state) = fork(&mut page, queued, change.clone()).await;
    assert_eq!((&state["parent"], &state["at"], &state["change"]), (&json!(0), &json!(queued), &change));
    assert_eq!(state["progress"]["kind"], "ready");
    assert_eq!(state["replayed"], json!([]));
    let hop = json!({"kind": "hop", "frame": frame, "link": 0});
    assert_eq!(state["firstDifference"], json!({"at": queued, "parent": hop, "fork": hop}));

    // Before it all is the same, and then one picture misses a packet.
    let other = rows(&mut page, run, from, now).await;
    for kind in ["messages", "frames", "states"] {
        let early = |rows: &Value| {
            let early = |row: &&Value| row["at"].as_u64() < Some(queued);
            list(rows, kind).iter().filter(early).cloned().collect::<Vec<_>>()
        };
        assert_eq!(early(&original), early(&other), "{kind}");
    }
    let hop_of = |rows: &Value| {
        let is_it = |hop: &&Value| hop["link"] == 0 && hop["frame"] == frame;
        list(rows, "hops").iter().find(is_it).expect("the hop")["fate"].clone()
    };
    assert!(hop_of(&original).is_null());
    assert!(!hop_of(&other).is_null());
    let damaged = |rows: &Value| {
        let damaged = list(rows, "pictures").iter().filter(|picture| picture["complete"] == false);
        damaged.map(|picture| picture["id"].as_u64().expect("a number")).collect::<Vec<_>>()
    };
    assert_eq!((damaged(&original), damaged(&other)), (vec![], vec![shown]));
    let (whole, holed) = (picture(&mut page, 0, shown).await, picture(&mut page, run, shown).await);
    assert_eq!(whole[16..18], [0, 0], "nothing is missing");
    assert_ne!(holed[16..18], [0, 0], "something is");
    assert_ne!(whole[18..], holed[18..]);

    // Its frames can be opened as the original's.
    let get = json!({"kind": "detail", "frame": frame});
    page.say(json!({"type": "get", "id": 5, "run": run, "get": get}).to_string()).await;
    let detail = page.until(|text| text["id"] == 5).await;
    assert_eq!((&detail["type"], &detail["detail"]["frame"]), (&json!("detail"), &json!(frame)));

    // The two go on together.
    let order = json!({"kind": "advance", "to": {"kind": "time", "at": now + SECOND}});
    assert_eq!(page.order(6, order).await["kind"], "done");
    page.say(json!({"type": "resync"}).to_string()).await;
    for number in [0, run] {
        let hello = page.until(|text| text["type"] == "hello" && text["run"]["number"] == number).await;
        assert_eq!(hello["now"], now + SECOND);
    }

    // Discarded, it is no more.
    assert_eq!(page.order(7, json!({"kind": "discardFork", "run": run})).await["kind"], "done");
    assert_eq!(page.order(8, json!({"kind": "discardFork", "run": run})).await["kind"], "refused");
    page.say(json!({"type": "get", "id": 9, "run": run, "get": get}).to_string()).await;
    let gone = page.until(|text| text["id"] == 9).await;
    assert_eq!(gone["outcome"]["kind"], "refused");
    page.say(json!({"type": "resync"}).to_string()).await;
    assert_eq!(page.until_type("hello").await["room"]["forks"], json!([]));
}

#[tokio::test]
async fn a_running_original_and_its_paused_fork_are_told_side_by_side() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    page.until(|text| text["type"] == "batch" && text["now"].as_u64() > Some(3 * SECOND)).await;
    let pause = json!({"kind": "request", "client": 0, "method": "PAUSE"});
    let (run, state) = fork(&mut page, 2 * SECOND, pause).await;
    assert_eq!(state["firstDifference"]["at"], 2 * SECOND);
    assert_eq!(state["firstDifference"]["fork"]["kind"], "message");
    assert_eq!(state["clients"][0]["state"], "Ready", "it pauses there");
    let (mut last, mut shown) = ([None::<u64>; 2], [0, 0]);
    let mut latest = [0, 0];
    let mut still = None;
    while shown[0] < 10 {
        match page.next().await {
            Heard::Text(batch) if batch["type"] == "batch" => {
                let which = usize::from(batch["run"] == run);
                let number = batch["number"].as_u64().expect("a number");
                assert!(last[which].is_none_or(|last| number == last + 1), "none is left out");
                last[which] = Some(number);
                shown[which] += list(&batch["rows"], "pictures").len();
                latest[which] = batch["now"].as_u64().expect("a moment");
            }
            // On a busy machine: both begin anew.
            Heard::Text(text) if text["type"] == "lagged" => last = [None; 2],
            Heard::Text(_) => {}
            Heard::Picture(bytes) if bytes[..4] == [0; 4] => {}
            // What stood on its screen at the fork is told to who begins to watch, and stands.
            Heard::Picture(bytes) => {
                assert_eq!(*still.get_or_insert(bytes.clone()), bytes, "the fork shows no other picture")
            }
            Heard::Closed(code) => panic!("the server closed ({code:?})"),
        }
    }
    assert_eq!(shown[1], 0, "the fork pauses");
    assert!(last[1].is_some() && latest[1] > 2 * SECOND, "{latest:?}");
    // Who watches the original alone again hears nothing of the fork.
    page.say(json!({"type": "watch", "client": 0}).to_string()).await;
    page.say(json!({"type": "resync"}).to_string()).await;
    page.until_type("hello").await;
    for _ in 0..10 {
        assert_eq!(page.until_type("batch").await["run"], 0);
    }
}

#[tokio::test]
async fn the_same_run_over_tcp_stands_beside_it_from_its_beginning() {
    let server = Layercast::start(&["--scenario", "classroom-loss"]);
    let mut page = server.open().await;
    let now = stop_at(&mut page, 6 * SECOND).await;
    let change = json!({"kind": "transport", "client": 0, "transport": "tcp"});
    let (run, state) = fork(&mut page, now, change.clone()).await;
    assert_eq!((&state["at"], &state["change"]), (&json!(0), &change), "its moment is the first one");
    assert_eq!(state["clients"][0]["transport"], "tcp");
    assert_eq!(state["progress"]["kind"], "ready");
    let (udp, tcp) = (rows(&mut page, 0, 0, now).await, rows(&mut page, run, 0, now).await);
    let whole = |rows: &Value| list(rows, "pictures").iter().all(|shown| shown["complete"] == true);
    let stalled = |rows: &Value| list(rows, "states").iter().any(|row| row["change"]["kind"] == "stall");
    assert!(!whole(&udp) && !stalled(&udp), "UDP leaves holes");
    assert!(stalled(&tcp), "TCP waits");
    // The server plays nothing: this future fails, and says why.
    let nobody = json!({"kind": "transport", "client": 4, "transport": "tcp"});
    let tried = page.order(5, json!({"kind": "fork", "at": 0, "change": nobody})).await;
    let run = tried["run"].as_u64().unwrap_or_else(|| panic!("{tried}")) as u32;
    let failed = |text: &Value| state_of(text, run).is_some_and(|fork| fork["progress"]["kind"] == "failed");
    let room = page.until(|text| text["type"] == "room" && failed(text)).await;
    let reason = state_of(&room, run).expect("it is told")["progress"]["reason"].to_string();
    assert!(reason.contains("player"), "{reason}");
}

#[tokio::test]
async fn there_is_a_limit_and_what_cannot_be_forked_is_refused() {
    let server = Layercast::start_at("0.0.0.0:0", &[]);
    let local = std::net::SocketAddr::from(([127, 0, 0, 1], server.page.port()));
    let key = server.key.clone().expect("a key is printed");
    let mut page = Page::open(local, &format!("?key={key}"), &[]).await.expect("the holder may connect");
    let now = stop_at(&mut page, 2 * SECOND).await;
    let same = json!({"kind": "fork", "at": SECOND, "change": null});
    let mut watcher = Page::open(local, "", &[]).await.expect("a watcher may connect");
    let refused = watcher.order(1, same.clone()).await;
    assert!(refused["reason"].as_str().expect("a reason").contains("room key"), "{refused}");

    for (at, frame) in [(now + 1, None), (SECOND, Some(1_000_000))] {
        let change =
            frame.map(|frame| json!({"kind": "fault", "frame": frame, "link": 0, "what": {"kind": "drop"}}));
        let refused = page.order(2, json!({"kind": "fork", "at": at, "change": change})).await;
        assert_eq!(refused["kind"], "refused", "{refused}");
    }
    // How far it is is told from the beginning.
    page.say(json!({"type": "command", "id": 6, "command": same}).to_string()).await;
    let room = page.until(|text| text["type"] == "room" && state_of(text, 1).is_some()).await;
    assert_eq!(state_of(&room, 1).expect("it is there")["progress"]["kind"], "simulating");
    page.until(|text| text["type"] == "answer" && text["id"] == 6).await;
    for run in 2..=4 {
        let (number, state) = fork(&mut page, SECOND, Value::Null).await;
        assert_eq!(number, run);
        assert!(state["firstDifference"].is_null(), "without a change it is the same again: {state}");
    }
    let full = page.order(3, same.clone()).await;
    assert!(full["reason"].as_str().expect("a reason").contains("at most 4"), "{full}");
    // A watcher may look at a fork, and is back at the original when it is discarded.
    watcher.say(json!({"type": "watch", "client": null, "run": 2}).to_string()).await;
    let hello = watcher.until(|text| text["type"] == "hello" && text["run"]["number"] == 2).await;
    assert_eq!(hello["now"], now);
    assert_eq!(page.order(4, json!({"kind": "discardFork", "run": 2})).await["kind"], "done");
    watcher.until(|text| text["type"] == "hello" && text["run"]["number"] == 0).await;
    assert_eq!(page.order(5, same).await["run"], 5, "no number is used twice");
}

#[tokio::test]
async fn a_real_client_is_replayed_in_a_fork() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    page.until(|text| text["type"] == "batch" && text["now"].as_u64() > Some(SECOND)).await;
    let mut client = TcpStream::connect(server.rtsp).await.expect("the server listens");
    let said = format!("OPTIONS {} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Tester\r\n\r\n", server.demo());
    client.write_all(said.as_bytes()).await.expect("it is read");
    let mut answer = [0; 12];
    client.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"RTSP/1.0 200");
    let pause = json!({"kind": "request", "client": 0, "method": "PAUSE"});
    let (run, state) = fork(&mut page, SECOND, pause).await;
    let node = state["clients"].as_array().expect("clients").iter().find(|c| c["real"] == true);
    let node = node.expect("the real client takes part there")["node"].clone();
    assert_eq!(state["replayed"], json!([node]));
    // What it says from now on is said there, too.
    let said = said.replace("CSeq: 1", "CSeq: 2");
    client.write_all(said.as_bytes()).await.expect("it is read");
    let asked = |batch: &Value, run: u32| {
        let from_client = |row: &Value| row["from"] == node && row["what"]["cseq"] == 2;
        batch["type"] == "batch"
            && batch["run"] == run
            && list(&batch["rows"], "messages").iter().any(from_client)
    };
    let mut heard = [false; 2];
    while heard != [true; 2] {
        let batch = page.until_type("batch").await;
        heard[0] |= asked(&batch, 0);
        heard[1] |= asked(&batch, run);
    }
}

/// Asks and reads on until the answer is whole; answers it.
async fn ask(client: &mut TcpStream, method: &str, url: &str, headers: &str) -> String {
    let request = format!("{method} {url} RTSP/1.0\r\nCSeq: 1\r\n{headers}\r\n");
    client.write_all(request.as_bytes()).await.expect("it is read");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(client.read_u8().await.expect("an answer"));
    }
    let answer = String::from_utf8(answer).expect("an answer is text");
    let length = answer.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let length = length.map_or(0, |length| length.trim().parse().expect("a number"));
    client.read_exact(&mut vec![0; length]).await.expect("the body");
    assert!(answer.starts_with("RTSP/1.0 200"), "{answer}");
    answer
}

/// What a real client did, and when it took what came, is recorded whole: without a change the
/// fork stays the same, also as both go on.
#[tokio::test]
async fn real_clients_over_udp_and_tcp_are_the_same_again() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    let url = server.demo();
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let port = socket.local_addr().expect("an address").port();
    let transports = [
        format!("RTP/AVP;unicast;client_port={port}-{}", port.wrapping_add(1).max(1)),
        "RTP/AVP/TCP;unicast;interleaved=0-1".to_owned(),
    ];
    let mut clients = Vec::new();
    for transport in transports {
        let mut client = TcpStream::connect(server.rtsp).await.expect("the server listens");
        ask(&mut client, "DESCRIBE", &url, "").await;
        let track = format!("{url}/trackID=0");
        let answer = ask(&mut client, "SETUP", &track, &format!("Transport: {transport}\r\n")).await;
        let session = answer.lines().find_map(|line| line.strip_prefix("Session: ")).expect("a session");
        let session = session.split(';').next().unwrap_or_default();
        ask(&mut client, "PLAY", &url, &format!("Session: {session}\r\n")).await;
        clients.push(client);
    }
    // One takes datagrams, the other reads in pieces.
    let mut over_tcp = clients.pop().expect("two clients");
    let reader = tokio::spawn(async move {
        let mut piece = [0; 1500];
        while over_tcp.read(&mut piece).await.is_ok_and(|octets| octets > 0) {
            tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        }
    });
    let begun = page.until(|text| text["type"] == "batch").await["now"].as_u64().expect("a moment");
    let later = |after: u64| {
        move |text: &Value| {
            text["type"] == "batch" && text["run"] == 0 && text["now"].as_u64() > Some(begun + after * SECOND)
        }
    };
    page.until(later(3)).await;
    let mut datagram = [0; 2000];
    assert!(socket.try_recv(&mut datagram).is_ok(), "media comes");
    let (run, state) = fork(&mut page, begun + SECOND, Value::Null).await;
    assert_eq!(state["replayed"].as_array().map(Vec::len), Some(2));
    page.until(later(5)).await;
    drop(clients);
    page.until(later(6)).await;
    page.say(json!({"type": "resync"}).to_string()).await;
    let hello = page.until(|text| text["type"] == "hello" && text["run"]["number"] == run).await;
    let state = state_of(&hello["room"], run).expect("it is there");
    assert_eq!(state["progress"]["kind"], "ready");
    assert!(state["firstDifference"].is_null(), "{}", state["firstDifference"]);
    reader.abort();
}

#[tokio::test]
async fn a_fork_is_searched_by_itself() {
    let server = Layercast::start(&["--seed", "1"]);
    let mut page = server.open().await;
    let now = stop_at(&mut page, 3 * SECOND).await;
    let (frame, at, _) = packet_on_the_way(&rows(&mut page, 0, 0, now).await);
    let change = json!({"kind": "fault", "frame": frame, "link": 0, "what": {"kind": "drop"}});
    let (run, _) = fork(&mut page, at, change).await;
    let find = |id: u32, run: u32| json!({"type": "get", "id": id, "run": run, "get": {"kind": "find", "until": "drop", "from": 0}});
    let mut found = Vec::new();
    for (id, run) in [(80, run), (81, 0)] {
        page.say(find(id, run).to_string()).await;
        let answer = page.until(|text| text["id"] == id).await;
        assert_eq!(answer["type"], "found", "{answer}");
        found.push(answer["found"].clone());
    }
    assert_eq!(found[0]["t"].as_u64().map(|t| t >= at), Some(true), "what was changed is found: {found:?}");
    assert_eq!(found[1], Value::Null, "the original has lost nothing: {found:?}");
    let nowhere = page.order(82, json!({"kind": "pace", "pace": {"kind": "frozen"}})).await;
    assert_eq!(nowhere["kind"], "done");
    page.say(find(83, 99).to_string()).await;
    let refused = page.until(|text| text["id"] == 83).await;
    assert!(refused["outcome"]["reason"].as_str().is_some_and(|why| why.contains("99")), "{refused}");
}
