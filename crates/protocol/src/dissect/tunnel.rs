//! What other networks put before a packet: MPLS labels, PPP, mirrored frames (ERSPAN).

use super::build::{Fields, Place, specs};
use super::model::{Fcs, NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{data, ethernet, ipv4, ipv6, text};

specs! {
    LABEL: "mpls.label", "Label", "Label", "RFC 3032 2.1", Text("Routers look at the label {} instead of the address, and put the next one in its place.");
    CLASS: "mpls.exp", "Traffic class", "TC", "RFC 5462", Text("How routers should treat the packet: class {} of 7.");
    BOTTOM: "mpls.bottom", "Bottom of stack", "S", "RFC 3032 2.1", With(|f| if f.number() == 1 {
        "This is the last label: the packet follows.".into()
    } else {
        "Another label follows.".into()
    });
    // Wireshark counts the whole word as its place.
    LABEL_TTL: "", "Time to live", "TTL", "RFC 3032 2.4", Text("The packet may cross {} more routers under this label.");
    ADDRESS: "ppp.address" Hex2, "Address", "Address", "RFC 1662 3.1", Text("Always {}: everybody at the other end, and there is only one.");
    CONTROL: "ppp.control" Hex2, "Control", "Control", "RFC 1662 3.1", Text("{}: a message that nobody numbers or repeats.");
    PROTOCOL: "ppp.protocol" Hex4, "Protocol", "Protocol", "RFC 1661 2", With(|f| match f.number() {
        0x21 => "An IPv4 packet follows.".into(),
        0x57 => "An IPv6 packet follows.".into(),
        _ => format!("What follows is of protocol {}.", f.value),
    });
    MIRROR: "", "Mirror header", "Mirror", "draft-foschiano-erspan-03", Text("{} in which a switch says where it saw the frame that follows.");
}

/// One label and what belongs to it.
const LABEL_LEN: usize = 4;
/// How many labels one behind the other are read; more than three are rare.
pub const MAX_LABELS: usize = 16;

/// Dissects a stack of labels and the packet behind it.
pub(super) fn mpls(walk: &mut Walk<'_>, place: Place<'_>) {
    const KIND: Kind = Kind { name: "mpls", osi: 2, rfc: "RFC 3032" };
    let mut rest = place;
    for _ in 0..MAX_LABELS {
        if rest.len() < LABEL_LEN {
            return unread(walk, rest, "The packet ends inside its labels.");
        }
        let own = rest.part(0, LABEL_LEN);
        let mut fields = Fields::new(own, 4);
        let label = fields.bits(&LABEL, 0, 20, text::thousands);
        fields.bits(&CLASS, 20, 3, |number| number.to_string());
        let last = fields.flag(&BOTTOM, 23);
        fields.plain(&LABEL_TTL, 3, 1);
        walk.layer(&KIND, own, Words::new("MPLS label", LABEL_LEN, label.to_string()), fields.done());
        rest = rest.rest(LABEL_LEN);
        if last {
            // Nothing says what follows but its first four bits (RFC 4928).
            return match rest.bits(0, 4) {
                4 => ipv4::dissect(walk, rest),
                6 => ipv6::dissect(walk, rest),
                _ => data::dissect(walk, rest, &data::OTHER, 3),
            };
        }
    }
    unread(walk, rest, "More labels follow than are read.");
}

/// Dissects a message of the point-to-point protocol (RFC 1661), as PPTP carries it.
pub(super) fn ppp(walk: &mut Walk<'_>, place: Place<'_>) {
    const KIND: Kind = Kind { name: "ppp", osi: 2, rfc: "RFC 1661" };
    // The ends may agree to leave out the first two octets, and a zero before the protocol.
    let at = if place.number(0, 2) == 0xff03 { 2 } else { 0 };
    let len = if place.number(at, 1) % 2 == 1 { 1 } else { 2 };
    if place.len() < at + len {
        return unread(walk, place, "There is no whole PPP header here.");
    }
    let own = place.part(0, at + len);
    let mut fields = Fields::new(own, 3);
    if at > 0 {
        fields.hex(&ADDRESS, 0, 1);
        fields.hex(&CONTROL, 1, 1);
    }
    let protocol = fields.hex(&PROTOCOL, at, len);
    walk.layer(&KIND, own, Words::new("PPP header", own.len(), format!("{protocol:#06x}")), fields.done());
    let rest = place.rest(own.len());
    match protocol {
        0x21 => ipv4::dissect(walk, rest),
        0x57 => ipv6::dissect(walk, rest),
        0x281 | 0x283 => mpls(walk, rest),
        _ => data::dissect(walk, rest, &data::OTHER, 3),
    }
}

/// Dissects a mirrored frame. The header's length is told by its version, or, of the oldest form
/// without one, by the absence of GRE's sequence number.
pub(super) fn mirrored(walk: &mut Walk<'_>, place: Place<'_>, bare: bool) {
    const KIND: Kind = Kind { name: "erspan", osi: 2, rfc: "draft-foschiano-erspan-03" };
    let len = match place.bits(0, 4) {
        _ if bare => 0,
        1 => 8,
        2 if place.bits(95, 1) == 1 => 20,
        2 => 12,
        _ => return unread(walk, place, "This form of a mirrored frame is not read."),
    };
    if place.len() < len {
        return unread(walk, place, "There is no whole header of a mirrored frame here.");
    }
    if len > 0 {
        let own = place.part(0, len);
        let mut fields = Fields::new(own, 1);
        fields.blob(&MIRROR, 0, len);
        walk.layer(&KIND, own, Words::new("Mirror header", len, ""), fields.done());
    }
    ethernet::dissect(walk, place.rest(len), Fcs::Absent);
}

fn unread(walk: &mut Walk<'_>, place: Place<'_>, why: impl Into<std::borrow::Cow<'static, str>>) {
    data::dissect(walk, place, &data::OTHER, 3);
    walk.note(NoteKind::Limit, place, why);
}
