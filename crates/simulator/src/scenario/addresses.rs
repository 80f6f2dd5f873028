//! Addresses as scenarios write them: `"10.0.1.2/24"`, or a list with one of each family.

use super::units::from_text;
use crate::stack::Network;
use protocol::wire::ipv6;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

from_text!(Address((IpAddr, u8)), network);

/// One value, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore<T> {
    One(T),
    More(Vec<T>),
}

impl<T> OneOrMore<T> {
    fn all(self) -> Vec<T> {
        match self {
            OneOrMore::One(one) => vec![one],
            OneOrMore::More(more) => more,
        }
    }
}

/// The addresses of an interface: one of a family.
#[derive(Clone, Copy, Default)]
pub(super) struct Networks {
    pub v4: Option<Network<Ipv4Addr>>,
    pub v6: Option<Network<Ipv6Addr>>,
}

impl<'de> Deserialize<'de> for Networks {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut found = Networks::default();
        for text in OneOrMore::<String>::deserialize(from)?.all() {
            let taken = match network(&text).map_err(D::Error::custom)? {
                (IpAddr::V4(ip), prefix) => found.v4.replace(Network::new(ip, prefix)).is_some(),
                (IpAddr::V6(ip), prefix) => found.v6.replace(Network::new(ip, prefix)).is_some(),
            };
            if taken {
                return Err(D::Error::custom(format!(
                    "'{text}' is the second address of its family: an interface has one of IPv4 and one of IPv6"
                )));
            }
        }
        if found.v4.is_none() && found.v6.is_none() {
            return Err(D::Error::custom("an interface needs an address, as in \"10.0.1.2/24\""));
        }
        Ok(found)
    }
}

/// The routers of a host: one of a family.
#[derive(Clone, Copy, Default)]
pub(super) struct Routers {
    pub v4: Option<Ipv4Addr>,
    pub v6: Option<Ipv6Addr>,
}

impl<'de> Deserialize<'de> for Routers {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut found = Routers::default();
        for text in OneOrMore::<String>::deserialize(from)?.all() {
            let taken = match text.parse() {
                Ok(IpAddr::V4(ip)) => found.v4.replace(ip).is_some(),
                Ok(IpAddr::V6(ip)) => found.v6.replace(ip).is_some(),
                Err(_) => return Err(D::Error::custom(format!("'{text}' is no address of a router"))),
            };
            if taken {
                return Err(D::Error::custom(format!("'{text}' is the second router of its family")));
            }
        }
        Ok(found)
    }
}

fn network(text: &str) -> Result<(IpAddr, u8), String> {
    let wrong = || {
        let ip = text.split('/').next().unwrap_or("10.0.1.2");
        let prefix = if ip.contains(':') { 64 } else { 24 };
        format!("'{text}' is no address with its network: write it as in \"{ip}/{prefix}\"")
    };
    let (ip, prefix) = text.split_once('/').ok_or_else(wrong)?;
    let ip: IpAddr = ip.parse().map_err(|_| wrong())?;
    let prefix: u8 = prefix.parse().map_err(|_| wrong())?;
    let most = if ip.is_ipv4() { 30 } else { 127 };
    if !(1..=most).contains(&prefix) {
        return Err(format!("'{text}': a network of hosts has a prefix of 1 to {most} bits"));
    }
    let local = matches!(ip, IpAddr::V6(ip) if ipv6::is_link_local(ip));
    if ip.is_multicast() || ip.is_unspecified() || ip.is_loopback() || local {
        return Err(format!("'{text}' is no address for an interface: a group's, nobody's, or a link's own"));
    }
    Ok((ip, prefix))
}
