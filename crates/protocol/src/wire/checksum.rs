//! The Internet checksum: the ones' complement of the ones' complement sum of 16-bit
//! words (RFC 1071).

use std::net::IpAddr;

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
        // Many words at a time in the machine's own order: the sum of swapped words is
        // the swapped sum (RFC 1071 section 2(B)). Sums of 32-bit words in 64 bits need no
        // carry, so that the compiler adds several at once; a packet is far too short to fill
        // them.
        const LANES: usize = 8;
        let mut lanes = [0u64; LANES];
        let mut blocks = octets.chunks_exact(4 * LANES);
        for block in &mut blocks {
            for (lane, word) in lanes.iter_mut().zip(block.chunks_exact(4)) {
                let word = u32::from_ne_bytes(word.try_into().expect("chunks_exact(4) gives four octets"));
                *lane += u64::from(word);
            }
        }
        if octets.len() >= 4 * LANES {
            lanes.iter().for_each(|lane| self.add_word(*lane));
        }
        let mut chunks = blocks.remainder().chunks_exact(8);
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

    /// Adds the pseudo-header that UDP (RFC 768), TCP (RFC 9293 section 3.1) and ICMPv6 (RFC
    /// 4443 section 2.3) cover: both addresses, the protocol, and the `length` of header and
    /// payload in octets; over IPv6 in the form of RFC 8200 section 8.1. Both addresses are
    /// of one family.
    #[must_use]
    pub fn with_pseudo_header(
        self,
        from: impl Into<IpAddr>,
        to: impl Into<IpAddr>,
        protocol: u8,
        length: usize,
    ) -> Self {
        let (from, to) = (from.into(), to.into());
        if let (IpAddr::V4(from), IpAddr::V4(to)) = (from, to) {
            let length = (length as u16).to_be_bytes();
            return self.with(&from.octets()).with(&to.octets()).with(&[0, protocol, length[0], length[1]]);
        }
        let wide = |address: IpAddr| match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        };
        let length = (length as u32).to_be_bytes();
        self.with(&wide(from)).with(&wide(to)).with(&length).with(&[0, 0, 0, protocol])
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

    #[test]
    fn the_pseudo_header_of_each_family() {
        use std::net::{Ipv4Addr, Ipv6Addr};
        let four = Checksum::new()
            .with_pseudo_header(Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2), 17, 9)
            .finish();
        assert_eq!(four, of(&[10, 0, 0, 1, 10, 0, 0, 2, 0, 17, 0, 9]));
        let (from, to) = (Ipv6Addr::LOCALHOST, Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 2));
        let mut header = [from.octets(), to.octets()].concat();
        header.extend([0, 1, 0, 2, 0, 0, 0, 58]);
        let six = Checksum::new().with_pseudo_header(from, to, 58, 0x1_0002).finish();
        assert_eq!(six, of(&header));
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
