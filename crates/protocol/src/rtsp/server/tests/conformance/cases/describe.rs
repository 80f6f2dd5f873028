//! DESCRIBE.

use super::Case;
use super::Given::*;
use super::Then::*;

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    ("DESCRIBE over IPv6", Nothing, "DESCRIBE rtsp://[::1]:8554/demo RTSP/1.0\nCSeq: 1", &["200; Content-Base: rtsp://[::1]:8554/demo/"], &[], Open),
    ("DESCRIBE", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nAccept: application/sdp", &["200; CSeq: 1; Content-Base: rtsp://h/demo/; Content-Type: application/sdp; Content-Length; !Session"], &[], Open),
    ("DESCRIBE with a closing slash", Nothing, "DESCRIBE rtsp://h:8554/demo/ RTSP/1.0\nCSeq: 1", &["200; Content-Base: rtsp://h:8554/demo/"], &[], Open),
    ("DESCRIBE with a query", Nothing, "DESCRIBE rtsp://h/demo?x=1 RTSP/1.0\nCSeq: 1", &["200; Content-Base: rtsp://h/demo?x=1/"], &[], Open),
    ("DESCRIBE with user and password", Nothing, "DESCRIBE rtsp://u:p@h/demo RTSP/1.0\nCSeq: 1", &["200; Content-Base: rtsp://h/demo/"], &[], Open),
    ("DESCRIBE of a track", Nothing, "DESCRIBE rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1", &["200; Content-Base: rtsp://h/demo/"], &[], Open),
    ("DESCRIBE takes anything", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nAccept: text/plain;q=0.5, */*", &["200"], &[], Open),
    ("DESCRIBE takes text only", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nAccept: text/plain", &["406; CSeq: 1"], &[], Open),
    ("DESCRIBE refuses SDP", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nAccept: application/sdp;q=0", &["406"], &[], Open),
    ("DESCRIBE refuses SDP and takes all else", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nAccept: application/sdp;q=0, */*", &["406"], &[], Open),
    ("DESCRIBE takes SDP alone of its kind", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nAccept: application/*;Q=0, Application/SDP", &["200"], &[], Open),
    ("DESCRIBE with an empty Accept", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nAccept:", &["200"], &[], Open),
    ("DESCRIBE of nothing in a session", Playing, "DESCRIBE rtsp://h/nothing RTSP/1.0\nCSeq: 3\nSession: {s}", &["404; Session: {s}"], &[], Open),
    ("DESCRIBE of nothing", Nothing, "DESCRIBE rtsp://h/nothing RTSP/1.0\nCSeq: 1", &["404; CSeq: 1"], &[], Open),
    ("DESCRIBE of the server", Nothing, "DESCRIBE rtsp://h/ RTSP/1.0\nCSeq: 1", &["404"], &[], Open),
    ("DESCRIBE of a relative URL", Nothing, "DESCRIBE demo RTSP/1.0\nCSeq: 1", &["400"], &["RFC 2326 6.1"], Open),
    ("DESCRIBE of a web page", Nothing, "DESCRIBE http://h/demo RTSP/1.0\nCSeq: 1", &["400"], &[], Open),
    ("DESCRIBE with a bad port", Nothing, "DESCRIBE rtsp://h:99999/demo RTSP/1.0\nCSeq: 1", &["400"], &[], Open),
    ("DESCRIBE outside of the folder", Nothing, "DESCRIBE rtsp://h/../../etc/passwd RTSP/1.0\nCSeq: 1", &["404"], &[], Open),
    ("DESCRIBE while playing", Playing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 3\nSession: {s}", &["200; Session: {s}"], &[], Open),
    ("DESCRIBE says how old it is", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1", &["200; Last-Modified: GMT"], &[], Open),
    ("DESCRIBE if newer, and it is not", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nIf-Modified-Since: Fri, 31 Dec 2100 23:59:59 GMT", &["304; CSeq: 1; !Content-Type; !Content-Length"], &[], Open),
    ("DESCRIBE if newer, and it is", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", &["200; Content-Length"], &[], Open),
    ("DESCRIBE if newer than nonsense", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nIf-Modified-Since: yesterday", &["200"], &[], Open),
    ("DESCRIBE in pieces of Accept", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nAccept: text/plain\nAccept: application/sdp", &["200"], &[], Open),
];
