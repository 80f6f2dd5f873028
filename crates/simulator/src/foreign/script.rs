//! What is still to come on the tape, in the order of its times.

use crate::tape::{
    DeliveryRecord, FrameRecord, HopRecord, Log, MessageBytes, MessageRecord, PictureRecord, ReceiptRecord,
    StateRecord, Tape,
};
use protocol::time::SimTime;
use std::cell::Cell;

/// All records that have not been told yet. A copy shares them with its original, and costs next to
/// nothing.
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub messages: Log<MessageRecord>,
    pub frames: Log<FrameRecord>,
    pub hops: Log<HopRecord>,
    pub receipts: Log<ReceiptRecord>,
    pub deliveries: Log<DeliveryRecord>,
    pub states: Log<StateRecord>,
    pub pictures: Log<PictureRecord>,
}

fn tell<T: Clone>(from: &mut Log<T>, due: impl Fn(&T) -> bool, mut to: impl FnMut(T)) {
    from.pop_while(due, |record| to(record.clone()));
}

/// The next record.
fn next<T>(coming: &Log<T>) -> Option<&T> {
    coming.get(coming.start())
}

/// The last record.
fn last<T>(coming: &Log<T>) -> Option<&T> {
    coming.iter().next_back()
}

impl Script {
    /// The time of the next record.
    pub fn next_at(&self) -> Option<SimTime> {
        let heads = [
            next(&self.messages).map(|r| r.at),
            next(&self.frames).map(|r| r.at),
            next(&self.hops).map(|r| r.queued),
            next(&self.receipts).map(|r| r.at),
            next(&self.deliveries).map(|r| r.at),
            next(&self.states).map(|r| r.at),
            next(&self.pictures).map(|r| r.at),
        ];
        heads.into_iter().flatten().min()
    }

    /// Writes what happens up to and including `until` on the tape.
    ///
    /// A message whose octets lie in a frame comes with that frame and those before it, though
    /// their times are later: else nobody could read it, or find it by what it says, at the very
    /// moment at which it is handed down.
    pub fn tell(&mut self, until: SimTime, tape: &mut Tape) {
        // The count of frames that are needed; and of those that were told.
        let needed = Cell::new(0);
        tell(
            &mut self.messages,
            |r| r.at <= until,
            |r| {
                if let MessageBytes::InFrame { frame, .. } = &r.bytes {
                    needed.set(needed.get().max(frame.0 + 1));
                }
                tape.push_message(r);
            },
        );
        let told = Cell::new(self.frames.start());
        tell(
            &mut self.frames,
            |r| r.at <= until || told.get() < needed.get(),
            |r| {
                told.set(told.get() + 1);
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
            last(&self.hops).map(|r| r.arrive),
            last(&self.receipts).map(|r| r.at),
            last(&self.deliveries).map(|r| r.at),
            last(&self.states).map(|r| r.at),
            last(&self.pictures).map(|r| r.at),
        ];
        tails.into_iter().flatten().max()
    }
}
