use super::*;
use crate::media::{Clip, FrameRate, open};
use crate::random::Dice;
use crate::rtp::jpeg::Form;
use crate::rtp::jpeg::{rebuild, samples};
use crate::rtp::packet::RtpPacket;
use crate::rtp::rtcp::{self, Compound, ReceiverReport, ReportBlock, RtcpPacket};
use crate::time::Epoch;
use bytes::Bytes;
use proptest::prelude::*;
use std::sync::Arc;

/// Ten pictures, 40 ms each.
pub(super) fn clip() -> Arc<dyn Clip> {
    let pictures: Vec<u8> = (0..10)
        .flat_map(|n| samples::picture(64, 48, jpeg_encoder::SamplingFactor::R_4_2_0, 4, 60 + 2 * n))
        .collect();
    open("test.mjpeg", Bytes::from(pictures), FrameRate::DEFAULT).unwrap()
}

pub(super) fn sender() -> Sender {
    Sender::new(SenderConfig {
        clip: clip(),
        track: 0,
        ssrc: 0x1234_5678,
        payload_type: PAYLOAD_TYPE_JPEG,
        first_sequence: 0xfffa,
        first_timestamp: 0xffff_f000,
        cname: "server@layercast".to_owned(),
        form: Form::Rfc2435,
        max_packet: 400,
        epoch: Epoch::FIXED,
        dice: Dice::new(1, "sender"),
    })
}

pub(super) const MS: fn(u64) -> SimTime = SimTime::from_millis;

pub(super) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// What a run hands out, with the times.
#[derive(Default)]
pub(super) struct Record {
    pub(super) rtp: Vec<(SimTime, Bytes, RtpSummary)>,
    pub(super) rtcp: Vec<(SimTime, Bytes, Compound)>,
    pub(super) events: Vec<SenderEvent>,
}

/// Polls exactly when asked to, up to and including `end`.
pub(super) fn run(sender: &mut Sender, end: SimTime, record: &mut Record) {
    let mut last = SimTime::ZERO;
    while let Some(now) = sender.poll_timeout().filter(|&at| at <= end) {
        let mut any = false;
        while let Some(out) = sender.poll_transmit(now.max(last)) {
            any = true;
            match out.what {
                What::Rtp(summary) => record.rtp.push((now, out.bytes, summary)),
                What::Rtcp { types } => {
                    let compound = rtcp::parse(&out.bytes).unwrap();
                    assert_eq!(types, compound.types());
                    record.rtcp.push((now, out.bytes, compound));
                }
                other => panic!("a sender makes no {other:?}"),
            }
        }
        while let Some(event) = sender.poll_event() {
            any = true;
            record.events.push(event);
        }
        assert!(any || sender.poll_timeout() != Some(now), "a timeout at {now} without an effect");
        last = now;
    }
}

fn played(end: u64) -> (Sender, PlayInfo, Record) {
    let mut sender = sender();
    assert_eq!(sender.poll_timeout(), None);
    let info = sender.play(MS(1_000), ms(0), None);
    let mut record = Record::default();
    run(&mut sender, MS(end), &mut record);
    (sender, info, record)
}

#[test]
fn the_first_packet_is_what_play_announced() {
    let (_, info, record) = played(1_000);
    let (at, bytes, summary) = &record.rtp[0];
    let packet = RtpPacket::parse(bytes).unwrap();
    assert_eq!(*at, MS(1_000));
    assert_eq!((packet.header.sequence, packet.header.timestamp), (info.sequence, info.rtptime));
    assert_eq!((info.sequence, info.rtptime), (0xfffa, 0xffff_f000));
    assert_eq!((info.from, info.until), (ms(0), ms(400)));
    assert_eq!(packet.header.ssrc, info.ssrc);
    assert_eq!((summary.sequence, summary.timestamp), (info.sequence, info.rtptime));
    assert!(bytes.len() <= 400);
}

#[test]
fn packets_are_paced_numbered_and_stamped() {
    let (sender, _, record) = played(3_000);
    let mut sequence = 0xfffa_u16;
    for (at, bytes, summary) in &record.rtp {
        let fragment = summary.picture.unwrap();
        let packet = RtpPacket::parse(bytes).unwrap();
        assert_eq!((packet.header.sequence, summary.sequence), (sequence, sequence));
        sequence = sequence.wrapping_add(1);
        // 40 ms are 3600 ticks; the timestamp wraps in the second picture.
        assert_eq!(packet.header.timestamp, 0xffff_f000_u32.wrapping_add(3_600 * fragment.picture));
        assert_eq!(packet.header.marker, fragment.index + 1 == fragment.of);
        // Spread evenly over the first 10 of 40 ms.
        let start = MS(1_000) + ms(40) * fragment.picture;
        assert_eq!(*at, start + ms(10) * fragment.index.into() / fragment.of.into());
    }
    assert_eq!(sender.stats().packets as usize, record.rtp.len());
    let octets: usize = record.rtp.iter().map(|(_, b, _)| b.len() - 12).sum();
    assert_eq!(sender.stats().octets as usize, octets);
    assert_eq!((sender.stats().pictures, sender.stats().skipped), (10, 0));
}

#[test]
fn every_picture_can_be_rebuilt() {
    let (sender, _, record) = played(3_000);
    for number in 0..10 {
        let packets = record.rtp.iter().filter(|(_, _, s)| s.picture.unwrap().picture == number);
        let rebuilt = rebuild(packets.map(|(_, b, _)| &b[..])).unwrap();
        let original = sender.config.clip.sample(0, number as usize).unwrap();
        assert!(rebuilt.is_complete());
        assert_eq!(samples::decode(&rebuilt.jpeg), samples::decode(&original.bytes));
    }
}

#[test]
fn the_first_report_follows_the_first_packet() {
    let (_, _, record) = played(1_390);
    let (at, bytes, compound) = &record.rtcp[0];
    assert_eq!(*at, MS(1_000));
    let [RtcpPacket::SenderReport(report), RtcpPacket::SourceDescription(sdes)] = &compound.packets[..]
    else {
        panic!("SR and SDES expected: {compound:?}");
    };
    assert_eq!((report.packets, report.ssrc, report.rtp_timestamp), (1, 0x1234_5678, 0xffff_f000));
    assert_eq!(report.ntp, Epoch::FIXED.ntp(MS(1_000)));
    assert_eq!(report.octets as usize, record.rtp[0].1.len() - 12);
    assert_eq!(sdes.chunks[0].items[0].text, "server@layercast");
    // An independent reader agrees.
    let theirs: Vec<_> = rtcp_types::Compound::parse(bytes).unwrap().collect();
    match theirs[0].as_ref().unwrap() {
        rtcp_types::Packet::Sr(sr) => {
            assert_eq!((sr.ssrc(), sr.ntp_timestamp()), (report.ssrc, report.ntp.0));
            assert_eq!((sr.rtp_timestamp(), sr.packet_count()), (report.rtp_timestamp, 1));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_clip_ends_with_a_goodbye_when_its_last_picture_is_over() {
    let (mut sender, _, record) = played(60_000);
    assert_eq!(record.events, [SenderEvent::Ended]);
    let (at, _, last) = record.rtcp.last().unwrap();
    assert_eq!((*at, last.types()), (MS(1_400), vec![200, 202, 203]));
    assert!(sender.is_finished());
    assert_eq!(sender.poll_timeout(), None);
    assert_eq!(sender.position(MS(9_000)), ms(400));
    assert_eq!(sender.bye(MS(9_000)), None, "one goodbye is enough");
    // A PLAY after it is another source.
    let before = (sender.ssrc(), sender.stats().packets);
    let info = sender.play(MS(9_000), ms(200), None);
    assert_ne!(info.ssrc, before.0);
    assert_eq!(sender.stats().packets, 0);
    let mut record = Record::default();
    run(&mut sender, MS(60_000), &mut record);
    let first = record.rtp[0].2;
    assert_eq!((first.ssrc, first.sequence, first.timestamp), (info.ssrc, info.sequence, info.rtptime));
    assert_eq!(first.picture.unwrap().picture, 5);
    assert_eq!(record.rtcp.last().unwrap().2.types(), [200, 202, 203]);
}

#[test]
fn a_range_ends_where_it_was_asked_to() {
    let mut sender = sender();
    let info = sender.play(MS(0), ms(90), Some(ms(200)));
    // The first picture at 90 ms or later is the one at 120 ms.
    assert_eq!((info.from, info.until), (ms(120), ms(200)));
    let mut record = Record::default();
    run(&mut sender, MS(900), &mut record);
    let pictures: Vec<u32> = record.rtp.iter().map(|(_, _, s)| s.picture.unwrap().picture).collect();
    assert_eq!((pictures[0], pictures[pictures.len() - 1]), (3, 4));
    assert_eq!(record.events, [SenderEvent::RangeEnded { at: ms(200) }]);
    assert!(!sender.is_finished());
    assert!(!record.rtcp.iter().any(|(_, _, c)| c.types().contains(&rtcp::BYE)));
    assert_eq!(sender.position(MS(900)), ms(200));
    // The next range goes on with the sequence, and the clock has run on.
    let info = sender.play(MS(900), ms(200), None);
    let last = record.rtp.last().unwrap().2;
    assert_eq!(info.sequence, last.sequence.wrapping_add(1));
    assert_eq!(info.rtptime, 0xffff_f000_u32.wrapping_add(900 * 90));
}

#[test]
fn a_pause_lets_the_picture_under_way_go_out_whole() {
    let mut sender = sender();
    let _ = sender.play(MS(0), ms(0), None);
    let mut record = Record::default();
    run(&mut sender, MS(41), &mut record);
    assert!(!record.rtp.last().unwrap().2.marker, "the second picture is under way");
    assert_eq!(sender.position(MS(41)), ms(41));
    assert_eq!(sender.pause(MS(41)), ms(80));
    assert!(!sender.is_playing());
    run(&mut sender, MS(500), &mut record);
    assert!(record.rtp.last().unwrap().2.marker);
    assert_eq!(sender.stats().pictures, 2);
    // It goes on with the picture that was not sent.
    let info = sender.play(MS(500), ms(80), None);
    assert_eq!(info.from, ms(80));
    run(&mut sender, MS(500), &mut record);
    assert_eq!(record.rtp.last().unwrap().2.picture.unwrap().picture, 2);
    assert_eq!(record.rtp.last().unwrap().2.timestamp, info.rtptime);
}

#[test]
fn a_seek_announces_the_number_behind_the_picture_under_way() {
    let mut sender = sender();
    let _ = sender.play(MS(0), ms(0), None);
    let mut record = Record::default();
    run(&mut sender, MS(1), &mut record);
    let sent = record.rtp.len();
    let info = sender.play(MS(1), ms(320), None);
    run(&mut sender, MS(1), &mut record);
    let after: Vec<_> = record.rtp[sent..].iter().map(|(_, _, s)| *s).collect();
    let first = after.iter().find(|s| s.picture.unwrap().picture == 8).unwrap();
    assert_eq!((first.sequence, first.timestamp), (info.sequence, info.rtptime));
    assert!(after.iter().any(|s| s.picture.unwrap().picture == 0 && s.marker));
}

#[test]
fn playing_behind_the_end_ends_at_once() {
    let mut sender = sender();
    let info = sender.play(MS(0), ms(5_000), None);
    assert_eq!(info.from, ms(400));
    let mut record = Record::default();
    run(&mut sender, MS(100), &mut record);
    assert!(record.rtp.is_empty() && record.rtcp.is_empty(), "who never spoke says no goodbye");
    assert_eq!(record.events, [SenderEvent::Ended]);
}

#[test]
fn who_sends_nothing_reports_as_a_receiver() {
    let mut sender = sender();
    let _ = sender.play(MS(0), ms(0), Some(ms(40)));
    let mut record = Record::default();
    run(&mut sender, SimTime::from_secs(30), &mut record);
    let types: Vec<u8> = record.rtcp.iter().map(|(_, _, c)| c.types()[0]).collect();
    // The third still stands for packets sent since the first.
    assert_eq!(types[..4], [200, 200, 200, 201]);
    let gaps: Vec<f64> =
        record.rtcp.windows(2).map(|w| w[1].0.as_secs_f64() - w[0].0.as_secs_f64()).collect();
    assert!(gaps.iter().all(|g| (2.0..6.2).contains(g)), "{gaps:?}");
}

#[test]
fn a_receiver_report_gives_the_round_trip() {
    let (mut sender, _, record) = played(1_100);
    let RtcpPacket::SenderReport(sr) = &record.rtcp[0].2.packets[0] else { panic!() };
    let block = ReportBlock {
        ssrc: 0x1234_5678,
        fraction_lost: 3,
        cumulative_lost: -2,
        last_sender_report: sr.ntp.middle(),
        delay_since_last: 65_536 / 20,
        ..ReportBlock::default()
    };
    let other = ReportBlock { ssrc: 1, ..block };
    let packets = vec![RtcpPacket::ReceiverReport(ReceiverReport { ssrc: 7, blocks: vec![other, block] })];
    sender.receive_rtcp(MS(1_080), &Compound { packets }.to_bytes());
    let stats = sender.stats();
    assert_eq!(stats.last_report, Some(block));
    // 80 ms less the 50 ms that the receiver held it, to 1/65536 s.
    let error = stats.round_trip.unwrap().abs_diff(ms(30));
    assert!(error < Duration::from_micros(40), "{error:?}");
}

#[test]
fn a_goodbye_of_the_receiver_is_told_and_events_are_bounded() {
    let (mut sender, _, _) = played(1_100);
    let bye = rtcp::Bye { sources: vec![7], reason: None };
    let bytes = Compound { packets: vec![RtcpPacket::Bye(bye)] }.to_bytes();
    for _ in 0..MAX_EVENTS + 10 {
        sender.receive_rtcp(MS(1_100), &bytes);
    }
    for _ in 0..MAX_EVENTS {
        assert_eq!(sender.poll_event(), Some(SenderEvent::ReceiverLeft { ssrc: 7 }));
    }
    assert_eq!(sender.poll_event(), None);
}

#[test]
fn who_polls_late_gets_what_is_due() {
    let mut sender = sender();
    let _ = sender.play(MS(0), ms(0), None);
    let mut count = 0;
    while sender.poll_transmit(MS(399)).is_some() {
        count += 1;
    }
    assert_eq!(sender.stats().pictures, 10);
    assert!(count as u64 > 10);
}

proptest! {
    #[test]
    fn any_rtcp_is_survived(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let (mut sender, _, _) = played(1_050);
        sender.receive_rtcp(MS(1_060), &bytes);
        let mut report = vec![0x81, 201, 0, 7, 0, 0, 0, 1];
        report.extend(&bytes);
        report.resize(32, 0);
        sender.receive_rtcp(MS(1_070), &report);
        prop_assert!(sender.poll_timeout().is_some());
    }
}
