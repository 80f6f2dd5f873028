//! One direction of a captured TCP connection: the octets of its stream in order, and what the
//! capture lacks of them (RFC 9293 section 3.4: octets are numbered, and the numbers turn over).

use crate::peek::Segment;
use bytes::Bytes;
use protocol::time::SimTime;
use protocol::wire::tcp::TcpFlags;
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

/// Octets that may wait behind a gap; beyond that the gap is given up.
pub const MAX_EARLY: usize = 1 << 20;
/// Segments that may wait behind a gap; beyond that the gap is given up.
pub const MAX_EARLY_SEGMENTS: usize = 1_024;
/// Segments whose places are remembered, so that one sent again names the first; the oldest are
/// forgotten.
pub const MAX_CARRIERS: usize = 4_096;
/// A gap whose octets the receiver has acknowledged is only one of the capture; so much time the
/// segment has to turn up after all, since captures are a little out of order at times.
const PATIENCE: Duration = Duration::from_millis(50);

/// A frame of the capture: its number on the tape, when it passed, and where the octets in
/// question begin in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    pub frame: u64,
    pub at: SimTime,
    pub data: u32,
}

/// What a segment is for its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Octets that were not seen before, or none.
    New,
    /// All its octets were seen before, first in this frame where that is remembered.
    Repeats(Option<u64>),
    /// Octets before it are missing.
    Early,
    /// It has no data and acknowledges what the one before it did.
    DuplicateAck,
    /// One octet before the next, or none, to keep the connection alive (RFC 1122 4.2.3.6).
    KeepAlive,
}

/// Octets of the stream, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// These come next, from this place on; `by` brought them within reach.
    Octets { start: u64, octets: Bytes, by: At },
    /// The capture has not these.
    Gap(Range<u64>),
}

#[derive(Clone, Debug)]
struct Early {
    octets: Bytes,
    /// Where it ends by its header; it may have been cut.
    end: u64,
    by: At,
}

/// One direction of a connection.
#[derive(Clone, Debug, Default)]
pub struct Half {
    /// The sequence number of the stream's octet 0.
    base: Option<u32>,
    /// The place that comes next.
    next: u64,
    early: BTreeMap<u64, Early>,
    early_octets: usize,
    /// Since when octets are missing.
    gap_since: Option<SimTime>,
    /// Up to where the other end has acknowledged.
    acked: u64,
    /// Which frame first carried which places.
    carriers: BTreeMap<u64, (u64, At)>,
    /// The last acknowledgement that this end sent, and its window.
    last_ack: Option<(u32, u16)>,
    /// The beginning was seen.
    begun: bool,
    /// The sequence number behind its FIN, once it was seen.
    fin: Option<u32>,
}

impl Half {
    /// A SYN: the stream begins behind it. `false` when it is that of another connection.
    pub fn syn(&mut self, seq: u32) -> bool {
        let base = seq.wrapping_add(1);
        match self.base {
            None => (self.base, self.begun) = (Some(base), true),
            Some(known) => return known == base,
        }
        true
    }

    /// Whether the stream is seen from its first octet on.
    pub fn is_whole(&self) -> bool {
        self.begun
    }

    /// A segment with FIN: the stream ends behind it.
    pub fn finishes(&mut self, segment: &Segment) {
        self.fin = Some(segment.seq.wrapping_add(segment.length as u32).wrapping_add(1));
    }

    /// Whether this acknowledgement of the other end covers the FIN.
    pub fn fin_acked(&self, ack: u32) -> bool {
        self.fin.is_some_and(|fin| ack.wrapping_sub(fin) as i32 >= 0)
    }

    /// Where a sequence number lies in the stream; before its first octet it is negative.
    fn place(&self, seq: u32) -> i64 {
        let base = self.base.unwrap_or(seq);
        let expected = base.wrapping_add(self.next as u32);
        self.next as i64 + i64::from(seq.wrapping_sub(expected) as i32)
    }

    /// The places of a segment's data.
    pub fn range(&self, segment: &Segment) -> Range<u64> {
        let start = self.place(segment.seq);
        let end = start + segment.length as i64;
        start.max(0) as u64..end.max(0) as u64
    }

    /// Takes a segment without SYN in; `data` is what was captured of it.
    pub fn segment(&mut self, segment: &Segment, data: &Bytes, by: At, runs: &mut Vec<Run>) -> Told {
        self.base.get_or_insert(segment.seq);
        let start = self.place(segment.seq);
        let end = start + segment.length as i64;
        let told = self.tell(segment, start, end);
        let ack = segment.flags.has(TcpFlags::ACK).then_some((segment.ack, segment.window));
        self.last_ack = ack.or(self.last_ack);
        if segment.length == 0 || end <= self.next as i64 {
            self.settle(by.at, runs);
            return told;
        }
        // What lies before the stream's first octet, or was read, is left out.
        let seen = (self.next as i64 - start).max(0) as usize;
        let (start, end) = ((start + seen as i64) as u64, end as u64);
        let octets = data.slice(seen.min(data.len())..);
        self.carry(start..end, At { data: by.data + seen as u32, ..by });
        if start == self.next {
            self.read_early(start, Early { octets, end, by }, by, runs);
            self.join(by, runs);
        } else {
            self.early_octets += octets.len();
            self.gap_since.get_or_insert(by.at);
            let longer = self.early.get(&start).is_some_and(|known| known.end >= end);
            if longer {
                self.early_octets -= octets.len();
            } else if let Some(old) = self.early.insert(start, Early { octets, end, by }) {
                self.early_octets -= old.octets.len();
            }
        }
        self.settle(by.at, runs);
        told
    }

    fn tell(&self, segment: &Segment, start: i64, end: i64) -> Told {
        let next = self.next as i64;
        let plain = segment.flags.0 & (TcpFlags::SYN.0 | TcpFlags::FIN.0 | TcpFlags::RST.0) == 0;
        if plain && segment.length <= 1 && start == next - 1 && end <= next && next > 0 {
            return Told::KeepAlive;
        }
        if segment.length == 0 {
            let same = self.last_ack == Some((segment.ack, segment.window));
            return if plain && same && start == next { Told::DuplicateAck } else { Told::New };
        }
        if end <= next {
            return Told::Repeats(
                u64::try_from(start).ok().and_then(|start| self.carrier(start)).map(|(by, _)| by.frame),
            );
        }
        match self.early.range(..=start.max(0) as u64).next_back() {
            Some((_, known)) if known.end as i64 >= end => Told::Repeats(Some(known.by.frame)),
            _ if start > next => Told::Early,
            _ => Told::New,
        }
    }

    /// The other end acknowledges.
    pub fn acknowledged(&mut self, ack: u32, at: SimTime, runs: &mut Vec<Run>) {
        if self.base.is_some() {
            self.acked = self.acked.max(self.place(ack).max(0) as u64);
            self.settle(at, runs);
        }
    }

    /// The capture ends, or the connection does: what waits is read, whatever is missing.
    pub fn finish(&mut self, runs: &mut Vec<Run>) {
        while !self.early.is_empty() {
            self.give_up(None, runs);
        }
    }

    fn settle(&mut self, at: SimTime, runs: &mut Vec<Run>) {
        loop {
            let Some((first, _)) = self.early.first_key_value() else {
                self.gap_since = None;
                return;
            };
            let waited = self.gap_since.is_some_and(|since| at.since(since) >= PATIENCE);
            let too_much = self.early_octets > MAX_EARLY || self.early.len() > MAX_EARLY_SEGMENTS;
            if !(self.acked >= *first && waited || too_much) {
                return;
            }
            self.give_up(Some(at), runs);
            self.gap_since = (!self.early.is_empty()).then_some(at);
        }
    }

    /// Goes on behind the gap, at this time or when the segment behind it passed.
    fn give_up(&mut self, at: Option<SimTime>, runs: &mut Vec<Run>) {
        let Some((start, early)) = self.early.pop_first() else { return };
        self.early_octets -= early.octets.len();
        if start > self.next {
            runs.push(Run::Gap(self.next..start));
            self.next = start;
        }
        let by = At { at: at.unwrap_or(early.by.at), ..early.by };
        self.read_early(start, early, by, runs);
        self.join(by, runs);
    }

    /// Reads what waited and now follows.
    fn join(&mut self, by: At, runs: &mut Vec<Run>) {
        while let Some(entry) = self.early.first_entry().filter(|entry| *entry.key() <= self.next) {
            let (start, early) = entry.remove_entry();
            self.early_octets -= early.octets.len();
            self.read_early(start, early, by, runs);
        }
    }

    /// Reads what is new of octets that begin at `start`, at or before what comes next; `by`
    /// brought them within reach.
    fn read_early(&mut self, start: u64, early: Early, by: At, runs: &mut Vec<Run>) {
        if early.end <= self.next {
            return;
        }
        let seen = (self.next - start) as usize;
        let octets = early.octets.slice(seen.min(early.octets.len())..);
        let end = self.next + octets.len() as u64;
        if !octets.is_empty() {
            runs.push(Run::Octets { start: self.next, octets, by });
        }
        if end < early.end {
            runs.push(Run::Gap(end..early.end));
        }
        self.next = early.end;
    }

    fn carry(&mut self, range: Range<u64>, by: At) {
        self.carriers.entry(range.start).or_insert((range.end, by));
        if self.carriers.len() > MAX_CARRIERS {
            self.carriers.pop_first();
        }
    }

    /// The frame that first carried this place, where it is remembered, and its places there.
    pub fn carrier(&self, place: u64) -> Option<(At, Range<u64>)> {
        let (start, (end, by)) = self.carriers.range(..=place).next_back()?;
        (*end > place).then_some((*by, *start..*end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(seq: u32, length: usize) -> Segment {
        Segment { src: 1, dst: 2, seq, ack: 0, flags: TcpFlags::ACK, window: 9, payload: 0..length, length }
    }

    fn by(frame: u64) -> At {
        At { frame, at: SimTime::from_millis(frame), data: 54 }
    }

    /// Offers `octets[range]`, numbered from 100; answers what it was and what can be read.
    fn offer(half: &mut Half, frame: u64, range: Range<usize>, cut: usize) -> (Told, String) {
        const OCTETS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
        let mut runs = Vec::new();
        let segment = segment(100u32.wrapping_add(range.start as u32), range.len());
        let data = Bytes::from_static(&OCTETS[range.start..range.end - cut]);
        let told = half.segment(&segment, &data, by(frame), &mut runs);
        (told, words(&runs))
    }

    fn words(runs: &[Run]) -> String {
        runs.iter()
            .map(|run| match run {
                Run::Octets { octets, .. } => String::from_utf8_lossy(octets).into_owned(),
                Run::Gap(range) => format!("[{}]", range.end - range.start),
            })
            .collect()
    }

    #[test]
    fn order_is_restored_and_what_came_twice_is_named() {
        let mut half = Half::default();
        assert!(half.syn(99));
        assert_eq!(offer(&mut half, 1, 0..4, 0), (Told::New, "abcd".into()));
        assert_eq!(offer(&mut half, 2, 8..12, 0), (Told::Early, String::new()));
        assert_eq!(offer(&mut half, 3, 8..12, 0), (Told::Repeats(Some(2)), String::new()));
        assert_eq!(offer(&mut half, 4, 2..8, 0), (Told::New, "efghijkl".into()));
        assert_eq!(offer(&mut half, 5, 4..8, 0), (Told::Repeats(Some(4)), String::new()));
        assert!(!half.syn(5) && half.syn(99));
    }

    #[test]
    fn a_gap_that_was_acknowledged_is_one_of_the_capture() {
        let mut half = Half::default();
        half.syn(99);
        offer(&mut half, 1, 0..4, 0);
        offer(&mut half, 2, 10..14, 0);
        let mut runs = Vec::new();
        half.acknowledged(114, SimTime::from_millis(3), &mut runs);
        assert_eq!(runs, [], "it may turn up yet");
        half.acknowledged(114, SimTime::from_millis(60), &mut runs);
        assert_eq!(words(&runs), "[6]klmn");
        assert_eq!(offer(&mut half, 70, 14..16, 0), (Told::New, "op".into()));
    }

    #[test]
    fn nothing_waits_without_bound_and_the_end_reads_what_waits() {
        let mut half = Half::default();
        half.syn(99);
        let mut runs = Vec::new();
        for i in 0..=MAX_EARLY_SEGMENTS as u32 {
            half.segment(&segment(110 + 10 * i, 4), &Bytes::from_static(b"1234"), by(1), &mut runs);
        }
        assert!(matches!(runs[0], Run::Gap(Range { start: 0, end: 10 })), "{:?}", runs[0]);
        assert!(half.early.len() <= MAX_EARLY_SEGMENTS);
        runs.clear();
        half.finish(&mut runs);
        assert_eq!(runs.len(), 2 * MAX_EARLY_SEGMENTS);
        for i in 0..2 * MAX_CARRIERS as u32 {
            half.segment(&segment(20_000 + 4 * i, 4), &Bytes::from_static(b"1234"), by(1), &mut runs);
        }
        assert!(half.carriers.len() <= MAX_CARRIERS);
        let mut half = Half::default();
        half.syn(99);
        let large = Bytes::from(vec![0; 60_000]);
        for i in 0..30 {
            half.segment(&segment(200 + 60_000 * i, 60_000), &large, by(1), &mut runs);
            assert!(half.early_octets <= MAX_EARLY);
        }
    }

    #[test]
    fn a_stream_joined_midway_begins_with_the_first_segment_seen() {
        let mut half = Half::default();
        assert_eq!(offer(&mut half, 1, 4..8, 0).1, "efgh");
        assert_eq!(offer(&mut half, 2, 0..4, 0), (Told::Repeats(None), String::new()));
        assert_eq!(offer(&mut half, 3, 2..10, 0).1, "ij");
    }

    #[test]
    fn a_segment_that_the_capture_cut_leaves_a_gap() {
        let mut half = Half::default();
        half.syn(99);
        assert_eq!(offer(&mut half, 1, 0..8, 6).1, "ab[6]");
        assert_eq!(offer(&mut half, 2, 8..10, 0).1, "ij");
    }

    #[test]
    fn numbers_turn_over() {
        let mut half = Half::default();
        half.syn(u32::MAX - 2);
        let mut runs = Vec::new();
        let data = Bytes::from_static(b"1234");
        half.segment(&segment(u32::MAX - 1, 4), &data, by(1), &mut runs);
        half.segment(&segment(2, 4), &data, by(2), &mut runs);
        assert_eq!(words(&runs), "12341234");
    }

    #[test]
    fn acknowledgements_sent_twice_and_signs_of_life() {
        let mut half = Half::default();
        half.syn(99);
        let (data, mut runs) = (Bytes::new(), Vec::new());
        let mut ack = segment(100, 0);
        ack.ack = 7;
        assert_eq!(half.segment(&ack, &data, by(1), &mut runs), Told::New);
        assert_eq!(half.segment(&ack, &data, by(2), &mut runs), Told::DuplicateAck);
        ack.window = 10;
        assert_eq!(half.segment(&ack, &data, by(3), &mut runs), Told::New, "a window update");
        offer(&mut half, 4, 0..4, 0);
        assert_eq!(half.segment(&segment(103, 0), &data, by(5), &mut runs), Told::KeepAlive);
    }
}
