//! Two hosts on one line with delay, loss, reordering and duplication.
#![allow(dead_code)] // Each test file uses its own part.

pub mod smol;

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use protocol::random::Dice;
use protocol::time::SimTime;
use protocol::wire::{MacAddr, ethernet};
use simulator::stack::{
    Carried, Cause, SocketError, Stack, StackConfig, StackEvent, TcpHandle, Transmit, Verdict,
};

pub const A: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
pub const B: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

/// How the line treats frames, the same in both directions.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    pub delay: Duration,
    /// Added to each frame's delay, evenly from nothing to this: reorders.
    pub jitter: Duration,
    pub loss: f64,
    /// Bursts of loss: the probabilities that one begins, and ends, with a frame.
    pub bursts: Option<(f64, f64)>,
    pub duplication: f64,
    pub corruption: f64,
    /// Bits a second, and how many full frames may wait for the line before it drops.
    pub rate: Option<(u64, usize)>,
}

impl Weather {
    pub const CALM: Weather = Weather {
        delay: Duration::from_millis(2),
        jitter: Duration::ZERO,
        loss: 0.0,
        bursts: None,
        duplication: 0.0,
        corruption: 0.0,
        rate: None,
    };

    pub fn lossy(loss: f64) -> Self {
        Weather { loss, ..Self::CALM }
    }
}

/// The line: frames on their way to side 0 or 1.
#[derive(Clone, Debug)]
pub struct Line {
    pub weather: Weather,
    dice: Dice,
    serial: u64,
    /// When the line is free again, towards either side, and what it has dropped.
    free_at: [SimTime; 2],
    pub dropped: usize,
    in_burst: [bool; 2],
    on_the_way: BTreeMap<(SimTime, u64), (usize, Vec<u8>)>,
}

impl Line {
    pub fn new(weather: Weather, seed: u64) -> Self {
        Line {
            weather,
            dice: Dice::new(seed, "line"),
            serial: 0,
            free_at: [SimTime::ZERO; 2],
            dropped: 0,
            in_burst: [false; 2],
            on_the_way: BTreeMap::new(),
        }
    }

    pub fn carry(&mut self, now: SimTime, to: usize, mut frame: Vec<u8>) {
        let lost = self.dice.unit() < self.weather.loss || self.burst_takes(to);
        if self.dice.unit() < self.weather.corruption {
            let bit = (self.dice.unit() * (frame.len() * 8) as f64) as usize;
            frame[bit / 8] ^= 1 << (bit % 8);
        }
        let mut leaves = now;
        if let Some((rate, queue)) = self.weather.rate {
            let time = |octets: usize| {
                let bits = (octets + ethernet::PREAMBLE_AND_GAP) as u64 * 8;
                Duration::from_nanos(bits * 1_000_000_000 / rate)
            };
            let free = self.free_at[to].max(now);
            if free.since(now) > time(1518) * queue as u32 {
                self.dropped += 1;
                return;
            }
            leaves = free + time(frame.len());
            self.free_at[to] = leaves;
        }
        if lost {
            return;
        }
        let copies = if self.dice.unit() < self.weather.duplication { 2 } else { 1 };
        for _ in 0..copies {
            let at = leaves + self.weather.delay + self.weather.jitter.mul_f64(self.dice.unit());
            self.serial += 1;
            self.on_the_way.insert((at, self.serial), (to, frame.clone()));
        }
    }

    /// Whether a burst of loss has begun, or goes on.
    fn burst_takes(&mut self, to: usize) -> bool {
        let Some((begins, ends)) = self.weather.bursts else { return false };
        let dice = self.dice.unit();
        let bad = &mut self.in_burst[to];
        *bad = if *bad { dice >= ends } else { dice < begins };
        *bad
    }

    pub fn next_at(&self) -> Option<SimTime> {
        self.on_the_way.keys().next().map(|(at, _)| *at)
    }

    pub fn arrived(&mut self, now: SimTime) -> Option<(usize, Vec<u8>)> {
        let entry = self.on_the_way.first_entry()?;
        if entry.key().0 > now { None } else { Some(entry.remove()) }
    }
}

/// Two stacks and their line.
#[derive(Clone)]
pub struct Pair {
    pub now: SimTime,
    pub hosts: [Stack; 2],
    pub line: Line,
    pub events: [VecDeque<StackEvent>; 2],
    /// Every frame sent: when, by whom, and what and why.
    pub sent: Vec<(SimTime, usize, Carried, Cause)>,
    pub verdicts: Vec<(SimTime, usize, Verdict)>,
    /// When an application wants to act without being woken by the network.
    pub wake: Option<SimTime>,
}

pub fn config(side: usize) -> StackConfig {
    let (name, ip) = [("a", A), ("b", B)][side];
    StackConfig::new(name, MacAddr(2, 0, 0, 0, 0, side as u8 + 1), ip, 24)
}

impl Pair {
    pub fn new(weather: Weather, seed: u64) -> Self {
        Self::with_configs([config(0), config(1)], weather, seed)
    }

    pub fn with_configs(configs: [StackConfig; 2], weather: Weather, seed: u64) -> Self {
        Pair {
            now: SimTime::ZERO,
            hosts: configs.map(|config| {
                let dice = Dice::new(seed, &config.name);
                Stack::new(config, dice)
            }),
            line: Line::new(weather, seed),
            events: [VecDeque::new(), VecDeque::new()],
            sent: Vec::new(),
            verdicts: Vec::new(),
            wake: None,
        }
    }

    /// Gives all frames that are ready to the line, and collects events.
    pub fn pump(&mut self) {
        for side in 0..2 {
            while let Some(Transmit { frame, carried, cause }) = self.hosts[side].poll_transmit(self.now) {
                self.sent.push((self.now, side, carried, cause));
                self.line.carry(self.now, 1 - side, frame);
            }
            while let Some(event) = self.hosts[side].poll_event() {
                self.events[side].push_back(event);
            }
        }
    }

    /// Goes to the next moment at which something happens, `wake` at the latest; `false`
    /// when nothing will.
    pub fn step(&mut self) -> bool {
        self.pump();
        let timeouts = self.hosts.iter().filter_map(Stack::poll_timeout);
        let wake = self.wake.take();
        let Some(next) = timeouts.chain(self.line.next_at()).chain(wake).min() else { return false };
        self.now = self.now.max(next);
        while let Some((side, frame)) = self.line.arrived(self.now) {
            let verdict = self.hosts[side].receive(self.now, &frame);
            self.verdicts.push((self.now, side, verdict));
            self.pump();
        }
        for host in &mut self.hosts {
            if host.poll_timeout().is_some_and(|at| at <= self.now) {
                host.handle_timeout(self.now);
            }
        }
        self.pump();
        true
    }

    /// Steps until `done` or `limit` (then `false`).
    pub fn run(&mut self, limit: SimTime, mut done: impl FnMut(&mut Pair) -> bool) -> bool {
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

    /// A connection from host 0 to port 554 of host 1, standing on both sides.
    pub fn connect(&mut self) -> (TcpHandle, TcpHandle) {
        self.hosts[1].tcp_listen(554).expect("as the test has set it up");
        let to = SocketAddr::from((B, 554));
        let client = self.hosts[0].tcp_connect(self.now, to, None).expect("as the test has set it up");
        let mut server = None;
        let stands = self.run(SimTime::from_secs(3000), |pair| {
            for event in &pair.events[1] {
                if let StackEvent::Accepted { handle, .. } = event {
                    server = Some(*handle);
                }
            }
            server.is_some() && pair.events[0].contains(&StackEvent::Connected(client))
        });
        assert!(stands, "no connection");
        (client, server.expect("as the test has set it up"))
    }

    pub fn count(&self, side: usize, cause: impl Fn(&Cause) -> bool) -> usize {
        self.sent.iter().filter(|(_, by, _, why)| *by == side && cause(why)).count()
    }
}

/// Repeatable octets to send.
pub fn octets(length: usize) -> Vec<u8> {
    (0..length as u64).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

/// One end of a bulk transfer: sends `to_send`, closes, and reads all that comes.
pub struct Transfer {
    pub handle: TcpHandle,
    pub to_send: Vec<u8>,
    pub sent: usize,
    pub got: Vec<u8>,
    pub closed: bool,
    /// Octets written and read at a time, and the pause between readings.
    pub chunk: usize,
    pub pause: Duration,
    reads_at: SimTime,
}

impl Transfer {
    pub fn new(handle: TcpHandle, to_send: Vec<u8>) -> Self {
        Transfer {
            handle,
            to_send,
            sent: 0,
            got: Vec::new(),
            closed: false,
            chunk: 10_000,
            pause: Duration::ZERO,
            reads_at: SimTime::ZERO,
        }
    }

    /// Does what an application does when woken.
    pub fn work(&mut self, now: SimTime, stack: &mut Stack) {
        while now >= self.reads_at && stack.tcp_recv_len(self.handle) > 0 {
            let got = stack.tcp_recv(now, self.handle, self.chunk).expect("as the test has set it up");
            self.got.extend_from_slice(&got);
            self.reads_at = now + self.pause;
        }
        if self.closed {
            return;
        }
        let end = self.to_send.len().min(self.sent + self.chunk);
        match stack.tcp_send(now, self.handle, &self.to_send[self.sent..end]) {
            Ok(taken) => self.sent += taken,
            Err(SocketError::NoSocket | SocketError::WrongState(_)) => return,
            Err(other) => panic!("{other}"),
        }
        if self.sent == self.to_send.len() {
            stack.tcp_close(now, self.handle).expect("as the test has set it up");
            self.closed = true;
        }
    }

    /// When it wants to read again, if there is something to read.
    pub fn wakes_at(&self, stack: &Stack) -> Option<SimTime> {
        (stack.tcp_recv_len(self.handle) > 0).then_some(self.reads_at)
    }
}
