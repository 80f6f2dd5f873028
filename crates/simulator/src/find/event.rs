//! What can be found.

use protocol::time::SimTime;
use std::fmt;

/// Kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An application hands a message to its transport.
    Message,
    /// A device makes a frame.
    Frame,
    /// A frame's first bit enters a cable.
    Leaves,
    /// A frame is lost, or thrown away.
    Drop,
    /// A frame's last bit is at the other end.
    Arrives,
    /// A device has done with a frame.
    Receipt,
    /// A message has reached the other application.
    Delivered,
    /// A player shows a picture.
    Picture,
    /// A state changes.
    State,
    /// The variables of one end of a TCP connection change.
    Variables,
}

impl Kind {
    /// All, with their words.
    pub const ALL: [(&'static str, Kind); 10] = [
        ("message", Kind::Message),
        ("delivered", Kind::Delivered),
        ("frame", Kind::Frame),
        ("leaves", Kind::Leaves),
        ("arrives", Kind::Arrives),
        ("receipt", Kind::Receipt),
        ("drop", Kind::Drop),
        ("picture", Kind::Picture),
        ("state", Kind::State),
        ("variables", Kind::Variables),
    ];

    /// The kind with this word.
    pub fn named(word: &str) -> Option<Kind> {
        Kind::ALL.iter().find(|(own, _)| *own == word).map(|(_, kind)| *kind)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        Kind::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// Whether it is about a frame.
    pub fn has_frame(self) -> bool {
        matches!(self, Kind::Frame | Kind::Leaves | Kind::Drop | Kind::Arrives | Kind::Receipt)
    }

    /// Whether it is about what carries a message, or may.
    pub fn has_message(self) -> bool {
        self.has_frame() || matches!(self, Kind::Message | Kind::Delivered)
    }

    /// Whether it may lie on a cable.
    pub fn has_link(self) -> bool {
        matches!(self, Kind::Leaves | Kind::Arrives | Kind::Drop)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Which log of the tape an event's number belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Messages,
    Frames,
    Hops,
    Receipts,
    Deliveries,
    Pictures,
    States,
    Tcp,
}

/// Something that happened, by its place on the tape. Events are ordered by their times; of those
/// of one moment, by kind and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// When.
    pub at: SimTime,
    /// What.
    pub kind: Kind,
    pub(super) source: Source,
    pub(super) number: u64,
}
