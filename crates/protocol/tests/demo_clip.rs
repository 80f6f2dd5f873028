//! The committed demo clip is what its README says.

use protocol::media::{self, Catalogue, Codec};
use protocol::rtp::jpeg::{Packetizer, Sampling, probe, rebuild};
use protocol::rtp::packet::RtpHeader;
use std::time::Duration;

#[test]
fn the_demo_is_24_seconds_of_640_by_360() {
    let catalogue = Catalogue::with_demo();
    let clip = catalogue.get("demo").unwrap();
    let [track] = clip.tracks() else { panic!("one track") };
    assert_eq!(track.codec, Codec::Jpeg { width: 640, height: 360 });
    assert_eq!((track.samples, track.interval), (600, Duration::from_millis(40)));
    assert_eq!(clip.duration(), Duration::from_secs(24));
    assert!(clip.notes().is_empty(), "{:?}", clip.notes());
}

#[test]
fn every_picture_of_the_demo_can_travel_and_be_shown_in_part() {
    let clip = media::demo();
    let mut octets = 0;
    let mut tables = None;
    for index in 0..600 {
        let sample = clip.sample(0, index).unwrap();
        assert_eq!(sample.time, Duration::from_millis(40) * index as u32);
        let info = probe(&sample.bytes).unwrap();
        assert_eq!(info.end, sample.bytes.len());
        assert_eq!(info.sampling, Sampling::Yuv420);
        // A quarter of a row of 40 MCUs, in each of 23 rows.
        assert_eq!(info.restart_interval.unwrap().get(), 10);
        assert_eq!(info.intervals(), 92);
        assert_eq!(tables.get_or_insert(info.tables), &info.tables);
        assert!((13_000..14_500).contains(&sample.bytes.len()), "picture {index}");
        // Several restart intervals fit into one packet.
        let starts = std::iter::once(0).chain(info.restarts.iter().copied());
        let ends = info.restarts.iter().copied().chain([info.scan.len() as u32]);
        assert!(starts.zip(ends).all(|(start, end)| end - start < 450), "picture {index}");
        octets += sample.bytes.len();
    }
    assert_eq!(octets, 8_327_540);
    assert!(clip.sample(0, 600).is_none());
}

/// The packets of one picture, of at most 1,388 octets.
fn packets(jpeg: &[u8]) -> Vec<bytes::Bytes> {
    let info = probe(jpeg).expect("the demo can travel");
    let packetizer = Packetizer::new(1388);
    let mut cuts = Vec::new();
    packetizer.plan(&info, &mut cuts);
    let header = RtpHeader { marker: false, payload_type: 26, sequence: 0, timestamp: 0, ssrc: 1 };
    let numbered = cuts.iter().zip(0u16..);
    numbered
        .map(|(cut, sequence)| {
            let header = RtpHeader { marker: usize::from(sequence) + 1 == cuts.len(), sequence, ..header };
            packetizer.write(header, &info, cut, &jpeg[info.scan.clone()])
        })
        .collect()
}

#[test]
fn a_picture_of_the_demo_makes_about_eleven_packets() {
    let clip = media::demo();
    let mut counts = std::collections::BTreeMap::new();
    for index in 0..600 {
        *counts.entry(packets(&clip.sample(0, index).unwrap().bytes).len()).or_insert(0) += 1;
    }
    // The README says so.
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [(10, 31), (11, 566), (12, 3)]);
}

#[test]
fn a_lost_packet_leaves_a_hole_of_a_few_strips() {
    let clip = media::demo();
    let packets = packets(&clip.sample(0, 142).unwrap().bytes);
    let whole = rebuild(packets.iter().map(|packet| packet.as_ref())).unwrap();
    assert!(whole.is_complete());
    for lost in 1..packets.len() {
        let came = packets.iter().enumerate().filter(|(index, _)| *index != lost);
        let rebuilt = rebuild(came.map(|(_, packet)| packet.as_ref())).unwrap();
        let hole: usize =
            rebuilt.missing.iter().map(|part| usize::from(part.width) * usize::from(part.height)).sum();
        assert!((1..640 * 360 / 3).contains(&hole), "packet {lost}: {hole} pixels");
    }
}
