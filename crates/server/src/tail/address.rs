//! Where a server is, as people write it.

use std::fmt;
use std::str::FromStr;

/// The WebSocket of a server. `ws://HOST:PORT/ws`, bare `HOST:PORT` and the address that the
/// server prints for browsers (`http://HOST:PORT/#key=…`) are all read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    authority: String,
    path: String,
}

impl Address {
    /// Host and port, for the TCP connection.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The whole address, with the key if it was given.
    pub fn url(&self) -> String {
        format!("ws://{}{}", self.authority, self.path)
    }
}

/// Without the query: the key is a secret.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.split('?').next().unwrap_or_default();
        write!(f, "ws://{}{path}", self.authority)
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if !text.bytes().all(|octet| octet.is_ascii_graphic()) {
            return Err("an address has no spaces and no letters outside ASCII".into());
        }
        let rest = match text.split_once("://") {
            Some(("ws" | "http", rest)) => rest,
            Some(("wss" | "https", _)) => return Err("Layercast does not encrypt; ws:// is needed".into()),
            Some(_) => return Err("ws:// is needed".into()),
            None => text,
        };
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let port = authority.rsplit_once(':').filter(|(host, _)| !host.is_empty());
        if port.is_none_or(|(_, port)| port.parse::<u16>().is_err()) || authority.contains('@') {
            return Err("HOST:PORT is needed, such as 127.0.0.1:8080".into());
        }
        let mut path = match path {
            "" | "/" => "/ws".to_owned(),
            _ if path.starts_with('?') => format!("/ws{path}"),
            _ => path.to_owned(),
        };
        // Browsers keep the fragment to themselves; the page moves its key into the query.
        if fragment.starts_with("key=") && !path.contains('?') {
            path = format!("{path}?{fragment}");
        }
        Ok(Address { authority: authority.to_owned(), path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for (text, url) in [
            ("ws://127.0.0.1:8080/ws", "ws://127.0.0.1:8080/ws"),
            ("127.0.0.1:8080", "ws://127.0.0.1:8080/ws"),
            ("localhost:1/", "ws://localhost:1/ws"),
            ("[::1]:8080", "ws://[::1]:8080/ws"),
            ("http://10.1.2.3:8080/#key=0f3a", "ws://10.1.2.3:8080/ws?key=0f3a"),
            ("ws://h:1?key=1", "ws://h:1/ws?key=1"),
            ("ws://h:1/other", "ws://h:1/other"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().url(), url, "{text}");
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        for text in
            ["", "h", "h:", ":1", "h:99999", "wss://h:1", "rtsp://h:1/demo", "a b:1", "u@h:1", "h\n:1"]
        {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_key_is_not_shown() {
        let address: Address = "http://h:1/#key=secret".parse().unwrap();
        assert_eq!(address.to_string(), "ws://h:1/ws");
    }
}
