//! Transport (RFC 2326 section 12.39).

use super::{HeaderError, parameter, split_quoted};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// The most entries of a Transport header that are read; further ones are as if absent.
const MAX_ENTRIES: usize = 16;

/// One entry of a Transport header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transport {
    /// `RTP`
    pub protocol: String,
    /// `AVP`, `SAVP`, ...
    pub profile: String,
    /// The lower transport, as far as it is written.
    pub lower: Option<Lower>,
    /// `unicast` or `multicast`, where it is written.
    pub delivery: Option<Delivery>,
    /// The receiver's ports: one, or a pair.
    pub client_port: Option<(u16, Option<u16>)>,
    /// The sender's ports: one, or a pair.
    pub server_port: Option<(u16, Option<u16>)>,
    /// The ports of a multicast group.
    pub port: Option<(u16, Option<u16>)>,
    /// The channels in the RTSP connection: one, or a pair.
    pub interleaved: Option<(u8, Option<u8>)>,
    /// Where the stream shall go.
    pub destination: Option<String>,
    /// Where the stream comes from.
    pub source: Option<String>,
    /// A multicast group's time to live.
    pub ttl: Option<u8>,
    /// The synchronisation source of the sender.
    pub ssrc: Option<u32>,
    /// The methods that the transport is for, in capital letters; `PLAY` where it is not said.
    pub mode: Vec<String>,
    /// `append`: a recording is added to what is there.
    pub append: bool,
    /// Parameters that are not known, as written.
    pub other: Vec<String>,
}

/// A lower transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lower {
    /// `UDP`, which is also what is meant where nothing is written.
    Udp,
    /// `TCP`: interleaved (RFC 2326 section 10.12).
    Tcp,
    /// Another one.
    Other(String),
}

/// To one receiver or to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// `unicast`
    Unicast,
    /// `multicast`
    Multicast,
}

/// The entries of a Transport header in the order of the client's preference, each
/// readable or not: one that is not must not keep the others from being used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportList(pub Vec<Result<Transport, HeaderError>>);

impl TransportList {
    /// Reads a header's value.
    pub fn read(value: &str) -> TransportList {
        TransportList(split_quoted(value, ',').take(MAX_ENTRIES).map(str::parse).collect())
    }

    /// Reads what a client offers: an entry that says something twice, or both of unicast and
    /// multicast, is not readable, since it is not known which of the two is meant. (Answers of
    /// servers are read leniently: there is nobody to ask again.)
    pub fn read_offers(value: &str) -> TransportList {
        let read = |entry: &str| match repeated(entry) {
            Some(name) => Err(HeaderError::Repeated(name)),
            None => entry.parse(),
        };
        TransportList(split_quoted(value, ',').take(MAX_ENTRIES).map(read).collect())
    }
}

impl Transport {
    /// The lower transport; UDP where it is not written.
    pub fn lower(&self) -> Lower {
        self.lower.clone().unwrap_or(Lower::Udp)
    }

    /// Whether the transport is for this method (`PLAY` or `RECORD`).
    pub fn is_for(&self, method: &str) -> bool {
        if self.mode.is_empty() { method == "PLAY" } else { self.mode.iter().any(|mode| mode == method) }
    }
}

impl FromStr for Transport {
    type Err = HeaderError;

    fn from_str(text: &str) -> Result<Transport, HeaderError> {
        let mut parts = split_quoted(text, ';');
        let spec = parts.next().ok_or(HeaderError::Empty)?;
        let mut names = spec.split('/');
        let wrong = || HeaderError::Transport(spec.to_owned());
        let (Some(protocol), Some(profile)) = (names.next(), names.next()) else { return Err(wrong()) };
        if protocol.is_empty() || profile.is_empty() {
            return Err(wrong());
        }
        let lower = names.next().map(|lower| match lower.to_ascii_uppercase().as_str() {
            "UDP" => Lower::Udp,
            "TCP" => Lower::Tcp,
            _ => Lower::Other(lower.to_owned()),
        });
        if names.next().is_some() {
            return Err(wrong());
        }
        let mut transport = Transport {
            protocol: protocol.to_ascii_uppercase(),
            profile: profile.to_ascii_uppercase(),
            lower,
            ..Transport::default()
        };
        for part in parts {
            transport.parameter(part)?;
        }
        Ok(transport)
    }
}

impl Transport {
    fn parameter(&mut self, part: &str) -> Result<(), HeaderError> {
        let (name, value) = parameter(part);
        let wrong =
            || HeaderError::Parameter { name: name.to_owned(), value: value.unwrap_or_default().to_owned() };
        // Quotation marks stand around a value, not in it.
        if value.is_some_and(|value| value.contains('"')) {
            return Err(wrong());
        }
        let needed = || value.filter(|value| !value.is_empty()).ok_or_else(wrong);
        match name.to_ascii_lowercase().as_str() {
            "unicast" => self.delivery = Some(Delivery::Unicast),
            "multicast" => self.delivery = Some(Delivery::Multicast),
            "append" => self.append = true,
            "client_port" => self.client_port = Some(pair(needed()?).ok_or_else(wrong)?),
            "server_port" => self.server_port = Some(pair(needed()?).ok_or_else(wrong)?),
            "port" => self.port = Some(pair(needed()?).ok_or_else(wrong)?),
            "interleaved" => self.interleaved = Some(pair(needed()?).ok_or_else(wrong)?),
            "destination" => self.destination = address(value).map_err(|()| wrong())?,
            "source" => self.source = address(value).map_err(|()| wrong())?,
            "ttl" => self.ttl = Some(needed()?.parse().map_err(|_| wrong())?),
            // Eight hexadecimal digits; some servers write fewer, some a space before.
            "ssrc" => self.ssrc = Some(u32::from_str_radix(needed()?, 16).map_err(|_| wrong())?),
            "mode" => {
                let modes = value.unwrap_or_default().split(',');
                self.mode =
                    modes.map(|mode| mode.trim().to_ascii_uppercase()).filter(|m| !m.is_empty()).collect();
            }
            _ => self.other.push(part.to_owned()),
        }
        Ok(())
    }
}

/// The first parameter of an entry that is there twice.
fn repeated(entry: &str) -> Option<String> {
    let mut seen = BTreeSet::new();
    split_quoted(entry, ';').skip(1).map(|part| parameter(part).0.to_ascii_lowercase()).find(|name| {
        let name = if name == "multicast" { "unicast" } else { name };
        !seen.insert(name.to_owned())
    })
}

/// An address or a host's name; neither has separators in it.
fn address(value: Option<&str>) -> Result<Option<String>, ()> {
    match value {
        Some(value) if value.contains(|c: char| matches!(c, ';' | ',') || c.is_whitespace()) => Err(()),
        value => Ok(value.map(str::to_owned)),
    }
}

/// `5004` or `5004-5005`.
fn pair<T: FromStr>(text: &str) -> Option<(T, Option<T>)> {
    let number = |text: &str| text.trim().parse().ok();
    match text.split_once('-') {
        Some((first, second)) => Some((number(first)?, Some(number(second)?))),
        None => Some((number(text)?, None)),
    }
}

impl fmt::Display for Lower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Lower::Udp => "UDP",
            Lower::Tcp => "TCP",
            Lower::Other(other) => other,
        })
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.protocol, self.profile)?;
        if let Some(lower) = &self.lower {
            write!(f, "/{lower}")?;
        }
        match self.delivery {
            Some(Delivery::Unicast) => f.write_str(";unicast")?,
            Some(Delivery::Multicast) => f.write_str(";multicast")?,
            None => {}
        }
        if let Some(destination) = &self.destination {
            write!(f, ";destination={destination}")?;
        }
        if let Some(source) = &self.source {
            write!(f, ";source={source}")?;
        }
        write_pair(f, "interleaved", self.interleaved)?;
        write_pair(f, "port", self.port)?;
        write_pair(f, "client_port", self.client_port)?;
        write_pair(f, "server_port", self.server_port)?;
        if let Some(ttl) = self.ttl {
            write!(f, ";ttl={ttl}")?;
        }
        if self.append {
            f.write_str(";append")?;
        }
        if let Some(ssrc) = self.ssrc {
            write!(f, ";ssrc={ssrc:08X}")?;
        }
        if !self.mode.is_empty() {
            write!(f, ";mode=\"{}\"", self.mode.join(","))?;
        }
        self.other.iter().try_for_each(|other| write!(f, ";{other}"))
    }
}

fn write_pair<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    pair: Option<(T, Option<T>)>,
) -> fmt::Result {
    match pair {
        Some((first, Some(second))) => write!(f, ";{name}={first}-{second}"),
        Some((first, None)) => write!(f, ";{name}={first}"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Transport {
        TransportList::read(text).0.remove(0).unwrap()
    }

    #[test]
    fn every_parameter_is_read_and_written() {
        let text = "RTP/AVP/UDP;unicast;destination=10.0.0.1;source=10.0.0.2;client_port=5004-5005;\
                    server_port=6970-6971;ttl=16;append;ssrc=0A0B0C0D;mode=\"PLAY,RECORD\";x-dynamic=1";
        let transport = first(text);
        assert_eq!(transport.client_port, Some((5004, Some(5005))));
        assert_eq!(transport.ssrc, Some(0x0a0b_0c0d));
        assert!(transport.is_for("RECORD") && transport.is_for("PLAY"));
        assert_eq!(transport.to_string(), text);
        assert_eq!(first("RTP/AVP/TCP;interleaved=0-1").interleaved, Some((0, Some(1))));
        assert_eq!(first("RTP/AVP;multicast;port=1234").to_string(), "RTP/AVP;multicast;port=1234");
    }

    #[test]
    fn writings_of_the_field_are_read() {
        let lab = first("RTP/UDP; client_port= 25000");
        assert_eq!((lab.profile.as_str(), lab.client_port), ("UDP", Some((25000, None))));
        let lower_case = first("rtp/avp/tcp;unicast;mode=record");
        assert_eq!(lower_case.lower(), Lower::Tcp);
        assert!(!lower_case.is_for("PLAY"));
        assert_eq!(first("RTP/AVP;unicast;ssrc= 1f").ssrc, Some(0x1f));
        assert_eq!(first("RTP/AVP").lower(), Lower::Udp);
    }

    #[test]
    fn an_offer_that_says_something_twice_is_not_readable() {
        for (offer, name) in [
            ("RTP/AVP;unicast;client_port=2-3;client_port=4-5", "client_port"),
            ("RTP/AVP;unicast;multicast", "multicast"),
            ("RTP/AVP/TCP;interleaved=0-1;INTERLEAVED=0-1", "interleaved"),
        ] {
            let offers = TransportList::read_offers(&format!("{offer}, RTP/AVP/TCP")).0;
            assert_eq!(offers[0], Err(HeaderError::Repeated(name.to_owned())));
            assert!(offers[1].is_ok() && offer.parse::<Transport>().is_ok(), "{offer}");
        }
    }

    #[test]
    fn an_unreadable_entry_leaves_the_others() {
        let list = TransportList::read(
            "nonsense, RTP/AVP;client_port=x, ,RTP/AVP;mode=\"PLAY,RECORD\", RTP/AVP/UDP/X",
        );
        let readable: Vec<bool> = list.0.iter().map(Result::is_ok).collect();
        assert_eq!(readable, [false, false, true, false]);
        for wrong in [
            "RTP/AVP;mode=\"L\"PLAY\";x",
            "RTP/AVP;destination=\"a;b\"",
            "RTP/AVP;source=\"\na\"",
            "RTP/AVP;client_port=70000",
            "RTP/AVP;interleaved=256",
            "RTP/AVP;client_port=",
            "RTP/",
        ] {
            assert!(TransportList::read(wrong).0[0].is_err(), "{wrong}");
        }
        assert!(TransportList::read("").0.is_empty());
        assert_eq!(TransportList::read(&"RTP/AVP,".repeat(100)).0.len(), MAX_ENTRIES);
    }
}
