//! pcapng: sections of blocks (draft-ietf-opsawg-pcapng).

use super::clock::Clock;
use super::{CaptureFault, Found, Interface, MAX_BLOCK, MAX_INTERFACES, MAX_PACKET, Step};
use crate::dissect::{Fcs, LinkType};
use pcap_parser::{
    Block, EPB_MAGIC, IDB_MAGIC, InterfaceDescriptionBlock, OptionCode, PcapNGOption, SHB_MAGIC, SPB_MAGIC,
    parse_block_be, parse_block_le,
};

/// Type and length before a block's content, the length again behind it.
const FRAME: usize = 12;
/// The old packet block, which nobody should write any more (draft, appendix A).
const OLD_PACKET: u32 = 2;
/// Blocks of somebody's own: one that programs which write the file anew may copy, and one that they
/// may not (draft, section 4.8). Wireshark counts them as frames, and so does this.
const CUSTOM: [u32; 2] = [0x0000_0bad, 0x4000_0bad];
/// What the programs of one system noted (draft, section 4.7): a frame, too.
const JOURNAL: u32 = 9;
/// How many characters of a name or comment are kept.
const MAX_WORDS: usize = 1_024;

/// Which section is being read.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    big_endian: bool,
}

impl State {
    /// What stands at the front of `rest`.
    pub fn step(&mut self, rest: &[u8], interfaces: &mut Vec<Interface>) -> Result<Step, CaptureFault> {
        // A section tells its order of octets in its third word.
        let Some(head) = rest.first_chunk::<FRAME>() else { return Ok(Step::More) };
        let is_section = head[..4] == SHB_MAGIC.to_be_bytes();
        let big_endian = match (is_section, u32::from_be_bytes([head[8], head[9], head[10], head[11]])) {
            (false, _) => self.big_endian,
            (true, 0x1a2b_3c4d) => true,
            (true, 0x4d3c_2b1a) => false,
            (true, mark) => return Err(CaptureFault::ByteOrder { mark }),
        };
        let order = Order { big_endian };
        let (kind, len) = (order.u32(head, 0), order.u32(head, 4));
        if (len as usize) < FRAME || !len.is_multiple_of(4) {
            return Err(CaptureFault::BlockLength { len });
        }
        // One that is longer than any packet is passed over.
        let own = match kind {
            _ if len as usize > MAX_PACKET => None,
            JOURNAL => Some(FRAME - 4),
            // Behind the number of who defined it.
            kind if CUSTOM.contains(&kind) => Some(FRAME),
            _ => None,
        };
        if own.is_none() && !matches!(kind, SHB_MAGIC | IDB_MAGIC | EPB_MAGIC | SPB_MAGIC | OLD_PACKET) {
            return Ok(Step::Passed(len.into()));
        }
        let all = len as usize;
        if all > MAX_BLOCK {
            return Err(CaptureFault::BlockTooLong { len });
        }
        if rest.len() < all {
            return Ok(Step::More);
        }
        let bad = CaptureFault::BadBlock { kind };
        let octets = &rest[..all];
        if order.u32(octets, all - 4) != len {
            return Err(bad);
        }
        if let Some(start) = own {
            return custom(start, all);
        }
        if kind == OLD_PACKET {
            return old_packet(octets, order, interfaces).ok_or(bad)?;
        }
        let parsed = if big_endian { parse_block_be(octets) } else { parse_block_le(octets) };
        let Ok((_, block)) = parsed else { return Err(bad) };
        match block {
            Block::SectionHeader(section) => {
                if section.major_version != 1 {
                    let (major, minor) = (section.major_version, section.minor_version);
                    return Err(CaptureFault::Version { major, minor });
                }
                self.big_endian = big_endian;
                interfaces.clear();
            }
            Block::InterfaceDescription(described) => {
                if interfaces.len() >= MAX_INTERFACES {
                    return Err(CaptureFault::TooManyInterfaces);
                }
                interfaces.push(interface(&described, order));
            }
            Block::EnhancedPacket(packet) => {
                let ticks = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
                let comment = comment(&packet.options);
                let (id, len) = (packet.if_id, packet.caplen);
                let found = packet_at(28, id, len, Some(ticks), packet.origlen, interfaces)?;
                return Ok(Step::Packet { len: all, found: Found { comment, ..found } });
            }
            Block::SimplePacket(packet) => {
                let snaplen = interfaces.first().map_or(0, |interface| interface.snaplen);
                let most = if snaplen == 0 { u32::MAX } else { snaplen };
                let len = packet.origlen.min(most);
                if len as usize > all - 16 {
                    return Err(bad);
                }
                let found = packet_at(12, 0, len, None, packet.origlen, interfaces)?;
                return Ok(Step::Packet { len: all, found });
            }
            _ => {}
        }
        Ok(Step::Passed(len.into()))
    }
}

/// The section's order of octets.
#[derive(Clone, Copy)]
struct Order {
    big_endian: bool,
}

impl Order {
    /// The word at `at`, which is there.
    fn u32(self, octets: &[u8], at: usize) -> u32 {
        let word = [octets[at], octets[at + 1], octets[at + 2], octets[at + 3]];
        if self.big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
    }
}

/// A packet of `len` octets that begins at octet `start` of its block.
fn packet_at(
    start: usize,
    interface: u32,
    len: u32,
    ticks: Option<u64>,
    original_len: u32,
    interfaces: &[Interface],
) -> Result<Found, CaptureFault> {
    let Some(its) = interfaces.get(interface as usize) else {
        return Err(CaptureFault::NoInterface { interface, known: interfaces.len() });
    };
    if len as usize > MAX_PACKET {
        return Err(CaptureFault::PacketTooLong { len });
    }
    let at = ticks.map(|ticks| its.clock.nanos(ticks));
    let range = start..start + len as usize;
    Ok(Found { range, interface, at, original_len, comment: None, custom: false })
}

/// A block of somebody's own, whose octets begin at octet `start`, as a frame.
fn custom(start: usize, all: usize) -> Result<Step, CaptureFault> {
    let end = all - 4;
    if start > end {
        return Err(CaptureFault::BlockLength { len: all as u32 });
    }
    let original_len = (end - start) as u32;
    let found =
        Found { range: start..end, interface: 0, at: None, original_len, comment: None, custom: true };
    Ok(Step::Packet { len: all, found })
}

/// A packet of the old kind: interface and drops in 16 bits each, then as today's.
fn old_packet(octets: &[u8], order: Order, interfaces: &[Interface]) -> Option<Result<Step, CaptureFault>> {
    const HEADER: usize = 28;
    if octets.len() < HEADER + 4 {
        return None;
    }
    let both = order.u32(octets, 8);
    let interface = if order.big_endian { both >> 16 } else { both & 0xffff };
    let ticks = u64::from(order.u32(octets, 12)) << 32 | u64::from(order.u32(octets, 16));
    let len = order.u32(octets, 20);
    if len as usize > octets.len() - HEADER - 4 {
        return None;
    }
    let found = packet_at(HEADER, interface, len, Some(ticks), order.u32(octets, 24), interfaces);
    Some(found.map(|found| Step::Packet { len: octets.len(), found }))
}

fn interface(described: &InterfaceDescriptionBlock<'_>, order: Order) -> Interface {
    /// `if_fcslen` of the draft, which `pcap-parser` has no name for.
    const FCS_LEN: OptionCode = OptionCode(13);
    let mut name = None;
    let mut clock = Clock::MICROSECONDS;
    let mut fcs = Fcs::Unknown;
    for option in &described.options {
        let Ok(value) = option.as_bytes() else { continue };
        match (option.code, value) {
            (OptionCode::IfName, value) => name = Some(words(value)),
            (OptionCode::IfTsresol, [resolution]) => clock.resolution = *resolution,
            (OptionCode::IfTsoffset, value) => {
                if let Ok(octets) = <[u8; 8]>::try_from(value) {
                    clock.offset = if order.big_endian {
                        i64::from_be_bytes(octets)
                    } else {
                        i64::from_le_bytes(octets)
                    };
                }
            }
            (FCS_LEN, [4]) => fcs = Fcs::Present,
            (FCS_LEN, [0]) => fcs = Fcs::Absent,
            _ => {}
        }
    }
    let link = LinkType::new(described.linktype.0 as u16);
    Interface { name, link, fcs, snaplen: described.snaplen, clock }
}

/// All comments among these options, line by line.
fn comment(options: &[PcapNGOption<'_>]) -> Option<String> {
    let comments = options.iter().filter(|option| option.code == OptionCode::Comment);
    let lines: Vec<_> = comments.filter_map(|option| option.as_bytes().ok()).map(words).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Octets as words, up to a bounded length.
fn words(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).trim_end_matches('\0').chars().take(MAX_WORDS).collect()
}
