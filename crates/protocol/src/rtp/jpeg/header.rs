//! The headers between RTP header and scan data (RFC 2435 section 3.1).

use super::JpegError;
use super::probe::Sampling;
use super::tables::QuantTable;
use std::ops::Range;

/// Octets of the main JPEG header (section 3.1).
pub const MAIN_HEADER: usize = 8;
/// Octets of the restart marker header (section 3.1.7).
pub const RESTART_HEADER: usize = 4;
/// Octets of the quantisation table header before its tables (section 3.1.8).
pub const QUANT_HEADER: usize = 4;
/// Q of a picture whose tables come with it and may change with the next (section 4.2).
pub const Q_IN_BAND: u8 = 255;
/// Restart count of a picture whose fragments do not keep to restart intervals (section 3.1.7).
pub const UNALIGNED: u16 = 0x3fff;
/// Largest fragment offset: 24 bits (section 3.1.2).
pub const MAX_OFFSET: u32 = 0xff_ffff;

/// The restart marker header (section 3.1.7), present in every packet of types 64 to 127.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RestartHeader {
    /// MCUs between restart markers, at least 1.
    pub interval: u16,
    /// F: the packet begins a chunk, a run of whole restart intervals.
    pub first: bool,
    /// L: the packet ends a chunk.
    pub last: bool,
    /// Position of the chunk's first restart interval, 14 bits; [`UNALIGNED`] when fragments do
    /// not keep to restart intervals.
    pub count: u16,
}

impl RestartHeader {
    /// The four octets.
    pub fn to_bytes(self) -> [u8; RESTART_HEADER] {
        let [high, low] = self.interval.to_be_bytes();
        let flags = u16::from(self.first) << 15 | u16::from(self.last) << 14 | self.count & UNALIGNED;
        let [flags_high, flags_low] = flags.to_be_bytes();
        [high, low, flags_high, flags_low]
    }
}

/// The quantisation table header (section 3.1.8), present at offset 0 when Q is 128 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuantHeader {
    /// One bit per table, the lowest for the first: 16-bit elements.
    pub precision: u8,
    /// Luminance and chrominance tables in zig-zag order; `None` when the length is 0, which
    /// means tables sent before under the same Q.
    pub tables: Option<[QuantTable; 2]>,
}

/// All headers of one packet's payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayloadHeader {
    /// Type-specific: 0 for a progressively scanned picture (section 3.1.1).
    pub type_specific: u8,
    /// Where the data lies in the scan, in octets, at most [`MAX_OFFSET`].
    pub offset: u32,
    /// Type: 0, 1, or with restart markers 64, 65.
    pub jpeg_type: u8,
    /// Q: 1 to 99 computed tables, 128 to 255 tables in band.
    pub q: u8,
    /// Width in pixels: a multiple of 8, 8 to 2040.
    pub width: u16,
    /// Height in pixels: a multiple of 8, 8 to 2040.
    pub height: u16,
    /// The restart marker header of types 64 and 65.
    pub restart: Option<RestartHeader>,
    /// The quantisation table header.
    pub quant: Option<QuantHeader>,
    /// Where the scan data lies in the payload.
    pub data: Range<usize>,
}

impl PayloadHeader {
    /// Reads the headers of an RTP payload.
    ///
    /// # Errors
    /// When the payload ends inside them, or a field is reserved or impossible. Offsets count
    /// from the payload's start.
    pub fn parse(payload: &[u8]) -> Result<Self, JpegError> {
        let short = |header| JpegError::ShortPayload { offset: payload.len(), header };
        let bad = |offset, field, value, fault| JpegError::BadField { offset, field, value, fault };
        let main = payload.first_chunk::<MAIN_HEADER>().ok_or(short("main JPEG"))?;
        let offset = u32::from_be_bytes([0, main[1], main[2], main[3]]);
        let (jpeg_type, q) = (main[4], main[5]);
        if Sampling::of_type(jpeg_type).is_none() {
            return Err(bad(4, "Type", jpeg_type.into(), "only 0, 1, 64 and 65 are defined"));
        }
        if matches!(q, 0 | 100..=127) {
            return Err(bad(5, "Q", q.into(), "reserved"));
        }
        for (at, field) in [(6, "Width"), (7, "Height")] {
            if main[at] == 0 {
                return Err(bad(at, field, 0, "a picture has at least 8 pixels each way"));
            }
        }
        let mut at = MAIN_HEADER;
        let mut restart = None;
        if jpeg_type >= 64 {
            let bytes = payload[at..].first_chunk::<4>().ok_or(short("restart marker"))?;
            let interval = u16::from_be_bytes([bytes[0], bytes[1]]);
            if interval == 0 {
                return Err(bad(at, "Restart Interval", 0, "types with restart markers need one"));
            }
            let flags = u16::from_be_bytes([bytes[2], bytes[3]]);
            let (first, last) = (flags & 0x8000 != 0, flags & 0x4000 != 0);
            restart = Some(RestartHeader { interval, first, last, count: flags & UNALIGNED });
            at += RESTART_HEADER;
        }
        let mut quant = None;
        if q >= 128 && offset == 0 {
            let bytes = payload[at..].first_chunk::<4>().ok_or(short("quantisation table"))?;
            let length = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
            let body = payload.get(at + QUANT_HEADER..at + QUANT_HEADER + length);
            let body = body.ok_or(short("quantisation table"))?;
            if length == 0 && q == Q_IN_BAND {
                return Err(bad(at + 2, "Length", 0, "Q = 255 needs tables in every picture"));
            }
            let precision = bytes[1];
            quant = Some(QuantHeader { precision, tables: read_tables(body, precision, at)? });
            at += QUANT_HEADER + length;
        }
        Ok(Self {
            type_specific: main[0],
            offset,
            jpeg_type,
            q,
            width: u16::from(main[6]) * 8,
            height: u16::from(main[7]) * 8,
            restart,
            quant,
            data: at..payload.len(),
        })
    }
}

/// The tables of a quantisation header: two of 8 bits; a single one serves both, as ffmpeg and
/// others send it.
fn read_tables(body: &[u8], precision: u8, at: usize) -> Result<Option<[QuantTable; 2]>, JpegError> {
    if body.is_empty() {
        return Ok(None);
    }
    let bad = |offset, field, value, fault| Err(JpegError::BadField { offset, field, value, fault });
    if precision & 3 != 0 {
        return bad(at + 1, "Precision", precision.into(), "baseline JPEG has 8-bit elements");
    }
    let Some((luma, rest)) = body.split_first_chunk::<64>() else {
        return bad(at + 2, "Length", body.len() as u32, "not whole tables of 64 elements");
    };
    match rest.first_chunk::<64>() {
        Some(chroma) => Ok(Some([*luma, *chroma])),
        None if rest.is_empty() => Ok(Some([*luma, *luma])),
        None => bad(at + 2, "Length", body.len() as u32, "not whole tables of 64 elements"),
    }
}
