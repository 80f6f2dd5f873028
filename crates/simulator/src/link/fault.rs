//! What a person orders to happen to a coming frame.

use crate::ids::FrameId;
use protocol::wire::ethernet;
use std::time::Duration;

/// The most orders that may wait on one direction of a cable.
pub const MAX_FAULTS: usize = 64;

/// The most by which a frame may be ordered to come later.
pub const MAX_FAULT_DELAY: Duration = Duration::from_secs(10);

/// The bits of the longest frame: an order to turn one over names a lower number.
pub const MAX_FRAME_BITS: u32 = 8 * (ethernet::HEADER + ethernet::MAX_PAYLOAD + ethernet::FCS) as u32;

/// One order: it acts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// On which frame.
    pub on: FaultTrigger,
    /// What happens to it.
    pub what: FaultKind,
}

/// On which frame of a lane an order acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultTrigger {
    /// The next one.
    Next,
    /// The next one that carries an RTP packet with the marker bit, or a part of one.
    NextMarker,
    /// This one, when it enters the lane.
    Frame(FrameId),
}

/// What is ordered to happen to a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It is lost on the cable.
    Drop,
    /// This bit of it is turned over, counted from 0 at its first bit, below
    /// [`MAX_FRAME_BITS`]; in a shorter frame its last bit.
    Corrupt {
        /// Which bit.
        bit: u32,
    },
    /// It comes later, and the others do not wait for it.
    Delay {
        /// By how much, at most [`MAX_FAULT_DELAY`].
        by: Duration,
    },
    /// It is sent twice.
    Duplicate,
}

impl Fault {
    /// Whether it can be carried out.
    ///
    /// # Errors
    /// A sentence that names the range.
    pub fn check(&self) -> Result<(), String> {
        match self.what {
            FaultKind::Corrupt { bit } if bit >= MAX_FRAME_BITS => Err(format!(
                "A frame has no bit {bit}: the last one of the longest is {}.",
                MAX_FRAME_BITS - 1
            )),
            FaultKind::Delay { by } if by > MAX_FAULT_DELAY => {
                Err(format!("A frame cannot be delayed by {by:?}: at most {MAX_FAULT_DELAY:?} are possible."))
            }
            _ => Ok(()),
        }
    }

    /// Whether it acts on this frame.
    pub(super) fn acts_on(&self, frame: FrameId, marker: bool) -> bool {
        match self.on {
            FaultTrigger::Next => true,
            FaultTrigger::NextMarker => marker,
            FaultTrigger::Frame(wanted) => wanted == frame,
        }
    }
}
