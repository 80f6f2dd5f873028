//! The sums of Digest (RFC 7616 section 3.4).

use super::Credentials;
use md5::Md5;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A hash function of Digest (RFC 7616 section 3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// MD5: what is meant where none is named, and all that many clients know.
    #[default]
    Md5,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    /// The algorithm with this name; `None` for one that is not known here.
    pub fn from_name(name: &str) -> Option<Algorithm> {
        [Algorithm::Md5, Algorithm::Sha256].into_iter().find(|known| known.name().eq_ignore_ascii_case(name))
    }

    /// Its name in the headers.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    /// The sum of `text`, in small hexadecimal digits.
    fn sum(self, text: &str) -> String {
        match self {
            Algorithm::Md5 => hexadecimal(&Md5::digest(text)),
            Algorithm::Sha256 => hexadecimal(&Sha256::digest(text)),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// All that goes into a response, beside the credentials.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ingredients<'a> {
    pub algorithm: Algorithm,
    pub realm: &'a str,
    pub nonce: &'a str,
    pub method: &'a str,
    /// As it stands in the Authorization header.
    pub uri: &'a str,
    /// Nonce count and the client's nonce, with `qop=auth`; without it the sum is that of
    /// RFC 2069, which old clients send.
    pub counted: Option<(&'a str, &'a str)>,
}

impl Ingredients<'_> {
    /// The value of `response` (RFC 7616 section 3.4.1).
    pub fn response(&self, credentials: &Credentials) -> String {
        let sum = |text: String| self.algorithm.sum(&text);
        let a1 = sum(format!("{}:{}:{}", credentials.name(), self.realm, credentials.password()));
        let a2 = sum(format!("{}:{}", self.method, self.uri));
        sum(match self.counted {
            Some((count, own)) => format!("{a1}:{}:{count}:{own}:auth:{a2}", self.nonce),
            None => format!("{a1}:{}:{a2}", self.nonce),
        })
    }
}

impl Ingredients<'_> {
    /// The value of `rspauth`, by which the server proves that it knows the password, too (RFC
    /// 7616 section 3.5): as `response`, without a method.
    pub fn rspauth(&self, credentials: &Credentials) -> String {
        Ingredients { method: "", ..*self }.response(credentials)
    }
}

/// Octets in small hexadecimal digits.
pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
