//! The client engine: one session towards one URL.

mod config;
mod event;

pub use config::{AllowedRequests, ClientConfig, ClientRequest, ClientTransport, NotAllowed};
pub use event::{ClientEvent, MediaPath};

use crate::message::{Outgoing, What};
use crate::random::Dice;
use crate::rtsp::State;
use crate::time::SimTime;

/// One RTSP session towards one URL, over one TCP connection.
///
/// Drive contract: after every call that takes `now`, and whenever
/// [`poll_timeout`](Client::poll_timeout) has come (then
/// [`handle_timeout`](Client::handle_timeout) first), call
/// [`poll_transmit`](Client::poll_transmit) and [`poll_event`](Client::poll_event) until
/// both give `None`.
#[derive(Clone, Debug)]
pub struct Client {
    config: ClientConfig,
    state: State,
    dice: Dice,
}

impl Client {
    /// A client that is not connected yet.
    pub fn new(config: ClientConfig, dice: Dice) -> Self {
        Client { config, state: State::Init, dice }
    }

    /// The TCP connection stands.
    pub fn connected(&mut self, _now: SimTime) {
        // Not yet: the engine is being written.
        let _ = (&self.config, &mut self.dice);
    }

    /// The TCP connection has ended.
    pub fn disconnected(&mut self, _now: SimTime) {}

    /// Sends a request.
    pub fn request(&mut self, _now: SimTime, _request: ClientRequest) -> Result<(), NotAllowed> {
        Err(NotAllowed("not yet: the engine is being written"))
    }

    /// Which requests the state allows now.
    pub fn allowed(&self) -> AllowedRequests {
        let no = || Err(NotAllowed("not yet: the engine is being written"));
        AllowedRequests {
            options: no(),
            describe: no(),
            setup: no(),
            play: no(),
            pause: no(),
            teardown: no(),
            get_parameter: no(),
        }
    }

    /// The next octets of the connection, cut anywhere.
    pub fn receive(&mut self, _now: SimTime, _bytes: &[u8]) {}

    /// Sends a packet on an interleaved channel.
    pub fn send_interleaved(&mut self, _channel: u8, _bytes: &[u8], _what: What) {}

    /// The receiver has seen the BYE of a track: its media is over (RFC 3550 section 6.6).
    /// When all tracks are over, the session is Ready again and may be played anew.
    pub fn track_ended(&mut self, _now: SimTime, _track: usize) {}

    /// When [`handle_timeout`](Client::handle_timeout) has something to do next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        None
    }

    /// Lets time pass: keep-alives go out, missing responses are noticed.
    pub fn handle_timeout(&mut self, _now: SimTime) {}

    /// The next bytes for the connection.
    #[must_use]
    pub fn poll_transmit(&mut self) -> Option<Outgoing> {
        None
    }

    /// The next thing that has happened.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<ClientEvent> {
        None
    }

    /// The session's state.
    pub fn state(&self) -> State {
        self.state
    }

    /// The session's identifier, while there is one.
    pub fn session(&self) -> Option<&str> {
        None
    }
}
