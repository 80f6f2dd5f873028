//! The keeper: the one task that owns the world.

use super::captured::Open;
use super::finding::Searches;
use super::forks::Forks;
use super::next::Next;
use super::original::{Original, Setting};
use super::outbox::Outbox;
use super::pacer::{Due, Pacer};
use super::players::Players;
use super::proofs::Proofs;
use super::shown::Shown;
use super::sources::Sources;
use super::told::Told;
use super::viewers::{Viewers, Watch};
use super::ways::Ways;
use super::{Copied, Datagram, Doors, Inbound, Refusal, Room, Via, ViewerId};
use crate::gateway::{Datagrams, Groups};
use crate::wire::{self, PageMessage};
use simulator::NodeId;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How often pages get a batch.
pub const BATCH: Duration = Duration::from_millis(40);

/// The longest that the world runs before the keeper looks at its inbox again.
const TURN: Duration = Duration::from_millis(15);

/// How long the world may wait, for each real client, between two looks when nothing comes in:
/// what it has for them in that time leaves together, which costs far less than one by one. A few
/// clients notice nothing of it.
const PULSE: Duration = Duration::from_micros(80);

/// The longest pulse, that of a hundred clients: a frame of a screen at 120 Hz, and less than what
/// networks vary by.
const LONGEST_PULSE: Duration = Duration::from_millis(8);

/// So long after a real peer has said something, nothing waits for the pulse: answers come as
/// soon as the simulated network brings them.
const ATTENTION: Duration = Duration::from_millis(20);

/// Events between two looks at the clock.
const EVENTS: u32 = 64;

/// Owns the world and its forks, and does everything that touches them.
pub struct Keeper {
    pub(super) original: Original,
    pub(super) setting: Setting,
    pub(super) pacer: Pacer,
    pub(super) viewers: Viewers,
    /// Pages for which something is being searched.
    pub(super) searching: Searches,
    /// Connections of real players and to real servers.
    pub(super) ways: Ways,
    pub(super) players: Players,
    pub(super) sources: Sources,
    pub(super) forks: Forks,
    /// The run that is to take the original's place.
    pub(super) next: Option<Next>,
    /// How often another run was ordered, or ordered away again.
    pub(super) begin_orders: u64,
    /// The capture that is shown beside it, if one is open.
    pub(super) capture: Option<Open>,
    /// Frames that tshark looks at.
    pub(super) proofs: Proofs,
    next_batch: Instant,
    /// When the world was last brought to its time.
    advanced: Instant,
    /// Up to when nothing waits for the pulse.
    attentive: Instant,
}

impl Keeper {
    /// A keeper for `original`, whose real players' datagrams go through `datagrams`. What it lets
    /// do outside, on the runtime that this is called on, comes back through `room`.
    pub fn new(original: Original, setting: Setting, datagrams: Datagrams, room: Room) -> Self {
        let now = Instant::now();
        Keeper {
            pacer: Pacer::new(now, original.world.now()),
            original,
            proofs: Proofs::new(room.clone(), setting.tshark.clone()),
            setting,
            viewers: Viewers::default(),
            searching: Searches::default(),
            ways: Ways::default(),
            players: Players::new(datagrams),
            forks: Forks::new(room.clone()),
            next: None,
            begin_orders: 0,
            capture: None,
            sources: Sources::new(room),
            next_batch: now,
            advanced: now,
            attentive: now,
        }
    }

    /// Lets real players have multicast, through `groups`.
    pub fn offer_groups(&mut self, groups: Groups) {
        self.players.offer_groups(groups);
    }

    /// Keeps the room until it is stopped.
    pub async fn run(mut self, mut doors: Doors) {
        self.pacer.begin(Instant::now());
        loop {
            let wake = tokio::time::Instant::from_std(self.wake());
            tokio::select! {
                biased;
                message = doors.inbox.recv() => match message {
                    Some(Inbound::Stop) | None => return,
                    Some(message) => {
                        // What comes in happens now, not when the world was last looked at.
                        self.advance();
                        self.handle(message);
                    }
                },
                Some(Datagram { via, lane, from, bytes }) = doors.datagrams.recv() => {
                    self.advance();
                    let (world, ways) = (&mut self.original.world, &self.ways);
                    match via {
                        Via::Players => self.players.datagram(world, ways, (lane, from), bytes),
                        Via::Group(group, port) => {
                            self.players.group_datagram(world, ways, (group, port), from, bytes);
                        }
                        Via::Source(id) => self.sources.datagram(world, ways, id, (lane, from), bytes),
                    }
                }
                () = tokio::time::sleep_until(wake) => self.advance(),
            }
            self.pump();
            if Instant::now() >= self.next_batch {
                self.flush();
                self.tell_room();
                self.next_batch = (self.next_batch + BATCH).max(Instant::now());
            }
        }
    }

    /// When there is something to do without being told.
    fn wake(&self) -> Instant {
        // Without real peers nobody sees when an event is handled, only its time.
        let nobody = self.ways.is_empty() && self.players.is_empty();
        let event = if nobody { None } else { self.original.world.next_event_at() };
        let mut world = self.pacer.when(event);
        if self.advanced >= self.attentive {
            let pulse = (PULSE * self.players.len() as u32).min(LONGEST_PULSE);
            world = world.map(|at| at.max(self.advanced + pulse));
        }
        let beat = self.capture.as_ref().and_then(|open| open.pacer.when(None));
        [world, beat].into_iter().flatten().fold(self.next_batch, Instant::min)
    }

    /// Carries out of the world what it has for real peers.
    fn pump(&mut self) {
        while let Some((source, event)) = self.original.world.poll_source() {
            self.sources.told(&mut self.ways, source, event);
        }
        if self.ways.is_empty() && self.players.is_empty() {
            return;
        }
        while let Some((id, event)) = self.original.world.poll_gateway() {
            self.ways.told(&mut self.original.world, id, &event);
            self.players.told(&self.original.world, id, event);
        }
        self.players.send();
        self.ways.carry(&mut self.original.world);
        self.players.keep(&self.original.world);
    }

    /// Somebody real takes part: it cannot be slowed down, so it wakes a frozen or slow world.
    pub(super) fn wake_up(&mut self) {
        if !self.pacer.is_real_time() {
            self.pacer = Pacer::new(Instant::now(), self.original.world.now());
        }
    }

    fn handle(&mut self, message: Inbound) {
        match message {
            Inbound::Join { holds_key, outbox, answer } => self.join(holds_key, outbox, answer),
            Inbound::Said { viewer, message } => self.said(viewer, message),
            Inbound::Leave { viewer } => self.viewers.remove(viewer),
            Inbound::Player { address, link, answer } => {
                let id = self.players.connect(&mut self.original.world, &mut self.ways, address, link);
                if id.is_some() {
                    self.wake_up();
                }
                answer.send(id).ok();
            }
            Inbound::PeerSaid { id, bytes } => {
                self.attentive = self.advanced + ATTENTION;
                self.ways.said(&mut self.original.world, id, bytes);
            }
            Inbound::PeerAccepted { id, octets } => self.ways.accepted(id, octets),
            Inbound::PeerClosed { id } => self.ways.closed(&mut self.original.world, id),
            Inbound::PeerLost { id } => self.ways.lost(&mut self.original.world, id),
            Inbound::SourceOpened { asked, opened } => self.source_opened(asked, opened),
            Inbound::SourceConnected { source } => self.original.world.source_connected(source),
            Inbound::SourceFailed { source, call, refused } => {
                self.ways.forget(call);
                self.original.world.source_failed(source, call, refused.to_string());
            }
            Inbound::ForkReached { run, reached } => self.fork_reached(run, reached),
            Inbound::ForkArrived { run, arrived } => self.fork_arrived(run, arrived),
            Inbound::LessonRead(read) => self.lesson_read(read),
            Inbound::NextReached(reached) => self.next_reached(reached),
            Inbound::NextMade { run, made } => self.next_made(run, made),
            Inbound::Searched { viewer, message } => self.searched(viewer, &message),
            Inbound::Lessons { viewer, message } => self.viewers.say(viewer, &message),
            Inbound::Checked { asked: (viewer, id), checked } => {
                let message = self.proofs.checked(id, *checked);
                self.viewers.say(viewer, &message);
            }
            Inbound::Copy { run, answer } => {
                let run = run.unwrap_or(self.original.number());
                // A capture is a file already.
                let copy = self.run_of(run).and_then(|(shown, _)| match shown {
                    Shown::World(world) => Some(Box::new(world.clone())),
                    Shown::Capture(_) => None,
                });
                // A lesson speaks of its own run; a fork goes another way.
                let is_own = run == self.original.number();
                let remarks = if is_own { self.original.remarks.clone() } else { Vec::new() };
                let copy = copy.map(|world| Copied { world, remarks });
                answer.send(copy).ok();
            }
            Inbound::Capture { foreign, answer } => {
                answer.send(self.open_capture(foreign)).ok();
            }
            Inbound::Stop => {}
        }
    }

    fn join(&mut self, holds_key: bool, outbox: Outbox, answer: oneshot::Sender<Result<ViewerId, Refusal>>) {
        // The snapshot stands for the last batch: nothing may lie between them.
        self.flush();
        let joined = self.viewers.add(holds_key, outbox, self.first_run());
        if let Ok(viewer) = joined {
            if let Some(open) = &mut self.capture {
                open.begin();
            }
            self.greet(viewer);
        }
        answer.send(joined).ok();
    }

    fn said(&mut self, viewer: ViewerId, message: PageMessage) {
        match message {
            PageMessage::Command { id, command } => {
                // Without an outcome it is not decided yet; the answer comes then.
                if let Some(outcome) = self.order(viewer, id, command) {
                    self.answer(viewer, id, outcome);
                }
            }
            PageMessage::Get { id, run, get } => {
                let own = self.viewers.run_of(viewer).filter(|run| self.capture(*run).is_some());
                self.question(viewer, id, run.or(own).unwrap_or(self.original.number()), get);
            }
            PageMessage::Watch { client, run, beside } => {
                let known = |run: &u32| {
                    *run == self.original.number() || self.forks.has(*run) || self.capture(*run).is_some()
                };
                let run = run.filter(known).unwrap_or(self.first_run());
                let watch = Watch { client: client.map(NodeId), run, beside: beside.filter(known) };
                self.watch(viewer, watch);
            }
            PageMessage::Resync => {
                self.flush();
                self.greet(viewer);
            }
        }
    }

    /// A run that can be shown.
    pub(super) fn run_of(&self, run: u32) -> Option<(Shown<'_>, &Told)> {
        if run == self.original.number() {
            return Some((Shown::World(&self.original.world), &self.original.told));
        }
        self.forks.ready(run).or_else(|| self.capture_shown(run))
    }

    /// Tells a page how its command went.
    pub(super) fn answer(&mut self, viewer: ViewerId, id: u32, outcome: wire::Outcome) {
        // What the order did comes before its answer.
        self.flush();
        self.tell_room();
        self.viewers.say(viewer, &wire::ServerMessage::Answer { id, outcome });
    }

    /// Brings the world to where its pace wants it, for at most one turn.
    fn advance(&mut self) {
        if let Some(open) = &mut self.capture {
            open.advance();
        }
        self.advanced = Instant::now();
        match self.pacer.due(self.advanced) {
            Due::Nothing => {}
            Due::Beat => self.next_moment(),
            Due::Until(target) => {
                let begin = self.advanced;
                let mut events = 0;
                while let Some(at) = self.original.world.next_event_at().filter(|at| *at <= target) {
                    self.original.world.run_until(at);
                    events += 1;
                    if events % EVENTS == 0 && begin.elapsed() > TURN {
                        self.pacer.reached(self.original.world.now(), Instant::now());
                        return;
                    }
                }
                if target > self.original.world.now() {
                    self.original.world.run_until(target);
                }
            }
        }
    }
}
