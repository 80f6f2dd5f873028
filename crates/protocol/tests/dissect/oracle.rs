//! tshark, asked about the same frames.

use crate::agreement::{agree, tshark};
use crate::frames::{groups, lower_layers, over_tcp, over_udp};
use protocol::dissect::specs;
use std::collections::BTreeSet;

#[test]
fn tshark_agrees_on_the_lower_layers() {
    let Some((count, names)) = agree("lower", &lower_layers().seen()) else { return };
    assert!(count > 500 && names.len() > 55, "{count} fields, {} names", names.len());
}

#[test]
fn tshark_agrees_on_groups() {
    let Some((count, names)) = agree("groups", &groups().seen()) else { return };
    assert!(count > 200, "{count} fields, {} names", names.len());
    for name in ["igmp.type", "igmp.max_resp", "igmp.checksum", "igmp.maddr", "igmp.reserved", "ip.opt.ra"] {
        assert!(names.contains(name), "{name}");
    }
}

#[test]
fn tshark_agrees_on_a_session_over_udp() {
    let Some((count, names)) = agree("udp", &over_udp().seen()) else { return };
    assert!(count > 600 && names.len() > 120, "{count} fields, {} names", names.len());
}

#[test]
fn tshark_agrees_on_a_session_over_tcp() {
    let Some((count, names)) = agree("tcp", &over_tcp().seen()) else { return };
    assert!(count > 500 && names.len() > 100, "{count} fields, {} names", names.len());
}

#[test]
fn tshark_knows_every_name() {
    let Some(text) = tshark(&["-G", "fields"], Vec::new()) else { return };
    let known: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| {
            let mut columns = line.split('\t');
            let kind = columns.next()?;
            columns.next()?;
            // Protocols have their name in the third column, as fields do.
            ["F", "P"].contains(&kind).then(|| columns.next()).flatten()
        })
        .collect();
    let unknown: Vec<_> = specs().filter_map(|spec| spec.name).filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
