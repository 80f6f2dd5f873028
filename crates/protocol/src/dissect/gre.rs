//! Generic Routing Encapsulation (RFC 2784, RFC 2890): packets and frames inside of packets.

use super::build::{Fields, Place, specs};
use super::model::{Fcs, NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{checksum, data, ethernet, ipv4, link, text, tunnel};

specs! {
    FLAGS: "gre.flags_and_version" Hex4, "Flags and version", "Flags", "RFC 2784 2.1", Text("Which optional parts the header has, and the version: {}.");
    HAS_CHECKSUM: "gre.flags.checksum", "Checksum present", "C", "RFC 2784 2.2", With(|f| present(f.number(), "a checksum"));
    HAS_ROUTING: "gre.flags.routing", "Routing present", "R", "RFC 1701", With(|f| present(f.number(), "a list of routers, which nobody uses any more,"));
    HAS_KEY: "gre.flags.key", "Key present", "K", "RFC 2890 2", With(|f| present(f.number(), "a key"));
    HAS_SEQUENCE: "gre.flags.sequence_number", "Sequence number present", "S", "RFC 2890 2", With(|f| present(f.number(), "a sequence number"));
    STRICT: "gre.flags.strict_source_route", "Strict source route", "s", "RFC 1701", Text("For the list of routers, which nobody uses any more; here {}.");
    PAYLOAD_LEN: "gre.key.payload_length", "Payload length", "Length", "RFC 2637 4.1", Text("What is inside has {}.");
    CALL: "gre.key.call_id", "Call", "Call", "RFC 2637 4.1", Text("The packet is of call {}, by the receiver's count.");
    HAS_ACK: "gre.flags.ack", "Acknowledgment present", "A", "RFC 2637 4.1", With(|f| present(f.number(), "an acknowledgment"));
    CALL_RESERVED: "gre.flags.reserved", "Reserved", "Reserved", "RFC 2637 4.1", Text("Kept free for later; must be zero. Here: {}.");
    ACK: "gre.ack_number", "Acknowledgment", "Ack", "RFC 2637 4.1", Text("Every packet of this call up to number {} has come.");
    ROUTING: "", "Routing", "Routing", "RFC 1701", Text("{} that list routers to pass, which nobody uses any more.");
    RECURSION: "gre.flags.recursion_control", "Recursion control", "Recur", "RFC 1701", Text("How often the packet may be put into another one; nobody uses this any more, and it should be zero. Here: {}.");
    RESERVED: "gre.flags.reserved", "Reserved", "Reserved", "RFC 2784 2.3", Text("Kept free for later; must be zero. Here: {}.");
    VERSION: "gre.flags.version", "Version", "Version", "RFC 2784 2.3.1", Text("Version {}: 0 is GRE itself, 1 the form in which PPTP uses it.");
    PROTOCOL: "gre.proto" Hex4, "Protocol type", "Type", "RFC 2784 2.4", Text("What is inside, by Ethernet's numbers: {}.");
    CHECKSUM: "gre.checksum" Hex4, "Checksum", "Checksum", "RFC 2784 2.5", With(|f| match &*f.value {
        "correct" => "The sum over the header and all that is inside is right.".into(),
        "not checked" => "Too little of the packet is here to check it.".into(),
        _ => format!("The sum over the header and all that is inside should be {}.", checksum::should(f)),
    });
    OFFSET: "gre.offset", "Reserved", "Reserved", "RFC 2784 2.6", Text("Fills the checksum up to four bytes; zero unless routers are listed.");
    KEY: "gre.key" Hex8, "Key", "Key", "RFC 2890 2.1", Text("The key {} tells apart what several users send between the same two ends.");
    SEQUENCE: "gre.sequence_number", "Sequence number", "Sequence", "RFC 2890 2.2", Text("Packet number {} in this tunnel, so that the other end can tell the order.");
}

const KIND: Kind = Kind { name: "gre", osi: 3, rfc: "RFC 2784" };
/// Flags, version and protocol type.
const MIN_HEADER: usize = 4;
/// A whole Ethernet frame is inside (RFC 7637 section 3.2).
const FRAME: u64 = 0x6558;
/// PPTP carries packets of PPP.
const PPP: u64 = 0x880b;
/// Switches send copies of frames with it: the first two forms.
const MIRRORED: u64 = 0x88be;
/// The third form.
const MIRRORED_NEWER: u64 = 0x22eb;
/// Routers send packets to a web cache with it (WCCP).
const REDIRECTED: u64 = 0x883e;

fn present(set: u64, what: &str) -> String {
    if set == 1 {
        format!("The header has {what} behind its first four bytes.")
    } else {
        format!("The header is without {what}.")
    }
}

/// Dissects one header and what it carries.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>) {
    let flag = |bit| place.bits(bit, 1) as usize;
    let calls = place.bits(13, 3) == 1;
    // Routers are listed behind a checksum, which then is there in any case (RFC 1701).
    let (routing, key, sequence) = (flag(1), flag(2), flag(3));
    let sum = flag(0) | routing;
    let ack = if calls { flag(8) } else { 0 };
    let mut len = MIN_HEADER + 4 * (sum + key + sequence + ack);
    let routes = len;
    let mut whole = place.len() >= len;
    // Each list says how long it is; one of nothing is the last.
    while routing == 1 && whole {
        let (kind, more) = (place.number(len, 2), place.number(len + 3, 1) as usize);
        len += 4 + more;
        whole = place.len() >= len;
        if kind == 0 && more == 0 {
            break;
        }
    }
    if !whole {
        data::dissect(walk, place, &data::OTHER, 3);
        return walk.note(NoteKind::Malformed, place, "There is no whole GRE header here.");
    }
    let own = place.part(0, len);
    let mut fields = Fields::new(own, 7);
    fields.group(&FLAGS, 0, 2, format!("{:#06x}", own.number(0, 2)), |inner| {
        for (bit, spec) in
            [&HAS_CHECKSUM, &HAS_ROUTING, &HAS_KEY, &HAS_SEQUENCE, &STRICT].into_iter().enumerate()
        {
            inner.flag(spec, bit);
        }
        inner.bits(&RECURSION, 5, 3, |number| number.to_string());
        if calls {
            inner.flag(&HAS_ACK, 8);
            inner.bits(&CALL_RESERVED, 9, 4, |number| number.to_string());
        } else {
            inner.bits(&RESERVED, 8, 5, |number| number.to_string());
        }
        inner.bits(&VERSION, 13, 3, |number| number.to_string());
    });
    let kind = fields.with(&PROTOCOL, 2, 2, ethernet::type_name);
    let mut at = MIN_HEADER;
    let mut wrong = false;
    if sum == 1 {
        let right = (!walk.is_cut(place)).then(|| checksum::expected(0, place, at));
        let sent = fields.with(&CHECKSUM, at, 2, |sent| match right {
            Some(right) => checksum::verdict(sent, right),
            None => "not checked".into(),
        });
        wrong = right.is_some_and(|right| !checksum::is_right(sent, right));
        fields.plain(&OFFSET, at + 2, 2);
        at += 4;
    }
    if key == 1 {
        if calls {
            fields.with(&PAYLOAD_LEN, at, 2, text::bytes);
            fields.plain(&CALL, at + 2, 2);
        } else {
            fields.hex(&KEY, at, 4);
        }
        at += 4;
    }
    if sequence == 1 {
        fields.count(&SEQUENCE, at, 4);
        at += 4;
    }
    if ack == 1 {
        fields.count(&ACK, at, 4);
    }
    if len > routes {
        fields.blob(&ROUTING, routes, len - routes);
    }
    let words = walk.say(|| Words::new("GRE header", len, format!("carries {}", ethernet::type_name(kind))));
    walk.layer(&KIND, own, words, fields.done());
    if wrong {
        walk.note(NoteKind::Checksum, own.part(4, 6), "The GRE checksum is wrong.");
    }
    let payload = place.rest(len);
    match kind {
        // An acknowledgment of PPTP's may stand alone.
        _ if payload.is_empty() => {}
        FRAME => ethernet::dissect(walk, payload, Fcs::Absent),
        PPP => tunnel::ppp(walk, payload),
        MIRRORED => tunnel::mirrored(walk, payload, sequence == 0),
        MIRRORED_NEWER => tunnel::mirrored(walk, payload, false),
        // A header of its own may stand before the packet.
        REDIRECTED if payload.bits(0, 4) == 4 => ipv4::dissect(walk, payload),
        REDIRECTED => {
            data::dissect(walk, payload.part(0, 4), &data::OTHER, 3);
            ipv4::dissect(walk, payload.rest(4));
        }
        kind => link::carried(walk, payload, kind),
    }
}
