//! What the peer has told by SACK, and what follows from it (RFC 6675 sections 2 to 4).
//! Places are stream offsets; the FIN lies behind the last octet.

use std::collections::BTreeMap;
use std::ops::Range;

use super::DUPLICATE_ACK_THRESHOLD;

/// Separate runs of SACKed octets that are remembered; those of one more are taken for not
/// received, and sent again.
pub const MAX_SACKED: usize = 256;

/// The scoreboard of a sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::stack) struct Scoreboard {
    /// Octets that the peer has: runs apart from each other.
    runs: BTreeMap<u64, u64>,
    octets: usize,
    /// HighRxt: everything before it has been sent again in this recovery, where needed.
    pub high_rxt: u64,
    /// RescueRxt: before it no rescue is due.
    pub rescue_rxt: Option<u64>,
}

/// What NextSeg answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack) enum NextSeg {
    /// A hole, by rule 1 or 3.
    Hole { octets: Range<u64>, rule: u8 },
    /// What was not sent before, by rule 2.
    Unsent,
    /// The end of the flight, by rule 4.
    Rescue(Range<u64>),
}

impl Scoreboard {
    /// Forgets all: what the peer has may be gone (RFC 2018 section 8).
    pub fn clear(&mut self) {
        *self = Scoreboard::default();
    }

    /// SACKed octets.
    pub fn octets(&self) -> usize {
        self.octets
    }

    /// Update(): a block came. Answers how many of its octets were not known.
    pub fn insert(&mut self, block: Range<u64>) -> usize {
        if block.is_empty() {
            return 0;
        }
        // All runs that it touches become one.
        let first = self.runs.range(..=block.start).next_back().filter(|(_, end)| **end >= block.start);
        let (mut start, mut end, mut known) = (first.map_or(block.start, |(start, _)| *start), block.end, 0);
        let touched: Vec<u64> = self.runs.range(start..=block.end).map(|(start, _)| *start).collect();
        if touched.is_empty() && self.runs.len() >= MAX_SACKED {
            return 0;
        }
        for run in touched {
            if let Some(run_end) = self.runs.remove(&run) {
                known += (run_end - run) as usize;
                (start, end) = (start.min(run), end.max(run_end));
            }
        }
        self.runs.insert(start, end);
        let fresh = (end - start) as usize - known;
        self.octets += fresh;
        fresh
    }

    /// Everything before `una` is acknowledged.
    pub fn acknowledged(&mut self, una: u64) {
        while let Some(entry) = self.runs.first_entry() {
            let (start, end) = (*entry.key(), *entry.get());
            if start >= una {
                break;
            }
            entry.remove();
            self.octets -= (end.min(una) - start) as usize;
            if end > una {
                self.runs.insert(una, end);
            }
        }
    }

    /// The run in which an octet lies, if the peer has it.
    pub fn run_at(&self, place: u64) -> Option<Range<u64>> {
        let (start, end) = self.runs.range(..=place).next_back()?;
        (*end > place).then_some(*start..*end)
    }

    /// Where the first run from here on begins.
    pub fn next_run(&self, place: u64) -> Option<u64> {
        self.runs.range(place..).next().map(|(start, _)| *start)
    }

    /// The place after the highest SACKed octet.
    fn highest(&self) -> Option<u64> {
        self.runs.last_key_value().map(|(_, end)| *end)
    }

    /// IsLost() of what the peer does not have is true exactly before this place: beyond it
    /// lie three separate runs, or more than two segments' worth of octets.
    pub fn lost_before(&self, smss: usize) -> u64 {
        let mut octets = 0;
        for (count, (start, end)) in self.runs.iter().rev().enumerate() {
            octets += (end - start) as usize;
            if count + 1 >= DUPLICATE_ACK_THRESHOLD as usize
                || octets > (DUPLICATE_ACK_THRESHOLD as usize - 1) * smss
            {
                return *start;
            }
        }
        0
    }

    /// How many octets of a range the peer does not have.
    pub fn missing(&self, range: Range<u64>) -> usize {
        let length = range.end.saturating_sub(range.start) as usize;
        let before = self.run_at(range.start).map(|run| (range.start, run.end));
        let later = self.runs.range(range.start + 1..range.end.max(range.start + 1));
        let had: u64 = before
            .into_iter()
            .chain(later.map(|(start, end)| (*start, *end)))
            .map(|(start, end)| end.min(range.end).saturating_sub(start))
            .sum();
        length - had as usize
    }

    /// SetPipe(): octets thought to be in the network, of those from `una` to `high_data`.
    pub fn pipe(&self, una: u64, high_data: u64, smss: usize) -> usize {
        if self.runs.is_empty() && self.high_rxt <= una {
            return high_data.saturating_sub(una) as usize;
        }
        let lost = self.lost_before(smss).clamp(una, high_data);
        self.missing(lost..high_data) + self.missing(una..self.high_rxt.clamp(una, high_data))
    }

    /// NextSeg(): what to send next in recovery. `unsent`: rule 2 could send something.
    pub fn next_seg(&self, una: u64, high_data: u64, smss: usize, unsent: bool) -> Option<NextSeg> {
        let from = self.high_rxt.max(una);
        let hole = self.first_missing(from, self.highest().unwrap_or(una));
        let lost = self.lost_before(smss);
        if let Some(octets) = hole.clone().filter(|octets| octets.start < lost) {
            return Some(NextSeg::Hole { octets, rule: 1 });
        }
        if unsent {
            return Some(NextSeg::Unsent);
        }
        if let Some(octets) = hole {
            return Some(NextSeg::Hole { octets, rule: 3 });
        }
        if self.rescue_rxt.is_some_and(|rescued| una < rescued) {
            return None;
        }
        // It must hold the highest octet that the peer does not have.
        let end = self.last_missing(una, high_data)?;
        let run_before = self.runs.range(..end).next_back().map_or(una, |(_, run_end)| *run_end);
        let start = end.saturating_sub(smss as u64).max(run_before).max(una);
        Some(NextSeg::Rescue(start..end))
    }

    /// The first octets from `from` on, and before `upto`, that the peer does not have.
    fn first_missing(&self, from: u64, upto: u64) -> Option<Range<u64>> {
        let start = self.run_at(from).map_or(from, |run| run.end);
        let end = self.next_run(start).unwrap_or(upto).min(upto);
        (start < end).then_some(start..end)
    }

    /// The place after the last octet before `end` that the peer does not have.
    fn last_missing(&self, una: u64, end: u64) -> Option<u64> {
        let place = match self.runs.last_key_value() {
            Some((start, run_end)) if *run_end >= end => *start,
            _ => end,
        };
        (place > una).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MSS: usize = 100;

    fn board(runs: &[Range<u64>]) -> Scoreboard {
        let mut board = Scoreboard::default();
        for run in runs {
            board.insert(run.clone());
        }
        board
    }

    #[test]
    fn runs_grow_together_and_tell_what_is_new() {
        let mut board = board(&[200..300, 400..500]);
        assert_eq!(board.insert(250..450), 100);
        assert_eq!(board.run_at(499), Some(200..500));
        assert_eq!((board.insert(200..500), board.octets()), (0, 300));
        assert_eq!((board.insert(500..510), board.octets()), (10, 310));
        board.acknowledged(450);
        assert_eq!((board.octets(), board.run_at(450)), (60, Some(450..510)));
        board.acknowledged(600);
        assert_eq!((board.octets(), board.run_at(599)), (0, None));
    }

    #[test]
    fn runs_are_bounded() {
        let mut board = Scoreboard::default();
        for n in 0..MAX_SACKED as u64 + 10 {
            board.insert(n * 10 + 1..n * 10 + 2);
        }
        assert_eq!(board.octets(), MAX_SACKED);
        assert_eq!(board.insert(2..3), 1, "what touches a run is taken");
    }

    #[test]
    fn three_runs_or_more_than_two_segments_beyond_it_mean_that_an_octet_is_lost() {
        assert_eq!(board(&[100..200, 300..400]).lost_before(MSS), 0);
        assert_eq!(board(&[100..200, 300..400, 500..510]).lost_before(MSS), 100);
        assert_eq!(board(&[100..200, 200..301]).lost_before(MSS), 100);
        assert_eq!(board(&[100..200, 200..300]).lost_before(MSS), 0, "exactly two segments are not enough");
    }

    #[test]
    fn the_rules_of_next_seg_in_their_order() {
        // 0..100 lost and sent again, 200..300 lost, 400..500 perhaps, 600..700 the end.
        let mut board = board(&[100..200, 300..400, 500..600]);
        board.high_rxt = 100;
        let hole = |octets, rule| Some(NextSeg::Hole { octets, rule });
        board.insert(590..600);
        assert_eq!(board.lost_before(MSS), 100);
        assert_eq!(board.next_seg(0, 700, MSS, true), Some(NextSeg::Unsent));
        board.insert(600..601);
        board.insert(610..700);
        board.insert(720..730);
        // Now 400..500 has three runs beyond it, 601..610 and 700..720 have not.
        assert_eq!(board.next_seg(0, 800, MSS, true), hole(200..300, 1));
        board.high_rxt = 300;
        assert_eq!(board.next_seg(0, 800, MSS, true), hole(400..500, 1));
        board.high_rxt = 500;
        assert_eq!(board.next_seg(0, 800, MSS, true), Some(NextSeg::Unsent));
        assert_eq!(board.next_seg(0, 800, MSS, false), hole(601..610, 3));
        board.high_rxt = 720;
        board.rescue_rxt = Some(100);
        assert_eq!(board.next_seg(0, 800, MSS, false), None, "once in a recovery");
        assert_eq!(board.next_seg(100, 800, MSS, false), Some(NextSeg::Rescue(730..800)));
    }

    #[test]
    fn the_pipe_counts_what_is_neither_lost_nor_there_and_what_was_sent_again() {
        let mut board = board(&[100..200, 300..400, 500..600]);
        // Lost: 0..100. Under way: 200..300, 400..500, 600..700.
        assert_eq!(board.pipe(0, 700, MSS), 300);
        board.high_rxt = 100;
        assert_eq!(board.pipe(0, 700, MSS), 400);
    }

    proptest! {
        /// The runs' arithmetic against one flag for each octet.
        #[test]
        fn it_agrees_with_a_flag_for_each_octet(
            blocks in proptest::collection::vec((0u64..200, 0u64..60), 0..20),
            una in 0u64..100,
            high_rxt in 0u64..250,
        ) {
            let mut board = Scoreboard::default();
            let mut flags = vec![false; 300];
            for (start, length) in blocks {
                board.insert(start..start + length);
                (start..start + length).for_each(|place| flags[place as usize] = true);
            }
            board.acknowledged(una);
            flags[..una as usize].fill(false);
            prop_assert_eq!(board.octets(), flags.iter().filter(|flag| **flag).count());
            board.high_rxt = high_rxt;
            let lost = |place: usize| {
                let beyond = &flags[place..];
                let octets = beyond.iter().filter(|flag| **flag).count();
                let runs = beyond.windows(2).filter(|pair| !pair[0] && pair[1]).count();
                octets > 2 * 20 || runs >= 3
            };
            let missing: Vec<usize> = (una as usize..280).filter(|place| !flags[*place]).collect();
            let pipe: usize = missing
                .iter()
                .map(|place| usize::from(!lost(*place)) + usize::from((*place as u64) < high_rxt))
                .sum();
            prop_assert_eq!(board.pipe(una, 280, 20), pipe);
            let rule_1 = missing.iter().copied().find(|place| *place as u64 >= high_rxt && lost(*place));
            match board.next_seg(una, 280, 20, true) {
                Some(NextSeg::Hole { octets, rule: 1 }) => {
                    prop_assert_eq!(Some(octets.start as usize), rule_1);
                    prop_assert!(octets.clone().all(|place| !flags[place as usize]));
                }
                other => prop_assert_eq!((other, rule_1), (Some(NextSeg::Unsent), None)),
            }
        }
    }
}
