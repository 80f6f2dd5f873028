//! Numbers as people read them.

/// `1388` as "1,388".
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// "1 byte", "1,388 bytes".
pub(super) fn bytes(count: u64) -> String {
    if count == 1 { "1 byte".into() } else { format!("{} bytes", thousands(count)) }
}

/// "1 router", "63 routers".
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {many}", thousands(number)) }
}

/// Octets as text: UTF-8 where it is, with control characters and line ends made visible.
pub(super) fn readable(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    for character in String::from_utf8_lossy(octets).chars() {
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text
}

/// Six octets as `02:00:00:00:00:c1`; other lengths the same way.
pub(super) fn colons(octets: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(octets.len() * 3);
    for (index, octet) in octets.iter().enumerate() {
        let colon = if index == 0 { "" } else { ":" };
        // Writing to a String cannot fail.
        let _ = write!(text, "{colon}{octet:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_have_commas() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (65_535, "65,535"), (2_671_907_030, "2,671,907,030")]
        {
            assert_eq!(thousands(number), text);
        }
        assert_eq!(thousands(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn text_shows_its_control_characters() {
        assert_eq!(readable(b"OK\r\n\x00"), "OK\\r\\n\\u{0}");
        assert_eq!(readable("ü".as_bytes()), "ü");
        assert_eq!(colons(&[2, 0, 0xc1]), "02:00:c1");
        assert_eq!((bytes(1), count(63, "router", "routers")), ("1 byte".into(), "63 routers".into()));
    }
}
