//! Named, seeded streams of random numbers.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// One stream of dice, derived from the run's seed and the name of what throws them.
///
/// Each host, link direction and engine has its own stream, so that adding a host shifts
/// nobody else's dice.
#[derive(Clone, Debug)]
pub struct Dice(Pcg64Mcg);

impl Dice {
    /// The stream that belongs to `name` in the run with this `seed`.
    pub fn new(seed: u64, name: &str) -> Self {
        // FNV-1a over the name, then SplitMix64 so that neighbouring seeds lie far apart.
        let mut hash = 0xcbf2_9ce4_8422_2325u64;
        for byte in name.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let mut z = (seed ^ hash).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Dice(Pcg64Mcg::seed_from_u64(z ^ (z >> 31)))
    }

    /// A uniformly distributed 16-bit number.
    pub fn u16(&mut self) -> u16 {
        self.0.next_u32() as u16
    }

    /// A uniformly distributed 32-bit number.
    pub fn u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// A uniformly distributed 64-bit number.
    pub fn u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Goes on as if `throws` 64-bit numbers had been thrown, in next to no time.
    pub fn skip(&mut self, throws: u64) {
        self.0.advance(u128::from(throws));
    }

    /// A number from 0 (included) to 1 (excluded), with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_repeatable_and_apart() {
        let mut a = Dice::new(1, "client");
        let mut same = Dice::new(1, "client");
        let mut other = Dice::new(1, "server");
        let mut seed = Dice::new(2, "client");
        let first = a.u64();
        assert_eq!(first, same.u64());
        assert_ne!(first, other.u64());
        assert_ne!(first, seed.u64());
        assert!((0.0..1.0).contains(&a.unit()));
        for _ in 0..10 {
            same.unit();
        }
        a.skip(9);
        assert_eq!(a.u64(), same.u64(), "eleven were thrown of each");
    }
}
