//! Captures of other networks: opened, shown in the room, handed in by a page.

#[path = "../common/mod.rs"]
mod common;
mod upload;

use common::{Heard, Layercast, Page, pictures, run};
use layercast::capture::{self, MAX_FILE, OpenError, Opening};
use protocol::rtp::jpeg;
use serde_json::{Value, json};
use simulator::PictureId;
use simulator::foreign::Foreign;
use std::path::PathBuf;

/// A kept capture.
fn kept(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/foreign/captured", name].iter().collect()
}

/// The numbers that the pictures of a capture show, and whether all their packets came.
fn numbers(foreign: &mut Foreign) -> Vec<(Option<u16>, bool)> {
    foreign.run_until(foreign.end());
    let tape = foreign.tape();
    let shown = tape.pictures().iter().enumerate().map(|(place, picture)| {
        let packets = tape.picture_packets(PictureId(place as u64)).expect("a kept picture");
        let rebuilt = jpeg::rebuild(packets.iter().map(|packet| &packet[..])).expect("a picture");
        (pictures::number_in_jpeg(&rebuilt.jpeg), picture.complete)
    });
    shown.collect()
}

#[test]
fn what_ffmpeg_played_is_shown_picture_by_picture() {
    for (file, transport) in [("ffmpeg-udp.pcapng", "udp"), ("ffmpeg-tcp.pcapng", "tcp")] {
        let mut foreign = capture::open(&kept(file)).expect("a capture");
        let numbers = numbers(&mut foreign);
        assert!(numbers.len() >= 8, "{file}: {numbers:?}");
        for (place, shown) in numbers.iter().enumerate().take(numbers.len() - 1) {
            assert_eq!(*shown, (Some(place as u16), true), "{file}: {numbers:?}");
        }
        let client = foreign.clients().remove(0);
        assert_eq!(client.transport, Some(transport));
        assert_eq!(client.url.as_deref(), Some("rtsp://127.0.0.1:8554/numbers"));
        assert!(client.name.starts_with("Lavf"), "{}", client.name);
        assert_eq!(foreign.facts().with_fcs, 0, "loopback has no FCS, and none is made up");
    }
}

/// Other programs on both ends: the captures that dissection is compared on.
#[test]
fn captures_of_other_programs_are_put_together() {
    let open = |name: &str| {
        let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/dissect/recorded", name].iter().collect();
        capture::open(&path)
    };
    for (file, transport) in
        [("gst-gst-udp.pcapng", "udp"), ("gst-ffmpeg-tcp.pcapng", "tcp"), ("gst-gst-ipv6-tcp.pcapng", "tcp")]
    {
        let mut foreign = open(file).expect(file);
        foreign.run_until(foreign.end());
        let tape = foreign.tape();
        assert_eq!(foreign.clients()[0].transport, Some(transport), "{file}");
        let complete = tape.pictures().iter().filter(|picture| picture.complete).count();
        let all = tape.pictures().iter().len();
        assert!(
            complete > 2 && complete + 2 >= all,
            "{file}: {complete} of {all} pictures; {:?}",
            foreign.facts()
        );
        for number in 0..all as u64 {
            let packets = tape.picture_packets(PictureId(number)).expect("a kept picture");
            let rebuilt = jpeg::rebuild(packets.iter().map(|packet| &packet[..]));
            assert!(rebuilt.is_ok() || number + 1 == all as u64, "{file}, picture {number}");
        }
    }
    // H.264 is taken apart, but not shown; and the file says so.
    let mut h264 = open("gst-ffmpeg-ipv6-udp.pcapng").expect("a capture");
    h264.run_until(h264.end());
    let notes: Vec<_> = h264.tape().states().iter().map(|state| format!("{:?}", state.change)).collect();
    assert!(notes.iter().any(|note| note.contains("The video is H264")), "{notes:?}");
    assert_eq!(h264.tape().pictures().end(), 0);
    // What was cut makes no picture.
    let mut cut = open("gst-ffmpeg-tcp-cut.pcapng").expect("a capture");
    cut.run_until(cut.end());
    assert!(cut.facts().notes.iter().any(|note| note.starts_with("Cut: ")), "{:?}", cut.facts());
    // Linux's own header of the interface `any` is none of Ethernet.
    let error = open("gst-ffmpeg-any.pcapng").expect_err("not Ethernet").to_string();
    assert!(error.contains("LinuxSll"), "{error}");
    let error = open("two-hosts.pcapng").expect_err("no RTSP").to_string();
    assert!(error.contains("no RTSP was found"), "{error}");
}

#[test]
fn a_frame_that_is_missing_in_the_file_is_missing_in_its_picture() {
    let file = std::fs::read(kept("ffmpeg-udp.pcapng")).expect("the file");
    let mut whole = capture::open(&kept("ffmpeg-udp.pcapng")).expect("a capture");
    whole.run_until(whole.end());
    // The first packet of the third picture, found by its octets.
    let third = whole.tape().pictures().get(2).expect("a third picture").clone();
    let message = third.slots[0].1.expect("its first packet came");
    let packet = whole.tape().message_bytes(message).expect("its octets");
    let at = file.windows(packet.len()).position(|octets| octets == &packet[..]).expect("it is in the file");
    let mut spoilt = file.clone();
    // The version of RTP becomes 0: no packet of the stream.
    spoilt[at] = 0;
    let mut opening = Opening::default();
    opening.feed(&spoilt).expect("still a capture");
    let mut foreign = opening.finish("spoilt.pcapng").expect("still a film");
    foreign.run_until(foreign.end());
    let damaged: Vec<_> = foreign.tape().pictures().iter().filter(|picture| !picture.complete).collect();
    assert!(damaged.iter().any(|picture| picture.timestamp == third.timestamp), "{damaged:?}");
    let slots = &damaged[0].slots;
    assert_eq!(slots.iter().filter(|(_, message)| message.is_none()).count(), 1, "{slots:?}");
}

#[test]
fn files_that_cannot_be_shown_say_why() {
    let refused = |octets: &[u8]| {
        let mut opening = Opening::default();
        let read = opening.feed(octets);
        read.and_then(|()| opening.finish("x").map(drop)).expect_err("no capture").to_string()
    };
    assert!(refused(b"GIF89a, of course").contains("neither pcapng nor pcap"));
    assert!(refused(&[]).contains("before it tells what it is"));
    // A header of pcap and no frames.
    let header = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
    assert!(refused(&header).contains("no Ethernet frames"));
    // A frame without RTSP.
    let frame = [&header[..], &[0; 8], &60u32.to_le_bytes(), &60u32.to_le_bytes(), &[0; 60]].concat();
    assert!(refused(&frame).contains("no RTSP was found"));
    // One of another kind of link.
    let mut other = frame.clone();
    other[20] = 105;
    assert!(refused(&other).contains("not Ethernet's"));
}

#[test]
fn a_file_is_read_up_to_its_limit() {
    let section = [0x0a0d_0d0au32, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28];
    // A block that is no packet, and longer than all that may come.
    let block = [0x0bad_u32, (MAX_FILE as u32) * 2];
    let words = section.into_iter().chain(block);
    let mut opening = Opening::default();
    opening.feed(&words.flat_map(u32::to_le_bytes).collect::<Vec<_>>()).expect("the beginning");
    let chunk = vec![0; 1 << 20];
    let mut fed = 0;
    let error = loop {
        match opening.feed(&chunk) {
            Ok(()) => fed += chunk.len(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, OpenError::TooLong), "{error}");
    assert!(fed <= MAX_FILE && fed > MAX_FILE - 2 * chunk.len());
}

#[test]
fn a_wrong_file_ends_the_program_with_one_line() {
    let output =
        run(&["serve", "--http", "127.0.0.1:0", "--rtsp", "127.0.0.1:0", "--capture", "/no/such.pcapng"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("--capture /no/such.pcapng"), "{text}");
}

/// A server that shows a kept capture, and a page on it with its first `hello`.
async fn shown(file: &str) -> (Layercast, Page, Value) {
    let file = kept(file);
    let server = Layercast::start(&["--capture", file.to_str().expect("a path in UTF-8")]);
    let mut page = server.open().await;
    let hello = page.until_type("hello").await;
    (server, page, hello)
}

#[track_caller]
fn nanos(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no time"))
}

#[tokio::test]
async fn serve_shows_a_capture_on_the_same_stage() {
    let (_server, mut page, hello) = shown("ffmpeg-udp.pcapng").await;
    let capture = &hello["run"]["capture"];
    assert_eq!(capture["file"], "ffmpeg-udp.pcapng");
    assert_eq!(capture["fcs"], "absent");
    let names: Vec<_> =
        hello["topology"]["nodes"].as_array().expect("nodes").iter().map(|n| &n["name"]).collect();
    assert_eq!(names[..2], ["Client", "Server"]);
    assert_eq!(hello["topology"]["links"][0]["forward"]["rate"], 0.0, "a capture does not know the rate");
    assert_eq!(hello["room"]["capture"]["run"], hello["run"]["number"]);
    page.say(json!({"type": "watch", "client": 0}).to_string()).await;
    // It plays by itself, and its pictures come.
    let mut found = Vec::new();
    while found.len() < 4 {
        match page.next().await {
            Heard::Picture(picture) => found.push(pictures::number_in_message(&picture)),
            Heard::Text(_) => {}
            Heard::Closed(code) => panic!("closed: {code:?}"),
        }
    }
    assert_eq!(found, [Some(0), Some(1), Some(2), Some(3)]);
    // To its end, where time stands still.
    let end = nanos(&hello["room"]["capture"]["end"]);
    let room = page.until(|message| message["type"] == "room" && message["pace"]["kind"] == "frozen").await;
    assert_eq!(nanos(&room["now"]), end);
    assert_eq!(room["clients"][0]["transport"], "udp");
    assert_eq!(room["clients"][0]["state"], "Init", "it has said TEARDOWN");
    // All of it can be asked for.
    let answer = page.ask(7, json!({"kind": "segment", "from": 0, "to": end + 1})).await;
    let rows = &answer["rows"];
    let frames = rows["frames"].as_array().expect("frames");
    assert_eq!(frames.len() as u64, capture["shown"].as_f64().expect("a count") as u64);
    assert!(frames.iter().all(|frame| frame["cause"]["kind"] == "captured"));
    let media =
        frames.iter().rfind(|frame| frame["carried"]["message"].is_u64()).expect("a frame with media");
    let answer = page.ask(8, json!({"kind": "detail", "frame": media["id"]})).await;
    let layers = answer["detail"]["layers"].as_array().expect("layers").clone();
    let layers: Vec<_> =
        layers.iter().map(|layer| layer["name"].as_str().expect("a name").to_owned()).collect();
    assert_eq!(layers[..3], ["eth", "ip", "udp"]);
    assert!(!answer.to_string().contains("eth.fcs"), "no FCS is made up");
}

#[tokio::test]
async fn a_recording_is_led_on_but_not_changed() {
    let (_server, mut page, hello) = shown("ffmpeg-tcp.pcapng").await;
    let end = nanos(&hello["room"]["capture"]["end"]);
    let answer = page.order(1, json!({"kind": "pace", "pace": {"kind": "frozen"}})).await;
    assert_eq!(answer["kind"], "done");
    for command in [
        json!({"kind": "request", "client": 0, "method": "PAUSE", "from": null}),
        json!({"kind": "open", "client": 0, "url": "/demo"}),
        json!({"kind": "fork", "at": 0, "change": null}),
        json!({"kind": "redirect", "client": 0, "to": "/demo"}),
    ] {
        let answer = page.order(2, command).await;
        let reason = answer["reason"].as_str().unwrap_or_default().to_owned();
        assert!(reason.contains("recording of another network"), "{answer}");
    }
    let answer = page.order(3, json!({"kind": "advance", "to": {"kind": "event"}})).await;
    assert_eq!(answer["kind"], "done");
    let answer = page.order(4, json!({"kind": "advance", "to": {"kind": "time", "at": end}})).await;
    assert_eq!(answer["kind"], "done");
    let answer = page.order(5, json!({"kind": "advance", "to": {"kind": "event"}})).await;
    assert_eq!(answer["reason"], "The capture ends here.");
    // Closed, the simulated run is there again.
    page.say(json!({"type": "command", "id": 6, "command": {"kind": "closeCapture"}}).to_string()).await;
    let hello = page.until_type("hello").await;
    assert_eq!(hello["run"]["number"], 0);
    assert!(hello["run"]["capture"].is_null());
    let answer = page.order(7, json!({"kind": "closeCapture"})).await;
    assert_eq!(answer["reason"], "No capture is open.");
}

#[tokio::test]
async fn a_recording_is_searched_and_led_up_to_an_event() {
    let (_server, mut page, hello) = shown("ffmpeg-tcp.pcapng").await;
    page.order(1, json!({"kind": "pace", "pace": {"kind": "frozen"}})).await;
    let end = nanos(&hello["room"]["capture"]["end"]);
    // Up to the player's farewell, wherever the recording stood.
    let until = "message where rtsp.method == \"TEARDOWN\"";
    let run = hello["run"]["number"].clone();
    let done = page.order(2, json!({"kind": "advance", "to": {"kind": "find", "until": until}})).await;
    assert_eq!(done["kind"], "done", "{done}");
    page.say(r#"{"type":"resync"}"#).await;
    let now = nanos(&page.until_type("hello").await["now"]);
    assert!(now <= end);
    // What the message says is known at the very moment at which time stands.
    for (id, backwards, from) in [(3, false, 0), (4, true, end)] {
        let get = json!({"kind": "find", "until": until, "from": from, "backwards": backwards});
        page.say(json!({"type": "get", "id": id, "run": run, "get": get}).to_string()).await;
        let found = page.until(|text| text["id"] == id).await;
        assert_eq!(nanos(&found["found"]["t"]), now, "the recording stands at the event: {found}");
        assert!(found["found"]["message"].is_u64(), "{found}");
    }
    let get = json!({"kind": "find", "until": "message where rtsp.method == \"RECORD\"", "from": 0});
    page.say(json!({"type": "get", "id": 5, "run": run, "get": get}).to_string()).await;
    let none = page.until(|text| text["id"] == 5).await;
    assert_eq!((&none["type"], &none["found"]), (&json!("found"), &Value::Null));
    let never = json!({"kind": "advance", "to": {"kind": "find", "until": until}});
    let over = page.order(6, never).await;
    assert_eq!(over["kind"], "refused", "it happens once: {over}");
}
