//! How a protocol's file reads its octets and makes its fields.

use std::borrow::Cow;

use super::model::{BitRange, Field, Raw, Source, Spec};
use super::text;

/// Some octets of a source, and where they are in it.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    /// The source.
    pub source: Source,
    /// The whole source.
    all: &'p [u8],
    /// The first octet of this place.
    start: usize,
    /// The first octet after it; never past the source.
    end: usize,
    /// Whether values are put into words, too.
    words: bool,
}

impl<'p> Place<'p> {
    /// The whole of a source.
    pub fn whole(source: Source, all: &'p [u8]) -> Self {
        Place { source, all, start: 0, end: all.len(), words: true }
    }

    /// The same, with values in words or without: making words takes longer than reading.
    pub fn with_words(self, words: bool) -> Self {
        Place { words, ..self }
    }

    /// Its octets.
    pub fn octets(self) -> &'p [u8] {
        &self.all[self.start..self.end]
    }

    /// How many octets it has.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The octets from `from` up to `to`, counted in this place and cut off at its end.
    pub fn part(self, from: usize, to: usize) -> Self {
        let start = (self.start + from).min(self.end);
        let end = (self.start.saturating_add(to)).min(self.end).max(start);
        Place { start, end, ..self }
    }

    /// The octets from `from` on.
    pub fn rest(self, from: usize) -> Self {
        self.part(from, usize::MAX)
    }

    /// Its range in the source.
    pub fn range(self) -> BitRange {
        BitRange::octets(self.start, self.end - self.start)
    }

    /// The empty range at its end.
    pub fn nothing(self) -> BitRange {
        BitRange::octets(self.end, 0)
    }

    /// The range of `len` octets at `from`, counted in this place.
    pub fn span(self, from: usize, len: usize) -> BitRange {
        self.part(from, from.saturating_add(len)).range()
    }

    /// The number in `len` bits from bit `from`, most significant first; bits past the end are zero.
    pub fn bits(self, from: usize, len: usize) -> u64 {
        let octets = self.octets();
        if from.is_multiple_of(8) && len.is_multiple_of(8) {
            let octet = |index: usize| u64::from(octets.get(index).copied().unwrap_or(0));
            return (from / 8..(from + len) / 8).fold(0, |number, index| number << 8 | octet(index));
        }
        (from..from + len).fold(0, |number, bit| {
            let octet = octets.get(bit / 8).copied().unwrap_or(0);
            number << 1 | u64::from(octet >> (7 - bit % 8) & 1)
        })
    }

    /// The IPv6 address at octet `from`; octets past the end are zero.
    pub fn ipv6(self, from: usize) -> std::net::Ipv6Addr {
        let half = |at| u128::from(self.number(at, 8));
        (half(from) << 64 | half(from + 8)).into()
    }

    /// The number in `len` octets from octet `from`.
    pub fn number(self, from: usize, len: usize) -> u64 {
        self.bits(from * 8, len * 8)
    }
}

/// The value where none is put into words.
const UNSAID: Cow<'static, str> = Cow::Borrowed("-");

/// The fields of a layer, or the children of a field, as they are made. All offsets count from
/// the start of the place, in octets if not said otherwise.
pub(super) struct Fields<'p> {
    place: Place<'p>,
    list: Vec<Field>,
}

impl<'p> Fields<'p> {
    /// No fields yet, of this place; `room` is how many will come.
    pub fn new(place: Place<'p>, room: usize) -> Self {
        Fields { place, list: Vec::with_capacity(room) }
    }

    /// The fields made.
    pub fn done(self) -> Vec<Field> {
        self.list
    }

    /// The place that the offsets count in.
    pub fn place(&self) -> Place<'p> {
        self.place
    }

    /// A number of whole octets with the value that `show` gives it.
    pub fn with<V: Into<Cow<'static, str>>>(
        &mut self,
        spec: &'static Spec,
        from: usize,
        len: usize,
        show: impl FnOnce(u64) -> V,
    ) -> u64 {
        let number = self.place.number(from, len);
        let value = if self.place.words { show(number).into() } else { UNSAID };
        self.push(spec, self.place.span(from, len), Raw::Number(number), value, Vec::new());
        number
    }

    /// A number with its thousands set apart.
    pub fn count(&mut self, spec: &'static Spec, from: usize, len: usize) -> u64 {
        self.with(spec, from, len, text::thousands)
    }

    /// A number as it is: ports.
    pub fn plain(&mut self, spec: &'static Spec, from: usize, len: usize) -> u64 {
        self.with(spec, from, len, |number| number.to_string())
    }

    /// A number in hexadecimal, with all its digits.
    pub fn hex(&mut self, spec: &'static Spec, from: usize, len: usize) -> u64 {
        self.with(spec, from, len, |number| format!("{number:#0width$x}", width = 2 + len * 2))
    }

    /// A run of `len` bits from bit `from`, with the value that `show` gives it.
    pub fn bits<V: Into<Cow<'static, str>>>(
        &mut self,
        spec: &'static Spec,
        from: usize,
        len: usize,
        show: impl FnOnce(u64) -> V,
    ) -> u64 {
        let number = self.place.bits(from, len);
        let start = self.place.range().start + from as u32;
        let bits = BitRange { start, len: len as u32 };
        let value = if self.place.words { show(number).into() } else { UNSAID };
        self.push(spec, bits, Raw::Number(number), value, Vec::new());
        number
    }

    /// One bit: "set" or "not set".
    pub fn flag(&mut self, spec: &'static Spec, bit: usize) -> bool {
        self.bits(spec, bit, 1, |number| if number == 1 { "set" } else { "not set" }) == 1
    }

    /// Octets with a value of their own.
    pub fn octets(
        &mut self,
        spec: &'static Spec,
        from: usize,
        len: usize,
        value: impl Into<Cow<'static, str>>,
    ) {
        self.push(spec, self.place.span(from, len), Raw::Octets, value, Vec::new());
    }

    /// Octets of which only the count is shown.
    pub fn blob(&mut self, spec: &'static Spec, from: usize, len: usize) {
        let value = if self.place.words { text::bytes(len as u64).into() } else { UNSAID };
        self.octets(spec, from, len, value);
    }

    /// Octets that are text.
    pub fn text(&mut self, spec: &'static Spec, from: usize, len: usize) {
        let value = text::readable(self.place.part(from, from.saturating_add(len)).octets());
        self.octets(spec, from, len, value);
    }

    /// A hardware address of six octets.
    pub fn mac(&mut self, spec: &'static Spec, from: usize) {
        let octets = self.place.part(from, from + 6).octets();
        let value = if self.place.words { text::colons(octets).into() } else { UNSAID };
        self.octets(spec, from, 6, value);
    }

    /// An IPv4 address.
    pub fn ipv4(&mut self, spec: &'static Spec, from: usize) {
        self.with(spec, from, 4, |number| std::net::Ipv4Addr::from(number as u32).to_string());
    }

    /// An IPv6 address.
    pub fn ipv6(&mut self, spec: &'static Spec, from: usize) {
        let value = if self.place.words { self.place.ipv6(from).to_string().into() } else { UNSAID };
        self.octets(spec, from, 16, value);
    }

    /// A number of up to eight octets made of the fields that `inner` makes.
    pub fn group(
        &mut self,
        spec: &'static Spec,
        from: usize,
        len: usize,
        value: impl Into<Cow<'static, str>>,
        inner: impl FnOnce(&mut Fields<'p>),
    ) {
        let mut children = Fields::new(self.place, 4);
        inner(&mut children);
        let raw = Raw::Number(self.place.number(from, len));
        self.push(spec, self.place.span(from, len), raw, value, children.list);
    }

    /// Octets made of the fields that `inner` makes, no number by themselves.
    pub fn bundle(
        &mut self,
        spec: &'static Spec,
        from: usize,
        len: usize,
        value: impl Into<Cow<'static, str>>,
        inner: impl FnOnce(&mut Fields<'p>),
    ) {
        let mut children = Fields::new(self.place, 4);
        inner(&mut children);
        self.push(spec, self.place.span(from, len), Raw::Octets, value, children.list);
    }

    /// Any field; `bits` count in the source. One without bits is none.
    pub fn push(
        &mut self,
        spec: &'static Spec,
        bits: BitRange,
        raw: Raw,
        value: impl Into<Cow<'static, str>>,
        children: Vec<Field>,
    ) {
        let mut value = value.into();
        if value.is_empty() {
            value = "(empty)".into();
        }
        if bits.len > 0 {
            self.list.push(Field { spec, bits, raw, value, children });
        }
    }
}

/// Declares the rows of a protocol's table, each `NAME: filter name or "" [how Wireshark shows it],
/// label, strip label, section, sentence`, and `TABLE`, which holds them all.
macro_rules! specs {
    (@show) => { $crate::dissect::model::Show::Plain };
    (@show $show:ident) => { $crate::dissect::model::Show::$show };
    ($($id:ident: $name:literal $($show:ident)?, $label:expr, $short:expr, $rfc:expr, $say:expr;)*) => {
        $(pub(super) static $id: $crate::dissect::model::Spec = $crate::dissect::build::spec(
            $name, specs!(@show $($show)?), $label, $short, $rfc, $say);)*
        /// Every row of this table.
        pub(super) static TABLE: &[&$crate::dissect::model::Spec] = &[$(&$id),*];
    };
}
pub(super) use specs;

/// One row of a table; an empty name means that Wireshark has none.
pub(super) const fn spec(
    name: &'static str,
    show: super::model::Show,
    label: &'static str,
    short: &'static str,
    rfc: &'static str,
    say: super::model::Say,
) -> Spec {
    Spec { name: if name.is_empty() { None } else { Some(name) }, label, short, rfc, show, say }
}
