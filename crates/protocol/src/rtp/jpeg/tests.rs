//! Round trips, and what is left when packets are lost.

use super::header::PayloadHeader;
use super::*;
use crate::rtp::packet::{HEADER, RtpHeader};
use bytes::Bytes;
use jpeg_encoder::SamplingFactor;
use proptest::prelude::*;

/// The RTP packets of a picture.
fn packets(jpeg: &[u8], max_packet: usize) -> Vec<Bytes> {
    let info = probe(jpeg).unwrap();
    let packetizer = Packetizer::new(max_packet);
    let mut cuts = Vec::new();
    packetizer.plan(&info, &mut cuts);
    let scan = &jpeg[info.scan.clone()];
    let count = cuts.len();
    let header = |n: usize| RtpHeader {
        marker: n + 1 == count,
        payload_type: 26,
        sequence: n as u16,
        timestamp: 9,
        ssrc: 1,
    };
    cuts.iter().enumerate().map(|(n, cut)| packetizer.write(header(n), &info, cut, scan)).collect()
}

fn slices(packets: &[Bytes]) -> impl Iterator<Item = &[u8]> {
    packets.iter().map(|p| &p[..])
}

fn payload(packet: &Bytes) -> PayloadHeader {
    PayloadHeader::parse(&packet[HEADER..]).unwrap()
}

/// All but the packet `lost`.
fn without(packets: &[Bytes], lost: usize) -> Vec<Bytes> {
    let mut left = packets.to_vec();
    left.remove(lost);
    left
}

#[test]
fn whole_pictures_come_back_pixel_by_pixel() {
    for sampling in [SamplingFactor::R_4_2_0, SamplingFactor::R_4_2_2] {
        for restarts in [0, 1, 3, 5, 40] {
            for max_packet in [256, 600, 1388, 60_000] {
                let jpeg = samples::picture(80, 48, sampling, restarts, 80);
                let packets = packets(&jpeg, max_packet);
                assert!(packets.iter().all(|p| p.len() <= max_packet));
                let rebuilt = rebuild(slices(&packets)).unwrap();
                assert!(rebuilt.is_complete());
                assert_eq!((rebuilt.width, rebuilt.height), (80, 48));
                assert_eq!(samples::decode(&rebuilt.jpeg), samples::decode(&jpeg));
            }
        }
    }
}

#[test]
fn what_is_rebuilt_can_be_sent_again() {
    let jpeg = samples::yuv420(64, 64, 4);
    let once = rebuild(slices(&packets(&jpeg, 500))).unwrap();
    let twice = rebuild(slices(&packets(&once.jpeg, 900))).unwrap();
    assert_eq!(once.jpeg, twice.jpeg);
}

#[test]
fn odd_sizes_are_rounded_up_to_blocks_of_eight() {
    let jpeg = samples::yuv420(42, 21, 0);
    let packets = packets(&jpeg, 1388);
    let header = payload(&packets[0]);
    assert_eq!((header.width, header.height), (48, 24));
    let rebuilt = rebuild(slices(&packets)).unwrap();
    assert!(samples::decode(&rebuilt.jpeg).is_ok());
}

#[test]
fn fragments_keep_to_restart_intervals() {
    let jpeg = samples::yuv420(96, 96, 2);
    let info = probe(&jpeg).unwrap();
    let mut next_interval = 0;
    for packet in packets(&jpeg, 700) {
        let header = payload(&packet);
        let restart = header.restart.unwrap();
        assert_eq!((header.jpeg_type, restart.interval), (65, 2));
        assert!(restart.first && restart.last, "an interval fits into a packet here");
        assert_eq!(usize::from(restart.count), next_interval);
        let at = header.offset;
        assert!(at == 0 || info.restarts.contains(&at));
        let end = at + header.data.len() as u32;
        next_interval = info.restarts.iter().filter(|&&r| r <= end).count();
    }
}

#[test]
fn an_interval_larger_than_a_packet_is_a_chunk_with_first_and_last() {
    // One restart interval per row of 8 MCUs: larger than 300 octets.
    let jpeg = samples::yuv420(128, 48, 8);
    let headers: Vec<_> = packets(&jpeg, 300).iter().map(payload).collect();
    for count in 0..3 {
        let chunk: Vec<_> = headers.iter().filter_map(|h| h.restart).filter(|r| r.count == count).collect();
        assert!(chunk.len() > 1);
        for (n, restart) in chunk.iter().enumerate() {
            assert_eq!(restart.first, n == 0);
            assert_eq!(restart.last, n + 1 == chunk.len());
        }
    }
}

#[test]
fn tables_travel_in_the_first_packet_of_every_picture() {
    let jpeg = samples::yuv420(64, 64, 0);
    let info = probe(&jpeg).unwrap();
    for (n, packet) in packets(&jpeg, 400).iter().enumerate() {
        let header = payload(packet);
        assert_eq!(header.q, 255);
        assert_eq!(header.quant.and_then(|q| q.tables), (n == 0).then_some(info.tables));
        if n == 0 {
            // Section 3.1.8: MBZ, precision 0, length 128.
            assert_eq!(packet[HEADER + 8..HEADER + 12], [0, 0, 0, 128]);
        }
    }
}

#[test]
fn order_and_duplicates_do_not_matter() {
    let jpeg = samples::yuv420(64, 64, 4);
    let mut packets = packets(&jpeg, 400);
    let expected = rebuild(slices(&packets)).unwrap();
    packets.reverse();
    packets.push(packets[1].clone());
    assert_eq!(rebuild(slices(&packets)).unwrap(), expected);
}

/// Compares a damaged picture with the whole one: equal away from the holes, and the holes are
/// what is said to be missing.
fn check_damage(whole: &Rebuilt, damaged: &Rebuilt) {
    let (width, height, original) = samples::decode(&whole.jpeg).unwrap();
    let decoded = samples::decode(&damaged.jpeg);
    let (w, h, pixels) = decoded.unwrap_or_else(|e| panic!("a damaged picture must decode: {e}"));
    assert_eq!((w, h), (width, height));
    assert!(!damaged.missing.is_empty());
    for rect in &damaged.missing {
        assert!(rect.width > 0 && rect.height > 0);
        assert!(
            usize::from(rect.left + rect.width) <= width && usize::from(rect.top + rect.height) <= height
        );
    }
    for y in 0..height {
        for x in 0..width {
            // Chrominance is smoothed across the border of a hole: keep two MCUs' distance.
            let near = damaged.missing.iter().any(|r| {
                let (l, t) = (usize::from(r.left), usize::from(r.top));
                x + 2 >= l
                    && x < l + usize::from(r.width) + 2
                    && y + 2 >= t
                    && y < t + usize::from(r.height) + 2
            });
            let at = (y * width + x) * 3;
            if !near {
                assert_eq!(pixels[at..at + 3], original[at..at + 3], "pixel {x}, {y}");
            }
        }
    }
}

#[test]
fn the_loss_of_any_packet_but_the_first_leaves_a_picture() {
    for (restarts, max_packet) in [(1, 256), (2, 400), (5, 600), (10, 300), (0, 400), (0, 256)] {
        let jpeg = samples::yuv420(80, 64, restarts);
        let packets = packets(&jpeg, max_packet);
        let whole = rebuild(slices(&packets)).unwrap();
        for lost in 1..packets.len() {
            let damaged = rebuild(slices(&without(&packets, lost))).unwrap();
            check_damage(&whole, &damaged);
            if restarts == 1 {
                // Only what the packet carried is missing: all other intervals are there.
                let area: usize =
                    damaged.missing.iter().map(|r| usize::from(r.width) * usize::from(r.height)).sum();
                let carried = payload(&packets[lost]).data.len();
                assert!(area <= 256 * carried.div_ceil(24), "{area} pixels for {carried} octets");
            }
        }
        assert!(packets.len() > 1);
        let error = rebuild(slices(&without(&packets, 0))).unwrap_err();
        assert_eq!(error, JpegError::TablesMissing { q: 255 });
    }
}

#[test]
fn with_computed_tables_the_first_packet_may_be_lost_too() {
    let jpeg = samples::yuv420(64, 64, 4);
    let packets: Vec<Bytes> = packets(&jpeg, 500).iter().map(|p| with_q(p, 50)).collect();
    let whole = rebuild(slices(&packets)).unwrap();
    assert_eq!(probe(&whole.jpeg).unwrap().tables, tables::computed(50).unwrap());
    let damaged = rebuild(slices(&without(&packets, 0))).unwrap();
    assert_eq!(damaged.missing[0].top, 0);
    check_damage(&whole, &damaged);
    // Without restart markers nothing after a gap can be decoded.
    let plain: Vec<Bytes> =
        self::packets(&samples::yuv420(64, 64, 0), 500).iter().map(|p| with_q(p, 50)).collect();
    assert_eq!(rebuild(slices(&plain[1..])), Err(JpegError::NothingDecodable));
}

/// The same packet with another Q, and without tables when that Q has none.
fn with_q(packet: &Bytes, q: u8) -> Bytes {
    let mut bytes = packet.to_vec();
    bytes[HEADER + 5] = q;
    let header = payload(packet);
    if header.quant.is_some() {
        let end = HEADER + header.data.start;
        if q < 128 {
            bytes.drain(end - 132..end);
        }
    }
    bytes.into()
}

#[test]
fn tables_of_q_128_to_254_are_remembered() {
    let jpeg = samples::yuv420(32, 32, 0);
    let first: Vec<Bytes> = packets(&jpeg, 1388).iter().map(|p| with_q(p, 200)).collect();
    // The same picture with a table length of 0.
    let mut bytes = first[0].to_vec();
    bytes[HEADER + 10..HEADER + 12].fill(0);
    bytes.drain(HEADER + 12..HEADER + 12 + 128);
    let mut again = first.clone();
    again[0] = bytes.into();
    let mut depacketizer = Depacketizer::new();
    assert_eq!(depacketizer.rebuild(slices(&again)), Err(JpegError::TablesMissing { q: 200 }));
    let whole = depacketizer.rebuild(slices(&first)).unwrap();
    assert_eq!(depacketizer.rebuild(slices(&again)), Ok(whole));
}

#[test]
fn missing_rectangles_are_rows_of_mcus() {
    // 80 x 64: 5 x 4 MCUs; one restart interval each, one packet each.
    let jpeg = samples::yuv420(80, 64, 1);
    let packets = packets(&jpeg, 256);
    let whole = rebuild(slices(&packets)).unwrap();
    let count = |p: &Bytes| usize::from(payload(p).restart.unwrap().count);
    let (lost, kept): (Vec<Bytes>, Vec<Bytes>) =
        packets.iter().cloned().partition(|p| (3..13).contains(&count(p)));
    let first = count(&lost[0]);
    let after = packets.iter().map(count).find(|&c| c >= 13).unwrap();
    let rebuilt = rebuild(slices(&kept)).unwrap();
    check_damage(&whole, &rebuilt);
    let area: usize = rebuilt.missing.iter().map(|r| usize::from(r.width) * usize::from(r.height)).sum();
    assert_eq!(area, (after - first) * 256);
    assert!(rebuilt.missing.contains(&Rect { left: 0, top: 16, width: 80, height: 16 }));
}

#[test]
fn contradicting_packets_are_refused() {
    let jpeg = samples::yuv420(64, 64, 0);
    let mut packets = packets(&jpeg, 400);
    let mut odd = packets[1].to_vec();
    odd[HEADER + 6] += 1;
    packets[1] = odd.into();
    assert_eq!(rebuild(slices(&packets)), Err(JpegError::Disagreement { field: "Width and Height" }));
    assert_eq!(rebuild([]), Err(JpegError::NothingDecodable));
}

#[test]
fn too_many_packets_are_refused() {
    let packet = packets(&samples::yuv420(16, 16, 0), 1388).remove(0);
    let many = std::iter::repeat_n(&packet[..], MAX_PACKETS_PER_PICTURE + 1);
    let limit = MAX_PACKETS_PER_PICTURE;
    assert_eq!(rebuild(many), Err(JpegError::TooLarge { what: "the number of packets", limit }));
}

#[test]
fn headers_with_reserved_values_are_refused() {
    let packet = packets(&samples::yuv420(16, 16, 1), 1388).remove(0);
    let change = |at: usize, value: u8| {
        let mut payload = packet[HEADER..].to_vec();
        payload[at] = value;
        PayloadHeader::parse(&payload)
    };
    for (at, value, field) in [(4, 2, "Type"), (5, 0, "Q"), (5, 127, "Q"), (6, 0, "Width"), (7, 0, "Height")]
    {
        assert!(
            matches!(change(at, value), Err(JpegError::BadField { offset, field: f, .. }) if offset == at && f == field)
        );
    }
    assert!(matches!(change(9, 0), Err(JpegError::BadField { field: "Restart Interval", .. })));
    assert!(matches!(change(13, 1), Err(JpegError::BadField { field: "Precision", offset: 13, .. })));
    assert!(matches!(change(15, 0), Err(JpegError::BadField { field: "Length", .. })));
    for cut in 0..12 + 132 {
        let error = PayloadHeader::parse(&packet[HEADER..HEADER + cut]).unwrap_err();
        assert!(matches!(error, JpegError::ShortPayload { offset, .. } if offset == cut));
    }
}

proptest! {
    #[test]
    fn any_packets_are_answered(
        bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 0..6),
        jpeg_type in prop_oneof![Just(0u8), Just(1), Just(64), Just(65)],
        size in 1u8..6,
        q in prop_oneof![Just(50u8), Just(255)],
        interval in 1u16..20,
        aligned: bool,
    ) {
        // Headers of one picture, so that the bodies reach the assembly.
        let packets: Vec<Vec<u8>> = bodies.iter().map(|body| {
            let mut bytes = RtpHeader { marker: body.len() % 5 == 0, payload_type: 26, sequence: 0, timestamp: 0, ssrc: 0 }
                .to_bytes().to_vec();
            let offset = body.first().copied().unwrap_or(0);
            bytes.extend([0, 0, 0, offset & 0x3f, jpeg_type, q, size, size]);
            if jpeg_type >= 64 {
                let count = if aligned { u16::from(offset >> 5) | u16::from(offset) << 8 & 0xc000 } else { 0xffff };
                bytes.extend(interval.to_be_bytes());
                bytes.extend(count.to_be_bytes());
            }
            bytes.extend(body);
            bytes
        }).collect();
        if let Ok(rebuilt) = rebuild(packets.iter().map(|p| &p[..])) {
            prop_assert!(rebuilt.jpeg.starts_with(&[0xff, 0xd8]) && rebuilt.jpeg.ends_with(&[0xff, 0xd9]));
            let side = u16::from(size) * 8;
            let inside = rebuilt.missing.iter().all(|r| r.left + r.width <= side && r.top + r.height <= side);
            prop_assert!(inside);
        }
        for packet in &packets {
            if let Ok(header) = PayloadHeader::parse(&packet[HEADER..]) {
                prop_assert!(header.data.end == packet.len() - HEADER);
            }
        }
    }

    #[test]
    fn any_losses_leave_a_decodable_picture(seed: u64, restarts in 0u16..12, max_packet in 256usize..900) {
        let jpeg = samples::yuv420(96, 64, restarts);
        let packets = packets(&jpeg, max_packet);
        let mut bits = seed | 1;
        let kept: Vec<Bytes> = packets.iter().filter(|_| { bits = bits.rotate_right(1); bits & 0x8000_0000_0000_0000 != 0 || bits & 3 != 0 }).cloned().collect();
        match rebuild(slices(&kept)) {
            Ok(rebuilt) => {
                let decoded = samples::decode(&rebuilt.jpeg);
                prop_assert!(decoded.is_ok(), "{:?}", decoded.err());
                // A lost packet may have carried nothing but a restart marker or padding.
                prop_assert!(rebuilt.is_complete() || kept.len() < packets.len());
                if rebuilt.is_complete() {
                    prop_assert_eq!(decoded, samples::decode(&jpeg));
                }
            }
            Err(error) => {
                let explained = matches!(error, JpegError::TablesMissing { q: 255 } | JpegError::NothingDecodable);
                prop_assert!(explained, "{error}");
            }
        }
    }
}
