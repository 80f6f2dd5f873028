//! Newer kinds of RTCP: feedback (RFC 4585, RFC 5104) and extended reports (RFC 3611).

use super::build::{Fields, specs};
use super::model::{Say::Text, Say::With};
use super::rtcp::{ABOUT, FRACTION, HEADER, SENDER, percent};
use super::{ntp_date, text};

specs! {
    TRANSPORT_FORMAT: "rtcp.rtpfb.fmt", "Feedback format", "Format", "RFC 4585 6.2", With(|f| match f.number() {
        1 => "Packets are missing, and are asked for again.".into(),
        15 => "When each packet came, for the sender's congestion control.".into(),
        number => format!("Format {number}, which is not taken apart here."),
    });
    PAYLOAD_FORMAT: "rtcp.psfb.fmt", "Feedback format", "Format", "RFC 4585 6.3", With(|f| match f.number() {
        1 => "Picture loss: the decoder lacks a part of a picture.".into(),
        4 => "Full intra request: the decoder needs a picture that stands alone.".into(),
        15 => "Feedback of an application.".into(),
        number => format!("Format {number}, which is not taken apart here."),
    });
    MEDIA: "rtcp.mediassrc" Hex8, "Media source", "Media SSRC", "RFC 4585 6.1", Text("It is about the media of source {}.");
    LOST_FIRST: "", "Missing packet", "Missing", "RFC 4585 6.2.1", Text("The packet with sequence number {} did not come.");
    LOST_MORE: "rtcp.rtpfb.nack_blp" Hex4, "Further missing packets", "And more", "RFC 4585 6.2.1", With(|f| format!(
        "Each bit stands for one of the 16 packets after it: {} did not come.", text::count(u64::from(f.number().count_ones()), "of them", "of them")));
    FIR_SOURCE: "rtcp.psfb.fir.fci.ssrc" Hex8, "Asked source", "SSRC", "RFC 5104 4.3.1", Text("Source {} is asked.");
    FIR_NUMBER: "rtcp.psfb.fir.fci.csn", "Command sequence number", "Number", "RFC 5104 4.3.1", Text("Request number {}: with the same number it is the same request again.");
    FIR_RESERVED: "rtcp.psfb.fir.fci.reserved", "Reserved", "Reserved", "RFC 5104 4.3.1", Text("Always zero, here {}.");
    REMB: "rtcp.psfb.remb.identifier" Text, "Identifier", "Identifier", "RFC 4585 6.4", Text("The application's feedback is {}: the receiver's estimate of the bandwidth.");
    REMB_COUNT: "rtcp.psfb.remb.fci.number_ssrcs", "Number of sources", "Sources", "RFC 4585 6.4", Text("The estimate is for {} together.");
    REMB_EXPONENT: "rtcp.psfb.remb.fci.br_exp", "Exponent", "Exponent", "RFC 4585 6.4", Text("The mantissa is doubled {} times.");
    REMB_MANTISSA: "rtcp.psfb.remb.fci.br_mantissa", "Mantissa", "Mantissa", "RFC 4585 6.4", Text("{} bits a second, before doubling.");
    REMB_SOURCE: "rtcp.psfb.remb.fci.ssrc" Hex8, "Source", "SSRC", "RFC 4585 6.4", Text("The estimate is for the media of source {}.");
    BLOCK: "", "Report block", "Block", "RFC 3611 3", Text("A block of an extended report: {}.");
    BLOCK_TYPE: "rtcp.xr.bt", "Block type", "Type", "RFC 3611 3", Text("The block is: {}.");
    SPECIFIC: "rtcp.xr.bs", "Type-specific", "Specific", "RFC 3611 3", Text("What {} means depends on the block's type.");
    UNTHINNED: "", "Reserved", "Reserved", "RFC 3611 4.1", Text("Always zero, here {}.");
    THINNING: "rtcp.xr.tf", "Thinning", "Thinning", "RFC 3611 4.1", With(|f| format!("Every packet counts whose number is a multiple of {}.", 1u64 << (f.number() & 15)));
    FLAGS: "", "Flags", "Flags", "RFC 3611 4.6", Text("Which of the values below were measured: {}.");
    LOSS_FLAG: "rtcp.xr.stats.lrflag", "Loss flag", "Loss", "RFC 3611 4.6", With(|f| measured(f.number(), "Lost packets"));
    DUPLICATE_FLAG: "rtcp.xr.stats.dupflag", "Duplicate flag", "Doubled", "RFC 3611 4.6", With(|f| measured(f.number(), "Doubled packets"));
    JITTER_FLAG: "rtcp.xr.stats.jitterflag", "Jitter flag", "Jitter", "RFC 3611 4.6", With(|f| measured(f.number(), "Jitters"));
    TTL_FLAG: "rtcp.xr.stats.ttl", "TTL or hop limit", "TTL", "RFC 3611 4.6", With(|f| match f.number() {
        0 => "Neither TTL nor hop limit was looked at.".into(),
        1 => "The TTL of IPv4 was looked at.".into(),
        2 => "The hop limit of IPv6 was looked at.".into(),
        _ => "This value has no meaning.".into(),
    });
    RESERVED_BITS: "", "Reserved", "Reserved", "RFC 3611 4.6", Text("Always zero, here {}.");
    BLOCK_LENGTH: "rtcp.xr.bl", "Block length", "Length", "RFC 3611 3", With(|f| format!("{} follow in this block.", text::bytes(f.number() * 4)));
    FROM: "rtcp.xr.beginseq", "First sequence number", "From", "RFC 3611 4.1", Text("The block is about packets from number {} on.");
    TO: "rtcp.xr.endseq", "End sequence number", "To", "RFC 3611 4.1", Text("It is about packets before number {}.");
    CHUNKS: "", "Chunks", "Chunks", "RFC 3611 4.1", Text("{} that say packet by packet what came and what did not.");
    RECEIPT: "rtcp.xr.receipt_time_seq", "Receipt time", "Receipt", "RFC 3611 4.3", Text("A packet came at {} on the clock of the RTP timestamps.");
    REFERENCE: "rtcp.xr.timestamp" Ntp, "NTP timestamp", "NTP time", "RFC 3611 4.4", Text("The report left at {} by the receiver's clock.");
    LAST_RECEIVER: "rtcp.xr.lrr", "Last receiver report", "Last RR", "RFC 3611 4.5", Text("The middle of the NTP time of the last receiver's report: {}.");
    SINCE_RECEIVER: "rtcp.xr.dlrr", "Delay since last receiver report", "Since RR", "RFC 3611 4.5", Text("{} units of 1/65,536 s passed since then.");
    LOST: "rtcp.xr.stats.lost", "Lost packets", "Lost", "RFC 3611 4.6", Text("{} packets did not come.");
    DOUBLED: "rtcp.xr.stats.dups", "Doubled packets", "Doubled", "RFC 3611 4.6", Text("{} packets came more than once.");
    JITTER_LEAST: "rtcp.xr.stats.minjitter", "Least jitter", "Min. jitter", "RFC 3611 4.6", Text("The least jitter was {} ticks.");
    JITTER_MOST: "rtcp.xr.stats.maxjitter", "Greatest jitter", "Max. jitter", "RFC 3611 4.6", Text("The greatest jitter was {} ticks.");
    JITTER_MEAN: "rtcp.xr.stats.meanjitter", "Mean jitter", "Mean jitter", "RFC 3611 4.6", Text("The jitter was {} ticks in the mean.");
    JITTER_SPREAD: "rtcp.xr.stats.devjitter", "Deviation of the jitter", "Deviation", "RFC 3611 4.6", Text("It deviates from that by {} ticks.");
    TTL_LEAST: "rtcp.xr.stats.minttl", "Least TTL", "Min. TTL", "RFC 3611 4.6", Text("The least TTL or hop limit was {}.");
    TTL_MOST: "rtcp.xr.stats.maxttl", "Greatest TTL", "Max. TTL", "RFC 3611 4.6", Text("The greatest TTL or hop limit was {}.");
    TTL_MEAN: "rtcp.xr.stats.meanttl", "Mean TTL", "Mean TTL", "RFC 3611 4.6", Text("It was {} in the mean.");
    TTL_SPREAD: "rtcp.xr.stats.devttl", "Deviation of the TTL", "Deviation", "RFC 3611 4.6", Text("It deviates from that by {}.");
    DISCARDED: "rtcp.ssrc.discarded", "Fraction discarded", "Discarded", "RFC 3611 4.7", With(|f| format!("{} % of the packets came too early or too late to be used.", percent(f.number())));
    REST: "", "Content", "Content", "RFC 3611", Text("{} that are not taken apart here.");
}

/// What every block begins with: type, a type-specific octet, length.
const BLOCK_HEADER: usize = 4;

fn measured(flag: u64, what: &str) -> String {
    format!("{what} {}.", if flag == 1 { "were looked at" } else { "were not looked at" })
}

/// Feedback of type 205 or 206 in this format (RFC 4585 6.1). Answers how far it could be read.
pub(super) fn feedback(fields: &mut Fields<'_>, end: usize, (kind, format): (u64, usize)) -> usize {
    let place = fields.place();
    let mut at = HEADER + 8;
    if end < at {
        return HEADER;
    }
    fields.hex(&SENDER, HEADER, 4);
    fields.hex(&MEDIA, HEADER + 4, 4);
    match (kind, format) {
        (205, 1) => {
            while at + 4 <= end {
                fields.plain(&LOST_FIRST, at, 2);
                fields.with(&LOST_MORE, at + 2, 2, |bits| format!("{bits:#06x}"));
                at += 4;
            }
        }
        (206, 4) => {
            while at + 8 <= end {
                fields.hex(&FIR_SOURCE, at, 4);
                fields.plain(&FIR_NUMBER, at + 4, 1);
                fields.plain(&FIR_RESERVED, at + 5, 3);
                at += 8;
            }
        }
        (206, 15) if at + 8 <= end && place.part(at, at + 4).octets() == b"REMB" => {
            fields.text(&REMB, at, 4);
            let sources = fields.with(&REMB_COUNT, at + 4, 1, |n| text::count(n, "source", "sources"));
            fields.bits(&REMB_EXPONENT, (at + 5) * 8, 6, |number| number.to_string());
            fields.bits(&REMB_MANTISSA, (at + 5) * 8 + 6, 18, text::thousands);
            at += 8;
            for _ in 0..sources {
                if at + 4 > end {
                    break;
                }
                fields.hex(&REMB_SOURCE, at, 4);
                at += 4;
            }
        }
        _ => {}
    }
    at
}

/// An extended report (RFC 3611 2). Answers how far it could be read.
pub(super) fn extended(fields: &mut Fields<'_>, end: usize) -> usize {
    let place = fields.place();
    let mut at = HEADER + 4;
    if end < at {
        return HEADER;
    }
    fields.hex(&SENDER, HEADER, 4);
    while at + BLOCK_HEADER <= end {
        let len = BLOCK_HEADER + 4 * place.number(at + 2, 2) as usize;
        if at + len > end {
            break;
        }
        let name = block_name(place.number(at, 1));
        fields.bundle(&BLOCK, at, len, name, |inner| block(inner, at, at + len));
        at += len;
    }
    at
}

fn block_name(kind: u64) -> &'static str {
    match kind {
        1 => "which packets were lost",
        2 => "which packets came twice",
        3 => "when packets came",
        4 => "the receiver's time",
        5 => "delay since the last receiver report",
        6 => "statistics",
        7 => "metrics of a call",
        _ => "of an unknown kind",
    }
}

/// One block, with its header.
fn block(fields: &mut Fields<'_>, at: usize, end: usize) {
    let kind = fields.with(&BLOCK_TYPE, at, 1, |kind| format!("{} ({kind})", block_name(kind)));
    specific(fields, at + 1, kind);
    fields.with(&BLOCK_LENGTH, at + 2, 2, |words| text::bytes(words * 4));
    let body = at + BLOCK_HEADER;
    let room = end - body;
    let reached = match kind {
        1..=3 if room >= 8 => {
            fields.hex(&ABOUT, body, 4);
            fields.count(&FROM, body + 4, 2);
            fields.count(&TO, body + 6, 2);
            let mut next = body + 8;
            while kind == 3 && next + 4 <= end {
                fields.count(&RECEIPT, next, 4);
                next += 4;
            }
            if kind < 3 && next < end {
                fields.blob(&CHUNKS, next, end - next);
                next = end;
            }
            next
        }
        4 if room >= 8 => {
            let moment = fields.place().number(body, 8);
            fields.with(&REFERENCE, body, 8, |_| ntp_date::utc(moment));
            body + 8
        }
        5 => {
            let mut next = body;
            while next + 12 <= end {
                fields.hex(&ABOUT, next, 4);
                fields.with(&LAST_RECEIVER, next + 4, 4, |number| format!("{number:#010x}"));
                fields.count(&SINCE_RECEIVER, next + 8, 4);
                next += 12;
            }
            next
        }
        6 if room >= 36 => {
            statistics(fields, body);
            body + 36
        }
        7 if room >= 8 => {
            fields.hex(&ABOUT, body, 4);
            fields.with(&FRACTION, body + 4, 1, |number| format!("{} %", percent(number)));
            fields.with(&DISCARDED, body + 5, 1, |number| format!("{} %", percent(number)));
            body + 6
        }
        _ => body,
    };
    if reached < end {
        fields.blob(&REST, reached, end - reached);
    }
}

/// The octet that each type uses in its own way.
fn specific(fields: &mut Fields<'_>, at: usize, kind: u64) {
    let bits = at * 8;
    match kind {
        1..=3 => {
            fields.bits(&UNTHINNED, bits, 4, |number| number.to_string());
            fields.bits(&THINNING, bits + 4, 4, |number| number.to_string());
        }
        6 => {
            let flags = fields.place().number(at, 1);
            fields.group(&FLAGS, at, 1, format!("{flags:#04x}"), |inner| {
                inner.flag(&LOSS_FLAG, bits);
                inner.flag(&DUPLICATE_FLAG, bits + 1);
                inner.flag(&JITTER_FLAG, bits + 2);
                inner.bits(&TTL_FLAG, bits + 3, 2, |number| number.to_string());
                inner.bits(&RESERVED_BITS, bits + 5, 3, |number| number.to_string());
            });
        }
        _ => {
            fields.plain(&SPECIFIC, at, 1);
        }
    }
}

/// The values of a statistics summary (RFC 3611 4.6).
fn statistics(fields: &mut Fields<'_>, at: usize) {
    fields.hex(&ABOUT, at, 4);
    fields.count(&FROM, at + 4, 2);
    fields.count(&TO, at + 6, 2);
    let words = [&LOST, &DOUBLED, &JITTER_LEAST, &JITTER_MOST, &JITTER_MEAN, &JITTER_SPREAD];
    for (index, spec) in words.into_iter().enumerate() {
        fields.count(spec, at + 8 + 4 * index, 4);
    }
    for (index, spec) in [&TTL_LEAST, &TTL_MOST, &TTL_MEAN, &TTL_SPREAD].into_iter().enumerate() {
        fields.plain(spec, at + 32 + index, 1);
    }
}
