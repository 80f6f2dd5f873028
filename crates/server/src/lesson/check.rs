//! `layercast lessons`: what lessons there are, and whether they work.

use super::library::{Shelf, file, files};
use super::shipped::SHIPPED;
use super::{Lesson, Library, Problem, languages, resolve};
use crate::fault::Fault;
use crate::wire::LessonRun;
use protocol::media::Catalogue;
use protocol::time::SimTime;
use simulator::script::{RunPlan, Scripted};
use simulator::{World, WorldOptions};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Prints the lessons that there are.
///
/// # Errors
/// When the folder is none.
pub fn list(folder: Option<PathBuf>) -> anyhow::Result<()> {
    folder.as_deref().map(must_be_there).transpose()?;
    let shelf = Library::new(folder).shelf();
    for card in shelf.cards() {
        let (minutes, stops, clicks) = (card.minutes, card.stops, card.clicks);
        println!("{}.{}  {}", card.id, card.language, card.title);
        println!("    {minutes} min, {stops} stops, {clicks} clicks, on {}. {}", card.scenario, card.goal);
    }
    for class in shelf.classes.values() {
        let lessons: Vec<_> = class.lessons.iter().map(|(_, lesson)| &**lesson).collect();
        println!("{}  class: {}", class.id, lessons.join(", "));
    }
    shelf.problems.iter().for_each(|problem| println!("{problem}"));
    Ok(())
}

/// Checks the lessons of a file or a folder, or those of the program: reads them, simulates their
/// runs, finds their stops and answers. Prints all that is wrong and, with `stops`, where they are.
///
/// # Errors
/// When something is wrong, or there is no such file or folder.
pub fn check(path: Option<&Path>, stops: bool) -> anyhow::Result<()> {
    path.map(must_be_there).transpose()?;
    let checked = Checked::of(path);
    for (lesson, run) in &checked.good {
        let questions = run.answers.iter().flatten().count();
        println!(
            "{}: good: {} stops, {questions} questions, {} clicks",
            lesson.file,
            run.stops.len(),
            lesson.clicks()
        );
        if stops {
            print!("{}", told(lesson, run));
        }
    }
    checked.problems.iter().for_each(|problem| println!("{problem}"));
    match checked.problems.len() {
        0 if checked.good.is_empty() => anyhow::bail!("there are no lessons there"),
        0 => Ok(()),
        1 => anyhow::bail!("1 problem"),
        several => anyhow::bail!("{several} problems"),
    }
}

fn must_be_there(path: &Path) -> Result<(), Fault> {
    match std::fs::metadata(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(Fault::File { option: "lessons", path: path.to_owned(), error }),
    }
}

/// Where a lesson's stops are, and what its run says.
fn told(lesson: &Lesson, run: &LessonRun) -> String {
    let mut text = String::new();
    for ((stop, place), answer) in lesson.stops.iter().zip(&run.stops).zip(&run.answers) {
        let at = SimTime::from_nanos(place.at.t.0).as_secs_f64();
        // Writing to a String cannot fail.
        let _ = write!(text, "    {at:>12.6} s  {}", stop.title);
        if let Some(node) = place.at.node.and_then(|node| lesson.plan.scenario.nodes.get(node as usize)) {
            let _ = write!(text, "  ({}", node.name);
            if let Some(layer) = place.layer {
                let _ = write!(text, ", layer {layer}");
            }
            text.push(')');
        }
        if let Some(answer) = answer {
            let _ = write!(text, "  answer: {}", answer.value);
        }
        text.push('\n');
    }
    text
}

/// Lessons that were checked.
#[derive(Debug, Default)]
pub struct Checked {
    /// Those that work, with what was found in their runs.
    pub good: Vec<(Arc<Lesson>, LessonRun)>,
    /// All that is wrong, by file and line.
    pub problems: Vec<Problem>,
}

impl Checked {
    /// The lessons of a file or a folder, or those of the program.
    pub fn of(path: Option<&Path>) -> Checked {
        let (shelf, own) = match path {
            None => (SHIPPED.clone(), None),
            Some(folder) if folder.is_dir() => {
                let files = files(folder);
                let names = files.iter().map(|file| file.name.clone()).collect();
                (Shelf::of(&files, &SHIPPED), Some(names))
            }
            Some(path) => {
                let beside = path.parent().filter(|folder| folder.is_dir()).unwrap_or(Path::new("."));
                let name = file(path).name;
                // The files beside it, for its network and its other languages.
                let mut files = files(beside);
                files.retain(|file| file.name != name);
                files.push(file(path));
                (Shelf::of(&files, &SHIPPED), Some(BTreeSet::from([name])))
            }
        };
        Checked::lessons(&shelf, own.as_ref())
    }

    /// The lessons of these files, all without any.
    fn lessons(shelf: &Shelf, own: Option<&BTreeSet<String>>) -> Checked {
        let is_own = |file: &str| own.is_none_or(|own| own.contains(file));
        let mut checked = Checked::default();
        checked.problems.extend(shelf.problems.iter().filter(|problem| is_own(&problem.file)).cloned());
        for lesson in shelf.lessons.values() {
            if !lesson.values().any(|lesson| is_own(&lesson.file)) {
                continue;
            }
            let differ = languages::differences(lesson);
            checked.problems.extend(differ.into_iter().filter(|problem| is_own(&problem.file)));
            checked.one(lesson, &is_own);
        }
        checked.problems.sort();
        checked.problems.dedup();
        checked
    }

    /// A lesson in all its languages; one run serves those that are about the same.
    fn one(&mut self, lesson: &BTreeMap<String, Arc<Lesson>>, is_own: &dyn Fn(&str) -> bool) {
        let mut made: Option<(String, World)> = None;
        for lesson in lesson.values().filter(|lesson| is_own(&lesson.file)) {
            let what = format!("{:?}", lesson.plan);
            if made.as_ref().is_none_or(|(other, _)| *other != what) {
                match simulate(&lesson.plan) {
                    Ok(world) => made = Some((what, world)),
                    Err(reason) => {
                        self.problems.push(Problem { file: lesson.file.clone(), line: None, reason });
                        continue;
                    }
                }
            }
            let Some((_, world)) = &made else { continue };
            match resolve(lesson, world) {
                Ok(run) => self.good.push((lesson.clone(), run)),
                Err(problems) => self.problems.extend(problems),
            }
        }
    }
}

/// Makes a plan's run.
fn simulate(plan: &RunPlan) -> Result<World, String> {
    /// The whole run stays on the tape.
    const SPARE: Duration = Duration::from_secs(1);
    let options = WorldOptions { seed: plan.seed, history: plan.length + SPARE, ..WorldOptions::default() };
    let world = World::new(&plan.scenario, Arc::new(Catalogue::with_demo()), options);
    let world = world.map_err(|error| format!("the network makes no world: {error}"))?;
    let mut scripted = Scripted::new(world, plan.script.clone());
    scripted.advance(SimTime::ZERO + plan.length).map_err(|refused| refused.to_string())?;
    Ok(scripted.into_world())
}
