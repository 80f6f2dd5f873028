//! An interface's ticks as nanoseconds since 1970.

/// What an interface's times count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    /// `if_tsresol`: a negative power of ten, or of two when the highest bit is set.
    pub resolution: u8,
    /// `if_tsoffset`: seconds to add.
    pub offset: i64,
}

impl Clock {
    /// Microseconds, as where nothing is said.
    pub const MICROSECONDS: Clock = Clock { resolution: 6, offset: 0 };
    /// Nanoseconds.
    pub const NANOSECONDS: Clock = Clock { resolution: 9, offset: 0 };

    /// A time in nanoseconds since 1970. What 64 bits cannot count stops at their ends: no time
    /// before 1970 and none after the year 2554.
    pub fn nanos(self, ticks: u64) -> u64 {
        const SECOND: u128 = 1_000_000_000;
        let ticks = u128::from(ticks);
        let power = u32::from(self.resolution & 0x7f);
        let nanos = if self.resolution & 0x80 == 0 {
            match power {
                0..=9 => ticks * 10u128.pow(9 - power),
                // A tick of less than 10^-28 s never makes a nanosecond of 64 bits.
                10..=28 => ticks / 10u128.pow(power - 9),
                _ => 0,
            }
        } else {
            // 64 bits of ticks and 30 of a second fit.
            (ticks * SECOND) >> power.min(127)
        };
        let whole = i128::try_from(nanos).unwrap_or(i128::MAX);
        let moved = whole.saturating_add(i128::from(self.offset) * SECOND as i128);
        u64::try_from(moved.max(0)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolutions_are_powers_of_ten_or_two() {
        let nanos = |resolution, offset, ticks| Clock { resolution, offset }.nanos(ticks);
        assert_eq!(nanos(6, 0, 1_500_000), 1_500_000_000);
        assert_eq!(nanos(9, 0, 7), 7);
        assert_eq!(nanos(12, 0, 7_999), 7);
        assert_eq!(nanos(0, 0, 3), 3_000_000_000);
        assert_eq!(nanos(0x80 | 10, 0, 1_536), 1_500_000_000);
        assert_eq!(nanos(6, 2, 1), 2_000_001_000);
        assert_eq!(nanos(6, -2, 1), 0);
    }

    #[test]
    fn no_clock_makes_an_impossible_time() {
        for resolution in 0..=u8::MAX {
            for ticks in [0, 1, u64::MAX] {
                for offset in [i64::MIN, -1, 0, i64::MAX] {
                    let _ = Clock { resolution, offset }.nanos(ticks);
                }
            }
        }
        assert_eq!(Clock { resolution: 0, offset: 0 }.nanos(u64::MAX), u64::MAX);
    }
}
