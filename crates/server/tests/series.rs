//! Numbers for charts: what they count is what the rows tell, and what may be asked for is bounded.

mod common;

use common::{Layercast, Page};
use layercast::series::{MAX_CELLS, MAX_LENGTH};
use serde_json::{Value, json};

const SECOND: u64 = 1_000_000_000;

async fn grown(page: &mut Page, seconds: u64) {
    page.until(|text| text["type"] == "batch" && text["now"].as_u64() > Some(seconds * SECOND)).await;
}

fn sum(column: &Value) -> u64 {
    column.as_array().expect("a list").iter().filter_map(Value::as_u64).sum()
}

#[tokio::test]
async fn a_series_counts_what_the_rows_tell() {
    let server = Layercast::start(&["--scenario", "classroom-loss"]);
    let mut page = server.open().await;
    grown(&mut page, 4).await;
    let asked = json!({"kind": "series", "client": 0, "from": 0, "cell": 100_000_000, "cells": 30});
    let answer = page.ask(1, asked).await;
    assert_eq!(answer["type"], "series", "{answer}");
    let series = &answer["series"];
    let segment = page.ask(2, json!({"kind": "segment", "from": 0, "to": 3 * SECOND})).await;
    let rows = &segment["rows"];
    let hosts = [0, 4];
    let frames: Vec<_> = rows["frames"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|frame| frame["parent"].is_null() && hosts.contains(&frame["node"].as_u64().unwrap()))
        .filter(|frame| frame["carried"]["kind"] != "arp" || frame["node"] == 0)
        .collect();
    let octets: u64 = frames.iter().map(|frame| frame["length"].as_u64().unwrap()).sum();
    let what: u64 = ["rtp", "rtcp", "rtsp", "tcp", "other"].iter().map(|one| sum(&series["what"][one])).sum();
    let layers: u64 =
        ["application", "transport", "network", "link"].iter().map(|one| sum(&series["layers"][one])).sum();
    assert_eq!(what, octets, "all octets are something");
    assert_eq!(layers, octets, "all octets are of a layer");
    // RTP alone: each datagram has 18 octets of Ethernet, 20 of IP, 8 of UDP around it.
    let rtp: u64 = rows["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["what"]["kind"] == "rtp")
        .map(|message| message["length"].as_u64().unwrap() + 46)
        .sum();
    assert_eq!(sum(&series["what"]["rtp"]), rtp);
    let lost = rows["hops"].as_array().unwrap().iter().filter(|hop| !hop["fate"].is_null()).count();
    let dropped =
        rows["receipts"].as_array().unwrap().iter().filter(|one| one["outcome"]["kind"] == "dropped").count();
    assert_eq!(sum(&series["lost"]), (lost + dropped) as u64);
    let last = rows["pictures"].as_array().unwrap().last().expect("pictures were shown");
    let jitter: Vec<_> =
        series["receiver"]["jitter"].as_array().unwrap().iter().filter(|one| !one.is_null()).collect();
    assert_eq!(jitter.last().unwrap().as_f64(), last["stats"]["jitter"].as_f64());
}

#[tokio::test]
async fn the_variables_of_tcp_hold_until_they_change() {
    let server = Layercast::start(&["--scenario", "classroom-tcp"]);
    let mut page = server.open().await;
    grown(&mut page, 3).await;
    let asked =
        |from: u64| json!({"kind": "series", "client": 0, "from": from, "cell": 10_000_000, "cells": 100});
    let first = page.ask(1, asked(0)).await;
    let ends = first["series"]["tcp"].as_array().unwrap();
    let server_end = ends.iter().find(|end| end["node"] == 4).expect("the server's end");
    let cwnd = server_end["cwnd"].as_array().unwrap();
    let begun = cwnd.iter().position(|value| !value.is_null()).expect("it begins");
    assert!(cwnd[begun..].iter().all(|value| value.as_u64().is_some_and(|octets| octets > 0)));
    assert!(
        server_end["rto"].as_array().unwrap()[begun..].iter().all(|value| value.as_u64() >= Some(SECOND / 5))
    );
    // What held before the stretch holds in its first cell.
    let next = page.ask(2, asked(SECOND)).await;
    let end = next["series"]["tcp"]
        .as_array()
        .unwrap()
        .iter()
        .find(|end| end["node"] == 4)
        .expect("it is there")
        .clone();
    assert!(!end["cwnd"][0].is_null());
}

#[tokio::test]
async fn too_much_is_refused_in_words_and_nothing_is_nothing() {
    let server = Layercast::start(&[]);
    let mut page = server.open().await;
    let ask = |from: u64, cell: u64, cells: u64| json!({"kind": "series", "client": 0, "from": from, "cell": cell, "cells": cells});
    let longest = MAX_LENGTH.as_nanos() as u64;
    let refused = [
        ask(0, 100_000_000, 0),
        ask(0, 1_000_000, u64::from(MAX_CELLS) + 1),
        ask(0, 1, 10),
        ask(0, longest, 2),
        ask(0, 1 << 62, 2_000),
        ask(u64::MAX, 100_000_000, 10),
    ];
    for (id, question) in (1..).zip(refused) {
        let answer = page.ask(id, question.clone()).await;
        assert_eq!(answer["outcome"]["kind"], "refused", "{question}");
        assert!(answer["outcome"]["reason"].as_str().unwrap().ends_with('.'));
    }
    for (id, from, client) in [(20, 3_600 * SECOND, 0), (21, 0, 99)] {
        let answer = page
            .ask(
                id,
                json!({"kind": "series", "client": client, "from": from, "cell": 100_000_000, "cells": 50}),
            )
            .await;
        let series = &answer["series"];
        assert_eq!(sum(&series["what"]["rtp"]), 0, "{answer}");
        assert_eq!(series["lost"].as_array().unwrap().len(), 50);
    }
}
