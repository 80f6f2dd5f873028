//! The conversation with pages, as docs/protocol.md tells it.

mod common;

use common::{Heard, Layercast, Page};
use layercast::room::{MAX_VIEWERS, MAX_WAITING};
use layercast::wire::VERSION;
use layercast::ws::MAX_PAGE_MESSAGE;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_page_is_greeted_and_then_told_everything_in_order() {
    let server = Layercast::start(&["--seed", "18446744073709551615"]);
    let mut page = server.open().await;
    let Heard::Text(hello) = page.next().await else { panic!("hello comes first") };
    assert_eq!(hello["type"], "hello");
    assert_eq!(hello["version"], VERSION);
    assert_eq!(hello["holdsKey"], true);
    assert_eq!(hello["run"]["scenario"], "classroom");
    assert_eq!(hello["run"]["seed"], "18446744073709551615");
    assert_eq!(hello["history"], 60_000_000_000u64);
    let names: Vec<_> = hello["topology"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Client", "SW1", "R1", "SW2", "Server"]);
    let (mut number, mut now) = (hello["batch"].as_u64().unwrap(), hello["now"].as_u64().unwrap());
    let (mut frames, mut last_frame) = (0, None);
    for _ in 0..40 {
        let batch = page.until_type("batch").await;
        number += 1;
        assert_eq!(batch["number"], number, "batches are consecutive");
        assert!(batch["now"].as_u64().unwrap() >= now, "time does not go back");
        now = batch["now"].as_u64().unwrap();
        for frame in batch["rows"]["frames"].as_array().unwrap() {
            let id = frame["id"].as_u64().unwrap();
            assert!(last_frame.is_none_or(|last| id == last + 1), "no frame is left out");
            last_frame = Some(id);
            frames += 1;
        }
    }
    assert!(frames > 100, "a film crosses the network: {frames} frames");
}

#[tokio::test]
async fn what_batches_tell_can_be_asked_for_again() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    let batch =
        page.until(|text| text["type"] == "batch" && text["now"].as_u64().unwrap() > 2_000_000_000).await;
    let to = batch["now"].as_u64().unwrap();
    let segment = page.ask(7, json!({"kind": "segment", "from": 0, "to": to})).await;
    assert_eq!(segment["type"], "segment");
    let rows = &segment["rows"];
    let methods: Vec<_> = rows["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["what"]["kind"] == "request")
        .map(|message| message["what"]["method"].as_str().unwrap())
        .collect();
    assert_eq!(methods[..4], ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]);
    // Every frame but those just under way has crossed a cable.
    let hops = rows["hops"].as_array().unwrap();
    let first = rows["frames"][0]["id"].as_u64().unwrap();
    assert!(hops.iter().any(|hop| hop["frame"] == first));
    let too_long = page.ask(8, json!({"kind": "segment", "from": 0, "to": 11_000_000_000u64})).await;
    assert_eq!(too_long["outcome"]["kind"], "refused");
}

#[tokio::test]
async fn a_frame_opens_to_its_layers() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    let batch = page
        .until(|text| {
            text["type"] == "batch"
                && text["rows"]["messages"]
                    .as_array()
                    .is_some_and(|m| m.iter().any(|m| m["what"]["kind"] == "rtp"))
        })
        .await;
    let frame = batch["rows"]["frames"]
        .as_array()
        .unwrap()
        .iter()
        .find(|frame| {
            frame["carried"]["kind"] == "udp"
                && frame["parent"].is_null()
                && frame["length"].as_u64() > Some(1000)
        })
        .expect("a picture's packet has a frame")
        .clone();
    let answer = page.ask(3, json!({"kind": "detail", "frame": frame["id"]})).await;
    assert_eq!(answer["type"], "detail", "{answer}");
    let detail = &answer["detail"];
    let names: Vec<_> =
        detail["layers"].as_array().unwrap().iter().map(|layer| layer["name"].as_str().unwrap()).collect();
    assert_eq!(names[..5], ["eth", "ip", "udp", "rtp", "jpeg"]);
    assert_eq!(detail["sources"][0].as_str().unwrap().len() as u64, 2 * frame["length"].as_u64().unwrap());
    let gone = page.ask(4, json!({"kind": "detail", "frame": 999_999_999})).await;
    assert_eq!(gone["outcome"]["kind"], "refused");
}

#[tokio::test]
async fn who_comes_late_sees_at_once_what_is_on_the_screen() {
    let server = Layercast::start(&[]);
    let mut first = server.open().await;
    first.until(|text| text["type"] == "batch" && text["now"].as_u64() > Some(2_000_000_000)).await;
    let stood = first.order(1, json!({"kind": "pace", "pace": {"kind": "frozen"}})).await;
    assert_eq!(stood["kind"], "done");
    // No further picture is shown: what comes is the one that stands there.
    let mut late = server.open().await;
    let hello = late.until_type("hello").await;
    let last =
        hello["rows"]["pictures"].as_array().unwrap().last().expect("pictures were shown")["id"].as_u64();
    late.say(json!({"type": "watch", "client": 0}).to_string()).await;
    let bytes = late.until_picture().await;
    assert_eq!(bytes[8..16].try_into().map(u64::from_le_bytes).ok(), last);
    // A client that has shown none has none to send, and nothing breaks.
    late.say(json!({"type": "watch", "client": 4}).to_string()).await;
    let answer = late.ask(9, json!({"kind": "detail", "frame": 999_999_999})).await;
    assert_eq!(answer["outcome"]["kind"], "refused");
}

#[tokio::test]
async fn who_watches_gets_the_pictures() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    page.say(json!({"type": "watch", "client": 0}).to_string()).await;
    let mut shown = Vec::new();
    while shown.len() < 10 {
        shown.push(page.until_picture().await);
    }
    for bytes in &shown {
        assert_eq!(bytes[..8], [0; 8], "the original's number and the client's node");
        assert_eq!(bytes[16..18], [0, 0], "nothing is missing");
        assert_eq!(bytes[18..20], [0xff, 0xd8], "a JPEG begins");
        assert_eq!(bytes[bytes.len() - 2..], [0xff, 0xd9], "a JPEG ends");
    }
    let picture = u64::from_le_bytes(shown[0][8..16].try_into().unwrap());
    page.say(json!({"type": "watch", "client": null}).to_string()).await;
    assert_eq!(page.picture(5, picture).await.as_ref(), Ok(&shown[0]));
    assert!(page.picture(6, 999_999_999).await.is_err(), "there is no such picture");
}

#[tokio::test]
async fn a_stopped_world_stands_still_and_can_be_led_on() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    page.until(|text| text["type"] == "batch" && text["now"].as_u64().unwrap() > 1_500_000_000).await;
    let running = page.order(1, json!({"kind": "advance", "to": {"kind": "event"}})).await;
    assert_eq!(running["kind"], "refused", "a running world is not led");
    assert_eq!(page.order(2, json!({"kind": "pace", "pace": {"kind": "frozen"}})).await["kind"], "done");
    let mut other = server.open().await;
    let hello = other.until_type("hello").await;
    assert_eq!(hello["room"]["pace"]["kind"], "frozen");
    let stood = hello["now"].as_u64().unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut third = server.open().await;
    assert_eq!(third.until_type("hello").await["now"], stood, "nothing moves");

    // To the next event, and what it did is told before the answer.
    page.say(
        json!({"type": "command", "id": 3, "command": {"kind": "advance", "to": {"kind": "event"}}})
            .to_string(),
    )
    .await;
    let batch = page.until_type("batch").await;
    let rows: usize = ["messages", "frames", "hops", "receipts", "deliveries", "states", "pictures"]
        .iter()
        .map(|kind| batch["rows"][kind].as_array().unwrap().len())
        .sum();
    assert!(rows > 0, "an event leaves a trace");
    assert!(batch["now"].as_u64().unwrap() > stood);
    page.until(|text| text["type"] == "answer" && text["id"] == 3).await;

    let at = stood + 1_000_000_000;
    assert_eq!(
        page.order(4, json!({"kind": "advance", "to": {"kind": "time", "at": at}})).await["kind"],
        "done"
    );
    let mut fourth = server.open().await;
    assert_eq!(fourth.until_type("hello").await["now"], at);
    let far =
        page.order(5, json!({"kind": "advance", "to": {"kind": "time", "at": at + 11_000_000_000u64}})).await;
    assert_eq!(far["kind"], "refused");
}

#[tokio::test]
async fn a_message_can_be_followed_through_a_stopped_world() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    page.until(|text| text["type"] == "batch" && text["now"].as_u64().unwrap() > 1_500_000_000).await;
    page.order(1, json!({"kind": "pace", "pace": {"kind": "frozen"}})).await;
    page.say(
        json!({"type": "command", "id": 2, "command": {"kind": "request", "client": 0, "method": "OPTIONS"}})
            .to_string(),
    )
    .await;
    let batch = page
        .until(|text| {
            text["type"] == "batch"
                && text["rows"]["messages"]
                    .as_array()
                    .is_some_and(|m| m.iter().any(|m| m["what"]["method"] == "OPTIONS"))
        })
        .await;
    let request = batch["rows"]["messages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["what"]["method"] == "OPTIONS")
        .unwrap();
    let id = request["id"].clone();
    let mut delivered = false;
    for step in 0..40 {
        page.say(json!({"type": "command", "id": 10 + step, "command": {"kind": "advance", "to": {"kind": "message", "message": id}}}).to_string())
            .await;
        loop {
            let text = page.until(|text| text["type"] == "batch" || text["type"] == "answer").await;
            if text["type"] == "answer" && text["id"] == 10 + step {
                break;
            }
            delivered |=
                text["rows"]["deliveries"].as_array().is_some_and(|d| d.iter().any(|d| d["message"] == id));
        }
    }
    assert!(delivered, "forty steps of it lead to its delivery");
}

#[tokio::test]
async fn slow_and_beating_worlds() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    page.until_type("hello").await;
    assert_eq!(
        page.order(1, json!({"kind": "pace", "pace": {"kind": "rate", "rate": 0.01}})).await["kind"],
        "done"
    );
    let from = page.until_type("batch").await["now"].as_u64().unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut other = server.open().await;
    let to = other.until_type("hello").await["now"].as_u64().unwrap();
    assert!((1_000_000..100_000_000).contains(&(to - from)), "{} ns", to - from);
    for (id, pace) in [
        (2, json!({"kind": "rate", "rate": 2.0})),
        (3, json!({"kind": "beats", "per_second": 100.0})),
        (4, json!({"kind": "rate", "rate": 0.0})),
    ] {
        assert_eq!(page.order(id, json!({"kind": "pace", "pace": pace})).await["kind"], "refused", "{pace}");
    }
    assert_eq!(
        page.order(5, json!({"kind": "pace", "pace": {"kind": "beats", "per_second": 10.0}})).await["kind"],
        "done"
    );
    page.until(|text| text["type"] == "room" && text["pace"]["kind"] == "beats").await;
}

#[tokio::test]
async fn odd_messages_are_answered_and_too_long_ones_end_it() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    for (said, id) in [
        ("not JSON", 0),
        ("{}", 0),
        (r#"{"type":"command","id":9,"command":{"kind":"explode"}}"#, 9),
        (r#"{"type":"get","id":10,"get":{"kind":"detail","frame":-1}}"#, 10),
        (r#"{"type":"get","id":11,"get":{"kind":"detail","frame":1,"more":2}}"#, 11),
        (r#"{"type":"command","id":4294967296,"command":{}}"#, 0),
    ] {
        page.say(said).await;
        let answer = page.until_type("answer").await;
        assert_eq!(answer["id"], id, "{said}");
        assert_eq!(answer["outcome"]["kind"], "refused", "{said}");
    }
    let refused = page.order(12, json!({"kind": "request", "client": 3, "method": "PLAY"})).await;
    assert_eq!(refused["kind"], "refused", "a switch sends no requests");
    page.say("x".repeat(MAX_PAGE_MESSAGE + 1)).await;
    while !matches!(page.next().await, Heard::Closed(_)) {}
}

#[tokio::test]
async fn a_page_that_reads_too_slowly_is_told_so_and_starts_again() {
    let server = Layercast::start(&[]);
    let mut page = Page::open_narrow(server.page).await;
    page.until(|text| text["type"] == "batch" && text["now"].as_u64().unwrap() > 2_000_000_000).await;
    // Answers that nobody reads fill what the systems keep, batches the rest.
    for id in 0..60 {
        let get = json!({"kind": "segment", "from": 0, "to": 9_000_000_000u64});
        page.say(json!({"type": "get", "id": id, "get": get}).to_string()).await;
    }
    tokio::time::sleep(Duration::from_millis(40 * MAX_WAITING as u64 + 1000)).await;
    let lagged = page.until_type("lagged").await;
    assert!(lagged["missed"].as_u64().unwrap() > 0);
    let Heard::Text(hello) = page.next().await else { panic!("a new hello follows") };
    assert_eq!(hello["type"], "hello");
    let batch = page.until_type("batch").await;
    assert_eq!(batch["number"], hello["batch"].as_u64().unwrap() + 1);
}

#[tokio::test]
async fn a_new_snapshot_can_be_asked_for() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    page.until_type("hello").await;
    page.say(r#"{"type":"resync"}"#).await;
    let hello = page.until_type("hello").await;
    let batch = page.until_type("batch").await;
    assert_eq!(batch["number"], hello["batch"].as_u64().unwrap() + 1);
}

#[tokio::test]
async fn a_full_room_says_so() {
    let server = Layercast::start(&[]);
    let mut pages = Vec::new();
    for _ in 0..MAX_VIEWERS {
        let mut page = server.open().await;
        page.until_type("hello").await;
        pages.push(page);
    }
    let mut one_more = server.open().await;
    assert!(matches!(one_more.next().await, Heard::Closed(Some(1013))));
    drop(pages.pop());
    // The room hears of it a moment later.
    for _ in 0..50 {
        let mut again = server.open().await;
        if matches!(again.next().await, Heard::Text(_)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("a place that became free stays taken");
}

#[tokio::test]
async fn other_sites_are_kept_out() {
    let server = Layercast::start(&["--allow-host", "class.example"]);
    let own = format!("http://{}", server.page);
    assert!(Page::open(server.page, "", &[("origin", &own)]).await.is_ok());
    assert!(Page::open(server.page, "", &[("host", "class.example")]).await.is_ok());
    for headers in [[("origin", "http://evil.example")], [("origin", "null")], [("host", "evil.example")]] {
        assert!(Page::open(server.page, "", &headers).await.is_err(), "{headers:?}");
    }
}

#[tokio::test]
async fn off_loopback_only_the_key_gives_orders() {
    let server = Layercast::start_at("0.0.0.0:0", &[]);
    let key = server.key.clone().expect("a key is printed");
    let local = std::net::SocketAddr::from(([127, 0, 0, 1], server.page.port()));
    let frozen = json!({"kind": "pace", "pace": {"kind": "frozen"}});
    for query in ["", "?key=", "?key=0123456789abcdef0123456789abcdef"] {
        let mut watcher = Page::open(local, query, &[]).await.unwrap();
        assert_eq!(watcher.until_type("hello").await["holdsKey"], false);
        let answer = watcher.order(1, frozen.clone()).await;
        assert!(answer["reason"].as_str().unwrap().contains("room key"), "{answer}");
        let detail = watcher.ask(2, json!({"kind": "segment", "from": 0, "to": 1_000_000})).await;
        assert_eq!(detail["type"], "segment", "who watches may look");
    }
    let mut holder = Page::open(local, &format!("?key={key}"), &[]).await.unwrap();
    assert_eq!(holder.until_type("hello").await["holdsKey"], true);
    assert_eq!(holder.order(1, frozen).await["kind"], "done");
}

#[tokio::test]
async fn the_volume_of_the_built_in_player_is_set_and_asked_for() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    page.until(|text| text["type"] == "batch" && text["now"].as_u64().unwrap() > 1_500_000_000).await;
    let request = |method: &str, parameters: &str| json!({"kind": "request", "client": 0, "method": method, "parameters": parameters});
    assert_eq!(page.order(1, request("SET_PARAMETER", "volume: 50\n")).await["kind"], "done");
    let told = |text: &serde_json::Value, name: &str, value: &str| {
        text["rows"]["states"].as_array().is_some_and(|states| {
            states.iter().any(|state| {
                let change = &state["change"];
                change["kind"] == "parameter" && change["name"] == name && change["value"] == value
            })
        })
    };
    page.until(|text| told(text, "volume", "50")).await;
    assert_eq!(page.order(2, request("GET_PARAMETER", "scale\nvolume")).await["kind"], "done");
    page.until(|text| told(text, "scale", "1")).await;
    for (id, method, parameters) in
        [(3, "SET_PARAMETER", "volume"), (4, "SET_PARAMETER", ""), (5, "GET_PARAMETER", "a b")]
    {
        assert_eq!(page.order(id, request(method, parameters)).await["kind"], "refused", "{parameters}");
    }
}

#[tokio::test]
async fn the_key_holder_sends_players_elsewhere() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    page.until(|text| text["type"] == "batch" && text["now"].as_u64().unwrap() > 1_000_000_000).await;
    for (to, says) in [("/nothing", "There is no /nothing"), ("http://h/", "The address is neither")] {
        let outcome = page.order(1, json!({"kind": "redirect", "client": null, "to": to})).await;
        assert_eq!(outcome["kind"], "refused");
        assert!(outcome["reason"].as_str().unwrap().starts_with(says), "{outcome}");
    }
    let outcome = page.order(2, json!({"kind": "redirect", "client": 99, "to": "/demo"})).await;
    assert_eq!(outcome["kind"], "refused", "there is no such client");
    page.say(
        json!({"type": "command", "id": 3, "command": {"kind": "redirect", "client": 0, "to": "/demo"}})
            .to_string(),
    )
    .await;
    // It is told before the answer to the order.
    page.until(|text| {
        text["type"] == "batch"
            && text["rows"]["messages"]
                .as_array()
                .is_some_and(|rows| rows.iter().any(|row| row["what"]["method"] == "REDIRECT"))
    })
    .await;
    let answer = page.until(|text| text["type"] == "answer" && text["id"] == 3).await;
    assert_eq!(answer["outcome"]["kind"], "done");
}

#[tokio::test]
async fn the_built_in_player_leaves_publishes_and_plays_something_else() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    page.until(|text| text["type"] == "batch" && text["now"].as_u64().unwrap() > 1_000_000_000).await;
    let open = |url: &str| json!({"kind": "open", "client": 0, "url": url});
    for (id, url) in [(1, "rtsp://192.0.2.1/"), (2, "demo"), (3, "/a b")] {
        assert_eq!(page.order(id, open(url)).await["kind"], "refused", "{url}");
    }
    let in_state = |text: &serde_json::Value, state: &str| {
        text["type"] == "room" && text["clients"][0]["state"] == state
    };
    let request = |method: &str| json!({"kind": "request", "client": 0, "method": method, "path": "mine"});
    let announced = page.order(4, request("ANNOUNCE")).await;
    assert!(announced["reason"].as_str().unwrap().contains("TEARDOWN"), "it plays: {announced}");
    assert_eq!(page.order(5, request("TEARDOWN")).await["kind"], "done");
    page.until(|text| in_state(text, "Init")).await;
    assert_eq!(page.order(6, request("ANNOUNCE")).await["kind"], "done");
    let may = |text: &serde_json::Value, method: &str| {
        let requests = text["clients"][0]["requests"].as_array().cloned().unwrap_or_default();
        requests.iter().any(|request| request["method"] == method && request["refused"].is_null())
    };
    page.until(|text| text["type"] == "room" && may(text, "SETUP")).await;
    assert_eq!(page.order(7, request("SETUP")).await["kind"], "done");
    page.until(|text| text["type"] == "room" && may(text, "RECORD")).await;
    assert_eq!(page.order(8, request("RECORD")).await["kind"], "done");
    let room = page.until(|text| in_state(text, "Recording")).await;
    assert!(room["clients"][0]["url"].as_str().unwrap().ends_with("/mine"), "{room}");
    assert_eq!(page.order(9, open("/demo")).await["kind"], "done");
    page.until(|text| in_state(text, "Playing")).await;
}
