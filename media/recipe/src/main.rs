//! Draws and encodes the demo clip.
//!
//! `cargo run --release` writes `../demo.mjpeg`; `cargo run --release -- --check` only says
//! whether the committed file is what the recipe makes.

mod glyphs;
mod scene;

use jpeg_encoder::{ColorType, Encoder, QuantizationTableType, SamplingFactor};
use std::path::Path;
use std::process::ExitCode;

/// Quality after the scale of libjpeg (1 to 100): a picture makes about eleven RTP packets.
const QUALITY: u8 = 52;
/// MCUs between two restart markers: a quarter of a row of 40. A packet then holds several
/// whole intervals, and a lost packet costs a few short strips.
const RESTART_INTERVAL: u16 = 10;

fn main() -> ExitCode {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo.mjpeg");
    let mut clip = Vec::new();
    let mut sizes = Vec::new();
    for number in 0..scene::FRAMES {
        let picture = encode(&scene::draw(number));
        sizes.push(picture.len());
        clip.extend_from_slice(&picture);
    }
    println!(
        "{} pictures of {} to {} octets, {} octets in all",
        sizes.len(),
        sizes.iter().min().unwrap_or(&0),
        sizes.iter().max().unwrap_or(&0),
        clip.len()
    );
    let outcome = if std::env::args().any(|argument| argument == "--check") {
        std::fs::read(&path).map(|committed| committed == clip)
    } else {
        std::fs::write(&path, &clip).map(|()| true)
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("{} is not what the recipe makes", path.display());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

/// Encodes one picture as RFC 2435 wants it: baseline, 4:2:0, two 8-bit quantisation tables
/// (the scaled ones of ITU-T T.81 Annex K.1 and K.2), the Huffman tables of Annex K.3 to K.6,
/// restart markers.
fn encode(picture: &tiny_skia::Pixmap) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_quantization_tables(QuantizationTableType::Default, QuantizationTableType::Default);
    encoder.set_restart_interval(RESTART_INTERVAL);
    encoder.set_optimized_huffman_tables(false);
    encoder
        .encode(picture.data(), scene::WIDTH as u16, scene::HEIGHT as u16, ColorType::Rgba)
        .expect("an opaque picture of a legal size can be encoded");
    jpeg
}
