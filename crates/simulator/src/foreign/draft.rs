//! The tape of a capture while it is made: everything at once, in any order, within a bound.
//!
//! A message is known only when its last octet has been read, though it was sent before that; so
//! records are sorted by their times at the end, and only then get their numbers.

use super::script::Script;
use crate::ids::{FrameId, LinkId, MessageId, NodeId};
use crate::tape::{
    BLOCK, Carried, Change, DeliveryRecord, FrameRecord, HopRecord, MessageBytes, MessageRecord, Outcome,
    PictureRecord, ReceiptRecord, StateRecord, kept, words,
};
use protocol::time::SimTime;
use std::time::Duration;

/// Records in the making; a message is known by its place here until the end.
#[derive(Debug)]
pub struct Draft {
    /// What a layer's work takes, as drawn.
    layer: Duration,
    octets: usize,
    limit: usize,
    pub frames: Vec<FrameRecord>,
    pub messages: Vec<MessageRecord>,
    hops: Vec<HopRecord>,
    receipts: Vec<ReceiptRecord>,
    deliveries: Vec<DeliveryRecord>,
    states: Vec<StateRecord>,
    pub pictures: Vec<PictureRecord>,
}

/// The tape's bound is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Draft {
    /// Nothing yet; at most `limit` octets, counted as the tape counts them.
    pub fn new(layer: Duration, limit: usize) -> Self {
        Draft {
            layer,
            octets: 0,
            limit,
            frames: Vec::new(),
            messages: Vec::new(),
            hops: Vec::new(),
            receipts: Vec::new(),
            deliveries: Vec::new(),
            states: Vec::new(),
            pictures: Vec::new(),
        }
    }

    fn take(&mut self, octets: usize) -> Result<(), Full> {
        if self.octets + octets > self.limit {
            return Err(Full);
        }
        self.octets += octets;
        Ok(())
    }

    /// Octets that it takes.
    pub fn octets(&self) -> usize {
        self.octets
    }

    /// When the application handed down what passed at `at`.
    pub fn handed_down(&self, at: SimTime) -> SimTime {
        at - self.layer * 4
    }

    /// When the application got what passed at `at`: a cable's time and four layers later.
    pub fn handed_up(&self, at: SimTime) -> SimTime {
        at + self.layer * 5
    }

    /// A frame passed at `at`, from a device over these cables to these devices; its number is the
    /// count of those before it.
    pub fn frame(
        &mut self,
        at: SimTime,
        mut record: FrameRecord,
        ways: &[(LinkId, NodeId, Outcome)],
    ) -> Result<(), Full> {
        let way = kept::<HopRecord>() + kept::<ReceiptRecord>();
        self.take(kept::<FrameRecord>() + record.bytes.stored() + ways.len() * way)?;
        let frame = FrameId(self.frames.len() as u64);
        record.at = at - self.layer * 3;
        let from = record.node;
        self.frames.push(record);
        let arrive = at + self.layer;
        for (link, node, outcome) in ways {
            self.hops.push(HopRecord {
                frame,
                link: *link,
                from,
                queued: at,
                start: at,
                end: arrive,
                arrive,
                fate: None,
                mishap: None,
            });
            let layers = match outcome {
                Outcome::Accepted { layer } => u32::from(*layer) - 1,
                _ => 1,
            };
            self.receipts.push(ReceiptRecord {
                frame,
                node: *node,
                arrive,
                at: arrive + self.layer * layers,
                outcome: outcome.clone(),
            });
        }
        Ok(())
    }

    /// A message; answers its place.
    pub fn message(&mut self, record: MessageRecord) -> Result<usize, Full> {
        let own = match &record.bytes {
            MessageBytes::Own(bytes) => bytes.len() + BLOCK,
            MessageBytes::InFrame { .. } => 0,
        };
        self.take(kept::<MessageRecord>() + own)?;
        self.messages.push(record);
        Ok(self.messages.len() - 1)
    }

    /// A message reached its application with this frame, which passed at `at`.
    pub fn delivery(&mut self, message: usize, node: NodeId, at: SimTime, frame: u64) -> Result<(), Full> {
        self.take(kept::<DeliveryRecord>())?;
        let (at, frame) = (self.handed_up(at), Some(FrameId(frame)));
        self.deliveries.push(DeliveryRecord { message: MessageId(message as u64), node, at, frame });
        Ok(())
    }

    /// A change of state.
    pub fn state(&mut self, at: SimTime, node: NodeId, change: Change) -> Result<(), Full> {
        self.take(kept::<StateRecord>() + words(&change))?;
        self.states.push(StateRecord { at, node, change });
        Ok(())
    }

    /// A picture was shown; its slots name messages by their places here.
    pub fn picture(&mut self, record: PictureRecord) -> Result<(), Full> {
        self.take(kept::<PictureRecord>() + record.slots.len() * size_of::<(u16, Option<MessageId>)>())?;
        self.pictures.push(record);
        Ok(())
    }

    /// Sorts everything by its time and gives messages their numbers.
    pub fn finish(mut self) -> Script {
        let mut order: Vec<usize> = (0..self.messages.len()).collect();
        order.sort_by_key(|place| self.messages[*place].at);
        let mut numbers = vec![MessageId(0); order.len()];
        for (number, place) in order.iter().enumerate() {
            numbers[*place] = MessageId(number as u64);
        }
        let numbered = |message: &mut MessageId| {
            if let Some(number) = numbers.get(message.0 as usize) {
                *message = *number;
            }
        };
        let mut messages: Vec<Option<MessageRecord>> = self.messages.into_iter().map(Some).collect();
        let mut sorted: Vec<MessageRecord> = Vec::with_capacity(order.len());
        for place in order {
            if let Some(mut record) = messages[place].take() {
                record.cause.iter_mut().for_each(numbered);
                sorted.push(record);
            }
        }
        for frame in &mut self.frames {
            if let Carried::Udp { message: Some(message), .. } = &mut frame.carried {
                numbered(message);
            }
        }
        self.deliveries.iter_mut().for_each(|delivery| numbered(&mut delivery.message));
        for picture in &mut self.pictures {
            picture.slots.iter_mut().filter_map(|slot| slot.1.as_mut()).for_each(numbered);
        }
        self.receipts.sort_by_key(|receipt| receipt.at);
        self.deliveries.sort_by_key(|delivery| delivery.at);
        self.states.sort_by_key(|state| state.at);
        self.pictures.sort_by_key(|picture| picture.at);
        Script {
            messages: sorted.into(),
            frames: self.frames.into(),
            hops: self.hops.into(),
            receipts: self.receipts.into(),
            deliveries: self.deliveries.into(),
            states: self.states.into(),
            pictures: self.pictures.into(),
        }
    }
}
