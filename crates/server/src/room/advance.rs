//! Leading a frozen world on, a little at a time.

use super::finding;
use super::keeper::Keeper;
use super::shown::Shown;
use crate::rows::{Cursor, Streams};
use crate::wire::{AdvanceTo, Id};
use protocol::time::SimTime;
use simulator::tape::{Carried, FrameRecord};
use simulator::{FrameId, MessageId, Tape};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// How far one order leads at most, simulated time.
pub const FARTHEST: Duration = Duration::from_secs(10);

/// How long one order may take, so that others are not kept waiting.
const PATIENCE: Duration = Duration::from_secs(2);

/// A message or frame, with all that it caused.
#[derive(Clone, Debug, Default)]
pub(super) struct Followed {
    messages: BTreeSet<u64>,
    frames: BTreeSet<FrameId>,
}

impl Keeper {
    /// Leads the world on.
    ///
    /// # Errors
    /// A sentence when the goal is gone or lies too far ahead.
    pub(super) fn advance_to(&mut self, to: AdvanceTo) -> Result<(), String> {
        match to {
            AdvanceTo::Event => self.next_moment(),
            AdvanceTo::Time { at } => {
                let at = SimTime::from_nanos(at.0);
                if at > self.original.world.now() + FARTHEST {
                    return Err(format!("At most {} s can be gone ahead at once.", FARTHEST.as_secs()));
                }
                self.moments(at, |_, _| false);
            }
            AdvanceTo::Message { message: Id(message) } => {
                let (followed, since) = Followed::message(self.original.world.tape(), message)?;
                self.go_after(followed, since);
            }
            AdvanceTo::Frame { frame: Id(frame) } => {
                let (followed, since) = Followed::frame(self.original.world.tape(), frame)?;
                self.go_after(followed, since);
            }
            AdvanceTo::Find { until } => {
                self.flush();
                let from = self.original.world.now();
                let ahead =
                    finding::look_ahead(Shown::World(&self.original.world), &self.original.told, &until)?;
                self.original.world.run_until(ahead.at());
                return ahead.outcome(from);
            }
        }
        Ok(())
    }

    /// To the next moment that leaves a trace on the tape.
    pub(super) fn next_moment(&mut self) {
        let limit = self.original.world.now() + FARTHEST;
        self.moments(limit, |_, _| true);
    }

    /// To the next trace of what is followed.
    fn go_after(&mut self, mut followed: Followed, since: SimTime) {
        self.original.told.streams.follow(self.original.world.tape());
        let tape = self.original.world.tape();
        let mut from_then = Cursor::since(tape, since);
        followed.look(tape, &self.original.told.streams, &mut from_then);
        let limit = self.original.world.now() + FARTHEST;
        self.moments(limit, |keeper, cursor| {
            followed.look(keeper.original.world.tape(), &keeper.original.told.streams, cursor)
        });
    }

    /// Goes on moment by moment, at most to `limit`, until something new on the tape is
    /// what `enough` waits for.
    fn moments(&mut self, limit: SimTime, mut enough: impl FnMut(&Keeper, &mut Cursor) -> bool) {
        let begin = Instant::now();
        let mut cursor = Cursor::end(self.original.world.tape());
        while let Some(at) = self.original.world.next_event_at().filter(|at| *at <= limit) {
            self.original.world.run_until(at);
            let end = Cursor::end(self.original.world.tape());
            if end != cursor {
                self.original.told.streams.follow(self.original.world.tape());
                if enough(self, &mut cursor) {
                    return;
                }
                cursor = end;
            }
            if begin.elapsed() > PATIENCE {
                return;
            }
        }
        if limit > self.original.world.now() {
            self.original.world.run_until(limit);
        }
    }
}

impl Followed {
    /// A message, and when it was sent.
    ///
    /// # Errors
    /// A sentence when it is no longer kept.
    pub(super) fn message(tape: &Tape, message: u64) -> Result<(Self, SimTime), String> {
        let record = tape.messages().get(message).ok_or("This message is no longer kept.")?;
        Ok((Followed { messages: [message].into(), ..Followed::default() }, record.at))
    }

    /// A frame, and when it was made.
    ///
    /// # Errors
    /// A sentence when it is no longer kept.
    pub(super) fn frame(tape: &Tape, frame: u64) -> Result<(Self, SimTime), String> {
        let record = tape.frames().get(frame).ok_or("This frame is no longer kept.")?;
        Ok((Followed { frames: [FrameId(frame)].into(), ..Followed::default() }, record.at))
    }

    /// Looks at what the tape has from `cursor` on; true when something belongs here.
    pub(super) fn look(&mut self, tape: &Tape, streams: &Streams, cursor: &mut Cursor) -> bool {
        let mut found = false;
        for number in cursor.messages(tape) {
            let cause = tape.messages().get(number).and_then(|record| record.cause);
            if cause.is_some_and(|MessageId(cause)| self.messages.contains(&cause)) {
                found |= self.messages.insert(number);
            }
        }
        for number in cursor.frames(tape) {
            if let Some(record) = tape.frames().get(number)
                && (record.parent.is_some_and(|parent| self.frames.contains(&parent))
                    || self.carried(streams, record))
            {
                found |= self.frames.insert(FrameId(number));
            }
        }
        found |=
            cursor.hops(tape).any(|n| tape.hops().get(n).is_some_and(|r| self.frames.contains(&r.frame)));
        found |= cursor
            .receipts(tape)
            .any(|n| tape.receipts().get(n).is_some_and(|r| self.frames.contains(&r.frame)));
        found |= cursor
            .deliveries(tape)
            .any(|n| tape.deliveries().get(n).is_some_and(|r| self.messages.contains(&r.message.0)));
        *cursor = Cursor::end(tape);
        found
    }

    /// Whether a frame carries octets of a followed message.
    fn carried(&self, streams: &Streams, record: &FrameRecord) -> bool {
        match &record.carried {
            Carried::Udp { message: Some(message), .. } => self.messages.contains(&message.0),
            Carried::Tcp { connection: Some(connection), direction, stream, .. } => streams
                .messages(*connection, *direction, stream)
                .iter()
                .any(|Id(message)| self.messages.contains(message)),
            _ => false,
        }
    }
}
