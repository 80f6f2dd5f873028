//! ffmpeg reading: Debian's, and the newest.

use crate::common::Layercast;
use crate::common::pictures::{self, PATH, RATE, consecutive, numbers};
use crate::peers::{Lower, Said, ffmpeg, newest_ffmpeg, run};

/// A server with the numbered clip.
fn server() -> Layercast {
    Layercast::start(&["--media", pictures::folder().to_str().expect("a path in UTF-8")])
}

/// Reads `count` pictures; `input` goes before the address.
fn read(ffmpeg: &str, url: &str, lower: Lower, input: &[&str], count: usize) -> Said {
    let count = count.to_string();
    let from = ["-v", "warning", "-rtsp_transport", lower.name()];
    // Every picture as it comes: none left out or shown twice to keep a rate.
    let decode = ["-fps_mode", "passthrough", "-frames:v", &count, "-pix_fmt", "gray", "-f", "rawvideo", "-"];
    run(ffmpeg, &[&from, input, &["-i", url], &decode[..]].concat())
}

fn reads_from_the_first_picture(ffmpeg: Option<String>, lower: Lower) {
    let Some(ffmpeg) = ffmpeg else { return };
    let server = server();
    let said = read(&ffmpeg, &format!("rtsp://{}{PATH}", server.rtsp), lower, &[], 2 * RATE);
    let read = numbers(&said.out);
    assert!(said.success && read.len() == 2 * RATE, "{read:?} {}", said.err);
    assert_eq!(consecutive(&read, &ffmpeg), 0, "a clip begins at its beginning");
}

#[test]
fn ffmpeg_reads_over_udp() {
    reads_from_the_first_picture(ffmpeg(), Lower::Udp);
}

#[test]
fn ffmpeg_reads_over_tcp() {
    reads_from_the_first_picture(ffmpeg(), Lower::Tcp);
}

#[test]
fn newest_ffmpeg_reads_over_udp() {
    reads_from_the_first_picture(newest_ffmpeg(), Lower::Udp);
}

#[test]
fn newest_ffmpeg_reads_over_tcp() {
    reads_from_the_first_picture(newest_ffmpeg(), Lower::Tcp);
}
