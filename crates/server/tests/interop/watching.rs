//! Real players as the page sees them.

use crate::common::{Layercast, listen_to, peer};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a player may take for a few seconds of film.
const LIMIT: Duration = Duration::from_secs(40);

/// A player from outside is on the page like the built-in one: by name, with its host, its
/// messages and their frames; and the world runs in real time while it is there.
#[tokio::test]
async fn a_player_is_on_the_page_and_keeps_the_world_in_real_time() {
    if !peer("ffmpeg") {
        return;
    }
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    page.until_type("hello").await;
    let frozen = json!({"kind": "pace", "pace": {"kind": "frozen"}});
    assert_eq!(page.order(1, frozen.clone()).await["kind"], "done");
    let url = server.demo();
    let player = std::thread::spawn(move || {
        listen_to("ffmpeg", &["-v", "error", "-i", &url, "-t", "4", "-f", "null", "-"], LIMIT)
    });
    // One wait for all of it: a room may tell of the player's coming and playing at once.
    let room = page
        .until(|text| {
            text["type"] == "room"
                && text["realClients"] == 1
                && text["clients"].as_array().is_some_and(|clients| {
                    clients.iter().any(|c| c["real"] == true && c["state"] == "Playing")
                })
        })
        .await;
    assert_eq!(room["pace"], json!({"kind": "rate", "rate": 1.0}), "a real player wakes the world");
    assert_eq!(page.order(2, frozen).await["kind"], "refused");
    let client =
        room["clients"].as_array().unwrap().iter().find(|client| client["real"] == true).unwrap().clone();
    assert!(client["name"].as_str().unwrap().starts_with("Lavf"), "{client}");
    assert_eq!(client["transport"], "udp");
    assert_eq!(room["added"]["nodes"][0]["id"], client["node"]);
    assert_eq!(room["added"]["nodes"][0]["kind"], "gateway");
    let is_its = |message: &Value| message["client"] == client["node"] && message["what"]["kind"] == "rtp";
    let batch = page
        .until(|text| {
            text["type"] == "batch"
                && text["rows"]["messages"].as_array().is_some_and(|m| m.iter().any(is_its))
        })
        .await;
    let message = batch["rows"]["messages"].as_array().unwrap().iter().find(|m| is_its(m)).unwrap().clone();
    let frames = batch["rows"]["frames"].as_array().unwrap();
    assert!(frames.iter().any(|frame| frame["carried"]["message"] == message["id"]));

    page.until(|text| text["type"] == "room" && text["realClients"] == 0).await;
    let (text, success) = player.join().unwrap();
    assert!(success, "{text}");
}
