//! Captures: what network analysers plugged into cables would write.
//!
//! The file is pcapng with nanoseconds: one interface named after each cable, frames whole and
//! with their FCS, which the interface declares (`if_fcslen`). Of a single cable the analyser sits
//! at the first end, of a host's cables at the host: frames sent from there are stamped with their
//! first bit, frames that come in with their last; a frame lost on the way in is not seen, and a
//! damaged one is seen as it came.
//!
//! What became of a frame that went no further stands beside it as a comment, and so does what
//! somebody has to say of a moment, such as a lesson of its stops.

use crate::ids::{FrameId, LinkId, NodeId};
use crate::link::Fate;
use crate::tape::{HopRecord, Outcome};
use crate::world::World;
use bytes::Bytes;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::{DataLink, PcapError};
use protocol::dissect::Fcs;
use protocol::time::SimTime;
use protocol::wire::ethernet;
use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};
use std::time::Duration;

/// How long a frame is held before it is written, so that its fate can stand beside it: longer
/// than any cable and device of the scenarios takes.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// Which cables are captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One cable, at its first end.
    Link(LinkId),
    /// All cables of a host, switch or router, at its end.
    Node(NodeId),
    /// Every cable that there is, each at its first end.
    All,
}

/// An analyser: its cable, and the end at which it sits.
struct Place {
    link: LinkId,
    node: NodeId,
    /// The other end.
    far: NodeId,
}

/// A frame that passed an analyser.
struct Seen {
    /// The interface's number in the file.
    interface: u32,
    /// The device that it came to, or would have.
    to: NodeId,
    /// Whether it left the analyser's end, and was not damaged yet.
    outward: bool,
}

/// A capture that is being written.
pub struct Capture<W: Write> {
    writer: PcapNgWriter<W>,
    places: Vec<Place>,
    next_hop: u64,
    next_receipt: u64,
    /// Frames that are not written yet: no later hop can come before `World::now`.
    waiting: BTreeMap<(SimTime, u64), Seen>,
    /// What is to stand beside the first frame from a moment on, in order.
    remarks: VecDeque<(SimTime, String)>,
    /// Which device threw which frame away, when, and why.
    dropped: BTreeMap<(FrameId, NodeId), (SimTime, String)>,
    frames: u64,
}

impl<W: Write> Capture<W> {
    /// Begins a capture of `scope`, with the cables that the world has now.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn new(world: &World, scope: Scope, out: W) -> io::Result<Self> {
        let mut writer = PcapNgWriter::new(out).map_err(io_error)?;
        let mut places = Vec::new();
        for (number, link) in (0..).zip(world.links()) {
            let (first, second) = link.ends;
            let at = LinkId(number);
            let place = match scope {
                Scope::Link(wanted) if wanted != at => continue,
                Scope::Node(node) if node == second => Place { link: at, node: second, far: first },
                Scope::Node(node) if node != first => continue,
                _ => Place { link: at, node: first, far: second },
            };
            places.push(place);
            let interface = InterfaceDescriptionBlock {
                linktype: DataLink::ETHERNET,
                snaplen: 0,
                options: vec![
                    InterfaceDescriptionOption::IfName(Cow::Owned(link.name.clone())),
                    InterfaceDescriptionOption::IfTsResol(9),
                    InterfaceDescriptionOption::IfFcsLen(ethernet::FCS as u8),
                ],
            };
            writer.write_pcapng_block(interface).map_err(io_error)?;
        }
        let (waiting, dropped) = (BTreeMap::new(), BTreeMap::new());
        let remarks = VecDeque::new();
        Ok(Capture { writer, places, next_hop: 0, next_receipt: 0, waiting, remarks, dropped, frames: 0 })
    }

    /// Each text will stand beside the first frame that passes at its moment or later, also where
    /// several belong to one frame; behind the last frame there is nothing to say. Call it before
    /// anything was written.
    pub fn remark(&mut self, remarks: impl IntoIterator<Item = (SimTime, String)>) {
        self.remarks.extend(remarks);
        self.remarks.make_contiguous().sort_by_key(|remark| remark.0);
    }

    /// Writes what has passed the analysers up to [`PATIENCE`] ago. Call it at least once within
    /// the tape's history.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn update(&mut self, world: &World) -> io::Result<()> {
        self.follow(world);
        while let Some(entry) = self.waiting.first_entry()
            && entry.key().0 + PATIENCE <= world.now()
        {
            let (key, seen) = entry.remove_entry();
            self.write(world, key, &seen)?;
        }
        self.dropped.retain(|_, (at, _)| *at + 2 * PATIENCE > world.now());
        Ok(())
    }

    /// Writes the rest up to now, and ends the capture; answers what it was written to and how many
    /// frames it holds.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self, world: &World) -> io::Result<(W, u64)> {
        self.follow(world);
        for (key, seen) in std::mem::take(&mut self.waiting) {
            if key.0 <= world.now() {
                self.write(world, key, &seen)?;
            }
        }
        Ok((self.writer.into_inner(), self.frames))
    }

    /// Takes in what the tape has got since.
    fn follow(&mut self, world: &World) {
        let tape = world.tape();
        let from = self.next_hop.max(tape.hops().start());
        for (number, hop) in (from..).zip(tape.hops().since(from)) {
            self.kept_out(world, hop);
            for (interface, place) in (0..).zip(&self.places).filter(|(_, place)| place.link == hop.link) {
                let outward = hop.from == place.node;
                if hop.fate.is_none_or(|fate| outward && fate.entered()) {
                    let at = if outward { hop.start } else { hop.arrive };
                    let to = if outward { place.far } else { place.node };
                    self.waiting.insert((at, number), Seen { interface, to, outward });
                }
            }
        }
        self.next_hop = tape.hops().end();
        let from = self.next_receipt.max(tape.receipts().start());
        for receipt in tape.receipts().since(from) {
            if let Outcome::Dropped { reason } = &receipt.outcome {
                let why = format!("dropped by {} ({reason})", name(world, receipt.node));
                self.dropped.insert((receipt.frame, receipt.node), (receipt.at, why));
            }
        }
        self.next_receipt = tape.receipts().end();
    }

    /// A frame that never enters a cable was seen last where it came to the device. A router's
    /// frame is one of its own: there the parent was seen.
    fn kept_out(&mut self, world: &World, hop: &HopRecord) {
        let why = match hop.fate {
            Some(Fate::QueueFull { limit }) => format!("its queue of {limit} octets was full"),
            Some(Fate::LinkDown) => "the link was down".to_owned(),
            Some(Fate::TooBig { mtu }) => format!("the link takes packets of at most {mtu} octets"),
            None | Some(Fate::Lost | Fate::LostInBurst | Fate::Ordered) => return,
        };
        let link = world.links().get(hop.link.0 as usize).map_or("?", |link| link.name.as_str());
        let why = format!("dropped by {} towards {link}: {why}", name(world, hop.from));
        let parent = world.tape().frames().get(hop.frame.0).and_then(|frame| frame.parent);
        for frame in [Some(hop.frame), parent].into_iter().flatten() {
            self.dropped.insert((frame, hop.from), (hop.queued, why.clone()));
        }
    }

    /// Writes the frame of hop `number` as it passed the analyser.
    fn write(&mut self, world: &World, (at, number): (SimTime, u64), seen: &Seen) -> io::Result<()> {
        let tape = world.tape();
        let Some(hop) = tape.hops().get(number) else { return Ok(()) };
        let bytes = if seen.outward { tape.frame_bytes(hop.frame) } else { tape.hop_bytes(hop) };
        let Some(bytes) = bytes else { return Ok(()) };
        let mut options: Vec<_> = fate(hop).into_iter().map(comment).collect();
        if let Some((when, why)) = self.dropped.get(&(hop.frame, seen.to))
            && hop.fate.is_none()
            && *when <= at + PATIENCE
        {
            options.push(comment(why.clone()));
        }
        while self.remarks.front().is_some_and(|(when, _)| *when <= at) {
            options.extend(self.remarks.pop_front().map(|(_, text)| comment(text)));
        }
        let block = EnhancedPacketBlock {
            interface_id: seen.interface,
            timestamp: Duration::from_nanos(world.options().epoch.unix_nanos(at)),
            original_len: bytes.len() as u32,
            data: Cow::Owned(bytes.to_vec()),
            options,
        };
        self.writer.write_pcapng_block(block).map_err(io_error)?;
        self.frames += 1;
        Ok(())
    }
}

/// What happened to a frame on this cable, in words; nothing for nearly all.
fn fate(hop: &HopRecord) -> Option<String> {
    match hop.fate {
        Some(Fate::Lost) => return Some("lost on the cable".into()),
        Some(Fate::LostInBurst) => return Some("lost on the cable in a burst".into()),
        Some(Fate::Ordered) => return Some("lost on the cable by order".into()),
        None | Some(Fate::QueueFull { .. } | Fate::LinkDown | Fate::TooBig { .. }) => {}
    }
    let mishap = hop.mishap.as_ref()?;
    let mut words = Vec::new();
    match &mishap.flipped[..] {
        [] => {}
        [one] => words.push(format!("bit {one} turned over on the cable")),
        more => words.push(format!("{} bits turned over on the cable", more.len())),
    }
    if let Some(late) = mishap.late {
        words.push(format!("held back by {} us", late.as_micros()));
    }
    if mishap.copy {
        words.push("a second copy".into());
    }
    (!words.is_empty()).then(|| words.join(", "))
}

/// A frame as it passed some place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// When.
    pub at: SimTime,
    /// Its octets.
    pub bytes: Bytes,
    /// How many octets it had; more than there are where a capture cut it.
    pub length: u32,
    /// Whether they end with its FCS.
    pub fcs: Fcs,
}

/// These frames as a capture file, for a program that shall look at them. Their times count from
/// 1970.
pub fn file(frames: &[Passed]) -> Vec<u8> {
    write_file(frames).expect("a vector takes everything, and there is an interface for each frame")
}

fn write_file(frames: &[Passed]) -> Result<Vec<u8>, PcapError> {
    let mut writer = PcapNgWriter::new(Vec::new())?;
    let mut interfaces: Vec<Fcs> = Vec::new();
    for frame in frames {
        if !interfaces.contains(&frame.fcs) {
            interfaces.push(frame.fcs);
            let len = match frame.fcs {
                Fcs::Present => Some(ethernet::FCS as u8),
                Fcs::Absent => Some(0),
                Fcs::Unknown => None,
            };
            let mut options = vec![InterfaceDescriptionOption::IfTsResol(9)];
            options.extend(len.map(InterfaceDescriptionOption::IfFcsLen));
            writer.write_pcapng_block(InterfaceDescriptionBlock {
                linktype: DataLink::ETHERNET,
                snaplen: 0,
                options,
            })?;
        }
        let interface = interfaces.iter().position(|fcs| *fcs == frame.fcs);
        writer.write_pcapng_block(EnhancedPacketBlock {
            interface_id: interface.unwrap_or_default() as u32,
            timestamp: Duration::from_nanos(frame.at.as_nanos()),
            original_len: frame.length.max(frame.bytes.len() as u32),
            data: Cow::Borrowed(&frame.bytes),
            options: Vec::new(),
        })?;
    }
    Ok(writer.into_inner())
}

fn comment(text: String) -> EnhancedPacketOption<'static> {
    EnhancedPacketOption::Comment(Cow::Owned(text))
}

fn name(world: &World, node: NodeId) -> String {
    world.nodes().get(node.0 as usize).map_or_else(|| "?".to_owned(), |node| node.name.clone())
}

fn io_error(error: PcapError) -> io::Error {
    match error {
        PcapError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    }
}
