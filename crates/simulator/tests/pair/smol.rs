//! One of our hosts and a smoltcp host on one line.

use std::collections::VecDeque;
use std::time::Duration;

use protocol::random::Dice;
use protocol::time::SimTime;
use protocol::wire::ethernet;
use simulator::stack::{Stack, StackEvent, TcpHandle};
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp;
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, IpCidr};

use super::{B, Line, Weather, config};

/// smoltcp's card: frames without FCS.
#[derive(Default)]
pub struct Card {
    incoming: VecDeque<Vec<u8>>,
    outgoing: VecDeque<Vec<u8>>,
}

pub struct Incoming(Vec<u8>);
pub struct Outgoing<'a>(&'a mut VecDeque<Vec<u8>>);

impl RxToken for Incoming {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(&self.0)
    }
}

impl TxToken for Outgoing<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut frame = vec![0; len];
        let result = f(&mut frame);
        self.0.push_back(frame);
        result
    }
}

impl Device for Card {
    type RxToken<'a> = Incoming;
    type TxToken<'a> = Outgoing<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Incoming, Outgoing<'_>)> {
        let frame = self.incoming.pop_front()?;
        Some((Incoming(frame), Outgoing(&mut self.outgoing)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Outgoing<'_>> {
        Some(Outgoing(&mut self.outgoing))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = 1514;
        capabilities
    }
}

/// Ours is 10.0.0.1, theirs 10.0.0.2.
pub struct Mixed {
    pub now: SimTime,
    pub ours: Stack,
    pub events: VecDeque<StackEvent>,
    pub theirs: Interface,
    pub sockets: SocketSet<'static>,
    card: Card,
    line: Line,
    /// Whether their sockets have the options of RFC 7323.
    pub modern: bool,
}

fn instant(now: SimTime) -> Instant {
    Instant::from_micros((now.as_nanos() / 1_000) as i64)
}

impl Mixed {
    pub fn new(weather: Weather, seed: u64) -> Self {
        let mut card = Card::default();
        let mut their_config = Config::new(EthernetAddress([2, 0, 0, 0, 0, 2]).into());
        their_config.random_seed = seed;
        let mut theirs = Interface::new(their_config, &mut card, Instant::ZERO);
        theirs.update_ip_addrs(|addresses| {
            addresses.push(IpCidr::new(B.into(), 24)).expect("as the test has set it up")
        });
        Mixed {
            now: SimTime::ZERO,
            ours: Stack::new(config(0), Dice::new(seed, "ours")),
            events: VecDeque::new(),
            theirs,
            sockets: SocketSet::new(Vec::new()),
            card,
            line: Line::new(weather, seed),
            modern: seed % 2 == 1,
        }
    }

    /// A socket of theirs: with `modern` it scales its window and sends timestamps.
    pub fn add_tcp(&mut self) -> SocketHandle {
        let length = if self.modern { 200_000 } else { 65_535 };
        let buffer = || tcp::SocketBuffer::new(vec![0; length]);
        let mut socket = tcp::Socket::new(buffer(), buffer());
        if self.modern {
            // One tick for each call: it only must not go back.
            fn ticks() -> u32 {
                use std::sync::atomic::{AtomicU32, Ordering};
                static TICKS: AtomicU32 = AtomicU32::new(1);
                TICKS.fetch_add(1, Ordering::Relaxed)
            }
            socket.set_tsval_generator(Some(ticks));
        }
        self.sockets.add(socket)
    }

    pub fn tcp(&mut self, handle: SocketHandle) -> &mut tcp::Socket<'static> {
        self.sockets.get_mut(handle)
    }

    pub fn pump(&mut self) {
        self.theirs.poll(instant(self.now), &mut self.card, &mut self.sockets);
        while let Some(mut frame) = self.card.outgoing.pop_front() {
            ethernet::seal(&mut frame);
            self.line.carry(self.now, 0, frame);
        }
        while let Some(transmit) = self.ours.poll_transmit(self.now) {
            self.line.carry(self.now, 1, transmit.frame);
        }
        while let Some(event) = self.ours.poll_event() {
            self.events.push_back(event);
        }
    }

    fn step(&mut self) -> bool {
        self.pump();
        let theirs = self.theirs.poll_at(instant(self.now), &self.sockets).map(|at| {
            let at = SimTime::from_micros(at.total_micros().max(0) as u64);
            at.max(self.now + Duration::from_micros(1))
        });
        let next = [self.ours.poll_timeout(), self.line.next_at(), theirs];
        let Some(next) = next.into_iter().flatten().min() else { return false };
        self.now = self.now.max(next);
        while let Some((side, mut frame)) = self.line.arrived(self.now) {
            if side == 0 {
                self.ours.receive(self.now, &frame);
            } else if ethernet::fcs_ok(&frame) {
                frame.truncate(frame.len() - ethernet::FCS);
                self.card.incoming.push_back(frame);
            }
            self.pump();
        }
        if self.ours.poll_timeout().is_some_and(|at| at <= self.now) {
            self.ours.handle_timeout(self.now);
        }
        self.pump();
        true
    }

    /// Steps until `done` or `limit` (then `false`).
    pub fn run(&mut self, limit: SimTime, mut done: impl FnMut(&mut Mixed) -> bool) -> bool {
        loop {
            self.pump();
            if done(self) {
                return true;
            }
            if self.now > limit || !self.step() {
                return false;
            }
        }
    }

    /// A connection that we open.
    pub fn connect_to_them(&mut self) -> (TcpHandle, SocketHandle) {
        let theirs = self.add_tcp();
        self.tcp(theirs).listen(554).expect("as the test has set it up");
        let ours = self.ours.tcp_connect(self.now, (super::B, 554), None).expect("as the test has set it up");
        let stands = |mixed: &mut Mixed| {
            mixed.tcp(theirs).may_send() && mixed.events.contains(&StackEvent::Connected(ours))
        };
        assert!(self.run(SimTime::from_secs(300), stands), "no connection");
        (ours, theirs)
    }

    /// A connection that they open.
    pub fn connect_to_us(&mut self) -> (TcpHandle, SocketHandle) {
        self.ours.tcp_listen(554).expect("as the test has set it up");
        let theirs = self.add_tcp();
        let to: (smoltcp::wire::Ipv4Address, u16) = (super::A, 554);
        let context = self.theirs.context();
        self.sockets
            .get_mut::<tcp::Socket>(theirs)
            .connect(context, to, 50_000)
            .expect("as the test has set it up");
        let mut ours = None;
        let stands = self.run(SimTime::from_secs(300), |mixed| {
            ours = mixed.events.iter().find_map(|event| match event {
                StackEvent::Accepted { handle, .. } => Some(*handle),
                _ => None,
            });
            ours.is_some() && mixed.tcp(theirs).may_send()
        });
        assert!(stands, "no connection");
        (ours.expect("as the test has set it up"), theirs)
    }
}
