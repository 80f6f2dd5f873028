//! A reader of RTSP connections that knows nothing of ours.

use crate::common::{Layercast, PATIENCE};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

/// A raw answer: status line and headers as they came, and the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone())
    }

    pub fn session(&self) -> String {
        assert_eq!(self.status, 200, "{self:?}");
        self.header("Session").expect("a session").split(';').next().unwrap_or_default().to_owned()
    }
}

/// What a connection brings.
#[derive(Clone, Debug)]
pub enum Item {
    Answer(Answer),
    /// Channel and octets of a `$` frame.
    Frame(u8, Vec<u8>),
    End,
}

/// A raw connection.
pub struct Wire {
    pub stream: TcpStream,
    unread: Vec<u8>,
}

impl Wire {
    pub fn open(server: &Layercast) -> Wire {
        let stream = TcpStream::connect(server.rtsp).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        stream.set_nodelay(true).expect("a socket");
        Wire { stream, unread: Vec::new() }
    }

    pub fn send(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).expect("the server takes it");
    }

    /// The next thing that comes; `None` when nothing does for as long as the socket waits.
    pub fn next(&mut self) -> Option<Item> {
        loop {
            if let Some((item, used)) = item(&self.unread) {
                self.unread.drain(..used);
                return Some(item);
            }
            let mut buffer = [0; 4096];
            match self.stream.read(&mut buffer) {
                Ok(0) => {
                    assert!(self.unread.is_empty(), "cut off: {:?}", String::from_utf8_lossy(&self.unread));
                    return Some(Item::End);
                }
                Ok(octets) => self.unread.extend_from_slice(&buffer[..octets]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return None;
                }
                Err(error) => panic!("the connection broke: {error}"),
            }
        }
    }

    /// The next answer; frames between are passed over.
    pub fn answer(&mut self) -> Answer {
        loop {
            match self.next().expect("an answer comes") {
                Item::Answer(answer) => return answer,
                Item::Frame(..) => {}
                Item::End => panic!("the server closed"),
            }
        }
    }

    pub fn ask(&mut self, lines: &str) -> Answer {
        self.send(format!("{}\r\n\r\n", lines.replace('\n', "\r\n")).as_bytes());
        self.answer()
    }

    pub fn setup(&mut self, url: &str, transport: &str) -> String {
        self.ask(&format!("SETUP {url} RTSP/1.0\nCSeq: 1\nTransport: {transport}")).session()
    }
}

/// The first whole thing in `octets`, and its length.
fn item(octets: &[u8]) -> Option<(Item, usize)> {
    if octets.first() == Some(&b'$') {
        let length = usize::from(u16::from_be_bytes([*octets.get(2)?, *octets.get(3)?]));
        let data = octets.get(4..4 + length)?;
        return Some((Item::Frame(octets[1], data.to_vec()), 4 + length));
    }
    let end = octets.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&octets[..end]).expect("a head is text");
    let mut lines = head.trim_end().split("\r\n");
    let line = lines.next().unwrap_or_default();
    let status = line.strip_prefix("RTSP/1.0 ").and_then(|rest| rest.get(..3)).expect(line);
    let split = |line: &str| {
        let (name, value) = line.split_once(": ").expect("a header has name and value");
        (name.to_owned(), value.to_owned())
    };
    let headers: Vec<_> = lines.map(split).collect();
    let mut answer = Answer { status: status.parse().expect(line), headers, body: Vec::new() };
    let length = answer.header("Content-Length").map_or(0, |length| length.parse().expect("a length"));
    answer.body = octets.get(end..end + length)?.to_vec();
    Some((Item::Answer(answer), end + length))
}
