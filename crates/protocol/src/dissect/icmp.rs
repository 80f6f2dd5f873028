//! ICMP (RFC 792): echoes, and errors with the header of the packet that failed.

use super::build::{Fields, Place, specs};
use super::checksum;
use super::model::{Field, NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{data, ipv4, tcp, text, udp};

specs! {
    TYPE: "icmp.type", "Type", "Type", "RFC 792", With(|f| match f.number() {
        0 => "An echo reply: the other side answers and so is alive.".into(),
        3 => "An error: a packet could not be delivered; its header is quoted below.".into(),
        4 => "Send more slowly: a message of the past, which nobody heeds (RFC 6633).".into(),
        5 => "A router knows a shorter way for this destination.".into(),
        8 => "An echo request: whoever gets it must send the same bytes back.".into(),
        11 => "An error: a packet ran out of time; its header is quoted below.".into(),
        12 => "An error: a packet's header made no sense; it is quoted below.".into(),
        _ => format!("Message type {}.", f.value),
    });
    CODE: "icmp.code", "Code", "Code", "RFC 792", With(|f| if f.value.contains('(') {
        format!("More exactly: {}.", f.value)
    } else {
        format!("Code {}: there is nothing more to say about this type.", f.value)
    });
    CHECKSUM: "icmp.checksum" Hex4, "Checksum", "Checksum", "RFC 792, RFC 1071", With(|f| if f.value == "correct" {
        "The sum over the whole message is right.".into()
    } else {
        format!("The sum over the whole message should be {}, so the receiver drops it.", checksum::should(f))
    });
    IDENT: "icmp.ident", "Identifier", "Identifier", "RFC 792", Text("All echoes of one run of ping carry {}.");
    SEQUENCE: "icmp.seq", "Sequence number", "Sequence", "RFC 792", Text("This is echo number {} of its run.");
    UNUSED: "icmp.unused", "Unused", "Unused", "RFC 792", Text("Nothing stands here in this message.");
    QUOTE_LENGTH: "icmp.length", "Length of the quote", "Quote len.", "RFC 4884 4", Text("Of the packet that failed {} are quoted; more may follow.");
    MTU: "icmp.mtu", "Next-hop MTU", "MTU", "RFC 1191 4", Text("The next link takes packets of up to {}; the sender should send no larger ones.");
    POINTER: "icmp.pointer", "Pointer", "Pointer", "RFC 792", Text("The octet number {} of the quoted packet made no sense.");
    GATEWAY: "icmp.redir_gw" Ipv4, "Gateway address", "Gateway", "RFC 792", Text("The shorter way leads through {}.");
    REST: "", "Rest of header", "Rest", "RFC 792", Text("What these 4 bytes mean depends on the type, which is not explained here.");
    QUOTED_IP: "", "Quoted IP header", "Quoted IP", "RFC 792", Text("The header of the packet that failed: {}.");
    QUOTED_ICMP: "", "Quoted ICMP header", "Quoted ICMP", "RFC 792", Text("The failed packet was an ICMP message itself: {}.");
    QUOTED_UDP: "", "Quoted UDP header", "Quoted UDP", "RFC 792", Text("The failed packet's datagram: {}.");
    QUOTED_TCP: "", "Quoted TCP header", "Quoted TCP", "RFC 792", Text("The failed packet's segment: {}.");
}

const KIND: Kind = Kind { name: "icmp", osi: 3, rfc: "RFC 792" };
/// Type, code, checksum, and four octets that depend on the type.
const HEADER: usize = 8;

/// How many packets within the quoted packet are looked into: an error about an error, a tunnel.
const MAX_QUOTED: usize = 3;

/// What type and code together say.
fn words(kind: u64, code: u64) -> &'static str {
    match (kind, code) {
        (0, _) => "echo reply",
        (8, _) => "echo request",
        (3, 0) => "network unreachable",
        (3, 1) => "host unreachable",
        (3, 2) => "protocol unreachable",
        (3, 3) => "port unreachable",
        (3, 4) => "fragmentation needed, but not allowed",
        (3, 13) => "forbidden by a filter",
        (3, _) => "destination unreachable",
        (4, _) => "source quench",
        (5, _) => "redirect",
        (11, 0) => "time to live ran out on the way",
        (11, 1) => "fragments did not all come in time",
        (11, _) => "time exceeded",
        (12, _) => "parameter problem",
        _ => "other message",
    }
}

/// Dissects one message.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>) {
    if place.len() < HEADER {
        data::dissect(walk, place, &data::OTHER, 3);
        walk.note(NoteKind::Malformed, place, "There is no whole ICMP header here.");
        return;
    }
    let (kind, code) = (place.number(0, 1), place.number(1, 1));
    let mut fields = Fields::new(place, 8);
    let right = checksum::expected(0, place, 2);
    let sent = head(&mut fields, place, Some(right));
    let rest = place.rest(HEADER);
    let quotes = quotes(kind);
    let own_len = if quotes { HEADER + quote(&mut fields, rest, MAX_QUOTED) } else { HEADER };
    let summary = words(kind, code);
    let own = place.part(0, own_len);
    let what = if quotes { "ICMP error" } else { "ICMP header" };
    let layer = walk.layer(&KIND, own, Words::new(what, own_len, summary), fields.done());
    if quotes && rest.len() >= ipv4::MIN_HEADER && rest.bits(0, 4) != 4 {
        // Of what is no IPv4 header Wireshark names the version alone.
        walk.also(layer, ipv4::version(rest));
    }
    if !checksum::is_right(sent, right) {
        walk.note(NoteKind::Checksum, place.part(2, 4), "The ICMP checksum is wrong.");
    }
    let spec = match kind {
        0 | 8 => &data::ECHO,
        _ if quotes => &data::QUOTED,
        _ => &data::OTHER,
    };
    // Behind a whole quoted packet extensions may follow (RFC 4884).
    let total = if quotes { ipv4::total_len(rest) } else { None };
    let end = total.map_or(place.len(), |total| (HEADER + total).clamp(own_len, place.len()));
    let mut from = own_len;
    if is_echo(kind) || quotes && ends_with_echo(rest, own_len - HEADER) {
        // Most programs put the time into what they send, to tell the delay when it comes back.
        from += time_len(place.part(own_len, end), walk.at);
        data::dissect(walk, place.part(own_len, from), &data::TIME, 3);
    }
    data::dissect(walk, place.part(from, end), spec, 3);
    data::dissect(walk, place.rest(end), &data::OTHER, 3);
}

fn is_echo(kind: u64) -> bool {
    matches!(kind, 0 | 8)
}

/// Whether the last of the `len` octets that were read of a quoted packet are the header of an echo.
fn ends_with_echo(quoted: Place<'_>, len: usize) -> bool {
    let header = quoted.bits(4, 4) as usize * 4;
    quoted.number(9, 1) == 1 && is_echo(quoted.number(header, 1)) && len == header + HEADER
}

/// How many octets at the front of an echo's data are a time: seconds and millionths since 1970,
/// each in four octets of whichever order, within a day of when the packet was seen. Wireshark
/// guesses so, too.
fn time_len(data: Place<'_>, seen: crate::time::SimTime) -> usize {
    const LEN: usize = 8;
    const DAY: u64 = 24 * 60 * 60;
    let is_time = |seconds: u32, millionths: u32| {
        let seen = seen.as_nanos() / 1_000_000_000;
        millionths < 1_000_000 && u64::from(seconds).abs_diff(seen) < DAY
    };
    let (seconds, millionths) = (data.number(0, 4) as u32, data.number(4, 4) as u32);
    let there = data.len() >= LEN
        && (is_time(seconds, millionths) || is_time(seconds.swap_bytes(), millionths.swap_bytes()));
    if there { LEN } else { 0 }
}

/// Whether a message of this type quotes a packet.
fn quotes(kind: u64) -> bool {
    matches!(kind, 3 | 4 | 5 | 11 | 12)
}

/// Adds the header's fields; answers the checksum, which should be `right` if that can be told.
fn head(fields: &mut Fields<'_>, place: Place<'_>, right: Option<u16>) -> u64 {
    let (kind, code) = (place.number(0, 1), place.number(1, 1));
    fields.with(&TYPE, 0, 1, |number| format!("{} ({number})", words(kind, u64::MAX)));
    fields.with(&CODE, 1, 1, |number| match kind {
        3 | 11 => format!("{} ({number})", words(kind, code)),
        _ => number.to_string(),
    });
    let sent = fields.with(&CHECKSUM, 2, 2, |sent| match right {
        Some(right) => checksum::verdict(sent, right),
        None => "not checked".into(),
    });
    match kind {
        0 | 8 => {
            fields.count(&IDENT, 4, 2);
            fields.count(&SEQUENCE, 6, 2);
        }
        3 if code == 4 => {
            fields.blob(&UNUSED, 4, 2);
            fields.with(&MTU, 6, 2, text::bytes);
        }
        3 | 11 | 12 => {
            // RFC 4884 section 4: what was the second of these octets counts the quote's words.
            let counts = place.number(5, 1) > 0;
            match (kind, counts) {
                (12, _) => {
                    fields.plain(&POINTER, 4, 1);
                }
                (_, true) => fields.blob(&UNUSED, 4, 1),
                (_, false) => fields.blob(&UNUSED, 4, 4),
            }
            if counts {
                fields.with(&QUOTE_LENGTH, 5, 1, |words| text::bytes(words * 4));
                fields.blob(&UNUSED, 6, 2);
            } else if kind == 12 {
                fields.blob(&UNUSED, 5, 3);
            }
        }
        5 => fields.ipv4(&GATEWAY, 4),
        _ => fields.blob(&REST, 4, 4),
    }
    sent
}

/// The fields of a message that another one quotes, perhaps not whole, and how many octets they take.
fn quoted(place: Place<'_>, deep: usize) -> (Vec<Field>, usize) {
    let mut fields = Fields::new(place, 8);
    if place.len() < HEADER {
        // As in Wireshark, which looks for the quote's length first.
        if place.len() < 6 {
            return (fields.done(), 0);
        }
        fields.plain(&TYPE, 0, 1);
        fields.plain(&CODE, 1, 1);
        fields.hex(&CHECKSUM, 2, 2);
        return (fields.done(), 4);
    }
    head(&mut fields, place, None);
    let more = if quotes(place.number(0, 1)) { quote(&mut fields, place.rest(HEADER), deep) } else { 0 };
    (fields.done(), HEADER + more)
}

/// Adds the quoted headers as fields; answers how many octets they take. A quote may be cut off
/// anywhere behind the IP header and eight more octets (RFC 792).
fn quote(fields: &mut Fields<'_>, quoted: Place<'_>, deep: usize) -> usize {
    let Some(header) = ipv4::header(quoted) else {
        if quoted.is_empty() || quoted.bits(0, 4) != 4 {
            return 0;
        }
        let (inner, len) = ipv4::part_of_header(quoted);
        fields.push(&QUOTED_IP, quoted.span(0, len), super::Raw::Octets, "cut off", inner);
        return len;
    };
    let summary = format!("{} to {}", header.ends.src, header.ends.dst);
    let bits = quoted.span(0, header.len);
    fields.push(&QUOTED_IP, bits, super::Raw::Octets, summary, header.fields);
    let transport = quoted.rest(header.len);
    if header.offset == 0 && header.protocol == 1 && deep > 0 {
        let (inner, len) = self::quoted(transport, deep - 1);
        let summary = words(transport.number(0, 1), transport.number(1, 1));
        fields.push(&QUOTED_ICMP, transport.span(0, len), super::Raw::Octets, summary, inner);
        return header.len + len;
    }
    if header.offset == 0 && header.protocol == 4 && deep > 0 {
        return header.len + quote(fields, transport, deep - 1);
    }
    if header.offset > 0 || transport.len() < 8 {
        return header.len;
    }
    let mut quoted_len = 8;
    let (spec, inner): (_, Vec<Field>) = match header.protocol {
        17 => (&QUOTED_UDP, udp::quoted(transport)),
        6 => {
            let (inner, len) = tcp::quoted(transport);
            quoted_len = len;
            (&QUOTED_TCP, inner)
        }
        _ => return header.len,
    };
    let ports = format!("port {} to {}", transport.number(0, 2), transport.number(2, 2));
    fields.push(spec, transport.span(0, quoted_len), super::Raw::Octets, ports, inner);
    header.len + quoted_len
}
