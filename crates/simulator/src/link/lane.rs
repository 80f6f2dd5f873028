//! One direction of a cable at work.

use super::dice::{LaneDice, Lost, Throw};
use super::fault::{Fault, FaultKind, FaultTrigger, MAX_FAULTS};
use super::weather::Weather;
use crate::ids::FrameId;
use protocol::time::SimTime;
use protocol::wire::ethernet::{self, PREAMBLE_AND_GAP};
use std::collections::VecDeque;
use std::time::Duration;

/// One direction of a cable.
///
/// Invariants: nothing arrives sooner than its bits and the delay allow; frames that are not
/// held back arrive in the order in which they were offered, also when the weather changes;
/// what has entered keeps its fate.
#[derive(Clone, Debug)]
pub struct Lane {
    weather: Weather,
    dice: LaneDice,
    /// Copies throw dice of their own, so that the originals' do not shift.
    copy_dice: LaneDice,
    /// When the sending port has sent all that it accepted so far.
    busy_until: SimTime,
    /// When the last frame arrives, of those that were not held back.
    arrives_until: Option<SimTime>,
    /// Frames that wait for the port: when each begins to be sent, and its octets.
    waiting: VecDeque<(SimTime, usize)>,
    waiting_octets: usize,
    /// Orders that wait for their frame, oldest first, at most [`MAX_FAULTS`].
    faults: Vec<Fault>,
}

/// A frame that enters a port's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// When. Calls come in the order of this.
    pub queued: SimTime,
    /// Its number.
    pub frame: FrameId,
    /// Its octets with the FCS.
    pub octets: usize,
    /// Octets of VLAN tags in it, which the MTU does not count.
    pub tags: usize,
    /// It carries an RTP packet with the marker bit; asked for only when
    /// [`Lane::awaits_marker`].
    pub marker: bool,
}

/// What becomes of one frame, and of its copy if it was sent twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The frame.
    pub first: Crossing,
    /// The copy that follows it.
    pub copy: Option<Crossing>,
}

/// The way of one frame over a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// When its first bit is sent.
    pub start: SimTime,
    /// When its last bit is sent.
    pub end: SimTime,
    /// When its last bit arrives, or would.
    pub arrive: SimTime,
    /// Why it does not arrive; `None` when it does, whole or damaged.
    pub fate: Option<Fate>,
    /// What else happens to it; `None` for nearly all.
    pub mishap: Option<Box<Mishap>>,
}

/// Why a frame does not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The sending port's queue was full: it never entered the cable.
    QueueFull {
        /// The queue's limit, octets.
        limit: usize,
    },
    /// The cable was down: it never entered it.
    LinkDown,
    /// Its packet is longer than the cable carries: it never entered it.
    TooBig {
        /// The longest packet, octets.
        mtu: usize,
    },
    /// Lost on the cable by chance: random loss, or the good times of bursty loss.
    Lost,
    /// Lost on the cable in a bad time of bursty loss.
    LostInBurst,
    /// Lost on the cable because a person ordered it.
    Ordered,
}

impl Fate {
    /// Whether its bits entered the cable.
    pub fn entered(self) -> bool {
        matches!(self, Fate::Lost | Fate::LostInBurst | Fate::Ordered)
    }
}

/// What happens to a frame besides being lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mishap {
    /// The bits that arrive turned over, counted from 0 at the frame's first bit, in order.
    pub flipped: Vec<u32>,
    /// By how much it is held back, while others overtake it.
    pub late: Option<Duration>,
    /// It is the second one of a frame that is sent twice.
    pub copy: bool,
    /// A person ordered this.
    pub ordered: Option<FaultKind>,
}

impl Mishap {
    /// Whether nothing happens.
    fn is_none(&self) -> bool {
        self.flipped.is_empty() && self.late.is_none() && !self.copy && self.ordered.is_none()
    }
}

impl Lane {
    /// An idle lane; its dice belong to `name` in the run with this `seed`.
    pub fn new(weather: Weather, seed: u64, name: &str) -> Self {
        Lane {
            weather,
            dice: LaneDice::new(seed, name),
            copy_dice: LaneDice::new(seed, &format!("{name} copy")),
            busy_until: SimTime::ZERO,
            arrives_until: None,
            waiting: VecDeque::new(),
            waiting_octets: 0,
            faults: Vec::new(),
        }
    }

    /// How it behaves now.
    pub fn weather(&self) -> &Weather {
        &self.weather
    }

    /// Changes how it behaves to frames that are offered from now on.
    pub fn set_weather(&mut self, weather: Weather) {
        self.weather = weather;
    }

    /// Orders something to happen to a coming frame; false when [`MAX_FAULTS`] wait already.
    pub fn order(&mut self, fault: Fault) -> bool {
        let fits = self.faults.len() < MAX_FAULTS;
        if fits {
            self.faults.push(fault);
        }
        fits
    }

    /// Orders that wait for their frame, oldest first.
    pub fn orders(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether an order waits for a packet with the marker bit.
    pub fn awaits_marker(&self) -> bool {
        self.faults.iter().any(|fault| fault.on == FaultTrigger::NextMarker)
    }

    /// Octets that wait in the queue of the sending port at `at`, which is not before the last
    /// frame was offered.
    pub fn waiting(&mut self, at: SimTime) -> usize {
        while let Some(&(start, size)) = self.waiting.front()
            && start <= at
        {
            self.waiting.pop_front();
            self.waiting_octets -= size;
        }
        self.waiting_octets
    }

    /// Sends a frame, and its copy if chance or an order wants one.
    pub fn send(&mut self, offered: &Offered) -> Passage {
        // The dice fall even for a frame that is refused, so that a fuller queue does not shift
        // those of later frames.
        let throw = self.dice.throw(&self.weather, offered.octets);
        if let Some(fate) = self.refusal(offered) {
            return Passage { first: Crossing::refused(offered.queued, fate, None), copy: None };
        }
        let acting = self.faults.iter().position(|fault| fault.acts_on(offered.frame, offered.marker));
        let order = acting.map(|place| self.faults.remove(place).what);
        let first = self.cross(offered, &throw, order);
        let ordered = order.filter(|order| *order == FaultKind::Duplicate);
        let copy = (throw.duplicated || ordered.is_some()).then(|| {
            let throw = self.copy_dice.throw(&self.weather, offered.octets);
            let mark = Mishap { copy: true, ordered, ..Mishap::default() };
            match self.refusal(offered) {
                Some(fate) => Crossing::refused(offered.queued, fate, Some(Box::new(mark))),
                None => {
                    let mut copy = self.cross(offered, &throw, None);
                    let mishap = copy.mishap.get_or_insert_default();
                    (mishap.copy, mishap.ordered) = (true, ordered);
                    copy
                }
            }
        });
        Passage { first, copy }
    }

    /// Why a frame cannot enter the cable.
    fn refusal(&mut self, offered: &Offered) -> Option<Fate> {
        let Offered { queued, octets, tags, .. } = *offered;
        let Weather { mtu, queue, down, .. } = self.weather;
        if down {
            Some(Fate::LinkDown)
        } else if octets > ethernet::HEADER + tags + mtu + ethernet::FCS {
            Some(Fate::TooBig { mtu })
        } else if self.busy_until > queued && self.waiting(queued) + octets > queue {
            Some(Fate::QueueFull { limit: queue })
        } else {
            None
        }
    }

    fn cross(&mut self, offered: &Offered, throw: &Throw, order: Option<FaultKind>) -> Crossing {
        let Offered { queued, octets, .. } = *offered;
        let start = self.busy_until.max(queued);
        self.waiting(queued);
        if start > queued {
            self.waiting.push_back((start, octets));
            self.waiting_octets += octets;
        }
        let time = self.weather.rate.time(octets);
        // Preamble and gap keep the port busy but carry no bit of the frame (IEEE 802.3 4.4.2).
        let gap = self.weather.rate.time(PREAMBLE_AND_GAP);
        let end = start + time;
        self.busy_until = end + gap;
        let fate = match (order, throw.lost) {
            (Some(FaultKind::Drop), _) => Some(Fate::Ordered),
            // What a person has asked to see is not left to chance.
            (Some(_), _) | (None, None) => None,
            (None, Some(Lost::Randomly)) => Some(Fate::Lost),
            (None, Some(Lost::InBurst)) => Some(Fate::LostInBurst),
        };
        let late = match order {
            Some(FaultKind::Delay { by }) => Some(by),
            _ => Some(self.weather.reorder.by).filter(|by| throw.reordered && !by.is_zero()),
        };
        let mut arrive = end + self.weather.delay + throw.jitter;
        if let Some(by) = late {
            arrive += by;
        } else {
            // Behind a frame that is held up, bits arrive no faster than the rate lets them.
            arrive = self.arrives_until.map_or(arrive, |last| arrive.max(last + gap + time));
            self.arrives_until = Some(arrive);
        }
        let mishap = match fate {
            None => Mishap { flipped: flipped(throw, order, octets), late, copy: false, ordered: order },
            Some(_) => Mishap { ordered: order, ..Mishap::default() },
        };
        let mishap = (!mishap.is_none()).then(|| Box::new(mishap));
        Crossing { start, end, arrive, fate, mishap }
    }
}

impl Crossing {
    /// Of a frame that does not enter the cable.
    fn refused(at: SimTime, fate: Fate, mishap: Option<Box<Mishap>>) -> Self {
        Crossing { start: at, end: at, arrive: at, fate: Some(fate), mishap }
    }
}

/// The bits that chance and an order turn over, in order.
fn flipped(throw: &Throw, order: Option<FaultKind>, octets: usize) -> Vec<u32> {
    let mut flipped = throw.flipped.clone();
    if let Some(FaultKind::Corrupt { bit }) = order {
        let bit = bit.min((8 * octets as u32).saturating_sub(1));
        // Where chance has turned it over already, it stays turned over.
        if let Err(place) = flipped.binary_search(&bit) {
            flipped.insert(place, bit);
        }
    }
    flipped
}
