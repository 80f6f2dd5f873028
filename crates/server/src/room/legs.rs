//! Runs that are simulated ahead on a thread of their own: forks, and the run that is to take the
//! original's place.

use super::Room;
use protocol::time::SimTime;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How much is simulated between two looks at whether it is still wanted.
const SLICE: Duration = Duration::from_millis(100);

/// How often its progress is told.
const PROGRESS: Duration = Duration::from_millis(100);

/// A run that can be simulated ahead.
pub(super) trait Ahead {
    /// Why it cannot go on.
    type Error;

    /// How far it is.
    fn now(&self) -> SimTime;

    /// Simulates up to `until`.
    fn advance(&mut self, until: SimTime) -> Result<(), Self::Error>;

    /// Tells the room how far it is, without waiting for it.
    fn tell(&self, room: &Room);
}

/// Simulates `run` up to `until` on this thread; `None` when nobody wants it any more.
pub(super) fn simulate<A: Ahead>(
    run: &mut A,
    until: SimTime,
    (room, unwanted): (&Room, &AtomicBool),
) -> Option<Result<(), A::Error>> {
    let mut told = Instant::now();
    while run.now() < until {
        if unwanted.load(Ordering::Relaxed) || room.is_over() {
            return None;
        }
        if let Err(error) = run.advance((run.now() + SLICE).min(until)) {
            return Some(Err(error));
        }
        if told.elapsed() >= PROGRESS {
            run.tell(room);
            told = Instant::now();
        }
    }
    Some(Ok(()))
}
