//! A dissected frame as JSON, written straight: a tree of values takes six times as long.

use protocol::capture::Packet;
use protocol::dissect::{BitRange, Dissection, Field, Source, show};

/// How many octets without a meaning of their own are written; the rest is cut, and an ellipsis
/// (U+2026) says so. A field's bits tell its whole length.
pub const MAX_OCTETS: usize = 32;

/// Writes frames into a text, a line for each.
#[derive(Clone, Debug)]
pub struct Writer {
    out: String,
    explain: bool,
}

impl Writer {
    /// A writer that has written nothing; with `explain`, sentences come along.
    pub fn new(explain: bool) -> Self {
        Writer { out: String::new(), explain }
    }

    /// What was written.
    pub fn text(&self) -> &str {
        &self.out
    }

    /// Forgets what was written.
    pub fn clear(&mut self) {
        self.out.clear();
    }

    /// Writes one frame and a line end.
    pub fn frame(&mut self, packet: &Packet<'_>, dissection: &Dissection) {
        self.out.push_str("{\"frame\":");
        show::decimal(packet.number, &mut self.out);
        self.out.push_str(",\"time\":");
        match packet.at {
            Some(at) => seconds(at, &mut self.out),
            None => self.out.push_str("null"),
        }
        if let Some(comment) = &packet.comment {
            self.out.push_str(",\"comment\":");
            self.string(comment);
        }
        self.out.push_str(",\"layers\":[");
        for (index, layer) in dissection.layers.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.out.push_str("{\"name\":\"");
            self.out.push_str(layer.name);
            self.out.push_str("\",\"source\":\"");
            source(layer.source, &mut self.out);
            self.out.push('"');
            if self.explain {
                self.bits(layer.bits);
                self.pair("title", &layer.title);
                self.pair("summary", &layer.summary);
                self.pair("rfc", layer.rfc);
            }
            self.out.push_str(",\"fields\":[");
            let octets = dissection.source(packet.octets, layer.source);
            let start = self.out.len();
            for field in layer.fields.iter().chain(&layer.also) {
                self.field(field, octets, start);
            }
            self.out.push_str("]}");
        }
        self.out.push(']');
        if self.explain {
            self.notes(dissection);
        }
        self.out.push_str("}\n");
    }

    /// Writes a field and those it is made of; `start` is where the list began. Without sentences,
    /// fields that Wireshark has no name for are left out.
    fn field(&mut self, field: &Field, source: &[u8], start: usize) {
        if field.name.is_some() || self.explain {
            if self.out.len() > start {
                self.out.push(',');
            }
            match field.name {
                Some(name) => {
                    self.out.push_str("{\"name\":\"");
                    self.out.push_str(name);
                    self.out.push('"');
                }
                None => self.out.push_str("{\"name\":null"),
            }
            self.bits(field.bits);
            self.out.push_str(",\"value\":\"");
            self.value(field, source.get(field.bits.bytes()).unwrap_or(&[]));
            self.out.push('"');
            if self.explain {
                self.pair("label", field.label);
                self.pair("text", &field.value);
                self.pair("meaning", &field.meaning());
                self.pair("rfc", field.rfc);
            }
            self.out.push('}');
        }
        for child in &field.children {
            self.field(child, source, start);
        }
    }

    fn value(&mut self, field: &Field, octets: &[u8]) {
        if field.shows_text() {
            let from = self.out.len();
            field.show(octets, &mut self.out);
            let text = self.out.as_bytes();
            if text[from..].iter().any(|octet| matches!(octet, b'"' | b'\\' | 0..=0x1f)) {
                let text = self.out.split_off(from);
                escape(&text, &mut self.out);
            }
        } else if field.shows_octets() && octets.len() > MAX_OCTETS {
            show::colons(&octets[..MAX_OCTETS], &mut self.out);
            self.out.push('\u{2026}');
        } else {
            field.show(octets, &mut self.out);
        }
    }

    fn bits(&mut self, bits: BitRange) {
        self.out.push_str(",\"bits\":[");
        show::decimal(bits.start.into(), &mut self.out);
        self.out.push(',');
        show::decimal(bits.len.into(), &mut self.out);
        self.out.push(']');
    }

    fn notes(&mut self, dissection: &Dissection) {
        self.out.push_str(",\"notes\":[");
        for (index, note) in dissection.notes.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.out.push_str("{\"layer\":");
            show::decimal(note.layer as u64, &mut self.out);
            self.bits(note.bits);
            self.pair("text", &note.text);
            self.out.push('}');
        }
        self.out.push(']');
    }

    fn pair(&mut self, name: &str, value: &str) {
        self.out.push_str(",\"");
        self.out.push_str(name);
        self.out.push_str("\":");
        self.string(value);
    }

    fn string(&mut self, value: &str) {
        self.out.push('"');
        escape(value, &mut self.out);
        self.out.push('"');
    }
}

/// Nanoseconds as seconds with nine decimals.
fn seconds(at: u64, out: &mut String) {
    const SECOND: u64 = 1_000_000_000;
    show::decimal(at / SECOND, out);
    out.push('.');
    let mut place = SECOND / 10;
    while place > 0 {
        show::decimal(at / place % 10, out);
        place /= 10;
    }
}

/// What a layer's bits count in: the frame, or the octets put together from several that it
/// completed, numbered where it completed more than one.
fn source(source: Source, out: &mut String) {
    match source {
        Source::Frame => out.push_str("frame"),
        Source::Buffer(index) => {
            out.push_str("reassembled");
            if index > 0 {
                out.push(' ');
                show::decimal(index as u64 + 1, out);
            }
        }
    }
}

/// Text as the inside of a JSON string (RFC 8259 section 7).
fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => {
                out.push_str("\\u00");
                let code = control as u32;
                for digit in [code >> 4, code & 15] {
                    out.push(char::from_digit(digit, 16).unwrap_or('0'));
                }
            }
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_nanoseconds() {
        let mut out = String::new();
        seconds(1_700_000_000_000_000_007, &mut out);
        assert_eq!(out, "1700000000.000000007");
    }

    #[test]
    fn strings_are_json() {
        let mut out = String::from("\"");
        let text = "a\"b\\c\r\n\u{1}\u{1f}ü";
        escape(text, &mut out);
        out.push('"');
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
    }
}
