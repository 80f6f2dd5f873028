//! Which frames another program must see to read one of them: what taught its ports and payload
//! types, and where its message began.

use crate::wire::OnCable;
use protocol::message::What;
use protocol::time::SimTime;
use simulator::capture::Passed;
use simulator::tape::{Carried, FrameRecord, HopRecord, MessageRecord, MessageTransport, Opened};
use simulator::{ConnectionId, Direction, FrameId, LinkId, NodeId, Tape};
use std::ops::Range;
use std::time::Duration;

/// The most frames that are given; of more the latest.
pub const MAX_FRAMES: usize = 512;

/// Methods whose answers say where media goes, or what it is.
const TEACHING: [&str; 3] = ["ANNOUNCE", "DESCRIBE", "SETUP"];

/// How long after it was made a frame enters a cable at the latest, as far as it is sought.
const SOON: Duration = Duration::from_secs(2);

/// The frames, as an analyser on the cable would have seen them; the last one is `frame` itself.
/// Without a hop it is the first cable that the frame crosses.
pub fn excerpt(tape: &Tape, frame: FrameId, on: Option<OnCable>, opened: &Opened) -> Vec<Passed> {
    let Some(record) = tape.frames().get(frame.0) else { return Vec::new() };
    let hop = match on {
        Some(on) => tape.hop_of(frame, LinkId(on.link), SimTime::from_nanos(on.start.0)),
        None => first_hop(tape, frame, record),
    };
    let mut frames = match hop {
        Some(hop) => before(tape, frame, record, hop, opened),
        None => Vec::new(),
    };
    frames.sort_by_key(|passed| passed.at);
    if frames.len() >= MAX_FRAMES {
        frames.drain(..=frames.len() - MAX_FRAMES);
    }
    let at = hop.map_or(record.at, |hop| hop.start);
    frames.push(Passed { at, bytes: opened.bytes.clone(), length: record.length, fcs: opened.fcs });
    frames
}

fn first_hop<'a>(tape: &'a Tape, frame: FrameId, record: &FrameRecord) -> Option<&'a HopRecord> {
    let from = tape.hops().partition_point(|hop| hop.queued < record.at);
    let mut near = tape.hops().since(from).take_while(|hop| hop.queued <= record.at + SOON);
    near.find(|hop| hop.frame == frame)
}

/// What passed on the same cable before, and matters.
fn before(
    tape: &Tape,
    frame: FrameId,
    record: &FrameRecord,
    hop: &HopRecord,
    opened: &Opened,
) -> Vec<Passed> {
    let wanted = Wanted::new(tape, record, &opened.earlier);
    let whole = |hop: &HopRecord| {
        hop.fate.is_none() && hop.mishap.as_ref().is_none_or(|mishap| mishap.flipped.is_empty())
    };
    let mut found = Vec::new();
    for other in tape.hops().iter().take_while(|other| other.queued <= hop.queued) {
        if other.link != hop.link || other.frame == frame || other.start > hop.start || !whole(other) {
            continue;
        }
        let Some(seen) = tape.frames().get(other.frame.0).filter(|seen| wanted.has(seen)) else { continue };
        if let (Some(bytes), Some(fcs)) = (tape.frame_bytes(other.frame), tape.frame_fcs(other.frame)) {
            found.push(Passed { at: other.start, bytes, length: seen.length, fcs });
        }
    }
    found
}

/// What a frame needs of those before it.
struct Wanted<'a> {
    /// Parts of TCP streams.
    streams: Vec<(ConnectionId, Direction, Range<u64>)>,
    /// The datagram of which it is a fragment.
    datagram: Option<&'a Carried>,
}

impl<'a> Wanted<'a> {
    fn new(tape: &Tape, record: &'a FrameRecord, earlier: &[FrameId]) -> Self {
        let messages = tape.messages().iter().take_while(|message| message.at <= record.at);
        let of = Whose::of(tape, &record.carried);
        let mut streams: Vec<_> =
            messages.filter(|message| teaches(message) && of.has(message)).filter_map(place).collect();
        let mut datagram = None;
        for earlier in earlier.iter().filter_map(|earlier| tape.frames().get(earlier.0)) {
            match &earlier.carried {
                Carried::Tcp { connection: Some(connection), direction, stream, .. } => {
                    streams.push((*connection, *direction, stream.clone()));
                }
                _ => datagram = Some(&record.carried),
            }
        }
        Wanted { streams, datagram }
    }

    fn has(&self, frame: &FrameRecord) -> bool {
        match &frame.carried {
            Carried::Tcp { connection: Some(connection), direction, stream, .. } => {
                self.streams.iter().any(|(wanted, way, range)| {
                    wanted == connection
                        && way == direction
                        && stream.start < range.end
                        && range.start < stream.end
                })
            }
            other => self.datagram == Some(other),
        }
    }
}

/// Whose RTSP says how a frame is to be read.
enum Whose {
    Nobody,
    Connection(ConnectionId),
    Client(NodeId),
    /// It goes to a group.
    Everybody,
}

impl Whose {
    fn of(tape: &Tape, carried: &Carried) -> Self {
        match carried {
            Carried::Tcp { connection: Some(connection), .. } => Whose::Connection(*connection),
            Carried::Udp { message: Some(message), .. } => {
                let client = tape.messages().get(message.0).and_then(|message| message.client);
                client.map_or(Whose::Everybody, Whose::Client)
            }
            Carried::Udp { message: None, .. } => Whose::Everybody,
            _ => Whose::Nobody,
        }
    }

    fn has(&self, message: &MessageRecord) -> bool {
        match self {
            Whose::Nobody => false,
            Whose::Connection(own) => {
                matches!(&message.transport, MessageTransport::Tcp { connection, .. } if connection == own)
            }
            Whose::Client(client) => message.client == Some(*client),
            Whose::Everybody => true,
        }
    }
}

/// Whether a message says where media goes, or what it is.
fn teaches(message: &MessageRecord) -> bool {
    match &message.what {
        What::Request { method, .. } => TEACHING.contains(&&**method),
        What::Response { method, .. } => method.as_ref().is_none_or(|method| TEACHING.contains(&&**method)),
        _ => false,
    }
}

fn place(message: &MessageRecord) -> Option<(ConnectionId, Direction, Range<u64>)> {
    match &message.transport {
        MessageTransport::Tcp { connection, direction, range, .. } => {
            Some((*connection, *direction, range.clone()))
        }
        MessageTransport::Udp { .. } => None,
    }
}
