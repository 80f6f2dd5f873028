//! The clients of the world, as people see them.

use super::{Device, World};
use crate::app::App;
use crate::ids::NodeId;
use protocol::rtsp::Method;
use protocol::rtsp::client::MediaPath;
use protocol::time::SimTime;

/// An RTSP client: a built-in player or a real one.
#[derive(Clone, Debug)]
pub struct ClientView {
    /// Its host.
    pub node: NodeId,
    /// The host's name, or a real client's User-Agent.
    pub name: String,
    /// Whether it came through a gateway.
    pub real: bool,
    /// `Init`, `Ready`, `Playing`, `Recording`.
    pub state: &'static str,
    /// `udp`, `multicast` or `tcp`, once it is settled.
    pub transport: Option<&'static str>,
    /// The URL that it plays.
    pub url: Option<String>,
    /// When it came.
    pub joined: SimTime,
    /// When it left, if it has.
    pub left: Option<SimTime>,
    /// The requests of a built-in player.
    pub requests: Vec<ClientRequestView>,
}

/// A request, and whether the state allows it now.
#[derive(Clone, Debug)]
pub struct ClientRequestView {
    /// Which.
    pub method: Method,
    /// Why it is not allowed; `None` when it is.
    pub refused: Option<String>,
}

impl World {
    /// All clients, built-in players first, then real ones in the order of their coming.
    pub fn clients(&self) -> Vec<ClientView> {
        let mut views = Vec::new();
        for (place, device) in self.devices.iter().enumerate() {
            let Device::Host(host) = device else { continue };
            let node = NodeId(place as u32);
            match &host.app {
                App::Player(player) => {
                    let allowed = player.allowed();
                    views.push(ClientView {
                        node,
                        name: self.nodes[place].name.clone(),
                        real: false,
                        state: player.state_name(),
                        transport: player.path().map(|path| match path {
                            MediaPath::Udp { .. } => "udp",
                            MediaPath::Multicast { .. } => "multicast",
                            MediaPath::Tcp { .. } => "tcp",
                        }),
                        url: Some(player.url()),
                        joined: SimTime::ZERO,
                        left: None,
                        requests: allowed
                            .by_method()
                            .into_iter()
                            .map(|(method, allowed)| ClientRequestView {
                                method,
                                refused: allowed.as_ref().err().map(|e| e.to_string()),
                            })
                            .collect(),
                    });
                }
                App::Gateway(gateway) => {
                    let facts = self.recorder.facts(node);
                    let slot = self.gateways.iter().find(|s| s.node == node);
                    views.push(ClientView {
                        node,
                        name: gateway.name().to_owned(),
                        real: true,
                        state: facts.state,
                        transport: facts.transport,
                        url: facts.url.clone(),
                        joined: slot.map_or(SimTime::ZERO, |s| s.joined),
                        left: slot.and_then(|s| s.left),
                        requests: Vec::new(),
                    });
                }
                App::Server(_) | App::Source(_) => {}
            }
        }
        views
    }
}
