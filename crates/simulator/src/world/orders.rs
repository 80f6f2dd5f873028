//! What people tell the built-in players and the server to do.

use super::{Input, NodeInfo, Refused, World};

use crate::app::{App, HostIo, OpenTarget, PlayerApp, address};
use crate::ids::NodeId;
use crate::scenario::{NodeKind, PlayerTransport};
use protocol::rtsp::ClientRequest;
use protocol::rtsp::url::{percent_decode, percent_encode};
use std::time::Duration;

/// The longest URL or path that is taken, in octets.
pub const MAX_URL: usize = 1024;

impl World {
    /// Lets a built-in player send a request.
    ///
    /// # Errors
    /// [`Refused`] when `client` is no built-in player or its state does not allow it.
    pub fn request(&mut self, client: NodeId, request: ClientRequest) -> Result<(), Refused> {
        self.enter();
        self.came(Input::Request { client, request: Box::new(request.clone()) });
        self.with_player(client, |player, io| player.request(io, request))
    }

    /// Lets a built-in player ANNOUNCE its clip under a name; without one, under its own. SETUP
    /// and RECORD follow as requests.
    ///
    /// # Errors
    /// [`Refused`] when `client` is no built-in player, or when it cannot publish now, or not
    /// under that name.
    pub fn announce(&mut self, client: NodeId, name: Option<&str>) -> Result<(), Refused> {
        self.enter();
        self.came(Input::Announce { client, name: name.map(str::to_owned) });
        self.with_player(client, |player, io| player.announce(io, name))
    }

    /// Lets a built-in player leave what it plays and play this instead: a path of the
    /// simulated server (`/live`), or an `rtsp://` URL of a simulated host.
    ///
    /// # Errors
    /// [`Refused`] when `client` is no built-in player, or when it cannot play that.
    pub fn open(&mut self, client: NodeId, url: &str) -> Result<(), Refused> {
        let target = self.target(url.trim()).map_err(Refused)?;
        self.enter();
        self.came(Input::Open { client, url: url.to_owned() });
        self.with_player(client, |player, io| {
            player.open(io, target);
            Ok(())
        })?;
        // It has five seconds to say goodbye.
        self.leave_sources(client);
        Ok(())
    }

    /// Lets the server send REDIRECT to a client's sessions or, without a client, to all that
    /// play; answers how many sessions were told. `to` is a path on the server, such as
    /// `/demo`, or an RTSP URL.
    ///
    /// # Errors
    /// [`Refused`] when `to` cannot be, or nobody could be told.
    pub fn redirect(&mut self, client: Option<NodeId>, to: &str) -> Result<usize, Refused> {
        if to.len() > MAX_URL {
            return Err(Refused(format!("An address of at most {MAX_URL} octets is possible.")));
        }
        self.enter();
        self.came(Input::Redirect { client, to: to.to_owned() });
        let is_server = |node: &NodeInfo| node.kind == NodeKind::Server;
        let server = self.nodes.iter().position(is_server).map(|place| NodeId(place as u32));
        let told = server.and_then(|server| {
            self.with_app(server, |app, io| match app {
                App::Server(app) => app.redirect(io.now, client, to).map_err(|error| error.to_string()),
                _ => Err("There is no server.".to_owned()),
            })
        });
        told.unwrap_or_else(|| Err("There is no server.".to_owned())).map_err(|reason| {
            // Errors begin small; this one is read as a sentence of its own.
            let (first, rest) = reason.split_at(reason.chars().next().map_or(0, char::len_utf8));
            Refused(format!("{}{}.", first.to_uppercase(), rest.trim_end_matches('.')))
        })
    }

    /// Lets a built-in player show pictures so long after their first packet, from now on; those
    /// that wait are moved, too. At most
    /// [`MAX_PLAYOUT_DELAY`](protocol::rtp::receiver::MAX_PLAYOUT_DELAY).
    ///
    /// # Errors
    /// [`Refused`] when `client` is no built-in player, or the delay is longer than that.
    pub fn set_playout_delay(&mut self, client: NodeId, delay: Duration) -> Result<(), Refused> {
        self.enter();
        self.came(Input::PlayoutDelay { client, delay });
        self.with_player(client, |player, io| player.set_playout_delay(io, delay))
    }

    /// Lets a built-in player's media travel otherwise than the scenario says, in this session and
    /// all later ones. Only before SETUP: then it is agreed on.
    ///
    /// # Errors
    /// [`Refused`] when `client` is no built-in player, or its media are set up already.
    pub fn set_transport(&mut self, client: NodeId, transport: PlayerTransport) -> Result<(), Refused> {
        self.enter();
        self.came(Input::Transport { client, transport });
        self.with_player(client, |player, _| player.set_transport(transport))
    }

    /// What a person means by this.
    fn target(&self, url: &str) -> Result<OpenTarget, String> {
        if url.len() > MAX_URL {
            return Err(format!("An address of at most {MAX_URL} octets is possible."));
        }
        if url.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err("An address has no spaces and no control characters.".to_owned());
        }
        if url.starts_with('/') {
            let (path, query) = url.split_at(url.find('?').unwrap_or(url.len()));
            // What is encoded already is not encoded again.
            let path = percent_decode(path).map_or_else(|| path.to_owned(), |path| percent_encode(&path));
            return Ok(OpenTarget::new(self.server, format!("rtsp://{}{path}{query}", self.server)));
        }
        let server = address(url).map_err(|reason| format!("The player cannot play this: {reason}."))?;
        let interfaces = self.nodes.iter().flat_map(|node| &node.interfaces);
        let is_here = interfaces.filter_map(|(_, at)| at.as_ref()).any(|at| at.has(server.ip()));
        if !is_here {
            return Err(format!("No host of this network has the address {}.", server.ip()));
        }
        Ok(OpenTarget::new(server, url.to_owned()))
    }

    fn with_player(
        &mut self,
        client: NodeId,
        act: impl FnOnce(&mut PlayerApp, &mut HostIo<'_>) -> Result<(), String>,
    ) -> Result<(), Refused> {
        self.with_app(client, |app, io| match app {
            App::Player(player) => act(player, io).map_err(Refused),
            _ => Err(Refused("Only the built-in player takes orders from here.".to_owned())),
        })
        .unwrap_or_else(|| Err(Refused("There is no such client.".to_owned())))
    }
}
