//! Where a message is at a layer of a device, in a run: the moment, and the frame.
//!
//! The moments are those of the page's steps (`web/src/trace/journey.ts`): a host's frame is a
//! segment when its transport makes it, a packet and a frame one layer's time later each, and bits
//! when the first of them enters the cable; what comes up is at a layer when that has done with it.

use super::Show;
use crate::wire::StackDirection;
use protocol::time::SimTime;
use simulator::find::{Context, Event, Finder, From, Places, Query};
use simulator::tape::{Outcome, ReceiptRecord};
use simulator::{FrameId, MessageId};
use std::time::Duration;

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    /// When it is there.
    pub at: SimTime,
    /// The frame; none when it is a message in the application.
    pub frame: Option<FrameId>,
    /// The event that stands for it.
    pub event: Event,
}

/// Finds where `show` looks, for what `context` is about. `layer_delay` is how long one layer
/// takes.
///
/// # Errors
/// What is not there, in a sentence without a full stop.
pub fn looked(
    finder: &Finder<'_>,
    show: &Show,
    context: &Context,
    layer_delay: Duration,
) -> Result<Looked, String> {
    let down = show.direction == StackDirection::Down;
    let frame = context.has_frame();
    let whose = if frame { "frame" } else { "message" };
    let first = |kind: &str, whose: &str| {
        let text = format!("{kind} \"{}\" of the same {whose}", show.name);
        let query = Query::parse(&text, finder.run().places).ok()?;
        finder.first(&query, From::Start, context)
    };
    if show.layer > 4
        && let Some(message) = context.message
        && let Some(event) = first(if down { "message" } else { "delivered" }, "message")
    {
        return Ok(Looked { at: event.at, frame: carrier(finder, message), event });
    }
    let nowhere = |what: &str| Err(format!("show: {what} {} does not happen in this run", show.name));
    let tape = finder.run().tape;
    if down {
        let Some(event) = first("leaves", whose) else { return nowhere("that it leaves") };
        let Some(hop) = finder.hop_of(event) else { return nowhere("that it leaves") };
        let Some(record) = tape.frames().get(hop.frame.0) else { return nowhere("that it leaves") };
        let made_here = record.node == hop.from;
        let routed = record.parent.is_some();
        let at = match show.layer {
            1 => hop.start,
            2 if made_here => hop.queued.min(record.at + layer_delay * if routed { 1 } else { 2 }),
            2 => hop.queued,
            3 if routed => record.at,
            3 => hop.queued.min(record.at + layer_delay),
            _ => record.at,
        };
        return Ok(Looked { at, frame: Some(hop.frame), event });
    }
    let Some(event) = first("arrives", whose) else { return nowhere("that it arrives at") };
    let Some(hop) = finder.hop_of(event) else { return nowhere("that it arrives at") };
    let at = match first("receipt", whose).and_then(|event| finder.receipt_of(event)) {
        Some(receipt) if show.layer > 1 && receipt.frame == hop.frame => up(receipt, show.layer, layer_delay),
        _ => hop.arrive,
    };
    Ok(Looked { at, frame: Some(hop.frame), event })
}

/// When a device had a frame at a layer: it had done with it at the highest one.
fn up(receipt: &ReceiptRecord, layer: u8, layer_delay: Duration) -> SimTime {
    let top = match receipt.outcome {
        Outcome::Accepted { layer } => layer.min(4),
        Outcome::Routed { .. } | Outcome::AwaitingArp => 3,
        _ => 2,
    };
    let below = u32::from(top.saturating_sub(layer));
    receipt.arrive.max(receipt.at - layer_delay * below)
}

/// The frame that a message's host made first for it.
fn carrier(finder: &Finder<'_>, message: MessageId) -> Option<FrameId> {
    let query = Query::parse("frame of the same message", &Places::default()).ok()?;
    let event = finder.first(&query, From::Start, &Context::of_message(message))?;
    finder.frame_of(event)
}
