//! A learning switch (IEEE 802.1Q section 8): it reads only Ethernet addresses and VLAN tags,
//! and passes frames on unchanged to the last bit, but for a tag that it puts on or takes off.

use crate::ids::LinkId;
use pnet_base::MacAddr;
use protocol::time::SimTime;
use protocol::wire::{ethernet, vlan};
use std::collections::BTreeMap;
use std::time::Duration;

/// The most addresses that a switch remembers; at the bound a new one takes the place of the
/// one that was seen longest ago.
pub const MAX_ADDRESSES: usize = 1024;

/// How long an address is remembered after it was last seen (IEEE 802.1Q table 8-7, IEEE 802.1D
/// table 7-5).
pub const AGEING: Duration = Duration::from_secs(300);

/// The VLANs of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortVlan {
    /// Frames have no tag here and belong to this VLAN.
    Access(u16),
    /// Frames have a tag here that names one of these.
    Trunk(Vec<u16>),
}

/// How a frame leaves by a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Egress {
    /// Without a tag.
    Untagged,
    /// With the tag of its VLAN.
    Tagged,
}

/// A learning switch.
#[derive(Clone, Debug, Default)]
pub struct Switch {
    /// The VLANs of its ports; empty in a switch that knows none.
    vlans: BTreeMap<LinkId, PortVlan>,
    /// For each VLAN (IEEE 802.1Q section 8.8: independent learning) where an address was seen
    /// last, and when.
    table: BTreeMap<Key, (LinkId, SimTime)>,
    /// When the first address may have aged, at the earliest.
    next_sweep: Option<SimTime>,
}

/// A VLAN and an address in one number, of the same order: every frame looks up two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u64);

impl Key {
    fn new(vlan: Option<u16>, mac: MacAddr) -> Self {
        let MacAddr(a, b, c, d, e, f) = mac;
        let vlan = vlan.map_or(0, |id| u64::from(id.min(vlan::MAX_ID)) + 1);
        Key(vlan << 48 | u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }

    fn parts(self) -> (Option<u16>, MacAddr) {
        let [high, low, a, b, c, d, e, f] = self.0.to_be_bytes();
        (u16::from_be_bytes([high, low]).checked_sub(1), MacAddr(a, b, c, d, e, f))
    }
}

/// What a switch does with a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The VLAN to which the frame belongs, in a switch that knows some.
    pub vlan: Option<u16>,
    /// The address that it learnt or moved.
    pub learned: Option<MacAddr>,
    /// The address that it forgot to make room for that.
    pub pushed_out: Option<(Option<u16>, MacAddr)>,
    /// Where the frame goes.
    pub forward: Forward,
}

/// Where a frame goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forward {
    /// Out of this port.
    To(LinkId),
    /// Out of all ports of its VLAN but the one where it came in.
    Flood,
    /// Nowhere: its address is on the side where it came from.
    Filter,
    /// Nowhere: its tag, or that it has none, does not fit the port where it came in.
    WrongVlan,
    /// Nowhere: its bits are damaged.
    BadFcs,
}

impl Decision {
    fn nowhere(forward: Forward) -> Self {
        Decision { vlan: None, learned: None, pushed_out: None, forward }
    }
}

impl Switch {
    /// A switch that knows no address yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a port its VLANs. From then on ports without any take and give nothing.
    pub fn set_vlan(&mut self, port: LinkId, vlan: PortVlan) {
        self.vlans.insert(port, vlan);
    }

    /// The table: VLANs, addresses, ports, and when each was last seen.
    pub fn table(&self) -> impl Iterator<Item = (Option<u16>, MacAddr, LinkId, SimTime)> {
        self.table.iter().map(|(key, (link, at))| {
            let (vlan, mac) = key.parts();
            (vlan, mac, *link, *at)
        })
    }

    /// How a frame of this VLAN leaves by a port; `None` when it may not.
    pub fn egress(&self, vlan: Option<u16>, port: LinkId) -> Option<Egress> {
        let Some(vlan) = vlan else { return Some(Egress::Untagged) };
        match self.vlans.get(&port)? {
            PortVlan::Access(own) => (*own == vlan).then_some(Egress::Untagged),
            PortVlan::Trunk(own) => own.contains(&vlan).then_some(Egress::Tagged),
        }
    }

    /// The VLAN of a frame that came in by a port (IEEE 802.1Q section 8.6.2 and 6.9);
    /// `Err` when it has no business there.
    fn ingress(&self, port: LinkId, frame: &[u8]) -> Result<Option<u16>, Forward> {
        if self.vlans.is_empty() {
            return Ok(None);
        }
        // A tag with the identifier 0 only states a priority.
        let tag = vlan::read(frame).map_err(|_| Forward::WrongVlan)?.map(|tag| tag.id).filter(|id| *id != 0);
        match (self.vlans.get(&port), tag) {
            (Some(PortVlan::Access(own)), None) => Ok(Some(*own)),
            (Some(PortVlan::Trunk(own)), Some(id)) if own.contains(&id) => Ok(Some(id)),
            _ => Err(Forward::WrongVlan),
        }
    }

    /// Decides about a frame that came in by `from`.
    pub fn receive(&mut self, now: SimTime, from: LinkId, frame: &[u8]) -> Decision {
        if !ethernet::fcs_ok(frame) {
            return Decision::nowhere(Forward::BadFcs);
        }
        self.receive_intact(now, from, frame)
    }

    /// The same for a frame of which it is known that its FCS fits.
    pub fn receive_intact(&mut self, now: SimTime, from: LinkId, frame: &[u8]) -> Decision {
        if frame.len() < ethernet::HEADER + ethernet::FCS {
            return Decision::nowhere(Forward::BadFcs);
        }
        let vlan = match self.ingress(from, frame) {
            Ok(vlan) => vlan,
            Err(why) => return Decision::nowhere(why),
        };
        let address = |at: usize| {
            let octets: [u8; 6] = frame[at..at + 6].try_into().expect("the length was checked");
            MacAddr::from(octets)
        };
        let (destination, source) = (address(0), address(6));
        let (mut learned, mut pushed_out) = (None, None);
        if !is_group(source) {
            let (is_new, gone) = self.learn(now, from, Key::new(vlan, source));
            (learned, pushed_out) = (is_new.then_some(source), gone);
        }
        let forward = match self.table.get(&Key::new(vlan, destination)) {
            Some((_, seen)) if now.since(*seen) > AGEING => Forward::Flood,
            Some((link, _)) if *link == from => Forward::Filter,
            Some((link, _)) => Forward::To(*link),
            None => Forward::Flood,
        };
        Decision { vlan, learned, pushed_out, forward }
    }

    /// Whether the address is new or has moved, and what made room for it.
    fn learn(&mut self, now: SimTime, from: LinkId, source: Key) -> (bool, Option<(Option<u16>, MacAddr)>) {
        let mut pushed_out = None;
        if self.table.len() >= MAX_ADDRESSES
            && !self.table.contains_key(&source)
            && let Some(stalest) = self.table.iter().min_by_key(|(_, (_, at))| *at).map(|(key, _)| *key)
        {
            self.table.remove(&stalest);
            pushed_out = Some(stalest.parts());
        }
        self.next_sweep.get_or_insert(now + AGEING);
        let is_new = self.table.insert(source, (from, now)).is_none_or(|(link, _)| link != from);
        (is_new, pushed_out)
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.next_sweep
    }

    /// Forgets the addresses that have not been seen for [`AGEING`], and tells which.
    pub fn handle_timeout(&mut self, now: SimTime) -> Vec<(Option<u16>, MacAddr)> {
        if self.next_sweep.is_none_or(|at| at > now) {
            return Vec::new();
        }
        let is_old = |seen: SimTime| now.since(seen) >= AGEING;
        let gone: Vec<_> =
            self.table.iter().filter(|(_, (_, seen))| is_old(*seen)).map(|(key, _)| *key).collect();
        for key in &gone {
            self.table.remove(key);
        }
        self.next_sweep = self.table.values().map(|(_, seen)| *seen + AGEING).min();
        gone.into_iter().map(Key::parts).collect()
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

    fn decision(learned: Option<MacAddr>, forward: Forward) -> Decision {
        Decision { vlan: None, learned, pushed_out: None, forward }
    }

    #[test]
    fn it_floods_what_it_does_not_know_and_learns_from_every_frame() {
        let mut switch = Switch::new();
        let first = switch.receive(SimTime::ZERO, LinkId(0), &frame(mac(2), mac(1)));
        assert_eq!(first, decision(Some(mac(1)), Forward::Flood));
        let answer = switch.receive(SimTime::ZERO, LinkId(1), &frame(mac(1), mac(2)));
        assert_eq!(answer, decision(Some(mac(2)), Forward::To(LinkId(0))));
        let again = switch.receive(SimTime::ZERO, LinkId(0), &frame(mac(2), mac(1)));
        assert_eq!(again, decision(None, Forward::To(LinkId(1))));
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
        let handled = switch.receive(SimTime::ZERO, LinkId(0), &damaged);
        assert_eq!(handled, decision(None, Forward::BadFcs));
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

    #[test]
    fn what_is_not_seen_is_forgotten_and_told() {
        let mut switch = Switch::new();
        switch.receive(SimTime::ZERO, LinkId(0), &frame(mac(2), mac(1)));
        switch.receive(SimTime::from_secs(100), LinkId(1), &frame(mac(1), mac(2)));
        assert_eq!(switch.poll_timeout(), Some(SimTime::ZERO + AGEING));
        assert_eq!(switch.handle_timeout(SimTime::from_secs(299)), []);
        assert_eq!(switch.handle_timeout(SimTime::from_secs(300)), [(None, mac(1))]);
        assert_eq!(switch.poll_timeout(), Some(SimTime::from_secs(400)));
        switch.receive(SimTime::from_secs(350), LinkId(1), &frame(mac(1), mac(2)));
        assert_eq!(switch.handle_timeout(SimTime::from_secs(400)), [], "it was seen again");
        assert_eq!(switch.handle_timeout(SimTime::from_secs(650)), [(None, mac(2))]);
        assert_eq!((switch.poll_timeout(), switch.table().count()), (None, 0));
    }

    #[test]
    fn each_vlan_is_a_network_of_its_own() {
        let mut switch = Switch::new();
        let (ten, twenty, trunk) = (LinkId(0), LinkId(1), LinkId(2));
        switch.set_vlan(ten, PortVlan::Access(10));
        switch.set_vlan(twenty, PortVlan::Access(20));
        switch.set_vlan(trunk, PortVlan::Trunk(vec![10, 20]));
        let plain = frame(mac(2), mac(1));
        let tagged = |id| {
            let mut frame = frame(mac(1), mac(2));
            vlan::insert(&mut frame, vlan::Tag::new(id));
            frame
        };
        let first = switch.receive(SimTime::ZERO, ten, &plain);
        assert_eq!((first.vlan, &first.forward), (Some(10), &Forward::Flood));
        let out = [ten, twenty, trunk].map(|port| switch.egress(first.vlan, port));
        assert_eq!(out, [Some(Egress::Untagged), None, Some(Egress::Tagged)]);
        let answer = switch.receive(SimTime::ZERO, trunk, &tagged(10));
        assert_eq!((answer.vlan, answer.forward), (Some(10), Forward::To(ten)));
        let other = switch.receive(SimTime::ZERO, trunk, &tagged(20));
        assert_eq!((other.vlan, other.forward), (Some(20), Forward::Flood), "not learnt in this VLAN");
        for (port, frame) in [(trunk, plain), (trunk, tagged(30)), (ten, tagged(10)), (LinkId(9), tagged(10))]
        {
            let refused = switch.receive(SimTime::ZERO, port, &frame);
            assert_eq!((refused.forward, refused.learned), (Forward::WrongVlan, None));
        }
        let priority = switch.receive(SimTime::ZERO, ten, &tagged(0));
        assert_eq!(priority.vlan, Some(10), "a tag that names no VLAN");
    }
}
