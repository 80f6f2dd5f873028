//! Sends one track of one clip to one receiver.
//!
//! | file | what it holds |
//! |---|---|
//! | [`Sender`] | the engine: packets and reports when they are due |
//! | `control` | what it is told: play, queue, pause, and when a range is over |
//! | `run` | a range being played: which picture is next, and when |
//! | `pace` | Scale and Speed |
//! | `picture` | the picture under way: its packets, and when each is due |
//! | `report` | RTCP out and in |
//! | `config` | what goes in, and what is told |

mod config;
mod control;
mod pace;
mod picture;
mod report;
mod run;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_pace;

pub use config::{
    DEFAULT_MAX_PACKET, MAX_EVENTS, MAX_MAX_PACKET, MAX_QUEUED, MIN_MAX_PACKET, PAYLOAD_TYPE_JPEG, PlayInfo,
    SenderConfig, SenderEvent, SenderStats,
};
pub use pace::{PaceError, Scale, Speed};
pub use run::PlayRange;

use crate::message::{Outgoing, RtpSummary, What};
use crate::rtp::clock::ticks;
use crate::rtp::jpeg::{Cut, Packetizer};
use crate::rtp::packet::HEADER;
use crate::time::SimTime;
use bytes::BytesMut;
use picture::{Picture, Plan};
use report::{Reports, Source};
use run::Run;
use std::collections::VecDeque;
use std::time::Duration;

/// Sends one track of one clip to one receiver. Whether its packets travel by UDP or in `$`
/// frames is not its business.
///
/// How to drive it: after any call ask [`poll_timeout`](Self::poll_timeout); at that time, or
/// later, call [`poll_transmit`](Self::poll_transmit) and [`poll_event`](Self::poll_event)
/// until they give nothing. A packet is handed out at the first poll at or after its time:
/// who polls late gets what is due at once.
///
/// The RTP clock runs on with simulated time from the first PLAY, through pauses and seeks, so
/// that timestamps of one source never go back and one mapping to NTP time holds
/// (RFC 3550 section 5.1, RFC 2326 appendix B). A pause or seek lets the picture under way go
/// out whole.
#[derive(Clone, Debug)]
pub struct Sender {
    config: SenderConfig,
    packetizer: Packetizer,
    clock_rate: u32,
    /// The first PLAY of this source: the moment of `first_timestamp`.
    origin: Option<SimTime>,
    sequence: u16,
    run: Option<Run>,
    /// What is played behind it (RFC 2326 section 10.5), [`MAX_QUEUED`] at most.
    queue: VecDeque<PlayRange>,
    /// How far the RTP clock is ahead of the wall's by the ranges that are over, nanoseconds.
    ahead: i128,
    under_way: Option<Picture>,
    /// Space for the next picture's cuts.
    cuts: Vec<Cut>,
    /// Space for the next packet.
    room: BytesMut,
    /// Where it stands while it does not play.
    stopped_at: Duration,
    reports: Option<Reports>,
    said_bye: bool,
    finished: bool,
    stats: SenderStats,
    events: VecDeque<SenderEvent>,
}

impl Sender {
    /// A sender that stands still until [`play`](Self::play).
    pub fn new(config: SenderConfig) -> Self {
        let max_packet = config.max_packet.clamp(MIN_MAX_PACKET, MAX_MAX_PACKET);
        let clock_rate = config.clip.tracks().get(config.track).map_or(90_000, |t| t.clock_rate);
        Self {
            packetizer: Packetizer::new(max_packet),
            clock_rate,
            origin: None,
            sequence: config.first_sequence,
            run: None,
            queue: VecDeque::new(),
            ahead: 0,
            under_way: None,
            cuts: Vec::new(),
            room: BytesMut::new(),
            stopped_at: Duration::ZERO,
            reports: None,
            said_bye: false,
            finished: false,
            stats: SenderStats::default(),
            events: VecDeque::new(),
            config,
        }
    }

    /// The synchronisation source; it changes when a PLAY follows a BYE.
    pub fn ssrc(&self) -> u32 {
        self.config.ssrc
    }

    /// Whether a range is being played.
    pub fn is_playing(&self) -> bool {
        self.run.is_some()
    }

    /// When [`poll_transmit`](Self::poll_transmit) or [`poll_event`](Self::poll_event) will
    /// have something next; `None` while nothing is planned.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let media = match (&self.under_way, &self.run) {
            (Some(picture), _) => Some(picture.due()),
            (None, Some(run)) => Some(run.next.map_or_else(|| run.ends(), |(_, time)| run.due(time))),
            (None, None) => None,
        };
        let report = self.reports.as_ref().filter(|_| !self.said_bye).map(Reports::due);
        [media, report].into_iter().flatten().min()
    }

    /// The next packet that is due at `now`; call until `None`.
    #[must_use]
    pub fn poll_transmit(&mut self, now: SimTime) -> Option<Outgoing> {
        if let Some(reports) = self.reports.as_mut().filter(|_| !self.said_bye)
            && reports.is_due(now, self.stats.packets)
        {
            return Some(self.report(now, false));
        }
        loop {
            if let Some(packet) = self.next_packet(now) {
                return Some(packet);
            }
            if !self.begin_queued(now) {
                return self.end(now);
            }
        }
    }

    /// Whether [`poll_event`](Self::poll_event) has something now.
    #[must_use]
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// What happened since the last call; call until `None`.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<SenderEvent> {
        self.events.pop_front()
    }

    /// Takes an RTCP datagram from the receiver. Reports about this source are kept; what
    /// cannot be read is counted.
    pub fn receive_rtcp(&mut self, now: SimTime, bytes: &[u8]) {
        let Some(mut reports) = self.reports.take() else {
            return;
        };
        let mut stats = self.stats;
        let event = reports.receive(now, bytes, &self.source(now), &mut stats);
        self.stats = stats;
        self.reports = Some(reports);
        if let Some(event) = event {
            self.tell(event);
        }
    }

    /// Leaves at once: the report with BYE to send, when anything was ever sent
    /// (RFC 3550 section 6.3.7). Nothing is sent after it until the next [`play`](Self::play).
    #[must_use]
    pub fn bye(&mut self, now: SimTime) -> Option<Outgoing> {
        self.stopped_at = self.pause(now);
        self.under_way = None;
        if self.reports.is_none()
            || self.said_bye
            || (self.stats.packets == 0 && self.stats.rtcp_packets == 0)
        {
            return None;
        }
        let report = self.report(now, true);
        self.said_bye = true;
        Some(report)
    }

    /// The counts.
    pub fn stats(&self) -> SenderStats {
        self.stats
    }

    /// Whether the clip's end was reached and BYE handed out.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    fn next_packet(&mut self, now: SimTime) -> Option<Outgoing> {
        while self.under_way.is_none() {
            self.load_next(now)?;
        }
        let picture = self.under_way.as_mut().filter(|p| p.due() <= now)?;
        let (ssrc, payload_type) = (self.config.ssrc, self.config.payload_type);
        let tools = (&self.packetizer, &mut self.room);
        let (bytes, header, fragment) = picture.next(tools, self.sequence, ssrc, payload_type);
        if picture.left() == 0 {
            self.stats.pictures += 1;
            self.cuts = self.under_way.take().map(Picture::into_cuts).unwrap_or_default();
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.stats.packets = self.stats.packets.wrapping_add(1);
        self.stats.octets = self.stats.octets.wrapping_add((bytes.len() - HEADER) as u32);
        let what = What::Rtp(RtpSummary {
            sequence: header.sequence,
            timestamp: header.timestamp,
            ssrc,
            marker: header.marker,
            payload_type,
            picture: Some(fragment),
        });
        Some(Outgoing { bytes, what })
    }

    /// Takes up the next picture when it is due; `None` when none is.
    fn load_next(&mut self, now: SimTime) -> Option<()> {
        let mut run = self.run?;
        let (index, time) = run.next?;
        let start = run.due(time);
        if start > now {
            return None;
        }
        let timestamp = self.timestamp(self.origin?, start);
        let (clip, track) = (&*self.config.clip, self.config.track);
        let cuts = std::mem::take(&mut self.cuts);
        let plan = Plan { packetizer: &self.packetizer, form: self.config.form, start, timestamp };
        match Picture::load(clip, track, index, plan, cuts)? {
            Ok(picture) => self.under_way = Some(picture.at_speed(run.speed)),
            // A clip's reader refuses such pictures; another clip's hole is counted.
            Err(_) => self.stats.skipped += 1,
        }
        run.advance(clip, track);
        self.run = Some(run);
        Some(())
    }

    /// Ends the range when its last picture's time is over.
    fn end(&mut self, now: SimTime) -> Option<Outgoing> {
        let run = self.run_over(now)?;
        self.ahead += run.ahead(now);
        self.run = None;
        self.stopped_at = run.until;
        if !run.is_last(self.config.clip.duration()) {
            self.tell(SenderEvent::RangeEnded { at: run.until });
            return None;
        }
        self.finished = true;
        self.tell(SenderEvent::Ended);
        self.bye(now)
    }

    fn report(&mut self, now: SimTime, bye: bool) -> Outgoing {
        let mut reports = self.reports.take().expect("a report is made only after the first PLAY");
        let report = reports.make(now, &self.source(now), &self.stats, bye);
        self.reports = Some(reports);
        self.stats.rtcp_packets += 1;
        report
    }

    fn source(&self, now: SimTime) -> Source<'_> {
        Source {
            ssrc: self.config.ssrc,
            cname: &self.config.cname,
            epoch: self.config.epoch,
            rtp_timestamp: self.timestamp(self.origin.unwrap_or(now), now),
        }
    }

    /// The RTP clock at `at`: that of the wall and, with Speed, what it has run ahead.
    fn timestamp(&self, origin: SimTime, at: SimTime) -> u32 {
        let ahead = self.ahead + self.run.as_ref().map_or(0, |run| run.ahead(at));
        let nanos = (at.since(origin).as_nanos() as i128 + ahead).max(0);
        let span = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        self.config.first_timestamp.wrapping_add(ticks(span, self.clock_rate) as u32)
    }

    /// The session's bandwidth, judged by the first picture, in bits per second.
    fn session_bits(&self) -> u64 {
        let (clip, track) = (&self.config.clip, self.config.track);
        let octets = clip.sample(track, 0).map_or(0, |s| s.bytes.len());
        let interval = clip.tracks().get(track).map_or(0.0, |t| t.interval.as_secs_f64()).max(1e-3);
        (octets as f64 * 8.0 / interval) as u64
    }

    /// A source that said BYE never comes back: its successor has other numbers.
    fn new_source(&mut self) {
        let dice = &mut self.config.dice;
        self.config.ssrc = dice.u32();
        self.config.first_timestamp = dice.u32();
        self.sequence = dice.u16();
        self.origin = None;
        self.ahead = 0;
        self.reports = None;
        self.said_bye = false;
        self.stats = SenderStats::default();
    }

    fn tell(&mut self, event: SenderEvent) {
        if self.events.len() == MAX_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}
