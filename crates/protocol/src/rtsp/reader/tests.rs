//! The reader over transcripts, odd lines and any octets.

use super::*;
use proptest::prelude::*;

/// All items of some octets, fed in pieces of the given sizes.
fn items(input: &[u8], cut: impl Fn(usize) -> bool) -> Vec<Item> {
    let mut reader = Reader::new();
    let mut items = Vec::new();
    let mut from = 0;
    for to in 1..=input.len() {
        if to == input.len() || cut(to) {
            reader.push(&input[from..to]);
            from = to;
            while let Some(item) = reader.next() {
                items.push(item);
            }
            assert!(reader.waiting() <= MAX_HEADER + MAX_BODY);
        }
    }
    items
}

pub(super) fn check_cover(input: &[u8], parsed: &Parsed) {
    let mut at = 0;
    for token in &parsed.tokens {
        assert_eq!(token.range.start, at, "tokens are contiguous");
        assert!(token.range.end > at, "no token is empty");
        at = token.range.end;
    }
    assert_eq!(at, parsed.len, "tokens cover the item");
    assert!(parsed.len <= input.len());
    assert!(parsed.complete || parsed.len == input.len());
    for deviation in &parsed.deviations {
        assert!(deviation.range.end <= parsed.len);
    }
    for header in &parsed.headers {
        assert!(header.line.end <= parsed.len && header.tokens.end <= parsed.tokens.len());
        assert!(header.value.start >= header.name.end && header.value.end <= header.line.end);
    }
}

fn kinds(input: &[u8], parsed: &Parsed) -> Vec<(Kind, String)> {
    parsed
        .tokens
        .iter()
        .map(|token| (token.kind, String::from_utf8_lossy(&input[token.range.clone()]).into_owned()))
        .collect()
}

fn oddities(input: &[u8]) -> Vec<Oddity> {
    tokens(input).deviations.iter().map(|deviation| deviation.what).collect()
}

/// What clients of the field send, and what servers answer; `$` frames between.
pub(crate) const TRANSCRIPTS: [&[u8]; 8] = [
    // As ffmpeg writes.
    b"OPTIONS rtsp://127.0.0.1:8554/demo RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Lavf59.27.100\r\n\r\n\
      DESCRIBE rtsp://127.0.0.1:8554/demo RTSP/1.0\r\nAccept: application/sdp\r\nCSeq: 2\r\nUser-Agent: Lavf59.27.100\r\n\r\n\
      SETUP rtsp://127.0.0.1:8554/demo/trackID=0 RTSP/1.0\r\nTransport: RTP/AVP/UDP;unicast;client_port=20612-20613\r\nCSeq: 3\r\nUser-Agent: Lavf59.27.100\r\n\r\n\
      PLAY rtsp://127.0.0.1:8554/demo/ RTSP/1.0\r\nRange: npt=0.000-\r\nCSeq: 4\r\nUser-Agent: Lavf59.27.100\r\nSession: 1234567890\r\n\r\n\
      TEARDOWN rtsp://127.0.0.1:8554/demo/ RTSP/1.0\r\nCSeq: 5\r\nUser-Agent: Lavf59.27.100\r\nSession: 1234567890\r\n\r\n",
    // As GStreamer writes.
    b"SETUP rtsp://127.0.0.1:8554/demo/trackID=0 RTSP/1.0\r\nTransport: RTP/AVP;unicast;client_port=48042-48043\r\nCSeq: 4\r\nUser-Agent: GStreamer/1.22.0\r\nDate: Mon, 23 Nov 2026 02:00:00 GMT\r\n\r\n\
      PLAY rtsp://127.0.0.1:8554/demo/ RTSP/1.0\r\nRange: npt=0-30\r\nSession: 12345678\r\nCSeq: 5\r\n\r\n",
    // As openRTSP writes: CSeq from 2.
    b"OPTIONS rtsp://127.0.0.1:8554/demo RTSP/1.0\r\nCSeq: 2\r\nUser-Agent: openRTSP (LIVE555 Streaming Media)\r\n\r\n\
      PLAY rtsp://127.0.0.1:8554/demo/ RTSP/1.0\r\nCSeq: 5\r\nSession: 1234\r\nRange: npt=0.000-2.000\r\n\r\n",
    // As curl writes.
    b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n",
    // The student project: LF, a relative URL.
    b"SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 25000\n\nPLAY movie.Mjpeg RTSP/1.0\nCSeq: 2\nSession: 123456\n\n",
    // A server with frames between its answers.
    b"RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: 1;timeout=60\r\nRTP-Info: url=rtsp://h/demo/trackID=0;seq=7;rtptime=9\r\n\r\n$\x00\x00\x05hello$\x01\x00\x00RTSP/1.0 454\r\ncseq: 5\r\n\r\n",
    // A body, folded headers, blank lines before.
    b"\r\n\r\nANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nX-Long: one\r\n  two\r\n\tthree\r\nContent-Length: 5\r\n\r\nv=0\r\n",
    // Lines that end in CR alone.
    b"OPTIONS * RTSP/1.0\rCSeq: 1\r\rOPTIONS * RTSP/1.0\rCSeq: 2\r\r",
];

#[test]
fn transcripts_read_the_same_however_they_are_cut() {
    for transcript in TRANSCRIPTS {
        let whole = items(transcript, |_| false);
        assert!(whole.iter().all(|item| item.parsed.fault.is_none()));
        let bytes: Vec<u8> = whole.iter().flat_map(|item| item.bytes.to_vec()).collect();
        assert_eq!(bytes, transcript, "items put together are the input");
        for item in &whole {
            check_cover(&item.bytes, &item.parsed);
        }
        assert_eq!(items(transcript, |_| true), whole, "octet by octet");
        for at in 0..transcript.len() {
            assert_eq!(items(transcript, |to| to == at), whole, "cut at {at}");
        }
    }
}

#[test]
fn transport_parameters_are_tokens() {
    let input = b"SETUP rtsp://h/a RTSP/1.0\r\nTransport: RTP/AVP;unicast;client_port=5004-5005, RTP/AVP/TCP;mode=\"PLAY\"\r\n\r\n";
    let parsed = tokens(input);
    let header = &parsed.headers[0];
    let all = kinds(input, &parsed);
    let inner: Vec<_> =
        all[header.tokens.clone()].iter().map(|(kind, text)| (*kind, text.as_str())).collect();
    assert_eq!(
        inner,
        [
            (Kind::HeaderName, "Transport"),
            (Kind::Colon, ":"),
            (Kind::Space, " "),
            (Kind::Element, "RTP/AVP"),
            (Kind::Separator, ";"),
            (Kind::Element, "unicast"),
            (Kind::Separator, ";"),
            (Kind::ParameterName, "client_port"),
            (Kind::Equals, "="),
            (Kind::ParameterValue, "5004-5005"),
            (Kind::Separator, ","),
            (Kind::Space, " "),
            (Kind::Element, "RTP/AVP/TCP"),
            (Kind::Separator, ";"),
            (Kind::ParameterName, "mode"),
            (Kind::Equals, "="),
            (Kind::ParameterValue, "\"PLAY\""),
            (Kind::LineEnd, "\r\n"),
        ]
    );
    assert!(parsed.deviations.is_empty());
}

#[test]
fn a_url_in_rtp_info_may_hold_separators() {
    let input = b"RTSP/1.0 200 OK\r\nRTP-Info: url=rtsp://h/a;b=1,c;seq=1;rtptime=2,url=rtsp://h/d\r\n\r\n";
    let parsed = tokens(input);
    let values: Vec<_> = kinds(input, &parsed)
        .into_iter()
        .filter(|(kind, _)| *kind == Kind::ParameterValue)
        .map(|(_, text)| text)
        .collect();
    assert_eq!(values, ["rtsp://h/a;b=1,c", "1", "2", "rtsp://h/d"]);
}

#[test]
fn the_start_lines_parts() {
    let input = b"PLAY rtsp://h/a RTSP/1.0\r\n\r\n";
    let parsed = tokens(input);
    assert_eq!(parsed.kind, ItemKind::Request);
    assert_eq!(parsed.method(input), Some("PLAY"));
    assert_eq!(parsed.uri(input), Some("rtsp://h/a"));
    assert_eq!(parsed.version(input), Some("RTSP/1.0"));
    let input = b"RTSP/1.0 461 Unsupported transport\r\n\r\n";
    let parsed = tokens(input);
    assert_eq!(parsed.kind, ItemKind::Response);
    assert_eq!(parsed.status(input), Some(461));
    assert_eq!(parsed.reason(input), Some("Unsupported transport"));
    // No class of answers begins with 0, and 0 could not be written with three digits.
    assert!(tokens(b"RTSP/1.0 000 OK\r\n\r\n").fault.is_some());
}

#[test]
fn deviations_are_noted_with_their_rule() {
    let cases: [(&[u8], &[Oddity]); 14] = [
        (b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", &[]),
        (b"OPTIONS * RTSP/1.0\nCSeq: 1\n\n", &[Oddity::BareLf]),
        (b"OPTIONS * RTSP/1.0\rCSeq: 1\r\r", &[Oddity::BareCr]),
        (b"\r\n", &[Oddity::LeadingBlank]),
        (b"OPTIONS  * RTSP/1.0\r\n\r\n", &[Oddity::StartLineSpace]),
        (b"OPTIONS * rtsp/1.0\r\n\r\n", &[Oddity::VersionCase]),
        (b"SETUP movie.Mjpeg RTSP/1.0\r\n\r\n", &[Oddity::RelativeUri]),
        (b"PLAY rtsp://h/a b RTSP/1.0\r\n\r\n", &[Oddity::UriCharacters]),
        (b"RTSP/1.0 200\r\n\r\n", &[Oddity::NoReason]),
        (b"OPTIONS * RTSP/1.0\r\nCSeq : 1\r\n\r\n", &[Oddity::SpaceBeforeColon]),
        (b"OPTIONS * RTSP/1.0\r\nCSeq 1\r\n\r\n", &[Oddity::BadHeaderLine]),
        (b"OPTIONS * RTSP/1.0\r\nA: b\r\n c\r\n\r\n", &[Oddity::Folded]),
        (b"OPTIONS * RTSP/1.0\r\nA: \xff\r\n\r\n", &[Oddity::NotUtf8]),
        (
            b"OPTIONS * RTSP/1.0\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
            &[Oddity::RepeatedContentLength],
        ),
    ];
    for (input, expected) in cases {
        assert_eq!(oddities(input), expected, "{}", String::from_utf8_lossy(input));
        for oddity in expected {
            assert!(oddity.rule().starts_with("RFC ") && oddity.text().ends_with('.'));
        }
    }
}

#[test]
fn deviations_have_a_limit() {
    let mut input = b"OPTIONS * RTSP/1.0\r\n".to_vec();
    for _ in 0..100 {
        input.extend_from_slice(b"no colon here\r\n");
    }
    input.extend_from_slice(b"\r\n");
    assert_eq!(tokens(&input).deviations.len(), MAX_DEVIATIONS);
}

#[test]
fn folded_values_are_one_value() {
    let input = b"OPTIONS * RTSP/1.0\r\nRequire: a,\r\n \r\n\tb\r\n\r\n";
    let parsed = tokens(input);
    assert_eq!(parsed.value(input, "require").as_deref(), Some("a, b"));
    check_cover(input, &parsed);
}

#[test]
fn faults_are_found_and_nothing_is_read_after_them() {
    let cases: [(&[u8], Fault); 7] = [
        (b"hello\r\n", Fault::BadStartLine),
        (b"OPTIONS *\r\n", Fault::BadStartLine),
        (b"\x16\x03\x01\x02\x00\x01\r\n", Fault::BadStartLine),
        (b"OPTIONS * RTSP/1.0\r\nContent-Length: -1\r\n\r\n", Fault::BadContentLength),
        (b"OPTIONS * RTSP/1.0\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", Fault::BadContentLength),
        (b"OPTIONS * RTSP/1.0\r\nContent-Length: 65537\r\n\r\n", Fault::BodyTooLong),
        (b"OPTIONS * RTSP/1.0\r\nContent-Length: 99999999999999999999999999\r\n\r\n", Fault::BodyTooLong),
    ];
    for (input, fault) in cases {
        let more = [input, b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"].concat();
        for each in [true, false] {
            let items = items(&more, |_| each);
            assert_eq!(items.len(), 1, "{}", String::from_utf8_lossy(input));
            assert_eq!(items[0].parsed.fault, Some(fault), "{}", String::from_utf8_lossy(input));
        }
    }
}

#[test]
fn a_header_section_ends_at_its_limit() {
    let with_length = |total: usize| {
        let mut input = b"OPTIONS * RTSP/1.0\r\nX: ".to_vec();
        input.resize(total - 4, b'a');
        input.extend_from_slice(b"\r\n\r\n");
        input
    };
    let fits = items(&with_length(MAX_HEADER), |_| false);
    assert_eq!(fits[0].parsed.fault, None);
    for each in [true, false] {
        let over = items(&with_length(MAX_HEADER + 1), |_| each);
        assert_eq!(over[0].parsed.fault, Some(Fault::HeaderTooLong));
        assert_eq!(over[0].parsed.method(&over[0].bytes), Some("OPTIONS"), "what is there can be answered");
    }
    let endless = vec![b'x'; 70_000];
    assert_eq!(items(&endless, |_| false)[0].parsed.fault, Some(Fault::HeaderTooLong));
    let mut reader = Reader::new();
    for _ in 0..1000 {
        reader.push(&endless);
        while reader.next().is_some() {}
        assert_eq!(reader.waiting(), 0, "a reader that has given up keeps nothing");
    }
}

#[test]
fn the_largest_body_and_frame_fit() {
    let mut input = format!("ANNOUNCE * RTSP/1.0\r\nContent-Length: {MAX_BODY}\r\n\r\n").into_bytes();
    let start = input.len();
    input.resize(start + MAX_BODY, b'v');
    let all = items(&input, |to| to % 1000 == 0);
    assert_eq!(all[0].body().len(), MAX_BODY);
    let mut input = vec![b'$', 9, 0xff, 0xff];
    input.resize(FRAME_HEADER + MAX_FRAME, 1);
    let (channel, data) = items(&input, |to| to % 1000 == 0)[0].frame().expect("a frame");
    assert_eq!((channel, data.len()), (9, MAX_FRAME));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_octets_are_covered(input in proptest::collection::vec(any::<u8>(), 0..400)) {
        check_cover(&input, &tokens(&input));
    }

    #[test]
    fn text_that_looks_like_rtsp_is_covered(
        input in "(\\$|\r|\n|OPTIONS|RTSP/1.0| |:|;|,|=|\"|200|\\*|a|url|Transport|RTP-Info|Content-Length|\r\n|\t|3){0,40}",
    ) {
        check_cover(input.as_bytes(), &tokens(input.as_bytes()));
    }

    #[test]
    fn cuts_change_nothing(
        input in "(\\$|\r|\n|OPTIONS \\* RTSP/1.0\r\n|RTSP/1.0 200|\r\n\r\n|\r\r|:|;|=|a|Content-Length: 3\r\n|\r\n|\t|3){0,30}",
        step in 1usize..7,
    ) {
        prop_assert_eq!(items(input.as_bytes(), |to| to % step == 0), items(input.as_bytes(), |_| false));
    }
}
