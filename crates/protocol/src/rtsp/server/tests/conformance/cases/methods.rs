//! Versions, methods and options.

use super::Case;
use super::Given::*;
use super::Then::*;

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    ("RTSP/2.0", Nothing, "OPTIONS * RTSP/2.0\nCSeq: 1", &["505; CSeq: 1"], &[], Open),
    ("RTSP/1.1", Nothing, "OPTIONS * RTSP/1.1\nCSeq: 1", &["505; CSeq: 1"], &[], Open),
    ("HTTP", Nothing, "GET / HTTP/1.1\nHost: h", &["505"], &[], Open),
    ("an unknown method", Nothing, "DANCE rtsp://h/demo RTSP/1.0\nCSeq: 1", &["501; CSeq: 1; Public: PLAY"], &[], Open),
    ("methods have capital letters", Nothing, "options * RTSP/1.0\nCSeq: 1", &["501"], &[], Open),
    ("ANNOUNCE of a clip", Nothing, "ANNOUNCE rtsp://h/demo RTSP/1.0\nCSeq: 1", &["405; Allow: SETUP; Allow: !ANNOUNCE; Allow: !RECORD"], &[], Open),
    ("RECORD of a clip", Ready, "RECORD rtsp://h/demo RTSP/1.0\nCSeq: 2\nSession: {s}", &["405; Allow: PLAY"], &[], Open),
    ("REDIRECT is for clients", Nothing, "REDIRECT rtsp://h/demo RTSP/1.0\nCSeq: 1", &["405; Allow: PLAY"], &[], Open),
    ("an option is required", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 1\nRequire: funky-feature", &["551; CSeq: 1; Unsupported: funky-feature"], &[], Open),
    ("two options are required", Nothing, "SETUP rtsp://h/demo RTSP/1.0\nCSeq: 1\nRequire: a, b\nProxy-Require: c", &["551; Unsupported: a, b, c; !Session"], &[], Open),
    ("an empty Require asks for nothing", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 1\nRequire:", &["200"], &[], Open),
    ("Proxy-Require alone", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nProxy-Require: x", &["551; Unsupported: x"], &[], Open),
    ("OPTIONS in a session", Playing, "OPTIONS * RTSP/1.0\nCSeq: 3\nSession: {s}", &["200; Public; Session: {s}"], &[], Open),
    ("every request has its answer signed", Nothing, "DANCE * RTSP/1.0\nCSeq: 1", &["501; Server: Layercast; Date: GMT"], &[], Open),
];
