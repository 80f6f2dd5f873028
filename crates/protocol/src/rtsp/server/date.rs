//! The Date header (RFC 2326 section 12.18, RFC 1123 date).

/// `Sun, 06 Nov 1994 08:49:37 GMT` for a time in nanoseconds since 1970-01-01T00:00:00Z.
pub(super) fn http_date(unix_nanos: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let secs = unix_nanos / 1_000_000_000;
    let days = secs / 86_400;
    let (mut year, mut rest) = (1970, days);
    while rest >= days_in_year(year) {
        rest -= days_in_year(year);
        year += 1;
    }
    let mut month = 0;
    while rest >= days_in_month(year, month) {
        rest -= days_in_month(year, month);
        month += 1;
    }
    let (hour, minute, second) = (secs / 3600 % 24, secs / 60 % 60, secs % 60);
    let (weekday, month) = (DAYS[(days % 7) as usize], MONTHS[month]);
    format!("{weekday}, {:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT", rest + 1)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in_year(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_in_month(year: u64, month: usize) -> u64 {
    const DAYS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    DAYS[month] + u64::from(month == 1 && is_leap(year))
}

#[cfg(test)]
mod tests {
    use super::http_date;
    use proptest::prelude::*;

    #[test]
    fn known_dates() {
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_date(784_111_777_000_000_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(1_709_164_800_999_999_999), "Thu, 29 Feb 2024 00:00:00 GMT");
        assert_eq!(http_date(1_767_225_600_000_000_000), "Thu, 01 Jan 2026 00:00:00 GMT");
    }

    proptest! {
        #[test]
        fn httpdate_agrees(secs in 0u64..18_000_000_000) {
            // The oracle knows times of the operating system only; none is asked for here.
            #[allow(clippy::disallowed_types)]
            let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(secs);
            prop_assert_eq!(http_date(secs * 1_000_000_000), httpdate::fmt_http_date(time));
        }
    }
}
