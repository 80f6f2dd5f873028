//! RTSP messages, header values and session descriptions.

use protocol::rtsp::auth::{Authorization, Challenge, Credentials};
use protocol::rtsp::headers::{Range, RtpInfo, SessionHeader, Transport, TransportList, write_rtp_info};
use protocol::rtsp::message::{Request, Response};
use protocol::rtsp::reader::{Item, ItemKind, MAX_BODY, MAX_HEADER, Reader, tokens};
use protocol::rtsp::sdp::{self, Sdp};
use protocol::rtsp::url::{Url, percent_decode, percent_encode, resolve};
use std::fmt::{Debug, Display};
use std::str::FromStr;

/// The tokens of an item cover it without a gap.
fn check_cover(item: &Item) {
    let mut at = 0;
    for token in &item.parsed.tokens {
        assert_eq!(token.range.start, at, "tokens are contiguous");
        at = token.range.end;
    }
    assert_eq!(at, item.bytes.len(), "tokens cover the item");
    for deviation in &item.parsed.deviations {
        assert!(deviation.range.end <= item.bytes.len());
    }
    for header in &item.parsed.headers {
        header.text(&item.bytes);
        assert!(header.line.end <= item.bytes.len());
    }
}

/// All items of `input`, given in pieces of at most `step` octets.
fn items(mut reader: Reader, input: &[u8], step: usize) -> (Vec<Item>, usize) {
    let mut items = Vec::new();
    for piece in input.chunks(step) {
        reader.push(piece);
        while let Some(item) = reader.next() {
            items.push(item);
        }
        assert!(reader.waiting() <= MAX_HEADER + MAX_BODY);
    }
    items.extend(reader.settle());
    (items, reader.waiting())
}

/// What an item says can be written, and read again as the same.
fn check_rewrite(item: &Item) {
    let again = |octets: &[u8]| {
        let mut reader = Reader::new();
        reader.push(octets);
        reader.next()
    };
    match item.parsed.kind {
        ItemKind::Request if item.parsed.fault.is_none() => {
            let Some(request) = Request::read(item) else { return };
            let octets = request.write();
            let Some(second) = again(&octets).as_ref().and_then(Request::read) else { return };
            assert_eq!(second.write(), octets, "a request is written as it was read");
        }
        ItemKind::Response if item.parsed.fault.is_none() => {
            let Some(response) = Response::read(item) else { return };
            let octets = response.write();
            let second = again(&octets);
            let second = second.as_ref().and_then(Response::read).expect("a response that was written");
            assert_eq!(second.write(), octets, "a response is written as it was read");
        }
        _ => {}
    }
}

/// The reader: no octet is lost, and it does not matter where octets are cut.
pub fn rtsp_reader(input: &[u8]) {
    let parsed = tokens(input);
    assert!(parsed.len <= input.len());
    let (whole, waiting) = items(Reader::new(), input, input.len().max(1));
    let step = usize::from(input.first().copied().unwrap_or(0) % 7) + 1;
    for cut in [1, step] {
        let (pieces, rest) = items(Reader::new(), input, cut);
        assert_eq!(pieces, whole, "cut into pieces of {cut}");
        assert_eq!(rest, waiting);
    }
    let joined: Vec<u8> = whole.iter().flat_map(|item| item.bytes.iter().copied()).collect();
    assert!(input.starts_with(&joined));
    for item in &whole {
        check_cover(item);
        check_rewrite(item);
    }
}

/// The reader with the dialect of the classic lab exercise.
pub fn lab_reader(input: &[u8]) {
    for step in [input.len().max(1), 1, 5] {
        let (items, _) = items(Reader::with_lab_dialect(), input, step);
        let mut at = 0;
        for item in &items {
            assert_eq!(item.offset, at, "items follow one another");
            at += item.bytes.len() as u64;
            check_cover(item);
            if item.parsed.kind == ItemKind::Request && item.parsed.fault.is_none() {
                Request::read(item).expect("a request without a fault");
            }
        }
    }
}

/// What reads, writes itself so that it reads as the same.
fn round_trip<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        let written = value.to_string();
        match written.parse::<T>() {
            Ok(again) => assert_eq!(again, value, "{written:?}"),
            Err(_) => panic!("{written:?}, written of {text:?}, cannot be read"),
        }
    }
}

/// Header values and URLs.
pub fn headers(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    round_trip::<Transport>(&text);
    round_trip::<Range>(&text);
    round_trip::<SessionHeader>(&text);
    for offer in TransportList::read(&text).0.into_iter().flatten() {
        round_trip::<Transport>(&offer.to_string());
    }
    let info = RtpInfo::read(&text);
    let written = write_rtp_info(&info);
    assert_eq!(write_rtp_info(&RtpInfo::read(&written)), written, "of {text:?}");
    if let Ok(url) = Url::parse(&text) {
        let written = url.to_string();
        assert_eq!(Url::parse(&written).map(|url| url.to_string()), Ok(written));
    }
    assert_eq!(percent_decode(&percent_encode(&text)).as_deref(), Some(&*text));
    proofs(&text);
    resolve("rtsp://h/demo/", &text);
    resolve(&text, "trackID=0");
}

/// WWW-Authenticate and Authorization.
fn proofs(text: &str) {
    if let Some(challenge) = Challenge::read(text) {
        let written = challenge.to_string();
        assert_eq!(Challenge::read(&written), Some(challenge), "{written:?}");
    }
    let credentials = Credentials::new("user", "password").expect("a name and a password");
    match Authorization::read(text) {
        Some(Authorization::Digest(answer)) => {
            answer.count();
            assert!(!answer.is_proof(&credentials, "DESCRIBE"), "nobody guesses a sum");
            let is_word =
                |word: &str| !word.is_empty() && word.bytes().all(|octet| octet.is_ascii_alphanumeric());
            let count = answer.counted.as_ref().is_none_or(|(count, _)| is_word(count));
            if is_word(&answer.response) && count {
                let written = answer.to_string();
                assert_eq!(Authorization::read(&written), Some(Authorization::Digest(answer)), "{written:?}");
            }
        }
        Some(Authorization::Basic { .. }) | None => {}
    }
}

/// Session descriptions.
pub fn sdp(input: &[u8]) {
    let parsed = sdp::tokens(input);
    let mut at = 0;
    for token in &parsed.tokens {
        assert_eq!(token.range.start, at, "tokens are contiguous");
        at = token.range.end;
    }
    assert_eq!(at, input.len(), "tokens cover the description");
    if let Ok(sdp) = Sdp::read(input) {
        let written = sdp.write();
        let again = Sdp::read(&written).expect("what was written is a description");
        assert_eq!(again.write(), written, "written as it was read");
    }
}
