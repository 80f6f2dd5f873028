//! GET_PARAMETER and SET_PARAMETER.

use super::Case;
use super::Given::*;
use super::Then::*;

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    ("GET_PARAMETER without a session", Nothing, "GET_PARAMETER rtsp://h/demo RTSP/1.0\nCSeq: 1", &["200; !Session"], &[], Open),
    ("GET_PARAMETER of the server", Nothing, "GET_PARAMETER * RTSP/1.0\nCSeq: 1", &["200"], &[], Open),
    ("GET_PARAMETER of nothing", Nothing, "GET_PARAMETER rtsp://h/nothing RTSP/1.0\nCSeq: 1", &["404"], &[], Open),
    ("GET_PARAMETER keeps a session alive", Playing, "GET_PARAMETER rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}", &["200; Session: {s}"], &[], Open),
    ("GET_PARAMETER in a session that is gone", Nothing, "GET_PARAMETER rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: 12345678", &["454"], &[], Open),
    ("GET_PARAMETER of unknown parameters", Ready, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Length: 10\r\n\r\nfoo\r\nbar\r\n", &["451; Session: {s}; Content-Type: text/parameters; Content-Length: 10"], &[], Open),
    ("GET_PARAMETER of all there is", Ready, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Length: 61\r\n\r\nposition\r\npackets_sent\r\npackets_lost\r\njitter\r\nscale\r\nvolume\r\n", &["200; Session: {s}; Content-Type: text/parameters; Content-Length"], &[], Open),
    ("GET_PARAMETER of a track", Playing, "raw:GET_PARAMETER rtsp://h/demo/trackID=0 RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Length: 10\r\n\r\nposition\r\n", &["200; Content-Type: text/parameters"], &[], Open),
    ("GET_PARAMETER with a colon behind the name, LF alone", Ready, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Length: 10\r\n\r\nposition:\n", &["200; Content-Type: text/parameters"], &[], Open),
    ("GET_PARAMETER without Content-Type", Ready, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Length: 10\r\n\r\nposition\r\n", &["200"], &[], Open),
    ("GET_PARAMETER with a charset", Ready, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: Text/Parameters; charset=utf-8\r\nContent-Length: 10\r\n\r\nposition\r\n", &["200"], &[], Open),
    ("GET_PARAMETER in a coding", Ready, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\nposition\r\n", &["415"], &[], Open),
    ("GET_PARAMETER in the coding that is none", Ready, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Encoding: Identity\r\nContent-Length: 10\r\n\r\nposition\r\n", &["200"], &[], Open),
    ("GET_PARAMETER as XML", Ready, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/xml\r\nContent-Length: 10\r\n\r\nposition\r\n", &["415; Session: {s}"], &[], Open),
    ("GET_PARAMETER of a session's parameter without one", Nothing, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nContent-Type: text/parameters\r\nContent-Length: 10\r\n\r\nposition\r\n", &["454"], &[], Open),
    ("GET_PARAMETER of an unknown parameter without a session", Nothing, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nContent-Type: text/parameters\r\nContent-Length: 9\r\n\r\nweather\r\n", &["451; Content-Type: text/parameters"], &[], Open),
    ("GET_PARAMETER of a known and an unknown one names the unknown one", Ready, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Length: 13\r\n\r\nvolume\r\nfoo\r\n", &["451; Content-Length: 5"], &[], Open),
    ("GET_PARAMETER of what is not UTF-8", Ready, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Length: 1\r\n\r\n\u{ff}", &["400"], &[], Open),
    ("GET_PARAMETER of blank lines is a sign of life", Ready, "raw:GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Length: 4\r\n\r\n\r\n\r\n", &["200; !Content-Type"], &[], Open),
    ("SET_PARAMETER without a body is a sign of life", Nothing, "SET_PARAMETER rtsp://h/demo RTSP/1.0\nCSeq: 1", &["200"], &[], Open),
    ("SET_PARAMETER of nothing", Nothing, "SET_PARAMETER rtsp://h/nothing RTSP/1.0\nCSeq: 1", &["404"], &[], Open),
    ("SET_PARAMETER of the volume", Ready, "raw:SET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Length: 12\r\n\r\nvolume: 40\r\n", &["200; Session: {s}; !Content-Type"], &[], Open),
    ("SET_PARAMETER without a session", Nothing, "raw:SET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nContent-Type: text/parameters\r\nContent-Length: 12\r\n\r\nvolume: 40\r\n", &["454"], &[], Open),
    ("SET_PARAMETER in a session that is gone", Nothing, "raw:SET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: 12345678\r\nContent-Type: text/parameters\r\nContent-Length: 12\r\n\r\nvolume: 40\r\n", &["454"], &[], Open),
    ("SET_PARAMETER of a volume that cannot be", Ready, "raw:SET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Length: 13\r\n\r\nvolume: 101\r\n", &["451; Content-Length: 8"], &[], Open),
    ("SET_PARAMETER of what can only be read", Ready, "raw:SET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Length: 24\r\n\r\nposition: 4\r\nvolume: 5\r\n", &["458; Content-Type: text/parameters; Content-Length: 10"], &[], Open),
    ("SET_PARAMETER of an unknown parameter", Ready, "raw:SET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: text/parameters\r\nContent-Length: 20\r\n\r\nbarparam: barstuff\r\n", &["451; Session: {s}; Content-Type: text/parameters; Content-Length: 10"], &[], Open),
    ("SET_PARAMETER as JSON", Ready, "raw:SET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]", &["415"], &[], Open),
];
