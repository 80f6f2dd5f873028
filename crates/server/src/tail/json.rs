//! One JSON object a line: each row as the page gets it, with `row` saying of which kind it is.

use crate::wire::{
    DeliveryRow, FrameRow, Hello, HopRow, MessageRow, Nanos, PictureRow, ReceiptRow, Rows, Run, StateRow,
    TcpRow, Topology,
};
use serde::Serialize;
use std::io::{self, Write};

/// A line.
#[derive(Serialize)]
#[serde(tag = "row", rename_all = "camelCase")]
enum Line<'a> {
    /// The beginning: what numbers of nodes and links stand for.
    Hello {
        version: u32,
        now: Nanos,
        run: &'a Run,
        topology: &'a Topology,
        added: &'a Topology,
    },
    /// Rows are missing here; a new `hello` follows.
    Gap {
        /// How many batches, where known.
        missed: Option<u32>,
    },
    Message(&'a MessageRow),
    Frame(&'a FrameRow),
    Hop(&'a HopRow),
    Receipt(&'a ReceiptRow),
    Delivery(&'a DeliveryRow),
    State(&'a StateRow),
    Tcp(&'a TcpRow),
    Picture(&'a PictureRow),
}

/// The beginning.
///
/// # Errors
/// When it cannot be written.
pub fn hello(out: &mut impl Write, hello: &Hello) -> io::Result<()> {
    let Hello { version, now, run, topology, .. } = hello;
    line(out, &Line::Hello { version: *version, now: *now, run, topology, added: &hello.room.added })
}

/// Rows are missing here.
///
/// # Errors
/// When it cannot be written.
pub fn gap(out: &mut impl Write, missed: Option<u32>) -> io::Result<()> {
    line(out, &Line::Gap { missed })
}

/// All rows of a batch, kind by kind, each kind in the order of the tape.
///
/// # Errors
/// When they cannot be written.
pub fn rows(out: &mut impl Write, rows: &Rows) -> io::Result<()> {
    let lines = (rows.messages.iter().map(Line::Message))
        .chain(rows.frames.iter().map(Line::Frame))
        .chain(rows.hops.iter().map(Line::Hop))
        .chain(rows.receipts.iter().map(Line::Receipt))
        .chain(rows.deliveries.iter().map(Line::Delivery))
        .chain(rows.states.iter().map(Line::State))
        .chain(rows.tcp.iter().map(Line::Tcp))
        .chain(rows.pictures.iter().map(Line::Picture));
    for row in lines {
        line(out, &row)?;
    }
    Ok(())
}

fn line(out: &mut impl Write, line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
