//! The page asks what tshark says of this very frame.

use crate::common::{Layercast, Page, peer};
use serde_json::{Value, json};

/// A frame of each kind that matters, of what a run has told in its first seconds.
async fn kinds(page: &mut Page, until: u64) -> Vec<(String, u64)> {
    page.until(|text| text["type"] == "batch" && text["now"].as_u64() > Some(until)).await;
    let rows = page.ask(1, json!({"kind": "segment", "from": 0, "to": until})).await["rows"].take();
    let list = |name: &str| rows[name].as_array().expect("rows").clone();
    let mut found: Vec<(String, u64)> = Vec::new();
    let mut note = |kind: String, frame: &Value| {
        // The third of a kind, so that there is something before it.
        if found.iter().filter(|(other, _)| *other == kind).count() < 3 {
            found.push((kind, frame["id"].as_u64().expect("a number")));
        }
    };
    let messages = list("messages");
    for frame in list("frames") {
        let carried = &frame["carried"];
        let mut kind = carried["kind"].as_str().expect("a kind").to_owned();
        if carried["kind"] == "udp" {
            let message = messages.iter().find(|message| message["id"] == carried["message"]);
            kind = format!(
                "udp {}",
                message.map_or("?", |message| message["what"]["kind"].as_str().unwrap_or("?"))
            );
        } else if carried["kind"] == "tcp" {
            let data = carried["end"].as_u64() > carried["start"].as_u64();
            kind = format!("tcp {} data {data}", carried["flags"]);
        }
        if !frame["parent"].is_null() {
            kind += " again";
        }
        note(kind, &frame);
    }
    found
}

/// The layers of a frame as tshark and we read it, and how many earlier frames it took.
async fn checked(page: &mut Page, frame: u64, on: Option<Value>) -> (Vec<Value>, u64) {
    let mut question = json!({"kind": "check", "frame": frame});
    if let Some(on) = on {
        question["on"] = on;
    }
    let answer = page.ask(9, question).await;
    assert_eq!(answer["type"], "checked", "{answer}");
    let said = &answer["check"]["answer"];
    assert_eq!(said["kind"], "compared", "{answer}");
    assert!(said["checker"].as_str().expect("a name").starts_with("TShark "), "{said}");
    let layers = said["layers"].as_array().expect("layers").clone();
    let detail = page.ask(10, json!({"kind": "detail", "frame": frame})).await;
    let ours = detail["detail"]["layers"].as_array().unwrap_or_else(|| panic!("{detail}")).clone();
    let names = |layers: &[Value]| layers.iter().map(|layer| layer["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&layers), names(&ours));
    (layers, said["given"].as_u64().expect("a number"))
}

#[tokio::test]
async fn tshark_reads_this_very_frame_as_we_do() {
    if !peer("tshark") {
        return;
    }
    for scenario in ["classroom", "classroom-tcp", "classroom-nat", "classroom-vlan", "classroom-ipv6"] {
        let server = Layercast::start(&["--scenario", scenario]);
        let mut page = server.open().await;
        let (mut media, mut several) = (false, 0);
        for (kind, frame) in kinds(&mut page, 1_500_000_000).await {
            let (layers, given) = checked(&mut page, frame, None).await;
            for layer in &layers {
                assert_eq!(layer["differences"], json!([]), "{scenario}, {kind}: {layer}");
                let name = layer["name"].as_str().expect("a name");
                let fields = layer["compared"].as_u64();
                assert!(fields > Some(0) || name == "data", "{scenario}, {kind}: {layer}");
                media |= name == "rtp";
            }
            several += u64::from(given > 0);
        }
        assert!(media && several > 0, "{scenario}: {several} frames needed earlier ones");
    }
}

#[tokio::test]
async fn without_tshark_or_on_an_open_server_the_page_is_told_so() {
    let server = Layercast::start(&["--tshark", "/no/such/tshark"]);
    let mut page = server.open().await;
    page.until(|text| text["type"] == "batch" && text["now"].as_u64() > Some(200_000_000)).await;
    let answer = page.ask(3, json!({"kind": "check", "frame": 0})).await;
    assert_eq!(
        answer["check"],
        json!({"frame": 0, "answer": {"kind": "missing", "program": "/no/such/tshark"}})
    );
    let gone = page.ask(4, json!({"kind": "check", "frame": 999_999_999})).await;
    assert_eq!(gone["outcome"]["reason"], "This frame is no longer kept.");
    let server = Layercast::start_at("0.0.0.0:0", &[]);
    let mut page = server.open().await;
    page.until(|text| text["type"] == "batch" && text["now"].as_u64() > Some(200_000_000)).await;
    let answer = page.ask(3, json!({"kind": "check", "frame": 0})).await;
    let reason = answer["outcome"]["reason"].as_str().expect("a sentence");
    assert!(reason.contains("for this machine alone"), "{reason}");
}

#[cfg(unix)]
#[tokio::test]
async fn frames_wait_for_each_other_and_not_too_many() {
    use layercast::room::MAX_CHECKS;
    use std::os::unix::fs::PermissionsExt;

    let program = crate::common::temporary("slow-tshark");
    std::fs::write(&program, "#!/bin/sh\nsleep 1\nexit 1\n").expect("a temporary file can be written");
    let rights = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&program, rights).expect("it is ours");
    let server = Layercast::start(&["--tshark", program.to_str().expect("a path in UTF-8")]);
    let mut page = server.open().await;
    page.until(|text| text["type"] == "batch" && text["now"].as_u64() > Some(200_000_000)).await;
    for id in 0..=MAX_CHECKS {
        let get = json!({"kind": "check", "frame": 0});
        page.say(json!({"type": "get", "id": 20 + id, "get": get}).to_string()).await;
    }
    let mut reasons = Vec::new();
    while reasons.len() <= MAX_CHECKS {
        let answer = page.until(|text| text["type"] == "answer").await;
        reasons.push(answer["outcome"]["reason"].as_str().expect("a sentence").to_owned());
    }
    assert!(reasons[0].contains("try again in a moment"), "{reasons:?}");
    assert!(reasons[1..].iter().all(|reason| reason.contains("it gave no reason")), "{reasons:?}");
}
