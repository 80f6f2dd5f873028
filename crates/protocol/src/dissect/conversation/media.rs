//! Which ports and channels carry media, learnt from SETUP and SDP.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::rtsp::sdp;

/// How many UDP ports are remembered; the one learnt first is forgotten for a new one.
pub const MAX_PORTS: usize = 4_096;
/// How many RTSP connections are remembered; the one heard of first is forgotten for a new one.
pub const MAX_CONNECTIONS: usize = 1_024;
/// How many payload types one description may name (RTP has 128, RFC 3550 5.1).
pub const MAX_FORMATS: usize = 128;
/// How many channels a connection has: the channel is one octet (RFC 2326 10.12).
pub const MAX_CHANNELS: usize = 256;

/// An address and a port.
pub type End = (IpAddr, u16);
/// A connection, whichever way: the smaller end first.
pub type Link = (SocketAddr, SocketAddr);

/// What a port or channel carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// RTP packets.
    Rtp,
    /// RTCP packets.
    Rtcp,
}

/// What a payload type stands for (`a=rtpmap`, RFC 8866 6.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// The encoding's name, such as `JPEG`.
    pub encoding: String,
    /// Ticks per second of its RTP clock.
    pub clock_rate: u32,
}

/// What the payload types of one session stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formats(Arc<BTreeMap<u8, Format>>);

impl Formats {
    /// The formats of a description, up to [`MAX_FORMATS`].
    pub fn new(formats: impl IntoIterator<Item = (u8, Format)>) -> Self {
        Formats(Arc::new(formats.into_iter().take(MAX_FORMATS).collect()))
    }

    /// The name of a payload type's encoding: by the description, else by the static assignments
    /// (RFC 3551 6).
    pub fn encoding(&self, payload_type: u8) -> Option<Cow<'static, str>> {
        match self.0.get(&payload_type) {
            Some(format) => Some(format.encoding.clone().into()),
            None => sdp::static_map(payload_type).map(|map| map.encoding.into()),
        }
    }
}

/// What is known of one RTSP connection.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// What its last description said of payload types.
    pub formats: Formats,
    /// The client's UDP ports as its last SETUP offered them.
    pub offered: Option<(u16, u16)>,
    /// Whether its client speaks the student project's dialect.
    pub lab: bool,
    /// What each interleaved channel carries.
    pub channels: BTreeMap<u8, Role>,
    /// When it was first heard of: a count, not a time.
    turn: u64,
}

/// A UDP port that is known.
#[derive(Clone, Debug)]
struct Port {
    role: Role,
    formats: Formats,
    turn: u64,
}

/// All ports and connections that are known.
#[derive(Clone, Debug, Default)]
pub struct Media {
    ports: BTreeMap<End, Port>,
    connections: BTreeMap<Link, Connection>,
    /// How often something new was learnt.
    turn: u64,
}

/// The link between two ends, whichever way.
pub fn link(one: SocketAddr, other: SocketAddr) -> Link {
    if one < other { (one, other) } else { (other, one) }
}

impl Media {
    /// Remembers what `end` carries.
    pub fn learn_port(&mut self, end: End, role: Role, formats: Formats) {
        self.turn += 1;
        if !self.ports.contains_key(&end) && self.ports.len() >= MAX_PORTS {
            let oldest = self.ports.iter().min_by_key(|(_, port)| port.turn).map(|(end, _)| *end);
            if let Some(end) = oldest {
                self.ports.remove(&end);
            }
        }
        self.ports.insert(end, Port { role, formats, turn: self.turn });
    }

    /// What a datagram from `src` to `dst` carries.
    pub fn port(&self, dst: End, src: End) -> Option<(Role, Formats)> {
        let port = self.ports.get(&dst).or_else(|| self.ports.get(&src))?;
        Some((port.role, port.formats.clone()))
    }

    /// What is known of a connection, to be read and added to.
    pub fn connection(&mut self, link: Link) -> &mut Connection {
        if !self.connections.contains_key(&link) && self.connections.len() >= MAX_CONNECTIONS {
            let oldest = self.connections.iter().min_by_key(|(_, known)| known.turn).map(|(link, _)| *link);
            if let Some(link) = oldest {
                self.connections.remove(&link);
            }
        }
        self.turn += 1;
        let turn = self.turn;
        self.connections.entry(link).or_insert_with(|| Connection { turn, ..Connection::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_receiver_decides_and_the_oldest_port_is_forgotten() {
        let end = |port| (IpAddr::from([10, 0, 1, 2]), port);
        let mut media = Media::default();
        let jpeg = Format { encoding: "JPEG".into(), clock_rate: 90_000 };
        let formats = Formats::new([(96, jpeg)]);
        media.learn_port(end(1), Role::Rtp, formats.clone());
        media.learn_port(end(2), Role::Rtcp, Formats::default());
        assert_eq!(media.port(end(1), end(2)), Some((Role::Rtp, formats)));
        assert_eq!(media.port(end(9), end(2)).map(|found| found.0), Some(Role::Rtcp));
        assert_eq!(media.port(end(8), end(9)), None);
        for port in 0..MAX_PORTS as u16 {
            media.learn_port(end(port + 1000), Role::Rtp, Formats::default());
        }
        assert_eq!(media.ports.len(), MAX_PORTS);
        assert_eq!(media.port(end(1), end(2)), None);
    }

    #[test]
    fn the_oldest_connection_is_forgotten() {
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let mut media = Media::default();
        for port in 0..=MAX_CONNECTIONS as u16 {
            media.connection(link(at(554), at(1000 + port))).offered = Some((port, port + 1));
        }
        assert_eq!(media.connections.len(), MAX_CONNECTIONS);
        assert_eq!(media.connection(link(at(1001), at(554))).offered, Some((1, 2)));
        assert_eq!(media.connection(link(at(1000), at(554))).offered, None);
    }

    #[test]
    fn payload_types_have_names() {
        let formats = Formats::new([(26, Format { encoding: "other".into(), clock_rate: 1 })]);
        assert_eq!(formats.encoding(26).as_deref(), Some("other"));
        assert_eq!(Formats::default().encoding(26).as_deref(), Some("JPEG"));
        assert_eq!(Formats::default().encoding(96), None);
    }
}
