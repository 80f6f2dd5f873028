//! IP fragments that wait for the rest of their packet (RFC 791 3.2, RFC 1122 3.3.2, RFC 8200 4.5).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;

use crate::time::SimTime;

/// How many packets may be incomplete at a time; the one begun first is given up for a new one.
pub const MAX_PACKETS: usize = 64;
/// How many fragments of one packet are kept; a packet cut finer is not put together.
pub const MAX_PIECES: usize = 1_500;
/// How many octets are kept of one packet, repeats and overlaps included.
pub const MAX_HELD: usize = 2 * MAX_PAYLOAD;
/// The longest payload of a packet: 65,535 octets in IPv6 (RFC 8200 3); in IPv4, its shortest header
/// less (RFC 791 3.1).
pub const MAX_PAYLOAD: usize = 65_535;
/// How long the rest may take to come (RFC 1122 3.3.2: between 60 and 120 s).
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Source, destination, protocol, identification: what the fragments of one packet share.
pub type Key = (IpAddr, IpAddr, u8, u32);

/// One fragment.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// Which packet it belongs to.
    pub key: Key,
    /// Where its octets belong in the payload.
    pub offset: usize,
    /// Whether later ones exist.
    pub more: bool,
    /// Its octets.
    pub octets: &'a [u8],
}

/// What became of a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was the last that was missing.
    Whole {
        /// The whole payload.
        octets: Bytes,
        /// How many fragments it came in.
        pieces: usize,
    },
    /// Others are still missing.
    Waiting,
    /// It was not kept.
    Refused(&'static str),
}

/// A packet of which some is there.
#[derive(Clone, Debug)]
struct Packet {
    begun: SimTime,
    /// Its length, known once the last fragment was seen.
    len: Option<usize>,
    /// How many octets the pieces have together.
    held: usize,
    pieces: BTreeMap<usize, Bytes>,
}

/// All packets of which some is there.
#[derive(Clone, Debug, Default)]
pub struct Fragments {
    packets: BTreeMap<Key, Packet>,
}

impl Fragments {
    /// Takes one fragment in.
    pub fn offer(&mut self, now: SimTime, offer: Offer<'_>) -> Outcome {
        let end = offer.offset + offer.octets.len();
        if end > MAX_PAYLOAD {
            return Outcome::Refused("The fragment reaches past the longest packet that IP allows.");
        }
        if offer.octets.is_empty() || (offer.more && !offer.octets.len().is_multiple_of(8)) {
            return Outcome::Refused("A fragment with more to follow must be a multiple of 8 bytes long.");
        }
        if self.packets.get(&offer.key).is_some_and(|packet| now.since(packet.begun) > PATIENCE) {
            self.packets.remove(&offer.key);
        }
        if !self.packets.contains_key(&offer.key) && self.packets.len() >= MAX_PACKETS {
            let oldest = self.packets.iter().min_by_key(|(_, packet)| packet.begun).map(|(key, _)| *key);
            if let Some(key) = oldest {
                self.packets.remove(&key);
            }
        }
        let packet = self.packets.entry(offer.key).or_insert_with(|| Packet {
            begun: now,
            len: None,
            held: 0,
            pieces: BTreeMap::new(),
        });
        if packet.pieces.len() >= MAX_PIECES {
            return Outcome::Refused("The packet was cut into more fragments than are kept.");
        }
        if packet.held + offer.octets.len() > MAX_HELD {
            return Outcome::Refused("The fragments of this packet overlap too much.");
        }
        packet.held += offer.octets.len();
        packet.pieces.insert(offer.offset, Bytes::copy_from_slice(offer.octets));
        if !offer.more {
            packet.len = Some(end);
        }
        let Some(octets) = packet.whole() else { return Outcome::Waiting };
        let pieces = packet.pieces.len();
        self.packets.remove(&offer.key);
        Outcome::Whole { octets, pieces }
    }
}

impl Packet {
    /// The payload, if every octet of it is there.
    fn whole(&self) -> Option<Bytes> {
        let len = self.len?;
        let mut reached = 0;
        for (offset, octets) in &self.pieces {
            if *offset > reached {
                return None;
            }
            reached = reached.max(offset + octets.len());
        }
        if reached < len {
            return None;
        }
        let mut payload = vec![0; reached];
        for (offset, octets) in &self.pieces {
            payload[*offset..offset + octets.len()].copy_from_slice(octets);
        }
        payload.truncate(len);
        Some(payload.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(id: u32, offset: usize, more: bool, octets: &[u8]) -> Offer<'_> {
        let key = (IpAddr::from([10, 0, 1, 2]), IpAddr::from([10, 0, 2, 2]), 17, id);
        Offer { key, offset, more, octets }
    }

    #[test]
    fn pieces_in_any_order_make_the_whole() {
        let all: Vec<u8> = (0..40).collect();
        let mut fragments = Fragments::default();
        assert_eq!(fragments.offer(SimTime::ZERO, offer(1, 32, false, &all[32..])), Outcome::Waiting);
        assert_eq!(fragments.offer(SimTime::ZERO, offer(1, 0, true, &all[..16])), Outcome::Waiting);
        assert_eq!(fragments.offer(SimTime::ZERO, offer(2, 16, true, &all[16..32])), Outcome::Waiting);
        let whole = fragments.offer(SimTime::ZERO, offer(1, 16, true, &all[16..32]));
        assert_eq!(whole, Outcome::Whole { octets: all.into(), pieces: 3 });
    }

    #[test]
    fn the_oldest_packet_goes_at_the_limit_and_old_ones_expire() {
        let mut fragments = Fragments::default();
        for id in 0..=MAX_PACKETS as u32 {
            let at = SimTime::from_millis(id.into());
            assert_eq!(fragments.offer(at, offer(id, 0, true, &[0; 8])), Outcome::Waiting);
        }
        assert_eq!(fragments.packets.len(), MAX_PACKETS);
        assert_eq!(fragments.offer(SimTime::from_secs(1), offer(0, 8, false, &[1])), Outcome::Waiting);
        assert_eq!(fragments.offer(SimTime::from_secs(90), offer(9, 8, false, &[1])), Outcome::Waiting);
    }

    #[test]
    fn one_packet_holds_a_bounded_amount() {
        let mut fragments = Fragments::default();
        let piece = vec![0; 60_000];
        for index in 0..20 {
            let outcome = fragments.offer(SimTime::ZERO, offer(1, 8 + index * 8, true, &piece));
            let kept = (index + 1) * piece.len() <= MAX_HELD;
            assert_eq!(outcome == Outcome::Waiting, kept, "{index}: {outcome:?}");
        }
        let mut fragments = Fragments::default();
        for index in 0..=MAX_PIECES {
            let outcome = fragments.offer(SimTime::ZERO, offer(1, 8 + index * 8, true, &[0; 8]));
            assert_eq!(outcome == Outcome::Waiting, index < MAX_PIECES, "{index}: {outcome:?}");
        }
    }

    #[test]
    fn fragments_past_the_longest_packet_are_refused() {
        let mut fragments = Fragments::default();
        let refused = fragments.offer(SimTime::ZERO, offer(1, 65_528, false, &[0; 8]));
        assert!(matches!(refused, Outcome::Refused(_)), "{refused:?}");
        assert!(fragments.packets.is_empty());
    }
}
