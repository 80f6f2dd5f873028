//! The host: where the layers meet.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddrV4};

use bytes::Bytes;
use protocol::random::Dice;
use protocol::time::SimTime;

use super::tcp::TcpInfo;
use super::{SocketError, StackConfig, StackEvent, TcpHandle, Transmit, UdpHandle, Verdict};

/// One host's TCP/IP over one virtual card.
#[derive(Clone, Debug)]
pub struct Stack {
    config: StackConfig,
    dice: Dice,
    events: VecDeque<StackEvent>,
}

impl Stack {
    /// A host without sockets.
    pub fn new(config: StackConfig, dice: Dice) -> Self {
        Stack { config, dice, events: VecDeque::new() }
    }

    /// The settings it was made with.
    pub fn config(&self) -> &StackConfig {
        &self.config
    }

    /// Takes a UDP port.
    ///
    /// # Errors
    /// [`SocketError::PortTaken`], [`SocketError::Full`].
    pub fn udp_bind(&mut self, port: u16) -> Result<UdpHandle, SocketError> {
        Err(SocketError::PortTaken(port))
    }

    /// Gives a UDP port back; unknown handles are ignored.
    pub fn udp_close(&mut self, handle: UdpHandle) {
        let _ = handle;
    }

    /// Sends a datagram; `tag` comes back in [`Carried::Udp`](super::Carried::Udp).
    ///
    /// # Errors
    /// [`SocketError::NoSocket`], [`SocketError::NoRoute`], [`SocketError::TooLarge`],
    /// [`SocketError::Full`].
    pub fn udp_send(
        &mut self,
        now: SimTime,
        handle: UdpHandle,
        to: SocketAddrV4,
        payload: Bytes,
        tag: u64,
    ) -> Result<(), SocketError> {
        let _ = (now, handle, to, payload, tag);
        Err(SocketError::NoSocket)
    }

    /// Takes datagrams for a multicast group too.
    ///
    /// # Errors
    /// [`SocketError::NoRoute`] when it is no multicast address, [`SocketError::Full`].
    pub fn join_group(&mut self, group: Ipv4Addr) -> Result<(), SocketError> {
        Err(SocketError::NoRoute(group))
    }

    /// Takes no more datagrams for a group.
    pub fn leave_group(&mut self, group: Ipv4Addr) {
        let _ = group;
    }

    /// Accepts connections on a port.
    ///
    /// # Errors
    /// [`SocketError::PortTaken`].
    pub fn tcp_listen(&mut self, port: u16) -> Result<(), SocketError> {
        Err(SocketError::PortTaken(port))
    }

    /// Accepts no more connections on a port; those that stand stay.
    pub fn tcp_unlisten(&mut self, port: u16) {
        let _ = port;
    }

    /// Opens a connection. [`StackEvent::Connected`] or [`StackEvent::Closed`] will follow.
    ///
    /// # Errors
    /// [`SocketError::PortTaken`], [`SocketError::NoPortLeft`], [`SocketError::NoRoute`],
    /// [`SocketError::Full`].
    pub fn tcp_connect(
        &mut self,
        now: SimTime,
        to: SocketAddrV4,
        from_port: Option<u16>,
    ) -> Result<TcpHandle, SocketError> {
        let _ = (now, from_port);
        Err(SocketError::NoRoute(*to.ip()))
    }

    /// Queues octets to send, and answers how many found room.
    ///
    /// # Errors
    /// [`SocketError::NoSocket`]; [`SocketError::WrongState`] after `close`.
    pub fn tcp_send(&mut self, now: SimTime, handle: TcpHandle, octets: &[u8]) -> Result<usize, SocketError> {
        let _ = (now, handle, octets);
        Err(SocketError::NoSocket)
    }

    /// How many octets [`tcp_send`](Self::tcp_send) would take; 0 without the connection.
    pub fn tcp_send_room(&self, handle: TcpHandle) -> usize {
        let _ = handle;
        0
    }

    /// Octets queued so far: the stream offset that the next queued octet will have.
    pub fn tcp_queued(&self, handle: TcpHandle) -> u64 {
        let _ = handle;
        0
    }

    /// Takes up to `max` octets that have come in order; empty when there are none.
    ///
    /// # Errors
    /// [`SocketError::NoSocket`].
    pub fn tcp_recv(&mut self, now: SimTime, handle: TcpHandle, max: usize) -> Result<Bytes, SocketError> {
        let _ = (now, handle, max);
        Err(SocketError::NoSocket)
    }

    /// How many octets can be read now; 0 without the connection.
    pub fn tcp_recv_len(&self, handle: TcpHandle) -> usize {
        let _ = handle;
        0
    }

    /// How many octets of the peer's stream have come in order so far, read or not.
    pub fn tcp_delivered(&self, handle: TcpHandle) -> u64 {
        let _ = handle;
        0
    }

    /// Closes our half: FIN after all queued octets.
    ///
    /// # Errors
    /// [`SocketError::NoSocket`]; [`SocketError::WrongState`] when it was closed before.
    pub fn tcp_close(&mut self, now: SimTime, handle: TcpHandle) -> Result<(), SocketError> {
        let _ = (now, handle);
        Err(SocketError::NoSocket)
    }

    /// Ends the connection at once: RST.
    ///
    /// # Errors
    /// [`SocketError::NoSocket`].
    pub fn tcp_abort(&mut self, now: SimTime, handle: TcpHandle) -> Result<(), SocketError> {
        let _ = (now, handle);
        Err(SocketError::NoSocket)
    }

    /// The connection's variables.
    pub fn tcp_info(&self, handle: TcpHandle) -> Option<TcpInfo> {
        let _ = handle;
        None
    }

    /// Our end and the peer's.
    pub fn tcp_endpoints(&self, handle: TcpHandle) -> Option<(SocketAddrV4, SocketAddrV4)> {
        let _ = handle;
        None
    }

    /// All connections, oldest first.
    pub fn tcp_connections(&self) -> impl Iterator<Item = TcpHandle> + '_ {
        std::iter::empty()
    }

    /// Asks for an echo; [`StackEvent::EchoReply`] may follow.
    ///
    /// # Errors
    /// [`SocketError::NoRoute`], [`SocketError::TooLarge`], [`SocketError::Full`].
    pub fn ping(
        &mut self,
        now: SimTime,
        to: Ipv4Addr,
        identifier: u16,
        sequence: u16,
        data: &[u8],
    ) -> Result<(), SocketError> {
        let _ = (now, identifier, sequence, data);
        Err(SocketError::NoRoute(to))
    }

    /// Takes a frame with its FCS off the card, and says what became of it.
    pub fn receive(&mut self, now: SimTime, frame: &[u8]) -> Verdict {
        let _ = (now, frame, &self.dice);
        Verdict::NotForUs
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        None
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: SimTime) {
        let _ = now;
    }

    /// The next frame to send.
    #[must_use]
    pub fn poll_transmit(&mut self, now: SimTime) -> Option<Transmit> {
        let _ = now;
        None
    }

    /// The next thing that happened.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<StackEvent> {
        self.events.pop_front()
    }
}
