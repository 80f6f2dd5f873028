//! What `layercast run` captures, read by tshark and by our dissector: both must see the same, and
//! nothing malformed.

#[path = "../../protocol/tests/dissect/agreement.rs"]
mod agreement;
mod common;

use agreement::{Seen, agree, agree_on};
use pcap_file::pcapng::{Block, PcapNgReader};
use protocol::time::SimTime;
use simulator::capture::{Capture, Scope};
use simulator::{Scenario, World, WorldOptions};
use std::collections::BTreeSet;

/// What the client's cable carries in the first seconds of a scenario.
fn captured(scenario: &Scenario, seconds: u64) -> Vec<Seen> {
    let mut world = World::new(scenario, common::catalogue(), WorldOptions::default())
        .expect("the scenario makes a world");
    let link = world.client_link().expect("the client has a cable");
    let mut capture = Capture::new(&world, Scope::Link(link), Vec::new()).expect("a vector takes everything");
    for second in 1..=seconds {
        world.run_until(SimTime::from_secs(second));
        capture.update(&world).expect("a vector takes everything");
    }
    let (file, _) = capture.finish(&world).expect("a vector takes everything");
    let mut reader = PcapNgReader::new(&file[..]).expect("we wrote it");
    let mut frames = Vec::new();
    while let Some(block) = reader.next_block() {
        if let Block::EnhancedPacket(packet) = block.expect("we wrote it") {
            // Times in the file are the epoch's; only their order matters here.
            let at = SimTime::from_nanos(packet.timestamp.as_nanos() as u64);
            frames.push((at, packet.data.into_owned()));
        }
    }
    frames
}

/// Compares, and looks that the names which a session has are among those compared.
fn check(name: &str, scenario: &Scenario, seconds: u64, expected: &[&str]) {
    let frames = captured(scenario, seconds);
    assert!(frames.len() > 100, "{} frames", frames.len());
    let Some((count, names)) = agree(name, &frames) else { return };
    assert!(count > 20 * frames.len(), "{count} fields of {} frames", frames.len());
    let missing: BTreeSet<_> = expected.iter().filter(|name| !names.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?} were not compared");
}

/// Names that any session has.
const SESSION: [&str; 12] = [
    "arp.opcode",
    "tcp.options.mss_val",
    "rtsp.method",
    "rtsp.status",
    "rtsp.session",
    "rtsp.transport",
    "sdp.media",
    "rtp.seq",
    "rtp.marker",
    "jpeg.main_hdr.offset",
    "rtcp.sender.packetcount",
    "rtcp.sdes.text",
];

#[test]
fn tshark_agrees_on_the_demo_over_udp() {
    check("classroom", &Scenario::builtin("classroom").expect("it is built in"), 2, &SESSION);
}

#[test]
fn tshark_agrees_on_the_demo_over_tcp() {
    check(
        "classroom-tcp",
        &Scenario::builtin("classroom-tcp").expect("it is built in"),
        2,
        &[&SESSION[..], &["rtsp.magic", "rtsp.channel", "tcp.segment_data"]].concat(),
    );
}

#[test]
fn tshark_agrees_on_the_demo_over_a_lossy_network() {
    check("classroom-loss", &Scenario::builtin("classroom-loss").expect("it is built in"), 2, &SESSION);
}

#[test]
fn tshark_agrees_where_a_lossy_network_makes_tcp_repeat() {
    let text = include_str!("../scenarios/classroom-loss.toml").replace("\"udp\"", "\"tcp\"");
    let scenario = Scenario::parse(&text, "loss-tcp.toml").expect("a scenario");
    check("loss-tcp", &scenario, 3, &["rtsp.magic", "rtp.seq", "tcp.options.mss_val", "tcp.segment_data"]);
}

/// The student project's requests are no RTSP to tshark, so it is told where RTP goes; and what it
/// takes for headers of RFC 2435 is a JPEG file. The rest must agree, fragments above all.
#[test]
fn tshark_agrees_on_datagrams_in_fragments() {
    let scenario = Scenario::builtin("classroom-lab").expect("it is built in");
    let frames = captured(&scenario, 1);
    let wanted =
        |name: &str| !["rtsp.", "jpeg.", "data.", "tcp.segment_data"].iter().any(|not| name.starts_with(not));
    let told = ["-d", "udp.port==49152,rtp"];
    let Some((count, names)) = agree_on("classroom-lab", &frames, &told, wanted) else { return };
    assert!(count > 20 * frames.len(), "{count} fields of {} frames", frames.len());
    let expected =
        ["ip.flags.mf", "ip.frag_offset", "ip.id", "udp.length", "rtp.seq", "rtp.p_type", "rtp.marker"];
    let missing: BTreeSet<_> = expected.iter().filter(|name| !names.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?} were not compared");
}

/// tshark reads ports out of SETUP for unicast only, so it is told the group's.
#[test]
fn tshark_agrees_on_multicast() {
    let scenario = Scenario::builtin("classroom-multicast").expect("it is built in");
    let frames = captured(&scenario, 2);
    let told = ["-d", "udp.port==5004,rtp", "-d", "udp.port==5005,rtcp"];
    let Some((count, names)) = agree_on("multicast", &frames, &told, |_| true) else { return };
    assert!(count > 20 * frames.len(), "{count} fields of {} frames", frames.len());
    let expected = [&SESSION[..], &["igmp.type", "igmp.max_resp", "igmp.maddr", "ip.opt.ra"]].concat();
    let missing: BTreeSet<_> = expected.iter().filter(|name| !names.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?} were not compared");
}
