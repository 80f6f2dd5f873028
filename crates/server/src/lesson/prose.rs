//! Structured text: what of it can be counted.

use crate::wire::{TextRun, TextStyle};

/// The words alone.
pub fn plain(runs: &[TextRun]) -> String {
    runs.iter().map(|run| &*run.text).collect()
}

/// Adds words to a row of runs, to the last one if it looks the same.
pub fn add(runs: &mut Vec<TextRun>, text: &str, style: TextStyle, link: Option<&str>) {
    match runs.last_mut() {
        Some(last) if last.style == style && last.link.as_deref() == link => last.text.push_str(text),
        _ => runs.push(TextRun { text: text.to_owned(), style, link: link.map(str::to_owned) }),
    }
}

/// Words that are all of one look, without anything special.
pub fn words(text: &str) -> Vec<TextRun> {
    vec![TextRun { text: text.to_owned(), style: TextStyle::Plain, link: None }]
}
