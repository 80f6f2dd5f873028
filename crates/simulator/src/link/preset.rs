//! Named weather: what joins a home to the network, with its figures and their sources.
//!
//! A preset is one cable's two directions, seen from the one who pays for it: `up` is from the
//! cable's first end to its second, `down` the way back. Scenarios name the end that is nearer
//! to the clients first. All of them carry packets of 1500 octets.

use super::LinkDirection;
use super::weather::{BitRate, GilbertElliott, Loss, Probability, Reorder, Weather};
use std::time::Duration;

/// A cable's weather with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// As in scenarios, commands and on the command line.
    pub name: &'static str,
    /// As people call it.
    pub title: &'static str,
    /// Forward: from the cable's first end.
    pub up: Weather,
    /// Backward: to the cable's first end.
    pub down: Weather,
    /// Where the figures come from, and which were chosen.
    pub source: &'static str,
}

impl Preset {
    /// The preset with this name.
    pub fn named(name: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// Its weather in one direction of a cable.
    pub fn weather(&self, direction: LinkDirection) -> &Weather {
        match direction {
            LinkDirection::Forward => &self.up,
            LinkDirection::Backward => &self.down,
        }
    }

    /// The names of all presets.
    pub fn names() -> impl Iterator<Item = &'static str> {
        PRESETS.iter().map(|preset| preset.name)
    }
}

/// All presets, from the best to the worst.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "fibre",
        title: "Fibre to the home",
        up: Weather { jitter: Duration::from_micros(100), ..line(500_000, 2_000) },
        down: Weather { jitter: Duration::from_micros(100), ..line(1_000_000, 2_000) },
        source: "Delay: WebPageTest's profile FIOS, 4 ms there and back. Rates: chosen, a tariff that \
                 fits ITU-T G.984 (2.5 Gbit/s down and 1.2 Gbit/s up, shared). Jitter: chosen.",
    },
    Preset {
        name: "dsl",
        title: "DSL (ADSL2+)",
        up: Weather { queue: 64_000, ..dsl(1_000) },
        down: dsl(16_000),
        source: "Rates: chosen, a line of medium length with ITU-T G.992.5 (at most 24 and 1.4 Mbit/s). \
                 Delay: WebPageTest's profile DSL, 50 ms there and back. Bit errors: the 1 in 10,000,000 \
                 for which G.992.5 lays out its noise margin. Jitter and queues: chosen.",
    },
    Preset {
        name: "cafe-wifi",
        title: "Café Wi-Fi",
        up: wifi(15_000),
        down: wifi(30_000),
        source: "Rates and delay: Firefox's throttling profile Wi-Fi. Jitter, bursts (4 % of frames meet a \
                 bad time of 4 frames, in which every other one is lost), reordering and duplicates: chosen \
                 for a busy room; that losses of 802.11 come in bursts is measured in L. Carvalho, \
                 J. Angeja, A. Navarro, IEEE Trans. Consumer Electronics 51(3), 2005.",
    },
    Preset {
        name: "4g",
        title: "4G (LTE)",
        up: mobile(13_600),
        down: mobile(14_700),
        source: "Rates and delay: Ofcom, Measuring mobile broadband performance in the UK, April 2015: \
                 14.7 Mbit/s down, 13.6 Mbit/s up, 53.1 ms there and back. Jitter: the 8 ms after which LTE \
                 (FDD) repeats a block, 3GPP TS 36.213. Loss and queue: chosen.",
    },
    Preset {
        name: "satellite",
        title: "Satellite (geostationary)",
        up: satellite(3_000),
        down: satellite(25_000),
        source: "Delay: the longest way over a geostationary satellite, 279 ms, and bit errors, 1 in \
                 10,000,000: RFC 2488 sections 2 and 3. Rates, jitter and queue: chosen, a home tariff.",
    },
];

/// A rate in kbit/s and a delay in microseconds.
const fn line(kbits: u64, micros: u64) -> Weather {
    Weather::fair(BitRate(1000 * kbits), Duration::from_micros(micros))
}

const fn dsl(kbits: u64) -> Weather {
    Weather { jitter: Duration::from_millis(1), bit_errors: Probability::of(1e-7), ..line(kbits, 25_000) }
}

const fn wifi(kbits: u64) -> Weather {
    Weather {
        jitter: Duration::from_millis(3),
        loss: Loss::Bursty(GilbertElliott {
            p: Probability::of(0.01),
            r: Probability::of(0.25),
            loss_good: Probability::of(0.001),
            loss_bad: Probability::of(0.5),
        }),
        reorder: Reorder { p: Probability::of(0.002), by: Duration::from_millis(10) },
        duplicate: Probability::of(0.002),
        ..line(kbits, 2_000)
    }
}

const fn mobile(kbits: u64) -> Weather {
    Weather {
        jitter: Duration::from_millis(8),
        queue: 1_000_000,
        loss: Loss::Random(Probability::of(0.0005)),
        ..line(kbits, 26_550)
    }
}

const fn satellite(kbits: u64) -> Weather {
    Weather {
        jitter: Duration::from_millis(10),
        queue: 1_000_000,
        bit_errors: Probability::of(1e-7),
        ..line(kbits, 279_000)
    }
}
