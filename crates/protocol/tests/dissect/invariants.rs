//! What holds of every dissection, whatever was dissected.

use protocol::dissect::{BitRange, Dissection, Field, Source};

/// Checks every rule; `frame` is what was dissected.
pub fn check(frame: &[u8], dissection: &Dissection) {
    for layer in &dissection.layers {
        let source = dissection.source(frame, layer.source);
        let whole = BitRange::octets(0, source.len());
        assert!(whole.contains(layer.bits), "{} lies in its source: {layer:?}", layer.name);
        assert!(whole.contains(layer.trailer), "{}'s trailer lies in its source", layer.name);
        assert!((2..=7).contains(&layer.osi), "{layer:?}");
        assert!(!layer.title.is_empty());
        let inside = |bits| layer.bits.contains(bits) || layer.trailer.contains(bits);
        siblings(layer.name, &layer.fields, &inside);
    }
    for note in &dissection.notes {
        assert!(note.layer < dissection.layers.len().max(1), "{note:?}");
        assert!(note.text.ends_with(['.', ')']), "a sentence: {}", note.text);
        if let Some(layer) = dissection.layers.get(note.layer) {
            let whole = BitRange::octets(0, dissection.source(frame, layer.source).len());
            assert!(whole.contains(note.bits), "{note:?}");
        }
    }
    tiles(dissection, Source::Frame, frame.len());
    for (index, buffer) in dissection.buffers.iter().enumerate() {
        tiles(dissection, Source::Buffer(index), buffer.len());
    }
}

/// Fields lie inside, in order, and do not overlap.
fn siblings(name: &str, fields: &[Field], inside: &dyn Fn(BitRange) -> bool) {
    let mut end = 0;
    for field in fields {
        assert!(inside(field.bits), "{name}: {} lies inside: {:?}", field.label, field.bits);
        assert!(field.bits.len > 0, "{name}: {} has bits", field.label);
        assert!(field.bits.start >= end, "{name}: {} overlaps what is before it", field.label);
        end = field.bits.end();
        let meaning = field.meaning();
        assert!(meaning.len() > 10 && meaning.ends_with(['.', '?']), "{name}: {}: {meaning:?}", field.label);
        assert!(!field.value.is_empty(), "{name}: {} has a value", field.label);
        siblings(field.label, &field.children, &|bits| field.bits.contains(bits));
    }
}

/// The layers of a source cover it, one after the other.
fn tiles(dissection: &Dissection, source: Source, len: usize) {
    let layers = dissection.layers.iter().filter(|layer| layer.source == source);
    let mut ranges: Vec<_> =
        layers.flat_map(|layer| [layer.bits, layer.trailer]).filter(|bits| bits.len > 0).collect();
    ranges.sort();
    let mut end = 0;
    for bits in ranges {
        assert_eq!(bits.start, end, "layers follow each other in {source:?}: {:#?}", dissection.layers);
        end = bits.end();
    }
    assert_eq!(end, len as u32 * 8, "layers cover {source:?}");
}
