//! One order as it is written, and what it means in a scenario.

use super::{MAX_LENGTH, Order, request};
use crate::ids::{LinkId, NodeId};
use crate::link::{Fault, FaultKind, FaultTrigger, LinkDirection, Weather};
use crate::scenario::units::{Span, from_text, split};
use crate::scenario::weather::{Keys, NamedPreset, named, with_weather};
use crate::scenario::{NodeKind, Scenario};
use crate::world::{Input, Recorded};
use protocol::rtp::receiver::MAX_PLAYOUT_DELAY;
use protocol::rtsp::Method;
use protocol::time::SimTime;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::time::Duration;

/// One order as it is written: `at`, and one of `request`, `open`, `redirect`, `playout`, `weather`
/// and `fault`, with what belongs to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptEntry {
    at: Moment,
    /// Whose player; the first client's when absent, with `redirect` all that play.
    client: Option<String>,
    request: Option<String>,
    /// PLAY: seconds.
    from: Option<f64>,
    /// ANNOUNCE: the name.
    path: Option<String>,
    /// GET_PARAMETER and SET_PARAMETER: a line each.
    parameters: Option<String>,
    open: Option<String>,
    redirect: Option<String>,
    /// From a picture's first packet to its showing.
    playout: Option<Span>,
    weather: Option<WeatherOrder>,
    fault: Option<What>,
    /// Of weather and fault.
    link: Option<String>,
    direction: Option<Way>,
    on: Option<On>,
    bit: Option<u32>,
    by: Option<Span>,
}

impl fmt::Debug for ScriptEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptEntry").field("at", &self.at.0).finish_non_exhaustive()
    }
}

with_weather! {
    /// What a link's weather is from then on; the rest of it stays.
    struct WeatherKeys {
        preset: Option<NamedPreset>,
    }
}

/// `weather = "cafe-wifi"`, or `weather = { loss = 0.05 }`.
struct WeatherOrder {
    preset: Option<NamedPreset>,
    keys: Keys,
}

impl<'de> Deserialize<'de> for WeatherOrder {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = WeatherOrder;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a preset's name, as in \"dsl\", or keys of a link, as in { loss = 0.05 }")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<WeatherOrder, E> {
                let preset = named(name).map_err(E::custom)?;
                Ok(WeatherOrder { preset: Some(preset), keys: Keys::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WeatherOrder, A::Error> {
                let mut own = WeatherKeys::deserialize(MapAccessDeserializer::new(map))?;
                Ok(WeatherOrder { keys: own.take_weather(), preset: own.preset })
            }
        }
        from.deserialize_any(Either)
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Way {
    Forward,
    Backward,
    Both,
}

impl Way {
    fn directions(self) -> &'static [LinkDirection] {
        match self {
            Way::Forward => &[LinkDirection::Forward],
            Way::Backward => &[LinkDirection::Backward],
            Way::Both => &LinkDirection::BOTH,
        }
    }
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
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
        format!("'{text}' is no time in a run: write a number and ms, s or m, at most {most} s, as in \"5s\"")
    };
    let (mut rest, mut sum) = (text.trim(), 0.0);
    while !rest.is_empty() {
        let (number, tail) = split(rest).ok_or_else(wrong)?;
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let seconds = match &tail[..letters] {
            "us" => number / 1e6,
            "ms" => number / 1e3,
            "s" => number,
            "m" | "min" => number * 60.0,
            _ => return Err(wrong()),
        };
        (rest, sum) = (tail[letters..].trim(), sum + seconds);
    }
    let sum = Duration::try_from_secs_f64(sum).ok().filter(|_| !text.trim().is_empty());
    sum.filter(|at| *at <= MAX_LENGTH).ok_or_else(wrong)
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
        let orders = [
            entry.request.is_some(),
            entry.open.is_some(),
            entry.redirect.is_some(),
            entry.playout.is_some(),
            entry.weather.is_some(),
            entry.fault.is_some(),
        ];
        if orders.iter().filter(|one| **one).count() != 1 {
            return Err("an order has one of request, open, redirect, playout, weather and fault".to_owned());
        }
        let beside = entry.from.is_some() || entry.path.is_some() || entry.parameters.is_some();
        if entry.request.is_none() && beside {
            return Err("from, path and parameters belong to a request".to_owned());
        }
        let on_link = entry.weather.is_some() || entry.fault.is_some();
        if on_link && entry.client.is_some() {
            return Err("weather and fault name a link, no client".to_owned());
        }
        if !on_link && (entry.link.is_some() || entry.direction.is_some()) {
            return Err("link and direction belong to weather and fault".to_owned());
        }
        if entry.fault.is_none() && (entry.on.is_some() || entry.bit.is_some() || entry.by.is_some()) {
            return Err("on, bit and by belong to a fault".to_owned());
        }
        let (words, inputs) = if let Some(method) = &entry.request {
            (method.clone(), vec![self.request(&entry, method)?])
        } else if let Some(url) = entry.open {
            (format!("open {url}"), vec![Input::Open { client: self.client(entry.client)?, url }])
        } else if let Some(to) = entry.redirect {
            let client = entry.client.map(|name| self.client(Some(name))).transpose()?;
            (format!("redirect {to}"), vec![Input::Redirect { client, to }])
        } else if let Some(Span(delay)) = entry.playout {
            if delay > MAX_PLAYOUT_DELAY {
                return Err(format!("a picture can wait for at most {} ms", MAX_PLAYOUT_DELAY.as_millis()));
            }
            let client = self.client(entry.client)?;
            ("playout".to_owned(), vec![Input::PlayoutDelay { client, delay }])
        } else {
            let place = self.link(entry.link.as_deref())?;
            let name = &self.scenario.links[place].name;
            let directions = entry.direction.unwrap_or(Way::Both).directions();
            match (entry.weather, entry.fault) {
                (Some(order), _) => (format!("weather on {name}"), self.weather(place, directions, order)?),
                (None, Some(what)) => {
                    let fault = fault(what, entry.on.unwrap_or_default(), entry.bit, entry.by)?;
                    let link = LinkId(place as u32);
                    let input =
                        |direction: &LinkDirection| Input::Fault { link, direction: *direction, fault };
                    (format!("fault on {name}"), directions.iter().map(input).collect())
                }
                (None, None) => (String::new(), Vec::new()),
            }
        };
        let at = SimTime::ZERO + entry.at.0;
        Ok(Order { words, inputs: inputs.into_iter().map(|input| Recorded { at, input }).collect() })
    }

    /// A request by its name.
    fn request(&self, entry: &ScriptEntry, method: &str) -> Result<Input, String> {
        const METHODS: &str =
            "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, ANNOUNCE, RECORD, GET_PARAMETER, SET_PARAMETER";
        if !METHODS.split(", ").any(|known| known == method) {
            return Err(format!("a player sends no '{method}': there are {METHODS}"));
        }
        let method = Method::from_token(method);
        if entry.from.is_some() && method != Method::Play {
            return Err("only PLAY begins somewhere (from)".to_owned());
        }
        if entry.path.is_some() && method != Method::Announce {
            return Err("only ANNOUNCE publishes under a name (path)".to_owned());
        }
        if entry.parameters.is_some() && !matches!(method, Method::GetParameter | Method::SetParameter) {
            return Err("only GET_PARAMETER and SET_PARAMETER have parameters".to_owned());
        }
        let client = self.client(entry.client.clone())?;
        let parameters = entry.parameters.as_deref().unwrap_or_default();
        request(client, &method, entry.from, entry.path.clone(), parameters)
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

    fn link(&self, name: Option<&str>) -> Result<usize, String> {
        let mut links = self.scenario.links.iter();
        let found = name.and_then(|name| links.position(|link| link.name == name));
        found.ok_or_else(|| {
            let known = self.scenario.links.iter().map(|link| &*link.name).collect::<Vec<_>>().join(", ");
            match name {
                Some(name) => format!("there is no link '{name}': there are {known}"),
                None => format!("weather and fault need a link: there are {known}"),
            }
        })
    }

    fn weather(
        &mut self,
        place: usize,
        directions: &[LinkDirection],
        WeatherOrder { preset, keys }: WeatherOrder,
    ) -> Result<Vec<Input>, String> {
        let mut inputs = Vec::new();
        for direction in directions.iter().copied() {
            let weather = &mut self.weather[place][direction.index()];
            if let Some(NamedPreset(preset)) = &preset {
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
}

fn fault(what: What, on: On, bit: Option<u32>, by: Option<Span>) -> Result<Fault, String> {
    let what = match (what, bit, by) {
        (What::Drop, None, None) => FaultKind::Drop,
        (What::Duplicate, None, None) => FaultKind::Duplicate,
        (What::Corrupt, Some(bit), None) => FaultKind::Corrupt { bit },
        (What::Delay, None, Some(by)) => FaultKind::Delay { by: by.0 },
        (What::Corrupt, ..) => return Err("corrupt needs a bit, and nothing else: bit = 400".to_owned()),
        (What::Delay, ..) => return Err("delay needs a time, and nothing else: by = \"5 ms\"".to_owned()),
        _ => return Err("drop and duplicate need neither bit nor by".to_owned()),
    };
    let on = match on {
        On::Next => FaultTrigger::Next,
        On::NextMarker => FaultTrigger::NextMarker,
    };
    let fault = Fault { on, what };
    fault.check()?;
    Ok(fault)
}
