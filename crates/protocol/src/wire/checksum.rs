//! The Internet checksum: the ones' complement of the ones' complement sum of 16-bit
//! words (RFC 1071).

use std::net::Ipv4Addr;

/// A checksum being summed up. Parts may be added in any order as long as each but the
/// last one added has an even number of octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checksum(u64);

impl Checksum {
    /// An empty sum.
    pub const fn new() -> Self {
        Checksum(0)
    }

    /// Adds `octets`; an odd last octet is padded with zero (RFC 1071 section 4.1).
    #[must_use]
    pub fn with(mut self, octets: &[u8]) -> Self {
        // Eight octets at a time in the machine's own order: the sum of swapped words is
        // the swapped sum (RFC 1071 section 2(B)).
        let mut chunks = octets.chunks_exact(8);
        for chunk in &mut chunks {
            let word = u64::from_ne_bytes(chunk.try_into().expect("chunks_exact(8) gives eight octets"));
            self.add_word(word);
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            let mut last = [0u8; 8];
            last[..rest.len()].copy_from_slice(rest);
            self.add_word(u64::from_ne_bytes(last));
        }
        self
    }

    /// Adds the pseudo-header that UDP (RFC 768) and TCP (RFC 9293 section 3.1) cover:
    /// both addresses, the protocol, and the `length` of header and payload in octets.
    #[must_use]
    pub fn with_pseudo_header(self, from: Ipv4Addr, to: Ipv4Addr, protocol: u8, length: usize) -> Self {
        let length = (length as u16).to_be_bytes();
        let [a, b, c, d] = from.octets();
        let [e, f, g, h] = to.octets();
        self.with(&[a, b, c, d, e, f, g, h]).with(&[0, protocol, length[0], length[1]])
    }

    /// The checksum as it stands in a header.
    #[must_use]
    pub fn finish(self) -> u16 {
        let mut sum = self.0;
        while sum > 0xffff {
            sum = (sum >> 16) + (sum & 0xffff);
        }
        !u16::from_be(sum as u16)
    }

    /// The checksum after `last` has been added.
    #[must_use]
    pub fn finish_with(self, last: &[u8]) -> u16 {
        self.with(last).finish()
    }

    fn add_word(&mut self, word: u64) {
        let (sum, carry) = self.0.overflowing_add(word);
        self.0 = sum + u64::from(carry);
    }
}

/// The checksum of one run of octets.
#[must_use]
pub fn of(octets: &[u8]) -> u16 {
    Checksum::new().with(octets).finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 1071 section 4.1, word by word.
    fn plain(octets: &[u8]) -> u16 {
        let mut sum = 0u32;
        for pair in octets.chunks(2) {
            sum += u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
            sum = (sum & 0xffff) + (sum >> 16);
        }
        !(sum as u16)
    }

    #[test]
    fn the_example_of_rfc_1071() {
        // Section 3: the words 0001 f203 f4f5 f6f7 sum to ddf2.
        assert_eq!(of(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
    }

    proptest! {
        #[test]
        fn fast_and_plain_agree(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(of(&octets), plain(&octets));
        }

        #[test]
        fn parts_add_up(octets in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..100) {
            let cut = (cut * 2).min(octets.len() & !1);
            let parts = Checksum::new().with(&octets[..cut]).with(&octets[cut..]);
            prop_assert_eq!(parts.finish(), of(&octets));
        }
    }
}
