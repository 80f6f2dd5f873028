//! Real players and publishers as the page sees them.

use crate::common::pictures;
use crate::common::{Layercast, PATIENCE, listen_to, peer};
use crate::peers::{Lower, ffmpeg};
use crate::publishing::{appears, ffmpeg_publishes};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

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

/// The built-in player opens what ffmpeg publishes, and the page sees its pictures.
async fn watches_what_is_published(lower: Lower) {
    let Some(ffmpeg) = ffmpeg() else { return };
    let server = Layercast::start(&[]);
    let url = server.url("/live");
    let mut publishing = ffmpeg_publishes(&ffmpeg, &url, lower, false, &["-c:v", "copy"]);
    appears(&url, "mjpeg,320,240\n", &mut publishing);
    let mut page = server.open().await;
    let hello = page.until_type("hello").await;
    let player = hello["room"]["clients"][0]["node"].clone();
    let opened = page.order(1, json!({"kind": "open", "client": player, "url": "/live"})).await;
    assert_eq!(opened["kind"], "done", "{opened}");
    let (begin, mut ids) = (Instant::now(), Vec::new());
    while ids.len() < 50 {
        assert!(begin.elapsed() < PATIENCE, "only {} pictures came", ids.len());
        let batch = page.until_type("batch").await;
        ids.extend(
            batch["rows"]["pictures"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|picture| picture["id"].as_u64()),
        );
    }
    let mut numbers = Vec::new();
    for id in ids {
        let picture = page.picture(2, id).await;
        numbers.push(picture.ok().and_then(|picture| pictures::number_in_message(&picture)));
    }
    // The demo, which was played before, has pictures without numbers; and who comes in the
    // middle of a picture gets a part of it, of which there may be nothing to show. The player shows what comes in time: on a machine
    // with much else to do some pictures do not, but none comes twice, or before another.
    let first = numbers.iter().position(Option::is_some).expect("pictures of what is published");
    let numbers = &numbers[first..];
    let whole: Vec<u16> = numbers.iter().copied().flatten().collect();
    assert!(numbers.len() >= 25 && 2 * whole.len() > numbers.len(), "{numbers:?}");
    assert!(whole.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

#[tokio::test]
async fn the_page_watches_what_ffmpeg_publishes_over_udp() {
    watches_what_is_published(Lower::Udp).await;
}

#[tokio::test]
async fn the_page_watches_what_ffmpeg_publishes_over_tcp() {
    watches_what_is_published(Lower::Tcp).await;
}
