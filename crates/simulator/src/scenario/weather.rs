//! The weather of a scenario's links: keys, presets and what overrides what.
//!
//! A link's weather is its preset's, if it has one; its own keys change both directions of
//! that; the keys of `[link.forward]` and `[link.backward]` change one. Forward is from the
//! first of its `ends` to the second.

use super::units::{Amount, Rate, Span};
use crate::link::{GilbertElliott, Loss, Preset, Probability, Reorder, Weather};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// A struct with the keys of weather beside its own, since flattening would lose both the
/// lines of errors and the refusal of unknown keys.
macro_rules! with_weather {
    ($(#[$doc:meta])* struct $name:ident { $($field:ident: $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($field: $kind,)*
            rate: Option<$crate::scenario::units::Rate>,
            delay: Option<$crate::scenario::units::Span>,
            jitter: Option<$crate::scenario::units::Span>,
            queue: Option<$crate::scenario::units::Amount>,
            loss: Option<$crate::scenario::weather::LossEntry>,
            reorder: Option<$crate::scenario::weather::ReorderEntry>,
            duplicate: Option<$crate::scenario::weather::Chance>,
            bit_errors: Option<$crate::scenario::weather::Chance>,
            mtu: Option<usize>,
            down: Option<bool>,
        }

        impl $name {
            /// The keys of weather; they are gone afterwards.
            fn take_weather(&mut self) -> $crate::scenario::weather::Keys {
                $crate::scenario::weather::Keys {
                    rate: self.rate.take(),
                    delay: self.delay.take(),
                    jitter: self.jitter.take(),
                    queue: self.queue.take(),
                    loss: self.loss.take(),
                    reorder: self.reorder.take(),
                    duplicate: self.duplicate.take(),
                    bit_errors: self.bit_errors.take(),
                    mtu: self.mtu.take(),
                    down: self.down.take(),
                }
            }
        }
    };
}
pub(crate) use with_weather;

with_weather! {
    /// What one direction has of its own.
    struct WeatherEntry {}
}

/// The keys of weather, as far as they are set.
#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) rate: Option<Rate>,
    pub(crate) delay: Option<Span>,
    pub(crate) jitter: Option<Span>,
    pub(crate) queue: Option<Amount>,
    pub(crate) loss: Option<LossEntry>,
    pub(crate) reorder: Option<ReorderEntry>,
    pub(crate) duplicate: Option<Chance>,
    pub(crate) bit_errors: Option<Chance>,
    pub(crate) mtu: Option<usize>,
    pub(crate) down: Option<bool>,
}

/// A probability.
pub(crate) struct Chance(Probability);

impl<'de> Deserialize<'de> for Chance {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(from)?;
        probability(value).map(Chance).map_err(D::Error::custom)
    }
}

fn probability(value: f64) -> Result<Probability, String> {
    Probability::new(value).ok_or_else(|| format!("{value} is no probability: it lies between 0 and 1"))
}

/// `loss = 0.01`, or `loss = { p = 0.01, r = 0.3, bad = 0.5, good = 0 }`.
pub(crate) struct LossEntry(Loss);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bursts {
    p: Chance,
    r: Chance,
    good: Option<Chance>,
    bad: Option<Chance>,
}

impl<'de> Deserialize<'de> for LossEntry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = LossEntry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a probability, as in 0.01, or bursts, as in { p = 0.01, r = 0.3 }")
            }

            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<LossEntry, E> {
                self.visit_f64(value as f64)
            }

            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<LossEntry, E> {
                probability(value).map(|p| LossEntry(Loss::Random(p))).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<LossEntry, A::Error> {
                let bursts = Bursts::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(LossEntry(Loss::Bursty(GilbertElliott {
                    p: bursts.p.0,
                    r: bursts.r.0,
                    loss_good: bursts.good.map_or(Probability::NEVER, |good| good.0),
                    loss_bad: bursts.bad.map_or(Probability::ALWAYS, |bad| bad.0),
                })))
            }
        }
        from.deserialize_any(Either)
    }
}

/// `reorder = { p = 0.01, by = "5 ms" }`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReorderEntry {
    p: Chance,
    by: Span,
}

/// A preset by its name.
pub(crate) struct NamedPreset(pub(crate) &'static Preset);

impl<'de> Deserialize<'de> for NamedPreset {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        named(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// The preset of this name.
pub(crate) fn named(name: &str) -> Result<NamedPreset, String> {
    Preset::named(name).map(NamedPreset).ok_or_else(|| {
        let known = Preset::names().collect::<Vec<_>>().join(", ");
        format!("there is no preset '{name}': there are {known}")
    })
}

/// The weather of both directions of a link.
///
/// # Errors
/// The end of a sentence that begins with the link's name.
pub(super) fn both_ways(
    preset: Option<NamedPreset>,
    own: Keys,
    forward: Option<WeatherEntry>,
    backward: Option<WeatherEntry>,
) -> Result<[Weather; 2], String> {
    let base = match (preset, &own.rate, &own.delay) {
        (Some(NamedPreset(preset)), ..) => [preset.up.clone(), preset.down.clone()],
        (None, Some(rate), Some(delay)) => [rate, rate].map(|rate| Weather::fair(rate.0, delay.0)),
        (None, ..) => return Err("needs a rate and a delay, or a preset".to_owned()),
    };
    let [mut there, mut back] = base;
    for (weather, part) in [(&mut there, forward), (&mut back, backward)] {
        own.apply(weather);
        if let Some(mut part) = part {
            part.take_weather().apply(weather);
        }
        weather.check().map_err(|error| format!("cannot be: {error}"))?;
    }
    Ok([there, back])
}

impl Keys {
    /// Puts them over `weather`.
    pub(crate) fn apply(&self, weather: &mut Weather) {
        fn set<T: Clone, E>(value: &mut T, entry: &Option<E>, read: impl Fn(&E) -> T) {
            if let Some(entry) = entry {
                *value = read(entry);
            }
        }
        set(&mut weather.rate, &self.rate, |rate| rate.0);
        set(&mut weather.delay, &self.delay, |delay| delay.0);
        set(&mut weather.jitter, &self.jitter, |jitter| jitter.0);
        set(&mut weather.queue, &self.queue, |queue| queue.0);
        set(&mut weather.loss, &self.loss, |loss| loss.0);
        set(&mut weather.reorder, &self.reorder, |r| Reorder { p: r.p.0, by: r.by.0 });
        set(&mut weather.duplicate, &self.duplicate, |duplicate| duplicate.0);
        set(&mut weather.bit_errors, &self.bit_errors, |bits| bits.0);
        set(&mut weather.mtu, &self.mtu, |mtu| *mtu);
        set(&mut weather.down, &self.down, |down| *down);
    }
}
