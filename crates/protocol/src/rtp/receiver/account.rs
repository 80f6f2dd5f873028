//! What a receiver knows of one source that it does not play, and reports to it.

use super::source::{Arrival, Source};
use crate::rtp::packet::RtpHeader;
use crate::rtp::rtcp::ReportBlock;
use crate::time::{NtpTime, SimTime};

/// The clock rate that jitter is counted in where the payload's is not known.
const USUAL_CLOCK_RATE: u32 = 90_000;

/// One source's packets, counted for receiver reports (RFC 3550 sections 6.4.1 and A.3).
#[derive(Clone, Debug)]
pub struct Account {
    source: Source,
    clock_rate: u32,
    /// The middle of the last sender report's NTP time, and when it came.
    last_report: Option<(u32, SimTime)>,
}

impl Account {
    /// For the source of this first packet, which is still to be counted, with a clock of
    /// `clock_rate` ticks per second; 0 where that is not known.
    pub fn new(first: &RtpHeader, clock_rate: u32) -> Account {
        let clock_rate = if clock_rate == 0 { USUAL_CLOCK_RATE } else { clock_rate };
        Account { source: Source::new(first.ssrc, first.sequence, clock_rate), clock_rate, last_report: None }
    }

    /// Counts a packet. One whose number is far off begins the sequence anew.
    pub fn packet(&mut self, now: SimTime, header: &RtpHeader) {
        match self.source.update(header.sequence) {
            Arrival::Newest(_) => self.source.count_jitter(now, header.timestamp),
            Arrival::Reordered(_) | Arrival::Duplicate => {}
            Arrival::Jump => {
                self.source = Source::new(header.ssrc, header.sequence, self.clock_rate);
                self.source.update(header.sequence);
            }
        }
    }

    /// A sender report of the source has come.
    pub fn sender_report(&mut self, now: SimTime, ntp: NtpTime) {
        self.last_report = Some((ntp.middle(), now));
    }

    /// What is to be reported at `now`; `None` when nothing came since the last time.
    pub fn block(&mut self, now: SimTime) -> Option<ReportBlock> {
        let (last, delay) = self.last_report.map_or((0, 0), |(middle, at)| {
            // In 1/65536 s.
            let delay = now.since(at).as_nanos() * 65_536 / 1_000_000_000;
            (middle, u32::try_from(delay).unwrap_or(u32::MAX))
        });
        self.source.report(last, delay)
    }
}
