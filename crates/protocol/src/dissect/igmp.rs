//! IGMP version 2 (RFC 2236), version 1 (RFC 1112 appendix I) and the reports of version 3 (RFC
//! 3376): who is in which group.

use std::net::Ipv4Addr;

use super::build::{Fields, Place, specs};
use super::checksum;
use super::model::{Field, NoteKind, Raw, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{data, ipv4};

specs! {
    TYPE: "igmp.type" Hex2, "Type", "Type", "RFC 2236 2.1", With(|f| match f.number() {
        0x11 => "A query of the router: who on this network is in a group?".into(),
        0x12 => "A report in the way of version 1: the sender is in the group.".into(),
        0x16 => "A report: the sender is in the group, so the router sends the group's packets here.".into(),
        0x17 => "The sender leaves the group; the router asks whether anybody is left.".into(),
        0x22 => "A report in the way of version 3: what the sender wants of several groups.".into(),
        _ => format!("Message type {}.", f.value),
    });
    MAX_RESPONSE: "igmp.max_resp", "Maximum response time", "Max resp.", "RFC 2236 2.2", With(|f| match f.number() {
        0 => "Zero: only a query names a time.".into(),
        tenths => format!(
            "Each member waits a random time of up to {} before it answers, and does not if another has.",
            seconds(tenths)),
    });
    RESERVED: "igmp.reserved", "Unused", "Unused", "RFC 1112 App. I", Text("Version 1 uses this byte for nothing.");
    CHECKSUM: "igmp.checksum" Hex4, "Checksum", "Checksum", "RFC 2236 2.3, RFC 1071", With(|f| if f.value == "correct" {
        "The sum over the whole message is right.".into()
    } else {
        format!("The sum over the whole message should be {}, so the receiver drops it.", checksum::should(f))
    });
    GROUP: "igmp.maddr" Ipv4, "Group address", "Group", "RFC 2236 2.4", With(|f| match Ipv4Addr::from(f.number() as u32) {
        Ipv4Addr::UNSPECIFIED => "No group: all are asked about.".into(),
        group => format!("The message is about the group {group}{}.", ipv4::group_words(group)),
    });
    OTHER_GROUP: "", "Group address", "Group", "RFC 2236 2.4", Text("Where messages of known types have their group's address: {}.");
    RECORDS: "igmp.num_grp_recs", "Number of records", "Records", "RFC 3376 4.2.3", Text("{} groups are told of.");
    RECORD: "", "Group record", "Record", "RFC 3376 4.2.4", Text("What the sender wants of the group {}.");
    RECORD_TYPE: "igmp.record_type", "Record type", "Type", "RFC 3376 4.2.12", With(record_type);
    AUX_LEN: "igmp.aux_data_len", "Auxiliary data length", "Aux len", "RFC 3376 4.2.6", Text("{} words of data that nobody uses.");
    SOURCES: "igmp.num_src", "Number of sources", "Sources", "RFC 3376 4.2.7", Text("{} sources are listed.");
    SOURCE: "igmp.saddr" Ipv4, "Source address", "Source", "RFC 3376 4.2.9", Text("Packets that {} sends to the group are meant.");
    REST: "", "Rest of message", "Rest", "RFC 2236 2.5", Text("{} that version 2 passes over.");
}

/// What a record of a report says; those of MLD are numbered alike (RFC 3376 section 4.2.12,
/// RFC 3810 section 5.2.12).
pub(super) fn record_type(field: &Field) -> String {
    match field.number() {
        1 => "The sender listens to the sources listed.".into(),
        2 => "The sender listens to all sources but those listed.".into(),
        3 => "From now on the sender listens to the sources listed alone; to none if there are none.".into(),
        4 => "From now on the sender listens to all sources but those listed.".into(),
        5 => "The sender listens to these sources, too.".into(),
        6 => "The sender listens to these sources no more.".into(),
        _ => format!("Type {} is not explained here.", field.value),
    }
}

const KIND: Kind = Kind { name: "igmp", osi: 3, rfc: "RFC 2236" };
/// Type, maximum response time, checksum, group.
const MESSAGE: usize = 8;

fn seconds(tenths: u64) -> String {
    format!("{}.{} s", tenths / 10, tenths % 10)
}

/// What kind of message it is.
fn words(kind: u64, group: Ipv4Addr) -> String {
    match kind {
        0x11 if group.is_unspecified() => "membership query about all groups".into(),
        0x11 => format!("membership query about {group}"),
        0x12 => format!("version 1 membership report for {group}"),
        0x16 => format!("membership report for {group}"),
        0x17 => format!("leave group {group}"),
        0x22 => "version 3 membership report".into(),
        _ => "other message".into(),
    }
}

/// How many records of one report are shown.
pub const MAX_RECORDS: usize = 64;

/// The records of a report of version 3 (RFC 3376 4.2).
fn records(fields: &mut Fields<'_>, place: Place<'_>) {
    const FIXED: usize = 8;
    fields.blob(&RESERVED, 4, 2);
    let count = fields.plain(&RECORDS, 6, 2) as usize;
    let mut at = MESSAGE;
    for _ in 0..count.min(MAX_RECORDS) {
        let (aux, sources) = (place.number(at + 1, 1) as usize * 4, place.number(at + 2, 2) as usize);
        if at + FIXED > place.len() {
            break;
        }
        // Of a record that is cut short, what is there.
        let len = (FIXED + sources * 4 + aux).min(place.len() - at);
        let whole = sources.min((len - FIXED) / 4);
        let group = Ipv4Addr::from(place.number(at + 4, 4) as u32).to_string();
        fields.bundle(&RECORD, at, len, group, |inner| {
            inner.plain(&RECORD_TYPE, at, 1);
            inner.plain(&AUX_LEN, at + 1, 1);
            inner.plain(&SOURCES, at + 2, 2);
            inner.ipv4(&GROUP, at + 4);
            for source in 0..whole {
                inner.ipv4(&SOURCE, at + FIXED + source * 4);
            }
            let read = FIXED + whole * 4;
            inner.blob(&REST, at + read, len - read);
        });
        at += len;
    }
    if at < place.len() {
        fields.blob(&REST, at, place.len() - at);
    }
}

/// The time that a query gives; version 3 can name long ones by a mantissa and an exponent (RFC
/// 3376 4.1.1).
fn max_response(fields: &mut Fields<'_>, place: Place<'_>) {
    let code = place.number(1, 1);
    let is_three = place.number(0, 1) == 0x11 && place.len() >= MESSAGE + 4;
    let tenths = match code {
        128.. if is_three => (code & 0x0f | 0x10) << ((code >> 4 & 7) + 3),
        _ => code,
    };
    fields.push(&MAX_RESPONSE, place.span(1, 1), Raw::Number(tenths), seconds(tenths), Vec::new());
}

/// Dissects one message.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>) {
    if place.len() < MESSAGE {
        data::dissect(walk, place, &data::OTHER, 3);
        walk.note(NoteKind::Malformed, place, "There is no whole IGMP message here.");
        return;
    }
    let kind = place.number(0, 1);
    let group = Ipv4Addr::from(place.number(4, 4) as u32);
    let mut fields = Fields::new(place, 4);
    fields.with(&TYPE, 0, 1, |number| match number {
        0x11 => "membership query (0x11)".into(),
        0x12 => "version 1 membership report (0x12)".into(),
        0x16 => "membership report (0x16)".into(),
        0x17 => "leave group (0x17)".into(),
        0x22 => "version 3 membership report (0x22)".into(),
        number => format!("{number:#04x}"),
    });
    // A query without a response time is one of version 1.
    if kind == 0x22 || kind == 0x12 || (kind == 0x11 && place.number(1, 1) == 0) {
        fields.blob(&RESERVED, 1, 1);
    } else {
        max_response(&mut fields, place);
    }
    let right = checksum::expected(0, place, 2);
    let sent = fields.with(&CHECKSUM, 2, 2, |sent| checksum::verdict(sent, right));
    if kind == 0x22 {
        records(&mut fields, place);
    } else {
        let known = matches!(kind, 0x11 | 0x12 | 0x16 | 0x17);
        fields.ipv4(if known { &GROUP } else { &OTHER_GROUP }, 4);
        if place.len() > MESSAGE {
            fields.blob(&REST, MESSAGE, place.len() - MESSAGE);
        }
    }
    let summary = words(kind, group);
    walk.layer(&KIND, place, Words::new("IGMP message", place.len(), summary), fields.done());
    if !checksum::is_right(sent, right) {
        walk.note(NoteKind::Checksum, place.part(2, 4), "The IGMP checksum is wrong.");
    }
}
