//! The extension headers of IPv6 (RFC 8200 4): options, routing, fragment.

use std::net::Ipv6Addr;

use super::build::{Fields, Place, specs};
use super::ipv6::{next, next_name};
use super::model::{Say::Text, Say::With, Spec};
use super::text;
use super::walk::{Kind, Walk, Words};

specs! {
    HOP_NEXT: "ipv6.hopopts.nxt", "Next header", "Next", "RFC 8200 4.3", With(next);
    HOP_LEN: "ipv6.hopopts.len", "Length", "Length", "RFC 8200 4.3", Text("The header takes {}; the field counts units of 8 bytes beyond the first.");
    DST_NEXT: "ipv6.dstopts.nxt", "Next header", "Next", "RFC 8200 4.6", With(next);
    DST_LEN: "ipv6.dstopts.len", "Length", "Length", "RFC 8200 4.6", Text("The header takes {}; the field counts units of 8 bytes beyond the first.");
    OPTION: "", "Option", "Option", "RFC 8200 4.2", Text("An option: {}.");
    OPTION_TYPE: "ipv6.opt.type" Hex2, "Option type", "Type", "RFC 8200 4.2", Text("Says which option it is, and what to do with one that is not known: {}.");
    ACTION: "ipv6.opt.type.action", "If not known", "Unknown", "RFC 8200 4.2", With(|f| match f.number() {
        0 => "Who does not know the option passes over it.".into(),
        1 => "Who does not know the option drops the packet.".into(),
        2 => "Who does not know the option drops the packet and says so.".into(),
        _ => "Who does not know the option drops the packet and says so, if it is for one host.".into(),
    });
    CHANGE: "ipv6.opt.type.change", "May change", "Change", "RFC 8200 4.2", With(|f| if f.number() == 1 {
        "Routers may change the option's data on the way.".into()
    } else {
        "The option's data stay as they are on the way.".into()
    });
    OPTION_NUMBER: "ipv6.opt.type.rest" Hex2, "Number", "Number", "RFC 8200 4.2", Text("The option's number: {}.");
    OPTION_LEN: "ipv6.opt.length", "Option length", "Length", "RFC 8200 4.2", Text("The option's data take {}.");
    PAD_ONE: "ipv6.opt.type" Hex2, "Pad1", "Pad1", "RFC 8200 4.2", Text("One byte of filling: {}.");
    PAD: "ipv6.opt.padn", "PadN", "PadN", "RFC 8200 4.2", Text("{} of filling, so that what follows starts where it is handy.");
    ALERT: "ipv6.opt.router_alert", "Router alert", "Alert", "RFC 2711 2.1", With(|f| match f.number() {
        0 => "Zero: routers should look into this packet, for it speaks of multicast groups (MLD).".into(),
        _ => format!("Routers should look into this packet; it is of kind {}.", f.value),
    });
    OPTION_DATA: "", "Option data", "Data", "RFC 8200 4.2", Text("{} of the option.");
    ROUTE_NEXT: "ipv6.routing.nxt", "Next header", "Next", "RFC 8200 4.4", With(next);
    ROUTE_LEN: "ipv6.routing.len", "Length", "Length", "RFC 8200 4.4", Text("The header takes {}; the field counts units of 8 bytes beyond the first.");
    ROUTE_TYPE: "ipv6.routing.type", "Routing type", "Type", "RFC 8200 4.4", With(|f| match f.number() {
        0 => "Type 0 lists routers to pass; it was abolished, since it let packets run to and fro (RFC 5095).".into(),
        number => format!("Type {number} is not explained here."),
    });
    SEGMENTS_LEFT: "ipv6.routing.segleft", "Segments left", "Left", "RFC 8200 4.4", Text("{} of the routers listed are still to be passed.");
    ROUTE_RESERVED: "ipv6.routing.src.reserved", "Reserved", "Reserved", "RFC 2460 4.4", Text("{} kept free.");
    ROUTE_ADDRESS: "ipv6.routing.src.addr" Ipv6, "Address", "Address", "RFC 2460 4.4", Text("The packet passes {}.");
    ROUTE_DATA: "", "Routing data", "Data", "RFC 8200 4.4", Text("{} whose meaning depends on the type.");
    FRAGMENT_NEXT: "ipv6.fraghdr.nxt", "Next header", "Next", "RFC 8200 4.5", With(next);
    FRAGMENT_RESERVED: "ipv6.fraghdr.reserved_octet" Hex2, "Reserved", "Reserved", "RFC 8200 4.5", Text("Kept free for later; must be zero.");
    FRAGMENT_PLACE: "", "Place in the packet", "Offset", "RFC 8200 4.5", Text("Where this piece belongs, and whether more follow: {}.");
    OFFSET: "ipv6.fraghdr.offset", "Fragment offset", "Offset", "RFC 8200 4.5", With(|f| if f.number() == 0 {
        "The payload starts at its own beginning.".into()
    } else {
        format!("This piece starts {} into the payload; the field counts in units of 8.", text::bytes(f.number() * 8))
    });
    RESERVED_BITS: "ipv6.fraghdr.reserved_bits", "Reserved bits", "Reserved", "RFC 8200 4.5", Text("Kept free for later; must be zero.");
    MORE: "ipv6.fraghdr.more", "More fragments", "M", "RFC 8200 4.5", With(|f| if f.number() == 1 {
        "More fragments of the same packet follow.".into()
    } else {
        "No fragment follows: this is the last.".into()
    });
    ID: "ipv6.fraghdr.ident" Hex8, "Identification", "Identity", "RFC 8200 4.5", Text("All fragments of one packet carry {}, so that the receiver puts the right ones together.");
}

/// What an extension header leads to.
pub(super) enum Extension {
    /// It is not whole, and nothing was read.
    Broken,
    /// It is not whole; what is there was read.
    Cut {
        /// How many octets that took.
        len: usize,
    },
    /// It was read.
    Read {
        /// Its length in octets.
        len: usize,
        /// What follows.
        next: u8,
        /// The last address of a routing header that was not passed yet.
        last: Option<Ipv6Addr>,
    },
    /// It says that what follows is a piece.
    Fragment {
        /// Its length in octets.
        len: usize,
        /// What the whole is.
        next: u8,
        /// Where the piece belongs.
        offset: usize,
        /// Whether later ones exist.
        more: bool,
        /// Which packet it is of.
        id: u32,
    },
}

/// The fragment header (RFC 8200 4.5).
const FRAGMENT: usize = 8;

/// Dissects the extension header of this kind at the front of `place`.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>, kind: u8) -> Extension {
    if place.len() < 8 {
        return Extension::Broken;
    }
    if kind == 44 {
        return fragment(walk, place.part(0, FRAGMENT));
    }
    let len = (place.number(1, 1) as usize + 1) * 8;
    if len > place.len() && kind == 43 {
        return Extension::Broken;
    }
    // Of options as many are read as are there.
    let own = place.part(0, len);
    let next = own.number(0, 1) as u8;
    if kind == 43 {
        let last = routing(walk, own);
        return Extension::Read { len, next, last };
    }
    let (what, name, specs) = if kind == 0 {
        ("Hop-by-hop options", "ipv6.hopopts", [&HOP_NEXT, &HOP_LEN])
    } else {
        ("Destination options", "ipv6.dstopts", [&DST_NEXT, &DST_LEN])
    };
    let mut fields = Fields::new(own, 4);
    begin(&mut fields, specs);
    let whole = options(&mut fields, own) && len <= place.len();
    let layer = Kind { name, osi: 3, rfc: "RFC 8200" };
    walk.layer(&layer, own, Words::new(what, own.len(), next_name(next.into())), fields.done());
    if !whole {
        return Extension::Cut { len: own.len() };
    }
    Extension::Read { len, next, last: None }
}

/// The first two octets of all but the fragment header.
fn begin(fields: &mut Fields<'_>, [following, len]: [&'static Spec; 2]) {
    fields.with(following, 0, 1, next_name);
    fields.with(len, 1, 1, |number| text::bytes((number + 1) * 8));
}

/// The options from the third octet on; answers whether the last one ends where the header does.
fn options(fields: &mut Fields<'_>, own: Place<'_>) -> bool {
    let mut at = 2;
    while at < own.len() {
        let kind = own.number(at, 1);
        // Wireshark reads a tunnel's limit and a router alert, whatever length they claim.
        let least = match kind {
            4 => 1,
            5 => 2,
            _ => 0,
        };
        let len = if kind == 0 { 1 } else { 2 + (own.number(at + 1, 1) as usize).max(least) };
        if at + len > own.len() {
            // It says that it is longer than the header: its kind and its length stand there all
            // the same.
            let there = own.len() - at;
            fields.bundle(&OPTION, at, there, option_name(kind), |inner| {
                if there >= 2 {
                    option_head(inner, at, kind);
                    inner.blob(&OPTION_DATA, at + 2, there - 2);
                } else {
                    option_kind(inner, at, kind);
                }
            });
            return false;
        }
        option(fields, at, len, kind);
        at += len;
    }
    true
}

fn option_name(kind: u64) -> String {
    match kind {
        0 | 1 => "filling".into(),
        5 => "router alert".into(),
        number => format!("number {}", number & 31),
    }
}

/// Kind and length.
fn option_head(inner: &mut Fields<'_>, at: usize, kind: u64) {
    option_kind(inner, at, kind);
    inner.with(&OPTION_LEN, at + 1, 1, text::bytes);
}

fn option_kind(inner: &mut Fields<'_>, at: usize, kind: u64) {
    inner.group(&OPTION_TYPE, at, 1, format!("{kind:#04x}"), |bits| {
        bits.bits(&ACTION, at * 8, 2, |number| number.to_string());
        bits.bits(&CHANGE, at * 8 + 2, 1, |number| number.to_string());
        bits.bits(&OPTION_NUMBER, at * 8 + 3, 5, |number| number.to_string());
    });
}

fn option(fields: &mut Fields<'_>, at: usize, len: usize, kind: u64) {
    fields.bundle(&OPTION, at, len, option_name(kind), |inner| {
        if kind == 0 {
            // Wireshark names the padding at the same place, too; no packet means more by it.
            inner.with(&PAD_ONE, at, 1, |_| "filling");
            return;
        }
        option_head(inner, at, kind);
        match (kind, len) {
            (1, 3..) => inner.blob(&PAD, at + 2, len - 2),
            (5, 4) => {
                inner.plain(&ALERT, at + 2, 2);
            }
            (_, 3..) => inner.blob(&OPTION_DATA, at + 2, len - 2),
            _ => {}
        }
    });
}

/// A routing header; answers the last address if the packet has still to pass some.
fn routing(walk: &mut Walk<'_>, own: Place<'_>) -> Option<Ipv6Addr> {
    const KIND: Kind = Kind { name: "ipv6.routing", osi: 3, rfc: "RFC 8200" };
    let mut fields = Fields::new(own, 8);
    begin(&mut fields, [&ROUTE_NEXT, &ROUTE_LEN]);
    let kind = fields.plain(&ROUTE_TYPE, 2, 1);
    let left = fields.plain(&SEGMENTS_LEFT, 3, 1);
    let mut last = None;
    if kind == 0 && (own.len() - 8).is_multiple_of(16) {
        fields.blob(&ROUTE_RESERVED, 4, 4);
        for at in (8..own.len()).step_by(16) {
            fields.ipv6(&ROUTE_ADDRESS, at);
            last = Some(own.ipv6(at));
        }
    } else {
        fields.blob(&ROUTE_DATA, 4, own.len() - 4);
    }
    let summary = text::count(left, "segment left", "segments left");
    walk.layer(&KIND, own, Words::new("Routing header", own.len(), summary), fields.done());
    last.filter(|_| left > 0)
}

fn fragment(walk: &mut Walk<'_>, own: Place<'_>) -> Extension {
    const KIND: Kind = Kind { name: "ipv6.fraghdr", osi: 3, rfc: "RFC 8200" };
    let offset = own.bits(16, 13) as usize * 8;
    let more = own.bits(31, 1) == 1;
    let mut fields = Fields::new(own, 4);
    let next = fields.with(&FRAGMENT_NEXT, 0, 1, next_name) as u8;
    fields.plain(&FRAGMENT_RESERVED, 1, 1);
    let at = if more {
        format!("at {}", text::thousands(offset as u64))
    } else {
        format!("last, {}", text::thousands(offset as u64))
    };
    fields.group(&FRAGMENT_PLACE, 2, 2, at.clone(), |inner| {
        inner.bits(&OFFSET, 16, 13, |units| text::bytes(units * 8));
        inner.bits(&RESERVED_BITS, 29, 2, |number| number.to_string());
        inner.flag(&MORE, 31);
    });
    let id = fields.hex(&ID, 4, 4) as u32;
    walk.layer(&KIND, own, Words::new("Fragment header", own.len(), at), fields.done());
    Extension::Fragment { len: own.len(), next, offset, more, id }
}
