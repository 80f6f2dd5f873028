//! The variables of a host's TCP connections on the tape: each change, but not more rows
//! than a page can use.

use super::Recorder;
use crate::ids::NodeId;
use crate::stack::{Stack, TcpHandle, TcpInfo};
use crate::tape::TcpRecord;
use protocol::time::SimTime;
use std::collections::BTreeMap;
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
}

#[derive(Clone, Debug)]
struct End {
    told: TcpInfo,
    /// The allowance as a time: each row moves it on by [`ROW_INTERVAL`].
    paid: SimTime,
    /// There is something untold.
    behind: bool,
}

impl Variables {
    /// Writes rows for the connections on which the stack has worked, and those that are due.
    pub(super) fn tell(&mut self, now: SimTime, node: NodeId, stack: &mut Stack, recorder: &mut Recorder) {
        let mut handles = stack.tcp_take_touched();
        handles.extend(self.ends.iter().filter(|(_, end)| end.behind && end.due() <= now).map(|(h, _)| *h));
        for handle in handles {
            let known = recorder.connection_of(node, handle);
            let (Some(info), Some((connection, _))) = (stack.tcp_info(handle), known) else {
                self.forget(handle);
                continue;
            };
            let end = self.ends.entry(handle).or_insert_with(|| End {
                told: TcpInfo { mss: 0, ..info },
                paid: SimTime::ZERO,
                behind: false,
            });
            let differs = end.told.differs(&info);
            end.behind = differs;
            if differs && (end.due() <= now || end.told.turns(&info)) {
                end.paid = end.paid.max(now) + ROW_INTERVAL;
                end.behind = false;
                end.told = info;
                recorder.tape.push_tcp(TcpRecord { at: now, node, connection, info });
            }
        }
    }

    /// A connection is gone.
    pub(super) fn forget(&mut self, handle: TcpHandle) {
        self.ends.remove(&handle);
    }

    /// When [`Variables::tell`] has something to write although nothing happens.
    pub(super) fn poll_timeout(&self) -> Option<SimTime> {
        self.ends.values().filter(|end| end.behind).map(End::due).min()
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
