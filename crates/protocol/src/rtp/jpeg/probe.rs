//! Reads a JPEG's headers and finds out whether RFC 2435 can carry it.

use super::error::JpegError;
use super::header::MAX_OFFSET;
use super::tables::{self, HuffmanTable, QuantTable};
use std::num::NonZeroU16;
use std::ops::Range;

#[cfg(test)]
mod tests;

/// The largest width and height: 255 blocks of 8 pixels (RFC 2435 sections 3.1.5, 3.1.6).
pub const MAX_SIDE: u16 = 2040;

/// How chrominance is sampled; the two layouts that RTP/JPEG types 0 and 1 stand for
/// (RFC 2435 section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sampling {
    /// 4:2:2, type 0 or 64: an MCU is 16 x 8 pixels, two luminance blocks.
    Yuv422,
    /// 4:2:0, type 1 or 65: an MCU is 16 x 16 pixels, four luminance blocks.
    Yuv420,
}

impl Sampling {
    /// The RTP/JPEG type without restart markers: 0 or 1.
    pub fn jpeg_type(self) -> u8 {
        match self {
            Self::Yuv422 => 0,
            Self::Yuv420 => 1,
        }
    }

    /// The sampling that a type stands for: 0, 1, 64 or 65; `None` for all others.
    pub fn of_type(jpeg_type: u8) -> Option<Self> {
        match jpeg_type {
            0 | 64 => Some(Self::Yuv422),
            1 | 65 => Some(Self::Yuv420),
            _ => None,
        }
    }

    /// Width of an MCU in pixels: 16.
    pub fn mcu_width(self) -> u16 {
        16
    }

    /// Height of an MCU in pixels: 8 or 16.
    pub fn mcu_height(self) -> u16 {
        match self {
            Self::Yuv422 => 8,
            Self::Yuv420 => 16,
        }
    }

    /// Luminance blocks in an MCU: 2 or 4.
    pub fn luma_blocks(self) -> usize {
        match self {
            Self::Yuv422 => 2,
            Self::Yuv420 => 4,
        }
    }
}

/// What a sender of RFC 2435 must know of a JPEG that it can carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JpegInfo {
    /// Width in pixels, 1 to 2040. The wire rounds it up to a multiple of 8.
    pub width: u16,
    /// Height in pixels, 1 to 2040. The wire rounds it up to a multiple of 8.
    pub height: u16,
    /// Chrominance sampling.
    pub sampling: Sampling,
    /// Quantisation tables of luminance and chrominance, in zig-zag order.
    pub tables: [QuantTable; 2],
    /// MCUs between restart markers, when the picture has any.
    pub restart_interval: Option<NonZeroU16>,
    /// The entropy-coded scan: from the first octet after the scan header to the EOI marker,
    /// which is not in it.
    pub scan: Range<usize>,
    /// Where each restart interval after the first begins: offsets from the scan's start of
    /// the octet after each RST marker, ascending.
    pub restarts: Vec<u32>,
    /// The octet after the EOI marker: what follows is not this picture's.
    pub end: usize,
}

impl JpegInfo {
    /// How many restart intervals the scan has: 1 without restart markers.
    pub fn intervals(&self) -> usize {
        self.restarts.len() + 1
    }

    /// How many MCUs the picture has.
    pub fn mcus(&self) -> usize {
        mcus(self.width, self.height, self.sampling)
    }
}

/// How many MCUs a picture of this size has (T.81 section A.2.3).
pub(super) fn mcus(width: u16, height: u16, sampling: Sampling) -> usize {
    usize::from(width.div_ceil(sampling.mcu_width())) * usize::from(height.div_ceil(sampling.mcu_height()))
}

/// Reads the JPEG that begins at the first octet of `bytes` and says what a sender must know,
/// or why RFC 2435 cannot carry it. What follows its EOI marker is not looked at:
/// [`JpegInfo::end`] says where that is.
///
/// # Errors
/// Names the offset of the fault, and [`JpegError::section`] the rule. A picture without DHT
/// segments is taken to mean the standard tables, as in Motion JPEG files.
pub fn probe(bytes: &[u8]) -> Result<JpegInfo, JpegError> {
    Prober { bytes, ..Prober::default() }.run()
}

/// Where a table is defined, and its octets.
type Definition<'a> = (usize, &'a [u8]);

#[derive(Default)]
struct Prober<'a> {
    bytes: &'a [u8],
    /// Offset of the definition and the elements, by table number.
    quant: [Option<(usize, QuantTable)>; 4],
    /// DC and AC tables by number: where defined, and the payload (16 counts, symbols).
    huffman: [[Option<Definition<'a>>; 4]; 2],
    restart_interval: Option<NonZeroU16>,
    frame: Option<Frame>,
}

#[derive(Clone, Copy)]
struct Frame {
    at: usize,
    width: u16,
    height: u16,
    sampling: Sampling,
    /// Identifier and quantisation table of each component.
    components: [(u8, u8); 3],
}

impl<'a> Prober<'a> {
    fn run(mut self) -> Result<JpegInfo, JpegError> {
        if self.bytes.is_empty() {
            return Err(JpegError::Truncated { offset: 0 });
        }
        if !self.bytes.starts_with(&[0xff, 0xd8]) {
            return Err(JpegError::NotJpeg { offset: 0 });
        }
        let mut at = 2;
        loop {
            let (marker, marker_at) = self.marker(at)?;
            at = marker_at + 2;
            if matches!(marker, 0x01 | 0xd0..=0xd8) {
                let name = if marker == 0xd8 { "SOI" } else { "RST" };
                return Err(JpegError::BadSegment { offset: marker_at, segment: name });
            }
            if marker == 0xd9 {
                return Err(JpegError::Scan { offset: marker_at, fault: "the picture ends without a scan" });
            }
            let body = self.segment(at, marker_at)?;
            let body_at = at + 2;
            at = body_at + body.len();
            match marker {
                0xdb => self.quantisation(body, body_at)?,
                0xc4 => self.huffman(body, body_at, marker_at)?,
                0xdd => {
                    let value: [u8; 2] = body
                        .try_into()
                        .map_err(|_| JpegError::BadSegment { offset: marker_at, segment: "DRI" })?;
                    self.restart_interval = NonZeroU16::new(u16::from_be_bytes(value));
                }
                0xc0 => self.frame_header(body, body_at, marker_at)?,
                0xc1..=0xcf => {
                    return Err(JpegError::NotBaseline { offset: marker_at, process: process(marker) });
                }
                0xdc => {
                    return Err(JpegError::Size { offset: marker_at, width: 0, height: 0 });
                }
                0xda => return self.scan_header(body, body_at, marker_at, at),
                // APPn, COM and the reserved segments say nothing about the coding.
                _ => {}
            }
        }
    }

    /// The marker at `at`, after any fill octets (T.81 section B.1.1.2), and where it is.
    fn marker(&self, at: usize) -> Result<(u8, usize), JpegError> {
        let mut at = at;
        match self.bytes.get(at) {
            Some(0xff) => {}
            Some(_) => {
                return Err(JpegError::BadSegment { offset: at, segment: "marker expected, previous" });
            }
            None => return Err(JpegError::Truncated { offset: self.bytes.len() }),
        }
        loop {
            match self.bytes.get(at + 1) {
                Some(0xff) => at += 1,
                Some(0) => {
                    return Err(JpegError::BadSegment { offset: at, segment: "marker expected, previous" });
                }
                Some(&marker) => return Ok((marker, at)),
                None => return Err(JpegError::Truncated { offset: self.bytes.len() }),
            }
        }
    }

    fn segment(&self, at: usize, marker_at: usize) -> Result<&'a [u8], JpegError> {
        let truncated = JpegError::Truncated { offset: self.bytes.len() };
        let length: [u8; 2] =
            self.bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).ok_or(truncated.clone())?;
        let length = usize::from(u16::from_be_bytes(length));
        if length < 2 {
            return Err(JpegError::BadSegment { offset: marker_at, segment: "too short" });
        }
        self.bytes.get(at + 2..at + length).ok_or(truncated)
    }

    /// DQT (T.81 section B.2.4.1).
    fn quantisation(&mut self, mut body: &[u8], mut at: usize) -> Result<(), JpegError> {
        while let Some((&head, rest)) = body.split_first() {
            let (precision, number) = (head >> 4, usize::from(head & 15));
            if precision != 0 {
                return Err(JpegError::Quantisation {
                    offset: at,
                    fault: "elements of 16 bits are not baseline",
                });
            }
            let table = rest.first_chunk::<64>().filter(|_| number < 4);
            let Some(table) = table else {
                return Err(JpegError::BadSegment { offset: at, segment: "DQT" });
            };
            self.quant[number] = Some((at, *table));
            body = &rest[64..];
            at += 65;
        }
        Ok(())
    }

    /// DHT (T.81 section B.2.4.2).
    fn huffman(&mut self, mut body: &'a [u8], mut at: usize, marker_at: usize) -> Result<(), JpegError> {
        let broken = JpegError::BadSegment { offset: marker_at, segment: "DHT" };
        while let Some((&head, rest)) = body.split_first() {
            let (class, number) = (usize::from(head >> 4), usize::from(head & 15));
            let counts = rest.first_chunk::<16>().ok_or_else(|| broken.clone())?;
            let length = 16 + counts.iter().map(|&n| usize::from(n)).sum::<usize>();
            if class > 1 || number > 3 || rest.len() < length {
                return Err(broken);
            }
            self.huffman[class][number] = Some((at, &rest[..length]));
            body = &rest[length..];
            at += 1 + length;
        }
        Ok(())
    }

    /// SOF0 (T.81 section B.2.2).
    fn frame_header(&mut self, body: &[u8], at: usize, marker_at: usize) -> Result<(), JpegError> {
        if self.frame.is_some() || body.len() < 6 {
            return Err(JpegError::BadSegment { offset: marker_at, segment: "SOF0" });
        }
        if body[0] != 8 {
            return Err(JpegError::NotBaseline { offset: marker_at, process: "12-bit" });
        }
        let height = u16::from_be_bytes([body[1], body[2]]);
        let width = u16::from_be_bytes([body[3], body[4]]);
        if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
            return Err(JpegError::Size { offset: at + 1, width, height });
        }
        if body[5] != 3 {
            return Err(JpegError::Components { offset: at + 5, components: body[5] });
        }
        let Some(components) = body[6..].first_chunk::<9>().filter(|_| body.len() == 15) else {
            return Err(JpegError::BadSegment { offset: marker_at, segment: "SOF0" });
        };
        let sampling = match [components[1], components[4], components[7]] {
            [0x21, 0x11, 0x11] => Sampling::Yuv422,
            [0x22, 0x11, 0x11] => Sampling::Yuv420,
            factors => {
                let factors = factors.map(|f| format!("{}x{}", f >> 4, f & 15)).join(",");
                return Err(JpegError::Sampling { offset: at + 6, factors });
            }
        };
        let components = [0, 3, 6].map(|i| (components[i], components[i + 2]));
        self.frame = Some(Frame { at, width, height, sampling, components });
        Ok(())
    }

    /// SOS (T.81 section B.2.3) and the scan after it.
    fn scan_header(
        self,
        body: &[u8],
        at: usize,
        marker_at: usize,
        scan_at: usize,
    ) -> Result<JpegInfo, JpegError> {
        let Some(frame) = self.frame else {
            return Err(JpegError::Scan {
                offset: marker_at,
                fault: "the scan comes before its frame header",
            });
        };
        let Some(&[3, c0, t0, c1, t1, c2, t2, start, end, approximation]) = body.first_chunk::<10>() else {
            let fault = "the scan does not hold all three components";
            return Err(JpegError::Scan { offset: marker_at, fault });
        };
        let order = [c0, c1, c2] == frame.components.map(|c| c.0);
        if body.len() != 10 || !order || (start, end, approximation) != (0, 63, 0) {
            return Err(JpegError::Scan { offset: marker_at, fault: "not the scan of a baseline picture" });
        }
        self.check_huffman(at + 1, [t0, t1, t2])?;
        let tables = self.quant_tables(&frame)?;
        let (scan, restarts) = self.walk_scan(&frame, scan_at)?;
        let end = scan.end + 2;
        Ok(JpegInfo {
            width: frame.width,
            height: frame.height,
            sampling: frame.sampling,
            tables,
            restart_interval: self.restart_interval,
            scan,
            restarts,
            end,
        })
    }

    /// The tables that the scan names must be the standard ones, luminance's for the first
    /// component and chrominance's for the others.
    fn check_huffman(&self, at: usize, selectors: [u8; 3]) -> Result<(), JpegError> {
        if self.huffman.iter().flatten().all(Option::is_none) {
            return Ok(());
        }
        for (component, selector) in selectors.into_iter().enumerate() {
            let wanted: [&HuffmanTable; 2] = if component == 0 {
                [&tables::LUMA_DC, &tables::LUMA_AC]
            } else {
                [&tables::CHROMA_DC, &tables::CHROMA_AC]
            };
            for (class, number) in [(0, selector >> 4), (1, selector & 15)] {
                let wanted = wanted[class];
                let found = self.huffman[class].get(usize::from(number)).copied().flatten();
                let offset = found.map_or(at + 2 * component, |(offset, _)| offset);
                let same = found
                    .is_some_and(|(_, table)| table[..16] == wanted.counts && table[16..] == *wanted.symbols);
                if !same {
                    return Err(JpegError::Huffman { offset, table: wanted.name, annex: wanted.annex });
                }
            }
        }
        Ok(())
    }

    fn quant_tables(&self, frame: &Frame) -> Result<[QuantTable; 2], JpegError> {
        let find = |component: usize| {
            let number = usize::from(frame.components[component].1);
            let offset = frame.at + 6 + 3 * component + 2;
            let undefined = JpegError::Quantisation { offset, fault: "a table that is never defined" };
            self.quant.get(number).copied().flatten().ok_or(undefined)
        };
        let (luma, chroma, other) = (find(0)?, find(1)?, find(2)?);
        if chroma.1 != other.1 {
            let fault = "the two chrominance components use different ones";
            return Err(JpegError::Quantisation { offset: other.0, fault });
        }
        Ok([luma.1, chroma.1])
    }

    /// Finds the end of the scan and its restart markers (T.81 section E.1.4).
    fn walk_scan(&self, frame: &Frame, scan_at: usize) -> Result<(Range<usize>, Vec<u32>), JpegError> {
        let scan = &self.bytes[scan_at..];
        let truncated = JpegError::Truncated { offset: self.bytes.len() };
        let too_large = JpegError::TooLarge { what: "the scan's length", limit: MAX_OFFSET as usize };
        let expected = match self.restart_interval {
            Some(interval) => {
                mcus(frame.width, frame.height, frame.sampling).div_ceil(usize::from(interval.get())) - 1
            }
            None => 0,
        };
        let mut restarts = Vec::with_capacity(expected.min(scan.len() / 2));
        let mut at = 0;
        let end = loop {
            at += scan[at..].iter().position(|&b| b == 0xff).ok_or_else(|| truncated.clone())?;
            match scan.get(at + 1).copied().ok_or_else(|| truncated.clone())? {
                0 => at += 2,
                0xff => at += 1,
                0xd9 => break at,
                marker @ 0xd0..=0xd7 => {
                    let fault = if restarts.len() >= expected {
                        "a restart marker more than the restart interval (DRI) allows"
                    } else if usize::from(marker & 7) != restarts.len() % 8 {
                        "restart markers out of order"
                    } else {
                        at += 2;
                        restarts.push(u32::try_from(at).map_err(|_| too_large.clone())?);
                        continue;
                    };
                    return Err(JpegError::Restart { offset: scan_at + at, fault });
                }
                0xda | 0xc4 | 0xdb => {
                    return Err(JpegError::Scan { offset: scan_at + at, fault: "more than one scan" });
                }
                _ => return Err(JpegError::Scan { offset: scan_at + at, fault: "a marker inside the scan" }),
            }
        };
        if restarts.len() < expected {
            let fault = "fewer restart markers than the restart interval (DRI) asks for";
            return Err(JpegError::Restart { offset: scan_at + end, fault });
        }
        if end > MAX_OFFSET as usize {
            return Err(too_large);
        }
        Ok((scan_at..scan_at + end, restarts))
    }
}

/// The coding process of a frame header that is not baseline (T.81 table B.1).
fn process(marker: u8) -> &'static str {
    match marker {
        0xc1 => "extended sequential",
        0xc2 => "progressive",
        0xc3 => "lossless",
        0xc5..=0xc7 => "hierarchical",
        0xc8 => "reserved",
        0xc9..=0xcf => "arithmetic",
        _ => "unknown",
    }
}
