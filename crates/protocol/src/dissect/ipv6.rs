//! IPv6 (RFC 8200): the header, and the chain of extension headers behind it.

use std::net::Ipv6Addr;

use super::build::{Fields, Place, specs};
use super::conversation::fragments::Offer;
use super::ip::{self, Ends};
use super::ipv6_ext::{self, Extension};
use super::model::{Field, NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{data, text};

specs! {
    FIRST: "", "Version, class and flow", "Vers.", "RFC 8200 3", With(|f| format!(
        "Version {}, and how routers should treat the packet.", f.number() >> 28));
    VERSION: "ipv6.version", "Version", "Version", "RFC 8200 3", Text("The packet follows version {} of the Internet Protocol.");
    ANY_VERSION: "ip.version", "Version", "Version", "RFC 8200 3", Text("The packet follows version {} of the Internet Protocol.");
    CLASS: "ipv6.tclass" Hex8, "Traffic class", "Class", "RFC 8200 7, RFC 2474 3", With(|f| if f.number() == 0 {
        "The packet asks for no special treatment.".into()
    } else {
        "The packet asks routers for a treatment of its own, or reports congestion.".into()
    });
    DSCP: "ipv6.tclass.dscp", "Differentiated services codepoint", "DSCP", "RFC 2474 3", With(|f| match f.number() {
        0 => "Zero: ordinary, best-effort forwarding.".into(),
        46 => "Expedited forwarding: routers should pass it on at once.".into(),
        number => format!("Routers that know class {number} treat the packet by its rules."),
    });
    ECN: "ipv6.tclass.ecn", "Explicit congestion notification", "ECN", "RFC 3168 5", With(|f| match f.number() {
        0 => "The ends do not use congestion marks; a full router can only drop.".into(),
        3 => "A router on the way is congested and says so instead of dropping.".into(),
        _ => "The ends understand congestion marks; a full router may mark instead of dropping.".into(),
    });
    FLOW: "ipv6.flow" Hex6, "Flow label", "Flow", "RFC 8200 6, RFC 6437", With(|f| if f.number() == 0 {
        "Zero: the packet is of no flow that routers should know.".into()
    } else {
        format!("Packets with the label {} between these hosts belong together, so routers send them the same way.", f.value)
    });
    PAYLOAD_LEN: "ipv6.plen", "Payload length", "Length", "RFC 8200 3",
        Text("What follows this header, extension headers included, has {}.");
    NEXT: "ipv6.nxt", "Next header", "Next", "RFC 8200 3, 4", With(next);
    HOP_LIMIT: "ipv6.hlim", "Hop limit", "Hop limit", "RFC 8200 3", With(|f| match f.number() {
        0 => "The packet should not be travelling any more.".into(),
        1 => "The next router throws the packet away instead of passing it on.".into(),
        255 => "Nobody passed it on: neighbours believe only packets that come with 255 (RFC 4861 3.1).".into(),
        limit => format!("The packet may cross {} before it is thrown away.", text::count(limit - 1, "more router", "more routers")),
    });
    SRC: "ipv6.src" Ipv6, "Source address", "Source", "RFC 8200 3, RFC 4291 2", With(|f| if f.value == "::" {
        "All zero: the sender has no address yet.".into()
    } else {
        format!("The host {} sent the packet; routers leave this as it is.", f.value)
    });
    DST: "ipv6.dst" Ipv6, "Destination address", "Destination", "RFC 8200 3, RFC 4291 2", With(|f| match f.value.parse::<Ipv6Addr>() {
        Ok(group) if group.is_multicast() => format!("The packet is for everybody in the group {group}{}.", group_words(group)),
        _ => format!("The packet is for {}; every router on the way decides by this address.", f.value),
    });
}

/// What a next-header field says.
pub(super) fn next(field: &Field) -> String {
    match field.number() {
        0 => "Options follow that every router on the way must read.".into(),
        6 => "A TCP segment follows: part of a reliable stream of bytes.".into(),
        17 => "A UDP datagram follows: delivered whole or not at all.".into(),
        43 => "A list of routers follows that the packet must pass.".into(),
        44 => "The packet is a fragment; a header follows that says which.".into(),
        58 => "An ICMPv6 message follows: IPv6's own errors, echoes, and the neighbours' talk.".into(),
        59 => "Nothing follows.".into(),
        60 => "Options follow for the destination alone.".into(),
        number => format!("What follows belongs to protocol number {number}."),
    }
}

/// What a next-header number stands for.
pub(super) fn next_name(number: u64) -> String {
    let name = match number {
        0 => "hop-by-hop options",
        43 => "routing header",
        44 => "fragment header",
        59 => "nothing",
        60 => "destination options",
        _ => return ip::protocol_name(number),
    };
    format!("{name} ({number})")
}

/// What is known of a group by itself (RFC 4291 2.7).
fn group_words(group: Ipv6Addr) -> &'static str {
    match group.segments() {
        [0xff02, 0, 0, 0, 0, 0, 0, 1] => ": all hosts of this network",
        [0xff02, 0, 0, 0, 0, 0, 0, 2] => ": all routers of this network",
        [0xff02, 0, 0, 0, 0, 0, 0, 0x16] => ": all routers that speak MLD version 2",
        [0xff02, 0, 0, 0, 0, 0, 0, 0xfb] => ": multicast DNS",
        [0xff02, 0, 0, 0, 0, 1, last, _] if last >> 8 == 0xff => {
            ": the hosts whose addresses end in the same 24 bits, usually one"
        }
        [0xff02, ..] => ", which no router passes on",
        [0xff05, ..] => ", a group for this site's own use",
        _ => "",
    }
}

const KIND: Kind = Kind { name: "ipv6", osi: 3, rfc: "RFC 8200" };
/// The header; it is always as long.
pub(super) const HEADER: usize = 40;
/// How many extension headers of one packet are read. Eight kinds exist, and each should come
/// once (RFC 8200 4.1).
pub const MAX_EXTENSIONS: usize = 16;

/// How long a packet is by its own word; `None` when too little is there to tell.
pub(super) fn total_len(place: Place<'_>) -> Option<usize> {
    (place.len() >= HEADER).then(|| HEADER + place.number(4, 2) as usize)
}

/// A header, read.
pub(super) struct Header {
    /// The length of what follows.
    pub payload: usize,
    /// What follows.
    pub next: u8,
    /// The addresses.
    pub ends: Ends,
    /// The fields.
    pub fields: Vec<Field>,
}

/// Reads the header at the start of `place`; `None` when there is none whole.
pub(super) fn header(place: Place<'_>) -> Option<Header> {
    if place.len() < HEADER || place.bits(0, 4) != 6 {
        return None;
    }
    let own = place.part(0, HEADER);
    let fields = fields(own);
    let ends = Ends { src: own.ipv6(8).into(), dst: own.ipv6(24).into() };
    Some(Header { payload: own.number(4, 2) as usize, next: own.number(6, 1) as u8, ends, fields })
}

/// The versions among these fields by the name that Wireshark has for those of both families.
pub(super) fn versions(fields: &[Field]) -> Vec<Field> {
    fn find(fields: &[Field], found: &mut Vec<Field>) {
        for field in fields {
            if std::ptr::eq(field.spec, &VERSION) {
                found.push(Field { spec: &ANY_VERSION, ..field.clone() });
            }
            find(&field.children, found);
        }
    }
    let mut found = Vec::new();
    find(fields, &mut found);
    found
}

/// The fields of a header that is cut off, as a quoted one may be, and how many octets they take.
pub(super) fn part_of_header(place: Place<'_>) -> (Vec<Field>, usize) {
    /// Where fields end.
    const ENDS: [usize; 6] = [4, 6, 7, 8, 24, HEADER];
    let whole = ENDS.into_iter().rev().find(|end| *end <= place.len());
    match whole {
        Some(len) if place.bits(0, 4) == 6 => (fields(place.part(0, len)), len),
        _ => (Vec::new(), 0),
    }
}

/// As many of the header's fields as `own` has octets for.
fn fields(own: Place<'_>) -> Vec<Field> {
    let mut fields = Fields::new(own, 6);
    let class = own.bits(4, 8);
    fields.group(&FIRST, 0, 4, "6", |inner| {
        inner.bits(&VERSION, 0, 4, |number| number.to_string());
        let mut parts = Fields::new(own, 2);
        parts.bits(&DSCP, 4, 6, |number| number.to_string());
        parts.bits(&ECN, 10, 2, |number| number.to_string());
        let bits = super::BitRange { start: own.range().start + 4, len: 8 };
        inner.push(&CLASS, bits, super::Raw::Number(class), (class >> 2).to_string(), parts.done());
        inner.bits(&FLOW, 12, 20, |number| format!("{number:#07x}"));
    });
    fields.with(&PAYLOAD_LEN, 4, 2, text::bytes);
    fields.with(&NEXT, 6, 1, next_name);
    fields.plain(&HOP_LIMIT, 7, 1);
    fields.ipv6(&SRC, 8);
    fields.ipv6(&DST, 24);
    fields.done()
}

/// Dissects one packet and what it carries.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>) {
    let Some(header) = header(place) else {
        let (mut fields, mut len) = part_of_header(place);
        if !place.is_empty() && place.bits(0, 4) != 6 {
            // Wireshark names the version alone where what follows cannot be trusted.
            let mut version = Fields::new(place, 1);
            version.bits(&VERSION, 0, 4, |number| number.to_string());
            (fields, len) = (version.done(), 1);
        }
        if len > 0 {
            let also = versions(&fields);
            let words = Words::new("IPv6 header", len, "cut off");
            let layer = walk.layer(&KIND, place.part(0, len), words, fields);
            walk.also(layer, also);
        }
        data::dissect(walk, place.rest(len), &data::OTHER, 3);
        walk.note(NoteKind::Malformed, place, "There is no whole IPv6 header here.");
        return;
    };
    let Ends { src, dst } = header.ends;
    let total = HEADER + header.payload;
    let summary = format!("{src} to {dst}, {} in all", text::bytes(total as u64));
    let own = place.part(0, HEADER);
    let also = versions(&header.fields);
    let layer = walk.layer(&KIND, own, Words::new("IPv6 header", HEADER, summary), header.fields);
    walk.also(layer, also);
    if total > place.len() && !walk.is_cut(place) {
        let (says, there) = (text::bytes(header.payload as u64), text::bytes((place.len() - HEADER) as u64));
        let told = format!("The payload length says {says}, but there are {there}.");
        walk.note(NoteKind::Malformed, place.part(4, 6), told);
    }
    chain(walk, place.part(HEADER, total), header.next, header.ends, total > place.len());
    data::dissect(walk, place.rest(total), &data::OTHER, 3);
}

/// The extension headers at the front of `rest`, and what they lead to; `lacks` says that the packet
/// should be longer.
fn chain(walk: &mut Walk<'_>, mut rest: Place<'_>, mut next: u8, mut ends: Ends, lacks: bool) {
    for _ in 0..MAX_EXTENSIONS {
        let step = match next {
            0 | 43 | 44 | 60 => ipv6_ext::dissect(walk, rest, next),
            59 => return data::dissect(walk, rest, &data::OTHER, 4),
            _ => return ip::carried(walk, rest, next, ends),
        };
        match step {
            Extension::Cut { len } => {
                data::dissect(walk, rest.rest(len), &data::OTHER, 3);
                return walk.note(NoteKind::Malformed, rest, "There is no whole extension header here.");
            }
            Extension::Broken => {
                data::dissect(walk, rest, &data::OTHER, 3);
                walk.note(NoteKind::Malformed, rest, "There is no whole extension header here.");
                return;
            }
            Extension::Read { len, next: following, last } => {
                rest = rest.rest(len);
                next = following;
                // The checksum counts the address that the packet will have in the end (8.1).
                ends.dst = last.map_or(ends.dst, Into::into);
            }
            Extension::Fragment { len, next: following, offset, more, id } => {
                let payload = rest.rest(len);
                if offset == 0 && !more {
                    // Whole in one piece (RFC 6946).
                    rest = payload;
                    next = following;
                    continue;
                }
                let octets = payload.octets();
                let offer = Offer { key: (ends.src, ends.dst, following, id), offset, more, octets };
                return ip::fragment(walk, payload, offer, ends, lacks);
            }
        }
    }
    data::dissect(walk, rest, &data::OTHER, 4);
    walk.note(NoteKind::Limit, rest, "More extension headers follow than are read.");
}
