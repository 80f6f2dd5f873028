use super::*;
use crate::time::NtpTime;
use proptest::prelude::*;

fn block(ssrc: u32) -> ReportBlock {
    ReportBlock {
        ssrc,
        fraction_lost: 77,
        cumulative_lost: -5,
        highest_sequence: 0x0001_fffe,
        jitter: 90,
        last_sender_report: 0x1122_3344,
        delay_since_last: 65_536,
    }
}

fn full() -> Compound {
    Compound {
        packets: vec![
            RtcpPacket::SenderReport(SenderReport {
                ssrc: 1,
                ntp: NtpTime(0x0102_0304_0506_0708),
                rtp_timestamp: 9,
                packets: 10,
                octets: 11,
                blocks: vec![block(2), block(3)],
            }),
            RtcpPacket::SourceDescription(SourceDescription::cname(1, "me@here")),
            RtcpPacket::Other { packet_type: APP, count: 3, body: Bytes::from_static(b"\0\0\0\x01NAME") },
            RtcpPacket::Bye(Bye { sources: vec![1, 4], reason: Some(Bytes::from_static(b"over")) }),
        ],
    }
}

#[test]
fn what_is_written_is_read() {
    let bytes = full().to_bytes();
    assert_eq!(bytes.len() % 4, 0);
    assert_eq!(parse(&bytes), Ok(full()));
    assert_eq!(full().types(), [200, 202, 204, 203]);
    assert!(full().starts_with_report());
    assert!(!Compound { packets: full().packets.split_off(1) }.starts_with_report());
}

#[test]
fn another_reader_agrees() {
    let bytes = full().to_bytes();
    let packets: Vec<_> = rtcp_types::Compound::parse(&bytes).unwrap().map(Result::unwrap).collect();
    let rtcp_types::Packet::Sr(sr) = &packets[0] else { panic!() };
    let theirs: Vec<_> = sr.report_blocks().collect();
    assert_eq!((sr.ntp_timestamp(), sr.packet_count(), sr.octet_count()), (0x0102_0304_0506_0708, 10, 11));
    assert_eq!(theirs.len(), 2);
    assert_eq!((theirs[0].fraction_lost(), theirs[0].interarrival_jitter()), (77, 90));
    assert_eq!(theirs[1].extended_sequence_number(), 0x0001_fffe);
    // Twenty-four bits of two's complement (RFC 3550 section 6.4.1).
    assert_eq!(theirs[0].cumulative_lost() & 0xff_ffff, 0xff_fffb);
    let rtcp_types::Packet::Bye(bye) = &packets[3] else { panic!() };
    assert_eq!(bye.ssrcs().collect::<Vec<_>>(), [1, 4]);
    assert_eq!(bye.reason(), Some(&b"over"[..]));
}

#[test]
fn another_writer_is_read() {
    use rtcp_types::RtcpPacketWriterExt;
    let block = rtcp_types::ReportBlock::builder(7).fraction_lost(1).cumulative_lost(0x12_3456);
    let mut bytes = vec![0; 256];
    let rr = rtcp_types::ReceiverReport::builder(8).add_report_block(block);
    let length = rr.write_into(&mut bytes).unwrap();
    let compound = parse(&bytes[..length]).unwrap();
    let [RtcpPacket::ReceiverReport(report)] = &compound.packets[..] else { panic!() };
    assert_eq!((report.ssrc, report.blocks[0].ssrc), (8, 7));
    assert_eq!((report.blocks[0].fraction_lost, report.blocks[0].cumulative_lost), (1, 0x12_3456));
}

#[test]
fn the_loss_is_held_to_24_bits_with_sign() {
    let lost = |cumulative_lost| {
        let blocks = vec![ReportBlock { cumulative_lost, ..block(1) }];
        let packets = vec![RtcpPacket::ReceiverReport(ReceiverReport { ssrc: 1, blocks })];
        parse(&Compound { packets }.to_bytes()).unwrap().packets[0].blocks()[0].cumulative_lost
    };
    assert_eq!(lost(-1), -1);
    assert_eq!(lost(8_388_607), 8_388_607);
    assert_eq!(lost(i32::MAX), 8_388_607);
    assert_eq!(lost(i32::MIN), -8_388_608);
}

#[test]
fn counts_and_texts_are_held_to_their_fields() {
    let packets = vec![
        RtcpPacket::ReceiverReport(ReceiverReport { ssrc: 1, blocks: vec![block(1); 40] }),
        RtcpPacket::SourceDescription(SourceDescription::cname(1, &"x".repeat(300))),
        RtcpPacket::Bye(Bye { sources: vec![1; 40], reason: Some(vec![b'y'; 300].into()) }),
    ];
    let read = parse(&Compound { packets }.to_bytes()).unwrap();
    assert_eq!(read.packets[0].blocks().len(), MAX_COUNT);
    let RtcpPacket::SourceDescription(sdes) = &read.packets[1] else { panic!() };
    assert_eq!(sdes.chunks[0].items[0].text.len(), 255);
    let RtcpPacket::Bye(bye) = &read.packets[2] else { panic!() };
    assert_eq!((bye.sources.len(), bye.reason.as_ref().unwrap().len()), (MAX_COUNT, 255));
}

#[test]
fn faults_name_their_packet() {
    let bytes = full().to_bytes();
    assert_eq!(parse(&[]), Err(RtcpError::Short { offset: 0 }));
    let sr = 28 + 48;
    assert_eq!(parse(&bytes[..sr + 3]), Err(RtcpError::Short { offset: sr }));
    let mut wrong = bytes.to_vec();
    wrong[sr] = 0x41;
    assert_eq!(parse(&wrong), Err(RtcpError::Version { offset: sr, version: 1 }));
    let mut wrong = bytes.to_vec();
    wrong[0] = 0x83;
    assert_eq!(parse(&wrong), Err(RtcpError::Broken { offset: 0, packet: "SR" }));
    // Padding is allowed in the last packet alone.
    let mut wrong = bytes.to_vec();
    wrong[0] |= 0x20;
    assert_eq!(parse(&wrong), Err(RtcpError::Padding { offset: 0 }));
    let mut padded = vec![0xa0, RR, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4];
    assert!(parse(&padded).is_ok());
    padded[11] = 3;
    assert_eq!(parse(&padded), Err(RtcpError::Padding { offset: 0 }));
}

proptest! {
    #[test]
    fn any_bytes_are_answered(
        first in prop_oneof![Just(0x80u8), Just(0x81), Just(0x82), any::<u8>()],
        kind in 199u8..206,
        body in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut bytes = vec![first, kind, 0, (body.len() / 4) as u8];
        bytes.extend(&body[..body.len() / 4 * 4]);
        if let Ok(compound) = parse(&bytes) {
            // What was read can be written and read again.
            prop_assert_eq!(parse(&compound.to_bytes()), Ok(compound));
        }
        let _ = parse(&body);
    }
}
