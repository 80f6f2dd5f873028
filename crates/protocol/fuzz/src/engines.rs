//! Both engines, driven by any peer.

use crate::targets::records;
use protocol::media::Catalogue;
use protocol::message::What;
use protocol::random::Dice;
use protocol::rtsp::{
    Client, ClientConfig, ClientRequest, ClientTransport, ConnId, Limits, Server, ServerConfig, ServerEvent,
    ServerOutput, client,
};
use protocol::time::SimTime;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// What a server may have to do at most after one step of a peer.
const MAX_OUTPUTS: usize = 20_000;

/// What one peer, and all together, may take in the server that is driven.
const SESSIONS: usize = 8;

fn catalogue() -> Arc<Catalogue> {
    static CATALOGUE: OnceLock<Arc<Catalogue>> = OnceLock::new();
    CATALOGUE.get_or_init(|| Arc::new(Catalogue::with_demo())).clone()
}

/// A server, and what has come out of it.
struct Driven {
    server: Server,
    now: SimTime,
    /// The session made last.
    session: String,
    asked: BTreeMap<ConnId, usize>,
    answered: BTreeMap<ConnId, usize>,
    /// Connections whose octets wait for room.
    narrow: BTreeMap<ConnId, bool>,
}

impl Driven {
    fn drain(&mut self) {
        for _ in 0..MAX_OUTPUTS {
            let Some(output) = self.server.poll_output(self.now) else { return self.check() };
            match output {
                ServerOutput::Stream { conn, data } => {
                    if let What::Response { .. } = data.what {
                        *self.answered.entry(conn).or_default() += 1;
                    }
                }
                ServerOutput::Event(ServerEvent::Request { conn, .. }) => {
                    *self.asked.entry(conn).or_default() += 1;
                    let wide = !self.narrow.contains_key(&conn);
                    let answered = self.answered.get(&conn).copied().unwrap_or(0);
                    // The answers to all requests before have been handed out.
                    assert!(!wide || answered + 1 >= self.asked[&conn], "every request is answered in order");
                }
                ServerOutput::Event(ServerEvent::SessionCreated { session, .. }) => {
                    self.session = session.to_string();
                }
                ServerOutput::Close { conn, .. } => self.forget(conn),
                _ => {}
            }
        }
        panic!("the server does not come to rest");
    }

    fn check(&self) {
        assert!(self.server.sessions(self.now).len() <= SESSIONS, "no more sessions than the limit");
        for (conn, asked) in &self.asked {
            let answered = self.answered.get(conn).copied().unwrap_or(0);
            assert!(answered <= asked + 1, "no answer without a request, but to a fault");
            assert!(self.narrow.contains_key(conn) || answered >= *asked, "every request is answered");
        }
    }

    fn forget(&mut self, conn: ConnId) {
        self.asked.remove(&conn);
        self.answered.remove(&conn);
        self.narrow.remove(&conn);
    }

    fn wait(&mut self, span: Duration) {
        let end = self.now + span;
        for _ in 0..MAX_OUTPUTS {
            let Some(at) = self.server.poll_timeout().filter(|at| *at <= end) else {
                self.now = end;
                return;
            };
            self.now = self.now.max(at);
            self.server.handle_timeout(self.now);
            self.drain();
        }
        panic!("the server's time does not pass");
    }
}

/// The server: the first octet chooses the dialect; then steps of up to three peers. `{s}` in
/// what they say stands for the session made last.
pub fn server(input: &[u8]) {
    let lab_dialect = input.first().is_some_and(|octet| octet & 1 == 1);
    let limits = Limits {
        connections: 3,
        sessions_per_connection: 4,
        sessions: SESSIONS,
        published_streams: 2,
        ..Limits::default()
    };
    let config = ServerConfig { rtp_port: 6_970, lab_dialect, limits, ..ServerConfig::default() };
    let mut driven = Driven {
        server: Server::new(config, catalogue(), Dice::new(7, "fuzz")),
        now: SimTime::from_secs(1),
        session: String::new(),
        asked: BTreeMap::new(),
        answered: BTreeMap::new(),
        narrow: BTreeMap::new(),
    };
    let peer = |conn: ConnId| IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2 + conn.0 as u8));
    for (kind, data) in records::read(input.get(1..).unwrap_or(&[])) {
        let conn = ConnId(u64::from(kind >> 3) % 3);
        match kind & 7 {
            0..=3 => {
                // One that is there already, or over the limit, is refused.
                if !driven.asked.contains_key(&conn)
                    && driven.server.connected(driven.now, conn, peer(conn)).is_ok()
                {
                    driven.asked.insert(conn, 0);
                }
                let data = replace(data, b"{s}", driven.session.as_bytes());
                driven.server.receive(driven.now, conn, &data);
            }
            4 => driven.wait(Duration::from_millis(data.len() as u64 * 20)),
            5 => {
                let port = 5_004 + u16::from(kind >> 6);
                let from = SocketAddr::new(peer(conn), port);
                driven.server.receive_datagram(driven.now, 6_970 + u16::from(kind >> 7), from, data);
            }
            6 => {
                driven.server.disconnected(driven.now, conn);
                driven.forget(conn);
            }
            _ => {
                driven.narrow.insert(conn, true);
                driven.server.set_writable(conn, data.len() * 64);
            }
        }
        driven.drain();
    }
    driven.wait(Duration::from_millis(100));
}

/// `what` in `data`, replaced by `with`.
fn replace(data: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some(at) = rest.windows(what.len()).position(|window| window == what) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(with);
        rest = &rest[at + what.len()..];
    }
    out.extend_from_slice(rest);
    out
}

/// The client: the first octet chooses transport and dialect; then what the server says, and what
/// the user wants. `{c}` in the server's octets stands for the CSeq of the last request.
pub fn client(input: &[u8]) {
    let first = input.first().copied().unwrap_or(0);
    let mut config = ClientConfig::new("rtsp://10.0.2.2:8554/demo");
    config.lab_dialect = first & 1 == 1;
    if first & 2 == 2 {
        config.transport = ClientTransport::Tcp;
    }
    let mut driven = Client::new(config, Dice::new(1, "fuzz"));
    let mut now = SimTime::from_secs(1);
    let mut cseq = 0;
    driven.connected(now);
    for (kind, data) in records::read(input.get(1..).unwrap_or(&[])) {
        now += Duration::from_millis(1);
        match kind & 7 {
            0..=3 => driven.receive(now, &replace(data, b"{c}", u32::to_string(&cseq).as_bytes())),
            4 | 5 => {
                let request = match kind >> 3 & 7 {
                    0 => ClientRequest::Options,
                    1 => ClientRequest::Describe,
                    2 => ClientRequest::Setup { track: 0 },
                    3 => ClientRequest::Setup { track: usize::from(kind >> 6) },
                    4 => ClientRequest::Pause,
                    5 => ClientRequest::Teardown,
                    _ => ClientRequest::Play { from: None, until: None },
                };
                let allowed = driven.request(now, request);
                assert!(allowed.is_ok() || driven.poll_transmit().is_none(), "what is refused is not sent");
            }
            6 => now += Duration::from_millis(data.len() as u64 * 50),
            _ => {
                driven.disconnected(now);
                driven.connected(now);
            }
        }
        if driven.poll_timeout().is_some_and(|at| at <= now) {
            driven.handle_timeout(now);
        }
        let mut sent = 0;
        while let Some(data) = driven.poll_transmit() {
            sent += 1;
            assert!(sent <= client::MAX_WAITING + 8, "no more waits than the limit");
            if let What::Request { cseq: Some(number), .. } = data.what {
                cseq = number;
            }
        }
        while driven.poll_event().is_some() {}
    }
}
