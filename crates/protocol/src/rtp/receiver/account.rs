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

    /// The sequence number of the packet that comes next, when none is lost.
    pub fn next_sequence(&self) -> u16 {
        self.source.next()
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn header(sequence: u16) -> RtpHeader {
        let timestamp = u32::from(sequence) * 3600;
        RtpHeader { marker: true, payload_type: 26, sequence, timestamp, ssrc: 7 }
    }

    #[test]
    fn losses_are_counted_and_a_jump_begins_anew() {
        let mut account = Account::new(&header(10), 0);
        for sequence in [10, 11, 13, 13] {
            account.packet(SimTime::from_millis(40 * u64::from(sequence)), &header(sequence));
        }
        account.sender_report(SimTime::from_secs(1), NtpTime(0x0001_0002_0003_0004));
        let block = account.block(SimTime::from_millis(1_500)).expect("packets came");
        // Of four numbers one did not come, and another came twice.
        assert_eq!((block.ssrc, block.cumulative_lost, block.jitter), (7, 0, 0));
        assert_eq!((block.last_sender_report, block.delay_since_last), (0x0002_0003, 32_768));
        assert_eq!(account.block(SimTime::from_secs(2)), None, "nothing new");
        for sequence in [40_000, 40_001, 40_002] {
            account.packet(
                SimTime::from_secs(3) + Duration::from_millis(u64::from(sequence)),
                &header(sequence),
            );
        }
        let block = account.block(SimTime::from_secs(50)).expect("packets came");
        assert_eq!((block.cumulative_lost, block.highest_sequence & 0xffff), (0, 40_002));
    }
}
