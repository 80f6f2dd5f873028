//! Asking a run for a value: the answer.

use super::event::Event;
use super::expression::{Expression, Fold, FoldWhat, Named, Sign, Term, Until};
use super::facts::ms;
use super::filter::{Comparison, as_number};
use super::finder::{Context, Finder, From};
use super::names::Name;
use super::subject::Subject;
use super::{Query, Value};
use std::collections::BTreeSet;
use thiserror::Error;

/// The event at which a run is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Here {
    /// The event.
    pub event: Event,
    /// What was found up to it.
    pub context: Context,
    /// What is looked at instead, where that is another frame or another place of its way.
    pub look: Option<Event>,
}

/// Why a run gives no value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unanswered {
    /// The event does not have it.
    #[error("there is no {name} at this event")]
    NotThere {
        /// What.
        name: String,
    },
    /// Nothing of the kind happens in this run.
    #[error("no such event happens in this run")]
    NoEvent,
    /// Only numbers can be added up and compared.
    #[error("'{value}' is no number")]
    NoNumber {
        /// What there is instead.
        value: String,
    },
    /// Something is divided by zero.
    #[error("nothing can be divided by zero")]
    ByZero,
}

impl Finder<'_> {
    /// The value of an expression.
    ///
    /// # Errors
    /// When the run does not say it.
    pub fn ask(&self, expression: &Expression, here: &Here) -> Result<Value, Unanswered> {
        self.value(&expression.0, here)
    }

    fn value(&self, term: &Term, here: &Here) -> Result<Value, Unanswered> {
        match term {
            Term::Number(number) => Ok(Value::Number(*number)),
            Term::Text(text) => Ok(Value::Text(text.clone())),
            Term::Here(name) => self.here(name, here),
            Term::Negative(term) => Ok(Value::Number(-self.number(term, here)?)),
            Term::Sum(left, sign, right) => {
                let (left, right) = (self.number(left, here)?, self.number(right, here)?);
                let number = match sign {
                    Sign::Plus => left + right,
                    Sign::Minus => left - right,
                    Sign::Times => left * right,
                    Sign::Over if right == 0.0 => return Err(Unanswered::ByZero),
                    Sign::Over => left / right,
                };
                Ok(Value::Number(number))
            }
            Term::Compare(left, comparison, right) => {
                let holds = self.compare(left, *comparison, right, here)?;
                Ok(Value::Text(if holds { "yes" } else { "no" }.to_owned()))
            }
            Term::Round(term, step) => Ok(Value::Number((self.number(term, here)? / step).round() * step)),
            Term::Ms(query) => {
                let span = self.span(query, From::Behind(here.event), &here.context);
                let (first, last) = span.ok_or(Unanswered::NoEvent)?;
                let since = if query.has_steps() { first.at } else { here.event.at };
                Ok(ms(last.at.since(since)))
            }
            Term::Fold(fold) => self.fold(fold, here),
        }
    }

    fn number(&self, term: &Term, here: &Here) -> Result<f64, Unanswered> {
        let value = self.value(term, here)?;
        as_number(&value).ok_or_else(|| Unanswered::NoNumber { value: value.to_string() })
    }

    fn compare(
        &self,
        left: &Term,
        comparison: Comparison,
        right: &Term,
        here: &Here,
    ) -> Result<bool, Unanswered> {
        let (left, right) = (self.value(left, here)?, self.value(right, here)?);
        match (as_number(&left), as_number(&right), comparison) {
            (Some(left), Some(right), _) => Ok(comparison.of_numbers(left, right)),
            (_, _, Comparison::Equal) => Ok(left == right),
            (_, _, Comparison::Unequal) => Ok(left != right),
            (None, ..) => Err(Unanswered::NoNumber { value: left.to_string() }),
            (_, None, _) => Err(Unanswered::NoNumber { value: right.to_string() }),
        }
    }

    /// A value of what is looked at or, where that has none of the name, of the event.
    fn here(&self, named: &Named, here: &Here) -> Result<Value, Unanswered> {
        let events = here.look.into_iter().chain([here.event]);
        let mut values = events.filter_map(|event| self.first_value(event, &named.name));
        values.next().ok_or_else(|| Unanswered::NotThere { name: named.word.clone() })
    }

    fn first_value(&self, event: Event, name: &Name) -> Option<Value> {
        let subject = Subject::of(self.run(), event)?;
        match name {
            Name::Own(own) => subject.facts(own).into_iter().next(),
            Name::Fields(_) | Name::Protocol(_) => {
                subject.values(name, &self.open(&subject)?).into_iter().next()
            }
        }
    }

    fn fold(&self, fold: &Fold, here: &Here) -> Result<Value, Unanswered> {
        let from = if fold.from_here { From::Behind(here.event) } else { From::Start };
        let last = match &fold.until {
            Until::End => None,
            Until::Here => Some(here.event),
            Until::Event(query) => Some(self.end_of(query, from, here)?),
        };
        let events = self.all(&fold.events, from, &here.context);
        let mut events = events.into_iter().flatten().filter(|event| last.is_none_or(|last| *event <= last));
        let Some(named) = &fold.of else { return Ok(Value::Number(events.count() as f64)) };
        let mut values =
            events.by_ref().filter_map(|event| Some((event, self.first_value(event, &named.name)?)));
        match fold.what {
            FoldWhat::First => least(values),
            FoldWhat::Last => {
                values.max_by_key(|(event, _)| *event).map(|(_, value)| value).ok_or(Unanswered::NoEvent)
            }
            FoldWhat::Distinct => {
                let different: BTreeSet<_> = values.map(|(_, value)| value.to_string()).collect();
                Ok(Value::Number(different.len() as f64))
            }
            what => {
                let first = values.next().map(|(_, value)| number_of(&value)).transpose()?;
                let Some(first) = first else {
                    return if what == FoldWhat::Sum {
                        Ok(Value::Number(0.0))
                    } else {
                        Err(Unanswered::NoEvent)
                    };
                };
                let join = |one: f64, other: f64| match what {
                    FoldWhat::Least => one.min(other),
                    FoldWhat::Greatest => one.max(other),
                    _ => one + other,
                };
                values.try_fold(first, |sum, (_, value)| Ok(join(sum, number_of(&value)?))).map(Value::Number)
            }
        }
    }

    fn end_of(&self, query: &Query, from: From, here: &Here) -> Result<Event, Unanswered> {
        self.first(query, from, &here.context).ok_or(Unanswered::NoEvent)
    }
}

/// The value of the earliest.
fn least(values: impl Iterator<Item = (Event, Value)>) -> Result<Value, Unanswered> {
    values.min_by_key(|(event, _)| *event).map(|(_, value)| value).ok_or(Unanswered::NoEvent)
}

fn number_of(value: &Value) -> Result<f64, Unanswered> {
    as_number(value).ok_or_else(|| Unanswered::NoNumber { value: value.to_string() })
}
