//! The run that is to take the original's place.
//!
//! It is simulated ahead on another thread while the original is shown; when it is ready, all
//! pages turn to it at once, and the original, its forks and the open capture are let go.

use super::keeper::Keeper;
use super::legs::{self, Ahead};
use super::lessons;
use super::original::{Original, Setting};
use super::pacer::Pacer;
use super::viewers::Watch;
use super::{Inbound, Room};
use crate::lesson::{self, Lesson, Problem};
use crate::rows::nanos;
use crate::wire::{ForkProgress, NextRun, Pace};
use protocol::time::SimTime;
use simulator::fork::Moments;
use simulator::script::{RunPlan, Scripted};
use simulator::tape::MAX_TAPE_OCTETS;
use simulator::{Scenario, WorldOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Said to who lets go of what is not there.
const NO_NEXT_RUN: &str = "No other run is on its way.";

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

/// The run as it is to be shown, or why there is none, in a sentence.
pub(crate) type Made = Result<Box<Original>, String>;

/// A run while it is simulated ahead.
struct Making {
    run: u32,
    scripted: Scripted,
    moments: Moments,
}

impl Making {
    /// At its beginning.
    ///
    /// # Errors
    /// A sentence when there can be no such world.
    fn begin(run: u32, plan: &RunPlan, setting: &Setting) -> Result<Making, String> {
        let world = setting.world(plan).map_err(|error| format!("This network cannot be: {error}."))?;
        let moments = Moments::new(&world);
        Ok(Making { run, scripted: Scripted::new(world, plan.script.clone()), moments })
    }
}

impl Ahead for Making {
    type Error = String;

    fn now(&self) -> SimTime {
        self.scripted.world().now()
    }

    fn advance(&mut self, until: SimTime) -> Result<(), String> {
        self.scripted.advance(until).map_err(|error| error.to_string())?;
        let world = self.scripted.world();
        self.moments.keep(world);
        if world.tape().oldest() > SimTime::ZERO {
            return Err(format!(
                "After {} s its packets take more memory than the {} MB that a room has: a shorter run is needed.",
                world.now().since(SimTime::ZERO).as_secs(),
                MAX_TAPE_OCTETS >> 20
            ));
        }
        Ok(())
    }

    fn tell(&self, room: &Room) {
        let octets = self.scripted.world().tape().octets();
        room.hint(Inbound::NextReached(NextReached { run: self.run, at: self.now(), octets }));
    }
}

/// Makes a run, for a lesson if there is one; `None` when nobody wants it any more.
fn make(
    run: u32,
    (plan, lesson): (&RunPlan, Option<&Lesson>),
    setting: &Setting,
    wanted: (&Room, &AtomicBool),
) -> Option<Made> {
    let mut making = match Making::begin(run, plan, setting) {
        Ok(making) => making,
        Err(reason) => return Some(Err(reason)),
    };
    let end = SimTime::ZERO + plan.length;
    match legs::simulate(&mut making, end, wanted)? {
        Ok(()) => {
            let Making { scripted, moments, .. } = making;
            let world = scripted.into_world();
            let mut facts = setting.run(run, &plan.scenario, world.options());
            match lesson.map(|lesson| lesson::resolve(lesson, &world)).transpose() {
                Ok(resolved) => facts.lesson = resolved,
                Err(problems) => return Some(Err(unresolved(&problems))),
            }
            Some(Ok(Box::new(Original::new(facts, plan.scenario.clone(), world, moments))))
        }
        Err(reason) => Some(Err(reason)),
    }
}

/// Said of a lesson whose stops or answers are not in its run.
fn unresolved(problems: &[Problem]) -> String {
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    match problems.len() {
        0 | 1 => format!("The lesson does not fit its run. {first}."),
        more => format!("The lesson does not fit its run. {first} (and {} more).", more - 1),
    }
}

impl Setting {
    /// What makes a lesson's run: its own seed, unless another one is wanted.
    ///
    /// # Errors
    /// A sentence when the seed is none.
    fn lesson_plan(&self, lesson: &Lesson, now: &Original, seed: Option<&str>) -> Result<RunPlan, String> {
        let mut plan = lesson.plan.clone();
        plan.scenario.lab_dialect |= self.lab_dialect;
        if seed.is_some() {
            plan.seed = self.seed(now.world.options(), seed)?;
        }
        Ok(plan)
    }

    /// What makes a run of this scenario, the one of `now` when absent.
    ///
    /// # Errors
    /// A sentence that names what there is.
    fn plan(&self, now: &Original, scenario: Option<&str>, seed: Option<&str>) -> Result<RunPlan, String> {
        let mut scenario = match scenario {
            None => now.scenario.clone(),
            Some(name) if *name == self.first.name => self.first.clone(),
            Some(name) => Scenario::builtin(name).ok_or_else(|| {
                let known = self.scenarios.iter().map(|card| &*card.name).collect::<Vec<_>>().join(", ");
                format!("There is no scenario “{name}”: there are {known}.")
            })?,
        };
        scenario.lab_dialect |= self.lab_dialect;
        Ok(RunPlan::new(scenario, self.seed(now.world.options(), seed)?))
    }

    fn seed(&self, now: &WorldOptions, seed: Option<&str>) -> Result<u64, String> {
        let Some(seed) = seed else { return Ok(now.seed) };
        seed.parse().map_err(|_| format!("“{seed}” is no seed: it is a whole number from 0 to {}.", u64::MAX))
    }
}

impl Keeper {
    /// Begins another run, of a lesson or a scenario, with a seed; in place of one that is on its
    /// way. Real peers keep the original, unless they are to be cut off. Answers its number.
    ///
    /// # Errors
    /// A sentence when it cannot be.
    pub(super) fn begin(
        &mut self,
        (lesson, scenario, seed): (Option<&str>, Option<&str>, Option<&str>),
        cut_off: bool,
    ) -> Result<u32, String> {
        if let Some(who) = self.who_stays(cut_off) {
            return Err(format!("Another run can begin when nobody real takes part: {who}."));
        }
        let lesson = lesson.map(|id| lessons::lesson(&self.setting.lessons, id)).transpose()?;
        let plan = match &lesson {
            Some(lesson) => self.setting.lesson_plan(lesson, &self.original, seed)?,
            None => self.setting.plan(&self.original, scenario, seed)?,
        };
        self.let_next_go();
        let run = self.forks.number();
        let end = nanos(SimTime::ZERO + plan.length);
        let begin = nanos(SimTime::ZERO);
        let card = NextRun {
            run,
            lesson: lesson.as_ref().map(|lesson| lesson.id.clone()),
            scenario: plan.scenario.name.clone(),
            title: plan.scenario.title.clone(),
            seed: plan.seed.to_string(),
            progress: ForkProgress::Simulating { from: begin, reached: begin, until: end },
        };
        let unwanted = Arc::<AtomicBool>::default();
        self.next = Some(Next { card, octets: 0, cut_off, unwanted: unwanted.clone() });
        let (setting, room) = (self.setting.clone(), self.forks.room());
        self.forks.aside(move || {
            if let Some(made) = make(run, (&plan, lesson.as_deref()), &setting, (&room, &unwanted)) {
                room.hand(Inbound::NextMade { run, made });
            }
        });
        Ok(run)
    }

    /// Lets go of the run that is on its way.
    ///
    /// # Errors
    /// A sentence when there is none.
    pub(super) fn cancel_begin(&mut self) -> Result<(), String> {
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
        let real = self.who_stays(cut_off);
        let Some(next) = self.next.as_mut().filter(|next| next.card.run == run) else {
            // Another one was wanted meanwhile.
            return self.forks.give_back(made);
        };
        match (made, real) {
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
        self.players.keep(&self.ways);
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
        let names = clients.chain(sources).collect::<Vec<_>>();
        Some(match &names[..] {
            [] => "somebody is connected".to_owned(),
            [one] => format!("{one} is connected"),
            [rest @ .., last] => format!("{} and {last} are connected", rest.join(", ")),
        })
    }
}

#[cfg(test)]
mod tests;
