//! A picture that waits for its time.

use super::config::{PictureOut, Slot};
use crate::rtp::jpeg::MAX_PACKETS_PER_PICTURE;
use crate::rtp::jpeg::header::{PayloadHeader, UNALIGNED};
use crate::time::SimTime;

/// Sequence numbers that one picture's account may span, lost ones included. It bounds what a
/// hostile sender's numbers can cost.
pub const MAX_SPAN: usize = MAX_PACKETS_PER_PICTURE;

/// What the receiver keeps of a packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet<T> {
    pub ssrc: u32,
    pub sequence: u16,
    pub timestamp: u32,
    pub marker: bool,
    /// Where its data lies in the scan.
    pub offset: u32,
    /// Octets of scan data.
    pub octets: usize,
    /// Octets of payload.
    pub payload: usize,
    /// Q, and whether tables came in this packet.
    pub q: u8,
    pub brings_tables: bool,
    /// Whether decoding can begin with this packet, when the tables are there.
    pub decodable: bool,
    pub tag: T,
    pub at: SimTime,
}

impl<T> Packet<T> {
    /// Whether this is its picture's first packet.
    pub fn starts(&self) -> bool {
        self.offset == 0
    }

    /// Whether decoding can begin with the packet of these headers.
    pub fn decodable_alone(header: &PayloadHeader) -> bool {
        header.offset == 0 || header.restart.is_some_and(|r| r.first && r.count != UNALIGNED)
    }
}

/// A picture under assembly: records of its packets, without their bytes.
#[derive(Clone, Debug)]
pub(super) struct Held<T> {
    pub shown_at: SimTime,
    pub timestamp: u32,
    ssrc: u32,
    /// Which run of sequence numbers its packets belong to.
    pub stretch: u32,
    /// By extended sequence number, ascending.
    packets: Vec<(i64, T, SimTime)>,
    start: Option<i64>,
    end: Option<i64>,
    /// Lowest offset in the scan and largest data, to guess how many packets are missing
    /// before.
    lowest_offset: u32,
    largest: usize,
    tables: bool,
    decodable: bool,
}

impl<T: Copy> Held<T> {
    pub fn new(shown_at: SimTime, timestamp: u32, ssrc: u32, stretch: u32) -> Self {
        Self {
            shown_at,
            timestamp,
            ssrc,
            stretch,
            packets: Vec::new(),
            start: None,
            end: None,
            lowest_offset: u32::MAX,
            largest: 1,
            tables: false,
            decodable: false,
        }
    }

    /// Adds a packet with its extended sequence number. `tables_known` says whether the tables
    /// of its Q need not come with the picture.
    pub fn add(&mut self, number: i64, packet: &Packet<T>, tables_known: bool) {
        let at = self.packets.partition_point(|&(n, ..)| n < number);
        self.packets.insert(at, (number, packet.tag, packet.at));
        if packet.starts() {
            self.start = Some(number);
        }
        if packet.marker {
            self.end = Some(number);
        }
        self.lowest_offset = self.lowest_offset.min(packet.offset);
        self.largest = self.largest.max(packet.octets);
        self.tables |= tables_known || packet.brings_tables;
        self.decodable |= packet.decodable;
    }

    /// Whether a packet of this number can be part of the picture.
    pub fn spans(&self, number: i64, stretch: u32) -> bool {
        let limit = MAX_SPAN as i64;
        stretch == self.stretch
            && (self.packets.is_empty()
                || (number - self.lowest() < limit && self.highest() - number < limit))
    }

    /// How many packets came.
    pub fn len(&self) -> usize {
        self.packets.len()
    }

    fn lowest(&self) -> i64 {
        self.packets.first().map_or(0, |p| p.0)
    }

    fn highest(&self) -> i64 {
        self.packets.last().map_or(0, |p| p.0)
    }

    /// How many packets the missing head has, judged by its octets: at least one.
    fn head_estimate(&self) -> i64 {
        (i64::from(self.lowest_offset) / self.largest as i64).max(1)
    }
}

/// A picture's account, and the first number and length of the gap before it.
pub(super) type Closed<T> = (PictureOut<T>, Option<(i64, i64)>);

/// What is known of the picture shown before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// The last sequence number that was taken to be its own.
    last: i64,
    end_known: bool,
    timestamp: u32,
    stretch: u32,
}

/// Finds out which sequence numbers belong to which picture.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    before: Option<Before>,
    /// Ticks between two pictures that follow one another without a gap.
    step: Option<u32>,
}

impl Slots {
    /// Makes the picture's account at its time, and the run of lost packets before it that
    /// belongs to no picture that came: its first number and length. `next` is the picture that
    /// waits behind it, if any.
    ///
    /// Where both the end of one picture and the beginning of the next are lost, nothing tells
    /// which number belongs to which: the octets that are missing before the next picture's
    /// first fragment decide.
    pub fn close<T: Copy>(&mut self, picture: Held<T>, next: Option<&Held<T>>) -> Closed<T> {
        self.before = self.before.filter(|before| before.stretch == picture.stretch);
        let (first, gap) = self.head(&picture);
        let (last, end_known) = self.tail(&picture, next);
        if let (Some(before), Some(start)) = (self.before, picture.start)
            && before.end_known
            && start == before.last + 1
        {
            self.step = Some(picture.timestamp.wrapping_sub(before.timestamp));
        }
        self.before =
            Some(Before { last, end_known, timestamp: picture.timestamp, stretch: picture.stretch });
        let mut slots = Vec::with_capacity(usize::try_from(last - first + 1).unwrap_or(0));
        let mut expected = first;
        for &(number, tag, at) in &picture.packets {
            slots.extend((expected..number).map(|n| Slot::Missing { sequence: n as u16 }));
            slots.push(Slot::Received { sequence: number as u16, tag, at });
            expected = number + 1;
        }
        slots.extend((expected..=last).map(|n| Slot::Missing { sequence: n as u16 }));
        let complete =
            picture.start == Some(first) && picture.end == Some(last) && slots.len() == picture.packets.len();
        let arrivals = || picture.packets.iter().map(|p| p.2);
        let known = picture.start.is_some() || first < picture.lowest();
        let out = PictureOut {
            shown_at: picture.shown_at,
            timestamp: picture.timestamp,
            ssrc: picture.ssrc,
            first_sequence: known.then_some(first as u16),
            slots,
            end_known,
            complete,
            decodable: picture.tables && picture.decodable,
            first_packet_at: arrivals().min().unwrap_or(picture.shown_at),
            last_packet_at: arrivals().max().unwrap_or(picture.shown_at),
        };
        (out, gap)
    }

    /// The picture's first number, and the gap before it.
    fn head<T: Copy>(&self, picture: &Held<T>) -> (i64, Option<(i64, i64)>) {
        let lowest = picture.lowest();
        let Some(before) = self.before else {
            return (lowest, None);
        };
        let free = (lowest - before.last - 1).max(0);
        let missing = match picture.start {
            // Whatever lies before the first packet is another picture's.
            Some(_) => 0,
            None if before.end_known && self.follows(before.timestamp, picture.timestamp) => free,
            None => free.min(picture.head_estimate()),
        }
        .min(MAX_SPAN as i64);
        let gap = (free > missing).then_some((before.last + 1, free - missing));
        (lowest - missing, gap)
    }

    /// The picture's last number, and whether the end is known.
    fn tail<T: Copy>(&self, picture: &Held<T>, next: Option<&Held<T>>) -> (i64, bool) {
        let highest = picture.highest();
        if let Some(end) = picture.end {
            return (end.max(highest), true);
        }
        let follows =
            |n: &&Held<T>| n.stretch == picture.stretch && self.follows(picture.timestamp, n.timestamp);
        let Some(next) = next.filter(follows) else {
            return (highest, false);
        };
        let free = (next.lowest() - highest - 1).clamp(0, MAX_SPAN as i64);
        let of_next = if next.start.is_some() { 0 } else { free.min(next.head_estimate()) };
        (highest + free - of_next, true)
    }

    /// Whether a picture with timestamp `b` is the one after that with `a`: not more than one
    /// and a half steps later, where the step is known.
    fn follows(&self, a: u32, b: u32) -> bool {
        self.step.is_none_or(|step| b.wrapping_sub(a) <= step.saturating_add(step / 2))
    }
}
