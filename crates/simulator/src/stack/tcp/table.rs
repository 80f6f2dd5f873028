//! All connections and listening ports of a host.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use protocol::random::Dice;
use protocol::time::SimTime;
use protocol::wire::tcp::{Header, Segment, TcpFlags};
use protocol::wire::{ipv4, ipv6, tcp};

use super::super::transmit::Cause;
use super::super::{
    CloseReason, DropReason, FIRST_EPHEMERAL_PORT, SocketError, StackConfig, StackEvent, TcpConfig,
    TcpHandle, Verdict,
};
use super::arrives::{Arrival, Arriving};
use super::connection::{Connection, Context, Pair};
use super::errors::{Fault, Quoted};
use super::{Plan, Seq, State, StateCause};

type Events = VecDeque<StackEvent>;
/// Our end and the peer's.
type Ends = (SocketAddr, SocketAddr);

/// Finished connections with octets that the application has not read; one more pushes out
/// the oldest.
pub const MAX_REMAINS: usize = 64;

/// Connections by handle and by pair of sockets, their timers, and who has something to say.
#[derive(Clone, Debug)]
pub(in crate::stack) struct Table {
    config: TcpConfig,
    mtu: usize,
    connections: BTreeMap<TcpHandle, Connection>,
    /// Connections that both sides closed while octets waited for the application.
    remains: BTreeMap<TcpHandle, Connection>,
    by_pair: BTreeMap<(u16, SocketAddr), TcpHandle>,
    /// Listening ports, and how many connections of each are half open.
    listeners: BTreeMap<u16, usize>,
    timeouts: BTreeSet<(SimTime, TcpHandle)>,
    /// Connections that may have a segment to send, each once, in turn.
    touched: VecDeque<TcpHandle>,
    /// Connections that were worked on since somebody asked.
    worked: BTreeSet<TcpHandle>,
    last_handle: u64,
    next_port: u16,
    /// The secret of the sequence numbers (RFC 6528).
    secret: u64,
}

/// What became of a segment, and the RST that answers it, if any.
pub(in crate::stack) struct Received {
    pub verdict: Verdict,
    pub reset: Option<Header>,
}

impl Table {
    pub fn new(config: &StackConfig, dice: &mut Dice) -> Self {
        let ports = u16::MAX - FIRST_EPHEMERAL_PORT + 1;
        Table {
            config: config.tcp.clone(),
            mtu: config.mtu,
            connections: BTreeMap::new(),
            remains: BTreeMap::new(),
            by_pair: BTreeMap::new(),
            listeners: BTreeMap::new(),
            timeouts: BTreeSet::new(),
            touched: VecDeque::new(),
            worked: BTreeSet::new(),
            last_handle: 0,
            next_port: FIRST_EPHEMERAL_PORT + dice.u16() % ports,
            secret: dice.u64(),
        }
    }

    /// The largest segment to accept: what the MTU leaves (RFC 9293 section 3.7.1; over IPv6
    /// RFC 8200 section 8.3).
    fn rmss(&self, local: IpAddr) -> usize {
        let header = if local.is_ipv4() { ipv4::HEADER } else { ipv6::HEADER };
        let room = self.mtu.saturating_sub(header + tcp::HEADER).clamp(1, usize::from(u16::MAX));
        self.config.mss.map_or(room, |mss| usize::from(mss).clamp(1, room))
    }

    /// The link carries IP packets of at most so many octets from now on: connections that
    /// stand send no longer ones, new ones say so to their peers.
    pub fn set_mtu(&mut self, mtu: usize) {
        self.mtu = mtu;
        self.shrink(mtu, |_| true);
    }

    /// The way of a connection carries packets of at most `mtu` octets.
    pub fn fit(&mut self, handle: TcpHandle, mtu: usize) {
        let _ = self.with(handle, |connection| connection.path_shrank(mtu)); // Else it is gone.
    }

    fn shrink(&mut self, mtu: usize, which: impl Fn(&Connection) -> bool) {
        let all = self.connections.iter().filter(|(_, connection)| which(connection));
        let all: Vec<TcpHandle> = all.map(|(handle, _)| *handle).collect();
        for handle in all {
            self.fit(handle, mtu);
        }
    }

    pub fn listen(&mut self, port: u16) -> Result<(), SocketError> {
        if port == 0 || self.listeners.contains_key(&port) {
            return Err(SocketError::PortTaken(port));
        }
        let half_open = |c: &&Connection| c.listener == Some(port) && c.state() == State::SynReceived;
        let half_open = self.connections.values().filter(half_open).count();
        self.listeners.insert(port, half_open);
        Ok(())
    }

    pub fn unlisten(&mut self, port: u16) {
        self.listeners.remove(&port);
    }

    pub fn connect(
        &mut self,
        now: SimTime,
        events: &mut Events,
        from: IpAddr,
        to: SocketAddr,
        from_port: Option<u16>,
    ) -> Result<TcpHandle, SocketError> {
        if self.connections.len() >= self.config.max_connections {
            return Err(SocketError::Full(self.config.max_connections));
        }
        let port = match from_port {
            Some(port) if port == 0 || self.by_pair.contains_key(&(port, to)) => {
                return Err(SocketError::PortTaken(port));
            }
            Some(port) => port,
            None => self.ephemeral_port(to)?,
        };
        let iss = self.initial_sequence(now, port, to);
        let ends = (SocketAddr::new(from, port), to);
        Ok(self.add(ends, iss, |connection| connection.open(&mut Context { now, events })))
    }

    fn ephemeral_port(&mut self, to: SocketAddr) -> Result<u16, SocketError> {
        for _ in FIRST_EPHEMERAL_PORT..=u16::MAX {
            let port = self.next_port;
            self.next_port = port.checked_add(1).unwrap_or(FIRST_EPHEMERAL_PORT);
            if !self.by_pair.contains_key(&(port, to)) && !self.listeners.contains_key(&port) {
                return Ok(port);
            }
        }
        Err(SocketError::NoPortLeft)
    }

    /// ISN = M + F(pair of sockets, secret), where M counts up every 4 microseconds (RFC
    /// 6528 section 3, RFC 9293 section 3.4.1). F need not resist attackers here, only be
    /// different for each pair and the same for each seed.
    fn initial_sequence(&self, now: SimTime, port: u16, remote: SocketAddr) -> Seq {
        let address = match remote.ip() {
            IpAddr::V4(ip) => u64::from(u32::from(ip)) << 32,
            IpAddr::V6(ip) => {
                let bits = u128::from(ip);
                ((bits >> 64) as u64).rotate_left(21) ^ bits as u64
            }
        };
        let pair = address ^ (u64::from(remote.port()) << 16 | u64::from(port));
        let mut mixed = (pair ^ self.secret).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        Seq((now.as_nanos() / 4_000).wrapping_add(mixed >> 32) as u32)
    }

    /// Adds a connection and lets `prepare` set it up before it is filed.
    fn add(
        &mut self,
        (local, remote): (SocketAddr, SocketAddr),
        iss: Seq,
        prepare: impl FnOnce(&mut Connection),
    ) -> TcpHandle {
        self.last_handle += 1;
        let handle = TcpHandle(self.last_handle);
        let pair = Pair { handle, local, remote };
        let mut connection = Connection::new(pair, &self.config, self.rmss(local.ip()), iss);
        prepare(&mut connection);
        self.by_pair.insert((local.port(), remote), handle);
        self.connections.insert(handle, connection);
        self.settle(handle);
        handle
    }

    pub fn get(&self, handle: TcpHandle) -> Option<&Connection> {
        self.connections.get(&handle)
    }

    pub fn handles(&self) -> impl Iterator<Item = TcpHandle> + '_ {
        self.connections.keys().copied()
    }

    /// The connections that were worked on since the last call.
    pub fn take_worked(&mut self) -> Vec<TcpHandle> {
        std::mem::take(&mut self.worked).into_iter().collect()
    }

    /// Lets `work` act on a connection, and files it anew.
    pub fn with<R>(
        &mut self,
        handle: TcpHandle,
        work: impl FnOnce(&mut Connection) -> R,
    ) -> Result<R, SocketError> {
        let connection = self.connections.get_mut(&handle).ok_or(SocketError::NoSocket)?;
        let result = work(connection);
        self.settle(handle);
        Ok(result)
    }

    /// The connection, also when it is gone and only its last octets remain.
    pub fn get_readable(&self, handle: TcpHandle) -> Option<&Connection> {
        self.connections.get(&handle).or_else(|| self.remains.get(&handle))
    }

    /// RECEIVE, also of what remains.
    pub fn receive_octets(&mut self, handle: TcpHandle, max: usize) -> Result<Bytes, SocketError> {
        let Some(connection) = self.remains.get_mut(&handle) else {
            return self.with(handle, |connection| connection.receive(max));
        };
        let octets = connection.receive(max);
        if connection.readable() == 0 {
            self.remains.remove(&handle);
        }
        Ok(octets)
    }

    /// Ends a connection at once; answers the RST to send.
    pub fn abort(
        &mut self,
        now: SimTime,
        events: &mut Events,
        handle: TcpHandle,
    ) -> Result<Option<(Ends, Plan)>, SocketError> {
        self.with(handle, |connection| {
            let plan = connection.plan_reset(now).map(|plan| ((connection.local, connection.remote), plan));
            connection.end(
                &mut Context { now, events },
                CloseReason::Aborted,
                StateCause::ApplicationAborted,
            );
            plan
        })
    }

    /// Brings timers, counts and the queue up to date after work on a connection, and
    /// forgets it when it is closed.
    fn settle(&mut self, handle: TcpHandle) {
        let Some(connection) = self.connections.get_mut(&handle) else { return };
        let closed = connection.state() == State::Closed;
        if closed {
            self.worked.remove(&handle);
        } else {
            self.worked.insert(handle);
        }
        let half_open = connection.listener.filter(|_| connection.state() == State::SynReceived);
        if half_open.is_some() != connection.filed.half_open
            && let Some(count) = connection.listener.and_then(|port| self.listeners.get_mut(&port))
        {
            *count = if half_open.is_some() { *count + 1 } else { count.saturating_sub(1) };
        }
        connection.filed.half_open = half_open.is_some();
        let timeout = connection.next_timeout();
        if timeout != connection.filed.timeout {
            if let Some(old) = connection.filed.timeout {
                self.timeouts.remove(&(old, handle));
            }
            if let Some(new) = timeout {
                self.timeouts.insert((new, handle));
            }
            connection.filed.timeout = timeout;
        }
        if closed {
            let pair = (connection.local.port(), connection.remote);
            let gone = self.connections.remove(&handle);
            if let Some(connection) = gone.filter(|connection| connection.finished_unread()) {
                self.remains.insert(handle, connection);
                if self.remains.len() > MAX_REMAINS {
                    self.remains.pop_first();
                }
            }
            if self.by_pair.get(&pair) == Some(&handle) {
                self.by_pair.remove(&pair);
            }
        } else if !connection.filed.touched {
            connection.filed.touched = true;
            self.touched.push_back(handle);
        }
    }

    /// A segment came from `from` to our address `to`.
    pub fn receive(
        &mut self,
        now: SimTime,
        events: &mut Events,
        (from, to): (IpAddr, IpAddr),
        segment: &Segment<'_>,
    ) -> Received {
        let header = &segment.header;
        let remote = SocketAddr::new(from, header.source);
        let ends = (SocketAddr::new(to, header.destination), remote);
        let pair = (header.destination, remote);
        let arriving = Arriving {
            seq: Seq(header.seq),
            ack: Seq(header.ack),
            flags: header.flags,
            window: usize::from(header.window),
            options: header.options,
            payload: segment.payload,
        };
        let mut not_before = None;
        if let Some(&handle) = self.by_pair.get(&pair) {
            match self.give_way(now, events, handle, &arriving) {
                None => return self.arrive(now, events, handle, &arriving, header),
                after => not_before = after,
            }
        }
        if self.listeners.contains_key(&header.destination) {
            return self.arrive_in_listen(now, events, ends, &arriving, header, not_before);
        }
        // Section 3.10.7.1: there is no connection.
        let verdict = Verdict::Dropped(DropReason::TcpPortClosed(header.destination));
        Received { verdict, reset: reset_for(header, &arriving) }
    }

    fn arrive(
        &mut self,
        now: SimTime,
        events: &mut Events,
        handle: TcpHandle,
        arriving: &Arriving<'_>,
        header: &Header,
    ) -> Received {
        let arrival =
            self.with(handle, |connection| connection.arrive(&mut Context { now, events }, arriving));
        let (verdict, reset) = match arrival {
            Ok(Arrival::Taken(delivered)) => (Verdict::Tcp { handle, delivered }, None),
            Ok(Arrival::Dropped(reason)) => (Verdict::Dropped(reason), None),
            Ok(Arrival::Reset(seq)) => {
                let reset = answer_to(header, TcpFlags::RST, seq, Seq(0));
                (Verdict::Dropped(DropReason::BadAck(handle)), Some(reset))
            }
            Err(_) => (Verdict::Dropped(DropReason::TcpPortClosed(header.destination)), None),
        };
        Received { verdict, reset }
    }

    /// A new SYN ends TIME-WAIT when its number lies beyond the old connection's (RFC 9293
    /// section 3.6.1, MAY-2). Answers the least ISS of the new connection then.
    fn give_way(
        &mut self,
        now: SimTime,
        events: &mut Events,
        handle: TcpHandle,
        arriving: &Arriving<'_>,
    ) -> Option<Seq> {
        let connection = self.connections.get(&handle)?;
        let info = connection.info();
        let fresh = info.state == State::TimeWait
            && arriving.flags.has(TcpFlags::SYN)
            && arriving.payload.is_empty()
            && !arriving.flags.has(TcpFlags::ACK)
            && !arriving.flags.has(TcpFlags::RST)
            && arriving.seq.after(Seq(info.rcv_nxt))
            && self.listeners.contains_key(&connection.local.port());
        if !fresh {
            return None;
        }
        let end = |connection: &mut Connection| {
            let mut cx = Context { now, events };
            connection.end(&mut cx, CloseReason::Finished, StateCause::NewSynInTimeWait);
        };
        self.with(handle, end).ok()?;
        Some(Seq(info.snd_nxt) + 1)
    }

    /// Section 3.10.7.2.
    fn arrive_in_listen(
        &mut self,
        now: SimTime,
        events: &mut Events,
        ends: (SocketAddr, SocketAddr),
        arriving: &Arriving<'_>,
        header: &Header,
        not_before: Option<Seq>,
    ) -> Received {
        let port = header.destination;
        let dropped = |reason| Received { verdict: Verdict::Dropped(reason), reset: None };
        let flags = arriving.flags;
        if flags.has(TcpFlags::RST) || flags.has(TcpFlags::ACK) || !flags.has(TcpFlags::SYN) {
            let verdict = Verdict::Dropped(DropReason::TcpPortClosed(port));
            let reset = if flags.has(TcpFlags::ACK) { reset_for(header, arriving) } else { None };
            return Received { verdict, reset };
        }
        if self.listeners.get(&port).is_some_and(|&half_open| half_open >= self.config.backlog) {
            return dropped(DropReason::BacklogFull(port));
        }
        if self.connections.len() >= self.config.max_connections {
            return dropped(DropReason::TooManyConnections);
        }
        let clock = self.initial_sequence(now, port, ends.1);
        let iss = not_before.map_or(clock, |least| clock.max(least));
        let handle = self.add(ends, iss, |connection| {
            connection.answer(&mut Context { now, events }, port, arriving);
        });
        Received { verdict: Verdict::Tcp { handle, delivered: 0..0 }, reset: None }
    }

    /// The connection of a quoted segment, when that is under way.
    pub fn find(&self, quoted: &Quoted) -> Option<TcpHandle> {
        let handle = *self.by_pair.get(&(quoted.local.port(), quoted.remote))?;
        let connection = self.get(handle)?;
        (connection.local == quoted.local && connection.is_under_way(quoted.seq)).then_some(handle)
    }

    /// An ICMP error quotes a segment of ours. What does not fit a connection is passed over
    /// (RFC 5927 section 4.1).
    pub fn take_fault(&mut self, now: SimTime, events: &mut Events, fault: Fault, quoted: &Quoted) {
        let Some(handle) = self.find(quoted) else { return };
        match fault {
            Fault::Unreachable { code, hard } => {
                let told = |c: &mut Connection| c.unreachable(&mut Context { now, events }, code, hard);
                let _ = self.with(handle, told); // It was there a moment ago.
            }
            Fault::TooBig { mtu } => {
                let to = quoted.remote.ip();
                // Who lets routers cut has not asked for this (over IPv6 nobody may).
                if self.config.path_mtu_discovery || to.is_ipv6() {
                    self.shrink(mtu, |connection| connection.remote.ip() == to);
                }
            }
        }
    }

    /// The next segment of any connection, in turn.
    pub fn poll_transmit(&mut self, now: SimTime) -> Option<(TcpHandle, Plan)> {
        while let Some(handle) = self.touched.pop_front() {
            let Some(connection) = self.connections.get_mut(&handle) else { continue };
            connection.filed.touched = false;
            if let Some(plan) = connection.poll_transmit(now) {
                self.settle(handle); // It may have more to say, after the others.
                return Some((handle, plan));
            }
            self.settle_quiet(handle);
        }
        None
    }

    /// As [`settle`](Self::settle), for a connection that has nothing to send.
    fn settle_quiet(&mut self, handle: TcpHandle) {
        if let Some(connection) = self.connections.get_mut(&handle) {
            connection.filed.touched = true;
            self.settle(handle);
        }
        if let Some(connection) = self.connections.get_mut(&handle) {
            connection.filed.touched = false;
        }
    }

    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.timeouts.first().map(|(at, _)| *at)
    }

    pub fn handle_timeout(&mut self, now: SimTime, events: &mut Events) {
        // What is due now, each once: a timer set anew for this very moment waits for the
        // next call.
        let due: Vec<TcpHandle> =
            self.timeouts.iter().take_while(|(at, _)| *at <= now).map(|(_, handle)| *handle).collect();
        for handle in due {
            // The handle was filed, so the connection is there.
            let _ = self.with(handle, |connection| connection.handle_timeout(&mut Context { now, events }));
        }
    }
}

/// The RST for a segment that belongs to no connection (section 3.10.7.1); none for an RST.
fn reset_for(header: &Header, arriving: &Arriving<'_>) -> Option<Header> {
    if header.flags.has(TcpFlags::RST) {
        return None;
    }
    Some(if header.flags.has(TcpFlags::ACK) {
        answer_to(header, TcpFlags::RST, arriving.ack, Seq(0))
    } else {
        let ack = arriving.seq + arriving.length();
        answer_to(header, TcpFlags::RST.with(TcpFlags::ACK), Seq(0), ack)
    })
}

fn answer_to(header: &Header, flags: TcpFlags, seq: Seq, ack: Seq) -> Header {
    Header {
        source: header.destination,
        destination: header.source,
        seq: seq.0,
        ack: ack.0,
        flags,
        ..Header::default()
    }
}

impl Plan {
    /// A segment of no connection.
    pub fn reset(header: Header) -> Self {
        Plan { header, stream: 0..0, cause: Cause::RefusedPort }
    }
}
