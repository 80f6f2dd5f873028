//! What IPv4 and IPv6 share: whose payload it is, and what becomes of fragments.

use std::net::IpAddr;

use bytes::Bytes;

use super::build::Place;
use super::conversation::fragments::{Offer, Outcome};
use super::model::{NoteKind, Source};
use super::walk::Walk;
use super::{data, gre, icmp, icmpv6, igmp, ipv4, ipv6, tcp, text, udp};

/// So many layers before it, and a packet inside of a packet is not looked at any more.
const MAX_NESTED: usize = 12;

/// A packet's addresses, as its payload's checksum and conversation need them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    /// Who sent it.
    pub src: IpAddr,
    /// Whom it is for.
    pub dst: IpAddr,
}

/// What a payload's protocol number stands for.
pub(super) fn protocol_name(number: u64) -> String {
    let name = match number {
        1 => "ICMP",
        2 => "IGMP",
        4 => "IPv4",
        6 => "TCP",
        17 => "UDP",
        41 => "IPv6",
        47 => "GRE",
        58 => "ICMPv6",
        _ => return number.to_string(),
    };
    format!("{name} ({number})")
}

/// Dissects a fragment's data, and goes on with the whole payload if it completes the packet. A
/// fragment that `lacks` some of its octets is good for nothing but its own headers.
pub(super) fn fragment(walk: &mut Walk<'_>, payload: Place<'_>, offer: Offer<'_>, ends: Ends, lacks: bool) {
    let protocol = offer.key.2;
    let lacks = lacks || walk.is_cut(payload);
    // Of IPv6 Wireshark looks into no piece alone.
    if lacks && offer.offset == 0 && ends.src.is_ipv4() {
        carried(walk, payload, protocol, ends);
        let text = "Of this fragment only the beginning is here, so it is not put together with others.";
        return walk.note(NoteKind::Limit, payload, text);
    }
    // Half a fragment would make a whole packet of what nobody sent.
    let outcome = if lacks {
        Outcome::Refused("Only the fragment's beginning is here.")
    } else {
        walk.known.fragments.offer(walk.at, offer)
    };
    let whole = matches!(outcome, Outcome::Whole { .. });
    let spec = match whole {
        true => &data::LAST_FRAGMENT,
        false if lacks => &data::OTHER,
        false => &data::FRAGMENT,
    };
    data::dissect(walk, payload, spec, 3);
    match outcome {
        Outcome::Whole { octets, pieces } => {
            let text = format!(
                "This fragment completes the packet: {pieces} pieces, {}.",
                text::bytes(octets.len() as u64)
            );
            walk.note(NoteKind::Reassembly, payload, text);
            let whole: Bytes = octets;
            let index = walk.buffer(whole.clone());
            let whole_place = walk.whole(Source::Buffer(index), &whole);
            carried(walk, whole_place, protocol, ends);
        }
        Outcome::Waiting => {
            walk.note(NoteKind::Reassembly, payload, "Other fragments of this packet are still missing.");
        }
        Outcome::Refused(why) => walk.note(NoteKind::Limit, payload, why),
    }
}

/// Goes on with a whole payload.
pub(super) fn carried(walk: &mut Walk<'_>, payload: Place<'_>, protocol: u8, ends: Ends) {
    match (protocol, ends.src) {
        (1, IpAddr::V4(_)) => icmp::dissect(walk, payload),
        (2, IpAddr::V4(_)) => igmp::dissect(walk, payload),
        (58, IpAddr::V6(_)) => icmpv6::dissect(walk, payload, ends),
        (6, _) => tcp::dissect(walk, payload, ends),
        (17, _) => udp::dissect(walk, payload, ends),
        // A packet in a packet (RFC 2003, RFC 4213).
        (4, _) if walk.out.layers.len() < MAX_NESTED => ipv4::dissect(walk, payload),
        (41, _) if walk.out.layers.len() < MAX_NESTED => ipv6::dissect(walk, payload),
        (47, _) if walk.out.layers.len() < MAX_NESTED => gre::dissect(walk, payload),
        _ => data::dissect(walk, payload, &data::OTHER, 4),
    }
}
