//! Authorization (RFC 2326 section 12.5): what a client answers.

use super::Credentials;
use super::digest::{Algorithm, Ingredients};
use super::fields::{Fields, quoted, scheme};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use std::fmt;
use subtle::ConstantTimeEq as _;

/// An Authorization header.
#[derive(Clone, PartialEq, Eq)]
pub enum Authorization {
    /// Name and password as they are (RFC 7617).
    Basic {
        /// The name.
        name: String,
        /// The password.
        password: String,
    },
    /// A proof (RFC 7616).
    Digest(DigestAnswer),
}

/// The proof of Digest (RFC 7616 section 3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestAnswer {
    /// The name.
    pub username: String,
    /// What the password is for.
    pub realm: String,
    /// The challenge's nonce.
    pub nonce: String,
    /// What was asked for.
    pub uri: String,
    /// The hash function.
    pub algorithm: Algorithm,
    /// Nonce count and the client's nonce, as written, with `qop=auth`.
    pub counted: Option<(String, String)>,
    /// The sum.
    pub response: String,
    /// What the challenge wanted back.
    pub opaque: Option<String>,
}

impl Authorization {
    /// Reads a header's value; `None` when it is of another scheme, hash function or `qop`,
    /// or lacks what it must have.
    pub fn read(value: &str) -> Option<Authorization> {
        let (scheme, rest) = scheme(value)?;
        match scheme.as_str() {
            "basic" => {
                let octets = STANDARD.decode(rest).or_else(|_| STANDARD_NO_PAD.decode(rest)).ok()?;
                let (name, password) = std::str::from_utf8(&octets).ok()?.split_once(':')?;
                Some(Authorization::Basic { name: name.to_owned(), password: password.to_owned() })
            }
            "digest" => DigestAnswer::read(&Fields::read(rest)).map(Authorization::Digest),
            _ => None,
        }
    }
}

/// The password is left out.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Authorization::Basic { name, .. } => {
                f.debug_struct("Basic").field("name", name).finish_non_exhaustive()
            }
            Authorization::Digest(answer) => answer.fmt(f),
        }
    }
}

impl DigestAnswer {
    fn read(fields: &Fields) -> Option<DigestAnswer> {
        let text = |name| fields.get(name).map(str::to_owned);
        let counted = match fields.get("qop") {
            Some(qop) if qop.eq_ignore_ascii_case("auth") => Some((text("nc")?, text("cnonce")?)),
            Some(_) => return None,
            None => None,
        };
        Some(DigestAnswer {
            username: fields.username()?,
            realm: text("realm")?,
            nonce: text("nonce")?,
            uri: text("uri")?,
            algorithm: match fields.get("algorithm") {
                None => Algorithm::Md5,
                Some(name) => Algorithm::from_name(name)?,
            },
            counted,
            response: text("response")?,
            opaque: text("opaque"),
        })
    }

    /// The nonce count; `None` when it is not counted or no count (RFC 7616 section 3.4:
    /// eight hexadecimal digits).
    pub fn count(&self) -> Option<u32> {
        let (count, _) = self.counted.as_ref()?;
        let fits = count.len() == 8 && count.bytes().all(|octet| octet.is_ascii_hexdigit());
        fits.then(|| u32::from_str_radix(count, 16).ok()).flatten()
    }

    /// Whether it proves that who sent it knows the password, for a request with this method.
    /// How long that takes does not depend on where the sums differ.
    pub fn is_proof(&self, credentials: &Credentials, method: &str) -> bool {
        let right = self.ingredients(method).response(credentials);
        let is_right: bool = right.as_bytes().ct_eq(self.response.to_ascii_lowercase().as_bytes()).into();
        is_right && self.username == credentials.name()
    }

    /// The Authentication-Info by which the server proves in its turn that it knows the password
    /// (RFC 7616 section 3.5); `None` for a proof as RFC 2069 has it, which knows of none.
    pub fn authentication_info(&self, credentials: &Credentials) -> Option<String> {
        let (count, own) = self.counted.as_ref()?;
        let rspauth = self.ingredients("").rspauth(credentials);
        Some(format!("rspauth=\"{rspauth}\", qop=auth, nc={count}, cnonce={}", quoted(own)))
    }

    fn ingredients<'a>(&'a self, method: &'a str) -> Ingredients<'a> {
        Ingredients {
            algorithm: self.algorithm,
            realm: &self.realm,
            nonce: &self.nonce,
            method,
            uri: &self.uri,
            counted: self.counted.as_ref().map(|(count, own)| (count.as_str(), own.as_str())),
        }
    }
}

impl fmt::Display for DigestAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Digest username={}, realm={}, nonce={}, uri={}, response=\"{}\", algorithm={}",
            quoted(&self.username),
            quoted(&self.realm),
            quoted(&self.nonce),
            quoted(&self.uri),
            self.response,
            self.algorithm,
        )?;
        if let Some((count, own)) = &self.counted {
            write!(f, ", qop=auth, nc={count}, cnonce={}", quoted(own))?;
        }
        self.opaque.as_ref().map_or(Ok(()), |opaque| write!(f, ", opaque={}", quoted(opaque)))
    }
}
