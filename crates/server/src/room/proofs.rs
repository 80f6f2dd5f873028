//! Frames that tshark looks at for a page: one at a time, off the keeper's thread.

use super::{Inbound, Room, ViewerId};
use crate::proof::{AskError, Claim, PATIENCE};
use crate::wire::{FrameCheck, Outcome, ServerMessage};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// Frames that may be checked or wait for it; further ones are refused.
pub const MAX_CHECKS: usize = 8;

/// Said where others than the people at this machine can reach the page.
const NOT_HERE: &str = "A frame is checked only where the page is for this machine alone: this server is open to others, \
     and starts no program for them. The page's tick names what the tests have compared.";

/// All that are asked for.
#[derive(Debug)]
pub struct Proofs {
    room: Room,
    /// Where tshark is waited for.
    runtime: Handle,
    program: Option<PathBuf>,
    asked: usize,
    /// One runs at a time.
    place: Arc<Semaphore>,
}

impl Proofs {
    /// None yet; by this program, if one may be started. To be called on the runtime that shall
    /// wait for it.
    pub fn new(room: Room, program: Option<PathBuf>) -> Self {
        Proofs { room, runtime: Handle::current(), program, asked: 0, place: Arc::new(Semaphore::new(1)) }
    }

    /// Lets a frame be checked; the answer comes as a message to the room.
    ///
    /// # Errors
    /// A sentence when it may not be, or too many wait.
    pub fn ask(&mut self, asked: (ViewerId, u32), claim: Claim) -> Result<(), String> {
        let program = self.program.clone().ok_or_else(|| NOT_HERE.to_owned())?;
        if self.asked >= MAX_CHECKS {
            return Err(format!("{MAX_CHECKS} frames wait to be checked: try again in a moment."));
        }
        self.asked += 1;
        let (room, place) = (self.room.clone(), self.place.clone());
        self.runtime.spawn(async move {
            let own = place.acquire_owned().await;
            tokio::task::spawn_blocking(move || {
                let checked = Box::new(claim.prove(&program, PATIENCE));
                room.hand(Inbound::Checked { asked, checked });
                drop(own);
            });
        });
        Ok(())
    }

    /// One was checked, or could not be: the answer to question `id`.
    pub fn checked(&mut self, id: u32, checked: Result<FrameCheck, AskError>) -> ServerMessage {
        self.asked = self.asked.saturating_sub(1);
        match checked {
            Ok(check) => ServerMessage::Checked { id, check: Box::new(check) },
            Err(error) => {
                let reason = format!("The frame was not checked: {error}.");
                ServerMessage::Answer { id, outcome: Outcome::Refused { reason } }
            }
        }
    }
}
