//! OPTIONS, the grammar of requests, line ends and pipelining.

use super::Case;
use super::Given::*;
use super::Then::*;

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    // OPTIONS, and the grammar of requests.
    ("OPTIONS *", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 1", &["200; CSeq: 1; Public: OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER, ANNOUNCE, RECORD; Server: Layercast; Date: GMT; !Session; !Content-Length"], &[], Open),
    ("OPTIONS of a clip", Nothing, "OPTIONS rtsp://h/demo RTSP/1.0\nCSeq: 1", &["200; Public"], &[], Open),
    ("OPTIONS keeps a session alive", Ready, "OPTIONS rtsp://h/demo RTSP/1.0\nCSeq: 2\nSession: {s}", &["200"], &[], Open),
    ("OPTIONS in a session that is gone", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 1\nSession: 123", &["454; CSeq: 1"], &[], Open),
    ("lower-case header names", Nothing, "OPTIONS * RTSP/1.0\ncseq: 7", &["200; CSeq: 7"], &[], Open),
    ("upper-case header names", Nothing, "OPTIONS * RTSP/1.0\nCSEQ: 7", &["200; CSeq: 7"], &[], Open),
    ("no space behind the colon", Nothing, "OPTIONS * RTSP/1.0\nCSeq:7", &["200; CSeq: 7"], &[], Open),
    ("much space around a value", Nothing, "OPTIONS * RTSP/1.0\nCSeq: \t 7 \t", &["200; CSeq: 7"], &[], Open),
    ("a space before the colon", Nothing, "OPTIONS * RTSP/1.0\nCSeq : 7", &["200; CSeq: 7"], &["RFC 2068 4.2"], Open),
    ("a folded header", Nothing, "OPTIONS * RTSP/1.0\nX-Long: a\n  b\nCSeq: 7", &["200; CSeq: 7"], &["RFC 2068 4.2"], Open),
    ("the CSeq itself folded", Nothing, "OPTIONS * RTSP/1.0\nCSeq:\n 7", &["200; CSeq: 7"], &["RFC 2068 4.2"], Open),
    ("the first CSeq may be any", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 2", &["200; CSeq: 2"], &[], Open),
    ("a CSeq wider than 32 bits", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 99999999999", &["200; CSeq: 99999999999"], &[], Open),
    ("a CSeq that jumps", Nothing, "raw:OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 5\r\n\r\n", &["200; CSeq: 1", "200; CSeq: 5"], &["RFC 2326 12.17"], Open),
    ("no CSeq", Nothing, "OPTIONS * RTSP/1.0\nUser-Agent: x", &["400; !CSeq"], &[], Open),
    ("a CSeq that is no number", Nothing, "OPTIONS * RTSP/1.0\nCSeq: one", &["400; !CSeq"], &[], Open),
    ("a negative CSeq", Nothing, "OPTIONS * RTSP/1.0\nCSeq: -1", &["400; !CSeq"], &[], Open),
    ("an empty CSeq", Nothing, "OPTIONS * RTSP/1.0\nCSeq:", &["400; !CSeq"], &[], Open),
    ("a Timestamp is sent back", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 1\nTimestamp: 1.5", &["200; Timestamp: 1.5"], &[], Open),
    ("Connection: close", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 1\nConnection: close", &["200"], &[], Closed),
    ("nothing is read after Connection: close", Nothing, "raw:OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nConnection: close\r\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 2\r\n\r\n", &["200; CSeq: 1"], &[], Closed),
    ("an unknown header", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 1\nX-Hello: you", &["200"], &[], Open),
    ("a header that is not UTF-8", Nothing, "raw:OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: M\u{fc}ller\r\n\r\n", &["200"], &["RFC 2326 4"], Open),
    ("a header line without colon", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 1\nhello", &["400; CSeq: 1"], &["RFC 2068 4.2"], Open),
    ("a body that nobody asked for", Nothing, "raw:OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 3\r\n\r\nabcOPTIONS * RTSP/1.0\r\nCSeq: 2\r\n\r\n", &["200; CSeq: 1", "200; CSeq: 2"], &[], Open),
    // Line ends, blank lines, pipelining.
    ("LF alone", Nothing, "raw:OPTIONS * RTSP/1.0\nCSeq: 1\n\n", &["200; CSeq: 1"], &["RFC 2326 4"], Open),
    ("CR alone", Nothing, "raw:OPTIONS * RTSP/1.0\rCSeq: 1\r\r", &["200; CSeq: 1"], &["RFC 2326 4"], Open),
    ("line ends of all kinds", Nothing, "raw:OPTIONS * RTSP/1.0\nCSeq: 1\r\nX: y\n\r\n", &["200; CSeq: 1"], &["RFC 2326 4"], Open),
    ("blank lines before", Nothing, "raw:\r\n\r\n\nOPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", &["200; CSeq: 1"], &["RFC 2326 4.1"], Open),
    ("three at once", Nothing, "raw:OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 2\r\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 3\r\n\r\n", &["200; CSeq: 1", "200; CSeq: 2", "200; CSeq: 3"], &[], Open),
    ("blank lines between", Nothing, "raw:OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n\r\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 2\r\n\r\n", &["200; CSeq: 1", "200; CSeq: 2"], &["RFC 2326 4.1"], Open),
    ("more than one space", Nothing, "OPTIONS   *  RTSP/1.0\nCSeq: 1", &["200"], &["RFC 2326 6.1"], Open),
    ("a lower-case version", Nothing, "OPTIONS * rtsp/1.0\nCSeq: 1", &["200"], &["RFC 2326 3.1"], Open),
    ("close among other words", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 1\nConnection: keep-alive, Close", &["200"], &[], Closed),
    ("headers of proxies and browsers", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 1\nVia: 1.0 fred\nCache-Control: no-cache\nFrom: a@b\nReferer: http://x/\nHost: h\nAccept-Language: de", &["200"], &[], Open),
    ("a folded header, LF alone", Nothing, "raw:OPTIONS * RTSP/1.0\nX-Long: a\n b\nCSeq: 7\n\n", &["200; CSeq: 7"], &["RFC 2068 4.2"], Open),
    ("the first of two CSeqs counts", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 1\nCSeq: 2", &["200; CSeq: 1"], &[], Open),
];
