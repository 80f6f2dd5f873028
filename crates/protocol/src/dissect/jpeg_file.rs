//! A whole JPEG file as an RTP payload, as the well-known student project sends it.

use super::build::{Fields, Place, specs};
use super::model::{NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{data, text};

specs! {
    SOI: "", "Start of image", "SOI", "ITU-T T.81 B.1.1.3", Text("A JPEG file begins here, with all tables that it needs: nothing of it is left to RTP.");
    SEGMENT: "", "Segment", "Segment", "ITU-T T.81 B.1.1.4", With(|f| format!("{}: what the pictures' decoder must know first.", f.value));
    MARKER: "", "Marker", "Marker", "ITU-T T.81 B.1.1.2", Text("The segment is of kind {}.");
    LENGTH: "", "Length", "Length", "ITU-T T.81 B.1.1.4", Text("It has {}, these two included.");
    SCAN: "", "JPEG scan data", "Picture", "ITU-T T.81 B.2", Text("{} of the compressed picture, up to the file's end.");
    CONTENT: "", "Content", "Content", "ITU-T T.81 B.2", Text("{} of it.");
}

const KIND: Kind = Kind { name: "image-jfif", osi: 6, rfc: "ITU-T T.81" };

/// Segments that are shown one by one; a file with more is shown as far as these go.
pub(super) const MAX_SEGMENTS: usize = 32;

/// Dissects one RTP payload that is a whole file.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>) {
    let mut fields = Fields::new(place, 12);
    fields.octets(&SOI, 0, 2, "SOI");
    let mut at = 2;
    let mut segments = 0;
    while segments < MAX_SEGMENTS && at + 4 <= place.len() && place.number(at, 1) == 0xff {
        let marker = place.number(at + 1, 1) as u8;
        let len = place.number(at + 2, 2) as usize;
        if len < 2 || at + 2 + len > place.len() || matches!(marker, 0 | 0x01 | 0xd0..=0xd9) {
            break;
        }
        fields.bundle(&SEGMENT, at, len + 2, name(marker), |inner| {
            inner.octets(&MARKER, at, 2, name(marker));
            inner.with(&LENGTH, at + 2, 2, text::bytes);
            if len > 2 {
                inner.blob(&CONTENT, at + 4, len - 2);
            }
        });
        at += len + 2;
        segments += 1;
        if marker == 0xda {
            break;
        }
    }
    let summary = format!("{} in one packet", text::bytes(place.len() as u64));
    walk.layer(&KIND, place.part(0, at), Words::new("JPEG file headers", at, summary), fields.done());
    let told = "The payload is a whole JPEG file. RTP/JPEG has headers of its own instead, and cuts a picture so that each packet fits a frame (RFC 2435 3).";
    walk.note(NoteKind::Deviation, place.part(0, 2), told);
    data::dissect(walk, place.rest(at), &SCAN, 6);
}

/// A marker by its name (ITU-T T.81 table B.1).
fn name(marker: u8) -> String {
    match marker {
        0xc0 => "SOF0, baseline frame".into(),
        0xc1..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => format!("SOF{}, frame", marker - 0xc0),
        0xc4 => "DHT, Huffman tables".into(),
        0xda => "SOS, start of scan".into(),
        0xdb => "DQT, quantisation tables".into(),
        0xdd => "DRI, restart interval".into(),
        0xe0..=0xef => format!("APP{}, application's data", marker - 0xe0),
        0xfe => "COM, comment".into(),
        _ => format!("marker {marker:02x}"),
    }
}
