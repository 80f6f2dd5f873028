//! The search.

use super::event::Event;
use super::filter::Tri;
use super::parse::{Pattern, Query, Same, Step};
use super::places::Places;
use super::scan;
use super::subject::{PictureKey, Record, Subject, is_same_picture, picture_key, root};
use crate::ids::{FrameId, LinkId, MessageId, NodeId, PictureId};
use crate::tape::{HopRecord, Knowledge, Opened, ReceiptRecord, Scratch, Streams, Tape};
use protocol::message::What;
use protocol::time::SimTime;
use std::cell::RefCell;

/// A run as far as it has come, and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Its tape.
    pub tape: &'a Tape,
    /// Its devices and cables.
    pub places: &'a Places,
    /// The messages in its TCP streams, up to the tape's end.
    pub streams: &'a Streams,
    /// What its frames have taught, up to the tape's end.
    pub knowledge: &'a Knowledge,
    /// Up to when everything has happened: what the tape tells of later is not found.
    pub now: SimTime,
}

/// From where a search begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The oldest that the tape has.
    Start,
    /// What happens behind this moment.
    After(SimTime),
    /// What happens behind this event, or with it at the same moment.
    Behind(Event),
}

/// What was found before, for queries that speak of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The message.
    pub message: Option<MessageId>,
    /// The frame, as its host made it.
    pub(super) frame: Option<FrameId>,
    /// The picture.
    pub(super) picture: Option<PictureKey>,
}

/// Looks for events in a run.
#[derive(Debug)]
pub struct Finder<'a> {
    run: Run<'a>,
    scratch: RefCell<Scratch>,
}

impl Context {
    /// This message was found.
    pub fn of_message(message: MessageId) -> Self {
        Context { message: Some(message), ..Context::default() }
    }

    /// Whether a frame was found.
    pub fn has_frame(&self) -> bool {
        self.frame.is_some()
    }
}

impl<'a> Finder<'a> {
    /// A finder for a run.
    pub fn new(run: Run<'a>) -> Self {
        Finder { run, scratch: RefCell::default() }
    }

    /// The run.
    pub fn run(&self) -> Run<'a> {
        self.run
    }

    /// The first that `query` describes.
    pub fn first(&self, query: &Query, from: From, context: &Context) -> Option<Event> {
        let (first, last) = self.span(query, from, context)?;
        debug_assert!(first.at <= last.at, "one step is found behind the other");
        Some(last)
    }

    /// The first that `query` describes: the event of its first step, and of its last.
    pub(super) fn span(&self, query: &Query, from: From, context: &Context) -> Option<(Event, Event)> {
        let mut first = None;
        let (mut from, mut context) = (from, *context);
        let mut last = None;
        for step in &query.steps {
            let event = self.step(step, from, &context)?;
            context = self.context(event, &context);
            from = From::Behind(event);
            first.get_or_insert(event);
            last = Some(event);
        }
        Some((first?, last?))
    }

    /// The last one before a moment; ordinals count backwards. Only of queries without `then`.
    pub fn last_before(&self, query: &Query, before: SimTime, context: &Context) -> Option<Event> {
        let step = query.steps.last()?;
        let found = step.patterns.iter().filter_map(|pattern| {
            let events = scan::backward(self.run.tape, pattern.kind, before.min(self.end()));
            self.nth(pattern, events, context)
        });
        found.max()
    }

    /// All events that the last step of `query` describes, those of each of its kinds in the order
    /// of their times. Those of a query with steps begin behind the others.
    pub(super) fn all<'q>(
        &'q self,
        query: &'q Query,
        from: From,
        context: &Context,
    ) -> Option<impl Iterator<Item = Event> + 'q> {
        let (mut from, mut context) = (from, *context);
        let (last, before) = query.steps.split_last()?;
        for step in before {
            let event = self.step(step, from, &context)?;
            context = self.context(event, &context);
            from = From::Behind(event);
        }
        let events = last.patterns.iter().flat_map(move |pattern| {
            let events = self.events(pattern, from);
            events.filter(move |event| self.fits(pattern, *event, &context))
        });
        Some(events)
    }

    fn step(&self, step: &Step, from: From, context: &Context) -> Option<Event> {
        let mut best: Option<Event> = None;
        for pattern in &step.patterns {
            let limit = best.map_or(SimTime::NEVER, |best| best.at);
            let events = self.events(pattern, from).take_while(move |event| event.at <= limit);
            let found = self.nth(pattern, Box::new(events), context);
            best = match (best, found) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        best
    }

    /// The events of a pattern's kind from there on.
    fn events(&self, pattern: &Pattern, from: From) -> scan::Events<'a> {
        let moment = match from {
            From::Start => SimTime::ZERO,
            From::After(at) => SimTime::from_nanos(at.as_nanos().saturating_add(1)),
            From::Behind(event) => event.at,
        };
        let now = self.run.now;
        let events = scan::forward(self.run.tape, pattern.kind, moment);
        let events = events.take_while(move |event| event.at <= now);
        match from {
            // Of the same moment, what was not before it.
            From::Behind(last) => Box::new(
                events.filter(move |event| event.at > last.at || event.kind != last.kind || *event > last),
            ),
            From::Start | From::After(_) => Box::new(events),
        }
    }

    fn nth(&self, pattern: &Pattern, events: scan::Events<'_>, context: &Context) -> Option<Event> {
        let mut fitting = events.filter(|event| self.fits(pattern, *event, context));
        fitting.nth(pattern.ordinal as usize - 1)
    }

    /// The moment behind the last that can be found.
    fn end(&self) -> SimTime {
        SimTime::from_nanos(self.run.now.as_nanos().saturating_add(1))
    }

    fn fits(&self, pattern: &Pattern, event: Event, context: &Context) -> bool {
        let Some(subject) = Subject::of(self.run, event) else { return false };
        pattern.at.is_none_or(|node| subject.node() == node)
            && pattern.over.is_none_or(|link| subject.link() == Some(link))
            && self.conditions(pattern, &subject)
            && pattern.same.iter().all(|same| is_same(*same, &subject, context))
            && self.filter(pattern, &subject)
    }

    /// The conditions in words.
    fn conditions(&self, pattern: &Pattern, subject: &Subject<'_>) -> bool {
        let missing = || match subject.record {
            Record::Picture(record) => record.slots.iter().any(|(_, message)| message.is_none()),
            _ => false,
        };
        pattern.from.is_none_or(|node| subject.comes_from(node))
            && pattern.to.is_none_or(|node| subject.goes_to(node))
            && pattern.client.is_none_or(|node| subject.is_of(node))
            && pattern.picture.is_none_or(|number| belongs(subject, number))
            && (!pattern.marker || marked(subject))
            && (!pattern.missing || missing())
    }

    fn filter(&self, pattern: &Pattern, subject: &Subject<'_>) -> bool {
        let Some(filter) = &pattern.filter else { return true };
        match filter.holds(&mut |test| subject.hint(test)) {
            Tri::No => false,
            Tri::Yes => true,
            Tri::Maybe => {
                let Some(opened) = self.open(subject) else { return false };
                filter.holds(&mut |test| test.check.holds(&subject.values(&test.name, &opened)).into())
                    == Tri::Yes
            }
        }
    }

    pub(super) fn open(&self, subject: &Subject<'_>) -> Option<Opened> {
        subject.open(&mut self.scratch.borrow_mut())
    }

    /// What queries behind this event may speak of; a message that was spoken of before stays the
    /// one, where the event is about several.
    pub fn context(&self, event: Event, before: &Context) -> Context {
        let Some(subject) = Subject::of(self.run, event) else { return *before };
        let messages = subject.messages();
        let message = before.message.filter(|one| messages.contains(one)).or(messages.first().copied());
        let pictures = subject.picture_keys();
        let picture = message
            .and_then(|message| picture_key(self.run.tape.messages().get(message.0)?))
            .or(pictures.first().copied());
        Context {
            message,
            frame: subject.frame_id().and_then(|frame| root(self.run.tape, frame)).map(|(frame, _)| frame),
            picture,
        }
    }

    /// The device where an event happens.
    pub fn node_of(&self, event: Event) -> Option<NodeId> {
        Some(Subject::of(self.run, event)?.node())
    }

    /// The cable where an event happens.
    pub fn link_of(&self, event: Event) -> Option<LinkId> {
        Subject::of(self.run, event)?.link()
    }

    /// The frame that an event is about.
    pub fn frame_of(&self, event: Event) -> Option<FrameId> {
        Subject::of(self.run, event)?.frame_id()
    }

    /// The hop that an event is about.
    pub fn hop_of(&self, event: Event) -> Option<&'a HopRecord> {
        Subject::of(self.run, event)?.hop()
    }

    /// The receipt that an event is about.
    pub fn receipt_of(&self, event: Event) -> Option<&'a ReceiptRecord> {
        match Subject::of(self.run, event)?.record {
            Record::Receipt(receipt) => Some(receipt),
            _ => None,
        }
    }

    /// The picture that an event shows.
    pub fn picture_of(&self, event: Event) -> Option<PictureId> {
        Subject::of(self.run, event)?.picture().map(|(id, _)| id)
    }
}

/// Whether it carries a part of this picture, or is its showing.
fn belongs(subject: &Subject<'_>, number: u32) -> bool {
    match subject.record {
        Record::Picture(record) => record.number == Some(number),
        _ => subject.message_records().any(|record| {
            matches!(&record.what, What::Rtp(rtp) if rtp.picture.is_some_and(|part| part.picture == number))
        }),
    }
}

fn marked(subject: &Subject<'_>) -> bool {
    subject.message_records().any(|record| matches!(&record.what, What::Rtp(rtp) if rtp.marker))
}

fn is_same(same: Same, subject: &Subject<'_>, context: &Context) -> bool {
    match same {
        Same::Message => context.message.is_some_and(|message| subject.messages().contains(&message)),
        Same::Answer => context
            .message
            .is_some_and(|message| subject.message_records().any(|record| record.cause == Some(message))),
        Same::Frame => {
            let own =
                || subject.frame_id().and_then(|frame| root(subject.run.tape, frame)).map(|(frame, _)| frame);
            context.frame.is_some() && own() == context.frame
        }
        Same::Picture => context.picture.is_some_and(|picture| {
            subject.picture_keys().into_iter().any(|own| is_same_picture(own, picture))
        }),
    }
}
