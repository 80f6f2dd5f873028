//! Names and passwords: each peer reads or publishes with what its URL says, and a wrong
//! password is refused.

use crate::common::pictures::{self, KernelDrops, PATH, RATE, consecutive, numbers};
use crate::common::{Layercast, PATIENCE, peer};
use crate::peers::{LIMIT, Lower, Running, ffmpeg, newest_ffmpeg, system_python};
use crate::{aiortsp, curl, gstreamer, mpv, packets, publishing, retina};
use ::retina::client::Credentials;
use std::process::Command;

/// A server whose streams Anna may read, and where Paul may publish.
fn guarded() -> Layercast {
    pictures::serve(&["--read-user", "anna:secret", "--publish-user", "paul:press"])
}

fn url(server: &Layercast, who: &str, path: &str) -> String {
    format!("rtsp://{who}@{}{path}", server.rtsp)
}

/// Reads with the right password, with a wrong one and with none. `read` answers the numbers
/// of the pictures that came.
#[track_caller]
fn is_let_in(peer: &str, mut read: impl FnMut(&str) -> Vec<Option<u16>>) {
    let server = guarded();
    let drops = KernelDrops::from_now();
    let came = read(&url(&server, "anna:secret", PATH));
    assert!(came.len() >= 20, "{peer}: {came:?}");
    assert_eq!(consecutive(&came, peer, &drops), 0);
    assert_eq!(read(&url(&server, "anna:guess", PATH)), [], "{peer} with a wrong password");
    assert_eq!(read(&server.url(PATH)), [], "{peer} without a password");
}

fn ffmpeg_is_let_in(ffmpeg: Option<String>, lower: Lower) {
    let Some(ffmpeg) = ffmpeg else { return };
    is_let_in(&ffmpeg, |url| {
        let said = crate::ffmpeg::read(&ffmpeg, url, lower, &[], RATE);
        assert!(said.success || said.err.contains("401"), "{}", said.err);
        numbers(&said.out)
    });
}

#[test]
fn ffmpeg_reads_with_a_password_over_udp() {
    ffmpeg_is_let_in(ffmpeg(), Lower::Udp);
}

#[test]
fn ffmpeg_reads_with_a_password_over_tcp() {
    ffmpeg_is_let_in(ffmpeg(), Lower::Tcp);
}

#[test]
fn newest_ffmpeg_reads_with_a_password_over_udp() {
    ffmpeg_is_let_in(newest_ffmpeg(), Lower::Udp);
}

#[test]
fn newest_ffmpeg_reads_with_a_password_over_tcp() {
    ffmpeg_is_let_in(newest_ffmpeg(), Lower::Tcp);
}

#[test]
fn gstreamer_reads_with_a_password() {
    if peer("gst-launch-1.0") {
        for lower in [Lower::Udp, Lower::Tcp] {
            is_let_in("GStreamer", |url| numbers(&gstreamer::read(url, lower).out));
        }
    }
}

#[test]
fn mpv_reads_with_a_password() {
    if peer("mpv") {
        for lower in [Lower::Udp, Lower::Tcp] {
            is_let_in("mpv", |url| mpv::read(url, lower).0);
        }
    }
}

#[test]
fn libcurl_reads_with_a_password() {
    let Some(python) = system_python() else { return };
    if peer("curl") {
        is_let_in("libcurl", |url| packets::numbers(&packets::split(&curl::read(&python, url).out)));
    }
}

#[test]
fn aiortsp_reads_with_a_password() {
    for lower in [Lower::Udp, Lower::Tcp] {
        if crate::peers::from_pypi("aiortsp").is_none() {
            return;
        }
        is_let_in("aiortsp", |url| {
            let said = aiortsp::read(url, lower).expect("it is here");
            packets::numbers(&packets::split(&said.out))
        });
    }
}

#[tokio::test]
async fn retina_reads_with_a_password() {
    let server = guarded();
    let url = server.url(PATH);
    let as_anna = |password: &str| Some(Credentials { username: "anna".into(), password: password.into() });
    for transport in ["udp", "tcp"] {
        let drops = KernelDrops::from_now();
        let read = retina::read(&url, transport, as_anna("secret"), RATE);
        let read = tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
        assert_eq!(consecutive(&read, "Retina", &drops), 0);
        let refused = retina::read(&url, transport, as_anna("guess"), RATE).await;
        assert!(refused.is_err(), "{refused:?}");
    }
}

/// Publishes as Paul, who may, and as Anna, who may not; Anna reads.
fn publisher_is_let_in(publish: impl Fn(&str) -> Running) {
    let Some(reader) = ffmpeg() else { return };
    let server = guarded();
    let refused = publish(&url(&server, "paul:guess", "/live")).end(LIMIT);
    assert!(!refused.success, "{}", refused.text());
    let refused = publish(&url(&server, "anna:secret", "/live")).end(LIMIT);
    assert!(!refused.success, "{}", refused.text());
    let mut publishing = publish(&url(&server, "paul:press", "/live"));
    let read_url = url(&server, "anna:secret", "/live");
    publishing::appears(&read_url, "mjpeg,320,240\n", &mut publishing);
    let drops = KernelDrops::from_now();
    let said = crate::ffmpeg::read(&reader, &read_url, Lower::Tcp, &[], RATE);
    assert!(said.success, "{}", said.err);
    consecutive(&numbers(&said.out), "a guarded stream", &drops);
}

#[test]
fn ffmpeg_publishes_with_a_password() {
    let Some(ffmpeg) = ffmpeg() else { return };
    for lower in [Lower::Udp, Lower::Tcp] {
        publisher_is_let_in(|url| {
            publishing::ffmpeg_publishes(&ffmpeg, url, lower, false, publishing::MJPEG)
        });
    }
}

#[test]
fn newest_ffmpeg_publishes_with_a_password() {
    let Some(ffmpeg) = newest_ffmpeg() else { return };
    publisher_is_let_in(|url| {
        publishing::ffmpeg_publishes(&ffmpeg, url, Lower::Tcp, false, &["-c:v", "copy"])
    });
}

#[test]
fn gstreamer_publishes_with_a_password() {
    let Some(ffmpeg) = ffmpeg() else { return };
    if !peer("gst-launch-1.0") {
        return;
    }
    let film = publishing::avi(&ffmpeg);
    publisher_is_let_in(|url| {
        let words = format!(
            "-q filesrc location={film} ! avidemux ! identity sync=true ! rtspclientsink location={url} protocols=tcp"
        );
        Running::start(Command::new("gst-launch-1.0").args(words.split_whitespace()))
    });
}
