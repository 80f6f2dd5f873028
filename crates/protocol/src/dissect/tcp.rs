//! TCP (RFC 9293): the header. Options and the byte stream have files of their own.

use std::net::SocketAddr;

use super::build::{Fields, Place, specs};
use super::ip::Ends;
use super::model::{Field, NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{checksum, data, stream, tcp_options, text};

specs! {
    SRC: "tcp.srcport", "Source port", "Source", "RFC 9293 3.1", Text("Port {} names the program that sent the segment; answers go there.");
    DST: "tcp.dstport", "Destination port", "Destin.", "RFC 9293 3.1", Text("Port {} names the program on the receiving host that the segment is for.");
    SEQUENCE: "tcp.seq_raw", "Sequence number", "Sequence", "RFC 9293 3.4",
        Text("The first byte of this segment counts as number {}, so that the receiver notices anything missing, repeated or out of order.");
    // Wireshark follows no stream in quoted segments, and so has one name less for their numbers.
    QUOTED_SEQUENCE: "", "Sequence number", "Sequence", "RFC 9293 3.4",
        Text("The first byte of the failed segment counts as number {}.");
    FIRST_SEQUENCE: "tcp.seq_raw", "Sequence number", "Sequence", "RFC 9293 3.4.1",
        Text("This side begins to count at {}, a number nobody can guess; SYN takes it, the first byte of data the next.");
    ACK_NUMBER: "tcp.ack_raw", "Acknowledgment number", "Acknowledges", "RFC 9293 3.4",
        Text("Every byte before number {} has arrived; this one is expected next.");
    NO_ACK_NUMBER: "tcp.ack_raw", "Acknowledgment number", "Acknowledges", "RFC 9293 3.1",
        Text("The ACK flag is not set, so this number, {}, says nothing.");
    OFFSET: "", "Data offset and flags", "Flags", "RFC 9293 3.1", With(|f| format!(
        "The header is {} long; the data begin behind it. Twelve bits of flags say what the segment does.", text::bytes((f.number() >> 12) * 4)));
    HEADER_LEN: "tcp.hdr_len" Fours, "Header length", "Hdr len", "RFC 9293 3.1", Text("The header takes {}, options included.");
    RESERVED: "tcp.flags.res" Bool, "Reserved bits", "Reserved", "RFC 9293 3.1", Text("Kept free for later; must be zero.");
    AE: "tcp.flags.ae", "Accurate ECN", "AE", "RFC 9293 3.1", Text("Part of a newer way to report congestion, here {}.");
    FLAGS: "tcp.flags" Hex4, "Flags", "Flags", "RFC 9293 3.1", With(|f| {
        let set: Vec<_> = f.children.iter().filter(|flag| flag.bits.len == 1 && flag.number() == 1).map(|flag| flag.short).collect();
        match set.as_slice() {
            [] => "No flag is set.".into(),
            [one] => format!("Only {one} is set."),
            [most @ .., last] => format!("{} and {last} are set.", most.join(", ")),
        }
    });
    CWR: "tcp.flags.cwr", "Congestion window reduced", "CWR", "RFC 3168 6.1", With(|f| if f.number() == 1 {
        "The sender heard of the congestion and has slowed down.".into()
    } else {
        "The sender does not report that it slowed down.".into()
    });
    ECE: "tcp.flags.ece", "ECN echo", "ECE", "RFC 3168 6.1", With(|f| if f.number() == 1 {
        "In a SYN: this side understands congestion marks. Later: it saw one, so the other side should slow down.".into()
    } else {
        "No congestion mark is reported back.".into()
    });
    URG: "tcp.flags.urg", "Urgent", "URG", "RFC 9293 3.8.5", With(|f| if f.number() == 1 {
        "Some of the data are urgent; the urgent pointer says where they end.".into()
    } else {
        "The urgent pointer says nothing.".into()
    });
    ACK: "tcp.flags.ack", "Acknowledgment", "ACK", "RFC 9293 3.1", With(|f| if f.number() == 1 {
        "The acknowledgment number counts; it does in every segment after the first.".into()
    } else {
        "The acknowledgment number says nothing yet.".into()
    });
    PSH: "tcp.flags.push", "Push", "PSH", "RFC 9293 3.1", With(|f| if f.number() == 1 {
        "The sender has no more to send now: hand the data to the program at once.".into()
    } else {
        "No hurry: more data may follow.".into()
    });
    RST: "tcp.flags.reset", "Reset", "RST", "RFC 9293 3.5.2", With(|f| if f.number() == 1 {
        "The connection is broken off: forget it, and everything not yet delivered.".into()
    } else {
        "The connection is not broken off.".into()
    });
    SYN: "tcp.flags.syn", "Synchronise", "SYN", "RFC 9293 3.5", With(|f| if f.number() == 1 {
        "Opens the connection: the sequence number tells where this side starts counting.".into()
    } else {
        "Not part of opening the connection.".into()
    });
    FIN: "tcp.flags.fin", "Finish", "FIN", "RFC 9293 3.6", With(|f| if f.number() == 1 {
        "This side has sent everything it will ever send on this connection.".into()
    } else {
        "This side may send more.".into()
    });
    WINDOW: "tcp.window_size_value", "Window", "Window", "RFC 9293 3.1", With(|f| if f.number() == 0 {
        "The receiver's buffer is full: the other side must stop sending.".into()
    } else {
        format!("The sender of this segment has room for {} more bytes, times the window scale if one was agreed.", f.value)
    });
    CHECKSUM: "tcp.checksum" Hex4, "Checksum", "Checksum", "RFC 9293 3.1, RFC 1071", With(|f| match &*f.value {
        "correct" => "The sum over addresses, header and data is right.".into(),
        "not checked" => "Too little of the segment is here to check it.".into(),
        _ => format!("The sum over addresses, header and data should be {}, so the receiver drops the segment.", checksum::should(f)),
    });
    URGENT: "tcp.urgent_pointer", "Urgent pointer", "Urgent", "RFC 9293 3.8.5", With(|f| if f.number() == 0 {
        "Nothing in this segment is urgent.".into()
    } else {
        format!("Urgent data end {} bytes into the segment, if URG is set.", f.value)
    });
}

const KIND: Kind = Kind { name: "tcp", osi: 4, rfc: "RFC 9293" };
/// A header without options.
const MIN_HEADER: usize = 20;
/// TCP's number in the pseudo-header.
const PROTOCOL: u8 = 6;
/// The eight control bits (RFC 9293 3.1), from the most significant.
static CONTROL: [&super::Spec; 8] = [&CWR, &ECE, &URG, &ACK, &PSH, &RST, &SYN, &FIN];

/// Where a segment's data stand in which stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// The sending end.
    pub from: SocketAddr,
    /// The receiving end.
    pub to: SocketAddr,
    /// The sequence number.
    pub sequence: u32,
    /// Whether SYN is set: it takes one sequence number.
    pub syn: bool,
}

/// The fields of a header that an ICMP error quotes, and how many octets they take: the whole
/// header where it is there, else the eight octets that are quoted at least.
pub(super) fn quoted(place: Place<'_>) -> (Vec<Field>, usize) {
    let len = header_len(place);
    let own = place.part(0, len.unwrap_or(8));
    let mut fields = Fields::new(own, 10);
    fields.plain(&SRC, 0, 2);
    fields.plain(&DST, 2, 2);
    fields.count(&QUOTED_SEQUENCE, 4, 4);
    if len.is_some() {
        fields.count(&ACK_NUMBER, 8, 4);
        flags_to_urgent(&mut fields, own, None);
        tcp_options::dissect(&mut fields, own);
    }
    (fields.done(), own.len())
}

/// The header's length if a whole header is there.
fn header_len(place: Place<'_>) -> Option<usize> {
    let len = place.bits(96, 4) as usize * 4;
    (place.len() >= MIN_HEADER && len >= MIN_HEADER && place.len() >= len).then_some(len)
}

/// Reads of a segment only what its stream needs: where it stands, and its data.
pub(super) fn segment<'p>(place: Place<'p>, ends: Ends) -> Option<(Segment, Place<'p>)> {
    let len = header_len(place)?;
    let segment = Segment {
        from: SocketAddr::new(ends.src, place.number(0, 2) as u16),
        to: SocketAddr::new(ends.dst, place.number(2, 2) as u16),
        sequence: place.number(4, 4) as u32,
        syn: place.bits(110, 1) == 1,
    };
    Some((segment, place.rest(len)))
}

/// Dissects one segment.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>, ends: Ends) {
    let Some((segment, payload)) = segment(place, ends) else {
        data::dissect(walk, place, &data::OTHER, 4);
        walk.note(NoteKind::Malformed, place, "There is no whole TCP header here.");
        return;
    };
    let own = place.part(0, place.len() - payload.len());
    let mut fields = Fields::new(own, 10);
    fields.plain(&SRC, 0, 2);
    fields.plain(&DST, 2, 2);
    fields.count(if segment.syn { &FIRST_SEQUENCE } else { &SEQUENCE }, 4, 4);
    fields.count(if own.bits(107, 1) == 1 { &ACK_NUMBER } else { &NO_ACK_NUMBER }, 8, 4);
    let flags = own.number(13, 1) as u8;
    // What a capture cut off cannot be summed.
    let right = (!walk.is_cut(place))
        .then(|| checksum::expected(checksum::pseudo_header(ends, PROTOCOL, place.len()), place, 16));
    let sent = flags_to_urgent(&mut fields, own, right);
    let odd_options = tcp_options::dissect(&mut fields, own);
    let words = walk.say(|| Words::new("TCP header", own.len(), summary(&segment, flags, payload.len())));
    walk.layer(&KIND, own, words, fields.done());
    if right.is_some_and(|right| !checksum::is_right(sent, right)) {
        walk.note(NoteKind::Checksum, own.part(16, 18), "The TCP checksum is wrong.");
    }
    if let Some(at) = odd_options {
        walk.note(NoteKind::Malformed, own.rest(at), "The TCP options make no sense from here on.");
    }
    stream::dissect(walk, segment, payload);
}

/// The octets from the data offset to the urgent pointer; answers the checksum.
fn flags_to_urgent(fields: &mut Fields<'_>, own: Place<'_>, right: Option<u16>) -> u64 {
    let flags = own.bits(100, 12);
    let set = (flags & 0xff).count_ones();
    let len = own.bits(96, 4) * 4;
    fields.group(&OFFSET, 12, 2, format!("{len} B, {set} set"), |inner| {
        inner.bits(&HEADER_LEN, 96, 4, |words| text::bytes(words * 4));
        let mut bits = Fields::new(own, 10);
        bits.bits(&RESERVED, 100, 3, |number| if number == 0 { "zero" } else { "not zero" });
        bits.flag(&AE, 103);
        for (index, spec) in CONTROL.into_iter().enumerate() {
            bits.flag(spec, 104 + index);
        }
        let range = super::BitRange { start: own.range().start + 100, len: 12 };
        inner.push(&FLAGS, range, super::Raw::Number(flags), format!("{set} set"), bits.done());
    });
    fields.count(&WINDOW, 14, 2);
    let sent = fields.with(&CHECKSUM, 16, 2, |sent| match right {
        Some(right) => checksum::verdict(sent, right),
        None => "not checked".into(),
    });
    fields.count(&URGENT, 18, 2);
    sent
}

/// "port 49152 to 8554, SYN, ACK, 132 bytes of data".
fn summary(segment: &Segment, flags: u8, data: usize) -> String {
    let mut text = format!("port {} to {}", segment.from.port(), segment.to.port());
    for (index, spec) in CONTROL.into_iter().enumerate() {
        if flags << index & 0x80 != 0 {
            text.push_str(", ");
            text.push_str(spec.short);
        }
    }
    if data > 0 {
        text.push_str(", ");
        text.push_str(&text::bytes(data as u64));
        text.push_str(" of data");
    }
    text
}
