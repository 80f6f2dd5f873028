//! TOML of which every key is asked for by name, and every mistake is noted with its line.

use super::Problem;
use std::fmt;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file's text, and what was found wrong with it.
#[derive(Debug)]
pub struct Source<'t> {
    /// The file's name.
    pub file: &'t str,
    /// All of it.
    pub text: &'t str,
    problems: Vec<Problem>,
}

impl<'t> Source<'t> {
    /// A file with which nothing is wrong yet.
    pub fn new(file: &'t str, text: &'t str) -> Self {
        Source { file, text, problems: Vec::new() }
    }

    /// The line of an octet of the file, from 1.
    pub fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset.min(self.text.len())).unwrap_or_default();
        before.iter().filter(|octet| **octet == b'\n').count() + 1
    }

    /// Notes what is wrong at an octet of the file.
    pub fn wrong(&mut self, offset: usize, reason: impl fmt::Display) {
        let line = Some(self.line(offset));
        self.problems.push(Problem { file: self.file.to_owned(), line, reason: reason.to_string() });
    }

    /// Notes what is wrong with the file as a whole.
    pub fn wrong_file(&mut self, reason: impl fmt::Display) {
        self.problems.push(Problem { file: self.file.to_owned(), line: None, reason: reason.to_string() });
    }

    /// What was found wrong, in the order of the lines.
    pub fn problems(mut self) -> Vec<Problem> {
        self.problems.sort();
        self.problems.dedup();
        self.problems
    }

    /// Whether nothing was.
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }
}

/// A table, whose keys are taken one by one.
#[derive(Debug)]
pub struct Table<'t> {
    /// Where the TOML begins in the file.
    base: usize,
    /// Where the table stands in the file.
    pub at: usize,
    entries: DeTable<'t>,
    /// What it is, for sentences.
    what: &'static str,
}

/// A value with its place in the file.
pub type At<T> = (usize, T);

impl<'t> Table<'t> {
    /// The TOML `text`, which begins at the octet `base` of the file. Of text that is no TOML, what
    /// can be read is there; the rest is noted.
    pub fn read(source: &mut Source<'_>, what: &'static str, text: &'t str, base: usize) -> Table<'t> {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            source.wrong(base + at, format!("{what}: {}", error.message()));
        }
        Table { base, at: base, entries: table.into_inner(), what }
    }

    fn take(&mut self, key: &str) -> Option<At<DeValue<'t>>> {
        let (_, value) = self.entries.remove_entry(key)?;
        Some((self.base + value.span().start, value.into_inner()))
    }

    /// A text that may be absent.
    pub fn text(&mut self, source: &mut Source<'_>, key: &str) -> Option<At<String>> {
        match self.take(key)? {
            (at, DeValue::String(text)) => Some((at, text.into_owned())),
            (at, other) => {
                source.wrong(at, format!("{key} must be a text in quotes, not {}", kind(&other)));
                None
            }
        }
    }

    /// A text that must be there.
    pub fn needed(&mut self, source: &mut Source<'_>, key: &str) -> Option<At<String>> {
        if !self.entries.contains_key(key) {
            source.wrong(self.at, format!("{key} is missing in {}", self.what));
        }
        self.text(source, key)
    }

    /// A text that must be there, not empty, and not longer than so many characters.
    pub fn short(&mut self, source: &mut Source<'_>, key: &str, most: usize) -> Option<String> {
        let (at, text) = self.needed(source, key)?;
        let text = text.trim().to_owned();
        let length = text.chars().count();
        if text.is_empty() || length > most {
            source.wrong(at, format!("{key} has {length} characters: 1 to {most} are possible"));
        }
        Some(text)
    }

    /// A whole number of a range.
    pub fn number(
        &mut self,
        source: &mut Source<'_>,
        key: &str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Option<u64> {
        let (at, value) = self.take(key)?;
        let number =
            value.as_integer().and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
        if let Some(number) = number.filter(|number| range.contains(number)) {
            return Some(number);
        }
        source.wrong(at, format!("{key} must be a whole number from {} to {}", range.start(), range.end()));
        None
    }

    /// The same, which must be there.
    pub fn needed_number(
        &mut self,
        source: &mut Source<'_>,
        key: &str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Option<u64> {
        if !self.entries.contains_key(key) {
            source.wrong(self.at, format!("{key} is missing in {}", self.what));
        }
        self.number(source, key, range)
    }

    /// One of some words.
    pub fn one_of<T: Copy>(&mut self, source: &mut Source<'_>, key: &str, words: &[(&str, T)]) -> Option<T> {
        let (at, text) = self.text(source, key)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            source.wrong(at, format!("{key} cannot be '{text}': there are {}", known.join(", ")));
        }
        found.map(|(_, value)| *value)
    }

    /// A list of tables.
    pub fn tables(
        &mut self,
        source: &mut Source<'_>,
        key: &str,
        what: &'static str,
    ) -> Option<At<Vec<Table<'t>>>> {
        let (at, value) = self.take(key)?;
        let DeValue::Array(entries) = value else {
            source.wrong(at, format!("{key} must be a list in [ ], not {}", kind(&value)));
            return None;
        };
        let mut tables = Vec::new();
        for entry in entries {
            let at = self.base + entry.span().start;
            match entry.into_inner() {
                DeValue::Table(entries) => tables.push(Table { base: self.base, at, entries, what }),
                other => source.wrong(at, format!("{what} must be a table in {{ }}, not {}", kind(&other))),
            }
        }
        Some((at, tables))
    }

    /// A list of texts.
    pub fn texts(&mut self, source: &mut Source<'_>, key: &str) -> Option<At<Vec<At<String>>>> {
        let (at, value) = self.take(key)?;
        let DeValue::Array(entries) = value else {
            source.wrong(at, format!("{key} must be a list in [ ], not {}", kind(&value)));
            return None;
        };
        let mut texts = Vec::new();
        for entry in entries {
            let at = self.base + entry.span().start;
            match entry.into_inner() {
                DeValue::String(text) => texts.push((at, text.into_owned())),
                other => source.wrong(at, format!("{key} has texts in quotes, not {}", kind(&other))),
            }
        }
        Some((at, texts))
    }

    /// A table in it whose keys are anything: texts by their names.
    pub fn names(&mut self, source: &mut Source<'_>, key: &str) -> Option<At<Vec<(String, String)>>> {
        let (at, value) = self.take(key)?;
        let DeValue::Table(entries) = value else {
            source.wrong(at, format!("{key} must be a table in {{ }}, not {}", kind(&value)));
            return None;
        };
        let mut names = Vec::new();
        for (name, value) in entries {
            match value.get_ref() {
                DeValue::String(text) => names.push((name.get_ref().to_string(), text.to_string())),
                other => {
                    source.wrong(
                        self.base + value.span().start,
                        format!("{key} has texts in quotes, not {}", kind(other)),
                    );
                }
            }
        }
        Some((at, names))
    }

    /// Lets go of a key that somebody else reads; true when it is there.
    pub fn leave(&mut self, key: &str) -> bool {
        self.take(key).is_some()
    }

    /// Notes every key that nobody asked for; `known` are those that there are.
    pub fn end(self, source: &mut Source<'_>, known: &str) {
        for (key, _) in &self.entries {
            let at = self.base + Spanned::span(key).start;
            source.wrong(at, format!("{} has no '{}': there are {known}", self.what, key.get_ref()));
        }
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
