//! One capture, taken apart by both.

use crate::common::run;
use protocol::dissect::BitRange;
use protocol::dissect::proof::pdml::{self, Packet};
use protocol::dissect::proof::{Named, PREFERENCES};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

/// How many differences are told.
const MAX_DIFFERENCES: usize = 40;

/// What was compared.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// How many frames the file has.
    pub frames: usize,
    /// How many fields both name.
    pub fields: usize,
    /// Their names.
    pub names: BTreeSet<String>,
}

impl Compared {
    /// Adds what was compared elsewhere.
    pub fn add(&mut self, other: Compared) {
        self.frames += other.frames;
        self.fields += other.fields;
        self.names.extend(other.names);
    }
}

/// What `layercast dissect` prints, line by line.
pub fn lines(file: &Path, arguments: &[&str]) -> Vec<Value> {
    let mut all = vec!["dissect", file.to_str().expect("a path in UTF-8")];
    all.extend(arguments);
    let output = run(&all);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// tshark's answer about the same file.
pub fn tshark(file: &Path, told: &[&str]) -> Vec<Packet> {
    let output = Command::new("tshark")
        .args(["-n", "-r"])
        .arg(file)
        .args(["-T", "pdml"])
        .args(PREFERENCES.iter().flat_map(|preference| ["-o", preference]))
        .args(told)
        .stdin(Stdio::null())
        .output()
        .expect("tshark runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    pdml::parse(&String::from_utf8_lossy(&output.stdout))
}

/// Compares every field that both name: how often, where, how long, and with which value.
pub fn compare(file: &Path, ours_told: &[&str], theirs_told: &[&str]) -> Compared {
    let ours = lines(file, ours_told);
    let theirs = tshark(file, theirs_told);
    assert_eq!(ours.len(), theirs.len(), "both read the same frames");
    let mut compared = Compared { frames: ours.len(), ..Compared::default() };
    let mut differences = Vec::new();
    for (line, packet) in ours.iter().zip(&theirs) {
        frame(line, packet, &mut compared, &mut differences);
    }
    let count = differences.len();
    differences.truncate(MAX_DIFFERENCES);
    assert!(differences.is_empty(), "{}: {count} differences:\n{}", file.display(), differences.join("\n"));
    compared
}

fn frame(line: &Value, packet: &Packet, compared: &mut Compared, differences: &mut Vec<String>) {
    let number = &line["frame"];
    let ours = named(line);
    for one in protocol::dissect::proof::compare(&ours, packet) {
        compared.fields += 1;
        if !compared.names.contains(one.name) {
            compared.names.insert(one.name.to_owned());
        }
        if let Some(difference) = one.difference {
            differences.push(format!("{number} {}: {difference}", one.name));
        }
    }
}

/// The fields of a line.
fn named(line: &Value) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    for (layer, said) in line["layers"].as_array().expect("layers").iter().enumerate() {
        for field in said["fields"].as_array().expect("fields") {
            let bit = |index: usize| field["bits"][index].as_u64().expect("a number") as u32;
            found.push(Named {
                layer,
                name: field["name"].as_str().expect("a name"),
                bits: BitRange { start: bit(0), len: bit(1) },
                value: field["value"].as_str().expect("a value").into(),
            });
        }
    }
    found
}
