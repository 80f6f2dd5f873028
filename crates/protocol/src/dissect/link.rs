//! What a captured packet begins with: Ethernet, or what systems make up where there is none.

use super::build::{Fields, Place, specs};
use super::model::{Fcs, NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{arp, data, ethernet, ipv4, ipv6, text, tunnel};

specs! {
    DIRECTION: "sll.pkttype", "Packet type", "Direction", "LINKTYPE_LINUX_SLL", With(|f| match f.number() {
        0 => "The packet was for this host.".into(),
        1 => "The packet was for everybody on its network.".into(),
        2 => "The packet was for a group.".into(),
        3 => "The packet was for another host and only overheard.".into(),
        4 => "This host sent the packet.".into(),
        _ => format!("Direction {} is not explained here.", f.value),
    });
    HARDWARE: "sll.hatype", "Address type", "Hardware", "LINKTYPE_LINUX_SLL", Text("Which kind of hardware it was, by Linux's number: {}.");
    ADDRESS_LEN: "sll.halen", "Address length", "Addr len", "LINKTYPE_LINUX_SLL", Text("The hardware address has {}.");
    ADDRESS: "sll.src.eth", "Source address", "Source", "LINKTYPE_LINUX_SLL", Text("The card with the address {} sent the packet.");
    UNUSED: "sll.unused", "Unused", "Unused", "LINKTYPE_LINUX_SLL", Text("{} that mean nothing.");
    OTHER_ADDRESS: "", "Source address", "Source", "LINKTYPE_LINUX_SLL", Text("{} of an address of another kind than Ethernet's.");
    TYPE: "sll.etype" Hex4, "Protocol", "Protocol", "LINKTYPE_LINUX_SLL", Text("What the packet is, by Ethernet's numbers: {}.");
    OTHER_TYPE: "", "Protocol", "Protocol", "LINKTYPE_LINUX_SLL", Text("What the packet is, by a number that depends on the hardware: {}.");
    RESERVED: "", "Reserved", "Reserved", "LINKTYPE_LINUX_SLL2", Text("{} kept free for later.");
    INTERFACE: "sll.ifindex", "Interface", "Interface", "LINKTYPE_LINUX_SLL2", Text("The packet crossed the host's interface number {}.");
    FAMILY: "null.family", "Address family", "Family", "LINKTYPE_NULL", Text("Which protocol follows, by the system's own number: {}.");
}

/// What the packets of a capture begin with (the registry of link types at tcpdump.org).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkType {
    /// An Ethernet header.
    #[default]
    Ethernet,
    /// An IPv4 or IPv6 header at once.
    RawIp,
    /// Four octets that name the protocol, in the order of the host that captured (BSD loopback).
    Null,
    /// The same in network order (OpenBSD loopback).
    Loop,
    /// Linux's "cooked" header of 16 octets, as of the interface `any`.
    LinuxSll,
    /// Its second version of 20 octets.
    LinuxSll2,
    /// Nothing: it is no packet but a block of somebody's own in a capture file.
    Custom,
    /// Another one, by its number: its packets are shown as data.
    Other(u16),
}

impl LinkType {
    /// The type with this number in a capture file.
    pub fn new(number: u16) -> Self {
        match number {
            1 => LinkType::Ethernet,
            // 12 and 14 are raw IP on some systems.
            12 | 14 | 101 | 228 | 229 => LinkType::RawIp,
            0 => LinkType::Null,
            108 => LinkType::Loop,
            113 => LinkType::LinuxSll,
            276 => LinkType::LinuxSll2,
            other => LinkType::Other(other),
        }
    }
}

/// Dissects one packet that begins as `link` says.
pub(super) fn dissect(walk: &mut Walk<'_>, packet: Place<'_>, link: LinkType, fcs: Fcs) {
    match link {
        LinkType::Ethernet => ethernet::dissect(walk, packet, fcs),
        LinkType::RawIp => raw(walk, packet),
        LinkType::Null => null(walk, packet, false),
        LinkType::Loop => null(walk, packet, true),
        LinkType::LinuxSll => sll(walk, packet),
        LinkType::LinuxSll2 => sll2(walk, packet),
        LinkType::Custom => {
            data::dissect(walk, packet, &data::OTHER, 7);
            walk.note(
                NoteKind::Limit,
                packet,
                "This is no packet: whoever wrote the file put octets of their own here.",
            );
        }
        LinkType::Other(number) => {
            data::dissect(walk, packet, &data::OTHER, 2);
            let text = format!("Packets of link type {number} are not taken apart here.");
            walk.note(NoteKind::Limit, packet, text);
        }
    }
}

/// A packet by its Ethernet type.
pub(super) fn carried(walk: &mut Walk<'_>, payload: Place<'_>, kind: u64) {
    match kind {
        0x0800 => ipv4::dissect(walk, payload),
        0x0806 => arp::dissect(walk, payload),
        0x86dd => ipv6::dissect(walk, payload),
        0x8847 | 0x8848 => tunnel::mpls(walk, payload),
        _ => data::dissect(walk, payload, &data::OTHER, 3),
    }
}

fn raw(walk: &mut Walk<'_>, packet: Place<'_>) {
    match packet.bits(0, 4) {
        4 => ipv4::dissect(walk, packet),
        6 => ipv6::dissect(walk, packet),
        _ => data::dissect(walk, packet, &data::OTHER, 3),
    }
}

fn too_short(walk: &mut Walk<'_>, packet: Place<'_>) {
    data::dissect(walk, packet, &data::OTHER, 2);
    walk.note(NoteKind::Malformed, packet, "The packet ends inside the header that the capture gave it.");
}

/// Numbers of IPv4 and IPv6 as address families: 2 everywhere; 10, 24, 28 or 30.
fn null(walk: &mut Walk<'_>, packet: Place<'_>, network_order: bool) {
    const HEADER: usize = 4;
    const KIND: Kind = Kind { name: "null", osi: 2, rfc: "LINKTYPE_NULL" };
    if packet.len() < HEADER {
        return too_short(walk, packet);
    }
    let own = packet.part(0, HEADER);
    let as_written = own.number(0, 4) as u32;
    // The host's order is told by which way the number is small.
    let swapped = !network_order && as_written > 0xffff;
    let family = if swapped { as_written.swap_bytes() } else { as_written };
    let name = match family {
        2 => "IPv4 (2)".into(),
        10 | 24 | 28 | 30 => format!("IPv6 ({family})"),
        other => other.to_string(),
    };
    let mut fields = Fields::new(own, 1);
    let raw = super::Raw::Number(family.into());
    fields.push(&FAMILY, own.range(), raw, name.clone(), Vec::new());
    walk.layer(&KIND, own, Words::new("Loopback header", HEADER, name), fields.done());
    let payload = packet.rest(HEADER);
    match family {
        2 => ipv4::dissect(walk, payload),
        10 | 24 | 28 | 30 => ipv6::dissect(walk, payload),
        _ => data::dissect(walk, payload, &data::OTHER, 3),
    }
}

const SLL: Kind = Kind { name: "sll", osi: 2, rfc: "LINKTYPE_LINUX_SLL" };
/// Linux's numbers of hardware whose protocol field is Ethernet's: Ethernet itself and loopback.
const ETHERNET_LIKE: [u64; 2] = [1, 772];

fn sll(walk: &mut Walk<'_>, packet: Place<'_>) {
    const HEADER: usize = 16;
    if packet.len() < HEADER {
        return too_short(walk, packet);
    }
    let own = packet.part(0, HEADER);
    let mut fields = Fields::new(own, 6);
    fields.plain(&DIRECTION, 0, 2);
    let hardware = fields.plain(&HARDWARE, 2, 2);
    let len = fields.with(&ADDRESS_LEN, 4, 2, text::bytes);
    address(&mut fields, 6, len);
    finish(walk, packet, own, fields, 14, hardware);
}

fn sll2(walk: &mut Walk<'_>, packet: Place<'_>) {
    const HEADER: usize = 20;
    if packet.len() < HEADER {
        return too_short(walk, packet);
    }
    let own = packet.part(0, HEADER);
    let hardware = own.number(8, 2);
    let mut fields = Fields::new(own, 8);
    kind(&mut fields, 0, hardware);
    fields.blob(&RESERVED, 2, 2);
    fields.plain(&INTERFACE, 4, 4);
    fields.plain(&HARDWARE, 8, 2);
    fields.plain(&DIRECTION, 10, 1);
    let len = fields.with(&ADDRESS_LEN, 11, 1, text::bytes);
    address(&mut fields, 12, len);
    layer(walk, packet, own, fields, 0, hardware);
}

/// The eight octets for a hardware address, of which `len` are used.
fn address(fields: &mut Fields<'_>, at: usize, len: u64) {
    if len == 6 {
        fields.mac(&ADDRESS, at);
        fields.blob(&UNUSED, at + 6, 2);
    } else {
        fields.blob(&OTHER_ADDRESS, at, 8);
    }
}

/// The protocol field at `at`.
fn kind(fields: &mut Fields<'_>, at: usize, hardware: u64) {
    let number = fields.place().number(at, 2);
    let known = ETHERNET_LIKE.contains(&hardware) && number >= ethernet::FIRST_TYPE;
    fields.with(if known { &TYPE } else { &OTHER_TYPE }, at, 2, ethernet::type_name);
}

fn finish(
    walk: &mut Walk<'_>,
    packet: Place<'_>,
    own: Place<'_>,
    mut fields: Fields<'_>,
    at: usize,
    hardware: u64,
) {
    kind(&mut fields, at, hardware);
    layer(walk, packet, own, fields, at, hardware);
}

fn layer(
    walk: &mut Walk<'_>,
    packet: Place<'_>,
    own: Place<'_>,
    fields: Fields<'_>,
    at: usize,
    hardware: u64,
) {
    let number = own.number(at, 2);
    let summary = ethernet::type_name(number);
    walk.layer(&SLL, own, Words::new("Linux cooked header", own.len(), summary), fields.done());
    let payload = packet.rest(own.len());
    if ETHERNET_LIKE.contains(&hardware) {
        carried(walk, payload, number);
    } else {
        data::dissect(walk, payload, &data::OTHER, 3);
    }
}
