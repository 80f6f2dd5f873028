//! The tag of a virtual LAN (IEEE 802.1Q): which of several networks on one cable a frame is of.

use super::build::{Fields, Place, specs};
use super::ethernet::type_name;
use super::model::{Say::Text, Say::With};
use super::text;
use super::walk::{Kind, Walk, Words};

specs! {
    CONTROL: "", "Tag control information", "Tag", "IEEE 802.1Q 9.6", Text("Priority and number of the virtual network: {}.");
    PRIORITY: "vlan.priority", "Priority", "Priority", "IEEE 802.1Q 9.6", With(|f| match f.number() {
        0 => "Zero: the frame asks for no preference in the switches' queues.".into(),
        number => format!("Switches may send frames with priority {number} of 7 before others."),
    });
    DROP: "vlan.dei", "Drop eligible", "DEI", "IEEE 802.1Q 9.6", With(|f| if f.number() == 1 {
        "When a queue is full, this frame may be dropped before others.".into()
    } else {
        "The frame is not to be dropped before others.".into()
    });
    ID: "vlan.id", "VLAN number", "VLAN", "IEEE 802.1Q 9.6", With(|f| match f.number() {
        0 => "Zero: the frame is of no virtual network and only has a priority.".into(),
        number => format!("The frame is of the virtual network number {}: switches keep it apart from all others.", text::thousands(number)),
    });
    TYPE: "vlan.etype" Hex4, "Type", "Type", "IEEE 802.1Q 9.5", Text("Behind the tag, the frame goes on as {}.");
    LENGTH: "vlan.len", "Length", "Length", "IEEE 802.1Q 9.5", Text("The old form of the frame: {} follow the tag.");
}

const KIND: Kind = Kind { name: "vlan", osi: 2, rfc: "IEEE 802.1Q" };
/// Tag control information, and the type of what follows.
pub(super) const TAG: usize = 4;

/// The type that announces a tag.
pub(super) const TAGGED: u64 = 0x8100;

/// How many tags one behind the other are read: two are common, more are not (IEEE 802.1Q 9.6).
pub const MAX_TAGS: usize = 4;

/// Dissects one tag.
pub(super) fn dissect(walk: &mut Walk<'_>, tag: Place<'_>) {
    let id = tag.bits(4, 12);
    let mut fields = Fields::new(tag, 2);
    fields.group(&CONTROL, 0, 2, id.to_string(), |inner| {
        inner.bits(&PRIORITY, 0, 3, |number| number.to_string());
        inner.flag(&DROP, 3);
        inner.bits(&ID, 4, 12, text::thousands);
    });
    if tag.number(2, 2) < super::ethernet::FIRST_TYPE {
        fields.with(&LENGTH, 2, 2, text::bytes);
    } else {
        fields.with(&TYPE, 2, 2, type_name);
    }
    walk.layer(&KIND, tag, Words::new("VLAN tag", TAG, format!("VLAN {id}")), fields.done());
}
