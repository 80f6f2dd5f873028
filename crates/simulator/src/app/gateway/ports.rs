//! The UDP ports on which a real peer's datagrams enter and leave the simulation.

use super::super::HostIo;
use crate::stack::UdpHandle;
use std::collections::BTreeMap;

/// UDP ports that one real peer can have: eight tracks' pairs.
pub const MAX_GATEWAY_PORTS: usize = 16;

/// A host's UDP ports that stand for those of a real peer.
#[derive(Clone, Debug, Default)]
pub(super) struct Ports {
    /// Each with its turn: the higher, the later it was learnt.
    sockets: BTreeMap<u16, (UdpHandle, u64)>,
    turn: u64,
}

impl Ports {
    /// Whether `port` is one of them.
    pub(super) fn has(&self, port: u16) -> bool {
        self.sockets.contains_key(&port)
    }

    /// Whether there are [`MAX_GATEWAY_PORTS`].
    pub(super) fn is_full(&self) -> bool {
        self.sockets.len() >= MAX_GATEWAY_PORTS
    }

    /// The socket of `port`, opened when there is none yet; `None` when there is no place, or
    /// the host uses the port otherwise.
    pub(super) fn bind(&mut self, io: &mut HostIo<'_>, port: u16) -> Option<UdpHandle> {
        self.turn += 1;
        if let Some((socket, turn)) = self.sockets.get_mut(&port) {
            *turn = self.turn;
            return Some(*socket);
        }
        if self.is_full() {
            return None;
        }
        let socket = io.stack.udp_bind(port).ok()?;
        self.sockets.insert(port, (socket, self.turn));
        Some(socket)
    }

    /// Gives one back.
    pub(super) fn forget(&mut self, io: &mut HostIo<'_>, port: u16) {
        if let Some((socket, _)) = self.sockets.remove(&port) {
            io.stack.udp_close(socket);
        }
    }

    /// Gives back the port that was learnt first.
    pub(super) fn forget_oldest(&mut self, io: &mut HostIo<'_>) {
        let oldest = self.sockets.iter().min_by_key(|(_, (_, turn))| *turn).map(|(port, _)| *port);
        if let Some((socket, _)) = oldest.and_then(|port| self.sockets.remove(&port)) {
            io.stack.udp_close(socket);
        }
    }

    /// Gives all of them back.
    pub(super) fn close(&mut self, io: &mut HostIo<'_>) {
        for (_, (socket, _)) in std::mem::take(&mut self.sockets) {
            io.stack.udp_close(socket);
        }
    }
}
