//! Octets that no protocol here claims.

use super::build::{Fields, Place, specs};
use super::model::{Say::Text, Spec};
use super::walk::{Kind, Walk, Words};

specs! {
    // Where Wireshark may know a protocol that is not known here, its name would be wrong.
    OTHER: "", "Data", "Data", "", Text("{} that no protocol known here explains.");
    UNFOLLOWED: "", "TCP data", "Data", "RFC 9293 3.1", Text("{} of a byte stream whose messages are not read here.");
    REPEATED: "", "TCP segment data", "Segment", "RFC 9293 3.4",
        Text("{} of the byte stream that were sent again with a message.");
    WAITING: "", "Rest of the stream", "Waiting", "RFC 9293 3.4",
        Text("{} that wait for what follows, or were too many to show.");
    FRAGMENT: "data.data", "Fragment data", "Fragment", "RFC 791 2.3",
        Text("{} of a packet that was cut up on its way; they mean nothing until the other pieces are there.");
    LAST_FRAGMENT: "", "Fragment data", "Fragment", "RFC 791 2.3",
        Text("{} of a packet that was cut up on its way; with them it is whole.");
    SEGMENT: "tcp.segment_data", "TCP segment data", "Segment", "RFC 9293 3.4",
        Text("{} of the byte stream; TCP may cut a message anywhere, so they are read together with other segments.");
    ECHO: "data.data", "Echo data", "Echo data", "RFC 792",
        Text("{} that the other side must send back unchanged.");
    TIME: "", "Echo time", "Time", "RFC 792",
        Text("{} of the echo's data that look like the time when it was sent, so that the sender can tell the delay.");
    PICTURE: "jpeg.payload", "JPEG scan data", "Picture", "RFC 2435 3",
        Text("{} of the compressed picture: Huffman-coded blocks, in the order in which they are drawn.");
    QUOTED: "data.data", "Quoted data", "Quoted", "RFC 792",
        Text("The first {} of what the failed packet carried, so that its sender recognises it.");
}

/// Adds a layer for all of `place`, if there is anything in it, on OSI layer `osi`.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>, spec: &'static Spec, osi: u8) {
    if place.is_empty() {
        return;
    }
    let mut fields = Fields::new(place, 1);
    fields.blob(spec, 0, place.len());
    let words = walk.say(|| Words::new(spec.label, place.len(), ""));
    walk.layer(&Kind { name: "data", osi, rfc: spec.rfc }, place, words, fields.done());
}
