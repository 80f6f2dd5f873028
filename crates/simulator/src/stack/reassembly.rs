//! Putting fragments of IP packets together again (RFC 791 section 3.2, RFC 815).

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::ops::Range;
use std::time::Duration;

use protocol::time::SimTime;
use protocol::wire::{icmpv6, ipv4};

use super::packet::{IpPacket, Part};

/// Packets that may be incomplete at a time; a new one pushes the oldest out.
pub const MAX_PARTIAL: usize = 64;
/// How long fragments wait for the others (RFC 1122 section 3.3.2: 60 to 120 s).
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// What fragments of one packet share (RFC 791 section 3.2; over IPv6 the protocol is no part
/// of it, and is the same all the same).
type Key = (IpAddr, IpAddr, u8, u32);

/// The packets that are incomplete.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reassembler {
    partial: BTreeMap<Key, Partial>,
    /// In order of age, thus of timeout.
    ages: VecDeque<(SimTime, Key)>,
}

#[derive(Clone, Debug)]
struct Partial {
    octets: Vec<u8>,
    /// What has come: sorted, apart from each other.
    have: Vec<Range<usize>>,
    /// Known once the last fragment came.
    total: Option<usize>,
    /// Header and first octets of the first fragment, for ICMP.
    quote: Option<Vec<u8>>,
}

/// What became of a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is kept; others are missing.
    Kept,
    /// This was the last: the whole payload, and the beginning of the first fragment.
    Whole(Vec<u8>, Vec<u8>),
    /// It makes no sense with the others, and the packet is given up, or on its own.
    Refused,
}

/// A packet that stayed incomplete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expired {
    pub from: IpAddr,
    pub identification: u32,
    /// The beginning of its first fragment, if that came: then ICMP tells the sender
    /// (RFC 792).
    pub quote: Option<Vec<u8>>,
}

impl Reassembler {
    pub fn insert(&mut self, now: SimTime, packet: &IpPacket<'_>, part: Part) -> Outcome {
        let range = part.offset..part.offset + packet.payload.len();
        let odd = !packet.payload.len().is_multiple_of(ipv4::FRAGMENT_UNIT);
        if packet.payload.is_empty() || (part.more && odd) || range.end > ipv4::MAX_PACKET - ipv4::HEADER {
            return Outcome::Refused;
        }
        let key = (packet.source, packet.destination, packet.protocol, part.identification);
        if !self.partial.contains_key(&key) {
            self.make_room();
            self.ages.push_back((now + TIMEOUT, key));
        }
        let partial = self.partial.entry(key).or_insert_with(|| Partial {
            octets: Vec::new(),
            have: Vec::new(),
            total: None,
            quote: None,
        });
        if range.start == 0 {
            let quote = &packet.whole[..packet.whole.len().min(icmpv6::MAX_QUOTE)];
            partial.quote = Some(quote.to_vec());
        }
        if !partial.add(range, packet.payload, !part.more) {
            self.forget(&key);
            return Outcome::Refused;
        }
        if !partial.is_whole() {
            return Outcome::Kept;
        }
        self.forget(&key)
            .map_or(Outcome::Refused, |whole| Outcome::Whole(whole.octets, whole.quote.unwrap_or_default()))
    }

    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.ages.front().map(|(at, _)| *at)
    }

    /// The next packet whose time is over.
    pub fn poll_expired(&mut self, now: SimTime) -> Option<Expired> {
        let (at, key) = *self.ages.front()?;
        if at > now {
            return None;
        }
        let partial = self.forget(&key)?;
        Some(Expired { from: key.0, identification: key.3, quote: partial.quote })
    }

    fn make_room(&mut self) {
        while self.partial.len() >= MAX_PARTIAL
            && let Some((_, key)) = self.ages.front().copied()
        {
            self.forget(&key);
        }
    }

    fn forget(&mut self, key: &Key) -> Option<Partial> {
        self.ages.retain(|(_, other)| other != key);
        self.partial.remove(key)
    }
}

impl Partial {
    /// Takes a fragment in; `false` when it contradicts the others: it overlaps one in
    /// part, or lies beyond the end.
    fn add(&mut self, range: Range<usize>, payload: &[u8], last: bool) -> bool {
        let end_so_far = self.have.last().map_or(0, |run| run.end);
        if last {
            if self.total.is_some_and(|total| total != range.end) || range.end < end_so_far {
                return false;
            }
            self.total = Some(range.end);
        } else if self.total.is_some_and(|total| range.end > total) {
            return false;
        }
        // The first run that ends at or after our start.
        let at = self.have.partition_point(|run| run.end < range.start);
        if let Some(run) = self.have.get(at)
            && run.start <= range.start
            && range.end <= run.end
        {
            return true; // A duplicate.
        }
        let overlaps = self.have.iter().any(|run| range.start < run.end && run.start < range.end);
        if overlaps {
            return false;
        }
        if self.octets.len() < range.end {
            self.octets.resize(range.end, 0);
        }
        self.octets[range.clone()].copy_from_slice(payload);
        let mut merged = range;
        let mut after = at;
        while let Some(run) = self.have.get(after)
            && run.start <= merged.end
        {
            merged = merged.start.min(run.start)..merged.end.max(run.end);
            after += 1;
        }
        self.have.splice(at..after, [merged]);
        true
    }

    fn is_whole(&self) -> bool {
        self.total.is_some_and(|total| self.have.len() == 1 && self.have[0] == (0..total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: ipv4::Header = ipv4::Header {
        source: Ipv4Addr::new(10, 0, 0, 1),
        destination: Ipv4Addr::new(10, 0, 0, 2),
        protocol: ipv4::UDP,
        ttl: 64,
        traffic_class: 0,
        identification: 7,
        dont_fragment: false,
        more_fragments: false,
        fragment_offset: 0,
    };

    use std::net::Ipv4Addr;

    fn put(into: &mut Reassembler, id: u16, offset: usize, payload: &[u8], more: bool) -> Outcome {
        let header =
            ipv4::Header { identification: id, fragment_offset: offset, more_fragments: more, ..HEADER };
        let mut octets = Vec::new();
        ipv4::write(&mut octets, &header, payload.len());
        octets.extend_from_slice(payload);
        let packet = IpPacket::from(&ipv4::parse(&octets).unwrap());
        into.insert(SimTime::ZERO, &packet, packet.part.unwrap())
    }

    proptest! {
        #[test]
        fn any_order_with_duplicates_gives_the_whole(
            length in 17usize..400,
            order in proptest::collection::vec(any::<proptest::sample::Index>(), 0..60),
        ) {
            let whole: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let parts: Vec<(usize, &[u8])> = whole.chunks(16).enumerate().map(|(n, c)| (n * 16, c)).collect();
            let mut reassembler = Reassembler::default();
            let mut seen = std::collections::BTreeSet::new();
            let sent = order.iter().map(|index| index.index(parts.len())).chain(0..parts.len());
            for part in sent {
                let (offset, payload) = parts[part];
                seen.insert(part);
                let more = offset + payload.len() < length;
                let outcome = put(&mut reassembler, 1, offset, payload, more);
                if seen.len() == parts.len() {
                    prop_assert!(matches!(outcome, Outcome::Whole(all, _) if all == whole));
                    return Ok(());
                }
                prop_assert_eq!(outcome, Outcome::Kept);
            }
        }
    }

    #[test]
    fn contradictions_end_the_packet() {
        let mut reassembler = Reassembler::default();
        assert_eq!(put(&mut reassembler, 1, 0, &[0; 16], true), Outcome::Kept);
        assert_eq!(put(&mut reassembler, 1, 8, &[0; 16], true), Outcome::Refused, "overlap");
        assert!(reassembler.partial.is_empty());
        assert_eq!(put(&mut reassembler, 2, 16, &[0; 4], false), Outcome::Kept);
        assert_eq!(put(&mut reassembler, 2, 24, &[0; 8], true), Outcome::Refused, "beyond the end");
        assert_eq!(put(&mut reassembler, 3, 0, &[0; 9], true), Outcome::Refused, "not in units of eight");
        assert_eq!(put(&mut reassembler, 3, 65_528, &[0; 8], true), Outcome::Refused, "too long");
        assert_eq!(put(&mut reassembler, 3, 8, &[], false), Outcome::Refused, "empty");
    }

    #[test]
    fn the_oldest_is_pushed_out_and_time_ends_the_rest() {
        let mut reassembler = Reassembler::default();
        for id in 0..=MAX_PARTIAL as u16 {
            assert_eq!(put(&mut reassembler, id, 0, &[1; 8], true), Outcome::Kept);
        }
        assert_eq!(reassembler.partial.len(), MAX_PARTIAL);
        let end = SimTime::ZERO + TIMEOUT;
        assert_eq!(reassembler.poll_timeout(), Some(end));
        assert_eq!(reassembler.poll_expired(end - Duration::from_nanos(1)), None);
        let expired = reassembler.poll_expired(end).unwrap();
        assert_eq!(expired.identification, 1);
        assert_eq!(expired.quote.unwrap().len(), 28);
        assert_eq!(std::iter::from_fn(|| reassembler.poll_expired(end)).count(), MAX_PARTIAL - 1);
        assert_eq!(reassembler.poll_timeout(), None);
    }
}
