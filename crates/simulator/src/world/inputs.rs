//! What enters a world from outside while it runs, and the record of it.
//!
//! Scenario, seed, options and these make all of a run. Each way in writes down what goes
//! through it (`World::enter` and `World::came`), and [`World::apply`] lets it in again, at the
//! same moment, in a fork.
//!
//! # Order
//! An input acts when all that is due up to its moment has been done, so that moment and order
//! alone say where it belongs.

use super::{Refused, SourceSpec, World};
use crate::ids::{GatewayId, LinkId, NodeId, SourceId};
use crate::link::{Fault, LinkDirection, Weather};
use crate::scenario::PlayerTransport;
use crate::tape::Log;
use bytes::Bytes;
use protocol::rtsp::ClientRequest;
use protocol::time::SimTime;
use std::net::Ipv4Addr;
use std::time::Duration;

/// The most octets that the record of inputs may take; at the bound the oldest go, and no fork
/// can begin before them.
pub const MAX_INPUT_OCTETS: usize = 64 << 20;

/// What a block of memory of its own costs besides its octets.
const BLOCK: usize = 96;

/// Something that enters a world from outside.
#[derive(Clone, Debug)]
pub enum Input {
    /// A person lets a built-in player send a request ([`World::request`]).
    Request {
        /// The player's host.
        client: NodeId,
        /// The request.
        request: Box<ClientRequest>,
    },
    /// A person lets a built-in player publish ([`World::announce`]).
    Announce {
        /// The player's host.
        client: NodeId,
        /// The name to publish under.
        name: Option<String>,
    },
    /// A person lets a built-in player play something else ([`World::open`]).
    Open {
        /// The player's host.
        client: NodeId,
        /// A path, or the URL of a simulated host.
        url: String,
    },
    /// A person lets the server send REDIRECT ([`World::redirect`]).
    Redirect {
        /// Whose sessions; all that play without one.
        client: Option<NodeId>,
        /// Where to.
        to: String,
    },
    /// A person lets a built-in player keep pictures for longer or shorter
    /// ([`World::set_playout_delay`]).
    PlayoutDelay {
        /// The player's host.
        client: NodeId,
        /// From a picture's first packet to its showing.
        delay: Duration,
    },
    /// A person lets a built-in player's media travel otherwise ([`World::set_transport`]).
    Transport {
        /// The player's host.
        client: NodeId,
        /// How.
        transport: PlayerTransport,
    },
    /// A person changes the weather of a cable ([`World::set_weather`]).
    Weather {
        /// The cable.
        link: LinkId,
        /// Which way.
        direction: LinkDirection,
        /// The new weather.
        weather: Box<Weather>,
    },
    /// A person lets something happen to a coming frame ([`World::order_fault`]).
    Fault {
        /// The cable.
        link: LinkId,
        /// Which way.
        direction: LinkDirection,
        /// To which frame, and what.
        fault: Fault,
    },
    /// A real client connected ([`World::gateway_connect`]).
    Connect {
        /// The number that its connection got.
        id: GatewayId,
        /// What it was called.
        label: String,
    },
    /// A real peer's octets were taken ([`World::gateway_write`]).
    Write {
        /// Its connection.
        id: GatewayId,
        /// Those that found room.
        bytes: Bytes,
    },
    /// A real peer took octets ([`World::gateway_take`]), which moves the window.
    Take {
        /// Its connection.
        id: GatewayId,
        /// How many it would have taken.
        max: usize,
    },
    /// A real client sent a datagram ([`World::gateway_datagram`]).
    Datagram {
        /// Its connection.
        id: GatewayId,
        /// Its port.
        from_port: u16,
        /// The server's port.
        to_port: u16,
        /// The octets.
        bytes: Bytes,
    },
    /// A real client sent a datagram to a group ([`World::gateway_group_datagram`]).
    GroupDatagram {
        /// Its connection.
        id: GatewayId,
        /// The group.
        group: Ipv4Addr,
        /// The group's port.
        port: u16,
        /// The octets.
        bytes: Bytes,
    },
    /// A real client had taken all that waited for it, after so many datagrams that it counts.
    Drained {
        /// Its host.
        node: NodeId,
    },
    /// A real peer closed its half ([`World::gateway_close`]).
    Close {
        /// Its connection.
        id: GatewayId,
    },
    /// A real peer vanished ([`World::gateway_abort`]).
    Abort {
        /// Its connection.
        id: GatewayId,
    },
    /// Both halves were closed ([`World::gateway_leave`]).
    Leave {
        /// The connection.
        id: GatewayId,
    },
    /// A real server was found and is played ([`World::source_open`]).
    SourceOpen {
        /// The number that it got, if it found a place.
        id: SourceId,
        /// Who plays it.
        client: NodeId,
        /// What it is.
        spec: Box<SourceSpec>,
    },
    /// What a real server's host had to tell was heard ([`World::poll_source`]).
    SourceHeard {
        /// The server.
        id: SourceId,
        /// The number of the connection to be made, if one was asked for.
        way: Option<GatewayId>,
    },
    /// A player plays something else than a real server ([`World::source_leave`]).
    SourceLeave {
        /// The player's host.
        client: NodeId,
    },
    /// A real server's connection stands ([`World::source_connected`]).
    SourceConnected {
        /// The server.
        id: SourceId,
    },
    /// No connection could be made ([`World::source_failed`]).
    SourceFailed {
        /// The server.
        id: SourceId,
        /// The connection.
        call: GatewayId,
        /// Why, in one sentence.
        why: String,
    },
    /// A real server sent a datagram ([`World::source_datagram`]).
    SourceDatagram {
        /// The server.
        id: SourceId,
        /// Its port.
        from_port: u16,
        /// The reserved port.
        to_port: u16,
        /// The octets.
        bytes: Bytes,
    },
}

impl Input {
    /// Memory that it takes, estimated from above.
    fn octets(&self) -> usize {
        let own = match self {
            Input::Write { bytes, .. }
            | Input::Datagram { bytes, .. }
            | Input::GroupDatagram { bytes, .. }
            | Input::SourceDatagram { bytes, .. } => bytes.len(),
            Input::Open { url: text, .. }
            | Input::Redirect { to: text, .. }
            | Input::Connect { label: text, .. }
            | Input::SourceFailed { why: text, .. } => text.len(),
            Input::Announce { name, .. } => name.as_ref().map_or(0, String::len),
            Input::Request { request, .. } => match &**request {
                ClientRequest::GetParameter { names } => names.iter().map(|name| name.len() + BLOCK).sum(),
                ClientRequest::SetParameter { parameters } => {
                    parameters.iter().map(|(name, value)| name.len() + value.len() + 2 * BLOCK).sum()
                }
                _ => 1024,
            },
            Input::Weather { .. } => size_of::<Weather>(),
            Input::SourceOpen { spec, .. } => 1024 + spec.name.len() + 2 * spec.url.len(),
            Input::PlayoutDelay { .. }
            | Input::Transport { .. }
            | Input::Fault { .. }
            | Input::Take { .. }
            | Input::Drained { .. }
            | Input::Close { .. }
            | Input::Abort { .. }
            | Input::Leave { .. }
            | Input::SourceHeard { .. }
            | Input::SourceLeave { .. }
            | Input::SourceConnected { .. } => return size_of::<Recorded>(),
        };
        size_of::<Recorded>() + own + BLOCK
    }
}

/// An input with its moment.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// When it came.
    pub at: SimTime,
    /// What it was.
    pub input: Input,
}

/// All inputs of a run, in their order; the oldest are let go at [`MAX_INPUT_OCTETS`]. A copy
/// costs next to nothing.
#[derive(Clone, Debug)]
pub struct InputLog {
    log: Log<Recorded>,
    octets: usize,
    limit: usize,
    kept_from: SimTime,
}

impl InputLog {
    /// An empty record that takes at most `limit` octets; with 0 it stays empty.
    pub(super) fn new(limit: usize) -> Self {
        InputLog { log: Log::default(), octets: 0, limit, kept_from: SimTime::ZERO }
    }

    /// The inputs, numbered in their order.
    pub fn entries(&self) -> &Log<Recorded> {
        &self.log
    }

    /// Inputs from this moment on are all kept.
    pub fn kept_from(&self) -> SimTime {
        self.kept_from
    }

    /// Memory that they take, estimated from above.
    pub fn octets(&self) -> usize {
        self.octets
    }

    /// Lets go of what came before `at`.
    pub(crate) fn forget_before(&mut self, at: SimTime) {
        let octets = &mut self.octets;
        self.log.pop_while(|entry| entry.at < at, |entry| *octets -= entry.input.octets());
        self.kept_from = self.kept_from.max(at);
    }

    fn push(&mut self, at: SimTime, input: Input) {
        if self.limit == 0 {
            return;
        }
        self.octets += input.octets();
        self.log.push(Recorded { at, input });
        while self.octets > self.limit
            && let Some(oldest) = self.log.get(self.log.start()).map(|entry| entry.at)
        {
            self.forget_before(oldest + Duration::from_nanos(1));
        }
    }
}

impl World {
    /// What has come from outside.
    pub fn inputs(&self) -> &InputLog {
        &self.inputs
    }

    /// From now on nothing that comes is kept: it is known from another run.
    pub(crate) fn keep_no_inputs(&mut self) {
        self.inputs = InputLog::new(0);
    }

    /// Real peers are numbered on from those of `other`, in whose place this world is put: what
    /// still comes for one of them finds nobody here. No octet depends on these numbers.
    pub fn number_peers_after(&mut self, other: &World) {
        self.next_gateway = self.next_gateway.max(other.next_gateway);
        self.next_source = self.next_source.max(other.next_source);
    }

    /// Something comes from outside: what is due by now is done first.
    pub(super) fn enter(&mut self) {
        self.run_until(self.now);
    }

    /// Writes down what has come.
    pub(super) fn came(&mut self, input: Input) {
        self.inputs.push(self.now, input);
    }

    /// Lets in again what has come in another run, now.
    ///
    /// # Errors
    /// [`Refused`] when a person ordered something that is not possible here.
    pub fn apply(&mut self, input: &Input) -> Result<(), Refused> {
        match input {
            Input::Request { client, request } => return self.request(*client, (**request).clone()),
            Input::Announce { client, name } => return self.announce(*client, name.as_deref()),
            Input::Open { client, url } => return self.open(*client, url),
            Input::Redirect { client, to } => return self.redirect(*client, to).map(|_| ()),
            Input::PlayoutDelay { client, delay } => return self.set_playout_delay(*client, *delay),
            Input::Transport { client, transport } => return self.set_transport(*client, *transport),
            Input::Weather { link, direction, weather } => {
                return self.set_weather(*link, *direction, (**weather).clone());
            }
            Input::Fault { link, direction, fault } => return self.order_fault(*link, *direction, *fault),
            Input::Connect { id, label } => {
                self.next_gateway = id.0;
                return self
                    .gateway_connect(label.clone())
                    .map(|_| ())
                    .map_err(|error| Refused(format!("A real client found no place: {error}.")));
            }
            Input::Write { id, bytes } => {
                self.gateway_write(*id, bytes);
            }
            Input::Take { id, max } => {
                self.gateway_take(*id, *max);
            }
            Input::Datagram { id, from_port, to_port, bytes } => {
                self.gateway_datagram(*id, *from_port, *to_port, bytes.clone());
            }
            Input::GroupDatagram { id, group, port, bytes } => {
                self.gateway_group_datagram(*id, *group, *port, bytes.clone());
            }
            Input::Drained { node } => self.gateway_drained(*node),
            Input::Close { id } => self.gateway_close(*id),
            Input::Abort { id } => self.gateway_abort(*id),
            Input::Leave { id } => self.gateway_leave(*id),
            Input::SourceOpen { id, client, spec } => {
                self.next_source = id.0;
                return self.source_open(*client, (**spec).clone()).map(|_| ());
            }
            Input::SourceHeard { id, way } => self.source_heard(*id, *way),
            Input::SourceLeave { client } => self.source_leave(*client),
            Input::SourceConnected { id } => self.source_connected(*id),
            Input::SourceFailed { id, call, why } => self.source_failed(*id, *call, why.clone()),
            Input::SourceDatagram { id, from_port, to_port, bytes } => {
                self.source_datagram(*id, *from_port, *to_port, bytes.clone());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_bound_the_oldest_inputs_go_and_it_is_known_which() {
        let mut log = InputLog::new(10_000);
        let write = |second| (SimTime::from_secs(second), Bytes::from(vec![0; 1000]));
        for second in 0..20 {
            let (at, bytes) = write(second);
            log.push(at, Input::Write { id: GatewayId(0), bytes });
            assert!(log.octets() <= 10_000, "{}", log.octets());
        }
        let first = log.entries().iter().next().expect("some are kept").at;
        assert!(first > SimTime::from_secs(9), "{first:?}");
        assert!(log.kept_from() <= first && log.kept_from() > first - Duration::from_secs(1));
        log.forget_before(SimTime::from_secs(19));
        assert_eq!((log.entries().iter().count(), log.kept_from()), (1, SimTime::from_secs(19)));
        let mut none = InputLog::new(0);
        none.push(SimTime::ZERO, Input::Close { id: GatewayId(0) });
        assert_eq!((none.octets(), none.entries().end()), (0, 0));
    }
}
