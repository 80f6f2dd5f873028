//! Where lessons are.

use super::class::{Class, ENDING};
use super::read::{FileName, read};
use super::shipped::SHIPPED;
use super::{Lesson, MAX_FILE, MAX_FILES, Problem};
use crate::wire::{BadLesson, LessonCard};
use simulator::Scenario;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long what was read is taken for what stands there: many pages may ask at once.
const FRESH: Duration = Duration::from_millis(500);

/// Said of octets that are no text.
pub const NOT_UTF8: &str = "the file is no text in UTF-8";

/// The lessons of the program and of a teacher's folder.
#[derive(Debug, Default)]
pub struct Library {
    folder: Option<PathBuf>,
    /// What the folder held, and when.
    read: Mutex<Option<(Instant, Arc<Shelf>)>>,
}

/// A file of a folder.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name, without the folder's.
    pub name: String,
    /// What it says, or why that cannot be read.
    pub text: Result<String, String>,
}

/// Lessons that were read.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    /// By id and language.
    pub lessons: BTreeMap<String, BTreeMap<String, Arc<Lesson>>>,
    /// By id.
    pub classes: BTreeMap<String, Class>,
    /// What is wrong with files, in their order.
    pub problems: Vec<Problem>,
}

impl Library {
    /// The program's lessons and, over them, those of a folder.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Library { folder, read: Mutex::default() }
    }

    /// What there is now. The folder is read again unless that was done a moment ago; not to be
    /// called by who must not wait for a disk.
    pub fn shelf(&self) -> Arc<Shelf> {
        // A reader that panicked has left nothing half done.
        let mut kept = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, shelf)) = &*kept
            && (at.elapsed() < FRESH || self.folder.is_none())
        {
            return shelf.clone();
        }
        let shelf = match &self.folder {
            None => SHIPPED.clone(),
            Some(folder) => Shelf::of(&files(folder), &SHIPPED),
        };
        let shelf = Arc::new(shelf);
        *kept = Some((Instant::now(), shelf.clone()));
        shelf
    }
}

/// The files of a folder that may belong to lessons.
pub fn files(folder: &Path) -> Vec<File> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let name = folder.display().to_string();
            return vec![File { name, text: Err(format!("the folder cannot be read: {error}")) }];
        }
    };
    let mut paths: Vec<_> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| belongs(path)).collect();
    paths.sort();
    let too_many = paths.len() > MAX_FILES;
    paths.truncate(MAX_FILES);
    let mut files: Vec<_> = paths.iter().map(|path| file(path)).collect();
    if too_many {
        let name = folder.display().to_string();
        let text = Err(format!("the folder has more than {MAX_FILES} lessons: the others are left out"));
        files.push(File { name, text });
    }
    files
}

fn belongs(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "md" || ending == "toml")
}

/// A file as it is now.
pub fn file(path: &Path) -> File {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let read = || {
        let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
        if length > MAX_FILE as u64 {
            return Err(format!("the file has {length} octets: {MAX_FILE} are possible"));
        }
        let octets = std::fs::read(path).map_err(|error| format!("the file cannot be read: {error}"))?;
        String::from_utf8(octets).map_err(|_| NOT_UTF8.to_owned())
    };
    File { name, text: read() }
}

impl Shelf {
    /// The lessons and classes in `files`, over those of `below`. Other Markdown files, such as a
    /// README, are no lessons.
    pub fn of(files: &[File], below: &Shelf) -> Shelf {
        let mut shelf = below.clone();
        let mut own = BTreeSet::new();
        for file in files {
            let is_class = file.name.ends_with(ENDING);
            if !is_class && FileName::read(&file.name).is_none() && file.text.is_ok() {
                continue;
            }
            let text = match &file.text {
                Ok(text) => text,
                Err(reason) => {
                    shelf.problems.push(Problem {
                        file: file.name.clone(),
                        line: None,
                        reason: reason.clone(),
                    });
                    continue;
                }
            };
            if is_class {
                match Class::read(&file.name, text) {
                    Ok(class) => drop(shelf.classes.insert(class.id.clone(), class)),
                    Err(problems) => shelf.problems.extend(problems),
                }
                continue;
            }
            match read(&file.name, text, |name| scenario(files, name)) {
                Ok(lesson) => {
                    let languages = shelf.lessons.entry(lesson.id.clone()).or_default();
                    // All languages of a lesson are about one run: what lies below is none of them.
                    if own.insert(lesson.id.clone()) {
                        languages.clear();
                    }
                    languages.insert(lesson.language.clone(), Arc::new(lesson));
                }
                Err(problems) => shelf.problems.extend(problems),
            }
        }
        shelf.look_into_classes();
        shelf
    }

    /// A class of a lesson that is not there is told of, once; it stays without that one.
    fn look_into_classes(&mut self) {
        let (lessons, problems) = (&self.lessons, &mut self.problems);
        for class in self.classes.values_mut() {
            class.lessons.retain(|(line, lesson)| {
                let there = lessons.contains_key(lesson);
                if !there {
                    let reason = format!("there is no lesson '{lesson}'");
                    problems.push(Problem { file: class.file.clone(), line: Some(*line), reason });
                }
                there
            });
        }
    }

    /// A lesson in this language, in English where it is not there in it, or in any.
    pub fn lesson(&self, id: &str, language: &str) -> Option<&Arc<Lesson>> {
        let languages = self.lessons.get(id)?;
        languages.get(language).or_else(|| languages.get("en")).or_else(|| languages.values().next())
    }

    /// The languages of a lesson.
    pub fn languages(&self, id: &str) -> Vec<String> {
        self.lessons.get(id).map(|languages| languages.keys().cloned().collect()).unwrap_or_default()
    }

    /// All cards, by number, id and language.
    pub fn cards(&self) -> Vec<LessonCard> {
        let all = self
            .lessons
            .iter()
            .flat_map(|(id, languages)| languages.values().map(|lesson| lesson.card(self.languages(id))));
        let mut cards: Vec<_> = all.collect();
        cards.sort_by(|one, other| {
            (one.number, &one.id, &one.language).cmp(&(other.number, &other.id, &other.language))
        });
        cards
    }

    /// What pages are told of files that cannot be used.
    pub fn bad(&self) -> Vec<BadLesson> {
        let told = |problem: &Problem| BadLesson {
            file: problem.file.clone(),
            line: problem.line.and_then(|line| u32::try_from(line).ok()),
            reason: problem.reason.clone(),
        };
        self.problems.iter().map(told).collect()
    }
}

/// A built-in network, or one of a file beside the lesson.
fn scenario(files: &[File], name: &str) -> Result<Scenario, String> {
    if let Some(scenario) = Scenario::builtin(name) {
        return Ok(scenario);
    }
    let Some(file) = files.iter().find(|file| file.name == name && name.ends_with(".toml")) else {
        let known = Scenario::names().collect::<Vec<_>>().join(", ");
        return Err(format!(
            "there is no network '{name}', and no file of this name beside the lesson: there are {known}"
        ));
    };
    let text = file.text.as_ref().map_err(|reason| format!("{name}: {reason}"))?;
    Scenario::parse(text, name).map_err(|error| error.to_string())
}
