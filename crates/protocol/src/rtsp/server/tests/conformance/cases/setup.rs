//! SETUP.

use super::Case;
use super::Given::*;
use super::Then::*;

#[rustfmt::skip]
pub const CASES: &[Case] = &[
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
    ("SETUP with a Blocksize", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005\nBlocksize: 1000", &["200; Session"], &[], Open),
    ("SETUP with a Blocksize in words", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005\nBlocksize: big", &["416; !Session"], &[], Open),
    ("SETUP with a Blocksize of nothing", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005\nBlocksize: 0", &["416; !Session"], &[], Open),
    ("SETUP with a Bandwidth", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005\nBandwidth: 4000", &["200"], &[], Open),
    ("SETUP in a conference", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=5004-5005\nConference: 199702170042.SAA08642@obiwan.arl.wustl.edu%20Starr", &["452; !Session"], &[], Open),
    ("SETUP with a transport of parameters that are not known", Nothing, "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;layers=1;x-new=3;client_port=5004-5005", &["200; Transport: client_port=5004-5005"], &[], Open),
];
