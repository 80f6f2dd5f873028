//! Runs that are made for lessons: there as a whole, with their stops and answers.

mod common;

use common::{Heard, Layercast, Page, get, temporary};
use serde_json::{Value, json};
use std::path::PathBuf;

const SECOND: u64 = 1_000_000_000;

/// How long the lesson's run is.
const LENGTH: u64 = 6 * SECOND;

const LESSON: &str = r#"+++
title = "A pause"
number = 90
minutes = 3
goal = "See that a script is followed."
before = "Nothing."
scenario = "classroom-loss"
seed = 5
length = "6s"
script = [
  { at = "2s", request = "PAUSE" },
  { at = "2500ms", weather = { loss = 0.0 }, link = "sw1-r1" },
  { at = "3s", request = "PLAY" },
]
+++

What happens when somebody presses pause.

## The request

```stop
until = 'message from Client where rtsp.method == "PAUSE"'
```

The player sends PAUSE.

```question
ask = "How many requests were sent by now?"
answer = 'message.cseq'
choices = [
  { value = "5", why = "Yes." },
  { value = "1", why = "No." },
]
explain = "They are numbered."
```

## It goes on

```stop
until = 'message from Server where message.kind == "rtp"'
```

Media comes again.
"#;

/// A folder with these files.
fn folder(name: &str, files: &[(&str, String)]) -> PathBuf {
    let folder = temporary(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("a file");
    }
    folder
}

/// A room that knows the lesson, and files that are no good.
async fn room(name: &str) -> (Layercast, Page) {
    let never = LESSON.replace("\"PAUSE\"'", "\"RECORD\"'");
    let refused = LESSON.replace("request = \"PLAY\"", "request = \"RECORD\"");
    let files = [
        ("90-pause.en.md", LESSON.to_owned()),
        ("91-never.en.md", never),
        ("92-refused.en.md", refused),
        ("93-broken.en.md", LESSON.replace("minutes = 3", "minutes = 0")),
    ];
    let folder = folder(name, &files);
    let server = Layercast::start(&["--lessons", folder.to_str().expect("a path in UTF-8")]);
    let mut page = server.open().await;
    page.until_type("hello").await;
    (server, page)
}

async fn begin(page: &mut Page, what: Value) -> Value {
    let mut command = json!({"kind": "begin"});
    command.as_object_mut().expect("an object").extend(what.as_object().cloned().unwrap_or_default());
    page.order(1, command).await
}

/// The `hello` of the lesson's run, once it is there.
async fn lesson_run(page: &mut Page) -> Value {
    let outcome = begin(page, json!({"lesson": "90-pause"})).await;
    assert_eq!(outcome["kind"], "begun", "{outcome}");
    page.until(|text| text["type"] == "hello" && text["run"]["number"] == outcome["run"]).await
}

#[tokio::test]
async fn a_lessons_run_is_there_as_a_whole_and_stands_at_its_end() {
    let (server, mut page) = room("whole").await;
    let hello = lesson_run(&mut page).await;
    let (run, room) = (&hello["run"], &hello["room"]);
    assert_eq!((&run["scenario"], &run["seed"]), (&json!("classroom-loss"), &json!("5")));
    assert_eq!((&hello["now"], &hello["oldest"]), (&json!(LENGTH), &json!(0)));
    assert_eq!((&room["pace"]["kind"], &room["next"]), (&json!("frozen"), &Value::Null));
    assert_eq!(hello["overview"].as_array().map(Vec::len), Some(60));

    // The stops lie where the script's orders came.
    let lesson = &run["lesson"];
    assert_eq!((&lesson["lesson"], &lesson["stops"][0]["t"]), (&json!("90-pause"), &json!(2 * SECOND)));
    assert!(lesson["stops"][1]["t"].as_u64() > Some(3 * SECOND), "{lesson}");
    assert_eq!(lesson["answers"], json!([{"right": 0, "value": "5"}, null]));
    let rows = page.ask(2, json!({"kind": "segment", "from": 0, "to": LENGTH})).await;
    let states = rows["rows"]["states"].as_array().unwrap();
    let weather: Vec<_> = states.iter().filter(|row| row["change"]["kind"] == "weather").collect();
    assert_eq!(weather.iter().map(|row| &row["at"]).collect::<Vec<_>>(), [2500 * SECOND / 1000; 2]);
    let asked = |method: &str| {
        let messages = rows["rows"]["messages"].as_array().unwrap().iter();
        messages
            .filter(|row| row["what"]["kind"] == "request" && row["what"]["method"] == method)
            .map(|row| row["at"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(asked("PAUSE"), [2 * SECOND]);
    assert_eq!(asked("PLAY").last(), Some(&(3 * SECOND)));

    // A page that comes later, or again, has the same places.
    let late = server.open().await.until_type("hello").await;
    assert_eq!((&late["run"], &late["now"]), (run, &hello["now"]));
    // The same lesson gives the same bytes, in a run of another name.
    let frame = |page_rows: &Value| page_rows["rows"]["frames"][40].clone();
    let again = lesson_run(&mut page).await;
    assert_ne!(again["run"]["id"], run["id"]);
    assert_eq!(again["run"]["lesson"], run["lesson"]);
    let same = page.ask(3, json!({"kind": "segment", "from": 0, "to": LENGTH})).await;
    assert_eq!((frame(&same), &same["rows"]), (frame(&rows), &rows["rows"]));
    // Another seed is another run, whose lesson may not fit it.
    let outcome = begin(&mut page, json!({"lesson": "90-pause", "seed": "6"})).await;
    assert_eq!(outcome["kind"], "begun", "{outcome}");
}

#[tokio::test]
async fn a_lessons_run_can_be_forked_ordered_about_and_let_go_on() {
    let (_server, mut page) = room("on").await;
    let hello = lesson_run(&mut page).await;
    let run = hello["run"]["number"].clone();
    let outcome = page.order(5, json!({"kind": "fork", "at": SECOND, "change": null})).await;
    let fork = outcome["run"].clone();
    let ready =
        page.until(|text| text["type"] == "room" && text["forks"][0]["progress"]["kind"] == "ready").await;
    assert_eq!((&ready["forks"][0]["run"], &ready["forks"][0]["parent"]), (&fork, &run));
    assert_eq!(ready["forks"][0]["firstDifference"], Value::Null, "it got the script's orders, too");

    let pause = json!({"kind": "request", "client": 0, "method": "PAUSE", "from": null});
    assert_eq!(page.order(6, pause).await["kind"], "done");
    assert_eq!(
        page.order(7, json!({"kind": "pace", "pace": {"kind": "rate", "rate": 1.0}})).await["kind"],
        "done"
    );
    let paused = |text: &Value| {
        text["type"] == "batch"
            && text["run"] == run
            && text["rows"]["messages"]
                .as_array()
                .is_some_and(|all| all.iter().any(|row| row["what"]["method"] == "PAUSE"))
    };
    let batch = page.until(paused).await;
    assert!(batch["now"].as_u64() >= Some(LENGTH), "it goes on from its end");
    page.until(|text| text["type"] == "batch" && text["now"].as_u64() > Some(LENGTH + SECOND / 2)).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_lesson_is_said_and_the_original_stays() {
    let (_server, mut page) = room("wrong").await;
    let outcome = begin(&mut page, json!({"lesson": "99-nothing"})).await;
    let reason = outcome["reason"].as_str().expect("refused");
    assert!(reason.contains("99-nothing") && reason.contains("90-pause"), "{reason}");
    let outcome = begin(&mut page, json!({"lesson": "93-broken"})).await;
    let reason = outcome["reason"].as_str().expect("refused");
    assert!(reason.contains("93-broken.en.md") && reason.contains("minutes"), "{reason}");
    for (lesson, says) in [("91-never", "91-never.en.md"), ("92-refused", "At 3 s")] {
        let outcome = begin(&mut page, json!({"lesson": lesson})).await;
        assert_eq!(outcome["kind"], "begun", "{outcome}");
        let room =
            page.until(|text| text["type"] == "room" && text["next"]["progress"]["kind"] == "failed").await;
        let reason = room["next"]["progress"]["reason"].as_str().expect("a sentence");
        assert!(reason.contains(says), "{reason}");
        assert_eq!((&room["next"]["lesson"], &room["original"]), (&json!(lesson), &json!(0)));
        assert_eq!(page.order(4, json!({"kind": "cancelBegin"})).await["kind"], "done");
    }
    assert_eq!(page.ask_room().await["next"], Value::Null);
    match page.next().await {
        Heard::Closed(code) => panic!("the server closed ({code:?})"),
        Heard::Text(_) | Heard::Picture(_) => {}
    }
}

#[tokio::test]
async fn of_several_orders_the_last_is_followed_also_when_a_lesson_must_be_read_first() {
    let (_server, mut page) = room("last").await;
    for id in [20, 22] {
        let lesson = json!({"kind": "begin", "lesson": "90-pause"});
        page.say(json!({"type": "command", "id": id, "command": lesson}).to_string()).await;
        let plain = json!({"kind": "begin", "scenario": "classroom-tcp"});
        page.say(json!({"type": "command", "id": id + 1, "command": plain}).to_string()).await;
    }
    let last = page.until(|text| text["type"] == "answer" && text["id"] == 23).await;
    let run = last["outcome"]["run"].clone();
    let hello = page.until(|text| text["type"] == "hello" && text["run"]["number"] == run).await;
    assert_eq!(hello["run"]["scenario"], "classroom-tcp");
    // And it stays.
    page.until(|text| text["type"] == "batch" && text["now"].as_u64() > Some(SECOND)).await;
    assert_eq!(page.ask_room().await["original"], run);
}

#[tokio::test]
async fn the_program_can_begin_with_a_lesson() {
    let folder = folder("first", &[("90-pause.en.md", LESSON.to_owned())]);
    let lessons = folder.to_str().expect("a path in UTF-8");
    let server = Layercast::start(&["--lessons", lessons, "--lesson", "90-pause"]);
    let mut page = server.open().await;
    let hello = page.until(|text| text["type"] == "hello" && text["run"]["number"] != 0).await;
    assert_eq!((&hello["run"]["lesson"]["lesson"], &hello["now"]), (&json!("90-pause"), &json!(LENGTH)));
    let refused = common::run(&["serve", "--lessons", lessons, "--lesson", "nothing"]);
    let text = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{text}");
    assert!(text.contains("--lesson") && text.contains("nothing") && text.contains("90-pause"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capture_of_a_lessons_run_says_where_the_stops_are() {
    let (server, mut page) = room("remarks").await;
    let (_, plain) = tokio::task::block_in_place(|| get(&server, "/pcapng?link=client"));
    assert!(!plain.windows(7).any(|octets| octets == b"lesson "), "the first run has no lesson");
    let hello = lesson_run(&mut page).await;
    let stops: Vec<u64> = hello["run"]["lesson"]["stops"]
        .as_array()
        .expect("stops")
        .iter()
        .map(|stop| stop["t"].as_u64().expect("a time"))
        .collect();
    let start = hello["run"]["epochMs"].as_f64().expect("a date") as u64 * 1_000_000;
    let (_, file) = tokio::task::block_in_place(|| get(&server, "/pcapng?link=client"));
    let mut reader = protocol::capture::Reader::new();
    reader.feed(&file);
    let (mut before, mut found) = (0, Vec::new());
    while let Some(packet) = reader.packet().expect("a whole file") {
        let at = packet.at.expect("a time") - start;
        for line in packet
            .comment
            .iter()
            .flat_map(|comment| comment.lines())
            .filter(|line| line.starts_with("lesson "))
        {
            found.push((line.to_owned(), before, at));
        }
        before = at;
    }
    let texts: Vec<_> = found.iter().map(|(text, ..)| &**text).collect();
    assert_eq!(texts, ["lesson 90-pause, stop 1: The request", "lesson 90-pause, stop 2: It goes on"]);
    for ((_, before, at), stop) in found.iter().zip(&stops) {
        assert!(before < stop && stop <= at, "the first frame from {stop} on, not {before} or {at}");
    }
}
