//! NTP timestamps as dates.

/// An NTP timestamp as date and time, to the microsecond. Those with the first bit clear belong to
/// the era that begins in 2036 (RFC 5905 6).
pub(super) fn utc(moment: u64) -> String {
    let era = if moment >> 63 == 0 { 1u64 << 32 } else { 0 };
    let seconds = (moment >> 32) + era;
    let micros = ((moment & 0xffff_ffff) * 1_000_000) >> 32;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{micros:06} UTC")
}

/// The same in Wireshark's way, to the nanosecond.
pub(super) fn wireshark(moment: u64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    if moment == 0 {
        return "NULL".into();
    }
    let era = if moment >> 63 == 0 { 1u64 << 32 } else { 0 };
    let seconds = (moment >> 32) + era;
    let nanos = ((moment & 0xffff_ffff) * 1_000_000_000) >> 32;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let month = MONTHS[month as usize - 1];
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{month} {day:2}, {year} {hour:02}:{minute:02}:{second:02}.{nanos:09} UTC")
}

/// Year, month and day, `days` days after 1900-01-01, by the Gregorian calendar.
fn date(mut days: u64) -> (u64, u64, u64) {
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1900;
    loop {
        let length = if leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntp_times_are_dates() {
        assert_eq!(utc(3_976_214_400 << 32 | 1 << 31), "2026-01-01 00:00:00.500000 UTC");
        assert_eq!(utc(3_976_214_399 << 32), "2025-12-31 23:59:59.000000 UTC");
        // 2036-02-07 06:28:16 begins the next era (RFC 5905 figure 4).
        assert_eq!(utc(0), "2036-02-07 06:28:16.000000 UTC");
        assert_eq!(utc(u64::MAX), "2036-02-07 06:28:15.999999 UTC");
    }
}
