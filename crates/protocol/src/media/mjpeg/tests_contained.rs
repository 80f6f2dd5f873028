//! AVI and MP4: files made by hand, every fault with one built for it, and any bytes at all.

use super::*;
use crate::media::open;
use crate::rtp::jpeg::samples;
use proptest::prelude::*;

fn pictures() -> Vec<Vec<u8>> {
    (0..3).map(|restarts| samples::yuv420(48, 32, restarts)).collect()
}

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut chunk = [&id[..], &(body.len() as u32).to_le_bytes(), body].concat();
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

fn list(id: &[u8; 4], kind: &[u8; 4], parts: &[Vec<u8>]) -> Vec<u8> {
    chunk(id, &[&kind[..], &parts.concat()].concat())
}

/// An AVI file with a sound stream before the video, 30000/1001 pictures a second.
fn avi(encoding: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    let header = |kind: &[u8; 4], scale: u32, rate: u32| {
        let mut body = [0; 56];
        body[..4].copy_from_slice(kind);
        body[20..24].copy_from_slice(&scale.to_le_bytes());
        body[24..28].copy_from_slice(&rate.to_le_bytes());
        chunk(b"strh", &body)
    };
    let mut format = [0; 40];
    format[16..20].copy_from_slice(encoding);
    let headers = [
        chunk(b"avih", &[0; 56]),
        list(b"LIST", b"strl", &[header(b"auds", 1, 8000), chunk(b"strf", &[0; 18])]),
        list(b"LIST", b"strl", &[header(b"vids", 1001, 30_000), chunk(b"strf", &format)]),
    ];
    list(b"RIFF", b"AVI ", &[list(b"LIST", b"hdrl", &headers), list(b"LIST", b"movi", chunks)])
}

/// The chunks of an AVI: sound between the pictures, as players want it.
fn interleaved(pictures: &[Vec<u8>]) -> Vec<Vec<u8>> {
    pictures.iter().flat_map(|jpeg| [chunk(b"00wb", &[1; 33]), chunk(b"01dc", jpeg)]).collect()
}

fn atom(kind: &[u8; 4], parts: &[Vec<u8>]) -> Vec<u8> {
    let body = parts.concat();
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, &body].concat()
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// An MP4 file: the octets first, two pictures in the first chunk, one in each further one;
/// 12 ticks of 300 a second for each picture.
fn mp4(entry: &[u8; 4], extra: &[u8], pictures: &[Vec<u8>]) -> Vec<u8> {
    let head = atom(b"ftyp", &[b"isom".to_vec(), numbers(&[0])]);
    let data = atom(b"mdat", pictures);
    let mut ends = vec![head.len() + 8];
    for jpeg in pictures {
        ends.push(ends[ends.len() - 1] + jpeg.len());
    }
    let starts: Vec<u32> = (0..pictures.len()).filter(|&n| n != 1).map(|n| ends[n] as u32).collect();
    let sizes: Vec<u32> = pictures.iter().map(|jpeg| jpeg.len() as u32).collect();
    let count = sizes.len() as u32;
    let description = atom(entry, &[vec![0; 78], extra.to_vec()]);
    let table = [
        atom(b"stsd", &[numbers(&[0, 1]), description]),
        atom(b"stts", &[numbers(&[0, 1, count, 12])]),
        atom(b"stsc", &[numbers(&[0, 2, 1, 2, 1, 2, 1, 1])]),
        atom(b"stsz", &[numbers(&[0, 0, count]), numbers(&sizes)]),
        atom(b"stco", &[numbers(&[0, starts.len() as u32]), numbers(&starts)]),
    ];
    let media = |handler: &[u8; 4], table: &[Vec<u8>]| {
        let handler = atom(b"hdlr", &[numbers(&[0, 0]), handler.to_vec(), vec![0; 13]]);
        let info = atom(b"minf", &[atom(b"stbl", table)]);
        let parts = [atom(b"mdhd", &[numbers(&[0, 0, 0, 300, 36, 0])]), handler, info];
        atom(b"trak", &[atom(b"mdia", &parts)])
    };
    let movie = atom(b"moov", &[media(b"soun", &[]), media(b"vide", &table)]);
    [head, data, movie].concat()
}

fn read(file: Vec<u8>) -> Result<MotionJpeg, ClipError> {
    MotionJpeg::read("film.mov", Bytes::from(file), FrameRate::DEFAULT)
}

fn played(clip: &dyn Clip) -> Vec<Bytes> {
    (0..).map_while(|index| clip.sample(0, index)).map(|sample| sample.bytes).collect()
}

fn esds(object_type: u8) -> Vec<u8> {
    let config = [&[4, 0x80, 0x80, 0x80, 13, object_type][..], &[0; 12]].concat();
    let stream = [&[3, 3 + config.len() as u8, 0, 1, 0][..], &config].concat();
    atom(b"esds", &[numbers(&[0]), stream])
}

#[test]
fn containers_give_their_pictures_and_rate() {
    let all = pictures();
    for (file, form, rate) in [
        (avi(b"MJPG", &interleaved(&all)), Form::Avi, FrameRate::new(30_000, 1001).unwrap()),
        (mp4(b"jpeg", &[], &all), Form::Mp4, FrameRate::DEFAULT),
        (mp4(b"mp4v", &esds(0x6c), &all), Form::Mp4, FrameRate::DEFAULT),
    ] {
        let clip = read(file).unwrap();
        assert_eq!((clip.form(), clip.notes()), (form, &[] as &[String]));
        assert_eq!(played(&clip), all);
        assert_eq!(clip.duration(), rate.time_of(3));
        assert_eq!(clip.tracks()[0].codec, Codec::Jpeg { width: 48, height: 32 });
        assert!(clip.jpeg(0, 2).is_some() && clip.jpeg(0, 3).is_none());
    }
}

#[test]
fn an_avi_shows_a_picture_again_for_an_empty_chunk_and_goes_on_in_a_second_segment() {
    let all = pictures();
    let chunks = [chunk(b"01dc", &[]), chunk(b"01dc", &all[0]), chunk(b"01dc", &[])];
    let further = list(b"RIFF", b"AVIX", &[list(b"LIST", b"movi", &interleaved(&all[1..]))]);
    let clip = read([avi(b"mjpg", &chunks), further].concat()).unwrap();
    assert_eq!(played(&clip), [&all[0], &all[0], &all[1], &all[2]]);
}

#[test]
fn an_avi_that_was_never_finished_is_played() {
    let all = pictures();
    let mut file = avi(b"MJPG", &interleaved(&all));
    file[4..8].copy_from_slice(&[0; 4]);
    assert_eq!(played(&read(file).unwrap()), all);
}

#[test]
fn a_container_cut_short_is_played_up_to_there() {
    let all = pictures();
    let file = avi(b"MJPG", &interleaved(&all));
    let clip = read(file[..file.len() - 9].to_vec()).unwrap();
    assert_eq!(played(&clip), all[..2]);
    assert!(clip.notes()[0].starts_with("film.mov is cut short: it ends at byte "), "{:?}", clip.notes());
    // Of an MP4 the tables are gone.
    let file = mp4(b"jpeg", &[], &all);
    let error = read(file[..file.len() / 2].to_vec()).unwrap_err();
    assert!(matches!(error, ClipError::Container { offset, .. } if offset == file.len() / 2), "{error}");
}

#[test]
fn other_encodings_are_named() {
    let all = pictures();
    for (file, name) in [
        (avi(b"H264", &interleaved(&all)), "H264"),
        (mp4(b"avc1", &[], &all), "avc1"),
        (mp4(b"mp4v", &esds(0x20), &all), "mp4v"),
        (mp4(b"mp4v", &[], &all), "mp4v"),
    ] {
        let error = read(file).unwrap_err();
        assert!(matches!(&error, ClipError::Encoding { found, .. } if found == name), "{error}");
        assert!(error.remedy("a.mp4").unwrap().starts_with("ffmpeg -i a.mp4 -an -c:v mjpeg "));
    }
}

#[test]
fn a_bad_picture_is_named_with_its_byte() {
    let mut all = pictures();
    let full = samples::picture(48, 32, jpeg_encoder::SamplingFactor::R_4_4_4, 0, 70);
    let fault = crate::rtp::jpeg::probe(&full).unwrap_err();
    all[1] = full.clone();
    for file in [avi(b"MJPG", &interleaved(&all)), mp4(b"jpeg", &[], &all)] {
        let start = file.windows(full.len()).position(|window| window == full).unwrap();
        let offset = start + fault.offset().unwrap();
        let expected = ClipError::Picture { picture: 1, offset, fault: fault.clone() };
        assert_eq!(read(file).unwrap_err(), expected);
        assert!(expected.remedy("film.avi").unwrap().starts_with("ffmpeg -i film.avi -c:v mjpeg "));
    }
    let mut all = pictures();
    all[2] = samples::yuv420(48, 40, 0);
    for file in [avi(b"MJPG", &interleaved(&all)), mp4(b"jpeg", &[], &all)] {
        assert!(matches!(read(file).unwrap_err(), ClipError::SizeChange { picture: 2, .. }));
    }
}

#[test]
fn interlaced_video_is_refused_and_fill_is_not() {
    let mut all = pictures();
    all[1] = [all[0].clone(), vec![0, 0], all[1].clone()].concat();
    for file in [avi(b"MJPG", &interleaved(&all)), mp4(b"jpeg", &[], &all)] {
        let error = read(file).unwrap_err().to_string();
        assert!(error.contains("picture 1 has a second field"), "{error}");
    }
    let mut all = pictures();
    let whole = all.clone();
    all[1].extend([0, 0, 7]);
    assert_eq!(played(&read(avi(b"MJPG", &interleaved(&all))).unwrap()), whole);
}

#[test]
fn tables_that_contradict_one_another_are_refused() {
    let all = pictures();
    let file = mp4(b"jpeg", &[], &all);
    let table =
        |kind: &[u8; 4]| file.windows(4).enumerate().rfind(|(_, window)| window == kind).unwrap().0 + 4;
    let with = |at: usize, number: u32| {
        let mut file = file.clone();
        file[at..at + 4].copy_from_slice(&number.to_be_bytes());
        read(file).unwrap_err()
    };
    let counted = with(table(b"stsz") + 8, 5).to_string();
    assert!(counted.contains("5 pictures are counted here, but only 3 have a place"), "{counted}");
    assert!(matches!(with(table(b"stsz") + 8, u32::MAX), ClipError::TooManyPictures { .. }));
    assert!(with(table(b"stsz") + 8, 0).to_string().contains("fragmented"));
    assert!(matches!(with(table(b"stco") + 8, u32::MAX), ClipError::NoPicture { .. }));
    assert!(matches!(with(table(b"mdhd") + 12, 0), ClipError::Rate { .. }));
}

#[test]
fn a_file_that_tells_the_same_octets_again_costs_no_more_than_its_size() {
    let all = pictures();
    let file = mp4(b"jpeg", &[], &all);
    let video = mp4::read("film", &file).unwrap();
    let samples = video.samples.iter().copied().cycle().take(3000).collect();
    let rate = FrameRate::DEFAULT;
    let error =
        contained::check("film", &file, contained::Video { samples, rate, notes: Vec::new() }).unwrap_err();
    assert!(error.to_string().contains("lies where others do"), "{error}");
}

/// Any file of these, changed at a place and cut.
fn any_file(form: usize) -> Vec<u8> {
    let all = pictures();
    match form {
        0 => avi(b"MJPG", &interleaved(&all)),
        1 => mp4(b"jpeg", &[], &all),
        _ => mp4(b"mp4v", &esds(0x6c), &all),
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..400), form in 0..2) {
        let head: &[u8] = if form == 0 { b"RIFF\0\0\0\0AVI " } else { b"\0\0\0\x08ftyp" };
        let file = [head, &bytes].concat();
        if let Ok(clip) = read(file) {
            prop_assert!(clip.tracks()[0].samples > 0);
        }
    }

    #[test]
    fn any_change_of_a_file_is_answered(
        form in 0usize..3, from_end: bool, at in 0usize..2000, value: u8, cut in 0usize..20_000,
    ) {
        let mut file = any_file(form);
        // The headers of AVI stand at the beginning, the tables of MP4 at the end.
        let length = file.len();
        let at = if from_end { length - 1 - at % length } else { at % length };
        file[at] = value;
        if cut < length {
            file.truncate(length - cut / 20);
        }
        if let Ok(clip) = open("film", Bytes::from(file), FrameRate::DEFAULT) {
            prop_assert!(clip.tracks()[0].samples <= MAX_PICTURES);
            for index in 0..clip.tracks()[0].samples {
                prop_assert!(clip.sample(0, index).is_some());
            }
        }
    }
}
