//! `layercast dissect`: a capture file as one JSON object per frame.
//!
//! The file is read as it comes, a piece at a time, and a frame's line is written before the next
//! is read: what it costs does not grow with the file, and a pipe works as well.

pub mod checked;
pub mod json;

use crate::cli::Dissect;
use crate::fault::Fault;
use anyhow::Context as _;
use json::Writer;
use protocol::capture::{CaptureError, Packet, Reader};
use protocol::dissect::{Captured, Dissection, Dissector};
use protocol::time::SimTime;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};

/// How many octets of the file are read at a time.
const PIECE: usize = 64 * 1024;
/// How much is written at a time.
const WRITE: usize = 256 * 1024;

/// What ended the work early.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    /// The file could not be read.
    #[error("cannot be read ({0})")]
    Read(io::Error),
    /// The file is no capture, or broken from some place on.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// Nobody takes what is written.
    #[error("cannot write ({0})")]
    Write(io::Error),
}

/// Reads a capture to its end and writes a line for each frame; answers how many there were.
///
/// # Errors
/// A [`Fault`] when the file cannot be opened or is no capture; what came before the place where
/// it breaks has been written.
pub fn dissect(options: &Dissect) -> anyhow::Result<()> {
    let path = &options.file;
    let input: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(path);
        Box::new(file.map_err(|error| Fault::File { option: "dissect", path: path.clone(), error })?)
    };
    let mut dissector = Dissector::new();
    for port in &options.rtsp_ports {
        if !dissector.expect_rtsp(*port) {
            return Err(Fault::RtspPorts.into());
        }
    }
    let mut out = io::stdout().lock();
    match lines(input, &mut out, dissector, options.explain) {
        Ok(_) => Ok(()),
        // Whoever reads has seen enough, as `head` does.
        Err(Halt::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(Halt::Write(error)) => Err(error).context("cannot write the frames"),
        Err(Halt::Read(error)) => Err(Fault::File { option: "dissect", path: path.clone(), error }.into()),
        Err(Halt::Capture(error)) => Err(Fault::Capture { path: path.clone(), error }.into()),
    }
}

/// Writes a line for each frame of `input`; answers how many there were.
///
/// # Errors
/// When the input cannot be read or is no capture, or the output cannot be written. What was
/// read before is written.
pub fn lines(
    mut input: impl Read,
    out: &mut impl Write,
    dissector: Dissector,
    explain: bool,
) -> Result<u64, Halt> {
    let mut places = Places { first: dissector, others: BTreeMap::new() };
    let mut writer = Writer::new(explain);
    let mut reader = Reader::new();
    let mut piece = vec![0; PIECE];
    let mut frames = 0;
    let halt = loop {
        let len = match input.read(&mut piece) {
            Ok(len) => len,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => break Some(Halt::Read(error)),
        };
        if len == 0 {
            break reader.finish().err().map(Halt::Capture);
        }
        reader.feed(&piece[..len]);
        let failed = loop {
            match reader.packet() {
                Ok(Some(packet)) => {
                    frames += 1;
                    let dissection = take_apart(places.at(packet.interface), &packet, explain);
                    writer.frame(&packet, &dissection);
                    if writer.text().len() >= WRITE {
                        out.write_all(writer.text().as_bytes()).map_err(Halt::Write)?;
                        writer.clear();
                    }
                }
                Ok(None) => break None,
                Err(error) => break Some(Halt::Capture(error)),
            }
        };
        if failed.is_some() {
            break failed;
        }
    };
    out.write_all(writer.text().as_bytes()).and_then(|()| out.flush()).map_err(Halt::Write)?;
    match halt {
        Some(halt) => Err(halt),
        None => Ok(frames),
    }
}

/// How many interfaces have a dissector of their own; all further ones share the first's.
pub const MAX_PLACES: usize = 32;

/// A dissector for each interface: a frame that crossed two of them would look to TCP like a
/// repeated one.
struct Places {
    first: Dissector,
    others: BTreeMap<u32, Dissector>,
}

impl Places {
    fn at(&mut self, interface: u32) -> &mut Dissector {
        if interface == 0 || (self.others.len() + 1 >= MAX_PLACES && !self.others.contains_key(&interface)) {
            return &mut self.first;
        }
        let first = &self.first;
        self.others.entry(interface).or_insert_with(|| first.as_new())
    }
}

/// Dissects one packet of a capture, with words for people or without.
pub fn take_apart(dissector: &mut Dissector, packet: &Packet<'_>, words: bool) -> Dissection {
    let Packet { octets, link, fcs, .. } = *packet;
    let captured = Captured { octets, link, fcs, cut: packet.is_cut(), words };
    dissector.captured(&captured, SimTime::from_nanos(packet.at.unwrap_or(0)))
}
