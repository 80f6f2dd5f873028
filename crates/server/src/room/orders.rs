//! What the holder of the key can order.

use super::ViewerId;
use super::keeper::Keeper;
use super::next;
use crate::rows::weather;
use crate::wire::{Command, FaultOn, LinkDirections, Outcome, Pace, RequestMethod, Weather};
use protocol::rtsp::Method;
use protocol::rtsp::url::Url;
use simulator::world::Input;
use simulator::{LinkId, NodeId, script};
use std::time::{Duration, Instant};

/// Said to those who only watch.
const NO_KEY: &str = "You are watching the teacher’s room: stepping is yours, requests need the room key.";

/// Said to who wants to slow a world that somebody else is in.
const REAL_TIME: &str = "A real player is connected, so the world runs in real time. \
                         You can pause and step what you see.";

/// The same, while a real server sends into it.
const REAL_SERVER: &str = "The player plays from a real server, so the world runs in real time. \
                           You can pause and step what you see.";

/// Said when the world is to be led on but runs by itself.
const RUNNING: &str = "The world is running. Stop it first, then let it go on step by step.";

/// Said to who orders something to happen to a frame that has no number yet.
const NO_SUCH_FRAME: &str =
    "Frames to come have no numbers yet: order it for the next frame, or fork the run.";

/// Said to who closes what is not open.
const NO_CAPTURE: &str = "No capture is open.";

impl Keeper {
    /// Carries out an order, or says why not; nothing when that is still to be found out.
    pub(super) fn order(&mut self, viewer: ViewerId, id: u32, command: Command) -> Option<Outcome> {
        let done = if !self.viewers.holds_key(viewer) {
            Err(NO_KEY.to_owned())
        } else {
            let at_capture = self.viewers.run_of(viewer).is_some_and(|run| self.capture(run).is_some());
            match command {
                Command::Begin { lesson, scenario, seed, cut_off } => {
                    let begun = self.begin((viewer, id), next::Asked { lesson, scenario, seed, cut_off });
                    return match begun {
                        Ok(run) => run.map(|run| Outcome::Begun { run }),
                        Err(reason) => Some(Outcome::Refused { reason }),
                    };
                }
                Command::CancelBegin => self.cancel_begin(),
                command if at_capture => self.capture_order(command),
                Command::Pace { pace } => self.set_pace(pace),
                Command::Advance { .. } if self.pacer.pace() != Pace::Frozen => Err(RUNNING.to_owned()),
                Command::Advance { to } => self.advance_to(to),
                Command::Request { client, method, from, path, parameters } => {
                    input(NodeId(client), method, from, path, parameters).and_then(|input| {
                        self.original.world.apply(&input).map_err(|refused| refused.to_string())
                    })
                }
                Command::Open { client, url } if self.is_outside(&url) => {
                    match self.open_source(viewer, id, NodeId(client), &url) {
                        Ok(()) => return None,
                        Err(reason) => Err(reason),
                    }
                }
                Command::Open { client, url } => {
                    self.original.world.open(NodeId(client), &url).map_err(|refused| refused.to_string())
                }
                Command::Redirect { client, to } => self
                    .original
                    .world
                    .redirect(client.map(NodeId), &to)
                    .map(|_| ())
                    .map_err(|refused| refused.to_string()),
                Command::PlayoutDelay { client, delay } => self
                    .original
                    .world
                    .set_playout_delay(NodeId(client), Duration::from_nanos(delay.0))
                    .map_err(|refused| refused.to_string()),
                Command::Fork { at, change } => {
                    return Some(match self.fork(at, change) {
                        Ok(run) => Outcome::Forked { run },
                        Err(reason) => Outcome::Refused { reason },
                    });
                }
                Command::DiscardFork { run } => self.discard_fork(run),
                Command::CloseCapture if self.capture.is_none() => Err(NO_CAPTURE.to_owned()),
                Command::CloseCapture => {
                    self.close_capture();
                    Ok(())
                }
                Command::Weather { link, direction, weather } => self.set_weather(link, direction, &weather),
                Command::Fault { on: FaultOn::Frame { .. }, .. } => Err(NO_SUCH_FRAME.to_owned()),
                Command::Fault { link, direction, on, what } => {
                    let direction = weather::ordered_direction(direction);
                    let fault = weather::ordered_fault(on, what);
                    let ordered = self.original.world.order_fault(LinkId(link), direction, fault);
                    ordered.map_err(|refused| refused.to_string())
                }
            }
        };
        Some(match done {
            Ok(()) => Outcome::Done,
            Err(reason) => Outcome::Refused { reason },
        })
    }

    /// Whether this is no path on the simulated server, and the URL of no simulated host.
    fn is_outside(&self, url: &str) -> bool {
        let simulated = |host: &str| {
            let addresses = self.original.world.nodes().iter().flat_map(|node| &node.interfaces);
            let mut addresses = addresses.filter_map(|(_, interface)| *interface);
            host.trim_matches(['[', ']']).parse().is_ok_and(|ip| addresses.any(|at| at.has(ip)))
        };
        !url.trim_start().starts_with('/') && !Url::parse(url).is_ok_and(|url| simulated(&url.host))
    }

    fn set_weather(
        &mut self,
        link: u32,
        directions: LinkDirections,
        weather: &Weather,
    ) -> Result<(), String> {
        let weather = weather::ordered(weather)?;
        for direction in weather::ordered_directions(directions) {
            self.original
                .world
                .set_weather(LinkId(link), *direction, weather.clone())
                .map_err(|refused| refused.to_string())?;
        }
        Ok(())
    }

    fn set_pace(&mut self, pace: Pace) -> Result<(), String> {
        if !self.ways.is_empty() && pace != (Pace::Rate { rate: 1.0 }) {
            return Err(
                if self.players.connected(&self.ways) > 0 { REAL_TIME } else { REAL_SERVER }.to_owned()
            );
        }
        self.pacer.set(pace, Instant::now(), self.original.world.now())
    }
}

/// What lets a built-in player send a request.
///
/// # Errors
/// A sentence when what stands beside the method makes no sense.
pub(super) fn input(
    client: NodeId,
    method: RequestMethod,
    from: Option<f64>,
    path: Option<String>,
    parameters: Option<String>,
) -> Result<Input, String> {
    let method = match method {
        RequestMethod::Options => Method::Options,
        RequestMethod::Describe => Method::Describe,
        RequestMethod::Setup => Method::Setup,
        RequestMethod::Play => Method::Play,
        RequestMethod::Pause => Method::Pause,
        RequestMethod::Teardown => Method::Teardown,
        RequestMethod::Announce => Method::Announce,
        RequestMethod::Record => Method::Record,
        RequestMethod::GetParameter => Method::GetParameter,
        RequestMethod::SetParameter => Method::SetParameter,
    };
    script::request(client, &method, from, path, &parameters.unwrap_or_default())
}
