//! `layercast dissect`: its lines against tshark's PDML, over our own runs and over captures of
//! real peers, and what it makes of broken files.

#[path = "../common/mod.rs"]
mod common;
mod compare;
mod files;
mod live;
#[path = "../../../protocol/tests/dissect/pdml.rs"]
#[allow(dead_code, reason = "shared with other crates' tests")]
mod pdml;
mod recorded;
mod scenarios;
mod ticks;
