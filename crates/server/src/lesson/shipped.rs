//! The lessons that are compiled into the program.

use super::library::{File, Shelf};
use rust_embed::RustEmbed;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "../../web/lessons"]
#[allow_missing = true]
struct Files;

/// They, read once: they do not change.
pub static SHIPPED: LazyLock<Shelf> = LazyLock::new(|| Shelf::of(&files(), &Shelf::default()));

/// Their files.
fn files() -> Vec<File> {
    Files::iter()
        .filter_map(|name| {
            let octets = Files::get(&name)?.data.into_owned();
            Some(File {
                name: name.into_owned(),
                text: String::from_utf8(octets).map_err(|_| super::library::NOT_UTF8.to_owned()),
            })
        })
        .collect()
}
