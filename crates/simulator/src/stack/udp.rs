//! Datagram sockets (RFC 768, RFC 1122 section 4.1).

use std::collections::BTreeMap;
use std::net::SocketAddr;

use protocol::time::SimTime;
use protocol::wire::{ipv4, ipv6, udp};

use super::net::{Cut, Net, Pending};
use super::transmit::{Carried, Cause, IpFragment};
use super::{DEFAULT_TTL, MAX_UDP_SOCKETS, SocketError, UdpHandle};

/// The bound ports.
#[derive(Clone, Debug, Default)]
pub(super) struct UdpSockets {
    sockets: BTreeMap<u16, Socket>,
    serials: u32,
}

#[derive(Clone, Copy, Debug)]
struct Socket {
    serial: u32,
    /// TTL of what is sent to groups (RFC 1112 section 6.1).
    group_ttl: u8,
}

impl UdpSockets {
    pub fn bind(&mut self, port: u16) -> Result<UdpHandle, SocketError> {
        if port == 0 || self.sockets.contains_key(&port) {
            return Err(SocketError::PortTaken(port));
        }
        if self.sockets.len() >= MAX_UDP_SOCKETS {
            return Err(SocketError::Full(MAX_UDP_SOCKETS));
        }
        self.serials += 1;
        self.sockets.insert(port, Socket { serial: self.serials, group_ttl: 1 });
        Ok(UdpHandle { port, serial: self.serials })
    }

    pub fn close(&mut self, handle: UdpHandle) {
        if self.is_open(handle) {
            self.sockets.remove(&handle.port);
        }
    }

    pub fn at(&self, port: u16) -> Option<UdpHandle> {
        self.sockets.get(&port).map(|socket| UdpHandle { port, serial: socket.serial })
    }

    fn is_open(&self, handle: UdpHandle) -> bool {
        self.sockets.get(&handle.port).is_some_and(|socket| socket.serial == handle.serial)
    }

    /// Lets what is sent to groups pass `ttl - 1` routers.
    pub fn set_group_ttl(&mut self, handle: UdpHandle, ttl: u8) -> Result<(), SocketError> {
        let socket = self.sockets.get_mut(&handle.port).filter(|socket| socket.serial == handle.serial);
        socket.ok_or(SocketError::NoSocket)?.group_ttl = ttl;
        Ok(())
    }

    /// Sends a datagram, in fragments when it is longer than the MTU.
    pub fn send(
        &self,
        net: &mut Net,
        now: SimTime,
        handle: UdpHandle,
        to: SocketAddr,
        payload: &[u8],
        tag: u64,
    ) -> Result<(), SocketError> {
        if !self.is_open(handle) {
            return Err(SocketError::NoSocket);
        }
        if payload.len() > udp::MAX_PAYLOAD {
            return Err(SocketError::TooLarge { length: payload.len(), limit: udp::MAX_PAYLOAD });
        }
        net.check_route(to.ip())?;
        let from = SocketAddr::new(net.local_for(to.ip())?, handle.port);
        let group_ttl = self.sockets.get(&handle.port).map_or(1, |socket| socket.group_ttl);
        let ttl = if to.ip().is_multicast() { group_ttl } else { DEFAULT_TTL };
        let length = udp::HEADER + payload.len();
        let carried = |fragment| Carried::Udp { tag, src: handle.port, dst: to, fragment };
        let cause = Cause::Application;
        let mtu = net.path_mtu(now, to.ip());
        let header = if to.is_ipv4() { ipv4::HEADER } else { ipv6::HEADER };
        if header + length <= mtu {
            net.check_room(1)?;
            let mut frame = net.begin_with(to.ip(), ipv4::UDP, length, Cut::Never, ttl);
            udp::write(&mut frame, from, to, payload);
            return net.dispatch(now, to.ip(), Pending { frame, carried: carried(None), cause });
        }
        let mut datagram = Vec::with_capacity(length);
        udp::write(&mut datagram, from, to, payload);
        // RFC 791 section 3.2: all fragments but the last in units of eight octets.
        let header = if to.is_ipv4() { header } else { header + ipv6::FRAGMENT_HEADER };
        let unit = mtu.saturating_sub(header) / ipv4::FRAGMENT_UNIT * ipv4::FRAGMENT_UNIT;
        let unit = unit.max(ipv4::FRAGMENT_UNIT);
        net.check_room(length.div_ceil(unit))?;
        let identification = net.identify();
        for (index, part) in datagram.chunks(unit).enumerate() {
            let range = index * unit..index * unit + part.len();
            let last = range.end == length;
            let cut = Cut::Fragment { identification, offset: range.start, more: !last };
            let mut frame = net.begin_with(to.ip(), ipv4::UDP, part.len(), cut, ttl);
            frame.extend_from_slice(part);
            let carried = carried(Some(IpFragment { identification, range, last }));
            net.dispatch(now, to.ip(), Pending { frame, carried, cause })?;
        }
        Ok(())
    }
}
