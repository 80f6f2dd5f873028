//! The options of the IPv4 header (RFC 791 3.1).

use super::build::{Fields, Place, specs};
use super::model::{Say::Text, Say::With, Spec};
use super::text;

specs! {
    OPTIONS: "", "Options", "Options", "RFC 791 3.1", Text("Requests to the routers on the way: {}.");
    END: "ip.options.eol", "End of options", "End", "RFC 791 3.1", Text("No more options; the rest of the header is filling.");
    NOTHING: "ip.options.nop", "No operation", "NOP", "RFC 791 3.1", Text("Filling, so that the next option starts where it is handy.");
    RECORD_ROUTE: "ip.options.record_route", "Record route", "Route", "RFC 791 3.1", Text("Every router that passes the packet on writes its address here.");
    LOOSE_ROUTE: "ip.options.route", "Loose source route", "Route", "RFC 791 3.1", Text("The sender names routers that the packet must pass on its way.");
    STRICT_ROUTE: "ip.options.source_route", "Strict source route", "Route", "RFC 791 3.1", Text("The sender names every router on the way, in order.");
    TIMESTAMP: "ip.options.timestamp", "Timestamps", "Times", "RFC 791 3.1", Text("Every router that passes the packet on writes the time here.");
    ROUTER_ALERT: "ip.options.routeralert", "Router alert", "Alert", "RFC 2113", Text("Routers on the way should look into this packet, though it is not for them.");
    OTHER: "", "Option", "Option", "RFC 791 3.1", Text("An option that is not explained here.");
    TYPE: "ip.opt.type", "Option type", "Type", "RFC 791 3.1", Text("Says which option it is: {}.");
    COPY: "ip.opt.type.copy", "Copied", "Copied", "RFC 791 3.1", With(|f| if f.number() == 1 {
        "Every fragment gets a copy of this option.".into()
    } else {
        "Only the first fragment keeps this option.".into()
    });
    CLASS: "ip.opt.type.class", "Class", "Class", "RFC 791 3.1", Text("Class {}: 0 is control, 2 is measurement.");
    NUMBER: "ip.opt.type.number", "Number", "Number", "RFC 791 3.1", Text("Option number {} of its class.");
    OTHER_TYPE: "", "Option type", "Type", "RFC 791 3.1", Text("Says which option it is: {}.");
    OTHER_COPY: "", "Copied", "Copied", "RFC 791 3.1", Text("Whether every fragment gets a copy of this option: {}.");
    OTHER_CLASS: "", "Class", "Class", "RFC 791 3.1", Text("Class {}: 0 is control, 2 is measurement.");
    OTHER_NUMBER: "", "Number", "Number", "RFC 791 3.1", Text("Option number {} of its class.");
    OTHER_LEN: "", "Length", "Length", "RFC 791 3.1", Text("The option takes {} in all.");
    LEN: "ip.opt.len", "Length", "Length", "RFC 791 3.1", Text("The option takes {} in all.");
    POINTER: "ip.opt.ptr", "Pointer", "Pointer", "RFC 791 3.1", Text("The next router writes at byte {} of the option, counted from 1.");
    RECORDED: "ip.rec_rt" Ipv4, "Recorded address", "Router", "RFC 791 3.1", Text("The router {} passed the packet on.");
    EMPTY: "ip.empty_rt" Ipv4, "Free place", "Free", "RFC 791 3.1", Text("Room for one more router's address.");
    STOP: "ip.src_rt" Ipv4, "Stop", "Stop", "RFC 791 3.1", Text("The packet must still pass the router {}.");
    FINAL: "ip.dst" Ipv4, "Destination address", "Destination", "RFC 791 3.1", Text("The packet is for {} in the end; the header's own address is its next stop.");
    ALERT: "ip.opt.ra", "Router alert value", "Alert", "RFC 2113 2.1", With(|f| if f.number() == 0 {
        "Zero: every router on the way should look into the packet.".into()
    } else {
        format!("The value {} is not given a meaning here.", f.value)
    });
    DATA: "", "Option data", "Data", "RFC 791 3.1", Text("{} of the option.");
}

/// The shortest that an option of this kind can be; shorter ones end the reading.
fn least(kind: u64) -> usize {
    match kind {
        0 | 1 => 1,
        7 | 130 | 131 | 133 | 137 => 3,
        68 | 136 | 148 => 4,
        134 => 6,
        25 => 8,
        82 => 12,
        _ => 2,
    }
}

/// How long the option at `at` is; `None` when it is no whole one.
fn len(own: Place<'_>, at: usize) -> Option<usize> {
    let len = match own.number(at, 1) {
        0 | 1 => 1,
        _ => own.number(at + 1, 1) as usize,
    };
    (len > 0 && (own.number(at, 1) < 2 || len >= 2) && at + len <= own.len()).then_some(len)
}

/// Whether the option of `len` octets at `at` is a source route with stops still to be made.
fn is_under_way(own: Place<'_>, at: usize, len: usize) -> bool {
    let pointer = own.number(at + 2, 1) as usize;
    matches!(own.number(at, 1), 131 | 137)
        && len > 2
        && (4..=len).contains(&pointer)
        && pointer.is_multiple_of(4)
}

/// Where the packet's destination stands when its header names but the next stop: the place of the
/// last address of a source route (RFC 791 3.1).
pub(super) fn destination(own: Place<'_>) -> Option<usize> {
    let mut at = super::ipv4::MIN_HEADER;
    while at < own.len() && own.number(at, 1) != 0 {
        let len = len(own, at).filter(|len| *len >= least(own.number(at, 1)))?;
        if is_under_way(own, at, len) && len >= 7 {
            return Some(at + 3 + (len - 7) / 4 * 4);
        }
        at += len;
    }
    None
}

/// Adds the options between the fixed header and the end of `own`, if there are any.
pub(super) fn dissect(fields: &mut Fields<'_>, own: Place<'_>) {
    let mut at = super::ipv4::MIN_HEADER;
    if own.len() <= at {
        return;
    }
    let value = text::bytes((own.len() - at) as u64);
    fields.bundle(&OPTIONS, at, own.len() - at, value, |inner| {
        while at < own.len() {
            let kind = own.number(at, 1);
            let Some(len) = len(own, at) else { break };
            option(inner, at, len, kind);
            at += len;
            // Behind the end of the options, and behind one that is too short for its kind, nothing
            // can be trusted.
            if kind == 0 || len < least(kind) {
                break;
            }
        }
        if at < own.len() {
            inner.blob(&DATA, at, own.len() - at);
        }
    });
}

/// Adds one option of `len` octets at `at`.
fn option(list: &mut Fields<'_>, at: usize, len: usize, kind: u64) {
    let (spec, value): (&'static Spec, &'static str) = match kind {
        0 => (&END, "end"),
        1 => (&NOTHING, "filling"),
        7 => (&RECORD_ROUTE, "record route"),
        131 => (&LOOSE_ROUTE, "loose source route"),
        137 => (&STRICT_ROUTE, "strict source route"),
        68 => (&TIMESTAMP, "timestamps"),
        148 => (&ROUTER_ALERT, "router alert"),
        _ => (&OTHER, "unknown"),
    };
    let known = matches!(kind, 0 | 1 | 7 | 25 | 68 | 82 | 130 | 131 | 133 | 134 | 136 | 137 | 148 | 149);
    let under_way = is_under_way(list.place(), at, len);
    list.bundle(spec, at, len, value, |inner| {
        let number = kind.to_string();
        inner.group(if known { &TYPE } else { &OTHER_TYPE }, at, 1, number, |bits| {
            bits.flag(if known { &COPY } else { &OTHER_COPY }, at * 8);
            bits.bits(if known { &CLASS } else { &OTHER_CLASS }, at * 8 + 1, 2, |number| number.to_string());
            bits.bits(if known { &NUMBER } else { &OTHER_NUMBER }, at * 8 + 3, 5, |number| {
                number.to_string()
            });
        });
        if len < 2 {
            return;
        }
        inner.with(if known { &LEN } else { &OTHER_LEN }, at + 1, 1, text::bytes);
        let mut from = 2;
        if matches!(kind, 7 | 131 | 137) && len >= 3 {
            let pointer = inner.plain(&POINTER, at + 2, 1) as usize;
            from = 3;
            while from + 4 <= len {
                // The pointer counts from 1: addresses before it are written (RFC 791 3.1).
                let spec = match kind {
                    _ if from + 1 < pointer => &RECORDED,
                    7 => &EMPTY,
                    _ if from + 4 == len && under_way => &FINAL,
                    _ => &STOP,
                };
                inner.ipv4(spec, at + from);
                from += 4;
            }
        }
        if kind == 148 && len >= 4 {
            inner.plain(&ALERT, at + 2, 2);
            from = 4;
        }
        if from < len {
            inner.blob(&DATA, at + from, len - from);
        }
    });
}
