//! One walk through one frame, from the outside in.

use std::borrow::Cow;

use bytes::Bytes;

use super::build::Place;
use super::conversation::Conversation;
use super::model::{BitRange, Dissection, Field, Layer, Note, NoteKind, Source};
use super::text;
use crate::time::SimTime;

/// How many layers one frame is taken apart into. A hostile peer can pack thousands of empty
/// messages into one segment; what comes behind is learnt from but not shown.
pub const MAX_LAYERS: usize = 1_024;

/// What is being answered, and what is known from before.
pub(super) struct Walk<'a> {
    /// The answer so far.
    pub out: Dissection,
    /// What earlier frames taught.
    pub known: &'a mut Conversation,
    /// When the frame was seen.
    pub at: SimTime,
    /// Whether the capture has only the frame's beginning.
    pub cut: bool,
    /// Whether values are put into words, too.
    pub words: bool,
}

/// The part of a layer that its fields do not say.
pub(super) struct Kind {
    /// Wireshark's name of the protocol.
    pub name: &'static str,
    /// The OSI layer.
    pub osi: u8,
    /// The document.
    pub rfc: &'static str,
}

/// What a layer is called, and what it says.
pub(super) struct Words {
    /// See [`Layer::title`].
    pub title: String,
    /// See [`Layer::summary`].
    pub summary: String,
}

impl Words {
    /// "`what`: `len` bytes", and `summary`.
    pub fn new(what: &str, len: usize, summary: impl Into<String>) -> Self {
        Words { title: format!("{what}: {}", text::bytes(len as u64)), summary: summary.into() }
    }
}

impl Walk<'_> {
    /// Adds a layer that puts nothing behind its payload; answers its index.
    pub fn layer(&mut self, kind: &Kind, own: Place<'_>, words: Words, fields: Vec<Field>) -> usize {
        self.layer_with_trailer(kind, own, own.nothing(), words, fields)
    }

    /// Adds a layer; answers its index.
    pub fn layer_with_trailer(
        &mut self,
        kind: &Kind,
        own: Place<'_>,
        trailer: BitRange,
        words: Words,
        fields: Vec<Field>,
    ) -> usize {
        self.out.layers.push(Layer {
            name: kind.name,
            title: words.title,
            summary: words.summary,
            osi: kind.osi,
            source: own.source,
            bits: own.range(),
            trailer,
            rfc: kind.rfc,
            fields,
            also: Vec::new(),
        });
        self.out.layers.len() - 1
    }

    /// Adds what Wireshark names, too, to the layer with this index; see [`Layer::also`].
    pub fn also(&mut self, layer: usize, fields: Vec<Field>) {
        if let Some(layer) = self.out.layers.get_mut(layer) {
            layer.also = fields;
        }
    }

    /// A layer's title and summary, if they are wanted.
    pub fn say(&self, words: impl FnOnce() -> Words) -> Words {
        if self.words { words() } else { Words { title: String::new(), summary: String::new() } }
    }

    /// The whole of a source.
    pub fn whole<'p>(&self, source: Source, all: &'p [u8]) -> Place<'p> {
        Place::whole(source, all).with_words(self.words)
    }

    /// Whether octets at the end of `place` are missing because the capture cut the frame there.
    pub fn is_cut(&self, place: Place<'_>) -> bool {
        self.cut && place.source == Source::Frame
    }

    /// Adds a remark about `place`, which some layer covers already.
    pub fn note(&mut self, kind: NoteKind, place: Place<'_>, text: impl Into<Cow<'static, str>>) {
        let bits = place.range();
        let has = |layer: &Layer| {
            // Nothing at all stands behind the last octet.
            let inside = |own: BitRange| {
                own.start <= bits.start
                    && (bits.start < own.end() || bits.len == 0 && bits.start == own.end())
            };
            layer.source == place.source && (inside(layer.bits) || inside(layer.trailer))
        };
        let layer = self.out.layers.iter().rposition(has).unwrap_or(0);
        self.out.notes.push(Note { kind, layer, bits, text: text.into() });
    }

    /// Keeps octets put together from several frames; answers their index.
    pub fn buffer(&mut self, octets: Bytes) -> usize {
        self.out.buffers.push(octets);
        self.out.buffers.len() - 1
    }
}
