//! `layercast dissect`: its lines against tshark's PDML, over our own runs and over captures of
//! real peers, what it makes of broken files, and the page's question about one frame.

#[path = "../common/mod.rs"]
mod common;
mod compare;
mod files;
mod frame;
mod live;
mod recorded;
mod scenarios;
mod ticks;
