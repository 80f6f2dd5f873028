//! The built-in player on its host: an RTSP client, and an RTP receiver or sender.
//!
//! | file | what it does |
//! |---|---|
//! | [`PlayerApp`] | what a person asks of it, and time |
//! | `connection` | its sockets |
//! | `session` | what its engine tells |
//! | `journey` | to another path or server: asked for, or sent there |
//! | `media` | what it receives |
//! | `publish` | what it sends, when it publishes a clip |

mod connection;
mod journey;
mod media;
mod outside;
mod publish;
mod session;

pub(crate) use journey::{OpenTarget, address};
pub(crate) use outside::Outside;
pub use outside::UDP_PATIENCE;

use super::server::state_name;
use super::{HostIo, Outbox};
use crate::ids::MessageId;
use crate::scenario::PlayerTransport;
use crate::stack::{TcpHandle, UdpHandle};
use protocol::media::Catalogue;
use protocol::random::Dice;
use protocol::rtp::Receiver;
use protocol::rtsp::auth::Credentials;
use protocol::rtsp::url::Url;
use protocol::rtsp::{
    AllowedRequests, Client, ClientConfig, ClientRequest, NotAllowed, State, client::MediaPath,
};
use protocol::time::{Epoch, SimTime};
use publish::Publisher;
use session::PlayClock;
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// The first port of the player's TCP and of its RTP: the dynamic range (RFC 6335 section
/// 6), where Wireshark expects no other protocol.
const FIRST_PORT: u16 = 49_152;

/// Behind this port the player begins with the first one again.
const LAST_PORT: u16 = 65_000;

/// How long after the clip's end the player asks for it again.
const REPLAY_AFTER: Duration = Duration::from_secs(1);

/// How long a clip may send nothing before the player takes it for ended: the datagram with
/// its BYE can be lost like any other.
const BYE_PATIENCE: Duration = Duration::from_secs(5);

/// Requests that wait for the connection to stand.
const MAX_WAITING: usize = 16;

/// What a player is told before it starts.
#[derive(Clone, Debug)]
pub(crate) struct PlayerConfig {
    /// Where it connects first.
    pub(crate) server: SocketAddr,
    /// What it plays first.
    pub(crate) url: String,
    /// The simulated server: its address may be told name and password.
    pub(crate) home: IpAddr,
    /// For reading there, where it asks.
    pub(crate) reader: Option<Credentials>,
    /// For publishing there.
    pub(crate) publisher: Option<Credentials>,
    pub(crate) transport: PlayerTransport,
    /// Whether it opens the way for the server's datagrams before they come.
    pub(crate) punch: bool,
    /// Whether it asks for TCP when no media comes over UDP, also from the simulated server.
    pub(crate) falls_back: bool,
    /// Whether it speaks the student project's dialect.
    pub(crate) lab_dialect: bool,
    pub(crate) playout_delay: Duration,
    pub(crate) cname: String,
    pub(crate) epoch: Epoch,
    /// What it can publish.
    pub(crate) catalogue: Arc<Catalogue>,
    /// The clip that it publishes.
    pub(crate) clip: String,
    /// The name under which it publishes that clip from the beginning, instead of playing.
    pub(crate) publish: Option<String>,
    /// When it begins.
    pub(crate) start: SimTime,
    pub(crate) dice: Dice,
}

#[derive(Clone, Debug)]
pub(crate) struct PlayerApp {
    config: PlayerConfig,
    /// What holds while a real server is played.
    outside: Option<Outside>,
    /// When media of a real server has come over UDP, or is asked for over TCP.
    silence_due: Option<SimTime>,
    client: Client,
    connection: Option<TcpHandle>,
    connected: bool,
    outbox: Outbox,
    /// What to ask when the connection stands.
    waiting: VecDeque<ClientRequest>,
    /// What to ask by itself, each after the answer to the one before: the way from
    /// nothing to the first picture.
    script: VecDeque<ClientRequest>,
    /// The sockets of RTP and RTCP, by track.
    sockets: BTreeMap<usize, (UdpHandle, UdpHandle)>,
    /// The multicast groups that it is in, by track.
    groups: BTreeMap<usize, Ipv4Addr>,
    next_rtp_port: u16,
    next_tcp_port: u16,
    /// How the tracks that are set up travel.
    paths: BTreeMap<usize, MediaPath>,
    /// The track that it plays: the first that it can show.
    track: usize,
    receiver: Option<Receiver<MessageId>>,
    publisher: Option<Publisher>,
    clock: PlayClock,
    replay_at: Option<SimTime>,
    /// Whether what plays has an end that the server has told.
    has_end: bool,
    /// When the clip is taken for ended unless another packet comes.
    bye_due: Option<SimTime>,
    /// Where it goes when its session has ended.
    next: Option<OpenTarget>,
    /// Where it was sent, and when it goes.
    later: Option<(SimTime, OpenTarget)>,
    /// The URLs that led here by redirection.
    visited: Vec<String>,
    /// When it begins, until then.
    start_at: Option<SimTime>,
    sessions: u32,
}

impl PlayerApp {
    pub(crate) fn new(config: PlayerConfig) -> Self {
        let mut player = PlayerApp {
            client: Client::new(ClientConfig::new(config.url.clone()), config.dice.clone()),
            script: first_steps(None, config.lab_dialect),
            outside: None,
            silence_due: None,
            start_at: Some(config.start),
            config,
            connection: None,
            connected: false,
            outbox: Outbox::default(),
            waiting: VecDeque::new(),
            sockets: BTreeMap::new(),
            groups: BTreeMap::new(),
            next_rtp_port: FIRST_PORT,
            next_tcp_port: FIRST_PORT,
            paths: BTreeMap::new(),
            track: 0,
            receiver: None,
            publisher: None,
            clock: PlayClock::default(),
            replay_at: None,
            has_end: false,
            bye_due: None,
            next: None,
            later: None,
            visited: Vec::new(),
            sessions: 0,
        };
        player.renew();
        player
    }

    /// A new session: new ports, new identifiers.
    fn renew(&mut self) {
        let mut config = ClientConfig::new(self.config.url.clone());
        config.lab_dialect = self.config.lab_dialect;
        config.transport = self.client_transport();
        if self.config.server.ip() == self.config.home {
            config.credentials.clone_from(&self.config.reader);
        }
        config.visited.clone_from(&self.visited);
        if let Some(outside) = &self.outside {
            config.only_host = Some(outside.other_names.clone());
            config.one_pair = true;
        }
        self.sessions += 1;
        let dice = Dice::new(self.config.dice.u64(), "session");
        self.client = Client::new(config, dice);
        self.paths.clear();
        self.track = 0;
        self.receiver = None;
        self.publisher = None;
        self.clock = PlayClock::default();
        self.replay_at = None;
        self.bye_due = None;
        self.later = None;
        self.silence_due = None;
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
            return allowed_in_lab();
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
            announce: Ok(()),
            record: Err(NotAllowed("There is no session yet: ANNOUNCE comes first, then SETUP.")),
        }
    }

    /// What it plays or publishes, without user and password.
    pub(crate) fn url(&self) -> String {
        if let Some(publisher) = &self.publisher {
            return publisher.url().to_owned();
        }
        let url = &self.config.url;
        Url::parse(url).map_or_else(|_| url.clone(), |url| url.without_user().to_string())
    }

    pub(crate) fn path(&self) -> Option<MediaPath> {
        self.paths.values().next().copied()
    }

    /// Takes the first steps by itself: OPTIONS, DESCRIBE, SETUP, PLAY; or those of a
    /// publisher.
    pub(crate) fn start(&mut self, io: &mut HostIo<'_>) {
        if self.start_at.take().is_some_and(|at| at > io.now) {
            self.start_at = Some(self.config.start);
            return;
        }
        if let Some(name) = self.config.publish.clone() {
            self.script.clear();
            match self.prepare(&name) {
                Ok(steps) => self.script = steps,
                Err(reason) => io.note(reason),
            }
        }
        self.next_step(io);
    }

    fn next_step(&mut self, io: &mut HostIo<'_>) {
        if let Some(next) = self.script.pop_front() {
            self.ask(io, next);
        }
    }

    /// Asks what a person wants; from then on nothing is asked by itself.
    pub(crate) fn request(&mut self, io: &mut HostIo<'_>, request: ClientRequest) -> Result<(), String> {
        let request = match request {
            ClientRequest::Setup { .. } => ClientRequest::Setup { track: self.track_to_set_up() },
            other => other,
        };
        let allowed =
            if self.connected { self.client.check(&request) } else { self.allowed().check(&request) };
        allowed.map_err(|reason| reason.to_string())?;
        if self.waiting.len() >= MAX_WAITING {
            return Err("Too many requests wait for the connection to stand.".to_owned());
        }
        self.start_at = None;
        self.script.clear();
        self.replay_at = None;
        self.ask(io, request);
        Ok(())
    }

    fn ask(&mut self, io: &mut HostIo<'_>, request: ClientRequest) {
        if !self.connected {
            self.waiting.push_back(request);
            self.connect(io);
            return;
        }
        match &request {
            ClientRequest::Setup { track } => self.bind(io, *track),
            ClientRequest::Play { from, .. } => {
                if let Some(receiver) = &mut self.receiver {
                    receiver.restart_playout();
                }
                self.clock.asked(*from);
            }
            ClientRequest::Teardown => self.say_bye(io),
            _ => {}
        }
        if let Err(refused) = self.client.request(io.now, request) {
            io.note(format!("The player could not ask: {refused}."));
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<SimTime> {
        let receiver = self.receiver.as_ref().and_then(Receiver::poll_timeout);
        let publisher = self.publisher.as_ref().and_then(Publisher::poll_timeout);
        let later = self.later.as_ref().map(|(at, _)| *at);
        let own = [self.start_at, self.replay_at, self.bye_due, self.silence_due, later];
        [self.client.poll_timeout(), receiver, publisher].into_iter().chain(own).flatten().min()
    }

    pub(crate) fn handle_timeout(&mut self, io: &mut HostIo<'_>) {
        if self.start_at.is_some_and(|at| at <= io.now) {
            self.start(io);
        }
        if self.client.poll_timeout().is_some_and(|at| at <= io.now) {
            self.client.handle_timeout(io.now);
        }
        if let Some(receiver) = &mut self.receiver
            && receiver.poll_timeout().is_some_and(|at| at <= io.now)
        {
            receiver.handle_timeout(io.now);
        }
        if self.bye_due.is_some_and(|at| at <= io.now) {
            self.miss_bye(io);
        }
        if self.replay_at.is_some_and(|at| at <= io.now) {
            self.replay_at = None;
            let is_over = !self.config.lab_dialect || self.client.state() == State::Playing;
            if is_over && self.client.allowed().play.is_ok() {
                self.ask(io, ClientRequest::Play { from: Some(Duration::ZERO), until: None });
            }
        }
        self.handle_silence(io);
        if let Some((_, target)) = self.later.take_if(|(at, _)| *at <= io.now) {
            self.open(io, target);
        }
    }

    pub(crate) fn flush(&mut self, io: &mut HostIo<'_>) {
        self.engine_events(io);
        self.receiver_events(io);
        self.send_reports(io);
        self.send_requests(io);
        self.send_media(io);
    }

    /// Hands to the connection what the engine has ready.
    fn send_requests(&mut self, io: &mut HostIo<'_>) {
        while let Some(data) = self.client.poll_transmit() {
            if let Some(handle) = self.connection {
                self.outbox.send(io, handle, data);
            }
        }
    }
}

/// The same in the student project's dialect: SETUP is what opens the connection.
fn allowed_in_lab() -> AllowedRequests {
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

/// The way from nothing to the first picture, which is `from` that moment on. The student
/// project's dialect has no questions.
fn first_steps(from: Option<Duration>, lab_dialect: bool) -> VecDeque<ClientRequest> {
    let steps = [
        ClientRequest::Options,
        ClientRequest::Describe,
        ClientRequest::Setup { track: 0 },
        ClientRequest::Play { from, until: None },
    ];
    steps.into_iter().skip(if lab_dialect { 2 } else { 0 }).collect()
}
