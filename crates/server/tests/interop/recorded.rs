//! Clients that cannot be run here: what they send is written down in `recorded/*.txt`, in the
//! words and the order that each of them uses, and is sent over real sockets. What they rely on
//! is checked: status, headers, that media comes when and where they expect it, that it stops.
//!
//! A file is read line by line:
//!
//! | line | meaning |
//! |---|---|
//! | `C: text` | a line of a request, sent with CRLF; a `C:` alone ends its header |
//! | `B: text` | a line of the request's body, sent with CRLF |
//! | `S: 200` | the answer's status; it must have the request's CSeq, too |
//! | `S: Name ~ text` | the answer has this header, and `text` is in it |
//! | `media N` | N more RTP packets come |
//! | `pictures N` | of all that came by `media`, the first N pictures are whole and in order |
//! | `from N` | the next `pictures` are counted from packets that come from now on, and begin with picture N |
//! | `ends N` | packets come until N pictures are there, and then no more |
//! | `punch` | two short datagrams to the server's RTP port, as through a NAT |
//! | `bye` | RTCP says BYE |
//! | `quiet` | no RTP packet comes within half a second |
//! | `#` | a remark |
//!
//! `{url}` is the stream's address, `{base}` the Content-Base, `{track}` the track's address,
//! `{session}` the session, `{rtp}` and `{rtcp}` a pair of free UDP ports.

use crate::common::PATIENCE;
use crate::common::pictures::{self, KernelDrops, PATH, consecutive};
use crate::packets;
use protocol::rtp::rtcp::{self, RtcpPacket};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

/// How long nothing must come for `quiet`: twelve pictures would have come.
const QUIET: Duration = Duration::from_millis(500);

/// A client that says what its file says.
struct Client {
    connection: TcpStream,
    unread: Vec<u8>,
    rtp: UdpSocket,
    rtcp: UdpSocket,
    names: BTreeMap<&'static str, String>,
    /// RTP packets, in the order in which they came.
    media: Vec<Vec<u8>>,
    /// Compound RTCP packets.
    reports: Vec<Vec<u8>>,
    /// Answers that were not asked for yet.
    answers: Vec<Answer>,
}

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

/// Two sockets on ports n and n+1, n even (RFC 3550 section 11).
fn port_pair() -> (UdpSocket, UdpSocket) {
    for _ in 0..1_000 {
        let rtp = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let port = rtp.local_addr().expect("a bound socket has an address").port();
        if port.is_multiple_of(2)
            && let Ok(rtcp) = UdpSocket::bind(("127.0.0.1", port + 1))
        {
            return (rtp, rtcp);
        }
    }
    panic!("no pair of ports is free");
}

impl Client {
    fn connect(server: SocketAddr, url: String) -> Self {
        let connection = TcpStream::connect(server).expect("the server listens");
        let (rtp, rtcp) = port_pair();
        let port = |socket: &UdpSocket| socket.local_addr().expect("a bound socket").port().to_string();
        let names = BTreeMap::from([("url", url), ("rtp", port(&rtp)), ("rtcp", port(&rtcp))]);
        connection.set_read_timeout(Some(Duration::from_millis(5))).expect("a time limit can be set");
        rtp.set_nonblocking(true).expect("a socket need not block");
        rtcp.set_nonblocking(true).expect("a socket need not block");
        let (unread, media, reports, answers) = Default::default();
        Client { connection, unread, rtp, rtcp, names, media, reports, answers }
    }

    /// Names in braces, filled in.
    fn fill(&self, text: &str) -> String {
        let named = self.names.iter();
        named.fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// Takes what has come, from all sockets.
    fn listen(&mut self) {
        let mut chunk = [0; 65_536];
        match self.connection.read(&mut chunk) {
            Ok(0) => {}
            Ok(count) => self.unread.extend(&chunk[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => panic!("the connection broke: {error}"),
        }
        while self.take_one() {}
        while let Ok(count) = self.rtp.recv(&mut chunk) {
            self.media.push(chunk[..count].to_vec());
        }
        while let Ok(count) = self.rtcp.recv(&mut chunk) {
            self.reports.push(chunk[..count].to_vec());
        }
    }

    /// Takes one answer or one interleaved frame from what was read; false when none is whole.
    fn take_one(&mut self) -> bool {
        if let [b'$', channel, high, low, rest @ ..] = &self.unread[..] {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let Some(packet) = rest.get(..length) else { return false };
            let of = if channel % 2 == 0 { &mut self.media } else { &mut self.reports };
            of.push(packet.to_vec());
            self.unread.drain(..4 + length);
            return true;
        }
        let Some(end) = self.unread.windows(4).position(|octets| octets == b"\r\n\r\n") else { return false };
        let head = String::from_utf8(self.unread[..end].to_vec()).expect("an answer is text");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.strip_prefix("RTSP/1.0 ")?.get(..3)?.parse().ok());
        let headers: BTreeMap<_, _> = lines
            .map(|line| line.split_once(": ").expect("a header has a name and a value"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let length = headers.get("Content-Length").map_or(0, |length| length.parse().expect("a length"));
        let Some(body) = self.unread.get(end + 4..end + 4 + length) else { return false };
        let body = String::from_utf8(body.to_vec()).expect("a body of text");
        self.answers.push(Answer { status: status.expect("a status line"), headers, body });
        self.unread.drain(..end + 4 + length);
        true
    }

    /// Listens until `done`.
    #[track_caller]
    fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        while !done(self) {
            assert!(begin.elapsed() < PATIENCE, "{what} did not come");
            self.listen();
        }
    }

    /// Sends a request and takes its answer, and from it what later requests will name.
    fn ask(&mut self, request: &str) -> Answer {
        self.connection.write_all(request.as_bytes()).expect("the server listens");
        self.until("an answer", |client| !client.answers.is_empty());
        let answer = self.answers.remove(0);
        let asked = |name: &str| {
            let prefix = format!("{name}: ");
            request.split("\r\n").find_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
        };
        assert_eq!(answer.headers.get("CSeq"), asked("CSeq").as_ref(), "CSeq of the answer to {request}");
        let session = answer.headers.get("Session").and_then(|value| value.split(';').next());
        if let (Some(asked), Some(session)) = (asked("Session"), session) {
            assert_eq!(asked, session, "Session of the answer to {request}");
        }
        if let Some(session) = session {
            self.names.insert("session", session.to_owned());
        }
        if let Some(base) = answer.headers.get("Content-Base") {
            self.names.insert("base", base.clone());
            let mut controls = answer.body.lines().filter_map(|line| line.strip_prefix("a=control:"));
            let control = controls.next_back().expect("each track has a control attribute");
            let track = if control.contains("://") { control.to_owned() } else { format!("{base}{control}") };
            self.names.insert("track", track);
            self.names.insert("control", control.to_owned());
        }
        if let Some(ports) = answer.headers.get("Transport").and_then(|t| t.split(";server_port=").nth(1)) {
            let port = ports.split(['-', ';']).next().expect("a split has a part");
            self.names.insert("server_rtp", port.to_owned());
        }
        answer
    }
}

/// Says what the file says, and checks what it expects.
fn replay(name: &str, script: &str) {
    let server = pictures::serve(&[]);
    let drops = KernelDrops::from_now();
    let mut client = Client::connect(server.rtsp, server.url(PATH));
    let (mut request, mut answer) = (String::new(), None::<Answer>);
    let (mut media_wanted, mut first_packet, mut first_picture) = (0, 0, 0);
    for (at, line) in script.lines().enumerate() {
        let place = format!("{name}:{}: {line}", at + 1);
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let count = || rest.parse::<usize>().unwrap_or_else(|_| panic!("{place}: a number"));
        if word != "S:" {
            answer = None;
        }
        match word {
            "" | "#" => {}
            "C:" | "B:" => request += &(client.fill(rest) + "\r\n"),
            "S:" => {
                let answer = answer.get_or_insert_with(|| client.ask(&std::mem::take(&mut request)));
                match rest.split_once(" ~ ") {
                    None => assert_eq!(answer.status.to_string(), rest, "{place}: {:?}", answer.headers),
                    Some((name, wanted)) => {
                        let value =
                            answer.headers.get(name).unwrap_or_else(|| panic!("{place}: no such header"));
                        let wanted = client.fill(wanted);
                        assert!(value.contains(&wanted), "{place}: {value:?} has no {wanted:?}");
                    }
                }
            }
            "media" => {
                media_wanted = client.media.len() + count();
                client.until(&place, |client| client.media.len() >= media_wanted);
            }
            "from" => {
                // What was under way when the answer was written has come before the answer.
                first_packet = client.media.len();
                first_picture = count();
            }
            "pictures" => {
                let packets: Vec<&[u8]> = client.media[first_packet..].iter().map(Vec::as_slice).collect();
                let numbers = packets::numbers(&packets);
                let read = numbers.get(..count()).unwrap_or_else(|| panic!("{place}: {numbers:?}"));
                assert_eq!(usize::from(consecutive(read, name, &drops)), first_picture, "{place}");
            }
            "ends" => {
                let (mut had, mut since) = (0, Instant::now());
                while since.elapsed() < 4 * QUIET {
                    client.listen();
                    if client.media.len() > had {
                        (had, since) = (client.media.len(), Instant::now());
                    }
                }
                let packets: Vec<&[u8]> = client.media.iter().map(Vec::as_slice).collect();
                let numbers = packets::numbers(&packets);
                consecutive(&numbers, name, &drops);
                assert!(numbers.len() == count() || drops.since() > 0, "{place}: {}", numbers.len());
            }
            "punch" => {
                let to = client.names["server_rtp"].parse().expect("a port");
                for _ in 0..2 {
                    client
                        .rtp
                        .send_to(&[0xce, 0xfa, 0xed, 0xfe], ("127.0.0.1", to))
                        .expect("a datagram is sent");
                }
            }
            "bye" => client.until(&place, |client| {
                client.reports.iter().any(|report| {
                    rtcp::parse(report)
                        .expect("RTCP")
                        .packets
                        .iter()
                        .any(|packet| matches!(packet, RtcpPacket::Bye(_)))
                })
            }),
            "quiet" => {
                client.listen();
                let had = client.media.len();
                let begin = Instant::now();
                while begin.elapsed() < QUIET {
                    client.listen();
                }
                assert_eq!(client.media.len(), had, "{place}: packets came");
            }
            _ => panic!("{place}: not understood"),
        }
    }
    assert!(media_wanted > 0 || !script.contains("PLAY"), "{name} checks no media");
}

/// One test for each file.
macro_rules! recorded {
    ($($name:ident),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                replay(stringify!($name), include_str!(concat!("recorded/", stringify!($name), ".txt")));
            }
        )*

        #[test]
        fn every_file_is_replayed() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/recorded");
            let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name()).collect();
            files.sort();
            assert_eq!(files, [$(concat!(stringify!($name), ".txt")),*]);
        }
    };
}

recorded![
    exoplayer_udp,
    go2rtc_backchannel,
    onvif_replay,
    openrtsp_tcp,
    openrtsp_udp,
    vlc_tcp,
    vlc_udp,
    yellowstone_tcp,
    yellowstone_udp,
];
