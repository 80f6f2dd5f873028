//! One TCP connection: what was read of it, and what waits to be written.

use super::access::Known;
use super::redirect::Asking;
use super::{ConnId, Limits, ServerOutput};
use crate::message::Outgoing;
use crate::rtsp::reader::{Oddity, Reader};
use crate::time::SimTime;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;

/// Where a session's track is: the session's number, and the track's in its clip.
pub(super) type StreamKey = (u64, usize);

/// One connection.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub id: ConnId,
    pub peer: IpAddr,
    /// Its address for itself, where something between changes it.
    pub own_address: Option<IpAddr>,
    pub reader: Reader,
    /// When it was opened.
    pub opened: SimTime,
    /// When the last whole item came.
    pub heard: SimTime,
    /// Whether a whole request has come.
    pub has_asked: bool,
    /// When the message began that is not whole yet.
    pub message_since: Option<SimTime>,
    /// When what waits is taken for a whole request of the lab's dialect.
    pub lab_due: Option<SimTime>,
    /// When the engine decided to close it.
    pub closing_since: Option<SimTime>,
    /// Interleaved channels: which track, and whether it is its RTCP.
    pub channels: BTreeMap<u8, (StreamKey, bool)>,
    /// Sessions that were made on it.
    pub sessions: BTreeSet<u64>,
    /// Deviations that were told already: one of each kind is enough.
    pub told: BTreeSet<Oddity>,
    /// Other remarks that were told already, by their rule.
    pub remarked: BTreeSet<&'static str>,
    /// The highest CSeq so far.
    pub cseq: Option<u32>,
    /// The CSeq of the last request that the server has sent on it.
    pub own_cseq: u32,
    /// Requests of the server that wait for an answer, by their CSeq.
    pub asking: BTreeMap<u32, Asking>,
    /// What is kept of its client's authentication.
    pub auth: Known,
    /// Why no multicast is offered on it, where it is not.
    pub no_multicast: Option<&'static str>,
    room: Option<usize>,
    waiting: VecDeque<(Outgoing, bool)>,
    waiting_responses: usize,
    waiting_frames: usize,
}

impl Connection {
    pub fn new(id: ConnId, peer: IpAddr, now: SimTime, lab_dialect: bool) -> Self {
        Connection {
            id,
            peer,
            own_address: None,
            reader: if lab_dialect { Reader::with_lab_dialect() } else { Reader::new() },
            opened: now,
            heard: now,
            has_asked: false,
            message_since: None,
            lab_due: None,
            closing_since: None,
            channels: BTreeMap::new(),
            sessions: BTreeSet::new(),
            told: BTreeSet::new(),
            remarked: BTreeSet::new(),
            cseq: None,
            own_cseq: 0,
            asking: BTreeMap::new(),
            auth: Known::default(),
            no_multicast: None,
            room: None,
            waiting: VecDeque::new(),
            waiting_responses: 0,
            waiting_frames: 0,
        }
    }

    /// When something must happen to it if nothing comes.
    pub fn deadline(&self, limits: &Limits) -> Option<SimTime> {
        if let Some(since) = self.closing_since {
            return Some(since + limits.whole_message);
        }
        let whole = self.message_since.map(|since| since + limits.whole_message);
        let silence = if !self.has_asked {
            Some(self.opened + limits.first_request)
        } else if self.sessions.is_empty() {
            Some(self.heard + limits.idle_connection)
        } else {
            None
        };
        [whole, silence, self.lab_due].into_iter().flatten().min()
    }

    /// Octets of responses that wait.
    pub fn waiting_responses(&self) -> usize {
        self.waiting_responses
    }

    /// Octets of `$` frames that wait.
    pub fn waiting_frames(&self) -> usize {
        self.waiting_frames
    }

    /// Whether all has been handed out.
    pub fn is_flushed(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Hands out at once if there is room and nothing waits, otherwise queues.
    pub fn send(&mut self, data: Outgoing, is_frame: bool, outputs: &mut VecDeque<ServerOutput>) {
        let len = data.bytes.len();
        if self.waiting.is_empty() && self.room.is_none_or(|room| len <= room) {
            self.hand_out(data, outputs);
            return;
        }
        *if is_frame { &mut self.waiting_frames } else { &mut self.waiting_responses } += len;
        self.waiting.push_back((data, is_frame));
    }

    /// Takes note of the room, and hands out what fits.
    pub fn set_room(&mut self, room: usize, outputs: &mut VecDeque<ServerOutput>) {
        self.room = Some(room);
        while let Some((data, _)) = self.waiting.front()
            && self.room.is_none_or(|room| data.bytes.len() <= room)
            && let Some((data, is_frame)) = self.waiting.pop_front()
        {
            let len = data.bytes.len();
            *if is_frame { &mut self.waiting_frames } else { &mut self.waiting_responses } -= len;
            self.hand_out(data, outputs);
        }
    }

    fn hand_out(&mut self, data: Outgoing, outputs: &mut VecDeque<ServerOutput>) {
        self.room = self.room.map(|room| room.saturating_sub(data.bytes.len()));
        outputs.push_back(ServerOutput::Stream { conn: self.id, data });
    }
}
