//! What pages ask of the tape.

use super::ViewerId;
use super::finding::Wanted;
use super::keeper::Keeper;
use super::lessons::Asked;
use super::pictures;
use crate::detail::{detail, open};
use crate::proof::Claim;
use crate::rows;
use crate::series;
use crate::wire::{Get, Outcome, ServerMessage};
use protocol::time::SimTime;
use simulator::{FrameId, PictureId};
use std::time::Duration;

/// Said of what the tape has let go.
const NOT_KEPT: &str = "This frame is no longer kept.";

/// The longest segment that can be asked for.
pub const MAX_SEGMENT: Duration = Duration::from_secs(10);

impl Keeper {
    /// Answers a question.
    pub(super) fn question(&mut self, viewer: ViewerId, id: u32, run: u32, get: Get) {
        // Rows that no batch has told yet may be asked for, so the indices must know them.
        self.flush();
        let Some((shown, told)) = self.run_of(run) else {
            let reason = match self.forks.has(run) {
                true => "This fork is still being simulated.".to_owned(),
                false => format!("There is no run {run}."),
            };
            return self
                .viewers
                .say(viewer, &ServerMessage::Answer { id, outcome: Outcome::Refused { reason } });
        };
        let tape = shown.tape();
        let answer = match get {
            Get::Segment { from, to } => {
                let (from, to) = (SimTime::from_nanos(from.0), SimTime::from_nanos(to.0));
                if to.since(from) > MAX_SEGMENT {
                    Err(format!("At most {} s can be asked for at once.", MAX_SEGMENT.as_secs()))
                } else {
                    Ok(ServerMessage::Segment { id, rows: rows::segment(tape, &told.streams, from, to) })
                }
            }
            Get::Detail { frame, on } => detail(&told.knowledge, tape, FrameId(frame.0), on)
                .map(|detail| ServerMessage::Detail { id, detail: Box::new(detail) })
                .ok_or_else(|| NOT_KEPT.to_owned()),
            Get::Check { frame, on } => match open(&told.knowledge, tape, FrameId(frame.0), on) {
                None => Err(NOT_KEPT.to_owned()),
                Some(opened) => {
                    let ports = told.knowledge.rtsp_ports().collect();
                    // The tape's logs are shared: a copy of it costs next to nothing.
                    let claim = Claim::new(tape.clone(), FrameId(frame.0), on, opened, ports);
                    // The answer comes when it is known.
                    match self.proofs.ask((viewer, id), claim) {
                        Ok(()) => return,
                        Err(reason) => Err(reason),
                    }
                }
            },
            Get::Series { client, from, cell, cells } => series::wanted(client, from, cell, cells)
                .and_then(|wanted| series::series(tape, &told.streams, &wanted))
                .map(|series| ServerMessage::Series { id, series: Box::new(series) })
                .map_err(|refused| refused.to_string()),
            Get::Picture { picture } => match pictures::message(run, tape, PictureId(picture.0)) {
                Ok(bytes) => return self.viewers.picture(viewer, bytes),
                Err(reason) => Err(reason),
            },
            Get::Find { until, from, backwards } => {
                match self.search(viewer, id, run, &Wanted { until, from, backwards }) {
                    Ok(()) => return,
                    Err(reason) => Err(reason),
                }
            }
            Get::Lessons => return self.tell_lessons(viewer, id, Asked::All),
            Get::Lesson { lesson, language } => {
                return self.tell_lessons(viewer, id, Asked::One { lesson, language });
            }
        };
        let answer = answer
            .unwrap_or_else(|reason| ServerMessage::Answer { id, outcome: Outcome::Refused { reason } });
        self.viewers.say(viewer, &answer);
    }
}
