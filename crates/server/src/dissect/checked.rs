//! Which fields the tests compare with tshark's: what the page's ticks stand for.
//!
//! `checked.txt` is written by a test (`UPDATE=1 cargo test -p server --test dissect checked`), and
//! fails it when a name in it was not compared: the version first, then a name a line.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The list as the test wrote it.
const LIST: &str = include_str!("checked.txt");

/// The program that was compared with, and its version.
pub static CHECKER: LazyLock<String> = LazyLock::new(|| LIST.lines().next().unwrap_or_default().to_owned());

static NAMES: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| LIST.lines().skip(1).collect());

/// Whether the tests compare fields of this name.
pub fn is_checked(name: &str) -> bool {
    NAMES.contains(name)
}

/// All names that the tests compare.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().copied()
}
