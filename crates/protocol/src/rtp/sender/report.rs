//! The sender's side of RTCP: reports out, reports in.

use super::config::{SenderEvent, SenderStats};
use crate::message::{Outgoing, What};
use crate::random::Dice;
use crate::rtp::rtcp::{
    self, Bye, Compound, ReceiverReport, RtcpPacket, Schedule, SenderReport, SourceDescription,
};
use crate::time::{Epoch, SimTime};
use std::time::Duration;

/// Reports of one source.
#[derive(Clone, Debug)]
pub struct Reports {
    schedule: Schedule,
    /// Packets sent by the time of the last report and of the one before (RFC 3550 section 6.4:
    /// who has sent nothing since then is no sender).
    packets_at_report: [u32; 2],
    /// A report is to be sent as soon as the first packet is out.
    soon: bool,
}

impl Reports {
    /// Starts at `now`, in a session of `session_bits` bits per second.
    pub fn new(now: SimTime, session_bits: u64, dice: Dice) -> Self {
        Self { schedule: Schedule::new(now, session_bits, dice), packets_at_report: [0; 2], soon: false }
    }

    /// A PLAY begins: report with its first packet, so that the receiver can map timestamps.
    pub fn play(&mut self) {
        self.soon = true;
    }

    /// When a report is due next.
    pub fn due(&self) -> SimTime {
        self.schedule.due()
    }

    /// Whether a report is to be sent at `now`; `sent` is the packets sent so far.
    pub fn is_due(&mut self, now: SimTime, sent: u32) -> bool {
        if self.soon && sent != self.packets_at_report[0] {
            self.soon = false;
            self.schedule.sent(now);
            return true;
        }
        self.schedule.due() <= now && self.schedule.expired(now)
    }

    /// The report of `source` at `now`, with a goodbye when `bye`.
    pub fn make(&mut self, now: SimTime, source: &Source<'_>, stats: &SenderStats, bye: bool) -> Outgoing {
        let report = if stats.packets == self.packets_at_report[1] {
            RtcpPacket::ReceiverReport(ReceiverReport { ssrc: source.ssrc, blocks: Vec::new() })
        } else {
            RtcpPacket::SenderReport(SenderReport {
                ssrc: source.ssrc,
                ntp: source.epoch.ntp(now),
                rtp_timestamp: source.rtp_timestamp,
                packets: stats.packets,
                octets: stats.octets,
                blocks: Vec::new(),
            })
        };
        self.packets_at_report = [stats.packets, self.packets_at_report[0]];
        let mut packets =
            vec![report, RtcpPacket::SourceDescription(SourceDescription::cname(source.ssrc, source.cname))];
        if bye {
            packets.push(RtcpPacket::Bye(Bye { sources: vec![source.ssrc], reason: None }));
        }
        let compound = Compound { packets };
        let bytes = compound.to_bytes();
        self.schedule.count(bytes.len());
        Outgoing { bytes, what: What::Rtcp { types: compound.types() } }
    }

    /// Takes a datagram from the receiver.
    pub fn receive(
        &mut self,
        now: SimTime,
        bytes: &[u8],
        source: &Source<'_>,
        stats: &mut SenderStats,
    ) -> Option<SenderEvent> {
        let Ok(compound) = rtcp::parse(bytes) else {
            stats.malformed_rtcp += 1;
            return None;
        };
        self.schedule.count(bytes.len());
        let mut event = None;
        for packet in &compound.packets {
            for block in packet.blocks().iter().filter(|block| block.ssrc == source.ssrc) {
                stats.last_report = Some(*block);
                let now = source.epoch.ntp(now).middle();
                stats.round_trip =
                    round_trip(now, block.last_sender_report, block.delay_since_last).or(stats.round_trip);
            }
            if let RtcpPacket::Bye(Bye { sources, .. }) = packet {
                event = sources.first().map(|&ssrc| SenderEvent::ReceiverLeft { ssrc });
            }
        }
        event
    }
}

/// Who reports.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its identifier.
    pub ssrc: u32,
    /// Its lasting name.
    pub cname: &'a str,
    /// For NTP timestamps.
    pub epoch: Epoch,
    /// The RTP clock at the moment of the report.
    pub rtp_timestamp: u32,
}

/// Round trip from a report that came at `now`: now less LSR less DLSR, all in 1/65536 s
/// (RFC 3550 section 6.4.1). `None` when no sender report had come, or the result is negative
/// or over half the range: a clock's error, or a lie.
fn round_trip(now: u32, last_sender_report: u32, delay: u32) -> Option<Duration> {
    let span = now.wrapping_sub(last_sender_report).wrapping_sub(delay);
    let believable = last_sender_report != 0 && span < 1 << 31;
    believable.then(|| Duration::from_nanos((u64::from(span) * 1_000_000_000) >> 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_of_figure_2() {
        // The example of RFC 3550 figure 2: A = b710:8000, LSR = b705:2000, DLSR = 5:4000.
        let span = round_trip(0xb710_8000, 0xb705_2000, 0x0005_4000).unwrap();
        assert_eq!(span, Duration::from_millis(6_125));
        assert_eq!(round_trip(0xb710_8000, 0, 0), None);
        assert_eq!(round_trip(5, 6, 0), None);
    }
}
