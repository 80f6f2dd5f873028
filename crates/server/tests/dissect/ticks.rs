//! The list behind the page's ticks, and the filters that can be copied.

use crate::common::{listen_to, peer};
use crate::{recorded, scenarios};
use layercast::dissect::{checked, take_apart};
use protocol::capture::Reader;
use protocol::dissect::{Dissection, Dissector, Field, Layer};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// tshark's name and version, as its first line tells them.
fn version() -> String {
    let (text, success) = listen_to("tshark", &["--version"], Duration::from_secs(60));
    assert!(success, "{text}");
    let line = text.lines().find(|line| line.starts_with("TShark")).expect("it tells its version");
    let number = line.split(' ').find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    format!("TShark {}", number.expect("a version has a number").trim_end_matches('.'))
}

#[test]
fn what_the_page_calls_checked_was_compared() {
    if !peer("tshark") {
        return;
    }
    let mut names: BTreeSet<String> = scenarios::compared().names.clone();
    names.extend(recorded::compared().names.iter().cloned());
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        let list: String = names.iter().map(|name| format!("{name}\n")).collect();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/dissect/checked.txt");
        std::fs::write(file, format!("{}\n{list}", version())).expect("the list can be written");
        return;
    }
    let unkept: Vec<_> = checked::names().filter(|name| !names.contains(*name)).collect();
    assert!(unkept.is_empty(), "ticked but not compared: {unkept:?}");
    let unlisted: Vec<_> = names.iter().filter(|name| !checked::is_checked(name)).collect();
    assert!(unlisted.is_empty(), "UPDATE=1 writes these into the list: {unlisted:?}");
    assert!(checked::CHECKER.starts_with("TShark "), "{}", *checked::CHECKER);
}

/// One filter of each name, with the number of its frame.
fn filters(file: &Path) -> BTreeMap<&'static str, (u64, String)> {
    fn add(
        found: &mut BTreeMap<&'static str, (u64, String)>,
        (number, dissection, octets): (u64, &Dissection, &[u8]),
        layer: &Layer,
        fields: &[Field],
    ) {
        for field in fields {
            let octets_of = dissection.octets(octets, layer, field.bits);
            if let (Some(name), Some(filter)) = (field.name, field.filter(octets_of)) {
                found.entry(name).or_insert((number, filter));
            }
            add(found, (number, dissection, octets), layer, &field.children);
        }
    }
    let mut reader = Reader::new();
    reader.feed(&std::fs::read(file).expect("it is there"));
    let mut dissector = Dissector::new();
    let mut found = BTreeMap::new();
    while let Some(packet) = reader.packet().expect("a whole capture") {
        let dissection = take_apart(&mut dissector, &packet, false);
        for layer in &dissection.layers {
            add(&mut found, (packet.number, &dissection, packet.octets), layer, &layer.fields);
        }
    }
    found
}

#[test]
fn filters_find_the_frame_that_they_were_copied_from() {
    if !peer("tshark") {
        return;
    }
    let mut tried = 0;
    for file in recorded::files() {
        if !["two-hosts.pcapng", "gst-gst-udp.pcapng", "gst-ffmpeg-tcp.pcapng"]
            .iter()
            .any(|name| file.ends_with(name))
        {
            continue;
        }
        let filters = filters(&file);
        // A part of them one by one, since tshark takes its time; then all at once.
        for (name, (number, filter)) in filters.iter().filter(|(name, _)| checked::is_checked(name)) {
            tried += 1;
            let both = format!("frame.number == {number} && {filter}");
            let arguments = ["-n", "-r", file.to_str().expect("a path in UTF-8"), "-Y", &both];
            if tried % 4 == 0 || filter.contains('"') || filter.contains('[') {
                let (text, success) = listen_to("tshark", &arguments, Duration::from_secs(120));
                assert!(success, "{name}: {filter}: {text}");
                let lines = text.lines().filter(|line| !line.contains("Running as user")).count();
                assert_eq!(lines, 1, "{name}: frame {number} has {filter}");
            }
        }
        let any: Vec<_> = filters.values().map(|(_, filter)| format!("({filter})")).collect();
        let any = any.join(" || ");
        let arguments = ["-n", "-r", file.to_str().expect("a path in UTF-8"), "-c", "1", "-Y", &any];
        let (text, success) = listen_to("tshark", &arguments, Duration::from_secs(120));
        assert!(success, "one is no filter: {text}");
    }
    assert!(tried > 150, "{tried} filters");
}
