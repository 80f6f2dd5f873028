//! UDP (RFC 768), and which of its datagrams are RTP and RTCP.

use super::build::{Fields, Place, specs};
use super::checksum;
use super::conversation::media::Role;
use super::ip::Ends;
use super::model::{Field, NoteKind, Say::Text, Say::With};
use super::walk::{Kind, Walk, Words};
use super::{data, rtcp, rtp, text};

specs! {
    SRC: "udp.srcport", "Source port", "Source", "RFC 768", Text("Port {} names the program that sent the datagram; answers go there.");
    DST: "udp.dstport", "Destination port", "Destination", "RFC 768", Text("Port {} names the program on the receiving host that the datagram is for.");
    LENGTH: "udp.length", "Length", "Length", "RFC 768", With(|f| format!(
        "The header's 8 bytes and {} of payload.", text::bytes(f.number().saturating_sub(8))));
    CHECKSUM: "udp.checksum" Hex4, "Checksum", "Checksum", "RFC 768, RFC 1071", With(|f| match &*f.value {
        "correct" => "The sum over addresses, header and payload is right.".into(),
        "not used" => "Zero: the sender did not compute a checksum, so nobody can check.".into(),
        "not checked" => "Too little of the datagram is here to check it.".into(),
        _ => format!("The sum over addresses, header and payload should be {}, so the receiver drops the datagram.", checksum::should(f)),
    });
}

const KIND: Kind = Kind { name: "udp", osi: 4, rfc: "RFC 768" };
/// Ports, length, checksum.
const HEADER: usize = 8;
/// UDP's number in the pseudo-header.
const PROTOCOL: u8 = 17;

/// Adds the four fields; answers whether the checksum fits.
fn header(fields: &mut Fields<'_>, place: Place<'_>, right: Option<u16>) -> bool {
    fields.plain(&SRC, 0, 2);
    fields.plain(&DST, 2, 2);
    fields.count(&LENGTH, 4, 2);
    let mut fits = true;
    fields.with(&CHECKSUM, 6, 2, |sent| match right {
        _ if sent == 0 => "not used".into(),
        None => "not checked".into(),
        Some(right) => {
            fits = checksum::is_right(sent, right);
            // A computed zero is sent as all ones (RFC 768).
            checksum::verdict(sent, if right == 0 { 0xffff } else { right })
        }
    });
    debug_assert!(place.len() >= HEADER, "the caller checked");
    fits
}

/// The fields of a header that an ICMP error quotes.
pub(super) fn quoted(place: Place<'_>) -> Vec<Field> {
    let mut fields = Fields::new(place, 4);
    header(&mut fields, place, None);
    fields.done()
}

/// Dissects one datagram.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>, ends: Ends) {
    let claimed = place.number(4, 2) as usize;
    let cut = walk.is_cut(place) && claimed > place.len();
    if place.len() < HEADER || claimed < HEADER || (claimed > place.len() && !cut) {
        data::dissect(walk, place, &data::OTHER, 4);
        walk.note(NoteKind::Malformed, place, "There is no whole UDP datagram here.");
        return;
    }
    let datagram = place.part(0, claimed);
    let before = checksum::pseudo_header(ends, PROTOCOL, claimed);
    let mut fields = Fields::new(datagram, 4);
    let right = (!cut).then(|| checksum::expected(before, datagram, 6));
    let fits = header(&mut fields, datagram, right);
    let (src, dst) = (place.number(0, 2) as u16, place.number(2, 2) as u16);
    let words = walk.say(|| {
        let summary = format!("port {src} to {dst}, {} in all", text::bytes(claimed as u64));
        Words::new("UDP header", HEADER, summary)
    });
    walk.layer(&KIND, datagram.part(0, HEADER), words, fields.done());
    if !fits {
        walk.note(NoteKind::Checksum, datagram.part(6, 8), "The UDP checksum is wrong.");
    }
    let payload = datagram.rest(HEADER);
    // A client's port serves one session, a server's may serve all: ask for the receiver first.
    let known = walk.known.media.port((ends.dst, dst), (ends.src, src));
    match known {
        Some((Role::Rtp, formats)) => rtp::dissect(walk, payload, &formats),
        Some((Role::Rtcp, _)) => rtcp::dissect(walk, payload),
        None => data::dissect(walk, payload, &data::OTHER, 7),
    }
    data::dissect(walk, place.rest(claimed), &data::OTHER, 4);
}
