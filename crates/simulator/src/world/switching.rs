//! Frames at a switch: where they go, and the tags that come and go.

use super::{Device, World};
use crate::ids::{FrameId, LinkId, NodeId};
use crate::switch::{Egress, Forward};
use crate::tape::{Carried, Change, FrameBytes, FrameCause, FrameRecord, Outcome, ReceiptRecord};
use bytes::Bytes;
use protocol::time::SimTime;
use protocol::wire::vlan::{self, Tag};

impl World {
    /// A frame has come to a switch.
    pub(super) fn switch(
        &mut self,
        node: NodeId,
        link: LinkId,
        frame: FrameId,
        (bytes, intact): (Bytes, bool),
        arrive: SimTime,
    ) {
        let now = self.now;
        let Device::Switch(switch, _) = &mut self.devices[node.0 as usize] else { return };
        let decision = match intact {
            true => switch.receive_intact(now, link, &bytes),
            false => switch.receive(now, link, &bytes),
        };
        let egress = |port: LinkId| Some((port, switch.egress(decision.vlan, port)?));
        let (one, all): (_, Vec<(LinkId, Egress)>) = match decision.forward {
            Forward::To(to) => (egress(to), Vec::new()),
            Forward::Flood => {
                let ports = self.nodes[node.0 as usize].interfaces.iter().map(|(port, _)| *port);
                (None, ports.filter(|port| *port != link).filter_map(egress).collect())
            }
            Forward::Filter | Forward::WrongVlan | Forward::BadFcs => (None, Vec::new()),
        };
        if let Some((vlan, mac)) = decision.pushed_out {
            self.recorder.state(now, node, Change::Mac { mac, link: None, vlan });
        }
        if let Some(mac) = decision.learned {
            let change = Change::Mac { mac, link: Some(link), vlan: decision.vlan };
            self.recorder.state(now, node, change);
        }
        let learned = decision.learned.is_some();
        let outcome = match decision.forward {
            Forward::To(link) => Outcome::Switched { link, learned },
            Forward::Flood => Outcome::Flooded { learned },
            Forward::Filter => Outcome::Dropped { reason: "sameSide" },
            Forward::WrongVlan => Outcome::Dropped { reason: "wrongVlan" },
            Forward::BadFcs => Outcome::Dropped { reason: "badFcs" },
        };
        self.recorder.tape.push_receipt(ReceiptRecord { frame, node, arrive, at: now, outcome });
        let came =
            if vlan::read(&bytes).is_ok_and(|tag| tag.is_some()) { Egress::Tagged } else { Egress::Untagged };
        // With and without a tag it is another frame; each is made once.
        let mut other = None;
        for (port, form) in one.into_iter().chain(all) {
            let (frame, bytes) = match decision.vlan {
                Some(vlan) if form != came => {
                    other.get_or_insert_with(|| self.retagged(node, frame, &bytes, (form, vlan))).clone()
                }
                _ => (frame, bytes.clone()),
            };
            self.put(node, port, frame, bytes, now);
        }
        self.arm(node);
    }

    /// The frame with its tag put on or taken off.
    fn retagged(
        &mut self,
        node: NodeId,
        parent: FrameId,
        bytes: &Bytes,
        (form, id): (Egress, u16),
    ) -> (FrameId, Bytes) {
        let mut new = bytes.to_vec();
        // A tag that only states a priority gives way to the one that names the VLAN.
        vlan::remove(&mut new);
        let tag = (form == Egress::Tagged).then(|| Tag::new(id));
        if let Some(tag) = tag {
            vlan::insert(&mut new, tag);
        }
        let tape = &mut self.recorder.tape;
        let carried = tape.frames().get(parent.0).map(|parent| parent.carried.clone());
        let cause = match tag {
            Some(tag) => FrameCause::Tagged { vlan: tag.id },
            None => FrameCause::Untagged { vlan: id },
        };
        let frame = tape.push_frame(FrameRecord {
            at: self.now,
            node,
            parent: Some(parent),
            length: new.len() as u32,
            carried: carried.unwrap_or(Carried::Udp { message: None, src: 0, dst: 0 }),
            cause,
            bytes: FrameBytes::Retagged { base: parent, tag },
        });
        (frame, new.into())
    }
}
