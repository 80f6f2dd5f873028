//! Figures with their units, as people write them: `100 Mbit/s`, `1 ms`, `256 kB`.

use crate::link::{BITS_PER_SECOND, BitRate, QUEUE};
use std::time::Duration;

/// A type that is read from a text by a function that says what is wrong with it.
macro_rules! from_text {
    ($name:ident($inner:ty), $read:expr) => {
        pub(crate) struct $name(pub(crate) $inner);
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                let read: fn(&str) -> Result<$inner, String> = $read;
                read(&text).map($name).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use from_text;

from_text!(Rate(BitRate), rate);
from_text!(Span(Duration), duration);
from_text!(Amount(usize), octets);

/// A number and the unit behind it.
pub(crate) fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    number.is_finite().then(|| (number, text[end..].trim()))
}

/// A bit rate from 1 kbit/s to 100 Gbit/s.
pub(super) fn rate(text: &str) -> Result<BitRate, String> {
    let wrong = || {
        format!(
            "'{text}' is no rate: write a number and bit/s, kbit/s, Mbit/s or Gbit/s, from 1 kbit/s to 100 Gbit/s, as in \"100 Mbit/s\""
        )
    };
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let factor = match unit {
        "bit/s" => 1.0,
        "kbit/s" => 1e3,
        "Mbit/s" => 1e6,
        "Gbit/s" => 1e9,
        _ => return Err(wrong()),
    };
    let rate = number * factor;
    if BITS_PER_SECOND.contains(&(rate as u64)) { Ok(BitRate(rate as u64)) } else { Err(wrong()) }
}

/// A duration up to ten seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || {
        format!("'{text}' is no duration: write a number and ns, us, ms or s, at most 10 s, as in \"1 ms\"")
    };
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let factor = match unit {
        "ns" => 1.0,
        "us" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        _ => return Err(wrong()),
    };
    let nanos = number * factor;
    if nanos <= 1e10 { Ok(Duration::from_nanos(nanos as u64)) } else { Err(wrong()) }
}

/// A number of octets from one full frame to 1 GB.
pub(super) fn octets(text: &str) -> Result<usize, String> {
    let wrong = || {
        format!(
            "'{text}' is no amount: write a number and B, kB or MB, from 1518 B to 1000 MB, as in \"256 kB\""
        )
    };
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let factor = match unit {
        "B" => 1.0,
        "kB" => 1e3,
        "MB" => 1e6,
        _ => return Err(wrong()),
    };
    let octets = number * factor;
    if QUEUE.contains(&(octets as usize)) { Ok(octets as usize) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_with_their_units() {
        assert_eq!(rate("100 Mbit/s"), Ok(BitRate(100_000_000)));
        assert_eq!(rate("1.5Gbit/s"), Ok(BitRate(1_500_000_000)));
        assert_eq!(duration("250 us"), Ok(Duration::from_micros(250)));
        assert_eq!(duration("0 ms"), Ok(Duration::ZERO));
        assert_eq!(octets("256 kB"), Ok(256_000));
    }

    #[test]
    fn nonsense_is_refused_with_an_example() {
        for bad in ["", "fast", "-1 Mbit/s", "1 MB", "1e3 Mbit/s", "999 Gbit/s", "0 bit/s", "..1 bit/s"] {
            assert!(rate(bad).is_err(), "{bad}");
        }
        for bad in ["", "1", "11 s", "1 h", "NaN s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        for bad in ["", "100 B", "2 GB", "2000 MB"] {
            assert!(octets(bad).is_err(), "{bad}");
        }
    }
}
