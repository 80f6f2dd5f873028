//! Numbers by which things are known.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

id!(
    /// A device: its place in [`crate::World::nodes`].
    NodeId(u32)
);
id!(
    /// A cable: its place in [`crate::World::links`].
    LinkId(u32)
);
id!(
    /// An application message: its place on the tape, counted from the beginning of the run.
    MessageId(u64)
);
id!(
    /// An Ethernet frame: its place on the tape, counted from the beginning of the run.
    FrameId(u64)
);
id!(
    /// A picture that a player showed: its place on the tape.
    PictureId(u64)
);
id!(
    /// A TCP connection inside the simulation.
    ConnectionId(u32)
);
id!(
    /// A real TCP connection's way into the simulation: a client's, or one to a real server.
    GatewayId(u32)
);
id!(
    /// A real server that a host stands for.
    SourceId(u32)
);

/// One of the two directions of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From the end that opened it.
    FromOpener,
    /// From the end that accepted it.
    FromAcceptor,
}

impl Direction {
    /// The other direction.
    pub fn reverse(self) -> Self {
        match self {
            Direction::FromOpener => Direction::FromAcceptor,
            Direction::FromAcceptor => Direction::FromOpener,
        }
    }

    /// 0 or 1, for arrays of two.
    pub fn index(self) -> usize {
        self as usize
    }
}
