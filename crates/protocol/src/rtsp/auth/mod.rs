//! Who is asking: Basic (RFC 7617) and Digest (RFC 7616), for both ends.
//!
//! | file | what it holds |
//! |---|---|
//! | `credentials` | a name and its password |
//! | `challenge` | WWW-Authenticate: what a server asks for, and a client's answer to it |
//! | `authorization` | Authorization: what a client answers, and whether it is right |
//! | `digest` | the sums of RFC 7616 |
//! | `fields` | the grammar that both headers share |
//!
//! Which nonces a server takes, and for which requests it asks, is the server's affair:
//! `rtsp::server::access`.

mod authorization;
mod challenge;
mod credentials;
mod digest;
mod fields;

#[cfg(test)]
mod tests;

pub use authorization::{Authorization, DigestAnswer};
pub use challenge::Challenge;
pub use credentials::{Credentials, CredentialsError, MAX_NAME, MAX_PASSWORD};
pub use digest::Algorithm;
pub(crate) use digest::hexadecimal;
