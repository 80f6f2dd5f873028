//! RTCP (RFC 3550 6): compound packets of reports, descriptions and goodbyes.

use super::build::{Fields, Place, specs};
use super::model::{NoteKind, Raw, Say::Text, Say::With};
use super::walk::{Kind, MAX_LAYERS, Walk, Words};
use super::{data, ntp_date, rtcp_more, text};

specs! {
    FIRST: "", "Version and count", "Vers.", "RFC 3550 6.4.1", With(|f| format!("Version {}, and a count of {}.", f.number() >> 6, f.number() & 31));
    VERSION: "rtcp.version", "Version", "Version", "RFC 3550 6.4.1", Text("The packet follows version {} of RTP.");
    PADDING: "rtcp.padding", "Padding", "Padding", "RFC 3550 6.4.1", With(|f| if f.number() == 1 {
        "The packet ends with filling; its last byte says how much.".into()
    } else {
        "No filling at the end.".into()
    });
    REPORTS: "rtcp.rc", "Reception report count", "Reports", "RFC 3550 6.4.1", With(|f| format!(
        "{} on how well this side receives others.", text::count(f.number(), "block follows that reports", "blocks follow that report")));
    SOURCES: "rtcp.sc", "Source count", "Sources", "RFC 3550 6.5, 6.6", With(|f| format!("The packet speaks of {}.", text::count(f.number(), "source", "sources")));
    SUBTYPE: "rtcp.app.subtype", "Subtype", "Subtype", "RFC 3550 6.7", Text("Subtype {}: its meaning is the application's own.");
    ITEM_COUNT: "", "Count", "Count", "RFC 3550 6.4.1", Text("{}: what it counts depends on the packet type.");
    TYPE: "rtcp.pt", "Packet type", "Type", "RFC 3550 12.1", With(|f| match f.number() {
        200 => "A sender report: what was sent so far, and when on which clock.".into(),
        201 => "A receiver report: how well the media arrived.".into(),
        202 => "A source description: who is behind the SSRC.".into(),
        203 => "A goodbye: the source leaves the session.".into(),
        204 => "A packet whose meaning is the application's own.".into(),
        205 => "Feedback on the transport: which packets are missing, or came when.".into(),
        206 => "Feedback on the payload: what the decoder needs.".into(),
        207 => "An extended report: more on how well the media arrived.".into(),
        number => format!("Packet type {number}, which is not taken apart here."),
    });
    OTHER_TYPE: "", "Packet type", "Type", "RFC 3550 12.1", Text("A type that is not explained here: {}.");
    OTHER_LENGTH: "", "Length", "Length", "RFC 3550 6.4.1", Text("The packet takes {}.");
    LENGTH: "rtcp.length", "Length", "Length", "RFC 3550 6.4.1", With(|f| format!(
        "The packet takes {}; the field counts words of 4 bytes, less one.", text::bytes((f.number() + 1) * 4)));
    SENDER: "rtcp.senderssrc" Hex8, "Sender SSRC", "SSRC", "RFC 3550 6.4.1", Text("The source {} speaks here.");
    NTP: "rtcp.timestamp.ntp" Ntp, "NTP timestamp", "NTP time", "RFC 3550 6.4.1, 4", Text("The report left at {} by the sender's clock.");
    NTP_SECONDS: "rtcp.timestamp.ntp.msw", "Seconds", "Seconds", "RFC 3550 4", Text("{} seconds since 1900 began.");
    NTP_FRACTION: "rtcp.timestamp.ntp.lsw", "Fraction", "Fraction", "RFC 3550 4", With(|f| format!(
        "{} milliseconds of the next second.", (f.number() * 1000) >> 32));
    RTP_TIME: "rtcp.timestamp.rtp", "RTP timestamp", "RTP time", "RFC 3550 6.4.1", Text("The same moment on the media clock of the RTP packets: {} ticks.");
    PACKETS: "rtcp.sender.packetcount", "Sender's packet count", "Packets", "RFC 3550 6.4.1", Text("This source has sent {} RTP packets so far.");
    OCTETS: "rtcp.sender.octetcount", "Sender's octet count", "Bytes", "RFC 3550 6.4.1", Text("They carried {} bytes of media, headers not counted.");
    BLOCK: "", "Report block", "Report", "RFC 3550 6.4.1", Text("How well source {} is received.");
    ABOUT: "rtcp.ssrc.identifier" Hex8, "Source", "SSRC", "RFC 3550 6.4.1", Text("What follows is about the source {}.");
    FRACTION: "rtcp.ssrc.fraction", "Fraction lost", "Lost", "RFC 3550 6.4.1, A.3", With(|f| format!(
        "Of the packets since the last report, {} % did not come.", percent(f.number())));
    CUMULATIVE: "rtcp.ssrc.cum_nr" Signed24, "Cumulative packets lost", "Lost in all", "RFC 3550 6.4.1, A.3", With(|f| if f.number() >> 23 == 1 {
        "More packets came than were expected: some were doubled on the way.".into()
    } else {
        format!("{} packets did not come since the beginning.", f.value)
    });
    HIGHEST: "rtcp.ssrc.ext_high", "Extended highest sequence number", "Highest seq", "RFC 3550 6.4.1, A.1", With(|f| format!(
        "The highest sequence number seen is {}, after {} of the 16-bit counter.", text::thousands(f.number() & 0xffff), text::count(f.number() >> 16, "turn", "turns")));
    CYCLES: "rtcp.ssrc.high_cycles", "Cycles", "Cycles", "RFC 3550 A.1", With(|f| format!("The 16-bit sequence number began anew {}.", text::count(f.number(), "time", "times")));
    HIGH_SEQUENCE: "rtcp.ssrc.high_seq", "Highest sequence number", "Highest", "RFC 3550 A.1", Text("The highest sequence number seen in this turn is {}.");
    JITTER: "rtcp.ssrc.jitter", "Interarrival jitter", "Jitter", "RFC 3550 6.4.1, A.8", Text("Packets come unevenly by about {} ticks of the media clock.");
    LAST_SR: "rtcp.ssrc.lsr", "Last SR timestamp", "Last SR", "RFC 3550 6.4.1", With(|f| if f.number() == 0 {
        "No sender report has come yet.".into()
    } else {
        "The middle of the NTP time of the last sender report, so that its sender can measure the way there and back.".into()
    });
    DELAY: "rtcp.ssrc.dlsr", "Delay since last SR", "Since SR", "RFC 3550 6.4.1", Text("{} passed between that sender report and this block.");
    CHUNK: "", "Description chunk", "Chunk", "RFC 3550 6.5", Text("What there is to say about source {}.");
    ITEM: "", "Description item", "Item", "RFC 3550 6.5", Text("One thing to know about the source: {}.");
    ITEM_TYPE: "rtcp.sdes.type", "Item type", "Type", "RFC 3550 6.5", With(|f| match f.number() {
        0 => "The end of this source's items.".into(),
        1 => "A canonical name: it stays the same when the SSRC changes.".into(),
        _ => format!("The item is: {}.", f.value),
    });
    ITEM_LEN: "rtcp.sdes.length", "Text length", "Length", "RFC 3550 6.5", Text("The text has {}.");
    PREFIX_LEN: "rtcp.sdes.prefix.length", "Prefix length", "Prefix len.", "RFC 3550 6.5.8", Text("The prefix has {}.");
    PREFIX: "rtcp.sdes.prefix.string" Text, "Prefix", "Prefix", "RFC 3550 6.5.8", Text("The application calls its item {}.");
    ITEM_TEXT: "rtcp.sdes.text" Text, "Text", "Text", "RFC 3550 6.5", Text("The text: {}.");
    FILLING: "", "Filling", "Filling", "RFC 3550 6.5", Text("{} up to the next multiple of 4 bytes.");
    LEAVING: "rtcp.ssrc.identifier" Hex8, "Leaving source", "SSRC", "RFC 3550 6.6", Text("The source {} leaves; its packets end here.");
    APP_SOURCE: "rtcp.ssrc.identifier" Hex8, "Source", "SSRC", "RFC 3550 6.7", Text("The source {} speaks here.");
    APP_NAME: "rtcp.app.name" Text, "Name", "Name", "RFC 3550 6.7", Text("The application calls its packet {}.");
    OPAQUE: "", "Content", "Content", "RFC 3550 6", Text("{} that are not taken apart here.");
    EXTENSION: "rtcp.profile-specific-extension", "Profile-specific extension", "Extension", "RFC 3550 6.4.3", Text("{} that a profile adds to the report.");
    PAD_DATA: "rtcp.padding.data", "Padding data", "Padding", "RFC 3550 6.4.1", Text("{} of filling.");
    PAD_COUNT: "rtcp.padding.count", "Padding count", "Pad count", "RFC 3550 6.4.1", Text("The last {} bytes of the packet, this one included, are filling.");
}

const KIND: Kind = Kind { name: "rtcp", osi: 7, rfc: "RFC 3550" };
/// The octets that every packet begins with: version and count, type, length.
pub(super) const HEADER: usize = 4;
/// A sender's information (RFC 3550 6.4.1).
const SENDER_INFO: usize = 20;
/// One report block.
const BLOCK_LEN: usize = 24;

/// A fraction of 256 in per cent, with one decimal.
pub(super) fn percent(fraction: u64) -> String {
    let tenths = (fraction * 1000 + 128) / 256;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn type_name(number: u64) -> &'static str {
    match number {
        200 => "sender report",
        201 => "receiver report",
        202 => "source description",
        203 => "goodbye",
        204 => "application packet",
        205 => "transport feedback",
        206 => "payload feedback",
        207 => "extended report",
        _ => "unknown packet",
    }
}

/// The numbers that packets of RTCP have (RFC 3550 12.1, RFC 5761 4): others are no RTCP.
const TYPES: std::ops::RangeInclusive<u64> = 192..=210;

/// Dissects one compound packet (RFC 3550 6.1): one layer for each packet in it.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>) {
    let mut at = 0;
    while at < place.len() {
        let rest = place.rest(at);
        let len = (rest.number(2, 2) as usize + 1) * 4;
        let known = TYPES.contains(&rest.number(1, 1));
        // Of a packet that the capture cut off, what is there is read.
        let lacks = len > rest.len() && !(at > 0 && walk.is_cut(rest));
        if rest.len() < HEADER || rest.bits(0, 2) != 2 || lacks || !known {
            data::dissect(walk, rest, &data::OTHER, 7);
            walk.note(
                NoteKind::Malformed,
                rest,
                "There is no whole RTCP packet of version 2 and a known type here.",
            );
            return;
        }
        if walk.out.layers.len() >= MAX_LAYERS {
            data::dissect(walk, rest, &data::OTHER, 7);
            walk.note(NoteKind::Limit, rest, "The compound packet goes on, but no more of it is shown.");
            return;
        }
        let own = rest.part(0, len);
        let kind = own.number(1, 1);
        packet(walk, own, kind, len);
        if at == 0 && !(200..=201).contains(&kind) {
            walk.note(
                NoteKind::Deviation,
                own.part(1, 2),
                "A compound packet must begin with a sender or receiver report (RFC 3550 6.1).",
            );
        }
        at += len;
    }
}

/// Dissects one packet, which says that it has `len` octets.
fn packet(walk: &mut Walk<'_>, own: Place<'_>, kind: u64, len: usize) {
    let padded = own.bits(2, 1) == 1 && own.len() == len;
    let count = own.bits(3, 5) as usize;
    let counted = match kind {
        192 | 193 | 200 | 201 => &REPORTS,
        202 | 203 => &SOURCES,
        204 => &SUBTYPE,
        205 => &rtcp_more::TRANSPORT_FORMAT,
        206 => &rtcp_more::PAYLOAD_FORMAT,
        _ => &ITEM_COUNT,
    };
    // Old types that Wireshark knows as such and reads no further.
    let named = !(194..=199).contains(&kind);
    let mut fields = Fields::new(own, 10);
    fields.group(&FIRST, 0, 1, format!("2, {count}"), |inner| {
        inner.bits(&VERSION, 0, 2, |number| number.to_string());
        inner.flag(&PADDING, 2);
        inner.bits(counted, 3, 5, |number| number.to_string());
    });
    let (of_type, of_length) = if named { (&TYPE, &LENGTH) } else { (&OTHER_TYPE, &OTHER_LENGTH) };
    fields.with(of_type, 1, 1, |number| format!("{} ({number})", type_name(number)));
    fields.with(of_length, 2, 2, |words| text::bytes((words + 1) * 4));
    let padding = if padded { own.number(own.len() - 1, 1) as usize } else { 0 };
    let odd_padding = padded && (padding == 0 || padding > own.len() - HEADER);
    let end = own.len() - if odd_padding { 0 } else { padding };
    let reached = match kind {
        200 => reports(&mut fields, end, HEADER + 4 + SENDER_INFO, count, true),
        201 => reports(&mut fields, end, HEADER + 4, count, false),
        202 => chunks(&mut fields, end, count),
        203 => goodbye(&mut fields, end, count),
        204 if end >= HEADER + 8 => {
            fields.hex(&APP_SOURCE, HEADER, 4);
            fields.text(&APP_NAME, HEADER + 4, 4);
            HEADER + 8
        }
        205 | 206 => rtcp_more::feedback(&mut fields, end, (kind, count)),
        207 => rtcp_more::extended(&mut fields, end),
        _ => HEADER,
    };
    let mut short = None;
    if kind == 200 && reached < HEADER + 4 + SENDER_INFO {
        short = Some(reached);
    }
    if reached < end {
        // What lies behind the last report block is a profile's extension (RFC 3550 6.4.3); what
        // lies elsewhere could not be read.
        let spec = if matches!(kind, 200 | 201) && reached > HEADER && short.is_none() {
            &EXTENSION
        } else {
            &OPAQUE
        };
        fields.blob(spec, reached, end - reached);
        let unread = matches!(kind, 202 | 203) || reached == HEADER && kind < 204;
        short = short.or(unread.then_some(reached));
    }
    if end < own.len() {
        if padding > 1 {
            fields.blob(&PAD_DATA, end, padding - 1);
        }
        fields.plain(&PAD_COUNT, own.len() - 1, 1);
    }
    let words = Words::new(&format!("RTCP {}", type_name(kind)), own.len(), summary(own, kind, end));
    walk.layer(&KIND, own, words, fields.done());
    if let Some(at) = short {
        walk.note(NoteKind::Malformed, own.rest(at), "The RTCP packet does not hold what it says.");
    }
    if odd_padding {
        walk.note(NoteKind::Malformed, own.rest(own.len() - 1), "The padding count makes no sense.");
    }
}

fn summary(own: Place<'_>, kind: u64, end: usize) -> String {
    match kind {
        200 if end >= HEADER + 4 + SENDER_INFO => {
            format!("{:#010x} sent {}", own.number(4, 4), text::count(own.number(20, 4), "packet", "packets"))
        }
        200 | 201 if end >= HEADER + 4 => format!("from {:#010x}", own.number(4, 4)),
        _ => String::new(),
    }
}

/// A report's SSRC, sender information and blocks; the blocks begin at `blocks`. Answers how far it
/// could be read.
fn reports(fields: &mut Fields<'_>, end: usize, blocks: usize, count: usize, sender: bool) -> usize {
    if end < HEADER + 4 {
        return HEADER;
    }
    fields.hex(&SENDER, HEADER, 4);
    if end < blocks {
        return HEADER + 4;
    }
    if sender {
        ntp(fields, HEADER + 4);
        fields.count(&RTP_TIME, HEADER + 12, 4);
        fields.count(&PACKETS, HEADER + 16, 4);
        fields.count(&OCTETS, HEADER + 20, 4);
    }
    let mut at = blocks;
    for _ in 0..count {
        if at + BLOCK_LEN > end {
            break;
        }
        block(fields, at);
        at += BLOCK_LEN;
    }
    at
}

/// An NTP timestamp of eight octets at `at`.
fn ntp(fields: &mut Fields<'_>, at: usize) {
    let place = fields.place();
    let moment = place.number(at, 8);
    fields.group(&NTP, at, 8, ntp_date::utc(moment), |inner| {
        inner.count(&NTP_SECONDS, at, 4);
        inner.with(&NTP_FRACTION, at + 4, 4, |fraction| format!("{} ms", (fraction * 1000) >> 32));
    });
}

/// One report block at `at` (RFC 3550 6.4.1).
fn block(fields: &mut Fields<'_>, at: usize) {
    let place = fields.place();
    let about = format!("{:#010x}", place.number(at, 4));
    fields.bundle(&BLOCK, at, BLOCK_LEN, about, |inner| {
        inner.hex(&ABOUT, at, 4);
        inner.with(&FRACTION, at + 4, 1, |number| format!("{} %", percent(number)));
        inner.with(&CUMULATIVE, at + 5, 3, |number| {
            // 24 bits, signed: doubled packets make it negative.
            let signed = ((number << 40) as i64) >> 40;
            let sign = if signed < 0 { "-" } else { "" };
            format!("{sign}{}", text::thousands(signed.unsigned_abs()))
        });
        inner.group(&HIGHEST, at + 8, 4, text::thousands(place.number(at + 8, 4)), |parts| {
            parts.count(&CYCLES, at + 8, 2);
            parts.count(&HIGH_SEQUENCE, at + 10, 2);
        });
        inner.count(&JITTER, at + 12, 4);
        inner.with(&LAST_SR, at + 16, 4, |number| {
            if number == 0 { "none yet".into() } else { format!("{number:#010x}") }
        });
        inner.with(&DELAY, at + 20, 4, |number| {
            let millis = number * 1000 / 65_536;
            format!("{}.{:03} s", text::thousands(millis / 1000), millis % 1000)
        });
    });
}

/// The chunks of a source description (RFC 3550 6.5). Answers how far they could be read.
fn chunks(fields: &mut Fields<'_>, end: usize, count: usize) -> usize {
    let place = fields.place();
    let mut at = HEADER;
    for _ in 0..count {
        let Some((items, next)) = chunk_items(place, at, end) else {
            // Of one that is cut behind its source, the source.
            if at + 4 == end {
                fields.hex(&ABOUT, at, 4);
                at = end;
            }
            return at;
        };
        let about = format!("{:#010x}", place.number(at, 4));
        fields.bundle(&CHUNK, at, next - at, about, |inner| {
            inner.hex(&ABOUT, at, 4);
            for item in &items {
                sdes_item(inner, *item);
            }
            let filled = items.last().map_or(at + 4, |item| item.0 + item.1);
            if filled < next {
                inner.with(&ITEM_TYPE, filled, 1, |_| "end (0)");
            }
            if filled + 1 < next {
                inner.blob(&FILLING, filled + 1, next - filled - 1);
            }
        });
        at = next;
    }
    at
}

/// Where the items of the chunk at `at` are (start and length), and where the next chunk begins;
/// `None` when the chunk is not whole.
fn chunk_items(place: Place<'_>, at: usize, end: usize) -> Option<(Vec<(usize, usize)>, usize)> {
    let mut items = Vec::new();
    let mut next = at + 4;
    loop {
        if next >= end {
            return None;
        }
        if place.number(next, 1) == 0 {
            // At least one zero octet, up to the next multiple of four (RFC 3550 6.5).
            let after = (next / 4 + 1) * 4;
            return (after <= end).then_some((items, after));
        }
        let len = 2 + place.number(next + 1, 1) as usize;
        if next + 2 > end || next + len > end {
            return None;
        }
        items.push((next, len));
        next += len;
    }
}

/// One item of a source description.
fn sdes_item(fields: &mut Fields<'_>, (at, len): (usize, usize)) {
    let place = fields.place();
    let name = match place.number(at, 1) {
        1 => "CNAME",
        2 => "NAME",
        3 => "EMAIL",
        4 => "PHONE",
        5 => "LOC",
        6 => "TOOL",
        7 => "NOTE",
        8 => "PRIV",
        _ => "unknown",
    };
    let value = format!("{name}: {}", text::readable(place.part(at + 2, at + len).octets()));
    let children = {
        let mut inner = Fields::new(place, 5);
        inner.with(&ITEM_TYPE, at, 1, |number| format!("{name} ({number})"));
        inner.with(&ITEM_LEN, at + 1, 1, text::bytes);
        // A private item begins with the length of a prefix and the prefix (RFC 3550 6.5.8).
        let prefix = if place.number(at, 1) == 8 && len > 2 { place.number(at + 2, 1) as usize } else { 0 };
        let mut from = at + 2;
        if place.number(at, 1) == 8 && len > 2 && 3 + prefix <= len {
            inner.with(&PREFIX_LEN, from, 1, text::bytes);
            if prefix > 0 {
                inner.text(&PREFIX, from + 1, prefix);
            }
            from += 1 + prefix;
        }
        if from < at + len {
            inner.text(&ITEM_TEXT, from, at + len - from);
        }
        inner.done()
    };
    fields.push(&ITEM, place.span(at, len), Raw::Octets, value, children);
}

/// The sources of a goodbye, and its reason (RFC 3550 6.6). Answers how far it could be read.
fn goodbye(fields: &mut Fields<'_>, end: usize, count: usize) -> usize {
    let mut at = HEADER;
    for _ in 0..count {
        if at + 4 > end {
            return at;
        }
        fields.hex(&LEAVING, at, 4);
        at += 4;
    }
    if at < end {
        let len = fields.place().number(at, 1) as usize;
        if at + 1 + len > end {
            return at;
        }
        fields.with(&ITEM_LEN, at, 1, text::bytes);
        if len > 0 {
            fields.text(&ITEM_TEXT, at + 1, len);
        }
        at += 1 + len;
        if at < end {
            fields.blob(&FILLING, at, end - at);
            at = end;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dissect::Source;

    #[test]
    fn shares_of_256_are_per_cent() {
        assert_eq!((percent(0), percent(12), percent(255)), ("0.0".into(), "4.7".into(), "99.6".into()));
    }

    #[test]
    fn a_goodbye_gives_its_reason() {
        let bytes = [0x81, 203, 0, 3, 1, 2, 3, 4, 6, b'b', b'y', b'e', b' ', b':', b')', 0];
        let mut fields = Fields::new(Place::whole(Source::Frame, &bytes), 4);
        assert_eq!(goodbye(&mut fields, 16, 1), 16);
        let fields = fields.done();
        let reason = fields.iter().find(|field| field.name == Some("rtcp.sdes.text"));
        assert_eq!(reason.map(|field| &*field.value), Some("bye :)"));
    }
}
