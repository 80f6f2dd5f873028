//! A capture of another network, shown in the room.
//!
//! It is one more run, with a number of its own and a pace of its own, beside the simulated one:
//! what a page orders acts on the run that it watches. When one is opened, all pages turn to it.

use super::advance::{FARTHEST, Followed};
use super::finding;
use super::keeper::Keeper;
use super::next::Next;
use super::pacer::{Due, Pacer};
use super::shown::Shown;
use super::told::Told;
use super::viewers::{Viewers, Watch};
use crate::rows::{Cursor, nanos, span};
use crate::wire::{self, AdvanceTo, CapturedFcs, Command, Pace, Topology};
use protocol::time::SimTime;
use simulator::foreign::{Foreign, RECORDING};
use std::time::{Duration, Instant};

/// How long one order may take, so that others are not kept waiting.
const PATIENCE: Duration = Duration::from_secs(2);

/// How much is told between two looks at the clock.
const SLICE: Duration = Duration::from_millis(500);

/// Whoever is led on farther than this gets a snapshot, not all that lies between.
const LEAP: Duration = Duration::from_secs(2);

/// Said where nothing is left to be told.
const OVER: &str = "The capture ends here.";

/// The capture that a room shows.
#[derive(Debug)]
pub struct Open {
    pub(super) run: u32,
    pub(super) foreign: Box<Foreign>,
    pub(super) told: Told,
    pub(super) pacer: Pacer,
    /// Somebody has seen it: it begins with the first page.
    begun: bool,
}

impl Open {
    fn shown(&self) -> Shown<'_> {
        Shown::Capture(&self.foreign)
    }

    /// Tells those who watch it what its tape has got.
    pub(super) fn tell(&mut self, viewers: &mut Viewers) {
        self.told.tell(Shown::Capture(&self.foreign), viewers);
    }

    /// A page shows it: now it begins.
    pub(super) fn begin(&mut self) {
        if !std::mem::replace(&mut self.begun, true) {
            self.pacer.begin(Instant::now());
        }
    }

    /// Plays it as far as its pace wants it.
    pub(super) fn advance(&mut self) {
        if !self.begun {
            return;
        }
        match self.pacer.due(Instant::now()) {
            Due::Nothing => return,
            Due::Beat => self.next(),
            Due::Until(target) => self.foreign.run_until(target),
        }
        if self.foreign.now() >= self.foreign.end() {
            self.stand();
        }
    }

    fn next(&mut self) {
        let at = self.foreign.next_event_at().unwrap_or(self.foreign.end());
        self.foreign.run_until(at);
    }

    /// To the next trace of what is followed.
    fn next_of(&mut self, (mut followed, since): (Followed, SimTime)) {
        let (limit, begin) = (self.foreign.now() + FARTHEST, Instant::now());
        self.told.streams.follow(self.foreign.tape());
        let mut cursor = Cursor::since(self.foreign.tape(), since);
        followed.look(self.foreign.tape(), &self.told.streams, &mut cursor);
        while self.foreign.next_event_at().is_some_and(|at| at <= limit) && begin.elapsed() < PATIENCE {
            self.next();
            self.told.streams.follow(self.foreign.tape());
            if followed.look(self.foreign.tape(), &self.told.streams, &mut cursor) {
                return;
            }
        }
    }

    /// How long it is.
    pub(super) fn length(&self) -> Duration {
        self.foreign.facts().duration
    }

    /// Time stands still.
    fn stand(&mut self) {
        let stood = self.pacer.set(Pace::Frozen, Instant::now(), self.foreign.now());
        debug_assert!(stood.is_ok(), "every world can stand still");
    }

    /// Which run it is, as the page is told.
    pub(super) fn run(&self, original: &wire::Run) -> wire::Run {
        let facts = self.foreign.facts();
        let epoch = self.foreign.epoch().unix_nanos(SimTime::ZERO);
        let what = format!("{} {epoch} {} {}", facts.name, facts.frames, self.run);
        wire::Run {
            number: self.run,
            id: format!("{:04x}", crc32fast::hash(what.as_bytes()) & 0xffff),
            scenario: "capture".to_owned(),
            title: facts.name.clone(),
            seed: "0".to_owned(),
            epoch_ms: (epoch / 1_000_000) as f64,
            rtsp_url: original.rtsp_url.clone(),
            clips: Vec::new(),
            capture: Some(wire::Capture {
                file: facts.name.clone(),
                frames: facts.frames as f64,
                shown: facts.shown as f64,
                duration: span(facts.duration),
                fcs: match facts.with_fcs {
                    0 => CapturedFcs::Absent,
                    all if all == facts.kept => CapturedFcs::Present,
                    _ => CapturedFcs::Mixed,
                },
                notes: facts.notes.clone(),
            }),
            lesson: None,
        }
    }
}

impl Keeper {
    /// Shows a capture from the beginning; nobody watches the simulated run, so that it stands
    /// until somebody sets its pace or a real player comes.
    pub fn show_first(&mut self, foreign: Foreign) {
        let stood = self.pacer.set(Pace::Frozen, Instant::now(), self.original.world.now());
        debug_assert!(stood.is_ok(), "every world can stand still");
        self.open_capture(Box::new(foreign));
    }

    /// Shows a capture, in place of the one before; all pages turn to it. Answers its number.
    pub(super) fn open_capture(&mut self, foreign: Box<Foreign>) -> u32 {
        self.close_capture();
        let run = self.forks.number();
        let mut told = Told::new(run, u32::MAX);
        foreign.rtsp_ports().for_each(|port| told.knowledge.expect_rtsp(port));
        let pacer = Pacer::new(Instant::now(), foreign.now());
        let begun = self.viewers.len() > 0;
        self.capture = Some(Open { run, foreign, told, pacer, begun });
        for viewer in self.viewers.all() {
            self.watch(viewer, Watch { client: None, run, beside: None });
        }
        self.tell_room();
        run
    }

    /// Closes the capture, if one is open: pages turn to the simulated run.
    pub(super) fn close_capture(&mut self) {
        if let Some(open) = self.capture.take() {
            self.unwatch(open.run);
            self.forks.give_back(open);
        }
    }

    /// The capture with this number.
    pub(super) fn capture(&self, run: u32) -> Option<&Open> {
        self.capture.as_ref().filter(|open| open.run == run)
    }

    /// The run that a page shows which has not chosen one.
    pub(super) fn first_run(&self) -> u32 {
        self.capture.as_ref().map_or(self.original.number(), |open| open.run)
    }

    /// The room as it is for those who show the capture.
    pub(super) fn capture_state(&self, open: &Open) -> wire::RoomState {
        wire::RoomState {
            now: nanos(open.foreign.now()),
            pace: open.pacer.pace(),
            real_clients: 0,
            slip: span(open.pacer.slip()),
            viewers: self.viewers.len() as u32,
            clients: super::state::views(open.foreign.clients()),
            sources: Vec::new(),
            original: self.original.number(),
            next: self.next.as_ref().map(Next::card),
            forks: self.forks.states(self.original.number()),
            capture: self.open_capture_state(),
            added: Topology::default(),
        }
    }

    /// Which capture is open.
    pub(super) fn open_capture_state(&self) -> Option<wire::OpenCapture> {
        let open = self.capture.as_ref()?;
        let facts = open.foreign.facts();
        Some(wire::OpenCapture { run: open.run, file: facts.name.clone(), end: nanos(open.foreign.end()) })
    }

    /// Carries out what is ordered of the capture.
    ///
    /// # Errors
    /// A sentence when it cannot be, because it is one.
    pub(super) fn capture_order(&mut self, command: Command) -> Result<(), String> {
        let Some(open) = &mut self.capture else { return Err(OVER.to_owned()) };
        match command {
            Command::Pace { pace } => {
                if pace != Pace::Frozen && open.foreign.now() >= open.foreign.end() {
                    return Err(OVER.to_owned());
                }
                open.pacer.set(pace, Instant::now(), open.foreign.now())
            }
            Command::Advance { to } => self.lead(&to),
            Command::DiscardFork { run } => self.discard_fork(run),
            Command::CloseCapture => {
                self.close_capture();
                Ok(())
            }
            _ => Err(RECORDING.to_owned()),
        }
    }

    /// Leads the capture on, as far ahead as it goes.
    fn lead(&mut self, to: &AdvanceTo) -> Result<(), String> {
        // What is searched for ahead is searched with all that is known by now.
        self.flush();
        let mut happened = Ok(());
        let Some(open) = &mut self.capture else { return Err(OVER.to_owned()) };
        let before = open.foreign.now();
        if before >= open.foreign.end() {
            return Err(OVER.to_owned());
        }
        match to {
            AdvanceTo::Event => open.next(),
            AdvanceTo::Message { message } => {
                open.next_of(Followed::message(open.foreign.tape(), message.0)?)
            }
            AdvanceTo::Frame { frame } => open.next_of(Followed::frame(open.foreign.tape(), frame.0)?),
            AdvanceTo::Find { until } => {
                let ahead = finding::look_ahead(Shown::Capture(&open.foreign), &open.told, until)?;
                open.foreign.run_until(ahead.at());
                happened = ahead.outcome(before);
            }
            AdvanceTo::Time { at } => {
                let (at, begin) = (SimTime::from_nanos(at.0), Instant::now());
                let leaps = at.since(before) > LEAP;
                while open.foreign.now() < at.min(open.foreign.end()) && begin.elapsed() < PATIENCE {
                    open.foreign.run_until((open.foreign.now() + SLICE).min(at));
                    if leaps {
                        open.told.catch_up(Shown::Capture(&open.foreign));
                    }
                }
            }
        }
        let (run, pace) = (open.run, open.pacer.pace());
        open.pacer.set(pace, Instant::now(), open.foreign.now())?;
        if open.foreign.now().since(before) > LEAP {
            for viewer in self.viewers.watchers(run) {
                self.introduce(viewer, run);
            }
        }
        happened
    }

    /// What a capture shows.
    pub(super) fn capture_shown(&self, run: u32) -> Option<(Shown<'_>, &Told)> {
        self.capture(run).map(|open| (open.shown(), &open.told))
    }
}
