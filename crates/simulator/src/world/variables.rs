//! The variables of a host's TCP connections on the tape: each change, but not more rows
//! than a page can use.

use super::Recorder;
use crate::ids::NodeId;
use crate::stack::{Stack, TcpHandle, TcpInfo};
use crate::tape::TcpRecord;
use protocol::time::SimTime;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Rows of one end of a connection that may follow each other at once. Losses have rows of
/// their own beside them, at most a few in a round trip.
pub const ROWS_AT_ONCE: u32 = 200;
/// The time between two rows of an end that has used these up; the last change is told then.
pub const ROW_INTERVAL: Duration = Duration::from_millis(50);

/// What was last told of each connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    ends: BTreeMap<TcpHandle, End>,
    /// Those of which something is untold: few of many.
    behind: BTreeSet<TcpHandle>,
}

#[derive(Clone, Debug)]
struct End {
    told: TcpInfo,
    /// The allowance as a time: each row moves it on by [`ROW_INTERVAL`].
    paid: SimTime,
}

impl Variables {
    /// Writes rows for the connections on which the stack has worked, and those that are due.
    pub(super) fn tell(&mut self, now: SimTime, node: NodeId, stack: &mut Stack, recorder: &mut Recorder) {
        let mut handles = stack.tcp_take_touched();
        handles.extend(self.waiting().filter(|(_, due)| *due <= now).map(|(handle, _)| handle));
        for handle in handles {
            let known = recorder.connection_of(node, handle);
            let (Some(info), Some((connection, _))) = (stack.tcp_info(handle), known) else {
                self.forget(handle);
                continue;
            };
            let end = self
                .ends
                .entry(handle)
                .or_insert_with(|| End { told: TcpInfo { mss: 0, ..info }, paid: SimTime::ZERO });
            if !end.told.differs(&info) {
                self.behind.remove(&handle);
            } else if end.due() <= now || end.told.turns(&info) {
                end.paid = end.paid.max(now) + ROW_INTERVAL;
                end.told = info;
                self.behind.remove(&handle);
                recorder.tape.push_tcp(TcpRecord { at: now, node, connection, info });
            } else {
                self.behind.insert(handle);
            }
        }
    }

    /// A connection is gone.
    pub(super) fn forget(&mut self, handle: TcpHandle) {
        self.ends.remove(&handle);
        self.behind.remove(&handle);
    }

    /// When [`Variables::tell`] has something to write although nothing happens.
    pub(super) fn poll_timeout(&self) -> Option<SimTime> {
        self.waiting().map(|(_, due)| due).min()
    }

    /// The ends of which something is untold, and from when on it may be told.
    fn waiting(&self) -> impl Iterator<Item = (TcpHandle, SimTime)> {
        self.behind.iter().filter_map(|handle| Some((*handle, self.ends.get(handle)?.due())))
    }
}

impl End {
    /// From when on the allowance permits a row.
    fn due(&self) -> SimTime {
        self.paid - ROW_INTERVAL * ROWS_AT_ONCE
    }
}

impl TcpInfo {
    /// Whether a row would say something new; when the timer runs out does not count.
    fn differs(&self, now: &TcpInfo) -> bool {
        TcpInfo { rto_at: None, ..*self } != TcpInfo { rto_at: None, ..*now }
    }

    /// Whether congestion control has taken another turn, which is always told at once.
    fn turns(&self, now: &TcpInfo) -> bool {
        let turn = |info: &TcpInfo| (info.mss, info.phase, info.ssthresh, info.recovery_point);
        turn(self) != turn(now)
    }
}
