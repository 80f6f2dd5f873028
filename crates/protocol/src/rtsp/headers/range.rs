//! Range (RFC 2326 section 12.29) and normal play time (section 3.6).

use super::{HeaderError, parameter, split_quoted};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A Range header (RFC 2326 section 12.29). A `time` parameter is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Range {
    /// Normal play time (section 3.6).
    Npt {
        /// Where it begins; `None` where it is left open (`-20`).
        start: Option<NptTime>,
        /// Where it ends; `None` for the end.
        end: Option<Duration>,
    },
    /// SMPTE (section 3.5), clock (section 3.7) or an unknown unit, as written.
    Other {
        /// What stands before the equals sign.
        unit: String,
        /// What stands after it.
        value: String,
    },
}

/// A normal play time (RFC 2326 section 3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NptTime {
    /// `now`: the live edge.
    Now,
    /// Since the start of the presentation.
    At(Duration),
}

impl Range {
    /// From `start` to `end`, or to the end of the presentation.
    pub fn npt(start: Duration, end: Option<Duration>) -> Range {
        Range::Npt { start: Some(NptTime::At(start)), end }
    }
}

impl FromStr for Range {
    type Err = HeaderError;

    fn from_str(value: &str) -> Result<Range, HeaderError> {
        let wrong = || HeaderError::Range(value.to_owned());
        let first = split_quoted(value, ';').next().ok_or(HeaderError::Empty)?;
        let (unit, Some(range)) = parameter(first) else { return Err(wrong()) };
        if !unit.eq_ignore_ascii_case("npt") {
            return Ok(Range::Other { unit: unit.to_owned(), value: range.to_owned() });
        }
        let (start, end) = range.split_once('-').ok_or_else(wrong)?;
        let (start, end) = (start.trim(), end.trim());
        let start = match start {
            "" => None,
            "now" => Some(NptTime::Now),
            time => Some(NptTime::At(npt_time(time)?)),
        };
        let end = if end.is_empty() { None } else { Some(npt_time(end)?) };
        if start.is_none() && end.is_none() {
            return Err(wrong());
        }
        Ok(Range::Npt { start, end })
    }
}

/// `12`, `12.5` or `1:02:03.5`; digits behind the ninth decimal are cut off.
fn npt_time(text: &str) -> Result<Duration, HeaderError> {
    let wrong = || HeaderError::Time(text.to_owned());
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    let number = |digits: &str| -> Result<u64, HeaderError> {
        if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(wrong());
        }
        digits.parse().map_err(|_| wrong())
    };
    let parts: Vec<&str> = whole.split(':').collect();
    let seconds = match parts[..] {
        [seconds] => number(seconds)?,
        [hours, minutes, seconds] => {
            let (minutes, seconds) = (number(minutes)?, number(seconds)?);
            if minutes > 59 || seconds > 59 {
                return Err(wrong());
            }
            let hours = number(hours)?.checked_mul(3600).ok_or_else(wrong)?;
            hours.checked_add(minutes * 60 + seconds).ok_or_else(wrong)?
        }
        _ => return Err(wrong()),
    };
    let mut nanos = 0;
    let mut weight = 100_000_000;
    for octet in fraction.bytes() {
        if !octet.is_ascii_digit() {
            return Err(wrong());
        }
        nanos += u32::from(octet - b'0') * weight;
        weight /= 10;
    }
    Ok(Duration::new(seconds, nanos))
}

impl fmt::Display for NptTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NptTime::Now => f.write_str("now"),
            NptTime::At(time) => write_npt(f, *time),
        }
    }
}

/// Seconds with three decimals, more where the time has more.
fn write_npt(f: &mut fmt::Formatter<'_>, time: Duration) -> fmt::Result {
    let nanos = time.subsec_nanos();
    if nanos.is_multiple_of(1_000_000) {
        write!(f, "{}.{:03}", time.as_secs(), nanos / 1_000_000)
    } else {
        let text = format!("{nanos:09}");
        write!(f, "{}.{}", time.as_secs(), text.trim_end_matches('0'))
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Range::Npt { start, end } => {
                f.write_str("npt=")?;
                if let Some(start) = start {
                    start.fmt(f)?;
                }
                f.write_str("-")?;
                end.map_or(Ok(()), |end| write_npt(f, end))
            }
            Range::Other { unit, value } => write!(f, "{unit}={value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_written() {
        let cases = [
            ("npt=0.000-", "npt=0.000-"),
            ("npt=0-30", "npt=0.000-30.000"),
            ("npt=now-", "npt=now-"),
            ("npt=-20", "npt=-20.000"),
            ("NPT = 1:02:03.5-", "npt=3723.500-"),
            ("npt=0.000-2.000;time=19970123T143720Z", "npt=0.000-2.000"),
            ("npt=10.123456789-", "npt=10.123456789-"),
            ("smpte=10:07:00-10:07:33:05.01", "smpte=10:07:00-10:07:33:05.01"),
            ("clock=19961108T143720.25Z-", "clock=19961108T143720.25Z-"),
        ];
        for (text, written) in cases {
            let range: Range = text.parse().unwrap();
            assert_eq!(range.to_string(), written);
            assert_eq!(written.parse::<Range>().unwrap(), range);
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        let texts = [
            "",
            "npt",
            "npt=",
            "npt=-",
            "npt=a-",
            "npt=1",
            "npt=1:2-",
            "npt=1:60:00-",
            "npt=1e3-",
            "npt=99999999999999999999-",
            "npt=1.x-",
            "0-",
        ];
        for text in texts {
            assert!(text.parse::<Range>().is_err(), "{text}");
        }
    }
}
