//! Names and passwords, asked of real players and publishers.

mod common;

use common::{Layercast, PATIENCE, listen_to, peer, run, temporary};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a peer may take.
const LIMIT: Duration = Duration::from_secs(40);

const CLIP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../media/demo.mjpeg");

fn guarded() -> Layercast {
    Layercast::start(&[
        "--read-user",
        "otto:other",
        "--read-user",
        "anna:se cret",
        "--publish-user",
        "paul:press",
    ])
}

/// The status of one request, sent with these further header lines.
fn status(server: &Layercast, request: &str, headers: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.rtsp).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let text = format!("{request} RTSP/1.0\r\nCSeq: 1\r\n{headers}\r\n");
    stream.write_all(text.as_bytes()).expect("the request can be sent");
    let (mut answer, mut buffer) = (Vec::new(), [0; 1024]);
    while !answer.windows(4).any(|window| window == b"\r\n\r\n") {
        let octets = stream.read(&mut buffer).expect("an answer comes");
        assert_ne!(octets, 0, "the connection stays open");
        answer.extend_from_slice(&buffer[..octets]);
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    (answer[9..12].parse().expect("a status"), answer)
}

fn frames(server: &Layercast, transport: &str, user: &str) -> (usize, String) {
    let url = format!("rtsp://{user}@{}/demo", server.rtsp);
    let source = ["-v", "warning", "-rtsp_transport", transport, "-i", &url];
    let decode = ["-frames:v", "10", "-f", "framemd5", "-"];
    let (text, _) = listen_to("ffmpeg", &[&source[..], &decode].concat(), LIMIT);
    (text.lines().filter(|line| line.starts_with("0,")).count(), text)
}

#[test]
fn ffmpeg_reads_with_its_password_and_not_without() {
    if !peer("ffmpeg") {
        return;
    }
    let server = guarded();
    for transport in ["udp", "tcp"] {
        let (count, text) = frames(&server, transport, "anna:se%20cret");
        assert_eq!(count, 10, "{transport}: {text}");
    }
    for user in ["anna:wrong", "paul:press"] {
        let (count, text) = frames(&server, "tcp", user);
        assert!(count == 0 && text.contains("401"), "{user}: {text}");
    }
}

#[test]
fn gstreamer_reads_with_its_password() {
    if !peer("gst-launch-1.0") {
        return;
    }
    let server = guarded();
    for protocol in ["protocols=udp", "protocols=tcp"] {
        let source = format!("location={}", server.demo());
        let (name, password) = ("user-id=anna", "user-pw=se cret");
        let pipeline = ["rtpjpegdepay", "!", "jpegdec", "!", "fakesink", "num-buffers=10", "sync=false"];
        let arguments = [&["-q", "rtspsrc", &source, name, password, protocol, "!"][..], &pipeline].concat();
        let (text, success) = listen_to("gst-launch-1.0", &arguments, LIMIT);
        assert!(success, "{protocol}: {text}");
    }
}

#[test]
fn mpv_reads_with_its_password() {
    if !peer("mpv") {
        return;
    }
    let server = guarded();
    let url = format!("rtsp://anna:se%20cret@{}/demo", server.rtsp);
    let quiet = ["--no-config", "--vo=null", "--ao=null", "--frames=10", "--really-quiet"];
    let (text, success) = listen_to("mpv", &[&quiet[..], &[&url]].concat(), LIMIT);
    assert!(success, "{text}");
}

/// A program that runs until it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn ffmpeg_publishes_with_its_password() {
    if !peer("ffmpeg") {
        return;
    }
    let server = guarded();
    let publish = |user: &str, path: &str| {
        let coded =
            ["-c:v", "mjpeg", "-huffman", "default", "-force_duplicated_matrix", "1", "-pix_fmt", "yuvj420p"];
        let child = Command::new("ffmpeg")
            .args(["-v", "error", "-re", "-i", CLIP])
            .args(coded)
            .args(["-f", "rtsp", "-rtsp_transport", "tcp", &format!("rtsp://{user}{}/{path}", server.rtsp)])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Running(child.expect("ffmpeg can be started"))
    };
    let _reader = publish("anna:se%20cret@", "by-a-reader");
    let _nobody = publish("", "by-nobody");
    let _paul = publish("paul:press@", "by-paul");
    // anna:se cret
    let anna = "Authorization: Basic YW5uYTpzZSBjcmV0\r\n";
    let describe = |path: &str| status(&server, &format!("DESCRIBE rtsp://h/{path}"), anna).0;
    let begin = Instant::now();
    while describe("by-paul") != 200 {
        assert!(begin.elapsed() < PATIENCE, "Paul's stream does not appear");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!((describe("by-a-reader"), describe("by-nobody")), (404, 404));
}

#[test]
fn a_challenge_offers_what_clients_know_and_the_connection_stays() {
    let server = guarded();
    let (refused, text) = status(&server, "DESCRIBE rtsp://h/demo", "");
    assert_eq!(refused, 401);
    let offers: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("WWW-Authenticate: ")).collect();
    assert_eq!(offers.len(), 3, "{text}");
    assert!(offers[0].starts_with("Digest realm=\"Layercast\", nonce=\"") && offers[0].contains("SHA-256"));
    assert!(offers[1].starts_with("Digest realm=\"Layercast\", nonce=\"") && offers[1].contains("=MD5"));
    assert!(offers[2].starts_with("Basic realm=\"Layercast\""));
    assert_eq!(status(&server, "OPTIONS rtsp://h/demo", "").0, 200);
}

#[test]
fn off_loopback_nobody_publishes_without_a_name() {
    let announce = "ANNOUNCE rtsp://h/live";
    let sdp = "Content-Type: application/sdp\r\n";
    // Bound to all addresses, and spoken to on loopback alone.
    let server = Layercast::start(&["--rtsp", "0.0.0.0:0"]);
    assert_eq!(status(&server, announce, sdp).0, 403);
    assert_eq!(status(&server, "DESCRIBE rtsp://h/demo", "").0, 200);
    let server = Layercast::start(&["--rtsp", "0.0.0.0:0", "--publish-user", "paul:press"]);
    assert_eq!(status(&server, announce, sdp).0, 401);
    let server = Layercast::start(&[]);
    assert_eq!(status(&server, announce, sdp).0, 400, "on loopback it is only the description that lacks");
}

#[test]
fn passwords_come_from_a_file_and_are_not_repeated() {
    let file = temporary("users");
    std::fs::write(&file, "read anna:se cret\npublish paul:press\n").unwrap();
    let server = Layercast::start(&["--users", file.to_str().unwrap(), "--realm", "Room 7"]);
    let (refused, text) = status(&server, "DESCRIBE rtsp://h/demo", "");
    assert!(refused == 401 && text.contains("realm=\"Room 7\""), "{text}");
    assert_eq!(status(&server, "DESCRIBE rtsp://h/demo", "Authorization: Basic YW5uYTpzZSBjcmV0\r\n").0, 200);
    std::fs::write(&file, "read anna:se cret\nread otto\n").unwrap();
    let output = run(&["serve", "--users", file.to_str().unwrap()]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("line 2") && !text.contains("otto") && !text.contains("se cret"), "{text}");
}
