//! Spans of time on a media clock.

use std::time::Duration;

/// `span` in ticks of a clock of `rate` ticks per second, rounded to the nearest.
pub(crate) fn ticks(span: Duration, rate: u32) -> u64 {
    let ticks = (span.as_nanos() * u128::from(rate) + 500_000_000) / 1_000_000_000;
    u64::try_from(ticks).unwrap_or(u64::MAX)
}

/// How long `ticks` of a clock of `rate` ticks per second last, rounded to the nearest
/// nanosecond.
pub(crate) fn span(ticks: u64, rate: u32) -> Duration {
    let rate = u128::from(rate.max(1));
    let nanos = (u128::from(ticks) * 1_000_000_000 + rate / 2) / rate;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_and_spans_are_inverse() {
        assert_eq!(ticks(Duration::from_millis(40), 90_000), 3_600);
        assert_eq!(span(3_600, 90_000), Duration::from_millis(40));
        // 1001/30000 s is no whole number of nanoseconds, but one of ticks.
        assert_eq!(ticks(Duration::from_nanos(33_366_667), 90_000), 3_003);
        assert_eq!(ticks(Duration::from_secs(10 * 366 * 86_400), 90_000), 28_460_160_000_000);
    }
}
