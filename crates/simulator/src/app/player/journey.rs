//! To another path or server: because somebody asked, or because the server sends the
//! player there.

use super::outside::Outside;
use super::{PlayerApp, first_steps};
use crate::app::HostIo;
use protocol::rtsp::client::Redirection;
use protocol::rtsp::headers::{NptTime, Range};
use protocol::rtsp::url::Url;
use protocol::rtsp::{ClientRequest, State};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// What a player shall play instead.
#[derive(Clone, Debug)]
pub(crate) struct OpenTarget {
    /// Where to connect.
    pub(crate) server: SocketAddr,
    /// The URL for its requests.
    pub(crate) url: String,
    /// What holds when it is a real server's.
    pub(crate) outside: Option<Outside>,
    /// Where to begin, where what is there is long enough.
    pub(crate) from: Option<Duration>,
    /// The URLs that led there by redirection.
    pub(crate) visited: Vec<String>,
}

impl OpenTarget {
    /// What somebody asked for, from its start.
    pub(crate) fn new(server: SocketAddr, url: String) -> Self {
        OpenTarget { server, url, outside: None, from: None, visited: Vec::new() }
    }
}

impl PlayerApp {
    /// Ends the session, then plays this from OPTIONS on.
    pub(crate) fn open(&mut self, io: &mut HostIo<'_>, target: OpenTarget) {
        self.start_at = None;
        self.script.clear();
        self.replay_at = None;
        self.later = None;
        self.next = Some(target);
        if self.connected && self.client.check(&ClientRequest::Teardown).is_ok() {
            // It goes when the answer has come, or has not come for too long.
            self.ask(io, ClientRequest::Teardown);
        } else if !self.connected || self.client.state() == State::Init {
            self.go(io);
        }
    }

    /// Goes where it was told to go, if it was.
    pub(super) fn go(&mut self, io: &mut HostIo<'_>) {
        let Some(target) = self.next.take() else { return };
        self.hang_up(io);
        self.unbind(io);
        self.config.server = target.server;
        self.config.url = target.url;
        self.config.publish = None;
        // Only the simulated server is known to speak it.
        self.config.lab_dialect = false;
        self.outside = target.outside;
        self.visited = target.visited;
        self.renew();
        self.script = first_steps(target.from, false);
        self.start(io);
    }

    /// The server sends the player elsewhere (RFC 2326 sections 10.10 and 11.2).
    pub(super) fn redirected(&mut self, io: &mut HostIo<'_>, to: Redirection) {
        let place = to.proxy.as_ref().unwrap_or(&to.url);
        let found = if self.outside.is_some() { self.sent_by_real_server(place) } else { address(place) };
        let server = match found {
            Ok(server) => server,
            Err(reason) => return io.note(format!("The player does not follow the redirection: {reason}.")),
        };
        io.note(format!("The server sends the player to {}.", shown(place)));
        let at = match to.range {
            Some(Range::Npt { start: Some(NptTime::At(at)), .. }) => Some(at),
            _ => None,
        };
        let position = self.clock.position(io.now);
        let from = at.or(position);
        let url = if self.outside.is_some() { self.with_login(&to.url) } else { to.url };
        let target = OpenTarget { server, url, outside: self.outside.clone(), from, visited: to.visited };
        match (at, position.filter(|_| self.client.state() == State::Playing)) {
            (Some(at), Some(position)) if at > position => {
                self.later = Some((io.now + (at - position), target));
            }
            _ => self.open(io, target),
        }
    }
}

/// Where to connect for this URL. There is no DNS here.
pub(crate) fn address(url: &str) -> Result<SocketAddr, String> {
    let parsed = Url::parse(url).map_err(|error| format!("\"{url}\" cannot be played: {error}"))?;
    if parsed.scheme != "rtsp" {
        return Err(format!("{}: is not spoken here, only rtsp:", parsed.scheme));
    }
    let host = parsed.host.trim_start_matches('[').trim_end_matches(']');
    let ip: IpAddr = host
        .parse()
        .map_err(|_| format!("\"{}\" is no IP address, and this network has no name service", parsed.host))?;
    Ok(SocketAddr::new(ip, parsed.port_or_default()))
}

/// An address for people, without user and password.
fn shown(url: &str) -> String {
    Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.without_user().to_string())
}
