//! Lessons, and events that are searched for. What a lesson file may hold and how an event is
//! described, `docs/lessons.md` tells.

use super::{Id, Nanos};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// A lesson in the menu, in one of its languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LessonCard {
    /// The file's name without language and ending: `01-one-message`.
    pub id: String,
    /// Its place among the others.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// The language of this card: `en`, `de`.
    pub language: String,
    /// All languages that the lesson is there in.
    pub languages: Vec<String>,
    /// How long it takes.
    pub minutes: u32,
    /// What a student can do after it.
    pub goal: String,
    /// What a student must know before it.
    pub before: String,
    /// How often Next, an answer or Check is pressed from beginning to end; at most 40.
    pub clicks: u32,
    /// The network that it is shown on: a built-in scenario's name, or a file's beside it.
    pub scenario: String,
    /// How many stops it has.
    pub stops: u32,
}

/// Lessons that are taught one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LessonClass {
    /// The file's name without `.class.toml`.
    pub id: String,
    /// Its title in each language.
    pub title: BTreeMap<String, String>,
    /// The lessons, in their order.
    pub lessons: Vec<String>,
}

/// What keeps a lesson file out of the menu.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BadLesson {
    /// The file's name.
    pub file: String,
    /// The line in the file, from 1; `null` when it is about the whole file.
    pub line: Option<u32>,
    /// What is wrong, in a sentence.
    pub reason: String,
}

/// A lesson, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Lesson {
    /// As in the menu.
    pub card: LessonCard,
    /// What comes before the first stop.
    pub introduction: Vec<TextBlock>,
    /// What only the presenter sees of that.
    pub notes: Vec<TextBlock>,
    /// The stops, in their order.
    pub stops: Vec<LessonStop>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum TextBlock {
    /// Words.
    Paragraph {
        /// They.
        runs: Vec<TextRun>,
    },
    /// A heading inside the text.
    Heading {
        /// Its words.
        runs: Vec<TextRun>,
    },
    /// A list.
    List {
        /// The number of its first item; `null` for a list of points.
        first: Option<u32>,
        /// Its items.
        items: Vec<Vec<TextRun>>,
    },
    /// Lines that are shown as they are.
    Code {
        /// They.
        text: String,
    },
}

/// Words of one look.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TextRun {
    /// The words.
    pub text: String,
    /// How they look.
    pub style: TextStyle,
    /// Where they lead: an `https:` or `http:` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub link: Option<String>,
}

/// How words look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TextStyle {
    /// As the others.
    Plain,
    /// Bold.
    Strong,
    /// Italic.
    Emphasis,
    /// Of a fixed width.
    Code,
}

/// A place in a run where the lesson stops.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LessonStop {
    /// Its title.
    pub title: String,
    /// What is said of it under the stage, at most 160 characters.
    pub caption: Vec<TextRun>,
    /// What else there is to say, on the handout and where there is room.
    pub more: Vec<TextBlock>,
    /// What only the presenter sees.
    pub notes: Vec<TextBlock>,
    /// The event that it waits for.
    pub until: String,
    /// The shelf's tab that is opened; as it was when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tab: Option<LessonTab>,
    /// What the stage shows; as it was when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub view: Option<LessonView>,
    /// The layer lens: 1 to 7, 0 for all layers; as it was when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lens: Option<u8>,
    /// A field to be opened and lit, by its name in Wireshark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub field: Option<String>,
    /// A question that is asked here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub question: Option<LessonQuestion>,
}

/// The tabs of the shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LessonTab {
    /// RTSP requests and the player's state.
    Remote,
    /// The picture's packets and the playout buffer.
    Receiver,
    /// The fields of the packet.
    Details,
    /// The list of packets.
    Packets,
    /// None: the shelf rests.
    None,
}

/// What the stage shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LessonView {
    /// Devices and their layers.
    Valley,
    /// The sequence of messages.
    Ladder,
    /// Rates, loss, windows over time.
    Charts,
}

/// A question with its choices. Which one is right, the run says: [`LessonAnswer`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LessonQuestion {
    /// The question.
    pub ask: Vec<TextRun>,
    /// What may be chosen, in this order.
    pub choices: Vec<LessonChoice>,
    /// What is said when the answer is known.
    pub explain: Vec<TextBlock>,
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LessonChoice {
    /// What it says.
    pub text: Vec<TextRun>,
    /// What is said to who chose it.
    pub why: Vec<TextRun>,
}

/// The lesson that a run was made for, with the places that were found in it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LessonRun {
    /// The lesson's [`LessonCard::id`].
    pub lesson: String,
    /// The place of each stop.
    pub stops: Vec<StopPlace>,
    /// For each stop with a question, its answer.
    pub answers: Vec<Option<LessonAnswer>>,
}

/// Where an event of a run is, and what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EventPlace {
    /// The moment.
    pub t: Nanos,
    /// The message that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub message: Option<Id>,
    /// The frame that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub frame: Option<Id>,
    /// The picture, by its number on the tape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub picture: Option<Id>,
    /// The device where it happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub node: Option<u32>,
    /// The cable where it happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub link: Option<u32>,
}

/// Where the cursor stands at a stop, and what is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StopPlace {
    /// Which message, frame and device are looked at, and when.
    #[serde(flatten)]
    pub at: EventPlace,
    /// The layer, 1 to 7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub layer: Option<u8>,
    /// Whether the message goes down through the layers there, or up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub direction: Option<StackDirection>,
}

/// Which way a message goes through a host's layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StackDirection {
    /// To the cable.
    Down,
    /// From the cable.
    Up,
}

/// The answer to a question, as the run gave it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LessonAnswer {
    /// Which of the choices is right, from 0.
    pub right: u32,
    /// The value that the run gave.
    pub value: String,
}

/// An event that was searched for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// What happened: the event's word in a search, such as `drop`.
    pub event: String,
    /// Where.
    #[serde(flatten)]
    pub at: EventPlace,
}
