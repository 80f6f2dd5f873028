//! What pages know of one run: how far they were told its tape, and what rows and details of it
//! need to know of earlier ones.

use super::overview::Overview;
use super::pictures;
use super::shown::Shown;
use super::viewers::Viewers;
use crate::rows::{self, Cursor, Streams, nanos};
use crate::wire::{Batch, ServerMessage};
use protocol::time::SimTime;
use simulator::PictureId;
use simulator::tape::Knowledge;

/// One run as pages know it.
#[derive(Debug)]
pub struct Told {
    /// The run's number.
    pub(super) run: u32,
    pub(super) streams: Streams,
    pub(super) overview: Overview,
    pub(super) knowledge: Knowledge,
    /// Up to where the tape has been told.
    cursor: Cursor,
    /// The number of the last batch.
    pub(super) batch: u32,
    /// World time of the last batch.
    at: SimTime,
}

impl Told {
    /// Nothing was told of run `run` yet; nodes from `first_real` on stand for real peers.
    pub(super) fn new(run: u32, first_real: u32) -> Self {
        Told {
            run,
            streams: Streams::new(first_real),
            overview: Overview::default(),
            knowledge: Knowledge::default(),
            cursor: Cursor::default(),
            batch: 0,
            at: SimTime::ZERO,
        }
    }

    /// Takes in what the tape has got, without telling it: nobody watches yet.
    pub(super) fn catch_up(&mut self, run: Shown<'_>) {
        let tape = run.tape();
        self.streams.follow(tape);
        self.overview.follow(tape, &self.cursor);
        self.knowledge.follow(tape, self.cursor.frames(tape));
        self.cursor = Cursor::end(tape);
        self.at = run.now();
    }

    /// Tells those who watch the run what its tape has got since the last batch.
    pub(super) fn tell(&mut self, run: Shown<'_>, viewers: &mut Viewers) {
        let cursor = self.cursor;
        if Cursor::end(run.tape()) == cursor && run.now() == self.at {
            return;
        }
        self.catch_up(run);
        self.batch = self.batch.wrapping_add(1);
        if !viewers.watches(self.run) {
            return;
        }
        let tape = run.tape();
        let batch = Batch {
            run: self.run,
            number: self.batch,
            now: nanos(run.now()),
            oldest: nanos(tape.oldest()),
            rows: rows::since(tape, &self.streams, &cursor),
        };
        viewers.say_to_watchers(self.run, &ServerMessage::Batch(batch));
        for number in cursor.pictures(tape) {
            let Some(client) = tape.pictures().get(number).map(|record| record.client) else { continue };
            if viewers.wants_pictures(self.run, client)
                // A picture of which nothing can be shown is on the tape; there is nothing to push.
                && let Ok(bytes) = pictures::message(self.run, tape, PictureId(number))
            {
                viewers.push_picture(self.run, client, &bytes);
            }
        }
    }
}
