//! Lessons that pages ask for. A teacher's folder is read on another thread; the answer comes when
//! that is done.

use super::keeper::Keeper;
use super::{Inbound, ViewerId};
use crate::lesson::{FileName, Lesson, Library, Problem, Shelf};
use crate::wire::{Outcome, ServerMessage};
use std::sync::Arc;

/// What is asked.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    /// All of them.
    All,
    /// One, in this language.
    One { lesson: String, language: String },
}

impl Keeper {
    /// Answers a page when the lessons have been read.
    pub(super) fn tell_lessons(&self, viewer: ViewerId, id: u32, asked: Asked) {
        let (library, room) = (self.setting.lessons.clone(), self.forks.room());
        self.forks.aside(move || {
            let message = Box::new(answer(&library, id, asked));
            room.hand(Inbound::Lessons { viewer, message });
        });
    }
}

fn answer(library: &Library, id: u32, asked: Asked) -> ServerMessage {
    let shelf = library.shelf();
    match asked {
        Asked::All => {
            let classes = shelf.classes.values().map(|class| class.told()).collect();
            ServerMessage::Lessons { id, lessons: shelf.cards(), classes, bad: shelf.bad() }
        }
        Asked::One { lesson, language } => match shelf.lesson(&lesson, &language) {
            Some(found) => {
                let lesson = Box::new(found.told(shelf.languages(&lesson)));
                ServerMessage::Lesson { id, lesson }
            }
            None => ServerMessage::Answer { id, outcome: Outcome::Refused { reason: none(&shelf, &lesson) } },
        },
    }
}

/// The lesson with this id, in any language: its run is the same in all.
///
/// # Errors
/// A sentence when there is none.
pub(super) fn lesson(library: &Library, id: &str) -> Result<Arc<Lesson>, String> {
    let shelf = library.shelf();
    shelf.lesson(id, "en").cloned().ok_or_else(|| none(&shelf, id))
}

/// Why there is no such lesson: what is wrong with its file, or which there are.
fn none(shelf: &Shelf, lesson: &str) -> String {
    let of_its_file =
        |problem: &&Problem| FileName::read(&problem.file).is_some_and(|name| name.id == lesson);
    match shelf.problems.iter().find(of_its_file) {
        Some(problem) => format!("The lesson “{lesson}” cannot be used. {problem}."),
        None => {
            let known = shelf.lessons.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            format!("There is no lesson “{lesson}”: there are {known}.")
        }
    }
}
