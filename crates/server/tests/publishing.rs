//! One program publishes a stream through the gateway, another reads it: pixel for pixel.

mod common;

use common::{Layercast, PATIENCE, listen_to, peer};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a reader may take for a second of film.
const LIMIT: Duration = Duration::from_secs(40);

const CLIP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../media/demo.mjpeg");

/// A program that runs until it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The demo as ffmpeg can publish it: its own RTP/JPEG leaves out restart intervals, and the
/// demo has them.
fn film(transport: &str) -> String {
    let path = std::env::temp_dir().join(format!("layercast-{}-{transport}.avi", std::process::id()));
    let path = path.to_str().expect("a temporary folder with a readable name").to_owned();
    let coded = ["-c:v", "mjpeg", "-huffman", "default", "-force_duplicated_matrix", "1", "-q:v", "5"];
    let source = ["-v", "error", "-y", "-i", CLIP, "-pix_fmt", "yuvj420p"];
    let (text, success) = listen_to("ffmpeg", &[&source[..], &coded, &[&path]].concat(), LIMIT);
    assert!(success, "{text}");
    path
}

fn publish(film: &str, url: &str, transport: &str) -> Running {
    let child = Command::new("ffmpeg")
        .args(["-v", "error", "-re", "-stream_loop", "-1", "-i", film])
        .args(["-c:v", "copy", "-f", "rtsp", "-rtsp_transport", transport, url])
        .stdin(Stdio::null())
        .spawn()
        .expect("ffmpeg can be started");
    Running(child)
}

fn describe(url: &str) -> (String, bool) {
    let entries = ["-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", url];
    listen_to("ffprobe", &[&["-v", "error", "-rtsp_transport", "tcp"][..], &entries].concat(), LIMIT)
}

fn hashes(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.starts_with("0,"));
    lines.map(|line| line.rsplit(',').next().expect("a split has a part").trim().to_owned()).collect()
}

fn publishes_and_reads(transport: &str) {
    if !peer("ffmpeg") || !peer("ffprobe") {
        return;
    }
    // Over UDP the stream outlives its publisher's connection by the session's timeout.
    let server = Layercast::start(&["--session-timeout", "10s"]);
    let url = format!("rtsp://{}/live", server.rtsp);
    let film = film(transport);
    let publisher = publish(&film, &url, transport);
    let begin = Instant::now();
    loop {
        let (text, success) = describe(&url);
        if success {
            // Who joins in the middle of a picture is told so in a further line.
            assert_eq!(text.lines().next(), Some("mjpeg,640,360"), "{text}");
            break;
        }
        assert!(begin.elapsed() < PATIENCE, "the stream does not appear: {text}");
        std::thread::sleep(Duration::from_millis(100));
    }
    // Every picture as it came: none twice, to fill a pause.
    let decode = ["-fps_mode", "passthrough", "-frames:v", "25", "-f", "framemd5", "-"];
    let read = [&["-v", "error", "-rtsp_transport", transport, "-i", &url][..], &decode].concat();
    let (text, success) = listen_to("ffmpeg", &read, LIMIT);
    assert!(success, "{text}");
    let received = hashes(&text);
    assert_eq!(received.len(), 25, "{text}");
    let (text, success) = listen_to("ffmpeg", &["-v", "error", "-i", &film, "-f", "framemd5", "-"], LIMIT);
    assert!(success, "{text}");
    let clip = hashes(&text);
    let twice = [&clip[..], &clip[..]].concat();
    assert!(twice.windows(25).any(|part| part == received), "25 of the clip's pictures in a row");

    drop(publisher);
    std::fs::remove_file(&film).ok();
    let begin = Instant::now();
    while describe(&url).1 {
        assert!(begin.elapsed() < PATIENCE, "the stream goes with its publisher");
    }
    let (text, success) = describe(&url);
    assert!(!success && text.contains("404"), "{text}");
}

#[test]
fn ffmpeg_publishes_and_reads_over_udp() {
    publishes_and_reads("udp");
}

#[test]
fn ffmpeg_publishes_and_reads_over_tcp() {
    publishes_and_reads("tcp");
}
