//! The tape: an append-only record of every message, frame, hop, drop, delivery and change
//! of state, each with its cause.
//!
//! Octets are kept once: a datagram's message points into its frame, and a frame that a
//! router rewrote keeps only what changed. What lies further back than the history's bound
//! is let go, oldest first.

mod knowledge;
mod log;
mod records;
mod sizes;
mod streams;

pub use knowledge::{Knowledge, Opened, Scratch};
pub use log::Log;
pub use records::{
    Carried, Change, Counts, DeliveryRecord, FrameCause, FrameRecord, HopRecord, MessageRecord,
    MessageTransport, Outcome, PictureRecord, ReceiptRecord, Seen, SourceState, StateRecord, TcpRecord,
};
pub(crate) use records::{FrameBytes, MessageBytes};
pub use sizes::{Sizes, sizes};
pub use streams::Streams;

use crate::ids::{ConnectionId, Direction, FrameId, MessageId, PictureId};
use bytes::Bytes;
use protocol::dissect::Fcs;
use protocol::time::SimTime;
use protocol::wire::vlan;
use std::time::Duration;

/// What a block of memory of its own costs besides its octets: the allocator's header and
/// rounding, and the counter by which `Bytes` is shared. A message's words lie in it, too.
pub(crate) const BLOCK: usize = 96;

/// Records are written when something is decided, and some of them tell of a moment a few layers
/// later: by so much a log may be out of the order of its times.
pub const DISORDER: Duration = Duration::from_millis(50);

/// The most octets that a tape may take, records and payload together; at the bound the
/// oldest tenth of a second goes, whatever the history's length.
pub const MAX_TAPE_OCTETS: usize = 600 << 20;

/// How often the tape looks whether something has become too old.
const TRIM_INTERVAL: Duration = Duration::from_millis(100);

/// The record of a run.
#[derive(Clone, Debug)]
pub struct Tape {
    history: Duration,
    max_octets: usize,
    octets: usize,
    /// What it has let go.
    forgotten: u64,
    oldest: SimTime,
    next_trim: SimTime,
    messages: Log<MessageRecord>,
    frames: Log<FrameRecord>,
    hops: Log<HopRecord>,
    receipts: Log<ReceiptRecord>,
    deliveries: Log<DeliveryRecord>,
    states: Log<StateRecord>,
    tcp: Log<TcpRecord>,
    pictures: Log<PictureRecord>,
}

impl Tape {
    /// An empty tape that keeps what is not older than `history`, and takes at most
    /// [`MAX_TAPE_OCTETS`].
    pub fn new(history: Duration) -> Self {
        Self::with_limit(history, MAX_TAPE_OCTETS)
    }

    fn with_limit(history: Duration, max_octets: usize) -> Self {
        Tape {
            history,
            max_octets,
            octets: 0,
            forgotten: 0,
            oldest: SimTime::ZERO,
            next_trim: SimTime::ZERO,
            messages: Log::default(),
            frames: Log::default(),
            hops: Log::default(),
            receipts: Log::default(),
            deliveries: Log::default(),
            states: Log::default(),
            tcp: Log::default(),
            pictures: Log::default(),
        }
    }

    /// How far back the tape reaches at most.
    pub fn history(&self) -> Duration {
        self.history
    }

    /// Records before this moment are no longer kept.
    pub fn oldest(&self) -> SimTime {
        self.oldest
    }

    /// Octets taken by records and payload, with the lists' spare room and what the allocator
    /// needs for each block, both estimated from above.
    pub fn octets(&self) -> usize {
        self.octets
    }

    /// Octets that it has taken in since it began, also those that it has let go.
    pub(crate) fn taken_in(&self) -> u64 {
        self.forgotten + self.octets as u64
    }

    /// From now on it takes at most `octets`, [`MAX_TAPE_OCTETS`] at the most.
    pub(crate) fn set_limit(&mut self, octets: usize) {
        self.max_octets = octets.min(MAX_TAPE_OCTETS);
    }

    /// Messages, in the order in which they were handed to a transport; a [`MessageId`] is
    /// a number in this log.
    pub fn messages(&self) -> &Log<MessageRecord> {
        &self.messages
    }

    /// Frames, in the order in which they were made; a [`FrameId`] is a number in this log.
    pub fn frames(&self) -> &Log<FrameRecord> {
        &self.frames
    }

    /// Hops, in the order in which they were decided.
    pub fn hops(&self) -> &Log<HopRecord> {
        &self.hops
    }

    /// Receipts, in the order of their time.
    pub fn receipts(&self) -> &Log<ReceiptRecord> {
        &self.receipts
    }

    /// Deliveries, in the order of their time.
    pub fn deliveries(&self) -> &Log<DeliveryRecord> {
        &self.deliveries
    }

    /// The variables of TCP connections, in the order of their time: each record holds
    /// until the next one of the same end.
    pub fn tcp(&self) -> &Log<TcpRecord> {
        &self.tcp
    }

    /// Changes of state, in the order of their time.
    pub fn states(&self) -> &Log<StateRecord> {
        &self.states
    }

    /// Pictures shown, in the order of their time; a [`PictureId`] is a number in this log.
    pub fn pictures(&self) -> &Log<PictureRecord> {
        &self.pictures
    }

    /// A frame's octets; `None` when it is no longer kept. They end with the FCS where
    /// [`Tape::frame_fcs`] says so, and may be fewer than the frame had on its cable when it is of
    /// a capture that cut frames.
    pub fn frame_bytes(&self, frame: FrameId) -> Option<Bytes> {
        match &self.frames.get(frame.0)?.bytes {
            FrameBytes::Whole(bytes) | FrameBytes::Captured { bytes, .. } => Some(bytes.clone()),
            FrameBytes::Rewritten { base, head, fcs } => {
                let mut bytes = self.frame_bytes(*base)?.to_vec();
                let body = bytes.len().checked_sub(fcs.len())?;
                bytes.get_mut(..FrameBytes::HEAD)?.copy_from_slice(&head[..]);
                bytes.get_mut(body..)?.copy_from_slice(fcs);
                Some(bytes.into())
            }
            FrameBytes::Retagged { base, tag } => {
                let mut bytes = self.frame_bytes(*base)?.to_vec();
                vlan::remove(&mut bytes);
                if let Some(tag) = tag {
                    vlan::insert(&mut bytes, *tag);
                }
                Some(bytes.into())
            }
        }
    }

    /// A frame's octets as they arrived at the end of a hop, with the bits that were turned
    /// over there; `None` when they are no longer kept.
    pub fn hop_bytes(&self, hop: &HopRecord) -> Option<Bytes> {
        let bytes = self.frame_bytes(hop.frame)?;
        Some(hop.mishap.as_ref().map_or(bytes.clone(), |mishap| damaged(&bytes, &mishap.flipped)))
    }

    /// Whether a frame's octets end with its FCS; `None` when it is no longer kept.
    pub fn frame_fcs(&self, frame: FrameId) -> Option<Fcs> {
        match &self.frames.get(frame.0)?.bytes {
            FrameBytes::Captured { fcs, .. } => Some(*fcs),
            FrameBytes::Whole(_) | FrameBytes::Rewritten { .. } | FrameBytes::Retagged { .. } => {
                Some(Fcs::Present)
            }
        }
    }

    /// A message's octets; `None` when they are no longer kept.
    pub fn message_bytes(&self, message: MessageId) -> Option<Bytes> {
        match &self.messages.get(message.0)?.bytes {
            MessageBytes::Own(bytes) => Some(bytes.clone()),
            MessageBytes::InFrame { frame, range } => {
                let bytes = self.frame_bytes(*frame)?;
                (range.end <= bytes.len()).then(|| bytes.slice(range.clone()))
            }
        }
    }

    /// The RTP packets of a picture that came in time, without `$` framing.
    pub fn picture_packets(&self, picture: PictureId) -> Option<Vec<Bytes>> {
        let record = self.pictures.get(picture.0)?;
        record
            .slots
            .iter()
            .filter_map(|(_, message)| *message)
            .map(|message| {
                let bytes = self.message_bytes(message)?;
                let interleaved =
                    matches!(self.messages.get(message.0)?.transport, MessageTransport::Tcp { .. });
                // RFC 2326 section 10.12: `$`, channel, two octets of length.
                Some(if interleaved { bytes.slice(4.min(bytes.len())..) } else { bytes })
            })
            .collect()
    }

    /// Frames of one direction of a connection that carry data, in the order in which their
    /// host made them (routers' copies left out), from the first that holds the octet `from`
    /// of the stream up to and including `last`.
    pub fn stream_frames(
        &self,
        connection: ConnectionId,
        direction: Direction,
        from: u64,
        last: FrameId,
    ) -> Vec<FrameId> {
        let mut found = Vec::new();
        let mut number = last.0 + 1;
        while let Some(record) = number.checked_sub(1).and_then(|n| self.frames.get(n)) {
            number -= 1;
            let Carried::Tcp { connection: Some(c), direction: d, stream, .. } = &record.carried else {
                continue;
            };
            if record.parent.is_some() || *c != connection || *d != direction || stream.is_empty() {
                continue;
            }
            if stream.end > from {
                found.push(FrameId(number));
            }
            if stream.start <= from {
                break;
            }
        }
        found.reverse();
        found
    }

    pub(crate) fn push_message(&mut self, record: MessageRecord) -> MessageId {
        self.octets += kept::<MessageRecord>();
        if let MessageBytes::Own(bytes) = &record.bytes {
            self.octets += bytes.len() + BLOCK;
        }
        MessageId(self.messages.push(record))
    }

    /// A datagram's message now lies in `frame`: its own copy can go.
    pub(crate) fn message_lies_in(
        &mut self,
        message: MessageId,
        frame: FrameId,
        range: std::ops::Range<usize>,
    ) {
        if let Some(record) = self.messages.get_mut(message.0)
            && let MessageBytes::Own(bytes) = &record.bytes
        {
            self.octets -= bytes.len() + BLOCK;
            record.bytes = MessageBytes::InFrame { frame, range };
        }
    }

    pub(crate) fn push_frame(&mut self, record: FrameRecord) -> FrameId {
        self.octets += kept::<FrameRecord>() + record.bytes.stored();
        FrameId(self.frames.push(record))
    }

    pub(crate) fn push_hop(&mut self, record: HopRecord) {
        self.octets += hop_cost(&record);
        self.hops.push(record);
    }

    pub(crate) fn push_receipt(&mut self, record: ReceiptRecord) {
        self.octets += kept::<ReceiptRecord>();
        self.receipts.push(record);
    }

    pub(crate) fn push_delivery(&mut self, record: DeliveryRecord) {
        self.octets += kept::<DeliveryRecord>();
        self.deliveries.push(record);
    }

    pub(crate) fn push_state(&mut self, record: StateRecord) {
        self.octets += kept::<StateRecord>() + words(&record.change);
        self.states.push(record);
    }

    pub(crate) fn push_tcp(&mut self, record: TcpRecord) {
        self.octets += kept::<TcpRecord>();
        self.tcp.push(record);
    }

    pub(crate) fn push_picture(&mut self, record: PictureRecord) -> PictureId {
        self.octets += kept::<PictureRecord>() + record.slots.len() * size_of::<(u16, Option<MessageId>)>();
        PictureId(self.pictures.push(record))
    }

    /// Lets go of what has become too old at `now`, or too much.
    pub(crate) fn trim(&mut self, now: SimTime) {
        if now < self.next_trim {
            return;
        }
        self.next_trim = now + TRIM_INTERVAL;
        let by_age = now - self.history;
        if by_age > self.oldest {
            self.forget_before(by_age);
        }
        while self.octets > self.max_octets && self.oldest < now {
            self.forget_before(self.oldest + TRIM_INTERVAL);
        }
    }

    /// Lets go of what is older than `cut`.
    pub(crate) fn forget_before(&mut self, cut: SimTime) {
        self.oldest = self.oldest.max(cut);
        let before = self.octets;
        let octets = &mut self.octets;
        self.messages.pop_while(
            |r| r.at < cut,
            |r| {
                *octets -= kept::<MessageRecord>();
                if let MessageBytes::Own(bytes) = &r.bytes {
                    *octets -= bytes.len() + BLOCK;
                }
            },
        );
        self.frames.pop_while(|r| r.at < cut, |r| *octets -= kept::<FrameRecord>() + r.bytes.stored());
        self.hops.pop_while(|r| r.queued < cut, |r| *octets -= hop_cost(r));
        self.receipts.pop_while(|r| r.at < cut, |_| *octets -= kept::<ReceiptRecord>());
        self.deliveries.pop_while(|r| r.at < cut, |_| *octets -= kept::<DeliveryRecord>());
        self.states.pop_while(|r| r.at < cut, |r| *octets -= kept::<StateRecord>() + words(&r.change));
        self.tcp.pop_while(|r| r.at < cut, |_| *octets -= kept::<TcpRecord>());
        self.pictures.pop_while(
            |r| r.at < cut,
            |r| {
                *octets -= kept::<PictureRecord>() + r.slots.len() * size_of::<(u16, Option<MessageId>)>();
            },
        );
        self.forgotten += (before - self.octets) as u64;
    }
}

/// What a record takes in its list: chunks are full but for the last one, and each costs a
/// few words besides.
pub(crate) const fn kept<T>() -> usize {
    size_of::<T>() + size_of::<usize>()
}

/// What a change takes besides its record: words, and weather.
pub(crate) fn words(change: &Change) -> usize {
    let taken = |text: &String| text.capacity() + BLOCK;
    match change {
        Change::Note { text } => taken(text),
        Change::Parameter { name, value, .. } => taken(name) + taken(value),
        Change::Client { name, .. } => taken(name),
        Change::Source { url, state: SourceState::Failed { why } } => taken(url) + taken(why),
        Change::Source { url, .. } => taken(url),
        Change::Weather { .. } => size_of::<(crate::link::Weather, crate::link::Weather)>() + BLOCK,
        _ => 0,
    }
}

fn hop_cost(record: &HopRecord) -> usize {
    let mishap = record.mishap.as_ref().map_or(0, |mishap| {
        size_of::<crate::link::Mishap>() + mishap.flipped.capacity() * size_of::<u32>() + 2 * BLOCK
    });
    kept::<HopRecord>() + mishap
}

/// `bytes` with these bits turned over; bit 0 is the highest of the first octet, as in
/// dissection.
pub(crate) fn damaged(bytes: &Bytes, flipped: &[u32]) -> Bytes {
    if flipped.is_empty() {
        return bytes.clone();
    }
    let mut bytes = bytes.to_vec();
    for bit in flipped {
        if let Some(octet) = bytes.get_mut((bit / 8) as usize) {
            *octet ^= 0x80 >> (bit % 8);
        }
    }
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::NodeId;

    #[test]
    fn remarks_count_with_their_words_and_the_oldest_go_at_the_limit() {
        const LIMIT: usize = 1 << 20;
        let mut tape = Tape::with_limit(Duration::from_secs(600), LIMIT);
        for number in 0..10_000u64 {
            let at = SimTime::from_millis(number);
            let text = "a".repeat(1_000);
            tape.push_state(StateRecord { at, node: NodeId(0), change: Change::Note { text } });
            tape.trim(at);
        }
        let kept = tape.states().iter().len();
        assert!((500..1_000).contains(&kept), "{kept} remarks of 1,000 octets in a megabyte");
        assert!(tape.octets() < LIMIT + LIMIT / 4, "{}", tape.octets());
        tape.forget_before(SimTime::NEVER);
        assert_eq!(tape.octets(), 0);
    }
}
