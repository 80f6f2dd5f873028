//! WWW-Authenticate (RFC 2326 section 12.44): what a server asks for.

use super::digest::{Algorithm, Ingredients};
use super::fields::{Fields, quoted, scheme};
use super::{Credentials, DigestAnswer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// One challenge: one WWW-Authenticate header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// Send name and password as they are (RFC 7617).
    Basic {
        /// What the password is for.
        realm: String,
    },
    /// Prove that you know the password (RFC 7616).
    Digest {
        /// What the password is for.
        realm: String,
        /// Goes into the sum, so that an answer is of no use later.
        nonce: String,
        /// The hash function.
        algorithm: Algorithm,
        /// Whether answers may be counted (`qop="auth"`).
        counts: bool,
        /// To be sent back as it is.
        opaque: Option<String>,
        /// The answer before was right, but its nonce is not taken any more.
        stale: bool,
    },
}

impl Challenge {
    /// Reads the value of one WWW-Authenticate header; `None` where it asks for something
    /// that is not known here, such as another scheme, hash function or `qop`.
    pub fn read(value: &str) -> Option<Challenge> {
        let (scheme, rest) = scheme(value)?;
        let fields = Fields::read(rest);
        let realm = fields.get("realm").unwrap_or_default().to_owned();
        match scheme.as_str() {
            "basic" => Some(Challenge::Basic { realm }),
            "digest" => {
                let qop = fields.get("qop");
                let counts =
                    qop.is_some_and(|q| q.split(',').any(|one| one.trim().eq_ignore_ascii_case("auth")));
                // A server that takes auth-int alone cannot be answered.
                if qop.is_some_and(|qop| !qop.trim().is_empty()) && !counts {
                    return None;
                }
                Some(Challenge::Digest {
                    realm,
                    nonce: fields.get("nonce")?.to_owned(),
                    algorithm: match fields.get("algorithm") {
                        None => Algorithm::Md5,
                        Some(name) => Algorithm::from_name(name)?,
                    },
                    counts,
                    opaque: fields.get("opaque").map(str::to_owned),
                    stale: fields.get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
                })
            }
            _ => None,
        }
    }

    /// The strongest of several WWW-Authenticate headers that can be answered
    /// (RFC 7616 section 5.7): Digest before Basic, SHA-256 before MD5.
    pub fn strongest<'a>(values: impl Iterator<Item = &'a str>) -> Option<Challenge> {
        let strength = |challenge: &Challenge| match challenge {
            Challenge::Basic { .. } => None,
            Challenge::Digest { algorithm, .. } => Some(*algorithm),
        };
        values.filter_map(Challenge::read).max_by_key(strength)
    }

    /// The value of Authorization that answers it, for a request with this method and URI.
    ///
    /// `count` is how often this challenge's nonce has been used, this time included, from 1;
    /// `own_nonce` is random and made anew each time.
    pub fn answer(
        &self,
        credentials: &Credentials,
        method: &str,
        uri: &str,
        count: u32,
        own_nonce: &str,
    ) -> String {
        let (realm, nonce, algorithm, counts, opaque) = match self {
            Challenge::Basic { .. } => {
                let both = format!("{}:{}", credentials.name(), credentials.password());
                return format!("Basic {}", STANDARD.encode(both));
            }
            Challenge::Digest { realm, nonce, algorithm, counts, opaque, .. } => {
                (realm, nonce, *algorithm, *counts, opaque)
            }
        };
        let count = format!("{count:08x}");
        let counted = counts.then_some((count.as_str(), own_nonce));
        let ingredients = Ingredients { algorithm, realm, nonce, method, uri, counted };
        let answer = DigestAnswer {
            username: credentials.name().to_owned(),
            realm: realm.clone(),
            nonce: nonce.clone(),
            uri: uri.to_owned(),
            algorithm,
            counted: counted.map(|(count, own)| (count.to_owned(), own.to_owned())),
            response: ingredients.response(credentials),
            opaque: opaque.clone(),
        };
        answer.to_string()
    }
}

/// Writes the header's value. The realm comes first and the nonce second: some clients look
/// for them there.
impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Challenge::Basic { realm } => write!(f, "Basic realm={}, charset=\"UTF-8\"", quoted(realm)),
            Challenge::Digest { realm, nonce, algorithm, counts, opaque, stale } => {
                write!(f, "Digest realm={}, nonce={}", quoted(realm), quoted(nonce))?;
                if let Some(opaque) = opaque {
                    write!(f, ", opaque={}", quoted(opaque))?;
                }
                write!(f, ", algorithm={algorithm}")?;
                if *counts {
                    f.write_str(", qop=\"auth\"")?;
                }
                if *stale { f.write_str(", stale=true") } else { Ok(()) }
            }
        }
    }
}
