//! The items of one direction of an RTSP connection: requests, responses, packets in `$` frames.
//!
//! They are read with the one reader of RTSP. Where the capture lacks octets, or what is there
//! makes no sense, reading goes on where an item clearly begins.

use super::who::starts_rtsp;
use bytes::{Bytes, BytesMut};
use protocol::rtsp::reader::{FRAME_HEADER, Item, MAX_FRAME, Reader};
use std::ops::Range;

/// Octets in which the next item's beginning is looked for; what lies further back is passed over.
pub const MAX_LOOSE: usize = 2 * (MAX_FRAME + FRAME_HEADER);

/// The highest channel that is believed where nothing else tells that a `$` begins a frame.
const LIKELY_CHANNEL: u8 = 31;

/// One direction.
#[derive(Debug)]
pub struct Talk {
    reader: Reader,
    /// The place in the stream of the reader's first octet.
    start: u64,
    lab: bool,
    /// What was not read yet because it is not known where an item begins.
    loose: Option<Loose>,
}

#[derive(Debug, Default)]
struct Loose {
    octets: BytesMut,
    /// Whether their first begins a segment.
    aligned: bool,
    /// How many there must be before it is worth looking through them again: what comes octet by
    /// octet is not read from its start each time.
    look_at: usize,
}

/// An item, and its octets' places in the stream.
pub type Read = (Range<u64>, Item);

/// How many octets were passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skipped(pub u64);

impl Talk {
    /// A stream from its first octet on, or, when it is `midway`, from somewhere.
    pub fn new(lab: bool, midway: bool) -> Self {
        let reader = if lab { Reader::with_lab_dialect() } else { Reader::new() };
        let loose = midway.then(|| Loose { aligned: true, ..Loose::default() });
        Talk { reader, start: 0, lab, loose }
    }

    /// Takes the octets that come next in, which begin at place `at`.
    pub fn push(&mut self, at: u64, octets: &Bytes, out: &mut Vec<Read>) -> Skipped {
        if self.loose.is_some() {
            return self.find(at, octets, out);
        }
        let before = self.reader.waiting();
        let offset = self.reader.offset();
        self.reader.push(octets);
        self.take(out);
        if !self.reader.is_broken() {
            return Skipped(0);
        }
        // Behind a fault nobody knows what follows: it is looked for.
        let used = (self.reader.offset() - offset) as usize;
        let rest = (before + octets.len()).saturating_sub(used);
        let rest = octets.slice(octets.len() - rest.min(octets.len())..);
        self.loose = Some(Loose::default());
        self.find(at + (octets.len() - rest.len()) as u64, &rest, out)
    }

    /// Octets are missing; what waited for them is given up.
    pub fn gap(&mut self) -> Skipped {
        let waited = self.loose.as_ref().map_or(self.reader.waiting(), |loose| loose.octets.len());
        self.loose = Some(Loose { aligned: true, ..Loose::default() });
        Skipped(waited as u64)
    }

    /// The other end speaks: in the student project's dialect nothing else ends a message.
    pub fn settle(&mut self, out: &mut Vec<Read>) {
        if self.lab && self.loose.is_none() && self.reader.is_open() {
            let item = self.reader.settle();
            out.extend(item.map(|item| self.place(item)));
        }
    }

    fn take(&mut self, out: &mut Vec<Read>) {
        while let Some(item) = self.reader.next() {
            let read = self.place(item);
            out.push(read);
        }
    }

    fn place(&self, item: Item) -> Read {
        let start = self.start + item.offset;
        (start..start + item.bytes.len() as u64, item)
    }

    /// Looks for the beginning of an item.
    fn find(&mut self, at: u64, octets: &Bytes, out: &mut Vec<Read>) -> Skipped {
        let Some(mut loose) = self.loose.take() else { return Skipped(0) };
        let end = at + octets.len() as u64;
        let segment = loose.octets.len();
        loose.octets.extend_from_slice(octets);
        let first = if segment == 0 && loose.aligned && begins_likely(octets) {
            Some(0)
        } else if segment > 0 && begins_likely(octets) {
            Some(segment)
        } else if loose.octets.len() >= loose.look_at {
            let found = loose.look();
            loose.look_at = loose.octets.len() + (loose.octets.len() / 16).max(64);
            found
        } else {
            None
        };
        match first {
            Some(first) => {
                self.reader = if self.lab { Reader::with_lab_dialect() } else { Reader::new() };
                self.start = end - (loose.octets.len() - first) as u64;
                self.reader.push(&loose.octets[first..]);
                self.take(out);
                if self.reader.is_broken() {
                    // It looked like an item and was none: what is behind it is passed over.
                    self.loose = Some(Loose::default());
                }
                Skipped(first as u64)
            }
            None => {
                let passed =
                    if loose.octets.len() > MAX_LOOSE { loose.octets.len() - MAX_LOOSE / 2 } else { 0 };
                if passed > 0 {
                    loose = Loose { octets: loose.octets.split_off(passed), ..Loose::default() };
                }
                self.loose = Some(loose);
                Skipped(passed as u64)
            }
        }
    }
}

impl Loose {
    /// Where an item surely begins.
    fn look(&self) -> Option<usize> {
        let mut line = self.aligned;
        for (at, octet) in self.octets.iter().enumerate() {
            if begins_surely(&self.octets[at..], line) {
                return Some(at);
            }
            line = *octet == b'\n';
        }
        None
    }
}

/// Whether an item begins here, for octets that begin a segment: senders mostly begin one with it.
fn begins_likely(octets: &[u8]) -> bool {
    starts_rtsp(octets).is_some()
        || matches!(octets, [b'$', 0..=LIKELY_CHANNEL, _, length, version, ..]
            if *version >> 6 == 2 && (octets[2] > 0 || *length >= 8))
}

/// Whether an item begins here, wherever that is: a start line at the beginning of a line, or a
/// packet behind which another item begins.
fn begins_surely(octets: &[u8], line: bool) -> bool {
    match octets {
        [b'$', 0..=LIKELY_CHANNEL, high, low, version, ..] if *version >> 6 == 2 => {
            let next = FRAME_HEADER + usize::from(u16::from_be_bytes([*high, *low]));
            octets.get(next..).is_some_and(|next| match next {
                [b'$', 0..=LIKELY_CHANNEL, ..] => true,
                _ => starts_rtsp(next).is_some(),
            })
        }
        [b'R', b'T', b'S', b'P', b'/', ..] => true,
        [b'A'..=b'Z', ..] => line && starts_rtsp(octets).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::rtsp::reader::ItemKind;

    const ASK: &[u8] = b"OPTIONS rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\n\r\n";

    fn framed(channel: u8, octets: usize) -> Vec<u8> {
        let mut frame = vec![b'$', channel, (octets >> 8) as u8, octets as u8, 0x80];
        frame.resize(FRAME_HEADER + octets, 0x55);
        frame
    }

    fn push(talk: &mut Talk, at: u64, octets: &[u8]) -> (Vec<(u64, ItemKind)>, u64) {
        let mut out = Vec::new();
        let skipped = talk.push(at, &Bytes::copy_from_slice(octets), &mut out);
        (out.into_iter().map(|(range, item)| (range.start, item.parsed.kind)).collect(), skipped.0)
    }

    #[test]
    fn behind_a_gap_reading_goes_on_where_an_item_begins() {
        let mut talk = Talk::new(false, false);
        let frame = framed(0, 40);
        assert_eq!(push(&mut talk, 0, &frame[..30]), (vec![], 0));
        assert_eq!(talk.gap(), Skipped(30));
        // The rest of a packet, then one whose next begins behind it, and that next one.
        let mut octets = vec![7; 20];
        octets.extend(&frame);
        octets.extend(&frame);
        let items = vec![(120, ItemKind::Frame), (164, ItemKind::Frame)];
        assert_eq!(push(&mut talk, 100, &octets), (items, 20));
        assert_eq!(push(&mut talk, 208, ASK), (vec![(208, ItemKind::Request)], 0));
    }

    #[test]
    fn a_stream_joined_midway_is_read_from_a_segment_that_begins_with_an_item() {
        let mut talk = Talk::new(false, true);
        assert_eq!(push(&mut talk, 0, &[9; 500]), (vec![], 0));
        assert_eq!(push(&mut talk, 500, &framed(1, 28)), (vec![(500, ItemKind::Frame)], 500));
        let mut talk = Talk::new(false, true);
        let (items, skipped) = push(&mut talk, 0, &[b"half a header\r\n\r\n", ASK].concat());
        assert_eq!((items, skipped), (vec![(17, ItemKind::Request)], 17));
    }

    #[test]
    fn nonsense_is_passed_over_and_what_waits_is_bounded() {
        let mut talk = Talk::new(false, false);
        let (items, _) = push(&mut talk, 0, &[b"nonsense\r\n\r\n", ASK].concat());
        assert_eq!(items.last(), Some(&(12, ItemKind::Request)));
        let mut talk = Talk::new(false, true);
        let mut skipped = 0;
        for i in 0..40u64 {
            skipped += push(&mut talk, 10_000 * i, &[1; 10_000]).1;
            assert!(talk.loose.as_ref().is_some_and(|loose| loose.octets.len() <= MAX_LOOSE));
        }
        assert!(skipped > 100_000);
    }
}
