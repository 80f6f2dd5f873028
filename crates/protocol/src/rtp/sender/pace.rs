//! How fast a range is played: Scale and Speed (RFC 2326 sections 12.34 and 12.35).

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// One, in thousandths.
const ONE: u32 = 1000;

/// Which way and how fast the presentation goes by: 1 as it was recorded, 2 twice as fast,
/// -1 backwards. Thousandths are told apart; 0 is no scale.
///
/// The pictures are sent at about the rate of the recording whatever the scale: faster, some
/// are left out, and slower, each stands longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    thousandths: u32,
    is_reverse: bool,
}

/// How fast the stream is delivered, beside how fast it is to be shown: 2 is twice as fast.
/// Thousandths are told apart; 0 is no speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    thousandths: u32,
}

/// Text that is no number of RFC 2326 section 12.34 or 12.35, or is 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no scale or speed (RFC 2326 12.34, 12.35)")]
pub struct PaceError(String);

impl Scale {
    /// As it was recorded.
    pub const NORMAL: Scale = Scale { thousandths: ONE, is_reverse: false };
    /// The slowest, in either direction: a tenth.
    pub const SLOWEST: u32 = 100;
    /// The fastest, in either direction, in thousandths: sixteen times.
    pub const FASTEST: u32 = 16_000;

    /// Whether the presentation goes backwards.
    pub fn is_reverse(self) -> bool {
        self.is_reverse
    }

    /// How fast without the direction, in thousandths.
    pub fn magnitude(self) -> u32 {
        self.thousandths
    }
}

impl Speed {
    /// As fast as it is to be shown.
    pub const NORMAL: Speed = Speed { thousandths: ONE };
    /// The slowest, in thousandths: half.
    pub const SLOWEST: u32 = 500;
    /// The fastest, in thousandths: four times. More would be a burst that fills the queues on
    /// the way.
    pub const FASTEST: u32 = 4_000;

    /// In thousandths.
    pub fn thousandths(self) -> u32 {
        self.thousandths
    }
}

/// Reads what a client asks for, held to what can be served: the answer says what was taken.
impl FromStr for Scale {
    type Err = PaceError;

    fn from_str(text: &str) -> Result<Scale, PaceError> {
        let text = text.trim();
        let (digits, is_reverse) = match text.strip_prefix('-') {
            Some(digits) => (digits, true),
            None => (text.strip_prefix('+').unwrap_or(text), false),
        };
        let thousandths = thousandths(digits).ok_or_else(|| PaceError(text.to_owned()))?;
        Ok(Scale { thousandths: thousandths.clamp(Scale::SLOWEST, Scale::FASTEST), is_reverse })
    }
}

/// Reads what a client asks for, held to what can be served.
impl FromStr for Speed {
    type Err = PaceError;

    fn from_str(text: &str) -> Result<Speed, PaceError> {
        let thousandths = thousandths(text.trim()).ok_or_else(|| PaceError(text.trim().to_owned()))?;
        Ok(Speed { thousandths: thousandths.clamp(Speed::SLOWEST, Speed::FASTEST) })
    }
}

/// `2`, `1.5`, `.5` in thousandths, what is smaller rounded up to one; `None` for 0 and for
/// what is no number.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|octet| octet.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    if whole.bytes().chain(fraction.bytes()).all(|octet| octet == b'0') {
        return None;
    }
    // What is too long for a number is far over every bound.
    let whole = if whole.is_empty() { 0 } else { whole.parse().unwrap_or(u32::MAX) };
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    let fraction: u32 = fraction.parse().unwrap_or(0);
    Some(whole.saturating_mul(ONE).saturating_add(fraction).max(1))
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_reverse {
            f.write_str("-")?;
        }
        write(f, self.thousandths)
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self.thousandths)
    }
}

fn write(f: &mut fmt::Formatter<'_>, thousandths: u32) -> fmt::Result {
    let (whole, fraction) = (thousandths / ONE, thousandths % ONE);
    if fraction == 0 {
        return write!(f, "{whole}");
    }
    write!(f, "{whole}.{}", format!("{fraction:03}").trim_end_matches('0'))
}

/// How long a span of the recording takes on the wire.
pub(super) fn wire_time(span: Duration, scale: Scale, speed: Speed) -> Duration {
    let pace = u128::from(scale.thousandths) * u128::from(speed.thousandths);
    from_nanos(span.as_nanos() * u128::from(ONE) * u128::from(ONE) / pace.max(1))
}

/// How much of the recording goes by in a span on the wire.
pub(super) fn recording_time(span: Duration, scale: Scale, speed: Speed) -> Duration {
    let pace = u128::from(scale.thousandths) * u128::from(speed.thousandths);
    from_nanos(span.as_nanos() * pace / (u128::from(ONE) * u128::from(ONE)))
}

/// How much of the recording goes by while one picture of `interval` stands at normal speed.
pub(super) fn step(interval: Duration, scale: Scale) -> Duration {
    from_nanos(interval.as_nanos() * u128::from(scale.thousandths) / u128::from(ONE))
}

fn from_nanos(nanos: u128) -> Duration {
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_and_speeds_are_read_held_to_bounds_and_written() {
        for (text, written) in [
            ("1", "1"),
            ("1.0", "1"),
            ("2.5", "2.5"),
            (" -2 ", "-2"),
            ("+0.125", "0.125"),
            (".5", "0.5"),
            ("3.", "3"),
            ("0.01", "0.1"),
            ("-0.0001", "-0.1"),
            ("17", "16"),
            ("-99999999999999999999", "-16"),
        ] {
            assert_eq!(text.parse::<Scale>().unwrap().to_string(), written, "{text}");
        }
        for (text, written) in [("1", "1"), ("2.5", "2.5"), ("0.2", "0.5"), ("100", "4")] {
            assert_eq!(text.parse::<Speed>().unwrap().to_string(), written, "{text}");
        }
        for wrong in ["", "0", "-0", "0.000", "x", "1e3", "--1", "1.2.3", "-", ".", "1 2"] {
            assert!(wrong.parse::<Scale>().is_err(), "{wrong}");
        }
        assert!("-1".parse::<Speed>().is_err(), "speed has no direction");
    }

    #[test]
    fn times_on_the_wire_and_in_the_recording_are_inverse() {
        let (scale, speed): (Scale, Speed) = ("-2".parse().unwrap(), "0.5".parse().unwrap());
        let second = Duration::from_secs(1);
        assert_eq!(wire_time(second, scale, speed), second);
        assert_eq!(wire_time(second, scale, Speed::NORMAL), second / 2);
        assert_eq!(recording_time(second / 2, scale, Speed::NORMAL), second);
        assert_eq!(step(Duration::from_millis(40), scale), Duration::from_millis(80));
        assert_eq!(wire_time(Duration::MAX, Scale::NORMAL, Speed::NORMAL), Duration::from_nanos(u64::MAX));
    }
}
