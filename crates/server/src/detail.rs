//! A frame opened for the page: bytes, layers, fields.

use crate::dissect::checked;
use crate::rows::{Cursor, nanos};
use crate::wire::{self, DetailField, DetailLayer, Id, OnCable};
use bytes::Bytes;
use protocol::dissect::{
    Backlog, Captured, Dissection, Dissector, Fcs, Field, Layer, LinkType, Source, sequence_number,
};
use protocol::time::SimTime;
use simulator::tape::{Carried, FrameRecord, HopRecord};
use simulator::{FrameId, Tape};
use std::fmt::Write as _;
use std::time::Duration;

/// What later frames need to know of earlier ones: ports from SETUP, payload types from SDP,
/// places in TCP streams.
#[derive(Debug, Default)]
pub struct Knowledge {
    dissector: Dissector,
}

impl Knowledge {
    /// Expects RTSP on one more port, where a real server listens. The dissector knows a bounded
    /// number of them; beyond it, messages are shown as data.
    pub fn expect_rtsp(&mut self, port: u16) {
        self.dissector.expect_rtsp(port);
    }

    /// Learns from what the tape has got since `cursor`. Only TCP teaches; routers' copies
    /// say nothing new.
    pub fn follow(&mut self, tape: &Tape, cursor: &Cursor) {
        for number in cursor.frames(tape) {
            if let Some(record) = tape.frames().get(number)
                && record.parent.is_none()
                && matches!(record.carried, Carried::Tcp { .. })
                && let Some((bytes, fcs)) = octets(tape, FrameId(number))
            {
                dissect(&mut self.dissector, record, &bytes, fcs);
            }
        }
    }

    /// Opens a frame as it was sent or, with a hop, as it arrived there; `None` when it is no
    /// longer kept, or was not there.
    pub fn detail(&self, tape: &Tape, frame: FrameId, on: Option<OnCable>) -> Option<wire::Detail> {
        let record = tape.frames().get(frame.0)?;
        let (bytes, fcs) = octets(tape, frame)?;
        let bytes = match on {
            None => bytes,
            Some(on) => tape.hop_bytes(hop(tape, frame, record, on)?)?,
        };
        let (mut dissector, backlog) = self.dissector.rewound_for(&bytes, fcs);
        if let Some(backlog) = backlog {
            for earlier in earlier(tape, frame, record, (&bytes, fcs), &backlog) {
                if let (Some(record), Some((bytes, fcs))) =
                    (tape.frames().get(earlier.0), octets(tape, earlier))
                {
                    dissect(&mut dissector, record, &bytes, fcs);
                }
            }
        }
        let dissection = dissect(&mut dissector, record, &bytes, fcs);
        Some(wire::Detail {
            frame: Id(frame.0),
            at: nanos(record.at),
            sources: std::iter::once(&bytes[..])
                .chain(dissection.buffers.iter().map(|buffer| &buffer[..]))
                .map(hex)
                .collect(),
            layers: dissection
                .layers
                .iter()
                .map(|layer| self::layer(layer, dissection.source(&bytes, layer.source)))
                .collect(),
            checker: checked::CHECKER.clone(),
            notes: notes(&dissection),
        })
    }
}

/// A frame's hop over a cable.
fn hop<'a>(tape: &'a Tape, frame: FrameId, record: &FrameRecord, on: OnCable) -> Option<&'a HopRecord> {
    let start = SimTime::from_nanos(on.start.0);
    // Hops are written in the order of their decisions, a few layers' time before `queued`.
    let first = tape.hops().partition_point(|hop| hop.queued < record.at);
    let hops = tape.hops().since(first).take_while(|hop| hop.queued <= start + HOP_DISORDER);
    hops.into_iter().find(|hop| hop.frame == frame && hop.link.0 == on.link && hop.start == start)
}

/// By how much hops may be out of the order of their times.
const HOP_DISORDER: Duration = Duration::from_millis(50);

/// A frame's octets, and whether they end with its FCS.
fn octets(tape: &Tape, frame: FrameId) -> Option<(Bytes, Fcs)> {
    Some((tape.frame_bytes(frame)?, tape.frame_fcs(frame)?))
}

/// Dissects a frame, of which a capture may have only the beginning.
fn dissect(dissector: &mut Dissector, record: &FrameRecord, bytes: &[u8], fcs: Fcs) -> Dissection {
    let cut = record.kept().is_some();
    dissector
        .captured(&Captured { octets: bytes, link: LinkType::Ethernet, fcs, cut, words: true }, record.at)
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

fn layer(layer: &Layer, source: &[u8]) -> DetailLayer {
    DetailLayer {
        name: layer.name.into(),
        title: layer.title.clone(),
        summary: layer.summary.clone(),
        osi: layer.osi,
        source: match layer.source {
            Source::Frame => 0,
            Source::Buffer(index) => index as u32 + 1,
        },
        start: layer.bits.start,
        length: layer.bits.len,
        rfc: layer.rfc.into(),
        fields: layer.fields.iter().map(|field| self::field(field, source)).collect(),
    }
}

fn field(field: &Field, source: &[u8]) -> DetailField {
    DetailField {
        name: field.name.map(Into::into),
        label: field.label.into(),
        short: field.short.into(),
        start: field.bits.start,
        length: field.bits.len,
        value: field.value.to_string(),
        meaning: field.meaning(),
        rfc: field.rfc.into(),
        filter: field.filter(source.get(field.bits.bytes()).unwrap_or(&[])),
        checked: field.name.is_some_and(checked::is_checked),
        children: field.children.iter().map(|child| self::field(child, source)).collect(),
    }
}

fn notes(dissection: &Dissection) -> Vec<String> {
    dissection.notes.iter().map(|note| note.text.to_string()).collect()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a string takes all");
    }
    text
}
