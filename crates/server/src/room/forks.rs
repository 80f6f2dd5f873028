//! Other futures of the room's run.
//!
//! A fork is simulated on a thread of its own up to where the original is, with what had come
//! into the original by then; meanwhile the original goes on, so that this happens in legs, each
//! shorter than the one before. Then the keeper has it, and brings it after each turn to the
//! original's moment.

use super::keeper::Keeper;
use super::legs::{self, Ahead};
use super::next::Next;
use super::shown::Shown;
use super::told::Told;
use super::viewers::Viewers;
use super::{Inbound, Room, state};
use crate::rows::{nanos, weather};
use crate::wire::{self, Nanos};
use protocol::time::SimTime;
use simulator::fork::{CannotFork, Difference, Fork, ForkChange, Trace};
use simulator::link::LinkDirection;
use simulator::scenario::PlayerTransport;
use simulator::tape::MAX_TAPE_OCTETS;
use simulator::world::{Input, InputLog};
use simulator::{FrameId, LinkId, NodeId, Tape, World};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// The most forks that a room keeps at a time, also those that failed.
pub const MAX_FORKS: usize = 4;

/// A fork that is so close to the original goes on beside it.
const CLOSE: Duration = Duration::from_millis(500);

/// The longest that the keeper simulates forks in one turn; what is left waits for the next.
const TURN: Duration = Duration::from_millis(10);

/// How much the keeper simulates a fork between two looks at the clock.
const STEP: Duration = Duration::from_millis(20);

/// All forks of a room.
#[derive(Debug)]
pub struct Forks {
    room: Room,
    /// Where they are simulated; the keeper's own thread keeps time.
    runtime: Handle,
    kept: Vec<Kept>,
    last: u32,
}

#[derive(Debug)]
struct Kept {
    run: u32,
    at: SimTime,
    change: Option<wire::ForkChange>,
    stage: Stage,
    /// It is wanted no more.
    discarded: Arc<AtomicBool>,
}

#[derive(Debug)]
enum Stage {
    Simulating { from: SimTime, leg: Duration, until: SimTime, reached: Reached },
    Ready(Box<Ready>),
    Failed(String),
}

/// A fork and what pages know of it.
#[derive(Debug)]
pub(crate) struct Ready {
    fork: Fork,
    told: Told,
}

/// How far a fork has come that is being simulated.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    pub at: SimTime,
    pub own_octets: usize,
    pub replayed: Vec<NodeId>,
    pub difference: Option<Difference>,
}

impl Reached {
    fn of(fork: &Fork) -> Self {
        Reached {
            at: fork.world().now(),
            own_octets: fork.own_octets(),
            replayed: fork.replayed(),
            difference: fork.first_difference(),
        }
    }
}

/// A fork that has come to where the original was, or the reason why it has not.
pub(crate) type Arrived = Result<Box<Ready>, CannotFork>;

/// What is simulated in one go.
struct Leg {
    ready: Box<Ready>,
    inputs: InputLog,
    /// The original's tape.
    tape: Tape,
    until: SimTime,
    discarded: Arc<AtomicBool>,
}

impl Ahead for Leg {
    type Error = CannotFork;

    fn now(&self) -> SimTime {
        self.ready.fork.world().now()
    }

    fn advance(&mut self, until: SimTime) -> Result<(), CannotFork> {
        self.ready.fork.advance(&self.inputs, until)?;
        self.ready.fork.compare(&self.tape, self.until);
        Ok(())
    }

    fn tell(&self, room: &Room) {
        room.hint(Inbound::ForkReached { run: self.ready.told.run, reached: Reached::of(&self.ready.fork) });
    }
}

impl Leg {
    /// Simulates; `None` when it was discarded.
    fn go(mut self, room: &Room) -> Option<Arrived> {
        let (until, discarded) = (self.until, self.discarded.clone());
        if let Err(error) = legs::simulate(&mut self, until, (room, &discarded))? {
            return Some(Err(error));
        }
        self.ready.told.catch_up(Shown::World(self.ready.fork.world()));
        Some(Ok(self.ready))
    }
}

impl Forks {
    /// None yet. To be called on the runtime that shall simulate them.
    pub fn new(room: Room) -> Self {
        Forks { room, runtime: Handle::current(), kept: Vec::new(), last: 0 }
    }

    /// The number of a new run beside the original.
    pub fn number(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// The room, to tell it what was done aside.
    pub fn room(&self) -> Room {
        self.room.clone()
    }

    /// Does something on a thread of its own.
    pub fn aside(&self, work: impl FnOnce() + Send + 'static) {
        self.runtime.spawn_blocking(work);
    }

    /// Lets go of what may take a while to be given back.
    pub fn give_back(&self, gone: impl Send + 'static) {
        self.aside(move || drop(gone));
    }

    /// Lets go of all of them.
    pub fn discard_all(&mut self) {
        for kept in self.kept.drain(..).collect::<Vec<_>>() {
            kept.discarded.store(true, Ordering::Relaxed);
            self.give_back(kept);
        }
    }

    /// Whether there is such a fork, however far it is.
    pub fn has(&self, run: u32) -> bool {
        self.kept.iter().any(|kept| kept.run == run)
    }

    /// A fork that can be shown.
    pub fn ready(&self, run: u32) -> Option<(Shown<'_>, &Told)> {
        match &self.kept.iter().find(|kept| kept.run == run)?.stage {
            Stage::Ready(ready) => Some((Shown::World(ready.fork.world()), &ready.told)),
            _ => None,
        }
    }

    /// Tells those who watch them what their tapes have got.
    pub fn tell(&mut self, viewers: &mut Viewers) {
        for kept in &mut self.kept {
            if let Stage::Ready(ready) = &mut kept.stage {
                ready.told.tell(Shown::World(ready.fork.world()), viewers);
            }
        }
    }

    /// How they are, of this original.
    pub fn states(&self, original: u32) -> Vec<wire::ForkState> {
        self.kept.iter().map(|kept| kept.state(original)).collect()
    }

    /// Octets of their tapes that they do not share with the original.
    fn own_octets(&self) -> usize {
        self.kept.iter().map(Kept::own_octets).sum()
    }

    fn simulate(&self, leg: Leg) {
        let room = self.room.clone();
        self.aside(move || {
            let run = leg.ready.told.run;
            if let Some(arrived) = leg.go(&room) {
                room.hand(Inbound::ForkArrived { run, arrived });
            }
        });
    }

    /// Brings those that are ready to the original's moment.
    fn follow(&mut self, original: &World) {
        let begin = Instant::now();
        for kept in &mut self.kept {
            let Stage::Ready(ready) = &mut kept.stage else { continue };
            let fork = &mut ready.fork;
            fork.forget_before(original.tape().oldest());
            while fork.world().now() < original.now() && begin.elapsed() < TURN {
                let next = (fork.world().now() + STEP).min(original.now());
                if let Err(error) = fork.advance(original.inputs(), next) {
                    kept.stage = Stage::Failed(sentence(&error));
                    break;
                }
                fork.compare(original.tape(), original.now());
            }
        }
    }
}

impl Kept {
    fn own_octets(&self) -> usize {
        match &self.stage {
            Stage::Simulating { reached, .. } => reached.own_octets,
            Stage::Ready(ready) => ready.fork.own_octets(),
            Stage::Failed(_) => 0,
        }
    }

    fn state(&self, original: u32) -> wire::ForkState {
        let (progress, replayed, difference, clients) = match &self.stage {
            Stage::Simulating { from, until, reached, .. } => {
                let progress = wire::ForkProgress::Simulating {
                    from: nanos(*from),
                    reached: nanos(reached.at),
                    until: nanos(*until),
                };
                (progress, reached.replayed.clone(), reached.difference, Vec::new())
            }
            Stage::Ready(ready) => {
                let clients = state::clients(ready.fork.world());
                let Reached { replayed, difference, .. } = Reached::of(&ready.fork);
                (wire::ForkProgress::Ready, replayed, difference, clients)
            }
            Stage::Failed(reason) => {
                (wire::ForkProgress::Failed { reason: reason.clone() }, Vec::new(), None, Vec::new())
            }
        };
        wire::ForkState {
            run: self.run,
            parent: original,
            at: nanos(self.at),
            change: self.change.clone(),
            progress,
            replayed: replayed.iter().map(|node| node.0).collect(),
            first_difference: difference.map(wire_difference),
            clients,
        }
    }
}

impl Keeper {
    /// Keeps another future beside the original, and answers its number.
    ///
    /// # Errors
    /// A sentence when there are too many, or it cannot be.
    pub(super) fn fork(&mut self, at: Nanos, change: Option<wire::ForkChange>) -> Result<u32, String> {
        if self.forks.kept.len() >= MAX_FORKS {
            return Err(format!("A room keeps at most {MAX_FORKS} forks: discard one first."));
        }
        let wanted = change.as_ref().map(|change| self.fork_change(change)).transpose()?;
        let at = SimTime::from_nanos(at.0);
        let fork = Fork::begin(&self.original.moments, &self.original.world, at, wanted.as_ref());
        let fork = fork.map_err(|error| sentence(&error))?;
        let run = self.forks.number();
        let (at, from) = (fork.at(), fork.began());
        let stage = Stage::Simulating { from, leg: Duration::MAX, until: from, reached: Reached::of(&fork) };
        self.forks.kept.push(Kept { run, at, change, stage, discarded: Arc::default() });
        let mut told = Told::new(run, self.original.fixed.0 as u32);
        self.original.rtsp_ports.iter().for_each(|port| told.knowledge.expect_rtsp(*port));
        self.fork_on(run, Box::new(Ready { fork, told }));
        Ok(run)
    }

    /// Lets go of a fork.
    ///
    /// # Errors
    /// A sentence when there is none with this number.
    pub(super) fn discard_fork(&mut self, run: u32) -> Result<(), String> {
        let place = self.forks.kept.iter().position(|kept| kept.run == run);
        let kept = self.forks.kept.remove(place.ok_or_else(|| format!("There is no fork {run}."))?);
        kept.discarded.store(true, Ordering::Relaxed);
        self.unwatch(run);
        // A long tape takes a while to be given back.
        self.forks.give_back(kept);
        Ok(())
    }

    /// A fork has come to where the original was: it is simulated on, or goes on here.
    pub(super) fn fork_arrived(&mut self, run: u32, arrived: Arrived) {
        let now = self.original.world.now();
        let Some(kept) = self.forks.kept.iter_mut().find(|kept| kept.run == run) else { return };
        let Stage::Simulating { leg, .. } = kept.stage else { return };
        let ready = match arrived {
            Ok(ready) => ready,
            Err(error) => {
                kept.stage = Stage::Failed(sentence(&error));
                return;
            }
        };
        let behind = now.since(ready.fork.world().now());
        if behind > CLOSE {
            if behind >= leg {
                let reason = "This machine simulates it slower than time passes.";
                kept.stage = Stage::Failed(reason.to_owned());
            } else {
                self.fork_on(run, ready);
            }
            return;
        }
        kept.stage = Stage::Ready(ready);
        for viewer in self.viewers.watchers(run) {
            self.introduce(viewer, run);
        }
    }

    /// How far a fork has come.
    pub(super) fn fork_reached(&mut self, run: u32, now: Reached) {
        if let Some(kept) = self.forks.kept.iter_mut().find(|kept| kept.run == run)
            && let Stage::Simulating { reached, .. } = &mut kept.stage
        {
            *reached = now;
        }
    }

    /// Simulates a fork up to where the original is now.
    fn fork_on(&mut self, run: u32, ready: Box<Ready>) {
        let until = self.original.world.now();
        let Some(kept) = self.forks.kept.iter_mut().find(|kept| kept.run == run) else { return };
        if let Stage::Simulating { leg, until: goal, reached, .. } = &mut kept.stage {
            *leg = until.since(ready.fork.world().now()).max(CLOSE);
            *goal = until;
            *reached = Reached::of(&ready.fork);
        }
        let discarded = kept.discarded.clone();
        let (inputs, tape) = (self.original.world.inputs().clone(), self.original.world.tape().clone());
        self.forks.simulate(Leg { ready, inputs, tape, until, discarded });
    }

    /// Keeps the original's moments, and brings the forks to its own.
    pub(super) fn follow(&mut self) {
        self.original.moments.keep(&self.original.world);
        self.forks.follow(&self.original.world);
        // All tapes together keep within the bound of one: at it, all let go of their oldest.
        let captured = self.capture.as_ref().map_or(0, |open| open.foreign.octets());
        let next = self.next.as_ref().map_or(0, Next::octets);
        let others = self.forks.own_octets() + captured + next;
        self.original.world.limit_tape(MAX_TAPE_OCTETS.saturating_sub(others));
    }

    fn fork_change(&self, change: &wire::ForkChange) -> Result<ForkChange, String> {
        match change {
            wire::ForkChange::Fault { frame, link, what } => {
                let fault = weather::ordered_fault(wire::FaultOn::Next, *what);
                let (frame, link) = (FrameId(frame.0), LinkId(*link));
                Ok(ForkChange::Fault { frame, link, what: fault.what })
            }
            wire::ForkChange::Weather { link, direction, weather } => {
                let ordered = weather::ordered(weather)?;
                let input = |direction: &LinkDirection| Input::Weather {
                    link: LinkId(*link),
                    direction: *direction,
                    weather: Box::new(ordered.clone()),
                };
                Ok(ForkChange::Inputs(weather::ordered_directions(*direction).iter().map(input).collect()))
            }
            wire::ForkChange::Request { client, method, from, path, parameters } => {
                let input =
                    super::orders::input(NodeId(*client), *method, *from, path.clone(), parameters.clone())?;
                Ok(ForkChange::Inputs(vec![input]))
            }
            wire::ForkChange::Transport { client, transport } => {
                let transport = match transport {
                    wire::MediaTransport::Udp => PlayerTransport::Udp,
                    wire::MediaTransport::Tcp => PlayerTransport::Tcp,
                };
                Ok(ForkChange::FromStart(vec![Input::Transport { client: NodeId(*client), transport }]))
            }
        }
    }
}

/// A sentence for the person at the page.
fn sentence(error: &CannotFork) -> String {
    if let CannotFork::Refused(refused) = error {
        return refused.to_string();
    }
    let text = error.to_string();
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}.", first.to_uppercase())
}

fn wire_difference(difference: Difference) -> wire::Difference {
    let Difference { at, parent, fork } = difference;
    wire::Difference { at: nanos(at), parent: parent.map(trace), fork: fork.map(trace) }
}

fn trace(trace: Trace) -> wire::Trace {
    use wire::Id;
    match trace {
        Trace::Hop(frame, link) => wire::Trace::Hop { frame: Id(frame.0), link: link.0 },
        Trace::Frame(frame) => wire::Trace::Frame { frame: Id(frame.0) },
        Trace::Receipt(frame, node) => wire::Trace::Receipt { frame: Id(frame.0), node: node.0 },
        Trace::Message(message) => wire::Trace::Message { message: Id(message.0) },
        Trace::Delivery(message, node) => wire::Trace::Delivery { message: Id(message.0), node: node.0 },
        Trace::State(node) => wire::Trace::State { node: node.0 },
        Trace::Tcp(node, connection) => wire::Trace::Tcp { node: node.0, connection: connection.0 },
        Trace::Picture(picture, client) => wire::Trace::Picture { picture: Id(picture.0), client: client.0 },
    }
}
