//! How ranges are played: Scale, queued requests, pause points, starts to come, packet sizes.

use super::rig::{Out, Rig};
use crate::message::What;
use crate::rtp::sender::MAX_QUEUED;
use crate::rtsp::headers::RtpInfo;
use crate::rtsp::{ServerEvent, State};
use std::time::Duration;

/// The pictures of which packets were sent, in order.
fn pictures(rig: &Rig) -> Vec<u32> {
    let mut numbers: Vec<u32> = rig
        .out
        .datagrams
        .iter()
        .filter_map(|(_, _, data)| match data.what {
            What::Rtp(rtp) => rtp.picture.map(|part| part.picture),
            _ => None,
        })
        .collect();
    numbers.dedup();
    numbers
}

fn ready() -> (Rig, String) {
    let mut rig = Rig::connected(|_| ());
    let session = rig.setup_udp();
    rig.out = Out::default();
    (rig, session)
}

fn play(rig: &mut Rig, session: &str, headers: &str) -> u16 {
    let text = format!("PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {session}\n{headers}");
    rig.ask(&text).status.0
}

fn pause(rig: &mut Rig, session: &str, headers: &str) -> u16 {
    let text = format!("PAUSE rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {session}\n{headers}");
    rig.ask(&text).status.0
}

fn ends(rig: &Rig) -> usize {
    rig.out.events.iter().filter(|event| matches!(event, ServerEvent::TrackEnded { .. })).count()
}

#[test]
fn requests_to_play_queue_behind_a_range_with_an_end() {
    let (mut rig, session) = ready();
    assert_eq!(play(&mut rig, &session, "Range: npt=2-3"), 200);
    assert_eq!(play(&mut rig, &session, "Range: npt=10-11"), 200);
    rig.wait(Duration::from_millis(1_500));
    assert_eq!((rig.state(), ends(&rig)), (Some(State::Playing), 0));
    rig.wait(Duration::from_secs(2));
    let expected: Vec<u32> = (50..75).chain(250..275).collect();
    assert_eq!(pictures(&rig), expected);
    assert_eq!((rig.state(), ends(&rig)), (Some(State::Ready), 1));
    let next = rig.play(&session, "");
    assert_eq!(next.headers.get("Range"), Some("npt=11.000-24.000"));
}

#[test]
fn behind_a_range_without_an_end_nobody_waits() {
    let (mut rig, session) = ready();
    play(&mut rig, &session, "Range: npt=2-");
    rig.wait(Duration::from_millis(100));
    play(&mut rig, &session, "Range: npt=10-");
    rig.wait(Duration::from_millis(100));
    assert_eq!(pictures(&rig), [50, 51, 52, 250, 251, 252]);
}

#[test]
fn a_pause_forgets_what_is_queued() {
    let (mut rig, session) = ready();
    play(&mut rig, &session, "Range: npt=2-3");
    play(&mut rig, &session, "Range: npt=10-11");
    rig.wait(Duration::from_millis(500));
    assert_eq!(pause(&mut rig, &session, ""), 200);
    rig.wait(Duration::from_secs(1));
    assert_eq!(pictures(&rig).last(), Some(&62));
    let next = rig.play(&session, "");
    assert_eq!(next.headers.get("Range"), Some("npt=2.520-24.000"));
}

#[test]
fn the_queue_has_an_end() {
    let (mut rig, session) = ready();
    let answers: Vec<u16> = (0..MAX_QUEUED + 2).map(|_| play(&mut rig, &session, "Range: npt=2-3")).collect();
    assert!(answers[..=MAX_QUEUED].iter().all(|status| *status == 200));
    assert_eq!(answers[MAX_QUEUED + 1], 503);
    // It begins where the queue ends, where no beginning is named.
    pause(&mut rig, &session, "");
    play(&mut rig, &session, "Range: npt=2-3");
    rig.out = Out::default();
    play(&mut rig, &session, "Range: npt=-4");
    assert_eq!(rig.out.responses[0].1.headers.get("Range"), Some("npt=3.000-4.000"));
}

#[test]
fn a_pause_point_is_played_up_to() {
    let (mut rig, session) = ready();
    play(&mut rig, &session, "Range: npt=0-");
    rig.wait(Duration::from_millis(500));
    assert_eq!(pause(&mut rig, &session, "Range: npt=1-"), 200);
    assert_eq!(rig.state(), Some(State::Playing));
    rig.wait(Duration::from_secs(2));
    assert_eq!((rig.state(), pictures(&rig)), (Some(State::Ready), (0..25).collect()));
    assert_eq!(pause(&mut rig, &session, ""), 200, "the client may not know that it has paused");
    let next = rig.play(&session, "");
    assert_eq!(next.headers.get("Range"), Some("npt=1.000-24.000"));
    rig.wait(Duration::from_millis(500));
    assert_eq!(pause(&mut rig, &session, "Range: npt=1.2-"), 457, "it is past");
    assert_eq!(rig.state(), Some(State::Playing));
}

#[test]
fn the_scale_is_that_of_the_last_request() {
    let (mut rig, session) = ready();
    let scale = |rig: &mut Rig| {
        let before = rig.out.responses.len();
        let head = format!("GET_PARAMETER rtsp://h/demo/ RTSP/1.0\r\nCSeq: 4\r\nSession: {session}\r\n");
        rig.send(format!("{head}Content-Length: 7\r\n\r\nscale\r\n").as_bytes());
        String::from_utf8_lossy(&rig.out.responses[before].1.body).trim().to_owned()
    };
    assert_eq!(scale(&mut rig), "scale: 1");
    play(&mut rig, &session, "Scale: 2\nRange: npt=0-");
    assert_eq!(scale(&mut rig), "scale: 2");
    rig.wait(Duration::from_millis(200));
    assert_eq!(pictures(&rig), [0, 2, 4, 6, 8, 10]);
    rig.out = Out::default();
    // Where it is, the other way.
    play(&mut rig, &session, "Scale: -1");
    assert_eq!(scale(&mut rig), "scale: -1");
    rig.wait(Duration::from_millis(80));
    assert_eq!(pictures(&rig), [10, 9, 8]);
    rig.wait(Duration::from_secs(2));
    assert_eq!(rig.state(), Some(State::Ready), "the beginning is reached");
    let next = rig.play(&session, "");
    assert_eq!(next.headers.get("Range"), Some("npt=0.000-24.000"));
    assert_eq!(scale(&mut rig), "scale: 1", "it is not kept");
}

#[test]
fn play_waits_for_the_time_of_its_range() {
    let (mut rig, session) = ready();
    // It is one second past midnight.
    assert_eq!(play(&mut rig, &session, "Range: npt=4-;time=20260101T000003.5Z"), 200);
    let info = RtpInfo::read(rig.out.responses[0].1.headers.get("RTP-Info").unwrap()).remove(0);
    rig.wait(Duration::from_millis(2_499));
    assert!(pictures(&rig).is_empty());
    rig.wait(Duration::from_millis(1));
    assert_eq!(pictures(&rig), [100]);
    let first = rig.out.datagrams.iter().find_map(|(_, _, data)| match data.what {
        What::Rtp(rtp) => Some((Some(rtp.sequence), Some(rtp.timestamp))),
        _ => None,
    });
    assert_eq!(first, Some((info.seq, info.rtptime)));
}

#[test]
fn packets_are_as_small_as_the_client_wants() {
    for (asked, largest) in [("500", 512), ("10", 256), ("99999", 1388), ("99999999999999999999999", 1388)] {
        let mut rig = Rig::connected(|_| ());
        let session = rig.setup(&format!("RTP/AVP/UDP;unicast;client_port=5004-5005\nBlocksize: {asked}"));
        rig.play(&session, "");
        rig.wait(Duration::from_secs(1));
        let sizes = rig.out.datagrams.iter().filter(|(_, _, data)| matches!(data.what, What::Rtp(_)));
        let found = sizes.map(|(_, _, data)| data.bytes.len()).max().unwrap();
        assert!(found <= largest && found > largest / 2, "{asked}: {found}");
    }
}
