//! Real players through the gateway: their pictures arrive, and the tape has their packets.

mod common;

use common::{Layercast, listen_to, peer, temporary};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a player may take for a few seconds of film.
const LIMIT: Duration = Duration::from_secs(40);

fn probe(transport: &str) {
    if !peer("ffprobe") {
        return;
    }
    let server = Layercast::start(&[]);
    let url = server.demo();
    let arguments = [
        "-v",
        "error",
        "-rtsp_transport",
        transport,
        "-show_entries",
        "stream=codec_name,width,height",
        "-of",
        "csv=p=0",
        &url,
    ];
    let (text, success) = listen_to("ffprobe", &arguments, LIMIT);
    assert!(success, "{text}");
    assert_eq!(text.trim(), "mjpeg,640,360");
}

#[test]
fn ffprobe_names_the_stream_over_udp() {
    probe("udp");
}

#[test]
fn ffprobe_names_the_stream_over_tcp() {
    probe("tcp");
}

/// Plays two seconds with ffmpeg; every decoded picture must be one of the clip's, in order.
fn play(transport: &str) {
    if !peer("ffmpeg") {
        return;
    }
    let server = Layercast::start(&[]);
    let url = server.demo();
    let arguments =
        ["-v", "warning", "-rtsp_transport", transport, "-i", &url, "-frames:v", "50", "-f", "framemd5", "-"];
    let (text, success) = listen_to("ffmpeg", &arguments, LIMIT);
    assert!(success, "{text}");
    let hashes = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with("0,"));
        lines
            .map(|line| line.rsplit(',').next().expect("as the test has set it up").trim().to_owned())
            .collect()
    };
    let received = hashes(&text);
    assert_eq!(received.len(), 50, "{text}");
    let clip = concat!(env!("CARGO_MANIFEST_DIR"), "/../../media/demo.mjpeg");
    let arguments = ["-v", "error", "-i", clip, "-frames:v", "50", "-f", "framemd5", "-"];
    let (text, success) = listen_to("ffmpeg", &arguments, LIMIT);
    assert!(success, "{text}");
    assert_eq!(received, hashes(&text), "the pictures are the clip's, pixel for pixel");
}

#[test]
fn ffmpeg_gets_every_picture_over_udp() {
    play("udp");
}

#[test]
fn ffmpeg_gets_every_picture_over_tcp() {
    play("tcp");
}

#[test]
fn gstreamer_plays() {
    if !peer("gst-launch-1.0") {
        return;
    }
    let server = Layercast::start(&[]);
    let source = format!("location={}", server.demo());
    let arguments = [
        "-q",
        "rtspsrc",
        &source,
        "latency=100",
        "!",
        "rtpjpegdepay",
        "!",
        "jpegdec",
        "!",
        "fakesink",
        "num-buffers=25",
    ];
    let (text, success) = listen_to("gst-launch-1.0", &arguments, LIMIT);
    assert!(success, "{text}");
}

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

/// A file of one's own, by its name with a space in it.
#[test]
fn a_film_of_ones_own_plays() {
    if !peer("ffmpeg") {
        return;
    }
    let demo = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../media/demo.mjpeg")).unwrap();
    let ends = demo.windows(2).enumerate().filter(|(_, octets)| octets == b"\xff\xd9");
    let end = ends.map(|(at, _)| at + 2).nth(24).expect("the demo has more than 25 pictures");
    let folder = temporary("own");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("my film.mjpeg"), &demo[..end]).unwrap();
    let server = Layercast::start(&["--media", folder.to_str().unwrap()]);
    for name in ["my%20film", "my%20film.mjpeg"] {
        let url = format!("rtsp://{}/{name}", server.rtsp);
        let arguments = ["-v", "error", "-i", &url, "-frames:v", "20", "-f", "framemd5", "-"];
        let (text, success) = listen_to("ffmpeg", &arguments, LIMIT);
        assert!(success, "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("0,")).count(), 20, "{text}");
    }
}
