//! A learning switch (IEEE 802.1Q section 8): it reads only Ethernet addresses, and passes
//! frames on unchanged to the last bit.

use crate::ids::LinkId;
use pnet_base::MacAddr;
use protocol::time::SimTime;
use protocol::wire::ethernet;
use std::collections::BTreeMap;
use std::time::Duration;

/// The most addresses that a switch remembers; at the bound a new one takes the place of the
/// one that was seen longest ago.
pub const MAX_ADDRESSES: usize = 1024;

/// How long an address is remembered after it was last seen (IEEE 802.1Q table 8-7).
pub const AGEING: Duration = Duration::from_secs(300);

/// A learning switch.
#[derive(Clone, Debug, Default)]
pub struct Switch {
    table: BTreeMap<MacAddr, (LinkId, SimTime)>,
}

/// What a switch does with a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The address that it learnt or moved.
    pub learned: Option<MacAddr>,
    /// Where the frame goes.
    pub forward: Forward,
}

/// Where a frame goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forward {
    /// Out of this port.
    To(LinkId),
    /// Out of all ports but the one where it came in.
    Flood,
    /// Nowhere: its address is on the side where it came from.
    Filter,
    /// Nowhere: its bits are damaged.
    BadFcs,
}

impl Switch {
    /// A switch that knows no address yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The table: addresses, ports, and when each was last seen.
    pub fn table(&self) -> impl Iterator<Item = (MacAddr, LinkId, SimTime)> {
        self.table.iter().map(|(mac, (link, at))| (*mac, *link, *at))
    }

    /// Decides about a frame that came in by `from`.
    pub fn receive(&mut self, now: SimTime, from: LinkId, frame: &[u8]) -> Decision {
        if !ethernet::fcs_ok(frame) {
            return Decision { learned: None, forward: Forward::BadFcs };
        }
        let address = |at: usize| {
            let octets: [u8; 6] = frame[at..at + 6].try_into().expect("a frame with a good FCS has a header");
            MacAddr::from(octets)
        };
        let (destination, source) = (address(0), address(6));
        let learned = (!is_group(source) && self.learn(now, from, source)).then_some(source);
        let forward = match self.table.get(&destination) {
            Some((_, seen)) if now.since(*seen) > AGEING => {
                self.table.remove(&destination);
                Forward::Flood
            }
            Some((link, _)) if *link == from => Forward::Filter,
            Some((link, _)) => Forward::To(*link),
            None => Forward::Flood,
        };
        Decision { learned, forward }
    }

    /// True when the address is new or has moved.
    fn learn(&mut self, now: SimTime, from: LinkId, source: MacAddr) -> bool {
        if self.table.len() >= MAX_ADDRESSES
            && !self.table.contains_key(&source)
            && let Some(stalest) = self.table.iter().min_by_key(|(_, (_, at))| *at).map(|(mac, _)| *mac)
        {
            self.table.remove(&stalest);
        }
        self.table.insert(source, (from, now)).is_none_or(|(link, _)| link != from)
    }
}

/// Group addresses, broadcast among them, have the lowest bit of the first octet set.
fn is_group(mac: MacAddr) -> bool {
    mac.0 & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(destination: MacAddr, source: MacAddr) -> Vec<u8> {
        let mut frame = [destination.octets(), source.octets()].concat();
        frame.extend([0x08, 0x00, 1, 2, 3]);
        ethernet::seal(&mut frame);
        frame
    }

    fn mac(last: u8) -> MacAddr {
        MacAddr::new(2, 0, 0, 0, 0, last)
    }

    #[test]
    fn it_floods_what_it_does_not_know_and_learns_from_every_frame() {
        let mut switch = Switch::new();
        let first = switch.receive(SimTime::ZERO, LinkId(0), &frame(mac(2), mac(1)));
        assert_eq!(first, Decision { learned: Some(mac(1)), forward: Forward::Flood });
        let answer = switch.receive(SimTime::ZERO, LinkId(1), &frame(mac(1), mac(2)));
        assert_eq!(answer, Decision { learned: Some(mac(2)), forward: Forward::To(LinkId(0)) });
        let again = switch.receive(SimTime::ZERO, LinkId(0), &frame(mac(2), mac(1)));
        assert_eq!(again, Decision { learned: None, forward: Forward::To(LinkId(1)) });
        let same_side = switch.receive(SimTime::ZERO, LinkId(1), &frame(mac(2), mac(9)));
        assert_eq!(same_side.forward, Forward::Filter);
        let broadcast = switch.receive(SimTime::ZERO, LinkId(0), &frame(MacAddr::broadcast(), mac(1)));
        assert_eq!(broadcast.forward, Forward::Flood);
    }

    #[test]
    fn damaged_frames_go_nowhere_and_teach_nothing() {
        let mut switch = Switch::new();
        let mut damaged = frame(mac(2), mac(1));
        damaged[20] ^= 1;
        let decision = switch.receive(SimTime::ZERO, LinkId(0), &damaged);
        assert_eq!(decision, Decision { learned: None, forward: Forward::BadFcs });
        assert_eq!(switch.receive(SimTime::ZERO, LinkId(0), &[1, 2, 3]).forward, Forward::BadFcs);
        assert_eq!(switch.table().count(), 0);
    }

    #[test]
    fn addresses_age_and_the_table_is_bounded() {
        let mut switch = Switch::new();
        switch.receive(SimTime::ZERO, LinkId(0), &frame(mac(2), mac(1)));
        let late = SimTime::ZERO + AGEING + Duration::from_secs(1);
        assert_eq!(switch.receive(late, LinkId(1), &frame(mac(1), mac(2))).forward, Forward::Flood);
        for i in 0..MAX_ADDRESSES as u32 + 10 {
            let [_, b, c, d] = i.to_be_bytes();
            let at = late + Duration::from_secs(1 + u64::from(i) % 7);
            switch.receive(at, LinkId(0), &frame(mac(1), MacAddr::new(2, 1, 0, b, c, d)));
        }
        assert_eq!(switch.table().count(), MAX_ADDRESSES);
    }
}
