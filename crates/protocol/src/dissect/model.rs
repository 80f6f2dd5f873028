//! What dissection answers: layers, fields, their ranges and their words.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};

use bytes::Bytes;

/// A run of bits inside a [`Source`], counted from its first octet's most significant bit,
/// as the figures of the RFCs count (RFC 791 appendix B).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BitRange {
    /// The first bit.
    pub start: u32,
    /// How many bits; zero for a fact that no bit of its own carries.
    pub len: u32,
}

impl BitRange {
    /// `len` octets from octet `start`. Ranges past 2^29 octets are cut off there.
    pub fn octets(start: usize, len: usize) -> Self {
        /// The octets that 32 bits can count in bits.
        const MOST: usize = (u32::MAX / 8) as usize;
        let start = start.min(MOST);
        BitRange { start: start as u32 * 8, len: len.min(MOST - start) as u32 * 8 }
    }

    /// The first bit after the range.
    pub fn end(self) -> u32 {
        self.start.saturating_add(self.len)
    }

    /// The octets that the range touches.
    pub fn bytes(self) -> Range<usize> {
        let start = (self.start / 8) as usize;
        if self.len == 0 { start..start } else { start..self.end().div_ceil(8) as usize }
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: BitRange) -> bool {
        self.start <= other.start && other.end() <= self.end()
    }
}

/// Where the octets of a layer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// In the frame itself.
    Frame,
    /// In [`Dissection::buffers`] at this index: put together from several frames.
    Buffer(usize),
}

/// Whether a frame's last four octets are its check sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fcs {
    /// The frame ends with its FCS, as on the wire.
    Present,
    /// The FCS was already taken off, as in most captures.
    Absent,
    /// The capture does not tell. Then a frame of at least 64 octets with at least 4 behind its
    /// packet has one, as in Wireshark: no card would fill up a frame of that length.
    Unknown,
}

/// What a field holds before it is made readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Raw {
    /// An unsigned number of up to 64 bits, most significant bit first.
    Number(u64),
    /// The octets of the range as they are: addresses of six octets, text, payloads.
    Octets,
}

/// How Wireshark writes a field's value, where that does not follow from [`Raw`]: numbers in
/// decimal, octets in hexadecimal with colons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// As [`Raw`] says.
    #[default]
    Plain,
    /// A number in hexadecimal with two digits.
    Hex2,
    /// A number in hexadecimal with four digits.
    Hex4,
    /// A number in hexadecimal with six digits.
    Hex6,
    /// A number in hexadecimal with eight digits.
    Hex8,
    /// A number of units of four: in ones.
    Fours,
    /// A number of units of eight: in ones.
    Eights,
    /// A number of 24 bits that may be negative.
    Signed24,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// Octets as text.
    Text,
    /// Octets as text in capital letters.
    Upper,
    /// What stands behind the first colon as text, from the first octet that is no white space.
    AfterColon,
    /// Octets as text of which only ASCII is known.
    Ascii,
    /// The same behind the first two octets, `s=` and its like.
    AfterEquals,
    /// Whether it is not zero: 1 or 0.
    Bool,
    /// An RTP payload type in digits: what RFC 3551 assigns it to.
    PayloadType,
    /// An NTP timestamp as a date.
    Ntp,
    /// Nothing: the field only holds others, or is of a kind that has no value.
    Nothing,
}

/// How a field's sentence is made.
#[derive(Clone, Copy)]
pub enum Say {
    /// A sentence in which every `{}` becomes the field's value.
    Text(&'static str),
    /// A sentence that depends on the value.
    With(fn(&Field) -> String),
}

impl fmt::Debug for Say {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Say::Text(text) => f.debug_tuple("Text").field(text).finish(),
            Say::With(_) => f.write_str("With(..)"),
        }
    }
}

/// What is known of a field before any frame is read: one row of a protocol's table.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Wireshark's display-filter name (`ip.ttl`), where there is one.
    pub name: Option<&'static str>,
    /// The field's name in full ("Time to live").
    pub label: &'static str,
    /// The name on the strip, at most 12 characters ("TTL").
    pub short: &'static str,
    /// The document and section that define it ("RFC 791 3.1").
    pub rfc: &'static str,
    /// How Wireshark writes its value.
    pub show: Show,
    /// How its sentence is made.
    pub say: Say,
}

/// One field of one frame. What does not depend on the frame ([`Spec::name`], [`Spec::label`],
/// [`Spec::short`], [`Spec::rfc`]) is read straight through it: `field.name`.
#[derive(Clone, Debug)]
pub struct Field {
    /// The row of the protocol's table that describes the field.
    pub spec: &'static Spec,
    /// Where it is, in the layer's source.
    pub bits: BitRange,
    /// Its raw value.
    pub raw: Raw,
    /// Its value for people: "63", "UDP (17)", "correct", "65,535".
    pub value: Cow<'static, str>,
    /// The fields it is made of, in order, inside `bits`.
    pub children: Vec<Field>,
}

impl Deref for Field {
    type Target = Spec;
    fn deref(&self) -> &Spec {
        self.spec
    }
}

impl Field {
    /// One plain sentence about what this value means, made now.
    pub fn meaning(&self) -> String {
        match self.spec.say {
            Say::Text(text) => text.replace("{}", &self.value),
            Say::With(say) => say(self),
        }
    }

    /// The raw number; zero for a field of octets.
    pub fn number(&self) -> u64 {
        match self.raw {
            Raw::Number(number) => number,
            Raw::Octets => 0,
        }
    }

    /// The first field called `name` in this one or below.
    pub fn find(&self, name: &str) -> Option<&Field> {
        if self.spec.name == Some(name) {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

/// One protocol's header, message or data.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Wireshark's name of the protocol: `eth`, `vlan`, `arp`, `ip`, `ipv6`, `icmp`,
    /// `icmpv6`, `igmp`, `udp`, `tcp`, `rtsp`, `sdp`, `rtp`, `jpeg`, `image-jfif`, `h264`, `rtcp`,
    /// `sll`, `null`, `data`.
    pub name: &'static str,
    /// What it is and how long: "TCP header: 20 bytes".
    pub title: String,
    /// What it says in a few words: "port 49152 to 8554, SYN".
    pub summary: String,
    /// The OSI layer, 2 to 7.
    pub osi: u8,
    /// Where its octets are.
    pub source: Source,
    /// The octets that are its own: a header without its payload.
    pub bits: BitRange,
    /// What it puts behind its payload; empty for all but `eth` (padding and FCS).
    pub trailer: BitRange,
    /// The document that defines the protocol.
    pub rfc: &'static str,
    /// Its fields, in order, inside `bits` or `trailer`.
    pub fields: Vec<Field>,
    /// What Wireshark names, too, of octets that `fields` of this layer or the next ones show
    /// better: for those who compare, or search by its names. No page shows it.
    pub also: Vec<Field>,
}

impl Layer {
    /// The first field called `name` at any depth.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find_map(|field| field.find(name))
    }
}

/// What sort of remark a [`Note`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoteKind {
    /// The octets break the protocol's format or end too early.
    Malformed,
    /// A checksum or check sequence does not fit what it protects.
    Checksum,
    /// What became of fragments and segments: waiting, put together, repeated.
    Reassembly,
    /// The octets are readable but not as the standard wants them.
    Deviation,
    /// A limit of the dissector was reached, so something is not shown.
    Limit,
}

/// A remark on a dissected frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What sort of remark it is.
    pub kind: NoteKind,
    /// The index of the layer it is about, in [`Dissection::layers`].
    pub layer: usize,
    /// The bits it is about, in that layer's source.
    pub bits: BitRange,
    /// The remark, in one sentence.
    pub text: Cow<'static, str>,
}

/// One frame, dissected.
#[derive(Clone, Debug, Default)]
pub struct Dissection {
    /// The layers from the outermost in. Those whose source is the frame cover it, in order.
    pub layers: Vec<Layer>,
    /// Octets put together from this and earlier frames.
    pub buffers: Vec<Bytes>,
    /// Remarks, in the order in which they were made.
    pub notes: Vec<Note>,
}

impl Dissection {
    /// The octets that `source` stands for; `frame` is what was dissected.
    pub fn source<'a>(&'a self, frame: &'a [u8], source: Source) -> &'a [u8] {
        match source {
            Source::Frame => frame,
            Source::Buffer(index) => self.buffers.get(index).map_or(&[], |buffer| buffer),
        }
    }

    /// The octets that `bits` of `layer` touches.
    pub fn octets<'a>(&'a self, frame: &'a [u8], layer: &Layer, bits: BitRange) -> &'a [u8] {
        self.source(frame, layer.source).get(bits.bytes()).unwrap_or(&[])
    }

    /// The first layer called `name`.
    pub fn layer(&self, name: &str) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.name == name)
    }

    /// The first field called `name`, in any layer.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.layers.iter().find_map(|layer| layer.field(name))
    }
}
