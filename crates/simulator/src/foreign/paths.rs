//! Which UDP ports carry whose media: learnt from SETUP and its answer (RFC 2326 section 12.39).

use protocol::rtsp::headers::Transport;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

/// Paths that are remembered of one port or group; the oldest are forgotten.
pub const MAX_PER_PORT: usize = 32;

/// A pair of ports: RTP and RTCP.
pub type Ports = (u16, u16);

/// Where the media of one track travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The client, by its number.
    pub client: usize,
    pub track: usize,
    /// The ends of the RTSP connection on which it was agreed.
    pub ends: (IpAddr, IpAddr),
    pub client_ports: Option<Ports>,
    pub server_ports: Option<Ports>,
    /// Where the answer says that media comes from, when that is another address.
    pub source: Option<IpAddr>,
    pub group: Option<(IpAddr, Ports)>,
}

/// What a datagram is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The path, by its number.
    pub path: usize,
    pub to_client: bool,
    /// It goes to a group.
    pub multicast: bool,
    pub rtcp: bool,
}

/// All paths that were agreed on, the newest last.
#[derive(Debug, Default)]
pub struct Paths {
    paths: Vec<Path>,
    /// By the client's address and port.
    clients: BTreeMap<SocketAddr, Vec<usize>>,
    /// By the server's address and port and the client's address: behind a translator of
    /// addresses (NAT, RFC 3022) a client's port is not the one that it named.
    servers: BTreeMap<(SocketAddr, IpAddr), Vec<usize>>,
    groups: BTreeMap<SocketAddr, Vec<usize>>,
}

fn remember(known: &mut Vec<usize>, number: usize) {
    if known.len() >= MAX_PER_PORT {
        known.remove(0);
    }
    known.push(number);
}

/// One port stands for itself and the next.
fn pair(ports: (u16, Option<u16>)) -> Ports {
    (ports.0, ports.1.unwrap_or(ports.0.wrapping_add(1)))
}

impl Path {
    /// The path that an answer agrees on, with what was asked for. `None` for one in the RTSP
    /// connection, or where no ports are named.
    pub fn agreed(
        client: usize,
        track: usize,
        ends: (IpAddr, IpAddr),
        asked: Option<&Transport>,
        agreed: &Transport,
    ) -> Option<Path> {
        let address = |text: &Option<String>| text.as_ref()?.parse::<IpAddr>().ok();
        let destination = address(&agreed.destination);
        let client_port = agreed.client_port.or(asked.and_then(|asked| asked.client_port));
        let group = destination.filter(IpAddr::is_multicast).zip(agreed.port.or(client_port).map(pair));
        let client_ports = if group.is_some() { None } else { client_port.map(pair) };
        let server_ports = agreed.server_port.map(pair);
        let source = address(&agreed.source).filter(|source| *source != ends.1 && !source.is_unspecified());
        let path = Path { client, track, ends, client_ports, server_ports, source, group };
        (path.client_ports.is_some() || path.server_ports.is_some() || path.group.is_some()).then_some(path)
    }

    fn is_server(&self, ip: IpAddr) -> bool {
        ip == self.ends.1 || Some(ip) == self.source
    }
}

impl Paths {
    /// Adds a path.
    pub fn add(&mut self, path: Path) {
        let number = self.paths.len();
        for port in path.client_ports.into_iter().flat_map(|ports| [ports.0, ports.1]) {
            remember(self.clients.entry(SocketAddr::new(path.ends.0, port)).or_default(), number);
        }
        for port in path.server_ports.into_iter().flat_map(|ports| [ports.0, ports.1]) {
            for ip in [Some(path.ends.1), path.source].into_iter().flatten() {
                let key = (SocketAddr::new(ip, port), path.ends.0);
                remember(self.servers.entry(key).or_default(), number);
            }
        }
        if let Some((group, ports)) = path.group {
            for port in [ports.0, ports.1] {
                remember(self.groups.entry(SocketAddr::new(group, port)).or_default(), number);
            }
        }
        self.paths.push(path);
    }

    /// The path of this number.
    pub fn get(&self, number: usize) -> Option<&Path> {
        self.paths.get(number)
    }

    /// The members of a group: the newest path of each client in it.
    pub fn members(&self, to: SocketAddr) -> impl Iterator<Item = usize> {
        let mut newest = BTreeMap::new();
        for number in self.groups.get(&to).into_iter().flatten() {
            newest.insert(self.paths[*number].client, *number);
        }
        newest.into_values()
    }

    /// What a datagram is part of. The most telling comes first: both ends as agreed, then the
    /// client's port, then the server's.
    pub fn find(&self, from: SocketAddr, to: SocketAddr) -> Option<Found> {
        if to.ip().is_multicast() {
            let path = *self.groups.get(&to)?.last()?;
            let rtcp = self.paths[path].group.is_some_and(|(_, ports)| ports.1 == to.port());
            return Some(Found { path, to_client: true, multicast: true, rtcp });
        }
        let rtcp_at =
            |ports: Option<Ports>, port| ports.is_some_and(|ports| ports.1 == port && ports.0 != port);
        let of_client = |client: SocketAddr, server: SocketAddr, to_client| {
            let known = self.clients.get(&client)?;
            let newest = || known.iter().rev().copied();
            let by_both = newest().find(|number| {
                let path = &self.paths[*number];
                let named = path.server_ports.is_none_or(|(rtp, rtcp)| [rtp, rtcp].contains(&server.port()));
                path.is_server(server.ip()) && named
            });
            let found =
                by_both.or_else(|| newest().find(|number| self.paths[*number].is_server(server.ip())));
            let path = found.or_else(|| newest().next().filter(|_| to_client))?;
            let rtcp = rtcp_at(self.paths[path].client_ports, client.port());
            Some(Found { path, to_client, multicast: false, rtcp })
        };
        let of_server = |server: SocketAddr, client: SocketAddr, to_client| {
            let path = *self.servers.get(&(server, client.ip()))?.last()?;
            let rtcp = rtcp_at(self.paths[path].server_ports, server.port());
            Some(Found { path, to_client, multicast: false, rtcp })
        };
        of_client(to, from, true)
            .or_else(|| of_client(from, to, false))
            .or_else(|| of_server(from, to, true))
            .or_else(|| of_server(to, from, false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn path(client: usize, asked: &str, agreed: &str, ends: (&str, &str)) -> Path {
        let ends = (ends.0.parse().unwrap(), ends.1.parse().unwrap());
        Path::agreed(client, 0, ends, Some(&asked.parse().unwrap()), &agreed.parse().unwrap()).unwrap()
    }

    #[test]
    fn ports_tell_the_way_where_addresses_do_not() {
        let mut paths = Paths::default();
        let local = ("127.0.0.1", "127.0.0.1");
        let asked = "RTP/AVP;unicast;client_port=5000-5001";
        paths.add(path(0, asked, "RTP/AVP;unicast;client_port=5000-5001;server_port=6970-6971", local));
        paths.add(path(1, "RTP/AVP;client_port=5002-5003", "RTP/AVP;server_port=6970-6971", local));
        let found = |from, to| paths.find(at(from), at(to)).map(|f| (f.path, f.to_client, f.rtcp));
        assert_eq!(found("127.0.0.1:6970", "127.0.0.1:5000"), Some((0, true, false)));
        assert_eq!(found("127.0.0.1:6970", "127.0.0.1:5002"), Some((1, true, false)));
        assert_eq!(found("127.0.0.1:6971", "127.0.0.1:5001"), Some((0, true, true)));
        assert_eq!(found("127.0.0.1:5003", "127.0.0.1:6971"), Some((1, false, true)));
        assert_eq!(found("127.0.0.1:53", "127.0.0.1:40000"), None);
    }

    #[test]
    fn a_translated_port_is_known_by_the_server_s() {
        let mut paths = Paths::default();
        let ends = ("203.0.113.9", "198.51.100.1");
        paths.add(path(0, "RTP/AVP;client_port=5000-5001", "RTP/AVP;server_port=6970-6971", ends));
        let found = paths.find(at("198.51.100.1:6970"), at("203.0.113.9:61000")).unwrap();
        assert!(found.to_client && !found.rtcp);
        let found = paths.find(at("203.0.113.9:61001"), at("198.51.100.1:6971")).unwrap();
        assert!(!found.to_client && found.rtcp);
        assert_eq!(paths.find(at("192.0.2.7:61001"), at("198.51.100.1:6971")), None);
    }

    #[test]
    fn a_group_has_the_members_that_set_it_up() {
        let mut paths = Paths::default();
        let agreed = "RTP/AVP;multicast;destination=239.255.1.1;port=5004-5005;ttl=16";
        for client in [0, 1, 0] {
            paths.add(path(client, "RTP/AVP;multicast", agreed, ("10.0.1.2", "10.0.2.2")));
        }
        let found = paths.find(at("10.0.2.2:6971"), at("239.255.1.1:5005")).unwrap();
        assert!(found.multicast && found.rtcp);
        assert_eq!(paths.members(at("239.255.1.1:5005")).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn one_port_is_remembered_a_bounded_number_of_times() {
        let mut paths = Paths::default();
        for client in 0..2 * MAX_PER_PORT {
            let ends = ("10.0.1.2", "10.0.2.2");
            paths.add(path(client, "RTP/AVP;client_port=5000-5001", "RTP/AVP;server_port=6970-6971", ends));
        }
        assert!(
            paths.clients.values().chain(paths.servers.values()).all(|known| known.len() == MAX_PER_PORT)
        );
        let found = paths.find(at("10.0.2.2:6970"), at("10.0.1.2:5000")).unwrap();
        assert_eq!(found.path, 2 * MAX_PER_PORT - 1, "the newest holds");
    }

    #[test]
    fn another_source_is_the_server_s_too() {
        let mut paths = Paths::default();
        let agreed = "RTP/AVP;client_port=5000-5001;server_port=6970-6971;source=10.0.2.9";
        paths.add(path(0, "RTP/AVP;client_port=5000-5001", agreed, ("10.0.1.2", "10.0.2.2")));
        let found = paths.find(at("10.0.2.9:6970"), at("10.0.1.2:5000")).unwrap();
        assert!(found.to_client);
        assert_eq!(paths.get(found.path).unwrap().source, Some("10.0.2.9".parse().unwrap()));
    }
}
