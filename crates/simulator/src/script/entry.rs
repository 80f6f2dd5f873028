//! One order as it is written, and what it means in a scenario.

use super::{MAX_LENGTH, Order, request};
use crate::ids::{LinkId, NodeId};
use crate::link::{Fault, FaultKind, FaultTrigger, LinkDirection, Weather};
use crate::scenario::units::{Span, from_text, split};
use crate::scenario::weather::{NamedPreset, with_weather};
use crate::scenario::{NodeKind, Scenario};
use crate::world::{Input, Recorded};
use protocol::rtsp::Method;
use protocol::time::SimTime;
use serde::Deserialize;
use std::time::Duration;

/// One order as it is written: `at`, and one of `request`, `open`, `publish`, `redirect`,
/// `weather` and `fault`, with what belongs to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptEntry {
    at: Moment,
    /// Whose player; the first client's when absent, with `redirect` all that play.
    client: Option<String>,
    request: Option<String>,
    from: Option<Moment>,
    parameters: Option<Vec<String>>,
    open: Option<String>,
    publish: Option<String>,
    redirect: Option<String>,
    weather: Option<WeatherOrder>,
    fault: Option<FaultOrder>,
}

impl std::fmt::Debug for ScriptEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScriptEntry").field("at", &self.at.0).finish_non_exhaustive()
    }
}

with_weather! {
    /// The link's weather as it is by then, but for these keys; or a preset's, but for these.
    struct WeatherOrder {
        link: String,
        direction: Option<Way>,
        preset: Option<NamedPreset>,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultOrder {
    link: String,
    direction: Way,
    #[serde(default)]
    on: On,
    what: What,
    bit: Option<u32>,
    by: Option<Span>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Way {
    Forward,
    Backward,
}

impl From<Way> for LinkDirection {
    fn from(way: Way) -> Self {
        match way {
            Way::Forward => LinkDirection::Forward,
            Way::Backward => LinkDirection::Backward,
        }
    }
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum On {
    #[default]
    Next,
    NextMarker,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum What {
    Drop,
    Corrupt,
    Delay,
    Duplicate,
}

from_text!(Moment(Duration), moment);

/// Reads a moment of a run that is simulated ahead, or its length: `5 s`, `500 ms`.
///
/// # Errors
/// What would be right.
pub fn moment(text: &str) -> Result<Duration, String> {
    let most = MAX_LENGTH.as_secs();
    let wrong = || {
        format!("'{text}' is no time in a run: write a number and ms or s, at most {most} s, as in \"5 s\"")
    };
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let seconds = match unit {
        "us" => number / 1e6,
        "ms" => number / 1e3,
        "s" => number,
        _ => return Err(wrong()),
    };
    Duration::try_from_secs_f64(seconds).ok().filter(|at| *at <= MAX_LENGTH).ok_or_else(wrong)
}

impl ScriptEntry {
    /// When it is to happen.
    pub(super) fn at(&self) -> Duration {
        self.at.0
    }
}

/// Reads orders in the order of their times.
pub(super) struct Reader<'a> {
    scenario: &'a Scenario,
    /// As it is by the order that is read.
    weather: Vec<[Weather; 2]>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(scenario: &'a Scenario) -> Self {
        Reader { scenario, weather: scenario.links.iter().map(|link| link.weather.clone()).collect() }
    }

    /// What an entry means.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub(super) fn order(&mut self, entry: ScriptEntry) -> Result<Order, String> {
        let ScriptEntry { at, client, request, from, parameters, open, publish, redirect, weather, fault } =
            entry;
        let orders = [
            request.is_some(),
            open.is_some(),
            publish.is_some(),
            redirect.is_some(),
            weather.is_some(),
            fault.is_some(),
        ];
        if orders.iter().filter(|one| **one).count() != 1 {
            return Err("an order has one of request, open, publish, redirect, weather and fault".to_owned());
        }
        if request.is_none() && (from.is_some() || parameters.is_some()) {
            return Err("from and parameters belong to a request".to_owned());
        }
        if client.is_some() && (weather.is_some() || fault.is_some()) {
            return Err("weather and fault name a link, no client".to_owned());
        }
        let (words, inputs) = if let Some(method) = request {
            let from = from.map(|from| from.0.as_secs_f64());
            let input = requested(self.client(client)?, &method, from, &parameters.unwrap_or_default())?;
            (method, vec![input])
        } else if let Some(url) = open {
            (format!("open {url}"), vec![Input::Open { client: self.client(client)?, url }])
        } else if let Some(name) = publish {
            let client = self.client(client)?;
            (format!("publish {name}"), vec![Input::Announce { client, name: Some(name) }])
        } else if let Some(to) = redirect {
            let client = client.map(|name| self.client(Some(name))).transpose()?;
            (format!("redirect {to}"), vec![Input::Redirect { client, to }])
        } else if let Some(order) = weather {
            (format!("weather on {}", order.link), self.weather(order)?)
        } else if let Some(order) = fault {
            (format!("fault on {}", order.link), vec![self.fault(&order)?])
        } else {
            (String::new(), Vec::new())
        };
        let at = SimTime::ZERO + at.0;
        Ok(Order { words, inputs: inputs.into_iter().map(|input| Recorded { at, input }).collect() })
    }

    /// The host of a built-in player: the one of this name, or the first.
    fn client(&self, name: Option<String>) -> Result<NodeId, String> {
        let mut clients =
            self.scenario.nodes.iter().enumerate().filter(|(_, node)| node.kind == NodeKind::Client);
        let names = clients.clone().map(|(_, node)| &*node.name).collect::<Vec<_>>();
        let found = match &name {
            None => clients.next(),
            Some(name) => clients.find(|(_, node)| node.name == *name),
        };
        found.map(|(place, _)| NodeId(place as u32)).ok_or_else(|| {
            format!("there is no client '{}': there are {}", name.unwrap_or_default(), names.join(", "))
        })
    }

    fn link(&self, name: &str) -> Result<usize, String> {
        let mut links = self.scenario.links.iter();
        links.position(|link| link.name == name).ok_or_else(|| {
            let names = self.scenario.links.iter().map(|link| &*link.name).collect::<Vec<_>>();
            format!("there is no link '{name}': there are {}", names.join(", "))
        })
    }

    fn weather(&mut self, mut order: WeatherOrder) -> Result<Vec<Input>, String> {
        let place = self.link(&order.link)?;
        let keys = order.take_weather();
        let only = order.direction.map(LinkDirection::from);
        let mut inputs = Vec::new();
        for direction in LinkDirection::BOTH.into_iter().filter(|way| only.is_none_or(|only| only == *way)) {
            let weather = &mut self.weather[place][direction.index()];
            if let Some(NamedPreset(preset)) = &order.preset {
                *weather = preset.weather(direction).clone();
            }
            keys.apply(weather);
            weather.check().map_err(|error| format!("this weather cannot be: {error}"))?;
            inputs.push(Input::Weather {
                link: LinkId(place as u32),
                direction,
                weather: Box::new(weather.clone()),
            });
        }
        Ok(inputs)
    }

    fn fault(&self, order: &FaultOrder) -> Result<Input, String> {
        let what = match (order.what, order.bit, &order.by) {
            (What::Drop, None, None) => FaultKind::Drop,
            (What::Duplicate, None, None) => FaultKind::Duplicate,
            (What::Corrupt, Some(bit), None) => FaultKind::Corrupt { bit },
            (What::Delay, None, Some(by)) => FaultKind::Delay { by: by.0 },
            _ => return Err("corrupt needs a bit, as in bit = 400, and delay a time, as in by = \"5 ms\"; drop and duplicate need neither".to_owned()),
        };
        let on = match order.on {
            On::Next => FaultTrigger::Next,
            On::NextMarker => FaultTrigger::NextMarker,
        };
        let fault = Fault { on, what };
        fault.check()?;
        let link = LinkId(self.link(&order.link)? as u32);
        Ok(Input::Fault { link, direction: order.direction.into(), fault })
    }
}

/// A request by its name.
fn requested(
    client: NodeId,
    method: &str,
    from: Option<f64>,
    parameters: &[String],
) -> Result<Input, String> {
    const METHODS: &str =
        "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, ANNOUNCE, RECORD, GET_PARAMETER, SET_PARAMETER";
    if !METHODS.split(", ").any(|known| known == method) {
        return Err(format!("a player sends no '{method}': there are {METHODS}"));
    }
    let parsed = Method::from_token(method);
    if from.is_some() && parsed != Method::Play {
        return Err("only PLAY begins somewhere (from)".to_owned());
    }
    if !parameters.is_empty() && !matches!(parsed, Method::GetParameter | Method::SetParameter) {
        return Err("only GET_PARAMETER and SET_PARAMETER have parameters".to_owned());
    }
    request(client, &parsed, from, None, &parameters.join("\n"))
}
