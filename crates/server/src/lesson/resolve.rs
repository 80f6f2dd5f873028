//! A lesson's stops and answers in a run.

use super::looked::{Looked, looked};
use super::{Lesson, Problem, Question, Stop};
use crate::rows::{event_place, nanos};
use crate::wire::{Id, LessonAnswer, LessonRun, StackDirection, StopPlace};
use protocol::time::SimTime;
use simulator::World;
use simulator::find::{Context, Event, Finder, From, Here, Kind, Places, Run, Value};
use simulator::tape::{Carried, FrameRecord, Knowledge, Outcome, Streams};

/// Finds a lesson's stops and answers in the run that was made for it, as far as that has come.
///
/// # Errors
/// All that is not there, and questions without exactly one right choice, each with its line.
pub fn resolve(lesson: &Lesson, world: &World) -> Result<LessonRun, Vec<Problem>> {
    let tape = world.tape();
    let places = Places::of(world.nodes(), world.links());
    let (mut streams, mut knowledge) = (Streams::default(), Knowledge::default());
    streams.follow(tape);
    knowledge.follow(tape, tape.frames().start()..tape.frames().end());
    let run = Run { tape, places: &places, streams: &streams, knowledge: &knowledge, now: world.now() };
    let resolver = Resolver { lesson, world, finder: Finder::new(run) };
    resolver.all()
}

struct Resolver<'a> {
    lesson: &'a Lesson,
    world: &'a World,
    finder: Finder<'a>,
}

impl Resolver<'_> {
    fn all(&self) -> Result<LessonRun, Vec<Problem>> {
        let mut problems = Vec::new();
        let (mut stops, mut answers) = (Vec::new(), Vec::new());
        let (mut from, mut context) = (From::Start, Context::default());
        let mut last = SimTime::ZERO;
        for (number, stop) in (1..).zip(&self.lesson.stops) {
            let begin = if stop.from_start { From::Start } else { from };
            let Some(event) = self.finder.first(&stop.query, begin, &context) else {
                let reason = match begin {
                    From::Start => "until: this does not happen in the run".to_owned(),
                    _ => format!("until: this does not happen in the run behind stop {}", number - 1),
                };
                problems.push(self.problem(stop.line, reason));
                continue;
            };
            context = self.finder.context(event, &context);
            from = From::Behind(event);
            let look = match self.look(stop, &context) {
                Ok(look) => look,
                Err(reason) => {
                    let line = stop.show.as_ref().map_or(stop.line, |show| show.line);
                    problems.push(self.problem(line, reason));
                    continue;
                }
            };
            let place = self.place(stop, event, &context, look);
            let at = SimTime::from_nanos(place.at.t.0);
            if at < last {
                let (at, last) = (at.as_secs_f64(), last.as_secs_f64());
                let reason = format!("this stop lies at {at:.6} s, before the one before it at {last:.6} s");
                problems.push(self.problem(stop.line, reason));
            }
            last = at;
            let here = Here { event, context, look: look.map(|look| look.event) };
            let answer = stop.question.as_ref().map(|question| self.answer(question, &here)).transpose();
            answers.push(answer.unwrap_or_else(|problem| {
                problems.push(problem);
                None
            }));
            stops.push(place);
        }
        if problems.is_empty() {
            Ok(LessonRun { lesson: self.lesson.id.clone(), stops, answers })
        } else {
            Err(problems)
        }
    }

    fn problem(&self, line: usize, reason: String) -> Problem {
        Problem { file: self.lesson.file.clone(), line: Some(line), reason }
    }

    fn look(&self, stop: &Stop, context: &Context) -> Result<Option<Looked>, String> {
        let show = stop.show.as_ref();
        show.map(|show| looked(&self.finder, show, context, self.world.layer_delay())).transpose()
    }

    fn place(&self, stop: &Stop, event: Event, context: &Context, look: Option<Looked>) -> StopPlace {
        let (layer, direction) = match &stop.show {
            Some(show) => (Some(show.layer), Some(show.direction)),
            None => self.layer(event),
        };
        let own = look.map_or(event, |look| look.event);
        let mut at = event_place(&self.finder, event, context);
        at.link = self.finder.link_of(own).map(|link| link.0);
        at.node = stop.show.as_ref().map(|show| show.node.0).or(at.node);
        if let Some(look) = look {
            at.t = nanos(look.at);
            at.frame = look.frame.map(|frame| Id(frame.0)).or(at.frame);
        }
        StopPlace { at, layer, direction }
    }

    /// The layer where an event happens, and which way the message goes.
    fn layer(&self, event: Event) -> (Option<u8>, Option<StackDirection>) {
        let frame = self.finder.frame_of(event).and_then(|frame| self.world.tape().frames().get(frame.0));
        match event.kind {
            Kind::Message => (Some(7), Some(StackDirection::Down)),
            Kind::Delivered => (Some(7), Some(StackDirection::Up)),
            Kind::Frame => (frame.map(made_at), Some(StackDirection::Down)),
            Kind::Leaves => (Some(1), Some(StackDirection::Down)),
            Kind::Arrives => (Some(1), Some(StackDirection::Up)),
            Kind::Drop if self.finder.hop_of(event).is_some() => (Some(1), Some(StackDirection::Down)),
            Kind::Receipt | Kind::Drop => {
                let outcome = self.finder.receipt_of(event).map(|receipt| &receipt.outcome);
                let layer = match outcome {
                    Some(Outcome::Accepted { layer }) => *layer,
                    Some(Outcome::Routed { .. } | Outcome::AwaitingArp) => 3,
                    _ => 2,
                };
                (Some(layer), Some(StackDirection::Up))
            }
            Kind::Picture | Kind::State | Kind::Variables => (None, None),
        }
    }

    fn answer(&self, question: &Question, here: &Here) -> Result<LessonAnswer, Problem> {
        let problem = |reason: String| self.problem(question.line, reason);
        let value =
            self.finder.ask(&question.expression, here).map_err(|why| problem(format!("answer: {why}")))?;
        let right: Vec<_> = (0u32..)
            .zip(&question.choices)
            .filter(|(_, choice)| value.is(&choice.value))
            .map(|(place, _)| place)
            .collect();
        match right[..] {
            [right] => Ok(LessonAnswer { right, value: value.to_string() }),
            [] => {
                Err(problem(format!("answer: the run says {}, and no choice has this value", shown(&value))))
            }
            _ => Err(problem(format!(
                "answer: the run says {}, and more than one choice has this value",
                shown(&value)
            ))),
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Number(_) => value.to_string(),
        Value::Text(text) => format!("\"{text}\""),
    }
}

/// The layer at which a frame's making begins.
fn made_at(frame: &FrameRecord) -> u8 {
    match frame.carried {
        Carried::Arp { .. } => 2,
        Carried::Discovery { .. } | Carried::Icmp { .. } | Carried::Igmp { .. } => 3,
        _ if frame.parent.is_some() => 3,
        _ => 4,
    }
}
