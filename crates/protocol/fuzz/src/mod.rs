//! What is fuzzed, as functions of any octets. A target panics when something that must hold
//! does not; it must never hang, and what it keeps is bounded.
//!
//! They are called by `tests/fuzz` on stable, with mutations of the kept corpus, and by
//! `cargo fuzz` on nightly, which looks for new paths (see `docs/fuzzing.md`).
//!
//! | file | what it does |
//! |---|---|
//! | `messages` | RTSP messages, headers, session descriptions |
//! | `media` | RTP, RTCP, pictures, the receiver |
//! | `frames` | the dissector |
//! | `capture` | the reader of capture files |
//! | `engines` | server and client engine, driven by any peer |
//! | `records` | octets as a row of steps |

pub mod capture;
pub mod engines;
pub mod frames;
pub mod media;
pub mod messages;
pub mod records;

/// A target, which panics on a finding.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also that of its corpus' folder.
pub const TARGETS: [(&str, Target); 13] = [
    ("rtsp_reader", messages::rtsp_reader),
    ("lab_reader", messages::lab_reader),
    ("headers", messages::headers),
    ("sdp", messages::sdp),
    ("rtp", media::rtp),
    ("jpeg", media::jpeg),
    ("rtcp", media::rtcp),
    ("receiver", media::receiver),
    ("frames", frames::raw),
    ("conversation", frames::conversation),
    ("capture", capture::file),
    ("server", engines::server),
    ("client", engines::client),
];

/// Runs the target of this name.
///
/// # Panics
/// On a finding, and when there is no such target.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name).expect("a target of this name");
    (target.1)(input);
}
