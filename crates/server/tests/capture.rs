//! `layercast run`: the same file each time, and tshark agrees with every octet of it.

mod common;

use common::{listen_to, peer, run, temporary};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

fn capture(name: &str, arguments: &[&str]) -> PathBuf {
    let file = temporary(name);
    let mut all = vec!["run", "--pcapng", file.to_str().expect("a path in UTF-8")];
    all.extend(arguments);
    let output = run(&all);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    file
}

#[test]
fn the_same_run_gives_the_same_file() {
    let arguments = ["--scenario", "classroom-loss", "--seed", "7", "--for", "4s"];
    let first = std::fs::read(capture("first.pcapng", &arguments)).unwrap();
    let again = std::fs::read(capture("again.pcapng", &arguments)).unwrap();
    assert!(first.len() > 1_000_000);
    assert!(first == again, "two runs differ");
    let other = ["--scenario", "classroom-loss", "--seed", "8", "--for", "4s"];
    assert!(first != std::fs::read(capture("other.pcapng", &other)).unwrap(), "the seed matters");
}

/// What tshark makes of a capture, with every check that it can do switched on: how many
/// frames have which protocols.
fn protocols(file: &std::path::Path) -> BTreeMap<String, usize> {
    let file = file.to_str().expect("a path in UTF-8");
    let checks = [
        "-o",
        "ip.check_checksum:TRUE",
        "-o",
        "tcp.check_checksum:TRUE",
        "-o",
        "udp.check_checksum:TRUE",
        "-o",
        "eth.check_fcs:TRUE",
    ];
    let complaints = "_ws.malformed || _ws.short || eth.fcs.status == 0 || ip.checksum.status == 0 \
                      || tcp.checksum.status == 0 || udp.checksum.status == 0";
    let mut arguments = vec!["-n", "-r", file];
    arguments.extend(checks);
    let mut wrong = arguments.clone();
    wrong.extend(["-Y", complaints]);
    let (text, success) = listen_to("tshark", &wrong, LIMIT);
    assert!(success, "{text}");
    let complaints: Vec<_> = text.lines().filter(|line| !line.contains("Running as user")).collect();
    assert!(complaints.is_empty(), "{}", complaints[..complaints.len().min(10)].join("\n"));

    let mut checked = arguments.clone();
    checked.extend(["-T", "fields", "-e", "eth.fcs.status", "-e", "frame.protocols"]);
    let (text, success) = listen_to("tshark", &checked, LIMIT);
    assert!(success, "{text}");
    let mut count = BTreeMap::new();
    for line in text.lines() {
        let Some((status, protocols)) = line.split_once('\t') else { continue };
        assert_eq!(status, "1", "the FCS is there and right: {line}");
        for protocol in protocols.split(':') {
            *count.entry(protocol.to_owned()).or_default() += 1;
        }
    }
    count
}

#[test]
fn tshark_agrees_over_udp() {
    if !peer("tshark") {
        return;
    }
    let found = protocols(&capture("udp.pcapng", &["--for", "12s"]));
    for (protocol, least) in
        [("arp", 2), ("tcp", 10), ("rtsp", 8), ("sdp", 1), ("rtp", 2000), ("jpeg", 2000), ("rtcp", 4)]
    {
        assert!(found.get(protocol).is_some_and(|count| *count >= least), "{protocol}: {found:?}");
    }
}

#[test]
fn tshark_agrees_over_tcp() {
    if !peer("tshark") {
        return;
    }
    let found = protocols(&capture("tcp.pcapng", &["--scenario", "classroom-tcp", "--for", "6s"]));
    for (protocol, least) in [("arp", 2), ("tcp", 1000), ("rtsp", 500), ("sdp", 1), ("rtp", 500), ("rtcp", 2)]
    {
        assert!(found.get(protocol).is_some_and(|count| *count >= least), "{protocol}: {found:?}");
    }
}

#[test]
fn tshark_agrees_under_loss_on_every_link() {
    if !peer("tshark") {
        return;
    }
    for link in ["client", "sw1-r1", "r1-sw2", "server"] {
        let name = format!("loss-{link}.pcapng");
        let found =
            protocols(&capture(&name, &["--scenario", "classroom-loss", "--link", link, "--for", "3s"]));
        assert!(found.get("rtp").is_some_and(|count| *count > 500), "{link}: {found:?}");
    }
}

#[test]
fn the_interface_says_where_it_was_and_that_frames_end_with_their_fcs() {
    if !peer("tshark") {
        return;
    }
    let file = capture("interface.pcapng", &["--for", "1s", "--link", "server"]);
    let arguments = [
        "-n",
        "-r",
        file.to_str().expect("a path in UTF-8"),
        "-c",
        "1",
        "-T",
        "fields",
        "-e",
        "frame.interface_name",
    ];
    let (text, success) = listen_to("tshark", &arguments, LIMIT);
    assert!(success && text.lines().any(|line| line == "server"), "{text}");
}
