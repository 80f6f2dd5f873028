//! Session (RFC 2326 section 12.37).

use super::{HeaderError, parameter, split_quoted};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The longest session identifier that is read, in octets.
const MAX_ID: usize = 256;

/// A Session header: the identifier and, in responses, its timeout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionHeader {
    /// The identifier.
    pub id: String,
    /// How long the session lives without a sign of life; 60 s where it is not said.
    pub timeout: Option<Duration>,
}

/// Whether `text` can be a session identifier (RFC 2326 section 3.4): letters, digits and
/// `$-_.+`. The eight octets that the section asks for are asked of those who make one.
pub fn is_session_id(text: &str) -> bool {
    let fits = |octet: u8| octet.is_ascii_alphanumeric() || b"$-_.+".contains(&octet);
    !text.is_empty() && text.len() <= MAX_ID && text.bytes().all(fits)
}

impl FromStr for SessionHeader {
    type Err = HeaderError;

    fn from_str(value: &str) -> Result<SessionHeader, HeaderError> {
        let mut parts = split_quoted(value, ';');
        let id = parts.next().ok_or(HeaderError::Empty)?;
        if !is_session_id(id) {
            return Err(HeaderError::Session(id.to_owned()));
        }
        // A timeout that is no number is as if it were not there: some servers write one.
        let timeout = parts.map(parameter).find(|(name, _)| name.eq_ignore_ascii_case("timeout"));
        let timeout = timeout.and_then(|(_, value)| value?.parse().ok()).map(Duration::from_secs);
        Ok(SessionHeader { id: id.to_owned(), timeout })
    }
}

impl fmt::Display for SessionHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)?;
        self.timeout.map_or(Ok(()), |timeout| write!(f, ";timeout={}", timeout.as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_and_timeouts() {
        let read = |text: &str| text.parse::<SessionHeader>();
        let plain = read("12345678").unwrap();
        assert_eq!((plain.id.as_str(), plain.timeout), ("12345678", None));
        let timed = read("A-b_c.$+1 ; timeout=30").unwrap();
        assert_eq!((timed.id.as_str(), timed.timeout), ("A-b_c.$+1", Some(Duration::from_secs(30))));
        assert_eq!(timed.to_string(), "A-b_c.$+1;timeout=30");
        assert_eq!(read("1;timeout=").unwrap().timeout, None);
        assert_eq!(read("1;timeout=soon").unwrap().timeout, None);
        for wrong in ["", ";timeout=3", "a b", "a/b", "a\u{e9}"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read(&"1".repeat(MAX_ID + 1)).is_err());
    }
}
