use super::*;
use crate::rtp::jpeg::samples;
use jpeg_encoder::SamplingFactor;
use proptest::prelude::*;

/// Offset of the first segment with this marker.
fn find(jpeg: &[u8], marker: u8) -> usize {
    jpeg.windows(2).position(|w| w == [0xff, marker]).unwrap()
}

#[test]
fn a_good_picture_is_described() {
    let jpeg = samples::yuv420(72, 40, 5);
    let info = probe(&jpeg).unwrap();
    assert_eq!((info.width, info.height, info.sampling), (72, 40, Sampling::Yuv420));
    assert_eq!(info.mcus(), 5 * 3);
    assert_eq!(info.intervals(), 3);
    assert_eq!(info.restart_interval.unwrap().get(), 5);
    assert_eq!(info.end, jpeg.len());
    assert_eq!(jpeg[info.scan.end..], [0xff, 0xd9]);
    for (n, &at) in info.restarts.iter().enumerate() {
        let at = info.scan.start + at as usize;
        assert_eq!(jpeg[at - 2..at], [0xff, 0xd0 + n as u8]);
    }
    let jpeg = samples::picture(32, 24, SamplingFactor::R_4_2_2, 0, 60);
    let info = probe(&jpeg).unwrap();
    assert_eq!((info.sampling, info.mcus(), info.restart_interval), (Sampling::Yuv422, 6, None));
}

#[test]
fn what_follows_the_picture_is_not_read() {
    let mut jpeg = samples::yuv420(16, 16, 0);
    let end = jpeg.len();
    jpeg.extend(b"next");
    assert_eq!(probe(&jpeg).unwrap().end, end);
}

#[test]
fn every_cut_is_truncated() {
    let jpeg = samples::yuv420(32, 32, 2);
    for cut in 0..jpeg.len() {
        let expected =
            if cut == 1 { JpegError::NotJpeg { offset: 0 } } else { JpegError::Truncated { offset: cut } };
        assert_eq!(probe(&jpeg[..cut]), Err(expected), "cut at {cut}");
    }
}

#[test]
fn unfit_pictures_are_refused_with_their_place() {
    let full = samples::picture(32, 32, SamplingFactor::R_4_4_4, 0, 75);
    let sof = find(&full, 0xc0);
    assert_eq!(
        probe(&full),
        Err(JpegError::Sampling { offset: sof + 4 + 6, factors: "1x1,1x1,1x1".to_owned() })
    );
    let mut grey = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut grey, 75);
    encoder.encode(&[7; 64], 8, 8, jpeg_encoder::ColorType::Luma).unwrap();
    let error = probe(&grey).unwrap_err();
    assert_eq!(error.section(), "RFC 2435 section 4.1");
    assert!(matches!(error, JpegError::Components { components: 1, .. }));

    let mut progressive = samples::yuv420(16, 16, 0);
    let sof = find(&progressive, 0xc0);
    progressive[sof + 1] = 0xc2;
    assert_eq!(probe(&progressive), Err(JpegError::NotBaseline { offset: sof, process: "progressive" }));

    let mut large = samples::yuv420(16, 16, 0);
    large[sof + 5..sof + 9].copy_from_slice(&[0x07, 0xf9, 0x00, 0x10]);
    assert_eq!(probe(&large), Err(JpegError::Size { offset: sof + 5, width: 16, height: 2041 }));
}

#[test]
fn own_huffman_tables_are_refused() {
    let mut own = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut own, 75);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_optimized_huffman_tables(true);
    encoder.encode(&[9; 32 * 32 * 3], 32, 32, jpeg_encoder::ColorType::Rgb).unwrap();
    // This encoder optimises one scan per component: the scan is what is refused first.
    assert!(matches!(probe(&own), Err(JpegError::Scan { .. })));

    // One changed symbol is enough, and the offset is the table's.
    let mut jpeg = samples::yuv420(16, 16, 0);
    let dht = find(&jpeg, 0xc4);
    jpeg[dht + 5 + 16] ^= 1;
    let error = probe(&jpeg).unwrap_err();
    let expected = JpegError::Huffman { offset: dht + 4, table: "luminance DC", annex: "table K.3" };
    assert_eq!(error, expected);
}

#[test]
fn a_picture_without_huffman_tables_means_the_standard_ones() {
    let mut jpeg = samples::yuv420(16, 16, 0);
    while let Some(at) = jpeg.windows(2).position(|w| w == [0xff, 0xc4]) {
        let length = usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        jpeg.drain(at..at + 2 + length);
    }
    assert!(probe(&jpeg).is_ok());
}

#[test]
fn restart_markers_must_match_the_interval() {
    let jpeg = samples::yuv420(64, 32, 4);
    let info = probe(&jpeg).unwrap();
    let first = info.scan.start + info.restarts[0] as usize - 2;
    let mut wrong = jpeg.clone();
    wrong[first + 1] = 0xd3;
    let error = JpegError::Restart { offset: first, fault: "restart markers out of order" };
    assert_eq!(probe(&wrong), Err(error));
    let mut missing = jpeg.clone();
    missing.drain(first..first + 2);
    assert!(matches!(probe(&missing), Err(JpegError::Restart { .. })));
    let mut dri_gone = jpeg;
    let dri = find(&dri_gone, 0xdd);
    dri_gone[dri + 4..dri + 6].fill(0);
    assert!(matches!(probe(&dri_gone), Err(JpegError::Restart { .. })));
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut with_soi = vec![0xff, 0xd8];
        with_soi.extend(&bytes);
        for bytes in [&bytes, &with_soi] {
            let bounded = match probe(bytes) {
                Ok(info) => info.end <= bytes.len(),
                Err(error) => error.offset().is_some_and(|o| o <= bytes.len()),
            };
            prop_assert!(bounded);
        }
    }

    #[test]
    fn any_change_of_a_picture_is_answered(at in 0usize..2000, value: u8) {
        let mut jpeg = samples::yuv420(32, 32, 2);
        let at = at % jpeg.len();
        jpeg[at] = value;
        match probe(&jpeg) {
            Ok(info) => prop_assert!(info.end <= jpeg.len() && info.scan.end + 2 == info.end),
            Err(error) => prop_assert!(error.offset().is_some_and(|o| o <= jpeg.len())),
        }
    }
}
