//! mpv reading.

use crate::common::pictures::{self, KernelDrops, PATH, RATE, consecutive, numbers};
use crate::common::{peer, temporary};
use crate::peers::{Lower, Said, run};

/// Plays two seconds: the numbers of the pictures, and what it said.
pub fn read(url: &str, lower: Lower) -> (Vec<Option<u16>>, Said) {
    let out = temporary(&format!("mpv-{:?}.gray", std::thread::current().id()));
    let transport = format!("--rtsp-transport={}", lower.name());
    let frames = format!("--frames={}", 2 * RATE);
    let arguments = ["--no-config", &transport, &frames, "--no-audio", "--vf=format=gray"];
    let output = ["--of=rawvideo", "--ovc=rawvideo", "-o", out.to_str().expect("a path in UTF-8"), url];
    let said = run("mpv", &[&arguments[..], &output].concat());
    let read = numbers(&std::fs::read(&out).unwrap_or_default());
    std::fs::remove_file(&out).ok();
    (read, said)
}

fn reads(lower: Lower) {
    if !peer("mpv") {
        return;
    }
    let server = pictures::serve(&[]);
    let drops = KernelDrops::from_now();
    let (read, said) = read(&server.url(PATH), lower);
    assert!(said.success && read.len() == 2 * RATE, "{read:?} {}", said.text());
    assert_eq!(consecutive(&read, "mpv", &drops), 0);
}

#[test]
fn mpv_reads_over_udp() {
    reads(Lower::Udp);
}

#[test]
fn mpv_reads_over_tcp() {
    reads(Lower::Tcp);
}
