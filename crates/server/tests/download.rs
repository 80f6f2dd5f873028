//! What the cables of a running room carried, as a file for Wireshark.

mod common;

use common::{Layercast, get};
use protocol::capture::Reader;
use std::collections::BTreeSet;
use std::time::Duration;

/// How many frames of which interfaces a file holds.
fn frames(file: &[u8]) -> (usize, BTreeSet<u32>) {
    let mut reader = Reader::new();
    reader.feed(file);
    let (mut count, mut interfaces) = (0, BTreeSet::new());
    while let Some(packet) = reader.packet().expect("a whole file") {
        count += 1;
        interfaces.insert(packet.interface);
    }
    reader.finish().expect("it ends where a block ends");
    (count, interfaces)
}

#[test]
fn a_link_a_host_or_all_cables_can_be_downloaded() {
    let server = Layercast::start(&[]);
    std::thread::sleep(Duration::from_secs(2));
    let (head, one) = get(&server, "/pcapng?link=client");
    assert!(head.starts_with("HTTP/1.0 200 ") || head.starts_with("HTTP/1.1 200 "), "{head}");
    let head = head.to_ascii_lowercase();
    assert!(head.contains("filename=\"layercast-client.pcapng\""), "{head}");
    let (one, interfaces) = frames(&one);
    assert!(one > 20 && interfaces.len() == 1, "{one} frames of {interfaces:?}");
    let (_, router) = get(&server, "/pcapng?host=R1");
    assert_eq!(frames(&router).1.len(), 2, "the router has two cables");
    let (_, all) = get(&server, "/pcapng");
    let (all, interfaces) = frames(&all);
    assert!(all > 2 * one && interfaces.len() == 4, "{all} frames of {interfaces:?}");
}

#[test]
fn what_is_not_there_is_said() {
    let server = Layercast::start(&[]);
    for (path, status, says) in [
        ("/pcapng?link=nowhere", " 404 ", "sw1-r1"),
        ("/pcapng?host=Nobody", " 404 ", "Server"),
        ("/pcapng?run=9", " 404 ", "no such run"),
        ("/pcapng?link=client&host=R1", " 404 ", "not both"),
        ("/pcapng?colour=red", " 400 ", "colour"),
    ] {
        let (head, body) = get(&server, path);
        let body = String::from_utf8_lossy(&body);
        assert!(head.contains(status) && body.contains(says), "{path}: {head}{body}");
    }
}
