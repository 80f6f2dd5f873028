//! A server with peers who write octets and read what comes back.

use super::super::*;
use crate::message::{Outgoing, What};
use crate::rtsp::message::{Request, Response};
use crate::rtsp::reader::{ItemKind, Reader};
use crate::time::SimTime;
use std::net::Ipv4Addr;
use std::sync::OnceLock;

pub const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
pub const CONN: ConnId = ConnId(1);

/// What has come out of a server, sorted.
#[derive(Clone, Debug, Default)]
pub struct Out {
    /// Responses by connection, in order.
    pub responses: Vec<(ConnId, Response)>,
    /// Requests of the server by connection, in order.
    pub requests: Vec<(ConnId, Request)>,
    /// `$` frames by connection: channel, packet, what it is.
    pub frames: Vec<(ConnId, u8, Outgoing)>,
    pub datagrams: Vec<(u16, SocketAddr, Outgoing)>,
    /// Groups with their RTCP port that were joined, with their TTL, or left.
    pub groups: Vec<(Ipv4Addr, u16, Option<u8>)>,
    pub events: Vec<ServerEvent>,
    /// Connections that were closed, and whether with a reset.
    pub closed: Vec<(ConnId, bool)>,
    /// What came, in order.
    pub order: Vec<&'static str>,
}

pub struct Rig {
    pub server: Server,
    pub now: SimTime,
    pub out: Out,
}

impl Rig {
    pub fn new(change: impl FnOnce(&mut ServerConfig)) -> Rig {
        let mut config = ServerConfig { rtp_port: 6970, ..ServerConfig::default() };
        change(&mut config);
        let server = Server::new(config, catalogue(), Dice::new(7, "rtsp"));
        Rig { server, now: SimTime::from_secs(1), out: Out::default() }
    }

    pub fn connected(change: impl FnOnce(&mut ServerConfig)) -> Rig {
        let mut rig = Rig::new(change);
        rig.server.connected(rig.now, CONN, PEER).unwrap();
        rig
    }

    /// Octets of the first connection; what comes of them is in `out`.
    pub fn send(&mut self, octets: &[u8]) -> &mut Rig {
        self.send_on(CONN, octets)
    }

    pub fn send_on(&mut self, conn: ConnId, octets: &[u8]) -> &mut Rig {
        self.server.receive(self.now, conn, octets);
        self.drain();
        self
    }

    /// One request on the first connection, lines between `\n`, and its answer.
    pub fn ask(&mut self, lines: &str) -> Response {
        self.ask_on(CONN, lines)
    }

    pub fn ask_on(&mut self, conn: ConnId, lines: &str) -> Response {
        let before = self.out.responses.len();
        self.send_on(conn, &crlf(lines));
        assert_eq!(self.out.responses.len(), before + 1, "one answer to {lines:?}");
        self.out.responses[before].1.clone()
    }

    /// Lets time pass.
    pub fn wait(&mut self, span: Duration) -> &mut Rig {
        let end = self.now + span;
        while let Some(at) = self.server.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.server.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
        self
    }

    pub fn drain(&mut self) {
        while let Some(output) = self.server.poll_output(self.now) {
            match output {
                ServerOutput::Stream { conn, data } => self.stream(conn, data),
                ServerOutput::Datagram { from_port, to, data } => {
                    self.out.order.push("datagram");
                    self.out.datagrams.push((from_port, to, data));
                }
                ServerOutput::JoinGroup { group, rtcp_port, ttl } => {
                    self.out.groups.push((group, rtcp_port, Some(ttl)));
                }
                ServerOutput::LeaveGroup { group, rtcp_port } => {
                    self.out.groups.push((group, rtcp_port, None));
                }
                ServerOutput::Close { conn, abort } => self.out.closed.push((conn, abort)),
                ServerOutput::Event(event) => self.out.events.push(event),
            }
        }
    }

    fn stream(&mut self, conn: ConnId, data: Outgoing) {
        let mut reader = Reader::new();
        reader.push(&data.bytes);
        let item = reader.next().expect("one whole item");
        assert_eq!(reader.waiting(), 0);
        assert_eq!(item.parsed.deviations, [], "what the server writes keeps to the letter");
        if item.parsed.kind == ItemKind::Frame {
            let (channel, bytes) = item.frame().unwrap();
            self.out.order.push("frame");
            self.out.frames.push((conn, channel, Outgoing { bytes, what: data.what }));
            return;
        }
        if let What::Request { method, cseq } = &data.what {
            let request = Request::read(&item).expect("a request");
            assert_eq!(*method, request.method.to_string());
            assert_eq!(cseq.map(|cseq| cseq.to_string()).as_deref(), request.headers.get("CSeq"));
            self.out.order.push("request");
            self.out.requests.push((conn, request));
            return;
        }
        let response = Response::read(&item).expect("a response");
        let What::Response { status, reason, .. } = &data.what else { panic!("{:?}", data.what) };
        assert_eq!((*status, reason), (response.status.0, &response.reason));
        self.out.order.push("response");
        self.out.responses.push((conn, response));
    }

    /// SETUP of the demo with this transport; gives the session's identifier.
    pub fn setup(&mut self, transport: &str) -> String {
        let answer =
            self.ask(&format!("SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: {transport}\n"));
        assert_eq!(answer.status.0, 200, "{answer:?}");
        answer.headers.get("Session").unwrap().split(';').next().unwrap().to_owned()
    }

    pub fn setup_udp(&mut self) -> String {
        self.setup("RTP/AVP/UDP;unicast;client_port=5004-5005")
    }

    pub fn setup_tcp(&mut self) -> String {
        self.setup("RTP/AVP/TCP;unicast;interleaved=0-1")
    }

    pub fn play(&mut self, session: &str, range: &str) -> Response {
        let range = if range.is_empty() { String::new() } else { format!("Range: {range}\n") };
        self.ask(&format!("PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 2\nSession: {session}\n{range}"))
    }

    pub fn state(&self) -> Option<State> {
        self.server.sessions(self.now).first().map(|session| session.state)
    }

    pub fn ended(&self) -> Vec<EndReason> {
        let reason = |event: &ServerEvent| match event {
            ServerEvent::SessionEnded { reason, .. } => Some(*reason),
            _ => None,
        };
        self.out.events.iter().filter_map(reason).collect()
    }
}

/// The demo under several names; read once, since all of its pictures are checked.
pub fn catalogue() -> Arc<Catalogue> {
    static CATALOGUE: OnceLock<Arc<Catalogue>> = OnceLock::new();
    let make = || {
        let mut catalogue = Catalogue::with_demo();
        let demo = catalogue.get("demo").unwrap().clone();
        catalogue.insert("other", demo.clone());
        catalogue.insert("movie.Mjpeg", demo.clone());
        catalogue.insert("two", Arc::new(TwoTracks(demo)));
        Arc::new(catalogue)
    };
    CATALOGUE.get_or_init(make).clone()
}

/// Lines between `\n` as a message: CR LF, and the empty line at the end.
pub fn crlf(lines: &str) -> Vec<u8> {
    let mut text = lines.trim_end_matches('\n').replace('\n', "\r\n");
    text.push_str("\r\n\r\n");
    text.into_bytes()
}

/// The demo twice, side by side.
#[derive(Debug)]
struct TwoTracks(Arc<dyn crate::media::Clip>);

impl crate::media::Clip for TwoTracks {
    fn tracks(&self) -> &[crate::media::Track] {
        static TRACKS: OnceLock<Vec<crate::media::Track>> = OnceLock::new();
        TRACKS.get_or_init(|| [self.0.tracks(), self.0.tracks()].concat())
    }
    fn duration(&self) -> Duration {
        self.0.duration()
    }
    fn sample(&self, _track: usize, index: usize) -> Option<crate::media::Sample> {
        self.0.sample(0, index)
    }
    fn seek(&self, _track: usize, at: Duration) -> usize {
        self.0.seek(0, at)
    }
    fn notes(&self) -> &[String] {
        self.0.notes()
    }
}
