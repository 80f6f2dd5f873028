//! Multicast to real players: groups go out on the loopback interface. That interface needs a
//! way to groups, which a network namespace of the test's own has; where none can be made, the
//! tests say that they are skipped.

mod common;

use common::{Layercast, PATIENCE, listen_to, peer};
use std::process::Command;
use std::time::Duration;

/// Set inside the namespace.
const INSIDE: &str = "LAYERCAST_TEST_NAMESPACE";

/// How long a player may take for a few seconds of film.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs a test of this file again in a network namespace whose loopback interface carries
/// groups; `true` when this is that run.
fn in_namespace(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let script = "ip link set lo up && ip route add 224.0.0.0/4 dev lo";
    let can = Command::new("unshare").args(["-rn", "sh", "-c", script]).output();
    if !can.is_ok_and(|output| output.status.success()) {
        println!("skipped: no network namespace can be made here");
        return false;
    }
    let own = std::env::current_exe().expect("a test is a program");
    let status = Command::new("unshare")
        .args(["-rn", "sh", "-c", &format!("{script} && exec \"$0\" --exact {test} --nocapture")])
        .arg(own)
        .env(INSIDE, "1")
        .status()
        .expect("it could be made just now");
    assert!(status.success(), "{test} in its namespace");
    false
}

/// What ffmpeg says of `pictures` pictures: a hash of each.
fn hashes(arguments: &[&str], pictures: &str) -> Vec<String> {
    let all = [arguments, &["-frames:v", pictures, "-f", "framemd5", "-"]].concat();
    let (text, success) = listen_to("ffmpeg", &all, LIMIT);
    assert!(success, "{text}");
    let lines = text.lines().filter(|line| line.starts_with("0,"));
    lines.map(|line| line.rsplit(',').next().unwrap_or_default().trim().to_owned()).collect()
}

/// The hashes of the clip's pictures.
fn clip() -> Vec<String> {
    let clip = concat!(env!("CARGO_MANIFEST_DIR"), "/../../media/demo.mjpeg");
    hashes(&["-v", "error", "-i", clip], "600")
}

/// Whether `received` is a piece of `all` without a hole.
fn is_piece(received: &[String], all: &[String]) -> bool {
    all.windows(received.len()).any(|piece| piece == received)
}

#[test]
fn two_ffmpegs_share_a_group() {
    if !peer("ffmpeg") || !in_namespace("two_ffmpegs_share_a_group") {
        return;
    }
    let server = Layercast::start(&["--multicast"]);
    let url = server.demo();
    let play = move || hashes(&["-v", "warning", "-rtsp_transport", "udp_multicast", "-i", &url], "50");
    let other = std::thread::spawn(play.clone());
    let (first, second) = (play(), other.join().expect("ffmpeg plays"));
    let all = clip();
    for received in [&first, &second] {
        assert_eq!(received.len(), 50);
        assert!(is_piece(received, &all), "the pictures are the clip's, pixel for pixel and in order");
    }
}

#[test]
fn gstreamer_plays_from_a_group() {
    if !peer("gst-launch-1.0") || !in_namespace("gstreamer_plays_from_a_group") {
        return;
    }
    let server = Layercast::start(&["--multicast"]);
    let source = format!("location={}", server.demo());
    let mut arguments = vec!["-q", "rtspsrc", &source, "protocols=udp-mcast", "latency=100", "!"];
    arguments.extend(["rtpjpegdepay", "!", "jpegdec", "!", "fakesink", "num-buffers=25"]);
    let (text, success) = listen_to("gst-launch-1.0", &arguments, LIMIT);
    assert!(success, "{text}");
}

/// Without the switch a player is refused with the reason, and plays otherwise.
#[test]
fn without_the_switch_gstreamer_falls_back() {
    if !peer("gst-launch-1.0") {
        return;
    }
    let server = Layercast::start(&[]);
    let source = format!("location={}", server.demo());
    let mut arguments = vec!["-q", "rtspsrc", &source, "protocols=udp-mcast+tcp", "latency=100", "!"];
    arguments.extend(["rtpjpegdepay", "!", "jpegdec", "!", "fakesink", "num-buffers=25"]);
    let (text, success) = listen_to("gst-launch-1.0", &arguments, LIMIT.min(PATIENCE));
    assert!(success, "{text}");
}
