//! Dates in headers (RFC 2326 sections 12.18, 12.23 and 12.24, RFC 1123).
//!
//! The library speaks in times of the operating system; none is asked for here.
#![allow(clippy::disallowed_types, reason = "a date is written and read, no clock is looked at")]

use std::time::{Duration, SystemTime};

/// `Sun, 06 Nov 1994 08:49:37 GMT` for a time in nanoseconds since 1970-01-01T00:00:00Z.
pub(super) fn http_date(unix_nanos: u64) -> String {
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_nanos(unix_nanos))
}

/// The seconds since 1970 of a date in one of the three forms that RFC 2068 section 3.3.1
/// wants read; `None` for what is no date.
pub(super) fn read_http_date(text: &str) -> Option<u64> {
    let time = httpdate::parse_http_date(text.trim()).ok()?;
    time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|span| span.as_secs())
}

#[cfg(test)]
mod tests {
    use super::{http_date, read_http_date};

    #[test]
    fn dates_are_written_and_read_back() {
        for (nanos, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777_000_000_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (1_709_164_800_999_999_999, "Thu, 29 Feb 2024 00:00:00 GMT"),
        ] {
            assert_eq!(http_date(nanos), text);
            assert_eq!(read_http_date(text), Some(nanos / 1_000_000_000));
        }
        assert!(http_date(u64::MAX).ends_with("2554 23:34:33 GMT"), "the last moment that there is");
        assert_eq!(read_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(read_http_date("Sun Nov  6 08:49:37 1994"), Some(784_111_777));
        for wrong in ["", "yesterday", "1994-11-06T08:49:37Z", "Mon, 01 Jan 1900 00:00:00 GMT"] {
            assert_eq!(read_http_date(wrong), None, "{wrong}");
        }
    }
}
