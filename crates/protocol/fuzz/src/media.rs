//! RTP and RTCP packets, RTP/JPEG, and the receiver.

use crate::targets::records;
use protocol::random::Dice;
use protocol::rtp::jpeg::header::PayloadHeader;
use protocol::rtp::jpeg::{Form, Packetizer, probe, rebuild};
use protocol::rtp::receiver::{MAX_PACKETS_HELD, MAX_PICTURES_HELD};
use protocol::rtp::{Receiver, ReceiverConfig, RtpPacket, rtcp as reports};
use protocol::time::{Epoch, SimTime};
use std::time::Duration;

/// RTP packets, and their payload as RTP/JPEG.
pub fn rtp(input: &[u8]) {
    if let Ok(packet) = RtpPacket::parse(input) {
        assert_eq!(packet.payload, &input[packet.payload_range.clone()]);
        if let Ok(header) = PayloadHeader::parse(packet.payload) {
            assert!(header.data.end <= packet.payload.len());
        }
    }
    let packets: Vec<&[u8]> = records::read(input).map(|(_, data)| data).collect();
    if let Ok(picture) = rebuild(packets.iter().copied()) {
        assert!(picture.jpeg.starts_with(&[0xff, 0xd8]));
        for hole in &picture.missing {
            assert!(hole.left + hole.width <= picture.width && hole.top + hole.height <= picture.height);
        }
    }
}

/// A JPEG file on its way into packets.
pub fn jpeg(input: &[u8]) {
    let Ok(info) = probe(input) else { return };
    assert!(info.scan.end <= input.len());
    let mut cuts = Vec::new();
    Packetizer::new(300).plan(&info, &mut cuts);
    let mut at = 0;
    for cut in &cuts {
        assert_eq!(cut.range.start, at, "cuts follow one another");
        at = cut.range.end;
    }
    assert_eq!(at as usize, info.scan.len(), "cuts cover the scan");
}

/// RTCP compounds.
pub fn rtcp(input: &[u8]) {
    if let Ok(compound) = reports::parse(input) {
        let written = compound.to_bytes();
        match reports::parse(&written) {
            Ok(again) => assert_eq!(again.to_bytes(), written, "written as it was read"),
            Err(error) => panic!("what was written cannot be read: {error}"),
        }
    }
}

/// A receiver and what a hostile sender may give it.
pub fn receiver(input: &[u8]) {
    let form =
        if input.first().is_some_and(|octet| octet & 1 == 1) { Form::WholeFile } else { Form::Rfc2435 };
    let mut receiver: Receiver<u32> = Receiver::new(ReceiverConfig {
        clock_rate: 90_000,
        payload_type: 26,
        form,
        cname: "fuzz".to_owned(),
        ssrc: 1,
        playout_delay: Duration::from_millis(60),
        epoch: Epoch::FIXED,
        dice: Dice::new(1, "fuzz"),
    });
    let mut now = SimTime::from_secs(1);
    for (tag, (kind, data)) in (0..).zip(records::read(input.get(1..).unwrap_or(&[]))) {
        now += Duration::from_millis(u64::from(kind >> 3));
        match kind & 7 {
            0..=4 => receiver.receive_rtp(now, data, tag),
            5 => receiver.receive_rtcp(now, data, tag),
            6 => receiver.restart_playout(),
            _ => now += Duration::from_secs(2),
        }
        if receiver.poll_timeout().is_some_and(|at| at <= now) {
            receiver.handle_timeout(now);
        }
        while let Some(report) = receiver.poll_transmit(now) {
            reports::parse(&report.bytes).expect("its own report can be read");
        }
        while receiver.poll_event().is_some() {}
        let stats = receiver.stats(now);
        assert!(stats.buffered_pictures <= MAX_PICTURES_HELD && stats.buffered_packets <= MAX_PACKETS_HELD);
    }
    // All that waits is shown in the end.
    for _ in 0..MAX_PICTURES_HELD + 64 {
        let Some(at) = receiver.poll_timeout().filter(|_| receiver.stats(now).buffered_pictures > 0) else {
            break;
        };
        now = now.max(at);
        receiver.handle_timeout(now);
        while receiver.poll_event().is_some() {}
    }
    assert_eq!(receiver.stats(now).buffered_pictures, 0);
}
