//! Captures: what a network analyser plugged into one end of a cable would write.
//!
//! The file is pcapng with nanoseconds, one interface named after the cable, frames whole
//! and with their FCS, which the interface declares (`if_fcslen`). The analyser sits at the
//! cable's first end: frames sent from there are stamped with their first bit, frames that
//! come in with their last; a frame lost on the way in is not seen, and a damaged one is seen as
//! it came.

use crate::ids::{FrameId, LinkId};
use crate::tape::damaged;
use crate::world::World;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::{DataLink, PcapError};
use protocol::time::SimTime;
use protocol::wire::ethernet;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

/// A capture that is being written.
pub struct Capture<W: Write> {
    writer: PcapNgWriter<W>,
    link: LinkId,
    next_hop: u64,
    /// Frames under way to the analyser, with the bits that will arrive turned over: no later
    /// hop can come before `World::now`.
    waiting: BTreeMap<(SimTime, u64), (FrameId, Vec<u32>)>,
    frames: u64,
}

impl<W: Write> Capture<W> {
    /// Begins a capture of `link`.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn new(world: &World, link: LinkId, out: W) -> io::Result<Self> {
        let mut writer = PcapNgWriter::new(out).map_err(io_error)?;
        let name = world.links().get(link.0 as usize).map_or("?", |l| l.name.as_str());
        let interface = InterfaceDescriptionBlock {
            linktype: DataLink::ETHERNET,
            snaplen: 0,
            options: vec![
                InterfaceDescriptionOption::IfName(Cow::Owned(name.to_owned())),
                InterfaceDescriptionOption::IfTsResol(9),
                InterfaceDescriptionOption::IfFcsLen(ethernet::FCS as u8),
            ],
        };
        writer.write_pcapng_block(interface).map_err(io_error)?;
        Ok(Capture { writer, link, next_hop: 0, waiting: BTreeMap::new(), frames: 0 })
    }

    /// Writes what has passed the analyser up to now. Call it at least once within the tape's
    /// history, and once at the end.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn update(&mut self, world: &World) -> io::Result<()> {
        let tape = world.tape();
        let first_end = world.links().get(self.link.0 as usize).map(|l| l.ends.0);
        let from = self.next_hop.max(tape.hops().start());
        for (number, hop) in (from..).zip(tape.hops().since(from)) {
            if hop.link != self.link {
                continue;
            }
            let outward = Some(hop.from) == first_end;
            let seen = hop.fate.is_none_or(|fate| outward && fate.entered());
            if seen {
                let at = if outward { hop.start } else { hop.arrive };
                let flipped = hop.mishap.as_ref().filter(|_| !outward).map(|mishap| mishap.flipped.clone());
                self.waiting.insert((at, number), (hop.frame, flipped.unwrap_or_default()));
            }
        }
        self.next_hop = tape.hops().end();
        while let Some(entry) = self.waiting.first_entry()
            && entry.key().0 <= world.now()
        {
            let ((at, _), (frame, flipped)) = entry.remove_entry();
            if let Some(bytes) = tape.frame_bytes(frame).map(|bytes| damaged(&bytes, &flipped)) {
                let block = EnhancedPacketBlock {
                    interface_id: 0,
                    timestamp: Duration::from_nanos(world.options().epoch.unix_nanos(at)),
                    original_len: bytes.len() as u32,
                    data: Cow::Owned(bytes.to_vec()),
                    options: Vec::new(),
                };
                self.writer.write_pcapng_block(block).map_err(io_error)?;
                self.frames += 1;
            }
        }
        Ok(())
    }

    /// How many frames have been written.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Ends the capture, and gives back what it was written to.
    pub fn into_inner(self) -> W {
        self.writer.into_inner()
    }
}

fn io_error(error: PcapError) -> io::Error {
    match error {
        PcapError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    }
}
