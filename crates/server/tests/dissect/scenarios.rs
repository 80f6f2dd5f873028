//! Our own runs: every scenario, every link.

use crate::common::{peer, run, temporary};
use crate::compare::{Compared, compare, lines};
use protocol::capture::Reader;
use simulator::Scenario;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Runs a scenario and captures a part of it.
pub fn captured(name: &str, arguments: &[&str]) -> PathBuf {
    let file = temporary(name);
    let mut all = vec!["run", "--pcapng", file.to_str().expect("a path in UTF-8")];
    all.extend(arguments);
    let output = run(&all);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    file
}

/// The names of a scenario's cables, in the order of the capture of all.
fn links(scenario: &str) -> Vec<String> {
    let file = format!("{scenario}-names.pcapng");
    let file = captured(&file, &["--scenario", scenario, "--for", "100ms", "--link", "all"]);
    let mut reader = Reader::new();
    reader.feed(&std::fs::read(file).expect("it was written"));
    while reader.packet().expect("we wrote it").is_some() {}
    reader.interfaces().iter().filter_map(|interface| interface.name.clone()).collect()
}

/// Compares every link of every scenario, once for all tests.
pub fn compared() -> &'static Compared {
    static ALL: OnceLock<Compared> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = Compared::default();
        for scenario in Scenario::names() {
            let before = all.frames;
            for link in links(scenario) {
                let file = format!("{scenario}-{link}.pcapng");
                let capture = captured(&file, &["--scenario", scenario, "--for", "1500ms", "--link", &link]);
                all.add(compare(&capture, &[], &[]));
                std::fs::remove_file(capture).ok();
            }
            assert!(all.frames > before + 100, "{scenario}: {} frames", all.frames - before);
        }
        all
    })
}

#[test]
fn tshark_agrees_on_every_link_of_every_scenario() {
    if !peer("tshark") {
        return;
    }
    let all = compared();
    assert!(all.fields > 50_000 && all.names.len() > 120, "{all:?}");
    for name in
        ["eth.fcs", "ip.ttl", "tcp.flags", "rtp.seq", "jpeg.main_hdr.width", "rtsp.session", "sdp.media"]
    {
        assert!(all.names.contains(name), "{name} was not compared");
    }
}

#[test]
fn all_links_in_one_file_are_taken_apart_as_each_alone() {
    let arguments = ["--scenario", "classroom-tcp", "--for", "1s"];
    let all = lines(&captured("all.pcapng", &[&arguments[..], &["--link", "all"]].concat()), &[]);
    let one = lines(&captured("one.pcapng", &[&arguments[..], &["--link", "client"]].concat()), &[]);
    assert!(all.len() > 3 * one.len() && one.len() > 100, "{} of {}", one.len(), all.len());
    let layers = |line: &serde_json::Value| line["layers"].to_string();
    let together: BTreeSet<_> = all.iter().map(layers).collect();
    for line in &one {
        assert!(together.contains(&layers(line)), "{line}");
    }
}
