//! A host of the world: a stack, an application, and the cable to both.

use super::Recorder;
use super::variables::Variables;
use crate::app::{App, HostIo};
use crate::ids::{FrameId, LinkId, MessageId, NodeId};
use crate::stack::{DropReason, Stack, StackEvent, State, Transmit, Verdict};
use crate::tape::{Carried, Change, Outcome, ReceiptRecord};
use bytes::Bytes;
use protocol::time::SimTime;
use protocol::wire::WireError;

/// Rounds between stack and application before a host is taken to be stuck. Each round
/// consumes events, so that a sound engine needs a handful.
const MAX_ROUNDS: usize = 10_000;

#[derive(Clone, Debug)]
pub(super) struct Host {
    pub(super) node: NodeId,
    pub(super) link: LinkId,
    pub(super) stack: Stack,
    pub(super) app: App,
    /// When the timer in the world's queue is due; later entries are stale.
    pub(super) timer: Option<SimTime>,
    /// What was told of its TCP connections' variables.
    pub(super) variables: Variables,
}

impl Host {
    /// A frame reaches the stack.
    pub(super) fn receive(
        &mut self,
        now: SimTime,
        arrive: SimTime,
        frame: FrameId,
        (bytes, intact): (&Bytes, bool),
        recorder: &mut Recorder,
    ) -> Vec<Transmit> {
        let verdict = match intact {
            true => self.stack.receive_intact(now, bytes),
            false => self.stack.receive(now, bytes),
        };
        let mut datagram = None;
        match &verdict {
            Verdict::Udp { .. } => {
                datagram = message_in(recorder, frame);
                if let Some(message) = datagram {
                    recorder.delivered(now, self.node, message, frame);
                }
            }
            Verdict::Tcp { handle, delivered } => {
                // A segment may open the connection: make it known before its messages.
                if let Some(ends) = self.stack.tcp_endpoints(*handle) {
                    recorder.connection(self.node, *handle, ends);
                }
                recorder.segment_came(now, self.node, *handle, frame, delivered);
                if !delivered.is_empty() {
                    recorder.stream_delivered(now, self.node, *handle, delivered.end, frame);
                }
            }
            _ => {}
        }
        recorder.tape.push_receipt(ReceiptRecord {
            frame,
            node: self.node,
            arrive,
            at: now,
            outcome: outcome(&verdict),
        });
        self.settle(now, recorder, datagram, Vec::new())
    }

    /// Timers of stack and application.
    pub(super) fn handle_timeout(&mut self, now: SimTime, recorder: &mut Recorder) -> Vec<Transmit> {
        if self.stack.poll_timeout().is_some_and(|at| at <= now) {
            self.stack.handle_timeout(now);
        }
        let mut frames = Vec::new();
        let (mut io, app) = self.io(now, recorder, None, &mut frames);
        app.handle_timeout(&mut io);
        self.settle(now, recorder, None, frames)
    }

    /// Something from outside: a request at the remote, octets of a real client.
    pub(super) fn with_app<R>(
        &mut self,
        now: SimTime,
        recorder: &mut Recorder,
        act: impl FnOnce(&mut App, &mut HostIo<'_>) -> R,
    ) -> (R, Vec<Transmit>) {
        let mut frames = Vec::new();
        let (mut io, app) = self.io(now, recorder, None, &mut frames);
        let result = act(app, &mut io);
        (result, self.settle(now, recorder, None, frames))
    }

    fn io<'a>(
        &'a mut self,
        now: SimTime,
        recorder: &'a mut Recorder,
        datagram: Option<MessageId>,
        frames: &'a mut Vec<Transmit>,
    ) -> (HostIo<'a>, &'a mut App) {
        let io = HostIo { now, node: self.node, stack: &mut self.stack, recorder, datagram, frames };
        (io, &mut self.app)
    }

    /// When [`Host::handle_timeout`] is due.
    pub(super) fn poll_timeout(&self) -> Option<SimTime> {
        let timeouts = [self.stack.poll_timeout(), self.app.poll_timeout(), self.variables.poll_timeout()];
        timeouts.into_iter().flatten().min()
    }

    /// Carries events up and octets down until both are quiet, and hands out the frames.
    fn settle(
        &mut self,
        now: SimTime,
        recorder: &mut Recorder,
        datagram: Option<MessageId>,
        mut frames: Vec<Transmit>,
    ) -> Vec<Transmit> {
        for _ in 0..MAX_ROUNDS {
            let mut quiet = true;
            // What the stack sends by itself leaves before what applications answer: the last
            // segment of a handshake is not merged with the first request.
            while let Some(transmit) = self.stack.poll_transmit(now) {
                quiet = false;
                frames.push(transmit);
            }
            while let Some(event) = self.stack.poll_event() {
                quiet = false;
                record_event(now, (self.node, self.link), &self.stack, recorder, &event);
                let closed = match event {
                    // A connection that never stood ends with its state alone.
                    StackEvent::Closed { handle, .. }
                    | StackEvent::TcpState { handle, to: State::Closed, .. } => Some(handle),
                    _ => None,
                };
                let (mut io, app) = self.io(now, recorder, datagram, &mut frames);
                app.handle_event(&mut io, event);
                if let Some(handle) = closed {
                    recorder.end_gone(self.node, handle);
                    self.variables.forget(handle);
                }
            }
            let before = frames.len();
            let (mut io, app) = self.io(now, recorder, datagram, &mut frames);
            app.flush(&mut io);
            io.transmit();
            if quiet && frames.len() == before {
                self.variables.tell(now, self.node, &mut self.stack, recorder);
                return frames;
            }
        }
        recorder.state(now, self.node, Change::Note { text: "This host does not come to rest.".to_owned() });
        frames
    }
}

fn record_event(
    now: SimTime,
    (node, link): (NodeId, LinkId),
    stack: &Stack,
    recorder: &mut Recorder,
    event: &StackEvent,
) {
    match event {
        StackEvent::TcpState { handle, to, .. } => {
            let known = recorder.connection_of(node, *handle).or_else(|| {
                stack.tcp_endpoints(*handle).map(|ends| recorder.connection(node, *handle, ends))
            });
            if let Some((connection, _)) = known {
                recorder.state(now, node, Change::Tcp { connection, state: to.name() });
            }
        }
        StackEvent::Neighbour(line) => recorder.state(now, node, Change::Neighbour { link, line: *line }),
        StackEvent::Group { group, member } => {
            recorder.state(now, node, Change::Group { group: *group, link: None, member: *member });
        }
        StackEvent::ReportSuppressed { group, by } => recorder.state(
            now,
            node,
            Change::Note { text: format!("{by} has reported the group {group}, so this host need not.") },
        ),
        StackEvent::NeighbourFailed { ip, lost } => recorder.state(
            now,
            node,
            Change::Note {
                text: format!("Nobody answered for {ip}; {} packets that waited are lost.", lost.len()),
            },
        ),
        StackEvent::NeighbourQueueFull { ip, .. } => recorder.state(
            now,
            node,
            Change::Note {
                text: format!("Too many packets wait for the hardware address of {ip}: one was dropped."),
            },
        ),
        StackEvent::Unreachable { from, destination, code, ports, .. } => {
            let why = unreachable_because(from.is_ipv4(), *code);
            let port = ports.map(|(_, _, port)| format!(", port {port},")).unwrap_or_default();
            let text =
                format!("{from} says that a packet to {destination}{port} could not be delivered: {why}.");
            recorder.state(now, node, Change::Note { text });
        }
        StackEvent::PathMtu { destination, mtu } => recorder.state(
            now,
            node,
            Change::Note { text: format!("Packets to {destination} have at most {mtu} octets from now on.") },
        ),
        StackEvent::TimeExceeded { from, destination, .. } => recorder.state(
            now,
            node,
            Change::Note { text: format!("{from} says that a packet to {destination} ran out of time.") },
        ),
        _ => {}
    }
}

/// What a code of Destination Unreachable means (RFC 792 and RFC 1122 section 3.2.2.1, RFC 4443
/// section 3.1).
fn unreachable_because(v4: bool, code: u8) -> String {
    let known = if v4 {
        ["no way to its network", "its host does not answer", "no such protocol there", "nobody has the port"]
            .get(usize::from(code))
    } else {
        [
            "no way there",
            "it is forbidden",
            "beyond its scope",
            "its host does not answer",
            "nobody has the port",
        ]
        .get(usize::from(code))
    };
    match known {
        Some(why) => (*why).to_owned(),
        None if v4 && code == 4 => "it is too long for a link on the way, and may not be cut".to_owned(),
        None => format!("code {code}"),
    }
}

/// The message in a frame's datagram, through the routers that rewrote it.
fn message_in(recorder: &Recorder, frame: FrameId) -> Option<MessageId> {
    match &recorder.tape.frames().get(frame.0)?.carried {
        Carried::Udp { message, .. } => *message,
        _ => None,
    }
}

fn outcome(verdict: &Verdict) -> Outcome {
    match verdict {
        Verdict::NotForUs => Outcome::NotForMe,
        Verdict::BadFcs { .. } => Outcome::Dropped { reason: "badFcs" },
        Verdict::Arp { .. } => Outcome::Accepted { layer: 2 },
        Verdict::Icmp { .. } | Verdict::Discovery { .. } | Verdict::Igmp { .. } | Verdict::FragmentKept => {
            Outcome::Accepted { layer: 3 }
        }
        Verdict::Udp { .. } | Verdict::Tcp { .. } => Outcome::Accepted { layer: 4 },
        Verdict::Dropped(reason) => Outcome::Dropped { reason: drop_word(reason) },
    }
}

fn drop_word(reason: &DropReason) -> &'static str {
    match reason {
        DropReason::Malformed(WireError::BadChecksum { .. }) => "badChecksum",
        DropReason::Malformed(_) => "malformed",
        DropReason::UnknownEtherType(_) => "unknownEtherType",
        DropReason::NotOurAddress(_) => "notOurAddress",
        DropReason::BadSource(_) => "badSource",
        DropReason::BadDiscovery => "badDiscovery",
        DropReason::UnknownProtocol(_) => "unknownProtocol",
        DropReason::UdpPortClosed(_) | DropReason::TcpPortClosed(_) => "portClosed",
        DropReason::BacklogFull(_) => "backlogFull",
        DropReason::TooManyConnections => "tooManyConnections",
        DropReason::OutsideWindow(_) => "outsideWindow",
        DropReason::BadAck(_) => "badAck",
        DropReason::Challenged(_) => "challenged",
        DropReason::OldTimestamp(_) => "oldTimestamp",
        DropReason::NoTimestamp(_) => "noTimestamp",
        DropReason::Unexpected(_) => "unexpected",
        DropReason::Reassembly => "reassembly",
        DropReason::QueueFull => "queueFull",
    }
}
