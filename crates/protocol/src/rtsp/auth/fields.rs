//! The grammar that challenges and answers share (RFC 7235 section 2.1): a scheme, and
//! `name=value` separated by commas.

use crate::rtsp::url::percent_decode;

/// The most parameters that are read; further ones are as if absent.
const MAX_FIELDS: usize = 24;

/// A scheme and its parameters, names in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

/// The scheme of a header's value, in small letters, and what follows it.
pub(super) fn scheme(value: &str) -> Option<(String, &str)> {
    let value = value.trim();
    let (scheme, rest) = value.split_once(char::is_whitespace)?;
    Some((scheme.to_ascii_lowercase(), rest.trim()))
}

impl Fields {
    /// Reads parameters. What cannot be read ends them; what was read before counts.
    pub fn read(text: &str) -> Fields {
        let (mut fields, mut rest) = (Vec::new(), text);
        while fields.len() < MAX_FIELDS {
            rest = rest.trim_start_matches([',', ' ', '\t']);
            let Some((name, value)) = rest.split_once('=') else { break };
            let Some((value, behind)) = value_of(value.trim_start()) else { break };
            rest = behind;
            fields.push((name.trim().to_ascii_lowercase(), value));
        }
        Fields(fields)
    }

    /// The value of the first parameter with this name, which is written in small letters.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The user's name, plain or in the encoding of RFC 5987.
    pub fn username(&self) -> Option<String> {
        if let Some(name) = self.get("username") {
            return Some(name.to_owned());
        }
        let (charset, encoded) = self.get("username*")?.split_once('\'')?;
        let (_language, encoded) = encoded.split_once('\'')?;
        charset.eq_ignore_ascii_case("utf-8").then(|| percent_decode(encoded)).flatten()
    }
}

/// A token or a quoted string at the beginning of `text`, and what stands behind it.
fn value_of(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(',').unwrap_or(text.len());
        return Some((text[..end].trim().to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            _ => value.push(character),
        }
    }
    None
}

/// `text` as a quoted string.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}
