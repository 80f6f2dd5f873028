//! A frame opened for the page: bytes, layers, fields.

use crate::dissect::checked;
use crate::rows::nanos;
use crate::wire::{self, DetailField, DetailLayer, Id, OnCable};
use protocol::dissect::{Dissection, Field, Layer, Source};
use protocol::time::SimTime;
use simulator::tape::{Knowledge, Opened};
use simulator::{FrameId, LinkId, Tape};
use std::fmt::Write as _;

/// Opens a frame as it was sent or, with a hop, as it arrived there; `None` when it is no
/// longer kept, or was not there.
pub fn open(knowledge: &Knowledge, tape: &Tape, frame: FrameId, on: Option<OnCable>) -> Option<Opened> {
    let hop = match on {
        None => None,
        Some(on) => Some(tape.hop_of(frame, LinkId(on.link), SimTime::from_nanos(on.start.0))?),
    };
    knowledge.open(tape, frame, hop, true)
}

/// The same for the page.
pub fn detail(
    knowledge: &Knowledge,
    tape: &Tape,
    frame: FrameId,
    on: Option<OnCable>,
) -> Option<wire::Detail> {
    let record = tape.frames().get(frame.0)?;
    let Opened { bytes, dissection, .. } = open(knowledge, tape, frame, on)?;
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
