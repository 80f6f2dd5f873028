//! A numbered clip: each picture shows its number in a way that survives any decoder, a change
//! of size, and coding it anew.
//!
//! The top third of a picture holds its number as sixteen blocks, black for 0 and white for 1,
//! the highest bit first, in two rows of eight. The bottom third holds the same bits inverted,
//! so that a grey, torn or foreign picture has no number at all. Between them is noise that
//! differs from picture to picture, so that one takes several RTP packets.
//!
//! `pictures::serve()` starts a server with the clip as `/numbers`. What a peer decoded
//! is read with [`numbers`] from raw grey pictures, or with [`number_in_jpeg`].

use super::{Layercast, shared};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use std::path::PathBuf;
use std::sync::OnceLock;
use zune_jpeg::zune_core::bytestream::ZCursor;

/// A picture's width, pixels.
pub const WIDTH: usize = 320;
/// A picture's height, pixels.
pub const HEIGHT: usize = 240;
/// Pictures a second, when `--frame-rate` says nothing else.
pub const RATE: usize = 25;
/// Pictures in the clip: 20 s.
pub const COUNT: u16 = 500;
/// The clip's path on the server.
pub const PATH: &str = "/numbers";

const COLUMNS: usize = 8;
/// A block's side, pixels.
const BLOCK: usize = WIDTH / COLUMNS;

/// A folder for `--media` with the clip in it, made once for a run of tests.
pub fn folder() -> PathBuf {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let clip: Vec<u8> = (0..COUNT).flat_map(picture).collect();
        let file = shared("numbered").join("numbers.mjpeg");
        // Test programs may run side by side: all write the same octets, each in one step.
        let own = file.with_extension(format!("{}.part", std::process::id()));
        std::fs::write(&own, clip).expect("the temporary folder can be written");
        std::fs::rename(&own, &file).expect("a file can be moved within its folder");
        file.parent().expect("a file is in a folder").to_owned()
    })
    .clone()
}

/// A server that serves the clip as [`PATH`].
pub fn serve(arguments: &[&str]) -> Layercast {
    let folder = folder();
    let media = ["--media", folder.to_str().expect("a path in UTF-8")];
    Layercast::start(&[&media, arguments].concat())
}

/// One picture as a JPEG that RFC 2435 can carry: 4:2:0, two tables, standard Huffman codes.
pub fn picture(number: u16) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(WIDTH * HEIGHT * 3);
    let mut noise = u32::from(number) + 1;
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let pixel = match y * 3 / HEIGHT {
                0 => [tone(bit(number, x / BLOCK, y / BLOCK)); 3],
                2 => [tone(!bit(number, x / BLOCK, (y - HEIGHT * 2 / 3) / BLOCK)); 3],
                _ => {
                    noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let grain = (noise >> 25) as u8;
                    [64 + grain, (x / 2) as u8, 192 - grain]
                }
            };
            pixels.extend(pixel);
        }
    }
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 60);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_optimized_huffman_tables(false);
    encoder.encode(&pixels, WIDTH as u16, HEIGHT as u16, ColorType::Rgb).expect("a picture of legal size");
    jpeg
}

/// Which bit of `number` the block in this column and row shows.
fn bit(number: u16, column: usize, row: usize) -> bool {
    number & (0x8000 >> (row * COLUMNS + column)) != 0
}

fn tone(white: bool) -> u8 {
    if white { 255 } else { 0 }
}

/// The number in a grey picture of any size; `None` when a block is neither black nor white,
/// or when the bits and their inverse disagree.
pub fn number(luma: &[u8], width: usize, height: usize) -> Option<u16> {
    // The mean of the middle of a block, away from what the coder smears over its edges.
    let block = |column: usize, row: usize| -> Option<bool> {
        let (wide, high) = (width as f64 / COLUMNS as f64, height as f64 / 6.0);
        let part =
            |at: usize, size: f64| ((at as f64 + 0.3) * size) as usize..=((at as f64 + 0.7) * size) as usize;
        let (mut sum, mut count) = (0, 0);
        for y in part(row, high) {
            for x in part(column, wide) {
                sum += usize::from(*luma.get(y * width + x)?);
                count += 1;
            }
        }
        match sum / count {
            0..=70 => Some(false),
            185.. => Some(true),
            _ => None,
        }
    };
    let bits = |first_row: usize| -> Option<u16> {
        (0..2 * COLUMNS).try_fold(0, |bits, at| {
            Some(bits << 1 | u16::from(block(at % COLUMNS, first_row + at / COLUMNS)?))
        })
    };
    bits(0).filter(|number| bits(4) == Some(!number))
}

/// The numbers in raw grey pictures of the clip's size, one after the other.
pub fn numbers(luma: &[u8]) -> Vec<Option<u16>> {
    luma.chunks_exact(WIDTH * HEIGHT).map(|picture| number(picture, WIDTH, HEIGHT)).collect()
}

/// The number in a picture that a page was sent (docs/protocol.md, "Pictures").
pub fn number_in_message(message: &[u8]) -> Option<u16> {
    let missing = usize::from(u16::from_le_bytes(message.get(16..18)?.try_into().ok()?));
    number_in_jpeg(message.get(18 + 8 * missing..)?)
}

/// The number in a JPEG, read with a decoder that is not ours.
pub fn number_in_jpeg(jpeg: &[u8]) -> Option<u16> {
    let mut decoder = zune_jpeg::JpegDecoder::new(ZCursor::new(jpeg));
    let pixels = decoder.decode().ok()?;
    let (width, height) = decoder.dimensions()?;
    let colours = pixels.len() / (width * height);
    // Numbers are black and white: any colour channel shows them.
    let luma: Vec<u8> = pixels.chunks_exact(colours).map(|pixel| pixel[0]).collect();
    number(&luma, width, height)
}

/// Asserts that the pictures follow one another without a gap, each with its number; the first
/// is answered.
///
/// Datagrams that the kernel dropped since `drops`, in front of a socket that was not read in
/// time, are neither ours nor the peer's: when it counted some, pictures may be missing, but
/// those that came must still grow, and most must have come.
#[track_caller]
pub fn consecutive(read: &[Option<u16>], peer: &str, drops: &KernelDrops) -> u16 {
    let first = read.first().copied().flatten();
    let first = first.unwrap_or_else(|| panic!("{peer}: no number in the first picture: {read:?}"));
    let dropped = drops.since();
    if dropped == 0 {
        for (at, number) in read.iter().enumerate() {
            let wanted = (usize::from(first) + at) % usize::from(COUNT);
            assert_eq!(number.map(usize::from), Some(wanted), "{peer}: picture {at} in {read:?}");
        }
        return first;
    }
    eprintln!("{peer}: the kernel dropped {dropped} datagrams of this machine meanwhile");
    let whole: Vec<u16> = read.iter().copied().flatten().collect();
    assert!(whole.len() * 2 > read.len(), "{peer}: {read:?}");
    for pair in whole.windows(2) {
        let step = (pair[1] + COUNT - pair[0]) % COUNT;
        assert!((1..COUNT / 4).contains(&step), "{peer}: from {} to {} in {read:?}", pair[0], pair[1]);
    }
    first
}

/// How many datagrams the kernel has dropped because nobody read a socket in time.
pub struct KernelDrops(u64);

impl KernelDrops {
    /// Counts from now on.
    pub fn from_now() -> Self {
        KernelDrops(Self::counted())
    }

    /// How many were dropped since.
    pub fn since(&self) -> u64 {
        Self::counted() - self.0
    }

    /// The kernel's own count, for all programs; 0 where it tells none.
    fn counted() -> u64 {
        let text = std::fs::read_to_string("/proc/net/snmp").unwrap_or_default();
        let mut udp = text.lines().filter_map(|line| line.strip_prefix("Udp: "));
        let (Some(names), Some(values)) = (udp.next(), udp.next()) else { return 0 };
        let mut columns = names.split(' ').zip(values.split(' '));
        columns
            .find(|(name, _)| *name == "RcvbufErrors")
            .and_then(|(_, value)| value.parse().ok())
            .unwrap_or(0)
    }
}
