//! Forks: the same scenario, seed and inputs up to a moment, and from there another future.
//!
//! | file | what it does |
//! |---|---|
//! | `moments` | copies of the running world, so that a fork need not begin at zero |
//! | `change` | what is different, and whether it can be |
//! | `replay` | the original's inputs in a world in which they may meet another state |
//! | `difference` | where two tapes first differ |
//!
//! [`Fork::begin`] takes the last moment kept before the fork's. [`Fork::advance`] simulates
//! from there with the recorded inputs, also with those that come after the fork's moment: a
//! click at the remote or a real peer's octets happen in both runs, so that what differs
//! follows from the change. Real peers do not react: what they sent is sent again, and they take
//! octets when they took some.

mod change;
mod difference;
mod moments;
mod replay;

pub use change::ForkChange;
pub use difference::{Difference, Trace};
pub use moments::{MAX_MOMENTS, MOMENT_SPACING, Moments};

use crate::world::{InputLog, Refused, World};
use crate::{NodeId, Tape};
use change::Prepared;
use difference::Comparison;
use protocol::time::SimTime;
use replay::Replay;
use thiserror::Error;

/// Why no fork can begin there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CannotFork {
    /// The moment has not come yet.
    #[error("this moment has not come yet")]
    NotYet,
    /// It lies before all that can be simulated again.
    #[error("what came from outside is kept from {from} on, and no earlier moment can be forked")]
    Gone {
        /// The first moment that can.
        from: SimTime,
    },
    /// The frame never entered that cable, or it is no longer known.
    #[error("that frame did not cross that link, or it is no longer kept")]
    NoSuchHop,
    /// The change cannot be made.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// While it was simulated, inputs were let go that it still needed.
    #[error("the run got so many inputs that some were let go before the fork had seen them")]
    InputsLost,
}

/// A run that is the same as another up to a moment.
#[derive(Debug)]
pub struct Fork {
    replay: Replay,
    at: SimTime,
    began: SimTime,
    /// Whether it becomes another run at its moment.
    differs: bool,
    /// What is still to be done then.
    change: Option<Prepared>,
    comparison: Comparison,
    /// Octets that its tape had taken in when it began.
    shared: u64,
}

impl Fork {
    /// A fork of `parent` at a moment, with a change. It stands where [`Moments`] kept a world
    /// last before that: [`Fork::advance`] brings it to its moment and beyond.
    ///
    /// # Errors
    /// [`CannotFork`].
    pub fn begin(
        moments: &Moments,
        parent: &World,
        at: SimTime,
        change: Option<&ForkChange>,
    ) -> Result<Fork, CannotFork> {
        let (at, latest) = match change {
            Some(change) => change.moment(parent, at)?,
            None => (at, at),
        };
        if at > parent.now() {
            return Err(CannotFork::NotYet);
        }
        // What is simulated needs all inputs that came since.
        let inputs_from = parent.inputs().kept_from();
        let from = moments.first_since(inputs_from).max(parent.tape().oldest());
        let gone = CannotFork::Gone { from };
        let moment = moments.before(latest).filter(|_| at >= from);
        let moment = moment.filter(|moment| moment.world.now() >= inputs_from).ok_or(gone)?;
        let mut world = moment.world.clone();
        let change = change.map(|change| change.prepare(parent, &mut world)).transpose()?;
        Ok(Fork {
            at,
            began: world.now(),
            differs: change.is_some(),
            change,
            comparison: Comparison::from(world.tape()),
            shared: world.tape().taken_in(),
            replay: Replay::new(world, moment.next_input),
        })
    }

    /// Up to this moment it is as its parent.
    pub fn at(&self) -> SimTime {
        self.at
    }

    /// The moment from which it is simulated.
    pub fn began(&self) -> SimTime {
        self.began
    }

    /// Its world.
    pub fn world(&self) -> &World {
        &self.replay.world
    }

    /// Simulates up to `until` with the parent's `inputs`, of which all up to then must have
    /// come.
    ///
    /// # Errors
    /// [`CannotFork::Refused`] when the change is not possible at the fork's moment, and
    /// [`CannotFork::InputsLost`].
    pub fn advance(&mut self, inputs: &InputLog, until: SimTime) -> Result<(), CannotFork> {
        if self.change.is_some() && self.at <= until {
            self.replay.before(inputs, self.at)?;
            for input in self.change.take().map(|Prepared(inputs)| inputs).unwrap_or_default() {
                self.replay.world.apply(&input)?;
            }
        }
        if self.differs && self.at < until {
            self.replay.react_no_more();
        }
        self.replay.until(inputs, until)
    }

    /// Compares with the parent's tape as it was at this fork's own moment, or later, and answers
    /// the first difference once there is one.
    pub fn compare(&mut self, parent: &Tape, parent_now: SimTime) -> Option<Difference> {
        let (fork, now) = (self.replay.world.tape(), self.replay.world.now());
        self.comparison.go_on((parent, parent_now), (fork, now))
    }

    /// The first difference found so far.
    pub fn first_difference(&self) -> Option<Difference> {
        self.comparison.first()
    }

    /// Real clients and servers (their hosts) that take part or took part: what they said is
    /// replayed.
    pub fn replayed(&self) -> Vec<NodeId> {
        self.replay.world.outside_nodes()
    }

    /// Octets of its tape that it does not share with its parent, estimated from above.
    pub fn own_octets(&self) -> usize {
        let tape = self.replay.world.tape();
        usize::try_from(tape.taken_in() - self.shared).map_or(tape.octets(), |own| own.min(tape.octets()))
    }

    /// Lets go of the tape before `cut`, as its parent does.
    pub fn forget_before(&mut self, cut: SimTime) {
        self.replay.world.forget_before(cut);
    }
}
