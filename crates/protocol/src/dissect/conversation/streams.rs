//! TCP streams that carry RTSP: which octet comes next, what waits, where messages begin
//! (RFC 9293 3.4: octets are numbered, and the numbers turn over).

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;

/// How many streams are followed; the one not heard of for longest is forgotten for a new one.
pub const MAX_STREAMS: usize = 1_024;
/// How many octets of one message may wait for the rest: more than the reader of RTSP accepts.
pub const MAX_PARTIAL: usize = 128 * 1024;
/// How many octets may wait behind a gap in one stream; beyond that the gap is given up.
pub const MAX_EARLY: usize = 256 * 1024;
/// How many segments may wait behind a gap in one stream; beyond that the gap is given up.
pub const MAX_EARLY_SEGMENTS: usize = 1_024;
/// How many octets may wait in all streams together; beyond that, streams are forgotten, the one
/// not heard of for longest first.
pub const MAX_WAITING: usize = 16 * 1024 * 1024;
/// The last messages of a stream whose beginnings are all remembered.
pub const MAX_RECENT: usize = 256;
/// The beginnings remembered of all earlier messages; when there are more, every other is dropped.
pub const MAX_ANCHORS: usize = 4_096;
/// The octets between two of them at first.
const ANCHOR_SPACING: u64 = 32 * 1024;
/// Positions count from here, so that those before the first octet seen are positive too.
const ORIGIN: u64 = 1 << 33;

/// One direction of a connection: from, to.
pub type Way = (SocketAddr, SocketAddr);

/// What a segment's octets are for the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Read these now.
    Run {
        /// The position of the first octet.
        start: u64,
        /// What waited before, what is new, and what waited behind the gap that it filled.
        /// `None` when it is just the segment's own octets.
        joined: Option<Bytes>,
        /// Whether all of `joined` was waited for together: where what waited did not tell how long
        /// it is, or where a gap was filled.
        together: bool,
    },
    /// All of them were there before.
    Repeat,
    /// They come behind a gap and wait.
    Early,
    /// Too much waited behind a gap, so the gap was given up.
    GaveUp,
    /// They come before or in a place where no message is known to begin.
    Adrift,
}

/// One direction of a connection.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// The first sequence number.
    first: Option<u32>,
    /// The position that comes next.
    next: Option<u64>,
    /// Whether a message is known to begin where `partial` does.
    pub synced: bool,
    /// The octets before `next` that make no whole message yet.
    partial: Vec<u8>,
    /// Whether they do not tell how long the message is.
    open_ended: bool,
    /// Segments behind a gap.
    early: BTreeMap<u64, Bytes>,
    /// The octets in them.
    early_len: usize,
    /// Where the last messages begin and end.
    recent: VecDeque<(u64, u64)>,
    /// Where some earlier messages begin.
    anchors: Arc<Vec<u64>>,
    /// The least distance between two anchors, as a multiple of [`ANCHOR_SPACING`]; zero is one.
    sparse: u32,
    /// When it was last heard of: a count, not a time.
    turn: u64,
}

impl Stream {
    /// A SYN with this sequence number was seen. A repeated one changes nothing.
    pub fn open(&mut self, sequence: u32) {
        if self.first == Some(sequence) {
            return;
        }
        let first = sequence.wrapping_add(1);
        *self = Stream {
            first: Some(sequence),
            next: Some(ORIGIN + u64::from(first)),
            synced: true,
            ..Stream::default()
        };
    }

    /// The position that a sequence number stands for: the one nearest to what comes next.
    pub fn position(&self, sequence: u32) -> u64 {
        match self.next {
            None => ORIGIN + u64::from(sequence),
            Some(next) => {
                let ahead = sequence.wrapping_sub(next as u32) as i32;
                next.saturating_add_signed(ahead.into())
            }
        }
    }

    /// The position that comes next, if anything was seen.
    pub fn next(&self) -> Option<u64> {
        self.next
    }

    /// How many octets wait in it.
    fn waiting(&self) -> usize {
        self.partial.len() + self.early_len
    }

    /// Takes a segment's octets in, whose first has position `at`.
    pub fn offer(&mut self, at: u64, octets: &[u8]) -> Offer {
        let end = at + octets.len() as u64;
        let next = *self.next.get_or_insert(at);
        if end <= next {
            return Offer::Repeat;
        }
        if at > next {
            return self.keep_early(at, octets);
        }
        if !self.synced {
            self.next = Some(end);
            self.partial.clear();
            return Offer::Adrift;
        }
        let seen = (next - at) as usize;
        let start = next - self.partial.len() as u64;
        self.next = Some(end);
        if self.partial.is_empty() && self.early.is_empty() && seen == 0 {
            return Offer::Run { start, joined: None, together: false };
        }
        let waited = !self.partial.is_empty() && self.open_ended;
        let mut joined = std::mem::take(&mut self.partial);
        joined.extend_from_slice(&octets[seen..]);
        let own = joined.len();
        self.join_early(&mut joined);
        let together = waited || joined.len() > own;
        Offer::Run { start, joined: Some(joined.into()), together }
    }

    fn keep_early(&mut self, at: u64, octets: &[u8]) -> Offer {
        let full = self.early_len + octets.len() > MAX_EARLY || self.early.len() >= MAX_EARLY_SEGMENTS;
        if full {
            self.lose_track(at + octets.len() as u64);
            return Offer::GaveUp;
        }
        let before = self.early.insert(at, Bytes::copy_from_slice(octets));
        self.early_len += octets.len();
        self.early_len -= before.map_or(0, |octets| octets.len());
        Offer::Early
    }

    /// Adds what waited and now follows.
    fn join_early(&mut self, joined: &mut Vec<u8>) {
        while let Some(entry) = self.early.first_entry() {
            let next = self.next.unwrap_or(0);
            if *entry.key() > next {
                return;
            }
            let (at, octets) = entry.remove_entry();
            self.early_len -= octets.len();
            let seen = (next - at) as usize;
            if let Some(new) = octets.get(seen..) {
                joined.extend_from_slice(new);
                self.next = Some(next + new.len() as u64);
            }
        }
    }

    /// What was read, up to a message that is not whole: keep its octets. `open_ended` when they do
    /// not tell how long it is.
    pub fn keep(&mut self, partial: &[u8], open_ended: bool) {
        self.open_ended = open_ended;
        self.partial.clear();
        self.partial.extend_from_slice(partial);
    }

    /// It is no longer known where a message begins; the stream goes on at `next`.
    pub fn lose_track(&mut self, next: u64) {
        self.next = Some(next);
        self.synced = false;
        self.partial.clear();
        self.early.clear();
        self.early_len = 0;
    }

    /// A message reaches from one position to another.
    pub fn read(&mut self, at: u64, end: u64) {
        if self.recent.back().is_some_and(|last| last.0 >= at) {
            return;
        }
        if self.recent.len() >= MAX_RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back((at, end));
        let spacing = ANCHOR_SPACING << self.sparse;
        if self.anchors.last().is_none_or(|last| at >= last + spacing) {
            let anchors = Arc::make_mut(&mut self.anchors);
            anchors.push(at);
            if anchors.len() > MAX_ANCHORS {
                let mut index = 0;
                anchors.retain(|_| {
                    index += 1;
                    index % 2 == 1
                });
                self.sparse += 1;
            }
        }
    }

    /// Whether a message that was read goes over this position.
    pub fn is_inside(&self, at: u64) -> bool {
        self.recent.iter().any(|(start, end)| *start < at && at < *end)
    }

    /// The messages that lie between two positions and are remembered, in order.
    pub fn messages(&self, from: u64, to: u64) -> Vec<(u64, u64)> {
        self.recent.iter().copied().filter(|(start, end)| *start >= from && *end <= to).collect()
    }

    /// The last beginning of a message at `at` or before that is remembered.
    pub fn boundary(&self, at: u64) -> Option<u64> {
        let recent = self.recent.iter().rev().map(|message| message.0).find(|start| *start <= at);
        recent.or_else(|| self.anchors.iter().rev().copied().find(|start| *start <= at))
    }

    /// Goes back to an earlier position, where a message is known to begin or not.
    pub fn rewind(&mut self, to: u64, begins: bool) {
        self.lose_track(to);
        self.synced = begins;
    }
}

/// All streams that are followed.
#[derive(Clone, Debug, Default)]
pub struct Streams {
    streams: BTreeMap<Way, Stream>,
    /// The octets that wait in them.
    waiting: usize,
    turn: u64,
}

impl Streams {
    /// Takes a stream out, to be put back after use. One never heard of is empty.
    pub fn take(&mut self, way: Way) -> Stream {
        let stream = self.streams.remove(&way).unwrap_or_default();
        self.waiting -= stream.waiting();
        stream
    }

    /// Puts a stream back.
    pub fn put(&mut self, way: Way, mut stream: Stream) {
        self.turn += 1;
        stream.turn = self.turn;
        self.waiting += stream.waiting();
        self.streams.insert(way, stream);
        while self.streams.len() > MAX_STREAMS || self.waiting > MAX_WAITING {
            let oldest = self.streams.iter().min_by_key(|(_, stream)| stream.turn).map(|(way, _)| *way);
            let Some(way) = oldest else { return };
            self.take(way);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(sequence: u32) -> Stream {
        let mut stream = Stream::default();
        stream.open(sequence);
        stream
    }

    fn joined(start: u64, octets: &'static [u8], together: bool) -> Offer {
        Offer::Run { start, joined: Some(Bytes::from_static(octets)), together }
    }

    #[test]
    fn octets_come_in_order_whatever_order_they_came_in() {
        // The numbers turn over inside.
        let mut stream = opened(u32::MAX - 3);
        let start = stream.position(u32::MAX - 2);
        assert_eq!(stream.offer(start, b"ab"), Offer::Run { start, joined: None, together: false });
        let five = stream.position(2);
        assert_eq!(five, start + 5);
        assert_eq!(stream.offer(five, b"fg"), Offer::Early);
        assert_eq!(stream.offer(start, b"ab"), Offer::Repeat);
        assert_eq!(stream.offer(start + 1, b"bcdef"), joined(start + 2, b"cdefg", true));
        stream.keep(b"g", false);
        assert_eq!(stream.offer(start + 7, b"h"), joined(start + 6, b"gh", false));
        stream.keep(b"h", true);
        assert_eq!(stream.offer(start + 8, b"i"), joined(start + 7, b"hi", true));
        assert_eq!(stream.next(), Some(start + 9));
    }

    #[test]
    fn a_repeated_syn_changes_nothing_and_a_new_one_everything() {
        let mut stream = opened(7);
        assert!(matches!(stream.offer(stream.position(8), b"x"), Offer::Run { .. }));
        stream.open(7);
        assert_eq!(stream.next(), Some(stream.position(9)));
        stream.open(1000);
        assert_eq!(stream.next(), Some(stream.position(1001)));
    }

    #[test]
    fn a_gap_is_given_up_at_its_limits() {
        let mut stream = opened(0);
        let mut at = stream.position(100);
        let chunk = vec![0; 1024];
        for _ in 0..MAX_EARLY / chunk.len() {
            assert_eq!(stream.offer(at, &chunk), Offer::Early);
            at += chunk.len() as u64;
        }
        assert_eq!(stream.offer(at, &chunk), Offer::GaveUp);
        assert!(!stream.synced && stream.early.is_empty());
        let mut stream = opened(0);
        for index in 0..=MAX_EARLY_SEGMENTS as u64 {
            let answer = stream.offer(100 + ORIGIN + index, b"x");
            let kept = index < MAX_EARLY_SEGMENTS as u64;
            assert_eq!(answer == Offer::Early, kept, "{index}: {answer:?}");
        }
    }

    #[test]
    fn beginnings_are_remembered_within_limits_and_found() {
        let mut stream = opened(0);
        let first = stream.position(1);
        let mut at = first;
        for _ in 0..20_000 {
            stream.read(at, at + 20_000);
            at += 20_000;
        }
        assert!(stream.anchors.len() <= MAX_ANCHORS && stream.recent.len() == MAX_RECENT);
        assert_eq!(stream.boundary(at - 1), Some(at - 20_000));
        let found = stream.boundary(first + 100_000_000).expect("an anchor");
        assert!(found <= first + 100_000_000 && (found - first).is_multiple_of(20_000));
        assert!(first + 100_000_000 - found <= 4 * 40_000, "the anchors lie close");
        assert_eq!(stream.boundary(first - 1), None);
        stream.rewind(found, true);
        assert_eq!((stream.next(), stream.synced), (Some(found), true));
    }

    #[test]
    fn all_streams_together_hold_a_bounded_amount() {
        let way = |port| {
            let end = |port| SocketAddr::from(([127, 0, 0, 1], port));
            (end(port), end(554))
        };
        let mut streams = Streams::default();
        let octets = vec![0; MAX_EARLY];
        let fit = (MAX_WAITING / MAX_EARLY) as u16;
        for port in 0..fit + 10 {
            let mut stream = opened(0);
            assert_eq!(stream.offer(stream.position(9), &octets), Offer::Early);
            streams.put(way(port), stream);
            assert!(streams.waiting <= MAX_WAITING);
        }
        assert_eq!(streams.streams.len(), fit.into());
        assert!(streams.take(way(9)).next().is_none() && streams.take(way(10)).next().is_some());
    }

    #[test]
    fn the_stream_silent_for_longest_is_forgotten() {
        let way = |port| {
            let end = |port| SocketAddr::from(([127, 0, 0, 1], port));
            (end(port), end(554))
        };
        let mut streams = Streams::default();
        for port in 0..=MAX_STREAMS as u16 {
            streams.put(way(port), opened(port.into()));
        }
        assert_eq!(streams.streams.len(), MAX_STREAMS);
        assert!(streams.take(way(0)).next().is_none() && streams.take(way(1)).next().is_some());
    }
}
