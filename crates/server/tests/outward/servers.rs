//! Real servers, over UDP and TCP.

use crate::common::{Layercast, PATIENCE, listen_to, peer, pictures, shared};
use crate::watch::pictures_are_right;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// A peer that runs until it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The numbered clip as a file.
fn clip() -> PathBuf {
    pictures::folder().join("numbers.mjpeg")
}

/// The scenario whose player uses this transport.
fn scenario(transport: &str) -> &'static str {
    if transport == "tcp" { "classroom-tcp" } else { "classroom" }
}

/// A Layercast whose player plays this URL.
fn player(url: &str, transport: &str) -> Layercast {
    Layercast::start(&["--source", url, "--scenario", scenario(transport)])
}

/// Another Layercast: its octets cross two simulated networks.
async fn plays_from_layercast(transport: &str) {
    let folder = pictures::folder();
    let server = Layercast::start(&["--media", folder.to_str().expect("a path in UTF-8")]);
    let url = format!("rtsp://{}{}", server.rtsp, pictures::PATH);
    let player = player(&url, transport);
    let seen = pictures_are_right(&player, "Layercast").await;
    assert_eq!(seen.transport, transport);
    assert_eq!(seen.source["url"], url);
    assert_eq!(seen.source["name"], "127.0.0.1");
}

#[tokio::test]
async fn layercast_over_udp() {
    plays_from_layercast("udp").await;
}

#[tokio::test]
async fn layercast_over_tcp() {
    plays_from_layercast("tcp").await;
}

/// Debian's Python, which has gst-rtsp-server's bindings; another one in the path may not.
const PYTHON: &str = "/usr/bin/python3";

/// gst-rtsp-server with the numbered clip, and its URL; `None` when it is not installed.
fn gst_server(login: &[&str]) -> Option<(Running, String)> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/outward/scripts/gst_server.py");
    let has_bindings = |python: &str| {
        let ask = "import gi; gi.require_version('GstRtspServer', '1.0')";
        Command::new(python).args(["-c", ask]).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
    };
    if !has_bindings(PYTHON) {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "gst-rtsp-server is missing");
        eprintln!("skipped: gst-rtsp-server (gir1.2-gst-rtsp-server-1.0, python3-gi) is not installed");
        return None;
    }
    let mut child = Command::new(PYTHON)
        .arg(script)
        .arg(clip())
        .arg(pictures::RATE.to_string())
        .args(login)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python can be started");
    let out = child.stdout.take().expect("standard output is a pipe");
    let server = Running(child);
    let mut port = String::new();
    BufReader::new(out).read_line(&mut port).expect("the server prints its port");
    let port: u16 = port.trim().parse().expect("a port: what went wrong stands above");
    Some((server, format!("rtsp://127.0.0.1:{port}/numbers")))
}

async fn plays_from_gstreamer(transport: &str) {
    let Some((_server, url)) = gst_server(&[]) else { return };
    let player = player(&url, transport);
    let seen = pictures_are_right(&player, "gst-rtsp-server").await;
    assert_eq!(seen.transport, transport);
}

#[tokio::test]
async fn gst_rtsp_server_over_udp() {
    plays_from_gstreamer("udp").await;
}

#[tokio::test]
async fn gst_rtsp_server_over_tcp() {
    plays_from_gstreamer("tcp").await;
}

/// Without name and password it is refused, and the page says so; with them it plays, and they
/// are told to nobody.
async fn logs_in(method: &str) {
    let Some((_server, url)) = gst_server(&["viewer", "sesame", method]) else { return };
    let with_password = url.replace("rtsp://", "rtsp://viewer:sesame@");
    let player = player(&with_password, "udp");
    let seen = pictures_are_right(&player, "gst-rtsp-server with a password").await;
    assert_eq!(seen.source["url"], url);
    assert!(!seen.said.contains("sesame"), "the password is told to nobody");
    let stranger = Layercast::start(&["--source", &url]);
    let mut page = stranger.open().await;
    let hello = page.until_type("hello").await;
    let refused = |text: &serde_json::Value| text["rows"]["states"].to_string().contains("401");
    if !refused(&hello) {
        page.until(refused).await;
    }
}

#[tokio::test]
async fn gst_rtsp_server_with_digest() {
    logs_in("digest").await;
}

#[tokio::test]
async fn gst_rtsp_server_with_basic() {
    logs_in("basic").await;
}

/// VLC's own packetiser wants the tables before the frame header, and no restart intervals: the
/// numbered clip coded anew, long enough for a slow machine.
fn film() -> PathBuf {
    // Two tests need it at the same time; one of them makes it.
    static MAKING: Mutex<()> = Mutex::new(());
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let path = shared("numbered").join("for-vlc.mjpeg");
    if !path.exists() {
        let part = path.with_extension(format!("{}.mjpeg", std::process::id()));
        let (from, to) = (clip(), part.clone());
        let text = |path: &Path| path.to_str().expect("a path in UTF-8").to_owned();
        let (from, to) = (text(&from), text(&to));
        let coded = ["-c:v", "mjpeg", "-huffman", "default", "-force_duplicated_matrix", "1", "-q:v", "4"];
        let source = ["-v", "error", "-y", "-stream_loop", "5", "-i", &from, "-pix_fmt", "yuvj420p"];
        let (said, success) =
            listen_to("ffmpeg", &[&source[..], &coded, &["-f", "mjpeg", &to]].concat(), PATIENCE);
        assert!(success, "{said}");
        std::fs::rename(part, &path).expect("a file can be moved within its folder");
    }
    path
}

/// VLC, which does not run as root: then as nobody.
fn vlc(arguments: &[&str]) -> Command {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let mut command = if is_root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "cvlc"]);
        command
    } else {
        Command::new("cvlc")
    };
    command.args(arguments).env("HOME", std::env::temp_dir());
    command
}

/// VLC with the numbered clip, and its URL; `None` when it is not installed.
fn vlc_server() -> Option<(Running, String)> {
    if !peer("cvlc") || !peer("ffmpeg") {
        return None;
    }
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let url = format!("rtsp://{address}/numbers");
    let film = film();
    let rate = pictures::RATE.to_string();
    let output = format!("#rtp{{sdp={url}}}");
    let arguments =
        ["-q", "--intf", "dummy", "--no-audio", "--demux", "mjpeg", "--mjpeg-fps", &rate, "--sout", &output];
    let child = vlc(&arguments)
        .arg("--sout-keep")
        .arg(film)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("VLC can be started");
    let server = Running(child);
    let begin = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(begin.elapsed() < PATIENCE, "VLC does not listen");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Some((server, url))
}

#[tokio::test]
async fn vlc_over_udp() {
    let Some((_server, url)) = vlc_server() else { return };
    let player = player(&url, "udp");
    let seen = pictures_are_right(&player, "VLC").await;
    assert_eq!(seen.transport, "udp");
}

/// VLC serves no media over TCP, and says so with 461: the player says so, too, and stays sound.
#[tokio::test]
async fn vlc_refuses_tcp_and_the_page_says_so() {
    let Some((_server, url)) = vlc_server() else { return };
    let player = player(&url, "tcp");
    let mut page = player.open().await;
    let hello = page.until_type("hello").await;
    let refused = |text: &serde_json::Value| text["rows"]["states"].to_string().contains("461");
    if !refused(&hello) {
        page.until(refused).await;
    }
    let options = serde_json::json!({"kind": "request", "client": 0, "method": "OPTIONS"});
    assert_eq!(page.order(1, options).await["kind"], "done");
}

/// `ffmpeg -rtsp_flags listen` takes a stream and serves none: the player is told so by its
/// methods, and publishes the demo there when it is asked to.
async fn publishes_to_ffmpeg(transport: &str) {
    if !peer("ffmpeg") {
        return;
    }
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let url = format!("rtsp://{address}/live");
    let listening = url.clone();
    let ffmpeg = std::thread::spawn(move || {
        let input = ["-v", "error", "-rtsp_flags", "listen", "-i", &listening];
        let output = ["-fps_mode", "passthrough", "-frames:v", "25", "-f", "framemd5", "-"];
        listen_to("ffmpeg", &[&input[..], &output].concat(), PATIENCE)
    });
    let layercast = Layercast::start(&["--scenario", scenario(transport)]);
    let mut page = layercast.open().await;
    page.until_type("hello").await;
    let open = serde_json::json!({"kind": "open", "client": 0, "url": url});
    let begin = Instant::now();
    while page.order(1, open.clone()).await["kind"] != "done" {
        assert!(begin.elapsed() < PATIENCE, "ffmpeg does not listen");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    page.until(|text| text["rows"]["states"].to_string().contains("without DESCRIBE")).await;
    for (id, request) in [
        serde_json::json!({"kind": "request", "client": 0, "method": "ANNOUNCE", "path": "live"}),
        serde_json::json!({"kind": "request", "client": 0, "method": "SETUP"}),
        serde_json::json!({"kind": "request", "client": 0, "method": "RECORD"}),
    ]
    .into_iter()
    .enumerate()
    {
        // The answer to the one before may be under way.
        let begin = Instant::now();
        while page.order(10 + id as u32, request.clone()).await["kind"] != "done" {
            assert!(begin.elapsed() < PATIENCE, "{request} is not possible");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
    let (text, _) = tokio::task::spawn_blocking(|| ffmpeg.join()).await.expect("a thread").expect("ffmpeg");
    let received = hashes(&text);
    assert_eq!(received.len(), 25, "{text}");
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../media/demo.mjpeg");
    let (text, _) = listen_to("ffmpeg", &["-v", "error", "-i", demo, "-f", "framemd5", "-"], PATIENCE);
    let clip = hashes(&text);
    assert!(clip.windows(25).any(|part| part == received), "25 of the demo's pictures in a row");
}

/// The sums of the pictures that ffmpeg has decoded.
fn hashes(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.starts_with("0,"));
    lines.map(|line| line.rsplit(',').next().unwrap_or_default().trim().to_owned()).collect()
}

#[tokio::test]
async fn ffmpeg_listens_over_udp() {
    publishes_to_ffmpeg("udp").await;
}

#[tokio::test]
async fn ffmpeg_listens_over_tcp() {
    publishes_to_ffmpeg("tcp").await;
}
