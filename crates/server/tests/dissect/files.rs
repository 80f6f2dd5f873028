//! What `layercast dissect` makes of files that are no captures, broken, or huge.

use crate::common::{run, temporary};
use crate::compare::lines;
use crate::scenarios::captured;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn written(name: &str, octets: &[u8]) -> PathBuf {
    let file = temporary(name);
    std::fs::write(&file, octets).expect("a temporary file can be written");
    file
}

/// The one line that a refused file gives, with what was printed before.
fn refused(file: &Path) -> (String, usize) {
    let output = run(&["dissect", file.to_str().expect("a path in UTF-8")]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
    assert_eq!(text.lines().count(), 1, "{text}");
    (text, output.stdout.iter().filter(|octet| **octet == b'\n').count())
}

#[test]
fn what_is_no_capture_is_told_with_file_place_and_reason() {
    for (name, octets, reason) in [
        ("empty.pcapng", &b""[..], "octet 0: the file ends after 0 octets"),
        (
            "text.pcap",
            b"hello, world",
            "octet 0: this is neither pcapng nor pcap: it begins with 68 65 6c 6c",
        ),
        ("packed.pcap.gz", &[0x1f, 0x8b, 8, 0, 0], "octet 0: the file is compressed"),
        ("short.pcapng", &[0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0], "octet 0: the file ends inside a block"),
    ] {
        let (text, lines) = refused(&written(name, octets));
        assert!(text.contains(name) && text.contains(reason) && lines == 0, "{text}");
    }
    let output = run(&["dissect", "no/such/file.pcap"]);
    assert!(output.status.code() == Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("no/such/file.pcap"));
}

#[test]
fn what_comes_before_the_break_is_printed() {
    let whole = captured("whole.pcapng", &["--for", "1s"]);
    let all = lines(&whole, &[]).len();
    let octets = std::fs::read(&whole).expect("it was written");
    let cut = written("cut.pcapng", &octets[..octets.len() - 3]);
    let (text, printed) = refused(&cut);
    assert!(text.contains("cut.pcapng: octet ") && text.contains("the file ends inside"), "{text}");
    assert_eq!(printed, all - 1);
    let mut broken = octets;
    let half = broken.len() / 2;
    broken[half..half + 4_000].fill(0xff);
    let (text, printed) = refused(&written("broken.pcapng", &broken));
    assert!(text.contains("broken.pcapng: octet "), "{text}");
    assert!(printed > all / 4 && printed < all, "{printed} of {all}");
}

#[test]
fn standard_input_is_read_and_whoever_stops_reading_ends_it() {
    let file = captured("pipe.pcapng", &["--for", "1s"]);
    let all = lines(&file, &[]).len();
    let input = std::fs::File::open(&file).expect("it was written");
    let mut command = Command::new(crate::common::PROGRAM);
    let output = command.args(["dissect", "-"]).stdin(input).output().expect("it runs");
    assert_eq!(output.stdout.iter().filter(|octet| **octet == b'\n').count(), all);
    let mut child = Command::new(crate::common::PROGRAM)
        .args(["dissect", "--explain", file.to_str().expect("a path in UTF-8")])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdout.take());
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn sentences_come_when_asked_for() {
    let file = captured("explain.pcapng", &["--for", "1s"]);
    let bare = lines(&file, &[]);
    let explained = lines(&file, &["--explain"]);
    let field = |line: &serde_json::Value| line["layers"][0]["fields"][0].clone();
    assert_eq!(field(&bare[0]).as_object().expect("an object").len(), 3);
    let told = field(&explained[0]);
    assert_eq!(told["name"], "eth.dst");
    assert!(told["meaning"].as_str().expect("a sentence").ends_with('.'), "{told}");
    assert!(explained.iter().any(|line| line.to_string().contains("\"name\":null")));
}
