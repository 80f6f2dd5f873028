//! The room begins another run in place of its first, as pages, players and the machine see it.

mod common;

use common::{Heard, Layercast, Page, peer};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SECOND: u64 = 1_000_000_000;

/// Begins a run; answers its number.
async fn begin(page: &mut Page, id: u32, mut what: Value) -> u32 {
    what["kind"] = json!("begin");
    let outcome = page.order(id, what).await;
    assert_eq!(outcome["kind"], "begun", "{outcome}");
    outcome["run"].as_u64().expect("a number") as u32
}

/// The next `hello` of a run.
async fn hello(page: &mut Page, run: u32) -> Value {
    page.until(|text| text["type"] == "hello" && text["run"]["number"] == run).await
}

/// Why an order is refused.
async fn refused(page: &mut Page, id: u32, command: Value) -> String {
    let outcome = page.order(id, command).await;
    assert_eq!(outcome["kind"], "refused", "{outcome}");
    outcome["reason"].as_str().expect("a sentence").to_owned()
}

/// Leads a frozen world to a moment.
async fn lead_to(page: &mut Page, at: u64) {
    let advance = json!({"kind": "advance", "to": {"kind": "time", "at": at}});
    assert_eq!(page.order(70, advance).await["kind"], "done");
}

/// What all cables carried, without the clock of this machine.
async fn octets(server: &Layercast) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.page).await.expect("it listens");
    let request = format!("GET /pcapng HTTP/1.0\r\nHost: {}\r\n\r\n", server.page);
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = Vec::new();
    tokio::time::timeout(common::PATIENCE, stream.read_to_end(&mut answer))
        .await
        .expect("in time")
        .expect("an answer");
    let body = answer.windows(4).position(|end| end == b"\r\n\r\n").expect("a header ends");
    assert!(answer.starts_with(b"HTTP/1.0 200"));
    answer.split_off(body + 4)
}

/// A frozen room, its page and what it was told first.
async fn frozen(arguments: &[&str]) -> (Layercast, Page, Value) {
    let server = Layercast::start(arguments);
    let mut page = server.open().await;
    let first = page.until_type("hello").await;
    (server, page, first)
}

#[tokio::test]
async fn all_pages_turn_to_a_run_of_another_scenario() {
    let (server, mut page, first) = frozen(&["--seed", "9"]).await;
    let mut other = server.open().await;
    other.until_type("hello").await;
    other.say(json!({"type": "watch", "client": 0}).to_string()).await;
    let names: Vec<_> = first["scenarios"].as_array().unwrap().iter().map(|card| &card["name"]).collect();
    assert!(names.contains(&&json!("classroom-loss")), "{names:?}");
    assert_eq!((&first["run"]["number"], &first["room"]["original"]), (&json!(0), &json!(0)));

    let run = begin(&mut page, 1, json!({"scenario": "classroom-ipv6"})).await;
    assert!(run > 0);
    for page in [&mut page, &mut other] {
        let hello = hello(page, run).await;
        assert_eq!(hello["run"]["scenario"], "classroom-ipv6");
        assert_eq!(hello["run"]["seed"], "9", "the seed is the original's when none is named");
        assert_eq!(hello["run"]["clips"], first["run"]["clips"]);
        assert_ne!(hello["run"]["id"], first["run"]["id"]);
        assert_eq!((&hello["room"]["original"], &hello["room"]["next"]), (&json!(run), &Value::Null));
        assert!(hello["topology"]["nodes"][0]["interfaces"][0]["ip"].as_str().unwrap().contains(':'));
        // It begins at its beginning, and runs.
        assert!(hello["now"].as_u64() < Some(SECOND) && hello["room"]["pace"]["kind"] == "rate");
        let batch = page.until_type("batch").await;
        assert_eq!(
            (&batch["run"], &batch["number"]),
            (&json!(run), &json!(hello["batch"].as_u64().unwrap() + 1))
        );
        // A question without a run is about the new original.
        let rows = page.ask(5, json!({"kind": "segment", "from": 0, "to": SECOND})).await;
        assert_eq!(rows["type"], "segment", "{rows}");
        page.say(
            json!({"type": "get", "id": 7, "run": 0, "get": {"kind": "picture", "picture": 0}}).to_string(),
        )
        .await;
        let gone = page.until(|text| text["id"] == 7).await;
        assert!(gone["outcome"]["reason"].as_str().unwrap().contains("no run 0"), "{gone}");
    }
    // Whoever comes later comes to it.
    let late = server.open().await.until_type("hello").await;
    assert_eq!(late["run"]["number"], run);

    // Once more from the beginning: the same scenario, another seed, another number.
    let again = begin(&mut page, 2, json!({"seed": "18446744073709551615"})).await;
    assert!(again > run);
    let hello = hello(&mut page, again).await;
    assert_eq!(
        (&hello["run"]["scenario"], &hello["run"]["seed"]),
        (&json!("classroom-ipv6"), &json!(u64::MAX.to_string()))
    );
}

#[tokio::test]
async fn what_cannot_begin_is_refused_with_a_sentence() {
    let (server, mut page, _) = frozen(&[]).await;
    let unknown = refused(&mut page, 1, json!({"kind": "begin", "scenario": "moon"})).await;
    assert!(unknown.contains("moon") && unknown.contains("classroom-loss"), "{unknown}");
    let unknown = refused(&mut page, 2, json!({"kind": "begin", "lesson": "00-nothing"})).await;
    assert!(unknown.contains("00-nothing"), "{unknown}");
    for seed in ["", "-1", "1.5", "18446744073709551616", "x"] {
        let bad = refused(&mut page, 3, json!({"kind": "begin", "seed": seed})).await;
        assert!(bad.contains("seed"), "{bad}");
    }
    let nothing = refused(&mut page, 4, json!({"kind": "cancelBegin"})).await;
    assert!(nothing.contains("No other run"), "{nothing}");
    assert_eq!(page.ask_room().await["original"], 0);
    drop(server);

    let server = Layercast::start_at("0.0.0.0:0", &[]);
    let local = std::net::SocketAddr::from(([127, 0, 0, 1], server.page.port()));
    let mut viewer = Page::open(local, "", &[]).await.unwrap();
    let answer = refused(&mut viewer, 1, json!({"kind": "begin"})).await;
    assert!(answer.contains("room key"), "{answer}");
    assert_eq!(viewer.ask_room().await["original"], 0);
}

/// A real player that has said who it is, and has its answer.
async fn player(server: &Layercast) -> TcpStream {
    let mut stream = TcpStream::connect(server.rtsp).await.expect("it listens");
    let said = format!("OPTIONS {} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Tester/1\r\n\r\n", server.demo());
    stream.write_all(said.as_bytes()).await.expect("it reads");
    let mut answer = [0; 12];
    tokio::time::timeout(common::PATIENCE, stream.read_exact(&mut answer))
        .await
        .expect("in time")
        .expect("an answer");
    assert_eq!(&answer, b"RTSP/1.0 200");
    stream
}

#[tokio::test]
async fn real_players_are_not_cut_off_and_find_the_new_run_when_they_come_again() {
    let (server, mut page, _) = frozen(&[]).await;
    let connected = player(&server).await;
    page.until(|text| text["type"] == "room" && text["realClients"] == 1).await;
    let reason = refused(&mut page, 1, json!({"kind": "begin", "scenario": "classroom-loss"})).await;
    assert!(reason.contains("Tester/1"), "who is here is named: {reason}");
    assert_eq!(page.ask_room().await["original"], 0);

    drop(connected);
    page.until(|text| text["type"] == "room" && text["realClients"] == 0).await;
    let run = begin(&mut page, 2, json!({"scenario": "classroom-loss"})).await;
    let hello = hello(&mut page, run).await;
    assert_eq!(hello["room"]["clients"].as_array().unwrap().len(), 1, "those of the old run are gone");
    assert_eq!(hello["room"]["added"]["nodes"], json!([]));

    let _again = player(&server).await;
    let room = page
        .until(|text| text["type"] == "room" && text["clients"].as_array().is_some_and(|all| all.len() == 2))
        .await;
    assert_eq!((&room["realClients"], &room["clients"][1]["name"]), (&json!(1), &json!("Tester/1")));
}

#[tokio::test]
async fn real_players_are_cut_off_when_that_is_wanted() {
    let (server, mut page, _) = frozen(&[]).await;
    let mut connected = player(&server).await;
    let _other = player(&server).await;
    page.until(|text| text["type"] == "room" && text["realClients"] == 2).await;
    let reason = refused(&mut page, 1, json!({"kind": "begin"})).await;
    assert!(reason.contains("Tester/1 and Tester/1 are connected"), "{reason}");
    let run = begin(&mut page, 2, json!({"cutOff": true})).await;
    let hello = hello(&mut page, run).await;
    assert_eq!((&hello["room"]["realClients"], &hello["room"]["pace"]["kind"]), (&json!(0), &json!("rate")));
    // Its connection is over, and it may come again.
    let mut rest = Vec::new();
    let end = tokio::time::timeout(common::PATIENCE, connected.read_to_end(&mut rest)).await.unwrap();
    assert!(end.is_err() || rest.len() < 1000, "{end:?}");
    let _again = player(&server).await;
    page.until(|text| text["type"] == "room" && text["realClients"] == 1).await;
    // What was of the old connections is nobody's.
    assert_eq!(page.ask_room().await["clients"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn forks_and_the_open_capture_are_let_go_and_numbers_are_not_used_again() {
    let (server, mut page, _) = frozen(&[]).await;
    page.until(|text| text["type"] == "batch" && text["now"].as_u64() > Some(SECOND)).await;
    let outcome = page.order(1, json!({"kind": "fork", "at": SECOND / 2, "change": null})).await;
    let fork = outcome["run"].as_u64().expect("a fork");
    page.say(json!({"type": "watch", "client": 0, "run": 0, "beside": fork}).to_string()).await;
    page.until(|text| text["type"] == "hello" && text["run"]["number"] == fork).await;
    let captured = server_capture(&server).await;
    let file = captured["run"].as_u64().expect("a capture");
    page.until(|text| text["type"] == "hello" && text["run"]["number"] == file).await;

    // Also from a page that shows the capture.
    let run = begin(&mut page, 2, json!({"scenario": "classroom-tcp"})).await;
    let hello = hello(&mut page, run).await;
    assert!(u64::from(run) > fork.max(file));
    assert_eq!((&hello["room"]["forks"], &hello["room"]["capture"]), (&json!([]), &Value::Null));
    for gone in [0, fork, file] {
        page.say(json!({"type": "watch", "client": null, "run": gone}).to_string()).await;
        let question = json!({"kind": "segment", "from": 0, "to": 1});
        page.say(json!({"type": "get", "id": 9, "run": gone, "get": question}).to_string()).await;
        let answer = page.until(|text| text["id"] == 9).await;
        assert_eq!(answer["outcome"]["kind"], "refused", "{gone}: {answer}");
    }
    let outcome = page.order(3, json!({"kind": "fork", "at": 0, "change": null})).await;
    assert!(outcome["run"].as_u64() > Some(run.into()), "{outcome}");
    let parent = page.until(|text| text["type"] == "room" && text["forks"][0]["run"] == outcome["run"]).await;
    assert_eq!(parent["forks"][0]["parent"], run);
}

/// Hands the room a capture of its own run.
async fn server_capture(server: &Layercast) -> Value {
    let file = octets(server).await;
    let mut stream = TcpStream::connect(server.page).await.expect("it listens");
    let head = format!(
        "POST /capture?name=own.pcapng HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        server.page,
        file.len()
    );
    stream.write_all(head.as_bytes()).await.expect("it reads");
    stream.write_all(&file).await.expect("it reads");
    let mut answer = String::new();
    tokio::time::timeout(common::PATIENCE, stream.read_to_string(&mut answer))
        .await
        .expect("in time")
        .expect("an answer");
    let body = answer.split_once("\r\n\r\n").expect("a body").1;
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
}

/// Three seconds of a run, as a file.
async fn file_of(server: &Layercast, page: &mut Page, what: Value) -> Vec<u8> {
    let run = begin(page, 20, what).await;
    hello(page, run).await;
    assert_eq!(page.order(21, json!({"kind": "pace", "pace": {"kind": "frozen"}})).await["kind"], "done");
    let now = page.ask_room().await["now"].as_u64().expect("a moment");
    assert!(now < 3 * SECOND, "this machine is too slow for the test");
    lead_to(page, 3 * SECOND).await;
    octets(server).await
}

#[tokio::test]
async fn the_same_scenario_and_seed_give_the_same_bytes() {
    let (server, mut page, _) = frozen(&[]).await;
    let what = json!({"scenario": "classroom-wifi", "seed": "5"});
    let once = file_of(&server, &mut page, what.clone()).await;
    assert!(once.len() > 100_000, "{}", once.len());
    assert!(once == file_of(&server, &mut page, what).await);
    assert!(once != file_of(&server, &mut page, json!({"scenario": "classroom-wifi", "seed": "6"})).await);
}

#[tokio::test]
async fn the_last_of_many_orders_is_the_one_that_counts() {
    let (_server, mut page, _) = frozen(&[]).await;
    for id in 1..=20 {
        let command = json!({"kind": "begin", "scenario": "classroom", "seed": id.to_string()});
        page.say(json!({"type": "command", "id": id, "command": command}).to_string()).await;
    }
    let last = page.until(|text| text["type"] == "answer" && text["id"] == 20).await;
    let run = last["outcome"]["run"].as_u64().expect("begun") as u32;
    assert_eq!(hello(&mut page, run).await["run"]["seed"], "20");
    // Nothing of the others comes after it.
    let end = Instant::now() + Duration::from_millis(500);
    while Instant::now() < end {
        match page.next().await {
            Heard::Text(text) => {
                assert!(text["type"] != "hello" && text["run"].as_u64().is_none_or(|of| of == u64::from(run)))
            }
            Heard::Picture(_) => {}
            Heard::Closed(code) => panic!("{code:?}"),
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_was_before_is_given_back() {
    let (server, mut page, _) = frozen(&[]).await;
    let threads = || std::fs::read_dir(format!("/proc/{}/task", server.id())).unwrap().count();
    let mut settled = (0, 0);
    for round in 0..12 {
        let run = begin(&mut page, 30 + round, json!({"scenario": "classroom"})).await;
        hello(&mut page, run).await;
        page.order(60, json!({"kind": "pace", "pace": {"kind": "frozen"}})).await;
        // Some 20 MB of tape, with moments and a fork.
        for seconds in [10, 20, 30] {
            lead_to(&mut page, seconds * SECOND).await;
        }
        page.order(61, json!({"kind": "fork", "at": 15 * SECOND, "change": null})).await;
        let memory = server.memory().expect("the system tells");
        if round == 3 {
            settled = (memory, threads());
        }
        if round > 3 {
            assert!(memory < settled.0 * 3 / 2, "round {round}: {memory} of {}", settled.0);
            assert!(threads() <= settled.1 + 8, "round {round}: {} of {}", threads(), settled.1);
        }
    }
}

#[test]
fn a_program_that_waits_for_the_room_joins_the_run_that_is_there() {
    // What a player does is tried by `real_players...`; here the whole of one.
    if !peer("ffprobe") {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = Layercast::start(&[]);
    runtime.block_on(async {
        let mut page = server.open().await;
        let run = begin(&mut page, 1, json!({"scenario": "classroom-ipv6"})).await;
        hello(&mut page, run).await;
    });
    let arguments = [
        "-v",
        "error",
        "-rtsp_transport",
        "tcp",
        "-read_intervals",
        "%+#3",
        "-show_entries",
        "stream=codec_name",
    ];
    let url = server.demo();
    let (text, success) = common::listen_to("ffprobe", &[&arguments[..], &[&url]].concat(), common::PATIENCE);
    assert!(success && text.contains("mjpeg"), "{text}");
}
