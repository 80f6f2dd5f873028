//! Every fault with a file built for it, and any bytes at all.

use super::*;
use crate::media::open;
use crate::rtp::jpeg::{JpegError, probe, samples};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use proptest::prelude::*;

/// Three different small pictures of one size.
fn pictures() -> [Vec<u8>; 3] {
    [40, 60, 80].map(|quality| samples::picture(48, 32, SamplingFactor::R_4_2_0, 3, quality))
}

fn plain(pictures: &[Vec<u8>]) -> Vec<u8> {
    pictures.concat()
}

fn lab(pictures: &[Vec<u8>]) -> Vec<u8> {
    pictures
        .iter()
        .flat_map(|jpeg| [format!("{:05}", jpeg.len()).into_bytes(), jpeg.clone()].concat())
        .collect()
}

fn read(file: Vec<u8>) -> Result<MotionJpeg, ClipError> {
    MotionJpeg::read("test.mjpeg", Bytes::from(file), FrameRate::DEFAULT)
}

fn error(file: Vec<u8>) -> ClipError {
    read(file).unwrap_err()
}

/// The pictures of a clip, as octets.
fn played(clip: &dyn Clip) -> Vec<Bytes> {
    (0..).map_while(|index| clip.sample(0, index)).map(|sample| sample.bytes).collect()
}

#[test]
fn both_forms_give_the_same_clip() {
    let all = pictures();
    for (file, form) in [(plain(&all), Form::Plain), (lab(&all), Form::Lab)] {
        let clip = read(file).unwrap();
        assert_eq!(clip.form(), form);
        assert_eq!(played(&clip), all);
        assert!(clip.notes().is_empty());
        assert_eq!(clip.duration(), Duration::from_millis(120));
        let track = &clip.tracks()[0];
        assert_eq!(track.codec, Codec::Jpeg { width: 48, height: 32 });
        assert_eq!((track.clock_rate, track.samples), (90_000, 3));
        assert_eq!(track.interval, Duration::from_millis(40));
        assert_eq!(clip.sample(0, 2).unwrap().time, Duration::from_millis(80));
        assert_eq!((clip.sample(0, 3), clip.sample(1, 0)), (None, None));
        assert_eq!(
            [0, 1, 40, 41, 80, 81, 9999].map(|ms| clip.seek(0, Duration::from_millis(ms))),
            [0, 1, 1, 2, 2, 3, 3]
        );
        assert_eq!(clip.seek(1, Duration::ZERO), 0);
    }
}

#[test]
fn pictures_are_slices_of_the_file() {
    let file = Bytes::from(lab(&pictures()));
    let clip = open("a", file.clone(), FrameRate::DEFAULT).unwrap();
    let picture = clip.sample(0, 1).unwrap().bytes;
    let at = 5 + pictures()[0].len() + 5;
    assert_eq!(picture.as_ptr(), file[at..].as_ptr());
}

#[test]
fn a_file_cut_anywhere_is_played_up_to_there() {
    let all = pictures();
    for (file, head) in [(plain(&all), 0), (lab(&all), 5)] {
        let ends: Vec<usize> = all
            .iter()
            .scan(0, |end, jpeg| {
                *end += head + jpeg.len();
                Some(*end)
            })
            .collect();
        for cut in 0..=file.len() {
            let whole = ends.iter().filter(|&&end| end <= cut).count();
            let clip = match read(file[..cut].to_vec()) {
                Ok(clip) => clip,
                Err(error) => {
                    assert_eq!((whole, error), (0, ClipError::NoPicture { offset: cut }));
                    continue;
                }
            };
            assert_eq!(played(&clip), all[..whole]);
            let start = ends[whole - 1];
            if cut == start {
                assert!(clip.notes().is_empty(), "cut between pictures: {cut}");
            } else {
                let [note] = clip.notes() else { panic!("one note at {cut}: {:?}", clip.notes()) };
                let cut =
                    if cut < 1000 { cut.to_string() } else { format!("{},{:03}", cut / 1000, cut % 1000) };
                assert!(
                    note.starts_with(&format!(
                        "test.mjpeg is cut short: it ends at byte {cut}, inside picture {whole}, "
                    )),
                    "{note}"
                );
            }
        }
    }
}

#[test]
fn other_files_are_told_apart() {
    for (file, looks_like) in [
        (&b"RIFF\x10\x00\x00\x00WAVEfmt "[..], Some("a RIFF file, but not AVI")),
        (b"\x1a\x45\xdf\xa3", Some("a Matroska or WebM file")),
        (b"\x89PNG\r\n", Some("a PNG picture")),
        (b"GIF89a", Some("a GIF picture")),
        (b"--boundary\r\n", Some("MJPEG over HTTP (multipart)")),
        (b"hello", None),
        (b"\xff\xd9", None),
        (b"\x00", None),
    ] {
        assert_eq!(error(file.to_vec()), ClipError::NotMotionJpeg { looks_like });
    }
    for empty in [&b""[..], b"\xff", b"\xff\xd8", b"0", b"01234"] {
        assert_eq!(error(empty.to_vec()), ClipError::NoPicture { offset: empty.len() });
    }
}

#[test]
fn lab_lengths_that_are_none_are_refused() {
    let all = pictures();
    let second = 5 + all[0].len();
    for (field, found) in
        [("1 234", "1 234"), ("-0001", "-0001"), ("00000", "00000"), ("\u{1}\n\"ab", "\\x01\\n\\\"ab")]
    {
        let mut file = lab(&all);
        file[second..second + 5].copy_from_slice(field.as_bytes());
        let expected = ClipError::Length { picture: 1, offset: second, found: found.to_owned() };
        assert_eq!(error(file), expected);
    }
    // A line end after the last picture is not a length either, nor a file cut short.
    let mut file = lab(&all);
    let offset = file.len();
    file.push(b'\n');
    assert_eq!(error(file), ClipError::Length { picture: 3, offset, found: "\\n".to_owned() });
}

#[test]
fn lab_lengths_that_are_wrong_are_refused() {
    let all = pictures();
    let second = 5 + all[0].len();
    let with_length = |length: usize| {
        let mut file = lab(&all);
        file[second..second + 5].copy_from_slice(format!("{length:05}").as_bytes());
        file
    };
    let mismatch = |length, fault| ClipError::LengthMismatch { picture: 1, offset: second, length, fault };
    let right = all[1].len();
    for length in [1, 2, right / 2, right - 1] {
        let fault = if length == 1 { None } else { Some("the picture is not over by then") };
        match fault {
            Some(fault) => assert_eq!(error(with_length(length)), mismatch(length, fault)),
            // One octet is not even the SOI marker.
            None => assert!(matches!(error(with_length(length)), ClipError::Picture { picture: 1, .. })),
        }
    }
    for length in [right + 1, right + 5 + all[2].len(), 99_999] {
        assert_eq!(error(with_length(length)), mismatch(length, "the picture ends before that"));
    }
    // The last picture is whole, but its length reaches behind the end of the file.
    let mut file = lab(&all[..1]);
    file[..5].copy_from_slice(b"09999");
    let fault = "the picture ends before that";
    assert_eq!(error(file), ClipError::LengthMismatch { picture: 0, offset: 0, length: 9999, fault });
}

#[test]
fn what_is_no_picture_between_pictures_is_refused() {
    let all = pictures();
    let mut file = plain(&all[..2]);
    let offset = file.len();
    file.extend(b"\r\n");
    file.extend(&all[2]);
    let expected = ClipError::Stray { picture: 2, offset, found: "0D 0A FF D8".to_owned() };
    assert_eq!(error(file), expected);
    assert_eq!(
        expected.to_string(),
        format!("picture 2, byte {offset}: a JPEG must begin here (FF D8), but there is 0D 0A FF D8")
    );
}

#[test]
fn fill_is_left_out_and_noted() {
    let all = pictures();
    let padded: Vec<u8> = all.iter().flat_map(|jpeg| [jpeg.as_slice(), &[0; 3]].concat()).collect();
    let padded_lab = lab(&all.each_ref().map(|jpeg| [jpeg.as_slice(), &[0; 3]].concat()));
    for file in [padded, padded_lab] {
        let clip = read(file).unwrap();
        assert_eq!(played(&clip), all);
        assert_eq!(clip.notes().len(), 1);
        assert!(clip.notes()[0].starts_with("test.mjpeg has fill"), "{:?}", clip.notes());
    }
}

/// A picture that RFC 2435 cannot carry, as second of a clip: offset and section are named.
fn refused(bad: &[u8], section: &str) -> JpegError {
    let good = samples::yuv420(48, 32, 3);
    let fault = probe(bad).unwrap_err();
    for (file, start) in [
        (plain(&[good.clone(), bad.to_vec(), good.clone()]), good.len()),
        (lab(&[good.clone(), bad.to_vec(), good.clone()]), 5 + good.len() + 5),
    ] {
        let error = error(file);
        let offset = start + fault.offset().unwrap();
        assert_eq!(error, ClipError::Picture { picture: 1, offset, fault: fault.clone() });
        let text = error.to_string();
        assert!(text.starts_with(&format!("picture 1, byte {offset}: ")), "{text}");
        assert!(text.contains(section) && !text.contains("offset"), "{text}");
        let remedy = error.remedy("my clip.mjpeg").unwrap();
        for needed in ["-i \"my clip.mjpeg\"", "-huffman default", "-force_duplicated_matrix 1", "yuvj420p"] {
            assert!(remedy.contains(needed), "{remedy}");
        }
    }
    fault
}

#[test]
fn pictures_that_rtp_cannot_carry_are_refused() {
    let marker = |jpeg: &[u8], marker: u8| jpeg.windows(2).position(|w| w == [0xff, marker]).unwrap();

    let mut huffman = samples::yuv420(48, 32, 3);
    let at = marker(&huffman, 0xc4);
    huffman[at + 5 + 16] ^= 1;
    assert!(matches!(refused(&huffman, "RFC 2435 section 4.1"), JpegError::Huffman { .. }));

    let mut progressive = Vec::new();
    let mut encoder = Encoder::new(&mut progressive, 70);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_progressive(true);
    encoder.encode(&[90; 48 * 32 * 3], 48, 32, ColorType::Rgb).unwrap();
    assert!(matches!(refused(&progressive, "RFC 2435 section 3.1.3"), JpegError::NotBaseline { .. }));

    let full = samples::picture(48, 32, SamplingFactor::R_4_4_4, 0, 70);
    assert!(matches!(refused(&full, "RFC 2435 section 4.1"), JpegError::Sampling { .. }));

    let mut grey = Vec::new();
    Encoder::new(&mut grey, 70).encode(&[7; 48 * 32], 48, 32, ColorType::Luma).unwrap();
    assert!(matches!(refused(&grey, "RFC 2435 section 4.1"), JpegError::Components { .. }));

    let large = samples::yuv420(2048, 16, 0);
    assert!(matches!(
        refused(&large, "RFC 2435 sections 3.1.5 and 3.1.6"),
        JpegError::Size { width: 2048, height: 16, .. }
    ));
    assert!(read(samples::yuv420(2040, 16, 0)).is_ok());

    let mut restart = samples::yuv420(48, 32, 3);
    let at = marker(&restart, 0xd0);
    restart[at + 1] = 0xd5;
    assert!(matches!(refused(&restart, "RFC 2435 sections 3.1.7"), JpegError::Restart { .. }));

    // In the middle of a file, a picture without its end is no file cut short.
    let mut endless = samples::yuv420(48, 32, 3);
    endless.truncate(endless.len() - 2);
    let good = samples::yuv420(48, 32, 3);
    let file = plain(&[good.clone(), endless.clone(), good.clone()]);
    let offset = good.len() + endless.len();
    assert!(matches!(error(file), ClipError::Picture { picture: 1, offset: o, .. } if o == offset));
}

#[test]
fn a_change_of_size_is_refused() {
    let first = samples::yuv420(48, 32, 0);
    let second = samples::yuv420(48, 40, 0);
    let size_change = |offset| ClipError::SizeChange { picture: 1, offset, size: (48, 40), first: (48, 32) };
    let both = [first.clone(), second];
    assert_eq!(error(plain(&both)), size_change(first.len()));
    assert_eq!(error(lab(&both)), size_change(first.len() + 10));
}

#[test]
fn a_size_that_receivers_round_up_is_noted() {
    let clip = read(samples::yuv420(322, 242, 0)).unwrap();
    let [note] = clip.notes() else { panic!("{:?}", clip.notes()) };
    assert!(note.contains("322 x 242") && note.contains("328 x 248"), "{note}");
}

#[test]
fn the_limits_hold() {
    // A picture whose scan does not end within the limit.
    let mut file = samples::yuv420(48, 32, 0);
    let end = file.len() - 2;
    file.splice(end..end, vec![1; MAX_PICTURE]);
    let limit = MAX_PICTURE;
    assert_eq!(error(file.clone()), ClipError::PictureTooLarge { picture: 0, offset: 0, limit });
    // One of exactly the limit is read.
    file.drain(end..end + file.len() - MAX_PICTURE);
    assert_eq!(read(file).unwrap().tracks()[0].samples, 1);

    let one = samples::yuv420(8, 8, 0);
    let mut many = one.repeat(MAX_PICTURES);
    assert_eq!(read(many.clone()).unwrap().tracks()[0].samples, MAX_PICTURES);
    let offset = many.len();
    many.extend(&one);
    assert_eq!(error(many), ClipError::TooManyPictures { offset, limit: MAX_PICTURES });
}

#[test]
fn a_file_over_the_limit_is_refused_unread() {
    // Zero pages: nothing of it is touched.
    let file = Bytes::from(vec![0; MAX_FILE + 1]);
    let error = MotionJpeg::read("large", file, FrameRate::DEFAULT).unwrap_err();
    assert_eq!(error, ClipError::FileTooLarge { size: MAX_FILE + 1 });
}

proptest! {
    #[test]
    fn any_bytes_are_answered(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), form in 0..3) {
        match form {
            1 => drop(bytes.splice(0..0, [0xff, 0xd8])),
            2 => drop(bytes.splice(0..0, *b"00100")),
            _ => {}
        }
        let length = bytes.len();
        if let Ok(clip) = read(bytes) {
            prop_assert!(played(&clip).iter().map(Bytes::len).sum::<usize>() <= length);
        }
    }

    #[test]
    fn any_change_of_a_file_is_answered(at in 0usize..20_000, value: u8, cut in 0usize..40_000, in_lab: bool) {
        let all = pictures();
        let mut file = if in_lab { lab(&all) } else { plain(&all) };
        let at = at % file.len();
        file[at] = value;
        file.truncate(cut);
        let length = file.len();
        match read(file) {
            Ok(clip) => {
                for picture in played(&clip) {
                    prop_assert!(probe(&picture).is_ok_and(|info| info.end == picture.len()));
                }
            }
            Err(
                ClipError::NoPicture { offset }
                | ClipError::Length { offset, .. }
                | ClipError::LengthMismatch { offset, .. }
                | ClipError::Stray { offset, .. }
                | ClipError::Picture { offset, .. }
                | ClipError::SizeChange { offset, .. },
            ) => prop_assert!(offset <= length),
            Err(ClipError::NotMotionJpeg { .. }) => prop_assert!(at == 0 || at == 1),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}
