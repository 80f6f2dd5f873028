//! Time without a clock.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::time::Duration;

/// A moment of simulated time: nanoseconds since the world began.
///
/// The range is 0 to 2^64-1 ns, a little over 584 years; arithmetic saturates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(u64);

impl SimTime {
    /// The beginning of the world.
    pub const ZERO: SimTime = SimTime(0);
    /// A moment that never comes.
    pub const NEVER: SimTime = SimTime(u64::MAX);

    /// The moment `nanos` nanoseconds after the beginning.
    pub const fn from_nanos(nanos: u64) -> Self {
        SimTime(nanos)
    }

    /// The moment `micros` microseconds after the beginning.
    pub const fn from_micros(micros: u64) -> Self {
        SimTime(micros.saturating_mul(1_000))
    }

    /// The moment `millis` milliseconds after the beginning.
    pub const fn from_millis(millis: u64) -> Self {
        SimTime(millis.saturating_mul(1_000_000))
    }

    /// The moment `secs` seconds after the beginning.
    pub const fn from_secs(secs: u64) -> Self {
        SimTime(secs.saturating_mul(1_000_000_000))
    }

    /// Nanoseconds since the beginning.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds since the beginning, for display and statistics only.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The time since `earlier`; zero when `earlier` is later.
    pub fn since(self, earlier: SimTime) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for SimTime {
    type Output = SimTime;
    fn add(self, rhs: Duration) -> SimTime {
        let nanos = u64::try_from(rhs.as_nanos()).unwrap_or(u64::MAX);
        SimTime(self.0.saturating_add(nanos))
    }
}

impl AddAssign<Duration> for SimTime {
    fn add_assign(&mut self, rhs: Duration) {
        *self = *self + rhs;
    }
}

impl Sub<Duration> for SimTime {
    type Output = SimTime;
    fn sub(self, rhs: Duration) -> SimTime {
        let nanos = u64::try_from(rhs.as_nanos()).unwrap_or(u64::MAX);
        SimTime(self.0.saturating_sub(nanos))
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:09} s", self.0 / 1_000_000_000, self.0 % 1_000_000_000)
    }
}

/// The wall-clock moment at which [`SimTime::ZERO`] lies, as nanoseconds since
/// 1970-01-01T00:00:00Z. It gives simulated time its NTP timestamps, `Date` headers and
/// capture times; it is an input of a run, recorded with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch {
    unix_nanos: u64,
}

impl Epoch {
    /// The fixed epoch of `layercast run`: 2026-01-01T00:00:00Z.
    pub const FIXED: Epoch = Epoch { unix_nanos: 1_767_225_600_000_000_000 };

    /// An epoch given as nanoseconds since 1970-01-01T00:00:00Z.
    pub const fn from_unix_nanos(unix_nanos: u64) -> Self {
        Epoch { unix_nanos }
    }

    /// The wall-clock time of `at`, in nanoseconds since 1970-01-01T00:00:00Z.
    pub fn unix_nanos(self, at: SimTime) -> u64 {
        self.unix_nanos.saturating_add(at.as_nanos())
    }

    /// The NTP timestamp of `at`.
    pub fn ntp(self, at: SimTime) -> NtpTime {
        /// Seconds from 1900-01-01 to 1970-01-01 (RFC 5905 figure 4).
        const NTP_TO_UNIX: u64 = 2_208_988_800;
        let unix = self.unix_nanos(at);
        let secs = (unix / 1_000_000_000).wrapping_add(NTP_TO_UNIX) & 0xffff_ffff;
        let fraction = ((unix % 1_000_000_000) << 32) / 1_000_000_000;
        NtpTime(secs << 32 | fraction)
    }
}

/// A 64-bit NTP timestamp: seconds since 1900 in the upper, their fraction in the lower
/// 32 bits (RFC 3550 section 4, RFC 5905 section 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NtpTime(pub u64);

impl NtpTime {
    /// The middle 32 bits, in units of 1/65536 s, as LSR carries them (RFC 3550 section 6.4.1).
    pub const fn middle(self) -> u32 {
        (self.0 >> 16) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntp_time_of_a_known_moment() {
        // 2026-01-01T00:00:00.5Z is 3976214400.5 s after 1900.
        let ntp = Epoch::FIXED.ntp(SimTime::from_millis(500));
        assert_eq!(ntp.0 >> 32, 3_976_214_400);
        assert_eq!(ntp.0 as u32, 1 << 31);
        assert_eq!(ntp.middle(), ((3_976_214_400u64 & 0xffff) as u32) << 16 | 0x8000);
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(SimTime::NEVER + Duration::from_secs(1), SimTime::NEVER);
        assert_eq!(SimTime::ZERO - Duration::from_secs(1), SimTime::ZERO);
        assert_eq!(SimTime::ZERO.since(SimTime::NEVER), Duration::ZERO);
    }
}
