//! Ethernet, VLAN tags, ARP, IPv4, ICMP, IGMP, IPv6, ICMPv6, neighbour discovery, UDP and TCP:
//! built and read.
//!
//! Every protocol has one file with one *reader*, which answers either a value whose parts
//! are known to lie inside the octets given, or a [`WireError`] with the offset of the
//! fault; and one *writer*, which appends to a `Vec<u8>`. Header fields are placed and
//! found by `pnet_packet`, where it knows them; checksums are computed here.
//!
//! A frame grows from left to right in one buffer: [`ethernet::begin`], then the network
//! and transport writers, then [`ethernet::seal`], which pads and appends the FCS.

pub mod arp;
pub mod checksum;
pub mod ethernet;
pub mod icmp;
pub mod icmpv6;
pub mod igmp;
pub mod ipv4;
pub mod ipv6;
pub mod ndp;
pub mod tcp;
pub mod udp;
pub mod vlan;

mod error;

pub use error::WireError;
pub use pnet_base::MacAddr;
