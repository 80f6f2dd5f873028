//! What server and page say to each other: the only place where JSON is known.
//!
//! The page's types are generated from these (`web/src/wire/generated.ts`); a test fails,
//! and says how to mend it, when the two differ. `docs/protocol.md` tells the conversation.
//!
//! Order of a connection: the server sends one [`Hello`] with a snapshot, then [`Batch`]es
//! with consecutive numbers, both for each run that the page watches. A gap means that the page must ask for a new snapshot
//! (`resync`); a page that reads too slowly gets `lagged` and then a new `hello`.

mod begin;
mod capture;
mod check;
mod command;
mod detail;
mod fork;
mod lesson;
mod picture;
mod rows;
mod series;
mod states;
mod weather;

pub use begin::{NextRun, ScenarioCard};
pub use capture::{Capture, CapturedFcs, OpenCapture};
pub use check::{CheckAnswer, FieldDifference, FrameCheck, LayerCheck, Unlike};
pub use command::{AdvanceTo, Command, Get, OnCable, Outcome, PageMessage, RequestMethod};
pub use detail::{Detail, DetailField, DetailLayer};
pub use fork::{Difference, ForkChange, ForkProgress, ForkState, MediaTransport, Trace};
pub use lesson::{
    BadLesson, EventPlace, Found, Lesson, LessonAnswer, LessonCard, LessonChoice, LessonClass,
    LessonQuestion, LessonRun, LessonStop, LessonTab, LessonView, StackDirection, StopPlace, TextBlock,
    TextRun, TextStyle,
};
pub use picture::{MAX_MISSING, picture_message};
pub use rows::{
    CarriedRow, CauseRow, DeliveryRow, FateRow, FrameRow, HopRow, MessageRow, MishapRow, OutcomeRow,
    PictureRow, PictureStats, ReceiptRow, Rows, SlotRow, TransportRow, WhatRow,
};
pub use series::{Series, SeriesLayers, SeriesReceiver, SeriesTcp, SeriesWhat};
pub use states::{StateKind, StateRow, TcpRow};
pub use weather::{
    FaultOn, FaultWhat, LinkDirection, LinkDirections, Loss, Preset, Reorder, Weather, WeatherRanges,
};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The version of this protocol; a page that knows another one asks to be reloaded.
pub const VERSION: u32 = 3;

/// A moment of simulated time, nanoseconds since the world began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(type = "number")]
pub struct Nanos(pub u64);

/// A message, frame or picture on the tape; numbers grow with time and are never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(type = "number")]
pub struct Id(pub u64);

/// Everything the server sends as text. Pictures go as binary, see [`picture_message`].
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ServerMessage {
    /// The first message, again after `lagged` or `resync`, and for each run that a page begins to
    /// watch.
    Hello(Box<Hello>),
    /// What was added to the tape since the last batch or the snapshot.
    Batch(Batch),
    /// The room changed: pace, clients, states.
    Room(RoomState),
    /// The answer to a `get` of rows.
    Segment {
        /// The number of the question.
        id: u32,
        /// The rows asked for.
        rows: Rows,
    },
    /// The answer to a `get` of a frame's detail.
    Detail {
        /// The number of the question.
        id: u32,
        /// Bytes, layers and fields.
        detail: Box<Detail>,
    },
    /// The answer to a `get` of the lessons.
    Lessons {
        /// The number of the question.
        id: u32,
        /// One for each lesson and language, by number and language.
        lessons: Vec<LessonCard>,
        /// Lessons that belong together.
        classes: Vec<LessonClass>,
        /// Files that cannot be used, and why.
        bad: Vec<BadLesson>,
    },
    /// The answer to a `get` of a lesson.
    Lesson {
        /// The number of the question.
        id: u32,
        /// The lesson.
        lesson: Box<Lesson>,
    },
    /// The answer to a `get` of an event.
    Found {
        /// The number of the question.
        id: u32,
        /// The event; `null` when there is none.
        found: Option<Found>,
    },
    /// The answer to a `get` of a series.
    Series {
        /// The number of the question.
        id: u32,
        /// The numbers.
        series: Box<Series>,
    },
    /// The answer to a `get` of a frame's check.
    Checked {
        /// The number of the question.
        id: u32,
        /// What tshark says of it.
        check: Box<FrameCheck>,
    },
    /// A command was carried out or refused, or a question has no answer.
    Answer {
        /// The number of the command or question.
        id: u32,
        /// How it went.
        outcome: Outcome,
    },
    /// This page read too slowly and batches were left out; a new `hello` follows.
    Lagged {
        /// How many batches were left out.
        missed: u32,
    },
}

/// The snapshot: all that a page must know before the first batch.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Hello {
    /// [`VERSION`].
    pub version: u32,
    /// Which run this is.
    pub run: Run,
    /// The fixed part of the network; hosts of real clients and servers are added by [`RoomState`].
    pub topology: Topology,
    /// The room as it is now.
    pub room: RoomState,
    /// Networks that another run can begin with: the one that the program was started with, if
    /// it is its own, and those that come with Layercast.
    pub scenarios: Vec<ScenarioCard>,
    /// Weather that can be ordered by its name.
    pub presets: Vec<Preset>,
    /// What weather can be set to.
    pub ranges: WeatherRanges,
    /// True when this page holds the room's key.
    pub holds_key: bool,
    /// How far back the tape reaches at most.
    pub history: Nanos,
    /// The number of the batch that this snapshot stands for; the next batch has one more.
    pub batch: u32,
    /// Simulated time now.
    pub now: Nanos,
    /// The time of the oldest record still kept.
    pub oldest: Nanos,
    /// The rows of the last seconds (at least two where there are so many); all state rows
    /// and all RTSP messages still kept.
    pub rows: Rows,
    /// Counts for the timeline, one for each tenth of a second from `oldest` on.
    pub overview: Vec<OverviewCell>,
}

/// What makes this run the run that it is.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// The number of this run in its room. Numbers are never used twice; `room.original` says
    /// which is the original.
    pub number: u32,
    /// Short name of the original run, from scenario, seed and start.
    pub id: String,
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's title in words.
    pub title: String,
    /// The seed, as decimal digits (it may not fit a JavaScript number).
    pub seed: String,
    /// Wall-clock time of the world's beginning, milliseconds since 1970.
    pub epoch_ms: f64,
    /// The address that real clients use.
    pub rtsp_url: String,
    /// Paths that can be played, without the leading slash.
    pub clips: Vec<String>,
    /// What is known of it when it is a capture of another network, in which nothing can be
    /// ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub capture: Option<Capture>,
    /// The lesson that it was made for, and where its stops are in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lesson: Option<LessonRun>,
}

/// Nodes and links.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Topology {
    /// Hosts, switches and routers.
    pub nodes: Vec<Node>,
    /// The cables.
    pub links: Vec<Link>,
}

/// One device.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Its number; also its place in lists.
    pub id: u32,
    /// Its name on the stage: `Client`, `SW1`, `R1`, `SW2`, `Server`.
    pub name: String,
    /// What it understands.
    pub kind: NodeKind,
    /// Its interfaces, one for each link, in the order of its ports.
    pub interfaces: Vec<Interface>,
    /// How long one layer of its stack takes to handle a frame.
    pub layer_delay: Nanos,
}

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum NodeKind {
    /// The built-in player's host.
    Client,
    /// The host that stands for a real client.
    Gateway,
    /// The host that stands for a real server.
    Source,
    /// The RTSP server's host.
    Server,
    /// A learning switch: layers 1 and 2.
    Switch,
    /// A router: layers 1 to 3.
    Router,
    /// All hosts of a capture that take no part in its RTSP.
    Others,
}

/// One network card or port.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Interface {
    /// The link that is plugged in.
    pub link: u32,
    /// Its hardware address, `02:00:00:00:00:c1`; absent on a switch.
    pub mac: Option<String>,
    /// The address by which it is called: of IPv4, or of IPv6 where there is no other; absent on
    /// a switch.
    pub ip: Option<String>,
    /// The length of that address's network prefix: 0 to 32, of IPv6 to 128.
    pub prefix: Option<u8>,
    /// All its addresses with the lengths of their prefixes, `2001:db8:1::2/64`; of IPv6 the
    /// link-local one is the last.
    pub addresses: Vec<String>,
    /// The VLANs of a switch's port; `null` in a switch without VLANs and elsewhere.
    pub vlan: Option<PortVlan>,
}

/// The VLANs of a switch's port (IEEE 802.1Q).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum PortVlan {
    /// Frames have no tag and belong to one VLAN.
    Access {
        /// The VLAN.
        id: u16,
    },
    /// Frames have a tag that names their VLAN.
    Trunk {
        /// The VLANs that may pass.
        ids: Vec<u16>,
    },
}

/// One cable, full duplex.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// Its number.
    pub id: u32,
    /// Its name: `client`, `sw1-r1`, ...
    pub name: String,
    /// One end.
    pub a: u32,
    /// The other end.
    pub b: u32,
    /// How it behaves from `a` to `b`, as of when this was sent. For another moment take the
    /// last `weather` row before it or, without one, what the first row after it says of before.
    pub forward: Weather,
    /// The same from `b` to `a`.
    pub backward: Weather,
}

/// What was added to the tape between two moments.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// The number of the run.
    pub run: u32,
    /// One more than the last batch's of this run.
    pub number: u32,
    /// Simulated time at the end of the batch.
    pub now: Nanos,
    /// The time of the oldest record still kept.
    pub oldest: Nanos,
    /// The rows, in the order of the tape.
    pub rows: Rows,
}

/// Counts of one tenth of a second of simulated time.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OverviewCell {
    /// RTSP messages sent.
    pub rtsp: u32,
    /// RTP packets sent.
    pub rtp: u32,
    /// RTCP packets sent.
    pub rtcp: u32,
    /// Frames lost or dropped.
    pub drops: u32,
}

/// Who is here and how time runs.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomState {
    /// Simulated time when this was said.
    pub now: Nanos,
    /// How the world's time runs.
    pub pace: Pace,
    /// How many real clients are connected; while there are any, or a real server is, the world
    /// runs at 1x.
    pub real_clients: u32,
    /// By how much the world lags behind its pace because the machine is too slow.
    pub slip: Nanos,
    /// How many pages are open on this room.
    pub viewers: u32,
    /// Every client, built in or real, also those that left.
    pub clients: Vec<Client>,
    /// The real servers that hosts stand for, or stood for last.
    pub sources: Vec<Source>,
    /// The number of the original run: 0 for the first of a room.
    pub original: u32,
    /// The run that is to take its place, if one is on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next: Option<NextRun>,
    /// The forks of the run, in the order in which they were made.
    pub forks: Vec<ForkState>,
    /// The capture that is open, if one is. To a page that watches it, clock, pace and clients
    /// above are the capture's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub capture: Option<OpenCapture>,
    /// Hosts and links that were added for real clients and servers.
    pub added: Topology,
}

/// How the world's time runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Pace {
    /// The world stands still.
    Frozen,
    /// `rate` simulated seconds per second, 0.001 to 1.
    Rate {
        /// Simulated seconds per second.
        rate: f64,
    },
    /// One event, with all that happen at the same moment, per beat.
    Beats {
        /// Beats per second, 0.2 to 10.
        per_second: f64,
    },
}

/// One RTSP client in the room.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    /// Its host.
    pub node: u32,
    /// `Client` for the built-in player; the User-Agent or address of a real one.
    pub name: String,
    /// True for a program outside that came through the gateway.
    pub real: bool,
    /// The RTSP state now: `Init`, `Ready`, `Playing`.
    pub state: String,
    /// `udp` or `tcp`, once SETUP has settled it.
    pub transport: Option<String>,
    /// The URL that it plays.
    pub url: Option<String>,
    /// When it came.
    pub joined: Nanos,
    /// When it left, if it has.
    pub left: Option<Nanos>,
    /// The requests of the built-in player, and whether its state allows them now.
    pub requests: Vec<RequestState>,
}

/// A real server, and the host that stands for it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The host.
    pub node: u32,
    /// The name by which the server was entered, such as `camera.local`.
    pub name: String,
    /// Its URL, without user and password.
    pub url: String,
    /// The client that plays from it.
    pub client: u32,
    /// `open`, `connected`, `failed`, `closed` or `left`, as in the state rows.
    pub state: String,
    /// `failed`: why, in a sentence.
    pub reason: Option<String>,
    /// When a host began to stand for it.
    pub opened: Nanos,
    /// When it ceased to.
    pub left: Option<Nanos>,
}

/// One request of the remote.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RequestState {
    /// Which.
    pub method: RequestMethod,
    /// Why it is not allowed now; absent when it is.
    pub refused: Option<String>,
}
