//! A world that a script is played to.

use super::{Order, Script};
use crate::world::{Refused, World};
use protocol::time::SimTime;
use std::collections::VecDeque;
use thiserror::Error;

/// An order of a script that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("At {} s the script's order {words} was refused: {reason}", at.since(SimTime::ZERO).as_secs_f64())]
pub struct NotDone {
    /// When.
    pub at: SimTime,
    /// The order.
    pub words: String,
    /// Why.
    pub reason: Refused,
}

/// A world, and what is still to be ordered in it.
///
/// Whoever drives it by [`Scripted::advance`] gets the same run, however long the legs are.
#[derive(Clone, Debug)]
pub struct Scripted {
    world: World,
    orders: VecDeque<Order>,
}

impl Scripted {
    /// A world at its beginning, and its script.
    pub fn new(world: World, script: Script) -> Self {
        Scripted { world, orders: script.orders.into() }
    }

    /// The world as it is now.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Simulates up to and including `until`, with the orders up to then.
    ///
    /// # Errors
    /// [`NotDone`] for the first order that is refused; the world stands at its moment.
    pub fn advance(&mut self, until: SimTime) -> Result<(), NotDone> {
        while self.orders.front().is_some_and(|order| order.at() <= until)
            && let Some(order) = self.orders.pop_front()
        {
            let at = order.at();
            self.world.run_until(at);
            for input in &order.inputs {
                self.world.apply(&input.input).map_err(|reason| NotDone {
                    at,
                    words: order.words.clone(),
                    reason,
                })?;
            }
        }
        self.world.run_until(until);
        Ok(())
    }

    /// From now on the tape takes at most `octets`.
    pub fn limit_tape(&mut self, octets: usize) {
        self.world.limit_tape(octets);
    }

    /// The world; what was not ordered by now is not ordered any more.
    pub fn into_world(self) -> World {
        self.world
    }
}
