//! How fast pictures follow one another.

use super::ClipError;
use std::time::Duration;

/// A frame rate as a ratio, so that 30000/1001 pictures a second are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRate {
    frames: u32,
    seconds: u32,
}

const NANOSECONDS: u128 = 1_000_000_000;

impl FrameRate {
    /// 25 pictures a second: what is taken where a file does not say.
    pub const DEFAULT: Self = Self { frames: 25, seconds: 1 };

    /// The fastest rate, in pictures a second.
    pub const MAX: u32 = 240;

    /// `frames` pictures in `seconds` seconds.
    ///
    /// # Errors
    /// [`ClipError::Rate`] when either is 0, when there are more than [`FrameRate::MAX`]
    /// pictures a second or less than one in ten seconds.
    pub fn new(frames: u32, seconds: u32) -> Result<Self, ClipError> {
        let (f, s) = (u64::from(frames), u64::from(seconds));
        if f == 0 || s == 0 || f > u64::from(Self::MAX) * s || f * 10 < s {
            return Err(ClipError::Rate { frames, seconds });
        }
        Ok(Self { frames, seconds })
    }

    /// When picture `index` is shown, from the start; rounded to the nearest nanosecond.
    pub fn time_of(self, index: usize) -> Duration {
        let frames = u128::from(self.frames);
        let nanoseconds = (index as u128 * u128::from(self.seconds) * NANOSECONDS + frames / 2) / frames;
        Duration::new(
            u64::try_from(nanoseconds / NANOSECONDS).unwrap_or(u64::MAX),
            (nanoseconds % NANOSECONDS) as u32,
        )
    }

    /// The first picture that is shown at `at` or later.
    pub fn index_at(self, at: Duration) -> usize {
        let scaled = at.as_nanos().saturating_mul(u128::from(self.frames));
        let estimate = scaled / (u128::from(self.seconds) * NANOSECONDS);
        // Times are rounded, so the right one may be a neighbour of what the division says.
        let first = usize::try_from(estimate).unwrap_or(usize::MAX - 2).saturating_sub(1).min(usize::MAX - 3);
        (first..first + 3).find(|&index| self.time_of(index) >= at).unwrap_or(first + 3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rates_are_exact() {
        assert_eq!(FrameRate::DEFAULT.time_of(142), Duration::from_millis(5680));
        let film = FrameRate::new(30_000, 1001).unwrap();
        assert_eq!(film.time_of(30_000), Duration::from_secs(1001));
        assert_eq!(film.time_of(1), Duration::from_nanos(33_366_667));
    }

    #[test]
    fn senseless_rates_are_refused() {
        for (frames, seconds) in [(0, 1), (1, 0), (0, 0), (241, 1), (1, 11), (u32::MAX, 1)] {
            assert_eq!(FrameRate::new(frames, seconds), Err(ClipError::Rate { frames, seconds }));
        }
        assert!(FrameRate::new(240, 1).is_ok() && FrameRate::new(1, 10).is_ok());
    }

    #[test]
    fn a_picture_is_found_by_its_time() {
        let rate = FrameRate::DEFAULT;
        assert_eq!(rate.index_at(Duration::ZERO), 0);
        assert_eq!(rate.index_at(Duration::from_nanos(1)), 1);
        assert_eq!(rate.index_at(Duration::from_millis(40)), 1);
        assert_eq!(rate.index_at(Duration::from_millis(41)), 2);
    }

    proptest! {
        #[test]
        fn found_is_the_first_not_before(
            frames in 1u32..60_000, seconds in 1u32..2000, nanoseconds in 0u64..100_000_000_000_000,
        ) {
            let Ok(rate) = FrameRate::new(frames, seconds) else { return Ok(()) };
            let at = Duration::from_nanos(nanoseconds);
            let index = rate.index_at(at);
            prop_assert!(rate.time_of(index) >= at);
            prop_assert!(index == 0 || rate.time_of(index - 1) < at);
        }
    }
}
