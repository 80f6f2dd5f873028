//! A router that translates addresses and ports (NAPT: RFC 3022, RFC 4787, RFC 5382, RFC 5508).
//!
//! Whoever is inside has one address outside. A packet that goes out makes a mapping from its
//! sender's address and port to a port outside, which holds for all destinations
//! (endpoint-independent mapping, RFC 4787 REQ-1); a packet that comes in is let through when
//! its destination has a mapping and its sender's address was written to before
//! (address-dependent filtering, REQ-8). What has no mapping is dropped.

use protocol::time::SimTime;
use protocol::wire::{ethernet, ipv4};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

/// Mappings at a time; then nothing new goes out.
pub const MAX_MAPPINGS: usize = 1024;
/// Addresses outside to which one mapping has written; then it lets nobody new in.
pub const MAX_PEERS: usize = 64;
/// The ports outside, unless those inside are preserved (RFC 6056 section 3.2 would take more).
pub const FIRST_PORT: u16 = 40_000;
/// The last of them.
pub const LAST_PORT: u16 = 59_999;
/// How long a mapping of UDP holds after the last packet that went out (RFC 4787 REQ-5).
pub const UDP_TIMEOUT: Duration = Duration::from_secs(300);
/// The same for TCP: two hours and four minutes (RFC 5382 REQ-5).
pub const TCP_TIMEOUT: Duration = Duration::from_secs(7440);
/// The same after a FIN or RST, and before a connection stands.
pub const TCP_TRANSITORY_TIMEOUT: Duration = Duration::from_secs(240);
/// The same for echoes (RFC 5508 REQ-1).
pub const ICMP_TIMEOUT: Duration = Duration::from_secs(60);

/// Which of a router's networks are translated into which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NatConfig {
    /// The cable to those inside.
    pub inside: crate::ids::LinkId,
    /// The cable to those outside.
    pub outside: crate::ids::LinkId,
    /// Whether a port keeps its number where it is free (RFC 4787 section 4.2.1).
    pub preserve_ports: bool,
}

/// A mapping that has come or gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NatChange {
    /// The IP protocol; for ICMP ports are identifiers of echoes.
    pub protocol: u8,
    /// The host inside.
    pub inside: SocketAddrV4,
    /// As whom those outside see it.
    pub outside: SocketAddrV4,
    /// True when it has come.
    pub open: bool,
}

/// What becomes of a packet for the router's address outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inbound {
    /// It goes to a host inside, in this frame.
    To(Vec<u8>),
    /// It is none that could have a mapping: the router's own.
    Own,
    /// Nobody inside has written from there, or not to that sender: why.
    Refused(&'static str),
}

#[derive(Clone, Debug)]
struct Mapping {
    inside: SocketAddrV4,
    peers: BTreeSet<Ipv4Addr>,
    until: SimTime,
    /// A FIN or RST was seen.
    closing: bool,
    /// Something has come back.
    answered: bool,
}

/// The table.
#[derive(Clone, Debug)]
pub(super) struct Nat {
    pub config: NatConfig,
    /// The address outside.
    address: Ipv4Addr,
    /// By protocol and port outside.
    mappings: BTreeMap<(u8, u16), Mapping>,
    by_inside: BTreeMap<(u8, SocketAddrV4), u16>,
    next_port: u16,
    changes: Vec<NatChange>,
}

/// Where a packet's addresses and ports stand in its frame.
struct Places {
    protocol: u8,
    /// Where the IP header begins.
    ip: usize,
    /// Where the transport header begins.
    transport: usize,
    /// The ports: of an ICMP echo its identifier, twice.
    source: u16,
    destination: u16,
}

const IP: usize = ethernet::HEADER;

impl Nat {
    pub fn new(config: NatConfig, address: Ipv4Addr) -> Self {
        Nat {
            config,
            address,
            mappings: BTreeMap::new(),
            by_inside: BTreeMap::new(),
            next_port: FIRST_PORT,
            changes: Vec::new(),
        }
    }

    /// What has come and gone since the last call.
    pub fn take_changes(&mut self) -> Vec<NatChange> {
        std::mem::take(&mut self.changes)
    }

    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.mappings.values().map(|mapping| mapping.until).min()
    }

    /// Lets go of what nobody has used for its time.
    pub fn handle_timeout(&mut self, now: SimTime) {
        let old: Vec<_> = self.mappings.iter().filter(|(_, m)| m.until <= now).map(|(key, _)| *key).collect();
        for (protocol, port) in old {
            if let Some(mapping) = self.mappings.remove(&(protocol, port)) {
                self.by_inside.remove(&(protocol, mapping.inside));
                let outside = SocketAddrV4::new(self.address, port);
                self.changes.push(NatChange { protocol, inside: mapping.inside, outside, open: false });
            }
        }
    }

    /// Writes the address outside into a frame that goes out.
    ///
    /// # Errors
    /// The word for why it may not: `natFragment`, `natProtocol`, `natFull`.
    pub fn outbound(&mut self, now: SimTime, frame: &mut [u8]) -> Result<(), &'static str> {
        if let Some(quoted) = quoted(frame) {
            // An error of a host inside about what it was sent: the quote names it.
            let inside = SocketAddrV4::new(address(frame, quoted.ip + 16), quoted.destination);
            let port = self.by_inside.get(&(quoted.protocol, inside)).ok_or("noMapping")?;
            rewrite(frame, &quoted, (16, 2), self.address, *port, true);
            set_address(frame, IP, 12, self.address);
            ethernet::reseal(frame);
            return Ok(());
        }
        let places = places(frame, IP).ok_or("natProtocol")?;
        if is_fragment(frame, IP) {
            return Err("natFragment");
        }
        let inside = SocketAddrV4::new(address(frame, IP + 12), places.source);
        let peer = address(frame, IP + 16);
        let port = match self.by_inside.get(&(places.protocol, inside)) {
            Some(port) => *port,
            None => self.open(places.protocol, inside).ok_or("natFull")?,
        };
        if let Some(mapping) = self.mappings.get_mut(&(places.protocol, port)) {
            if mapping.peers.len() < MAX_PEERS {
                mapping.peers.insert(peer);
            }
            mapping.closing |= places.protocol == ipv4::TCP && frame[places.transport + 13] & 0b101 != 0;
            mapping.until = now + mapping.lifetime(places.protocol);
        }
        rewrite(frame, &places, (12, 0), self.address, port, false);
        ethernet::reseal(frame);
        Ok(())
    }

    /// Writes the address inside into a copy of a frame that came for the address outside.
    pub fn inbound(&mut self, now: SimTime, frame: &[u8]) -> Inbound {
        let mut copy = frame.to_vec();
        if let Some(quoted) = quoted(frame) {
            // An error about what a host inside has sent: the quote names its mapping.
            let Some(mapping) = self.mappings.get(&(quoted.protocol, quoted.source)) else {
                return Inbound::Refused("noMapping");
            };
            let inside = mapping.inside;
            rewrite(&mut copy, &quoted, (12, 0), *inside.ip(), inside.port(), true);
            set_address(&mut copy, IP, 16, *inside.ip());
            ethernet::reseal(&mut copy);
            return Inbound::To(copy);
        }
        let Some(places) = places(frame, IP) else { return Inbound::Own };
        if places.protocol == ipv4::ICMP && frame[places.transport] == 8 {
            return Inbound::Own;
        }
        if is_fragment(frame, IP) {
            return Inbound::Refused("natFragment");
        }
        let from = address(frame, IP + 12);
        let Some(mapping) = self.mappings.get_mut(&(places.protocol, places.destination)) else {
            return Inbound::Refused("noMapping");
        };
        if !mapping.peers.contains(&from) {
            return Inbound::Refused("natFiltered");
        }
        mapping.answered = true;
        if places.protocol == ipv4::TCP {
            mapping.closing |= frame[places.transport + 13] & 0b101 != 0;
            mapping.until = now + mapping.lifetime(places.protocol);
        }
        let inside = mapping.inside;
        rewrite(&mut copy, &places, (16, 2), *inside.ip(), inside.port(), false);
        ethernet::reseal(&mut copy);
        Inbound::To(copy)
    }

    fn open(&mut self, protocol: u8, inside: SocketAddrV4) -> Option<u16> {
        if self.mappings.len() >= MAX_MAPPINGS {
            return None;
        }
        let port = self.free_port(protocol, inside.port())?;
        let peers = BTreeSet::new();
        let mapping = Mapping { inside, peers, until: SimTime::ZERO, closing: false, answered: false };
        self.mappings.insert((protocol, port), mapping);
        self.by_inside.insert((protocol, inside), port);
        let outside = SocketAddrV4::new(self.address, port);
        self.changes.push(NatChange { protocol, inside, outside, open: true });
        Some(port)
    }

    fn free_port(&mut self, protocol: u8, wanted: u16) -> Option<u16> {
        let is_free = |port: u16| !self.mappings.contains_key(&(protocol, port));
        if self.config.preserve_ports && is_free(wanted) {
            return Some(wanted);
        }
        for _ in FIRST_PORT..=LAST_PORT {
            let port = self.next_port;
            self.next_port = if port >= LAST_PORT { FIRST_PORT } else { port + 1 };
            if !self.mappings.contains_key(&(protocol, port)) {
                return Some(port);
            }
        }
        None
    }
}

impl Mapping {
    fn lifetime(&self, protocol: u8) -> Duration {
        match protocol {
            ipv4::UDP => UDP_TIMEOUT,
            ipv4::TCP if self.answered && !self.closing => TCP_TIMEOUT,
            ipv4::TCP => TCP_TRANSITORY_TIMEOUT,
            _ => ICMP_TIMEOUT,
        }
    }
}

fn address(frame: &[u8], at: usize) -> Ipv4Addr {
    Ipv4Addr::new(frame[at], frame[at + 1], frame[at + 2], frame[at + 3])
}

fn is_fragment(frame: &[u8], ip: usize) -> bool {
    u16::from_be_bytes([frame[ip + 6], frame[ip + 7]]) & 0x3fff != 0
}

/// The places in the packet at `ip`, in a frame or in an error's quote; `None` for a protocol
/// without ports and for an ICMP message that is no echo.
fn places(frame: &[u8], ip: usize) -> Option<Places> {
    let header = frame.get(ip..ip + ipv4::HEADER)?;
    let (protocol, transport) = (header[9], ip + usize::from(header[0] & 0x0f) * 4);
    let octets = frame.get(transport..transport + 8)?;
    let pair = |at: usize| u16::from_be_bytes([octets[at], octets[at + 1]]);
    let (source, destination) = match protocol {
        ipv4::UDP => (pair(0), pair(2)),
        ipv4::TCP => (pair(0), pair(2)),
        ipv4::ICMP if matches!(octets[0], 0 | 8) => (pair(4), pair(4)),
        _ => return None,
    };
    Some(Places { protocol, ip, transport, source, destination })
}

/// The packet that an ICMP error in this frame quotes.
fn quoted(frame: &[u8]) -> Option<Places> {
    let header = frame.get(IP..IP + ipv4::HEADER)?;
    let message = IP + usize::from(header[0] & 0x0f) * 4;
    let is_error = header[9] == ipv4::ICMP && matches!(frame.get(message), Some(3 | 4 | 11 | 12));
    if !is_error { None } else { places(frame, message + 8) }
}

/// Writes another address and port into the packet at these places: the address at octet `.0`
/// of its IP header, the port at octet `.1` of its transport header. All checksums over them
/// stay right (RFC 1624); of what is only quoted, that of ICMP around it, too.
fn rewrite(
    frame: &mut [u8],
    places: &Places,
    (address_at, port_at): (usize, usize),
    address: Ipv4Addr,
    port: u16,
    is_quote: bool,
) {
    let end = frame.len() - ethernet::FCS;
    let message = IP + usize::from(frame[IP] & 0x0f) * 4;
    let before = if is_quote { Some(frame[message..end].to_vec()) } else { None };
    let old: [u8; 4] = address_octets(frame, places.ip + address_at);
    set_address(frame, places.ip, address_at, address);
    // An echo has one identifier, and no pseudo-header; its checksum stands at octet 2.
    let (at, sum) = match places.protocol {
        ipv4::UDP => (places.transport + port_at, Some(places.transport + 6)),
        ipv4::TCP => (places.transport + port_at, Some(places.transport + 16)),
        _ => (places.transport + 4, Some(places.transport + 2)),
    };
    let old_port = [frame[at], frame[at + 1]];
    frame[at..at + 2].copy_from_slice(&port.to_be_bytes());
    // A quote may end before its checksum; a datagram may have none.
    let sum = sum
        .filter(|sum| *sum + 2 <= end && !(places.protocol == ipv4::UDP && frame[*sum..*sum + 2] == [0, 0]));
    if let Some(sum) = sum {
        if places.protocol != ipv4::ICMP {
            adjust(frame, sum, &old, &address.octets());
        }
        adjust(frame, sum, &old_port, &port.to_be_bytes());
        // Zero would mean that there is none (RFC 768).
        if places.protocol == ipv4::UDP && frame[sum..sum + 2] == [0, 0] {
            frame[sum..sum + 2].copy_from_slice(&[0xff, 0xff]);
        }
    }
    if let Some(before) = before {
        let after = frame[message..end].to_vec();
        // Without its own checksum, which is what is mended.
        adjust(frame, message + 2, &before[4..], &after[4..]);
    }
}

fn address_octets(frame: &[u8], at: usize) -> [u8; 4] {
    [frame[at], frame[at + 1], frame[at + 2], frame[at + 3]]
}

/// Writes an address into an IP header, and mends its checksum.
fn set_address(frame: &mut [u8], ip: usize, at: usize, address: Ipv4Addr) {
    let old = address_octets(frame, ip + at);
    frame[ip + at..ip + at + 4].copy_from_slice(&address.octets());
    adjust(frame, ip + 10, &old, &address.octets());
}

/// Mends the checksum at `sum` after octets that it covers have changed: HC' = ~(~HC + ~m +
/// m') (RFC 1624 equation 3). Both runs are equally long and begin at an even place.
fn adjust(frame: &mut [u8], sum: usize, old: &[u8], new: &[u8]) {
    let word = |pair: &[u8]| u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]);
    let mut total = u64::from(!u16::from_be_bytes([frame[sum], frame[sum + 1]]));
    for (old, new) in old.chunks(2).zip(new.chunks(2)) {
        total += u64::from(!word(old)) + u64::from(word(new));
    }
    while total > 0xffff {
        total = (total >> 16) + (total & 0xffff);
    }
    frame[sum..sum + 2].copy_from_slice(&(!(total as u16)).to_be_bytes());
}

#[cfg(test)]
mod tests;
