//! The weather on the cables, and what people order to happen to frames.

use super::{Device, Input, Refused, World};
use crate::ids::{LinkId, NodeId};
use crate::link::{Fault, Lane, LinkDirection, MAX_FAULTS, Weather};
use crate::tape::Change;

impl World {
    /// How one direction of a cable behaves now; `None` when there is no such cable.
    pub fn weather(&self, link: LinkId, direction: LinkDirection) -> Option<&Weather> {
        self.lanes.get(link.0 as usize).map(|lanes| lanes[direction.index()].weather())
    }

    /// Lets one direction of a cable behave in another way to all frames that enter it from
    /// now on; those under way keep their fate.
    ///
    /// # Errors
    /// [`Refused`] when there is no such cable or a figure lies outside its range.
    pub fn set_weather(
        &mut self,
        link: LinkId,
        direction: LinkDirection,
        weather: Weather,
    ) -> Result<(), Refused> {
        weather.check().map_err(|error| Refused(sentence(&error.to_string())))?;
        self.enter();
        self.came(Input::Weather { link, direction, weather: Box::new(weather.clone()) });
        let lane = self.lane_mut(link, direction)?;
        if *lane.weather() == weather {
            return Ok(());
        }
        let before = lane.weather().clone();
        lane.set_weather(weather.clone());
        self.tell_mtu(link);
        let change = Change::Weather { link, direction, weather: Box::new((before, weather)) };
        self.recorder.state(self.now, self.sender(link, direction), change);
        Ok(())
    }

    /// Orders something to happen to a coming frame of one direction of a cable.
    ///
    /// # Errors
    /// [`Refused`] when there is no such cable, the order cannot be carried out, or
    /// [`MAX_FAULTS`] wait there already.
    pub fn order_fault(
        &mut self,
        link: LinkId,
        direction: LinkDirection,
        fault: Fault,
    ) -> Result<(), Refused> {
        self.enter();
        self.came(Input::Fault { link, direction, fault });
        self.arm_fault(link, direction, fault)?;
        let change = Change::Fault { link, direction, fault };
        self.recorder.state(self.now, self.sender(link, direction), change);
        Ok(())
    }

    /// The same without a record: the frame's own hop tells.
    pub(crate) fn arm_fault(
        &mut self,
        link: LinkId,
        direction: LinkDirection,
        fault: Fault,
    ) -> Result<(), Refused> {
        fault.check().map_err(Refused)?;
        if !self.lane_mut(link, direction)?.order(fault) {
            return Err(Refused(format!("At most {MAX_FAULTS} orders can wait on one direction of a link.")));
        }
        Ok(())
    }

    /// Tells the interfaces at both ends how long the packets are that the cable carries.
    pub(super) fn tell_mtu(&mut self, link: LinkId) {
        let (Some(info), Some(lanes)) = (self.links.get(link.0 as usize), self.lanes.get(link.0 as usize))
        else {
            return;
        };
        // An interface has one MTU; what it announces to others counts for the way back.
        let [there, back] = lanes.each_ref().map(|lane| lane.weather().mtu);
        let mtu = there.min(back);
        for node in [info.ends.0, info.ends.1] {
            match self.devices.get_mut(node.0 as usize) {
                Some(Device::Host(host)) => host.stack.set_mtu(mtu),
                Some(Device::Router(router, _)) => router.set_mtu(link, mtu),
                // A switch does not look at packets: one that is too long is lost there.
                Some(Device::Switch(..)) | None => {}
            }
        }
    }

    fn lane_mut(&mut self, link: LinkId, direction: LinkDirection) -> Result<&mut Lane, Refused> {
        let lanes = self.lanes.get_mut(link.0 as usize);
        lanes
            .map(|lanes| &mut lanes[direction.index()])
            .ok_or_else(|| Refused("There is no such link.".into()))
    }

    /// The device that sends in this direction of a cable.
    fn sender(&self, link: LinkId, direction: LinkDirection) -> NodeId {
        let ends = self.links[link.0 as usize].ends;
        match direction {
            LinkDirection::Forward => ends.0,
            LinkDirection::Backward => ends.1,
        }
    }
}

/// An error as a sentence of its own.
fn sentence(error: &str) -> String {
    let (first, rest) = error.split_at(error.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}.", first.to_uppercase())
}

/// Octets of VLAN tags in a frame (IEEE 802.1Q clause 9.6): an Ethernet payload is as long with
/// one as without.
pub(super) fn tag_octets(frame: &[u8]) -> usize {
    const TAG_PROTOCOL: [u8; 2] = [0x81, 0x00];
    if frame.get(12..14) == Some(&TAG_PROTOCOL) { 4 } else { 0 }
}
