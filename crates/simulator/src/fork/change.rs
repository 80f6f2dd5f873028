//! What a fork does other than its parent.

use super::CannotFork;
use crate::ids::{FrameId, LinkId};
use crate::link::{Fault, FaultKind, FaultTrigger, LinkDirection};
use crate::tape::{DISORDER, HopRecord};
use crate::world::{Input, World};
use protocol::time::SimTime;
use std::time::Duration;

/// How long after it was made a frame may enter a cable: routers and full queues take their time.
const ON_ITS_WAY: Duration = Duration::from_secs(10);

/// What a fork does other than its parent.
#[derive(Clone, Debug)]
pub enum ForkChange {
    /// One frame fares differently on one cable; the fork's moment is when it enters that
    /// cable's queue.
    Fault {
        /// The frame.
        frame: FrameId,
        /// The cable.
        link: LinkId,
        /// What happens to it there.
        what: FaultKind,
    },
    /// This comes from outside at the fork's moment, and did not come to the parent.
    Inputs(Vec<Input>),
    /// This comes from outside before all else: the fork's moment is the run's first one.
    FromStart(Vec<Input>),
}

/// What is to be done at the fork's moment.
#[derive(Debug)]
pub(super) struct Prepared(pub(super) Vec<Input>);

impl ForkChange {
    /// The fork's moment, for which a person said `at`, and the latest one at which its
    /// simulation may begin.
    pub(super) fn moment(&self, parent: &World, at: SimTime) -> Result<(SimTime, SimTime), CannotFork> {
        match self {
            ForkChange::Inputs(_) => Ok((at, at)),
            ForkChange::FromStart(_) => Ok((SimTime::ZERO, SimTime::ZERO)),
            ForkChange::Fault { frame, link, .. } => {
                let (made, hop) = hop(parent, *frame, *link)?;
                // Its way is decided when its device has made it: one layer before its record.
                Ok((hop.queued, made - parent.layer_delay() * 2))
            }
        }
    }

    /// Prepares the world in which the fork begins, and answers what is still to be done at the
    /// fork's moment.
    pub(super) fn prepare(&self, parent: &World, world: &mut World) -> Result<Prepared, CannotFork> {
        match self {
            ForkChange::Inputs(inputs) | ForkChange::FromStart(inputs) => Ok(Prepared(inputs.clone())),
            ForkChange::Fault { frame, link, what } => {
                let (_, hop) = hop(parent, *frame, *link)?;
                let ends = parent.links().get(link.0 as usize).ok_or(CannotFork::NoSuchHop)?.ends;
                let direction =
                    if ends.0 == hop.from { LinkDirection::Forward } else { LinkDirection::Backward };
                // Up to then the frames are the same, and so are their numbers.
                world.arm_fault(*link, direction, Fault { on: FaultTrigger::Frame(*frame), what: *what })?;
                Ok(Prepared(Vec::new()))
            }
        }
    }
}

/// When a frame was made, and its way over a cable.
fn hop(world: &World, frame: FrameId, link: LinkId) -> Result<(SimTime, &HopRecord), CannotFork> {
    let tape = world.tape();
    let made = tape.frames().get(frame.0).ok_or(CannotFork::NoSuchHop)?.at;
    let from = tape.hops().partition_point(|hop| hop.queued + DISORDER < made);
    let mut after = tape.hops().since(from).take_while(|hop| hop.queued < made + ON_ITS_WAY);
    let hop = after.find(|hop| hop.frame == frame && hop.link == link);
    hop.map(|hop| (made, hop)).ok_or(CannotFork::NoSuchHop)
}
