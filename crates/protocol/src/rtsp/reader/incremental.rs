//! Reading a connection whose octets come in pieces.

use super::boundary::Boundary;
use super::lab::{self, Found};
use super::{FRAME_HEADER, Fault, ItemKind, MAX_HEADER, Parsed, tokens};
use bytes::{Bytes, BytesMut};

/// A whole item, and where it stood in the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Octets received on the connection before it.
    pub offset: u64,
    /// Its octets.
    pub bytes: Bytes,
    /// What they are.
    pub parsed: Parsed,
}

impl Item {
    /// The channel and data of a `$` frame.
    pub fn frame(&self) -> Option<(u8, Bytes)> {
        self.parsed.frame(&self.bytes).map(|(channel, data)| (channel, self.bytes.slice(data)))
    }

    /// The body of a message.
    pub fn body(&self) -> Bytes {
        self.bytes.slice(self.parsed.body.clone())
    }

    /// The value of the first header with this name, unfolded.
    pub fn value(&self, name: &str) -> Option<String> {
        self.parsed.value(&self.bytes, name).map(|value| value.into_owned())
    }
}

/// Reads the items of a connection.
///
/// Drive contract: after each [`push`](Reader::push), call [`next`](Reader::next) until it
/// gives `None`. Then at most [`MAX_HEADER`] + [`MAX_BODY`](super::MAX_BODY) octets are
/// kept, however much has come. After an item with a [`Fault`] nothing more is read, and
/// what is pushed is dropped: nobody knows where the next message begins.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    buffer: BytesMut,
    offset: u64,
    boundary: Boundary,
    /// How many octets must be there before it is worth looking again.
    wanted: usize,
    broken: bool,
    /// Whether the lab's dialect is read, too.
    lab: bool,
    /// Whether what waits would be a message if nothing more came.
    open: bool,
}

impl Reader {
    /// A reader at the start of a connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader that also takes the student project's dialect. Since nothing ends a message
    /// of it but the pause behind it, ask [`is_open`](Reader::is_open) after
    /// [`next`](Reader::next) has given `None`, and when it is and no octets come for a while,
    /// call [`settle`](Reader::settle).
    pub fn with_lab_dialect() -> Self {
        Reader { lab: true, ..Self::default() }
    }

    /// Whether what waits is a message in the lab's dialect if nothing more comes.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Nothing more has come: what waits is taken for a message, if it can be one.
    pub fn settle(&mut self) -> Option<Item> {
        if !std::mem::take(&mut self.open) {
            return None;
        }
        match lab::find(&self.buffer) {
            Found::Whole { parsed, .. } => Some(self.hand_out(parsed)),
            Found::No | Found::Partial => None,
        }
    }

    /// Adds the next octets.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.broken {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Octets that wait for the rest of their item.
    pub fn waiting(&self) -> usize {
        self.buffer.len()
    }

    /// How many octets have been handed out in items.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether a fault has ended the reading.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// What has come of an item that is not whole, taken apart as far as it goes.
    pub fn partial(&self) -> Parsed {
        tokens(&self.buffer)
    }

    /// The octets that [`partial`](Reader::partial) is about.
    pub fn partial_bytes(&self) -> &[u8] {
        &self.buffer
    }

    /// The next whole item.
    #[allow(clippy::should_implement_trait)] // An iterator that gives None is over; this one is not.
    pub fn next(&mut self) -> Option<Item> {
        self.open = false;
        if self.lab && !self.broken {
            match lab::find(&self.buffer) {
                Found::Whole { parsed, is_open: false } => return Some(self.hand_out(parsed)),
                Found::Whole { is_open: true, .. } => {
                    self.open = true;
                    return None;
                }
                Found::Partial => return None,
                Found::No => {}
            }
        }
        if self.broken || self.buffer.len() < self.wanted || !self.worth_reading() {
            return None;
        }
        let parsed = tokens(&self.buffer);
        if !parsed.complete {
            self.wanted = self.wanted_for(&parsed);
            return None;
        }
        Some(self.hand_out(parsed))
    }

    fn hand_out(&mut self, parsed: Parsed) -> Item {
        let bytes = self.buffer.split_to(parsed.len).freeze();
        let offset = self.offset;
        self.offset += parsed.len as u64;
        self.wanted = 0;
        self.boundary = Boundary::default();
        if parsed.fault.is_some() {
            self.broken = true;
            self.buffer = BytesMut::new();
        }
        Item { offset, bytes, parsed }
    }

    /// Keeps a header section that comes octet by octet from being read from its start
    /// each time: only when a line has ended that matters is it taken apart.
    fn worth_reading(&mut self) -> bool {
        match self.buffer.first() {
            None => false,
            Some(b'$' | b'\r' | b'\n') => true,
            Some(_) => {
                let section = &self.buffer[..self.buffer.len().min(MAX_HEADER)];
                let first_before = !self.boundary.lines.is_empty();
                let ended = self.boundary.advance(section);
                let first_now = !first_before && !self.boundary.lines.is_empty();
                ended || first_now || self.buffer.len() >= MAX_HEADER
            }
        }
    }

    fn wanted_for(&self, parsed: &Parsed) -> usize {
        match parsed.kind {
            ItemKind::Frame => match self.buffer[..] {
                [_, _, high, low, ..] => FRAME_HEADER + usize::from(u16::from_be_bytes([high, low])),
                _ => FRAME_HEADER,
            },
            ItemKind::Request | ItemKind::Response if self.boundary.ended() => {
                let length = parsed.value(&self.buffer, "Content-Length").and_then(|text| text.parse().ok());
                parsed.body.start + length.unwrap_or(0)
            }
            _ => 0,
        }
    }
}

impl Fault {
    /// The status that answers it: 413 for a body over the limit, 400 otherwise.
    pub fn status(self) -> crate::rtsp::Status {
        match self {
            Fault::BodyTooLong => crate::rtsp::Status::ENTITY_TOO_LARGE,
            Fault::HeaderTooLong | Fault::BadContentLength | Fault::BadStartLine => {
                crate::rtsp::Status::BAD_REQUEST
            }
        }
    }
}
