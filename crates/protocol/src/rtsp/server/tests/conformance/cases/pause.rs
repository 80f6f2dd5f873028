//! PAUSE.

use super::Case;
use super::Given::*;
use super::Then::*;

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    ("PAUSE without a session", Nothing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 1", &["454"], &[], Open),
    ("PAUSE in a session that is gone", Nothing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 1\nSession: 12345678", &["454"], &[], Open),
    ("PAUSE", Playing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}", &["200; Session: {s}; Range: npt={now}-"], &[], Open),
    ("PAUSE of the track", Playing, "PAUSE rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 3\nSession: {s}", &["200"], &[], Open),
    ("PAUSE before PLAY", Ready, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}", &["455; Allow: PLAY"], &[], Open),
    ("PAUSE twice", Playing, "raw:PAUSE rtsp://h/demo/ RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\n\r\nPAUSE rtsp://h/demo/ RTSP/1.0\r\nCSeq: 4\r\nSession: {s}\r\n\r\n", &["200", "455"], &[], Open),
    ("PAUSE in SMPTE time", Playing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}\nRange: smpte=0:10:20-", &["501"], &[], Open),
    ("PAUSE, PLAY elsewhere, in one go", Playing, "raw:PAUSE rtsp://h/demo/ RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\n\r\nPLAY rtsp://h/demo/ RTSP/1.0\r\nCSeq: 4\r\nSession: {s}\r\nRange: npt=10.000-\r\n\r\n", &["200", "200; Range: npt=10.000-24.000"], &[], Open),
    ("PAUSE at a point", Playing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}\nRange: npt=5-", &["200; Session: {s}; Range: npt=5.000-"], &[], Open),
    ("PAUSE at a point without a dash", Playing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}\nRange: npt=5", &["200; Range: npt=5.000-"], &[], Open),
    ("PAUSE now", Playing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}\nRange: npt=now-", &["200; Range: npt={now}-"], &[], Open),
    ("PAUSE at a point behind the end", Playing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}\nRange: npt=30-", &["457; Session: {s}"], &[], Open),
    ("PAUSE at a point of no range", Ready, "raw:PLAY rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nRange: npt=10-15\r\n\r\nPAUSE rtsp://h/demo/ RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\nRange: npt=5-\r\n\r\nPAUSE rtsp://h/demo/ RTSP/1.0\r\nCSeq: 4\r\nSession: {s}\r\nRange: npt=16-\r\n\r\n", &["200", "457", "457"], &[], Open),
    ("PAUSE of nonsense", Playing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}\nRange: npt=x", &["400"], &[], Open),
    ("PAUSE by the clock", Playing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}\nRange: clock=19961108T143720.25Z-", &["501"], &[], Open),
    ("PAUSE of another clip", Playing, "PAUSE rtsp://h/other/ RTSP/1.0\nCSeq: 3\nSession: {s}", &["454"], &[], Open),
];
