//! A run while it is simulated ahead.

use super::super::legs::{self, Ahead};
use super::super::original::{Original, Setting};
use super::super::{Inbound, Room};
use super::NextReached;
use crate::lesson::{self, Lesson};
use crate::wire::LessonRun;
use protocol::time::SimTime;
use simulator::World;
use simulator::fork::Moments;
use simulator::script::{RunPlan, Scripted};
use simulator::tape::MAX_TAPE_OCTETS;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The most of what is wrong with a lesson that is said in one go.
const MAX_PROBLEMS: usize = 3;

/// The run as it is to be shown, or why there is none, in a sentence.
pub(crate) type Made = Result<Box<Original>, String>;

/// What another run is made of.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub plan: RunPlan,
    /// The lesson that it is made for.
    pub lesson: Option<Arc<Lesson>>,
}

/// A run on its way.
pub(super) struct Making {
    run: u32,
    pub(super) scripted: Scripted,
    moments: Moments,
}

impl Making {
    /// At its beginning.
    ///
    /// # Errors
    /// A sentence when there can be no such world.
    pub(super) fn begin(run: u32, plan: &RunPlan, setting: &Setting) -> Result<Making, String> {
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

/// Makes a run; `None` when nobody wants it any more.
pub(super) fn make(
    run: u32,
    wanted: &Wanted,
    setting: &Setting,
    unwanted: (&Room, &AtomicBool),
) -> Option<Made> {
    let plan = &wanted.plan;
    let mut making = match Making::begin(run, plan, setting) {
        Ok(making) => making,
        Err(reason) => return Some(Err(reason)),
    };
    if let Err(reason) = legs::simulate(&mut making, SimTime::ZERO + plan.length, unwanted)? {
        return Some(Err(reason));
    }
    let Making { scripted, moments, .. } = making;
    let world = scripted.into_world();
    let places = wanted.lesson.as_ref().map(|lesson| places(lesson, &world)).transpose();
    Some(places.map(|lesson| {
        let mut facts = setting.run(run, &plan.scenario, world.options());
        let remarks =
            wanted.lesson.iter().zip(&lesson).flat_map(|(said, found)| remarks(said, found)).collect();
        facts.lesson = lesson;
        let made = Original::new(facts, plan.scenario.clone(), world, moments);
        Box::new(Original { remarks, ..made })
    }))
}

/// What stands beside the frames of the lesson's stops in a capture.
fn remarks(lesson: &Lesson, found: &LessonRun) -> Vec<(SimTime, String)> {
    let stops = (1..).zip(lesson.stops.iter().zip(&found.stops));
    let said = stops.map(|(number, (stop, place))| {
        let at = SimTime::from_nanos(place.at.t.0);
        (at, format!("lesson {}, stop {number}: {}", lesson.id, stop.title))
    });
    said.collect()
}

/// Where a lesson's stops are in its run, and what the run answers.
fn places(lesson: &Lesson, world: &World) -> Result<LessonRun, String> {
    lesson::resolve(lesson, world).map_err(|problems| {
        let said = problems.iter().take(MAX_PROBLEMS).map(ToString::to_string).collect::<Vec<_>>();
        let more = problems.len().saturating_sub(MAX_PROBLEMS);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        format!("The lesson does not fit its run. {}{more}.", said.join("; "))
    })
}
