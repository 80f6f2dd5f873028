//! Captures that are made here: what other people's files are like.

use super::super::{ForeignError, LEAD_IN, MAX_CLIENTS, MAX_DURATION, MAX_FRAMES};
use super::*;
use crate::tape::{Carried, FrameCause, Seen};
use protocol::dissect::Fcs;
use protocol::message::What;
use protocol::wire::ipv4;
use std::net::{Ipv4Addr, SocketAddrV4};

const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 20);
const SERVER: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 9);

/// A capture in the making, a millisecond from frame to frame.
#[derive(Default)]
struct Made {
    frames: Vec<Captured>,
    /// Octets that client and server have sent on each connection, by the client's port.
    sent: std::collections::BTreeMap<(SocketAddrV4, SocketAddrV4), u32>,
}

impl Made {
    /// A packet whose checksums are not written yet, as where its card is still to do that.
    fn push(&mut self, from: Ipv4Addr, to: Ipv4Addr, protocol: u8, payload: &[u8]) {
        let mut frame = vec![2, 0, 0, 0, 0, to.octets()[3], 2, 0, 0, 0, 0, from.octets()[3], 8, 0];
        frame.extend([0x45, 0]);
        frame.extend((20 + payload.len() as u16).to_be_bytes());
        frame.extend([0, 7, 0x40, 0, 64, protocol, 0, 0]);
        frame.extend(from.octets());
        frame.extend(to.octets());
        frame.extend_from_slice(payload);
        self.raw(frame);
    }

    fn raw(&mut self, frame: Vec<u8>) {
        self.frames.push(Captured {
            unix_nanos: 1_800_000_000_000_000_000 + 1_000_000 * self.frames.len() as u64,
            original: frame.len() as u32,
            fcs: false,
            bytes: frame.into(),
        });
    }

    fn udp(&mut self, from: SocketAddrV4, to: SocketAddrV4, payload: &[u8]) {
        let words = [from.port(), to.port(), 8 + payload.len() as u16, 0];
        let mut datagram: Vec<u8> = words.into_iter().flat_map(u16::to_be_bytes).collect();
        datagram.extend_from_slice(payload);
        self.push(*from.ip(), *to.ip(), ipv4::UDP, &datagram);
    }

    fn tcp(&mut self, from: SocketAddrV4, to: SocketAddrV4, data: &[u8]) {
        /// The numbers turn over on the way.
        const FIRST: u32 = u32::MAX - 200;
        let seq = *self.sent.entry((from, to)).or_default();
        let ack = self.sent.get(&(to, from)).copied().unwrap_or(0);
        self.sent.insert((from, to), seq + data.len() as u32);
        let mut segment: Vec<u8> = [from.port(), to.port()].into_iter().flat_map(u16::to_be_bytes).collect();
        segment.extend(FIRST.wrapping_add(seq).to_be_bytes());
        segment.extend(FIRST.wrapping_add(ack).to_be_bytes());
        segment.extend([0x50, 0x10, 0xff, 0, 0, 0, 0, 0]);
        segment.extend_from_slice(data);
        self.push(*from.ip(), *to.ip(), ipv4::TCP, &segment);
    }

    /// A request and its answer.
    fn ask(&mut self, client: SocketAddrV4, server: SocketAddrV4, request: &str, answer: &str) {
        self.tcp(client, server, request.replace('\n', "\r\n").as_bytes());
        self.tcp(server, client, answer.replace('\n', "\r\n").as_bytes());
    }

    fn set_up(&mut self, client: SocketAddrV4, server: SocketAddrV4, rtp: u16) {
        self.ask(
            client,
            server,
            &format!(
                "SETUP rtsp://h/film RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port={rtp}-{}\n\n",
                rtp + 1
            ),
            "RTSP/1.0 200 OK\nCSeq: 1\nSession: 12345678\nTransport: RTP/AVP;unicast;server_port=6970-6971\n\n",
        );
    }
}

fn at(ip: Ipv4Addr, port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(ip, port)
}

fn rtp(sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 26];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0; 8]);
    packet.extend([0; 40]);
    packet
}

fn kinds(foreign: &Foreign) -> Vec<String> {
    let word = |what: &What| match what {
        What::Request { method, .. } => method.clone(),
        What::Response { status, method, .. } => format!("{status} {}", method.clone().unwrap_or_default()),
        What::Rtp(rtp) => format!("rtp {}", rtp.sequence),
        What::Rtcp { .. } => "rtcp".to_owned(),
        What::Unknown => "?".to_owned(),
    };
    foreign.tape().messages().iter().map(|record| word(&record.what)).collect()
}

#[test]
fn ports_of_setup_carry_media_and_frames_are_kept_as_they_are() {
    let mut made = Made::default();
    let (client, server) = (at(CLIENT, 40_000), at(SERVER, 10_554));
    made.set_up(client, server, 5000);
    made.udp(at(SERVER, 6970), at(CLIENT, 5000), &rtp(7));
    made.udp(at(SERVER, 53), at(CLIENT, 3333), b"no media");
    made.udp(at(SERVER, 53), at(Ipv4Addr::new(192, 168, 1, 77), 3333), b"another's");
    let given = made.frames.clone();
    let foreign = played(made.frames);
    assert_eq!(kinds(&foreign), ["SETUP", "200 SETUP", "rtp 7"]);
    assert_eq!(foreign.rtsp_ports().collect::<Vec<_>>(), [10_554]);
    let tape = foreign.tape();
    assert_eq!(tape.frames().end(), 4);
    for (number, captured) in given.iter().take(4).enumerate() {
        let frame = crate::FrameId(number as u64);
        assert_eq!(tape.frame_bytes(frame).as_ref(), Some(&captured.bytes), "no octet is added");
        assert_eq!(tape.frame_fcs(frame), Some(Fcs::Absent));
    }
    let media = tape.frames().get(2).unwrap();
    assert_eq!(media.carried, Carried::Udp { message: Some(crate::MessageId(2)), src: 6970, dst: 5000 });
    assert_eq!(media.cause, FrameCause::Captured { seen: Seen::Frame });
    assert_eq!(tape.frames().get(3).unwrap().carried, Carried::Udp { message: None, src: 53, dst: 3333 });
    assert_eq!(foreign.facts().notes, ["Left out: 1 frame of other conversations in the file."]);
}

#[test]
fn on_one_machine_ports_tell_client_and_server_apart() {
    let mut made = Made::default();
    let local = Ipv4Addr::LOCALHOST;
    made.set_up(at(local, 40_000), at(local, 8554), 5000);
    made.set_up(at(local, 40_002), at(local, 8554), 5002);
    made.udp(at(local, 6970), at(local, 5002), &rtp(1));
    made.udp(at(local, 5003), at(local, 6971), &[0x80, 201, 0, 1, 0, 0, 0, 9]);
    made.tcp(at(local, 40_000), at(local, 8554), b"");
    let foreign = played(made.frames);
    let names: Vec<_> = foreign.nodes().iter().map(|node| node.name.as_str()).collect();
    assert_eq!(names, ["Client", "Client 2", "Server"]);
    let ends = |number| {
        let record = foreign.tape().messages().get(number).unwrap();
        (record.from.0, record.to.map(|node| node.0), record.client.map(|node| node.0))
    };
    assert_eq!(kinds(&foreign)[4..], ["rtp 1", "rtcp"]);
    assert_eq!((ends(4), ends(5)), ((2, Some(1), Some(1)), (1, Some(2), Some(1))));
}

#[test]
fn a_capture_that_lacks_a_segment_says_so_and_reads_on() {
    let mut made = Made::default();
    let (client, server) = (at(CLIENT, 40_000), at(SERVER, 554));
    made.ask(client, server, "OPTIONS * RTSP/1.0\nCSeq: 1\n\n", "RTSP/1.0 200 OK\nCSeq: 1\n\n");
    made.ask(client, server, "OPTIONS * RTSP/1.0\nCSeq: 2\n\n", "RTSP/1.0 200 OK\nCSeq: 2\n\n");
    made.ask(client, server, "OPTIONS * RTSP/1.0\nCSeq: 3\n\n", "RTSP/1.0 200 OK\nCSeq: 3\n\n");
    made.frames.remove(3);
    let foreign = played(made.frames);
    assert_eq!(kinds(&foreign), ["OPTIONS", "200 OPTIONS", "OPTIONS", "OPTIONS", "200 OPTIONS"]);
    let notes = notes(&foreign);
    assert!(notes[0].contains("lacks 28 octets"), "{notes:?}");
    assert!(foreign.facts().notes[0].contains("in 1 place;"), "{:?}", foreign.facts());
    let seen = foreign.tape().frames().iter().map(|frame| frame.cause.clone()).collect::<Vec<_>>();
    assert_eq!(seen[4], FrameCause::Captured { seen: Seen::Early });
}

#[test]
fn what_was_cut_is_kept_as_cut_and_makes_no_picture() {
    let mut made = Made::default();
    made.set_up(at(CLIENT, 40_000), at(SERVER, 554), 5000);
    made.udp(at(SERVER, 6970), at(CLIENT, 5000), &rtp(7));
    if let Some(last) = made.frames.last_mut() {
        last.bytes = last.bytes.slice(..60);
    }
    let foreign = played(made.frames);
    let tape = foreign.tape();
    assert_eq!(kinds(&foreign)[2], "rtp 7");
    assert_eq!(tape.messages().get(2).unwrap().length, 52);
    assert_eq!(tape.message_bytes(crate::MessageId(2)).unwrap().len(), 60 - 42);
    assert_eq!(tape.frames().get(2).unwrap().length, 94);
    assert!(foreign.facts().notes[0].starts_with("Cut: 1 frame,"), "{:?}", foreign.facts());
}

#[test]
fn a_file_without_rtsp_is_refused_with_what_it_has() {
    let mut made = Made::default();
    made.tcp(at(CLIENT, 40_000), at(SERVER, 443), &[22, 3, 1, 0, 9]);
    made.udp(at(CLIENT, 40_000), at(SERVER, 53), b"question");
    made.raw(vec![0; 60]);
    let error = Foreign::open("test", made.frames, Vec::new()).unwrap_err();
    let text = error.to_string();
    for part in ["3 frames", "1 of TCP (ports 443)", "1 of UDP", "1 without IP", "TLS", "tcpdump"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(Foreign::open("test", Vec::new(), Vec::new()).unwrap_err(), ForeignError::Empty);
}

#[test]
fn what_is_too_much_is_left_out_and_said() {
    let (client, server) = (at(CLIENT, 40_000), at(SERVER, 554));
    let ask = |made: &mut Made| {
        made.ask(client, server, "OPTIONS * RTSP/1.0\nCSeq: 1\n\n", "RTSP/1.0 200 OK\nCSeq: 1\n\n");
    };
    // Time before and after.
    let mut made = Made::default();
    made.udp(at(CLIENT, 1), at(SERVER, 2), b"before");
    ask(&mut made);
    made.udp(at(CLIENT, 1), at(SERVER, 2), b"after");
    made.frames[0].unix_nanos -= LEAD_IN.as_nanos() as u64 + 2_000_000;
    made.frames[3].unix_nanos += MAX_DURATION.as_nanos() as u64;
    let foreign = played(made.frames);
    assert_eq!(foreign.tape().frames().end(), 2);
    assert!(foreign.facts().notes[0].starts_with("Left out: 1 frame that passed more than 10 s before"));
    assert!(foreign.facts().notes[1].contains("1 later frame;"), "{:?}", foreign.facts());

    // Clients.
    let mut made = Made::default();
    for client in 0..MAX_CLIENTS as u8 + 2 {
        let client = at(Ipv4Addr::new(192, 168, 2, client), 40_000);
        made.ask(client, server, "OPTIONS * RTSP/1.0\nCSeq: 1\n\n", "RTSP/1.0 200 OK\nCSeq: 1\n\n");
    }
    let foreign = played(made.frames);
    assert_eq!(foreign.clients().len(), MAX_CLIENTS);
    assert!(foreign.facts().notes.iter().any(|note| note.starts_with("More than 16 clients")));

    // Frames.
    let mut made = Made::default();
    ask(&mut made);
    let last = made.frames[1].clone();
    made.frames.resize(MAX_FRAMES + 5, last);
    let foreign = Foreign::open("test", made.frames, Vec::new()).unwrap();
    assert!(foreign.facts().notes[0].contains("the first 1000000 are looked at"), "{:?}", foreign.facts());

    // The tape.
    let mut made = Made::default();
    for _ in 0..1000 {
        ask(&mut made);
    }
    let mut foreign =
        Foreign::open_within("test", made.frames, Vec::new(), (1 << 20, DEFAULT_PLAYOUT_DELAY)).unwrap();
    foreign.run_until(foreign.end());
    assert!(foreign.facts().notes[0].starts_with("The tape is full: of 2000 frames the first"));
    assert!(foreign.tape().octets() <= 1 << 20);
    assert!(foreign.tape().octets() > 1 << 19);
}
