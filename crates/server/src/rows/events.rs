//! Events that were found, for the page.

use super::nanos;
use crate::wire::{EventPlace, Id};
use simulator::find::{Context, Event, Finder};

/// Where an event is and what it is about, when it was found in this context.
pub fn event_place(finder: &Finder<'_>, event: Event, context: &Context) -> EventPlace {
    EventPlace {
        t: nanos(event.at),
        message: context.message.map(|message| Id(message.0)),
        frame: finder.frame_of(event).map(|frame| Id(frame.0)),
        picture: finder.picture_of(event).map(|picture| Id(picture.0)),
        node: finder.node_of(event).map(|node| node.0),
        link: finder.link_of(event).map(|link| link.0),
    }
}
