//! A published H.264 stream with sound: its description and its packets.

use crate::agreement::agree_on;
use crate::frames::{CLIENT, Conversation, SERVER, Side, rtp, udp};
use protocol::dissect::{Dissector, Fcs};

/// A sequence and a picture parameter set, and the beginning of a picture that stands alone.
const SPS: [u8; 24] = [
    0x67, 0x42, 0xc0, 0x0b, 0xd9, 0x01, 0x41, 0xfb, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00, 0x00,
    0x03, 0x00, 0xa0, 0xf1, 0x42, 0xa4, 0x80,
];
const PPS: [u8; 5] = [0x68, 0xcb, 0x83, 0xcb, 0x20];
const IDR: [u8; 24] =
    [0x65, 0x88, 0x84, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];

const DESCRIPTION: &str = "v=0\r\no=- 1 1 IN IP4 10.0.2.2\r\ns=live\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n\
    m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n\
    a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAC9kBQfsBEAAAAwAQAAADAKDxQqSA,aMuDyyA=;profile-level-id=42C00B\r\n\
    a=control:streamid=0\r\nm=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/48000/2\r\na=control:streamid=1\r\n";

/// An RTP packet of the video track, or with another payload type.
fn packet(payload_type: u8, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = rtp(true, sequence, payload);
    packet[1] = 0x80 | payload_type;
    packet
}

fn aggregate(kind: u8, units: &[&[u8]]) -> Vec<u8> {
    let mut payload = vec![kind];
    for unit in units {
        payload.extend((unit.len() as u16).to_be_bytes());
        payload.extend(*unit);
    }
    payload
}

fn conversation() -> Conversation {
    let mut all = Conversation::new();
    all.open();
    all.send(Side::Client, b"DESCRIBE rtsp://10.0.2.2:8554/live RTSP/1.0\r\nCSeq: 1\r\n\r\n");
    let head = "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\n";
    let answer = format!("{head}Content-Length: {}\r\n\r\n{DESCRIPTION}", DESCRIPTION.len());
    all.send(Side::Server, answer.as_bytes());
    all.send(
        Side::Client,
        b"SETUP rtsp://10.0.2.2:8554/live/streamid=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP;unicast;client_port=49154-49155\r\n\r\n",
    );
    all.send(
        Side::Server,
        b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nSession: 1234abcd\r\nTransport: RTP/AVP;unicast;client_port=49154-49155;server_port=6970-6971\r\n\r\n",
    );
    let fragment = |header: u8, data: &[u8]| [&[0x7c, header][..], data].concat();
    let payloads = [
        SPS.to_vec(),
        PPS.to_vec(),
        aggregate(0x78, &[&SPS, &PPS]),
        fragment(0x85, &IDR[1..10]),
        fragment(0x05, &IDR[10..16]),
        fragment(0x45, &IDR[16..]),
        vec![0x09, 0xf0],
    ];
    for (payload, sequence) in payloads.iter().zip(1..) {
        all.push(udp((SERVER, 6_970), (CLIENT, 49_154), &packet(96, sequence, payload)));
    }
    all
}

#[test]
fn tshark_agrees_on_h264() {
    // It does not learn from a description in RTSP what a payload type is.
    let told = ["-o", "h264.dynamic.payload.type:96"];
    let Some((_, names)) = agree_on("h264", &conversation().seen(), &told, |_| true) else { return };
    for name in [
        "h264.f",
        "h264.nal_nri",
        "h264.nal_unit_hdr",
        "h264.nalu_size",
        "h264.start.bit",
        "h264.end.bit",
        "h264.forbidden.bit",
        "h264.nal_unit_type",
        "h264.profile_idc",
        "h264.constraint_set1_flag",
        "h264.level_id",
        "sdp.fmtp.parameter",
        "sdp.fmtp.h264_packetization_mode",
        "sdp.nal_unit_2_string",
    ] {
        assert!(names.contains(name), "{name} was not compared");
    }
}

/// The summaries of the layers above RTP in each packet of a stream whose payloads these are.
fn summaries(payload_type: u8, payloads: &[Vec<u8>]) -> Vec<Vec<String>> {
    let mut dissector = Dissector::new();
    let mut seen = Vec::new();
    for (at, frame) in conversation().seen().iter().take(10) {
        dissector.dissect(frame, *at, Fcs::Present);
    }
    for payload in payloads {
        let frame = udp((SERVER, 6_970), (CLIENT, 49_154), &packet(payload_type, 1, payload));
        let dissection = dissector.dissect(&frame, protocol::time::SimTime::from_secs(9), Fcs::Present);
        let mut said: Vec<String> = dissection
            .layers
            .iter()
            .skip(4)
            .map(|layer| format!("{}|{}", layer.title, layer.summary))
            .collect();
        said.extend(dissection.notes.iter().map(|note| note.text.to_string()));
        seen.push(said);
    }
    seen
}

#[test]
fn every_kind_of_packet_is_named() {
    let unit = |kind: u8| vec![kind, 1, 2, 3, 4, 5];
    let cases = [
        (unit(0x61), "slice of a picture"),
        (unit(0x06), "SEI"),
        (unit(0x60), "RFC 6184 defines no packet"),
        (unit(0x7e), "RFC 6184 defines no packet"),
        (vec![0x79, 0, 7, 0, 2, 0x68, 1], "picture parameter set"),
        (vec![0x7a, 0, 7, 0, 2, 9, 0, 9, 0x68, 1], "picture parameter set"),
        (vec![0x7b, 0, 7, 0, 2, 9, 0, 0, 9, 0x68, 1], "picture parameter set"),
        (vec![0x7d, 0x85, 0, 1, 9], "first part of a slice of a picture that stands alone"),
        (vec![0x7c, 0xc5, 9], "must not be a fragment"),
        (vec![0x7c], "no whole FU header"),
        (vec![0x78, 0, 9, 0x68], "past the packet's end"),
        (vec![0x78, 0, 0], "past the packet's end"),
        (vec![0x78], "0 units"),
    ];
    for (payload, wanted) in cases {
        let said = summaries(96, std::slice::from_ref(&payload)).remove(0);
        assert!(said.iter().any(|text| text.contains(wanted)), "{payload:02x?}: {said:?}");
    }
}

#[test]
fn payloads_of_other_formats_have_their_name() {
    for (payload_type, wanted) in
        [(97, "MPEG4-GENERIC payload"), (0, "PCMU payload"), (14, "MPA payload"), (11, "L16 payload")]
    {
        let said = summaries(payload_type, &[vec![1, 2, 3]]).remove(0);
        assert!(said.iter().any(|text| text.starts_with(wanted)), "{said:?}");
    }
}

#[test]
fn a_descriptions_parameter_sets_are_read() {
    let mut dissector = Dissector::new();
    let mut said = Vec::new();
    for (at, frame) in conversation().seen() {
        let dissection = dissector.dissect(&frame, at, Fcs::Present);
        for field in
            dissection.layers.iter().filter(|layer| layer.name == "sdp").flat_map(|layer| &layer.fields)
        {
            for child in
                field.children.iter().flat_map(|setting| std::iter::once(setting).chain(&setting.children))
            {
                said.push(child.meaning());
            }
        }
    }
    for wanted in [
        "A sequence parameter set (SPS): profile 66, Baseline; level 1.1.",
        "A picture parameter set (PPS).",
        "Profile 66, Baseline; level 1.1.",
    ] {
        assert!(said.iter().any(|text| text == wanted), "{wanted}: {said:#?}");
    }
}
