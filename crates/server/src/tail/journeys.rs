//! Rows put together again: a frame from the host that made it to where its way ended.

use crate::wire::{
    CarriedRow, DeliveryRow, FrameRow, HopRow, Id, MessageRow, Nanos, OutcomeRow, ReceiptRow, Rows,
};
use std::collections::BTreeMap;

/// The most frames that are followed at once; the oldest is given up for a new one.
pub const MAX_OPEN: usize = 10_000;

/// The most messages that are remembered.
pub const MAX_MESSAGES: usize = 20_000;

/// The most events of one frame that are kept: a flood over many switches is told in part.
pub const MAX_EVENTS: usize = 200;

/// A frame whose way does not end within this simulated time is told as it is then. It is
/// longer than any router waits for ARP.
pub const PATIENCE: u64 = 5_000_000_000;

/// How long after its frame's arrival a message may reach the application.
const DELIVERY: u64 = 1_000_000;

/// Something that happened to a frame.
#[derive(Clone, Debug)]
pub enum Event {
    /// It went over a cable.
    Hop(HopRow),
    /// A device handled it.
    Receipt(ReceiptRow),
    /// It completed a message.
    Delivery(DeliveryRow),
}

impl Event {
    /// When.
    pub fn at(&self) -> Nanos {
        match self {
            Event::Hop(hop) => hop.queued,
            Event::Receipt(receipt) => receipt.at,
            Event::Delivery(delivery) => delivery.at,
        }
    }
}

/// A frame from a host, those that routers made from it, and what happened to them.
#[derive(Clone, Debug)]
pub struct Journey {
    /// The host's frame first; then what routers made of it.
    pub frames: Vec<FrameRow>,
    /// The messages that have octets in it, as far as they are known.
    pub messages: Vec<MessageRow>,
    /// In the order of time, once it is finished.
    pub events: Vec<Event>,
    /// Hops that arrive but were not handled yet.
    under_way: usize,
    /// A router waits for ARP.
    held: bool,
    last: Nanos,
}

impl Journey {
    /// The host's frame.
    pub fn root(&self) -> &FrameRow {
        &self.frames[0]
    }

    fn note(&mut self, event: Event) {
        self.last = self.last.max(match &event {
            Event::Hop(hop) => hop.arrive,
            _ => event.at(),
        });
        if self.events.len() < MAX_EVENTS {
            self.events.push(event);
        }
    }

    fn is_over(&self, now: Nanos) -> bool {
        let quiet = now.0.saturating_sub(self.last.0);
        let handled = self.under_way == 0 && !self.held && !self.events.is_empty();
        let told = |message: &MessageRow| {
            self.events.iter().any(|event| matches!(event, Event::Delivery(d) if d.message == message.id))
        };
        (handled && (quiet > DELIVERY || self.messages.iter().all(told))) || quiet > PATIENCE
    }
}

/// All frames whose way has not ended.
#[derive(Debug, Default)]
pub struct Journeys {
    open: BTreeMap<Id, Journey>,
    /// From every frame of an open journey to the host's.
    roots: BTreeMap<Id, Id>,
    messages: BTreeMap<Id, MessageRow>,
    given_up: Vec<Journey>,
}

impl Journeys {
    /// Takes in rows, in the order of the tape.
    pub fn take(&mut self, rows: &Rows) {
        for message in &rows.messages {
            self.messages.insert(message.id, message.clone());
        }
        while self.messages.len() > MAX_MESSAGES {
            self.messages.pop_first();
        }
        for frame in &rows.frames {
            self.frame(frame);
        }
        for hop in &rows.hops {
            if let Some(journey) = self.of(hop.frame) {
                journey.under_way += usize::from(hop.fate.is_none());
                journey.note(Event::Hop(hop.clone()));
            }
        }
        for receipt in &rows.receipts {
            if let Some(journey) = self.of(receipt.frame) {
                journey.under_way = journey.under_way.saturating_sub(1);
                journey.held |= matches!(receipt.outcome, OutcomeRow::AwaitingArp);
                journey.note(Event::Receipt(receipt.clone()));
            }
        }
        for delivery in &rows.deliveries {
            if let Some(journey) = delivery.frame.and_then(|frame| self.of(frame)) {
                journey.note(Event::Delivery(delivery.clone()));
            }
        }
    }

    /// Takes out the journeys that are over at `now`, in the order in which they began.
    pub fn finished(&mut self, now: Nanos) -> Vec<Journey> {
        let mut over = std::mem::take(&mut self.given_up);
        over.extend(self.open.extract_if(.., |_, journey| journey.is_over(now)).map(|(_, journey)| journey));
        for journey in &mut over {
            for frame in &journey.frames {
                self.roots.remove(&frame.id);
            }
            // What a device did with a frame stands before the cables that it left by.
            journey.events.sort_by_key(|event| (event.at(), matches!(event, Event::Hop(_))));
        }
        over
    }

    /// A message, where it is still remembered.
    pub fn message(&self, id: Id) -> Option<&MessageRow> {
        self.messages.get(&id)
    }

    fn of(&mut self, frame: Id) -> Option<&mut Journey> {
        self.open.get_mut(self.roots.get(&frame)?)
    }

    fn frame(&mut self, frame: &FrameRow) {
        if let Some(parent) = frame.parent {
            // A router's frame belongs to a journey or to one that is no longer followed.
            let Some(root) = self.roots.get(&parent).copied() else { return };
            let Some(journey) = self.open.get_mut(&root).filter(|j| j.frames.len() < MAX_EVENTS) else {
                return;
            };
            journey.held = false;
            journey.frames.push(frame.clone());
            self.roots.insert(frame.id, root);
            return;
        }
        if self.open.len() >= MAX_OPEN
            && let Some((_, oldest)) = self.open.pop_first()
        {
            for frame in &oldest.frames {
                self.roots.remove(&frame.id);
            }
            self.given_up.push(oldest);
        }
        let messages = carried(frame).iter().filter_map(|id| self.messages.get(id).cloned()).collect();
        let journey = Journey {
            frames: vec![frame.clone()],
            messages,
            events: Vec::new(),
            under_way: 0,
            held: false,
            last: frame.at,
        };
        self.roots.insert(frame.id, frame.id);
        self.open.insert(frame.id, journey);
    }
}

/// The messages in a frame.
fn carried(frame: &FrameRow) -> &[Id] {
    match &frame.carried {
        CarriedRow::Udp { message: Some(message), .. } => std::slice::from_ref(message),
        CarriedRow::Tcp { messages, .. } => messages,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{CauseRow, FateRow};

    fn frame(id: u64, parent: Option<u64>) -> FrameRow {
        FrameRow {
            id: Id(id),
            at: Nanos(id),
            node: 0,
            parent: parent.map(Id),
            length: 64,
            kept: None,
            headers: None,
            carried: CarriedRow::Arp { request: true, target: "10.0.0.1".into() },
            cause: CauseRow::Resolve,
        }
    }

    fn hop(frame: u64, at: u64, fate: Option<FateRow>) -> HopRow {
        let at = Nanos(at);
        HopRow {
            frame: Id(frame),
            link: 0,
            from: 0,
            queued: at,
            start: at,
            end: at,
            arrive: at,
            fate,
            mishap: None,
        }
    }

    fn receipt(frame: u64, at: u64, outcome: OutcomeRow) -> ReceiptRow {
        ReceiptRow { frame: Id(frame), node: 1, arrive: Nanos(at), at: Nanos(at), outcome }
    }

    #[test]
    fn a_frame_is_told_when_its_way_has_ended() {
        let mut journeys = Journeys::default();
        journeys.take(&Rows { frames: vec![frame(1, None)], ..Rows::default() });
        assert!(journeys.finished(Nanos(10)).is_empty(), "it has not left yet");
        let routed = OutcomeRow::Routed { frame: Id(2), ttl: 64 };
        journeys.take(&Rows {
            frames: vec![frame(2, Some(1))],
            hops: vec![hop(1, 10, None), hop(2, 20, None)],
            receipts: vec![receipt(1, 15, routed)],
            ..Rows::default()
        });
        assert!(journeys.finished(Nanos(30)).is_empty(), "it is on the second cable");
        let accepted = OutcomeRow::Accepted { layer: 2 };
        journeys.take(&Rows { receipts: vec![receipt(2, 30, accepted)], ..Rows::default() });
        let over = journeys.finished(Nanos(31));
        assert_eq!((over.len(), over[0].frames.len(), over[0].events.len()), (1, 2, 4));
        assert!(journeys.roots.is_empty() && journeys.open.is_empty());
    }

    #[test]
    fn a_lost_frame_is_over_and_one_that_waits_for_arp_is_not() {
        let mut journeys = Journeys::default();
        journeys.take(&Rows {
            frames: vec![frame(1, None), frame(2, None)],
            hops: vec![hop(1, 10, Some(FateRow::Lost)), hop(2, 10, None)],
            receipts: vec![receipt(2, 12, OutcomeRow::AwaitingArp)],
            ..Rows::default()
        });
        let over = journeys.finished(Nanos(20));
        assert_eq!(over.iter().map(|j| j.root().id).collect::<Vec<_>>(), [Id(1)]);
        assert!(journeys.finished(Nanos(PATIENCE)).is_empty());
        assert_eq!(journeys.finished(Nanos(PATIENCE + 13)).len(), 1, "nobody waits for ever");
    }

    #[test]
    fn memory_is_bounded() {
        let mut journeys = Journeys::default();
        for id in 0..MAX_OPEN as u64 + 5 {
            journeys.take(&Rows { frames: vec![frame(id, None)], ..Rows::default() });
        }
        assert_eq!((journeys.open.len(), journeys.roots.len()), (MAX_OPEN, MAX_OPEN));
        let told = journeys.finished(Nanos(0));
        assert_eq!(told.iter().map(|j| j.root().id.0).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        for at in 0..2 * MAX_EVENTS as u64 {
            journeys.take(&Rows { hops: vec![hop(9, at, None)], ..Rows::default() });
        }
        assert_eq!(journeys.open[&Id(9)].events.len(), MAX_EVENTS);
    }
}
