//! Lessons: text files that name a network, places in its run, and questions about it.
//! `docs/lessons.md` tells how one is written.
//!
//! | file | what it holds |
//! |---|---|
//! | `library`, `shipped` | where the files are: in the program, and in a teacher's folder |
//! | `read` | a file to a [`Lesson`], with all that is wrong with it |
//! | `table`, `front`, `stop`, `question` | its parts in TOML |
//! | `markdown`, `prose` | its texts |
//! | `class` | lessons that belong together |
//! | `resolve`, `looked` | a lesson's stops and answers in a run |
//! | `languages` | that a lesson is the same in all of them |
//! | `check` | `layercast lessons` |
//!
//! Nothing of a file reaches a page but structured text: there is no HTML anywhere.

mod check;
mod class;
mod front;
mod languages;
mod library;
mod looked;
mod markdown;
mod prose;
mod question;
mod read;
mod resolve;
mod shipped;
mod stop;
mod table;
#[cfg(test)]
mod tests;

pub use check::{Checked, check, list};
pub use class::Class;
pub use library::{Library, Shelf};
pub use read::{FileName, read};
pub use resolve::resolve;

use crate::wire::{LessonCard, LessonTab, LessonView, StackDirection, TextBlock, TextRun};
use simulator::NodeId;
use simulator::find::{Expression, Query};
use simulator::script::RunPlan;
use std::fmt;

/// The most octets that a lesson file may have.
pub const MAX_FILE: usize = 64 << 10;

/// The most stops that a lesson may have.
pub const MAX_STOPS: usize = 40;

/// How often a lesson may be clicked from beginning to end.
pub const MAX_CLICKS: u32 = 40;

/// Clicks that a question takes: an answer, and Check.
pub const CLICKS_OF_A_QUESTION: u32 = 2;

/// The most characters of a caption.
pub const MAX_CAPTION: usize = 160;

/// The most characters of a title.
pub const MAX_TITLE: usize = 80;

/// The most characters of what a lesson says of itself.
pub const MAX_SENTENCE: usize = 240;

/// The fewest and the most choices of a question.
pub const CHOICES: std::ops::RangeInclusive<usize> = 2..=6;

/// The most files that are read of a folder.
pub const MAX_FILES: usize = 200;

/// Something that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file's name.
    pub file: String,
    /// The line, from 1; `None` when it is about the whole file.
    pub line: Option<usize>,
    /// What is wrong and what would be right, in a sentence without a full stop.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.reason),
            None => write!(f, "{}: {}", self.file, self.reason),
        }
    }
}

/// A lesson in one language, as its file has it.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// The file's name.
    pub file: String,
    /// The name without language and ending.
    pub id: String,
    /// `en`, `de`.
    pub language: String,
    /// What it says of itself.
    pub front: Front,
    /// What makes its run.
    pub plan: RunPlan,
    /// What comes before the first stop.
    pub introduction: Vec<TextBlock>,
    /// The presenter's notes there.
    pub notes: Vec<TextBlock>,
    /// Its stops.
    pub stops: Vec<Stop>,
}

/// What a lesson says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Front {
    /// Its title.
    pub title: String,
    /// Its place in the menu.
    pub number: u32,
    /// How long it takes.
    pub minutes: u32,
    /// What a student can do after it.
    pub goal: String,
    /// What a student must know before it.
    pub before: String,
}

/// A stop.
#[derive(Clone, Debug)]
pub struct Stop {
    /// Its title.
    pub title: String,
    /// The caption.
    pub caption: Vec<TextRun>,
    /// Further text.
    pub more: Vec<TextBlock>,
    /// The presenter's notes.
    pub notes: Vec<TextBlock>,
    /// The event, as it is written.
    pub until: String,
    /// The line of that.
    pub line: usize,
    /// The event.
    pub query: Query,
    /// Searched from the beginning of the run, not from the stop before.
    pub from_start: bool,
    /// Where it is looked at, when not where the event is.
    pub show: Option<Show>,
    /// The shelf's tab.
    pub tab: Option<LessonTab>,
    /// What the stage shows.
    pub view: Option<LessonView>,
    /// The layer lens.
    pub lens: Option<u8>,
    /// The field to be opened.
    pub field: Option<String>,
    /// The question.
    pub question: Option<Question>,
}

/// A device, one of its layers, and whether the message comes from above or from below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Show {
    /// The device.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// The layer, 1 to 7.
    pub layer: u8,
    /// Which way.
    pub direction: StackDirection,
    /// Where this stands in the file.
    pub line: usize,
}

/// A question.
#[derive(Clone, Debug)]
pub struct Question {
    /// The question.
    pub ask: Vec<TextRun>,
    /// What the run is asked, as it is written.
    pub answer: String,
    /// The line of that.
    pub line: usize,
    /// What the run is asked.
    pub expression: Expression,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// What is said when the answer is known.
    pub explain: Vec<TextBlock>,
}

/// What can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is compared with the run's answer.
    pub value: String,
    /// What it says.
    pub text: Vec<TextRun>,
    /// What is said to who chose it.
    pub why: Vec<TextRun>,
}

impl Lesson {
    /// How often it is clicked from beginning to end.
    pub fn clicks(&self) -> u32 {
        let questions = self.stops.iter().filter(|stop| stop.question.is_some()).count();
        self.stops.len() as u32 + questions as u32 * CLICKS_OF_A_QUESTION
    }

    /// Its card, when it is there in these languages.
    pub fn card(&self, languages: Vec<String>) -> LessonCard {
        let Front { title, number, minutes, goal, before } = self.front.clone();
        LessonCard {
            id: self.id.clone(),
            number,
            title,
            language: self.language.clone(),
            languages,
            minutes,
            goal,
            before,
            clicks: self.clicks(),
            scenario: self.plan.scenario.name.clone(),
            stops: self.stops.len() as u32,
        }
    }

    /// All of it, as a page shows it.
    pub fn told(&self, languages: Vec<String>) -> crate::wire::Lesson {
        crate::wire::Lesson {
            card: self.card(languages),
            introduction: self.introduction.clone(),
            notes: self.notes.clone(),
            stops: self.stops.iter().map(Stop::told).collect(),
        }
    }
}
