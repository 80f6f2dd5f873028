//! A range being played: which picture is next, and when each moment is due.

use super::pace::{self, Scale, Speed};
use crate::media::Clip;
use crate::time::SimTime;
use std::time::Duration;

/// What a PLAY asks for (RFC 2326 section 10.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayRange {
    /// Where to begin.
    pub from: Duration,
    /// Where to end; `None` for the clip's end or, backwards, its beginning.
    pub until: Option<Duration>,
    /// Which way and how fast.
    pub scale: Scale,
    /// How fast it is delivered.
    pub speed: Speed,
}

impl PlayRange {
    /// As it was recorded.
    pub fn new(from: Duration, until: Option<Duration>) -> PlayRange {
        PlayRange { from, until, scale: Scale::NORMAL, speed: Speed::NORMAL }
    }

    /// The end, held to what the clip has.
    pub(super) fn end(&self, duration: Duration) -> Duration {
        match (self.until, self.scale.is_reverse()) {
            (Some(until), _) => until.min(duration),
            (None, false) => duration,
            (None, true) => Duration::ZERO,
        }
    }
}

/// A range being played.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// When `from` is due.
    pub started: SimTime,
    pub from: Duration,
    pub until: Duration,
    pub scale: Scale,
    pub speed: Speed,
    /// How long a picture stands in the recording.
    interval: Duration,
    /// The next picture's number and time, when there is one in the range.
    pub next: Option<(usize, Duration)>,
}

impl Run {
    /// The range `range` of a track, whose first picture is due at `started`.
    pub fn new(clip: &dyn Clip, track: usize, started: SimTime, range: &PlayRange) -> Run {
        let until = range.end(clip.duration());
        let is_reverse = range.scale.is_reverse();
        let first = if is_reverse {
            last_at_or_before(clip, track, range.from)
        } else {
            let index = clip.seek(track, range.from);
            clip.sample(track, index).map(|sample| (index, sample.time))
        };
        let interval = clip.tracks().get(track).map_or(Duration::ZERO, |track| track.interval);
        let (scale, speed) = (range.scale, range.speed);
        let mut run = Run { started, from: until, until, scale, speed, interval, next: first };
        run.next = run.within(first);
        run.from = match run.next {
            Some((_, time)) => time,
            None if is_reverse => range.from.max(until),
            None => range.from.min(until),
        };
        run
    }

    /// When the moment `npt` of the clip is due.
    pub fn due(&self, npt: Duration) -> SimTime {
        let span = if self.scale.is_reverse() {
            self.from.saturating_sub(npt)
        } else {
            npt.saturating_sub(self.from)
        };
        self.started + pace::wire_time(span, self.scale, self.speed)
    }

    /// When the range is over.
    pub fn ends(&self) -> SimTime {
        if !self.scale.is_reverse() || !self.until.is_zero() {
            return self.due(self.until);
        }
        // The clip's first picture is the last, and has its time, too.
        let span = self.interval.max(pace::step(self.interval, self.scale));
        self.due(self.until) + pace::wire_time(span, self.scale, self.speed)
    }

    /// The normal play time at `now`.
    pub fn position(&self, now: SimTime) -> Duration {
        let gone = pace::recording_time(now.since(self.started), self.scale, self.speed);
        if self.scale.is_reverse() {
            self.from.saturating_sub(gone).max(self.until)
        } else {
            self.from.saturating_add(gone).min(self.until)
        }
    }

    /// How far the RTP clock has run ahead of the wall's since the start, in nanoseconds: with
    /// Speed pictures come sooner than they are to be shown.
    pub fn ahead(&self, at: SimTime) -> i128 {
        let gone = at.min(self.ends()).since(self.started).as_nanos() as i128;
        gone * (i128::from(self.speed.thousandths()) - 1000) / 1000
    }

    /// Goes on to the next picture. Faster than normal, pictures are left out, so that no more
    /// of them are sent in a second than were recorded in one.
    pub fn advance(&mut self, clip: &dyn Clip, track: usize) {
        let Some((index, time)) = self.next else { return };
        // Half an interval less, since pictures need not lie evenly.
        let step = pace::step(self.interval, self.scale).saturating_sub(self.interval / 2);
        let next = match (self.scale.is_reverse(), self.scale.magnitude() > 1000) {
            (false, false) => Some(index + 1),
            (false, true) => Some(clip.seek(track, time.saturating_add(step)).max(index + 1)),
            (true, false) => index.checked_sub(1),
            (true, true) => time
                .checked_sub(step)
                .and_then(|at| last_at_or_before(clip, track, at))
                .map(|(found, _)| found.min(index.saturating_sub(1)))
                .filter(|_| index > 0),
        };
        let next = next.and_then(|next| clip.sample(track, next).map(|sample| (next, sample.time)));
        self.next = self.within(next);
    }

    /// Ends at `npt`: a picture whose time that is is not played (RFC 2326 section 10.6).
    pub fn end_at(&mut self, npt: Duration) {
        self.until = npt;
        self.next = self.within(self.next);
    }

    /// Whether the moment `npt` is still to come at `now`, or is the end.
    pub fn will_reach(&self, npt: Duration, now: SimTime) -> bool {
        let position = self.position(now);
        let (low, high) =
            if self.scale.is_reverse() { (self.until, position) } else { (position, self.until) };
        (low..=high).contains(&npt)
    }

    /// Whether the presentation is over behind this range.
    pub fn is_last(&self, duration: Duration) -> bool {
        if self.scale.is_reverse() { self.until.is_zero() } else { self.until >= duration }
    }

    fn within(&self, picture: Option<(usize, Duration)>) -> Option<(usize, Duration)> {
        let is_reverse = self.scale.is_reverse();
        // Half-open either way; but the clip's very beginning is no border that one stops before.
        picture.filter(|&(_, time)| match is_reverse {
            true => time > self.until || self.until.is_zero(),
            false => time < self.until,
        })
    }
}

fn last_at_or_before(clip: &dyn Clip, track: usize, at: Duration) -> Option<(usize, Duration)> {
    let index = clip.seek(track, at);
    let exact = clip.sample(track, index).filter(|sample| sample.time <= at).map(|s| (index, s.time));
    exact.or_else(|| {
        let before = index.checked_sub(1)?;
        clip.sample(track, before).map(|sample| (before, sample.time))
    })
}
