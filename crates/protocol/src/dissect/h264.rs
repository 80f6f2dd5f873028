//! H.264 in RTP down to the headers of its NAL units (RFC 6184 5).

use super::build::{Fields, Place, specs};
use super::model::{NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{data, text};

specs! {
    HEADER: "", "NAL unit header", "NAL", "RFC 6184 1.3", With(|f| format!("What follows is a unit of type {}: {}.", f.number() & 31, unit_name(f.number() & 31)));
    FORBIDDEN: "h264.f", "Forbidden zero bit", "F", "RFC 6184 1.3", With(|f| if f.number() == 0 {
        "Zero: nobody on the way found the unit damaged.".into()
    } else {
        "Set: the unit is damaged or breaks the rules; a decoder may leave it out.".into()
    });
    IMPORTANCE: "h264.nal_nri", "Reference importance", "NRI", "RFC 6184 1.3, 5.3", With(|f| match f.number() {
        0 => "No other picture is built on this unit: it can be lost without damage to others.".into(),
        number => format!("{number} of 3: other pictures are built on this unit, and a loss damages them, too."),
    });
    TYPE: "h264.nal_unit_hdr", "Type", "Type", "RFC 6184 5.2", With(|f| format!("{}: {}.", f.number(), unit_name(f.number())));
    FRAGMENT: "", "FU header", "FU", "RFC 6184 5.8", Text("Which part of a unit that was too long for one packet this is: {}.");
    START: "h264.start.bit", "Start", "S", "RFC 6184 5.8", With(|f| if f.number() == 1 {
        "The unit begins with this packet.".into()
    } else {
        "The unit began in an earlier packet; if that was lost, this part is of no use.".into()
    });
    END: "h264.end.bit", "End", "E", "RFC 6184 5.8", With(|f| if f.number() == 1 {
        "The unit ends with this packet.".into()
    } else {
        "More of the unit follows in the next packet.".into()
    });
    RESERVED: "h264.forbidden.bit", "Reserved", "R", "RFC 6184 5.8", Text("Must be zero.");
    FRAGMENT_TYPE: "h264.nal_unit_type", "Type of the unit", "Type", "RFC 6184 5.8", With(|f| format!("The unit that was cut is of type {}: {}.", f.number(), unit_name(f.number())));
    ORDER: "", "Decoding order number", "DON", "RFC 6184 5.5", Text("Place {} in the order of decoding, which may differ from the order of sending.");
    UNIT: "", "Unit", "Unit", "RFC 6184 5.7", Text("One of several short units that share a packet: {}.");
    SIZE: "h264.nalu_size", "Unit size", "Size", "RFC 6184 5.7.1", Text("The unit that follows has {}.");
    OFFSETS: "", "Order and time offset", "Offset", "RFC 6184 5.7.2", Text("{}: the unit's distance from the packet's first in decoding order and in time.");
    CONTENT: "", "Unit data", "Data", "RFC 6184 5.6", Text("{} of the unit, as the encoder wrote them.");
    PROFILE: "h264.profile_idc", "Profile", "Profile", "ITU-T H.264 7.4.2.1", With(|f| format!("Profile {}, {}: which tools of the standard the pictures use.", f.number(), profile(f.number())));
    CONSTRAINTS: "", "Constraints", "Constraints", "ITU-T H.264 7.4.2.1", Text("Further profiles whose rules the pictures keep.");
    SET0: "h264.constraint_set0_flag", "Constraint set 0", "Set 0", "ITU-T H.264 7.4.2.1", Text("The rules of Baseline: {}.");
    SET1: "h264.constraint_set1_flag", "Constraint set 1", "Set 1", "ITU-T H.264 7.4.2.1", Text("The rules of Main: {}.");
    SET2: "h264.constraint_set2_flag", "Constraint set 2", "Set 2", "ITU-T H.264 7.4.2.1", Text("The rules of Extended: {}.");
    SET3: "h264.constraint_set3_flag", "Constraint set 3", "Set 3", "ITU-T H.264 7.4.2.1", Text("In some profiles level 1b, or pictures without reference to others: {}.");
    SET4: "h264.constraint_set4_flag", "Constraint set 4", "Set 4", "ITU-T H.264 7.4.2.1", Text("In some profiles, no interlaced pictures: {}.");
    SET5: "h264.constraint_set5_flag", "Constraint set 5", "Set 5", "ITU-T H.264 7.4.2.1", Text("In some profiles, no slices of type B: {}.");
    ZERO: "h264.reserved_zero_2bits", "Reserved", "Reserved", "ITU-T H.264 7.4.2.1", Text("Must be zero.");
    LEVEL: "h264.level_id", "Level", "Level", "ITU-T H.264 7.4.2.1", With(|f| format!("Level {}.{}: how large and how fast the pictures may be at most.", f.number() / 10, f.number() % 10));
    BODY: "", "NAL unit data", "NAL data", "RFC 6184 5.6", Text("{} of the unit: entropy-coded, and not taken apart here.");
}

const KIND: Kind = Kind { name: "h264", osi: 6, rfc: "RFC 6184" };
/// How many units of one packet are shown.
pub(super) const MAX_UNITS: usize = 64;
/// A sequence parameter set (ITU-T H.264 table 7-1).
const SEQUENCE_PARAMETERS: u64 = 7;

/// What a type of unit is (ITU-T H.264 table 7-1, RFC 6184 table 1).
pub(super) fn unit_name(kind: u64) -> &'static str {
    match kind {
        1 => "slice of a picture",
        2 => "slice data partition A",
        3 => "slice data partition B",
        4 => "slice data partition C",
        5 => "slice of a picture that stands alone (IDR)",
        6 => "supplemental information (SEI)",
        7 => "sequence parameter set (SPS)",
        8 => "picture parameter set (PPS)",
        9 => "access unit delimiter",
        10 => "end of sequence",
        11 => "end of stream",
        12 => "filler",
        13..=23 => "unit of the standard's extensions",
        24 => "several units in one packet (STAP-A)",
        25 => "several units in one packet, with their order (STAP-B)",
        26 => "units of several times in one packet (MTAP16)",
        27 => "units of several times in one packet (MTAP24)",
        28 => "part of a unit (FU-A)",
        29 => "part of a unit, with its order (FU-B)",
        _ => "type that RFC 6184 does not define",
    }
}

/// The name of a profile (ITU-T H.264 annex A).
pub(super) fn profile(number: u64) -> &'static str {
    match number {
        66 => "Baseline",
        77 => "Main",
        88 => "Extended",
        100 => "High",
        110 => "High 10",
        122 => "High 4:2:2",
        244 => "High 4:4:4",
        _ => "by its number alone",
    }
}

/// Dissects one RTP payload.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>) {
    if place.is_empty() {
        return;
    }
    let kind = place.bits(3, 5);
    match kind {
        24..=27 => aggregate(walk, place, kind),
        28 | 29 => fragment(walk, place, kind),
        _ => single(walk, place, kind),
    }
    if matches!(kind, 0 | 30 | 31) {
        walk.note(NoteKind::Malformed, place, "RFC 6184 defines no packet of this type (section 5.2).");
    }
}

/// One unit, as it is (RFC 6184 5.6).
fn single(walk: &mut Walk<'_>, place: Place<'_>, kind: u64) {
    let mut fields = Fields::new(place, 2);
    let at = unit(&mut fields, 0, place.len());
    let words = Words::new("H.264 NAL unit header", at, unit_name(kind));
    walk.layer(&KIND, place.part(0, at), words, fields.done());
    data::dissect(walk, place.rest(at), &BODY, 6);
}

/// A unit's header and, of a sequence parameter set, what stands in whole octets at its
/// beginning; answers where the rest begins.
fn unit(fields: &mut Fields<'_>, at: usize, end: usize) -> usize {
    let kind = fields.place().bits(at * 8 + 3, 5);
    header(fields, at);
    if kind != SEQUENCE_PARAMETERS || at + 4 > end {
        return at + 1;
    }
    fields.with(&PROFILE, at + 1, 1, |number| format!("{} ({number})", profile(number)));
    fields.group(&CONSTRAINTS, at + 2, 1, "flags", |inner| {
        for (bit, spec) in [&SET0, &SET1, &SET2, &SET3, &SET4, &SET5].into_iter().enumerate() {
            inner.flag(spec, (at + 2) * 8 + bit);
        }
        inner.bits(&ZERO, (at + 2) * 8 + 6, 2, |number| number.to_string());
    });
    fields.with(&LEVEL, at + 3, 1, |number| format!("{}.{}", number / 10, number % 10));
    at + 4
}

fn header(fields: &mut Fields<'_>, at: usize) {
    let kind = fields.place().bits(at * 8 + 3, 5);
    fields.group(&HEADER, at, 1, unit_name(kind), |inner| {
        inner.bits(&FORBIDDEN, at * 8, 1, |number| number.to_string());
        inner.bits(&IMPORTANCE, at * 8 + 1, 2, |number| number.to_string());
        inner.bits(&TYPE, at * 8 + 3, 5, |number| number.to_string());
    });
}

/// A part of a unit (RFC 6184 5.8).
fn fragment(walk: &mut Walk<'_>, place: Place<'_>, kind: u64) {
    let len = if kind == 29 { 4 } else { 2 };
    let mut fields = Fields::new(place, 3);
    header(&mut fields, 0);
    if place.len() < len {
        walk.layer(&KIND, place, Words::new("H.264 fragment", place.len(), "cut short"), fields.done());
        walk.note(NoteKind::Malformed, place, "There is no whole FU header here.");
        return;
    }
    let (start, end) = (place.bits(8, 1) == 1, place.bits(9, 1) == 1);
    let of = place.bits(11, 5);
    let part = match (start, end) {
        (true, true) => "all",
        (true, false) => "first part",
        (false, true) => "last part",
        (false, false) => "middle part",
    };
    fields.group(&FRAGMENT, 1, 1, part, |inner| {
        inner.flag(&START, 8);
        inner.flag(&END, 9);
        inner.bits(&RESERVED, 10, 1, |number| number.to_string());
        inner.bits(&FRAGMENT_TYPE, 11, 5, |number| number.to_string());
    });
    if kind == 29 {
        fields.count(&ORDER, 2, 2);
    }
    let summary = format!("{part} of a {}", unit_name(of));
    walk.layer(&KIND, place.part(0, len), Words::new("H.264 fragment headers", len, summary), fields.done());
    if start && end {
        walk.note(
            NoteKind::Deviation,
            place.part(1, 2),
            "A unit that fits one packet must not be a fragment (RFC 6184 5.8).",
        );
    }
    data::dissect(walk, place.rest(len), &BODY, 6);
}

/// Several units (RFC 6184 5.7).
fn aggregate(walk: &mut Walk<'_>, place: Place<'_>, kind: u64) {
    let mut fields = Fields::new(place, 4);
    header(&mut fields, 0);
    let mut at = 1;
    if kind > 24 && place.len() >= 3 {
        fields.count(&ORDER, 1, 2);
        at = 3;
    }
    // MTAP: a distance in decoding order, and one in time of two or three octets.
    let offsets = match kind {
        26 => 3,
        27 => 4,
        _ => 0,
    };
    let mut names = Vec::new();
    let mut fault = None;
    while at < place.len() {
        let size = place.number(at, 2) as usize;
        let begin = at + 2 + offsets;
        let end = begin + size;
        if at + 2 > place.len() || size == 0 || end > place.len() {
            fault = Some((at, "A unit reaches past the packet's end, or has no octet."));
            break;
        }
        if names.len() >= MAX_UNITS {
            fault = Some((at, "There are more units in the packet than are shown."));
            break;
        }
        let name = unit_name(place.bits(begin * 8 + 3, 5));
        fields.bundle(&UNIT, at, end - at, name, |inner| {
            inner.with(&SIZE, at, 2, text::bytes);
            if offsets > 0 {
                inner.blob(&OFFSETS, at + 2, offsets);
            }
            let rest = unit(inner, begin, end);
            if rest < end {
                inner.blob(&CONTENT, rest, end - rest);
            }
        });
        names.push(name);
        at = end;
    }
    let summary = format!("{}: {}", text::count(names.len() as u64, "unit", "units"), names.join(", "));
    walk.layer(&KIND, place.part(0, at), Words::new("H.264 aggregation packet", at, summary), fields.done());
    if let Some((from, text)) = fault {
        data::dissect(walk, place.rest(from), &data::OTHER, 6);
        walk.note(NoteKind::Malformed, place.rest(from), text);
    }
}
