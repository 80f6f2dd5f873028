//! RTP (RFC 3550 5.1): header, contributing sources, extension, padding.

use super::build::{Fields, Place, specs};
use super::conversation::media::Formats;
use super::model::{NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{data, h264, jpeg, jpeg_file, text};
use crate::rtp::jpeg::is_whole_file;

specs! {
    FIRST: "", "Version and counts", "Vers.", "RFC 3550 5.1", With(|f| format!("Version {} of RTP, and three more facts about the header.", f.number() >> 6));
    VERSION: "rtp.version", "Version", "Version", "RFC 3550 5.1", Text("The packet follows version {} of RTP.");
    PADDING: "rtp.padding", "Padding", "Padding", "RFC 3550 5.1", With(|f| if f.number() == 1 {
        "The packet ends with filling; its last byte says how much.".into()
    } else {
        "No filling at the end.".into()
    });
    EXTENSION: "rtp.ext", "Extension", "Extension", "RFC 3550 5.3.1", With(|f| if f.number() == 1 {
        "An extension follows the header.".into()
    } else {
        "No extension follows the header.".into()
    });
    SOURCES: "rtp.cc", "Contributing source count", "CSRC count", "RFC 3550 5.1",
        With(|f| if f.number() == 0 {
        "The packet has one source; no mixer put several together.".into()
    } else {
        format!("{} mixed into this packet.", text::count(f.number(), "other source was", "other sources were"))
    });
    SECOND: "", "Marker and payload type", "Type", "RFC 3550 5.1", With(|f| format!(
        "Payload type {}, marker {}.", f.number() & 127, if f.number() > 127 { "set" } else { "not set" }));
    MARKER: "rtp.marker", "Marker", "Marker", "RFC 3550 5.1, RFC 2435 3.1", With(|f| if f.number() == 1 {
        "For video: this is the last packet of its picture, so decoding can start.".into()
    } else {
        "For video: more packets of the same picture follow.".into()
    });
    TYPE: "rtp.p_type", "Payload type", "Type", "RFC 3551 6", Text("Says what the packet carries: {}.");
    SEQUENCE: "rtp.seq", "Sequence number", "Sequence", "RFC 3550 5.1",
        With(|f| format!("The next packet has number {}; a gap means that one was lost, a lower number that one came late.",
            text::thousands((f.number() + 1) & 0xffff)));
    TIMESTAMP: "rtp.timestamp", "Timestamp", "Timestamp", "RFC 3550 5.1",
        Text("The picture's moment on the sender's media clock, {} ticks; all packets of one picture share it.");
    SSRC: "rtp.ssrc" Hex8, "Synchronisation source", "SSRC", "RFC 3550 5.1",
        Text("The sender's random number in this session, {}: it tells sources apart even when addresses change.");
    CSRCS: "rtp.csrc.items" Nothing, "Contributing sources", "CSRCs", "RFC 3550 5.1", Text("The sources that a mixer put together here: {}.");
    CSRC: "rtp.csrc.item" Hex8, "Contributing source", "CSRC", "RFC 3550 5.1", Text("The source {} was mixed in.");
    EXT_PROFILE: "rtp.ext.profile" Hex4, "Extension profile", "Profile", "RFC 3550 5.3.1", Text("Which kind of extension it is: {}.");
    EXT_LEN: "rtp.ext.len", "Extension length", "Ext. len", "RFC 3550 5.3.1", Text("The extension has {} words of 4 bytes.");
    EXT_DATA: "", "Extension data", "Extension", "RFC 3550 5.3.1", Text("{} that only receivers which know the profile understand.");
    PAD_DATA: "rtp.padding.data", "Padding data", "Padding", "RFC 3550 5.1", Text("{} of filling.");
    PAD_COUNT: "rtp.padding.count", "Padding count", "Pad count", "RFC 3550 5.1", Text("The last {} bytes of the packet, this one included, are filling.");
    PAYLOAD: "rtp.payload", "Payload", "Payload", "RFC 3550 5.1", Text("{} of media in a format that is not taken apart here.");
}

const KIND: Kind = Kind { name: "rtp", osi: 7, rfc: "RFC 3550" };
/// A header without contributing sources and extension.
const MIN_HEADER: usize = 12;

/// Payload types from here on mean what a description says (RFC 3551 section 6).
const FIRST_DYNAMIC: u8 = 96;

/// Dissects one packet whose payload types mean `formats`.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>, formats: &Formats) {
    let Some(shape) = Shape::of(place) else {
        data::dissect(walk, place, &data::OTHER, 7);
        walk.note(NoteKind::Malformed, place, "There is no whole RTP packet of version 2 here.");
        return;
    };
    let own = place.part(0, shape.header);
    let mut fields = Fields::new(place, 8);
    fields.group(&FIRST, 0, 1, "2", |inner| {
        inner.bits(&VERSION, 0, 2, |number| number.to_string());
        inner.flag(&PADDING, 2);
        inner.flag(&EXTENSION, 3);
        inner.bits(&SOURCES, 4, 4, |number| number.to_string());
    });
    let payload_type = place.bits(9, 7) as u8;
    let encoding = formats.encoding(payload_type);
    let name = encoding.as_deref().unwrap_or("unknown");
    let marked = place.bits(8, 1) == 1;
    let word = if marked { format!("{name}, last") } else { name.to_owned() };
    fields.group(&SECOND, 1, 1, word, |inner| {
        inner.flag(&MARKER, 8);
        inner.bits(&TYPE, 9, 7, |number| format!("{name} ({number})"));
    });
    let sequence = fields.count(&SEQUENCE, 2, 2);
    fields.count(&TIMESTAMP, 4, 4);
    fields.hex(&SSRC, 8, 4);
    optional(&mut fields, &shape);
    let end = place.len() - shape.padding;
    if shape.padding > 0 {
        fields.blob(&PAD_DATA, end, shape.padding - 1);
        fields.plain(&PAD_COUNT, place.len() - 1, 1);
    }
    let words = walk.say(|| {
        let last = if marked { ", last of its picture" } else { "" };
        let summary = format!("{name}, number {sequence}{last}, {} in all", text::bytes(place.len() as u64));
        Words::new("RTP header", own.len(), summary)
    });
    let layer = walk.layer_with_trailer(&KIND, own, place.rest(end).range(), words, fields.done());
    let payload = place.part(own.len(), end);
    if payload_type >= FIRST_DYNAMIC && matches!(encoding.as_deref(), Some("JPEG" | "H264")) {
        // Wireshark does not learn from RTSP what such a type is, and takes the payload as a whole.
        let mut whole = Fields::new(payload, 1);
        whole.blob(&PAYLOAD, 0, payload.len());
        walk.also(layer, whole.done());
    }
    match encoding.as_deref() {
        Some("JPEG") if is_whole_file(payload.octets()) => jpeg_file::dissect(walk, payload),
        Some("JPEG") => jpeg::dissect(walk, payload),
        Some("H264") => h264::dissect(walk, payload),
        Some(name) if !payload.is_empty() => named(walk, payload, name),
        _ => data::dissect(walk, payload, &PAYLOAD, 6),
    }
}

/// A payload whose format has a name, but is not taken apart.
fn named(walk: &mut Walk<'_>, payload: Place<'_>, name: &str) {
    let mut fields = Fields::new(payload, 1);
    fields.blob(&PAYLOAD, 0, payload.len());
    let words = Words::new(&format!("{} payload", text::readable(name.as_bytes())), payload.len(), "");
    walk.layer(&Kind { name: "data", osi: 6, rfc: "RFC 3551" }, payload, words, fields.done());
}

/// Contributing sources and extension.
fn optional(fields: &mut Fields<'_>, shape: &Shape) {
    if shape.sources > 0 {
        let value = text::count(shape.sources as u64, "source", "sources");
        fields.bundle(&CSRCS, MIN_HEADER, shape.sources * 4, value, |inner| {
            for index in 0..shape.sources {
                inner.hex(&CSRC, MIN_HEADER + index * 4, 4);
            }
        });
    }
    if let Some(at) = shape.extension {
        fields.hex(&EXT_PROFILE, at, 2);
        fields.count(&EXT_LEN, at + 2, 2);
        if at + 4 < shape.header {
            fields.blob(&EXT_DATA, at + 4, shape.header - at - 4);
        }
    }
}

/// Where the parts of a packet are.
struct Shape {
    /// How many contributing sources there are.
    sources: usize,
    /// Where the extension begins.
    extension: Option<usize>,
    /// The octets before the payload.
    header: usize,
    /// The octets behind it.
    padding: usize,
}

impl Shape {
    /// The shape of the packet in `place`, if it is one.
    fn of(place: Place<'_>) -> Option<Shape> {
        if place.len() < MIN_HEADER || place.bits(0, 2) != 2 {
            return None;
        }
        let sources = place.bits(4, 4) as usize;
        let mut header = MIN_HEADER + sources * 4;
        let mut extension = None;
        if place.bits(3, 1) == 1 {
            extension = Some(header);
            header += 4 + place.number(header + 2, 2) as usize * 4;
        }
        let padding = if place.bits(2, 1) == 1 { place.number(place.len() - 1, 1) as usize } else { 0 };
        let padded = place.bits(2, 1) == 1;
        let fits = header + padding <= place.len() && (!padded || padding > 0);
        fits.then_some(Shape { sources, extension, header, padding })
    }
}
