//! What can be shown: a simulated run, or a capture of another network.

use protocol::time::SimTime;
use simulator::foreign::Foreign;
use simulator::link::{LinkDirection, Weather};
use simulator::world::{LinkInfo, NodeInfo};
use simulator::{LinkId, Tape, World};
use std::time::Duration;

/// A run, whatever makes it happen.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// It is simulated.
    World(&'a World),
    /// It was captured.
    Capture(&'a Foreign),
}

/// A copy of a run, which can be led ahead while the run stands.
#[derive(Debug)]
pub enum Copied {
    /// Of a simulated one.
    World(Box<World>),
    /// Of a captured one.
    Capture(Box<Foreign>),
}

impl Copied {
    /// As it is now.
    pub fn shown(&self) -> Shown<'_> {
        match self {
            Copied::World(world) => Shown::World(world),
            Copied::Capture(foreign) => Shown::Capture(foreign),
        }
    }

    /// Leads it up to a moment; true when nothing more can happen.
    pub fn run_until(&mut self, until: SimTime) -> bool {
        match self {
            Copied::World(world) => {
                world.run_until(until);
                false
            }
            Copied::Capture(foreign) => {
                foreign.run_until(until);
                foreign.now() >= foreign.end()
            }
        }
    }
}

impl<'a> Shown<'a> {
    /// A copy of it as it is now.
    pub fn copy(self) -> Copied {
        match self {
            Shown::World(world) => Copied::World(Box::new(world.clone())),
            Shown::Capture(foreign) => Copied::Capture(Box::new(foreign.clone())),
        }
    }

    /// What has happened.
    pub fn tape(self) -> &'a Tape {
        match self {
            Shown::World(world) => world.tape(),
            Shown::Capture(foreign) => foreign.tape(),
        }
    }

    /// Up to when everything has happened.
    pub fn now(self) -> SimTime {
        match self {
            Shown::World(world) => world.now(),
            Shown::Capture(foreign) => foreign.now(),
        }
    }

    /// The devices.
    pub fn nodes(self) -> &'a [NodeInfo] {
        match self {
            Shown::World(world) => world.nodes(),
            Shown::Capture(foreign) => foreign.nodes(),
        }
    }

    /// The cables.
    pub fn links(self) -> &'a [LinkInfo] {
        match self {
            Shown::World(world) => world.links(),
            Shown::Capture(foreign) => foreign.links(),
        }
    }

    /// The weather of a cable.
    pub fn weather(self, link: LinkId, direction: LinkDirection) -> Option<Weather> {
        match self {
            Shown::World(world) => world.weather(link, direction).cloned(),
            Shown::Capture(foreign) => Some(foreign.weather()),
        }
    }

    /// How long one layer of a device takes.
    pub fn layer_delay(self) -> Duration {
        match self {
            Shown::World(world) => world.layer_delay(),
            Shown::Capture(foreign) => foreign.layer_delay(),
        }
    }
}
