//! Memory for the octets of frames: many frames share a block, so that a frame costs no call of
//! the allocator.

use bytes::BytesMut;

/// Octets of a block: some ten full frames. A block is given back when the last of its frames
/// is, so that few frames keep few others.
const BLOCK: usize = 16 * 1024;

/// Hands out room for octets, one after the other. A clone begins a block of its own.
#[derive(Debug, Default)]
pub(crate) struct Octets {
    block: BytesMut,
}

impl Clone for Octets {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Octets {
    /// A copy of these octets, beside those that were kept before.
    pub(crate) fn keep(&mut self, octets: &[u8]) -> BytesMut {
        if self.block.capacity() < octets.len() {
            self.block = BytesMut::with_capacity(BLOCK.max(octets.len()));
        }
        self.block.extend_from_slice(octets);
        self.block.split()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_stays_as_it_was() {
        let mut octets = Octets::default();
        let long = vec![7; 3 * BLOCK];
        let mut kept: Vec<BytesMut> = (0..200u8).map(|n| octets.keep(&[n; 300])).collect();
        kept[3][..2].copy_from_slice(&[0, 1]);
        assert_eq!(octets.keep(&long), long, "longer than a block");
        let beside = octets.clone().keep(b"another");
        assert_eq!((octets.keep(b"one"), beside), (BytesMut::from("one"), BytesMut::from("another")));
        assert_eq!(kept[3][..3], [0, 1, 3]);
        for (n, own) in (0..200u8).zip(&kept).filter(|(n, _)| *n != 3) {
            assert_eq!(own[..], [n; 300]);
        }
    }
}
