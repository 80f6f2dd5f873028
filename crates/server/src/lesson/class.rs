//! Lessons that are taught one after the other.

use super::table::{Source, Table};
use super::{MAX_FILE, MAX_TITLE, Problem};
use crate::wire::LessonClass;
use std::collections::BTreeMap;

/// What a class's file is called behind its id.
pub const ENDING: &str = ".class.toml";

/// The most lessons of a class.
const MAX_LESSONS: usize = 12;

/// A class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// The file's name.
    pub file: String,
    /// The file's name without its ending.
    pub id: String,
    /// Its title in each language.
    pub title: BTreeMap<String, String>,
    /// The lessons' ids, with their lines.
    pub lessons: Vec<(usize, String)>,
}

impl Class {
    /// Reads the class in the file `file`.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of the lines.
    pub fn read(file: &str, text: &str) -> Result<Class, Vec<Problem>> {
        let mut source = Source::new(file, text);
        if text.len() > MAX_FILE {
            source.wrong_file(format!("the file has {} octets: {MAX_FILE} are possible", text.len()));
            return Err(source.problems());
        }
        let mut table = Table::read(&mut source, "a class", text, 0);
        let titles = table.names(&mut source, "title");
        let lessons = table.texts(&mut source, "lessons");
        table.end(&mut source, "title, lessons");
        let mut title = BTreeMap::new();
        match titles {
            Some((at, titles)) => {
                for (language, text) in titles {
                    if text.trim().is_empty() || text.chars().count() > MAX_TITLE {
                        source.wrong(at, format!("a title has 1 to {MAX_TITLE} characters"));
                    }
                    title.insert(language, text.trim().to_owned());
                }
                if title.is_empty() {
                    source
                        .wrong(at, "title names languages, as in { en = \"From the wire to the picture\" }");
                }
            }
            None => source
                .wrong(0, "title is missing in a class, as in { en = \"From the wire to the picture\" }"),
        }
        let lessons = match lessons {
            Some((at, lessons)) => {
                if lessons.is_empty() || lessons.len() > MAX_LESSONS {
                    source.wrong(at, format!("a class has 1 to {MAX_LESSONS} lessons"));
                }
                lessons
            }
            None => {
                source.wrong(0, "lessons are missing in a class");
                Vec::new()
            }
        };
        let lessons = lessons.into_iter().map(|(at, lesson)| (source.line(at), lesson)).collect();
        if !source.is_good() {
            return Err(source.problems());
        }
        let id = file.strip_suffix(ENDING).unwrap_or(file).to_owned();
        Ok(Class { file: file.to_owned(), id, title, lessons })
    }

    /// As a page shows it.
    pub fn told(&self) -> LessonClass {
        LessonClass {
            id: self.id.clone(),
            title: self.title.clone(),
            lessons: self.lessons.iter().map(|(_, lesson)| lesson.clone()).collect(),
        }
    }
}
