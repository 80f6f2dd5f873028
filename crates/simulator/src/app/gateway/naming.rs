//! What a message is, by its own octets: nobody in the simulation has made it.

use bytes::Bytes;
use protocol::message::{Outgoing, RtpSummary, What};
use protocol::rtp::{RtpPacket, rtcp};
use protocol::rtsp::reader::{Item, ItemKind};

/// What an item of a real peer's stream is.
pub(crate) fn item(item: &Item) -> What {
    let cseq = || item.value("CSeq").and_then(|v| v.trim().parse().ok());
    match item.parsed.kind {
        ItemKind::Request => What::Request {
            method: item.parsed.method(&item.bytes).unwrap_or_default().to_owned(),
            cseq: cseq(),
        },
        ItemKind::Response => What::Response {
            status: item.parsed.status(&item.bytes).unwrap_or_default(),
            reason: item.parsed.reason(&item.bytes).unwrap_or_default().to_owned(),
            method: None,
            cseq: cseq(),
        },
        ItemKind::Frame => item.frame().map_or(What::Unknown, |(_, data)| packet(&data)),
        ItemKind::Blank | ItemKind::Garbage => What::Unknown,
    }
}

/// A real peer's datagram, with what it is.
pub(super) fn datagram(bytes: Bytes) -> Outgoing {
    let what = packet(&bytes);
    Outgoing { bytes, what }
}

/// What a datagram or the data of a `$` frame is: RTCP's packet types lie where RTP has marker
/// and payload type (RFC 5761 section 4).
pub(crate) fn packet(bytes: &[u8]) -> What {
    match bytes {
        [first, kind, ..] if first >> 6 == 2 && (192..=223).contains(kind) => {
            What::Rtcp { types: rtcp::parse(bytes).map(|c| c.types()).unwrap_or_default() }
        }
        _ => RtpPacket::parse(bytes).map_or(What::Unknown, |packet| {
            What::Rtp(RtpSummary {
                sequence: packet.header.sequence,
                timestamp: packet.header.timestamp,
                ssrc: packet.header.ssrc,
                marker: packet.header.marker,
                payload_type: packet.header.payload_type,
                picture: None,
            })
        }),
    }
}
