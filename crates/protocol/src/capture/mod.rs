//! Reading capture files: pcapng, and the older pcap, of anybody's making.
//!
//! A [`Reader`] takes octets as they come and gives packets as soon as they are whole. It holds
//! one block at a time, and no block longer than [`MAX_BLOCK`]: what it costs does not grow with
//! the file. Any octets are accepted; what is wrong with them is said with its place.
//!
//! | file | what it does |
//! |---|---|
//! | `pcapng` | blocks, sections, interfaces (draft-ietf-opsawg-pcapng) |
//! | `pcap` | the header and the records (draft-ietf-opsawg-pcap) |
//! | `clock` | an interface's ticks as nanoseconds |
//! | `error` | what can be wrong, and where |
//!
//! Files may have either order of octets, microseconds or nanoseconds (pcapng: any resolution),
//! several interfaces and several sections. The blocks themselves are read by `pcap-parser`.

mod clock;
mod error;
mod pcap;
mod pcapng;
#[cfg(test)]
mod tests;

pub use error::{CaptureError, CaptureFault};

use crate::dissect::{Fcs, LinkType};
use std::ops::Range;

/// The longest packet that is read, as in Wireshark (`WTAP_MAX_PACKET_SIZE_STANDARD`).
pub const MAX_PACKET: usize = 262_144;
/// The longest block that is read: a packet and its options. Blocks that say nothing about
/// packets may be longer, since they are skipped unread.
pub const MAX_BLOCK: usize = MAX_PACKET + 1024 * 1024;
/// How many interfaces one section may describe.
pub const MAX_INTERFACES: usize = 4_096;

/// Where packets were captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its name, if the file tells: `lo`, `eth0`.
    pub name: Option<String>,
    /// What its packets begin with.
    pub link: LinkType,
    /// Whether its packets end with their FCS.
    pub fcs: Fcs,
    /// The most octets kept of a packet; zero for no limit.
    snaplen: u32,
    /// What its times count.
    clock: clock::Clock,
}

/// One packet of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Its number in the file, from 1.
    pub number: u64,
    /// When it was seen, in nanoseconds since 1970; absent where the file tells no time.
    pub at: Option<u64>,
    /// The interface, counted from 0 in its section.
    pub interface: u32,
    /// What it begins with.
    pub link: LinkType,
    /// Whether it ends with its FCS.
    pub fcs: Fcs,
    /// How long it was; more than `octets` has when the capture cut it.
    pub original_len: u32,
    /// What the file says about it in words, line by line.
    pub comment: Option<String>,
    /// Its octets.
    pub octets: &'a [u8],
}

impl Packet<'_> {
    /// Whether the capture cut the packet's end off.
    pub fn is_cut(&self) -> bool {
        self.original_len as usize > self.octets.len()
    }
}

/// A packet found in the buffer, before it is lent out.
struct Found {
    range: Range<usize>,
    interface: u32,
    at: Option<u64>,
    original_len: u32,
    comment: Option<String>,
    /// Whether it is no packet but a block of somebody's own.
    custom: bool,
}

/// What kind of file it is.
#[derive(Clone, Debug)]
enum Format {
    /// Not known yet: nothing was read.
    Unknown,
    Pcapng(pcapng::State),
    Pcap(pcap::State),
}

/// Reads a capture as its octets come in. After an error the file cannot be read further, and
/// the error comes again.
#[derive(Clone, Debug)]
pub struct Reader {
    buffer: Vec<u8>,
    /// How much of the buffer was read.
    done: usize,
    /// The place in the file of the buffer's first octet.
    base: u64,
    /// How many octets of a block are to be passed over that are not there yet.
    skip: u64,
    format: Format,
    interfaces: Vec<Interface>,
    packets: u64,
    failed: Option<CaptureError>,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// A reader at a file's beginning.
    pub fn new() -> Self {
        Reader {
            buffer: Vec::new(),
            done: 0,
            base: 0,
            skip: 0,
            format: Format::Unknown,
            interfaces: Vec::new(),
            packets: 0,
            failed: None,
        }
    }

    /// Adds the file's next octets. Take all packets ([`Reader::packet`]) before adding more: then
    /// the reader holds less than [`MAX_BLOCK`] besides what is added.
    pub fn feed(&mut self, octets: &[u8]) {
        if self.failed.is_some() {
            return;
        }
        self.buffer.drain(..self.done);
        self.base += self.done as u64;
        self.done = 0;
        let passed = usize::try_from(self.skip).unwrap_or(usize::MAX).min(octets.len());
        // Something is passed over only when the buffer was used up.
        self.skip -= passed as u64;
        self.base += passed as u64;
        self.buffer.extend_from_slice(&octets[passed..]);
    }

    /// The next whole packet, if there is one in what was fed.
    ///
    /// # Errors
    /// When the file breaks its format or a limit of this module.
    pub fn packet(&mut self) -> Result<Option<Packet<'_>>, CaptureError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let found = match self.find() {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(None),
            Err(error) => {
                self.failed = Some(error.clone());
                self.buffer = Vec::new();
                self.done = 0;
                return Err(error);
            }
        };
        self.packets += 1;
        let (link, fcs) = match self.interfaces.get(found.interface as usize) {
            Some(interface) if !found.custom => (interface.link, interface.fcs),
            // The reader of blocks has looked that a packet's interface is there.
            _ => (LinkType::Custom, Fcs::Absent),
        };
        Ok(Some(Packet {
            number: self.packets,
            at: found.at,
            interface: found.interface,
            link,
            fcs,
            original_len: found.original_len,
            comment: found.comment,
            octets: &self.buffer[found.range],
        }))
    }

    /// The interfaces of the section that is being read.
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// Whether the file may end here.
    ///
    /// # Errors
    /// When it ends inside a block, or was no capture at all.
    pub fn finish(&self) -> Result<(), CaptureError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let rest = self.buffer.len() - self.done;
        let fault = match self.format {
            Format::Unknown => CaptureFault::Short { there: rest },
            _ if rest > 0 || self.skip > 0 => CaptureFault::Cut { there: rest },
            _ => return Ok(()),
        };
        Err(CaptureError { offset: self.offset(), fault })
    }

    /// The place in the file of the next octet that was not read.
    fn offset(&self) -> u64 {
        self.base + self.done as u64
    }

    fn find(&mut self) -> Result<Option<Found>, CaptureError> {
        loop {
            let rest = &self.buffer[self.done..];
            let offset = self.base + self.done as u64;
            let step = match &mut self.format {
                Format::Unknown => match recognise(rest) {
                    Ok(None) => return Ok(None),
                    Ok(Some(format)) => {
                        self.format = format;
                        continue;
                    }
                    Err(fault) => Err(fault),
                },
                Format::Pcapng(state) => state.step(rest, &mut self.interfaces),
                Format::Pcap(state) => state.step(rest, &mut self.interfaces),
            };
            match step.map_err(|fault| CaptureError { offset, fault })? {
                Step::More => return Ok(None),
                Step::Passed(len) => {
                    let there = usize::try_from(len).unwrap_or(usize::MAX).min(rest.len());
                    self.skip = len - there as u64;
                    self.done += there;
                }
                Step::Packet { len, mut found } => {
                    found.range.start += self.done;
                    found.range.end += self.done;
                    self.done += len;
                    return Ok(Some(found));
                }
            }
        }
    }
}

/// What stands at the front of the buffer.
enum Step {
    /// Too little to tell.
    More,
    /// So many octets that are no packet; some may be yet to come.
    Passed(u64),
    /// A packet in a block or record of `len` octets; its range counts from there.
    Packet { len: usize, found: Found },
}

/// The kind of file by its first four octets.
fn recognise(octets: &[u8]) -> Result<Option<Format>, CaptureFault> {
    let Some(magic) = octets.first_chunk::<4>() else { return Ok(None) };
    match *magic {
        [0x0a, 0x0d, 0x0d, 0x0a] => Ok(Some(Format::Pcapng(pcapng::State::default()))),
        [0xa1, 0xb2, 0xc3, 0xd4]
        | [0xd4, 0xc3, 0xb2, 0xa1]
        | [0xa1, 0xb2, 0x3c, 0x4d]
        | [0x4d, 0x3c, 0xb2, 0xa1] => Ok(Some(Format::Pcap(pcap::State::default()))),
        [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd] | [0x04, 0x22, 0x4d, 0x18] => {
            Err(CaptureFault::Compressed)
        }
        magic => Err(CaptureFault::NoCapture { magic }),
    }
}
