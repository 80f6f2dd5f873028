//! Range (RFC 2326 section 12.29) and normal play time (section 3.6).

use super::{HeaderError, parameter, split_quoted};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A Range header (RFC 2326 section 12.29). Its `time` parameter is read by [`range_time`].
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

/// The unix time in nanoseconds at which a Range takes effect: its `time` parameter
/// (RFC 2326 sections 12.29 and 3.7), where it has one.
///
/// # Errors
/// When it is no time.
pub fn range_time(value: &str) -> Result<Option<u64>, HeaderError> {
    let mut parameters = split_quoted(value, ';').skip(1).map(parameter);
    match parameters.find(|(name, _)| name.eq_ignore_ascii_case("time")) {
        Some((_, text)) => {
            let text = text.unwrap_or_default();
            utc_time(text).map(Some).ok_or_else(|| HeaderError::Range(value.to_owned()))
        }
        None => Ok(None),
    }
}

/// `19970123T143720Z` or `19970123T143720.25Z`, in nanoseconds since 1970.
fn utc_time(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix(['Z', 'z'])?.split_once(['T', 't'])?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let is_number = |digits: &str| digits.bytes().all(|octet| octet.is_ascii_digit());
    if date.len() != 8 || clock.len() != 6 || ![date, clock, fraction].into_iter().all(is_number) {
        return None;
    }
    let number = |digits: &str| digits.parse::<u64>().ok();
    let (year, month, day) = (number(&date[..4])?, number(&date[4..6])?, number(&date[6..])?);
    let (hour, minute, second) = (number(&clock[..2])?, number(&clock[2..4])?, number(&clock[4..])?);
    if year < 1970 || !(1..=12).contains(&month) || day == 0 || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let lengths = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if day > lengths[(month - 1) as usize] {
        return None;
    }
    let leap_days = |year: u64| year / 4 - year / 100 + year / 400;
    let days = (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969)
        + lengths[..(month - 1) as usize].iter().sum::<u64>()
        + day
        - 1;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
    let nanos: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    seconds.checked_mul(1_000_000_000)?.checked_add(number(&nanos)?)
}

/// The one moment of a PAUSE (RFC 2326 section 10.6): `npt=10`, or the beginning of a range.
///
/// # Errors
/// When it is neither.
pub fn pause_point(value: &str) -> Result<Range, HeaderError> {
    value.parse().or_else(|error| {
        let first = split_quoted(value, ';').next().unwrap_or_default();
        match parameter(first) {
            (unit, Some(time)) if unit.eq_ignore_ascii_case("npt") => {
                npt_time(time).map(|time| Range::npt(time, None)).map_err(|_| error)
            }
            _ => Err(error),
        }
    })
}

impl FromStr for Range {
    type Err = HeaderError;

    fn from_str(value: &str) -> Result<Range, HeaderError> {
        let wrong = || HeaderError::Range(value.to_owned());
        let first = split_quoted(value, ';').next().ok_or(HeaderError::Empty)?;
        let (unit, Some(range)) = parameter(first) else { return Err(wrong()) };
        if !unit.eq_ignore_ascii_case("npt") {
            // As written, quotation marks included.
            let range = first.split_once('=').map_or(range, |(_, range)| range.trim());
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
            ("x=\"a\"b\"", "x=\"a\"b\""),
        ];
        for (text, written) in cases {
            let range: Range = text.parse().unwrap();
            assert_eq!(range.to_string(), written);
            assert_eq!(written.parse::<Range>().unwrap(), range);
        }
    }

    #[test]
    fn the_time_at_which_to_act_is_read() {
        for (text, nanos) in [
            ("npt=0-;time=19700101T000000Z", 0),
            ("npt=0-;time=19970123T143720Z", 854_030_240_000_000_000),
            ("npt=0- ; Time=20000301T000000.25Z", 951_868_800_250_000_000),
            ("clock=19961108T143720Z-;time=20240229T235959Z", 1_709_251_199_000_000_000),
        ] {
            assert_eq!(range_time(text), Ok(Some(nanos)), "{text}");
        }
        assert_eq!(range_time("npt=0-"), Ok(None));
        for wrong in [
            "",
            "now",
            "19970123T143720",
            "19970229T000000Z",
            "19971301T000000Z",
            "1997T1Z",
            "+1970101T000000Z",
        ] {
            assert!(range_time(&format!("npt=0-;time={wrong}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pause_point_is_one_moment() {
        for text in ["npt=10", "npt=10-", "npt=0:00:10-20", "NPT = 10.000"] {
            let range = pause_point(text).unwrap();
            let Range::Npt { start: Some(NptTime::At(at)), .. } = range else { panic!("{text}") };
            assert_eq!(at, Duration::from_secs(10), "{text}");
        }
        assert!(pause_point("npt=x").is_err() && pause_point("10").is_err() && pause_point("").is_err());
        assert!(matches!(pause_point("smpte=10"), Ok(Range::Other { .. })));
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
