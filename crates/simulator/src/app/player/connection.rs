//! The player's sockets.

use super::{FIRST_PORT, LAST_PORT, PlayerApp};
use crate::app::{HostIo, Outbox};
use crate::stack::{CloseReason, StackEvent, UdpHandle};
use bytes::Bytes;
use protocol::rtsp::State;
use std::net::Ipv4Addr;

impl PlayerApp {
    pub(super) fn connect(&mut self, io: &mut HostIo<'_>) {
        if self.connection.is_some() {
            return;
        }
        let port = self.next_tcp_port;
        self.next_tcp_port = port_after(port, 1);
        match io.stack.tcp_connect(io.now, self.config.server, Some(port)) {
            Ok(handle) => {
                self.connection = Some(handle);
                if let Some(ends) = io.stack.tcp_endpoints(handle) {
                    io.recorder.connection(io.node, handle, ends);
                }
            }
            Err(error) => {
                self.waiting.clear();
                io.note(format!("The player could not connect to {}: {error}.", self.config.server));
            }
        }
    }

    /// The ports must be there before the server learns of them.
    pub(super) fn bind(&mut self, io: &mut HostIo<'_>, track: usize) {
        if self.is_interleaved() || self.sockets.contains_key(&track) {
            return;
        }
        // As the engine offers them.
        let step = if self.outside.is_some() { 0 } else { 2 * track };
        let Some(port) = u16::try_from(step).ok().and_then(|step| self.rtp_port().checked_add(step)) else {
            return io.note(format!("The player has no UDP ports for track {track}."));
        };
        match (io.stack.udp_bind(port), io.stack.udp_bind(port + 1)) {
            (Ok(rtp), Ok(rtcp)) => {
                self.sockets.insert(track, (rtp, rtcp));
            }
            _ => io.note(format!("The player could not have the UDP ports {port} and {}.", port + 1)),
        }
    }

    /// Listens to the group that the server has named for a track, before PLAY. The ports that
    /// were bound in case it refused are given back.
    pub(super) fn join_group(
        &mut self,
        io: &mut HostIo<'_>,
        track: usize,
        (group, ttl): (Ipv4Addr, u8),
        (rtp, rtcp): (u16, u16),
    ) {
        self.leave_group(io, track);
        if let Some((rtp, rtcp)) = self.sockets.remove(&track) {
            io.stack.udp_close(rtp);
            io.stack.udp_close(rtcp);
        }
        if io.join_group(group) {
            self.groups.insert(track, group);
        }
        match (io.stack.udp_bind(rtp), io.stack.udp_bind(rtcp)) {
            (Ok(rtp), Ok(rtcp)) => {
                // It was bound just now.
                let _ = io.stack.udp_set_group_ttl(rtcp, ttl);
                self.sockets.insert(track, (rtp, rtcp));
            }
            _ => io.note(format!("The player could not have the group's ports {rtp} and {rtcp}.")),
        }
    }

    fn leave_group(&mut self, io: &mut HostIo<'_>, track: usize) {
        if let Some(group) = self.groups.remove(&track) {
            io.stack.leave_group(io.now, group);
        }
    }

    /// Gives the sockets back; the next session has others.
    pub(super) fn unbind(&mut self, io: &mut HostIo<'_>) {
        for group in std::mem::take(&mut self.groups).into_values() {
            io.stack.leave_group(io.now, group);
        }
        let Some(last) = self.sockets.keys().next_back().copied() else { return };
        for (rtp, rtcp) in std::mem::take(&mut self.sockets).into_values() {
            io.stack.udp_close(rtp);
            io.stack.udp_close(rtcp);
        }
        let step = u16::try_from(2 * (last + 1)).unwrap_or(2);
        self.next_rtp_port = port_after(self.next_rtp_port, step);
    }

    pub(crate) fn handle_event(&mut self, io: &mut HostIo<'_>, event: StackEvent) {
        match event {
            StackEvent::Connected(handle) if self.connection == Some(handle) => {
                self.connected = true;
                self.client.connected(io.now);
                while let Some(request) = self.waiting.pop_front() {
                    self.ask(io, request);
                }
            }
            // What is read may end the connection.
            StackEvent::Readable(handle) => {
                while self.connection == Some(handle) {
                    let bytes = io.read(handle);
                    if bytes.is_empty() {
                        break;
                    }
                    self.client.receive(io.now, &bytes);
                    self.engine_events(io);
                    if self.client.is_broken() && self.connection == Some(handle) {
                        // What more it sends is of no use to anybody. Already gone is as good.
                        let _ = io.stack.tcp_abort(io.now, handle);
                        self.connection_lost(io, "what the server sent could not be read");
                    }
                }
            }
            StackEvent::Writable(handle) if self.connection == Some(handle) => {
                let _ = self.outbox.flush(io, handle);
            }
            StackEvent::PeerClosed(handle) if self.connection == Some(handle) => {
                // Already closed from this side: there is nothing left to do.
                let _ = io.stack.tcp_close(io.now, handle);
                self.connection_lost(io, "the server closed the connection");
            }
            StackEvent::Closed { handle, why } if self.connection == Some(handle) => {
                let why = match why {
                    CloseReason::Finished => "both sides closed it",
                    CloseReason::Reset => "the server reset it",
                    CloseReason::Refused => "the server refused it",
                    CloseReason::Aborted => "it was given up",
                    CloseReason::Unreachable(_) => "the network said that the server cannot be reached",
                    CloseReason::TimedOut => "no acknowledgement came for too long",
                };
                self.connection_lost(io, why);
            }
            StackEvent::Datagram { handle, payload, .. } => self.datagram(io, handle, &payload),
            _ => {}
        }
    }

    fn datagram(&mut self, io: &mut HostIo<'_>, handle: UdpHandle, payload: &Bytes) {
        let found = self.sockets.iter().find(|(_, (rtp, rtcp))| *rtp == handle || *rtcp == handle);
        let Some((track, is_rtcp)) = found.map(|(track, (_, rtcp))| (*track, *rtcp == handle)) else {
            return;
        };
        self.packet(io, track, is_rtcp, payload, io.datagram);
    }

    fn connection_lost(&mut self, io: &mut HostIo<'_>, why: &str) {
        let was_in_session = self.client.state() != State::Init;
        if !self.connected {
            io.note(format!("The player could not connect to {}: {why}.", self.config.server));
        } else if was_in_session && self.next.is_none() {
            io.note(format!("The RTSP connection is gone: {why}."));
        }
        self.client.disconnected(io.now);
        self.engine_events(io);
        self.connection = None;
        self.forget_connection();
        if was_in_session {
            self.end_session(io);
        }
        self.go(io);
    }

    /// Ends the connection from this side.
    pub(super) fn hang_up(&mut self, io: &mut HostIo<'_>) {
        self.send_requests(io);
        if let Some(handle) = self.connection.take() {
            // Already closed by the server: nothing is left to close.
            let _ = io.stack.tcp_close(io.now, handle);
        }
        self.forget_connection();
    }

    fn forget_connection(&mut self) {
        self.connected = false;
        self.outbox = Outbox::default();
        self.waiting.clear();
    }
}

/// A port that the last session does not use.
fn port_after(port: u16, step: u16) -> u16 {
    port.checked_add(step).filter(|next| *next < LAST_PORT).unwrap_or(FIRST_PORT)
}
