//! A capture as a run: what happened is told as time goes on.

use super::Facts;
use super::build::Builder;
use super::script::Script;
use crate::ids::{LinkId, NodeId};
use crate::link::{BitRate, Weather};
use crate::tape::Tape;
use crate::world::{ClientRequestView, ClientView, LinkInfo, NodeInfo};
use protocol::rtsp::Method;
use protocol::time::{Epoch, SimTime};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Remarks that stand at their moments; further ones are left out.
pub const MAX_NOTES: usize = 256;

/// Said to who wants something to happen in a capture.
pub const RECORDING: &str = "This is a recording of another network: what happened there cannot be changed.";

/// What became known of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    State(&'static str),
    Transport(&'static str),
    Url(String),
    Name(String),
}

/// What a builder leaves.
pub struct Parts {
    pub script: Script,
    pub nodes: Vec<NodeInfo>,
    pub links: Vec<LinkInfo>,
    /// When each client came.
    pub clients: Vec<SimTime>,
    pub ports: BTreeSet<u16>,
    pub facts: Vec<(SimTime, usize, Fact)>,
    pub layer_delay: Duration,
    pub octets: usize,
}

/// A capture that is played.
///
/// Drive it as a [`World`](crate::World): [`run_until`](Foreign::run_until) tells what happened up
/// to a moment, [`next_event_at`](Foreign::next_event_at) when the next thing happens. It answers
/// nothing and changes nothing.
#[derive(Clone, Debug)]
pub struct Foreign {
    now: SimTime,
    end: SimTime,
    epoch: Epoch,
    tape: Tape,
    script: Script,
    nodes: Vec<NodeInfo>,
    links: Vec<LinkInfo>,
    clients: Vec<SimTime>,
    ports: BTreeSet<u16>,
    known: Arc<[(SimTime, usize, Fact)]>,
    facts: Facts,
    layer_delay: Duration,
    octets: usize,
}

impl Foreign {
    pub(super) fn new(builder: Builder, facts: Facts, epoch: Epoch) -> Self {
        let mut parts = builder.into_parts();
        parts.facts.sort_by_key(|(at, ..)| *at);
        let end = parts.script.end().unwrap_or(SimTime::ZERO);
        Foreign {
            now: SimTime::ZERO,
            end,
            epoch,
            tape: Tape::new(Duration::from_nanos(end.as_nanos())),
            script: parts.script,
            nodes: parts.nodes,
            links: parts.links,
            clients: parts.clients,
            ports: parts.ports,
            known: parts.facts.into(),
            facts: Facts { duration: end.since(SimTime::ZERO), ..facts },
            layer_delay: parts.layer_delay,
            octets: parts.octets,
        }
    }

    /// Up to when everything has been told.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// When the last thing happens.
    pub fn end(&self) -> SimTime {
        self.end
    }

    /// The wall-clock time of its beginning.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// When the next thing happens; `None` behind the end.
    pub fn next_event_at(&self) -> Option<SimTime> {
        self.script.next_at()
    }

    /// Tells what happened up to and including `until`. Time stops at the end.
    pub fn run_until(&mut self, until: SimTime) {
        self.now = self.now.max(until.min(self.end));
        self.script.tell(self.now, &mut self.tape);
    }

    /// What has happened.
    pub fn tape(&self) -> &Tape {
        &self.tape
    }

    /// Octets that all of it takes, told or not, counted as the tape counts them.
    pub fn octets(&self) -> usize {
        self.octets
    }

    /// Clients in the order of their coming, the server, and one for all other hosts if there
    /// are any.
    pub fn nodes(&self) -> &[NodeInfo] {
        &self.nodes
    }

    /// A link's weather, of which a capture tells nothing: rate and delay are 0.
    pub fn weather(&self) -> Weather {
        Weather::fair(BitRate(0), Duration::ZERO)
    }

    /// Between whom frames passed.
    pub fn links(&self) -> &[LinkInfo] {
        &self.links
    }

    /// The first client's cable.
    pub fn client_link(&self) -> LinkId {
        LinkId(0)
    }

    /// How long one layer of a host takes as drawn: a capture knows one moment of each frame.
    pub fn layer_delay(&self) -> Duration {
        self.layer_delay
    }

    /// What is known of the whole capture.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The TCP ports on which its server was spoken to.
    pub fn rtsp_ports(&self) -> impl Iterator<Item = u16> {
        self.ports.iter().copied()
    }

    /// Its clients as they are now.
    pub fn clients(&self) -> Vec<ClientView> {
        let mut views: Vec<ClientView> = (self.clients.iter().enumerate())
            .map(|(place, joined)| ClientView {
                node: NodeId(place as u32),
                name: self.nodes.get(place).map(|node| node.name.clone()).unwrap_or_default(),
                real: false,
                state: "Init",
                transport: None,
                url: None,
                joined: *joined,
                left: None,
                requests: requests(),
            })
            .collect();
        for (_, client, fact) in self.known.iter().take_while(|(at, ..)| *at <= self.now) {
            let Some(view) = views.get_mut(*client) else { continue };
            match fact {
                Fact::State(state) => view.state = state,
                Fact::Transport(word) => view.transport = Some(word),
                Fact::Url(url) => view.url = Some(url.clone()),
                Fact::Name(name) => view.name.clone_from(name),
            }
        }
        views
    }
}

/// The remote's requests, none of which can be made.
fn requests() -> Vec<ClientRequestView> {
    let methods = [
        Method::Options,
        Method::Describe,
        Method::Setup,
        Method::Play,
        Method::Pause,
        Method::Teardown,
        Method::GetParameter,
        Method::SetParameter,
        Method::Announce,
        Method::Record,
    ];
    methods.map(|method| ClientRequestView { method, refused: Some(RECORDING.to_owned()) }).into()
}
