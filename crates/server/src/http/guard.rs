//! Who may talk to the server: an allow-list of `Host` names and a check of `Origin`.
//!
//! A page of another site must not reach a server on this machine, neither by giving its own
//! name this machine's address (DNS rebinding) nor by opening a WebSocket across sites, which
//! browsers permit. The first always shows in `Host` (RFC 9110 section 7.2), the second in
//! `Origin` (RFC 6454 section 7, RFC 6455 section 10.2).

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};
use std::net::IpAddr;

/// What to do with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Let it in.
    Welcome,
    /// It names a server that this one is not.
    WrongHost,
    /// A page of another site sent it.
    WrongOrigin,
}

/// The names that this server answers to.
#[derive(Debug)]
pub struct Guard {
    /// Bound to loopback: only loopback addresses are names.
    loopback: bool,
    /// Further names, in lower case, without ports.
    names: Vec<String>,
}

impl Guard {
    /// The guard of a server that is bound to `address` and answers to `names` too.
    pub fn new(address: IpAddr, names: &[String]) -> Self {
        let names = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        Guard { loopback: address.is_loopback(), names }
    }

    /// Judges a request by its headers and target.
    pub fn check(&self, headers: &HeaderMap, uri: &Uri) -> Verdict {
        let host = match headers.get(header::HOST) {
            Some(host) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
            None => uri.authority().cloned(),
        };
        let Some(host) = host.filter(|host| self.is_known(host.host())) else {
            return Verdict::WrongHost;
        };
        // Programs that are no browsers send no Origin; a browser always does where it matters.
        let Some(origin) = headers.get(header::ORIGIN) else {
            return Verdict::Welcome;
        };
        let same = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok()).is_some_and(|origin| {
            matches!(origin.scheme_str(), Some("http" | "https"))
                && origin.authority().is_some_and(|from| {
                    from.host().eq_ignore_ascii_case(host.host())
                        && port(from, &origin) == host.port_u16().unwrap_or(port_of(&origin))
                })
        });
        if same { Verdict::Welcome } else { Verdict::WrongOrigin }
    }

    /// Whether `host` names this server. An address cannot be rebound, so that any may be
    /// used where the server is not bound to loopback.
    fn is_known(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&host);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return address.is_loopback() || !self.loopback || self.names.contains(&host);
        }
        host == "localhost" || host.ends_with(".localhost") || self.names.contains(&host)
    }
}

/// The port that an origin's authority means.
fn port(from: &Authority, origin: &Uri) -> u16 {
    from.port_u16().unwrap_or(port_of(origin))
}

/// The port that an origin's scheme means when it names none.
fn port_of(origin: &Uri) -> u16 {
    if origin.scheme_str() == Some("https") { 443 } else { 80 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(bound: &str, host: &str, origin: Option<&str>) -> Verdict {
        let guard = Guard::new(bound.parse().unwrap(), &["Class.example".into()]);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        guard.check(&headers, &Uri::from_static("/ws"))
    }

    #[test]
    fn own_names_are_welcome() {
        for host in ["127.0.0.1:8080", "localhost:9000", "[::1]:8080", "room.localhost:8080", "class.example"]
        {
            assert_eq!(verdict("127.0.0.1", host, None), Verdict::Welcome, "{host}");
        }
        assert_eq!(verdict("0.0.0.0", "192.168.1.7:8080", None), Verdict::Welcome);
    }

    #[test]
    fn foreign_names_are_not() {
        for host in [
            "evil.example:8080",
            "192.168.1.7:8080",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "a b",
        ] {
            assert_eq!(verdict("127.0.0.1", host, None), Verdict::WrongHost, "{host}");
        }
        assert_eq!(verdict("0.0.0.0", "evil.example:8080", None), Verdict::WrongHost);
        let guard = Guard::new("127.0.0.1".parse().unwrap(), &[]);
        assert_eq!(guard.check(&HeaderMap::new(), &Uri::from_static("/")), Verdict::WrongHost);
    }

    #[test]
    fn only_the_own_page_may_talk() {
        let from = |origin| verdict("127.0.0.1", "127.0.0.1:8080", Some(origin));
        assert_eq!(from("http://127.0.0.1:8080"), Verdict::Welcome);
        for origin in [
            "http://evil.example",
            "http://127.0.0.1:8081",
            "http://localhost:8080",
            "null",
            "https://127.0.0.1",
        ] {
            assert_eq!(from(origin), Verdict::WrongOrigin, "{origin}");
        }
        assert_eq!(verdict("127.0.0.1", "class.example", Some("https://class.example")), Verdict::Welcome);
    }
}
