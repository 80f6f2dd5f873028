//! GStreamer's rtspsrc reading: from the command line, and pausing and seeking by a script.

use crate::common::peer;
use crate::common::pictures::{self, KernelDrops, PATH, RATE, consecutive, numbers};
use crate::peers::{Lower, Said, run, script, system_python};

/// Plays two seconds.
pub fn read(url: &str, lower: Lower) -> Said {
    // The end comes when one picture too many has come.
    let words = format!(
        "-q rtspsrc location={url} protocols={} latency=500 ! rtpjpegdepay ! jpegdec ! videoconvert \
         ! video/x-raw,format=GRAY8 ! identity eos-after={} ! fdsink sync=false fd=1",
        lower.name(),
        2 * RATE + 1
    );
    run("gst-launch-1.0", &words.split_whitespace().collect::<Vec<_>>())
}

fn reads(lower: Lower) {
    if !peer("gst-launch-1.0") {
        return;
    }
    let server = pictures::serve(&[]);
    let drops = KernelDrops::from_now();
    let said = read(&server.url(PATH), lower);
    let read = numbers(&said.out);
    assert!(said.success && read.len() == 2 * RATE, "{read:?} {}", said.err);
    assert_eq!(consecutive(&read, "GStreamer", &drops), 0);
}

#[test]
fn gstreamer_reads_over_udp() {
    reads(Lower::Udp);
}

#[test]
fn gstreamer_reads_over_tcp() {
    reads(Lower::Tcp);
}

/// PAUSE after a second, PLAY without a range: nothing is missing in between; then PLAY with a
/// range: from there on.
fn pauses_and_seeks(lower: Lower) {
    let Some(python) = system_python() else { return };
    let server = pictures::serve(&[]);
    let drops = KernelDrops::from_now();
    let (file, url) = (script("gstreamer_read.py"), server.url(PATH));
    let said = run(&python, &[&file, &url, lower.name(), "25", "pause", "25", "seek=10", "25"]);
    let read = numbers(&said.out);
    assert!(said.success && read.len() == 75, "{read:?} {}", said.err);
    assert_eq!(consecutive(&read[..50], "GStreamer with a pause", &drops), 0);
    assert_eq!(consecutive(&read[50..], "GStreamer after a seek", &drops), 250);
}

#[test]
fn gstreamer_pauses_and_seeks_over_udp() {
    pauses_and_seeks(Lower::Udp);
}

#[test]
fn gstreamer_pauses_and_seeks_over_tcp() {
    pauses_and_seeks(Lower::Tcp);
}
