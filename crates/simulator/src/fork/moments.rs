//! Copies of the running world, from which forks are simulated.

use crate::world::World;
use protocol::time::SimTime;
use std::collections::VecDeque;
use std::time::Duration;

/// The simulated time between two kept moments, at least: a fork simulates no more than this
/// before its own moment.
pub const MOMENT_SPACING: Duration = Duration::from_secs(10);

/// The most moments that are kept at a time; a longer history has them further apart.
pub const MAX_MOMENTS: usize = 60;

/// How often moments let go of what the tape has let go of. Until then they keep it, so that
/// it is as much memory as the tape gets in this time.
const FORGET: Duration = Duration::from_secs(1);

/// A world as it was.
#[derive(Debug)]
pub(super) struct Moment {
    /// Without its record of inputs.
    pub(super) world: World,
    /// The number of the first input that came after it.
    pub(super) next_input: u64,
}

/// Copies of a world, oldest first. They share the tape with it, so that one costs little more
/// than the state of its hosts.
#[derive(Debug)]
pub struct Moments {
    kept: VecDeque<Moment>,
    spacing: Duration,
    /// Nothing older is kept.
    forgotten: SimTime,
}

impl Moments {
    /// Keeps the first moment of a world.
    pub fn new(world: &World) -> Self {
        let spacing = MOMENT_SPACING.max(world.tape().history() / MAX_MOMENTS as u32);
        let mut moments = Moments { kept: VecDeque::new(), spacing, forgotten: SimTime::ZERO };
        moments.push(world);
        moments
    }

    /// Keeps the world as it is now, if it is time to, and lets go of what no fork can begin
    /// from any more. To be called often.
    pub fn keep(&mut self, world: &World) {
        let (oldest, inputs_from) = (world.tape().oldest(), world.inputs().kept_from());
        if oldest >= self.forgotten + FORGET {
            self.forgotten = oldest;
            for moment in &mut self.kept {
                moment.world.forget_before(oldest);
            }
        }
        let last = self.kept.back().map_or(SimTime::ZERO, |last| last.world.now());
        if world.now() < last + self.spacing && inputs_from <= last {
            return;
        }
        self.push(world);
        // One moment lies at or before the oldest record; of those before it none is needed.
        while self.kept.len() > 1
            && (self.kept[1].world.now() <= oldest
                || self.kept[0].world.now() < inputs_from
                || self.kept.len() > MAX_MOMENTS + 1)
        {
            self.kept.pop_front();
        }
    }

    /// The earliest moment that is kept.
    pub fn first(&self) -> SimTime {
        self.kept.front().map_or(SimTime::ZERO, |moment| moment.world.now())
    }

    /// The earliest one since `at`; when there is none, `at` itself.
    pub(super) fn first_since(&self, at: SimTime) -> SimTime {
        self.kept.iter().map(|moment| moment.world.now()).find(|moment| *moment >= at).unwrap_or(at)
    }

    /// How many are kept.
    pub fn count(&self) -> usize {
        self.kept.len()
    }

    /// The last one at or before `at`.
    pub(super) fn before(&self, at: SimTime) -> Option<&Moment> {
        let place = self.kept.partition_point(|moment| moment.world.now() <= at);
        self.kept.get(place.checked_sub(1)?)
    }

    fn push(&mut self, world: &World) {
        let next_input = world.inputs().entries().end();
        let mut world = world.clone();
        world.keep_no_inputs();
        self.kept.push_back(Moment { world, next_input });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;
    use crate::world::WorldOptions;
    use protocol::media::Catalogue;
    use std::sync::Arc;

    #[test]
    fn moments_let_go_of_what_the_tape_has_let_go_of() {
        let scenario = Scenario::builtin("classroom").unwrap();
        let options = WorldOptions { history: Duration::from_secs(5), ..WorldOptions::default() };
        let catalogue = Arc::new(Catalogue::with_demo());
        let mut world = World::new(&scenario, catalogue, options).unwrap();
        let mut moments = Moments::new(&world);
        for tenth in 1..400 {
            world.run_until(SimTime::from_millis(tenth * 100));
            moments.keep(&world);
            let oldest = world.tape().oldest();
            for moment in &moments.kept {
                let kept = moment.world.tape();
                let first = kept.frames().iter().next().map(|frame| frame.at);
                assert!(first.is_none_or(|at| at + 2 * FORGET >= oldest), "{first:?} at {oldest:?}");
            }
        }
        assert!(moments.count() <= 3);
    }
}
