//! The proof of a dissection: tshark's word on the same packet, and where the two differ.
//!
//! Only what both name is compared. The rules stand here once: the tests of every crate that has
//! frames use them, and the server when somebody asks for the proof of one frame.

pub mod pdml;

use super::{BitRange, Dissection, Field, Layer};
use pdml::{Packet, PdmlField};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// What tshark must be told, so that it does what a dissector here does: put segments together
/// that come out of order.
pub const PREFERENCES: [&str; 1] = ["tcp.reassemble_out_of_order:TRUE"];

/// Stands at the end of a value that was cut.
pub const CUT: char = '\u{2026}';

/// One of our fields that Wireshark has a name for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<'a> {
    /// The index of its layer.
    pub layer: usize,
    /// Wireshark's name.
    pub name: &'a str,
    /// Where it is, in its layer's source.
    pub bits: BitRange,
    /// Its value, as Wireshark writes it; it may be [`CUT`].
    pub value: Cow<'a, str>,
}

/// All fields with names of a dissected packet.
pub fn named(packet: &[u8], dissection: &Dissection) -> Vec<Named<'static>> {
    fn add(
        found: &mut Vec<Named<'static>>,
        (packet, dissection): (&[u8], &Dissection),
        (number, layer): (usize, &Layer),
        fields: &[Field],
    ) {
        for field in fields {
            if let Some(name) = field.name {
                let mut value = String::new();
                field.show(dissection.octets(packet, layer, field.bits), &mut value);
                found.push(Named { layer: number, name, bits: field.bits, value: value.into() });
            }
            add(found, (packet, dissection), (number, layer), &field.children);
        }
    }
    let mut found = Vec::new();
    for (number, layer) in dissection.layers.iter().enumerate() {
        add(&mut found, (packet, dissection), (number, layer), &layer.fields);
        add(&mut found, (packet, dissection), (number, layer), &layer.also);
    }
    found
}

/// A field that both name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared<'a> {
    /// The index of its layer in ours.
    pub layer: usize,
    /// Its name.
    pub name: &'a str,
    /// Where the two differ, if they do.
    pub difference: Option<Difference>,
}

/// How two dissections of one field differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It is there more often in the one than in the other.
    Count {
        /// How often we have it.
        ours: usize,
        /// How often they have it.
        theirs: usize,
    },
    /// It lies elsewhere, or is longer.
    Place {
        /// Our first octet, and how many octets we count.
        ours: (usize, usize),
        /// Theirs.
        theirs: (usize, usize),
    },
    /// It has another value.
    Value {
        /// Ours.
        ours: String,
        /// Theirs.
        theirs: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Count { ours, theirs } => write!(f, "we have {ours}, they {theirs}"),
            Difference::Place { ours: (at, len), theirs: (there, theirs) } => {
                write!(f, "we have {at}+{len}, they {there}+{theirs}")
            }
            Difference::Value { ours, theirs } => write!(f, "we show {ours:?}, they {theirs:?}"),
        }
    }
}

/// Compares every field that both name: how often, where, how long, and with which value.
pub fn compare<'a>(ours: &[Named<'a>], theirs: &Packet) -> Vec<Compared<'a>> {
    let mut by_name: BTreeMap<&str, Vec<&Named<'a>>> = BTreeMap::new();
    for field in ours {
        by_name.entry(field.name).or_default().push(field);
    }
    let mut compared = Vec::new();
    for (name, ours) in by_name {
        let Some(theirs) = theirs_of(name, theirs) else { continue };
        if ours.len() != theirs.len() {
            let difference = Difference::Count { ours: ours.len(), theirs: theirs.len() };
            let Named { layer, name, .. } = *ours[0];
            compared.push(Compared { layer, name, difference: Some(difference) });
            continue;
        }
        for (ours, theirs) in ours.into_iter().zip(theirs) {
            let difference = one(ours, theirs).err();
            compared.push(Compared { layer: ours.layer, name: ours.name, difference });
        }
    }
    compared
}

/// What they have under this name; `None` where that cannot be compared.
fn theirs_of<'t>(name: &str, theirs: &'t Packet) -> Option<Vec<&'t PdmlField>> {
    // Where a segment fills a gap, theirs counts the whole of it as a part of the message, and has
    // one buffer for all messages that are whole now.
    if name == "tcp.segment_data" && theirs.contains_key("tcp.segments") {
        return None;
    }
    // What stands behind a last separator has no octets: to us it is nothing.
    Some(theirs.get(name)?.iter().filter(|theirs| theirs.size > 0 || !theirs.show.is_empty()).collect())
}

/// Compares one field.
fn one(ours: &Named<'_>, theirs: &PdmlField) -> Result<(), Difference> {
    let octets = ours.bits.bytes();
    let whole = ours.bits.start.is_multiple_of(8) && ours.bits.len.is_multiple_of(8);
    let same = (octets.start, octets.len()) == (theirs.pos, theirs.size);
    // Of bits within octets theirs may count the whole word.
    let around = !whole && theirs.pos <= octets.start && octets.end <= theirs.pos + theirs.size;
    if !same && !around {
        return Err(Difference::Place {
            ours: (octets.start, octets.len()),
            theirs: (theirs.pos, theirs.size),
        });
    }
    let agrees = match ours.value.strip_suffix(CUT) {
        Some(cut) => theirs.show.starts_with(cut),
        None => theirs.show == ours.value,
    };
    if agrees {
        return Ok(());
    }
    Err(Difference::Value { ours: ours.value.to_string(), theirs: theirs.show.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(name: &'static str, bits: BitRange, value: &'static str) -> Named<'static> {
        Named { layer: 1, name, bits, value: value.into() }
    }

    fn theirs(name: &str, pos: usize, size: usize, show: &str) -> Packet {
        let field = PdmlField { name: name.into(), pos, size, show: show.into() };
        Packet::from([(name.to_owned(), vec![field])])
    }

    fn difference(ours: Named<'static>, theirs: &Packet) -> Option<Difference> {
        let compared = compare(&[ours], theirs);
        assert_eq!(compared.len(), 1);
        compared.into_iter().next().and_then(|one| one.difference)
    }

    #[test]
    fn value_place_and_number_must_agree() {
        let ttl = || ours("ip.ttl", BitRange::octets(22, 1), "64");
        assert_eq!(difference(ttl(), &theirs("ip.ttl", 22, 1, "64")), None);
        let value = difference(ttl(), &theirs("ip.ttl", 22, 1, "63")).map(|one| one.to_string());
        assert_eq!(value.as_deref(), Some("we show \"64\", they \"63\""));
        let place = difference(ttl(), &theirs("ip.ttl", 23, 1, "64")).map(|one| one.to_string());
        assert_eq!(place.as_deref(), Some("we have 22+1, they 23+1"));
        let twice = compare(&[ttl(), ttl()], &theirs("ip.ttl", 22, 1, "64"));
        assert_eq!(twice[0].difference, Some(Difference::Count { ours: 2, theirs: 1 }));
        assert!(compare(&[ttl()], &theirs("ip.id", 18, 2, "0x0001")).is_empty());
    }

    #[test]
    fn bits_may_be_counted_with_their_word_and_cut_values_agree_as_far_as_they_go() {
        let flag = ours("ip.flags.df", BitRange { start: 161, len: 1 }, "1");
        assert_eq!(difference(flag, &theirs("ip.flags.df", 20, 2, "1")), None);
        let cut = || ours("rtp.payload", BitRange::octets(54, 40), "01:02\u{2026}");
        assert_eq!(difference(cut(), &theirs("rtp.payload", 54, 40, "01:02:03")), None);
        assert!(difference(cut(), &theirs("rtp.payload", 54, 40, "01:03:03")).is_some());
    }
}
