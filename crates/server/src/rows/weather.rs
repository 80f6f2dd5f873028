//! Weather and faults, to the page and from it.

use super::span;
use crate::wire::{
    FateRow, FaultOn, FaultWhat, Id, LinkDirection, LinkDirections, Loss, MishapRow, Preset, Reorder,
    Weather, WeatherRanges,
};
use simulator::FrameId;
use simulator::link::{self, Fate, Fault, FaultKind, FaultTrigger, GilbertElliott, Mishap, Probability};
use std::time::Duration;

/// Weather for the page.
pub fn weather(weather: &link::Weather) -> Weather {
    Weather {
        rate: weather.rate.0 as f64,
        delay: span(weather.delay),
        jitter: span(weather.jitter),
        queue: octets(weather.queue),
        loss: match weather.loss {
            link::Loss::Random(p) => Loss::Random { p: p.get() },
            link::Loss::Bursty(model) => Loss::Bursty {
                p: model.p.get(),
                r: model.r.get(),
                loss_good: model.loss_good.get(),
                loss_bad: model.loss_bad.get(),
            },
        },
        reorder: Reorder { p: weather.reorder.p.get(), by: span(weather.reorder.by) },
        duplicate: weather.duplicate.get(),
        bit_errors: weather.bit_errors.get(),
        mtu: octets(weather.mtu),
        down: weather.down,
    }
}

/// The weather that a page orders.
///
/// # Errors
/// A sentence for the person, when a figure is no probability or no rate. Other ranges are
/// checked by the world.
pub fn ordered(weather: &Weather) -> Result<link::Weather, String> {
    let rates = link::BITS_PER_SECOND;
    if !(*rates.start() as f64..=*rates.end() as f64).contains(&weather.rate) {
        return Err(format!("{}.", link::WeatherError::Rate(weather.rate as u64)));
    }
    Ok(link::Weather {
        rate: link::BitRate(weather.rate as u64),
        delay: time(weather.delay),
        jitter: time(weather.jitter),
        queue: weather.queue as usize,
        loss: match weather.loss {
            Loss::Random { p } => link::Loss::Random(probability("loss", p)?),
            Loss::Bursty { p, r, loss_good, loss_bad } => link::Loss::Bursty(GilbertElliott {
                p: probability("p", p)?,
                r: probability("r", r)?,
                loss_good: probability("loss in the good state", loss_good)?,
                loss_bad: probability("loss in the bad state", loss_bad)?,
            }),
        },
        reorder: link::Reorder {
            p: probability("reordering", weather.reorder.p)?,
            by: time(weather.reorder.by),
        },
        duplicate: probability("duplication", weather.duplicate)?,
        bit_errors: probability("bit errors", weather.bit_errors)?,
        mtu: weather.mtu as usize,
        down: weather.down,
    })
}

fn probability(what: &str, value: f64) -> Result<Probability, String> {
    let refused = || format!("The probability of {what} lies between 0 and 1; {value} does not.");
    Probability::new(value).ok_or_else(refused)
}

fn time(span: crate::wire::Nanos) -> Duration {
    Duration::from_nanos(span.0)
}

fn octets(octets: usize) -> u32 {
    u32::try_from(octets).unwrap_or(u32::MAX)
}

/// What can be set.
pub fn ranges() -> WeatherRanges {
    WeatherRanges {
        rate: (*link::BITS_PER_SECOND.start() as f64, *link::BITS_PER_SECOND.end() as f64),
        delay: span(link::MAX_DELAY),
        jitter: span(link::MAX_JITTER),
        queue: (octets(*link::QUEUE.start()), octets(*link::QUEUE.end())),
        later: span(link::MAX_REORDER.min(link::MAX_FAULT_DELAY)),
        bit_errors: link::MAX_BIT_ERRORS,
        mtu: (octets(*link::MTU.start()), octets(*link::MTU.end())),
    }
}

/// The named presets.
pub fn presets() -> Vec<Preset> {
    let preset = |preset: &link::Preset| Preset {
        name: preset.name.into(),
        title: preset.title.into(),
        up: weather(&preset.up),
        down: weather(&preset.down),
        source: preset.source.into(),
    };
    link::PRESETS.iter().map(preset).collect()
}

/// A direction for the page.
pub fn direction(direction: link::LinkDirection) -> LinkDirection {
    match direction {
        link::LinkDirection::Forward => LinkDirection::Forward,
        link::LinkDirection::Backward => LinkDirection::Backward,
    }
}

/// The direction that a page names.
pub fn ordered_direction(direction: LinkDirection) -> link::LinkDirection {
    match direction {
        LinkDirection::Forward => link::LinkDirection::Forward,
        LinkDirection::Backward => link::LinkDirection::Backward,
    }
}

/// The directions that a page names.
pub fn ordered_directions(directions: LinkDirections) -> &'static [link::LinkDirection] {
    match directions {
        LinkDirections::Forward => &[link::LinkDirection::Forward],
        LinkDirections::Backward => &[link::LinkDirection::Backward],
        LinkDirections::Both => &link::LinkDirection::BOTH,
    }
}

/// On which frame an order acts, for the page.
pub fn on(trigger: FaultTrigger) -> FaultOn {
    match trigger {
        FaultTrigger::Next => FaultOn::Next,
        FaultTrigger::NextMarker => FaultOn::NextMarker,
        FaultTrigger::Frame(frame) => FaultOn::Frame { frame: Id(frame.0) },
    }
}

/// What an order does, for the page.
pub fn what(kind: FaultKind) -> FaultWhat {
    match kind {
        FaultKind::Drop => FaultWhat::Drop,
        FaultKind::Corrupt { bit } => FaultWhat::Corrupt { bit },
        FaultKind::Delay { by } => FaultWhat::Delay { by: span(by) },
        FaultKind::Duplicate => FaultWhat::Duplicate,
    }
}

/// The order that a page gives.
pub fn ordered_fault(on: FaultOn, what: FaultWhat) -> Fault {
    Fault {
        on: match on {
            FaultOn::Next => FaultTrigger::Next,
            FaultOn::NextMarker => FaultTrigger::NextMarker,
            FaultOn::Frame { frame } => FaultTrigger::Frame(FrameId(frame.0)),
        },
        what: match what {
            FaultWhat::Drop => FaultKind::Drop,
            FaultWhat::Corrupt { bit } => FaultKind::Corrupt { bit },
            FaultWhat::Delay { by } => FaultKind::Delay { by: time(by) },
            FaultWhat::Duplicate => FaultKind::Duplicate,
        },
    }
}

/// Why a frame did not arrive.
pub fn fate(fate: Fate) -> FateRow {
    match fate {
        Fate::QueueFull { limit } => FateRow::QueueFull { limit: octets(limit) },
        Fate::LinkDown => FateRow::LinkDown,
        Fate::TooBig { mtu } => FateRow::TooBig { mtu: octets(mtu) },
        Fate::Lost => FateRow::Lost,
        Fate::LostInBurst => FateRow::LostInBurst,
        Fate::Ordered => FateRow::Ordered,
    }
}

/// What else happened to a frame.
pub fn mishap(mishap: &Mishap) -> MishapRow {
    MishapRow {
        flipped: mishap.flipped.clone(),
        late: mishap.late.map(span),
        copy: mishap.copy,
        ordered: mishap.ordered.map(what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_sends_back_is_what_it_got() {
        for preset in link::PRESETS {
            assert_eq!(ordered(&weather(&preset.up)).as_ref(), Ok(&preset.up));
            assert_eq!(ordered(&weather(&preset.down)).as_ref(), Ok(&preset.down));
        }
        let fault = Fault { on: FaultTrigger::Frame(FrameId(7)), what: FaultKind::Corrupt { bit: 3 } };
        assert_eq!(ordered_fault(on(fault.on), what(fault.what)), fault);
        assert_eq!(presets().len(), link::PRESETS.len());
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_range() {
        let fair = weather(&link::PRESETS[0].up);
        let says = |weather: Weather| ordered(&weather).unwrap_err();
        assert!(says(Weather { rate: 1.0, ..fair.clone() }).contains("1 kbit/s and 100 Gbit/s"));
        assert!(says(Weather { rate: f64::NAN, ..fair.clone() }).contains("100 Gbit/s"));
        assert!(says(Weather { duplicate: -0.1, ..fair.clone() }).contains("between 0 and 1"));
        let loss = Loss::Bursty { p: 0.1, r: 2.0, loss_good: 0.0, loss_bad: 1.0 };
        assert!(says(Weather { loss, ..fair }).contains("probability of r"));
    }
}
