//! The room's key: who may control, and who only watches.

use std::fmt::Write as _;

/// Decides who controls the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Only this machine can reach the page: everybody holds the key.
    Implicit,
    /// Whoever knows these letters holds the key. They stand in the fragment of the address
    /// that the teacher opens, which browsers send to nobody; the page hands them over when
    /// it opens its WebSocket.
    Secret(String),
}

/// Octets of chance in a key: out of reach for guessing.
const KEY_OCTETS: usize = 16;

impl Key {
    /// A new secret.
    ///
    /// # Errors
    /// When the system gives no random octets.
    pub fn secret() -> Result<Self, getrandom::Error> {
        let mut octets = [0; KEY_OCTETS];
        getrandom::fill(&mut octets)?;
        let mut letters = String::new();
        for octet in octets {
            write!(letters, "{octet:02x}").expect("a string takes all");
        }
        Ok(Key::Secret(letters))
    }

    /// Whether somebody who says `said` holds the key.
    pub fn opens(&self, said: Option<&str>) -> bool {
        match self {
            Key::Implicit => true,
            Key::Secret(secret) => said.is_some_and(|said| same(secret.as_bytes(), said.as_bytes())),
        }
    }

    /// What follows the page's address for the holder: `#key=...`, or nothing.
    pub fn fragment(&self) -> String {
        match self {
            Key::Implicit => String::new(),
            Key::Secret(secret) => format!("#key={secret}"),
        }
    }
}

/// Compares without telling by its time where the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_opens() {
        let key = Key::secret().unwrap();
        let Key::Secret(secret) = &key else { panic!("a secret is a secret") };
        assert_eq!(secret.len(), 2 * KEY_OCTETS);
        assert!(key.opens(Some(secret)));
        for wrong in [
            None,
            Some(""),
            Some("0"),
            Some(&secret[1..]),
            Some(&*secret.to_uppercase().replace(char::is_numeric, "x")),
        ] {
            assert!(!key.opens(wrong), "{wrong:?}");
        }
        assert_ne!(key, Key::secret().unwrap());
        assert!(Key::Implicit.opens(None));
    }
}
