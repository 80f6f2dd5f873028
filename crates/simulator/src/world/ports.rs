//! How frames leave devices and cross cables.

use super::queue::Task;
use super::{Device, LAYERS_DOWN, LAYERS_UP, World, weather};
use crate::ids::{FrameId, LinkId, NodeId};
use crate::link::{Crossing, LinkDirection, Mishap, Offered};
use crate::router::Sent;
use crate::stack::Transmit;
use crate::tape::{Carried, FrameBytes, FrameCause, FrameRecord, HopRecord};
use bytes::Bytes;
use protocol::time::SimTime;
use protocol::wire::{ethernet, ipv4};

impl World {
    pub(super) fn send_from_host(&mut self, node: NodeId, frames: Vec<Transmit>) {
        for transmit in frames {
            let Device::Host(host) = &mut self.devices[node.0 as usize] else { return };
            let link = host.link;
            let at = self.now + self.layer_delay;
            let (frame, bytes, buffer) = self.recorder.frame(at, node, transmit);
            host.stack.give_back(buffer);
            self.put(node, link, frame, bytes, at + self.layer_delay * LAYERS_DOWN);
        }
        self.recorder.forget_gone();
    }

    pub(super) fn send_from_router(&mut self, node: NodeId, sends: Vec<crate::router::Send>) {
        let at = self.now;
        // Layers 3, 2 and the card's queue.
        let queued = at + self.layer_delay * 2;
        let translates =
            matches!(&self.devices[node.0 as usize], Device::Router(router, _) if router.translates());
        for send in sends {
            let (frame, bytes) = match send.transmit {
                Sent::Own(transmit) => {
                    let (frame, bytes, _) = self.recorder.frame(at, node, transmit);
                    (frame, bytes)
                }
                Sent::Forwarded { parent, frame, .. } => {
                    let bytes = frame.freeze();
                    (self.record_forwarded(at, node, parent, (&bytes, translates)), bytes)
                }
            };
            self.put(node, send.link, frame, bytes, queued);
        }
    }

    /// Where addresses are translated, more than the head may be new, and the ports are.
    fn record_forwarded(
        &mut self,
        at: SimTime,
        node: NodeId,
        parent: FrameId,
        (bytes, translates): (&Bytes, bool),
    ) -> FrameId {
        let tape = &mut self.recorder.tape;
        let mut carried = tape
            .frames()
            .get(parent.0)
            .map_or(Carried::Udp { message: None, src: 0, dst: 0 }, |p| p.carried.clone());
        // A part of what came has its own octets; else only the head and the FCS are new.
        let is_whole = tape.frames().get(parent.0).is_some_and(|p| p.length as usize == bytes.len());
        let kept = match (bytes.first_chunk::<{ FrameBytes::HEAD }>(), bytes.last_chunk::<4>()) {
            (Some(head), Some(fcs)) if is_whole && !translates => {
                FrameBytes::Rewritten { base: parent, head: *head, fcs: *fcs }
            }
            _ => FrameBytes::Whole(bytes.clone()),
        };
        if translates && let Some((from, to)) = ports_in(bytes) {
            match &mut carried {
                Carried::Udp { src, dst, .. } | Carried::Tcp { src, dst, .. } => (*src, *dst) = (from, to),
                _ => {}
            }
        }
        tape.push_frame(FrameRecord {
            at,
            node,
            parent: Some(parent),
            length: bytes.len() as u32,
            carried,
            cause: FrameCause::Routed,
            bytes: kept,
        })
    }

    /// Puts a frame into the queue of a port.
    pub(super) fn put(&mut self, node: NodeId, link: LinkId, frame: FrameId, bytes: Bytes, queued: SimTime) {
        let ends = self.links[link.0 as usize].ends;
        let (way, to) = match ends.0 == node {
            true => (LinkDirection::Forward, ends.1),
            false => (LinkDirection::Backward, ends.0),
        };
        let lane = &mut self.lanes[link.0 as usize][way.index()];
        let marker = lane.awaits_marker() && self.recorder.carries_marker(frame);
        let tags = weather::tag_octets(&bytes);
        let passage = lane.send(&Offered { queued, frame, octets: bytes.len(), tags, marker });
        let hop = HopOf { frame, link, from: node, to, queued };
        if let Some(copy) = passage.copy {
            self.cross(hop, bytes.clone(), passage.first);
            self.cross(hop, bytes, copy);
        } else {
            self.cross(hop, bytes, passage.first);
        }
    }

    /// Notes what becomes of a frame on a cable, and lets it arrive if it does.
    fn cross(&mut self, hop: HopOf, mut bytes: Bytes, crossing: Crossing) {
        let HopOf { frame, link, from, to, queued } = hop;
        let Crossing { start, end, arrive, fate, mishap } = crossing;
        let flipped = mishap.as_deref().map_or(&[][..], |mishap: &Mishap| &mishap.flipped);
        let intact = flipped.is_empty();
        if !intact {
            bytes = crate::tape::damaged(&bytes, flipped);
        }
        self.recorder.tape.push_hop(HopRecord {
            frame,
            link,
            from,
            queued,
            start,
            end,
            arrive,
            fate,
            mishap,
        });
        if fate.is_none() {
            let layers = match self.devices[to.0 as usize] {
                Device::Host(_) => LAYERS_UP,
                Device::Switch(..) => 1,
                Device::Router(..) => 2,
            };
            let at = arrive + self.layer_delay * layers;
            self.queue.push(at, Task::Handle { node: to, link, frame, bytes, intact, arrive });
        }
    }
}

/// The ports of an IPv4 packet of UDP or TCP that is no later fragment.
fn ports_in(frame: &[u8]) -> Option<(u16, u16)> {
    let body = frame.get(ethernet::HEADER..frame.len().checked_sub(ethernet::FCS)?)?;
    let packet = ipv4::parse(body).ok().filter(|packet| packet.header.fragment_offset == 0)?;
    let octets = packet.payload.first_chunk::<4>()?;
    Some((u16::from_be_bytes([octets[0], octets[1]]), u16::from_be_bytes([octets[2], octets[3]])))
}

/// A frame's way over one cable.
#[derive(Clone, Copy)]
struct HopOf {
    frame: FrameId,
    link: LinkId,
    from: NodeId,
    to: NodeId,
    queued: SimTime,
}
