//! The pages that are open on the room, and what they are sent.

use super::keeper::Keeper;
use super::outbox::{Outbox, text_of};
use super::{Refusal, pictures};
use crate::rows::{self, Cursor, nanos, span};
use crate::wire::{self, Batch, Hello, ServerMessage};
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use protocol::time::SimTime;
use simulator::{NodeId, PictureId};
use std::collections::BTreeMap;
use std::time::Duration;

/// The most pages that can be open on a room.
pub const MAX_VIEWERS: usize = 64;

/// How much of the tape a snapshot holds in full.
const RECENT: Duration = Duration::from_secs(4);

/// A page, as long as it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ViewerId(u64);

#[derive(Debug)]
struct Viewer {
    outbox: Outbox,
    holds_key: bool,
    watch: Option<NodeId>,
    /// Batches left out since it fell behind; nothing is sent until it has caught up.
    missed: Option<u32>,
}

/// All pages.
#[derive(Debug, Default)]
pub struct Viewers {
    viewers: BTreeMap<ViewerId, Viewer>,
    next: u64,
    /// The number of the last batch.
    batch: u32,
    /// World time of the last batch.
    told: SimTime,
    /// The room's state as it was last told, without its clock.
    room: String,
}

impl Viewers {
    /// A page opened.
    pub fn add(&mut self, holds_key: bool, outbox: Outbox) -> Result<ViewerId, Refusal> {
        if self.viewers.len() >= MAX_VIEWERS {
            return Err(Refusal::Full);
        }
        let id = ViewerId(self.next);
        self.next += 1;
        self.viewers.insert(id, Viewer { outbox, holds_key, watch: None, missed: None });
        Ok(id)
    }

    /// A page closed.
    pub fn remove(&mut self, viewer: ViewerId) {
        self.viewers.remove(&viewer);
    }

    /// How many pages are open.
    pub fn len(&self) -> usize {
        self.viewers.len()
    }

    /// Whether a page may give orders.
    pub fn holds_key(&self, viewer: ViewerId) -> bool {
        self.viewers.get(&viewer).is_some_and(|viewer| viewer.holds_key)
    }

    /// A page chose whose pictures it wants.
    pub fn watch(&mut self, viewer: ViewerId, client: Option<u32>) {
        if let Some(viewer) = self.viewers.get_mut(&viewer) {
            viewer.watch = client.map(NodeId);
        }
    }

    /// Says something to one page.
    pub fn say(&mut self, viewer: ViewerId, message: &ServerMessage) {
        if let Some(viewer) = self.viewers.get_mut(&viewer) {
            viewer.put(text_of(message));
        }
    }

    /// Sends a picture that a page asked for.
    pub fn picture(&mut self, viewer: ViewerId, picture: Bytes) {
        if let Some(viewer) = self.viewers.get_mut(&viewer)
            && viewer.missed.is_none()
            && !viewer.outbox.answer_picture(picture)
        {
            viewer.missed = Some(0);
        }
    }

    fn say_to_all(&mut self, message: &ServerMessage) {
        if !self.viewers.is_empty() {
            let text = text_of(message);
            self.viewers.values_mut().for_each(|viewer| viewer.put(text.clone()));
        }
    }
}

impl Viewer {
    /// Puts a text in the outbox, unless the page has fallen behind; when there is no room
    /// it falls behind now.
    fn put(&mut self, text: Utf8Bytes) {
        if self.missed.is_none() && !self.outbox.put(text) {
            self.missed = Some(0);
        }
    }
}

impl Keeper {
    /// Tells all pages what the tape has got since the last batch.
    pub(super) fn flush(&mut self) {
        let tape = self.world.tape();
        let now = self.world.now();
        let end = Cursor::end(tape);
        let new = end != self.cursor;
        if new {
            self.streams.follow(tape);
            self.overview.follow(tape, &self.cursor);
            self.knowledge.follow(tape, &self.cursor);
        }
        if new || now != self.viewers.told {
            self.viewers.batch = self.viewers.batch.wrapping_add(1);
            self.viewers.told = now;
            if self.viewers.len() > 0 {
                let batch = Batch {
                    run: 0,
                    number: self.viewers.batch,
                    now: nanos(now),
                    oldest: nanos(tape.oldest()),
                    rows: rows::since(tape, &self.streams, &self.cursor),
                };
                self.viewers.say_to_all(&ServerMessage::Batch(batch));
                for viewer in self.viewers.viewers.values_mut() {
                    viewer.missed = viewer.missed.map(|missed| missed.saturating_add(1));
                }
                self.push_pictures();
            }
            self.cursor = end;
        }
        self.catch_up();
    }

    /// Pages that have read everything after they fell behind get a new snapshot.
    fn catch_up(&mut self) {
        let behind: Vec<_> = self
            .viewers
            .viewers
            .iter_mut()
            .filter(|(_, viewer)| viewer.outbox.is_empty())
            .filter_map(|(id, viewer)| Some((*id, viewer.missed.take()?)))
            .collect();
        for (viewer, missed) in behind {
            self.viewers.say(viewer, &ServerMessage::Lagged { missed });
            self.greet(viewer);
        }
    }

    /// Sends the pictures since the last batch to those who watch their client.
    fn push_pictures(&mut self) {
        let tape = self.world.tape();
        for number in self.cursor.pictures(tape) {
            let Some(client) = tape.pictures().get(number).map(|record| record.client) else { continue };
            let watchers = || {
                self.viewers
                    .viewers
                    .values()
                    .filter(|viewer| viewer.watch == Some(client) && viewer.missed.is_none())
            };
            if watchers().next().is_none() {
                continue;
            }
            // A picture of which nothing can be shown is on the tape; there is nothing to push.
            if let Ok(bytes) = pictures::message(0, tape, PictureId(number)) {
                watchers().for_each(|viewer| viewer.outbox.push_picture(bytes.clone()));
            }
        }
    }

    /// Sends a snapshot, which stands for the last batch.
    pub(super) fn greet(&mut self, viewer: ViewerId) {
        let tape = self.world.tape();
        let now = self.world.now();
        let hello = Hello {
            version: wire::VERSION,
            run: self.setting.run.clone(),
            topology: self.topology(),
            room: self.room_state(),
            presets: rows::weather::presets(),
            ranges: rows::weather::ranges(),
            holds_key: self.viewers.holds_key(viewer),
            history: span(self.setting.history),
            batch: self.viewers.batch,
            now: nanos(now),
            oldest: nanos(tape.oldest()),
            rows: rows::snapshot(tape, &self.streams, now - RECENT),
            overview: self.overview.cells(),
        };
        self.viewers.say(viewer, &ServerMessage::Hello(Box::new(hello)));
    }

    /// Tells all pages how the room is, if that has changed.
    pub(super) fn tell_room(&mut self) {
        let state = self.room_state();
        let room = super::state::lasting(&state);
        if room != self.viewers.room {
            self.viewers.room = room;
            self.viewers.say_to_all(&ServerMessage::Room(state));
        }
    }
}
