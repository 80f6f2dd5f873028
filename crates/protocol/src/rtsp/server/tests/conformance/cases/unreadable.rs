//! What cannot be read, and frames between requests.

use super::Case;
use super::Given::*;
use super::Then::*;

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    // What cannot be read.
    ("a line of garbage", Nothing, "raw:hello world\r\n", &["400; Connection: close; !CSeq"], &[], Closed),
    ("a TLS greeting", Nothing, "raw:\u{16}\u{3}\u{1}\u{2}\r\n", &["400; Connection: close"], &[], Closed),
    ("a request line without version", Nothing, "raw:OPTIONS *\r\nCSeq: 1\r\n\r\n", &["400; Connection: close"], &[], Closed),
    ("a negative Content-Length", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 4\nContent-Length: -1", &["400; CSeq: 4; Connection: close"], &[], Closed),
    ("a Content-Length in words", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 4\nContent-Length: two", &["400; CSeq: 4"], &[], Closed),
    ("two different Content-Lengths", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 4\nContent-Length: 2\nContent-Length: 3", &["400; CSeq: 4"], &[], Closed),
    ("two equal Content-Lengths", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 4\nContent-Length: 0\nContent-Length: 0", &["200; CSeq: 4"], &["RFC 2326 12.14"], Open),
    ("a body over the limit", Nothing, "OPTIONS * RTSP/1.0\nCSeq: 4\nContent-Length: 65537", &["413; CSeq: 4; Connection: close"], &[], Closed),
    ("a response instead of a request", Nothing, "RTSP/1.0 200 OK\nCSeq: 1", &[], &["RFC 2326 7"], Open),
    ("a frame before any SETUP", Nothing, "raw:$\0\0\u{4}abcdOPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", &["200; CSeq: 1"], &["RFC 2326 10.12"], Open),
    ("a frame on a channel that is not agreed on", Interleaved, "raw:$\u{9}\0\u{4}abcdOPTIONS * RTSP/1.0\r\nCSeq: 3\r\n\r\n", &["200; CSeq: 3"], &["RFC 2326 10.12"], Open),
    ("a frame of nonsense on the RTCP channel", Interleaved, "raw:$\u{1}\0\u{4}abcdOPTIONS * RTSP/1.0\r\nCSeq: 3\r\n\r\n", &["200; CSeq: 3"], &[], Open),
    // Over TCP.
    ("a request between frames", Interleaved, "raw:$\u{1}\0\u{4}abcdPAUSE rtsp://h/demo/ RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\n\r\n$\u{1}\0\0", &["200; CSeq: 3"], &[], Open),
    ("an error that ends the connection is signed", Nothing, "raw:hello world\r\n", &["400; Server: Layercast; Date: GMT"], &[], Closed),
    ("a URI that is too long", Nothing, "DESCRIBE rtsp://h/{long} RTSP/1.0\nCSeq: 1", &["414; CSeq: 1"], &[], Open),
    ("after a URI that is too long all goes on", Nothing, "raw:OPTIONS rtsp://h/{long} RTSP/1.0\r\nCSeq: 1\r\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 2\r\n\r\n", &["414; CSeq: 1", "200; CSeq: 2"], &[], Open),
];
