//! Which URLs and addresses may be opened, and what is shown of them.

use protocol::rtsp::url::{Url, UrlError};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// The longest URL that is taken, octets.
pub const MAX_URL: usize = 1024;

/// The longest name of a host that is shown, characters.
const MAX_NAME: usize = 64;

/// Why a URL is not opened, in words for who entered it. User and password are not among them.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It is longer than [`MAX_URL`].
    #[error("The URL has {octets} octets, and at most {MAX_URL} are taken.")]
    Long {
        /// Its length.
        octets: usize,
    },
    /// It holds a space, a control character or something beyond ASCII.
    #[error(
        "The URL holds {character:?} at character {at}; there it must be written as % and two digits each."
    )]
    Character {
        /// Which.
        character: char,
        /// Where, from 1.
        at: usize,
    },
    /// It is no URL of RTSP.
    #[error("This is no URL that can be opened: {0}. It must look like rtsp://host:port/path.")]
    Url(#[from] UrlError),
    /// RTSP over TLS or UDP.
    #[error("{0}:// cannot be opened yet; only rtsp:// can.")]
    Scheme(String),
    /// The name has no address.
    #[error("No address is known for the host {host} ({error}).")]
    Unknown {
        /// The host.
        host: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// The name service does not answer.
    #[error("No address was found for the host {host} within {} s.", time.as_secs())]
    Slow {
        /// The host.
        host: String,
        /// How long it was waited for.
        time: Duration,
    },
    /// An address that no camera or server on a network has.
    #[error("{host} is {ip}, {what}; no connection is made to such an address.")]
    Address {
        /// The host as it was entered.
        host: String,
        /// Its address.
        ip: IpAddr,
        /// What such an address is.
        what: &'static str,
    },
    /// Nobody answered.
    #[error("{address} could not be connected to: {error}.")]
    Connect {
        /// The last address that was tried.
        address: SocketAddr,
        /// The system's reason.
        error: std::io::Error,
    },
    /// Nobody answered in time.
    #[error("{address} did not answer within {} s.", time.as_secs())]
    Silent {
        /// The last address that was tried.
        address: SocketAddr,
        /// How long it was waited for.
        time: Duration,
    },
    /// No pair of UDP ports is free for media.
    #[error("No pair of UDP ports is free for the media of {host}.")]
    NoPorts {
        /// The host.
        host: String,
    },
}

/// A URL that may be opened, if its host's address may.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// With user and password, for the client engine.
    url: Url,
}

/// Without user and password.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.shown())
    }
}

impl Target {
    /// Reads a URL that somebody entered.
    ///
    /// # Errors
    /// [`Refused`], before anything is asked of the network.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let text = text.trim();
        if text.len() > MAX_URL {
            return Err(Refused::Long { octets: text.len() });
        }
        let odd = text.chars().enumerate().find(|(_, character)| !character.is_ascii_graphic());
        if let Some((at, character)) = odd {
            return Err(Refused::Character { character, at: at + 1 });
        }
        let url = Url::parse(text)?;
        if url.scheme != "rtsp" {
            return Err(Refused::Scheme(url.scheme));
        }
        Ok(Target { url })
    }

    /// The host as it was entered, without the brackets of an IPv6 address.
    pub fn host(&self) -> &str {
        self.url.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.url.port_or_default()
    }

    /// A name for people: the host, at most 64 characters of it.
    pub fn name(&self) -> String {
        self.host().chars().take(MAX_NAME).collect()
    }

    /// The URL with user and password.
    pub fn whole(&self) -> String {
        self.url.to_string()
    }

    /// The URL without user and password.
    pub fn shown(&self) -> String {
        self.url.without_user().to_string()
    }

    /// Whether its host may be connected to at this address.
    ///
    /// # Errors
    /// [`Refused::Address`].
    pub fn allows(&self, ip: IpAddr) -> Result<(), Refused> {
        let what = match ip.to_canonical() {
            IpAddr::V4(ip) => odd_v4(ip),
            IpAddr::V6(ip) => odd_v6(ip),
        };
        what.map_or(Ok(()), |what| Err(Refused::Address { host: self.host().to_owned(), ip, what }))
    }
}

/// What an address is that no server can be reached at (RFC 6890 section 2.2.2).
fn odd_v4(ip: Ipv4Addr) -> Option<&'static str> {
    match ip {
        _ if ip.octets()[0] == 0 => Some("an address of no host"),
        _ if ip.is_link_local() => Some("a link-local address"),
        _ if ip.is_multicast() => Some("the address of a multicast group"),
        _ if ip.is_broadcast() => Some("the broadcast address"),
        _ if ip.octets()[0] >= 240 => Some("a reserved address"),
        _ => None,
    }
}

fn odd_v6(ip: Ipv6Addr) -> Option<&'static str> {
    match ip {
        _ if ip.is_unspecified() => Some("an address of no host"),
        _ if ip.is_unicast_link_local() => Some("a link-local address"),
        _ if ip.is_multicast() => Some("the address of a multicast group"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_has_no_password() {
        let target = Target::parse(" rtsp://root:p%40ss@camera.local:8554/stream?a=b ").unwrap();
        assert_eq!((target.host(), target.port()), ("camera.local", 8554));
        assert_eq!(target.shown(), "rtsp://camera.local:8554/stream?a=b");
        assert!(target.whole().contains("root:p%40ss@"));
        assert!(!format!("{target:?} {}", target.name()).contains("p%40ss"));
        let target = Target::parse("rtsp://[2001:db8::1]/x").unwrap();
        assert_eq!((target.host(), target.port()), ("2001:db8::1", 554));
    }

    #[test]
    fn what_cannot_be_opened_is_said() {
        let long = format!("rtsp://h/{}", "x".repeat(MAX_URL));
        let cases = [
            ("camera.local", "rtsp://host:port/path"),
            ("http://h/", "rtsp://"),
            ("rtsps://h/", "rtsps:// cannot be opened yet"),
            ("rtsp:///x", "names no host"),
            ("rtsp://h:99999/x", "from 1 to 65535"),
            ("rtsp://u:secret@h:x/", "from 1 to 65535"),
            ("rtsp://h/a b", "' ' at character 11"),
            ("rtsp://h/\r\nX: y", "'\\r' at character 10"),
            ("rtsp://h/\u{e9}", "at character 10"),
            (long.as_str(), "at most 1024"),
        ];
        for (text, says) in cases {
            let error = Target::parse(text).expect_err(text).to_string();
            assert!(error.contains(says), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn odd_addresses_are_refused() {
        let target = Target::parse("rtsp://h/").unwrap();
        for ip in [
            "169.254.1.1",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "239.255.255.250",
            "255.255.255.255",
            "250.1.1.1",
            "::",
            "fe80::1",
            "ff02::1",
            "::ffff:169.254.169.254",
        ] {
            assert!(target.allows(ip.parse().unwrap()).is_err(), "{ip}");
        }
        for ip in ["127.0.0.1", "10.0.0.7", "192.168.1.64", "203.0.113.9", "::1", "fd00::1", "2001:db8::1"] {
            assert!(target.allows(ip.parse().unwrap()).is_ok(), "{ip}");
        }
    }
}
