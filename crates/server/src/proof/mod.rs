//! The proof of one frame: an installed tshark reads it too, and both readings are compared.
//!
//! It is given what an analyser on the frame's cable would have seen and what the frame needs to
//! be read ([`excerpt`]), and no more. How the readings are compared, `protocol::dissect::proof`
//! says, as in the tests.

pub mod excerpt;
mod tshark;

pub use tshark::{AskError, MAX_ANSWER, PATIENCE, TSHARK};

use crate::wire::{CheckAnswer, FieldDifference, FrameCheck, Id, LayerCheck, OnCable, Unlike};
use protocol::dissect::proof::{self, Difference, Named};
use simulator::capture::{self, Passed};
use simulator::tape::Opened;
use simulator::{FrameId, Tape};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// How many differences of a layer are told, and names that only we have.
const MAX_TOLD: usize = 20;

/// How much of a value is told, in characters.
const MAX_VALUE: usize = 160;

/// What we say of a frame, to be proved.
#[derive(Debug)]
pub struct Claim {
    tape: Tape,
    frame: FrameId,
    on: Option<OnCable>,
    opened: Opened,
    rtsp_ports: Vec<u16>,
}

impl Claim {
    /// What `opened` says of a frame of this tape; RTSP is on these TCP ports.
    pub fn new(
        tape: Tape,
        frame: FrameId,
        on: Option<OnCable>,
        opened: Opened,
        rtsp_ports: Vec<u16>,
    ) -> Self {
        Claim { tape, frame, on, opened, rtsp_ports }
    }

    /// Lets `program` read the frame, for at most `patience`, and compares.
    ///
    /// # Errors
    /// When it cannot be started, does not end in time, or says nothing that can be compared.
    pub fn prove(&self, program: &Path, patience: Duration) -> Result<FrameCheck, AskError> {
        let frames = excerpt::excerpt(&self.tape, self.frame, self.on, &self.opened);
        let answer = match self.compared(program, patience, &frames) {
            Ok(answer) => answer,
            Err(AskError::Missing) => CheckAnswer::Missing { program: program.display().to_string() },
            Err(error) => return Err(error),
        };
        Ok(FrameCheck { frame: Id(self.frame.0), on: self.on, answer })
    }

    fn compared(
        &self,
        program: &Path,
        patience: Duration,
        frames: &[Passed],
    ) -> Result<CheckAnswer, AskError> {
        let file = capture::file(frames);
        let theirs = tshark::ask(program, file, frames.len(), &self.rtsp_ports, patience)?;
        let dissection = &self.opened.dissection;
        let ours = proof::named(&self.opened.bytes, dissection);
        let mut layers: Vec<_> = dissection.layers.iter().map(|layer| nothing_yet(layer.name)).collect();
        for one in proof::compare(&ours, &theirs.packet) {
            let layer = &mut layers[one.layer];
            layer.compared += 1;
            if let Some(difference) = one.difference
                && layer.differences.len() < MAX_TOLD
            {
                layer.differences.push(told(one.name, difference));
            }
        }
        for (number, layer) in layers.iter_mut().enumerate() {
            let only = |field: &&Named<'_>| field.layer == number && !theirs.packet.contains_key(field.name);
            let names: BTreeSet<_> = ours.iter().filter(only).map(|field| field.name).collect();
            layer.unread = names.into_iter().take(MAX_TOLD).map(str::to_owned).collect();
        }
        let given = frames.len().saturating_sub(1) as u32;
        Ok(CheckAnswer::Compared { checker: theirs.checker, given, layers })
    }
}

fn nothing_yet(name: &str) -> LayerCheck {
    LayerCheck { name: name.to_owned(), compared: 0, unread: Vec::new(), differences: Vec::new() }
}

fn told(name: &str, difference: Difference) -> FieldDifference {
    let place = |(at, len): (usize, usize)| format!("byte {at}, {len} long");
    let (what, ours, theirs) = match difference {
        Difference::Count { ours, theirs } => (Unlike::Count, ours.to_string(), theirs.to_string()),
        Difference::Place { ours, theirs } => (Unlike::Place, place(ours), place(theirs)),
        Difference::Value { ours, theirs } => (Unlike::Value, cut(ours), cut(theirs)),
    };
    FieldDifference { name: name.to_owned(), what, ours, theirs }
}

fn cut(value: String) -> String {
    match value.char_indices().nth(MAX_VALUE) {
        Some((end, _)) => format!("{}{}", &value[..end], proof::CUT),
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_between_characters() {
        let long = "\u{fc}".repeat(MAX_VALUE + 1);
        let cut = cut(long);
        assert_eq!(cut.chars().count(), MAX_VALUE + 1);
        assert!(cut.ends_with(proof::CUT));
    }
}
