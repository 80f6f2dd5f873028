//! ffmpeg reading: Debian's, and the newest.

use crate::common::pictures::{self, KernelDrops, PATH, RATE, consecutive, numbers};
use crate::common::{Layercast, peer, temporary};
use crate::peers::{Lower, Said, ffmpeg, newest_ffmpeg, run};

/// Reads `count` pictures; `input` goes before the address.
pub fn read(ffmpeg: &str, url: &str, lower: Lower, input: &[&str], count: usize) -> Said {
    let count = count.to_string();
    let from = ["-v", "warning", "-rtsp_transport", lower.name()];
    // Every picture as it comes: none left out or shown twice to keep a rate.
    let decode = ["-fps_mode", "passthrough", "-frames:v", &count, "-pix_fmt", "gray", "-f", "rawvideo", "-"];
    run(ffmpeg, &[&from, input, &["-i", url, "-map", "v"], &decode[..]].concat())
}

/// From `seek` seconds on: the pictures from there, one after the other.
fn reads(ffmpeg: Option<String>, lower: Lower, seek: usize) {
    let Some(ffmpeg) = ffmpeg else { return };
    let server = pictures::serve(&[]);
    let drops = KernelDrops::from_now();
    let at = seek.to_string();
    let input = if seek == 0 { &[][..] } else { &["-ss", &at] };
    let said = read(&ffmpeg, &server.url(PATH), lower, input, 2 * RATE);
    let read = numbers(&said.out);
    assert!(said.success && read.len() == 2 * RATE, "{read:?} {}", said.err);
    assert_eq!(usize::from(consecutive(&read, &ffmpeg, &drops)), seek * RATE, "{read:?}");
}

#[test]
fn ffmpeg_reads_over_udp() {
    reads(ffmpeg(), Lower::Udp, 0);
}

#[test]
fn ffmpeg_reads_over_tcp() {
    reads(ffmpeg(), Lower::Tcp, 0);
}

#[test]
fn newest_ffmpeg_reads_over_udp() {
    reads(newest_ffmpeg(), Lower::Udp, 0);
}

#[test]
fn newest_ffmpeg_reads_over_tcp() {
    reads(newest_ffmpeg(), Lower::Tcp, 0);
}

// What ffmpeg makes of `-ss 10`: PLAY, PAUSE, and PLAY with `Range: npt=10.000-`.

#[test]
fn ffmpeg_seeks_over_udp() {
    reads(ffmpeg(), Lower::Udp, 10);
}

#[test]
fn ffmpeg_seeks_over_tcp() {
    reads(ffmpeg(), Lower::Tcp, 10);
}

#[test]
fn newest_ffmpeg_seeks_over_udp() {
    reads(newest_ffmpeg(), Lower::Udp, 10);
}

#[test]
fn newest_ffmpeg_seeks_over_tcp() {
    reads(newest_ffmpeg(), Lower::Tcp, 10);
}

/// To the end of a clip, where BYE ends it: nothing is missing there, and ffmpeg ends by itself.
#[test]
fn ffmpeg_reads_to_the_end() {
    let Some(ffmpeg) = ffmpeg() else { return };
    let server = pictures::serve(&[]);
    let drops = KernelDrops::from_now();
    let said = read(&ffmpeg, &server.url(PATH), Lower::Tcp, &["-ss", "18"], 1_000);
    let read = numbers(&said.out);
    assert!(said.success, "{}", said.err);
    assert_eq!(read.len(), 2 * RATE, "{read:?}");
    assert_eq!(usize::from(consecutive(&read, &ffmpeg, &drops)), 18 * RATE);
}

/// The demo, whose pictures have restart markers: pixel for pixel.
#[test]
fn ffmpeg_decodes_the_demo_as_it_does_the_file() {
    let Some(ffmpeg) = ffmpeg() else { return };
    let server = Layercast::start(&[]);
    let sums = |input: &[&str]| -> Vec<String> {
        let said =
            run(&ffmpeg, &[&["-v", "error"], input, &["-frames:v", "50", "-f", "framemd5", "-"]].concat());
        assert!(said.success, "{}", said.err);
        let text = said.text();
        let lines = text.lines().filter(|line| line.starts_with("0,"));
        lines.map(|line| line.rsplit(',').next().expect("a split has a part").trim().to_owned()).collect()
    };
    let clip = concat!(env!("CARGO_MANIFEST_DIR"), "/../../media/demo.mjpeg");
    let received = sums(&["-rtsp_transport", "tcp", "-i", &server.demo()]);
    assert_eq!(received.len(), 50);
    assert_eq!(received, sums(&["-i", clip]));
}

fn probes(lower: Lower) {
    if !peer("ffprobe") {
        return;
    }
    let server = Layercast::start(&[]);
    let url = server.demo();
    let entries = ["-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", &url];
    let said = run("ffprobe", &[&["-v", "error", "-rtsp_transport", lower.name()][..], &entries].concat());
    assert!(said.success, "{}", said.err);
    assert_eq!(said.text().trim(), "mjpeg,640,360");
}

#[test]
fn ffprobe_names_the_stream_over_udp() {
    probes(Lower::Udp);
}

#[test]
fn ffprobe_names_the_stream_over_tcp() {
    probes(Lower::Tcp);
}

/// A file of one's own, by its name with a space in it.
#[test]
fn a_film_of_ones_own_plays() {
    let Some(ffmpeg) = ffmpeg() else { return };
    let folder = temporary("own");
    std::fs::create_dir_all(&folder).unwrap();
    let film: Vec<u8> = (7..60).flat_map(pictures::picture).collect();
    std::fs::write(folder.join("my film.mjpeg"), film).unwrap();
    let server = Layercast::start(&["--media", folder.to_str().unwrap()]);
    for name in ["/my%20film", "/my%20film.mjpeg"] {
        let drops = KernelDrops::from_now();
        let said = read(&ffmpeg, &server.url(name), Lower::Udp, &[], 20);
        assert!(said.success, "{}", said.err);
        assert_eq!(consecutive(&numbers(&said.out), name, &drops), 7);
    }
}
