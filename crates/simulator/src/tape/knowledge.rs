//! Taking a tape's frames apart: what is learnt from those before.

use super::{Carried, DISORDER, FrameRecord, HopRecord, Tape};
use crate::ids::{FrameId, LinkId};
use bytes::Bytes;
use protocol::dissect::{
    Alone, Backlog, Captured, Dissection, Dissector, Fcs, LinkType, is_fragment, sequence_number,
};
use protocol::message::What;
use protocol::time::SimTime;
use std::ops::Range;

/// What later frames need to know of earlier ones: ports from SETUP, payload types from SDP,
/// places in TCP streams.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    dissector: Dissector,
}

/// A frame taken apart.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its octets.
    pub bytes: Bytes,
    /// Whether they end with its FCS.
    pub fcs: Fcs,
    /// Frames before it that had to be seen first, as their hosts sent them: what it carries
    /// began there.
    pub earlier: Vec<FrameId>,
    /// Its layers.
    pub dissection: Dissection,
}

/// A dissector that frames can be taken apart with which teach nothing, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Scratch(Option<Dissector>);

impl Knowledge {
    /// Expects RTSP on one more port, where a real server listens. The dissector knows a bounded
    /// number of them; beyond it, messages are shown as data.
    pub fn expect_rtsp(&mut self, port: u16) {
        self.dissector.expect_rtsp(port);
    }

    /// The TCP ports on which RTSP is expected.
    pub fn rtsp_ports(&self) -> impl Iterator<Item = u16> + '_ {
        self.dissector.rtsp_ports()
    }

    /// Learns from these frames, by their numbers. Only TCP teaches; routers' copies say nothing
    /// new.
    pub fn follow(&mut self, tape: &Tape, frames: Range<u64>) {
        for number in frames {
            if let Some(record) = tape.frames().get(number)
                && record.parent.is_none()
                && matches!(record.carried, Carried::Tcp { .. })
                && let Some((bytes, fcs)) = octets(tape, FrameId(number))
            {
                dissect(&mut self.dissector, record, &bytes, fcs, false);
            }
        }
    }

    /// Opens a frame as it was sent or, with a hop, as it arrived there, with `words` for people
    /// or without; `None` when it is no longer kept.
    pub fn open(&self, tape: &Tape, frame: FrameId, hop: Option<&HopRecord>, words: bool) -> Option<Opened> {
        self.open_with(&mut Scratch::default(), tape, frame, hop, words)
    }

    /// The same for one frame after another: `scratch` saves work, as long as nothing new is learnt.
    pub fn open_with(
        &self,
        scratch: &mut Scratch,
        tape: &Tape,
        frame: FrameId,
        hop: Option<&HopRecord>,
        words: bool,
    ) -> Option<Opened> {
        let record = tape.frames().get(frame.0)?;
        let (bytes, fcs) = octets(tape, frame)?;
        let bytes = match hop {
            None => bytes,
            Some(hop) => tape.hop_bytes(hop)?,
        };
        if !matches!(record.carried, Carried::Tcp { .. } | Carried::Other) && !is_fragment(&bytes, fcs) {
            let dissector = scratch.0.get_or_insert_with(|| self.dissector.clone());
            let dissection = dissect(dissector, record, &bytes, fcs, words);
            return Some(Opened { bytes, fcs, earlier: Vec::new(), dissection });
        }
        let (mut dissector, backlog) = self.dissector.rewound_for(&bytes, fcs);
        let earlier =
            backlog.map(|backlog| earlier(tape, frame, record, (&bytes, fcs), &backlog)).unwrap_or_default();
        for frame in &earlier {
            if let (Some(record), Some((bytes, fcs))) = (tape.frames().get(frame.0), octets(tape, *frame)) {
                dissect(&mut dissector, record, &bytes, fcs, false);
            }
        }
        let dissection = dissect(&mut dissector, record, &bytes, fcs, words);
        Some(Opened { bytes, fcs, earlier, dissection })
    }

    /// Opens a message without the packets that carry it; `None` when it is no longer kept, or is
    /// nothing that is read.
    pub fn open_message(&self, tape: &Tape, message: crate::ids::MessageId) -> Option<Opened> {
        let record = tape.messages().get(message.0)?;
        let bytes = tape.message_bytes(message)?;
        // RFC 2326 section 10.12: `$`, channel, two octets of length.
        let interleaved = matches!(record.transport, super::MessageTransport::Tcp { .. });
        let (alone, bytes) = match record.what {
            What::Request { .. } | What::Response { .. } => (Alone::Rtsp, bytes),
            What::Rtp(_) | What::Rtcp { .. } => {
                let alone = if matches!(record.what, What::Rtp(_)) { Alone::Rtp } else { Alone::Rtcp };
                (alone, if interleaved { bytes.slice(4.min(bytes.len())..) } else { bytes })
            }
            What::Unknown => return None,
        };
        let dissection = self.dissector.alone(alone, &bytes, record.at);
        Some(Opened { bytes, fcs: Fcs::Absent, earlier: Vec::new(), dissection })
    }
}

impl Tape {
    /// A frame's hop over a cable, which its first bit entered at `start`.
    pub fn hop_of(&self, frame: FrameId, link: LinkId, start: SimTime) -> Option<&HopRecord> {
        let record = self.frames().get(frame.0)?;
        // Hops are written in the order of their decisions, a few layers' time before `queued`.
        let first = self.hops().partition_point(|hop| hop.queued < record.at);
        let hops = self.hops().since(first).take_while(|hop| hop.queued <= start + DISORDER);
        hops.into_iter().find(|hop| hop.frame == frame && hop.link == link && hop.start == start)
    }
}

/// A frame's octets, and whether they end with its FCS.
fn octets(tape: &Tape, frame: FrameId) -> Option<(Bytes, Fcs)> {
    Some((tape.frame_bytes(frame)?, tape.frame_fcs(frame)?))
}

/// Dissects a frame, of which a capture may have only the beginning.
fn dissect(
    dissector: &mut Dissector,
    record: &FrameRecord,
    bytes: &[u8],
    fcs: Fcs,
    words: bool,
) -> Dissection {
    let cut = record.kept().is_some();
    dissector.captured(&Captured { octets: bytes, link: LinkType::Ethernet, fcs, cut, words }, record.at)
}

/// The most frames before a fragment among which the packet's other fragments are sought.
const FRAGMENT_REACH: u64 = 256;

/// The frames that must be seen before `frame` makes sense.
fn earlier(
    tape: &Tape,
    frame: FrameId,
    record: &FrameRecord,
    (bytes, fcs): (&[u8], Fcs),
    backlog: &Backlog,
) -> Vec<FrameId> {
    let sequence = match backlog {
        Backlog::Segments { sequence, .. } => *sequence,
        // The fragments of one packet carry the same message and leave one after the other.
        Backlog::Fragments { .. } => {
            return (frame.0.saturating_sub(FRAGMENT_REACH)..frame.0)
                .filter(|n| {
                    tape.frames()
                        .get(*n)
                        .is_some_and(|f| f.carried == record.carried && f.node == record.node)
                })
                .map(FrameId)
                .collect();
        }
    };
    let Carried::Tcp { connection: Some(connection), direction, stream, .. } = &record.carried else {
        return Vec::new();
    };
    let Some(own) = sequence_number(bytes, fcs) else { return Vec::new() };
    let from = stream.start.saturating_sub(own.wrapping_sub(sequence).into());
    let mut root = frame;
    while let Some(parent) = tape.frames().get(root.0).and_then(|record| record.parent) {
        root = parent;
    }
    let mut frames = tape.stream_frames(*connection, *direction, from, root);
    frames.retain(|earlier| *earlier != root);
    frames
}
