//! TEARDOWN.

use super::Case;
use super::Given::*;
use super::Then::*;

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    ("TEARDOWN without a session", Nothing, "TEARDOWN rtsp://h/demo/ RTSP/1.0\nCSeq: 1", &["454"], &[], Open),
    ("TEARDOWN in a session that is gone", Nothing, "TEARDOWN rtsp://h/demo/ RTSP/1.0\nCSeq: 1\nSession: 12345678", &["454"], &[], Open),
    ("TEARDOWN while Ready", Ready, "TEARDOWN rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}", &["200; CSeq: 2"], &[], Open),
    ("TEARDOWN while playing", Playing, "TEARDOWN rtsp://h/demo RTSP/1.0\nCSeq: 3\nSession: {s}", &["200"], &[], Open),
    ("TEARDOWN of the only track", Playing, "TEARDOWN rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 3\nSession: {s}", &["200"], &[], Open),
    ("TEARDOWN twice", Playing, "raw:TEARDOWN rtsp://h/demo/ RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\n\r\nTEARDOWN rtsp://h/demo/ RTSP/1.0\r\nCSeq: 4\r\nSession: {s}\r\n\r\n", &["200", "454"], &[], Open),
    ("TEARDOWN of another clip", Ready, "TEARDOWN rtsp://h/other/ RTSP/1.0\nCSeq: 2\nSession: {s}", &["454"], &[], Open),
    ("PLAY after TEARDOWN", Ready, "raw:TEARDOWN rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\n\r\nPLAY rtsp://h/demo/ RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\n\r\n", &["200", "454"], &[], Open),
];
