//! The built-in player on its host: an RTSP client and an RTP receiver.

use super::server::state_name;
use super::{HostIo, Outbox};
use crate::ids::MessageId;
use crate::stack::{CloseReason, StackEvent, TcpHandle, UdpHandle};
use crate::tape::{Change, Counts, PictureRecord};
use protocol::message::What;
use protocol::random::Dice;
use protocol::rtp::jpeg::Form;
use protocol::rtp::{PictureOut, Receiver, ReceiverConfig, ReceiverEvent, Slot};
use protocol::rtsp::url::Url;
use protocol::rtsp::{
    AllowedRequests, Client, ClientConfig, ClientEvent, ClientRequest, ClientTransport, Method, NotAllowed,
    State, client::MediaPath,
};
use protocol::time::{Epoch, SimTime};
use std::collections::VecDeque;
use std::net::SocketAddrV4;
use std::time::Duration;

/// The first port of the player's TCP and of its RTP: the dynamic range (RFC 6335 section
/// 6), where Wireshark expects no other protocol.
const FIRST_PORT: u16 = 49_152;

/// Behind this port the player begins with the first one again.
const LAST_PORT: u16 = 65_000;

/// How long after the clip's end the player asks for it again.
const REPLAY_AFTER: Duration = Duration::from_secs(1);

/// Requests that wait for the connection to stand.
const MAX_WAITING: usize = 16;

/// What a player is told before it starts.
#[derive(Clone, Debug)]
pub(crate) struct PlayerConfig {
    pub(crate) server: SocketAddrV4,
    pub(crate) url: String,
    pub(crate) interleaved: bool,
    /// Whether it speaks the student project's dialect.
    pub(crate) lab_dialect: bool,
    pub(crate) playout_delay: Duration,
    pub(crate) cname: String,
    pub(crate) epoch: Epoch,
    pub(crate) dice: Dice,
}

/// What a player shall play instead.
#[derive(Clone, Debug)]
pub(crate) struct OpenTarget {
    /// Where to connect.
    pub(crate) server: SocketAddrV4,
    /// The URL for its requests.
    pub(crate) url: String,
    /// The only RTP port that may be named in SETUP; without it any is good.
    pub(crate) rtp_port: Option<u16>,
}

#[derive(Debug)]
pub(crate) struct PlayerApp {
    config: PlayerConfig,
    /// The RTP port of every session, where it is given.
    fixed_rtp_port: Option<u16>,
    client: Client,
    connection: Option<TcpHandle>,
    connected: bool,
    outbox: Outbox,
    /// What to ask when the connection stands.
    waiting: VecDeque<ClientRequest>,
    /// What to ask by itself, each after the answer to the one before: the way from
    /// nothing to the first picture.
    script: VecDeque<ClientRequest>,
    sockets: Option<(UdpHandle, UdpHandle)>,
    next_rtp_port: u16,
    next_tcp_port: u16,
    path: Option<MediaPath>,
    receiver: Option<Receiver<MessageId>>,
    replay_at: Option<SimTime>,
    sessions: u32,
}

impl PlayerApp {
    pub(crate) fn new(config: PlayerConfig) -> Self {
        let script = first_steps(config.lab_dialect);
        let mut player = PlayerApp {
            fixed_rtp_port: None,
            client: Client::new(ClientConfig::new(config.url.clone()), config.dice.clone()),
            config,
            connection: None,
            connected: false,
            outbox: Outbox::default(),
            waiting: VecDeque::new(),
            script,
            sockets: None,
            next_rtp_port: FIRST_PORT,
            next_tcp_port: FIRST_PORT,
            path: None,
            receiver: None,
            replay_at: None,
            sessions: 0,
        };
        player.renew();
        player
    }

    /// A new session: new ports, new identifiers.
    fn renew(&mut self) {
        let mut config = ClientConfig::new(self.config.url.clone());
        config.lab_dialect = self.config.lab_dialect;
        config.transport = if self.config.interleaved {
            ClientTransport::Tcp
        } else {
            ClientTransport::Udp { rtp_port: self.rtp_port() }
        };
        self.sessions += 1;
        let dice = Dice::new(self.config.dice.u64(), "session");
        self.client = Client::new(config, dice);
        self.path = None;
        self.receiver = None;
        self.replay_at = None;
    }

    fn rtp_port(&self) -> u16 {
        self.fixed_rtp_port.unwrap_or(self.next_rtp_port)
    }

    /// Leaves what it plays and plays this, from OPTIONS on.
    pub(crate) fn play_from(&mut self, io: &mut HostIo<'_>, target: OpenTarget) {
        if let Some(handle) = self.connection.take() {
            // Already closed by the server: nothing is left to close.
            let _ = io.stack.tcp_close(io.now, handle);
        }
        self.connected = false;
        self.outbox = Outbox::default();
        self.waiting.clear();
        let OpenTarget { server, url, rtp_port } = target;
        (self.config.server, self.config.url, self.fixed_rtp_port) = (server, url, rtp_port);
        // Only the simulated server is known to speak it.
        self.config.lab_dialect = false;
        self.end_session(io);
        self.script = first_steps(self.config.lab_dialect);
        self.start(io);
    }

    pub(crate) fn state_name(&self) -> &'static str {
        state_name(self.client.state())
    }

    /// Which requests make sense now. Without a connection, those that open one do.
    pub(crate) fn allowed(&self) -> AllowedRequests {
        if self.connected {
            return self.client.allowed();
        }
        if self.config.lab_dialect {
            return self.allowed_in_lab();
        }
        let first = || Err(NotAllowed("There is no session yet: DESCRIBE comes first, then SETUP."));
        AllowedRequests {
            options: Ok(()),
            describe: Ok(()),
            setup: first(),
            play: first(),
            pause: first(),
            teardown: first(),
            get_parameter: first(),
            set_parameter: first(),
            announce: Err(NotAllowed("This player cannot publish yet.")),
            record: Err(NotAllowed("This player cannot publish yet.")),
        }
    }

    /// The same in the student project's dialect: SETUP is what opens the connection.
    fn allowed_in_lab(&self) -> AllowedRequests {
        let unknown = || Err(NotAllowed("The student project's dialect has no such request."));
        let first = || Err(NotAllowed("There is no session yet: SETUP comes first."));
        AllowedRequests {
            options: unknown(),
            describe: unknown(),
            setup: Ok(()),
            play: first(),
            pause: first(),
            teardown: first(),
            get_parameter: unknown(),
            set_parameter: unknown(),
            announce: unknown(),
            record: unknown(),
        }
    }

    /// What it plays, without user and password.
    pub(crate) fn url(&self) -> String {
        Url::parse(&self.config.url)
            .map_or_else(|_| self.config.url.clone(), |url| url.without_user().to_string())
    }

    pub(crate) fn path(&self) -> Option<MediaPath> {
        self.path
    }

    /// Takes the first steps by itself: OPTIONS, DESCRIBE, SETUP, PLAY.
    pub(crate) fn start(&mut self, io: &mut HostIo<'_>) {
        if let Some(first) = self.script.pop_front() {
            self.ask(io, first);
        }
    }

    /// Asks what a person wants; from then on nothing is asked by itself.
    pub(crate) fn request(&mut self, io: &mut HostIo<'_>, request: ClientRequest) -> Result<(), String> {
        let allowed =
            if self.connected { self.client.check(&request) } else { self.allowed().check(&request) };
        allowed.map_err(|reason| reason.to_string())?;
        if self.waiting.len() >= MAX_WAITING {
            return Err("Too many requests wait for the connection to stand.".to_owned());
        }
        self.script.clear();
        self.replay_at = None;
        self.ask(io, request);
        Ok(())
    }

    /// Leaves what it plays, and plays this.
    pub(crate) fn open(&mut self, _io: &mut HostIo<'_>, _url: &str) -> Result<(), String> {
        Err("This player keeps to the clip of its scenario yet.".to_owned())
    }

    fn ask(&mut self, io: &mut HostIo<'_>, request: ClientRequest) {
        if !self.connected {
            self.waiting.push_back(request);
            self.connect(io);
            return;
        }
        if let ClientRequest::Setup { .. } = request {
            self.bind(io);
        }
        if let ClientRequest::Play { .. } = request
            && let Some(receiver) = &mut self.receiver
        {
            receiver.restart_playout();
        }
        if let Err(refused) = self.client.request(io.now, request) {
            io.note(format!("The player could not ask: {refused}."));
        }
    }

    fn connect(&mut self, io: &mut HostIo<'_>) {
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
    fn bind(&mut self, io: &mut HostIo<'_>) {
        if self.config.interleaved || self.sockets.is_some() {
            return;
        }
        let port = self.rtp_port();
        match (io.stack.udp_bind(port), io.stack.udp_bind(port + 1)) {
            (Ok(rtp), Ok(rtcp)) => self.sockets = Some((rtp, rtcp)),
            _ => io.note(format!("The player could not have the UDP ports {port} and {}.", port + 1)),
        }
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
            StackEvent::Readable(handle) if self.connection == Some(handle) => loop {
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
                    break;
                }
            },
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
                    CloseReason::TimedOut => "no acknowledgement came for too long",
                };
                self.connection_lost(io, why);
            }
            StackEvent::Datagram { handle, payload, .. } => {
                if let (Some((rtp, _)), Some(receiver), Some(tag)) =
                    (self.sockets, &mut self.receiver, io.datagram)
                {
                    if handle == rtp {
                        receiver.receive_rtp(io.now, &payload, tag);
                        if self.config.lab_dialect {
                            // No BYE tells the clip's end: silence does.
                            self.replay_at = Some(io.now + REPLAY_AFTER);
                        }
                    } else {
                        receiver.receive_rtcp(io.now, &payload, tag);
                    }
                }
            }
            _ => {}
        }
    }

    fn connection_lost(&mut self, io: &mut HostIo<'_>, why: &str) {
        let was_playing = self.client.state() != State::Init;
        self.client.disconnected(io.now);
        self.engine_events(io);
        self.connection = None;
        self.connected = false;
        self.outbox = Outbox::default();
        self.waiting.clear();
        if was_playing {
            io.note(format!("The RTSP connection is gone: {why}."));
            self.end_session(io);
        }
    }

    fn end_session(&mut self, io: &mut HostIo<'_>) {
        if let Some((rtp, rtcp)) = self.sockets.take() {
            io.stack.udp_close(rtp);
            io.stack.udp_close(rtcp);
            self.next_rtp_port = port_after(self.next_rtp_port, 2);
        }
        // The engine is about to be replaced: what it still has to say of its state is kept.
        while let Some(event) = self.client.poll_event() {
            if let ClientEvent::StateChanged { to, .. } = event {
                io.state(Change::Rtsp { client: io.node, state: state_name(to) });
            }
        }
        if self.client.state() != State::Init {
            io.state(Change::Rtsp { client: io.node, state: state_name(State::Init) });
        }
        let client = io.node;
        io.state(Change::Media { client, state: "torn down" });
        self.renew();
    }

    pub(crate) fn poll_timeout(&self) -> Option<SimTime> {
        let receiver = self.receiver.as_ref().and_then(Receiver::poll_timeout);
        [self.client.poll_timeout(), receiver, self.replay_at].into_iter().flatten().min()
    }

    pub(crate) fn handle_timeout(&mut self, io: &mut HostIo<'_>) {
        if self.client.poll_timeout().is_some_and(|at| at <= io.now) {
            self.client.handle_timeout(io.now);
        }
        if let Some(receiver) = &mut self.receiver
            && receiver.poll_timeout().is_some_and(|at| at <= io.now)
        {
            receiver.handle_timeout(io.now);
        }
        if self.replay_at.is_some_and(|at| at <= io.now) {
            self.replay_at = None;
            let is_over = !self.config.lab_dialect || self.client.state() == State::Playing;
            if is_over && self.client.allowed().play.is_ok() {
                self.ask(io, ClientRequest::Play { from: Some(Duration::ZERO), until: None });
            }
        }
    }

    pub(crate) fn flush(&mut self, io: &mut HostIo<'_>) {
        self.engine_events(io);
        self.receiver_events(io);
        self.send_reports(io);
        while let Some(data) = self.client.poll_transmit() {
            if let Some(handle) = self.connection {
                self.outbox.send(io, handle, data);
            }
        }
    }

    fn engine_events(&mut self, io: &mut HostIo<'_>) {
        while let Some(event) = self.client.poll_event() {
            match event {
                ClientEvent::StateChanged { to, .. } => {
                    io.state(Change::Rtsp { client: io.node, state: state_name(to) });
                }
                ClientEvent::Response { method, status, .. } => self.response(io, method, status),
                ClientEvent::TransportSet { path, .. } => self.transport_set(io, path),
                ClientEvent::Playing { .. } => {
                    io.state(Change::Media { client: io.node, state: "playing" });
                }
                ClientEvent::Interleaved { channel, bytes, offset } => {
                    let tag = self.connection.and_then(|h| io.recorder.message_at(io.node, h, offset));
                    if let (Some(MediaPath::Tcp { rtp, .. }), Some(receiver), Some(tag)) =
                        (self.path, &mut self.receiver, tag)
                    {
                        if channel == rtp {
                            receiver.receive_rtp(io.now, &bytes, tag);
                        } else {
                            receiver.receive_rtcp(io.now, &bytes, tag);
                        }
                    }
                }
                ClientEvent::Deviation { rule, text, .. } => io.note(format!("{text} ({rule})")),
                ClientEvent::FallingBackToTcp { .. } => {
                    io.note("The server refused UDP, so the player asks for TCP.".to_owned());
                }
                ClientEvent::Failed { method, reason } => {
                    self.script.clear();
                    let what = method.map_or_else(|| "The session".to_owned(), |m| format!("{m}"));
                    io.note(format!("{what} failed: {reason}"));
                }
                ClientEvent::Parameters { values } => {
                    for (name, value) in values {
                        io.state(Change::Parameter { client: io.node, name, value });
                    }
                }
                ClientEvent::Described(_) => {}
            }
        }
    }

    fn response(&mut self, io: &mut HostIo<'_>, method: Method, status: u16) {
        if !(200..300).contains(&status) {
            self.script.clear();
            return;
        }
        match method {
            Method::Pause => {
                io.state(Change::Media { client: io.node, state: "paused" });
            }
            Method::Teardown => {
                if let Some(handle) = self.connection.take() {
                    // Already closed by the server: nothing is left to close.
                    let _ = io.stack.tcp_close(io.now, handle);
                }
                self.connected = false;
                self.outbox = Outbox::default();
                self.end_session(io);
                return;
            }
            _ => {}
        }
        if let Some(next) = self.script.pop_front() {
            self.ask(io, next);
        }
    }

    fn transport_set(&mut self, io: &mut HostIo<'_>, path: MediaPath) {
        let _ = io;
        self.path = Some(path);
        let mut dice = Dice::new(self.config.dice.u64(), "receiver");
        self.receiver = Some(Receiver::new(ReceiverConfig {
            clock_rate: 90_000,
            payload_type: 26,
            form: if self.config.lab_dialect { Form::WholeFile } else { Form::Rfc2435 },
            cname: self.config.cname.clone(),
            ssrc: dice.u32(),
            playout_delay: self.config.playout_delay,
            epoch: self.config.epoch,
            dice,
        }));
    }

    fn receiver_events(&mut self, io: &mut HostIo<'_>) {
        let Some(receiver) = &mut self.receiver else { return };
        while let Some(event) = receiver.poll_event() {
            match event {
                ReceiverEvent::Picture(picture) => {
                    let record = picture_record(io, receiver, self.config.playout_delay, picture);
                    io.recorder.tape.push_picture(record);
                }
                ReceiverEvent::Bye { .. } => {
                    self.client.track_ended(io.now, 0);
                    self.replay_at = Some(io.now + REPLAY_AFTER);
                    io.state(Change::Media { client: io.node, state: "ended" });
                }
                ReceiverEvent::Malformed { error, .. } => {
                    io.note(format!("The player could not read a packet: {error}."));
                }
                _ => {}
            }
        }
    }

    fn send_reports(&mut self, io: &mut HostIo<'_>) {
        let (Some(receiver), Some(path)) = (&mut self.receiver, self.path) else { return };
        while let Some(data) = receiver.poll_transmit(io.now) {
            match path {
                MediaPath::Udp { server, .. } => {
                    if let (Some((_, rtcp)), Some((_, to))) = (self.sockets, server) {
                        io.send_datagram(rtcp, SocketAddrV4::new(*self.config.server.ip(), to), data);
                    }
                }
                MediaPath::Tcp { rtcp, .. } => self.client.send_interleaved(rtcp, &data.bytes, data.what),
            }
        }
    }
}

/// The way from nothing to the first picture. The student project's dialect has no questions.
fn first_steps(lab_dialect: bool) -> VecDeque<ClientRequest> {
    let steps = [
        ClientRequest::Options,
        ClientRequest::Describe,
        ClientRequest::Setup { track: 0 },
        ClientRequest::Play { from: None, until: None },
    ];
    steps.into_iter().skip(if lab_dialect { 2 } else { 0 }).collect()
}

/// A port that the last session does not use.
fn port_after(port: u16, step: u16) -> u16 {
    port.checked_add(step).filter(|next| *next < LAST_PORT).unwrap_or(FIRST_PORT)
}

fn picture_record(
    io: &HostIo<'_>,
    receiver: &Receiver<MessageId>,
    playout_delay: Duration,
    picture: PictureOut<MessageId>,
) -> PictureRecord {
    let stats = receiver.stats(io.now);
    let slots: Vec<(u16, Option<MessageId>)> = picture
        .slots
        .iter()
        .map(|slot| match slot {
            Slot::Received { sequence, tag, .. } => (*sequence, Some(*tag)),
            Slot::Missing { sequence } => (*sequence, None),
        })
        .collect();
    let number = slots.iter().filter_map(|(_, message)| *message).find_map(|message| {
        match &io.recorder.tape.messages().get(message.0)?.what {
            What::Rtp(rtp) => rtp.picture.map(|p| p.picture),
            _ => None,
        }
    });
    PictureRecord {
        at: picture.shown_at,
        client: io.node,
        number,
        timestamp: picture.timestamp,
        slots,
        complete: picture.complete,
        decodable: picture.decodable,
        first: picture.first_packet_at,
        last: picture.last_packet_at,
        stats: Counts {
            received: stats.received as u32,
            expected: stats.expected as u32,
            lost: stats.lost as i32,
            late: stats.late as u32,
            jitter: stats.jitter_time,
            buffered: stats.buffered_pictures as u32,
            playout_delay,
        },
    }
}
