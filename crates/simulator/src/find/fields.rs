//! What a packet's octets say.

use super::Value;
use super::names::Name;
use super::subject::Subject;
use crate::tape::{Opened, Scratch};
use protocol::dissect::{Field, Raw, Show};

impl Subject<'_> {
    /// Takes apart what it is about: a message by itself, or a frame; of one that has crossed a
    /// cable, as it arrived. `None` when there is nothing, or it is no longer kept.
    pub fn open(&self, scratch: &mut Scratch) -> Option<Opened> {
        let (tape, knowledge) = (self.run.tape, self.run.knowledge);
        match self.whole_message() {
            Some(message) => knowledge.open_message(tape, message),
            None => knowledge.open_with(scratch, tape, self.frame_id()?, self.crossed(), false),
        }
    }

    /// The values of a name, whatever says them.
    pub fn values(&self, name: &Name, opened: &Opened) -> Vec<Value> {
        match name {
            Name::Own(own) => self.facts(own),
            Name::Fields(_) | Name::Protocol(_) => values(opened, name),
        }
    }

    /// The hop whose damage can be seen.
    fn crossed(&self) -> Option<&crate::tape::HopRecord> {
        let kind = self.event.kind;
        self.hop().filter(|hop| kind == super::Kind::Arrives && hop.mishap.is_some())
    }

    /// Whether bits of its frame were turned over.
    pub fn is_damaged(&self) -> bool {
        self.crossed().and_then(|hop| hop.mishap.as_ref()).is_some_and(|mishap| !mishap.flipped.is_empty())
    }
}

/// The values of a name in what was taken apart: of a protocol, one for each of its layers.
fn values(opened: &Opened, name: &Name) -> Vec<Value> {
    let mut found = Vec::new();
    for layer in &opened.dissection.layers {
        match name {
            Name::Own(_) => {}
            Name::Protocol(protocol) if layer.name == *protocol => found.push(Value::Number(1.0)),
            Name::Protocol(_) => {}
            Name::Fields(names) => {
                let source = opened.dissection.source(&opened.bytes, layer.source);
                layer
                    .fields
                    .iter()
                    .chain(&layer.also)
                    .for_each(|field| take(field, names, source, &mut found));
            }
        }
    }
    found
}

fn take(field: &Field, names: &[&str], source: &[u8], found: &mut Vec<Value>) {
    if field.name.is_some_and(|name| names.contains(&name)) {
        found.push(value(field, source));
    }
    field.children.iter().for_each(|child| take(child, names, source, found));
}

fn value(field: &Field, source: &[u8]) -> Value {
    match (field.spec.show, field.raw) {
        (Show::Plain | Show::Hex2 | Show::Hex4 | Show::Hex6 | Show::Hex8, Raw::Number(number)) => {
            Value::Number(number as f64)
        }
        (Show::Bool, Raw::Number(number)) => Value::Number(if number == 0 { 0.0 } else { 1.0 }),
        _ => {
            let mut text = String::new();
            field.show(source.get(field.bits.bytes()).unwrap_or(&[]), &mut text);
            match super::token::number(&text) {
                Some(number) if !field.shows_text() => Value::Number(number),
                _ => Value::Text(text),
            }
        }
    }
}
