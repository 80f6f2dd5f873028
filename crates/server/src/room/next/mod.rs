//! The run that is to take the original's place.
//!
//! It is simulated ahead on another thread while the original is shown; when it is ready, all
//! pages turn to it at once, and the original, its forks and the open capture are let go.

mod making;

use super::Inbound;
use super::keeper::Keeper;
use super::lessons;
use super::original::{Original, Setting};
use super::pacer::Pacer;
use super::viewers::{ViewerId, Watch};
use crate::rows::nanos;
use crate::wire::{ForkProgress, NextRun, Outcome, Pace};
pub(crate) use making::Made;
use making::{Wanted, make};
use protocol::time::SimTime;
use simulator::Scenario;
use simulator::script::RunPlan;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Said to who lets go of what is not there.
const NO_NEXT_RUN: &str = "No other run is on its way.";

/// Said to whose lesson was still being read when something else was ordered.
const OVERTAKEN: &str = "Another run was ordered meanwhile.";

/// The most real peers that are named in a sentence.
const MAX_NAMED: usize = 5;

/// A run on its way.
#[derive(Debug)]
pub struct Next {
    card: NextRun,
    /// Memory that its tape takes by now.
    octets: usize,
    /// Whether real peers do not keep it from taking the original's place.
    cut_off: bool,
    /// It is wanted no more.
    unwanted: Arc<AtomicBool>,
}

impl Next {
    /// Octets of its tape.
    pub(super) fn octets(&self) -> usize {
        self.octets
    }

    /// As pages are told of it.
    pub(super) fn card(&self) -> NextRun {
        self.card.clone()
    }

    fn fail(&mut self, reason: String) {
        self.card.progress = ForkProgress::Failed { reason };
        self.octets = 0;
    }
}

/// How far it has come that is being simulated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NextReached {
    run: u32,
    at: SimTime,
    octets: usize,
}

/// What a page ordered to begin.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub lesson: Option<String>,
    pub scenario: Option<String>,
    pub seed: Option<String>,
    pub cut_off: bool,
}

/// A lesson that was read, and who waits for its run.
#[derive(Debug)]
pub(crate) struct Read {
    command: (ViewerId, u32),
    /// Which of the orders to begin it was.
    order: u64,
    wanted: Result<Box<Wanted>, String>,
    cut_off: bool,
}

impl Setting {
    /// What makes a run of this scenario, the one of `now` when absent.
    ///
    /// # Errors
    /// A sentence that names what there is.
    fn plan(&self, now: &Original, scenario: Option<&str>, seed: Option<u64>) -> Result<RunPlan, String> {
        let scenario = match scenario {
            None => now.scenario.clone(),
            Some(name) if *name == self.first.name => self.first.clone(),
            Some(name) => Scenario::builtin(name).ok_or_else(|| {
                let known = self.scenarios.iter().map(|card| &*card.name).collect::<Vec<_>>().join(", ");
                format!("There is no scenario “{name}”: there are {known}.")
            })?,
        };
        Ok(RunPlan::new(scenario, seed.unwrap_or(now.world.options().seed)))
    }
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("“{text}” is no seed: it is a whole number from 0 to {}.", u64::MAX))
}

impl Keeper {
    /// Begins another run, as `what` says. The answer comes later when a lesson's file is to be
    /// read first.
    ///
    /// # Errors
    /// A sentence when it cannot be.
    pub(super) fn begin(&mut self, command: (ViewerId, u32), what: Asked) -> Result<Option<u32>, String> {
        self.nobody_minds(what.cut_off)?;
        let seed = what.seed.as_deref().map(seed).transpose()?;
        self.begin_orders += 1;
        let Some(id) = what.lesson else {
            let plan = self.setting.plan(&self.original, what.scenario.as_deref(), seed)?;
            return Ok(Some(self.prepare(Wanted { plan, lesson: None }, what.cut_off)));
        };
        let (library, room, order) = (self.setting.lessons.clone(), self.forks.room(), self.begin_orders);
        self.forks.aside(move || {
            let wanted = lessons::lesson(&library, &id).map(|lesson| {
                let mut plan = lesson.plan.clone();
                plan.seed = seed.unwrap_or(plan.seed);
                Box::new(Wanted { plan, lesson: Some(lesson) })
            });
            room.hand(Inbound::LessonRead(Read { command, order, wanted, cut_off: what.cut_off }));
        });
        Ok(None)
    }

    /// Begins a lesson's run before anybody is here.
    ///
    /// # Errors
    /// A sentence when there is no such lesson, or its file cannot be used.
    pub fn teach_first(&mut self, lesson: &str) -> Result<(), String> {
        let lesson = lessons::lesson(&self.setting.lessons, lesson)?;
        self.prepare(Wanted { plan: lesson.plan.clone(), lesson: Some(lesson) }, false);
        Ok(())
    }

    /// A lesson's file was read: its run begins.
    pub(super) fn lesson_read(&mut self, read: Read) {
        let Read { command: (viewer, id), order, wanted, cut_off } = read;
        let latest = if order == self.begin_orders { Ok(()) } else { Err(OVERTAKEN.to_owned()) };
        let begun = latest.and_then(|()| self.nobody_minds(cut_off)).and(wanted);
        let begun = begun.map(|wanted| self.prepare(*wanted, cut_off));
        let outcome = match begun {
            Ok(run) => Outcome::Begun { run },
            Err(reason) => Outcome::Refused { reason },
        };
        self.answer(viewer, id, outcome);
    }

    /// Lets a run be made, in place of one that is on its way; answers its number.
    fn prepare(&mut self, mut wanted: Wanted, cut_off: bool) -> u32 {
        wanted.plan.scenario.lab_dialect |= self.setting.lab_dialect;
        self.let_next_go();
        let run = self.forks.number();
        let RunPlan { scenario, seed, length, .. } = &wanted.plan;
        let (begin, until) = (nanos(SimTime::ZERO), nanos(SimTime::ZERO + *length));
        let card = NextRun {
            run,
            lesson: wanted.lesson.as_ref().map(|lesson| lesson.id.clone()),
            scenario: scenario.name.clone(),
            title: scenario.title.clone(),
            seed: seed.to_string(),
            progress: ForkProgress::Simulating { from: begin, reached: begin, until },
        };
        let unwanted = Arc::<AtomicBool>::default();
        self.next = Some(Next { card, octets: 0, cut_off, unwanted: unwanted.clone() });
        let (setting, room) = (self.setting.clone(), self.forks.room());
        self.forks.aside(move || {
            if let Some(made) = make(run, &wanted, &setting, (&room, &unwanted)) {
                room.hand(Inbound::NextMade { run, made });
            }
        });
        run
    }

    /// Lets go of the run that is on its way.
    ///
    /// # Errors
    /// A sentence when there is none.
    pub(super) fn cancel_begin(&mut self) -> Result<(), String> {
        self.begin_orders += 1;
        if self.let_next_go() { Ok(()) } else { Err(NO_NEXT_RUN.to_owned()) }
    }

    /// Answers whether there was one.
    fn let_next_go(&mut self) -> bool {
        let next = self.next.take();
        next.as_ref().inspect(|next| next.unwanted.store(true, Ordering::Relaxed));
        next.is_some()
    }

    /// How far the next run has come.
    pub(super) fn next_reached(&mut self, NextReached { run, at, octets }: NextReached) {
        if let Some(next) = self.next.as_mut().filter(|next| next.card.run == run)
            && let ForkProgress::Simulating { reached, .. } = &mut next.card.progress
        {
            *reached = nanos(at);
            next.octets = octets;
        }
    }

    /// The next run is ready, or cannot be.
    pub(super) fn next_made(&mut self, run: u32, made: Made) {
        let cut_off = self.next.as_ref().is_some_and(|next| next.cut_off);
        let who = self.who_stays(cut_off);
        let Some(next) = self.next.as_mut().filter(|next| next.card.run == run) else {
            // Another one was wanted meanwhile.
            return self.forks.give_back(made);
        };
        match (made, who) {
            (Err(reason), _) => next.fail(reason),
            (Ok(made), Some(who)) => {
                next.fail(format!("Somebody real has come while it was made: {who}."));
                self.forks.give_back(made);
            }
            (Ok(made), None) => self.turn_to(*made),
        }
    }

    /// Shows another run to everybody, and lets go of all others.
    fn turn_to(&mut self, mut made: Original) {
        made.world.number_peers_after(&self.original.world);
        let ahead = made.world.now() > SimTime::ZERO;
        let old = std::mem::replace(&mut self.original, made);
        self.forks.discard_all();
        // A long tape takes a while to be given back.
        self.forks.give_back((old, self.capture.take()));
        self.ways.cut_off();
        self.players.forget_all();
        self.sources.forget();
        self.next = None;
        let now = self.original.world.now();
        self.pacer = Pacer::new(Instant::now(), now);
        if ahead {
            let stood = self.pacer.set(Pace::Frozen, Instant::now(), now);
            debug_assert!(stood.is_ok(), "every world can stand still");
        }
        for viewer in self.viewers.all() {
            self.watch(viewer, Watch { client: None, run: self.original.number(), beside: None });
        }
        self.tell_room();
    }

    /// Whether another run may begin.
    ///
    /// # Errors
    /// A sentence that names who would lose its connection.
    fn nobody_minds(&self, cut_off: bool) -> Result<(), String> {
        let sentence = |who| format!("Another run can begin when nobody real takes part: {who}.");
        self.who_stays(cut_off).map_or(Ok(()), |who| Err(sentence(who)))
    }

    /// Who keeps another run from beginning, in words.
    fn who_stays(&self, cut_off: bool) -> Option<String> {
        if self.sources.is_opening() {
            // What comes of it would come to another run.
            return Some("a real server is being opened".to_owned());
        }
        if self.ways.is_empty() || cut_off {
            return None;
        }
        let clients = self.original.world.clients().into_iter();
        let clients = clients.filter(|client| client.real && client.left.is_none()).map(|client| client.name);
        let sources = self.original.world.sources().into_iter();
        let sources = sources.filter(|source| source.left.is_none()).map(|source| source.name);
        Some(connected(&clients.chain(sources).collect::<Vec<_>>()))
    }
}

/// Who is connected, in words.
fn connected(names: &[String]) -> String {
    match names {
        [] => "somebody is connected".to_owned(),
        [one] => format!("{one} is connected"),
        _ if names.len() > MAX_NAMED => {
            let others = names.len() - MAX_NAMED;
            format!("{} and {others} more are connected", names[..MAX_NAMED].join(", "))
        }
        [rest @ .., last] => format!("{} and {last} are connected", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests;
