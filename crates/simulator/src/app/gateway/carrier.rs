//! One simulated connection that carries a real peer's octets.

use super::super::{HostIo, READ_CHUNK};
use super::{GatewayEvent, naming};
use crate::stack::{CloseReason, StackEvent, TcpHandle};
use bytes::Bytes;
use protocol::message::What;
use protocol::rtsp::LAB_PAUSE;
use protocol::rtsp::reader::{Item, Reader};
use protocol::time::SimTime;
use std::collections::VecDeque;

/// Octets go both ways as they are; each message of the real peer is named on the tape.
#[derive(Clone, Debug)]
pub(crate) struct Carrier {
    connection: Option<TcpHandle>,
    connected: bool,
    reader: Reader,
    /// When what waits in the reader is taken for a whole request of the lab's dialect.
    lab_due: Option<SimTime>,
    /// Octets of the real peer of which no whole message has come yet.
    unnamed: Vec<u8>,
    events: VecDeque<GatewayEvent>,
}

impl Carrier {
    /// Nothing stands yet: [`Carrier::connect`] follows.
    pub(super) fn new(reader: Reader) -> Self {
        Carrier {
            connection: None,
            connected: false,
            reader,
            lab_due: None,
            unnamed: Vec::new(),
            events: VecDeque::new(),
        }
    }

    /// For a connection that a simulated peer has opened.
    pub(super) fn accepted(handle: TcpHandle) -> Self {
        let mut carrier = Self::new(Reader::new());
        carrier.connection = Some(handle);
        carrier.connected = true;
        carrier.events.push_back(GatewayEvent::Writable);
        carrier
    }

    /// For a connection that this host has begun to open.
    pub(super) fn connect(&mut self, handle: TcpHandle) {
        self.connection = Some(handle);
    }

    /// Tells the real peer something.
    pub(super) fn tell(&mut self, event: GatewayEvent) {
        self.events.push_back(event);
    }

    /// Whether there is something for the real peer.
    pub(super) fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// The next that there is for the real peer.
    pub(crate) fn poll_event(&mut self) -> Option<GatewayEvent> {
        self.events.pop_front()
    }

    /// Octets from the real peer; answers how many the simulated connection took. `learn` sees
    /// each whole message before it is on the tape.
    pub(super) fn write(
        &mut self,
        io: &mut HostIo<'_>,
        bytes: &[u8],
        mut learn: impl FnMut(&mut HostIo<'_>, &Item),
    ) -> usize {
        let Some(handle) = self.connection.filter(|_| self.connected) else { return 0 };
        let taken = io.stack.tcp_send(io.now, handle, bytes).unwrap_or(0);
        let bytes = &bytes[..taken];
        self.unnamed.extend_from_slice(bytes);
        if !self.reader.is_broken() {
            self.reader.push(bytes);
            while let Some(item) = self.reader.next() {
                learn(io, &item);
                self.name(io, handle, item);
            }
            self.lab_due = self.reader.is_open().then_some(io.now + LAB_PAUSE);
        }
        // After a fault nobody knows where messages begin: what comes is carried and shown as
        // unknown octets.
        if self.reader.is_broken() && !self.unnamed.is_empty() {
            let bytes = Bytes::from(std::mem::take(&mut self.unnamed));
            io.recorder.stream_message(io.now, io.node, handle, bytes, What::Unknown);
        }
        taken
    }

    /// Writes a whole message on the tape.
    fn name(&mut self, io: &mut HostIo<'_>, handle: TcpHandle, item: Item) {
        let rest = self.unnamed.split_off(item.bytes.len().min(self.unnamed.len()));
        self.unnamed = rest;
        let what = naming::item(&item);
        io.recorder.stream_message(io.now, io.node, handle, item.bytes, what);
    }

    /// When a request without an end of its own is whole, as the server will see it, too.
    pub(super) fn poll_timeout(&self) -> Option<SimTime> {
        self.lab_due
    }

    /// Takes what waits for a whole request, once its time has come.
    pub(super) fn handle_timeout(
        &mut self,
        io: &mut HostIo<'_>,
        mut learn: impl FnMut(&mut HostIo<'_>, &Item),
    ) {
        if self.lab_due.is_none_or(|at| at > io.now) {
            return;
        }
        self.lab_due = None;
        if let (Some(handle), Some(item)) = (self.connection, self.reader.settle()) {
            learn(io, &item);
            self.name(io, handle, item);
        }
    }

    /// Octets for the real peer. Taking them opens the simulated window.
    pub(crate) fn take(&mut self, io: &mut HostIo<'_>, max: usize) -> Bytes {
        self.connection
            .and_then(|handle| io.stack.tcp_recv(io.now, handle, max.min(READ_CHUNK)).ok())
            .unwrap_or_default()
    }

    /// The real peer closed its half.
    pub(crate) fn close(&mut self, io: &mut HostIo<'_>) {
        if let Some(handle) = self.connection {
            // Already gone: nothing is left to close.
            let _ = io.stack.tcp_close(io.now, handle);
        }
    }

    /// The real peer vanished or reset its connection.
    pub(crate) fn abort(&mut self, io: &mut HostIo<'_>) {
        if let Some(handle) = self.connection.take() {
            // Already gone: nothing is left to reset.
            let _ = io.stack.tcp_abort(io.now, handle);
        }
    }

    /// What the stack tells of this connection; others' events change nothing.
    pub(super) fn handle_event(&mut self, event: &StackEvent) {
        match *event {
            StackEvent::Connected(handle) if self.connection == Some(handle) => {
                self.connected = true;
                self.events.push_back(GatewayEvent::Writable);
            }
            StackEvent::Readable(handle)
                if self.connection == Some(handle) && self.events.back() != Some(&GatewayEvent::Readable) =>
            {
                self.events.push_back(GatewayEvent::Readable);
            }
            StackEvent::Writable(handle) if self.connection == Some(handle) => {
                self.events.push_back(GatewayEvent::Writable);
            }
            StackEvent::PeerClosed(handle) if self.connection == Some(handle) => {
                self.events.push_back(GatewayEvent::Closed);
            }
            StackEvent::Closed { handle, why } if self.connection == Some(handle) => {
                self.connected = false;
                if why == CloseReason::Finished {
                    // What came before the end can still be taken.
                    self.events.push_back(GatewayEvent::Closed);
                } else {
                    self.connection = None;
                    self.events.push_back(GatewayEvent::Reset);
                }
            }
            _ => {}
        }
    }
}
