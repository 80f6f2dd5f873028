//! Descriptions of the field, odd ones, and any octets.

use super::*;
use proptest::prelude::*;
use std::time::Duration;

fn demo() -> Sdp {
    Sdp {
        origin: "- 1 1 IN IP4 0.0.0.0".into(),
        name: "demo".into(),
        connection: Some("IN IP4 0.0.0.0".into()),
        tool: Some("Layercast".into()),
        control: Some("*".into()),
        duration: Some(Duration::from_secs(20)),
        media: vec![Media {
            kind: "video".into(),
            port: 0,
            protocol: "RTP/AVP".into(),
            formats: vec!["26".into()],
            control: Some("trackID=0".into()),
            rtpmap: vec![RtpMap {
                payload_type: 26,
                encoding: "JPEG".into(),
                clock_rate: 90_000,
                parameters: None,
            }],
            fmtp: Vec::new(),
            framerate: Some(25.0),
        }],
    }
}

fn check_cover(input: &[u8]) {
    let parsed = tokens(input);
    let mut at = 0;
    for token in &parsed.tokens {
        assert_eq!(token.range.start, at);
        assert!(token.range.end > at);
        at = token.range.end;
    }
    assert_eq!(at, input.len());
    let mut at = 0;
    for line in &parsed.lines {
        assert_eq!(line.line.start, at);
        at = line.line.end;
        assert!(line.value.end <= line.line.end && line.value.start >= line.line.start);
    }
    assert_eq!(at, input.len());
}

#[test]
fn a_description_is_written_and_read_back() {
    let octets = demo().write();
    let text = String::from_utf8(octets.clone()).unwrap();
    assert_eq!(
        text,
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=demo\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=tool:Layercast\r\n\
         a=control:*\r\na=range:npt=0.000-20.000\r\nm=video 0 RTP/AVP 26\r\na=rtpmap:26 JPEG/90000\r\n\
         a=framerate:25\r\na=control:trackID=0\r\n"
    );
    assert_eq!(Sdp::read(&octets).unwrap(), demo());
    assert!(tokens(&octets).deviations.is_empty());
    check_cover(&octets);
}

#[test]
fn sdp_types_reads_what_is_written() {
    let oracle = sdp_types::Session::parse(&demo().write()).expect("the oracle reads it");
    assert_eq!(oracle.session_name, "demo");
    assert_eq!(oracle.medias.len(), 1);
    assert_eq!(oracle.medias[0].fmt, "26");
    assert_eq!(oracle.medias[0].get_first_attribute_value("control").unwrap(), Some("trackID=0"));
    assert_eq!(oracle.get_first_attribute_value("range").unwrap(), Some("npt=0.000-20.000"));
}

#[test]
fn descriptions_of_others_are_read() {
    let gstreamer =
        b"v=0\r\no=- 1188340656180883 1 IN IP4 127.0.0.1\r\ns=Session streamed with GStreamer\r\n\
        i=rtsp-server\r\nt=0 0\r\na=tool:GStreamer\r\na=type:broadcast\r\na=control:*\r\na=range:npt=0-30\r\n\
        m=video 0 RTP/AVP 26\r\nc=IN IP4 0.0.0.0\r\nb=AS:2000\r\na=rtpmap:26 JPEG/90000\r\n\
        a=framerate:25\r\na=control:stream=0\r\nm=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\n\
        a=fmtp:97 sprop-stereo=1\r\na=control:stream=1\r\n";
    let sdp = Sdp::read(gstreamer).unwrap();
    assert_eq!(sdp.duration, Some(Duration::from_secs(30)));
    assert_eq!(sdp.media.len(), 2);
    assert_eq!(sdp.media[0].control.as_deref(), Some("stream=0"));
    assert_eq!(sdp.media[1].rtpmap[0].parameters.as_deref(), Some("2"));
    assert_eq!(sdp.media[1].fmtp, ["97 sprop-stereo=1"]);
    check_cover(gstreamer);

    let bare = b"v=0\no=- 0 0 IN IP4 1.2.3.4\ns= \nm=video 0/2 RTP/AVP 26\na=control\n";
    let sdp = Sdp::read(bare).unwrap();
    assert_eq!(sdp.media[0].first_map().map(|map| map.clock_rate), Some(90_000));
    assert_eq!(sdp.media[0].control.as_deref(), Some(""));
    let oddities: Vec<_> = tokens(bare).deviations.iter().map(|deviation| deviation.what).collect();
    assert_eq!(oddities, [SdpOddity::LineEnd]);
}

#[test]
fn attributes_are_tokens() {
    let input = b"v=0\r\na=rtpmap:26 JPEG/90000\r\n";
    let parsed = tokens(input);
    let line = &parsed.lines[1];
    let pieces: Vec<_> = parsed.tokens[line.tokens.clone()]
        .iter()
        .map(|token| (token.kind, std::str::from_utf8(&input[token.range.clone()]).unwrap()))
        .collect();
    assert_eq!(
        pieces,
        [
            (SdpKind::Type, "a"),
            (SdpKind::Equals, "="),
            (SdpKind::AttributeName, "rtpmap"),
            (SdpKind::Colon, ":"),
            (SdpKind::Word, "26"),
            (SdpKind::Space, " "),
            (SdpKind::Word, "JPEG/90000"),
            (SdpKind::LineEnd, "\r\n"),
        ]
    );
}

#[test]
fn what_is_no_description_is_refused() {
    assert_eq!(Sdp::read(b""), Err(SdpError::NoMedia));
    assert_eq!(Sdp::read(b"v=0\r\ns=a\r\n"), Err(SdpError::NoMedia));
    assert_eq!(Sdp::read(b"v=0\r\nm=video x RTP/AVP 26\r\n"), Err(SdpError::BadMedia { offset: 5 }));
    let many = "m=video 0 RTP/AVP 26\r\n".repeat(1000);
    assert_eq!(Sdp::read(many.as_bytes()).unwrap().media.len(), 64);
    let junk = "?\r\n".repeat(1000);
    assert_eq!(tokens(junk.as_bytes()).deviations.len(), MAX_DEVIATIONS);
}

proptest! {
    #[test]
    fn any_octets_are_covered(input in proptest::collection::vec(any::<u8>(), 0..300)) {
        check_cover(&input);
        let _ = Sdp::read(&input);
    }

    #[test]
    fn text_that_looks_like_sdp_is_covered(input in "(v=0|a=|m=|video 0 RTP/AVP|:|=| |26|control|rtpmap|range|npt=0-|\r|\n|\r\n|x){0,40}") {
        check_cover(input.as_bytes());
        if let Ok(sdp) = Sdp::read(input.as_bytes()) {
            let written = sdp.write();
            prop_assert_eq!(Sdp::read(&written).map(|sdp| sdp.write()), Ok(written));
        }
    }
}
