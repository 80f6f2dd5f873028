//! What pages and the command line may open, and what they are told.

use crate::common::{Layercast, Page, pictures, run};
use crate::watch::pictures_of;
use serde_json::{Value, json};

async fn opens(page: &mut Page, url: &str) -> Value {
    page.order(7, json!({"kind": "open", "client": 0, "url": url})).await
}

#[tokio::test]
async fn what_cannot_be_opened_is_refused_in_words() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    page.until_type("hello").await;
    for (url, says) in [
        ("camera", "rtsp://host:port/path"),
        ("http://127.0.0.1/", "rtsp://"),
        ("rtsp://user:secret@169.254.169.254/latest", "link-local"),
        ("rtsp://user:secret@[fe80::1]/x", "link-local"),
        ("rtsp://239.1.1.1/x", "multicast"),
        ("rtsp://0.0.0.0:8554/x", "no host"),
        ("rtsp://user:secret@127.0.0.1:1/x", "127.0.0.1:1"),
        ("rtsp://no-such-host.invalid/x", "no-such-host.invalid"),
    ] {
        let outcome = opens(&mut page, url).await;
        let reason = outcome["reason"].as_str().unwrap_or_default();
        assert!(outcome["kind"] == "refused" && reason.contains(says), "{url}: {outcome}");
        assert!(!reason.contains("secret"), "{reason}");
    }
}

#[tokio::test]
async fn only_the_key_holder_opens() {
    let server = Layercast::start_at("0.0.0.0:0", &[]);
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], server.page.port()));
    let mut page = Page::open(address, "", &[]).await.expect("watching is free");
    page.until_type("hello").await;
    let outcome = opens(&mut page, "rtsp://127.0.0.1:9/x").await;
    assert!(outcome["kind"] == "refused" && outcome["reason"].to_string().contains("key"), "{outcome}");
}

#[tokio::test]
async fn a_page_opens_a_real_server_and_the_world_runs_in_real_time() {
    let folder = pictures::folder();
    let real = Layercast::start(&["--media", folder.to_str().expect("a path in UTF-8")]);
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    let hello = page.until_type("hello").await;
    let frozen = json!({"kind": "pace", "pace": {"kind": "frozen"}});
    assert_eq!(page.order(1, frozen.clone()).await["kind"], "done");
    let url = format!("rtsp://user:secret@{}{}", real.rtsp, pictures::PATH);
    assert_eq!(opens(&mut page, &url).await["kind"], "done");
    let seen = pictures_of(&mut page, hello["room"].clone(), "Layercast").await;
    assert_eq!(page.order(2, frozen.clone()).await["kind"], "refused", "a real server cannot be stopped");
    assert!(!seen.said.contains("secret"), "no password is told to pages");
    let room = page.ask_room().await;
    let host = room["added"]["nodes"].as_array().and_then(|nodes| nodes.first()).expect("a host for it");
    assert_eq!((&host["kind"], &host["id"]), (&json!("source"), &seen.source["node"]));
    // The session ends, and with it the connection: the world can be stopped again.
    let teardown = json!({"kind": "request", "client": 0, "method": "TEARDOWN"});
    assert_eq!(page.order(3, teardown).await["kind"], "done");
    page.until(|text| text["type"] == "room" && text["sources"][0]["state"] == "closed").await;
    assert_eq!(page.order(4, frozen).await["kind"], "done");
}

#[test]
fn the_command_line_says_what_is_wrong() {
    for (arguments, says) in [
        (
            &["serve", "--http", "127.0.0.1:0", "--rtsp", "127.0.0.1:0", "--source", "camera"][..],
            "--source: ",
        ),
        (
            &["serve", "--http", "127.0.0.1:0", "--rtsp", "127.0.0.1:0", "--source", "rtsp://u:pass@h:0/"],
            "65535",
        ),
        (&["run", "--source", "rtsp://127.0.0.1/"], "layercast serve --source"),
    ] {
        let output = run(arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(says) && !text.contains("pass@"), "{text}");
    }
}
