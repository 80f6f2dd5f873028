//! Receives one track: accounting, jitter, playout buffer.

mod config;

pub use config::{
    DEFAULT_PLAYOUT_DELAY, PictureOut, RebaseReason, ReceiverConfig, ReceiverError, ReceiverEvent,
    ReceiverStats, Slot,
};

use crate::message::Outgoing;
use crate::time::SimTime;
use std::marker::PhantomData;
use std::time::Duration;

/// How long every picture must come too late before the playout times begin anew.
pub const LATE_BEFORE_REBASE: Duration = Duration::from_secs(1);

/// Receives one track. `T` is a tag that the caller gives each packet and finds again in
/// pictures and events.
#[derive(Clone, Debug)]
pub struct Receiver<T> {
    config: ReceiverConfig,
    tag: PhantomData<T>,
}

impl<T: Copy> Receiver<T> {
    /// A receiver that has heard nothing yet.
    pub fn new(config: ReceiverConfig) -> Self {
        Self { config, tag: PhantomData }
    }

    /// Takes an RTP packet that came at `now`.
    pub fn receive_rtp(&mut self, _now: SimTime, _bytes: &[u8], _tag: T) {}

    /// Takes an RTCP datagram that came at `now`.
    pub fn receive_rtcp(&mut self, _now: SimTime, _bytes: &[u8], _tag: T) {}

    /// When [`handle_timeout`](Self::handle_timeout) is due next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        None
    }

    /// Shows the pictures whose time has come and prepares the reports that are due.
    pub fn handle_timeout(&mut self, _now: SimTime) {}

    /// The next RTCP datagram to send; call until `None`.
    #[must_use]
    pub fn poll_transmit(&mut self, _now: SimTime) -> Option<Outgoing> {
        None
    }

    /// What happened; call until `None`.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<ReceiverEvent<T>> {
        None
    }

    /// A new PLAY was answered: the next packet sets the playout times anew.
    pub fn restart_playout(&mut self) {}

    /// Leaves: the BYE to send, when anything was ever heard.
    #[must_use]
    pub fn bye(&mut self, _now: SimTime) -> Option<Outgoing> {
        None
    }

    /// The counts at `now`.
    pub fn stats(&self, _now: SimTime) -> ReceiverStats {
        ReceiverStats { jitter_time: self.config.playout_delay * 0, ..ReceiverStats::default() }
    }
}
