//! The command line: one clear line and exit code 2 for what cannot be, addresses for what can.

mod common;

use common::{Layercast, run, temporary};
use layercast::start::MAX_FILES;
use std::net::TcpListener;
use std::process::Output;

fn refused(output: &Output, says: &[&str]) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert_eq!(text.trim_end().lines().count(), 1, "one line is enough: {text}");
    for part in says {
        assert!(text.contains(part), "{part} in: {text}");
    }
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refused(&run(&["serve", "--http", &address, "--rtsp", "127.0.0.1:0"]), &["--http", &address, "in use"]);
    refused(&run(&["--http", "127.0.0.1:0", "--rtsp", &address]), &["--rtsp", &address, "in use"]);
}

#[test]
fn rtp_ports_in_use_are_named() {
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = (taken.local_addr().unwrap().port() & !1).to_string();
    let output = run(&["--http", "127.0.0.1:0", "--rtsp", "127.0.0.1:0", "--rtp-port", &port]);
    refused(&output, &["RTP", &port]);
}

#[test]
fn missing_files_are_named() {
    refused(&run(&["serve", "--media", "no/such/film.mjpeg"]), &["--media", "no/such/film.mjpeg"]);
    refused(&run(&["run", "--scenario", "nowhere"]), &["--scenario", "nowhere", "classroom"]);
    refused(
        &run(&["run", "--for", "1s", "--pcapng", "no/such/folder/x.pcapng"]),
        &["--pcapng", "no/such/folder"],
    );
    refused(&run(&["run", "--for", "1s", "--link", "moon"]), &["--link", "moon", "client"]);
    refused(&run(&["run", "--for", "1s", "--weather", "moon=dsl"]), &["--weather", "moon", "client"]);
}

#[test]
fn a_bad_scenario_is_refused_with_its_line() {
    let file = temporary("bad.toml");
    std::fs::write(&file, "title = \"x\"\nlayer_delay = \"soon\"\n").unwrap();
    let name = file.to_str().unwrap();
    refused(&run(&["run", "--scenario", name]), &[name, "line 2"]);
}

#[test]
fn bad_media_is_refused_with_its_byte() {
    let file = temporary("bad.mjpeg");
    std::fs::write(&file, b"this is no film").unwrap();
    refused(&run(&["serve", "--media", file.to_str().unwrap()]), &["bad.mjpeg", "byte 0"]);
    let folder = temporary("empty");
    std::fs::create_dir_all(&folder).unwrap();
    refused(&run(&["serve", "--media", folder.to_str().unwrap()]), &["empty", "no Motion JPEG"]);
    for number in 0..=MAX_FILES {
        std::fs::write(folder.join(format!("{number}.mjpeg")), b"").unwrap();
    }
    refused(&run(&["serve", "--media", folder.to_str().unwrap()]), &["201 files", "200"]);
}

#[test]
fn a_script_is_followed_and_what_is_wrong_with_it_is_named() {
    let file = |name: &str, text: &str| {
        let path = temporary(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let pause = file("pause.toml", "[[order]]\nat = \"1 s\"\nrequest = \"PAUSE\"\n");
    let written = |name: &str, script: Option<&str>| {
        let path = temporary(name);
        let mut arguments = vec!["run", "--for", "2s", "--pcapng", path.to_str().unwrap()];
        arguments.extend(script.into_iter().flat_map(|script| ["--script", script]));
        let output = run(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read(path).unwrap()
    };
    let (with, again, without) =
        (written("with", Some(&pause)), written("again", Some(&pause)), written("without", None));
    let pauses = |bytes: &[u8]| bytes.windows(14).filter(|octets| octets == b"PAUSE rtsp://1").count();
    assert_eq!((pauses(&with), pauses(&without)), (1, 0));
    assert!(with == again && with.len() < without.len());

    let missing = file("missing.toml", "\n[[order]]\nat = \"1 s\"\nopen = \"/demo\"\nclient = \"Tim\"\n");
    refused(&run(&["run", "--script", &missing]), &["missing.toml, line 2", "Tim", "Client"]);
    refused(&run(&["run", "--for", "500ms", "--script", &pause]), &["1 s", "0.5 s", "--for"]);
    let early = file("early.toml", "[[order]]\nat = \"1 ms\"\nrequest = \"PAUSE\"\n");
    refused(&run(&["run", "--script", &early]), &["At 0.001 s", "PAUSE"]);
    refused(&run(&["run", "--script", "/nowhere.toml"]), &["--script", "/nowhere.toml"]);
}

#[test]
fn odd_options_are_refused() {
    for arguments in
        [&["--history", "1s"][..], &["run", "--for", "soon"], &["--http", "nowhere"], &["--rtp-port", "5005"]]
    {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn help_names_both_commands() {
    let output = run(&["--help"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("serve") && text.contains("run"), "{text}");
}

#[test]
fn port_0_finds_free_ports_and_prints_them() {
    let (first, second) = (Layercast::start(&[]), Layercast::start(&[]));
    for server in [&first, &second] {
        assert_ne!(server.page.port(), 0);
        assert_ne!(server.rtsp.port(), 0);
        assert_eq!(server.key, None, "on loopback the key is implicit");
    }
    assert_ne!(first.page, second.page);
}

#[test]
fn a_film_is_served_with_and_without_its_extension() {
    let demo = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../media/demo.mjpeg")).unwrap();
    let folder = temporary("films");
    std::fs::create_dir_all(&folder).unwrap();
    // Three pictures and a bit: cut short in the fourth.
    let end = demo.windows(2).enumerate().filter(|(_, w)| w == b"\xff\xd9").nth(2).unwrap().0 + 2;
    std::fs::write(folder.join("short film.mjpeg"), &demo[..end + 1000]).unwrap();
    let server = Layercast::start(&["--media", folder.to_str().unwrap()]);
    let clips = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let hello = server.open().await.until_type("hello").await;
        hello["run"]["clips"].clone()
    });
    assert_eq!(clips, serde_json::json!(["demo", "short film", "short film.mjpeg"]));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_in_order() {
    let mut server = Layercast::start(&[]);
    let interrupt = std::process::Command::new("kill").args(["-INT", &server.id().to_string()]).status();
    assert!(interrupt.unwrap().success());
    assert!(server.wait().success());
}
