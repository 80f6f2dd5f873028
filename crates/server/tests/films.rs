//! Films that ffmpeg made, served from a folder.

mod common;

use common::{Layercast, listen_to, peer, run, temporary};
use std::path::Path;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

/// Twelve pictures of the demo, 15 a second, with a sound track, as ffmpeg puts them into a file.
fn film(path: &Path, codec: &[&str]) {
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../media/demo.mjpeg");
    let inputs =
        ["-y", "-v", "error", "-f", "mjpeg", "-framerate", "15", "-i", demo, "-f", "lavfi", "-i", "sine"];
    let end = ["-frames:v", "12", "-shortest", path.to_str().expect("a plain path")];
    let (said, done) = listen_to("ffmpeg", &[&inputs[..], codec, &end].concat(), LIMIT);
    assert!(done, "ffmpeg: {said}");
}

#[test]
fn avi_mov_and_mp4_are_served_under_their_names_and_in_their_time() {
    if !peer("ffmpeg") {
        return;
    }
    let folder = temporary("containers");
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["one.avi", "two.mov", "three.mp4"] {
        film(&folder.join(name), &["-c:v", "copy", "-c:a", "aac"]);
    }
    let server = Layercast::start(&["--media", folder.to_str().unwrap()]);
    for (file, path) in [("one.avi", "one.avi"), ("two.mov", "two"), ("three.mp4", "three.mp4")] {
        let file = folder.join(file);
        let (_, own) = decoded(&["-i", file.to_str().unwrap()]);
        assert_eq!(own.len(), 12);
        let url = format!("rtsp://{}/{path}", server.rtsp);
        let (said, served) = decoded(&["-rtsp_transport", "tcp", "-i", &url]);
        assert_eq!(served, own, "{path} shows its pictures: {said}");
        assert!(said.contains("Duration: 00:00:00.8"), "{path}: {said}");
        // ffmpeg writes AVI for twice this rate, with an empty chunk for every second picture.
        assert!(path.ends_with("avi") || said.contains("15 fps"), "{path}: {said}");
    }
}

/// What ffmpeg says of an input, and its pictures' sums, each that differs from the one before.
fn decoded(input: &[&str]) -> (String, Vec<String>) {
    let arguments =
        [&["-v", "info"], input, &["-an", "-vsync", "passthrough", "-f", "framemd5", "-"]].concat();
    let (said, done) = listen_to("ffmpeg", &arguments, LIMIT);
    assert!(done, "{said}");
    let lines = said.lines().filter(|line| line.starts_with("0,"));
    let mut sums: Vec<String> =
        lines.filter_map(|line| line.split(',').next_back()).map(|sum| sum.trim().to_owned()).collect();
    sums.dedup();
    (said, sums)
}

#[test]
fn other_films_are_refused_with_what_helps() {
    if !peer("ffmpeg") {
        return;
    }
    for (name, codec, found) in
        [("a.avi", "mpeg4", "FMP4"), ("b.mp4", "mpeg4", "mp4v"), ("c.mov", "rawvideo", "raw ")]
    {
        let file = temporary(name);
        film(&file, &["-c:v", codec, "-an"]);
        let output = run(&["serve", "--media", file.to_str().unwrap()]);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        for part in ["byte ", found, "only Motion JPEG", "ffmpeg -i "] {
            assert!(text.contains(part), "{part} in: {text}");
        }
    }
}
