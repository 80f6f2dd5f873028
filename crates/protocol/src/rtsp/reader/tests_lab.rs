//! The student project's dialect: every shape its clients send, cut anywhere.

use super::*;

/// Feeds `input` in the given pieces, with a pause after the last one.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Item> {
    let mut reader = Reader::with_lab_dialect();
    let mut items = Vec::new();
    for piece in pieces {
        reader.push(piece);
        while let Some(item) = reader.next() {
            items.push(item);
        }
    }
    items.extend(reader.settle());
    assert_eq!(reader.waiting(), 0, "{:?}", String::from_utf8_lossy(reader.partial_bytes()));
    items
}

/// Method, URL, CSeq, Transport and Session as an engine gets them.
fn known(item: &Item) -> [String; 5] {
    let request = crate::rtsp::message::Request::read(item).expect("a request");
    let header = |name| request.headers.get(name).unwrap_or("-").to_owned();
    [request.method.to_string(), request.uri.clone(), header("CSeq"), header("Transport"), header("Session")]
}

/// One request as it is written; what it says; its oddities beside line ends.
type Shape = (&'static str, [&'static str; 5], &'static [Oddity]);

const SHAPES: [Shape; 15] = [
    (
        "SETUP movie.Mjpeg\n 1 \n RTSP/1.0 RTP/UDP 3000",
        ["SETUP", "movie.Mjpeg", "1", "RTP/UDP;client_port=3000", "-"],
        &[
            Oddity::RelativeUri,
            Oddity::NoVersion,
            Oddity::BareCSeq,
            Oddity::VersionApart,
            Oddity::BareTransport,
            Oddity::NoEmptyLine,
        ],
    ),
    (
        "SETUP movie.Mjpeg\n1\n RTSP/1.0 RTP/UDP 3000 ",
        ["SETUP", "movie.Mjpeg", "1", "RTP/UDP;client_port=3000", "-"],
        &[],
    ),
    (
        "SETUP movie.Mjpeg\r\n1\r\nRTSP/1.0 RTP/UDP 3000\r\n",
        ["SETUP", "movie.Mjpeg", "1", "RTP/UDP;client_port=3000", "-"],
        &[],
    ),
    (
        "SETUP a film.mjpeg\nSeq: 1\n RTSP/1.0 RTP/UDP 25000",
        ["SETUP", "a film.mjpeg", "1", "RTP/UDP;client_port=25000", "-"],
        &[],
    ),
    (
        "PLAY \n 2",
        ["PLAY", "", "2", "-", "-"],
        &[Oddity::NoUri, Oddity::NoVersion, Oddity::BareCSeq, Oddity::NoEmptyLine],
    ),
    ("PLAY\n2\n", ["PLAY", "", "2", "-", "-"], &[]),
    ("PLAY movie.Mjpeg\n 12", ["PLAY", "movie.Mjpeg", "12", "-", "-"], &[]),
    ("PLAY movie.Mjpeg\n 12 \n RTSP/1.0 ", ["PLAY", "movie.Mjpeg", "12", "-", "-"], &[]),
    ("PAUSE \nSeq: 3", ["PAUSE", "", "3", "-", "-"], &[]),
    ("TEARDOWN \n 4", ["TEARDOWN", "", "4", "-", "-"], &[]),
    ("DESCRIBE \n5", ["DESCRIBE", "", "5", "-", "-"], &[]),
    (
        "SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 25000",
        ["SETUP", "movie.Mjpeg", "1", "RTP/UDP; client_port= 25000", "-"],
        &[Oddity::RelativeUri, Oddity::NoEmptyLine],
    ),
    (
        "SETUP movie.Mjpeg RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/UDP; client_port= 25000\r\n",
        ["SETUP", "movie.Mjpeg", "1", "RTP/UDP; client_port= 25000", "-"],
        &[Oddity::RelativeUri, Oddity::NoEmptyLine],
    ),
    (
        "PLAY movie.Mjpeg RTSP/1.0\nCSeq: 2\nSession: 123456",
        ["PLAY", "movie.Mjpeg", "2", "-", "123456"],
        &[Oddity::RelativeUri, Oddity::NoEmptyLine],
    ),
    (
        "DESCRIBE movie.Mjpeg RTSP/1.0\nCSeq: 2",
        ["DESCRIBE", "movie.Mjpeg", "2", "-", "-"],
        &[Oddity::RelativeUri, Oddity::NoEmptyLine],
    ),
];

#[test]
fn every_shape_is_read_whole_and_octet_by_octet() {
    for (text, wanted, oddities) in SHAPES {
        let whole = read([text.as_bytes()]);
        assert_eq!(whole.len(), 1, "{text:?}");
        assert_eq!(known(&whole[0]), wanted, "{text:?}");
        let found: Vec<_> = whole[0].parsed.deviations.iter().map(|d| d.what).collect();
        for oddity in oddities {
            assert!(found.contains(oddity), "{text:?}: {oddity:?} is not among {found:?}");
        }
        super::tests::check_cover(text.as_bytes(), &whole[0].parsed);
        for cut in 1..text.len() {
            let (first, second) = text.as_bytes().split_at(cut);
            assert_eq!(read([first, second]), whole, "{text:?} cut at {cut}");
        }
        assert_eq!(read(text.as_bytes().chunks(1)), whole, "{text:?}");
    }
}

#[test]
fn requests_without_a_pause_between_them_are_told_apart_by_their_shape() {
    for (first, told, _) in SHAPES {
        for (second, second_told, _) in SHAPES {
            let text = format!("{first}{second}");
            let items = read([text.as_bytes()]);
            let found: Vec<_> = items.iter().map(known).collect();
            // A name after the request line's number could be a header of the same request.
            assert_eq!(found, [told, second_told], "{text:?}");
        }
    }
}

#[test]
fn an_answer_of_three_lines_is_whole() {
    let text = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 123456\r\nRTSP/1.0 454 Session Not Found\r\nCSeq: 2\r\nSession: 0\r\n";
    let items = read([&text[..]]);
    assert_eq!(
        items.iter().map(|item| item.parsed.status(&item.bytes)).collect::<Vec<_>>(),
        [Some(200), Some(454)]
    );
    assert_eq!(items[0].value("Session").as_deref(), Some("123456"));
}

#[test]
fn messages_as_rtsp_has_them_are_read_as_ever() {
    for transcript in super::tests::TRANSCRIPTS {
        let mut strict = Reader::new();
        strict.push(transcript);
        let strict: Vec<Item> = std::iter::from_fn(|| strict.next()).collect();
        assert_eq!(read([transcript]), strict);
    }
}

#[test]
fn what_only_resembles_the_dialect_is_refused_or_waits() {
    for (text, waits) in [
        ("SETUP movie.Mjpeg\n one \n RTSP/1.0 RTP/UDP 3000", false),
        ("SETUP movie.Mjpeg\n 1 \n HTTP/1.1 RTP/UDP 3000\n", false),
        ("SETUP movie.Mjpeg\n 1 \n RTSP/1.0 RTP/TCP 3000\n", false),
        ("FETCH movie.Mjpeg\n 1 \n", false),
        ("SETUP movie.Mjpeg\n 1 \n RTSP/1.0 RTP/UDP ", true),
        ("SETUP movie.Mjpeg\n 1", true),
        ("PLAY movie.Mjpeg RTSP/1.0\nCSeq: 2\nSession: ", true),
    ] {
        let mut reader = Reader::with_lab_dialect();
        reader.push(text.as_bytes());
        let faults: Vec<_> = std::iter::from_fn(|| reader.next()).map(|item| item.parsed.fault).collect();
        assert_eq!((faults.is_empty(), reader.is_open()), (waits, false), "{text:?}: {faults:?}");
        assert!(reader.settle().is_none());
    }
    let long = format!("SETUP {}\n 1 \n RTSP/1.0 RTP/UDP 3000", "m".repeat(MAX_LAB));
    let mut reader = Reader::with_lab_dialect();
    reader.push(long.as_bytes());
    assert!(reader.next().is_some_and(|item| item.parsed.fault.is_some()), "over the limit it is no dialect");
}
