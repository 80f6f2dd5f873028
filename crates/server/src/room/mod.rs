//! The room: one world, its tape, the pages that watch it and the players that joined it.
//!
//! Invariant: only the keeper, on its own thread, touches the world. Everybody else holds a
//! [`Room`] and sends messages; what comes back goes through bounded queues that the keeper
//! never waits for.

mod advance;
mod captured;
mod finding;
mod forks;
mod keeper;
mod key;
mod legs;
mod lessons;
mod next;
mod orders;
mod original;
mod outbox;
mod overview;
mod pacer;
mod pictures;
mod players;
mod proofs;
mod questions;
mod shown;
mod sources;
mod state;
mod told;
mod viewers;
mod ways;

pub use finding::MAX_SEARCHES;
pub use forks::MAX_FORKS;
pub use keeper::Keeper;
pub use key::Key;
pub use original::{Original, Setting};
pub use outbox::{Inbox, MAX_PICTURES, MAX_WAITING, Outbox, text_of};
pub use pacer::{BEATS, MIN_RATE, SLIP};
pub use proofs::MAX_CHECKS;
pub use viewers::{MAX_VIEWERS, ViewerId};

use crate::gateway::{Lane, PeerLink};
use crate::outward;
use crate::proof::AskError;
use crate::wire::{FrameCheck, PageMessage, ServerMessage};
use bytes::Bytes;
use protocol::time::SimTime;
use simulator::foreign::Foreign;
use simulator::{GatewayId, NodeId, SourceId, World};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::sync::{mpsc, oneshot};

/// Messages of pages and connections that may wait for the keeper; senders wait at the bound.
pub const MAX_INBOX: usize = 1024;

/// UDP datagrams that may wait for the keeper; at the bound new ones are lost.
pub const MAX_DATAGRAMS: usize = 4096;

/// What the keeper is told.
#[derive(Debug)]
pub(crate) enum Inbound {
    /// A page opened.
    Join { holds_key: bool, outbox: Outbox, answer: oneshot::Sender<Result<ViewerId, Refusal>> },
    /// A page said something.
    Said { viewer: ViewerId, message: PageMessage },
    /// A page closed.
    Leave { viewer: ViewerId },
    /// A real player connected.
    Player { address: SocketAddr, link: PeerLink, answer: oneshot::Sender<Option<GatewayId>> },
    /// A real peer, player or server, sent octets.
    PeerSaid { id: GatewayId, bytes: Bytes },
    /// It took octets.
    PeerAccepted { id: GatewayId, octets: usize },
    /// It closed its half of the connection.
    PeerClosed { id: GatewayId },
    /// It is gone without a word.
    PeerLost { id: GatewayId },
    /// A URL of a real server was opened, or was not.
    SourceOpened { asked: Asked, opened: Result<Box<outward::Opened>, outward::Refused> },
    /// A further connection to a real server stands.
    SourceConnected { source: SourceId },
    /// It could not be made.
    SourceFailed { source: SourceId, call: GatewayId, refused: outward::Refused },
    /// A fork is on its way.
    ForkReached { run: u32, reached: forks::Reached },
    /// It has come to where the original was, or cannot.
    ForkArrived { run: u32, arrived: forks::Arrived },
    /// The lesson that a run is to be made for was read, or was not there.
    LessonRead(next::Read),
    /// The run that is to take the original's place is on its way.
    NextReached(next::NextReached),
    /// It is ready, or cannot be.
    NextMade { run: u32, made: next::Made },
    /// What a page searched for has been looked for.
    Searched { viewer: ViewerId, message: Box<ServerMessage> },
    /// The lessons that a page asked for have been read.
    Lessons { viewer: ViewerId, message: Box<ServerMessage> },
    /// tshark has looked at a frame, or could not.
    Checked { asked: (ViewerId, u32), checked: Box<Result<FrameCheck, AskError>> },
    /// Somebody wants a run as it is now, the original without a number.
    Copy { run: Option<u32>, answer: oneshot::Sender<Option<Copied>> },
    /// A capture was opened: it is to be shown. Answered with the number of its run.
    Capture { foreign: Box<Foreign>, answer: oneshot::Sender<u32> },
    /// The program ends.
    Stop,
}

/// A run as it was at a moment, for who makes a file of it.
#[derive(Debug)]
pub struct Copied {
    /// All of it.
    pub world: Box<World>,
    /// What is to be said at which moments, in order: a lesson's stops.
    pub remarks: Vec<(SimTime, String)>,
}

/// Who wants a real server to be played, and by whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub client: NodeId,
    /// The page that asked, and its number for the command.
    pub command: (ViewerId, u32),
}

/// By whose ports a real datagram came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// The pair that serves all real players.
    Players,
    /// A real server's own.
    Source(SourceId),
    /// This port of a multicast group that real players are in.
    Group(Ipv4Addr, u16),
}

/// A real UDP datagram.
#[derive(Debug)]
pub(crate) struct Datagram {
    pub via: Via,
    pub lane: Lane,
    pub from: SocketAddr,
    pub bytes: Bytes,
}

/// Why a page cannot join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// As many pages as possible are open.
    #[error("The room is full: {MAX_VIEWERS} pages are open.")]
    Full,
    /// The program ends.
    #[error("Layercast ends.")]
    Over,
}

impl Refusal {
    /// Whether trying again later makes sense.
    pub fn is_full(self) -> bool {
        self == Refusal::Full
    }
}

/// A handle on the room.
#[derive(Clone, Debug)]
pub struct Room {
    key: Key,
    inbox: mpsc::Sender<Inbound>,
    datagrams: mpsc::Sender<Datagram>,
}

/// The keeper's end of all handles.
#[derive(Debug)]
pub struct Doors {
    pub(crate) inbox: mpsc::Receiver<Inbound>,
    pub(crate) datagrams: mpsc::Receiver<Datagram>,
}

impl Room {
    /// A room's handle, and the end that its keeper needs.
    pub fn new(key: Key) -> (Room, Doors) {
        let (inbox, to_inbox) = mpsc::channel(MAX_INBOX);
        let (datagrams, to_datagrams) = mpsc::channel(MAX_DATAGRAMS);
        (Room { key, inbox, datagrams }, Doors { inbox: to_inbox, datagrams: to_datagrams })
    }

    /// The room's key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// A page joins; it gets its `hello` at once.
    ///
    /// # Errors
    /// When the room is full or over.
    pub async fn join(&self, holds_key: bool, outbox: Outbox) -> Result<ViewerId, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.send(Inbound::Join { holds_key, outbox, answer }).await;
        answered.await.unwrap_or(Err(Refusal::Over))
    }

    /// A page said something; false when the room is over.
    pub async fn said(&self, viewer: ViewerId, message: PageMessage) -> bool {
        self.send(Inbound::Said { viewer, message }).await
    }

    /// A page closed.
    pub async fn leave(&self, viewer: ViewerId) {
        self.send(Inbound::Leave { viewer }).await;
    }

    /// A real player connected; `None` when there is no place for it.
    pub async fn player(&self, address: SocketAddr, link: PeerLink) -> Option<GatewayId> {
        let (answer, answered) = oneshot::channel();
        self.send(Inbound::Player { address, link, answer }).await;
        answered.await.ok().flatten()
    }

    /// A real peer sent octets; the next ones only after `ReadOn`. False when the room is over,
    /// as with those below.
    pub async fn peer_said(&self, id: GatewayId, bytes: Bytes) -> bool {
        self.send(Inbound::PeerSaid { id, bytes }).await
    }

    /// A real peer's socket took this many octets.
    pub async fn peer_accepted(&self, id: GatewayId, octets: usize) -> bool {
        self.send(Inbound::PeerAccepted { id, octets }).await
    }

    /// A real peer closed its half.
    pub async fn peer_closed(&self, id: GatewayId) -> bool {
        self.send(Inbound::PeerClosed { id }).await
    }

    /// A real peer is gone.
    pub async fn peer_lost(&self, id: GatewayId) -> bool {
        self.send(Inbound::PeerLost { id }).await
    }

    /// A real datagram came; it is lost when too many wait.
    pub fn datagram(&self, (via, lane): (Via, Lane), from: SocketAddr, bytes: Bytes) {
        self.datagrams.try_send(Datagram { via, lane, from, bytes }).ok();
    }

    /// A run as it is now; `None` when there is none of this number, or the room is over.
    pub async fn copy_of(&self, run: Option<u32>) -> Option<Copied> {
        let (answer, answered) = oneshot::channel();
        self.send(Inbound::Copy { run, answer }).await;
        answered.await.ok().flatten()
    }

    /// Whether the room takes nothing more.
    pub fn is_over(&self) -> bool {
        self.datagrams.is_closed()
    }

    pub(crate) async fn source_opened(
        &self,
        asked: Asked,
        opened: Result<outward::Opened, outward::Refused>,
    ) {
        self.send(Inbound::SourceOpened { asked, opened: opened.map(Box::new) }).await;
    }

    pub(crate) async fn source_connected(&self, source: SourceId) -> bool {
        self.send(Inbound::SourceConnected { source }).await
    }

    pub(crate) async fn source_failed(&self, source: SourceId, call: GatewayId, refused: outward::Refused) {
        self.send(Inbound::SourceFailed { source, call, refused }).await;
    }

    /// Tells the keeper something that may be left out when it is busy. Not to be called by a
    /// task.
    pub(crate) fn hint(&self, message: Inbound) {
        self.inbox.try_send(message).ok();
    }

    /// Gives something to the keeper, and waits until it has room for it. Not to be called by a
    /// task.
    pub(crate) fn hand(&self, message: Inbound) {
        // Without a keeper nobody wants it.
        self.inbox.blocking_send(message).ok();
    }

    /// Shows a capture in the room; answers the number of its run, or `None` when the room is over.
    pub async fn show_capture(&self, foreign: Foreign) -> Option<u32> {
        let (answer, answered) = oneshot::channel();
        self.send(Inbound::Capture { foreign: Box::new(foreign), answer }).await;
        answered.await.ok()
    }

    /// Ends the room.
    pub async fn stop(&self) {
        self.send(Inbound::Stop).await;
    }

    async fn send(&self, message: Inbound) -> bool {
        self.inbox.send(message).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_that_come_too_fast_are_lost_and_the_room_stands() {
        let (room, doors) = Room::new(Key::Implicit);
        let from = SocketAddr::from(([127, 0, 0, 1], 5004));
        for _ in 0..MAX_DATAGRAMS + 10 {
            room.datagram((Via::Players, Lane::Rtp), from, Bytes::from_static(b"x"));
        }
        assert_eq!(doors.datagrams.len(), MAX_DATAGRAMS);
        assert!(!room.is_over());
        drop(doors);
        assert!(room.is_over());
    }
}
