//! pcap: one header, then records (draft-ietf-opsawg-pcap).

use super::clock::Clock;
use super::{CaptureFault, Found, Interface, MAX_PACKET, Step};
use crate::dissect::{Fcs, LinkType};
use pcap_parser::parse_pcap_header;

/// The file's header.
const HEADER: usize = 24;
/// Two times, two lengths before a packet.
const RECORD: usize = 16;
/// The bits of the header's last field that name the link type; the others tell of the FCS.
const LINK_BITS: u32 = 0xffff;
/// Set where the FCS's length is told.
const FCS_TOLD: u32 = 0x0400_0000;

/// Which file is being read.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// The order of octets, once the header was read.
    big_endian: Option<bool>,
}

impl State {
    /// What stands at the front of `rest`.
    pub fn step(&mut self, rest: &[u8], interfaces: &mut Vec<Interface>) -> Result<Step, CaptureFault> {
        let Some(big_endian) = self.big_endian else { return self.header(rest, interfaces) };
        let Some(record) = rest.first_chunk::<RECORD>() else { return Ok(Step::More) };
        let word = |at: usize| {
            let octets = [record[at], record[at + 1], record[at + 2], record[at + 3]];
            if big_endian { u32::from_be_bytes(octets) } else { u32::from_le_bytes(octets) }
        };
        let len = word(8);
        if len as usize > MAX_PACKET {
            return Err(CaptureFault::PacketTooLong { len });
        }
        let end = RECORD + len as usize;
        if rest.len() < end {
            return Ok(Step::More);
        }
        let clock = interfaces.first().map_or(Clock::MICROSECONDS, |interface| interface.clock);
        let (seconds, fraction) = (u64::from(word(0)), u64::from(word(4)));
        let at = seconds.saturating_mul(1_000_000_000).saturating_add(clock.nanos(fraction));
        let found = Found {
            range: RECORD..end,
            interface: 0,
            at: Some(at),
            original_len: word(12),
            comment: None,
            custom: false,
        };
        Ok(Step::Packet { len: end, found })
    }

    fn header(&mut self, rest: &[u8], interfaces: &mut Vec<Interface>) -> Result<Step, CaptureFault> {
        let Some(header) = rest.first_chunk::<HEADER>() else { return Ok(Step::More) };
        let Ok((_, header)) = parse_pcap_header(header) else {
            return Err(CaptureFault::NoCapture { magic: [header[0], header[1], header[2], header[3]] });
        };
        if header.version_major != 2 {
            let (major, minor) = (header.version_major, header.version_minor);
            return Err(CaptureFault::Version { major, minor });
        }
        let link = header.network.0 as u32;
        let fcs = match (link & FCS_TOLD != 0, link >> 28) {
            (false, _) => Fcs::Unknown,
            // It counts units of 16 bits.
            (true, 2) => Fcs::Present,
            (true, _) => Fcs::Absent,
        };
        let clock = if header.is_nanosecond_precision() { Clock::NANOSECONDS } else { Clock::MICROSECONDS };
        let link = LinkType::new((link & LINK_BITS) as u16);
        interfaces.push(Interface { name: None, link, fcs, snaplen: header.snaplen, clock });
        self.big_endian = Some(header.is_bigendian());
        Ok(Step::Passed(HEADER as u64))
    }
}
