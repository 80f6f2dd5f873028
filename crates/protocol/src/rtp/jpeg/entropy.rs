//! Just enough of baseline entropy coding (T.81 annex F) to cut a damaged run of MCUs after
//! its last whole one, and to write empty ones.

use super::probe::Sampling;
use super::tables::{CHROMA_AC, CHROMA_DC, HuffmanTable, LUMA_AC, LUMA_DC};

/// Decoding tables of one Huffman table: the smallest code, the number of codes and the first
/// symbol of each length (T.81 section F.2.2.3).
#[derive(Clone, Debug)]
struct Decoder {
    lengths: [(u32, u32, usize); 16],
    symbols: &'static [u8],
}

impl Decoder {
    fn new(table: &HuffmanTable) -> Self {
        let mut lengths = [(0, 0, 0); 16];
        let (mut code, mut symbol) = (0, 0);
        for (slot, &count) in lengths.iter_mut().zip(&table.counts) {
            code <<= 1;
            *slot = (code, u32::from(count), symbol);
            code += u32::from(count);
            symbol += usize::from(count);
        }
        Self { lengths, symbols: table.symbols }
    }

    /// The next symbol; `None` at the end of the bits or for a code that does not exist.
    fn symbol(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let mut code = 0;
        for (smallest, count, first) in self.lengths {
            code = code << 1 | bits.take(1)?;
            if code >= smallest && code - smallest < count {
                return self.symbols.get(first + (code - smallest) as usize).copied();
            }
        }
        None
    }
}

/// Bits of octets without stuffing, most significant first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: u8) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }
}

/// Writes bits with stuffing (T.81 section F.1.2.3).
#[derive(Default)]
struct BitWriter {
    out: Vec<u8>,
    pending: u8,
    count: u8,
}

impl BitWriter {
    fn put(&mut self, value: u32, bits: u8) {
        for shift in (0..bits).rev() {
            self.pending = self.pending << 1 | (value >> shift & 1) as u8;
            self.count += 1;
            if self.count == 8 {
                self.out.push(self.pending);
                if self.pending == 0xff {
                    self.out.push(0);
                }
                (self.pending, self.count) = (0, 0);
            }
        }
    }

    /// Fills the last octet with ones (T.81 section F.1.2.3).
    fn finish(mut self) -> Vec<u8> {
        while self.count != 0 {
            self.put(1, 1);
        }
        self.out
    }

    /// MCUs in which nothing changes: a DC difference of zero (`00` in tables K.3 and K.4) and
    /// end of block (`1010` in K.5, `00` in K.6).
    fn empty_mcus(&mut self, count: usize, sampling: Sampling) {
        for _ in 0..count {
            for _ in 0..sampling.luma_blocks() {
                self.put(0b00_1010, 6);
            }
            self.put(0, 8);
        }
    }
}

/// A restart interval of `mcus` empty MCUs: grey, since the DC prediction begins at zero.
pub fn empty_interval(mcus: usize, sampling: Sampling) -> Vec<u8> {
    let mut writer = BitWriter::default();
    writer.empty_mcus(mcus, sampling);
    writer.finish()
}

/// Mends a run of MCUs that is cut short: keeps its whole MCUs and fills up to `mcus` with ones
/// in which nothing changes. Returns the coded run and how many MCUs were kept.
pub fn mend_interval(data: &[u8], mcus: usize, sampling: Sampling) -> (Vec<u8>, usize) {
    let plain = unstuff(data);
    let mut bits = Bits { bytes: &plain, at: 0 };
    let luma = [Decoder::new(&LUMA_DC), Decoder::new(&LUMA_AC)];
    let chroma = [Decoder::new(&CHROMA_DC), Decoder::new(&CHROMA_AC)];
    let (mut kept, mut end) = (0, 0);
    while kept < mcus {
        let luma_ok = (0..sampling.luma_blocks()).all(|_| skip_block(&mut bits, &luma).is_some());
        if !luma_ok || skip_block(&mut bits, &chroma).is_none() || skip_block(&mut bits, &chroma).is_none() {
            break;
        }
        kept += 1;
        end = bits.at;
    }
    let mut writer = BitWriter::default();
    for &byte in &plain[..end / 8] {
        writer.put(byte.into(), 8);
    }
    if !end.is_multiple_of(8) {
        let tail = end % 8;
        writer.put(u32::from(plain[end / 8]) >> (8 - tail), tail as u8);
    }
    writer.empty_mcus(mcus - kept, sampling);
    (writer.finish(), kept)
}

/// Reads over one block: a DC difference and AC coefficients up to the end of block.
fn skip_block(bits: &mut Bits<'_>, [dc, ac]: &[Decoder; 2]) -> Option<()> {
    let size = dc.symbol(bits)?;
    bits.take(size)?;
    let mut position = 1;
    while position < 64 {
        let symbol = ac.symbol(bits)?;
        let (run, size) = (symbol >> 4, symbol & 15);
        match (run, size) {
            (0, 0) => return Some(()),
            (15, 0) => position += 16,
            _ => {
                bits.take(size)?;
                position += run + 1;
            }
        }
    }
    (position == 64).then_some(())
}

/// The coded octets without stuffing, up to the first marker.
fn unstuff(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut bytes = data.iter();
    while let Some(&byte) = bytes.next() {
        if byte == 0xff && bytes.next() != Some(&0) {
            break;
        }
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{probe, samples};
    use super::*;

    #[test]
    fn an_empty_mcu_of_420_is_32_bits() {
        assert_eq!(empty_interval(1, Sampling::Yuv420), [0x28, 0xa2, 0x8a, 0x00]);
        // 20 bits, and ones to the octet's end.
        assert_eq!(empty_interval(1, Sampling::Yuv422), [0x28, 0xa0, 0x0f]);
    }

    #[test]
    fn a_whole_interval_is_mended_into_itself() {
        let jpeg = samples::yuv420(64, 48, 0);
        let info = probe(&jpeg).unwrap();
        let scan = &jpeg[info.scan.clone()];
        let (mended, kept) = mend_interval(scan, info.mcus(), info.sampling);
        assert_eq!(kept, 12);
        assert_eq!(mended, scan);
    }

    #[test]
    fn every_cut_keeps_whole_mcus_only() {
        let jpeg = samples::yuv420(64, 32, 0);
        let info = probe(&jpeg).unwrap();
        let scan = &jpeg[info.scan.clone()];
        let mut last = 0;
        for cut in 0..scan.len() {
            let (mended, kept) = mend_interval(&scan[..cut], 8, info.sampling);
            assert!(kept >= last && kept < 8, "cut at {cut}");
            last = kept;
            assert_eq!(mend_interval(&mended, 8, info.sampling), (mended, 8), "cut at {cut}");
        }
        assert_eq!(last, 7);
    }
}
