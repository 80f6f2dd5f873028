//! Sends one track of one clip to one receiver.

mod config;

pub use config::{
    DEFAULT_MAX_PACKET, MAX_MAX_PACKET, MIN_MAX_PACKET, PAYLOAD_TYPE_JPEG, PlayInfo, SenderConfig,
    SenderEvent, SenderStats,
};

use crate::message::Outgoing;
use crate::time::SimTime;
use std::time::Duration;

/// Sends one track of one clip to one receiver. Whether its packets travel by UDP or in `$`
/// frames is not its business.
#[derive(Clone, Debug)]
pub struct Sender {
    config: SenderConfig,
    stats: SenderStats,
}

impl Sender {
    /// A sender that stands still until [`play`](Self::play).
    pub fn new(config: SenderConfig) -> Self {
        Self { config, stats: SenderStats::default() }
    }

    /// Plays from the first picture at `from` or later until `until`, or the clip's end.
    pub fn play(&mut self, _now: SimTime, from: Duration, until: Option<Duration>) -> PlayInfo {
        PlayInfo {
            sequence: self.config.first_sequence,
            rtptime: self.config.first_timestamp,
            ssrc: self.config.ssrc,
            from,
            until: until.unwrap_or(self.config.clip.duration()),
        }
    }

    /// Stops, and says the normal play time reached.
    pub fn pause(&mut self, now: SimTime) -> Duration {
        self.position(now)
    }

    /// The normal play time at `now`.
    pub fn position(&self, _now: SimTime) -> Duration {
        Duration::ZERO
    }

    /// When [`poll_transmit`](Self::poll_transmit) will have something next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        None
    }

    /// The next packet that is due at `now`; call until `None`.
    #[must_use]
    pub fn poll_transmit(&mut self, _now: SimTime) -> Option<Outgoing> {
        None
    }

    /// What happened since the last call.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<SenderEvent> {
        None
    }

    /// Takes an RTCP datagram from the receiver.
    pub fn receive_rtcp(&mut self, _now: SimTime, _bytes: &[u8]) {
        self.stats.malformed_rtcp += 1;
    }

    /// Leaves: the BYE to send, when anything was ever sent.
    #[must_use]
    pub fn bye(&mut self, _now: SimTime) -> Option<Outgoing> {
        None
    }

    /// The counts.
    pub fn stats(&self) -> SenderStats {
        self.stats
    }

    /// Whether the clip's end was reached and BYE handed out.
    pub fn is_finished(&self) -> bool {
        false
    }
}
