//! The words of the language.

use super::{MAX_TEXT, QueryError};

/// One word, with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    /// The column of its first character, from 1.
    pub column: usize,
    /// The column behind its last.
    pub end: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A name, a number, an address.
    Word(String),
    /// What stood in double quotes.
    Text(String),
    /// A sign.
    Sign(&'static str),
}

/// All signs; of those that begin alike the longer first.
const SIGNS: [&str; 18] =
    ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "{", "}", ",", "+", "-", "*", "/"];

/// Cuts a text into its words.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let characters: Vec<char> = text.chars().collect();
    if characters.len() > MAX_TEXT {
        let reason = format!("this is longer than {MAX_TEXT} characters");
        return Err(QueryError { column: MAX_TEXT + 1, reason });
    }
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        let start = at;
        let kind = if character.is_whitespace() {
            at += 1;
            continue;
        } else if character == '"' {
            let (text, end) = quoted(&characters, at)?;
            at = end;
            TokenKind::Text(text)
        } else if begins_word(character) {
            while characters.get(at).is_some_and(|c| goes_on(&characters, at, *c)) {
                at += 1;
            }
            TokenKind::Word(characters[start..at].iter().collect())
        } else if let Some(sign) = sign(&characters[at..]) {
            at += sign.len();
            TokenKind::Sign(sign)
        } else {
            let reason = format!("'{character}' means nothing here");
            return Err(QueryError { column: at + 1, reason });
        };
        found.push(Token { kind, column: start + 1, end: at + 1 });
    }
    Ok(found)
}

fn sign(rest: &[char]) -> Option<&'static str> {
    SIGNS.into_iter().find(|sign| sign.chars().enumerate().all(|(at, c)| rest.get(at) == Some(&c)))
}

fn begins_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | ':')
}

/// A `-` belongs to a word that goes on behind it: `r1-sw2`.
fn goes_on(characters: &[char], at: usize, character: char) -> bool {
    begins_word(character)
        || character == '.'
        || (character == '-' && characters.get(at + 1).is_some_and(|next| next.is_alphanumeric()))
}

/// The text that begins with the quote at `at`, and the place behind its other quote.
fn quoted(characters: &[char], at: usize) -> Result<(String, usize), QueryError> {
    let mut text = String::new();
    let mut next = at + 1;
    loop {
        match characters.get(next) {
            Some('"') => return Ok((text, next + 1)),
            // RFC 2326 quotes nothing else either: a backslash stands before a quote or itself.
            Some('\\') if matches!(characters.get(next + 1), Some('"' | '\\')) => {
                text.extend(characters.get(next + 1));
                next += 2;
            }
            Some(other) => {
                text.push(*other);
                next += 1;
            }
            None => {
                return Err(QueryError { column: at + 1, reason: "this quote has no end".to_owned() });
            }
        }
    }
}

/// A number as it may be written: `63`, `1.5`, `0x11`.
pub(super) fn number(word: &str) -> Option<f64> {
    let (negative, digits) = match word.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, word),
    };
    let number = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) if !hex.starts_with('+') => u64::from_str_radix(hex, 16).ok()? as f64,
        Some(_) => return None,
        None if digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(is_decimal) => {
            digits.parse().ok()?
        }
        None => return None,
    };
    Some(if negative { -number } else { number })
}

fn is_decimal(character: char) -> bool {
    character.is_ascii_digit() || character == '.'
}
