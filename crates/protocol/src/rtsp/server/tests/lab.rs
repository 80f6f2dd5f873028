//! The student project's clients, as they write and as they read.

use super::super::*;
use super::rig::{CONN, PEER, Rig, catalogue};
use crate::media::{Catalogue, FrameRate, open};
use crate::rtp::jpeg::{MAX_WHOLE, samples};
use crate::rtp::packet::RtpPacket;
use bytes::Bytes;

/// The project's client: it reads an answer by its lines alone.
struct Client {
    server: Server,
    now: SimTime,
    answers: Vec<Vec<u8>>,
    datagrams: Vec<(SocketAddr, Bytes)>,
    rules: Vec<&'static str>,
}

impl Client {
    fn of(catalogue: Arc<Catalogue>) -> Client {
        let config = ServerConfig { lab_dialect: true, rtp_port: 6970, ..ServerConfig::default() };
        let mut server = Server::new(config, catalogue, Dice::new(7, "rtsp"));
        let now = SimTime::from_secs(1);
        server.connected(now, CONN, PEER).unwrap();
        Client { server, now, answers: Vec::new(), datagrams: Vec::new(), rules: Vec::new() }
    }

    fn drain(&mut self) {
        while let Some(output) = self.server.poll_output(self.now) {
            match output {
                ServerOutput::Stream { data, .. } => self.answers.push(data.bytes.to_vec()),
                ServerOutput::Datagram { to, data, .. } => self.datagrams.push((to, data.bytes)),
                ServerOutput::Close { .. } => panic!("the connection stays"),
                ServerOutput::Event(ServerEvent::Deviation { rule, .. }) => self.rules.push(rule),
                ServerOutput::JoinGroup { .. } | ServerOutput::LeaveGroup { .. } | ServerOutput::Event(_) => {
                }
            }
        }
    }

    fn wait(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(at) = self.server.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.server.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    /// Sends a request and reads status, CSeq and session from the answer's lines, as the
    /// project's clients do.
    fn ask(&mut self, text: &str) -> (u32, u32, i32) {
        self.server.receive(self.now, CONN, text.as_bytes());
        self.drain();
        self.wait(LAB_PAUSE);
        assert_eq!(self.answers.len(), 1, "{text:?}");
        let answer = String::from_utf8(self.answers.remove(0)).unwrap();
        let lines: Vec<&str> = answer.split('\n').collect();
        let word = |line: usize| lines[line].split(' ').nth(1).unwrap().trim().to_owned();
        assert_eq!(lines.len(), 4, "three lines, each with its end: {answer:?}");
        (word(0).parse().unwrap(), word(1).parse().unwrap(), word(2).parse().unwrap())
    }
}

/// A session in each of the two shapes: SETUP, PLAY, PAUSE, PLAY, TEARDOWN.
const SESSIONS: [[&str; 5]; 2] = [
    [
        "SETUP movie.Mjpeg\n 1 \n RTSP/1.0 RTP/UDP 3000",
        "PLAY \n 2",
        "PAUSE \n 3",
        "PLAY \n 4",
        "TEARDOWN \n 5",
    ],
    [
        "SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 3000",
        "PLAY movie.Mjpeg RTSP/1.0\nCSeq: 2\nSession: {s}",
        "PAUSE movie.Mjpeg RTSP/1.0\nCSeq: 3\nSession: {s}",
        "PLAY movie.Mjpeg RTSP/1.0\nCSeq: 4\nSession: {s}",
        "TEARDOWN movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: {s}",
    ],
];

#[test]
fn its_sessions_are_served_and_each_picture_is_one_packet() {
    let clip = crate::media::demo();
    for session in SESSIONS {
        let mut client = Client::of(catalogue());
        let (status, cseq, id) = client.ask(session[0]);
        assert_eq!((status, cseq), (200, 1));
        assert!(id >= 100_000_000, "{id}");
        let with = |text: &str| text.replace("{s}", &id.to_string());
        assert_eq!(client.ask(&with(session[1])), (200, 2, id));
        client.wait(Duration::from_millis(400));
        assert_eq!(client.ask(&with(session[2])), (200, 3, id));
        let before = client.datagrams.len();
        assert!(before >= 10, "{before}");
        // It says nothing for longer than any session's timeout, and is still there.
        client.wait(Duration::from_secs(300));
        assert_eq!(client.datagrams.len(), before, "paused");
        assert_eq!(client.ask(&with(session[3])), (200, 4, id));
        client.wait(Duration::from_millis(400));
        assert_eq!(client.ask(&with(session[4])), (200, 5, id));
        for (number, (to, bytes)) in client.datagrams.iter().enumerate() {
            let packet = RtpPacket::parse(bytes).unwrap();
            assert_eq!(to.port(), 3000, "there is no RTCP");
            assert_eq!(usize::from(packet.header.sequence), number + 1);
            assert_eq!((packet.header.payload_type, packet.payload_range.start), (26, 12));
            assert_eq!(packet.payload, clip.sample(0, number).unwrap().bytes, "picture {number}");
        }
        assert!(client.server.sessions(client.now).is_empty());
        assert!(client.rules.contains(&"RFC 2435 3.1") && client.rules.contains(&"RFC 2326 4"));
    }
}

#[test]
fn the_clip_may_be_named_loosely() {
    let project = Arc::new(Catalogue::with_demo());
    for (name, status) in
        [("movie.Mjpeg", 200), ("Demo.mjpeg", 200), ("DEMO", 200), ("/demo", 200), ("nothing.Mjpeg", 404)]
    {
        let mut client = Client::of(Arc::clone(&project));
        let answer = client.ask(&format!("SETUP {name}\n 1 \n RTSP/1.0 RTP/UDP 3000"));
        assert_eq!((answer.0, answer.2 == 0), (status, status != 200), "{name}");
    }
}

#[test]
fn a_picture_too_long_for_a_datagram_is_refused_with_words() {
    for (length, status) in [(MAX_WHOLE, 200), (MAX_WHOLE + 1, 415)] {
        // A comment makes a picture as long as one likes; its length has 16 bits.
        let mut picture = samples::yuv420(16, 16, 0);
        while picture.len() < length {
            let room = (length - picture.len()).min(60_000);
            let comment = if room < 4 { 4 } else { room };
            let mut segment = vec![0xff, 0xfe];
            segment.extend(((comment - 2) as u16).to_be_bytes());
            segment.resize(comment, b' ');
            picture.splice(2..2, segment);
        }
        picture.truncate(picture.len());
        assert_eq!(picture.len(), length);
        let mut catalogue = Catalogue::new();
        catalogue.insert("large", open("large", picture.into(), FrameRate::DEFAULT).unwrap());
        let mut client = Client::of(Arc::new(catalogue));
        client.server.receive(client.now, CONN, b"SETUP large\n 1 \n RTSP/1.0 RTP/UDP 3000");
        client.wait(LAB_PAUSE);
        let answer = String::from_utf8(client.answers.remove(0)).unwrap();
        assert!(answer.starts_with(&format!("RTSP/1.0 {status} ")), "{answer}");
        assert_eq!(answer.contains("picture 0 has 65496 octets"), status == 415, "{answer}");
    }
}

#[test]
fn a_session_ends_with_its_connection() {
    let mut client = Client::of(catalogue());
    client.ask(SESSIONS[0][0]);
    client.ask(SESSIONS[0][1]);
    client.server.disconnected(client.now, CONN);
    assert!(client.server.sessions(client.now).is_empty());
}

#[test]
fn without_the_setting_the_dialect_is_refused() {
    let mut rig = Rig::connected(|_| {});
    rig.send(b"SETUP movie.Mjpeg\n 1 \n RTSP/1.0 RTP/UDP 3000");
    assert_eq!(rig.out.responses[0].1.status.0, 400);
}
