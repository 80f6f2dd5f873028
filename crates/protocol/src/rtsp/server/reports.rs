//! What the server reports to publishers: how their packets arrive (RFC 3550 section 6.4.2).

use super::Server;
use super::connection::StreamKey;
use super::session::{Feed, Incoming};
use crate::message::{Outgoing, What};
use crate::random::Dice;
use crate::rtp::RtpHeader;
use crate::rtp::receiver::Account;
use crate::rtp::rtcp::{Bye, Compound, ReceiverReport, RtcpPacket, Schedule, SourceDescription};
use crate::time::SimTime;

/// The bandwidth that is assumed of a published track, bits per second: with it a report takes
/// far less than RTCP's share, and the interval is the usual one of five seconds.
const ASSUMED_BITS: u64 = 1_000_000;

/// Reports about one published track.
#[derive(Clone, Debug)]
pub(super) struct Reporter {
    ssrc: u32,
    cname: String,
    schedule: Schedule,
    has_reported: bool,
}

impl Reporter {
    pub fn new(now: SimTime, cname: &str, mut dice: Dice) -> Reporter {
        let ssrc = dice.u32();
        let schedule = Schedule::new(now, ASSUMED_BITS, dice);
        Reporter { ssrc, cname: cname.to_owned(), schedule, has_reported: false }
    }
}

impl Incoming {
    /// Counts an RTP packet of one of the sources that are told apart.
    pub fn count(&mut self, now: SimTime, header: &RtpHeader, clock_rate: u32) {
        if self.sources.contains(&header.ssrc) {
            let account = self.accounts.entry(header.ssrc);
            account.or_insert_with(|| Account::new(header, clock_rate)).packet(now, header);
        }
    }

    /// Takes note of the sender reports in what the publisher says.
    pub fn hear(&mut self, now: SimTime, compound: &Compound) {
        for packet in &compound.packets {
            if let RtcpPacket::SenderReport(report) = packet
                && let Some(account) = self.accounts.get_mut(&report.ssrc)
            {
                account.sender_report(now, report.ntp);
            }
        }
    }

    /// When a report is due next.
    pub fn due(&self) -> Option<SimTime> {
        self.reporter.as_ref().map(|reporter| reporter.schedule.due())
    }

    /// The report that is due at `now`, if any: the time may be reconsidered.
    fn report(&mut self, now: SimTime) -> Option<Outgoing> {
        let reporter = self.reporter.as_mut()?;
        if reporter.schedule.due() > now || !reporter.schedule.expired(now) {
            return None;
        }
        reporter.has_reported = true;
        self.compound(now, false)
    }

    /// The server leaves: RFC 3550 section 6.3.7, and only if it has ever said anything.
    fn goodbye(&mut self, now: SimTime) -> Option<Outgoing> {
        if !self.reporter.as_ref()?.has_reported {
            return None;
        }
        let goodbye = self.compound(now, true);
        self.reporter = None;
        goodbye
    }

    fn compound(&mut self, now: SimTime, bye: bool) -> Option<Outgoing> {
        let blocks = self.accounts.values_mut().filter_map(|account| account.block(now)).collect();
        let reporter = self.reporter.as_mut()?;
        let ssrc = reporter.ssrc;
        let mut packets = vec![
            RtcpPacket::ReceiverReport(ReceiverReport { ssrc, blocks }),
            RtcpPacket::SourceDescription(SourceDescription::cname(ssrc, &reporter.cname)),
        ];
        if bye {
            packets.push(RtcpPacket::Bye(Bye { sources: vec![ssrc], reason: None }));
        }
        let compound = Compound { packets };
        let bytes = compound.to_bytes();
        reporter.schedule.count(bytes.len());
        Some(Outgoing { bytes, what: What::Rtcp { types: compound.types() } })
    }
}

impl Server {
    /// Begins to report about a track that is recorded from now on.
    pub(super) fn begin_reports(&mut self, now: SimTime, key: StreamKey) {
        let dice = Dice::new(self.dice.u64(), "report");
        let Some(session) = self.sessions.get_mut(&key.0) else { return };
        let Some(stream) = session.streams.get_mut(&key.1) else { return };
        if let Feed::Incoming(incoming) = &mut stream.feed
            && incoming.reporter.is_none()
        {
            incoming.reporter = Some(Reporter::new(now, &session.cname, dice));
            self.senders.set(key, incoming.due());
        }
    }

    /// A track's report may be due; `false` when the track is none that is published.
    pub(super) fn poll_report(&mut self, now: SimTime, key: StreamKey) -> bool {
        let stream = self.sessions.get_mut(&key.0).and_then(|session| session.streams.get_mut(&key.1));
        let Some(Feed::Incoming(incoming)) = stream.map(|stream| &mut stream.feed) else { return false };
        let report = incoming.report(now);
        self.senders.set(key, incoming.due());
        if let Some(report) = report {
            self.route(key, report);
        }
        true
    }

    /// Says goodbye to the publisher of a track that ends.
    pub(super) fn leave_publisher(&mut self, now: SimTime, key: StreamKey) {
        let stream = self.sessions.get_mut(&key.0).and_then(|session| session.streams.get_mut(&key.1));
        if let Some(Feed::Incoming(incoming)) = stream.map(|stream| &mut stream.feed)
            && let Some(goodbye) = incoming.goodbye(now)
        {
            self.route(key, goodbye);
        }
    }
}
