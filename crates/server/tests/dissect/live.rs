//! Real players on the loopback interface, captured while they play.

use crate::common::{Layercast, listen_to, peer, temporary};
use crate::compare::compare;
use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A player that hangs is ended after this.
const LIMIT: Duration = Duration::from_secs(60);

/// dumpcap at work on the loopback interface; `None` where it may not listen there.
fn listen(file: &Path, filter: &str) -> Option<Child> {
    let mut child = Command::new("dumpcap")
        .args(["-q", "-i", "lo", "-s", "0", "-B", "32", "-f", filter, "-w"])
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("dumpcap can be started");
    let mut words = BufReader::new(child.stderr.take().expect("it is a pipe"));
    let mut line = String::new();
    // It names its file once it listens, or says why it cannot and ends.
    while words.read_line(&mut line).expect("words") > 0 {
        if line.contains("File:") {
            // Reads on, so that it never waits for its reader.
            std::thread::spawn(move || words.lines().map_while(Result::ok).for_each(drop));
            return Some(child);
        }
    }
    child.wait().expect("it ended");
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!ci, "dumpcap must be allowed to listen under CI=true: {line}");
    println!("skipped: dumpcap may not listen here ({})", line.trim());
    None
}

/// An even UDP port that is free together with the next.
fn free_pair() -> u16 {
    for _ in 0..100 {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let port = socket.local_addr().expect("it is bound").port() & !1;
        drop(socket);
        let both = [port, port + 1].map(|port| UdpSocket::bind(("127.0.0.1", port)));
        if port >= 1024 && both.iter().all(Result::is_ok) {
            return port;
        }
    }
    panic!("no free pair of ports");
}

#[test]
fn tshark_agrees_on_real_players() {
    if !["tshark", "dumpcap", "ffmpeg", "gst-launch-1.0"].into_iter().all(peer) {
        return;
    }
    let media = free_pair();
    let server = Layercast::start(&["--rtp-port", &media.to_string()]);
    let port = server.rtsp.port();
    let file = temporary("live.pcapng");
    let filter = format!("tcp port {port} or udp port {media} or udp port {}", media + 1);
    let Some(mut dumpcap) = listen(&file, &filter) else { return };
    let url = server.demo();
    let mut played = 0;
    for transport in ["udp", "tcp"] {
        let arguments =
            ["-v", "error", "-rtsp_transport", transport, "-i", &url, "-t", "1.5", "-f", "null", "-"];
        played += usize::from(listen_to("ffmpeg", &arguments, LIMIT).1);
        let location = format!("location={url}");
        let protocols = format!("protocols={transport}");
        let arguments = [
            "-q",
            "rtspsrc",
            &location,
            &protocols,
            "latency=0",
            "!",
            "rtpjpegdepay",
            "!",
            "fakesink",
            "num-buffers=20",
        ];
        played += usize::from(listen_to("gst-launch-1.0", &arguments, LIMIT).1);
    }
    // What was captured last is written when dumpcap is asked to end.
    std::thread::sleep(Duration::from_millis(500));
    let asked = Command::new("kill").args(["-INT", &dumpcap.id().to_string()]).status().expect("kill runs");
    assert!(asked.success() && dumpcap.wait().expect("it ends").success());
    assert!(played >= 3, "{played} players of 4 ended well");
    let decode = format!("tcp.port=={port},rtsp");
    let compared = compare(&file, &["--rtsp-port", &port.to_string()], &["-d", &decode]);
    assert!(compared.frames > 200 && compared.fields > 5_000, "{compared:?}");
    for name in [
        "rtsp.method",
        "rtsp.transport",
        "rtsp.channel",
        "rtp.seq",
        "jpeg.main_hdr.offset",
        "rtcp.pt",
        "tcp.options.timestamp.tsval",
    ] {
        assert!(compared.names.contains(name), "{name} was not compared: {:?}", compared.names);
    }
}
