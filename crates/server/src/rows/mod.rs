//! The tape's records as the page's rows: one to one, without bytes or sentences.

mod events;
mod frames;
mod messages;
mod moments;
mod streams;
mod tcp;
pub mod weather;

pub use events::event_place;
pub use moments::source_state;
pub use streams::Streams;

use crate::wire::{Id, Nanos, Rows};
use protocol::time::SimTime;
use simulator::tape::{DISORDER, Log};
use simulator::{FrameId, MessageId, Tape};
use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

/// A moment for the page.
pub fn nanos(at: SimTime) -> Nanos {
    Nanos(at.as_nanos())
}

/// A span of time for the page.
pub fn span(span: Duration) -> Nanos {
    Nanos(u64::try_from(span.as_nanos()).unwrap_or(u64::MAX))
}

/// A place in every log of the tape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    messages: u64,
    frames: u64,
    hops: u64,
    receipts: u64,
    deliveries: u64,
    states: u64,
    tcp: u64,
    pictures: u64,
}

impl Cursor {
    /// The end of the tape.
    pub fn end(tape: &Tape) -> Self {
        Cursor {
            messages: tape.messages().end(),
            frames: tape.frames().end(),
            hops: tape.hops().end(),
            receipts: tape.receipts().end(),
            deliveries: tape.deliveries().end(),
            states: tape.states().end(),
            tcp: tape.tcp().end(),
            pictures: tape.pictures().end(),
        }
    }

    /// The place of a moment, for messages, frames and what happens to them.
    pub fn since(tape: &Tape, at: SimTime) -> Self {
        let early = at - DISORDER;
        Cursor {
            messages: tape.messages().partition_point(|r| r.at < at),
            frames: tape.frames().partition_point(|r| r.at < early),
            hops: tape.hops().partition_point(|r| r.queued < early),
            receipts: tape.receipts().partition_point(|r| r.at < early),
            deliveries: tape.deliveries().partition_point(|r| r.at < early),
            states: tape.states().end(),
            tcp: tape.tcp().end(),
            pictures: tape.pictures().end(),
        }
    }

    /// The numbers of the pictures from here on.
    pub fn pictures(&self, tape: &Tape) -> Range<u64> {
        self.pictures.max(tape.pictures().start())..tape.pictures().end()
    }

    /// The numbers of the frames from here on.
    pub fn frames(&self, tape: &Tape) -> Range<u64> {
        self.frames.max(tape.frames().start())..tape.frames().end()
    }

    /// The numbers of the messages from here on.
    pub fn messages(&self, tape: &Tape) -> Range<u64> {
        self.messages.max(tape.messages().start())..tape.messages().end()
    }

    /// The numbers of the hops from here on.
    pub fn hops(&self, tape: &Tape) -> Range<u64> {
        self.hops.max(tape.hops().start())..tape.hops().end()
    }

    /// The numbers of the receipts from here on.
    pub fn receipts(&self, tape: &Tape) -> Range<u64> {
        self.receipts.max(tape.receipts().start())..tape.receipts().end()
    }

    /// The numbers of the deliveries from here on.
    pub fn deliveries(&self, tape: &Tape) -> Range<u64> {
        self.deliveries.max(tape.deliveries().start())..tape.deliveries().end()
    }
}

/// All rows from `cursor` on.
pub fn since(tape: &Tape, streams: &Streams, cursor: &Cursor) -> Rows {
    Rows {
        messages: numbered(tape.messages(), cursor.messages).map(|(id, r)| messages::row(id, r)).collect(),
        frames: numbered(tape.frames(), cursor.frames).map(|(id, r)| frames::row(id, r, streams)).collect(),
        hops: tape.hops().since(cursor.hops).map(moments::hop).collect(),
        receipts: tape.receipts().since(cursor.receipts).map(moments::receipt).collect(),
        deliveries: tape.deliveries().since(cursor.deliveries).map(moments::delivery).collect(),
        states: tape.states().since(cursor.states).map(|r| moments::state(r, streams)).collect(),
        tcp: tape.tcp().since(cursor.tcp).map(tcp::row).collect(),
        pictures: numbered(tape.pictures(), cursor.pictures).map(|(id, r)| moments::picture(id, r)).collect(),
    }
}

/// The rows of messages, frames, pictures and states of `[from, to)`, and the hops, receipts
/// and deliveries of these, whenever they were; of TCP's variables those in force at `from`, too.
pub fn segment(tape: &Tape, streams: &Streams, from: SimTime, to: SimTime) -> Rows {
    let within = |at: SimTime| from <= at && at < to;
    let first_message = tape.messages().partition_point(|r| r.at < from);
    let first_frame = tape.frames().partition_point(|r| r.at < from - DISORDER);
    let of_frame = |frame: FrameId| tape.frames().get(frame.0).is_some_and(|r| within(r.at));
    let of_message = |message: MessageId| tape.messages().get(message.0).is_some_and(|r| within(r.at));
    // What belongs to them was recorded after them and not much later.
    let last = to + TAIL;
    Rows {
        messages: numbered(tape.messages(), first_message)
            .take_while(|(_, r)| r.at < to)
            .map(|(id, r)| messages::row(id, r))
            .collect(),
        frames: numbered(tape.frames(), first_frame)
            .take_while(|(_, r)| r.at < to + DISORDER)
            .filter(|(_, r)| within(r.at))
            .map(|(id, r)| frames::row(id, r, streams))
            .collect(),
        hops: between(tape.hops(), from, last, |r| r.queued)
            .filter(|r| of_frame(r.frame))
            .map(moments::hop)
            .collect(),
        receipts: between(tape.receipts(), from, last, |r| r.at)
            .filter(|r| of_frame(r.frame))
            .map(moments::receipt)
            .collect(),
        deliveries: between(tape.deliveries(), from, last, |r| r.at)
            .filter(|r| of_message(r.message))
            .map(moments::delivery)
            .collect(),
        states: between(tape.states(), from, to, |r| r.at).map(|r| moments::state(r, streams)).collect(),
        tcp: tcp::segment(tape, from, to),
        pictures: numbered(tape.pictures(), tape.pictures().partition_point(|r| r.at < from))
            .take_while(|(_, r)| r.at < to)
            .map(|(id, r)| moments::picture(id, r))
            .collect(),
    }
}

/// How long after a frame was made its hops and receipts may still come.
const TAIL: Duration = Duration::from_secs(10);

/// The snapshot: all states and RTSP messages still kept, and everything since `recent`.
pub fn snapshot(tape: &Tape, streams: &Streams, recent: SimTime) -> Rows {
    let mut rows = segment(tape, streams, recent, SimTime::NEVER);
    let known: BTreeSet<Id> = rows.messages.iter().map(|row| row.id).collect();
    let mut rtsp: Vec<_> = numbered(tape.messages(), 0)
        .take_while(|(_, r)| r.at < recent)
        .filter(|(_, r)| messages::is_rtsp(&r.what))
        .map(|(id, r)| messages::row(id, r))
        .filter(|row| !known.contains(&row.id))
        .collect();
    rtsp.append(&mut rows.messages);
    rows.messages = rtsp;
    rows.states = tape.states().iter().map(|r| moments::state(r, streams)).collect();
    rows
}

/// Entries of a log with their numbers, from `start` on.
fn numbered<T>(log: &Log<T>, start: u64) -> impl Iterator<Item = (u64, &T)> {
    (start.max(log.start())..).zip(log.since(start))
}

/// Entries whose time lies in `[from, to)`; the log is ordered by it, but for [`DISORDER`].
fn between<'a, T>(
    log: &'a Log<T>,
    from: SimTime,
    to: SimTime,
    time: impl Fn(&T) -> SimTime + Copy + 'a,
) -> impl Iterator<Item = &'a T> {
    let start = log.partition_point(|entry| time(entry) < from - DISORDER);
    log.since(start)
        .take_while(move |entry| time(entry) < to + DISORDER)
        .filter(move |entry| from <= time(entry) && time(entry) < to)
}
