//! The accounting of one source (RFC 3550 appendices A.1, A.3 and A.8).

use crate::rtp::clock::ticks;
use crate::rtp::rtcp::ReportBlock;
use crate::time::SimTime;

/// A sequence number this much ahead is a loss, more is a jump (appendix A.1).
pub const MAX_DROPOUT: u16 = 3_000;
/// A sequence number this much behind is reordered, more is a jump (appendix A.1).
pub const MAX_MISORDER: u16 = 100;
/// Packets in sequence that make a source valid (appendix A.1).
pub const MIN_SEQUENTIAL: u8 = 2;

/// What a packet's sequence number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// The highest so far. The number is extended by the cycles.
    Newest(i64),
    /// Lower than the highest.
    Reordered(i64),
    /// It came before.
    Duplicate,
    /// Too far away to be of this sequence: nothing was counted.
    Jump,
}

/// One source's counts.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub ssrc: u32,
    clock_rate: u32,
    /// Sequential packets that are still wanted before the source is valid.
    probation: u8,
    base: u64,
    highest: u16,
    cycles: u64,
    /// Bit n: whether the highest number less n has come. [`MAX_MISORDER`] bits are needed.
    window: u128,
    received: u64,
    expected_prior: u64,
    received_prior: u64,
    /// Relative transit time of the last packet, in ticks.
    transit: Option<u32>,
    /// Jitter in 16ths of a tick.
    jitter: u32,
    pub duplicates: u64,
    pub reordered: u64,
    pub late: u64,
    pub octets: u64,
}

impl Source {
    /// A source whose first packet has this number; that packet is still to be counted.
    pub fn new(ssrc: u32, sequence: u16, clock_rate: u32) -> Self {
        let mut source = Self {
            ssrc,
            clock_rate,
            probation: MIN_SEQUENTIAL,
            base: 0,
            highest: 0,
            cycles: 0,
            window: 0,
            received: 0,
            expected_prior: 0,
            received_prior: 0,
            transit: None,
            jitter: 0,
            duplicates: 0,
            reordered: 0,
            late: 0,
            octets: 0,
        };
        source.begin(sequence);
        source
    }

    /// Begins the sequence with this number: the packet before it counts as the highest.
    fn begin(&mut self, sequence: u16) {
        // A cycle in advance, so that numbers from before the beginning stay positive.
        self.cycles = if sequence == 0 { 0 } else { 1 << 16 };
        self.base = 1 << 16 | u64::from(sequence);
        self.highest = sequence.wrapping_sub(1);
        self.window = 0;
        self.received = 0;
        (self.expected_prior, self.received_prior) = (0, 0);
    }

    /// Whether enough packets came in sequence.
    pub fn is_valid(&self) -> bool {
        self.probation == 0
    }

    /// Counts a packet (appendix A.1, `update_seq`). Unlike there, the packets of the
    /// probation are kept and counted, with the gaps between them: a picture's first packet
    /// must not be thrown away. And a packet from before the first moves the beginning.
    pub fn update(&mut self, sequence: u16) -> Arrival {
        let ahead = sequence.wrapping_sub(self.highest);
        if (1..MAX_DROPOUT).contains(&ahead) {
            if self.probation > 0 {
                self.probation = if ahead == 1 { self.probation - 1 } else { MIN_SEQUENTIAL - 1 };
            }
            return self.newest(sequence);
        }
        let behind = self.highest.wrapping_sub(sequence);
        if behind >= MAX_MISORDER {
            return Arrival::Jump;
        }
        self.received += 1;
        let bit = 1u128 << behind;
        if self.window & bit != 0 {
            self.duplicates += 1;
            return Arrival::Duplicate;
        }
        self.window |= bit;
        self.reordered += 1;
        let number = self.extended_highest() - u64::from(behind);
        self.base = self.base.min(number);
        Arrival::Reordered(number as i64)
    }

    fn newest(&mut self, sequence: u16) -> Arrival {
        let ahead = sequence.wrapping_sub(self.highest);
        if sequence < self.highest {
            self.cycles += 1 << 16;
        }
        self.highest = sequence;
        self.window = self.window.checked_shl(ahead.into()).unwrap_or(0) | 1;
        self.received += 1;
        Arrival::Newest(self.extended_highest() as i64)
    }

    /// Takes a packet's transit into the jitter (appendix A.8).
    pub fn count_jitter(&mut self, now: SimTime, timestamp: u32) {
        let arrival = ticks(now.since(SimTime::ZERO), self.clock_rate) as u32;
        let transit = arrival.wrapping_sub(timestamp);
        if let Some(before) = self.transit.replace(transit) {
            let difference = (transit.wrapping_sub(before) as i32).unsigned_abs();
            // In 16ths, as the integer form does it; held to what 32 bits can say.
            let decay = (self.jitter + 8) >> 4;
            self.jitter = (self.jitter - decay).saturating_add(difference).min(u32::MAX - 8);
        }
    }

    /// Jitter in ticks.
    pub fn jitter(&self) -> u32 {
        self.jitter >> 4
    }

    /// The number that comes next when nothing is lost.
    pub fn next(&self) -> u16 {
        self.highest.wrapping_add(1)
    }

    fn extended_highest(&self) -> u64 {
        self.cycles + u64::from(self.highest)
    }

    /// Cycles since the beginning and the highest number.
    pub fn highest_sequence(&self) -> u32 {
        (self.extended_highest() as u32).wrapping_sub(1 << 16)
    }

    /// Packets received, with duplicates and late ones (appendix A.3).
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Packets expected (appendix A.3).
    pub fn expected(&self) -> u64 {
        self.extended_highest() + 1 - self.base
    }

    /// Packets lost: negative when duplicates outnumber the losses (appendix A.3).
    pub fn lost(&self) -> i64 {
        self.expected() as i64 - self.received as i64
    }

    /// The report block, and the beginning of the next interval (appendix A.3). `None` when
    /// nothing came since the last one (section 6.4) or the source is not valid.
    pub fn report(&mut self, last_sender_report: u32, delay_since_last: u32) -> Option<ReportBlock> {
        if !self.is_valid() || self.received == self.received_prior {
            return None;
        }
        let expected = self.expected().saturating_sub(self.expected_prior);
        let received = self.received - self.received_prior;
        (self.expected_prior, self.received_prior) = (self.expected(), self.received);
        let lost = expected.saturating_sub(received);
        let fraction = (lost << 8).checked_div(expected).unwrap_or(0);
        Some(ReportBlock {
            ssrc: self.ssrc,
            // All lost would be 256; eight bits say 255.
            fraction_lost: fraction.min(255) as u8,
            cumulative_lost: self.lost().clamp(-0x80_0000, 0x7f_ffff) as i32,
            highest_sequence: self.highest_sequence(),
            jitter: self.jitter(),
            last_sender_report,
            delay_since_last,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn source(numbers: impl IntoIterator<Item = u16>) -> Source {
        let mut numbers = numbers.into_iter();
        let first = numbers.next().unwrap();
        let mut source = Source::new(1, first, 8_000);
        source.update(first);
        numbers.for_each(|n| {
            source.update(n);
        });
        source
    }

    #[test]
    fn two_in_sequence_make_a_source_valid_and_all_are_counted() {
        let mut source = Source::new(1, 10, 8_000);
        assert!(matches!(source.update(10), Arrival::Newest(_)));
        assert!(!source.is_valid());
        assert_eq!(source.report(0, 0), None);
        source.update(20);
        assert!(!source.is_valid(), "10 and 20 are no sequence");
        source.update(21);
        assert!(source.is_valid());
        assert_eq!((source.received(), source.expected(), source.lost()), (3, 12, 9));
        // One from before the beginning moves it.
        assert_eq!(source.update(8), Arrival::Reordered((1 << 16) + 8));
        assert_eq!((source.received(), source.expected(), source.lost()), (4, 14, 10));
    }

    #[test]
    fn the_sequence_wraps_into_cycles() {
        let source = source([65_534, 65_535, 0, 1]);
        assert_eq!(source.highest_sequence(), 1 << 16 | 1);
        assert_eq!((source.expected(), source.lost()), (4, 0));
        let zero = self::source([0, 1, 2]);
        assert_eq!((zero.highest_sequence(), zero.expected()), (2, 3));
    }

    #[test]
    fn reordered_duplicate_lost_and_jump() {
        let mut source = source([65_530, 65_531]);
        let Arrival::Newest(two) = source.update(2) else { panic!() };
        let Arrival::Reordered(max) = source.update(65_535) else { panic!() };
        assert_eq!(two - max, 3);
        assert_eq!(source.update(65_535), Arrival::Duplicate);
        assert_eq!(source.update(2), Arrival::Duplicate);
        assert_eq!(source.update(2 + MAX_DROPOUT), Arrival::Jump);
        assert_eq!(source.update(2u16.wrapping_sub(MAX_MISORDER)), Arrival::Jump);
        // 65530 to 2 are 9; 4 different and 2 duplicates came.
        assert_eq!((source.expected(), source.received(), source.lost()), (9, 6, 3));
        assert_eq!((source.reordered, source.duplicates), (1, 2));
    }

    #[test]
    fn loss_fractions_follow_appendix_a_3() {
        let mut source = source([0, 1, 2, 3, 5, 6, 7, 9]);
        let block = source.report(7, 8).unwrap();
        // 2 of 10 in 256ths, rounded down.
        assert_eq!((block.fraction_lost, block.cumulative_lost), (51, 2));
        assert_eq!((block.last_sender_report, block.delay_since_last), (7, 8));
        assert_eq!(source.report(7, 8), None, "nothing came since");
        // Duplicates make the next interval's loss negative: the fraction is then zero.
        for n in [10, 10, 10] {
            source.update(n);
        }
        let block = source.report(0, 0).unwrap();
        assert_eq!((block.fraction_lost, block.cumulative_lost), (0, 0));
    }

    #[test]
    fn jitter_follows_appendix_a_8() {
        let mut source = Source::new(1, 0, 8_000);
        // 20 ms packets; every other one comes 10 ms (80 ticks) late.
        let mut expected = 0.0f64;
        for n in 0..200u32 {
            let delay = if n % 2 == 1 { 10 } else { 0 };
            let now = SimTime::from_millis(u64::from(n) * 20) + Duration::from_millis(delay);
            source.count_jitter(now, n * 160);
            if n > 0 {
                expected += (80.0 - expected) / 16.0;
            }
            // The integer form rounds down in each step.
            let jitter = f64::from(source.jitter());
            assert!((expected - 2.0..=expected).contains(&jitter), "packet {n}: {jitter}, not {expected}");
        }
        assert!((78..=80).contains(&source.jitter()));
    }

    #[test]
    fn jitter_survives_the_wrap_of_the_timestamp() {
        let mut source = Source::new(1, 0, 8_000);
        for n in 0..20u32 {
            source.count_jitter(SimTime::from_millis(u64::from(n) * 20), (n * 160).wrapping_sub(1_000));
        }
        assert_eq!(source.jitter(), 0);
        // A hostile timestamp moves it, bounded.
        for n in 0..2_000u32 {
            source.count_jitter(SimTime::ZERO, (n % 2) << 31);
        }
        assert!(source.jitter() > 0);
    }
}
