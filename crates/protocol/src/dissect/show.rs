//! A field's value as Wireshark writes it in the `show` of its PDML.

use super::model::{Field, Raw, Show};
use super::ntp_date;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

impl Field {
    /// Appends the value as Wireshark writes it; `octets` are those that [`Field::bits`] touches.
    /// Octets without a meaning of their own are written in hexadecimal with colons.
    pub fn show(&self, octets: &[u8], out: &mut String) {
        match (self.spec.show, self.raw) {
            (Show::Nothing, _) => {}
            (Show::Text, _) => text(octets, out),
            (Show::Upper, _) => text(&octets.to_ascii_uppercase(), out),
            (Show::AfterColon, _) => text(after_colon(octets), out),
            (Show::Ascii, _) => ascii(octets, out),
            (Show::AfterEquals, _) => ascii(octets.get(2..).unwrap_or(&[]), out),
            (Show::PayloadType, _) => payload_type(&String::from_utf8_lossy(octets), out),
            (Show::Ipv6, _) => {
                if let Some(address) = octets.first_chunk::<16>() {
                    ipv6(*address, out);
                }
            }
            (_, Raw::Octets) => colons(octets, out),
            (show, Raw::Number(value)) => number(show, value, out),
        }
    }

    /// A display filter of Wireshark's that finds frames with the same value here; `None` where
    /// Wireshark has no name for the field. `octets` are those that [`Field::bits`] touches. Of
    /// long values the beginning is compared.
    pub fn filter(&self, octets: &[u8]) -> Option<String> {
        let name = self.spec.name?;
        // A date has no form that all versions take, and these have no value: that they are there
        // can be asked for.
        // Wireshark keeps pixels in an octet, and takes no larger number in a filter.
        let too_large = self.spec.show == Show::Eights && self.number() * 8 > 255;
        if too_large || matches!(self.spec.show, Show::Nothing | Show::Ntp) {
            return Some(name.to_owned());
        }
        let mut filter = name.to_owned();
        if self.shows_octets() {
            // One octet alone reads as a number; of a slice it does not.
            if octets.len() == 1 || octets.len() > MAX_COMPARED {
                let _ = write!(filter, "[0:{}]", octets.len().min(MAX_COMPARED));
            }
            filter.push_str(" == ");
            colons(&octets[..octets.len().min(MAX_COMPARED)], &mut filter);
        } else if self.shows_text() {
            let mut value = String::new();
            self.show(octets, &mut value);
            // What cannot be typed as it is, and what is long, is compared up to there.
            let typed = |character: char| (' '..='~').contains(&character) && character != '\\';
            let kept =
                value.find(|character| !typed(character)).unwrap_or(value.len()).min(MAX_COMPARED_TEXT);
            if kept == 0 {
                return Some(filter);
            }
            filter.push_str(if kept < value.len() { " contains \"" } else { " == \"" });
            filter.push_str(&value[..kept].replace('"', "\\\""));
            filter.push('"');
        } else {
            filter.push_str(" == ");
            self.show(octets, &mut filter);
        }
        Some(filter)
    }

    /// Whether [`Field::show`] writes octets one by one, as many as there are.
    pub fn shows_octets(&self) -> bool {
        self.raw == Raw::Octets && self.spec.show == Show::Plain
    }

    /// Whether [`Field::show`] writes text, which may hold any character; what it writes otherwise
    /// needs no quoting anywhere.
    pub fn shows_text(&self) -> bool {
        use Show::{AfterColon, AfterEquals, Ascii, PayloadType, Text, Upper};
        matches!(self.spec.show, Text | Upper | AfterColon | Ascii | AfterEquals | PayloadType)
    }
}

/// How many octets a display filter compares.
const MAX_COMPARED: usize = 16;
/// How many characters a display filter compares.
const MAX_COMPARED_TEXT: usize = 120;

/// An IPv6 address; Wireshark writes the end of one that begins with exactly 96 zero bits as IPv4
/// does (RFC 4291 2.5.5.1).
fn ipv6(octets: [u8; 16], out: &mut String) {
    let [zeros @ .., a, b, c, d] = octets;
    // Writing to a String cannot fail.
    let _ = if zeros == [0; 12] && (a, b) != (0, 0) {
        write!(out, "::{}", Ipv4Addr::new(a, b, c, d))
    } else {
        write!(out, "{}", Ipv6Addr::from(octets))
    };
}

fn number(show: Show, value: u64, out: &mut String) {
    match show {
        Show::Hex2 => hex(value, 2, out),
        Show::Hex4 => hex(value, 4, out),
        Show::Hex6 => hex(value, 6, out),
        Show::Hex8 => hex(value, 8, out),
        Show::Fours => decimal(value * 4, out),
        Show::Eights => decimal(value * 8, out),
        Show::Signed24 => {
            let signed = ((value << 40) as i64) >> 40;
            if signed < 0 {
                out.push('-');
            }
            decimal(signed.unsigned_abs(), out);
        }
        Show::Ipv4 => {
            for (index, octet) in Ipv4Addr::from(value as u32).octets().into_iter().enumerate() {
                if index > 0 {
                    out.push('.');
                }
                decimal(octet.into(), out);
            }
        }
        Show::Ntp => out.push_str(&ntp_date::wireshark(value)),
        Show::Bool => decimal(u64::from(value != 0), out),
        _ => decimal(value, out),
    }
}

/// Appends a number's decimal digits; several times as fast as formatting.
pub fn decimal(mut value: u64, out: &mut String) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    // Digits are UTF-8.
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn digit(value: u8) -> char {
    char::from(DIGITS[usize::from(value & 15)])
}

/// Appends `0x` and the number's lowest `digits` digits.
fn hex(value: u64, digits: u32, out: &mut String) {
    out.push_str("0x");
    for place in (0..digits).rev() {
        out.push(digit((value >> (place * 4)) as u8));
    }
}

/// Appends octets as `02:00:00`.
pub fn colons(octets: &[u8], out: &mut String) {
    let mut buffer = [b':'; 3];
    for (index, octet) in octets.iter().enumerate() {
        buffer[1] = DIGITS[usize::from(octet >> 4)];
        buffer[2] = DIGITS[usize::from(octet & 15)];
        let from = usize::from(index == 0);
        out.push_str(std::str::from_utf8(&buffer[from..]).unwrap_or_default());
    }
}

/// What stands behind the first colon, from the first octet on that is no white space.
fn after_colon(octets: &[u8]) -> &[u8] {
    let colon = octets.iter().position(|octet| *octet == b':').map_or(octets.len(), |at| at + 1);
    octets[colon..].trim_ascii_start()
}

/// Appends text that should be ASCII as Wireshark does: other octets are U+FFFD each, and what is
/// not printable is written by its number.
fn ascii(octets: &[u8], out: &mut String) {
    for octet in octets {
        match octet {
            // To Wireshark the text ends here.
            0 => return,
            b'\t' | b' '..=b'~' => out.push(char::from(*octet)),
            0x80.. => out.push(char::REPLACEMENT_CHARACTER),
            control => {
                let _ = write!(out, "\\x{control:x}");
            }
        }
    }
}

/// Appends text as Wireshark does: what is no printable character is escaped as in C.
fn text(octets: &[u8], out: &mut String) {
    for character in String::from_utf8_lossy(octets).chars() {
        match character {
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            control if control.is_ascii_control() => {
                // In octal, as in C.
                let _ = write!(out, "\\{:03o}", u32::from(control));
            }
            other => out.push(other),
        }
    }
}

/// Appends what a payload type stands for in Wireshark's words (RFC 3551 6).
fn payload_type(digits: &str, out: &mut String) {
    let name = match digits.parse::<u8>() {
        Ok(0) => "ITU-T G.711 PCMU",
        Ok(1) => "USA Federal Standard FS-1016",
        Ok(2) => "ITU-T G.721",
        Ok(3) => "GSM 06.10",
        Ok(4) => "ITU-T G.723",
        Ok(5) => "DVI4 8000 samples/s",
        Ok(6) => "DVI4 16000 samples/s",
        Ok(7) => "Experimental linear predictive encoding from Xerox PARC",
        Ok(8) => "ITU-T G.711 PCMA",
        Ok(9) => "ITU-T G.722",
        Ok(10) => "16-bit uncompressed audio, stereo",
        Ok(11) => "16-bit uncompressed audio, monaural",
        Ok(12) => "Qualcomm Code Excited Linear Predictive coding",
        Ok(13) => "Comfort noise",
        Ok(14) => "MPEG-I/II Audio",
        Ok(15) => "ITU-T G.728",
        Ok(16) => "DVI4 11025 samples/s",
        Ok(17) => "DVI4 22050 samples/s",
        Ok(18) => "ITU-T G.729",
        Ok(19) => "Comfort noise (old)",
        Ok(25) => "Sun CellB video encoding",
        Ok(26) => "JPEG-compressed video",
        Ok(28) => "'nv' program",
        Ok(31) => "ITU-T H.261",
        Ok(32) => "MPEG-I/II Video",
        Ok(33) => "MPEG-II transport streams",
        Ok(34) => "ITU-T H.263",
        Ok(72..=76) => "Reserved for RTCP conflict avoidance",
        Ok(96..=127) => {
            out.push_str("DynamicRTP-Type-");
            digits
        }
        Ok(20..=95) => "Unassigned",
        _ => digits,
    };
    text(name.as_bytes(), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(show: Show, value: u64) -> String {
        let mut out = String::new();
        number(show, value, &mut out);
        out
    }

    #[test]
    fn numbers_are_written_as_their_kind_wants() {
        assert_eq!(shown(Show::Plain, 0), "0");
        assert_eq!(shown(Show::Plain, u64::MAX), "18446744073709551615");
        assert_eq!(shown(Show::Hex4, 0x800), "0x0800");
        assert_eq!(shown(Show::Fours, 5), "20");
        assert_eq!(shown(Show::Signed24, 0xff_fffe), "-2");
        assert_eq!(shown(Show::Ipv4, 0x0a00_0102), "10.0.1.2");
    }

    #[test]
    fn text_and_octets_can_be_read_back() {
        let mut out = String::new();
        text(b"a \"b\"\\\r\n\x01", &mut out);
        assert_eq!(out, "a \"b\"\\\\r\\n\\001");
        out.clear();
        colons(&[2, 0xc1], &mut out);
        assert_eq!(out, "02:c1");
    }
}
