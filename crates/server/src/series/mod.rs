//! A client's conversation over time, counted from the tape: what charts draw.
//!
//! Counting is done when somebody asks, for a stretch of bounded length, so that a room in which
//! nobody looks at charts pays nothing for them.

use crate::rows::{Streams, nanos, span};
use crate::wire::{Nanos, Series, SeriesLayers, SeriesReceiver, SeriesTcp, SeriesWhat};
use protocol::message::What;
use protocol::time::SimTime;
use simulator::stack::Cause;
use simulator::tape::{Carried, DISORDER, FrameCause, FrameRecord, Outcome, Seen, Sizes, sizes};
use simulator::{ConnectionId, FrameId, NodeId, Tape};
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest stretch that can be asked for at once.
pub const MAX_LENGTH: Duration = Duration::from_secs(20);

/// The shortest cell.
pub const MIN_CELL: Duration = Duration::from_millis(1);

/// The most cells of an answer.
pub const MAX_CELLS: u32 = 2_000;

/// The most ends of connections of an answer; the latest are told.
pub const MAX_ENDS: usize = 8;

/// Routers that a frame may have passed before it was lost.
const MAX_PARENTS: usize = 64;

/// How far back the variables of a connection that has been silent are looked for, records.
const MAX_BACK: u64 = 4_096;

/// Why there is no series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeriesError {
    /// No cell, or too many.
    #[error("1 to {MAX_CELLS} cells can be asked for at once.")]
    Cells,
    /// The cells are too short.
    #[error("A cell lasts at least {} ms.", MIN_CELL.as_millis())]
    Cell,
    /// The whole is too long.
    #[error("At most {} s can be asked for at once.", MAX_LENGTH.as_secs())]
    Length,
}

/// Which stretch is wanted, of whose conversation.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The client's host.
    pub client: NodeId,
    /// When the first cell begins.
    pub from: SimTime,
    /// How long a cell lasts.
    pub cell: Duration,
    /// How many cells.
    pub cells: u32,
}

impl Wanted {
    fn check(&self) -> Result<(), SeriesError> {
        if self.cells == 0 || self.cells > MAX_CELLS {
            return Err(SeriesError::Cells);
        }
        if self.cell < MIN_CELL {
            return Err(SeriesError::Cell);
        }
        match self.cell.checked_mul(self.cells) {
            Some(length) if length <= MAX_LENGTH => Ok(()),
            _ => Err(SeriesError::Length),
        }
    }

    fn to(&self) -> SimTime {
        self.from + self.cell * self.cells
    }

    /// The cell of a moment.
    fn cell(&self, at: SimTime) -> Option<usize> {
        if at < self.from {
            return None;
        }
        let cell = at.since(self.from).as_nanos() / self.cell.as_nanos();
        usize::try_from(cell).ok().filter(|cell| *cell < self.cells as usize)
    }
}

/// Counts a stretch of a client's conversation.
///
/// # Errors
/// [`SeriesError`] when more is asked for than is answered at once.
pub fn series(tape: &Tape, streams: &Streams, wanted: &Wanted) -> Result<Series, SeriesError> {
    wanted.check()?;
    let mut counting = Counting { tape, streams, wanted, connections: BTreeMap::new() };
    let none = || vec![0; wanted.cells as usize];
    let mut series = Series {
        client: wanted.client.0,
        from: nanos(wanted.from),
        cell: span(wanted.cell),
        cells: wanted.cells,
        what: SeriesWhat { rtp: none(), rtcp: none(), rtsp: none(), tcp: none(), other: none() },
        layers: SeriesLayers { application: none(), transport: none(), network: none(), link: none() },
        lost: none(),
        again: none(),
        receiver: SeriesReceiver::default(),
        tcp: Vec::new(),
    };
    counting.frames(&mut series);
    counting.losses(&mut series);
    series.receiver = counting.receiver();
    series.tcp = counting.ends();
    Ok(series)
}

/// What is in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Rtp,
    Rtcp,
    Rtsp,
    Tcp,
    Other,
}

struct Counting<'a> {
    tape: &'a Tape,
    streams: &'a Streams,
    wanted: &'a Wanted,
    /// Whose each connection is, as far as it was looked up.
    connections: BTreeMap<ConnectionId, Option<NodeId>>,
}

impl Counting<'_> {
    /// Counts what hosts sent.
    fn frames(&mut self, series: &mut Series) {
        let start = self.tape.frames().partition_point(|r| r.at < self.wanted.from - DISORDER);
        let end = self.tape.frames().partition_point(|r| r.at < self.wanted.to() + DISORDER);
        for number in start.max(self.tape.frames().start())..end {
            let Some(record) = self.tape.frames().get(number).filter(|r| r.parent.is_none()) else {
                continue;
            };
            let Some(cell) = self.wanted.cell(record.at) else { continue };
            let Some(inside) = self.inside(record) else { continue };
            let what = &mut series.what;
            let column = match inside {
                Inside::Rtp => &mut what.rtp,
                Inside::Rtcp => &mut what.rtcp,
                Inside::Rtsp => &mut what.rtsp,
                Inside::Tcp => &mut what.tcp,
                Inside::Other => &mut what.other,
            };
            add(column, cell, record.length);
            let bytes = self.tape.frame_bytes(FrameId(number)).unwrap_or_default();
            let Sizes { link, network, transport, application } = sizes(&bytes, record.length);
            add(&mut series.layers.link, cell, link);
            add(&mut series.layers.network, cell, network);
            add(&mut series.layers.transport, cell, transport);
            add(&mut series.layers.application, cell, application);
            if is_again(&record.cause) {
                add(&mut series.again, cell, 1);
            }
        }
    }

    /// Counts what was lost on the way.
    fn losses(&mut self, series: &mut Series) {
        let (from, to) = (self.wanted.from - DISORDER, self.wanted.to() + DISORDER);
        let hops = self.tape.hops();
        for record in hops.since(hops.partition_point(|r| r.queued < from)).take_while(|r| r.queued < to) {
            if record.fate.is_some()
                && self.is_ours(record.frame)
                && let Some(cell) = self.wanted.cell(record.queued)
            {
                add(&mut series.lost, cell, 1);
            }
        }
        let receipts = self.tape.receipts();
        for record in receipts.since(receipts.partition_point(|r| r.at < from)).take_while(|r| r.at < to) {
            if matches!(record.outcome, Outcome::Dropped { .. })
                && self.is_ours(record.frame)
                && let Some(cell) = self.wanted.cell(record.at)
            {
                add(&mut series.lost, cell, 1);
            }
        }
    }

    /// What the receiver counted, as of the last picture in each cell.
    fn receiver(&self) -> SeriesReceiver {
        let mut last = vec![None; self.wanted.cells as usize];
        let pictures = self.tape.pictures();
        let start = pictures.partition_point(|r| r.at < self.wanted.from);
        for record in pictures.since(start).take_while(|r| r.at < self.wanted.to()) {
            if record.client == self.wanted.client
                && let Some(cell) = self.wanted.cell(record.at)
            {
                last[cell] = Some(record.stats);
            }
        }
        SeriesReceiver {
            jitter: last.iter().map(|stats| stats.map(|stats| span(stats.jitter))).collect(),
            expected: last.iter().map(|stats| stats.map(|stats| stats.expected)).collect(),
            lost: last.iter().map(|stats| stats.map(|stats| stats.lost)).collect(),
            late: last.iter().map(|stats| stats.map(|stats| stats.late)).collect(),
            buffered: last.iter().map(|stats| stats.map(|stats| stats.buffered)).collect(),
            playout_delay: last.iter().map(|stats| stats.map(|stats| span(stats.playout_delay))).collect(),
        }
    }

    /// The variables of the ends of the client's connections.
    fn ends(&mut self) -> Vec<SeriesTcp> {
        let log = self.tape.tcp();
        let first = log.partition_point(|r| r.at < self.wanted.from);
        let mut ends: BTreeMap<(ConnectionId, NodeId), SeriesTcp> = BTreeMap::new();
        let cells = self.wanted.cells as usize;
        for record in log.since(first.saturating_sub(MAX_BACK)).take_while(|r| r.at < self.wanted.to()) {
            if self.client_of(record.connection) != Some(self.wanted.client) {
                continue;
            }
            let end = ends.entry((record.connection, record.node)).or_insert_with(|| SeriesTcp {
                node: record.node.0,
                connection: record.connection.0,
                cwnd: vec![None; cells],
                ssthresh: vec![None; cells],
                in_flight: vec![None; cells],
                srtt: vec![None; cells],
                rto: vec![None; cells],
            });
            // What held before the first cell holds there until something else comes.
            let cell = self.wanted.cell(record.at).unwrap_or(0);
            let octets = |octets: usize| u32::try_from(octets).unwrap_or(u32::MAX);
            end.cwnd[cell] = Some(octets(record.info.cwnd));
            end.ssthresh[cell] = (record.info.ssthresh != usize::MAX).then(|| octets(record.info.ssthresh));
            end.in_flight[cell] = Some(octets(record.info.in_flight));
            end.srtt[cell] = record.info.srtt.map(span);
            end.rto[cell] = Some(span(record.info.rto));
        }
        let mut ends: Vec<_> = ends.into_values().collect();
        ends.drain(..ends.len().saturating_sub(MAX_ENDS));
        for end in &mut ends {
            hold(end);
        }
        ends
    }

    /// What is in a frame, if it is of this conversation.
    fn inside(&mut self, record: &FrameRecord) -> Option<Inside> {
        match &record.carried {
            Carried::Udp { message: Some(message), .. } => {
                let message = self.tape.messages().get(message.0)?;
                let ours = match message.client {
                    Some(client) => client == self.wanted.client,
                    // What goes to a group is of all who may be in it.
                    None => message.to.is_none_or(|to| to == self.wanted.client),
                };
                ours.then(|| named(&message.what))
            }
            Carried::Tcp { connection: Some(connection), direction, stream, .. } => {
                let client = self.client_of(*connection).or(Some(record.node));
                if client != Some(self.wanted.client) {
                    return None;
                }
                let first = self.streams.messages(*connection, *direction, stream).first().copied();
                let message = first.and_then(|id| self.tape.messages().get(id.0));
                Some(message.map_or(Inside::Tcp, |message| named(&message.what)))
            }
            _ => (record.node == self.wanted.client).then_some(Inside::Other),
        }
    }

    /// Whether a frame, or the one that it was made from, is of this conversation.
    fn is_ours(&mut self, frame: FrameId) -> bool {
        let mut frame = frame;
        for _ in 0..MAX_PARENTS {
            let Some(record) = self.tape.frames().get(frame.0) else { return false };
            match record.parent {
                Some(parent) => frame = parent,
                None => return self.inside(record).is_some(),
            }
        }
        false
    }

    /// Whose a connection is: its messages say so.
    fn client_of(&mut self, connection: ConnectionId) -> Option<NodeId> {
        let (tape, streams) = (self.tape, self.streams);
        *self.connections.entry(connection).or_insert_with(|| {
            let first = streams.first(connection)?;
            tape.messages().get(first.0)?.client
        })
    }
}

fn named(what: &What) -> Inside {
    match what {
        What::Rtp(_) => Inside::Rtp,
        What::Rtcp { .. } => Inside::Rtcp,
        What::Request { .. } | What::Response { .. } => Inside::Rtsp,
        What::Unknown => Inside::Other,
    }
}

/// Whether a frame repeats what was sent before.
fn is_again(cause: &FrameCause) -> bool {
    match cause {
        FrameCause::Stack { cause, .. } => matches!(cause, Cause::Retransmit(_)),
        FrameCause::Captured { seen } => matches!(seen, Seen::Repeats { .. }),
        _ => false,
    }
}

fn add(column: &mut [u32], cell: usize, amount: u32) {
    column[cell] = column[cell].saturating_add(amount);
}

/// Variables hold until they change.
fn hold(end: &mut SeriesTcp) {
    fn fill<T: Copy>(column: &mut [Option<T>], known: &[bool]) {
        for cell in 1..column.len() {
            if !known[cell] {
                column[cell] = column[cell - 1];
            }
        }
    }
    let known: Vec<bool> = end.cwnd.iter().map(Option::is_some).collect();
    fill(&mut end.cwnd, &known);
    fill(&mut end.ssthresh, &known);
    fill(&mut end.in_flight, &known);
    fill(&mut end.srtt, &known);
    fill(&mut end.rto, &known);
}

/// The stretch that a page asks for.
///
/// # Errors
/// [`SeriesError`] when its length cannot be said in time.
pub fn wanted(client: u32, from: Nanos, cell: Nanos, cells: u32) -> Result<Wanted, SeriesError> {
    // Far beyond all that is answered, and near enough to be added up.
    if cell.0 > MAX_LENGTH.as_nanos() as u64 || from.0 > u64::MAX / 2 {
        return Err(SeriesError::Length);
    }
    Ok(Wanted {
        client: NodeId(client),
        from: SimTime::from_nanos(from.0),
        cell: Duration::from_nanos(cell.0),
        cells,
    })
}
