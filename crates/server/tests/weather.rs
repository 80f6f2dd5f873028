//! Weather and faults over the page's WebSocket.

mod common;

use common::{Heard, Layercast, Page};
use serde_json::{Value, json};

/// The cable between router and server's switch, whose backward direction leads to the client.
const LINK: u32 = 2;

/// The first hello.
async fn hello(page: &mut Page) -> Value {
    let Heard::Text(hello) = page.next().await else { panic!("hello comes first") };
    hello
}

/// The next row of this list that is wanted.
async fn row(page: &mut Page, list: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let rows = |text: &Value| text["rows"][list].as_array().cloned().unwrap_or_default();
    let batch = page.until(|text| text["type"] == "batch" && rows(text).iter().any(&wanted)).await;
    rows(&batch).into_iter().find(&wanted).expect("it is there")
}

#[tokio::test]
async fn a_page_sees_the_weather_changes_it_and_learns_of_the_change() {
    let server = Layercast::start(&["--weather", "client:backward=cafe-wifi"]);
    let mut page = server.open().await;
    let hello = hello(&mut page).await;
    let links = hello["topology"]["links"].as_array().unwrap();
    assert_eq!(links[0]["backward"]["loss"]["kind"], "bursty", "as ordered on the command line");
    assert_eq!(links[0]["forward"]["loss"], json!({"kind": "random", "p": 0.0}));
    let names: Vec<_> = hello["presets"].as_array().unwrap().iter().map(|preset| &preset["name"]).collect();
    assert_eq!(names, ["fibre", "dsl", "cafe-wifi", "4g", "satellite"]);
    assert_eq!(hello["ranges"]["mtu"], json!([68, 1500]));

    let before = links[LINK as usize]["backward"].clone();
    let mut new = before.clone();
    new["loss"] = json!({"kind": "random", "p": 0.5});
    new["down"] = json!(false);
    let command = |weather: &Value| json!({"kind": "weather", "link": LINK, "direction": "backward", "weather": weather});
    page.say(json!({"type": "command", "id": 1, "command": command(&new)}).to_string()).await;
    let change = row(&mut page, "states", |row| row["change"]["kind"] == "weather").await;
    assert_eq!((&change["change"]["before"], &change["change"]["weather"]), (&before, &new));
    assert_eq!(change["change"]["direction"], "backward");
    let lost = row(&mut page, "hops", |hop| hop["fate"]["kind"] == "lost").await;
    assert_eq!(lost["link"], LINK);
    // Who comes later is told how it is now, and of the change.
    let mut second = server.open().await;
    let greeted = self::hello(&mut second).await;
    assert_eq!(greeted["topology"]["links"][LINK as usize]["backward"], new);
    let states = greeted["rows"]["states"].as_array().unwrap();
    assert!(states.iter().any(|row| row["change"]["kind"] == "weather"));

    for (key, value, says) in [
        ("mtu", json!(20), "between 68 and 1500"),
        ("queue", json!(10), "1518"),
        ("rate", json!(1), "between 1 kbit/s and 100 Gbit/s"),
        ("duplicate", json!(1.5), "between 0 and 1"),
        ("bitErrors", json!(0.5), "between 0 and 0.01"),
        ("jitter", json!(2_000_000_000u64), "at most 1s"),
    ] {
        let mut bad = new.clone();
        bad[key] = value;
        let refused = page.order(2, command(&bad)).await;
        assert_eq!(refused["kind"], "refused", "{key}");
        assert!(refused["reason"].as_str().unwrap().contains(says), "{key}: {refused}");
    }
    let mut nowhere = command(&new);
    nowhere["link"] = json!(99);
    assert_eq!(page.order(3, nowhere).await["reason"], "There is no such link.");
}

#[tokio::test]
async fn an_ordered_bit_is_wrong_on_that_cable_and_only_there() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    let fault = |on: &str, what: Value| json!({"kind": "fault", "link": LINK, "direction": "backward", "on": {"kind": on}, "what": what});
    page.say(
        json!({"type": "command", "id": 1, "command": fault("nextMarker", json!({"kind": "corrupt", "bit": 400}))})
            .to_string(),
    )
    .await;
    let hop = row(&mut page, "hops", |hop| hop["mishap"].is_object()).await;
    assert_eq!((&hop["link"], &hop["fate"]), (&json!(LINK), &Value::Null));
    assert_eq!(hop["mishap"]["flipped"], json!([400]));
    assert_eq!(hop["mishap"]["ordered"], json!({"kind": "corrupt", "bit": 400}));
    let question = |on: Value| json!({"kind": "detail", "frame": hop["frame"], "on": on});
    let octet = |answer: &Value| answer["detail"]["sources"][0].as_str().unwrap()[100..102].to_owned();
    let sent = page.ask(2, question(Value::Null)).await;
    let came = page.ask(3, question(json!({"link": LINK, "start": hop["start"]}))).await;
    let read = |digits: &str| u8::from_str_radix(digits, 16).unwrap();
    assert_eq!(read(&octet(&sent)) ^ read(&octet(&came)), 0x80, "bit 400 is the highest of octet 50");
    let notes = |answer: &Value| answer["detail"].to_string();
    assert_ne!(notes(&sent), notes(&came));
    let elsewhere = page.ask(4, question(json!({"link": 0, "start": 0}))).await;
    assert_eq!(elsewhere["outcome"]["kind"], "refused");

    let future = json!({"kind": "fault", "link": LINK, "direction": "backward",
        "on": {"kind": "frame", "frame": 99_999}, "what": {"kind": "drop"}});
    assert!(page.order(5, future).await["reason"].as_str().unwrap().contains("fork"));
    let far = fault("next", json!({"kind": "corrupt", "bit": 12_144}));
    assert!(page.order(6, far).await["reason"].as_str().unwrap().contains("12143"));
    let long = fault("next", json!({"kind": "delay", "by": 11_000_000_000u64}));
    assert!(page.order(7, long).await["reason"].as_str().unwrap().contains("10s"));
}
