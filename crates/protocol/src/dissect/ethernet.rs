//! Ethernet II: header, padding, frame check sequence.

use super::build::{Fields, Place, specs};
use super::model::{Fcs, Field, NoteKind, Raw, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{arp, data, ipv4, ipv6, link, text, vlan};

specs! {
    DST: "eth.dst", "Destination address", "Destination", "IEEE 802.3 3.2.4", With(|f| match f.children.get(1) {
        Some(group) if f.value == "ff:ff:ff:ff:ff:ff" && group.number() == 1 =>
            "All ones: every device on this network takes the frame.".into(),
        // The low 23 bits are those of the IPv4 group (RFC 1112 section 6.4).
        Some(group) if group.number() == 1 && f.value.starts_with("01:00:5e:") => format!(
            "Every card that listens to a group whose address ends in these bits, {}, takes the frame; a switch sends it out of all its ports.",
            &f.value["01:00:5e:".len()..]),
        Some(group) if group.number() == 1 => format!("Every device that listens to the group {} takes the frame.", f.value),
        _ => format!("Only the device whose card has the address {} takes the frame; the others ignore it.", f.value),
    });
    DST_LOCAL: "eth.dst.lg", "Local bit", "Local", "IEEE 802.3 3.2.3", With(local);
    DST_GROUP: "eth.dst.ig", "Group bit", "Group", "IEEE 802.3 3.2.3", With(group);
    SRC: "eth.src", "Source address", "Source", "IEEE 802.3 3.2.5",
        Text("The card with the address {} put this frame on this cable; switches learn from it where that card is.");
    SRC_LOCAL: "eth.src.lg", "Local bit", "Local", "IEEE 802.3 3.2.3", With(local);
    SRC_GROUP: "eth.src.ig", "Group bit", "Group", "IEEE 802.3 3.2.3", With(group);
    TYPE: "eth.type" Hex4, "Type", "Type", "IEEE 802.3 3.2.6", With(|f| match f.number() {
        0x0800 => "The frame carries an IPv4 packet.".into(),
        0x0806 => "The frame carries an ARP message, which finds the hardware address for an IP address.".into(),
        0x8100 => "A tag follows that says of which virtual network the frame is.".into(),
        0x86dd => "The frame carries an IPv6 packet.".into(),
        number if number < 0x0600 => format!("A number below 1,536 is a length: {} follow.", text::bytes(number)),
        _ => format!("The frame carries {}.", f.value),
    });
    LENGTH: "eth.len", "Length", "Length", "IEEE 802.3 3.2.6", Text("The old form of the frame: {} follow the header.");
    PADDING: "eth.padding", "Padding", "Padding", "IEEE 802.3 3.2.8",
        Text("{} of filling: a frame must be at least 64 bytes long, so that all cards notice a collision in time.");
    TRAILER: "eth.trailer", "Trailer", "Trailer", "IEEE 802.3 3.2.8",
        Text("{} behind the packet that belong to nobody.");
    TAGGED_PADDING: "", "Padding", "Padding", "IEEE 802.3 3.2.8",
        Text("{} of filling: a frame must be at least 64 bytes long, so that all cards notice a collision in time.");
    TAGGED_TRAILER: "", "Trailer", "Trailer", "IEEE 802.3 3.2.8",
        Text("{} behind the packet that belong to nobody.");
    FCS: "eth.fcs" Hex8, "Frame check sequence", "FCS", "IEEE 802.3 3.2.9", With(|f| if f.value.starts_with("correct") {
        "The receiver computes the same CRC-32 over the frame: no bit was changed on this cable.".into()
    } else {
        "The receiver computes another CRC-32 over the frame: at least one bit was changed on this cable, so the frame is dropped.".into()
    });
}

fn local(field: &Field) -> String {
    if field.number() == 1 {
        "The address was given by whoever runs this network, not by the card's maker.".into()
    } else {
        "The address was burnt in by the card's maker and is unique in the world.".into()
    }
}

fn group(field: &Field) -> String {
    if field.number() == 1 {
        "The address stands for a group of cards, not for one.".into()
    } else {
        "The address stands for one card.".into()
    }
}

const KIND: Kind = Kind { name: "eth", osi: 2, rfc: "IEEE 802.3" };
/// Destination, source, type.
const HEADER: usize = 14;
/// The frame check sequence.
const FCS_LEN: usize = 4;
/// The shortest frame without its FCS; shorter ones are padded up to here.
const MIN_WITHOUT_FCS: usize = 60;
/// Types below are lengths.
pub(super) const FIRST_TYPE: u64 = 0x0600;

/// What the type field says in a word.
pub(super) fn type_name(number: u64) -> String {
    match number {
        0x0800 => "IPv4 (0x0800)".into(),
        0x0806 => "ARP (0x0806)".into(),
        0x8100 => "VLAN tag (0x8100)".into(),
        0x86dd => "IPv6 (0x86dd)".into(),
        number => format!("{number:#06x}"),
    }
}

/// Dissects one frame.
pub(super) fn dissect(walk: &mut Walk<'_>, frame: Place<'_>, fcs: Fcs) {
    // Of a frame that the capture cut, the FCS is gone.
    let fcs = if walk.is_cut(frame) { Fcs::Absent } else { fcs };
    let fcs_len = if fcs == Fcs::Present { FCS_LEN } else { 0 };
    if frame.len() < HEADER + fcs_len {
        data::dissect(walk, frame, &data::OTHER, 2);
        walk.note(
            NoteKind::Malformed,
            frame,
            format!("{} are too few for an Ethernet frame.", text::bytes(frame.len() as u64)),
        );
        return;
    }
    let mut fields = Fields::new(frame, 5);
    address(&mut fields, &DST, &DST_LOCAL, &DST_GROUP, 0);
    address(&mut fields, &SRC, &SRC_LOCAL, &SRC_GROUP, 6);
    let number = frame.number(12, 2);
    if number < FIRST_TYPE {
        fields.with(&LENGTH, 12, 2, text::bytes);
    } else {
        fields.with(&TYPE, 12, 2, type_name);
    }

    // Tags stand between the header and what it carries.
    let mut kind = number;
    let mut tags = 0;
    while kind == vlan::TAGGED
        && tags < vlan::MAX_TAGS
        && frame.len() >= HEADER + (tags + 1) * vlan::TAG + fcs_len
    {
        kind = frame.number(HEADER + tags * vlan::TAG + 2, 2);
        tags += 1;
    }
    let header = HEADER + tags * vlan::TAG;
    let mut inner = frame.part(header, frame.len() - fcs_len);
    let mut payload_len = payload_len(inner, kind);
    let mut has_fcs = fcs == Fcs::Present;
    if fcs == Fcs::Unknown
        && tags == 0
        && frame.len() >= MIN_WITHOUT_FCS + FCS_LEN
        && inner.len() - payload_len >= FCS_LEN
        && !walk.is_cut(frame)
    {
        has_fcs = true;
        inner = inner.part(0, inner.len() - FCS_LEN);
        payload_len = payload_len.min(inner.len());
    }
    let trailer_len = inner.len() - payload_len;
    let trailer_at = header + payload_len;
    if trailer_len > 0 {
        // Filling is what brings the frame to its shortest length; anything else is a trailer.
        let filling = MIN_WITHOUT_FCS.saturating_sub(trailer_at).min(trailer_len);
        // What is no filling of zeros and goes on behind that length is a trailer from its start.
        let zeros = frame.part(trailer_at, trailer_at + filling).octets().iter().all(|octet| *octet == 0);
        let filling = if filling == trailer_len || zeros { filling } else { 0 };
        // Behind a tag, Wireshark divides them in a way of its own.
        let (padding, trailer) =
            if tags == 0 { (&PADDING, &TRAILER) } else { (&TAGGED_PADDING, &TAGGED_TRAILER) };
        fields.blob(padding, trailer_at, filling);
        fields.blob(trailer, trailer_at + filling, trailer_len - filling);
    }
    let mut wrong = false;
    if has_fcs {
        let at = frame.len() - FCS_LEN;
        // The CRC is sent least significant octet first (IEEE 802.3 3.2.9 and 3.3).
        let right = crc32fast::hash(frame.part(0, at).octets()).swap_bytes();
        fields.with(&FCS, at, FCS_LEN, |sent| {
            wrong = sent != u64::from(right);
            if wrong { format!("wrong, should be {right:#010x}") } else { "correct".into() }
        });
    }
    let trailer = frame.rest(trailer_at);
    let card = |from| text::colons(frame.part(from, from + 6).octets());
    let words = walk.say(|| {
        let summary = format!("{} to {}, {} in all", card(6), card(0), text::bytes(frame.len() as u64));
        Words::new("Ethernet header", HEADER, summary)
    });
    walk.layer_with_trailer(&KIND, frame.part(0, HEADER), trailer.range(), words, fields.done());
    if wrong {
        let bits = frame.rest(frame.len() - FCS_LEN);
        walk.note(NoteKind::Checksum, bits, "The frame check sequence is wrong: some bit was changed.");
    }
    for tag in 0..tags {
        let at = HEADER + tag * vlan::TAG;
        vlan::dissect(walk, frame.part(at, at + vlan::TAG));
    }
    link::carried(walk, frame.part(header, trailer_at), kind);
}

/// How many of the octets between header and FCS are the payload, by the payload's own word.
fn payload_len(inner: Place<'_>, number: u64) -> usize {
    let claimed = match number {
        0x0800 => ipv4::total_len(inner),
        0x0806 => arp::message_len(inner),
        0x86dd => ipv6::total_len(inner),
        number if number < FIRST_TYPE => Some(number as usize),
        _ => None,
    };
    claimed.map_or(inner.len(), |len| len.min(inner.len()))
}

/// A hardware address and its two special bits (the last two of its first octet, IEEE 802.3 3.2.3).
fn address(
    fields: &mut Fields<'_>,
    spec: &'static super::Spec,
    local: &'static super::Spec,
    group: &'static super::Spec,
    from: usize,
) {
    let place = fields.place();
    let mut bits = Fields::new(place, 2);
    bits.flag(local, from * 8 + 6);
    bits.flag(group, from * 8 + 7);
    let value = text::colons(place.part(from, from + 6).octets());
    fields.push(spec, place.span(from, 6), Raw::Octets, value, bits.done());
}
