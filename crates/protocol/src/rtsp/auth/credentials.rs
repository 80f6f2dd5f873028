//! A name and its password.

use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;
use subtle::ConstantTimeEq as _;

/// The longest name, in octets.
pub const MAX_NAME: usize = 128;

/// The longest password, in octets.
pub const MAX_PASSWORD: usize = 256;

/// A name and its password. What is printed of it, also for debugging, is the name alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    name: String,
    password: String,
}

/// What cannot be a name and its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// There is no colon between name and password.
    #[error("NAME:PASSWORD is needed, with a colon between them")]
    NoColon,
    /// The name is empty.
    #[error("the name in front of the colon is empty")]
    NoName,
    /// The password is empty.
    #[error("the password behind the colon is empty")]
    NoPassword,
    /// One of them is too long.
    #[error("a name of at most {MAX_NAME} and a password of at most {MAX_PASSWORD} octets are possible")]
    TooLong,
    /// One of them has control characters, or the name has a colon (RFC 7617 section 2).
    #[error("name and password have no control characters, and the name has no colon")]
    Characters,
}

impl Credentials {
    /// A name and its password.
    ///
    /// # Errors
    /// When they cannot be sent by Basic authentication, or are empty or too long.
    pub fn new(name: impl Into<String>, password: impl Into<String>) -> Result<Self, CredentialsError> {
        let (name, password) = (name.into(), password.into());
        if name.is_empty() {
            return Err(CredentialsError::NoName);
        }
        if password.is_empty() {
            return Err(CredentialsError::NoPassword);
        }
        if name.len() > MAX_NAME || password.len() > MAX_PASSWORD {
            return Err(CredentialsError::TooLong);
        }
        if name.contains(':') || name.chars().chain(password.chars()).any(char::is_control) {
            return Err(CredentialsError::Characters);
        }
        Ok(Credentials { name, password })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The password. It goes into sums and into the wire, never into a note or a log.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Whether these are the same, found out in a time that does not depend on where they
    /// differ.
    pub fn is_same(&self, name: &str, password: &str) -> bool {
        let own = Sha256::digest(format!("{}:{}", self.name, self.password));
        let other = Sha256::digest(format!("{name}:{password}"));
        // A colon in the other name could move the border between the two.
        own.ct_eq(&other).into() && !name.contains(':')
    }
}

impl FromStr for Credentials {
    type Err = CredentialsError;

    /// Reads `NAME:PASSWORD`; the first colon is the border.
    fn from_str(text: &str) -> Result<Self, CredentialsError> {
        let (name, password) = text.split_once(':').ok_or(CredentialsError::NoColon)?;
        Credentials::new(name, password)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("name", &self.name).finish_non_exhaustive()
    }
}
