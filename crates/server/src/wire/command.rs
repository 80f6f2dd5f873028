//! What a page asks and orders.

use super::{FaultOn, FaultWhat, ForkChange, Id, LinkDirection, LinkDirections, Nanos, Pace, Weather};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything a page sends. `id` is chosen by the page and comes back with the answer.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", deny_unknown_fields)]
pub enum PageMessage {
    /// An order; only the holder of the room's key may give one.
    Command {
        /// The page's number for it.
        id: u32,
        /// The order.
        command: Command,
    },
    /// A question; everybody may ask.
    Get {
        /// The page's number for it.
        id: u32,
        /// The number of the run that it is about; absent: the original, or for a page that watches
        /// a capture that.
        #[serde(default)]
        #[ts(optional)]
        run: Option<u32>,
        /// The question.
        get: Get,
    },
    /// What the page shows: which runs to send, and whose pictures as they are shown. A `hello`
    /// follows for each run that was not sent before.
    Watch {
        /// The client (a node) whose pictures are sent, of each run that is watched; none when
        /// absent.
        client: Option<u32>,
        /// The number of the run; absent: the open capture, if there is one, or the original.
        #[serde(default)]
        #[ts(optional)]
        run: Option<u32>,
        /// The number of another run, to be shown beside it.
        #[serde(default)]
        #[ts(optional)]
        beside: Option<u32>,
    },
    /// A batch was missed: send a new `hello`.
    Resync,
}

/// An order to the room.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum Command {
    /// Sets the world's pace. Refused while real clients are connected, unless it is 1x.
    Pace {
        /// The new pace.
        pace: Pace,
    },
    /// Lets a frozen world go on for a little, and then stand again.
    Advance {
        /// How far.
        to: AdvanceTo,
    },
    /// The built-in player sends an RTSP request.
    Request {
        /// The player's host.
        client: u32,
        /// Which request.
        method: RequestMethod,
        /// PLAY: where to begin, seconds; absent: where it stopped.
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
    /// The built-in player leaves what it plays and plays this.
    Open {
        /// The player's host.
        client: u32,
        /// A path of the simulated server (`/live`), or an `rtsp://` URL.
        url: String,
    },
    /// The simulated server sends REDIRECT (RFC 2326 section 10.10).
    Redirect {
        /// Whose sessions; absent: all that play.
        client: Option<u32>,
        /// Where to: a path on the server, such as `/demo`, or an RTSP URL.
        to: String,
    },
    /// The built-in player shows each picture so long after its first packet from now on; pictures
    /// that wait are moved, too.
    PlayoutDelay {
        /// The player's host.
        client: u32,
        /// How long, nanoseconds, at most 2 s.
        delay: Nanos,
    },
    /// Keeps another future beside the original: the same scenario, seed and inputs, but for one
    /// change. Answered with `forked`.
    Fork {
        /// The moment up to which both are the same.
        at: Nanos,
        /// What is different from then on; nothing when absent.
        change: Option<ForkChange>,
    },
    /// Lets go of a fork; its number is not used again.
    DiscardFork {
        /// Its number.
        run: u32,
    },
    /// A link behaves in another way to all frames that enter it from now on.
    Weather {
        /// The link.
        link: u32,
        /// Which way.
        direction: LinkDirections,
        /// All of the weather.
        weather: Box<Weather>,
    },
    /// Something happens to a coming frame, once.
    Fault {
        /// The link.
        link: u32,
        /// Which way.
        direction: LinkDirection,
        /// To which frame.
        on: FaultOn,
        /// What happens.
        what: FaultWhat,
    },
    /// Closes the open capture: all pages turn to the simulated run.
    CloseCapture,
    /// Begins another run in place of the original: a lesson's, or one of a scenario. Answered
    /// with `begun`; the original is shown until the new run is ready. Refused while real clients
    /// or servers are connected, unless they are to be cut off.
    #[serde(rename_all = "camelCase")]
    Begin {
        /// The lesson that it is made for, which has a scenario, a seed and orders of its own.
        #[serde(default)]
        #[ts(optional)]
        lesson: Option<String>,
        /// Without a lesson: the scenario, by its name in `hello.scenarios`; absent: the
        /// original's.
        #[serde(default)]
        #[ts(optional)]
        scenario: Option<String>,
        /// The seed, as decimal digits; absent: the lesson's, or without one the original's.
        #[serde(default)]
        #[ts(optional)]
        seed: Option<String>,
        /// Whether real clients and servers that are connected then are cut off; without it they
        /// keep the original.
        #[serde(default)]
        #[ts(optional, as = "Option<bool>")]
        cut_off: bool,
    },
    /// Lets go of the run that is to take the original's place.
    CancelBegin,
}

/// How far a frozen world goes on.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum AdvanceTo {
    /// To the next event, with all that happen at the same moment.
    Event,
    /// To this moment; at most ten seconds ahead.
    Time {
        /// The moment.
        at: Nanos,
    },
    /// Until the tape has something new about this message or one that it caused; at most
    /// ten seconds ahead.
    Message {
        /// The message.
        message: Id,
    },
    /// The same for a frame without a message (ARP, ACK).
    Frame {
        /// The frame.
        frame: Id,
    },
    /// Until this event happens (`docs/lessons.md` tells how it is described); at most ten
    /// seconds ahead. Refused when it did not happen; the world stands at the end of these then.
    Find {
        /// The event.
        until: String,
    },
}

/// The requests of the remote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RequestMethod {
    /// Which methods do you know?
    Options,
    /// What does the stream consist of?
    Describe,
    /// Where shall it go?
    Setup,
    /// Start sending.
    Play,
    /// Stop sending, keep the session.
    Pause,
    /// End the session.
    Teardown,
    /// Here is a description of what will be published.
    Announce,
    /// Start taking what is published.
    Record,
    /// What are these values?
    GetParameter,
    /// Set these values.
    SetParameter,
}

/// A question.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum Get {
    /// All rows of messages sent, frames made and pictures shown in `[from, to)`, and the hops,
    /// receipts and deliveries of these; at most ten seconds.
    Segment {
        /// First moment.
        from: Nanos,
        /// The moment behind the last.
        to: Nanos,
    },
    /// A frame's bytes and fields.
    Detail {
        /// The frame.
        frame: Id,
        /// As it arrived over this cable, which may have damaged it; absent: as it was sent.
        #[serde(default)]
        #[ts(optional)]
        on: Option<OnCable>,
    },
    /// What an installed tshark says of a frame, beside what a `detail` says. Only where the page
    /// is for this machine alone.
    Check {
        /// The frame.
        frame: Id,
        /// As it arrived over this cable; absent: as it was sent.
        #[serde(default)]
        #[ts(optional)]
        on: Option<OnCable>,
    },
    /// A picture's JPEG, as a binary message.
    Picture {
        /// The picture.
        picture: Id,
    },
    /// What a client's conversation was like over time: numbers for charts, at most 20 s and 2,000
    /// cells at once.
    Series {
        /// The client (a node).
        client: u32,
        /// When the first cell begins.
        from: Nanos,
        /// How long a cell is, at least a millisecond.
        cell: Nanos,
        /// How many.
        cells: u32,
    },
    /// The first event of this kind after a moment, or the last one before it
    /// (`docs/lessons.md` tells how it is described).
    Find {
        /// The event.
        until: String,
        /// The moment, at which itself is not looked; absent: the tape's beginning, or its end.
        #[serde(default)]
        #[ts(optional)]
        from: Option<Nanos>,
        /// Whether to look into the past.
        #[serde(default)]
        #[ts(optional, as = "Option<bool>")]
        backwards: bool,
    },
    /// The lessons that there are.
    Lessons,
    /// A lesson.
    Lesson {
        /// Which: its [`LessonCard::id`](super::LessonCard::id).
        lesson: String,
        /// In which language; another one that there is when there is not this one.
        language: String,
    },
}

/// One hop of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OnCable {
    /// The link.
    pub link: u32,
    /// When its first bit was sent there: the hop's `start`.
    pub start: Nanos,
}

/// How a command or question went.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Outcome {
    /// Done.
    Done,
    /// A fork is being made.
    Forked {
        /// Its number.
        run: u32,
    },
    /// Another run is on its way; all pages get its `hello` when it is ready.
    Begun {
        /// Its number.
        run: u32,
    },
    /// Not done, and why, in a sentence for the person at the page.
    Refused {
        /// The sentence.
        reason: String,
    },
}
