//! The settings of a host's stack, and its fixed limits.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use protocol::wire::MacAddr;

use super::{CongestionAlgorithm, NeighbourTimes, Network, WindowGrowth};

/// Frames that may wait to be polled before a send is refused and answers are left out.
pub const MAX_OUTBOX: usize = 1024;
/// Events that may wait to be polled before incoming frames are dropped.
pub const MAX_EVENTS: usize = 65_536;
/// UDP sockets of one host.
pub const MAX_UDP_SOCKETS: usize = 1024;
/// Multicast groups of one host; joining one more is refused.
pub const MAX_GROUPS: usize = 64;
/// The first port that is given to connections which name none (RFC 6335 section 6).
pub const FIRST_EPHEMERAL_PORT: u16 = 49_152;
/// TTL of what a host sends (RFC 1700; RFC 1122 section 3.2.1.7 asks for a setting of its own).
pub const DEFAULT_TTL: u8 = 64;

/// What a host is told about itself and its link.
#[derive(Clone, Debug)]
pub struct StackConfig {
    /// The card's address.
    pub mac: MacAddr,
    /// The host's only IPv4 address; without one it takes no IPv4 packets.
    pub v4: Option<Network<Ipv4Addr>>,
    /// The router for everything outside that network.
    pub gateway: Option<Ipv4Addr>,
    /// The host's IPv6 address beside its link-local one; without one it takes no IPv6 packets.
    pub v6: Option<Network<Ipv6Addr>>,
    /// The router for everything outside that network; a link-local address, or one in it.
    pub gateway6: Option<Ipv6Addr>,
    /// The longest IP packet that the link carries, in octets: 68 to 1500 (RFC 791 section 3.2).
    pub mtu: usize,
    /// How long hardware addresses of IPv4 neighbours hold.
    pub arp: NeighbourTimes,
    /// The same for IPv6 neighbours.
    pub discovery: NeighbourTimes,
    /// Settings of TCP.
    pub tcp: TcpConfig,
    /// The host's name; it tells its dice from those of others.
    pub name: String,
}

impl StackConfig {
    /// A host with one address and default settings on an Ethernet without a router.
    pub fn new(name: impl Into<String>, mac: MacAddr, ip: impl Into<IpAddr>, prefix: u8) -> Self {
        let (v4, v6) = match ip.into() {
            IpAddr::V4(ip) => (Some(Network::new(ip, prefix)), None),
            IpAddr::V6(ip) => (None, Some(Network::new(ip, prefix))),
        };
        StackConfig { v4, v6, ..StackConfig::without_address(name, mac) }
    }

    /// A host without any address yet.
    pub fn without_address(name: impl Into<String>, mac: MacAddr) -> Self {
        StackConfig {
            mac,
            v4: None,
            gateway: None,
            v6: None,
            gateway6: None,
            mtu: 1500,
            arp: NeighbourTimes::ARP,
            discovery: NeighbourTimes::DISCOVERY,
            tcp: TcpConfig::default(),
            name: name.into(),
        }
    }
}

/// Settings of TCP. The defaults are those of the RFCs, with the options that every present
/// system offers; `docs/network-tcp.md` says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcpConfig {
    /// The largest segment to accept, in octets of data; `None`: what the MTU leaves
    /// (RFC 9293 section 3.7.1).
    pub mss: Option<u16>,
    /// Octets that may wait for the application to read them: 1 to 2^30; without window
    /// scale the peer is told of 65,535 at most.
    pub recv_buffer: usize,
    /// Octets that may wait to be sent or acknowledged.
    pub send_buffer: usize,
    /// RTO before the first measurement (RFC 6298 rule 2.1).
    pub initial_rto: Duration,
    /// The least RTO: 1 s by RFC 6298 rule 2.4; Linux uses 200 ms.
    pub min_rto: Duration,
    /// The greatest RTO, at least 60 s (RFC 6298 rule 2.5).
    pub max_rto: Duration,
    /// How long an acknowledgement may be put off: less than 500 ms (RFC 9293 section
    /// 3.8.6.3); zero acknowledges at once.
    pub delayed_ack: Duration,
    /// Whether small segments wait while data is in flight (RFC 9293 section 3.7.4).
    pub nagle: bool,
    /// How long data may stay unacknowledged before the connection is given up: R2 of RFC
    /// 9293 section 3.8.3, at least 100 s.
    pub give_up: Duration,
    /// The same for a SYN, at least 3 minutes.
    pub give_up_syn: Duration,
    /// Maximum segment lifetime; TIME-WAIT lasts twice as long (RFC 9293 section 3.4.2 says
    /// two minutes, and lets it be changed; Linux acts as if it were 30 s).
    pub msl: Duration,
    /// How the congestion window grows and shrinks.
    pub congestion: CongestionAlgorithm,
    /// What lets the window of NewReno grow in congestion avoidance; CUBIC goes by time.
    pub growth: WindowGrowth,
    /// Whether selective acknowledgements are offered (RFC 2018, with RFC 2883 and RFC 6675).
    pub sack: bool,
    /// Whether timestamps are offered (RFC 7323 section 3).
    pub timestamps: bool,
    /// Whether window scale is offered (RFC 7323 section 2).
    pub window_scale: bool,
    /// Whether the MTU of the way is looked for: packets with DF, and shorter segments where
    /// a router asks for them (RFC 1191). Else routers may cut the packets.
    pub path_mtu_discovery: bool,
    /// Connections that may be half open on one listening port.
    pub backlog: usize,
    /// Connections of the host in any state, TIME-WAIT included.
    pub max_connections: usize,
}

impl Default for TcpConfig {
    fn default() -> Self {
        TcpConfig {
            mss: None,
            recv_buffer: 262_144,
            send_buffer: 65_536,
            initial_rto: Duration::from_secs(1),
            min_rto: Duration::from_secs(1),
            max_rto: Duration::from_secs(60),
            delayed_ack: Duration::from_millis(40),
            nagle: false,
            give_up: Duration::from_secs(100),
            give_up_syn: Duration::from_secs(180),
            msl: Duration::from_secs(30),
            congestion: CongestionAlgorithm::NewReno,
            growth: WindowGrowth::Octets,
            sack: true,
            timestamps: true,
            window_scale: true,
            path_mtu_discovery: true,
            backlog: 128,
            max_connections: 4096,
        }
    }
}
