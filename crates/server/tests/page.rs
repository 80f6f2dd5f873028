//! The page over HTTP: who may load it, and with which headers.

mod common;

use common::{Layercast, PATIENCE};
use std::io::{Read, Write};
use std::net::TcpStream;

/// Sends one request and reads the whole answer.
fn ask(server: &Layercast, method: &str, path: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(server.page).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        .expect("a socket takes a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn the_page_comes_with_its_guards() {
    let server = Layercast::start(&[]);
    let host = server.page.to_string();
    let page = ask(&server, "GET", "/", &host);
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    let head = page.split("\r\n\r\n").next().unwrap().to_ascii_lowercase();
    for header in [
        "content-type: text/html",
        "content-security-policy: default-src 'none'",
        "frame-ancestors 'none'",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cross-origin-opener-policy: same-origin",
        "cache-control: no-",
    ] {
        assert!(head.contains(header), "{header} in {head}");
    }
    assert!(page.contains("<title>Layercast"), "either the page or how to build it");
}

#[test]
fn foreign_names_other_methods_and_other_paths_are_refused() {
    let server = Layercast::start(&[]);
    let host = server.page.to_string();
    assert!(ask(&server, "GET", "/", "evil.example").starts_with("HTTP/1.1 421 "));
    assert!(ask(&server, "GET", "/ws", "evil.example").starts_with("HTTP/1.1 421 "));
    assert!(ask(&server, "POST", "/", &host).starts_with("HTTP/1.1 405 "));
    for path in ["/nothing", "/../Cargo.toml", "/%2e%2e/Cargo.toml", "//etc/passwd"] {
        assert!(ask(&server, "GET", path, &host).starts_with("HTTP/1.1 404 "), "{path}");
    }
    let upgrade = ask(&server, "GET", "/ws", &host);
    assert!(upgrade.starts_with("HTTP/1.1 4"), "a WebSocket needs its handshake: {upgrade}");
}
