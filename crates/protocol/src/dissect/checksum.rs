//! The Internet checksum (RFC 1071), and how its verdict reads.

use std::net::IpAddr;

use super::build::Place;
use super::ip::Ends;
use super::model::Field;

/// How the verdict on a wrong checksum begins.
const WRONG: &str = "wrong, should be ";

/// The ones' complement sum of `octets` as 16-bit words, added to `sum`. An odd last octet counts
/// as the upper half of a word.
pub(super) fn add(sum: u64, octets: &[u8]) -> u64 {
    let mut words = octets.chunks_exact(2);
    let mut sum =
        words.by_ref().fold(sum, |sum, word| sum + u64::from(u16::from_be_bytes([word[0], word[1]])));
    if let [last] = words.remainder() {
        sum += u64::from(*last) << 8;
    }
    sum
}

/// Folds the carries in and takes the complement.
pub(super) fn finish(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// What the checksum at octet `at` of `place` should be, when `before` was summed already.
pub(super) fn expected(before: u64, place: Place<'_>, at: usize) -> u16 {
    let octets = place.octets();
    let sum = add(before, &octets[..at.min(octets.len())]);
    finish(add(sum, octets.get(at + 2..).unwrap_or(&[])))
}

/// The pseudo-header's sum (RFC 9293 3.1, RFC 768, RFC 8200 8.1): addresses, protocol, length.
pub(super) fn pseudo_header(ends: Ends, protocol: u8, len: usize) -> u64 {
    let address = |address: IpAddr| match address {
        IpAddr::V4(address) => add(0, &address.octets()),
        IpAddr::V6(address) => add(0, &address.octets()),
    };
    address(ends.src) + address(ends.dst) + u64::from(protocol) + len as u64
}

/// "correct", or what it should have been.
pub(super) fn verdict(sent: u64, right: u16) -> String {
    if is_right(sent, right) { "correct".into() } else { format!("{WRONG}{right:#06x}") }
}

/// What a checksum whose verdict is "wrong" should have been.
pub(super) fn should(field: &Field) -> &str {
    field.value.strip_prefix(WRONG).unwrap_or(&field.value)
}

/// Whether they are the same number; 0 and 0xffff are, in ones' complement (RFC 1624 3).
pub(super) fn is_right(sent: u64, right: u16) -> bool {
    sent == u64::from(right) || (sent == 0xffff && right == 0)
}
