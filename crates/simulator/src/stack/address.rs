//! Addresses with their networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address of an interface, and how many of its first bits name the network on its link
/// (RFC 4632 section 3.1, RFC 4291 section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network<A> {
    /// The address.
    pub ip: A,
    /// Bits of the network: 0 to 32 for IPv4, to 128 for IPv6; more count as that many.
    pub prefix: u8,
}

impl<A> Network<A> {
    /// An address and the length of its prefix.
    pub const fn new(ip: A, prefix: u8) -> Self {
        Network { ip, prefix }
    }
}

impl Network<Ipv4Addr> {
    fn mask(self) -> u32 {
        u32::MAX.checked_shl(32 - u32::from(self.prefix.min(32))).unwrap_or(0)
    }

    /// Whether `other` lies in this network.
    #[must_use]
    pub fn contains(self, other: Ipv4Addr) -> bool {
        (u32::from(other) ^ u32::from(self.ip)) & self.mask() == 0
    }

    /// Whether `other` is the broadcast address of this network or of all (RFC 1122 section
    /// 3.2.1.3). Networks of two addresses have none (RFC 3021).
    #[must_use]
    pub fn is_broadcast(self, other: Ipv4Addr) -> bool {
        let all_ones = u32::from(other) | self.mask() == u32::MAX;
        other.is_broadcast() || (self.prefix < 31 && self.contains(other) && all_ones)
    }
}

impl Network<Ipv6Addr> {
    /// Whether `other` lies in this network.
    #[must_use]
    pub fn contains(self, other: Ipv6Addr) -> bool {
        let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix.min(128))).unwrap_or(0);
        (u128::from(other) ^ u128::from(self.ip)) & mask == 0
    }
}

/// The next addresses after `first`, for hosts that come one by one; `None` past the last.
#[must_use]
pub fn counted(first: IpAddr, number: u32) -> Option<IpAddr> {
    Some(match first {
        IpAddr::V4(first) => Ipv4Addr::from(u32::from(first).checked_add(number)?).into(),
        IpAddr::V6(first) => Ipv6Addr::from(u128::from(first).checked_add(u128::from(number))?).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_know_their_own() {
        let four = Network::new(Ipv4Addr::new(10, 0, 1, 2), 24);
        assert!(four.contains(Ipv4Addr::new(10, 0, 1, 200)) && !four.contains(Ipv4Addr::new(10, 0, 2, 2)));
        assert!(four.is_broadcast(Ipv4Addr::new(10, 0, 1, 255)) && four.is_broadcast(Ipv4Addr::BROADCAST));
        assert!(!four.is_broadcast(Ipv4Addr::new(10, 0, 2, 255)));
        assert!(!Network::new(Ipv4Addr::new(10, 0, 0, 2), 31).is_broadcast(Ipv4Addr::new(10, 0, 0, 3)));
        assert!(Network::new(Ipv4Addr::new(10, 0, 0, 2), 0).contains(Ipv4Addr::new(192, 0, 2, 1)));
        let six: Network<Ipv6Addr> = Network::new("2001:db8:1::2".parse().unwrap(), 64);
        assert!(six.contains("2001:db8:1::ffff".parse().unwrap()));
        assert!(!six.contains("2001:db8:2::2".parse().unwrap()));
        assert!(Network::new(Ipv6Addr::LOCALHOST, 0).contains(Ipv6Addr::UNSPECIFIED));
    }

    #[test]
    fn addresses_count_up_to_the_last() {
        let next = |first: &str, by| counted(first.parse().unwrap(), by).map(|ip| ip.to_string());
        assert_eq!(next("10.0.1.100", 3).as_deref(), Some("10.0.1.103"));
        assert_eq!(next("2001:db8::ffff", 1).as_deref(), Some("2001:db8::1:0"));
        assert_eq!(next("255.255.255.255", 1), None);
    }
}
