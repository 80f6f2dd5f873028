//! A lesson in several languages: all are about the same run, with the same stops and answers.

use super::{Lesson, Problem, Stop};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What differs between the languages of a lesson, told of all but the first.
pub fn differences(languages: &BTreeMap<String, Arc<Lesson>>) -> Vec<Problem> {
    // English is what others are translations of, where there is any.
    let Some(first) = languages.get("en").or_else(|| languages.values().next()) else { return Vec::new() };
    let others = languages.values().filter(|other| other.language != first.language);
    others.flat_map(|other| of(first, other)).collect()
}

fn of(first: &Lesson, other: &Lesson) -> Vec<Problem> {
    let problem = |line: Option<usize>, what: &str| Problem {
        file: other.file.clone(),
        line,
        reason: format!("{what} is not as in {}", first.file),
    };
    let mut problems = Vec::new();
    let (one, two) = (&first.front, &other.front);
    if (one.number, one.minutes) != (two.number, two.minutes) {
        problems.push(problem(None, "number or minutes"));
    }
    if format!("{:?}", first.plan) != format!("{:?}", other.plan) {
        problems.push(problem(None, "scenario, seed, length or script"));
    }
    if first.stops.len() != other.stops.len() {
        problems.push(problem(None, "the number of stops"));
        return problems;
    }
    for (one, two) in first.stops.iter().zip(&other.stops) {
        if what(one) != what(two) {
            problems.push(problem(Some(two.line), "this stop"));
        }
        if asked(one) != asked(two) {
            let line = two.question.as_ref().map_or(two.line, |question| question.line);
            problems
                .push(problem(Some(line), "the question of this stop, its answer or its choices' values"));
        }
    }
    problems
}

/// What of a stop is the same in all languages.
fn what(stop: &Stop) -> impl PartialEq + use<'_> {
    let show = stop.show.as_ref().map(|show| (show.node, show.layer, show.direction));
    (&stop.until, stop.from_start, show, stop.tab, stop.view, (stop.lens, &stop.field))
}

/// What of a question is.
fn asked(stop: &Stop) -> Option<(&str, Vec<&str>)> {
    let question = stop.question.as_ref()?;
    Some((&question.answer, question.choices.iter().map(|choice| &*choice.value).collect()))
}
