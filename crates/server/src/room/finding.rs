//! Events that pages search for, and letting a frozen world go on until one happens.
//!
//! A world cannot go back. So a copy of it goes ahead, by slices; when the event is on the copy's
//! tape, the world follows up to that moment, and does the same.

use super::advance::FARTHEST;
use super::shown::Shown;
use super::told::Told;
use crate::rows::nanos;
use crate::wire::{Found, Id, Nanos};
use protocol::time::SimTime;
use simulator::Tape;
use simulator::find::{Context, Event, Finder, From, Places, Query, Run};
use simulator::tape::{Knowledge, Streams};
use std::time::{Duration, Instant};

/// How long one look ahead may take, so that others are not kept waiting.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far the copy goes between two looks at its tape.
const SLICE: Duration = Duration::from_millis(250);

/// Said of a query that speaks of what was found before.
const NOTHING_BEFORE: &str = "\"The same\" needs something that was found before: \
                              search for 'one event then another of the same message'.";

/// Said of a query with steps that is to be searched for in the past.
const ONE_STEP: &str = "What is searched for in the past has no 'then'.";

/// Where a look ahead ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    /// It happens at this moment.
    Happens(SimTime),
    /// Up to this moment it does not.
    NotBy(SimTime),
}

/// Answers what a page searches for in a run.
///
/// # Errors
/// A sentence when the query cannot be read or searched for.
pub(super) fn find(
    shown: Shown<'_>,
    told: &Told,
    until: &str,
    from: Option<Nanos>,
    backwards: bool,
) -> Result<Option<Found>, String> {
    let places = Places::of(shown.nodes(), shown.links());
    let query = read(until, &places)?;
    if backwards && query.has_steps() {
        return Err(ONE_STEP.to_owned());
    }
    let finder = Finder::new(Run {
        tape: shown.tape(),
        places: &places,
        streams: told.streams.places(),
        knowledge: &told.knowledge,
        now: shown.now(),
    });
    let from = from.map(|from| SimTime::from_nanos(from.0));
    let event = match (backwards, from) {
        (true, from) => finder.last_before(&query, from.unwrap_or(SimTime::NEVER), &Context::default()),
        (false, Some(from)) => finder.first(&query, From::After(from), &Context::default()),
        (false, None) => finder.first(&query, From::Start, &Context::default()),
    };
    Ok(event.map(|event| found(&finder, event)))
}

/// What a page is told of an event.
pub fn found(finder: &Finder<'_>, event: Event) -> Found {
    let context = finder.context(event, &Context::default());
    Found {
        t: nanos(event.at),
        event: event.kind.to_string(),
        message: context.message.map(|message| Id(message.0)),
        frame: finder.frame_of(event).map(|frame| Id(frame.0)),
        picture: finder.picture_of(event).map(|picture| Id(picture.0)),
        node: finder.node_of(event).map(|node| node.0),
        link: finder.link_of(event).map(|link| link.0),
    }
}

fn read(until: &str, places: &Places) -> Result<Query, String> {
    let query =
        Query::parse(until, places).map_err(|error| format!("Column {}: {}.", error.column, error.reason))?;
    if query.refers_back() { Err(NOTHING_BEFORE.to_owned()) } else { Ok(query) }
}

/// Looks when the event happens first behind now, in a copy that is led ahead: at most
/// [`FARTHEST`], and not longer than a room can wait.
///
/// # Errors
/// A sentence when the query cannot be read.
pub(super) fn look_ahead(shown: Shown<'_>, told: &Told, until: &str) -> Result<Ahead, String> {
    let places = Places::of(shown.nodes(), shown.links());
    let query = read(until, &places)?;
    let (begin, from) = (Instant::now(), shown.now());
    let mut known = (told.streams.places().clone(), told.knowledge.clone(), shown.tape().frames().end());
    let mut copy = shown.copy();
    loop {
        let until = (copy.shown().now() + SLICE).min(from + FARTHEST);
        let over = copy.run_until(until);
        let shown = copy.shown();
        if let Some(event) = first(shown, &mut known, &query, &places, from) {
            return Ok(Ahead::Happens(event.at));
        }
        if over || until >= from + FARTHEST || begin.elapsed() > PATIENCE {
            return Ok(Ahead::NotBy(until));
        }
    }
}

/// The first such event on the tape, once what is known has caught up with it.
fn first(
    shown: Shown<'_>,
    (streams, knowledge, frames): &mut (Streams, Knowledge, u64),
    query: &Query,
    places: &Places,
    from: SimTime,
) -> Option<Event> {
    let tape: &Tape = shown.tape();
    streams.follow(tape);
    knowledge.follow(tape, (*frames).max(tape.frames().start())..tape.frames().end());
    *frames = tape.frames().end();
    let finder = Finder::new(Run { tape, places, streams, knowledge, now: shown.now() });
    finder.first(query, From::After(from), &Context::default())
}

impl Ahead {
    /// The moment up to which the world can go.
    pub(super) fn at(self) -> SimTime {
        match self {
            Ahead::Happens(at) | Ahead::NotBy(at) => at,
        }
    }

    /// How it is told to who waits for the event; `from` is when that began.
    ///
    /// # Errors
    /// A sentence when it has not happened.
    pub(super) fn outcome(self, from: SimTime) -> Result<(), String> {
        match self {
            Ahead::Happens(_) => Ok(()),
            Ahead::NotBy(at) => {
                let seconds = at.since(from).as_secs_f64();
                Err(format!("It did not happen within {seconds:.3} s. Press again to go on."))
            }
        }
    }
}
