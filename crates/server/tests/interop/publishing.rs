//! ffmpeg and GStreamer publish, others read what they publish as it comes.

use crate::common::pictures::{self, KernelDrops, RATE, consecutive, folder, numbers};
use crate::common::{Layercast, PATIENCE, peer, temporary};
use crate::ffmpeg::read;
use crate::peers::{LIMIT, Lower, Running, Said, ffmpeg, newest_ffmpeg, run};
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

/// Motion JPEG as RFC 2435 can carry it, coded anew by ffmpeg: without the two options it
/// would write Huffman tables and one quantisation table of its own.
pub const MJPEG: &[&str] =
    &["-c:v", "mjpeg", "-huffman", "default", "-force_duplicated_matrix", "1", "-pix_fmt", "yuvj420p"];

/// H.264 without waiting: RFC 6184.
const H264: &[&str] =
    &["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "12", "-pix_fmt", "yuv420p"];

/// The clip, published by ffmpeg with these codecs over and over.
pub fn ffmpeg_publishes(ffmpeg: &str, url: &str, lower: Lower, sound: bool, coded: &[&str]) -> Running {
    let clip = folder().join("numbers.mjpeg");
    let clip = clip.to_str().expect("a path in UTF-8");
    let mut arguments =
        vec!["-v", "error", "-re", "-stream_loop", "-1", "-f", "mjpeg", "-framerate", "25", "-i", clip];
    if sound {
        arguments.extend([
            "-re",
            "-f",
            "lavfi",
            "-i",
            "sine=frequency=440:sample_rate=8000",
            "-c:a",
            "pcm_mulaw",
        ]);
    }
    arguments.extend(coded);
    arguments.extend(["-f", "rtsp", "-rtsp_transport", lower.name(), url]);
    Running::start(Command::new(ffmpeg).args(arguments))
}

/// Pictures from one key picture to the next, in what is published as H.264.
const GROUP: usize = 12;

/// What a reader decoded from the first key picture on: until then it may show what it has.
fn from_key_picture(read: &[Option<u16>], group: usize) -> &[Option<u16>] {
    let first = read.iter().position(Option::is_some).unwrap_or(0);
    assert!(first <= group, "{read:?}");
    &read[first..]
}

/// What ffprobe finds at `url`: a line for each track, then what it says.
pub fn describe(url: &str) -> Said {
    let entries = ["-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", url];
    run("ffprobe", &[&["-v", "error", "-rtsp_transport", "tcp"][..], &entries].concat())
}

/// Waits until the stream has these tracks.
pub fn appears(url: &str, tracks: &str, publisher: &mut Running) {
    let begin = Instant::now();
    loop {
        let said = describe(url);
        if said.success {
            // Who joins in the middle of a picture is told so in further lines.
            let text = said.text();
            assert!(text.starts_with(tracks), "{text}");
            return;
        }
        assert!(!publisher.has_ended(), "the publisher gave up");
        assert!(begin.elapsed() < PATIENCE, "the stream does not appear: {}", said.err);
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// Two seconds read over both transports, while it is published over one.
fn is_read(url: &str, reader: &str, group: usize) {
    for lower in [Lower::Udp, Lower::Tcp] {
        let drops = KernelDrops::from_now();
        let said = read(reader, url, lower, &[], 2 * RATE);
        let read = numbers(&said.out);
        assert!(said.success && read.len() == 2 * RATE, "{read:?} {}", said.err);
        consecutive(
            from_key_picture(&read, group),
            &format!("{reader} over {lower:?}, which said {:?},", said.err),
            &drops,
        );
    }
}

/// The publisher leaves: who reads is told by BYE and ends by itself, who comes later gets 404.
fn leaves(url: &str, reader: &str, lower: Lower, group: usize, publisher: Running) {
    let drops = KernelDrops::from_now();
    let arguments =
        ["-v", "error", "-rtsp_transport", lower.name(), "-i", url, "-map", "v", "-fps_mode", "passthrough"];
    let output = temporary(&format!("left-{}-{}.gray", lower.name(), publisher.id()));
    let to = ["-pix_fmt", "gray", "-f", "rawvideo", output.to_str().expect("a path in UTF-8")];
    let mut reading = Running::start(Command::new(reader).args([&arguments[..], &to].concat()));
    let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |file| file.len());
    let begin = Instant::now();
    while size(&output) < 10 * (pictures::WIDTH * pictures::HEIGHT) as u64 {
        assert!(!reading.has_ended() && begin.elapsed() < PATIENCE, "the reader reads");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    publisher.interrupt();
    let said = reading.end(LIMIT);
    let read = numbers(&std::fs::read(&output).expect("what was read"));
    std::fs::remove_file(&output).ok();
    assert!(said.success, "the end of the stream ends the reader: {}", said.err);
    // The picture that was being sent when the publisher was interrupted may be cut.
    let read = read.strip_suffix(&[None]).unwrap_or(&read);
    consecutive(from_key_picture(read, group), reader, &drops);

    let said = describe(url);
    assert!(!said.success && said.err.contains("404"), "{}", said.text());
}

fn mjpeg_from(publisher: Option<String>, lower: Lower, coded: &[&str]) {
    let (Some(publisher), Some(reader)) = (publisher, ffmpeg()) else { return };
    let server = Layercast::start(&[]);
    let url = server.url("/live");
    let mut publishing = ffmpeg_publishes(&publisher, &url, lower, false, coded);
    appears(&url, "mjpeg,320,240\n", &mut publishing);
    is_read(&url, &reader, 0);
    leaves(&url, &reader, lower, 0, publishing);
}

#[test]
fn ffmpeg_publishes_and_reads_over_udp() {
    mjpeg_from(ffmpeg(), Lower::Udp, MJPEG);
}

#[test]
fn ffmpeg_publishes_and_reads_over_tcp() {
    mjpeg_from(ffmpeg(), Lower::Tcp, MJPEG);
}

#[test]
fn newest_ffmpeg_publishes_over_udp() {
    mjpeg_from(newest_ffmpeg(), Lower::Udp, &["-c:v", "copy"]);
}

#[test]
fn newest_ffmpeg_publishes_over_tcp() {
    mjpeg_from(newest_ffmpeg(), Lower::Tcp, &["-c:v", "copy"]);
}

/// H.264 with a sound track: both are relayed; the reader decodes both.
fn h264_with_sound_from(publisher: Option<String>, lower: Lower) {
    let (Some(publisher), Some(reader)) = (publisher, ffmpeg()) else { return };
    let server = Layercast::start(&[]);
    let url = server.url("/av");
    let mut publishing = ffmpeg_publishes(&publisher, &url, lower, true, H264);
    appears(&url, "h264,320,240\npcm_mulaw\n", &mut publishing);
    is_read(&url, &reader, GROUP);
    let from = ["-v", "error", "-rtsp_transport", lower.name(), "-i", &url];
    let said = run(&reader, &[&from[..], &["-map", "a", "-t", "1", "-f", "s16le", "-"]].concat());
    assert!(said.success, "{}", said.err);
    assert_tone(&said.out);
    leaves(&url, &reader, lower, GROUP, publishing);
}

/// A sine of 440 Hz crosses zero 880 times a second.
fn assert_tone(sound: &[u8]) {
    let samples: Vec<i16> = sound.chunks_exact(2).map(|s| i16::from_le_bytes([s[0], s[1]])).collect();
    assert!(samples.len() >= 4_000, "half a second of sound: {} samples", samples.len());
    let crossings = samples.windows(2).filter(|pair| (pair[0] < 0) != (pair[1] < 0)).count();
    let a_second = crossings as f64 * 8_000.0 / samples.len() as f64;
    assert!((860.0..900.0).contains(&a_second), "{a_second} crossings of zero a second");
}

#[test]
fn ffmpeg_publishes_h264_with_sound_over_udp() {
    h264_with_sound_from(ffmpeg(), Lower::Udp);
}

#[test]
fn ffmpeg_publishes_h264_with_sound_over_tcp() {
    h264_with_sound_from(ffmpeg(), Lower::Tcp);
}

#[test]
fn newest_ffmpeg_publishes_h264_with_sound_over_udp() {
    h264_with_sound_from(newest_ffmpeg(), Lower::Udp);
}

#[test]
fn newest_ffmpeg_publishes_h264_with_sound_over_tcp() {
    h264_with_sound_from(newest_ffmpeg(), Lower::Tcp);
}

/// The clip as an AVI, whose pictures carry the times by which GStreamer paces them.
pub fn avi(ffmpeg: &str) -> String {
    let film = temporary("numbers.avi").to_str().expect("a path in UTF-8").to_owned();
    let part = temporary(&format!("{:?}.avi", std::thread::current().id()));
    let clip = folder().join("numbers.mjpeg");
    let (clip, out) = (clip.to_str().expect("a path in UTF-8"), part.to_str().expect("a path in UTF-8"));
    let source = ["-v", "error", "-y", "-f", "mjpeg", "-framerate", "25", "-i", clip];
    let said = run(ffmpeg, &[&source[..], &["-c", "copy", out]].concat());
    assert!(said.success, "{}", said.err);
    std::fs::rename(&part, &film).expect("a file can be moved within its folder");
    film
}

/// GStreamer's rtspclientsink sends what `coder` makes of the pictures.
fn gstreamer_publishes(lower: Lower, coder: &str, tracks: &str) {
    let Some(reader) = ffmpeg() else { return };
    if !peer("gst-launch-1.0") {
        return;
    }
    let server = Layercast::start(&[]);
    let url = server.url("/live");
    let words = format!(
        "-q filesrc location={} ! avidemux ! {coder} identity sync=true ! rtspclientsink location={url} protocols={}",
        avi(&reader),
        lower.name()
    );
    let group = if tracks.starts_with("h264") { GROUP } else { 0 };
    let mut publishing = Running::start(Command::new("gst-launch-1.0").args(words.split_whitespace()));
    appears(&url, tracks, &mut publishing);
    is_read(&url, &reader, group);
    leaves(&url, &reader, lower, group, publishing);
}

#[test]
fn gstreamer_publishes_over_udp() {
    gstreamer_publishes(Lower::Udp, "", "mjpeg,320,240\n");
}

#[test]
fn gstreamer_publishes_over_tcp() {
    gstreamer_publishes(Lower::Tcp, "", "mjpeg,320,240\n");
}

#[test]
fn gstreamer_publishes_h264_over_tcp() {
    let coder = "jpegdec ! videoconvert ! openh264enc gop-size=12 ! h264parse !";
    gstreamer_publishes(Lower::Tcp, coder, "h264,320,240\n");
}
