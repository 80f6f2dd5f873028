//! Packets back to a picture, whole or with holes.

use super::JpegError;
use super::assemble::{Assembly, Part};
use super::entropy;
use super::header::{PayloadHeader, Q_IN_BAND};
use super::probe::{Sampling, mcus};
use super::tables::{self, HuffmanTable, QuantTable};
use super::whole;
use crate::rtp::packet::RtpPacket;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::ops::Range;

/// Packets that one picture may have: more are refused before anything is copied.
pub const MAX_PACKETS_PER_PICTURE: usize = 16_384;

/// A picture from its packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// A whole JPEG that any decoder reads. What did not come is grey; where an interval came
    /// in part, its rest goes on in the last colour.
    pub jpeg: Bytes,
    /// What did not come, as rectangles of whole MCUs within the picture, from the top.
    pub missing: Vec<Rect>,
    /// Width in pixels, a multiple of 8.
    pub width: u16,
    /// Height in pixels, a multiple of 8.
    pub height: u16,
}

impl Rebuilt {
    /// Whether all pixels came. A packet may be missing all the same: one that carried nothing
    /// but a restart marker or padding.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Distance from the picture's left edge.
    pub left: u16,
    /// Distance from its top edge.
    pub top: u16,
    /// Width, at least 1.
    pub width: u16,
    /// Height, at least 1.
    pub height: u16,
}

/// Puts pictures together; remembers the quantisation tables of Q = 128 to 254, which need
/// not be sent again (RFC 2435 section 4.2).
#[derive(Clone, Debug, Default)]
pub struct Depacketizer {
    /// By Q: at most 127.
    remembered: BTreeMap<u8, [QuantTable; 2]>,
}

impl Depacketizer {
    /// One that has no tables yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a JPEG of the RTP packets of one picture, given in any order. A picture is whole
    /// when its packets join from offset 0 to the one with the marker bit.
    ///
    /// # Errors
    /// When a packet cannot be read, packets contradict one another, the quantisation tables
    /// are missing, or nothing can be decoded.
    pub fn rebuild<'a>(&mut self, packets: impl IntoIterator<Item = &'a [u8]>) -> Result<Rebuilt, JpegError> {
        let mut parts = Vec::new();
        for bytes in packets {
            if parts.len() >= MAX_PACKETS_PER_PICTURE {
                let limit = MAX_PACKETS_PER_PICTURE;
                return Err(JpegError::TooLarge { what: "the number of packets", limit });
            }
            let packet = RtpPacket::parse(bytes)?;
            if whole::is_whole_file(packet.payload) {
                return whole::rebuild(packet.payload);
            }
            let header = PayloadHeader::parse(packet.payload)?;
            let data = &packet.payload[header.data.clone()];
            parts.push(Part { header, data, marker: packet.header.marker });
        }
        let Some(first) = parts.first() else {
            return Err(JpegError::NothingDecodable);
        };
        let picture = first.header.clone();
        for part in &parts[1..] {
            agree(&picture, &part.header)?;
        }
        let tables = self.tables(picture.q, &parts)?;
        let sampling =
            Sampling::of_type(picture.jpeg_type).expect("the header's reader admits no other type");
        let total = mcus(picture.width, picture.height, sampling);
        let interval = picture.restart.map(|r| usize::from(r.interval));
        let assembly = Assembly::new(parts, total.div_ceil(interval.unwrap_or(total)));
        let mut jpeg = headers(&picture, sampling, &tables, assembly.octets());
        let missing = match assembly.whole() {
            Some(scan) => {
                jpeg.extend_from_slice(scan);
                Vec::new()
            }
            None => mend(&mut jpeg, &assembly, total, interval.unwrap_or(total), sampling)?,
        };
        jpeg.extend_from_slice(&[0xff, 0xd9]);
        let (width, height) = (picture.width, picture.height);
        let missing = missing.into_iter().flat_map(|r| rectangles(r, width, height, sampling)).collect();
        Ok(Rebuilt { jpeg: jpeg.into(), missing, width, height })
    }

    /// The tables that `q` stands for in this picture.
    fn tables(&mut self, q: u8, parts: &[Part<'_>]) -> Result<[QuantTable; 2], JpegError> {
        if let Some(tables) = tables::computed(q) {
            return Ok(tables);
        }
        if let Some(tables) = parts.iter().find_map(|p| p.header.quant?.tables) {
            if q != Q_IN_BAND {
                self.remembered.insert(q, tables);
            }
            return Ok(tables);
        }
        self.remembered.get(&q).copied().ok_or(JpegError::TablesMissing { q })
    }
}

/// [`Depacketizer::rebuild`] without memory of earlier pictures.
///
/// # Errors
/// As there.
pub fn rebuild<'a>(packets: impl IntoIterator<Item = &'a [u8]>) -> Result<Rebuilt, JpegError> {
    Depacketizer::new().rebuild(packets)
}

/// What must be the same in all packets of a picture (RFC 2435 section 3.1).
fn agree(a: &PayloadHeader, b: &PayloadHeader) -> Result<(), JpegError> {
    let field = if a.jpeg_type != b.jpeg_type {
        "Type"
    } else if a.q != b.q {
        "Q"
    } else if (a.width, a.height) != (b.width, b.height) {
        "Width and Height"
    } else if a.restart.map(|r| r.interval) != b.restart.map(|r| r.interval) {
        "Restart Interval"
    } else {
        return Ok(());
    };
    Err(JpegError::Disagreement { field })
}

/// Writes all restart intervals, those that came and empty ones for the others, and returns the
/// ranges of MCUs that are missing.
fn mend(
    jpeg: &mut Vec<u8>,
    assembly: &Assembly,
    total: usize,
    interval: usize,
    sampling: Sampling,
) -> Result<Vec<Range<usize>>, JpegError> {
    let mut missing: Vec<Range<usize>> = Vec::new();
    let mut kept = 0;
    // The same grey interval serves every place but perhaps the last.
    let grey = entropy::empty_interval(interval.min(total), sampling);
    let count = total.div_ceil(interval);
    for n in 0..count {
        let range = n * interval..total.min((n + 1) * interval);
        let came = match assembly.interval(n) {
            Some((data, true)) => {
                jpeg.extend_from_slice(data);
                range.len()
            }
            Some((data, false)) => {
                let (mended, came) = entropy::mend_interval(data, range.len(), sampling);
                jpeg.extend_from_slice(&mended);
                came
            }
            None if range.len() == interval => {
                jpeg.extend_from_slice(&grey);
                0
            }
            None => {
                jpeg.extend_from_slice(&entropy::empty_interval(range.len(), sampling));
                0
            }
        };
        kept += came;
        let hole = range.start + came..range.end;
        match missing.last_mut() {
            _ if hole.is_empty() => {}
            Some(last) if last.end == hole.start => last.end = hole.end,
            _ => missing.push(hole),
        }
        if n + 1 < count {
            jpeg.extend_from_slice(&[0xff, 0xd0 + (n % 8) as u8]);
        }
    }
    if kept == 0 { Err(JpegError::NothingDecodable) } else { Ok(missing) }
}

/// A run of MCUs as at most three rectangles: the end of a row, whole rows, the beginning of a
/// row.
fn rectangles(run: Range<usize>, width: u16, height: u16, sampling: Sampling) -> impl Iterator<Item = Rect> {
    let columns = usize::from(width.div_ceil(sampling.mcu_width()));
    let (first_row, last_row) = (run.start / columns, (run.end - 1) / columns);
    let rect = move |rows: Range<usize>, cells: Range<usize>| {
        let pixels = |n: usize, side: u16, limit: u16| (n * usize::from(side)).min(limit.into()) as u16;
        let (left, right) = (
            pixels(cells.start, sampling.mcu_width(), width),
            pixels(cells.end, sampling.mcu_width(), width),
        );
        let (top, bottom) = (
            pixels(rows.start, sampling.mcu_height(), height),
            pixels(rows.end, sampling.mcu_height(), height),
        );
        Rect { left, top, width: right - left, height: bottom - top }
    };
    let (start, end) = (run.start % columns, (run.end - 1) % columns + 1);
    let mut out = [None; 3];
    if first_row == last_row {
        out[0] = Some(rect(first_row..first_row + 1, start..end));
    } else {
        let full_from = if start == 0 { first_row } else { first_row + 1 };
        let full_to = if end == columns { last_row + 1 } else { last_row };
        out[0] = (start != 0).then(|| rect(first_row..first_row + 1, start..columns));
        out[1] = (full_from < full_to).then(|| rect(full_from..full_to, 0..columns));
        out[2] = (end != columns).then(|| rect(last_row..last_row + 1, 0..end));
    }
    out.into_iter().flatten()
}

/// Everything before the scan: no APP0, since nothing is known of the picture's aspect.
fn headers(picture: &PayloadHeader, sampling: Sampling, tables: &[QuantTable; 2], scan: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(scan + 700);
    out.extend_from_slice(&[0xff, 0xd8]);
    for (number, table) in (0u8..).zip(tables) {
        out.extend_from_slice(&[0xff, 0xdb, 0, 67, number]);
        out.extend_from_slice(table);
    }
    if let Some(restart) = picture.restart {
        out.extend_from_slice(&[0xff, 0xdd, 0, 4]);
        out.extend_from_slice(&restart.interval.to_be_bytes());
    }
    out.extend_from_slice(&[0xff, 0xc0, 0, 17, 8]);
    out.extend_from_slice(&picture.height.to_be_bytes());
    out.extend_from_slice(&picture.width.to_be_bytes());
    let luma = match sampling {
        Sampling::Yuv422 => 0x21,
        Sampling::Yuv420 => 0x22,
    };
    out.extend_from_slice(&[3, 1, luma, 0, 2, 0x11, 1, 3, 0x11, 1]);
    // The tables do not travel: every receiver has them (RFC 2435 section 4.1).
    let huffman: [(u8, &HuffmanTable); 4] = [
        (0x00, &tables::LUMA_DC),
        (0x10, &tables::LUMA_AC),
        (0x01, &tables::CHROMA_DC),
        (0x11, &tables::CHROMA_AC),
    ];
    for (number, table) in huffman {
        let length = (19 + table.symbols.len()) as u16;
        out.extend_from_slice(&[0xff, 0xc4]);
        out.extend_from_slice(&length.to_be_bytes());
        out.push(number);
        out.extend_from_slice(&table.counts);
        out.extend_from_slice(table.symbols);
    }
    out.extend_from_slice(&[0xff, 0xda, 0, 12, 3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
    out
}
