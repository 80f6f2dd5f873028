//! The dissector: frames of any octets, and any octets in frames that are otherwise sound.

#[path = "../../tests/dissect/invariants.rs"]
pub(super) mod invariants;

use crate::targets::records;
use invariants::check;
use protocol::dissect::{Dissector, Fcs};
use protocol::time::SimTime;
use protocol::wire::{MacAddr, ethernet, ipv4, tcp, udp};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::OnceLock;
use std::time::Duration;

const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 2);
const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 2);

/// One frame of any octets, twice: the second time it may be a repeat.
pub fn raw(input: &[u8]) {
    let mut dissector = Dissector::new();
    for fcs in [Fcs::Present, Fcs::Absent, Fcs::Present] {
        check(input, &dissector.dissect(input, SimTime::from_secs(1), fcs));
    }
}

/// A conversation: each step is data of a TCP connection, a datagram, or a whole frame.
pub fn conversation(input: &[u8]) {
    let (mut dissector, mut sequence) = begun();
    let mut now = SimTime::from_secs(2);
    for (kind, data) in records::read(input) {
        now += Duration::from_millis(1);
        let data = &data[..data.len().min(1_400)];
        let frame = match kind % 8 {
            0 => data.to_vec(),
            1 | 2 => segment(&mut sequence, kind % 8 == 2, data, 0),
            // Behind a gap, or a repeat.
            3 => segment(&mut sequence.clone(), true, data, u32::from(kind)),
            4 | 5 => datagram(6_970, 49_154, data),
            6 => datagram(6_971, 49_155, data),
            _ => fragment(kind, data),
        };
        check(&frame, &dissector.dissect(&frame, now, Fcs::Present));
    }
}

/// A dissector that has seen a session with JPEG and H.264 begin; and where the streams stand.
fn begun() -> (Dissector, [u32; 2]) {
    static BEGUN: OnceLock<(Dissector, [u32; 2])> = OnceLock::new();
    let begin = || {
        let mut dissector = Dissector::new();
        let mut sequence = [1_000, 2_000];
        let body = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";
        let describe = format!(
            "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let steps = [
            (false, "DESCRIBE rtsp://h/demo RTSP/1.0\r\nCSeq: 1\r\n\r\n".to_owned()),
            (true, describe),
            (
                false,
                "SETUP rtsp://h/demo RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP;client_port=49154-49155\r\n\r\n".to_owned(),
            ),
            (
                true,
                "RTSP/1.0 200 OK\r\nCSeq: 2\r\nSession: 1\r\nTransport: RTP/AVP;client_port=49154-49155;server_port=6970-6971\r\n\r\n".to_owned(),
            ),
        ];
        for (to_client, text) in steps {
            let frame = segment(&mut sequence, to_client, text.as_bytes(), 0);
            check(&frame, &dissector.dissect(&frame, SimTime::from_secs(1), Fcs::Present));
        }
        (dissector, sequence)
    };
    BEGUN.get_or_init(begin).clone()
}

fn frame(from: Ipv4Addr, to: Ipv4Addr, protocol: u8, payload: &[u8], more: bool, offset: usize) -> Vec<u8> {
    let mac = |last| MacAddr::new(2, 0, 0, 0, 0, last);
    let mut frame = ethernet::begin(mac(1), mac(2), ethernet::IPV4, ipv4::HEADER + payload.len());
    let header = ipv4::Header {
        source: from,
        destination: to,
        protocol,
        ttl: 64,
        traffic_class: 0,
        identification: 7,
        dont_fragment: false,
        more_fragments: more,
        fragment_offset: offset,
    };
    ipv4::write(&mut frame, &header, payload.len());
    frame.extend_from_slice(payload);
    ethernet::seal(&mut frame);
    frame
}

/// Data of the connection, `gap` octets behind what came before.
fn segment(sequence: &mut [u32; 2], to_client: bool, data: &[u8], gap: u32) -> Vec<u8> {
    let (from, to) = if to_client { (SERVER, CLIENT) } else { (CLIENT, SERVER) };
    let (source, destination) = if to_client { (554, 49_152) } else { (49_152, 554) };
    let at = usize::from(to_client);
    let header = tcp::Header {
        source,
        destination,
        seq: sequence[at].wrapping_add(gap),
        ack: sequence[1 - at],
        flags: tcp::TcpFlags(0x18),
        window: 8_192,
        urgent: 0,
        options: tcp::Options::default(),
    };
    let mut octets = Vec::new();
    tcp::write(&mut octets, from, to, &header, (data, &[]));
    sequence[at] = sequence[at].wrapping_add(data.len() as u32);
    frame(from, to, ipv4::TCP, &octets, false, 0)
}

fn datagram(from: u16, to: u16, data: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    udp::write(&mut octets, SocketAddrV4::new(SERVER, from), SocketAddrV4::new(CLIENT, to), data);
    frame(SERVER, CLIENT, ipv4::UDP, &octets, false, 0)
}

/// A part of a packet, its place in the upper bits of `kind`.
fn fragment(kind: u8, data: &[u8]) -> Vec<u8> {
    let octets = &data[..data.len() / 8 * 8];
    frame(SERVER, CLIENT, ipv4::UDP, octets, kind & 0x80 == 0, usize::from(kind >> 3 & 15) * 8)
}
