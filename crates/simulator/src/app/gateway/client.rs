//! The host that stands for a real client.

use super::super::HostIo;
use super::carrier::Carrier;
use super::groups::{GroupReader, Joined, News};
use super::ports::{MAX_GATEWAY_PORTS, Ports};
use super::shadow::Shadow;
use super::{GatewayEvent, naming};
use crate::stack::StackEvent;
use crate::tape::Change;
use bytes::Bytes;
use protocol::rtsp::headers::TransportList;
use protocol::rtsp::reader::{Item, ItemKind, Reader};
use protocol::time::SimTime;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

/// Datagrams that come to a real client without its having taken all of them; at the bound the
/// newest is dropped, as a socket's buffer would.
pub const MAX_WAITING_DATAGRAMS: usize = 1024;

/// After so many datagrams it is noted that all were taken: seldom, since the note is an input
/// of the run, and early enough for as many more.
const WORTH_NOTING: usize = MAX_WAITING_DATAGRAMS / 2;

#[derive(Clone, Debug)]
pub(crate) struct GatewayApp {
    pub(crate) carrier: Carrier,
    client: RealClient,
}

/// What is known of the real client, beside its octets.
#[derive(Clone, Debug)]
struct RealClient {
    server: SocketAddr,
    ports: Ports,
    /// Reads what the server says to it; only for those that follow.
    answers: Reader,
    /// Puts its pictures together.
    shadow: Option<Shadow>,
    /// Reads which groups it joins, where real clients get multicast.
    groups: Option<GroupReader>,
    /// The ports on which groups are listened to.
    group_ports: BTreeMap<u16, Ipv4Addr>,
    /// Datagrams since it was last noted that all were taken.
    datagrams: usize,
    /// Whether it is known that there are events.
    is_ready: bool,
    name: String,
    named: bool,
    /// Whether a whole request has come; with its news until that is told.
    heard: bool,
    heard_now: bool,
    gone: bool,
}

impl GatewayApp {
    /// With `has_pictures` what it gets is put together to pictures.
    pub(crate) fn new(
        server: SocketAddr,
        name: String,
        lab_dialect: bool,
        multicast: bool,
        has_pictures: bool,
    ) -> Self {
        let reader = if lab_dialect { Reader::with_lab_dialect() } else { Reader::new() };
        let client = RealClient {
            server,
            ports: Ports::default(),
            answers: Reader::new(),
            shadow: has_pictures.then(Shadow::new).flatten(),
            groups: multicast.then(GroupReader::default),
            group_ports: BTreeMap::new(),
            datagrams: 0,
            is_ready: false,
            name,
            named: false,
            heard: false,
            heard_now: false,
            gone: false,
        };
        GatewayApp { carrier: Carrier::new(reader), client }
    }

    /// The User-Agent, once it has said one; before that its address.
    pub(crate) fn name(&self) -> &str {
        &self.client.name
    }

    /// Whether its pictures are put together.
    pub(crate) fn has_pictures(&self) -> bool {
        self.client.shadow.is_some()
    }

    pub(crate) fn has_port(&self, port: u16) -> bool {
        self.client.ports.has(port)
    }

    pub(crate) fn start(&mut self, io: &mut HostIo<'_>) {
        let RealClient { server, name, .. } = &self.client;
        io.recorder.facts_mut(io.node).outside = name.parse().ok().map(|outside: SocketAddr| outside.ip());
        match io.stack.tcp_connect(io.now, *server, None) {
            Ok(handle) => {
                self.carrier.connect(handle);
                if let Some(ends) = io.stack.tcp_endpoints(handle) {
                    io.recorder.connection(io.node, handle, ends);
                }
            }
            Err(error) => {
                io.note(format!("{name} could not be connected to the simulated server: {error}."));
                self.carrier.tell(GatewayEvent::Reset);
            }
        }
        io.state(Change::Client { client: io.node, joined: true, name: name.clone() });
    }

    /// Whether something has begun to wait for the real client since all was taken.
    pub(crate) fn becomes_ready(&mut self) -> bool {
        self.carrier.has_events() && !std::mem::replace(&mut self.client.is_ready, true)
    }

    pub(crate) fn poll_event(&mut self) -> Option<GatewayEvent> {
        let event = self.carrier.poll_event();
        self.client.is_ready = event.is_some();
        event
    }

    /// Whether it is worth a note that the real client has taken all its datagrams.
    pub(crate) fn is_drained(&self) -> bool {
        self.client.datagrams >= WORTH_NOTING && !self.carrier.has_events()
    }

    /// All its datagrams were taken.
    pub(crate) fn drained(&mut self) {
        self.client.datagrams = 0;
    }

    /// Octets from the real client; answers how many the simulated connection took.
    pub(crate) fn write(&mut self, io: &mut HostIo<'_>, bytes: &[u8]) -> usize {
        let taken = self.carrier.write(io, bytes, |io, item| self.client.learn(io, item));
        self.tell_heard();
        taken
    }

    fn tell_heard(&mut self) {
        if std::mem::take(&mut self.client.heard_now) {
            self.carrier.tell(GatewayEvent::Heard);
        }
    }

    /// Octets for the real client. Taking them opens the simulated window.
    pub(crate) fn take(&mut self, io: &mut HostIo<'_>, max: usize) -> Bytes {
        let bytes = self.carrier.take(io, max);
        let mut news = Vec::new();
        let RealClient { answers, shadow, groups, .. } = &mut self.client;
        // What cannot be read is the real client's business.
        if (shadow.is_some() || groups.is_some()) && !answers.is_broken() {
            answers.push(&bytes);
            while let Some(item) = answers.next() {
                match item.parsed.kind {
                    ItemKind::Response => {
                        news.extend(groups.iter_mut().flat_map(|groups| groups.answer(&item)));
                        shadow.iter_mut().for_each(|shadow| shadow.answer(&item));
                    }
                    ItemKind::Frame => {
                        if let (Some(shadow), Some((_, bytes))) = (&mut *shadow, item.frame())
                            && let Some(message) = shadow.message_at(item.offset)
                        {
                            shadow.packet(io, &bytes, message);
                        }
                    }
                    _ => {}
                }
            }
        }
        for item in news {
            match item {
                News::Join(joined) => self.join(io, &joined),
                News::Leave(joined) => self.leave_group(io, &joined),
                News::Full => {
                    io.note(format!("{} asked for more groups than it can have.", self.client.name));
                }
            }
        }
        bytes
    }

    /// Listens to a group as the real client does, so that the routers send it here.
    fn join(&mut self, io: &mut HostIo<'_>, joined: &Joined) {
        if !io.join_group(joined.group) {
            return;
        }
        for port in [joined.rtp, joined.rtcp] {
            if let Some(socket) = self.client.ports.bind(io, port) {
                // It was bound just now.
                let _ = io.stack.udp_set_group_ttl(socket, joined.ttl);
                self.client.group_ports.insert(port, joined.group);
            }
        }
        let (group, rtcp_port) = (joined.group, joined.rtcp);
        self.carrier.tell(GatewayEvent::GroupJoined { group, rtcp_port });
    }

    fn leave_group(&mut self, io: &mut HostIo<'_>, joined: &Joined) {
        io.stack.leave_group(io.now, joined.group);
        for port in [joined.rtp, joined.rtcp] {
            self.client.group_ports.remove(&port);
            self.client.ports.forget(io, port);
        }
        let (group, rtcp_port) = (joined.group, joined.rtcp);
        self.carrier.tell(GatewayEvent::GroupLeft { group, rtcp_port });
    }

    /// Whether the client is in a group.
    pub(crate) fn is_in(&self, group: Ipv4Addr) -> bool {
        self.client.group_ports.values().any(|own| *own == group)
    }

    /// Its pictures are not put together any more: others may need the place.
    pub(crate) fn show_nothing(&mut self) {
        self.client.shadow = None;
    }

    /// Whether the client is in any group.
    pub(crate) fn is_in_some_group(&self) -> bool {
        !self.client.group_ports.is_empty()
    }

    /// A report of the real client to a group.
    pub(crate) fn group_datagram(&mut self, io: &mut HostIo<'_>, group: Ipv4Addr, port: u16, bytes: Bytes) {
        if self.client.group_ports.get(&port) == Some(&group)
            && let Some(socket) = self.client.ports.bind(io, port)
        {
            io.send_datagram(socket, SocketAddr::from((group, port)), naming::datagram(bytes));
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<SimTime> {
        let shown = self.client.shadow.as_ref().and_then(Shadow::poll_timeout);
        [self.carrier.poll_timeout(), shown].into_iter().flatten().min()
    }

    pub(crate) fn handle_timeout(&mut self, io: &mut HostIo<'_>) {
        self.carrier.handle_timeout(io, |io, item| self.client.learn(io, item));
        self.tell_heard();
        if let Some(shadow) = &mut self.client.shadow {
            shadow.handle_timeout(io);
        }
    }

    /// A datagram from the real client to the server.
    pub(crate) fn datagram(&mut self, io: &mut HostIo<'_>, from_port: u16, to_port: u16, bytes: Bytes) {
        if let Some(socket) = self.client.ports.bind(io, from_port) {
            let to = SocketAddr::from((self.client.server.ip(), to_port));
            io.send_datagram(socket, to, naming::datagram(bytes));
        }
    }

    /// The real client's connection is over: give back what it had, and say so.
    pub(crate) fn leave(&mut self, io: &mut HostIo<'_>) {
        let joined = self.client.groups.as_mut().map(GroupReader::take_all).unwrap_or_default();
        for joined in &joined {
            self.leave_group(io, joined);
        }
        self.client.ports.close(io);
        self.client.shadow = None;
        if !self.client.gone {
            self.client.gone = true;
            io.state(Change::Client { client: io.node, joined: false, name: self.client.name.clone() });
        }
    }

    pub(crate) fn handle_event(&mut self, io: &mut HostIo<'_>, event: StackEvent) {
        if let (StackEvent::Readable(handle), Some(shadow)) = (&event, &mut self.client.shadow) {
            shadow.brought(io.recorder.brought(io.node, *handle));
        }
        let StackEvent::Datagram { handle, from, payload } = event else {
            return self.carrier.handle_event(&event);
        };
        let (from_port, to_port, bytes) = (from.port(), handle.port(), payload);
        let group = self.client.group_ports.get(&to_port).copied();
        if group.is_some() && from.ip() != self.client.server.ip() {
            // Others' reports the real client gets from them, if at all.
            return;
        }
        if let (Some(shadow), Some(message)) = (&mut self.client.shadow, io.datagram) {
            shadow.packet(io, &bytes, message);
        }
        if self.client.datagrams < MAX_WAITING_DATAGRAMS {
            self.client.datagrams += 1;
            self.carrier.tell(match group {
                Some(group) => GatewayEvent::Group { group, from_port, to_port, bytes },
                None => GatewayEvent::Datagram { from_port, to_port, bytes },
            });
        } else {
            let name = &self.client.name;
            io.note(format!("{name} does not take its datagrams fast enough; one was dropped."));
        }
    }
}

impl RealClient {
    /// Learns the client's name and the ports on which it waits for media.
    fn learn(&mut self, io: &mut HostIo<'_>, item: &Item) {
        if item.parsed.kind != ItemKind::Request {
            return;
        }
        self.heard_now |= !std::mem::replace(&mut self.heard, true);
        if !self.named
            && let Some(agent) = item.value("User-Agent")
        {
            self.named = true;
            self.name = agent.chars().filter(|c| !c.is_control()).take(64).collect();
            io.state(Change::Client { client: io.node, joined: true, name: self.name.clone() });
        }
        if let Some(groups) = &mut self.groups {
            groups.request(item);
        }
        if let Some(shadow) = &mut self.shadow {
            shadow.request(item);
        }
        if item.parsed.method(&item.bytes) != Some("SETUP") {
            return;
        }
        let Some(value) = item.value("Transport") else { return };
        for (rtp, rtcp) in TransportList::read(&value).0.iter().flatten().filter_map(|t| t.client_port) {
            // RTCP is one port above RTP where it is not named (RFC 3550 section 11).
            let rtcp = rtcp.or_else(|| rtp.checked_add(1));
            for port in [Some(rtp), rtcp].into_iter().flatten() {
                if self.ports.is_full() && !self.ports.has(port) {
                    let name = &self.name;
                    io.note(format!(
                        "{name} asked for more than {MAX_GATEWAY_PORTS} UDP ports; port {port} stays closed."
                    ));
                }
                self.ports.bind(io, port);
            }
        }
    }
}
