//! ARP for Ethernet and IPv4 (RFC 826).

use super::build::{Fields, Place, specs};
use super::model::{NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{data, text};

specs! {
    HW_TYPE: "arp.hw.type", "Hardware type", "Hardware", "RFC 826", Text("The hardware addresses below are those of {}.");
    PROTO_TYPE: "arp.proto.type" Hex4, "Protocol type", "Protocol", "RFC 826", Text("The network addresses below are those of {}.");
    HW_SIZE: "arp.hw.size", "Hardware address length", "HW len", "RFC 826", Text("Each hardware address takes {}.");
    PROTO_SIZE: "arp.proto.size", "Protocol address length", "Proto len", "RFC 826", Text("Each network address takes {}.");
    OPCODE: "arp.opcode", "Operation", "Operation", "RFC 826", With(|f| match f.number() {
        1 => "A question to everybody: whoever has the target's IP address shall answer.".into(),
        2 => "The answer: the sender has the IP address that was asked for.".into(),
        _ => format!("Operation {} is neither question nor answer.", f.value),
    });
    SRC_MAC: "arp.src.hw_mac", "Sender hardware address", "Sender MAC", "RFC 826",
        Text("The sender's card has the address {}; whoever reads this may remember it.");
    SRC_IP: "arp.src.proto_ipv4" Ipv4, "Sender IP address", "Sender IP", "RFC 826",
        Text("The sender has the IP address {}.");
    DST_MAC: "arp.dst.hw_mac", "Target hardware address", "Target MAC", "RFC 826", With(|f|
        if f.value == "00:00:00:00:00:00" {
            "All zero: this is what the sender wants to know.".into()
        } else {
            format!("The answer goes to the card with the address {}.", f.value)
        });
    DST_IP: "arp.dst.proto_ipv4" Ipv4, "Target IP address", "Target IP", "RFC 826",
        Text("The question is, or was: which card has the IP address {}?");
}

const KIND: Kind = Kind { name: "arp", osi: 2, rfc: "RFC 826" };
/// The length for hardware addresses of six and network addresses of four octets.
const MESSAGE: usize = 28;

/// How long an ARP message is by its own word; `None` when too little is there to tell.
pub(super) fn message_len(place: Place<'_>) -> Option<usize> {
    (place.len() >= 8).then(|| 8 + 2 * (place.number(4, 1) + place.number(5, 1)) as usize)
}

/// Dissects one message.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>) {
    let known = place.len() >= MESSAGE && place.number(0, 6) == 0x0001_0800_0604;
    if !known {
        data::dissect(walk, place, &data::OTHER, 2);
        walk.note(NoteKind::Malformed, place, "This is not ARP for Ethernet and IPv4, or it ends too early.");
        return;
    }
    let own = place.part(0, MESSAGE);
    let mut fields = Fields::new(own, 9);
    fields.with(&HW_TYPE, 0, 2, |_| "Ethernet (1)");
    fields.with(&PROTO_TYPE, 2, 2, |_| "IPv4 (0x0800)");
    fields.with(&HW_SIZE, 4, 1, text::bytes);
    fields.with(&PROTO_SIZE, 5, 1, text::bytes);
    let operation = fields.with(&OPCODE, 6, 2, |number| match number {
        1 => "request (1)".into(),
        2 => "reply (2)".into(),
        number => number.to_string(),
    });
    fields.mac(&SRC_MAC, 8);
    fields.ipv4(&SRC_IP, 14);
    fields.mac(&DST_MAC, 18);
    fields.ipv4(&DST_IP, 24);
    let address = |from| std::net::Ipv4Addr::from(own.number(from, 4) as u32);
    let summary = match operation {
        1 => format!("who has {}?", address(24)),
        2 => format!("{} is at {}", address(14), text::colons(own.part(8, 14).octets())),
        number => format!("operation {number}"),
    };
    walk.layer(&KIND, own, Words::new("ARP message", MESSAGE, summary), fields.done());
    data::dissect(walk, place.rest(MESSAGE), &data::OTHER, 2);
}
