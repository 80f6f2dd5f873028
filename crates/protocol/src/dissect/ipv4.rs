//! IPv4 (RFC 791): header, options, and what the packet carries.

use std::net::Ipv4Addr;

use super::build::{Fields, Place, specs};
use super::conversation::fragments::Offer;
use super::ip::{self, Ends};
use super::model::{Field, NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{checksum, data, ipv4_options, ipv6, text};

specs! {
    FIRST: "", "Version and header length", "Vers.", "RFC 791 3.1", With(|f| format!(
        "Version {}, and a header of {}.", f.number() >> 4, text::bytes((f.number() & 15) * 4)));
    VERSION: "ip.version", "Version", "Version", "RFC 791 3.1",
        Text("The packet follows version {} of the Internet Protocol.");
    HEADER_LEN: "ip.hdr_len" Fours, "Header length", "Hdr len", "RFC 791 3.1", With(|f| if f.number() == 5 {
        "The header is 20 bytes long: it has no options.".into()
    } else {
        format!("The header is {} long, options included.", f.value)
    });
    SERVICE: "ip.dsfield" Hex2, "Differentiated services", "DSCP", "RFC 2474 3", With(|f| if f.number() == 0 {
        "The packet asks for no special treatment.".into()
    } else {
        "The packet asks routers for a treatment of its own, or reports congestion.".into()
    });
    DSCP: "ip.dsfield.dscp", "Differentiated services codepoint", "DSCP", "RFC 2474 3", With(|f| match f.number() {
        0 => "Zero: ordinary, best-effort forwarding.".into(),
        46 => "Expedited forwarding: routers should pass it on at once.".into(),
        number => format!("Routers that know class {number} treat the packet by its rules."),
    });
    ECN: "ip.dsfield.ecn", "Explicit congestion notification", "ECN", "RFC 3168 5", With(|f| match f.number() {
        0 => "The ends do not use congestion marks; a full router can only drop.".into(),
        3 => "A router on the way is congested and says so instead of dropping.".into(),
        _ => "The ends understand congestion marks; a full router may mark instead of dropping.".into(),
    });
    UNKNOWN_LEN: "", "Total length", "Length", "RFC 791 3.1",
        Text("Zero, for the network card that cuts up large segments writes it only when it sends; at least {} bytes.");
    UNWRITTEN_LEN: "ip.len", "Total length", "Length", "RFC 791 3.1",
        Text("Zero, for the network card that cuts up large segments writes it only when it sends; there are {} bytes.");
    TOTAL_LEN: "ip.len", "Total length", "Length", "RFC 791 3.1",
        Text("Header and payload together are {} bytes; anything behind them in the frame is filling.");
    ID: "ip.id" Hex4, "Identification", "Identity", "RFC 791 3.1, RFC 6864",
        Text("If the packet is cut into fragments, all of them carry {}, so that the receiver puts the right ones together.");
    FRAGMENT: "", "Fragmentation", "Fragment", "RFC 791 3.1", With(|f| match (f.number() >> 14 & 1, f.number() >> 13 & 1, f.number() & 0x1fff) {
        (_, 0, 0) if f.number() >> 14 & 1 == 1 => "Whole, and no router may cut it: one that cannot pass it on whole must drop it and say so.".into(),
        (_, 0, 0) => "Whole; a router with a smaller link may cut it into fragments.".into(),
        (_, 1, 0) => "The first fragment of a larger packet; more follow.".into(),
        (_, 1, at) => format!("A fragment from the middle: its first byte is byte {} of the payload.", text::thousands(at * 8)),
        (_, _, at) => format!("The last fragment: its first byte is byte {} of the payload.", text::thousands(at * 8)),
    });
    FLAGS: "ip.flags" Hex2, "Flags", "Flags", "RFC 791 3.1", Text("Three bits about cutting the packet into fragments; set here: {}.");
    RESERVED: "ip.flags.rb", "Reserved bit", "Reserved", "RFC 791 3.1", Text("Nobody uses this bit; it must be zero.");
    DONT_FRAGMENT: "ip.flags.df", "Don't fragment", "DF", "RFC 791 3.1, RFC 1191", With(|f| if f.number() == 1 {
        "No router may cut this packet; one that would have to drops it and tells the sender how much fits.".into()
    } else {
        "A router may cut this packet if the next link takes only smaller ones.".into()
    });
    MORE_FRAGMENTS: "ip.flags.mf", "More fragments", "MF", "RFC 791 3.1", With(|f| if f.number() == 1 {
        "More fragments of the same packet follow.".into()
    } else {
        "No fragment follows: this is the last, or the packet was never cut.".into()
    });
    OFFSET: "ip.frag_offset", "Fragment offset", "Offset", "RFC 791 3.1", With(|f| if f.number() == 0 {
        "The payload starts at its own beginning.".into()
    } else {
        format!("This piece starts {} into the payload; the field counts in units of 8.", text::bytes(f.number() * 8))
    });
    TTL: "ip.ttl", "Time to live", "TTL", "RFC 791 3.1, RFC 1812 5.3.1", With(|f| match f.number() {
        0 => "The packet should not be travelling any more.".into(),
        1 => "The next router throws the packet away instead of passing it on.".into(),
        ttl => format!("The packet may cross {} before it is thrown away.", text::count(ttl - 1, "more router", "more routers")),
    });
    PROTOCOL: "ip.proto", "Protocol", "Proto.", "RFC 791 3.1", With(|f| match f.number() {
        1 => "The payload is an ICMP message: IP's own errors and echoes.".into(),
        2 => "The payload is an IGMP message: who is in which group.".into(),
        6 => "The payload is a TCP segment: part of a reliable stream of bytes.".into(),
        17 => "The payload is a UDP datagram: delivered whole or not at all.".into(),
        number => format!("The payload belongs to protocol number {number}."),
    });
    CHECKSUM: "ip.checksum" Hex4, "Header checksum", "Checksum", "RFC 791 3.1, RFC 1071", With(|f| if f.value.starts_with("correct") {
        "The sum over this header is right; every router changes the TTL and so computes a new one.".into()
    } else {
        format!("The sum over this header should be {}, so the next host or router drops the packet.", checksum::should(f))
    });
    SRC: "ip.src" Ipv4, "Source address", "Source", "RFC 791 3.1", Text("The host {} sent the packet; routers leave this as it is.");
    VIA: "ip.cur_rt" Ipv4, "Current route", "Next stop", "RFC 791 3.1",
        Text("The packet goes to {} first: its options name the way, and its destination stands at their end.");
    DST: "ip.dst" Ipv4, "Destination address", "Destination", "RFC 791 3.1", With(|f| match Ipv4Addr::from(f.number() as u32) {
        Ipv4Addr::BROADCAST => "The packet is for every host of this network.".into(),
        group if group.is_multicast() => format!(
            "The packet is for everybody in the group {group}{}.", group_words(group)),
        host => format!("The packet is for {host}; every router on the way decides by this address."),
    });
}

pub(super) const KIND: Kind = Kind { name: "ip", osi: 3, rfc: "RFC 791" };
/// A header without options.
pub(super) const MIN_HEADER: usize = 20;

/// A header, read.
pub(super) struct Header {
    /// Its length, options included.
    pub len: usize,
    /// The total length it claims.
    pub total: usize,
    /// The protocol of the payload.
    pub protocol: u8,
    /// The addresses.
    pub ends: Ends,
    /// Where the payload belongs in the whole packet's payload.
    pub offset: usize,
    /// Whether later fragments exist.
    pub more: bool,
    /// The identification.
    pub id: u16,
    /// Whether its checksum fits.
    pub intact: bool,
    /// The fields.
    pub fields: Vec<Field>,
}

/// The total length that a packet claims, when it is long enough to claim one and to hold it.
pub(super) fn total_len(place: Place<'_>) -> Option<usize> {
    let len = place.number(2, 2) as usize;
    (place.len() >= MIN_HEADER && len >= MIN_HEADER).then_some(len)
}

/// What is known of a multicast address by itself (RFC 5771, RFC 2365 section 6).
pub(super) fn group_words(group: Ipv4Addr) -> &'static str {
    match group.octets() {
        [224, 0, 0, 1] => ": all hosts of this network",
        [224, 0, 0, 2] => ": all routers of this network",
        [224, 0, 0, 22] => ": all routers that speak IGMP version 3",
        [224, 0, 0, 251] => ": multicast DNS",
        [224, 0, 0, _] => ", which no router passes on",
        [232, ..] => ", a group with one source",
        [239, 255, ..] => ", a group for this site's own use",
        [239, ..] => ", a group for this organisation's own use",
        _ => "",
    }
}

/// Reads the header at the start of `place`; `None` when there is none whole.
pub(super) fn header(place: Place<'_>) -> Option<Header> {
    let len = place.bits(4, 4) as usize * 4;
    if place.len() < MIN_HEADER || place.bits(0, 4) != 4 || len < MIN_HEADER || place.len() < len {
        return None;
    }
    let own = place.part(0, len);
    let end = ipv4_options::destination(own);
    let (total, fields) = fields(own, place.len(), end);
    Some(Header {
        len,
        total,
        protocol: own.number(9, 1) as u8,
        ends: Ends {
            src: Ipv4Addr::from(own.number(12, 4) as u32).into(),
            // Checksums count where the packet goes in the end (RFC 1122 section 4.1.3.4).
            dst: Ipv4Addr::from(own.number(end.unwrap_or(16), 4) as u32).into(),
        },
        offset: own.bits(51, 13) as usize * 8,
        more: own.bits(50, 1) == 1,
        id: own.number(4, 2) as u16,
        intact: checksum::is_right(own.number(10, 2), checksum::expected(0, own, 10)),
        fields,
    })
}

/// The fields of a header that is cut off or is none, and how many octets they take. As
/// Wireshark does, the version is named alone where what follows cannot be trusted.
pub(super) fn part_of_header(place: Place<'_>) -> (Vec<Field>, usize) {
    /// Where fields end.
    const ENDS: [usize; 10] = [1, 2, 4, 6, 8, 9, 10, 12, 16, MIN_HEADER];
    let Some(len) = ENDS.into_iter().rev().find(|end| *end <= place.len()) else {
        return (Vec::new(), 0);
    };
    match (place.bits(0, 4), place.bits(4, 4)) {
        (4, 5..) => (fields(place.part(0, len), place.len(), None).1, len),
        (4, _) => {
            let mut fields = Fields::new(place, 1);
            first(&mut fields, place);
            (fields.done(), 1)
        }
        _ => (version(place), 1),
    }
}

/// The version alone: what is named of a header that is none.
pub(super) fn version(place: Place<'_>) -> Vec<Field> {
    let mut fields = Fields::new(place, 1);
    fields.bits(&VERSION, 0, 4, |number| number.to_string());
    fields.done()
}

/// Version and header length.
fn first(fields: &mut Fields<'_>, own: Place<'_>) {
    let len = own.bits(4, 4) * 4;
    fields.group(&FIRST, 0, 1, format!("{}, {len} B", own.bits(0, 4)), |inner| {
        inner.bits(&VERSION, 0, 4, |number| number.to_string());
        inner.bits(&HEADER_LEN, 4, 4, |words| text::bytes(words * 4));
    });
}

/// As many of the header's fields as `own` has octets for, and the packet's total length, of which
/// `there` octets are there. `end` is where the options have the destination, if they do.
fn fields(own: Place<'_>, there: usize, end: Option<usize>) -> (usize, Vec<Field>) {
    let mut fields = Fields::new(own, 11);
    first(&mut fields, own);
    let service = own.number(1, 1);
    fields.group(&SERVICE, 1, 1, (service >> 2).to_string(), |inner| {
        inner.bits(&DSCP, 8, 6, |number| number.to_string());
        inner.bits(&ECN, 14, 2, |number| number.to_string());
    });
    let total = match own.number(2, 2) as usize {
        0 => {
            // A card that cuts up large segments itself writes the length later than the capture
            // sees the packet, which then has all that is there.
            let raw = super::Raw::Number(there as u64);
            fields.push(&UNWRITTEN_LEN, own.span(2, 2), raw, text::thousands(there as u64), Vec::new());
            there
        }
        total => {
            fields.count(&TOTAL_LEN, 2, 2);
            total
        }
    };
    fields.count(&ID, 4, 2);
    fragment(&mut fields, own);
    fields.plain(&TTL, 8, 1);
    fields.with(&PROTOCOL, 9, 1, ip::protocol_name);
    let right = checksum::expected(0, own, 10);
    fields.with(&CHECKSUM, 10, 2, |sent| checksum::verdict(sent, right));
    fields.ipv4(&SRC, 12);
    fields.ipv4(if end.is_some() { &VIA } else { &DST }, 16);
    ipv4_options::dissect(&mut fields, own);
    (total, fields.done())
}

/// Flags and offset.
fn fragment(fields: &mut Fields<'_>, own: Place<'_>) {
    let dont = own.bits(49, 1) == 1;
    let more = own.bits(50, 1) == 1;
    let offset = own.bits(51, 13) as usize * 8;
    let at = text::thousands(offset as u64);
    let value: std::borrow::Cow<'static, str> = match (more, offset, dont) {
        (false, 0, true) => "don't".into(),
        (false, 0, false) => "allowed".into(),
        (true, 0, _) => "first".into(),
        (true, _, _) => format!("at {at}").into(),
        (false, _, _) => format!("last, {at}").into(),
    };
    fields.group(&FRAGMENT, 6, 2, value, |inner| {
        let mut flags = Fields::new(own, 3);
        flags.flag(&RESERVED, 48);
        flags.flag(&DONT_FRAGMENT, 49);
        flags.flag(&MORE_FRAGMENTS, 50);
        let value = match (dont, more) {
            (false, false) => "none",
            (true, false) => "Don't fragment",
            (false, true) => "More fragments",
            (true, true) => "Don't fragment, more fragments",
        };
        let bits = super::BitRange { start: own.range().start + 48, len: 3 };
        inner.push(&FLAGS, bits, super::Raw::Number(own.bits(48, 3)), value, flags.done());
        inner.bits(&OFFSET, 51, 13, |units| text::bytes(units * 8));
    });
}

/// Dissects one packet and what it carries.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>) {
    if !place.is_empty() && place.bits(0, 4) == 6 {
        // Who wrote the version knows better than who announced the packet.
        return ipv6::dissect(walk, place);
    }
    let Some(mut header) = header(place) else {
        let (fields, len) = part_of_header(place);
        let words = Words::new("IP header", len, "cut off");
        if len > 0 {
            walk.layer(&KIND, place.part(0, len), words, fields);
        }
        data::dissect(walk, place.rest(len), &data::OTHER, 3);
        walk.note(NoteKind::Malformed, place, "There is no whole IPv4 header here.");
        return;
    };
    let Ends { src, dst } = header.ends;
    let words = walk.say(|| {
        let summary = format!("{src} to {dst}, {} in all", text::bytes(header.total as u64));
        Words::new("IP header", header.len, summary)
    });
    let own = place.part(0, header.len);
    if walk.is_cut(place) {
        // How much was there is known only where nothing was cut off.
        for field in &mut header.fields {
            if std::ptr::eq(field.spec, &UNWRITTEN_LEN) {
                field.spec = &UNKNOWN_LEN;
            }
        }
    }
    let payload = place.part(header.len, header.total.max(header.len));
    walk.layer(&KIND, own, words, header.fields);
    if !header.intact {
        walk.note(NoteKind::Checksum, own.part(10, 12), "The IPv4 header checksum is wrong.");
    }
    if header.total < header.len || (header.total > place.len() && !walk.is_cut(place)) {
        walk.note(
            NoteKind::Malformed,
            own.part(2, 4),
            format!(
                "The total length says {}, but there are {}.",
                text::bytes(header.total as u64),
                text::bytes(place.len() as u64)
            ),
        );
    }
    if header.more || header.offset > 0 {
        let offer = Offer {
            key: (src, dst, header.protocol, header.id.into()),
            offset: header.offset,
            more: header.more,
            octets: payload.octets(),
        };
        let lacks = header.total > place.len();
        ip::fragment(walk, payload, offer, header.ends, lacks);
    } else {
        ip::carried(walk, payload, header.protocol, header.ends);
    }
    // What lies behind the total length is the link's business and was already taken off, except
    // where a quoted or malformed packet is shorter than its place.
    let behind = place.rest(header.total.max(header.len));
    data::dissect(walk, behind, &data::OTHER, 3);
}
