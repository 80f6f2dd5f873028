//! What is still to come on the tape, in the order of its times.

use crate::tape::{
    DeliveryRecord, FrameRecord, HopRecord, MessageRecord, PictureRecord, ReceiptRecord, StateRecord, Tape,
};
use protocol::time::SimTime;
use std::collections::VecDeque;

/// All records that have not been told yet.
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub messages: VecDeque<MessageRecord>,
    pub frames: VecDeque<FrameRecord>,
    pub hops: VecDeque<HopRecord>,
    pub receipts: VecDeque<ReceiptRecord>,
    pub deliveries: VecDeque<DeliveryRecord>,
    pub states: VecDeque<StateRecord>,
    pub pictures: VecDeque<PictureRecord>,
}

fn tell<T>(from: &mut VecDeque<T>, due: impl Fn(&T) -> bool, mut to: impl FnMut(T)) {
    while from.front().is_some_and(&due)
        && let Some(record) = from.pop_front()
    {
        to(record);
    }
}

impl Script {
    /// The time of the next record.
    pub fn next_at(&self) -> Option<SimTime> {
        let heads = [
            self.messages.front().map(|r| r.at),
            self.frames.front().map(|r| r.at),
            self.hops.front().map(|r| r.queued),
            self.receipts.front().map(|r| r.at),
            self.deliveries.front().map(|r| r.at),
            self.states.front().map(|r| r.at),
            self.pictures.front().map(|r| r.at),
        ];
        heads.into_iter().flatten().min()
    }

    /// Writes what happens up to and including `until` on the tape.
    pub fn tell(&mut self, until: SimTime, tape: &mut Tape) {
        tell(
            &mut self.messages,
            |r| r.at <= until,
            |r| {
                tape.push_message(r);
            },
        );
        tell(
            &mut self.frames,
            |r| r.at <= until,
            |r| {
                tape.push_frame(r);
            },
        );
        tell(&mut self.hops, |r| r.queued <= until, |r| tape.push_hop(r));
        tell(&mut self.receipts, |r| r.at <= until, |r| tape.push_receipt(r));
        tell(&mut self.deliveries, |r| r.at <= until, |r| tape.push_delivery(r));
        tell(&mut self.states, |r| r.at <= until, |r| tape.push_state(r));
        tell(
            &mut self.pictures,
            |r| r.at <= until,
            |r| {
                tape.push_picture(r);
            },
        );
    }

    /// The time of the last record.
    pub fn end(&self) -> Option<SimTime> {
        let tails = [
            self.hops.back().map(|r| r.arrive),
            self.receipts.back().map(|r| r.at),
            self.deliveries.back().map(|r| r.at),
            self.states.back().map(|r| r.at),
            self.pictures.back().map(|r| r.at),
        ];
        tails.into_iter().flatten().max()
    }
}
