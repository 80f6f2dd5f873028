//! What a sender is told: play, queue, pause; and how one range follows another.

use super::Sender;
use super::config::{MAX_QUEUED, PlayInfo};
use super::picture::Picture;
use super::report::Reports;
use super::run::{PlayRange, Run};
use crate::random::Dice;
use crate::rtp::jpeg::Form;
use crate::time::SimTime;
use std::time::Duration;

impl Sender {
    /// Plays from the first picture at `from` or later until `until`, or the clip's end, as it
    /// was recorded; see [`play_range`](Self::play_range).
    pub fn play(&mut self, now: SimTime, from: Duration, until: Option<Duration>) -> PlayInfo {
        self.play_range(now, now, &PlayRange::new(from, until))
    }

    /// Plays a range, from its first picture on: forwards the first one at or behind `from`,
    /// backwards the last one at or before it. Its first packet is due at `start`, which is
    /// `now` or later. While playing it is a seek, and what was queued is forgotten. After a
    /// BYE the source is a new one (RFC 3550 section 6.3.7).
    pub fn play_range(&mut self, now: SimTime, start: SimTime, range: &PlayRange) -> PlayInfo {
        if self.said_bye {
            self.new_source();
        }
        self.leave_run(now);
        let origin = *self.origin.get_or_insert(now);
        if let Some(picture) = &mut self.under_way {
            picture.hurry(now);
        }
        let start = start.max(now);
        let run = Run::new(&*self.config.clip, self.config.track, start, range);
        self.run = Some(run);
        self.finished = false;
        if self.reports.is_none() && self.config.form == Form::Rfc2435 {
            // One dice for the timing of this source; the config's goes on for the next.
            let dice = Dice::new(self.config.dice.u64(), "rtcp");
            self.reports = Some(Reports::new(now, self.session_bits(), dice));
        }
        if let Some(reports) = &mut self.reports {
            reports.play();
        }
        let waiting = self.under_way.as_ref().map_or(0, Picture::left);
        PlayInfo {
            sequence: self.sequence.wrapping_add(waiting as u16),
            rtptime: self.timestamp(origin, start),
            ssrc: self.config.ssrc,
            from: run.from,
            until: run.until,
        }
    }

    /// What one who joins now gets: the number of the next packet, and the place in the clip
    /// with the timestamp that stands for it. `None` while nothing is played.
    pub fn now_playing(&self, now: SimTime) -> Option<PlayInfo> {
        let (run, origin) = (self.run?, self.origin?);
        Some(PlayInfo {
            sequence: self.sequence,
            rtptime: self.timestamp(origin, now),
            ssrc: self.config.ssrc,
            from: self.position(now),
            until: run.until,
        })
    }

    /// Plays a range behind the one that is playing and those that are queued: where it will
    /// begin and end. `None` when nothing is playing or [`MAX_QUEUED`] ranges wait.
    pub fn queue(&mut self, range: &PlayRange) -> Option<(Duration, Duration)> {
        if self.run.is_none() || self.queue.len() >= MAX_QUEUED {
            return None;
        }
        self.queue.push_back(*range);
        let run = Run::new(&*self.config.clip, self.config.track, SimTime::ZERO, range);
        Some((run.from, run.until))
    }

    /// Where all that is playing and queued will have ended; `None` while nothing is playing.
    pub fn end_of_queue(&self) -> Option<Duration> {
        let duration = self.config.clip.duration();
        let run = self.run.as_ref()?;
        Some(self.queue.back().map_or(run.until, |range| range.end(duration)))
    }

    /// Stops after the picture under way, and says the normal play time from which to go on:
    /// the first picture's that was not sent. What was queued is forgotten.
    pub fn pause(&mut self, now: SimTime) -> Duration {
        self.leave_run(now);
        self.stopped_at
    }

    /// Lets what is playing or queued end at `npt` the first time that this is reached; what
    /// would come behind it is forgotten (RFC 2326 section 10.6). `false` when it is never
    /// reached: it is past, or in no range.
    #[must_use]
    pub fn pause_at(&mut self, now: SimTime, npt: Duration) -> bool {
        let Some(run) = &mut self.run else { return false };
        if run.will_reach(npt, now) {
            run.end_at(npt);
            self.queue.clear();
            return true;
        }
        let (clip, track) = (&*self.config.clip, self.config.track);
        let reaches =
            |range: &PlayRange| Run::new(clip, track, SimTime::ZERO, range).will_reach(npt, SimTime::ZERO);
        let Some(place) = self.queue.iter().position(reaches) else { return false };
        self.queue.truncate(place + 1);
        if let Some(last) = self.queue.back_mut() {
            last.until = Some(npt);
        }
        true
    }

    /// What was playing is over at `now`.
    fn leave_run(&mut self, now: SimTime) {
        self.queue.clear();
        if let Some(run) = self.run.take() {
            self.ahead += run.ahead(now);
            self.stopped_at = run.next.map_or_else(|| run.position(now), |(_, time)| time);
        }
    }

    /// The normal play time at `now`.
    pub fn position(&self, now: SimTime) -> Duration {
        self.run.as_ref().map_or(self.stopped_at, |run| run.position(now))
    }

    /// Whether the range's last picture has been sent and its time is over.
    pub(super) fn run_over(&self, now: SimTime) -> Option<Run> {
        self.run.filter(|run| run.next.is_none() && run.ends() <= now && self.under_way.is_none())
    }

    /// Goes on with the next range of the queue when one is over, without a gap.
    pub(super) fn begin_queued(&mut self, now: SimTime) -> bool {
        let Some(over) = self.run_over(now) else { return false };
        let Some(range) = self.queue.pop_front() else { return false };
        self.ahead += over.ahead(now);
        self.run = Some(Run::new(&*self.config.clip, self.config.track, over.ends(), &range));
        true
    }
}
