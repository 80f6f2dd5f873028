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

impl<'a> Shown<'a> {
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
