//! One capture, taken apart by both.

use crate::common::run;
use crate::pdml::{self, Packet, PdmlField};
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
        .args(["-T", "pdml", "-o", "tcp.reassemble_out_of_order:TRUE"])
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
    let mut named: std::collections::BTreeMap<&str, Vec<&Value>> = Default::default();
    for layer in line["layers"].as_array().expect("layers") {
        for field in layer["fields"].as_array().expect("fields") {
            let name = field["name"].as_str().expect("a name");
            named.entry(name).or_default().push(field);
        }
    }
    let several = line["layers"]
        .as_array()
        .is_some_and(|layers| layers.iter().any(|layer| layer["source"] == "reassembled 2"));
    for (name, ours) in named {
        let Some(theirs) = packet.get(name) else { continue };
        // Where a segment fills a gap, theirs counts the whole of it as a part of the message, and
        // has one buffer for all messages that are whole now.
        if name == "tcp.segment_data" && packet.contains_key("tcp.segments") {
            continue;
        }
        // What stands behind a last separator has no octets: to us it is nothing.
        let theirs: Vec<_> =
            theirs.iter().filter(|theirs| theirs.size > 0 || !theirs.show.is_empty()).collect();
        if ours.len() != theirs.len() {
            differences.push(format!("{number} {name}: we have {}, they {}", ours.len(), theirs.len()));
            continue;
        }
        for (field, theirs) in ours.iter().zip(theirs) {
            compared.fields += 1;
            if !compared.names.contains(name) {
                compared.names.insert(name.to_owned());
            }
            if let Err(difference) = one(field, theirs, several) {
                differences.push(format!("{number} {name}: {difference}"));
            }
        }
    }
}

fn one(field: &Value, theirs: &PdmlField, elsewhere: bool) -> Result<(), String> {
    let bit = |index: usize| field["bits"][index].as_u64().expect("a number") as usize;
    let (start, len) = (bit(0), bit(1));
    let (first, end) = (start / 8, (start + len).div_ceil(8));
    let whole = start % 8 == 0 && len % 8 == 0;
    let same = (first, end - first) == (theirs.pos, theirs.size);
    // Of bits within octets theirs may count the whole word.
    let around = !whole && theirs.pos <= first && end <= theirs.pos + theirs.size;
    if !same && !around && !elsewhere {
        return Err(format!("we have {first}+{}, they {}+{}", end - first, theirs.pos, theirs.size));
    }
    let value = field["value"].as_str().expect("a value");
    let agrees = match value.strip_suffix('\u{2026}') {
        Some(cut) => theirs.show.starts_with(cut),
        None => theirs.show == value,
    };
    if agrees { Ok(()) } else { Err(format!("we show {value:?}, they {:?}", theirs.show)) }
}
