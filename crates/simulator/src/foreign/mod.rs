//! Captures of other networks: a file's frames as a run, on the same tape and the same stage as a
//! simulated one.
//!
//! Nothing in a capture says who its hosts are and what they did, only what passed one place. So
//! the RTSP in it is looked for, and tells the rest: who opened the connection is the client, its
//! SETUPs tell on which ports and channels media travel, its descriptions what that is. A
//! receiver, the same as the built-in player's, puts the pictures together from what was captured
//! at the times at which it was: what the capture lacks, the pictures lack.
//!
//! A capture knows one moment of each frame. All other times (in the hosts' layers, on the cable)
//! are drawn, so short that no answer begins before what it answers has arrived. Whether a frame
//! arrived is not known either; what passed is taken for received. Why a frame was sent, only its
//! sender knew: [`FrameCause::Captured`](crate::tape::FrameCause::Captured) tells what is seen.
//!
//! | file | what it does |
//! |---|---|
//! | `peek` | a frame's addresses and ports, whatever its checksums |
//! | `who` | which connections speak RTSP; client, server, others |
//! | `half`, `talk` | a TCP stream in order, with gaps; its RTSP messages and `$` frames |
//! | `session`, `paths` | what requests and answers agree on; which ports carry whose media |
//! | `handshake` | TCP's states, as far as segments tell them |
//! | `build` | all of that in the order of time |
//! | `draft`, `script` | the records in the making, and those still to be told |
//! | [`Foreign`] | the run |

mod build;
mod draft;
mod half;
mod handshake;
mod paths;
mod play;
mod script;
mod session;
mod talk;
#[cfg(test)]
mod tests;
mod who;

pub use crate::peek::{MAX_EXTENSIONS, MAX_TAGS};
pub use half::{MAX_CARRIERS, MAX_EARLY, MAX_EARLY_SEGMENTS};
pub use paths::MAX_PER_PORT;
pub use play::{Foreign, MAX_NOTES, RECORDING};
pub use session::{MAX_ASKED, MAX_TRACKS};
pub use talk::MAX_LOOSE;

use crate::app::naming;
use crate::tape::MAX_TAPE_OCTETS;
use bytes::Bytes;
use protocol::time::{Epoch, SimTime};
use protocol::wire::ethernet;
use std::time::Duration;
use thiserror::Error;

/// The most frames of a file that are looked at; what follows is left out.
pub const MAX_FRAMES: usize = 1_000_000;
/// The longest time that is shown, from shortly before the first RTSP message on.
pub const MAX_DURATION: Duration = Duration::from_secs(3600);
/// How long before the first RTSP message frames are shown.
pub const LEAD_IN: Duration = Duration::from_secs(10);
/// The most clients that are told apart; the frames of further ones are left out.
pub const MAX_CLIENTS: usize = 16;
/// The most octets that a capture may take on a tape: half of what there is for all runs together.
pub const MAX_OCTETS: usize = MAX_TAPE_OCTETS / 2;
/// When pictures are shown: so long after their first packet. It is longer than the built-in
/// player's delay, since nobody knows how long the captured one waited: what came is to be seen.
pub const PLAYOUT_DELAY: Duration = Duration::from_millis(500);

/// The first frame passes so long after the run's beginning: what led to it is drawn before.
const BEFORE: Duration = Duration::from_millis(1);

/// A frame of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// When it passed: nanoseconds since 1970-01-01T00:00:00Z.
    pub unix_nanos: u64,
    /// Octets that it had; more than `bytes` when the capture cut it.
    pub original: u32,
    /// Whether its octets end with the FCS.
    pub fcs: bool,
    /// Its octets, an Ethernet frame.
    pub bytes: Bytes,
}

impl Captured {
    /// Whether its FCS, where it has one, says that its octets are not those that were sent.
    fn is_damaged(&self) -> bool {
        self.fcs && !ethernet::fcs_ok(&self.bytes)
    }
}

/// What is known of a whole capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The file's name.
    pub name: String,
    /// Frames in the file.
    pub frames: u64,
    /// Those of them that are shown.
    pub shown: u64,
    /// Frames of the time that is shown.
    pub kept: u64,
    /// Those of them that end with their FCS.
    pub with_fcs: u64,
    /// From the beginning to the last thing that happens.
    pub duration: Duration,
    /// What a viewer should know: what was left out, cut, missing; a sentence each.
    pub notes: Vec<String>,
}

/// Why a capture cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ForeignError {
    /// There are no frames.
    #[error("the file has no Ethernet frames")]
    Empty,
    /// There is no RTSP.
    #[error(
        "no RTSP was found: {found}. Capture where the player or the server runs, from before the player \
         starts, for example with: tcpdump -i any-interface -s 0 -w film.pcap host CAMERA"
    )]
    NoRtsp {
        /// What was found instead.
        found: String,
    },
}

/// A number of things in words.
fn counted(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

impl Foreign {
    /// Makes a run of the frames of the file `name`; `notes` are the file reader's.
    ///
    /// # Errors
    /// When there is nothing that could be shown; the sentence says what was found instead.
    pub fn open(name: &str, frames: Vec<Captured>, notes: Vec<String>) -> Result<Foreign, ForeignError> {
        Self::open_within(name, frames, notes, (MAX_OCTETS, PLAYOUT_DELAY))
    }

    fn open_within(
        name: &str,
        mut frames: Vec<Captured>,
        mut notes: Vec<String>,
        (limit, playout_delay): (usize, Duration),
    ) -> Result<Foreign, ForeignError> {
        let all = frames.len();
        if all > MAX_FRAMES {
            frames.truncate(MAX_FRAMES);
            notes.push(format!("Of {all} frames the first {MAX_FRAMES} are looked at."));
        }
        // Several interfaces of one file are each in order, but not with each other.
        frames.sort_by_key(|frame| frame.unix_nanos);
        let mut timed: Vec<(SimTime, Captured)> =
            frames.into_iter().map(|frame| (SimTime::from_nanos(frame.unix_nanos), frame)).collect();
        let first = timed.first().ok_or(ForeignError::Empty)?.0;
        let mut who = who::find(&timed)?;
        let speaks = who.clients.first().map_or(first, |client| client.first);
        let from = first.max(speaks - LEAD_IN);
        let to = from + MAX_DURATION;
        let before = timed.partition_point(|(at, _)| *at < from);
        let end = timed.partition_point(|(at, _)| *at <= to);
        if before > 0 {
            let seconds = LEAD_IN.as_secs();
            notes.push(format!(
                "Left out: {} that passed more than {seconds} s before the first RTSP message.",
                counted(before as u64, "frame")
            ));
        }
        if end < timed.len() {
            let (rest, hours) = (timed.len() - end, MAX_DURATION.as_secs() / 3600);
            let rest = counted(rest as u64, "later frame");
            notes.push(format!("Left out: {rest}; {hours} h is shown."));
        }
        timed.truncate(end);
        timed.drain(..before);
        let origin = from - BEFORE;
        for (at, _) in &mut timed {
            *at = SimTime::ZERO + at.since(origin);
        }
        for client in &mut who.clients {
            client.first = SimTime::ZERO + client.first.since(origin);
        }
        let facts = Facts {
            name: name.to_owned(),
            frames: all as u64,
            kept: timed.len() as u64,
            with_fcs: timed.iter().filter(|(_, frame)| frame.fcs).count() as u64,
            notes,
            ..Facts::default()
        };
        let epoch = Epoch::from_unix_nanos(origin.as_nanos());
        let found = who.found.clone();
        build::Builder::new(who, limit, playout_delay)
            .run(&timed, facts, epoch)
            .ok_or(ForeignError::NoRtsp { found })
    }
}
