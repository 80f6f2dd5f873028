//! The playout buffer: which picture is shown when.

use super::config::RebaseReason;
use super::picture::{Closed, Held, MAX_SPAN, Packet, Slots};
use crate::rtp::clock::span;
use crate::time::SimTime;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long every picture must come too late before the playout times begin anew.
pub const LATE_BEFORE_REBASE: Duration = Duration::from_secs(1);
/// A timestamp that would be shown later than this after the playout delay is a jump.
pub const MAX_AHEAD: Duration = Duration::from_secs(5);
/// Pictures that may wait; packets of further ones are refused.
pub const MAX_PICTURES_HELD: usize = 256;
/// Packets that may wait, of all pictures; further ones are refused.
pub const MAX_PACKETS_HELD: usize = 16_384;

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// It waits in its picture.
    Held,
    /// Its picture's time is over.
    Late { by: Duration },
    /// A limit is reached.
    Full { what: &'static str, limit: usize },
    /// Its timestamp belongs to no time that can be shown.
    Stray,
}

/// The base was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rebase {
    pub timestamp: u32,
    pub shown_at: SimTime,
    pub reason: RebaseReason,
}

/// Maps timestamps to times and keeps pictures until theirs.
///
/// A picture is shown at `base + media time`. The base is the first packet's arrival plus the
/// playout delay; it moves when a PLAY begins, the timestamps jump, or all comes too late.
#[derive(Clone, Debug)]
pub(super) struct Playout<T> {
    clock_rate: u32,
    delay: Duration,
    /// The media time (in ticks, unwrapped) that is shown at a moment.
    base: Option<(i64, SimTime)>,
    /// The highest timestamp so far, on the wire and unwrapped.
    highest: (u32, i64),
    /// By unwrapped timestamp; `shown_at` ascends with it.
    held: BTreeMap<i64, Held<T>>,
    packets: usize,
    /// Counts the runs of sequence numbers, so that nothing is inferred from one to another.
    stretch: u32,
    /// Unwrapped timestamp of the last picture shown.
    shown: Option<i64>,
    /// Since when every picture has come too late.
    late_since: Option<SimTime>,
    slots: Slots,
}

impl<T: Copy> Playout<T> {
    pub fn new(clock_rate: u32, delay: Duration) -> Self {
        Self {
            clock_rate,
            delay,
            base: None,
            highest: (0, 0),
            held: BTreeMap::new(),
            packets: 0,
            stretch: 0,
            shown: None,
            late_since: None,
            slots: Slots::default(),
        }
    }

    /// Pictures are shown earlier or later from `now` on, those that wait among them; none goes
    /// before `now`, and their order stays.
    pub fn set_delay(&mut self, now: SimTime, delay: Duration) {
        let longer = delay.saturating_sub(self.delay);
        let shorter = self.delay.saturating_sub(delay);
        let moved = |at: SimTime| at + longer - shorter;
        self.delay = delay;
        if let Some((_, at)) = &mut self.base {
            *at = moved(*at);
        }
        for held in self.held.values_mut() {
            held.shown_at = moved(held.shown_at).max(now);
        }
    }

    /// The next new picture sets the base anew.
    pub fn restart(&mut self) {
        self.base = None;
    }

    /// Another sequence begins: nothing is inferred across it.
    pub fn new_sequence(&mut self) {
        self.base = None;
        self.stretch = self.stretch.wrapping_add(1);
    }

    /// Places a packet at `now`: its arrival, or later when it had to be confirmed. `newest` says that its sequence number is the highest so far;
    /// `tables_known` that its picture needs no tables of its own.
    pub fn insert(
        &mut self,
        now: SimTime,
        number: i64,
        packet: &Packet<T>,
        newest: bool,
        tables_known: bool,
    ) -> (Placed, Option<Rebase>) {
        let timestamp = packet.timestamp;
        let own = |h: &Held<T>| (h.timestamp, h.stretch) == (timestamp, self.stretch);
        let known = self.held.iter().rev().find(|(_, h)| own(h)).map(|(&key, _)| key);
        let (key, rebase) = match known {
            Some(key) => (key, None),
            None => match self.place(now, packet, newest) {
                Ok(found) => found,
                Err(placed) => return (placed, None),
            },
        };
        if self.packets >= MAX_PACKETS_HELD {
            return (Placed::Full { what: "packets", limit: MAX_PACKETS_HELD }, rebase);
        }
        if known.is_none() {
            if self.held.len() >= MAX_PICTURES_HELD {
                return (Placed::Full { what: "pictures", limit: MAX_PICTURES_HELD }, rebase);
            }
            let shown_at = self.shown_at(key).unwrap_or(now);
            // After a rebase a picture never overtakes one that waits already.
            let earliest = self.held.range(..key).next_back().map_or(shown_at, |(_, h)| h.shown_at);
            self.held.insert(key, Held::new(shown_at.max(earliest), timestamp, packet.ssrc, self.stretch));
        }
        if let Some(held) = self.held.get_mut(&key) {
            if !held.spans(number, self.stretch) {
                return (Placed::Full { what: "sequence numbers of one picture", limit: MAX_SPAN }, rebase);
            }
            held.add(number, packet, tables_known);
            self.packets += 1;
        }
        (Placed::Held, rebase)
    }

    /// Finds the place of a picture that is not held yet.
    fn place(
        &mut self,
        now: SimTime,
        packet: &Packet<T>,
        newest: bool,
    ) -> Result<(i64, Option<Rebase>), Placed> {
        let Some((at, since)) = self.unwrap(packet.timestamp) else {
            return Ok(self.rebase(now, packet, RebaseReason::Start));
        };
        // The sequence goes on but the media time goes back, or far ahead: another stretch.
        let ahead = at > now + self.delay + MAX_AHEAD;
        if newest && (since < self.highest.1 || ahead) {
            return Ok(self.rebase(now, packet, RebaseReason::Jump));
        }
        if ahead {
            return Err(Placed::Stray);
        }
        if at < now || self.shown.is_some_and(|shown| since <= shown) {
            let by = now.since(at);
            let late_since = *self.late_since.get_or_insert(now);
            let patience = LATE_BEFORE_REBASE * if packet.starts() { 1 } else { 2 };
            if newest && now.since(late_since) >= patience {
                return Ok(self.rebase(now, packet, RebaseReason::AlwaysLate));
            }
            self.raise(packet.timestamp, since);
            return Err(Placed::Late { by });
        }
        self.late_since = None;
        self.raise(packet.timestamp, since);
        Ok((since, None))
    }

    fn raise(&mut self, timestamp: u32, unwrapped: i64) {
        if unwrapped > self.highest.1 {
            self.highest = (timestamp, unwrapped);
        }
    }

    /// A timestamp's moment and its unwrapped value; `None` without a base.
    fn unwrap(&self, timestamp: u32) -> Option<(SimTime, i64)> {
        let difference = timestamp.wrapping_sub(self.highest.0) as i32;
        let key = self.highest.1 + i64::from(difference);
        Some((self.shown_at(key)?, key))
    }

    fn shown_at(&self, key: i64) -> Option<SimTime> {
        let (base, at) = self.base?;
        let distance = span(key.abs_diff(base), self.clock_rate);
        Some(if key >= base { at + distance } else { at - distance })
    }

    /// Begins the times anew with this packet. Unwrapped timestamps go on far ahead, so that
    /// nothing of before is taken for a neighbour.
    fn rebase(&mut self, now: SimTime, packet: &Packet<T>, reason: RebaseReason) -> (i64, Option<Rebase>) {
        /// More than the distance of two timestamps can be.
        const APART: i64 = 1 << 33;
        let key = self.highest.1.saturating_add(APART);
        let shown_at = now + self.delay;
        self.base = Some((key, shown_at));
        self.highest = (packet.timestamp, key);
        self.late_since = None;
        (key, Some(Rebase { timestamp: packet.timestamp, shown_at, reason }))
    }

    /// When the next picture is shown.
    pub fn due(&self) -> Option<SimTime> {
        self.held.first_key_value().map(|(_, held)| held.shown_at)
    }

    /// The next picture whose time is at or before `limit`, and the gap before it.
    pub fn show(&mut self, limit: SimTime) -> Option<Closed<T>> {
        let first = self.held.first_entry().filter(|e| e.get().shown_at <= limit)?;
        let (key, picture) = first.remove_entry();
        self.packets -= picture.len();
        self.shown = Some(key);
        Some(self.slots.close(picture, self.held.first_key_value().map(|(_, next)| next)))
    }

    /// Pictures that wait, packets in them, and when the last is shown.
    pub fn depth(&self) -> (usize, usize, Option<SimTime>) {
        (self.held.len(), self.packets, self.held.last_key_value().map(|(_, h)| h.shown_at))
    }
}
