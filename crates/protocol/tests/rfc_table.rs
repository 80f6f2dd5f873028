//! `docs/rfc.md` is kept true: what it names is there, and what it calls done has a test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The standards that must have a table.
const STANDARDS: [&str; 16] = [
    "RFC 2326",
    "RFC 7616",
    "RFC 3550",
    "RFC 2435",
    "RFC 6184",
    "RFC 4566",
    "RFC 8866",
    "RFC 9293",
    "RFC 6298",
    "RFC 5681",
    "RFC 826",
    "RFC 791",
    "RFC 792",
    "RFC 768",
    "RFC 894",
    "IEEE 802.3",
];

/// What a status cell may begin with.
const STATUSES: [&str; 4] = ["done", "partly", "not yet", "not meant"];

/// One line of a table.
#[derive(Debug)]
struct Row {
    line: usize,
    standard: String,
    section: String,
    requirement: String,
    code: Vec<String>,
    test: Vec<String>,
    status: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The text between backquotes.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("docs/rfc.md")).expect("docs/rfc.md is there");
    let mut standard = String::new();
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(title) = line.strip_prefix("## ") {
            standard = title.to_owned();
        }
        if !line.starts_with('|') || line.starts_with("|---") || line.starts_with("| section") {
            continue;
        }
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [section, requirement, code, test, status] = cells[..] else {
            panic!("docs/rfc.md:{}: five cells expected", index + 1);
        };
        rows.push(Row {
            line: index + 1,
            standard: standard.clone(),
            section: section.to_owned(),
            requirement: requirement.to_owned(),
            code: quoted(code),
            test: quoted(test),
            status: status.to_owned(),
        });
    }
    rows
}

/// Whether `text` holds `name` as a word of its own.
fn holds_word(text: &str, name: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(part_of_word) && !text[at + name.len()..].starts_with(part_of_word)
    })
}

/// Whether `text` has a test function `name`: `#[test]` or `#[tokio::test]` stands in the
/// lines right above it.
fn holds_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    lines.iter().enumerate().any(|(index, line)| {
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        let named = function
            .is_some_and(|rest| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(['(', '<'])));
        let above = lines[..index].iter().rev().take_while(|above| above.starts_with(['#', '/']));
        named && above.copied().any(|above| above.starts_with("#[") && above.contains("test"))
    })
}

/// Why `place`, a path in `crates` with or without `::name`, is not there.
fn missing(place: &str, is_test: bool) -> Option<String> {
    let (path, name) = place.split_once("::").unwrap_or((place, ""));
    let whole = root().join("crates").join(path);
    if !whole.exists() {
        return Some(format!("{path} does not exist"));
    }
    if name.is_empty() {
        return is_test.then(|| format!("{place} names no test"));
    }
    let Ok(text) = fs::read_to_string(&whole) else {
        return Some(format!("{path} cannot be read"));
    };
    let found = if is_test { holds_test(&text, name) } else { holds_word(&text, name) };
    (!found).then(|| format!("{path} has no {}{name}", if is_test { "test " } else { "" }))
}

#[test]
fn every_standard_has_a_table() {
    let standards: BTreeSet<String> = rows().into_iter().map(|row| row.standard).collect();
    for wanted in STANDARDS {
        assert!(standards.iter().any(|title| holds_word(title, wanted)), "no table for {wanted}");
    }
}

#[test]
fn every_row_is_complete() {
    for row in rows() {
        let line = row.line;
        assert!(!row.section.is_empty() && !row.requirement.is_empty(), "docs/rfc.md:{line}: an empty cell");
        let status = STATUSES.iter().find(|status| row.status.starts_with(**status));
        let status = status.unwrap_or_else(|| panic!("docs/rfc.md:{line}: status {:?}", row.status));
        match *status {
            "done" => assert!(
                !row.code.is_empty() && !row.test.is_empty(),
                "docs/rfc.md:{line}: what is done has code and a test"
            ),
            "partly" => assert!(
                !row.code.is_empty() && row.status.len() > "partly: ".len(),
                "docs/rfc.md:{line}: what is partly done has code, and says what is missing"
            ),
            _ => assert!(row.test.is_empty(), "docs/rfc.md:{line}: a test of what is not there"),
        }
    }
}

#[test]
fn every_place_is_there() {
    let mut faults = Vec::new();
    for row in rows() {
        let code = row.code.iter().filter_map(|place| missing(place, false));
        let test = row.test.iter().filter_map(|place| missing(place, true));
        faults.extend(code.chain(test).map(|fault| format!("docs/rfc.md:{}: {fault}", row.line)));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_checks_find_what_is_missing() {
    assert!(holds_word("fn seal(frame", "seal") && !holds_word("fn sealed(frame", "seal"));
    let text = "    #[test]\n    fn a_b() {}\n\n    fn c() {}\n\n    #[tokio::test]\n    async fn d() {}";
    assert!(holds_test(text, "a_b") && holds_test(text, "d"));
    assert!(!holds_test(text, "a") && !holds_test(text, "c"));
    assert!(missing("protocol/src/lib.rs", false).is_none());
    assert!(missing("protocol/src/lib.rs", true).is_some(), "a test has a name");
    assert!(missing("protocol/src/gone.rs", false).is_some());
    assert!(missing("protocol/src/lib.rs::gone", false).is_some());
    assert!(missing("protocol/tests/rfc_table.rs::every_place_is_there", true).is_none());
}
