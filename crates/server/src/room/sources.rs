//! Real servers in the world: the built-in player plays from them.

use super::keeper::Keeper;
use super::ways::Ways;
use super::{Asked, Room, Via, ViewerId};
use crate::gateway::{self, Datagrams, Lane, Patience};
use crate::outward::{self, Opened, Refused, Target};
use crate::wire::Outcome;
use bytes::Bytes;
use simulator::world::{SourceEvent, SourceSpec};
use simulator::{GatewayId, NodeId, SourceId, World};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// URLs that may be on their way to being opened at a time.
pub const MAX_OPENING: usize = 4;

/// What stands outside for a host of the world.
#[derive(Debug)]
struct Source {
    address: SocketAddr,
    /// The first connection, until the player makes its own.
    first: Option<TcpStream>,
    /// The player's latest connection.
    call: Option<GatewayId>,
    datagrams: Datagrams,
}

impl Drop for Source {
    fn drop(&mut self) {
        self.datagrams.close();
    }
}

/// All real servers that are played.
#[derive(Debug)]
pub struct Sources {
    room: Room,
    /// Where connections are made and carried; the keeper's own thread has no sockets.
    runtime: Handle,
    sources: BTreeMap<SourceId, Source>,
    opening: usize,
}

impl Sources {
    /// None yet. To be called on the runtime that shall carry their connections.
    pub fn new(room: Room) -> Self {
        Sources { room, runtime: Handle::current(), sources: BTreeMap::new(), opening: 0 }
    }

    /// Whether a URL is on its way to being opened.
    pub fn is_opening(&self) -> bool {
        self.opening > 0
    }

    /// Lets go of all of them: their world is gone.
    pub fn forget(&mut self) {
        self.sources.clear();
    }

    /// Begins to open a URL; how it went comes as a message to the room.
    fn open(&mut self, asked: Asked, target: Target) -> Result<(), String> {
        if self.opening >= MAX_OPENING {
            return Err(format!("{MAX_OPENING} other URLs are being opened: wait for these first."));
        }
        self.opening += 1;
        let room = self.room.clone();
        self.runtime.spawn(async move { room.source_opened(asked, outward::open(target).await).await });
        Ok(())
    }

    /// Lets what stands outside belong to a host of the world.
    ///
    /// # Errors
    /// When there is no thread for its datagrams; its media comes over TCP then.
    fn add(&mut self, id: SourceId, opened: Opened) -> std::io::Result<()> {
        let Opened { address, stream, datagrams, .. } = opened;
        let receives = datagrams.receive(Via::Source(id), &self.room);
        self.sources.insert(id, Source { address, first: Some(stream), call: None, datagrams });
        receives
    }

    /// What the world tells of a real server's host.
    pub fn told(&mut self, ways: &mut Ways, id: SourceId, event: SourceEvent) {
        let Some(source) = self.sources.get_mut(&id) else { return };
        match event {
            SourceEvent::Called(call) => {
                let (link, from_room) = mpsc::channel(gateway::MAX_WAITING);
                ways.open(call, link);
                source.call = Some(call);
                let (room, address, first) = (self.room.clone(), source.address, source.first.take());
                self.runtime.spawn(async move {
                    let stream = match first {
                        Some(stream) => Ok(stream),
                        None => outward::connect(address).await,
                    };
                    match stream {
                        Ok(stream) => {
                            if room.source_connected(id).await {
                                let patience =
                                    Patience { first_word: outward::SILENCE, silence: outward::SILENCE };
                                gateway::carry(call, stream, room, from_room, patience).await;
                            }
                        }
                        Err(refused) => room.source_failed(id, call, refused).await,
                    }
                });
            }
            SourceEvent::Datagram { from_port, to_port, bytes } => {
                if let Some(lane) = source.datagrams.lane(from_port) {
                    source.datagrams.send(lane, SocketAddr::new(source.address.ip(), to_port), &bytes);
                }
            }
            SourceEvent::Left => {
                self.sources.remove(&id);
            }
        }
    }

    /// A real datagram; one that does not come from the server itself is dropped.
    pub fn datagram(
        &self,
        world: &mut World,
        ways: &Ways,
        id: SourceId,
        (lane, from): (Lane, SocketAddr),
        bytes: Bytes,
    ) {
        let Some(source) = self.sources.get(&id).filter(|source| source.address.ip() == from.ip()) else {
            return;
        };
        world.source_datagram(id, from.port(), source.datagrams.port_of(lane), bytes);
        if let Some(call) = source.call {
            ways.alive(call);
        }
    }
}

impl Keeper {
    /// A page wants a real server to be played. The answer comes when it is known whether it
    /// is there.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub(super) fn open_source(
        &mut self,
        viewer: ViewerId,
        id: u32,
        client: NodeId,
        url: &str,
    ) -> Result<(), String> {
        let target = Target::parse(url).map_err(|refused| refused.to_string())?;
        self.sources.open(Asked { client, command: (viewer, id) }, target)
    }

    /// A URL was opened, or was not.
    pub(super) fn source_opened(&mut self, asked: Asked, opened: Result<Box<Opened>, Refused>) {
        self.sources.opening -= 1;
        let done = match opened {
            Ok(opened) => self.play_source(asked.client, *opened),
            Err(refused) => Err(refused.to_string()),
        };
        let outcome = done.map_or_else(|reason| Outcome::Refused { reason }, |()| Outcome::Done);
        let (viewer, id) = asked.command;
        self.answer(viewer, id, outcome);
    }

    /// Lets the first built-in player play from a real server, before time begins.
    ///
    /// # Errors
    /// Why the world has no place for it.
    pub fn play_first(&mut self, opened: Opened) -> Result<(), String> {
        let player = self.original.world.clients().into_iter().find(|client| !client.real);
        self.play_source(player.ok_or("There is no built-in player.")?.node, opened)
    }

    /// Lets a built-in player play from a real server that is there.
    ///
    /// # Errors
    /// Why the world has no place for it.
    pub(super) fn play_source(&mut self, client: NodeId, opened: Opened) -> Result<(), String> {
        let spec = SourceSpec {
            name: opened.target.name(),
            url: opened.target.whole(),
            shown_url: opened.target.shown(),
            port: opened.address.port(),
            other_names: vec![opened.address.ip().to_string()],
            rtp_port: opened.datagrams.port(),
        };
        let port = spec.port;
        let id = self.original.world.source_open(client, spec).map_err(|refused| refused.to_string())?;
        self.original.told.knowledge.expect_rtsp(port);
        if !self.original.rtsp_ports.contains(&port) {
            self.original.rtsp_ports.push(port);
        }
        self.wake_up();
        let receives = self.sources.add(id, opened);
        receives.map_err(|error| format!("There is no thread for its datagrams ({error})."))
    }
}
