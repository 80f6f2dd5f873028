//! Why octets could not be read as what they claim to be.

use thiserror::Error;

/// Why octets could not be read. Every `offset` counts octets from the start of the slice
/// that the reader was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WireError {
    /// The octets end before the header or the length that it states.
    #[error("{layer} at octet {offset}: {needed} octets needed, {have} are there")]
    Truncated {
        /// Which protocol was being read.
        layer: &'static str,
        /// Where the missing part should begin.
        offset: usize,
        /// How many octets should be there.
        needed: usize,
        /// How many are.
        have: usize,
    },
    /// A field holds a value that the standard does not allow or that this reader does not know.
    #[error("{layer} at octet {offset}: {field} is {value}, which is not allowed")]
    BadValue {
        /// Which protocol was being read.
        layer: &'static str,
        /// Which field.
        field: &'static str,
        /// Where it begins.
        offset: usize,
        /// What it holds.
        value: u32,
    },
    /// The checksum does not fit the octets it covers.
    #[error("{layer} at octet {offset}: checksum 0x{found:04x}, should be 0x{computed:04x}")]
    BadChecksum {
        /// Which protocol was being read.
        layer: &'static str,
        /// Where the checksum field begins.
        offset: usize,
        /// What it holds.
        found: u16,
        /// What it should hold.
        computed: u16,
    },
}

/// `Ok` when at least `needed` octets follow `offset`.
pub(super) fn need(
    layer: &'static str,
    octets: &[u8],
    offset: usize,
    needed: usize,
) -> Result<(), WireError> {
    let have = octets.len().saturating_sub(offset);
    if have < needed { Err(WireError::Truncated { layer, offset, needed, have }) } else { Ok(()) }
}
