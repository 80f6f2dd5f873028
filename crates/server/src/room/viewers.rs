//! The pages that are open on the room, what they watch, and what they are sent.

use super::Refusal;
use super::keeper::Keeper;
use super::outbox::{Outbox, text_of};
use super::shown::Shown;
use super::told::Told;
use crate::rows::{self, nanos, span};
use crate::wire::{self, Hello, ServerMessage};
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use simulator::{NodeId, PictureId};
use std::collections::BTreeMap;
use std::time::Duration;

/// The most pages that can be open on a room.
pub const MAX_VIEWERS: usize = 64;

/// How much of the tape a snapshot holds in full.
const RECENT: Duration = Duration::from_secs(4);

/// How many pictures back, of all clients, the one on a client's screen is looked for.
const LOOKED_BACK: u64 = 1_024;

/// A page, as long as it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ViewerId(u64);

#[cfg(test)]
impl ViewerId {
    /// The page with this number, for tests that have none.
    pub(super) fn numbered(number: u64) -> Self {
        ViewerId(number)
    }
}

#[derive(Debug)]
struct Viewer {
    outbox: Outbox,
    holds_key: bool,
    watch: Watch,
    /// Batches left out since it fell behind; nothing is sent until it has caught up.
    missed: Option<u32>,
}

/// What a page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// Whose pictures it wants.
    pub client: Option<NodeId>,
    /// The number of the run.
    pub run: u32,
    /// The number of another run beside it.
    pub beside: Option<u32>,
}

impl Watch {
    /// The runs, each once.
    fn runs(self) -> impl Iterator<Item = u32> {
        [Some(self.run), self.beside.filter(|beside| *beside != self.run)].into_iter().flatten()
    }

    fn has(self, run: u32) -> bool {
        self.run == run || self.beside == Some(run)
    }
}

/// All pages.
#[derive(Debug, Default)]
pub struct Viewers {
    viewers: BTreeMap<ViewerId, Viewer>,
    next: u64,
    /// The room's state as it was last told: to those who show a simulated run, and to those who
    /// show a capture. `None` while there is nobody.
    room: [Option<wire::RoomState>; 2],
}

impl Viewers {
    /// A page opened, which is shown `run` first.
    pub fn add(&mut self, holds_key: bool, outbox: Outbox, run: u32) -> Result<ViewerId, Refusal> {
        if self.viewers.len() >= MAX_VIEWERS {
            return Err(Refusal::Full);
        }
        let id = ViewerId(self.next);
        self.next += 1;
        self.viewers
            .insert(id, Viewer { outbox, holds_key, watch: Watch { run, ..Watch::default() }, missed: None });
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

    /// All pages.
    pub fn all(&self) -> Vec<ViewerId> {
        self.viewers.keys().copied().collect()
    }

    /// The run that a page shows.
    pub fn run_of(&self, viewer: ViewerId) -> Option<u32> {
        self.viewers.get(&viewer).map(|viewer| viewer.watch.run)
    }

    /// Whether any page shows this run.
    pub fn watches(&self, run: u32) -> bool {
        self.viewers.values().any(|viewer| viewer.watch.has(run))
    }

    /// Whether any page shows the pictures of this client of a run.
    pub fn wants_pictures(&self, run: u32, client: NodeId) -> bool {
        self.viewers.values().any(|viewer| viewer.wants(run, client))
    }

    /// Sends a picture to those who show the pictures of its client.
    pub fn push_picture(&self, run: u32, client: NodeId, picture: &Bytes) {
        let watchers = self.viewers.values().filter(|viewer| viewer.wants(run, client));
        watchers.for_each(|viewer| viewer.outbox.push_picture(picture.clone()));
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

    /// Sends a batch to those who show its run.
    pub fn say_to_watchers(&mut self, run: u32, message: &ServerMessage) {
        let text = text_of(message);
        for viewer in self.viewers.values_mut().filter(|viewer| viewer.watch.has(run)) {
            viewer.put(text.clone());
            viewer.missed = viewer.missed.map(|missed| missed.saturating_add(1));
        }
    }

    /// Tells how the room is to those who show a run that `shows` is true for, when that has
    /// changed.
    fn say_room(&mut self, place: usize, mut state: wire::RoomState, shows: impl Fn(u32) -> bool) {
        if self.room[place].as_ref().is_some_and(|told| super::state::is_as_told(told, &mut state)) {
            return;
        }
        self.room[place] = Some(state.clone());
        let text = text_of(&ServerMessage::Room(state));
        let watchers = self.viewers.values_mut().filter(|viewer| shows(viewer.watch.run));
        watchers.for_each(|viewer| viewer.put(text.clone()));
    }

    /// Those who show this run.
    pub fn watchers(&self, run: u32) -> Vec<ViewerId> {
        let watchers = self.viewers.iter().filter(|(_, viewer)| viewer.watch.has(run));
        watchers.map(|(id, _)| *id).collect()
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

    fn wants(&self, run: u32, client: NodeId) -> bool {
        self.watch.has(run) && self.watch.client == Some(client) && self.missed.is_none()
    }
}

impl Keeper {
    /// Tells all pages what the tapes have got since the last batch.
    pub(super) fn flush(&mut self) {
        self.follow();
        self.original.told.tell(Shown::World(&self.original.world), &mut self.viewers);
        self.forks.tell(&mut self.viewers);
        if let Some(open) = &mut self.capture {
            open.tell(&mut self.viewers);
        }
        self.catch_up();
    }

    /// Pages that have read everything after they fell behind get new snapshots.
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

    /// Sends snapshots of the runs that a page shows; they stand for the last batches.
    pub(super) fn greet(&mut self, viewer: ViewerId) {
        let runs = self.viewers.viewers.get(&viewer).map(|viewer| viewer.watch.runs());
        for run in runs.into_iter().flatten().collect::<Vec<_>>() {
            self.introduce(viewer, run);
        }
    }

    /// Sends a snapshot of a run. One that is still being simulated has none; it comes when there
    /// is one.
    pub(super) fn introduce(&mut self, viewer: ViewerId, run: u32) {
        let Some((shown, told)) = self.run_of(run) else { return };
        let hello = self.hello(viewer, shown, told);
        self.viewers.say(viewer, &ServerMessage::Hello(Box::new(hello)));
    }

    fn hello(&self, viewer: ViewerId, shown: Shown<'_>, told: &Told) -> Hello {
        let tape = shown.tape();
        let (run, room, history) = match self.capture(told.run) {
            Some(open) => (open.run(&self.original.run), self.capture_state(open), open.length()),
            None => {
                let run = wire::Run { number: told.run, ..self.original.run.clone() };
                (run, self.room_state(), shown.tape().history())
            }
        };
        Hello {
            version: wire::VERSION,
            run,
            topology: self.topology(shown),
            scenarios: self.setting.scenarios.clone(),
            presets: rows::weather::presets(),
            ranges: rows::weather::ranges(),
            room,
            holds_key: self.viewers.holds_key(viewer),
            history: span(history),
            batch: told.batch,
            now: nanos(shown.now()),
            oldest: nanos(tape.oldest()),
            rows: rows::snapshot(tape, &told.streams, shown.now() - RECENT),
            overview: told.overview.cells(),
        }
    }

    /// A page chose what it shows. Runs that it did not show before are introduced.
    pub(super) fn watch(&mut self, viewer: ViewerId, watch: Watch) {
        // The snapshots stand for the last batches: nothing may lie between them.
        self.flush();
        let Some(entry) = self.viewers.viewers.get_mut(&viewer) else { return };
        let before = std::mem::replace(&mut entry.watch, watch);
        for run in watch.runs().collect::<Vec<_>>() {
            if !before.has(run) {
                self.introduce(viewer, run);
            }
            if let Some(client) = watch.client.filter(|_| !before.has(run) || before.client != watch.client) {
                self.show_now(viewer, run, client);
            }
        }
    }

    /// Sends the picture that is on a client's screen now, so that a page which comes late need not
    /// wait for the next one.
    fn show_now(&mut self, viewer: ViewerId, run: u32, client: NodeId) {
        let Some((shown, _)) = self.run_of(run) else { return };
        let pictures = shown.tape().pictures();
        let oldest = pictures.start().max(pictures.end().saturating_sub(LOOKED_BACK));
        let last = (oldest..pictures.end())
            .rev()
            .find(|number| pictures.get(*number).is_some_and(|picture| picture.client == client));
        let message = last.map(|number| super::pictures::message(run, shown.tape(), PictureId(number)));
        if let Some(Ok(bytes)) = message {
            self.viewers.picture(viewer, bytes);
        }
    }

    /// A fork is no more: who showed it shows the original alone.
    pub(super) fn unwatch(&mut self, run: u32) {
        for viewer in self.viewers.watchers(run) {
            let Some(entry) = self.viewers.viewers.get(&viewer) else { continue };
            let shown = entry.watch.runs().find(|other| *other != run).unwrap_or(self.original.number());
            self.watch(viewer, Watch { run: shown, beside: None, ..entry.watch });
        }
    }

    /// Tells all pages how the room is, if that has changed.
    pub(super) fn tell_room(&mut self) {
        if self.viewers.len() == 0 {
            // Who comes next is told whatever was told before.
            self.viewers.room = Default::default();
            return;
        }
        let captured = self.capture.as_ref().map(|open| open.run);
        let state = self.room_state();
        self.viewers.say_room(0, state, |run| Some(run) != captured);
        if let Some(open) = &self.capture {
            let (run, state) = (open.run, self.capture_state(open));
            self.viewers.say_room(1, state, |shown| shown == run);
        }
    }
}
