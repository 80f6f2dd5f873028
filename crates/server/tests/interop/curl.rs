//! curl: its program asks for OPTIONS; its library has a whole session, interleaved.

use crate::common::peer;
use crate::common::pictures::{self, KernelDrops, PATH, consecutive};
use crate::packets;
use crate::peers::{Said, run, script, system_python};

#[test]
fn curl_asks_for_options() {
    if !peer("curl") {
        return;
    }
    let server = pictures::serve(&[]);
    let said = run("curl", &["-s", "-i", "--max-time", "20", &server.url(PATH)]);
    assert!(said.success, "{}", said.err);
    let text = said.text();
    assert!(text.starts_with("RTSP/1.0 200 OK\r\n"), "{text}");
    let public = text.lines().find_map(|line| line.strip_prefix("Public: ")).expect("Public names methods");
    for method in ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "PAUSE", "TEARDOWN"] {
        assert!(public.split(", ").any(|name| name == method), "{method} in {public}");
    }
}

/// A whole session by libcurl; its packets are on standard output.
pub fn read(python: &str, url: &str) -> Said {
    run(python, &[&script("curl_read.py"), url, "200"])
}

#[test]
fn libcurl_has_a_whole_session_over_tcp() {
    if !peer("curl") {
        return;
    }
    let Some(python) = system_python() else { return };
    let server = pictures::serve(&[]);
    let drops = KernelDrops::from_now();
    let said = read(&python, &server.url(PATH));
    assert!(said.success, "{}", said.err);
    let packets = packets::split(&said.out);
    assert_eq!(packets.len(), 200);
    let numbers = packets::numbers(&packets);
    assert!(numbers.len() >= 20, "{numbers:?}");
    assert_eq!(consecutive(&numbers, "libcurl", &drops), 0);
    let wanted = "OPTIONS DESCRIBE SETUP PLAY PAUSE GET_PARAMETER GET_PARAMETER TEARDOWN";
    for (line, method) in said.err.lines().filter(|line| line.contains("RTSP/1.0")).zip(wanted.split(' ')) {
        assert_eq!(line, format!("{method} RTSP/1.0 200 OK"), "{}", said.err);
    }
    assert!(said.err.contains("position: "), "{}", said.err);
}
