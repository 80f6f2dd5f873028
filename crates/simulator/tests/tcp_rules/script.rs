//! A peer at 10.0.0.2 that says what it is told to. Sequence numbers are relative: ours
//! to our first, the peer's to its own.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::time::Duration;

use protocol::random::Dice;
use protocol::time::SimTime;
use protocol::wire::tcp::{Header, Options, TcpFlags};
use protocol::wire::{MacAddr, arp, ethernet, ipv4, tcp};
use simulator::stack::{
    Carried, Cause, Stack, StackConfig, StackEvent, State, TcpConfig, TcpHandle, TcpInfo, Verdict,
};

pub const OURS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
pub const THEIRS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const OUR_MAC: MacAddr = MacAddr(2, 0, 0, 0, 0, 1);
const THEIR_MAC: MacAddr = MacAddr(2, 0, 0, 0, 0, 2);

pub const SYN: TcpFlags = TcpFlags::SYN;
pub const ACK: TcpFlags = TcpFlags::ACK;
pub const RST: TcpFlags = TcpFlags::RST;
pub const SYN_ACK: TcpFlags = TcpFlags::SYN.with(TcpFlags::ACK);
pub const FIN_ACK: TcpFlags = TcpFlags::FIN.with(TcpFlags::ACK);
pub const PSH_ACK: TcpFlags = TcpFlags::PSH.with(TcpFlags::ACK);
pub const FIN_PSH_ACK: TcpFlags = FIN_ACK.with(TcpFlags::PSH);
pub const NONE: TcpFlags = TcpFlags(0);
pub const RST_ACK: TcpFlags = TcpFlags::RST.with(TcpFlags::ACK);

pub const MS: Duration = Duration::from_millis(1);
pub const SEC: Duration = Duration::from_secs(1);

/// A segment that the stack sent.
#[derive(Clone, Debug)]
pub struct Said {
    pub header: Header,
    /// Relative to our first sequence number.
    pub seq: u32,
    /// Relative to the peer's.
    pub ack: u32,
    pub payload: Vec<u8>,
    pub stream: Range<u64>,
    pub cause: Cause,
}

pub struct Script {
    pub now: SimTime,
    pub stack: Stack,
    pub events: VecDeque<StackEvent>,
    pub handle: Option<TcpHandle>,
    pub local_port: u16,
    pub remote_port: u16,
    /// Our and the peer's first sequence numbers.
    pub iss: u32,
    pub irs: u32,
    pub window: u16,
    pub mss: Option<u16>,
    /// What else the peer's segments carry. In SYNs all of it; later timestamps and SACK.
    pub options: Options,
    /// Whether the last segment said had DF.
    pub dont_fragment: bool,
}

impl Script {
    pub fn new(tcp: TcpConfig) -> Self {
        Self::at(SimTime::ZERO, tcp)
    }

    pub fn at(now: SimTime, tcp: TcpConfig) -> Self {
        let mut config = StackConfig::new("ours", OUR_MAC, OURS, 24);
        // Their hardware address holds for ever: what is tested is TCP alone.
        config.arp.reachable = std::time::Duration::MAX;
        config.tcp = tcp;
        let mut script = Script {
            now,
            stack: Stack::new(config, Dice::new(7, "script")),
            events: VecDeque::new(),
            handle: None,
            local_port: 0,
            remote_port: 40_000,
            iss: 0,
            irs: 0x7000_0000,
            window: 65_535,
            mss: Some(1460),
            options: Options::default(),
            dont_fragment: false,
        };
        script.introduce();
        script
    }

    /// Tells the stack the peer's hardware address.
    fn introduce(&mut self) {
        let question = arp::Message {
            operation: arp::Operation::Request,
            sender_mac: THEIR_MAC,
            sender_ip: THEIRS,
            target_mac: MacAddr::zero(),
            target_ip: OURS,
        };
        let mut frame = ethernet::begin(MacAddr::broadcast(), THEIR_MAC, ethernet::ARP, arp::LENGTH);
        arp::write(&mut frame, &question);
        ethernet::seal(&mut frame);
        self.stack.receive(self.now, &frame);
        while self.stack.poll_transmit(self.now).is_some() {}
        while self.stack.poll_event().is_some() {}
    }

    /// A connection that the peer opened, standing; the peer's window is 65,535.
    pub fn accepted(tcp: TcpConfig) -> Self {
        Self::accepted_with(tcp, 65_535, Some(1460))
    }

    pub fn accepted_with(tcp: TcpConfig, window: u16, mss: Option<u16>) -> Self {
        let mut script = Self::new(tcp);
        (script.window, script.mss) = (window, mss);
        script.accept();
        script
    }

    /// Lets the peer open a connection to port 554.
    pub fn accept(&mut self) {
        self.local_port = 554;
        let _ = self.stack.tcp_listen(554);
        self.says(SYN, 0, 0, b"");
        self.expect(SYN_ACK, 0, 1, 0, Cause::AcceptSyn);
        self.says(ACK, 1, 1, b"");
        self.handle = self.events.iter().rev().find_map(|event| match event {
            StackEvent::Accepted { handle, .. } => Some(*handle),
            _ => None,
        });
        assert!(self.handle.is_some(), "not accepted");
        self.events.clear();
        self.quiet();
    }

    /// Opens a connection to port 80 of the peer: our SYN is out.
    pub fn connecting(tcp: TcpConfig) -> Self {
        let mut script = Self::new(tcp);
        script.connect();
        script
    }

    pub fn connect(&mut self) {
        let said = self.connect_said();
        assert_eq!((said.header.flags, said.seq, said.cause), (SYN, 0, Cause::Connect));
    }

    /// The same, and answers the SYN.
    pub fn connect_said(&mut self) -> Said {
        self.remote_port = 80;
        let to = SocketAddr::from((THEIRS, 80));
        let handle = self.stack.tcp_connect(self.now, to, None).expect("as the test has set it up");
        self.handle = Some(handle);
        self.local_port = self.stack.tcp_endpoints(handle).expect("as the test has set it up").0.port();
        self.said().expect("a SYN")
    }

    pub fn h(&self) -> TcpHandle {
        self.handle.expect("a connection")
    }

    pub fn info(&self) -> TcpInfo {
        self.stack.tcp_info(self.h()).expect("the connection is there")
    }

    pub fn state(&self) -> State {
        self.stack.tcp_info(self.h()).map_or(State::Closed, |info| info.state)
    }

    /// The peer says a segment with the window of the moment.
    pub fn says(&mut self, flags: TcpFlags, seq: u32, ack: u32, payload: &[u8]) -> Verdict {
        let later = Options { window_scale: None, sack_permitted: false, ..self.options };
        let options = if flags.has(SYN) { Options { mss: self.mss, ..self.options } } else { later };
        let header = Header {
            source: self.remote_port,
            destination: self.local_port,
            seq: self.irs.wrapping_add(seq),
            ack: if flags.has(ACK) { self.iss.wrapping_add(ack) } else { 0 },
            flags,
            window: self.window,
            urgent: 0,
            options,
        };
        self.says_header(&header, payload)
    }

    pub fn says_header(&mut self, header: &Header, payload: &[u8]) -> Verdict {
        let mut segment = Vec::new();
        tcp::write(&mut segment, THEIRS, OURS, header, (payload, b""));
        self.gets(THEIRS, ipv4::TCP, &segment)
    }

    /// A packet comes.
    pub fn gets(&mut self, source: Ipv4Addr, protocol: u8, segment: &[u8]) -> Verdict {
        let length = segment.len() + ipv4::HEADER;
        let mut frame = ethernet::begin(OUR_MAC, THEIR_MAC, ethernet::IPV4, length);
        let ip = ipv4::Header {
            source,
            destination: OURS,
            protocol,
            ttl: 64,
            traffic_class: 0,
            identification: 1,
            dont_fragment: true,
            more_fragments: false,
            fragment_offset: 0,
        };
        ipv4::write(&mut frame, &ip, segment.len());
        frame.extend_from_slice(segment);
        ethernet::seal(&mut frame);
        let verdict = self.stack.receive(self.now, &frame);
        self.collect();
        verdict
    }

    fn collect(&mut self) {
        while let Some(event) = self.stack.poll_event() {
            self.events.push_back(event);
        }
    }

    /// What the stack says next.
    pub fn said(&mut self) -> Option<Said> {
        let transmit = self.stack.poll_transmit(self.now)?;
        self.collect();
        let Carried::Tcp { flags, stream, .. } = transmit.carried else {
            panic!("not TCP: {:?}", transmit.carried)
        };
        let frame = ethernet::parse(&transmit.frame).expect("as the test has set it up");
        assert_eq!(frame.destination, THEIR_MAC);
        assert!(ethernet::fcs_ok(&transmit.frame));
        let packet = ipv4::parse(frame.payload).expect("as the test has set it up");
        assert_eq!(packet.header.ttl, 64);
        self.dont_fragment = packet.header.dont_fragment;
        let segment = tcp::parse(packet.payload, OURS, THEIRS).expect("as the test has set it up");
        assert_eq!(segment.header.flags, flags);
        if flags.has(SYN) {
            self.iss = segment.header.seq;
        }
        assert_eq!(stream.end - stream.start, segment.payload.len() as u64);
        Some(Said {
            header: segment.header,
            seq: segment.header.seq.wrapping_sub(self.iss),
            ack: if flags.has(ACK) { segment.header.ack.wrapping_sub(self.irs) } else { 0 },
            payload: segment.payload.to_vec(),
            stream,
            cause: transmit.cause,
        })
    }

    /// The stack must say this next.
    #[track_caller]
    pub fn expect(&mut self, flags: TcpFlags, seq: u32, ack: u32, length: usize, cause: Cause) -> Said {
        let said = self.said().expect("a segment");
        let is = (said.header.flags, said.seq, said.ack, said.payload.len(), said.cause);
        assert_eq!(is, (flags, seq, ack, length, cause));
        if length > 0 {
            assert_eq!(said.stream.start, u64::from(seq.wrapping_sub(1)));
        }
        said
    }

    /// The stack must have nothing to say.
    #[track_caller]
    pub fn quiet(&mut self) {
        if let Some(said) = self.said() {
            panic!("unexpected: {said:?}");
        }
        self.collect();
    }

    /// All that the stack says now.
    pub fn all_said(&mut self) -> Vec<Said> {
        std::iter::from_fn(|| self.said()).collect()
    }

    /// How many of the segments that the stack says now have this cause.
    pub fn count(&mut self, cause: Cause) -> usize {
        self.all_said().iter().filter(|said| said.cause == cause).count()
    }

    /// Lets time pass; the stack must have nothing to say before its end.
    #[track_caller]
    pub fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.stack.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.stack.handle_timeout(self.now);
            self.collect();
            if self.now < end {
                self.quiet();
            }
        }
        self.now = end;
    }

    /// Goes to the next timer, and says how far that was.
    pub fn next_timer(&mut self) -> Duration {
        let at = self.stack.poll_timeout().expect("a timer");
        let passed = at.since(self.now);
        self.now = self.now.max(at);
        self.stack.handle_timeout(self.now);
        self.collect();
        passed
    }

    /// Queues octets.
    pub fn send(&mut self, length: usize) {
        let octets: Vec<u8> = (0..length).map(|n| n as u8).collect();
        assert_eq!(self.stack.tcp_send(self.now, self.h(), &octets), Ok(length));
    }

    pub fn read(&mut self, max: usize) -> Vec<u8> {
        self.stack.tcp_recv(self.now, self.h(), max).expect("as the test has set it up").to_vec()
    }

    pub fn close(&mut self) {
        self.stack.tcp_close(self.now, self.h()).expect("as the test has set it up");
        self.collect();
    }

    pub fn saw(&self, event: &StackEvent) -> bool {
        self.events.contains(event)
    }
}
