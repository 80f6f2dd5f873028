//! ICMPv6 (RFC 4443): errors that quote the packet that failed, echoes, and the messages of
//! neighbour discovery (RFC 4861) and of groups (RFC 2710, RFC 3810).

use super::build::{Fields, Place, specs};
use super::ip::Ends;
use super::model::{Field, NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{checksum, data, ipv6, nd, tcp, text, udp};

specs! {
    TYPE: "icmpv6.type", "Type", "Type", "RFC 4443 2.1", With(|f| match f.number() {
        1 => "An error: a packet could not be delivered; it is quoted below.".into(),
        2 => "An error: a packet is longer than the next link takes; it is quoted below.".into(),
        3 => "An error: a packet ran out of hops; it is quoted below.".into(),
        4 => "An error: a packet's header made no sense; it is quoted below.".into(),
        128 => "An echo request: whoever gets it must send the same bytes back.".into(),
        129 => "An echo reply: the other side answers and so is alive.".into(),
        130 => "A query of the router: who on this network is in a group?".into(),
        131 | 143 => "A report: the sender is in groups, so the router sends their packets here.".into(),
        132 => "The sender leaves a group.".into(),
        133 => "A host asks which routers are on this network.".into(),
        134 => "A router tells that it is here, and how this network's addresses begin.".into(),
        135 => "A question to the neighbours: whoever has this address shall answer with its card's.".into(),
        136 => "The answer: the sender has the address that was asked for.".into(),
        137 => "A router knows a shorter way for this destination.".into(),
        _ => format!("Message type {}.", f.value),
    });
    CODE: "icmpv6.code", "Code", "Code", "RFC 4443 2.1", With(|f| if f.value.contains('(') {
        format!("More exactly: {}.", f.value)
    } else {
        format!("Code {}: there is nothing more to say about this type.", f.value)
    });
    CHECKSUM: "icmpv6.checksum" Hex4, "Checksum", "Checksum", "RFC 4443 2.3, RFC 8200 8.1", With(|f| match &*f.value {
        "correct" => "The sum over addresses and message is right.".into(),
        "not checked" => "Too little of the message is here to check it.".into(),
        _ => format!("The sum over addresses and message should be {}, so the receiver drops it.", checksum::should(f)),
    });
    QUOTE_LENGTH: "icmpv6.length", "Length of the quote", "Quote len", "RFC 4884 4.1", Text("The quoted packet takes {}, filling included; more may follow it.");
    RESERVED: "icmpv6.reserved", "Reserved", "Reserved", "RFC 4443 3", Text("{} kept free.");
    MTU: "icmpv6.mtu", "MTU", "MTU", "RFC 4443 3.2", Text("The next link takes packets of up to {}; the sender should send no larger ones.");
    POINTER: "icmpv6.pointer", "Pointer", "Pointer", "RFC 4443 3.4", Text("Octet {} of the quoted packet made no sense.");
    IDENT: "icmpv6.echo.identifier" Hex4, "Identifier", "Identifier", "RFC 4443 4.1", Text("All echoes of one run of ping carry {}.");
    SEQUENCE: "icmpv6.echo.sequence_number", "Sequence number", "Sequence", "RFC 4443 4.1", Text("This is echo number {} of its run.");
    BODY: "", "Message body", "Body", "RFC 4443 2.1", Text("{} that are not taken apart here.");
    QUOTED_IP: "", "Quoted IPv6 header", "Quoted IP", "RFC 4443 3", Text("The header of the packet that failed: {}.");
    QUOTED_ICMP: "", "Quoted ICMPv6 message", "Quoted ICMP", "RFC 4443 3.1", Text("The failed packet was an ICMPv6 message itself: {}.");
    QUOTED_UDP: "", "Quoted UDP header", "Quoted UDP", "RFC 4443 3", Text("The failed packet's datagram: {}.");
    QUOTED_TCP: "", "Quoted TCP header", "Quoted TCP", "RFC 4443 3", Text("The failed packet's segment: {}.");
}

const KIND: Kind = Kind { name: "icmpv6", osi: 3, rfc: "RFC 4443" };
/// Type, code, checksum.
const HEADER: usize = 4;
/// ICMPv6's number in the pseudo-header.
const PROTOCOL: u8 = 58;

/// How many messages within the quoted one are looked into: an error about an error.
pub(super) const MAX_QUOTED: usize = 3;

/// What type and code together say.
fn words(kind: u64, code: u64) -> &'static str {
    match (kind, code) {
        (1, 0) => "no route to destination",
        (1, 1) => "forbidden by a filter",
        (1, 3) => "address unreachable",
        (1, 4) => "port unreachable",
        (1, _) => "destination unreachable",
        (2, _) => "packet too big",
        (3, 0) => "hop limit ran out on the way",
        (3, 1) => "fragments did not all come in time",
        (3, _) => "time exceeded",
        (4, _) => "parameter problem",
        (128, _) => "echo request",
        (129, _) => "echo reply",
        (130, _) => "group query",
        (131, _) => "group report",
        (132, _) => "leave group",
        (133, _) => "router solicitation",
        (134, _) => "router advertisement",
        (135, _) => "neighbour solicitation",
        (136, _) => "neighbour advertisement",
        (137, _) => "redirect",
        (143, _) => "group report, version 2",
        _ => "other message",
    }
}

/// Dissects one message.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>, ends: Ends) {
    if place.len() < HEADER + 4 {
        data::dissect(walk, place, &data::OTHER, 3);
        walk.note(NoteKind::Malformed, place, "There is no whole ICMPv6 message here.");
        return;
    }
    let (kind, code) = (place.number(0, 1), place.number(1, 1));
    let mut fields = Fields::new(place, 10);
    let right = (!walk.is_cut(place))
        .then(|| checksum::expected(checksum::pseudo_header(ends, PROTOCOL, place.len()), place, 2));
    let cut = walk.is_cut(place);
    let (own_len, sent) = message(&mut fields, place, right, MAX_QUOTED);
    let own = place.part(0, own_len);
    let what = if kind < 128 { "ICMPv6 error" } else { "ICMPv6 message" };
    let summary = nd::summary(place, kind).unwrap_or_else(|| words(kind, code).to_owned());
    let fields = fields.done();
    let also = ipv6::versions(&fields);
    let layer = walk.layer(&KIND, own, Words::new(what, own.len(), summary), fields);
    walk.also(layer, also);
    if right.is_some_and(|right| !checksum::is_right(sent, right)) {
        walk.note(NoteKind::Checksum, place.part(2, 4), "The ICMPv6 checksum is wrong.");
    }
    let at_next = HEADER + 4 + 6;
    let spec = match kind {
        128 | 129 => &data::ECHO,
        // Of a quoted packet's extension headers Wireshark names more.
        1..=4 if !cut && !matches!(place.number(at_next, 1), 0 | 43 | 44 | 60) => &data::QUOTED,
        _ => &data::OTHER,
    };
    data::dissect(walk, place.rest(own_len), spec, 3);
}

/// Adds a message's fields; answers how many octets they take, and the checksum, which should be
/// `right` if that can be told.
fn message(fields: &mut Fields<'_>, place: Place<'_>, right: Option<u16>, deep: usize) -> (usize, u64) {
    let (kind, code) = (place.number(0, 1), place.number(1, 1));
    fields.with(&TYPE, 0, 1, |number| format!("{} ({number})", words(kind, u64::MAX)));
    fields.with(&CODE, 1, 1, |number| match kind {
        1 | 3 => format!("{} ({number})", words(kind, code)),
        _ => number.to_string(),
    });
    let sent = fields.with(&CHECKSUM, 2, 2, |sent| match right {
        Some(right) => checksum::verdict(sent, right),
        None => "not checked".into(),
    });
    let at = HEADER + 4;
    let len = match kind {
        1 | 3 => {
            // RFC 4884 section 4.1: the first of these octets counts the quote's units of 8.
            if place.number(HEADER, 1) > 0 {
                fields.with(&QUOTE_LENGTH, HEADER, 1, |units| text::bytes(units * 8));
                fields.blob(&RESERVED, HEADER + 1, 3);
            } else {
                fields.blob(&RESERVED, HEADER, 4);
            }
            at + quote(fields, place.rest(at), deep)
        }
        2 => {
            fields.with(&MTU, HEADER, 4, text::bytes);
            at + quote(fields, place.rest(at), deep)
        }
        4 => {
            fields.count(&POINTER, HEADER, 4);
            at + quote(fields, place.rest(at), deep)
        }
        128 | 129 => {
            fields.hex(&IDENT, HEADER, 2);
            fields.count(&SEQUENCE, HEADER + 2, 2);
            at
        }
        130..=137 | 143 => nd::dissect(fields, place, kind),
        _ => {
            fields.blob(&BODY, HEADER, place.len() - HEADER);
            place.len()
        }
    };
    (len, sent)
}

/// Adds the quoted headers as fields; answers how many octets they take. Of a packet with
/// extension headers only the first header is taken apart.
pub(super) fn quote(fields: &mut Fields<'_>, quoted: Place<'_>, deep: usize) -> usize {
    let Some(header) = ipv6::header(quoted) else {
        let (inner, len) = ipv6::part_of_header(quoted);
        let value = text::bytes(len as u64);
        fields.push(&QUOTED_IP, quoted.span(0, len), super::Raw::Octets, value, inner);
        return len;
    };
    let summary = format!("{} to {}", header.ends.src, header.ends.dst);
    fields.push(&QUOTED_IP, quoted.span(0, ipv6::HEADER), super::Raw::Octets, summary, header.fields);
    let transport = quoted.rest(ipv6::HEADER);
    if header.next == PROTOCOL && deep > 0 {
        let mut inner = Fields::new(transport, 8);
        let len = if transport.len() < HEADER + 4 {
            let own = [4, 2, 1].into_iter().find(|end| *end <= transport.len()).unwrap_or(0);
            inner.plain(&TYPE, 0, own.min(1));
            inner.plain(&CODE, 1, usize::from(own > 1));
            inner.hex(&CHECKSUM, 2, own.saturating_sub(2));
            own
        } else {
            message(&mut inner, transport, None, deep - 1).0
        };
        let summary = words(transport.number(0, 1), transport.number(1, 1));
        fields.push(&QUOTED_ICMP, transport.span(0, len), super::Raw::Octets, summary, inner.done());
        return ipv6::HEADER + len;
    }
    if transport.len() < 8 {
        return ipv6::HEADER;
    }
    let (spec, inner, len): (_, Vec<Field>, usize) = match header.next {
        17 => (&QUOTED_UDP, udp::quoted(transport), 8),
        6 => {
            let (inner, len) = tcp::quoted(transport);
            (&QUOTED_TCP, inner, len)
        }
        _ => return ipv6::HEADER,
    };
    let ports = format!("port {} to {}", transport.number(0, 2), transport.number(2, 2));
    fields.push(spec, transport.span(0, len), super::Raw::Octets, ports, inner);
    ipv6::HEADER + len
}
