//! Counts for the timeline: what lies where on the tape.

use crate::rows::Cursor;
use crate::wire::OverviewCell;
use protocol::message::What;
use protocol::time::SimTime;
use simulator::Tape;
use simulator::tape::Outcome;
use std::collections::VecDeque;

/// How much time one cell stands for, nanoseconds.
const CELL: u64 = 100_000_000;

/// Counts of each tenth of a second that is still on the tape.
#[derive(Debug, Default)]
pub struct Overview {
    /// The number of the first cell since the world began.
    first: u64,
    cells: VecDeque<OverviewCell>,
}

impl Overview {
    /// Takes in what the tape has got since `cursor`, and forgets what it has let go.
    pub fn follow(&mut self, tape: &Tape, cursor: &Cursor) {
        for number in cursor.messages(tape) {
            let Some(record) = tape.messages().get(number) else { continue };
            let cell = self.cell(record.at);
            match record.what {
                What::Request { .. } | What::Response { .. } => cell.rtsp += 1,
                What::Rtp(_) => cell.rtp += 1,
                What::Rtcp { .. } => cell.rtcp += 1,
                What::Unknown => {}
            }
        }
        for number in cursor.hops(tape) {
            if let Some(record) = tape.hops().get(number).filter(|record| record.fate.is_some()) {
                self.cell(record.start).drops += 1;
            }
        }
        for number in cursor.receipts(tape) {
            if let Some(record) = tape.receipts().get(number)
                && matches!(record.outcome, Outcome::Dropped { .. })
            {
                self.cell(record.at).drops += 1;
            }
        }
        let oldest = tape.oldest().as_nanos() / CELL;
        while self.first < oldest && self.cells.pop_front().is_some() {
            self.first += 1;
        }
        self.first = self.first.max(oldest);
    }

    /// All cells, oldest first.
    pub fn cells(&self) -> Vec<OverviewCell> {
        self.cells.iter().copied().collect()
    }

    /// The cell of a moment; what is older than the oldest counts there.
    fn cell(&mut self, at: SimTime) -> &mut OverviewCell {
        let place = (at.as_nanos() / CELL).saturating_sub(self.first) as usize;
        if place >= self.cells.len() {
            self.cells.resize(place + 1, OverviewCell::default());
        }
        &mut self.cells[place]
    }
}
