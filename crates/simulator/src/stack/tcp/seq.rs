//! Sequence numbers (RFC 9293 section 3.4): 32 bits, modulo 2^32.

use std::fmt;
use std::ops::{Add, Sub};

/// A sequence number. Which of two comes first is known as long as they lie less than 2^31
/// apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seq(pub u32);

impl Seq {
    /// `self < other`.
    #[must_use]
    pub const fn before(self, other: Seq) -> bool {
        (self.0.wrapping_sub(other.0) as i32) < 0
    }

    /// `self =< other`.
    #[must_use]
    pub const fn up_to(self, other: Seq) -> bool {
        !other.before(self)
    }

    /// `self > other`.
    #[must_use]
    pub const fn after(self, other: Seq) -> bool {
        other.before(self)
    }

    /// How far `self` lies beyond `start`; 0 when it does not.
    #[must_use]
    pub const fn beyond(self, start: Seq) -> usize {
        if self.before(start) { 0 } else { self.0.wrapping_sub(start.0) as usize }
    }

    /// The later of both.
    #[must_use]
    pub const fn max(self, other: Seq) -> Seq {
        if self.before(other) { other } else { self }
    }
}

impl Add<usize> for Seq {
    type Output = Seq;
    fn add(self, octets: usize) -> Seq {
        Seq(self.0.wrapping_add(octets as u32))
    }
}

impl Sub<usize> for Seq {
    type Output = Seq;
    fn sub(self, octets: usize) -> Seq {
        Seq(self.0.wrapping_sub(octets as u32))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_holds_across_the_wrap() {
        let last = Seq(u32::MAX);
        let first = last + 1;
        assert_eq!(first, Seq(0));
        assert!(last.before(first) && first.after(last) && last.up_to(first));
        assert!(first.up_to(first) && !first.before(first));
        assert_eq!(first.beyond(last), 1);
        assert_eq!(last.beyond(first), 0);
        assert_eq!(first - 1, last);
        assert_eq!(last.max(first), first);
    }
}
