//! The options of the TCP header (RFC 9293 3.2, RFC 7323, RFC 2018, and later ones).

use super::build::{Fields, Place, specs};
use super::model::{Say::Text, Say::With, Spec};
use super::text;

specs! {
    OPTIONS: "tcp.options", "Options", "Options", "RFC 9293 3.2", Text("What the header has room for beyond its fixed part: {}.");
    END: "tcp.options.eol", "End of options", "End", "RFC 9293 3.2", Text("No more options; the rest of the header is filling.");
    NOTHING: "tcp.options.nop", "No operation", "NOP", "RFC 9293 3.2", Text("Filling, so that the next option starts where it is handy.");
    MSS: "tcp.options.mss", "Maximum segment size", "MSS", "RFC 9293 3.7.1", Text("This side takes at most {} of data in one segment.");
    MSS_VALUE: "tcp.options.mss_val", "MSS value", "MSS", "RFC 9293 3.7.1",
        Text("At most {} of data in one segment, so that the packet fits the link without being cut.");
    SCALE: "tcp.options.wscale", "Window scale", "Scale", "RFC 7323 2", Text("This side's later windows count {}.");
    SHIFT: "tcp.options.wscale.shift", "Shift count", "Shift", "RFC 7323 2", With(|f| format!(
        "This side's later windows are to be multiplied by {}.", text::thousands(1u64 << f.number().min(14))));
    SACK_ALLOWED: "tcp.options.sack_perm", "SACK permitted", "SACK ok", "RFC 2018 2",
        Text("This side can be told which parts arrived behind a gap.");
    SACK: "tcp.options.sack", "Selective acknowledgment", "SACK", "RFC 2018 3",
        Text("Behind a gap, {} arrived already and need not be sent again.");
    // Wireshark counts these from the other side's first number, so its names would be wrong here.
    LEFT: "", "Left edge", "From", "RFC 2018 3", Text("The block that arrived begins at byte {} of the stream.");
    RIGHT: "", "Right edge", "Up to", "RFC 2018 3", Text("The block that arrived ends before byte {} of the stream.");
    TIMES: "tcp.options.timestamp", "Timestamps", "Times", "RFC 7323 3", Text("Two times, to measure the way there and back: {}.");
    TS_VALUE: "tcp.options.timestamp.tsval", "Timestamp value", "TSval", "RFC 7323 3", Text("The sender's clock shows {}; the other side sends this back.");
    TS_ECHO: "tcp.options.timestamp.tsecr", "Timestamp echo reply", "TSecr", "RFC 7323 3", Text("The other side's clock showed {} in the segment that this one answers.");
    USER_TIMEOUT: "tcp.options.user_to", "User timeout", "Timeout", "RFC 5482 2", Text("How long this side waits for acknowledgments before it gives up.");
    MD5: "tcp.options.md5", "MD5 signature", "MD5", "RFC 2385 2", Text("Proves that the segment comes from who knows the password.");
    AUTHENTICATION: "tcp.options.ao", "Authentication", "AO", "RFC 5925 2.2", Text("Proves that the segment comes from who knows the key.");
    FAST_OPEN: "tcp.options.tfo", "Fast open", "TFO", "RFC 7413 4.1", Text("Lets a client that was here before send data in its first segment.");
    EXPERIMENT: "tcp.options.experimental", "Experiment", "Experiment", "RFC 6994 2", Text("An option that is being tried out.");
    OTHER: "tcp.options.unknown", "Option", "Option", "RFC 9293 3.2", Text("An option that is not explained here.");
    KIND: "tcp.option_kind", "Kind", "Kind", "RFC 9293 3.2", Text("Says which option it is: {}.");
    LEN: "tcp.option_len", "Length", "Length", "RFC 9293 3.2", Text("The option takes {} in all.");
    DATA: "", "Option data", "Data", "RFC 9293 3.2", Text("{} of the option.");
    FILLING: "", "Filling", "Filling", "RFC 9293 3.2", Text("{} behind the end of the options.");
    UNTRUSTED: "", "Not read", "Not read", "RFC 9293 3.2", Text("{} behind an option that is too short for its kind: from there on nothing can be trusted.");
    BROKEN: "", "Unreadable", "Unreadable", "RFC 9293 3.2", Text("{} that are no whole option.");
}

/// A header without options.
const MIN_HEADER: usize = 20;

/// Adds the options between the fixed header and the end of `own`, if there are any. Answers where
/// they stop making sense, if they do.
pub(super) fn dissect(fields: &mut Fields<'_>, own: Place<'_>) -> Option<usize> {
    let mut at = MIN_HEADER;
    if own.len() <= at {
        return None;
    }
    let mut broken = None;
    let value = text::bytes((own.len() - at) as u64);
    fields.bundle(&OPTIONS, at, own.len() - at, value, |list| {
        while at < own.len() {
            let kind = own.number(at, 1);
            let len = if kind < 2 { 1 } else { own.number(at + 1, 1) as usize };
            if len == 0 || (kind > 1 && len < 2) || at + len > own.len() {
                list.blob(&BROKEN, at, own.len() - at);
                broken = Some(at);
                return;
            }
            option(list, own, at, len, kind);
            at += len;
            if too_short(kind, len) {
                list.blob(&UNTRUSTED, at, own.len() - at);
                broken = Some(at).filter(|at| *at < own.len());
                return;
            }
            // Filling of zeros reads as further ends.
            if kind == 0 && at < own.len() && own.number(at, 1) != 0 {
                list.blob(&FILLING, at, own.len() - at);
                return;
            }
        }
    });
    broken
}

/// Whether an option cannot hold what its kind must: a block that arrived, or a subtype (RFC 2018
/// section 3, RFC 8684 section 3).
fn too_short(kind: u64, len: usize) -> bool {
    matches!((kind, len), (5, ..10) | (30, ..4))
}

/// Adds one option of `len` octets at `at`. One whose length does not suit its kind keeps its name
/// and shows its data unread.
fn option(list: &mut Fields<'_>, own: Place<'_>, at: usize, len: usize, kind: u64) {
    let number = |from, len| own.number(at + from, len);
    let (spec, value): (&'static Spec, String) = match (kind, len) {
        (0, _) => (&END, "end".into()),
        (1, _) => (&NOTHING, "filling".into()),
        (2, 4) => (&MSS, text::bytes(number(2, 2))),
        (3, 3) => (&SCALE, format!("times {}", text::thousands(1 << number(2, 1).min(14)))),
        (4, 2) => (&SACK_ALLOWED, "yes".into()),
        (5, 10 | 18 | 26 | 34) => (&SACK, text::count((len as u64 - 2) / 8, "block", "blocks")),
        (8, 10) => (&TIMES, format!("{}, {}", text::thousands(number(2, 4)), text::thousands(number(6, 4)))),
        (19, 18) => (&MD5, "signed".into()),
        (28, 4) => (&USER_TIMEOUT, "given".into()),
        (29, 4..) => (&AUTHENTICATION, "signed".into()),
        (34, _) => (&FAST_OPEN, if len == 2 { "asks for a cookie" } else { "shows its cookie" }.into()),
        (253 | 254, _) => (&EXPERIMENT, text::bytes(len as u64)),
        _ => (&OTHER, text::bytes(len as u64)),
    };
    list.bundle(spec, at, len, value, |inner| {
        inner.with(&KIND, at, 1, |kind| format!("{} ({kind})", spec.label));
        if len > 1 {
            inner.with(&LEN, at + 1, 1, text::bytes);
        }
        match (kind, len) {
            (2, 4) => {
                inner.with(&MSS_VALUE, at + 2, 2, text::bytes);
            }
            (3, 3) => {
                inner.plain(&SHIFT, at + 2, 1);
            }
            (5, 10 | 18 | 26 | 34) => {
                for edge in (2..len).step_by(8) {
                    inner.count(&LEFT, at + edge, 4);
                    inner.count(&RIGHT, at + edge + 4, 4);
                }
            }
            (8, 10) => {
                inner.count(&TS_VALUE, at + 2, 4);
                inner.count(&TS_ECHO, at + 6, 4);
            }
            _ if len > 2 => inner.blob(&DATA, at + 2, len - 2),
            _ => {}
        }
    });
}
