//! The TCP calls of a host (RFC 9293 section 3.9.1).

use std::net::SocketAddr;

use bytes::Bytes;
use protocol::time::SimTime;

use super::tcp::{Context, TcpInfo};
use super::{SocketError, Stack, TcpHandle};

impl Stack {
    /// Accepts connections on a port: passive OPEN.
    ///
    /// # Errors
    /// [`SocketError::PortTaken`].
    pub fn tcp_listen(&mut self, port: u16) -> Result<(), SocketError> {
        self.tcp.listen(port)
    }

    /// Accepts no more connections on a port; those that stand stay.
    pub fn tcp_unlisten(&mut self, port: u16) {
        self.tcp.unlisten(port);
    }

    /// Opens a connection: active OPEN. [`StackEvent::Connected`](super::StackEvent::Connected)
    /// or [`StackEvent::Closed`](super::StackEvent::Closed) will follow. Without
    /// `from_port` it gets a port from 49,152 on.
    ///
    /// # Errors
    /// [`SocketError::PortTaken`], [`SocketError::NoPortLeft`], [`SocketError::NoRoute`],
    /// [`SocketError::Full`].
    pub fn tcp_connect(
        &mut self,
        now: SimTime,
        to: impl Into<SocketAddr>,
        from_port: Option<u16>,
    ) -> Result<TcpHandle, SocketError> {
        let to = to.into();
        if to.ip().is_multicast() || self.net.is_broadcast(to.ip()) || to.port() == 0 {
            return Err(SocketError::NoRoute(to.ip()));
        }
        self.net.check_route(to.ip())?;
        let from = self.net.local_for(to.ip())?;
        let handle = self.tcp.connect(now, &mut self.net.events, from, to, from_port)?;
        self.tcp.fit(handle, self.net.path_mtu(now, to.ip()));
        Ok(handle)
    }

    /// Queues octets to send, also before the connection stands, and answers how many
    /// found room. When some did not, [`StackEvent::Writable`](super::StackEvent::Writable)
    /// will tell of room.
    ///
    /// # Errors
    /// [`SocketError::NoSocket`]; [`SocketError::WrongState`] after `close`.
    pub fn tcp_send(&mut self, now: SimTime, handle: TcpHandle, octets: &[u8]) -> Result<usize, SocketError> {
        let _ = now; // Sending happens in `poll_transmit`.
        self.tcp.with(handle, |connection| connection.send(octets))?
    }

    /// Asks for a [`StackEvent::Writable`](super::StackEvent::Writable) when an
    /// acknowledgement has left a quarter of the send buffer free, as if
    /// [`tcp_send`](Self::tcp_send) had found too little room. Without the connection nothing
    /// comes.
    pub fn tcp_tell_room(&mut self, handle: TcpHandle) {
        // A connection that is gone has no room to tell of.
        let _ = self.tcp.with(handle, |connection| connection.tell_room());
    }

    /// How many octets [`tcp_send`](Self::tcp_send) would take; 0 without the connection.
    pub fn tcp_send_room(&self, handle: TcpHandle) -> usize {
        self.tcp.get(handle).map_or(0, |connection| connection.send_room())
    }

    /// Octets queued so far: the stream offset that the next queued octet will have.
    pub fn tcp_queued(&self, handle: TcpHandle) -> u64 {
        self.tcp.get(handle).map_or(0, |connection| connection.queued())
    }

    /// Takes up to `max` octets that have come in order; empty when there are none. After
    /// both sides have closed in good order, what has not been read can still be read until
    /// there is no more, for the last 64 connections; after a reset it is lost.
    ///
    /// # Errors
    /// [`SocketError::NoSocket`].
    pub fn tcp_recv(&mut self, now: SimTime, handle: TcpHandle, max: usize) -> Result<Bytes, SocketError> {
        let _ = now; // A window update leaves in `poll_transmit`.
        self.tcp.receive_octets(handle, max)
    }

    /// How many octets can be read now; 0 without the connection.
    pub fn tcp_recv_len(&self, handle: TcpHandle) -> usize {
        self.tcp.get_readable(handle).map_or(0, |connection| connection.readable())
    }

    /// How many octets of the peer's stream have come in order so far, read or not.
    pub fn tcp_delivered(&self, handle: TcpHandle) -> u64 {
        self.tcp.get_readable(handle).map_or(0, |connection| connection.delivered())
    }

    /// Closes our half: FIN after all queued octets. The peer's half can still be read.
    ///
    /// # Errors
    /// [`SocketError::NoSocket`]; [`SocketError::WrongState`] when it was closed before.
    pub fn tcp_close(&mut self, now: SimTime, handle: TcpHandle) -> Result<(), SocketError> {
        let events = &mut self.net.events;
        self.tcp.with(handle, |connection| connection.close(&mut Context { now, events }))?
    }

    /// Ends the connection at once: RST.
    ///
    /// # Errors
    /// [`SocketError::NoSocket`].
    pub fn tcp_abort(&mut self, now: SimTime, handle: TcpHandle) -> Result<(), SocketError> {
        if let Some((ends, plan)) = self.tcp.abort(now, &mut self.net.events, handle)? {
            self.send_segment(now, Some(handle), ends, plan);
        }
        Ok(())
    }

    /// The connection's variables.
    pub fn tcp_info(&self, handle: TcpHandle) -> Option<TcpInfo> {
        self.tcp.get(handle).map(|connection| connection.info())
    }

    /// The connections that anything was done with since the last call, each once.
    pub(crate) fn tcp_take_touched(&mut self) -> Vec<TcpHandle> {
        self.tcp.take_worked()
    }

    /// Our end and the peer's.
    pub fn tcp_endpoints(&self, handle: TcpHandle) -> Option<(SocketAddr, SocketAddr)> {
        self.tcp.get(handle).map(|connection| (connection.local, connection.remote))
    }

    /// All connections, oldest first.
    pub fn tcp_connections(&self) -> impl Iterator<Item = TcpHandle> + '_ {
        self.tcp.handles()
    }
}
