//! The header of the transmission control protocol (RFC 9293 section 3.1).

use std::fmt;
use std::net::IpAddr;

use pnet_packet::tcp::{MutableTcpPacket, TcpFlags as Bits, TcpPacket};

use super::checksum::Checksum;
use super::error::need;
use super::{WireError, ipv4};

/// Octets of a header without options.
pub const HEADER: usize = 20;
/// The most octets that options take.
pub const MAX_OPTIONS: usize = 40;

/// The control bits of a segment.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TcpFlags(pub u8);

impl TcpFlags {
    /// No more data from the sender.
    pub const FIN: TcpFlags = TcpFlags(Bits::FIN);
    /// Synchronise sequence numbers.
    pub const SYN: TcpFlags = TcpFlags(Bits::SYN);
    /// Reset the connection.
    pub const RST: TcpFlags = TcpFlags(Bits::RST);
    /// Push: the application need not wait for more.
    pub const PSH: TcpFlags = TcpFlags(Bits::PSH);
    /// The acknowledgement number counts.
    pub const ACK: TcpFlags = TcpFlags(Bits::ACK);
    /// The urgent pointer counts.
    pub const URG: TcpFlags = TcpFlags(Bits::URG);
    /// ECN echo (RFC 3168).
    pub const ECE: TcpFlags = TcpFlags(Bits::ECE);
    /// Congestion window reduced (RFC 3168).
    pub const CWR: TcpFlags = TcpFlags(Bits::CWR);

    /// These bits and those of `other`.
    #[must_use]
    pub const fn with(self, other: TcpFlags) -> TcpFlags {
        TcpFlags(self.0 | other.0)
    }

    /// Whether all bits of `other` are set.
    #[must_use]
    pub const fn has(self, other: TcpFlags) -> bool {
        self.0 & other.0 == other.0
    }
}

impl fmt::Debug for TcpFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for TcpFlags {
    /// The names of the set bits, as "SYN, ACK"; "none" when none is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [(&str, TcpFlags); 8] = [
            ("FIN", TcpFlags::FIN),
            ("SYN", TcpFlags::SYN),
            ("RST", TcpFlags::RST),
            ("PSH", TcpFlags::PSH),
            ("ACK", TcpFlags::ACK),
            ("URG", TcpFlags::URG),
            ("ECE", TcpFlags::ECE),
            ("CWR", TcpFlags::CWR),
        ];
        let mut first = true;
        for (name, _) in NAMES.iter().filter(|(_, bit)| self.has(*bit)) {
            if !first {
                f.write_str(", ")?;
            }
            f.write_str(name)?;
            first = false;
        }
        if first { f.write_str("none") } else { Ok(()) }
    }
}

/// The options that this house knows; others are skipped (RFC 9293 section 3.2, MUST-6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Maximum segment size in octets (RFC 9293 section 3.7.1), in SYN segments.
    pub mss: Option<u16>,
    /// Window scale, a shift of 0 to 14 bits (RFC 7323 section 2.2), in SYN segments.
    pub window_scale: Option<u8>,
    /// SACK permitted (RFC 2018 section 2), in SYN segments.
    pub sack_permitted: bool,
    /// Up to four blocks of octets that came out of order: first sequence number, and the
    /// one after the last (RFC 2018 section 3).
    pub sack: [Option<(u32, u32)>; 4],
    /// Timestamp value and echo reply (RFC 7323 section 3.2).
    pub timestamps: Option<(u32, u32)>,
}

/// One option as it stands in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawOption<'a> {
    /// Its number: 0 end of list, 1 no operation, 2 MSS, and so on.
    pub kind: u8,
    /// Where it begins, in octets from the first option octet.
    pub offset: usize,
    /// Its octets after kind and length.
    pub data: &'a [u8],
}

/// Takes options apart, one after the other. It ends after an end-of-list option, and
/// before an option whose length cannot be right.
pub fn options(octets: &[u8]) -> impl Iterator<Item = RawOption<'_>> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let kind = *octets.get(offset)?;
        let start = offset;
        if kind <= 1 {
            offset = if kind == 0 { octets.len() } else { offset + 1 };
            return Some(RawOption { kind, offset: start, data: &[] });
        }
        let length = usize::from(*octets.get(offset + 1)?);
        if length < 2 {
            return None;
        }
        let data = octets.get(offset + 2..offset + length)?;
        offset += length;
        Some(RawOption { kind, offset: start, data })
    })
}

impl Options {
    /// Reads the options' octets; what makes no sense is skipped.
    #[must_use]
    pub fn parse(octets: &[u8]) -> Options {
        let word = |at: &[u8]| u32::from_be_bytes([at[0], at[1], at[2], at[3]]);
        let mut found = Options::default();
        for option in options(octets) {
            match (option.kind, option.data) {
                (2, &[high, low]) => found.mss = Some(u16::from_be_bytes([high, low])),
                (3, &[shift]) => found.window_scale = Some(shift),
                (4, &[]) => found.sack_permitted = true,
                (5, blocks) => {
                    for (place, block) in found.sack.iter_mut().zip(blocks.chunks_exact(8)) {
                        *place = Some((word(block), word(&block[4..])));
                    }
                }
                (8, data) if data.len() == 8 => found.timestamps = Some((word(data), word(&data[4..]))),
                _ => {}
            }
        }
        found
    }

    /// The octets that [`write`](Self::write) appends: 0 to 40, whole words.
    #[must_use]
    pub fn length(&self) -> usize {
        let fixed = 4 * usize::from(self.mss.is_some()) + 4 * usize::from(self.window_scale.is_some());
        let pair = match (self.sack_permitted, self.timestamps.is_some()) {
            (_, true) => 12,
            (true, false) => 4,
            (false, false) => 0,
        };
        let room = (MAX_OPTIONS - fixed - pair).saturating_sub(4) / 8;
        let blocks = self.sack.iter().flatten().count().min(room);
        fixed + pair + if blocks > 0 { 4 + 8 * blocks } else { 0 }
    }

    /// Appends the options in whole words: where one is shorter, no-operations stand before
    /// it (RFC 7323 appendix A).
    pub fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        if let Some(mss) = self.mss {
            out.extend_from_slice(&[2, 4]);
            out.extend_from_slice(&mss.to_be_bytes());
        }
        if let Some(shift) = self.window_scale {
            out.extend_from_slice(&[1, 3, 3, shift]);
        }
        match (self.sack_permitted, self.timestamps.is_some()) {
            (true, true) => out.extend_from_slice(&[4, 2]),
            (true, false) => out.extend_from_slice(&[1, 1, 4, 2]),
            (false, true) => out.extend_from_slice(&[1, 1]),
            (false, false) => {}
        }
        if let Some((value, echo)) = self.timestamps {
            out.extend_from_slice(&[8, 10]);
            out.extend_from_slice(&value.to_be_bytes());
            out.extend_from_slice(&echo.to_be_bytes());
        }
        let room = (MAX_OPTIONS - (out.len() - start)).saturating_sub(4) / 8;
        let blocks = self.sack.iter().flatten().take(room);
        let count = blocks.clone().count();
        if count > 0 {
            out.extend_from_slice(&[1, 1, 5, 2 + 8 * count as u8]);
            for (first, after) in blocks {
                out.extend_from_slice(&first.to_be_bytes());
                out.extend_from_slice(&after.to_be_bytes());
            }
        }
    }
}

/// The parts of a header that its sender chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The sender's port.
    pub source: u16,
    /// The receiver's port.
    pub destination: u16,
    /// Sequence number of the first octet, or of the SYN.
    pub seq: u32,
    /// The next sequence number that the sender expects; counts with [`TcpFlags::ACK`].
    pub ack: u32,
    /// Control bits.
    pub flags: TcpFlags,
    /// Octets that the sender is ready to take, as it stands in the header (not scaled).
    pub window: u16,
    /// Urgent pointer; counts with [`TcpFlags::URG`].
    pub urgent: u16,
    /// Options.
    pub options: Options,
}

/// A segment that has been read and whose checksum fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The header.
    pub header: Header,
    /// The data.
    pub payload: &'a [u8],
}

/// Reads a segment, which takes all the octets, that came `from` this address `to` that one.
///
/// # Errors
/// [`WireError`] for short octets, an impossible data offset and a wrong checksum.
pub fn parse(
    octets: &[u8],
    from: impl Into<IpAddr>,
    to: impl Into<IpAddr>,
) -> Result<Segment<'_>, WireError> {
    const LAYER: &str = "TCP";
    need(LAYER, octets, 0, HEADER)?;
    let packet = TcpPacket::new(octets).expect("a header's length was checked");
    let data_offset = usize::from(packet.get_data_offset()) * 4;
    if data_offset < HEADER {
        let value = data_offset as u32;
        return Err(WireError::BadValue { layer: LAYER, field: "data offset", offset: 12, value });
    }
    need(LAYER, octets, 0, data_offset)?;
    let pseudo = Checksum::new().with_pseudo_header(from, to, ipv4::TCP, octets.len());
    if pseudo.with(octets).finish() != 0 {
        return Err(WireError::BadChecksum {
            layer: LAYER,
            offset: 16,
            found: packet.get_checksum(),
            computed: pseudo.with(&octets[..16]).finish_with(&octets[18..]),
        });
    }
    Ok(Segment {
        header: Header {
            source: packet.get_source(),
            destination: packet.get_destination(),
            seq: packet.get_sequence(),
            ack: packet.get_acknowledgement(),
            flags: TcpFlags(packet.get_flags()),
            window: packet.get_window(),
            urgent: packet.get_urgent_ptr(),
            options: Options::parse(&octets[HEADER..data_offset]),
        },
        payload: &octets[data_offset..],
    })
}

/// Appends a segment with its checksum. The payload comes in two runs, since a send buffer
/// is a ring.
pub fn write(
    out: &mut Vec<u8>,
    from: impl Into<IpAddr>,
    to: impl Into<IpAddr>,
    header: &Header,
    payload: (&[u8], &[u8]),
) {
    let start = out.len();
    out.resize(start + HEADER, 0);
    header.options.write(out);
    let data_offset = out.len() - start;
    let mut packet = MutableTcpPacket::new(&mut out[start..]).expect("the room was just made");
    packet.set_source(header.source);
    packet.set_destination(header.destination);
    packet.set_sequence(header.seq);
    packet.set_acknowledgement(header.ack);
    packet.set_data_offset((data_offset / 4) as u8);
    packet.set_flags(header.flags.0);
    packet.set_window(header.window);
    packet.set_urgent_ptr(header.urgent);
    out.extend_from_slice(payload.0);
    out.extend_from_slice(payload.1);
    let length = out.len() - start;
    let sum = Checksum::new().with_pseudo_header(from, to, ipv4::TCP, length).finish_with(&out[start..]);
    out[start + 16..start + 18].copy_from_slice(&sum.to_be_bytes());
}

#[cfg(test)]
mod tests;
