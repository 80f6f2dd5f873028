//! A tape's events of one kind in the order of their times, or against it.
//!
//! Logs are in the order in which things were decided; what they tell of may come a little later
//! (a hop's end), so an event is held back until no earlier one can follow.

use super::event::{Event, Kind, Source};
use crate::tape::{DISORDER, HopRecord, Log, Outcome, Tape};
use protocol::time::SimTime;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::iter::Peekable;
use std::time::Duration;

/// How long after its decision a frame may still be under way on a cable.
const REACH: Duration = Duration::from_secs(10);

/// Events, one by one.
pub(super) type Events<'a> = Box<dyn Iterator<Item = Event> + 'a>;

/// An event with the time by which its log is ordered.
type Keyed = (SimTime, Event);

/// The events of a kind from a moment on, in the order of their times.
pub(super) fn forward<'a>(tape: &'a Tape, kind: Kind, from: SimTime) -> Events<'a> {
    let events = logs(kind).iter().map(move |source| {
        let keyed = read(tape, *source, kind, from - slack(*source), SimTime::NEVER);
        Forward { raw: keyed.peekable(), held: BinaryHeap::new() }.filter(move |event| event.at >= from)
    });
    merge(events.map(|one| Box::new(one) as Events<'a>), |one, other| one <= other)
}

/// The events of a kind before a moment, the last one first.
pub(super) fn backward<'a>(tape: &'a Tape, kind: Kind, before: SimTime) -> Events<'a> {
    let events = logs(kind).iter().map(move |source| {
        let keyed = read(tape, *source, kind, SimTime::ZERO, before + DISORDER);
        Backward { raw: keyed.rev().peekable(), held: BinaryHeap::new(), slack: slack(*source) }
            .filter(move |event| event.at < before)
    });
    merge(events.map(|one| Box::new(one) as Events<'a>), |one, other| one >= other)
}

/// How much earlier than its event a record's key may be.
fn slack(source: Source) -> Duration {
    if source == Source::Hops { REACH } else { DISORDER }
}

/// The logs that tell of a kind.
fn logs(kind: Kind) -> &'static [Source] {
    match kind {
        Kind::Message => &[Source::Messages],
        Kind::Frame => &[Source::Frames],
        Kind::Leaves | Kind::Arrives => &[Source::Hops],
        Kind::Drop => &[Source::Hops, Source::Receipts],
        Kind::Receipt => &[Source::Receipts],
        Kind::Delivered => &[Source::Deliveries],
        Kind::Picture => &[Source::Pictures],
        Kind::State => &[Source::States],
        Kind::Variables => &[Source::Tcp],
    }
}

/// A log's events of a kind, of records with keys in `[from, to)`.
fn read<'a>(
    tape: &'a Tape,
    source: Source,
    kind: Kind,
    from: SimTime,
    to: SimTime,
) -> Box<dyn DoubleEndedIterator<Item = Keyed> + 'a> {
    let at = move |at: SimTime, number: u64| (at, Event { at, kind, source, number });
    match source {
        Source::Messages => {
            Box::new(part(tape.messages(), from, to, |r| r.at).map(move |(n, r)| at(r.at, n)))
        }
        Source::Frames => Box::new(part(tape.frames(), from, to, |r| r.at).map(move |(n, r)| at(r.at, n))),
        Source::Deliveries => {
            Box::new(part(tape.deliveries(), from, to, |r| r.at).map(move |(n, r)| at(r.at, n)))
        }
        Source::Pictures => {
            Box::new(part(tape.pictures(), from, to, |r| r.at).map(move |(n, r)| at(r.at, n)))
        }
        Source::States => Box::new(part(tape.states(), from, to, |r| r.at).map(move |(n, r)| at(r.at, n))),
        Source::Tcp => Box::new(part(tape.tcp(), from, to, |r| r.at).map(move |(n, r)| at(r.at, n))),
        Source::Receipts => Box::new(part(tape.receipts(), from, to, |r| r.at).filter_map(move |(n, r)| {
            let dropped = matches!(r.outcome, Outcome::Dropped { .. });
            (kind == Kind::Receipt || dropped).then(|| at(r.at, n))
        })),
        Source::Hops => Box::new(part(tape.hops(), from, to, |r| r.queued).filter_map(move |(n, r)| {
            let moment = on_cable(r, kind)?;
            Some((r.queued, Event { at: moment, kind, source, number: n }))
        })),
    }
}

/// When this happens on a hop, if it does.
fn on_cable(hop: &HopRecord, kind: Kind) -> Option<SimTime> {
    let entered = hop.fate.is_none_or(|fate| fate.entered());
    match kind {
        Kind::Leaves if entered => Some(hop.start),
        Kind::Arrives if hop.fate.is_none() => Some(hop.arrive),
        Kind::Drop if hop.fate.is_some() => Some(if entered { hop.arrive } else { hop.queued }),
        _ => None,
    }
}

/// The entries of a log with keys in `[from, to)`, with their numbers.
fn part<T>(
    log: &Log<T>,
    from: SimTime,
    to: SimTime,
    key: impl Fn(&T) -> SimTime,
) -> impl DoubleEndedIterator<Item = (u64, &T)> {
    let first = log.partition_point(|entry| key(entry) < from);
    let last = log.partition_point(|entry| key(entry) < to).max(first);
    let entries = log.since(first);
    let wanted = (last - first) as usize;
    entries.take(wanted).enumerate().map(move |(place, entry)| (first + place as u64, entry))
}

struct Forward<I: Iterator<Item = Keyed>> {
    raw: Peekable<I>,
    held: BinaryHeap<Reverse<Event>>,
}

impl<I: Iterator<Item = Keyed>> Iterator for Forward<I> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            let key = self.raw.peek().map(|(key, _)| *key);
            if let (Some(Reverse(first)), Some(key)) = (self.held.peek(), key)
                && key > first.at + DISORDER
            {
                return self.held.pop().map(|Reverse(event)| event);
            }
            match self.raw.next() {
                Some((_, event)) => self.held.push(Reverse(event)),
                None => return self.held.pop().map(|Reverse(event)| event),
            }
        }
    }
}

struct Backward<I: Iterator<Item = Keyed>> {
    raw: Peekable<I>,
    held: BinaryHeap<Event>,
    slack: Duration,
}

impl<I: Iterator<Item = Keyed>> Iterator for Backward<I> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            let key = self.raw.peek().map(|(key, _)| *key);
            if let (Some(last), Some(key)) = (self.held.peek(), key)
                && key + self.slack + DISORDER < last.at
            {
                return self.held.pop();
            }
            match self.raw.next() {
                Some((_, event)) => self.held.push(event),
                None => return self.held.pop(),
            }
        }
    }
}

/// Several rows of events as one.
fn merge<'a>(rows: impl Iterator<Item = Events<'a>>, comes_first: fn(&Event, &Event) -> bool) -> Events<'a> {
    let mut rows: Vec<_> = rows.map(Iterator::peekable).collect();
    if rows.len() == 1
        && let Some(only) = rows.pop()
    {
        return Box::new(only);
    }
    Box::new(std::iter::from_fn(move || {
        let mut best: Option<(usize, Event)> = None;
        for (place, row) in rows.iter_mut().enumerate() {
            if let Some(event) = row.peek()
                && best.is_none_or(|(_, other)| comes_first(event, &other))
            {
                best = Some((place, *event));
            }
        }
        let (place, _) = best?;
        rows.get_mut(place)?.next()
    }))
}
