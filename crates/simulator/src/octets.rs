//! Memory for the octets of frames: many frames share a block, so that a frame costs no call of
//! the allocator.

use bytes::BytesMut;
use std::collections::VecDeque;

/// Octets of a block: some ten full frames. A block is given back when the last of its frames
/// is, so that few frames keep few others.
const BLOCK: usize = 16 * 1024;

/// Blocks of frames that pass through which are kept to be filled again: a quarter of a megabyte,
/// which is the frames under way of some hundred clients.
const MAX_BLOCKS: usize = 16;

/// Hands out room for octets, one after the other. A clone begins a block of its own.
#[derive(Debug, Default)]
pub(crate) struct Octets {
    block: BytesMut,
    has_begun: bool,
    /// Full blocks, the oldest first, where they are filled again.
    full: VecDeque<BytesMut>,
    /// How many of them there are at most.
    keeps: usize,
}

impl Clone for Octets {
    fn clone(&self) -> Self {
        Octets { keeps: self.keeps, ..Self::default() }
    }
}

impl Octets {
    /// For frames that soon are no more: their blocks are filled again, while the processor still
    /// has them at hand.
    pub(crate) fn for_passing() -> Self {
        Octets { keeps: MAX_BLOCKS, ..Self::default() }
    }

    /// A copy of these octets, beside those that were kept before.
    pub(crate) fn keep(&mut self, octets: &[u8]) -> BytesMut {
        if self.block.len() < octets.len() {
            self.begin_block(BLOCK.max(octets.len()));
        }
        // Cut off first and written then: a block counts its frames by a locked instruction, which
        // waits until all that was written before it has gone to memory.
        let mut own = self.block.split_to(octets.len());
        own.copy_from_slice(octets);
        own
    }

    /// Begins the oldest full block anew, if nobody has a frame in it any more, or else a new one.
    /// Its zeros bring it to the processor in one go, where frame after frame would have to wait.
    fn begin_block(&mut self, octets: usize) {
        let mut full = std::mem::take(&mut self.block);
        if self.has_begun {
            full.clear();
            self.full.push_back(full);
        }
        self.has_begun = true;
        if let Some(oldest) = self.full.front_mut()
            && oldest.try_reclaim(octets)
        {
            self.block = self.full.pop_front().unwrap_or_default();
            self.block.resize(octets, 0);
            return;
        }
        self.full.drain(..self.full.len().saturating_sub(self.keeps));
        self.block = BytesMut::zeroed(octets);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_stays_as_it_was() {
        for mut octets in [Octets::default(), Octets::for_passing()] {
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

    #[test]
    fn a_block_is_filled_again_when_its_frames_are_gone_and_no_more_are_kept_than_the_limit() {
        const FRAME: usize = 1_000;
        let in_block = BLOCK / FRAME;
        let mut octets = Octets::for_passing();
        let mut places = std::collections::BTreeSet::new();
        for _ in 0..100 * in_block {
            places.insert(octets.keep(&[1; FRAME]).as_ptr() as usize);
        }
        assert!(places.len() <= 2 * in_block, "{} places for frames that go at once", places.len());
        let held: Vec<_> = (0..3 * MAX_BLOCKS * in_block).map(|_| octets.keep(&[2; FRAME])).collect();
        assert!(octets.full.len() <= MAX_BLOCKS, "{} blocks", octets.full.len());
        assert!(held.iter().all(|own| own[..] == [2; FRAME]));
        let mut lasting = Octets::default();
        let held: Vec<_> = (0..3 * in_block).map(|_| lasting.keep(&[3; FRAME])).collect();
        assert!(lasting.full.is_empty() && held.iter().all(|own| own[..] == [3; FRAME]));
    }
}
