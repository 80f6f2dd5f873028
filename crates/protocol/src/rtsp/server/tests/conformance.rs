//! One table: what is sent, and what must be answered.
//!
//! Each case is run with its octets whole, one by one and in threes; the answers must be
//! the same.

use super::rig::{Out, Rig, crlf};
use crate::rtsp::ServerEvent;
use crate::rtsp::message::Response;

/// What the connection has been through before the case's octets.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Given {
    Nothing,
    /// SETUP over UDP.
    Ready,
    /// SETUP and PLAY over UDP.
    Playing,
    /// SETUP and PLAY interleaved on channels 0 and 1.
    Interleaved,
    /// The dialect of the student project is switched on.
    Lab,
}

use Given::*;

/// Open afterwards, or closed?
#[derive(Clone, Copy, PartialEq, Debug)]
enum Then {
    Open,
    Closed,
}

use Then::*;

/// Name; what was before; what is sent (lines between `\n` become a message, what begins
/// with `raw:` is sent as it is; `{s}` is the session); the answers in order; the rules that
/// must be noted; what becomes of the connection.
///
/// An answer is its status, then, behind `;`, what its headers must hold (`Name: part`),
/// have (`Name`) or not have (`!Name`).
type Case = (&'static str, Given, &'static str, &'static [&'static str], &'static [&'static str], Then);

#[rustfmt::skip]
const CASES: &[Case] = &[
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

    // Versions, methods, options.
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

    // DESCRIBE.
    ("DESCRIBE", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nAccept: application/sdp", &["200; CSeq: 1; Content-Base: rtsp://h/demo/; Content-Type: application/sdp; Content-Length; !Session"], &[], Open),
    ("DESCRIBE with a closing slash", Nothing, "DESCRIBE rtsp://h:8554/demo/ RTSP/1.0\nCSeq: 1", &["200; Content-Base: rtsp://h:8554/demo/"], &[], Open),
    ("DESCRIBE with a query", Nothing, "DESCRIBE rtsp://h/demo?x=1 RTSP/1.0\nCSeq: 1", &["200; Content-Base: rtsp://h/demo?x=1/"], &[], Open),
    ("DESCRIBE with user and password", Nothing, "DESCRIBE rtsp://u:p@h/demo RTSP/1.0\nCSeq: 1", &["200; Content-Base: rtsp://h/demo/"], &[], Open),
    ("DESCRIBE of a track", Nothing, "DESCRIBE rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1", &["200; Content-Base: rtsp://h/demo/"], &[], Open),
    ("DESCRIBE takes anything", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nAccept: text/plain;q=0.5, */*", &["200"], &[], Open),
    ("DESCRIBE takes text only", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nAccept: text/plain", &["406; CSeq: 1"], &[], Open),
    ("DESCRIBE refuses SDP", Nothing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\nAccept: application/sdp;q=0", &["406"], &[], Open),
    ("DESCRIBE of nothing", Nothing, "DESCRIBE rtsp://h/nothing RTSP/1.0\nCSeq: 1", &["404; CSeq: 1"], &[], Open),
    ("DESCRIBE of the server", Nothing, "DESCRIBE rtsp://h/ RTSP/1.0\nCSeq: 1", &["404"], &[], Open),
    ("DESCRIBE of a relative URL", Nothing, "DESCRIBE demo RTSP/1.0\nCSeq: 1", &["400"], &["RFC 2326 6.1"], Open),
    ("DESCRIBE of a web page", Nothing, "DESCRIBE http://h/demo RTSP/1.0\nCSeq: 1", &["400"], &[], Open),
    ("DESCRIBE with a bad port", Nothing, "DESCRIBE rtsp://h:99999/demo RTSP/1.0\nCSeq: 1", &["400"], &[], Open),
    ("DESCRIBE outside of the folder", Nothing, "DESCRIBE rtsp://h/../../etc/passwd RTSP/1.0\nCSeq: 1", &["404"], &[], Open),
    ("DESCRIBE while playing", Playing, "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 3\nSession: {s}", &["200; Session: {s}"], &[], Open),

    // SETUP.
    ("SETUP over UDP", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/UDP;unicast;client_port=5004-5005", &["200; Session: ;timeout=60; Transport: RTP/AVP/UDP;unicast;client_port=5004-5005;server_port=6970-6971;ssrc="], &[], Open),
    ("SETUP says nothing of addresses", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005", &["200; Transport: !source; Transport: !destination"], &[], Open),
    ("SETUP of the one track by the clip's URL", Nothing, "SETUP rtsp://h/demo RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005", &["200"], &[], Open),
    ("SETUP with a slash behind the track", Nothing, "SETUP rtsp://h/demo/trackID=0/ RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005", &["200"], &[], Open),
    ("SETUP with the query before the track", Nothing, "SETUP rtsp://h/demo?x=1/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005", &["200"], &[], Open),
    ("SETUP with the query behind the track", Nothing, "SETUP rtsp://h/demo/trackID=0?x=1 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005", &["200"], &[], Open),
    ("SETUP of one of two tracks by the clip's URL", Nothing, "SETUP rtsp://h/two RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005", &["459; !Session"], &[], Open),
    ("SETUP of a track that is not there", Nothing, "SETUP rtsp://h/demo/trackID=1 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005", &["404; !Session"], &[], Open),
    ("SETUP of nothing", Nothing, "SETUP rtsp://h/nothing/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005", &["404"], &[], Open),
    ("SETUP of the server", Nothing, "SETUP * RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005", &["404"], &[], Open),
    ("SETUP without Transport", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1", &["400; !Session"], &[], Open),
    ("SETUP with an empty Transport", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport:", &["461"], &[], Open),
    ("SETUP with nonsense for a Transport", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: pigeon", &["461; !Session"], &[], Open),
    ("SETUP with SRTP", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/SAVP;unicast;client_port=5004-5005", &["461"], &[], Open),
    ("SETUP with multicast", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;multicast", &["461"], &[], Open),
    ("SETUP without client_port", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast", &["461"], &[], Open),
    ("SETUP with one client_port", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004", &["200; Transport: client_port=5004-5005"], &["RFC 2326 12.39"], Open),
    ("SETUP with an odd client_port", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5005-5006", &["200; Transport: client_port=5005-5006"], &["RFC 3550 11"], Open),
    ("SETUP with client_port 0", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=0-1", &["461"], &[], Open),
    ("SETUP with a client_port over 65535", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=70000-70001", &["461"], &[], Open),
    ("SETUP to a third party", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005;destination=10.9.9.9", &["461; !Session"], &[], Open),
    ("SETUP to oneself by name", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005;destination=10.0.0.2", &["200; Transport: !destination"], &[], Open),
    ("SETUP for recording", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005;mode=record", &["461"], &[], Open),
    ("SETUP with mode in quotation marks", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005;mode=\"PLAY\"", &["200; Transport: mode=\"PLAY\""], &[], Open),
    ("SETUP over TCP without channels", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/TCP;unicast", &["200; Transport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc="], &[], Open),
    ("SETUP over TCP with channels 7-8", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/TCP;unicast;interleaved=7-8", &["200; Transport: interleaved=7-8"], &[], Open),
    ("SETUP over TCP with equal channels", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/TCP;unicast;interleaved=4-4", &["461"], &[], Open),
    ("SETUP over TCP with a channel over 255", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/TCP;unicast;interleaved=255-256", &["461"], &[], Open),
    ("SETUP with a list takes the first that will do", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;multicast, RTP/AVP/TCP;unicast;interleaved=2-3, RTP/AVP;unicast;client_port=5004-5005", &["200; Transport: interleaved=2-3; Transport: !client_port"], &[], Open),
    ("SETUP with two Transport headers", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;multicast\nTransport: RTP/AVP/TCP;unicast", &["200; Transport: interleaved=0-1"], &[], Open),
    ("SETUP without unicast", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;client_port=5004-5005", &["200; Transport: ;unicast;"], &["RFC 2326 12.39"], Open),
    ("SETUP in a session that is gone", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nSession: 12345678\nTransport: RTP/AVP;unicast;client_port=5004-5005", &["454; !Session"], &[], Open),
    ("SETUP anew while Ready", Ready, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 2\nSession: {s}\nTransport: RTP/AVP/TCP;unicast", &["200; Session: {s};timeout=60; Transport: interleaved=0-1"], &[], Open),
    ("SETUP while playing", Playing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 3\nSession: {s}\nTransport: RTP/AVP/TCP;unicast", &["455; Allow: PAUSE; Session: {s}"], &[], Open),
    ("SETUP of another clip in the same session", Ready, "SETUP rtsp://h/other/trackID=0 RTSP/1.0\nCSeq: 2\nSession: {s}\nTransport: RTP/AVP/TCP;unicast", &["459; Session: {s}"], &[], Open),
    ("a second session on one connection", Ready, "SETUP rtsp://h/other/trackID=0 RTSP/1.0\nCSeq: 2\nTransport: RTP/AVP/TCP;unicast", &["200; Session"], &[], Open),

    // The student project.
    ("the student project's SETUP, its dialect off", Nothing, "raw:SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 25000\n\n", &["400; CSeq: 1"], &["RFC 2326 4", "RFC 2326 6.1"], Open),
    ("the student project's SETUP, its dialect on", Lab, "raw:SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 25000\n\n", &["200; CSeq: 1; Session: !timeout; Transport: client_port=25000-25001"], &["RFC 2326 4", "RFC 2326 6.1", "RFC 2326 12.39"], Open),
    ("RTP/UDP with an absolute URL, the dialect off", Nothing, "SETUP rtsp://h/movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP;client_port=25000", &["461"], &[], Open),

    // PLAY.
    ("PLAY without a session", Nothing, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 1", &["454; CSeq: 1"], &[], Open),
    ("PLAY in a session that is gone", Nothing, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 1\nSession: 12345678", &["454"], &[], Open),
    ("PLAY in a session whose name cannot be", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: a b c", &["454"], &[], Open),
    ("PLAY", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: npt=0.000-", &["200; Session: {s}; Range: npt=0.000-24.000; RTP-Info: url=rtsp://h/demo/trackID=0;seq=; RTP-Info: ;rtptime="], &[], Open),
    ("PLAY without Range", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}", &["200; Range: npt=0.000-24.000"], &[], Open),
    ("PLAY without the closing slash", Ready, "PLAY rtsp://h/demo RTSP/1.0\nCSeq: 2\nSession: {s}", &["200"], &[], Open),
    ("PLAY of the track", Ready, "PLAY rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 2\nSession: {s}", &["200; RTP-Info: trackID=0"], &[], Open),
    ("PLAY with the timeout sent back", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s};timeout=60", &["200; Session: {s}"], &[], Open),
    ("PLAY of a part", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: npt=2-5.5", &["200; Range: npt=2.000-5.500"], &[], Open),
    ("PLAY with hours and minutes", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: npt=0:00:10-", &["200; Range: npt=10.000-24.000"], &[], Open),
    ("PLAY between two pictures begins with the next", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: npt=1.01-", &["200; Range: npt=1.040-24.000"], &[], Open),
    ("PLAY beyond the end stops there", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: npt=0-30", &["200; Range: npt=0.000-24.000"], &[], Open),
    ("PLAY from now", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: npt=now-", &["200; Range: npt=0.000-24.000"], &[], Open),
    ("PLAY up to a point", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: npt=-4", &["200; Range: npt=0.000-4.000"], &[], Open),
    ("PLAY from the end", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: npt=24-", &["457; Session: {s}"], &[], Open),
    ("PLAY from far behind the end", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: npt=1000000-", &["457"], &[], Open),
    ("PLAY backwards", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: npt=5-2", &["457"], &[], Open),
    ("PLAY of an empty range", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: npt=5-5", &["457"], &[], Open),
    ("PLAY of nonsense", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: npt=a-b", &["400; Session: {s}"], &[], Open),
    ("PLAY of a range without unit", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: 0-5", &["400"], &[], Open),
    ("PLAY in SMPTE time", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: smpte=0:10:20-", &["501; Session: {s}"], &[], Open),
    ("PLAY by the clock", Ready, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}\nRange: clock=19961108T143720.25Z-", &["501"], &[], Open),
    ("PLAY of another clip", Ready, "PLAY rtsp://h/other/ RTSP/1.0\nCSeq: 2\nSession: {s}", &["454"], &[], Open),
    ("PLAY of nothing", Ready, "PLAY rtsp://h/nothing/ RTSP/1.0\nCSeq: 2\nSession: {s}", &["404"], &[], Open),
    ("PLAY of *", Ready, "PLAY * RTSP/1.0\nCSeq: 2\nSession: {s}", &["404"], &[], Open),
    ("PLAY while playing is a sign of life", Playing, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}", &["200; !RTP-Info"], &[], Open),
    ("PLAY with Range while playing goes there", Playing, "PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}\nRange: npt=10-", &["200; Range: npt=10.000-24.000; RTP-Info: seq="], &[], Open),

    // PAUSE.
    ("PAUSE without a session", Nothing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 1", &["454"], &[], Open),
    ("PAUSE in a session that is gone", Nothing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 1\nSession: 12345678", &["454"], &[], Open),
    ("PAUSE", Playing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}", &["200; Session: {s}; Range: npt=0.0"], &[], Open),
    ("PAUSE of the track", Playing, "PAUSE rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 3\nSession: {s}", &["200"], &[], Open),
    ("PAUSE before PLAY", Ready, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}", &["455; Allow: PLAY"], &[], Open),
    ("PAUSE twice", Playing, "raw:PAUSE rtsp://h/demo/ RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\n\r\nPAUSE rtsp://h/demo/ RTSP/1.0\r\nCSeq: 4\r\nSession: {s}\r\n\r\n", &["200", "455"], &[], Open),
    ("PAUSE in SMPTE time", Playing, "PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {s}\nRange: smpte=0:10:20-", &["501"], &[], Open),
    ("PAUSE, PLAY elsewhere, in one go", Playing, "raw:PAUSE rtsp://h/demo/ RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\n\r\nPLAY rtsp://h/demo/ RTSP/1.0\r\nCSeq: 4\r\nSession: {s}\r\nRange: npt=10.000-\r\n\r\n", &["200", "200; Range: npt=10.000-24.000"], &[], Open),

    // TEARDOWN.
    ("TEARDOWN without a session", Nothing, "TEARDOWN rtsp://h/demo/ RTSP/1.0\nCSeq: 1", &["454"], &[], Open),
    ("TEARDOWN in a session that is gone", Nothing, "TEARDOWN rtsp://h/demo/ RTSP/1.0\nCSeq: 1\nSession: 12345678", &["454"], &[], Open),
    ("TEARDOWN while Ready", Ready, "TEARDOWN rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {s}", &["200; CSeq: 2"], &[], Open),
    ("TEARDOWN while playing", Playing, "TEARDOWN rtsp://h/demo RTSP/1.0\nCSeq: 3\nSession: {s}", &["200"], &[], Open),
    ("TEARDOWN of the only track", Playing, "TEARDOWN rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 3\nSession: {s}", &["200"], &[], Open),
    ("TEARDOWN twice", Playing, "raw:TEARDOWN rtsp://h/demo/ RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\n\r\nTEARDOWN rtsp://h/demo/ RTSP/1.0\r\nCSeq: 4\r\nSession: {s}\r\n\r\n", &["200", "454"], &[], Open),
    ("TEARDOWN of another clip", Ready, "TEARDOWN rtsp://h/other/ RTSP/1.0\nCSeq: 2\nSession: {s}", &["454"], &[], Open),
    ("PLAY after TEARDOWN", Ready, "raw:TEARDOWN rtsp://h/demo/ RTSP/1.0\r\nCSeq: 2\r\nSession: {s}\r\n\r\nPLAY rtsp://h/demo/ RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\n\r\n", &["200", "454"], &[], Open),

    // GET_PARAMETER.
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

    // ANNOUNCE and RECORD.
    ("SETUP for recording of nothing", Nothing, "SETUP rtsp://h/live/streamid=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/TCP;unicast;mode=record", &["404; !Session"], &[], Open),
    ("ANNOUNCE", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\n", &["200; CSeq: 1; !Session"], &[], Open),
    ("ANNOUNCE twice by one client", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\nANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\n", &["200", "200"], &[], Open),
    ("ANNOUNCE without Content-Type", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\n", &["415"], &[], Open),
    ("ANNOUNCE of XML", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: text/xml\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\n", &["415"], &[], Open),
    ("ANNOUNCE without a body", Nothing, "ANNOUNCE rtsp://h/live RTSP/1.0\nCSeq: 1\nContent-Type: application/sdp", &["400"], &[], Open),
    ("ANNOUNCE of no media", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n", &["400"], &[], Open),
    ("ANNOUNCE of an unreadable media line", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 14\r\n\r\nv=0\r\nm=video\r\n", &["400"], &[], Open),
    ("ANNOUNCE of the server", Nothing, "raw:ANNOUNCE rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\n", &["405; Allow: DESCRIBE"], &[], Open),
    ("ANNOUNCE of a relative URL", Nothing, "raw:ANNOUNCE live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\n", &["400"], &["RFC 2326 6.1"], Open),
    ("ANNOUNCE of too many tracks", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 203\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\nm=video 0 RTP/AVP 26\r\nm=video 0 RTP/AVP 26\r\nm=video 0 RTP/AVP 26\r\nm=video 0 RTP/AVP 26\r\nm=video 0 RTP/AVP 26\r\nm=video 0 RTP/AVP 26\r\nm=video 0 RTP/AVP 26\r\nm=video 0 RTP/AVP 26\r\n", &["413"], &[], Open),
    ("ANNOUNCE under a path that is too long", Nothing, "raw:ANNOUNCE rtsp://h/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\n", &["400"], &[], Open),
    ("DESCRIBE of what is announced but not recorded", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\nDESCRIBE rtsp://h/live RTSP/1.0\r\nCSeq: 2\r\n\r\n", &["200", "404"], &[], Open),
    ("SETUP for reading of what is announced but not recorded", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\nSETUP rtsp://h/live/trackID=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP;unicast;client_port=5004-5005\r\n\r\n", &["200", "404; !Session"], &[], Open),
    ("SETUP for recording over UDP", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\nSETUP rtsp://h/live/streamid=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/UDP;unicast;client_port=5004-5005;mode=record\r\n\r\n", &["200", "200; Session: ;timeout=60; Transport: client_port=5004-5005;server_port=6970-6971;mode=\"RECORD\""], &[], Open),
    ("SETUP for recording over TCP", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\nSETUP rtsp://h/live/streamid=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=\"RECORD\"\r\n\r\n", &["200", "200; Session; Transport: interleaved=0-1"], &[], Open),
    ("SETUP for recording of the one track by the stream's URL", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\nSETUP rtsp://h/live/ RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/TCP;unicast;mode=record\r\n\r\n", &["200", "200"], &[], Open),
    ("SETUP for recording of a track that was not announced", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\nSETUP rtsp://h/live/streamid=7 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/TCP;unicast;mode=record\r\n\r\n", &["200", "404"], &[], Open),
    ("SETUP for recording by multicast", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\nSETUP rtsp://h/live/streamid=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP;multicast;mode=record\r\n\r\n", &["200", "461; !Session"], &[], Open),
    ("SETUP for recording of one of two tracks by the stream's URL", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 92\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\nm=audio 0 RTP/AVP 0\r\na=control:streamid=1\r\nSETUP rtsp://h/live RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/TCP;unicast;mode=record\r\n\r\n", &["200", "459; !Session"], &[], Open),
    ("RECORD without a session", Nothing, "raw:ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 49\r\n\r\nv=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\nRECORD rtsp://h/live RTSP/1.0\r\nCSeq: 2\r\n\r\n", &["200", "454"], &[], Open),

    // Over TCP.
    ("a request between frames", Interleaved, "raw:$\u{1}\0\u{4}abcdPAUSE rtsp://h/demo/ RTSP/1.0\r\nCSeq: 3\r\nSession: {s}\r\n\r\n$\u{1}\0\0", &["200; CSeq: 3"], &[], Open),
];

fn prepare(given: Given) -> (Rig, String) {
    let mut rig = Rig::connected(|config| config.lab_dialect = given == Lab);
    let session = match given {
        Nothing | Lab => String::new(),
        Ready | Playing => rig.setup_udp(),
        Interleaved => rig.setup_tcp(),
    };
    if matches!(given, Playing | Interleaved) {
        assert_eq!(rig.play(&session, "").status.0, 200);
    }
    rig.out = Out::default();
    (rig, session)
}

/// Runs a case, its octets in pieces of `step`.
fn run(case: &Case, step: usize) -> (Rig, String) {
    let (mut rig, session) = prepare(case.1);
    let text = case.2.replace("{s}", &session);
    // Characters up to U+00FF stand for one octet each, so that any can be written.
    let octets: Vec<u8> = match text.strip_prefix("raw:") {
        Some(raw) => raw.chars().map(|c| c as u8).collect(),
        None => crlf(&text),
    };
    for piece in octets.chunks(step) {
        rig.send(piece);
    }
    (rig, session)
}

fn check_answer(name: &str, response: &Response, expected: &str, session: &str) {
    let expected = expected.replace("{s}", session);
    let mut parts = expected.split("; ");
    let status: u16 = parts.next().unwrap().parse().unwrap();
    assert_eq!(response.status.0, status, "{name}: {response:?}");
    for part in parts {
        let value = |header: &str| response.headers.get(header);
        match (part.strip_prefix('!'), part.split_once(": ")) {
            (Some(header), _) => assert_eq!(value(header), None, "{name}: {header}"),
            (None, Some((header, wanted))) => {
                let found = value(header).unwrap_or_else(|| panic!("{name}: {header} is missing"));
                match wanted.strip_prefix('!') {
                    Some(unwanted) => assert!(!found.contains(unwanted), "{name}: {header}: {found}"),
                    None => assert!(found.contains(wanted), "{name}: {header}: {found}, not {wanted}"),
                }
            }
            (None, None) => assert!(value(part).is_some(), "{name}: {part} is missing"),
        }
    }
}

#[test]
fn every_case_is_answered_as_the_table_says() {
    for case in CASES {
        let (name, _, _, answers, notes, then) = case;
        let (rig, session) = run(case, usize::MAX);
        let found = &rig.out.responses;
        assert_eq!(found.len(), answers.len(), "{name}: {found:?}");
        for ((_, response), expected) in found.iter().zip(*answers) {
            check_answer(name, response, expected, &session);
        }
        let rules: Vec<&str> = rig
            .out
            .events
            .iter()
            .filter_map(|event| match event {
                ServerEvent::Deviation { rule, .. } => Some(*rule),
                _ => None,
            })
            .collect();
        for note in *notes {
            assert!(rules.contains(note), "{name}: {note} is not among {rules:?}");
        }
        if notes.is_empty() && answers.iter().all(|answer| answer.starts_with('2')) {
            let rules: Vec<_> = rules.iter().filter(|rule| **rule != "RFC 2326 12.17").collect();
            assert!(rules.is_empty(), "{name}: nothing is odd about it, but {rules:?}");
        }
        assert_eq!(!rig.out.closed.is_empty(), *then == Closed, "{name}");
        assert!(rig.out.closed.iter().all(|(_, abort)| !abort), "{name}: no answer is lost");
    }
}

#[test]
fn the_answers_do_not_depend_on_how_the_octets_are_cut() {
    for case in CASES {
        let (whole, _) = run(case, usize::MAX);
        for step in [1, 3] {
            let (cut, _) = run(case, step);
            assert_eq!(cut.out.responses, whole.out.responses, "{}", case.0);
            assert_eq!(cut.out.closed, whole.out.closed, "{}", case.0);
        }
    }
}

#[test]
fn the_cases_have_names_of_their_own() {
    let mut names: Vec<&str> = CASES.iter().map(|case| case.0).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(all >= 150, "{all}");
}

#[test]
fn rtsp_types_reads_every_answer() {
    for case in CASES {
        let (rig, _) = run(case, usize::MAX);
        for (_, response) in &rig.out.responses {
            let octets = response.write();
            let (_, used) = rtsp_types::Message::<Vec<u8>>::parse(&octets).expect(case.0);
            assert_eq!(used, octets.len(), "{}", case.0);
        }
    }
}
