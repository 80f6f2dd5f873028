//! The headers of a JPEG picture's piece in RTP (RFC 2435 3.1).

use super::build::{Fields, Place, specs};
use super::model::{NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{data, text};

specs! {
    SPECIFIC: "jpeg.main_hdr.ts", "Type-specific", "Specific", "RFC 2435 3.1.1", With(|f| match f.number() {
        0 => "The picture is shown whole: its lines are not split into two fields.".into(),
        1 | 2 => "The picture is one field of an interlaced video: every other line.".into(),
        _ => "What this says depends on the type below.".into(),
    });
    OFFSET: "jpeg.main_hdr.offset", "Fragment offset", "Offset", "RFC 2435 3.1.2", With(|f| if f.number() == 0 {
        "This is the first piece of the picture.".into()
    } else {
        format!("This piece belongs {} into the picture's scan data.", text::bytes(f.number()))
    });
    TYPE: "jpeg.main_hdr.type", "Type", "Type", "RFC 2435 3.1.3, 4.1", With(|f| match f.number() & 63 {
        0 => format!("Colour is kept for every second pixel of a line{}.", restarts(f.number())),
        1 => format!("Colour is kept for every second pixel of every second line{}.", restarts(f.number())),
        _ => "A type that RFC 2435 does not define.".into(),
    });
    Q: "jpeg.main_hdr.q", "Quantisation", "Q", "RFC 2435 3.1.4, 4.2", With(|f| match f.number() {
        0 => "Reserved: no quality has this number.".into(),
        1..=99 => format!("The quantisation tables are computed from quality {}, so they need not be sent.", f.number()),
        100..=127 => "Reserved: no quality has this number.".into(),
        255 => "The quantisation tables stand in the first packet of every picture.".into(),
        number => format!("The quantisation tables number {number} were or are sent in a first packet."),
    });
    WIDTH: "jpeg.main_hdr.width" Eights, "Width", "Width", "RFC 2435 3.1.5", Text("The picture is {} wide; the field counts in units of 8.");
    HEIGHT: "jpeg.main_hdr.height" Eights, "Height", "Height", "RFC 2435 3.1.6", Text("The picture is {} high; the field counts in units of 8.");
    INTERVAL: "jpeg.restart_hdr.interval", "Restart interval", "Interval", "RFC 2435 3.1.7",
        Text("A marker stands after every {} coding units (MCUs, small squares of pixels); decoding can begin anew there.");
    RESTART: "", "Restart position", "Restart", "RFC 2435 3.1.7", With(|f| if f.number() == 0xffff {
        "The pieces are cut without regard to restart markers, so the whole picture is needed.".into()
    } else {
        format!("This piece begins with restart interval {}.", f.number() & 0x3fff)
    });
    FIRST: "jpeg.restart_hdr.f", "First", "F", "RFC 2435 3.1.7", With(|f| if f.number() == 1 {
        "The piece starts where a restart interval starts.".into()
    } else {
        "The restart interval at its start began in an earlier packet.".into()
    });
    LAST: "jpeg.restart_hdr.l", "Last", "L", "RFC 2435 3.1.7", With(|f| if f.number() == 1 {
        "The piece ends where a restart interval ends.".into()
    } else {
        "The restart interval at its end goes on in the next packet.".into()
    });
    COUNT: "jpeg.restart_hdr.count", "Restart count", "Count", "RFC 2435 3.1.7", With(|f| if f.number() == 0x3fff {
        "All ones: the pieces are cut without regard to restart markers.".into()
    } else {
        format!("The first restart interval in this piece is number {} of the picture.", f.number())
    });
    MBZ: "jpeg.qtable_hdr.mbz", "Must be zero", "MBZ", "RFC 2435 3.1.8", Text("Kept free for later; must be zero.");
    PRECISION: "jpeg.qtable_hdr.precision", "Precision", "Precision", "RFC 2435 3.1.8", With(|f| if f.number() == 0 {
        "Every number of the tables takes one byte.".into()
    } else {
        "A set bit means that the numbers of its table take two bytes each.".into()
    });
    TABLES_LEN: "jpeg.qtable_hdr.length", "Tables length", "Length", "RFC 2435 3.1.8", With(|f| if f.number() == 0 {
        "No tables follow; the receiver must know them already.".into()
    } else if f.number() == 128 {
        "128 bytes follow: one table of 64 numbers for brightness, one for colour.".into()
    } else {
        format!("{} of tables follow.", text::bytes(f.number()))
    });
    TABLES: "jpeg.qtable_hdr.data", "Quantisation tables", "Tables", "RFC 2435 3.1.8",
        Text("{}: how coarsely each kind of detail was rounded; large numbers save bytes and lose detail.");
}

/// RFC 2435 section 3.1.7: the interval travels in a header that types 64 to 127 have.
const UNANNOUNCED_RESTARTS: &str = "A restart marker stands here, but this type says that there are none, so a \
    receiver that believes it shows a wrong picture (RFC 2435 3.1.7). ffmpeg sends so when it copies Motion JPEG \
    that has restart intervals; it helps to code the pictures anew: -c:v mjpeg -huffman default \
    -force_duplicated_matrix 1.";

const KIND: Kind = Kind { name: "jpeg", osi: 6, rfc: "RFC 2435" };
/// The main header (RFC 2435 3.1).
const MAIN: usize = 8;
/// The restart marker header (3.1.7), there for types 64 to 127.
const RESTART_HEADER: usize = 4;
/// The quantisation table header (3.1.8) without the tables.
const TABLES_HEADER: usize = 4;

/// Where the first restart marker stands in scan data. No other octets can look like one: a
/// code's 0xff is followed by 0 (ITU-T T.81 F.1.2.3).
fn restart_marker(scan: &[u8]) -> Option<usize> {
    scan.windows(2).position(|octets| octets[0] == 0xff && (0xd0..=0xd7).contains(&octets[1]))
}

fn restarts(kind: u64) -> &'static str {
    if (64..128).contains(&kind) { "; restart markers allow to decode a part" } else { "" }
}

/// Dissects one RTP payload.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>) {
    let restart = place.len() >= MAIN && (64..128).contains(&place.number(4, 1));
    let mut at = MAIN + if restart { RESTART_HEADER } else { 0 };
    if place.len() < at {
        data::dissect(walk, place, &data::OTHER, 6);
        walk.note(NoteKind::Malformed, place, "There is no whole RTP/JPEG header here.");
        return;
    }
    let mut fields = Fields::new(place, 12);
    fields.with(&SPECIFIC, 0, 1, |number| number.to_string());
    let offset = fields.count(&OFFSET, 1, 3);
    fields.with(&TYPE, 4, 1, |number| match number & 63 {
        0 => format!("4:2:2 ({number})"),
        1 => format!("4:2:0 ({number})"),
        _ => number.to_string(),
    });
    let q = fields.plain(&Q, 5, 1);
    let width = fields.with(&WIDTH, 6, 1, |number| text::count(number * 8, "pixel", "pixels")) * 8;
    let height = fields.with(&HEIGHT, 7, 1, |number| text::count(number * 8, "pixel", "pixels")) * 8;
    if restart {
        fields.count(&INTERVAL, MAIN, 2);
        let position = place.number(MAIN + 2, 2);
        let value = if position == 0xffff { "not used".into() } else { text::thousands(position & 0x3fff) };
        fields.group(&RESTART, MAIN + 2, 2, value, |inner| {
            inner.flag(&FIRST, (MAIN + 2) * 8);
            inner.flag(&LAST, (MAIN + 2) * 8 + 1);
            inner.bits(&COUNT, (MAIN + 2) * 8 + 2, 14, text::thousands);
        });
    }
    // The tables come in the first packet of a picture alone (RFC 2435 3.1.8).
    let mut cut = None;
    if q >= 128 && offset == 0 {
        if place.len() < at + TABLES_HEADER {
            cut = Some(at);
        } else {
            fields.plain(&MBZ, at, 1);
            fields.plain(&PRECISION, at + 1, 1);
            let len = fields.with(&TABLES_LEN, at + 2, 2, text::bytes) as usize;
            at += TABLES_HEADER;
            let there = len.min(place.len() - at);
            if there > 0 {
                fields.blob(&TABLES, at, there);
            }
            if there < len {
                cut = Some(at);
            }
            at += there;
        }
    }
    let words = walk.say(|| {
        let summary = format!("{width} x {height}, piece at {}", text::thousands(offset));
        Words::new("JPEG headers", at, summary)
    });
    walk.layer(&KIND, place.part(0, at), words, fields.done());
    if let Some(from) = cut {
        walk.note(NoteKind::Malformed, place.rest(from), "The quantisation tables end too early.");
    }
    let scan = place.rest(at);
    data::dissect(walk, scan, &data::PICTURE, 6);
    if !restart && let Some(marker) = restart_marker(scan.octets()) {
        walk.note(NoteKind::Deviation, scan.part(marker, marker + 2), UNANNOUNCED_RESTARTS);
    }
}
