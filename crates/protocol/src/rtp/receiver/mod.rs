//! Receives one track: accounting, jitter, playout buffer.
//!
//! | file | what it holds |
//! |---|---|
//! | [`Receiver`] | the engine |
//! | `source` | sequence numbers, losses and jitter of one source (RFC 3550 appendix A) |
//! | `playout` | which picture is shown when |
//! | `picture` | a picture that waits, and which sequence numbers are its own |
//! | `config` | what goes in, and what is told |

mod account;
mod config;
mod picture;
mod playout;
mod source;
#[cfg(test)]
mod tests;

pub use account::Account;
pub use config::{
    DEFAULT_PLAYOUT_DELAY, MAX_PLAYOUT_DELAY, PictureOut, RebaseReason, ReceiverConfig, ReceiverError,
    ReceiverEvent, ReceiverStats, Slot,
};
pub use picture::MAX_SPAN;
pub use playout::{LATE_BEFORE_REBASE, MAX_AHEAD, MAX_PACKETS_HELD, MAX_PICTURES_HELD};
pub use source::{MAX_DROPOUT, MAX_MISORDER, MIN_SEQUENTIAL};

use crate::message::{Outgoing, What};
use crate::random::Dice;
use crate::rtp::clock::span;
use crate::rtp::jpeg::header::PayloadHeader;
use crate::rtp::jpeg::{Form, is_whole_file};
use crate::rtp::packet::RtpPacket;
use crate::rtp::rtcp::{self, Bye, Compound, ReceiverReport, RtcpPacket, Schedule, SourceDescription};
use crate::time::SimTime;
use picture::Packet;
use playout::{Placed, Playout};
use source::{Arrival, Source};
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// Events that wait to be taken; at the limit the oldest goes and is counted.
pub const MAX_EVENTS: usize = 1_024;

/// The bandwidth that the RTCP timing assumes: any video has more than needed for the minimum
/// interval of RFC 3550 section 6.2.
const SESSION_BITS: u64 = 1_000_000;

/// Receives one track. `T` is a tag that the caller gives each packet and finds again in
/// pictures and events; the receiver keeps no bytes of the packets.
///
/// How to drive it: hand in what comes with [`receive_rtp`](Self::receive_rtp) and
/// [`receive_rtcp`](Self::receive_rtcp); at [`poll_timeout`](Self::poll_timeout) call
/// [`handle_timeout`](Self::handle_timeout); after either call
/// [`poll_event`](Self::poll_event) and [`poll_transmit`](Self::poll_transmit) until they give
/// nothing. Time never goes back.
///
/// The first source that is heard is listened to. Another takes its place when the first has
/// said BYE, or when two of its packets came in sequence (RFC 3550 appendix A.1, section 8.2).
#[derive(Clone, Debug)]
pub struct Receiver<T> {
    config: ReceiverConfig,
    source: Option<Source>,
    /// The source has said BYE.
    gone: bool,
    /// A packet of another source or sequence, waiting for the next to confirm it.
    candidate: Option<Packet<T>>,
    playout: Playout<T>,
    /// Values of Q whose tables have come.
    tables: BTreeSet<u8>,
    /// Source, middle of the NTP timestamp and arrival of the last sender report.
    sender_report: Option<(u32, u32, SimTime)>,
    schedule: Option<Schedule>,
    report_due: bool,
    sent_rtcp: bool,
    malformed: u64,
    pictures_complete: u64,
    pictures_damaged: u64,
    events: VecDeque<ReceiverEvent<T>>,
    events_dropped: u64,
}

impl<T: Copy> Receiver<T> {
    /// A receiver that has heard nothing yet.
    pub fn new(config: ReceiverConfig) -> Self {
        Self {
            source: None,
            gone: false,
            candidate: None,
            playout: Playout::new(config.clock_rate.max(1), config.playout_delay),
            tables: BTreeSet::new(),
            sender_report: None,
            schedule: None,
            report_due: false,
            sent_rtcp: false,
            malformed: 0,
            pictures_complete: 0,
            pictures_damaged: 0,
            events: VecDeque::new(),
            events_dropped: 0,
            config,
        }
    }

    /// Takes an RTP packet that came at `now`.
    pub fn receive_rtp(&mut self, now: SimTime, bytes: &[u8], tag: T) {
        self.show(now - Duration::from_nanos(1));
        match self.read(now, bytes, tag) {
            Ok(packet) => {
                self.start_schedule(now);
                self.select(packet);
            }
            Err(error) => self.refuse(tag, error),
        }
    }

    /// Takes an RTCP datagram that came at `now`.
    pub fn receive_rtcp(&mut self, now: SimTime, bytes: &[u8], tag: T) {
        self.show(now - Duration::from_nanos(1));
        let compound = match rtcp::parse(bytes) {
            Ok(compound) => compound,
            Err(error) => return self.refuse(tag, error.into()),
        };
        self.start_schedule(now);
        if let Some(schedule) = &mut self.schedule {
            schedule.count(bytes.len());
        }
        let ours = self.source.as_ref().map(|s| s.ssrc);
        for packet in compound.packets {
            match packet {
                RtcpPacket::SenderReport(report) if ours.is_none_or(|ssrc| ssrc == report.ssrc) => {
                    self.sender_report = Some((report.ssrc, report.ntp.middle(), now));
                }
                RtcpPacket::Bye(bye) => {
                    if let Some(ssrc) = ours.filter(|ssrc| bye.sources.contains(ssrc) && !self.gone) {
                        self.gone = true;
                        // Nobody is left to report to.
                        self.schedule = None;
                        self.report_due = false;
                        self.tell(ReceiverEvent::Bye { ssrc });
                    }
                }
                _ => {}
            }
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let report = self.schedule.as_ref().map(Schedule::due);
        [self.playout.due(), report].into_iter().flatten().min()
    }

    /// Shows the pictures whose time has come, and finds out whether a report is due.
    pub fn handle_timeout(&mut self, now: SimTime) {
        self.show(now);
        if let Some(schedule) = self.schedule.as_mut().filter(|s| s.due() <= now) {
            self.report_due |= schedule.expired(now);
        }
    }

    /// The next RTCP datagram to send; call until `None`.
    #[must_use]
    pub fn poll_transmit(&mut self, now: SimTime) -> Option<Outgoing> {
        std::mem::take(&mut self.report_due).then(|| self.report(now, false))
    }

    /// What happened; call until `None`.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<ReceiverEvent<T>> {
        self.events.pop_front()
    }

    /// A new PLAY begins: the next new picture sets the playout times anew.
    pub fn restart_playout(&mut self) {
        self.playout.restart();
    }

    /// Changes the playout delay, at most [`MAX_PLAYOUT_DELAY`], for the pictures that wait and
    /// for all that come. A longer one holds the picture on the screen; with a shorter one
    /// pictures that are past their new time are shown at once, and packets on their way to
    /// such a picture come too late.
    pub fn set_playout_delay(&mut self, now: SimTime, delay: Duration) {
        self.playout.set_delay(now, delay.min(MAX_PLAYOUT_DELAY));
    }

    /// Leaves: the report with BYE to send, when anything was ever sent
    /// (RFC 3550 section 6.3.7). Reports begin again when something comes.
    #[must_use]
    pub fn bye(&mut self, now: SimTime) -> Option<Outgoing> {
        self.schedule = None;
        self.report_due = false;
        std::mem::take(&mut self.sent_rtcp).then(|| self.report(now, true))
    }

    /// The counts at `now`.
    pub fn stats(&self, now: SimTime) -> ReceiverStats {
        let (buffered_pictures, buffered_packets, last) = self.playout.depth();
        let mut stats = ReceiverStats {
            malformed: self.malformed,
            pictures_complete: self.pictures_complete,
            pictures_damaged: self.pictures_damaged,
            buffered_pictures,
            buffered_packets,
            buffer_depth: last.map_or(Duration::ZERO, |at| at.since(now)),
            last_sender_report: self.sender_report.map(|(_, middle, _)| middle),
            events_dropped: self.events_dropped,
            ..ReceiverStats::default()
        };
        if let Some(source) = &self.source {
            stats.ssrc = Some(source.ssrc);
            stats.received = source.received();
            stats.expected = source.expected();
            stats.lost = source.lost();
            stats.jitter = source.jitter();
            stats.jitter_time = span(source.jitter().into(), self.config.clock_rate);
            stats.highest_sequence = source.highest_sequence();
            stats.duplicates = source.duplicates;
            stats.late = source.late;
            stats.reordered = source.reordered;
            stats.octets = source.octets;
        }
        stats
    }

    fn read(&self, now: SimTime, bytes: &[u8], tag: T) -> Result<Packet<T>, ReceiverError> {
        let packet = RtpPacket::parse(bytes)?;
        let (got, expected) = (packet.header.payload_type, self.config.payload_type);
        if got != expected {
            return Err(ReceiverError::PayloadType { got, expected });
        }
        // What one packet with a whole file is: the first and the last of its picture.
        let mut read = Packet {
            ssrc: packet.header.ssrc,
            sequence: packet.header.sequence,
            timestamp: packet.header.timestamp,
            marker: true,
            offset: 0,
            octets: packet.payload.len(),
            payload: packet.payload.len(),
            q: 0,
            brings_tables: false,
            decodable: true,
            tag,
            at: now,
        };
        match self.config.form {
            Form::WholeFile if !is_whole_file(packet.payload) => return Err(ReceiverError::NoFile),
            Form::WholeFile => {}
            Form::Rfc2435 => {
                let header = PayloadHeader::parse(packet.payload)?;
                read.marker = packet.header.marker;
                read.offset = header.offset;
                read.octets = header.data.len();
                read.q = header.q;
                read.decodable = Packet::<T>::decodable_alone(&header);
                read.brings_tables = header.quant.is_some_and(|q| q.tables.is_some());
            }
        }
        Ok(read)
    }

    /// Decides whether the packet is of the source that is listened to.
    fn select(&mut self, packet: Packet<T>) {
        let known = self.source.as_ref().is_some_and(|s| s.ssrc == packet.ssrc);
        if known {
            if self.accept(packet.at, packet) {
                return;
            }
        } else if self.source.is_none() || self.gone {
            return self.adopt(packet.at, &[packet]);
        }
        // Another source, or a jump of the sequence number: two in sequence are believed.
        match self.candidate.take() {
            Some(first) if first.ssrc == packet.ssrc && packet.sequence == first.sequence.wrapping_add(1) => {
                self.adopt(packet.at, &[first, packet]);
            }
            Some(first) => {
                let error = if self.source.as_ref().is_some_and(|s| s.ssrc == first.ssrc) {
                    ReceiverError::Jump { sequence: first.sequence }
                } else {
                    ReceiverError::UnknownSource { ssrc: first.ssrc }
                };
                self.refuse(first.tag, error);
                self.candidate = Some(packet);
            }
            None => self.candidate = Some(packet),
        }
    }

    /// Listens to the source of these packets from now on.
    fn adopt(&mut self, now: SimTime, packets: &[Packet<T>]) {
        let Some(first) = packets.first() else {
            return;
        };
        let from = self.source.as_ref().map(|s| s.ssrc);
        if from != Some(first.ssrc) {
            self.tell(ReceiverEvent::SourceChanged { from, to: first.ssrc });
            self.sender_report = self.sender_report.filter(|report| report.0 == first.ssrc);
        }
        self.source = Some(Source::new(first.ssrc, first.sequence, self.config.clock_rate.max(1)));
        self.gone = false;
        self.playout.new_sequence();
        for packet in packets {
            self.accept(now, *packet);
        }
    }

    /// Counts and places a packet of the source; `false` when its number is a jump.
    fn accept(&mut self, now: SimTime, packet: Packet<T>) -> bool {
        let Some(source) = &mut self.source else {
            return false;
        };
        let (number, newest) = match source.update(packet.sequence) {
            Arrival::Newest(number) => (number, true),
            Arrival::Reordered(number) => (number, false),
            Arrival::Duplicate => {
                self.tell(ReceiverEvent::Duplicate { sequence: packet.sequence, tag: packet.tag });
                return true;
            }
            Arrival::Jump => return false,
        };
        source.count_jitter(packet.at, packet.timestamp);
        source.octets += packet.payload as u64;
        if packet.brings_tables && packet.q != crate::rtp::jpeg::header::Q_IN_BAND {
            self.tables.insert(packet.q);
        }
        let tables_known = packet.q < 128 || self.tables.contains(&packet.q);
        let (placed, rebase) = self.playout.insert(now, number, &packet, newest, tables_known);
        if let Some(rebase) = rebase {
            self.tell(ReceiverEvent::Rebased {
                timestamp: rebase.timestamp,
                shown_at: rebase.shown_at,
                reason: rebase.reason,
            });
        }
        match placed {
            Placed::Held => {}
            Placed::Late { by } => {
                if let Some(source) = &mut self.source {
                    source.late += 1;
                }
                self.tell(ReceiverEvent::Late { sequence: packet.sequence, tag: packet.tag, by });
            }
            Placed::Full { what, limit } => self.refuse(packet.tag, ReceiverError::Full { what, limit }),
            Placed::Stray => {
                self.refuse(packet.tag, ReceiverError::Timestamp { timestamp: packet.timestamp })
            }
        }
        true
    }

    /// Shows all pictures whose time is at or before `limit`.
    fn show(&mut self, limit: SimTime) {
        while let Some((picture, gap)) = self.playout.show(limit) {
            if let Some((first, count)) = gap {
                let count = u16::try_from(count).unwrap_or(u16::MAX);
                self.tell(ReceiverEvent::Gap { first_sequence: first as u16, count });
            }
            if picture.complete {
                self.pictures_complete += 1;
            } else {
                self.pictures_damaged += 1;
            }
            self.tell(ReceiverEvent::Picture(picture));
        }
    }

    /// The clock of the reports begins with the first packet heard.
    fn start_schedule(&mut self, now: SimTime) {
        if self.schedule.is_none() {
            let dice = Dice::new(self.config.dice.u64(), "rtcp");
            self.schedule = Some(Schedule::new(now, SESSION_BITS, dice));
        }
    }

    /// RR, SDES, and BYE when leaving (RFC 3550 section 6.1).
    fn report(&mut self, now: SimTime, bye: bool) -> Outgoing {
        let ssrc = self.config.ssrc;
        let (last, delay) = match (self.sender_report, &self.source) {
            (Some((from, middle, at)), Some(source)) if from == source.ssrc => {
                (middle, delay_since(now.since(at)))
            }
            _ => (0, 0),
        };
        let block = self.source.as_mut().and_then(|source| source.report(last, delay));
        let mut packets = vec![
            RtcpPacket::ReceiverReport(ReceiverReport { ssrc, blocks: block.into_iter().collect() }),
            RtcpPacket::SourceDescription(SourceDescription::cname(ssrc, &self.config.cname)),
        ];
        if bye {
            packets.push(RtcpPacket::Bye(Bye { sources: vec![ssrc], reason: None }));
        } else {
            self.sent_rtcp = true;
        }
        let compound = Compound { packets };
        let bytes = compound.to_bytes();
        if let Some(schedule) = &mut self.schedule {
            schedule.count(bytes.len());
        }
        Outgoing { bytes, what: What::Rtcp { types: compound.types() } }
    }

    fn refuse(&mut self, tag: T, error: ReceiverError) {
        self.malformed += 1;
        self.tell(ReceiverEvent::Malformed { tag, error });
    }

    fn tell(&mut self, event: ReceiverEvent<T>) {
        if self.events.len() == MAX_EVENTS {
            self.events.pop_front();
            self.events_dropped += 1;
        }
        self.events.push_back(event);
    }
}

/// DLSR: a span in 1/65536 s (RFC 3550 section 6.4.1), held to 32 bits.
fn delay_since(span: Duration) -> u32 {
    u32::try_from((span.as_nanos() << 16) / 1_000_000_000).unwrap_or(u32::MAX)
}
