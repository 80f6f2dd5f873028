//! The client engine: one session towards one URL.
//!
//! | file | what it does |
//! |---|---|
//! | `config`, `event` | what goes in, what comes out |
//! | `parameters` | the bodies of GET_PARAMETER and SET_PARAMETER |
//! | `lab` | the student project's dialect |
//! | `publish` | ANNOUNCE and RECORD |
//! | `redirect` | where the server's requests and 3xx answers lead |
//! | `request` | what the state allows, and the requests themselves |
//! | `response` | what the answers do |
//! | `login` | user and password, when the server asks for them |
//! | `elsewhere` | which hosts' URLs may be used |

mod config;
mod elsewhere;
mod event;
mod lab;
mod login;
mod parameters;
mod publish;
mod redirect;
mod request;
mod response;

#[cfg(test)]
mod tests;

pub use config::{AllowedRequests, ClientConfig, ClientRequest, ClientTransport, NotAllowed};
pub use event::{ClientEvent, MediaPath, Redirection};
pub use parameters::{MAX_PARAMETER, MAX_PARAMETERS};
pub use redirect::{MAX_LOCATION, MAX_REDIRECTS};

use crate::message::{Outgoing, What};
use crate::random::Dice;
use crate::rtsp::headers::SessionHeader;
use crate::rtsp::interleave::framed;
use crate::rtsp::message::{Request, Response};
use crate::rtsp::reader::{Item, ItemKind, MAX_FRAME, Oddity, Reader};
use crate::rtsp::sdp::Sdp;
use crate::rtsp::url::Url;
use crate::rtsp::{Method, State};
use crate::time::SimTime;
use login::Login;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// The most messages that wait to be sent; RTCP beyond it is dropped.
pub const MAX_WAITING: usize = 64;
/// A session's timeout where the server does not say one (RFC 2326 section 12.37).
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// One RTSP session towards one URL, over one TCP connection.
///
/// Drive contract: after every call that takes `now`, and whenever
/// [`poll_timeout`](Client::poll_timeout) has come (then
/// [`handle_timeout`](Client::handle_timeout) first), call
/// [`poll_transmit`](Client::poll_transmit) and [`poll_event`](Client::poll_event) until
/// both give `None`. After [`disconnected`](Client::disconnected) the same client may be
/// connected anew.
#[derive(Clone, Debug)]
pub struct Client {
    config: ClientConfig,
    /// The URL as it stands in request lines; `None` when it cannot be read.
    url: Option<String>,
    dice: Dice,
    state: State,
    is_connected: bool,
    reader: Reader,
    next_cseq: u32,
    /// Requests without an answer, by CSeq.
    pending: BTreeMap<u32, Pending>,
    login: Login,
    /// The methods that the server has said it offers.
    public: Option<Vec<Method>>,
    sdp: Option<Sdp>,
    /// What controls are relative to.
    base: String,
    session: Option<SessionHeader>,
    /// When the next sign of life is due, while there is a session.
    keep_alive: Option<SimTime>,
    /// The tracks that are set up: how they travel, and whether their media is over.
    tracks: BTreeMap<usize, (MediaPath, bool)>,
    /// Whether the session's media goes to the server.
    publishes: bool,
    /// Whether media has been played or recorded.
    had_media: bool,
    /// How media shall travel, after what the server has refused.
    transport: ClientTransport,
    /// Deviations that were told already: one of each kind is enough.
    told: BTreeSet<Oddity>,
    /// Other remarks that were told already.
    remarked: BTreeSet<&'static str>,
    transmits: VecDeque<Outgoing>,
    events: VecDeque<ClientEvent>,
}

/// A request without an answer.
#[derive(Clone, Debug)]
struct Pending {
    /// The request, without the headers that all requests have.
    message: Request,
    /// The track, for SETUP.
    track: Option<usize>,
    /// Whether the engine sent it by itself.
    is_keep_alive: bool,
    /// Whether it carried a proof of the password.
    proven: bool,
    /// Whether that was the second proof, after a nonce that was too old.
    proven_anew: bool,
    sent: SimTime,
}

impl Client {
    /// A client that is not connected yet.
    pub fn new(config: ClientConfig, dice: Dice) -> Self {
        let url = Url::parse(&config.url).ok().map(|url| url.without_user().to_string());
        Client {
            base: url.clone().unwrap_or_default(),
            url,
            dice,
            state: State::Init,
            is_connected: false,
            reader: Reader::new(),
            next_cseq: 1,
            pending: BTreeMap::new(),
            login: Login::new(&config.url, config.credentials.as_ref()),
            public: None,
            sdp: None,
            session: None,
            keep_alive: None,
            tracks: BTreeMap::new(),
            publishes: false,
            had_media: false,
            transport: config.transport,
            told: BTreeSet::new(),
            remarked: BTreeSet::new(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            config,
        }
    }

    /// Lets media travel in another way than the settings say, from the next SETUP on.
    ///
    /// # Errors
    /// When a track is set up already, or is being: its transport is agreed on.
    pub fn set_transport(&mut self, transport: ClientTransport) -> Result<(), NotAllowed> {
        let is_asked = self.pending.values().any(|pending| pending.track.is_some());
        if is_asked || !self.tracks.is_empty() {
            return Err(NotAllowed("How the media travel is agreed on already: TEARDOWN comes first."));
        }
        self.config.transport = transport;
        self.transport = transport;
        Ok(())
    }

    /// The TCP connection stands.
    pub fn connected(&mut self, _now: SimTime) {
        self.is_connected = true;
        self.reader = if self.config.lab_dialect { Reader::with_lab_dialect() } else { Reader::new() };
        self.next_cseq = 1;
    }

    /// The TCP connection has ended.
    pub fn disconnected(&mut self, _now: SimTime) {
        self.is_connected = false;
        // Some servers answer TEARDOWN by closing: who leaves does not mind.
        let leaves = self.is_leaving();
        self.pending.clear();
        self.transmits.clear();
        if self.session.is_some() && !leaves {
            self.fail(None, "the server has closed the connection");
        }
        self.lose_session();
    }

    /// The next octets of the connection, cut anywhere.
    pub fn receive(&mut self, now: SimTime, bytes: &[u8]) {
        self.reader.push(bytes);
        while let Some(item) = self.reader.next() {
            self.item(now, &item);
        }
    }

    fn item(&mut self, now: SimTime, item: &Item) {
        for deviation in &item.parsed.deviations {
            if self.told.insert(deviation.what) {
                self.events.push_back(ClientEvent::Deviation {
                    rule: deviation.rule(),
                    text: deviation.text().to_owned(),
                    offset: item.offset + deviation.range.start as u64,
                });
            }
        }
        if let Some(fault) = item.parsed.fault {
            return self.fail(None, format!("the server's octets cannot be read: {fault}"));
        }
        match item.parsed.kind {
            ItemKind::Response => {
                if let Some(response) = Response::read(item) {
                    self.response(now, item, &response);
                }
            }
            ItemKind::Frame => {
                if let Some((channel, bytes)) = item.frame() {
                    let offset = item.offset;
                    self.events.push_back(ClientEvent::Interleaved { channel, bytes, offset });
                }
            }
            ItemKind::Request => {
                if let Some(request) = Request::read(item) {
                    self.asked(item, &request);
                }
            }
            ItemKind::Blank | ItemKind::Garbage => {}
        }
    }

    /// Sends a packet on an interleaved channel. It is dropped while [`MAX_WAITING`]
    /// messages wait, or when it is longer than a frame can be.
    pub fn send_interleaved(&mut self, channel: u8, bytes: &[u8], what: What) {
        if !self.is_connected || self.transmits.len() >= MAX_WAITING || bytes.len() > MAX_FRAME {
            return;
        }
        self.transmits.push_back(Outgoing { bytes: framed(channel, bytes), what });
    }

    /// The receiver has seen the BYE of a track: its media is over (RFC 3550 section 6.6).
    /// When all tracks are over, the session is Ready again (RFC 2326 appendix A.2) and may
    /// be played anew, from the start.
    pub fn track_ended(&mut self, _now: SimTime, track: usize) {
        if let Some((_, is_over)) = self.tracks.get_mut(&track) {
            *is_over = true;
        }
        if self.state == State::Playing && self.is_over() {
            self.enter(State::Ready);
        }
    }

    /// Whether all tracks are over.
    fn is_over(&self) -> bool {
        !self.tracks.is_empty() && self.tracks.values().all(|(_, is_over)| *is_over)
    }

    /// When [`handle_timeout`](Client::handle_timeout) has something to do next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let answers = self.pending.values().map(|pending| pending.sent + self.config.response_timeout);
        answers.chain(self.keep_alive).min()
    }

    /// Lets time pass: keep-alives go out, missing responses are noticed.
    pub fn handle_timeout(&mut self, now: SimTime) {
        let limit = self.config.response_timeout;
        let late: Vec<u32> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.sent + limit <= now)
            .map(|(cseq, _)| *cseq)
            .collect();
        for cseq in late {
            let Some(pending) = self.pending.remove(&cseq) else { continue };
            let is_teardown = pending.message.method == Method::Teardown;
            self.fail(Some(pending.message.method), format!("no answer within {} s", limit.as_secs_f64()));
            if is_teardown {
                self.lose_session();
            }
        }
        if self.keep_alive.is_some_and(|at| at <= now) {
            self.send_keep_alive(now);
        }
    }

    /// The next bytes for the connection.
    #[must_use]
    pub fn poll_transmit(&mut self) -> Option<Outgoing> {
        self.transmits.pop_front()
    }

    /// The next thing that has happened.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<ClientEvent> {
        self.events.pop_front()
    }

    /// The session's state.
    pub fn state(&self) -> State {
        self.state
    }

    /// The session's identifier, while there is one.
    pub fn session(&self) -> Option<&str> {
        self.session.as_ref().map(|session| session.id.as_str())
    }

    /// The description, once it has come.
    pub fn description(&self) -> Option<&Sdp> {
        self.sdp.as_ref()
    }

    /// Whether the server's octets cannot be read any further: nobody knows where its next
    /// message begins. The connection is of no more use.
    pub fn is_broken(&self) -> bool {
        self.reader.is_broken()
    }

    /// Whether this client sends the session's media (after ANNOUNCE).
    pub fn publishes(&self) -> bool {
        self.publishes
    }

    /// Whether TEARDOWN is under way.
    fn is_leaving(&self) -> bool {
        self.pending.values().any(|pending| pending.message.method == Method::Teardown)
    }

    /// How the tracks that are set up travel, by their number in the description.
    pub fn tracks(&self) -> impl Iterator<Item = (usize, MediaPath)> + '_ {
        self.tracks.iter().map(|(track, (path, _))| (*track, *path))
    }

    fn enter(&mut self, to: State) {
        let from = std::mem::replace(&mut self.state, to);
        if from != to {
            self.events.push_back(ClientEvent::StateChanged { from, to });
        }
    }

    fn fail(&mut self, method: Option<Method>, reason: impl Into<String>) {
        self.events.push_back(ClientEvent::Failed { method, reason: reason.into() });
    }

    /// There is no session any more.
    fn lose_session(&mut self) {
        self.session = None;
        self.keep_alive = None;
        self.tracks.clear();
        self.publishes = false;
        self.transport = self.config.transport;
        self.enter(State::Init);
    }
}
