//! Small pictures for the tests, and a decoder that is not ours.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// A noisy colour picture with the standard Huffman tables.
pub fn picture(width: u16, height: u16, sampling: SamplingFactor, restarts: u16, quality: u8) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    let mut noise = 1u32;
    for y in 0..height {
        for x in 0..width {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (noise >> 27) as u8;
            pixels.extend([(x * 3) as u8 ^ grain, (y * 5) as u8 ^ grain, ((x + y) * 2) as u8]);
        }
    }
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, quality);
    encoder.set_sampling_factor(sampling);
    encoder.set_optimized_huffman_tables(false);
    if restarts > 0 {
        encoder.set_restart_interval(restarts);
    }
    encoder.encode(&pixels, width, height, ColorType::Rgb).unwrap();
    out
}

/// A 4:2:0 picture.
pub fn yuv420(width: u16, height: u16, restarts: u16) -> Vec<u8> {
    picture(width, height, SamplingFactor::R_4_2_0, restarts, 75)
}

/// Decodes to RGB with an independent, strict decoder.
pub fn decode(jpeg: &[u8]) -> Result<(usize, usize, Vec<u8>), String> {
    use zune_jpeg::zune_core::bytestream::ZCursor;
    use zune_jpeg::zune_core::options::DecoderOptions;
    let options = DecoderOptions::default().set_strict_mode(true);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let pixels = decoder.decode().map_err(|e| format!("{e:?}"))?;
    let (width, height) = decoder.dimensions().ok_or("no size")?;
    Ok((width, height, pixels))
}
