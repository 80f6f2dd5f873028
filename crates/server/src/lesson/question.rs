//! A question: what is asked, what can be chosen, and what the run is asked.

use super::markdown::{blocks, runs};
use super::prose::words;
use super::stop::wrong_text;
use super::table::{At, Source, Table};
use super::{CHOICES, Choice, Question};
use crate::wire::{LessonChoice, LessonQuestion};
use simulator::find::{Expression, Kind, Places};

/// Reads a question's block, `text` at the octet `at` of the file, about an event of one of the
/// kinds `here`.
pub fn read(
    source: &mut Source<'_>,
    (at, text): At<&str>,
    places: Option<&Places>,
    here: Option<Vec<Kind>>,
) -> Option<Question> {
    let mut table = Table::read(source, "a question", text, at);
    let ask = table.needed(source, "ask").map(|(at, text)| runs(source, "ask", &text, at));
    let answer = table.needed(source, "answer");
    let listed = table.tables(source, "choices", "a choice");
    let explain = table.needed(source, "explain").map(|(at, text)| blocks(source, &text, at));
    table.end(source, "ask, answer, choices, explain");
    let choices = match listed {
        Some((at, tables)) => {
            if !CHOICES.contains(&tables.len()) {
                let (least, most) = (CHOICES.start(), CHOICES.end());
                source
                    .wrong(at, format!("there are {} choices: {least} to {most} are possible", tables.len()));
            }
            choices(source, tables)
        }
        None => {
            source.wrong(at, "choices are missing in a question");
            Vec::new()
        }
    };
    let (at, answer) = answer?;
    let expression = match Expression::parse(&answer, places?, &here?) {
        Ok(expression) => expression,
        Err(error) => {
            wrong_text(source, at, "answer", &answer, &error);
            return None;
        }
    };
    Some(Question { ask: ask?, line: source.line(at), answer, expression, choices, explain: explain? })
}

fn choices(source: &mut Source<'_>, tables: Vec<Table<'_>>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for mut table in tables {
        let at = table.at;
        let value = table.needed(source, "value").map(|(_, value)| value.trim().to_owned());
        let text = table.text(source, "text").map(|(at, text)| runs(source, "text", &text, at));
        let why = table.needed(source, "why").map(|(at, text)| runs(source, "why", &text, at));
        table.end(source, "value, text, why");
        let (Some(value), Some(why)) = (value, why) else { continue };
        if choices.iter().any(|other| other.value == value) {
            source.wrong(at, format!("two choices have the value '{value}'"));
        }
        choices.push(Choice { text: text.unwrap_or_else(|| words(&value)), value, why });
    }
    choices
}

impl Question {
    /// As a page shows it: without the answer.
    pub fn told(&self) -> LessonQuestion {
        let choice = |choice: &Choice| LessonChoice { text: choice.text.clone(), why: choice.why.clone() };
        LessonQuestion {
            ask: self.ask.clone(),
            choices: self.choices.iter().map(choice).collect(),
            explain: self.explain.clone(),
        }
    }
}
