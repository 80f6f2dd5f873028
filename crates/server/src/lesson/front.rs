//! What a lesson says of itself and of its run.

use super::table::{Source, Table};
use super::{Front, MAX_SENTENCE, MAX_TITLE};
use serde::Deserialize;
use simulator::Scenario;
use simulator::script::{RunPlan, Script, ScriptEntry, moment};
use std::time::Duration;
use toml::Spanned;

/// The line before and behind it.
const FENCE: &str = "+++";

/// The shortest run of a lesson.
const SHORTEST: Duration = Duration::from_secs(1);

/// The keys.
const KEYS: &str = "title, number, minutes, goal, before, scenario, seed, length, script";

/// Finds the front matter: its text with its place, and the place of what follows.
pub fn split<'t>(source: &mut Source<'t>) -> Option<(&'t str, usize, usize)> {
    let text = source.text;
    let mut at = 0;
    let mut begin = None;
    for line in text.split_inclusive('\n') {
        let is_fence = line.trim_end() == FENCE;
        match begin {
            None if is_fence => begin = Some(at + line.len()),
            None => break,
            Some(begin) if is_fence => return Some((text.get(begin..at)?, begin, at + line.len())),
            Some(_) => {}
        }
        at += line.len();
    }
    source.wrong(
        0,
        match begin {
            None => "a lesson begins with a line +++, what it says of itself, and another line +++",
            Some(_) => "the line +++ behind what the lesson says of itself is missing",
        },
    );
    None
}

/// What could be read of it.
pub struct Matter {
    /// What the lesson says of itself.
    pub front: Option<Front>,
    /// The network.
    pub scenario: Option<Scenario>,
    /// What makes the run.
    pub plan: Option<RunPlan>,
}

/// Reads it. `scenario` finds a network by its name.
pub fn read(
    source: &mut Source<'_>,
    text: &str,
    base: usize,
    scenario: impl FnOnce(&str) -> Result<Scenario, String>,
) -> Matter {
    let mut table = Table::read(source, "the front matter", text, base);
    let title = table.short(source, "title", MAX_TITLE);
    let number = table.needed_number(source, "number", 1..=999);
    let minutes = table.needed_number(source, "minutes", 1..=45);
    let goal = table.short(source, "goal", MAX_SENTENCE);
    let before = table.short(source, "before", MAX_SENTENCE);
    let named = table.needed(source, "scenario");
    let seed = table.number(source, "seed", 0..=i64::MAX as u64);
    let length = table.needed(source, "length").and_then(|(at, text)| match moment(&text) {
        Ok(length) if length >= SHORTEST => Some(length),
        Ok(_) => {
            source.wrong(at, "length: a run of 1 s at least is needed");
            None
        }
        Err(reason) => {
            source.wrong(at, format!("length: {reason}"));
            None
        }
    });
    let scripted = table.leave("script");
    table.end(source, KEYS);
    let scenario = named.and_then(|(at, name)| match scenario(&name) {
        Ok(scenario) => Some(scenario),
        Err(reason) => {
            source.wrong(at, reason);
            None
        }
    });
    let script = match &scenario {
        Some(scenario) if scripted => script(source, text, base, scenario),
        _ => Some(Script::default()),
    };
    if let (Some(script), Some(length)) = (&script, length)
        && u128::from(script.end().as_nanos()) > length.as_nanos()
    {
        source.wrong(base, "an order of the script comes behind the end of the run (length)");
    }
    let plan = scenario.clone().zip(script).zip(length).map(|((scenario, script), length)| RunPlan {
        scenario,
        seed: seed.unwrap_or(1),
        script,
        length,
    });
    let small = |number: Option<u64>| number.and_then(|number| u32::try_from(number).ok());
    let front = (|| {
        Some(Front {
            title: title?,
            number: small(number)?,
            minutes: small(minutes)?,
            goal: goal?,
            before: before?,
        })
    })();
    Matter { front, scenario, plan }
}

/// The orders.
fn script(source: &mut Source<'_>, text: &str, base: usize, scenario: &Scenario) -> Option<Script> {
    #[derive(Deserialize)]
    struct Ordered {
        #[serde(default)]
        script: Vec<Spanned<ScriptEntry>>,
    }
    let ordered: Ordered = match toml::from_str(text) {
        Ok(ordered) => ordered,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            source.wrong(base + at, format!("script: {}", error.message()));
            return None;
        }
    };
    match Script::new(ordered.script, scenario) {
        Ok(script) => Some(script),
        Err(bad) => {
            source.wrong(base + bad.at.unwrap_or(0), format!("script: {}", bad.reason));
            None
        }
    }
}
