//! Who is who in a capture: which connections speak RTSP, which host is the server, which are its
//! clients.

use super::{Captured, ForeignError, MAX_CLIENTS};
use crate::peek::{self, Carried, Net, Segment};
use bytes::Bytes;
use protocol::rtsp::Method;
use protocol::rtsp::reader::{self, ItemKind};
use protocol::time::SimTime;
use protocol::wire::tcp::TcpFlags;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

/// TCP connections of which it is remembered who opened them.
const MAX_OPENERS: usize = 100_000;
/// How far into a segment's first line RTSP's name is looked for.
const FIRST_LINE: usize = 2048;
/// The longest method that is taken for one of RTSP.
const MAX_METHOD: usize = 20;
/// The ports on which RTSP is expected where only packets in `$` frames are seen (RFC 2326
/// section 9.2, and its usual alternative).
pub const RTSP_PORTS: [u16; 2] = [554, 8554];

/// What begins with these octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Request,
    Response,
    /// A request as the student project writes it.
    Lab,
}

/// Whether RTSP begins here.
pub fn starts_rtsp(octets: &[u8]) -> Option<Start> {
    if octets.starts_with(b"RTSP/1.") {
        return Some(Start::Response);
    }
    let method = octets.iter().take(MAX_METHOD).position(|c| !(c.is_ascii_uppercase() || *c == b'_'))?;
    if method == 0 || !octets[method].is_ascii_whitespace() {
        return None;
    }
    let line = &octets[..octets.len().min(FIRST_LINE)];
    let line = line.split(|octet| matches!(octet, b'\r' | b'\n')).next()?;
    let method = &octets[..method];
    let names_version = |text: &[u8]| text.windows(7).any(|part| part.eq_ignore_ascii_case(b"RTSP/1."));
    let is_known = |name: &str| !matches!(Method::from_token(name), Method::Extension(_));
    let method = std::str::from_utf8(method).ok()?;
    if names_version(line) && (is_known(method) || line.len() > method.len() + 9) {
        let read = reader::tokens(octets);
        let is_lab = read.fault.is_some() || !read.complete;
        let lab = is_lab && reader::lab_tokens(octets).is_some_and(|lab| lab.kind == ItemKind::Request);
        return Some(if lab && !octets.windows(2).any(|two| two == b"\r\n") {
            Start::Lab
        } else {
            Start::Request
        });
    }
    let lab = reader::lab_tokens(octets).filter(|lab| lab.kind == ItemKind::Request)?;
    names_version(&octets[..lab.len.min(octets.len())]).then_some(Start::Lab)
}

/// A connection that speaks RTSP, client first.
pub type Pair = (SocketAddr, SocketAddr);

/// What is known of it beforehand.
#[derive(Clone, Debug)]
pub struct Connection {
    pub ends: Pair,
    pub first: SimTime,
    pub last: SimTime,
    /// Whether its client speaks the student project's dialect.
    pub lab: bool,
}

/// A client: an address, and which connections from there are its own.
#[derive(Clone, Debug)]
pub struct Client {
    pub ip: IpAddr,
    pub first: SimTime,
    /// When its last connection ended.
    last: SimTime,
}

/// The roles.
#[derive(Clone, Debug)]
pub struct Who {
    pub server: IpAddr,
    /// The ports on which it was spoken to.
    pub ports: BTreeSet<u16>,
    pub clients: Vec<Client>,
    /// Of each connection whose it is.
    pub connections: BTreeMap<Pair, (usize, bool)>,
    /// Other servers that were spoken to, too.
    pub others: BTreeSet<IpAddr>,
    /// Clients for which there was no place.
    pub left_out: BTreeSet<IpAddr>,
    /// What the capture has, in words, should it turn out that nothing can be read.
    pub found: String,
    /// The least time between a frame of these connections and one back, nanoseconds.
    pub turnaround: Option<u64>,
}

/// What was found on the way, to be told where RTSP was not.
#[derive(Debug, Default)]
struct Seen {
    tcp: BTreeMap<u16, usize>,
    udp: usize,
    not_ip: usize,
    tls: bool,
}

/// Looks through the whole capture.
pub fn find(frames: &[(SimTime, Captured)]) -> Result<Who, ForeignError> {
    let mut openers: BTreeMap<Pair, ()> = BTreeMap::new();
    let mut found: BTreeMap<Pair, Connection> = BTreeMap::new();
    let mut order: Vec<Pair> = Vec::new();
    let mut before: BTreeMap<Pair, (bool, SimTime)> = BTreeMap::new();
    let mut turnaround: Option<u64> = None;
    let mut seen = Seen::default();
    for (at, frame) in frames.iter().filter(|(_, frame)| !frame.is_damaged()) {
        let octets = peek::without_fcs(&frame.bytes, frame.fcs);
        let Some((from, to, segment, data)) = tcp(&octets, &mut seen) else { continue };
        let is_syn = segment.flags.has(TcpFlags::SYN);
        if is_syn && openers.len() < MAX_OPENERS {
            let opener = if segment.flags.has(TcpFlags::ACK) { (to, from) } else { (from, to) };
            openers.insert(opener, ());
        }
        let known = [(from, to), (to, from)].into_iter().find(|pair| found.contains_key(pair));
        let pair = match known {
            Some(pair) => pair,
            None => {
                let Some((pair, lab)) = introduces((from, to), &data, &openers) else { continue };
                found.insert(pair, Connection { ends: pair, first: *at, last: *at, lab });
                order.push(pair);
                pair
            }
        };
        let from_client = pair.0 == from;
        if let Some((was, then)) = before.insert(pair, (from_client, *at))
            && was != from_client
        {
            let gap = at.since(then).as_nanos() as u64;
            turnaround = Some(turnaround.map_or(gap, |least| least.min(gap)));
        }
        if let Some(connection) = found.get_mut(&pair) {
            connection.last = *at;
        }
    }
    let first = order.first().ok_or_else(|| ForeignError::NoRtsp { found: seen.words(frames.len()) })?;
    let mut who = Who {
        server: first.1.ip(),
        ports: BTreeSet::new(),
        clients: Vec::new(),
        connections: BTreeMap::new(),
        others: BTreeSet::new(),
        left_out: BTreeSet::new(),
        found: seen.words(frames.len()),
        turnaround,
    };
    for pair in order {
        if let Some(connection) = found.remove(&pair) {
            who.place(connection);
        }
    }
    Ok(who)
}

/// The TCP segment in a frame, with its data.
fn tcp(octets: &Bytes, seen: &mut Seen) -> Option<(SocketAddr, SocketAddr, Segment, Bytes)> {
    let Some(peek::Peek { net: Net::Ip(packet), .. }) = peek::frame(octets) else {
        seen.not_ip += 1;
        return None;
    };
    if packet.fragment.is_some() {
        return None;
    }
    let payload = octets.slice(packet.payload.clone());
    match peek::carried(packet.protocol, &payload, packet.length) {
        Carried::Tcp(segment) => {
            let data = payload.slice(segment.payload.clone());
            seen.segment(&segment, &data);
            let from = SocketAddr::new(packet.from, segment.src);
            Some((from, SocketAddr::new(packet.to, segment.dst), segment, data))
        }
        Carried::Udp { .. } => {
            seen.udp += 1;
            None
        }
        _ => None,
    }
}

/// Whether a segment shows that its connection speaks RTSP: then its ends, client first, and
/// whether in the student project's dialect.
fn introduces((from, to): Pair, data: &[u8], openers: &BTreeMap<Pair, ()>) -> Option<(Pair, bool)> {
    let start = starts_rtsp(data);
    let in_frames = || {
        let expected = RTSP_PORTS.iter().find(|port| from.port() == **port || to.port() == **port)?;
        let is_packet = matches!(data, [b'$', 0..=15, _, _, version, ..] if version >> 6 == 2);
        is_packet.then_some(to.port() == *expected)
    };
    // What somebody types by hand may come octet by octet.
    let typed = || {
        let opened = [((from, to), true), ((to, from), false)];
        let (_, by_opener) = opened
            .into_iter()
            .find(|(pair, _)| RTSP_PORTS.contains(&pair.1.port()) && openers.contains_key(pair))?;
        (matches!(data, [octet] if octet.is_ascii_uppercase())).then_some(by_opener)
    };
    let by_octets = match start {
        Some(Start::Request | Start::Lab) => true,
        Some(Start::Response) => false,
        None => in_frames().or_else(typed)?,
    };
    let to_server = match (openers.contains_key(&(from, to)), openers.contains_key(&(to, from))) {
        (true, false) => true,
        (false, true) => false,
        _ => by_octets,
    };
    let pair = if to_server { (from, to) } else { (to, from) };
    Some((pair, start == Some(Start::Lab)))
}

impl Who {
    /// Gives a connection to its client: the one at its address whose earlier connections are
    /// over, or a new one.
    fn place(&mut self, connection: Connection) {
        let (client, server) = connection.ends;
        if server.ip() != self.server {
            self.others.insert(server.ip());
            return;
        }
        self.ports.insert(server.port());
        let free = |known: &Client| known.ip == client.ip() && known.last <= connection.first;
        let place = match self.clients.iter().rposition(free) {
            Some(place) => place,
            None if self.clients.len() < MAX_CLIENTS => {
                let (first, last) = (connection.first, connection.last);
                self.clients.push(Client { ip: client.ip(), first, last });
                self.clients.len() - 1
            }
            None => {
                self.left_out.insert(client.ip());
                return;
            }
        };
        let own = &mut self.clients[place];
        own.last = own.last.max(connection.last);
        self.connections.insert(connection.ends, (place, connection.lab));
    }
}

impl Seen {
    fn segment(&mut self, segment: &Segment, data: &[u8]) {
        // A TLS record with a handshake in it (RFC 8446 section 5.1).
        self.tls |= matches!(data, [22, 3, 0..=4, ..]);
        let port = segment.src.min(segment.dst);
        if self.tcp.len() < MAX_OPENERS || self.tcp.contains_key(&port) {
            *self.tcp.entry(port).or_default() += 1;
        }
    }

    /// What a capture without RTSP has, in words.
    fn words(&self, frames: usize) -> String {
        let count: usize = self.tcp.values().sum();
        let mut ports: Vec<_> = self.tcp.iter().collect();
        ports.sort_by_key(|(port, count)| (usize::MAX - **count, **port));
        let ports: Vec<_> = ports.iter().take(4).map(|(port, _)| port.to_string()).collect();
        let mut parts = vec![if ports.is_empty() {
            "no TCP".to_owned()
        } else {
            format!("{count} of TCP (ports {})", ports.join(", "))
        }];
        parts.push(format!("{} of UDP", self.udp));
        parts.push(format!("{} without IP", self.not_ip));
        let hidden =
            if self.tls { "; some of it is encrypted (TLS), which nobody can read here" } else { "" };
        format!("its {frames} frames are {}{hidden}", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rtsp_is_known_by_its_first_line() {
        let cases: [(&[u8], Option<Start>); 9] = [
            (b"OPTIONS rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\n\r\n", Some(Start::Request)),
            (b"DESCRIBE rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\n", Some(Start::Request)),
            (b"RTSP/1.0 200 OK\r\n", Some(Start::Response)),
            (b"SETUP movie.Mjpeg\n 1 \n RTSP/1.0 RTP/UDP 3000", Some(Start::Lab)),
            (b"SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 3000", Some(Start::Lab)),
            (b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", None),
            (b"POST /rtsp HTTP/1.0\r\n\r\n", None),
            (b"", None),
            (b"$\0\0\x04\x80\0\0\0", None),
        ];
        for (octets, start) in cases {
            assert_eq!(starts_rtsp(octets), start, "{}", octets.escape_ascii());
        }
    }
}
