//! VLAN tags (IEEE 802.1Q clause 9): four octets between the source address and the EtherType.

use super::error::need;
use super::{WireError, ethernet};

/// Octets of a tag: its EtherType and its control information.
pub const TAG: usize = 4;
/// The greatest VLAN identifier that a VLAN may have; 0 means "none", 4095 is reserved.
pub const MAX_ID: u16 = 4094;

/// Where a tag stands in a frame: behind both addresses.
const AT: usize = 12;

/// What a tag says: its control information (IEEE 802.1Q 9.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Priority, 0 to 7 (PCP).
    pub priority: u8,
    /// The frame may be dropped first (DEI).
    pub drop_eligible: bool,
    /// The VLAN, 1 to [`MAX_ID`]; 0 when the tag only states a priority (VID).
    pub id: u16,
}

impl Tag {
    /// A tag without priority.
    #[must_use]
    pub const fn new(id: u16) -> Self {
        Tag { priority: 0, drop_eligible: false, id }
    }
}

/// The tag of a frame, if it has one.
///
/// # Errors
/// [`WireError`] when the frame ends in its tag, and for the reserved identifier 4095.
pub fn read(frame: &[u8]) -> Result<Option<Tag>, WireError> {
    const LAYER: &str = "VLAN tag";
    need("Ethernet", frame, 0, ethernet::HEADER)?;
    if u16::from_be_bytes([frame[AT], frame[AT + 1]]) != ethernet::VLAN {
        return Ok(None);
    }
    need(LAYER, frame, AT, TAG + 2)?;
    let control = u16::from_be_bytes([frame[AT + 2], frame[AT + 3]]);
    let tag =
        Tag { priority: (control >> 13) as u8, drop_eligible: control & 0x1000 != 0, id: control & 0x0fff };
    if tag.id > MAX_ID {
        return Err(WireError::BadValue {
            layer: LAYER,
            field: "VLAN identifier",
            offset: AT + 2,
            value: u32::from(tag.id),
        });
    }
    Ok(Some(tag))
}

/// Puts a tag into a sealed frame and seals it anew. The padding stays, as in a real switch,
/// so that the shortest tagged frame has 68 octets (IEEE 802.3 clause 3.2.8 allows it).
pub fn insert(frame: &mut Vec<u8>, tag: Tag) {
    if frame.len() < ethernet::HEADER + ethernet::FCS {
        return;
    }
    let control = u16::from(tag.priority & 7) << 13 | u16::from(tag.drop_eligible) << 12 | (tag.id & 0x0fff);
    let [a, b] = ethernet::VLAN.to_be_bytes();
    let [c, d] = control.to_be_bytes();
    frame.splice(AT..AT, [a, b, c, d]);
    ethernet::reseal(frame);
}

/// Takes the tag out of a sealed frame and seals it anew; a frame without one stays as it is.
/// What is too short then is padded.
pub fn remove(frame: &mut Vec<u8>) {
    if frame.len() < ethernet::HEADER + TAG + ethernet::FCS || !matches!(read(frame), Ok(Some(_))) {
        return;
    }
    frame.drain(AT..AT + TAG);
    frame.truncate(frame.len() - ethernet::FCS);
    ethernet::seal(frame);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::MacAddr;

    fn frame(payload: usize) -> Vec<u8> {
        let (a, b) = (MacAddr(2, 0, 0, 0, 0, 1), MacAddr(2, 0, 0, 0, 0, 2));
        let mut frame = ethernet::begin(a, b, ethernet::IPV4, payload);
        frame.resize(ethernet::HEADER + payload, 0x5a);
        ethernet::seal(&mut frame);
        frame
    }

    #[test]
    fn a_tag_comes_and_goes_and_leaves_no_trace() {
        for payload in [1, 46, 1500] {
            let plain = frame(payload);
            let mut tagged = plain.clone();
            let tag = Tag { priority: 5, drop_eligible: true, id: 20 };
            insert(&mut tagged, tag);
            assert_eq!(tagged.len(), plain.len() + TAG);
            assert_eq!(&tagged[12..18], &[0x81, 0, 0xb0, 20, 0x08, 0]);
            assert!(ethernet::fcs_ok(&tagged));
            assert_eq!(read(&tagged), Ok(Some(tag)));
            remove(&mut tagged);
            assert_eq!(tagged, plain);
            assert_eq!(read(&plain), Ok(None));
            let mut untouched = plain.clone();
            remove(&mut untouched);
            assert_eq!(untouched, plain);
        }
    }

    #[test]
    fn short_frames_and_reserved_numbers_are_refused() {
        assert!(matches!(read(&[0; 13]), Err(WireError::Truncated { .. })));
        let mut short = vec![0; 12];
        short.extend([0x81, 0, 0]);
        assert!(matches!(read(&short), Err(WireError::Truncated { offset: 12, .. })));
        let mut reserved = frame(46);
        insert(&mut reserved, Tag::new(4095));
        assert!(matches!(read(&reserved), Err(WireError::BadValue { offset: 14, value: 4095, .. })));
        let mut tiny = vec![1, 2, 3];
        insert(&mut tiny, Tag::new(1));
        assert_eq!(tiny, [1, 2, 3]);
    }
}
