//! Forks: other futures of the same run, kept beside it.

use super::{Client, FaultWhat, Id, LinkDirections, Nanos, RequestMethod, Weather};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a fork does other than its parent.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum ForkChange {
    /// One frame fares differently on one cable. The fork's moment is then when the frame
    /// enters that cable's queue, whatever `at` says.
    Fault {
        /// The frame.
        frame: Id,
        /// The cable.
        link: u32,
        /// What happens to it there.
        what: FaultWhat,
    },
    /// A link behaves in another way from the fork's moment on, as with the command.
    Weather {
        /// The link.
        link: u32,
        /// Which way.
        direction: LinkDirections,
        /// All of the weather.
        weather: Box<Weather>,
    },
    /// A built-in player sends a request at the fork's moment, as with the command.
    Request {
        /// The player's host.
        client: u32,
        /// Which request.
        method: RequestMethod,
        /// PLAY: where to begin, seconds; absent: where it stopped.
        #[serde(default)]
        #[ts(optional)]
        from: Option<f64>,
        /// ANNOUNCE: the name to publish under; absent: the name of what is published.
        #[serde(default)]
        #[ts(optional)]
        path: Option<String>,
        /// GET_PARAMETER: names; SET_PARAMETER: `name: value`; one a line.
        #[serde(default)]
        #[ts(optional)]
        parameters: Option<String>,
    },
    /// A built-in player's media travel otherwise, from the beginning of the run: its moment is
    /// then the first one, whatever `at` says. The same seed lets cables throw the same dice.
    Transport {
        /// The player's host.
        client: u32,
        /// How its media travel.
        transport: MediaTransport,
    },
}

/// How a player's media travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MediaTransport {
    /// RTP over UDP (RFC 3550 section 11).
    Udp,
    /// RTP inside the RTSP connection (RFC 2326 section 10.12).
    Tcp,
}

/// A fork, as the room tells of it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ForkState {
    /// Its number, never used twice in a room; the original is 0.
    pub run: u32,
    /// The run of which it is another future.
    pub parent: u32,
    /// Up to this moment both are the same.
    pub at: Nanos,
    /// What is different from then on; absent when nothing is.
    pub change: Option<ForkChange>,
    /// How far it is.
    pub progress: ForkProgress,
    /// Real clients and servers (nodes) that take part: what they said is replayed, and they do
    /// not react to what is different here.
    pub replayed: Vec<u32>,
    /// Where its tape first differs from its parent's; absent while it does not.
    pub first_difference: Option<Difference>,
    /// Every client as it is in this run; those of the original stand in the room's state.
    pub clients: Vec<Client>,
}

/// How far a fork is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ForkProgress {
    /// It is being simulated up to its parent's live edge; it can be watched when it is there.
    Simulating {
        /// Where it began: a moment kept from before the fork.
        from: Nanos,
        /// How far it has come.
        reached: Nanos,
        /// Where its parent was when this was said.
        until: Nanos,
    },
    /// It keeps pace with its parent.
    Ready,
    /// It could not be made; discard it.
    Failed {
        /// Why, in a sentence for the person at the page.
        reason: String,
    },
}

/// Where two tapes first differ.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// When.
    pub at: Nanos,
    /// What the parent's tape has there; absent when it has nothing.
    pub parent: Option<Trace>,
    /// What the fork's tape has there; absent when it has nothing.
    pub fork: Option<Trace>,
}

/// One record of a tape. Its number is one of its own run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Trace {
    /// A frame on a cable.
    Hop {
        /// The frame.
        frame: Id,
        /// The cable.
        link: u32,
    },
    /// A frame that was made.
    Frame {
        /// The frame.
        frame: Id,
    },
    /// What a device did with a frame.
    Receipt {
        /// The frame.
        frame: Id,
        /// The device.
        node: u32,
    },
    /// A message that was sent.
    Message {
        /// The message.
        message: Id,
    },
    /// A message that was delivered.
    Delivery {
        /// The message.
        message: Id,
        /// The receiver.
        node: u32,
    },
    /// A change of state.
    State {
        /// Where.
        node: u32,
    },
    /// TCP's variables at one end of a connection.
    Tcp {
        /// The host.
        node: u32,
        /// The connection.
        connection: u32,
    },
    /// A picture that was shown.
    Picture {
        /// The picture.
        picture: Id,
        /// The player's host.
        client: u32,
    },
}
