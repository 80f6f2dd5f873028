//! Events that pages search for, and letting a frozen world go on until one happens.
//!
//! What pages search for is looked for on another thread, in a copy of the tape.
//!
//! A world cannot go back. So a copy of it goes ahead, by slices; when the event is on the copy's
//! tape, the world follows up to that moment, and does the same.

use super::advance::FARTHEST;
use super::keeper::Keeper;
use super::shown::Shown;
use super::told::Told;
use super::{Inbound, ViewerId};
use crate::rows::event_place;
use crate::wire::{Found, Nanos, ServerMessage};
use protocol::time::SimTime;
use simulator::Tape;
use simulator::find::{Context, Event, Finder, From, Places, Query, Run};
use simulator::tape::{Knowledge, Streams};
use std::collections::BTreeSet;
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

/// The most searches that run at once; each page has one of them at most.
pub const MAX_SEARCHES: usize = 4;

/// Said to a page that does not wait for its answer.
const STILL_SEARCHING: &str = "Your last search is still running.";

/// Said when many search.
const TOO_MANY: &str = "Others are searching: try again in a moment.";

/// The pages whose searches run.
#[derive(Debug, Default)]
pub(super) struct Searches(BTreeSet<ViewerId>);

impl Searches {
    /// Whether a page may search now.
    ///
    /// # Errors
    /// A sentence when its last search still runs, or enough others do.
    fn may_begin(&self, viewer: ViewerId) -> Result<(), String> {
        if self.0.contains(&viewer) {
            return Err(STILL_SEARCHING.to_owned());
        }
        if self.0.len() >= MAX_SEARCHES {
            return Err(TOO_MANY.to_owned());
        }
        Ok(())
    }
}

/// A run as it was when a page asked, and what it asked for. The copy shares the run's past with
/// it, so that it costs next to nothing, and the room goes on while it is searched.
struct Search {
    tape: Tape,
    places: Places,
    streams: Streams,
    knowledge: Knowledge,
    now: SimTime,
    query: Query,
    from: Option<SimTime>,
    backwards: bool,
}

impl Search {
    /// What a page asks of a run.
    ///
    /// # Errors
    /// A sentence when the query cannot be read or searched for.
    fn new(
        shown: Shown<'_>,
        told: &Told,
        until: &str,
        from: Option<Nanos>,
        backwards: bool,
    ) -> Result<Search, String> {
        let places = Places::of(shown.nodes(), shown.links());
        let query = read(until, &places)?;
        if backwards && query.has_steps() {
            return Err(ONE_STEP.to_owned());
        }
        Ok(Search {
            tape: shown.tape().clone(),
            places,
            streams: told.streams.places().clone(),
            knowledge: told.knowledge.clone(),
            now: shown.now(),
            query,
            from: from.map(|from| SimTime::from_nanos(from.0)),
            backwards,
        })
    }

    fn find(&self) -> Option<Found> {
        let Search { tape, places, streams, knowledge, now, query, .. } = self;
        let finder = Finder::new(Run { tape, places, streams, knowledge, now: *now });
        let context = Context::default();
        let event = match (self.backwards, self.from) {
            (true, from) => finder.last_before(query, from.unwrap_or(SimTime::NEVER), &context),
            (false, Some(from)) => finder.first(query, From::After(from), &context),
            (false, None) => finder.first(query, From::Start, &context),
        };
        event.map(|event| found(&finder, event))
    }
}

/// What a page asks of a run's events.
pub(super) struct Wanted {
    pub until: String,
    pub from: Option<Nanos>,
    pub backwards: bool,
}

impl Keeper {
    /// Searches for an event on another thread; the answer comes when that is done.
    ///
    /// # Errors
    /// A sentence when the query cannot be read or searched for, or enough searches run.
    pub(super) fn search(
        &mut self,
        viewer: ViewerId,
        id: u32,
        run: u32,
        wanted: &Wanted,
    ) -> Result<(), String> {
        self.searching.may_begin(viewer)?;
        let (shown, told) = self.run_of(run).ok_or_else(|| format!("There is no run {run}."))?;
        let search = Search::new(shown, told, &wanted.until, wanted.from, wanted.backwards)?;
        self.searching.0.insert(viewer);
        let room = self.forks.room();
        self.forks.aside(move || {
            let message = Box::new(ServerMessage::Found { id, found: search.find() });
            room.hand(Inbound::Searched { viewer, message });
        });
        Ok(())
    }

    /// A search is over.
    pub(super) fn searched(&mut self, viewer: ViewerId, message: &ServerMessage) {
        self.searching.0.remove(&viewer);
        self.viewers.say(viewer, message);
    }
}

/// What a page is told of an event.
fn found(finder: &Finder<'_>, event: Event) -> Found {
    let context = finder.context(event, &Context::default());
    Found { event: event.kind.to_string(), at: event_place(finder, event, &context) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_search_a_page_and_four_at_once() {
        let mut searches = Searches::default();
        for number in 0..MAX_SEARCHES as u64 {
            assert_eq!(searches.may_begin(ViewerId::numbered(number)), Ok(()));
            searches.0.insert(ViewerId::numbered(number));
            assert_eq!(searches.may_begin(ViewerId::numbered(number)), Err(STILL_SEARCHING.to_owned()));
        }
        let other = ViewerId::numbered(99);
        assert_eq!(searches.may_begin(other), Err(TOO_MANY.to_owned()));
        // One that is refused has taken no place, and one that is over leaves its own.
        searches.0.remove(&ViewerId::numbered(2));
        assert_eq!(searches.may_begin(other), Ok(()));
    }
}
