//! Whole sessions, request by request as players of the field write them.

use super::rig::{Rig, crlf};
use crate::rtsp::ServerEvent;
use std::time::Duration;

/// The player; its requests in order (`{s}` is the session), each with the status that it
/// must get.
type Script = (&'static str, &'static [(&'static str, u16)]);

const SCRIPTS: [Script; 6] = [
    (
        "ffmpeg over UDP",
        &[
            ("OPTIONS rtsp://127.0.0.1:8554/demo RTSP/1.0\nCSeq: 1\nUser-Agent: Lavf59.27.100", 200),
            (
                "DESCRIBE rtsp://127.0.0.1:8554/demo RTSP/1.0\nAccept: application/sdp\nCSeq: 2\nUser-Agent: Lavf59.27.100",
                200,
            ),
            (
                "SETUP rtsp://127.0.0.1:8554/demo/trackID=0 RTSP/1.0\nTransport: RTP/AVP/UDP;unicast;client_port=20612-20613\nCSeq: 3\nUser-Agent: Lavf59.27.100",
                200,
            ),
            (
                "PLAY rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nRange: npt=0.000-\nCSeq: 4\nUser-Agent: Lavf59.27.100\nSession: {s}",
                200,
            ),
            (
                "GET_PARAMETER rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nCSeq: 5\nUser-Agent: Lavf59.27.100\nSession: {s}",
                200,
            ),
            (
                "TEARDOWN rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nCSeq: 6\nUser-Agent: Lavf59.27.100\nSession: {s}",
                200,
            ),
        ],
    ),
    (
        "ffmpeg over TCP with -ss 10",
        &[
            ("OPTIONS rtsp://127.0.0.1:8554/demo RTSP/1.0\nCSeq: 1\nUser-Agent: Lavf59.27.100", 200),
            (
                "DESCRIBE rtsp://127.0.0.1:8554/demo RTSP/1.0\nAccept: application/sdp\nCSeq: 2\nUser-Agent: Lavf59.27.100",
                200,
            ),
            (
                "SETUP rtsp://127.0.0.1:8554/demo/trackID=0 RTSP/1.0\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\nCSeq: 3\nUser-Agent: Lavf59.27.100",
                200,
            ),
            (
                "PLAY rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nRange: npt=0.000-\nCSeq: 4\nUser-Agent: Lavf59.27.100\nSession: {s}",
                200,
            ),
            (
                "PAUSE rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nCSeq: 5\nUser-Agent: Lavf59.27.100\nSession: {s}",
                200,
            ),
            (
                "PLAY rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nRange: npt=10.000-\nCSeq: 6\nUser-Agent: Lavf59.27.100\nSession: {s}",
                200,
            ),
            (
                "TEARDOWN rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nCSeq: 7\nUser-Agent: Lavf59.27.100\nSession: {s}",
                200,
            ),
        ],
    ),
    (
        "GStreamer, which copies the range of the description",
        &[
            (
                "OPTIONS rtsp://127.0.0.1:8554/demo RTSP/1.0\nCSeq: 1\nUser-Agent: GStreamer/1.22.0\nDate: Mon, 23 Nov 2026 03:34:41 GMT",
                200,
            ),
            (
                "DESCRIBE rtsp://127.0.0.1:8554/demo RTSP/1.0\nCSeq: 2\nUser-Agent: GStreamer/1.22.0\nAccept: application/sdp\nDate: Mon, 23 Nov 2026 03:34:41 GMT",
                200,
            ),
            (
                "SETUP rtsp://127.0.0.1:8554/demo/trackID=0 RTSP/1.0\nCSeq: 3\nUser-Agent: GStreamer/1.22.0\nTransport: RTP/AVP;unicast;client_port=48042-48043\nDate: Mon, 23 Nov 2026 03:34:41 GMT",
                200,
            ),
            (
                "PLAY rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nCSeq: 4\nUser-Agent: GStreamer/1.22.0\nRange: npt=0-24\nSession: {s}\nDate: Mon, 23 Nov 2026 03:34:41 GMT",
                200,
            ),
            (
                "PAUSE rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nCSeq: 5\nUser-Agent: GStreamer/1.22.0\nSession: {s}\nDate: Mon, 23 Nov 2026 03:34:43 GMT",
                200,
            ),
            (
                "TEARDOWN rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nCSeq: 6\nUser-Agent: GStreamer/1.22.0\nSession: {s}\nDate: Mon, 23 Nov 2026 03:34:43 GMT",
                200,
            ),
        ],
    ),
    (
        "openRTSP, and VLC with the same library: CSeq from 2",
        &[
            (
                "OPTIONS rtsp://127.0.0.1:8554/demo RTSP/1.0\nCSeq: 2\nUser-Agent: openRTSP (LIVE555 Streaming Media v2026.01.01)",
                200,
            ),
            (
                "DESCRIBE rtsp://127.0.0.1:8554/demo RTSP/1.0\nCSeq: 3\nUser-Agent: openRTSP (LIVE555 Streaming Media v2026.01.01)\nAccept: application/sdp",
                200,
            ),
            (
                "SETUP rtsp://127.0.0.1:8554/demo/trackID=0 RTSP/1.0\nCSeq: 4\nUser-Agent: openRTSP (LIVE555 Streaming Media v2026.01.01)\nTransport: RTP/AVP;unicast;client_port=41312-41313",
                200,
            ),
            (
                "PLAY rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nCSeq: 5\nUser-Agent: openRTSP (LIVE555 Streaming Media v2026.01.01)\nSession: {s}\nRange: npt=0.000-2.000",
                200,
            ),
            (
                "GET_PARAMETER rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nCSeq: 6\nUser-Agent: openRTSP (LIVE555 Streaming Media v2026.01.01)\nSession: {s}",
                200,
            ),
            (
                "TEARDOWN rtsp://127.0.0.1:8554/demo/ RTSP/1.0\nCSeq: 7\nUser-Agent: openRTSP (LIVE555 Streaming Media v2026.01.01)\nSession: {s}",
                200,
            ),
        ],
    ),
    (
        "curl, asking and asking again",
        &[
            ("OPTIONS * RTSP/1.0\nCSeq: 1\nUser-Agent: curl/7.88.1", 200),
            (
                "DESCRIBE rtsp://127.0.0.1:8554/demo RTSP/1.0\nCSeq: 2\nUser-Agent: curl/7.88.1\nAccept: application/sdp",
                200,
            ),
            (
                "SETUP rtsp://127.0.0.1:8554/demo/trackID=0 RTSP/1.0\nCSeq: 3\nTransport: RTP/AVP;unicast;client_port=4588-4589",
                200,
            ),
            ("TEARDOWN rtsp://127.0.0.1:8554/demo RTSP/1.0\nCSeq: 4\nSession: {s}", 200),
        ],
    ),
    (
        "one that asks for SRTP and for multicast first, then falls back",
        &[
            (
                "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/SAVP;unicast;client_port=5004-5005",
                461,
            ),
            ("SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 2\nTransport: RTP/AVP;multicast", 461),
            (
                "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 3\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1",
                200,
            ),
            ("PLAY rtsp://h/demo RTSP/1.0\nCSeq: 4\nSession: {s}", 200),
            ("TEARDOWN rtsp://h/demo RTSP/1.0\nCSeq: 5\nSession: {s}", 200),
        ],
    ),
];

/// Plays a script, its octets in pieces of `step`.
fn play(script: &Script, step: usize) -> Rig {
    let mut rig = Rig::connected(|_| ());
    let mut session = String::new();
    for (request, status) in script.1 {
        for piece in crlf(&request.replace("{s}", &session)).chunks(step) {
            rig.send(piece);
        }
        let (_, answer) = rig.out.responses.last().unwrap();
        assert_eq!(answer.status.0, *status, "{}: {request}", script.0);
        if let Some(value) = answer.headers.get("Session") {
            session = value.split(';').next().unwrap().to_owned();
        }
        rig.wait(Duration::from_millis(500));
    }
    assert_eq!(rig.out.responses.len(), script.1.len(), "{}", script.0);
    rig
}

#[test]
fn players_of_the_field_are_served_without_a_remark() {
    for script in &SCRIPTS {
        for step in [1, usize::MAX] {
            let mut rig = play(script, step);
            let odd = rig.out.events.iter().find(|event| matches!(event, ServerEvent::Deviation { .. }));
            assert_eq!(odd, None, "{}", script.0);
            let plays = script.1.iter().any(|(request, _)| request.starts_with("PLAY"));
            let packets = rig.out.datagrams.len() + rig.out.frames.len();
            assert_eq!(packets > 100, plays, "{}: {packets} packets", script.0);
            assert!(rig.server.sessions(rig.now).is_empty(), "{}: TEARDOWN was the last word", script.0);
            let sent = rig.out.datagrams.len() + rig.out.frames.len();
            rig.wait(Duration::from_secs(5));
            assert_eq!(rig.out.datagrams.len() + rig.out.frames.len(), sent, "{}", script.0);
        }
    }
}

#[test]
fn a_player_that_vanishes_in_the_middle_leaves_nothing_behind() {
    for script in &SCRIPTS {
        for kept in 1..script.1.len() {
            let mut rig = play(&(script.0, &script.1[..kept]), usize::MAX);
            rig.server.disconnected(rig.now, super::rig::CONN);
            rig.drain();
            rig.wait(Duration::from_secs(61));
            assert!(rig.server.sessions(rig.now).is_empty(), "{} after {kept}", script.0);
            assert_eq!(rig.server.poll_timeout(), None, "{} after {kept}", script.0);
        }
    }
}
